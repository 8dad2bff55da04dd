--- The steady state of expression in closed form: the means of mRNA, machines and rates if every product of
-- counts is taken for the product of their means.
--
-- With x free RNA polymerases, a promoter of binding rate b and transcription rate t is engaged b x/(t + b x) of
-- the time, and x is where free and engaged ones are all there are: one equation in one unknown. Its transcripts
-- come at J = t b x/(t + b x). An mRNA ends when a degradosome takes it, which is when it is free: J = d D m, with
-- D free degradosomes and m free mRNA; J/g are being digested, so D is all of them less the sum of these. A free
-- mRNA is taken by R free ribosomes: r R m/l carry one, and R follows from all of them. So m does not depend on
-- ribosomes, and translation is proportional to them at any number: they and degradosomes compete for free mRNA.

local constants = require "syn3a.constants"
local kinetics = require "syn3a.kinetics"

local theory = {}

-- Newton's method from 0: the sum of free and engaged polymerases is concave in the free ones, so that every step
-- ends short of the root, and nearer.
local function free_polymerases(conditions)
  local x, transcripts, slow = 0, kinetics.transcripts(), conditions.elongation
  for _ = 1, 100 do
    local sum, slope = x - conditions.polymerases, 1
    for i = 1, #transcripts do
      local b, t = conditions.binding[i], transcripts[i].transcription*slow
      if b > 0 then
        sum, slope = sum + b*x/(t + b*x), slope + b*t/(t + b*x)^2
      end
    end
    local step = -sum/slope
    x = x + step
    if step <= 1e-12*conditions.polymerases then return x end
  end
  return x
end

-- Transcripts per second of each gene, and how many degradosomes digest.
local function add_transcription(state, conditions)
  local x, slow = state.free_polymerases, conditions.elongation
  for i, transcript in ipairs(kinetics.transcripts()) do
    local b, t = conditions.binding[i], transcript.transcription*slow
    local rate = b > 0 and t*b*x/(t + b*x) or 0
    state.genes[transcript.id] = { transcription = rate, promoter_rate = b*x + t }
    state.nucleotides = state.nucleotides + rate*transcript.nucleotides
    if transcript.translation then
      state.transcription = state.transcription + rate
      state.digested_nucleotides = state.digested_nucleotides + rate*transcript.nucleotides
      state.digesting = state.digesting + rate/(transcript.digestion*slow)
    end
  end
end

local function add_translation(state, conditions)
  local demand, slow = 0, conditions.elongation -- demand: what one free ribosome keeps bound
  for _, transcript in ipairs(kinetics.mrna()) do
    local gene = state.genes[transcript.id]
    gene.free = gene.transcription/(kinetics.degradosome_binding*state.free_degradosomes)
    demand = demand + kinetics.ribosome_binding*gene.free/(transcript.translation*slow)
  end
  state.free_ribosomes = conditions.ribosomes/(1 + demand)
  for _, transcript in ipairs(kinetics.mrna()) do
    local gene = state.genes[transcript.id]
    gene.translation = kinetics.ribosome_binding*state.free_ribosomes*gene.free
    gene.translated = gene.translation/(transcript.translation*slow)
    gene.digested = gene.transcription/(transcript.digestion*slow)
    gene.mrna = gene.free + gene.translated + gene.digested
    state.mrna = state.mrna + gene.mrna
    state.translation = state.translation + gene.translation
    state.residues = state.residues + gene.translation*transcript.residues
  end
end

local function empty(conditions)
  return { genes = {}, free_polymerases = conditions.polymerases, free_ribosomes = conditions.ribosomes,
    free_degradosomes = conditions.degradosomes, digesting = 0, mrna = 0, transcription = 0, translation = 0,
    nucleotides = 0, digested_nucleotides = 0, residues = 0, energy = 0 }
end

