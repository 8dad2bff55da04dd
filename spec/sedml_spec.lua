-- COMBINE archives run by `bioxen simulate`: what SED-ML asks for against closed forms. Values come by CSV, of whole
-- arrays of two dimensions and more by sums.

local omex = require "spec.support.omex"
local sbml = require "spec.support.sbml"
local shell = require "spec.support.shell"

local exp = math.exp

-- A -> B by c * k * A, in a compartment of 2; A is 10, B 0. T counts time from the clock. N is an amount.
local model = sbml.document { version = 1,
  compartments = { sbml.compartment("c", 2) },
  species = { sbml.species("A", 'initialConcentration="10"'), sbml.species("B", 'initialConcentration="0"'),
    sbml.species("N", 'initialAmount="6"', 'hasOnlySubstanceUnits="true"') },
  parameters = { sbml.parameter("k", 0.5), sbml.parameter("u", 3), sbml.parameter("T", 0, false) },
  rules = { ('<rateRule variable="T">%s</rateRule>'):format(sbml.math(sbml.time)) },
  reactions = { sbml.reaction("r", { "A" }, { "B" }, sbml.apply("times", "c", "k", "A"), nil, 'fast="false"'),
    sbml.reaction("q", { "N" }, {}, sbml.apply("times", "kq", "N"),
      '<listOfLocalParameters><localParameter id="kq" value="0.1"/></listOfLocalParameters>', 'fast="false"') },
}

local function change(kind, inner, more)
  return ('<model id="m" language="urn:sedml:language:sbml" source="model.xml"><listOfChanges><%s %s>%s</%s>'
    .. "</listOfChanges></model>"):format(kind, more or "", inner, kind)
end

-- Of each document what it is to give: label = list of values, or a function of the row's number from 0.
local documents, expected = {}, {}

