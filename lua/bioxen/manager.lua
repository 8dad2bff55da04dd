--- VMManager: the VMs of a hypervisor by their ids, each with an interactive session where one is wanted. The names
-- are those of the Python library pylua_bioxen_vm_lib.

local check = require "bioxen.check"
local core = require "bioxen.core"
local hypervisor = require "bioxen.hypervisor"
local sessions = require "bioxen.vm.session"

local manager = {}

local Manager = { __name = "bioxen.VMManager" }
Manager.__index = Manager

--- See types.lua.
function manager.new(options)
  local problems = {}
  local given = check.table(options, {
    hypervisor = { types = { table = true, userdata = true } },
    session = { type = "table" },
  }, "options", problems)
  check.raise(problems, 2)
  return setmetatable({ hypervisor = given.hypervisor or hypervisor.default(), options = given.session, attached = {} },
    Manager)
end

-- ---- VMs ----

-- Make it and start it, without waiting. A VM and the job; or nil and an error. Mistakes are those of the function
-- `level` frames above this one.
local function begin(self, level, vm_id, biological_type, vm_type, config)
  local vm, err = check.relay(level + 1, self.hypervisor.create_vm, self.hypervisor, vm_id, biological_type, vm_type,
    config)
  if not vm then return nil, err end
  local job, problem = vm:start { wait = false }
  if job then return vm, job end
  vm:destroy()
  return nil, problem
end

-- All of them run: true; or nil and the first error, and none is left.
local function settle(vms, jobs)
  local failure
  for _, job in ipairs(jobs) do
    local started, err = job:wait()
    if not started then failure = failure or err end
  end
  if not failure then return true end
  for _, vm in ipairs(vms) do vm:destroy() end
  return nil, failure
end

-- A VM that runs; or nil and an error. Mistakes are those of the caller's caller.
local function make(self, ...)
  local vm, job = begin(self, 3, ...)
  if not vm then return nil, job end
  local running, err = settle({ vm }, { job })
  return running and vm, err
end

function Manager:create_vm(vm_id, biological_type, vm_type, config)
  local vm, err = make(self, vm_id, biological_type, vm_type, config)
  return vm, err
end

function Manager:get_vm(vm_id)
  return self.hypervisor:get_vm(vm_id)
end

function Manager:list_vms()
  local ids = {}
  for i, status in ipairs(self.hypervisor:list_vms()) do ids[i] = status.vm_id end
  return ids
end

function Manager:remove_vm(vm_id)
  local entry = self:entry(vm_id)
  if entry then entry.session:close() end
  self.attached[vm_id] = nil
  return self.hypervisor:destroy_vm(vm_id)
end

function Manager:get_vm_info(vm_id)
  local info, err = self.hypervisor:get_vm_status(vm_id)
  if not info then return nil, err end
  local entry = self:entry(vm_id)
  info.session = entry and self:describe(entry)
  return info
end

function Manager:execute_vm_async(vm_id, code, options)
  local vm, err = self:get_vm(vm_id)
  if not vm then return nil, err end
  return check.relay(1, vm.submit, vm, code, options) -- a tail call: the method's own frame is gone
end

function Manager:execute_vm_sync(vm_id, code, options)
  local vm, err = self:get_vm(vm_id)
  if not vm then return nil, err end
  return check.relay(1, vm.execute_biological_process, vm, code, options)
end

-- ---- sessions ----

-- The session with a VM, as { session, reader or nil }; nil where there is none, or its VM is gone.
function Manager:entry(vm_id)
  local entry = self.attached[vm_id]
  if entry and entry.session.vm:get_state() == "destroyed" then
    self.attached[vm_id], entry = nil, nil
  end
  return entry
end

-- The same; nil and an error where there is none.
function Manager:need(vm_id)
  local entry = self:entry(vm_id)
  if entry then return entry end
  return core.fail("ENOTFOUND", ("VM %q has no session: attach_to_vm makes one"):format(tostring(vm_id)), vm_id)
end

function Manager:describe(entry)
  local status = entry.session:get_status()
  status.attached = entry.reader ~= nil
  status.running = entry.session.vm:get_state() == "running"
  return status
end

local function attach(self, vm)
  local vm_id = vm:get_status().vm_id
  local entry = self:entry(vm_id) or { session = sessions.open(vm, self.options) }
  self.attached[vm_id] = entry
  entry.reader = entry.reader or entry.session:attach()
  return entry.session
end

function Manager:create_interactive_vm(vm_id, biological_type, vm_type, config)
  local vm, err = make(self, vm_id, biological_type, vm_type, config)
  if not vm then return nil, err end
  return attach(self, vm)
end

function Manager:attach_to_vm(vm_id)
  local vm, err = self:get_vm(vm_id)
  if not vm then return nil, err end
  return attach(self, vm)
end

