-- bioxen run and bioxen rerun.

local cjson = require "cjson"
local shell = require "spec.support.shell"

local sh
before_each(function() sh = shell.open() end)
after_each(function() sh:close() end)

-- A stochastic run of one VM, whose seed is drawn.
local body = [[
local bioxen = require "bioxen"
local vm <close> = assert(bioxen.create_bio_vm("cell", "minimal_cell"))
assert(vm:start())
local t = assert(vm:execute_biological_process [=[
  cell:clear()
  process "x" { species = { "A" }, reactions = { { "-> A", k = 100 }, { "A ->", k = 0.1 } } }
  return cell:run{ duration = 20, every = 1, method = "ssa" }]=]).result
]]

local function script(name, more)
  return sh:file(name, body .. (more or 'assert(t:to_csv(bioxen.out "a.csv"))\nprint(t:last "A", ...)\n'))
end

local function manifest_of(folder)
  return cjson.decode((assert(shell.read(folder .. "/manifest.json"))))
end

describe("bioxen run", function()
  it("runs a script as bioxen script.lua does", function()
    local path = sh:file("plain.lua", 'print(arg[0]:match "[^/]*$", #arg, ...) error "oh"')
    for _, words in ipairs { "%s a --other b", "%s a -- --other b", "--quiet %s a --other b" } do
      local status, out, err = sh("bioxen run " .. words:format(path))
      assert.are.same({ 1, "plain.lua\t3\ta\t--other\tb\n" }, { status, out })
      assert.matches("^bioxen: .*plain.lua:1: oh\nstack traceback:", err)
    end
    assert.are.same({ 0, "1\n", "" }, { sh "echo 'print(...)' | bioxen run - 1" })
    assert.are.same({ 0, "--seed\t1\n", "" }, { sh "echo 'print(...)' | bioxen run - -- --seed 1" })
    assert.are.equal(1, (sh "bioxen run /nowhere.lua"))
  end)

  it("draws the seeds of VMs from --seed", function()
    local path = script("seeded.lua", 'print(t.seed, t:last "A", math.random())')
    local first = select(2, sh("bioxen run --seed 5 " .. path))
    assert.matches("%d", first)
    assert.are.equal(first, (select(2, sh(("bioxen run %s --seed=5"):format(path)))))
    assert.are_not.equal(first, (select(2, sh("bioxen run --seed 6 " .. path))))
  end)

  it("puts what bioxen.out names into out/ without --out", function()
    local path = script "files.lua"
    assert.are.equal(0, (sh(("cd %s && bioxen run %s"):format(sh.scratch, path))))
    assert.matches("^time,A\r?\n", shell.read(sh.scratch .. "/out/a.csv"))
    for _, name in ipairs { "./b.csv", "c//d.csv", "e/./f.csv" } do
      local made = ("cd %s && bioxen -e 'print(assert(require \"bioxen\".out %q))'"):format(sh.scratch, name)
      assert.are.same({ 0, "out/" .. name .. "\n", "" }, { sh(made) })
    end
    for _, name in ipairs { "/etc/x", "../x", "a/../../x", "" } do
      assert.are.equal(1, (sh(("bioxen -e 'require \"bioxen\".out %q'"):format(name))))
    end
  end)

  it("has a writer of its log that ends where it can wait for nothing", function()
    local path = sh:file("stuck.lua", [[
      local function number(file)
        local handle <close> = assert(io.open("/proc/thread-self/" .. file))
        return handle:read "n"
      end
      local writer = number "children"
      assert(os.execute(("prlimit --pid %d --nofile=1:1"):format(writer))) -- poll takes no more than that
      io.open(require "bioxen".out "writer", "w"):write(writer):close()
      print "now" ]])
    assert.are.equal(0, (sh "command -v prlimit"))
    sh(("bioxen run --out %s/stuck %s"):format(sh.scratch, path))
    local writer = tonumber(shell.read(sh.scratch .. "/stuck/writer"))
    assert.are_not.equal(0, (sh("kill -0 " .. writer)))
  end)

  it("keeps results, log and manifest in a folder", function()
    local path = script("kept.lua", [[
      assert(t:to_csv(bioxen.out "a.csv"))
      assert(t:to_csv(bioxen.out "more/b.csv"))
      print("to stdout", ...)
      io.stderr:write "to stderr\n"
      os.execute "echo of a child"]])
    local folder = sh.scratch .. "/results"
    local status, out, err = sh(("bioxen run %s x 'y z' --out %s --seed 9"):format(path, folder))
    assert.are.same({ 0, "to stdout\tx\ty z\nof a child\n", "to stderr\n" }, { status, out, err })
    local log = shell.read(folder .. "/log.txt")
    for _, line in ipairs { "to stdout\tx\ty z\n", "to stderr\n", "of a child\n" } do
      assert.truthy(log:find(line, 1, true), log)
    end
    assert.are.equal(shell.read(path), shell.read(folder .. "/script.lua"))
    local manifest = manifest_of(folder)
    assert.are.same({ "x", "y z" }, manifest.arguments)
    assert.are.equal("9", manifest.seed)
    assert.are.equal(0, manifest.status)
    assert.are.equal(path, manifest.script.path)
    local _, sum = sh("sha256sum " .. path)
    assert.are.equal(sum:match "%x+", manifest.script.sha256)
    assert.are.same({ "a.csv", "more/b.csv" }, { manifest.results[1].file, manifest.results[2].file })
    assert.are.same({ "cell", "minimal_cell", "basic" }, { manifest.vms[1].vm_id, manifest.vms[1].biological_type,
      manifest.vms[1].vm_type })
    assert.matches("^%-?%d+$", manifest.vms[1].seed)
    assert.truthy(manifest.machine.cores >= 1 and manifest.bioxen)
  end)

  it("knows the files that were read, and tells no secret", function()
    local model = sh:file("m.lua", "return 1")
    local module = sh:file("helper.lua", "return 2")
    local path = sh:file("reads.lua", ([[
      package.path = %q .. "/?.lua;" .. package.path
      require "helper"
      local bioxen = require "bioxen"
      local vm <close> = assert(bioxen.create_bio_vm("a", "minimal_cell"))
      assert(vm:start())
      assert(vm:execute_file(%q))
      bioxen.create_bio_vm("b", "minimal_cell", "xcpng", { xcpng_config = { xapi_url = "https://pool.example",
        username = "root", password = "sesame-open", template_name = "t", ssh_user = "u", ssh_key_path = %q,
        proxy = "http://me:hunter2@proxy.example",
        xenstore_data = { token = "very-secret" } } })]]):format(sh.scratch, model, model))
    local folder = sh.scratch .. "/results"
    local status, _, err = sh(("bioxen run --out %s %s"):format(folder, path))
    assert.are.equal(0, status, err)
    local paths = {}
    for i, file in ipairs(manifest_of(folder).files) do paths[i] = file.path end
    assert.are.same({ module, model }, paths)
    local text = shell.read(folder .. "/manifest.json")
    assert.truthy(text:find("https://pool.example", 1, true))
    assert.is_nil(text:find "sesame" or text:find "very%-secret" or text:find "hunter2")
  end)

  it("records failures, os.exit and ^C, too", function()
    local folder = sh.scratch .. "/failed"
    local status, _, err = sh(("bioxen run --out %s %s"):format(folder, script("bad.lua", "error 'oh'")))
    assert.are.equal(1, status)
    assert.matches("bad.lua:8: oh\nstack traceback:", err)
    assert.are.same({ 1, err }, { manifest_of(folder).status, shell.read(folder .. "/log.txt") })
    folder = sh.scratch .. "/exited"
    assert.are.equal(3, (sh(("bioxen run --out %s %s"):format(folder, script("exits.lua", "os.exit(3)")))))
    assert.are.equal(3, manifest_of(folder).status)
    folder = sh.scratch .. "/interrupted"
    local path = script("loops.lua", 'print "ready" assert(vm:execute_biological_process "while true do end")')
    status, _, err = sh(([[%s run --out %s %s & pid=$!
      while ! grep -q ready %s/log.txt 2>/dev/null; do sleep 0.02; done
      kill -INT $pid; wait $pid]]):format(sh.program, folder, path, folder))
    assert.are.equal(130, status)
    assert.matches("^[^\n]*interrupted\n$", err)
    assert.are.equal(130, manifest_of(folder).status)
  end)

  it("ends where nobody reads its output any more", function()
    local folder = sh.scratch .. "/cut"
    local _, out = sh(("echo 'for i = 1, 1e8 do print(i) end' | bioxen run - --out %s | head -1"):format(folder))
    assert.are.equal("1\n", out)
    assert.are.equal(1, manifest_of(folder).status)
  end)

  it("refuses a folder with something in it, and one that cannot be made", function()
    local path = script "again.lua"
    local status, _, err = sh(("bioxen run --out %s %s"):format(sh.scratch, path))
    assert.are.equal(1, status)
    assert.matches("is not empty: name another folder", err)
    status, _, err = sh(("bioxen run --out %s/x %s"):format(path, path))
    assert.are.equal(1, status)
    assert.matches("Not a directory", err)
  end)
end)

