-- What the SBML reader warns of and reads all the same, as its meaning is certain, and what it refuses.

local kind = require "spec.support.vm_kind"
package.path = package.path .. ";./spec/support/?.lua"
local s = require "sbml"

local vm

local function load(text, options)
  assert(vm:execute_biological_process "cell:clear()")
  return vm:load_sbml(text, options)
end

local function last(name, method)
  return assert(vm:execute_biological_process([[
    return cell:run { duration = 1, every = 1, method = args.method, seed = 1 }:last(args.name)]],
    { args = { name = name, method = method } })).result
end

local function refused(text, ...)
  local model, err = load(text)
  assert.is_nil(model)
  assert.equal("EMODEL", err.code)
  for _, part in ipairs { ... } do assert.truthy(err.message:find(part, 1, true), err.message) end
end

-- S decays at a rate of 1. parts: what to change.
local function decay(parts)
  local document = {
    compartments = { s.compartment("c", 1) },
    species = { s.species("S", 'initialConcentration="10"') },
    parameters = { s.parameter("k", 1) },
    reactions = { s.reaction("r", { "S" }, {}, s.apply("times", "c", "k", "S")) },
  }
  for key, value in pairs(parts or {}) do document[key] = value end
  local text = s.document(document)
  return document.version == 1 and text:gsub("<reaction ", '%0fast="false" ') or text
end

