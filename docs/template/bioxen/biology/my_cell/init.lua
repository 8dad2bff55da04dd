--- A cell of two genes, to copy: everything that an organism can offer, in its simplest form.
-- Seconds and molecules per cell.

local PER_MINUTE = 1/60
local NM = 8e-16*6.02214076e23*1e-9 -- molecules per nM in the cell's 0.8 fL

-- Rates of Stamatakis & Mantzaris 2009; nucleotides of NC_000913.3, 3 for each amino acid and the
-- stop. `leak` is what a promoter does while it is repressed.
local list = {
  { id = "b0345", name = "lacI", operon = "lacI", nucleotides = 1083, product = "lac repressor",
    promoter = 0.23*NM*PER_MINUTE, leak = 0.23*NM*PER_MINUTE, translation = 15*PER_MINUTE },
  { id = "b0343", name = "lacY", operon = "lacZYA", nucleotides = 1254, product = "lactose permease",
    promoter = 0.5*PER_MINUTE, leak = 0.01*PER_MINUTE, translation = 30*PER_MINUTE },
}
local decay = { mRNA = 0.462*PER_MINUTE, protein = 0.2*PER_MINUTE }

-- Of one polymerase and one ribosome at 2 doublings an hour: Bremer & Dennis 1996, table 3.
local NUCLEOTIDES_PER_SECOND, AMINO_ACIDS_PER_SECOND = 52, 20

local NO_LIMIT = 1e12 -- molecules, where no share is held

-- ---- the model ----

-- "a*b + c*d" of one term for each gene.
local function sum(term)
  local terms = {}
  for i, gene in ipairs(list) do terms[i] = term(gene) end
  return table.concat(terms, " + ")
end

