-- bioxen simulate: models in SBML, run from the command line.

local cjson = require "cjson"
local sbml = require "spec.support.sbml"
local shell = require "spec.support.shell"

local suite = "../shared/sbml-test-suite/semantic"

-- Kinds of model that differ in what they have: events, delays, rules, initial assignments, functions.
local cases = { "00001", "00005", "00021", "00026", "00036", "00051", "00071", "00101", "00206", "00320", "00410",
  "00995" }

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\r\n]+" do lines[#lines + 1] = line end
  return lines
end

local function cells_of(line)
  local cells = {}
  for cell in line:gmatch "[^,]+" do cells[#cells + 1] = cell:match "^%s*(.-)%s*$" end
  return cells
end

local function settings_of(path)
  local settings = {}
  for key, value in assert(shell.read(path)):gmatch "(%a+):[ \t]*([^\r\n]*)" do settings[key] = value end
  return settings
end

describe("bioxen simulate", function()
  local sh
  setup(function() sh = shell.open() end)
  teardown(function() sh:close() end)

  -- A -> B with constants, molecules.
  local function decay(name)
    return sh:file(name or "decay.xml", sbml.document {
      substance = "item", compartments = { sbml.compartment("c", 1) },
      species = { sbml.species("A", 'initialAmount="100"', 'hasOnlySubstanceUnits="true"'),
        sbml.species("B", 'initialAmount="0"', 'hasOnlySubstanceUnits="true"') },
      parameters = { sbml.parameter("k", 0.1) },
      reactions = { sbml.reaction("R", { "A" }, { "B" }, sbml.apply("times", "k", "A")) },
    })
  end

  local function good(words)
    local status, out, err = sh("bioxen simulate " .. words)
    assert.are.equal(0, status, err)
    return out, err
  end

  local function bad(expected, part, words)
    local status, out, err = sh("bioxen simulate " .. words)
    assert.are.same({ expected, "" }, { status, out })
    assert.truthy(err:find(part, 1, true), err)
  end

  describe("agrees with the SBML Test Suite in", function()
    for _, id in ipairs(cases) do
      it(id, function()
        local prefix = ("%s/%s/%s"):format(suite, id, id)
        local wanted = shell.read(prefix .. "-results.csv")
        if not wanted then return pending(suite .. " is not here, or has no " .. id) end
        local settings = settings_of(prefix .. "-settings.txt")
        local record, amount = cells_of(settings.variables), {}
        for _, name in ipairs(cells_of(settings.amount)) do amount[name] = true end
        local model = assert(shell.read(prefix .. "-sbml-l3v2.xml"))
        for i, name in ipairs(record) do
          local species = model:find('<species [^>]*id="' .. name .. '"')
          if amount[name] and species then record[i] = name .. ".amount" end
        end
        local duration, steps = tonumber(settings.duration), tonumber(settings.steps)
        local out = good(("%s-sbml-l3v2.xml --duration %.17g --every %.17g --record %s --tolerance 1e-9"):format(
          prefix, duration, duration/steps, table.concat(record, ",")))
        local got, expected = lines_of(out), lines_of(wanted)
        assert.are.equal(#expected, #got)
        for row = 2, #expected do
          local mine, theirs = cells_of(got[row]), cells_of(expected[row])
          for column = 2, #theirs do
            local x, y = tonumber(mine[column]), tonumber(theirs[column])
            local allowed = tonumber(settings.absolute) + tonumber(settings.relative)*math.abs(y)
            assert.is_true(math.abs(x - y) <= allowed, ("row %d, %s: %s, not %s"):format(row - 1, record[column - 1],
              mine[column], theirs[column]))
          end
        end
      end)
    end
  end)

  it("writes CSV of the species, a hundred rows and the first", function()
    local lines = lines_of((good(decay() .. " --duration 10")))
    assert.are.equal("time,A,B", lines[1])
    assert.are.equal(102, #lines)
    assert.are.equal("0,100,0", lines[2])
    assert.is_true(math.abs(tonumber(cells_of(lines[102])[2]) - 100*math.exp(-1)) < 1e-4)
  end)

  it("takes absolute tolerances, of all species or by name, in the unit of what is written", function()
    local tiny = sh:file("tiny.xml", sbml.document {
      compartments = { sbml.compartment("c", 1e-15) },
      species = { sbml.species("A", 'initialConcentration="100"'), sbml.species("B", 'initialConcentration="0"') },
      parameters = { sbml.parameter("k", 0.1) },
      reactions = { sbml.reaction("R", { "A" }, { "B" }, sbml.apply("times", "c", "k", "A")) },
    })
    local function error_of_a(words)
      local lines = lines_of((good(tiny .. " --duration 10 --tolerance 1e-9 " .. words)))
      return math.abs(tonumber(cells_of(lines[#lines])[2]) - 100*math.exp(-1))
    end
    for _, words in ipairs { "", "--absolute-tolerance B=1e-9", "--absolute-tolerance A.amount=1e-25" } do
      assert.is_true(error_of_a(words) < 1e-5)
    end
    for _, words in ipairs { "1", "A=1,B=1", "A.concentration=1,B.amount=1e-15" } do
      local loose = error_of_a("--absolute-tolerance " .. words)
      assert.is_true(loose > 1e-4 and loose < 20, words .. " " .. loose)
    end
    bad(1, "--absolute-tolerance", decay() .. " --duration 1 --absolute-tolerance A=much")
    bad(1, 'got "Q"', decay() .. " --duration 1 --absolute-tolerance Q=1")
  end)

  it("reads standard input, and compressed files", function()
    local plain = good(decay() .. " --duration 10")
    assert.are.equal(plain, (good("- --duration 10 <" .. decay())))
    assert.are.equal(0, (sh(("gzip -k -f %s"):format(decay()))))
    assert.are.equal(plain, (good(decay() .. ".gz --duration 10")))
    assert.are.equal(plain, (good("- --duration 10 <" .. decay() .. ".gz")))
    assert.are.equal(0, (sh(("bzip2 -k -f %s"):format(decay()))))
    assert.are.equal(plain, (good(decay() .. ".bz2 --duration 10")))
  end)

  it("repeats stochastic runs by their seed, which it tells where it drew one", function()
    local words = decay() .. " --duration 10 --method ssa"
    local first = good(words .. " --seed 7")
    assert.are.equal(first, (good(words .. " --seed 7")))
    assert.are_not.equal(first, (good(words .. " --seed 8")))
    local drawn, err = good(words)
    local seed = err:match "%-%-seed=(%-?%d+)"
    assert.are.equal(drawn, (good(words .. " --seed=" .. seed)))
    assert.are.equal("", (select(2, good(words .. " --quiet"))))
  end)

  it("keeps the runs before one that fails", function()
    local words = "simulate %s --duration 200 --every 200 --seed 1 --quiet --jobs 1 --runs %d --max-steps %d"
    local model = assert(require("bioxen.core").real_path "spec/tasks/model.xml")
    local status, out, err = sh("bioxen " .. words:format(model, 160, 160))
    assert.equal(1, status)
    assert.equal("bioxen: run 60: the run made 160 steps, its maximum, by time 190.819 s; "
      .. "the first 50 of 160 runs are kept\n", err)
    assert.equal(select(2, sh("bioxen " .. words:format(model, 50, 1000))), out)
  end)

  it("runs ensembles whose numbers do not depend on how many VMs share them", function()
    local words = decay() .. " --duration 10 --runs 200 --seed 3 --quantiles 0.1,0.9 --quiet"
    local one = good(words .. " --jobs 1")
    assert.matches("^time,A mean,A sd,A 0.1,A 0.9,", one)
    assert.are.equal(one, (good(words .. " --jobs 3")))
    local last = cells_of(lines_of(one)[102])
    assert.is_true(math.abs(tonumber(last[2]) - 100*math.exp(-1)) < 2, last[2])
  end)

  it("writes JSON and pictures, to a file too", function()
    local text = good(decay() .. " --duration 10 --every 5 --json")
    assert.matches("[^\n]\n$", text)
    local data = cjson.decode(text)
    assert.are.same({ 0, 5, 10 }, data.time)
    assert.are.equal(100, data.columns.A[1])
    local file = sh.scratch .. "/x.json"
    assert.are.equal("", (good(decay() .. " --duration 10 --every 5 --out " .. file)))
    assert.are.equal(text, shell.read(file))
    assert.matches("[^\n]\n$", (good(decay() .. " --duration 1 --method ssa --runs 2 --json")))
    good(decay() .. " --duration 10 --out " .. sh.scratch .. "/x.csv")
    assert.matches("^time,A,B", shell.read(sh.scratch .. "/x.csv"))
    assert.matches("A", (good(decay() .. " --duration 10 --plot")))
  end)

  it("goes on with many runs from where they were cut off, to the same numbers", function()
    local command = ("bioxen simulate %s --duration 2 --every 1 --runs 40 --quiet"):format(decay())
    local record = sh.scratch .. "/many.runs"
    local status, whole, err = sh(("%s --seed 3 --resume %s"):format(command, record))
    assert.are.same({ 0, "" }, { status, err })
    assert.are.same({ 0, whole, "" }, { sh(command .. " --seed 3 --jobs 1") })
    local text = shell.read(record)
    local head = #text:match "^[^\n]*\n"
    for _, length in ipairs { head - 1, head, head + 20, #text//2, #text - 1, #text } do
      shell.write(record, text:sub(1, length))
      assert.are.same({ 0, whole, "" }, { sh(("%s %s --resume %s"):format(command, length < head and "--seed 3" or "",
        record)) })
      assert.are.equal(#text, #shell.read(record))
    end
    for change, words in pairs { ["--seed 4"] = "other runs: of another model, method, seed or options",
      ["--seed 3 --set A=99"] = "of other runs", ["--seed 3 --quantiles 0.5"] = "of other runs" } do
      local failed, out, why = sh(("%s %s --resume %s"):format(command, change, record))
      assert.are.same({ 1, "" }, { failed, out })
      assert.matches(words, why)
    end
    shell.write(record, text:sub(1, head + 90) .. "?" .. text:sub(head + 92))
    assert.matches("part %d+ is damaged", (select(3, sh(("%s --seed 3 --resume %s"):format(command, record)))))
    shell.write(record, "time,A\n")
    assert.matches("this is no record of many runs", (select(3, sh(("%s --resume %s"):format(command, record)))))
  end)

  it("writes a table with tabs into .tsv, and JSON into .json, whatever the letters' case", function()
    local path = decay()
    local _, out = sh(("bioxen simulate %s --duration 2 --every 1"):format(path))
    assert.are.same({ 0, "", "" }, { sh(("cd %s && bioxen simulate %s --duration 2 --every 1 --out x.tsv"):format(
      sh.scratch, path)) })
    assert.are.equal((out:gsub(",", "\t")), shell.read(sh.scratch .. "/x.tsv"))
    assert.are.equal(0, (sh(("cd %s && bioxen simulate %s --duration 2 --out x.JSON"):format(sh.scratch, path))))
    assert.is_table(cjson.decode(shell.read(sh.scratch .. "/x.JSON")).columns)
  end)

  it("prints the reader's warnings once, or has them in JSON; --strict makes them errors", function()
    local text = shell.read(decay()):gsub(' size="1"', "")
    local odd = sh:file("odd.xml", (text))
    for _, words in ipairs { "", " --runs 20 --jobs 2 --seed 1" } do
      local _, err = good(odd .. " --quiet --duration 1" .. words)
      assert.are.equal('bioxen: warning: compartment "c" has no size: 1 is taken\n', err)
      local out, none = good(odd .. " --quiet --json --duration 1" .. words)
      assert.are.equal("", none)
      assert.are.same({ { code = "size", element = "c", message = 'compartment "c" has no size: 1 is taken' } },
        cjson.decode(out).warnings)
    end
    bad(1, "warnings are errors", odd .. " --duration 1 --strict")
    bad(1, "JSON of cobrapy", ("- --duration 1 <%s"):format(sh:file("m.json", '{"metabolites":[],"reactions":[]}')))
  end)

  it("writes more rows than travel at once, the same as they would be", function()
    local file = sh.scratch .. "/rows.csv"
    local words = " --duration 1.5 --every 1e-6 --record A --method ssa --seed 1"
    good(decay() .. words:gsub(" A ", " A,B ") .. " --out " .. file)
    local few = good(decay() .. words .. " --quiet")
    local rows = 0
    local next_few = few:gmatch "[^\r\n]+"
    for line in io.lines(file) do
      rows = rows + 1
      if rows > 1 then assert(line:find(next_few(), 1, true) == 1, line) else next_few() end
    end
    assert.are.equal(1500002, rows)
    bad(1, "a picture of 1500002 rows and 2 columns wants more than the 32 MB that it may",
      decay() .. words:gsub(" A ", " A,B ") .. " --plot")
    bad(1, "an ensemble of 1500001 rows and 1 columns is more", decay() .. words .. " --runs 2 --jobs 1")
  end)

  it("sets values before the run, in every VM, and what follows from them", function()
    local model = sh:file("set.xml", sbml.document {
      compartments = { sbml.compartment("c", 2) },
      species = { sbml.species("S", 'initialConcentration="3"'), sbml.species("A", 'initialAmount="4"'),
        sbml.species("I", 'initialAmount="0"') },
      parameters = { sbml.parameter("dose", 3) }, initial = { sbml.initial("I", sbml.apply("times", 2, "dose")) },
    })
    local function rows(words)
      return lines_of((good(model .. " --duration 1 --every 1 " .. words)))
    end
    assert.are.same({ "time,S,A,I", "0,3,2,6", "1,3,2,6" }, rows "")
    assert.are.equal("0,3,1,10", rows "--set c=4,dose=5"[2])
    assert.are.equal("1,8,12,3", rows "--set S=8,A.amount=24,dose=1.5"[3])
    assert.are.equal("1,8,12,3", rows "--set dose=1.5 --initial S=8,A.amount=24"[3])
    assert.are.equal("1,12,6,6", rows "--set S.amount=24,A=6"[3])
    local words = decay() .. " --duration 1 --every 1 --seed 2 --runs 40 --set A=50,k=2 --jobs "
    assert.are.equal((good(words .. 1)), (good(words .. 3)))
    assert.truthy((good(words .. 3)):find("\n0,50,", 1, true))
    bad(1, "--set: NAME=NUMBER expected, got 'k=x'", decay() .. " --duration 1 --set k=x")
    bad(1, '"kk"', decay() .. " --duration 1 --set kk=1")
  end)

  it("checks what depends on the tolerance", function()
    local _, err = good(decay() .. " --duration 1 --check --quiet --out /dev/null")
    assert.truthy(err:find("a tenth of the tolerance changes nothing by more than", 1, true), err)
    local decline = sbml.apply("exp", sbml.apply("minus", sbml.time)) -- the solution, from which errors lead away
    local unstable = sh:file("unstable.xml", sbml.document {
      compartments = { sbml.compartment("c", 1) }, species = { sbml.species("x", 'initialAmount="1"') },
      rules = { sbml.rule("rate", "x", sbml.apply("minus", sbml.apply("times", 3, sbml.apply("minus", "x", decline)),
        decline)) },
    })
    _, err = good(unstable .. " --duration 10 --check --quiet --out /dev/null")
    assert.truthy(err:find("warning: a tenth of the tolerance changes x by %S+ of its largest value, at 10"), err)
    bad(2, "option '--check' is for the method 'ode' alone", decay() .. " --duration 1 --check --method ssa")
  end)

  it("writes which event fires when", function()
    local model = sh:file("events.xml", sbml.document {
      compartments = { sbml.compartment("c", 1) },
      species = { sbml.species("A", 'initialAmount="100"', 'hasOnlySubstanceUnits="true"') },
      parameters = { sbml.parameter("k", 0.5), sbml.parameter("n", 0, false) },
      reactions = { sbml.reaction("R", { "A" }, {}, sbml.apply("times", "k", "A")) },
      events = { sbml.event("half", sbml.apply("lt", "A", 50), { n = 1 }),
        sbml.event("late", sbml.apply("geq", sbml.time, 2.5), { A = 200 }) },
    })
    local file = sh.scratch .. "/events.csv"
    good(model .. " --duration 6 --events " .. file)
    local lines = lines_of(shell.read(file))
    assert.are.equal("time,event", lines[1])
    local time, name = lines[2]:match "^(.-),(.*)$"
    assert.are.equal("half", name)
    assert.is_true(math.abs(time - 2*math.log(2)) < 1e-8)
    assert.are.equal("2.5,late", lines[3])
    assert.is_true(math.abs(lines[4]:match "^(.-),half$" - 2.5 - 2*math.log(4)) < 1e-8)
    assert.is_nil(lines[5])
    assert.are.equal("time,event\n", (good(model .. " --duration 1 --out /dev/null --events -")))
    bad(2, "'--runs' can not be used together with option '--events'", model .. " --duration 1 --events x --runs 3")
  end)

  it("records at times, and from a time on", function()
    local data = cjson.decode((good(decay() .. " --times 0.5,1,4 --json")))
    assert.are.same({ 0.5, 1, 4 }, data.time)
    assert.are.same({ 2, 3 }, cjson.decode((good(decay() .. " --duration 3 --start 2 --every 1 --json"))).time)
    assert.are.equal(101, #cjson.decode((good(decay() .. " --duration 3 --start 2 --json"))).time)
    local steps = lines_of((good(decay() .. " --duration 3 --steps --method ssa --seed 1")))
    assert.are.equal("0,100,0", steps[2])
    for i = 3, #steps - 1 do
      assert.are.equal(("%d,%d"):format(102 - i, i - 2), steps[i]:match ",(.*)$")
    end
    bad(2, "'--every' can not be used together with option '--times'", decay() .. " --times 1 --every 1")
    bad(1, "start: expected a time up to the end, 1 s, got 2", decay() .. " --duration 1 --start 2")
    bad(1, "times: expected ascending times", decay() .. " --times 2,1")
  end)

  it("says what is wrong, and what to do", function()
    bad(1, "cannot read /nowhere.xml: No such file", "/nowhere.xml --duration 1")
    bad(1, "--record: the model has no 'AA'; did you mean 'A'?", decay() .. " --duration 1 --record AA")
    bad(2, "missing option '--duration' (bioxen simulate --help tells more)", decay())
    bad(2, "--duration: a number above 0 expected, got '0'", decay() .. " --duration 0")
    bad(2, "--runs: a whole number of 1 or more expected, got '1.5'", decay() .. " --duration 1 --runs 1.5")
    bad(2, "must be one of 'ode', 'ssa', 'tau', 'hybrid'", decay() .. " --duration 1 --method euler")
    bad(1, "cannot write /nowhere/x.csv", decay() .. " --duration 1 --out /nowhere/x.csv")
    bad(1, "broken.xml: the text can't be read", sh:file("broken.xml", "<sbml>") .. " --duration 1")
  end)
end)
