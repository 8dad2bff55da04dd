-- The ways to install: cmake --install, LuaRocks without a network, and the packages of a release; and that
-- what is installed may be moved.

local function run(command)
  local pipe = assert(io.popen("( " .. command .. " ) 2>&1 </dev/null"))
  local output = pipe:read "a"
  local good, _, status = pipe:close()
  return good and 0 or status, output
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function must(command)
  local status, output = run(command)
  assert.are.equal(0, status, command .. "\n" .. output)
  return output
end

local function contents(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function lines_of(command)
  local list = {}
  for line in must(command):gmatch "[^\n]+" do list[#list + 1] = line end
  return list
end

local function missing(...)
  for _, tool in ipairs { ... } do
    if run("command -v " .. tool) ~= 0 then return tool end
  end
end

local build = must("realpath " .. quote(os.getenv "BIOXEN_BUILD" or "./build")):gsub("\n", "")
local version = contents "CMakeLists.txt":match "project%(bioxen VERSION (%S+)"
local name = "bioxen-" .. version .. "-1"

-- The globals that a rockspec sets.
local function rockspec(path)
  local spec = {}
  assert(loadfile(path, "t", spec))()
  return spec
end

describe("debug symbols", function()
  -- What CPack has when it runs the script, for a package of one program: the folder of the packages.
  local function packed(folder)
    local staged = folder .. "/staged/Unspecified"
    must(("mkdir -p %s/usr/bin %s/usr/share/doc/bioxen %s/usr/share/lintian/overrides"):format(staged, staged, staged))
    must(("touch %s/usr/share/doc/bioxen/NOTICE %s/usr/share/doc/bioxen/LICENSE"):format(staged, staged))
    must(("echo 'int main(void) { return 0; }' >%s/main.c"):format(folder))
    must(("cd %s && gcc -g -ffile-prefix-map=%s=. main.c -o staged/Unspecified/usr/bin/program"):format(folder, folder))
    must(("SOURCE_DATE_EPOCH=1700000000 cmake -D CPACK_GENERATOR=DEB -D CPACK_TEMPORARY_INSTALL_DIRECTORY=%s "
      .. "-D CPACK_PACKAGE_DIRECTORY=%s -D CPACK_PACKAGE_VERSION=1.2 -D CPACK_DEBIAN_PACKAGE_RELEASE=1 "
      .. "-D 'CPACK_DEBIAN_PACKAGE_MAINTAINER=%s' -P scripts/debian.cmake"):format(folder .. "/staged", folder,
      contents "CMakeLists.txt":match 'MAINTAINER "([^"]+)"'))
    return folder
  end

  it("are a package of their own, equal to the byte wherever it is made, and the program has none", function()
    local lacking = missing("gcc", "cmake", "readelf", "objcopy", "dpkg-deb")
    if lacking then return pending("needs " .. lacking) end
    local scratch = must "mktemp -d":gsub("\n", "")
    local one, other = packed(scratch .. "/one"), packed(scratch .. "/deeper/other")
    local program = "/staged/Unspecified/usr/bin/program"
    local package = must(("cd %s && ls bioxen-dbgsym_1.2-1_*.deb"):format(one)):gsub("\n", "")
    assert.are.equal(contents(one .. "/" .. package), contents(other .. "/" .. package))
    assert.are.equal(contents(one .. program), contents(other .. program))
    local id = must("readelf -nW " .. one .. program):match "Build ID: (%x+)"
    local file = ("./usr/lib/debug/.build-id/%s/%s.debug"):format(id:sub(1, 2), id:sub(3))
    assert.truthy(must(("dpkg-deb -c %s/%s"):format(one, package)):find(file, 1, true))
    assert.are.equal(id .. "\n", must(("dpkg-deb -f %s/%s Build-Ids"):format(one, package)))
    must(("dpkg-deb -x %s/%s %s/root"):format(one, package, scratch))
    assert.truthy(must(("readelf -SW %s/root/%s"):format(scratch, file)):find(".debug_info", 1, true))
    local parts = must("readelf -SW " .. one .. program)
    assert.is_nil(parts:find(".debug_info", 1, true))
    assert.truthy(parts:find(".gnu_debuglink", 1, true))
    if not missing "lintian" then
      assert.are.same({}, lines_of(("lintian --fail-on none %s/%s 2>/dev/null | grep '^[EW]:' || true"):format(one,
        package)))
    end
    must("rm -r " .. scratch)
  end)
end)

describe("the release rockspec", function()
  it("has the version of CMakeLists.txt, and no other lies beside it", function()
    assert.are.same({ name .. ".rockspec", "bioxen-scm-1.rockspec" }, lines_of "ls *.rockspec")
    local spec = rockspec(name .. ".rockspec")
    assert.are.equal(version .. "-1", spec.version)
    assert.are.same({ url = ("file://bioxen-%s.tar.gz"):format(version), dir = "bioxen-" .. version }, spec.source)
  end)

  it("differs from the one for a clone in version and source only", function()
    local release, clone = rockspec(name .. ".rockspec"), rockspec "bioxen-scm-1.rockspec"
    release.version, release.source, clone.version, clone.source = nil, nil, nil, nil
    assert.are.same(clone, release)
  end)
end)

describe("NOTICE", function()
  it("names every library that is linked statically", function()
    local notice = contents "NOTICE"
    local found = 0
    for _, program in ipairs { "bioxen-worker", "bioxen-courier", "bioxen", "core", "hdf5_module" } do
      local link = run("test -e " .. quote(build .. "/CMakeFiles/" .. program .. ".dir/link.txt")) == 0
        and contents(build .. "/CMakeFiles/" .. program .. ".dir/link.txt") or ""
      for archive in link:gmatch "/(lib[^/%s]+%.a)%f[%s\0]" do
        found = found + 1
        assert.is_truthy(notice:find(archive, 1, true), archive)
      end
    end
    if found == 0 then return pending "needs a build by make" end
  end)

  it("says at its end what the packages that were linked say of themselves", function()
    if missing "dpkg-query" then return pending "needs dpkg" end
    local notice = contents(build .. "/NOTICE")
    local pipe <close> = io.popen("dpkg-query -W -f '${Version}' coinor-libclp-dev 2>/dev/null")
    local linked = pipe:read "a"
    if linked == "" then return pending "needs coinor-libclp-dev" end
    local licence = tonumber(linked:match "^1%.17%.(%d+)") > 6 and "EPL-2.0" or "EPL-1"
    assert.truthy(notice:find(("\n    coinor-libclp-dev %s: %s\n"):format(linked, licence), 1, true))
  end)
end)

local start_a_vm = [[
  local bioxen = require "bioxen"
  local vm <close> = assert(bioxen.create_bio_vm("installed", "minimal_cell"))
  assert(vm:start())
  local core = require "bioxen.core"
  assert(require "bioxen.hdf5".create "/dev/null"):close()
  io.write("answer ", assert(vm:execute_biological_process "return 6 * 7").result, "\n", core.worker, "\n",
    core.courier)]]

-- A command that runs in `prefix`'s module and nothing of this tree.
local function stock_lua(prefix)
  return ("cd / && env -u LUA_PATH_5_4 -u LUA_CPATH_5_4 LUA_PATH=%s LUA_CPATH=%s lua5.4 "):format(
    quote(prefix .. "/share/lua/5.4/?.lua;" .. prefix .. "/share/lua/5.4/?/init.lua;;"),
    quote(prefix .. "/lib/lua/5.4/?.so;;"))
end

local function own_program(prefix)
  return ("cd / && env -u LUA_PATH_5_4 -u LUA_CPATH_5_4 LUA_PATH= LUA_CPATH= %s "):format(
    quote(prefix .. "/bin/bioxen"))
end

local function works_from(prefix)
  local answer = ("answer 42\n%s/bin/bioxen-worker\n%s/bin/bioxen-courier"):format(prefix, prefix)
  assert.are.equal(answer, must(stock_lua(prefix) .. "-e " .. quote(start_a_vm)))
  assert.are.equal(answer, must(own_program(prefix) .. "-e " .. quote(start_a_vm)))
  must(quote(prefix .. "/bin/bioxen-courier") .. " || test $? -ne 127") -- its shared libraries are found
end

-- Elsewhere, under a name that wants quoting, and called by a link.
local function works_when_moved(prefix)
  local moved = prefix .. " moved, é"
  must(("mv -- %s %s"):format(quote(prefix), quote(moved)))
  works_from(moved)
  must(("ln -s %s %s"):format(quote(moved .. "/bin/bioxen"), quote(prefix .. "-link")))
  assert.is_truthy(must("cd / && " .. quote(prefix .. "-link") .. " -e " .. quote(start_a_vm))
    :find("answer 42", 1, true))
  return moved
end

-- All of lua/bioxen is below `folder`, and beside it what draws the plots of reports.
local function has_every_module(folder)
  assert.are.same({}, lines_of("diff -r lua/bioxen " .. quote(folder) .. " || true"))
  assert.are.same({}, lines_of("diff -r third_party/uplot/src " .. quote(folder .. "-uplot") .. " || true"))
end

describe("an installation", function()
  local scratch, luarocks

  setup(function()
    scratch = must("mktemp -d"):gsub("%s+$", "")
    local config <close> = assert(io.open(scratch .. "/rocks.lua", "w"))
    -- Debian's modules are no rocks.
    config:write('rocks_servers = {} rocks_provided = { argparse = "0.7.1-1", ["lua-cjson"] = "2.1.0-1" }\n')
    luarocks = ("cd %s && HOME=$PWD LUAROCKS_CONFIG=$PWD/rocks.lua CMAKE_BUILD_PARALLEL_LEVEL=$(nproc) "
      .. "luarocks --lua-version 5.4 --tree $PWD/"):format(quote(scratch))
  end)

  teardown(function()
    must("rm -rf -- " .. quote(scratch))
  end)

  it("by cmake --install under a prefix starts a VM, and does when moved", function()
    local prefix = scratch .. "/prefix"
    must(("cmake --install %s --prefix %s"):format(quote(build), quote(prefix)))
    works_from(prefix)
    has_every_module(prefix .. "/share/lua/5.4/bioxen")
    for _, document in ipairs { "README.md", "LICENSE", "NOTICE", "docs/organisms.md", "scripts/01_first_cell.lua" } do
      must("test -s " .. quote(prefix .. "/share/doc/bioxen/" .. document))
    end
    works_when_moved(prefix)
  end)

  it("by luarocks make, with no server to ask, starts a VM", function()
    if missing "luarocks" then return pending "needs luarocks" end
    must("cp -R *.md CMakeLists.txt LICENSE NOTICE src lua third_party docs scripts bioxen-scm-1.rockspec "
      .. quote(scratch))
    must(luarocks .. "tree make bioxen-scm-1.rockspec")
    works_from(scratch .. "/tree")
  end)

  describe("of what scripts/release.sh makes", function()
    local lacking = missing("luarocks", "dpkg-deb", "dpkg-shlibdeps", "file", "zip")
    local out

    setup(function()
      if lacking then return end
      out = scratch .. "/out"
      must(("BIOXEN_BUILD=%s scripts/release.sh %s"):format(quote(build), quote(out)))
    end)

    -- A test that is skipped where the release could not be made.
    local function released(what, body)
      it(what, function()
        if lacking then return pending("needs " .. lacking) end
        body()
      end)
    end

    released("has an archive of the source and a rock of it, with nothing that was built", function()
      assert.are.same({ "bioxen-" .. version .. ".tar.gz", name .. ".rockspec" },
        lines_of(("unzip -Z1 %s | LC_ALL=C sort -r"):format(quote(out .. "/" .. name .. ".src.rock"))))
      local folder = "bioxen-" .. version .. "/"
      local top = {}
      for _, path in ipairs(lines_of("tar tzf " .. quote(out .. "/bioxen-" .. version .. ".tar.gz"))) do
        assert.are.equal(folder, path:sub(1, #folder))
        top[path:sub(#folder + 1):match "^[^/]*"] = true
      end
      for _, needed in ipairs { "CMakeLists.txt", "LICENSE", "NOTICE", "README.md", "docs", "lua", "scripts", "spec",
        "src", "third_party", name .. ".rockspec" } do
        assert.is_true(top[needed], needed)
      end
      for entry in pairs(top) do assert.is_nil(entry:find "^build" or entry:find "^%.git$" or entry:find "^out$") end
    end)

    released("the packed rock, in an empty tree, runs an experiment, and does when moved", function()
      local rock = lines_of(("ls %s/%s.linux-*.rock"):format(quote(out), name))[1]
      must(luarocks .. "'tree of rock' install " .. quote(rock))
      local tree = scratch .. "/tree of rock"
      works_from(tree)
      has_every_module(tree .. "/share/lua/5.4/bioxen")
      tree = works_when_moved(tree)
      local doc = ("%s/lib/luarocks/rocks-5.4/bioxen/%s-1/doc"):format(tree, version)
      must("test -s " .. quote(doc .. "/NOTICE"))
      local experiment = doc .. "/scripts/01_first_cell.lua"
      for index, program in ipairs { stock_lua(tree), own_program(tree) } do
        local folder = scratch .. "/experiment" .. index
        must("mkdir " .. quote(folder))
        must((program:gsub("^cd /", "cd " .. quote(folder))) .. quote(experiment))
        must("test -s " .. quote(folder .. "/out/01_first_cell.csv"))
      end
    end)

    released("the rock's programs know no path of the machine that they were built on", function()
      local rock = lines_of(("ls %s/%s.linux-*.rock"):format(quote(out), name))[1]
      must(("mkdir %s/unzipped && cd %s/unzipped && unzip -q %s"):format(scratch, scratch, quote(rock)))
      local here = must "pwd":gsub("\n", "")
      for _, program in ipairs { "bin/bioxen", "bin/bioxen-worker", "bin/bioxen-courier", "lib/bioxen/core.so",
        "lib/bioxen/hdf5.so" } do
        local bytes = contents(scratch .. "/unzipped/" .. program)
        assert.is_nil(bytes:find(here .. "/", 1, true), program)
        assert.is_nil(bytes:find("/luarocks_bioxen", 1, true), program)
        assert.is_nil(bytes:find("/build.luarocks", 1, true), program)
      end
    end)

    released("Debian's package has its fields, its files under /usr, and works", function()
      local package = lines_of(("ls %s/bioxen_%s-1_*.deb"):format(quote(out), version))[1]
      local function field(key)
        return (must(("dpkg-deb -f %s %s"):format(quote(package), key)):gsub("\n$", ""))
      end
      assert.are.equal("bioxen", field "Package")
      assert.are.equal(version .. "-1", field "Version")
      assert.truthy(must("ar t " .. quote(package)):find "data%.tar%.xz")
      local depends = ", " .. field "Depends" .. ","
      for _, needed in ipairs { "lua5.4", "lua-argparse", "lua-cjson", "libc6", "liblua5.4-0", "libcurl4",
        "libssh-4" } do
        assert.is_truthy(depends:find(", " .. needed:gsub("%p", "%%%0") .. "[%w]*[ ,]"), needed .. " in " .. depends)
      end
      assert.is_truthy(field "Recommends":find("gnuplot", 1, true))
      assert.are.equal("bioxen-kernel", field "Suggests")
      assert.is_nil(depends:find "zmq")
      local root = scratch .. "/root"
      must(("dpkg-deb -x %s %s"):format(quote(package), quote(root)))
      assert.are.same({ root .. "/usr" }, lines_of(("find %s -mindepth 1 -maxdepth 1"):format(quote(root))))
      has_every_module(root .. "/usr/share/lua/5.4/bioxen")
      assert.are.equal(contents(build .. "/NOTICE"), contents(root .. "/usr/share/doc/bioxen/copyright"))
      assert.is_nil(must(("ls %s/usr/bin"):format(quote(root))):find "kernel")
      works_from(root .. "/usr")
      if not missing "lintian" then
        assert.are.same({}, lines_of("lintian --fail-on none " .. quote(package)
          .. " 2>/dev/null | grep '^[EW]:' || true"))
      end
    end)

    released("the kernel of notebooks is a package of its own, which alone wants libzmq", function()
      local package = lines_of(("ls %s/bioxen-kernel_%s-1_*.deb"):format(quote(out), version))[1]
      local depends = must(("dpkg-deb -f %s Depends"):format(quote(package)))
      assert.truthy(depends:find(("bioxen (= %s-1)"):format(version), 1, true) and depends:find "libzmq5", depends)
      local root = scratch .. "/root of kernel"
      must(("dpkg-deb -x %s %s"):format(quote(package), quote(root)))
      must(("test -x %s/usr/bin/bioxen-kernel -a -s %s/usr/share/doc/bioxen-kernel/copyright"):format(quote(root),
        quote(root)))
      if not missing "lintian" then
        assert.are.same({}, lines_of("lintian --fail-on none " .. quote(package)
          .. " 2>/dev/null | grep '^[EW]:' || true"))
      end
    end)
  end)
end)
