--- BioXenHypervisor: VMs by their ids, on one chassis.

local check = require "bioxen.check"
local core = require "bioxen.core"
local create = require "bioxen.create"
local medium = require "bioxen.hypervisor.medium"
local origin = require "bioxen.vm.origin"
local packages = require "bioxen.vm.packages"
local resources = require "bioxen.hypervisor.resources"
local saved = require "bioxen.vm.saved"
local top = require "bioxen.hypervisor.top"
local world = require "bioxen.hypervisor.world"

local hypervisor = {}

local methods = core.hypervisor_methods

--- As create_bio_vm, but the hypervisor keeps the VM alive until it is destroyed.
function methods:create_vm(vm_id, biological_type, vm_type, config)
  return create.create(self, vm_id, biological_type, vm_type, config, true)
end

-- The methods that are those of the VM of an id.
local by_id = { start_vm = "start", pause_vm = "pause", resume_vm = "resume",
  destroy_vm = "destroy", get_vm_status = "get_status" }
for name, method in pairs(by_id) do
  methods[name] = function(self, vm_id, ...)
    local vm, err = self:get_vm(vm_id)
    if not vm then return nil, err end
    return vm[method](vm, ...)
  end
end

--- The statuses of all VMs, in order of creation.
function methods:list_vms()
  local statuses = {}
  for _, id in ipairs(self:ids()) do
    local vm = self:get_vm(id)
    statuses[#statuses + 1] = vm and vm:get_status()
  end
  return statuses
end

-- What a VM has beside its configuration is given to another; true, or nil and an error.
local function equip(clone, list)
  local started, err = clone:start()
  if not started then return nil, err end
  for _, package in ipairs(list) do
    local put, problem = packages.put(clone, package)
    if put == nil then return nil, problem end
  end
  return true
end

--- Another VM like one that there is: see types.lua.
function methods:clone_vm(vm_id, new_id)
  if type(vm_id) ~= "string" then
    error(("bad argument 'vm_id': a string expected, got %s"):format(check.shown(vm_id)), 2)
  end
  local vm, err = self:get_vm(vm_id)
  if not vm then return nil, err end
  local status, config = vm:get_status(), origin.config(vm)
  config.resources = next(status.resources) and status.resources or nil
  local clone, err = check.relay(2, create.create, self, new_id, status.biological_type, status.vm_type, config, true)
  if not clone or not status.uptime_seconds then return clone, err end
  local equipped, problem = equip(clone, origin.packages(vm))
  if equipped then return clone end
  clone:destroy()
  return nil, problem
end

-- ---- saved cells ----

local own = { "seed", "organism", "model" } -- what a saved cell has

-- The configuration of a VM that is restored: what was saved, but for what is given. Its random numbers go on, and the
-- seed is of the next start.
local function merge(from, config)
  local merged = { seed = math.random(0) }
  for key, value in pairs(from.config) do merged[key] = value end
  if config == nil then return merged end
  if type(config) ~= "table" then return config end
  local problems = {}
  for _, key in ipairs(own) do
    if config[key] ~= nil then problems[#problems + 1] = ("config.%s: a saved cell has its own"):format(key) end
  end
  check.raise(problems, 3)
  for key, value in pairs(config) do merged[key] = value end
  return merged
end

-- What the host has to know of the VM, from the answer of its worker.
local function note(vm, from, config, answer)
  config.seed = nil
  config.organism = answer.options
  origin.note(vm, config)
  for _, package in ipairs(answer.packages) do origin.note_package(vm, package) end
  if from.genome_kb == 0 then return true end
  return core.load_genome(vm, from.genome_kb)
end

-- Have the worker become what was saved; true, or nil and an error.
local function fill(vm, from, what, config, given)
  local started, err = vm:start()
  if not started then return nil, err end
  local answer, err = saved.fill(vm, from, what)
  if not answer then return nil, err end
  local set, err = core.set_setup(vm, answer.options, config.seed)
  if not set then return nil, err end
  local noted, err = note(vm, from, config, answer)
  if not noted then return nil, err end
  if not given or next(given) == nil then return true end
  return resources.allocate(vm, given)
end

local MOST_UNASKED = 1 << 30 -- bytes of memory that a file may ask for by itself

-- What a file asks for can be, and is no more than is given unasked. True; or nil and an error.
local function may_have(from, what, config)
  local _, problems = create.examine(nil, "basic", from.config)
  if problems[1] then return core.fail("EFILE", ("%s is refused: %s"):format(what, problems[1])) end
  if from.config.memory <= MOST_UNASKED or type(config) == "table" and config.memory then return true end
  return core.fail("EFILE", ("%s is refused: it asks for %d bytes of memory; say so too, with config.memory = %d")
    :format(what, from.config.memory, from.config.memory))
end

--- A VM from the bytes of a saved one, which messages call `what`.
function hypervisor.restore(self, bytes, what, new_id, vm_type, config, keep)
  local from, err = saved.read(bytes, what)
  if not from then return nil, err end
  local may, err = may_have(from, what, config)
  if not may then return nil, err end
  local merged = merge(from, config)
  local vm, err = check.relay(2, create.create, self, new_id, from.biological_type, vm_type, merged, keep, true)
  if not vm then return nil, err end
  local filled, problem = fill(vm, from, what, merged, config and config.resources)
  if filled then
    top.begin(vm)
    return vm
  end
  vm:destroy()
  return nil, problem
end

--- A VM from a file that vm:save wrote: see types.lua.
function methods:restore_vm(path, new_id, vm_type, config)
  local bytes, err = saved.read_file(path)
  if not bytes then return nil, err end
  return check.relay(2, hypervisor.restore, self, bytes, path, new_id, vm_type, config, true)
end

--- What VMs share and do together: see types.lua.
methods.medium = medium.new
methods.run = world.run
methods.send_message = world.send

-- Who wants to be told of a hypervisor's changes, in order: { event, function }. They go with it.
local listeners = setmetatable({}, { __mode = "k" })

local events = { "state", "created", "starting", "running", "pausing", "paused", "resuming", "stopping", "stopped",
  "error", "destroyed" }
for _, name in ipairs(events) do events[name] = true end

-- A copy is gone through: who is told may come and go meanwhile.
local function tell(list, vm_id, from, to, reason)
  for _, listener in ipairs { table.unpack(list) } do
    if not listener.gone and (listener.event == "state" or listener.event == to) then
      listener.tell { vm_id = vm_id, from = from, to = to, reason = reason }
    end
  end
end

local function remove(self, list, listener)
  listener.gone = true
  for i, other in ipairs(list) do
    if other == listener then table.remove(list, i) end
  end
  if #list == 0 then
    listeners[self] = nil
    self:listen(nil)
  end
end

--- Call f for each change of a VM's state, or each that leads to one state. Returns what ends that.
function methods:on(event, f)
  if not events[event] then
    error(("bad argument 'event': %s expected, got %s"):format(table.concat(events, ", "), check.shown(event)), 2)
  elseif type(f) ~= "function" then
    error(("bad argument 'f': a function expected, got %s"):format(check.shown(f)), 2)
  end
  local list = listeners[self]
  if not list then
    list = {}
    listeners[self] = list
    self:listen(function(...) tell(list, ...) end)
  end
  local listener = { event = event, tell = f }
  list[#list + 1] = listener
  return function() remove(self, list, listener) end
end

local capacity = {}
for name in pairs(resources.schema) do
  capacity[name] = { type = "number", minimum = 0 }
end

--- A hypervisor on a chassis: { chassis = "ecoli", capacity = { ribosomes = … } }. A capacity that
-- is named replaces the published one; the orthogonal chassis has none of its own.
function hypervisor.new(options)
  local problems = {}
  local given = check.table(options, {
    chassis = { type = "string", default = "ecoli" },
    capacity = { type = "table", fields = capacity },
  }, "options", problems)
  local chassis = core.chassis()
  if #problems == 0 and not chassis[given.chassis] then
    problems[1] = ("options.chassis: ecoli, yeast or orthogonal expected, got %s"):format(
      check.shown(given.chassis))
  elseif given.chassis == "orthogonal" then
    for name in pairs(capacity) do
      if not (given.capacity and given.capacity[name]) then
        problems[#problems + 1] = "options.capacity." .. name ..
          ": missing, the orthogonal chassis has no published capacity"
      end
    end
  end
  check.raise(problems, 2)
  return core.new_hypervisor(given.chassis, given.capacity or {})
end

local default

--- The hypervisor of create_bio_vm, on the ecoli chassis.
function hypervisor.default()
  default = default or hypervisor.new()
  return default
end

return hypervisor
