--- The growing cell of Weiße et al. 2015 put together: protein synthesis, energy, the replication
-- clock, the shares of the chassis that bind in them, and genes that other processes add.
--
-- A share that is not held leaves no trace in the formulas, so that it costs nothing; to hold one,
-- or to let it go, the processes are defined anew. Species and parameters keep their values. What
-- binds is
--   ribosomes        so many translate at most (protein_class.lua). Of a share that shrinks, those
--                    that are at it finish or fall off first, within minutes.
--   rna_polymerase   see transcription_limit.lua
--   memory_kb        see transcription_limit.lua
--   atp_percentage   the part of its energy that the cell receives (energy_production.lua)

local dna_replication = require "library.dna_replication"
local energy_production = require "library.energy_production"
local protein_class = require "library.protein_class"
local protein_synthesis = require "library.protein_synthesis"
local transcription_limit = require "library.transcription_limit"
local check = require "library.check"

local growth_core = {}

-- The genome's length in kb where the organism states none of its own: the model was fitted to
-- E. coli, here K-12 MG1655, NC_000913.3 (Blattner et al., Science 1997, doi
-- 10.1126/science.277.5331.1453).
growth_core.genome_kb = 4641.652

-- What is defined now: one cell in a VM.
local core = { values = {}, shares = {}, groups = {}, order = {}, start = {} }

local function check_shares(resources)
  local shares = {}
  for _, name in ipairs { "ribosomes", "rna_polymerase", "memory_kb", "atp_percentage" } do
    local value = resources and resources[name]
    shares[name] = value and check.number(value, "allocate: " .. name, 3)
  end
  shares.ribosomes = shares.ribosomes and math.floor(shares.ribosomes)
  return shares
end

