-- Growth of stochastic minimal cells, generation by generation, beside the ODE from the same state.
-- Run: build/bin/bioxen scripts/bench/growth.lua [cells] [generations]
--
-- In theory the mean of stochastic cells leaves the ODE slowly, to a steady state 2.5 % lower:
-- energy, ten molecules, fluctuates, and transcription is not linear in it. To see that takes a
-- thousand generations; a few show agreement within some percent.
-- Where the pool is filled at random and emptied at rate D a/(K + a), with load rho, the number of
-- molecules is negative binomial: p(n) is (1 - rho)^(K + 1) rho^n times the binomial of K + n over
-- n. The second ODE transcribes at the mean over that distribution; slower fluctuations, of
-- proteins, are in neither.

local bioxen = require "bioxen"
local mean_and_error = require "spec.support.mean_and_error"

local cells = math.tointeger(arg[1] or 4) or error("cells: a whole number expected")
local generations = math.tointeger(arg[2] or 2) or error("generations: a whole number expected")
local at_once = 2

local prepare = [[
  doubling = 60*cell:steady_state().doubling_time
  cell:whole_molecules()
  function grow(method, seed, generations)
    local growth, before = {}, cell:get "polymerised"
    for i = 1, generations do
      cell:run { duration = doubling, method = method, seed = seed and seed + i, record = {} }
      local now = cell:get "polymerised"
      growth[i] = 60*(now - before)/1e8/doubling
      before = now
      progress(i/generations)
    end
    return growth
  end
]]

local average_transcription = [[
  local synthesis = require "library.protein_synthesis"
  local P = require "library.weisse2015".per_second
  local K = P.gmax/P.Kp
  -- The mean of a/(theta + a), as a polynomial of rho in Horner's form.
  local function mean_of(theta)
    local terms, binomial, formula = {}, 1, "0"
    for n = 0, 120 do
      terms[n] = binomial*n/(theta + n)
      binomial = binomial*(n + 1 + K)/(n + 1)
    end
    for n = 120, 0, -1 do formula = ("(%.17g + rho*%s)"):format(terms[n], formula) end
    return ("(1 - rho)^%.17g*%s"):format(K + 1, formula)
  end
  process "averages" { rules = { rho = "gamma/gmax", mean_thetar = mean_of(P.thetar),
    mean_thetax = mean_of(P.thetax) } }
  for _, class in ipairs(synthesis.classes) do
    class.transcription = class.transcription:gsub("a/%((theta.) %+ a%)", "mean_%1")
  end
  synthesis.define(process, {})
]]

local function start(id)
  local vm = assert(bioxen.create_bio_vm(id, "minimal_cell", "basic", { timeout = math.huge }))
  assert(vm:start())
  assert(vm:execute_biological_process(prepare))
  return vm
end

local function ode(id, code)
  local vm <close> = start(id)
  code = code .. "return grow('ode', nil, args)"
  return assert(vm:execute_biological_process(code, { args = generations })).result
end

local function stochastic()
  local results, jobs, began = {}, {}, bioxen.clock()
  local vms = {}
  for first = 1, cells, at_once do
    for i = first, math.min(first + at_once - 1, cells) do
      vms[i] = start("cell" .. i)
      jobs[i] = assert(vms[i]:submit("return grow('ssa', 1000*args[1], args[2])",
        { args = { i, generations } }))
    end
    for i = first, math.min(first + at_once - 1, cells) do
      results[i] = assert(jobs[i]:wait()).result
      vms[i]:destroy()
    end
  end
  return results, bioxen.clock() - began
end

local plain, averaged = ode("ode", ""), ode("averaged", average_transcription)
local results, elapsed = stochastic()
print "growth per minute   stochastic, mean and its error         ODE   averaged ODE"
for generation = 1, generations do
  local values = {}
  for i = 1, cells do values[i] = results[i][generation] end
  local mean, sem = mean_and_error(values)
  print(("generation %2d       %.6f +- %.6f (%4.1f %%)      %.6f   %.6f"):format(generation,
    mean, sem, 100*sem/mean, plain[generation], averaged[generation]))
end
print(("%d cells, %d at once, %d generations: %.1f s"):format(cells, at_once, generations, elapsed))
