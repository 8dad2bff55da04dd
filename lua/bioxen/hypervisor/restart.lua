--- Restart policies: a VM that has failed is started again by itself, if its configuration says so, and not more often
-- than that says. It goes by the changes of its state, so it is done while the host waits for something.

local core = require "bioxen.core"

local restart = {}

restart.schema = {
  limit = { type = "number", integer = true, minimum = 1, maximum = 1000000, default = 3 },
  within = { type = "number", above = 0, default = 60 },
  delay = { type = "number", minimum = 0, maximum = 86400, default = 0 },
}

-- What scripts call by these names is their own word, which ends a restart that is under way.
local methods = core.vm_methods
local start, stop = methods.start, methods.stop

-- By VM: its policy, with `times` of restarts, what is `pending` ("stop" or "start"), and the `timer` of a delay.
local policies = setmetatable({}, { __mode = "k" })

local function halt(policy)
  policy.pending = nil
  if policy.timer then policy.timer:stop() end
  policy.timer = nil
end

-- Raise it: a mistake in the arguments is that of whoever called the method.
local function raise(mistake, name)
  local told, found = mistake, 0
  if type(mistake) == "string" then
    told, found = mistake:gsub("^bad argument #2 to '%?'", ("bad argument #1 to '%s'"):format(name))
  end
  error(told, found > 0 and 3 or 0)
end

for _, name in ipairs { "start", "stop", "restart", "destroy" } do
  local method = methods[name]
  methods[name] = function(vm, ...)
    local policy = policies[vm]
    if policy then halt(policy) end
    local values = table.pack(pcall(method, vm, ...))
    if values[1] then return table.unpack(values, 2, values.n) end
    raise(values[2], name)
  end
end

local attempt

local function is_down(vm)
  local state = vm:get_state()
  return state == "stopped" or state == "created"
end

-- A start that is refused at once changes no state.
local function begin_start(vm, policy)
  policy.pending = "start"
  if not start(vm, { wait = false }) or is_down(vm) then attempt(vm, policy) end
end

-- From the state that the VM is in by now.
local function begin(vm, policy)
  if vm:get_state() == "error" then
    policy.pending = "stop"
    if not stop(vm, { wait = false }) then policy.pending = nil end
  elseif is_down(vm) then
    begin_start(vm, policy)
  end
end

-- Whether one more restart is not too many; it is counted.
local function is_allowed(policy)
  local now, recent = core.clock(), {}
  for _, time in ipairs(policy.times) do
    if now - time < policy.within then recent[#recent + 1] = time end
  end
  policy.times = recent
  if #recent >= policy.limit then return false end
  recent[#recent + 1] = now
  return true
end

-- It has failed: once more, at once or after the delay.
function attempt(vm, policy)
  halt(policy)
  if not is_allowed(policy) then return end
  if policy.delay == 0 then return begin(vm, policy) end
  local held = setmetatable({ vm = vm }, { __mode = "v" })
  policy.timer = core.every(policy.delay, function()
    halt(policy)
    if held.vm then begin(held.vm, policy) end
  end)
end

local function follow(vm, policy, change)
  if change.to == "error" then
    attempt(vm, policy)
  elseif change.to == "running" then
    policy.pending = nil
  elseif change.to == "stopped" and policy.pending == "stop" then
    begin_start(vm, policy)
  elseif policy.pending == "start" and is_down(vm) then
    attempt(vm, policy)
  end
end

--- Keep to a policy, as the schema has it, for a VM of this id.
function restart.watch(hypervisor, vm, vm_id, given)
  local policy = { limit = given.limit, within = given.within, delay = given.delay, times = {} }
  policies[vm] = policy
  local held, unlisten = setmetatable({ vm = vm }, { __mode = "v" }), nil
  unlisten = hypervisor:on("state", function(change)
    if change.vm_id ~= vm_id then return end
    if change.to == "destroyed" then unlisten() elseif held.vm then follow(held.vm, policy, change) end
  end)
end

--- A VM, a copy of another, keeps to the policy of that, if it has one.
function restart.share(hypervisor, vm, copy, vm_id)
  if policies[vm] then restart.watch(hypervisor, copy, vm_id, policies[vm]) end
end

--- Whether a VM that has failed is to be started again, or is being so; nil if it has no policy.
function restart.is_due(vm)
  local policy = policies[vm]
  if not policy then return nil end
  core.step(0) -- of its failure the policy may not have been told
  return policy.pending ~= nil or policy.timer ~= nil
end

return restart
