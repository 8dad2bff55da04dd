--- A whole bacterium in 22 variables: Weiße et al. 2015, as ODE and stochastically.
-- Time is in seconds, amounts in molecules per cell.

local functions = require "minimal_cell.functions"
local energy_production = require "minimal_cell.energy_production"
local dna_replication = require "minimal_cell.dna_replication"
local protein_synthesis = require "minimal_cell.protein_synthesis"

local function complete(options)
  local all = {}
  for name, option in pairs(require("minimal_cell.manifest").options) do
    all[name] = options and options[name] or option.default
  end
  return all
end

--- Ribosomes and the share of ATP bind; the model has no RNA polymerases and no genome, so that
-- these shares are held for the cell and change nothing in it.
local function build(_, process, options, resources)
  options, resources = complete(options), resources or {}
  local values = { s0 = options.nutrient, ns = options.quality, cl = options.antibiotic,
    wp = options.heterologous/60 }
  protein_synthesis.define(process, values,
    resources.ribosomes and math.floor(resources.ribosomes))
  energy_production.define(process, (resources.atp_percentage or 100)/100)
  dna_replication.define(process, options.replication_period, options.division_period)
end

return {
  build = build,
  metrics = functions.metrics,
  functions = {
    protein_synthesis = functions.protein_synthesis,
    energy_production = functions.energy_production,
    dna_replication = functions.dna_replication,
    set_medium = functions.set_medium,
    set_antibiotic = functions.set_antibiotic,
    express_heterologous = functions.express_heterologous,
    steady_state = functions.steady_state,
    whole_molecules = functions.whole_molecules,
  },
}
