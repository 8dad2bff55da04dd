-- Times of VMs in guests of the emulated XCP-ng pool: what BioXen adds to the pool's own time, calls over
-- SSH beside libssh's own round trip, many guests at once, and a large answer.
-- Run: build/bin/bioxen scripts/bench/xcpng.lua, from a clone that is built with its tests.

package.path = "./?.lua;" .. package.path

local bioxen = require "bioxen"
local xapi = require "spec.support.xapi"

local now = bioxen.clock
local build = os.getenv "BIOXEN_BUILD" or "./build"

-- Of the pool, in seconds. Its events come at once here: xapi holds them back for 0.05 s.
local DELAYS = { ["VM.clone"] = 0.2, ["VM.start"] = 0.3, boot = 0.3, agent = 0.1, event_batch = 0 }
local XAPI_BATCH = 0.05
local STARTS = 7
local CALLS = 2000
local FRAME = 60 -- bytes of a small call

local function run(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  pipe:close()
  return text
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local raw_ssh = build .. "/bench/raw-ssh"
local missing = xapi.missing()
if not missing and not exists(raw_ssh) then
  missing = raw_ssh .. " is not built (configure with -DBUILD_TESTING=ON)"
end
if missing then
  print("Skipped: " .. missing)
  os.exit(0)
end

-- ---- the table ----

local function percentile(values, p)
  local sorted = table.move(values, 1, #values, 1, {})
  table.sort(sorted)
  return sorted[math.max(1, math.ceil(#sorted * p))]
end

local function median(values)
  return percentile(values, 0.5)
end

local LINE = "| %-55s | %9s | %9s | %-4s | %-6s |"

local function show(what, middle, worst, unit, bar)
  print(LINE:format(what, middle, worst, unit, bar or ""))
end

-- Seconds as a row in milliseconds or microseconds.
local function row(what, values, unit, bar)
  local scale = unit == "us" and 1e6 or 1e3
  show(what, ("%.1f"):format(median(values) * scale),
    ("%.1f"):format(percentile(values, 1) * scale), unit, bar)
end

local function less(values, own)
  local left = {}
  for i, value in ipairs(values) do left[i] = value - own end
  return left
end

local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

-- ---- the pool ----

local pool <close> = xapi.start { https = true, delays = DELAYS }
local template = pool:call("VM.get_by_name_label", pool.template)[1]
local version = run(build .. "/bin/bioxen-worker --version"):match "%S+%s*$":gsub("%s", "")
local preinstalled = pool.template_home .. "/.cache/bioxen/worker-" .. version

local function preinstall()
  local worker = build .. "/bin/bioxen-worker"
  assert(os.execute(("mkdir -p '%s/.cache/bioxen'"):format(pool.template_home)))
  if not os.execute(("strip -o '%s' '%s' 2>/dev/null"):format(preinstalled, worker)) then
    assert(os.execute(("cp '%s' '%s'"):format(worker, preinstalled)))
  end
end

local function new_vm(id, options)
  local config = pool:config { journal = pool.state .. "/journal" }
  for name, value in pairs(options or {}) do config[name] = value end
  return assert(bioxen.create_bio_vm(id, "minimal_cell", "xcpng", { xcpng_config = config }))
end

local session = assert(bioxen.xapi.connect { xapi_url = pool.https_url, username = pool.username,
  password = pool.password, ca_file = pool.ca_file })

-- The pool's own time for a guest: what xapi is asked for, without BioXen, until the guest has told its
-- address.
local function own_time()
  local start = now()
  local ref = pool:call("VM.clone", template, "yardstick")
  pool:call("VM.provision", ref)
  pool:call("VM.start", ref, false, false)
  local metrics = pool:call("VM.get_guest_metrics", ref)
  local seconds
  for event in session:events { classes = { "vm_guest_metrics" }, timeout = 30 } do
    if event.ref == metrics and event.snapshot and next(event.snapshot.networks) then
      seconds = now() - start
      break
    end
  end
  pool:call("VM.hard_shutdown", ref)
  pool:call("VM.destroy", ref)
  return assert(seconds, "the yardstick's guest did not boot")
end

-- ---- starts ----

-- By the text of the progress that ends them. What takes less than a millisecond may not be seen.
local STEPS = {
  { "courier, TLS, login", "looking for the template" },
  { "template found", "copying the template" },
  { "copied, marked, set up, provisioned", "starting the guest" },
  { "started", "waiting for the guest's address" },
  { "booted, its address known", "connecting to the guest" },
}

-- Start `vm`: seconds until it runs, and when each text of its progress came.
local function timed_start(vm)
  local seen, start = {}, now()
  local job = assert(vm:start { wait = false, timeout = 120 })
  local last
  while not job:done() do
    job:wait(0.001)
    local _, text = job:progress()
    if text and text ~= last then seen[#seen + 1] = { text = text, at = now() - start } end
    last = text
  end
  local seconds = now() - start
  assert(job:wait())
  return seconds, seen
end

local function time_of(seen, text)
  for _, entry in ipairs(seen) do
    if entry.text:find(text, 1, true) == 1 then return entry.at end
  end
  error("no progress " .. text)
end

local function starts(n, options)
  local totals, all = {}, {}
  for i = 1, n do
    local vm <close> = new_vm("start" .. i, options)
    totals[i], all[i] = timed_start(vm)
    assert(vm:destroy())
  end
  return totals, all
end

local function bench_starts()
  local own = {}
  starts(1)
  local totals, all = {}, {}
  local mark
  for i = 1, STARTS do
    own[i] = own_time()
    mark = pool:mark()
    local total, seen = starts(1)
    totals[i], all[i] = total[1], seen[1]
  end
  local requests = #pool:requests { since = mark }
  row("the pool's own: clone, start, boot, address", own, "ms")
  row("start to a running worker", totals, "ms")
  local before = {}
  for _, step in ipairs(STEPS) do
    local times = {}
    for i, seen in ipairs(all) do
      local at = time_of(seen, step[2])
      times[i], before[i] = at - (before[i] or 0), at
    end
    row("  " .. step[1], times, "ms")
  end
  local ssh = {}
  for i, total in ipairs(totals) do ssh[i] = total - before[i] end
  row("  SSH, worker and organism", ssh, "ms")
  row("start, less the pool's own, without SSH", less(before, median(own)), "ms", "<= 150")
  row("start, less the pool's own, with SSH", less(totals, median(own)), "ms", "<= 300")
  show("requests to the pool, from the login to the destruction", requests, "", "")
  return totals
end

local function bench_other_starts()
  pool:delays { event_batch = XAPI_BATCH }
  row("start, the pool's events held back for 50 ms", (starts(STARTS)), "ms")
  pool:delays { event_batch = 0 }
  os.remove(preinstalled)
  local totals, all = starts(3, { install_worker = true })
  local copied = {}
  for i, seen in ipairs(all) do
    copied[i] = time_of(seen, "the worker is starting") - time_of(seen, "copying the worker")
  end
  row("start that installs the worker", totals, "ms")
  row("  the worker copied, checked and started", copied, "ms")
  preinstall()
end

-- Guests started together: seconds until all run.
local function start_together(n)
  local vms, jobs = {}, {}
  local start = now()
  for i = 1, n do
    vms[i] = new_vm("together" .. i)
    jobs[i] = assert(vms[i]:start { wait = false, timeout = 120 })
  end
  bioxen.wait_all(jobs)
  local seconds = now() - start
  for i, vm in ipairs(vms) do
    assert(jobs[i]:wait())
    vm:destroy()
  end
  return seconds
end

local function bench_many(one)
  for _, n in ipairs { 5, 20 } do
    local times = { start_together(n), start_together(n), start_together(n) }
    row(("%d guests started at once"):format(n), times, "ms")
    show("  in times of one", ("%.2f"):format(median(times) / one), "", "", n == 20 and "<= 3" or "")
  end
end

-- ---- the life of a guest ----

local function bench_life()
  local times = { pause = {}, resume = {}, stop = {}, start = {}, destroy = {} }
  for i = 1, STARTS do
    local vm <close> = new_vm("life" .. i)
    assert(vm:start())
    for _, step in ipairs { "pause", "resume", "stop", "start", "destroy" } do
      local start = now()
      assert(vm[step](vm))
      times[step][i] = now() - start
    end
  end
  row("pause", times.pause, "ms")
  row("resume", times.resume, "ms")
  row("stop: a clean shutdown", times.stop, "ms")
  row("start of the stopped guest (the pool's own 700)", times.start, "ms")
  row("destroy of a running guest", times.destroy, "ms")
end

-- ---- calls ----

local function call_times(vm, n)
  local times = {}
  for i = 1, n do
    local start = now()
    vm:execute_biological_process "return 1"
    times[i] = now() - start
  end
  return times
end

-- Of libssh's round trip: the set-up, the median, the 99th percentile, in seconds.
local function raw_times(vm)
  local text = run(("%s %s %d %s '%s' '%s' %d %d"):format(raw_ssh, vm:get_status().address,
    pool.ssh_port, pool.ssh_user, pool.ssh_key, pool.known_hosts, CALLS, FRAME))
  local opened, middle, late = text:match "(%S+) (%S+) (%S+)"
  return tonumber(opened) / 1e3, tonumber(middle) / 1e6, tonumber(late) / 1e6
end

local function bench_calls(vm)
  local opened, middle, late, raw_middle, raw_late, ratio = {}, {}, {}, {}, {}, {}
  call_times(vm, CALLS)
  for i = 1, 5 do
    opened[i], raw_middle[i], raw_late[i] = raw_times(vm)
    local times = call_times(vm, CALLS)
    middle[i], late[i] = median(times), percentile(times, 0.99)
    ratio[i] = middle[i] / raw_middle[i]
  end
  row("libssh: connected, logged in, cat answers", opened, "ms")
  row("libssh: round trip to cat, median of 2,000", raw_middle, "us")
  row("libssh: round trip to cat, 99 %", raw_late, "us")
  row("call and answer over SSH, median of 2,000", middle, "us")
  row("call and answer over SSH, 99 %", late, "us")
  show("  in times of libssh's round trip", ("%.2f"):format(median(ratio)),
    ("%.2f"):format(percentile(ratio, 1)), "", "<= 3")
end

-- ---- a large answer ----

-- 12,500 rows of 100 species: 10 MB.
local TRAJECTORY = [[
  local species, reactions, record = {}, {}, {}
  for i = 1, 100 do
    record[i] = ("s%03d"):format(i)
    species[record[i] ] = 10 * i
    reactions[i] = { ("s%03d -> s%03d"):format(i, i % 100 + 1), k = 0.01 }
  end
  process "ring" { species = species, reactions = reactions }
  kept = cell:run { duration = 12500, every = 1, method = "ssa", seed = 1, record = record }
]]

local function fetch_times(vm)
  assert(vm:execute_biological_process(TRAJECTORY))
  local times = {}
  for i = 1, 7 do
    local start = now()
    local result = assert(vm:execute_biological_process "return kept").result
    times[i] = now() - start
    assert(#result:names() == 100 and #result:times() == 12501)
  end
  return times
end

local function bench_fetch(vm)
  local basic <close> = assert(bioxen.create_bio_vm("basic", "minimal_cell"))
  assert(basic:start())
  local here, there = fetch_times(basic), fetch_times(vm)
  local megabytes = 12501 * 101 * 8 / 1e6
  row(("a trajectory of %.1f MB from a basic VM"):format(megabytes), here, "ms")
  row("  the same over SSH", there, "ms")
  show("  over SSH", ("%.0f"):format(megabytes / median(there)),
    ("%.0f"):format(megabytes / percentile(there, 1)), "MB/s")
  show("  in times of the basic VM", ("%.1f"):format(median(there) / median(here)), "", "")
end

print("Machine: " .. machine)
print(LINE:format("what", "median", "worst", "unit", "bar"))
print((LINE:format("", "", "", "", ""):gsub("[ ]", "-")))
preinstall()
local totals = bench_starts()
bench_many(median(totals))
bench_other_starts()
bench_life()
do
  local vm <close> = new_vm "calls"
  assert(vm:start())
  bench_calls(vm)
  bench_fetch(vm)
end
session:close()
