-- log.yml as BioSimulators has it: what became of each document, task and output. Written again after each step, so
-- that a run that is killed leaves one.

local json = require "bioxen.json"

local log = {}

-- The keys of each kind of entry, in order. What an entry lacks is null.
local COMMON = { "status", "exception", "skipReason", "output", "duration" }
local keys = {
  archive = { "sedDocuments" },
  document = { "location", "tasks", "outputs" },
  task = { "id", "algorithm", "simulatorDetails" },
  report = { "id", "dataSets" },
  plot2D = { "id", "curves" },
  plot3D = { "id", "surfaces" },
  set = { "id", "status" },
  exception = { "type", "message" },
  detail = { "key", "value" },
}

local function scalar(value)
  if value == nil then return "null" end
  if type(value) == "string" then
    local valid = utf8.len(value) and value or value:gsub("[\x80-\xff]", "?")
    return json.encode(valid)
  end
  if math.type(value) == "float" then return ("%.6f"):format(value) end
  return tostring(value)
end

local write

local function write_list(out, list, indent)
  for _, item in ipairs(list) do
    out[#out + 1] = indent .. "-\n"
    write(out, item, indent .. "  ")
  end
end

function write(out, entry, indent)
  local order = keys[entry.kind]
  local names = { table.unpack(order) }
  if order ~= keys.set and order ~= keys.exception and order ~= keys.detail then
    table.move(COMMON, 1, #COMMON, #names + 1, names)
  end
  for _, name in ipairs(names) do
    local value = entry[name]
    if type(value) ~= "table" then
      out[#out + 1] = ("%s%s: %s\n"):format(indent, name, scalar(value))
    elseif value.kind then
      out[#out + 1] = ("%s%s:\n"):format(indent, name)
      write(out, value, indent .. "  ")
    elseif #value == 0 then
      out[#out + 1] = ("%s%s: []\n"):format(indent, name)
    else
      out[#out + 1] = ("%s%s:\n"):format(indent, name)
      write_list(out, value, indent .. "  ")
    end
  end
end

--- The text of an entry and all in it.
function log.text(entry)
  local out = {}
  write(out, entry, "")
  return table.concat(out)
end

--- An entry of a kind that waits.
function log.entry(kind, fields)
  fields.kind, fields.status = kind, "QUEUED"
  return fields
end

local function message(words, kind)
  return { kind = "exception", type = kind, message = words }
end

--- It has failed, for this reason.
function log.fail(entry, words, kind)
  entry.status, entry.exception = "FAILED", message(words, kind or "ValueError")
end

--- It was not done, for this reason.
function log.skip(entry, words)
  entry.status, entry.skipReason = "SKIPPED", message(words, "NotNeeded")
end

-- Call f for an entry and all in it.
local function each(entry, f)
  f(entry)
  for _, name in ipairs { "sedDocuments", "tasks", "outputs", "dataSets", "curves", "surfaces" } do
    for _, inner in ipairs(entry[name] or {}) do each(inner, f) end
  end
end

--- At the end nothing waits or runs any more.
function log.close(entry)
  each(entry, function(inner)
    if inner.status == "QUEUED" then inner.status = "SKIPPED" end
    if inner.status == "RUNNING" then inner.status = "FAILED" end
  end)
end

return log
