-- bioxen.global_sensitivity: Sobol's indices and Morris's effects beside closed forms, and how sure they are.

local cjson = require "cjson"
local sbml = require "spec.support.sbml"
local shell = require "spec.support.shell"
local bioxen = require "bioxen"

local pi = math.pi
local angles = { x = { from = -pi, to = pi }, y = { from = -pi, to = pi }, z = { from = -pi, to = pi } }

local function global(options)
  options.biological_type, options.vms = "empty", options.vms or 2
  return bioxen.global_sensitivity(options)
end

describe("bioxen.global_sensitivity", function()
  it("has the indices of the Ishigami function within their error bars", function()
    local result = assert(global { samples = 500, seed = 3, resamples = 200, parameters = angles,
      run = "return math.sin(args.x) + 7*math.sin(args.y)^2 + 0.1*args.z^4*math.sin(args.x)" })
    local exact = { x = { 0.3139, 0.5576 }, y = { 0.4424, 0.4424 }, z = { 0, 0.2437 } }
    local about = result.results.value
    assert.equal(2500, result.runs)
    assert.near(3.5, about.mean, 0.3)
    assert.near(13.845, about.variance, 1)
    for name, values in pairs(exact) do
      local found = about.by[name]
      for i, measure in ipairs { "first", "total" } do
        local range = found[measure .. "_range"]
        local wide = range[2] - range[1]
        assert.is_true(wide > 0 and wide < 0.4 and found[measure] >= range[1] and found[measure] <= range[2])
        assert.is_true(math.abs(found[measure] - values[i]) < wide, name .. " " .. measure)
      end
    end
  end)

  it("is the same for any number of VMs, and for each of several results", function()
    local options = { samples = 20, resamples = 20, parameters = { a = { from = 0, to = 1 }, b = { from = 1, to = 100,
      log = true } }, run = "return { sum = args.a + math.log(args.b), a = args.a }" }
    options.run = "return { sum = args.a + math.log(args.b), alone = args.a }"
    options.vms = 1
    local one = assert(global(options))
    options.vms = 3
    local other = assert(global(options))
    assert.same(one.results, other.results)
    local alone = one.results.alone.by
    assert.equal(0, alone.b.total)
    assert.near(1, alone.a.total, 0.5)
    assert.near(1, one.results.sum.by.b.total, 0.5) -- log(b) reaches over 4.6, a over 1
  end)

  it("has Morris's effects, which are the slopes of a plane, and show what bends", function()
    local result = assert(global { method = "morris", samples = 10, parameters = { a = { from = 0, to = 10 },
      b = { from = -1, to = 1 }, c = { from = 0, to = 1 } }, run = "return 3*args.a - 2*args.b + args.b^2*args.a" })
    local by = result.results.value.by
    assert.equal(40, result.runs)
    assert.same({ 0, 0, 0 }, { by.c.mu, by.c.mu_star, by.c.sigma })
    assert.is_true(by.b.sigma > 1 and by.a.mu_star >= 30 and by.a.mu_star <= 40)
    result = assert(global { method = "morris", samples = 4, parameters = { a = { from = 0, to = 10 },
      b = { from = -1, to = 1 } }, run = "return 3*args.a - 2*args.b" })
    by = result.results.value.by
    for name, slope in pairs { a = 30, b = -4 } do
      assert.near(slope, by[name].mu, 1e-9)
      assert.near(math.abs(slope), by[name].mu_star, 1e-9)
      assert.near(0, by[name].sigma, 1e-9)
    end
  end)

  it("leaves out samples with points that failed, and says so", function()
    local result = assert(global { samples = 40, parameters = { a = { from = 0, to = 1 } }, resamples = 10,
      run = "assert(args.a > 0.1) return args.a" })
    assert.is_true(result.failed > 0 and result.results.value.samples < 40 and result.results.value.samples > 20)
    local none, err = global { samples = 4, parameters = { a = { from = 0, to = 1 } }, run = "error 'never'" }
    assert.is_nil(none)
    assert.truthy(err.message:find("never", 1, true), err.message)
    none, err = global { samples = 4, parameters = { a = { from = 0, to = 1 } }, run = "return 0/0" }
    assert.is_nil(none)
    assert.truthy(err.message:find("0 of 4 samples", 1, true), err.message)
  end)

  it("draws bars with their error bars", function()
    local result = assert(global { samples = 20, resamples = 20, parameters = { a = { from = 0, to = 1 },
      b = { from = 0, to = 1 } }, run = "return { r = args.a + 2*args.b, q = args.a }" })
    local text = result:plot { result = "r", text = true }
    for _, words in ipairs { "Sobol indices of r", "first", "total", "95 %", "b " } do
      assert.truthy(text:find(words, 1, true), text)
    end
    text = result:plot { text = true }
    assert.truthy(text:find("indices of r", 1, true) and text:find("indices of q", 1, true), text)
    assert.has_error(function() result:plot { result = "z", text = true } end)
    local markup = result:html { result = "r" }
    assert.truthy(markup:find("Indices of r", 1, true) and markup:find('class="error"', 1, true), markup)
    assert.falsy(markup:find("Indices of q", 1, true))
    markup = result:html {}
    assert.truthy(markup:find("Indices of r", 1, true) and markup:find("Indices of q", 1, true), markup)
    local good, err = pcall(function()
      local none = result:html { result = "z" }
      return none
    end)
    assert.is_false(good)
    assert.matches("^spec/global_sensitivity_spec%.lua:%d+: plot%.result: one of q, r expected", err)
  end)

  it("names mistakes", function()
    local good, err = pcall(bioxen.global_sensitivity, { samples = 1, method = "fast", levels = 3,
      parameters = { a = { from = 1, to = 0 } } })
    assert.is_false(good)
    for _, words in ipairs { "samples", "sobol", "levels", "run" } do
      assert.truthy(err:find(words, 1, true), err)
    end
    good, err = pcall(bioxen.global_sensitivity, { samples = 2, run = "return 1",
      parameters = { a = { from = 1, to = 0 }, b = { from = 0, to = 1, log = true } } })
    assert.is_false(good)
    assert.truthy(err:find("a: from below to", 1, true) and err:find("b: from above 0", 1, true), err)
  end)
end)

