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
  essentiality = "string", processes = "table", media = "table", metrics = "function", usage = "function",
  functions = "table", capabilities = "table", compartments = "table", divide = "function", undivided = "table",
  diluted = "boolean", divisions = "function", exchange = "table" }

local function all_functions(name)
  for key, value in pairs(organism[name] or {}) do
    expect(value, "function", ("%s.%s"):format(name, tostring(key)))
  end
end

local relied_on = { run = true, ensemble = true, get = true, set = true, time = true, species = true, reset = true,
  clear = true, genome = true }

-- Each is told by the manifest, and takes no name that others rely on.
local function check_functions()
  for name in pairs(organism.functions or {}) do
    if relied_on[name] then problem("functions.%s: every cell has a method of that name", name) end
    if not args.functions[name] then problem("functions.%s: the manifest does not tell of it", name) end
  end
  for name in pairs(args.functions) do
    if not (organism.functions or {})[name] then problem("functions.%s: only the manifest has it", name) end
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
  for name, fn in pairs(organism.exchange or {}) do
    if name ~= "knows" and name ~= "live" then problem("exchange.%s: an exchange has knows and live", tostring(name))
    else expect(fn, "function", "exchange." .. name) end
  end
  if organism.exchange and not (organism.exchange.knows and organism.exchange.live) then
    problem "exchange: knows and live expected"
  end
  check_functions()
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
  if type(a) ~= "number" or type(b) ~= "number" then return true end
  local gap, scale = math.abs(a - b), math.max(math.abs(a), math.abs(b))
  return gap == math.huge or gap > 1e-6*scale + 1e-9
end

local function values_of(names, values)
  for _, name in ipairs(names) do values[name] = cell:get(name) end
  return values
end

local function metrics()
  local found = organism.metrics(cell)
  return expect(found, "table", "metrics") and found or {}
end

-- Species, these, and metrics, which may have a species' name.
local function all_values(names)
  local values = values_of(names, values_of(cell:species(), {}))
  for name, value in pairs(metrics()) do values["metrics." .. tostring(name)] = value end
  return values
end

function probe.state()
  return { values = values_of(cell:parameters(), values_of(cell:species(), {})), time = cell:time() }
end

function probe.same_state()
  local now = probe.state()
  if now.time ~= args.time then problem("the time is %g s, where %g s was expected", now.time, args.time) end
  for name, value in pairs(args.values) do
    if not now.values[name] then problem("%s is gone", name)
    elseif differ(now.values[name], value) then
      problem("%s is %g, where %g was expected", name, now.values[name], value)
    end
  end
  return {}
end

-- Species, rules and metrics after half a minute of the cell's time, or args.duration. With args.species they are
-- species alone, if these have changed: of a cell that lives, other numbers may tell of a limit that has no effect.
function probe.advance()
  local before, moved = values_of(cell:species(), {}), false
  if next(before) then cell:run { duration = args.duration or 30 } end
  local values = values_of(cell:species(), {})
  for name, value in pairs(values) do moved = moved or differ(value, before[name]) end
  if args.species and moved then return { values = values } end
  return { values = all_values(cell:rules()) }
end

-- Whether this cell does something else in that time than the one of which args.values are.
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

-- ---- rates ----

local function copy_of(of)
  local copy = {}
  for key, value in pairs(of or {}) do copy[key] = value end
  return copy
end

-- Define it with a rule for each k and each rate, which tells its value. Returns what these are of.
local function define_watched(name, definition, count)
  local copy, rates = copy_of(definition), {}
  copy.rules = copy_of(definition.rules)
  for i, reaction in ipairs(definition.reactions or {}) do
    local rule = ("checked_rate_%d"):format(count + i)
    rates[i] = { rule = rule, equation = reaction[1], k = reaction.k }
    copy.rules[rule] = reaction.k or reaction.rate
  end
  process(name, copy)
  return rates
end

-- A stand-in for `process`, called in either way, that keeps the rates by the names of processes.
local function recorder(rates)
  local count = 0
  local function define(name, definition)
    local well, watched = pcall(define_watched, name, definition, count)
    if not well then return process(name, definition) end -- not all that a rate can be is a rule
    rates[name], count = watched, count + #watched
  end
  return function(name, definition)
    rates[name] = {}
    if definition ~= nil then return define(name, definition) end
    return function(late) return define(name, late) end
  end
end

