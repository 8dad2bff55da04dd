--- Columns of numbers over time, from a table of texts, and fewer rows of them that look the same.

local series = {}

local missing = { [""] = true, NA = true, NaN = true, nan = true, ["-nan"] = true, inf = true, ["-inf"] = true }

-- The numbers of a column, NaN where there is none; nil where it has another text, or no number at all.
local function numbers_of(rows, place)
  local numbers, some = {}, false
  for i, row in ipairs(rows) do
    local value = row[place] or ""
    local number = not missing[value] and tonumber(value)
    if not number and not missing[value] then return nil end
    numbers[i] = number and math.abs(number) < math.huge and number + 0.0 or 0/0
    some = some or numbers[i] == numbers[i]
  end
  return some and numbers or nil
end

local function ascends(times)
  for i, time in ipairs(times) do
    if time ~= time or i > 1 and time < times[i - 1] then return false end
  end
  return #times > 1
end

local units = { s = true, sec = true, seconds = true, min = true, minutes = true, h = true, hours = true, d = true,
  days = true }

-- "time", "time_h", "time (min)" and so on.
local function is_time(name)
  return name == "time" or name == "Time" or units[name:match "^[tT]ime[%s_%(%[]+(%a+)[%)%]]?$"]
end

--- { times, label, names, columns, left_out }: at most `most` of the columns that are numbers, and the name of the
-- times. nil where the table, as delimited.read gives it, has no column of times that ascends, or no numbers beside it.
function series.of(made, most)
  local times, result = nil, { names = {}, columns = {}, left_out = 0 }
  for place, name in ipairs(made.names) do
    if not times and is_time(name) then
      times, result.label = numbers_of(made.rows, place), name
    elseif #result.names == most then
      result.left_out = result.left_out + 1
    else
      local numbers = numbers_of(made.rows, place)
      if numbers then
        result.names[#result.names + 1], result.columns[#result.columns + 1] = name, numbers
      end
    end
  end
  if not times or not ascends(times) or #result.names == 0 then return nil end
  result.times = times
  return result
end

-- Mark the rows of the least and the greatest value of a column from first to last, and of the first that is missing.
local function mark(kept, column, first, last)
  local least, greatest, gap
  for i = first, last do
    local value = column[i]
    if value ~= value then
      gap = gap or i
    else
      if not least or value < column[least] then least = i end
      if not greatest or value > column[greatest] then greatest = i end
    end
  end
  for _, row in ipairs { least or false, greatest or false, gap or false } do
    if row then kept[row] = true end
  end
end

--- The same with about `most` rows: of each stretch those with the least and the greatest value of each column, and
-- one without a value where there is such, and the first and the last row of all. `thinned`: how many there were.
function series.thin(whole, most)
  local count = #whole.times
  if count <= most then return whole end
  local stretches = math.max(1, most//(2*#whole.columns))
  local kept = { [1] = true, [count] = true }
  for stretch = 1, stretches do
    local first, last = (stretch - 1)*count//stretches + 1, stretch*count//stretches
    for _, column in ipairs(whole.columns) do mark(kept, column, first, last) end
  end
  local result = { times = {}, names = whole.names, columns = {}, left_out = whole.left_out, thinned = count }
  for j = 1, #whole.columns do result.columns[j] = {} end
  for i = 1, count do
    if kept[i] then
      result.times[#result.times + 1] = whole.times[i]
      for j, column in ipairs(whole.columns) do result.columns[j][#result.times] = column[i] end
    end
  end
  return result
end

--- The least and the greatest finite value of all columns.
function series.range(whole)
  local least, greatest = math.huge, -math.huge
  for _, column in pairs(whole.columns) do
    for _, value in ipairs(column) do
      if value - value == 0 then least, greatest = math.min(least, value), math.max(greatest, value) end
    end
  end
  return least, greatest
end

return series
