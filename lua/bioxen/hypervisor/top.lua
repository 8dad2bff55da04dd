--- vm:top(): what a VM costs and how its cell gets on, by the kernel's counters and the cell's own.

local core = require "bioxen.core"

local top = {}

local begun = setmetatable({}, { __mode = "k" }) -- by VM: of which start, and at which time of the cell

--- The present worker of a VM has begun with a cell that had lived: a copy, or a saved one.
function top.begin(vm)
  local status = vm:get_status()
  begun[vm] = { starts = status.starts, sim_time = status.sim_time }
end

--- The counters of a VM now.
function top.counters(vm)
  local status, began = vm:get_status(), begun[vm]
  return { time = core.clock(), vm_id = status.vm_id, state = status.state, busy = status.busy, calls = status.calls,
    starts = status.starts, pid = status.pid, uptime_seconds = status.uptime_seconds,
    processor_seconds = status.processor_seconds, memory = status.pid and core.resident(status.pid),
    memory_limit = status.memory_limit, sim_time = status.sim_time, resources = status.resources,
    sim_time_before = began and began.starts == status.starts and began.sim_time or nil }
end

-- By how much a counter that only grows has grown a second.
local function rate(now, before, seconds)
  if not now or seconds <= 0 then return nil end
  local grown = now - (before or 0)
  return grown >= 0 and grown/seconds or nil
end

--- Add the rates since `before`, counters of the same worker, or else since its start.
function top.with_rates(now, before)
  local same = before and before.starts == now.starts
  local since = same and before or { sim_time = now.sim_time_before }
  local seconds = not now.uptime_seconds and 0 or same and now.time - before.time or now.uptime_seconds
  now.processor = rate(now.processor_seconds, since.processor_seconds, seconds)
  now.rate = rate(now.sim_time, since.sim_time, seconds)
  now.sim_time_before = nil
  return now
end

local last = setmetatable({}, { __mode = "k" }) -- counters by VM

function top.top(vm)
  local now = top.counters(vm)
  top.with_rates(now, last[vm])
  last[vm] = now
  local shown = {}
  for key, value in pairs(now) do shown[key] = value end
  return shown
end

return top
