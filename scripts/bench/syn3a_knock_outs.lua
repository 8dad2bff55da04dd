-- Null knock-outs of the whole cell of syn3a by forking: one newborn cell is copied, once for each gene, and each copy
-- loses a gene, its RNA, its product and the complexes with it. All live on with the same seed as the wild type.
--
--   bioxen scripts/bench/syn3a_knock_outs.lua run FILE SECONDS [numbers of genes]
--     lets them live so long; "cycle" in place of SECONDS: as long as the wild type needs to be ready to divide, and
--     those that are not by then as long again. No genes: those with a role but the membrane's area, in the order of
--     their starts. Each life is a line of JSON of FILE, written when it is known, and not run again.
--   bioxen scripts/bench/syn3a_knock_outs.lua table FILE
--     says of each gene what its loss did beside the wild type. By ten and thirty minutes: chains and lipid area of the
--     second half, gene copies made by then. Of a cycle: chains in the last hour, and when the area had doubled;
--     "stopped" is less than a quarter of the wild type's chains in the last hour, or no doubling of the area, or no
--     chromosome replicated, in twice the wild type's time. Where ../shared/facts is, beside single cells of an
--     independent program, by ten minutes.
--   bioxen scripts/bench/syn3a_knock_outs.lua page FILE
--     the tables of docs/syn3a_genes.md.

local bioxen = require "bioxen"
local json = require "bioxen.json"

local what, path = arg[1], arg[2]
assert(what == "run" and arg[3] or what == "table" or what == "page",
  "run FILE SECONDS|cycle [genes], table FILE, or page FILE")
assert(path, "which file?")

local SEED = 1
local names = { "proteins_made", "failures", "transcripts", "lipid_area", "area", "gene_copies", "M_atp_c", "M_gtp_c" }

-- Lives, by gene ("wild" is nobody's) and how long they were to be.
local function read()
  local file, lives = io.open(path), {}
  for line in file and file:lines() or function() end do
    local life = assert(json.decode(line))
    lives[life.locus] = lives[life.locus] or {}
    table.insert(lives[life.locus], life)
  end
  if file then file:close() end
  return lives
end

local function write(life)
  local file = assert(io.open(path, "a"))
  assert(file:write(json.line(life), "\n"))
  file:close()
end

local function longest(lives)
  local best
  for _, life in ipairs(lives or {}) do
    if not best or life.time[#life.time] > best.time[#best.time] then best = life end
  end
  return best
end

local function execute(vm, code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 36000 })).result
end

local lives_on = [[
  local function note(t, more)
    for name, column in pairs(more) do
      for i = 2, type(column) == "table" and #column or 0 do table.insert(t[name], column[i]) end
    end
  end
  if args.locus ~= "wild" then cell:knock_out("JCVISYN3A_" .. args.locus) end
  local t = cell:live { duration = args.seconds, every = 60, seed = args.seed, to_the_end = true, record = args.names }
  if args.again and not t.ready then
    note(t, cell:live { duration = args.seconds, every = 60, seed = args.seed + 1, to_the_end = true,
      record = args.names })
  end
  t.ready = nil
  for _, name in ipairs { "initiated_at", "replicated_at", "volume_doubled_at", "area_doubled_at" } do
    t[name] = cell:get(name)
  end
  return t ]]

local function live(newborn, locus, seconds, again)
  local copy <close> = assert(newborn:fork("without-" .. locus))
  local life = execute(copy, lives_on, { locus = locus, seconds = seconds, again = again, seed = SEED, names = names })
  life.locus = locus
  write(life)
  return life
end

