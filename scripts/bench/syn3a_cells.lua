-- Many whole cells of syn3a beside the figures that its model is known by: each lives 7,200 s, with a seed of its own.
-- Means, and the standard deviation over cells. Figures: published (abundance, half-life, doubling) and of single cells
-- of an independent program of the same model, whose chance is some 3 %.
-- Run: build/bin/bioxen scripts/bench/syn3a_cells.lua [cells, else 4] [first seed, else 1] [VMs, else 1] ["exact"]

local bioxen = require "bioxen"

local cells, first, many, exact = tonumber(arg[1] or 4), tonumber(arg[2] or 1), tonumber(arg[3] or 1), arg[4] == "exact"

local life = [[
  local seed = args.seed
  cell:begin_whole_cell { seed = seed, exact = args.exact }
  local t = cell:live { duration = 7200, every = 1, seed = seed, to_the_end = true, record = { "area", "ribosomes",
    "polymerases", "mRNA", "proteins_made", "decays", "M_atp_c", "M_gtp_c", "M_ctp_c", "M_utp_c", "M_k_c", "M_datp_c",
    "debt_ATP", "debt_GTP" } }
  local m = organism.metrics(cell)
  local function at(name, time) return t[name][time // 1 + 1] end
  local division = m.area_doubled_at > 0 and m.area_doubled_at or 7200
  local got = { initiated = m.initiated_at/60, replication = (m.replicated_at - m.initiated_at)/60,
    volume_doubled = m.volume_doubled_at/60, area_doubled = m.area_doubled_at > 0 and m.area_doubled_at/60 or nil,
    ribosomes = at("ribosomes", division), polymerases = at("polymerases", division),
    mRNA_division = at("mRNA", division), ATP = at("M_atp_c", 5400), GTP = at("M_gtp_c", 5400),
    CTP = at("M_ctp_c", 5400), UTP = at("M_utp_c", 5400), K = at("M_k_c", 5400), dATP = at("M_datp_c", 5400) }
  local mRNA, debt_ATP, debt_GTP = 0, 0, 0
  for time = 120, 3599 do mRNA = mRNA + at("mRNA", time)/3480 end
  local oldest, since = 0, 0
  for i = 1, #t.time do
    debt_ATP, debt_GTP = math.max(debt_ATP, t.debt_ATP[i]), math.max(debt_GTP, t.debt_GTP[i])
    since = t.debt_GTP[i] > 0 and since + 1 or 0
    oldest = math.max(oldest, since)
  end
  got.mRNA_first_hour, got.debt_ATP, got.debt_GTP, got.debt_age = mRNA, debt_ATP, debt_GTP, oldest
  got.half_life = math.log(2)*mRNA/((at("decays", 3600) - at("decays", 120))/3480)/60
  local ratio, made, born = 0, 0, 0
  local genes = {}
  for _, row in ipairs(require("syn3a.whole_genes").all().rows) do
    if row.chain then
      local n = cell:get("made_" .. row.id)
      genes[row.id] = 1 + n/row.total
      ratio, made, born = ratio + genes[row.id]/455, made + n, born + row.total
    end
  end
  got.proteins, got.proteins_weighted = ratio, 1 + made/born
  return { got = got, genes = genes } ]]

-- name, unit, what is known
local figures = {
  { "initiated", "min", "0.8 to 1.4" }, { "replication", "min", "40 to 48" },
  { "volume_doubled", "min", "70 to 78" }, { "area_doubled", "min", "104 to 118" },
  { "proteins", "x", "1.90 to 2.15" }, { "proteins_weighted", "x", "2.02 to 2.07; published 2.03" },
  { "ribosomes", "at division", "760 to 820" }, { "polymerases", "at division", "155 to 205" },
  { "mRNA_first_hour", "", "360 to 400" }, { "mRNA_division", "", "420 to 620" }, { "half_life", "min", "3.0 to 3.9" },
  { "ATP", "mM, 90 min", "2.5 to 5" }, { "GTP", "mM, 90 min", "0 to 1" }, { "CTP", "mM, 90 min", "0.05 to 1.3" },
  { "UTP", "mM, 90 min", "0.02 to 0.08" }, { "K", "mM, 90 min", "75 to 87" }, { "dATP", "mM, 90 min", "14.5 to 18.5" },
  { "debt_ATP", "molecules at most", "0" }, { "debt_GTP", "molecules at most", "below 60,000" },
  { "debt_age", "s of debt_GTP", "below 120" },
}

local sums, lives = {}, {}
local function take(result)
  lives[#lives + 1] = result
  for name, value in pairs(result.got) do
    sums[name] = sums[name] or {}
    table.insert(sums[name], value)
  end
  io.stderr:write(("%d of %d\n"):format(#lives, cells))
end

local vms, jobs = {}, {}
for i = 1, many do
  vms[i] = assert(bioxen.create_bio_vm("cell-" .. i, "syn3a"))
  assert(vms[i]:start())
end
for i = 0, cells - 1 do
  local vm = i % many + 1
  if jobs[vm] then take(assert(jobs[vm]:wait()).result) end
  jobs[vm] = vms[vm]:submit(life, { args = { seed = first + i, exact = exact }, timeout = 3600 })
end
for _, job in pairs(jobs) do take(assert(job:wait()).result) end

print(("%d cells from seed %d%s"):format(cells, first, exact and ", chains at the membrane one by one" or ""))
for _, figure in ipairs(figures) do
  local values = sums[figure[1]] or {}
  local mean, variance = 0, 0
  for _, value in ipairs(values) do mean = mean + value/#values end
  for _, value in ipairs(values) do variance = variance + (value - mean)^2/math.max(1, #values - 1) end
  table.sort(values)
  print(("%-18s %10.4g +- %-8.2g %10.4g to %-10.4g %-18s known: %s"):format(figure[1], mean, variance^0.5,
    values[1] or 0/0, values[#values] or 0/0, figure[2], figure[3]))
end
