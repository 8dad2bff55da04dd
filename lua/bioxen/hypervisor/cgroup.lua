--- A control group (cgroup v2) for all workers of this process, where the host may make one: in a subtree that was
-- delegated to it, as `systemd-run --user --scope -p Delegate=yes` does. Only there is what VMs use bounded, and not
-- what they may use: see the kernel's Documentation/admin-guide/cgroup-v2.rst.

local core = require "bioxen.core"

local cgroup = {}

local ADVICE = "run under `systemd-run --user --scope -p Delegate=yes`, as a service with Delegate=yes, or name a "
  .. "folder that is delegated"

local own = core.process()

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a"
end

-- The kernel answers a write at once: true; or nil and its words.
local function write(path, text)
  local file, problem = io.open(path, "w")
  if not file then return nil, problem end
  file:setvbuf "no"
  local written, refusal = file:write(text)
  local closed, late = file:close()
  return written and closed, refusal or late
end

local function refuse(reason, ...)
  return core.fail("ESYSTEM", ("no control group can be made here: %s: %s"):format(reason:format(...), ADVICE))
end

-- ---- where ----

-- As /proc/self/mountinfo has it, by octal numbers.
local function unescape(text)
  return (text:gsub("\\(%d%d%d)", function(digits) return string.char(tonumber(digits, 8)) end))
end

-- Where the hierarchy of version 2 is mounted, and what of it.
local function mount()
  for line in (read "/proc/self/mountinfo" or ""):gmatch "[^\n]+" do
    local root, point, kind = line:match "^%S+ %S+ %S+ (%S+) (%S+) .* %- (%S+) "
    if kind == "cgroup2" then return unescape(point), unescape(root) end
  end
end