-- The genes with a role, in order.
local function with_roles(vm)
  return execute(vm, [[
    local all, list = require("syn3a.whole_roles").all(), {}
    for _, row in ipairs(require("syn3a.whole_genes").all().rows) do
      local class = all[row.id].class
      if class ~= "none" and class ~= "membrane area" then list[#list + 1] = row.id end
    end
    return list ]])
end

-- The wild type's life, and when it is ready to divide: whole minutes.
local function wild_type(newborn, lives, seconds)
  local wild = longest(lives.wild)
  if not wild or wild.time[#wild.time] < seconds then wild = live(newborn, "wild", seconds) end
  local ready = math.max(wild.area_doubled_at, wild.replicated_at)
  return wild, math.ceil(ready/60)*60
end

local function run()
  local newborn <close> = assert(bioxen.create_bio_vm("newborn", "syn3a", "basic", { memory = 512*2^20 }))
  assert(newborn:start())
  execute(newborn, "cell:begin_whole_cell { seed = args }", SEED)
  local lives, cycle = read(), arg[3] == "cycle"
  local _, ready = wild_type(newborn, lives, cycle and 9000 or tonumber(arg[3]))
  local seconds = cycle and ready or tonumber(arg[3])
  local genes = #arg > 3 and table.move(arg, 4, #arg, 1, {}) or with_roles(newborn)
  for _, locus in ipairs(genes) do
    local known = longest(lives[locus])
    if not known or known.time[#known.time] < seconds then live(newborn, locus, seconds, cycle) end
  end
end

-- ---- what it did

-- How much a column grew from one time to another, both in s.
local function gain(life, name, from, to)
  return life[name][to//60 + 1] - life[name][from//60 + 1]
end

local function chains(life, from, to)
  return gain(life, "proteins_made", from, to) + gain(life, "failures", from, to)
end

-- What was lost by then, as words and the share of the chains that the wild type finished.
local function seen_by(life, wild, time)
  local half, words = time//2//60*60, {}
  local share = chains(life, half, time)/chains(wild, half, time)
  if share < 0.25 then words[1] = "stops expression"
  elseif share < 0.75 then words[1] = "slows expression" end
  if gain(life, "gene_copies", 0, time) < 0.1*gain(wild, "gene_copies", 0, time) then
    words[#words + 1] = "no replication"
  end
  if gain(life, "lipid_area", half, time) < 0.8*gain(wild, "lipid_area", half, time) then
    words[#words + 1] = "slows lipids"
  end
  return #words > 0 and table.concat(words, "; ") or "nothing to be seen", share
end

-- Of a cell that lived for the wild type's cycle, or for twice that: words, the share of chains in its last hour, and
-- when its area had doubled, of the wild type's time.
local function seen_in_a_cycle(life, wild, ready)
  local last, words = life.time[#life.time]//60*60, {}
  local share = chains(life, last - 3600, last)/chains(wild, ready - 3600, ready)
  local doubled, replicated = life.area_doubled_at, life.replicated_at
  if last < 2*ready - 60 and (doubled == 0 or replicated == 0) then return "not yet known", share, doubled/ready end
  if share < 0.25 then words[#words + 1] = "expression" end
  if doubled == 0 then words[#words + 1] = "area" end
  if replicated == 0 then words[#words + 1] = "replication" end
  return #words > 0 and "stopped: " .. table.concat(words, ", ") or "lives", share, doubled/ready
end

local function theirs()
  local file, known = io.open "../shared/facts/syn3a_oracle_knockouts_null_600s.tsv", {}
  for line in file and file:lines() or function() end do
    local row = {}
    for value in (line .. "\t"):gmatch "(.-)\t" do row[#row + 1] = value end
    known[row[1]] = { tonumber(row[5]), row[#row] }
  end
  if file then file:close() end
  return known
end

-- The wild type's life, and the time of its division in whole minutes; genes in order.
local function read_all()
  local lives, order = read(), {}
  local wild = assert(longest(lives.wild), "the wild type did not live yet")
  for locus in pairs(lives) do order[#order + 1] = locus ~= "wild" and locus or nil end
  table.sort(order)
  return lives, wild, math.ceil(math.max(wild.area_doubled_at, wild.replicated_at)/60)*60, order
end

-- { lived (min), what was seen by 10 and 30 min with shares of chains, what in a cycle with share and area's doubling }
local function results_of(life, wild, ready)
  local last = life.time[#life.time]
  local row = { lived = last//60 }
  for _, minutes in ipairs { 10, 30 } do
    if last >= 60*minutes then row[minutes], row["share" .. minutes] = seen_by(life, wild, 60*minutes) end
  end
  if ready > 0 and last >= ready then row.cycle, row.share, row.area = seen_in_a_cycle(life, wild, ready) end
  return row
end

local function print_table()
  local lives, wild, ready, order = read_all()
  local known = theirs()
  print(("wild type: ready to divide after %.1f min; chains in its last hour: %d"):format(ready/60,
    ready > 0 and chains(wild, ready - 3600, ready) or 0))
  print("gene\tlived, min\tby 10 min\tchains\tby 30 min\tchains\tin a cycle\tchains, last hour\tarea doubled"
    .. "\ttheirs, 10 min")
  for _, locus in ipairs(order) do
    local r = results_of(longest(lives[locus]), wild, ready)
    print(("%s\t%d\t%s\t%.2f\t%s\t%.2f\t%s\t%.2f\t%.2f\t%s"):format(locus, r.lived, r[10] or "", r.share10 or 0/0,
      r[30] or "", r.share30 or 0/0, r.cycle or "", r.share or 0/0, r.area or 0/0,
      known[locus] and ("%.2f %s"):format(table.unpack(known[locus])) or ""))
  end
end

local function text_of(words, share)
  return words and ("%s; %.2f"):format(words, share) or ""
end

-- Counts of what was seen, by class of transposons; what was seen in a cycle without why it stopped.
local function print_counts(title, seen)
  local order = {}
  for name in pairs(seen) do order[#order + 1] = name end
  table.sort(order)
  print(("| %s | essential | quasiessential | nonessential | RNA |\n|---|---|---|---|---|"):format(title))
  for _, name in ipairs(order) do
    local n = seen[name]
    print(("| %s | %d | %d | %d | %d |"):format(name, n.essential or 0, n.quasiessential or 0, n.nonessential or 0,
      n.RNA or 0))
  end
  print ""
end

local function genes()
  local vm <close> = assert(bioxen.create_bio_vm("genes", "syn3a"))
  assert(vm:start())
  return execute(vm, [[
    local all, list = require("syn3a.whole_roles").all(), {}
    for i, row in ipairs(require("syn3a.whole_genes").all().rows) do
      local role = all[row.id]
      list[i] = { row.id, row.gene.name or "", row.gene.essentiality or "RNA", role.class,
        table.concat(role.reactions, " ") }
    end
    return list ]])
end

local function print_page()
  local lives, wild, ready = read_all()
  local lines, counts = {}, { {}, {}, {} }
  for _, gene in ipairs(genes()) do
    local locus, name, class, role, reactions = table.unpack(gene)
    local r = lives[locus] and results_of(longest(lives[locus]), wild, ready) or {}
    local not_run = role == "none" and "nothing: no role" or role == "membrane area" and "its area" or nil
    local seen = { r[10] or not_run, r[30] or not_run, r.cycle and r.cycle:match "^%a+" or not_run }
    for i = 1, 3 do
      local what_was = seen[i] or "not run"
      counts[i][what_was] = counts[i][what_was] or {}
      counts[i][what_was][class] = (counts[i][what_was][class] or 0) + 1
    end
    lines[#lines + 1] = ("| %s | %s | %s | %s | %s | %s | %s | %s |"):format(locus, name,
      class == "RNA" and "" or class:sub(1, 1):upper(), role .. (reactions ~= "" and ": " .. reactions or ""),
      not_run or text_of(r[10], r.share10),
      text_of(r[30], r.share30), text_of(r.cycle, r.share), r.lived and ("%d"):format(r.lived) or "")
  end
  print_counts("loss, by 10 min", counts[1])
  print_counts("loss, by 30 min", counts[2])
  print_counts("loss, in a cycle", counts[3])
  print "| gene | name | class | role | by 10 min | by 30 min | in a cycle | lived, min |"
  print "|---|---|---|---|---|---|---|---|"
  print(table.concat(lines, "\n"))
end

if what == "run" then run() elseif what == "table" then print_table() else print_page() end
