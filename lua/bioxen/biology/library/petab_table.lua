--- Tables of PEtab: values with tabs between them, a line of names first. A row knows where it stands.

local delimited = require "library.delimited"

local table_of = {}

local MISSING = { [""] = true, NaN = true, nan = true, NA = true, ["N/A"] = true }

local function trim(text)
  return (text:gsub("^[ \t\r]+", ""):gsub("[ \t\r]+$", ""))
end

--- Fail because of what stands in a file, at a row and column where they are given.
function table_of.fail(file, row, id, format, ...)
  local where = file .. (row and (", row %d"):format(row) or "") .. (id and id ~= "" and (", %q"):format(id) or "")
  error(where .. ": " .. format:format(...), 0)
end

--- Where a row stands, for messages.
function table_of.where(row, id)
  return ("%s, row %d%s"):format(row.file, row.row, id and (", %q"):format(id) or "")
end

--- The rows of a text, added to `rows`: each { file, row, cells = { column = text } }, without cells that are empty.
-- `needed` are the columns that must be there; values are separated by `separator`, nil: as the first line shows.
function table_of.read(file, text, separator, needed, rows)
  local good, made = pcall(delimited.read, text, separator)
  if not good then table_of.fail(file, nil, nil, "%s", made) end
  local columns, seen = rows.columns or {}, {}
  for _, name in ipairs(made.names) do
    if seen[name] then table_of.fail(file, made.line, name, "a column that comes twice") end
    if name ~= "" then columns[#columns + 1], seen[name] = name, true end
  end
  for _, name in ipairs(needed) do
    if not seen[name] then table_of.fail(file, made.line, name, "the column is missing") end
  end
  for _, values in ipairs(made.rows) do
    local row = { file = file, row = values.line, cells = {} }
    for i, cell in ipairs(values) do
      local name = made.names[i]
      if (not name or name == "") and cell ~= "" then
        table_of.fail(file, row.row, nil, "%d values where the table has %d columns", #values, #made.names)
      end
      if name and not MISSING[cell] then row.cells[name] = cell end
    end
    if next(row.cells) then rows[#rows + 1] = row end
  end
  rows.columns = columns
  return rows
end

--- The number that a text is; nil where it is none.
function table_of.number(text)
  if not text then return nil end
  local sign, word = text:match "^([+-]?)(%a+)$"
  word = word and word:lower()
  if word == "inf" or word == "infinity" then return sign == "-" and -math.huge or math.huge end
  if text:find "^[+-]?%d+%.?%d*[eE]?[+-]?%d*$" or text:find "^[+-]?%.%d+[eE]?[+-]?%d*$" then
    local value = tonumber(text)
    return value and value + 0.0
  end
end

--- The text of a cell that must be there.
function table_of.text(row, column)
  local text = row.cells[column]
  if not text then table_of.fail(row.file, row.row, column, "nothing stands there") end
  return text
end

--- The number in a cell; `usual` where it is empty, unless that is nil.
function table_of.number_in(row, column, id, usual)
  local text = row.cells[column]
  if not text and usual then return usual end
  local value = table_of.number(text)
  if not value then
    table_of.fail(row.file, row.row, id, "%s: a number expected, got %s", column,
      text and ("%q"):format(text) or "nothing")
  end
  return value
end

--- The values between semicolons; none of an empty cell.
function table_of.list(text)
  local list = {}
  if not text then return list end
  for item in (text .. ";"):gmatch "(.-);" do list[#list + 1] = trim(item) end
  if list[#list] == "" then list[#list] = nil end
  return list
end

--- Whether a text is an id as PEtab has them.
function table_of.is_id(text)
  return text:find "^[%a_][%w_]*$" ~= nil
end

return table_of
