-- The life of a whole cell of JCVI-syn3A, birth to division, by its published kinetic model: how it grows, what it
-- holds, and what it spends its energy on. Run it with: bioxen scripts/10_syn3a_cell_cycle.lua [seconds at most] [seed]
-- A whole cycle takes some 20 s. It leaves out/10_syn3a_cell_cycle.csv and, where gnuplot is installed, a picture.

local bioxen = require "bioxen"

local seconds, seed = tonumber(arg and arg[1]) or 9000, math.tointeger(tonumber(arg and arg[2])) or 1

local vm <close> = assert(bioxen.create_bio_vm("life", "syn3a"))
assert(vm:start())

-- This runs inside the VM: columns by name, one row every 20 s of life.
local names = { "volume", "area", "lipid_area", "protein_area", "ribosomes", "ribosomes_active", "polymerases", "mRNA",
  "proteins_made", "gene_copies", "M_atp_c", "M_gtp_c", "M_ctp_c", "M_utp_c", "debt_GTP", "sum_charging",
  "sum_transcription", "sum_decay", "sum_replication", "sum_translation" }
local life = assert(vm:execute_biological_process([[
  cell:begin_whole_cell { seed = args.seed }
  local life = cell:live { duration = args.seconds, every = 20, seed = args.seed, record = args.names }
  life.numbers = organism.metrics(cell)
  return life
]], { args = { seconds = seconds, seed = seed, names = names }, timeout = 3600 })).result
local numbers = life.numbers

local table_file = assert(bioxen.out "10_syn3a_cell_cycle.csv")
local csv = assert(io.open(table_file, "w"))
csv:write("time,", table.concat(names, ","), "\n")
for i, time in ipairs(life.time) do
  local row = { ("%g"):format(time) }
  for j, name in ipairs(names) do row[j + 1] = ("%.9g"):format(life[name][i]) end
  csv:write(table.concat(row, ","), "\n")
end
csv:close()

local function minutes(time)
  return time > 0 and ("%.1f min"):format(time/60) or "not yet"
end
print(("%-36s %12s"):format("replication began after", minutes(numbers.initiated_at)))
print(("%-36s %12s"):format("the chromosome was replicated after", minutes(numbers.replicated_at)))
print(("%-36s %12s"):format("the volume had doubled after", minutes(numbers.volume_doubled_at)))
print(("%-36s %12s"):format("ready to divide after", life.ready and minutes(numbers.time) or "not yet"))
print(("%-36s %12.0f"):format("proteins made", numbers.proteins_made))
for _, purpose in ipairs { "charging", "transcription", "decay", "replication", "digestion", "secretion" } do
  print(("%-36s %12.4g"):format("ATP for " .. purpose, numbers["ATP_for_" .. purpose]))
end
print(("%-36s %12.4g"):format("GTP for translation", numbers.GTP_for_translation))
print("\nThe life of it:      " .. table_file)

local function over_time(name, label, factor)
  local x, y = {}, {}
  for i, time in ipairs(life.time) do x[i], y[i] = time/60, life[name][i]*(factor or 1) end
  return { x = x, y = y, name = label }
end

-- Molecules by purpose a second, between rows.
local function spent(name, label, factor)
  local x, y = {}, {}
  for i = 2, #life.time do
    x[i - 1] = life.time[i]/60
    y[i - 1] = (life[name][i] - life[name][i - 1])/(life.time[i] - life.time[i - 1])*(factor or 1)
  end
  return { x = x, y = y, name = label }
end

local picture = assert(bioxen.out "10_syn3a_cell_cycle.png")
local born = { volume = life.volume[1], area = life.area[1] }
local drawn, err = bioxen.plot {
  file = picture, size = { 1200, 800 }, across = 2, title = "The life of a cell of JCVI-syn3A",
  panels = {
    { title = "Growth", x_label = "time (min)", y_label = "of the newborn's",
      series = { over_time("area", "area", 1/born.area), over_time("volume", "volume", 1/born.volume),
        over_time("gene_copies", "genes", 1/493) } },
    { title = "Machines and messages", x_label = "time (min)", y_label = "molecules",
      series = { over_time("ribosomes", "ribosomes"), over_time("ribosomes_active", "at work"),
        over_time("polymerases", "polymerases"), over_time("mRNA", "mRNA") } },
    { title = "Nucleotides", x_label = "time (min)", y_label = "mM",
      series = { over_time("M_atp_c", "ATP"), over_time("M_gtp_c", "GTP"), over_time("M_ctp_c", "CTP"),
        over_time("M_utp_c", "UTP") } },
    { title = "Energy spent", x_label = "time (min)", y_label = "molecules a second",
      series = { spent("sum_translation", "GTP: translation", 2), spent("sum_charging", "ATP: charging of tRNA"),
        spent("sum_transcription", "ATP: transcription"), spent("sum_decay", "ATP: decay of mRNA") } },
  },
}
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
