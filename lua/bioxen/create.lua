--- What create_bio_vm checks before anything is made.

local check = require "bioxen.check"
local core = require "bioxen.core"
local organisms = require "bioxen.biology.organisms"
local origin = require "bioxen.vm.origin"
local resources = require "bioxen.hypervisor.resources"
local restart = require "bioxen.hypervisor.restart"
local sbml = require "bioxen.model.sbml"
local xcpng = require "bioxen.xcpng.config"

local create = {}

local MIB = 1 << 20

-- What every VM takes. `organism` is checked against the organism's own manifest.
local common = {
  memory = { type = "number", integer = true, minimum = 4 * MIB, maximum = 1 << 40,
    default = 256 * MIB },
  max_output = { type = "number", integer = true, minimum = 0, maximum = 1 << 30, default = MIB },
  timeout = { type = "number", above = 0 },
  seed = { type = "number", integer = true },
  allow_unconfined = { type = "boolean", default = false },
  resources = { type = "table", fields = resources.schema },
  model = { type = "string" },
  restart = { type = "table", fields = restart.schema },
}

function create.vm_types()
  return { "basic", "xcpng" }
end

--- true, or nil and an error that lists the types.
function create.validate_vm_type(vm_type)
  if vm_type == "basic" or vm_type == "xcpng" then return true end
  return core.fail("ENOTFOUND", ("there is no VM type %s; there is: %s"):format(
    check.shown(vm_type), table.concat(create.vm_types(), ", ")))
end

local rules_of = setmetatable({}, { __mode = "k" }) -- by manifest, once made: they are of every start

-- Options of an organism as check.table takes them: numbers, unless they say otherwise, and finite.
local function option_rules(manifest)
  if rules_of[manifest] then return rules_of[manifest] end
  local rules = {}
  for name, option in pairs(manifest.options or {}) do
    rules[name] = { type = option.type or "number", finite = true, default = option.default, integer = option.integer,
      minimum = option.minimum, maximum = option.maximum, above = option.above }
  end
  rules_of[manifest] = rules
  return rules
end

local function schema_for(vm_type, biological_type)
  local schema = { organism = { type = "table", required = biological_type ~= nil,
    fields = biological_type and option_rules(organisms.manifest(biological_type)) } }
  for key, rule in pairs(common) do schema[key] = rule end
  if vm_type == "xcpng" then
    schema.xcpng_config = xcpng.schema
    schema.guest = { type = "userdata" }
  end
  return schema
end

-- A model of the user's own, in SBML, in the place of the organism's: an option of organisms that take
-- one. True, or nil and an error of the file.
local function read_model(checked, biological_type, problems)
  if type(checked.model) ~= "string" then return true end
  if not (organisms.manifest(biological_type).options or {}).model then
    problems[#problems + 1] = ("config.model: the organism %s takes no model"):format(biological_type)
    return true
  end
  local text, err = core.read_file(checked.model, sbml.LIMIT)
  if not text then return nil, err end
  checked.organism.model = text
  return true
end

-- Drawn once a VM where the user names none; the VM's trajectories tell it.
local function draw_seed()
  return math.random(0)
end

local function check_names(vm_id, biological_type, vm_type, level)
  if type(vm_id) ~= "string" or not core.valid_id(vm_id) then
    error(("bad argument 'vm_id': 1 to 64 of letters, digits, '.', '_', '-' expected, got %s")
      :format(check.shown(vm_id)), level + 1)
  end
  if type(biological_type) ~= "string" then
    error(("bad argument 'biological_type': a string expected, got %s"):format(
      check.shown(biological_type)), level + 1)
  end
  local valid, err = create.validate_vm_type(vm_type)
  if not valid then error("bad argument 'vm_type': " .. err.message, level + 1) end
end

-- The configuration with what the file of its guest says in that file's place; or as it is, and an error.
local function prepare(vm_type, config)
  if vm_type ~= "xcpng" or type(config) ~= "table" or type(config.xcpng_config) ~= "string" then return config end
  local read, err = xcpng.read_file(config.xcpng_config)
  if not read then return config, err end
  local copy = {}
  for key, value in pairs(config) do copy[key] = value end
  copy.xcpng_config = read
  return copy
end

local function check_guest(config, problems)
  if config and config.guest ~= nil then
    if core.class_name(config.guest) ~= "XCPngBiologicalVM" then
      problems[#problems + 1] = ("config.guest: an XCPngBiologicalVM expected, got %s"):format(
        check.shown(config.guest))
    elseif config.xcpng_config ~= nil then
      problems[#problems + 1] = "config.xcpng_config: the guest of another VM has one already"
    end
    return
  end
  xcpng.problems(config and config.xcpng_config, "config.xcpng_config", problems)
end

--- A configuration with its defaults filled in, and what is wrong with it; then, where a file that it names cannot
-- be read, the error, and the key that names the file. The organism is there; without one its options, and the
-- model in its place, are not looked at.
function create.examine(biological_type, vm_type, config)
  local problems, schema = {}, schema_for(vm_type, biological_type)
  local given, err = prepare(vm_type, config)
  if err then schema.xcpng_config = { type = "string" } end
  if type(given) == "table" and given.guest ~= nil then schema.xcpng_config = { type = "table" } end
  local checked = check.table(given, schema, "config", problems)
  if vm_type == "xcpng" and not err and (given == nil or type(given) == "table") then
    check_guest(given, problems)
  end
  if err then return checked, problems, err, "config.xcpng_config" end
  if not biological_type then return checked, problems end
  local read, err = read_model(checked, biological_type, problems)
  if not read then return checked, problems, err, "config.model" end
  return checked, problems
end

--- Check everything, then make the VM. Raises for a mistake in the arguments; nil and an error
-- where the organism is not installed, the id is taken, or the chassis has too little left. A configuration in the
-- place of the type is a basic VM's. A VM that is to be restored does not build its cell.
function create.create(hypervisor, vm_id, biological_type, vm_type, config, keep, restored)
  if type(vm_type) == "table" and config == nil then vm_type, config = "basic", vm_type end
  vm_type = vm_type or "basic"
  check_names(vm_id, biological_type, vm_type, 3)
  local found, err = organisms.validate(biological_type)
  if not found then return nil, err end
  local checked, problems, err = create.examine(biological_type, vm_type, config)
  if err then return nil, err end
  check.raise(problems, 3)
  local fits, err = resources.fits(hypervisor, vm_id, biological_type, checked.resources)
  if not fits then return nil, err end
  local pool = vm_type == "xcpng" and not checked.guest
    and xcpng.for_courier(checked.xcpng_config) or nil
  local vm, err = hypervisor:enter(vm_id, biological_type, {
    folder = organisms.folder(biological_type),
    memory = math.tointeger(checked.memory),
    output = math.tointeger(checked.max_output),
    timeout = checked.timeout or math.huge,
    seed = math.tointeger(checked.seed) or draw_seed(),
    unconfined = checked.allow_unconfined,
    -- Nothing given: the cell is the one that the zygote has built already.
    organism = not restored and config and (config.organism or config.model) and checked.organism,
    resources = checked.resources,
    keep = keep,
    pool = pool,
    guest = checked.guest,
  })
  if vm then origin.note(vm, config) end
  if vm and checked.restart then restart.watch(hypervisor, vm, vm_id, checked.restart) end
  return vm, err
end

return create
