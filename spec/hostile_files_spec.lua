-- Files that somebody else has left: in the working folder, in the folder for results, beside a model. None of them
-- is run, no link leads out of a folder, and what is no file is not read.

local cjson = require "cjson"
local core = require "bioxen.core"
local shell = require "spec.support.shell"

local sh
before_each(function() sh = shell.open() end)
after_each(function() sh:close() end)

local quote = shell.quote
local root = select(3, os.execute "test $(id -u) = 0") == 0

-- A file with folders above it.
local function file(name, text)
  os.execute("mkdir -p " .. quote(sh.scratch .. "/" .. (name:match "^(.*)/" or "")))
  return sh:file(name, text or "")
end

-- In KiB; the shadow memory of a sanitizer takes more.
local BOUND = (os.getenv "BIOXEN_BUILD" or ""):find "sanitize" and "" or "ulimit -v 6000000;"

-- In the scratch folder, with an end, and a bound of memory.
local function here(command, seconds)
  return sh(("cd %s && %s timeout %d bash -c %s"):format(sh.scratch, BOUND, seconds or 60,
    quote(("bioxen() { %s \"$@\"; }; %s"):format(sh.program, command))))
end

local function says(text, ...)
  for _, part in ipairs { ... } do assert.truthy(text:find(part, 1, true), text) end
end

local function fails(command, ...)
  local status, out, err = here(command)
  assert.are.equal(1, status, out .. err)
  says(err, ...)
  assert.is_nil(err:find("stack traceback", 1, true), err)
end

