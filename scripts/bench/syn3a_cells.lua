-- Many whole cells of syn3a beside the figures that its model is known by: each lives 7,200 s, with a seed of its own.
-- Means, the standard deviation over cells, and how many of ten lie within what is known. Figures: published
-- (abundance, half-life, doubling) and of single cells of an independent program of the same model, whose chance is
-- some 3 %. Where ../shared/facts is, proteins by gene, way and abundance stand beside the published means, too.
-- What each cell did is a line of JSON of a file, written as soon as it is known: seeds that stand there are not run
-- again, and the figures are of all that stand there, so that it may be stopped, and gone on with.
-- Run: build/bin/bioxen scripts/bench/syn3a_cells.lua [cells, else 4] [first seed, else 1] [VMs, else 1]
--   [file, else out/syn3a_cells.jsonl] ["exact"]

local bioxen = require "bioxen"
local json = require "bioxen.json"

local cells, first, many = tonumber(arg[1] or 4), tonumber(arg[2] or 1), tonumber(arg[3] or 1)
local path, exact = arg[4] or assert(bioxen.out "syn3a_cells.jsonl"), arg[5] == "exact"

local life = [[
  local seed = args.seed
  cell:begin_whole_cell { seed = seed, exact = args.exact }
  local debts = { "ATP", "GTP", "CTP", "UTP", "dATP", "dTTP", "dCTP", "dGTP" }
  local record, pools = { "area", "ribosomes", "polymerases", "mRNA", "decays" }, {}
  for _, name in ipairs(cell:species()) do
    if name:find "^M_" then pools[#pools + 1], record[#record + 1] = name, name end
  end
  for i, name in ipairs(debts) do record[#record + 1] = "debt_" .. name end
  local clock = os.clock()
  local t = cell:live { duration = 7200, every = 1, seed = seed, to_the_end = true, record = record }
  clock = os.clock() - clock
  local m = organism.metrics(cell)
  local function at(name, time) return t[name][time // 1 + 1] end
  local division = m.area_doubled_at > 0 and math.max(m.area_doubled_at, m.replicated_at) or 7200
  local got = { initiated = m.initiated_at/60, replication = (m.replicated_at - m.initiated_at)/60,
    volume_doubled = m.volume_doubled_at/60, area_doubled = m.area_doubled_at > 0 and m.area_doubled_at/60 or nil,
    ribosomes = at("ribosomes", division), polymerases = at("polymerases", division),
    mRNA_division = at("mRNA", division), ATP = at("M_atp_c", 5400), GTP = at("M_gtp_c", 5400),
    CTP = at("M_ctp_c", 5400), UTP = at("M_utp_c", 5400), K = at("M_k_c", 5400), dATP = at("M_datp_c", 5400),
    failures = m.failures, processor = clock }
  local mRNA = 0
  for time = 120, 3599 do mRNA = mRNA + at("mRNA", time)/3480 end
  got.mRNA_first_hour = mRNA
  got.half_life = math.log(2)*mRNA/((at("decays", 3600) - at("decays", 120))/3480)/60
  -- the least of any pool, at any second; most owed of each, and for how long
  got.least_pool = math.huge
  for _, name in ipairs(pools) do
    for _, value in ipairs(t[name]) do
      if not (value >= got.least_pool) then got.least_pool = value end
    end
  end
  got.debt_age = 0
  for _, name in ipairs(debts) do
    local most, since = 0, 0
    for _, owed in ipairs(t["debt_" .. name]) do
      most, since = math.max(most, owed), owed > 0 and since + 1 or 0
      got.debt_age = math.max(got.debt_age, since)
    end
    got["debt_" .. name] = most
  end
  local genes, made, born, ratio = {}, 0, 0, 0
  for _, row in ipairs(require("syn3a.whole_genes").all().rows) do
    if row.chain then
      local n = cell:get("made_" .. row.id)
      genes[row.id] = n
      ratio, made, born = ratio + (1 + n/row.total)/455, made + n, born + row.total
    end
  end
  got.proteins, got.proteins_weighted = ratio, 1 + made/born
  return { seed = seed, got = got, made = genes } ]]

-- name, unit, least and most that is known
local figures = {
  { "initiated", "min", 0.8, 1.4 }, { "replication", "min", 40, 48 }, { "volume_doubled", "min", 70, 78 },
  { "area_doubled", "min", 104, 118 }, { "proteins", "x, 7,200 s", 1.90, 2.15 },
  { "proteins_weighted", "x, 7,200 s", 2.02, 2.07 }, { "ribosomes", "at division", 760, 820 },
  { "polymerases", "at division", 155, 205 }, { "mRNA_first_hour", "", 360, 400 },
  { "mRNA_division", "", 420, 620 }, { "half_life", "min", 3.0, 3.9 }, { "ATP", "mM, 90 min", 2.5, 5 },
  { "GTP", "mM, 90 min", 0, 1 }, { "CTP", "mM, 90 min", 0.05, 1.3 }, { "UTP", "mM, 90 min", 0.02, 0.08 },
  { "K", "mM, 90 min", 75, 87 }, { "dATP", "mM, 90 min", 14.5, 18.5 }, { "least_pool", "mM, any time", 0, 0.1 },
  { "debt_ATP", "molecules at most", 0, 0 }, { "debt_GTP", "molecules at most", 0, 60000 },
  { "debt_CTP", "molecules at most" }, { "debt_UTP", "molecules at most" }, { "debt_dATP", "molecules at most" },
  { "debt_dTTP", "molecules at most" }, { "debt_dCTP", "molecules at most" }, { "debt_dGTP", "molecules at most" },
  { "debt_age", "s, of any", 0, 120 }, { "failures", "chains given up" }, { "processor", "s" },
}

-- What stands in the file, by seed.
local function read()
  local file, all = io.open(path), {}
  for line in file and file:lines() or function() end do
    local cell = assert(json.decode(line))
    if (cell.exact or false) == exact then all[cell.seed] = cell end
  end
  if file then file:close() end
  return all
end

local function write(cell)
  cell.exact = exact
  local file = assert(io.open(path, "a"))
  assert(file:write(json.line(cell), "\n"))
  file:close()
end

local function run_all()
  local done, wanted = read(), {}
  for seed = first, first + cells - 1 do
    if not done[seed] then wanted[#wanted + 1] = seed end
  end
  local vms, jobs = {}, {}
  for i = 1, math.min(many, #wanted) do
    vms[i] = assert(bioxen.create_bio_vm("cell-" .. i, "syn3a", "basic", { memory = 512*2^20 }))
    assert(vms[i]:start())
  end
  for i, seed in ipairs(wanted) do
    local vm = (i - 1) % many + 1
    if jobs[vm] then write(assert(jobs[vm]:wait()).result) end
    jobs[vm] = vms[vm]:submit(life, { args = { seed = seed, exact = exact }, timeout = 36000 })
  end
  for _, job in pairs(jobs) do write(assert(job:wait()).result) end
end

local function moments(values)
  local mean, variance = 0, 0
  for _, value in ipairs(values) do mean = mean + value/#values end
  for _, value in ipairs(values) do variance = variance + (value - mean)^2/math.max(1, #values - 1) end
  return mean, variance^0.5
end

local function print_figures(all)
  for _, figure in ipairs(figures) do
    local name, unit, least, most = table.unpack(figure)
    local values, within = {}, 0
    for _, cell in pairs(all) do values[#values + 1] = cell.got[name] end
    table.sort(values)
    local mean, deviation = moments(values)
    for _, value in ipairs(values) do
      if least and value >= least and value <= most then within = within + 1 end
    end
    print(("%-18s %10.4g +- %-8.2g median %-10.4g %10.4g to %-10.4g of %d; %-18s %s"):format(name, mean, deviation,
      values[(#values + 1)//2] or 0/0, values[1] or 0/0, values[#values] or 0/0, #values, unit,
      least and ("known %g to %g: %.0f %%"):format(least, most, 100*within/#values) or ""))
  end
end

-- Published means over cells at 7,200 s, of what a newborn has of a protein: by number of the gene.
local function published()
  local file = io.open "../shared/facts/syn3a_genes.tsv"
  if not file then return nil end
  local column, means = nil, {}
  for line in file:lines() do
    local row, i = {}, 0
    for value in (line .. "\t"):gmatch "(.-)\t" do
      i = i + 1
      row[i] = value
      if value == "mean_scaled_abundance" then column = i end
    end
    means[row[1]:match "_(%d+)$" or ""] = tonumber(row[column])
  end
  file:close()
  return means
end

-- Ranks from 1; what is equal shares the mean of its ranks.
local function ranks(values)
  local order, rank = {}, {}
  for i = 1, #values do order[i] = i end
  table.sort(order, function(a, b) return values[a] < values[b] end)
  local i = 1
  while i <= #order do
    local last = i
    while last < #order and values[order[last + 1]] == values[order[i]] do last = last + 1 end
    for j = i, last do rank[order[j]] = (i + last)/2 end
    i = last + 1
  end
  return rank
end

local function rank_correlation(x, y)
  local a, b = ranks(x), ranks(y)
  local mean_a, deviation_a = moments(a)
  local mean_b, deviation_b = moments(b)
  local sum = 0
  for i = 1, #a do sum = sum + (a[i] - mean_a)*(b[i] - mean_b) end
  return sum/(#a - 1)/deviation_a/deviation_b
end

-- Ways and abundances at birth of the proteins, from the model itself: { id, way, total } each.
local function proteins()
  local vm <close> = assert(bioxen.create_bio_vm("genes", "syn3a"))
  assert(vm:start())
  return assert(vm:execute_biological_process [[
    local list = {}
    for _, row in ipairs(require("syn3a.whole_genes").all().rows) do
      if row.chain then list[#list + 1] = { row.id, row.path, row.total } end
    end
    return list ]]).result
end

local function abundance(total)
  return total < 30 and "below 30 molecules" or total < 100 and "30 to 99" or total < 300 and "100 to 299"
    or "300 and more"
end

local function print_proteins(all)
  local known, ours, theirs, groups, count = published() or {}, {}, {}, {}, 0
  for _ in pairs(all) do count = count + 1 end
  for _, protein in ipairs(proteins()) do
    local id, way, total = table.unpack(protein)
    local mean = 0
    for _, cell in pairs(all) do mean = mean + (1 + cell.made[id]/total)/count end
    for _, group in ipairs { "all", way, abundance(total) } do
      groups[group] = groups[group] or { {}, {} }
      table.insert(groups[group][1], mean)
      table.insert(groups[group][2], known[id])
    end
    if known[id] then ours[#ours + 1], theirs[#theirs + 1] = mean, known[id] end
  end
  local names = {}
  for name in pairs(groups) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local mean, other = moments(groups[name][1]), moments(groups[name][2])
    print(("%-20s %3d proteins x %.3f at 7,200 s"):format(name, #groups[name][1], mean) .. (#ours > 0
      and ("; published, of %d, %.3f: %+.1f %%"):format(#groups[name][2], other, 100*(mean/other - 1)) or ""))
  end
  if #ours > 0 then
    print(("rank correlation with the published mean of each of %d: %.3f"):format(#ours,
      rank_correlation(ours, theirs)))
  end
end

run_all()
local all, count = read(), 0
for _ in pairs(all) do count = count + 1 end
print(("%d cells of %s%s"):format(count, path, exact and ", chains at the membrane one by one" or ""))
print_figures(all)
print_proteins(all)
