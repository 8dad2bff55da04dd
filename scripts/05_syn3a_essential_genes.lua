-- Which genes a minimal cell cannot do without: each of the 155 genes of its metabolism is taken out of the
-- flux-balance model, and what that predicts is held against transposon mutagenesis (Breuer et al., eLife 2019).
-- Run it with: bioxen scripts/05_syn3a_essential_genes.lua
-- It leaves out/05_syn3a_essential_genes.csv and, where gnuplot is installed, out/05_syn3a_essential_genes.png.

local bioxen = require "bioxen"

local vm <close> = assert(bioxen.create_bio_vm("screen", "syn3a"))
assert(vm:start())

-- This runs inside the VM: a row for each gene, and the matrix. Growth is per hour.
local screen = assert(vm:execute_biological_process [[
  local rows, whole = cell:essential_gene_screen()
  return { rows = rows, whole = whole }
]]).result
local rows, matrix = screen.rows, screen.rows.matrix

print(("JCVI-syn3A grows at %.6f /h. Without one of %d genes:\n"):format(screen.whole, #rows))
print "                                transposons found it"
print "                          (quasi)essential   nonessential"
print(("  predicted lethal        %16d   %12d"):format(matrix.true_positives, matrix.false_positives))
print(("  predicted to grow       %16d   %12d"):format(matrix.false_negatives, matrix.true_negatives))
print(("\nOf what is lethal in the model, %.0f %% is essential or quasiessential; of what is that, the model finds "
  .. "%.0f %%."):format(100*matrix.true_positives/(matrix.true_positives + matrix.false_positives),
  100*matrix.true_positives/(matrix.true_positives + matrix.false_negatives)))

-- How much growth is left, by class.
local classes = { "essential", "quasiessential", "nonessential" }
local kinds = { "none", "less", "as before" }
local counts = {}
for _, class in ipairs(classes) do counts[class] = { none = 0, less = 0, ["as before"] = 0 } end
local function kind_of(fraction)
  return fraction < 0.01 and "none" or fraction < 0.999 and "less" or "as before"
end
assert(os.execute "mkdir -p out")
local csv = assert(io.open("out/05_syn3a_essential_genes.csv", "w"))
csv:write "gene,name,growth,fraction,predicted,observed\n"
for _, row in ipairs(rows) do
  local kind = kind_of(row.fraction)
  counts[row.observed][kind] = counts[row.observed][kind] + 1
  csv:write(("%s,%s,%.6f,%.4f,%s,%s\n"):format(row.id, row.name or "", row.growth, row.fraction, row.predicted,
    row.observed))
end
csv:close()
print "\nGene by gene: out/05_syn3a_essential_genes.csv"

if not os.execute "command -v gnuplot >/dev/null 2>&1" then
  print "No picture: gnuplot is not installed (on Debian: apt-get install gnuplot-nox)"
  return
end

local plot = assert(io.popen("gnuplot", "w"))
plot:write [[
terminal = strstrt(GPVAL_TERMINALS, "pngcairo") ? "pngcairo" : "png"
set terminal @terminal size 900,560 font "Sans,13"
set output "out/05_syn3a_essential_genes.png"
set style data histograms; set style histogram rowstacked
set style fill solid 1 border rgb "#ffffff"; set boxwidth 0.6
set grid ytics linecolor rgb "#cccccc" linetype 1 linewidth 0.5
set title "Metabolic genes of JCVI-syn3A, one at a time" font "Sans,16"
set xlabel "what transposon mutagenesis found of them"; set ylabel "genes"
set yrange [0:125]; set key top right title "growth without, by flux balance"
$counts << end
]]
for _, class in ipairs(classes) do
  plot:write(class)
  for _, kind in ipairs(kinds) do plot:write(" ", counts[class][kind]) end
  plot:write "\n"
end
plot:write [[
end
plot $counts using 2:xtic(1) linecolor rgb "#D55E00" title "none", \
  "" using 3 linecolor rgb "#E69F00" title "less", \
  "" using 4 linecolor rgb "#0072B2" title "as before"
]]
assert(plot:close(), "gnuplot failed")
print "The picture of it:  out/05_syn3a_essential_genes.png"
