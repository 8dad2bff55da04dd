--- What has come of a sweep's points, in a file: a line of JSON for the sweep, then one for each point as it comes.
-- A line that a crash cut short counts for nothing.

local core = require "bioxen.core"
local decimal = require "bioxen.decimal"
local json = require "bioxen.json"

local record = {}

local Record = {}
Record.__index = Record

local FORMAT = 1
local EXACT = 2^53 -- whole numbers below it are the same in JSON's doubles

-- ---- values ----

-- JSON knows one kind of number: what it would not give back the same is written as a text in a table.
local function wrap(value)
  local kind = math.type(value)
  if kind == "integer" and math.abs(value) >= EXACT then return { integer = ("%d"):format(value) } end
  if kind == "float" and not (value % 1 ~= 0 and math.abs(value) < math.huge) then -- whole, or not finite
    return { float = value ~= value and "nan" or decimal("%.17g", value) }
  end
  return value
end

local not_finite = { nan = 0/0, inf = math.huge, ["-inf"] = -math.huge }

local function unwrap(value)
  if type(value) ~= "table" then return value end
  if value.integer then return math.tointeger(value.integer) end
  local number = not_finite[value.float] or tonumber(value.float)
  return number and number + 0.0
end

-- An entry in place of what was known of a point; what there is is counted.
local function put(self, number, entry)
  local before = self.entries[number]
  self.entries[number] = entry
  self.known = self.known + (before and 0 or 1)
  self.failed = self.failed + (entry.error and 1 or 0) - (before and before.error and 1 or 0)
end

local function each(values, convert)
  local converted = {}
  for name, value in pairs(values or {}) do converted[name] = convert(value) end
  return converted
end

local function line_of(number, entry)
  local values = entry.values and each(entry.values, wrap)
  return json.line { point = number, at = each(entry.at, wrap), values = values, error = entry.error }
end

local function head_of(self)
  return json.line { sweep = FORMAT, total = self.total, names = json.list(self.names), digest = self.digest }
end

-- ---- reading ----

local function fail(path, words)
  return core.fail("EFILE", ("%s: %s"):format(path, words))
end

-- What a line says of a point: true, or nil where it says nothing that could be meant.
local function take_line(self, line)
  local entry = json.decode(line)
  local number = type(entry) == "table" and math.tointeger(entry.point)
  if not number or number < 1 or number > self.total or type(entry.at) ~= "table" then return nil end
  local values, err = entry.values, entry.error
  if type(values) ~= "table" and type(err) ~= "table" then return nil end
  put(self, number, { at = each(entry.at, unwrap), values = values and each(values, unwrap), error = err })
  return true
end

-- The lines of a file, but for a last one that has no end; and how many bytes they take. nil and an error.
local function read_lines(path)
  local file, err = io.open(path, "rb")
  if not file then return nil, err end
  local text = file:read "a"
  file:close()
  local whole = text:match "^.*\n" or ""
  local lines = {}
  for line in whole:gmatch "[^\n]*" do
    if line ~= "" then lines[#lines + 1] = line end
  end
  return lines, #whole
end

-- A file of a sweep that was begun: how many bytes of it are good; nil and an error.
local function read(self, path)
  local lines, length = read_lines(path)
  if not lines then return fail(path, length) end
  if not lines[1] then return 0 end
  local head = json.decode(lines[1])
  if type(head) ~= "table" or head.sweep ~= FORMAT then return fail(path, "this is no record of a sweep") end
  if not self.digest then self.total, self.digest, self.names = math.tointeger(head.total), head.digest, head.names end
  if head.total ~= self.total or head.digest ~= self.digest then
    return fail(path, "this is the record of another sweep: of other parameters, code, seed or options")
  end
  for i = 2, #lines do
    if not take_line(self, lines[i]) then return fail(path, ("line %d is damaged"):format(i)) end
  end
  return length
end

-- ---- a record ----

local function new(fields)
  fields.entries, fields.known, fields.failed = {}, 0, 0
  return setmetatable(fields, Record)
end

--- A record of the sweep with this digest, of `total` points in parameters called `names`: in the file `path`, which
-- is gone on with where it is there; with path = nil in memory. nil and an error for a file of another sweep, or one
-- that cannot be written.
function record.open(path, names, total, digest)
  local self = new { names = names, total = total, digest = digest, path = path }
  if not path then return self end
  local length = 0
  if core.is_file(path) then
    local good, err = read(self, path)
    if not good then return nil, err end
    length = good
  end
  local mode = length > 0 and "r+b" or "wb"
  local file, err = io.open(path, mode)
  if not file then return fail(path, err) end
  file:seek("set", length)
  self.file = file
  if length == 0 then
    local written, problem = self:write(head_of(self))
    if not written then return nil, problem end
  end
  return self
end

--- Records of shards as one: nil and an error where they are not of one sweep, or do not agree.
function record.merge(paths)
  local all = new {}
  for _, path in ipairs(paths) do
    local one = new { names = all.names, total = all.total, digest = all.digest }
    local length, err = read(one, path)
    if not length then return nil, err end
    if length == 0 then return fail(path, "this is no record of a sweep") end
    all.names, all.total, all.digest = one.names, one.total, one.digest
    for number, entry in pairs(one.entries) do
      local known = all.entries[number]
      local both = known and known.values and entry.values
      if both and line_of(number, known) ~= line_of(number, entry) then
        return fail(path, ("point %d has other results than in the files before"):format(number))
      end
      -- What failed in one file, and was tried again in another, has come to something.
      if not known or entry.values then put(all, number, entry) end
    end
  end
  return all
end

function Record:write(line)
  local written, err = self.file:write(line, "\n")
  if written then written, err = self.file:flush() end
  if not written then return fail(self.path, err) end
  return true
end

--- What became of a point, `at` these values: results by name, or an error. `added` is true from then on. True; or
-- nil and an error.
function Record:add(number, at, values, err)
  local entry = { at = at, values = values, error = not values and { code = err.code, message = err.message } or nil }
  put(self, number, entry)
  self.added = true
  if not self.file then return true end
  return self:write(line_of(number, entry))
end

--- How many points there is nothing of yet.
function Record:missing()
  return self.total - self.known
end

--- Write everything to a file, points in order, in place of what is there at once. True; or nil and an error.
function Record:save(path)
  local lines = { head_of(self) }
  for number = 1, self.total do
    local entry = self.entries[number]
    if entry then lines[#lines + 1] = line_of(number, entry) end
  end
  lines[#lines + 1] = ""
  return core.save_file(path, table.concat(lines, "\n"))
end

function Record:close()
  if self.file then self.file:close() end
  self.file = nil
end

return record
