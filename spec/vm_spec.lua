-- BiologicalVM: life cycle, calls, jobs, values, errors.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local kind = require "spec.support.vm_kind"
local processes = require "spec.support.processes"

local ORGANISM = "plain_cell"

local function start(id, config)
  local vm = assert(kind.create(id or "vm", ORGANISM, config))
  assert(vm:start())
  return vm
end

local function run(vm, code, options)
  local result, err = vm:execute_biological_process(code, options)
  if not result then error(tostring(err), 2) end
  return result.result
end

describe("the life of a VM", function()
  it("goes from created to running, paused, running, stopped, running, destroyed", function()
    local vm <close> = assert(kind.create("life", ORGANISM))
    assert.equal("created", vm:get_state())
    assert.is_true(vm:start())
    assert.equal("running", vm:get_state())
    assert.is_true(vm:pause())
    assert.equal("paused", vm:get_state())
    assert.is_true(vm:resume())
    assert.is_true(vm:stop())
    assert.equal("stopped", vm:get_state())
    assert.is_true(vm:start())
    assert.equal(1, run(vm, "return 1"))
    assert.is_true(vm:restart())
    assert.is_true(vm:destroy())
    assert.is_true(vm:destroy())
    assert.equal("destroyed", vm:get_state())
  end)

  it("refuses a transition, naming both states", function()
    local vm <close> = assert(kind.create("refuses", ORGANISM))
    for _, method in ipairs { "pause", "resume", "stop" } do
      local done, err = vm[method](vm)
      assert.is_nil(done)
      assert.equal("ESTATE", err.code)
      assert.truthy(err.message:find('"created"', 1, true), err.message)
      assert.truthy(err.message:find(method, 1, true), err.message)
    end
    assert(vm:start())
    local _, err = vm:start()
    assert.equal("ESTATE", err.code)
    assert.truthy(err.message:find('"running", not "created" or "stopped"', 1, true))
    vm:destroy()
    _, err = vm:execute_biological_process("return 1")
    assert.truthy(err.message:find('"destroyed"', 1, true))
  end)

  it("is waited for by its state", function()
    local vm <close> = assert(kind.create("waited_for", ORGANISM))
    assert.is_true(vm:wait_for("created", 0))
    local job = assert(vm:start { wait = false })
    assert.is_true(vm:wait_for "running")
    assert.is_true(job:done())
    local _, late = vm:wait_for("paused", 0.01)
    assert.equal("ETIMEOUT", late.code)
    assert.truthy(late.message:find('"running", not "paused" yet', 1, true), late.message)
    assert(vm:stop { wait = false })
    assert.is_true(vm:wait_for("stopped", 60))
    assert(vm:destroy())
    assert.is_true(vm:wait_for "destroyed")
    local _, gone = vm:wait_for "running"
    assert.equal("ESTATE", gone.code)
    assert.error_matches(function() vm:wait_for "happy" end, "invalid option 'happy'")
    assert.error_matches(function() vm:wait_for("running", -1) end, "a timeout in seconds")
  end)

  it("takes a timeout for whatever ends it, refused where it means nothing", function()
    local vm <close> = start "timeouts"
    for _, method in ipairs { "pause", "resume", "restart", "stop" } do
      assert.is_true(vm[method](vm, { timeout = 60 }), method)
    end
    assert(vm:start())
    assert.error_matches(function() vm:stop { timeout = 0 } end, "'timeout' must be a number greater than 0")
    assert.error_matches(function() vm:stop { timeout = 1, wait = false } end, "beside wait = false")
    assert.error_matches(function() vm:destroy { wait = false } end, "unknown option 'wait'; it takes timeout")
    for _, name in ipairs { "start", "stop", "restart", "destroy", "pause" } do
      local call = load(("local vm = ... local done = vm:%s(5) return done"):format(name), "=caller")
      assert.equal(("caller:1: bad argument #1 to '%s' (table expected, got number)"):format(name),
        select(2, pcall(call, vm)))
    end
    assert.is_true(vm:destroy { timeout = 60 })
  end)

  it("loses its Lua state and its cell when it is stopped", function()
    local vm <close> = start("forgets")
    run(vm, "kept = 1")
    assert.equal(1, run(vm, "return kept"))
    assert(vm:restart())
    assert.is_nil(run(vm, "return kept"))
  end)

  it("leaves no child and no descriptor behind, however it ends", function()
    local vm <close> = start("warm")
    -- What is collected ends by itself, soon: but for this VM's, no process is left.
    local function settle()
      collectgarbage()
      collectgarbage()
      assert.is_true(processes.wait_until(function()
        vm:get_state()
        return kind.vm_processes() == 1
      end))
      return processes.descriptors()
    end
    local descriptors = settle()
    start("destroyed"):destroy()
    do local other <close> = start("closed") end -- luacheck: ignore
    start("collected")
    collectgarbage()
    collectgarbage()
    assert(start("stopped"):stop())
    assert.has_error(function()
      local other <close> = start("unwound") -- luacheck: ignore
      error("on purpose")
    end)
    assert.equal(descriptors, settle())
  end)

  it("tells its status without a round trip, busy or not", function()
    local vm <close> = start("status", { memory = 32 << 20, resources = { ribosomes = 10 } })
    local job = assert(vm:submit("while true do end"))
    local status = vm:get_status()
    assert.is_true(status.busy)
    assert.equal("running", status.state)
    assert.equal("status", status.vm_id)
    assert.equal(kind.name, status.vm_type)
    assert.equal(ORGANISM, status.biological_type)
    assert.equal(32 << 20, status.memory_limit)
    assert.equal(10, status.resources.ribosomes)
    assert.is_number(processes.cpu(kind.worker_pid(vm)))
    job:cancel()
    job:wait()
    assert.is_false(vm:get_status().busy)
    assert.equal(1, vm:get_status().calls)
  end)

  it("uses no CPU while it is paused, and its deadline waits", function()
    local vm <close> = start("paused")
    local job = assert(vm:submit("local t = os.clock() while os.clock() - t < 0.1 do end return 7",
      { timeout = 60 }))
    local pid = kind.worker_pid(vm)
    assert(vm:pause())
    assert.is_true(processes.wait_until(function() return processes.state(pid) == "T" end))
    local before = processes.cpu(pid)
    local _, waited = job:wait(0.2)
    assert.equal("ETIMEOUT", waited.code)
    assert.equal(before, processes.cpu(pid))
    local _, err = vm:execute_biological_process("return 1")
    assert.equal("ESTATE", err.code)
    assert(vm:resume())
    assert.equal(7, assert(job:wait()).result)
  end)

  it("goes on with its deadline when it is resumed; with none where there was none", function()
    local vm <close> = start("paused_deadline")
    local late = assert(vm:submit("while true do end", { timeout = 0.3 }))
    assert(vm:pause())
    assert.equal("ETIMEOUT", select(2, late:wait(0.5)).code)
    assert(vm:resume())
    assert.equal("EDEADLINE", select(2, late:wait(60)).code)
    for _, timeout in ipairs { math.huge, 5e9 } do
      local job = assert(vm:submit("local t = os.clock() while os.clock() - t < 0.05 do end return 7",
        { timeout = timeout }))
      assert(vm:pause())
      assert(vm:resume())
      assert.equal(7, assert(job:wait(60)).result)
    end
  end)

  it("can be cancelled while it is paused, and stays paused", function()
    local vm <close> = start("paused_cancel")
    local job = assert(vm:submit("while true do end"))
    assert(vm:pause())
    job:cancel()
    local _, err = job:wait(60)
    assert.equal("ECANCELLED", err.code)
    assert.equal("paused", vm:get_state())
    assert(vm:resume())
    assert.equal(1, run(vm, "return 1"))
  end)

  it("ends a cancelled call that no soft interrupt reaches, also when it is paused and resumed meanwhile", function()
    local vm <close> = start("paused_after_cancel")
    local job = assert(vm:submit("string.find(('a'):rep(3000), '.-.-.-.-.-.-.-.-b')", { timeout = math.huge }))
    job:cancel()
    assert(vm:pause())
    assert(vm:resume())
    local _, err = job:wait(60)
    assert.equal("ECANCELLED", err.code)
  end)

  it("is stopped once by those who stop it together", function()
    local vm <close> = start("stopped_twice")
    local first = assert(vm:stop { wait = false })
    local second = assert(vm:stop { wait = false })
    assert.is_true(first:wait(60))
    assert.is_true(second:wait(60))
    assert.equal("stopped", vm:get_state())
    assert(vm:start())
  end)

  it("runs no metamethod of its options and their values", function()
    local vm <close> = start("raw")
    local hidden = { __index = { args = 1, name = 2, timeout = -3, wait = 4 } }
    assert.is_nil(run(vm, "return args", setmetatable({}, hidden)))
    assert(vm:pause(setmetatable({}, hidden)))
    assert(vm:resume(setmetatable({}, hidden)))
    local function trap() error "run" end
    local args = setmetatable({ 1, a = 2 }, { __index = trap, __len = trap, __pairs = trap })
    assert.same({ 1, a = 2 }, run(vm, "return args", { args = args }))
  end)

  it("leaks nothing when an option's metamethod raises", function()
    local vm <close> = start("raising")
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write("--", ("x"):rep(2 << 20))
    file:close()
    finally(function() os.remove(path) end)
    local function trap() error("none", 0) end
    local raising = { timeout = setmetatable({}, { __tostring = trap }) }
    local before = processes.resident()
    for _ = 1, 100 do
      assert.has_error(function() vm:execute_file(path, raising) end, "none")
      collectgarbage()
    end
    local allowed = os.getenv "BIOXEN_SLOW" and 400 or 100 -- a sanitizer keeps what was freed
    assert.is_true(processes.resident() - before < allowed << 10)
  end)

  it("is told when its worker is killed while idle", function()
    local vm <close> = start("killed")
    os.execute("kill -9 " .. kind.worker_pid(vm))
    assert.is_true(processes.wait_until(function() return vm:get_state() == "error" end))
    local _, err = vm:execute_biological_process("return 1")
    assert.truthy(err.message:find("signal 9, SIGKILL", 1, true))
    assert.truthy(vm:get_status().reason:find("signal 9", 1, true))
    assert(vm:restart())
    assert.equal(1, run(vm, "return 1"))
  end)
end)

