--- What is left on a pool of guests whose courier died: found by its marks and by the journal.

local native = require "native"
local disks = require "disks"
local failure = require "failure"
local journal = require "journal"
local ownership = require "ownership"
local removal = require "removal"

local collect = {}

-- `here` tells that this machine's journal knows of it: only that can tell whether its courier lives.
local function row(kind, ref, record, key, entry)
  return { kind = kind, ref = ref, uuid = record.uuid, name = tostring(record.name_label or ""), key = key,
    machine = ownership.machine(record) or "unknown", here = entry ~= nil, power_state = record.power_state,
    alive = entry ~= nil and entry.held or false }
end

-- VMs that carry our mark, or the name that a journal was to give one before it could be marked.
local function find_machines(pool, entries, rows)
  local records, err = pool:call("VM.get_all_records")
  if not records then return nil, err end
  local by_name = {}
  for key, entry in pairs(entries) do by_name[tostring(entry.name)] = key end
  for ref, record in pairs(records) do
    if type(record) == "table" and record.is_a_snapshot ~= true then
      local named = by_name[record.name_label]
      if named and ownership.is_foreign(record, named) then named = nil end
      local key = ownership.key(record) or named
      if key then rows[#rows + 1] = row("VM", ref, record, key, entries[key]) end
    end
  end
  return true
end

-- Disks that carry our mark and that no VM holds.
local function find_disks(pool, entries, rows)
  local records, err = pool:call("VDI.get_all_records")
  if not records then return nil, err end
  for ref, record in pairs(records) do
    local key = type(record) == "table" and ownership.key(record)
    if key and #(record.VBDs or {}) == 0 then
      rows[#rows + 1] = row("VDI", ref, record, key, entries[key])
    end
  end
  return true
end

-- Journals of this pool without anything there. While the pool copies, it may still appear.
local function find_journals(pool, entries, rows)
  local busy, err = pool:is_copying()
  if busy == nil then return nil, err end
  local seen = {}
  for _, found in ipairs(rows) do seen[found.key] = true end
  for key, entry in pairs(entries) do
    if not seen[key] and entry.pool == pool.pool_uuid and not entry.held then
      rows[#rows + 1] = { kind = "journal", uuid = "", name = tostring(entry.name), key = key,
        machine = journal.machine(), here = true, alive = false, expected = busy }
    end
  end
  return true
end

local function find(config, pool)
  local rows = {}
  local open, err = pool:open()
  if not open then return nil, err end
  local entries = journal.entries(config.journal)
  for _, part in ipairs { find_machines, find_disks, find_journals } do
    local done, err = part(pool, entries, rows)
    if not done then return nil, err end
  end
  table.sort(rows, function(a, b)
    return a.kind .. a.name .. a.uuid < b.kind .. b.name .. b.uuid
  end)
  return rows, entries
end

--- Rows { kind, uuid, name, key, machine, here, alive, expected, power_state }: all that is marked as made by BioXen.
-- `alive` tells that its courier is, `expected` that the pool may still be making it.
function collect.list(config, pool)
  local rows, err = find(config, pool)
  if not rows then return nil, err end
  for _, found in ipairs(rows) do found.ref = nil end
  return rows
end

local function remove_row(pool, found)
  if found.kind == "VM" then
    local record, err = disks.record_of(pool, "VM", found.ref)
    if not record then return record == false or nil, err end
    return removal.destroy_machine(pool, found.ref, record)
  elseif found.kind == "VDI" then
    return disks.destroy(pool, { [found.ref] = true })
  end
  return true
end

--- Remove what the keys stand for, but for what is alive or expected. Gives { removed, failed = { { name, uuid,
-- message } } }. A journal goes once all that it knew of has.
function collect.remove(config, pool, keys)
  local wanted, removed, failed, kept = {}, 0, {}, {}
  for _, key in ipairs(keys) do wanted[key] = true end
  local rows, entries = find(config, pool)
  if not rows then return nil, entries end
  for _, found in ipairs(rows) do
    if wanted[found.key] and not found.alive and not found.expected then
      native.progress(0, "removing " .. found.name)
      local done, err = remove_row(pool, found)
      if done then
        removed = removed + 1
      elseif failure.is_over(err) then
        return nil, err
      else
        kept[found.key] = true
        failed[#failed + 1] = { name = found.name, uuid = found.uuid, message = err.message }
      end
    else
      kept[found.key] = true
    end
  end
  for key in pairs(wanted) do
    if entries[key] and not kept[key] and not entries[key].held then journal.forget(entries[key]) end
  end
  return { removed = removed, failed = failed }
end

return collect
