--- A whole bacterium in 22 variables: Weiße et al. 2015, as ODE and stochastically.
-- Time is in seconds, amounts in molecules per cell.

local controls = require "library.growth_controls"
local division = require "library.division"
local genes = require "minimal_cell.genes"
local growth_core = require "library.growth_core"
local growth_exchange = require "library.growth_exchange"
local growth_metrics = require "library.growth_metrics"
local media = require "minimal_cell.media"

local function build(_, process, options, resources)
  options = require("library.options").complete(require "minimal_cell.manifest", options)
  growth_core.define(process, options, resources)
end

--- Change the medium: one of `media` by its name, or nutrient in molecules and quality in energy
-- molecules per molecule of nutrient.
local function set_medium(cell, medium)
  if type(medium) == "string" and not media[medium] then
    local names = {}
    for name in pairs(media) do names[#names + 1] = name end
    table.sort(names)
    error(("set_medium: no medium %q; there is: %s"):format(medium, table.concat(names, ", ")), 2)
  end
  controls.set_nutrient(cell, media[medium] or medium, "set_medium", 3)
end

-- What counts what has happened, and is not a part of the cell.
local counters = { "polymerised", "imported" }

-- Of a stochastic run, growth's dilution, molecule by molecule, is what makes daughters differ: both begin as the
-- mother was.
local function divide(cell, method)
  local undivided = counters
  if method and method ~= "ode" then undivided = cell:species() end
  return division.share_out_diluted(cell, undivided)
end

return {
  build = build,
  exchange = growth_exchange,
  divide = divide,
  diluted = true,
  undivided = { "polymerised" },
  divisions = function(cell) return cell:get "divisions" end,
  allocate = growth_core.allocate,
  metrics = growth_metrics.metrics,
  usage = growth_metrics.usage,
  genes = genes.genes,
  essentiality = "found by the model itself (Weiße et al. 2015): a class of genes is essential where "
    .. "the cell without its transcription does not grow",
  media = media,
  processes = {
    { name = "protein_synthesis", meaning = "transcription, translation and growth" },
    { name = "energy_production", meaning = "import of nutrient and its catabolism" },
    { name = "dna_replication", meaning = "the replication clock of Cooper and Helmstetter" },
  },
  functions = {
    protein_synthesis = growth_metrics.protein_synthesis,
    energy_production = growth_metrics.energy_production,
    dna_replication = growth_metrics.dna_replication,
    set_medium = set_medium,
    set_antibiotic = controls.set_antibiotic,
    express_heterologous = controls.express_heterologous,
    steady_state = require("library.steady_state").steady_state,
  },
  capabilities = {
    start_transcription = genes.start_transcription,
    get_essential_genes = genes.get_essential_genes,
    manage_operons = genes.manage_operons,
  },
}
