--- From the map of a plasmid, a Genome, to what ecoli/plasmids.lua takes: copies by its origin of replication,
-- genes with the rates of the promoters that read them.
--
-- A promoter reads on along its strand, gene after gene, until a terminator of that strand or a gene of the other.
-- How strong it is nobody has measured for most: unless the caller says more, or the map does, each is as strong as
-- the mean gene of the chromosome, and so is a gene that no promoter is annotated for. Repressors that the plasmid
-- brings are not in it.
--
-- The map says it in a promoter's texts: "0.03 PoPS", polymerases a second that leave it (parts.igem.org/PoPS), or "2
-- mRNA/min", per copy. Numbers of other units, as relative ones, could only be guessed at.
--
-- The mean gene makes 0.153 mRNAs a minute and copy, 0.216 where energy does not limit (ecoli/expression.lua).
--
-- Origins are known by what the map calls them; SnapGene's notes name ColE1, p15A and the like. Copies: those of
-- ecoli/plasmid_types.lua. pUC's origin is pMB1's without the gene of Rop, and with a mutation that maps don't tell.

local check = require "library.check"
local expression = require "ecoli.expression"
local types = require "ecoli.plasmid_types"

local plasmid_map = {}

-- Words of an origin in lower case, and the plasmid whose copies it has. The first that fits counts.
local origins = {
  { "p15a", types.pACYC184 }, { "psc101", types.pSC101 }, { "pbr322", types.pBR322 }, { "pmb1", types.pBR322 },
  { "cole1", types.pBR322 }, { "puc", types.pUC },
}

local function fail(message, ...) error("add_plasmid: " .. message:format(...), 0) end

local function texts_of(gene)
  return (table.concat({ gene.name or "", gene.label or "", gene.note or "", gene.standard_name or "" }, " "):lower())
end

local function has_rop(genome)
  for _, id in ipairs(genome:genes()) do
    local name = (genome:gene(id).name or ""):lower()
    if name == "rop" or name == "rom" then return true end
  end
  return false
end

--- Copies in a cell by the origin that the map has; nil: it has none that is known here.
function plasmid_map.copies(genome)
  for _, id in ipairs(genome:genes { type = "origin_of_replication" }) do
    local text = texts_of(genome:gene(id))
    for _, origin in ipairs(origins) do
      if text:find(origin[1], 1, true) then
        local high = text:find("high-copy", 1, true) or origin[2] == types.pUC
        return high and not has_rop(genome) and types.pUC.copies or origin[2].copies
      end
    end
  end
end

-- A name as species have them, that `taken` has not yet.
local function plain_name(text, taken)
  local name = text:gsub("[^%w]+", "_"):gsub("^_+", ""):gsub("_+$", ""):sub(1, 24)
  if not name:match "^%a" then name = "g" .. name end
  local base, number = name, 1
  while taken[name] do
    number = number + 1
    name = base .. number
  end
  taken[name] = true
  return name
end

