--- The exchange reactions of a flux model, found by what they exchange, however the model spells it:
-- EX_glc__D_e, R_EX_glc__D_e, EX_glc_e, EX_glc_D_LPAREN_e_RPAREN_ and EX_glc-D(e) all are "glc__D".

local exchanges = {}

--- What a cell finds in any minimal medium, and what it may let out besides: water, ions, trace elements,
-- the vitamin B12 of iJO1366's own medium (Orth et al., Mol Syst Biol 7:535, 2011), carbon dioxide. These
-- have the bounds of the model. All else that can be taken up is a supply of carbon or of an acceptor of
-- electrons, such as oxygen.
local salts = {}
for name in ([[ca2 cbl1 cl co2 cobalt2 cu cu2 fe2 fe3 h h2 h2o k mg2 mn2 mobd na1 nh4 ni2 pi sel slnt so4
  tungs zn2]]):gmatch("%S+") do
  salts[name] = true
end

-- The letters and digits of a name alone.
local function key_of(name)
  return (name:gsub("%W", ""))
end

-- What the id of an exchange says it exchanges; nil for another reaction.
local function exchanged(reaction)
  local name = reaction:gsub("^R_", ""):match("^EX_(.+)$")
  if not name then return nil end
  name = name:gsub("_LPAREN_", "("):gsub("_RPAREN_", ")"):gsub("_DASH_", "-")
  for _, ending in ipairs { "%([eb]%)$", "%[[eb]%]$", "_[eb]_$", "_[eb]$", "_e0$" } do
    local stem = name:gsub(ending, "")
    if stem ~= name then return key_of(stem) end
  end
  return key_of(name)
end

local function takes_up_backwards(model, reaction)
  local metabolite, coefficient = next(model:reaction(reaction).stoichiometry)
  return metabolite and coefficient < 0
end

--- { by_key = reaction by key, supply = { reaction… } } of a model.
function exchanges.of(model)
  local found = { by_key = {}, supply = {} }
  for _, reaction in ipairs(model:reactions()) do
    local key = exchanged(reaction)
    if key and takes_up_backwards(model, reaction) then
      found.by_key[key] = found.by_key[key] or reaction
      if not salts[key] then table.insert(found.supply, reaction) end
    end
  end
  return found
end

-- Common names of what a medium may have.
local common = { glucose = "glc__D", acetate = "ac", oxygen = "o2", ammonium = "nh4", phosphate = "pi",
  succinate = "succ", ethanol = "etoh", formate = "for", lactate = "lac__D", lactose = "lcts", fructose = "fru",
  glycerol = "glyc", galactose = "gal", pyruvate = "pyr", fumarate = "fum", malate = "mal__L", glutamate = "glu__L",
  glutamine = "gln__L", xylose = "xyl__D", arabinose = "arab__L", maltose = "malt" }

--- What BiGG calls a metabolite of a common name; others as they are.
function exchanges.metabolite(name)
  return common[name] or name
end

--- The exchange reaction of a metabolite ("glc__D"; older models say "glc"), or of that id; nil for none.
function exchanges.find(found, name)
  name = exchanges.metabolite(name)
  local key = exchanged(name) or key_of(name)
  return found.by_key[key] or found.by_key[key:match("^(.-)[DL]$") or ""]
end

return exchanges
