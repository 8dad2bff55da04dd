--- What an instance of this organism can be asked and told: functions on the cell.

local classes = require("minimal_cell.protein_synthesis").classes

local functions = {}

local names = { r = "ribosomal", t = "transporter", m = "enzyme", q = "housekeeping",
  p = "heterologous" }

local function check_number(value, what)
  if type(value) ~= "number" or not (value >= 0 and value < math.huge) then
    error(("%s: a number of 0 or more expected, got %s"):format(what, tostring(value)), 3)
  end
  return value
end

local function doubling_time(cell)
  return math.log(2)/math.max(cell:get "lambda", 0)/60
end

--- The state of the cell in numbers. Rates per hour, per minute where the name says so, doubling
-- time in minutes, counts in molecules, protein mass in amino acids, elongation in amino acids per
-- second and ribosome, time in seconds.
function functions.metrics(cell)
  return {
    time = cell:time(),
    growth_rate = cell:get "growth_rate",
    growth_rate_per_minute = 60*cell:get "lambda",
    doubling_time = doubling_time(cell),
    ribosomes = cell:get "ribosomes",
    free_ribosomes = cell:get "r",
    translating_ribosomes = cell:get "translating",
    ribosomal_mass_fraction = cell:get "ribosomal_mass_fraction",
    energy = cell:get "a",
    protein_mass = cell:get "protein_mass",
    elongation_rate = cell:get "gamma",
  }
end

--- Protein made, amino acids per second: total, per translating ribosome, and by class.
function functions.protein_synthesis(cell)
  local gamma = cell:get "gamma"
  local by_class = {}
  for _, class in ipairs(classes) do
    by_class[names[class.x]] = gamma*cell:get("c_" .. class.x)
  end
  return { total = cell:get "synthesis", per_ribosome = gamma, by_class = by_class }
end

--- Import and catabolism in molecules of nutrient per second; the supply of energy from it and its
-- use for protein in molecules of energy per second; energy held, in molecules.
function functions.energy_production(cell)
  return {
    import = cell:get "import",
    catabolism = cell:get "catabolism",
    supply = cell:get "energy_supply",
    use = cell:get "synthesis",
    energy = cell:get "a",
  }
end

--- The replication clock of a cell that has always grown as it does now: age 0 to 1, divisions so
-- far, origins, termini, forks and genome equivalents at this age, and the means of a population.
function functions.dna_replication(cell)
  return {
    generation_time = doubling_time(cell),
    divisions = math.tointeger(cell:get "divisions"),
    age = cell:get "phase",
    origins = cell:get "origins",
    termini = cell:get "termini",
    forks = cell:get "forks",
    genome_equivalents = cell:get "genome_equivalents",
    mean_origins = cell:get "mean_origins",
    mean_genome_equivalents = cell:get "mean_genome_equivalents",
  }
end

--- Change the medium: nutrient in molecules, quality in energy molecules per molecule of nutrient.
function functions.set_medium(cell, medium)
  local symbols = { nutrient = "s0", quality = "ns" }
  if type(medium) ~= "table" then
    error("set_medium: { nutrient = …, quality = … } expected, got " .. type(medium), 2)
  end
  for key, value in pairs(medium) do
    if not symbols[key] then
      error(("set_medium: nutrient or quality expected, got %s"):format(tostring(key)), 2)
    end
    check_number(value, "set_medium: " .. key)
  end
  for key, value in pairs(medium) do cell:set(symbols[key], value) end
end

--- Chloramphenicol in µM.
function functions.set_antibiotic(cell, concentration)
  cell:set("cl", check_number(concentration, "set_antibiotic"))
end

--- Transcribe a heterologous gene at up to `rate` mRNA per minute.
function functions.express_heterologous(cell, rate)
  cell:set("wp", check_number(rate, "express_heterologous")/60)
end

--- Round every species to whole molecules, which a stochastic run wants after an ODE.
function functions.whole_molecules(cell)
  for _, name in ipairs(cell:species()) do cell:set(name, math.floor(cell:get(name) + 0.5)) end
end

local function largest_change(cell, before)
  local change = 0
  for name, old in pairs(before) do
    local new = cell:get(name)
    change = math.max(change, math.abs(new - old)/math.max(math.abs(new), 1))
  end
  return change
end

local function snapshot(cell)
  local state = {}
  for _, name in ipairs(cell:species()) do
    if name ~= "polymerised" then state[name] = cell:get(name) end
  end
  return state
end

--- Grow, as ODE, in stretches each twice as long as the last, until no species changes by more than
-- `tolerance` (1e-6) of itself, or of one molecule, in ten doubling times; give up after `limit`
-- seconds (1e9). Returns the metrics.
function functions.steady_state(cell, options)
  options = options or {}
  local tolerance, limit = options.tolerance or 1e-6, options.limit or 1e9
  local start, stretch = cell:time(), 3600
  while cell:time() + stretch - start <= limit do
    local before = snapshot(cell)
    cell:run { duration = stretch, record = {} }
    if largest_change(cell, before) <= tolerance and stretch >= 600*doubling_time(cell) then
      return functions.metrics(cell)
    end
    stretch = 2*stretch
  end
  error(("steady_state: not reached within %g s"):format(limit), 2)
end

return functions
