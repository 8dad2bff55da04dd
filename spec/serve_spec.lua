-- The daemon: bioxen serve, bioxen.connect and bioxen vm.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local connect = require "bioxen.connect"
local core = require "bioxen.core"
local daemon = require "spec.support.daemon"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

describe("a daemon with limits for all of its VMs", function()
  it("keeps to them, and does not begin where it cannot", function()
    local served = daemon.start { words = "--vms 1 --memory 300" }
    local hypervisor = assert(served:connect())
    local a, b = assert(hypervisor:create_vm("a", "minimal_cell")), assert(hypervisor:create_vm("b", "minimal_cell"))
    assert(a:start())
    local _, err = b:start()
    assert.equal("ECAPACITY", err.code)
    assert(a:stop())
    assert(b:start())
    served:stop()
    local folder = require("bioxen.hypervisor.cgroup").examine()
    if folder then return end
    local sh = shell.open()
    local status, _, said = sh(("bioxen serve --socket %s/s --state %s/t --use-memory 100"):format(sh.scratch,
      sh.scratch))
    sh:close()
    assert.equal(1, status)
    assert.truthy(said:find("no control group can be made here", 1, true), said)
  end)
end)

describe("a daemon", function()
  local served, hypervisor

  setup(function() served = daemon.start() end)
  teardown(function() served:stop() end)
  before_each(function() hypervisor = assert(served:connect()) end)
  after_each(function()
    for _, status in ipairs(hypervisor:list_vms()) do assert(hypervisor:destroy_vm(status.vm_id)) end
  end)

  local function running(id)
    local vm = assert(hypervisor:create_vm(id, "minimal_cell"))
    assert(vm:start())
    return vm
  end

  it("gives the hypervisor and the VMs that a script has", function()
    local vm = running "a"
    assert.equal("BioXenHypervisor", bioxen.type(hypervisor))
    assert.equal("BasicBiologicalVM", bioxen.type(vm))
    assert.equal("BasicBiologicalVM(a, minimal_cell, running)", tostring(vm))
    assert.equal("running", vm:get_state())
    assert.equal(1, select("#", vm:get_state())) -- as printed: without a nil for an error that there is not
    assert.equal("a", vm:get_status().vm_id)
    assert.equal(vm, hypervisor:get_vm "a")
    assert.is_true(hypervisor:pause_vm "a")
    assert.equal("paused", hypervisor:get_vm_status "a".state)
    assert.is_true(vm:resume())
    assert.is_true(vm:restart())
    assert.is_true(vm:stop())
    assert.is_true(vm:destroy())
    assert.is_true(vm:destroy())
    assert.equal("destroyed", vm:get_state())
    assert.same(bioxen.hypervisor():get_chassis_info(), hypervisor:get_chassis_info())
  end)

  it("has every method of both classes", function()
    local vm = running "a"
    for name in pairs(core.vm_methods) do assert.is_function(vm[name], name) end
    local private = { enter = true, ids = true, listen = true }
    for name in pairs(core.hypervisor_methods) do
      if not private[name] then assert.is_function(hypervisor[name], name) end
    end
  end)

  it("has VMs whose resources are managed, that are restarted, and that take packages by their hashes", function()
    local vm = assert(hypervisor:create_vm("kept", "minimal_cell", nil,
      { restart = {}, resources = { ribosomes = 50 } }))
    assert(vm:start())
    local manager = bioxen.BioResourceManager(vm)
    assert.is_true(manager:allocate_ribosomes(60))
    local usage = manager:get_resource_usage()
    assert.same({ ribosomes = 60 }, usage.allocated)
    assert.truthy(usage.used.ribosomes >= 0 and usage.memory > 0 and usage.processor_seconds >= 0)
    assert.equal(60, manager:get_available_resources().ribosomes.held)
    assert.equal("kept", vm:top().vm_id)
    assert(os.execute("kill -9 " .. vm:get_status().pid))
    assert(processes.wait_until(function() return vm:get_status().starts == 2 and vm:get_state() == "running" end))
    local sh = shell.open()
    local path = sh:file("told.lua", "return { install = function() return 7 end }")
    local _, err = vm:install_biological_package(path, { sha256 = ("0"):rep(64) })
    assert.equal("EFILE", err.code)
    assert.equal(7, vm:install_biological_package(path, { sha256 = core.digest_file(path) }))
    sh:close()
  end)

  it("calls as a VM that is here does", function()
    local far, near <close> = running "a", assert(bioxen.create_bio_vm("a", "minimal_cell", nil, { seed = 1 }))
    assert(near:start())
    local codes = { "return 2 + 2", "print 'hello' return { 1, { a = 1.5 }, 'x\\0\\xff' }", "return nil", "error 'no'",
      "error { 1 }", "return print", "syntax error", "while true do end", "x = (x or 0) + 1 return x",
      "return args", "return math.maxinteger, 0/0" }
    for _, code in ipairs(codes) do
      local options = { args = { 1, "\0", { b = true } }, timeout = code:find "while" and 0.2 or 60, name = "named" }
      local one, wrong = near:execute_biological_process(code, options)
      local other, mistake = far:execute_biological_process(code, options)
      for _, outcome in pairs { one, other, wrong, mistake } do outcome.elapsed = nil end
      if one and one.result ~= one.result then one.result, other.result = nil, nil end
      assert.same(one, other, code)
      assert.same(wrong, mistake, code)
      assert.equal(getmetatable(wrong), getmetatable(mistake))
    end
  end)

  it("carries 20 MB of code, trajectories and large results", function()
    local vm = running "a"
    local filler = ("-"):rep(20 << 20)
    assert.equal(4, assert(vm:execute_biological_process("--" .. filler .. "\nreturn 2 + 2")).result)
    assert.equal(10 << 20, #assert(vm:execute_biological_process "return ('x'):rep(10 << 20)").result)
    local run = assert(vm:execute_biological_process "return cell:run { duration = 10, every = 1 }").result
    assert.equal("Trajectory", bioxen.type(run))
    assert.equal(11, #run:times())
  end)

  it("raises mistakes where the call stands", function()
    local vm = running "a"
    local function mistake(f, ...) return select(2, pcall(f, ...)) end
    assert.matches("serve_spec.lua:%d+: bad argument #1 to 'execute_biological_process'",
      mistake(function() local r = vm:execute_biological_process({}) return r end))
    assert.matches("serve_spec.lua:%d+: .*unknown option 'tmeout'",
      mistake(function() local r = vm:start { tmeout = 1 } return r end))
    assert.matches("serve_spec.lua:%d+: bad argument 'vm_id'",
      mistake(function() local r = hypervisor:create_vm("a b", "minimal_cell") return r end))
    assert.matches("serve_spec.lua:%d+: bad argument 'action'",
      mistake(function() local r = vm:manage_operons("lac", 1) return r end))
  end)

  it("gives errors as they are", function()
    local vm = running "a"
    local _, err = hypervisor:create_vm("a", "minimal_cell")
    assert.equal("EEXIST", err.code)
    assert.equal("a", err.vm_id)
    assert.equal("ENOTFOUND", select(2, hypervisor:get_vm "nobody").code)
    assert.equal("EORGANISM", select(2, hypervisor:create_vm("b", "no_organism")).code)
    assert.equal("EUNSUPPORTED", select(2, vm:get_plasmid_count()).code)
    assert.equal("ESTATE", select(2, vm:start()).code)
    local job = assert(vm:submit "while true do end")
    assert.equal("EBUSY", select(2, vm:submit "return 1").code)
    job:cancel()
    assert.equal("ECANCELLED", select(2, job:wait()).code)
  end)

  it("gives output to who reads slowly, all of it", function()
    local vm = assert(hypervisor:create_vm("a", "minimal_cell", nil, { max_output = 8 << 20 }))
    assert(vm:start())
    local job = assert(vm:submit "print(('x'):rep((6 << 20) - 1)) while not done do end")
    local read = 0
    while read < 6 << 20 do read = read + #assert(job:read()) end
    job:cancel()
    assert.equal("ECANCELLED", select(2, job:wait()).code)
  end)

  it("lets jobs be waited for together, read and timed out", function()
    local one, two = running "a", running "b"
    local slow, quick = assert(one:submit "while true do end"), assert(two:submit "print 'x' return 1")
    local first = assert(bioxen.wait_any { slow, quick })
    assert.equal(quick, first)
    assert.equal("x\n", quick:output()(quick))
    assert.equal("ETIMEOUT", select(2, slow:wait(0.01)).code)
    slow:cancel()
    assert(bioxen.wait_all { slow, quick })
    local told = assert(one:submit "progress(0.5, 'half') print 'so far' while true do end")
    assert.equal("so far\n", told:output()(told))
    assert.equal(0.5, told:progress())
    told:cancel()
    assert.equal("ETIMEOUT", select(2, one:wait_for("paused", 0.01)).code)
  end)

  it("shows two who are connected the same", function()
    local other = assert(served:connect())
    local mine = running "a"
    local theirs = assert(other:get_vm "a")
    assert(mine:execute_biological_process "x = 'mine'")
    assert.equal("mine", assert(theirs:execute_biological_process "return x").result)
    assert(theirs:destroy())
    assert.equal("destroyed", mine:get_state())
    assert.equal("ESTATE", select(2, mine:execute_biological_process "return 1").code)
    local again = running "a"
    assert.equal("destroyed", mine:get_state())
    assert.equal("running", again:get_state())
    assert.not_equal(mine, hypervisor:get_vm "a")
  end)

  it("tells changes of states, also those that others make", function()
    local other, told = assert(served:connect()), {}
    local stop = hypervisor:on("state", function(change) told[#told + 1] = change.vm_id .. " " .. change.to end)
    assert(assert(other:create_vm("a", "minimal_cell")):start())
    assert(other:destroy_vm "a")
    assert(processes.wait_until(function()
      bioxen.step(0.01)
      return told[#told] == "a destroyed"
    end))
    assert.same({ "a starting", "a running" }, { told[1], told[2] })
    stop()
    running "b"
    assert.equal("a destroyed", told[#told])
  end)

  it("lets its VMs live in one world", function()
    local a, b = running "a", running "b"
    assert.is_true(hypervisor:send_message("a", { 42 }))
    local world = assert(hypervisor:run { duration = 600, quantum = 300, code = "heard = cell:messages()" })
    assert.same({ 0, 300, 600 }, world.time)
    assert.same({ 50, 50 }, { world.shares.a.atp_percentage[3]//0.999//1, world.shares.b.atp_percentage[3]//0.999//1 })
    assert.equal(600, a:execute_biological_process "return cell:time()".result)
    assert.same({}, a:execute_biological_process "return heard".result)
    assert.is_nil(next(b:get_status().resources))
    assert.has_error(function() hypervisor:run {} end, "options.duration: missing")
  end)

  it("has media that its VMs live in, and populations", function()
    local a, b = running "a", running "b"
    local medium = assert(hypervisor:medium { volume = 2, nutrient = 0.02, inflow = 1, outflow = 1 })
    assert.equal("Medium", bioxen.type(medium))
    assert.same({ "nutrient" }, medium:add(a, { cells = 1e6 }))
    assert(medium:add(b, { cells = 1, divides = true }))
    assert.equal("EEXIST", select(2, medium:add(a, { cells = 1 })).code)
    assert.has_error(function() medium:add("a", { cells = 1 }) end, 'vm: a VM expected, got "a"')
    local world = assert(hypervisor:run { duration = 60, quantum = 30,
      code = "if cell:cells() < 2 then cell:divide() end", population = { most = 3, seed = 2 } })
    assert.equal(3, world.populations[1].number[3])
    assert.same({ volume = 2, inflow = 1, outflow = 1 }, medium:flow())
    medium:dose("nutrient", 1)
    assert.is_true(medium:concentration "nutrient" > 0.5 and medium:balance("nutrient").entered > 1)
    assert.is_true(assert(hypervisor:get_vm "b.2"):get_biological_metrics().time == 60)
    assert.is_true(medium:remove(a))
    assert.is_nil(medium:members().a)
    assert.has_error(function() hypervisor:medium { x = -1 } end, "medium.x.concentration: at least 0 expected, got -1")
  end)

  it("serves others while one waits", function()
    local busy, free = running "busy", running "free"
    local jobs = { assert(busy:submit "while true do end") }
    local other = assert(served:connect())
    local waiting = assert(assert(other:get_vm "busy"):stop { wait = false })
    assert.equal(1, assert(free:execute_biological_process "return 1").result)
    assert(waiting:wait())
    assert.equal("EDESTROYED", select(2, jobs[1]:wait()).code)
  end)

  it("reads files here", function()
    local vm = running "a"
    local path = os.tmpname()
    shell.write(path, "#!/usr/bin/env bioxen\nerror 'no'")
    assert.equal(path .. ":2: no", select(2, vm:execute_file(path)).message)
    shell.write(path, "#!/usr/bin/env bioxen\nreturn 6*7")
    assert.equal(42, assert(vm:execute_file(path)).result)
    shell.write(path, ">one\nACGT\n")
    assert.equal(4, assert(vm:load_genome(path)):length())
    os.remove(path)
  end)

  describe("whose client is killed in mid-call", function()
    -- A program that connects and calls, and is killed once the call runs.
    local function kill_in_call(outlive)
      local path = os.tmpname()
      shell.write(path, ([[
        local bioxen = require "bioxen"
        local hypervisor = assert(bioxen.connect(%q, { outlive = %s }))
        local job = assert(hypervisor:get_vm "a":submit "x = 1 print 'so far' while not done do end")
        job:output()(job)
        io.stdout:write(require "bioxen.core".process(), "\n")
        io.stdout:flush()
        job:wait()
      ]]):format(served.socket, outlive))
      local pipe <close> = assert(io.popen(("exec %s %s"):format(served.sh.program, path)))
      local pid = pipe:read "n"
      assert(hypervisor:get_vm_status "a".busy)
      os.execute("kill -9 " .. pid)
      os.remove(path)
    end

    it("ends the call, and the VM keeps its state", function()
      local vm = running "a"
      kill_in_call(false)
      assert(processes.wait_until(function() return not vm:get_status().busy end))
      assert.equal(1, assert(vm:execute_biological_process "return x").result)
    end)

    it("lets it go on, if that was asked", function()
      local vm = running "a"
      kill_in_call(true)
      assert.is_true(vm:get_status().busy)
      assert(vm:stop())
    end)
  end)

  it("has a session with each VM that all who attach share", function()
    running "a"
    served.sh:file("typed", "x = 6\nprint 'hello'\nx*7\nfor i = 1, 2 do\nprint(i)\nend\nerror 'no'\n")
    local status, out, err = served:vm(("attach a <%s/typed"):format(served.sh.scratch))
    assert.same({ 0, "hello\n42\n1\n2\n", "stdin:1: no\n" }, { status, out, err })
    status, out = served.sh(("echo x | BIOXEN_SOCKET=%s bioxen vm attach a --all"):format(served.socket))
    assert.equal(0, status)
    assert.matches("^%[%d+%] x = 6\n.*hello\n42\n1\n2\n6\n$", out)
    local manager = bioxen.VMManager { hypervisor = hypervisor }
    assert.same({ "a" }, manager:list_vms())
    assert(manager:attach_to_vm "a")
    assert(manager:send_input("a", "x + 1"))
    assert.equal("7\n", assert(manager:read_output "a"))
  end)

  it("is attached to by a terminal, where ^C ends what runs and ^D leaves", function()
    local vm = running "a"
    local status, out = served.sh:in_terminal("vm attach a --socket " .. served.socket, {
      { "send", "print('here')\n" }, { "expect", "\r\nhere\r\n" },
      { "send", "print('on') while true do end\n" }, { "expect", "\r\non\r\n" },
      { "send", "\3" }, { "expect", "cancelled" },
      { "send", "40 + 2\n" }, { "expect", "42" }, { "send", "\4" } })
    assert.equal(0, status, out)
    assert.equal("running", vm:get_state())
  end)

  it("shows two terminals the same", function()
    running "a"
    local two = {}
    for i = 1, 2 do
      local other = assert(served:connect())
      two[i] = { hypervisor = other, reader = assert(connect.ask(other, "attach", "a", other:get_vm "a".number)) }
    end
    local function read(one)
      local texts, busy = {}, true
      while busy do
        local batch = assert(connect.ask(one.hypervisor, "read", "a", one.reader, true))
        for _, piece in ipairs(batch.pieces) do texts[#texts + 1] = piece.kind .. " " .. piece.text end
        busy = batch.busy
      end
      return table.concat(texts)
    end
    assert(connect.ask(two[1].hypervisor, "send_input", "a", two[1].reader, "y = 5 print(y)"))
    local seen = read(two[2])
    assert.equal("input y = 5 print(y)\noutput 5\n", seen)
    assert.equal(seen, read(two[1]))
    assert(connect.ask(two[2].hypervisor, "send_input", "a", two[2].reader, "y"))
    assert.equal("input y\nresult 5\n", read(two[1]))
    assert(connect.ask(two[1].hypervisor, "send_input", "a", two[1].reader, "while true do end"))
    assert(connect.ask(two[2].hypervisor, "interrupt", "a", two[2].reader))
    assert.matches("cancelled", read(two[1]))
  end)

  it("is used from any terminal", function()
    local function must(words)
      local status, out, err = served:vm(words)
      assert.same({ 0, "" }, { status, err }, words)
      return out
    end
    must "create a minimal_cell --start"
    assert.equal("running", require "cjson".decode(must "list --json")[1].state)
    assert.matches("^a +minimal_cell +basic +running +0 calls", must "list")
    assert.equal("hello\n42\n", must [[exec a 'print "hello" return 6*7']])
    assert.equal(42, require "cjson".decode(must "exec a 'return 42' --json").result)
    assert.equal("a", require "cjson".decode(must "top --json")[1].vm_id)
    assert.matches("\na +running +%d+%.%d+ +%d+ +%d+%.%d +0 ", must "top")
    local words = "PATH=%s:$PATH; eval \"$(bioxen completion bash)\"; COMP_WORDS=(bioxen vm %s a) COMP_CWORD=3; "
      .. "_bioxen_ids bioxen a; echo ${COMPREPLY[@]}"
    for command, expected in pairs { exec = "a\n", create = "\n" } do
      local status, out = served.sh(("export BIOXEN_SOCKET=%s; "):format(served.socket)
        .. words:format(core.real_path((os.getenv "BIOXEN_BUILD" or "./build") .. "/bin"), command))
      assert.same({ 0, expected }, { status, out })
    end
    must "pause a"
    assert.equal("paused", hypervisor:get_vm_status "a".state)
    must "resume a"
    must "exec a --detach 'print(1) return 7'"
    assert(processes.wait_until(function() return must "logs a":find('"result":"7"', 1, true) end))
    must "stop a"
    must("create b minimal_cell --config " .. served.sh:file("b.json", '{ "memory": 67108864 }'))
    assert.equal(64 << 20, hypervisor:get_vm_status "b".memory_limit)
    local wrong, _, mistakes = served:vm("create c minimal_cell --config "
      .. served.sh:file("c.json", '{ "memroy": 1 }'))
    assert.equal(1, wrong)
    assert.matches("config: unknown key \"memroy\"", mistakes)
    wrong, _, mistakes = served:vm "create 'c d' minimal_cell"
    assert.equal(2, wrong)
    assert.matches("^bioxen: bad argument 'vm_id': ", mistakes)
    must "destroy a b"
    assert.equal("", must "list")
    local status, _, err = served:vm "exec a 'return 1'"
    assert.same({ 1, 'bioxen: no VM is called "a"\n' }, { status, err })
    status, _, err = served.sh "bioxen vm list --socket /nowhere/socket"
    assert.equal(1, status)
    assert.matches("no daemon is reached at /nowhere/socket", err)
  end)

  it("writes down what happens to a VM, but neither code nor arguments", function()
    local vm = running "logged"
    assert(vm:execute_biological_process("local s = args print 'out\\u{9b}' return 1", { args = "secret-argument" }))
    assert.is_nil(vm:execute_biological_process "error 'went wrong'")
    local _, text = served:vm "logs logged"
    local events = {}
    for line in text:gmatch "[^\n]+" do
      local entry = require "cjson".decode(line)
      events[#events + 1] = entry.event
      assert.matches("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$", entry.time)
      if entry.event == "called" then assert.equal("out\u{9b}\n", entry.output) end
      if entry.event == "failed" then
        assert.same({ "ESCRIPT", "process:1: went wrong" }, { entry.code, entry.message })
      end
    end
    assert.same({ "created", "state", "state", "called", "failed" }, events)
    assert.is_nil(text:find("secret", 1, true))
    assert.is_nil(text:find("[\x80-\xff]"), "a control character that a terminal obeys")
    assert.is_nil(text:find("local s", 1, true))
    assert.equal(1, select(2, select(2, served:vm "logs logged --lines 1"):gsub("\n", "")))
  end)

  describe("and its metrics", function()
    local promtool = select(3, os.execute "command -v promtool >/dev/null") == 0

    it("say what is there", function()
      running "a"
      local _, text = served:vm "metrics"
      assert.truthy(text:find('\nbioxen_vms{state="running"} 1\n', 1, true))
      assert.truthy(text:find('\nbioxen_vm_calls_total{vm="a"} 0\n', 1, true))
      assert.matches("# EOF\n$", text)
    end)

    it("are read by Prometheus", function()
      if not promtool then return pending "promtool is not installed (Debian's prometheus has it)" end
      running "a"
      local folder = served.sh.scratch
      local status, _, err = served:vm(("metrics | sed '/^#/!s/$/ 1700000000/' >%s/metrics && "
        .. "promtool tsdb create-blocks-from openmetrics %s/metrics %s/blocks"):format(folder, folder, folder))
      assert.equal(0, status, err)
    end)
  end)

  it("does not mind garbage, half a frame, and who reads nothing", function()
    local vm = running "a"
    assert(served.sh(([[python3 -c '
import os, socket, random
random.seed(1)
open_ones = []
for i in range(20):
    s = socket.socket(socket.AF_UNIX)
    s.connect("%s")
    s.sendall(bytes(random.randrange(256) for _ in range(1000)) if i %% 2 else b"\xff\0\0\0\2\0\0\0half")
    open_ones.append(s)
for s in open_ones[1::2]: # until the daemon has enough of it
    try:
        while s.recv(4096): pass
    except ConnectionError: pass
']]):format(served.socket)) == 0)
    local deaf = assert(core.open_link(served.socket))
    for _ = 1, 4 do deaf:call("result", "execute", "a", vm.number, false, "return ('x'):rep(40 << 20)") end
    assert(processes.wait_until(function() return vm:get_status().calls >= 1 end))
    assert.equal(2, assert(vm:execute_biological_process "return 2").result)
    deaf:close()
    local _, log = served:vm "logs"
    assert.matches('"event":"dismissed","message":"a frame of %d+ bytes, at most 67108864 are allowed"', log)
  end)

  it("lets others in while it is asked without end", function()
    running "a"
    for _ = 1, 500 do hypervisor.link:call("value", "metrics", nil) end
    for _ = 1, 5 do
      local other <close> = assert(served:connect())
      assert.equal("running", assert(other:get_vm_status "a").state)
    end
  end)

  it("does not mind calls of the wrong kinds", function()
    local vm = running "a"
    local nan = 0/0
    local calls = { { "logs", {} }, { "logs", "a", {} }, { "logs", nil, "x" }, { "execute", vm.number, true, {}, {} },
      { "method", vm.number, nan }, { "hypervisor", "listen" }, { "hypervisor", "enter", {} }, { "create", nan, {} },
      { "attach", nan }, { "send_input", {}, "x" }, { "clone", {}, nan }, { "read", nan, {} }, { "no such" } }
    for _, call in ipairs(calls) do
      local value, err = assert(hypervisor.link:call("value", call[1], nil, table.unpack(call, 2, 5))):wait()
      assert.is_nil(value, call[1])
      assert.is_string(err.message)
    end
    local reader = assert(connect.ask(hypervisor, "attach", "a", vm.number, true))
    assert(connect.ask(hypervisor, "send_input", "a", reader, "x = 1", ("long"):rep(1000)))
    assert.is_nil(assert(connect.ask(hypervisor, "read", "a", reader, true)).pieces[1].from)
    assert(vm:destroy())
    assert.equal("destroyed", vm:get_state())
  end)
end)

describe("a daemon's life:", function()
  local served

  after_each(function() served:stop() end)

  it("it ends clean, with its VMs, and nothing was lost", function()
    served = daemon.start()
    local hypervisor = assert(served:connect())
    local vm = assert(hypervisor:create_vm("a", "minimal_cell"))
    assert(vm:start())
    local job = assert(vm:submit "while true do end")
    local pids = processes.descendants(served.pid)
    assert.is_true(#pids > 0)
    assert.is_true(served:ended "TERM")
    assert.equal("EDAEMON", select(2, job:wait()).code)
    assert.equal("EDAEMON", select(2, vm:get_status()).code)
    assert.equal("EDAEMON", select(2, vm:get_state()).code) -- and not that it is destroyed
    assert.equal("BasicBiologicalVM(a, minimal_cell, not connected)", tostring(vm))
    for _, pid in ipairs(pids) do
      assert(processes.wait_until(function() return (processes.state(pid) or "Z") == "Z" end))
    end
    assert.is_nil(io.open(served.socket))
    served:start_again()
    assert.same({}, assert(connect.ask(assert(served:connect()), "describe", nil)).lost)
  end)

  it("it is killed at each step of random operations, and the next one says what was lost", function()
    served = daemon.start()
    require "spec.support.serve_faults".run(6, 3)
  end)

  it("a second one does not take its place", function()
    served = daemon.start()
    local status, _, err = served.sh(("bioxen serve --socket %s --state %s"):format(served.socket, served.state))
    assert.equal(1, status)
    assert.matches("another daemon serves " .. served.socket, err, 1, true)
    assert(served:connect())
  end)

  it("it has so many clients, and so many calls of each", function()
    served = daemon.start { words = "--clients 2 --calls 3" }
    local one, two = assert(served:connect()), assert(served:connect())
    local _, err = served:connect()
    assert.equal("EDAEMON", err.code)
    assert.matches("as many clients as it serves", err.message)
    two.link:close()
    assert(processes.wait_until(function()
      two = served:connect()
      return two
    end))
    local vm = assert(one:create_vm("a", "minimal_cell"))
    local waits = {}
    for i = 1, 4 do waits[i] = assert(one.link:call("value", "method", "a", vm.number, "wait_for", "running")) end
    assert.matches("has 3 calls open", select(2, waits[4]:wait()).message)
    assert(vm ~= nil and two:get_vm "a":start())
    assert.is_true(waits[1]:wait())
  end)

  it("its logs are bounded, and a disk that is full costs lines alone", function()
    served = daemon.start { before = "trap '' XFSZ; ulimit -f 3;", words = "--log-size 1048576" }
    local hypervisor = assert(served:connect())
    local vm = assert(hypervisor:create_vm("a", "minimal_cell"))
    assert(vm:start())
    for _ = 1, 20 do
      for _ = 1, 20 do assert(vm:execute_biological_process "print(('x'):rep(300))") end
      served:vm "logs a" -- has them written
    end
    assert.is_true(#shell.read(served.state .. "/logs/a.jsonl") <= 3072)
    for line in shell.read(served.state .. "/logs/a.jsonl"):gmatch "[^\n]*\n?" do
      assert.is_true(line == "" or line:sub(-2) == "}\n", "half a line")
    end
    for i = 1, 300 do assert(hypervisor:create_vm("b" .. i, "minimal_cell")) end
    for i = 1, 300 do assert(hypervisor:destroy_vm("b" .. i)) end
    for i = 301, 600 do assert(assert(hypervisor:create_vm("b" .. i, "minimal_cell")):destroy()) end
    assert.equal("running", vm:get_state())
    assert.is_true(served:ended "TERM")
    local said = served:words_said()
    assert.is_nil(said:find("attempt", 1, true), said)
    assert.truthy(shell.read(served.state .. "/logs/a.jsonl"), "the log of a VM that lived is kept")
  end)

  it("its logs are for its user alone, and no link or pipe that is planted there leads elsewhere", function()
    local sh = shell.open()
    sh:file("precious", "precious\n")
    served = daemon.start { before = "umask 0;" }
    local hypervisor = assert(served:connect())
    local _, modes = served.sh(("cd %s && stat -c %%a . daemon.jsonl logs | xargs"):format(served.state))
    assert.equal("700 600 700\n", modes)
    local logs = served.state .. "/logs"
    assert(os.execute(("ln -s %s/precious %s/linked.jsonl && mkfifo %s/pipe.jsonl"):format(sh.scratch, logs, logs)))
    for _, id in ipairs { "linked", "pipe", "plain" } do
      assert(hypervisor:create_vm(id, "minimal_cell"))
      served:vm("logs " .. id)
    end
    assert.equal("precious\n", shell.read(sh.scratch .. "/precious"))
    assert.matches('"created"', select(2, served:vm "logs plain"))
    assert.is_true(served:ended "TERM")
    sh:close()
  end)

  it("its logs are rotated", function()
    served = daemon.start { words = "--log-size 65536" }
    local hypervisor = assert(served:connect())
    local vm = assert(hypervisor:create_vm("a", "minimal_cell"))
    assert(vm:start())
    for _ = 1, 6 do
      for _ = 1, 50 do assert(vm:execute_biological_process "print(('x'):rep(600))") end
      served:vm "logs a"
    end
    for _, name in ipairs { "a.jsonl", "a.jsonl.1" } do
      local size = #shell.read(served.state .. "/logs/" .. name)
      assert.is_true(size > 0 and size <= 65536, size)
    end
  end)

  it("it serves its own user alone", function()
    if select(2, core.process()) ~= 0 then return pending "root alone can be another user" end
    served = daemon.start()
    assert.equal("600", select(2, served.sh("stat -c %a " .. served.socket)):match "%d+")
    local _, out = served.sh(("chmod 755 %s %s/run; chmod 666 %s; "
      .. "setpriv --reuid=65534 --clear-groups %s vm list --socket %s 2>&1"):format(served.sh.scratch,
      served.sh.scratch, served.socket, served.sh.program, served.socket))
    assert.matches("serves user 0, not user 65534", out)
  end)

  it("systemd can start it, when it is first called", function()
    served = daemon.start()
    if select(3, os.execute "command -v systemd-socket-activate >/dev/null") ~= 0 then
      return pending "systemd-socket-activate is not installed (Debian's systemd has it)"
    end
    local path = served.sh.scratch .. "/activated"
    local pipe <close> = assert(io.popen(("exec setsid systemd-socket-activate -l %s %s serve --state %s/other 2>&1")
      :format(path, served.sh.program, served.sh.scratch)))
    assert.matches("Listening", pipe:read "l")
    local hypervisor = assert(bioxen.connect(path))
    assert(assert(hypervisor:create_vm("a", "minimal_cell")):start())
    os.execute("kill " .. hypervisor.pid)
    assert.matches("serving descriptor 3", pipe:read "a")
    assert.equal("EDAEMON", select(2, hypervisor:list_vms()).code)
  end)

  it("its units are what systemd expects", function()
    served = daemon.start()
    if select(3, os.execute "command -v systemd-analyze >/dev/null") ~= 0 then
      return pending "systemd-analyze is not installed (Debian's systemd has it)"
    end
    local build = os.getenv "BIOXEN_BUILD" or "./build"
    local folder = served.sh.scratch
    shell.write(folder .. "/bioxen.socket", assert(shell.read(build .. "/systemd/bioxen.socket")))
    shell.write(folder .. "/bioxen.service", (assert(shell.read(build .. "/systemd/bioxen.service")):gsub(
      "ExecStart=%S+", "ExecStart=" .. core.real_path(build .. "/bin/bioxen"))))
    for _, manager in ipairs { "--user", "--system" } do
      local status, out = served.sh(("XDG_RUNTIME_DIR=%s systemd-analyze verify --man=no %s %s/bioxen.s* 2>&1"):format(
        folder, manager, folder))
      assert.same({ 0, "" }, { status, out })
    end
  end)
end)
