-- The command line: what it runs, what it says, and its exit status.

local processes = require "spec.support.processes"
local support = require "spec.support.shell"

local quote, read, write, slow = support.quote, support.read, support.write, support.slow

describe("bioxen", function()
  local shell, scratch, program

  setup(function()
    shell = support.open()
    scratch, program = shell.scratch, shell.program
  end)
  teardown(function() shell:close() end)

  local function run(code)
    return shell("bioxen -e " .. quote(code))
  end

  describe("runs", function()
    it("code after -e", function()
      assert.are.same({ 0, "2\n", "" }, { run "print(1 + 1)" })
    end)

    it("several pieces of code, then a script", function()
      write(scratch .. "/last.lua", "print(x, ...)")
      local status, out = shell("bioxen -e 'x = 1' -e 'x = x + 1' " .. scratch .. "/last.lua a")
      assert.are.same({ 0, "2\ta\n" }, { status, out })
    end)

    it("a script, with arg and ... as stock lua sets them", function()
      local script = scratch .. "/arguments.lua"
      write(script, [[
        local first = 0
        while arg[first - 1] do first = first - 1 end
        for i = first, #arg do print(i, arg[i]) end
        print(select("#", ...), ...)]])
      for _, options in ipairs { "%s", "%s a 'b c' ''", "-e x=1 %s a", "-e 'x = 1' -- %s -e" } do
        local words = options:format(script)
        local _, stock = shell("exec -a ./bioxen lua5.4 " .. words)
        local status, out = shell(("exec -a ./bioxen %s %s"):format(program, words))
        assert.are.equal(0, status)
        assert.are.equal(stock, out)
      end
    end)

    it("a script from standard input", function()
      assert.are.same({ 0, "in\t-\ta\n", "" },
        { shell [[echo 'print("in", arg[0], ...)' | bioxen - a]] })
    end)

    it("a script with a #! line", function()
      write(scratch .. "/hash", "#!/usr/bin/env bioxen\nprint 'here'\n")
      assert.are.same({ 0, "here\n", "" }, { shell("bioxen " .. scratch .. "/hash") })
    end)

    it("code that uses Debian's C modules", function()
      assert.are.same({ 0, "[1,2]\n", "" }, { run "print(require 'cjson'.encode { 1, 2 })" })
    end)

    it("with standard descriptors closed", function()
      assert.are.equal(0, (shell "bioxen -e 'print(1) io.stderr:write(2)' <&- >&- 2>&-"))
      assert.are.equal(1, (shell "bioxen -e 'error(1)' <&- >&- 2>&-"))
    end)
  end)

  describe("says", function()
    it("its version", function()
      local status, out, err = shell "bioxen --version"
      assert.are.same({ 0, "" }, { status, err })
      assert.matches("^bioxen %d+%.%d+%.%d+ %(Lua 5%.4%.%d+%)\n$", out)
    end)

    it("how it is used", function()
      local status, out, err = shell "bioxen --help"
      assert.are.same({ 0, "" }, { status, err })
      assert.matches("^usage: bioxen script.lua", out)
    end)

    for _, words in ipairs { "-e", "-i -e", "--nonsense", "--version x" } do
      it("that it cannot make sense of '" .. words .. "'", function()
        local status, out, err = shell("bioxen " .. words)
        assert.are.same({ 2, "" }, { status, out })
        assert.matches("usage: bioxen script.lua", err)
      end)
    end
  end)

  describe("organisms", function()
    -- The template's folder comes first on package.path.
    local function organisms(words, path)
      return shell(("LUA_PATH=%s bioxen organisms %s"):format(
        quote((path or "./docs/template") .. "/?.lua;;"), words))
    end

    local function write_organism(name, manifest, init)
      local folder = ("%s/bioxen/biology/%s"):format(scratch, name)
      assert(os.execute("mkdir -p " .. quote(folder)))
      write(folder .. "/manifest.lua", manifest)
      write(folder .. "/init.lua", init or "return {}")
    end

    it("lists what is found", function()
      local status, out, err = organisms ""
      assert.are.same({ 0, "" }, { status, err })
      assert.matches("\nminimal_cell +1%.%d+%.%d+ +4,641,652 bp, 5 genes +%a", "\n" .. out)
      assert.matches("\nmy_cell +1%.0%.0 +2,337 bp, 2 genes +%a", "\n" .. out)
    end)

    it("tells of one its folder, options, sources and licences", function()
      local status, out, err = organisms "my_cell"
      assert.are.same({ 0, "" }, { status, err })
      for _, part in ipairs { "/docs/template/bioxen/biology/my_cell\n", "inducer ",
        "default 1 part of the time, from 0 to 1", "doi 10.1016/j.bpj.2008.10.028",
        "https://www.ncbi.nlm.nih.gov/nuccore/NC_000913.3", "licence: NCBI" } do
        assert.truthy(out:find(part, 1, true), out)
      end
    end)

    it("as JSON", function()
      local cjson = require "cjson"
      local status, out, err = organisms "my_cell --json"
      assert.are.same({ 0, "" }, { status, err })
      local row = cjson.decode(out)
      assert.are.equal("my_cell", row.name)
      assert.are.equal(2337, row.genome.length)
      assert.are.equal(1, row.options.inducer.default)
      status, out = organisms "--json"
      assert.are.equal(0, status)
      local names = {}
      for i, each in ipairs(cjson.decode(out)) do names[i] = each.name end
      assert.truthy(table.concat(names, " "):find("minimal_cell my_cell", 1, true))
    end)

    it("holds one against the contract", function()
      local status, out, err = organisms "my_cell --check"
      assert.are.same({ 0, "" }, { status, err }, out)
      assert.matches("^ok +its manifest", out)
      write_organism("liar", "return { name = 'lion', title = 't', version = 1, genomes = 3 }")
      status, out, err = organisms("liar --check", scratch)
      assert.are.same({ 1, "" }, { status, err })
      assert.matches('broken +its manifest[^\n]+:\n    manifest%.sources: missing\n    manifest%.version: '
        .. 'a string expected, got 1\n    manifest: unknown key "genomes"', out)
      assert.matches("\nbroken +a VM of it starts[^\n]+:\n    cannot load the organism liar: .*build", out)
    end)

    it("says of a manifest that is no Lua what is wrong with it, and lists the others", function()
      write_organism("broken", "return {")
      local status, out = organisms("", scratch)
      assert.are.equal(0, status)
      assert.matches("\nbroken +broken: .*manifest%.lua:1: ", "\n" .. out)
      assert.matches("\nminimal_cell +1", "\n" .. out)
      assert.are.equal(1, (organisms("broken", scratch)))
      assert.are.equal(1, (organisms("broken --check", scratch)))
    end)

    it("says which name was meant", function()
      for _, words in ipairs { "ecolii", "Ecoli", "ecolii --check", "ecolii --json" } do
        assert.are.same({ 1, "", ("bioxen: there is no organism %q here; did you mean 'ecoli'?\n"):format(
          words:match "%w+") }, { organisms(words) })
      end
    end)

    it("says that there is none of a name", function()
      for _, words in ipairs { "unicorn", "unicorn --check", "../x" } do
        local status, out, err = organisms(words)
        assert.are.same({ 1, "" }, { status, out })
        assert.matches("^bioxen: there is no organism .*minimal_cell", err)
      end
    end)

    for _, words in ipairs { "organisms a b", "organisms --nonsense", "organisms --check",
      "organisms my_cell --check --json", "doctor x", "xcpng", "xcpng gc", "xcpng gc a b", "genome info",
      "config validate", "simulate", "fba", "run", "rerun", "completion", "man x" } do
      it("and its like make no sense of '" .. words .. "'", function()
        local status, out, err = shell("bioxen " .. words)
        assert.are.same({ 2, "" }, { status, out })
        assert.matches("^usage: bioxen " .. words:match "%a+", err)
      end)
    end
  end)

  describe("fails", function()
    local function fails(expected, code)
      local status, out, err = run(code)
      assert.are.same({ 1, "" }, { status, out })
      assert.are.equal(expected, err)
    end

    it("on an error in a script, with a traceback", function()
      local status, _, err = run "local function inner() error 'no' end inner()"
      assert.are.equal(1, status)
      assert.matches("^bioxen: %(command line%):1: no\nstack traceback:\n.*in .*'inner'", err)
    end)

    it("on a mistake in the syntax, without one", function()
      fails("bioxen: (command line):1: unexpected symbol near <eof>\n", "x =")
    end)

    it("on a script that is not there", function()
      local status, _, err = shell "bioxen /nonexistent.lua"
      assert.are.equal(1, status)
      assert.are.equal("bioxen: cannot open /nonexistent.lua: No such file or directory\n", err)
    end)

    it("on an error object, with its own words", function()
      fails("bioxen: its words\n",
        "error(setmetatable({}, { __tostring = function() return 'its words' end }))")
    end)

    it("on errors without words", function()
      assert.matches("^bioxen: %(error object is a nil value%)\n", (select(3, run "error()")))
      assert.matches("^bioxen: %(error object is a table value%)\n", (select(3, run "error {}")))
      assert.matches("^bioxen: 42\n", (select(3, run "error(42)")))
    end)

    it("with control bytes made visible", function()
      fails("bioxen: \\x1b[2J\\x00\\x0d\\x7f\\xc2\\x9b\\xff\tµ→𝄞\\xed\\xa0\\x80\\xc0\\x80\n", [[
        local text = "\27[2J\0\r\127\u{9b}\xff\tµ→𝄞\u{d800}\xc0\x80"
        error(setmetatable({}, { __tostring = function() return text end }))]])
    end)

    it("when its output cannot be written", function()
      local status, _, err = shell "bioxen -e 'print(1)' >/dev/full"
      assert.are.same({ 1, "bioxen: standard output could not be written\n" }, { status, err })
    end)

    it("quietly when nobody reads its output any more", function()
      local status, _, err = shell [[
        set -o pipefail; bioxen -e 'for i = 1, 1e9 do print(i) end' | head -0]]
      assert.are.same({ 1, "" }, { status, err })
      status, _, err = shell [[
        set -o pipefail; bioxen -e 'while true do pcall(print, "x") end' | head -1]]
      assert.is_true(status == 1 or status == 128 + 13)
      assert.are.equal("", err)
    end)
  end)

  describe("ends on ^C", function()
    -- The code writes the pids of its VMs' workers to a file, then goes on for ever.
    local function interrupted(code)
      local pids = scratch .. "/pids"
      os.remove(pids)
      local start = ([[
        local bioxen = require "bioxen"
        local vm <close> = assert(bioxen.create_bio_vm("cli", "minimal_cell"))
        assert(vm:start())
        local file = io.open(%q, "w")
        file:write(vm:get_status().pid, "\n")
        file:close()
      ]]):format(pids)
      local status, _, err = shell(([[
        %s -e %s & pid=$!
        while [ ! -s %s ] && kill -0 $pid; do sleep 0.02; done
        sleep 0.2
        kill -INT $pid; began=$(date +%%s%%N)
        wait $pid; status=$?
        echo $(( ($(date +%%s%%N) - began) / 1000000 )) >%s/ms
        exit $status]]):format(program, quote(start .. code), pids, scratch))
      assert.are.equal(130, status, err)
      assert.matches("interrupted\n$", err) -- raised, and not by the end of patience
      local milliseconds = tonumber(read(scratch .. "/ms"))
      assert.is_true(milliseconds < 3000 * slow, milliseconds .. " ms")
      for pid in read(pids):gmatch "%d+" do
        assert.is_true(processes.wait_until(function()
          local state = processes.state(pid)
          return not state or state == "Z"
        end), "the worker lives")
      end
    end

    it("in a loop of the script", function()
      interrupted "while true do end"
    end)

    it("in a loop inside a coroutine", function()
      interrupted "coroutine.wrap(function() while true do end end)()"
    end)

    it("in a call to a VM that does not return", function()
      interrupted "assert(vm:execute_biological_process 'while true do end')"
    end)

    it("at an idle wait", function()
      interrupted "local job = vm:submit 'while true do end' job:wait()"
    end)

    it("but for a script that catches it, which goes on", function()
      local status, out, err = shell(([[to=%s/to from=%s/from; mkfifo $to $from || exit 9
        %s -e %s <$to >$from & pid=$!; exec 3>$to 4<$from
        read -r one <&4; kill -INT $pid; read -r two <&4; kill -ALRM $pid; echo end >&3
        read -r three <&4; wait $pid && echo $one $two $three]]):format(scratch, scratch, program, quote [[
          io.stdout:setvbuf "no"
          print(not pcall(function() print "go" while true do end end))
          print(io.read())]]))
      assert.are.same({ 0, "go true end\n", "" }, { status, out, err })
    end)
  end)

  it("doctor says what holds on this machine", function()
    local status, out, err = shell "bioxen doctor"
    assert.are.same({ 0, "" }, { status, err }, out)
    for _, line in ipairs { "bioxen %d", "SUNDIALS %d[%d.]+ of %a+", "libseccomp %d", "kernel Linux", "probe VM",
      "worker: seccomp Seccomp: 2", "worker: no_new_privs NoNewPrivs: 1" } do
      assert.matches("\nok +" .. line:gsub(" ", " +"), "\n" .. out)
    end
  end)

  it("doctor finds a VM that works on Linux 5.4, and names what an older one lacks", function()
    local old = program:gsub("bin/bioxen", "spec/old-kernel")
    local status, out = shell(("%s 435 %s doctor"):format(old, program)) -- clone3, close_range and all that came since
    assert.are.equal(0, status, out)
    assert.matches("\nok +system calls .*\nok +probe VM", out)
    assert.matches("\nok +forks +VMs are copied by saving and restoring them", out)
    status, out = shell(("%s 424 %s doctor"):format(old, program))
    assert.are.equal(1, status, out)
    assert.matches("\nmissing +system calls +pidfd_open: refused: it takes Linux 5.4", out)
    assert.matches("\nmissing +probe VM +cannot start a worker: there is no pidfd_open", out)
  end)

  it("doctor fails where a needed part is missing", function()
    local status, out = shell "BIOXEN_WORKER=/nonexistent bioxen doctor"
    assert.are.equal(1, status)
    assert.matches("\nmissing +bioxen%-worker +/nonexistent", out)
  end)
end)
