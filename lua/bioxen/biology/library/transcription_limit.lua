--- Two shares bind transcription, that of all classes alike.
--
-- RNA polymerases. One that transcribes a gene of so many nucleotides is engaged for nucleotides
-- over elongation speed, so a class engages transcription rate times that, by Little's law. Where
-- the promoters would engage more than there are, each gets its part: all rates are scaled by
-- limit/demand. The published cell would engage 194. With less than some 130 it finds no balance: energy
-- that is not spent piles up, which makes the cell ask for ribosomes above all, and for too few of
-- the enzymes that make energy; so it goes in cycles of many hours, slower in the mean the fewer
-- polymerases there are. (Those that search for promoters, wait, or are not functional count for nothing,
-- and in a cell these are three of four: a share is of polymerases at work.)
--
-- Genome memory. Transcription is proportional to the number of genes there are. A cell with the
-- replication clock of dna_replication.lua that grows at this rate holds, in the mean of its
-- population, mean_genome_equivalents times the genome's length, and its plasmids; where that is
-- more than its share, the dosage of all genes is scaled by share/DNA. Where it grows slower for it
-- the cell needs less, down to one genome, which the host does not go below.
--
-- The published cell has mRNA to spare, so that a mild limit of either lets it grow a little faster:
-- 3 % with 150 polymerases, or with 8,000 kb; with one genome, 4,642 kb, it is 4 % slower.
--
-- Of both, what is less holds: they scale the same rates, and polymerases that the missing genes
-- do not ask for are free.
--
-- Speed: mRNA grows by 39 to 55 nucleotides a second at 0.6 to 2.5 doublings an hour, 52 at 2, near
-- the published cell's 2.09: Bremer & Dennis, in Escherichia coli and Salmonella, 2nd ed., ASM Press
-- 1996, p. 1553, table 3; somewhat different in its revision, EcoSal Plus 2008, doi 10.1128/ecosal.5.2.3.

local protein_class = require "library.protein_class"

local transcription_limit = { nucleotides_per_second = 52 }

local function demand(classes, genes)
  local terms = {}
  for _, class in ipairs(classes) do terms[#terms + 1] = protein_class.polymerase_demand(class) end
  for _, class in ipairs(genes) do terms[#terms + 1] = protein_class.polymerase_demand(class) end
  return ("(%s)/%d"):format(table.concat(terms, " + "), transcription_limit.nucleotides_per_second)
end

local function add_memory(definition, shares)
  local parameters, rules = definition.parameters, definition.rules
  parameters.memory_limit, parameters.genome_kb = shares.memory_kb, shares.genome_kb
  rules.dna_kb = "mean_genome_equivalents*genome_kb" -- that it would hold
    .. (shares.plasmid_kb and " + " .. shares.plasmid_kb or "")
  rules.gene_dosage = "min(1, memory_limit/dna_kb)"
end

local function add_polymerases(definition, shares, classes, genes)
  definition.parameters.rna_polymerase_limit = shares.rna_polymerase
  definition.rules.rna_polymerase_demand = demand(classes, genes)
  definition.rules.rna_polymerase_engaged = "min(rna_polymerase_demand*gene_dosage,"
    .. " rna_polymerase_limit)"
end

--- Add what the shares rna_polymerase and memory_kb need to the definition of protein synthesis:
-- the rule transcription_scale above all. Returns whether that rule is there; genes of other
-- processes always have it.
function transcription_limit.add(definition, shares, classes, genes)
  local rules = definition.rules
  if not (shares.rna_polymerase or shares.memory_kb) then
    if shares.scaled or #genes > 0 then rules.transcription_scale = "1" end
    return false
  end
  rules.gene_dosage, rules.transcription_scale = "1", "gene_dosage"
  if shares.memory_kb then add_memory(definition, shares) end
  if shares.rna_polymerase then
    add_polymerases(definition, shares, classes, genes)
    rules.transcription_scale = "if(rna_polymerase_demand > 0,"
      .. " min(gene_dosage, rna_polymerase_limit/rna_polymerase_demand), gene_dosage)"
  end
  return true
end

return transcription_limit
