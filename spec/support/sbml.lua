--- SBML texts in few words, for specs. Formulas are MathML, made by the functions here.

local sbml = {}

--- <apply><op/>...</apply>; numbers and names become <cn> and <ci>.
function sbml.apply(op, ...)
  local parts = {}
  for i, value in ipairs { ... } do parts[i] = sbml.value(value) end
  return "<apply>" .. (op:find "^<" and op or "<" .. op .. "/>") .. table.concat(parts)
    .. "</apply>"
end

sbml.time = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>'
sbml.rate_of = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf">'
  .. "rateOf</csymbol>"
sbml.delay = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">'
  .. "delay</csymbol>"

function sbml.value(value)
  if type(value) == "number" then return ("<cn>%.17g</cn>"):format(value) end
  return value:find "^<" and value or "<ci>" .. value .. "</ci>"
end

function sbml.math(value)
  return '<math xmlns="http://www.w3.org/1998/Math/MathML">' .. sbml.value(value) .. "</math>"
end

function sbml.compartment(id, size, constant)
  return ('<compartment id="%s" spatialDimensions="3" size="%.17g" constant="%s"/>'):format(id,
    size, constant ~= false)
end

--- more: further attributes; amounts in compartment "c" if the id is to mean the amount.
function sbml.species(id, initial, more)
  return ('<species id="%s" compartment="c" %s boundaryCondition="false" constant="false" %s/>')
    :format(id, initial, more or 'hasOnlySubstanceUnits="false"')
end

function sbml.parameter(id, value, constant)
  return ('<parameter id="%s" value="%.17g" constant="%s"/>'):format(id, value, constant ~= false)
end

local function references(list, tag)
  local out = {}
  for i, item in ipairs(list) do
    local n, id, more = item:match "^([%d.]*) *(%S+) *(.*)$"
    out[i] = ('<speciesReference species="%s" %s %s/>'):format(id,
      n ~= "" and 'stoichiometry="' .. n .. '"' or more == "" and 'stoichiometry="1"' or "",
      more:find "constant" and more or more .. ' constant="true"')
  end
  return #out > 0 and ("<%s>%s</%s>"):format(tag, table.concat(out), tag) or ""
end

--- left and right: lists such as { "2 A", "B" }.
function sbml.reaction(id, left, right, law, locals, attributes)
  return ('<reaction id="%s" reversible="false" %s>%s%s<kineticLaw>%s%s</kineticLaw></reaction>')
    :format(id, attributes or "", references(left, "listOfReactants"),
      references(right, "listOfProducts"), sbml.math(law), locals or "")
end

function sbml.rule(kind, variable, value)
  return ('<%sRule variable="%s">%s</%sRule>'):format(kind, variable, sbml.math(value), kind)
end

function sbml.initial(id, value)
  return ('<initialAssignment symbol="%s">%s</initialAssignment>'):format(id, sbml.math(value))
end

--- options: delay, priority (formulas), persistent, initial (booleans), from_trigger.
function sbml.event(id, trigger, set, options)
  options = options or {}
  local assignments = {}
  for variable, value in pairs(set) do
    assignments[#assignments + 1] = ('<eventAssignment variable="%s">%s</eventAssignment>')
      :format(variable, sbml.math(value))
  end
  table.sort(assignments)
  local function part(tag)
    return options[tag] and ("<%s>%s</%s>"):format(tag, sbml.math(options[tag]), tag) or ""
  end
  return ('<event id="%s" useValuesFromTriggerTime="%s"><trigger initialValue="%s" '
    .. 'persistent="%s">%s</trigger>%s%s<listOfEventAssignments>%s</listOfEventAssignments></event>')
    :format(id, options.from_trigger ~= false, options.initial ~= false,
      options.persistent ~= false, sbml.math(trigger), part "priority", part "delay",
      table.concat(assignments))
end

--- A unit of the given kind, times multiplier.
function sbml.unit(id, kind, multiplier)
  return ('<unitDefinition id="%s"><listOfUnits><unit kind="%s" multiplier="%.17g" exponent="1" scale="0"/>'
    .. "</listOfUnits></unitDefinition>"):format(id, kind, multiplier or 1)
end

local lists = { "functions", "FunctionDefinitions", "units", "UnitDefinitions", "compartments", "Compartments",
  "species", "Species", "parameters", "Parameters", "initial", "InitialAssignments", "rules", "Rules",
  "reactions", "Reactions", "events", "Events" }

--- A document of level 3 version 2. parts: lists of elements by the names above; id of the model, its unit of
--- substance, further attributes.
function sbml.document(parts)
  local out = {}
  for i = 1, #lists, 2 do
    local list = parts[lists[i]]
    if list then
      out[#out + 1] = ("<listOf%s>%s</listOf%s>"):format(lists[i + 1], table.concat(list),
        lists[i + 1])
    end
  end
  return ('<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="http://www.sbml.org/sbml/level3/'
    .. 'version%d/core" level="3" version="%d"><model id="%s" %s%s>%s</model></sbml>')
    :format(parts.version or 2, parts.version or 2, parts.id or "model",
      parts.substance and ('substanceUnits="%s"'):format(parts.substance) or "", parts.attributes or "",
      table.concat(out))
end

return sbml
