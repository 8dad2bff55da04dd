-- What is asked of a VM in a guest while something else is under way there.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local fault_bench = require "spec.support.fault_bench"
local xapi = require "spec.support.xapi"

describe("a VM in a guest, while something else is under way:", function()
  local missing = fault_bench.missing()
  if missing then
    pending("skipped: " .. missing)
    return
  end
  local bench = fault_bench.open()
  local pool = bench.pool
  teardown(function() bench:close() end)

  local function clean_it(name, given)
    it(name, bench:clean(given))
  end

  local function running()
    local vm = bench:create { vm_memory = "64MB" }
    assert(vm:start())
    return vm
  end

  -- How often a method was asked for since a mark.
  local function asked(method, since)
    local times = 0
    for _, request in ipairs(pool:requests { since = since }) do
      if request.method == method then times = times + 1 end
    end
    return times
  end

  clean_it("a call is refused while a pause is", function()
    local vm <close> = running()
    pool:fault { fault = "hang", method = "Async.VM.pause", times = 1 }
    local pause = assert(vm:pause { wait = false })
    assert.equal("pausing", vm:get_state())
    local job, err = vm:submit("return 1", { timeout = 1.5 })
    assert.is_nil(job)
    assert.equal("EBUSY", err.code)
    local done, refused = vm:allocate_resources { ribosomes = 7 }
    assert.is_nil(done)
    assert.equal("EBUSY", refused.code)
    assert.is_nil(vm:get_status().resources.ribosomes) -- what the cell does not know is not held
    pool:clear_faults()
    pause:wait()
  end)

  clean_it("a cancelled call, a stop: the guest is not paused anew", function()
    local vm <close> = running()
    local job = assert(vm:submit("while true do end", { timeout = 60 }))
    assert(vm:pause())
    local since = pool:mark()
    job:cancel()
    assert(vm:stop())
    assert.equal("EDESTROYED", select(2, job:wait()).code)
    assert.equal(0, asked("Async.VM.pause", since))
  end)

  clean_it("a cancelled call, and the VM is collected", function()
    do
      local vm = running()
      local job = assert(vm:submit("while true do end", { timeout = 60 }))
      assert(vm:pause())
      job:cancel()
    end
    collectgarbage()
    collectgarbage()
  end)

  clean_it("a cancelled call, and it is resumed", function()
    local vm <close> = running()
    local job = assert(vm:submit("while true do end", { timeout = 60 }))
    assert(vm:pause())
    job:cancel()
    assert(vm:resume())
    assert.equal("ECANCELLED", select(2, job:wait(60)).code)
    assert.equal("running", vm:get_state())
    assert.equal(7, assert(vm:execute_biological_process "return 7").result)
  end)

  clean_it("a stop that fails: a restart fails with it", function()
    local vm <close> = running()
    pool:fault { fault = "error", code = "OPERATION_BLOCKED", method = { "VM.clean_shutdown", "VM.hard_shutdown" },
      times = 2 }
    local stop = assert(vm:stop { wait = false })
    local done, err = vm:restart()
    assert.is_nil(done)
    assert.equal("OPERATION_BLOCKED", err.xapi.code)
    assert.equal("OPERATION_BLOCKED", select(2, stop:wait()).xapi.code)
    assert.equal("error", vm:get_state())
    assert(vm:restart())
  end)

  clean_it("a stop, and it is destroyed", function()
    local vm <close> = running()
    local stop = assert(vm:stop { wait = false })
    assert(vm:destroy())
    assert.is_true(stop:wait())
  end)

  clean_it("one of two in a guest is destroyed: once, and the guest stays", function()
    local first <close> = running()
    local second <close> = assert(bioxen.create_bio_vm("second", "plain_cell", "xcpng", { guest = first }))
    assert(second:start())
    local since = pool:mark()
    assert(second:destroy())
    assert.is_true(asked("VM.get_power_state", since) <= 1)
    assert.equal(7, assert(first:execute_biological_process "return 7").result)
  end)

  -- The steps of couriers that are started meanwhile are not there.
  local function without_couriers(given)
    core.set_courier("/nonexistent/bioxen-courier", "/nonexistent")
    local done, err = pcall(given)
    local steps = package.searchpath("bioxen.courier.courier", package.path)
    core.set_courier(core.courier, core.real_path(steps):match "^(.*)/")
    assert(done, err)
  end

  clean_it("its courier has died and cannot be started again: nothing that is left is called gone", function()
    local vm <close> = running()
    local stopped <close> = running()
    for _, courier in ipairs(fault_bench.couriers()) do fault_bench.kill(courier) end
    assert(bench:wait_until(function() return vm:get_state() == "error" and stopped:get_state() == "error" end))
    without_couriers(function()
      for _, done in ipairs { table.pack(stopped:stop()), table.pack(vm:destroy()) } do
        assert.is_nil(done[1])
        local code = done[2].code
        assert.is_true(code == "ESTART" or code == "EDIED", code) -- the latter where its end is heard only now
      end
    end)
    assert.equal("error", vm:get_state())
    assert.equal("error", stopped:get_state())
    assert.equal(2, #pool:guests())
    assert(vm:destroy())
    assert(stopped:stop())
  end)

  clean_it("^C is heard while it is destroyed", function()
    pool:fault { fault = "hang", method = "Async.VM.hard_shutdown" }
    local host = bench:spawn_host [[
      local vm = create "interrupted"
      assert(vm:start())
      local unfinished = vm:destroy()
      print("destroyed", unfinished)
    ]]
    assert(bench:wait_for_faults())
    assert(os.execute("kill -INT " .. host.pid))
    local said = host.handle:read "a"
    assert(said:find("interrupted!", 1, true), said)
    pool:clear_faults()
    fault_bench.end_host(host)
  end)

  it("leaves no process behind", function()
    assert.same({}, fault_bench.couriers())
    assert.is_nil(xapi.missing())
  end)
end)
