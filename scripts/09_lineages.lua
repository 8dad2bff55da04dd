-- Twenty generations of a minimal cell: every division makes a VM of the daughter, and of more than eight cells any are
-- left out, which keeps what the population does. Run it with: bioxen scripts/09_lineages.lua
-- It leaves out/09_lineages.csv and, where gnuplot is installed, out/09_lineages.png.

local bioxen = require "bioxen"

local GENERATIONS, MOST = 20, 8

local chassis <close> = bioxen.BioXenHypervisor()
local vm = assert(chassis:create_vm("cell", "minimal_cell", "basic", { seed = 1 }))
assert(vm:start())
-- A cell of Weiße et al. (PNAS 2015) in balanced growth, in 16.6 µM of nutrient.
local metrics = assert(vm:execute_biological_process "return cell:steady_state()").result
local medium = chassis:medium { volume = 1, nutrient = 1e4/602214.076 }
assert(medium:add(vm, { cells = 1, divides = true }))

local duration = GENERATIONS*metrics.doubling_time*60
local world = assert(chassis:run { duration = duration, quantum = duration/100,
  population = { most = MOST, seed = 3 } })

-- The cells that lived to divide, and how their growth differs: a daughter has each molecule by chance.
local count, sum, squares, generation, deepest = 0, 0, 0, {}, 0
for i, cell in ipairs(world.lineage) do
  generation[i] = cell.mother and generation[cell.mother] + 1 or 0
  deepest = math.max(deepest, generation[i])
  if cell.fate == "divided" then
    count, sum, squares = count + 1, sum + cell.growth_rate, squares + cell.growth_rate^2
  end
end
local mean = sum/count
local population = world.populations[1]
local rate = math.log(population.biomass[#population.biomass]/population.biomass[1])/(duration/3600)

print(("%d cells in %d generations, %d of them at a time; %d have divided.\n"):format(#world.lineage, deepest, MOST,
  count))
print "growth rate (1/h)"
print(("  of the model, undisturbed       %.3f"):format(metrics.growth_rate))
print(("  of the cells that divided       %.3f, standard deviation %.3f"):format(mean,
  math.sqrt(squares/count - mean^2)))
print(("  of the biomass they stand for   %.3f: from %.1e to %.1e gDW"):format(rate, population.biomass[1],
  population.biomass[#population.biomass]))

local path = assert(bioxen.out "09_lineages.csv")
local file = assert(io.open(path, "w"))
file:write "cell,mother,generation,born_s,ended_s,fate,growth_rate_per_h\n"
for i, cell in ipairs(world.lineage) do
  file:write(("%d,%s,%d,%.0f,%s,%s,%s\n"):format(i, cell.mother or "", generation[i], cell.born,
    cell.ended and ("%.0f"):format(cell.ended) or "", cell.fate or "lives",
    cell.growth_rate and ("%.6f"):format(cell.growth_rate) or ""))
end
file:close()
print("\nAll of it:         " .. path)

local picture = assert(bioxen.out "09_lineages.png")
local drawn, err = bioxen.plot { file = picture, size = { 1300, 1000 }, across = 2, world = world,
  lineage = world.lineage, title = "A minimal cell and its offspring (Weiße et al. 2015)" }
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
