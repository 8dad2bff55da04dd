--- Metabolism as iMB155 has it (Breuer et al. 2019): fluxes at steady state that let the cell grow fastest.
--
-- The medium is what each exchange may take up, in mmol/gDW/h, and stands in the cell as parameters "uptake.EX_…".
-- Shares bind here in two ways. The share of ATP scales the uptake of glucose, the source of energy. And a cell that
-- grows doubles its proteins: growth is at most what expression makes in its steady state, amino acids per second
-- over the amino acids in the proteins of a newborn cell (3,919 /s over 3.0e7: 0.47 /h with all machines, so that
-- metabolism, at 0.34 /h, is what limits; with 250 ribosomes 0.24 /h, so that they do).

local check = require "library.check"
local chromosome = require "syn3a.chromosome"
local expression = require "syn3a.expression"
local kinetics = require "syn3a.kinetics"
local theory = require "syn3a.expression_theory"

local flux_balance = {}

local unlimited = 1000 -- mmol/gDW/h, as the model has it

local function side_of(text, sign, stoichiometry)
  for term in text:gmatch "[^+]+" do -- no name has a "+"
    local coefficient, metabolite = term:match "^%s*([%d.e-]+) (%S+)%s*$"
    metabolite = metabolite or term:match "^%s*(%S+)%s*$"
    if metabolite then stoichiometry[metabolite] = sign*(tonumber(coefficient) or 1) end
  end
end

local function reaction_of(line)
  local head, rule = line:match "^(.-) : (.+)$"
  head = head or line
  local name, rest = head:match "^(%S+) (.*)$"
  local lower, upper, equation = rest:match "^(%S+) %.%. (%S+) (.*)$"
  local left, arrow, right = (equation or rest):match "^(.-)(<?%->)(.*)$"
  local reaction = { name = name, stoichiometry = {}, genes = rule and rule:gsub("%d+", chromosome.prefix .. "%0"),
    lower = tonumber(lower) or (arrow == "<->" and -unlimited or 0), upper = tonumber(upper) or unlimited }
  side_of(left, -1, reaction.stoichiometry)
  side_of(right, 1, reaction.stoichiometry)
  return reaction
end

local function reactions()
  local list = {}
  for line in require("syn3a.metabolism"):gsub("\n +", " "):gmatch "[^\n]+" do list[#list + 1] = reaction_of(line) end
  return list
end

local default_medium

local function read_medium()
  default_medium = {}
  for name, rest in require("syn3a.metabolism"):gmatch "(EX_%S+)([^\n]*)" do
    local lower = tonumber(rest:match "^ (%S+) %.%." or rest:find("<->", 1, true) and -unlimited or 0)
    if lower < 0 then default_medium[name] = -lower end
  end
end

--- Media by name: what each exchange may take up, mmol/gDW/h.
function flux_balance.media()
  if not default_medium then read_medium() end
  return { default = default_medium }
end

--- Define the process: the medium, as parameters.
function flux_balance.define(define_process)
  local parameters = {}
  for exchange, most in pairs(flux_balance.media().default) do parameters["uptake." .. exchange] = most end
  define_process("metabolism", { parameters = parameters })
end

local function check_medium(medium, known)
  if type(medium) ~= "table" then
    error("set_medium: the name of a medium or { exchange = mmol/gDW/h } expected, got " .. type(medium), 3)
  end
  for exchange, most in pairs(medium) do
    if not known[exchange] then
      error(("set_medium: no exchange %s takes anything up; glucose's is EX_glc__D_e"):format(tostring(exchange)), 3)
    end
    if type(most) ~= "number" or not (most >= 0 and most <= unlimited) then
      error(("set_medium: %s: 0 to %d mmol/gDW/h expected, got %s"):format(exchange, unlimited, tostring(most)), 3)
    end
  end
end

--- Change the medium: one of `media` by its name, or { exchange = the most that is taken up, mmol/gDW/h }, in which
-- what is not named is absent.
function flux_balance.set_medium(cell, medium)
  local media = flux_balance.media()
  if type(medium) == "string" then
    if not media[medium] then error(('set_medium: no medium "%s"; there is: default'):format(medium), 2) end
    medium = media[medium]
  end
  check_medium(medium, media.default)
  for exchange in pairs(media.default) do cell:set("uptake." .. exchange, medium[exchange] or 0) end
end

local protein_residues

-- Amino acids in the proteins of a newborn cell.
local function residues_of_a_cell()
  if not protein_residues then
    protein_residues = 0
    for _, transcript in ipairs(kinetics.mrna()) do
      protein_residues = protein_residues + transcript.gene.proteins*transcript.residues
    end
  end
  return protein_residues
end

--- The fastest growth, 1/h, that expression in its steady state allows with the cell's machines, promoters and ATP.
function flux_balance.growth_limit(cell)
  return 3600*theory.steady_state(expression.conditions(cell)).residues/residues_of_a_cell()
end

--- iMB155 in the cell's medium and with its shares: a FluxModel whose objective is BIOMASS, growth in 1/h; fluxes in
-- mmol/gDW/h. It is a copy: what is set on it changes nothing in the cell.
function flux_balance.metabolism(cell)
  local model = flux.model { reactions = reactions(), objective = "BIOMASS" }
  local bounds = { BIOMASS = { 0, math.min(unlimited, flux_balance.growth_limit(cell)) } }
  for exchange in pairs(flux_balance.media().default) do
    local share = exchange == "EX_glc__D_e" and cell:get "ATP_share" or 1
    local _, upper = model:bounds(exchange)
    bounds[exchange] = { -share*cell:get("uptake." .. exchange), upper }
  end
  model:set_bounds(bounds)
  return model
end

local function screened(gene, growth, whole, threshold)
  local fraction = growth/whole
  return { id = gene.id, name = gene.name, growth = growth, fraction = fraction, observed = gene.essentiality,
    predicted = fraction < threshold and "essential" or "nonessential" }
end

local outcomes = {
  essential = { essential = "true_positives", nonessential = "false_positives" },
  nonessential = { essential = "false_negatives", nonessential = "true_negatives" },
}

--- Each gene of iMB155 knocked out, against transposon mutagenesis. Rows { id, name, growth (1/h), fraction of the
-- whole model's, predicted "essential" where that is below `threshold` (0.01) and else "nonessential", observed
-- class }, and the matrix { true_positives, false_positives, false_negatives, true_negatives } as Breuer et al.
-- count: positive is what cannot be lost without harm, essential and quasiessential genes both. Second: the growth
-- of the whole model, 1/h.
function flux_balance.essential_gene_screen(cell, options)
  options = check.keys(options or {}, { "threshold" }, "essential_gene_screen")
  local threshold = check.number(options.threshold or 0.01, "essential_gene_screen: threshold")
  local model = flux_balance.metabolism(cell)
  local whole = model:optimum() or 0
  if whole <= 0 then error("essential_gene_screen: this cell does not grow even with all its genes", 2) end
  local screen = { matrix = { true_positives = 0, false_positives = 0, false_negatives = 0, true_negatives = 0 } }
  for i, mutant in ipairs(model:knock_outs { genes = true }) do
    local row = screened(chromosome.find(mutant[1]), mutant.objective or 0, whole, threshold)
    local harmful = row.observed ~= "nonessential" and "essential" or "nonessential"
    local outcome = outcomes[row.predicted][harmful]
    screen.matrix[outcome] = screen.matrix[outcome] + 1
    screen[i] = row
  end
  return screen, whole
end

return flux_balance