local function document(name, parts, values)
  documents[#documents + 1] = { name .. ".sedml", type(parts) == "string" and parts or omex.document(parts) }
  expected[name .. ".sedml"] = values
end

local function decay(rate, from)
  return function(i) return (from or 10)*exp(-rate*i/2) end
end

document("course", { read = { { "time", "time" }, { "A", "species A" }, { "N", "species N" }, { "rate", "reaction r" },
  { "c", "species A", nil, 'symbol="KISAO:0000836"' }, { "n", "species N", nil, 'symbol="KISAO:0000838"' },
  { "T", "parameter T" }, { "size", "compartment c" },
  { "kq", "//sbml:localParameter[@id='kq']" } } }, {
  time = { 0, 0.5, 1, 1.5, 2 }, A = decay(0.5), N = decay(0.1, 6), rate = function(i) return 10*exp(-i/4) end,
  c = function(i) return 20*exp(-i/4) end, n = function(i) return 3*exp(-i/20) end,
  T = function(i) return (i/2)^2/2 end, size = { 2, 2, 2, 2, 2 }, kq = { 0.1, 0.1, 0.1, 0.1, 0.1 } })

document("later", { simulations = '<uniformTimeCourse id="s" initialTime="4" outputStartTime="5" outputEndTime="6" '
  .. 'numberOfPoints="2"><algorithm kisaoID="KISAO:0000019"/></uniformTimeCourse>',
  read = { { "time", "time" }, { "A", "species A" }, { "T", "parameter T" } } }, {
  time = { 5, 5.5, 6 }, A = function(i) return 10*exp(-(2 + i)/4) end,
  T = function(i) return ((5 + i/2)^2 - 16)/2 end })

document("at_the_end", { simulations = '<uniformTimeCourse id="s" initialTime="0" outputStartTime="2" '
  .. 'outputEndTime="2" numberOfPoints="1"><algorithm kisaoID="KISAO:0000694"/></uniformTimeCourse>',
  read = { { "time", "time" }, { "A", "species A" } } }, { time = { 2, 2 }, A = { 10*exp(-1), 10*exp(-1) } })

document("ranges", { task = "rt", simulations = omex.course(2, 1), tasks = omex.repeated("rt", "x",
  'resetModel="true" concatenate="true"',
  '<uniformRange id="x" start="0.1" end="10" numberOfSteps="2" type="log"/>' .. omex.vector("y", 7, 8, 9)
  .. '<functionalRange id="f" range="y"><listOfVariables>' .. omex.variable("w", "parameter u", 'modelReference="m"')
  .. '</listOfVariables><listOfParameters><parameter id="p" value="2"/></listOfParameters>'
  .. omex.math "<apply><plus/><ci>y</ci><apply><times/><ci>p</ci><ci>w</ci></apply></apply>" .. "</functionalRange>",
  omex.set("parameter k", "<ci>x</ci>", nil, 'range="x"') .. omex.set("species A", "<ci>f</ci>", nil, 'range="f"'),
  "t"), read = { { "k", "parameter k" }, { "A", "species A" } } }, {
  k = { 0.1, 0.1, 1, 1, 10, 10 }, A = { 13, 13*exp(-0.2), 14, 14*exp(-2), 15, 15*exp(-20) } })

document("goes_on", { task = "rt", simulations = '<oneStep id="s" step="0.5"><algorithm kisaoID="KISAO:0000019"/>'
  .. "</oneStep>", tasks = omex.repeated("rt", "i", 'resetModel="false" concatenate="true"', omex.vector("i", 1, 2, 3),
  "", '<subTask order="1" task="t"><listOfChanges>' .. omex.set("species A", "<apply><plus/><ci>now</ci><ci>i</ci>"
  .. "</apply>", omex.variable("now", "species A", 'modelReference="m"')) .. "</listOfChanges></subTask>"),
  read = { { "time", "time" }, { "A", "species A" } } }, { time = { 0.5, 1, 1.5 }, A = {
    11*exp(-0.25), (11*exp(-0.25) + 2)*exp(-0.25), ((11*exp(-0.25) + 2)*exp(-0.25) + 3)*exp(-0.25) } })

local SUM = omex.math '<apply><csymbol definitionURL="http://sed-ml.org/#sum">sum</csymbol><ci>v</ci></apply>'

-- The inner task leaves the outer one's k alone; of 2 x 1 x 2 x 1 x 3 values the sum.
document("nested", { task = "outer", simulations = omex.course(2, 2), tasks =
  omex.repeated("inner", "b", 'resetModel="false"', omex.vector("b", 4, 6),
    omex.set("species A", "<apply><times/><ci>b</ci><ci>a</ci></apply>"), "t")
  .. omex.repeated("outer", "a", 'resetModel="true"', omex.vector("a", 1, 2), omex.set("parameter k",
    "<ci>a</ci>"), "inner"), generators = { { "sum", "<listOfVariables>"
  .. omex.variable("v", "species A", 'taskReference="outer"') .. "</listOfVariables>" .. SUM },
  { "highest", "<listOfVariables>" .. ('<variable id="v" target="%s" taskReference="outer" '
    .. 'dimensionTerm="KISAO:0000828"><listOfAppliedDimensions><appliedDimension target="inner"/>'
    .. '<appliedDimension target="t"/></listOfAppliedDimensions></variable>'):format(omex.target "species A")
    .. "</listOfVariables>" .. SUM } } },
  { sum = { 10*(1 + exp(-1) + exp(-2)) + 20*(1 + exp(-2) + exp(-4)) }, highest = { 6 + 12 } })

document("generators", { simulations = omex.course(2, 1), read = { { "A", "species A" } }, generators = {
  { "twice", "<listOfVariables>" .. omex.variable("x", "#A") .. '</listOfVariables><listOfParameters><parameter id="p" '
    .. 'value="2"/></listOfParameters>' .. omex.math "<apply><times/><ci>x</ci><ci>p</ci></apply>" },
  { "pieces", "<listOfVariables>" .. omex.variable("x", "#A") .. "</listOfVariables>" .. omex.math("<piecewise><piece>"
    .. "<apply><log/><ci>x</ci></apply><apply><geq/><ci>x</ci><cn>10</cn></apply></piece><otherwise>"
    .. "<apply><root/><degree><cn>3</cn></degree><cn>-8</cn></apply></otherwise></piecewise>") },
  { "constant", omex.math('<apply><plus/><cn type="e-notation">2.5<sep/>-1</cn><cn type="rational">1<sep/>4</cn>'
    .. "</apply>") } } },
  { A = { 10, 10*exp(-1) }, twice = { 20, 20*exp(-1) }, pieces = { 1, -2 }, constant = { 0.5 } })

-- By SBML's name of a distribution, and its operands.
local DRAW = '<apply><csymbol definitionURL="http://www.sbml.org/sbml/symbols/distrib/%s">d</csymbol>%s</apply>'

local function source(id, slices)
  return ('<dataSource id="%s"><listOfSlices>%s</listOfSlices></dataSource>'):format(id, slices)
end

document("data", { simulations = omex.course(2, 2), data = '<dataDescription id="d" source="./d.csv" '
  .. 'format="urn:sedml:format:csv"><listOfDataSources>'
  .. source("dy", '<slice reference="ColumnIds" value="y, measured"/>')
  .. source("d1", '<slice reference="Index" value="2"/><slice reference="ColumnIds" value="1"/>')
  .. "</listOfDataSources></dataDescription>"
  .. '<dataDescription id="e" source="e.xml" format="urn:sedml:format:numl"><listOfDataSources>'
  .. source("ds", '<slice reference="S" value="S2"/>') .. source("d2", '<slice reference="S" value="S2"/>'
  .. '<slice reference="time" value="2.0"/>') .. '<dataSource id="dt" indexSet="time"/>'
  .. "</listOfDataSources></dataDescription>", read = { { "A", "species A" } }, generators = {
  { "left", "<listOfVariables>" .. omex.variable("y", "#dy") .. omex.variable("x", "species A", 'taskReference="t"')
    .. "</listOfVariables>" .. omex.math "<apply><minus/><ci>x</ci><ci>y</ci></apply>" },
  { "numl", "<listOfVariables>" .. omex.variable("y", "#ds") .. omex.variable("t", "#dt") .. "</listOfVariables>"
    .. omex.math "<apply><plus/><ci>y</ci><ci>t</ci></apply>" },
  { "row", "<listOfVariables>" .. omex.variable("y", "#d1") .. "</listOfVariables>" .. omex.math "<ci>y</ci>" },
  { "at", "<listOfVariables>" .. omex.variable("y", "#d2") .. "</listOfVariables>" .. omex.math "<ci>y</ci>" } } },
  { left = { 9, 0/0, 10*exp(-1) - 3 }, numl = { 9, 10 }, row = { 9 }, at = { 8 } })

document("attribute", { models = change("changeAttribute", "", ('newValue="2" target="%s/@value"'):format(
  omex.target "parameter k")), read = { { "A", "species A" } } }, { A = decay(2) })

document("added", { models = change("addXML", '<newXML><reaction id="leak" reversible="false"><listOfReactants>'
  .. '<speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants><kineticLaw>' .. sbml.math(
    sbml.apply("times", "c", "A")) .. "</kineticLaw></reaction></newXML>",
  'target="/sbml:sbml/sbml:model/sbml:listOfReactions"'), read = { { "A", "species A" },
    { "leak", "reaction leak" } } }, { A = decay(1.5), leak = function(i) return 20*exp(-0.75*i) end })

document("old_namespace", { models = change("changeXML", '<newXML><parameter xmlns="http://www.biomodels.net/sed-ml" '
  .. 'id="k" value="3" constant="true"/></newXML>', ('target="%s"'):format(omex.target "parameter k")),
  read = { { "A", "species A" } } }, { A = decay(3) })

document("removed", { models = change("removeXML", "", ('target="%s"'):format(omex.target "reaction r")),
  read = { { "A", "species A" } } }, { A = { 10, 10, 10, 10, 10 } })

document("replaced_by_nothing", { models = change("changeXML", "<newXML/>", ('target="%s"'):format(
  omex.target "reaction r")), read = { { "A", "species A" } } }, { A = { 10, 10, 10, 10, 10 } })

document("replaced", { models = change("changeXML",
  '<newXML><sbml:parameter id="k" value="3" constant="true"/></newXML>',
  ('target="%s"'):format(omex.target "parameter k")), read = { { "A", "species A" } } }, { A = decay(3) })

document("computed", { models = '<model id="n" language="urn:sedml:language:sbml" source="model.xml"/>'
  .. '<model id="m" language="urn:sedml:language:sbml" source="#n"><listOfChanges><computeChange target="'
  .. omex.target "parameter k" .. '"><listOfVariables>' .. omex.variable("x", "parameter u", 'modelReference="n"')
  .. '</listOfVariables><listOfParameters><parameter id="p" value="2"/></listOfParameters>'
  .. omex.math "<apply><divide/><ci>x</ci><ci>p</ci></apply>" .. "</computeChange></listOfChanges></model>",
  read = { { "A", "species A" } } }, { A = decay(1.5) })

-- 20, the amount of A, over 8.
document("computed_of_amount", { models = change("computeChange", "<listOfVariables>" .. omex.variable("x", "species A",
  'modelReference="m" symbol="KISAO:0000836"') .. "</listOfVariables>" .. omex.math("<apply><divide/><ci>x</ci>"
  .. "<cn>8</cn></apply>"), ('target="%s"'):format(omex.target "parameter k")), read = { { "A", "species A" } } },
  { A = decay(2.5) })

document("dialects", { simulations = omex.course(2, 1), read = {
  { "a", '//x:species[@id=&quot;A&quot;]" xmlns:x="http://www.sbml.org/sbml/level3/version1/core' },
  { "b", "/*/*/*[local-name()='listOfSpecies']/*[1]" },
  { "c", "/sbml:sbml/sbml:model//sbml:species[@id='A']/@initialConcentration" } } },
  { a = { 10, 10*exp(-1) }, b = { 10, 10*exp(-1) }, c = { 10, 10*exp(-1) } })

-- Two models in one repeated task: the one that is not at work keeps its value.
document("two_models", { task = "rt", simulations = omex.course(2, 1), models =
  '<model id="m" language="urn:sedml:language:sbml" source="model.xml"/>'
  .. '<model id="n" language="urn:sedml:language:sbml" source="model.xml"/>', tasks =
  '<task id="tn" modelReference="n" simulationReference="s"/>' .. omex.repeated("rt", "i",
  'resetModel="true" concatenate="true"', omex.vector("i", 1), "", "tn", "t"),
  read = { { "A", "species A", nil, 'modelReference="n"' } } },
  { A = { 10, 10*exp(-1), 10*exp(-1), 10*exp(-1) } })

-- A -> B and back: B / A is k / u at rest.
local reversible = sbml.document { version = 1, compartments = { sbml.compartment("c", 1) },
  species = { sbml.species("A", 'initialConcentration="4"'), sbml.species("B", 'initialConcentration="0"') },
  parameters = { sbml.parameter("k", 1), sbml.parameter("u", 3) },
  reactions = { sbml.reaction("r", { "A" }, { "B" }, sbml.apply("minus", sbml.apply("times", "c", "k", "A"),
    sbml.apply("times", "c", "u", "B")), nil, 'fast="false"') } }
local with_reversible = '<model id="m" language="urn:sedml:language:sbml" source="folder/my%20model.xml"/>'

document("rest", { models = with_reversible, task = "rt", simulations = '<steadyState id="s"><algorithm '
  .. 'kisaoID="KISAO:0000407"/></steadyState>', tasks = omex.repeated("rt", "i", 'resetModel="true" concatenate="true"',
  omex.vector("i", 1, 3), omex.set("parameter k", "<ci>i</ci>"), "t"), read = { { "B", "species B" } } },
  { B = { 1, 2 } })

document("fluxes", { models = '<model id="m" language="urn:sedml:language:sbml" source="flux.xml"/>', task = "rt",
  simulations = '<steadyState id="s"><algorithm kisaoID="KISAO:0000437"/></steadyState>',
  tasks = omex.repeated("rt", "i", 'resetModel="true" concatenate="true"', omex.vector("i", 4, 7),
  omex.set("parameter most", "<ci>i</ci>"), "t"), read = { { "grow", "reaction R_out", nil, "" }, { "objective",
  "/sbml:sbml/sbml:model/fbc:listOfObjectives/fbc:objective[@fbc:id='o']/@value" },
  { "price", omex.target "species M" .. "/@shadowPrice" } } }, { grow = { 4, 7 }, objective = { 8, 14 } })

document("flux_ranges", { models = '<model id="m" language="urn:sedml:language:sbml" source="flux.xml"/>',
  simulations = '<steadyState id="s"><algorithm kisaoID="KISAO:0000526"><listOfAlgorithmParameters>'
  .. '<algorithmParameter kisaoID="KISAO:0000531" value="0.5"/>'
  .. '<algorithmParameter kisaoID="KISAO:0000533" value="1.2"/></listOfAlgorithmParameters></algorithm></steadyState>',
  read = { { "least", omex.target "reaction R_out" .. "/@minFlux" },
  { "most", omex.target "reaction R_out" .. "/@maxFlux" } } }, { least = { 0.5 }, most = { 0.6 } })

local flux = [[<?xml version="1.0"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1" fbc:required="false"
  xmlns:fbc="http://www.sbml.org/sbml/level3/version1/fbc/version2"><model id="f" fbc:strict="true">
<listOfCompartments><compartment id="c" constant="true"/></listOfCompartments>
<listOfSpecies><species id="M" compartment="c" hasOnlySubstanceUnits="true" boundaryCondition="false"
  constant="false"/></listOfSpecies>
<listOfParameters><parameter id="most" value="1" constant="true"/><parameter id="none" value="0" constant="true"/>
<parameter id="plenty" value="1000" constant="true"/></listOfParameters>
<listOfReactions><reaction id="R_in" reversible="false" fast="false" fbc:lowerFluxBound="none"
  fbc:upperFluxBound="most"><listOfProducts><speciesReference species="M" stoichiometry="1" constant="true"/>
</listOfProducts></reaction><reaction id="R_out" reversible="false" fast="false" fbc:lowerFluxBound="none"
  fbc:upperFluxBound="plenty"><listOfReactants><speciesReference species="M" stoichiometry="1" constant="true"/>
</listOfReactants></reaction></listOfReactions>
<fbc:listOfObjectives fbc:activeObjective="o"><fbc:objective fbc:id="o" fbc:type="maximize">
<fbc:listOfFluxObjectives><fbc:fluxObjective fbc:reaction="R_out" fbc:coefficient="2"/></fbc:listOfFluxObjectives>
</fbc:objective></fbc:listOfObjectives></model></sbml>]]

local files = { { "model.xml", model }, { "empty.csv", "" }, { "folder/my model.xml", reversible },
  { "flux.xml", flux },
  { "d.csv", '# of nobody\nt,"y, measured",1\r0,1,7\r1,NA,8\r2,3,9\r' },
  { "e.xml", '<numl xmlns="http://www.numl.org/numl/level1/version1"><resultComponents><resultComponent id="r">'
    .. '<dimensionDescription><compositeDescription id="time"><compositeDescription id="S"/></compositeDescription>'
    .. '</dimensionDescription><dimension><compositeValue indexValue="1"><compositeValue indexValue="S1"><atomicValue>5'
    .. '</atomicValue></compositeValue><compositeValue indexValue="S2"><atomicValue>8</atomicValue></compositeValue>'
    .. '</compositeValue><compositeValue indexValue="2"><compositeValue indexValue="S2"><atomicValue>8</atomicValue>'
    .. "</compositeValue></compositeValue></dimension></resultComponent></resultComponents></numl>" } }

local function archive(documents_of, more, masters)
  local list = table.move(documents_of, 1, #documents_of, #files + 1, table.move(files, 1, #files, 1, {}))
  return omex.archive(table.move(more or {}, 1, #(more or {}), #list + 1, list), masters)
end

describe("bioxen simulate of a COMBINE archive", function()
  local sh
  setup(function() sh = shell.open() end)
  teardown(function() sh:close() end)

  -- Its status, its errors, the log; the reports as CSV.
  local function simulate(bytes, more, options)
    local path, out = sh:file("project.omex", bytes), sh.scratch .. "/out"
    os.execute("rm -rf " .. out)
    local status, _, err = sh(("REPORT_FORMATS=h5,csv %s bioxen simulate %s -o %s %s"):format(more or "", path, out,
      options or ""))
    return status, err, shell.read(out .. "/log.yml"), omex.reports(shell.read(out .. "/reports.zip") or ""),
      shell.read(out .. "/reports.h5")
  end

  describe("of many documents", function()
    local status, err, log, reports
    setup(function() status, err, log, reports = simulate(archive(documents)) end)

    it("succeeds", function()
      assert.equal(0, status, err)
      assert.falsy(log:find "FAILED")
    end)

    for name, labels in pairs(expected) do
      it("gives the values of " .. name, function()
        local report = reports[name .. "/report"]
        assert.is_table(report, err)
        for label, values in pairs(labels) do
          local got = report[label]
          assert.is_table(got, label)
          if type(values) == "table" then assert.equal(#values, #got, label) end
          for i, x in ipairs(got) do
            local wanted = type(values) == "table" and values[i] or type(values) == "function" and values(i - 1)
            if wanted ~= wanted then
              assert.truthy(x ~= x, label)
            else
              assert.near(wanted, x, 1e-6*math.max(1, math.abs(wanted)), label .. " " .. i)
            end
          end
        end
      end)
    end
  end)

  it("runs masters alone, and tasks that an output needs", function()
    local idle = omex.document { read = { { "A", "species A" } }, tasks = '<task id="huge" modelReference="gone" '
      .. 'simulationReference="s"/><parameterEstimationTask id="fit"/>',
      outputs = '</listOfOutputs><listOfDataGenerators><dataGenerator id="unasked"><listOfVariables>'
      .. omex.variable("v", "species gone", 'taskReference="t"') .. "</listOfVariables>" .. omex.math "<ci>v</ci>"
      .. "</dataGenerator></listOfDataGenerators><listOfOutputs>" }
    local status, err, log, _, h5 = simulate(archive({ { "idle.sedml", idle }, { "other.sedml", "<html/>" } }, nil,
      { ["idle.sedml"] = true }))
    assert.equal(0, status, err)
    assert.truthy(log:find 'id: "huge".-status: "SKIPPED"')
    assert.falsy(log:find "other.sedml")
    assert.equal("\x89HDF", h5:sub(1, 4))
  end)

  it("runs a document once that the manifest names twice", function()
    local named = '<content location="%sa.sedml" format="http://identifiers.org/combine.specifications/sed-ml"/>'
    local status, err = simulate(archive { { "a.sedml", omex.document { read = { { "A", "species A" } } } },
      { "manifest.xml", '<omexManifest xmlns="http://identifiers.org/combine.specifications/omex-manifest">'
        .. named:format "" .. named:format "./" .. "</omexManifest>" } })
    assert.equal(0, status, err)
  end)

  it("keeps what a failed task leaves whole, and says which outputs failed", function()
    local status, err, log, reports = simulate(archive { { "half.sedml", omex.document {
      tasks = '<task id="t2" modelReference="gone" simulationReference="s"/>',
      models = '<model id="m" language="urn:sedml:language:sbml" source="model.xml"/>'
        .. '<model id="gone" language="urn:sedml:language:sbml" source="gone.xml"/>',
      read = { { "A", "species A" } }, outputs = '<report id="second"><listOfDataSets><dataSet id="x" label="x" '
        .. 'dataReference="y"/></listOfDataSets></report></listOfOutputs><listOfDataGenerators><dataGenerator id="y">'
        .. "<listOfVariables>" .. omex.variable("v", "species A", 'taskReference="t2"') .. "</listOfVariables>"
        .. omex.math "<ci>v</ci>" .. "</dataGenerator></listOfDataGenerators><listOfOutputs>" } } })
    assert.equal(1, status)
    assert.truthy(err:find('model "gone" is of the source "gone.xml"', 1, true), err)
    assert.equal(5, #reports["half.sedml/report"].A)
    assert.truthy(log:find 'id: "t2".-status: "FAILED"')
    assert.truthy(log:find 'id: "report".-status: "SUCCEEDED".-id: "second".-status: "FAILED"')
    assert.truthy(log:find '\nstatus: "FAILED"')
  end)

  it("keeps a task whole of which one variable can't be read", function()
    local status, err, log, reports = simulate(archive { { "half.sedml", omex.document {
      read = { { "A", "species A" } }, outputs = '<report id="second"><listOfDataSets><dataSet id="x" label="x" '
        .. 'dataReference="y"/></listOfDataSets></report></listOfOutputs><listOfDataGenerators><dataGenerator id="y">'
        .. "<listOfVariables>" .. omex.variable("v", "species gone", 'taskReference="t"') .. "</listOfVariables>"
        .. omex.math "<ci>v</ci>" .. "</dataGenerator></listOfDataGenerators><listOfOutputs>" } } })
    assert.equal(1, status)
    assert.truthy(err:find('variable "v": the target', 1, true), err)
    assert.equal(5, #reports["half.sedml/report"].A)
    assert.truthy(log:find 'id: "report".-status: "SUCCEEDED".-id: "second".-status: "FAILED"')
  end)

  it("gives repeats of a stochastic task other numbers, and a reversible reaction its net rate", function()
    local text = omex.document { models = with_reversible, task = "rt", simulations = omex.course(2, 1, nil,
      '<algorithm kisaoID="KISAO:0000027"><listOfAlgorithmParameters><algorithmParameter kisaoID="KISAO:0000488" '
      .. 'value="7"/></listOfAlgorithmParameters></algorithm>'), tasks = omex.repeated("rt", "i",
      'resetModel="true" concatenate="true"', omex.vector("i", 1, 2, 3), omex.set("species A", "<cn>1000</cn>")
      .. omex.set("species B", "<cn>100</cn>"), "t"), read = { { "A", "species A" }, { "B", "species B" },
      { "r", "reaction r" } } }
    local status, err, log, reports = simulate(archive { { "chance.sedml", text } })
    assert.equal(0, status, err)
    assert.truthy(err:find("KISAO:0000029 (direct method) runs for it", 1, true), err)
    assert.truthy(log:find('algorithm: "KISAO_0000029"', 1, true))
    local report = reports["chance.sedml/report"]
    assert.equal(1000 - 3*100, report.r[1])
    for i = 1, 6 do assert.near(report.A[i] - 3*report.B[i], report.r[i], 1e-9) end
    assert.truthy(report.A[2] ~= report.A[4] or report.A[4] ~= report.A[6])
    local again = select(4, simulate(archive { { "chance.sedml", text } }))
    assert.same(report, again["chance.sedml/report"])
  end)

  it("draws random numbers by the seed: of numbers one, of an array one for each element", function()
    local text = omex.document { simulations = omex.course(4, 4), task = "rt",
      tasks = omex.repeated("rt", "i", 'resetModel="true" concatenate="true"', omex.vector("i", 1, 2)
        .. '<functionalRange id="f" range="i">' .. omex.math(DRAW:format("normal", "<ci>i</ci><cn>0.5</cn>"))
        .. "</functionalRange>", omex.set("parameter k", "<ci>f</ci>", nil, 'range="f"'), "t"),
      read = { { "k", "parameter k" } }, generators = {
        { "one", omex.math(DRAW:format("uniform", "<cn>2</cn><cn>3</cn>")) },
        { "each", "<listOfVariables>" .. omex.variable("x", "#k") .. "</listOfVariables>"
          .. omex.math(DRAW:format("laplace", "<cn>7</cn><cn>1</cn><apply><abs/><ci>x</ci></apply><cn>8</cn>")) },
        { "sure", omex.math(DRAW:format("binomial", "<cn>5</cn><cn>1</cn>")) } } }
    local function report(seed)
      local status, err, _, reports = simulate(archive { { "draws.sedml", text } }, nil, "--seed " .. seed)
      assert.equal(0, status, err)
      return reports["draws.sedml/report"]
    end
    local first = report(1)
    assert.same(first, report(1))
    assert.not_same(first.one, report(2).one)
    assert.same({ 5 }, first.sure)
    assert.is_true(#first.one == 1 and first.one[1] > 2 and first.one[1] < 3)
    assert.is_true(#first.each == 10 and first.each[1] ~= first.each[2] and first.k[1] ~= first.k[6])
    for i, x in ipairs(first.each) do assert.is_true(x >= math.abs(first.k[i]) and x <= 8) end
  end)

  it("draws plots where that is asked for", function()
    local there = os.execute "env -u LD_PRELOAD gnuplot --version >/dev/null 2>&1"
    if not there then return pending "gnuplot is not installed" end
    local status, err = simulate(archive { { "a.sedml", omex.document { simulations = omex.course(2, 2), task = "rt",
      tasks = omex.repeated("rt", "i", 'resetModel="true"', omex.vector("i", 1, 2), omex.set("parameter k",
        "<ci>i</ci>"), "t"), read = { { "A", "species A" }, { "k", "parameter k" }, { "time", "time" } },
      outputs = '<plot2D id="lines"><listOfCurves><curve id="c" xDataReference="time" yDataReference="A"/>'
        .. '</listOfCurves></plot2D><plot3D id="surface"><listOfSurfaces><surface id="s" xDataReference="time" '
        .. 'yDataReference="k" zDataReference="A"/></listOfSurfaces></plot3D>' } } },
      "VIZ_FORMATS=pdf,png SAVE_PLOT_DATA=0")
    assert.equal(0, status, err)
    assert.is_nil(err:find "lines") -- that its data are no CSV
    local bytes = shell.read(sh.scratch .. "/out/plots.zip")
    for _, name in ipairs { "lines", "surface" } do
      assert.truthy(bytes:find("a.sedml/" .. name .. ".pdf%PDF-", 1, true))
      assert.truthy(bytes:find("a.sedml/" .. name .. ".png\x89PNG\r\n", 1, true))
    end
    assert.is_nil(shell.read(sh.scratch .. "/out/plots.zip.pdf"))
  end)

  it("substitutes by the policy alone", function()
    local text = omex.document { simulations = omex.course(2, 1, nil, '<algorithm kisaoID="KISAO:0000560"/>'),
      read = { { "A", "species A" } } }
    assert.equal(0, (simulate(archive { { "a.sedml", text } })))
    local status, err = simulate(archive { { "a.sedml", text } }, "ALGORITHM_SUBSTITUTION_POLICY=SAME_MATH")
    assert.equal(1, status)
    assert.truthy(err:find("the policy SAME_MATH lets nothing stand in for it", 1, true), err)
  end)

  it("warns of a value that a reset undoes", function()
    local _, err = simulate(archive { { "a.sedml", omex.document { task = "outer", tasks =
      omex.repeated("inner", "b", 'resetModel="true"', omex.vector("b", 1), "", "t")
      .. omex.repeated("outer", "a", 'resetModel="true"', omex.vector("a", 2), omex.set("parameter k", "<ci>a</ci>"),
        "inner"), read = { { "A", "species A" } } } } })
    assert.truthy(err:find("is undone by a reset before it was used", 1, true), err)
  end)

  -- ---- what is refused ----

  local function refused(words, bytes)
    local status, err, log = simulate(bytes)
    assert.equal(1, status, err)
    assert.truthy(err:find(words, 1, true), err)
    assert.falsy(err:find("stack traceback", 1, true), err)
    assert.truthy(log and log:find '\nstatus: "FAILED"', log)
  end

  local good = omex.document { read = { { "A", "species A" } } }

  it("refuses archives that would write elsewhere, or hold what they should not", function()
    local hostile = { ["leads out of it"] = { { "../../a.sedml", good } }, ["is no name"] = { { "/a.sedml", good } },
      ["two files of the name"] = { { "a.sedml", good }, { "./a.sedml", good } } }
    for words, list in pairs(hostile) do refused(words, archive(list)) end
    local bytes = archive { { "a.sedml", good } }
    refused("damaged or cut", bytes:sub(1, -30))
    refused("damaged or cut", (bytes:gsub("initialConcentration", "initialconcentration", 1)))
    refused("no ZIP archive", "hello")
    refused("the file is empty", "")
    local at = bytes:find("PK\1\2", 1, true)
    refused("has a link", bytes:sub(1, at + 37) .. ("<I4"):pack(0xA1FF << 16) .. bytes:sub(at + 42))
    refused("too large unpacked", bytes:sub(1, at + 23) .. ("<I4"):pack(1 << 30) .. bytes:sub(at + 28))
    refused("not as long as it says", bytes:sub(1, at + 23) .. ("<I4"):pack(5) .. bytes:sub(at + 28))
    refused("no manifest.xml", require "bioxen.sedml.zip".pack { { "a.sedml", good } })
    refused("has no document in SED-ML", omex.archive { { "model.xml", model } })
  end)

  it("refuses what a document may not ask for", function()
    local function with(parts) return { { "a.sedml", omex.document(parts) } } end
    local function from(name)
      return with { models = ('<model id="m" language="urn:sedml:language:sbml" source="%s"/>'):format(name),
        read = { { "A", "species A" } } }
    end
    local reads = { { "A", "species A" } }
    local function picks(name, slices)
      return with { data = ('<dataDescription id="d" source="%s"><listOfDataSources>%s</listOfDataSources>'
        .. "</dataDescription>"):format(name, source("ds", slices)), generators = { { "x", "<listOfVariables>"
        .. omex.variable("y", "#ds") .. "</listOfVariables>" .. omex.math "<ci>y</ci>" } } }
    end
    local cases = {
      ["with startIndex is not supported"] = picks("d.csv", '<slice reference="c" value="t" startIndex="1"/>'),
      ["the slices pick two columns"] = picks("d.csv", '<slice reference="c" value="t"/>'
        .. '<slice reference="c" value="1"/>'),
      ["the slices fit no value"] = picks("e.xml", '<slice reference="S" value="S9"/>'),
      ["is no id"] = with { outputs = '<report id="../../x"/>', read = reads },
      ["no row 3"] = picks("d.csv", '<slice reference="c" value="t"/><slice reference="Index" value="3"/>'),
      ["the boundaryCondition of <species> is no value"] = with { read = { { "A", omex.target "species A"
        .. "/@boundaryCondition" } } },
      ["nothing outside of the archive is read"] = from "file:///etc/passwd",
      ["no network is used"] = from "urn:miriam:biomodels.db:BIOMD0000000012",
      ["which leads out of the archive"] = from "../../../etc/passwd",
      ["in a circle: m, m"] = from "#m",
      ["document type"] = { { "a.sedml", (good:gsub("<sedML", '<!DOCTYPE x [<!ENTITY e "e">]><sedML')) } },
      ["line 9, column"] = { { "a.sedml", good:sub(1, -12) } },
      ["did you mean 'A'?"] = with { read = { { "A", "species a" } } },
      ["what is of two values, by target2"] = with { read = { { "A", "species A", nil, 'target2="/x"' } } },
      ["finds 3 elements"] = with { read = { { "A", "//sbml:species" } } },
      ["takes too many steps"] = with { read = { { "A", ("//*[count("):rep(8) .. "//*" .. (")]"):rep(8) } } },
      ['there is no distribution "zipf"'] = with { generators = { { "x",
        omex.math(DRAW:format("zipf", "<cn>1</cn>")) } } },
      ["normal has 3 operands"] = with { generators = { { "x",
        omex.math(DRAW:format("normal", "<cn>1</cn><cn>1</cn><cn>1</cn>")) } } },
      ["(http://example.org/normal) is not known"] = with { generators = { { "x",
        omex.math '<apply><csymbol definitionURL="http://example.org/normal">n</csymbol><cn>1</cn></apply>' } } },
      ["is no variable or parameter here"] = with { generators = { { "x", omex.math "<ci>nobody</ci>" } } },
      ["at most 10000000 expected"] = with { simulations = omex.course(1, 2000000000), read = reads },
      ["runs backwards"] = with { simulations = omex.course(-1, 2), read = reads },
      ["is no algorithm but the term of a parameter"] = with { read = reads, simulations = omex.course(1, 1, nil,
        '<algorithm kisaoID="KISAO:0000488"/>') },
      ["models in SBML alone"] = with { read = reads,
        models = '<model id="m" language="urn:sedml:language:cellml" source="model.xml"/>' },
      ["different shapes, 5 and 3"] = with { data = '<dataDescription id="d" source="d.csv" format='
        .. '"urn:sedml:format:csv"><listOfDataSources>' .. source("dt", '<slice reference="ColumnIds" value="t"/>')
        .. "</listOfDataSources></dataDescription>", generators = { { "x", "<listOfVariables>"
        .. omex.variable("y", "#dt") .. omex.variable("x", "species A", 'taskReference="t"') .. "</listOfVariables>"
        .. omex.math "<apply><minus/><ci>x</ci><ci>y</ci></apply>" } } },
    }
    local list = {}
    for words, case in pairs(cases) do
      list[#list + 1] = { ("%d.sedml"):format(#list), case[1][2] }
      cases[words] = nil
      cases[words] = list[#list][1]
    end
    local status, err, log = simulate(archive(list))
    assert.equal(1, status)
    for words in pairs(cases) do assert.truthy(err:find(words, 1, true), words .. "\n" .. err) end
    local _, succeeded = log:gsub('location: "%d+.sedml".-\n    status: "SUCCEEDED"', "")
    assert.equal(0, succeeded)
  end)

  it("refuses tasks in a circle, ranges that are too short and steps that go nowhere", function()
    local function of(tasks) return omex.document { task = "rt", tasks = tasks, read = { { "A", "species A" } } } end
    local status, err = simulate(archive {
      { "a.sedml", of(omex.repeated("rt", "i", "", omex.vector("i", 1), "", "other")
        .. omex.repeated("other", "i", "", omex.vector("i", 1), "", "rt")) },
      { "b.sedml", of(omex.repeated("rt", "i", "", omex.vector("i", 1, 2) .. omex.vector("j", 1), "", "t")) },
      { "c.sedml", of(omex.repeated("rt", "i", "", '<uniformRange id="i" start="0" end="1" numberOfSteps="999999999"/>',
        "", "t")) } })
    assert.equal(1, status)
    for _, words in ipairs { "tasks are made of each other in a circle: rt, other, rt", "at least as many expected",
      "asks for 1e+09 values" } do assert.truthy(err:find(words, 1, true), err) end
  end)

  it("counts what a report would be filled up to without wrapping around", function()
    local tasks, reads = {}, { { "a0", "species A" } }
    for i = 1, 5 do
      tasks[i] = omex.repeated("r" .. i, "i", "", omex.vector("i", 1), "", i == 1 and "t" or "r" .. i - 1)
      reads[i + 1] = { "a" .. i, "species A", "r" .. i }
    end
    refused("values, filled up to one size", archive { { "a.sedml", omex.document { simulations = omex.course(1, 2047),
      tasks = table.concat(tasks), read = reads } } })
  end)

  describe("that a run wrote", function()
    local function pack(words, text)
      sh:file("own.xml", text or model)
      return sh(("cd %s && rm -f own.omex && bioxen simulate own.xml -q %s --out own.omex"):format(sh.scratch, words))
    end

    it("gives the same numbers again", function()
      local status, _, err = pack "--duration 4 --every 0.5 --start 1 --set A=3,k=0.7 --record A,N,r,T,c"
      assert.equal(0, status, err)
      local bytes = shell.read(sh.scratch .. "/own.omex")
      local _, err, _, reports = simulate(bytes)
      local report, columns = reports["simulation.sedml/report"], {}
      assert.is_table(report, err)
      for line in bytes:match "(time,A,N,r,T,c.-)PK":gmatch "[^\r\n]+" do
        local i = 0
        for cell in line:gmatch "[^,]+" do
          i = i + 1
          columns[i] = columns[i] or {}
          table.insert(columns[i], tonumber(cell) or cell)
        end
      end
      for _, column in ipairs(columns) do
        local name = table.remove(column, 1)
        assert.equal(7, #report[name])
        for i, x in ipairs(column) do assert.near(x, report[name][i], 1e-12) end
      end
      assert.near(3*exp(-0.7*4), report.A[7], 1e-6)
    end)

    it("is refused where SED-ML would mean something else", function()
      local function not_written(part, words, text)
        local status, _, err = pack(words, text)
        assert.equal(1, status, words)
        assert.truthy(err:find(part, 1, true), err)
        assert.is_nil(shell.read(sh.scratch .. "/own.omex"))
      end
      not_written('"A" is its concentration alone', "--duration 1 --record A.amount")
      not_written("can't be set", "--duration 1 --set c=3")
      not_written("--every that divides", "--duration 1 --every 0.3")
      not_written("one run with", "--times 1,2")
      not_written("not compressed", "--duration 1 --every 1", omex.archive { { "model.xml", model } })
      not_written("gives \"k\" its value", "--duration 1 --set k=3", sbml.document { version = 1,
        parameters = { sbml.parameter("k", 1) }, initial = { sbml.initial("k", 2) } })
    end)
  end)

  it("leaves a log where the archive cannot be read, and tells misuse apart", function()
    local status, _, err = sh(("cd %s && bioxen simulate -i nowhere.omex -o out2"):format(sh.scratch))
    assert.equal(1, status)
    assert.truthy(err:find("nowhere.omex", 1, true), err)
    assert.truthy(shell.read(sh.scratch .. "/out2/log.yml"):find("sedDocuments: null", 1, true))
    assert.equal(2, (sh "bioxen simulate -o out"))
    assert.equal(2, (sh "LOG_PATH=../x bioxen simulate -i a.omex -o out"))
  end)
end)
