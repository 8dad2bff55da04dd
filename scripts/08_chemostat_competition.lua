-- A mutant that lives on less glucose takes over a chemostat. Run it with: bioxen scripts/08_chemostat_competition.lua
-- It leaves out/08_chemostat_competition.csv and, where gnuplot is installed, out/08_chemostat_competition.png.

local bioxen = require "bioxen"

-- A litre, of which 0.3 flow in and out an hour; glucose comes in at 10 mM.
local D, FEED = 0.3, 10
local chassis <close> = bioxen.BioXenHypervisor()
local medium = chassis:medium { volume = 1, glucose = FEED, inflow = D, outflow = D }

-- E. coli by dynamic flux balance (Orth et al., EcoSal Plus 2010). Both take up 10 mmol of glucose per hour and gram at
-- most; the wild type half of that at 0.015 mM (Mahadevan et al. 2002), the mutant at a third of it.
local HALF = { wild_type = 0.015, mutant = 0.005 }
local function start(id, biomass)
  local vm = assert(chassis:create_vm(id, "ecoli"))
  assert(vm:start())
  assert(vm:execute_biological_process("cell:set_uptake('glucose', { maximum = 10, half = args })",
    { args = HALF[id] }))
  assert(medium:add(vm, { biomass = biomass }))
  return vm
end

-- The wild type alone for a day, then one cell in a thousand is a mutant.
local vm = start("wild_type", 0.5)
local first = assert(chassis:run { duration = 24*3600, quantum = 1200 })
local steady = medium:concentration "glucose"
start("mutant", 1e-3*medium:members().wild_type.biomass)
local second = assert(chassis:run { duration = 96*3600, quantum = 1200 })

-- What growth at the rate of dilution takes, by flux balance alone; and so the concentration on which each can live:
-- the R* of Tilman (Resource Competition and Community Structure, 1982).
local uptake = assert(vm:execute_biological_process([[
  cell:set_medium { glc__D = 10, o2 = 15 }
  local model = cell:metabolism()
  local growth = next((model:objective()))
  model:set_bounds(growth, args, args)
  model:set_objective "EX_glc__D_e"
  return -model:optimise().fluxes.EX_glc__D_e ]], { args = D })).result
local function least(id) return HALF[id]*uptake/(10 - uptake) end

print(("Growth at %.1f 1/h takes %.2f mmol of glucose per hour and gram.\n"):format(D, uptake))
print "                              glucose (µM)   by the closed form"
print(("the wild type alone, 24 h  %15.2f %20.2f"):format(1e3*steady, 1e3*least "wild_type"))
print(("with the mutant, 120 h     %15.2f %20.2f"):format(1e3*medium:concentration "glucose", 1e3*least "mutant"))
local members = medium:members()
print(("\nThe mutant is %.1f %% of the cells in the end."):format(
  100*members.mutant.biomass/(members.mutant.biomass + members.wild_type.biomass)))
local books = medium:balance "glucose"
print(("Of %.1f mmol that were there or came in, %.1f were taken, %.1f flowed out, and %.4f are there."):format(
  books.began + books.entered, books.taken, books.left, books.now))

-- Both runs as one.
local time, glucose, cells = {}, {}, { wild_type = {}, mutant = {} }
local function append(result, offset)
  for i, t in ipairs(result.time) do
    if i > 1 or offset == 0 then
      local row = #time + 1
      time[row], glucose[row] = offset + t/3600, 1e3*result.media[1].pools.glucose[i]
      for id, list in pairs(cells) do list[row] = (result.biomass[id] or {})[i] or 0/0 end
    end
  end
end
append(first, 0)
append(second, 24)

local path = assert(bioxen.out "08_chemostat_competition.csv")
local file = assert(io.open(path, "w"))
file:write "time_h,glucose_uM,wild_type_gDW_per_L,mutant_gDW_per_L\n"
for i, t in ipairs(time) do
  local mutant = cells.mutant[i]
  file:write(("%.4f,%.6g,%.6g,%s\n"):format(t, glucose[i], cells.wild_type[i],
    mutant == mutant and ("%.6g"):format(mutant) or ""))
end
file:close()
print("\nAll of it:         " .. path)

local picture = assert(bioxen.out "08_chemostat_competition.png")
local drawn, err = bioxen.plot {
  file = picture, size = { 1000, 800 }, title = "A mutant that lives on less takes over a chemostat",
  panels = {
    { y_label = "cells (gDW/L)", x_label = "time (h)", log = "y", y_range = { 1e-4, 2 }, series = {
      { x = time, y = cells.wild_type, name = "wild type" }, { x = time, y = cells.mutant, name = "mutant" } } },
    { y_label = "glucose (µM)", x_label = "time (h)", y_range = { 0, 12 }, series = {
      { x = time, y = glucose, name = "in the medium" },
      { x = { 0, 120 }, y = { 1e3*least "wild_type", 1e3*least "wild_type" }, name = "the wild type can live on",
        colour = 8 },
      { x = { 0, 120 }, y = { 1e3*least "mutant", 1e3*least "mutant" }, name = "the mutant can live on",
        colour = 9 } } },
  },
}
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
