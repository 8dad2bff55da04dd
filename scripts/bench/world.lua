-- Shared worlds: what a simulated hour of ten E. coli in a chemostat costs, of a chassis that genomes compete for, and
-- what a quantum costs beside the cells. How the error of a competition falls with the quantum.
-- Run: build/bin/bioxen scripts/bench/world.lua

local bioxen = require "bioxen"

local function start(chassis, count, organism, setup)
  local vms = {}
  for i = 1, count do
    vms[i] = assert(chassis:create_vm(("vm%d"):format(i), organism, "basic", { seed = i }))
    assert(vms[i]:start())
    if setup then assert(vms[i]:execute_biological_process(setup, { args = i })) end
  end
  return vms
end

local function say(what, seconds, hours)
  print(("%-64s %9.2f ms"):format(what, 1e3*seconds/hours))
end

local function timed(chassis, options)
  local began = bioxen.clock()
  local result = assert(chassis:run(options))
  return bioxen.clock() - began, result
end

local function coli_in_chemostat(quantum)
  local chassis <close> = bioxen.BioXenHypervisor()
  local medium = chassis:medium { volume = 1, glucose = 10, acetate = 0, inflow = 0.3, outflow = 0.3 }
  for _, vm in ipairs(start(chassis, 10, "ecoli")) do assert(medium:add(vm, { biomass = 0.08 })) end
  assert(chassis:run { duration = 3600, quantum = quantum })
  return (timed(chassis, { duration = 10*3600, quantum = quantum }))
end

for _, quantum in ipairs { 360, 1200, 3600 } do
  say(("ten ecoli in a chemostat, an hour in quanta of %d s"):format(quantum), coli_in_chemostat(quantum), 10)
end

local function on_a_chassis(policy)
  local chassis <close> = bioxen.BioXenHypervisor()
  start(chassis, 10, "minimal_cell", "cell:steady_state()")
  return (timed(chassis, { duration = 10*3600, quantum = 600, policy = policy }))
end

say("ten minimal_cell, an hour in quanta of 600 s", on_a_chassis(false), 10)
say("the same, competing for the chassis", on_a_chassis(true), 10)

do
  local chassis <close> = bioxen.BioXenHypervisor()
  local medium = chassis:medium { nutrient = 0.0166 }
  local founder = start(chassis, 1, "minimal_cell", "cell:steady_state()")[1]
  assert(medium:add(founder, { cells = 1, divides = true }))
  local seconds, world = timed(chassis, { duration = 10*3600, quantum = 600, population = { most = 10, seed = 1 } })
  say(("a population of ten minimal_cell, an hour; %d forks in ten"):format(#world.lineage//2), seconds, 10)
end

do
  local chassis <close> = bioxen.BioXenHypervisor()
  start(chassis, 10, "minimal_cell", "cell:clear()")
  say("a quantum of ten cells with nothing in them", timed(chassis, { duration = 1000, quantum = 1, policy = false }),
    1000)
end

-- A mutant against the wild type for 18 h, whose end for ever smaller quanta is known.
print "\nquantum (s)   mutant after 18 h (gDW)"
for _, quantum in ipairs { 3600, 1200, 400, 130 } do
  local chassis <close> = bioxen.BioXenHypervisor()
  local medium = chassis:medium { volume = 1, glucose = 10, inflow = 0.3, outflow = 0.3 }
  local vms = start(chassis, 2, "ecoli", "cell:set_uptake('glucose', { maximum = 10, half = 0.025 - 0.01*args })")
  assert(medium:add(vms[1], { biomass = 0.75 }))
  assert(medium:add(vms[2], { biomass = 0.1 }))
  assert(chassis:run { duration = 18*3600, quantum = quantum })
  print(("%11d   %.6f"):format(quantum, medium:members().vm2.biomass))
  local b = medium:balance "glucose"
  local all = b.began + b.entered + b.given
  assert(math.abs(all - b.taken - b.left - b.decayed - b.now) < 1e-9*all, "the books do not balance")
end
