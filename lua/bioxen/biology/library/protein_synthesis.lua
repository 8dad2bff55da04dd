--- Transcription, translation, the antibiotic, and growth, which dilutes everything.
--
-- Classes of protein: r ribosomes, t transporters, m metabolic enzymes, q housekeeping,
-- p heterologous; protein_class.lua has what happens to each. Energy a is spent one molecule per
-- amino acid. `on_x` is 1 where class x is transcribed, 0 where it is repressed.

local parameters = require("library.weisse2015").per_second
local protein_class = require "library.protein_class"
local transcription_limit = require "library.transcription_limit"

local protein_synthesis = {}

local classes = {
  { x = "r", protein = "r", length = "nr", completion = "gamma_nr",
    transcription = "on_r*wr*a/(thetar + a)" },
  { x = "t", protein = "et", length = "nx", completion = "gamma_nx",
    transcription = "on_t*we*a/(thetax + a)" },
  { x = "m", protein = "em", length = "nx", completion = "gamma_nx",
    transcription = "on_m*we*a/(thetax + a)" },
  { x = "q", protein = "q", length = "nx", completion = "gamma_nx",
    transcription = "on_q*wq*unrepressed*a/(thetax + a)" },
  { x = "p", protein = "p", length = "nx", completion = "gamma_nx",
    transcription = "on_p*wp*a/(thetax + a)" },
}

local function sum(prefix, genes)
  local terms = {}
  for _, class in ipairs(classes) do terms[#terms + 1] = prefix .. class.x end
  for _, class in ipairs(genes) do
    if class.length then terms[#terms + 1] = prefix .. class.x end
  end
  return table.concat(terms, " + ")
end

local function protein_mass(genes)
  local text = "ribosomal_mass + nx*(et + em + q + p)"
  for _, class in ipairs(genes) do
    if class.length then text = ("%s + %s*%s"):format(text, class.length, class.protein) end
  end
  return text
end

local function rules(genes, others)
  return {
    bound_loss = others and "kb*r*lambda/((ku + gamma_nx + lambda)*(dm + lambda))" or nil, -- protein_class.lua
    translating = sum("c_", genes),
    stalled = sum("z_", genes),
    ribosomes = "r + translating + stalled",
    unrepressed = "1/(1 + (q/Kq)^nq)", -- part of the transcription of q

    gamma = "gmax*a/(gmax/Kp + a)", -- elongation, aa/s of one ribosome
    gamma_nr = "gamma/nr", -- ribosomes finished by it, 1/s
    gamma_nx = "gamma/nx", -- or other proteins
    synthesis = "gamma*translating", -- aa/s
    lambda = "synthesis/M", -- growth rate, 1/s
    growth_rate = "3600*lambda", -- 1/h

    ribosomal_mass = "nr*ribosomes", -- aa
    protein_mass = protein_mass(genes), -- aa
    ribosomal_mass_fraction = "ribosomal_mass/protein_mass",
  }
end

--- Define the process. `values` are parameters that differ from the published ones. `shares` may
-- have ribosomes, the number that may translate, and what transcription_limit.lua takes. `genes`
-- are classes that other processes hold, which compete for the same ribosomes and polymerases. `start`
-- has species that begin with another number than in the paper.
function protein_synthesis.define(process, values, shares, genes, start)
  shares, genes = shares or {}, genes or {}
  local definition = {
    species = { a = 1000, polymerised = 0 },
    parameters = { ribosome_limit = shares.ribosomes },
    rules = rules(genes, shares.scaled or genes[1]),
    -- One energy molecule a firing: a stochastic cell holds ten of them and can't spend the 300
    -- that a protein takes at once. Finishing a protein is a reaction of its own.
    reactions = { { "a -> polymerised", rate = "synthesis", name = "elongation" } },
  }
  for name, value in pairs(parameters) do
    definition.parameters[name] = values[name] or value
  end
  local capped = {
    ribosomes = shares.ribosomes ~= nil,
    transcription = transcription_limit.add(definition, shares, classes, genes),
  }
  for _, class in ipairs(classes) do
    definition.parameters["on_" .. class.x] = 1
    protein_class.add(definition, class, capped)
  end
  definition.species.r = 10
  for name in pairs(definition.species) do
    definition.species[name] = start and start[name] or definition.species[name]
  end
  process("protein_synthesis", definition)
end

protein_synthesis.classes = classes
return protein_synthesis
