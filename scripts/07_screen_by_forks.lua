-- A screen by forks: one culture of E. coli grows until its glucose is nearly used up. Then it is copied as it
-- is, once for each gene of its metabolism, each copy loses its gene, and all go on: first on glucose, then on acetate.
-- Run it with: bioxen scripts/07_screen_by_forks.lua
-- It leaves out/07_screen_by_forks.csv and, where gnuplot is installed, out/07_screen_by_forks.png.

local bioxen = require "bioxen"

local vm <close> = assert(bioxen.create_bio_vm("culture", "ecoli"))
assert(vm:start())

-- This runs inside the VM, and stays there: what the culture has come to is in its Lua state. Time is in hours, biomass
-- in grams of dry weight per litre, glucose and acetate are in mM.
assert(vm:execute_biological_process [[
  state = { biomass = 0.01, glucose = 10, acetate = 0 }
  function grow(hours)
    local t = cell:grow_culture { duration = hours, every = 0.05, biomass = state.biomass,
      medium = { glc__D = state.glucose, ac = state.acetate } }
    state = { biomass = t:last "biomass", glucose = t:last "glc__D_e", acetate = t:last "ac_e" }
    return t
  end
]])

local BEFORE, AFTER = 5.5, 1.1
local clock = bioxen.clock
local function run(in_vm, code, args) return assert(in_vm:execute_biological_process(code, { args = args })).result end

local together = run(vm, "return grow(args)", BEFORE)
local genes = run(vm, [[
  local all = {}
  for i, row in ipairs(cell:knock_out_screen()) do all[i] = { id = row.id, name = row.name, growth = row.relative } end
  return all
]])

local began = clock()
local copies = assert(vm:fork { n = #genes, id = "mutant" })
local took = clock() - began
local mutant = [[ cell:knock_out { args.id } return grow(args.hours) ]]
local jobs = {}
for i, copy in ipairs(copies) do
  jobs[i] = assert(copy:submit(mutant, { args = { id = genes[i].id, hours = AFTER } }))
end
local wild = run(vm, "return grow(args)", AFTER)
for i, job in ipairs(jobs) do genes[i].culture = assert(job:wait()).result end

-- What becomes of a mutant that is made while the culture lives, beside what flux balance says of it on fresh glucose.
local start, whole = together:last "biomass", wild:last "biomass"
local classes = { "grows as before", "grows less", "does not grow" }
local count = {}
for i, name in ipairs(classes) do count[i] = { name = name, 0, 0, 0 } end
local function class_of(fraction) return fraction > 0.99 and 1 or fraction > 0.01 and 2 or 3 end
for _, gene in ipairs(genes) do
  gene.fraction = (gene.culture:last "biomass" - start)/(whole - start)
  local row, column = count[class_of(gene.growth)], class_of(gene.fraction)
  row[column] = row[column] + 1
end

print(("After %.1f h: %.3f gDW/L, %.2f mM of glucose, %.2f mM of acetate. %d copies were made in %.0f ms.\n"):format(
  BEFORE, start, together:last "glc__D_e", together:last "ac_e", #copies, 1000*took))
print(("%-30s %s"):format("Without one gene", "in the culture, from then on"))
print(("%-22s %16s %12s %15s"):format("on fresh glucose", table.unpack(classes)))
for _, row in ipairs(count) do print(("%-22s %16d %12d %15d"):format(row.name, table.unpack(row))) end

local table_file = assert(bioxen.out "07_screen_by_forks.csv")
local csv = assert(io.open(table_file, "w"))
csv:write "gene,name,growth_on_glucose,growth_in_culture\n"
for _, gene in ipairs(genes) do
  csv:write(("%s,%s,%.4f,%.4f\n"):format(gene.id, gene.name or "", gene.growth, gene.fraction))
end
csv:close()
print("\nGene by gene:      " .. table_file)

local function later(t)
  local times = t:times()
  for i, time in ipairs(times) do times[i] = time + BEFORE end
  return times
end
local series, seen = {}, {}
for _, gene in ipairs(genes) do
  local class = class_of(gene.fraction)
  series[#series + 1] = { x = later(gene.culture), y = gene.culture:column "biomass", style = "lines",
    colour = ({ 1, 5, 2 })[class], name = not seen[class] and classes[class] or nil }
  seen[class] = true
end
series[#series + 1] = { x = together:times(), y = together:column "biomass", style = "lines", colour = 3,
  name = "the culture before" }
local picture = assert(bioxen.out "07_screen_by_forks.png")
local drawn, err = bioxen.plot {
  file = picture, size = { 1000, 560 }, title = "One culture of E. coli, forked: each copy without another gene",
  x_label = "time, h", y_label = "biomass, gDW/L", series = series,
}
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
