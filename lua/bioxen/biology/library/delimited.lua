--- Tables as text, values with commas, semicolons or tabs between them and a line of names first: RFC 4180, by whoever
-- writes it. It runs in VMs and on the host.

local delimited = {}

local function trim(text)
  return (text:gsub("^[ \t]+", ""):gsub("[ \t]+$", ""))
end

-- What stands between the names in a first line.
local function separator_of(line)
  for _, mark in ipairs { "\t", ",", ";" } do
    if line:find(mark, 1, true) then return mark end
  end
  return ","
end

-- The fields of the line at `at`, and where the next begins; nil at the end. What is in quotes may hold separators and
-- ends of lines, and "" stands for a quote.
local function fields_of(text, at, separator)
  if at > #text then return nil end
  local fields = {}
  while true do
    local first = text:match("^[ ]*()", at)
    if text:sub(first, first) == '"' then
      local value, stop = "", first
      repeat
        local piece, behind = text:match('^"([^"]*)"()', stop)
        if not piece then error("a quote that is opened and not closed", 0) end
        value, stop = value .. (value ~= "" and stop ~= first and '"' or "") .. piece, behind
      until text:sub(stop, stop) ~= '"'
      fields[#fields + 1], at = value, text:match("^[ ]*()", stop)
    else
      local stop = text:find("[" .. separator .. "\n]", at) or #text + 1
      fields[#fields + 1], at = trim(text:sub(at, stop - 1)), stop
    end
    local mark = text:sub(at, at)
    if mark == "\n" or mark == "" then return fields, at + 1 end
    if mark ~= separator then error("text behind a value in quotes", 0) end
    at = at + 1
  end
end

local function lines_in(text)
  return select(2, text:gsub("\n", ""))
end

--- { names, line, rows }: the line of the names, and each row a list of texts and its `line`. Lines without anything
-- are left out, and those before the names that begin with "#". `given` separates values, nil: as the line of names
-- shows. Raises, as text with the line, what is no table.
function delimited.read(text, given)
  text = text:gsub("^\xEF\xBB\xBF", ""):gsub("\r\n?", "\n")
  local names, names_line, rows, at, line, separator = nil, nil, {}, 1, 1, given
  while true do
    separator = separator or separator_of(text:match("^[^\n]*", at))
    local good, fields, next_at = pcall(fields_of, text, at, separator)
    if not good then error(("line %d: %s"):format(line, fields), 0) end
    if not fields then break end
    local empty = #fields == 1 and fields[1] == ""
    if not names and (empty or fields[1]:find "^#") then
      separator = given
    elseif not names then
      names, names_line = fields, line
    elseif not empty then
      fields.line = line
      rows[#rows + 1] = fields
    end
    line, at = line + lines_in(text:sub(at, next_at - 1)), next_at
  end
  if not names then error("a line with the names of the columns expected", 0) end
  return { names = names, line = names_line, rows = rows }
end

return delimited
