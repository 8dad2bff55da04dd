-- What a sweep costs: time for each point beyond what it does, how two cores share the work, memory of many points;
-- and what other programs take for the same points, where BIOXEN_PEERS names a Python that has them (peer_sweep.py).
-- Run: build/bin/bioxen scripts/bench/sweep.lua [POINTS for the memory, 100000 unless given]

package.path = "./?.lua;" .. package.path
local bioxen = require "bioxen"
local processes = require "spec.support.processes"

local WORK = "local t = os.clock() while os.clock() - t < args.seconds do end return 1"

local function list(n, value)
  local rows = {}
  for i = 1, n do rows[i] = { seconds = value, i = i } end
  return rows
end

local function time(rows, vms, more)
  local options = { rows = rows, run = WORK, vms = vms }
  for name, value in pairs(more or {}) do options[name] = value end
  local began, own = bioxen.clock(), os.clock()
  local result = assert(bioxen.sweep(options))
  assert(result.failed == 0)
  return bioxen.clock() - began, os.clock() - own
end

for _, case in ipairs { { 0.001, 1000 }, { 0.01, 200 }, { 1, 4 } } do
  local seconds, n = table.unpack(case)
  for _, reuse in ipairs { false, true } do
    local one, own = time(list(n, seconds), 1, { reuse = reuse })
    local two = time(list(n, seconds), 2, { reuse = reuse })
    print(("%4d points of %5g s%s: %7.3f ms more each, %.3f ms of them the host's own work; two VMs %.2f times as fast")
      :format(n, seconds, reuse and ", workers kept" or "", 1e3*(one/n - seconds), 1e3*own/n, one/two))
  end
end

local n = math.tointeger(tonumber(arg[1] or 100000))
local path = os.tmpname()
local began = bioxen.clock()

-- The most memory that this process has had at once, in kB.
local function peak()
  local file <close> = assert(io.open "/proc/self/status")
  return tonumber(file:read "a":match "VmHWM:%s*(%d+)")
end

local before = processes.resident()
local result = assert(bioxen.sweep { parameters = { k = { from = 0, to = 1 } }, design = "random", points = n,
  run = "return args.k", reuse = true, record = path })
print(("%d points in %.1f s: %d kB more, %d kB at most, %d bytes of record each"):format(#result.rows,
  bioxen.clock() - began, processes.resident() - before, peak(), io.open(path):seek "end"//n))
os.remove(path)

-- ---- beside others ----

-- Lines of peer_sweep.py: { seconds, sum, name } each; none where neither is installed. BIOXEN_PEERS names a Python.
local function peers(words)
  local script, found = arg[0]:gsub("[^/]*$", "") .. "peer_sweep.py", {}
  local pipe <close> = assert(io.popen(("'%s' '%s' %s 2>/dev/null"):format(os.getenv "BIOXEN_PEERS" or "python3",
    script, words)))
  for line in pipe:lines() do
    local seconds, sum, name = line:match "^(%S+) (%S+) (%S+)$"
    if name then found[#found + 1] = { tonumber(seconds), tonumber(sum), name } end
  end
  return found
end

local function compare(what, points, options, words)
  local taken, sum = {}, 0
  for vms = 1, 2 do
    options.vms = vms
    local start = bioxen.clock()
    local values = assert(bioxen.sweep(options)):column "value"
    taken[vms], sum = bioxen.clock() - start, 0
    for _, value in ipairs(values) do sum = sum + value end
  end
  print(("%s, %d points: %.3f s by one VM, %.3f s by two; sum of results %.9g"):format(what, points, taken[1], taken[2],
    sum))
  for _, peer in ipairs(peers(words)) do
    print(("  %s: %.3f s, %.1f times as long as one VM; sum of results %.9g"):format(peer[3], peer[1],
      peer[1]/taken[1], peer[2]))
  end
end

local ENZYMES = [[
  process "chain" {
    species = { S = 10, A = 0, B = 0, C = 0, P = 0 }, parameters = { V = 1, K = 0.5, k = 0.2 },
    reactions = { { "S -> A", rate = "V*S/(K + S)" }, { "A -> B", rate = "V*A/(K + A)" },
      { "B -> C", rate = "V*B/(K + B)" }, { "C -> P", rate = "k*C" }, { "P -> S", rate = "0.1*k*P" } } }
]]
local model = os.tmpname()
do
  local vm <close> = assert(bioxen.create_bio_vm("writes", "empty"))
  assert(vm:start())
  local text = assert(vm:execute_biological_process(ENZYMES .. "return (cell:to_sbml())")).result
  local file <close> = assert(io.open(model, "w"))
  file:write(text)
end
compare("a chain of enzymes by differential equations", 1000, {
  parameters = { V = { from = 0.1, to = 3, count = 1000 } }, setup = ENZYMES, reuse = true,
  biological_type = "empty", run = [[
    cell:reset()
    cell:set { V = args.V }
    return cell:run({ duration = 100, every = 100, tolerance = { relative = 3e-10, absolute = 1e-10 } }):last "P"]] },
  ("ode %s 100 P V 0.1 3 1000"):format(model))
os.remove(model)

compare("birth and death, exactly", 20, { parameters = { d = { from = 0.05, to = 0.5, count = 20 } }, reuse = true,
  biological_type = "empty",
  setup = [[
    process "birth and death" { species = { A = 0 }, parameters = { d = 0.1 },
      reactions = { { "-> A", rate = "100" }, { "A ->", k = "d" } } }]],
  run = [[
    cell:reset()
    cell:set { d = args.d }
    return cell:run({ duration = 100, every = 100, method = "ssa" }):last "A"]] },
  "ssa 100 100 0.05 0.5 20")
