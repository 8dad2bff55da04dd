--- The model's classes of protein as genes that can be named. Each stands for all the genes of its
-- kind: what they do together, how long they are, and how much they are transcribed.
--
-- Essential is, by the model itself, a class without which the cell does not grow: as ODE, from the
-- start state or from balanced growth, with its transcription at 0. Housekeeping proteins are not:
-- the model counts what they cost, and gives them nothing to do, so that a cell without them grows
-- faster.

local check = require "library.check"
local parameters = require("library.weisse2015").per_second

local genes = {}

genes.list = {
  { id = "ribosomal", x = "r", essentiality = "essential",
    product = "ribosomes, 7549 amino acids each" },
  { id = "transporter", x = "t", essentiality = "essential",
    product = "transporters of nutrient, 300 amino acids each" },
  { id = "enzyme", x = "m", essentiality = "essential",
    product = "enzymes that make energy of nutrient, 300 amino acids each" },
  { id = "housekeeping", x = "q", essentiality = "nonessential",
    product = "housekeeping proteins, 300 amino acids each: the model has their costs alone" },
  { id = "heterologous", x = "p", essentiality = "nonessential",
    product = "a protein of no use to the cell, 300 amino acids" },
}

local by_id = {}
for _, gene in ipairs(genes.list) do
  gene.name, gene.type = gene.id, "class"
  by_id[gene.id] = gene
end

-- The genes of these ids; an error that names the one that is unknown.
local function find(ids, what, level)
  local found = {}
  for i, id in ipairs(check.names(ids, what, level + 1)) do
    found[i] = by_id[id]
    if not found[i] then
      local known = {}
      for j, gene in ipairs(genes.list) do known[j] = gene.id end
      error(("%s: no gene %q in this cell; there is: %s"):format(what, id, table.concat(known, ", ")),
        level + 1)
    end
  end
  return found
end

--- The genes, as tables of id, name, type, product and essentiality.
function genes.genes()
  local list = {}
  for i, gene in ipairs(genes.list) do
    list[i] = { id = gene.id, name = gene.name, type = gene.type, product = gene.product,
      essentiality = gene.essentiality }
  end
  return list
end

--- The ids of those without which the cell does not grow.
function genes.get_essential_genes()
  local ids = {}
  for _, gene in ipairs(genes.list) do
    if gene.essentiality == "essential" then ids[#ids + 1] = gene.id end
  end
  return ids
end

-- A heterologous gene whose rate nobody has set gets the promoter of an enzyme's.
local function activate(cell, gene)
  cell:set("on_" .. gene.x, 1)
  if gene.x == "p" and cell:get "wp" == 0 then cell:set("wp", parameters.we) end
end

--- Transcribe these classes from now on, at the rates of the model.
function genes.start_transcription(cell, ids)
  for _, gene in ipairs(find(ids, "start_transcription", 2)) do activate(cell, gene) end
  return true
end

--- "activate" or "repress" the transcription of classes; what there is of mRNA and protein stays.
-- Returns the state of each: "active" or "repressed".
function genes.manage_operons(cell, ids, action)
  if action ~= "activate" and action ~= "repress" then
    error(('manage_operons: action "activate" or "repress" expected, got %s'):format(
      tostring(action)), 2)
  end
  local states = {}
  for _, gene in ipairs(find(ids, "manage_operons", 2)) do
    if action == "activate" then activate(cell, gene) else cell:set("on_" .. gene.x, 0) end
    states[gene.id] = action == "activate" and "active" or "repressed"
  end
  return states
end

return genes
