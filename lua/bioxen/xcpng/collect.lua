--- What is left on a pool of guests whose courier died: found by its marks and by the journal.

local native = require "native"
local failure = require "failure"
local journal = require "journal"
local ownership = require "ownership"

local collect = {}

local function row(kind, ref, record, key, entry)
  local machine = ownership.machine(record) or "unknown"
  local here = entry ~= nil or machine == journal.machine()
  return { kind = kind, ref = ref, uuid = record.uuid, name = tostring(record.name_label or ""),
    key = key, machine = machine, here = here, alive = entry ~= nil and entry.held or false }
end

-- VMs that carry our mark, or the name that a journal was to give one.
local function find_machines(pool, entries, rows)
  local records, err = pool:call("VM.get_all_records")
  if not records then return nil, err end
  local by_name = {}
  for key, entry in pairs(entries) do by_name[tostring(entry.name)] = key end
  for ref, record in pairs(records) do
    local key = type(record) == "table" and not record.is_a_snapshot
      and (ownership.key(record) or by_name[record.name_label])
    if key then rows[#rows + 1] = row("VM", ref, record, key, entries[key]) end
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

-- Journals of this pool whose guests are gone.
local function find_journals(pool, entries, rows)
  local seen = {}
  for _, found in ipairs(rows) do seen[found.key] = true end
  for key, entry in pairs(entries) do
    if not seen[key] and entry.pool == pool.pool_uuid and not entry.held then
      rows[#rows + 1] = { kind = "journal", uuid = "", name = tostring(entry.name), key = key,
        machine = journal.machine(), here = true, alive = false }
    end
  end
end

local function find(config, pool)
  local rows = {}
  local there, err = pool.ref or pool:login(), nil
  if not there then there, err = pool:login() end
  if not there then return nil, err end
  local entries = journal.entries(config.journal)
  local done, problem = find_machines(pool, entries, rows)
  if done then done, problem = find_disks(pool, entries, rows) end
  if not done then return nil, problem end
  find_journals(pool, entries, rows)
  table.sort(rows, function(a, b)
    return a.kind .. a.name .. a.uuid < b.kind .. b.name .. b.uuid
  end)
  return rows, entries
end

--- Rows { kind, uuid, name, key, machine, here, alive }: all that is marked as made by BioXen. `here` tells
-- that it was made from this machine, `alive` that its courier still is.
function collect.list(config, pool)
  local rows, err = find(config, pool)
  if not rows then return nil, err end
  for _, found in ipairs(rows) do found.ref = nil end
  return rows
end

local function remove_row(pool, machine, found, entries)
  if found.kind == "VM" then
    local record, err = pool:call("VM.get_record", found.ref)
    if not record then return nil, err end
    local done, problem = machine:destroy_machine(found.ref, record)
    if not done then return nil, problem end
  elseif found.kind == "VDI" then
    local done, err = pool:insist(10, "VDI.destroy", found.ref)
    if done == nil then return nil, err end
  end
  local entry = entries[found.key]
  if entry then journal.forget(entry) end
  return true
end

--- Remove what the keys stand for, but for what is alive. Gives { removed, failed = { { row, message } } }.
function collect.remove(config, pool, machine, keys)
  local wanted, removed, failed = {}, 0, {}
  for _, key in ipairs(keys) do wanted[key] = true end
  local rows, entries = find(config, pool)
  if not rows then return nil, entries end
  for _, found in ipairs(rows) do
    if wanted[found.key] and not found.alive then
      native.progress(0, "removing " .. found.name)
      local done, err = remove_row(pool, machine, found, entries)
      if done then removed = removed + 1
      elseif failure.is_over(err) then return nil, err
      else failed[#failed + 1] = { name = found.name, uuid = found.uuid, message = err.message } end
    end
  end
  return { removed = removed, failed = failed }
end

return collect
