--- Whether an organism keeps the contract of docs/organisms.md. `bioxen organisms NAME --check` and
-- spec/organism_contract_spec.lua go through the same list.

local bioxen = require "bioxen"
local check = require "bioxen.check"
local organisms = require "bioxen.biology.organisms"
local sorted_keys = require "bioxen.sorted_keys"

local contract = {}

-- What runs in the VM: it finds the same table `organism` as any code there.
local PROBE = package.searchpath("bioxen.biology.probe", package.path)

local manifest_schema = {
  name = { type = "string", required = true },
  title = { type = "string", required = true },
  version = { type = "string", required = true },
  sources = { type = "table", required = true },
  options = { type = "table" },
  genome = { type = "table" },
}

local genome_schema = {
  length = { type = "number", integer = true, above = 0, required = true },
  genes = { type = "number", integer = true, minimum = 0, required = true },
}

local source_schema = {
  what = { type = "string", required = true },
  citation = { type = "string", required = true },
  doi = { type = "string" },
  url = { type = "string" },
  licence = { type = "string" },
}

local option_schema = {
  default = { types = { number = true, string = true, boolean = true } },
  type = { type = "string" },
  unit = { type = "string" },
  meaning = { type = "string", required = true },
  minimum = { type = "number" },
  maximum = { type = "number" },
  above = { type = "number" },
  integer = { type = "boolean" },
}

local function raise(problems)
  table.sort(problems)
  if #problems > 0 then error(table.concat(problems, "\n"), 0) end
end

-- ---- the manifest ----

