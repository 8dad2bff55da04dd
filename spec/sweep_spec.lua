-- bioxen.sweep: a function of parameters at the points of a design, in one go, in shards, and from where it was left.

local bioxen = require "bioxen"
local core = require "bioxen.core"
local shell = require "spec.support.shell"

local sh
setup(function() sh = shell.open() end)
teardown(function() sh:close() end)

local files = 0
local function new_path()
  files = files + 1
  return ("%s/record-%d.jsonl"):format(sh.scratch, files)
end

local function options(more)
  local all = { parameters = { k = { 1, 2, 3 }, n = { from = 0, to = 1, count = 2 } }, replicates = 2, seed = 7,
    vms = 2, run = "return { sum = args.k + args.n, draw = math.random(), index = args.k }" }
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

local function sweep(more)
  return assert(bioxen.sweep(options(more)))
end

-- A design's points, without running much.
local function points(given)
  given.run, given.vms, given.reuse = "return 1", 1, true
  return assert(bioxen.sweep(given))
end

describe("a sweep", function()
  it("has the points of a grid, the last name changing fastest, and typed columns", function()
    local result = sweep()
    assert.equal("SweepTable", bioxen.type(result))
    assert.equal(12, #result.rows)
    local head = {}
    for i, column in ipairs(result.columns) do head[i] = column.name .. ":" .. column.type end
    assert.same({ "point:integer", "k:integer", "n:number", "replicate:integer", "draw:number", "index:integer",
      "sum:number" }, head)
    assert.same({ 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3 }, (result:column "k"))
    assert.same({ 0.0, 0.0, 1.0, 1.0 }, table.move(result:column "n", 1, 4, 1, {}))
    assert.same({ 1, 2, 1, 2 }, table.move(result:column "replicate", 1, 4, 1, {}))
    assert.equal("\n12,3,1,2,", result:csv():match "\n12,[^\n]*":sub(1, 10))
    local values = {}
    for i, row in ipairs(points { parameters = { x = { from = 1, to = 1000, count = 4, log = true } } }.rows) do
      values[i] = row.x
    end
    for i, expected in ipairs { 1, 10, 100, 1000 } do assert.near(expected, values[i], 1e-9) end
    assert.equal(1000, values[4])
  end)

  it("has points drawn from its seed: at random, one in each stratum, or those of a table", function()
    local parameters = { x = { from = -1, to = 1 }, kind = { "a", "b" }, n = { from = 1, to = 4, integer = true } }
    local drawn = { parameters = parameters, design = "random", points = 40, seed = 3 }
    local seen = {}
    for _, row in ipairs(points(drawn).rows) do
      assert(row.x >= -1 and row.x < 1)
      seen[row.kind], seen[row.n] = true, true
    end
    assert.same({ a = true, b = true, true, true, true, true }, seen)
    local first = points(drawn):csv()
    assert.equal(first, points(drawn):csv())
    drawn.seed = 4
    assert.not_equal(first, points(drawn):csv())

    drawn.design, drawn.points = "latin_hypercube", 8
    local strata, kinds = {}, { a = 0, b = 0 }
    for _, row in ipairs(points(drawn).rows) do
      strata[math.floor((row.x + 1)*4)] = true
      kinds[row.kind] = kinds[row.kind] + 1
    end
    for i = 0, 7 do assert.is_true(strata[i]) end
    assert.same({ a = 4, b = 4 }, kinds)

    local rows = { { a = 1, b = "x" }, { a = 2.5, b = "y" } }
    assert.equal("point,a,b,replicate,value\n1,1,x,1,1\n2,2.5,y,1,1\n", points { rows = rows }:csv())
  end)

  it("comes to the same by any number of VMs, in any shards, to the byte", function()
    local whole, path = sweep():csv(), new_path()
    assert.equal(whole, sweep { vms = 1, reuse = false, record = path }:csv())
    assert.not_equal(whole, sweep { seed = 8 }:csv())
    local shards = {}
    for i = 1, 3 do
      shards[i] = new_path()
      local part = sweep { vms = 1, shard = i .. "/3", record = shards[i] }
      assert.same({ 4, 8 }, { #part.rows, part.missing })
    end
    local merged = new_path()
    local result = assert(bioxen.merge_sweeps(merged, { shards[3], shards[1], shards[2] }))
    assert.equal(whole, result:csv())
    assert.equal(shell.read(path), shell.read(merged))
    local _, err = bioxen.merge_sweeps(merged, { shards[1], new_path() })
    assert.equal("EFILE", err.code)
  end)

  it("keeps what failed with its error, and tries it again only when told", function()
    local broken, calls = true, 0
    local given = { parameters = { k = { 1, 2, 3 } }, record = new_path(), vms = 1, run = function(_, at)
      calls = calls + 1
      if broken and at.k == 2 then return nil, "out of luck" end
      return at.k*2
    end }
    local result = assert(bioxen.sweep(given))
    assert.equal(1, result.failed)
    assert.same({ 2, nil, 6 }, (result:column "value"))
    assert.equal("ESCRIPT: out of luck", result.rows[2].error)
    broken = false
    assert.equal(1, assert(bioxen.sweep(given)).failed)
    assert.equal(3, calls)
    given.retry = true
    result = assert(bioxen.sweep(given))
    assert.same({ 2, 4, 6 }, (result:column "value"))
    assert.same({ 0, 4 }, { result.failed, calls })
    for _, code in ipairs { "return", "return {}", "return { { 1 } }", "return { k = 1 }", "return '\\xff'" } do
      result = assert(bioxen.sweep { rows = { { k = 1 } }, run = code, vms = 1 })
      assert.matches("^ERESULT: ", result.rows[1].error)
    end
  end)

  it("takes what a function gives, and what a job of its VM comes to", function()
    local function run(vm, at)
      if at.k == 1 then return { sim_time = 1.5 } end
      return vm:submit("return { sim_time = args.k }", { args = at })
    end
    local result = assert(bioxen.sweep { parameters = { k = { 1, 2 } }, vms = 1, run = run })
    assert.same({ 1.5, 2.0 }, (result:column "sim_time"))
  end)

  it("goes on where it was killed, with what was written", function()
    local record = new_path()
    local file = sh:file("killed.lua", ([[
      local calls = 0
      return { parameters = { k = { 1, 2, 3, 4, 5, 6 } }, vms = 1, record = %q, run = function(_, at)
        calls = calls + 1
        if calls == 4 then os.execute("kill -9 " .. io.open "/proc/self/stat":read "n") end
        return at.k + 0.5
      end }]]):format(record))
    assert.not_equal(0, (sh("bioxen sweep " .. file .. " >/dev/null")))
    local _, lines = shell.read(record):gsub("\n", "")
    assert.equal(4, lines)
    assert(os.execute(("printf '{\"point\":4,\"at' >>%s"):format(record)))
    local status, out = sh("bioxen sweep " .. file)
    assert.same({ 0, "point,k,replicate,value\n1,1,1,1.5\n2,2,1,2.5\n3,3,1,3.5\n4,4,1,4.5\n5,5,1,5.5\n6,6,1,6.5\n" },
      { status, out })
    local text = shell.read(record)
    assert.equal(0, (sh("bioxen sweep " .. file)))
    assert.equal(text, shell.read(record))
  end)

  it("gives back what it has written: whole numbers, floats, what is not finite, texts", function()
    local given = { parameters = { k = { 1 } }, vms = 1, record = new_path(), run = [[
      return { large = math.maxinteger, whole = 5.0, none = 0/0, endless = -1/0, text = 'a "b",\n', yes = true }]] }
    local result = assert(bioxen.sweep(given))
    local again = assert(bioxen.sweep(given))
    assert.equal(result:csv(), again:csv())
    local row = again.rows[1]
    assert.same({ math.maxinteger, "float", -math.huge, 'a "b",\n', true },
      { row.large, math.type(row.whole), row.endless, row.text, row.yes })
    assert(row.none ~= row.none)
  end)

  it("refuses a record of another sweep, and results of different types", function()
    local path = new_path()
    sweep { record = path }
    for _, more in ipairs { { seed = 8 }, { run = "return 1" }, { replicates = 1 }, { biological_type = "ecoli" } } do
      more.record = path
      local result, err = bioxen.sweep(options(more))
      assert.is_nil(result)
      assert.matches("record of another sweep", err.message)
    end
    local result, err = bioxen.sweep { parameters = { k = { 1, 2 } }, vms = 1,
      run = "if args.k == 1 then return 1 end return 'one'" }
    assert.is_nil(result)
    assert.matches("value are of different types: integer, and at point 2 string", err.message)
    assert.is_true(core.save_file(path, "plain text\n"))
    assert.matches("no record of a sweep", select(2, bioxen.sweep(options { record = path })).message)
  end)

  it("lists every mistake", function()
    local function complaint(given) return select(2, pcall(bioxen.sweep, given)) end
    local text = complaint { parameters = { ["a b"] = { 1 }, point = { 1 }, x = { from = 0, to = 1, log = true },
      y = { {} } }, run = "return 1" }
    for _, words in ipairs { "sweep.parameters.a b: a name", "sweep.parameters.point: a name",
      "sweep.parameters.x: from and to above 0", "sweep.parameters.x.count: missing",
      "sweep.parameters.y[1]: a number" } do
      assert(text:find(words, 1, true), text)
    end
    assert.matches("sweep.points: missing", complaint { parameters = { x = { 1 } }, design = "random", run = "" })
    assert.matches("either these or rows", complaint { run = "" })
    assert.matches('sweep.shard: "I/N"', complaint { rows = { { a = 1 } }, run = "", shard = "3/2" })
    assert.matches("the names of row 1", complaint { rows = { { a = 1 }, { b = 1 } }, run = "" })
  end)

  it("is there on the command line, with shards that become one", function()
    local file = sh:file("scan.lua", [[return { parameters = { k = { 1, 2, 3 } }, vms = 1,
      run = "if args.k == 2 then error 'two' end return args.k" }]])
    local status, whole, err = sh("bioxen sweep " .. file)
    assert.equal(1, status)
    assert.matches("1 of 3 points failed", err)
    assert.equal("point,k,replicate,value,error\n1,1,1,1,\n2,2,1,,ESCRIPT: map:1: two\n3,3,1,3,\n", whole)
    for i = 1, 2 do
      sh(("bioxen sweep %s --shard %d/2 --record %s/%d.jsonl --out /dev/null"):format(file, i, sh.scratch, i))
    end
    local merge = "cd %s && bioxen sweep merge all.jsonl 2.jsonl 1.jsonl"
    assert.same({ 1, whole }, table.move({ sh(merge:format(sh.scratch)) }, 1, 2, 1, {}))
    assert.matches("I of 1 to N", (select(3, sh(("bioxen sweep %s --shard 0/2"):format(file)))))
    assert.equal(2, (sh "bioxen sweep"))
  end)
end)
