-- What on a pool is a guest of ours, what is somebody's, and what is found again after whoever made it has
-- died: by its courier's successor, by `bioxen xcpng gc`, or by a second attempt.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local cjson = require "cjson"
local fault_bench = require "spec.support.fault_bench"

local BUILD = os.getenv "BIOXEN_BUILD" or "./build"
local ANOTHER_POOL = "00000000-0000-0000-0000-000000000000"

describe("on a pool,", function()
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

  local function assert_says(text, ...)
    for _, words in ipairs { ... } do
      assert(text:find(words, 1, true), ("%q does not say %q"):format(text, words))
    end
  end

  local function running(overrides)
    local vm = bench:create(overrides)
    assert(vm:start())
    return vm, pool:call("VM.get_by_uuid", vm:get_status().uuid)
  end

  local function assert_works(vm)
    assert.equal(7, assert(vm:execute_biological_process "return 7").result)
  end

  local function kill_couriers()
    fault_bench.kill(table.unpack(fault_bench.couriers()))
    pool:control "end_sessions" -- which the dead did not end
  end

  -- `bioxen xcpng gc` with the bench's journal: what it prints.
  local function gc(...)
    local path = pool.state .. "/gc.json"
    local file = assert(io.open(path, "w"))
    file:write(cjson.encode { xapi_url = pool.https_url, username = pool.username, password = pool.password,
      ca_file = pool.ca_file, journal = bench.journal })
    file:close()
    assert(os.execute("chmod 600 " .. path))
    local pipe = assert(io.popen(table.concat({ BUILD .. "/bin/bioxen xcpng gc", path, ... }, " ") .. " 2>&1"))
    local text = pipe:read "a"
    pipe:close()
    return text
  end

  -- What a session finds on the pool, by kind.
  local function list()
    local session <close> = assert(bench:session())
    local kinds = {}
    local rows = assert(session:send("list", true):wait())
    for i, row in ipairs(rows) do kinds[i] = row.kind end
    return rows, table.concat(kinds, " ")
  end

  -- Have a session remove what a key stands for.
  local function collect(key)
    local session <close> = assert(bench:session())
    return assert(session:send("collect", { keys = { key } }):wait())
  end

  local function disks_of(vm)
    local found = {}
    for _, vbd in ipairs(pool:call("VM.get_VBDs", vm)) do found[#found + 1] = pool:call("VBD.get_VDI", vbd) end
    return found
  end

  -- Remove a VM with its disks, as somebody else would.
  local function remove(vm)
    local disks = disks_of(vm)
    pool:call("VM.destroy", vm)
    for _, disk in ipairs(disks) do pool:call("VDI.destroy", disk) end
  end

  -- A task that nobody waits for any more is the pool's own to forget.
  local function forget_tasks()
    for _, ref in ipairs(pool:call "task.get_all") do pool:call("task.destroy", ref) end
  end

  -- ---- whose it is ----

  clean_it("a guest of another journal is not gc's to remove, unless told", function()
    local vm <close> = running { journal = pool.state .. "/another" }
    local name = vm:get_status().name
    local text = gc "--yes"
    assert_says(text, name, "not in this journal, made by ", "1 made by others", "--without-journal",
      "Nothing is abandoned")
    local rows, kinds = list()
    assert.equal("VM", kinds)
    assert.is_false(rows[1].here)
    assert.is_false(rows[1].alive)
    assert_works(vm)
    assert_says(gc "--without-journal", "1 abandoned")
    assert_works(vm)
    assert_says(gc("--yes", "--without-journal"), name, "1 removed, 0 left")
    assert.equal(bench.before.VM, pool:counts().VM)
    assert(vm:destroy())
  end)

  clean_it("what is no file beside the journals is none, and holds nobody up", function()
    running():destroy()
    local names = { bench.journal .. "/aa.json", bench.journal .. "/bb.json", bench.journal .. "/cc.json" }
    assert(os.execute(("mkfifo %s; ln -s /dev/zero %s; mkdir %s"):format(table.unpack(names))))
    assert.same({}, (list()))
    assert(os.execute(("rm -r %s %s %s"):format(table.unpack(names))))
  end)

  clean_it("a guest whose courier was killed is in use again once another has it", function()
    local vm <close> = running()
    local uuid = vm:get_status().uuid
    fault_bench.kill(table.unpack(fault_bench.couriers()))
    assert(bench:wait_until(function() return vm:get_state() == "error" end))
    assert(vm:restart())
    assert.equal(uuid, vm:get_status().uuid)
    assert_says(gc "--yes", vm:get_status().name, "in use", "Nothing is abandoned")
    local rows = list()
    assert.is_true(rows[1].alive)
    assert.same({ removed = 0, failed = {} }, collect(rows[1].key))
    assert_works(vm)
    pool:control "end_sessions" -- the dead courier's is among them
  end)

  -- Somebody makes a VM of the guest's snapshot, with all that is written on it.
  local function copy_of(vm, ref)
    assert(vm:snapshot "before")
    local copy = pool:call("VM.clone", pool:call("VM.get_snapshots", ref)[1], vm:get_status().name)
    assert.equal(pool:call("VM.get_other_config", ref).bioxen_key, pool:call("VM.get_other_config", copy).bioxen_key)
    return copy
  end

  local ENDS = {
    destroy = function(vm) assert(vm:destroy()) end,
    ["a destruction by another courier"] = function(vm)
      kill_couriers()
      assert(vm:destroy())
    end,
    gc = function(vm)
      kill_couriers()
      assert_says(gc "--yes", "1 removed, 0 left")
      assert(vm:destroy())
    end,
  }
  for name, act in pairs(ENDS) do
    clean_it("what somebody made of a guest's snapshot outlives " .. name, function()
      local vm <close>, ref = running()
      local copy = copy_of(vm, ref)
      local _, kinds = list()
      assert.equal("VM", kinds) -- the guest
      act(vm)
      assert.equal(1, #disks_of(copy))
      assert.truthy(pool:call("VDI.get_uuid", disks_of(copy)[1]))
      assert.same({}, (list()))
      assert.same({}, bench:entries())
      remove(copy)
    end)
  end

  clean_it("what somebody made of a guest's snapshot is not taken for the guest", function()
    local vm <close>, ref = running()
    local copy = copy_of(vm, ref)
    kill_couriers()
    remove(pool:call("VM.get_snapshots", ref)[1])
    pool:call("VM.hard_shutdown", ref)
    remove(ref)
    assert(vm:restart())
    assert.not_equal(pool:call("VM.get_uuid", copy), vm:get_status().uuid)
    assert.equal("Halted", pool:call("VM.get_power_state", copy))
    assert(vm:destroy())
    remove(copy)
  end)

  -- ---- which pool it is ----

  for name, uuid in pairs { ["the right"] = pool.pool_uuid, ["another"] = ANOTHER_POOL } do
    clean_it(("which is %s one, though the first check of that failed"):format(name), function()
      pool:fault { fault = "http", method = "pool.get_all_records" }
      local vm <close> = bench:create { pool_uuid = uuid }
      local started, err = vm:start()
      assert.is_nil(started)
      assert.equal("HTTP_500", err.xapi.code)
      started, err = vm:start()
      if uuid == ANOTHER_POOL then
        assert.is_nil(started)
        assert.equal("ECONFIG", err.code)
        assert_says(err.message, "pool_uuid", uuid, pool.pool_uuid)
        assert.same({}, pool:requests { since = bench.mark, method = "Async.VM.clone" })
        assert.same({}, bench:entries())
      else
        assert(started, tostring(err))
      end
    end)
  end

  -- ---- removed in two attempts ----

  -- How a removal fails in the middle, of a guest with a snapshot that it was reverted to or not, and how it
  -- goes on.
  local FAILURES = {
    { "its snapshot's removal", { method = "VM.destroy", nth = 1 } },
    { "its own removal", { method = "VM.destroy", nth = 2 } },
    { "the removal of one disk", { method = "VDI.destroy", nth = 1 } },
    { "the removal of the other disk", { method = "VDI.destroy", nth = 2 } },
    { "the removal of any disk", { method = "VDI.destroy", times = -1 } },
  }
  local AGAIN = {
    ["a second attempt"] = function(vm) assert(vm:destroy()) end,
    ["another courier"] = function(vm)
      kill_couriers()
      assert(vm:destroy())
    end,
    gc = function(vm)
      kill_couriers()
      assert_says(gc "--yes", " removed, 0 left")
      assert(vm:destroy())
    end,
  }
  for _, failure in ipairs(FAILURES) do
    for name, again in pairs(AGAIN) do
      clean_it(("a guest goes with its snapshot and disks, though %s fails, by %s"):format(failure[1], name), function()
        local vm <close> = running()
        assert(vm:snapshot "before")
        if failure[2].method == "VDI.destroy" then assert(vm:revert "before") end
        pool:fault { fault = "error", code = "SR_BACKEND_FAILURE_46", method = failure[2].method,
          nth = failure[2].nth, times = failure[2].times }
        local destroyed, err = vm:destroy()
        assert.is_nil(destroyed)
        assert.equal("SR_BACKEND_FAILURE_46", err.xapi.code)
        assert.equal(1, #bench:entries())
        pool:clear_faults()
        again(vm)
        assert.same({}, bench:entries())
        for _, class in ipairs { "VM", "VDI", "snapshots" } do
          assert.equal(bench.before[class], pool:counts()[class], class)
        end
      end)
    end
  end

  -- ---- two rows of one key ----

  local function name_in_journal()
    local text = fault_bench.read(bench.journal .. "/" .. bench:entries()[1])
    return assert(cjson.decode(text).name)
  end

  local function copy_template(name)
    return pool:call("VM.clone", pool:call("VM.get_by_name_label", pool.template)[1], name)
  end

  -- A host and its courier die when the copy is there and has no mark yet; there are two of it, as where a
  -- request was acted on twice.
  local function leave_two_copies()
    pool:fault { fault = "hang", method = "VM.get_record", nth = 2 }
    local host = bench:spawn_host "create 'vm':start()"
    assert(bench:wait_for_faults())
    copy_template(name_in_journal())
    fault_bench.kill(host.pid, fault_bench.couriers(host.pid)[1])
    fault_bench.end_host(host)
    pool:control "go_on"
    pool:clear_faults()
    pool:control "end_sessions"
  end

  -- The same when a guest and its snapshot are gone, and their disks are not.
  local function leave_two_disks()
    local vm = running()
    assert(vm:snapshot "before")
    pool:fault { fault = "error", code = "SR_BACKEND_FAILURE_46", method = "VDI.destroy", times = -1 }
    assert.is_nil((vm:destroy()))
    pool:clear_faults()
    kill_couriers()
    return vm
  end

  for kinds, leave in pairs { ["VM VM"] = leave_two_copies, ["VDI VDI"] = leave_two_disks } do
    clean_it("of two that are left the journal is kept until both are gone: " .. kinds, function()
      local vm = leave()
      local rows, found = list()
      assert.equal(kinds, found)
      assert.equal(rows[1].key, rows[2].key)
      pool:fault { fault = "error", code = "SR_BACKEND_FAILURE_46", method = kinds:match "%a+" .. ".destroy" }
      local outcome = collect(rows[1].key)
      assert.equal(1, outcome.removed)
      assert.equal(1, #outcome.failed)
      assert_says(outcome.failed[1].message, "SR_BACKEND_FAILURE_46")
      assert.equal(1, #bench:entries())
      pool:clear_faults()
      assert_says(gc "--yes", "abandoned", "1 removed, 0 left")
      assert.same({}, bench:entries())
      if vm then assert(vm:destroy()) end
    end)
  end

  local STOPS = {
    ["cancelled"] = function(job) job:cancel() end,
    ["whose courier is killed"] = function()
      fault_bench.kill(table.unpack(fault_bench.couriers()))
      pool:clear_faults()
    end,
  }
  for _, step in ipairs { { "VM.get_record", 2 }, { "VM.add_to_other_config", 1 }, { "Async.VM.provision", 1 } } do
    for name, stop in pairs(STOPS) do
      clean_it(("a request acted on twice leaves nothing of a start %s, at %s"):format(name, step[1]), function()
        pool:fault { fault = "hang", method = step[1], nth = step[2] }
        local vm <close> = bench:create()
        local job = assert(vm:start { wait = false, timeout = 60 })
        assert(bench:wait_for_faults())
        copy_template(name_in_journal())
        stop(job)
        assert.is_nil((job:wait()))
        assert(bench:wait_until(function() return #bench:entries() == 0 end))
        assert.equal(bench.before.VM, pool:counts().VM)
        pool:control "go_on"
        pool:control "end_sessions"
      end)
    end
  end

  -- ---- a copy that is still to come ----

  -- How a copy ends that its host and courier did not live to see, and what there is then.
  local COPIES = {
    ["and then comes"] = { "VM", function()
      pool:control "go_on"
      assert(bench:wait_until(function() return pool:counts().VM > bench.before.VM end))
    end },
    ["and never comes"] = { "journal", function()
      for _, ref in ipairs(pool:call "task.get_all") do pcall(pool.call, pool, "task.cancel", ref) end
      assert(bench:wait_until(function()
        local pending = 0
        for _, task in pairs(pool:call "task.get_all_records") do
          if task.status == "pending" then pending = pending + 1 end
        end
        return pending == 0
      end))
    end },
  }
  for name, copy in pairs(COPIES) do
    clean_it("a copy under way when its host and courier die is waited for, " .. name, function()
      pool:fault { fault = "hang", method = "VM.clone" }
      local host = bench:spawn_host "create 'vm':start()"
      assert(bench:wait_for_faults())
      fault_bench.kill(host.pid, fault_bench.couriers(host.pid)[1])
      fault_bench.end_host(host)
      pool:control "end_sessions"
      local guest = name_in_journal()
      assert_says(gc "--yes", guest, "may still appear", "Nothing is abandoned")
      local rows, kinds = list()
      assert.equal("journal", kinds)
      assert.same({ removed = 0, failed = {} }, collect(rows[1].key))
      assert.equal(1, #bench:entries())
      copy[2]()
      forget_tasks()
      assert.equal(copy[1], select(2, list()))
      assert_says(gc "--yes", guest, "abandoned", "1 removed, 0 left")
      assert.same({}, bench:entries())
    end)
  end
end)
