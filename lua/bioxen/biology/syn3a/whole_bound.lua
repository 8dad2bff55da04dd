--- What in the whole cell is bound to what: which molecules hold a gene's RNA or product, and what is free again when
-- those are gone.

local complexes = require "syn3a.complexes"
local expression = require "syn3a.whole_expression"
local whole_genes = require "syn3a.whole_genes"

local bound = {}

-- What steps only count.
local function is_counter(name)
  return name:find "^spent_" or name:find "^freed_" or name:find "^made_" or name == "transcripts" or name == "failures"
    or name == "handovers"
end

local function names_in(text)
  local names = {}
  for term in (text .. " + "):gmatch "(.-) %+ " do
    local n, name = term:match "^(%d+) (.+)$"
    for _ = 1, is_counter(name or term) and 0 or tonumber(n or 1) do names[#names + 1] = name or term end
  end
  return names
end

-- Steps by which more than one molecule becomes one: what it is, and of what. Of complexes any first way will do.
-- Ribosomes stay, and what is on the way to them.
local function add_steps(parts, whole, net)
  for i, reaction in ipairs(net.reactions) do
    local left, right = reaction[1]:match "^(.-) %-> (.*)$"
    local taken, made = names_in(left), names_in(right)
    local name, is_complex = made[1], i >= net.complexes
    if #made == 1 and not parts[name] and not name:find "^[PRG]_%w+$" and (#taken > 1 or is_complex)
      and (i < net.ribosomes or is_complex) then
      parts[name], whole[name] = taken, is_complex or nil
    end
  end
end

-- Steps whose products are more than what was bound, by hand; and genes that somebody added, whose chains stay in the
-- cytosol.
local function add_others(parts, added)
  for _, row in ipairs(whole_genes.all().rows) do
    local id = row.id
    parts["RNAP_G_" .. id] = { "G_" .. id, "RNAP_core" }
    if row.path == "SRP" then parts["SecYEGDF_RNC_" .. id] = { "SecYEGDF", "RNC_" .. id } end
    if row.piece then parts["RNC_Long_" .. id] = { "RNC_" .. id } end
  end
  parts.parked_RNAP = { "RNAP" }
  for _, gene in ipairs(added) do
    parts["RNAP_G_" .. gene.id] = { "G_" .. gene.id, "RNAP_core" }
    parts["RNC_" .. gene.id] = { "R_" .. gene.id, "Ribosome" }
    parts["Degradosome_mRNA_" .. gene.id] = { "R_" .. gene.id, "Degradosome" }
  end
end

-- parts: by what is bound, of what it is; whole: what is no more when one of its parts is not.
local function compute(added)
  local parts, whole = {}, {}
  add_steps(parts, whole, expression.network(true))
  add_others(parts, added)
  for _, complex in ipairs(complexes.list) do
    local held = {}
    for id in (complex[3] or ""):gmatch "(%d%d%d%d) %d" do held[#held + 1] = "P_" .. id end
    if complex[3] then parts[complex[1]], whole[complex[1]] = held, true end
  end
  return parts, whole
end

-- Free forms of a gene's RNA and product.
local function own(id)
  local gone = {}
  for _, name in ipairs { "R_%s", "R_%s_ch", "P_%s", "CP_%s", "PreP_%s", "ProP_%s" } do gone[name:format(id)] = true end
  return gone
end

-- What is free when of n molecules what is gone is taken away: into `free`. Returns whether something was.
local function take(name, parts, whole, gone, free, n)
  if gone[name] then return true end
  local lost, left = false, {}
  for _, part in ipairs(parts[name] or {}) do
    local inside = {}
    if take(part, parts, whole, gone, inside, n) then
      lost = true
    else
      inside = { [part] = n }
    end
    for other, m in pairs(inside) do left[other] = (left[other] or 0) + m end
  end
  if lost and not whole[name] then
    for other, m in pairs(left) do free[other] = (free[other] or 0) + m end
  end
  return lost
end

-- A polymerase that reads the gene loses its RNA.
local function stop_reading(cell, id, set, free)
  local reading = set["RNAP_G_" .. id] or cell:get("RNAP_G_" .. id)
  if reading > 0 then
    set["RNAP_G_" .. id] = 0
    free["G_" .. id], free.RNAP_core = (free["G_" .. id] or 0) + reading, (free.RNAP_core or 0) + reading
  end
end

--- What a cell has when RNA and products of these genes (numbers, or ids of `added` ones) are gone: by species that
-- are then other than in `cell`. Complexes that hold a product are gone in whole, ribosomes aside; of what is at work
-- (a polymerase on a gene, a degradosome on an mRNA, a chain on its way, a charging synthetase) the rest is free.
function bound.without(cell, ids, added)
  local parts, whole = compute(added)
  local gone, set, free = {}, {}, {}
  for _, id in ipairs(ids) do
    for name in pairs(own(id)) do gone[name] = true end
  end
  for _, name in ipairs(cell:species()) do
    local n = cell:get(name)
    if n > 0 and (gone[name] or parts[name]) and take(name, parts, whole, gone, free, n) then set[name] = 0 end
  end
  for _, id in ipairs(ids) do stop_reading(cell, id, set, free) end
  for name, n in pairs(free) do set[name] = (set[name] or cell:get(name)) + n end
  return set
end

return bound
