--- The chromosome: genes and operons, read from genes.lua when something first asks for them.

local check = require "library.check"

local chromosome = { length = 4641652, id = "NC_000913.3" }

--- Where the essentiality of a gene comes from.
chromosome.essentiality = "Keio collection (Baba et al. 2006): essential are the genes of which no in-frame "
  .. "deletion could be made, on rich medium; nonessential is any other CDS; of other genes nothing is known here"

local types = { c = "CDS", p = "pseudogene", t = "tRNA", r = "rRNA", n = "ncRNA", a = "antisense_RNA",
  s = "SRP_RNA", h = "RNase_P_RNA", m = "tmRNA", o = "RNA", T = "tRNA_pseudogene", N = "ncRNA_pseudogene",
  M = "tmRNA_pseudogene" }

-- Genes whose ends are at most this many bases apart, on the same strand, are taken for one operon: a rule
-- (compare Salgado et al., PNAS 97:6652, 2000), not a list of operons that were measured.
local operon_gap = 80

-- Release factor 2 is read across a frameshift: its ribosomes skip the base at 3036207 (Craigen & Caskey, Nature
-- 322:273, 1986). Spans are in the direction of transcription.
local spans = { b2891 = { { 3036208, 3036282 }, { 3035184, 3036206 } } }

local genes, by_id, by_name, operons -- once read

local function essentiality(type, mark)
  if mark ~= "" then return "essential" end
  return type == "CDS" and "nonessential" or nil
end

local function read()
  genes, by_id, by_name = {}, {}, {}
  for id, name, start, stop, strand, letter, mark, pieces in
    require("ecoli.genes"):gmatch("(%S+) (%S+) (%d+) (%d+) ([+-])(%a)(!?)(%d?)\n") do
    local gene = { id = id, name = name, type = types[letter], strand = strand,
      start = math.tointeger(start), stop = math.tointeger(stop),
      essentiality = essentiality(types[letter], mark), spans = spans[id],
      pieces = pieces ~= "" and pieces or nil, incomplete = pieces ~= "" or nil }
    genes[#genes + 1] = gene
    by_id[id] = gene
    by_name[name] = by_name[name] == nil and gene or false -- several copies, of insertion sequences
  end
end

local function group()
  operons = {}
  local before
  for _, gene in ipairs(genes) do
    if not (before and before.strand == gene.strand and gene.start - before.stop - 1 <= operon_gap) then
      local id = ("op%04d"):format(#operons + 1)
      operons[#operons + 1] = { id = id, strand = gene.strand, genes = {} }
      operons[id] = operons[#operons]
    end
    local operon = operons[#operons]
    gene.operon = operon.id
    table.insert(operon.genes, gene.id)
    before = gene
  end
end

--- All genes in the order of their first bases: { id, name, type, start, stop, strand, operon, and where they
-- apply essentiality, spans, and pieces, incomplete: of a pseudogene that insertions have cut into so many, of
-- which the last is meant }.
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

--- The gene of an id ("b0002"), or of a name that it alone has ("thrA"); nil and why there is none.
function chromosome.find(key)
  chromosome.genes()
  local gene = by_id[key] or by_name[key]
  if gene then return gene end
  return nil, by_name[key] == false and ("several genes are named %q: give the id"):format(key)
    or ("E. coli MG1655 has no gene %q"):format(key)
end

--- The operon of an id ("op0002"), or that of a gene; nil and why there is none.
function chromosome.find_operon(key)
  local operon = chromosome.operons()[key]
  if operon then return operon end
  local gene, problem = chromosome.find(key)
  return gene and operons[gene.operon], problem
end

--- Genes of a list of ids and names; an error for the first that is none. `what` names the argument.
function chromosome.find_all(keys, what)
  local found = {}
  for i, key in ipairs(check.names(keys, what, 3)) do
    local gene, problem = chromosome.find(key)
    if not gene then error(("%s[%d]: %s"):format(what, i, problem), 3) end
    found[i] = gene
  end
  return found
end

--- Ids of the genes that Keio found essential.
function chromosome.essential_genes()
  local ids = {}
  for _, gene in ipairs(chromosome.genes()) do
    if gene.essentiality == "essential" then ids[#ids + 1] = gene.id end
  end
  return ids
end

--- The Genome, without bases: whoever needs them loads a file of NC_000913.3 into the VM.
function chromosome.genome()
  return genome.new {
    sequences = { { id = chromosome.id, length = chromosome.length, circular = true, code = 11,
      description = "Escherichia coli str. K-12 substr. MG1655, complete genome" } },
    genes = chromosome.genes(),
  }
end

return chromosome