function Manager:detach_from_vm(vm_id)
  local entry, err = self:need(vm_id)
  if not entry then return nil, err end
  if not entry.reader then
    return core.fail("ESTATE", ("the session with VM %q is not attached"):format(vm_id), vm_id)
  end
  entry.reader:detach()
  entry.reader = nil
  return true
end

function Manager:send_input(vm_id, text)
  local entry, err = self:need(vm_id)
  if not entry then return nil, err end
  return check.relay(1, entry.session.send_input, entry.session, text)
end

function Manager:read_output(vm_id, timeout)
  local entry, err = self:need(vm_id)
  if not entry then return nil, err end
  if not entry.reader then
    return core.fail("ESTATE", ("the session with VM %q is not attached: attach_to_vm first"):format(vm_id), vm_id)
  end
  return entry.reader:read(timeout)
end

function Manager:list_sessions()
  local all = {}
  for _, vm_id in ipairs(self:list_vms()) do
    local entry = self:entry(vm_id)
    all[vm_id] = entry and self:describe(entry)
  end
  return all
end

function Manager:terminate_vm_session(vm_id)
  local entry, err = self:need(vm_id)
  if not entry then return nil, err end
  entry.session:close()
  self.attached[vm_id] = nil
  local state = entry.session.vm:get_state()
  if state == "created" or state == "stopped" then return true end
  return entry.session.vm:stop()
end

function Manager:clone_vm_session(source_vm_id, target_vm_id)
  local vm, err = check.relay(2, self.hypervisor.clone_vm, self.hypervisor, source_vm_id, target_vm_id)
  if not vm then return nil, err end
  if vm:get_state() == "created" then
    local started, err = vm:start()
    if not started then
      vm:destroy()
      return nil, err
    end
  end
  return attach(self, vm)
end

-- ---- many at once ----

function Manager:bulk_create_interactive_cluster(cluster_id, vm_count, biological_type, vm_type, config)
  if math.type(vm_count) ~= "integer" or vm_count < 1 then
    error(("bad argument 'vm_count': an integer, at least 1, expected, got %s"):format(check.shown(vm_count)), 2)
  end
  local vms, jobs, failure = {}, {}, nil
  for i = 1, vm_count do
    local vm, job = begin(self, 2, ("%s_%03d"):format(cluster_id, i - 1), biological_type, vm_type, config)
    if not vm then
      failure = job
      break
    end
    vms[i], jobs[i] = vm, job
  end
  if failure then
    for _, vm in ipairs(vms) do vm:destroy() end
    return nil, failure
  end
  local started, err = settle(vms, jobs)
  if not started then return nil, err end
  local all = {}
  for _, vm in ipairs(vms) do all[vm:get_status().vm_id] = attach(self, vm) end
  return all
end

-- A pattern of the shell's, with *, ? and [...], as one of Lua's.
local function as_pattern(glob)
  local parts, i = {}, 1
  while i <= #glob do
    local no, set, after = glob:match("^%[(!?)([^%]]+)%]()", i)
    local c = glob:sub(i, i)
    parts[#parts + 1] = set and "[" .. (no == "!" and "^" or "") .. set:gsub("[%%^]", "%%%0") .. "]"
      or c == "*" and ".*" or c == "?" and "." or c:gsub("%W", "%%%0")
    i = after or i + 1
  end
  return "^" .. table.concat(parts) .. "$"
end

-- Until all sessions have evaluated what was sent, or the deadline. None waits for another.
local function advance_all(readers, deadline)
  local busy, left
  repeat
    busy, left = false, deadline - core.clock()
    for _, reader in pairs(readers) do
      if not reader.session:advance() then busy = true end
    end
    if busy and left > 0 then core.step(left) end
  until not busy or left <= 0
end

function Manager:broadcast_to_interactive_sessions(vm_pattern, text, timeout)
  local pattern, readers, results = as_pattern(vm_pattern), {}, {}
  local deadline = core.clock() + (timeout or math.huge)
  for _, vm_id in ipairs(self:list_vms()) do
    local entry = vm_id:find(pattern) and self:entry(vm_id)
    if entry then
      local reader = entry.session:attach()
      local sent, err = check.relay(2, entry.session.send_input, entry.session, text)
      readers[vm_id], results[vm_id] = reader, not sent and err or nil
    end
  end
  if not next(readers) then
    return core.fail("ENOTFOUND", ("no VM with a session has an id like %q"):format(vm_pattern))
  end
  advance_all(readers, deadline)
  for vm_id, reader in pairs(readers) do
    local output = reader:read(0)
    if not results[vm_id] and not reader.session:is_busy() then
      results[vm_id] = output
    elseif not results[vm_id] then
      results[vm_id] = select(2, core.fail("ETIMEOUT", "not done yet; the work goes on", vm_id))
    end
    reader:detach()
  end
  return results
end

return manager