local function check_sources(sources, problems)
  if #sources == 0 then problems[#problems + 1] = "sources: at least one expected" end
  for i, source in ipairs(sources) do
    local place = ("sources[%d]"):format(i)
    check.table(source, source_schema, place, problems)
    if type(source) == "table" and not (source.doi or source.url) then
      problems[#problems + 1] = place .. ": a doi or a url expected"
    end
  end
end

-- An option of numbers has a unit and a default; one of text may do without: it is left out then.
local function check_option(name, option, problems)
  local place = "options." .. name
  check.table(option, option_schema, place, problems)
  if type(option) ~= "table" then return end
  local kind = option.type or "number"
  if option.default ~= nil then
    check.table({ default = option.default }, { default = {
      type = kind, minimum = option.minimum, maximum = option.maximum, above = option.above,
      integer = option.integer,
    } }, place, problems)
  elseif kind ~= "string" then
    problems[#problems + 1] = place .. ".default: missing"
  end
  if kind == "number" and not option.unit then problems[#problems + 1] = place .. ".unit: missing" end
end

local function check_manifest(name)
  local problems = {}
  local manifest = organisms.manifest(name)
  check.table(manifest, manifest_schema, "manifest", problems)
  raise(problems)
  if manifest.name ~= name then
    problems[1] = ("name: %q expected, as the folder, got %q"):format(name, manifest.name)
  end
  check_sources(manifest.sources, problems)
  if manifest.genome then check.table(manifest.genome, genome_schema, "genome", problems) end
  for option_name, option in pairs(manifest.options or {}) do
    check_option(tostring(option_name), option, problems)
  end
  raise(problems)
end

-- ---- its cells ----

-- A chassis of its own, with room for anything.
local function start(name, config)
  local chassis = bioxen.BioXenHypervisor { chassis = "orthogonal", capacity = {
    ribosomes = 1e9, rna_polymerase = 1e9, atp_percentage = 100, memory_kb = 1e9,
  } }
  local vm, err = chassis:create_vm("check", name, "basic", config)
  if not vm then error(tostring(err), 0) end
  local started, failure = vm:start()
  if started then return vm end
  vm:destroy()
  error(tostring(failure), 0)
end

local function must_not_fail(value, err)
  if err then error(tostring(err), 0) end
  return value
end

-- Ask the probe; what it finds wrong is raised.
local function ask(vm, what, values)
  local args = { what = what, name = vm:get_biological_type() }
  for key, value in pairs(values or {}) do args[key] = value end
  local found = must_not_fail(vm:execute_file(PROBE, { args = args })).result
  raise(found.problems)
  return found
end

local function probe(what)
  return function(name)
    local vm <close> = start(name)
    return ask(vm, what, { manifest = organisms.manifest(name) }).note
  end
end

local function check_start(name)
  local began = bioxen.clock()
  local vm <close> = start(name)
  local taken = bioxen.clock() - began
  ask(vm, "shape", { methods = contract.capabilities })
  return ("%.0f ms"):format(1000*taken)
end

-- Another value that the option takes: nil where there is none to be known.
local function another_value(option)
  local kind = option.type or "number"
  if kind == "boolean" then return not option.default end
  if kind ~= "number" or not option.default then return nil end
  local low, high = option.minimum or option.above, option.maximum
  local candidates = { low and high and (low + high)/2, option.default/2, option.default*2, 1 }
  for _, key in ipairs { 1, 2, 3, 4 } do
    local value = candidates[key]
    if value and option.integer then value = value//1 end
    if value and value ~= option.default and (not option.minimum or value >= option.minimum)
      and (not option.above or value > option.above) and (not high or value <= high) then
      return value
    end
  end
end

local function check_options(name)
  local tried = {}
  for key, option in pairs(organisms.manifest(name).options or {}) do
    local value = another_value(option)
    if value ~= nil then
      local vm <close> = start(name, { organism = { [key] = value } })
      must_not_fail(vm:get_biological_metrics())
      tried[#tried + 1] = ("%s = %s"):format(key, tostring(value))
    end
  end
  table.sort(tried)
  return tried[1] and table.concat(tried, ", ")
end

-- Shares that are little for most cells, but leave the genome its room.
local function shares_of(name)
  local described = organisms.manifest(name).genome
  return { ribosomes = 1, rna_polymerase = 1, atp_percentage = 10,
    memory_kb = described and described.length/1000 or 100 }
end

-- Which shares change what the cell does from its start on, when it is given one and when it is built with
-- one, is told; neither may fail.
local function check_shares(name)
  local binding = {}
  local shares = shares_of(name)
  local free <close> = start(name)
  local unbound = ask(free, "advance")
  for _, key in ipairs(sorted_keys(shares)) do
    local vm <close> = start(name)
    must_not_fail(vm:allocate_resources { [key] = shares[key] })
    local built <close> = start(name, { resources = { [key] = shares[key] } })
    local given, born = ask(vm, "compare", unbound).differ, ask(built, "compare", unbound).differ
    if given ~= born then
      error(("%s: binds a cell that %s, and not one that %s"):format(key,
        table.unpack(given and { "is given it", "is built with it" } or { "is built with it", "is given it" })), 0)
    end
    if given then binding[#binding + 1] = key end
  end
  return binding[1] and "these bind from the start: " .. table.concat(binding, ", ")
end

-- A cell that has lived for a while stands where it stood, and goes on as one that never held a share.
local function check_give_back(name)
  local shares = shares_of(name)
  for _, key in ipairs(sorted_keys(shares)) do
    local vm <close> = start(name)
    local untouched <close> = start(name)
    ask(vm, "advance")
    ask(untouched, "advance")
    must_not_fail(vm:allocate_resources { [key] = shares[key] })
    must_not_fail(vm:allocate_resources { [key] = false })
    ask(vm, "same_state", ask(untouched, "state"))
    if ask(untouched, "compare", ask(vm, "advance")).differ then
      error(key .. ": a cell that held a share and gave it back goes on differently from one that never did", 0)
    end
  end
end

local function check_media(name)
  local vm <close> = start(name)
  local found = ask(vm, "media")
  for _, medium in ipairs(found.names) do
    must_not_fail(vm:execute_biological_process("cell:set_medium(args)", { args = medium }))
    must_not_fail(vm:get_biological_metrics())
  end
  return found.names[1] and table.concat(found.names, ", ")
end

-- ---- capabilities ----

local UNKNOWN = "no_such_id_at_all"

-- The error of a call that must fail, and name what it failed at.
local function must_name(what, part, result, err)
  if result ~= nil or err == nil then error(("%s: an error expected"):format(what), 0) end
  if err.code ~= "ESCRIPT" or not err.message:find(part, 1, true) then
    error(("%s: an error that names %s expected, got %s"):format(what, part, tostring(err)), 0)
  end
end

local capabilities = {}

function capabilities.start_transcription(vm)
  local gene = ask(vm, "some_gene").id
  must_not_fail(vm:start_transcription(gene))
  must_name("start_transcription of an unknown gene", UNKNOWN, vm:start_transcription { gene, UNKNOWN })
end

function capabilities.get_essential_genes(vm)
  ask(vm, "are_genes", { ids = must_not_fail(vm:get_essential_genes()) })
end

function capabilities.manage_operons(vm)
  local operon = ask(vm, "some_operon").id
  for _, action in ipairs { "repress", "activate" } do
    local states = must_not_fail(vm:manage_operons({ operon }, action))
    local id, state = next(type(states) == "table" and states or {})
    if type(id) ~= "string" or type(state) ~= "string" then
      error(("manage_operons: { id = state } expected, got %s"):format(check.shown(states)), 0)
    end
  end
  must_name("manage_operons of an unknown operon", UNKNOWN, vm:manage_operons(UNKNOWN, "activate"))
  must_name("manage_operons with an unknown action", "no_such_action",
    vm:manage_operons(operon, "no_such_action"))
end

function capabilities.get_plasmid_count(vm)
  local count = must_not_fail(vm:get_plasmid_count())
  if type(count) ~= "number" or not (count >= 0 and count < math.huge) then
    error(("get_plasmid_count: a number of copies expected, got %s"):format(check.shown(count)), 0)
  end
end

contract.capabilities = sorted_keys(capabilities)

-- What the host answers for a capability that the organism lacks.
local function must_refuse(vm, name)
  local arguments = { start_transcription = { "x" }, manage_operons = { "x", "activate" } }
  local result, err = vm[name](vm, table.unpack(arguments[name] or {}))
  if result ~= nil or not err or err.code ~= "EUNSUPPORTED" then
    error(("%s: EUNSUPPORTED expected, got %s"):format(name, tostring(err)), 0)
  end
end

local function check_capabilities(name)
  local has = {}
  for _, capability in ipairs(contract.capabilities) do
    local vm <close> = start(name)
    if ask(vm, "has_capability", { capability = capability }).has then
      has[#has + 1] = capability
      capabilities[capability](vm)
    else
      must_refuse(vm, capability)
    end
  end
  return has[1] and table.concat(has, ", ")
end

local function check_seed(name)
  local runs = {}
  for i = 1, 2 do
    local vm <close> = start(name, { seed = 42 })
    runs[i] = ask(vm, "stochastic")
    if not runs[i].values then return runs[i].note end
  end
  for variable, value in pairs(runs[1].values) do
    if runs[2].values[variable] ~= value then
      error(("%s is %.17g in one run and %.17g in another of the same seed"):format(variable, value,
        runs[2].values[variable]), 0)
    end
  end
end

--- What is checked, in order: { title, function(name) }. The function raises what is wrong, as text, or
-- gives a note, or nothing.
contract.list = {
  { "its manifest says what it is, its sources, its genome and its options", check_manifest },
  { "a VM of it starts, and its module has the parts of an organism", check_start },
  { "it takes other values of its options", check_options },
  { "it takes each share of a chassis, when it is built and while it lives", check_shares },
  { "a share that is given back leaves no trace", check_give_back },
  { "its genome is as long as its manifest says, and has its genes", probe "genome" },
  { "its genes have ids, and essentiality with a source", probe "genes" },
  { "it defines the processes that it names", probe "processes" },
  { "it takes every medium that it names, and no other", check_media },
  { "its metrics are numbers", probe "metrics" },
  { "its capabilities do what the host's methods of these names promise", check_capabilities },
  { "the same seed gives the same stochastic run", check_seed },
}

--- Check them all and print what comes out; whether all is well.
function contract.report(name)
  local good = true
  for _, row in ipairs(contract.list) do
    local well, note = pcall(row[2], name)
    good = good and well
    print(("%-7s %s%s"):format(well and "ok" or "broken", row[1],
      note and (well and " (" .. note .. ")" or ":\n    " .. tostring(note):gsub("\n", "\n    ")) or ""))
  end
  return good
end

return contract