--- The folder of the group that this process is in; nil and why there is none.
function cgroup.own_folder()
  local point, root = mount()
  if not point then return refuse "cgroup v2 is not mounted" end
  local path = ("\n" .. (read "/proc/self/cgroup" or "")):match "\n0::([^\n]*)"
  if not path then return refuse "the kernel says no group of this process" end
  if root ~= "/" and path:sub(1, #root) == root then path = path:sub(#root + 1) end
  return ((point .. path):gsub("/bioxen%-host%-%d+$", ""):gsub("/+$", ""))
end

local function set_of(text)
  local set = {}
  for word in (text or ""):gmatch "%S+" do set[word] = true end
  return set
end

local NEEDED = { "memory", "cpu", "pids" }

-- The controller that a list of them in the folder lacks, or nil.
local function lacks(folder, name)
  local there = set_of(read(folder .. "/" .. name))
  for _, controller in ipairs(NEEDED) do
    if not there[controller] then return controller end
  end
end

-- ---- making one ----

local function parent_of(pid)
  local stat = read(("/proc/%d/stat"):format(pid))
  return stat and tonumber(stat:match "^%d+ %(.*%) %S (%d+)")
end

local function descends(pid, from)
  while pid and pid > 1 and pid ~= from do pid = parent_of(pid) end
  return pid == from
end

-- Children of ours, or what has started us, as a shell.
local function is_kin(pid)
  return descends(pid, own) or descends(own, pid)
end

-- A group whose members are processes gives no controllers to groups below it: if they are all ours, they move into
-- one below.
local function step_aside(folder)
  local leaf = ("%s/bioxen-host-%d"):format(folder, own)
  local members = {}
  for line in (read(folder .. "/cgroup.procs") or ""):gmatch "%d+" do members[#members + 1] = tonumber(line) end
  for _, pid in ipairs(members) do
    if not is_kin(pid) then return refuse("%s has other processes in it, too", folder) end
  end
  local made, err = core.make_folder(leaf)
  if not made then return refuse("%s", err.message) end
  for _, pid in ipairs(members) do
    local moved, words = write(leaf .. "/cgroup.procs", tostring(pid))
    if not moved and parent_of(pid) then return refuse("%s", words) end
  end
  return true
end

local function check_controllers(folder)
  local missing = lacks(folder, "cgroup.controllers")
  if missing then return refuse("%s has no controller %s", folder, missing) end
  return true
end

-- Let groups below the folder have the controllers.
local function enable(folder)
  local there, err = check_controllers(folder)
  if not there then return nil, err end
  if not lacks(folder, "cgroup.subtree_control") then return true end
  local wanted = "+" .. table.concat(NEEDED, " +")
  if write(folder .. "/cgroup.subtree_control", wanted) then return true end
  local aside, err = step_aside(folder)
  if not aside then return nil, err end
  local enabled, words = write(folder .. "/cgroup.subtree_control", wanted)
  if not enabled then return refuse("%s", words) end
  return true
end

-- What hosts that were killed have left; the kernel refuses those that have processes.
local function sweep(folder)
  for _, name in ipairs(core.list_folder(folder)) do
    local pid = tonumber(name:match "^bioxen%-h?o?s?t?%-?(%d+)$")
    if pid and not parent_of(pid) then os.remove(folder .. "/" .. name) end
  end
end

local function make(folder)
  local enabled, err = enable(folder)
  if not enabled then return nil, err end
  sweep(folder)
  local path = ("%s/bioxen-%d"):format(folder, own)
  local made, err = core.make_folder(path)
  if not made then return refuse("%s", err.message) end
  return path
end

-- ---- limits ----

local PERIOD = 100000 -- microseconds of cpu.max

local files = {
  memory = { "memory.max", function(bytes) return ("%d"):format(bytes) end },
  processors = { "cpu.max", function(count) return ("%d %d"):format(math.max(1000, count*PERIOD // 1), PERIOD) end },
  weight = { "cpu.weight", function(weight) return ("%d"):format(weight) end },
}

--- What cgroup.set takes, as check.table does.
cgroup.schema = {
  folder = { type = "string" },
  memory = { type = "number", integer = true, minimum = 1 << 20 },
  processors = { type = "number", above = 0, maximum = 100000 },
  weight = { type = "number", integer = true, minimum = 1, maximum = 10000 },
}

local present -- { path, options }

--- Put all workers that start from now on into a group of their own, with these limits; what is absent stays. True, or
-- nil and an error.
function cgroup.set(options)
  if present and options.folder and options.folder ~= present.folder then
    return core.fail("ESTATE", ("the workers are in %s already"):format(present.path))
  end
  if not present then
    local folder, err = options.folder, nil
    if not folder then folder, err = cgroup.own_folder() end
    if not folder then return nil, err end
    local path, err = make(folder)
    if not path then return nil, err end
    local entered, err = core.set_group(path)
    if not entered then
      os.remove(path)
      return nil, err
    end
    present = { path = path, folder = folder, options = {} }
    write(path .. "/memory.swap.max", "0") -- where the kernel counts swap
  end
  for name, file in pairs(files) do
    local value = options[name]
    if value then
      local set, words = write(present.path .. "/" .. file[1], file[2](value))
      if not set then return core.fail("ESYSTEM", ("cannot limit %s: %s"):format(name, words)) end
      present.options[name] = value
    end
  end
  return true
end

--- The limits of the group, and what it has used by the kernel's count; nil where there is none.
function cgroup.get()
  if not present then return nil end
  local all = { folder = present.folder }
  for name, value in pairs(present.options) do all[name] = value end
  local microseconds = (read(present.path .. "/cpu.stat") or ""):match "usage_usec (%d+)"
  return all, {
    path = present.path,
    memory = math.tointeger(tonumber(read(present.path .. "/memory.current"))),
    processor_seconds = microseconds and tonumber(microseconds)*1e-6,
    killed = math.tointeger(tonumber((read(present.path .. "/memory.events") or ""):match "oom_kill (%d+)")),
  }
end

--- The folder that a group could be made in here, for `bioxen doctor`; or nil and an error.
function cgroup.examine()
  local folder, err = cgroup.own_folder()
  if not folder then return nil, err end
  local there, err = check_controllers(folder)
  if not there then return nil, err end
  local probe = ("%s/bioxen-%d-probe"):format(folder, own)
  local made, err = core.make_folder(probe)
  if not made then return refuse("%s", err.message) end
  os.remove(probe)
  return folder
end

return cgroup
