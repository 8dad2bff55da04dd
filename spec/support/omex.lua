--- Small COMBINE archives and documents in SED-ML, for specs.

local zip = require "bioxen.sedml.zip"

local omex = {}

local FORMATS = { sedml = "http://identifiers.org/combine.specifications/sed-ml.level-1.version-4",
  xml = "http://identifiers.org/combine.specifications/sbml", csv = "http://purl.org/NET/mediatypes/text/csv" }

--- The bytes of an archive of { { name, text }, … }, with a manifest that names them unless one is among them.
-- masters: { name = true }.
function omex.archive(files, masters)
  local lines, list = {}, table.move(files, 1, #files, 2, { { "manifest.xml", "" } })
  for _, file in ipairs(files) do
    if file[1] == "manifest.xml" then return zip.pack(files) end
    lines[#lines + 1] = ('<content location="./%s" format="%s"%s/>'):format(file[1],
      FORMATS[file[1]:match "%.(%w+)$"] or FORMATS.csv, masters and masters[file[1]] and ' master="true"' or "")
  end
  list[1][2] = '<omexManifest xmlns="http://identifiers.org/combine.specifications/omex-manifest">'
    .. table.concat(lines) .. "</omexManifest>"
  return zip.pack(list)
end

function omex.math(text)
  return '<math xmlns="http://www.w3.org/1998/Math/MathML">' .. text .. "</math>"
end

--- The path of an element by its id, as in "species A" or "parameter k".
function omex.target(words)
  local kind, id = words:match "^(%S+) (%S+)$"
  local lists = { species = "listOfSpecies", parameter = "listOfParameters", compartment = "listOfCompartments",
    reaction = "listOfReactions" }
  return ("/sbml:sbml/sbml:model/sbml:%s/sbml:%s[@id='%s']"):format(lists[kind], kind, id)
end

--- A variable: "time", words as above, or a path.
function omex.variable(id, what, more)
  local where = what == "time" and 'symbol="urn:sedml:symbol:time"' or what == "" and ""
    or ('target="%s"'):format(what:find "^%a+ [%w_]+$" and omex.target(what) or what)
  return ('<variable id="%s" %s %s/>'):format(id, where, more or "")
end

--- <setValue> of what words tell, by MathML; variables before it.
function omex.set(what, math, variables, more)
  return ('<setValue modelReference="m" target="%s" %s><listOfVariables>%s</listOfVariables>%s</setValue>'):format(
    omex.target(what), more or "", variables or "", omex.math(math))
end

--- A uniform time course "s" of so many steps.
function omex.course(to, steps, more, algorithm)
  return ('<uniformTimeCourse id="s" initialTime="0" outputStartTime="0" outputEndTime="%g" numberOfSteps="%d" %s>%s'
    .. "</uniformTimeCourse>"):format(to, steps, more or "", algorithm or '<algorithm kisaoID="KISAO:0000019"/>')
end

--- A repeated task "rt": its ranges, its changes, the tasks in it.
function omex.repeated(id, range, attributes, ranges, changes, ...)
  local subs = {}
  for i, sub in ipairs { ... } do
    subs[i] = sub:find "^<" and sub or ('<subTask order="%d" task="%s"/>'):format(i, sub)
  end
  return ('<repeatedTask id="%s" range="%s" %s><listOfRanges>%s</listOfRanges><listOfChanges>%s</listOfChanges>'
    .. "<listOfSubTasks>%s</listOfSubTasks></repeatedTask>"):format(id, range, attributes, ranges, changes,
    table.concat(subs))
end

function omex.vector(id, ...)
  return ('<vectorRange id="%s"><value>%s</value></vectorRange>'):format(id, table.concat({ ... }, "</value><value>"))
end

--- A document with one report "report". parts: simulations, models, tasks, data, outputs (each text, with a usual one),
-- task (of the variables), read = { { id, what }, … }, generators (further ones, each { id, inner text }).
function omex.document(parts)
  local generators, sets = {}, {}
  local function add(id, inner)
    generators[#generators + 1] = ('<dataGenerator id="%s">%s</dataGenerator>'):format(id, inner)
    sets[#sets + 1] = ('<dataSet id="set_%s" label="%s" dataReference="%s"/>'):format(id, id, id)
  end
  for _, read in ipairs(parts.read or {}) do
    add(read[1], ("<listOfVariables>%s</listOfVariables>%s"):format(
      omex.variable("v", read[2], ('taskReference="%s" %s'):format(read[3] or parts.task or "t", read[4] or "")),
      omex.math "<ci>v</ci>"))
  end
  for _, generator in ipairs(parts.generators or {}) do add(generator[1], generator[2]) end
  return ([[<?xml version="1.0" encoding="UTF-8"?>
<sedML xmlns="http://sed-ml.org/sed-ml/level1/version4" xmlns:sbml="http://www.sbml.org/sbml/level3/version1/core"
  level="1" version="4">
<listOfDataDescriptions>%s</listOfDataDescriptions>
<listOfSimulations>%s</listOfSimulations>
<listOfModels>%s</listOfModels>
<listOfTasks>%s</listOfTasks>
<listOfDataGenerators>%s</listOfDataGenerators>
<listOfOutputs><report id="report"><listOfDataSets>%s</listOfDataSets></report>%s</listOfOutputs>
</sedML>]]):format(parts.data or "", parts.simulations or omex.course(2, 4),
    parts.models or '<model id="m" language="urn:sedml:language:sbml" source="model.xml"/>',
    '<task id="t" modelReference="m" simulationReference="s"/>' .. (parts.tasks or ""), table.concat(generators),
    table.concat(sets), parts.outputs or "")
end

--- What is in a reports.zip that is not compressed: { ["DOCUMENT/OUTPUT"] = { label = values } }.
function omex.reports(bytes)
  local found, at = {}, 1
  while bytes:sub(at, at + 3) == "PK\3\4" do
    local size, _, name_size = ("<I4I4I2"):unpack(bytes, at + 18)
    local name = bytes:sub(at + 30, at + 29 + name_size)
    local text, report = bytes:sub(at + 30 + name_size, at + 29 + name_size + size), {}
    for line in text:gmatch "[^\n]+" do
      local values = {}
      for cell in line:gmatch ",([^,]*)" do values[#values + 1] = cell == "nan" and 0/0 or tonumber(cell) end
      report[line:match "^[^,]*"] = values
    end
    found[name:gsub("%.csv$", "")] = report
    at = at + 30 + name_size + size
  end
  return found
end

return omex
