--- A batch culture by dynamic flux balance (the static optimisation approach of Mahadevan, Edwards & Doyle,
-- Biophys J 83:1331, 2002), which src/flux/dynamic.h describes.

local check = require "library.check"
local metabolism = require "ecoli.metabolism"

local culture = {}

--- Uptake by Michaelis-Menten, mmol/gDW/h and mM, where it is known. Glucose: at most 10, half of it at
-- 0.015 mM (Mahadevan et al. 2002; Varma & Palsson, Appl Environ Microbiol 60:3724, 1994, measured 10.5 at
-- most). Acetate: as much as oxygen allows, which is what
-- limits growth on it (Paalme et al., Antonie van Leeuwenhoek 71:217, 1997).
culture.uptake = { glc__D = { maximum = 10, half = 0.015 }, ac = { maximum = 1000, half = 0 } }

--- Oxygen, mmol/gDW/h: 15 at most (Varma & Palsson 1994); 0 is an anaerobic culture.
culture.oxygen = 15

-- What begins at 0 and has no uptake of its own is a product: let out, and not taken up again.
local function pool_of(name, given, share)
  local known = culture.uptake[metabolism.metabolite(name)]
  local what = "grow_culture: medium." .. name
  if type(given) == "number" then
    check.number(given, what, 4)
    if not known and given > 0 then
      error(what .. ": how it is taken up is not known here: give { concentration =, maximum =, half = }", 4)
    end
    given = { concentration = given }
  end
  check.keys(given, { "concentration", "maximum", "half", "uptake", "feed", "decay" }, what, 4)
  local concentration = check.number(given.concentration or 0, what .. ".concentration", 4)
  local feed = check.number(given.feed or concentration, what .. ".feed", 4)
  local decay = check.number(given.decay or 0, what .. ".decay", 4)
  if given.uptake then
    return { concentration = concentration, uptake = given.uptake, feed = feed, decay = decay }
  end
  known = known or { maximum = 0, half = 0 }
  return { concentration = concentration, feed = feed, decay = decay,
    maximum = share*check.number(given.maximum or known.maximum, what .. ".maximum", 4),
    half = check.number(given.half or (given.maximum and 0 or known.half), what .. ".half", 4) }
end

local keys = { "duration", "biomass", "medium", "oxygen", "step", "every", "death_rate", "dilution" }

--- Grow in a closed volume until options.duration (12 h). medium: { metabolite or exchange = concentration in mM,
-- or { concentration =, maximum = mmol/gDW/h, half = mM } or { concentration =, uptake = function } }, by default
-- glucose, 10 mM, and acetate, none; what is to be counted in the medium has to be named. biomass: 0.01 gDW/L;
-- oxygen: greatest uptake; step and every: hours (0.02, 0.1); death_rate: 1/h while no flux is feasible (0). With
-- dilution, 1/h, it is a chemostat, which is fed what the medium began with, or a pool's own feed (mM).
-- The shares of the cell bind, its missing genes are missing, and its own medium is as before afterwards.
-- Returns a trajectory in hours: biomass, growth_rate, feasible, and the metabolites of the medium; and, of a culture
-- that died, { time =, reason = }.
function culture.grow_culture(_, options)
  options = check.keys(options or {}, keys, "grow_culture")
  local medium = options.medium or { glc__D = 10, ac = 0 }
  if type(medium) ~= "table" then
    error("grow_culture: medium: { metabolite = concentration } expected, got " .. type(medium), 2)
  end
  local oxygen = check.number(options.oxygen or culture.oxygen, "grow_culture: oxygen")
  local pools, share = {}, metabolism.supply_share()
  for name, given in pairs(medium) do
    pools[metabolism.exchange(name, "grow_culture: medium")] = pool_of(name, given, share)
  end
  local growth = metabolism.growth_reaction()
  return metabolism.within({ [metabolism.exchange("o2", "grow_culture")] = oxygen }, function(model)
    return model:dynamic { duration = options.duration or 12, step = options.step or 0.02,
      every = options.every or 0.1, biomass = options.biomass or 0.01, medium = pools,
      death_rate = options.death_rate or 0, dilution = options.dilution or 0, growth = growth }
  end)
end

-- ---- in a shared medium ----

--- Take up a metabolite like this from now on: kinetics = { maximum = mmol/gDW/h, half = mM }.
function culture.set_uptake(_, name, kinetics)
  kinetics = check.keys(kinetics, { "maximum", "half" }, "set_uptake")
  culture.own[metabolism.exchange(name, "set_uptake")] = {
    maximum = check.number(kinetics.maximum, "set_uptake: maximum"),
    half = check.number(kinetics.half or 0, "set_uptake: half") }
end

culture.own = {} -- by exchange reaction; culture.define forgets it

function culture.define()
  culture.own = {}
end

-- Of salts as much as the model says; of what it is not said how, nothing.
local function kinetics_of(name, reaction)
  local share, known = metabolism.supply_share(), culture.own[reaction] or culture.uptake[metabolism.metabolite(name)]
  if known then return share*known.maximum, known.half end
  if metabolism.metabolite(name) == "o2" then return share*culture.oxygen, 0 end
  if metabolism.is_supply(reaction) then return 0, 0 end
  return nil, 0
end

local STEP = 0.02 -- h

culture.exchange = {}

--- Whether the flux model exchanges a pool of that name.
function culture.exchange.knows(_, name)
  return metabolism.find_exchange(name) ~= nil
end

-- Litres of a pool that the biomass clears in an hour at the concentration that all see: by its kinetics, where these
-- or hunger held it back in the end, with so much left; else by what it took.
local function clearance(pool, taken, hours, biomass, starves, left)
  local there = math.max(pool.concentration, 1e-9*pool.feed, 1e-300)
  local rate = taken/hours
  if pool.maximum then
    local kinetic = biomass*pool.maximum
    if starves or rate > 0 and rate >= 0.9*kinetic*left/math.max(pool.half + left, 1e-300) then
      return kinetic/(pool.half + there)
    end
  end
  return math.max(rate, 0)/there
end

--- Grow as a culture in a part of a medium. See docs/organisms.md.
function culture.exchange.live(_, part, advance)
  local pools, names = {}, {}
  for name, concentration in pairs(part.concentrations) do
    local reaction = metabolism.find_exchange(name)
    if reaction and names[reaction] then
      error(("exchange: %q and %q are the same to the flux model"):format(name, names[reaction]), 0)
    elseif reaction then
      local maximum, half = kinetics_of(name, reaction)
      names[reaction] = name
      pools[reaction] = { concentration = concentration, feed = part.feed[name], decay = part.decay[name],
        maximum = maximum, half = half, crowding = part.volume/part.volumes[name] }
    end
  end
  local oxygen, growth, hours = metabolism.exchange("o2", "exchange"), metabolism.growth_reaction(), part.duration/3600
  local density = part.biomass/part.volume
  local grown, _, exchanged = metabolism.within({ [oxygen] = culture.oxygen }, function(model)
    return model:dynamic { duration = hours, step = math.min(STEP, hours), biomass = density, medium = pools,
      dilution = part.dilution, death_rate = part.death_rate, growth = growth, warm = true }
  end)
  local given, clears = {}, {}
  for reaction, name in pairs(names) do
    given[name] = exchanged[reaction]*part.volume
    clears[name] = clearance(pools[reaction], -given[name], hours, part.biomass, grown:last "feasible" == 0,
      grown:last((next(metabolism.model():reaction(reaction).stoichiometry))))
  end
  advance()
  return { given = given, clears = clears, growth = grown:last "biomass"/density*math.exp(part.dilution*hours) }
end

return culture
