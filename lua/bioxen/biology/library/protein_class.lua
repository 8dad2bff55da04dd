--- A class of protein in the terms of Weiße et al. 2015: what is transcribed from it, what binds
-- and leaves it, and how all of it is diluted.
--
-- Of a class x: m_x free mRNA, c_x mRNA with a ribosome that translates it, z_x the same, stalled
-- by chloramphenicol. A class is a table of
--   x              its name in those of species and reactions
--   protein        the species that it makes
--   length         a parameter: amino acids
--   completion     a rule: proteins that one ribosome finishes per second, gamma/length
--   transcription  a formula: mRNA per second, as much as its promoters ask for
--   nucleotides    a formula, where these are not 3 for each amino acid: of a transcript
--   per_message    a number, where a transcript of the core stands for more than one of this class (see below)
--
-- The core has few mRNAs, each translated much. A class whose transcripts are counted as a cell has them says how
-- many of them make one of the core's: together these take as many ribosomes and polymerases, and make as much
-- protein. To bind ribosomes that much less is not enough for that: of the core's mRNAs, most of which have a
-- ribosome, many are lost by dilution and not by decay, by the rule bound_loss, as one to the other.

local protein_class = {}

local function fill(text, class)
  return (text:gsub("{(%a+)}", class))
end

-- Without a limit, binding is mass action; with it `ribosome_limit` ribosomes translate at most.
local function binding(class, limited)
  local equation = fill("m_{x} + r -> c_{x}", class)
  local name = "binding_" .. class.x
  local many = class.per_message
  local kb = many and ("kb/(%.17g + %.17g*bound_loss)"):format(many, many - 1) or "kb"
  if not limited then return { equation, k = kb, name = name } end
  return { equation, name = name,
    rate = kb .. fill("*min(r, max(0, ribosome_limit - translating))*m_{x}", class) }
end

--- Add the class to a process definition. `capped` tells what is limited: ribosomes, and with
-- `transcription` all rates of it are times the rule transcription_scale.
function protein_class.add(definition, class, capped)
  local function add(equation, reaction)
    reaction[1] = fill(equation, class)
    reaction.name = reaction.name and reaction.name .. "_" .. class.x
    table.insert(definition.reactions, reaction)
  end
  add("-> m_{x}", { name = "transcription", rate = capped.transcription
    and ("transcription_scale*(%s)"):format(class.transcription) or class.transcription })
  add("m_{x} ->", { k = "dm", name = "decay" })
  table.insert(definition.reactions, binding(class, capped.ribosomes))
  add("c_{x} -> m_{x} + r", { k = "ku", name = "unbinding" })
  add("c_{x} -> m_{x} + r + {protein}", { k = class.completion, name = "completion" })
  add("c_{x} -> z_{x}", { k = "cl*k_cm", name = "stalling" })
  add("z_{x} -> c_{x}", { k = "b", name = "recovery" })
  for _, species in ipairs { "m_{x}", "c_{x}", "z_{x}", "{protein}" } do
    definition.species[fill(species, class)] = 0
    add(species .. " ->", { k = "lambda" })
  end
end

--- A formula: RNA polymerases times nucleotides per second that the class would engage if nothing
-- limited it.
function protein_class.polymerase_demand(class)
  return ("(%s)*%s/%.17g"):format(class.transcription, class.nucleotides or "3*" .. class.length,
    class.per_message or 1)
end

return protein_class
