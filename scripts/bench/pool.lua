-- A sweep of 200 points in 8 guests of the emulated XCP-ng pool, of which two are killed, and the courier of a third:
-- its record must be the local one's to the byte, and nothing be left. Then the same where the sweep itself is killed
-- and gone on with. What guests cost beside VMs here is told at the end.
-- Run: build/bin/bioxen scripts/bench/pool.lua, from a clone that is built with its tests.

package.path = "./?.lua;./spec/support/organisms/?.lua;" .. package.path

local bioxen = require "bioxen"
local fault_bench = require "spec.support.fault_bench"
local xapi = require "spec.support.xapi"

local POINTS, GUESTS, VMS = 200, 8, 2
local KILL = { [40] = "guest", [80] = "courier", [120] = "guest" } -- once so many points are done

local missing = xapi.missing()
if missing then
  print("Skipped: " .. missing)
  os.exit(0)
end

local bench = fault_bench.open()

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function sweep(more)
  local given = { parameters = { k = { from = 0.1, to = 2, count = POINTS//2 } }, replicates = 2, seed = 11,
    record = os.tmpname(), setup = [[
      process "decay" { species = { S = 2000 }, parameters = { k = 0.1 }, reactions = { { "S ->", k = "k" } } }]],
    run = [[cell:set("k", args.k) return { left = cell:run { duration = 1, method = "ssa" }:last "S" }]] }
  for name, value in pairs(more or {}) do given[name] = value end
  local began = bioxen.clock()
  local result = assert(bioxen.sweep(given))
  assert(result.failed == 0 and result.missing == 0, result:csv():match "[^\n]*,[^\n]*E%u+:[^\n]*")
  local text = read(given.record)
  os.remove(given.record)
  return text, bioxen.clock() - began
end

local killed = {}

local function kill(what)
  if what == "courier" then
    local pid = fault_bench.couriers()[1]
    fault_bench.kill(pid)
    return print(("  killed courier %d"):format(pid))
  end
  for _, guest in ipairs(bench.pool:guests()) do
    if not killed[guest.uuid] then
      killed[guest.uuid] = true
      bench.pool:guest { vm = guest.vm, action = "kill" }
      return print(("  killed guest %s"):format(guest.name))
    end
  end
end

local here, local_time = sweep()
local there = { pool = bench:config(), guests = GUESTS, vms_per_guest = VMS }
bench.before = bench:state() -- with the process that VMs here come from
local text, quiet_time = sweep(there)
assert(text == here, "another record")
there.notice = function(words) print("  " .. words) end
there.progress = function(done)
  if KILL[done] then kill(KILL[done]) end
end
local faulty_text, faulty_time = sweep(there)
assert(faulty_text == here, "another record")
local left = bench:leftovers()
assert(left == "", left)

-- ---- the sweep is killed ----

local shell = require "spec.support.shell"

local sh = shell.open()
local config = sh:file("pool.json", require "cjson".encode(bench:config()))
assert(os.execute("chmod 600 " .. config))
local file = sh:file("slow.lua", [[return { parameters = { k = { from = 0, to = 1, count = 60 } }, seed = 4, run =
  "local t = os.clock() while os.clock() - t < 0.1 do end return { x = args.k, draw = math.random() }" }]])
local command = ("%s sweep %s --record %s/there --pool %s --guests 3 --vms-per-guest 2 --quiet --out /dev/null")
  :format(sh.program, file, sh.scratch, config)
assert(sh(("touch %s/there; %s & until [ $(wc -l <%s/there) -gt 20 ]; do sleep 0.05; done; kill -9 $!; wait $! || true")
  :format(sh.scratch, command, sh.scratch)) == 0)
assert(bench:wait_until(function() return bench.pool:counts().vms == bench.before.vms end))
assert(sh(command) == 0)
assert(sh(("cd %s && bioxen sweep %s --record here --quiet --out /dev/null && cmp here there"):format(sh.scratch,
  file)) == 0)
sh:close()
left = bench:leftovers()
assert(left == "", left)

local session <close> = assert(bench:session())
assert(#assert(session:send("list", true, 60):wait()) == 0)
print(("%d points here %.2f s; in %d guests with %d VMs each %.2f s, and %.2f s with two guests and a courier killed;"
  .. " to the byte the same, and nothing left"):format(POINTS, local_time, GUESTS, VMS, quiet_time, faulty_time))
session:close()
bench:close()
