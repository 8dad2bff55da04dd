--- The process "expression": every gene is transcribed, and every mRNA translated and digested, molecule by
-- molecule, at rates that are constant while the pools are.
--
-- Of a gene X:  gene.X + RNA_polymerase -> transcription.X -> gene.X + RNA_polymerase + free_mRNA.X
--               free_mRNA.X + ribosome -> translation.X -> free_mRNA.X + ribosome + protein.X
--               free_mRNA.X + degradosome -> digestion.X -> degradosome
-- and of genes of other RNA the first line, with RNA.X. One copy of each gene; one polymerase on a gene and one
-- ribosome on an mRNA at a time. Proteins are not degraded (the source has no decay of proteins that have found
-- their place), and nothing grows, so they accumulate.
--
-- Left out of the published network: sigma factor, which a polymerase loses on a promoter and has to find again
-- (134 free or more, 0.005 /s each: within 1.5 s, against 29 s for a transcript, so that some 3 of the 93 wait for
-- it); the steps by which membrane proteins are handed to the translocon, at whose end the same elongation rate as
-- here counts; charging of tRNA (the pools are held) and the assembly of complexes.
--
-- Shares. Ribosomes and RNA polymerases: the cell has no more than it holds. Machines that it gives up while they
-- are bound are owed: as many go as soon as they are free (at 1,000 /s; a free one is bound again at 0.1 /s).
-- ATP: all steps of elongation, digestion included, are slower by one factor, such that expression in its steady
-- state uses at most this share of what it uses where nothing is capped (expression_theory.lua). The factor is found
-- when the share, machines or promoters change; the process is defined anew then, and the state stays.

local constants = require "syn3a.constants"
local kinetics = require "syn3a.kinetics"
local theory = require "syn3a.expression_theory"

local expression = {}

local owing = 1000 -- 1/s

local function add_species(definition, transcript, proteins)
  local id, species = transcript.id, definition.species
  species["gene." .. id], species["transcription." .. id] = 1, 0
  if not transcript.translation then
    species["RNA." .. id] = 0
    return
  end
  species["free_mRNA." .. id], species["translation." .. id], species["digestion." .. id] = 0, 0, 0
  species["protein." .. id] = proteins
end

-- All reactions of a step stand together: they share a reactant, and the engine adds up neighbours at once.
local function add_transcription(reactions, transcripts, speed)
  local n, count = #reactions, #transcripts
  for i, transcript in ipairs(transcripts) do
    local id = transcript.id
    reactions[n + i] = { "gene." .. id .. " + RNA_polymerase -> transcription." .. id, k = "promoter." .. id }
    local made = transcript.translation and " + RNA_polymerase + free_mRNA." or " + RNA_polymerase + RNA."
    reactions[n + count + i] = { "transcription." .. id .. " -> gene." .. id .. made .. id,
      k = speed*transcript.transcription }
  end
end

local function add_translation(reactions, transcripts, speed)
  local n, count, load, attack = #reactions, #transcripts, kinetics.ribosome_binding, kinetics.degradosome_binding
  for i, transcript in ipairs(transcripts) do
    local id = transcript.id
    local mrna, translated, digested = "free_mRNA." .. id, "translation." .. id, "digestion." .. id
    reactions[n + i] = { mrna .. " + ribosome -> " .. translated, k = load }
    reactions[n + count + i] = { translated .. " -> " .. mrna .. " + ribosome + protein." .. id,
      k = speed*transcript.translation }
    reactions[n + 2*count + i] = { mrna .. " + degradosome -> " .. digested, k = attack }
    reactions[n + 3*count + i] = { digested .. " -> degradosome", k = speed*transcript.digestion }
  end
end

-- What the process is declared with, and a reset cell begins with; a VM has one cell.
local declared = {}

local function held(share, all)
  return share and math.min(all, math.floor(share)) or all
end

local function set_declared(resources)
  declared.ribosomes = held(resources.ribosomes, constants.ribosomes)
  declared.polymerases = held(resources.rna_polymerase, constants.polymerases)
  declared.share = math.min(1, (resources.atp_percentage or 100)/100)
