--- What happens to each VM, a line of JSON each, in a file that is bounded: one older file is kept. Lines gather and
-- are written together; a disk that is full costs lines, which are counted, and nothing else. Neither code nor
-- arguments nor configurations are written: they may hold secrets.

local core = require "bioxen.core"
local decimal = require "bioxen.decimal"

local log = {}

local PENDING = 256 -- lines of a VM between two writes; more are counted only
local FILES = 256 -- of VMs that are gone
local TEXT = 2000 -- bytes of a text in a line
local LARGEST = 16 << 20 -- bytes of all lines that wait

local folder, limit
local logs, order = {}, {}
local own

-- ---- lines ----

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }

local function escape(byte)
  return escapes[byte] or ("\\u%04x"):format(byte:byte())
end

-- Bytes that are no UTF-8 are shown as the characters of their numbers.
local function quote(text)
  if #text > TEXT then text = text:sub(1, TEXT) .. ("... (%d bytes)"):format(#text) end
  if not utf8.len(text) then return '"' .. text:gsub('[%c"\\\127-\255]', escape) .. '"' end
  return '"' .. text:gsub('[%c"\\\127]', escape):gsub("\xc2([\x80-\x9f])", escape) .. '"' -- C1 controls, too
end

local function value_text(value)
  if type(value) == "string" then return quote(value) end
  return math.type(value) == "float" and decimal("%.6g", value) or tostring(value)
end

local function line_of(entry)
  local keys, words = {}, {}
  for key in pairs(entry.fields) do keys[#keys + 1] = key end
  table.sort(keys)
  words[1] = ('"time":"%s"'):format(os.date("!%Y-%m-%dT%H:%M:%SZ", entry.time))
  words[2] = ('"event":%s'):format(quote(entry.event))
  for _, key in ipairs(keys) do words[#words + 1] = ("%s:%s"):format(quote(key), value_text(entry.fields[key])) end
  return "{" .. table.concat(words, ",") .. "}\n"
end

-- ---- a log ----

local Log = {}
Log.__index = Log

local function new_log(path)
  return setmetatable({ path = path, pending = {}, left_out = 0 }, Log)
end

function Log:write(event, fields)
  if #self.pending >= PENDING then
    self.left_out = self.left_out + 1
    return
  end
  self.pending[#self.pending + 1] = { time = os.time(), event = event, fields = fields }
end

-- Calls one after the other of which there is no more to say than that are one line.
function Log:count(seconds)
  local last = self.pending[#self.pending]
  local fields = last and last.fields
  if fields and fields.calls then
    fields.calls, fields.seconds = fields.calls + 1, fields.seconds + seconds
  else
    self:write("called", { calls = 1, seconds = seconds })
  end
end

--- The end of a call: what it printed, and what it came to. The result only where it may be that nobody takes it.
function Log:call(seconds, result, err, with_result)
  if not result and not err then return self:count(seconds) end
  local fields = { seconds = seconds }
  if err then
    fields.code, fields.message, fields.output = err.code, err.message, err.stdout
  else
    fields.output = result.stdout
    if with_result and result.result ~= nil then fields.result = tostring(result.result) end
  end
  if fields.output == "" then fields.output = nil end
  self:write(err and "failed" or "called", fields)
end

-- In pieces of half a file at most.
local function append_all(path, lines)
  local from = 1
  while from <= #lines do
    local to, size = from, #lines[from]
    while lines[to + 1] and size + #lines[to + 1] <= limit//2 do
      to = to + 1
      size = size + #lines[to]
    end
    local written, failure = core.append_file(path, table.concat(lines, "", from, to), limit)
    if not written then return nil, failure end
    from = to + 1
  end
  return true
end

function Log:flush()
  if #self.pending == 0 and self.left_out == 0 then return end
  local lines = {}
  if self.left_out > 0 then
    lines[#lines + 1] = line_of { time = os.time(), event = "left out", fields = { lines = self.left_out,
      message = self.failure } }
  end
  for _, entry in ipairs(self.pending) do lines[#lines + 1] = line_of(entry) end
  local written, failure = append_all(self.path, lines)
  if written then
    self.left_out, self.failure = 0, nil
  else
    self.left_out, self.failure = self.left_out + #self.pending, failure.message
  end
  self.pending = {}
end

-- ---- all of them ----

local function path_of(id)
  return folder .. "/logs/" .. id .. ".jsonl"
end

--- Write into this folder from now on, files of so many bytes.
function log.begin(where, bytes)
  folder, limit = where, bytes
  logs, order = {}, {}
  own = new_log(folder .. "/daemon.jsonl")
  core.make_own_folder(folder .. "/logs")
  for _, name in ipairs(core.list_folder(folder .. "/logs")) do
    local id = name:match "^(.*)%.jsonl$"
    if id then log.of(id) end
  end
end

--- The daemon's own.
function log.daemon()
  return own
end

--- That of a VM. Of many, those that were begun first are removed.
function log.of(id)
  local found = logs[id]
  if not found then
    found = new_log(path_of(id))
    logs[id] = found
    order[#order + 1] = id
  end
  return found
end

local function remove(id)
  os.remove(path_of(id))
  os.remove(path_of(id) .. ".1")
  logs[id] = nil
end

--- Write what waits. Of very many logs those begun first are removed, but of VMs whose ids are in `alive`; without
-- that, none is.
function log.flush(alive)
  if own then own:flush() end
  for _, found in pairs(logs) do found:flush() end
  if not alive or #order <= 2*FILES then return end
  local kept, spare = {}, #order - FILES
  for _, id in ipairs(order) do
    if spare > 0 and not alive[id] then
      remove(id)
      spare = spare - 1
    else
      kept[#kept + 1] = id
    end
  end
  order = kept
end

--- The last lines of a VM's log, or with nil of the daemon's: text, or nil and an error where there is none.
function log.read(id, lines)
  local found = own
  if id then found = logs[id] end
  if not found then return core.fail("ENOTFOUND", ("there is no log of VM %q"):format(id), id) end
  found:flush()
  local text = ""
  for _, path in ipairs { found.path .. ".1", found.path } do
    text = text .. (core.read_file(path, limit + LARGEST) or "")
  end
  local all = {}
  for line in text:gmatch "[^\n]*\n" do all[#all + 1] = line end
  return table.concat(all, "", math.max(1, #all - (lines or #all) + 1))
end

return log
