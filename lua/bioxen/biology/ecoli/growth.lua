--- What of E. coli grows and lives in time: the growth core of Weiße et al. 2015 (library/growth_core.lua), which
-- was fitted to E. coli; plasmids; genes of the chromosome, on request; the lac operon, on request.
-- The cell begins in balanced growth, in whole molecules.

local controls = require "library.growth_controls"
local expression = require "ecoli.expression"
local growth_core = require "library.growth_core"
local growth_metrics = require "library.growth_metrics"
local lac_operon = require "ecoli.lac_operon"
local plasmids = require "ecoli.plasmids"

local growth = {}

local define_process -- the global `process` as build was given it

--- Define the cell: nutrient, quality, antibiotic, heterologous, replication_period, division_period, plasmid and
-- plasmid_copies as the manifest's options say; resources as in growth_core.define.
function growth.define(_, process, options, resources)
  define_process = process
  growth_core.define(process, options, resources, require "ecoli.balanced")
  expression.define()
  plasmids.define(options)
end

growth.allocate = growth_core.allocate
growth.set_nutrient = controls.set_nutrient
growth.start_transcription = expression.start_transcription
growth.stop_transcription = expression.stop_transcription

growth.usage = growth_metrics.usage

--- Metrics of the growth core (library/growth_metrics.lua), and the copies of all plasmids.
function growth.metrics(cell)
  local all = growth_metrics.metrics(cell)
  all.plasmid_copies = plasmids.copies(cell)
  return all
end

--- Copies of all plasmids in the cell now, a whole number.
function growth.get_plasmid_count(cell)
  return math.tointeger(math.floor(plasmids.copies(cell) + 0.5))
end

--- Give the cell a lac operon as it is described in lac_operon.lua, or set the one it has anew: inducer in mM;
-- induced = true to begin as a cell that has been induced.
local function define_lac_operon(cell, options)
  lac_operon.define(cell, define_process, options, 3)
end

growth.processes = {
  { name = "protein_synthesis", meaning = "transcription, translation and growth" },
  { name = "energy_production", meaning = "import of nutrient and its catabolism" },
  { name = "dna_replication", meaning = "the replication clock of Cooper and Helmstetter" },
}

growth.functions = {
  protein_synthesis = growth_metrics.protein_synthesis,
  energy_production = growth_metrics.energy_production,
  dna_replication = growth_metrics.dna_replication,
  set_antibiotic = controls.set_antibiotic,
  express_heterologous = controls.express_heterologous,
  steady_state = require("library.steady_state").steady_state,
  add_plasmid = plasmids.add_plasmid,
  remove_plasmid = plasmids.remove_plasmid,
  plasmids = plasmids.plasmids,
  stop_transcription = growth.stop_transcription,
  lac_operon = define_lac_operon,
}

return growth
