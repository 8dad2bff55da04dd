-- Times of what the host does beyond one VM: sessions, broadcasts, the daemon, work in bulk.
-- Run: build/bin/bioxen scripts/bench/host.lua

local bioxen = require "bioxen"
local core = require "bioxen.core"

local now = bioxen.clock

local function median(values)
  table.sort(values)
  return values[(#values + 1)//2]
end

local function times(n, f)
  local list = {}
  for i = 1, n do
    local start = now()
    f()
    list[i] = now() - start
  end
  return list
end

local function row(what, value, unit, bar)
  print(("| %-46s | %12s | %-5s | %-9s |"):format(what, value, unit, bar or ""))
end

local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

print("Machine: " .. machine)
row("what", "measured", "unit", "bar")
print("|" .. ("-"):rep(48) .. "|" .. ("-"):rep(14) .. "|" .. ("-"):rep(7) .. "|" .. ("-"):rep(11) .. "|")

-- ---- sessions ----

do
  local manager = bioxen.VMManager()
  assert(manager:create_interactive_vm("session", "minimal_cell"))
  local function talk(text, expected)
    assert(manager:send_input("session", text))
    assert(manager:read_output "session" == expected)
  end
  talk("2 + 2", "4\n")
  row("send and read of a session, a number (median)", ("%.3f"):format(median(times(5000, function()
    talk("2 + 2", "4\n")
  end))*1e3), "ms", "<= 0.2")
  row("send and read of a session, a table (median)", ("%.3f"):format(median(times(1000, function()
    talk("{ 1, a = 2 }", "{ 1, a = 2 }\n")
  end))*1e3), "ms")
  manager:remove_vm "session"
end

do
  local manager = bioxen.VMManager()
  assert(manager:bulk_create_interactive_cluster("many", 100, "minimal_cell"))
  local function broadcast()
    local results = assert(manager:broadcast_to_interactive_sessions("many_*", "2 + 2"))
    assert(results.many_099 == "4\n")
  end
  broadcast()
  row("broadcast to 100 sessions, all answers (median)", ("%.2f"):format(median(times(50, broadcast))*1e3), "ms")
  for _, id in ipairs(manager:list_vms()) do manager:remove_vm(id) end
end

-- ---- the daemon ----

do
  local folder = os.tmpname()
  os.remove(folder)
  assert(core.make_folder(folder))
  local command = ("exec '%s' serve --socket '%s/socket' --state '%s' 2>&1"):format(arg[-1], folder, folder)
  local pipe <close> = assert(io.popen(command))
  pipe:read "l"
  local hypervisor = assert(bioxen.connect(folder .. "/socket"))
  local far = assert(hypervisor:create_vm("far", "minimal_cell"))
  local near <close> = assert(bioxen.create_bio_vm("near", "minimal_cell"))
  assert(far:start() and near:start())
  for _, code in ipairs { "return 1", "for _ = 1, 300000 do end" } do
    local function call(vm)
      return function() assert(vm:execute_biological_process(code)) end
    end
    local n = code == "return 1" and 5000 or 200
    local best = { math.huge, math.huge } -- of five medians, for others may load the machine
    for _ = 1, 5 do
      for i, vm in ipairs { near, far } do best[i] = math.min(best[i], median(times(n, call(vm)))) end
    end
    local what = code == "return 1" and "a call that does nothing" or "a call that counts to 300,000"
    row(what .. ", direct", ("%.1f"):format(best[1]*1e6), "us")
    row("  through the daemon", ("%.1f"):format(best[2]*1e6), "us")
    row("  over the direct one", ("%.2f"):format(best[2]/best[1]), "", "<= 2")
  end
  os.execute("kill " .. hypervisor.pid)
  pipe:read "a"
  os.execute(("rm -rf '%s'"):format(folder))
end

-- ---- work in bulk ----

-- Turns of an empty loop that take so many seconds here.
local function turns_of(vm, seconds)
  local code = "local t = os.clock() for _ = 1, args do end return os.clock() - t"
  local taken = assert(vm:execute_biological_process(code, { args = 20000000 })).result
  return math.floor(20000000*seconds/taken)
end

local function inputs_of(n, value)
  local list = {}
  for i = 1, n do list[i] = value end
  return list
end

local WORK = "for _ = 1, args do end return args"

local function map_rate(inputs, options)
  local start = now()
  for _, answer in bioxen.map(inputs, WORK, options) do assert(answer.result) end
  return #inputs/(now() - start)
end

local function loop_rate(vm, inputs)
  local start = now()
  for _, input in ipairs(inputs) do assert(vm:execute_biological_process(WORK, { args = input })) end
  return #inputs/(now() - start)
end

-- Rounds of both, one after the other, for others may load the machine: the best ratio that was seen, and the median.
local function scaling(vm, inputs, options)
  local ratios, rate = {}, 0
  for i = 1, 7 do
    local one = loop_rate(vm, inputs)
    local two = map_rate(inputs, options)
    ratios[i], rate = two/one, math.max(rate, two)
  end
  local middle = median(ratios)
  return ratios[#ratios], middle, rate
end

do
  local vm <close> = assert(bioxen.create_bio_vm("loop", "minimal_cell"))
  assert(vm:start())
  row("jobs a second that do nothing, by a loop", ("%.0f"):format(loop_rate(vm, inputs_of(20000, 0))), "1/s")
  row("  by map, VMs kept", ("%.0f"):format(map_rate(inputs_of(20000, 0), { reuse = true })), "1/s")
  row("  by map, each from a fresh worker", ("%.0f"):format(map_rate(inputs_of(5000, 0))), "1/s")
  local cores = math.min(2, core.cores())
  for _, seconds in ipairs { 0.01, 0.1 } do
    local inputs = inputs_of(math.floor(2/seconds), turns_of(vm, seconds))
    for _, reuse in ipairs { true, false } do
      local best, middle, rate = scaling(vm, inputs, { vms = cores, reuse = reuse })
      row(("jobs of %g ms by map on %d cores%s"):format(seconds*1e3, cores, reuse and ", VMs kept" or ""),
        ("%.1f"):format(rate), "1/s")
      row("  over a loop: best, median of 7", ("%.2f %.2f"):format(best, middle), "", cores == 2 and ">= 1.9" or "")
    end
  end
end
