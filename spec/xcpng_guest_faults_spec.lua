-- What goes wrong with a guest: its tools, its addresses, its SSH server, its worker, its end.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local fault_bench = require "spec.support.fault_bench"
local processes = require "spec.support.processes"

local SLACK = 2 * (tonumber(os.getenv "BIOXEN_SLOW") or 1) -- seconds that an answer may come late

describe("a guest with faults:", function()
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

  -- A VM of a template whose guests behave as `agent` says.
  local function create(agent, overrides)
    pool:agent { vm = pool.template, tools = true, delay = 0, boot = 0, networks = { ["0/ip"] = "{ip}" },
      timeline = {}, services = {}, sshd = {}, shutdown = "" }
    agent.vm = pool.template
    pool:agent(agent)
    return bench:create(overrides)
  end

  local function start(vm, deadline)
    deadline = bench:seconds(deadline or 6)
    local began = bioxen.clock()
    local started, err = vm:start { timeout = deadline }
    assert(bioxen.clock() - began < deadline + bench:seconds(SLACK))
    if err then assert.is_nil(bench:secret_in(fault_bench.dump(err))) end
    return started, err
  end

  local function assert_fails(code, agent, overrides, deadline, ...)
    local vm <close> = create(agent, overrides)
    local started, err = start(vm, deadline)
    assert.is_nil(started)
    assert.equal(code, err.code)
    for _, words in ipairs { ... } do assert(err.message:find(words, 1, true), err.message) end
    assert.is_nil(err.left)
    assert.equal("created", vm:get_state())
    assert.same({}, pool:guests())
  end

  local function assert_starts(agent, overrides)
    local vm <close> = create(agent, overrides)
    assert(start(vm))
    assert.equal(7, assert(vm:execute_biological_process "return 7").result)
    return vm:get_status()
  end

  -- ---- tools and addresses ----

  clean_it("without tools is not waited for to the end", function()
    assert_fails("EGUEST", { tools = false }, { guest_tools_timeout = 0.3 }, 6, "waiting for the guest's address",
      "guest tools", "xe-guest-utilities")
  end)

  clean_it("without tools, and less time than they are given", function()
    assert_fails("EDEADLINE", { tools = false }, {}, 2, "deadline", "guest tools")
  end)

  clean_it("with tools that speak late", function()
    assert_starts { delay = 0.5 }
    assert_starts { networks = { ["0/mac"] = "aa" }, timeline = { { 0.2, {} }, { 0.4, { ["0/ip"] = "{ip}" } } } }
  end)

  clean_it("with an address that is not asked for", function()
    assert_fails("EDEADLINE", { networks = { ["1/ip"] = "{ip}" } }, { network_device = 0 }, 2, "network_device",
      "1/ip")
    assert_fails("EDEADLINE", { networks = { ["0/ip"] = "{ip}" } }, { address_cidr = "10.0.0.0/8" }, 2, "address_cidr")
    assert_fails("EDEADLINE", { networks = { ["0/ip"] = "169.254.1.1" } }, {}, 2, "169.254.1.1")
  end)

  clean_it("on another interface, or with a link-local address before", function()
    assert_starts { networks = { ["1/ip"] = "{ip}" } }
    assert_starts { networks = { ["0/ip"] = "169.254.7.7", ["0/ipv6/0"] = "fe80::1", ["3/ip"] = "{ip}" } }
  end)

  clean_it("whose address changes before anybody answers there", function()
    local guest = assert_starts { networks = { ["0/ip"] = "127.99.99.99" },
      timeline = { { 0.3, { ["0/ip"] = "{ip}" } } } }
    assert.not_equal("127.99.99.99", guest.address)
  end)

  clean_it("whose address differs at each boot", function()
    local vm <close> = create { new_address = true }
    assert(start(vm))
    local first = vm:get_status().address
    assert(vm:stop())
    assert(start(vm))
    assert.not_equal(first, vm:get_status().address)
    assert.equal(7, assert(vm:execute_biological_process "return 7").result)
    pool:agent { vm = pool.template, new_address = false }
  end)

  -- ---- SSH ----

  clean_it("whose sshd comes after its address", function()
    local vm <close> = create { sshd = { absent = true } }
    local job = assert(vm:start { wait = false, timeout = bench:seconds(4) })
    assert(bench:wait_until(function() return (select(2, job:progress()) or ""):find "connecting" end))
    local _, err = job:wait()
    assert.equal("EDEADLINE", err.code)
    assert(err.message:find("connecting to the guest", 1, true), err.message)
    assert(err.message:find("refused", 1, true), err.message)
  end)

  clean_it("with another host key", function()
    assert_fails("ETRUST", { sshd = { host_key = "other" } }, {}, 6, "connecting to the guest", "has changed",
      "SHA256:")
  end)

  clean_it("with a host key that the guest itself vouches for, or does not", function()
    local function start_with(published)
      local config = bench:config { ssh_fingerprint_from_guest = true }
      config.ssh_known_hosts = nil
      create { sshd = { host_key = "own" }, services = { ["ssh/fingerprint"] = published } }
      local vm <close> = assert(bioxen.create_bio_vm("published", "plain_cell", "xcpng", { xcpng_config = config }))
      return start(vm)
    end
    assert(start_with "{fingerprint}")
    local started, err = start_with(pool.host_key_fingerprint) -- the template's
    assert.is_nil(started)
    assert.equal("ETRUST", err.code)
    assert(err.message:find(pool.host_key_fingerprint, 1, true), err.message)
  end)

  clean_it("that refuses the key", function()
    assert_fails("EAUTH", { sshd = { refuse = true } }, {}, 6, "refused the login", "user_key")
  end)

  clean_it("whose key needs a passphrase, which nothing tells", function()
    local key = pool.state .. "/locked_key"
    assert(os.execute(("install -m 600 %s %s"):format(pool.ssh_key, key)))
    assert(os.execute(("ssh-keygen -q -p -P '' -N 'open sesame' -f %s >/dev/null 2>&1"):format(key)))
    assert_fails("EAUTH", {}, { ssh_key_path = key }, 6, "needs a passphrase")
    local vm <close> = create({}, { ssh_key_path = key, ssh_passphrase = "open sesam" })
    local _, err = start(vm)
    assert.equal("EAUTH", err.code)
    assert.is_nil(fault_bench.dump(err):find("open sesam", 1, true))
    local other <close> = create({}, { ssh_key_path = key, ssh_passphrase = function() return "open sesame" end })
    assert(start(other))
    local file = pool.state .. "/passphrase"
    assert(os.execute(("umask 077; echo 'open sesame' >%s"):format(file)))
    local third <close> = create({}, { ssh_key_path = key, ssh_passphrase_file = file })
    assert(os.rename(file, file .. ".moved"))
    _, err = start(third)
    assert.equal("EFILE", err.code)
    assert(os.rename(file .. ".moved", file))
    assert(start(third))
    for _, courier in ipairs(fault_bench.couriers()) do
      for _, name in ipairs { "cmdline", "environ" } do
        assert.is_nil(fault_bench.read(("/proc/%d/%s"):format(courier, name)):find("sesam", 1, true))
      end
    end
    for _, name in ipairs(bench:entries()) do
      assert.is_nil(fault_bench.read(bench.journal .. "/" .. name):find("sesam", 1, true))
    end
  end)

  clean_it("that stands still before it greets", function()
    local vm <close> = create { delay = 0.3 }
    local job = assert(vm:start { wait = false, timeout = bench:seconds(3) })
    assert(bench:wait_until(function()
      local guest = pool:guests()[1]
      return guest and guest.sshd
    end))
    pool:guest { vm = pool:guests()[1].uuid, action = "stop" }
    local started, err = job:wait()
    assert.is_nil(started)
    assert.equal("EDEADLINE", err.code)
    assert(err.message:find("SSH greeting", 1, true), err.message)
    assert.same({}, pool:guests())
  end)

  -- ---- in the middle of a call ----

  local function running(overrides)
    local vm = create({}, overrides)
    assert(start(vm))
    return vm, vm:get_status().uuid
  end

  -- The error has one of the codes, and says one of the words.
  local function assert_lost(vm, job, codes, ...)
    local result, err = job:wait()
    assert.is_nil(result)
    assert.is_true(codes[err.code], err.code)
    local said = false
    for _, words in ipairs { ... } do said = said or err.message:find(words, 1, true) ~= nil end
    assert(said, err.message)
    assert.equal("error", vm:get_state())
    assert(vm:stop())
    assert.equal("stopped", vm:get_state())
    assert(start(vm))
    assert.equal(7, assert(vm:execute_biological_process "return 7").result)
  end

  -- A guest's processes do not end in one moment: what is left of it may still tell of the worker's.
  for _, action in ipairs { "kill", "sessions", "halt" } do
    clean_it(("that ends in the middle of a call (%s)"):format(action), function()
      local vm <close>, uuid = running()
      local job = assert(vm:submit("while true do end", { timeout = 60 }))
      pool:guest { vm = uuid, action = action }
      assert_lost(vm, job, { ECONNECT = true, EKILLED = true }, "broke", "was killed", "signal 9")
    end)
  end

  clean_it("that stands still in the middle of a call", function()
    local vm <close>, uuid = running { keepalive = 0.2 }
    local job = assert(vm:submit("while true do end", { timeout = 60 }))
    pool:guest { vm = uuid, action = "stop" }
    local result, err = job:wait()
    assert.is_nil(result)
    assert.equal("ECONNECT", err.code)
    assert(err.message:find("has not answered", 1, true), err.message)
    pool:guest { vm = uuid, action = "continue" }
  end)

  clean_it("whose worker is killed", function()
    local vm <close> = running()
    local job = assert(vm:submit("while true do end", { timeout = 60 }))
    local worker
    assert(bench:wait_until(function()
      for _, pid in ipairs(pool:guests()[1].pids) do
        if fault_bench.read(("/proc/%d/status"):format(pid)):find "Seccomp:%s*2" and
          fault_bench.read(("/proc/%d/cmdline"):format(pid)):find("--stdio", 1, true) then worker = pid end
      end
      return worker
    end))
    assert(os.execute("kill -9 " .. worker))
    assert_lost(vm, job, { EKILLED = true }, "signal 9")
  end)

  clean_it("whose deadline for a call passes keeps its state, or loses its worker", function()
    local vm <close> = running()
    local _, err = vm:execute_biological_process("while true do end", { timeout = 0.3 })
    assert.equal("EDEADLINE", err.code)
    assert.equal("running", vm:get_state())
    _, err = vm:execute_biological_process([[
      local text = ("a"):rep(30)
      while true do pcall(string.find, text, ("a?"):rep(30) .. ("a"):rep(30)) end
    ]], { timeout = 0.3 })
    assert.equal("EDEADLINE", err.code)
  end)

  -- ---- pause, resume, stop, destroy ----

  describe("changes that the pool refuses:", function()
    clean_it("a pause, and the VM goes on", function()
      local vm <close> = running()
      pool:fault { fault = "error", code = "OPERATION_BLOCKED", method = "VM.pause" }
      local done, err = vm:pause()
      assert.is_nil(done)
      assert.equal("OPERATION_BLOCKED", err.xapi.code)
      assert.equal("running", vm:get_state())
      assert.equal(7, assert(vm:execute_biological_process "return 7").result)
      assert(vm:pause())
    end)

    clean_it("a resumption, and the VM stays paused", function()
      local vm <close> = running()
      assert(vm:pause())
      pool:fault { fault = "error", code = "OPERATION_BLOCKED", method = "VM.unpause" }
      local done, err = vm:resume()
      assert.is_nil(done)
      assert.equal("OPERATION_BLOCKED", err.xapi.code)
      assert.equal("paused", vm:get_state())
      assert(vm:resume())
      assert.equal(7, assert(vm:execute_biological_process "return 7").result)
    end)

    clean_it("answers that are lost", function()
      local vm <close> = running()
      for _, fault in ipairs { "reset_before", "reset_after", "cut", "session_invalid" } do
        pool:fault { fault = fault, method = { "Async.VM.pause", "Async.VM.unpause", "Async.VM.clean_shutdown",
          "Async.VM.start" } }
        assert(vm:pause())
        pool:clear_faults()
        pool:fault { fault = fault, method = "Async.VM.unpause" }
        assert(vm:resume())
        pool:clear_faults()
        pool:fault { fault = fault, method = "Async.VM.clean_shutdown" }
        assert(vm:stop())
        pool:clear_faults()
        assert(start(vm))
      end
      for _, method in ipairs { "Async.VM.hard_shutdown", "VM.destroy", "VDI.destroy" } do
        pool:fault { fault = "reset_after", method = method }
      end
      assert(vm:destroy())
      for _, rule in ipairs(pool:faults()) do assert.equal(1, rule.fired) end
    end)

    clean_it("a clean shutdown: hard, then", function()
      for _, manner in ipairs { "refuse", "never" } do
        local vm <close> = create({ shutdown = manner }, { shutdown_grace = 0.3 })
        assert(start(vm))
        assert(vm:stop())
        assert.equal("stopped", vm:get_state())
        assert.same({}, pool:guests())
      end
    end)

    clean_it("a stop, which can be repeated", function()
      local vm <close> = running()
      pool:fault { fault = "error", code = "OPERATION_BLOCKED", method = { "VM.clean_shutdown", "VM.hard_shutdown" },
        times = 2 }
      local done, err = vm:stop()
      assert.is_nil(done)
      assert.equal("OPERATION_BLOCKED", err.xapi.code)
      assert.equal("error", vm:get_state())
      assert(vm:stop())
      assert(start(vm))
    end)

    clean_it("a destruction, which can be repeated", function()
      for _, method in ipairs { "VM.hard_shutdown", "VM.destroy", "VDI.destroy" } do
        local vm <close> = running()
        pool:fault { fault = "error", code = "OPERATION_BLOCKED", method = method }
        local done, err = vm:destroy()
        assert.is_nil(done)
        assert.equal("OPERATION_BLOCKED", err.xapi.code)
        assert(err.message:find(err.left.name, 1, true), err.message)
        assert.equal(1, #bench:entries())
        assert(vm:destroy())
        assert.same({}, bench:entries())
      end
    end)
  end)

  describe("somebody else", function()
    clean_it("destroys the guest while its VM runs", function()
      local vm <close>, uuid = running()
      local ref = pool:call("VM.get_by_uuid", uuid)
      local disk = pool:call("VBD.get_VDI", pool:call("VM.get_VBDs", ref)[1])
      local job = assert(vm:submit("while true do end", { timeout = 60 }))
      pool:call("VM.hard_shutdown", ref)
      pool:call("VM.destroy", ref)
      pool:call("VDI.destroy", disk)
      local _, err = job:wait()
      assert.equal("ECONNECT", err.code)
      assert(vm:restart())
      assert.not_equal(uuid, vm:get_status().uuid)
    end)

    clean_it("shuts it down, pauses it, or starts it", function()
      local vm <close>, uuid = running()
      local ref = pool:call("VM.get_by_uuid", uuid)
      pool:call("VM.pause", ref)
      assert(vm:pause())
      pool:call("VM.unpause", ref)
      assert(vm:resume())
      assert(vm:stop())
      pool:call("VM.start", ref, false, false)
      assert(start(vm))
      pool:call("VM.hard_shutdown", ref)
      assert(bench:wait_until(function() return vm:get_state() == "error" end))
      assert(vm:restart())
      assert.equal(7, assert(vm:execute_biological_process "return 7").result)
    end)

    clean_it("uses its disk: that stays", function()
      local vm <close>, uuid = running()
      local ref = pool:call("VM.get_by_uuid", uuid)
      local disk = pool:call("VBD.get_VDI", pool:call("VM.get_VBDs", ref)[1])
      local other = pool:control { command = "add_template", name = "other", with_disk = false, with_vif = false }
      local vbd = pool:call("VBD.create", { VM = other.ref, VDI = disk, userdevice = "3", bootable = false,
        mode = "RO", type = "Disk", unpluggable = true, empty = false, other_config = { plain = "true" },
        qos_algorithm_type = "", qos_algorithm_params = { plain = "true" } })
      assert(vm:destroy())
      assert.equal(disk, pool:call("VBD.get_VDI", vbd))
      pool:call("VBD.destroy", vbd)
      pool:call("VDI.destroy", disk)
      pool:call("VM.destroy", other.ref)
    end)
  end)

  clean_it("without a worker says what to do; one of another kind, too", function()
    local bare = pool:control { command = "add_template", name = "bare" }
    local vm <close> = bench:create { template_name = "bare" }
    local started, err = start(vm)
    assert.is_nil(started)
    assert.equal("EVERSION", err.code)
    assert(err.message:find("install_worker", 1, true), err.message)
    assert(vm:destroy())
    local disk = pool:call("VBD.get_VDI", pool:call("VM.get_VBDs", bare.ref)[1])
    pool:call("VM.destroy", bare.ref)
    pool:call("VDI.destroy", disk)
  end)

  it("leaves no process behind", function()
    assert.same({}, fault_bench.couriers())
    assert.equal(bench.before.children, #processes.children(processes.self()))
  end)
end)
