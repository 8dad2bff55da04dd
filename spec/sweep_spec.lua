-- bioxen.sweep: a function of parameters at the points of a design, in one go, in shards, and from where it was left.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local cjson = require "cjson"
local core = require "bioxen.core"
local fault_bench = require "spec.support.fault_bench"
local sbml = require "spec.support.sbml"
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

  it("leaves what is done after ^C on the command line, in one line of words", function()
    local file, record = sh:file("endless.lua", [[return { parameters = { k = { 1, 2, 3 } }, vms = 1,
      run = "while args.k == 3 do end return args.k" }]]), new_path()
    local _, said = sh(([[cd %s; %s sweep %s --record %s --out left.csv --quiet 2>&1 & pid=$!
      until [ "$(wc -l <%s)" = 3 ]; do sleep 0.01; done 2>/dev/null; kill -INT $pid; wait $pid; echo $?]]):format(
      sh.scratch, sh.program, file, record, record))
    assert.equal("bioxen: interrupted; 2 of 3 points are kept, and the same command goes on\n130\n", said)
    assert.equal("point,k,replicate,value\n1,1,1,1\n2,2,1,2\n", shell.read(sh.scratch .. "/left.csv"))
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

  it("is saved as CSV, JSON or HDF5, by the name of the file", function()
    local result = assert(bioxen.sweep { parameters = { k = { 1, 2 }, kind = { "a" } }, vms = 1,
      run = "if args.k == 2 then error 'two' end return { half = args.k/2, yes = true }" })
    for _, name in ipairs { "t.csv", "t.json", "t.h5" } do assert.is_true(result:save(sh.scratch .. "/" .. name)) end
    assert.equal(result:csv(), shell.read(sh.scratch .. "/t.csv"))
    assert.equal("EFILE", select(2, result:save(sh.scratch .. "/t.pdf")).code)
    local decoded = cjson.decode(shell.read(sh.scratch .. "/t.json"))
    assert.same({ "point", "k", "kind", "replicate", "half", "yes", "error" }, decoded.names)
    assert.same({ 0.5, cjson.null }, decoded.columns.half)
    assert.same({ cjson.null, "ESCRIPT: map:1: two" }, decoded.columns.error)
    assert.equal("\x89HDF", shell.read(sh.scratch .. "/t.h5"):sub(1, 4))
    local large = assert(bioxen.sweep { rows = { { k = 1 } }, vms = 1, run = "return math.maxinteger" })
    local saved, err = large:save(sh.scratch .. "/large.h5")
    assert.is_nil(saved)
    assert.matches("column value, point 1: the doubles of a report do not hold 9223372036854775807", err.message)
  end)

  it("draws itself: lines along one parameter, a heat map over two, points where there are more", function()
    local function drawn(parameters, more, plot)
      local given = { parameters = parameters, vms = 1, reuse = true,
        run = "return { A = (args.k or 0) + (args.m or 0) + args.replicate, B = 1 }" }
      for name, value in pairs(more or {}) do given[name] = value end
      plot = plot or { names = { "A" } }
      plot.text, plot.ascii, plot.size = true, true, { 60, 6 }
      return assert(bioxen.sweep(given)):plot(plot)
    end
    local k, m = { from = 1, to = 100, count = 3, log = true }, { from = 0, to = 2, count = 3 }
    assert.matches("\n +k\n  1 A   2 B\n$", drawn({ k = m }, nil, {}))
    assert.matches("1 +2 +5 +10 +20 +50 +100\n +k\n$", drawn { k = k })
    assert.matches("^ +mean and standard deviation of replicates\n A\n.*:.*%*", drawn({ k = m }, { replicates = 3 }))
    assert.matches("^ m\n.*1 +10 +100\n +k\n  A  2 [^ ]+ 103\n$", drawn { k = k, m = m })
    assert.matches("\n  1 m = 0   2 m = 1   3 m = 2\n$", drawn({ k = k, m = m }, nil, { names = { "A" }, x = "k" }))
    assert.matches("\n +k\n\n A\n.*\n +m\n", drawn({ k = { from = 1, to = 2 }, m = { from = 0, to = 2 } },
      { design = "random", points = 5 }))
    assert.matches("^ kind   A\n +a |#.* 1\n +b |#.* 1\n", drawn { kind = { "a", "b" } })
    local none = assert(bioxen.sweep { rows = { { k = 1 }, { k = 2 } }, vms = 1, run = "return 'text'" })
    assert.matches("^spec/sweep_spec.lua:%d+: plot: the sweep has no columns", select(2, pcall(function()
      assert(none:plot())
    end)))
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
    assert.matches("%-%-plot: a name that ends in .png, .svg, .pdf or .html",
      (select(3, sh(("bioxen sweep %s --plot x.gif"):format(file)))))
    assert.equal(1, (sh(("bioxen sweep %s --out %s/scan.h5"):format(file, sh.scratch))))
    assert.equal("\x89HDF", shell.read(sh.scratch .. "/scan.h5"):sub(1, 4))
    assert.equal(1, (sh(("bioxen sweep %s --out %s/scan.svg"):format(file, sh.scratch))))
  end)
end)