describe("a call", function()
  local vm
  setup(function() vm = start("calls") end)
  teardown(function() vm:destroy() end)

  it("gives success, result, stdout, elapsed and sim_time", function()
    local r = assert(vm:execute_biological_process("print('a', 1) print() return 2"))
    assert.is_true(r.success)
    assert.equal(2, r.result)
    assert.equal("a\t1\n\n", r.stdout)
    assert.is_true(r.elapsed > 0 and r.elapsed < 5)
    assert.equal(0, r.sim_time)
  end)

  it("carries Lua values exactly, both ways", function()
    local values = {
      true, false, 0, -1, 127, 128, -32, -33, 32767, -32769, 1 << 40, math.maxinteger,
      math.mininteger, 0.1, -0.0, 1e308, 5e-324, math.huge, -math.huge, "", "text",
      ("x"):rep(31), ("x"):rep(32), ("x"):rep(256), "\0\255\n binary", {}, { 1, 2, 3 },
      { a = 1, [2] = "b", [-1] = true, [1.5] = 2, [true] = false, nested = { { { 1 } } } },
    }
    for _, value in ipairs(values) do
      local back = run(vm, "return args", { args = value })
      assert.same(value, back)
      assert.equal(math.type(value), math.type(back))
    end
    assert.equal(-math.huge, 1 / run(vm, "return args", { args = -0.0 }))
    local nan = run(vm, "return 0/0")
    assert.is_true(nan ~= nan)
    assert.is_nil(run(vm, "return nil"))
    assert.is_nil(run(vm, ""))
  end)

  -- The C library has other code for processors that multiply and add in one step.
  it("computes the same last bit on every processor", function()
    assert.equal(0x1.e600c1409a42p+1, run(vm, "return 0x1.189374bc6a7fp+1 ^ 1.7"))
  end)

  it("names what cannot travel", function()
    local cases = {
      ["return print"] = "result: a value of type function",
      ["return { a = { print } }"] = "result.a[1]: a value of type function",
      ["local t = {} t.t = t return t"] = "result.t: the table contains itself",
      ["local t = {} for i = 1, 101 do t = { t } end return t"] = "deeper than 100",
      ["return { [{}] = 1 }"] = "a key of type table",
      ["return cell"] = "a value of type userdata",
    }
    for code, expected in pairs(cases) do
      local _, err = vm:execute_biological_process(code)
      assert.equal("ERESULT", err.code, code)
      assert.truthy(err.message:find(expected, 1, true), err.message)
      assert.is_true(err.usable)
    end
    local _, err = vm:execute_biological_process("return 1", { args = { f = print } })
    assert.equal("ERESULT", err.code)
    assert.truthy(err.message:find("args.f", 1, true), err.message)
    assert.equal(1, run(vm, "return 1"))
  end)

  it("carries what was raised, where it is no text", function()
    local raising <close> = start("raises")
    local function raised(code)
      local result, err = raising:execute_biological_process(code)
      assert.is_nil(result)
      assert.equal("ESCRIPT", err.code)
      assert.is_true(err.usable)
      return err.value, err.message
    end
    local value, message = raised "error { code = 7, reason = 'x', list = { 1, 2.5, 'a\\0' } }"
    assert.same({ code = 7, reason = "x", list = { 1, 2.5, "a\0" } }, value)
    assert.equal("(error object is a table value)", message)
    assert.same({ { message = "no sugar" }, "no sugar" }, { raised "error { message = 'no sugar' }" })
    assert.same({ { 1 }, "mine" },
      { raised "error(setmetatable({ 1 }, { __tostring = function() return 'mine' end }))" })
    assert.same({ 42, "42" }, { raised "error(42)" })
    assert.same({ false, "(error object is a boolean value)" }, { raised "error(false)" })
    value = raised "error { run = cell:run { duration = 2, every = 1 } }"
    assert.equal("Trajectory", bioxen.type(value.run))
    assert.equal(2, value.run:times()[3])
    assert.is_nil((raised "error 'text'"))
    assert.is_nil(select(2, raising:execute_biological_process "cell:get 'unicorn'").value)
    local job = assert(raising:submit "error { 8 }")
    assert.same({ 8 }, select(2, job:wait()).value)
    assert.same({ 8 }, select(2, job:result()).value)
  end)

  it("says why what was raised did not travel", function()
    local raising <close> = start("cannot")
    for code, why in pairs {
      ["error { message = 'mine', f = print }"] = "mine (value.f: a value of type function cannot travel)",
      ["local t = {} t.t = t error(t)"] = "(error object is a table value) (value.t: the table contains itself)",
      ["error { ('x'):rep(5 << 20) }"] =
        "(error object is a table value) (value[1]: too large to travel, or out of memory)",
    } do
      local _, err = raising:execute_biological_process(code)
      assert.equal(why, err.message)
      assert.is_nil(err.value)
    end
    assert.equal(1, run(raising, "return 1"))
  end)

  it("tells where code went wrong", function()
    local _, err = vm:execute_biological_process("print 'before'\nlocal x = nil + 1")
    assert.equal("ESCRIPT", err.code)
    assert.equal("script", err.class)
    assert.equal("calls", err.vm_id)
    assert.truthy(err.message:find("^process:2: attempt to perform arithmetic"), err.message)
    assert.equal("before\n", err.stdout)
    assert.truthy(err.traceback:find("process:2", 1, true))
    _, err = vm:execute_biological_process("return +", { name = "mine" })
    assert.truthy(err.message:find("^mine:1:"), err.message)
    assert.equal(tostring(err), err.message .. " [ESCRIPT, VM calls]")
  end)

  it("runs a file", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write("#!/usr/bin/env bioxen\nreturn args.n + 1")
    file:close()
    assert.equal(42, assert(vm:execute_file(path, { args = { n = 41 } })).result)
    os.remove(path)
    local result, err = vm:execute_file(path)
    assert.is_nil(result)
    assert.equal("EFILE", err.code)
    assert.truthy(err.message:find(path, 1, true))
  end)

  it("keeps the VM's state past a deadline where it can", function()
    run(vm, "kept = 5")
    local before = bioxen.clock()
    local _, err = vm:execute_biological_process("while true do end", { timeout = 0.05 })
    assert.equal("EDEADLINE", err.code)
    assert.truthy(err.message:find("0.05 s", 1, true))
    assert.truthy(bioxen.clock() - before >= 0.05)
    assert.equal(5, run(vm, "return kept"))
  end)

  it("is refused while another runs", function()
    local job = assert(vm:submit("while true do end"))
    local result, err = vm:execute_biological_process("return 1")
    assert.is_nil(result)
    assert.equal("EBUSY", err.code)
    job:cancel()
    job:wait()
    assert.equal(1, run(vm, "return 1"))
  end)

  it("ends when the VM is stopped or destroyed", function()
    for _, method in ipairs { "stop", "destroy" } do
      local other = start("ends_" .. method)
      local job = assert(other:submit("while true do end"))
      assert(other[method](other))
      assert.is_true(job:done())
      local _, err = job:wait()
      assert.equal("EDESTROYED", err.code)
      other:destroy()
    end
  end)

  it("raises for wrong arguments, naming them", function()
    local function complains(expected, f, ...)
      local ok, message = pcall(f, ...)
      assert.is_false(ok)
      assert.truthy(tostring(message):find(expected, 1, true), tostring(message))
    end
    complains("string expected, got table", vm.submit, vm, {})
    complains("unknown option 'tiemout'; it takes args, timeout, name", vm.submit, vm, "",
      { tiemout = 1 })
    complains("'timeout' must be a number greater than 0, got -1", vm.submit, vm, "",
      { timeout = -1 })
    complains("'timeout' must be a number greater than 0", vm.submit, vm, "", { timeout = 0 / 0 })
    complains("'wait' must be true or false", vm.start, vm, { wait = 1 })
    complains("'name' must be a string", vm.submit, vm, "", { name = 1 })
    complains("bioxen.BiologicalVM expected", vm.start, {})
    complains("bioxen.BiologicalVM expected", vm.start, io.stdout)
  end)
end)

