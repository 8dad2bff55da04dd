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
    substance = "item", compartments = { s.compartment("c", 1) },
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

  it("takes any encoding that a declaration names where the text is in ASCII", function()
    for _, name in ipairs { "ISO-8859-1", "us-ascii", "utf8", "windows-1252" } do
      warned(decay():gsub("UTF%-8", name), "encoding", "it is in " .. name)
      decayed()
    end
    refused(decay():gsub("UTF%-8", "ISO-8859-1"):gsub('id="k"', '%0 name="\xe9"'), "line")
  end)

  it("takes white space in front of the declaration", function()
    warned("\r\n " .. decay(), "form", "white space")
    decayed()
  end)

  it("refuses what is declared twice, for one of the two would be left out", function()
    local varying = { s.parameter("k", 1, false) }
    local rule = s.rule("assignment", "k", 1)
    refused(decay { parameters = varying, rules = { rule, rule } }, '"k" has two rules')
    refused(decay { parameters = varying, rules = { rule, s.rule("rate", "k", 2) } }, '"k" has two rules')
    refused(decay { initial = { s.initial("k", 1), s.initial("k", 2) } }, '"k" has two initial assignments')
    local event = s.event("e", s.apply("gt", s.time, 1), { k = 2 })
    local set = event:match "<eventAssignment.-</eventAssignment>"
    refused(decay { parameters = varying, events = { (event:gsub("<eventAssignment ", set .. "%0")) } },
      'sets "k" twice')
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

  it("refuses a package of others that the model requires, and takes their notes", function()
    local space = ' xmlns:foo="http://example.org/foo"'
    refused(decay():gsub("<sbml", "%0" .. space .. ' foo:required="true"'), 'requires the package "foo"')
    assert(load((decay():gsub("<sbml", "%0" .. space .. ' foo:required="false"'))))
    assert(load((decay():gsub("<sbml", "%0" .. space))))
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

  it("lets nobody set what has gone into the equations of reactions: stoichiometries and conversion factors", function()
    local text = decay { parameters = { s.parameter("k", 1), s.parameter("twice", 2) } }
      :gsub('<speciesReference ', '%0id="count" '):gsub("<model ", '%0conversionFactor="twice" ')
    assert(load(text))
    local value = assert(vm:execute_biological_process "return { cell:get 'count', cell:get 'twice' }").result
    assert.same({ 1, 2 }, value)
    for _, name in ipairs { "count", "twice" } do
      local _, err = vm:execute_biological_process("cell:set(args, 3)", { args = name })
      assert.equal("EMODEL", err.code)
      assert.truthy(err.message:find(("%q is a rule"):format(name), 1, true), err.message)
    end
    assert(vm:execute_biological_process "cell:set('k', 2)")
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
    refused_text("\xFD7zXZ\0\0", "compressed by xz")
    refused_text(("m.xml"):rep(51) .. "--ustar\0", "archive of tar")
    refused_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS")
    refused_text("dx/dt=-k*x\n", "this is no XML")
    refused_text(" \n", "this is empty")
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

  describe("opens", function()
    local function output_of(command, text)
      local path = os.tmpname()
      local file <close> = assert(io.open(path, "wb"))
      file:write(text)
      file:flush()
      local pipe <close> = assert(io.popen(("%s <%s"):format(command, path)))
      local out = pipe:read "a"
      os.remove(path)
      return out
    end

    -- An archive of files { name, text }, deflated as gzip does it.
    local function zip(...)
      local files, folder = {}, {}
      local offset = 0
      for i, file in ipairs { ... } do
        local packed = output_of("gzip -nc", file[2])
        local common = "\20\0\0\0\8\0\0\0\0\0" .. packed:sub(-8, -5) .. ("<I4"):pack(#packed - 18)
          .. packed:sub(-4) .. ("<I2I2"):pack(#file[1], 0)
        files[i] = "PK\3\4" .. common .. file[1] .. packed:sub(11, -9)
        folder[i] = "PK\1\2\20\0" .. common .. ("<I2I2I2I4I4"):pack(0, 0, 0, 0, offset) .. file[1]
        offset = offset + #files[i]
      end
      local list = table.concat(folder)
      return table.concat(files) .. list
        .. "PK\5\6" .. ("<I2I2I2I2I4I4I2"):pack(0, 0, #folder, #folder, #list, offset, 0)
    end

    local function load_bytes(bytes)
      assert(vm:execute_biological_process "cell:clear()")
      return vm:execute_biological_process("return cell:load_sbml(args)", { args = bytes, timeout = 30 })
    end

    local function opens(bytes)
      assert.same({}, assert(load_bytes(bytes)).result.warnings)
      decayed()
    end

    local function refuses(bytes, part)
      local _, err = load_bytes(bytes)
      assert.equal("EMODEL", err.code)
      assert.truthy(err.message:find(part, 1, true), err.message)
    end

    local manifest = '<omexManifest><content location="." format="omex"/>\n<content location="./a/m.xml"\n'
      .. ' format="http://identifiers.org/combine.specifications/sbml"%s/><content format="sbml" location="n.xml"/>'
      .. "</omexManifest>"

    it("what gzip and bzip2 have compressed, in one part or more", function()
      for _, tool in ipairs { "gzip -c", "bzip2 -c" } do
        local packed = output_of(tool, decay())
        opens(packed)
        opens(output_of(tool, decay():sub(1, 100)) .. output_of(tool, decay():sub(101)))
        refuses(packed:sub(1, #packed - 12), "damaged or cut")
        refuses(packed:sub(1, 40) .. ("x"):rep(40), "damaged or cut")
      end
    end)

    it("an archive with one model", function()
      opens(zip({ "README.txt", "hello" }, { "folder/", "" }, { "folder/m.xml", decay() },
        { "__MACOSX/folder/._m.xml", "x" }))
      opens(zip { "m.sbml", decay() })
      opens(zip { "m.xml.bz2", output_of("bzip2 -c", decay()) })
    end)

    it("a COMBINE archive: the master, or the only model", function()
      opens(zip({ "manifest.xml", manifest:format ' master="true"' }, { "a/m.xml", decay() }, { "n.xml", "<a/>" }))
      opens(zip({ "manifest.xml", (manifest:format "":gsub('format="sbml"', 'format="sed-ml" master="true"')) },
        { "a/m.xml", decay() }, { "n.xml", "<a/>" }))
      opens(zip({ "manifest.xml", manifest:format "" }, { "a/m.xml", decay() }, { "n.xml", "<report/>" }))
      refuses(zip({ "manifest.xml", manifest:format "" }, { "a/m.xml", decay() }, { "n.xml", decay() }),
        "several models, such as a/m.xml and n.xml")
      refuses(zip { "manifest.xml", manifest:format ' master="true"' }, "names a/m.xml, which is not there")
      opens(zip({ "manifest.xml", (manifest:format "":gsub("a/m.xml", "a/m%%20%%28.xml")) },
        { "a/m (.xml", decay() }, { "n.xml", "<a/>" }))
    end)

    it("a model with what it refers to in the archive", function()
      local comp = 'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true" level="3"'
      local main = ([[<?xml version="1.0" encoding="UTF-8"?>
        <sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" %s version="1">
        <comp:listOfExternalModelDefinitions><comp:externalModelDefinition comp:id="e" comp:source="part.xml"/>
        </comp:listOfExternalModelDefinitions>
        <model id="m"><comp:listOfSubmodels><comp:submodel comp:id="sub" comp:modelRef="e"/></comp:listOfSubmodels>
        </model></sbml>]]):format(comp)
      local part = (decay { version = 1 }:gsub('level="3"', comp))
      assert(load_bytes(zip({ "manifest.xml", manifest:format ' master="true"' }, { "a/m.xml", main },
        { "a/part.xml", part }, { "a/other.xml", "<sedML/>" })))
      decayed "sub__S"
    end)

    it("no archive of so many files that it takes long to say so", function()
      local files, folder, offset = {}, {}, 0
      for i = 1, 65000 do
        local name = ("%05d.xml"):format(i)
        local common = "\20\0\0\0\0\0\0\0\0\0" .. ("<I4I4I4I2I2"):pack(0, 0, 0, #name, 0)
        files[i] = "PK\3\4" .. common .. name
        folder[i] = "PK\1\2\20\0" .. common .. ("<I2I2I2I4I4"):pack(0, 0, 0, 0, offset) .. name
        offset = offset + #files[i]
      end
      local list = table.concat(folder)
      refuses(table.concat(files) .. list
        .. "PK\5\6" .. ("<I2I2I2I2I4I4I2"):pack(0, 0, #folder, #folder, #list, offset, 0), "no model in SBML")
      refuses(zip({ "manifest.xml", ("content "):rep(1e6) }, { "a.xml", decay() }), "no model in SBML")
    end)

    it("no archive that is empty, damaged, ambiguous, or a bomb", function()
      refuses(zip { "README.txt", "hello" }, "no model in SBML")
      refuses(zip({ "a.xml", decay() }, { "b.xml", decay() }), "such as a.xml and b.xml")
      refuses(zip({ "a.xml", decay() }, { "a.xml", decay() }), "a.xml twice")
      refuses(zip(), "no model in SBML")
      local whole = zip { "a.xml", decay() }
      refuses(whole:sub(1, -2), "damaged or cut")
      for at = 15, 30 do -- lengths, the check, the name's length
        local bytes = whole:sub(1, -23 - 46 - 5 + at) .. "\255" .. whole:sub(-21 - 46 - 5 + at)
        load_bytes(bytes)
      end
      refuses((whole:gsub("a%.xml", "b.xml", 1):gsub("PK\1\2\20\0\20\0\0", "PK\1\2\20\0\20\0\1")), "encrypted")
      for _, tool in ipairs { "gzip -c", "bzip2 -c" } do
        refuses(output_of(tool, ("<"):rep(70 << 20)), "67108864 bytes")
      end
      refuses(zip { "a.xml", ("<"):rep(70 << 20) }, "67108864 bytes")
    end)

    it("a flux model", function()
      local _, err = vm:execute_biological_process("flux.load_sbml(args)",
        { args = output_of("bzip2 -c", '{"metabolites":[],"reactions":[]}') })
      assert.truthy(err.message:find("JSON of cobrapy", 1, true), err.message)
    end)
  end)

  describe("for stochastic runs", function()
    local stochastic = { stochastic = true }

    local function one_way(law)
      return decay { species = { s.species("S", 'initialAmount="30"'), s.species("P", 'initialAmount="10"') },
        reactions = { s.reaction("r", { "S" }, { "P" }, law) } }
    end

    local function reversible(law)
      return (one_way(law):gsub('reversible="false"', 'reversible="true"'))
    end

    local both = s.apply("minus", s.apply("times", 2, "S"), "P")

    it("takes a reversible law, a difference of two rates, for two reactions, and says so", function()
      for _, law in ipairs { both, s.apply("times", "c", s.apply("minus", s.apply("times", 2, "S"), "P")) } do
        local model = assert(load(reversible(law), stochastic))
        assert.equal(1, #model.warnings)
        assert.equal("reversible", model.warnings[1].code)
        assert.equal("r", model.warnings[1].element)
        assert.truthy(model.warnings[1].message:find('"r" by the first term and "r.reverse" by the second', 1, true))
        local mean = assert(vm:execute_biological_process [[
          local e = cell:ensemble { runs = 400, duration = 20, every = 20, method = "ssa", seed = 1 }
          return e:mean("S.amount")[2] ]]).result
        assert.is_true(math.abs(mean - 40 / 3) < 4.5 * math.sqrt(40 * 2 / 9 / 400), tostring(mean))
      end
    end)

    it("leaves the law to the solver of differential equations, and strict refuses", function()
      assert.equal(0, #assert(load(reversible(both))).warnings)
      local none, err = load(reversible(both), { stochastic = true, strict = true })
      assert.is_nil(none)
      assert.equal("EMODEL", err.code)
    end)

    it("leaves what is no difference of two rates", function()
      local growth = s.apply("times", "S", s.apply("minus", 1, s.apply("divide", "S", 100)))
      for _, text in ipairs { reversible(growth), reversible(s.apply("minus", s.apply("times", 2, "S"), "k")) } do
        assert.equal(0, #assert(load(text, stochastic)).warnings)
      end
    end)
  end)

  it("says which limit a trajectory met that is too large to send", function()
    assert(load(decay()))
    local _, err = vm:execute_biological_process "return cell:run { duration = 1, every = 2e-7 }"
    assert.equal("ERESULT", err.code)
    assert.truthy(err.message:find("5000001 rows and 4 columns", 1, true), err.message)
    assert.truthy(err.message:find("64 MB", 1, true), err.message)
  end)
end)
