-- Tables from CSV and TSV.

local bioxen = require "bioxen"
local shell = require "spec.support.shell"

describe("read_table", function()
  local sh
  setup(function() sh = shell.open() end)
  teardown(function() sh:close() end)

  it("gives columns of numbers and of texts, by whoever wrote them", function()
    local path = sh:file("a.csv", '\xEF\xBB\xBF# by hand\r\n\r\ntime,"A, b",note\r\n0, 1 ,"x ""y"""\r\n1,,z\r\n\r\n'
      .. '2,-3e1,"two\nlines"\r\n')
    local columns, names = assert(bioxen.read_table(path))
    assert.same({ "time", "A, b", "note" }, names)
    assert.same({ 0, 1, 2 }, columns.time)
    assert.equal(1, columns["A, b"][1])
    assert.is_true(columns["A, b"][2] ~= columns["A, b"][2])
    assert.equal(-30, columns["A, b"][3])
    assert.same({ 'x "y"', "z", "two\nlines" }, columns.note)
    columns = assert(bioxen.read_table(sh:file("b.tsv", "a\tb\n1\t2")))
    assert.same({ a = { 1 }, b = { 2 } }, columns)
    assert.same({ 1, 2 }, assert(bioxen.read_table(sh:file("c.csv", "a;b\n1;x\n2;y\n"))).a)
  end)

  it("says where a file is no table", function()
    for text, expected in pairs { [""] = "a line with the names", ['a,b\n1,"2\n'] = "line 2: a quote that is opened",
      ["a,b\n\n1,2,3\n"] = "line 3: 3 values where there are 2 columns", ['a\n"1" 2\n'] = "line 2: text behind a value",
      ["a,a\n1,2\n"] = 'two columns are called "a"' } do
      local path = sh:file("bad.csv", text)
      local columns, err = bioxen.read_table(path)
      assert.is_nil(columns)
      assert.equal("EFILE", err.code)
      assert.truthy(err.message:find(path .. ": " .. expected, 1, true), err.message)
    end
    assert.equal("EFILE", select(2, bioxen.read_table "/nowhere.csv").code)
    assert.error_matches(function() bioxen.read_table(5) end, "bad argument 'path': a file's name expected, got 5")
  end)
end)
