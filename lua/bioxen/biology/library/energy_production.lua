--- Import of nutrient and its catabolism to energy.

-- A molecule of nutrient yields ns energy molecules, any number, but a stochastic cell makes whole
-- ones: each firing yields n or n + 1, the two around the yield, with the yield as the mean. Then
-- all other shares are 0. Above `most` the shares are no probabilities any more: the mean, which
-- is all that an ODE needs, stays exact, and a stochastic run refuses the negative rate.
local most = 4

local function share(n)
  if n == 0 then return "max(0, 1 - yield)" end
  if n == most then return ("max(0, yield - %d)"):format(n - 1) end
  if n == most - 1 then
    return ("if(yield < %d, 0, min(yield - %d, %d - yield))"):format(n - 1, n - 1, most)
  end
  return ("max(0, 1 - abs(yield - %d))"):format(n)
end

--- Define the process; `supply` is the part of the energy that the cell receives, 1 for all. `start`
-- is the nutrient in the cell at the beginning, in molecules (0). A cell in a shared medium (`shared`) sees
-- its surroundings change: they begin with s0 molecules, of which each molecule that is imported takes
-- `crowding`, and gain `renewal` a second since the time `since`.
local function define(process, supply, start, shared)
  local definition = {
    species = { si = start or 0 },
    parameters = { supply = supply },
    rules = {
      yield = "supply*ns",
      import = "et*vt*s0/(Kt + s0)", -- molecules of nutrient per second
      catabolism = "em*vm*si/(Km + si)", -- molecules of nutrient per second
      energy_supply = "yield*catabolism", -- molecules of energy per second
    },
    reactions = {
      { "-> si", rate = "import", name = "import" },
      { "si ->", k = "lambda" },
      { "a ->", k = "lambda" },
    },
  }
  if shared then
    definition.species.imported = 0
    for _, name in ipairs { "crowding", "renewal", "since" } do definition.parameters[name] = 0 end
    definition.rules.nutrient_left = "max(0, s0 + renewal*(time - since) - crowding*imported)"
    definition.rules.import = "et*vt*nutrient_left/(Kt + nutrient_left)"
    definition.reactions[1] = { "-> si + imported", rate = "import", name = "import" }
  end
  for n = 0, most do
    definition.rules["share_" .. n] = share(n)
    table.insert(definition.reactions, {
      n == 0 and "si ->" or ("si -> %d a"):format(n),
      rate = ("share_%d*catabolism"):format(n),
      name = "catabolism_" .. n,
    })
  end
  process("energy_production", definition)
end

return { define = define }
