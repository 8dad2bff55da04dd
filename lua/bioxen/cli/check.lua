-- `bioxen check`: what can be said of a model in SBML before it runs.

local ending = require "bioxen.ending"
local json = require "bioxen.cli.json"
local models = require "bioxen.cli.models"
local progress = require "bioxen.cli.progress"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"
local sorted_keys = require "bioxen.sorted_keys"

local STIFF = 1e6 -- of the slowest over the fastest time
local MOST = 40   -- faults of units that are told

local function add(lines, format, ...)
  lines[#lines + 1] = format:format(...)
end

-- ---- units ----

local function of_kind(units, kind)
  local found = {}
  for _, unit in ipairs(units) do
    if unit.kind == kind then found[#found + 1] = unit end
  end
  return found
end

local function add_units(lines, units)
  local words, faults = {}, of_kind(units, "fault")
  for _, unit in ipairs(of_kind(units, "model")) do
    words[#words + 1] = ("%s: %s"):format(unit.id, unit.words ~= "" and unit.words or "not said")
  end
  add(lines, "units: %s", table.concat(words, ", "))
  local undeclared = #of_kind(units, "undeclared")
  if undeclared > 0 then
    add(lines, "units: not checked: %d names without a unit, or formulas with such", undeclared)
  end
  for i = 1, math.min(#faults, MOST) do add(lines, "units: line %s: %s", faults[i].id, faults[i].words) end
  if #faults > MOST then add(lines, "units: and %d more (--json has all)", #faults - MOST) end
end

local function table_of_units(units)
  local lines = {}
  for _, unit in ipairs(units) do
    if unit.kind ~= "fault" and unit.kind ~= "undeclared" then
      add(lines, "%s\t%s\t%s", unit.kind, unit.id, unit.words ~= "" and unit.words or "not said")
    end
  end
  return lines
end

-- ---- reactions ----

local function add_reactions(lines, found)
  for _, reaction in ipairs(found.reactions) do
    if reaction.never then
      add(lines, "reaction %s: never happens: nothing makes what it takes", reaction.name)
    elseif reaction.zero then
      local because = reaction.because and (": %s is 0"):format(reaction.because) or ", whatever species there are"
      add(lines, "reaction %s: its rate is 0%s", reaction.name, because)
    end
  end
end

local function terms(changes)
  local words = {}
  for _, name in ipairs(sorted_keys(changes)) do words[#words + 1] = ("%+.6g %s"):format(changes[name], name) end
  return table.concat(words, " ")
end

-- A line a reaction: what it changes, and what its rate reads; then a line a rule.
local function table_of_dependence(found)
  local lines = {}
  for _, reaction in ipairs(found.reactions) do
    add(lines, "%s\t%s\t%s", reaction.name, terms(reaction.changes), table.concat(reaction.depends, " "))
  end
  for _, name in ipairs(sorted_keys(found.rules)) do
    add(lines, "%s\t=\t%s", name, table.concat(found.rules[name], " "))
  end
  return lines
end

-- ---- the whole ----

local function summary(found, loaded)
  local lines = {}
  add(lines, "model: %s: %d species, %d reactions, %d rules, %d events%s", loaded.name, #loaded.species,
    loaded.reactions, loaded.rules, loaded.events, found.laws and (", %d conservation laws"):format(found.laws) or "")
  for _, warning in ipairs(loaded.warnings) do add(lines, "reader: %s", warning.message) end
  add_units(lines, found.units)
  for _, name in ipairs(found.unreachable) do add(lines, "species %s: it is 0, and nothing makes it", name) end
  add_reactions(lines, found)
  for _, name in ipairs(found.unused) do add(lines, "parameter %s: nothing reads it", name) end
  if found.fastest then
    local ratio = found.slowest/found.fastest
    add(lines, "times: from %.3g to %.3g at the beginning%s", found.fastest, found.slowest,
      ratio > STIFF and (": stiff, %.2g apart"):format(ratio) or "")
  end
  return lines
end

local function as_json(found, loaded)
  for _, key in ipairs { "reactions", "unreachable", "unused", "units" } do json.list(found[key]) end
  for _, reaction in ipairs(found.reactions) do json.list(reaction.depends) end
  for _, depends in pairs(found.rules) do json.list(depends) end
  found.warnings = json.list(loaded.warnings)
  return json.encode(found) .. "\n"
end

local function as_text(found, loaded, options)
  local lines = options.units and table_of_units(found.units) or options.depends and table_of_dependence(found)
    or summary(found, loaded)
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

local function check(options)
  progress.begin(options)
  local text, err = source.read(options.model)
  if not text then return say.failed(err) end
  local vm <close>, loaded = models.open("check", { model = options.model, text = text, json = true })
  if not vm then return say.failed(loaded) end
  local answer, err = vm:execute_biological_process("return cell:check(args)", { args = text, name = "check" })
  if not answer then return say.failed(err) end
  local found = answer.result
  local written, err
  if ending.wants_json(options) then
    written, err = source.write(as_json(found, loaded), options.out)
  else
    written, err = source.write(as_text(found, loaded, options), options.out, "\t")
  end
  return written and say.DONE or say.failed(err)
end

return {
  name = "check",
  summary = "what can be said of a model in SBML before it runs",
  description = "Check a model in SBML: units that do not agree, species that nothing makes, reactions that never "
    .. "happen or whose rate is 0, parameters that nothing reads, and how far apart its times are. A line each.",
  arguments = { { "MODEL", "A file in SBML, also compressed (.gz, .bz2) or in an archive (.zip, .omex); - reads "
    .. "standard input." } },
  options = {
    { "--units", "The unit of each compartment, species, parameter and rate instead, in words." },
    { "--depends", "Who depends on what instead: of each reaction what it changes and what its rate reads, and what "
      .. "rules read." },
    { "--json", "All of it, in JSON." },
    { "--out", "Write to this file; .json says what it is to be.", value = "FILE",
      endings = ending.any(ending.tables, "json") },
    { "--quiet -q", "No progress." },
  },
  either = { { "--units", "--depends", "--json" } },
  examples = {
    { "bioxen check model.xml", "a first look" },
    { "bioxen check model.xml.gz --units", "what is in which unit" },
  },
  run = check,
}
