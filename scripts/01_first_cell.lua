-- The first cell: a bacterium grows from ten ribosomes to its steady state, and after 60 hours
-- its medium becomes half as good again. Run it with: bioxen scripts/01_first_cell.lua
-- It leaves out/01_first_cell.csv and, where gnuplot is installed, out/01_first_cell.png.

local bioxen = require "bioxen"

-- A virtual machine with one cell in it. Here it is the published model of Weiße et al. (PNAS
-- 2015): nutrient, energy, mRNA and proteins of four kinds, ribosomes, and growth that follows
-- from them. "basic" is a process on this computer, walled off from everything else.
local vm <close> = assert(bioxen.create_bio_vm("first_cell", "minimal_cell", "basic"))
assert(vm:start())

-- This runs inside the VM. `process` adds to what the cell does: here, at 60 hours, a molecule of
-- nutrient (its quality, ns) comes to yield 0.75 molecules of energy in place of 0.5. Time is in
-- seconds, amounts are molecules in the cell.
local run = assert(vm:execute_biological_process [[
  process "upshift" { events = { { at = 60*3600, set = { ns = 0.75 } } } }
  return cell:run { duration = 68*3600, every = 60,
    record = { "growth_rate", "ribosomes", "ribosomal_mass_fraction", "a" } }
]])
local cell = run.result -- what was recorded: times, and a column of numbers for each name

print "    time   growth   doubling   ribosomes   ribosomal      energy"
print "       h      1/h        min      a cell   mass, %   molecules"
local function row(hours, remark)
  local function at(name) return cell:at(name, 3600*hours) end
  local growth = at "growth_rate"
  print(("%8.2f %8.3f %10s %11.0f %9.1f %11.1f   %s"):format(hours, growth,
    growth > 0.01 and ("%.1f"):format(60*math.log(2)/growth) or "-",
    at "ribosomes", 100*at "ribosomal_mass_fraction", at "a", remark))
end
row(0, "ten ribosomes, some energy, no mRNA")
row(24, "most protein is now transporters and enzymes")
row(47, "energy suffices at last")
row(60, "steady state; from here the medium is better")
row(60.1, "much energy: more ribosomes are made ...")
row(60.75, "... and fewer transporters and enzymes")
row(68, "the new steady state: faster, with more ribosomes")

local table_file, picture = assert(bioxen.out "01_first_cell.csv"), assert(bioxen.out "01_first_cell.png")
assert(cell:to_csv(table_file))
print("\nEvery minute of it: " .. table_file)

-- Left from the start, right around the change of medium.
local hours, since, mass = {}, {}, {}
for i, seconds in ipairs(cell:times()) do hours[i], since[i] = seconds/3600, seconds/3600 - 60 end
for i, part in ipairs(cell:column "ribosomal_mass_fraction") do mass[i] = 100*part end
local growth = cell:column "growth_rate"
local function panel(x, y, words)
  words.series = { { x = x, y = y, colour = y == growth and 1 or 2 } }
  words.x_label = x == hours and "time (h)" or "time since the change (h)"
  words.y_label = y == growth and "growth rate (1/h)" or "ribosomes (% of protein mass)"
  words.x_range = x == hours and { 0, 60 } or { -1, 6 }
  return words
end
local drawn, err = bioxen.plot {
  file = picture, size = { 1100, 720 }, across = 2, title = "A minimal cell (Weiße et al. 2015)",
  panels = {
    panel(hours, growth, { title = "It grows up from ten ribosomes", y_range = { 0, 2.5 } }),
    panel(since, growth, { title = "Its medium gets better at 0 h", y_range = { 0, 2.5 } }),
    panel(hours, mass, { y_range = { 0, 100 } }),
    panel(since, mass, { y_range = { 0, 30 } }),
  },
}
print(drawn and "The picture of it:  " .. picture or "No picture: " .. err.message)