describe("the working folder", function()
  local TRAP = "io.open('ran', 'a'):close() return {}"

  local function is_untouched(command)
    here(command)
    assert.is_nil(shell.read(sh.scratch .. "/ran"), command)
  end

  before_each(function()
    for _, module in ipairs { "cjson", "cjson/safe", "cjson/init", "argparse", "bioxen", "bioxen/core",
      "bioxen/cli/init", "bioxen/modules", "bioxen/terminal", "bioxen/transcript", "bioxen/packages/evil",
      "bioxen/packages/evil/init", "bioxen/biology/evil/manifest", "bioxen/biology/evil/init" } do
      file(module .. ".lua", TRAP)
    end
    file("x.json", "{}")
  end)

  it("holds nothing that commands run", function()
    for _, words in ipairs { "config validate x.json", "organisms", "organisms evil", "organisms evil --check",
      "doctor", "xcpng templates x.json", "rerun .", "man", "completion bash" } do
      is_untouched("bioxen " .. words)
    end
    assert.is_nil((select(2, here "bioxen organisms")):find("evil", 1, true))
  end)

  it("holds nothing that the module runs for a script, nor in a session", function()
    local code = [[local bioxen = require "bioxen" print(#bioxen.get_supported_biological_types())
      print(pcall(bioxen.xapi.connect, "x.json")) local vm = assert(bioxen.create_bio_vm("a", "minimal_cell"))
      assert(vm:start()) print(vm:install_biological_package "evil") print(vm:submit "return 1":wait())]]
    file("script.lua", code)
    for _, command in ipairs { "bioxen script.lua", "bioxen run script.lua", "bioxen run --out results script.lua",
      "bioxen $PWD/script.lua", "bioxen -e " .. quote(code), "bioxen < script.lua" } do
      is_untouched(command)
    end
  end)

  it("holds nothing that the module runs under lua5.4, whose own path it ends", function()
    local lua = core.real_path "lua"
    local c = core.real_path((os.getenv "BIOXEN_BUILD" or "build") .. "/lib/lua/5.4")
    is_untouched(("LUA_PATH='%s/?.lua;%s/?/init.lua;;' LUA_CPATH='%s/?.so;;' lua5.4 -e %s"):format(lua, lua, c, quote [[
      local bioxen = require "bioxen" print(bioxen.validate_biological_type "evil")
      print(pcall(bioxen.xapi.connect, "x.json"))]]))
  end)

  it("holds an organism where LUA_PATH names it", function()
    file("bioxen/biology/here/manifest.lua", "return { name = 'here', title = 'Here', version = '1', sources = {} }")
    assert.is_nil((select(2, here "bioxen organisms")):find("\nhere", 1, true))
    assert.matches("\nhere +1 +no genome +Here\n", (select(2, here "LUA_PATH='./?.lua;;' bioxen organisms")))
  end)

  it("and that of a script hold the script's modules, after all that is installed", function()
    file("deep/script.lua", "print(require 'helper', require 'more.parts', require 'cjson'.encode { 1 })")
    file("deep/helper.lua", "return 'helped'")
    file("deep/more/parts/init.lua", "return 'parts'")
    file("deep/cjson.lua", "return { encode = function() return 'mine' end }")
    for _, words in ipairs { "deep/script.lua", "run deep/script.lua", "run deep/script.lua --out r",
      "-e 'arg = nil' $PWD/deep/script.lua" } do
      assert.are.equal("helped\tparts\t[1]\n", (select(2, here("bioxen " .. words))))
    end
    local kept = cjson.decode((shell.read(sh.scratch .. "/r/manifest.json")))
    assert.are.equal(sh.scratch .. "/deep/helper.lua", kept.files[1].path)
    file("near.lua", "return 'near'")
    assert.are.equal("near\n", (select(2, here [[bioxen -e 'print((require "near"))']])))
  end)
end)

describe("a manifest", function()
  local hostile = {
    loops = { "while true do end", "takes too long" },
    catches = { "local t = {} for i = 1, 1e12 do t[i % 7] = 'x' .. i end", "takes too long" },
    grows = { "local s = 'xxxxxxxx' while true do s = s .. s end", "memory" },
    fills = { "local t = {} while true do t = { t, t, t } end", "memory" },
    calls = { "os.execute 'touch ran'", "os" },
    requires = { "return require 'os'", "require" },
    methods = { "return ('x'):rep(1 << 40)", "index a string" },
    binary = { "\27Lua", "binary" },
    recurses = { "local function f() return f() + 1 end return f()", "memory" },
    nests = { "return " .. ("{"):rep(300), "" },
    contains = { "local t = {} t[1] = t return t", "" },
    functions = { "return { name = function() end }", "function" },
    text = { "return 'text'", "returns no table" },
    raises = { "return nil + {}", "arithmetic" },
    options = { "return { options = 5 }", "options" },
    option = { "return { options = { a = 5 } }", "options.a" },
    names = { "return { options = { { meaning = 'x' } } }", "no name" },
    meaning = { "return { options = { a = { meaning = {} } } }", "meaning" },
    default = { "return { options = { a = { default = {} } } }", "default" },
    bounds = { "return { options = { a = { minimum = 'x' } } }", "minimum" },
    genome = { "return { genome = { length = 'x' } }", "length" },
    genes = { "return { genome = true }", "genome" },
    sources = { "return { sources = { 5 } }", "sources[1]" },
    source = { "return { sources = { { what = {} } } }", "what" },
  }

  it("is data: whatever else it is, it is broken, and is done with soon", function()
    for name, case in pairs(hostile) do file(("bioxen/biology/%s/manifest.lua"):format(name), case[1]) end
    local status, out, err = here("LUA_PATH='./?.lua;;' bioxen organisms", 300*shell.slow)
    assert.are.same({ 0, "" }, { status, err })
    for name, case in pairs(hostile) do
      local line = ("\n" .. out):match("\n" .. name .. " +broken: ([^\n]*)")
      says(assert(line, out), case[2])
      fails(("LUA_PATH='./?.lua;;' bioxen organisms %s"):format(name), "broken")
    end
    assert.is_nil(shell.read(sh.scratch .. "/ran"))
  end)

  it("may leave out what a description shows, and may hold any text", function()
    file("bioxen/biology/bare/manifest.lua", [[return { title = "a\u{9b}31m\nb", version = 5, genome = {},
      options = { x = { default = 1 }, y = { default = "\u{202e}" }, z = {} }, sources = { {} } }]])
    for _, words in ipairs { "", "bare", "--json", "bare --json" } do
      local status, out, err = here("LUA_PATH='./?.lua;;' bioxen organisms " .. words)
      assert.are.same({ 0, "" }, { status, err })
      assert.is_nil(out:find "\u{9b}" or out:find "\u{202e}")
    end
  end)

  it("is a file, and no large one", function()
    file("bioxen/biology/large/manifest.lua", ("-"):rep((1 << 20) + 1))
    file "bioxen/biology/pipe/x"
    os.execute(("mkfifo %s/bioxen/biology/pipe/manifest.lua"):format(sh.scratch))
    local status, out = here "LUA_PATH='./?.lua;;' bioxen organisms"
    assert.are.equal(0, status)
    assert.matches("\nlarge +broken: [^\n]*1048576", "\n" .. out)
    assert.is_nil(out:find("pipe", 1, true))
  end)
end)

describe("the folder for results", function()
  local function script(text)
    return file("script.lua", text or "print 'done'")
  end

  local function give_away(path)
    assert.are.equal(0, (here("chown -h nobody " .. quote(path))))
  end

  it("is the user's own", function()
    if not root then return end
    script()
    file "theirs/.x"
    give_away(sh.scratch .. "/theirs")
    fails("bioxen run script.lua --out theirs", "another user")
    assert.are.equal("", (select(2, here "ls theirs")))
    assert.are.equal(0, (here "bioxen run script.lua --out mine"))
    give_away(sh.scratch .. "/mine")
    fails("bioxen rerun mine", "another user")
    fails("bioxen rerun mine/", "another user")
    for _, name in ipairs { "manifest.json", "script.lua" } do -- put there by somebody who may write to it
      assert.are.equal(0, (here("rm -rf mine; bioxen run script.lua --out mine; rm script.lua; chmod 777 mine")))
      give_away(sh.scratch .. "/mine/" .. name)
      fails("bioxen rerun mine", name, "another user")
      script()
    end
  end)

  it("gets its files whatever link comes in their place, and what the link leads to stays", function()
    local victim = file("victim", "original")
    script(([[
      local folder = assert(bioxen or require "bioxen").out "x":match "^(.*)/"
      for _, name in ipairs { "manifest.json", "script.lua", "log.txt" } do
        os.remove(folder .. "/" .. name)
        os.execute(("ln -s %s %%s/%%s"):format(folder, name))
      end]]):format(victim))
    assert.are.equal(0, (here "bioxen run script.lua --out results"))
    assert.are.equal("original", shell.read(victim))
    assert.are.equal(1, cjson.decode(shell.read(sh.scratch .. "/results/manifest.json")).format)
    assert.are.equal("regular file\n", (select(2, here "stat -c %F results/manifest.json")))
    local status, _, err = here "bioxen rerun results" -- script.lua is a link now, but the script is where it was
    assert.is_true(status <= 1)
    assert.is_nil(err:find "traceback")
    assert.are.equal("original", shell.read(victim))
  end)

  it("has results below no link", function()
    script(([[
      local bioxen = require "bioxen"
      os.execute(("ln -s %s %%s"):format(bioxen.out "up"))
      print(bioxen.out "up/x.csv")]]):format(sh.scratch))
    local status, out = here "bioxen run script.lua --out results"
    assert.are.equal(0, status)
    assert.matches("^nil\t.*without links", out)
  end)

  it("is gone through once, in whatever circles links lead", function()
    script [[
      local folder = require "bioxen".out "x":match "^(.*)/"
      io.open(folder .. "/a.csv", "w"):write "1":close()
      for _, name in ipairs { "a", "b", "c" } do os.execute(("ln -s . %s/%s"):format(folder, name)) end]]
    assert.are.equal(0, (here("bioxen run script.lua --out results", 20)))
    local results = cjson.decode(shell.read(sh.scratch .. "/results/manifest.json")).results
    assert.are.same({ 1, "a.csv" }, { #results, results[1].file })
    local status, out = here "bioxen rerun results"
    assert.are.equal(0, status, out)
  end)

  it("goes after a repetition, and not what links in it lead to", function()
    local precious = file("away/precious", "here")
    script(([[os.execute("ln -s %s/away " .. require "bioxen".out "link")]]):format(sh.scratch))
    assert.are.equal(0, (here "bioxen run script.lua --out results"))
    assert.are.equal(0, (here "bioxen rerun results"))
    assert.are.equal("here", shell.read(precious))
  end)

  it("is repeated from files of its own alone", function()
    script()
    assert.are.equal(0, (here "bioxen run script.lua --out results"))
    os.remove(sh.scratch .. "/script.lua")
    here "cd results; mv script.lua ../kept.lua; ln -s ../kept.lua script.lua"
    fails("bioxen rerun results", "is a link")
    here "cd results; mv manifest.json ..; ln -s ../manifest.json manifest.json"
    fails("bioxen rerun results", "manifest.json", "is a link")
  end)

  it("has a manifest that is one, or it is refused", function()
    script()
    assert.are.equal(0, (here "bioxen run script.lua --out results"))
    local whole = cjson.decode((shell.read(sh.scratch .. "/results/manifest.json")))
    local function refused(text)
      shell.write(sh.scratch .. "/results/manifest.json", text)
      fails("bioxen rerun results", "is no manifest of a run")
    end
    for _, text in ipairs { "", "{", "[]", "5", "null", '{"format":1,"script":{}}', ("["):rep(5000),
      '{"format":1,"script":{"name":"x","path":"x","sha256":"00"},"files":"x"}' } do
      refused(text)
    end
    for key in pairs(whole) do
      local needed = not ({ lua = 1, libraries = 1, machine = 1, started = 1, seconds = 1, vms = 1 })[key]
      for _, value in ipairs { cjson.null, { { 5 } }, { x = 1 }, true } do
        local before = whole[key]
        whole[key] = value ~= cjson.null and value or nil
        if needed then refused(cjson.encode(whole)) end
        whole[key] = before
      end
    end
    for _, key in ipairs { "name", "path" } do
      local before = whole.script[key]
      whole.script[key] = before .. "\0"
      refused(cjson.encode(whole))
      whole.script[key] = before
    end
    whole.results = { { file = "../../../etc/passwd", sha256 = "00" } }
    shell.write(sh.scratch .. "/results/manifest.json", cjson.encode(whole))
    local status, out, err = here "bioxen rerun results"
    assert.are.same({ 1, "" }, { status, err })
    assert.is_nil(out:find("root", 1, true))
  end)
end)

describe("what a model or a package consists of", function()
  local main = [[<?xml version="1.0"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"
    xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true"><model id="m"/>
    <comp:listOfExternalModelDefinitions><comp:externalModelDefinition comp:id="e" comp:source="other.xml"/>
    </comp:listOfExternalModelDefinitions></sbml>]]

  it("are files beside the model, and no links", function()
    file("model/main.xml", main)
    file("secret", "a secret of the host")
    os.execute(("ln -s ../secret %s/model/other.xml"):format(sh.scratch))
    local status, out, err = here "bioxen simulate model/main.xml --duration 1"
    assert.are.same({ 1, "" }, { status, out })
    says(err, "other.xml", "it is a link")
  end)

  it("are files of the package, and no links", function()
    file("plain/init.lua", "return { install = function() end }")
    file("linked/init.lua", "return { install = function() end }")
    os.execute(("ln -s ../plain/init.lua %s/linked/more.lua"):format(sh.scratch))
    os.execute(("mkdir %s/first; ln -s ../plain/init.lua %s/first/init.lua"):format(sh.scratch, sh.scratch))
    local _, out = here [[bioxen -e 'local vm = require "bioxen".create_bio_vm("a", "minimal_cell") assert(vm:start())
      for _, name in ipairs { "plain", "linked", "first" } do print(vm:install_biological_package("./" .. name)) end']]
    assert.matches("^true\nnil\t[^\n]*more%.lua: it is a link[^\n]*\nnil\t[^\n]*init%.lua: it is a link[^\n]*\n$", out)
  end)

  it("are files of the organism, and no links", function()
    file("bioxen/biology/odd/manifest.lua", "return { name = 'odd', title = 'Odd', version = '1', sources = {} }")
    file("secret", "a secret of the host")
    os.execute(("ln -s ../../../secret %s/bioxen/biology/odd/init.lua"):format(sh.scratch))
    local _, out = here [[LUA_PATH="./?.lua;;" bioxen -e '
      print(assert(require "bioxen".create_bio_vm("a", "odd")):start())']]
    assert.matches("^nil\tcannot read .*odd/init%.lua", out)
    assert.is_nil(out:find("secret of", 1, true))
  end)
end)

describe("what is no regular file", function()
  local commands = { "config validate", "config show", "xcpng templates", "run", "run --out results", "", "-i",
    "genome info", "simulate --duration 1", "fba", "rerun" }

  it("is refused at once", function()
    os.execute(("mkfifo %s/pipe"):format(sh.scratch))
    for _, what in ipairs { "./pipe", "/dev/zero", "." } do
      for _, words in ipairs(commands) do
        local status, out, err = here(("bioxen %s %s </dev/null"):format(words, what), 20*shell.slow)
        assert.are.same({ 1, "" }, { status, out }, words .. " " .. what .. err)
        assert.is_nil(err:find("traceback", 1, true), err)
      end
    end
    assert.are.equal(2, (here "bioxen pipe")) -- a word that is no script
    for _, words in ipairs { "run -", "-", "simulate - --duration 1", "fba -", "genome info -" } do
      local status, out, err = here(("bioxen %s </dev/zero"):format(words), 20*shell.slow)
      assert.are.same({ 1, "" }, { status, out }, words .. err)
    end
  end)

  it("is read no further than a script may be long, where it is standard input", function()
    local long = "head -c 40000000 /dev/zero | tr '\\0' x; echo"
    for input, words in pairs { ["cat /dev/zero"] = "", ["cat  /dev/zero"] = "-i", ["echo '--[['; yes"] = "-",
      ["printf '#'; cat /dev/zero"] = "-", [("echo 'x = [['; %s; %s; yes"):format(long, long)] = "" } do
      local status, out, err = here(("(%s) 2>&- | bioxen %s"):format(input, words), 120*shell.slow)
      assert.are.same({ 1, "" }, { status, out }, input .. err)
      says(err, "at most 67108864 bytes expected")
    end
  end)

  it("is refused as the code of a VM, before its time begins", function()
    os.execute(("mkfifo %s/pipe"):format(sh.scratch))
    local _, out = here([[bioxen -e 'local vm = require "bioxen".create_bio_vm("a", "minimal_cell") assert(vm:start())
      for _, path in ipairs { "pipe", "/dev/zero", "." } do print(vm:execute_file(path, { timeout = 1 })) end']], 20)
    local _, count = out:gsub("nil\t[^\n]*it is no regular file", "")
    assert.are.equal(3, count, out)
  end)

  it("is refused in a session and in a configuration", function()
    os.execute(("mkfifo %s/pipe"):format(sh.scratch))
    local _, _, err = here([[printf '.load pipe\n.load /dev/zero\n' | bioxen]], 20)
    local _, count = err:gsub("it is no regular file", "")
    assert.are.equal(2, count, err)
    file("x.json", '{"ssh_key_path":"pipe","ssh_known_hosts":"/dev/zero","ca_file":"."}')
    fails("bioxen config validate x.json", 'ssh_key_path: cannot read "pipe"',
      'ssh_known_hosts: cannot read "/dev/zero"', 'ca_file: cannot read "."')
  end)
end)

describe("text from files", function()
  -- CSI as one character, and what turns words around.
  local STEER = "\u{9b}31m\u{202e}\u{2066}\u{61c}\27[2J"

  local function is_harmless(text)
    assert.is_nil(text:find "\u{9b}" or text:find "\u{202e}" or text:find "\u{2066}" or text:find "\u{61c}"
      or text:find "\27", text)
  end

  it("does not steer the terminal", function()
    file("c1.fasta", ">a d" .. STEER .. "\nACGT\n")
    for _, command in ipairs { "genome info c1.fasta", "genome info c1.fasta --json",
      "genome info './x" .. STEER .. "'", "'./x" .. STEER .. "'", "x" .. STEER, "--" .. STEER,
      "simulate 'x" .. STEER .. "' --duration 1", "-e 'error \"" .. STEER .. "\"'", "rerun 'x" .. STEER .. "'",
      "organisms 'x" .. STEER .. "'" } do
      local _, out, err = here("bioxen " .. command)
      is_harmless(out .. err)
    end
  end)

  it("has no byte behind a character that belongs to none", function()
    local text, words = require "bioxen.repl.text", require "bioxen.plot.words"
    for _, character in ipairs { "\u{e9}", "\u{a0}", "\u{20ac}", "\u{1f600}" } do
      local stray = character .. "\x9b31m" .. character .. "\xa7\x9b"
      assert.are.equal(character .. "\\x9b31m" .. character .. "\\xa7\\x9b", text.escape(stray))
      assert.are.equal(character .. "?31m" .. character .. "??", text.replace(stray, function() return "?" end))
      assert.are.equal(character .. "?31m" .. character .. "??", words.clean(stray))
    end
    assert.are.equal("\\xc2\\x9b", text.escape "\u{9b}")
  end)

  it("does not steer it as data, and is the same to the byte elsewhere", function()
    local path = file("c1.fasta", ">a d" .. STEER:sub(1, -5) .. "\nACGT\n")
    local _, out = sh:in_terminal(("genome convert %s --to fasta"):format(path))
    assert.truthy(out:find("ACGT", 1, true), out)
    is_harmless(out)
    assert.are.equal(shell.read(path), (select(2, here "bioxen genome convert c1.fasta --to fasta")))
  end)
end)

describe("a path with a zero byte", function()
  it("is refused wherever one is taken, and nothing is written", function()
    local bioxen = require "bioxen"
    local path = sh.scratch .. "/a\0b"
    local vm <close> = assert(bioxen.create_bio_vm("zero", "minimal_cell"))
    assert(vm:start())
    local answer = assert(vm:execute_biological_process [[
      cell:clear()
      process "x" { species = { A = 5 }, reactions = { { "A ->", k = 1 } } }
      local ensemble = cell:ensemble { duration = 1, every = 1, runs = 2 }
      return { e = ensemble, t = cell:run { duration = 1, every = 1 } }]]).result
    local genome = assert(bioxen.genome.parse ">a\nACGT\n")
    for i, given in ipairs {
      function() answer.t:to_csv(path) end, function() answer.t:to_json(path) end,
      function() answer.e:to_csv(path) end, function() answer.e:to_json(path) end,
      function() genome:to_fasta(path) end, function() genome:to_gff3(path) end, function() genome:to_genbank(path) end,
      function() genome:to_genome(path) end,
      function() answer.t:plot { file = path .. ".svg" } end, function() bioxen.genome.load(path) end,
      function() bioxen.genome.parse("##gff-version 3\n", { fasta = path }) end, function() bioxen.out(path:sub(2)) end,
      function() vm:execute_file(path) end, function() vm:load_sbml(path) end,
      function() vm:install_biological_package(sh.scratch .. "/x\0/pack") end,
    } do
      local good, err = pcall(given)
      assert.is_false(good, i)
      assert.truthy(tostring(err):find("zero byte", 1, true) or tostring(err):find("name", 1, true), tostring(err))
    end
    assert.are.equal("", (select(2, sh("ls " .. sh.scratch))))
  end)
end)

describe("a packed value", function()
  it("is what it was, and of any bytes read or refused", function()
    local bioxen = require "bioxen"
    local vm <close> = assert(bioxen.create_bio_vm("packed", "empty"))
    assert(vm:start())
    local answer = assert(vm:run [[
      process "x" { species = { A = 5 }, reactions = { { "A ->", k = 1 } } }
      return { e = cell:ensemble { duration = 1, every = 1, runs = 9, seed = 1, quantiles = { 0.5 } }, n = 2^53 + 1 }
    ]])
    local whole = assert(core.pack_value(answer.result))
    local again = assert(core.unpack_value(whole))
    assert.are.same({ 2^53 + 1, answer.result.e:to_csv() }, { again.n, again.e:to_csv() })
    assert.are.equal(whole, core.pack_value(again))
    require("spec.support.random_bytes").mutations(whole, 400, function(bytes)
      local value, err = core.unpack_value(bytes)
      assert.truthy(value ~= nil or not err or err.code == "EFILE")
    end)
    assert.are.equal("EFILE", select(2, core.unpack_value "").code)
    assert.are.equal("ERESULT", select(2, core.pack_value { print }).code)
  end)
end)