describe("bioxen scan", function()
  local model
  setup(function()
    model = sh:file("decay.xml", sbml.document {
      substance = "item", compartments = { sbml.compartment("c", 1) },
      species = { sbml.species("A", 'initialAmount="100"', 'hasOnlySubstanceUnits="true"'),
        sbml.species("B", 'initialAmount="0"', 'hasOnlySubstanceUnits="true"') },
      parameters = { sbml.parameter("k", 0.1), sbml.parameter("twice", 0, false) },
      rules = { sbml.rule("assignment", "twice", sbml.apply("times", 2, "A")) },
      reactions = { sbml.reaction("R", { "A" }, { "B" }, sbml.apply("times", "k", "A")) },
    })
  end)

  local function rows_of(words)
    local status, out, err = sh(("bioxen scan %s --duration 10 %s"):format(model, words))
    assert.same({ 0, "" }, { status, err })
    local rows = {}
    for line in out:gmatch "[^\n]+" do
      local row = {}
      for cell in line:gmatch "[^,]+" do row[#row + 1] = tonumber(cell) or cell end
      rows[#rows + 1] = row
    end
    return rows
  end

  it("runs a model at the points of a grid, in parameters and initial values", function()
    local rows = rows_of "--vary k=log:0.01:1:3 --vary A=50,200 --measure B,max:A,mean:twice,time_of_max:B"
    assert.same({ "point", "A", "k", "replicate", "B", "max_A", "mean_twice", "time_of_max_B" }, rows[1])
    assert.equal(7, #rows)
    for i = 2, 7 do
      local _, a, k, _, b, most, mean, when = table.unpack(rows[i])
      local sum = 0
      for t = 0, 100 do sum = sum + 2*a*math.exp(-k*t/10)/101 end
      assert.near(a*(1 - math.exp(-10*k)), b, 1e-6*a)
      assert.near(sum, mean, 1e-6*a)
      assert.same({ a, 10 }, { most, when })
    end
    assert.same({ 0.1, 200 }, { rows[6][3], rows[6][2] })
  end)

  it("finds steady states, and says where there is none", function()
    local flow = sh:file("flow.xml", sbml.document { substance = "item", compartments = { sbml.compartment("c", 1) },
      species = { sbml.species("A", 'initialAmount="0"', 'hasOnlySubstanceUnits="true"') },
      parameters = { sbml.parameter("k", 2), sbml.parameter("d", 1) },
      reactions = { sbml.reaction("In", {}, { "A" }, "k"), sbml.reaction("Out", { "A" }, {},
        sbml.apply("times", "d", "A")) } })
    local status, out, err = sh(("bioxen scan %s --vary d=0,0.5,4 --steady --measure A,flux:Out"):format(flow))
    assert.equal(1, status)
    assert.matches("1 of 3 points failed", err)
    assert.matches("^point,d,replicate,A,flux_Out,reached,stability,error\n1,0,1,,,,,[^\n]*grow[^\n]*\n"
      .. "2,0.5,1,4,2,true,stable,\n3,4,1,0.5,2,true,stable,\n$", out)
    assert.matches("no X", (select(2, sh(("bioxen scan %s --vary k=1,2 --steady --measure flux:X"):format(flow)))))
    assert.matches("two columns would have the name A", (select(3, sh(("bioxen scan %s --vary k=1,2 --steady "
      .. "--measure A,A"):format(flow)))))
  end)

  it("draws points from a seed, and has runs of stochastic methods as replicates", function()
    local words = "--vary k=0:1 --latin 4 --replicates 2 --method ssa --measure A --vms "
    local rows = rows_of(words .. 1)
    assert.equal(9, #rows)
    assert.same(rows, rows_of(words .. 2))
    assert.equal(rows[2][2], rows[3][2])
    local strata = {}
    for i = 2, 8, 2 do strata[math.floor(rows[i][2]*4)] = true end
    assert.same({ [0] = true, true, true, true }, strata)
    assert.not_same(rows, rows_of(words .. "2 --seed 5"))
  end)

  it("is there as bioxen simulate --scan, too", function()
    local status, out, err = sh(("bioxen simulate %s --scan k=0:1:3 --duration 10 --record A --seed 1"):format(model))
    assert.same({ 0, "" }, { status, err })
    local _, same = sh(("bioxen scan %s --vary k=0:1:3 --duration 10 --measure A --seed 1"):format(model))
    assert.equal(same, out)
    _, _, err = sh(("bioxen simulate %s --scan k=1 --duration 1 --check"):format(model))
    assert.matches("%-%-scan and %-%-check can not", err)
  end)

  it("goes on from a record, if the model and the run are the same", function()
    local words = ("--vary k=0:1:3 --record %s "):format(new_path())
    local rows = rows_of(words)
    assert.same(rows, rows_of(words))
    local status, _, err = sh(("bioxen scan %s --duration 10 %s --set A=50"):format(model, words))
    assert.equal(1, status)
    assert.matches("record of another sweep", err)
  end)

  it("refuses what the model has not, and words that it does not know", function()
    for words, expected in pairs { ["--vary q=0:1:3"] = "%-%-vary: the model has no 'q'",
      ["--vary k=0:1:3 --measure q"] = "%-%-measure: the model has no 'q'", [""] = "missing option '%-%-vary'",
      ["--vary k=0:1"] = "NAME=FROM:TO:COUNT", ["--vary k=0:1:3 --random 5"] = "NAME=FROM:TO,",
      ["--vary k=0:x:3"] = "NAME=FROM", ["--vary k=1,2:3"] = "NAME=FROM",
      ["--vary k=1 --vary k=2"] = "k is there twice",
      ["--vary k=0:1:3 --measure sum:A"] = "last:, max:, mean:, min:, time_of_max: before a name",
      ["--vary k=1,2 --set k=3"] = "k has a value by %-%-set", ["--vary twice=1,2"] = "twice",
      ["--vary k=1,2 --plot x.gif"] = "%-%-plot: a name" } do
      local status, out, err = sh(("bioxen scan %s --duration 10 %s"):format(model, words))
      assert.not_equal(0, status)
      assert.equal("", out)
      assert.matches(expected, err)
    end
  end)
end)

-- ---- time, and pools ----

describe("a sweep with a budget", function()
  local vm
  setup(function()
    vm = assert(bioxen.create_bio_vm("waiting", "minimal_cell"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  -- The work of 2 lasts longer than there is time.
  local BUDGET = 0.2
  local function work(_, k)
    local began = core.clock()
    while k == 2 and core.clock() < began + BUDGET do end
    if k == 1 then return nil, "no" end
    return k
  end

  it("begins nothing after it, and is gone on with", function()
    local given = { parameters = { k = { 1, 2, 3, 4 } }, vms = { vm }, budget = BUDGET, record = new_path(),
      run = function(_, at) return work(nil, at.k) end }
    local result = assert(bioxen.sweep(given))
    assert.same({ 2, 2, 1, true }, { #result.rows, result.missing, result.failed, result.out_of_time })
    given.budget = nil
    result = assert(bioxen.sweep(given))
    assert.same({ 4, 0, 1 }, { #result.rows, result.missing, result.failed })
    assert.is_nil(result.out_of_time)
  end)

  it("leaves out what was to be tried again", function()
    local seen = {}
    for i, answer in bioxen.map({ 1, 2, 3 }, work, { vms = { vm }, budget = BUDGET, retries = 1 << 30 }) do
      seen[i] = answer
    end
    assert.same({}, seen)
    for i, answer in bioxen.map({ 2, 3 }, work, { vms = { vm }, budget = BUDGET }) do seen[i] = answer end
    assert.same({ 2 }, seen)
  end)

  it("says on the command line that time is over", function()
    local file = sh:file("long.lua", "return { parameters = { k = { 1, 2 } }, run = 'return 1' }")
    local status, out, err = sh(("bioxen sweep %s --budget 1e-9 --record %s --quiet"):format(file, new_path()))
    assert.same({ 1, "point,k,replicate\n" }, { status, out })
    assert.equal("bioxen: 0 of 2 points are done, and time is over: the same command goes on\n", err)
  end)
end)

describe("a sweep in guests of a pool", function()
  local missing = fault_bench.missing()
  if missing then return pending("skipped: " .. missing) end
  local bench
  setup(function()
    assert(bioxen.create_bio_vm("first", "minimal_cell")):start() -- the zygote stays
    bench = fault_bench.open()
  end)
  teardown(function() bench:close() end)

  local function given(more)
    local all = { rows = {}, seed = 3, run = "return { twice = 2*args.k, draw = math.random() }" }
    for k = 1, 24 do all.rows[k] = { k = k } end
    for name, value in pairs(more or {}) do all[name] = value end
    return all
  end

  it("is the same to the byte, also where guests and couriers are killed, and leaves nothing", function()
    bench:clean(function()
      local here, there, told = new_path(), new_path(), {}
      assert(bioxen.sweep(given { record = here }))
      local result = assert(bioxen.sweep(given { pool = bench:config(), guests = 2, vms_per_guest = 2, record = there,
        notice = function(words) told[#told + 1] = words end,
        progress = function(done)
          if done == 4 then bench.pool:guest { vm = bench.pool:guests()[1].vm, action = "kill" } end
          if done == 12 then fault_bench.kill(fault_bench.couriers()[1]) end
        end }))
      assert.same({ 0, 0 }, { result.failed, result.missing })
      assert.equal(shell.read(here), shell.read(there))
      assert.matches("^guest %d ", told[1]) -- was lost, or could not be made
    end)()
  end)

  it("records the error of a point, which costs no guest", function()
    bench:clean(function()
      local told = {}
      local result = assert(bioxen.sweep { rows = { { k = 1 }, { k = 2 } }, pool = bench:config(), timeout = 0.2,
        run = [[if args.k == 1 then
            setmetatable({}, { __gc = function() while true do end end }) collectgarbage()
          end return args.k]], notice = function(words) told[#told + 1] = words end })
      assert.same({ 1, 2, {} }, { result.failed, result.rows[2].value, told })
      assert.matches("^EDEADLINE", result.rows[1].error)
    end)()
  end)

  it("gives up where no guest can be made, and points stay missing", function()
    bench:clean(function()
      local path = new_path()
      local result, err = bioxen.sweep(given { pool = bench:config { password = "wrong" }, guests = 2, record = path })
      assert.is_nil(result)
      assert.equal("EAUTH", err.code)
      assert.matches("^no guest is left: ", err.message)
      assert.equal(24, assert(bioxen.sweep(given { record = path, vms = 1 })).missing
        + #assert(bioxen.sweep(given { record = path, vms = 1 })).rows)
    end)()
  end)

  it("fails what three guests were lost with", function()
    bench:clean(function()
      local result = assert(bioxen.sweep { rows = { { k = 1 }, { k = 2 } }, pool = bench:config(), guests = 2,
        run = function(vm, at)
          if at.k == 1 then bench.pool:guest { vm = vm:get_status().uuid, action = "kill" } end
          return vm:submit("return args", { args = at.k })
        end })
      assert.same({ 1, 2 }, { result.failed, result.rows[2].value })
      assert.equal("EGUEST: its guest was lost 3 times", result.rows[1].error)
    end)()
  end)

  it("refuses what does not go with it", function()
    local function complaint(more)
      return select(2, pcall(function() bioxen.sweep(given(more)) end))
    end
    local text = complaint { pool = "pool.json", vms = 2, config = { xcpng_config = "x" } }
    assert.matches("spec/sweep_spec.lua:%d+: options.config.xcpng_config: goes with no pool", text)
    assert.matches("\n  options.vms: goes with no pool", text)
    assert.matches("options.guests: goes with pool alone", complaint { guests = 2 })
    assert.matches("spec/sweep_spec.lua:%d+: config.xcpng_config.password: missing",
      complaint { pool = { xapi_url = "https://nowhere" } })
    assert.equal("EFILE", select(2, bioxen.sweep(given { pool = "/nowhere.json" })).code)
    local file = sh:file("pool.lua", "return { rows = { { k = 1 } }, run = 'return 1', pool = '/nowhere.json', "
      .. "guests = 2 }")
    assert.same({ 0, "point,k,replicate,value\n1,1,1,1\n", "" }, { sh(("bioxen sweep %s --vms 1"):format(file)) })
    assert.matches("has its VMs on the cluster's nodes",
      (select(3, sh(("bioxen sweep submit --slurm %s %s/array"):format(file, sh.scratch)))))
  end)
end)

-- ---- Slurm ----

-- A folder whose name a shell would trip over, and in it a sweep, whose points in `stops` do not come to their end
-- when they are first met: they do what `stop` says. Gives the folder, and a function that runs commands in it.
local function new_array(count, stops, stop, environment)
  files = files + 1
  local folder = ("%s/it's \"no. %d\" $HOME `x` %%a"):format(sh.scratch, files)
  assert(core.make_folder(folder))
  shell.write(folder .. "/the sweep.lua", ([[
    local folder, stops = %q, { %s }
    local function stop(at) %s end
    return { rows = (function()
      local rows = {}
      for k = 1, %d do rows[k] = { k = k } end
      return rows
    end)(), seed = 3, reuse = true, run = function(vm, at)
      local met = stops[at.k] and io.open(folder .. "/met-" .. at.k)
      if met then met:close() end
      if stops[at.k] and not met then
        io.open(folder .. "/met-" .. at.k, "w"):close()
        return stop(at)
      end
      return vm:submit("return { half = args.k/2, draw = math.random() }", { args = at })
    end }]]):format(folder, stops, stop, count))
  local around = environment(folder)
  return folder, function(command)
    return sh(("cd %s && %s; %s"):format(shell.quote(folder), around, command))
  end
end

-- That all of it has come to what one machine comes to, to the byte.
local function is_whole(run, more)
  assert.same({ 0, "", "" }, { run "bioxen sweep collect 'the jobs' --out got.csv" })
  assert.same({ 0, "", "" }, { run("bioxen sweep 'the sweep.lua' --record local.jsonl --out local.csv --quiet"
    .. (more or "")) })
  assert.same({ 0, "", "" }, { run "cmp got.csv local.csv && cmp 'the jobs/all.jsonl' local.jsonl" })
end

describe("a sweep as an array", function()
  -- Programs that stand for Slurm's: sbatch runs the tasks, but those that skipped names.
  local function stand_in(folder)
    assert(core.make_folder(folder .. "/bin"))
    local programs = {
      sbatch = [[printf '%s\n' "$@" >sbatch
        while [ "${1#--}" != "$1" ]; do case $1 in --array=*) array=${1#*=} ;; esac; shift; done
        for range in ${array//,/ }; do
          for task in $(seq "${range%-*}" "${range#*-}"); do
            grep -qx "$task" skipped 2>/dev/null ||
              (cd / && SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$task SLURMD_NODENAME=here sh "$@")
          done
        done
        echo 7]],
      squeue = "[ ! -e broken ] || { echo 'Unable to contact' >&2; exit 1; }; cat queue 2>/dev/null || true",
      sacct = "cat accounts",
      scancel = [[printf '%s\n' "$@" >scancel]],
    }
    for name, text in pairs(programs) do shell.write(folder .. "/bin/" .. name, "#!/bin/bash\n" .. text .. "\n") end
    return 'chmod -f +x bin/*; PATH="$PWD/bin:$PATH"'
  end

  local SUBMIT = "bioxen sweep submit --slurm 'the sweep.lua' 'the jobs' "
  local KILLED = [[if at.k == 5 then os.execute("kill -9 " .. io.open "/proc/self/stat":read "n") end
    return nil, "two"]]

  it("is submitted, looked at, submitted again in what it lacks, and collected", function()
    local folder, run = new_array(12, "[5] = true, [6] = true", KILLED, stand_in)
    shell.write(folder .. "/skipped", "3\n4\n")
    local status, out, err = run(SUBMIT .. "--tasks 4 --partition short --vms 1 --sbatch=--time=5 --sbatch=--mem=1G")
    assert.same({ 0, "job 7: 12 points in 4 tasks\n", "" }, { status, out, err })
    local name = shell.read(folder .. "/sbatch"):match "%-%-job%-name=(bioxen%-%x+)\n"
    assert.equal(table.concat({ "--parsable", "--no-requeue", "--output=/dev/null", "--job-name=" .. name,
      "--array=1-4", "--cpus-per-task=1", "--partition=short", "--time=5", "--mem=1G",
      core.real_path(folder) .. "/the jobs/task.sh", "1", "" }, "\n"), shell.read(folder .. "/sbatch"))
    shell.write(folder .. "/queue", "3 PENDING\n")
    out = select(2, run "bioxen sweep status 'the jobs'")
    assert.matches("^points: 4 of 12 done, 1 of them failed\ntasks: 1 done, 0 running, 1 waiting, 2 stopped\n"
      .. "task 1 ended with status 137: 1 of 3 points done; see .*/the jobs/1.1.log\n"
      .. "task 4 never began: 0 of 3 points done\n$", out)
    shell.write(folder .. "/queue", "1 NODE_FAIL\n4 RUNNING\n4 PREEMPTED\n3 SIGNALING\n")
    shell.write(folder .. "/accounts", "7_1|FAILED\n7_3|PREEMPTED\n7_4|CANCELLED by 0\n7_4|RUNNING\n")
    assert.matches("2 running, 0 waiting, 1 stopped\ntask 1 ended by Slurm, NODE_FAIL:",
      (select(2, run "bioxen sweep status 'the jobs'")))
    os.remove(folder .. "/queue")
    assert.matches("3 ended by Slurm, PREEMPTED:.*4 ended by Slurm, CANCELLED:",
      (select(2, run "bioxen sweep status 'the jobs'")))
    status, out, err = run "bioxen sweep collect 'the jobs'"
    assert.equal(1, status)
    assert.matches("\n6,6,1,,,ESCRIPT: [^\n]*two\n", out)
    assert.matches("4 of 12 points are done", err)

    os.remove(folder .. "/skipped")
    assert.same({ 0, "job 7: 3 tasks\n", "" }, { run "bioxen sweep resubmit 'the jobs'" })
    assert.matches("\n%-%-array=1,3%-4\n.*\n2\n%-%-retry\n$", shell.read(folder .. "/sbatch"))
    assert.same({ 0, "there is nothing to do again\n", "" }, { run "bioxen sweep resubmit 'the jobs'" })
    assert.same({ 0, "job 7: 1 task\n", "" }, { run "bioxen sweep resubmit --retry 'the jobs'" })
    is_whole(run)
    assert.same({ 0, "", "" }, { run "bioxen sweep cancel 'the jobs'" })
    assert.equal("--name=" .. name .. "\n", shell.read(folder .. "/scancel"))
  end)

  it("has as many tasks as a few points that are measured make of it", function()
    local folder, run = new_array(40, "", "", stand_in)
    local function tasks(words)
      local _, out, err = run(("bioxen sweep submit --slurm 'the sweep.lua' %s"):format(words))
      assert.matches("a few points are done here", err)
      return tonumber(out:match "40 points in (%d+) task")
    end
    shell.write(folder .. "/skipped", table.concat({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, "\n"))
    assert.equal(1, tasks "long")
    shell.write(folder .. "/bin/sbatch", "#!/bin/sh\necho 8\n")
    assert.equal(40, tasks "short --seconds 1e-7")
  end)

  it("says what is missing, or in the way, and leaves nothing of what was not submitted", function()
    local folder, run = new_array(2, "", "", stand_in)
    local function complaint(words)
      local status, _, err = run(words)
      assert.not_equal(0, status, words)
      return err
    end
    os.remove(folder .. "/bin/sbatch")
    assert.matches("sbatch is not on this machine: Slurm's client programs are needed",
      complaint("ln -s $(command -v sh env) bin; PATH=$PWD/bin; " .. SUBMIT .. "--tasks 1"))
    shell.write(folder .. "/bin/sbatch", "#!/bin/sh\necho 'sbatch: error: Invalid partition' >&2\nexit 1\n")
    assert.matches("sbatch: error: Invalid partition", complaint(SUBMIT .. "--tasks 1"))
    assert.is_nil(core.real_path(folder .. "/the jobs"))
    shell.write(folder .. "/bin/sbatch", "#!/bin/sh\necho 9\n")
    assert.equal(0, (run(SUBMIT .. "--tasks 1")))
    assert.matches("a sweep was submitted there", complaint(SUBMIT .. "--tasks 1"))
    assert.matches("no point has been done yet", complaint "bioxen sweep collect 'the jobs'")
    shell.write(folder .. "/queue", "N/A CANCELLED\n[1-2] PENDING\n")
    assert.matches("squeue: a task by its number expected, got %[1%-2%] PENDING",
      complaint "bioxen sweep status 'the jobs'")
    shell.write(folder .. "/queue", "1 FAILED\n")
    assert.matches("task 1 ended without a word: does its node see the folder%?: 0 of 2",
      (select(2, run "bioxen sweep status 'the jobs'")))
    shell.write(folder .. "/broken", "")
    assert.matches("squeue: Unable to contact", complaint "bioxen sweep status 'the jobs'")
    assert.matches("squeue: Unable to contact", complaint "bioxen sweep resubmit 'the jobs'")
    assert.matches("no folder of bioxen sweep submit", complaint "echo 1 >plan.json; bioxen sweep status .")
    assert.matches("%-%-slurm", complaint "bioxen sweep submit 'the sweep.lua' other")
    assert.matches("a file expected", complaint "bioxen sweep submit --slurm none.lua other")
    shell.write(folder .. "/wrong.lua", "return { rows = { { k = 1 } }, run = '', seed = 'x' }")
    assert.matches("bioxen: .*sweep.seed: ", complaint "bioxen sweep submit --slurm wrong.lua other --tasks 1")
  end)

  it("has not failed at a point whose task was killed", function()
    local folder, run = new_array(1, "[1] = true", "return nil, 'its VM is gone'", stand_in)
    assert.equal(0, (run(SUBMIT .. "--tasks 1 --seed=-5")))
    assert.matches("1 done, 0 run", (select(2, run "bioxen sweep status 'the jobs'")))
    -- What it is where Slurm ended the run, or the script, too.
    shell.write(folder .. "/queue", "1 PREEMPTED\n")
    assert.matches("1 ended by Slurm, PREEMPTED: 1 of 1", (select(2, run "bioxen sweep status 'the jobs'")))
    os.remove(folder .. "/queue")
    assert.equal(0, (run "sed -i 's/status 1/status 143/' 'the jobs/1.1.state'"))
    assert.matches("1 ended with status 143: 1 of 1", (select(2, run "bioxen sweep status 'the jobs'")))
    assert.equal(0, (run "sed -i /ended/d 'the jobs/1.1.state'"))
    assert.matches("1 stopped\ntask 1 ended without a word: killed, or its node lost: 1 of 1 points done, 1 failed",
      (select(2, run "bioxen sweep status 'the jobs'")))
    assert.equal(0, (run "bioxen sweep resubmit 'the jobs'"))
    is_whole(run, " --seed=-5")
  end)

  it("is not collected with points of another sweep", function()
    local folder, run = new_array(2, "", "", stand_in)
    shell.write(folder .. "/skipped", "1\n2\n")
    assert.equal(0, (run(SUBMIT .. "--tasks 2")))
    os.remove(folder .. "/skipped")
    assert.equal(0, (run "sed -i 's/seed = 3/seed = 4/' 'the sweep.lua'"))
    assert.equal(0, (run "bioxen sweep resubmit 'the jobs'"))
    local status, _, err = run "bioxen sweep collect 'the jobs'"
    assert.equal(1, status)
    assert.matches("was changed after it was submitted", err)
  end)
end)

describe("a sweep on a real Slurm", function()
  local STOP = [[os.execute("tail --pid=" .. io.open "/proc/self/stat":read "n" .. " -f /dev/null")]]
  local slurm -- the folder of its daemons
  local function daemons(words)
    return sh(("spec/support/slurm.sh %s"):format(words:format(shell.quote(slurm))))
  end
  teardown(function() if slurm then daemons "down %s" end end)

  -- Wait until f gives something: that.
  local function wait_for(what, f)
    local before = core.clock()
    while true do
      local found = f()
      if found then return found end
      assert(core.clock() - before < 60, what)
      os.execute "sleep 0.1"
    end
  end

  it("survives the end of a task and of a node", function()
    if not os.getenv "BIOXEN_MORE" then return pending "scripts/test.sh --more does this" end
    if sh "PATH=$PATH:/usr/sbin; type slurmctld slurmd sbatch munged" ~= 0 then
      return pending "Slurm is not installed: slurmctld, slurmd, slurm-client and munge"
    end
    slurm = sh.scratch .. "/slurm"
    assert.same({ 0, "", "" }, { sh("chmod 755 " .. shell.quote(sh.scratch)) })
    assert.equal(0, (daemons "up %s"))
    local folder, run = new_array(1000, "[203] = true, [404] = true", STOP, function() return ". ../slurm/env" end)
    wait_for("an idle node", function() return select(2, run "sinfo -h -o %%T") == "idle\n" end)
    local status, out = run "bioxen sweep submit --slurm 'the sweep.lua' 'the jobs' --tasks 10 --partition short"
    assert.equal(0, status)
    local job = out:match "^job (%d+): 1000 points in 10 tasks\n$"
    local function told() return select(2, run "SQUEUE_PARTITION=none bioxen sweep status 'the jobs'") end
    for _, point in ipairs { 203, 404 } do
      wait_for("point " .. point, function() return core.is_file(("%s/met-%d"):format(folder, point)) end)
    end
    wait_for("eight tasks", function() return told():find("tasks: 8 done, 2 running, 0 waiting, 0 stop", 1, true) end)

    assert.equal(0, (run(("scancel --signal=KILL %s_3"):format(job))))
    assert.equal(0, (daemons "node %s down"))
    assert.equal(0, (run "scontrol update nodename=$(hostname -s) state=down reason=spec"))
    out = wait_for("two stopped", function()
      local words = told()
      return words:find "2 stopped" and words
    end)
    assert.matches("\ntask 3 ended [^\n]* 2%d of 100 points done.*\ntask 4 ended by Slurm, NODE_FAIL: 40 of 100", out)
    assert.equal(1, (run "bioxen sweep collect 'the jobs' --out part.csv"))

    assert.equal(0, (daemons "node %s up"))
    assert.equal(0, (run "scontrol update nodename=$(hostname -s) state=resume"))
    assert.matches(": 2 tasks\n", (select(2, run "bioxen sweep resubmit 'the jobs'")))
    wait_for("all tasks", function() return told():find("tasks: 10 done", 1, true) end)
    is_whole(run)
  end)

  it("is taken back", function()
    if not slurm then return pending "there is no Slurm" end
    local folder, run = new_array(2, "[1] = true", STOP, function() return ". ../slurm/env" end)
    assert.equal(0, (run "bioxen sweep submit --slurm 'the sweep.lua' 'the jobs' --tasks 2"))
    wait_for("its first task", function() return core.is_file(folder .. "/met-1") end)
    assert.same({ 0, "", "" }, { run "bioxen sweep cancel 'the jobs'" })
    local words = wait_for("its end", function()
      local words = select(2, run "bioxen sweep status 'the jobs'")
      return words:find " 0 running, 0 waiting" and words
    end)
    assert.matches("stopped\ntask 1 ended by Slurm, CANCELLED", words)
    assert.matches(": %d tasks?\n", (select(2, run "bioxen sweep resubmit 'the jobs'")))
    wait_for("all tasks", function() return select(2, run "bioxen sweep status 'the jobs'"):find "tasks: 2 done" end)
    is_whole(run)
  end)
end)
