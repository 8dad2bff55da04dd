--- What marks an object of the pool as made by BioXen: keys in its other_config. They name the object by its
-- uuid, so that a copy that somebody makes of it does not count.

local journal = require "journal"

local ownership = {}

ownership.KEY = "bioxen_key"
ownership.SELF = "bioxen_uuid"
ownership.MACHINE = "bioxen_machine"

-- A copy of what BioXen has made comes with the marks of its source; what is marked already stays so.
local function put(pool, class, ref, record, key, value)
  local present = (record.other_config or {})[key]
  if present == value then return true end
  if present ~= nil then
    local done, err = pool:call(class .. ".remove_from_other_config", ref, key)
    if done == nil then return nil, err end
  end
  return pool:call(class .. ".add_to_other_config", ref, key, value)
end

--- Mark an object of class "VM" or "VDI". `record` is its own.
function ownership.mark(pool, class, ref, record, key)
  local marks = { { ownership.KEY, key }, { ownership.SELF, record.uuid },
    { ownership.MACHINE, journal.machine() } }
  for _, mark in ipairs(marks) do
    local done, err = put(pool, class, ref, record, mark[1], mark[2])
    if done == nil then return nil, err end
  end
  return true
end

--- The key of a record that is marked as its own; nil otherwise.
function ownership.key(record)
  local marks = record.other_config or {}
  if marks[ownership.SELF] ~= record.uuid then return nil end
  return marks[ownership.KEY]
end

--- Whether somebody has made a record out of the object of that key: it bears the key, but as another's.
function ownership.is_foreign(record, key)
  local marks = record.other_config or {}
  return marks[ownership.KEY] == key and marks[ownership.SELF] ~= record.uuid
end

function ownership.machine(record)
  return (record.other_config or {})[ownership.MACHINE]
end

return ownership
