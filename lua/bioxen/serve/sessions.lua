--- The interactive session of each VM that somebody has attached to: all who have see the same, wherever they sit.

local core = require "bioxen.core"
local sessions = require "bioxen.vm.session"

local shared = {}

local IDLE = 60 -- seconds after which a read that nothing came for is answered, empty

local Shared = {}
Shared.__index = Shared

function shared.new(server)
  return setmetatable({ server = server, by_id = {}, reads = {} }, Shared)
end

-- Readers whose calls wait, and have something to read now.
function Shared:tell(vm_id)
  for call, id in pairs(self.reads) do
    if id == vm_id and (call.reader:has_news() or (call.wants_rest and not call.session:is_busy())) then call:step() end
  end
end

--- Evaluate what can be evaluated; whoever reads is told.
function Shared:advance(vm_id)
  local session = self.by_id[vm_id]
  if not session then return end
  session:advance()
  local job = session.job
  if job and job ~= session.watched then
    session.watched = job
    self.server:await(job, { step = function() self:advance(vm_id) end })
  end
  self:tell(vm_id)
end

--- The VM is gone.
function Shared:drop(vm_id)
  local session = self.by_id[vm_id]
  if not session then return end
  session:close()
  self.by_id[vm_id] = nil
  self:tell(vm_id)
end

-- ---- what clients do ----

--- A number of a reader of the VM's session, which is made if need be.
function Shared:attach(client, vm_id, vm, everything)
  local session = self.by_id[vm_id]
  if not session then
    session = sessions.open(vm)
    self.by_id[vm_id] = session
  end
  client.readers = client.readers or {}
  client.readers[#client.readers + 1] = { reader = session:attach(everything), session = session, vm_id = vm_id }
  return #client.readers
end

--- The reader of that number, or nil and an error.
function Shared.reader_of(client, number)
  local found = client.readers and client.readers[number]
  if found then return found end
  return core.fail("ENOTFOUND", "this connection has no such reader: attach first")
end

-- A read that waits.
function Shared:wait(call, found, wants_rest)
  call.reader, call.session, call.vm_id, call.wants_rest = found.reader, found.session, found.vm_id, wants_rest
  self.reads[call] = found.vm_id
  self.server:set_late(call, core.clock() + IDLE)
  self:advance(found.vm_id)
end

function Shared:end_wait(call)
  self.reads[call] = nil
  self.server:set_late(call, nil)
end

--- A client has gone: it reads no more.
function Shared.forget(client)
  for _, found in ipairs(client.readers or {}) do found.reader:detach() end
  client.readers = nil
end

return shared
