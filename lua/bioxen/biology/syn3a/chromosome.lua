--- The chromosome: its genes and operons, read from genes.lua when something first asks for them.

local gene_map = require "library.gene_map"

local PREFIX = "JCVISYN3A_"

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

-- { id, number, name, synonyms, type, start, stop, strand, product }, and of a CDS essentiality, category,
-- localisation, proteins (molecules in a newborn cell), and promoter_proteins (molecules that the strength of its
-- promoter goes by).
local function gene_of(row)
  local number, names, start, stop, letters, product, kind, proteins, needed = table.unpack(row)
  local name, others
  if names then name, others = names:match "^([^/]+)/?(.*)$" end
  kind = kind or ""
  return { id = PREFIX .. number, number = number, name = name, type = types[letters:sub(2)],
    synonyms = names ~= name and names and others:gsub("/", ", ") or nil, start = start, stop = stop,
    strand = letters:sub(1, 1), product = product ~= "" and product or nil,
    essentiality = essentialities[kind:sub(1, 1)], category = categories[kind:sub(2, 2)],
    localisation = localisations[kind:sub(3, 3)], proteins = proteins, promoter_proteins = needed or proteins }
end

local function read()
  local genes = {}
  for i, row in ipairs(require "syn3a.genes") do genes[i] = gene_of(row) end
  return genes
end

-- Its genes, operons, find("JCVISYN3A_0001" or "dnaA"), find_operon and essential_genes: the class Essential, to
-- which quasiessential ones do not belong.
local chromosome = gene_map(read, operon_gap, "JCVI-syn3A has no gene %q: ids are like " .. PREFIX .. "0001")

chromosome.id, chromosome.length, chromosome.prefix = "CP016816.2", 543379, PREFIX

--- Where the essentiality of a gene comes from.
chromosome.essentiality = "classes of Breuer et al. 2019 (eLife 8:e36842) by transposon mutagenesis: essential, "
  .. "quasiessential (grows slower without it) and nonessential; of genes of RNA and pseudogenes nothing is known here"

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
