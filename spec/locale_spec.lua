-- In a host whose locale writes 0,5 everything comes out as in any other: numbers have a point.

local shell = require "spec.support.shell"

-- What writes and reads numbers in the host, after the locale was set. cjson.safe was loaded before.
local script = [[
local bioxen = require "bioxen"
require "cjson.safe"
local locale = os.getenv "LOCALE"
if locale ~= "C" then assert(os.setlocale(locale) and tostring(0.5) == "0,5") end
local folder = os.getenv "FOLDER"

local function show(...) io.write(table.concat({ ... }, "\n"), "\n") end

local vm <close> = assert(bioxen.create_bio_vm("locale", "minimal_cell"))
assert(vm:start())
local answer = assert(vm:execute_biological_process [=[
  cell:clear()
  process "p" { species = { A = 150, B = 0 }, reactions = { { "A -> B", k = "0.25", name = "r" } } }
  local many = cell:ensemble { duration = 1.5, every = 0.5, runs = 20, seed = 1, quantiles = { 0.025, 0.975 } }
  return { cell:run { duration = 1.5, every = 0.25 }, many, cell:to_sbml() }]=]).result
show(answer[1]:to_csv(), answer[1]:to_json(), answer[2]:to_csv(), answer[2]:to_json(), answer[3])
assert(vm:execute_biological_process "cell:clear()")
show(assert(vm:load_sbml(answer[3])).name)

for i, y in ipairs { { 1.5, 2.25, 3.125 }, { 1.5e-7, 2.5e-7, 1e-3 }, { 12345.5, 12346, 12346.75 } } do
  show(bioxen.plot { text = true, ascii = true, series = { { y = y } }, title = "3,5 words" })
  local path = ("%s/%d.svg"):format(folder, i)
  show(bioxen.plot { file = path, log = i == 2 and "y" or nil, title = "3,5 words",
    series = { { y = y, style = "points" } } } and io.open(path):read "a" or "no picture")
end
show(answer[2]:plot { text = true, ascii = true, histogram = "A" }, answer[2]:plot { text = true, ascii = true })

local _, err = vm:execute_biological_process("while true do end", { timeout = 0.25 })
show(err.message)
show(require "bioxen.cli.json".encode { half = 0.5, tiny = 1e-7/3, n = 12345 })
local path = folder .. "/config.json"
io.open(path, "w"):write '{ "request_timeout": 2.5 }':close()
show(("%q"):format(assert(require "bioxen.xcpng.config".read_file(path)).request_timeout))
]]

describe("a host whose locale has a decimal comma", function()
  local sh = shell.open()

  teardown(function() sh:close() end)

  local loc = sh.scratch .. "/loc"
  local there = sh(("command -v gnuplot && mkdir %s && localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8"):format(loc, loc))
  if there ~= 0 then
    pending "skipped: gnuplot, or localedef with its sources (Debian's package locales), is not there"
    return
  end

  it("writes and reads every number as others do", function()
    local path = sh:file("script.lua", script)
    local function in_locale(name)
      local status, out, err = sh(("FOLDER=%s/%s LOCPATH=%s LOCALE=%s; mkdir $FOLDER; export FOLDER LOCPATH LOCALE; "
        .. "bioxen %s"):format(sh.scratch, name, loc, name, path))
      assert.same({ 0, "" }, { status, err })
      return out
    end
    local plain = in_locale "C"
    assert.equal(plain, in_locale "de_DE.UTF-8")
    for _, part in ipairs { "</svg>", "97.5 %", '"half": 0.5' } do assert.truthy(plain:find(part, 1, true), part) end
  end)
end)
