-- BioXenHypervisor: the registry, and the ledger of a chassis.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local processes = require "spec.support.processes"

describe("a hypervisor", function()
  local hypervisor

  before_each(function()
    hypervisor = bioxen.BioXenHypervisor {
      chassis = "orthogonal",
      capacity = { ribosomes = 100, rna_polymerase = 10, atp_percentage = 100, memory_kb = 1000 },
    }
  end)

  local function make(id, resources)
    return hypervisor:create_vm(id, "plain_cell", "basic", { resources = resources })
  end

  local function free(resource)
    return hypervisor:get_system_resources()[resource].free
  end

  it("keeps its VMs and works with their ids", function()
    assert(make("a"))
    assert(make("b"))
    collectgarbage()
    collectgarbage()
    assert.is_true(hypervisor:start_vm("a"))
    assert.equal("running", hypervisor:get_vm_status("a").state)
    assert.is_true(hypervisor:pause_vm("a"))
    assert.is_true(hypervisor:resume_vm("a"))
    assert.equal("created", hypervisor:get_vm("b"):get_state())
    local ids = {}
    for i, status in ipairs(hypervisor:list_vms()) do ids[i] = status.vm_id end
    assert.same({ "a", "b" }, ids)
    assert.is_true(hypervisor:destroy_vm("a"))
    local vm, err = hypervisor:get_vm("a")
    assert.is_nil(vm)
    assert.equal("ENOTFOUND", err.code)
    assert.equal("ENOTFOUND", select(2, hypervisor:start_vm("nobody")).code)
  end)

  it("refuses what the chassis has not left, with the numbers", function()
    assert(make("a", { ribosomes = 60 }))
    local vm, err = make("b", { ribosomes = 50 })
    assert.is_nil(vm)
    assert.equal("ECAPACITY", err.code)
    for _, part in ipairs { '"b"', "50 ribosomes", "has 100", "60 are allocated", "40 are free" } do
      assert.truthy(err.message:find(part, 1, true), err.message)
    end
    assert(make("b", { ribosomes = 40, atp_percentage = 100 }))
    assert.equal(0, free "ribosomes")
    assert.equal("ECAPACITY", select(2, make("c", { atp_percentage = 0.1 })).code)
    assert(make("c"))
  end)

  it("gets shares back exactly, however a VM ends", function()
    local share = { ribosomes = 100, atp_percentage = 33.3, memory_kb = 999.9 }
    local function check(how)
      for resource in pairs(share) do
        assert.equal(hypervisor:get_chassis_info().capacity[resource], free(resource), how)
      end
    end
    assert(make("destroyed", share)):destroy()
    check "destroyed"
    local vm = assert(make("stopped", share))
    assert(vm:start())
    assert.equal(0, free "ribosomes")
    assert(vm:stop())
    check "stopped"
    local rival = assert(make("rival", { ribosomes = 1 }))
    assert.equal("ECAPACITY", select(2, vm:start()).code)
    assert.equal("stopped", vm:get_state())
    rival:destroy()
    assert(vm:start())
    assert.equal(0, free "ribosomes")
    os.execute("kill -9 " .. vm:get_status().pid)
    assert.is_true(processes.wait_until(function() return vm:get_state() == "error" end))
    check "killed"
    assert(vm:restart())
    assert.equal(0, free "ribosomes")
    vm:destroy()
    check "restarted and destroyed"
  end)

  it("holds a share while a first start fails", function()
    local core = require "bioxen.core"
    local worker = core.worker
    local vm <close> = assert(make("failing", { ribosomes = 70 }))
    core.set_worker("/nonexistent")
    assert.is_nil(vm:start())
    core.set_worker(worker)
    assert.equal(30, free "ribosomes")
    assert(vm:start())
    assert.equal(30, free "ribosomes")
  end)

  it("waits no longer for an end than it is asked to, which comes all the same", function()
    local function parent(pid)
      local file <close> = assert(io.open(("/proc/%d/stat"):format(pid)))
      return tonumber(file:read "a":match "^%d+ %(.*%) %S (%d+)")
    end
    for _, how in ipairs { "stop", "restart", "destroy" } do
      local vm = assert(make(how))
      assert(vm:start())
      local zygote = parent(vm:get_status().pid) -- which tells of its worker's end
      assert(os.execute("kill -STOP " .. zygote))
      local done, err = vm[how](vm, { timeout = 0.02 })
      assert.equal("stopping", vm:get_state())
      assert(os.execute("kill -CONT " .. zygote))
      assert.is_nil(done)
      assert.equal("ETIMEOUT", err.code)
      assert.is_true(vm:wait_for("stopped", 60))
      assert.is_true(hypervisor:destroy_vm(how, { timeout = 60 }))
    end
  end)

  it("tells who listens of every change of a state, in order, once", function()
    local seen, failed = {}, {}
    local forget = hypervisor:on("state", function(change)
      seen[#seen + 1] = ("%s %s>%s"):format(change.vm_id, change.from, change.to)
    end)
    hypervisor:on("error", function(change) failed[#failed + 1] = change end)
    local vm = assert(make "told")
    assert(vm:start())
    assert(vm:pause())
    assert(vm:resume())
    assert(vm:stop())
    assert(vm:restart())
    os.execute("kill -9 " .. vm:get_status().pid)
    assert.is_true(vm:wait_for("error", 60))
    assert(vm:destroy())
    assert.same({ "told created>starting", "told starting>running", "told running>paused", "told paused>running",
      "told running>stopping", "told stopping>stopped", "told stopped>starting", "told starting>running",
      "told running>error", "told error>stopped", "told stopped>destroyed" }, seen)
    assert.equal(1, #failed)
    assert.same({ vm_id = "told", from = "running", to = "error", reason = failed[1].reason }, failed[1])
    assert.truthy(failed[1].reason:find("signal 9, SIGKILL", 1, true), failed[1].reason)
    forget()
    assert(make "untold"):destroy()
    assert.equal(11, #seen)
  end)

  it("lets who listens act on VMs, come and go, and fail", function()
    local forget
    forget = hypervisor:on("error", function(change)
      forget()
      assert(hypervisor:get_vm(change.vm_id):restart())
    end)
    local vm = assert(make "restarted")
    assert(vm:start())
    os.execute("kill -9 " .. vm:get_status().pid)
    assert.is_true(vm:wait_for("stopped", 0.2) == nil and vm:wait_for("running", 60))
    assert.equal("running", vm:get_state())
    hypervisor:on("paused", function() error("on purpose", 0) end)
    assert.error_matches(function() vm:pause() end, "^on purpose$")
    assert.equal("paused", vm:get_state())
    assert.error_matches(function() hypervisor:on("happy", print) end, "'event': state, created, .*, got \"happy\"")
    assert.error_matches(function() hypervisor:on "state" end, "'f': a function expected, got nil")
  end)

  it("is not kept alive by who listens to it", function()
    local gone = setmetatable({}, { __mode = "k" })
    do
      local short = bioxen.BioXenHypervisor()
      gone[short] = true
      short:on("state", function() return short end)
      assert(short:create_vm("short", "plain_cell"))
    end
    for _ = 1, 3 do collectgarbage() end
    assert.is_nil(next(gone))
  end)

  it("takes its VMs with it", function()
    local pid
    do
      local short <close> = bioxen.BioXenHypervisor()
      local vm = assert(short:create_vm("gone", "plain_cell"))
      assert(vm:start())
      pid = vm:get_status().pid
    end
    assert.is_nil(processes.state(pid))
  end)

  it("has the published capacity of its chassis, with the source", function()
    local info = bioxen.BioXenHypervisor():get_chassis_info()
    assert.equal("ecoli", info.name)
    assert.equal(72000, info.capacity.ribosomes)
    assert.equal(11400, info.capacity.rna_polymerase)
    assert.truthy(info.source:find("Bremer & Dennis", 1, true))
    assert.equal(200000, bioxen.BioXenHypervisor { chassis = "yeast" }
      :get_chassis_info().capacity.ribosomes)
  end)

  it("refuses a chassis that there is not, or that states no capacity", function()
    assert.error_matches(function() bioxen.BioXenHypervisor { chassis = "human" } end,
      'ecoli, yeast or orthogonal expected, got "human"')
    assert.error_matches(function() bioxen.BioXenHypervisor { chassis = "orthogonal" } end,
      "options.capacity.ribosomes: missing")
    assert.error_matches(function() bioxen.BioXenHypervisor { capacity = { ribosomes = -1 } } end,
      "at least 0 expected, got %-1")
    assert.error_matches(function() bioxen.BioXenHypervisor { chasis = "ecoli" } end,
      'unknown key "chasis"')
  end)
end)
