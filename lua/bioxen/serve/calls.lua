--- The calls that a daemon takes: what they name, how they are done, and how they end.

local check = require "bioxen.check"
local checkpoints = require "bioxen.serve.checkpoints"
local core = require "bioxen.core"
local hypervisor = require "bioxen.hypervisor"
local log = require "bioxen.serve.log"
local metrics = require "bioxen.serve.metrics"
local saved = require "bioxen.vm.saved"

local calls = {}

local MEMORY = 1000 -- VMs that are gone whose last status is remembered
local CHUNK, here = "call", debug.getinfo(1, "S").short_src

-- ---- VMs by number ----

-- An id may be given again; a number never is, so that who holds a VM that is gone reaches no other.
local function enter(server, vm)
  local id = vm:get_status().vm_id
  server.last_number = (server.last_number or 0) + 1
  server.numbers[id], server.vms[server.last_number], server.ids[server.last_number] = server.last_number, vm, id
end

local function forget(server, id)
  local number = server.numbers[id]
  local vm = server.vms[number]
  if not vm then return end
  server.numbers[id], server.vms[number], server.ids[number] = nil, nil, nil
  server.gone[number] = vm:get_status()
  server.gone[number - MEMORY] = nil
  server.register:remove(id)
  server.sessions:drop(id)
  checkpoints.forget(server, id, number)
end

local function told(server, vm)
  local status = vm:get_status()
  return { vm_id = status.vm_id, number = server.numbers[status.vm_id], vm_type = status.vm_type,
    biological_type = status.biological_type }
end

-- ---- a call ----

local Call = {}
Call.__index = Call

local function is_error(err)
  return type(err) == "table" and type(err.code) == "string" and type(err.message) == "string"
end

local own_fields = { code = true, class = true, message = true, usable = true }

-- It has ended: the client is told, if there is still one.
function Call:close()
  if self.client.calls[self.id] == self then
    self.client.calls[self.id] = nil
    self.client.open = self.client.open - 1
  end
  self.client.behind[self] = nil
end

function Call:answer(value)
  self:close()
  if not self.client.gone then self.client.box:answer(self.id, value) end
end

function Call:fail(err)
  self:close()
  self.server.counts.failures = self.server.counts.failures + 1
  if self.client.gone then return end
  local details = {}
  for key, value in pairs(err) do
    if not own_fields[key] then details[key] = value end
  end
  self.client.box:fail(self.id, err.code, err.message, next(details) and details)
end

-- A mistake in the arguments, which is raised where the call was made.
function Call:refuse(mistake)
  local words, where = tostring(mistake), tostring(mistake):match "^([^:]+):%d+: "
  if where == CHUNK or where == here then words = words:gsub("^[^:]+:%d+: ", "") end
  self:fail { code = "ESYSTEM", message = words, misuse = words }
end

-- ---- jobs that are passed on ----

local Relay = setmetatable({}, { __index = Call })
Relay.__index = Relay

function Relay:step(done)
  self.done = done
  if self.client.gone then
    if done then self:finish() end
    return
  end
  local sent, good, more = self.client.box:relay(self.id, self.job, self.sent)
  self.sent = sent
  if good ~= nil then return self:finish(not good) end
  self.client.behind[self] = more
end

-- What it came to is looked at only where somebody wants to know.
function Relay:finish(failed)
  local result, err
  if failed or self.goes_on or self.client.gone or self.sent > 0 then result, err = self.job:result() end
  if self.began then log.of(self.vm_id):call(core.clock() - self.began, result, err, self.goes_on) end
  self.server.sessions:advance(self.vm_id) -- the VM may have been waited for
  if not err then return self:close() end
  err.stdout, err.elapsed = nil, nil -- known over there
  self:fail(err)
end

function Relay:cancel()
  self.job:cancel()
end

function Relay:orphan()
  if self.done then return self:finish() end
  if not self.goes_on then self.job:cancel() end
end

-- Pass on a job, or why there is none.
local function relay(call, begun, job, err)
  setmetatable(call, Relay)
  if not begun then return call:refuse(job) end
  if not job then return call:fail(err) end
  call.job, call.sent = job, 0
  if call.acknowledge then call.client.box:begun(call.id) end
  call.server:await(job, call)
end

-- ---- coroutines ----

local Task = setmetatable({}, { __index = Call })
Task.__index = Task

