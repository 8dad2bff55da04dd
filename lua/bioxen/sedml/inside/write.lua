-- A run of a model as a document in SED-ML (level 1, version 3, which most programs read).

local exchange = require "exchange"
local models = require "sedml.models"
local say = require "sedml.say"

local write = {}

local ALGORITHMS = { ode = "KISAO:0000019", ssa = "KISAO:0000029", tau = "KISAO:0000039", hybrid = "KISAO:0000561" }
local MATH = "http://www.w3.org/1998/Math/MathML"

local function escaped(text)
  return (text:gsub("[&<>\"']", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }))
end

-- The path of an element, from the root by names and in the end by its id.
local function path_of(element)
  local path = ("/sbml:%s[@%s='%s']"):format(element:name(), element:attribute "id" and "id" or "name",
    models.id_of(element))
  local at = element:parent()
  while at do
    path = "/sbml:" .. at:name() .. (at:name() == "reaction" and ("[@id='%s']"):format(models.id_of(at)) or "") .. path
    at = at:parent()
  end
  return path
end

local KINDS = { species = true, parameter = true, compartment = true, reaction = true, speciesReference = true }

-- The element of an id that may be used in formulas.
local function element_of(document, id)
  local key = document:root():attribute "level" == "1" and "name" or "id"
  for _, node in ipairs(document:select("//*[@" .. key .. "]", {})) do
    local parent = node:parent()
    if node:attribute(key) == id and KINDS[node:name()]
      and not (node:name() == "parameter" and parent and parent:parent() and parent:parent():name() == "kineticLaw")
    then
      return node
    end
  end
  say.fail("the model has no \"%s\" that SED-ML can name: species, parameters, compartments and reactions have ids", id)
end

-- The id that a name of the command line means, and that in SED-ML means the same.
local function id_of(document, name)
  local id, what = name:match "^(.+)%.(%a+)$"
  if what ~= "amount" and what ~= "concentration" then return name end
  local element = element_of(document, id)
  if (element:attribute "hasOnlySubstanceUnits" == "true") == (what == "amount") then return id end
  say.fail("%s: in SED-ML's version 3 \"%s\" is its %s alone", name, id,
    what == "amount" and "concentration" or "amount")
end

local function change_of(document, item)
  local name, value = item[1], item[2]
  local element = element_of(document, id_of(document, name))
  local model, attribute = { document = document }, "value"
  if models.is_computed(model, element) then
    say.fail("--set: a formula in the model gives \"%s\" its value, which a change of an attribute would not", name)
  end
  if element:name() == "species" then
    attribute = element:attribute "hasOnlySubstanceUnits" == "true" and "initialAmount" or "initialConcentration"
    local other = attribute == "initialAmount" and "initialConcentration" or "initialAmount"
    if element:attribute(other) then
      say.fail("--set: \"%s\" has an %s in the model, not an %s", name, other, attribute)
    end
  elseif element:name() ~= "parameter" then
    say.fail("--set: a <%s> can't be set", element:name())
  end
  return ('<changeAttribute target="%s/@%s" newValue="%.17g"/>'):format(escaped(path_of(element)), attribute, value)
end

local function parameter(number, value)
  return value and ('<algorithmParameter kisaoID="KISAO:%s" value="%s"/>'):format(number, value) or ""
end

-- Tolerances that others need to come to the same numbers: their own are coarser.
local RELATIVE, ABSOLUTE = 3e-10, 1e-14

local function algorithm_of(run)
  local exact = run.method == "ode"
  local list = parameter("0000209", exact and ("%.17g"):format(run.relative or RELATIVE))
    .. parameter("0000211", exact and ("%.17g"):format(run.absolute or ABSOLUTE))
    .. parameter("0000488", run.seed and ("%d"):format(run.seed))
  return ('<algorithm kisaoID="%s">%s</algorithm>'):format(ALGORITHMS[run.method],
    list ~= "" and "<listOfAlgorithmParameters>" .. list .. "</listOfAlgorithmParameters>" or "")
end

-- Generator and data set number `i`, 0 for time.
local function column(i, name, where)
  return ('<dataGenerator id="g%d" name="%s"><listOfVariables><variable id="v%d" %s taskReference="task"/>'
    .. '</listOfVariables><math xmlns="%s"><ci>v%d</ci></math></dataGenerator>')
    :format(i, escaped(name), i, where, MATH, i),
    ('<dataSet id="d%d" label="%s" dataReference="g%d"/>'):format(i, escaped(name), i)
end

--- The document of a run of the model `text`, which stands beside it as model.xml: `record` are names, `set` is a list
-- of { name, value }, run has start, duration, rows (steps between the rows), method, relative, absolute, seed.
function write.document(text, record, set, run)
  local document = exchange.parse(text)
  local root, generators, sets, curves, changes = document:root(), {}, {}, {}, {}
  if root:name() ~= "sbml" then say.fail("<sbml> expected, got <%s>", root:name()) end
  generators[1], sets[1] = column(0, "time", 'symbol="urn:sedml:symbol:time"')
  for i, name in ipairs(record) do
    local target = path_of(element_of(document, id_of(document, name)))
    generators[i + 1], sets[i + 1] = column(i, name, ('target="%s"'):format(escaped(target)))
    curves[i] = ('<curve id="c%d" name="%s" logX="false" logY="false" xDataReference="g0" yDataReference="g%d"/>')
      :format(i, escaped(name), i)
  end
  for i, item in ipairs(set) do changes[i] = change_of(document, item) end
  local inner = #changes > 0 and "<listOfChanges>" .. table.concat(changes) .. "</listOfChanges>" or ""
  return ([[<?xml version="1.0" encoding="UTF-8"?>
<sedML xmlns="http://sed-ml.org/sed-ml/level1/version3" xmlns:sbml="%s" level="1" version="3">
  <listOfSimulations>
    <uniformTimeCourse id="run" initialTime="0" outputStartTime="%.17g" outputEndTime="%.17g" numberOfPoints="%d">%s
    </uniformTimeCourse>
  </listOfSimulations>
  <listOfModels>
    <model id="model" language="urn:sedml:language:sbml" source="model.xml">%s</model>
  </listOfModels>
  <listOfTasks><task id="task" modelReference="model" simulationReference="run"/></listOfTasks>
  <listOfDataGenerators>
    %s
  </listOfDataGenerators>
  <listOfOutputs>
    <report id="report"><listOfDataSets>
      %s
    </listOfDataSets></report>
    <plot2D id="plot"><listOfCurves>
      %s
    </listOfCurves></plot2D>
  </listOfOutputs>
</sedML>
]]):format(escaped(root:uri() or ""), run.start, run.duration, run.rows, algorithm_of(run), inner,
    table.concat(generators, "\n    "), table.concat(sets, "\n      "), table.concat(curves, "\n      "))
end

return write
