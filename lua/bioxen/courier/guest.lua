--- One guest: a virtual machine of the pool that a courier has made. What is known of it, and how it is found
-- again; what is done with it is in making.lua, power.lua, presence.lua, snapshots.lua and removal.lua.

local native = require "native"
local disks = require "disks"
local failure = require "failure"
local journal = require "journal"
local ownership = require "ownership"

local Guest = {}
Guest.__index = Guest

local guest = {}

local xapi_code = failure.xapi_code

--- `pool` is its session. `known` are the notes of a courier before this one, whose journal is taken over:
-- { key, uuid, … }, or {}.
function guest.new(config, pool, known)
  local key = known[".key"]
  return setmetatable({ config = config, pool = pool, key = key, uuid = known.uuid, name = known.name,
    inherited = key ~= nil, journal = key and journal.take_over(config.journal, key) }, Guest)
end

-- ---- what the host is told ----

function Guest:note_key(key, name)
  self.key, self.name = key, name
  native.note(".key", key)
  native.note("name", name)
end

function Guest:note_uuid(uuid)
  self.uuid = uuid
  native.note("uuid", uuid)
end

--- It is gone: nothing is left to be told of, nor to be written down.
function Guest:forget()
  for _, name in ipairs { "uuid", "name", "address", "host", "power_state", ".key" } do
    native.note(name, nil)
  end
  self.key, self.uuid, self.name, self.ref, self.metrics, self.disks = nil, nil, nil, nil, nil, nil
  self.inherited = nil
  if self.journal then self.journal:remove() end
  self.journal = nil
end

--- Whether anything of it may be on the pool.
function Guest:exists()
  return self.key ~= nil
end

-- ---- found again ----

-- By its uuid, once that is known: somebody may have given it another name.
local function look_up_uuid(self)
  local ref, err = self.pool:call("VM.get_by_uuid", self.uuid)
  if not ref and (xapi_code(err) == "UUID_INVALID" or xapi_code(err) == "HANDLE_INVALID") then return false end
  self.ref = ref or nil
  return ref, err
end

--- The VMs that bear its name and may be its copy, for nobody has made them another's: { ref = record }.
function Guest:namesakes()
  local refs, err = self.pool:call("VM.get_by_name_label", self.name)
  if not refs then return nil, err end
  local found = {}
  for _, ref in ipairs(refs) do
    local record, err = disks.record_of(self.pool, "VM", ref)
    if record == nil then return nil, err end
    if record and record.is_a_snapshot ~= true and not ownership.is_foreign(record, self.key) then
      found[ref] = record
    end
  end
  return found
end

--- The reference of the machine; false if there is none.
function Guest:look_up()
  if self.ref then return self.ref end
  if self.uuid then return look_up_uuid(self) end
  local found, err = self:namesakes()
  if not found then return nil, err end
  local ref, record = next(found)
  if not ref then return false end
  self.ref = ref
  self:note_uuid(record.uuid)
  return ref
end

--- Its record; false if there is none.
function Guest:record()
  local ref, err = self:look_up()
  if not ref then return ref, err end
  return disks.record_of(self.pool, "VM", ref)
end

function Guest:power_state()
  local state, err = self.pool:call("VM.get_power_state", self.ref)
  if state then native.note("power_state", state) end
  return state, err
end

return guest
