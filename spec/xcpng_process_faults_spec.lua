-- Couriers that are killed, and hosts: whatever they had made is taken back, or found afterwards.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local fault_bench = require "spec.support.fault_bench"

local slow = tonumber(os.getenv "BIOXEN_SLOW" or 1)

-- Calls at which a start stands still.
local STEPS = {
  { "the login", "session.login_with_password" },
  { "the template", "VM.get_by_name_label" },
  { "the copy", "Async.VM.clone" },
  { "the mark", "VM.add_to_other_config" },
  { "memory", "VM.set_memory_limits" },
  { "provision", "Async.VM.provision" },
  { "start", "Async.VM.start" },
  { "events", "event.from", nth = 4 },
}

local kill, is_dead = fault_bench.kill, fault_bench.is_dead

describe("processes that are killed:", function()
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

  local function only_courier()
    local couriers = fault_bench.couriers()
    assert.equal(1, #couriers)
    return couriers[1]
  end

  -- Kill a process once a fault has struck, from beside this one.
  local function kill_when_struck(pid)
    local ask = ("/usr/bin/python3 spec/support/xapi/control.py %s %s '{\"command\":\"faults\"}'"):format(
      pool.control_url, pool.token)
    assert(os.execute(("( until %s | grep -q '\"fired\": 1'; do :; done; kill -9 %d ) >/dev/null 2>&1 &"):format(ask,
      pid)))
  end

  local function running()
    local vm = bench:create { vm_memory = "64MB" }
    assert(vm:start())
    return vm
  end

  local function assert_works(vm)
    assert.equal(7, assert(vm:execute_biological_process "return 7").result)
  end

  local function assert_courier_died(done, err)
    assert.is_nil(done)
    assert.equal("EDIED", err.code)
    assert(err.message:find("the courier died (signal 9, SIGKILL)", 1, true), err.message)
  end

  -- ---- the courier ----

  -- What is started as one meanwhile does `does` with its socket, 3, and stays.
  local function with_courier(does, given)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write("#!/usr/bin/python3 -IS\nimport socket, struct, time\ns = socket.socket(fileno=3)\n", does,
      "\ntime.sleep(600)\n")
    file:close()
    assert(os.execute("chmod 700 " .. path))
    local steps = core.real_path(package.searchpath("bioxen.courier.courier", package.path)):match "^(.*)/"
    core.set_courier(path, steps)
    local done, err = pcall(given)
    core.set_courier(core.courier, steps)
    os.remove(path)
    assert(done, err)
  end

  clean_it("a courier that does not greet is killed in time", function()
    for _, does in ipairs { "", "s.send(b'\\0')" } do
      with_courier(does, function()
        local vm <close> = bench:create()
        local began = core.clock()
        local started, err = vm:start { timeout = 0.5 }
        assert.is_nil(started)
        assert.equal("EDEADLINE", err.code)
        assert(err.message:find("did not greet", 1, true), err.message)
        assert.is_true(core.clock() - began < 3*slow)
        assert.equal("created", vm:get_state())
      end)
    end
  end)

  clean_it("a courier that greets and is silent is killed in time", function()
    local protocol = fault_bench.read "src/wire/frame.h":match 'BX_PROTOCOL_VERSION "([^"]*)"' .. core.version
    local hello = ("v = b'%s'\ns.send(struct.pack('<IB3xQ', len(v) + 1, 1, 0) + bytes([0xa0 + len(v)]) + v)"):format(
      protocol)
    with_courier(hello, function()
      local vm <close> = bench:create()
      local began = core.clock()
      local started, err = vm:start { timeout = 0.5 }
      assert.is_nil(started)
      assert.equal("EDEADLINE", err.code, err.message)
      assert.is_true(core.clock() - began < 8*slow) -- five seconds late is to hang
    end)
  end)

  describe("the courier, by a signal,", function()
    for _, step in ipairs(STEPS) do
      clean_it("at " .. step[1], function()
        pool:fault { fault = "hang", method = step[2], nth = step.nth }
        local vm <close> = bench:create { vm_memory = "64MB" }
        local job = assert(vm:start { wait = false, timeout = 20 })
        assert(bench:wait_for_faults())
        kill(only_courier())
        assert_courier_died(job:wait())
        assert.equal("created", vm:get_state())
        assert.same({}, bench:entries()) -- another has undone it
        assert.equal(bench.before.VM, pool:counts().VM)
        assert(vm:start())
        assert_works(vm)
      end)
    end

    clean_it("in the middle of a call: the VM is in error, and can be restarted", function()
      local vm <close> = running()
      local uuid = vm:get_status().uuid
      local job = assert(vm:submit "while true do end")
      kill(only_courier())
      assert_courier_died(job:wait())
      assert.equal("error", vm:get_state())
      assert.truthy(vm:get_status().reason:find("courier", 1, true))
      local _, err = vm:execute_biological_process "return 1"
      assert.equal("ESTATE", err.code)
      assert(vm:restart())
      assert.equal(uuid, vm:get_status().uuid) -- the same guest
      assert_works(vm)
    end)

    clean_it("while nothing is asked of it: the VM can be destroyed", function()
      local vm <close> = running()
      kill(only_courier())
      assert(bench:wait_until(function() return vm:get_state() == "error" end))
      assert(vm:destroy())
      assert.equal(bench.before.VM, pool:counts().VM)
    end)

    for _, heard in ipairs { false, true } do
      clean_it("when it has undone a start, " .. (heard and "" or "un") .. "heard: its session is ended", function()
        local vm <close> = bench:create()
        pool:fault { fault = "no_hosts", method = "VM.start" }
        assert.is_nil(vm:start())
        kill(only_courier())
        if heard then bench:wait_for_couriers() end
      end)
    end

    clean_it("while its VM is stopped: the guest is found again", function()
      local vm <close> = running()
      local uuid = vm:get_status().uuid
      assert(vm:stop())
      kill(only_courier())
      assert(vm:start())
      assert.equal(uuid, vm:get_status().uuid)
      assert_works(vm)
    end)

    clean_it("while its VM is stopped, and the next start fails: the guest stays", function()
      local vm <close> = running()
      local uuid = vm:get_status().uuid
      assert(vm:stop())
      kill(only_courier())
      pool:fault { fault = "no_hosts", method = "VM.start" }
      local started, err = vm:start()
      assert.is_nil(started)
      assert.equal("NO_HOSTS_AVAILABLE", err.xapi.code)
      assert.equal("stopped", vm:get_state())
      assert(vm:start())
      assert.equal(uuid, vm:get_status().uuid)
    end)

    for change, method in pairs { pause = "VM.pause", stop = "VM.clean_shutdown" } do
      clean_it("in the middle of a " .. change, function()
        local vm <close> = running()
        pool:fault { fault = "hang", method = method }
        local job = assert(vm[change](vm, { wait = false }))
        assert(bench:wait_for_faults())
        kill(only_courier())
        assert_courier_died(job:wait())
        pool:clear_faults()
        assert(vm:restart())
        assert_works(vm)
      end)
    end

    clean_it("in the middle of a destruction: it can be repeated", function()
      local vm <close> = running()
      pool:fault { fault = "hang", method = "VM.hard_shutdown" }
      kill_when_struck(only_courier()) -- for a destruction blocks
      assert_courier_died(vm:destroy())
      assert.equal("error", vm:get_state())
      assert(vm:destroy())
      assert.equal(bench.before.VM, pool:counts().VM)
    end)

    clean_it("of one VM leaves the others alone", function()
      local a <close> = running()
      local before = only_courier()
      local b <close> = running()
      kill(before)
      assert(bench:wait_until(function() return a:get_state() == "error" end))
      assert_works(b)
    end)
  end)

  -- ---- the host ----

  local function wait_until_gone(pids)
    assert(bench:wait_until(function()
      for _, pid in ipairs(pids) do
        if not is_dead(pid) then return false end
      end
      return true
    end))
  end

  describe("the host, by a signal,", function()
    for _, step in ipairs(STEPS) do
      clean_it("at " .. step[1] .. ": its courier takes everything back", function()
        pool:fault { fault = "hang", method = step[2], nth = step.nth }
        local host = bench:spawn_host "create 'vm':start()"
        assert(bench:wait_for_faults())
        local couriers = fault_bench.couriers(host.pid)
        assert.equal(1, #couriers)
        kill(host.pid)
        fault_bench.end_host(host)
        wait_until_gone(couriers)
      end)
    end

    clean_it("in the middle of a call", function()
      local host = bench:spawn_host [[
        local vm = create "vm"
        assert(vm:start())
        print "running"
        io.stdout:flush()
        vm:execute_biological_process "while true do end"
      ]]
      host.handle:read "l"
      assert.equal("running", host.handle:read "l")
      local couriers = fault_bench.couriers(host.pid)
      kill(host.pid)
      fault_bench.end_host(host)
      wait_until_gone(couriers)
    end)

    clean_it("together with its courier: what is left is found and removed", function()
      for _, method in ipairs { "VM.provision", "event.from" } do
        pool:fault { fault = "hang", method = method, nth = method == "event.from" and 4 or 1 }
        local host = bench:spawn_host "create 'vm':start()"
        assert(bench:wait_for_faults())
        local couriers = fault_bench.couriers(host.pid)
        kill(host.pid, couriers[1])
        fault_bench.end_host(host)
        wait_until_gone(couriers)
        for _, ref in ipairs(pool:call "task.get_all") do pcall(pool.call, pool, "task.cancel", ref) end
        pool:clear_faults()
        pool:control "end_sessions"
        assert.equal(1, #bench:entries())
        local session <close> = assert(bench:session())
        local rows = assert(session:send("list", true):wait())
        assert.equal(1, #rows)
        assert.equal("VM", rows[1].kind)
        assert.is_false(rows[1].alive)
        assert.same({ removed = 1, failed = {} },
          session:send("collect", { keys = { rows[1].key } }):wait())
        assert.same({}, session:send("list", true):wait())
        for _, ref in ipairs(pool:call "task.get_all") do pool:call("task.destroy", ref) end
      end
    end)

    clean_it("what lives is listed as alive, and not removed", function()
      local vm <close> = running()
      local session <close> = assert(bench:session())
      local rows = assert(session:send("list", true):wait())
      assert.equal(1, #rows)
      assert.is_true(rows[1].alive)
      assert.same({ removed = 0, failed = {} }, session:send("collect", { keys = { rows[1].key } }):wait())
      assert_works(vm)
    end)
  end)

  -- ---- secrets ----

  clean_it("a courier has given up what it has no use for", function()
    local vm <close> = running()
    local courier = only_courier()
    local status = fault_bench.read(("/proc/%d/status"):format(courier))
    assert.equal("1", status:match "NoNewPrivs:%s(%d)")
    local capabilities = tonumber(status:match "CapPrm:%s+(%x+)", 16)
    assert.equal(0, capabilities & ~6) -- at most those for files
    assert.truthy(fault_bench.read(("/proc/%d/limits"):format(courier)):find "Max core file size%s+0%s+0 ")
    local programs = fault_bench.read(("/proc/%d/maps"):format(courier))
    if not programs:find "asan" then assert.equal("2", status:match "Seccomp:%s(%d)") end
    assert_works(vm)
  end)

  clean_it("no secret is in the command line, the environment or the journal of a courier", function()
    local vm <close> = bench:create { password_file = nil }
    assert(vm:start())
    local courier = only_courier()
    for _, name in ipairs { "cmdline", "environ" } do
      local text = fault_bench.read(("/proc/%d/%s"):format(courier, name))
      assert.is_nil(bench:secret_in(text))
    end
    assert.equal(1, #bench:entries())
    assert.is_nil(bench:secret_in(fault_bench.read(bench.journal .. "/" .. bench:entries()[1])))
    assert.is_nil(bench:secret_in(fault_bench.dump(vm:get_status())))
    assert.is_nil(bench:secret_in(tostring(vm)))
    assert(bioxen.type(vm))
  end)
end)
