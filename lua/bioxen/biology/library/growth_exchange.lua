--- The growth core in a shared medium, whose pool `nutrient` it takes from: see docs/worlds.md.
--
-- The model's nutrient outside is in molecules; here they are those of a cell's own volume, 1 fL (1 µm³, as is usual
-- for E. coli), so that 1e4 of them are 16.6 µM, and import is half as fast at 1.66 µM.

local growth_core = require "library.growth_core"

local growth_exchange = {}

local VOLUME = 1e-15 -- L
local AVOGADRO = 6.02214076e23
local PER_MILLIMOLE = AVOGADRO*1e-3
local PER_MILLIMOLAR = PER_MILLIMOLE*VOLUME -- molecules around a cell

function growth_exchange.knows(_, name)
  return name == "nutrient"
end

-- The mean number of cells while it changes by a factor.
local function mean_of(cells, growth)
  return math.abs(growth - 1) < 1e-6 and cells*(1 + growth)/2 or cells*(growth - 1)/math.log(growth)
end

--- Live in a part of the medium as part.cells cells, which are as many until they divide (part.divides) or grow in
-- number as one grows. What each has imported is counted by the reaction that imports it.
function growth_exchange.live(cell, part, advance)
  local concentration = part.concentrations.nutrient
  local made = cell:get "polymerised"
  if concentration then
    growth_core.share_medium()
    local loss = part.dilution + part.decay.nutrient
    cell:set { s0 = concentration*PER_MILLIMOLAR, imported = 0, crowding = part.cells*VOLUME/part.volumes.nutrient,
      since = cell:time(),
      renewal = (part.dilution*part.feed.nutrient - loss*concentration)*PER_MILLIMOLAR/3600 }
  end
  advance()
  local grown = (cell:get "polymerised" - made)/cell:get "M"
  local growth = part.divides and 1 or math.exp(grown)
  local given, clears = {}, {}
  if concentration then
    local stay = part.divides and 1 or math.exp(-part.dilution*part.duration/3600)
    given.nutrient = -cell:get "imported"*mean_of(part.cells, growth*stay)/PER_MILLIMOLE
    local per_second = cell:get "et"*cell:get "vt"/(cell:get "Kt" + cell:get "s0")
    clears.nutrient = part.cells*VOLUME*3600*per_second
    -- By itself it goes on with what it sees now.
    cell:set { s0 = cell:get "nutrient_left", imported = 0, crowding = 0, renewal = 0 }
  end
  return { given = given, clears = clears, growth = growth, rate = 3600*grown/part.duration }
end

return growth_exchange
