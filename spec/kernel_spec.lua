-- The kernel of notebooks, through its sockets, by a client of our own.

local chunk = require "bioxen.repl.chunk"
local cjson = require "cjson"
local core = require "bioxen.core"
local kernel = require "spec.support.kernel"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

-- A cell as it is run, without the words that keep its last call in tracebacks.
local function chunk_of(text)
  return (chunk.read_cell(text).code:gsub("local [%w_]+ <close> = nil ", ""))
end

describe("a cell's last expression", function()
  local cells = {
    ["1 + 1"] = "return 1 + 1",
    ["x = 1\nx + 1"] = "x = 1\nreturn x + 1",
    ["x = 1; x"] = "x = 1;return  x",
    ["x = 1\nf(x)"] = "x = 1\nreturn f(x)",
    ["f()\nplot {\n  a,\n}"] = "f()\nreturn plot {\n  a,\n}",
    ["x = a\n- b"] = "x = a\n- b", -- one statement of two lines
    ["x = f\n(g)(h)"] = "x = f\n(g)(h)",
    ["x = f\n{ 1 }"] = "x = f\n{ 1 }",
    ["s = [[\na\nb]]"] = "s = [[\na\nb]]",
    ["f()\n-- the end"] = "return f()\n-- the end",
    ["x = 1\ny\n- 2"] = "x = 1\nreturn y\n- 2",
    ["local x <const> = 1\nreturn x"] = "local x <const> = 1\nreturn x",
  }
  for text, expected in pairs(cells) do
    it(("is that of %q"):format(text), function() assert.equal(expected, chunk_of(text)) end)
  end
end)

if not kernel.is_built then
  describe("the kernel of notebooks", function() pending "needs bioxen-kernel: install libzmq3-dev and build" end)
  return
end

