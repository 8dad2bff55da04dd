-- Forks of living VMs: how long one takes, a thousand of them, and what memory each has for itself.
-- Run: build/bin/bioxen scripts/bench/fork.lua

local bioxen = require "bioxen"

local now = bioxen.clock
local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

local function row(what, value, unit, bar)
  print(("| %-58s | %9s | %-4s | %-9s |"):format(what, value, unit, bar or ""))
end

-- The memory that a process shares with no other, in MB.
local function own_memory(vm)
  local sum = 0
  for line in io.lines(("/proc/%d/smaps_rollup"):format(vm:get_status().pid)) do
    sum = sum + tonumber(line:match "^Private_%a+:%s+(%d+)" or 0)
  end
  return sum/1024
end

local function run(vm, code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 600 })).result
end

local function median(values)
  table.sort(values)
  return values[(#values + 1)//2]
end

-- Milliseconds of a fork, and of one with its first answer.
local function measure(vm, times)
  local made, answered = {}, {}
  for i = 1, times do
    local start = now()
    local copy <close> = assert(vm:fork "copy")
    made[i] = now() - start
    assert(run(copy, "return 1") == 1)
    answered[i] = now() - start
  end
  return 1000*median(made), 1000*median(answered)
end

local function create(id, organism, code)
  local vm = assert(bioxen.create_bio_vm(id, organism, "basic", { memory = 1 << 30 }))
  assert(vm:start())
  if code then run(vm, code) end
  return vm
end

-- 911 genes of five reactions each.
local large = [[
  local species, reactions = {}, {}
  for i = 1, 911 do
    local m, p, d = "m" .. i, "p" .. i, "d" .. i
    species[m], species[p], species[d] = 1, 10, 0
    for _, reaction in ipairs { { "-> " .. m, k = 0.1 }, { m .. " -> " .. m .. " + " .. p, k = 0.05 },
      { m .. " ->", k = 0.01 }, { "2 " .. p .. " -> " .. d, k = 1e-4 }, { d .. " ->", k = 1e-3 } } do
      reactions[#reactions + 1] = reaction
    end
  end
  cell:clear()
  process "large" { species = species, reactions = reactions }
  cell:run { duration = 10, method = "ssa", record = {} }
]]

print("Machine: " .. machine)
row("what", "measured", "unit", "bar")
local small <close> = create("small", "minimal_cell", "cell:run { duration = 60 }")
local made, answered = measure(small, 500)
row("fork of a small VM (median)", ("%.2f"):format(made), "ms", "<= 1")
row("  with its first answer", ("%.2f"):format(answered), "ms")

local syn3a <close> = create("syn3a", "syn3a", "cell:run { duration = 60 }")
made, answered = measure(syn3a, 100)
row("fork of a syn3a cell that has lived for a minute (median)", ("%.2f"):format(made), "ms", "<= 3")
row("  with its first answer", ("%.2f"):format(answered), "ms")

local start = now()
local copies = assert(small:fork { n = 1000 })
row("1,000 forks of a small VM, all alive", ("%.2f"):format(now() - start), "s")
local own = {}
for i, copy in ipairs(copies) do own[i] = own_memory(copy) end
row("  memory of each alone (median)", ("%.2f"):format(median(own)), "MB")
for _, copy in ipairs(copies) do assert(run(copy, "return 1") == 1) end
start = now()
for _, copy in ipairs(copies) do assert(copy:destroy()) end
row("  and destroyed", ("%.2f"):format(now() - start), "s")

local grown <close> = create("large", "minimal_cell", large)
made = measure(grown, 100)
row("fork of a cell of 4,555 reactions (median)", ("%.2f"):format(made), "ms")
local copy <close> = assert(grown:fork "copy")
row("  memory of it alone, at once", ("%.2f"):format(own_memory(copy)), "MB")
run(copy, "cell:run { duration = 100, method = 'ssa', record = {} }")
row("  after it has run for 100 s", ("%.2f"):format(own_memory(copy)), "MB", "<= 5")
