--- What can be done to a whole cell: promoters and genes, caps, speeds, division.

local check = require "library.check"
local chromosome = require "syn3a.chromosome"
local complexes = require "syn3a.complexes"
local constants = require "syn3a.constants"
local division = require "library.division"
local exchange = require "syn3a.whole_exchange"
local expression = require "syn3a.whole_expression"
local metabolism = require "syn3a.whole_metabolism"
local whole_cell = require "syn3a.whole_cell"
local whole_genes = require "syn3a.whole_genes"

local changes = {}

local function ids_of(genes, what)
  local ids = {}
  for i, key in ipairs(check.names(genes, what, 3)) do
    local row = whole_genes.all().by_id[chromosome.expect(key, what, 3).number]
    if not row then error(("%s: %s is a pseudogene, which this model does not transcribe"):format(what, key), 3) end
    ids[i] = row.id
  end
  return ids
end

--- From now on the promoters of these genes (ids or names) are so strong beside their own: 0 knocks out the gene.
-- What there is of RNA and protein stays.
function changes.set_promoters(cell, genes, factor)
  whole_cell.expect(cell, "set_promoters")
  check.number(factor, "set_promoters: factor")
  local set = {}
  for _, id in ipairs(ids_of(genes, "set_promoters")) do set["promoter_" .. id] = factor end
  cell:set(set)
end

--- The promoters of these genes (ids) at their own strengths, or at 0; pseudogenes have none.
function changes.switch(cell, ids, on)
  local set = {}
  for _, id in ipairs(ids) do
    local row = whole_genes.all().by_id[chromosome.find(id).number]
    if row then set["promoter_" .. row.id] = on and 1 or 0 end
  end
  cell:set(set)
end