-- Constants of mass action can't be negative. A formula can, as the net of two, but what it changes can't.
local function check_rates(rates)
  if #cell:species() == 0 then return end
  cell:run { duration = 60 }
  local negative = {}
  for _, name in ipairs(sorted_keys(rates)) do
    for _, rate in ipairs(rates[name]) do
      local value = cell:get(rate.rule)
      if value < 0 then
        if rate.k then problem("%s: reaction %q: k is %g, and cannot be negative", name, rate.equation, value) end
        negative[#negative + 1] = ("%q has a rate of %g"):format(rate.equation, value)
      end
    end
  end
  for _, name in ipairs(cell:species()) do
    local value = cell:get(name)
    if value < -1e-6 then
      problem("processes: there are %g molecules of %s after a minute%s", value, name,
        negative[1] and ": " .. table.concat(negative, ", ", 1, math.min(#negative, 3)) or "")
    end
  end
end

-- build, in an empty cell, defines all processes that are named; others it has are told of.
function probe.processes()
  cell:clear()
  local defined = {} -- rates by name
  organism.build(cell, recorder(defined), {}, nil)
  check_rates(defined)
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

-- ---- compartments, divisions ----

local function set_of(names, what)
  local set = {}
  for i, name in ipairs(names) do
    if expect(name, "string", ("%s[%d]"):format(what, i)) then set[name] = true end
  end
  return set
end

local function check_volume(place, litres, when)
  if type(litres) == "string" then
    local well, value = pcall(cell.get, cell, litres)
    if not well then return problem("%s.litres: the cell has no %s", place, litres) end
    litres = value
  end
  if type(litres) ~= "number" or not (litres > 0 and litres < math.huge) then
    problem("%s.litres: a volume above 0, or the name of one, expected, got %s %s", place, tostring(litres), when)
  end
end

local function check_compartment(i, compartment, seen, known)
  local place = ("compartments[%d]"):format(i)
  if not expect(compartment, "table", place) or not expect(compartment.name, "string", place .. ".name") then return end
  if seen[compartment.name] then problem("%s: a second %s", place, compartment.name) end
  seen[compartment.name] = compartment
  for key in pairs(compartment) do
    if not ({ name = 1, litres = 1, species = 1, inside = 1 })[key] then
      problem("%s.%s: name, litres, species or inside expected", place, tostring(key))
    end
  end
  check_volume(place, compartment.litres, "at the start")
  if compartment.species ~= nil and expect(compartment.species, "table", place .. ".species") then
    for name in pairs(set_of(compartment.species, place .. ".species")) do
      if known[name] == nil then problem("%s: the cell has no species %s", place, name)
      elseif known[name] then problem("%s: %s is in %s, too", place, name, known[name])
      else known[name] = compartment.name end
    end
  end
end

-- Each lies in another, or in none, and not in a circle.
local function check_nesting(list, seen)
  for i, compartment in ipairs(list) do
    local outer, steps = compartment, 0
    while outer and outer.inside ~= nil and steps <= #list do
      if not seen[outer.inside] then
        problem("compartments[%d].inside: there is no compartment %s", i, tostring(outer.inside))
      end
      outer, steps = seen[outer.inside], steps + 1
    end
    if steps > #list then problem("compartments[%d].inside: %s lies in itself", i, compartment.name) end
  end
end

-- Each species is in one of them, and all have a volume, then and after a minute.
function probe.compartments()
  local list, known, seen, rest = organism.compartments, {}, {}, 0
  if not list then return { note = "none" } end
  if #list == 0 then problem "compartments: none in the list" end
  for _, name in ipairs(cell:species()) do known[name] = false end
  for i, compartment in ipairs(list) do check_compartment(i, compartment, seen, known) end
  if problems[1] then return {} end
  check_nesting(list, seen)
  for _, compartment in ipairs(list) do rest = rest + (compartment.species and 0 or 1) end
  if rest > 1 then problem "compartments: two have no species listed: one has all that no other has" end
  for _, name in ipairs(sorted_keys(known)) do
    if rest == 0 and not known[name] then problem("compartments: %s is in none of them", name) end
  end
  if #cell:species() > 0 then cell:run { duration = 60 } end
  for i, compartment in ipairs(list) do
    check_volume(("compartments[%d]"):format(i), compartment.litres, "after a minute")
  end
  return { note = ("%d"):format(#list) }
end

local function check_metrics(when, finite)
  local count = 0
  for name, value in pairs(metrics()) do
    count = count + 1
    if type(name) ~= "string" or type(value) ~= "number" then
      problem("metrics: %s = %s, %s", tostring(name), tostring(value), when)
    elseif value ~= value or finite and math.abs(value) == math.huge then
      problem("metrics: %s is %s, %s", name, tostring(value), when)
    end
  end
  if count == 0 and #organism.processes > 0 then problem "metrics: none" end
  return count
end

-- What one daughter and the other have of a species, of what the mother had: of a cell of a constant size, which
-- growth dilutes, twice that.
local function check_shared(name, before, own, other, undivided)
  local all = (organism.diluted and not undivided and 2 or 1)*before
  if type(other) ~= "number" then
    problem("divide: molecules of %s for the other daughter expected, got %s", name, tostring(other))
  elseif undivided then
    if differ(own, all) or differ(other, all) then
      problem("divide: %s is undivided, and %g and %g of %g", name, own, other, all)
    end
  elseif own < 0 or other < 0 or differ(own + other, all) then
    problem("divide: %s: %g and %g are not the mother's %g: share them out, or list it in undivided", name, own, other,
      all)
  elseif all == all//1 and own ~= own//1 then
    problem("divide: %s: %g of %g whole molecules", name, own, all)
  end
end

local function has_finite_metrics()
  for _, value in pairs(metrics()) do
    if value ~= value or math.abs(value) == math.huge then return false end
  end
  return true
end

-- The mother's molecules are those of the daughters, none is negative, and both live on, as well as she did.
local function check_division(undivided)
  local finite = has_finite_metrics()
  local before, time = values_of(cell:species(), {}), cell:time()
  local other = organism.divide(cell)
  if not expect(other, "table", "divide: what the other daughter has") then return {} end
  local own = values_of(cell:species(), {})
  for _, name in ipairs(sorted_keys(before)) do
    if own[name] == nil then problem("divide: %s is gone", name)
    else check_shared(name, before[name], own[name], other[name], undivided[name]) end
  end
  for name in pairs(other) do
    if before[name] == nil then problem("divide: the mother has no species %s", tostring(name)) end
  end
  if cell:time() ~= time then problem("divide: the time is %g s, where %g s was expected", cell:time(), time) end
  if problems[1] then return {} end
  for _, daughter in ipairs { own, other } do
    cell:set(daughter)
    cell:run { duration = 60 }
    check_metrics("a minute after a division", finite)
  end
  return other
end

function probe.division()
  local undivided = set_of(organism.undivided or {}, "undivided")
  if not organism.divide then
    if organism.undivided then problem "undivided: there is no divide" end
    return { note = "none" }
  end
  for name in pairs(undivided) do
    if not pcall(cell.get, cell, name) then problem("undivided: the cell has no species %s", name) end
  end
  if #cell:species() == 0 then
    problem "divide: the cell has no species to share out"
    return {}
  end
  cell:run { duration = 60 }
  check_division(undivided)
  for _, name in ipairs(cell:species()) do cell:set(name, math.floor(cell:get(name))) end
  return { values = check_division(undivided), note = "the daughters have what the mother had" }
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

local resources = { ribosomes = true, rna_polymerase = true, atp_percentage = true, memory_kb = true }

-- An organism that does not know what it uses of a chassis has no such function.
local function check_usage(when)
  local found = organism.usage and organism.usage(cell)
  for name, value in pairs(organism.usage and expect(found, "table", "usage") and found or {}) do
    if not resources[name] then
      problem("usage: a chassis has no %s", tostring(name))
    elseif type(value) ~= "number" or not (value >= 0 and value < math.huge) then
      problem("usage: %s is %s, %s", name, tostring(value), when)
    end
  end
end

-- Before anything has happened a doubling time may be infinite.
function probe.metrics()
  check_metrics("at the start", false)
  check_usage "at the start"
  if #cell:species() > 0 then cell:run { duration = 60 } end
  check_usage "after a minute"
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

-- The operons that genes name, in the genes' order; genes themselves where none does.
local function all_operons()
  local own = organism.genome and cell:genome()
  local operons, seen = {}, {}
  for _, id in ipairs(own and own:genes() or {}) do
    local operon = own:gene(id).operon
    if operon and not seen[operon] then
      operons[#operons + 1] = operon
      seen[operon] = true
    end
  end
  if operons[1] then return operons end
  for i, gene in ipairs(organism.genes(cell)) do operons[i] = gene.id end
  return operons
end

function probe.some_operon()
  return { id = all_operons()[1] }
end

function probe.are_genes()
  local ids, seen = gene_ids(), {}
  for _, id in ipairs(args.ids) do
    if not ids[id] then problem("get_essential_genes: %s is none of the genes", tostring(id)) end
    if ids[id] == "nonessential" then problem("get_essential_genes: %s is nonessential", id) end
    if seen[id] then problem("get_essential_genes: %s comes twice", id) end
    seen[id] = true
  end
  for _, id in ipairs(sorted_keys(ids)) do
    if ids[id] == "essential" and not seen[id] then problem("get_essential_genes: %s is missing, and essential", id) end
  end
  return {}
end

-- Whether no species, parameter or metric is other than in `before`.
local function is_same(before)
  for name, value in pairs(all_values(cell:parameters())) do
    if before[name] == nil or differ(value, before[name]) then return false end
  end
  return true
end

-- To repress all operons changes the cell; so does then a gene that is transcribed again, unless that is refused.
function probe.operons_act()
  local has, operons = organism.capabilities, all_operons()
  local before = all_values(cell:parameters())
  has.manage_operons(cell, operons, "repress")
  if is_same(before) then
    problem "manage_operons: to repress all operons changes nothing: neither species, parameters nor metrics"
  elseif has.start_transcription then
    before = all_values(cell:parameters())
    local well = pcall(has.start_transcription, cell, { probe.some_gene().id })
    if well and is_same(before) then
      problem "start_transcription: of a gene whose operon is repressed it changes nothing"
    end
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
