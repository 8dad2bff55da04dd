-- Processes and the cell as scripts see them inside a VM, and trajectories on both sides.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local kind = require "spec.support.vm_kind"

local vm

local function execute(code)
  return vm:execute_biological_process(code)
end

local function run(code)
  local result, err = execute(code)
  if not result then error(err.message, 2) end
  return result.result
end

before_each(function()
  vm = assert(kind.create("process", "plain_cell", { seed = 1 }))
  assert(vm:start())
end)

after_each(function() vm:destroy() end)

it("a run that the solver gives up says why in words", function()
  local _, err = execute "process('p', { species = { x = 1 }, rates = { x = '1e300*x' } }) cell:run { duration = 10 }"
  assert.equal("ESIMULATION", err.code)
  assert.is_nil(err.message:find "CV_")
  assert.truthy(err.message:find("beyond what numbers hold", 1, true), err.message)
end)

it("a stochastic run after one by differential equations wants whole molecules, and says how to have them", function()
  run [[
    cell:clear()
    process "p" { species = { A = 10, B = 0.5 }, reactions = { { "A ->", k = 0.1 } } }
    cell:run { duration = 1.3 }]]
  local _, err = execute "cell:run { duration = 1, method = 'ssa' }"
  assert.truthy(err.message:find("(cell:whole_molecules() rounds them)", 1, true), err.message)
  assert.same({ 9, 1 }, run "cell:whole_molecules() return { cell:get 'A', cell:get 'B' }")
  run "cell:run { duration = 1, method = 'ssa', seed = 1 }"
end)

-- a definition with a mistake, and what the message must hold
local mistakes = {
  { "process('p', 5)", { 'process "p"', "table expected", "number 5" } },
  { "process(5, {})", { "process", "string expected", "number 5" } },

    { "process 'p' { specie = {} }", { 'process "p"', 'unknown key "specie"',
    "species, parameters" } },
  { "process 'p' { species = 'A' }", { "species", "table expected", 'string "A"' } },
  { "process 'p' { species = { B = '5' } }", { "species.B", "number expected", 'string "5"' } },
  { "process 'p' { species = { B = 0/0 } }", { "species.B", "finite number", "nan" } },
  { "process 'p' { species = { 5 } }", { "species[1]", "string expected", "number 5" } },
  { "process 'p' { species = { [7] = 5 } }", { "species", "names as keys", "number 7" } },
  { "process 'p' { parameters = { 'k' } }", { "parameters", "name = value" } },
  { "process 'p' { parameters = { k2 = {} } }", { "parameters.k2", "number expected", "a table" } },
  { "process 'p' { rules = { r = true } }", { "rules.r", "formula", "boolean" } },
  { "process 'p' { rules = { r = 'A +' } }", { '"r"', "line 1", "column 4" } },
  { "process 'p' { rules = { r = 'A + missing' } }", { "missing" } },
  { "process 'p' { reactions = { 'A ->' } }", { "reactions[1]", "table expected" } },
  { "process 'p' { reactions = { x = {} } }", { "reactions", 'unknown key "x"' } },
  { "process 'p' { reactions = { { k = 1 } } }", { "reactions[1]", "one equation" } },
  { "process 'p' { reactions = { { 'A ->', 'B ->', k = 1 } } }",
    { "reactions[1]", "one equation" } },
  { "process 'p' { reactions = { { 'A ->' } } }", { "reactions[1]", "neither" } },
  { "process 'p' { reactions = { { 'A ->', k = 1, rate = 2 } } }", { "reactions[1]", "both" } },
  { "process 'p' { reactions = { { 'A ->', k = {} } } }",
    { "reactions[1].k", "formula", "table" } },
  { "process 'p' { reactions = { { 'A ->', rat = 1 } } }",
    { "reactions[1]", '"rat"', "k, rate, name" } },
  { "process 'p' { reactions = { { 'A ->', k = 1 }, { 'A -> Q', k = 1 } } }", { "Q" } },
  { "process 'p' { events = { {} } }", { "events[1]", "neither" } },
  { "process 'p' { events = { { at = 1, when = 'A < 1', set = { A = 1 } } } }",
    { "events[1]", "both" } },
  { "process 'p' { events = { { at = 1 } } }", { "events[1].set", "table expected", "nothing" } },
  { "process 'p' { events = { { at = 1, set = {} } } }", { "events[1].set", "empty" } },
  { "process 'p' { events = { { at = 1, set = { A = {} } } } }", { "events[1].set.A", "formula" } },
  { "process 'p' { exchange = { { 'A', 1 } } }", { "exchange", "before, after" } },
  { "process 'p' { exchange = { before = 1 } }", { "exchange.before", "table expected" } },
  { "process 'p' { exchange = { after = { 'A' } } }", { "exchange.after[1]", "table expected" } },
  { "process 'p' { exchange = { after = { { 'A' } } } }", { "exchange.after[1]", "a name and a formula" } },
  { "process 'p' { exchange = { after = { { 'A', 1 }, { 'A', '2 +' } } } }", { "exchange.after[2]", "column 4" } },
  { "process 'p' { exchange = { after = { { 'Q', 1 } } } }", { "exchange.after[1]", '"Q"' } },
  { "process 'p' { exchange = { before = { { 'A', 'Q' } } } }", { "exchange.before[1]", '"Q"' } },
  { "process 'p' { rules = { r = 'A' }, exchange = { before = { { 'A', 'r' } } } }", { 'the rule "r"' } },
  { "process 'p' { rules = { r = 'A' }, exchange = { before = { { 'r', 1 } } } }", { 'the rule "r"' } },
  { "cell:get 'nothing'", { '"nothing"', "A, k" } },
  { "cell:set('nothing', 1)", { "nothing" } },
  { "cell:set('A', 'x')", { "set.A", "number expected", 'string "x"' } },
  { "cell:set { A = 1, k = {} }", { "set.k", "number expected" } },
  { "cell:rate 'nothing'", { '"nothing"' } },
}

