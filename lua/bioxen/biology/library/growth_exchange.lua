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

-- The mean number of cells in a part while they grow at a rate, 1/s, and flow out.
local function mean_number(part, rate)
  if part.divides then return part.cells end
  local change = (rate - part.dilution/3600)*part.duration
  return part.cells*(math.abs(change) < 1e-6 and 1 + change/2 or (math.exp(change) - 1)/change)
end

-- Let a cell see the pool change as so many cells take from it, and more flows in.
local function surround(cell, part, number)
  local concentration, loss = part.concentrations.nutrient, part.dilution + part.decay.nutrient
  growth_core.share_medium()
  cell:set { s0 = concentration*PER_MILLIMOLAR, imported = 0, since = cell:time(),
    crowding = number*VOLUME/part.volumes.nutrient,
    renewal = (part.dilution*part.feed.nutrient - loss*concentration)*PER_MILLIMOLAR/3600 }
end

-- What they have taken, and the litres that they clear an hour. By itself the cell goes on with what it sees now.
local function reckon(cell, part, number)
  local given = -cell:get "imported"*number/PER_MILLIMOLE
  local per_second = cell:get "et"*cell:get "vt"/(cell:get "Kt" + cell:get "s0")
  cell:set { s0 = cell:get "nutrient_left", imported = 0, crowding = 0, renewal = 0 }
  return { nutrient = given }, { nutrient = part.cells*VOLUME*3600*per_second }
end

--- Live in a part of the medium as part.cells cells, which are as many until they divide (part.divides) or grow in
-- number as one grows. What each has imported is counted by the reaction that imports it.
function growth_exchange.live(cell, part, advance)
  local made, number, given, clears = cell:get "polymerised", mean_number(part, cell:get "lambda"), {}, {}
  local is_fed = part.concentrations.nutrient ~= nil
  if is_fed then surround(cell, part, number) end
  advance()
  local grown = (cell:get "polymerised" - made)/cell:get "M"
  if is_fed then given, clears = reckon(cell, part, number) end
  return { given = given, clears = clears, growth = part.divides and 1 or math.exp(grown),
    rate = 3600*grown/part.duration }
end

return growth_exchange
