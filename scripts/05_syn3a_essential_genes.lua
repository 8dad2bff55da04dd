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

local table_file = assert(bioxen.out "05_syn3a_essential_genes.csv")
local csv = assert(io.open(table_file, "w"))
csv:write "gene,name,growth,fraction,predicted,observed\n"
for _, row in ipairs(rows) do
  csv:write(("%s,%s,%.6f,%.4f,%s,%s\n"):format(row.id, row.name or "", row.growth, row.fraction, row.predicted,
    row.observed))
end
csv:close()
print("\nGene by gene:      " .. table_file)

-- How much growth is left without a gene, by what transposons found of it.
local classes = { "essential", "quasiessential", "nonessential" }
local function bars(name, colour, least, most)
  local count = { essential = 0, quasiessential = 0, nonessential = 0 }
  for _, row in ipairs(rows) do
    if row.fraction >= least and row.fraction < most then count[row.observed] = count[row.observed] + 1 end
  end
  return { x = classes, y = { count.essential, count.quasiessential, count.nonessential }, style = "bars",
    name = name, colour = colour }
end
local picture = assert(bioxen.out "05_syn3a_essential_genes.png")
local drawn, err = bioxen.plot {
  file = picture, size = { 1000, 560 },
  title = "Growth without each metabolic gene of JCVI-syn3A, by flux balance",
  x_label = "what transposon mutagenesis found of them", y_label = "genes",
  series = { bars("no growth", 2, 0, 0.01), bars("less growth", 5, 0.01, 0.999),
    bars("growth as before", 1, 0.999, math.huge) },
}
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
