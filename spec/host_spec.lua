-- The host process: what it leaves behind when it is killed, runs out of descriptors, forks, or
-- closes its Lua state with VMs alive.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local processes = require "spec.support.processes"

local BUILD = os.getenv "BIOXEN_BUILD" or "./build"

-- Run Lua code in a host process of its own. It writes lines to a file that is given as arg 1.
local function spawn_host(code, prefix)
  local script, output = os.tmpname(), os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(([[
    package.path = "./spec/support/organisms/?.lua;./lua/?.lua;./lua/?/init.lua;" .. package.path
    package.cpath = %q .. package.cpath
    local bioxen = require "bioxen"
    local processes = require "spec.support.processes"
    local out = assert(io.open(%q, "w"))
    out:setvbuf "line"
    local function say(...) out:write(table.concat({ ... }, " "), "\n") end
  ]]):format(BUILD .. "/lib/lua/5.4/?.so;", output), code)
  file:close()
  local handle = assert(io.popen(("%s lua5.4 %s 2>&1"):format(prefix or "", script)))
  return {
    handle = handle,
    lines = function()
      local lines = {}
      for line in io.lines(output) do lines[#lines + 1] = line end
      return lines
    end,
    close = function()
      local text = handle:read "a"
      local ok, how, status = handle:close()
      os.remove(script)
      os.remove(output)
      return ok, text, how, status
    end,
  }
end

local start_two = [[
  local vms = {}
  for i = 1, 2 do
    vms[i] = assert(bioxen.create_bio_vm("vm" .. i, "plain_cell"))
    assert(vms[i]:start())
  end
  local job = vms[1]:submit("while true do end", { timeout = 600 })
]]

describe("the host", function()
  it("that is killed takes its workers with it, spinning or not", function()
    local host = spawn_host(start_two .. [[
      for _, pid in ipairs(processes.descendants(processes.self())) do say(pid) end
      say("host", processes.self())
      job:wait()
    ]])
    assert.is_true(processes.wait_until(function()
      local lines = host.lines()
      return #lines > 0 and lines[#lines]:find "host" ~= nil
    end))
    local lines = host.lines()
    assert.equal(4, #lines) -- the zygote and two workers
    local started = bioxen.clock()
    os.execute("kill -9 " .. lines[4]:match "%d+")
    for i = 1, 3 do
      assert.is_true(processes.wait_until(function()
        local state = processes.state(tonumber(lines[i]))
        return state == nil or state == "Z"
      end))
    end
    assert.truthy(bioxen.clock() - started < 10) -- of the 600 that the calls have
    host.close()
  end)

  it("ends cleanly with VMs and jobs alive", function()
    local ok, text = spawn_host(start_two .. [[ say "done" ]]).close()
    assert.equal("", text)
    assert.is_true(ok)
  end)

  it("ends cleanly from an error with VMs alive", function()
    local ok, text = spawn_host(start_two .. [[ error "on purpose" ]]).close()
    assert.is_nil(ok)
    assert.truthy(text:find("on purpose", 1, true))
  end)

  it("is not disturbed by a SIGCHLD that is ignored", function()
    local host = spawn_host(start_two .. [[
      vms[2]:execute_biological_process("return 1")
      vms[1]:destroy()
      vms[2]:destroy()
      say "fine"
    ]], "env --ignore-signal=CHLD")
    local ok, text = host.handle:read "a", nil
    assert.equal("", ok)
    assert.same({ "fine" }, host.lines())
    host.close()
    assert.is_nil(text)
  end)

  it("counts the cores that it may run on", function()
    local host = spawn_host([[say(require("bioxen.core").cores())]], "taskset -c 0")
    assert.equal("", (host.handle:read "a"))
    assert.same({ "1" }, host.lines())
    host.close()
    local pipe <close> = assert(io.popen "nproc")
    assert.equal(pipe:read "n", require("bioxen.core").cores())
  end)

  local function read(pid, name)
    local file <close> = assert(io.open(("/proc/%s/%s"):format(pid, name)))
    return file:read "a"
  end

  it("outlives its workers and zygotes where memory runs out", function()
    local vm <close> = assert(bioxen.create_bio_vm("first_to_go", "plain_cell"))
    assert(vm:start())
    local worker = vm:get_status().pid
    assert.equal("1000\n", read(worker, "oom_score_adj"))
    assert.equal("1000\n", read(tonumber(read(worker, "status"):match "PPid:%s(%d+)"), "oom_score_adj"))
    assert.is_true(tonumber(read("self", "oom_score_adj")) < 1000)
  end)

  local function is_sanitized()
    local program <close> = assert(io.open(BUILD .. "/bin/bioxen-worker", "rb"))
    return program:read "a":find("__asan_init", 1, true) ~= nil
  end

  -- A folder of the kernel's for processes that may take so many bytes together; nil where none can be made.
  local function make_memory_group(bytes)
    for _, kind in ipairs { { "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes" },
      { "/sys/fs/cgroup", "memory.max", "memory.swap.max" } } do
      local folder = ("%s/bioxen_spec_%d"):format(kind[1], processes.self())
      local function set(name, value)
        return (os.execute(("{ echo %d >%s/%s; } 2>/dev/null"):format(value, folder, name)))
      end
      if os.execute(("mkdir %s 2>/dev/null"):format(folder)) then
        set(kind[3], kind[3]:find "swap.max" and 0 or bytes) -- where there is no swapping, there is no such file
        if set(kind[2], bytes) then return folder end
        os.execute("rmdir " .. folder)
      end
    end
  end

  it("outlives the worker that takes the last memory, and so do the others", function()
    local group = not is_sanitized() and make_memory_group(160 << 20)
    if not group then return pending "needs to make a memory cgroup, and memory that no sanitizer takes" end
    local host = spawn_host([[
      local ballast = {} -- the host is the largest of all
      for i = 1, 10 do
        ballast[i] = ("x"):rep(10 << 20)
        collectgarbage()
      end
      local vms = {}
      for i = 1, 3 do
        vms[i] = assert(bioxen.create_bio_vm("vm" .. i, "plain_cell", "basic", { memory = 1 << 30 }))
        assert(vms[i]:start())
      end
      local _, err = vms[1]:execute_biological_process("local t = {} while true do t[#t+1] = ('y'):rep(1 << 20) end",
        { timeout = 60 })
      say(err.code, vms[1]:get_state(), #ballast)
      for i = 2, 3 do say(assert(vms[i]:execute_biological_process "return 7").result) end
      assert(vms[1]:restart())
      say(assert(vms[1]:execute_biological_process "return 8").result)
    ]], ("sh -c 'echo $$ >%s/cgroup.procs; exec \"$@\"' sh"):format(group))
    local text, lines = host.handle:read "a", host.lines()
    host.close()
    os.execute("rmdir " .. group)
    assert.equal("", text)
    assert.same({ "EKILLED error 10", "7", "7", "8" }, lines)
  end)

  it("has workers that touch few pages of what they share with their zygote", function()
    if is_sanitized() then return pending "a sanitizer has a heap of its own" end
    local vm <close> = assert(bioxen.create_bio_vm("thrifty", "plain_cell"))
    assert(vm:start())
    assert(vm:execute_biological_process "return 1")
    local faults = tonumber(read(vm:get_status().pid, "stat"):match("^%d+ %(.*%) %S" .. (" %S+"):rep(6) .. " (%d+)"))
    -- Some 40; how many of them are of the program's file depends on how the kernel has it in memory. It was 117.
    assert.is_true(faults < 55, faults)
  end)

  it("that is root has workers of a user each, and zygotes of none that they know", function()
    if read("self", "status"):match "Uid:%s+(%d+)" ~= "0" then return pending "needs root" end
    local first, _, count = read("self", "uid_map"):match "(%d+)%s+(%d+)%s+(%d+)"
    if first ~= "0" or tonumber(count) < 2000065536 then return pending "needs all users" end
    local present = bioxen.limits()
    assert.same({ memory = 0, vms = 0, first_user = 2000000000, user_count = 65536 }, present)
    bioxen.limits { first_user = 2000000000, user_count = 1000 }
    local users, vms = {}, {}
    for i = 1, 5 do
      vms[i] = assert(bioxen.create_bio_vm("user" .. i, "plain_cell"))
      assert(vms[i]:start())
      local status = read(vms[i]:get_status().pid, "status")
      local user = tonumber(status:match "Uid:%s+(%d+)")
      assert.is_true(user >= 2000000000 and user < 2000001000)
      assert.equal(user, tonumber(status:match "Gid:%s+(%d+)"))
      assert.equal("", status:match "Groups:%s-([%d ]-)%s*\n")
      assert.is_nil(users[user])
      users[user] = true
      local zygote = read(tonumber(status:match "PPid:%s(%d+)"), "status")
      assert.equal("65534", zygote:match "Uid:%s+(%d+)")
      assert.equal("00000000000000e0", zygote:match "CapPrm:%s+(%x+)") -- to change users, and to signal them
      assert.equal("1", zygote:match "NoNewPrivs:%s(%d)")
      assert.equal("2", zygote:match "Seccomp:%s(%d)")
    end
    for _, vm in ipairs(vms) do vm:destroy() end
    bioxen.limits(present)
    assert.has_error(function() bioxen.limits { first_user = 0 } end)
  end)

  it("lets all VMs together take no more memory than it may", function()
    local present = bioxen.limits()
    local function create(id) return assert(bioxen.create_bio_vm(id, "plain_cell", "basic", { memory = 64 << 20 })) end
    local a, b, c = create "a", create "b", create "c"
    assert.equal(130 << 20, bioxen.limits { memory = 130 << 20 }.memory)
    assert(a:start())
    assert(b:start())
    local ok, err = c:start()
    assert.is_nil(ok)
    assert.equal("ECAPACITY", err.code)
    assert.truthy(err.message:find("64 MiB of memory, and all VMs together 130 MiB, of which others may take 128", 1,
      true), err.message)
    assert.equal("created", c:get_state())
    assert(a:stop())
    assert(c:start())
    assert.equal("ECAPACITY", select(2, a:start()).code)
    a:destroy()
    b:destroy()
    c:destroy()
    local d <close> = create "d"
    assert(d:start())
    bioxen.limits(present)
    assert.has_error(function() bioxen.limits { memory = -1 } end)
    assert.has_error(function() bioxen.limits { memroy = 1 } end)
  end)

  it("says so when it runs out of descriptors, and leaks none", function()
    local host = spawn_host([[
      local before = processes.descriptors()
      local codes = {}
      local vms = {}
      for i = 1, 40 do
        vms[i] = assert(bioxen.create_bio_vm("vm" .. i, "plain_cell"))
        local started, problem = vms[i]:start()
        if not started then codes[problem.code] = (codes[problem.code] or 0) + 1 end
      end
      for _, vm in ipairs(vms) do vm:destroy() end
      local vm = assert(bioxen.create_bio_vm("again", "plain_cell"))
      assert(vm:start())
      vm:destroy()
      for code in pairs(codes) do say(code) end
      say("leaked", processes.descriptors() - before)
    ]], "prlimit --nofile=40:40")
    local text = host.handle:read "a"
    assert.equal("", text)
    local lines = host.lines()
    assert.equal("leaked 1", lines[#lines]) -- the zygote's control socket stays
    assert.truthy(#lines >= 2)
    for i = 1, #lines - 1 do
      assert.truthy(lines[i] == "ESYSTEM" or lines[i] == "ESTART", lines[i])
    end
    host.close()
  end)

  it("survives any count of descriptors at which a start may fail", function()
    for limit = 8, 24, 2 do
      local host = spawn_host([[
        local vm = assert(bioxen.create_bio_vm("vm", "plain_cell"))
        local started, problem = vm:start()
        say(started and "started" or problem.code)
        vm:destroy()
      ]], "prlimit --nofile=" .. limit .. ":" .. limit)
      local text = host.handle:read "a"
      local line = host.lines()[1]
      assert.truthy(line == "started" or line == "ESYSTEM" or line == "ESTART" or
        text:find("Too many open files", 1, true), limit .. ": " .. tostring(line) .. text)
      host.close()
    end
  end)

  it("hears a signal in a wait", function()
    local host = spawn_host(start_two .. [[ say("host", processes.self()) job:wait() ]])
    assert.is_true(processes.wait_until(function() return #host.lines() == 1 end))
    os.execute("kill -INT " .. host.lines()[1]:match "%d+")
    local ok, text = host.close()
    assert.is_nil(ok)
    assert.truthy(text:find("interrupted!", 1, true), text)
  end)

  it("ends work in bulk by a signal, and what was made for it", function()
    local host = spawn_host([[
      local hypervisor, told = bioxen.hypervisor(), 0
      hypervisor:on("running", function()
        told = told + 1
        if told == 2 then say("host", processes.self()) end
      end)
      local good, err = pcall(function()
        for _ in bioxen.map({ 1, 2, 3 }, "while true do end", { vms = 2, timeout = math.huge }) do end
      end)
      say(tostring(good), #hypervisor:ids(), err)
    ]])
    assert.is_true(processes.wait_until(function() return #host.lines() == 1 end))
    os.execute("kill -INT " .. host.lines()[1]:match "%d+")
    assert.is_true(processes.wait_until(function() return #host.lines() == 2 end))
    local lines = host.lines()
    assert.is_true(host.close())
    assert.matches("^false 0 .*interrupted!", lines[2])
  end)

  it("serves 1,000 VMs at once", function()
    local vms, jobs = {}, {}
    for i = 1, 1000 do
      vms[i] = assert(bioxen.create_bio_vm("many" .. i, "plain_cell"))
      jobs[i] = assert(vms[i]:start { wait = false, timeout = 60 })
    end
    assert(bioxen.wait_all(jobs, 60))
    for i, vm in ipairs(vms) do
      assert(jobs[i]:wait())
      jobs[i] = assert(vm:submit("return args", { args = i }))
    end
    assert(bioxen.wait_all(jobs, 60))
    for i, vm in ipairs(vms) do
      assert.equal(i, assert(jobs[i]:wait()).result)
      vm:destroy()
    end
  end)

  it("on a busy machine gives code that must end the time to notice", function()
    local vm <close> = assert(bioxen.create_bio_vm("busy", "plain_cell"))
    assert(vm:start())
    local pid = vm:get_status().pid
    local job = assert(vm:submit("while true do end", { timeout = 0.1 }))
    assert(os.execute("kill -STOP " .. pid)) -- it gets no processor time, as if others had it all
    assert.is_nil((job:wait(0.3))) -- the deadline passes, and its grace
    assert.equal("running", vm:get_state())
    assert(os.execute("kill -CONT " .. pid))
    local _, err = job:wait()
    assert.equal("EDEADLINE", err.code)
    assert.equal("running", vm:get_state(), err.message)
  end)

  it("that ends while a finaliser waits for jobs says that they are gone, and ends well", function()
    local host = spawn_host([[
      -- Finalisers run in the reverse order of their objects: this one when the job has been collected.
      local late
      late = setmetatable({}, { __gc = function()
        for _, name in ipairs { "wait_all", "wait_any" } do say(select(2, pcall(bioxen[name], { late.job }, 0.1))) end
        say(select(2, pcall(late.job.wait, late.job)))
        say(select(2, pcall(late.vm.get_status, late.vm)))
      end })
      late.vm = assert(bioxen.create_bio_vm("vm", "plain_cell"))
      assert(late.vm:start())
      late.job = assert(late.vm:submit "while true do end")
    ]])
    assert.is_true(processes.wait_until(function() return #host.lines() == 4 end))
    local lines = host.lines()
    local ok, text = host.close()
    assert.is_true(ok, text)
    for _, line in ipairs(lines) do assert.matches("collected", line) end
  end)
end)