-- How many polymerases and ribosomes work if nothing limits them: rate times time at each gene. Where
-- that is more than there are, all genes get their part.
local function add_limits(definition)
  local rules = definition.rules
  rules.polymerases_wanted = ("(%s)/%d"):format(sum(function(gene)
    return ("%d*promoter_%s"):format(gene.nucleotides, gene.name)
  end), NUCLEOTIDES_PER_SECOND)
  rules.ribosomes_wanted = ("(%s)/%d"):format(sum(function(gene)
    return ("%d*k_%s*mRNA_%s"):format(gene.nucleotides//3 - 1, gene.name, gene.name)
  end), AMINO_ACIDS_PER_SECOND)
  rules.transcription_scale = "if(polymerases_wanted > polymerases, polymerases/polymerases_wanted, 1)"
  -- All energy that this cell spends goes into protein: with half the ATP it makes half.
  rules.translation_scale = "energy*if(ribosomes_wanted > ribosomes, ribosomes/ribosomes_wanted, 1)"
end

local function add_gene(definition, gene)
  local name = gene.name
  local mRNA, protein = "mRNA_" .. name, "protein_" .. name
  definition.species[mRNA], definition.species[protein] = 0, 0
  definition.parameters["on_" .. name] = 1 -- 0: repressed
  definition.parameters["k_" .. name] = gene.translation
  definition.rules["promoter_" .. name] = ("on_%s*(%.17g + inducer*%.17g)"):format(name, gene.leak,
    gene.promoter - gene.leak)
  for _, reaction in ipairs {
    { "-> " .. mRNA, rate = ("transcription_scale*promoter_%s"):format(name) },
    { "-> " .. protein, rate = ("translation_scale*k_%s*%s"):format(name, mRNA) },
    { mRNA .. " ->", k = "mRNA_decay" },
    { protein .. " ->", k = "protein_decay" },
  } do
    table.insert(definition.reactions, reaction)
  end
end

-- The shares held of the chassis as parameters; what is not held caps nothing. (memory_kb has nothing
-- to bind here: there is one copy of each gene, and the host sees to it that this fits.)
local function limits(resources)
  resources = resources or {}
  return {
    polymerases = resources.rna_polymerase or NO_LIMIT,
    ribosomes = resources.ribosomes or NO_LIMIT,
    energy = (resources.atp_percentage or 100)/100,
  }
end

local function build(_, process, options, resources)
  options = require("library.options").complete(require "my_cell.manifest", options)
  local parameters = limits(resources)
  parameters.inducer = options.inducer
  parameters.mRNA_decay, parameters.protein_decay = decay.mRNA, decay.protein
  local definition = { species = {}, parameters = parameters, rules = {}, reactions = {} }
  add_limits(definition)
  for _, gene in ipairs(list) do add_gene(definition, gene) end
  process("expression", definition)
end

local function allocate(cell, resources)
  cell:set(limits(resources))
end

-- ---- genome and genes ----

-- Each gene is a sequence of its own. With `bases = "ATG…"` in a sequence, the genome translates, too.
local function make_genome()
  local sequences, genes = {}, {}
  for i, gene in ipairs(list) do
    sequences[i] = { id = gene.name, length = gene.nucleotides, code = 11 }
    genes[i] = { id = gene.id, name = gene.name, type = "CDS", sequence = gene.name, start = 1,
      stop = gene.nucleotides, strand = "+", product = gene.product, operon = gene.operon,
      essentiality = "nonessential" }
  end
  return genome.new { sequences = sequences, genes = genes }
end

local function genes()
  local all = {}
  for i, gene in ipairs(list) do
    all[i] = { id = gene.id, name = gene.name, type = "CDS", product = gene.product,
      essentiality = "nonessential" }
  end
  return all
end

-- The genes whose `key` is one of these ids; an error names what is unknown.
local function find(ids, key, what)
  local found = {}
  for _, id in ipairs(require("library.check").names(ids, what, 2)) do
    local before = #found
    for _, gene in ipairs(list) do
      if gene[key] == id then found[#found + 1] = gene end
    end
    if #found == before then error(("%s: there is no %q in this cell"):format(what, id), 3) end
  end
  return found
end

-- ---- what scripts and the host ask for ----

local media = {
  glucose = { inducer = 0 },
  iptg = { inducer = 1 },
}

--- cell:set_medium(name), or a table as those of `media`.
local function set_medium(cell, medium)
  local chosen = type(medium) == "string" and media[medium] or medium
  if type(chosen) ~= "table" then error(("set_medium: there is no medium %q"):format(tostring(medium)), 2) end
  local check = require "library.check"
  check.keys(chosen, { "inducer" }, "set_medium")
  cell:set("inducer", check.number(chosen.inducer, "set_medium: inducer"))
end

--- Numbers that describe the cell now: molecules, and of polymerases and ribosomes those at work.
local function metrics(cell)
  local all = { time = cell:time() }
  for _, gene in ipairs(list) do
    all["mRNA_" .. gene.name] = cell:get("mRNA_" .. gene.name)
    all["protein_" .. gene.name] = cell:get("protein_" .. gene.name)
  end
  all.polymerases = cell:get "polymerases_wanted"*cell:get "transcription_scale"
  all.ribosomes = cell:get "ribosomes_wanted"*cell:get "translation_scale"
  return all
end

--- The cell becomes one daughter; returns the molecules of the other.
local function divide(cell)
  return require("library.division").share_out(cell)
end

--- What the cell uses now of each resource of a chassis, as far as this is known.
local function usage(cell)
  local now = metrics(cell)
  return { ribosomes = now.ribosomes, rna_polymerase = now.polymerases }
end

local function start_transcription(cell, ids)
  for _, gene in ipairs(find(ids, "id", "start_transcription")) do cell:set("on_" .. gene.name, 1) end
  return true
end

local function manage_operons(cell, ids, action)
  if action ~= "activate" and action ~= "repress" then
    error(('manage_operons: "activate" or "repress" expected, got %s'):format(tostring(action)), 2)
  end
  local states = {}
  for _, gene in ipairs(find(ids, "operon", "manage_operons")) do
    cell:set("on_" .. gene.name, action == "activate" and 1 or 0)
    states[gene.operon] = action == "activate" and "active" or "repressed"
  end
  return states
end

return {
  build = build,
  allocate = allocate,
  genome = make_genome,
  genes = genes,
  essentiality = "both genes could be deleted: the Keio collection, Baba et al. 2006",
  processes = {
    { name = "expression", meaning = "transcription and translation of both genes, and their decay" },
  },
  compartments = { { name = "cytoplasm", litres = 8e-16 } },
  divide = divide,
  media = media,
  metrics = metrics,
  usage = usage,
  functions = { set_medium = set_medium },
  capabilities = {
    start_transcription = start_transcription,
    get_essential_genes = function() return {} end,
    manage_operons = manage_operons,
  },
}
