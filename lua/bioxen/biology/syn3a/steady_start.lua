--- Cells in the middle of their steady state, each as it may be: counts drawn, not grown into.
--
-- In the closed form mRNA come and go one by one, so that each count is about Poisson-distributed, and a promoter is
-- engaged or not. What that leaves out, that the machines are shared, comes by itself in some 100 s. (mRNA last
-- 4 minutes on average, and up to 24 where the protein is long: to run into the steady state from nothing takes long.)

local expression = require "syn3a.expression"
local kinetics = require "syn3a.kinetics"
local theory = require "syn3a.expression_theory"

local steady_start = {}

local function poisson(mean)
  return mean > 0 and ("poisson(%.17g)"):format(mean) or 0
end

local function drawn(state, conditions)
  local set = {}
  for i, transcript in ipairs(kinetics.transcripts()) do
    local id, gene = transcript.id, state.genes[transcript.id]
    local engaged = gene.transcription/(transcript.transcription*conditions.elongation)
    set["transcription." .. id] = ("bernoulli(%.17g)"):format(conditions.binding[i] > 0 and engaged or 0)
    if transcript.translation then
      set["free_mRNA." .. id] = poisson(gene.free)
      set["translation." .. id] = poisson(gene.translated)
      set["digestion." .. id] = poisson(gene.digested)
    end
  end
  return set
end

local function add_free(set, free, total, engaged, owed)
  local bound = table.concat(engaged, " + ")
  set[free] = ("max(0, %s - (%s))"):format(total, bound)
  if owed then set[owed] = ("max(0, %s - %s)"):format(bound, total) end
end

-- Free machines and promoters, from what is engaged.
local function settled()
  local set, transcribing, translating, digesting = {}, {}, {}, {}
  for i, transcript in ipairs(kinetics.transcripts()) do
    set["gene." .. transcript.id] = "1 - transcription." .. transcript.id
    transcribing[i] = "transcription." .. transcript.id
  end
  for i, transcript in ipairs(kinetics.mrna()) do
    translating[i], digesting[i] = "translation." .. transcript.id, "digestion." .. transcript.id
  end
  add_free(set, "RNA_polymerase", "RNA_polymerases", transcribing, "RNA_polymerase_owed")
  add_free(set, "ribosome", "ribosomes", translating, "ribosome_owed")
  add_free(set, "degradosome", "degradosomes", digesting)
  return set
end

--- The next run, and every run of an ensemble from here, begins by drawing its own counts of mRNA and engaged
-- machines from the steady state that steady_state_expression gives. Proteins stay as they are.
function steady_start.define(cell)
  local conditions = expression.conditions(cell)
  local state = theory.steady_state(conditions)
  if conditions.elongation <= 0 then error("begin_in_steady_state: this cell has no ATP, and no steady state", 2) end
  process("steady_start", { events = {
    { at = cell:time(), priority = 2, set = drawn(state, conditions) },
    { at = cell:time(), priority = 1, set = settled() },
  } })
end

return steady_start
