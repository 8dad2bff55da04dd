-- Restart policies: a VM that has failed comes back by itself, if it was told to, and not for ever.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"

local hypervisor, vm, changes, unlisten

local function make(policy, config)
  config = config or {}
  config.restart = policy
  vm = assert(hypervisor:create_vm("phoenix", "plain_cell", "basic", config))
  unlisten = hypervisor:on("state", function(change) changes[#changes + 1] = change.to end)
  return vm
end

before_each(function()
  hypervisor, changes = bioxen.BioXenHypervisor {}, {}
end)
after_each(function()
  if unlisten then unlisten() end
  unlisten = nil
  vm:destroy()
  bioxen.limits { vms = 0 }
end)

local function kill()
  assert(os.execute("kill -9 " .. vm:get_status().pid))
end

-- Turn the loop until it holds.
local function until_it(holds)
  local give_up = core.clock() + 60
  while not holds() and core.clock() < give_up do bioxen.step(0.05) end
  return holds() or false
end

local function starts(count)
  return until_it(function() return vm:get_status().starts == count and vm:get_state() == "running" end)
end

-- Nothing more happens.
local function stays(state)
  local until_then = core.clock() + 0.1
  while core.clock() < until_then do bioxen.step(0.02) end
  return vm:get_state() == state
end

describe("a VM", function()
  it("that was told nothing stays where it failed", function()
    make(nil)
    assert(vm:start())
    kill()
    assert(until_it(function() return vm:get_state() == "error" end))
    assert.is_true(stays "error")
    assert.equal(1, vm:get_status().starts)
  end)

  it("that has failed is started anew, as it was made", function()
    make({}, { resources = { ribosomes = 7 } })
    assert(vm:start())
    assert(vm:execute_biological_process "kept = 5 cell:run { duration = 10 }")
    kill()
    assert(starts(2))
    local r = assert(vm:execute_biological_process "return { kept, cell:time() }").result
    assert.same({ nil, 0.0 }, r)
    assert.same({ ribosomes = 7 }, vm:get_status().resources)
    assert.equal(7, hypervisor:get_system_resources().ribosomes.allocated)
  end)

  it("is restarted after a deadline that cost it its worker, too", function()
    make {}
    assert(vm:start())
    local _, err = vm:execute_biological_process(
      "setmetatable({}, { __gc = function() while true do end end }) collectgarbage()", { timeout = 0.05 })
    assert.equal("EDEADLINE", err.code)
    assert(starts(2))
    assert.equal(1, vm:execute_biological_process "return 1".result)
  end)

  it("is not restarted for an error of its code, nor once it was stopped", function()
    make {}
    assert(vm:start())
    assert.equal("ESCRIPT", select(2, vm:execute_biological_process "error 'mine'").code)
    assert.is_true(stays "running")
    assert(vm:stop())
    assert.is_true(stays "stopped")
    assert.equal(1, vm:get_status().starts)
  end)

  it("stays where it failed once that was too often", function()
    make { limit = 2 }
    assert(vm:start())
    for count = 2, 3 do
      kill()
      assert(starts(count))
    end
    kill()
    assert(until_it(function() return vm:get_state() == "error" end))
    assert.is_true(stays "error")
    assert.equal(3, vm:get_status().starts)
  end)

  it("is restarted again once earlier times are past", function()
    make { limit = 1, within = 0.02 }
    assert(vm:start())
    for count = 2, 4 do
      kill()
      assert(starts(count))
      assert.is_true(stays "running")
    end
  end)

  it("waits for its delay, unless somebody acts before", function()
    make { delay = 0.2 }
    assert(vm:start())
    local killed = core.clock()
    kill()
    assert(starts(2))
    assert.truthy(core.clock() - killed >= 0.2)
    local forget = hypervisor:on("state", function(change)
      if change.to == "error" then assert(vm:stop { wait = false }) end -- before its time can have come
    end)
    kill()
    assert(until_it(function() return vm:get_state() == "stopped" end))
    local until_then = core.clock() + 0.3
    while core.clock() < until_then do bioxen.step(0.05) end
    forget()
    assert.equal("stopped", vm:get_state())
    assert.equal(2, vm:get_status().starts)
  end)

  it("whose start is refused tries as often as it may", function()
    make { limit = 3 }
    assert(vm:start())
    local other <close> = assert(hypervisor:create_vm("other", "plain_cell"))
    assert(other:start())
    bioxen.limits { vms = 1 }
    kill()
    assert(until_it(function() return vm:get_state() == "stopped" end))
    assert.is_true(stays "stopped")
    assert.equal(1, vm:get_status().starts)
    other:stop()
    assert(vm:start())
    bioxen.limits { vms = 0 }
    kill() -- the three of this minute have been had
    assert(until_it(function() return vm:get_state() == "error" end))
    assert.is_true(stays "error")
  end)

  it("that is destroyed or lost is left alone", function()
    make {}
    assert(vm:start())
    kill()
    assert(vm:destroy())
    bioxen.step(0.05)
    assert.same({}, hypervisor:list_vms())
    local free = bioxen.BioXenHypervisor {}
    do
      local lost = assert(bioxen.create_bio_vm("lost", "plain_cell", "basic", { restart = { delay = 0.05 } }))
      assert(lost:start())
    end
    collectgarbage()
    collectgarbage()
    bioxen.step(0.1)
    assert.same({}, bioxen.hypervisor():list_vms())
    assert(free)
  end)

  it("has its policy checked", function()
    make(nil)
    for _, wrong in ipairs { { limit = 0 }, { within = 0 }, { delay = -1 }, { often = 1 }, "always" } do
      assert.is_false(pcall(hypervisor.create_vm, hypervisor, "x", "plain_cell", "basic", { restart = wrong }))
    end
  end)
end)
