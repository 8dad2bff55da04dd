--- Tables in HTML, bounded: of values, or of texts as they stand in a file; and things by a number, with bars.

local decimal = require "bioxen.decimal"
local html = require "bioxen.report.html"
local text = require "bioxen.repl.text"

local tables = {}

tables.COLUMNS = 12 -- that are shown

local CELL = 200   -- bytes of a cell
local BAR = 120    -- the width of bars

--- A value as a cell has it, and whether it is a number.
function tables.word(value)
  if value == nil then return "", false end
  if math.type(value) == "integer" then return ("%d"):format(value), true end
  if math.type(value) == "float" then return decimal("%.6g", value), true end
  if type(value) == "table" then return "{…}", false end
  return tostring(value), type(value) == "string" and tonumber(value) ~= nil
end

local function cell(value, before)
  local word, is_number = tables.word(value)
  local cut, is_cut = text.cut(word, CELL)
  return html.fill("<td%m>%m%s%s</td>", is_number and ' class="number"' or "", before or "", cut, is_cut and "…" or "")
end

-- A bar from zero, beside others whose values span low to high.
local function bar(value, low, high)
  local number = tonumber(value)
  if not number or number ~= number or high <= low then return "" end
  local function place(v) return BAR*(math.max(low, math.min(high, v)) - low)/(high - low) end
  local from, to = place(math.min(number, 0)), place(math.max(number, 0))
  return html.fill('<svg class="bar" viewBox="0 0 %s 10" width="%s" height="10" preserveAspectRatio="none" '
    .. 'aria-hidden="true">'
    .. '<rect class="fill s%s" fill="%s" x="%s" y="0" width="%s" height="10"/></svg> ', BAR, BAR, number < 0 and 2 or 1,
    number < 0 and "#D55E00" or "#0072B2", decimal("%.1f", from), decimal("%.1f", to - from))
end

local function range_of(rows, column)
  local low, high = 0, 0
  for _, row in ipairs(rows) do
    local number = tonumber(row[column])
    if number and math.abs(number) < math.huge then low, high = math.min(low, number), math.max(high, number) end
  end
  return low, high
end

-- Which rows are shown: all, the first, or the first and the last.
local function shown_rows(count, most, ends)
  local places = {}
  if count <= most then
    for i = 1, count do places[i] = i end
  else
    local first = ends and most - most//2 or most
    for i = 1, first do places[i] = i end
    for i = first + 1, most do places[i] = count - most + i end
  end
  return places
end

