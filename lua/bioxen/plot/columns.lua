--- Which recorded columns a chart shows, and in which panels.

local options = require "bioxen.plot.options"

local columns = {}

local FEW = 6

local function range_of(values)
  local low, high = math.huge, -math.huge
  for _, value in ipairs(values) do
    if value < low then low = value end
    if value > high and value < math.huge then high = value end
  end
  return high > low and high - low or 0
end

--- All names where they are few; else those whose values change most, in their own order; and a remark.
function columns.few(names, values_of)
  if #names <= FEW then return names end
  local ranked, chosen = {}, {}
  for i, name in ipairs(names) do ranked[i] = { name = name, range = range_of(values_of(name)), i = i } end
  table.sort(ranked, function(a, b)
    if a.range ~= b.range then return a.range > b.range end
    return a.i < b.i
  end)
  for i = 1, FEW do chosen[ranked[i].name] = true end
  local few = {}
  for _, name in ipairs(names) do
    if chosen[name] then few[#few + 1] = name end
  end
  return few, ("%d of %d columns: those that change most"):format(FEW, #names)
end

local function check_names(list, known, what, path, level)
  if #list == 0 then options.mistake(level + 1, "%s: a name at least expected", path) end
  for i, name in ipairs(list) do
    if type(name) ~= "string" then
      options.mistake(level + 1, "%s[%d]: a name expected, got %s", path, i, tostring(name))
    elseif not known[name] then
      options.mistake(level + 1, '%s[%d]: %s has no column "%s"', path, i, what, name)
    end
  end
end

-- The words of a panel: the keys that are no names.
local function words_of(panel, path, level)
  local given = {}
  for key, value in pairs(panel) do
    if math.type(key) ~= "integer" then given[key] = value end
  end
  return options.check(given, options.named_panel, path, level + 1)
end

--- The panels asked for, each a list of names with its words (title, y_label, log…), and a remark where
-- names were chosen. `what` is "the trajectory" or so, in messages.
function columns.panels(given, names, values_of, what, level)
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  if #names == 0 then options.mistake(level + 1, "plot: %s has no columns", what) end
  if given.names and given.panels then options.mistake(level + 1, "plot: either names or panels expected") end
  if given.panels then
    if #given.panels == 0 then options.mistake(level + 1, "plot.panels: a panel at least expected") end
    local panels = {}
    for i, panel in ipairs(given.panels) do
      local path = ("plot.panels[%d]"):format(i)
      if type(panel) ~= "table" then options.mistake(level + 1, "%s: a list of names expected", path) end
      check_names(panel, known, what, path, level + 1)
      panels[i] = { names = panel, words = words_of(panel, path, level + 1) }
    end
    return panels
  end
  local chosen, remark = given.names, nil
  if chosen then
    check_names(chosen, known, what, "plot.names", level + 1)
  else
    chosen, remark = columns.few(names, values_of)
  end
  return { { names = chosen, words = {} } }, remark
end

--- What bioxen.plot takes, from the panels' series and the words of the options and the panels.
function columns.figure(given, panels, x_label, remark)
  local made = { title = given.title, remark = remark, size = given.size, panels = {} }
  for i, panel in ipairs(panels) do
    local p = { series = panel.series }
    for key in pairs(options.named_panel) do
      p[key] = panel.words[key]
      if p[key] == nil and key ~= "title" then p[key] = given[key] end
    end
    p.x_label = p.x_label or x_label
    p.y_label = p.y_label or (#panel.names == 1 and panel.names[1] or "value")
    made.panels[i] = p
  end
  return made
end

return columns
