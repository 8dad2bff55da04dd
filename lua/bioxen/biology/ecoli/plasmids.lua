--- Plasmids that hold their copy number, and what their genes cost.
--
-- Control as in ColE1. Each plasmid makes RNA II, the primer of its replication, and RNA I, which
-- stops it. A primer gets through with the probability 1/(1 + RNA I/K): hyperbolic inhibition, in
-- Paulsson & Ehrenberg, J Mol Biol 279:73 (1998), doi 10.1006/jmbi.1998.1751, and Q Rev Biophys 34:1
-- (2001), doi 10.1017/S0033583501003663. So, of y plasmids with R of RNA I,
--   replication k_II y/(1 + R/K),  RNA I made k_I y and lost (d_I + growth) R,  dilution growth y
-- RNA I halves in 2 minutes, and there is 1 µM of it (Brenner & Tomizawa, PNAS 88:405, 1991, doi
-- 10.1073/pnas.88.2.405): 602 molecules in 1 fL, from 17.5 plasmids that is k_I = 12 a minute. RNA II is made
-- a third as often (Lin-Chao & Bremer, Mol Gen Genet 203:143, 1986, doi 10.1007/BF00330395).
-- K, how well RNA I inhibits, is what differs between plasmids: it follows from the copies that the
-- plasmid is known for in a cell that doubles in 28.7 minutes, the growth core's published cell. In
-- a cell that grows slower there are more of them in the same mass, which the growth core's cells
-- have at any rate: 4 times as many at a quarter of the growth, as Lin-Chao & Bremer measured (4.2
-- times per mass, from 2.5 to 0.6 doublings an hour). So a gene that slows growth gets more copies.
-- pSC101 has a control of another kind, by its protein RepA; the same law stands in for it.
--
-- Dilution takes each plasmid with the same chance, as random partition does in the mean of a
-- population: a stochastic cell can lose the last one, and then has none for good.
--
-- That law alone runs away: a gene that slows the cell gets more copies, which slow it more. But replication takes
-- polymerases, precursors and primers, which the cell makes less of as foreign protein takes their place. Scott et
-- al., Science 330:1099 (2010), doi 10.1126/science.1192588, found growth in a medium to fall by the part
-- 1 - f/0.48 for f of foreign protein, and here the replication of plasmids falls by the same part: an assumption,
-- for which speaks that pUC, which has its 500 to 700 copies with bla on board, keeps them. The
-- dependence on the medium is that from above, as Seo & Bailey measured, Biotechnol Bioeng 27:1668 (1985), doi
-- 10.1002/bit.260271207. So no promoter makes more than 0.48 of the protein foreign: a plasmid of a gene that would
-- is lost copy by copy until it does not.
--
-- A gene on a plasmid is transcribed in proportion to its copies, and competes for polymerases,
-- ribosomes and energy as any class of the growth core does. The plasmids' DNA counts as genome
-- memory; what its replication costs in energy the growth core has not for the chromosome either.

local check = require "library.check"
local expression = require "ecoli.expression"
local growth_core = require "library.growth_core"
local types = require "ecoli.plasmid_types"

local plasmids = {}

plasmids.rna_I_per_minute = 12
plasmids.rna_II_per_minute = 4
plasmids.rna_I_half_life = 120 -- s
plasmids.most_foreign = 0.48 -- of all protein
plasmids.reference_growth = math.log(2)/(28.743959424371656*60) -- 1/s

local held, order = {}, {} -- by name; names as they were added

--- K, in molecules of RNA I, that gives so many copies at a growth rate in 1/s.
function plasmids.inhibition_constant(copies, growth_rate)
  local decay = math.log(2)/plasmids.rna_I_half_life + growth_rate
  local rna_I = plasmids.rna_I_per_minute/60*copies/decay
  return rna_I/(plasmids.rna_II_per_minute/60/growth_rate - 1)
end

-- Whole plasmids to begin with: at least one, for of none there will never be any.
local function first_copies(copies)
  return math.max(1, math.floor(copies + 0.5))
end

-- A class of protein for a gene of a plasmid, as library/protein_class.lua takes it.
local function class_of(plasmid, gene)
  local key = gene.key
  return { x = key .. "_gene", per_message = expression.per_message, protein = "protein_" .. key,
    length = "length_" .. key, completion = "gamma/length_" .. key,
    transcription = ("plasmid_%s*w_%s*a/(thetax + a)"):format(plasmid, key) }
