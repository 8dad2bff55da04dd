-- BioResourceManager and vm:top: what a VM holds and uses, watched while the host waits.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local processes = require "spec.support.processes"

local hypervisor, vms

before_each(function()
  vms = {}
  hypervisor = bioxen.BioXenHypervisor {
    chassis = "orthogonal",
    capacity = { ribosomes = 100, rna_polymerase = 10, atp_percentage = 100, memory_kb = 2000 },
  }
end)

after_each(function()
  for _, vm in ipairs(vms) do vm:destroy() end
end)

local function managed(id, resources, organism)
  local vm = assert(hypervisor:create_vm(id, organism or "sharing_cell", "basic", { resources = resources }))
  vms[#vms + 1] = vm
  return bioxen.BioResourceManager(vm), vm
end

local function running(...)
  local manager, vm = managed(...)
  assert(vm:start())
  return manager, vm
end

local function live(vm, seconds)
  return assert(vm:execute_biological_process(("cell:run { duration = %g }"):format(seconds)))
end

local function refused(code, part, result, err)
  assert.is_nil(result)
  assert.equal(code, err.code)
  assert.truthy(err.message:find(part, 1, true), err.message)
end

-- Wait, as a script does for its jobs, until it holds.
local function wait_until(vm, holds)
  return processes.wait_until(function()
    vm:submit("return 1"):wait()
    return holds()
  end)
end

describe("vm:top", function()
  it("tells what the kernel and the cell count", function()
    local _, vm = running "a"
    local top = vm:top()
    assert.equal("a", top.vm_id)
    assert.equal("running", top.state)
    assert.equal(0, top.sim_time)
    assert.truthy(top.memory > 100000 and top.memory < top.memory_limit)
    assert.truthy(top.processor <= 1.01)
    live(vm, 50)
    vm:execute_biological_process "local until_then = os.clock() + 0.1 repeat until os.clock() > until_then"
    local later = vm:top()
    assert.equal(50, later.sim_time)
    assert.near(50/(later.time - top.time), later.rate, 1e-6)
    assert.truthy(later.processor_seconds >= top.processor_seconds + 0.1)
    assert.near((later.processor_seconds - top.processor_seconds)/(later.time - top.time), later.processor, 1e-9)
  end)

  it("follows the cell's time while it runs", function()
    local _, vm = running "a"
    local job = vm:submit "cell:run { duration = 1e9, method = 'ssa' }"
    assert(processes.wait_until(function()
      job:wait(0.01)
      return vm:top().sim_time > 0
    end))
    assert.is_true(vm:top().busy)
    job:cancel()
    job:wait()
  end)

  it("counts anew from each start, and knows of no worker where there is none", function()
    local _, vm = running "a"
    live(vm, 100)
    vm:top()
    assert(vm:restart())
    local top = vm:top()
    assert.truthy(top.rate == nil or top.rate >= 0)
    assert.truthy(top.processor >= 0 and top.processor <= 1.01)
    vm:stop()
    top = vm:top()
    assert.same({ "stopped" }, { top.state, top.pid, top.memory, top.processor, top.processor_seconds, top.rate })
  end)
end)

describe("BioResourceManager", function()
  it("is of a VM", function()
    local manager = managed "a"
    assert.equal("BioResourceManager", bioxen.type(manager))
    assert.equal("BioResourceManager(a)", tostring(manager))
    local ok, message = pcall(function() return (bioxen.BioResourceManager(5)) end)
    assert.is_false(ok)
    assert.truthy(message:find "resource_manager_spec.lua.*a VM expected, got 5")
  end)

  it("allocates through the ledger and into the cell", function()
    local manager, vm = running "a"
    managed("rival", { ribosomes = 60 })
    assert.is_true(manager:allocate_ribosomes(30))
    assert.is_true(manager:allocate_atp(70))
    assert.same({ ribosomes = 30, atp_percentage = 70 }, vm:get_status().resources)
    assert.equal(30, vm:get_biological_metrics().ribosomes)
    assert.same({ held = 30, free = 10, most = 40 }, manager:get_available_resources().ribosomes)
    refused("ECAPACITY", "41 ribosomes", manager:allocate_ribosomes(41))
    assert.equal(30, vm:get_status().resources.ribosomes)
    for _, call in ipairs { { "allocate_ribosomes", "many" }, { "allocate_atp", nil }, { "allocate_atp", 101 },
      { "allocate_ribosomes", -1 } } do
      local ok, message = pcall(function() return (manager[call[1]](manager, call[2])) end)
      assert.is_false(ok)
      assert.truthy(message:find "expected, got")
    end
  end)

  it("tells what is held and, by the cell's own count, what is used", function()
    local manager, vm = running("a", { ribosomes = 40 })
    assert.same({ ribosomes = 0, memory_kb = 500 }, manager:get_resource_usage().used)
    live(vm, 25)
    local usage = manager:get_resource_usage()
    assert.near(25, usage.used.ribosomes, 1e-6)
    assert.same({ ribosomes = 40 }, usage.allocated)
    assert.equal(25, usage.sim_time)
    assert.is_nil(usage.unknown)
  end)

  it("says why a cell is not asked", function()
    local manager, vm = managed("a", { ribosomes = 40 })
    assert.equal("the VM is created", manager:get_resource_usage().unknown)
    assert(vm:start())
    local job = vm:submit "while true do end"
    local usage = manager:get_resource_usage()
    assert.equal("the VM is busy", usage.unknown)
    assert.is_nil(usage.used)
    assert.same({ ribosomes = 40 }, usage.allocated)
    job:cancel()
    job:wait()
    local other = running("b", nil, "plain_cell")
    assert.equal("the organism plain_cell has no usage", other:get_resource_usage().unknown)
    refused("ESTATE", "no usage", other:optimize_resources_for_biological_type())
    refused("ESTATE", "no usage", other:get_optimization_recommendations())
  end)

  it("optimises: holds what was used at most, with headroom, as far as the chassis has it", function()
    local manager, vm = running("a", { ribosomes = 90 })
    live(vm, 25)
    assert.same({ ribosomes = 28, memory_kb = 550 }, manager:optimize_resources_for_biological_type())
    assert.same({ ribosomes = 28, memory_kb = 550 }, vm:get_status().resources)
    managed("rival", { ribosomes = 72 })
    live(vm, 25)
    assert.near(28, manager:get_resource_usage().used.ribosomes, 1e-6) -- it is bound
    assert.same({ ribosomes = 28, memory_kb = 550 }, manager:optimize_resources_for_biological_type())
  end)

  it("does not slow an organism down that it optimises, nor takes ATP from others", function()
    hypervisor = bioxen.BioXenHypervisor {}
    local manager, vm = running("a", nil, "minimal_cell")
    local grow = [[cell:run { duration = 80*3600 } return cell:get "growth_rate"]]
    local before = assert(vm:execute_biological_process(grow)).result
    local held = assert(manager:optimize_resources_for_biological_type())
    assert.truthy(held.ribosomes > 1000 and held.rna_polymerase > 100 and not held.atp_percentage)
    assert.near(before, assert(vm:execute_biological_process(grow)).result, 1e-6*before)
    assert(manager:allocate_atp(50))
    assert(vm:execute_biological_process(grow))
    assert.truthy(manager:get_resource_usage().used.atp_percentage <= 50.1)
    local message
    for _, item in ipairs(assert(manager:get_optimization_recommendations())) do
      if item.resource == "atp_percentage" then message = item.message end
    end
    assert.truthy(message:find("may limit the cell: try 71", 1, true), message)
  end)

  it("recommends by what was used", function()
    local manager, vm = running("a", { ribosomes = 90 })
    live(vm, 25)
    local function of(name)
      for _, item in ipairs(assert(manager:get_optimization_recommendations())) do
        if item.resource == name then return item end
      end
    end
    assert.equal(28, of "ribosomes".suggested)
    assert.truthy(of "ribosomes".message:find "of 90 are used: 28 would do")
    assert.truthy(of "memory".suggested >= 4 << 20)
    assert(manager:allocate_ribosomes(25))
    assert.equal(35, of "ribosomes".suggested)
    assert.truthy(of "ribosomes".message:find("may limit", 1, true))
    managed("rival", { ribosomes = 75 })
    assert.is_nil(of "ribosomes".suggested)
    assert.truthy(of "ribosomes".message:find("the chassis has no more", 1, true))
    assert.is_nil(of "memory_kb") -- nothing is held
  end)

  it("puts back what a snapshot says, and no more or less", function()
    local manager, vm = running("a", { ribosomes = 40 })
    local snapshot = manager:create_resource_snapshot()
    assert.same({ "a", "sharing_cell", "basic" }, { snapshot.vm_id, snapshot.biological_type, snapshot.vm_type })
    assert.equal(100, snapshot.available_resources.ribosomes.most)
    assert(manager:allocate_ribosomes(10))
    assert(manager:allocate_atp(50))
    assert.is_true(manager:restore_from_snapshot(snapshot))
    assert.same({ ribosomes = 40 }, vm:get_status().resources)
    assert.equal(40, vm:get_biological_metrics().ribosomes)
    assert(manager:allocate_ribosomes(10))
    managed("rival", { ribosomes = 80 })
    refused("ECAPACITY", "40 ribosomes", manager:restore_from_snapshot(snapshot))
    assert.same({ ribosomes = 10 }, vm:get_status().resources)
    for _, bad in ipairs { 5, {}, { allocated = { ribosomes = "x" } }, { allocated = { brains = 1 } } } do
      assert.is_false(pcall(manager.restore_from_snapshot, manager, bad))
    end
    -- It is data that a file can hold.
    local json = require "bioxen.json"
    assert.is_true(pcall(json.encode, snapshot))
  end)
end)

describe("monitoring", function()
  it("samples while the host waits, into a history that has a bound", function()
    local manager, vm = running("a", { ribosomes = 40 })
    assert.is_true(manager:start_monitoring(0.001, { keep = 3 }))
    assert.equal(1, #manager:get_resource_history())
    live(vm, 25)
    local first = manager:get_resource_history()[1].time
    local history
    assert(wait_until(vm, function()
      history = manager:get_resource_history()
      return history[1].time > first and history[3].used
    end))
    assert.equal(3, #history)
    assert.truthy(history[1].time < history[2].time and history[2].time < history[3].time)
    assert.near(25, history[3].used.ribosomes, 1e-6)
    assert.same({ ribosomes = 40 }, history[3].allocated)
    assert.is_true(manager:stop_monitoring())
    assert.is_false(manager:stop_monitoring())
    local newest = manager:get_resource_history()[3].time
    local wait = core.clock() + 0.02
    wait_until(vm, function() return core.clock() > wait end)
    assert.equal(newest, manager:get_resource_history()[3].time)
  end)

  it("goes on while a call runs, which it leaves alone", function()
    local manager, vm = running "a"
    assert(manager:start_monitoring(0.001))
    local job = vm:submit "while true do end"
    assert(processes.wait_until(function()
      job:wait(0.005)
      local history = manager:get_resource_history()
      return #history > 5 and history[#history].unknown == "the VM is busy"
    end))
    job:cancel()
    assert.equal("ECANCELLED", select(2, job:wait()).code)
  end)

  it("tells once that a share is used up, that memory is, and that the VM has failed", function()
    local manager, vm = running("a", { ribosomes = 20 })
    local told = {}
    -- Of a history that is full one cannot count what is new.
    assert(manager:start_monitoring(0.001, { keep = 100000, on_alert = function(alert) told[#told + 1] = alert end }))
    live(vm, 30)
    assert(wait_until(vm, function() return #told > 0 end))
    assert.equal("ribosomes", told[1].resource)
    assert.truthy(told[1].message:find('VM "a" uses 20 of 20 ribosomes', 1, true), told[1].message)
    local count = #manager:get_resource_history()
    assert(wait_until(vm, function() return #manager:get_resource_history() > count + 3 end))
    assert.equal(1, #told)
    assert(manager:allocate_ribosomes(60)) -- over: 30 of 60
    assert(wait_until(vm, function() -- seen: of a busy VM it is not known
      local history = manager:get_resource_history()
      local newest = history[#history]
      return newest.used and newest.allocated.ribosomes == 60
    end))
    assert(manager:allocate_ribosomes(20))
    assert(wait_until(vm, function() return #told > 1 end))
    os.execute("kill -9 " .. vm:get_status().pid)
    local _, other = running "b"
    assert(wait_until(other, function() return #told > 2 end))
    assert.equal("state", told[3].resource)
    assert.truthy(told[3].message:find 'VM "a" has failed')
    local in_history = 0
    for _, sample in ipairs(manager:get_resource_history()) do in_history = in_history + #sample.alerts end
    assert.equal(3, in_history)
  end)

  it("tells of memory by the kernel's count", function()
    local manager, vm = running "a"
    local told = {}
    assert(manager:start_monitoring(0.001, { alerts = { memory = 0.1 }, on_alert = function(alert)
      told[#told + 1] = alert
    end }))
    assert.same({}, told)
    assert(vm:execute_biological_process "kept = ('x'):rep(40 << 20)")
    assert(wait_until(vm, function() return #told > 0 end))
    assert.equal("memory", told[1].resource)
  end)

  it("hands on the error of a script's own function, and goes on", function()
    local manager, vm = running("a", { ribosomes = 20 })
    live(vm, 30)
    assert.has_error(function()
      manager:start_monitoring(0.001, { on_alert = function() error("mine", 0) end })
    end, "mine")
    assert.is_true(wait_until(vm, function() return true end))
  end)

  it("ends with the VM, and with the manager", function()
    local manager, vm = running "a"
    assert(manager:start_monitoring(0.001))
    vm:destroy()
    local other = select(2, running "b")
    assert(wait_until(other, function()
      local history = manager:get_resource_history()
      return history[#history].state == "destroyed"
    end))
    assert.is_false(manager:stop_monitoring())
    assert.is_nil((manager:start_monitoring(0.001)))
    local lost = setmetatable({ bioxen.BioResourceManager(other) }, { __mode = "v" })
    assert(lost[1]:start_monitoring(0.001))
    collectgarbage()
    collectgarbage()
    assert.is_nil(lost[1])
    assert.is_true(wait_until(other, function() return true end))
  end)

  it("checks what it is told", function()
    local manager = running "a"
    for _, wrong in ipairs { { 0 }, { "x" }, { 1, { keep = 0 } }, { 1, { alerts = { luck = 1 } } }, { 1, { more = 1 } },
      { 1, { alerts = { memory = 2 } } } } do
      assert.is_false(pcall(manager.start_monitoring, manager, wrong[1], wrong[2]))
    end
    assert.same({}, manager:get_resource_history())
  end)
end)
