-- A model in SBML that was loaded and is written again: names, units, annotations and numbers stay.

local kind = require "spec.support.vm_kind"
package.path = package.path .. ";./spec/support/?.lua"
local s = require "sbml"

local vm

local function run(code, args)
  return vm:execute_biological_process(code, { args = args, timeout = 60 })
end

local function load(text, options)
  assert(run "cell:clear()")
  return assert(vm:load_sbml(text, options))
end

local function about(metaid, resource)
  return ('<annotation><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    .. 'xmlns:bqbiol="http://biomodels.net/biology-qualifiers/"><rdf:Description rdf:about="#%s"><bqbiol:is><rdf:Bag>'
    .. '<rdf:li rdf:resource="%s"/></rdf:Bag></bqbiol:is></rdf:Description></rdf:RDF></annotation>'):format(metaid,
    resource)
end

local NOTES = '<notes><body xmlns="http://www.w3.org/1999/xhtml"><p>as %s says</p></body></notes>'

-- Two species in a compartment of 2 that grows, one by its amount; a local parameter, an event and an initial
-- assignment, all of which say what they are.
local function document()
  return ([[<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
<model metaid="m0" id="made" name="A model that we made" substanceUnits="mmol" timeUnits="hour" extentUnits="mmol"
  volumeUnits="litre">]] .. NOTES:format "the model" .. about("m0", "urn:test:model") .. [[
<listOfUnitDefinitions><unitDefinition id="mmol" name="millimole"><listOfUnits>
  <unit kind="mole" exponent="1" scale="-3" multiplier="1"/></listOfUnits></unitDefinition>
  <unitDefinition id="hour"><listOfUnits><unit kind="second" exponent="1" scale="0" multiplier="3600"/></listOfUnits>
  </unitDefinition><unitDefinition id="per_hour"><listOfUnits>
  <unit kind="second" exponent="-1" scale="0" multiplier="3600"/></listOfUnits></unitDefinition></listOfUnitDefinitions>
<listOfCompartments><compartment metaid="m1" id="c" name="a cell" spatialDimensions="3" size="2" units="litre"
  constant="true" sboTerm="SBO:0000290"/></listOfCompartments>
<listOfSpecies>
  <species metaid="m2" id="A" name="first &amp; best" compartment="c" initialConcentration="5" substanceUnits="mmol"
    hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false" sboTerm="SBO:0000247">]]
    .. NOTES:format "the species" .. about("m2", "urn:test:A") .. [[</species>
  <species metaid="m3" id="B" name="second" compartment="c" initialAmount="1" substanceUnits="mmol"
    hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false">]]
    .. about("m3", "urn:test:B") .. [[</species>
</listOfSpecies>
<listOfParameters><parameter metaid="m4" id="k" name="rate constant" value="0.4" units="per_hour" constant="true"
    sboTerm="SBO:0000009">]] .. about("m4", "urn:test:k") .. [[</parameter>
  <parameter id="twice" name="of k" units="per_hour" constant="false"/>
  <parameter id="dose" value="1" units="mmol" constant="false"/></listOfParameters>
<listOfInitialAssignments>]] .. s.initial("twice", s.apply("times", "k", 2)) .. [[</listOfInitialAssignments>
<listOfReactions><reaction metaid="m5" id="R" name="decay" reversible="false" fast="false">
  <listOfReactants><speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants>
  <listOfProducts><speciesReference species="B" stoichiometry="1" constant="true"/></listOfProducts>
  <kineticLaw>]] .. s.math(s.apply("times", "j", "A", "c", s.apply("plus", 1, s.apply("times", 0.1, s.time))))
  .. [[<listOfLocalParameters><localParameter id="j" name="its own" value="0.3" units="per_hour"/>
  </listOfLocalParameters></kineticLaw></reaction></listOfReactions>
<listOfEvents><event id="E" name="a dose" useValuesFromTriggerTime="true"><trigger initialValue="true"
  persistent="true">]] .. s.math(s.apply("geq", s.time, 3)) .. [[</trigger><listOfEventAssignments>
  <eventAssignment variable="B">]] .. s.math(s.apply("plus", "B", "dose"))
  .. [[</eventAssignment></listOfEventAssignments></event></listOfEvents>
</model></sbml>]])
end

-- What a text says of the element of an id: its tag and what stands in it; "" without one.
local function element(text, what, id)
  local begin, finish = text:find(("<%s [^>]*id=\"%s\"[^>]*>"):format(what, id))
  if not begin then return "" end
  if text:sub(finish - 1, finish - 1) == "/" then return text:sub(begin, finish) end
  return text:sub(begin, select(2, text:find("</" .. what .. ">", finish, true)))
end

local function assert_has(text, ...)
  for _, words in ipairs { ... } do assert.truthy(text:find(words, 1, true), words .. " expected in\n" .. text) end
end

-- The rows of A, B and R from now on.
local COURSE = [[
  local t = cell:run { duration = args, every = args/4, record = { "A", "B", "R" }, tolerance = { relative = 1e-10 } }
  return { t:column "A", t:column "B", t:column "R" }]]

local function assert_same_course(text, duration)
  local expected = assert(run(COURSE, duration)).result
  load(text)
  local got = assert(run(COURSE, duration)).result
  for i, column in ipairs(expected) do
    for k, value in ipairs(column) do
      assert.is_true(math.abs(got[i][k] - value) <= 1e-9*math.abs(value),
        ("%g expected, got %g"):format(value, got[i][k]))
    end
  end
end

local function assert_says_all(text)
  assert_has(element(text, "species", "A"), 'name="first &amp; best"', "urn:test:A", "as the species says",
    'substanceUnits="mmol"', 'hasOnlySubstanceUnits="false"', 'compartment="c"', "SBO:0000247")
  assert_has(element(text, "species", "B"), 'name="second"', "urn:test:B", 'hasOnlySubstanceUnits="true"')
  assert_has(element(text, "parameter", "k"), 'name="rate constant"', 'units="per_hour"', "urn:test:k", "SBO:0000009")
  assert_has(element(text, "compartment", "c"), 'name="a cell"', 'units="litre"', "SBO:0000290")
  assert_has(element(text, "reaction", "R"), 'name="decay"', '<localParameter id="j" name="its own"', "per_hour")
  assert_has(element(text, "event", "E"), 'name="a dose"')
  assert_has(element(text, "unitDefinition", "mmol"), 'name="millimole"', 'kind="mole"')
  assert_has(text, 'name="A model that we made"', "urn:test:model", "as the model says", 'timeUnits="hour"',
    'substanceUnits="mmol"')
end

describe("SBML that was loaded, written again", function()
  setup(function()
    vm = assert(kind.create("written", "empty"))
    assert(vm:start())
  end)
  before_each(function()
    if vm:get_state() ~= "running" then assert(vm:restart()) end
  end)
  teardown(function() vm:destroy() end)

  it("says of each part what it said, and runs to the same numbers", function()
    load(document())
    local text = assert(run "return cell:to_sbml()").result
    assert_says_all(text)
    assert_has(text, 'model metaid="m0" id="made"', 'initialConcentration="5"', "initialAssignment symbol=\"twice\"")
    assert_same_course(text, 5)
  end)

  it("begins at the present: its values, what was set, and the time go on", function()
    load(document())
    local text = assert(run [[
      cell:set { k = 0.7, ["R.j"] = 0.2 }
      cell:run { duration = 2 }
      cell:set { A = 3 }
      return cell:to_sbml { name = "later" }]]).result
    assert_says_all(text)
    assert_has(text, 'id="later"', 'initialConcentration="3"', 'value="0.2"', 'value="0.7"')
    assert.is_nil(text:find("initialAssignment", 1, true))
    assert_has(element(text, "parameter", "twice"), 'value="1.4"')
    assert_same_course(text, 3)
  end)

  it("keeps its level: of level 2, with its fast reactions and stoichiometries by formulas", function()
    load [[<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="old">
      <listOfCompartments><compartment id="c" size="3"/></listOfCompartments>
      <listOfSpecies><species id="A" name="left" compartment="c" initialAmount="6"/>
      <species id="B" compartment="c" initialAmount="0"/><species id="F" compartment="c" initialAmount="4"/>
      <species id="G" compartment="c" initialAmount="0"/></listOfSpecies>
      <listOfReactions><reaction id="R" reversible="false"><listOfReactants><speciesReference species="A"/>
      </listOfReactants><listOfProducts><speciesReference species="B"><stoichiometryMath>
      <math xmlns="http://www.w3.org/1998/Math/MathML"><apply><plus/><cn>2</cn>
      <csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol></apply></math>
      </stoichiometryMath></speciesReference></listOfProducts><kineticLaw>
      <math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><cn>0.2</cn><ci>A</ci><ci>c</ci></apply></math>
      </kineticLaw></reaction>
      <reaction id="Q" fast="true"><listOfReactants><speciesReference species="F"/></listOfReactants>
      <listOfProducts><speciesReference species="G"/></listOfProducts><kineticLaw>
      <math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/><ci>F</ci><ci>G</ci></apply></math></kineticLaw>
      </reaction></listOfReactions></model></sbml>]]
    local text = assert(run "cell:run { duration = 1.5 } return cell:to_sbml()").result
    assert_has(text, 'level="2" version="4"', 'name="left"', 'fast="true"')
    assert_same_course(text, 2)
  end)

  it("of counts of molecules is in the model's own units", function()
    local model = document():gsub('initialConcentration="5"', 'initialConcentration="5e-20"')
      :gsub('initialAmount="1"', 'initialAmount="1e-19"')
    load(model, { stochastic = true })
    local text = assert(run [[cell:set { ["A.molecules"] = 6022 } return cell:to_sbml()]]).result
    assert_has(element(text, "species", "A"), 'initialConcentration="4.9998', 'substanceUnits="mmol"')
    assert.is_nil(text:find("molecules", 1, true))
  end)

  it("goes with a cell that is saved and restored", function()
    load(document())
    local path = os.tmpname()
    assert(run "cell:run { duration = 1 }")
    local before = assert(run "return cell:to_sbml()").result
    assert(vm:save(path))
    assert(run "cell:clear()")
    vm:destroy()
    vm = assert(require "bioxen".restore(path, "written"))
    os.remove(path)
    assert.are.equal(before, assert(run "return cell:to_sbml()").result)
  end)

  describe("beside other processes", function()
    it("says what is certain of the parts, and no units of the model's", function()
      load(document())
      local text = assert(run [[
        process "more" { species = { Z = 0 }, reactions = { { "-> Z", rate = "k*A" } } }
        return cell:to_sbml()]]).result
      assert_has(element(text, "species", "A__amount"), 'name="first &amp; best"', "urn:test:A",
        'substanceUnits="mmol"')
      assert_has(element(text, "parameter", "A"), 'name="first &amp; best"')
      assert_has(element(text, "species", "B"), 'name="second"', "urn:test:B")
      assert_has(element(text, "parameter", "k"), 'units="per_hour"', "urn:test:k", "SBO:0000009")
      assert_has(element(text, "parameter", "c"), 'name="a cell"', 'units="litre"')
      assert_has(element(text, "parameter", "R__j"), 'name="its own"', 'units="per_hour"')
      assert_has(text, '<reaction metaid="m5" id="reaction_1" name="decay"')
      assert.is_nil(text:find("timeUnits", 1, true) or text:find("item", 1, true) or text:find("SBO:0000290", 1, true))
      assert.is_nil(element(text, "parameter", "A"):find("units", 1, true))
      assert_same_course(text, 5)
    end)

    it("says nothing of a part that another process has taken", function()
      load(document())
      assert(run [[
        process "made" { parameters = { k = 2 }, species = { Y = 1 }, reactions = { { "Y ->", k = "k" } } }]])
      local text = assert(run "return cell:to_sbml()").result
      assert.is_nil(text:find("rate constant", 1, true))
      assert_has(text, 'timeUnits="second"', 'substanceUnits="item"')
    end)
  end)

  it("with delays is written from the beginning alone, and not while an event waits", function()
    load(s.document { compartments = { s.compartment("c", 2) }, parameters = { s.parameter("p", 1, false),
      s.parameter("q", 0, false) }, rules = { s.rule("rate", "p", s.apply(s.delay, "p", 1)) } })
    assert(run "return cell:to_sbml()")
    local _, err = run "cell:run { duration = 1 } return cell:to_sbml()"
    assert_has(err.message, "a delayed value needs the past")
    load(s.document { parameters = { s.parameter("p", 1, false) },
      events = { s.event("E", s.apply("geq", s.time, 1), { p = 2 }, { delay = 3 }) } })
    _, err = run "cell:run { duration = 2 } return cell:to_sbml()"
    assert_has(err.message, "waits for the end of its delay")
  end)

  it("keeps annotations as they were written, with what declares their prefixes, and none that are no XML", function()
    local function written(annotation, more)
      local text = document():gsub(about("m3", "urn:test:B"):gsub("%p", "%%%0"), (annotation:gsub("%%", "%%%%")))
      load((text:gsub("<model ", '<model xmlns:own="urn:own" ')))
      if more then assert(run 'process "more" { parameters = { more = 1 } }') end
      return element(assert(run "return cell:to_sbml()").result, "species", "B")
    end
    local odd = '<own:it xmlns:own="urn:own" a="1"/><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
      .. "<rdf:Description/></rdf:RDF>"
    local twice = '<a:one xmlns:a="urn:a"/><a:two xmlns:a="urn:a"/><three/>'
    assert_has(written("<annotation>" .. twice .. "</annotation>", false), twice)
    local once = written("<annotation>" .. twice .. "</annotation>", true)
    assert_has(once, '<a:one xmlns:a="urn:a"/>')
    assert.is_nil(once:find("two", 1, true) or once:find("three", 1, true)) -- SBML has one of a namespace
    local two = written("<annotation><a:a xmlns:a=\"urn:a\"/></annotation><annotation>" .. odd .. "</annotation>")
    assert_has(two, 'name="second"') -- SBML has one
    assert.is_nil(two:find("annotation", 1, true))
    for _, more in ipairs { false, true } do
      assert_has(written("<annotation>" .. odd:gsub(' xmlns:own="urn:own"', "") .. "</annotation>", more), odd)
      for _, bad in ipairs { '<a xmlns="urn:a"><b></a></b>', "<none:a/>", '<a xmlns="urn:a">&no;</a>',
          ('<x xmlns="urn:x">'):rep(300) .. ("</x>"):rep(300), '<a xmlns="urn:a" b="1" b="2"/>', " " } do
        local text = written("<annotation>" .. bad .. "</annotation>", more)
        assert_has(text, 'name="second"')
        assert.is_nil(text:find("annotation", 1, true))
      end
    end
  end)

  it("is not written with random numbers, which this libSBML does not know", function()
    local function distrib(law)
      return (s.document({ version = 1, parameters = { '<parameter id="p" name="drawn" constant="false" value="0"/>' },
        events = { s.event("E", s.apply("geq", s.time, 1), { p = law }) } }):gsub("<sbml ", '<sbml xmlns:distrib="'
        .. 'http://www.sbml.org/sbml/level3/version1/distrib/version1" distrib:required="true" '))
    end
    load(distrib(s.apply('<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/distrib/normal">'
      .. "normal</csymbol>", 0, 1)))
    local _, err = run "return cell:to_sbml()"
    assert_has(err.message, "no random numbers")
    load(distrib(2))
    assert_has(assert(run "return cell:to_sbml()").result, 'name="drawn"')
  end)

  describe("where an event is due", function()
    -- x > 5 adds 1 to y; level 2 cannot say of a condition that it was false before.
    local level_3 = s.document { parameters = { s.parameter("x", 1, false), s.parameter("y", 0, false) },
      events = { s.event("E", s.apply("gt", "x", 5), { y = s.apply("plus", "y", 1) }) } }
    local level_2 = [[<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="two">
      <listOfParameters><parameter id="x" value="1" constant="false"/><parameter id="y" value="0" constant="false"/>
      </listOfParameters><listOfEvents><event id="E"><trigger>]] .. s.math(s.apply("gt", "x", 5)) .. [[</trigger>
      <listOfEventAssignments><eventAssignment variable="y">]] .. s.math(s.apply("plus", "y", 1))
      .. [[</eventAssignment></listOfEventAssignments></event></listOfEvents></model></sbml>]]
    local WRITE = [[
      if args.beside then process "more" { parameters = { more = 1 } } end
      local function go() cell:run { duration = 1, record = {} } end
      for _, x in ipairs(args.before) do cell:set { x = x } go() end
      cell:set { x = args.x }
      local text = cell:to_sbml()
      go()
      return { text = text, y = cell:get "y" - (args.fired or 0) } ]]

    for name, text in pairs { ["level 3"] = level_3, ["level 2"] = level_2 } do
      for _, beside in ipairs { false, true } do
        it(("fires as the cell has it: %s%s"):format(name, beside and ", beside another process" or ""), function()
          for _, case in ipairs { { before = { 1 }, x = 6, fires = 1 }, { before = { 1, 6 }, x = 6, fires = 0 },
              { before = { 6 }, x = 6, fires = 0 }, { before = { 6 }, x = 1, fires = 0 } } do
            load(text)
            local fired = #case.before == 2 and 1 or 0
            local made = assert(run(WRITE, { beside = beside, before = case.before, x = case.x, fired = fired })).result
            assert.equal(case.fires, made.y)
            load(made.text)
            assert.equal(case.fires, assert(run(([[local before = cell:get "y" cell:run { duration = 1, record = {} }
              return cell:get "y" - before]]))).result)
            if name == "level 2" and not beside then
              assert.equal(case.fires == 0, made.text:find('level="2"', 1, true) ~= nil)
            end
          end
        end)
      end
    end

    it("at a time, it fires once", function()
      for at, fires in pairs { [1] = 0, [2] = 0, [3] = 1 } do -- ran until 2, where 2 fired
        local made = assert(run(([[
          cell:clear()
          process "p" { parameters = { T = %g, n = 0 }, events = { { at = "T", set = { n = "n + 1" } } } }
          cell:run { duration = 2, record = {} }
          local text, before = cell:to_sbml(), cell:get "n"
          cell:run { duration = 2, record = {} }
          return { text = text, fires = cell:get "n" - before } ]]):format(at))).result
        assert.equal(fires, made.fires)
        load(made.text)
        assert.equal(fires, assert(run [[local before = cell:get "n" cell:run { duration = 2, record = {} }
          return cell:get "n" - before]]).result)
      end
    end)
  end)

  it("has no old number in place of a present one that is none, or where a rule has no formula", function()
    load(s.document { parameters = { s.parameter("p", 3, false), s.parameter("q", 3, false) },
      initial = { s.initial("q", "<notanumber/>") }, rules = { '<assignmentRule variable="p"/>' } })
    local text = assert(run [[cell:set { p = 7 } cell:run { duration = 1, record = {} } return cell:to_sbml()]]).result
    load(text)
    local found = assert(run [[return { cell:get "p", cell:get "q" ~= cell:get "q" }]]).result
    assert.same({ 7, true }, found)
  end)

  it("with delays that reach to initial formulas of the time is not written with other values", function()
    load(s.document { parameters = { s.parameter("x", 1, false), s.parameter("y", 0, false), s.parameter("k", 1) },
      initial = { s.initial("x", s.apply("sin", s.time)) },
      rules = { s.rule("assignment", "y", s.apply(s.delay, "x", 2)),
      s.rule("rate", "x", "k") } })
    assert(run "return cell:to_sbml()")
    local _, err = run "cell:set { k = 2 } return cell:to_sbml()"
    assert_has(err.message, 'initial value of "x" changes with the time before 0')
  end)

  it("has no id twice", function()
    load(document())
    local _, err = run [[return cell:to_sbml { name = "A" }]]
    assert_has(err.message, '"A" is an id in the model')
  end)

  it("beside others sets no concentration that was computed in another size", function()
    local function write(compartment, delay, rules)
      load(s.document { compartments = { compartment }, species = { s.species("S", 'initialConcentration="1"') },
        rules = rules, events = { s.event("E", s.apply("geq", s.time, 0.5), { S = s.apply("plus", "S", 1) },
          { delay = delay }) } })
      return run [[process "more" { parameters = { more = 1 } } return cell:to_sbml()]]
    end
    local grows = { s.rule("rate", "c", 0.3) }
    assert(write(s.compartment("c", 2), 0.5))
    assert(write(s.compartment("c", 2, false), nil, grows))
    local _, err = write(s.compartment("c", 2, false), 0.5, grows)
    assert_has(err.message, 'before "c" may change')
  end)

  it("keeps what looks as if it stood for an annotation", function()
    local same = '<kept xmlns="urn:bioxen:kept" n="0"/>'
    load((document():gsub("<p>as the species says</p>", same:rep(3))))
    local text = assert(run "return cell:to_sbml()").result
    local _, count = text:gsub("urn:test:model", "")
    assert.equal(1, count)
    load(text)
  end)

  it("has values that are too small to be read as 0", function()
    load(document())
    local text = assert(run [[cell:set { B = 5e-324 } return cell:to_sbml()]]).result
    assert_has(element(text, "species", "B"), 'initialAmount="0"')
    load(text)
  end)
end)
