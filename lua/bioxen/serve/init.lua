--- The daemon: hypervisors behind a socket. One loop takes what is ready from the door; each call is a job that is
-- relayed, or a coroutine that yields the jobs that it waits for. No client can hold up another.

local core = require "bioxen.core"
local calls = require "bioxen.serve.calls"
local checkpoints = require "bioxen.serve.checkpoints"
local hypervisor = require "bioxen.hypervisor"
local log = require "bioxen.serve.log"
local register = require "bioxen.serve.register"
local sessions = require "bioxen.serve.sessions"
require "bioxen.methods"

local serve = {}

local Server = {}
Server.__index = Server

local STALLED = 10 -- seconds that a client may take for the rest of a frame
local TICK = 1 -- seconds between looks at what is due

-- ---- waiting for jobs ----

--- Have waiter:step(done) called whenever the job has something to tell, until it is done.
function Server:await(job, waiter)
  local key = self.door:watch(job)
  local list = self.waiting[key]
  if list then
    list[#list + 1] = waiter
  else
    self.waiting[key] = { waiter, job = job }
  end
end

function Server:job_ready(key, done)
  local list = self.waiting[key]
  if not list then return end
  if done then
    self.waiting[key] = nil
    self.door:forget(list.job)
  end
  for i = 1, #list do list[i]:step(done) end
end

local function leave(list, waiter)
  for i, other in ipairs(list) do
    if other == waiter then return table.remove(list, i) end
  end
end

-- Those whose patience is over wait no more; their job goes on.
function Server:tell_late()
  local now, due = core.clock(), {}
  for waiter, at in pairs(self.late) do
    if now >= at then due[#due + 1] = waiter end
  end
  for _, waiter in ipairs(due) do
    if self.late[waiter] then -- what one does may be the end of another's patience
      for _, list in pairs(self.waiting) do leave(list, waiter) end
      self.late[waiter] = nil
      waiter:step(true)
    end
  end
end

--- Call waiter:step(true) at a moment of clock(), unless that is taken back by nil.
function Server:set_late(waiter, at)
  self.late[waiter] = at
end

-- Seconds until something is due.
function Server:patience()
  if not next(self.late) then return TICK end
  local now, first = core.clock(), TICK
  for _, at in pairs(self.late) do first = math.min(first, at - now) end
  return math.max(first, 0)
end

-- ---- clients ----

function Server:admit()
  local box, err = self.door:admit(self.client_count >= self.options.clients)
  if not box then
    if err then self.log:write("refused", { message = err.message }) end
    return
  end
  local client = { box = box, calls = {}, open = 0, behind = {}, pid = box:state().pid }
  self.clients[box] = client
  self.client_count = self.client_count + 1
  self.counts.connections = self.counts.connections + 1
end

function Server:dismiss(client, why)
  if not self.clients[client.box] then return end
  self.clients[client.box] = nil
  self.client_count = self.client_count - 1
  client.gone = true
  client.box:close()
  for _, call in pairs(client.calls) do call:orphan() end
  self.sessions.forget(client)
  client.calls = {}
  if why then self.log:write("dismissed", { pid = client.pid, message = why }) end
end

-- One frame, or why none will come any more.
function Server:heard(client, id, operation, ...)
  if not id then
    if id == false then self:dismiss(client, operation.code ~= "EDIED" and operation.message or nil) end
  elseif operation then
    calls.begin(self, client, id, operation, ...)
  elseif client.calls[id] then
    client.calls[id]:cancel()
  end
end

-- The client can be heard, or has read what was too much for it; the others have their turn before its next frame.
function Server:hear(client)
  for call in pairs(client.behind) do call:step(call.done) end
  self:heard(client, client.box:take())
end

function Server:look_around()
  for box, client in pairs(self.clients) do
    if box:state().stalled > STALLED then self:dismiss(client, "half a frame, and no more") end
  end
  checkpoints.save(self, self.options.checkpoint)
  log.flush(self.numbers)
end

-- ---- its life ----

function Server:listen_to_states()
  self.hypervisor:on("state", function(change)
    self.states:changed(change)
    log.of(change.vm_id):write("state", { from = change.from, to = change.to, message = change.reason })
  end)
end

--- Wait, at most so many seconds, for one thing and do it. False when nothing came, nil once a signal says to end.
function Server:serve_one(patience)
  local thing, done = self.door:next(patience)
  if thing == "stop" then return nil end
  if thing == "knock" then
    self:admit()
  elseif self.clients[thing] then
    self:hear(self.clients[thing])
  elseif thing then
    self:job_ready(thing, done)
  end
  if next(self.late) then self:tell_late() end
  if core.clock() >= self.due then
    self.due = core.clock() + TICK
    self:look_around()
  end
  return thing ~= nil
end

-- All that it holds is given back before it is gone; who waits is told by the end of the connection.
function Server:finish()
  for _, client in pairs(self.clients) do client.box:close() end
  self.door:close()
  self.ending = true
  checkpoints.save(self, self.options.checkpoint and 0)
  for _, id in ipairs(self.hypervisor:ids()) do
    local vm = self.hypervisor:get_vm(id)
    if vm then vm:destroy() end
  end
  self.register:close()
  self.log:write("ended", {})
  log.flush()
end

local function say(options, words)
  if not options.quiet then io.stderr:write("bioxen: ", words, "\n") end
end

-- What a daemon that was killed had, and is no more.
local function tell_lost(server, lost)
  local gone = {}
  for _, vm in ipairs(lost) do
    if not server.numbers[vm.vm_id] then gone[#gone + 1] = vm end -- others were taken up
  end
  for _, vm in ipairs(gone) do
    log.of(vm.vm_id):write("lost", { message = "the daemon was killed" })
    say(server.options, ("VM %s (%s) was lost when the last daemon was killed"):format(vm.vm_id, vm.biological_type))
  end
  server.lost = gone
end

--- A server that listens, and begins to serve by server:serve_one: { socket, descriptor, folder, clients, calls,
-- chassis, log_bytes, quiet, checkpoint }. Or nil and an error.
function serve.open(options)
  local door, err = core.open_door(options.descriptor or options.socket)
  if not door then return nil, err end
  local server = setmetatable({ door = door, options = options, clients = {}, client_count = 0, waiting = {}, late = {},
    began = core.clock(), due = core.clock(), counts = { connections = 0, calls = 0, failures = 0 },
    vms = {}, ids = {}, numbers = {}, gone = {}, hypervisor = hypervisor.new { chassis = options.chassis } }, Server)
  local made, failure = core.make_own_folder(options.folder)
  if made then server.register, failure = register.open(options.folder .. "/alive") end
  if not server.register then
    door:close()
    return nil, failure
  end
  log.begin(options.folder, options.log_bytes)
  server.log = log.daemon()
  server.states = calls.new_states(server)
  server.sessions = sessions.new(server)
  server:listen_to_states()
  server.log:write("started", { pid = core.process(), socket = options.socket, version = core.version })
  local taken, problem = checkpoints.take_up(server, function(vm) calls.take_in(server, vm) end)
  if not taken then server.log:write("not taken up", { message = problem.message }) end
  tell_lost(server, server.register.lost)
  say(options, "serving " .. (options.socket or "descriptor " .. options.descriptor))
  return server
end

--- The same, until a signal says to end. True; or nil and an error.
function serve.run(options)
  local server, err = serve.open(options)
  if not server then return nil, err end
  while server:serve_one(server:patience()) ~= nil do end
  server:finish()
  return true
end

return serve