-- Amino acids of a protein that begins as one does; nil: it is a part of one, or can't be translated. Without bases
-- all are taken for whole.
local function protein_length(genome, gene)
  if not genome:sequences()[1].known then return math.max(1, gene.length//3 - 1) end
  local made, protein = pcall(genome.protein, genome, gene.id)
  return made and protein:sub(1, 1) == "M" and #protein or nil
end

-- Bases from one place to another along a strand, around the circle.
local function distance(from, to, strand, length)
  return (strand == "-" and from - to or to - from) % length
end

local function first_base(gene) return gene.strand == "-" and gene.stop or gene.start end
local function last_base(gene) return gene.strand == "-" and gene.start or gene.stop end

-- Plasmid editors mark domains and tags within a gene as coding sequences, too: they are parts of its protein.
local function is_part(genes, gene, length)
  for _, other in ipairs(genes) do
    local offset = distance(first_base(other), first_base(gene), gene.strand, length)
    if other ~= gene and other.strand == gene.strand and other.length > gene.length and offset % 3 == 0
      and offset + gene.length <= other.length then
      return true
    end
  end
  return false
end

-- Genes that make a protein of their own, and those that are left out, by their names.
local function coding_genes(genome, length)
  local all, genes, left_out = {}, {}, {}
  for i, id in ipairs(genome:genes { type = "CDS" }) do all[i] = genome:gene(id) end
  for _, gene in ipairs(all) do
    gene.length_aa = protein_length(genome, gene)
    if gene.length_aa and not is_part(all, gene, length) then
      genes[#genes + 1] = gene
    else
      left_out[#left_out + 1] = gene.name or gene.id
    end
  end
  return genes, left_out
end

local function features(genome, kind)
  local list = {}
  for i, id in ipairs(genome:genes { type = kind }) do list[i] = genome:gene(id) end
  return list
end

-- Whether something that ends transcription lies between a promoter and a gene that far ahead of it.
local function is_ended(map, promoter, ahead)
  local function lies_between(base)
    return distance(first_base(promoter), base, promoter.strand, map.length) < ahead
  end
  for _, terminator in ipairs(map.terminators) do
    if terminator.strand == promoter.strand and lies_between(first_base(terminator)) then return true end
  end
  for _, gene in ipairs(map.genes) do
    if gene.strand ~= promoter.strand and lies_between(last_base(gene)) then return true end
  end
  return false
end

-- Names of the promoters that read a gene.
local function promoters_of(map, gene)
  local names = {}
  for _, promoter in ipairs(map.promoters) do
    local ahead = distance(first_base(promoter), first_base(gene), gene.strand, map.length)
    if promoter.strand == gene.strand and not is_ended(map, promoter, ahead) then
      names[#names + 1] = promoter.name or promoter.id
    end
  end
  return names
end

local units = { { "([%d.]+[eE]?[+-]?%d*)%s*[Pp]o[Pp][Ss]", 60 }, { "([%d.]+[eE]?[+-]?%d*)%s*mRNAs?%s*/%s*min", 1 },
  { "([%d.]+[eE]?[+-]?%d*)%s*mRNAs?%s+per%s+min", 1 } }

-- What the map says of a promoter, times the mean gene; nil: nothing.
local function annotated_strength(promoter)
  local texts = {}
  for _, text in pairs(promoter) do texts[#texts + 1] = type(text) == "string" and text or nil end
  for _, unit in ipairs(units) do
    local number = tonumber(table.concat(texts, " | "):match(unit[1]))
    if number and number < math.huge then return number*unit[2]/expression.per_minute end
  end
end

-- Strengths by the names of promoters: as the caller says, or else the map; and the latter alone.
local function all_strengths(map, given)
  local all, annotated = {}, {}
  for _, promoter in ipairs(map.promoters) do
    local name = promoter.name or promoter.id
    annotated[name] = annotated_strength(promoter)
    all[name] = given[name] or annotated[name]
  end
  return all, annotated
end

-- Times the mean gene.
local function strength_of(names, strengths)
  local sum = #names == 0 and 1 or 0
  for _, name in ipairs(names) do sum = sum + (strengths[name] or 1) end
  return sum
end

local function check_strengths(strengths, map)
  local known, names = {}, {}
  for _, promoter in ipairs(map.promoters) do
    local name = promoter.name or promoter.id
    known[name], names[#names + 1] = true, name
  end
  for name, strength in pairs(strengths) do
    if not known[name] then
      fail("promoters: the map has no promoter %q; it has: %s", tostring(name), table.concat(names, ", "))
    end
    check.number(strength, ("add_plasmid: promoters[%q]"):format(name), -1)
  end
end

--- What plasmids.add_plasmid takes, and of a genome of one sequence the names of coding sequences that were left out,
-- and the strengths that its promoters are annotated with. options: name, copies, start, and promoters, times the mean
-- gene by the name of the promoter. Errors are without a position.
function plasmid_map.read(genome, options)
  check.keys(options, { "name", "copies", "start", "promoters" }, "add_plasmid", -1)
  local sequences = genome:sequences()
  if #sequences ~= 1 then fail("a genome of one sequence expected, got %d", #sequences) end
  local length = sequences[1].length
  local copies = options.copies or plasmid_map.copies(genome)
  if not copies then
    fail("the map names no origin whose copies are known here (pUC, pMB1, ColE1, p15A, pSC101): give copies")
  end
  local genes, left_out = coding_genes(genome, length)
  local map = { length = length, genes = genes, promoters = features(genome, "promoter"),
    terminators = features(genome, "terminator") }
  check_strengths(options.promoters or {}, map)
  local strengths, annotated = all_strengths(map, options.promoters or {})
  local list, taken = {}, {}
  for i, gene in ipairs(genes) do
    local promoters = promoters_of(map, gene)
    list[i] = { name = plain_name(gene.name or gene.id, taken), length_aa = gene.length_aa, promoters = promoters,
      transcription = strength_of(promoters, strengths)*expression.top_per_minute }
  end
  return { name = options.name or plain_name(sequences[1].id, {}), copies = copies, start = options.start,
    length_kb = length/1000, genes = list }, left_out, annotated
end

return plasmid_map
