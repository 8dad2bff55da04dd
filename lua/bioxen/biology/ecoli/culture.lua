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
  local known = culture.uptake[name]
  local what = "grow_culture: medium." .. name
  if type(given) == "number" then
    check.number(given, what, 4)
    if not known and given > 0 then
      error(what .. ": how it is taken up is not known here: give { concentration =, maximum =, half = }", 4)
    end
    given = { concentration = given }
  end
  check.keys(given, { "concentration", "maximum", "half", "uptake" }, what, 4)
  if given.uptake then return given end
  known = known or { maximum = 0, half = 0 }
  return { concentration = check.number(given.concentration or 0, what .. ".concentration", 4),
    maximum = share*check.number(given.maximum or known.maximum, what .. ".maximum", 4),
    half = check.number(given.half or (given.maximum and 0 or known.half), what .. ".half", 4) }
end

local keys = { "duration", "biomass", "medium", "oxygen", "step", "every", "death_rate" }

--- Grow in a closed volume until options.duration (12 h). medium: { metabolite or exchange = concentration in mM,
-- or { concentration =, maximum = mmol/gDW/h, half = mM } or { concentration =, uptake = function } }, by default
-- glucose, 10 mM, and acetate, none; what is to be counted in the medium has to be named. biomass: 0.01 gDW/L;
-- oxygen: greatest uptake; step and every: hours (0.02, 0.1); death_rate: 1/h while no flux is feasible (0).
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
      death_rate = options.death_rate or 0, growth = growth }
  end)
end

return culture