describe("the kernel of notebooks", function()
  local k

  setup(function() k = kernel.start() end)
  teardown(function() k:stop() end)

  it("tells what it is, on both channels", function()
    for _, channel in ipairs { "shell", "control" } do
      local reply = k:ask("kernel_info_request", {}, channel)
      assert.equal("kernel_info_reply", reply.type)
      assert.equal("ok", reply.content.status)
      assert.equal("5.3", reply.content.protocol_version)
      assert.equal("lua", reply.content.language_info.name)
    end
    assert.is_true(k:beats())
  end)

  it("runs cells, and counts them", function()
    local told = k:execute "x = 20\nx + 1"
    assert.equal("ok", told.status)
    assert.equal("21", told.result["text/plain"])
    assert.same({ "execute_input", "execute_result" }, told.order)
    assert.equal(told.count + 1, k:execute("_ * 2").count)
    assert.equal("42", k:execute("_").result["text/plain"])
    local silent = k:execute("7", { silent = true })
    assert.is_nil(silent.result)
    local kept = k:execute("8", { store_history = false })
    assert.equal(silent.count, kept.count)
    assert.is_nil(k:execute("local y = 1").result)
  end)

  it("answers user_expressions", function()
    local reply = k:execute("", { user_expressions = { sum = "1 + 2", wrong = "nil + 1" } }).reply.user_expressions
    assert.equal("3", reply.sum.data["text/plain"])
    assert.equal("error", reply.wrong.status)
  end)

  it("puts what is printed before the result, whole", function()
    local told = k:execute "print 'a'\nio.stderr:write 'b\\n'\nos.execute 'echo c'\n1"
    assert.equal("a\nc\n", told.stdout)
    assert.equal("b\n", told.stderr)
    assert.equal("execute_result", told.order[#told.order])
    told = k:execute "for i = 1, 20000 do print(i, 'µ') end io.write 'end\\xff'"
    assert.equal(20000, select(2, told.stdout:gsub("µ\n", "")))
    assert.truthy(told.stdout:find "end\u{FFFD}$")
    assert.equal("µ", k:execute("io.write '\\xc2' io.stdout:flush() io.write '\\xb5'").stdout)
  end)

  it("tells errors with their line, and nothing of its own", function()
    local told = k:execute "local function f()\n  error 'no'\nend\n\nf()"
    assert.equal("error", told.status)
    assert.equal(("In [%d]:2: no"):format(told.count), told.error.evalue)
    local words = table.concat(told.error.traceback, "\n")
    assert.truthy(words:find(":5: in main chunk", 1, true), words)
    assert.falsy(words:find "terminal" or words:find "kernel", words)
    assert.truthy(k:execute("x = = 1").error.evalue:find ":1: unexpected symbol")
    assert.truthy(k:execute("for i = 1, 2 do").error.evalue:find "'end' expected")
    assert.equal("EFILE", k:execute("local f, e = bioxen.read_table 'none.csv'\nerror(e)").error.ename)
  end)

  it("does not run what waits behind a failure, unless it is told to", function()
    k:execute "ran = 0\nfunction wait(s) local t = os.clock() repeat until os.clock() - t > s end"
    local first = k:begin "wait(0.2) error 'no'"
    local later = { k:begin "ran = ran + 1", k:begin "ran = ran + 1" }
    assert.equal("error", k:told(first).status)
    assert.equal("aborted", k:told(later[1]).status)
    assert.equal("aborted", k:told(later[2]).status)
    first, later = k:begin "error 'at once'", { k:begin "ran = ran + 1" }
    assert.equal("error", k:told(first).status)
    assert.equal("aborted", k:told(later[1]).status)
    first = k:begin("wait(0.2) error 'no'", { stop_on_error = false })
    local second = k:begin "ran = ran + 1\nran"
    k:told(first)
    assert.equal("1", k:told(second).result["text/plain"])
  end)

  it("runs many cells that wait, in their order", function()
    local ids = {}
    k:execute "sum = 0"
    for i = 1, 100 do ids[i] = k:begin(("sum = sum*2 %% 1000003 + %d; sum"):format(i)) end
    local sum = 0
    for i = 1, 100 do
      sum = sum*2 % 1000003 + i
      assert.equal(tostring(sum), k:told(ids[i]).result["text/plain"])
    end
  end)

  -- ---- VMs ----

  it("runs cells in VMs, and shows what they print as they do", function()
    assert.equal("true", k:execute("vm = bioxen.create_bio_vm('a', 'minimal_cell')\nvm:start()").result["text/plain"])
    local told = k:execute "%%vm a\nprint('in', '\\27[31m')\ny = 3\ny + 1"
    assert.equal("in\t\\x1b[31m\n", told.stdout)
    assert.equal("4", told.result["text/plain"])
    told = k:execute "%%vm a\n\nlocal none\nnone.x = 1"
    assert.equal("ESCRIPT", told.error.ename)
    assert.truthy(told.error.evalue:find(("In [%d]:4: attempt to index"):format(told.count), 1, true))
    local id = k:begin "%%vm a\nprint 'early'\nwhile true do end"
    k:hear(id, "early")
    k:send("control", "interrupt_request", {})
    assert.equal("Interrupted", k:told(id).error.ename)
    assert.truthy(k:execute("%%vm nobody\n1").error.evalue:find "no VM is called")
    assert.truthy(k:execute("%%sql\n1").error.evalue:find "there is no %%%%sql")
  end)

  it("gives what a VM prints later to the cell that began it", function()
    local id = k:begin [[job = vm:submit "for i = 1, 3 do print('late', i) end print 'end'"]]
    k.other = {}
    local told = k:told(id)
    k:execute "job:wait()"
    local heard = told.stdout
    for _, message in ipairs(k.other) do
      assert.equal(id, message.parent)
      heard = heard .. message.content.text
    end
    assert.equal("late\t1\nlate\t2\nlate\t3\nend\n", heard)
  end)

  it("makes VMs of models in cells", function()
    local told = k:execute "%%process decay\nspecies = { A = 8 },\nreactions = { { 'A ->', k = 1 } }"
    assert.equal("ok", told.status)
    k:execute "collectgarbage()"
    assert.equal("8.0", k:execute("%%vm decay\ncell:get 'A'").result["text/plain"])
    told = k:execute "%%sbml decay\n<wrong/>"
    assert.equal("EMODEL", told.error.ename)
    told = k:execute [[
%%sbml toy
<?xml version="1.0"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>
<listOfSpecies><species id="S" compartment="c" initialAmount="5" hasOnlySubstanceUnits="true" boundaryCondition="false"
constant="false"/></listOfSpecies></model></sbml>]]
    assert.equal("ok", told.status)
    assert.equal("5.0", k:execute("%%vm toy\ncell:get 'S'").result["text/plain"])
  end)

  it("shows progress in one display", function()
    local told = k:execute [[
%%vm a
local t = os.clock()
repeat local d = os.clock() - t; progress(math.min(d/1.3, 1), "half") until d > 1.3]]
    assert.equal("display_data", told.order[2])
    assert.equal("update_display_data", told.order[#told.order])
    assert.truthy(told.displays[1].data["text/plain"]:find "^a  %[")
    assert.truthy(told.displays[#told.displays].data["text/plain"]:find "^a: %d+%.%d+ s$")
    for _, display in ipairs(told.displays) do
      assert.equal(told.displays[1].transient.display_id, display.transient.display_id)
    end
  end)

  -- ---- what is shown ----

  it("shows a trajectory as a picture and a bounded table, its hostile names as text", function()
    local told = k:execute [[
%%vm decay
cell:run { duration = 100, every = 1 }]]
    local html = told.result["text/html"]
    assert.truthy(told.result["text/plain"]:find "^Trajectory: 101 rows")
    assert.truthy(told.result["image/svg+xml"]:find "^<svg xmlns")
    assert.equal(1 + 20, select(2, html:gsub("<tr>", "")))
    told = k:execute "{ fluxes = { ['<script>alert(1)</script>'] = 2, R = -3 }, status = 'optimal', objective = 1 }"
    html = told.result["text/html"]
    assert.truthy(html:find("&lt;script&gt;", 1, true))
    assert.falsy(html:find "<script")
    assert.truthy(html:find "R</td>.*&lt;script" and html:find 'class="bar"')
  end)

  it("shows distributions, ensembles, lineages and VMs", function()
    local told = k:execute [[
e = assert(hypervisor:get_vm "decay":run[=[cell:reset() return cell:ensemble{ duration = 2, every = 1, runs = 50,
  method = "ssa", seed = 1, histogram = true }]=]).result
e]]
    assert.equal("ok", told.status, told.error and told.error.evalue)
    assert.truthy(told.result["text/html"]:find "At time 2")
    assert.truthy(k:execute("e:histogram 'A'").result["text/html"]:find "Distribution.*<svg")
    local lineage = k:execute [[
{ { vm_id = 'm', born = 0, ended = 5, fate = 'divided' }, { vm_id = 'd', mother = 1, born = 5 } }]]
    assert.truthy(lineage.result["text/html"]:find "<svg.*divided")
    local card = k:execute("vm").result["text/html"]
    assert.truthy(card:find "VM a" and card:find "minimal_cell" and card:find "running")
    assert.truthy(k:execute("display(vm) display(e)").displays[2].data["text/html"]:find "<svg")
    assert.truthy(k:execute("e:plot { histogram = 'A' }").displays[1].data["image/svg+xml"]:find "<svg")
  end)

  -- ---- asking ----

  it("completes, inspects, and tells whether a cell is whole", function()
    local code = "µ = 1 bioxen.create_b"
    local content = k:ask("complete_request", { code = code, cursor_pos = utf8.len(code) }).content
    assert.same({ "create_bio_vm" }, content.matches)
    assert.equal(utf8.len "µ = 1 bioxen.", content.cursor_start)
    content = k:ask("complete_request", { code = "%%vm a\ncell:tim", cursor_pos = 15 }).content
    assert.same({ "time" }, content.matches)
    content = k:ask("inspect_request", { code = "vm:start()", cursor_pos = 5, detail_level = 0 }).content
    assert.is_true(content.found)
    assert.truthy(content.data["text/plain"]:find "Start the worker")
    content = k:ask("inspect_request", { code = "nothing_of_this_name", cursor_pos = 3, detail_level = 0 }).content
    assert.is_false(content.found)
    local function status(text) return k:ask("is_complete_request", { code = text }).content.status end
    assert.equal("complete", status "f(1)")
    assert.equal("incomplete", status "f(")
    assert.equal("invalid", status "f)")
    assert.truthy(k:execute("?vm:start").stdout:find "Start the worker")
  end)

  it("remembers what was typed", function()
    k:execute "remembered = 1"
    local content = k:ask("history_request", { hist_access_type = "tail", n = 1, raw = true, output = false }).content
    assert.equal("remembered = 1", content.history[1][3])
    content = k:ask("history_request", { hist_access_type = "search", pattern = "remem*", n = 5 }).content
    assert.equal(1, #content.history)
    assert.equal("ok", k:ask("comm_info_request").content.status)
  end)

  it("asks for input where the frontend offers it", function()
    local id = k:begin("io.write 'who? '\nname = io.read()\nname, io.read 'n'", { allow_stdin = true })
    for _, answer in ipairs { "Ada", "36" } do
      assert.equal("input_request", k:receive("stdin").type)
      k:send("stdin", "input_reply", { value = answer })
    end
    local told = k:told(id)
    assert.equal("who? ", told.stdout)
    assert.equal('"Ada"\n36', told.result["text/plain"])
    assert.truthy(k:execute("io.read()").error.evalue:find "does not ask")
    id = k:begin("io.read()", { allow_stdin = true })
    assert.equal("input_request", k:receive("stdin").type)
    k:send("control", "interrupt_request", {})
    assert.equal("Interrupted", k:told(id).error.ename)
  end)

  -- ---- interrupts ----

  local endless = {
    ["a loop"] = "while true do end",
    ["what catches errors"] = "while true do pcall(function() while true do end end) end",
    ["a coroutine"] = "coroutine.wrap(function() while true do end end)()",
    ["a call of a VM"] = "vm:run 'while true do end'",
    ["an ensemble"] = [[vm:run "return cell:ensemble{ duration = 1e6, every = 1e4, runs = 1000000, method = 'ssa' }"]],
    ["a fork"] = "vm:fork('f'):run 'while true do end'",
  }
  for name, code in pairs(endless) do
    it("is interrupted in " .. name .. ", and goes on", function()
      for _, way in ipairs { "message", "signal" } do
        local id = k:begin("kept = 5\nprint 'runs'\n" .. code)
        k:hear(id, "runs")
        assert.is_true(k:beats())
        assert.equal("ok", k:ask("kernel_info_request", {}, "control").content.status)
        if way == "signal" then
          k:signal "INT"
        else
          assert.equal("ok", k:ask("interrupt_request", {}, "control").content.status)
        end
        assert.equal("Interrupted", k:told(id).error.ename)
        assert.equal("5", k:execute("kept").result["text/plain"])
        k:execute "local f = hypervisor:get_vm 'f' if f then f:destroy() end"
      end
      assert.equal('"running"', k:execute("vm:get_state()").result["text/plain"])
    end)
  end

  it("is not interrupted when it is idle", function()
    k:ask("interrupt_request", {}, "control")
    k:signal "INT"
    k:ask("kernel_info_request", {}, "control")
    assert.equal("1", k:execute("1").result["text/plain"])
  end)

  -- ---- hostile ----

  it("refuses what is not signed with its key, or is no message", function()
    local header = cjson.encode { msg_id = "m", msg_type = "execute_request", session = "s" }
    local content = cjson.encode { code = "hacked = true" }
    local frames = kernel.frames("another key", header, "{}", "{}", content)
    local good = kernel.frames(k.connection.key, header, "{}", "{}", content)
    local hostile = {
      frames, { "" }, { "<IDS|MSG>" }, { "a", "b", "c" }, { good[1], "", good[3], good[4], good[5], good[6] },
      { good[1], good[2], good[3], good[4], good[6], good[5] }, { good[1], good[2], good[3], good[4] },
      { good[1], good[2]:upper(), good[3], good[4], good[5], good[6] },
      kernel.frames(k.connection.key, "[]", "{}", "{}", content),
      kernel.frames(k.connection.key, header, "{}", "{}", "{"),
      kernel.frames(k.connection.key, "{}", "{}", "{}", content),
      kernel.frames(k.connection.key, header, "{}", "{}", '{"code":"\xff"}'),
      kernel.frames(k.connection.key, ("["):rep(5000), "{}", "{}", content),
    }
    local many = {}
    for i = 1, 200 do many[i] = "x" end
    hostile[#hostile + 1] = many
    for _, channel in ipairs { "shell", "control", "stdin" } do
      for _, one in ipairs(hostile) do k[channel]:send(one) end
    end
    k:send("shell", "no_such_request", {})
    k:send("shell", "execute_request", { code = cjson.null })
    k:send("shell", "complete_request", { code = 5, cursor_pos = "x" })
    k:send("shell", "history_request", { hist_access_type = {}, n = "many", pattern = {} })
    k:send("shell", "execute_request", { code = "1", silent = 7, user_expressions = "x" })
    assert.is_nil(k:execute("hacked").result["text/html"])
    assert.equal("nil", k:execute("hacked").result["text/plain"])
    assert.is_true(k:beats())
    assert.falsy(k:said():find(k.connection.key, 1, true))
    assert.truthy(k:said():find "not signed with this kernel's key")
  end)

  it("survives clients that go, and serves several", function()
    k.shell:close()
    k.number = 2
    k:connect()
    k:await_subscription()
    assert.equal("3", k:execute("1 + 2").result["text/plain"])
  end)
end)

describe("a kernel's life", function()
  it("ends by a request whatever runs, and its VMs with it", function()
    local k <close> = kernel.start()
    k:execute "vm = bioxen.create_bio_vm('a', 'empty') vm:start()"
    local below = processes.descendants(k.pid)
    assert.is_true(#below > 0)
    local id = k:begin "print 'runs' while true do pcall(function() while true do end end) end"
    k:hear(id, "runs")
    k:send("control", "shutdown_request", { restart = false })
    local reply = k:receive "control"
    assert.equal("shutdown_reply", reply.type)
    assert.is_false(reply.content.restart)
    assert.is_true(k:has_ended())
    for _, pid in ipairs(below) do
      assert.is_true(processes.wait_until(function() return not processes.state(pid) end))
    end
  end)

  it("ends when who started it does", function()
    local k <close> = kernel.start { before = "export JPY_PARENT_PID=$$;", behind = "exec tail -f /dev/null" }
    k:execute "vm = bioxen.create_bio_vm('a', 'empty') vm:start()"
    assert.is_truthy(processes.state(k.pid))
    os.execute(("kill -KILL %d"):format(k.parent))
    assert.is_true(k:has_ended())
  end)

  it("listens where the file says, and nowhere else", function()
    local ports = kernel.free_ports(5)
    local k <close> = kernel.start { connection = { transport = "tcp", ip = "127.0.0.1", shell_port = ports[1],
      control_port = ports[2], stdin_port = ports[3], iopub_port = ports[4], hb_port = ports[5] } }
    k:execute "vm = bioxen.create_bio_vm('a', 'empty') vm:start()"
    local own, listening = {}, {}
    for _, name in ipairs(core.list_folder(("/proc/%d/fd"):format(k.pid))) do
      local pipe <close> = assert(io.popen(("readlink /proc/%d/fd/%s"):format(k.pid, name)))
      own[(pipe:read "l" or ""):match "^socket:%[(%d+)%]$" or ""] = true
    end
    for _, file in ipairs { "tcp", "tcp6", "udp", "udp6" } do
      for line in (shell.read("/proc/net/" .. file) or ""):gmatch "[^\n]+" do
        local address, port, state, rest = line:match "^%s*%d+: (%x+):(%x+) %x+:%x+ (%x+) (.*)$"
        local inode = rest and rest:match "^%S+ %S+ %S+ +%d+ +%d+ (%d+)"
        if inode and own[inode] and (state == "0A" or file:find "udp") then
          listening[#listening + 1] = address .. ":" .. tonumber(port, 16)
        end
      end
    end
    local expected = {}
    for i, port in ipairs(ports) do expected[i] = "0100007F:" .. port end
    table.sort(expected)
    table.sort(listening)
    assert.same(expected, listening)
  end)
end)

describe("bioxen kernel", function()
  local sh
  setup(function() sh = shell.open() end)
  teardown(function() sh:close() end)

  local wrong = {
    ["no object"] = "[1]", ["no JSON"] = "{ key", ["another scheme"] = { signature_scheme = "hmac-md5" },
    ["no key"] = { key = "" }, ["a key that is no text"] = { key = 5 }, ["a port of 0"] = { hb_port = 0 },
    ["a port that is too high"] = { hb_port = 65536 }, ["the same port twice"] = { hb_port = 1 },
    ["another transport"] = { transport = "pgm" },
    ["an address that is none"] = { transport = "tcp", ip = "127.0.0.1;lo" },
    ["a long path"] = { ip = ("/x"):rep(60) },
  }
  for name, changes in pairs(wrong) do
    it("refuses a connection file with " .. name, function()
      local text = type(changes) == "string" and changes or cjson.encode(kernel.connection(sh, changes))
      sh:file("c.json", text)
      local status, _, err = sh("bioxen kernel -f " .. sh.scratch .. "/c.json")
      assert.equal(1, status)
      assert.truthy(err:find "^bioxen%-kernel: the connection file", err)
      assert.falsy(err:find "a key of a test")
    end)
  end

  it("refuses what is no file, and where it cannot listen", function()
    assert.equal(1, (sh "bioxen kernel -f /nowhere/c.json"))
    assert.equal(1, (sh "bioxen kernel -f /dev/zero"))
    sh:file("c.json", cjson.encode(kernel.connection(sh, { ip = "/nowhere/k" })))
    local status, _, err = sh(("chmod 644 %s/c.json; bioxen kernel -f %s/c.json"):format(sh.scratch, sh.scratch))
    assert.equal(1, status)
    assert.truthy(err:find "other users may read" and err:find "cannot listen at")
  end)

  it("is installed where Jupyter looks", function()
    local status, out = sh(("bioxen kernel install --prefix %s/env"):format(sh.scratch))
    assert.equal(0, status)
    assert.truthy(out:find "kernels/bioxen")
    local spec = cjson.decode(shell.read(sh.scratch .. "/env/share/jupyter/kernels/bioxen/kernel.json"))
    assert.same({ "kernel", "-f", "{connection_file}" }, { table.unpack(spec.argv, 2) })
    assert.is_true(core.is_file(spec.argv[1]))
    assert.equal(0, (sh(("JUPYTER_DATA_DIR=%s/own bioxen kernel install --user"):format(sh.scratch))))
    assert.truthy(shell.read(sh.scratch .. "/own/kernels/bioxen/logo-svg.svg"))
    assert.equal(2, (sh "bioxen kernel install --user --prefix x"))
    assert.equal(2, (sh "bioxen kernel"))
  end)
end)
