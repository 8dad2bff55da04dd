--- BioResourceManager: what one VM holds of its chassis, what it uses of it by the counters of its cell and of the
-- kernel, and what follows from that.

local check = require "bioxen.check"
local core = require "bioxen.core"
local resources = require "bioxen.hypervisor.resources"
local sorted_keys = require "bioxen.sorted_keys"
local top = require "bioxen.hypervisor.top"

local Manager = { __name = "bioxen.BioResourceManager" }
Manager.__index = {}
local methods = Manager.__index

-- What is kept above what was measured, and when a share counts as used up, or as idle.
local HEADROOM, FULL, IDLE = 1.1, 0.95, 0.7

local whole = { ribosomes = true, rna_polymerase = true } -- molecules

function Manager:__tostring()
  return ("BioResourceManager(%s)"):format(self.vm:get_status().vm_id)
end

-- ---- allocation ----

local function allocate(self, name, amount, argument)
  if type(amount) ~= "number" then
    error(("bad argument '%s': a number expected, got %s"):format(argument, check.shown(amount)), 3)
  end
  return self.vm:allocate_resources { [name] = amount }
end

function methods:allocate_atp(percentage)
  return allocate(self, "atp_percentage", percentage, "percentage")
end

function methods:allocate_ribosomes(count)
  return allocate(self, "ribosomes", count, "count")
end

-- That of a daemon's VM (bioxen.connect) is a field of it.
local function hypervisor_of(vm)
  return type(vm) == "table" and vm.hypervisor or core.hypervisor_of(vm)
end

--- By resource: what the VM holds, what is free, and the most that it could be given.
function methods:get_available_resources()
  local held, all = self.vm:get_status().resources, {}
  for name, of in pairs(hypervisor_of(self.vm):get_system_resources()) do
    all[name] = { held = held[name] or 0, free = of.free, most = (held[name] or 0) + of.free }
  end
  return all
end

-- ---- usage ----

-- The counters now; the cell is asked where it stands still, and else the reason stands in `unknown`.
local function measure(self, before)
  local now = top.with_rates(top.counters(self.vm), before)
  now.allocated, now.resources = now.resources, nil
  if now.state ~= "running" or now.busy then
    now.unknown = now.busy and "the VM is busy" or ("the VM is %s"):format(now.state)
    return now
  end
  local used, err = self.vm:get_resource_usage()
  now.used, now.unknown = used, err and err.message
  return now
end

--- What the VM costs and what its cell uses now.
function methods:get_resource_usage()
  self.measured = measure(self, self.measured)
  local copy = {}
  for key, value in pairs(self.measured) do copy[key] = value end
  return copy
end

-- ---- monitoring ----

local fraction = { type = "number", above = 0, maximum = 1 }
local monitoring = {
  keep = { type = "number", integer = true, minimum = 1, maximum = 1000000, default = 100 },
  alerts = { type = "table", fields = { memory = fraction, ribosomes = fraction, rna_polymerase = fraction,
    atp_percentage = fraction, memory_kb = fraction } },
  on_alert = { type = "function" },
}
local usual_alerts = { memory = 0.9, ribosomes = FULL, rna_polymerase = FULL }

-- How much there is of something, and of how much; nil where one is not known, or nothing limits it.
local function level(sample, name)
  if name == "memory" then return sample.memory, sample.memory_limit end
  return sample.used and sample.used[name], sample.allocated[name]
end

