-- Speed of the whole cell of syn3a by processor time: one cycle from birth to the second when it can divide; of it the
-- stochastic part, from the reactions of charging and translation and their speed when they run alone, and the rest,
-- metabolism and exchanges; and two cells at once beside one. Bars: a cycle 60 s, then 20 s; two cells 1.8 times
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
  -- charging takes four reactions, to pay a residue one: all but a few, but for chains that come and go one by one
  local fired = 4*cell:get "sum_charging" + cell:get "sum_translation"
  process "exchange" {}
  process "metabolism" {}
  local held, alone, rate = { translated = 0 }, 0, 0
  for _, name in ipairs(cell:species()) do
    if name:find "^N_" then held[name] = cell:get(name) end
  end
  for second = 1, 30 do
    cell:set(held)
    clock = os.clock()
    cell:run { duration = 1, method = "ssa", seed = second, record = { "translated" } }
    alone = alone + os.clock() - clock
    rate = rate + 4*(held.N_atp_c - cell:get "N_atp_c") + cell:get "translated"
  end
  return { cycle = cycle, time = time, ready = life.ready, genes = fired/rate*alone, rate = rate/alone } ]]

local function live(vm, exact)
  return vm:submit(cycle, { args = { seed = 1, seconds = seconds, exact = exact }, timeout = 3600 })
end

local vm <close> = born "one"
for _, exact in ipairs { false, true } do
  local r = assert(live(vm, exact):wait()).result
  print(("%s: %.0f s of life in %.1f s: genes %.1f s, metabolism and exchanges %.1f s; %.1e reactions/s"):format(
    exact and "chains at the membrane one by one" or "chains at the membrane at rest", r.time, r.cycle, r.genes,
    r.cycle - r.genes, r.rate))
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
