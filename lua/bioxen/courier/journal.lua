--- What a courier is about to make on a pool, written down before it does. The file is locked while the
-- courier lives and removed once nothing is left; what is left without a lock is for collect.lua.

local native = require "native"
local failure = require "failure"

local journal = {}

-- This machine and this start of it: a process id means nothing elsewhere.
local function first_line(path)
  local file = io.open(path)
  local line = file and file:read "l"
  if file then file:close() end
  return line or "unknown"
end

--- "machine" as it is written down: its name and a part of its id.
function journal.machine()
  local name = first_line("/proc/sys/kernel/hostname"):gsub("[^%w.-]", "?"):sub(1, 40)
  return name .. "/" .. first_line("/etc/machine-id"):sub(1, 8)
end

--- Begin the entry of a new guest: { key, name, pool, vm }. Returns the open journal.
function journal.begin(folder, entry)
  local made, err = native.make_folder(folder)
  if not made then return nil, err end
  local file, err = native.open_journal(folder .. "/" .. entry.key .. ".json")
  if not file then return nil, err end
  local text = native.encode { key = entry.key, name = entry.name, pool = entry.pool, vm = entry.vm,
    url = entry.url, began = os.date("!%Y-%m-%dT%H:%M:%SZ") }
  local written, err = file:write(text)
  if not written then
    file:remove()
    return nil, err
  end
  return file
end

--- Take over the entry that a courier which died has left; nil where there is none. Somebody may be looking at
-- it just now, which holds it for a moment.
function journal.take_over(folder, key)
  for _ = 1, 10 do
    local file, err = native.open_journal(folder .. "/" .. key .. ".json", true)
    if file or err.code ~= "EBUSY" or not native.sleep(0.02) then return file end
  end
end

local function read_entry(folder, name)
  local text = native.read_file(folder, name)
  local entry = text and native.decode(text:match "^[^\n]*")
  if type(entry) ~= "table" or type(entry.key) ~= "string" then return nil end
  return entry
end

--- All entries of a folder, by key; each has `held` and `path`.
function journal.entries(folder)
  local entries = {}
  for _, name in ipairs(native.list_folder(folder) or {}) do
    local entry = name:find "^%x+%.json$" and read_entry(folder, name)
    if entry then
      entry.path = folder .. "/" .. name
      entry.held = native.is_held(entry.path)
      entries[entry.key] = entry
    end
  end
  return entries
end

--- Remove the entry of a guest that is gone.
function journal.forget(entry)
  local file, err = native.open_journal(entry.path, true)
  if not file then return failure.of(err.code, err.message) end
  file:remove()
  return true
end

return journal
