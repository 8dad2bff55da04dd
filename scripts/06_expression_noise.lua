-- Expression noise: a thousand cells of JCVI-syn3A with the same genome in the same medium, and how much they
-- differ in the mRNA of each gene and in the proteins made of it. Run it with:
-- bioxen scripts/06_expression_noise.lua [cells]
-- It leaves out/06_expression_noise.csv and, where gnuplot is installed, out/06_expression_noise.png.

local bioxen = require "bioxen"

local cells = tonumber(arg and arg[1]) or 1000
local settling, window = 120, 480 -- seconds: for the shared machines, and in which proteins are counted

-- Two virtual machines share the work, one for each core; run i of the ensemble is the same in either.
local halves = { { first = 1, runs = cells//2 }, { first = cells//2 + 1, runs = cells - cells//2 } }
for _, half in ipairs(halves) do half.settling, half.window = settling, window end

-- This runs inside each. Every cell begins with counts of its own, drawn from the steady state, and proteins
-- are counted from when its polymerases, ribosomes and degradosomes have settled.
local code = [[
  cell:name_totals()                              -- mRNA.JCVISYN3A_…: with ribosomes, degradosomes or free
  cell:begin_in_steady_state()
  local record, none = {}, {}
  local theory = cell:expression_noise(args.window)
  for id in pairs(theory) do
    none["protein." .. id] = 0
    record[#record + 1] = "protein." .. id
    record[#record + 1] = "mRNA." .. id
  end
  process "count" { events = { { at = cell:time() + args.settling, set = none } } }
  local ensemble = cell:ensemble { duration = args.settling + args.window, seed = 3,
    runs = args.runs, first = args.first, record = record }
  return { ensemble = ensemble, theory = theory }
]]

local parts = {}
for i, answer, err in bioxen.map(halves, code, { biological_type = "syn3a", timeout = 600 }) do
  parts[i] = assert(answer, err).result
end
local ensemble, theory = parts[1].ensemble:merge(parts[2].ensemble), parts[1].theory
local finish = settling + window

-- The mean, and the variance over the mean (the Fano factor): 1 where events come independently of each other.
local function moments(name)
  local mean, sd = ensemble:mean(name, finish), ensemble:sd(name, finish)
  return mean, mean > 0 and sd^2/mean or 0
end

local table_file = assert(bioxen.out "06_expression_noise.csv")
local csv = assert(io.open(table_file, "w"))
csv:write("gene,mrna_mean,mrna_cv2,protein_mean,protein_cv2,mrna_mean_theory,mrna_cv2_theory,"
  .. "protein_mean_theory,protein_cv2_theory\n")
local ids = {}
for id in pairs(theory) do ids[#ids + 1] = id end
table.sort(ids)
local sum = { mrna = 0, mrna_theory = 0, proteins = 0, proteins_theory = 0, fano = 0, fano_theory = 0, burst = 0,
  burst_theory = 0 }
for _, id in ipairs(ids) do
  local mrna, mrna_fano = moments("mRNA." .. id)
  local proteins, fano = moments("protein." .. id)
  local expected = theory[id]
  if mrna > 0 and proteins > 0 then
    csv:write(("%s,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g\n"):format(id, mrna, mrna_fano/mrna, proteins,
      fano/proteins, expected.mrna, expected.mrna_cv2, expected.proteins, expected.proteins_cv2))
  end
  sum.mrna, sum.mrna_theory = sum.mrna + mrna, sum.mrna_theory + expected.mrna
  sum.proteins, sum.proteins_theory = sum.proteins + proteins, sum.proteins_theory + expected.proteins
  sum.fano = sum.fano + mrna_fano*mrna -- so weighted that rare mRNA, whose variances are rough, count for little
  sum.fano_theory = sum.fano_theory + expected.mrna_cv2*expected.mrna^2
  sum.burst = sum.burst + fano*proteins
  sum.burst_theory = sum.burst_theory + expected.proteins_cv2*expected.proteins^2
end
csv:close()

print(("%d cells, %d genes of protein, %.3g reactions"):format(ensemble.runs, #ids, ensemble.steps))
print(("%-42s %10s %12s"):format("", "cells", "closed form"))
local function row(what, measured, expected) print(("%-42s %10.2f %12.2f"):format(what, measured, expected)) end
row("mRNA in a cell", sum.mrna, sum.mrna_theory)
row(("proteins made in %d min"):format(window//60), sum.proteins, sum.proteins_theory)
row("variance over mean: mRNA (Poisson: 1)", sum.fano/sum.mrna, sum.fano_theory/sum.mrna_theory)
row("variance over mean: proteins made", sum.burst/sum.proteins, sum.burst_theory/sum.proteins_theory)
print("\nGene by gene:      " .. table_file)

-- Mean and noise of each gene, as the cells have them and as the closed form has them, beside 1/mean.
local function panel(kind, cells_of, title, x_label)
  local seen = { x = {}, y = {}, name = "cells", style = "points", colour = 1 }
  local law = { x = {}, y = {}, name = "closed form", style = "points", colour = 9 }
  local least, most = math.huge, 0
  for _, id in ipairs(ids) do
    local mean, fano = moments(cells_of .. id)
    if mean > 0 then
      least, most = math.min(least, mean), math.max(most, mean)
      table.insert(seen.x, mean)
      table.insert(seen.y, fano/mean)
    end
    table.insert(law.x, theory[id][kind])
    table.insert(law.y, theory[id][kind .. "_cv2"])
  end
  return { title = title, x_label = x_label, y_label = "squared coefficient of variation, CV²",
    series = { seen, law, { x = { least, most }, y = { 1/least, 1/most }, name = "Poisson", colour = 7 } } }
end
local picture = assert(bioxen.out "06_expression_noise.png")
local drawn, err = bioxen.plot {
  file = picture, size = { 1200, 600 }, across = 2, log = "xy",
  title = ("Noise of the %d protein genes in %d cells of JCVI-syn3A"):format(#ids, cells),
  panels = {
    panel("mrna", "mRNA.", "mRNA", "mean copies in a cell"),
    panel("proteins", "protein.", ("Proteins made in %d minutes"):format(window//60), "mean molecules made in a cell"),
  },
}
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
