--- The rate constants of expression, gene by gene, from what the gene and its protein are made of, how
-- strong its promoter is, and the pools of nucleotides and tRNA, which are held.
--
-- A polymer of L residues is made in one step, at the rate
--   kcat / (Kd²/(c1 c2) + sum over residues of n Kd/c + L - 1)
-- where n residues are of a kind whose pool is c (Hofmeyr, Gqwaka & Rohwer, FEBS Lett. 587:2868, 2013, as the
-- published model has it): c1 and c2 are the pools of a transcript's first two bases. A protein's L counts its
-- stop codon, and its c1 and c2 are one isoform of tRNA each.

local chromosome = require "syn3a.chromosome"
local constants = require "syn3a.constants"

local kinetics = {}

local crowding = constants.ecoli_volume/constants.volume -- the same partners in the smaller cell

--- An mRNA with a free ribosome, or degradosome: per second and molecule of it.
kinetics.ribosome_binding = constants.ribosome_binding*crowding
kinetics.degradosome_binding = constants.degradosome_binding*crowding

local bases = { "A", "C", "G", "T" }
local residues = { "A", "C", "D", "E", "F", "G", "H", "I", "K", "L", "M", "N", "P", "Q", "R", "S", "T", "V", "W", "Y" }
local three_letters = { A = "Ala", C = "Cys", D = "Asp", E = "Glu", F = "Phe", G = "Gly", H = "His", I = "Ile",
  K = "Lys", L = "Leu", M = "Met", N = "Asn", P = "Pro", Q = "Gln", R = "Arg", S = "Ser", T = "Thr", V = "Val",
  W = "Trp", Y = "Tyr" }

--- Isoforms of tRNA by amino acid (one letter): the genes that the chromosome has for each.
function kinetics.isoforms()
  local count = {}
  for _, gene in ipairs(chromosome.genes()) do
    local acid = gene.type == "tRNA" and gene.name:match "^tRNA%-(%a+)$"
    if acid then count[acid] = (count[acid] or 0) + 1 end
  end
  local isoforms = {}
  for letter, acid in pairs(three_letters) do isoforms[letter] = count[acid] end
  return isoforms
end

-- Proteins that the promoter's strength goes by; genes of tRNA are the strongest, of other RNA the weakest.
local function abundance(gene)
  if gene.type == "tRNA" or gene.type == "rRNA" then return constants.most_proteins end
  return math.max(constants.fewest_proteins, math.min(constants.most_proteins, gene.promoter_proteins or 0))
end

local function binding(gene)
  local strength = abundance(gene)/constants.most_proteins*(constants.rrna_strength[gene.name] or 1)
  return strength*constants.polymerase_binding*crowding
end

local function transcription_speed(gene)
  if gene.type == "tRNA" or gene.type == "rRNA" then return constants.fastest_transcription end
  local speed = constants.transcription*abundance(gene)/constants.reference_proteins
  return math.max(constants.slowest_transcription, math.min(constants.fastest_transcription, speed))
end

-- counts: a row of composition.lua
local function transcription(gene, counts)
  local ntp, half, length, waiting = constants.ntp, constants.ntp_half, 0, 0
  for i, base in ipairs(bases) do
    length = length + counts[1 + i]
    waiting = waiting + counts[1 + i]*half/ntp[base]
  end
  local first = half*half/(ntp[counts[1]:sub(1, 1)]*ntp[counts[1]:sub(2, 2)])
  return transcription_speed(gene)/(first + waiting + length - 1), length
end

-- Kd/c of each amino acid, in order of `residues`; and of one isoform.
local function trna_weights()
  local weights, isoforms = {}, kinetics.isoforms()
  local one = constants.trna_half*constants.molecules_per_mm/constants.charged_trna
  for i, letter in ipairs(residues) do weights[i] = one/isoforms[letter] end
  return weights, one
end

local function translation(counts, weights, one)
  local length, waiting = 0, 0
  for i = 1, #residues do
    length = length + counts[5 + i]
    waiting = waiting + counts[5 + i]*weights[i]
  end
  return constants.translation/(one*one + waiting + length), length
end

local function transcript_of(gene, counts, weights, one)
  local transcript = { id = gene.id, gene = gene, binding = binding(gene) }
  transcript.transcription, transcript.nucleotides = transcription(gene, counts)
  if gene.type == "CDS" then
    transcript.translation, transcript.residues = translation(counts, weights, one)
    transcript.digestion = constants.digestion/transcript.nucleotides
  end
  return transcript
end

local all, mrna

local function compute()
  all, mrna = {}, {}
  local composition, weights, one = require "syn3a.composition", trna_weights()
  for _, gene in ipairs(chromosome.genes()) do
    local counts = composition[gene.number]
    if counts then
      local transcript = transcript_of(gene, counts, weights, one)
      all[#all + 1] = transcript
      if transcript.translation then mrna[#mrna + 1] = transcript end
    end
  end
  for _, transcript in ipairs(all) do all[transcript.id] = transcript end
end

--- What is transcribed, in the order of the genes and by id: { id, gene, nucleotides, residues, and the rate
-- constants, per second: binding (of one free RNA polymerase), transcription, translation, digestion }. Residues,
-- translation and digestion are those of an mRNA alone.
function kinetics.transcripts()
  if not all then compute() end
  return all
end

--- Those of them that are translated, in the same order.
function kinetics.mrna()
  if not all then compute() end
  return mrna
end

return kinetics
