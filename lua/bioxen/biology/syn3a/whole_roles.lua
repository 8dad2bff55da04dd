--- What a gene does in the whole cell: of many the loss cannot matter, for nothing there needs their product.

local chromosome = require "syn3a.chromosome"
local complexes = require "syn3a.complexes"
local metabolism = require "syn3a.whole_metabolism"
local whole_genes = require "syn3a.whole_genes"

local roles = {}

-- Machines that do something beside metabolism; TopoIV, gyrase, SMC and ExoVII are made, and do nothing.
local machines = { RNAP = "transcription", Degradosome = "mRNA decay", SecYEGDF = "translocation" }

-- Proteins that act by themselves.
local alone = { replication = "0001 0044", translocation = "0039 0095 0360 0429 0518 0818 0820 0908" }

local function note(all, text, class)
  for id in (text or ""):gmatch "%f[%d]%d%d%d%d%f[%D]" do all[id] = all[id] or class end
end

-- Names of reactions by what their enzymes are, proteins and complexes.
local function reactions_by_enzyme()
  local by_enzyme = {}
  for _, r in ipairs(metabolism.reactions()) do
    for part in (r.enzyme .. " or "):gmatch "(.-) or " do
      by_enzyme[part] = by_enzyme[part] or {}
      table.insert(by_enzyme[part], r.name)
    end
  end
  return by_enzyme
end

local function reactions_by_gene()
  local by_enzyme, by_gene = reactions_by_enzyme(), {}
  local function give(id, names)
    by_gene[id] = by_gene[id] or {}
    table.move(names, 1, #names, #by_gene[id] + 1, by_gene[id])
  end
  for enzyme, names in pairs(by_enzyme) do
    if whole_genes.all().by_id[enzyme] then give(enzyme, names) end
  end
  for _, complex in ipairs(complexes.list) do
    for id in (complex[3] or ""):gmatch "(%d%d%d%d) %d" do
      if by_enzyme[complex[1]] then give(id, by_enzyme[complex[1]]) end
    end
  end
  for _, carrier in ipairs(complexes.carriers) do
    for _, r in ipairs(metabolism.reactions()) do
      for _, term in ipairs(r.taken) do
        if term[1] == carrier[2] or carrier[3][term[1]] then give(carrier[1], { r.name }) end
      end
    end
  end
  return by_gene
end

--- By number of each gene that is transcribed: { class, reactions }. Classes: "metabolism" (names of its reactions),
-- "replication", "transcription", "mRNA decay", "translation", "translocation", "membrane area" (alone), "none".
function roles.all()
  local classes, by_gene, all = {}, reactions_by_gene(), {}
  for _, complex in ipairs(complexes.list) do
    if machines[complex[1]] then note(classes, complex[3], machines[complex[1]]) end
  end
  for class, text in pairs(alone) do note(classes, text, class) end
  for _, text in ipairs { complexes.small_subunit, complexes.large_subunit, complexes.small_rna, complexes.large_rna,
    complexes.synthetases } do note(classes, text, "translation") end
  for _, row in ipairs(whole_genes.all().rows) do
    local names = by_gene[row.id] or {}
    local area = (row.path == "SRP" or row.path == "YidC") and "membrane area"
    local class = #names > 0 and "metabolism" or classes[row.id] or row.acid and "translation" or area or "none"
    all[row.id] = { class = class, reactions = names }
  end
  return all
end

--- What the gene (id or name) does in a whole cell: its class, and the names of its reactions. Whether the cell is
-- whole does not matter.
function roles.role(_, gene)
  local found = chromosome.expect(gene, "gene_role", 2)
  local role = roles.all()[found.number]
  if not role then error(("gene_role: %s is a pseudogene, which has none"):format(found.id), 2) end
  return role.class, role.reactions
end

return roles
