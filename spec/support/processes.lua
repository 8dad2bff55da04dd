--- What specs ask of the operating system: children, descriptors, states. Linux's /proc.

local core = require "bioxen.core"

local processes = {}

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

--- This process.
function processes.self()
  return tonumber(read("/proc/self/stat"):match("^%d+"))
end

--- How many descriptors this process has open.
function processes.descriptors()
  return #core.list_folder("/proc/self/fd")
end

--- The processes whose parent is `pid`, zombies included.
function processes.children(pid)
  local found = {}
  for _, name in ipairs(core.list_folder("/proc")) do
    local stat = name:match("^%d+$") and read("/proc/" .. name .. "/stat")
    if stat and tonumber(stat:match("^%d+ %(.*%) %S (%d+)")) == pid then
      found[#found + 1] = tonumber(name)
    end
  end
  return found
end

--- The state letter of a process, nil when it is gone: R, S, T, Z...
function processes.state(pid)
  local stat = read("/proc/" .. pid .. "/stat")
  return stat and stat:match("^%d+ %(.*%) (%S)")
end

--- All below a process: children, their children...
function processes.descendants(pid)
  local found = processes.children(pid)
  for i = 1, #found do
    for _, below in ipairs(processes.descendants(found[i])) do found[#found + 1] = below end
  end
  return found
end

--- CPU time of a process in clock ticks.
function processes.cpu(pid)
  local user, system = read("/proc/" .. pid .. "/stat"):match("^%d+ %(.*%) " ..
    ("%S+ "):rep(11) .. "(%d+) (%d+)")
  return tonumber(user) + tonumber(system)
end

--- Memory of this process, resident, in kB.
function processes.resident()
  return tonumber(read("/proc/self/status"):match("VmRSS:%s+(%d+)"))
end

--- Ask again until it holds, for a minute at the most; what it came to.
function processes.wait_until(holds)
  local give_up = core.clock() + 60
  repeat
    if holds() then return true end
  until core.clock() > give_up
  return holds() or false
end

return processes
