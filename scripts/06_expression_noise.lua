-- Expression noise: a thousand cells of JCVI-syn3A with the same genome in the same medium, and how much they
-- differ in the mRNA of each gene and in the proteins made of it. Run it with:
-- bioxen scripts/06_expression_noise.lua [cells]
-- It leaves out/06_expression_noise.csv and, where gnuplot is installed, out/06_expression_noise.png.

local bioxen = require "bioxen"

local cells = tonumber(arg and arg[1]) or 1000
local settling, window = 120, 480 -- seconds: for the shared machines, and in which proteins are counted

-- Two virtual machines share the work, one for each core; run i of the ensemble is the same in either.
local halves = { { first = 1, runs = cells//2 }, { first = cells//2 + 1, runs = cells - cells//2 } }
local vms <close> = setmetatable({}, { __close = function(all) for _, vm in pairs(all) do vm:destroy() end end })

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

local jobs = {}
for i, half in ipairs(halves) do
  vms[i] = assert(bioxen.create_bio_vm("noise_" .. i, "syn3a"))
  assert(vms[i]:start())
  half.settling, half.window = settling, window
  jobs[i] = assert(vms[i]:submit(code, { args = half, timeout = 600 }))
end
assert(bioxen.wait_all(jobs))
local parts = {}
for i, job in ipairs(jobs) do parts[i] = assert(job:result()).result end
local ensemble, theory = parts[1].ensemble:merge(parts[2].ensemble), parts[1].theory
local finish = settling + window

-- The mean, and the variance over the mean (the Fano factor): 1 where events come independently of each other.
local function moments(name)
  local mean, sd = ensemble:mean(name, finish), ensemble:sd(name, finish)
  return mean, mean > 0 and sd^2/mean or 0
end

assert(os.execute "mkdir -p out")
local csv = assert(io.open("out/06_expression_noise.csv", "w"))
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
print "\nGene by gene: out/06_expression_noise.csv"

if not os.execute "command -v gnuplot >/dev/null 2>&1" then
  print "No picture: gnuplot is not installed (on Debian: apt-get install gnuplot-nox)"
  return
end

local plot = assert(io.popen("gnuplot", "w"))
plot:write(([[
terminal = strstrt(GPVAL_TERMINALS, "pngcairo") ? "pngcairo" : "png"
set terminal @terminal size 1200,560 font "Sans,13"
set output "out/06_expression_noise.png"
set datafile separator ","
set logscale xy; set format xy "10^{%%T}"
set grid linecolor rgb "#cccccc" linetype 1 linewidth 0.5
set lmargin 10; set rmargin 3; set key top right
cell = 'with points pointtype 7 pointsize 0.7 linecolor rgb "#0072B2"'
law = 'with points pointtype 6 pointsize 0.7 linecolor rgb "#D55E00"'
line = 'with lines linewidth 2 linecolor rgb "#000000"'
data = "out/06_expression_noise.csv"
set multiplot layout 1,2 title "Noise of the 455 protein genes in %d cells of JCVI-syn3A" font "Sans,16"
set ylabel "squared coefficient of variation, CV²"
set title "mRNA"; set xlabel "mean copies in a cell"
plot data using 2:3 every ::1 @cell title "cells", data using 6:7 every ::1 @law title "closed form", \
  1/x @line title "Poisson, 1/mean"
set title "Proteins made in %d minutes"; set xlabel "mean molecules made in a cell"
plot data using 4:5 every ::1 @cell title "cells", data using 8:9 every ::1 @law title "closed form", \
  1/x @line title "Poisson, 1/mean"
]]):format(cells, window//60))
assert(plot:close(), "gnuplot failed")
print "The picture of it:  out/06_expression_noise.png"
