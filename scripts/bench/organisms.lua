-- Times of organisms and genomes: how long a first VM of each takes to start, how long the next ones take,
-- and what a VM weighs; the gene screens; the rates at which genomes are read.
-- iJO1366 is read from Debian's python3-cobra, where that is installed.
-- Run: build/bin/bioxen scripts/bench/organisms.lua

local bioxen = require "bioxen"

local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

local function median(times)
  table.sort(times)
  return times[(#times + 1)//2]
end

local function row(what, format, ...)
  print(("%-64s %s"):format(what, format:format(...)))
end

local count = 0
local function create(organism, config)
  count = count + 1
  return assert(bioxen.create_bio_vm("bench" .. count, organism, "basic", config))
end

-- Seconds from a created VM to its first answer. A zygote is one for each host process, so that the first
-- start of an organism is measured in processes of their own.
local function first_start(organism)
  local code = ("local b = require 'bioxen' local vm = assert(b.create_bio_vm('a', '%s')) "):format(organism) ..
    "local t = b.clock() assert(vm:start()) io.write(b.clock() - t)"
  local times = {}
  for i = 1, 9 do
    local pipe = assert(io.popen(("'%s' -e \"%s\""):format(arg[-1], code)))
    times[i] = tonumber(pipe:read "a")
    pipe:close()
  end
  return median(times)
end

local function next_start(organism)
  local times = {}
  local keep <close> = create(organism)
  assert(keep:start())
  for i = 1, 21 do
    local vm <close> = create(organism)
    local start = bioxen.clock()
    assert(vm:start())
    times[i] = bioxen.clock() - start
  end
  return median(times)
end

-- kB that a VM adds: proportional set size, which shares pages with the zygote and the other VMs.
local function weight(organism)
  local vms, sum = {}, 0
  for i = 1, 50 do
    vms[i] = create(organism)
    assert(vms[i]:start())
  end
  for _, vm in ipairs(vms) do
    local file = io.open(("/proc/%d/smaps_rollup"):format(vm:get_status().pid))
    sum = sum + (file and tonumber(file:read "a":match "\nPss:%s*(%d+)") or 0/0)
    if file then file:close() end
  end
  for _, vm in ipairs(vms) do vm:destroy() end
  return sum/#vms
end

local function timed(vm, code)
  local start = bioxen.clock()
  local result = assert(vm:execute_biological_process(code, { timeout = 600 })).result
  return bioxen.clock() - start, result
end

local function screens()
  local syn3a <close> = create "syn3a"
  assert(syn3a:start())
  row("iMB155, 155 genes knocked out", "%.1f ms", 1e3*timed(syn3a, "cell:essential_gene_screen()"))
  local seconds, steps = timed(syn3a,
    "return cell:ensemble{ runs = 4, duration = 600, method = 'ssa', seed = 1, record = {} }.steps")
  row("expression of syn3a, exact stochastic simulation", "%.2g reactions/s", steps/seconds)
  local path = "/usr/lib/python3/dist-packages/cobra/data/iJO1366.xml.gz"
  local file = io.open(path)
  if not file then return row("iJO1366", "python3-cobra is not installed") end
  file:close()
  local ecoli <close> = create("ecoli", { model = path })
  local start = bioxen.clock()
  assert(ecoli:start { timeout = 60 })
  row("iJO1366 read by a VM of ecoli, 9.2 MB of SBML", "%.2f s", bioxen.clock() - start)
  local screen, genes = timed(ecoli, "return #cell:knock_out_screen()")
  row(("iJO1366, %d genes knocked out"):format(genes), "%.2f s", screen)
end

local function genomes()
  local path = os.tmpname()
  local letters, lines = { "A", "C", "G", "T" }, {}
  for i = 1, 1000 do
    local line = {}
    for j = 1, 80 do line[j] = letters[math.random(4)] end
    lines[i] = table.concat(line)
  end
  local block, file = table.concat(lines, "\n") .. "\n", assert(io.open(path, "w"))
  file:write ">random\n"
  for _ = 1, 1250 do file:write(block) end
  file:close()
  local times, genome = {}, nil
  for i = 1, 3 do
    local start = bioxen.clock()
    genome = assert(bioxen.genome.load(path))
    times[i] = bioxen.clock() - start
  end
  os.remove(path)
  row("FASTA read", "%.0f MB/s", genome:length()/1e6/median(times))
end

print("On " .. machine)
for _, organism in ipairs { "minimal_cell", "ecoli", "syn3a" } do
  row(organism .. ": first start; next ones; weight", "%.1f ms; %.2f ms; %.0f kB",
    1e3*first_start(organism), 1e3*next_start(organism), weight(organism))
end
screens()
genomes()
