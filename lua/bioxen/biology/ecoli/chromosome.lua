--- The chromosome: genes and operons, read from genes.lua when something first asks for them.

local check = require "library.check"
local gene_map = require "library.gene_map"

local types = { c = "CDS", p = "pseudogene", t = "tRNA", r = "rRNA", n = "ncRNA", a = "antisense_RNA",
  s = "SRP_RNA", h = "RNase_P_RNA", m = "tmRNA", o = "RNA", T = "tRNA_pseudogene", N = "ncRNA_pseudogene",
  M = "tmRNA_pseudogene" }

-- Genes whose ends are at most this many bases apart, on the same strand, are taken for one operon: a rule
-- (compare Salgado et al., PNAS 97:6652, 2000) for those of which operons.lua does not know better.
local operon_gap = 80

-- Release factor 2 is read across a frameshift: its ribosomes skip the base at 3036207 (Craigen & Caskey, Nature
-- 322:273, 1986). Spans are in the direction of transcription.
local spans = { b2891 = { { 3036208, 3036282 }, { 3035184, 3036206 } } }

local function essentiality(type, mark)
  if mark ~= "" then return "essential" end
  return type == "CDS" and "nonessential" or nil
end

-- { id, name, type, start, stop, strand }, and where they apply essentiality, spans, and pieces, incomplete: of a
-- pseudogene that insertions have cut into so many, of which the last is meant.
local function read()
  local genes = {}
  for id, name, start, stop, strand, letter, mark, pieces in
    require("ecoli.genes"):gmatch("(%S+) (%S+) (%d+) (%d+) ([+-])(%a)(!?)(%d?)\n") do
    genes[#genes + 1] = { id = id, name = name, type = types[letter], strand = strand,
      start = math.tointeger(start), stop = math.tointeger(stop),
      essentiality = essentiality(types[letter], mark), spans = spans[id],
      pieces = pieces ~= "" and pieces or nil, incomplete = pieces ~= "" or nil }
  end
  return genes
end

-- Its genes, operons, find("b0002" or "thrA"), find_operon and essential_genes: those that Keio found essential.
local chromosome = gene_map(read, operon_gap, "E. coli MG1655 has no gene %q", require "ecoli.operons")

chromosome.length, chromosome.id = 4641652, "NC_000913.3"

--- Where the essentiality of a gene comes from.
chromosome.essentiality = "Keio collection (Baba et al. 2006): essential are the genes of which no in-frame "
  .. "deletion could be made, on rich medium; nonessential is any other CDS; of other genes nothing is known here"

--- Genes of a list of ids and names; an error for the first that is none. `what` names the argument.
function chromosome.find_all(keys, what)
  local found = {}
  for i, key in ipairs(check.names(keys, what, 3)) do
    local gene, err = chromosome.find(key)
    if not gene then error(("%s[%d]: %s"):format(what, i, err), 3) end
    found[i] = gene
  end
  return found
end

-- The genes of a genome's sequence, with the essentiality that genes.lua has of these ids.
local function genes_on(loaded, sequence)
  local genes, classes = {}, {}
  for _, gene in ipairs(read()) do classes[gene.id] = gene.essentiality end
  for i, id in ipairs(loaded:genes { sequence = sequence }) do
    local gene = loaded:gene(id)
    genes[i] = { id = id, name = gene.name, type = gene.type, strand = gene.strand, start = gene.start,
      stop = gene.stop, spans = gene.spans[2] and gene.spans, incomplete = gene.incomplete,
      essentiality = classes[id] }
  end
  return genes
end

-- How one table differs from another: ids of genes that only one has, and that have other coordinates.
local function compare(old, new)
  local differences, at = { new = {}, missing = {}, moved = {} }, {}
  for _, gene in ipairs(old) do at[gene.id] = gene end
  for _, gene in ipairs(new) do
    local before = at[gene.id]
    at[gene.id] = nil
    if not before then table.insert(differences.new, gene.id)
    elseif before.start ~= gene.start or before.stop ~= gene.stop or before.strand ~= gene.strand then
      table.insert(differences.moved, gene.id)
    end
  end
  for _, gene in ipairs(old) do
    if at[gene.id] then table.insert(differences.missing, gene.id) end
  end
  return differences
end

--- Take the genes of a loaded genome in the place of those before, operons by the same rules; essentiality stays with
-- its ids. Returns ids by how they differ from those before: new, missing, moved. An error at `level` where the genome
-- is not this chromosome: it has no sequence of its length, or fewer than half of its ids.
function chromosome.take_genome(loaded, level)
  local id
  for _, sequence in ipairs(loaded:sequences()) do
    if sequence.length == chromosome.length then id = sequence.id end
  end
  if not id then
    error(("use_genome: a sequence of %d bases expected, %s, and the genome has none: load it with vm:load_genome")
      :format(chromosome.length, chromosome.id), level + 1)
  end
  local before, genes = chromosome.genes(), genes_on(loaded, id)
  local differences = compare(before, genes)
  if 2*#differences.missing > #before then
    error(("use_genome: %d of %d genes are not in it by their ids, such as %s: locus tags of MG1655 expected")
      :format(#differences.missing, #before, differences.missing[1]), level + 1)
  end
  chromosome.take(genes)
  return differences
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
