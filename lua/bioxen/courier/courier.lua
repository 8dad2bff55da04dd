--- What a courier can be sent to do: the requests of an xcpng VM and of a session. Each function takes the
-- request's value and gives its answer, or nil and an error.
--
-- Several VMs may share one guest. Those that run in it keep it running; those that hold it keep it from
-- being destroyed.

local native = require "native"
local collect = require "collect"
local examine = require "examine"
local failure = require "failure"
local guest = require "guest"
local log = require "log"
local making = require "making"
local power = require "power"
local presence = require "presence"
local removal = require "removal"
local session = require "session"
local snapshots = require "snapshots"
local worker = require "worker"

local requests = {}

local pool, machine, config
local connections = {} -- to the guest's SSH server, which takes only some sessions on each
local running = {} -- relays, by the number of their VM
local paused = {}  -- numbers of VMs that are
local holders = {}
local SEEDING = 90     -- refused logins, hardly more than one a second, while cloud-init is at work
local CONNECTING = 10  -- seconds that SSH to a guest may take
local HEARING = 2      -- that a worker may take to hear what the host has sent it
local leaving = 60 -- seconds to undo in, when the host is gone

--- First: the configuration, and what a courier before this one has left.
function requests.open(given, notes)
  config = given
  if config.log then
    local opened, err = log.open(config.log)
    if not opened then return nil, err end
  end
  pool = session.new(config, notes[".session"])
  machine = guest.new(config, pool, notes)
  for name in pairs(notes) do
    local number = name:match "^%.holder%-(%d+)$"
    if number then holders[tonumber(number)] = true end
  end
  return true
end

-- A courier after this one must know who else needs the guest.
local function set_holder(number, holds)
  holders[number] = holds
  native.note((".holder-%d"):format(number), holds and "holds" or nil)
end

-- ---- time ----

-- A part of the time is kept for undoing, so that the answer comes within the deadline.
local function keep_reserve()
  local left = native.time_left()
  if left == math.huge then return 60 end
  local reserve = math.max(0.3, math.min(30, 0.2 * left))
  native.set_time_left(math.max(0, left - reserve))
  return reserve
end

-- ---- the start ----

local function close_ssh()
  for number, relay in pairs(running) do
    relay:close()
    running[number] = nil
  end
  for i, ssh in ipairs(connections) do
    ssh:close()
    connections[i] = nil
  end
end

-- What was lost is of no use to whoever starts now; the others go on.
local function drop_lost()
  for number, relay in pairs(running) do
    if not relay:alive() then
      relay:close()
      running[number] = nil
    end
  end
  for i = #connections, 1, -1 do
    if not connections[i]:connected() then table.remove(connections, i):close() end
  end
end

-- One attempt. It is given up early: the guest may have another address by then.
local function connect(report)
  local fingerprint = config.ssh_fingerprint_from_guest and report.fingerprint or nil
  native.progress(0.8, "connecting to the guest at " .. report.address)
  local connected, err = log.during("ssh to " .. report.address, power.within, CONNECTING, function()
    return worker.connect(config, report.address, fingerprint)
  end)
  if connected then return connected end
  err.message = ("%s (%s)"):format(err.message, report.address)
  if err.code == "EDEADLINE" and native.time_left() > 0 then err.code = "ECONNECT" end
  return nil, err
end

-- A guest's SSH server comes up after its address does, and its address may change while it boots.
local function reach()
  local pause, refused = 0.05, 0
  local report, err = presence.wait_for_address(machine)
  while report do
    local ssh
    ssh, err = connect(report)
    if ssh then
      connections[1] = ssh
      return true
    end
    if err.code == "EAUTH" then refused = refused + 1 end
    local most = config.cloud_init and SEEDING or 2 -- who is to be let in is only being told
    if err.code ~= "ECONNECT" and (err.code ~= "EAUTH" or refused > most) then break end
    local slept, over = native.sleep(pause)
    if not slept then
      failure.after(over, err)
      return failure.during("connecting to the guest", over)
    end
    pause = math.min(2 * pause, 1)
    local now, err = presence.report(machine)
    if not now then return failure.during("connecting to the guest", err) end
    if now.address then
      report = now
      presence.note_address(now)
    end
  end
  return failure.during("connecting to the guest", err)
end

