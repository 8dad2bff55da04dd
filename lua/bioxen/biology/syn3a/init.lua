--- JCVI-syn3A, the minimal cell: its genome, its metabolism by flux balance, and the stochastic expression of its
-- genes. Time is in seconds, amounts in molecules per cell, fluxes in mmol/gDW/h.

local chromosome = require "syn3a.chromosome"
local expression = require "syn3a.expression"
local flux_balance = require "syn3a.flux_balance"
local functions = require "syn3a.functions"
local whole = require "syn3a.whole"

local function build(cell, process, options, resources)
  options = require("library.options").complete(require "syn3a.manifest", options)
  flux_balance.define(process) -- first: with each definition the cell compiles all that it has
  expression.build(cell, process, options, resources)
end

return {
  build = build,
  allocate = whole.choose("allocate", expression.allocate),
  genome = chromosome.genome,
  genes = functions.genes,
  essentiality = chromosome.essentiality,
  compartments = { { name = "cytoplasm", litres = "cytoplasm_litres" } },
  processes = {
    { name = "expression", meaning = "transcription, translation and mRNA decay of every gene, molecule by molecule" },
    { name = "metabolism", meaning = "the medium that the flux-balance model iMB155 grows in" },
  },
  media = flux_balance.media(),
  metrics = whole.choose("metrics", functions.metrics),
  usage = whole.choose("usage", functions.usage),
  functions = {
    metabolism = whole.refuse("metabolism", flux_balance.metabolism),
    growth_limit = whole.refuse("growth_limit", flux_balance.growth_limit),
    essential_gene_screen = whole.refuse("essential_gene_screen", flux_balance.essential_gene_screen),
    set_medium = whole.choose("set_medium", flux_balance.set_medium),
    protein = whole.refuse("protein", functions.protein),
    mrna = whole.refuse("mrna", functions.mrna),
    name_totals = whole.refuse("name_totals", functions.name_totals),
    rate_constants = whole.refuse("rate_constants", functions.rate_constants),
    steady_state_expression = whole.refuse("steady_state_expression", functions.steady_state_expression),
    expression_noise = whole.refuse("expression_noise", functions.expression_noise),
    begin_in_steady_state = whole.refuse("begin_in_steady_state", require("syn3a.steady_start").define),
    operons = functions.operons,
    begin_whole_cell = whole.functions.begin_whole_cell,
    live = whole.functions.live,
    set_promoters = whole.functions.set_promoters,
    knock_out = whole.functions.knock_out,
    add_gene = whole.functions.add_gene,
    gene_role = whole.functions.gene_role,
    divide_whole_cell = whole.functions.divide_whole_cell,
  },
  capabilities = {
    start_transcription = functions.start_transcription,
    get_essential_genes = functions.get_essential_genes,
    manage_operons = functions.manage_operons,
  },
}