local function add_alert(self, sample, name, message)
  local alert = { time = sample.time, vm_id = sample.vm_id, resource = name, message = message }
  sample.alerts[#sample.alerts + 1] = alert
  if self.monitor.on_alert then self.monitor.on_alert(alert) end
end

-- An alert is told once, and again after it was over.
local function look_for_alerts(self, sample)
  local monitor = self.monitor
  for _, name in ipairs(sorted_keys(monitor.alerts)) do
    local used, limit = level(sample, name)
    local over = used and limit and limit > 0 and used >= monitor.alerts[name]*limit or false
    if over and not monitor.over[name] then
      monitor.over[name] = true
      add_alert(self, sample, name, ("VM %q uses %.15g of %.15g %s"):format(sample.vm_id, used, limit,
        name == "memory" and "bytes of memory" or name))
    elseif used then
      monitor.over[name] = over
    end
  end
  local failed = sample.state == "error"
  if failed and not monitor.failed then
    add_alert(self, sample, "state", ("VM %q has failed: %s"):format(sample.vm_id, self.vm:get_status().reason))
  end
  monitor.failed = failed
end

-- Kept in a ring.
local function take_sample(self)
  local monitor = self.monitor
  local sample = measure(self, self.history[self.newest])
  sample.alerts = {}
  self.newest = self.newest % monitor.keep + 1
  self.history[self.newest] = sample
  if sample.state == "destroyed" then self:stop_monitoring() else look_for_alerts(self, sample) end
end

--- Look at the VM every so many seconds (30), from now on, whenever the host waits.
function methods:start_monitoring(interval, options)
  if interval == nil then interval = 30 end
  if type(interval) ~= "number" or interval ~= interval or interval <= 0 then
    error(("bad argument 'interval': seconds above 0 expected, got %s"):format(check.shown(interval)), 2)
  end
  local problems = {}
  local given = check.table(options, monitoring, "options", problems)
  check.raise(problems, 2)
  self:stop_monitoring()
  self.history, self.newest = {}, 0
  self.monitor = { keep = math.tointeger(given.keep), on_alert = given.on_alert, over = {},
    alerts = given.alerts or usual_alerts }
  take_sample(self)
  if not self.monitor then return core.fail("ESTATE", ("%s is destroyed"):format(tostring(self))) end
  local held = setmetatable({ self = self }, { __mode = "v" }) -- a manager that is lost looks no more
  self.monitor.timer = core.every(interval, function()
    if held.self then take_sample(held.self) end
  end)
  return true
end

--- Whether there was something to stop. The history stays.
function methods:stop_monitoring()
  local monitor = self.monitor
  self.monitor = nil
  if monitor and monitor.timer then monitor.timer:stop() end
  return monitor ~= nil
end

--- The samples of the monitoring, the oldest first.
function methods:get_resource_history()
  local list, count = {}, #self.history
  for i = 1, count do list[i] = self.history[(self.newest + i - 1) % count + 1] end
  return list
end

-- ---- what follows ----

-- The most that was used of each resource, by the history and now; or nil and an error.
local function peaks(self)
  local now = self:get_resource_usage()
  local most, memory = {}, now.memory or 0
  local samples = self:get_resource_history()
  samples[#samples + 1] = now
  for _, sample in ipairs(samples) do
    for name, used in pairs(sample.used or {}) do most[name] = math.max(most[name] or 0, used) end
    memory = math.max(memory, sample.memory or 0)
  end
  if next(most) == nil then return core.fail("ESTATE", ("nothing is known of what VM %q uses: %s"):format(now.vm_id,
    now.unknown or "its organism measures nothing"), now.vm_id) end
  return most, memory, now
end

-- With headroom, and in whole molecules.
local function need(name, used)
  local wanted = used*HEADROOM
  return whole[name] and math.ceil(wanted) or wanted
end

-- A cell that spends all the ATP that it is given does not say how much it needs.
local function is_telling(name, used, held)
  return used > 0 and (name ~= "atp_percentage" or used < FULL*(held > 0 and held or 100))
end

--- Hold what the cell uses, with some headroom, where the chassis has it.
function methods:optimize_resources_for_biological_type()
  local most, err = peaks(self)
  if not most then return nil, err end
  local available, wanted = self:get_available_resources(), {}
  for name, used in pairs(most) do
    local amount = need(name, used)
    local of = available[name]
    if is_telling(name, used, of.held) and amount <= of.most then wanted[name] = amount end
  end
  if next(wanted) ~= nil then
    local allocated, err = self.vm:allocate_resources(wanted)
    if not allocated then return nil, err end
  end
  return self.vm:get_status().resources
end

local function recommend(list, name, of, used, suggested, advice)
  list[#list + 1] = { resource = name, held = of, used = used, suggested = suggested,
    message = ("%s: %.15g of %.15g are used: %s"):format(name, used, of, advice) }
end

local function recommend_share(list, name, used, of)
  if of.held <= 0 or name == "atp_percentage" and of.held >= 100 then return end
  local full, idle = used >= FULL*of.held, used < IDLE*of.held
  if full and of.free <= 0 then
    return recommend(list, name, of.held, used, nil, "it may limit the cell, and the chassis has no more")
  end
  local suggested = full and math.min(of.held/IDLE, of.most) or need(name, used)
  if whole[name] then suggested = full and math.floor(suggested) or math.ceil(suggested) end
  if full and suggested > of.held then
    recommend(list, name, of.held, used, suggested, ("it may limit the cell: try %.15g"):format(suggested))
  elseif idle then
    recommend(list, name, of.held, used, suggested, ("%.15g would do"):format(suggested))
  end
end

local MIB = 1 << 20

local function recommend_memory(list, memory, limit)
  local wanted = math.max(4*MIB, (2*memory + MIB - 1)//MIB*MIB)
  if memory > 0 and (memory >= 0.8*limit or wanted < limit/4) then
    recommend(list, "memory", limit, memory, wanted, ("give the next VM of this kind %d bytes"):format(wanted))
  end
end

--- What could be held more or less of, by what was used at most, now and in the history.
function methods:get_optimization_recommendations()
  local most, memory, now = peaks(self)
  if not most then return nil, memory end
  local list, available = {}, self:get_available_resources()
  for _, name in ipairs(sorted_keys(most)) do recommend_share(list, name, most[name], available[name]) end
  recommend_memory(list, memory, now.memory_limit)
  return list
end

--- What the VM holds, uses and could have now: plain data.
function methods:create_resource_snapshot()
  local usage = self:get_resource_usage()
  return { vm_id = usage.vm_id, biological_type = self.vm:get_biological_type(), vm_type = self.vm:get_vm_type(),
    timestamp = os.time(), allocated = usage.allocated, resource_usage = usage,
    available_resources = self:get_available_resources() }
end

--- Hold exactly what a snapshot says that was held then.
function methods:restore_from_snapshot(snapshot)
  if type(snapshot) ~= "table" or type(snapshot.allocated) ~= "table" then
    error("bad argument 'snapshot': what create_resource_snapshot made expected", 2)
  end
  local problems, wanted = {}, {}
  local held = check.table(snapshot.allocated, resources.schema, "snapshot.allocated", problems)
  check.raise(problems, 2)
  for name in pairs(resources.schema) do wanted[name] = held[name] or false end
  return self.vm:allocate_resources(wanted)
end

-- ---- the class ----

local manager = {}

--- The manager of a VM's resources.
function manager.new(vm)
  local class = core.class_name(vm)
  if class ~= "BasicBiologicalVM" and class ~= "XCPngBiologicalVM" then
    error(("bad argument 'vm': a VM expected, got %s"):format(check.shown(vm)), 2)
  end
  return setmetatable({ vm = vm, history = {}, newest = 0 }, Manager)
end

return manager