function Task:resume(...)
  local good, first, second = coroutine.resume(self.thread, ...)
  if coroutine.status(self.thread) == "suspended" then
    self.job = first
    self.server:await(first, self)
    self.server:set_late(self, second)
  elseif not good then
    self:refuse(first)
  elseif is_error(second) and first == nil then
    self:fail(second)
  else
    self:answer(first)
  end
end

function Task:step(done)
  if not done then return end
  self.server:set_late(self, nil)
  self:resume()
end

function Task:cancel()
  if self.job then self.job:cancel() end
end

function Task:orphan() end

local function run(call, f, ...)
  setmetatable(call, Task)
  call.thread = coroutine.create(f)
  call:resume(...)
end

-- ---- what is done ----

-- As if the client had written the call: so say the messages of mistakes.
local written = setmetatable({}, { __mode = "k" })

local function method_of(name)
  if not written[name] then
    written[name] = assert(load(("local x = ... local a, b = x:%s(select(2, ...)) return a, b"):format(name),
      "=" .. CHUNK, "t", { select = select }))
  end
  return written[name]
end

-- The same for what is called most.
local submit = load("local x, code, options = ... local a, b = x:submit(code, options) return a, b", "=" .. CHUNK)

local function no_vm(server, number, what)
  local status = server.gone[number]
  if not status then return select(2, core.fail("EDAEMON", "this daemon has no such VM")) end
  return select(2, core.fail("ESTATE", ('cannot %s VM "%s": its state is "destroyed"'):format(what, status.vm_id),
    status.vm_id))
end

local operations = {}

function operations.describe(server, call)
  call:answer { pid = core.process(), version = core.version, socket = server.options.socket,
    clients = server.client_count, lost = server.lost }
end

--- The last lines of a log.
function operations.logs(_, call, vm_id, lines)
  if vm_id ~= nil and type(vm_id) ~= "string" or lines ~= nil and math.type(lines) ~= "integer" then
    return call:refuse "the id of a VM and a number of lines expected"
  end
  local text, err = log.read(vm_id, lines)
  if not text then return call:fail(err) end
  call:answer(text)
end

function operations.metrics(server, call)
  call:answer(metrics.text(server))
end

-- Code, whose end goes into the log.
function operations.execute(server, call, number, acknowledge, code, options, goes_on)
  local vm = server.vms[number]
  if not vm then return call:fail(no_vm(server, number, "call")) end
  call.acknowledge, call.goes_on = acknowledge, goes_on
  call.vm_id, call.began = server.ids[number], core.clock()
  server.counts.calls = server.counts.calls + 1
  relay(call, pcall(submit, vm, code, options))
end

for _, name in ipairs { "start", "stop", "pause", "resume" } do
  operations[name] = function(server, call, number, acknowledge, options)
    local vm = server.vms[number]
    if not vm then return call:fail(no_vm(server, number, name)) end
    call.acknowledge, call.goes_on = acknowledge, true
    if options == nil then options = {} end
    if type(options) == "table" then options.wait = false end
    relay(call, pcall(method_of(name), vm, options))
  end
end

-- What a VM that is gone still answers.
local function answer_gone(server, call, number, name)
  local status = server.gone[number]
  if not status then return call:fail(no_vm(server, number, name)) end
  if name == "get_state" then return call:answer "destroyed" end
  if name == "get_status" then return call:answer(status) end
  if name == "destroy" then return call:answer(true) end
  call:fail(no_vm(server, number, "call"))
end

function operations.method(server, call, number, name, ...)
  local vm = server.vms[number]
  if not vm then return answer_gone(server, call, number, name) end
  if name == "wait_for" then return calls.wait_for(server, call, vm, ...) end
  if type(name) ~= "string" or vm[name] == nil then return call:refuse("a VM has no method " .. tostring(name)) end
  run(call, method_of(name), vm, ...)
end

local methods = core.hypervisor_methods
local private = { enter = true, ids = true, listen = true, medium = true, on = true } -- the daemon's own

-- What is told of a VM, which may be new here. `origin` is the id of the VM that it was forked from.
function calls.take_in(server, vm, origin)
  local status = vm:get_status()
  if not server.numbers[status.vm_id] then
    server.register:add(status.vm_id, status.biological_type)
    log.of(status.vm_id):write("created", { biological_type = status.biological_type, vm_type = status.vm_type,
      fork_of = origin })
    enter(server, vm)
  end
  return told(server, vm)
end

-- The VMs that a population has made are taken in as forks are.
local function attend(server, options)
  if options.population == true then options.population = {} end
  if type(options.population) ~= "table" then return end
  options.population.on_division = function(mother, daughter)
    calls.take_in(server, daughter, mother:get_status().vm_id)
  end
