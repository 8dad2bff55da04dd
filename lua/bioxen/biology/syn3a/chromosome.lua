--- The chromosome: its genes and operons, read from genes.lua when something first asks for them.

local chromosome = { id = "CP016816.2", length = 543379, prefix = "JCVISYN3A_" }

--- Where the essentiality of a gene comes from.
chromosome.essentiality = "classes of Breuer et al. 2019 (eLife 8:e36842) by transposon mutagenesis: essential, "
  .. "quasiessential (grows slower without it) and nonessential; of genes of RNA and pseudogenes nothing is known here"

-- Genes whose ends are at most this many bases apart, on the same strand, are taken for one operon: within operons
-- distances are short, at their borders of any length (Salgado et al., PNAS 97:6652, 2000, of E. coli). A rule, not a
-- list of operons that were measured.
local operon_gap = 50

local types = { c = "CDS", p = "pseudogene", t = "tRNA", r = "rRNA", n = "ncRNA", m = "tmRNA" }
local essentialities = { E = "essential", Q = "quasiessential", N = "nonessential" }
local categories = { G = "genetic information processing", M = "metabolism", C = "cellular processes",
  H = "human diseases", U = "unclear" }
local localisations = { c = "cytoplasm", m = "trans-membrane", p = "peripheral membrane", l = "lipoprotein",
  e = "extracellular", u = "unidentified" }

local genes, by_id, by_name, operons -- once read

local function note_name(name, gene)
  if by_name[name] == nil or by_name[name] == gene then by_name[name] = gene else by_name[name] = false end
end

local function note_names(gene, others)
  note_name(gene.name, gene)
  for name in others:gmatch "[^/]+" do note_name(name, gene) end
end

local function gene_of(row)
  local number, names, start, stop, letters, product, kind, proteins, needed = table.unpack(row)
  local name, others
  if names then name, others = names:match "^([^/]+)/?(.*)$" end
  kind = kind or ""
  local gene = { id = chromosome.prefix .. number, number = number, name = name, type = types[letters:sub(2)],
    synonyms = names ~= name and names and others:gsub("/", ", ") or nil, start = start, stop = stop,
    strand = letters:sub(1, 1), product = product ~= "" and product or nil, operon = nil,
    essentiality = essentialities[kind:sub(1, 1)], category = categories[kind:sub(2, 2)],
    localisation = localisations[kind:sub(3, 3)], proteins = proteins, promoter_proteins = needed or proteins }
  if name then note_names(gene, others) end
  return gene
end

local function read()
  genes, by_id, by_name = {}, {}, {}
  for i, row in ipairs(require "syn3a.genes") do
    local gene = gene_of(row)
    genes[i], by_id[gene.id] = gene, gene
  end
end

local function group()
  operons = {}
  local before
  for _, gene in ipairs(genes) do
    if not (before and before.strand == gene.strand and gene.start - before.stop - 1 <= operon_gap) then
      local operon = { id = ("op%04d"):format(#operons + 1), strand = gene.strand, genes = {} }
      operons[#operons + 1], operons[operon.id] = operon, operon
    end
    local operon = operons[#operons]
    gene.operon = operon.id
    table.insert(operon.genes, gene.id)
    before = gene
  end
end

--- All genes in the order of their first bases: { id, number, name, synonyms, type, start, stop, strand, product,
-- operon }, and of a CDS essentiality, category, localisation, proteins (molecules in a newborn cell), and
-- promoter_proteins (molecules that the strength of its promoter goes by).
function chromosome.genes()
  if not operons then
    read()
    group()
  end
  return genes
end

--- The operons along the chromosome, and by their ids: { id, strand, genes = ids in the order of first bases }.
function chromosome.operons()
  chromosome.genes()
  return operons
end

--- The gene of an id ("JCVISYN3A_0001"), or of a name that it alone has ("dnaA"); nil and why there is none.
function chromosome.find(key)
  chromosome.genes()
  local gene = by_id[key] or by_name[key]
  if gene then return gene end
  return nil, by_name[key] == false and ("several genes are named %q: give the id"):format(key)
    or ("JCVI-syn3A has no gene %q: ids are like %s0001"):format(tostring(key), chromosome.prefix)
end

--- The operon of an id ("op0001"), or that of a gene; nil and why there is none.
function chromosome.operon(key)
  local operon = chromosome.operons()[key]
  if operon then return operon end
  local gene = chromosome.find(key)
  if gene then return operons[gene.operon] end
  return nil, ("no operon or gene %q; operons are op0001 to op%04d"):format(tostring(key), #operons)
end

--- The gene as chromosome.find, or an error of the function `what` at `level`.
function chromosome.expect(key, what, level)
  local gene, why = chromosome.find(key)
  if not gene then error(("%s: %s"):format(what, why), (level or 2) + 1) end
  return gene
end

--- The Genome, with its bases.
function chromosome.genome()
  local list = {}
  for i, gene in ipairs(chromosome.genes()) do
    list[i] = { id = gene.id, name = gene.name, type = gene.type, start = gene.start, stop = gene.stop,
      strand = gene.strand, product = gene.product, essentiality = gene.essentiality, operon = gene.operon,
      synonyms = gene.synonyms, category = gene.category, localisation = gene.localisation }
  end
  return genome.new {
    sequences = { { id = chromosome.id, length = chromosome.length, circular = true, code = 4,
      description = "Synthetic bacterium JCVI-Syn3A, complete genome", bases = require "syn3a.sequence" } },
    genes = list,
  }
end

return chromosome
