--- The type of VM that a spec runs for: "basic", or "xcpng" on the emulator once `use_xcpng` was called. A
-- spec that takes its VMs from here holds for both.

local bioxen = require "bioxen"
local core = require "bioxen.core"
local processes = require "spec.support.processes"

local kind = {
  name = "basic",
  class = "BasicBiologicalVM",
  some = 50,  -- VMs at once, where a test wants several
  many = 200, -- and where it wants as many as is fair
}

local pool, journal

function kind.create(id, organism, config)
  local all = {}
  for key, value in pairs(config or {}) do all[key] = value end
  if pool then all.xcpng_config = all.xcpng_config or pool:config { journal = journal } end
  return bioxen.create_bio_vm(id, organism, kind.name, pool and all or config)
end

local function read_line(path, pattern)
  local file = io.open(path)
  local found = file and file:read("a"):match(pattern)
  if file then file:close() end
  return found
end

--- The worker's process, which for both types is one of this machine: the one that is jailed.
function kind.worker_pid(vm)
  local status = vm:get_status()
  if status.pid then return status.pid end
  for _, guest in ipairs(pool:guests()) do
    for _, pid in ipairs(guest.uuid == status.uuid and guest.pids or {}) do
      if read_line(("/proc/%d/status"):format(pid), "Seccomp:%s*(%d)") == "2" and
        read_line(("/proc/%d/cmdline"):format(pid), "%-%-stdio") then
        return pid
      end
    end
  end
end

--- The processes of this host that exist for its VMs, but zygotes, which stay.
function kind.vm_processes()
  local found = 0
  for _, child in ipairs(processes.children(processes.self())) do
    local name = read_line(("/proc/%d/comm"):format(child), "[^\n]*") or ""
    if name == "bioxen-courier" then found = found + 1 end
    if name == "bioxen-worker" then found = found + #processes.children(child) end
  end
  return found
end

--- Why VMs of type xcpng cannot be tried here; nil where they can.
function kind.xcpng_missing()
  return require("spec.support.xapi").missing()
end

-- The template's own worker: nothing has to be installed.
local function provide_worker(home)
  local folder = home .. "/.cache/bioxen"
  assert(os.execute(("mkdir -p %s && strip -o %s/worker-%s %s"):format(folder, folder, core.version,
    core.worker)))
end

function kind.use_xcpng()
  local xapi = require "spec.support.xapi"
  pool = xapi.start { https = true }
  provide_worker(pool.template_home)
  journal = pool.state .. "/journal"
  kind.name, kind.class = "xcpng", "XCPngBiologicalVM"
  kind.some, kind.many = 5, 10
  return pool
end

function kind.leave_xcpng()
  local onlooker <close> = assert(bioxen.create_bio_vm("onlooker", "minimal_cell"))
  collectgarbage()
  collectgarbage()
  processes.wait_until(function()
    onlooker:get_state() -- has this host hear what happens
    return kind.vm_processes() == 0
  end)
  pool:stop()
  pool, journal = nil, nil
  kind.name, kind.class, kind.some, kind.many = "basic", "BasicBiologicalVM", 50, 200
end

return kind
