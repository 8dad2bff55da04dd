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
end)