--- The steady state at these conditions: { polymerases, ribosomes, degradosomes (molecules), elongation (1: at full
-- speed), binding = of each of kinetics.transcripts() }. Free machines; mrna (molecules, all of them); transcription
-- (mRNA/s), translation (proteins/s), nucleotides (transcribed, of all RNA, and digested_nucleotides, of mRNA: 1/s),
-- residues (1/s), energy (ATP/s); genes by id: transcription and translation (1/s), free, translated, digested and,
-- of all these, mrna (molecules); promoter_rate (1/s), at which a promoter forgets whether it was engaged. Where
-- nothing elongates all is 0, and there are no genes.
function theory.steady_state(conditions)
  local state = empty(conditions)
  if conditions.elongation <= 0 then return state end
  state.free_polymerases = free_polymerases(conditions)
  add_transcription(state, conditions)
  state.free_degradosomes = conditions.degradosomes - state.digesting
  add_translation(state, conditions)
  state.energy = theory.energy(state.nucleotides, state.digested_nucleotides, state.residues)
  return state
end

-- The integral of (t - u) exp(-rate u) over u from 0 to t.
local function window_integral(rate, t)
  return t/rate - (1 - math.exp(-rate*t))/rate^2
end

--- The noise of a gene of `state.genes` in the steady state, machines at their means: of its mRNA the variance over the
-- mean; of the proteins made in so many seconds their mean, and the variance over it.
--
-- A promoter that is engaged is not free: transcripts, J a second, are followed by others at J (1 - exp(-a u)), where
-- a is the sum of the rates at which it is engaged and released. mRNA that last a mean time of 1/m vary by
--   1 - J/(a + m)
-- over their mean, a little less than Poisson's 1. Each makes b = r R/(d D) proteins on average: whenever it is free,
-- either a ribosome takes it or a degradosome; after one protein others follow at a rate that decays with m. Of bursts
-- alone (compare Thattai & van Oudenaarden, PNAS 98:8614, 2001) the variance over the mean is
--   1 + 2 b (1 - (1 - exp(-m t))/(m t))
-- and the promoter's gaps take from it.
function theory.noise(gene, seconds)
  local j, rate, protein_rate = gene.transcription, gene.promoter_rate, gene.translation
  if j == 0 then return { mrna_fano = 1, proteins = 0, protein_fano = 1 } end
  local decay = j/(gene.free + gene.translated)
  local bursts = 2*protein_rate/j*decay*window_integral(decay, seconds)/seconds
  local gaps = 2*protein_rate*decay^2/(rate^2 - decay^2)/seconds
    *(rate/decay*window_integral(decay, seconds) - window_integral(rate, seconds))
  return { mrna_fano = 1 - j/(rate + j/gene.mrna), proteins = protein_rate*seconds,
    protein_fano = 1 + bursts - gaps }
end

--- ATP per second, in phosphoanhydride bonds, of so many nucleotides transcribed, nucleotides of mRNA digested and
-- amino acids joined per second (costs: constants.lua).
function theory.energy(transcribed, digested, joined)
  return constants.transcription_cost*transcribed + constants.digestion_cost*digested
    + constants.translation_cost*joined
end

--- Conditions of the published cell, with all promoters at their strengths.
function theory.full()
  local conditions = { polymerases = constants.polymerases, ribosomes = constants.ribosomes,
    degradosomes = constants.degradosomes, elongation = 1, binding = {} }
  for i, transcript in ipairs(kinetics.transcripts()) do conditions.binding[i] = transcript.binding end
  return conditions
end

--- The elongation speed, 0 to 1, at which expression in the steady state uses no more than `share` of the energy
-- that the published cell uses. Slower elongation uses less, so there is one; found by false position.
function theory.elongation(conditions, share)
  if share >= 1 then return 1 end
  local supply = share*theory.steady_state(theory.full()).energy
  local function excess(speed)
    conditions.elongation = speed
    return theory.steady_state(conditions).energy - supply
  end
  local low, high, below, above = 0, 1, -supply, excess(1)
  if above <= 0 then return 1 end
  for _ = 1, 60 do -- regula falsi, with Illinois's halving
    local speed = (low*above - high*below)/(above - below)
    local value = excess(speed)
    if math.abs(value) <= 1e-9*supply or high - low < 1e-12 then return speed end
    if value > 0 then
      high, above, below = speed, value, below/2
    else
      low, below, above = speed, value, above/2
    end
  end
  return low
end

return theory
