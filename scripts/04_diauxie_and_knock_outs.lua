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

assert(os.execute "mkdir -p out")
assert(culture:to_csv "out/04_diauxie.csv")
table.sort(rows, function(a, b)
  if math.abs(a.relative - b.relative) > 1e-9 then return a.relative < b.relative end
  return a.id < b.id
end)
local list = assert(io.open("out/04_knock_outs.csv", "w"))
list:write "rank,gene,name,relative_growth,keio\n"
for rank, row in ipairs(rows) do
  list:write(("%d,%s,%s,%.6f,%s\n"):format(rank, row.id, row.name, row.relative, row.essentiality))
end
list:close()
print "\nAll of it: out/04_diauxie.csv and out/04_knock_outs.csv"

if not os.execute "command -v gnuplot >/dev/null 2>&1" then
  print "No picture: gnuplot is not installed (on Debian: apt-get install gnuplot-nox)"
  return
end

-- Left the culture, right the knock-outs. The colours suit the colour-blind, and the shapes differ too.
local plot = assert(io.popen("gnuplot", "w"))
plot:write [[
terminal = strstrt(GPVAL_TERMINALS, "pngcairo") ? "pngcairo" : "png"
set terminal @terminal size 1200,560 font "Sans,13"
set output "out/04_diauxie_and_knock_outs.png"
set datafile separator ","
set grid linecolor rgb "#cccccc" linetype 1 linewidth 0.5
set multiplot layout 1,2 title "E. coli, core metabolism by flux balance (Orth et al. 2010)" font "Sans,16"
set lmargin 8; set rmargin 9
set title "Glucose, then acetate"
set xlabel "time (h)"; set ylabel "glucose, acetate (mM)"; set xrange [0:9]; set yrange [0:*]
set y2label "biomass (gDW/L)"; set y2tics; set y2range [0:1]; set ytics nomirror
set key left center spacing 1.2
data = "out/04_diauxie.csv"
plot data using 1:"glc__D_e" with lines linewidth 3 linecolor rgb "#0072B2" title "glucose", \
  data using 1:"ac_e" with lines linewidth 3 dashtype 2 linecolor rgb "#D55E00" title "acetate", \
  data using 1:"biomass" axes x1y2 with lines linewidth 3 dashtype 4 linecolor rgb "#009E73" title "biomass"
unset y2label; unset y2tics; set ytics mirror; set rmargin 3
set title "Each gene knocked out, on glucose"
set xlabel "gene, by its effect"; set ylabel "growth rate (part of the whole cell's)"
set xrange [*:*]; set yrange [-0.05:1.1]
set key right bottom box opaque
data = "out/04_knock_outs.csv"
plot data using 1:(strcol(5) eq "nonessential" ? $4 : NaN) with points pointtype 6 pointsize 1 linewidth 1.5 \
    linecolor rgb "#0072B2" title "Keio: can be deleted", \
  data using 1:(strcol(5) eq "essential" ? $4 : NaN) with points pointtype 7 pointsize 1.4 \
    linecolor rgb "#D55E00" title "Keio: essential"
]]
assert(plot:close(), "gnuplot failed")
print "The picture of it: out/04_diauxie_and_knock_outs.png"
