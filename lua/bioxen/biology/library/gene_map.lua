--- The genes of a chromosome, found by ids and names, and its operons by a rule: genes that follow each other on the
-- same strand, their ends at most so many bases apart, are taken for one. It is no list of operons that were measured.

local function note_name(by_name, name, gene)
  if by_name[name] == nil or by_name[name] == gene then by_name[name] = gene else by_name[name] = false end
end

local function index(genes)
  local by_id, by_name = {}, {}
  for _, gene in ipairs(genes) do
    by_id[gene.id] = gene
    if gene.name then note_name(by_name, gene.name, gene) end
    for name in (gene.synonyms or ""):gmatch "[^, ]+" do note_name(by_name, name, gene) end
  end
  return by_id, by_name
end

-- Operons in order and by ids; gene.operon is set.
local function group(genes, gap)
  local operons, before = {}, nil
  for _, gene in ipairs(genes) do
    if not (before and before.strand == gene.strand and gene.start - before.stop - 1 <= gap) then
      local operon = { id = ("op%04d"):format(#operons + 1), strand = gene.strand, genes = {} }
      operons[#operons + 1], operons[operon.id] = operon, operon
    end
    local operon = operons[#operons]
    gene.operon = operon.id
    table.insert(operon.genes, gene.id)
    before = gene
  end
  return operons
end

--- A chromosome's functions. `read` is called when something first asks for genes, and gives them in the order of
-- their first bases: { id, start, stop, strand, … }, and where they have them name, synonyms ("a, b"), essentiality.
-- `operon_gap` is in bases; `unknown` is the message where a gene is looked for that is not there, with %q for it.
return function(read, operon_gap, unknown)
  local map = {}
  local genes, by_id, by_name, operons -- once read

  --- All genes in the order of their first bases, each with the id of its operon.
  function map.genes()
    if not genes then
      genes = read()
      by_id, by_name = index(genes)
      operons = group(genes, operon_gap)
    end
    return genes
  end

  --- The operons along the chromosome, and by their ids: { id, strand, genes = ids in the order of first bases }.
  function map.operons()
    map.genes()
    return operons
  end

  --- The gene of an id, or of a name that it alone has; nil and why there is none.
  function map.find(key)
    map.genes()
    local gene = by_id[key] or by_name[key]
    if gene then return gene end
    return nil, (by_name[key] == false and "several genes are named %q: give the id" or unknown):format(tostring(key))
  end

  --- The operon of an id ("op0002"), or that of a gene; nil and why there is none.
  function map.find_operon(key)
    local operon = map.operons()[key]
    if operon then return operon end
    local gene, err = map.find(key)
    if gene then return operons[gene.operon] end
    return nil, ("%s; operons are op0001 to op%04d"):format(err, #operons)
  end

  --- Ids of the genes whose class is essential.
  function map.essential_genes()
    local ids = {}
    for _, gene in ipairs(map.genes()) do
      if gene.essentiality == "essential" then ids[#ids + 1] = gene.id end
    end
    return ids
  end

  return map
end
