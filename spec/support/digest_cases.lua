--- What spec/digests_spec.lua digests: code for a VM, which gives trajectories, ensembles and numbers. `solver`:
--- CVODE has a part in it.

local s = require "spec.support.sbml"

-- In front of every code: models, and all that a cell holds.
local models = [[
cell:clear()

local function state()
  local out = { cell:time() }
  for _, list in ipairs { cell:species(), cell:parameters(), cell:rules() } do
    for _, name in ipairs(list) do out[#out + 1] = cell:get(name) end
  end
  for _, name in ipairs(cell:species()) do out[#out + 1] = cell:shortage(name) end
  return out
end

local function oscillator()
  process "oscillator" {
    species = { X = 900, Y = 1100 },
    parameters = { birth = 10, meet = 0.01, death = 10 },
    rules = { ratio = "X/(Y + 1)", both = "X + Y" },
    reactions = { { "X -> 2 X", k = "birth" }, { "X + Y -> 2 Y", k = "meet" }, { "Y ->", k = "death" } },
  }
end

local function stiff()
  process "stiff" {
    species = { A = 1, B = 0, C = 0 },
    reactions = { { "A -> B", k = 0.04 }, { "2 B -> B + C", k = 3e7 }, { "B + C -> A + C", k = 1e4 } },
  }
end

-- A path of n species, each with a way back and an enzyme that all share.
local function path(n, count, back)
  local species, reactions = { E = 40 }, {}
  for i = 1, n do species["S" .. i] = i == 1 and count or 0 end
  for i = 1, n do
    local next_one = "S" .. i % n + 1
    reactions[#reactions + 1] = { ("E + S%d -> E + %s"):format(i, next_one), k = 0.01*(1 + i % 5) }
    reactions[#reactions + 1] = { ("%s -> S%d"):format(next_one, i), rate = ("%g*%s/(1 + %s/50)"):format(back or 0.2,
      next_one, next_one) }
  end
  process "path" { species = species, reactions = reactions }
end

local function expression()
  process "expression" {
    species = { gene = 1, off = 0, mRNA = 0, protein = 0 },
    parameters = { k_tx = 2, k_tl = 5, d_m = 0.2, d_p = 0.05, bind = 2e-4, unbind = 0.05 },
    reactions = {
      { "gene -> gene + mRNA", k = "k_tx", name = "transcription" },
      { "mRNA -> mRNA + protein", k = "k_tl" }, { "mRNA ->", k = "d_m" }, { "protein ->", k = "d_p" },
      { "gene + protein -> off", k = "bind" }, { "off -> gene + protein", k = "unbind" },
    },
  }
end

local function day_and_night()
  process "day_and_night" {
    species = { light = 50, dark = 0 },
    parameters = { period = 7 },
    rules = { sun = "if(sin(2*pi*time/period) > 0, 1, 0.1)", warmth = "1 + 0.5*cos(2*pi*time/period)" },
    reactions = { { "-> light", rate = "60*sun" }, { "light -> dark", k = "warmth" }, { "dark ->", k = 0.4 } },
  }
end

-- Of each kind: time, condition, delay, priority, chance, values of the trigger, what is dropped.
local function eventful()
  process "eventful" {
    species = { A = 40, B = 0, C = 5 },
    parameters = { k = 0.5, tries = 0, mark = 0 },
    rules = { sum = "A + B" },
    reactions = { { "A -> B", k = "k" }, { "B -> A", k = 0.2 }, { "-> C", k = 3 }, { "C ->", k = 0.4 } },
    events = {
      { at = 2.5, set = { A = "A + 30", tries = "tries + 1" } },
      { at = "4 + k", set = { k = "k*2" }, delay = 1.25 },
      { when = "A < 20 and time > 1", set = { A = "A + 50" }, delay = "0.3 + 0.01*B", values = "trigger" },
      { when = "C > 9", set = { C = "C - 4 + poisson(2)" }, delay = 0.7, persistent = false },
      { when = "C > 8", set = { mark = "mark + uniform(0, 1)" }, priority = 2 },
      { when = "C > 8", set = { mark = "mark*normal(1, 0.1)" }, priority = 2 },
      { when = "C > 8", set = { B = "B + 1" }, priority = "1 + mark" },
      { when = "sum > 30 or B >= 25", set = { tries = "tries + 10" }, initial = false },
      { at = 19, set = { B = "B + 7" }, delay = 4, values = "trigger" },
    },
  }
end

-- Delays that are constant, that vary, and that are in each other; the second process reads the first one's past.
local function delayed()
  process "delayed" {
    species = { x = 8, y = 3 },
    parameters = { tau = 1.5, boost = 1 },
    rules = { late = "delay(x, tau)", later = "delay(late + y, 0.75)" },
    reactions = { { "-> x", rate = "boost*40/(4 + late)" }, { "x ->", k = 0.5 }, { "-> y", rate = "later/2" },
      { "y ->", rate = "0.2*y + 0*delay(y, 1 + x/100)" } },
    events = { { at = 4, set = { boost = 3 } }, { when = "delay(y, 2) > 12", set = { x = "x + 5" } } },
  }
end

local function reversible()
  process "reversible" {
    species = { A = 20000, B = 0, C = 0 },
    reactions = { { "A -> B", k = 1e4 }, { "B -> A", k = 1e4 }, { "B -> C", k = 0.3 }, { "C -> A", k = 0.05 } },
  }
end

-- More reactions than the sum tree takes.
local function wide()
  local species, reactions = {}, {}
  for i = 1, 25100 do
    species["S" .. i] = i % 7 == 0 and 3 or 0
    reactions[2*i - 1] = { ("S%d -> S%d"):format(i, i % 25100 + 1), k = 0.001*(1 + i % 900) }
    reactions[2*i] = { ("S%d ->"):format(i), k = 1e-5*(1 + i % 31) }
  end
  process "wide" { species = species, reactions = reactions }
end

local function metabolism()
  process "metabolism" {
    species = { G = 5000, P = 1000.5 },
    parameters = { v = 90 },
    reactions = { { "G -> P", rate = "v*G/(G + 300)" }, { "P -> G", k = 0.01 }, { "-> G", rate = "5" } },
  }
  process "genes" {
    species = { E = 3, Q = 0 },
    reactions = {
      { "-> E", rate = "0.4*P/(P + 500)", name = "make" }, { "E ->", k = 0.1 },
      { "P + E -> Q + E", k = 0.002, name = "take" }, { "Q -> P", k = 0.3 },
    },
    events = {
      { when = "E >= 6", set = { v = 60 } }, { when = "P > 1100", set = { v = "v + 5" }, delay = 0.4 },
      { at = 12.5, set = { G = "G + 100" } },
    },
  }
end
]]

local rates = s.document {
  compartments = { s.compartment("c", 2, false) },
  species = { s.species("A", 'initialAmount="4"'), s.species("B", 'initialAmount="1"'),
    s.species("free", 'initialAmount="0"', 'hasOnlySubstanceUnits="true"') },
  parameters = { s.parameter("k", 0.3), s.parameter("p", 1, false), s.parameter("q", 0, false) },
  rules = { s.rule("rate", "p", s.apply("times", -0.2, "p")), s.rule("rate", "free", s.apply("sin", s.time)),
    s.rule("assignment", "q", s.apply("plus", "A", s.apply("times", 2, "free"))) },
  reactions = { s.reaction("flow", { "A" }, { "2 B" }, s.apply("times", "c", s.apply("times", "k", "A"))) },
  events = { s.event("half", s.apply("lt", "A", 1.5), { c = 1, A = s.apply("plus", "A", 2) }, { delay = 1.5 }) },
}

local cases = {
  { "ode: bdf", solver = true, "oscillator() return { cell:run { duration = 5, every = 0.01 }, state() }" },
  { "ode: adams", solver = true,
    "oscillator() return { cell:run { duration = 5, every = 0.01, solver = 'adams' }, state() }" },
  { "ode: stiff, tolerances", solver = true, [[stiff()
    return { cell:run { duration = 1e4, every = 7, tolerance = { relative = 1e-6, absolute = 1e-9 } }, state() }]] },
  { "ode: sparse", solver = true,
    "path(60, 1000) return { cell:run { duration = 30, every = 0.5 }, state() }" },
  { "ode: conditions in rules, rates of time", solver = true,
    "day_and_night() return { cell:run { duration = 40, every = 0.25 }, state() }" },
  { "ode: events", solver = true,
    "eventful() return { cell:run { duration = 20, every = 0.1, seed = 3 }, state() }" },
  { "ode: a row a step", solver = true,
    "eventful() return { cell:run { duration = 20, every = 'step', seed = 3 }, state() }" },
  { "ode: solvers in turn, values set", solver = true, [[oscillator()
    local a = cell:run { duration = 2, every = 0.1 }
    cell:set { X = 700, birth = 9 }
    local b = cell:run { duration = 2, every = 0.1, solver = "adams" }
    return { a, b, cell:run { duration = 2, every = 0.1 }, state() }]] },
  { "ode: rate rules, a compartment that varies (SBML)", solver = true, args = rates, [[cell:load_sbml(args)
    return { cell:run { duration = 12, every = 0.05 }, state() }]] },
  { "ode: rates beside reactions, initial formulas, concentrations", solver = true, [[
    process "all" { species = { A = 10, W = 1 }, parameters = { V = 2, k = 1 }, initial = { k = "A/20" },
      concentrations = { a = { "A", "V" } }, rates = { W = "a - W" },
      reactions = { { "A ->", rate = "k*a*V" } }, events = { { when = "a < 2", set = { a = "a + 1" } } } }
    return { cell:run { duration = 8, every = 0.1 }, state() }]] },
  { "ode: delays", solver = true, [[delayed()
    local a = cell:run { duration = 6, every = 0.1 }
    cell:set("x", 9)
    return { a, cell:run { duration = 6, every = 0.1, solver = "adams" }, state() }]] },

  { "ssa: sum tree",
    "oscillator() return { cell:run { duration = 2, every = 0.01, method = 'ssa', seed = 1 }, state() }" },
  { "ssa: formulas and a small gene",
    "expression() return { cell:run { duration = 300, every = 1, method = 'ssa', seed = 2 }, state() }" },
  { "ssa: hubs",
    "path(300, 900) return { cell:run { duration = 4, every = 0.1, method = 'ssa', seed = 3 }, state() }" },
  { "ssa: groups", memory = 1 << 29, [[wide()
    return { cell:run { duration = 3, every = 1, method = "ssa", seed = 4, record = { "S7", "S8" } }, state() }]] },
  { "ssa: delays", solver = true,
    "delayed() return { cell:run { duration = 9, every = 0.25, method = 'ssa', seed = 5 }, state() }" },
  { "ssa: rates of time", solver = true, [[day_and_night()
    return { cell:run { duration = 9, every = 0.25, method = "ssa", seed = 5 }, state() }]] },
  { "ssa: events", [[eventful()
    return { cell:run { duration = 20, every = 0.1, method = "ssa", seed = 6 }, state(),
      cell:run { duration = 20, every = 0.1, method = "ssa", seed = 7 }, state() }]] },
  { "ssa: a row a reaction",
    "eventful() return { cell:run { duration = 20, every = 'step', method = 'ssa', seed = 6 }, state() }" },
  { "ssa: a run of many, and rows as they come", [[expression()
    local rows = {}
    local n = cell:run { duration = 50, every = 5, method = "ssa", seed = 8, run = 17, stream = function(time, row)
      rows[#rows + 1] = { time, row.mRNA, row.protein } end }
    return { n, rows, state() }]] },

  { "tau: explicit", [[process "big" { species = { X = 1e6, Y = 0 },
      reactions = { { "X -> Y", k = 1 }, { "2 Y -> X", k = 1e-6 }, { "-> X", k = 1e4 } } }
    return { cell:run { duration = 5, every = 0.1, method = "tau", seed = 1 }, state() }]] },
  { "tau: implicit",
    "reversible() return { cell:run { duration = 5, every = 0.1, method = 'tau', seed = 2 }, state() }" },
  { "tau: exact stretches, events, epsilon", [[eventful()
    return { cell:run { duration = 20, every = 0.1, method = "tau", seed = 3, epsilon = 0.1 }, state() }]] },
  { "tau: a row a leap, twice", [[reversible()
    local a = cell:run { duration = 1, every = "step", method = "tau", seed = 4 }
    return { a, cell:run { duration = 1, every = "step", method = "tau", seed = 4 }, state() }]] },

  { "hybrid: exact, by name", solver = true, [[metabolism()
    return { cell:run { duration = 20, every = 0.5, method = "hybrid", seed = 1, stochastic = { "genes" } },
      state() }]] },
  { "hybrid: exact, by count", solver = true, [[metabolism()
    return { cell:run { duration = 20, every = 0.5, method = "hybrid", seed = 2 }, state() }]] },
  { "hybrid: exchanges, by name", solver = true, [[metabolism() cell:set("P", 3)
    return { cell:run { duration = 20, every = 0.5, method = "hybrid", seed = 3, stochastic = { "genes" },
      exchange = 0.3 }, state() }]] },
  { "hybrid: exchanges, by count, a row an exchange", solver = true, [[metabolism()
    return { cell:run { duration = 20, every = "step", method = "hybrid", seed = 4, threshold = 30, exchange = 0.4,
      solver = "adams" }, state() }]] },
  { "hybrid: events and chance, both couplings", solver = true, [[eventful()
    local a = cell:run { duration = 15, every = 0.5, method = "hybrid", seed = 5, stochastic = { "C" } }
    return { a, cell:run { duration = 15, every = 0.5, method = "hybrid", seed = 6, stochastic = { "C" },
      exchange = 0.25 }, state() }]] },
  { "hybrid: rates of time, one way and the other", solver = true, [[day_and_night()
    local by_name = { duration = 8, every = 0.5, method = "hybrid", seed = 7, stochastic = { "dark" } }
    local a, b = cell:run(by_name), cell:run(by_name)
    return { a, b, cell:run { duration = 8, every = 0.5, method = "hybrid", seed = 7, threshold = 20 }, state() }]] },

  { "ensemble: ssa, in the middle of a life", [[eventful()
    cell:run { duration = 20.5, method = "ssa", seed = 1 } -- an event waits
    local e = cell:ensemble { runs = 40, first = 3, duration = 6, every = 0.5, seed = 2, quantiles = { 0.1, 0.5 } }
    return { e, state(), cell:run { duration = 6, every = 0.5, method = "ssa", seed = 3 }, state() }]] },
  { "ensemble: tau", [[reversible()
    return { cell:ensemble { runs = 10, duration = 1, every = 0.5, method = "tau", seed = 4, histogram = true } }]] },
  { "ensemble: hybrid", solver = true, [[metabolism()
    return { cell:ensemble { runs = 5, duration = 5, every = 1, method = "hybrid", seed = 5, exchange = 0.5 },
      cell:ensemble { runs = 3, duration = 5, every = 1, method = "hybrid", seed = 6 }, state() }]] },
  { "ensemble: ssa with rates of time", solver = true, [[day_and_night()
    return { cell:ensemble { runs = 5, duration = 3, every = 1, seed = 7 }, state() }]] },

  { "a life: methods in turn, processes added and defined anew, seeds drawn", solver = true, [[eventful()
    local out = {}
    local function live(options) -- without a seed
      out[#out + 1] = cell:run(options)
      out[#out + 1] = state()
    end
    live { duration = 3, every = 0.5, method = "ssa" }
    expression()
    live { duration = 3, every = 0.5 }
    live { duration = 3, every = 0.5, method = "hybrid" }
    expression() -- anew: what exists keeps its value
    live { duration = 3, every = 0.5, method = "tau", record = { "mRNA", "k", "sum" } }
    out[#out + 1] = cell:ensemble { runs = 3, duration = 2 }
    cell:reset()
    live { duration = 3, every = 0.5, method = "ssa" }
    cell:clear()
    oscillator()
    live { duration = 1, every = 0.5, method = "ssa" }
    return out]] },
  { "a life that goes on after runs that failed", solver = true, [[eventful()
    local out = {}
    for _, method in ipairs { "ode", "ssa", "tau", "hybrid" } do
      local good, problem = pcall(cell.run, cell, { duration = 50, method = method, seed = 1, max_steps = 60,
        stochastic = method == "hybrid" and { "C" } or nil })
      out[#out + 1] = good and "went through" or tostring(problem)
      out[#out + 1] = state()
      for _, name in ipairs { "A", "B", "C" } do cell:set(name, math.floor(cell:get(name))) end
      out[#out + 1] = cell:run { duration = 2, every = 0.5, method = "ssa", seed = 2 }
    end
    return out]] },
}

-- Organisms keep their own processes.
local organisms = {
  { "minimal_cell: ode", solver = true, organism = "minimal_cell", [[
    return { cell:run { duration = 2000, every = 50 }, organism.metrics(cell) }]] },
  { "minimal_cell: ssa", solver = true, organism = "minimal_cell", [[
    cell:steady_state() cell:whole_molecules()
    return { cell:run { duration = 0.3, every = 0.01, method = "ssa", seed = 1 }, organism.metrics(cell) }]] },
  { "ecoli: ode", solver = true, organism = "ecoli", [[
    return { cell:run { duration = 3600, every = 60 }, organism.metrics(cell) }]] },
  { "ecoli: hybrid", solver = true, organism = "ecoli", config = { organism = { plasmid = "pBR322" } }, [[
    return { cell:run { duration = 1200, every = 60, method = "hybrid", stochastic = { "plasmids" }, exchange = 30,
      seed = 5 }, organism.metrics(cell) }]] },
  { "ecoli: the lac operon", solver = true, organism = "ecoli", [[cell:clear()
    cell:lac_operon { inducer = 0.04 }
    return { cell:run { duration = 600, every = 10, method = "hybrid", exchange = 1, seed = 1,
      stochastic = { "lac_MR", "lac_R", "lac_R2", "lac_O", "lac_R2O", "lac_I2R2", "lac_MY" } } }]] },
  { "syn3a: ode", solver = true, organism = "syn3a", [[
    return { cell:run { duration = 600, every = 60 }, organism.metrics(cell) }]] },
  { "syn3a: ssa", organism = "syn3a", [[
    local a = cell:run { duration = 20, every = 1, method = "ssa", seed = 1 }
    return { a, cell:ensemble { runs = 2, duration = 5, every = 1, seed = 2 },
      cell:run { duration = 20, every = 1, method = "ssa", seed = 3 }, organism.metrics(cell) }]] },
}

for _, case in ipairs(cases) do
  case.name, case.code = case[1], models .. case[2]
  if case.memory then case.config = { memory = case.memory } end
end
for _, case in ipairs(organisms) do
  case.name, case.code = case[1], case[2]
  cases[#cases + 1] = case
end

return cases
