-- The session at the prompt: in a terminal, through a pipe, and its parts.

local bioxen = require "bioxen"
local cjson = require "cjson"
local chunk = require "bioxen.repl.chunk"
local colour = require "bioxen.repl.colour"
local doc = require "bioxen.repl.doc"
local printer = require "bioxen.repl.printer"
local support = require "spec.support.shell"
local text = require "bioxen.repl.text"

local quote, read, write, slow = support.quote, support.read, support.write, support.slow

describe("the session", function()
  local sh, scratch, program

  setup(function()
    sh = support.open()
    scratch, program = sh.scratch, sh.program
  end)
  teardown(function() sh:close() end)

  local function shell(command)
    return sh(("export HOME=%s TERM=xterm LC_ALL=C.UTF-8; unset XDG_STATE_HOME NO_COLOR; %s"):format(quote(scratch),
      command))
  end

  -- Through a pipe.
  local function piped(input, words, before)
    write(scratch .. "/input", input)
    return shell(("%s %s %s <%s"):format(before or "", program, words or "", quote(scratch .. "/input")))
  end

  -- In a terminal: the steps of spec/support/terminal.py, and the program with what goes before and
  -- behind it. What was written.
  local function driven(expected, steps, command)
    write(scratch .. "/steps", cjson.encode(steps))
    local status, out, err = shell(("BIOXEN_SLOW=%g python3 spec/support/terminal.py %s %s"):format(slow,
      quote(scratch .. "/steps"), command))
    assert.are.equal(expected, status, out .. err)
    return out
  end

  local function typed(steps, words, before)
    return driven(0, steps, ("%s %s %s"):format(before and "env " .. before or "", program, words or ""))
  end

  local ready = { "expect", "> " }
  local stop, eof = { "send", "\3" }, { "send", "\4" }
  -- ^C at the prompt: what is typed before its answer would still belong to the line that it ends.
  local drop = { steps = { stop, { "expect", "^C" } } }

  -- Steps between the first prompt and .quit: { word, … }, a text to send, or { steps = { … } }.
  local function steps(...)
    local list = { ready }
    local function add(step)
      if type(step) == "string" then step = { "send", step } end
      if not step.steps then list[#list + 1] = step end
      for _, one in ipairs(step.steps or {}) do add(one) end
    end
    for _, step in ipairs { ... } do add(step) end
    add "\21 .quit\r" -- ^U first: ^D would be lost on a terminal that is not being read from
    add { "end" }
    return list
  end

  local function screen(shown) return { "screen", shown } end
  local function expect(written) return { "expect", written } end

  -- A line that is entered, and what is on the screen afterwards, the prompt included.
  local function line(entered, shown)
    return { steps = { entered .. "\r", screen(entered .. "\n" .. shown .. "\n>"), ready } }
  end

  local vm = { steps = { "vm = assert(bioxen.create_bio_vm('alpha', 'minimal_cell')) vm:start()\r",
    expect "\r\n", ready } }

  describe("in a terminal", function()
    it("shows expressions, runs statements, and ends by ^D", function()
      local out = typed { ready, { "send", "1 + 1\r" }, screen "\n2\n>", eof, { "end" } }
      assert.matches("^bioxen %d", out)
      typed(steps(line("= 2.0, 'a'", '2.0\n"a"'), "x = 7\r",
        line("x", "7"), line("local y = 3", "(a local ends with its line; without `local`, y stays)"),
        line("nothing.here", "stdin:1: attempt to index a nil value (global 'nothing')")))
    end)

    it("has bioxen and the hypervisor at hand, and shows VMs", function()
      typed(steps(vm, line("vm", "VM alpha: basic, minimal_cell, running, 0 s simulated"),
        "hypervisor\r", expect "1 VM\r\n", ".vms\r",
        screen "id     type   organism      state    simulated  up\nalpha  basic  minimal_cell  running  0 s"))
    end)

    it("continues lines, which ^C and ^D drop", function()
      typed(steps("if true then\r", screen "> if true then\n..", drop, ready,
        "for i = 1, 2 do\r", expect ".. ", eof, expect "> ", line("5", "5"),
        "for i = 1, 2 do\r", expect ".. ", "print(i)\r", expect ".. ", "end\r", screen "1\n2\n>",
        "= 1 +\r", expect ".. ", "41\r", screen ".. 41\n42\n>"))
    end)

    it("clears the line on ^C", function()
      typed(steps("x = 'unfinished", screen "unfinished", drop, screen "unfinished^C\n>", line("x", "nil")))
    end)

    describe("stops by ^C", function()
      local function interrupted(code)
        typed(steps("x = 7\r", ready, vm, "go = 'g' .. 'o'\r", ready, code .. "\r",
          expect "go\r\n", stop, expect "interrupted", ready, line("x", "7"),
          line("vm:execute_biological_process('return 6 * 7').result", "42")))
      end

      it("a loop", function() interrupted "print(go) while true do end" end)

      it("a loop in a coroutine", function()
        interrupted "coroutine.wrap(function() print(go) while true do end end)()"
      end)

      it("a loop of pcalls", function()
        interrupted "print(go) while true do pcall(function() while true do end end) end"
      end)

      it("a loop in the handler of an xpcall, and in a __close", function()
        interrupted "xpcall(error, function() print(go) while true do end end)"
        interrupted([[do local x <close> = setmetatable({}, { __close = function() while true do end end }) ]]
          .. [[print(go) while true do end end]])
      end)

      it("work on strings", function()
        interrupted "print(go) while true do local s = ('x'):rep(1e6):gsub('x', 'yy'):upper():reverse() end"
        interrupted "s = ('x'):rep(2e7) print(go) while true do s:gsub('.', string.upper) end"
      end)

      it("a __tostring that is shown", function()
        interrupted "setmetatable({}, { __tostring = function() print(go) while true do end end })"
      end)

      local call = "vm:submit[[print('g' .. 'o') while true do end]]:output()"

      it("a call to a VM, which keeps its state", function()
        interrupted(("for s in %s do io.write(s) end"):format(call))
      end)

      it("a call to a VM in a coroutine", function()
        interrupted(("coroutine.wrap(function() for s in %s do io.write(s) end end)()"):format(call))
      end)

      it("a wait for all jobs", function()
        interrupted("local j = vm:submit 'while true do end' print(go) bioxen.wait_all { j }")
      end)
    end)

    it("says so where ^C cannot stop what runs, and another one ends it", function()
      driven(130, { ready,
        { "send", "print('g' .. 'o') string.find(('a'):rep(40) .. 'b', ('a-'):rep(40) .. 'c')\r" },
        expect "go\r\n", { "busy" }, stop, expect "end bioxen by another ^C", stop, { "end" } }, program)
    end)

    it("keeps a history across sessions, one entry a chunk, nobody else's to read", function()
      os.remove(scratch .. "/.local/state/bioxen/history")
      typed(steps(line("'first one'", '"first one"'), "do\r", expect ".. ", "print 'inside'\r", expect ".. ",
        "end\r", screen "inside\n>", ready, line(" 'a secret'", '"a secret"')))
      local path = scratch .. "/.local/state/bioxen/history"
      assert.are.equal("'first one'\ndo\\nprint 'inside'\\nend\n", read(path))
      local _, mode = shell("stat -c %a " .. quote(path) .. " " .. quote(path:match "^(.*)/"))
      assert.are.equal("600\n700\n", mode)
      typed(steps("\16", screen "> do\nprint 'inside'\nend", "\16", screen "> 'first one'", "\r",
        screen '"first one"\n>'))
      assert.matches("end\n'first one'\n$", read(path))
    end)

    it("begins the prompt on a line of its own", function()
      typed(steps("do io.write 'no end' end\r", screen "no end%\n>", ready,
        line("('x'):rep(78)", '"' .. ("x"):rep(78) .. '"')))
    end)

    it("stands what is done to globals", function()
      typed(steps("type, table, string, pcall, next, io, os, ipairs, pairs = 1, 2, 3\r", ready,
        line("{ 1, x = 'a' }", '{ 1, x = "a" }'), "assert, _G, require, error = assert\r", ready, vm,
        line("vm:get_state()", '"running"'), ".vms\r", expect "minimal_cell", ready,
        "slow = 'local t = os.clock() while os.clock() - t < 0.3 do end'\r", ready,
        line("vm:execute_biological_process(slow).success", "true"),
        ".time\r", ready, "bioxen.clock = nil\r", expect "the session stumbled", ready, ".time\r", ready,
        line("1", "1")))
    end)

    it("finds what was typed by ^R", function()
      typed(steps(line("40 + 2", "42"), line("'other'", '"other"'), "\18", expect "bck:", "40",
        expect "40 + 2", "\r", screen "42\n>"))
    end)

    it("works where the history cannot be written", function()
      typed(steps(line("6 * 7",
        "42\n(the history is not kept: cannot make the folder /dev/null: Not a directory [EFI\nLE])"),
        line("1", "1")), "", "XDG_STATE_HOME=/dev/null")
    end)

    it("bounds the history, and reads over what is none", function()
      local folder = scratch .. "/state/bioxen"
      os.execute("mkdir -p " .. quote(folder))
      local lines = {}
      for i = 1, 3000 do lines[i] = ("x = %d\n"):format(i) end
      write(folder .. "/history", table.concat(lines) .. "y = '\27[2J'\n")
      typed(steps("\16", screen "> x = 3000", "\r"), "", "XDG_STATE_HOME=" .. scratch .. "/state")
      local kept = read(folder .. "/history")
      assert.matches("^x = 2001\n", kept)
      assert.matches("x = 3000\n$", kept)
    end)

    describe("completes", function()
      it("globals, fields, and methods through inheritance", function()
        typed(steps("a = bio\t", screen "a = bioxen", ".create_b\t('b", screen "bioxen.create_bio_vm('b", drop,
          ready, vm, "vm:get_stat\t", expect "get_state   get_status",
          "e()\r", screen '"running"', ready, "hypervisor:get_vm_\t", screen "get_vm_status",
          drop, ready, "string.for\t", screen "string.format"))
      end)

      it("methods of trajectories, and of strings", function()
        typed(steps(vm, "t = vm:execute_biological_process('return cell:run{ duration = 1 }').result\r", ready,
          "t:me\t", screen "t:mean", drop, ready, "s = 'x'\r", ready, "s:rev\t()\r", screen '\n"x"\n>'))
      end)

      it("ids of VMs in strings, organisms, and files", function()
        write(scratch .. "/a file.lua", "print 'loaded'")
        typed(steps(vm, "hypervisor:get_vm('al\t')\r", screen "get_vm('alpha')\nVM alpha", ready,
          "bioxen.create_bio_vm('b', 'minimal\t", screen "minimal_cell", drop, ready,
          ".us\tal\t\r", expect "alpha running 0 s> ", ".use\r", ready,
          ".load " .. scratch .. "/a\t\r", screen "\nloaded\n>"))
      end)

      it("in a VM: what is there, and its genes", function()
        typed(steps(vm, "vm:load_genome(bioxen.genome.new { sequences = { { id = 's', length = 900 } }, " ..
          "genes = { { id = 'gene_A1', start = 1, stop = 30 }, { id = 'gene_A2', start = 50, stop = 90 } } })\r",
          expect "Genome: 900 bp", ready, ".use alpha\r", expect "0 s> ",
          "cell:sho\t", screen "cell:shortage", drop, expect "0 s> ",
          "cell:genome():gene('gene\t", screen "gene_A", "2').start\r", screen "\n50\n", expect "0 s> "))
      end)

      it("options of a call, an organism's functions, columns of a trajectory", function()
        typed(steps(vm, ".use alpha\r", expect "0 s> ", "cell:run{ dura\t1 }\r", screen "Trajectory", expect "1 s> ",
          "cell:set_anti\t", screen "cell:set_antibiotic", drop, expect "1 s> ", ".use\r", ready,
          "t = vm:run('return cell:run{ duration = 1 }').result\r", ready,
          "t:last 'synth\t'\r", screen "t:last 'synthesis'"))
      end)

      it("nothing where there is nothing, and indents by a tab", function()
        typed(steps("\tprint 'x'\r", screen "\nx\n>", ready, "nothing_like_this.\t5\r", expect "near '.5'"))
      end)
    end)

    it("takes a paste of several lines as one text, and shows it as such", function()
      typed(steps("\27[200~local function f(x)\n\treturn x * 2\nend\nprint(f(21))\27[201~",
        screen "> local function f(x)\n        return x * 2\nend\nprint(f(21))", "\r", screen "\n42\n>", ready,
        "\27[200~a = 1\n\na + 1\nfor i = 1, 2 do\n\n  print(i)\nend\27[201~\r", screen "\n2\n1\n2\n>", ready,
        "\27[200~x = 5\nif x then = 1\27[201~\r", expect "stdin:2: unexpected symbol near '='", ready,
        "x\r", screen "\nnil\n>"))
    end)

    it("takes such lines one by one where the terminal does not mark them", function()
      typed(steps("a = 1\rfor i = 1, 2 do\r\tprint(i + a)\r\rend\ra\r", screen "\n2\n3\n> a\n1\n>"))
    end)

    it("takes a long paste whole", function()
      local long = ("x = '%s'\n"):format(("abcdefghij"):rep(200)):rep(10)
      typed(steps("\27[200~" .. long .. "\27[201~\r", ready, line("#x", "2000")))
    end)

    it("edits wide and accented characters in their places", function()
      typed(steps("'中文é' .. 'x'\2\2\2\2\2\2\2\2\b日", screen "> '中文日' .. 'x'", "\1\6\6\4", screen "> '中日' .. 'x'",
        "\r", screen '\n"中日x"\n>'))
    end)

    it("follows the size of the terminal", function()
      local long = ("abcdefghij"):rep(5)
      typed(steps(("#'%s'"):format(long), screen(("> #'%s'"):format(long)), { "resize", 10, 40 },
        expect "\r\n", expect "'", "\5 + 1",
        screen("\n> #'" .. ("abcdefghij"):rep(3) .. "abcdef\nghijabcdefghij' + 1"), "\r", screen "\n51\n>", ready,
        "t = {} for i = 1, 12 do t[i] = 1000 + i end\r", ready, "t\r",
        screen "  1001, 1002, 1003, 1004, 1005, 1006,\n", ready,
        { "resize", 24, 100 }, "t\r", screen "{ 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, "))
    end)

    it("gives the terminal back when it is stopped, and takes it again", function()
      driven(0, { ready, { "send", "40 +" }, screen "> 40 +", { "send", "\26" }, expect "stopped\r\n echo",
        expect "40 +", { "send", "2\r" }, screen "\n42\n", eof, { "end" } },
        ("bash -mc %s %s"):format(quote '"$0"; echo stopped; stty -a | grep -o " -*echo "; fg', program))
    end)

    it("ends by a signal, with the terminal as it was", function()
      driven(128 + 15, { ready, { "signal", "SIGTERM" }, { "mode", "cooked" }, { "end" } }, program)
      driven(128 + 1, { ready, { "send", "unfinished" }, { "signal", "SIGHUP" }, { "end" } }, program)
    end)

    it("ends by .quit", function()
      typed { ready, { "send", ".quit\r" }, { "end" } }
    end)

    it("colours Lua as it is typed, in a line that fits", function()
      local function painted(part, code) return { "painted", part, code } end
      local left = "\27[D"
      local long = (" or nil"):rep(10)
      typed(steps("local x = '日本é' .. 12e3 --", screen "--", painted("local", "35"), painted(" x = ", ""),
        painted("'日本é'", "32"), painted("12e3", "36"), painted("--", "90"),
        left .. left .. ("\b"):rep(11), screen "> local x = '日本--", painted("'日本--", "32"),
        "'", painted("'日本'", "32"), painted("--", "90"), "\5" .. long, screen(" or nil or nil"),
        painted("> local x = '日本'--", ""), ("\b"):rep(#long - 3), screen "'日本'-- or", painted("-- or", "90"),
        painted("local", "35"), "\21",
        "s = [[if\r", expect ".. ", "end ]]", painted("end ]]", "32"), " or", painted("or", "35"),
        painted("end ]]", "32"), drop, ready))
    end)

    it("colours values as Lua writes them, here and in a VM, and commands not at all", function()
      local function painted(part, code) return { "painted", part, code } end
      typed(steps("{ 1.5, 'a', true }\r", painted("1.5", "36"), painted('"a"', "32"), painted("{ ", ""), vm,
        "vm\r", painted("VM alpha: basic, minimal_cell, running, 0 s simulated", ""),
        ".use alpha\r", expect "0 s> ", "-7, 'b'\r", painted("-", ""), painted('"b"', "32"),
        "for", painted("for", "35"), "\21", ".doc nil", screen "> .doc nil", painted(".doc nil", ""), "\21"))
      for _, without in ipairs { "NO_COLOR=1", "TERM=dumb" } do
        local out = typed(steps("return nil", screen "return nil", "\r", screen "nil\n"), "", without)
        assert.is_nil(out:find("\27%[3"))
      end
    end)

    it("colours errors, unless it must not", function()
      local fails = { ready, { "send", "error 'red'\r" }, expect "stdin:1: red", ready, eof, { "end" } }
      assert.matches("\27%[31mstdin:1: red\27%[0m", (typed(fails)))
      assert.is_nil(typed(fails, "", "NO_COLOR=1"):find("\27[31m", 1, true))
      local plain = typed(fails, "", "TERM=dumb")
      assert.is_nil(plain:find("\27", 1, true))
    end)

    it("goes on after a script that -i names, with its globals and arguments", function()
      write(scratch .. "/first.lua", "#!/usr/bin/env bioxen\nlocal a, b = ...\nsum = a + b\n")
      typed(steps(line("sum, arg[1]", '3\n"1"')), "-i " .. scratch .. "/first.lua 1 2")
      write(scratch .. "/bad.lua", "y = 5 error 'broken'")
      typed({ expect "bad.lua:1: broken", ready, { "send", "y\r" }, screen "\n5\n>", eof, { "end" } },
        "-i " .. scratch .. "/bad.lua")
      write(scratch .. "/loop.lua", "print 'go' coroutine.wrap(function() while true do end end)()")
      typed({ expect "go\r\n", stop, expect "interrupted", ready, eof, { "end" } }, "-i " .. scratch .. "/loop.lua")
    end)

    describe("with .use", function()
      it("runs lines in the VM, and shows its state and time", function()
        typed(steps(vm, ".use alpha\r", expect "alpha running 0 s> ", "a = 6\r", expect "0 s> ",
          "a * 7, print\r", screen "\n42\nfunction: ", expect "0 s> ",
          "for i = 1, 2 do\r", expect ".. ", "print(i)\r", expect ".. ", "end\r", expect "1\r\n2\r\n",
          "cell:run{ duration = 60 }.method\r", expect '"ode"', expect "alpha running 60 s> ",
          "cell\r", expect "Cell(minimal_cell, t = 60.0 s", expect "60 s> ",
          ".use\r", expect "\r\n", ready, line("a", "nil")))
      end)

      it("streams what is printed, harmless to the terminal", function()
        local out = typed(steps(vm, ".use alpha\r", expect "0 s> ",
          "print('\\27[2J', '\\u{9b}31m', '\\u{202e}é') while true do end\r",
          expect "\\x1b[2J\t\\xc2\\x9b31m\t\\xe2\\x80\\xaeé\r\n", stop, expect "interrupted", expect "0 s> ",
          "error '\\27]0;title\\7'\r", expect "stdin:1: \\x1b]0;title\\x07 [ESCRIPT, VM alpha]", expect "0 s> ",
          "'\\27[5m'\r", expect '"\\x1b[5m"', expect "0 s> ", "return { ['\\27'] = 1 }\r", screen '["\\x1b"] = 1'))
        assert.is_nil(out:find("\27[2J", 1, true))
      end)

      it("says what is wrong, and what to do", function()
        typed(steps(".use beta\r", expect 'no VM is called "beta"; there is: none, make one', ready,
          "vm = bioxen.create_bio_vm('beta', 'minimal_cell')\r", ready,
          ".use beta\r", expect "VM beta is created; start it: vm:start()", ready, "vm:start()\r", expect "true",
          ready, ".use beta\r", expect "0 s> ", "local function f() error 'deep' end f()\r",
          expect "stdin:1: deep [ESCRIPT, VM beta]", expect "in local 'f'", expect "0 s> ",
          "error { code = 7, reason = 'x' }\r",
          expect '(error object is a table value) [ESCRIPT, VM beta]\r\n{ code = 7, reason = "x" }', expect "0 s> "))
      end)
    end)

    it("shows what a line takes, after .time", function()
      typed(steps(vm, ".time\r", expect "Times are shown.", ready,
        "x = vm:execute_biological_process 'cell:run{ duration = 60 }'\r",
        expect "s, alpha +60 s to 60 s simulated)\r\n", ready, ".time\r", expect "not shown"))
    end)

    it("saves what was typed, and loads it", function()
      local path = scratch .. "/saved session"
      os.remove(path)
      typed(steps(line("1 + 1", "2"), "z = 5\r", ready, "do\r", expect ".. ", "end\r", ready,
        ".save " .. path .. "\r", expect "3 entries written", ready))
      assert.matches("^%-%- a session of bioxen[^\n]*\n1 %+ 1\nz = 5\ndo\nend\n$", read(path))
      typed(steps(".load " .. path .. "\r", screen "\n2\n>", ready, line("z", "5"),
        ".load /nonexistent\r", expect "cannot read /nonexistent", ready,
        ".save " .. scratch .. "/first.lua\r", expect "is no saved session; name another file", ready,
        ".save\r", expect "to which file?"))
    end)

    it("explains itself", function()
      typed(steps(".help\r", expect ".use VM", expect ".quit", ready, "exit\r", expect ".quit or ^D", ready,
        ".nonsense\r", expect "there is no command .nonsense; .help lists them", ready,
        ".hlep\r", expect "there is no command .hlep; did you mean 'help'?", ready,
        ".doc vm:start\r", expect "BiologicalVM:start(options)", ready,
        ".doc xyzzy\r", expect ".doc lists what there is", ready))
    end)
  end)

  describe("through a pipe", function()
    it("runs each chunk as at the prompt, without prompts", function()
      assert.are.same({ 0, '2\n"é"\n1\n2\n', "" }, { piped "1 + 1\n= 'é'\nfor i = 1, 2 do\n  print(i)\nend\n" })
      assert.are.same({ 0, "", "" }, { piped "" })
      assert.are.same({ 0, "7\n", "" }, { piped "#!/usr/bin/env bioxen\n7" })
    end)

    it("goes on after errors, which it writes to standard error and tells by its status", function()
      assert.are.same({ 1, "2\n", "stdin:1: one\nstdin:1: unexpected symbol near ')'\n" },
        { piped "error 'one'\n)\n2" })
      assert.are.same({ 1, "", "the input ends before its last lines are whole\n" }, { piped "do\n" })
      assert.are.same({ 1, "", "there is no command .foo; .help lists them\n" }, { piped ".foo\n" })
    end)

    it("shows the error of nil, error", function()
      local status, out, err = piped "bioxen.create_bio_vm('a', 'nope')"
      assert.are.same({ 0, "nil\n" }, { status, out })
      assert.matches('^there is no organism "nope" here; there is: .*%[EORGANISM%]\n$', err)
    end)

    it("shows a traceback where there is more than a line, and the value of any error", function()
      local _, _, err = piped "function f() error 'deep' end\nfunction g() f() end\ng()\nerror {}\nerror()"
      assert.matches("^stdin:1: deep\nstack traceback:\n[^\n]*\n%s+stdin:1: in function 'f'\n" ..
        "%s+stdin:1: in function 'g'\n[^\n]*\n{}\nnil\n$", err)
    end)

    it("runs code of -e and a script first", function()
      write(scratch .. "/script.lua", "y = x + 1 print(...)")
      assert.are.same({ 0, "a\n2\n", "" }, { piped("y", "-e x=1 -i " .. scratch .. "/script.lua a") })
      assert.are.equal(1, (piped("1", "-i /nonexistent.lua")))
    end)

    it("has the value of the last line as _, here and in a VM, and brings values of a VM here", function()
      local file = scratch .. "/t.csv"
      local status, out, err = piped(([[
        1 + 2
        _ * 2
        vm = assert(bioxen.create_bio_vm("a", "empty"))
        vm:start()
        .use a
        process "x" { species = { A = 10 }, reactions = { { "A ->", k = 1 } } }
        t = cell:run { duration = 2, every = 1 }
        t:last "A" < 2
        not _
        .csv t > %s
        .csv t > %s.pdf
        .take t
        .take last = t:last "A"
        type = 1 load = 2 string.rep = nil
        { last }
        .plot cell:get "A"
        .take f = print
        .take 9
        .use
        #t, last == t:last "A"
        .csv t
        .exit
        1]]):format(file, file))
      local table = "time,A\n0,10\n1,3.6787944%d*\n2,1.353352%d*\n"
      assert.matches("^3\n6\ntrue\ntrue\nfalse\n{}\n3\ntrue\n" .. table .. "$", (out:gsub("\r", "")))
      assert.matches("^" .. table .. "$", (read(file):gsub("\r", "")))
      assert.equal(1, status)
      assert.is_nil(io.open(file .. ".pdf"))
      assert.matches('^%.csv: a name that ends in [^\n]* expected[^\n]*\n'
        .. 'cell:get "A" is no trajectory and no ensemble\n[^\n]* cannot travel [^\n]*\nwhich value', err)
    end)

    it("runs in VMs, too", function()
      local status, out, err = piped [[
        vm = assert(bioxen.create_bio_vm("a", "minimal_cell"))
        vm:start()
        .use a
        cell:ensemble{ duration = 10, every = 5, runs = 3, seed = 1 }
        cell:run{ duration = 60, every = 10 }
        nil, nil
        return
      ]]
      assert.are.same({ 0, "" }, { status, err })
      assert.matches("^true\nEnsemble: 3 runs, 3 rows × %d+ columns, time 0 to 10, ssa, seed 1\n", out)
      assert.matches("\nTrajectory: 7 rows × %d+ columns, time 0 to 60, ode\n +first +last\n  a ", out)
      assert.matches("\nnil\nnil\n$", out)
    end)

    it("ends when nobody reads", function()
      local status, _, err = shell(("set -o pipefail; echo 'while true do print(1) end' | %s | head -1"):format(
        program))
      assert.are.same({ 1, "" }, { status, err })
    end)

    it("ends by ^C", function()
      local status, _, err = shell(([[cd %s && mkfifo to from || exit 9; %s <to >from & pid=$!; exec 3>to 4<from
        echo 'print(1) io.stdout:flush() while true do pcall(string.rep, "x") end' >&3
        read -r one <&4; kill -INT $pid; wait $pid]]):format(quote(scratch), program))
      assert.matches("interrupted", err)
      assert.are.equal(1, status)
    end)

    it("ends by ^C also while it closes what it made", function()
      write(scratch .. "/in.lua", [[
        x = setmetatable({}, { __gc = function() print "closing" io.stdout:flush() while true do end end })]])
      local status = shell(([[cd %s && mkfifo closing || exit 9; %s <in.lua >closing & pid=$!; exec 4<closing
        read -r one <&4; kill -INT $pid; wait $pid]]):format(quote(scratch), program))
      assert.are.equal(128 + 2, status)
    end)

    it("has coroutines that behave as Lua's", function()
      local code = [[
        local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) error("x" .. b) end)
        print(co(1)) print(pcall(co, 2)) print(pcall(co)) print((pcall(coroutine.resume, 1)))
        print(coroutine.resume(coroutine.create(function(...) return select("#", ...), ... end), nil, nil))
        print(coroutine.close(coroutine.create(print)), (pcall(coroutine.close)))
        local t = setmetatable({}, { __close = function() error "closing" end })
        print(pcall(coroutine.wrap(function() local x <close> = t error "first" end)))
        print(pcall(coroutine.wrap(function() error({}) end)) == false)
        print(select("#", coroutine.wrap(function() end)()))
        print(xpcall(error, function(e) return "handled " .. e end, "e"), (pcall(xpcall)))]]
      write(scratch .. "/co.lua", code)
      local _, stock = shell("lua5.4 " .. scratch .. "/co.lua")
      local _, ours = piped("", "-i " .. scratch .. "/co.lua")
      assert.are.equal(stock, ours)
    end)
  end)
end)

