-- What goes wrong between a courier and its pool, at each step of a start and after it: an error that says
-- what and where, or none where it can be survived; and nothing is left, whatever happened.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local fault_bench = require "spec.support.fault_bench"
local processes = require "spec.support.processes"

local DEADLINE = 6
local SLACK = 2 * (tonumber(os.getenv "BIOXEN_SLOW") or 1) -- seconds that an answer may come late

-- The steps of a start, each by a call that it makes. What becomes of a broken call depends on its kind: a
-- `read` and what may be `repeat`ed are sent again, a `task` once it is clear what there is.
local STEPS = {
  { "login", "session.login_with_password", "login" },
  { "the pool", "pool.get_all_records", "read" },
  { "the template", "VM.get_by_name_label", "read" },
  { "the copy", "Async.VM.clone", "task" },
  { "the copy's record", "VM.get_record", "read", nth = 2 },
  { "the mark", "VM.add_to_other_config", "repeat" },
  { "the disk's mark", "VDI.add_to_other_config", "repeat" },
  { "the name", "VM.set_name_description", "repeat" },
  { "memory", "VM.set_memory_limits", "repeat" },
  { "guest data", "VM.add_to_xenstore_data", "repeat" },
  { "the interface", "VIF.create", "vif" },
  { "provision", "Async.VM.provision", "task" },
  { "start", "Async.VM.start", "task" },
  { "the tasks' end", "task.destroy", "ignored" },
  { "events", "event.from", "read" },
  { "the address", "VM_guest_metrics.get_record", "read" },
}

