-- Files in HDF5: what Lua may write, and that others read it. spec/c/hdf5_file_test.c reads all kinds back.
local bioxen = require "bioxen"
local shell = require "spec.support.shell"

local hdf5 = require "bioxen.hdf5"

describe("bioxen.hdf5", function()
  local sh, has_h5py
  setup(function()
    sh = shell.open()
    has_h5py = sh "/usr/bin/python3 -c 'import h5py'" == 0
  end)
  teardown(function() sh:close() end)

  -- What Python prints of a file, `f`.
  local function python(name, code)
    local status, out, err = sh(("cd %s && /usr/bin/python3 -c %s"):format(sh.scratch,
      shell.quote(("import h5py\nf = h5py.File('%s')\n%s"):format(name, code))))
    assert.equal(0, status, err)
    return out
  end

  local function bytes_of(path)
    local file <close> = assert(io.open(path, "rb"))
    return file:read "a"
  end

  local function write_example(path)
    local file = assert(hdf5.create(path))
    assert(file:write("folder/doc.sedml/report", { 1, 2, 0/0, 4, 5, 6 }, { 2, 3 },
      { b = { "x", "" }, a = "text", c = {}, d = 7, e = { 1.5, 2 } }))
    assert(file:attributes("folder/doc.sedml", { uri = "é" }))
    assert(file:write("texts", { "a", "", "\xff" }))
    assert(file:close())
  end

  it("writes nothing before it is closed, and then the whole file", function()
    local path = sh.scratch .. "/late.h5"
    local file = assert(hdf5.create(path))
    assert(file:write("x", { 1 }, {}))
    assert.is_nil(io.open(path))
    assert.equal("Hdf5File(" .. path .. ")", tostring(file))
    assert.is_true(file:close())
    assert.equal("\x89HDF\r\n\x1a\n", bytes_of(path):sub(1, 8))
    assert.has_error(function() file:write("y", { 1 }, {}) end, "the file is closed")
  end)

  it("leaves nothing where it is not closed", function()
    local path = sh.scratch .. "/never.h5"
    do
      local file <close> = assert(hdf5.create(path))
      assert(file:write("x", { 1 }, {}))
    end
    assert.is_nil(io.open(path))
  end)

  it("makes the same bytes of the same content", function()
    local one, other = sh.scratch .. "/one.h5", sh.scratch .. "/other.h5"
    write_example(one)
    write_example(other)
    assert.equal(bytes_of(one), bytes_of(other))
  end)

  it("tells what cannot be written, with its reason", function()
    local file, err = hdf5.create(sh.scratch .. "/no/such/folder.h5")
    assert.is_nil(file)
    assert.equal("EFILE", err.code)
    file = assert(hdf5.create(sh.scratch .. "/refused.h5"))
    assert(file:write("x", { 1 }, {}))
    local written, err = file:write("x/y", { 1 }, {})
    assert.is_nil(written)
    assert.truthy(err.message:find("x/y leads through what is no group", 1, true), err.message)
  end)

  it("raises on values that it would have to change", function()
    local file = assert(hdf5.create(sh.scratch .. "/raised.h5"))
    for message, values in pairs { ["a list of numbers alone"] = { 1, "a" }, ["at most 2^53"] = { (1 << 53) + 1 },
      ["without zero bytes"] = { "a\0b" } } do
      local _, err = pcall(file.write, file, "x", values)
      assert.truthy(err:find(message, 1, true), err)
    end
    for message, shape in pairs { ["a shape of as many values"] = { 2 }, ["whole numbers from 0"] = { -1 },
      ["too large"] = { 1 << 40, 1 << 40 } } do
      local _, err = pcall(file.write, file, "x", { 1 }, shape)
      assert.truthy(err:find(message, 1, true), err)
    end
    assert.has_error(function() file:attributes("x", { a = true }) end)
    assert.has_error(function() file:write("x/", { 1 }) end)
  end)

  it("takes a trajectory as it is", function()
    if not has_h5py then return pending "needs python3-h5py" end
    local vm <close> = assert(bioxen.create_bio_vm("writes", "minimal_cell"))
    assert(vm:start())
    local t = assert(vm:execute_biological_process [[
      process "decay" { species = { A = 8 }, reactions = { { "A ->", k = 0.1 } } }
      return cell:run { duration = 3, every = 1, method = "ode" }]]).result
    local _, mistake = pcall(function() assert(t:to_hdf5()) end)
    assert.matches("^spec/hdf5_spec.lua:%d+: bad argument 'path': a file's name expected, got nil", mistake)
    local file = assert(hdf5.create(sh.scratch .. "/t.h5"))
    assert(file:write("t", t))
    assert(file:close())
    local text = python("t.h5", [[print(*[repr(x) for x in f["t"][:].ravel().tolist()])]])
    local expected = {}
    for _, name in ipairs { "time", table.unpack(t:names()) } do
      for _, value in ipairs(t:column(name)) do expected[#expected + 1] = value end
    end
    local back = {}
    for word in text:gmatch "%S+" do back[#back + 1] = tonumber(word) end
    assert.same(expected, back)
  end)

  it("is what docs/hdf5.md says, to the reader in Python that it shows", function()
    if not has_h5py then return pending "needs python3-h5py" end
    local page = shell.read "docs/hdf5.md"
    shell.write(sh.scratch .. "/write.lua", page:match "```lua\n(.-)```")
    shell.write(sh.scratch .. "/read.py", page:match "```python\n(.-)```")
    local status, out, err = sh(("cd %s && bioxen write.lua && /usr/bin/python3 read.py"):format(sh.scratch))
    assert.equal(0, status, err)
    assert.equal("20.0 13.5335\nTrue\n{'wild': 3.466, 'mutant': 3.466}\n", out)
  end)

  it("is read by h5py", function()
    if not has_h5py then return pending "needs python3-h5py" end
    write_example(sh.scratch .. "/example.h5")
    assert.equal([=[
[[1.0, 2.0, nan], [4.0, 5.0, 6.0]] gzip float64
text ['x', ''] [] 7 [1.5, 2.0]
é
[b'a', b'', b'\xff']
]=], python("example.h5", [[
d = f["folder/doc.sedml/report"]
print(d[:].tolist(), d.compression, d.dtype)
a = d.attrs
print(a["a"], list(a["b"]), list(a["c"]), a["d"], list(map(float, a["e"])))
print(f["folder/doc.sedml"].attrs["uri"])
print(f["texts"][:].tolist())]]))
  end)
end)