describe("a job", function()
  local vm
  setup(function() vm = start("jobs") end)
  teardown(function() vm:destroy() end)

  it("is waited for, and gives its result again", function()
    local job = assert(vm:submit("return { 1 }"))
    assert.same({ 1 }, assert(job:wait()).result)
    assert.same({ 1 }, assert(job:wait(0)).result)
    assert.same({ 1 }, assert(job:result()).result)
    assert.is_true(job:done())
  end)

  it("streams output and progress while it runs", function()
    local job = assert(vm:submit([[
      progress(0.25, "a quarter")
      print "one"
      local t = os.clock() while os.clock() - t < 0.1 do end
      print "two"
      while true do end
    ]]))
    local pieces = {}
    for piece in job:output() do
      pieces[#pieces + 1] = piece
      assert.is_false(job:done())
      if table.concat(pieces) == "one\n" then
        local fraction, text = job:progress()
        assert.equal(0.25, fraction)
        assert.equal("a quarter", text)
      end
      if table.concat(pieces) == "one\ntwo\n" then break end
    end
    job:cancel()
    local _, err = job:wait()
    assert.equal("ECANCELLED", err.code)
    assert.equal("one\ntwo\n", err.stdout)
  end)

  local WALK = [[
    process "walk" { species = { W = 0 }, parameters = { walk = 1e4 },
      reactions = { { "-> W", rate = "walk" }, { "W ->", k = 1 } } }]]

  -- Cancel a job once it has got somewhere; what it had finished by then.
  local function cut(walker, code)
    local job = assert(walker:submit(code))
    assert.is_true(processes.wait_until(function() return not job:done() and (job:progress() or 0) > 0 end))
    job:cancel()
    local _, err = job:wait()
    assert.equal("ECANCELLED", err.code)
    return err.finished
  end

  it("that is cancelled gives the rows of its run until then", function()
    local walker <close> = start("rows")
    run(walker, WALK)
    local code = "return cell:run { duration = %.17g, every = 0.01, method = 'ssa', seed = 3, record = { 'W' } }"
    local part = cut(walker, code:format(1e4))
    assert.equal("Trajectory", bioxen.type(part))
    local times, values = part:times(), part:column "W"
    assert.is_true(#times > 1 and run(walker, "return cell:time()") >= times[#times])
    run(walker, "cell:reset()")
    assert.same(values, run(walker, code:format(times[#times])):column "W")
    assert.is_nil(cut(walker, "progress(0.5) while true do end"))
  end)

  it("that is cancelled gives the finished runs of its ensemble, and another goes on from there", function()
    local walker <close> = start("runs")
    run(walker, WALK)
    local many = "return cell:ensemble { duration = 0.01, every = 0.005, seed = 3, quantiles = { 0.5 }, %s }"
    local part = cut(walker, many:format "runs = 1000000")
    assert.equal("Ensemble", bioxen.type(part))
    assert.is_true(part.runs >= 1)
    assert.equal(run(walker, many:format("runs = " .. part.runs)):to_csv(), part:to_csv())
    local rest = run(walker, many:format("runs = 5, first = " .. part.runs + 1))
    assert.equal(part.runs + 5, part:merge(rest).runs)
  end)

  it("that is cancelled leaves the VM its state", function()
    run(vm, "kept = 9")
    local job = assert(vm:submit("while true do kept = kept end"))
    assert.is_false(job:done())
    job:cancel()
    local _, err = job:wait(60)
    assert.equal("ECANCELLED", err.code)
    assert.equal(9, run(vm, "return kept"))
    assert.is_true(job:cancel())
  end)

  it("starts and stops VMs side by side", function()
    local vms, jobs = {}, {}
    for i = 1, kind.some do
      vms[i] = assert(kind.create("side" .. i, ORGANISM))
      jobs[i] = assert(vms[i]:start { wait = false })
      assert.truthy(vms[i]:get_state() == "starting" or vms[i]:get_state() == "running")
    end
    assert.is_true(bioxen.wait_all(jobs, 10))
    for i, each in ipairs(vms) do
      assert.is_true(jobs[i]:wait())
      jobs[i] = assert(each:submit("return args * 2", { args = i }))
    end
    assert.is_true(bioxen.wait_all(jobs, 10))
    for i, each in ipairs(vms) do
      assert.equal(2 * i, jobs[i]:wait().result)
      jobs[i] = assert(each:stop { wait = false })
    end
    assert.is_true(bioxen.wait_all(jobs, 10))
    for _, each in ipairs(vms) do
      assert.equal("stopped", each:get_state())
      each:destroy()
    end
  end)

  it("is the first of several", function()
    local other <close> = start("other")
    local slow = assert(vm:submit("while true do end"))
    local quick = assert(other:submit("return 'quick'"))
    local job, index = bioxen.wait_any({ slow, quick }, 5)
    assert.equal(quick, job)
    assert.equal(2, index)
    local none, err = bioxen.wait_all({ slow, quick }, 0.02)
    assert.is_nil(none)
    assert.equal("ETIMEOUT", err.code)
    none, err = bioxen.wait_any({ slow }, 0.02)
    assert.is_nil(none)
    assert.equal("ETIMEOUT", err.code)
    slow:cancel()
    assert.is_true(bioxen.wait_all({ slow }))
  end)

  it("works from coroutines, many at once", function()
    local vms, threads, sum = {}, {}, 0
    for i = 1, kind.many do
      vms[i] = assert(kind.create("co" .. i, ORGANISM))
      threads[i] = coroutine.create(function(each)
        local job = assert(each:start { wait = false })
        while not job:done() do coroutine.yield() end
        job = assert(each:submit("return " .. i))
        while not job:done() do coroutine.yield() end
        sum = sum + assert(job:wait()).result
      end)
    end
    local left = #threads
    while left > 0 do
      for i, thread in ipairs(threads) do
        if coroutine.status(thread) ~= "dead" then
          assert(coroutine.resume(thread, vms[i]))
          if coroutine.status(thread) == "dead" then left = left - 1 end
        end
      end
    end
    assert.equal(kind.many * (kind.many + 1) // 2, sum)
    for _, each in ipairs(vms) do each:destroy() end
  end)

  it("outlives its VM's handle", function()
    local job = assert(start("dropped"):submit("return 3"))
    collectgarbage()
    collectgarbage()
    assert.equal(3, assert(job:wait()).result)
  end)

  it("that starts a VM can be cancelled, and the VM started again", function()
    local other <close> = assert(kind.create("cancelled_start", ORGANISM))
    local job = assert(other:start { wait = false })
    job:cancel()
    local started, err = job:wait(60)
    if not started then
      assert.equal("ECANCELLED", err.code)
      assert.equal("created", other:get_state())
      assert(other:start())
    end
    assert.equal(1, run(other, "return 1"))
  end)

  it("keeps to its deadline where the worker does not read", function()
    local other <close> = start("stopped_worker")
    os.execute("kill -STOP " .. kind.worker_pid(other))
    local job = assert(other:submit("return #args", { args = ("x"):rep(8 << 20), timeout = 0.1 }))
    local _, err = job:wait(60)
    assert.equal("EDEADLINE", err.code)
    assert.equal("error", other:get_state())
  end)

  it("is not made of anything else", function()
    assert.has_error(function() bioxen.wait_all { 1 } end)
    assert.has_error(function() bioxen.wait_any {} end)
    assert.has_error(function() bioxen.wait_all(nil) end)
  end)

  it("has finalisers that take nothing else", function()
    for _, object in ipairs { vm, assert(vm:submit "return 1"), bioxen.hypervisor() } do
      local metatable = getmetatable(object)
      for _, name in ipairs { "__gc", "__close" } do
        for _, other in ipairs { 1, {}, io.stdout } do
          if metatable[name] then assert.error_matches(function() metatable[name](other) end, "expected, got") end
        end
      end
    end
  end)
end)

describe("classes", function()
  it("name themselves", function()
    local vm <close> = start("named")
    assert.equal(kind.class, bioxen.type(vm))
    assert.equal(kind.class .. "(named, plain_cell, running)", tostring(vm))
    local job = assert(vm:submit("return 1"))
    assert.equal("Job", bioxen.type(job))
    job:wait()
    assert.equal("Job(VM named, done)", tostring(job))
    assert.equal("BioXenHypervisor", bioxen.type(bioxen.hypervisor()))
    assert.equal("number", bioxen.type(1))
  end)

  it("that are abstract cannot be made", function()
    assert.error_matches(function() bioxen.BiologicalVM("a", "plain_cell") end, "abstract")
  end)
end)
