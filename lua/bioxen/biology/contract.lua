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
  functions = { type = "table" },
  genome = { type = "table" },
  ignores = { type = "table" },
}

local ignores_schema = {
  ribosomes = { type = "string" },
  rna_polymerase = { type = "string" },
  atp_percentage = { type = "string" },
  memory_kb = { type = "string" },
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

local function_schema = {
  arguments = { type = "string", required = true, valid = function(text)
    return not organisms.arguments(text) and "arguments with their types, as gene: string, { copies: number? }" or nil
  end },
  meaning = { type = "string", required = true },
}

local function raise(problems)
  table.sort(problems)
  if #problems > 0 then error(table.concat(problems, "\n"), 0) end
end

-- ---- the manifest ----

-- What has no genome and no options may hold nothing that is from anywhere.
local function check_sources(manifest, problems)
  local sources = manifest.sources
  if #sources == 0 and (manifest.genome or manifest.options) then
    problems[#problems + 1] = "sources: at least one expected"
  end
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
  check_sources(manifest, problems)
  if manifest.genome then check.table(manifest.genome, genome_schema, "genome", problems) end
  check.table(manifest.ignores or {}, ignores_schema, "ignores", problems)
  for option_name, option in pairs(manifest.options or {}) do
    check_option(tostring(option_name), option, problems)
  end
  for function_name, told in pairs(manifest.functions or {}) do
    check.table(told, function_schema, "functions." .. tostring(function_name), problems)
  end
  raise(problems)
end

-- ---- its cells ----

-- A chassis of its own, with room for anything. All have the same seed.
local function start(name, config)
  config = config or {}
  config.seed = 42
  local chassis = bioxen.BioXenHypervisor { chassis = "orthogonal", capacity = {
    ribosomes = 1e9, rna_polymerase = 1e9, atp_percentage = 100, memory_kb = 1e9,
  } }
  local vm, err = chassis:create_vm("check", name, "basic", config)
  if not vm then error(tostring(err), 0) end
  local started, err = vm:start()
  if started then return vm end
  vm:destroy()
  error(tostring(err), 0)
end

-- Call; `what` stands before what is raised.
local function told(what, fn, ...)
  local well, answer = pcall(fn, ...)
  if not well then error(("%s: %s"):format(what, answer), 0) end
  return answer
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
  ask(vm, "shape", { methods = contract.capabilities, functions = organisms.manifest(name).functions or {} })
  return ("%.0f ms"):format(1000*taken)
end

-- Other values that the option takes: none where none can be known.
local function other_values(option)
  local kind, default = option.type or "number", option.default
  if kind == "boolean" then return { not default } end
  if kind ~= "number" or not default then return {} end
  local low, high = option.minimum or option.above, option.maximum
  local values = {}
  for _, value in ipairs { low and high and (low + high)/2 or default/2, default*2, 1, low or default,
    high or default } do
    if option.integer then value = value//1 end
    if value ~= default and (not option.minimum or value >= option.minimum)
      and (not option.above or value > option.above) and (not high or value <= high) then
      values[#values + 1] = value
    end
  end
  return values
end

-- "key = value" of the first of these with which a cell does something else, within seconds, than with the default.
local function effect(name, key, values, seconds)
  local plain <close> = start(name)
  local expected = ask(plain, "advance", { duration = seconds })
  expected.duration = seconds
  for _, value in ipairs(values) do
    local vm <close> = start(name, { organism = { [key] = value } })
    if ask(vm, "compare", expected).differ then return ("%s = %s"):format(key, tostring(value)) end
  end
end

local function check_options(name)
  local tried, problems = {}, {}
  for key, option in pairs(organisms.manifest(name).options or {}) do
    local values = other_values(option)
    local found = values[1] ~= nil and (effect(name, key, values) or effect(name, key, values, 86400))
    if not found and values[1] ~= nil then
      problems[#problems + 1] = ("options.%s: with %s the cell does the same for a day as with %s: let build use "
        .. "options.%s, or take it out of manifest.lua"):format(key, tostring(values[1]), tostring(option.default), key)
    end
    tried[#tried + 1] = found or nil
  end
  raise(problems)
  table.sort(tried)
  return tried[1] and table.concat(tried, ", ")
end

-- Shares that are little for most cells, and then for any, but leave the genome its room.
local function shares_of(name)
  local described = organisms.manifest(name).genome
  return { ribosomes = { 1, 1e-3 }, rna_polymerase = { 1, 1e-3 }, atp_percentage = { 10 },
    memory_kb = { described and described.length/1000 or 100 } }
end

-- Whether this share changes what the cell does from its start on, when it is given it and when it is built with it.
local function share_binds(name, key, amount, unbound)
  local vm <close> = start(name)
  must_not_fail(vm:allocate_resources { [key] = amount })
  local built <close> = start(name, { resources = { [key] = amount } })
  local given, born = ask(vm, "compare", unbound).differ, ask(built, "compare", unbound).differ
  if given ~= born then
    error(("%s: binds a cell that %s, and not one that %s"):format(key,
      table.unpack(given and { "is given it", "is built with it" } or { "is built with it", "is given it" })), 0)
  end
  return given
end

-- Every share binds, or the manifest says why not. The host sees to memory: there is not always something to bind.
local function check_shares(name)
  local binding, problems = {}, {}
  local shares, ignored = shares_of(name), organisms.manifest(name).ignores or {}
  local free <close> = start(name)
  local unbound = ask(free, "advance", { species = true })
  unbound.species = true
  for _, key in ipairs(sorted_keys(shares)) do
    local binds
    for _, amount in ipairs(shares[key]) do
      binds = binds or share_binds(name, key, amount, unbound)
    end
    if binds then
      binding[#binding + 1] = key
      if ignored[key] then problems[#problems + 1] = ("%s: binds: take it out of ignores"):format(key) end
    elseif not ignored[key] and key ~= "memory_kb" then
      problems[#problems + 1] = ("%s: does not bind: with %g of it the cell does what it does without limit: let build "
        .. "and allocate use resources.%s, or say why not in manifest.lua, ignores = { %s = \"why\" }")
        :format(key, shares[key][#shares[key]], key, key)
    end
  end
  raise(problems)
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
    must_not_fail(vm:allocate_resources { [key] = shares[key][#shares[key]] })
    must_not_fail(vm:allocate_resources { [key] = false })
    told(key .. ", held and given back", ask, vm, "same_state", ask(untouched, "state"))
    if ask(untouched, "compare", ask(vm, "advance")).differ then
      error(key .. ": a cell that held a share and gave it back goes on differently from one that never did", 0)
    end
  end
end

-- It takes each medium, and they do not all do the same to a cell.
local function check_media(name)
  local vm <close> = start(name)
  local names = ask(vm, "media").names
  local expected, differ
  for _, medium in ipairs(names) do
    local other <close> = start(name)
    must_not_fail(other:execute_biological_process("cell:set_medium(args)", { args = medium }))
    must_not_fail(other:get_biological_metrics())
    if expected then differ = differ or ask(other, "compare", expected).differ end
    expected = expected or ask(other, "advance")
  end
  if names[2] and not differ then
    error(("set_medium: the cell does the same in all its media (%s): let set_medium change it")
      :format(table.concat(names, ", ")), 0)
  end
  return names[1] and table.concat(names, ", ")
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
  local answer = must_not_fail(vm:start_transcription(gene))
  if answer ~= true then
    error(("start_transcription: true expected, got %s: return true once %s is transcribed"):format(
      check.shown(answer), gene), 0)
  end
  must_name("start_transcription of an unknown gene", UNKNOWN, vm:start_transcription { gene, UNKNOWN })
end

function capabilities.get_essential_genes(vm)
  ask(vm, "are_genes", { ids = must_not_fail(vm:get_essential_genes()) })
end

function capabilities.manage_operons(vm)
  local operon = ask(vm, "some_operon").id
  local said = {}
  for _, action in ipairs { "repress", "activate" } do
    local states = must_not_fail(vm:manage_operons({ operon }, action))
    local id, state = next(type(states) == "table" and states or {})
    if type(id) ~= "string" or type(state) ~= "string" then
      error(("manage_operons: { id = state } expected, got %s"):format(check.shown(states)), 0)
    end
    said[action] = state
  end
  if said.repress == said.activate then
    error(("manage_operons: %s is %q after repress and after activate"):format(operon, said.repress), 0)
  end
  must_name("manage_operons of an unknown operon", UNKNOWN, vm:manage_operons(UNKNOWN, "activate"))
  must_name("manage_operons with an unknown action", "no_such_action",
    vm:manage_operons(operon, "no_such_action"))
  ask(vm, "operons_act")
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

-- Shares of all that there is limit nothing, and have each VM build its cell for itself.
local function check_beginning(name)
  local first <close> = start(name, { resources = { atp_percentage = 100 } })
  local expected = ask(first, "state")
  for _ = 1, 2 do
    local again <close> = start(name, { resources = { atp_percentage = 100 } })
    told("build gives another cell each time (take what is random from math.random, which the seed determines)",
      ask, again, "same_state", expected)
  end
end

-- The same seed gives the same daughters.
local function check_divisions(name)
  local first <close> = start(name)
  local expected = ask(first, "division")
  if not expected.values then return expected.note end
  local again <close> = start(name)
  for species, amount in pairs(ask(again, "division").values) do
    if expected.values[species] ~= amount then
      error(("divide: the other daughter has %g of %s in one run and %g in another of the same seed: take what is "
        .. "random from math.random"):format(expected.values[species] or 0, species, amount), 0)
    end
  end
  return expected.note
end

local function check_seed(name)
  check_beginning(name)
  local runs = {}
  for i = 1, 2 do
    local vm <close> = start(name)
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
  { "it defines the processes that it names, whose rates are not negative", probe "processes" },
  { "the same seed gives the same cell, and the same stochastic run", check_seed },
  { "each of its options changes what it does", check_options },
  { "it takes each share of a chassis, when it is built and while it lives", check_shares },
  { "a share that is given back leaves no trace", check_give_back },
  { "its genome is as long as its manifest says, and has its genes", probe "genome" },
  { "its genes have ids, and essentiality with a source", probe "genes" },
  { "it takes every medium that it names, and no other", check_media },
  { "its compartments have a volume, and each species is in one of them", probe "compartments" },
  { "its divisions leave each molecule to one daughter or the other", check_divisions },
  { "its metrics, and what it uses of a chassis, are numbers", probe "metrics" },
  { "its capabilities do what the host's methods of these names promise", check_capabilities },
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