end

local function add(definition, name, plasmid)
  local function named(text) return (text:gsub("{}", name)) end
  local species, parameters = definition.species, definition.parameters
  local at_rest = plasmids.rna_I_per_minute/60*plasmid.start
    /(math.log(2)/plasmids.rna_I_half_life + plasmids.reference_growth)
  species[named "plasmid_{}"] = plasmid.start
  species[named "RNA_I_{}"] = math.floor(at_rest + 0.5)
  parameters[named "K_{}"] = plasmids.inhibition_constant(plasmid.copies, plasmids.reference_growth)
  for _, gene in ipairs(plasmid.genes) do
    parameters["w_" .. gene.key] = gene.transcription/60
    parameters["length_" .. gene.key] = gene.length_aa
  end
  for _, reaction in ipairs {
    { "plasmid_{} -> 2 plasmid_{}", name = "replication_{}",
      rate = "replication_part*k_RNA_II*plasmid_{}/(1 + RNA_I_{}/K_{})" },
    { "plasmid_{} ->", name = "dilution_{}", k = "lambda" },
    { "-> RNA_I_{}", rate = "k_RNA_I*plasmid_{}" },
    { "RNA_I_{} ->", k = "d_RNA_I + lambda" },
  } do
    for key, text in pairs(reaction) do reaction[key] = named(text) end
    table.insert(definition.reactions, reaction)
  end
end