describe("a chunk", function()
  local function kind(code)
    local whole, err = chunk.read(code)
    return whole and (whole.expression and "expression" or "statement") or err or "more"
  end

  it("is an expression first", function()
    for code, expected in pairs {
      ["1"] = "expression", ["f()"] = "expression", ["=x, y"] = "expression", ["-- nothing"] = "expression",
      ["x = 1"] = "statement", ["local x"] = "statement", ["return 1"] = "statement", ["f() g()"] = "statement",
      ["f("] = "more", ["1 +"] = "more", ["{ 1,"] = "more", ["if x then"] = "more", ["[[a"] = "more",
      ["--[[ a"] = "more", ["=f("] = "more", ["x = "] = "more", ["a."] = "more",
    } do
      assert.are.equal(expected, kind(code), code)
    end
    assert.matches("near '%*'", kind "1 + * 2")
    assert.matches("near 'b'", kind "a b")
    assert.matches("unfinished string", kind "x = 'a")
    assert.matches("near '<", kind "x = <eof>")
    assert.matches("binary", kind "\27Lua" .. "binary") -- never a binary chunk
  end)

  it("may be several", function()
    assert.are.same({ "1", "for i = 1, 2 do\nend", ".vms", "x = 1" },
      chunk.split "1\nfor i = 1, 2 do\nend\n.vms\nx = 1")
    assert.is_nil(chunk.split "x = 1\n)")
    assert.is_nil(chunk.split "do")
  end)
end)

