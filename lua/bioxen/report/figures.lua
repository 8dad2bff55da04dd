--- Figures in HTML: each panel a picture, and, in a page that has the script for it, its numbers to look into.

local decimal = require "bioxen.decimal"
local figure = require "bioxen.plot.figure"
local html = require "bioxen.report.html"
local picture = require "bioxen.report.picture"
local series = require "bioxen.report.series"
local text = require "bioxen.repl.text"

local figures = {}

local NUMBERS = 20000 -- of a figure that can be looked into

-- ---- numbers to look into ----

local function ascends(list, strictly)
  for i, x in ipairs(list) do
    if x ~= x or i > 1 and (x < list[i - 1] or strictly and x == list[i - 1]) then return false end
  end
  return true
end

-- Points in the order of x.
local function in_order(s)
  local order, out = {}, { x = {}, y = {}, low = s.low and {}, high = s.high and {} }
  for i, x in ipairs(s.x) do
    if x == x then order[#order + 1] = i end
  end
  table.sort(order, function(a, b) return s.x[a] < s.x[b] or s.x[a] == s.x[b] and a < b end)
  for k, i in ipairs(order) do
    for _, key in ipairs { "x", "y", "low", "high" } do
      if out[key] then out[key][k] = s[key][i] end
    end
  end
  return out
end

-- Columns that have their x in common, and of each series which columns it has; nil where scripts cannot show it.
local function groups_of(panel)
  local groups, by_x, told, count = {}, {}, {}, 0
  for k, s in ipairs(panel.series) do
    if s.style == "bars" or s.style == "heat" then return nil end
    local from = s.style == "points" and in_order(s) or s
    if #from.x < 2 or not ascends(from.x) then return nil end
    local group = by_x[from.x]
    if not group then
      group = { times = from.x, names = {}, columns = {}, left_out = 0 }
      groups[#groups + 1], by_x[from.x] = group, group
    end
    told[k] = { name = s.name or "", style = s.style, index = s.index, group = #groups }
    for _, key in ipairs { "y", "low", "high" } do
      if from[key] then
        group.columns[#group.columns + 1], count = from[key], count + 1
        group.names[#group.columns] = key
        told[k][key] = #group.columns
      end
    end
  end
  for _, group in ipairs(groups) do
    if #groups > 1 and not ascends(group.times, true) then return nil end -- two at one place would become one
  end
  return groups, told, count
end

-- Seven digits; null where there is nothing to show.
local function rounded(column, logarithmic)
  local out = {}
  for i, value in ipairs(column) do
    local shown = value - value == 0 and not (logarithmic and value <= 0)
    out[i] = shown and tonumber(decimal("%.7g", value)) or 0/0
  end
  return out
end

-- The numbers of a panel, for page.js, and how many rows of how many are among them; nil where there are none.
local function numbers_of(panel, ranges, most)
  local groups, told, count = groups_of(panel)
  if not groups then return nil end
  local data = { x_label = panel.x_label, y_label = panel.y_label, title = panel.title, log_x = panel.log_x,
    log_y = panel.log_y, x_range = ranges.x, y_range = ranges.y, groups = {}, series = told }
  local all, kept = 0, 0
  for i, group in ipairs(groups) do
    local thin = series.thin(group, most//(count + #groups))
    data.groups[i] = { x = thin.times, columns = {} }
    for j, column in ipairs(thin.columns) do data.groups[i].columns[j] = rounded(column, panel.log_y) end
    all, kept = math.max(all, #group.times), math.max(kept, #thin.times)
  end
  return data, kept, all
end

-- ---- figures ----

local TOO_LARGE = '<p class="faint">There is too much in it for a picture here.</p>'

local function panel_part(layout, how, ranges)
  local still = picture.draw(layout, how)
  if not still then return TOO_LARGE end
  local data, kept, all
  if how.live then data, kept, all = numbers_of(layout.panel, ranges, how.most) end
  local remark = data and kept < all and html.fill("<figcaption>%s of %s rows are drawn, each curve's extremes among "
    .. "them.</figcaption>", text.count(kept), text.count(all)) or ""
  return html.fill('<figure class="plot">%m%m%m</figure>', still,
    data and html.fill('<script type="application/json">%m</script>', html.json(data)) or "", remark)
end

--- The HTML of a figure, `described` as bioxen.plot takes it. `how`: live, whether its numbers come along; name, of
-- what it is a picture; style, of the pictures. Raises where what is described is wrong, `level` frames above.
function figures.draw(described, how, level)
  local made = figure.new(described, "plot", level + 1)
  local layouts, out = figure.lay_out_all(made, 8, 5), {}
  local said = made.title and made.remark and made.title .. ": " .. made.remark or made.title or made.remark
  if said then out[1] = html.fill('<p class="said">%s</p>', said) end
  if #layouts > 1 then out[#out + 1] = '<div class="panels">' end
  local drawing = { live = how.live, name = how.name, style = how.style, size = made.size,
    most = NUMBERS//#layouts }
  for i, layout in ipairs(layouts) do
    local given = described.panels and described.panels[i] or described
    out[#out + 1] = panel_part(layout, drawing, { x = given.x_range, y = given.y_range })
  end
  if #layouts > 1 then out[#out + 1] = "</div>" end
  return table.concat(out)
end

return figures
