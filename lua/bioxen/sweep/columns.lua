--- The table that a sweep comes to: typed columns, a row for each point that has been done.

local core = require "bioxen.core"
local decimal = require "bioxen.decimal"
local ending = require "bioxen.ending"
local json = require "bioxen.json"
local plot = require "bioxen.plot"
local sorted_keys = require "bioxen.sorted_keys"

local columns = {}

local NONE = 0/0 -- in JSON null

local SweepTable = { __name = "bioxen.SweepTable" }
SweepTable.__index = SweepTable

-- ---- types ----

local function type_of(value)
  return math.type(value) or type(value)
end

-- The type of two values of one column: whole numbers are numbers, too; nil where none holds both.
local function common(a, b)
  if a == nil or a == b then return b end
  local is_number = (a == "integer" or a == "float") and (b == "integer" or b == "float")
  return is_number and "float" or nil
end

-- The columns of these names, with the types of what is in them; nil and an error.
local function typed(rows, names)
  local found = {}
  for i, name in ipairs(names) do
    local kind
    for _, row in ipairs(rows) do
      if row[name] ~= nil then
        local now = common(kind, type_of(row[name]))
        if not now then
          return core.fail("ERESULT", ("the results called %s are of different types: %s, and at point %d %s"):format(
            name, kind, row.point, type_of(row[name])))
        end
        kind = now
      end
    end
    found[i] = { name = name, type = kind == "float" and "number" or kind or "number" }
  end
  return found
end

-- ---- the table ----

--- The table of what a record holds; nil and an error where results of one name are of different types.
function columns.new(kept)
  local rows, results, failed = {}, {}, 0
  for number = 1, kept.total do
    local entry = kept.entries[number]
    if entry then
      local row = { point = number }
      for name, value in pairs(entry.at) do row[name] = value end
      for name, value in pairs(entry.values or {}) do
        results[name], row[name] = true, value
      end
      if entry.error then
        failed = failed + 1
        row.error = ("%s: %s"):format(entry.error.code, entry.error.message)
      end
      rows[#rows + 1] = row
    end
  end
  local names = { "point" }
  for _, name in ipairs(kept.names) do names[#names + 1] = name end
  names[#names + 1] = "replicate"
  for _, name in ipairs(sorted_keys(results)) do names[#names + 1] = name end
  if failed > 0 then names[#names + 1] = "error" end
  local found, err = typed(rows, names)
  if not found then return nil, err end
  return setmetatable({ columns = found, parameters = kept.names, rows = rows, failed = failed,
    missing = kept.total - #rows }, SweepTable)
end

--- See types.lua.
function SweepTable:column(name)
  for _, column in ipairs(self.columns) do
    if column.name == name then
      local values = {}
      for i, row in ipairs(self.rows) do
        values[i] = row[name]
        if column.type == "number" and values[i] then values[i] = values[i] + 0.0 end
      end
      return values, column.type
    end
  end
  error(("bad argument 'name': there is no column %s"):format(require("bioxen.check").shown(name)), 2)
end

local function number_text(value)
  if value ~= value then return "nan" end
  for digits = 15, 17 do
    local text = decimal("%." .. digits .. "g", value)
    if tonumber(text) == value or math.abs(value) == math.huge then return text end
  end
end

local function cell(value)
  if value == nil then return "" end
  if math.type(value) == "float" then return number_text(value) end
  local text = tostring(value)
  if text:find '[",\r\n]' then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

--- The table as CSV.
function SweepTable:csv()
  local lines, cells = {}, {}
  for i, column in ipairs(self.columns) do cells[i] = column.name end
  lines[1] = table.concat(cells, ",")
  for _, row in ipairs(self.rows) do
    for i, column in ipairs(self.columns) do cells[i] = cell(row[column.name]) end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

--- The table as JSON.
function SweepTable:json()
  local all = { names = json.list(), types = {}, columns = {}, failed = self.failed, missing = self.missing }
  for i, column in ipairs(self.columns) do
    local values = json.list()
    for row = 1, #self.rows do
      local value = self.rows[row][column.name]
      values[row] = value == nil and NONE or value
    end
    all.names[i], all.types[column.name], all.columns[column.name] = column.name, column.type, values
  end
  return json.encode(all) .. "\n"
end

local endings = ending.any(ending.tables, "json", "h5", "hdf5")

--- See types.lua.
function SweepTable:save(path)
  local fits, mistake = ending.check("save", endings, path)
  if not fits then return core.fail("EFILE", mistake) end
  local biosimulators = require "bioxen.biosimulators"
  if biosimulators.is_path(path) then return biosimulators.save_table(self, path) end
  return core.save_file(path, ending.of(path) == "json" and self:json() or ending.separated(self:csv(), ",", path))
end

SweepTable.plot = plot.sweep

-- Loaded when it is first called.
function SweepTable.html(...) return require("bioxen.report.values").SweepTable(...) end

function SweepTable:__tostring()
  return ("SweepTable(%d rows, %d failed, %d missing)"):format(#self.rows, self.failed, self.missing)
end

return columns
