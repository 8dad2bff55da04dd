--- A daemon that is killed at each step of random operations: no process of it is left, the next one listens at once,
-- has none of its VMs, and says which were lost. As a program, for many steps:
--
--   LUA_PATH='./?.lua;;' build/bin/bioxen spec/support/serve_faults.lua [STEPS [SEED]]

local connect = require "bioxen.connect"
local core = require "bioxen.core"
local daemon = require "spec.support.daemon"
local processes = require "spec.support.processes"

local faults = {}

local IDS = { "a", "b", "c", "d" }

-- Each begins something and does not wait for its end; the client's view of what must be there is kept in `known`.
local operations = {
  function(hypervisor, id, known)
    local vm, err = hypervisor:create_vm(id, "minimal_cell")
    if vm then known[id] = true elseif err.code ~= "EEXIST" then error(tostring(err)) end
  end,
  function(hypervisor, id)
    local vm = hypervisor:get_vm(id)
    return vm and vm:start { wait = false }
  end,
  function(hypervisor, id)
    local vm = hypervisor:get_vm(id)
    return vm and vm:submit "return cell:run { duration = 1000 }"
  end,
  function(hypervisor, id)
    local vm = hypervisor:get_vm(id)
    return vm and vm:submit "while true do end"
  end,
  function(hypervisor, id)
    local vm = hypervisor:get_vm(id)
    return vm and vm:pause { wait = false }
  end,
  function(hypervisor, id)
    local vm = hypervisor:get_vm(id)
    return vm and vm:stop { wait = false }
  end,
  function(hypervisor, id, known)
    if hypervisor:destroy_vm(id) then known[id] = nil end
  end,
}

local function check(condition, what)
  if not condition then error(what, 2) end
end

-- Those of the killed daemon are gone.
local function check_no_orphans(pids)
  check(processes.wait_until(function()
    for _, pid in ipairs(pids) do
      local state = processes.state(pid)
      if state and state ~= "Z" then return false end
    end
    return true
  end), "processes outlive the daemon")
end

local function check_lost(served, hypervisor, known)
  local lost = {}
  for _, vm in ipairs(assert(connect.ask(hypervisor, "describe", nil)).lost) do lost[vm.vm_id] = true end
  for _, id in ipairs(IDS) do
    check((known[id] or false) == (lost[id] or false), ("VM %s: known %s, said to be lost %s"):format(id, known[id],
      lost[id]))
  end
  check(#hypervisor:list_vms() == 0, "a VM is claimed that is not there")
  local said = served:words_said()
  for id in pairs(known) do check(said:find("VM " .. id .. " ", 1, true), "what was lost is not said") end
end

--- So many steps. Raises what is wrong.
function faults.run(steps, seed)
  local served, random = daemon.start(), seed
  local function draw(most)
    random = (random * 6364136223846793005 + 1442695040888963407)
    return ((random >> 33) % most) + 1
  end
  local good, err = pcall(function()
    for _ = 1, steps do
      local hypervisor, known = assert(served:connect()), {}
      for _ = 1, draw(6) do operations[draw(#operations)](hypervisor, IDS[draw(#IDS)], known) end
      local pids = processes.descendants(served.pid)
      check(served:ended "KILL", "the daemon lives on")
      check_no_orphans(pids)
      check(hypervisor:list_vms() == nil, "who was connected is not told")
      served:start_again()
      check_lost(served, assert(served:connect()), known)
    end
  end)
  served:stop()
  if not good then error(err, 0) end
end

if arg and arg[0] and arg[0]:find "serve_faults%.lua$" then
  local began = core.clock()
  faults.run(tonumber(arg[1]) or 200, tonumber(arg[2]) or 1)
  print(("%d kills: all well (%.1f s)"):format(tonumber(arg[1]) or 200, core.clock() - began))
end

return faults
