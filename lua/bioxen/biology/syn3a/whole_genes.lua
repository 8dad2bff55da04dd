--- What the whole cell is built of, gene by gene: how each is copied, read and translated, from its sequence and the
-- published rules.

local chromosome = require "syn3a.chromosome"
local complexes = require "syn3a.complexes"
local constants = require "syn3a.constants"

local whole_genes = {}

local function words(text)
  local set = {}
  for word in text:gmatch "%S+" do set[word] = true end
  return set
end

-- Where a chain goes: "cytosol", "peripheral", "SRP" and "YidC" (into the membrane), "lipoprotein", "secreted".
local paths = { ["peripheral membrane"] = "peripheral", ["trans-membrane"] = "SRP", lipoprotein = "lipoprotein",
  extracellular = "secreted" }

local function path_of(gene, by_yidc, cytosolic)
  if by_yidc[gene.number] then return "YidC" end
  return not cytosolic[gene.number] and paths[gene.localisation] or "cytosol"
end

-- Free and all molecules of each protein in a newborn cell. Complexes were not seen apart when proteins were counted:
-- each takes its parts out of what is there, and brings them along where there is too little.
local function proteins(genes)
  local free, bound = {}, {}
  local ribosomal = words(complexes.ribosomal)
  for _, gene in ipairs(genes) do
    free[gene.number], bound[gene.number] = gene.proteins, 0
    if ribosomal[gene.number] then
      local inside = complexes.ribosomal_in_ribosomes
      free[gene.number] = math.max(complexes.ribosomal_free, gene.proteins - inside)
      bound[gene.number] = inside
    end
  end
  for _, complex in ipairs(complexes.list) do
    for number, stoichiometry in (complex[3] or ""):gmatch "(%d+) (%d+)" do
      local taken = tonumber(stoichiometry)*complex[2]
      free[number] = math.max(0, free[number] - taken)
      bound[number] = bound[number] + taken
    end
  end
  return free, bound
end

-- By one letter: how many of each residue stand in chain[from .. to], and which two are first.
local function composition(chain, from, to)
  local piece, counts = chain:sub(from, to), {}
  for residue in piece:gmatch "." do counts[residue] = (counts[residue] or 0) + 1 end
  return { counts = counts, first = { piece:sub(1, 1), piece:sub(2, 2) }, length = #piece }
end

-- What a start codon means inside of a gene: the published model takes the first residue for that, too.
whole_genes.starts = { ATG = "M", GTG = "V", TTG = "L", CTG = "L", ATT = "I", ATC = "I", ATA = "I" }
local complement = { A = "T", C = "G", G = "C", T = "A" }

local function first_residue(gene, bases)
  if gene.strand == "+" then return whole_genes.starts[bases:sub(gene.start, gene.start + 2)] end
  return whole_genes.starts[(bases:sub(gene.stop - 2, gene.stop):reverse():gsub(".", complement))]
end

-- The chain in whole, and where it may be given up: its first part and the rest of it.
local function add_chain(row, chain)
  row.chain = composition(chain, 1, #chain)
  local window = row.path == "SRP" and 100 or row.path == "lipoprotein" and 150
  if not window then return end
  if #chain < window then window = row.path == "lipoprotein" and (#chain + 1)//2 or nil end
  if not window then return end
  row.piece, row.rest = composition(chain, 1, window), composition(chain, window + 1, #chain)
end

local function strength(gene, total)
  local most = constants.most_proteins
  if gene.type == "tRNA" then return most end
  if gene.type == "rRNA" then return most*constants.rrna_strength[gene.name] end
  return math.max(constants.fewest_proteins, math.min(most, total or 0))
end

local function count_bases(bases)
  local counts = { A = 0, C = 0, G = 0, T = 0 }
  for base in bases:gmatch "." do counts[base] = counts[base] + 1 end
  return counts
end

-- The two arms, in order of their replication; a segment is a gene with what lies between it and the one before. One
-- arm goes up from the first gene to the terminus, the other down from the last; they part after 0419.
local function add_segments(rows, bases)
  local up, down, before = {}, {}, 0
  for _, row in ipairs(rows) do
    if row.gene.number == "0420" then break end
    row.segment = count_bases(bases:sub(before + 1, row.gene.stop))
    before = row.gene.stop
    up[#up + 1] = row
  end
  local after = rows[#rows].gene.stop + 1
  for i = #rows, #up + 1, -1 do
    local row = rows[i]
    row.segment = count_bases(bases:sub(row.gene.start, after - 1))
    after = row.gene.start
    down[#down + 1] = row
  end
  return up, down
end

local function compute()
  local all, bases, rows = chromosome.genome(), require "syn3a.sequence", {}
  local transcribed = require "syn3a.composition"
  local by_yidc, cytosolic = words(complexes.by_yidc), words(complexes.carriers_of_chains)
  local coding, messages = {}, {}
  for _, gene in ipairs(chromosome.genes()) do
    if gene.type == "CDS" then coding[#coding + 1] = gene end
  end
  for number, mean in require "syn3a.kinetic_messages":gmatch "(%d+) ([%d.]+)" do messages[number] = tonumber(mean) end
  local free, bound = proteins(coding)
  for _, gene in ipairs(chromosome.genes()) do
    local counts, number = transcribed[gene.number], gene.number
    if counts then
      local total = gene.type == "CDS" and free[number] + bound[number] or nil
      local row = { gene = gene, id = number, free = free[number], total = total, messages = messages[number],
        strength = strength(gene, total), first = { counts[1]:sub(1, 1), counts[1]:sub(2, 2) },
        bases = { A = counts[2], C = counts[3], G = counts[4], T = counts[5] } }
      row.nucleotides = counts[2] + counts[3] + counts[4] + counts[5]
      if total then
        row.path = path_of(gene, by_yidc, cytosolic)
        add_chain(row, first_residue(gene, bases) .. all:protein(gene.id):sub(2))
      elseif gene.type == "tRNA" then
        row.acid = gene.name:match "^tRNA%-(%a+)$"
      end
      rows[#rows + 1] = row
    end
  end
  local built = { rows = rows, by_id = {} }
  for _, row in ipairs(rows) do built.by_id[row.id] = row end
  built.up, built.down = add_segments(rows, bases)
  return built
end

--- The row of a gene that is not of this genome: its id, its coding sequence from the start codon to the stop codon
-- (in capitals), and the molecules that its promoter goes by. Its protein stays in the cytosol.
function whole_genes.row(id, dna, molecules)
  local chain = genome.translate(dna, 4):sub(1, -2)
  local row = { id = id, total = 0, free = 0, path = "cytosol", bases = count_bases(dna), nucleotides = #dna,
    strength = strength({ type = "CDS" }, molecules), first = { dna:sub(1, 1), dna:sub(2, 2) } }
  add_chain(row, whole_genes.starts[dna:sub(1, 3)] .. chain:sub(2))
  return row
end

-- Kept while somebody uses it: a copy of a living cell is the smaller, the less Lua's collector has to look at.
local cache = setmetatable({}, { __mode = "v" })

--- { rows, by_id, up, down }: the genes that are transcribed in order of their starts, and by number; and the arms. A
-- row: id (the number), gene, strength (molecules that the promoter goes by), nucleotides, bases (by letter, of the
-- strand that is read), first (two letters), segment (bases by letter). Of proteins also free, total, messages (mean),
-- path, chain, and piece and rest if it may be given up ({ counts, first, length }). Of tRNA acid (three letters).
function whole_genes.all()
  local built = cache.built or compute()
  cache.built = built
  return built
end

return whole_genes
