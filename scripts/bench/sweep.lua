-- What a sweep costs: time for each point beyond what it does, how two cores share the work, memory of many points.
-- Run: build/bin/bioxen scripts/bench/sweep.lua [POINTS of the last part, 100000 unless given]

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
  local began = bioxen.clock()
  local result = assert(bioxen.sweep(options))
  assert(result.failed == 0)
  return bioxen.clock() - began
end

for _, case in ipairs { { 0.001, 1000 }, { 0.01, 200 }, { 1, 4 } } do
  local seconds, n = table.unpack(case)
  for _, reuse in ipairs { false, true } do
    local one, two = time(list(n, seconds), 1, { reuse = reuse }), time(list(n, seconds), 2, { reuse = reuse })
    print(("%4d points of %5g s%s: %7.3f ms more each, two VMs %.2f times as fast"):format(n, seconds,
      reuse and ", workers kept" or "", 1e3*(one/n - seconds), one/two))
  end
end

local n = math.tointeger(tonumber(arg[1] or 100000))
local path = os.tmpname()
local began = bioxen.clock()
local before = processes.resident()
local result = assert(bioxen.sweep { parameters = { k = { from = 0, to = 1 } }, design = "random", points = n,
  run = "return args.k", reuse = true, record = path })
print(("%d points in %.1f s: %d kB more, %d bytes of record each"):format(#result.rows, bioxen.clock() - began,
  processes.resident() - before, io.open(path):seek "end"//n))
os.remove(path)
