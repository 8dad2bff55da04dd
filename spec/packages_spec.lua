-- Packages: manifests, dependencies, versions and hashes; from folders, archives and rocks; archives that mean harm.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local archive = require "bioxen.vm.archive"
local core = require "bioxen.core"
local origin = require "bioxen.vm.origin"
local shell = require "spec.support.shell"
local versions = require "bioxen.vm.versions"

local sh, vm

setup(function() sh = shell.open() end)
teardown(function() sh:close() end)
before_each(function()
  sh "cd ." -- the folder is there
  os.execute(("rm -rf %s/*"):format(sh.scratch))
  vm = assert(bioxen.create_bio_vm("packaged", "plain_cell"))
  assert(vm:start())
end)
after_each(function() vm:destroy() end)

local function refused(code, part, result, err)
  assert.is_nil(result)
  assert.equal(code, err.code)
  assert.truthy(err.message:find(part, 1, true), err.message)
end

-- What the VM has: name, what it is required by, version, path.
local function list_of(vm_)
  local list = {}
  for i, p in ipairs(origin.packages(vm_)) do list[i] = { p.name, p.group, p.version, p.path } end
  return list
end

local function write(name, text)
  assert(core.make_folder((sh.scratch .. "/" .. name):match "^(.*)/"))
  return sh:file(name, text)
end

local function installs(answer)
  return ("return { install = function() return %s end }"):format(answer)
end

local function manifest(name, version, more)
  return ('return { name = "%s", version = "%s", %s }'):format(name, version, more or "")
end

-- A folder of a package: its path.
local function folder(name, version, more, code)
  write(name .. "/init.lua", code or installs('"' .. name .. " " .. version .. '"'))
  write(name .. "/manifest.lua", manifest(name, version, more))
  return sh.scratch .. "/" .. name
end

-- ---- archives ----

