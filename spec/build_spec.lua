-- How the programs are built: what an attacker would like to find is not there.
local build = os.getenv "BIOXEN_BUILD" or "./build"

local function output_of(command)
  local pipe <close> = assert(io.popen(command .. " 2>/dev/null"))
  return pipe:read "a"
end

local function bytes_of(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

describe("a program", function()
  local names = { "bin/bioxen", "bin/bioxen-worker", "bin/bioxen-courier", "lib/lua/5.4/bioxen/core.so",
    "lib/lua/5.4/bioxen/hdf5.so" }
  local kernel = io.open(build .. "/bin/bioxen-kernel") -- it is there where libzmq is
  if kernel then
    kernel:close()
    names[#names + 1] = "bin/bioxen-kernel"
  end

  for _, name in ipairs(names) do
    local path = build .. "/" .. name

    it(name .. " binds all symbols at its start, and has no code at a fixed place", function()
      if output_of "command -v readelf" == "" then return pending "needs readelf" end
      local head, dynamic = output_of("readelf -h " .. path), output_of("readelf -d " .. path)
      assert.truthy(head:find "Type:%s+DYN")
      assert.truthy(dynamic:find "FLAGS_1%)%s+Flags:[^\n]*NOW")
      assert.truthy(output_of("readelf -l " .. path):find "GNU_RELRO")
      assert.truthy(output_of("readelf -lW " .. path):find "GNU_STACK[^\n]* RW ")
    end)

    it(name .. " checks sizes in the C library", function()
      local bytes = bytes_of(path)
      if bytes:find("__asan_init", 1, true) then return pending "a sanitizer checks more" end
      assert.truthy(bytes:find("__snprintf_chk", 1, true) or bytes:find("buffer overflow detected", 1, true))
    end)
  end

  it("holds solvers if it is the worker, and else none", function()
    for _, name in ipairs(names) do
      local bytes = bytes_of(build .. "/" .. name)
      for _, word in ipairs { "CVODE", "ClpSimplex", "libsbml" } do
        assert.equal(name == "bin/bioxen-worker", bytes:find(word, 1, true) ~= nil, name .. ": " .. word)
      end
    end
  end)

  it("needs no library and no version of glibc's if it is the worker: it is copied to guests", function()
    local path = build .. "/bin/bioxen-worker"
    if bytes_of(path):find("__asan_init", 1, true) then return pending "a sanitizer is a library" end
    assert.truthy(output_of("scripts/needs.sh " .. path):find "bioxen%-worker: static; Linux %d")
    assert.truthy(output_of("scripts/needs.sh " .. build .. "/bin/bioxen"):find "GLIBC_2[%d.]*; .*libc%.so")
  end)

  it("is compiled without knowing where, ours and others': two builds are equal to the byte", function()
    local home = bytes_of(build .. "/CMakeCache.txt"):match "CMAKE_HOME_DIRECTORY:INTERNAL=([^\n]+)"
    local commands = 0
    for command in bytes_of(build .. "/compile_commands.json"):gmatch '"command": ([^\n]+)' do
      commands = commands + 1
      assert.truthy(command:find(("-ffile-prefix-map=%s=."):format(home), 1, true), command)
    end
    assert.truthy(commands > 100)
  end)

  it("computes what the source says, ours and others', on every machine", function()
    for command in bytes_of(build .. "/compile_commands.json"):gmatch '"command": ([^\n]+)' do
      for _, flag in ipairs { "-ffp-contract=off", "-fsigned-char" } do
        assert.truthy(command:find(flag, 1, true), command)
        assert.is_nil(command:find("-ffp-contract=[^o]"), command)
      end
    end
  end)

  it("takes the flags of who packs it, but for those that change digits", function()
    local folder = output_of "mktemp -d":gsub("\n", "")
    local function configured(flags)
      local command = "( CFLAGS='%s' cmake -S . -B %s --fresh 2>&1 )"
      return (output_of(command:format(flags, folder)):gsub("%s+", " "))
    end
    local refusal = configured "-O2 -ffast-math"
    assert.truthy(refusal:find "other digits: leave out %-ffast%-math", refusal)
    configured "-O3 -D_FORTIFY_SOURCE=3"
    local commands = bytes_of(folder .. "/compile_commands.json")
    os.execute("rm -r " .. folder)
    assert.truthy(commands:find("-D_FORTIFY_SOURCE=3", 1, true))
    assert.is_nil(commands:find("-D_FORTIFY_SOURCE=2", 1, true))
  end)

  it("that is a module is linked with no Lua: whoever loads it has one", function()
    if output_of "command -v readelf" == "" then return pending "needs readelf" end
    for _, name in ipairs { "core.so", "hdf5.so" } do
      assert.is_nil(output_of("readelf -d " .. build .. "/lib/lua/5.4/bioxen/" .. name):find "liblua", name)
    end
  end)

  it("is linked with HDF5 only if that is its subject: the library takes long to load", function()
    if output_of "command -v readelf" == "" then return pending "needs readelf" end
    for _, name in ipairs(names) do
      local linked = output_of("readelf -d " .. build .. "/" .. name):find "libhdf5" ~= nil
      assert.equal(name:find "hdf5" ~= nil, linked, name)
    end
  end)

  it("is linked with libzmq only if it is the kernel of notebooks", function()
    if output_of "command -v readelf" == "" then return pending "needs readelf" end
    for _, name in ipairs(names) do
      local linked = output_of("readelf -d " .. build .. "/" .. name):find "libzmq" ~= nil
      assert.equal(name:find "kernel" ~= nil, linked, name)
    end
  end)
end)
