-- E. coli twice: a batch culture that first burns glucose and then the acetate it let out, and a screen of
-- knock-outs held against the mutants that could be made. Run it with: bioxen scripts/04_diauxie_and_knock_outs.lua
-- It leaves out/04_diauxie.csv, out/04_knock_outs.csv and, where gnuplot is installed,
-- out/04_diauxie_and_knock_outs.png.

local bioxen = require "bioxen"

-- The metabolism of this organism is the core model of Orth et al. (EcoSal Plus 2010), by flux balance:
-- of all flows of metabolites that the network allows, those that make the most biomass.
local vm <close> = assert(bioxen.create_bio_vm("coli", "ecoli"))
assert(vm:start())

-- 10 mM of glucose, taken up at 10 mmol per hour and gram of cells at most, and oxygen at 15 (Varma & Palsson
-- 1994): too little to burn all that glucose. Time is in hours, biomass in grams of dry weight per litre.
local culture = assert(vm:execute_biological_process [[
  return cell:grow_culture { duration = 9, every = 0.05, biomass = 0.01, medium = { glc__D = 10, ac = 0 } }
]]).result

print "A culture on 10 mM glucose, by dynamic flux balance\n"
print "   time   biomass   growth   glucose   acetate"
print "      h    gDW/L      1/h        mM        mM"
for time = 0, 8 do
  local function at(name) return culture:at(name, time) end
  print(("%7.1f %9.3f %8.3f %9.2f %9.2f"):format(time, at "biomass", at "growth_rate", at "glc__D_e", at "ac_e"))
end
print [[

Growth on glucose at 0.72 /h lets acetate out; growth on acetate follows at 0.23 /h (measured: 0.22, Paalme
et al. 1997). Real cells pause between the two while they make other enzymes; flux balance knows no pause.]]

-- Each gene of the model is knocked out alone; those are lethal that leave less than 1 % of the growth rate.
-- Keio (Baba et al. 2006) tried to delete each gene of E. coli on rich medium: "essential" is what could not be.
local screen = [[
  local rows = {}
  for i, row in ipairs(cell:knock_out_screen()) do
    if row.essentiality then rows[#rows + 1] = row end
  end
  return rows
]]

local function compare(title, rows)
  local count = { essential = { [true] = 0, [false] = 0 }, nonessential = { [true] = 0, [false] = 0 } }
  for _, row in ipairs(rows) do
    local found = count[row.essentiality]
    found[row.lethal] = found[row.lethal] + 1
  end
  print(("\n%s, %d genes\n"):format(title, #rows))
  print "                         essential for Keio   not essential"
  print(("lethal in the model %22d %15d"):format(count.essential[true], count.nonessential[true]))
  print(("not lethal          %22d %15d"):format(count.essential[false], count.nonessential[false]))
end

local rows = assert(vm:execute_biological_process(screen)).result
compare("Core model, on glucose", rows)

-- A genome-scale model is the user's to bring: config.model names its file in SBML. iJO1366 (Orth et al. 2011)
-- is in Debian's package python3-cobra.
local path = "/usr/lib/python3/dist-packages/cobra/data/iJO1366.xml.gz"
local file = io.open(path)
if file then
  file:close()
  local big <close> = assert(bioxen.create_bio_vm("genome_scale", "ecoli", "basic", { model = path }))
  assert(big:start { timeout = 60 })
  compare("iJO1366, on glucose", assert(big:execute_biological_process(screen)).result)
  assert(big:execute_biological_process [[
    local all = {}
    for _, reaction in ipairs(require("ecoli.exchanges").of(cell:metabolism()).supply) do all[reaction] = 10 end
    cell:set_medium(all)
  ]])
  compare("iJO1366, offered all that it can take up", assert(big:execute_biological_process(screen)).result)
  print [[

On glucose alone a cell has to make what the rich medium of Keio gave it: most genes that are lethal in the
model, and not for Keio, make amino acids, nucleotides and vitamins. What is essential for Keio and not in the
model does what the model does not ask for.]]
else
  print("\nNot there, and skipped: " .. path .. " (on Debian: apt-get install python3-cobra)")
end

local culture_file, knock_out_file = assert(bioxen.out "04_diauxie.csv"), assert(bioxen.out "04_knock_outs.csv")
assert(culture:to_csv(culture_file))
table.sort(rows, function(a, b)
  if math.abs(a.relative - b.relative) > 1e-9 then return a.relative < b.relative end
  return a.id < b.id
end)
local list = assert(io.open(knock_out_file, "w"))
list:write "rank,gene,name,relative_growth,keio\n"
for rank, row in ipairs(rows) do
  list:write(("%d,%s,%s,%.6f,%s\n"):format(rank, row.id, row.name, row.relative, row.essentiality))
end
list:close()
print("\nAll of it:         " .. culture_file .. " and " .. knock_out_file)

-- Three panels of the culture, and the knock-outs.
local function over_time(name, label)
  return { x = culture:times(), y = culture:column(name), name = label }
end
local mutants = { nonessential = { x = {}, y = {}, name = "Keio: can be deleted", style = "points", colour = 8 },
  essential = { x = {}, y = {}, name = "Keio: essential", style = "points", colour = 2 } }
for rank, row in ipairs(rows) do
  local points = mutants[row.essentiality]
  table.insert(points.x, rank)
  table.insert(points.y, row.relative)
end
local picture = assert(bioxen.out "04_diauxie_and_knock_outs.png")
local drawn, err = bioxen.plot {
  file = picture, size = { 1200, 800 }, across = 2,
  title = "E. coli, core metabolism by flux balance (Orth et al. 2010)",
  panels = {
    { title = "The culture: glucose, then acetate", x_label = "time (h)", y_label = "in the medium (mM)",
      series = { over_time("glc__D_e", "glucose"), over_time("ac_e", "acetate") } },
    { title = "Its cells", x_label = "time (h)", y_label = "biomass (gDW/L)", legend = false,
      series = { over_time "biomass" } },
    { title = "Its growth", x_label = "time (h)", y_label = "growth rate (1/h)", legend = false,
      series = { over_time "growth_rate" } },
    { title = "Each gene knocked out, on glucose", x_label = "gene, by its effect",
      y_label = "growth (part of the whole cell's)", y_range = { -0.05, 1.1 },
      series = { mutants.nonessential, mutants.essential } },
  },
}
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
