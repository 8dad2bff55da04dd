-- Speed of the whole cell of syn3a by processor time: one cycle from birth to the second when it can divide; of it the
-- part of metabolism and exchanges, from a run without reactions of genes in the middle of a life, and the reactions a
-- second of the stochastic rest; and two cells at once beside one. Bars: a cycle 60 s, then 20 s; two cells 1.8 times
-- the throughput of one. The published program takes up to 6 h, plain C of the same model 79 s.
-- Run: build/bin/bioxen scripts/bench/syn3a.lua [seconds of life, else 9000]

local bioxen = require "bioxen"

local seconds = tonumber(arg[1] or 9000)

local function born(name)
  local vm = assert(bioxen.create_bio_vm(name, "syn3a"))
  assert(vm:start())
  return vm
end

local cycle = [[
  cell:begin_whole_cell { seed = args.seed, exact = args.exact }
  local clock = os.clock()
  local life = cell:live { duration = args.seconds, seed = args.seed }
  local cycle, time = os.clock() - clock, cell:time()
  local fired = 4*cell:get "sum_charging" + cell:get "sum_translation" -- charging: four steps; paying a residue: one
  process "genes" { reactions = { { "-> no_gene", k = 0 } }, species = { no_gene = 0 } }
  clock = os.clock()
  cell:live { duration = 300, seed = 1, to_the_end = true }
  local metabolism = (os.clock() - clock)/300*time
  return { cycle = cycle, time = time, ready = life.ready, fired = fired, metabolism = metabolism } ]]

local function live(vm, exact)
  return vm:submit(cycle, { args = { seed = 1, seconds = seconds, exact = exact }, timeout = 3600 })
end

local vm <close> = born "one"
for _, exact in ipairs { false, true } do
  local r = assert(live(vm, exact):wait()).result
  if exact then r.fired = nil end
  print(("%s: %.0f s of life in %.1f s: metabolism and exchanges %.1f s, genes %.1f s%s"):format(
    exact and "chains at the membrane one by one" or "chains at the membrane at rest", r.time, r.cycle, r.metabolism,
    r.cycle - r.metabolism, r.fired and (", %.1e reactions/s"):format(r.fired/(r.cycle - r.metabolism)) or ""))
end

local other <close> = born "other"
local clock = require("bioxen.core").clock
local begin = clock()
assert(live(vm):wait())
local alone = clock() - begin
begin = clock()
local first, second = live(vm), live(other)
assert(first:wait())
assert(second:wait())
print(("two cells at once: %.2f times the throughput of one"):format(2*alone/(clock() - begin)))
