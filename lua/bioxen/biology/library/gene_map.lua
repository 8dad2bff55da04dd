--- The genes of a chromosome, found by ids and names, and its operons by a rule: genes that follow each other on the
-- same strand, their ends at most so many bases apart, are taken for one, unless an operon is known.

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

-- The names of known operons by their genes, which must all be there.
local function names_of_known(known, by_name)
  local names = {}
  for _, row in ipairs(known) do
    local genes, complete = {}, true
    for name in row[2]:gmatch "%S+" do
      genes[#genes + 1] = by_name[name] or nil
      complete = complete and by_name[name]
    end
    for _, gene in ipairs(complete and genes or {}) do names[gene] = row[1] end
  end
  return names
end

-- Operons in order and by ids, and how many the rule makes; gene.operon is set. The rule's number of one that is known
-- is that operon's id, too.
local function group(genes, gap, known)
  local operons, number, before = {}, 0, nil
  for _, gene in ipairs(genes) do
    local follows = before and before.strand == gene.strand and gene.start - before.stop - 1 <= gap
    if not follows then number = number + 1 end
    local numbered = ("op%04d"):format(number)
    local id = known[gene] or numbered
    if not operons[id] or operons[id].id ~= id then
      operons[#operons + 1] = { id = id, strand = gene.strand, genes = {} }
      operons[id] = operons[#operons]
    end
    operons[numbered] = operons[numbered] or operons[id]
    gene.operon = id
    table.insert(operons[id].genes, gene.id)
    before = gene
  end
  return operons, number
end

--- A chromosome's functions. `read` is called when something first asks for genes, and gives them in the order of
-- their first bases: { id, start, stop, strand, … }, and where they have them name, synonyms ("a, b"), essentiality.
-- `operon_gap` is in bases; `unknown` is the message where a gene is looked for that is not there, with %q for it;
-- `known` are operons that the rule is not asked about, perhaps: { name, "names of its genes" }.
return function(read, operon_gap, unknown, known)
  local map = {}
  local genes, by_id, by_name, operons, by_rule -- once read

  --- From now on these are the genes, as `read` gives them.
  function map.take(list)
    genes = list
    by_id, by_name = index(genes)
    operons, by_rule = group(genes, operon_gap, names_of_known(known or {}, by_name))
  end

  --- All genes in the order of their first bases, each with the id of its operon.
  function map.genes()
    if not genes then map.take(read()) end
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

  --- The operon of an id ("op0002", or the name of one that is known), or that of a gene; nil and why there is none.
  function map.find_operon(key)
    local operon = map.operons()[key]
    if operon then return operon end
    local gene, err = map.find(key)
    if gene then return operons[gene.operon] end
    return nil, ("%s; operons are op0001 to op%04d%s"):format(err, by_rule,
      known and ", and by name those that are known, such as " .. known[1][1] or "")
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
