--- The flux-balance model of the cell's metabolism: the core of core_model.lua, or the user's own in SBML;
-- its medium, the genes that it lacks, and what the shares of the chassis do to it. One cell in a VM.
--
-- How shares bind. A flux model has no pool of ATP that could be filled by half: all its ATP is made, at steady
-- state, from what the cell takes up, by fermentation of a source of carbon or its oxidation by an acceptor of
-- electrons. These uptakes are the supply of energy, so atp_percentage scales their bounds. Maintenance (ATPM)
-- stays: a small share may not even pay for that, and then no flux is feasible.
-- Ribosomes make the protein that growth is: n of them cannot grow a cell faster than n gmax/M, with gmax =
-- 1,260 aa/min (21 aa/s) and M = 1e8 aa of protein a cell as in the growth core (Weiße et al., PNAS 112:E1038,
-- 2015), which caps the flux of the biomass reaction.

local check = require "library.check"
local chromosome = require "ecoli.chromosome"
local exchanges = require "ecoli.exchanges"
local media = require "ecoli.media"

local metabolism = {}

local per_ribosome = 60*1260/1e8 -- 1/h

-- sbml, medium_name, users (whether the model is the user's), shares: what to begin with. Once the model has
-- been made: model, growth (its reaction), most (its own upper bound), found (exchanges), own and uptake (of
-- the supply, by reaction: the model's and the medium's), salts (lower bounds that the medium replaces), stale
-- (bounds are to be set anew), genes (set of the model's).
local state = { shares = {} }

-- { "EX", "2 a + b -> c", lower, upper, "genes" } as flux.model takes it.
local function reaction_of(row)
  local stoichiometry = {}
  local before, behind = row[2]:match("^(.-)%s*%->%s*(.*)$")
  for sign, side in pairs { [-1] = before, [1] = behind } do
    for term in side:gmatch("[^+]+") do
      local number, metabolite = term:match("^%s*(%S+)%s+(%S+)%s*$")
      metabolite = metabolite or term:match("%S+")
      if metabolite then stoichiometry[metabolite] = sign*tonumber(number or 1) end
    end
  end
  return { name = row[1], stoichiometry = stoichiometry, lower = row[3], upper = row[4], genes = row[5] }
end

local function core_model()
  local core = require "ecoli.core_model"
  local reactions = {}
  for i, row in ipairs(core.reactions) do reactions[i] = reaction_of(row) end
  return flux.model { reactions = reactions, objective = core.biomass }
end

local function growth_reaction(model)
  local name, coefficient = next((model:objective()))
  if not name or next((model:objective()), name) or coefficient <= 0 then
    error("metabolism: the model's objective is to be one reaction, the growth of biomass", 0)
  end
  return name
end

local function supply_of(model, found)
  local uptake = {}
  for _, reaction in ipairs(found.supply) do uptake[reaction] = math.max(0, -(model:bounds(reaction))) end
  return uptake
end

local function make_model()
  local model = state.sbml ~= "" and flux.load_sbml(state.sbml) or core_model()
  state.growth = growth_reaction(model)
  state.found = exchanges.of(model)
  state.uptake = supply_of(model, state.found)
  state.own = state.uptake
  state.most = select(2, model:bounds(state.growth))
  state.model, state.sbml, state.stale = model, "", true
  if state.medium_name ~= "" then metabolism.set_medium(nil, state.medium_name) end
end

--- The part of the supply that the cell has, 0 to 1.
function metabolism.supply_share()
  return (state.shares.atp_percentage or 100)/100
end

-- Set the bounds of the supply to `uptake` (by reaction, absent: none), scaled by the share.
local function apply_uptake(uptake)
  local share, bounds = metabolism.supply_share(), {}
  for _, reaction in ipairs(state.found.supply) do
    local _, upper = state.model:bounds(reaction)
    bounds[reaction] = { math.min(0, -share*(uptake[reaction] or 0)), upper }
  end
  state.model:set_bounds(bounds)
end

local function apply()
  apply_uptake(state.uptake)
  local ribosomes = state.shares.ribosomes
  local lower = state.model:bounds(state.growth)
  local most = ribosomes and math.min(state.most, ribosomes*per_ribosome) or state.most
  state.model:set_bounds(state.growth, math.min(lower, most), most)
  state.stale = false
end

--- The FluxModel of the cell: made when first asked for, and kept. What is set in it stays, but that media and
-- shares set the bounds of exchanges and of growth, and knock-outs those of the reactions they stop.
function metabolism.model()
  if not state.model then make_model() end
  if state.stale then apply() end
  return state.model
end

--- Begin: options.model is a text of SBML, or "" for the core; options.medium a medium's name, or "" for the
-- model's own. A model that is the user's is read at once, so that what is wrong with it is told now.
function metabolism.define(options, resources)
  state = { sbml = options.model, medium_name = options.medium, shares = resources or {} }
  state.users = options.model ~= ""
  if state.medium_name ~= "" then metabolism.medium(state.medium_name) end
  if state.users then metabolism.model() end
end

--- The shares have changed.
function metabolism.allocate(resources)
  state.shares, state.stale = resources or {}, true
  if state.model then apply() end
end

--- Whether the model is the user's.
function metabolism.is_users()
  return state.users
end

--- What BiGG calls a metabolite of a common name.
metabolism.metabolite = exchanges.metabolite

--- The exchange reaction of a metabolite, or nil.
function metabolism.find_exchange(name)
  metabolism.model()
  return exchanges.find(state.found, name)
end

--- Whether an exchange is one of the supply, which the share scales, and not of salts.
function metabolism.is_supply(reaction)
  return state.own[reaction] ~= nil
end

--- The same as find_exchange; an error that says what asked for it where there is none.
function metabolism.exchange(name, what, level)
  local model = metabolism.model()
  local reaction = type(name) == "string" and exchanges.find(state.found, name)
  if reaction then return reaction end
  error(("%s: the model, %s, has no exchange reaction of %q"):format(what, tostring(model), tostring(name)),
    (level or 2) + 1)
end

--- The medium of a name; an error that lists what there is.
function metabolism.medium(name)
  if media[name] then return media[name] end
  local names = {}
  for known in pairs(media) do names[#names + 1] = known end
  table.sort(names)
  error(("set_medium: there is no medium %q; there is: %s"):format(name, table.concat(names, ", ")), 3)
end

-- Uptakes by reaction of { metabolite or exchange = uptake }.
local function uptakes(wanted, what)
  local by_reaction = {}
  for name, uptake in pairs(wanted) do
    by_reaction[metabolism.exchange(name, what, 4)] = check.number(uptake, what .. "." .. name, 4)
  end
  return by_reaction
end

--- Put the cell into a medium: a name of `media`, or { metabolite or exchange reaction = greatest uptake in
-- mmol/gDW/h }, such as { glc__D = 10, o2 = 15 }. What is not named is not there; salts, water and carbon
-- dioxide keep the bounds of the model, unless they are named. Without an argument: the model's own medium.
function metabolism.set_medium(_, medium)
  if medium ~= nil and type(medium) ~= "string" and type(medium) ~= "table" then
    error("set_medium: a medium's name or { metabolite = uptake } expected, got " .. type(medium), 2)
  end
  if type(medium) == "string" then medium = metabolism.medium(medium).uptake end
  if not state.model then make_model() end
  local wanted = medium and uptakes(medium, "set_medium") or state.own
  metabolism.set_salts(wanted)
  state.uptake, state.stale = wanted, true
  apply()
end

--- Salts that a medium names get its bounds, and those that the last one named their own again.
function metabolism.set_salts(wanted)
  for reaction, lower in pairs(state.salts or {}) do
    state.model:set_bounds(reaction, lower, (select(2, state.model:bounds(reaction))))
  end
  state.salts = {}
  for reaction, uptake in pairs(wanted) do
    if not state.own[reaction] then
      local lower, upper = state.model:bounds(reaction)
      state.salts[reaction] = lower
      state.model:set_bounds(reaction, -uptake, upper)
    end
  end
end

--- What a function of the model returns in another medium, { reaction = uptake }, which the share scales. The
-- function asks nothing of this module: that would bring the cell's own medium back.
function metabolism.within(uptake, what)
  local model = metabolism.model()
  state.stale = true -- also if this is interrupted
  apply_uptake(uptake)
  local results = table.pack(what(model))
  apply()
  return table.unpack(results, 1, results.n)
end

local function index_genes()
  state.genes = {}
  for _, gene in ipairs(metabolism.model():genes()) do state.genes[gene] = true end
end

--- Whether a gene is in the model.
function metabolism.has_gene(id)
  if not state.genes then index_genes() end
  return state.genes[id] ~= nil
end

--- From now on the genes of the set `missing`, and no others, have no product: reactions stop whose rules fail.
function metabolism.set_missing(missing)
  local genes = {}
  for gene in pairs(missing) do
    if metabolism.has_gene(gene) then genes[#genes + 1] = gene end
  end
  local model = metabolism.model()
  model:enable { genes = model:genes() }
  model:disable { genes = genes }
end

--- Reactions that do not run for lack of a gene, sorted.
function metabolism.stopped()
  local names = metabolism.model():disabled().reactions
  table.sort(names)
  return names
end

--- The reaction whose flux is the growth rate.
function metabolism.growth_reaction()
  metabolism.model()
  return state.growth
end

--- The growth rate in 1/h that goes with the best fluxes, 0 where nothing is feasible.
function metabolism.growth_rate()
  local fluxes = metabolism.model():optimise().fluxes
  return fluxes and fluxes[state.growth] or 0
end

-- What the model calls the genes of a list of ids and names; nil stands for all.
local function screened(model, genes)
  if genes == nil then return model:genes() end
  local ids = {}
  for i, key in ipairs(check.names(genes, "knock_out_screen: genes", 3)) do
    local gene = chromosome.find(key)
    ids[i] = gene and gene.id or key
    if not metabolism.has_gene(ids[i]) then
      error(("knock_out_screen: genes[%d]: the model, %s, has no gene %q"):format(i, tostring(model), key), 3)
    end
  end
  return ids
end

--- Knock out each gene of the model alone, or of the list options.genes, on the medium as it is. A row is { id,
-- name, growth_rate in 1/h (the model's objective), relative (to that with the gene), lethal (relative below
-- options.fraction, 0.01), essentiality (by Keio) }.
function metabolism.knock_out_screen(_, options)
  options = check.keys(options or {}, { "genes", "fraction" }, "knock_out_screen")
  local model = metabolism.model()
  local fraction = check.number(options.fraction or 0.01, "knock_out_screen: fraction")
  local whole, rows = model:optimum() or 0, {}
  for i, mutant in ipairs(model:knock_outs { genes = screened(model, options.genes) }) do
    local gene = chromosome.find(mutant[1]) or {}
    local growth = mutant.objective or 0.0
    rows[i] = { id = mutant[1], name = gene.name, essentiality = gene.essentiality, growth_rate = growth,
      relative = whole > 0 and growth/whole or 0, lethal = growth < fraction*whole }
  end
  return rows
end

return metabolism
