-- A line of cells of JCVI-syn3A by its published kinetic model: when a cell divides one daughter lives on. The model is
-- not in balanced growth: ribosomes become fewer from generation to generation, and K+ and dNTPs only ever rise.
-- "repaired" has uptake of K+ limited and promoters of rRNA twice as strong, which is not the published model. Run it
-- with: bioxen scripts/11_syn3a_lineage.lua [generations, else 4] [seconds that each has at most] [seed] ["repaired"]
-- Each generation takes some 20 s. It leaves out/11_syn3a_lineage.csv and, where gnuplot is installed, a picture.

local bioxen = require "bioxen"

local generations, most = tonumber(arg and arg[1]) or 4, tonumber(arg and arg[2]) or 14400
local seed, repaired = math.tointeger(tonumber(arg and arg[3])) or 1, arg and arg[4] == "repaired"

local vm <close> = assert(bioxen.create_bio_vm("line", "syn3a"))
assert(vm:start())
local function execute(code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 7200 })).result
end

local names = { "volume", "area", "ribosomes", "ribosomes_active", "polymerases", "mRNA", "proteins_made",
  "gene_copies", "M_atp_c", "M_gtp_c", "M_ctp_c", "M_utp_c", "M_k_c", "M_datp_c", "debt_GTP" }
execute("cell:begin_whole_cell(args)", { seed = seed, repairs = repaired and { potassium = 60, rrna = 2 } or nil })

-- One cell's life: columns by name, one row a minute, and its last numbers; time begins at 0 with each birth.
local function live(number)
  return execute([[
    local born = cell:time()
    local life = cell:live { duration = args.most, every = 60, seed = args.seed, record = args.names }
    for i, time in ipairs(life.time) do life.time[i] = time - born end
    life.numbers, life.K, life.dATP = organism.metrics(cell), cell:get "M_k_c", cell:get "M_datp_c"
    life.initiated = cell:get "initiated_at" - born
    return life
  ]], { most = most, seed = 1000*seed + number, names = names })
end

local lives = {}
print "generation  min  ribosomes  polymerases  proteins made  K+, mM  dATP, mM  ATP, mM  GTP, mM"
for number = 1, generations do
  local life = live(number)
  lives[number] = life
  local m = life.numbers
  print(("%10d %4.0f %10.0f %12.0f %14.0f %7.0f %9.1f %8.2f %8.2f%s"):format(number, life.time[#life.time]/60,
    m.ribosomes, m.polymerases, m.proteins_made, life.K, life.dATP, m.ATP, m.GTP,
    life.ready and "" or "  not ready to divide"))
  if not life.ready then break end
  if number < generations then execute("cell:divide_whole_cell(args)", 1000*seed + number) end
end

local table_file = assert(bioxen.out "11_syn3a_lineage.csv")
local csv = assert(io.open(table_file, "w"))
csv:write("generation,time_s,", table.concat(names, ","), "\n")
for number, life in ipairs(lives) do
  for i, time in ipairs(life.time) do
    local row = { ("%d,%g"):format(number, time) }
    for j, name in ipairs(names) do row[j + 1] = ("%.9g"):format(life[name][i]) end
    csv:write(table.concat(row, ","), "\n")
  end
end
csv:close()
print("\nAll of it:         " .. table_file)

-- A column over the whole line, with a gap where a cell divides.
local function over_line(name, label, factor)
  local x, y, before = {}, {}, 0
  for _, life in ipairs(lives) do
    for i, time in ipairs(life.time) do
      x[#x + 1], y[#y + 1] = (before + time)/3600, life[name][i]*(factor or 1)
    end
    before = before + life.time[#life.time]
  end
  return { x = x, y = y, name = label, style = "lines" }
end

local born = lives[1]
local picture = assert(bioxen.out "11_syn3a_lineage.png")
local drawn, err = bioxen.plot {
  file = picture, size = { 1200, 800 }, across = 2, title = "A line of cells of JCVI-syn3A",
  panels = {
    { title = "Growth and division", x_label = "time (h)", y_label = "of the first newborn's",
      series = { over_line("area", "area", 1/born.area[1]), over_line("volume", "volume", 1/born.volume[1]),
        over_line("gene_copies", "genes", 1/493) } },
    { title = "Machines and messages", x_label = "time (h)", y_label = "molecules",
      series = { over_line("ribosomes", "ribosomes"), over_line("ribosomes_active", "at work"),
        over_line("polymerases", "polymerases"), over_line("mRNA", "mRNA") } },
    { title = "What only rises", x_label = "time (h)", y_label = "mM",
      series = { over_line("M_k_c", "K+"), over_line("M_datp_c", "dATP") } },
    { title = "Nucleotides", x_label = "time (h)", y_label = "mM",
      series = { over_line("M_atp_c", "ATP"), over_line("M_gtp_c", "GTP"), over_line("M_ctp_c", "CTP"),
        over_line("M_utp_c", "UTP") } },
  },
}
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