end

local function machines(speed)
  return {
    species = { RNA_polymerase = declared.polymerases, RNA_polymerase_owed = 0, ribosome = declared.ribosomes,
      ribosome_owed = 0, degradosome = constants.degradosomes },
    parameters = { RNA_polymerases = declared.polymerases, ribosomes = declared.ribosomes,
      degradosomes = constants.degradosomes, ATP_share = declared.share, cytoplasm_litres = constants.volume },
    rules = {
      elongation = speed,
      transcribing_polymerases = "RNA_polymerases - RNA_polymerase + RNA_polymerase_owed",
      translating_ribosomes = "ribosomes - ribosome + ribosome_owed",
      digesting_degradosomes = "degradosomes - degradosome",
    },
    reactions = {
      { "RNA_polymerase + RNA_polymerase_owed ->", k = owing },
      { "ribosome + ribosome_owed ->", k = owing },
    },
  }
end

-- Define the process with elongation at `speed` (1: full); what the cell has of it stays as it is.
local function define(define_process, speed)
  local definition, options = machines(speed), declared.options
  for _, transcript in ipairs(kinetics.transcripts()) do
    add_species(definition, transcript, options.proteins == 0 and 0 or transcript.gene.proteins)
    definition.parameters["promoter." .. transcript.id] = options.transcription == 0 and 0 or transcript.binding
  end
  add_transcription(definition.reactions, kinetics.transcripts(), speed)
  add_translation(definition.reactions, kinetics.mrna(), speed)
  define_process("expression", definition)
end

--- Conditions for expression_theory, as the cell's are now.
function expression.conditions(cell)
  local conditions = { polymerases = cell:get "RNA_polymerases", ribosomes = cell:get "ribosomes",
    degradosomes = cell:get "degradosomes", elongation = cell:get "elongation", binding = {} }
  for i, transcript in ipairs(kinetics.transcripts()) do
    conditions.binding[i] = cell:get("promoter." .. transcript.id)
  end
  return conditions
end

-- Elongation as fast as the share of ATP allows, with the machines and promoters that there are now.
local function adapt(cell, define_process)
  local share = cell:get "ATP_share"
  local speed = share < 1 and theory.elongation(expression.conditions(cell), share) or 1
  if speed ~= cell:get "elongation" then define(define_process, speed) end
end

-- So many machines from now on: free ones come and go at once, bound ones when they are free.
local function set_total(cell, total, name, free)
  local bound = cell:get(name) - cell:get(free) + cell:get(free .. "_owed")
  cell:set(name, total)
  cell:set(free, math.max(0, total - bound))
  cell:set(free .. "_owed", math.max(0, bound - total))
end

--- Define the process in a new cell. Options: transcription (0: all promoters begin repressed), proteins (0: it
-- begins without). Resources: the shares of a chassis, or nil.
function expression.build(cell, define_process, options, resources)
  declared.options = options
  set_declared(resources or {})
  define(define_process, 1)
  cell:reset() -- it may have been built before, as the defaults are: what is there is kept then
  adapt(cell, define_process)
end

--- Apply the shares of a chassis to what the cell does from now on.
function expression.allocate(cell, resources)
  set_declared(resources or {})
  set_total(cell, declared.ribosomes, "ribosomes", "ribosome")
  set_total(cell, declared.polymerases, "RNA_polymerases", "RNA_polymerase")
  cell:set("ATP_share", declared.share)
  adapt(cell, process)
end

--- Set the promoters of these genes to their own strengths (on) or to 0. A transcript that has been begun is
-- finished; pseudogenes have no promoter here.
function expression.switch(cell, ids, on)
  local transcripts = kinetics.transcripts()
  for _, id in ipairs(ids) do
    local transcript = transcripts[id]
    if transcript then cell:set("promoter." .. id, on and transcript.binding or 0) end
  end
  adapt(cell, process)
end

return expression
