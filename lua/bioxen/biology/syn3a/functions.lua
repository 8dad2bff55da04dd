--- What a cell of this organism can be asked and told about its genes and their expression.

local check = require "library.check"
local chromosome = require "syn3a.chromosome"
local expression = require "syn3a.expression"
local kinetics = require "syn3a.kinetics"
local theory = require "syn3a.expression_theory"
local whole = require "syn3a.whole"

local functions = {}

-- The transcript of a gene by its id or name; of a gene of protein where that is asked for.
local function transcript_of(key, what, level)
  local gene = chromosome.expect(key, what, level + 1)
  local transcript = kinetics.transcripts()[gene.id]
  if not (transcript and transcript.translation) then
    error(("%s: %s is a gene of no protein (%s)"):format(what, gene.id, gene.type), level + 1)
  end
  return transcript
end

--- Molecules of a gene's protein that there are: those the cell began with and those made since. By id or name.
function functions.protein(cell, gene)
  return cell:get("protein." .. transcript_of(gene, "protein", 2).id)
end

--- Molecules of a gene's mRNA: all of them, and second { free, translated (with a ribosome), digested (with a
-- degradosome) }. By id or name.
function functions.mrna(cell, gene)
  local id = transcript_of(gene, "mrna", 2).id
  local parts = { free = cell:get("free_mRNA." .. id), translated = cell:get("translation." .. id),
    digested = cell:get("digestion." .. id) }
  return parts.free + parts.translated + parts.digested, parts
end

--- Name the total of each mRNA "mRNA.JCVISYN3A_…", so that runs can record it: 455 rules, which a cell that does not
-- ask for them is spared.
function functions.name_totals()
  local rules = {}
  for _, transcript in ipairs(kinetics.mrna()) do
    local id = transcript.id
    rules["mRNA." .. id] = ("free_mRNA.%s + translation.%s + digestion.%s"):format(id, id, id)
  end
  process("totals", { rules = rules })
end

--- The steady state that the cell's expression tends to with its machines, promoters and ATP as they are now, in
-- closed form: see theory.steady_state in expression_theory.lua for what is in it.
function functions.steady_state_expression(cell)
  return theory.steady_state(expression.conditions(cell))
end

--- The noise of expression in the steady state, in closed form (theory.noise in expression_theory.lua), by gene id:
-- { mrna (mean), mrna_cv2, proteins (mean of those made in `seconds`), proteins_cv2 }. CV²: variance over squared mean.
function functions.expression_noise(cell, seconds)
  check.number(seconds, "expression_noise: seconds")
  local all = {}
  for id, gene in pairs(functions.steady_state_expression(cell).genes) do
    if gene.mrna then
      local noise = theory.noise(gene, seconds)
      all[id] = { mrna = gene.mrna, mrna_cv2 = noise.mrna_fano/gene.mrna, proteins = noise.proteins,
        proteins_cv2 = noise.protein_fano/noise.proteins }
    end
  end
  return all
end

--- The rate constants of a gene's expression, per second: { binding (of one free RNA polymerase, as the promoter is
-- set), transcription, and of an mRNA ribosome_binding and degradosome_binding (of one that is free), translation,
-- digestion }; elongation at the speed that ATP allows. By id or name.
function functions.rate_constants(cell, gene)
  gene = chromosome.expect(gene, "rate_constants", 2)
  local transcript = kinetics.transcripts()[gene.id]
  if not transcript then error(("rate_constants: %s is a pseudogene"):format(gene.id), 2) end
  local speed, mrna = cell:get "elongation", transcript.translation ~= nil
  return {
    binding = cell:get("promoter." .. gene.id), transcription = speed*transcript.transcription,
    ribosome_binding = mrna and kinetics.ribosome_binding or nil,
    degradosome_binding = mrna and kinetics.degradosome_binding or nil,
    translation = mrna and speed*transcript.translation or nil,
    digestion = mrna and speed*transcript.digestion or nil,
  }
end

-- What elongates now: nt/s transcribed and digested, aa/s joined; and counts.
local function sums(cell)
  local speed = cell:get "elongation"
  local all = { transcribed = 0, digested = 0, joined = 0, transcripts = 0, mrna = 0, protein = 0, made = 0 }
  for _, t in ipairs(kinetics.transcripts()) do
    local rate = speed*t.transcription*cell:get("transcription." .. t.id)
    all.transcribed = all.transcribed + rate*t.nucleotides
    all.transcripts = all.transcripts + rate
  end
  for _, t in ipairs(kinetics.mrna()) do
    local translated, digested = cell:get("translation." .. t.id), cell:get("digestion." .. t.id)
    local rate = speed*t.translation*translated
    all.joined = all.joined + rate*t.residues
    all.made = all.made + rate
    all.digested = all.digested + speed*t.digestion*digested*t.nucleotides
    all.mrna = all.mrna + cell:get("free_mRNA." .. t.id) + translated + digested
    all.protein = all.protein + cell:get("protein." .. t.id)
  end
  return all