describe("a pool with faults:", function()
  local missing = fault_bench.missing()
  if missing then
    pending("skipped: " .. missing)
    return
  end
  local bench = fault_bench.open { hosts = 2 }
  local pool = bench.pool
  local network = pool:control { command = "add_network", name = "another" }
  bench.before = bench:state()
  teardown(function() bench:close() end)

  local function clean_it(name, given)
    it(name, bench:clean(given))
  end

  local function create(overrides)
    return bench:create(overrides)
  end

  -- Start a VM: true, or nil and the error, which tells no secret; within the deadline, or hardly later.
  local function start(vm, deadline)
    deadline = bench:seconds(deadline or DEADLINE)
    local began = bioxen.clock()
    local started, err = vm:start { timeout = deadline }
    local took = bioxen.clock() - began
    assert(took < deadline + bench:seconds(SLACK), ("a start of %g s took %g s"):format(deadline, took))
    if err then assert.is_nil(bench:secret_in(fault_bench.dump(err))) end
    return started, err
  end

  local function assert_says(err, ...)
    for _, words in ipairs { ... } do
      assert(err.message:find(words, 1, true), ("%q does not say %q"):format(err.message, words))
    end
  end

  local function assert_works(vm)
    assert.equal("running", vm:get_state())
    assert.equal(7, assert(vm:execute_biological_process "return 7").result)
  end

  local function plain_name(method)
    return (method:gsub("^Async%.", ""))
  end

  -- ---- one fault at each step ----

  describe("one fault at each step of a start:", function()
    -- Each with the code that it comes to, if the start does not survive it.
    local FAULTS = { { "reset_before" }, { "reset_after" }, { "http", "HTTP_500" }, { "cut", "BAD_ANSWER" },
      { "session_invalid" }, { "error", "SR_BACKEND_FAILURE_46" } }

    local function is_survived(fault, kind)
      if not fault[2] or kind == "ignored" then return true end
      return fault[1] ~= "error" and (kind == "task" or kind == "vif")
    end

    -- A session whose reference was in an answer that was lost stays until it expires.
    local function loses_a_session(fault, kind)
      return kind == "login" and (fault == "reset_after" or fault == "cut")
    end

    local function assert_failed(vm, step, fault, err)
      assert.equal("EXAPI", err.code)
      assert.equal(fault[2], err.xapi.code)
      assert_says(err, plain_name(step[2]))
      assert.equal(plain_name(step[2]), plain_name(err.xapi.method))
      if fault[1] == "error" then
        assert.same({ "the", step[3] == "login" and "…" or "parameters" }, err.xapi.params)
      end
      assert.is_false(err.xapi.retryable)
      assert.is_true(err.usable)
      assert.is_nil(err.left)
      assert.equal("created", vm:get_state())
    end

    local function strike(fault, step)
      pool:fault { fault = fault[1], method = step[2], nth = step.nth, code = fault[2],
        params = { "the", "parameters" } }
      local vm <close> = create { network_uuid = network.uuid, vm_memory = "64MB" }
      local started, err = start(vm)
      assert.equal(1, pool:faults()[1].fired)
      if is_survived(fault, step[3]) then
        assert(started, tostring(err))
        assert_works(vm)
      else
        assert.is_nil(started)
        assert_failed(vm, step, fault, err)
      end
      if loses_a_session(fault[1], step[3]) then
        assert(vm:destroy())
        pool:control "end_sessions"
      end
    end

    for _, step in ipairs(STEPS) do
      for _, fault in ipairs(FAULTS) do
        clean_it(("%s at %s (%s)"):format(fault[1], step[1], step[2]), function() strike(fault, step) end)
      end
    end
  end)

  -- ---- answers that are none ----

  describe("answers that are none:", function()
    for _, fault in ipairs { "garbage", "empty", "wrong_id", "deep", "invalid_utf8", "html", "huge_int", "gzip",
      "oversized", "endless", "redirect" } do
      clean_it(fault .. " is an error of the call, and of no other", function()
        pool:fault { fault = fault, method = "VM.get_record", bytes = 1 << 20 }
        local vm <close> = create { max_response = 1 << 16 }
        local started, err = start(vm)
        assert.is_nil(started)
        assert.equal("EXAPI", err.code)
        assert.equal(fault == "redirect" and "HTTP_301" or "BAD_ANSWER", err.xapi.code)
        assert_says(err, "VM.get_record")
        assert(start(vm))
        assert_works(vm)
      end)
    end

    clean_it("a copy whose answer cannot be read is found, not made again", function()
      for _, fault in ipairs { "cut_close", "garbage", "wrong_id", "close_after" } do
        pool:fault { fault = fault, method = "Async.VM.clone" }
        local mark = pool:mark()
        local vm <close> = create()
        assert(start(vm))
        assert.equal(1, #pool:requests { since = mark, method = "Async.VM.clone" })
        pool:clear_faults()
      end
    end)

    clean_it("answers of one byte a second end with the deadline", function()
      for _, method in ipairs { "session.login_with_password", "VM.get_record", "Async.VM.clone" } do
        pool:fault { fault = "drip", method = method, times = -1 }
        local vm <close> = create()
        local started, err = start(vm, 2)
        assert.is_nil(started)
        assert.equal("EDEADLINE", err.code)
        assert_says(err, method)
        pool:clear_faults()
      end
      pool:control "end_sessions"
    end)
  end)

  -- ---- the connection ----

  describe("the connection:", function()
    clean_it("nobody listens", function()
      pool:fault { fault = "refuse" }
      local vm <close> = create()
      local started, err = start(vm)
      assert.is_nil(started)
      assert.equal("ECONNECT", err.code)
      assert_says(err, "session.login_with_password", pool.https_url, "refused")
      assert.is_true(err.usable)
    end)

    clean_it("nobody listens for a moment", function()
      pool:fault { fault = "refuse", seconds = 0.15 }
      local vm <close> = create()
      assert(start(vm))
    end)

    clean_it("every connection breaks, before or after the server acted", function()
      for _, fault in ipairs { "reset_before", "reset_after", "close_before" } do
        pool:fault { fault = fault, method = "VM.get_by_name_label", times = -1 }
        local vm <close> = create()
        local started, err = start(vm, 3) -- half of it is for a pool that comes back
        assert.is_nil(started)
        assert.equal("ECONNECT", err.code)
        assert_says(err, "VM.get_by_name_label")
        pool:clear_faults()
      end
    end)

    clean_it("a certificate that is not to be trusted", function()
      pool:fault { fault = "certificate" }
      local mark = pool:mark()
      for _, trust in ipairs { { ca_file = pool.ca_file }, { fingerprint = pool.fingerprint } } do
        local config = { ca_file = trust.ca_file or false, fingerprint = trust.fingerprint }
        local given = bench:config()
        given.ca_file, given.fingerprint = config.ca_file or nil, config.fingerprint
        local vm <close> = assert(bioxen.create_bio_vm("distrusts", "plain_cell", "xcpng", { xcpng_config = given }))
        local started, err = start(vm)
        assert.is_nil(started)
        assert.equal("ETRUST", err.code)
        assert_says(err, "session.login_with_password")
      end
      assert.same({}, pool:requests { since = mark })
    end)
  end)

  -- ---- sessions and the master ----

  describe("sessions and the master:", function()
    clean_it("a session that is never valid", function()
      pool:fault { fault = "session_invalid", method = "VM.get_by_name_label", times = -1 }
      local vm <close> = create()
      local started, err = start(vm)
      assert.is_nil(started)
      assert.equal("SESSION_INVALID", err.xapi.code)
      assert.is_true(err.xapi.retryable)
    end)

    clean_it("all sessions end while a VM runs", function()
      local vm <close> = create()
      assert(start(vm))
      pool:control "end_sessions"
      assert(vm:pause())
      pool:control "end_sessions"
      assert(vm:resume())
      assert_works(vm)
      pool:control "end_sessions"
      assert(vm:stop())
      pool:control "end_sessions"
      assert(start(vm))
      pool:control "end_sessions"
      assert(vm:destroy())
    end)

    clean_it("a password that is not the right one", function()
      local vm <close> = create { password = "not the right one" }
      local started, err = start(vm)
      assert.is_nil(started)
      assert.equal("EAUTH", err.code)
      assert.equal("SESSION_AUTHENTICATION_FAILED", err.xapi.code)
      assert.is_nil(fault_bench.dump(err):find("not the right one", 1, true))
    end)

    -- Both hosts' certificates.
    local authorities = pool.state .. "/authorities.pem"
    local file = assert(io.open(authorities, "w"))
    file:write(fault_bench.read(pool.ca_file), fault_bench.read((pool.ca_file:gsub("1%.pem$", "2.pem"))))
    file:close()

    clean_it("the master is another host: trusted by the fingerprint that the first host sent of it", function()
      local config = bench:config { fingerprint = pool.fingerprint }
      config.ca_file = nil
      pool:control { command = "master", host = 2 }
      local vm <close> = assert(bioxen.create_bio_vm("pinned", "plain_cell", "xcpng", { xcpng_config = config }))
      local started, err = start(vm)
      local url = vm:get_status().pool
      vm:destroy()
      pool:control { command = "master", host = 1 }
      assert(started, tostring(err))
      assert.equal(pool.slave_https_url, url)
    end)

    clean_it("the master is another host: not trusted where nothing vouches for it", function()
      pool:control { command = "master", host = 2 }
      local vm <close> = create()
      local started, err = start(vm)
      pool:control { command = "master", host = 1 }
      assert.is_nil(started)
      assert.equal("ETRUST", err.code)
      assert_says(err, pool.slave_https_url)
    end)

    clean_it("the master is another host, at the login and in the middle", function()
      local vm <close> = create { ca_file = authorities }
      pool:control { command = "master", host = 2 }
      assert(start(vm))
      assert.equal(pool.slave_https_url, vm:get_status().pool)
      pool:control { command = "master", host = 1 }
      assert(vm:pause())
      assert.equal(pool.https_url, vm:get_status().pool)
      assert(vm:resume())
      assert(vm:destroy())
    end)

    clean_it("the master moves at each step", function()
      for _, method in ipairs { "Async.VM.clone", "VM.add_to_other_config", "Async.VM.start", "event.from" } do
        pool:fault { fault = "slow_reply", method = method, seconds = 0.2 }
        local vm <close> = create { ca_file = authorities }
        local job = assert(vm:start { wait = false, timeout = DEADLINE })
        assert(bench:wait_for_faults())
        pool:control { command = "master", host = 2 }
        assert(job:wait())
        assert_works(vm)
        pool:control { command = "master", host = 1 }
        assert(vm:destroy())
        pool:clear_faults()
      end
    end)

    clean_it("a master that is not of the pool is not followed", function()
      pool:control { command = "master", host = 2 }
      local vm <close> = create { pool_members = { "127.0.0.1" } }
      local started, err = start(vm)
      pool:control { command = "master", host = 1 }
      assert.is_nil(started)
      assert.equal("HOST_IS_SLAVE", err.xapi.code)
    end)

    clean_it("a member that names itself again and again is asked once more", function()
      for _, methods in ipairs { { "host.get_all_records" }, { "host.get_all_records", "pool.get_all_records" } } do
        local session <close> = assert(bench:session())
        pool:fault { fault = "error", code = "HOST_IS_SLAVE", params = { "127.0.0.1" }, method = methods, times = -1 }
        local mark = pool:mark()
        local answer, err = session:call "host.get_all_records"
        assert.is_nil(answer)
        assert.equal("HOST_IS_SLAVE", err.code)
        assert.is_true(#pool:requests { since = mark } <= 3)
        pool:clear_faults()
        assert(session:call "host.get_all_records") -- in another call it may be another's turn
      end
    end)

    clean_it("the toolstack restarts in the middle", function()
      for _, method in ipairs { "VM.clone", "VM.start" } do
        pool:delays { [method] = 0.3 }
        local mark = pool:mark()
        local vm <close> = create()
        local job = assert(vm:start { wait = false, timeout = DEADLINE })
        assert(bench:wait_until(function()
          return #pool:requests { since = mark, method = "Async." .. method } > 0
        end))
        pool:control { command = "crash", seconds = 0.1 }
        local started, err = job:wait()
        assert(started or err.xapi.code == "TASK_LOST", tostring(err))
        pool:delays { [method] = 0 }
      end
    end)
  end)

  -- ---- what the pool says no to ----

  describe("what the pool refuses:", function()
    local function assert_refused(method, code, rule, ...)
      rule.method = method
      pool:fault(rule)
      local vm <close> = create()
      local started, err = start(vm)
      assert.is_nil(started)
      assert.equal("EXAPI", err.code)
      assert.equal(code, err.xapi.code)
      assert.equal(method, plain_name(err.xapi.method))
      assert_says(err, method, code, ...)
      pool:clear_faults()
      assert(start(vm)) -- which is none the worse for it
    end

    clean_it("no room for the copy", function()
      assert_refused("VM.clone", "SR_FULL", { fault = "sr_full" }, "copying the template", "8589934592")
      assert_refused("VM.clone", "SR_FULL", { fault = "sr_full", at_once = true })
    end)

    clean_it("no host for the guest", function()
      assert_refused("VM.start", "NO_HOSTS_AVAILABLE", { fault = "no_hosts" }, "host1: it could by now")
    end)

    clean_it("a task that fails", function()
      for _, method in ipairs { "VM.clone", "VM.provision", "VM.start" } do
        assert_refused(method, "INTERNAL_ERROR", { fault = "task_fails" })
      end
    end)

    clean_it("a task that has done its work and fails", function()
      for _, method in ipairs { "VM.clone", "VM.provision", "VM.start" } do
        assert_refused(method, "INTERNAL_ERROR", { fault = "task_fails", acts = true })
      end
    end)

    clean_it("what passes is waited out", function()
      for _, code in ipairs { "TOO_MANY_PENDING_TASKS", "OTHER_OPERATION_IN_PROGRESS", "HOST_STILL_BOOTING" } do
        for _, method in ipairs { "VM.clone", "VM.set_name_description", "VM.start" } do
          pool:fault { fault = "error", code = code, at_once = true, method = method, times = 2 }
        end
        local vm <close> = create()
        assert(start(vm))
        for _, rule in ipairs(pool:faults()) do assert.equal(2, rule.fired) end
        pool:clear_faults()
      end
    end)

    clean_it("a disk in use for a while", function()
      local vm <close> = create()
      assert(start(vm))
      pool:fault { fault = "vdi_in_use", method = "VDI.destroy", times = 3 }
      assert(vm:destroy())
      assert.equal(3, pool:faults()[1].fired)
    end)

    -- What a pool says of a guest goes to the host: the pool is told apart from a courier that has lost its way.
    clean_it("an answer without a uuid or a power state", function()
      local long = ('"%s"'):format(("a"):rep(5000))
      local function record(uuid, state) return ('{"uuid":%s,"power_state":%s,"VBDs":[]}'):format(uuid, state) end
      for _, case in ipairs { { "VM.get_record", record(long, '"Halted"'), "uuid" },
        { "VM.get_record", record("7", '"Halted"'), "uuid" }, { "VM.get_record", record('"u"', long), "power state" },
        { "VM.get_record", record('"u"', "[]"), "power state" }, { "VM.get_power_state", long, "power state" },
        { "VM.get_power_state", "{}", "power state" }, { "host.get_name_label", "7", "wrong type" } } do
        pool:fault { fault = "body", method = case[1],
          text = ('{"jsonrpc":"2.0","id":{id},"result":%s}'):format(case[2]) }
        local session <close> = assert(bench:session())
        local answer, err = session:call(case[1], "OpaqueRef:x")
        assert.is_nil(answer)
        assert.equal("BAD_ANSWER", err.code)
        assert_says(err, case[1], case[3])
        pool:clear_faults()
      end
      pool:fault { fault = "body", method = "VM.get_record",
        text = ('{"jsonrpc":"2.0","id":{id},"result":%s}'):format(record(long, '"Halted"')), nth = 2 }
      local vm <close> = create()
      local started, err = start(vm)
      assert.is_nil(started)
      assert.equal("EXAPI", err.code)
      assert_says(err, "VM.get_record", "uuid")
      pool:clear_faults()
      vm:destroy()
    end)

    clean_it("names that are not there, or there twice", function()
      local copy = pool:control { command = "add_template", name = pool.template, with_disk = false,
        with_vif = false }
      for _, wrong in ipairs { { template_name = "absent" }, { template_name = pool.template },
        { network_uuid = "absent" }, { storage_repository = "absent" }, { host = "absent" } } do
        local config = bench:config(wrong)
        if not wrong.template_name then
          config.template_name, config.template_uuid = nil, pool.template_uuid
        end
        local vm <close> = assert(bioxen.create_bio_vm("names", "plain_cell", "xcpng", { xcpng_config = config }))
        local started, err = start(vm)
        assert.is_nil(started)
        assert.equal("ECONFIG", err.code)
        assert.truthy(err.message:find("absent", 1, true) or err.message:find(copy.uuid, 1, true), err.message)
      end
      pool:call("VM.destroy", copy.ref)
    end)
  end)

  -- ---- time ----

  describe("deadlines:", function()
    for _, step in ipairs(STEPS) do
      if step[3] ~= "ignored" then
        clean_it("at " .. step[1], function()
          pool:fault { fault = "hang", method = step[2], nth = step.nth }
          local vm <close> = create { network_uuid = network.uuid, vm_memory = "64MB" }
          local started, err = start(vm, 3) -- a fifth of it is for what has to be undone
          assert.is_nil(started)
          assert.equal("EDEADLINE", err.code)
          assert_says(err, "deadline")
          assert.is_nil(err.left)
          pool:clear_faults()
          assert(start(vm))
        end)
      end
    end
  end)

  describe("cancelling:", function()
    for _, step in ipairs(STEPS) do
      if step[3] ~= "ignored" then
        clean_it("at " .. step[1], function()
          pool:fault { fault = "hang", method = step[2], nth = step.nth }
          local vm <close> = create { network_uuid = network.uuid, vm_memory = "64MB" }
          local job = assert(vm:start { wait = false, timeout = 60 })
          assert(bench:wait_for_faults())
          job:cancel()
          local began = bioxen.clock()
          local started, err = job:wait()
          assert.is_nil(started)
          assert.equal("ECANCELLED", err.code)
          assert_says(err, "cancelled")
          assert(bioxen.clock() - began < bench:seconds(10))
          assert.equal("created", vm:get_state())
        end)
      end
    end
  end)

  -- ---- what cannot be undone ----

  describe("what cannot be undone is named, kept in the journal, and can be removed later:", function()
    local function kill_couriers()
      for _, courier in ipairs(fault_bench.couriers()) do
        assert(os.execute("kill -9 " .. courier))
        assert(processes.wait_until(function() return (processes.state(courier) or "X"):find "[ZX]" end))
      end
    end

    -- The start fails and leaves something, which a session finds and removes. `settle()`, which may be nil,
    -- ends what goes on meanwhile.
    local function assert_kept(given, kinds, settle)
      local vm <close> = create()
      local started, err = given(vm)
      assert.is_nil(started)
      assert.is_nil(bench:secret_in(fault_bench.dump(err)))
      assert.equal("table", type(err.left), tostring(err))
      assert_says(err, err.left.name, "is left on the pool")
      assert.equal(1, #bench:entries())
      assert.truthy(bench:entries()[1]:find(err.left.key, 1, true))
      assert.is_nil(bench:secret_in(fault_bench.read(bench.journal .. "/" .. bench:entries()[1])))
      kill_couriers()
      pool:clear_faults()
      if settle then settle() end
      pool:control "end_sessions" -- which the dead did not end
      do
        local session <close> = assert(bench:session())
        local found = {}
        for _, row in ipairs(assert(session:send("list", true):wait())) do
          found[#found + 1] = row.kind
          assert.equal(err.left.key, row.key)
          assert.is_true(row.here)
          assert.is_false(row.alive)
        end
        assert.same(kinds, found)
        local outcome = assert(session:send("collect", { keys = { err.left.key } }):wait())
        assert.same({}, outcome.failed)
        assert.equal(#kinds, outcome.removed)
        assert.same({}, assert(session:send("list", true):wait()))
      end
      assert.same({}, bench:entries())
      assert(vm:destroy()) -- of which nothing is left
    end

    -- A task that could not be taken back is the pool's own to forget, once it has ended.
    local function forget_tasks()
      for _, ref in ipairs(pool:call "task.get_all") do pool:call("task.destroy", ref) end
    end

    clean_it("a VM that cannot be destroyed", function()
      assert_kept(function(vm)
        pool:fault { fault = "no_hosts", method = "VM.start" }
        pool:fault { fault = "error", code = "OPERATION_NOT_ALLOWED", method = "VM.destroy", times = -1 }
        return start(vm)
      end, { "VM" })
    end)

    clean_it("a disk that is in use for ever", function()
      assert_kept(function(vm)
        pool:fault { fault = "no_hosts", method = "VM.start" }
        pool:fault { fault = "vdi_in_use", method = "VDI.destroy", times = -1 }
        return start(vm, 2)
      end, { "VDI" })
      forget_tasks() -- of an attempt that the deadline ended
    end)

    for name, fault in pairs { ["a pool that is gone in the middle"] = "refuse",
      ["a certificate that changes in the middle"] = "certificate" } do
      clean_it(name, function()
        assert_kept(function(vm)
          pool:delays { ["VM.start"] = 0.5 }
          local job = assert(vm:start { wait = false, timeout = bench:seconds(2) })
          local mark = bench.mark
          assert(bench:wait_until(function()
            return #pool:requests { since = mark, method = "Async.VM.start" } > 0
          end))
          pool:fault { fault = fault }
          pool:delays { ["VM.start"] = 0 }
          return job:wait()
        end, { "VM" })
        forget_tasks()
      end)
    end

    clean_it("a copy that goes on in spite of everything", function()
      pool:fault { fault = "hang", method = "VM.clone", cancellable = false }
      assert_kept(function(vm) return start(vm, 2) end, { "journal" }, function()
        pool:control { command = "crash", seconds = 0 } -- a toolstack that restarts forgets its tasks
      end)
    end)

    clean_it("a copy that goes on, at a second try, too", function()
      pool:fault { fault = "hang", method = "VM.clone", cancellable = false }
      local vm <close> = create()
      local mark = bench.mark
      for _ = 1, 2 do
        local started, err = start(vm, 2)
        assert.is_nil(started)
        assert_says(err, "the pool goes on with the copy")
        assert.equal("table", type(err.left))
        assert.equal(1, #bench:entries())
      end
      assert.equal(1, #pool:requests { since = mark, method = "Async.VM.clone" })
      pool:control "go_on"
      assert(bench:wait_until(function() return pool:counts().task == 0 end)) -- which were told to go, too
      assert(vm:destroy())
      assert.same({}, bench:entries())
    end)

    clean_it("a VM destroyed later, by its own object", function()
      local vm <close> = create()
      pool:fault { fault = "no_hosts", method = "VM.start" }
      pool:fault { fault = "error", code = "OPERATION_NOT_ALLOWED", method = "VM.destroy", times = -1 }
      local _, err = start(vm)
      assert.equal("table", type(err.left))
      local destroyed, err = vm:destroy()
      assert.is_nil(destroyed)
      assert.equal("OPERATION_NOT_ALLOWED", err.xapi.code)
      pool:clear_faults()
      assert(vm:restart()) -- what was left is made anew
      assert_works(vm)
      assert(vm:destroy())
      assert.same({}, bench:entries())
    end)
  end)
end)