local function define()
  local definition = { species = {}, reactions = {}, rules = {}, parameters = {
    k_RNA_I = plasmids.rna_I_per_minute/60, k_RNA_II = plasmids.rna_II_per_minute/60,
    d_RNA_I = math.log(2)/plasmids.rna_I_half_life } }
  local classes, kb, copies, foreign = {}, {}, {}, { "nx*p" }
  for i, name in ipairs(order) do
    local plasmid = held[name]
    add(definition, name, plasmid)
    for _, gene in ipairs(plasmid.genes) do
      classes[#classes + 1] = class_of(name, gene)
      foreign[#foreign + 1] = ("length_%s*protein_%s"):format(gene.key, gene.key)
    end
    copies[i] = "plasmid_" .. name
    kb[i] = ("%.17g*%s"):format(plasmid.kb, copies[i])
  end
  if not order[1] then
    growth_core.set_genes("plasmids", {})
    return
  end
  definition.rules.plasmid_copies = table.concat(copies, " + ")
  definition.rules.plasmid_kb = table.concat(kb, " + ")
  definition.rules.foreign_fraction = ("(%s)/protein_mass"):format(table.concat(foreign, " + "))
  definition.rules.replication_part = ("max(0, 1 - foreign_fraction/%.17g)"):format(plasmids.most_foreign)
  growth_core.set_genes("plasmids", classes, definition, "plasmid_kb")
end

--- A new cell has none, or the plasmid of the options plasmid and plasmid_copies. Copies without a name
-- are those of a plasmid "plasmid" of pBR322's length.
function plasmids.define(options)
  held, order = {}, {}
  local name, copies = options.plasmid or "", options.plasmid_copies or 0
  if name == "" and copies == 0 then return end
  local known = name == "" and types.pBR322 or types[name]
  if not known then
    error(('plasmid: pUC, pBR322, pACYC184, pSC101 or "" expected, got %q'):format(name), 0)
  end
  copies = copies > 0 and copies or known.copies
  order[1] = name == "" and "plasmid" or name
  held[order[1]] = { kb = known.kb, copies = copies, start = first_copies(copies), genes = {} }
  define()
end

-- Species and parameters of a gene bear the name `key`.
local function check_gene(gene, key)
  check.keys(gene, { "length_aa", "transcription" }, "add_plasmid: gene", 5)
  local length = check.number(gene.length_aa, "add_plasmid: gene.length_aa", 5)
  if length < 1 then error("add_plasmid: gene.length_aa: 1 or more expected, got " .. length, 5) end
  return { key = key, length_aa = length,
    transcription = check.number(gene.transcription, "add_plasmid: gene.transcription", 5) }
end

-- A single gene has the plasmid's name, those of a map have names of their own.
local function genes_of(name, options, mapped)
  local genes = {}
  for i, gene in ipairs(mapped or {}) do
    genes[i] = { key = name .. "_" .. gene.name, name = gene.name, length_aa = gene.length_aa,
      transcription = gene.transcription, promoters = gene.promoters }
  end
  if options.gene then genes[1] = check_gene(options.gene, name) end
  return genes
end

local function check_plasmid(options, mapped)
  check.keys(options, { "name", "copies", "length_kb", "start", "gene" }, "add_plasmid", 3)
  local name = options.name
  if type(name) ~= "string" or not name:match "^%a[%w_]*$" or #name > 32 then
    error("add_plasmid: name: a letter, then letters, digits or _ expected, got " .. tostring(name), 3)
  end
  if held[name] then error(("add_plasmid: the cell holds %s already"):format(name), 3) end
  if name == "copies" or name == "kb" then
    error(("add_plasmid: name: plasmid_%s is taken by the cell's own"):format(name), 3)
  end
  local known = types[name] or {}
  local copies = check.number(options.copies or known.copies, "add_plasmid: copies", 3)
  if copies <= 0 then error("add_plasmid: copies: more than 0 expected, got " .. copies, 3) end
  return name, { copies = copies, kb = check.number(options.length_kb or known.kb, "add_plasmid: length_kb", 3),
    start = check.number(options.start or first_copies(copies), "add_plasmid: start", 3),
    genes = genes_of(name, options, mapped) }
end

--- Give the cell a plasmid. name: pUC, pBR322, pACYC184 or pSC101, or any other, which needs copies
-- (that its control settles at in the published cell) and length_kb. start: copies now (as many).
-- gene: { length_aa =, transcription = mRNA per minute and copy where energy does not limit, as counted in a
-- cell, which makes 1,824 a minute of all genes at the published growth (ecoli/expression.lua) }; its
-- protein is the species protein_NAME, its transcription the reaction transcription_NAME_gene.
--
-- Or a genome, as of a plasmid's file, and perhaps options (ecoli/plasmid_map.lua): name, copies, start, promoters.
-- Each of its genes makes protein_NAME_GENE. Gives what was made of it: name, copies, length_kb, genes, which list
-- their promoters; left_out, coding sequences that are parts of others or can't be translated; and strengths, what the
-- map says of its promoters, times the mean gene.
function plasmids.add_plasmid(_, options, more)
  local mapped, left_out, strengths
  if type(options) == "userdata" then
    local read
    read, options, left_out, strengths = pcall(require("ecoli.plasmid_map").read, options, more or {})
    if not read then error(options, 2) end
    mapped, options.genes = options.genes, nil
  end
  local name, plasmid = check_plasmid(options, mapped)
  held[name] = plasmid
  order[#order + 1] = name
  local done, problem = pcall(define)
  if done then
    return mapped and { name = name, copies = plasmid.copies, length_kb = plasmid.kb, genes = mapped,
      left_out = left_out, strengths = strengths }
  end
  held[name] = nil -- names that the cell has already
  table.remove(order)
  define()
  error(problem, 0)
end

--- Take a plasmid out, with its gene, mRNA and protein.
function plasmids.remove_plasmid(_, name)
  if not held[name] then
    error(("remove_plasmid: the cell holds no %s"):format(tostring(name)), 2)
  end
  held[name] = nil
  for i = #order, 1, -1 do
    if order[i] == name then table.remove(order, i) end
  end
  define()
end

--- Plasmids by name: copies now, copies that its control is made for, kilobases, and of one with genes their
-- protein in molecules and as part of the cell's protein mass, of a mapped one by gene, too.
function plasmids.plasmids(cell)
  local list = {}
  for name, plasmid in pairs(held) do
    list[name] = { copies = cell:get("plasmid_" .. name), target = plasmid.copies, length_kb = plasmid.kb }
    local genes, sum, mass = {}, 0, 0
    for _, gene in ipairs(plasmid.genes) do
      local protein = cell:get("protein_" .. gene.key)
      local fraction = gene.length_aa*protein/cell:get "protein_mass"
      sum, mass = sum + protein, mass + fraction
      if gene.name then genes[gene.name] = { protein = protein, mass_fraction = fraction } end
    end
    if plasmid.genes[1] then list[name].protein, list[name].mass_fraction = sum, mass end
    if next(genes) then list[name].genes = genes end
  end
  return list
end

--- Copies of all plasmids in the cell now.
function plasmids.copies(cell)
  return order[1] and cell:get "plasmid_copies" or 0
end

return plasmids
