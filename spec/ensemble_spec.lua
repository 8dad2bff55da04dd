-- Ensembles of runs, split over VMs and merged; rows by step, and rows taken as they come.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local kind = require "spec.support.vm_kind"

local vm

local function execute(code, options)
  return vm:execute_biological_process(code, options)
end

local function run(code)
  local result, err = execute(code)
  if not result then error(err.message, 2) end
  return result.result
end

local function create(id)
  local made = assert(kind.create(id, "plain_cell", { seed = 1 }))
  assert(made:start())
  return made
end

before_each(function() vm = create "ensemble" end)
after_each(function() vm:destroy() end)

local misuse = {
  { "cell:ensemble()", { "ensemble", "table expected" } },
  { "cell:ensemble { duration = 1 }", { "ensemble.runs", "how many" } },
  { "cell:ensemble { duration = 1, runs = 0 }", { "ensemble.runs", "1 or more" } },
  { "cell:ensemble { duration = 1, runs = 2.5 }", { "ensemble.runs", "whole number", "2.5" } },
  { "cell:ensemble { duration = 1, runs = 2, first = 0 }", { "ensemble.first", "1 or more" } },
  { "cell:ensemble { duration = 1, runs = 2, method = 'ode' }", { "all be the same" } },
  { "cell:ensemble { duration = 1, runs = 2, every = 'step' }", { "by time" } },
  { "cell:ensemble { duration = 1, runs = 2, quantiles = { 2 } }", { "quantiles", "0 to 1" } },
  { "cell:ensemble { duration = 1, runs = 2, quantiles = 2 }",
    { "ensemble.quantiles", "table expected" } },
  { "cell:ensemble { duration = 1, runs = 2, histogram = 5 }", { "histogram", "table expected" } },
  { "cell:ensemble { duration = 1, runs = 2, histogram = { bins = 1 } }", { "bins", "2 to 65536" } },
  { "cell:ensemble { duration = 1, runs = 2, run = 3 }", { 'unknown key "run"' } },
  { "cell:ensemble { duration = 1e5, every = 0.01, runs = 2, histogram = true }",
    { "would take", "record less often" } },
  { "cell:run { duration = 1, every = 'row' }", { "run.every", '"step"', "row" } },
  { "cell:run { duration = 1, stream = 5 }", { "run.stream", "function expected" } },
  { "cell:run { duration = 1, run = -1 }", { "run.run", "0 or more" } },
}