end

function operations.hypervisor(server, call, name, ...)
  if type(name) ~= "string" or not methods[name] or private[name] then
    return call:refuse("a hypervisor has no method " .. tostring(name))
  end
  local first = ...
  if name == "run" and type(first) == "table" then attend(server, first) end
  run(call, method_of(name), server.hypervisor, ...)
end

-- What gives a VM of the hypervisor.
local function give_vm(server, call, f, ...)
  run(call, function(...)
    local vm, err = f(server.hypervisor, ...)
    if not vm then return nil, err end
    return calls.take_in(server, vm)
  end, ...)
end

function operations.create(server, call, vm_id, biological_type, vm_type, config, guest)
  if guest and type(config) == "table" then config.guest = server.vms[guest] end
  give_vm(server, call, method_of "create_vm", vm_id, biological_type, vm_type, config)
end

function operations.get(server, call, vm_id)
  give_vm(server, call, method_of "get_vm", vm_id)
end

function operations.clone(server, call, vm_id, new_id)
  give_vm(server, call, method_of "clone_vm", vm_id, new_id)
end

-- ---- media ----

local MEDIA = 1000 -- of a connection

--- A medium, by a number of the connection's own.
function operations.medium(server, call, options)
  local media = call.client.media or {}
  call.client.media = media
  if #media >= MEDIA then
    return call:fail(select(2, core.fail("EDAEMON", ("this connection has %d media: use those"):format(#media))))
  end
  run(call, function()
    local medium = method_of "medium"(server.hypervisor, options)
    media[#media + 1] = medium
    return #media
  end)
end

--- A method of it; a VM that is meant is { vm = number }.
function operations.in_medium(server, call, number, name, first, ...)
  local medium = (call.client.media or {})[number]
  if not medium then return call:refuse "this connection has no such medium" end
  if type(name) ~= "string" or not getmetatable(medium).__index[name] then
    return call:refuse("a medium has no method " .. tostring(name))
  end
  if type(first) == "table" and first.vm ~= nil then
    local vm = server.vms[first.vm]
    if not vm then return call:fail(no_vm(server, first.vm, name)) end
    first = vm
  end
  run(call, method_of(name), medium, first, ...)
end

-- ---- saved cells: their files are the clients' ----

function operations.save(server, call, number)
  local vm = server.vms[number]
  if not vm then return call:fail(no_vm(server, number, "save")) end
  run(call, saved.bytes, vm)
end

local function restore(...)
  return check.relay(1, hypervisor.restore, ...)
end

function operations.restore(server, call, bytes, what, new_id, vm_type, config, guest)
  if type(bytes) ~= "string" or type(what) ~= "string" then return call:refuse "a saved cell's bytes expected" end
  if guest and type(config) == "table" then config.guest = server.vms[guest] end
  give_vm(server, call, restore, bytes, what, new_id, vm_type, config, true)
end

--- Copies of a VM, a list.
function operations.fork(server, call, number, what)
  local vm = server.vms[number]
  if not vm then return call:fail(no_vm(server, number, "fork")) end
  run(call, function()
    local vms, err = method_of "fork"(vm, what)
    if not vms then return nil, err end
    local all = {}
    for i, one in ipairs(type(what) == "table" and vms or { vms }) do
      all[i] = calls.take_in(server, one, server.ids[number])
    end
    return all
  end)
end

-- ---- waits for a state ----

local States = {}
States.__index = States

function calls.new_states(server)
  return setmetatable({ server = server, waiters = {}, listeners = {}, changes = {}, last = 0 }, States)
end

-- The changes after the one of that number; older ones than are kept are not told.
function States:after(cursor)
  local batch = {}
  for number = math.max(cursor, self.last - MEMORY) + 1, self.last do batch[#batch + 1] = self.changes[number] end
  return { cursor = self.last, changes = batch }
end

function States:tell()
  local listeners = self.listeners
  self.listeners = {}
  for call, cursor in pairs(listeners) do call:answer(self:after(cursor)) end
end

function States:changed(change)
  self.last = self.last + 1
  self.changes[self.last], self.changes[self.last - MEMORY] = change, nil
  self:tell()
  for waiter, vm_id in pairs(self.waiters) do
    if vm_id == change.vm_id and (change.to == waiter.wanted or change.to == "destroyed") then
      waiter:step(true)
    end
  end
  if change.to == "destroyed" then forget(self.server, change.vm_id) end
end

local Wait = setmetatable({}, { __index = Call })
Wait.__index = Wait

-- The state is reached, or the VM gone, or the time over: wait_for itself says what it came to.
function Wait:step()
  local states = self.server.states
  states.waiters[self] = nil
  self.server:set_late(self, nil)
  run(self, method_of "wait_for", self.vm, self.wanted, 0)
end

function Wait:cancel() end

function Wait:orphan()
  self.server.states.waiters[self] = nil
  self.server:set_late(self, nil)
end

-- ---- sessions ----

function operations.attach(server, call, number, everything)
  local vm = server.vms[number]
  if not vm then return call:fail(no_vm(server, number, "attach to")) end
  if #(call.client.readers or {}) >= server.options.calls then
    return call:fail(select(2, core.fail("EDAEMON", ("this connection reads %d sessions: use those"):format(
      #call.client.readers))))
  end
  call:answer(server.sessions:attach(call.client, server.ids[number], vm, everything))
end

-- Lines that were typed, by a process of that number.
function operations.send_input(server, call, reader, text, from)
  local found, err = server.sessions.reader_of(call.client, reader)
  if not found then return call:fail(err) end
  if type(text) ~= "string" then return call:refuse "a string expected" end
  if math.type(from) ~= "integer" then from = nil end
  local sent, problem = found.session:send_input(text, from)
  if not sent then return call:fail(problem) end
  call:answer(true)
  server.sessions:advance(found.vm_id)
end

-- End what is being evaluated.
function operations.interrupt(server, call, reader)
  local found, err = server.sessions.reader_of(call.client, reader)
  if not found then return call:fail(err) end
  found.session:interrupt()
  call:answer(true)
  server.sessions:advance(found.vm_id)
end

-- What has come, once something has; or with wants_rest once all input has been evaluated, too.
local Read = setmetatable({}, { __index = Call })
Read.__index = Read

function Read:step()
  self.server.sessions:end_wait(self)
  local pieces, lost = self.reader:pieces(0)
  self:answer { pieces = pieces, lost = lost, busy = self.session:is_busy(), incomplete = self.session:is_incomplete(),
    closed = self.session.closed or false }
end

function Read:cancel()
  self:step()
end

function Read:orphan()
  self.server.sessions:end_wait(self)
end

function operations.read(server, call, reader, wants_rest)
  local found, err = server.sessions.reader_of(call.client, reader)
  if not found then return call:fail(err) end
  server.sessions:wait(setmetatable(call, Read), found, wants_rest)
end

-- Changes of states after a cursor, once there are some.
local Listen = setmetatable({}, { __index = Call })
Listen.__index = Listen

function Listen:orphan()
  self.server.states.listeners[self] = nil
end

function Listen:cancel()
  self:orphan()
  self:answer(self.server.states:after(self.server.states.last))
end

function operations.listen(server, call, cursor)
  local states = server.states
  setmetatable(call, Listen)
  if math.type(cursor) ~= "integer" then return call:answer(states:after(states.last)) end
  if cursor < states.last then return call:answer(states:after(cursor)) end
  states.listeners[call] = cursor
end

function calls.wait_for(server, call, vm, wanted, timeout)
  if timeout ~= nil and not (math.type(timeout) and timeout >= 0) then
    return run(call, method_of "wait_for", vm, wanted, timeout) -- which raises
  end
  local good, reached, err = pcall(method_of "wait_for", vm, wanted, 0)
  if not good then
    call:refuse(reached)
  elseif reached then
    call:answer(true)
  elseif err.code ~= "ETIMEOUT" then
    call:fail(err)
  else
    setmetatable(call, Wait)
    call.vm, call.wanted = vm, wanted
    server.states.waiters[call] = vm:get_status().vm_id
    if timeout then server:set_late(call, core.clock() + timeout) end
  end
end

-- ---- taking calls ----

local function refuse_more(call)
  call:fail(select(2, core.fail("EDAEMON", ("this connection has %d calls open: wait for some"):format(
    call.client.open - 1))))
end

--- A client has called.
function calls.begin(server, client, id, operation, ...)
  local call = setmetatable({ server = server, client = client, id = id }, Call)
  if client.calls[id] then return server:dismiss(client, "two calls of one number") end
  client.calls[id] = call
  client.open = client.open + 1
  if client.open > server.options.calls then return refuse_more(call) end
  local f = operations[operation]
  if not f then return call:refuse("a daemon has no operation " .. operation) end
  local good, mistake = pcall(f, server, call, ...)
  if not good then call:refuse(mistake) end
end

return calls
