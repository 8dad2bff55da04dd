-- The organism minimal_cell against its paper: Weiße et al., PNAS 112:E1038 (2015),
-- doi 10.1073/pnas.1416533112.

local bioxen = require "bioxen"
local fit_line = require "spec.support.fit_line"
local kind = require "spec.support.vm_kind"
local mean_and_error = require "spec.support.mean_and_error"

-- Slower builds take shorter stochastic runs.
local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1

local function start(config)
  local vm = assert(kind.create("spec", "minimal_cell", config))
  assert(vm:start())
  return vm
end

local function run(vm, code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 60*slow })).result
end

-- Run code in the cell of a new VM that has these options and resources.
local function in_cell(config, code, args)
  local vm <close> = start(config)
  return run(vm, code, args)
end

local function steady_state(options, resources)
  return in_cell({ organism = options, resources = resources }, "return cell:steady_state()")
end

local function assert_close(expected, actual, relative, what)
  local off = math.abs(actual/expected - 1)
  assert.is_true(off <= relative, ("%s: %.10g expected, got %.10g, off by %.2g, allowed %.2g")
    :format(what or "value", expected, actual, off, relative))
end

describe("minimal_cell as ODE", function()
  -- Steady states of the paper's equations with its parameters: options, growth rate per minute,
  -- ribosomal mass fraction.
  local cases = {
    { "baseline", {}, 0.0241145338, 0.2407110945 },
    { "rich medium", { quality = 2 }, 0.0517432262, 0.3581925527 },
    { "chloramphenicol, 8 µM", { antibiotic = 8 }, 0.0091189431, 0.4175143161 },
    { "heterologous gene", { heterologous = 100 }, 0.0111554006, 0.1387318193 },
  }
  for _, case in ipairs(cases) do
    it("has the growth rate and ribosomes of the paper: " .. case[1], function()
      local metrics = steady_state(case[2])
      assert_close(case[3], metrics.growth_rate_per_minute, 1e-4, "growth rate")
      assert_close(case[4], metrics.ribosomal_mass_fraction, 1e-4, "ribosomal mass fraction")
    end)
  end

  it("has the published numbers of the baseline", function()
    local metrics = steady_state()
    assert_close(28.744, metrics.doubling_time, 1e-4)
    assert_close(3188.65, metrics.ribosomes, 1e-4)
    assert_close(12.70, metrics.elongation_rate, 1e-3)
    assert_close(60*metrics.growth_rate_per_minute, metrics.growth_rate, 1e-12)
  end)

  local path = "../shared/facts/weisse2015_reference.tsv"
  local file = io.open(path)
  if not file then
    pending("every row of " .. path .. ", which is not here")
    return
  end
  local names = { ns = "quality", cl = "antibiotic", wp = "heterologous", s0 = "nutrient" }
  local header = file:read()
  for line in file:lines() do
    local row, next_field = {}, line:gmatch "[^\t]+"
    for column in header:gmatch "[^\t]+" do row[column] = next_field() end
    it("has the steady state of " .. row.case, function()
      local name, value = row.case:match "^(%w+)=([%d.e]*%d)"
      local metrics = steady_state(name and { [names[name]] = tonumber(value) })
      assert_close(row.lambda_per_min, metrics.growth_rate_per_minute, 1e-4, "growth rate")
      assert_close(row.ribosomal_mass_fraction, metrics.ribosomal_mass_fraction, 1e-4,
        "ribosomal mass fraction")
    end)
  end
  file:close()
end)