describe("an ensemble", function()
  for _, case in ipairs(misuse) do
    it("names misuse: " .. case[1], function()
      local result, err = execute(case[1])
      assert.is_nil(result)
      for _, part in ipairs(case[2]) do
        assert.is_truthy(err.message:find(part, 1, true), err.message)
      end
      assert.equal(0.0, run "return cell:time()")
    end)
  end

  -- A molecule of the 100 lives on for t with the chance e^(-t / 10).
  it("has the moments and the distribution of the exact law, here and in the VM", function()
    local n = 4000
    local e, inside = table.unpack(run [[
      local e = cell:ensemble { runs = 4000, duration = 4, every = 2, seed = 8,
        quantiles = { 0.1, 0.5 } }
      return { e, { e:mean "A", e:sd("A", 4), e:quantile("A", 0.5), #e:histogram "A",
        tostring(e), e:to_csv() } }]])
    local p = math.exp(-0.4)
    assert.is_true(math.abs(e:mean("A", 4) - 100*p) < 4.5*math.sqrt(100*p*(1 - p)/n))
    assert.is_true(math.abs(e:sd("A", 4)/math.sqrt(100*p*(1 - p)) - 1) < 4.5/math.sqrt(2*n))
    assert.same({ 0.0, 2.0, 4.0 }, e:times())
    assert.same({ "A" }, e:names())
    assert.same({ 0.1, 0.5 }, e:quantiles())
    assert.same({ 4000, 1, 8, "ssa", 3 }, { e.runs, e.first_run, e.seed, e.method, #e })
    assert.equal("Ensemble", bioxen.type(e))
    local total, steps = 0, 0
    for _, bin in ipairs(e:histogram "A") do
      assert.equal(bin.low, bin.high)
      total, steps = total + bin.count, steps + (100 - bin.low)*bin.count
    end
    assert.same({ n, e.steps }, { total, math.tointeger(steps) })
    assert.is_true(math.abs(e:mean("A", 4) - (100 - steps/n)) < 1e-12)
    assert.equal(67.0, e:quantile("A", 0.5, 4))
    assert.is_true(e:min("A", 4) <= e:quantile("A", 0, 4) and e:max("A", 0) == 100)
    assert.same(inside, { e:mean "A", e:sd("A", 4), e:quantile("A", 0.5), #e:histogram "A",
      "Ensemble(4000 runs, 3 rows: time, A)", e:to_csv() })
    assert.equal("time,A mean,A sd,A 0.1,A 0.5", e:to_csv():match "^[^\r]*")
  end)

  it("of two VMs is, merged, the ensemble of one", function()
    local code = [[ return cell:ensemble { runs = args[1], first = args[2], duration = 5,
      every = 0.5, seed = 4, histogram = { bins = 16 } } ]]
    local other <close> = create "other"
    local jobs = { vm:submit(code, { args = { 200, 1 } }), other:submit(code,
      { args = { 300, 201 } }) }
    assert(bioxen.wait_all(jobs))
    local a, b = jobs[1]:result().result, jobs[2]:result().result
    local whole = execute(code, { args = { 500, 1 } }).result
    for _, both in ipairs { a:merge(b), b:merge(a) } do
      assert.same({ 500, 1, whole.steps }, { both.runs, both.first_run, both.steps })
      assert.same(whole:mean "A", both:mean "A")
      assert.same(whole:sd "A", both:sd "A")
      assert.same(whole:histogram("A", 3), both:histogram("A", 3))
    end
    assert.has_error(function() a:merge(a) end,
      "can't merge: runs 1 to 200 and 1 to 200 do not follow each other")
  end)

  it("has runs that can be had one by one, and leaves the cell where it stood", function()
    assert.is_true(run [[
      cell:run { duration = 3, method = "ssa", seed = 1 }
      local before, sum, e = cell:get "A", 0
      e = cell:ensemble { runs = 20, duration = 2, seed = 9 }
      assert(cell:get "A" == before and cell:time() == 3)
      for i = 1, 20 do
        cell:reset()
        cell:run { duration = 3, method = "ssa", seed = 1 }
        sum = sum + cell:run { duration = 2, method = "ssa", seed = 9, run = i }:last "A"
      end
      return e:mean("A", 5) == sum/20]])
  end)

  it("takes every stochastic method", function()
    assert.is_true(math.abs(run [[ return cell:ensemble { runs = 500, duration = 5,
      method = "tau", seed = 1 } ]]:mean("A", 5) - 100*math.exp(-0.5)) < 2)
  end)

  it("reports progress and is cancelled, and the VM goes on", function()
    local job = vm:submit "cell:ensemble { runs = 1e8, duration = 1, seed = 1 }"
    local deadline = bioxen.clock() + 60
    repeat job:wait(0.05) until (job:progress() or 0) > 0 or bioxen.clock() > deadline
    assert.is_true(job:progress() > 0)
    job:cancel()
    local _, err = job:wait(60)
    assert.equal("ECANCELLED", err.code)
    assert.same({ 100.0, 0.0 }, run "return { cell:get 'A', cell:time() }")
    assert.equal(3, run "return cell:ensemble { runs = 3, duration = 1 }".runs)
  end)

  it("refuses what it does not have", function()
    local e = run "return cell:ensemble { runs = 3, duration = 1 }"
    assert.error_matches(function() e:mean "B" end, 'no column "B", it has: A')
    assert.error_matches(function() e:mean("A", 2) end, "outside the recorded times")
    assert.error_matches(function() e:quantile("A", 0.5) end, "kept no distributions")
    assert.error_matches(function() e:histogram "A" end, "kept no distributions")
    assert.is_nil(e.nothing)
  end)
end)

describe("a run", function()
  it("records each reaction", function()
    local t = run "return cell:run { duration = 5, every = 'step', method = 'ssa', seed = 1 }"
    local before = 100
    for _, row in t:rows() do
      assert.is_true(before - row.A <= 1)
      before = row.A
    end
    assert.equal(#t, 100 - t:last "A" + 2)
    assert.equal(5.0, t:last "time")
  end)

  it("hands its rows over as they come", function()
    local seen = run [[
      local times, counts = {}, {}
      local n = cell:run { duration = 3, every = 1, method = "ssa", seed = 5,
        stream = function(time, row)
          times[#times + 1], counts[#counts + 1] = time, row.A
          assert(cell:time() <= 3 and cell:get "A" >= row.A)
        end }
      cell:reset()
      return { n, times, counts,
        cell:run { duration = 3, every = 1, method = "ssa", seed = 5 } }]]
    assert.equal(4, seen[1])
    assert.same(seen[4]:times(), seen[2])
    assert.same(seen[4]:column "A", seen[3])
  end)

  it("ends where the code that takes its rows fails, whole", function()
    for _, method in ipairs { "ode", "ssa", "tau" } do
      local caught = run(([[
        cell:reset()
        local ok, problem = pcall(cell.run, cell, { duration = 9, every = 1, method = "%s",
          stream = function(time) if time == 3 then error { "enough" } end end })
        return { ok, problem[1], cell:time() >= 3 and cell:time() < 9 }]]):format(method))
      assert.same({ false, "enough", true }, caught)
      assert.equal(6.0, run "cell:reset() cell:run { duration = 6 } return cell:time()")
    end
  end)

  it("is not changed by the code that takes its rows", function()
    for _, change in ipairs { "cell:set('A', 1)", "cell:reset()", "cell:run { duration = 1 }",
      "cell:ensemble { runs = 1, duration = 1 }", "process('p', {})" } do
      local _, err = execute("cell:run { duration = 1, stream = function() " .. change ..
        " end }")
      assert.is_truthy(err.message:find "the cell is running", err.message)
    end
    assert.equal(1.0, run "cell:reset() cell:run { duration = 1 } return cell:time()")
  end)

  it("is cancelled while code takes its rows", function()
    local job = vm:submit [[ cell:run { duration = 1e9, every = 1, stream = function() end } ]]
    job:wait(0.1)
    job:cancel()
    local _, err = job:wait(60)
    assert.equal("ECANCELLED", err.code)
    assert.equal(2, run "return cell:run { duration = 1, stream = function() end }")
  end)
end)
