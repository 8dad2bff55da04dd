-- The same experiment on this computer and inside a virtual machine of an XCP-ng pool: gene expression
-- in single cells, molecule by molecule. For the same seed the two agree to the last bit.
-- Run it with: bioxen scripts/02_xcpng.lua pool.json
-- where pool.json holds the keys of xcpng_config (lua/bioxen/types.lua lists them). Without a pool:
--   scripts/xcpng_sandbox.sh --config pool.json
-- runs one on this computer until ^C, and writes that file.
-- It leaves out/02_xcpng.csv and, where gnuplot is installed, out/02_xcpng.png.

local bioxen = require "bioxen"

local config = arg[1]
if not config then
  print "Which pool? bioxen scripts/02_xcpng.lua pool.json"
  print "Without one, scripts/xcpng_sandbox.sh --config pool.json runs it on this computer."
  os.exit(2)
end

-- Everything that happens in a VM is the same for both types, so that one function serves.
local experiment = [[
  process "expression" {
    species    = { mRNA = 0, protein = 0 },
    parameters = { k_tx = 0.1, k_tl = 0.05, d_m = 0.005, d_p = 1e-4 }, -- per second
    reactions  = {
      { "-> mRNA",                 rate = "k_tx" },
      { "mRNA -> mRNA + protein",  k = "k_tl" },
      { "mRNA ->",                 k = "d_m" },
      { "protein ->",              k = "d_p" },
    },
  }
  local one = cell:run { duration = 6*3600, every = 60, method = "ssa", seed = args.seed,
    record = { "mRNA", "protein" } }
  return { cell = one, mean = one:mean "protein", last = one:last "protein" }
]]

local function observe(vm)
  local started = bioxen.clock()
  local job = assert(vm:start { wait = false })
  local shown
  while not job:wait(0.1) and not job:done() do
    local _, step = job:progress()
    if step ~= shown then
      print("  " .. step)
      shown = step
    end
  end
  assert(job:wait())
  local ready = bioxen.clock() - started
  local run = assert(vm:execute_biological_process(experiment, { args = { seed = 2026 } }))
  print(("%-8s ready in %6.3f s, ran in %6.3f s: protein %7.1f on average, %d at the end"):format(
    vm:get_vm_type(), ready, run.elapsed, run.result.mean, run.result.last))
  return run.result.cell
end

local here <close> = assert(bioxen.create_bio_vm("here", "minimal_cell", "basic"))
local there <close> = assert(bioxen.create_bio_vm("there", "minimal_cell", "xcpng",
  { xcpng_config = config }))
local a, b = observe(here), observe(there)
local guest = there:get_status()
print(("The guest: %s at %s on %s"):format(guest.name, guest.address, guest.host))

local different = 0
for _, name in ipairs(a:names()) do
  local left, right = a:column(name), b:column(name)
  for i = 1, #left do
    if left[i] ~= right[i] then different = different + 1 end
  end
end
print(("%d rows of %d columns, %d values differ."):format(#a:times(), #a:names(), different))
assert(different == 0, "the two types of VM disagree: please report this")

assert(os.execute "mkdir -p out")
assert(b:to_csv "out/02_xcpng.csv")
if not os.execute "command -v gnuplot >/dev/null 2>&1" then
  print "No picture: gnuplot is not installed (on Debian: apt-get install gnuplot-nox)"
  return
end
assert(a:to_csv "out/02_basic.csv")
local plot = assert(io.popen("gnuplot", "w"))
plot:write [[
terminal = strstrt(GPVAL_TERMINALS, "pngcairo") ? "pngcairo" : "png"
set terminal @terminal size 1000,520 font "Sans,13"
set output "out/02_xcpng.png"
set datafile separator ","
set grid linecolor rgb "#cccccc" linetype 1 linewidth 0.5
set title "One cell, two places: the same seed, the same molecules" font "Sans,16"
set xlabel "time (h)"; set ylabel "protein (molecules)"; set y2label "mRNA (molecules)"
set y2tics; set ytics nomirror; set key left top; set yrange [0:*]; set y2range [0:*]
plot "out/02_basic.csv" using ($1/3600):3 with lines linewidth 6 linecolor rgb "#56B4E9" title "protein, basic", \
     "out/02_xcpng.csv" using ($1/3600):3 with lines linewidth 2 linecolor rgb "#000000" title "protein, xcpng", \
     "out/02_xcpng.csv" using ($1/3600):2 axes x1y2 with lines linewidth 1 linecolor rgb "#D55E00" title "mRNA, xcpng"
]]
assert(plot:close(), "gnuplot failed")
print "The picture of it: out/02_xcpng.png"