-- Classes of all groups, but those that only one of `groups` and `others` has.
local function classes_of(groups, others)
  local kept = {}
  for _, class in ipairs(others or {}) do kept[class.x] = true end
  local list = {}
  for _, name in ipairs(core.order) do
    for _, class in ipairs(groups[name] and groups[name].classes or {}) do
      if not others or kept[class.x] then list[#list + 1] = class end
    end
  end
  return list
end

local function plasmid_kb(groups)
  local terms = {}
  for _, name in ipairs(core.order) do
    if groups[name] and groups[name].kb then terms[#terms + 1] = groups[name].kb end
  end
  return terms[1] and table.concat(terms, " + ")
end

local function define_protein_synthesis(genes, ribosomes, kb, scaled)
  local shares = core.shares
  protein_synthesis.define(core.process, core.values, { ribosomes = ribosomes,
    rna_polymerase = shares.rna_polymerase, memory_kb = shares.memory_kb,
    genome_kb = growth_core.genome_kb, plasmid_kb = kb, scaled = scaled }, genes, core.start)
end

local function define_energy_production()
  local supply = (core.shares.atp_percentage or 100)/100
  energy_production.define(core.process, supply, core.start.si, core.shared)
  return supply
end

local function define_group(group)
  local definition = { species = {}, parameters = {}, rules = {}, reactions = {} }
  for section, content in pairs(group.definition or {}) do
    for key, value in pairs(content) do definition[section][key] = value end
  end
  local capped = { ribosomes = core.shares.ribosomes ~= nil, transcription = true }
  for _, class in ipairs(group.classes) do
    if class.length then protein_class.add(definition, class, capped) end
  end
  core.process(group.name, definition)
end

-- Protein synthesis counts the ribosomes at the genes of groups, and groups use its rates and limit:
-- what one needs of the other must be there before and, at an end, go after. So protein synthesis
-- is defined with the genes that stay, then the groups, then protein synthesis with all genes.
local function define_all(groups)
  local old, limit = core.groups, core.shares.ribosomes
  local after = classes_of(groups)
  if next(groups) or next(old) then
    define_protein_synthesis(classes_of(old, after), limit or core.limit, nil, true)
    for _, name in ipairs(core.order) do
      if groups[name] or old[name] then define_group(groups[name] or { name = name, classes = {} }) end
    end
  end
  core.groups, core.limit = groups, limit
  define_protein_synthesis(after, limit, plasmid_kb(groups), next(groups) ~= nil)
end

--- Define the cell. `options`: nutrient (molecules), quality (energy per nutrient), antibiotic (µM),
-- heterologous (mRNA/min), replication_period and division_period (minutes); `resources`: shares;
-- `start`: species that begin with another number than in the paper.
function growth_core.define(process, options, resources, start)
  core = { process = process, groups = {}, order = {}, shares = {}, start = start or {} }
  core.values = { s0 = options.nutrient, ns = options.quality, cl = options.antibiotic,
    wp = options.heterologous/60 }
  local shares = check_shares(resources)
  define_protein_synthesis({}, shares.ribosomes)
  core.shares, core.limit = shares, shares.ribosomes
  define_energy_production()
  dna_replication.define(process, options.replication_period, options.division_period)
  if shares.rna_polymerase or shares.memory_kb then
    define_protein_synthesis({}, shares.ribosomes)
  end
end

local function has(cell, name)
  for _, rule in ipairs(cell:rules()) do
    if rule == name then return true end
  end
  return false
end

--- Apply the shares that the cell holds from now on: ribosomes (molecules), rna_polymerase
-- (molecules), memory_kb, atp_percentage; what is absent is not capped. A cell that has been
-- cleared has nothing to cap.
function growth_core.allocate(cell, resources)
  local shares = check_shares(resources)
  core.shares = shares
  if not (core.process and has(cell, "lambda")) then return end
  define_all(core.groups)
  cell:set("supply", define_energy_production())
  local limits = { ribosome_limit = shares.ribosomes, rna_polymerase_limit = shares.rna_polymerase,
    memory_limit = shares.memory_kb }
  for name, value in pairs(limits) do cell:set(name, value) end
end

--- The cell lives in a shared medium from now on.
function growth_core.share_medium()
  if core.shared then return end
  core.shared = true
  define_energy_production()
end

--- Genes beside the model's own: a process `name` with classes (protein_class.lua; one without a
-- length is not translated, and only counts for polymerases), and whatever else its definition has.
-- `kb`: a rule of it, the kilobases of DNA that they add. An earlier group of that name is replaced;
-- without classes and definition it goes.
function growth_core.set_genes(name, classes, definition, kb)
  local groups, known = {}, false
  for _, other in ipairs(core.order) do
    groups[other], known = core.groups[other], known or other == name
  end
  if not known then core.order[#core.order + 1] = name end
  groups[name] = (#classes > 0 or definition) and
    { name = name, classes = classes, definition = definition, kb = kb } or nil
  define_all(groups)
end

--- RNA polymerases that transcribe now, and kilobases of DNA in a cell that grows like this; then those that its share
-- of genome memory lets it have.
function growth_core.engaged(cell)
  local nucleotides = 0
  local lengths = { r = 3*cell:get "nr" }
  for _, class in ipairs(protein_synthesis.classes) do
    nucleotides = nucleotides
      + cell:rate("transcription_" .. class.x)*(lengths[class.x] or 3*cell:get "nx")
  end
  for _, class in ipairs(classes_of(core.groups)) do
    nucleotides = nucleotides + cell:rate("transcription_" .. class.x)
      *(class.nucleotides or 3*cell:get(class.length))/(class.per_message or 1)
  end
  local kb = cell:get "mean_genome_equivalents"*growth_core.genome_kb
  for _, group in pairs(core.groups) do
    if group.kb then kb = kb + cell:get(group.kb) end
  end
  return nucleotides/transcription_limit.nucleotides_per_second, kb, math.min(kb, core.shares.memory_kb or kb)
end

return growth_core
