-- What contract.lua has run in a VM: args.what is what to look at. The answer is a table with
-- `problems`, and a `note` for people.

local problems = {}

local function problem(text, ...)
  problems[#problems + 1] = text:format(...)
end

local function expect(value, kind, what)
  if type(value) == kind then return true end
  problem("%s: a %s expected, got a %s", what, kind, type(value))
end

local function optional(value, kind, what)
  return value ~= nil and expect(value, kind, what)
end

local function sorted_keys(of)
  local names = {}
  for name in pairs(of) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local probe = {}

-- ---- the module ----

local parts = { build = "function", allocate = "function", genome = "function", genes = "function",
  essentiality = "string", processes = "table", media = "table", metrics = "function",
  functions = "table", capabilities = "table" }

local function all_functions(name)
  for key, value in pairs(organism[name] or {}) do
    expect(value, "function", ("%s.%s"):format(name, tostring(key)))
  end
end

function probe.shape()
  for _, name in ipairs { "build", "allocate", "metrics", "processes" } do
    if organism[name] == nil then problem("%s: missing", name) end
  end
  for name, value in pairs(organism) do
    if not parts[name] then problem("%s: an organism has no such part", tostring(name))
    else expect(value, parts[name], name) end
  end
  all_functions "functions"
  all_functions "capabilities"
  for name, fn in pairs(organism.functions or {}) do
    if cell[name] ~= fn then problem("functions.%s: a cell has a method of that name already", name) end
  end
  local known = {}
  for _, name in ipairs(args.methods) do known[name] = true end
  for name in pairs(organism.capabilities or {}) do
    if not known[name] then problem("capabilities.%s: the host has no method of that name", name) end
  end
  return {}
end

-- ---- values ----

local function differ(a, b)
  if a == b then return false end
  local gap, scale = math.abs(a - b), math.max(math.abs(a), math.abs(b))
  return gap == math.huge or gap > 1e-6*scale + 1e-9
end

function probe.state()
  local values = {}
  for _, name in ipairs(cell:species()) do values[name] = cell:get(name) end
  return { values = values, time = cell:time() }
end

function probe.same_state()
  local now = probe.state()
  if now.time ~= args.time then problem("the time is %g s, where %g s was expected", now.time, args.time) end
  for name, value in pairs(args.values) do
    if not now.values[name] then problem("the species %s is gone", name)
    elseif differ(now.values[name], value) then
      problem("the species %s is %g, where %g was expected", name, now.values[name], value)
    end
  end
  return {}
end

-- What the organism's metrics are after half a minute of the cell's time.
function probe.advance()
  if #cell:species() > 0 then cell:run { duration = 30 } end
  return { values = organism.metrics(cell) }
end

-- Whether this cell does something else in that time than the one whose metrics are args.values.
function probe.compare()
  local different = false
  for name, value in pairs(probe.advance().values) do
    different = different or args.values[name] == nil or differ(value, args.values[name])
  end
  return { differ = different }
end

-- ---- genome, genes, processes ----

local allowed = { essential = true, quasiessential = true, nonessential = true }

-- Essentiality, or "unknown", by id.
local function gene_ids()
  local ids = {}
  for _, gene in ipairs(organism.genes and organism.genes(cell) or {}) do
    ids[gene.id or false] = gene.essentiality or "unknown"
  end
  return ids
end

function probe.genome()
  local described = args.manifest.genome
  if not organism.genome then
    return { note = described and "none of its own; its manifest has a length" or "none" }
  end
  local own = cell:genome()
  if not described then problem "genome: missing in the manifest"
  elseif own:length() ~= described.length then
    problem("genome: %d bases, and %d in the manifest", own:length(), described.length)
  end
  if not organism.genes then return {} end
  local ids, all = gene_ids(), own:genes()
  for _, id in ipairs(all) do
    if not ids[id] then problem("genes: %s is on the genome and not among them", id) end
    ids[id] = nil
  end
  for id in pairs(ids) do problem("genes: %s is not on the genome", tostring(id)) end
  return { note = ("%d bases, %d genes"):format(own:length(), #all) }
end

local function check_gene(i, gene, seen)
  if not expect(gene, "table", ("genes[%d]"):format(i)) then return end
  if not expect(gene.id, "string", ("genes[%d].id"):format(i)) then return end
  if seen[gene.id] then problem("genes: %s comes twice", gene.id) end
  seen[gene.id] = true
  for _, key in ipairs { "name", "type", "product" } do
    optional(gene[key], "string", ("genes: %s: %s"):format(gene.id, key))
  end
  if gene.essentiality ~= nil and not allowed[gene.essentiality] then
    problem("genes: %s: essentiality %s", gene.id, tostring(gene.essentiality))
  end
end

function probe.genes()
  if not organism.genes then return { note = "none" } end
  local list = organism.genes(cell)
  local seen, classified = {}, 0
  for i, gene in ipairs(list) do
    check_gene(i, gene, seen)
    if type(gene) == "table" and gene.essentiality then classified = classified + 1 end
  end
  local described = args.manifest.genome
  if described and described.genes ~= #list then
    problem("genes: %d, and %d in the manifest", #list, described.genes)
  end
  if classified > 0 and not (type(organism.essentiality) == "string" and #organism.essentiality > 20) then
    problem "essentiality: its source expected, in a sentence"
  end
  return { note = ("%d, of which %d with essentiality"):format(#list, classified) }
end

-- A stand-in for `process` that keeps the names, called in either way.
local function recorder(names)
  return function(name, definition)
    names[name] = true
    if definition ~= nil then return process(name, definition) end
    return process(name)
  end
end

-- build, in an empty cell, defines all processes that are named; others it has are told of.
function probe.processes()
  cell:clear()
  local defined = {}
  organism.build(cell, recorder(defined), {}, nil)
  for i, row in ipairs(organism.processes) do
    expect(row.meaning, "string", ("processes[%d].meaning"):format(i))
    if expect(row.name, "string", ("processes[%d].name"):format(i)) then
      if not defined[row.name] then problem("processes: build defines no %s", row.name) end
      defined[row.name] = nil
    end
  end
  for name in pairs(defined) do problem("processes: %s is defined and not named", name) end
  return { note = ("%d"):format(#organism.processes) }
end

-- ---- media, metrics, capabilities ----

function probe.media()
  local names = sorted_keys(organism.media or {})
  if not organism.media then return { names = names } end
  if not (organism.functions and organism.functions.set_medium) then
    problem "functions.set_medium: missing, and there are media"
    return { names = names }
  end
  local well, message = pcall(cell.set_medium, cell, "no_such_medium")
  if well then problem "set_medium: took a medium that there is not"
  elseif not tostring(message):find("no_such_medium", 1, true) then
    problem("set_medium: an error that names the medium expected, got %s", tostring(message))
  end
  return { names = names }
end

local function check_metrics(when, finite)
  local metrics, count = organism.metrics(cell), 0
  for name, value in pairs(metrics) do
    count = count + 1
    if type(name) ~= "string" or type(value) ~= "number" then
      problem("metrics: %s = %s, %s", tostring(name), tostring(value), when)
    elseif value ~= value or finite and math.abs(value) == math.huge then
      problem("metrics: %s is %s, %s", name, tostring(value), when)
    end
  end
  if count == 0 then problem "metrics: none" end
  return count
end

-- Before anything has happened a doubling time may be infinite.
function probe.metrics()
  check_metrics("at the start", false)
  if #cell:species() > 0 then cell:run { duration = 60 } end
  return { note = ("%d of them"):format(check_metrics("after a minute", true)) }
end

function probe.has_capability()
  return { has = organism.capabilities ~= nil and organism.capabilities[args.capability] ~= nil }
end

-- A gene that can be transcribed; a protein's, where there are kinds.
function probe.some_gene()
  local list = organism.genes(cell)
  for _, gene in ipairs(list) do
    if gene.type == "CDS" then return { id = gene.id } end
  end
  return { id = list[1].id }
end

function probe.some_operon()
  local own = organism.genome and cell:genome()
  for _, id in ipairs(own and own:genes() or {}) do
    local operon = own:gene(id).operon
    if operon then return { id = operon } end
  end
  return probe.some_gene()
end

function probe.are_genes()
  local ids, seen = gene_ids(), {}
  for _, id in ipairs(args.ids) do
    if not ids[id] then problem("get_essential_genes: %s is none of the genes", tostring(id)) end
    if ids[id] == "nonessential" then problem("get_essential_genes: %s is nonessential", id) end
    if seen[id] then problem("get_essential_genes: %s comes twice", id) end
    seen[id] = true
  end
  return {}
end

function probe.stochastic()
  local well, run = pcall(cell.run, cell, { duration = 1, method = "ssa" })
  if not well then return { note = "not stochastic as it is built: " .. tostring(run) } end
  local values = {}
  for _, name in ipairs(run:names()) do values[name] = run:last(name) end
  values["the first random number"] = math.random()
  return { values = values }
end

local found = probe[args.what]()
found.problems = problems
return found
