-- Times of VMs, beside the spawn of a plain lua5.4 in the same run.
-- Run: build/bin/bioxen scripts/bench/vm.lua

local bioxen = require "bioxen"

local now = bioxen.clock

local function median(values)
  table.sort(values)
  return values[(#values + 1) // 2]
end

local function percentile(values, p)
  table.sort(values)
  return values[math.max(1, math.ceil(#values * p))]
end

local function pss(pid)
  for line in io.lines("/proc/" .. pid .. "/smaps_rollup") do
    local kb = line:match("^Pss:%s+(%d+)")
    if kb then return tonumber(kb) end
  end
end

local function row(what, value, unit, bar)
  print(("| %-46s | %12s | %-5s | %-9s |"):format(what, value, unit, bar or ""))
end

local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

-- nil where there is no lua5.4.
local function spawn_lua()
  local times = {}
  for i = 1, 50 do
    local start = now()
    if not os.execute "lua5.4 -e '' 2>/dev/null" then return nil end
    times[i] = now() - start
  end
  return median(times)
end

-- Of a process so far: each time that it touched a page which it did not have, or shared with its zygote.
local function page_faults(pid)
  local file <close> = assert(io.open("/proc/" .. pid .. "/stat"))
  return tonumber(file:read "a":match "^%d+ %(.*%) %S %S+ %S+ %S+ %S+ %S+ %S+ (%d+)")
end

local function start_to_answer(n)
  local times, faults = {}, {}
  for i = 1, n do
    local start = now()
    local vm <close> = assert(bioxen.create_bio_vm("bench", "minimal_cell"))
    assert(vm:start())
    assert(vm:execute_biological_process("return 1").result == 1)
    times[i] = now() - start
    faults[i] = page_faults(vm:get_status().pid)
  end
  return times, median(faults)
end

local function call_and_answer(vm, n)
  local times = {}
  for i = 1, n do
    local start = now()
    vm:execute_biological_process("return 1")
    times[i] = now() - start
  end
  return times
end

local function answers_per_second(vms, n)
  local start = now()
  for _ = 1, n do
    local jobs = {}
    for i, vm in ipairs(vms) do jobs[i] = assert(vm:submit("return 1")) end
    bioxen.wait_all(jobs)
  end
  return n * #vms / (now() - start)
end

local function start_many(n)
  local vms, jobs = {}, {}
  local start = now()
  for i = 1, n do
    vms[i] = assert(bioxen.create_bio_vm("many" .. i, "minimal_cell"))
    jobs[i] = assert(vms[i]:start { wait = false, timeout = 60 })
  end
  assert(bioxen.wait_all(jobs))
  for i, vm in ipairs(vms) do
    assert(jobs[i]:wait())
    jobs[i] = assert(vm:submit("return 1"))
  end
  assert(bioxen.wait_all(jobs))
  for _, job in ipairs(jobs) do assert(job:wait()) end
  return vms, now() - start
end

local function mean_pss(vms)
  local sum = 0
  for _, vm in ipairs(vms) do sum = sum + pss(vm:get_status().pid) end
  return sum / #vms
end

local function overshoot(vm, code, n)
  local times = {}
  for i = 1, n do
    if vm:get_state() ~= "running" then assert(vm:restart()) end
    local start = now()
    local _, err = vm:execute_biological_process(code, { timeout = 0.1 })
    assert(err.code == "EDEADLINE", err)
    times[i] = now() - start - 0.1
  end
  return times
end

local function destroy_all(vms)
  for _, vm in ipairs(vms) do vm:destroy() end
end

print("Machine: " .. machine)
print(("| %-46s | %12s | %-5s | %-9s |"):format("what", "measured", "unit", "bar"))
print("|" .. ("-"):rep(48) .. "|" .. ("-"):rep(14) .. "|" .. ("-"):rep(7) .. "|" ..
  ("-"):rep(11) .. "|")
start_to_answer(3) -- the zygote is warm from here on
local yardstick = spawn_lua()
row("lua5.4 -e '' spawn, the yardstick (median)", yardstick and ("%.2f"):format(yardstick * 1e3) or "no lua5.4", "ms")
local starts, faults = start_to_answer(200)
row("create, start, first answer (median)", ("%.2f"):format(median(starts) * 1e3), "ms")
if yardstick then row("  as a part of the yardstick", ("%.2f"):format(median(starts) / yardstick), "", "<= 0.15") end
row("  page faults of the worker (median)", ("%.0f"):format(faults), "", "<= 40")
row("create, start, first answer (99 %)", ("%.2f"):format(percentile(starts, 0.99) * 1e3), "ms")
do
  local vm <close> = assert(bioxen.create_bio_vm("calls", "minimal_cell"))
  assert(vm:start())
  call_and_answer(vm, 1000)
  local calls = call_and_answer(vm, 20000)
  row("call and answer (median)", ("%.1f"):format(median(calls) * 1e6), "us", "<= 20")
  row("call and answer (99 %)", ("%.1f"):format(percentile(calls, 0.99) * 1e6), "us")
  row("answers from one VM", ("%.0f"):format(answers_per_second({ vm }, 20000)), "1/s")
end
do
  local vms = start_many(100)
  row("answers from 100 VMs", ("%.0f"):format(answers_per_second(vms, 200)), "1/s")
  destroy_all(vms)
end
do
  local vms, seconds = start_many(1000)
  row("1,000 VMs started and all answering", ("%.2f"):format(seconds), "s", "<= 3")
  row("memory per idle VM (PSS, mean of 1,000)", ("%.0f"):format(mean_pss(vms)), "kB", "<= 300")
  destroy_all(vms)
end
do
  local vm <close> = assert(bioxen.create_bio_vm("late", "minimal_cell"))
  assert(vm:start())
  local soft = overshoot(vm, "while true do end", 20)
  row("overshoot of a deadline, state kept (median)", ("%.2f"):format(median(soft) * 1e3), "ms",
    "<= 50")
  local hard = overshoot(vm, [[return ("a"):rep(500):find((".-"):rep(30) .. "b")]], 20)
  row("overshoot of a deadline, killed (median)", ("%.2f"):format(median(hard) * 1e3), "ms",
    "<= 50")
  row("overshoot of a deadline, killed (worst of 20)", ("%.2f"):format(hard[#hard] * 1e3), "ms",
    "<= 50")
end
