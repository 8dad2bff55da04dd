--- The figure of a sweep's table: lines along one parameter, a heat map over two, points where there are more.

local check = require "bioxen.check"
local columns = require "bioxen.plot.columns"
local decimal = require "bioxen.decimal"
local options = require "bioxen.plot.options"

local MOST_LINES = 10 -- values of a second parameter that have a line each

-- ---- what there is ----

local not_results = { point = true, replicate = true, error = true }

-- Names of what can be drawn, of what is drawn unless something else is asked for, and of the parameters with several
-- values; and the types of columns by name.
local function sort_out(result)
  local is_parameter, measured, numbers, varied, kinds = {}, {}, {}, {}, {}
  for _, name in ipairs(result.parameters) do is_parameter[name] = true end
  for _, column in ipairs(result.columns) do
    kinds[column.name] = column.type
    if is_parameter[column.name] then
      local first = result.rows[1] and result.rows[1][column.name]
      for _, row in ipairs(result.rows) do
        if row[column.name] ~= first then
          varied[#varied + 1] = column.name
          break
        end
      end
    elseif not not_results[column.name] and column.type ~= "string" then
      measured[#measured + 1] = column.name
      if column.type ~= "boolean" then numbers[#numbers + 1] = column.name end
    end
  end
  return measured, #numbers > 0 and numbers or measured, varied, kinds
end

local function number_of(value)
  if type(value) == "boolean" then return value and 1 or 0 end
  return value
end

local function is_number(kind)
  return kind == "number" or kind == "integer"
end

-- The distinct values of a parameter, in order.
local function levels_of(rows, name)
  local levels, seen = {}, {}
  for _, row in ipairs(rows) do
    local value = row[name]
    if not seen[value] then
      seen[value] = true
      levels[#levels + 1] = value
    end
  end
  if type(levels[1]) == "number" then table.sort(levels) end
  return levels
end

-- Whether values are spaced evenly in the logarithm, and not as they are.
local function is_geometric(levels)
  if #levels < 3 or type(levels[1]) ~= "number" or levels[1] <= 0 then return false end
  local ratio, step = levels[2]/levels[1], levels[2] - levels[1]
  local even = true
  for i = 3, #levels do
    if math.abs(levels[i]/levels[i - 1]/ratio - 1) > 1e-6 then return false end
    even = even and math.abs(levels[i] - levels[i - 1] - step) <= 1e-6*math.abs(step)
  end
  return not even
end

local function level_text(value)
  return math.type(value) == "float" and decimal("%.4g", value) or tostring(value)
end

-- ---- replicates ----

-- Mean and standard deviation (of n - 1) over the rows of each combination of these parameters, in the order of first
-- appearance: { at, mean, sd, n }.
local function gather(rows, parameters, name)
  local groups, by_key = {}, {}
  for _, row in ipairs(rows) do
    local value, key = number_of(row[name]), {}
    for i, parameter in ipairs(parameters) do key[i] = tostring(row[parameter]) end
    key = table.concat(key, "\0")
    local group = by_key[key]
    if not group then
      group = { at = row, mean = 0, squares = 0, n = 0 }
      by_key[key] = group
      groups[#groups + 1] = group
    end
    if value and value == value then
      group.n = group.n + 1
      local off = value - group.mean
      group.mean = group.mean + off/group.n
      group.squares = group.squares + off*(value - group.mean)
    end
  end
  for _, group in ipairs(groups) do
    group.sd = group.n > 1 and math.sqrt(group.squares/(group.n - 1)) or 0
    if group.n == 0 then group.mean = 0/0 end
  end
  return groups
end

-- ---- figures ----

-- A series of one result along x, with bars or a band of a standard deviation where there are replicates.
local function series_of(rows, x, name, title)
  local s = { x = {}, y = {}, low = {}, high = {}, name = title }
  local groups, replicated = gather(rows, { x }, name), false
  if type(groups[1].at[x]) == "number" then table.sort(groups, function(a, b) return a.at[x] < b.at[x] end) end
  for i, group in ipairs(groups) do
    local at = group.at[x]
    s.x[i], s.y[i] = type(at) == "number" and at or tostring(at), group.mean
    s.low[i], s.high[i] = group.mean - group.sd, group.mean + group.sd
    replicated = replicated or group.n > 1
  end
  if not replicated then s.low, s.high = nil, nil end
  return s, replicated
end

local function lines(result, names, x, other, kinds)
  local panel, replicated = { series = {}, x_label = x, y_label = #names == 1 and names[1] or nil }, false
  local levels = other and levels_of(result.rows, other) or { false }
  for _, name in ipairs(names) do
    for _, level in ipairs(levels) do
      local rows, title = result.rows, name
      if other then
        rows, title = {}, ("%s = %s"):format(other, level_text(level))
        if #names > 1 then title = name .. ", " .. title end
        for _, row in ipairs(result.rows) do
          if row[other] == level then rows[#rows + 1] = row end
        end
      end
      local s, several = series_of(rows, x, name, title)
      s.style = not is_number(kinds[x]) and "bars" or #s.x == 1 and "points" or nil
      panel.series[#panel.series + 1] = s
      replicated = replicated or several
    end
  end
  panel.log = is_geometric(levels_of(result.rows, x)) and "x" or nil
  return { panel }, replicated and "mean and standard deviation of replicates" or nil
end

local function heat(result, names, x, y)
  local log = (is_geometric(levels_of(result.rows, x)) and "x" or "")
    .. (is_geometric(levels_of(result.rows, y)) and "y" or "")
  local panels, replicated = {}, false
  for i, name in ipairs(names) do
    local s = { x = {}, y = {}, z = {}, style = "heat" }
    for k, group in ipairs(gather(result.rows, { x, y }, name)) do
      s.x[k], s.y[k], s.z[k] = group.at[x], group.at[y], group.mean
      replicated = replicated or group.n > 1
    end
    panels[i] = { series = { s }, x_label = x, y_label = y, z_label = name, log = log ~= "" and log or nil }
  end
  return panels, replicated and "mean of replicates" or nil
end

-- Each result against each parameter.
local function points(result, names, along)
  local panels = {}
  for _, x in ipairs(along) do
    local panel = { series = {}, x_label = x, y_label = #names == 1 and names[1] or nil }
    for i, name in ipairs(names) do
      local s = { x = {}, y = {}, name = name, style = "points" }
      for k, row in ipairs(result.rows) do
        s.x[k], s.y[k] = row[x], number_of(row[name]) or 0/0
      end
      panel.series[i] = s
    end
    panels[#panels + 1] = panel
  end
  return panels
end

-- ---- which figure ----

-- Whether every combination of both is there.
local function is_grid(result, x, y)
  local combinations, seen = 0, {}
  for _, row in ipairs(result.rows) do
    local key = tostring(row[x]) .. "\0" .. tostring(row[y])
    if not seen[key] then combinations = combinations + 1 end
    seen[key] = true
  end
  return combinations == #levels_of(result.rows, x)*#levels_of(result.rows, y)
end

-- Panels, and a remark. x: the parameter that was asked for.
local function choose(result, names, varied, kinds, x)
  local along, others = x or #varied <= 1 and (varied[1] or "point") or nil, {}
  for _, name in ipairs(varied) do
    if name ~= along then others[#others + 1] = name end
  end
  if #others == 0 then return lines(result, names, along, nil, kinds) end
  if x and #others == 1 or not x and #others == 2 and is_grid(result, others[1], others[2]) then
    local first, second = x or others[1], others[#others]
    if not x and is_number(kinds[first]) and is_number(kinds[second]) then return heat(result, names, first, second) end
    if not x and not is_number(kinds[first]) then first, second = second, first end
    if #levels_of(result.rows, second) <= MOST_LINES then return lines(result, names, first, second, kinds) end
  end
  local numeric = {}
  for _, name in ipairs(x and { x } or varied) do
    if is_number(kinds[name]) then numeric[#numeric + 1] = name end
  end
  if #numeric == 0 then return lines(result, names, x or varied[1], nil, kinds) end
  return points(result, names, numeric)
end

--- The checked options, and what bioxen.plot takes. Raises, `level` frames above.
return function(result, given, level)
  given = options.check(given, options.sweep, "plot", level + 1)
  local measured, usual, varied, kinds = sort_out(result)
  local function values_of(name)
    local values = {}
    for i, row in ipairs(result.rows) do values[i] = number_of(row[name]) or 0/0 end
    return values
  end
  if #result.rows == 0 then options.mistake(level + 1, "plot: the sweep has no point that is done") end
  local chosen, remark = columns.panels(given, given.names and measured or usual, values_of, "the sweep", level + 1)
  if given.x and not kinds[given.x] then
    options.mistake(level + 1, "plot.x: the name of a parameter expected, got %s", check.shown(given.x))
  end
  local panels, of = choose(result, chosen[1].names, varied, kinds, given.x)
  if result.failed > 0 then of = (of and of .. "; " or "") .. ("%d points failed"):format(result.failed) end
  for _, panel in ipairs(panels) do
    for key in pairs(options.surface) do
      if given[key] ~= nil and key ~= "title" then panel[key] = given[key] end
    end
    panel.y_label = panel.y_label or "value"
  end
  return given, { title = given.title, remark = of and remark and of .. "; " .. remark or of or remark,
    size = given.size, panels = panels, across = #panels > 1 and 2 or 1 }
end
