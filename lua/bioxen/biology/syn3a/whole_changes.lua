--- What can be done to a whole cell: promoters and genes, caps, speeds, division.

local bound = require "syn3a.whole_bound"
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

local function is_added(cell, id)
  return type(id) == "string" and (pcall(cell.get, cell, "beside_" .. id))
end

local function id_of(cell, key, what)
  if is_added(cell, key) then return key end
  local row = whole_genes.all().by_id[chromosome.expect(key, what, 4).number]
  if not row then error(("%s: %s is a pseudogene, which this model does not transcribe"):format(what, key), 4) end
  return row.id
end

-- Numbers of genes, and ids of what somebody added.
local function ids_of(cell, genes, what)
  local ids = {}
  for i, key in ipairs(check.names(genes, what, 3)) do ids[i] = id_of(cell, key, what) end
  return ids
end

--- From now on the promoters of these genes (ids or names) are so strong beside their own: 0 knocks out the gene.
-- What there is of RNA and protein stays.
function changes.set_promoters(cell, genes, factor)
  whole_cell.expect(cell, "set_promoters")
  check.number(factor, "set_promoters: factor")
  local set = {}
  for _, id in ipairs(ids_of(cell, genes, "set_promoters")) do set["promoter_" .. id] = factor end
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

-- Null knock-outs: pools that are forms of a product.
local function forms_of(id)
  local names = {}
  for _, carrier in ipairs(complexes.carriers) do
    if carrier[1] == id then
      names[#names + 1] = "M_" .. carrier[2]
      for form in pairs(carrier[3]) do names[#names + 1] = "M_" .. form end
    end
  end
  return names
end

--- Null knock-outs, at any time: promoters, RNA and products of these genes (ids or names) are gone, with the complexes
-- that hold the product, all but ribosomes. What works without them is free again: a gene whose polymerase is gone, an
-- mRNA whose degradosome is. The gene is still copied. What opened the origin and copies DNA stays at that.
function changes.knock_out(cell, genes)
  whole_cell.expect(cell, "knock_out")
  local ids = ids_of(cell, genes, "knock_out")
  local set = bound.without(cell, ids, whole_cell.added(cell))
  for _, id in ipairs(ids) do
    set["promoter_" .. id] = 0
    for _, name in ipairs(forms_of(id)) do set[name] = 0 end
  end
  cell:set(set)
end

-- A coding sequence in capitals, or what is wrong with it.
local function coding_sequence(dna)
  dna = type(dna) == "string" and dna:upper():gsub("%s", "") or ""
  if not dna:find "^[ACGT]+$" or #dna % 3 ~= 0 or #dna < 9 then
    return nil, "whole codons of A, C, G and T expected"
  end
  local chain = genome.translate(dna, 4)
  if chain:find "%*" ~= #chain then return nil, "one stop codon expected, at the end (UGA is tryptophan here)" end
  if not whole_genes.starts[dna:sub(1, 3)] then return nil, "a start codon expected" end
  return dna
end

local function check_gene(cell, gene)
  check.keys(gene, { "id", "dna", "promoter", "beside" }, "add_gene")
  if type(gene.id) ~= "string" or not gene.id:find "^%a%w*$" then
    error("add_gene: id: a letter, then letters and digits expected", 3)
  end
  if pcall(cell.get, cell, "G_" .. gene.id) then
    error(("add_gene: there is a gene %s"):format(gene.id), 3)
  end
  local dna, problem = coding_sequence(gene.dna)
  if not dna then error("add_gene: dna: " .. problem, 3) end
  if is_added(cell, gene.beside) then error("add_gene: beside: a gene of the chromosome expected", 3) end
  return dna, check.number(gene.promoter or constants.reference_proteins, "add_gene: promoter"),
    ids_of(cell, { gene.beside or "dnaA" }, "add_gene")[1]
end

--- A gene more, from now on: { id, dna (its coding sequence, start to stop), promoter (molecules that its strength goes
-- by, as with the cell's own from 10 to 765; default 180, the mean), beside (a gene; with it it's copied; default
-- "dnaA") }. It stands there as often as that, is transcribed, translated and decays by the rules of the others, at the
-- same costs; its protein, P_ and the id, stays in the cytosol. set_promoters and knock_out take its id.
function changes.add_gene(cell, gene)
  whole_cell.expect(cell, "add_gene")
  local dna, promoter, beside = check_gene(cell, gene)
  local id, row = gene.id, whole_genes.row(gene.id, dna, promoter)
  local net, own = expression.added(row), {}
  for name, n in pairs(net.species) do
    if not pcall(cell.get, cell, name) then own[name] = n end
  end
  own["G_" .. id] = cell:get("G_" .. beside) + cell:get("RNAP_G_" .. beside)
  process("gene_" .. id, { species = own, reactions = net.reactions, parameters = { ["promoter_" .. id] = 1,
    ["beside_" .. id] = tonumber(beside), ["AT_" .. id] = row.bases.A + row.bases.T,
    ["CG_" .. id] = row.bases.C + row.bases.G } })
  process "exchange" { exchange = exchange.steps(exchange.species_of(cell), constants.molecules_per_mm,
    cell:get "exchanging" == 0, whole_cell.added(cell)) }
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

-- DnaA and replisomes that are bound to origins and boxes are free again; copies of genes are shared out below.
local function let_go_of_origins(cell)
  local dnaA, replisomes = cell:get "P_0001", cell:get "P_0044"
  for _, name in ipairs(cell:species()) do
    local length = name:match "^ssDNA_Unbinding_(%d+)$" or name:match "^ssdnaAFila2?_(%d+)"
    dnaA = dnaA + (length and tonumber(length) or name:find "_Affinity_Bound" and 1 or 0)*cell:get(name)
    if name:find "_replisome$" then replisomes = replisomes + cell:get(name) end
  end
  cell:set { P_0001 = dnaA, P_0044 = replisomes }
end

local function chromosome_of_newborn(cell, set)
  for _, name in ipairs(cell:species()) do
    if name:find "_Affinity_" or name:find "^ssDNA_" or name:find "^ssdnaA" or name:find "^Initiator_"
      or name:find "^fork_" then set[name] = 0 end
  end
  set.High_Affinity_Site, set.High_Affinity_Site_oriC, set.chromosome_C, set.chromosome_CC = 16, 1, 1, 1
end

-- One copy of each gene to either: with its polymerase or without, as they are; which goes where, chance says.
local function share_genes(cell, one, other)
  local ids = {}
  for i, row in ipairs(whole_genes.all().rows) do ids[i] = row.id end
  for _, gene in ipairs(whole_cell.added(cell)) do ids[#ids + 1] = gene.id end
  for _, id in ipairs(ids) do
    local busy = cell:get("RNAP_G_" .. id)
    local first = busy == 1 and math.random(0, 1) or busy // 2
    one["RNAP_G_" .. id], other["RNAP_G_" .. id] = first, busy - first
    one["G_" .. id], other["G_" .. id] = 1 - first, 1 - (busy - first)
  end
end

-- Of what adds up over a life, and of the time of things, a newborn has nothing.
local function forget(cell, set)
  for _, name in ipairs(cell:parameters()) do
    if name:find "^sum_" or name:find "^turned_" or name:find "_at$" then set[name] = 0 end
  end
  for _, name in ipairs(cell:species()) do
    if name:find "^made_" then set[name] = 0 end
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
local function tell(cell, set)
  local known = setmetatable({ floor = math.floor }, { __index = set })
  for _, told in ipairs(exchange.told(exchange.species_of(cell), constants.molecules_per_mm)) do
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
  if cell:get "chromosome_C" ~= 2 or cell:get "chromosome_CC" ~= 2 or cell:get "Initiator_C" ~= 0 then
    error("divide_whole_cell: a second round of replication has begun, and who gets what is not decided for that", 2)
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
    chromosome_of_newborn(cell, daughter)
    forget(cell, daughter)
    settle(cell, daughter)
    tell(cell, daughter)
  end
  cell:set(one)
  return other
end

return changes
