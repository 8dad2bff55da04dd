--- BioXenHypervisor: VMs by their ids, on one chassis.

local check = require "bioxen.check"
local core = require "bioxen.core"
local create = require "bioxen.create"
local medium = require "bioxen.hypervisor.medium"
local origin = require "bioxen.vm.origin"
local packages = require "bioxen.vm.packages"
local resources = require "bioxen.hypervisor.resources"
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