local misuse = {
  { "cell:run()", { "run", "table expected", "nothing" } },
  { "cell:run {}", { "run.duration", "more than 0" } },
  { "cell:run { duration = -1 }", { "run.duration", "not negative" } },
  { "cell:run { duration = 1/0 }", { "run.duration", "finite" } },
  { "cell:run { duration = 1, evry = 1 }", { 'unknown key "evry"', "duration, every" } },
  { "cell:run { duration = 1, method = 'euler' }",
    { "run.method", '"ode", "ssa", "tau" or "hybrid"', "euler" } },
  { "cell:run { duration = 1, solver = 'euler' }", { "run.solver", '"bdf" or "adams"', "euler" } },
  { "cell:run { duration = 1, method = 'hybrid', stochastic = 'A' }",
    { "run.stochastic", "table expected" } },
  { "cell:run { duration = 1, method = 'hybrid', exchange = -1 }", { "run.exchange", "negative" } },
  { "cell:run { duration = 1, method = 'tau', epsilon = -1 }", { "run.epsilon", "negative" } },
  { "cell:run { duration = 1, seed = 1.5 }", { "run.seed", "integer", "1.5" } },
  { "cell:run { duration = 1, record = 'A' }", { "run.record", "table expected" } },
  { "cell:run { duration = 1, record = { 'A', 5 } }", { "run.record", "string expected" } },
  { "cell:run { duration = 1, tolerance = 1 }", { "run.tolerance", "table expected" } },
  { "cell:run { duration = 1, tolerance = { rel = 1 } }", { "run.tolerance", '"rel"' } },
  { "cell:run { duration = 1, tolerance = { absolute = 'A' } }", { "run.tolerance.absolute", "number expected" } },
  { "cell:run { duration = 1, tolerance = { absolute = { 5 } } }", { "run.tolerance.absolute", "got a list" } },
  { "cell:run { duration = 1, tolerance = { absolute = { A = 0 } } }", { "run.tolerance.absolute.A", "above 0" } },
}

