-- Models in SBML: what they come to, against solutions in closed form; what is refused; hostile
-- text; and the way back.

local kind = require "spec.support.vm_kind"
package.path = package.path .. ";./spec/support/?.lua"
local s = require "sbml"

local vm

local function run(code, args)
  return vm:execute_biological_process(code, { args = args, timeout = 60 })
end

-- Load a model into an empty cell.
local function load(text, options)
  assert(run "cell:clear()")
  return vm:load_sbml(text, options)
end

-- The last values of `names` after `duration`.
local function after(duration, text, names, options)
  local model = assert(load(text))
  local result = assert(run([[
    local o = args.options
    o.duration, o.record = args.duration, args.names
    o.tolerance = { relative = 1e-10, absolute = 1e-14 }
    local t = cell:run(o)
    local last = {}
    for i, name in ipairs(args.names) do last[i] = t:last(name) end
    return last]], { duration = duration, names = names, options = options or {} })).result
  return result, model
end

local function assert_close(expected, actual)
  assert.is_true(math.abs(actual - expected) <= 1e-7 * math.abs(expected) + 1e-9,
    ("%.12g expected, got %.12g"):format(expected, actual))
end

local c2 = { s.compartment("c", 2) }

describe("SBML", function()
  setup(function()
    vm = assert(kind.create("sbml", "minimal_cell"))
    assert(vm:start())
  end)

  before_each(function()
    if vm:get_state() ~= "running" then assert(vm:restart()) end
  end)

  teardown(function() vm:destroy() end)

  it("a decay in a compartment of 2: id, amount and concentration", function()
    local last, model = after(3, s.document {
      compartments = c2, species = { s.species("A", 'initialConcentration="5"') },
      parameters = { s.parameter("k", 0.4) },
      reactions = { s.reaction("R", { "A" }, {}, s.apply("times", "k", "A", "c")) },
    }, { "A", "A.amount", "R" })
    local a = 5 * math.exp(-1.2)
    assert_close(a, last[1])
    assert_close(2 * a, last[2])
    assert_close(0.8 * a, last[3])
    assert.same({ "A" }, model.species)
    assert.same({ A = "A.amount" }, model.amount)
    assert.same({ A = "A" }, model.concentration)
    assert.are.equal(1, model.reactions)
  end)

  it("an id that means an amount, and a stoichiometry of 2", function()
    local last = after(1, s.document {
      compartments = c2,
      species = { s.species("A", 'initialAmount="6"', 'hasOnlySubstanceUnits="true"'),
        s.species("B", 'initialAmount="0"', 'hasOnlySubstanceUnits="true"') },
      reactions = { s.reaction("R", { "2 A" }, { "B" }, s.apply("times", 0.5, "A")) },
    }, { "A", "B", "B.concentration" })
    assert_close(6 * math.exp(-1), last[1])
    assert_close(3 * (1 - math.exp(-1)), last[2])
    assert_close(1.5 * (1 - math.exp(-1)), last[3])
  end)

  it("a compartment that grows dilutes", function()
    local last = after(2, s.document {
      compartments = { s.compartment("c", 1, false) },
      species = { s.species("A", 'initialAmount="3"') },
      rules = { s.rule("rate", "c", s.apply("times", 0.5, "c")) },
    }, { "A", "A.amount", "c" })
    assert_close(3 * math.exp(-1), last[1])
    assert_close(3, last[2])
    assert_close(math.exp(1), last[3])
  end)

  it("a rate rule of a concentration in a compartment that grows", function()
    local last = after(2, s.document {
      compartments = { s.compartment("c", 1, false) },
      species = { s.species("A", 'initialAmount="3"') },
      rules = { s.rule("rate", "c", 0.5), s.rule("rate", "A", s.apply("minus", "A")) },
    }, { "A", "A.amount" })
    assert_close(3 * math.exp(-2), last[1])
    assert_close(6 * math.exp(-2), last[2])
  end)

  it("initial assignments in the order that they need, and functions", function()
    local square = '<functionDefinition id="square"><math xmlns="http://www.w3.org/1998/Math/MathML">'
      .. "<lambda><bvar><ci>x</ci></bvar><apply><times/><ci>x</ci><ci>x</ci></apply></lambda>"
      .. "</math></functionDefinition>"
    local last = after(1, s.document {
      functions = { square }, compartments = c2,
      species = { s.species("A", 'initialAmount="1"') },
      parameters = { s.parameter("p", 1), s.parameter("q", 1), s.parameter("r", 1, false) },
      initial = { s.initial("p", s.apply("plus", "q", 1)), s.initial("A", "p"),
        s.initial("q", s.apply("<ci>square</ci>", "r")) },
      rules = { s.rule("assignment", "r", 3) },
    }, { "p", "q", "A", "A.amount" })
    assert.same({ 10, 9, 10, 20 }, last)
  end)

  it("sums of thousands of terms, and formulas thousands of levels deep", function()
    local left, right = s.value "x", s.value "x"
    for _ = 1, 1900 do left, right = s.apply("minus", left, 1), s.apply("minus", 1, right) end
    local terms = {}
    for i = 1, 20000 do terms[i] = "x" end
    local last = after(1, s.document {
      compartments = c2, parameters = { s.parameter("x", 3), s.parameter("sum", 0, false),
        s.parameter("left", 0, false), s.parameter("right", 0, false) },
      rules = { s.rule("assignment", "sum", s.apply("plus", table.unpack(terms))),
        s.rule("assignment", "left", left), s.rule("assignment", "right", right) },
    }, { "sum", "left", "right" })
    assert.same({ 60000, 3 - 1900, 3 }, last)
  end)

  -- A function definition.
  local function lambda(id, arguments, body)
    local bound = {}
    for i, argument in ipairs(arguments) do bound[i] = "<bvar><ci>" .. argument .. "</ci></bvar>" end
    return ('<functionDefinition id="%s"><math xmlns="http://www.w3.org/1998/Math/MathML">'
      .. "<lambda>%s%s</lambda></math></functionDefinition>"):format(id, table.concat(bound), body)
  end

  local function call(name, ...)
    return s.apply("<ci>" .. name .. "</ci>", ...)
  end

  it("arguments mean what they mean where the function is called", function()
    local last = after(1, s.document {
      functions = {
        lambda("less", { "y", "x" }, s.apply("minus", "y", "x")),
        lambda("swapped", { "x", "y" }, call("less", "x", s.apply("times", "y", "k"))),
        lambda("twice", { "x" }, call("less", call("less", 0, "x"), "x")),
        lambda("at", { "t" }, call("less", s.time, "t")) },
      compartments = { s.compartment("c", 1) },
      species = { s.species("A", 'initialAmount="0"') },
      parameters = { s.parameter("k", 2), s.parameter("x", 100), s.parameter("y", 5),
        s.parameter("a", 0, false), s.parameter("b", 0, false), s.parameter("d", 0, false) },
      rules = { s.rule("assignment", "a", call("swapped", "x", "y")),
        s.rule("assignment", "d", call("at", "k")),
        s.rule("assignment", "b", call("twice", call("twice", "y"))) },
      reactions = { s.reaction("R", {}, { "A" }, call("swapped", "k", 1),
        '<listOfLocalParameters><localParameter id="k" value="7"/></listOfLocalParameters>') },
    }, { "a", "b", "d", "R" })
    assert.same({ 90, 20, -1, 5 }, last)
  end)

  it("an exclusive or of many", function()
    local conditions, wanted = {}, 0
    for i = 1, 30 do
      conditions[i] = s.apply(i % 3 == 0 and "gt" or "lt", "x", 1)
      if i % 3 == 0 then wanted = 1 - wanted end
    end
    local value = "<piecewise><piece><cn>1</cn>" .. s.apply("xor", table.unpack(conditions))
      .. "</piece><otherwise><cn>0</cn></otherwise></piecewise>"
    local last = after(1, s.document { compartments = c2,
      parameters = { s.parameter("x", 2), s.parameter("y", 0, false) },
      rules = { s.rule("assignment", "y", value) } }, { "y" })
    assert.same({ wanted }, last)
  end)

  it("delayed values, before the beginning too: rates are 0 there, initial assignments of that time", function()
    local model = s.document {
      compartments = c2,
      parameters = { s.parameter("x", 2, false), s.parameter("y", 0, false), s.parameter("z", 0, false),
        s.parameter("w", 0, false), s.parameter("v", 0, false), s.parameter("u", 0, false) },
      initial = { s.initial("w", s.apply("cos", s.time)) },
      rules = { s.rule("rate", "x", 3), s.rule("assignment", "y", s.apply(s.delay, s.apply("times", "x", 2), 1.5)),
        s.rule("assignment", "z", s.apply(s.delay, s.apply(s.rate_of, "x"), 1)),
        s.rule("assignment", "v", s.apply(s.delay, "w", s.apply(s.delay, "x", 9))),
        s.rule("rate", "u", s.apply(s.delay, "u", 1)) },
      events = { s.event("E", s.apply("gt", s.apply(s.delay, "x", 2), 4), { u = 1 }) },
    }
    local names = { "y", "z", "v", "u" }
    local early, late = after(0.75, model, names), after(3.5, model, names)
    for i, wanted in ipairs { 4, 0, math.cos(0.75 - 2), 0 } do assert_close(wanted, early[i]) end
    for i, wanted in ipairs { 16, 3, 1, 1 } do assert_close(wanted, late[i]) end
    assert_close(1 + (4.5 - 8/3 - 1), after(4.5, model, { "u" })[1]) -- u jumps at 8/3
  end)

  it("an event after a delay, with values of its trigger or of its end", function()
    local function model(from_trigger)
      return s.document {
        compartments = c2,
        parameters = { s.parameter("x", 0, false), s.parameter("y", 0, false) },
        rules = { s.rule("rate", "x", 1) },
        events = { s.event("E", s.apply("geq", "x", 1), { y = "x" },
          { delay = 0.5, from_trigger = from_trigger }) },
      }
    end
    assert_close(0, after(1.49, model(true), { "y" })[1])
    assert_close(1, after(1.51, model(true), { "y" })[1])
    assert_close(1.5, after(3, model(false), { "y" })[1])
  end)

  it("an event that does not persist is dropped", function()
    local function model(persistent)
      return s.document {
        compartments = c2,
        parameters = { s.parameter("x", 0, false), s.parameter("y", 0, false) },
        rules = { s.rule("rate", "x", 1) },
        events = { s.event("E", s.apply("and", s.apply("geq", "x", 1), s.apply("lt", "x", 1.2)),
          { y = 7 }, { delay = 0.5, persistent = persistent }) },
      }
    end
    assert.same({ 7 }, after(3, model(true), { "y" }))
    assert.same({ 0 }, after(3, model(false), { "y" }))
  end)

  it("priorities order events; a trigger that begins true fires if it is said to", function()
    local last = after(1, s.document {
      compartments = c2, parameters = { s.parameter("x", 1, false) },
      events = {
        s.event("low", s.apply("geq", s.time, 0), { x = s.apply("times", "x", 10) },
          { priority = 1, initial = false, from_trigger = false }),
        s.event("high", s.apply("geq", s.time, 0), { x = s.apply("plus", "x", 1) },
          { priority = 2, initial = false, from_trigger = false }),
        s.event("never", s.apply("geq", s.time, 0), { x = 0 }) },
    }, { "x" })
    assert.same({ 20 }, last)
  end)

  it("an event sets a concentration by the compartment's size", function()
    local last = after(2, s.document {
      compartments = c2, species = { s.species("A", 'initialAmount="1"') },
      events = { s.event("E", s.apply("geq", s.time, 1), { A = 4 }) },
    }, { "A", "A.amount" })
    assert.same({ 4, 8 }, last)
  end)

  it("a stoichiometry that a rule changes, local parameters, rateOf", function()
    local last = after(2, s.document {
      compartments = { s.compartment("c", 1) },
      species = { s.species("A", 'initialAmount="0"') },
      parameters = { s.parameter("k", 100), s.parameter("v", 0, false) },
      rules = { s.rule("assignment", "n", s.time), s.rule("assignment", "v",
        s.apply(s.rate_of, "A")) },
      reactions = { s.reaction("R", {}, { 'A id="n" constant="false"' }, "k",
        '<listOfLocalParameters><localParameter id="k" value="3"/></listOfLocalParameters>') },
    }, { "A", "v", "R.k", "k" })
    assert_close(6, last[1]) -- the integral of 3 t
    assert_close(6, last[2])
    assert.same({ 3, 100 }, { last[3], last[4] })
  end)

  it("a pulse in a rate is not passed over", function()
    local pulse = "<piecewise><piece><cn>1</cn>"
      .. s.apply("and", s.apply("geq", s.time, 50), s.apply("lt", s.time, 51)) .. "</piece>"
      .. "<otherwise><cn>0</cn></otherwise></piecewise>"
    local last = after(100, s.document {
      compartments = c2, parameters = { s.parameter("x", 0, false) },
      rules = { s.rule("rate", "x", pulse) },
    }, { "x" })
    assert.is_true(math.abs(last[1] - 1) < 1e-6, tostring(last[1]))
  end)

  it("stochastic simulation of molecules, with the mean of the ODE", function()
    local mean = after(1, s.document {
      compartments = { s.compartment("c", 1) },
      species = { s.species("A", 'initialAmount="100000"', 'hasOnlySubstanceUnits="true"') },
      reactions = { s.reaction("R", { "A" }, {}, s.apply("times", 0.5, "A")) },
    }, { "A" }, { method = "ssa", seed = 5 })[1]
    assert.is_true(math.abs(mean - 1e5 * math.exp(-0.5)) < 5 * 160)
  end)

  it("set takes a concentration, and clear removes all", function()
    assert(load(s.document { compartments = c2, species = { s.species("A", 'initialAmount="1"') } }))
    assert.same({ 3, 6 }, assert(run [[
      cell:set("A", 3)
      return { cell:get "A", cell:get "A.amount" }]]).result)
    assert.same({}, assert(run "cell:clear() return cell:species()").result)
  end)

  it("ids that formulas keep are renamed", function()
    local _, model = after(1, s.document {
      compartments = c2, parameters = { s.parameter("time", 4), s.parameter("x", 0, false) },
      rules = { s.rule("assignment", "x", s.apply("plus", "time", s.time)) },
    }, { "x", "time.value" })
    assert.same({ time = "time.value" }, model.renamed)
  end)

  it("does not mix with variables of another process unless told", function()
    local text = s.document { compartments = c2, parameters = { s.parameter("k", 1) } }
    assert(run [[cell:clear() process "mine" { parameters = { k = 5 } }]])
    local _, err = vm:load_sbml(text)
    assert.are.equal("EMODEL", err.code)
    assert.truthy(err.message:find('"k".*"mine"'))
    assert(vm:load_sbml(text, { share = true, name = "theirs" }))
    assert.are.equal(5, assert(run 'return cell:get "k"').result)
  end)

  it("reads files, and external definitions beside them alone", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    local head = '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"'
      .. ' xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1"'
      .. ' comp:required="true">'
    local function write(name, text)
      local file = assert(io.open(folder .. "/" .. name, "w"))
      file:write(text)
      file:close()
    end
    local function whole(source)
      return head .. '<model id="whole"><comp:listOfSubmodels><comp:submodel comp:id="sub" '
        .. 'comp:modelRef="part"/></comp:listOfSubmodels></model>'
        .. '<comp:listOfExternalModelDefinitions><comp:externalModelDefinition comp:id="part" '
        .. 'comp:source="' .. source .. '"/></comp:listOfExternalModelDefinitions></sbml>'
    end
    write("part.xml", head .. '<model id="part"><listOfParameters>' .. s.parameter("p", 42)
      .. "</listOfParameters></model></sbml>")
    write("whole.xml", whole "part.xml")
    write("outside.xml", whole "/etc/passwd")
    assert(load(folder .. "/whole.xml"))
    assert.are.equal(42, assert(run 'return cell:get "sub__p"').result)
    local _, err = load(folder .. "/outside.xml")
    assert.are.equal("EMODEL", err.code)
    _, err = load(folder .. "/none.xml")
    assert.are.equal("EFILE", err.code)
    os.execute("rm -r " .. folder)
  end)

  -- More than fit on Lua's stack.
  it("takes a great many external definitions", function()
    local text = s.document { compartments = c2 }
    assert(run([[
      local files = {}
      for i = 1, 150000 do files[i .. ".xml"] = "" end
      cell:clear()
      cell:load_sbml(args, { externals = files })]], text))
  end)

  describe("refuses", function()
    local function refused(text, ...)
      local model, err = load(text)
      assert.is_nil(model)
      assert.are.equal("EMODEL", err.code, err.message)
      for _, part in ipairs { ... } do
        assert.truthy(err.message:find(part, 1, true), err.message)
      end
      assert.are.equal("running", vm:get_state())
    end

    it("a fast reaction that never comes to rest", function()
      refused(s.document { version = 1, compartments = c2,
        species = { s.species("A", 'initialAmount="1"') },
        reactions = { s.reaction("R7", { "A" }, {}, 1, nil, 'fast="true"') } }, "fast", '"R7.')
    end)

    it("stochastic simulation of a rate rule", function()
      assert(load(s.document { compartments = c2, parameters = { s.parameter("x", 0, false) },
        rules = { s.rule("rate", "x", 1) } }))
      local _, err = run [[cell:run { duration = 1, method = "ssa" }]]
      assert.are.equal("EMODEL", err.code)
    end)

    it("a name that is not there, and one that needs itself", function()
      refused(s.document { compartments = c2, parameters = { s.parameter("x", 0, false) },
        rules = { s.rule("assignment", "x", "nothing") } }, '"x"', '"nothing"')
      refused(s.document { compartments = c2, parameters = { s.parameter("x", 0) },
        initial = { s.initial("x", s.apply("plus", "x", 1)) } }, "themselves", '"x"')
    end)

    it("a species in no compartment", function()
      refused(s.document { species = { s.species("A", 'initialAmount="1"') } }, '"A"',
        'compartment "c"')
    end)

    it("text that is no SBML, cut, binary, or of another kind", function()
      local good = s.document { compartments = c2 }
      refused("<", "can't be read")
      refused("<html/>", "HTML")
      refused(good:sub(1, #good // 2), "can't be read")
      refused("<a\0\1\2", "zero byte")
      refused("<" .. ("\255"):rep(1000), "can't be read")
      refused((good:gsub("level3/version2", "level9/version9")), "can't be read")
    end)

    it("type declarations: a billion laughs", function()
      local laughs = { '<!DOCTYPE l [<!ENTITY a "ha">' }
      for i = 1, 20 do
        laughs[#laughs + 1] = ('<!ENTITY a%d "%s">'):format(i, ("&a;"):rep(10))
      end
      refused(table.concat(laughs) .. "]><l>&a20;</l>", "document type")
      refused('<?xml version="1.0"?><!DOCTYPE s SYSTEM "file:///etc/passwd"><s/>', "document type")
    end)

    local function refused_rule(value, functions, ...)
      refused(s.document { functions = functions, compartments = c2,
        parameters = { s.parameter("x", 0, false), s.parameter("y", 0, false) },
        rules = { s.rule("assignment", "y", value) } }, ...)
    end

    it("what would overrun libSBML's stack", function()
      refused(("<a>"):rep(100000), "nest more than 2000 deep")
      for _, hidden in ipairs { "<a><?q </b>?>", "<a><![CDATA[</b>]]>", "<a><!--> </b> -->" } do
        refused("<annotation>" .. hidden:rep(100000) .. "</annotation>", "nest more than 2000 deep")
      end
      refused_rule(("<apply><plus/>"):rep(20000) .. "<ci>x</ci>"
        .. ("<cn>1</cn></apply>"):rep(20000), nil, "nest more than 2000 deep")
      refused_rule("<apply><plus/>" .. ("<ci>x</ci>"):rep(300000) .. "</apply>", nil,
        "more than 100000 elements")
    end)

    it("functions that call each other without end, or grow without measure", function()
      local around, growing = {}, {}
      for i = 1, 40 do
        local inner = call("f" .. i % 40 + 1, "x")
        around[i] = lambda("f" .. i, { "x" }, s.apply("plus", inner, inner))
        growing[i] = i < 40 and around[i] or lambda("f40", { "x" }, "<ci>x</ci>")
      end
      refused_rule(call("f1", 1), around, 'parameter "y": function "f1" calls itself')
      refused_rule(call("f1", 1), growing, 'parameter "y": expected a formula of at most')
      local endless = { lambda("f", { "x" }, call("f", "x")) }
      refused_rule(call("f", 1), endless, 'parameter "y": function "f" calls itself')
    end)

    it("a function with too few arguments, one that is none, a name that is not there", function()
      local one = { lambda("f", { "x", "z" }, "<ci>x</ci>") }
      refused_rule(call("f", 1), one, 'parameter "y": function "f": 2 arguments expected, got 1')
      refused_rule(call("f", 1), nil, 'parameter "y": there is no function "f"')
      refused_rule("nothing", nil,
        'rule "y": expected a species, a parameter or a rule, found "nothing"')
    end)

    it("nothing of huge numbers: they are numbers", function()
      local last = after(1, s.document { compartments = c2, parameters = { s.parameter("x", 1e308),
        s.parameter("y", 0, false) },
        rules = { s.rule("assignment", "y", s.apply("times", "x", 10)) } }, { "y" })
      assert.are.equal(math.huge, last[1])
    end)
  end)

  describe("written", function()
    -- Run, write from the beginning, load that and run again.
    local function round_trip(definition, names, duration)
      return assert(run([[
        cell:clear()
        load(args.definition)()
        local o = { duration = args.duration, every = args.duration / 10,
          tolerance = { relative = 1e-10, absolute = 1e-14 } }
        local text = cell:to_sbml { name = "copy" }
        local before = cell:run(o)
        cell:clear()
        local model = cell:load_sbml(text)
        local after = cell:run(o)
        local worst = 0
        for _, name in ipairs(args.names) do
          local a, b = before:column(name), after:column(name)
          for row = 1, #a do
            worst = math.max(worst, math.abs(a[row] - b[row]) / (math.abs(a[row]) + 1e-6))
          end
        end
        return { worst = worst, name = model.name, text = text }]],
        { definition = definition, names = names, duration = duration })).result
    end

    it("a network in Lua loads back to the same numbers", function()
      local result = round_trip([[
        process "all" {
          species = { A = 10, B = 0, C = 1, X = 2 },
          parameters = { k = 0.3, V = 2 },
          rules = { total = "A + B", gate = "if(A > 5 and not (B > 8), 1, hill(A, 2, 3))" },
          concentrations = { a = { "A", "V" } },
          initial = { k = "V / 8" },
          rates = { X = "-0.1*X + sqrt(time) + log10(1 + C)" },
          reactions = { { "2 A -> B", k = "k" }, { "B -> 2 A", rate = "0.05*B*gate" },
            { "A + C -> C", k = 0.01, name = "eat" } },
          events = { { when = "B > 2", set = { C = "C + 1" }, delay = 0.5, values = "trigger" },
            { at = 3, set = { A = "A + 4", k = 0.5 } },
            { when = "time > 4 or A < 1", set = { a = 3 }, priority = 2, persistent = false } },
        }]], { "A", "B", "C", "X", "total", "gate", "a" }, 8)
      assert.are.equal("copy", result.name)
      assert.is_true(result.worst < 1e-5, "off by " .. result.worst)
    end)

    it("delayed values, but from the beginning alone", function()
      local result = round_trip([[
        process "late" { species = { x = 1, y = 3 }, parameters = { tau = 0.7 },
          rules = { sum = "delay(x + y, tau) + time" },
          reactions = { { "x -> y", rate = "delay(x, 1) * hill(delay(y, sum - time), 2, 2)" } } }]],
        { "x", "y", "sum" }, 6)
      assert.is_true(result.worst < 1e-6, "off by " .. result.worst)
      local _, err = run [[ return cell:to_sbml() ]]
      assert.truthy(err.message:find "a delayed value needs the past", err.message)
      _, err = run [[
        cell:clear()
        process "early" { parameters = { p = 0 }, initial = { p = "time" }, rules = { q = "delay(p, 1)" } }
        return cell:to_sbml() ]]
      assert.truthy(err.message:find 'initial value of "p"', err.message)
    end)

    it("reactions and events have their names as ids, where these are free and can be such", function()
      local text = assert(run [[
        cell:clear()
        process "p" { species = { A = 1, twice = 0 }, parameters = { k = 1 },
          reactions = { { "-> A", k = 1, name = "feed" }, { "A ->", k = 1, name = "twice" },
            { "A -> twice", k = 1, name = "to be" } },
          events = { { when = "A > 5", set = { k = 2 }, name = "late" } } }
        return cell:to_sbml()]]).result
      local ids = {}
      for id in text:gmatch '<reaction id="([^"]*)"' do ids[#ids + 1] = id end
      assert.same({ "feed", "reaction_2", "reaction_3" }, ids)
      assert.truthy(text:find('<event id="late"', 1, true))
      assert(vm:restart())
    end)

    it("the organism loads back to the same numbers", function()
      assert(vm:restart())
      assert.is_true(assert(run [[
        local function last() return cell:run { duration = 3600 } end
        local text = cell:to_sbml()
        local a = last()
        cell:clear()
        cell:load_sbml(text)
        local b = last()
        for _, name in ipairs(a:names()) do
          if math.abs(a:last(name) - b:last(name)) > 1e-5 * math.abs(a:last(name)) + 1e-9 then
            error(name .. ": " .. a:last(name) .. ", then " .. b:last(name))
          end
        end
        return true]]).result)
    end)

    it("variables called as the compartment would be", function()
      local text = assert(run [[
        cell:clear()
        process "names" { species = { cell = 1 }, parameters = { cell_ = 2 } }
        return cell:to_sbml()]]).result
      assert.truthy(text:find('compartment id="cell__"', 1, true), text)
    end)

    it("hills in hills, which grow threefold each, are bounded", function()
      local function written(depth)
        return run([[
          cell:clear()
          process "hills" { parameters = { x = 1 },
            rules = { y = ("hill("):rep(args) .. "x" .. (", 1, 2)"):rep(args) } }
          return cell:to_sbml()]], depth)
      end
      assert(written(4))
      local _, err = written(16)
      assert.are.equal("EMODEL", err.code)
      assert.truthy(err.message:find('rule "y".*100000 nodes'), err.message)
    end)

    it("random numbers cannot be", function()
      local _, err = run [[
        cell:clear()
        process "dice" { parameters = { x = 0 },
          events = { { at = 1, set = { x = "uniform(0, 6)" } } } }
        return cell:to_sbml()]]
      assert.are.equal("EMODEL", err.code)
      assert.truthy(err.message:find "random")
    end)
  end)

  describe("in events, random numbers", function()
    it("are those of the run's seed", function()
      assert.same({ true, false }, assert(run [[
        cell:clear()
        process "dice" { parameters = { x = 0 },
          events = { { at = 1, set = { x = "normal(0, 1)" } } } }
        local function draw(seed)
          cell:reset()
          cell:run { duration = 2, seed = seed }
          return cell:get "x"
        end
        return { draw(1) == draw(1), draw(1) == draw(2) }]]).result)
    end)

    it("are refused elsewhere", function()
      local _, err = run [[cell:clear() process "p" { rules = { x = "normal(0, 1)" } }]]
      assert.are.equal("EMODEL", err.code)
      assert.truthy(err.message:find "random")
    end)
  end)
end)
