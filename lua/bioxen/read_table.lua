--- bioxen.read_table: a table of numbers and texts from a file in CSV or TSV.

local check = require "bioxen.check"
local core = require "bioxen.core"
local delimited = require "bioxen.biology.library.delimited"

local LIMIT = 1 << 30 -- bytes of a file

local MISSING = { [""] = true, NA = true, NaN = true, nan = true }

-- A column of numbers, where all of it are such or missing (NaN); else of texts.
local function column_of(rows, place)
  local numbers, texts, some = {}, {}, false
  for i, row in ipairs(rows) do
    local text = row[place] or ""
    local number = not MISSING[text] and tonumber(text)
    if numbers then
      if number then numbers[i], some = number + 0.0, true
      elseif MISSING[text] then numbers[i] = 0/0
      else numbers = nil end
    end
    texts[i] = text
  end
  return numbers and some and numbers or texts
end

--- See types.lua.
local function read_table(path)
  if type(path) ~= "string" then
    error(("bad argument 'path': a file's name expected, got %s"):format(check.shown(path)), 2)
  end
  local text, err = core.read_file(path, LIMIT)
  if not text then return nil, err end
  local good, made = pcall(delimited.read, text)
  if not good then return core.fail("EFILE", ("%s: %s"):format(path, made)) end
  local columns = {}
  for i, name in ipairs(made.names) do
    if columns[name] then return core.fail("EFILE", ("%s: two columns are called %q"):format(path, name)) end
    columns[name] = column_of(made.rows, i)
  end
  for _, row in ipairs(made.rows) do
    if #row > #made.names then
      return core.fail("EFILE", ("%s: line %d: %d values where there are %d columns"):format(path, row.line, #row,
        #made.names))
    end
  end
  return columns, made.names
end

return read_table
