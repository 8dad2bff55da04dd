--- Metabolism of the whole cell: 175 reactions of 148 pools, in mM and mM/s, by the laws of kinetic_reactions.lua. A
-- pool is M_atp_c; a parameter E_0445 is the level of an enzyme, mM, which each exchange sets from what there is of it;
-- the medium is parameters, M_glc__D_e, and so is oxygen inside, which nothing uses up. speed_uptake is a share of the
-- constant by which glucose comes in.

local complexes = require "syn3a.complexes"
local whole_genes = require "syn3a.whole_genes"

local metabolism = {}

local function pairs_of(text)
  local list = {}
  for name, value in text:gmatch "([%w_]+) ([%d.eE+-]+)" do list[#list + 1] = { name, tonumber(value) } end
  return list
end

--- { name, mM } of the pools to begin with, carriers' forms aside, and of the medium.
function metabolism.pools() return pairs_of(require("syn3a.kinetic_pools").pools) end
function metabolism.medium() return pairs_of(require("syn3a.kinetic_pools").medium) end

-- "2 nadh_c + o2_c" as { { "nadh_c", 2 }, { "o2_c", 1 } }.
local function side(text)
  local terms = {}
  for term in (text .. " +"):gmatch "%s*(.-)%s*%+" do
    local n, name = term:match "^(%d+) (.+)$"
    if term ~= "" then terms[#terms + 1] = { name or term, tonumber(n or 1) } end
  end
  return terms
end

-- { name, taken, made, enzyme, values (numbers), taken_k, made_k }
local function parse(line)
  local name, left, right, enzyme, rest = line:match "^([%w_]+) (.-) ?<?%-> (.-) : (.-) : (.*)$"
  local values, taken, made = rest:match "^([^:]*) : ([^|]*) | (.*)$"
  local function numbers(text)
    local list = {}
    for word in (text or ""):gmatch "%S+" do list[#list + 1] = tonumber(word) end
    return list
  end
  return { name = name, taken = side(left), made = side(right), enzyme = enzyme, values = numbers(values or rest),
    taken_k = numbers(taken), made_k = numbers(made) }
end

--- Its reactions in order: { name, taken, made: lists of { pool, coefficient }, enzyme, … }.
function metabolism.reactions()
  local list = {}
  for line in require("syn3a.kinetic_reactions"):gsub("\n%s+", " "):gmatch "[^\n]+" do list[#list + 1] = parse(line) end
  return list
end

-- "x*x*y" and "(1 + x)*(1 + x)*(1 + y)" of x = pool/K.
local function products(terms, constants)
  local plain, bound = {}, {}
  for i, term in ipairs(terms) do
    local x = ("M_%s*%.17g"):format(term[1], 1/constants[i])
    for _ = 1, term[2] do
      plain[#plain + 1], bound[#bound + 1] = x, ("(1 + %s)"):format(x)
    end
  end
  return table.concat(plain, "*"), table.concat(bound, "*")
end

local function random_binding(r)
  local taken, taken_bound = products(r.taken, r.taken_k)
  local made, made_bound = products(r.made, r.made_k)
  local back = r.values[2] ~= 0 and (" - %.17g*%s"):format(r.values[2], made) or ""
  return ("E_%s*(%.17g*%s%s)/(%s + %s - 1)"):format(metabolism.level(r.enzyme), r.values[1], taken, back, taken_bound,
    made_bound)
end

local function plain_product(terms)
  local names = {}
  for i, term in ipairs(terms) do names[i] = "M_" .. term[1] end
  return table.concat(names, "*")
end

local radius = 2e-7 -- m, of the published membrane: it does not follow the cell

local laws = {
  ["mass action"] = function(r)
    local factor = r.name == "GLCpts4" and "speed_uptake*" or ""
    return factor .. ("(%.17g*%s - %.17g*%s)"):format(r.values[1], plain_product(r.taken), r.values[2],
      plain_product(r.made))
  end,
  passive = function(r)
    return ("%.17g*(M_%s - M_%s)"):format(3*r.values[1]/radius, r.taken[1][1], r.made[1][1])
  end,
  uptake = function(r) return r.values[1] end,
}

--- What the parameter E_… of an enzyme is called: "0330_or_0382".
function metabolism.level(enzyme)
  return (enzyme:gsub(" ", "_"))
end

--- What an enzyme's molecules are, as a formula: free protein, peripheral ones at the membrane or not; complexes; sums.
function metabolism.molecules(enzyme)
  local terms = {}
  for part in (enzyme .. " or "):gmatch "(.-) or " do
    local row = whole_genes.all().by_id[part]
    terms[#terms + 1] = not row and part
      or row.path == "peripheral" and ("P_%s + CP_%s"):format(part, part) or "P_" .. part
  end
  return table.concat(terms, " + ")
end

--- Enzymes of the reactions, each once, in order; "default" and other laws aside.
function metabolism.enzymes()
  local list, seen = {}, { default = true }
  for _, r in ipairs(metabolism.reactions()) do
    if not laws[r.enzyme] and not seen[r.enzyme] then
      seen[r.enzyme] = true
      list[#list + 1] = r.enzyme
    end
  end
  return list
end

-- Names that no reaction changes.
local function is_held(name)
  return name == "o2_c" or name:find "_e$" ~= nil
end

local function equation(r)
  local function text(terms)
    local names = {}
    for _, term in ipairs(terms) do
      if not is_held(term[1]) then names[#names + 1] = (term[2] > 1 and term[2] .. " " or "") .. "M_" .. term[1] end
    end
    return table.concat(names, " + ")
  end
  return text(r.taken) .. " -> " .. text(r.made)
end

-- A repair, not the published model: uptake of K+ is at half its speed when there is so much of it inside, mM.
local function limit_potassium(reactions, most)
  for _, r in ipairs(reactions) do
    if r.name == "Kt6" then r.rate = ("(%s)/(1 + (M_k_c/%.17g)^4)"):format(r.rate, most) end
  end
end

-- Of these reactions (names) the solver adds up what they do between exchanges, mM: turn_PGK.
local function count_turns(species, reactions, counted)
  local by_name = {}
  for _, r in ipairs(reactions) do by_name[r.name] = r end
  for _, name in ipairs(counted) do
    local r = by_name[name]
    if not r then error(("begin_whole_cell: counted: metabolism has no reaction %s"):format(name), 0) end
    if not species["turn_" .. name] then
      species["turn_" .. name], r[1] = 0, ("%s + turn_%s"):format(r[1], name)
    end
  end
end

--- The process "metabolism", in a cell with so many molecules in 1 mM: pools are whole molecules at first, or, where
-- `exact` is true, the published numbers. Options: potassium (mM that limit its uptake; default: nothing does) and
-- counted (names of reactions whose turns are added up in turn_ and the name).
function metabolism.definition(per_mM, exact, options)
  options = options or {}
  local species, parameters, reactions = {}, { E_default = 0.001 }, {}
  local function mM(value)
    return exact and value or math.floor(value*per_mM + 0.5)/per_mM
  end
  for _, pool in ipairs(metabolism.pools()) do
    local to = is_held(pool[1]) and parameters or species
    to["M_" .. pool[1]] = mM(pool[2])
  end
  for _, pool in ipairs(metabolism.medium()) do parameters["M_" .. pool[1]] = pool[2] end
  for _, carrier in ipairs(complexes.carriers) do
    local left = whole_genes.all().by_id[carrier[1]].free
    for form, molecules in pairs(carrier[3]) do
      left = left - molecules
      species["M_" .. form] = species["M_" .. form] or molecules/per_mM
    end
    species["M_" .. carrier[2]] = species["M_" .. carrier[2]] or left/per_mM
  end
  for i, r in ipairs(metabolism.reactions()) do
    reactions[i] = { equation(r), name = r.name, rate = (laws[r.enzyme] or random_binding)(r) }
  end
  for _, enzyme in ipairs(metabolism.enzymes()) do parameters["E_" .. metabolism.level(enzyme)] = 0 end
  if options.potassium then limit_potassium(reactions, options.potassium) end
  count_turns(species, reactions, options.counted or {})
  return { species = species, parameters = parameters, reactions = reactions }
end

return metabolism
