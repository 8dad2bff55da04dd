-- Gradients of likelihoods by adjoints, beside closed forms and beside derivatives that are carried along: across
-- events, delays and conditions, after steady states, through what experiments set; and what takes another way.

local bioxen = require "bioxen"
local sbml = require "spec.support.sbml"

local vm

before_each(function()
  vm = assert(bioxen.create_bio_vm("adjoints", "minimal_cell"))
  assert(vm:start())
end)
after_each(function() vm:destroy() end)

-- Of a process, with these parameters estimated, each column measured at each time: gradients by all ways.
local function gradients(code, parameters, columns, times, more)
  local answer, err = vm:execute_biological_process([[
    cell:clear()
    load(args.code, "code", "t", _ENV)()
    local spec = { parameters = {}, aliases = { A0 = "A", x0 = "x" }, observables = {}, measurements = {},
      experiments = args.experiments or { { id = "e", { time = 0, set = {} } } } }
    for _, name in ipairs(args.parameters) do
      local value = args.values and args.values[name] or cell:get(spec.aliases[name] or name)
      table.insert(spec.parameters, { id = name, value = value, lower = 0, upper = 1e12, estimated = true })
    end
    for i, column in ipairs(args.columns) do
      local o = type(column) == "table" and column or { formula = column, deviation = "0.5 + 0.1*time" }
      o.id = "o" .. i
      spec.observables[i] = o
      for _, e in ipairs(spec.experiments) do
        for j, time in ipairs(args.times) do
          table.insert(spec.measurements, { experiment = e.id, observable = o.id, time = time, value = 2 + i/3 + j/5 })
        end
      end
    end
    local objective = cell:objective(spec)
    local found = {}
    for _, by in ipairs { "adjoint", "forward", "differences" } do found[by] = objective:gradient(nil, { by = by }) end
    found.evaluation = objective:evaluate()
    found.spec = spec
    return found ]], { args = { code = code, parameters = parameters, columns = columns, times = times,
      experiments = more and more.experiments, values = more and more.values } })
  if not answer then error(err.message, 2) end
  return answer.result
end

-- Beside each number, and a little beside the largest.
local function compare(expected, found, tolerance, what)
  local largest = 0
  for _, value in pairs(expected) do largest = math.max(largest, math.abs(value)) end
  assert.truthy(largest > 0)
  for name, value in pairs(expected) do
    local off = math.abs(found[name] - value)
    if off > tolerance*(math.abs(value) + 1e-3*largest) or off ~= off then
      error(("%s, by %s: %.12g expected, got %.12g"):format(what, name, value, found[name]), 2)
    end
  end
end

local function agree(...)
  local found = gradients(...)
  assert.equal("adjoint", found.adjoint.by)
  assert.equal("forward", found.forward.by)
  assert.equal(found.evaluation.llh, found.adjoint.llh)
  assert.is_nil(found.adjoint.information)
  compare(found.forward.gradient, found.adjoint.gradient, 1e-6, "forward")
  compare(found.differences.gradient, found.adjoint.gradient, 1e-3, "differences")
end

