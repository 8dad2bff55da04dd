--- What an instance of the growth core can be asked.

local classes = require("library.protein_synthesis").classes
local growth_core = require "library.growth_core"

local growth_metrics = {}

--- Names of the model's classes by their letters.
growth_metrics.class_names = { r = "ribosomal", t = "transporter", m = "enzyme",
  q = "housekeeping", p = "heterologous" }

local function doubling_time(cell)
  return math.log(2)/math.max(cell:get "lambda", 0)/60
end

--- The state of the cell in numbers. Rates per hour, per minute where the name says so, doubling
-- time in minutes, counts in molecules, protein mass in amino acids, elongation in amino acids per
-- second and ribosome, time in seconds, DNA in kilobases: the mean of cells that grow like this, where
-- no share of genome memory caps it.
function growth_metrics.metrics(cell)
  local polymerases, kb = growth_core.engaged(cell)
  return {
    time = cell:time(),
    growth_rate = cell:get "growth_rate",
    growth_rate_per_minute = 60*cell:get "lambda",
    doubling_time = doubling_time(cell),
    ribosomes = cell:get "ribosomes",
    free_ribosomes = cell:get "r",
    translating_ribosomes = cell:get "translating",
    ribosomal_mass_fraction = cell:get "ribosomal_mass_fraction",
    engaged_rna_polymerases = polymerases,
    dna_kb = kb,
    energy = cell:get "a",
    protein_mass = cell:get "protein_mass",
    elongation_rate = cell:get "gamma",
  }
end

--- What the cell uses now of each resource of a chassis: ribosomes that translate, polymerases that transcribe, DNA
-- as its share allows, and of the ATP that its catabolism would supply without a share, the percentage that synthesis
-- of protein takes.
function growth_metrics.usage(cell)
  local polymerases, _, kb = growth_core.engaged(cell)
  local supply = cell:get "catabolism"*cell:get "ns"
  return {
    ribosomes = cell:get "translating",
    rna_polymerase = polymerases,
    memory_kb = kb,
    atp_percentage = supply > 0 and 100*cell:get "synthesis"/supply or 0,
  }
end

--- Protein made, amino acids per second: total, per translating ribosome, and by class.
function growth_metrics.protein_synthesis(cell)
  local gamma = cell:get "gamma"
  local by_class = {}
  for _, class in ipairs(classes) do
    by_class[growth_metrics.class_names[class.x]] = gamma*cell:get("c_" .. class.x)
  end
  return { total = cell:get "synthesis", per_ribosome = gamma, by_class = by_class }
end

--- Import and catabolism in molecules of nutrient per second; the supply of energy from it and its
-- use for protein in molecules of energy per second; energy held, in molecules.
function growth_metrics.energy_production(cell)
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
function growth_metrics.dna_replication(cell)
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

return growth_metrics
