--- A figure: what to draw, whatever draws it. It has a title, panels, and in each of these series of
-- numbers, two axes and words.

local colours = require "bioxen.plot.colours"
local options = require "bioxen.plot.options"
local scale = require "bioxen.plot.scale"
local shape = require "bioxen.plot.shape"

local figure = {}

local function check_numbers(list, length, path, level)
  for i = 1, math.max(#list, length) do
    if type(list[i]) ~= "number" then
      options.mistake(level + 1, "%s[%d]: a number expected, got %s (a list of %d)", path, i,
        type(list[i]) == "string" and ("%q"):format(list[i]) or tostring(list[i]), length)
    end
  end
  if #list ~= length then
    options.mistake(level + 1, "%s: as many values as y expected, %d, got %d", path, length, #list)
  end
end

local function count_up(length)
  local list = {}
  for i = 1, length do list[i] = i end
  return list
end

-- Names on the x axis: their places, in the order in which they come first.
local function place_names(panel, list, path, level)
  local places = {}
  panel.categories = panel.categories or { index = {} }
  for i, name in ipairs(list) do
    if type(name) ~= "string" then options.mistake(level + 1, "%s[%d]: a string expected", path, i) end
    local index = panel.categories.index
    if not index[name] then
      panel.categories[#panel.categories + 1] = name
      index[name] = #panel.categories
    end
    places[i] = index[name]
  end
  return places
end

local function copy(list)
  return list and table.move(list, 1, #list, 1, {})
end

local function new_series(panel, given, path, level)
  local s = options.check(given, options.series, path, level + 1)
  local length = #s.y
  check_numbers(s.y, length, path .. ".y", level + 1)
  s.style = s.style or "lines"
  if (s.style == "heat") ~= (s.z ~= nil) then
    options.mistake(level + 1, '%s: z and style = "heat" go together', path)
  end
  if s.z then check_numbers(s.z, length, path .. ".z", level + 1) end
  s.from, s.to = copy(s.from), copy(s.to)
  if s.x and type(s.x[1]) == "string" then
    if s.style ~= "bars" then options.mistake(level + 1, '%s.x: names are for style = "bars"', path) end
    s.x = place_names(panel, s.x, path .. ".x", level + 1)
  end
  s.x = s.x or count_up(length)
  check_numbers(s.x, length, path .. ".x", level + 1)
  if (s.low == nil) ~= (s.high == nil) then options.mistake(level + 1, "%s: low and high go together", path) end
  if (s.from == nil) ~= (s.to == nil) then
    options.mistake(level + 1, "%s: from and to go together", path)
  end
  for _, key in ipairs { "low", "high", "from", "to" } do
    if s[key] then check_numbers(s[key], length, path .. "." .. key, level + 1) end
  end
  return s
end

-- Where the cell around each value begins and ends, by the value: halfway to its neighbours.
local function edges_of(values, logarithmic)
  local sorted, edges, place, back = {}, {}, {}, logarithmic and math.exp or function(value) return value end
  for _, value in ipairs(values) do
    if scale.shows(value, logarithmic) and not edges[value] then
      edges[value] = {}
      sorted[#sorted + 1] = value
    end
  end
  table.sort(sorted)
  for i, value in ipairs(sorted) do place[i] = logarithmic and math.log(value) or value end
  for i, value in ipairs(sorted) do
    local here, before, after = place[i], place[i - 1], place[i + 1]
    before = before or (after and 2*here - after or here - 1)
    after = after or 2*here - before
    edges[value][1], edges[value][2] = back((before + here)/2), back((here + after)/2)
  end
  return edges
end

-- The cells of a heat map: from and to along x, low and high along y. What no axis shows is left out.
local function place_cells(panel, s)
  local along_x, along_y = edges_of(s.x, panel.log_x), edges_of(s.y, panel.log_y)
  local seen = { x = {}, y = {}, z = {}, from = {}, to = {}, low = {}, high = {} }
  for i, z in ipairs(s.z) do
    local x, y = along_x[s.x[i]], along_y[s.y[i]]
    if x and y and scale.shows(z, panel.log_z) then
      local n = #seen.z + 1
      seen.x[n], seen.y[n], seen.z[n], seen.from[n], seen.to[n], seen.low[n], seen.high[n] =
        s.x[i], s.y[i], z, x[1], x[2], y[1], y[2]
    end
  end
  for key, list in pairs(seen) do s[key] = list end
end

-- Bars stand side by side, in four fifths of the least distance between two.
local function place_bars(panel)
  local bars, gap = {}, math.huge
  for _, s in ipairs(panel.series) do
    if s.style == "bars" then
      bars[#bars + 1] = s
      local sorted = table.move(s.x, 1, #s.x, 1, {})
      table.sort(sorted, function(a, b) return a < b end)
      for i = 2, #sorted do
        if sorted[i] > sorted[i - 1] then gap = math.min(gap, sorted[i] - sorted[i - 1]) end
      end
    end
  end
  local width = (gap == math.huge and 1 or gap)*0.8/#bars
  for k, s in ipairs(bars) do
    s.from, s.to = s.from or {}, s.to or {}
    for i, x in ipairs(s.x) do
      local from = x + (k - 1 - #bars/2)*width
      s.from[i], s.to[i] = s.from[i] or from, s.to[i] or from + width
    end
    s.middle = {}
    for i, from in ipairs(s.from) do s.middle[i] = (from + s.to[i])/2 end
  end
end

local function new_panel(given, path, level)
  if #given.series == 0 then options.mistake(level + 1, "%s.series: a series at least expected", path) end
  local function is_log(axis) return given.log and given.log:find(axis) and true end
  local panel = { title = given.title, x_label = given.x_label, y_label = given.y_label, z_label = given.z_label,
    legend = given.legend, log_x = is_log "x", log_y = is_log "y", log_z = is_log "z",
    x_range = given.x_range, y_range = given.y_range, z_range = given.z_range, series = {} }
  for i, each in ipairs(given.series) do
    panel.series[i] = new_series(panel, each, ("%s.series[%d]"):format(path, i), level + 1)
  end
  for i, s in ipairs(panel.series) do
    if s.style == "heat" and #panel.series > 1 then
      options.mistake(level + 1, '%s.series[%d]: a heat map alone in its panel expected', path, i)
    end
    if panel.categories and s.style ~= "bars" then
      options.mistake(level + 1, '%s.series[%d]: style = "bars" expected, as x is names', path, i)
    end
  end
  for _, axis in ipairs { "x", "y", "z" } do
    local range = panel[axis .. "_range"]
    if range and panel["log_" .. axis] and range[1] <= 0 then
      options.mistake(level + 1, "%s.%s_range: more than 0 expected on a logarithmic axis", path, axis)
    end
  end
  place_bars(panel)
  if panel.series[1].style == "heat" then
    panel.heat, panel.legend = panel.series[1], false
    place_cells(panel, panel.heat)
  end
  return panel
end

-- Whether there are more names than colours, none of which stands in two panels.
local function may_begin_anew(panels)
  local panel_of, names = {}, 0
  for _, panel in ipairs(panels) do
    for _, s in ipairs(panel.series) do
      if s.name and (panel_of[s.name] or panel) ~= panel then return false end
      if s.name and not panel_of[s.name] then names = names + 1 end
      panel_of[s.name or {}] = panel
    end
  end
  return names > colours.count
end

-- The same name has the same colour everywhere; what has no name, the next. Where colours would run out although no
-- panel has a name of another, each panel has them anew.
local function give_colours(panels)
  local known, count, anew = {}, 0, may_begin_anew(panels)
  for _, panel in ipairs(panels) do
    if anew then count = 0 end
    for _, s in ipairs(panel.series) do
      local index = s.colour or known[s.name or {}]
      if not index then
        count = count + 1
        index = count
      end
      if s.name then known[s.name] = index end
      s.index = math.tointeger(index)
    end
  end
end

--- From what bioxen.plot takes. Raises, `level` frames above.
function figure.new(given, path, level)
  given = options.check(given, options.general, path, level + 1)
  if (given.series == nil) == (given.panels == nil) then
    options.mistake(level + 1, "%s: either series or panels expected", path)
  end
  local made = { title = given.title, remark = given.remark, across = given.across or 1, size = given.size,
    panels = {} }
  if given.series then
    made.panels[1] = new_panel(given, path, level + 1)
    made.panels[1].title = nil
  elseif #given.panels == 0 then
    options.mistake(level + 1, "%s.panels: a panel at least expected", path)
  end
  for i, each in ipairs(given.panels or {}) do
    local name = ("%s.panels[%d]"):format(path, i)
    local panel = options.check(each, options.panel, name, level + 1)
    for key in pairs(options.surface) do
      if panel[key] == nil and key ~= "title" then panel[key] = given[key] end
    end
    made.panels[i] = new_panel(panel, name, level + 1)
  end
  give_colours(made.panels)
  return made
end

-- What is less than this part of the greatest value makes a logarithmic axis no longer.
local DUST = 1e-12

local function extent(lists, logarithmic)
  local low, high = math.huge, -math.huge
  for _, list in ipairs(lists) do
    for _, value in ipairs(list) do
      if scale.shows(value, logarithmic) then
        if value < low then low = value end
        if value > high then high = value end
      end
    end
  end
  return low, high, low <= high
end

local function has_style(panel, ...)
  for _, s in ipairs(panel.series) do
    for _, style in ipairs { ... } do
      if s.style == style then return true end
    end
  end
  return false
end

-- Bars, and what does not lie far from zero, begin at zero.
local function from_zero(panel, low, high)
  if has_style(panel, "bars") then return math.min(low, 0), math.max(high, 0) end
  if low > 0 and low <= 0.6*high then low = 0 end
  if high < 0 and high >= 0.6*low then high = 0 end
  return low, high
end

-- `how`: log, count (of ticks), tight, points, and adjust(low, high).
local function axis_of(range, lists, how)
  local new = how.log and scale.logarithmic or scale.linear
  if range then return new(range[1], range[2], how.count, true) end
  local low, high, found = extent(lists, how.log)
  if not found then low, high = how.log and 1 or 0, how.log and 10 or 1 end
  if how.log then
    low = math.max(low, high*DUST)
  elseif how.adjust then
    low, high = how.adjust(low, high)
  end
  local axis = new(low, high, how.count, how.tight)
  return how.points and axis.pad(low, high) or axis
end

-- The values at those x that a range shows, and the neighbours of these.
local function within(list, x, range)
  local seen = {}
  for i, value in ipairs(list) do
    local from, to = x[math.max(i - 1, 1)], x[math.min(i + 1, #x)]
    if math.max(from, to, x[i]) >= range[1] and math.min(from, to, x[i]) <= range[2] then seen[#seen + 1] = value end
  end
  return seen
end

local function gather(panel, range, ...)
  local lists = {}
  for _, s in ipairs(panel.series) do
    for _, key in ipairs { ... } do
      lists[#lists + 1] = s[key] and (range and within(s[key], s.x, range) or s[key])
    end
  end
  return lists
end

-- The axes of a panel, with about so many ticks, z where it is a heat map, and its series with no more points than
-- show.
local function lay_out(panel, x_count, y_count)
  local points, apart = has_style(panel, "points"), has_style(panel, "points", "bars")
  local x_axis = panel.categories and scale.categories(panel.categories)
    or axis_of(panel.x_range, gather(panel, nil, "x", "from", "to"),
      { log = panel.log_x, count = x_count, tight = not points, points = apart })
  local y_axis = axis_of(panel.y_range, gather(panel, panel.x_range, "y", "low", "high"),
    { log = panel.log_y, count = y_count, points = points, tight = panel.heat,
      adjust = function(low, high)
        if panel.heat then return low, high end
        return from_zero(panel, low, high)
      end })
  local z_axis = panel.heat and axis_of(panel.z_range, { panel.heat.z }, { log = panel.log_z, count = y_count,
    tight = true })
  local series = {}
  for i, s in ipairs(panel.series) do
    series[i] = (s.style == "lines" or s.style == "steps") and shape.thin(s, x_axis) or s
  end
  return { panel = panel, x = x_axis, y = y_axis, z = z_axis, series = series }
end

-- Whether names are to be told beside a panel: of several series, or of one whose name stands nowhere else.
local function has_legend(made, panel)
  if panel.legend ~= nil then return panel.legend end
  local named = 0
  for _, s in ipairs(panel.series) do named = named + (s.name and 1 or 0) end
  if named ~= 1 or #panel.series > 1 then return named > 0 end
  local name = panel.series[1].name
  for _, text in ipairs { panel.y_label or "", panel.title or "", made.title or "" } do
    if text:find(name, 1, true) then return false end
  end
  return true
end

--- The layouts of all panels, { x, y, z, series }. `shared`: the panel has the x axis of the one below it, whose
-- words serve for both.
function figure.lay_out_all(made, x_count, y_count)
  local layouts = {}
  for i, panel in ipairs(made.panels) do
    layouts[i] = lay_out(panel, x_count, y_count)
    layouts[i].legend = has_legend(made, panel)
  end
  for i = 1, made.across == 1 and #layouts - 1 or 0 do
    local above, below = layouts[i], layouts[i + 1]
    above.shared = above.x.low == below.x.low and above.x.high == below.x.high and above.x.log == below.x.log
      and not above.x.names and not below.x.names and above.panel.x_label == below.panel.x_label
      and not below.panel.title
  end
  return layouts
end

return figure