describe("a mistake in a definition", function()
  for _, case in ipairs(mistakes) do
    it("is named: " .. case[1], function()
      local result, err = execute("\n" .. case[1])
      assert.is_nil(result)
      assert.equal("EMODEL", err.code)
      assert.equal("process:2:", err.message:match("^[^ ]+"))
      for _, part in ipairs(case[2]) do
        assert.is_truthy(err.message:find(part, 1, true), err.message)
      end
      assert.same({ "A" }, run "return cell:species()")
    end)
  end

  for _, case in ipairs(misuse) do
    it("in a run's options is named: " .. case[1], function()
      local result, err = execute(case[1])
      assert.is_nil(result)
      assert.equal("ESCRIPT", err.code)
      for _, part in ipairs(case[2]) do
        assert.is_truthy(err.message:find(part, 1, true), err.message)
      end
      assert.equal(0.0, run "return cell:time()")
    end)
  end

  it("can be caught by the script, with its code and message", function()
    local caught = run [[
      local ok, problem = pcall(function() process "p" { species = 1 } end)
      return { ok, problem.code, problem.message, tostring(problem) }]]
    assert.is_false(caught[1])
    assert.equal("EMODEL", caught[2])
    assert.is_truthy(caught[3]:find("species", 1, true))
    assert.equal(caught[3], caught[4])
  end)
end)

