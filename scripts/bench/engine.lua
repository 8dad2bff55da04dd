-- Speed of the cell engine beside plain C written by hand, in turns in the same run, for machines
-- are noisy: the best of five, by processor time. The C for ODE is linked with the same CVODE; beside
-- it stands the fastest of other simulators that python3, or what BIOXEN_PEERS names, has. Bars are
-- for a machine where a plain tree of sums makes 2.8e7, 1.2e7, 7.0e6 and 8e6 reactions per second of
-- the first four networks.
-- Run: build/bin/bioxen scripts/bench/engine.lua [folder of facts, else ../shared/facts]

local bioxen = require "bioxen"

local facts = arg[1] or "../shared/facts"
local yardsticks = require("bioxen.core").worker:gsub("bin/[^/]*$", "bench/")
local rounds = 5

-- network, counts, reactions a run, runs, bar
local networks = {
  { "dimer_decay", "ssa-benchmarks/dimer_decay_net.tsv", "ssa-benchmarks/dimer_decay_ini.tsv",
    26600, 200, 2.5e7 },
  { "heat_shock_mass_action", "ssa-benchmarks/heat_shock_mass_action_net.tsv",
    "ssa-benchmarks/heat_shock_mass_action_ini.tsv", 740000, 5, 1.2e7 },
  { "heat_shock_10x", "ssa-benchmarks/heat_shock_10x_net.tsv",
    "ssa-benchmarks/heat_shock_10x_ini.tsv", 610000, 4, 7e6 },
  { "syn3a, 4,555 reactions", "syn3a_cme_network_t0.tsv", "syn3a_cme_initial_counts_t0.tsv",
    1000000, 2, 8e6 },
  { "schlogl", "ssa-benchmarks/schlogl_net.tsv", "ssa-benchmarks/schlogl_ini.tsv", 1000000, 4 },
}