local function remark(made, places, columns, ends)
  local rows, names, said = made.rows, made.names, {}
  if #places < #rows then
    said[1] = ("%s %d of %s"):format(ends and "the first and the last" or "the first", #places,
      text.counted(#rows, "row"))
  else
    said[1] = text.counted(#rows, "row")
  end
  said[2] = columns < #names and ("%d of %s"):format(columns, text.counted(#names, "column"))
    or text.counted(#names, "column")
  if made.order then said[3] = "in the order of " .. made.order end
  local line = table.concat(said, ", ")
  return line:sub(1, 1):upper() .. line:sub(2) .. "."
end

local function head(names, columns, numeric)
  local out = {}
  for j = 1, columns do
    out[j] = html.fill('<th scope="col"%m>%s%s</th>', numeric[j] and ' class="number"' or "", text.cut(names[j], CELL),
      select(2, text.cut(names[j], CELL)) and "…" or "")
  end
  return "<thead><tr>" .. table.concat(out) .. "</tr></thead>"
end

--- A table { names, rows, order }, each row a list of values or texts; order, the name that rows are ordered by. `how`:
-- label, of its region for those who hear it; most (rows that are shown, default 20); ends (the last among them); bars,
-- the number of a column that gets bars; marked, a column whose true values mark a row.
function tables.draw(made, how)
  local places = shown_rows(#made.rows, how.most or 20, how.ends)
  local columns, out, numeric = math.min(#made.names, tables.COLUMNS), {}, {}
  for j = 1, columns do numeric[j] = made.rows[1] ~= nil and select(2, tables.word(made.rows[1][j])) end
  local low, high = range_of(how.bars and made.rows or {}, how.bars)
  for k, i in ipairs(places) do
    local row = made.rows[i]
    if k > 1 and places[k - 1] ~= i - 1 then
      out[#out + 1] = html.fill('<tr class="gap"><td colspan="%s">…</td></tr>', columns)
    end
    local hit = how.marked and (row[how.marked] == true or row[how.marked] == "true")
    out[#out + 1] = hit and '<tr class="hit">' or "<tr>"
    for j = 1, columns do out[#out + 1] = cell(row[j], j == how.bars and bar(row[j], low, high)) end
    out[#out + 1] = "</tr>"
  end
  return html.fill('<div class="scroll" role="region" tabindex="0" aria-label="%s"%m%m><table class="data">%m<tbody>%m'
    .. '</tbody></table></div><p class="faint">%s</p>', how.label, #places > 10 and " data-filter" or "",
    how.marked and html.fill(' data-marked="%s"', made.names[how.marked]) or "", head(made.names, columns, numeric),
    table.concat(out), remark(made, places, columns, how.ends))
end

-- ---- things by a number ----

-- Whether numbers count up, as ranks do.
local function counts_up(rows, column)
  for i, row in ipairs(rows) do
    if tonumber(row[column]) ~= i then return false end
  end
  return true
end

local missing = { [""] = true, NA = true, NaN = true, nan = true }

-- "number", "flag" (true or false), "name" (texts, each another) or nil.
local function kind_of(rows, column)
  local kind, seen, numbers = nil, {}, 0
  for _, row in ipairs(rows) do
    local value = row[column]
    local now = (type(value) == "boolean" or value == "true" or value == "false") and "flag"
      or value ~= nil and tonumber(value) and "number" or value ~= nil and not missing[value] and "name" or nil
    if now == "number" then numbers = numbers + 1 end
    kind = kind or now
    if now and now ~= kind then return nil end
    if now == "name" and seen[value] then return nil end
    seen[value or ""] = true
  end
  return kind
end

--- Of a table { names, rows } of things, which column names them, which of numbers comes first that is no rank, which
-- of true and false, and whether there are ranks; nil where it is no such table.
function tables.ranking(made)
  if #made.rows < 2 then return nil end
  local name, number, flag, ranked
  for j = 1, math.min(#made.names, tables.COLUMNS) do
    local kind = kind_of(made.rows, j)
    if kind == "name" then name = name or j end
    if kind == "flag" then flag = flag or j end
    if kind == "number" then
      local rank = counts_up(made.rows, j)
      ranked = ranked or rank
      number = number or not rank and j or nil
    end
  end
  if not (name and number) then return nil end
  return name, number, flag, ranked
end

-- Whether marked rows have the lesser numbers.
local function least_first(rows, number, flag)
  local sum, count = { [true] = 0, [false] = 0 }, { [true] = 0, [false] = 0 }
  for _, row in ipairs(rows) do
    local value = tonumber(row[number])
    local hit = row[flag] == true or row[flag] == "true"
    if value and value == value then sum[hit], count[hit] = sum[hit] + value, count[hit] + 1 end
  end
  return count[true] > 0 and count[false] > 0 and sum[true]/count[true] < sum[false]/count[false]
end

--- The table with its rows in the order of a column's numbers: the largest first, by their size; or the least, where
-- those rows have them that a column of true and false marks. Without numbers: last.
function tables.sorted(made, number, flag)
  local rows, key = table.move(made.rows, 1, #made.rows, 1, {}), {}
  local rising = flag and least_first(rows, number, flag)
  for i, row in ipairs(rows) do
    local value = tonumber(row[number])
    key[row] = { value and value == value and (rising and value or -math.abs(value)) or math.huge, i }
  end
  table.sort(rows, function(a, b)
    local one, other = key[a], key[b]
    return one[1] < other[1] or one[1] == other[1] and one[2] < other[2]
  end)
  return { names = made.names, rows = rows, order = made.names[number] }
end

return tables