describe("values are shown", function()
  local function shown(value, options) return printer.show(value, options) end

  it("as Lua would read them", function()
    for expected, value in pairs {
      ["1"] = 1, ["1.0"] = 1.0, ["-0.0"] = -0.0, ["1e+100"] = 1e100, ["inf"] = 1 / 0, ["nan"] = 0 / 0,
      ["true"] = true, ['"a\\n\\"\\\\\\0\\x001\\xff\\x1bé"'] = 'a\n"\\\0\0001\xff\27é',
      ["{}"] = {}, ["{ 1, 2, x = { y = 3 } }"] = { 1, 2, x = { y = 3 } },
      ['{ [1.5] = 1, ["a b"] = 2, ["end"] = 3, [true] = 4 }'] =
        { [1.5] = 1, ["a b"] = 2, ["end"] = 3, [true] = 4 },
    } do
      assert.are.equal(expected, shown(value))
    end
    assert.are.equal("nil", shown(nil))
    assert.matches("^function: ", shown(print))
    assert.matches("^file %(0x", shown(io.stdout))
  end)

  it("with sorted keys, in lines where one is too short", function()
    local t = { zeta = 1, alpha = ("x"):rep(30), list = { 1, 2, 3 }, 10, 20 }
    assert.are.equal('{\n  10,\n  20,\n  alpha = "' .. ("x"):rep(30) ..
      '",\n  list = { 1, 2, 3 },\n  zeta = 1\n}', shown(t, { width = 60 }))
  end)

  it("to a depth, a length and a number of items", function()
    local deep, circle, many, wide = {}, {}, {}, {}
    for _ = 1, 100 do deep = { deep } end
    circle.self = circle
    for i = 1, 1e5 do many[i] = i end
    for i = 1, 200 do wide["k" .. i] = many end
    assert.are.equal("{ { { { { { … } } } } } }", shown(deep))
    assert.matches("^{ self = { … }", shown(circle))
    assert.matches("100,\n  %-%- 99,900 more\n}$", shown(many))
    assert.is_true(#shown(wide) < 20000)
    assert.matches('^"x+"… %(1,000,000 bytes%)$', shown(("x"):rep(1e6)))
    assert.is_true(#shown { ("é"):rep(1e6) } < 400)
    for row in shown(many):gmatch "[^\n]+" do assert.is_true(#row <= 80) end
  end)

  it("in their own words, if these come", function()
    assert.are.equal("its words", shown(setmetatable({}, { __tostring = function() return "its words" end })))
    assert.are.equal("\\x1b[2J", shown(setmetatable({}, { __tostring = function() return "\27[2J" end })))
    assert.matches("whose __tostring fails: .*broken",
      shown { setmetatable({}, { __tostring = function() error "broken" end }) })
    assert.matches("whose __tostring fails", shown(setmetatable({}, { __tostring = function() return {} end })))
    local hostile = setmetatable({ 1 }, { __index = error, __len = error, __pairs = error, __eq = error,
      __lt = error, __name = {} })
    assert.are.equal("{ 1 }", shown(hostile))
  end)

  it("when they are genomes", function()
    local genome = bioxen.genome.new { sequences = { { id = "chr", length = 543379, circular = true } },
      genes = { { id = "a", start = 1, stop = 9, type = "CDS" }, { id = "b", start = 20, stop = 29 } } }
    assert.are.equal("Genome: 543,379 bp in 1 sequence, 2 genes\n  chr  543,379 bp  circular\n  1 CDS, 1 gene",
      (shown(genome):gsub(" +\n", "\n")))
    assert.are.equal("{ Genome(543379 bp, 2 genes) }", shown { genome })
  end)
end)

describe("colours", function()
  local codes = { k = "\27[35m", c = "\27[36m", s = "\27[32m", r = "\27[90m" }

  -- k<end>: in the colour of keywords; c: constants, s: strings, r: remarks.
  local function coloured(shown)
    return (shown:gsub("(%l)<(.-)>", function(kind, words) return codes[kind] .. words .. "\27[0m" end))
  end

  it("are those of Lua's parts, whole or not", function()
    for _, shown in ipairs { "k<for> i = c<1>, c<0x1Fp-2> k<do> f(s<'a\\'b'>) k<end> r<-- x and>",
      "x.y:z(s<[==[a]]b]==]>)",
      "c<1e-3>-c<2> .. c<.5>..c<nil>", "s<\"open>", "a = s<[[open>", "r<--[[ open>", "r<--[[ a ]]> k<not> c<true>",
      "end_ = format", "s<'日本'> é", "a - b -c[d]", "" } do
      local plain = shown:gsub("(%l)<(.-)>", "%2")
      assert.equal(coloured(shown), colour.lua(plain))
    end
    assert.equal(coloured "s<if ]]> k<if>", colour.lua("if ]] if", "x = [[a"))
    assert.equal("Trajectory(3 rows: time, nil)", colour.values "Trajectory(3 rows: time, nil)")
    assert.equal(coloured "c<nil>\nc<2>", colour.values "nil\n2")
  end)

  it("leave every character as it is", function()
    math.randomseed(7)
    local letters = { "'", '"', "[", "]", "=", "-", "\\", "\n", "1", "e", "x", ".", "end", " ", "é", "\0", "\255" }
    for _ = 1, 2000 do
      local parts = {}
      for i = 1, math.random(0, 12) do parts[i] = letters[math.random(#letters)] end
      local plain = table.concat(parts)
      assert.equal(plain, (colour.lua(plain):gsub("\27%[%d+m", "")))
    end
  end)
end)

describe("text from VMs", function()
  it("is made harmless, also where it comes in pieces", function()
    assert.are.equal("a\n\té\\x1b[2J\\x00\\xff\\xc2\\x9b", text.escape "a\n\té\27[2J\0\xff\xc2\x9b")
    local stream = text.stream()
    local parts = {}
    for byte in ("é中\u{1F9EC}\xf0\x9f"):gmatch "." do parts[#parts + 1] = stream(byte) end
    assert.are.equal("é中\u{1F9EC}\\xf0\\x9f", table.concat(parts) .. stream())
  end)
end)

describe(".doc", function()
  local function find(name, class)
    return doc.find(name, function() return class end)
  end

  it("finds functions, methods by the variable's class, and tables", function()
    for name, expected in pairs { ["bioxen.create_bio_vm"] = "bioxen.create_bio_vm",
      create_bio_vm = "bioxen.create_bio_vm", ["vm:start"] = "BiologicalVM:start", ["cell:run"] = "Cell:run",
      RunOptions = "RunOptions", vm = "BiologicalVM", ["bioxen.xapi.connect"] = "xapi.connect",
      ["hypervisor:list_vms()"] = "BioXenHypervisor:list_vms" } do
      assert.are.same({ expected }, find(name), name)
    end
    assert.are.same({ "Trajectory:mean" }, find("x:mean", "Trajectory"))
    assert.are.same({ "BiologicalVM:pause" }, find("x:pause", "XCPngBiologicalVM"))
    assert.are.same({}, find "vm:nonsense")
    assert.are.same({ "ecoli:knock_out_screen" }, find "cell:knock_out_screen")
    assert.is_true(#find "to_csv" >= 2)
  end)

  it("has every function and class of types.lua, with its words", function()
    local known = {}
    for _, name in ipairs(doc.names()) do known[name] = true end
    for row in io.lines "lua/bioxen/types.lua" do
      local name = row:match "^function ([%w_]+[:.][%w_]+)%(" or row:match "^%-%-%-@class bioxen%.([%w_]+)"
      assert.is_true(not name or known[name], name)
    end
    find "vm"
    local words = doc.text("bioxen.create_bio_vm", 80)
    assert.matches("^bioxen%.create_bio_vm%(vm_id, biological_type, vm_type, config%)\n  Make a VM", words)
    assert.matches("\n    vm_id string 1 to 64", words)
  end)
end)