local load_network = [[
  local species, reactions = {}, {}
  local network, counts = args[1], args[2]
  -- names that begin with a digit are none here; coefficients stand alone
  network = network:gsub("%f[%w_]%d+[%a_][%w_]*", "x%0")
  counts = counts:gsub("%f[%w_]%d+[%a_][%w_]*", "x%0")
  for left, right, k in network:gmatch "([^\t\n]*)\t([^\t\n]*)\t([^\t\n]*)" do
    if tonumber(k) then
      reactions[#reactions + 1] = { left .. " -> " .. right, k = k }
      for name in (left .. " " .. right):gmatch "%f[%w_][%a_][%w_]*" do species[name] = 0 end
    end
  end
  for name, count in counts:gmatch "([%w_]+)\t(%d[%d.]*)" do species[name] = tonumber(count) end
  cell:clear()
  process "network" { species = species, reactions = reactions }
]]

-- A bound on the reactions ends a run after exactly so many.
local react = [[
  local start = os.clock()
  for i = 1, args[2] do
    cell:reset()
    local ended, problem = pcall(cell.run, cell, { duration = 1e12, method = "ssa",
      max_steps = args[1], seed = i, record = {} })
    if ended or not problem.message:find "its maximum" then error(problem) end
  end
  return args[1]*args[2]/(os.clock() - start)
]]

local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

local function read(path)
  local file = io.open(path)
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

local function create(id)
  local vm = assert(bioxen.create_bio_vm(id, "minimal_cell", "basic", { timeout = math.huge }))
  assert(vm:start())
  return vm
end

local function call(vm, code, args)
  return assert(vm:execute_biological_process(code, { args = args })).result
end

local function plain(program, ...)
  local command = ("'%s'"):format(table.concat({ yardsticks .. program, ... }, "' '"))
  local pipe = assert(io.popen(command))
  local value = tonumber(pipe:read("a"):match "%S+")
  pipe:close()
  return value or error(command .. " failed: build with -DBUILD_TESTING=ON")
end

local function row(what, value, beside, ratio, bar)
  print(("| %-34s | %9s | %9s | %5s | %7s |"):format(what, value, beside, ratio, bar))
end

local function rate(value)
  return ("%.3g"):format(value)
end

local function bench_network(name, network, counts, steps, runs, bar)
  local net, ini = read(facts .. "/" .. network), read(facts .. "/" .. counts)
  if not net or not ini then
    return print(("| %s: skipped, there is no %s/%s"):format(name, facts, network))
  end
  local vm <close> = create "network"
  call(vm, load_network, { net, ini })
  local best, beside = 0, 0
  for _ = 1, rounds do
    best = math.max(best, call(vm, react, { steps, runs }))
    beside = math.max(beside, plain("plain-ssa", facts .. "/" .. network, facts .. "/" .. counts,
      steps, runs))
  end
  row(name .. ", 1/s", rate(best), rate(beside), ("%.2f"):format(best/beside),
    bar and ("%.2g"):format(bar) or "")
end

-- A chain of n species: networks that do not fit a cache.
local function bench_chain(n)
  local vm <close> = assert(bioxen.create_bio_vm("chain", "minimal_cell", "basic",
    { timeout = math.huge, memory = 2 << 30 }))
  assert(vm:start())
  call(vm, [[
    local species, reactions = {}, {}
    for i = 1, args do
      species["s" .. i] = 10
      reactions[i] = { ("s%d -> s%d"):format(i, i % args + 1), k = 1 + i % 7 }
    end
    cell:clear()
    process "chain" { species = species, reactions = reactions }
  ]], n)
  local best = 0
  for _ = 1, 3 do best = math.max(best, call(vm, react, { 1000000, 1 })) end
  row(("a chain of %d reactions, 1/s"):format(n), rate(best), "", "", "")
end

-- Seconds of the fastest of other simulators, and its name; nil if there is none.
local function fastest_peer(vm, duration)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write(call(vm, "cell:reset() return (cell:to_sbml())"))
  file:close()
  local script = arg[0]:gsub("[^/]*$", "") .. "peer_ode.py"
  local pipe = assert(io.popen(("'%s' '%s' '%s' %d 20 2>/dev/null"):format(
    os.getenv "BIOXEN_PEERS" or "python3", script, path, duration)))
  local best, who
  for line in pipe:lines() do
    local seconds, name = line:match "^(%S+) (%S+)$"
    if seconds and tonumber(seconds) < (best or math.huge) then best, who = tonumber(seconds), name end
  end
  pipe:close()
  os.remove(path)
  return best, who
end

local function bench_ode()
  local vm <close> = create "ode"
  local best, beside, peer, who = math.huge, math.huge, math.huge, nil
  for _ = 1, rounds do
    best = math.min(best, call(vm, [[
      local best = math.huge
      for _ = 1, 20 do
        cell:reset()
        local start = os.clock()
        cell:run { duration = 60000, record = {}, tolerance = { relative = 3e-10, absolute = 1e-10 } }
        best = math.min(best, os.clock() - start)
      end
      return best]]))
    beside = math.min(beside, plain("plain-ode", 60000, 20))
    local seconds, name = fastest_peer(vm, 60000)
    if seconds and seconds < peer then peer, who = seconds, name end
  end
  local function beside_row(what, other, bar)
    row(what, ("%.2f"):format(best*1e3), ("%.2f"):format(other*1e3), ("%.2f"):format(best/other), bar)
  end
  beside_row("ODE, Weisse model for 1,000 min, ms", beside, "<= 1.3x")
  if who then beside_row("the same beside " .. who, peer, "< 1x") end
end

-- The expression of syn3a: many reactions share ribosomes, polymerases and degradosomes. From a cell
-- without RNA on.
local function bench_expression()
  local vm <close> = assert(bioxen.create_bio_vm("expression", "syn3a", "basic",
    { timeout = math.huge }))
  assert(vm:start())
  local best = 0
  for _ = 1, rounds do best = math.max(best, call(vm, react, { 300000, 1 })) end
  row("expression of syn3a, 1/s", rate(best), "", "", "")
end

-- The same runs by one VM and by two, in turns, by the clock on the wall.
local function bench_ensemble()
  local net = read(facts .. "/" .. networks[2][2])
  local ini = read(facts .. "/" .. networks[2][3])
  if not net or not ini then return print "| ensembles: skipped, without their network" end
  local vms = { create "one", create "two" }
  for _, vm in ipairs(vms) do call(vm, load_network, { net, ini }) end
  local code = [[ return cell:ensemble { runs = args[1], first = args[2], duration = 1, every = 0.1,
    seed = 1, quantiles = { 0.05, 0.5, 0.95 } } ]]
  local one, two, whole, merged = math.huge, math.huge, nil, nil
  for _ = 1, 20 do -- short ones: both cores must be idle
    local start = bioxen.clock()
    whole = call(vms[1], code, { 30, 1 })
    one = math.min(one, bioxen.clock() - start)
    start = bioxen.clock()
    local jobs = {}
    for i, vm in ipairs(vms) do
      jobs[i] = assert(vm:submit(code, { args = { 15, 15*i - 14 } }))
    end
    assert(bioxen.wait_all(jobs))
    merged = jobs[1]:result().result:merge(jobs[2]:result().result)
    two = math.min(two, bioxen.clock() - start)
  end
  assert(merged:to_csv() == whole:to_csv(), "two VMs gave another ensemble than one")
  row("ensemble, 30 runs, 1 VM, 1/s", rate(whole.steps/one), "", "", "")
  row("the same by 2 VMs, 1/s", rate(merged.steps/two), "", ("%.2f"):format(one/two), "~ 2x")
  for _, vm in ipairs(vms) do vm:destroy() end
end

-- A scan of a parameter by ODE, by one VM and by two, in turns as above.
local function bench_scan()
  local vms = { create "one", create "two" }
  local code = [[
    local sum = 0
    for i = args[1], args[2] do
      cell:reset()
      cell:set("kb", 0.01 + 0.001*i)
      sum = sum + cell:run { duration = 60000, record = { "a" } }:last "a"
    end
    return sum]]
  local one, two, runs = math.huge, math.huge, 8
  for _ = 1, 40 do -- short ones: both cores must be idle
    local start = bioxen.clock()
    local whole = call(vms[1], code, { 1, runs })
    one = math.min(one, bioxen.clock() - start)
    start = bioxen.clock()
    local jobs = { assert(vms[1]:submit(code, { args = { 1, runs // 2 } })),
      assert(vms[2]:submit(code, { args = { runs // 2 + 1, runs } })) }
    assert(bioxen.wait_all(jobs))
    two = math.min(two, bioxen.clock() - start)
    local halves = jobs[1]:result().result + jobs[2]:result().result
    assert(math.abs(halves/whole - 1) < 1e-12, "two VMs gave other runs than one")
  end
  row("scan by ODE, 1 VM, runs/s", rate(runs/one), "", "", "")
  row("the same by 2 VMs, runs/s", rate(runs/two), "", ("%.2f"):format(one/two), ">= 1.9x")
  for _, vm in ipairs(vms) do vm:destroy() end
end

print("Machine: " .. machine)
row("what", "measured", "plain C", "ratio", "bar")
print("|" .. ("-"):rep(36) .. "|" .. ("-"):rep(11) .. "|" .. ("-"):rep(11) .. "|" ..
  ("-"):rep(7) .. "|" .. ("-"):rep(9) .. "|")
for _, network in ipairs(networks) do bench_network(table.unpack(network)) end
for _, n in ipairs { 10000, 100000, 1000000 } do bench_chain(n) end
bench_expression()
bench_ode()
bench_ensemble()
bench_scan()
