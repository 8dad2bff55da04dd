--- What a VM holds of its chassis: at its creation, and changed while it lives.

local check = require "bioxen.check"
local core = require "bioxen.core"
local genome_of = require "bioxen.model.genome_source"
local organisms = require "bioxen.biology.organisms"

local resources = {}

--- As check.table takes it.
resources.schema = {
  ribosomes = { type = "number", minimum = 0 },
  rna_polymerase = { type = "number", minimum = 0 },
  atp_percentage = { type = "number", minimum = 0, maximum = 100 },
  memory_kb = { type = "number", minimum = 0 },
}

local function too_little(vm_id, needed, what, held, advice)
  return core.fail("ECAPACITY", ("VM %q needs %.15g kb of genome memory for %s, %s: %s"):format(
    vm_id, needed, what, held, advice), vm_id)
end

--- Whether the genome of an organism, or the one that is loaded in its place, fits into what a VM is to hold,
-- or else into its chassis: true, or nil and an error.
function resources.fits(hypervisor, vm_id, biological_type, shares, loaded_kb)
  local described = organisms.manifest(biological_type).genome
  local needed, held = loaded_kb or (described and described.length/1000), shares and shares.memory_kb
  if not needed then return true end
  local what = loaded_kb and "the genome that is loaded" or "the genome of " .. biological_type
  if held and held < needed then
    return too_little(vm_id, needed, what, ("and is to hold %.15g"):format(held),
      "raise resources.memory_kb, or leave it out")
  end
  local capacity = hypervisor:get_chassis_info().capacity.memory_kb
  if not held and capacity < needed then
    return too_little(vm_id, needed, what, ("and its chassis has %.15g"):format(capacity),
      "use a larger chassis")
  end
  return true
end

-- Each a number, or false for giving the share back; a mistake is the caller's caller's.
local function check_wanted(wanted)
  local problems, given = {}, wanted
  if type(wanted) == "table" then
    given = {}
    for name, value in pairs(wanted) do given[name] = value or nil end
    if next(wanted) == nil then problems[1] = "resources: a share to change expected, got none" end
  end
  if wanted == nil then
    problems[1] = "resources: a table expected, got nil"
  else
    check.table(given, resources.schema, "resources", problems)
  end
  check.raise(problems, 3)
end

-- The next start takes what is allocated in these.
local without_worker = { created = true, stopped = true, error = true }

--- Change what a VM holds: both the chassis and the cell take the new shares, or neither.
function resources.allocate(vm, wanted)
  check_wanted(wanted)
  local status, shares = vm:get_status(), {}
  for name in pairs(resources.schema) do
    if wanted[name] == nil then shares[name] = status.resources[name] else shares[name] = wanted[name] or nil end
  end
  local fits, err = resources.fits(core.hypervisor_of(vm), status.vm_id, status.biological_type, shares,
    status.genome_kb)
  if not fits then return nil, err end
  local taken, err = core.reallocate(vm, shares)
  if not taken then return nil, err end
  if without_worker[status.state] then return true end
  local _, err = core.ask(vm, "allocate", nil, shares)
  if not err then return true end
  core.reallocate(vm, status.resources)
  return nil, err
end

--- Put a genome, or that of a file, in the place of the organism's own.
function resources.load_genome(vm, source, options)
  local loaded, err = genome_of(source, options)
  if not loaded then return nil, err end
  local before = vm:get_status().genome_kb or 0
  local taken, err = core.load_genome(vm, loaded:length()/1000)
  if not taken then return nil, err end
  local _, err = core.ask(vm, "genome", nil, loaded)
  if not err then return loaded end
  core.load_genome(vm, before)
  return nil, err
end

return resources
