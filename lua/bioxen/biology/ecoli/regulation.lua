--- Which genes the cell has and lets act: knock-outs, and operons that are repressed. A gene that is knocked
-- out or repressed has no enzyme: reactions of the flux model whose gene rules fail stop, and where the growth
-- core transcribes it, that ends. The growth core's own classes of protein stand for no single genes.

local check = require "library.check"
local chromosome = require "ecoli.chromosome"
local expression = require "ecoli.expression"
local growth = require "ecoli.growth"
local metabolism = require "ecoli.metabolism"

local regulation = {}

local knocked_out, repressed = {}, {} -- genes by id; operons by id

--- A new cell has all of them.
function regulation.define()
  knocked_out, repressed = {}, {}
end

local function is_missing(gene)
  return knocked_out[gene.id] or repressed[gene.operon] or false
end

-- Set what is missing in the flux model.
local function update()
  local missing = {}
  for id in pairs(knocked_out) do missing[id] = true end
  for operon in pairs(repressed) do
    for _, id in ipairs(chromosome.operons()[operon].genes) do missing[id] = true end
  end
  metabolism.set_missing(missing)
end

-- A gene of the chromosome, or else one that the user's own model has.
local function genes_of(keys, what)
  local genes = {}
  for i, key in ipairs(check.names(keys, what, 3)) do
    local gene, err = chromosome.find(key)
    if not gene and not metabolism.has_gene(key) then error(("%s[%d]: %s"):format(what, i, err), 3) end
    genes[i] = gene or { id = key }
  end
  return genes
end

local function stop_transcription(cell, genes)
  local ids = {}
  for _, gene in ipairs(genes) do
    if gene.operon then ids[#ids + 1] = gene.id end
  end
  if ids[1] then growth.stop_transcription(cell, ids) end
end

--- Delete genes, by ids or names, for good, until they are restored. Returns the reactions of the flux
-- model that do not run now.
function regulation.knock_out(cell, genes)
  local found = genes_of(genes, "knock_out: genes")
  for _, gene in ipairs(found) do knocked_out[gene.id] = true end
  update()
  stop_transcription(cell, found)
  return metabolism.stopped()
end

--- Put genes back; all that were knocked out if none are named. Returns the reactions that do not run now.
function regulation.restore(_, genes)
  if genes == nil then
    knocked_out = {}
  else
    for _, gene in ipairs(genes_of(genes, "restore: genes")) do knocked_out[gene.id] = nil end
  end
  update()
  return metabolism.stopped()
end

--- Ids of the genes that are knocked out, sorted.
function regulation.knocked_out()
  local ids = {}
  for id in pairs(knocked_out) do ids[#ids + 1] = id end
  table.sort(ids)
  return ids
end

local actions = {}

function actions.activate(cell, operon)
  repressed[operon.id] = nil
  growth.start_transcription(cell, operon.genes)
  return "active"
end

function actions.repress(cell, operon)
  repressed[operon.id] = true
  growth.stop_transcription(cell, operon.genes)
  return "repressed"
end

function actions.knock_out(cell, operon)
  for _, id in ipairs(operon.genes) do knocked_out[id] = true end
  growth.stop_transcription(cell, operon.genes)
  return "knocked out"
end

function actions.restore(_, operon)
  for _, id in ipairs(operon.genes) do knocked_out[id] = nil end
  return repressed[operon.id] and "repressed" or "active"
end

-- An error at `level` if a gene of these operons is not there to be activated.
local function check_complete(operons, level)
  for _, operon in ipairs(operons) do
    for _, id in ipairs(operon.genes) do
      if knocked_out[id] then
        error(("manage_operons: %s of operon %s is knocked out: restore it first"):format(id, operon.id), level + 1)
      end
    end
  end
end

--- Operons by their ids, or by a gene in them. "repress": none of its genes is transcribed, nor has an enzyme in
-- the flux model; "activate": they have again, and are transcribed from now on; "knock_out" and "restore": their
-- genes are deleted and put back. Returns the state of each: "active", "repressed" or "knocked out".
function regulation.manage_operons(cell, ids, action)
  if not actions[action] then
    error(("manage_operons: action: activate, repress, knock_out or restore expected, got %s")
      :format(tostring(action)), 2)
  end
  local operons, states = {}, {}
  for i, key in ipairs(check.names(ids, "manage_operons: operon_ids")) do
    local operon, err = chromosome.find_operon(key)
    if not operon then error(("manage_operons: operon_ids[%d]: %s"):format(i, err), 2) end
    operons[i] = operon
  end
  if action == "activate" then check_complete(operons, 2) end
  for _, operon in ipairs(operons) do states[operon.id] = actions[action](cell, operon) end
  update()
  return states
end

--- Take genes, operons and coordinates from the genome that the VM has loaded: another annotation of NC_000913.3.
-- Returns ids by how it differs from the one before: { new, missing, moved }.
function regulation.use_genome(cell)
  if next(knocked_out) or next(repressed) or expression.count() > 0 then
    error("use_genome: genes of this cell are knocked out, repressed or followed: call it before, on a new cell", 2)
  end
  return chromosome.take_genome(cell:genome(), 2)
end

--- Transcribe genes, which the cell has to have.
function regulation.start_transcription(cell, keys)
  local ids = {}
  for i, gene in ipairs(chromosome.find_all(keys, "start_transcription: gene_ids")) do
    if is_missing(gene) then
      error(("start_transcription: gene_ids[%d]: %s is %s"):format(i, gene.id,
        knocked_out[gene.id] and "knocked out" or "repressed, with its operon " .. gene.operon), 2)
    end
    ids[i] = gene.id
  end
  return growth.start_transcription(cell, ids)
end

return regulation
