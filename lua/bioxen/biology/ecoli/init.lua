--- Escherichia coli K-12 MG1655: its genes, a flux-balance model of its metabolism, a growth core with
-- plasmids and burden, stochastic expression of its genes, the lac operon.
--
-- Two models of growth stand side by side, and neither drives the other: the growth core (Weiße et al. 2015)
-- tells how protein is shared out and lives in the cell's time, in seconds; the flux model tells what the
-- network could do at steady state, in mmol/gDW/h.

local chromosome = require "ecoli.chromosome"
local culture = require "ecoli.culture"
local growth = require "ecoli.growth"
local metabolism = require "ecoli.metabolism"
local regulation = require "ecoli.regulation"

local function build(cell, process, options, resources)
  local all = require("library.options").complete(require "ecoli.manifest", options)
  growth.define(cell, process, all, resources)
  regulation.define()
  culture.define()
  metabolism.define(all, resources)
end

local function allocate(cell, resources)
  growth.allocate(cell, resources)
  metabolism.allocate(resources)
end

--- The growth core's numbers; how many genes are knocked out; and, where the flux model is the core, of which
-- that takes no time, the growth rate that its fluxes allow, in 1/h.
local function metrics(cell)
  local all = growth.metrics(cell)
  all.genes_knocked_out = #regulation.knocked_out()
  if not metabolism.is_users() then all.flux_growth_rate = metabolism.growth_rate() end
  return all
end

local function genes()
  local list = {}
  for i, gene in ipairs(chromosome.genes()) do
    list[i] = { id = gene.id, name = gene.name, type = gene.type, essentiality = gene.essentiality,
      operon = gene.operon }
  end
  return list
end

-- Methods of the cell pass it first; these need none.
local functions = {
  metabolism = function() return metabolism.model() end,
  set_medium = metabolism.set_medium,
  knock_out = regulation.knock_out,
  restore = regulation.restore,
  knocked_out = regulation.knocked_out,
  use_genome = regulation.use_genome,
  knock_out_screen = metabolism.knock_out_screen,
  grow_culture = culture.grow_culture,
  set_uptake = culture.set_uptake,
  set_nutrient = growth.set_nutrient,
}
for name, fn in pairs(growth.functions) do functions[name] = functions[name] or fn end

return {
  build = build,
  allocate = allocate,
  metrics = metrics,
  usage = growth.usage,
  genome = chromosome.genome,
  genes = genes,
  essentiality = chromosome.essentiality,
  media = require "ecoli.media",
  processes = growth.processes,
  functions = functions,
  exchange = culture.exchange,
  capabilities = {
    start_transcription = regulation.start_transcription,
    get_essential_genes = chromosome.essential_genes,
    manage_operons = regulation.manage_operons,
    get_plasmid_count = growth.get_plasmid_count,
  },
}