describe("bioxen rerun", function()
  local function kept(path, words)
    local folder = sh.scratch .. "/results"
    local status, _, err = sh(("bioxen run %s %s --out %s"):format(path, words or "", folder))
    assert.are.equal(0, status, err)
    return folder
  end

  it("gives the same numbers", function()
    local folder = kept(script "same.lua", "a")
    local status, out, err = sh("bioxen rerun " .. folder)
    assert.are.same({ 0, "" }, { status, err })
    assert.matches("\ta\nThe same: 1 file%.\n$", out)
    status, out = sh(("bioxen rerun --out %s/again %s"):format(sh.scratch, folder))
    assert.are.equal(0, status, out)
    assert.are.equal(shell.read(folder .. "/a.csv"), shell.read(sh.scratch .. "/again/a.csv"))
  end)

  it("of a script that leaves no files, what it prints", function()
    assert.matches("The same: what it printed", (select(2, sh("bioxen rerun " .. kept(script("prints.lua",
      'print(t:last "A") os.exit(0, true)'))))))
  end)

  it("works from the copy where the script has changed, and says so", function()
    local path = script "gone.lua"
    local folder = kept(path)
    shell.write(path, "error 'another'")
    local status, out, err = sh("bioxen rerun " .. folder)
    assert.are.same({ 0, path .. " has changed since: its copy is run\n" }, { status, err })
    assert.matches("The same: 1 file", out)
    os.remove(folder .. "/script.lua")
    status, out, err = sh("bioxen rerun " .. folder)
    assert.are.same({ 1, "" }, { status, out })
    assert.matches("neither .* is the script that was run", err)
  end)

  it("says what is not the same", function()
    local data = sh:file("data.lua", "return 1")
    local path = script("differs.lua", ([[
      local file = io.open(bioxen.out "b.csv", "w")
      file:write("x\n", assert(vm:execute_file(%q)).result, "\n")
      file:close()
      io.open(bioxen.out(os.tmpname():match "[^/]*$"), "w"):close()]]):format(data))
    local folder = kept(path)
    shell.write(folder .. "/inputs" .. data, "return 2")
    local status, out, err = sh("bioxen rerun " .. folder)
    assert.are.same({ 1, ("the copy of %s is not what was read\n"):format(data) }, { status, err })
    assert.matches("b%.csv differs: line 2 was '1', is '2': 1 was, 2 is %(by 0%.5 of it%)\n", out)
    assert.matches(" is missing\n", out)
    assert.matches(" is new\n", out)
    local left = out:match "What it left now is in (%S+)%.\n"
    assert.are.equal("x\n2\n", shell.read(left .. "/b.csv"))
    os.execute("rm -r " .. left)
  end)

  it("runs anywhere, from what the record holds: modules, data, packages, organisms, what it opened", function()
    local away = sh.scratch .. "/away"
    os.execute(("mkdir %s && cp -r docs/template/bioxen %s && mkdir %s/lib %s/pack"):format(away, away, away, away))
    shell.write(away .. "/lib/numbers.lua", "return { one = 1 }")
    shell.write(away .. "/pack/init.lua", "return { ten = 10, install = function() end }")
    shell.write(away .. "/pack/manifest.json", '{ "name": "pack", "version": "1.0.0" }')
    shell.write(away .. "/code.lua", "return 100")
    shell.write(away .. "/pool.json", '{ "xapi_url": "https://pool.example", "password": "sesame-open" }')
    os.execute(("chmod 600 %s/pool.json"):format(away))
    for i, name in ipairs { "data.txt", "lines.txt" } do shell.write(away .. "/" .. name, tostring(100*10^i)) end
    shell.write(away .. "/here.lua", [[
      package.path = "./lib/?.lua;./?.lua;" .. package.path
      local bioxen = require "bioxen"
      local vm <close> = assert(bioxen.create_bio_vm("cell", "my_cell"))
      assert(vm:start())
      assert(vm:install_biological_package "./pack")
      require "bioxen".ConfigManager.load_from_file "pool.json"
      local sum = require "numbers".one + vm:run "return require 'pack'.ten".result + vm:execute_file "code.lua".result
        + io.open "data.txt":read "n"
      for line in io.lines "lines.txt" do sum = sum + line end
      local own = io.open("own.txt", "w")
      own:write "1000000"
      own:close()
      sum = sum + io.open "own.txt":read "n"
      assert(vm:run "return cell:run { duration = 60, every = 60 }".result:to_csv(bioxen.out "cell.csv"))
      io.open(bioxen.out "sum", "w"):write(sum):close()]])
    local folder = sh.scratch .. "/results"
    local status, _, err = sh(("cd %s && bioxen run here.lua --out ../results"):format(away))
    assert.are.equal(0, status, err)
    assert.are.equal(1011111, tonumber((shell.read(folder .. "/sum"))))
    local _, found = sh(("grep -rl sesame %s; ls %s/inputs%s"):format(folder, folder, away))
    assert.are.equal("bioxen\ncode.lua\ndata.txt\nlib\nlines.txt\npack\n", found)
    os.execute(("mv %s/pool.json %s && rm -r %s && mkdir %s && mv %s/pool.json %s"):format(away, sh.scratch, away, away,
      sh.scratch, away)) -- of what holds a password there is no copy
    local out
    status, out, err = sh("cd / && bioxen rerun " .. folder)
    assert.are.same({ 0, "" }, { status, err })
    assert.matches("The same: 2 files", out)

    status, out, err = sh(("cd %s && bioxen pack results && rm -r results"):format(sh.scratch))
    assert.are.same({ 0, "results.zip\n", "" }, { status, out, err })
    status, out, err = sh(("bioxen rerun %s/results.zip"):format(sh.scratch))
    assert.are.same({ 0, "" }, { status, err })
    assert.matches("The same: 2 files", out)
    sh:file("bad.zip", "PK\3\4")
    assert.are.equal(1, (sh(("bioxen rerun %s/bad.zip"):format(sh.scratch))))
  end)

  it("takes a COMBINE archive, too, whose manifest says what is in it", function()
    local path = sh:file("copies.lua", [[
      local bioxen = require "bioxen"
      local text = io.open "spec/tasks/model.xml":read "a"
      io.open(bioxen.out "a&b.xml", "w"):write(text):close()
      io.open(bioxen.out "t.csv", "w"):write "1,2\n":close()]])
    local status, _, err = sh(("bioxen run %s --out %s/kept && cd %s && bioxen pack kept --omex"):format(path,
      sh.scratch, sh.scratch))
    assert.are.equal(0, status, err)
    local _, manifest = sh(("python3 -m zipfile -e %s/kept.omex %s/all && cat %s/all/manifest.xml"):format(sh.scratch,
      sh.scratch, sh.scratch))
    for name, format in pairs { ["manifest.xml"] = "http://identifiers.org/combine.specifications/omex-manifest",
      ["a&amp;b.xml"] = "http://identifiers.org/combine.specifications/sbml",
      ["t.csv"] = "http://purl.org/NET/mediatypes/text/csv" } do
      assert.truthy(manifest:find(('location="./%s" format="%s"'):format(name, format), 1, true), manifest)
    end
    local out
    status, out, err = sh(("bioxen rerun %s/kept.omex"):format(sh.scratch))
    assert.are.same({ 0, "" }, { status, err })
    assert.matches("The same: 2 files", out)
  end)

  it("tells where a result is not what the run left", function()
    local folder = kept(script("writes.lua", 'io.open(require "bioxen".out "n.csv", "w"):write "1,2":close()'))
    shell.write(folder .. "/n.csv", "1,3")
    local status, out, err = sh("bioxen rerun " .. folder)
    assert.are.equal(0, status)
    assert.matches("The same: 1 file", out)
    assert.matches("n.csv has been changed since the run left it", err)
  end)

  it("runs in an empty folder where that of the run is not there", function()
    os.execute(("mkdir %s/away"):format(sh.scratch))
    sh:file("away/input.txt", "42")
    sh:file("away/here.lua", 'print(io.open "input.txt":read "a")')
    local folder = sh.scratch .. "/results"
    assert.are.equal(0, (sh(("cd %s/away && bioxen run here.lua --out ../results"):format(sh.scratch))))
    os.execute(("rm -r %s/away"):format(sh.scratch))
    local status, out, err = sh("bioxen rerun " .. folder)
    assert.are.equal(0, status, err)
    assert.matches("away, where it ran, is not here: it runs in an empty folder, with what was kept\n$", err)
    assert.matches("^42\n", out)
  end)

  it("goes to the working folder of the run", function()
    sh:file("input.txt", "42")
    sh:file("here.lua", 'print(io.open "input.txt":read "a")')
    local folder = sh.scratch .. "/results"
    assert.are.equal(0, (sh(("cd %s && bioxen run here.lua --out results"):format(sh.scratch))))
    local status, out = sh("cd / && bioxen rerun " .. folder)
    assert.are.equal(0, status, out)
    assert.matches("^42\n", out)
  end)

  it("refuses what is no recorded run", function()
    local status, _, err = sh("bioxen rerun " .. sh.scratch)
    assert.are.equal(1, status)
    assert.matches("manifest%.json", err)
    sh:file("manifest.json", "{}")
    assert.matches("is no manifest of a run", (select(3, sh("bioxen rerun " .. sh.scratch))))
    assert.are.equal(1, (sh "bioxen rerun /nowhere"))
  end)
end)

describe("SHA-256", function()
  local core = require "bioxen.core"

  it("is that of FIPS 180-4", function()
    assert.are.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", core.digest "")
    assert.are.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", core.digest "abc")
    assert.are.equal("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
      core.digest "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
    assert.are.equal("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
      core.digest(("a"):rep(1000000)))
  end)

  it("agrees with sha256sum at every length of the last block", function()
    for length = 54, 66 do
      local path = sh:file("x", ("\xa5"):rep(length))
      assert.are.equal((select(2, sh("sha256sum " .. path))):match "%x+", (core.digest_file(path)))
    end
    assert.is_nil((core.digest_file(sh.scratch)))
  end)
end)
