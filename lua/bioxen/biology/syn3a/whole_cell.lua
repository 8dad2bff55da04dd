--- The whole cell: the published kinetic model of JCVI-syn3A in its well-mixed form with complexes, birth to division.
-- docs/syn3a.md says what is the published model's, and what differs.

local check = require "library.check"
local constants = require "syn3a.constants"
local exchange = require "syn3a.whole_exchange"
local expression = require "syn3a.whole_expression"
local metabolism = require "syn3a.whole_metabolism"
local whole = require "syn3a.whole"
local whole_genes = require "syn3a.whole_genes"

local whole_cell = {}

-- A number drawn around a mean below some 700.
local function poisson(mean)
  local n, product, least = 0, math.random(), math.exp(-mean)
  while product > least do
    n, product = n + 1, product*math.random()
  end
  return n
end

-- Each mRNA of a newborn cell is a number drawn around its mean.
local function drawn_messages()
  local species = {}
  for _, row in ipairs(whole_genes.all().rows) do
    if row.messages then species["R_" .. row.id] = poisson(row.messages) end
  end
  return species
end

local function all_of(...)
  local all = {}
  for _, part in ipairs { ... } do
    for name, value in pairs(part) do all[name] = value end
  end
  return all
end

-- Promoters of rRNA that many times as strong: a repair.
local function repair_promoters(parameters, factor)
  for _, row in ipairs(whole_genes.all().rows) do
    if row.gene.type == "rRNA" then parameters["promoter_" .. row.id] = factor end
  end
end

local function define(cell, fast, options)
  local per_mM, repairs = constants.molecules_per_mm, options.repairs or {}
  local net = expression.network(options.second_rounds)
  local counted = options.counted and check.names(options.counted, "begin_whole_cell: counted", 3) or {}
  local pools = metabolism.definition(per_mM, false, { potassium = repairs.potassium, counted = counted })
  local parameters = all_of(pools.parameters, exchange.parameters(per_mM, fast))
  repair_promoters(parameters, repairs.rrna or 1)
  for _, name in ipairs(counted) do parameters["turned_" .. name] = 0 end
  cell:clear()
  process "state" { species = all_of(net.species, pools.species, drawn_messages()), parameters = parameters,
    initial = exchange.initial(net.species, per_mM) }
  process "metabolism" { reactions = pools.reactions }
  process "exchange" { exchange = exchange.steps(all_of(net.species, pools.species), per_mM, fast) }
  process "genes" { reactions = net.reactions } -- last: with each process the cell compiles all that it has
end

local function check_options(options)
  check.keys(options, { "seed", "exact", "second_rounds", "repairs", "counted" }, "begin_whole_cell")
  if options.second_rounds and options.second_rounds ~= "thornburg2022" then
    error('begin_whole_cell: second_rounds: "thornburg2022" expected, whose rule it is', 3)
  end
  check.keys(options.repairs or {}, { "potassium", "rrna" }, "begin_whole_cell: repairs")
  for name, value in pairs(options.repairs or {}) do
    check.number(value, "begin_whole_cell: repairs." .. name)
    if value == 0 then error(("begin_whole_cell: repairs.%s: more than 0 expected"):format(name), 3) end
  end
end

--- Put the whole cell, newborn, at time 0, in place of what the cell was. Options: seed (of its mRNA: each is drawn
-- around its mean), exact (true: chains come to the membrane and leave it one by one, as in the published program;
-- otherwise they are at rest at each exchange), second_rounds ("thornburg2022": the end of replication makes origins
-- for the next round, by the rule of Thornburg et al. 2022; the program of 2025 has none), counted (names of reactions
-- of metabolism: the parameter turned_PGK is then how often, forward less backward, PGK turned since birth), and
-- repairs, which are ours and not of the published model: { potassium = mM of K+ inside at which its uptake has half
-- its speed, rrna = how many times as strong promoters of rRNA are }.
function whole_cell.begin(cell, options)
  options = options or {}
  check_options(options)
  if options.seed then math.randomseed(options.seed) end
  define(cell, not options.exact, options)
  collectgarbage() -- so that copies of this cell share its memory
end

--- An error of the function `what` where the cell is not whole.
function whole_cell.expect(cell, what)
  if not whole.is_here(cell) then error(what .. ": this cell is not whole; begin_whole_cell comes first", 3) end
end

-- What live records where nothing else is asked for.
local usual = { "volume", "area", "lipid_area", "protein_area", "ribosomes", "ribosomes_active", "polymerases",
  "polymerases_active", "mRNA", "proteins_made", "gene_copies", "M_atp_c", "M_gtp_c", "M_ctp_c", "M_utp_c", "debt_ATP",
  "debt_GTP" }

local milestones = { "area_doubled_at", "replicated_at" }