describe("minimal_cell", function()
  it("conserves protein mass at 1e8 amino acids", function()
    for _, options in ipairs { {}, { quality = 0.1 }, { heterologous = 500 } } do
      assert_close(1e8, steady_state(options).protein_mass, 1e-6)
    end
  end)

  it("makes M ln 2 amino acids a doubling at balanced growth", function()
    local made = in_cell(nil, [[
      local metrics = cell:steady_state()
      local before = cell:get "polymerised"
      cell:run { duration = 60*metrics.doubling_time }
      return cell:get "polymerised" - before
    ]])
    assert_close(1e8*math.log(2), made, 1e-6)
  end)

  it("starts with 10 ribosomes and 1000 energy molecules", function()
    local vm <close> = start()
    local metrics = assert(vm:get_biological_metrics())
    assert.are.equal(10, metrics.ribosomes)
    assert.are.equal(10, metrics.free_ribosomes)
    assert.are.equal(1000, metrics.energy)
    assert.are.equal(0, metrics.growth_rate)
    assert.are.equal(75490, metrics.protein_mass)
    assert.are.equal(0, metrics.time)
  end)

  it("has the first growth law: better medium, more ribosomes, in proportion", function()
    local points, last = {}, 0
    for _, quality in ipairs { 0.1, 0.2, 0.35, 0.5, 0.75, 1 } do
      local metrics = steady_state { quality = quality }
      assert.is_true(metrics.growth_rate > last)
      last = metrics.growth_rate
      points[#points + 1] = { metrics.growth_rate, metrics.ribosomal_mass_fraction }
    end
    local slope, intercept, correlation = fit_line(points)
    assert.is_true(slope > 0 and intercept > 0 and correlation > 0.99, "r = " .. correlation)
  end)

  it("has the second growth law: slowed translation, more ribosomes, in proportion", function()
    local points = {}
    for _, antibiotic in ipairs { 0, 2, 4, 6, 8 } do
      local metrics = steady_state { antibiotic = antibiotic }
      points[#points + 1] = { metrics.growth_rate, metrics.ribosomal_mass_fraction }
    end
    local slope, _, correlation = fit_line(points)
    assert.is_true(slope < 0 and correlation < -0.99, "r = " .. correlation)
  end)

  it("pays for a heterologous protein", function()
    local last, growth = nil, {}
    for _, rate in ipairs { 0, 50, 200, 1000 } do
      last = in_cell(nil, [[
        cell:express_heterologous(args)
        local metrics = cell:steady_state()
        metrics.fraction = 300*cell:get "p"/metrics.protein_mass
        return metrics
      ]], rate)
      growth[#growth + 1] = { last.fraction, last.growth_rate }
    end
    for i = 2, #growth do
      assert.is_true(growth[i][1] > growth[i - 1][1] and growth[i][2] < growth[i - 1][2])
    end
    assert_close(0.00265461767, last.growth_rate_per_minute, 1e-4)
  end)

  it("takes a change of medium and of antibiotic in mid-run", function()
    local result = in_cell(nil, [[
      local states = { cell:steady_state() }
      cell:set_medium { quality = 1 }
      states[2] = cell:steady_state()
      cell:set_medium { quality = 0.5, nutrient = 1000 }
      states[3] = cell:steady_state()
      cell:set_medium { nutrient = 1e4 }
      cell:set_antibiotic(4)
      states[4] = cell:steady_state()
      cell:set_antibiotic(0)
      states[5] = cell:steady_state()
      return states
    ]])
    local expected = { 0.02411453378, 0.0370163530, 0.01559286811, 0.01538862032, 0.02411453378 }
    for i, growth in ipairs(expected) do
      assert_close(growth, result[i].growth_rate_per_minute, 1e-4, "state " .. i)
    end
  end)

  it("returns to its options, not to the defaults, when reset", function()
    local result = in_cell({ organism = { quality = 2, antibiotic = 3 } }, [[
      cell:set_medium { quality = 1 }
      cell:set_antibiotic(0)
      cell:reset()
      return { cell:get "ns", cell:get "cl", cell:time(), cell:get "r" }
    ]])
    assert.are.same({ 2, 3, 0, 10 }, result)
  end)

  it("reports synthesis and energy that balance", function()
    local result = in_cell({ organism = { heterologous = 50 } }, [[
      cell:steady_state()
      return { protein = cell:protein_synthesis(), energy = cell:energy_production(),
        growth = cell:get "lambda" }
    ]])
    local sum = 0
    for _, rate in pairs(result.protein.by_class) do sum = sum + rate end
    assert_close(result.protein.total, sum, 1e-12)
    assert_close(1e8*result.growth, sum, 1e-12)
    assert_close(result.energy.use + result.growth*result.energy.energy, result.energy.supply, 1e-6)
    assert_close(0.5*result.energy.catabolism, result.energy.supply, 1e-12)
    assert_close(result.energy.import, result.energy.catabolism, 1e-4)
  end)

  it("refuses what makes no sense", function()
    local vm <close> = start()
    local calls = {
      ["cell:set_medium { sugar = 1 }"] = "nutrient or quality expected, got sugar",
      ["cell:set_medium { quality = -1 }"] = "quality: a number of 0 or more expected, got %-1",
      ["cell:set_medium(3)"] = "expected, got number",
      ["cell:set_antibiotic 'much'"] = "a number of 0 or more expected, got much",
      ["cell:express_heterologous(0/0)"] = "a number of 0 or more expected",
      ["cell:steady_state { limit = 7200 }"] = "not reached within 7200 s",
      ["cell:steady_state { seconds = 7200 }"] = "steady_state: tolerance or limit expected, got seconds",
      ["cell:steady_state { tolerance = 'fine' }"] = "tolerance: a number of 0 or more expected, got fine",
      ["cell:steady_state(5)"] = "steady_state: { tolerance = …, limit = … } expected, got number",
    }
    for code, message in pairs(calls) do
      local _, err = vm:execute_biological_process(code)
      assert.matches(message, tostring(err))
      assert.matches("^process:1: ", err.message)
    end
    assert.has_error(function()
      kind.create("bad", "minimal_cell", { organism = { quality = -1 } })
    end)
  end)
end)

describe("the shares of a minimal_cell", function()
  it("bound its translating ribosomes", function()
    local free = steady_state()
    local last = 0
    for _, limit in ipairs { 200, 1000, 2000 } do
      local capped = steady_state(nil, { ribosomes = limit })
      assert.is_true(capped.translating_ribosomes <= limit*(1 + 1e-9))
      assert_close(limit, capped.translating_ribosomes, 0.02)
      assert.is_true(capped.growth_rate > last and capped.growth_rate < free.growth_rate)
      last = capped.growth_rate
    end
    local ample = steady_state(nil, { ribosomes = 70000 })
    assert_close(free.growth_rate, ample.growth_rate, 1e-9)
  end)

  it("bound them in every row of a stochastic run too", function()
    local result = in_cell({ resources = { ribosomes = 500.5 } }, [[
      cell:steady_state()
      cell:whole_molecules()
      local t = cell:run { duration = args, every = 0.01, method = "ssa", seed = 7,
        record = { "translating" } }
      local most = 0
      for _, row in t:rows() do most = math.max(most, row.translating) end
      return { most = most, mean = t:mean "translating" }
    ]], 10/slow)
    assert.is_true(result.most <= 500 and result.mean > 480)
  end)

  it("scale its energy: half the ATP is half the quality of the medium", function()
    local half = steady_state({ quality = 0.5 }, { atp_percentage = 50 })
    local poor = steady_state { quality = 0.25 }
    assert_close(poor.growth_rate, half.growth_rate, 1e-9)
    assert.is_true(half.growth_rate < steady_state().growth_rate)
  end)

  it("hold RNA polymerases at work to their number, exactly", function()
    local result = in_cell({ resources = { rna_polymerase = 150 } }, [[
      local m = cell:steady_state()
      return { m = m, engaged = cell:get "rna_polymerase_engaged", demand = cell:get "rna_polymerase_demand" }
    ]])
    assert.are.equal(150, result.engaged)
    assert.is_true(result.demand > 160)
    assert_close(150, result.m.engaged_rna_polymerases, 1e-12)
    -- 22.74 mRNA of ribosomes, 95.8 of housekeeping proteins, 5.88 of the others a minute, at 52 nt/s
    assert_close((22.74*3*7549 + (95.8 + 5.88)*3*300)/60/52, steady_state().engaged_rna_polymerases, 2e-3)
  end)

  -- Growth over 100 hours, in the mean: cells with few polymerases go in cycles.
  local mean_growth = [[
    cell:run { duration = 100*3600, record = {} }
    local before = cell:get "polymerised"
    cell:run { duration = 100*3600, record = {} }
    return (cell:get "polymerised" - before)/1e8/100
  ]]
  it("slow a cell that has few RNA polymerases", function()
    local last = 0
    for _, limit in ipairs { 1, 10, 40, 100 } do
      local growth = in_cell({ resources = { rna_polymerase = limit } }, mean_growth)
      assert.is_true(growth > last and growth < 1, growth)
      last = growth
    end
    local ample = in_cell({ resources = { rna_polymerase = 195 } }, mean_growth)
    assert_close(steady_state().growth_rate, ample, 1e-4)
  end)

  it("scale transcription to the genome memory: rates are as the genes that it holds", function()
    local result = in_cell(nil, [[
      local metrics = cell:steady_state()
      local rates = {}
      local function note(place)
        rates[place] = {}
        for _, x in ipairs { "r", "t", "m", "q" } do rates[place][x] = cell:rate("transcription_" .. x) end
      end
      note(1)
      organism.allocate(cell, { memory_kb = metrics.dna_kb/2 })
      note(2)
      organism.allocate(cell, { memory_kb = metrics.dna_kb*1.001 })
      note(3)
      organism.allocate(cell, { memory_kb = 4641.652 })
      return { rates = rates, dna = metrics.dna_kb, one = cell:steady_state(), dosage = cell:get "gene_dosage" }
    ]])
    for x, rate in pairs(result.rates[1]) do
      assert_close(0.5*rate, result.rates[2][x], 1e-9)
      assert_close(rate, result.rates[3][x], 1e-12)
    end
    -- One genome, for what grows like this wants 2.6; but the published cell has mRNA to spare.
    assert_close(4641.652/result.one.dna_kb, result.dosage, 1e-9)
    assert_close(0.962, result.one.growth_rate/steady_state().growth_rate, 2e-3)
    assert_close(1e8, result.one.protein_mass, 1e-6)
  end)

  it("change while the cell lives, whatever it was built with, and leave no trace", function()
    local result = in_cell({ resources = { ribosomes = 1000 } }, [[
      cell:set_medium { quality = 0.6 }
      local states = {}
      local function state(shares)
        local r = cell:get "r"
        organism.allocate(cell, shares)
        assert(cell:get "r" == r and cell:get "ns" == 0.6)
        states[#states + 1] = cell:steady_state()
        states[#states].parameters = #cell:parameters()
      end
      state(nil)
      state { ribosomes = 1500 }
      state { ribosomes = 500, rna_polymerase = 1e4, memory_kb = 5000 }
      state { atp_percentage = 50 }
      state { rna_polymerase = 180 }
      state {}
      return states
    ]])
    local free = steady_state { quality = 0.6 }
    assert_close(free.growth_rate, result[1].growth_rate, 1e-6)
    assert.is_true(result[2].translating_ribosomes <= 1500*(1 + 1e-9))
    assert.is_true(result[3].translating_ribosomes <= 500*(1 + 1e-9))
    assert_close(steady_state { quality = 0.3 }.growth_rate, result[4].growth_rate, 1e-6)
    assert.is_true(result[5].engaged_rna_polymerases <= 180*(1 + 1e-12))
    assert_close(free.growth_rate, result[6].growth_rate, 1e-6)
    assert.are.equal(result[1].parameters, result[6].parameters)
  end)

  it("are told by the host, and hold after a reset", function()
    local free = steady_state().growth_rate
    local vm <close> = start()
    assert(vm:allocate_resources { ribosomes = 800, rna_polymerase = 5000, memory_kb = 16000 })
    local metrics = run(vm, "cell:reset() return cell:steady_state()")
    assert_close(800, metrics.translating_ribosomes, 0.02)
    assert.is_true(metrics.translating_ribosomes <= 800*(1 + 1e-9))
    assert(vm:allocate_resources { ribosomes = false, rna_polymerase = false, memory_kb = false })
    assert_close(free, run(vm, "return cell:steady_state().growth_rate"), 1e-6)
    local _, err = vm:allocate_resources { memory_kb = 4000 } -- less than one genome
    assert.are.equal("ECAPACITY", err.code)
    assert.matches("4641.652 kb", err.message)
  end)
end)

describe("the genes of a minimal_cell", function()
  it("are its classes, of which those are essential without which it does not grow", function()
    -- Growth over the last of 300 hours: from balance on, and from the start state.
    local result = in_cell(nil, [[
      local function late_growth()
        cell:run { duration = 200*3600, record = {} }
        local before = cell:get "polymerised"
        cell:run { duration = 100*3600, record = {} }
        return (cell:get "polymerised" - before)/1e8/100
      end
      local list = organism.genes(cell)
      for _, gene in ipairs(list) do
        cell:reset()
        organism.capabilities.manage_operons(cell, { gene.id }, "repress")
        gene.from_start = late_growth()
        cell:reset()
        cell:steady_state()
        organism.capabilities.manage_operons(cell, { gene.id }, "repress")
        gene.from_balance = late_growth()
      end
      return { list = list, essential = organism.capabilities.get_essential_genes(cell) }
    ]])
    local essential = {}
    for _, gene in ipairs(result.list) do
      local dies = gene.from_start < 0.005 and gene.from_balance < 0.005 -- of 1.447/h
      assert.are.equal(gene.essentiality == "essential", dies,
        ("%s: %g, %g"):format(gene.id, gene.from_start, gene.from_balance))
      if dies then essential[#essential + 1] = gene.id else assert.is_true(gene.from_balance > 1.4) end
    end
    assert.are.same({ "ribosomal", "transporter", "enzyme" }, essential)
    assert.are.same(essential, result.essential)
  end)

  it("are transcribed, activated and repressed by name", function()
    local vm <close> = start()
    assert.are.same({ "ribosomal", "transporter", "enzyme" }, assert(vm:get_essential_genes()))
    local growth = run(vm, "return cell:steady_state().growth_rate")
    assert.are.same({ heterologous = "repressed", housekeeping = "repressed" },
      assert(vm:manage_operons({ "heterologous", "housekeeping" }, "repress")))
    assert.is_true(run(vm, "return cell:steady_state().growth_rate") > 1.1*growth)
    assert(vm:start_transcription { "housekeeping" })
    assert_close(growth, run(vm, "return cell:steady_state().growth_rate"), 1e-6)
    assert(vm:start_transcription { "heterologous" }) -- from an enzyme's promoter
    local metrics = run(vm, "local m = cell:steady_state() m.part = cell:get 'p'/cell:get 'em' return m")
    assert_close(1, metrics.part, 1e-6)
    assert.is_true(metrics.growth_rate < growth and metrics.growth_rate > 0.9*growth)
    local _, err = vm:start_transcription { "ribosomal", "lacZ" }
    assert.matches('no gene "lacZ"', err.message)
    _, err = vm:manage_operons({ "ribosomal" }, "delete")
    assert.matches('"activate" or "repress" expected, got delete', err.message)
    _, err = vm:get_plasmid_count()
    assert.are.equal("EUNSUPPORTED", err.code)
  end)
end)

describe("the media of a minimal_cell", function()
  -- Doubling times in minutes that media.lua states; 28.7 is published.
  local times = { scarce = 185, poor = 101, modest = 57, standard = 28.7, good = 18.7, rich = 13.4 }
  it("double it in the times that they are named for", function()
    local vm <close> = start()
    for name, minutes in pairs(times) do
      assert_close(minutes, run(vm, "cell:set_medium(args) return cell:steady_state().doubling_time", name), 5e-3, name)
    end
    local _, err = vm:execute_biological_process 'cell:set_medium "beer"'
    assert.matches('^process:1: set_medium: no medium "beer"; there is: good, modest', err.message)
  end)
end)

describe("the replication clock of a minimal_cell", function()
  -- Cooper & Helmstetter, J Mol Biol 31:519 (1968).
  local clocks = {
    { C = 40, D = 20, quality = 0.5 }, -- nested rounds: doubling in 28.7 min
    { C = 40, D = 20, quality = 2 },
    { C = 40, D = 20, quality = 0.1 }, -- a gap before replication: 101 min
    { C = 50, D = 0, quality = 1 },
  }
  for _, clock in ipairs(clocks) do
    local C, D = clock.C, clock.D
    it(("has the means of its population: C %d, D %d, quality %g"):format(C, D, clock.quality),
    function()
      local result = in_cell({ organism = { replication_period = C, division_period = D,
        quality = clock.quality } }, [[
        local tau = cell:steady_state().doubling_time
        local steps, sums = 20000, { origins = 0, genome_equivalents = 0 }
        for i = 1, steps do
          local age = (i - 0.5)/steps
          cell:set("polymerised", 1e8*math.log(2)*age)
          for name, sum in pairs(sums) do
            sums[name] = sum + 2*math.log(2)*2^-age*cell:get(name)/steps
          end
        end
        return { tau = tau, sums = sums, clock = cell:dna_replication() }
      ]])
      local tau = result.tau
      local origins = 2^((C + D)/tau)
      local genomes = tau/(C*math.log(2))*(2^((C + D)/tau) - 2^(D/tau))
      assert_close(origins, result.clock.mean_origins, 1e-9)
      assert_close(genomes, result.clock.mean_genome_equivalents, 1e-9)
      assert_close(origins, result.sums.origins, 1e-3)
      assert_close(genomes, result.sums.genome_equivalents, 1e-3)
      assert_close(tau, result.clock.generation_time, 1e-12)
    end)
  end

  it("counts divisions, and doubles the genome from one to the next", function()
    local result = in_cell(nil, [[
      local tau = 60*cell:steady_state().doubling_time
      cell:set("polymerised", 0)
      cell:run { duration = 0.0001*tau }
      local born = cell:dna_replication()
      cell:run { duration = 9.9998*tau }
      local old = cell:dna_replication()
      cell:run { duration = 0.0002*tau }
      return { born = born, old = old, young = cell:dna_replication() }
    ]])
    assert.are.equal(0, result.born.divisions)
    assert.are.equal(9, result.old.divisions)
    assert.are.equal(10, result.young.divisions)
    assert_close(2*result.born.genome_equivalents, result.old.genome_equivalents, 1e-3)
    assert.are.equal(result.born.origins, result.young.origins)
    assert.are.equal(2*(result.born.origins - result.born.termini), result.born.forks)
    -- A doubling of 28.74 min, C + D = 60 min: rounds began two generations before this one.
    assert.are.equal(4, result.born.origins)
    assert.are.equal(1, result.born.termini)
  end)

  it("shows one chromosome and no fork in a cell that does not grow", function()
    local clock = in_cell(nil, "return cell:dna_replication()")
    assert.are.equal(1, clock.origins)
    assert.are.equal(0, clock.forks)
    assert.are.equal(1, clock.genome_equivalents)
    assert.are.equal(1, clock.mean_genome_equivalents)
  end)
end)

describe("minimal_cell, stochastic", function()
  -- From the ODE's steady state in whole molecules: growth in aa/s of each seed, and of the ODE.
  local replicates = [[
    cell:steady_state()
    cell:whole_molecules()
    local state, record = {}, { "a", "si", "gamma", "catabolism" }
    for _, name in ipairs(cell:species()) do state[name] = cell:get(name) end
    local function grow(method, seed)
      cell:set(state)
      local t = cell:run { duration = args.duration, every = args.duration/1000, method = method,
        seed = seed, record = record }
      local result = { growth = (cell:get "polymerised" - state.polymerised)/args.duration }
      for _, name in ipairs(record) do result[name] = t:mean(name) end
      return result
    end
    local results = { ode = grow "ode", em = state.em }
    for i, seed in ipairs(args.seeds) do
      results[i] = grow("ssa", seed)
      progress(i/#args.seeds)
    end
    return results
  ]]

  local results
  setup(function()
    local vms, jobs = {}, {}
    for i = 1, 2 do
      vms[i] = assert(kind.create("spec" .. i, "minimal_cell"))
      assert(vms[i]:start())
      jobs[i] = assert(vms[i]:submit(replicates, { timeout = 600*slow,
        args = { duration = 45/slow, seeds = { 10 + i, 20 + i, 30 + i, 40 + i } } }))
    end
    assert(bioxen.wait_all(jobs))
    results = assert(jobs[1]:result()).result
    for _, result in ipairs(assert(jobs[2]:result()).result) do
      results[#results + 1] = result
    end
    for _, vm in ipairs(vms) do vm:destroy() end
  end)

  local function column(name)
    local values = {}
    for i, result in ipairs(results) do values[i] = result[name] end
    return values
  end

  local function assert_within_error(expected, name, power)
    local mean, sem = mean_and_error(column(name))
    assert.is_true(sem < power*math.sqrt(slow)*mean, "no power: " .. sem/mean)
    assert.is_true(math.abs(mean - expected) < 3*sem,
      ("%s: %.7g expected, got %.7g ± %.2g"):format(name, expected, mean, sem))
  end

  -- Over hours theory lets the stochastic mean sink by 2.5 %: see scripts/bench/growth.lua.
  it("grows as the ODE does, within the sampling error of 8 runs", function()
    assert_within_error(results.ode.growth, "growth", 1e-3)
  end)

  it("agrees with the ODE in the means of the fast rates", function()
    assert_within_error(results.ode.gamma, "gamma", 3e-3)
    assert_within_error(results.ode.catabolism, "catabolism", 3e-3)
  end)

  -- A pool that is filled at random and emptied at rate D n/(K + n), filled in the mean as fast as
  -- it is emptied at load rho, holds (K + 1) rho/(1 - rho) molecules (a negative binomial).
  -- Energy is such a pool, and internal nutrient.
  it("holds the energy and nutrient that theory gives for so small pools", function()
    local rho = mean_and_error(column "gamma")/21
    assert_within_error((1260/180.1378030928276 + 1)*rho/(1 - rho), "a", 1e-2)
    local load = mean_and_error(column "catabolism")/(results.em*5800/60)
    assert_within_error(1001*load/(1 - load), "si", 3e-3)
  end)

  it("gives the same run for the same seed, and another for another", function()
    local code = [[
      cell:steady_state()
      cell:whole_molecules()
      return cell:run { duration = 1, every = 0.1, method = "ssa", seed = args }:to_csv()
    ]]
    local first, second, other =
      in_cell(nil, code, 1), in_cell(nil, code, 1), in_cell(nil, code, 2)
    assert.are.equal(first, second)
    assert.are_not.equal(first, other)
  end)

  it("makes whole energy molecules, with any yield as the mean", function()
    for _, quality in ipairs { 0.3, 1, 2.25, 3.6 } do
      local result = in_cell({ organism = { quality = quality } }, [[
        cell:steady_state()
        cell:whole_molecules()
        cell:run { duration = 0.2, method = "ssa", seed = 3 }
        local sum, mean = 0, 0
        for n = 0, 4 do
          local rate = cell:rate("catabolism_" .. n)
          sum, mean = sum + rate, mean + n*rate
        end
        return { sum/cell:get "catabolism", mean/cell:get "catabolism" }
      ]])
      assert_close(1, result[1], 1e-12)
      assert_close(quality, result[2], 1e-12)
    end
  end)

  it("refuses a yield above 4, which the ODE takes", function()
    local vm <close> = start { organism = { quality = 6 } }
    assert.is_true(run(vm, "return cell:steady_state().growth_rate") > 3)
    local _, err = vm:execute_biological_process([[
      cell:whole_molecules()
      cell:run { duration = 1, method = "ssa", seed = 1 }
    ]])
    assert.matches("catabolism_3", tostring(err))
  end)
end)
