--- Genes of the chromosome, each transcribed and translated for itself by the growth core's
-- polymerases, ribosomes and energy: their load on the cell is there.
--
-- Of a gene b0344 are its mRNA m_b0344, that with a ribosome c_b0344 (z_ stalled by antibiotic),
-- the protein protein_b0344; copies_b0344, the gene's copies; on_b0344, 1, or 0 where it is stopped.
-- Stochastically beside a cell as ODE: cell:run { method = "hybrid", stochastic = { "expression" }, exchange = 1 },
-- where exact coupling (no exchange) takes some 10 s for an hour.
--
-- Rates. Promoters of single genes are not in here: each gene is transcribed like the mean one. At 2
-- doublings an hour, near the growth core's 2.09, a cell makes 18.7e5 nt of mRNA a minute from 3.0
-- genome equivalents (Bremer & Dennis, in Escherichia coli and Salmonella, 2nd ed., ASM Press 1996, p. 1553,
-- tables 2 and 3; somewhat different in its revision, EcoSal Plus 2008, doi 10.1128/ecosal.5.2.3), of
-- which 87.8 % code for protein (Blattner et al., Science 1997, doi 10.1126/science.277.5331.1453):
-- 0.153 transcripts a minute and gene copy. Of energy they depend as all the core's genes but those
-- of ribosomes do.
-- Copies: a gene has 2^((C(1 - m) + D)/doubling time) in the mean of a population, m being its place
-- between the origin of replication (0) and its opposite (1): Cooper & Helmstetter, J Mol Biol 31:519
-- (1968); Bremer & Churchward, J Theor Biol 69:645 (1977), doi 10.1016/0022-5193(77)90373-3.
-- mRNA decays as all mRNA of the growth core, free of ribosomes with a half-life of 6.9 minutes
-- (measured: 3 to 8 for four of five genes, Bernstein et al., PNAS 99:9697, 2002, doi
-- 10.1073/pnas.112318199), and translation is the core's: one ribosome on an mRNA, no polysomes.
-- Part of all: these 18.7e5 nt are 1,824 coding transcripts of the core's mean length of 300 amino acids; the core
-- makes 124.5 in the published cell, each translated more. So 14.7 of a gene's stand for one of the core's
-- (library/protein_class.lua), and a gene costs the part of all protein that it has of all transcripts.
-- RNA that is not translated: rRNA, tRNA and other stable RNA is only diluted, and elongated at 85
-- nt/s (Bremer & Dennis); what else there is decays like mRNA.

local check = require "library.check"
local chromosome = require "ecoli.chromosome"
local growth_core = require "library.growth_core"
local speed = require("library.transcription_limit").nucleotides_per_second

local expression = {}

expression.per_minute = 18.7e5/(3.0*0.878*chromosome.length) -- transcripts a gene copy
expression.origin = 3925860 -- the middle of oriC on NC_000913.3
expression.stable_speed = 85 -- nt/s

--- The same where energy does not limit: in the published cell, with 10.7 molecules of energy, transcription is at
-- a/(thetax + a) of its top.
expression.top_per_minute = expression.per_minute*(4.379733394834643 + 10.704845599104)/10.704845599104

-- Transcripts of the core's mean length, a minute, in a cell and in the core.
local cell_transcripts, core_transcripts = 18.7e5*0.878/(3*300), 124.5

--- How many transcripts of a cell one of the growth core stands for.
expression.per_message = cell_transcripts/core_transcripts

local stable = { tRNA = true, rRNA = true, tmRNA = true, SRP_RNA = true, RNase_P_RNA = true }

local started, order = {}, {}

--- A new cell transcribes none for itself.
function expression.define()
  started, order = {}, {}
end

--- A gene's place between the origin of replication, 0, and the point opposite to it, 1.
function expression.place(gene)
  local half = chromosome.length/2
  local distance = math.abs((gene.start + gene.stop)/2 - expression.origin)
  return math.min(distance, 2*half - distance)/half
end

local function class_of(gene)
  local id = gene.id
  local nucleotides = gene.stop - gene.start + 1
  local class = { x = id, nucleotides = nucleotides, per_message = expression.per_message,
    transcription = ("on_%s*copies_%s*w_gene*a/(thetax + a)"):format(id, id) }
  if gene.type == "CDS" then
    class.protein, class.length = "protein_" .. id, "length_" .. id
    class.completion = "gamma/length_" .. id
  elseif stable[gene.type] then
    class.nucleotides = nucleotides*speed/expression.stable_speed
  end
  return class
end

local function add(definition, gene, class)
  local id = gene.id
  definition.parameters["on_" .. id] = 1
  definition.rules["copies_" .. id] = ("2^((C*%.17g + D)*per_second)"):format(1 - expression.place(gene))
  if class.length then
    definition.parameters[class.length] = (gene.stop - gene.start + 1)//3 - 1 -- no amino acid for the stop
    return
  end
  definition.species["m_" .. id] = 0
  for _, reaction in ipairs {
    { "-> m_" .. id, name = "transcription_" .. id,
      rate = ("transcription_scale*(%s)"):format(class.transcription) },
    { ("m_%s ->"):format(id), k = stable[gene.type] and "lambda" or "dm + lambda" },
  } do
    table.insert(definition.reactions, reaction)
  end
end

local function define()
  local definition = { species = {}, rules = {}, reactions = {},
    parameters = { w_gene = expression.top_per_minute/60 } }
  local classes = {}
  for i, id in ipairs(order) do
    classes[i] = class_of(started[id])
    add(definition, started[id], classes[i])
  end
  growth_core.set_genes("expression", classes, definition)
end

-- All genes share ribosomes and growth, so that each added one makes every run slower: an hour takes a tenth of
-- a second with 50, and a minute with 500.
local MOST = 100

--- Transcribe these genes from now on, by their ids or names: MOST of them in a cell at once.
function expression.start_transcription(cell, keys)
  local genes, wanted, new = {}, {}, 0
  for i, key in ipairs(check.names(keys, "start_transcription: gene_ids")) do
    local gene, err = chromosome.find(key)
    if not gene then error(("start_transcription: gene_ids[%d]: %s"):format(i, err), 2) end
    genes[i] = gene
    if not started[gene.id] and not wanted[gene.id] then wanted[gene.id], new = true, new + 1 end
  end
  if #order + new > MOST then
    error(("start_transcription: at most %d genes of the chromosome can be followed in a cell, %d are, and these "
      .. "would add %d"):format(MOST, #order, new), 2)
  end
  for _, gene in ipairs(genes) do
    if not started[gene.id] then
      started[gene.id] = gene
      order[#order + 1] = gene.id
    end
  end
  if new > 0 then define() end
  for _, gene in ipairs(genes) do cell:set("on_" .. gene.id, 1) end
  return true
end

--- How many genes are followed in the cell.
function expression.count()
  return #order
end

--- Transcribe these genes no longer; their mRNA and protein go as they do. Those that were not
-- transcribed stay so.
function expression.stop_transcription(cell, keys)
  for _, key in ipairs(check.names(keys, "stop_transcription: gene_ids")) do
    local gene, err = chromosome.find(key)
    if not gene then error("stop_transcription: " .. err, 2) end
    if started[gene.id] then cell:set("on_" .. gene.id, 0) end
  end
end

return expression