local function recorded(record)
  local names, seen = {}, {}
  for i, name in ipairs(record) do names[i], seen[name] = name, true end
  for _, name in ipairs(milestones) do
    if not seen[name] then names[#names + 1] = name end
  end
  return names
end

local ready = {} -- the error that ends a run at the second when the cell is ready to divide

--- Genes that somebody added, by name: { id, beside, AT, CG }.
function whole_cell.added(cell)
  local genes = {}
  for _, name in ipairs(cell:parameters()) do
    local id = name:match "^beside_(.+)$"
    if id then
      genes[#genes + 1] = { id = id, beside = ("%04d"):format(cell:get(name) // 1 | 0), AT = cell:get("AT_" .. id),
        CG = cell:get("CG_" .. id) }
    end
  end
  table.sort(genes, function(a, b) return a.id < b.id end)
  return genes
end

local function stochastic(cell, others)
  local names = { "genes", table.unpack(others or {}) }
  for _, gene in ipairs(whole_cell.added(cell)) do names[#names + 1] = "gene_" .. gene.id end
  return names
end

--- Let the whole cell live on. Options: duration (s), every (s between rows, whole; default 60), seed, record (names;
-- default: size, machines, energy), processes (of others, whose reactions are stochastic too), to_the_end (true: it
-- lives on when it is ready to divide), tolerance (of the solver, default { relative = 1e-6, absolute = 1e-9 mM }; the
-- published program has 1e-12 mM). Returns columns by name, time (s) among them, and ready: whether it is ready to
-- divide: its area has doubled and its chromosome is replicated.
function whole_cell.live(cell, options)
  whole_cell.expect(cell, "live")
  check.keys(options, { "duration", "every", "seed", "record", "processes", "to_the_end",
    "tolerance" }, "live")
  local record, columns = options.record or usual, { time = {} }
  for _, name in ipairs(record) do columns[name] = {} end
  local every, start = options.every or 60, cell:time()
  if not (math.tointeger(every) and every >= 1) then
    error("live: every: whole seconds expected, got " .. tostring(options.every), 2)
  end
  local function stream(time, row)
    local now = row.area_doubled_at > 0 and row.replicated_at > 0
    local ends = now and not options.to_the_end and time > start
    if (time - start) % every == 0 or ends then
      table.insert(columns.time, time)
      for _, name in ipairs(record) do table.insert(columns[name], row[name]) end
    end
    if ends then error(ready, 0) end
  end
  local ok, problem = pcall(cell.run, cell, { duration = options.duration, every = 1, method = "hybrid", exchange = 1,
    stochastic = stochastic(cell, options.processes), seed = options.seed, record = recorded(record),
    stream = stream, tolerance = options.tolerance or { relative = 1e-6, absolute = 1e-9 } })
  if not ok and problem ~= ready then error(problem, 0) end
  columns.ready = cell:get "area_doubled_at" > 0 and cell:get "replicated_at" > 0
  return columns
end

--- What the cell uses now of each resource of a chassis: ribosomes that translate, polymerases that transcribe, and its
-- chromosome with what is copied of it.
function whole_cell.usage(cell)
  local one = require("syn3a.manifest").genome.length/1000
  return { ribosomes = cell:get "ribosomes_active", rna_polymerase = cell:get "polymerases_active",
    memory_kb = one*math.max(1, cell:get "gene_copies"/#whole_genes.all().rows) }
end

--- The state of the whole cell in numbers: time in s, volume in L, areas in nm², pools in mM, counts and debts in
-- molecules; sums since birth in molecules, of ATP (charging turns it into AMP, the others into ADP) and of GTP.
function whole_cell.metrics(cell)
  local all = { time = cell:time() }
  for _, name in ipairs { "volume", "area", "lipid_area", "protein_area", "ribosomes", "ribosomes_active",
    "polymerases", "polymerases_active", "degradosomes_active", "mRNA", "mRNA_free", "charged_tRNA", "proteins_made",
    "gene_copies", "initiated_at", "replicated_at", "volume_doubled_at", "area_doubled_at", "transcripts", "decays",
    "failures" } do all[name] = cell:get(name) end
  for _, name in ipairs { "ATP", "GTP", "CTP", "UTP", "dATP", "dTTP", "dCTP", "dGTP" } do
    all[name], all["debt_" .. name] = cell:get("M_" .. name:lower() .. "_c"), cell:get("debt_" .. name)
  end
  for _, name in ipairs { "charging", "transcription", "decay", "replication", "digestion", "secretion" } do
    all["ATP_for_" .. name] = cell:get("sum_" .. name)
  end
  all.ATP_in_RNA = cell:get "sum_A_in_RNA"
  all.GTP_for_translation, all.GTP_for_handover = 2*cell:get "sum_translation", 2*cell:get "sum_handover"
  return all
end

return whole_cell