-- A zip of { name, text, ... }, stored as it is. Each may say its size, crc, method, mode, flags, offset or name
-- otherwise.
local function zip(entries)
  local parts, directory, at = {}, {}, 0
  for _, e in ipairs(entries) do
    local text = e[2]
    local head = ("<c4I2I2I2I2I2I4I4I4I2I2"):pack("PK\3\4", 20, e.flags or 0, e.method or 0, 0, 0, e.crc
      or core.crc32(text), e.packed or #text, e.size or #text, #(e.called or e[1]), 0) .. (e.called or e[1])
    directory[#directory + 1] = ("<c4I2I2I2I2I2I2I4I4I4I2I2I2I2I2I4I4"):pack("PK\1\2", 3 << 8 | 20, 20, e.flags or 0,
      e.method or 0, 0, 0, e.crc or core.crc32(text), e.packed or #text, e.size or #text, #e[1], 0, 0, e.disk or 0, 0,
      (e.mode or 0x81a4) << 16, e.offset or at) .. e[1]
    parts[#parts + 1] = head .. text
    at = at + #head + #text
  end
  local list = table.concat(directory)
  return table.concat(parts) .. list .. ("<c4I2I2I2I2I4I4I2"):pack("PK\5\6", 0, 0, #entries, entries.count or #entries,
    #list, at, 0)
end

-- A tar of { name, text, kind = "0", ... }.
local function tar(entries)
  local parts = {}
  for _, e in ipairs(entries) do
    local text = e[2] or ""
    local size = ("%011o"):format(e.size or #text)
    local head = ("c100c8c8c8c12c12c8c1c100c6c2c32c32c8c8c155c12"):pack(e[1], "0000644", "0", "0", size, "0",
      (" "):rep(8), e.kind or "0", e.link or "", "ustar", "00", "", "", "", "", "", "")
    local sum = 0
    for i = 1, 512 do sum = sum + head:byte(i) end
    parts[#parts + 1] = head:sub(1, 148) .. ("%06o\0 "):format(e.sum or sum) .. head:sub(157)
    parts[#parts + 1] = text .. ("\0"):rep(-#text % 512)
  end
  return table.concat(parts) .. ("\0"):rep(1024)
end

local function python(code)
  local status, _, err = sh(("cd %s && python3 -c %s"):format(sh.scratch, shell.quote(code)))
  assert.equal(0, status, err)
end

describe("versions", function()
  it("are ordered by their numbers", function()
    for _, pair in ipairs { { "1.9", "1.10" }, { "1", "1.0.1" }, { "1.2-1", "1.2-2" }, { "0.9.9", "1" } } do
      assert.is_true(versions.before(pair[1], pair[2]))
      assert.is_false(versions.before(pair[2], pair[1]))
    end
    assert.is_false(versions.before("1.2", "1.2.0"))
    for _, text in ipairs { "", "1.", ".1", "1..2", "one", "1.2-x", "1.2-", "-1" } do
      assert.is_nil(versions.parse(text))
    end
  end)

  it("are asked for by comparisons", function()
    for text, yes in pairs { [""] = true, [">= 1.2"] = true, ["== 1.2.3"] = true, ["1.2.3"] = true, ["~> 1.2"] = true,
      [">= 1, < 2"] = true, ["~= 1.2"] = true, ["> 1.2.3"] = false, ["< 1.2"] = false, ["~> 1.3"] = false,
      [">= 1, < 1.2"] = false, ["== 1.2"] = false } do
      assert.equal(yes, versions.satisfies("1.2.3", text), text)
    end
    assert.is_false(versions.satisfies(nil, ">= 0"))
    assert.is_true(versions.satisfies(nil, ""))
    for _, text in ipairs { "new", ">= x", "=> 1", ">= 1 2" } do assert.is_nil(versions.constraints(text)) end
  end)
end)

describe("a manifest", function()
  it("names the package, whatever its folder is called", function()
    local path = folder("reporter", "1.0")
    os.rename(path, sh.scratch .. "/Reporter-1.0")
    assert.equal("reporter 1.0", vm:install_biological_package(sh.scratch .. "/Reporter-1.0"))
    assert.is_true(vm:execute_biological_process("return require 'reporter' ~= nil").result)
    assert.same({ { "reporter", "reporter", "1.0", sh.scratch .. "/Reporter-1.0" } }, list_of(vm))
    vm:restart()
    assert.same({}, list_of(vm))
  end)

  it("is data, and every mistake of it is said", function()
    local path = folder("reporter", "1.0")
    write("reporter/manifest.lua", "os.exit(1)")
    refused("EFILE", "is no data", vm:install_biological_package(path))
    write("reporter/manifest.lua", 'return { name = "Rep", version = "new", colour = 1, dependencies = 5 }')
    local _, err = vm:install_biological_package(path)
    for _, part in ipairs { "manifest.name: ", 'manifest.version: a version as "1.2.0"', 'unknown key "colour"',
      "manifest.dependencies: a table" } do
      assert.truthy(err.message:find(part, 1, true), err.message)
    end
    write("reporter/manifest.lua", manifest("reporter", "1", 'dependencies = { x = "new", 5 }'))
    _, err = vm:install_biological_package(path)
    assert.truthy(err.message:find("dependencies.x:", 1, true) and err.message:find("by name", 1, true), err.message)
    write("reporter/manifest.lua", manifest("reporter", "1", 'dependencies = { ["../../x"] = "" }'))
    refused("EFILE", "by name", vm:install_biological_package(path))
    write("reporter/manifest.lua", "return nil")
    refused("EFILE", "a table expected", vm:install_biological_package(path))
  end)

  it("has hashes, which hold", function()
    local code, part = installs "1", "return 2"
    local files = ('files = { ["init.lua"] = "%s", ["part.lua"] = "%s" }'):format(core.digest(code), core.digest(part))
    local path = folder("sealed", "1", files, code)
    write("sealed/part.lua", part)
    write("sealed/README", "not Lua")
    assert.equal(1, vm:install_biological_package(path))
    vm:restart()
    write("sealed/part.lua", part .. " ")
    refused("EFILE", "part.lua is another file", vm:install_biological_package(path))
    write("sealed/part.lua", part)
    write("sealed/more.lua", "return 3")
    refused("EFILE", "no SHA-256 of more.lua", vm:install_biological_package(path))
    os.remove(path .. "/more.lua")
    os.remove(path .. "/part.lua")
    refused("EFILE", 'there is no "part.lua"', vm:install_biological_package(path))
  end)

  it("may be asked for by its hash, and so may archives and files", function()
    local code = installs "1"
    local path = folder("sealed", "1", ('files = { ["init.lua"] = "%s" }'):format(core.digest(code)), code)
    local good = core.digest_file(path .. "/manifest.lua")
    refused("EFILE", "not what was expected", vm:install_biological_package(path, { sha256 = ("0"):rep(64) }))
    assert.equal(1, vm:install_biological_package(path, { sha256 = good:upper() }))
    local open = folder("open", "1")
    refused("EFILE", "no manifest.lua with hashes", vm:install_biological_package(open, { sha256 = good }))
    local packed = write("packed.zip", zip { { "init.lua", installs "2" } })
    refused("EFILE", "not what was expected", vm:install_biological_package(packed, { sha256 = good }))
    assert.equal(2, vm:install_biological_package(packed, { sha256 = core.digest_file(packed) }))
    local single = write("single.lua", installs "3")
    refused("EFILE", "not what was expected", vm:install_biological_package(single, { sha256 = good }))
    assert.equal(3, vm:install_biological_package(single, { sha256 = core.digest_file(single) }))
    for _, wrong in ipairs { { sha256 = "x" }, { md5 = "x" }, 5 } do
      assert.is_false(pcall(vm.install_biological_package, vm, path, wrong))
    end
  end)
end)

describe("dependencies", function()
  it("are put in first, each once, and stay with the VM", function()
    folder("base", "2.1")
    folder("left", "1", 'dependencies = { base = "~> 2" }', 'assert(require "base") ' .. installs "'left'")
    folder("right", "1", 'dependencies = { base = ">= 2, < 3" }')
    local top = folder("top", "1", 'dependencies = { left = "", right = "1" }',
      'assert(require "left" and require "right") ' .. installs "'top'")
    assert.equal("top", vm:install_biological_package(top))
    assert.same({ { "base", "base", "2.1", sh.scratch .. "/base" }, { "left", "left", "1", sh.scratch .. "/left" },
      { "right", "right", "1", sh.scratch .. "/right" }, { "top", "top", "1", top } }, list_of(vm))
    assert.equal("other 1", vm:install_biological_package(folder("other", "1", 'dependencies = { base = "2.1" }')))
    refused("EFILE", "newer needs base > 2.1: " .. sh.scratch .. "/base is 2.1",
      vm:install_biological_package(folder("newer", "1", 'dependencies = { base = "> 2.1" }')))
  end)

  it("that are not there, not of the version, or in a ring, leave the VM as it was", function()
    refused("EFILE", "lonely needs nobody >= 1: there is none beside it", vm:install_biological_package(
      folder("lonely", "1", 'dependencies = { nobody = ">= 1" }')))
    folder("old", "1.0")
    refused("EFILE", "needs old >= 1.1", vm:install_biological_package(folder("fresh", "1",
      'dependencies = { old = ">= 1.1" }')))
    folder("ring", "1", 'dependencies = { chain = "" }')
    refused("EFILE", "ring needs chain: which needs it in turn", vm:install_biological_package(folder("chain", "1",
      'dependencies = { ring = "" }')))
    write("plain.lua", installs "1")
    refused("EFILE", "without a version", vm:install_biological_package(folder("strict", "1",
      'dependencies = { plain = ">= 1" }')))
    assert.equal("easy 1", vm:install_biological_package(folder("easy", "1", 'dependencies = { plain = "" }')))
    assert.same({ "plain", "easy" }, { list_of(vm)[1][1], list_of(vm)[2][1] })
  end)

  it("of archives are of the highest version that will do", function()
    for _, version in ipairs { "1.9", "1.10", "2.0" } do
      write(("gene-%s.zip"):format(version), zip { { "gene/init.lua", installs("'" .. version .. "'") },
        { "gene/manifest.lua", manifest("gene", version) } })
    end
    assert(vm:install_biological_package(folder("user", "1", 'dependencies = { gene = ">= 1, < 2" }')))
    assert.equal("1.10", list_of(vm)[1][3])
  end)

  it("of this program are of its version", function()
    assert.equal("now 1", vm:install_biological_package(folder("now", "1",
      ('dependencies = { bioxen = ">= %s" }'):format(core.version))))
    refused("EFILE", "later needs bioxen >= 99: this is", vm:install_biological_package(folder("later", "1",
      'dependencies = { bioxen = ">= 99" }')))
  end)

  it("may be libraries, which have no install", function()
    folder("numbers", "1", "library = true", "return { seven = 7 }")
    assert.equal(7, vm:install_biological_package(folder("borrower", "1", 'dependencies = { numbers = "" }',
      'return { install = function() return require "numbers".seven end }')))
    refused("ESCRIPT", "no table with a function install", vm:install_biological_package(folder("idle", "1", "",
      "return { seven = 7 }")))
  end)
end)

describe("an archive", function()
  local content = { { "tool-1.0/", "" }, { "tool-1.0/init.lua", installs 'require "tool.part"' },
    { "tool-1.0/part.lua", "return 'whole'" }, { "tool-1.0/README", "text" } }

  it("is read as zip and tar, compressed or not", function()
    local function check(path)
      assert.equal("whole", vm:install_biological_package(path))
      vm:restart()
    end
    local entries = { table.unpack(content) }
    entries[1] = { "tool-1.0/", "", mode = 0x41ed }
    check(write("tool-1.0.zip", zip(entries)))
    entries[1] = { "tool-1.0/", nil, kind = "5" }
    check(write("tool.tar", tar(entries)))
    sh(("cd %s && gzip -k tool.tar && cp tool.tar.gz tool.tgz"):format(sh.scratch))
    check(sh.scratch .. "/tool.tar.gz")
    check(sh.scratch .. "/tool.tgz")
    python [[
import zipfile, tarfile, io
files = {"tool/init.lua": 'return { install = function() return require "tool.part" end }',
    "tool/part.lua": "return 'whole'", "tool/long_" + "x" * 120 + ".txt": "long"}
z = zipfile.ZipFile("made.zip", "w", zipfile.ZIP_DEFLATED)
for name, text in files.items(): z.writestr(name, text)
z.comment = b"a comment"
z.close()
for kind, form in (("pax", tarfile.PAX_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("ustar", tarfile.USTAR_FORMAT)):
    t = tarfile.open(kind + ".tar.gz", "w:gz", format=form)
    for name, text in files.items():
        if kind == "ustar" and "long" in name: continue
        info = tarfile.TarInfo("./" + name); info.size = len(text); info.mtime = 1.5
        t.addfile(info, io.BytesIO(text.encode()))
    t.close()
]]
    for _, name in ipairs { "made.zip", "pax.tar.gz", "gnu.tar.gz", "ustar.tar.gz" } do
      write("tool/x", "")
      assert(os.rename(sh.scratch .. "/" .. name, sh.scratch .. "/tool/" .. name))
      check(sh.scratch .. "/tool/" .. name)
    end
  end)

  it("needs an init.lua at its top or in its one folder", function()
    refused("EFILE", "an init.lua at its top", vm:install_biological_package(write("a.zip",
      zip { { "a/b/init.lua", "" } })))
    refused("EFILE", "an init.lua at its top", vm:install_biological_package(write("b.zip",
      zip { { "a/init.lua", "" }, { "b/init.lua", "" } })))
    refused("EFILE", "lower case", vm:install_biological_package(write("5.zip", zip { { "init.lua", "" } })))
  end)

  it("with names that lead elsewhere, links, or two of one name is refused", function()
    for name, part in pairs { ["../x.lua"] = "out of the archive", ["a/../../x"] = "out of the archive",
      ["/etc/x"] = "no name", ["a\\x"] = "no name", ["a\0x"] = "no name", ["C:x"] = "no name", [""] = "no name",
      ["a//x"] = "out of the archive", [("x"):rep(1001)] = "more than 1000 bytes" } do
      refused("EFILE", part, archive.read(write("x.zip", zip { { "init.lua", "" }, { name, "" } })))
      if not name:find "\0" and #name > 0 and #name < 100 then
        refused("EFILE", part, archive.read(write("x.tar", tar { { "init.lua" }, { name } })))
      end
    end
    local link = { "l", "/etc/passwd", mode = 0xa1ff }
    refused("EFILE", "is a link, or no file", archive.read(write("x.zip", zip { link })))
    refused("EFILE", "is there twice", archive.read(write("x.zip", zip { { "a", "1" }, { "./a", "2" } })))
    refused("EFILE", "is there twice", archive.read(write("x.tar", tar { { "a", "1" }, { "a", "2" } })))
    for kind in ("1234567K"):gmatch "." do
      if kind ~= "5" then
        refused("EFILE", "is a link, or no file", archive.read(write("x.tar", tar { { "l", "", kind = kind,
          link = "/etc/passwd" } })))
      end
    end
  end)

  it("that says what is not so of its sizes or places is refused", function()
    local big = archive.FILE + 1
    for part, entry in pairs {
      ["is damaged"] = { "a", "text", crc = 5 },
      ["a has at most"] = false,
      ["and a file has at most"] = { "a", "text", size = big },
      ["it is cut"] = { "a", "text", packed = 5000 },
      ["is encrypted"] = { "a", "text", flags = 1 },
      ["is compressed by method 12"] = { "a", "text", method = 12 },
      ["is not where it should be"] = { "a", "text", offset = 2 },
      ["has another name in another place"] = { "a", "text", called = "b" },
      ["larger than 4 GB"] = { "a", "text", size = 0xffffffff },
      ["of several parts"] = { "a", "text", disk = 1 },
    } do
      if entry then refused("EFILE", part, archive.read(write("x.zip", zip { entry }))) end
    end
    refused("EFILE", "is damaged", archive.read(write("x.zip", zip { { "a", "text", size = 3 } })))
    refused("EFILE", "is damaged", archive.read(write("x.zip", zip { { "a", "text", method = 8, size = 4 } })))
    refused("EFILE", "in the place of another", archive.read(write("x.zip", zip { { "a", "text" }, { "a", "text",
      offset = 0 } })))
    refused("EFILE", "directory is damaged", archive.read(write("x.zip", zip { { "a", "text" }, count = 2 })))
    refused("EFILE", "it is cut", archive.read(write("x.zip", zip { { "a", "text" } }:sub(1, -10))))
    refused("EFILE", "is damaged, or no archive", archive.read(write("x.tar", tar { { "a", "text", sum = 5 } })))
    refused("EFILE", "it is cut", archive.read(write("x.tar", tar { { "a", "text", size = 5000 } })))
    refused("EFILE", "a file has at most", archive.read(write("x.tar", tar { { "a", "text", size = big } })))
    for _, words in ipairs { "99 path=x\n", "0 path=x\n", "x", "5 pat=\n" } do
      local header = { "h", words, kind = "x" }
      refused("EFILE", "a header of it is damaged", archive.read(write("x.tar", tar { header })))
    end
    refused("EFILE", "out of the archive", archive.read(write("x.tar", tar { { "h", "13 path=../x\n", kind = "x" },
      { "a", "text" } })))
    refused("EFILE", "no archive", archive.read(write("x.tar", "")))
    refused("EFILE", "cannot read", archive.read(sh.scratch .. "/none.zip"))
  end)

  it("that is a bomb is refused before it goes off", function()
    python [[
import zipfile, gzip
z = zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED)
for i in range(9): z.writestr("f%d" % i, b"\0" * (10 << 20))
z.close()
with gzip.open("bomb.tar.gz", "wb") as f:
    for i in range(9): f.write(b"\0" * (10 << 20))
many = zipfile.ZipFile("many.zip", "w")
for i in range(3000): many.writestr("f%d" % i, "")
many.close()
]]
    refused("EFILE", "more than 67108864 bytes together", archive.read(sh.scratch .. "/bomb.zip"))
    refused("EFILE", "at most", archive.read(sh.scratch .. "/bomb.tar.gz"))
    refused("EFILE", "more than 2000 files", archive.read(sh.scratch .. "/many.zip"))
  end)

  it("of any bytes is read or refused, and raises nothing", function()
    local random = require "spec.support.random_bytes"
    local entries = { { "tool/init.lua", installs "1" }, { "tool/manifest.lua", manifest("tool", "1") } }
    for _, whole in ipairs { zip(entries), tar(entries) } do
      random.mutations(whole, 400, function(bytes)
        local files, err = archive.read(write("m", bytes))
        assert.truthy(files or err.code == "EFILE")
      end)
    end
  end)
end)

describe("a rock", function()
  local function rockspec(name, version, more)
    return ('-- made by hand\npackage = "%s"\nversion = "%s"\n%s'):format(name, version, more or "")
  end

  local function rock(name, version, entries, more)
    entries[#entries + 1] = { name .. "-" .. version .. ".rockspec", rockspec(name, version, more) }
    return write(("%s-%s.all.rock"):format(name, version), zip(entries))
  end

  it("of Lua is a package by its module's name", function()
    local path = rock("my-circuit", "1.2-1", { { "lua/my_circuit/init.lua", installs "require 'my_circuit.part'" },
      { "lua/my_circuit/part.lua", "return 9" }, { "doc/x.txt", "" } }, 'dependencies = { "lua >= 5.1" }')
    assert.equal(9, vm:install_biological_package(path))
    assert.same({ { "my-circuit", "my_circuit", "1.2-1", path } }, list_of(vm))
  end)

  it("brings rocks that it depends on, libraries too", function()
    rock("tools", "0.3-2", { { "lua/tools.lua", "return { six = 6 }" } })
    assert.equal(6, vm:install_biological_package(rock("needy", "1-1", { { "lua/needy.lua",
      installs "require 'tools'.six" } }, 'dependencies = { "lua >= 5.1, < 5.5", "tools >= 0.3" }')))
    refused("EFILE", "Lua < 5.2", vm:install_biological_package(rock("past", "1-1", { { "lua/past.lua", "" } },
      'dependencies = { "lua < 5.2" }')))
  end)

  it("with a module in C is refused, and so are archives and folders", function()
    local why = "is a module in C, and a VM loads none"
    refused("EFILE", "lib/fast.so " .. why, vm:install_biological_package(rock("fast", "1-1", { { "lua/fast.lua", "" },
      { "lib/fast.so", "\127ELF" } })))
    refused("EFILE", "fast/core.so " .. why, vm:install_biological_package(write("fast.zip", zip {
      { "fast/init.lua", "" }, { "fast/core.so", "\127ELF" } })))
    folder("fast", "1")
    write("fast/core.so", "\127ELF")
    refused("EFILE", "core.so " .. why, vm:install_biological_package(sh.scratch .. "/fast"))
    assert.same({}, list_of(vm))
  end)

  it("that is none, or says nothing, is refused", function()
    refused("EFILE", "no rockspec", vm:install_biological_package(write("a.rock", zip { { "lua/a.lua", "" } })))
    refused("EFILE", "is no data", vm:install_biological_package(write("a.rock", zip { { "lua/a.lua", "" },
      { "a-1-1.rockspec", "os.exit(3)" } })))
    refused("EFILE", "says no package", vm:install_biological_package(write("a.rock", zip { { "lua/a.lua", "" },
      { "a-1-1.rockspec", "package = 5" } })))
    refused("EFILE", "modules of two names", vm:install_biological_package(rock("two", "1-1", { { "lua/two.lua", "" },
      { "lua/three.lua", "" } })))
    refused("EFILE", "and not deep/a/b.lua", vm:install_biological_package(rock("deep", "1-1", { { "lua/deep/a/b.lua",
      "" } })))
    refused("EFILE", "its folder lua", vm:install_biological_package(rock("empty", "1-1", {})))
    local path = rock("sourced", "1-1", { { "lua/sourced.lua", "" } })
    os.rename(path, sh.scratch .. "/sourced-1-1.src.rock")
    refused("EFILE", "source rock", vm:install_biological_package(sh.scratch .. "/sourced-1-1.src.rock"))
  end)
end)

describe("a package by its name", function()
  it("is found among bioxen/packages, as a folder, a file or an archive", function()
    local before = package.path
    package.path = sh.scratch .. "/p/?.lua;" .. package.path
    write("p/bioxen/packages/one.lua", installs "1")
    write("p/bioxen/packages/two/init.lua", installs "2")
    write("p/bioxen/packages/three-0.1.zip", zip { { "init.lua", installs "3" } })
    write("p/bioxen/packages/three-0.2.zip", zip { { "init.lua", installs "4" } })
    assert.same({ 1, 2, 4 }, { vm:install_biological_package "one", vm:install_biological_package "two",
      (vm:install_biological_package "three") })
    package.path = before
  end)
end)
