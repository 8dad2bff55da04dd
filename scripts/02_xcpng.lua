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

local table_file, picture = assert(bioxen.out "02_xcpng.csv"), assert(bioxen.out "02_xcpng.png")
assert(b:to_csv(table_file))
print("Every minute of it: " .. table_file)

-- A line for the cell here, and on it a point for each quarter of an hour of the cell there.
local hours, quarters = {}, {}
for i, seconds in ipairs(a:times()) do hours[i] = seconds/3600 end
for i = 0, 24 do quarters[i + 1] = i/4 end
local function panel(name)
  local there_points = {}
  for i, time in ipairs(quarters) do there_points[i] = b:at(name, 3600*time) end
  return { y_label = name .. " (molecules)", x_label = "time (h)", legend = name == "protein", series = {
    { x = hours, y = a:column(name), name = "basic", style = "steps", colour = 1 },
    { x = quarters, y = there_points, name = "xcpng", style = "points", colour = 2 },
  } }
end
local drawn, err = bioxen.plot { file = picture, size = { 1000, 680 }, x_range = { 0, 6 },
  title = "One cell, two places: the same seed, the same molecules", panels = { panel "protein", panel "mRNA" } }
print(drawn and "The picture of it:  " .. picture or "No picture: " .. err.message)