describe("adjoints", function()
  it("are exact for a linear chain, with scale, offset and deviation of what is measured", function()
    local found = gradients([[
      process "p" { species = { A = 10, B = 1 }, parameters = { k = 0.5, d = 0.2 },
        reactions = { { "A -> B", k = "k" }, { "B ->", k = "d" } } }
    ]], { "k", "d", "A0", "scale", "offset", "sd" }, { { formula = "scale*B + offset", deviation = "sd" } },
      { 0, 0.5, 1.7, 4 }, { values = { scale = 1.5, offset = 0.3, sd = 0.8 } })
    local exp, k, d, A0, B0 = math.exp, 0.5, 0.2, 10, 1
    local expected = { k = 0, d = 0, A0 = 0, scale = 0, offset = 0, sd = 0 }
    for _, m in ipairs(found.spec.measurements) do
      local t = m.time
      local e, f = exp(-k*t), exp(-d*t)
      local B = B0*f + A0*k/(d - k)*(e - f)
      local by = { A0 = 1.5*k/(d - k)*(e - f), scale = B, offset = 1,
        k = 1.5*(A0*d/(d - k)^2*(e - f) - A0*k/(d - k)*t*e),
        d = 1.5*(-B0*t*f - A0*k/(d - k)^2*(e - f) + A0*k/(d - k)*t*f) }
      local z = (m.value - 1.5*B - 0.3)/0.8
      for name, slope in pairs(by) do expected[name] = expected[name] + z*slope/0.8 end
      expected.sd = expected.sd + (z^2 - 1)/0.8
    end
    assert.equal("adjoint", found.adjoint.by)
    compare(expected, found.adjoint.gradient, 1e-7, "closed form")
  end)

  it("take stiff, oscillating and fading courses", function()
    agree([[ process "p" { species = { A = 1, B = 0, C = 0 }, parameters = { a = 0.04, b = 3e7, c = 1e4 },
      reactions = { { "A -> B", k = "a" }, { "2 B -> B + C", rate = "b*B^2" },
        { "B + C -> A + C", rate = "c*B*C" } } } ]],
      { "a", "b", "c" }, { "A", "C", "1e4*B" }, { 0.1, 4, 40, 400 })
    agree([[ process "p" { species = { x = 1, y = 0, S = 0 }, parameters = { w = 3, m = 0.2, q = 0 },
      reactions = { { "-> x", rate = "y" }, { "-> y", rate = "m*(1 - x^2)*y - w*x" },
        { "-> S", rate = "q*sin(40*time)" } } } ]],
      { "w", "m", "x0", "q" }, { "x", "S" }, { 1, 5, 9, 20 })
  end)

  it("jump at events on the state: thresholds, what is set, parameters that are set", function()
    agree([[ process "p" { species = { A = 10, B = 0, n = 0 }, parameters = { k = 0.5, L = 4, g = 2, h = 0.1 },
      reactions = { { "A ->", k = "k" }, { "-> B", rate = "h*A" } },
      events = { { when = "A < L", set = { A = "g*A + time", k = "k*g/2.5", n = "n + B*g", L = "L - h*B" } } } } ]],
      { "k", "L", "g", "h", "A0" }, { "A", "B", "n" }, { 1, 2, 3, 8, 15 })
  end)

  it("jump at times, after delays, with values of the trigger, where one sets off another", function()
    agree([[ process "p" { species = { A = 10, B = 0, C = 0, D = 0 }, parameters = { k = 0.5, T = 1.5, w = 0.7, n = 0 },
      reactions = { { "A ->", k = "k" }, { "-> D", k = "k" } },
      events = {
        { at = "2*T/3", set = { n = 1 } },
        { when = "n > 0", delay = "w*T", set = { B = "A" } },
        { when = "n > 0.5", delay = "w", values = "trigger", set = { C = "A*w", D = "0" } },
        { when = "C > 1", set = { A = "A + C" } },
      } } ]], { "k", "T", "w", "A0" }, { "A", "B", "C", "D" }, { 0.5, 1.3, 1.9, 2.6, 5 })
  end)

  it("keep what several firings wait with", function()
    agree([[ process "p" { species = { x = 1, y = 0, B = 0 }, parameters = { w = 4, d = 2.6, g = 0.5 },
      reactions = { { "-> x", rate = "y" }, { "-> y", rate = "-w*x" } },
      events = {
        { when = "x > 0.5", delay = "d*(1 + 0.1*y)", values = "trigger", set = { B = "B + g*y + x" } },
        { when = "x < -0.5", delay = "d", set = { w = "w*g*2.1 + 0.01*B" } },
      } } ]], { "w", "d", "g", "x0" }, { "B", "x" }, { 2, 5, 6.5, 9 })
  end)

  it("jump where a rate does, by the state and by the time", function()
    agree([[ process "p" { species = { A = 10, B = 0, C = 0 }, parameters = { k = 0.5, L = 4, T = 1.2, w = 0.3, g = 3 },
      rules = { fast = "if(A < L, 1, k*A)" },
      reactions = {
        { "A ->", rate = "fast" },
        { "-> B", rate = "if(time < T, k, g*A)" },
        { "-> C", rate = "if(time - T*floor(time/T) < w, g, 0)" },
        { "C ->", rate = "k*max(C - 0.5, 0)" },
      } } ]], { "k", "L", "T", "w", "g", "A0" }, { "A", "B", "C", "fast + B" }, { 1, 2, 2.6, 3.5, 7 })
  end)

  it("go through steady states, what later periods set, formulas of the beginning, and rules", function()
    local model = [[ process "p" { species = { A = 0, B = 0 }, parameters = { s = 2, k = 0.5, d = 0.2, a = 1, f = 0 },
      initial = { A = "a^2*s" }, rules = { total = "f*A + B" },
      reactions = { { "-> A", k = "s" }, { "A -> B", rate = "k*A/(1 + A)" }, { "B ->", rate = "d*B" },
        { "A ->", k = "d" } },
      events = { { when = "B < 1.3 and time < 50", set = { A = "A + a" } } } } ]]
    local observed = { { formula = "A", deviation = "0.6" }, { formula = "total", deviation = "0.3*a" },
      { formula = "log(B + 1)*a", deviation = "0.1 + 0.1*A", noise = "laplace" },
      { formula = "B + 0.1", deviation = "k + 0.1", scale = "log10" } }
    agree(model, { "d", "a", "low", "top" }, observed, { 0, 0.5, 3, 8, math.huge }, {
      values = { low = 0.4, top = 3 },
      experiments = {
        { id = "rest", { time = -math.huge, set = { { "s", "low*1.1" }, { "f", "a*low" } } },
          { time = 0, set = { { "s", "top" }, { "A", "A + low*B" } } } },
        { id = "steps", { time = 0, set = { { "s", "low" } } }, { time = 2, set = { { "k", "k*top + 0.01*B" } } },
          { time = 4, set = { { "k", "low + 0.1*total" }, { "B", "top*B" } } } },
      } })
  end)

  it("keep what waits as a period ends", function()
    agree([[ process "p" { species = { A = 10, B = 0 }, parameters = { k = 0.5, L = 4, w = 2, s = 0 },
      reactions = { { "A ->", k = "k" }, { "-> B", k = "s" } },
      events = { { when = "A < L", delay = "w", values = "trigger", set = { B = "k*A + time" } } } } ]],
      { "k", "L", "w", "A0" }, { "B", "A" }, { 1, 3.5, 6 },
      { experiments = { { id = "e", { time = 0, set = {} }, { time = 3, set = { { "s", "1" } } } } } })
  end)

  -- x is the largest of three roots; z and u are solved for together.
  it("go through what algebraic rules solve for, along the root that the course has", function()
    local apply = sbml.apply
    local function rule(...)
      return ("<algebraicRule>%s</algebraicRule>"):format(sbml.math(apply(...)))
    end
    local cube = apply("power", "x", 3)
    local model = sbml.document { version = 1, compartments = { sbml.compartment("c", 1) },
      species = { sbml.species("A", 'initialConcentration="2"'), sbml.species("B", 'initialConcentration="0"') },
      parameters = { sbml.parameter("k", 0.5), sbml.parameter("q", 1.2), sbml.parameter("x", 2, false),
        sbml.parameter("z", 1, false), sbml.parameter("u", 1, false) },
      rules = { rule("minus", apply("minus", cube, apply("times", 3, "x")), apply("minus", "A", "q")),
        rule("minus", apply("plus", "z", "u"), apply("times", "q", "A")),
        rule("minus", apply("times", "z", "z"), apply("exp", "u")) },
      reactions = { sbml.reaction("r", { "A" }, { "B" }, apply("times", "k", "A", "x"), nil, 'fast="false"'),
        sbml.reaction("s", { "B" }, { "A" }, apply("times", "k", "B", "z"), nil, 'fast="false"') },
      events = { sbml.event("e", apply("lt", "A", 1.4), { B = apply("plus", "B", "z") }) } }
    local observed = { { formula = "x", deviation = "0.5" }, { formula = "z*A", deviation = "0.1 + 0.1*x" } }
    agree(("cell:load_sbml(%q)"):format(model), { "k", "q", "A0" }, observed, { 0, 0.4, 2, math.huge }, {
      experiments = { { id = "e", { time = 0, set = {} }, { time = 1, set = { { "B", "B + k*x" } } } },
        { id = "rest", { time = -math.huge, set = {} }, { time = 0, set = { { "B", "0.5*u" } } } } } })
  end)

  it("are gone back along nothing where nothing moves", function()
    agree([[ process "p" { species = { A = 3 }, parameters = { k = 2 }, rules = { r = "k*A*time" } } ]],
      { "k", "A0" }, { "r", "A" }, { 1, 2 })
  end)

  it("give way to derivatives along, and these to differences, where they can't be", function()
    for code, ways in pairs {
      -- more wait than there is room for
      [ [[ process "p" { species = { x = 1, y = 0, A = 0, B = 0 }, parameters = { k = 0.5, n = 1 },
        reactions = { { "-> x", rate = "y" }, { "-> y", rate = "-1600*x" } },
        events = { { when = "x > 0", delay = "5*n", set = { A = "A + k" } } } } ]] ] = { "forward", "forward" },
      [ [[ process "p" { species = { A = 1, B = 0 }, parameters = { k = 0.5, n = 1 },
        reactions = { { "A ->", rate = "k*delay(A, 0.2*n)" } } } ]] ] = { "differences", "differences" },
    } do
      local found = gradients(code, { "k", "n" }, { "A + B" }, { 1, 2, 6 })
      assert.same(ways, { found.adjoint.by, found.forward.by })
      assert.same(found.forward.gradient, found.adjoint.gradient)
    end
  end)

  it("lead fits to where scoring does, and do so unasked where parameters are many", function()
    local answer = assert(vm:execute_biological_process [[
      cell:clear()
      process "p" { species = { A = 10, B = 0 }, parameters = { k = 0.5, d = 0.2 },
        reactions = { { "A -> B", k = "k" }, { "B ->", k = "d" } } }
      local spec = { parameters = {}, measurements = {}, experiments = { { id = "e", { time = 0, set = {} } } },
        observables = { { id = "o", formula = "B", deviation = "0.3" } } }
      for _, id in ipairs { "k", "d" } do
        spec.parameters[#spec.parameters + 1] = { id = id, lower = 0.01, upper = 10, scale = "log10", estimated = true,
          value = 1 }
      end
      for i, value in ipairs { 3.5, 5.2, 5.1, 4.6, 4.2, 3.3, 2.9 } do
        spec.measurements[i] = { experiment = "e", observable = "o", time = i, value = value }
      end
      local function fit(gradient) return cell:objective(spec):fit { start = 1, gradient = gradient } end
      local found = { adjoint = fit "adjoint", forward = fit "forward", unasked = fit() }
      for i = 1, 49 do -- which change nothing, and with priors stay where they are
        spec.parameters[#spec.parameters + 1] = { id = "q" .. i, lower = 0, upper = 1, estimated = true, value = 0.5,
          prior = { kind = "normal", a = 0.5, b = 0.1 } }
      end
      found.many = fit()
      return found ]]).result
    assert.same({ "adjoint", "forward", "forward", "adjoint" }, { answer.adjoint.gradient, answer.forward.gradient,
      answer.unasked.gradient, answer.many.gradient })
    assert.same(answer.forward, answer.unasked)
    for _, fit in pairs(answer) do
      for _, id in ipairs { "k", "d" } do
        assert.near(answer.forward.values[id], fit.values[id], 1e-4*answer.forward.values[id], fit.gradient)
      end
    end
  end)

  it("leave nothing behind of processes that are gone, with what they were delayed by", function()
    assert(vm:execute_biological_process [[
      for _ = 1, 20 do
        cell:clear()
        process "p" { species = { A = 1 }, parameters = { k = 0.5 },
          reactions = { { "A ->", rate = "k*delay(A, 0.2)" } } }
        cell:objective { parameters = { { id = "k", value = 1, lower = 0, upper = 2, estimated = true } },
          experiments = { { id = "e", { time = 0, set = {} } } },
          observables = { { id = "o", formula = "A", deviation = "1" } },
          measurements = { { experiment = "e", observable = "o", time = 1, value = 1 } },
        }:gradient(nil, { by = "adjoint" })
        cell:clear()
        local others = {}
        for i = 1, 50 do others[i] = ("x"):rep(200 + i) end -- in the place of what was freed
        collectgarbage()
      end ]])
  end)

  it("are told what they can't be", function()
    local answer, err = vm:execute_biological_process [[
      cell:objective { parameters = { { id = "q", value = 1, estimated = true } }, experiments = {}, observables = {},
        measurements = {} }:gradient(nil, { by = "guess" }) ]]
    assert.is_nil(answer)
    assert.truthy(err.message:find('"guess" is not known', 1, true), err.message)
  end)
end)
