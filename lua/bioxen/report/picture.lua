--- A picture of columns over time as SVG in the page: what there is without scripts, and on paper. Its colours are the
-- page's, by classes.

local decimal = require "bioxen.decimal"
local html = require "bioxen.report.html"
local scale = require "bioxen.plot.scale"
local series = require "bioxen.report.series"

local picture = {}

picture.COLOURS = 7 -- of the page's style, s1 to s7

local WIDTH, HEIGHT = 720, 320
local LEFT, RIGHT, TOP, BOTTOM = 70, 12, 10, 40
local ROWS = 600 -- of a column that are drawn

local function at(number) return decimal("%.1f", number) end

-- What places times and values in the picture.
local function frame(times, low, high)
  local x = scale.linear(times[1], times[#times], 8, true)
  local y = scale.linear(low, high, 5)
  y.pad(low, high)
  return { x = x, y = y,
    across = function(time) return LEFT + x.place(time)*(WIDTH - LEFT - RIGHT) end,
    down = function(value) return HEIGHT - BOTTOM - y.place(value)*(HEIGHT - TOP - BOTTOM) end }
end

local function draw_axes(out, axes)
  local labels = axes.y.labels(false)
  for i, tick in ipairs(axes.y.ticks) do
    local y = at(axes.down(tick))
    out[#out + 1] = html.fill('<line class="grid" x1="%s" x2="%s" y1="%s" y2="%s"/><text x="%s" y="%s" '
      .. 'text-anchor="end" dy="0.35em">%s</text>', LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y, labels[i])
  end
  labels = axes.x.labels(false)
  for i, tick in ipairs(axes.x.ticks) do
    local x = at(axes.across(tick))
    out[#out + 1] = html.fill('<line class="grid" x1="%s" x2="%s" y1="%s" y2="%s"/><text x="%s" y="%s" '
      .. 'text-anchor="middle">%s</text>', x, x, TOP, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 18, labels[i])
  end
  out[#out + 1] = html.fill('<text x="%s" y="%s" text-anchor="middle">time</text>', (LEFT + WIDTH - RIGHT)//2,
    HEIGHT - 4)
end

--- The class of a column's colour and dashes.
function picture.class(index)
  return ("s%d"):format((index - 1) % picture.COLOURS + 1) .. (index > picture.COLOURS and " dashed" or "")
end

-- A path, which a missing value breaks; a value alone is a dot.
local function draw_line(out, axes, times, column, index)
  local path, begun = {}, false
  for i, value in ipairs(column) do
    if value == value then
      local place = at(axes.across(times[i])) .. " " .. at(axes.down(value))
      path[#path + 1] = (begun and "L" or "M") .. place
      local alone = not begun and not (column[i + 1] and column[i + 1] == column[i + 1])
      if alone then path[#path + 1] = "h0" end
    end
    begun = value == value
  end
  out[#out + 1] = html.fill('<path class="line %s" d="%m"/>', picture.class(index), table.concat(path))
end

--- The picture of a series, whose values lie between low and high; nil where an axis cannot show them.
function picture.draw(whole, name, low, high)
  for _, value in ipairs { low, high, whole.times[1], whole.times[#whole.times] } do
    if not scale.shows(value) then return nil end
  end
  local axes, out = frame(whole.times, low, high), {}
  draw_axes(out, axes)
  for i, column in ipairs(whole.columns) do
    local thin = series.thin({ times = whole.times, names = { whole.names[i] }, columns = { column } }, ROWS)
    draw_line(out, axes, thin.times, thin.columns[1], i)
  end
  return html.fill('<svg class="still" viewBox="0 0 %s %s" role="img" aria-label="%s over time, of %s">%m</svg>', WIDTH,
    HEIGHT, table.concat(whole.names, ", "), name, table.concat(out))
end

return picture