describe("bioxen global-sensitivity", function()
  local sh, path
  setup(function()
    sh = shell.open()
    path = sh:file("sum.xml", sbml.document { -- y = 3 a + b + A, in k takes no part
      compartments = { sbml.compartment("c", 2) },
      species = { sbml.species("A", 'initialConcentration="3"') },
      parameters = { sbml.parameter("a", 2), sbml.parameter("b", 1), sbml.parameter("k", 1),
        sbml.parameter("y", 0, false) },
      rules = { sbml.rule("assignment", "y", sbml.apply("plus", sbml.apply("times", 3, "a"), "b", "A")) },
    })
  end)
  teardown(function() sh:close() end)

  local VARY = " --vary a=0:1 --vary b=0:1 --vary k=0.1:1 --vary A.concentration=log:1:2.71828182845904523 --measure y "

  it("writes effects by the model's names, as exactly as they are", function()
    local status, out = sh("bioxen global-sensitivity --quiet --duration 1 --indices morris" .. VARY .. path)
    assert.equal(0, status)
    local head, of = out:match "^([^\n]*)\n", {}
    assert.equal("result,parameter,mu_star,mu_star_low,mu_star_high,mu,mu_low,mu_high,sigma,sigma_low,sigma_high", head)
    for name, value in out:gmatch "\ny,([^,]+),([^,]+)" do of[name] = tonumber(value) end
    assert.near(3, of.a, 1e-9)
    assert.near(1, of.b, 1e-9)
    assert.equal(0, of.k)
    assert.is_true(of["A.concentration"] > 1.5 and of["A.concentration"] < 2)
  end)

  it("writes Sobol's indices as JSON, the same for a seed, and draws them", function()
    local words = "bioxen global-sensitivity --quiet --duration 1 --json --samples 150 --seed 4" .. VARY .. path
    local status, out = sh(("%s --vms 2 --plot %s/indices.svg"):format(words, sh.scratch))
    assert.equal(0, status)
    assert.equal(out, (select(2, sh(words .. " --vms 1"))))
    local result = cjson.decode(out)
    assert.equal(150*6, result.runs)
    local variance = (math.exp(2) - 1)/2 - (math.exp(1) - 1)^2 -- of e^u, u in 0 to 1
    local all = 9/12 + 1/12 + variance
    for name, part in pairs { a = 9/12/all, b = 1/12/all, k = 0, ["A.concentration"] = variance/all } do
      local range = result.results.y.by[name].total_range
      assert.is_true(range[1] - 0.01 <= part and part <= range[2] + 0.01,
        ("%s: %g expected, got %g to %g"):format(name, part, range[1], range[2]))
    end
    local _, picture = sh(("cat %s/indices.svg"):format(sh.scratch))
    assert.truthy(picture:find("Sobol indices of y", 1, true))
  end)

  it("does so of steady states, and says what is wrong", function()
    assert.equal(0, (sh("bioxen global-sensitivity --quiet --steady --samples 3 --vary a=0:1 --measure y " .. path)))
    local function misused(words, status)
      local got, out, err = sh("bioxen global-sensitivity --quiet " .. words .. " " .. path)
      assert.same({ status or 2, "" }, { got, out })
      return err
    end
    misused "--duration 1"
    misused "--vary a=0:1"
    assert.truthy(misused "--duration 1 --vary a=1,2":find("a=FROM:TO", 1, true))
    assert.truthy(misused "--duration 1 --vary a=1:0":find("from below to", 1, true))
    misused "--duration 1 --vary a=0:1 --levels 4"
    misused "--duration 1 --vary a=0:1 --plot indices.txt"
    assert.truthy(misused("--duration 1 --vary q=0:1", 1):find("the model has no 'q'", 1, true))
  end)
end)