-- The newest connection has most room; where none has any, there is to be another.
local function find_room(request, descriptor)
  for i = #connections, 1, -1 do
    local relay, err = worker.start(connections[i], config, request, descriptor)
    if relay or err.code ~= "EBUSY" then return relay, err end
  end
  local report, err = presence.report(machine)
  if not report then return nil, err end
  local more, err = connect(report)
  if not more then return nil, err end
  connections[#connections + 1] = more
  return worker.start(more, config, request, descriptor)
end

local function start_worker(request, descriptor)
  local relay, err = find_room(request, descriptor)
  if not relay then return failure.during("starting the worker", err) end
  running[request.vm] = relay
  set_holder(request.vm, true)
  paused[request.vm] = nil
  native.note(".lost-" .. request.vm, nil)
  return true
end

-- A guest that is there already, if it still is: its record. Where it is gone, so is what belonged to it.
local function find_guest()
  if not machine:exists() then return false end
  local record, err = machine:record()
  if record ~= false then return record, err end
  local gone, err = removal.destroy(machine)
  if not gone then return nil, err end
  return false
end

local function say_login()
  if not pool.ref then native.progress(0, "logging in to the pool") end
end

local function bring_up(request, undo)
  say_login()
  local there, err = find_guest()
  if there == nil then return nil, err end
  if there and not next(holders) then -- of a start that failed and could not be undone then
    local gone, err = removal.destroy(machine)
    if not gone then return nil, err end
    there = false
  end
  local found
  if not there then
    undo.act = function() return removal.destroy(machine) end
    found, err = making.create(machine, request.id)
    if not found then return nil, err end
  end
  local state = there and there.power_state or "Halted"
  if state ~= "Running" then undo.act = undo.act or function() return power.halt_guest(machine) end end
  return power.boot(machine, state, found and found.host and found.host.ref)
end

local function all_are_paused()
  for number, relay in pairs(running) do
    if relay:alive() and not paused[number] then return false end
  end
  return true
end

local function hold(held)
  for _, relay in pairs(running) do relay:hold(held) end
end

-- All who run in the guest are paused, and so it is; whoever comes needs it awake.
local function wake_guest()
  if not next(paused) or not all_are_paused() then return true end
  local done, err = power.unpause(machine)
  if not done then return nil, err end
  hold(false)
  return true
end

local function start(request, descriptor, undo)
  drop_lost()
  if running[request.vm] then
    running[request.vm]:close()
    running[request.vm] = nil
  end
  if #connections == 0 then
    local up, err = bring_up(request, undo)
    if up then up, err = reach() end
    if not up then return nil, err end
    presence.note_host(machine)
  else
    local awake, err = wake_guest()
    if not awake then return nil, err end
  end
  local done, err = start_worker(request, descriptor)
  if not done then return nil, err end
  native.progress(1, "the worker is starting")
  return true
end

-- Undo a start that failed. What could not be undone is said behind what went wrong.
local function take_back(err, undo, seconds)
  native.undo(seconds)
  if not next(running) then close_ssh() end
  local done, problem = true, nil
  if undo.act then done, problem = undo.act() end
  if not done then
    err.message = err.message .. "; and then " .. problem.message
    err.details = err.details or {}
    err.details.left = problem.details and problem.details.left
  end
  return nil, err
end

--- Bring up the guest if need be, and in it the worker of a VM, whose frames pass by the descriptor that
-- came along.
function requests.start(request)
  local descriptor = native.take_descriptor()
  local deadline = native.clock() + native.time_left()
  local reserve = keep_reserve()
  local undo = {}
  local good, done, err = pcall(start, request, descriptor, undo)
  native.close_descriptor(descriptor)
  if done and good then return true end
  if not good then err = { code = "ESYSTEM", message = "the courier has a mistake: " .. tostring(done) } end
  if err.code == "EDEADLINE" then
    err.message = "the deadline for the start passed: " .. err.message
  end
  return take_back(err, undo, math.max(reserve, math.min(60, deadline - native.clock())))
end

-- ---- pause and resume ----

--- Its worker has been told to stop; once all have, so does the guest.
function requests.pause(request)
  local relay = running[request.vm]
  if not relay then return failure.of("EGUEST", "the VM has no worker") end
  -- So that the worker hears of it before its clock stands still, unless that is so already.
  power.within(HEARING, function() return relay:sync() end)
  paused[request.vm] = true
  if not all_are_paused() then return true end
  hold(true)
  local done, err = power.pause(machine)
  if done then return true end
  hold(false)
  paused[request.vm] = nil
  return nil, err
end

function requests.resume(request)
  local record, err = find_guest()
  if record == nil then return nil, err end
  local state = record and record.power_state or "gone"
  if state == "Paused" then
    local done, err = power.unpause(machine)
    if not done then return nil, err end
  elseif state ~= "Running" then
    return failure.of("EGUEST", ("the guest is %s, not paused: somebody has changed it"):format(state))
  end
  paused[request.vm] = nil
  hold(false)
  return true
end

-- ---- the end ----

local function end_worker(number)
  local relay = running[number]
  if relay then relay:close() end
  running[number], paused[number] = nil, nil
  native.note(".lost-" .. number, nil)
end

--- The VM needs its guest no more for now.
function requests.stop(request)
  end_worker(request.vm)
  if next(running) or not machine:exists() then return true end
  close_ssh()
  local there, err = find_guest()
  if there == nil then return nil, err end
  if not there then return true end
  local done, err = power.shut_down(machine)
  if not done then return failure.during("shutting the guest down", err) end
  return true
end

--- Nor ever.
function requests.destroy(request)
  end_worker(request.vm)
  set_holder(request.vm, nil)
  if next(holders) then return requests.stop(request) end
  close_ssh()
  return removal.destroy(machine)
end

-- ---- snapshots ----

local function with_guest(act)
  local there, err = find_guest()
  if there == nil then return nil, err end
  if not there then return failure.of("EGUEST", "the guest is gone from the pool") end
  return act()
end

function requests.snapshot(request)
  return with_guest(function() return snapshots.take(machine, request.name) end)
end

function requests.revert(request)
  for number in pairs(running) do
    if number ~= request.vm and running[number]:alive() then
      return failure.of("EBUSY", "other VMs run in this guest: stop them first")
    end
  end
  end_worker(request.vm)
  close_ssh()
  return with_guest(function() return snapshots.revert(machine, request.name) end)
end

-- ---- a session of a script ----

-- Errors of xapi as a script sees them: their code is the error's.
local function plain(result, err)
  if result ~= nil then return result end
  local xapi = err.details and err.details.xapi
  if xapi then
    err.details = { code = xapi.code, class = "xapi", params = xapi.params, method = xapi.method,
      retryable = xapi.retryable }
  else
    err.details = { retryable = err.code == "ECONNECT" and not err.sent, sent = err.sent }
  end
  return nil, err
end

-- JSON's null cannot travel. In a list it is an empty text, as xapi writes what is void.
local function without_null(value, err)
  if value == native.null then return "" end
  if type(value) == "table" then
    for key, item in pairs(value) do value[key] = without_null(item) end
  end
  return value, err
end

function requests.connect()
  if pool.ref then return true end
  say_login()
  return plain(pool:open())
end

-- JSON has arrays that are empty; a table of Lua that is says so by this key.
local function with_arrays(value)
  if type(value) ~= "table" then return value end
  if value["bioxen.array"] then return native.array {} end
  for key, item in pairs(value) do value[key] = with_arrays(item) end
  return value
end

--- { method, params, seconds }
function requests.call(request)
  local params = with_arrays(request.params)
  return without_null(plain(pool:call_within(request.seconds, request.method,
    table.unpack(params, 1, #params))))
end

--- { method, params }: as a task, to its end. An interrupt cancels it.
function requests.async(request)
  keep_reserve()
  say_login()
  local result, err = pool:task(request.method, function(fraction)
    native.progress(fraction, request.method)
  end, table.unpack(with_arrays(request.params)))
  if result == nil and failure.is_over(err) then
    native.undo(10)
    pool:cancel_tasks(5)
  end
  return plain(result, err)
end

--- { classes, token, seconds }: one batch.
function requests.events(request)
  return without_null(plain(pool:events(request.classes, request.token, request.seconds)))
end

--- What is on the pool and in the journal that no living VM owns.
function requests.list()
  return collect.list(config, pool)
end

--- { keys }: remove what they stand for.
function requests.collect(request)
  return collect.remove(config, pool, request.keys)
end

--- One step of a look at what the configuration needs: words on what is there, or nil and an error.
function requests.examine(step)
  say_login()
  return plain(examine.step(config, pool, step))
end

function requests.close()
  pool:close()
  return true
end

-- The log has them all.
for name, act in pairs(requests) do
  requests[name] = function(request, ...)
    local vm = type(request) == "table" and math.type(request.vm) and (" of VM %d"):format(request.vm) or ""
    return log.during("request " .. name .. vm, act, request, ...)
  end
end

--- The host is gone, or needs nothing any more: undo what was made, log out.
function requests.leave()
  native.undo(leaving)
  close_ssh()
  if machine then removal.destroy(machine) end
  if pool then
    native.undo(5)
    pool:close()
  end
end

return requests