end

local function part(busy, total)
  return total > 0 and busy/total or 0
end

--- The state of expression in numbers. Counts in molecules; busy: the part of the machines that are at work;
-- transcription in transcripts of all RNA and in nucleotides per second, translation in proteins and in amino acids
-- per second, as the machines go now; energy_use in ATP per second (constants.lua); time in seconds.
function functions.metrics(cell)
  local all = sums(cell)
  return {
    time = cell:time(),
    mrna = all.mrna,
    proteins = all.protein,
    ribosomes = cell:get "ribosomes",
    ribosomes_busy = part(cell:get "translating_ribosomes", cell:get "ribosomes"),
    rna_polymerases = cell:get "RNA_polymerases",
    rna_polymerases_busy = part(cell:get "transcribing_polymerases", cell:get "RNA_polymerases"),
    degradosomes_busy = part(cell:get "digesting_degradosomes", cell:get "degradosomes"),
    elongation = cell:get "elongation",
    transcription = all.transcripts,
    nucleotides = all.transcribed,
    translation = all.made,
    amino_acids = all.joined,
    energy_use = theory.energy(all.transcribed, all.digested, all.joined),
  }
end

--- What the cell uses now of each resource of a chassis: ribosomes that translate, polymerases that transcribe, and
-- its one chromosome.
function functions.usage(cell)
  return {
    ribosomes = cell:get "translating_ribosomes",
    rna_polymerase = cell:get "transcribing_polymerases",
    memory_kb = require("syn3a.manifest").genome.length/1000,
  }
end

--- The genes, as tables of id, name, type, product, and of a CDS essentiality.
function functions.genes()
  local list = {}
  for i, gene in ipairs(chromosome.genes()) do
    list[i] = { id = gene.id, name = gene.name, type = gene.type, product = gene.product,
      essentiality = gene.essentiality }
  end
  return list
end

--- The ids of the genes of the class Essential, 270 (Breuer et al. 2019); quasiessential ones are not among them.
functions.get_essential_genes = chromosome.essential_genes

-- Promoters of these genes to their own strengths, or to 0.
local function switch(cell, ids, on)
  if whole.is_here(cell) then whole.switch(cell, ids, on) else expression.switch(cell, ids, on) end
end

--- Transcribe these genes (ids or names) from now on, at their promoters' own rates. Returns true.
function functions.start_transcription(cell, genes)
  local ids = {}
  for i, key in ipairs(check.names(genes, "start_transcription", 2)) do
    local gene = chromosome.expect(key, "start_transcription", 2)
    if gene.type == "pseudogene" then
      error(("start_transcription: %s is a pseudogene, which this model does not transcribe"):format(gene.id), 2)
    end
    ids[i] = gene.id
  end
  switch(cell, ids, true)
  return true
end

--- "activate" or "repress" all promoters of these operons (ids, or the id of a gene in one); what there is of RNA and
-- protein stays, and a transcript that has been begun is finished. (Each gene has a promoter of its own in the
-- published model; operons are its genes by the rule of chromosome.lua.) Returns the state of each: "active" or
-- "repressed".
function functions.manage_operons(cell, ids, action)
  if action ~= "activate" and action ~= "repress" then
    error(('manage_operons: action "activate" or "repress" expected, got %s'):format(tostring(action)), 2)
  end
  local genes, states = {}, {}
  for _, id in ipairs(check.names(ids, "manage_operons", 2)) do
    local operon, why = chromosome.find_operon(id)
    if not operon then error("manage_operons: " .. why, 2) end
    table.move(operon.genes, 1, #operon.genes, #genes + 1, genes)
    states[operon.id] = action == "activate" and "active" or "repressed"
  end
  switch(cell, genes, action == "activate")
  return states
end

--- The operons along the chromosome: { id, strand, genes = ids }.
function functions.operons()
  local list = {}
  for i, operon in ipairs(chromosome.operons()) do
    list[i] = { id = operon.id, strand = operon.strand, genes = table.move(operon.genes, 1, #operon.genes, 1, {}) }
  end
  return list
end

return functions
