-- Sessions of a pool, where something goes wrong: what an error says, and what it must not.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local fault_bench = require "spec.support.fault_bench"

describe("a session with faults:", function()
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

  local function assert_error(err, code, method, ...)
    assert.equal("table", type(err), tostring(err))
    assert.is_nil(bench:secret_in(fault_bench.dump(err)))
    assert.equal(code, err.code)
    assert(err.message:find(method, 1, true), err.message)
    for _, words in ipairs { ... } do assert(err.message:find(words, 1, true), err.message) end
  end

  -- ---- connecting ----

  clean_it("that cannot be opened", function()
    pool:fault { fault = "refuse" }
    local session, err = bench:session()
    assert.is_nil(session)
    assert_error(err, "ECONNECT", "session.login_with_password", pool.https_url)
    assert.is_true(err.retryable)
    pool:clear_faults()
    pool:fault { fault = "certificate" }
    session, err = bench:session()
    assert.is_nil(session)
    assert_error(err, "ETRUST", "session.login_with_password", "SHA-256 fingerprint is ", "give it as fingerprint",
      "ca_file")
    assert.is_false(err.retryable)
    pool:clear_faults()
    session, err = bench:session { password = "a wrong password" }
    assert.is_nil(session)
    assert_error(err, "SESSION_AUTHENTICATION_FAILED", "session.login_with_password", "see username and password")
    assert.is_nil(fault_bench.dump(err):find("a wrong password", 1, true))
    session, err = bench:session { pool_uuid = "00000000-0000-0000-0000-000000000000" }
    assert.is_nil(session)
    assert_error(err, "ECONFIG", "pool_uuid", pool.pool_uuid)
    pool:fault { fault = "close_before", times = -1 } -- as stunnel does for a toolstack that is not there
    session, err = bench:session()
    assert.is_nil(session)
    assert_error(err, "ECONNECT", "session.login_with_password", "is its toolstack running?")
  end)

  clean_it("whose login is broken off: the session that it comes to is ended", function()
    pool:fault { fault = "slow_reply", method = "session.login_with_password", seconds = 0.3 }
    local vm <close> = bench:create()
    local job = assert(vm:start { wait = false, timeout = 60 })
    assert(bench:wait_for_faults())
    job:cancel()
    local started, err = job:wait()
    assert.is_nil(started)
    assert.equal("ECANCELLED", err.code)
  end)

  clean_it("that says who it is", function()
    local session <close> = assert(bench:session())
    assert.equal("bioxen/" .. require "bioxen.core".version, pool:requests { since = bench.mark }[1].agent)
    assert(session:call "VM.get_all")
  end)

  clean_it("whose master is elsewhere, and not of the pool", function()
    pool:fault { fault = "error", code = "HOST_IS_SLAVE", params = { "127.0.0.9" },
      method = "session.login_with_password", times = -1 }
    local session, err = bench:session { pool_members = { "127.0.0.1" } }
    assert.is_nil(session)
    assert_error(err, "HOST_IS_SLAVE", "session.login_with_password")
    assert.same({ "127.0.0.9" }, err.params)
    assert.is_true(err.retryable)
    for _, address in ipairs { "evil.example/path", "user@host", "a b", "", ("x"):rep(5000) } do
      pool:clear_faults()
      pool:fault { fault = "error", code = "HOST_IS_SLAVE", params = { address },
        method = "session.login_with_password", times = -1 }
      session, err = bench:session()
      assert.is_nil(session)
      assert.equal("HOST_IS_SLAVE", err.code)
      assert(#err.message < 1000)
    end
  end)

  -- ---- calls ----

  clean_it("calls: code, parameters, method, whether to try again", function()
    local session <close> = assert(bench:session())
    local CASES = {
      { "VM.nosuch", {}, "MESSAGE_METHOD_UNKNOWN", { "VM.nosuch" }, false },
      { "VM.get_record", { "OpaqueRef:nothing" }, "HANDLE_INVALID", { "VM", "OpaqueRef:nothing" }, false },
      { "VM.get_by_uuid", { "nothing" }, "UUID_INVALID", { "VM", "nothing" }, false },
      { "VM.get_record", {}, "MESSAGE_PARAMETER_COUNT_MISMATCH", { "VM.get_record", "1", "0" }, false },
    }
    for _, case in ipairs(CASES) do
      local result, err = session:call(case[1], table.unpack(case[2]))
      assert.is_nil(result)
      assert_error(err, case[3], case[1], case[3])
      assert.equal("xapi", err.class)
      assert.same(case[4], err.params)
      assert.equal(case[1], err.method)
      assert.equal(case[5], err.retryable)
    end
    for code, retryable in pairs { TOO_MANY_PENDING_TASKS = true, VDI_IN_USE = true, SR_FULL = false } do
      pool:fault { fault = "error", code = code, params = { "a", "b" }, method = "VM.get_all" }
      local _, err = session:call "VM.get_all"
      assert_error(err, code, "VM.get_all")
      assert.equal(retryable, err.retryable)
      assert.same({ "a", "b" }, err.params)
      pool:clear_faults()
    end
  end)

  clean_it("says what an error means, whatever its parameters", function()
    local session <close> = assert(bench:session())
    local SR = "the storage repository has too little room left"
    local cases = {
      { "SR_FULL", { "8589934592", "4294967296" }, SR .. ": 8192 MiB are wanted, 4096 MiB are there" },
      { "SR_FULL", { "a" }, SR .. ": ? are wanted, ? are there" },
      { "SR_BACKEND_FAILURE_44", { "", "There is insufficient space", "" }, SR },
      { "OPERATION_BLOCKED", { "OpaqueRef:1", "true" }, "somebody has blocked this operation on it" },
      { "VM_IS_TEMPLATE", { "OpaqueRef:1", "start" }, "it is a template: perhaps somebody" },
      { "HOST_OFFLINE", { "OpaqueRef:1" }, "the host does not answer the pool" },
      { "LICENCE_RESTRICTION", { "feature" }, "licence does not cover it" },
      { "HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN", {}, "high availability" },
      { "MEMORY_CONSTRAINT_VIOLATION_ORDER", {}, "vm_memory" },
      { "INTERNAL_ERROR", { "Not_found" }, "/var/log/xensource.log" },
      { "VM_BAD_POWER_STATE", { "OpaqueRef:1", "halted, suspended", "running" },
        "(OpaqueRef:1 is running, not halted or suspended)" },
      { "VM_BAD_POWER_STATE", { "OpaqueRef:1" }, "VM_BAD_POWER_STATE (OpaqueRef:1)" },
      { "OF_ANOTHER_VERSION", { "", "x" }, 'OF_ANOTHER_VERSION ("", x)' },
    }
    for _, case in ipairs(cases) do
      pool:fault { fault = "error", code = case[1], params = case[2], method = "VM.get_all" }
      local _, err = session:call "VM.get_all"
      assert_error(err, case[1], "VM.get_all", case[3])
      pool:clear_faults()
    end
  end)

  clean_it("answers that are none, and the next call is not harmed", function()
    local session <close> = assert(bench:session { max_response = 1 << 16 })
    local faults = { http = "HTTP_500", cut = "BAD_ANSWER", garbage = "BAD_ANSWER", empty = "BAD_ANSWER",
      wrong_id = "BAD_ANSWER", deep = "BAD_ANSWER", html = "BAD_ANSWER", gzip = "BAD_ANSWER",
      endless = "BAD_ANSWER", oversized = "BAD_ANSWER", error_array = "HOST_STILL_BOOTING",
      redirect = "HTTP_301", invalid_utf8 = "BAD_ANSWER" }
    for fault, code in pairs(faults) do
      pool:fault { fault = fault, method = "VM.get_all", bytes = fault == "oversized" and 1 << 20 or nil }
      local result, err = session:call "VM.get_all"
      assert.is_nil(result, fault)
      assert_error(err, code, "VM.get_all")
      assert.equal("VM.get_all", err.method)
      assert.equal(code == "HOST_STILL_BOOTING", err.retryable)
      assert(#err.message < 1000)
      pool:clear_faults()
      assert(#assert(session:call "VM.get_all") > 0)
    end
  end)

  clean_it("numbers that are none in JSON", function()
    local session <close> = assert(bench:session())
    pool:fault { fault = "infinity", method = "VM.get_is_a_template" }
    local values = assert(session:call("VM.get_is_a_template", "OpaqueRef:x"))
    assert.equal(math.huge, values.a)
    assert.equal(-math.huge, values.b)
    assert.not_equal(values.c, values.c)
  end)

  clean_it("a connection that breaks: again where that is safe, and only there", function()
    local session <close> = assert(bench:session())
    for _, fault in ipairs { "reset_before", "reset_after", "close_before", "close_after", "cut_close" } do
      pool:fault { fault = fault, method = "VM.get_all" }
      assert(session:call "VM.get_all")
      pool:clear_faults()
    end
    local template = session:call("VM.get_by_name_label", pool.template)[1]
    pool:fault { fault = "reset_after", method = "VM.clone" }
    local mark = pool:mark()
    local copy, err = session:call("VM.clone", template, "a copy")
    assert.is_nil(copy)
    assert_error(err, "ECONNECT", "VM.clone")
    assert.is_true(err.sent)
    assert.is_false(err.retryable)
    assert.equal(1, #pool:requests { since = mark, method = "VM.clone" })
    local refs = session:call("VM.get_by_name_label", "a copy")
    assert.equal(1, #refs)
    local disk = session:call("VBD.get_VDI", session:call("VM.get_VBDs", refs[1])[1])
    assert(session:call("VM.destroy", refs[1]))
    pool:fault { fault = "reset_after", method = "VDI.destroy" }
    assert.equal("", session:call("VDI.destroy", disk)) -- the second time there is nothing left to destroy
  end)

  clean_it("that has ended on the pool: a new login for what may be repeated, once", function()
    local session <close> = assert(bench:session())
    pool:control "end_sessions"
    assert(session:call "VM.get_all")
    pool:control "end_sessions"
    local template = pool:call("VM.get_by_name_label", pool.template)[1]
    local copy, err = session:call("VM.clone", template, "a copy")
    assert.is_nil(copy)
    assert_error(err, "SESSION_INVALID", "VM.clone")
    assert.is_true(err.retryable)
    pool:fault { fault = "session_invalid", method = "VM.get_all", times = -1 }
    local mark = pool:mark()
    local all, err = session:call "VM.get_all"
    assert.is_nil(all)
    assert_error(err, "SESSION_INVALID", "VM.get_all")
    assert.equal(2, #pool:requests { since = mark, method = "VM.get_all" })
    assert.same({}, pool:call("VM.get_by_name_label", "a copy"))
  end)

  clean_it("parameters and answers that are too large", function()
    local session <close> = assert(bench:session())
    local result, err = session:call("VM.get_by_name_label", ("x"):rep(400 * 1024))
    assert.is_nil(result)
    assert_error(err, "ERESULT", "VM.get_by_name_label", "xapi takes at most")
    assert(session:call "VM.get_all")
    pool:fault { fault = "oversized", method = "VM.get_name_label", bytes = 100 << 20 }
    result, err = session:call("VM.get_name_label", "OpaqueRef:x")
    assert.is_nil(result)
    assert.is_nil(bench:secret_in(fault_bench.dump(err)))
    assert(session:call "VM.get_all")
    pool:fault { fault = "oversized", method = "session.login_with_password", bytes = 5000 }
    result, err = bench:session()
    assert.is_nil(result)
    assert_error(err, "BAD_ANSWER", "session.login_with_password", "no session")
    pool:control "end_sessions" -- of which we know no name
  end)

  clean_it("calls: errors in words", function()
    local session <close> = assert(bench:session())
    local template = session:call("VM.get_by_name_label", pool.template)[1]
    local done, err = session:call("VM.unpause", template)
    assert.is_nil(done)
    assert_error(err, "VM_BAD_POWER_STATE", "VM.unpause", template .. " is halted, not paused")
    done, err = session:call("VM.get_by_uuid", "")
    assert.is_nil(done)
    assert_error(err, "UUID_INVALID", "VM.get_by_uuid", '(VM, "")')
  end)

  -- ---- tasks ----

  clean_it("tasks: a courier and a login for all that follow each other, a few for those side by side", function()
    local session <close> = assert(bench:session())
    local host = session:call("host.get_all")[1]
    local function say() return session:async("host.call_plugin", host, "echo", "say", { text = "x" }) end
    for _ = 1, 6 do assert.equal("x", assert(say():wait())) end
    assert.equal(2, #pool:requests { since = bench.mark, method = "session.login_with_password" })
    assert.equal(2, #fault_bench.couriers())
    pool:fault { fault = "hang", method = "host.call_plugin", times = -1 }
    local jobs = {}
    for i = 1, 6 do jobs[i] = assert(say()) end
    assert(bench:wait_for_faults(6))
    assert.equal(7, #fault_bench.couriers())
    pool:clear_faults()
    pool:control "go_on"
    for i = 1, 6 do assert.equal("x", assert(jobs[i]:wait())) end
    collectgarbage "stop" -- which is not what ends them
    local few = bench:wait_until(function() return #fault_bench.couriers() == 5 end)
    collectgarbage "restart"
    assert(few)
    assert.equal(5, pool:counts().session)
  end)

  clean_it("tasks: that fail, are cancelled, or whose answer is lost", function()
    local session <close> = assert(bench:session())
    local template = session:call("VM.get_by_name_label", pool.template)[1]
    pool:fault { fault = "task_fails", method = "VM.clone" }
    local copy, err = session:async("VM.clone", template, "fails"):wait()
    assert.is_nil(copy)
    assert_error(err, "INTERNAL_ERROR", "VM.clone")
    pool:clear_faults()

    pool:fault { fault = "hang", method = "VM.clone" }
    local job = assert(session:async("VM.clone", template, "hangs"))
    assert(bench:wait_for_faults())
    job:cancel()
    copy, err = job:wait()
    assert.is_nil(copy)
    assert.equal("ECANCELLED", err.code)
    assert.equal(0, pool:counts().task)
    pool:clear_faults()

    pool:fault { fault = "reset_after", method = "Async.VM.clone" }
    local mark = pool:mark()
    copy = assert(session:async("VM.clone", template, "lost"):wait())
    assert.equal(1, #pool:requests { since = mark, method = "Async.VM.clone" })
    local disk = session:call("VBD.get_VDI", session:call("VM.get_VBDs", copy)[1])
    assert(session:call("VM.destroy", copy))
    assert(session:call("VDI.destroy", disk))
  end)

  -- ---- events ----

  clean_it("events: faults raise, and lost answers do not", function()
    local session <close> = assert(bench:session())
    local function read()
      local count = 0
      for _ in session:events { classes = { "vm" }, timeout = 0.05 } do count = count + 1 end
      return count
    end
    local all = read()
    for _, fault in ipairs { "reset_before", "reset_after", "session_invalid" } do
      pool:fault { fault = fault, method = "event.from" }
      assert.equal(all, read())
      pool:clear_faults()
    end
    for fault, code in pairs { http = "HTTP_500", cut = "BAD_ANSWER", garbage = "BAD_ANSWER" } do
      pool:fault { fault = fault, method = "event.from" }
      local done, err = pcall(read)
      assert.is_false(done)
      assert_error(err, code, "event.from")
      pool:clear_faults()
    end
    for _ in session:events { classes = { "no class" }, timeout = 0.05 } do error "none expected" end
  end)

  -- ---- its end ----

  clean_it("closed, or dropped, it logs out; a pool that is gone does not keep it", function()
    local session = assert(bench:session())
    assert.equal(1, pool:counts().session)
    assert(session:close())
    assert.equal(0, pool:counts().session)
    assert.has_error(function() session:call "VM.get_all" end)
    assert(bench:session())
    bench:wait_for_couriers() -- collected
    assert.equal(0, pool:counts().session)
    session = assert(bench:session())
    pool:fault { fault = "refuse" }
    assert(session:close())
    bench:wait_for_couriers()
    pool:clear_faults()
    pool:control "end_sessions"
  end)

  clean_it("whose courier is killed logs in again", function()
    local session <close> = assert(bench:session())
    os.execute("kill -9 " .. fault_bench.couriers()[1])
    assert(bench:wait_until(function() return session:call "VM.get_all" ~= nil end))
    assert.equal("string", type(tostring(session)))
    pool:fault { fault = "hang", method = "VM.get_all_records" }
    local job = assert(session:send("call", { method = "VM.get_all_records", params = {}, seconds = 60 }, 60))
    assert(bench:wait_for_faults())
    os.execute("kill -9 " .. fault_bench.couriers()[1])
    local result, err = job:wait()
    assert.is_nil(result)
    assert.equal("EDIED", err.code)
    pool:clear_faults()
    assert(session:call "VM.get_all")
    for _, ref in ipairs(pool:call "task.get_all") do pcall(pool.call, pool, "task.cancel", ref) end
  end)

  it("is of the class that its name says", function()
    do
      local session <close> = assert(bench:session())
      assert.equal("XapiSession", bioxen.type(session))
    end
    assert.equal("", bench:leftovers())
  end)
end)