-- The model is loaded with one warning, of this code, whose message has these words; strict refuses it.
local function warned(text, code, ...)
  local model = assert(load(text))
  assert.equal(1, #model.warnings)
  assert.equal(code, model.warnings[1].code)
  for _, part in ipairs { ... } do
    assert.truthy(model.warnings[1].message:find(part, 1, true), model.warnings[1].message)
  end
  local none, err = load(text, { strict = true })
  assert.is_nil(none)
  assert.equal("EMODEL", err.code)
  assert.truthy(err.message:find("warnings are errors", 1, true))
  return assert(load(text)).warnings[1]
end

local function decayed(name)
  local value = last(name or "S")
  assert.is_true(math.abs(value - 10 * math.exp(-1)) < 1e-6, tostring(value))
end

local function utf_16(text, big)
  local units = { big and "\xFE\xFF" or "\xFF\xFE" }
  local format = big and ">I2" or "<I2"
  for _, code in utf8.codes(text) do
    if code >= 0x10000 then
      units[#units + 1] = format:pack(0xD800 + (code - 0x10000 >> 10))
      code = 0xDC00 + (code - 0x10000 & 0x3FF)
    end
    units[#units + 1] = format:pack(code)
  end
  return table.concat(units)
end

-- Of version 1 of level 3.
local level_3_1 = { version = 1 }

local layout = '<listOfLayouts xmlns="http://projects.eml.org/bcb/sbml/level2"><layout id="l"/></listOfLayouts>'

describe("the SBML reader", function()
  setup(function()
    vm = assert(kind.create("reader", "minimal_cell"))
    assert(vm:start())
  end)

  teardown(function() vm:destroy() end)

  it("has no warnings of a model that is in order", function()
    assert.same({}, assert(load(decay())).warnings)
    assert(load(decay(), { strict = true }))
    decayed()
  end)

  it("takes a byte order mark, and UTF-16 either way round", function()
    assert.same({}, assert(load("\xEF\xBB\xBF" .. decay())).warnings)
    decayed()
    local text = decay():gsub("<model", "<!-- \u{1D54A} \u{E9} -->%0"):gsub('"UTF%-8"', '"UTF-16"')
    for _, big in ipairs { true, false } do
      warned(utf_16(text, big), "encoding", "UTF-16")
      decayed()
    end
    warned((utf_16(text):sub(3)), "encoding", "UTF-16")
    refused(utf_16(text) .. "x", "damaged UTF-16")
    refused(utf_16 "<" .. "\0\xD8<\0", "damaged UTF-16")
  end)

  it("takes an XML declaration that leaves its encoding open", function()
    warned((decay():gsub(' encoding="UTF%-8"', "")), "form", "encoding")
    decayed()
  end)

  it("does not stumble over pictures in a place or level where they may not be", function()
    warned((decay():gsub("</model>", layout .. "%0")), "form", "listOfLayouts")
    decayed()
    local level_2 = [[<?xml version="1.0" encoding="UTF-8"?>
      <sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"
        xmlns:layout="http://www.sbml.org/sbml/level3/version1/layout/version1" layout:required="false">
      <model id="m"><listOfCompartments><compartment id="c" size="1"/></listOfCompartments>
      </model></sbml>]]
    warned(level_2, "form", "layout")
  end)

  it("refuses other elements that it does not know, for they may matter", function()
    refused((decay():gsub("</model>", "<listOfSwitches/>%0")), "listOfSwitches")
    refused((decay():gsub('constant="false"', '%0 initialNumber="3"', 1)), "initialNumber")
  end)

  it("takes lists that are empty", function()
    warned((decay(level_3_1):gsub("</model>", "<listOfEvents></listOfEvents>%0")), "form", "Empty")
    decayed()
  end)

  it("takes ids that are no SId, in formulas too, and says how many there are", function()
    local model = decay { version = 1,
      species = { s.species("S-1", 'initialConcentration="10"'), s.species("T.2", 'initialAmount="0"') },
      reactions = { s.reaction("r", { "S-1" }, { "T.2" }, s.apply("times", "c", "k", "S-1")) } }
    warned(model, "form", "'S-1'", "first of")
    decayed(assert(load(model)).renamed["S-1"])
    refused(decay { species = { s.species("S-1", 'initialConcentration="10"'),
      s.species("S_1", 'initialAmount="0"') }, reactions = {} }, "S_1")
  end)

  it("takes 1 for the size of a compartment that has none, and names it", function()
    local text = decay { compartments = { '<compartment id="c" spatialDimensions="3" constant="true"/>' } }
    assert.equal("c", warned(text, "size", '"c"', "1 is taken").element)
    decayed()
    local given = decay { compartments = { '<compartment id="c" spatialDimensions="3" constant="true"/>' },
      initial = { s.initial("c", 2) } }
    assert.same({}, assert(load(given)).warnings)
    decayed()
  end)

  it("refuses a package that the model requires and nobody here knows", function()
    local head = 'xmlns:%s="http://www.sbml.org/sbml/level3/version1/%s/version1" %s:required="%s" level="3"'
    for _, name in ipairs { "qual", "multi", "spatial", "arrays" } do
      refused((decay(level_3_1):gsub('level="3"', head:format(name, name, name, "true"))),
        ('requires the package "%s"'):format(name))
    end
    local warning = warned((decay(level_3_1):gsub('level="3"', head:format("odd", "odd", "odd", "false"))),
      "package", "odd")
    assert.equal("odd", warning.element)
    decayed()
  end)

  describe("names what has no value:", function()
    local function fails(text, method, ...)
      assert(load(text))
      local _, err = vm:execute_biological_process("cell:run { duration = 1, method = args }", { args = method })
      assert.equal("ESIMULATION", err.code)
      for _, part in ipairs { ... } do assert.truthy(err.message:find(part, 1, true), err.message) end
    end

    local amount = { s.species("S", 'initialAmount="10"', 'hasOnlySubstanceUnits="true"') }

    for _, method in ipairs { "ode", "ssa", "tau", "hybrid" } do
      it("a parameter, behind rules, by " .. method, function()
        local text = decay { parameters = { '<parameter id="kcat" constant="true"/>', s.parameter("k", 0, false) },
          species = amount, rules = { s.rule("assignment", "k", s.apply("times", 2, "kcat")) } }
        assert.equal("kcat", warned(text, "value", '"kcat" has no value').element)
        fails(text, method, 'reaction "r"', '"kcat" has no value')
        assert(load(text))
        assert(vm:execute_biological_process "cell:set('kcat', 1)")
        assert.equal("number", type(last("S", method)))
      end)
    end

    it("a local parameter", function()
      local text = decay { reactions = { s.reaction("r", { "S" }, {}, s.apply("times", "c", "q", "S"),
        '<listOfLocalParameters><localParameter id="q"/></listOfLocalParameters>') } }
      warned(text, "value", '"r.q" has no value')
      fails(text, "ode", '"r.q" has no value')
    end)

    it("a species", function()
      local text = decay { species = { s.species("S", "") } }
      warned(text, "value", 'species "S" has no value')
      fails(text, "ode", '"S.amount" has no value')
      fails(text, "ssa", '"S.amount" has no value')
    end)

    it("a stoichiometry", function()
      local text = decay():gsub('stoichiometry="1"', "")
      refused(text, 'reaction "r"', 'the stoichiometry of "S" has no value')
    end)
  end)

  it("says what else a text is than SBML", function()
    refused('<?xml version="1.0"?>\n<!-- a > b -->\n<sedML xmlns="http://sed-ml.org/"/>', "SED-ML")
    refused('<COPASI versionMajor="4"/>', "COPASI")
    refused('<model xmlns="http://www.cellml.org/cellml/2.0#"/>', "CellML")
    refused('<!DOCTYPE html><html lang="en"></html>', "HTML")
    local function refused_text(text, part)
      local _, err = vm:execute_biological_process("cell:load_sbml(args)", { args = text })
      assert.truthy(err.message:find(part, 1, true), err.message)
    end
    refused_text('{"metabolites":[],"reactions":[],"genes":[]}', "JSON of cobrapy")
    refused_text('{"a":1}', "this is JSON")
    refused_text("metabolites:\n- !!omap\nreactions:\n", "YAML of cobrapy")
    refused_text("model m\n  A -> B; k*A\n  k = 1\nend\n", "Antimony")
    refused_text("begin model\nbegin reaction rules\nA() -> B() k\n", "BNGL")
    refused_text("MATLAB 5.0 MAT-file, Platform: GLNXA64\0", "MATLAB")
    refused_text("PK\3\4", "archive")
  end)

  it("takes counts that miss a whole number by rounding, and no others", function()
    local function start(value)
      return decay { species = { s.species("S", "", 'hasOnlySubstanceUnits="true"') }, initial = {
        s.initial("S", value) }, reactions = { s.reaction("r", { "S" }, {}, s.apply("times", "k", "S")) } }
    end
    local almost = 29
    assert.are_not.equal(almost, 0.29 * 100)
    for _, method in ipairs { "ssa", "tau", "hybrid" } do
      assert(load(start(s.apply("times", 0.29, 100))))
      local first = assert(vm:execute_biological_process(
        "return cell:run { duration = 1, every = 1, method = args, seed = 1 }:last 'S'", { args = method })).result
      assert.equal(first, math.floor(first))
    end
    for _, value in ipairs { 28.99999, 1e-15, 0.5 } do
      assert(load(start(value)))
      local _, err = vm:execute_biological_process "cell:run { duration = 1, method = 'ssa' }"
      assert.truthy(err.message:find("whole numbers of molecules", 1, true), err.message)
    end
  end)

  it("says which limit a trajectory met that is too large to send", function()
    assert(load(decay()))
    local _, err = vm:execute_biological_process "return cell:run { duration = 1, every = 2e-7 }"
    assert.equal("ERESULT", err.code)
    assert.truthy(err.message:find("5000001 rows and 4 columns", 1, true), err.message)
    assert.truthy(err.message:find("64 MB", 1, true), err.message)
  end)
end)
