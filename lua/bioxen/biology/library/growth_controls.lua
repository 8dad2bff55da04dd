--- What an instance of the growth core can be told.

local check = require "library.check"

local growth_controls = {}

--- Change the medium: nutrient in molecules, quality in energy molecules per molecule of nutrient.
-- Errors are those of `what` (default set_nutrient), at `level` (default 2: the caller).
function growth_controls.set_nutrient(cell, medium, what, level)
  local symbols = { nutrient = "s0", quality = "ns" }
  what, level = what or "set_nutrient", level or 2
  check.keys(medium, { "nutrient", "quality" }, what, level)
  for key, value in pairs(medium) do check.number(value, what .. ": " .. key, level) end
  for key, value in pairs(medium) do cell:set(symbols[key], value) end
end

--- Chloramphenicol in µM.
function growth_controls.set_antibiotic(cell, concentration)
  cell:set("cl", check.number(concentration, "set_antibiotic"))
end

--- Transcribe a heterologous gene at up to `rate` mRNA per minute.
function growth_controls.express_heterologous(cell, rate)
  cell:set("wp", check.number(rate, "express_heterologous")/60)
end

return growth_controls
