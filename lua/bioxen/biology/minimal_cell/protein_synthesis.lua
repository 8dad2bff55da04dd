--- Transcription, translation, the antibiotic, and growth, which dilutes everything.
--
-- Classes of protein: r ribosomes, t transporters, m metabolic enzymes, q housekeeping,
-- p heterologous. Of each class x: m_x free mRNA, c_x mRNA with a ribosome that translates it,
-- z_x the same, stalled by chloramphenicol. Energy a is spent one molecule per amino acid.

local parameters = require("minimal_cell.parameters").per_second

local classes = {
  { x = "r", protein = "r", length = "nr", transcription = "wr*a/(thetar + a)" },
  { x = "t", protein = "et", length = "nx", transcription = "we*a/(thetax + a)" },
  { x = "m", protein = "em", length = "nx", transcription = "we*a/(thetax + a)" },
  { x = "q", protein = "q", length = "nx", transcription = "wq*unrepressed*a/(thetax + a)" },
  { x = "p", protein = "p", length = "nx", transcription = "wp*a/(thetax + a)" },
}

local function fill(text, values)
  return (text:gsub("{(%a+)}", values))
end

-- Without a limit, binding is mass action; `limit` ribosomes translate at most.
local function binding(class, limit)
  local equation = fill("m_{x} + r -> c_{x}", class)
  local name = "binding_" .. class.x
  if not limit then return { equation, k = "kb", name = name } end
  return { equation, name = name,
    rate = fill("kb*min(r, max(0, ribosome_limit - translating))*m_{x}", class) }
end

local function add_class(definition, class, limit)
  local function add(equation, reaction)
    reaction[1] = fill(equation, class)
    reaction.name = reaction.name and reaction.name .. "_" .. class.x
    table.insert(definition.reactions, reaction)
  end
  add("-> m_{x}", { rate = class.transcription, name = "transcription" })
  add("m_{x} ->", { k = "dm", name = "decay" })
  table.insert(definition.reactions, binding(class, limit))
  add("c_{x} -> m_{x} + r", { k = "ku", name = "unbinding" })
  add("c_{x} -> m_{x} + r + {protein}", { k = "gamma_" .. class.length, name = "completion" })
  add("c_{x} -> z_{x}", { k = "cl*k_cm", name = "stalling" })
  add("z_{x} -> c_{x}", { k = "b", name = "recovery" })
  for _, species in ipairs { "m_{x}", "c_{x}", "z_{x}", "{protein}" } do
    definition.species[fill(species, class)] = 0
    add(species .. " ->", { k = "lambda" })
  end
end

local function rules()
  return {
    translating = "c_r + c_t + c_m + c_q + c_p",
    stalled = "z_r + z_t + z_m + z_q + z_p",
    ribosomes = "r + translating + stalled",
    unrepressed = "1/(1 + (q/Kq)^nq)", -- part of the transcription of q

    gamma = "gmax*a/(gmax/Kp + a)", -- elongation, aa/s of one ribosome
    gamma_nr = "gamma/nr", -- ribosomes finished by it, 1/s
    gamma_nx = "gamma/nx", -- or other proteins
    synthesis = "gamma*translating", -- aa/s
    lambda = "synthesis/M", -- growth rate, 1/s
    growth_rate = "3600*lambda", -- 1/h

    ribosomal_mass = "nr*ribosomes", -- aa
    protein_mass = "ribosomal_mass + nx*(et + em + q + p)", -- aa
    ribosomal_mass_fraction = "ribosomal_mass/protein_mass",
  }
end

--- Define the process. `values` are parameters that differ from the published ones; `limit` is
-- the number of ribosomes that may translate, or nil.
local function define(process, values, limit)
  local definition = {
    species = { a = 1000, polymerised = 0 },
    parameters = { ribosome_limit = limit },
    rules = rules(),
    -- One energy molecule a firing: a stochastic cell holds ten of them and can't spend the 300
    -- that a protein takes at once. Finishing a protein is a reaction of its own.
    reactions = { { "a -> polymerised", rate = "synthesis", name = "elongation" } },
  }
  for name, value in pairs(parameters) do
    definition.parameters[name] = values[name] or value
  end
  for _, class in ipairs(classes) do add_class(definition, class, limit) end
  definition.species.r = 10
  process("protein_synthesis", definition)
end

return { classes = classes, define = define }