-- Species and pools that go with a gene: its RNA, its product, complexes with it, but not ribosomes.
local function lost_with(id)
  local names = { "R_" .. id, "R_" .. id .. "_ch", "P_" .. id, "CP_" .. id }
  for _, complex in ipairs(complexes.list) do
    if (complex[3] or ""):find(id .. " ", 1, true) then names[#names + 1] = complex[1] end
  end
  for _, carrier in ipairs(complexes.carriers) do
    if carrier[1] == id then
      names[#names + 1] = "M_" .. carrier[2]
      for form in pairs(carrier[3]) do names[#names + 1] = "M_" .. form end
    end
  end
  return names
end

--- Null knock-outs, of a newborn cell: promoters, RNA and products of these genes (ids or names) are gone, with the
-- complexes that hold the product, all but ribosomes. The gene is still copied. See set_promoters for later.
function changes.knock_out(cell, genes)
  whole_cell.expect(cell, "knock_out")
  if cell:time() > 0 then
    error("knock_out: this is for a newborn cell, at time 0; set_promoters(genes, 0) knocks out genes at any time", 2)
  end
  local set = {}
  for _, id in ipairs(ids_of(genes, "knock_out")) do
    set["promoter_" .. id] = 0
    for _, name in ipairs(lost_with(id)) do
      if pcall(cell.get, cell, name) then set[name] = 0 end
    end
  end
  cell:set(set)
end

--- The shares of a chassis: no more ribosomes translate and no more polymerases transcribe than these from now on (what
-- is bound finishes), and uptake of glucose, which all ATP comes from, is at this share of its constant.
function changes.allocate(cell, resources)
  resources = resources or {}
  local set = { speed_uptake = math.min(1, (resources.atp_percentage or 100)/100) }
  for free, total in pairs { Ribosome = "ribosomes", RNAP = "polymerases" } do
    local cap = resources[total == "ribosomes" and total or "rna_polymerase"] or 1e9
    local there = cell:get(free) + cell:get("parked_" .. free)
    set["cap_" .. total] = cap
    set[free] = math.min(there, math.max(0, cap - cell:get(total .. "_active"))) // 1
    set["parked_" .. free] = there - set[free]
  end
  cell:set(set)
end

--- Change the medium: { glc__D = 40, lac__L = 0.001 }, mM by metabolite; what is not named stays. "default" is the
-- published one. What comes in at a constant rate, as lipids do, does not ask for it.
function changes.set_medium(cell, medium)
  local known, set = {}, {}
  for _, row in ipairs(metabolism.medium()) do known[row[1]] = row[2] end
  for name, value in pairs(medium == "default" and known or type(medium) == "table" and medium or { [medium] = 0 }) do
    local outside = known[name] and name or tostring(name) .. "_e"
    if not known[outside] then error(("set_medium: the medium has no %s; glucose is glc__D"):format(name), 2) end
    set["M_" .. outside] = check.number(value, "set_medium: " .. name)
  end
  cell:set(set)
end

-- Proteins that hold the origin open are free again; copies of genes, boxes and origins are shared out below.
local function let_go_of_origins(cell)
  local held = cell:get "High_Affinity_Bound" + cell:get "High_Affinity_Bound_oriC" + cell:get "Low_Affinity_Bound_1"
    + cell:get "Low_Affinity_Bound_2"
  for n = 1, 30 do held = held + n*cell:get("ssDNA_Unbinding_" .. n) end
  cell:set("P_0001", cell:get "P_0001" + held)
end

local function chromosome_of_newborn(set)
  for _, name in ipairs { "High_Affinity_Bound", "High_Affinity_Bound_oriC", "Low_Affinity_Site_1",
    "Low_Affinity_Bound_1", "Low_Affinity_Site_2", "Low_Affinity_Bound_2", "Initiator_C", "Initiator_CC" } do
    set[name] = 0
  end
  for n = 0, 30 do set["ssDNA_Unbinding_" .. n], set["ssdnaAFila_" .. n] = 0, 0 end
  for _, row in ipairs(whole_genes.all().rows) do set["fork_" .. row.id] = 0 end
  set.High_Affinity_Site, set.High_Affinity_Site_oriC, set.chromosome_C, set.chromosome_CC = 16, 1, 1, 1
end

-- One copy of each gene to either: with its polymerase or without, as they are; which goes where, chance says.
local function share_genes(cell, one, other)
  for _, row in ipairs(whole_genes.all().rows) do
    local busy = cell:get("RNAP_G_" .. row.id)
    local first = busy == 1 and math.random(0, 1) or busy // 2
    one["RNAP_G_" .. row.id], other["RNAP_G_" .. row.id] = first, busy - first
    one["G_" .. row.id], other["G_" .. row.id] = 1 - first, 1 - (busy - first)
  end
end

-- Of what adds up over a life, and of the time of things, a newborn has nothing.
local function forget(cell, set)
  for _, name in ipairs(cell:parameters()) do
    if name:find "^sum_" or name:find "_at$" then set[name] = 0 end
  end
  for _, row in ipairs(whole_genes.all().rows) do
    if row.chain then set["made_" .. row.id] = 0 end
  end
  for _, name in ipairs { "transcripts", "decays", "failures" } do set[name] = 0 end
end

-- What a daughter has of the forms of carrier proteins: as much of each as their mother, of the protein that it got.
local function share_carriers(cell, set, per_mM)
  for _, carrier in ipairs(complexes.carriers) do
    local forms, sum = { "M_" .. carrier[2] }, 0
    for form in pairs(carrier[3]) do forms[#forms + 1] = "M_" .. form end
    for _, form in ipairs(forms) do sum = sum + cell:get(form) end
    local protein = set["P_" .. carrier[1]] + (set["CP_" .. carrier[1]] or 0)
    for _, form in ipairs(forms) do set[form] = sum > 0 and cell:get(form)/sum*protein/per_mM or 0 end
  end
end

-- Half of the volume and of the debts, and what follows from them and from what a daughter was given.
local function settle(cell, set)
  local volume, per_mM = cell:get "volume"/2, cell:get "per_mM"/2
  set.volume, set.per_mM, set.dilution = volume, per_mM, constants.volume/volume
  share_carriers(cell, set, per_mM)
  for _, name in ipairs(cell:parameters()) do
    if name:find "^debt_" then set[name] = cell:get(name)/2 end
  end
  for _, pool in ipairs(exchange.shared()) do
    set["N_" .. pool] = cell:get("M_" .. pool)*per_mM // 1
    set["had_" .. pool] = set["N_" .. pool]
  end
  for _, a in ipairs(expression.acids()) do
    local charged = 0
    for _, trna in ipairs(a.isoforms) do charged = charged + set["R_" .. trna .. "_ch"] end
    set["w_" .. a.acid] = charged > 0 and 0.001*per_mM/charged or 1e300
  end
end

-- What a daughter tells of itself before its first exchange.
local function tell(set)
  local known = setmetatable({ floor = math.floor }, { __index = set })
  local born = expression.network().species
  for _, told in ipairs(exchange.told(born, constants.molecules_per_mm)) do
    set[told[1]] = load("return " .. told[2], told[1], "t", known)()
  end
end

--- A whole cell that is ready to divide becomes one of its daughters; returns the other, as cell:set takes it.
-- Each molecule goes to either with the chance 1/2, complexes in whole; pools, volume and debts are halved. The
-- seed says which is which. (These rules are ours: the published program ends here.)
function changes.divide(cell, seed)
  whole_cell.expect(cell, "divide_whole_cell")
  if cell:get "area_doubled_at" == 0 or cell:get "replicated_at" == 0 then
    error("divide_whole_cell: the cell is not ready: its area has not doubled, or its chromosome is not replicated", 2)
  end
  if seed then math.randomseed(seed) end
  let_go_of_origins(cell)
  local one, pools = {}, {}
  for _, name in ipairs(cell:species()) do
    if name:find "^[MN]_" then pools[#pools + 1] = name end
  end
  local genes_one, genes_other = {}, {}
  share_genes(cell, genes_one, genes_other)
  local other = division.share_out(cell, pools)
  for _, name in ipairs(cell:species()) do one[name] = cell:get(name) end
  for daughter, genes in pairs { [one] = genes_one, [other] = genes_other } do
    for name, n in pairs(genes) do daughter[name] = n end
    chromosome_of_newborn(daughter)
    forget(cell, daughter)
    settle(cell, daughter)
    tell(daughter)
  end
  cell:set(one)
  return other
end

return changes