describe("the cell", function()
  it("takes processes in both spellings, names in any order", function()
    assert.same({ { "A", "B", "C" }, { "k", "z" }, { "sum", "twice" } }, run [[
      process "one" {
        species = { "C", B = 2 },
        parameters = { z = 3 },
        rules = { twice = "2 * sum", sum = "A + B" },
      }
      process("two", { reactions = { { "B -> C", k = "z", name = "turn" }, { "C ->", rate = 1 } },
        events = { { at = "z", set = { B = "A", C = 0 } }, { when = "A < 1", set = { A = 1 } } } })
      return { cell:species(), cell:parameters(), cell:rules() }]])
    assert.same({ 204.0, 6.0 }, run "return { cell:get 'twice', cell:rate 'turn' }")
  end)

  it("is read, set, run and reset", function()
    assert.same({ 100.0, 0.0, "Cell(plain_cell, t = 0.0 s, 1 species)" },
      run "return { cell:get 'A', cell:time(), tostring(cell) }")
    assert.equal(10.0, run "cell:set('A', 50) cell:set { k = 0.2 } return cell:rate 'decay'")
    local t = run "return cell:run { duration = 5, every = 1 }"
    assert.is_true(math.abs(t:last "A" - 50 * math.exp(-1)) < 1e-5)
    assert.equal(5.0, run "return cell:time()")
    assert.same({ 100.0, 0.1, 0.0 },
      run "cell:reset() return { cell:get 'A', cell:get 'k', cell:time() }")
  end)

  describe("with initial values by formulas", function()
    local function values(code)
      return run([[
        cell:clear()
        process "doses" { species = { S = 0, X = 1 }, parameters = { dose = 3, total = 0, other = 1 },
          rules = { twice = "2*dose" }, initial = { S = "twice + other", total = "S + X" },
          reactions = { { "S -> X", k = "other" } },
          events = { { at = 1, set = { dose = 100, other = 100 } } } }
        local function now() return { cell:get "S", cell:get "total", cell:get "dose", cell:get "other" } end
        ]] .. code)
    end

    it("has them follow what is set before the first run, through rules and each other", function()
      assert.same({ 7.0, 8.0, 3.0, 1.0 }, values "return now()")
      assert.same({ 21.0, 22.0, 10.0, 1.0 }, values "cell:set('dose', 10) return now()")
      assert.same({ 7.0, 12.0, 3.0, 1.0 }, values "cell:set('X', 5) return now()")
      assert.equal(11.0, values "cell:set('dose', 5) return cell:run { duration = 0.5 }":at("S", 0))
    end)

    it("lets them be set themselves, in any order, until it is reset", function()
      assert.same({ { 4.0, 5.0, 10.0, 1.0 }, { 4.0, 99.0, 2.0, 1.0 }, { 5.0, 6.0, 2.0, 1.0 } }, values [[
        cell:set { S = 4, dose = 10 }
        local first = now()
        cell:set("total", 99)
        cell:set("dose", 2)
        local second = now()
        cell:reset()
        return { first, second, now() }]])
    end)

    it("leaves them as they are once it has lived, and follows at a reset", function()
      local lived, again = table.unpack(values [[
        cell:run { duration = 2 }
        cell:set { S = 7, dose = 10, X = 30 }
        local lived = now()
        cell:reset()
        return { lived, now() }]])
      assert.same({ 7.0, 8.0, 10.0, 100.0 }, lived)
      assert.same({ 21.0, 22.0, 10.0, 1.0 }, again) -- what events set, and species, are as declared
    end)

    it("resets other parameters to what is declared", function()
      assert.same({ 0.25, 1.0 }, run [[
        process "p" { species = { S = 0 }, parameters = { dose = 2, k2 = 1 }, initial = { S = "dose/8" } }
        cell:set("k2", 5)
        cell:reset()
        return { cell:get "S", cell:get "k2" }]])
    end)

    it("computes those of a new process from what is there, and keeps what was there", function()
      assert.same({ 1.0, 1.0, 20.0, 21.0, 20.0 }, values [[
        cell:set { dose = 10, S = 1, total = 1 }
        process "more" { species = { Y = 0 }, initial = { Y = "twice" } }
        local S, total, Y = cell:get "S", cell:get "total", cell:get "Y"
        cell:run { duration = 0.1 }
        cell:reset()
        return { S, total, Y, cell:get "S", cell:get "Y" }]])
    end)

    it("resets a parameter that is declared anew to that", function()
      assert.same({ 30.0, 50.0 }, run [[
        local function declare(dose)
          process "p" { species = { S = 0 }, parameters = { dose = dose }, initial = { S = "10*dose" } }
        end
        declare(2)
        cell:set("dose", 3)
        declare(2)
        cell:reset()
        local same = cell:get "S"
        declare(5)
        cell:reset()
        return { same, cell:get "S" }]])
    end)
  end)

  describe("records rows", function()
    local start = "cell:clear() process 'p' { species = { A = 400, B = 0 }, reactions = { { 'A -> B', k = 0.5 } } } "

    for _, method in ipairs { "ode", "ssa", "tau", "hybrid" } do
      it("at any times, the same as by the grid: " .. method, function()
        local at, grid = table.unpack(run(start .. ([[
          local options = { method = %q, seed = 1, times = { 0, 0.5, 0.75, 2 } }
          local at = cell:run(options)
          cell:reset()
          options.times, options.every, options.duration = nil, 0.25, 2
          return { at, cell:run(options) }]]):format(method)))
        assert.same({ 0.0, 0.5, 0.75, 2.0 }, at:times())
        for i, row in ipairs { 1, 3, 4, 9 } do
          local expected = grid:column "A"[row]
          local leaps = method == "tau" or method == "hybrid" -- they may end at rows
          assert.near(expected, at:column "A"[i], leaps and 40 or 0, method)
        end
      end)
    end

    it("from a time on, to the end", function()
      local late, exact, last, before = table.unpack(run(start .. [[
        local function rows(options) cell:reset() return cell:run(options):times() end
        local late = rows { duration = 2, start = 1.25, every = 0.5 }
        local exact = rows { duration = 2, start = 1, every = 0.5 }
        local last = rows { duration = 2, start = 2, every = 0.5 }
        return { late, exact, last, cell:run { duration = 1, start = 1, every = 0.5 }:times() }]]))
      assert.same({ 1.25, 1.75, 2.0 }, late)
      assert.same({ 1.0, 1.5, 2.0 }, exact)
      assert.same({ 2.0 }, last)
      assert.same({ 2.0, 2.5, 3.0 }, before) -- a start that is past
    end)

    it("at times from the present on, which may end before the run does, or say where it ends", function()
      assert.same({ { 1.5 }, 2.0, { 2.125, 2.25 }, 2.25 }, run(start .. [[
        local first = cell:run { duration = 2, times = { 1.5 } }:times()
        local now = cell:time()
        return { first, now, cell:run { times = { 2.125, 2.25 } }:times(), cell:time() }]]))
      -- 0.3 + (0.9 - 0.3) is not 0.9
      assert.same({ 0.9 }, run(start .. "cell:run { duration = 0.3 } return cell:run { times = { 0.9 } }:times()"))
    end)

    it("of many runs at times", function()
      local many = run(start .. "return cell:ensemble { runs = 3, seed = 1, times = { 0.5, 2 } }")
      assert.same({ 0.5, 2.0 }, many:times())
      local grid = run(start .. "return cell:ensemble { runs = 3, seed = 1, duration = 2, every = 0.5 }")
      assert.equal(grid:mean("A", 0.5), many:mean("A", 0.5))
    end)

    for options, message in pairs {
      ["times = { 1, 1 }"] = "times: expected ascending times from 0 s to 1 s, got 1",
      ["times = { 2, 1 }"] = "got 2", ["times = { 3 }, duration = 2"] = "got 3", ["times = { -1, 1 }"] = "got -1",
      ["times = { 0 }"] = "times: seconds of simulated time expected, more than the present",
      ["times = {}"] = "more than the present", ["times = {}, duration = 1"] = "one time at least",
      ["times = { 1 }, every = 1"] = "either times, or every", ["times = { 1 }, every = 'step'"] = "either times",
      ["times = { 1 }, start = 1"] = "either times", ["start = 1, every = 'step', duration = 2"] = "either times",
      ["start = 3, duration = 2"] = "start: expected a time up to the end, 2 s, got 3",
      ["times = { 'x' }"] = "number expected",
    } do
      it("and refuses " .. options, function()
        local _, err = execute(start .. "cell:run { " .. options .. " }")
        assert.truthy(err.message:find(message, 1, true), err.message)
      end)
    end
  end)

  for _, method in ipairs { "ode", "ssa", "tau", "hybrid" } do
    it("can be read, rules too, by code that takes its rows: " .. method, function()
      local wrong = run(([[
        cell:clear()
        process "p" { species = { A = 100, B = 0 }, rules = { half = "A/2" }, reactions = { { "A -> B", k = 1 } } }
        local wrong = {}
        local function check(A)
          if cell:get "half" ~= A/2 or cell:get "A" ~= A then wrong[#wrong + 1] = A end
        end
        cell:run { duration = 3, every = 1, method = %q, seed = 1, stream = function(_, row) check(row.A) end }
        check(cell:get "A")
        return wrong]]):format(method))
      assert.same({}, wrong)
    end)

    it("tells of each event that fires, when and which: " .. method, function()
      local told, plain, code = table.unpack(run(([[
        cell:clear()
        process "p" { species = { A = 100, B = 0 }, parameters = { n = 0 }, rules = { half = "A/2" },
          reactions = { { "A -> B", k = 1 } },
          events = { { at = 1.5, set = { n = "n + 1" }, name = "dose" },
            { when = "time > 1", delay = 1.25, set = { n = "n + 1" }, name = "late" },
            { at = 1.5, set = { A = 40 } } } }
        local told, options = {}, { duration = 3, every = 1, method = %q, seed = 1 }
        local function tell(time, name) told[#told + 1] = { time, name, cell:get "n", cell:get "half" >= 20 } end
        local plain = cell:run(options):to_csv()
        cell:reset()
        options.events = tell
        return { told, plain, cell:run(options):to_csv() }]]):format(method)))
      assert.same({ { 1.5, "dose", 1.0, told[1][4] }, { 1.5, 'process "p", event 3', 1.0, true } },
        { told[1], told[2] })
      assert.near(2.25, told[3][1], 1e-9)
      assert.same({ "late", 2.0, 3 }, { told[3][2], told[3][3], #told })
      assert.equal(plain, code)
    end)
  end

  it("ends a run whose function for events fails, where it has got to", function()
    local ok, message, time, set = table.unpack(run [[
      cell:clear()
      process "p" { species = { A = 1 }, events = { { at = 1, set = { A = 2 } } } }
      local ok, message = pcall(cell.run, cell, { duration = 3, events = function() error "enough" end })
      local time = cell:time()
      return { ok, tostring(message), time, (pcall(cell.set, cell, "A", 3)) }]])
    assert.same({ false, 1.0, true }, { ok, time, set })
    assert.matches("enough", message)
    local _, err = execute [[ cell:reset() cell:run { duration = 3, events = function() cell:set("A", 3) end } ]]
    assert.matches("the cell is running", err.message)
    _, err = execute [[ cell:run { duration = 3, events = 5 } ]]
    assert.matches("function expected", err.message)
  end)

  it("goes on from where a run ended", function()
    local two = run [[
      local t = cell:run { duration = 1, every = 0.5 }
      return { t:times(), cell:run { duration = 1, every = 0.5 }:times() }]]
    assert.same({ { 0.0, 0.5, 1.0 }, { 1.0, 1.5, 2.0 } }, two)
  end)

  it("gives the same run for the same seed, and tells a seed it drew", function()
    local runs = run [[
      local function counts(seed)
        cell:reset()
        return cell:run { duration = 10, every = 1, method = "ssa", seed = seed }
      end
      local drawn = counts()
      return { counts(7), counts(7), counts(8), drawn, counts(drawn.seed) }]]
    assert.equal(7, runs[1].seed)
    assert.equal("ssa", runs[1].method)
    assert.same(runs[1]:column "A", runs[2]:column "A")
    assert.not_same(runs[1]:column "A", runs[3]:column "A")
    assert.same(runs[4]:column "A", runs[5]:column "A")
  end)

  it("is run by leaps", function()
    local t = run [[
      cell:set("A", 100000)
      return cell:run { duration = 10, every = 1, method = "tau", epsilon = 0.01, seed = 3 }]]
    assert.equal("tau", t.method)
    assert.equal(3, t.seed)
    assert.is_true(math.abs(t:last "A" - 36788) < 1000)
    assert.equal(t:last "A", t:last "A" // 1)
  end)

  it("is solved by Adams too", function()
    local a = run "return cell:run { duration = 5, solver = 'adams' }:last 'A'"
    assert.is_true(math.abs(a - 100 * math.exp(-0.5)) < 1e-5)
  end)

  it("is run in part stochastic, with exchanges and what is short", function()
    local got = run [[
      process "work" {
        species = { ATP = 20, done = 0 },
        reactions = { { "-> ATP", rate = 10 }, { "5 ATP -> done", rate = 4, name = "work" } },
      }
      local t = cell:run { duration = 100, every = 10, method = "hybrid", stochastic = { "work" },
        exchange = 1, seed = 2 }
      return { t = t, atp = cell:get "ATP", short = cell:shortage "ATP", none = cell:shortage "A" }]]
    assert.equal("hybrid", got.t.method)
    assert.equal(0.0, got.none)
    assert.is_true(got.short > 500)
    assert.is_true(math.abs(got.atp - got.short - 1020 + 5 * got.t:last "done") < 1e-6)
    assert.is_true(math.abs(got.t:last "A" - 100 * math.exp(-10)) < 1e-6)
    local _, err = execute "cell:shortage 'k'"
    assert.is_truthy(err.message:find('no species "k"', 1, true))
  end)

  -- Molecules of a pool for the stochastic part, what it made of them back into the pool, a cost with a debt, and a
  -- rate that holds for an interval.
  local two_sided = [[
    process "work" {
      species = { N = 0, made = 0 },
      parameters = { had = 0, speed = 0, debt = 0, due = 0, there = 0, exchanges = 0, seen = 0 },
      reactions = { { "N -> made", k = "speed", name = "work" } },
    }
    process "supply" { species = { pool = 20.5 }, reactions = { { "-> pool", rate = 3, name = "supply" } } }
    process "between" { exchange = {
      before = {
        { "pool", "pool + N - had" },
        { "due", "debt + 5*(exchanges == 2)" }, { "there", "pool" },
        { "pool", "max(0, there - due)" }, { "debt", "max(0, due - there)" }, { "seen", "pool" },
      },
      after = {
        { "N", "floor(pool)" }, { "had", "N" }, { "speed", "if(made < 5, 0.1, 0)" }, { "exchanges", "exchanges + 1" },
      },
    } }
    local function go(seconds)
      return cell:run { duration = seconds, every = 1, method = "hybrid", stochastic = { "work" }, exchange = 1,
        seed = 3 }
    end ]]

  it("does what processes say at its exchanges, in order", function()
    local t = run(two_sided .. "return go(10)")
    assert.equal(10.0, run "return cell:get 'exchanges'")
    for second = 1, 10 do -- nothing is lost, and what is taken is whole
      local pool, made = t:at("pool", second), t:at("made", second)
      assert.near(20.5 + 3*second - (second >= 3 and 5 or 0), pool + made, 1e-9)
      assert.equal(math.floor(pool), t:at("N", second))
    end
    assert.is_true(t:last "made" >= 5 and t:last "made" < 12)
    assert.equal(0.0, t:at("made", 1)) -- its rate is set at the first exchange
    assert.equal(0.0, run "return cell:get 'debt'")
  end)

  it("carries a debt over, and goes on where it stands", function()
    local got = run(two_sided .. [[
      cell:set("debt", 27)
      go(1)
      local first = { cell:get "debt", cell:get "seen", cell:get "pool" }
      go(3)
      return { first = first, debt = cell:get "debt", pool = cell:get "pool", exchanges = cell:get "exchanges" } ]])
    assert.same({ 6.5, 0.0 }, { got.first[1], got.first[2] })
    assert.near(3, got.first[3], 1e-9)
    assert.equal(4.0, got.exchanges)
    assert.near(20.5 + 12 - 32, got.pool - got.debt + run "return cell:get 'made'", 1e-9)
  end)

  it("draws at its exchanges by the seed, and has events hear of them", function()
    local got = run [[
      process "drawn" { species = { P = 60, Q = 0 }, parameters = { all = 0, high = 0, count = 0, third = 0 },
        events = { { when = "all > 50", set = { high = "time" } },
          { when = "count > 2.5", set = { third = "time" } } },
        exchange = { before = { { "count", "count + 1" } },
          after = { { "all", "P + Q" }, { "P", "binomial(all, 0.5)" }, { "Q", "all - P" } } } }
      local function go(seed)
        cell:reset()
        local t = cell:run { duration = 5, every = 1, method = "hybrid", stochastic = {}, exchange = 1, seed = seed,
          record = { "P", "high" } }
        return { t:at("P", 1), t:at("P", 2), t:last "high", cell:get "P" + cell:get "Q", cell:get "third" }
      end
      return { go(1), go(1), go(2) } ]]
    assert.same(got[1], got[2])
    assert.not_same(got[1], got[3])
    assert.is_true(got[1][1] > 15 and got[1][1] < 45)
    assert.same({ 1.0, 60.0, 3.0 }, { table.unpack(got[1], 3) })
  end)

  it("refuses what its exchanges can't do", function()
    for code, part in pairs {
      ["cell:run { duration = 1 }"] = 'the method "hybrid" and the option exchange',
      ["cell:run { duration = 1, method = 'hybrid' }"] = 'process "p" says what exchanges do',
      ["cell:run { duration = 2, method = 'hybrid', exchange = 1, seed = 1 }"] =
        'process "p", exchange.before[2] sets "A" to -5 at time 1 s',
      ["return cell:to_sbml()"] = "says what exchanges do",
    } do
      local _, err = execute("process 'p' { exchange = { before = { { 'k', 0.5 }, { 'A', -5 } } } } " .. code)
      assert.is_truthy(err.message:find(part, 1, true), err.message)
    end
    assert.equal(0.0, run "return cell:time()")
  end)

  it("is run in part stochastic by copy number", function()
    local t = run [[
      return cell:run { duration = 40, every = 1, method = "hybrid", threshold = 50, seed = 2 }]]
    assert.is_true(t:at("A", 3) % 1 > 0)
    assert.equal(0.0, t:at("A", 30) % 1)
  end)

  it("records what it is told to", function()
    assert.same({ "k" }, run "return cell:run { duration = 1, record = { 'k' } }:names()")
    assert.is_nil(execute "cell:run { duration = 1, record = { 'nothing' } }")
  end)

  it("stops at a bound on steps, where it has got to", function()
    local _, err = execute "cell:run { duration = 1e3, method = 'ssa', max_steps = 10 }"
    assert.equal("ESIMULATION", err.code)
    assert.is_true(run "return cell:time() < 1e3 and cell:get 'A' == 90")
  end)

  it("has the functions of its organism", function()
    assert.equal(200.0, run "return cell:doubled 'A'")
    assert.is_true(run "return cell.nothing == nil")
  end)

  it("is measured by its organism", function()
    assert.same({ A = 100.0 }, assert(vm:get_biological_metrics()))
  end)
end)

describe("a trajectory", function()
  -- the same calls on the host and in the VM
  local calls = {
    { "t:first 'A'", 100.0 }, { "t:first 'time'", 0.0 }, { "t:last 'time'", 2.0 },
    { "#t", 3 }, { "t:names()", { "A" } }, { "t:times()", { 0.0, 1.0, 2.0 } },
    { "t.method", "ode" }, { "tostring(t)", "Trajectory(3 rows: time, A)" },
    { "#t:column 'A'", 3 }, { "t:at('A', 0)", 100.0 }, { "t.nothing == nil", true },
    { "t:to_csv():match '^[^\\n]*\\n[^\\n]*'", "time,A\r\n0,100\r" },
    { "t:mean 'A' == (t:at('A', 0) + t:at('A', 1) + t:at('A', 2)) / 3", true },

    { "(function() local n = 0 for at, row in t:rows() do n = n + at * row.A end return n end)()"
      .. " == t:at('A', 1) + 2 * t:last 'A'", true },
  }
  local wrong = {
    { "t:last 'B'", { 'no column "B"', "it has: A" } }, { "t:at('A', 30)", { "#2" } },
    { "t:at('A', 'x')", { "number expected" } }, { "t:mean()", { "string expected" } },
    { "t.last(5, 'A')", { "bioxen.Trajectory expected" } },
  }

  for _, call in ipairs(calls) do
    it("answers alike in the VM and outside: " .. call[1], function()
      local make = "local t = cell:run { duration = 2, every = 1 } return "
      assert.same(call[2], run(make .. call[1]))
      vm:restart()
      local t = run(make .. "t")
      assert.same(call[2], load("local t = ... return " .. call[1])(t))
    end)
  end

  for _, call in ipairs(wrong) do
    it("names a mistake: " .. call[1], function()
      local make = "local t = cell:run { duration = 2, every = 1 } return "
      local _, err = execute(make .. call[1])
      local ok, message = pcall(load("local t = ... return " .. call[1]), run(make .. "t"))
      assert.is_false(ok)
      for _, part in ipairs(call[2]) do
        assert.is_truthy(err.message:find(part, 1, true), err.message)
        assert.is_truthy(message:find(part, 1, true), message)
      end
    end)
  end

  it("is written to a file on the host", function()
    local t = run "return cell:run { duration = 2, every = 1 }"
    local path = os.tmpname()
    assert.is_true(t:to_csv(path))
    local file <close> = assert(io.open(path, "rb"))
    assert.equal(t:to_csv(), file:read "a")
    os.remove(path)
    local done, err = t:to_csv "/nowhere/at/all.csv"
    assert.is_nil(done)
    assert.equal("EFILE", err.code)
    assert.equal(require("bioxen").error_codes().EFILE.usable, err.usable)
    assert.equal(err.message .. " [EFILE]", tostring(err))
    assert.equal("not written: " .. tostring(err) .. "!", "not written: " .. err .. "!")
    assert.is_truthy(err.message:find("/nowhere/at/all.csv", 1, true))
  end)

  it("says so once it is closed", function()
    local t = run "return cell:run { duration = 1 }"
    do local _ <close> = t end
    assert.equal("Trajectory(closed)", tostring(t))
    assert.has_error(function() return #t end, "the trajectory is closed")
    local _, err = vm:execute_biological_process("return args", { args = { t = t } })
    assert.equal("ERESULT", err.code)
    assert.equal("args.t: a trajectory that is closed cannot travel", err.message)
  end)
end)
