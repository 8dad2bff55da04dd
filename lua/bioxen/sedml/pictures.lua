-- Plots of a document as pictures; surfaces are heat maps.

local core = require "bioxen.core"
local plot = require "bioxen.plot"

local pictures = {}

local LINES = 200 -- of a picture, at most
local CELLS = 100000 -- of a surface, at most
local LIMIT = 64 << 20 -- bytes of one

-- The lines of an array: along its last axis that is longer than 1, one for each place of the others.
local function lines_of(array)
  local last = 1
  for _, length in ipairs(array.shape) do
    if length > 1 then last = length end
  end
  local lines = {}
  for from = 1, #array.values, last do
    lines[#lines + 1] = table.move(array.values, from, from + last - 1, 1, {})
  end
  return lines
end

-- Points that are numbers, which is what can be drawn; on logarithmic axes those above 0.
local function drawable(x, y, log)
  local xs, ys = {}, {}
  for i = 1, math.min(#x, #y) do
    local fits = x[i] - x[i] == 0 and y[i] - y[i] == 0 and (x[i] > 0 or not log.x) and (y[i] > 0 or not log.y)
    if fits then xs[#xs + 1], ys[#ys + 1] = x[i], y[i] end
  end
  return xs, ys
end

-- The repeats of a curve have its colour.
local function add_curve(series, curve, number, values, log, labels)
  local x, y = values[curve.x], values[curve.y]
  if not (x and y) then return end
  local across, up = lines_of(x), lines_of(y)
  for i, line in ipairs(up) do
    if #series == LINES then return end
    local xs, ys = drawable(across[math.min(i, #across)], line, log)
    if #xs > 0 then
      series[#series + 1] = { x = xs, y = ys, name = i == 1 and (curve.name or labels[curve.y]) or nil,
        colour = number, style = #xs == 1 and "points" or "lines" }
    end
  end
end

local function log_of(output, axes)
  local log = axes:gsub(".", function(axis) return output.log[axis] and axis or "" end)
  return log ~= "" and log or nil
end

local function curves(output, values, labels)
  local series, first = {}, output.curves[1]
  for i, curve in ipairs(output.curves) do add_curve(series, curve, i, values, output.log, labels) end
  return #series > 0 and { series = series, log = log_of(output, "xy"), x_label = labels[first.x] } or nil
end

-- The points of a surface that are numbers. Where there are several at one place, as in time, the last counts.
local function cells_of(x, y, z)
  local cells, at = { x = {}, y = {}, z = {}, style = "heat" }, {}
  for i = 1, math.min(#x, #y, #z) do
    if x[i] - x[i] == 0 and y[i] - y[i] == 0 and z[i] - z[i] == 0 then
      local key = ("%.17g %.17g"):format(x[i], y[i])
      at[key] = at[key] or #cells.x + 1
      cells.x[at[key]], cells.y[at[key]], cells.z[at[key]] = x[i], y[i], z[i]
    end
  end
  return #cells.x > 0 and #cells.x <= CELLS and cells or nil
end

local function surfaces(output, values, labels)
  local panels = {}
  for _, surface in ipairs(output.curves) do
    local x, y, z = values[surface.x], values[surface.y], values[surface.z or ""]
    local cells = x and y and z and cells_of(x.values, y.values, z.values)
    if cells then
      panels[#panels + 1] = { series = { cells }, log = log_of(output, "xyz"), x_label = labels[surface.x],
        y_label = labels[surface.y], z_label = labels[surface.z] }
    end
  end
  return #panels > 0 and { panels = panels } or nil
end

--- The bytes of a plot, drawn by way of a file `path` that is removed and whose ending says what they are; or nil and
-- words. `values` are the arrays of its generators.
function pictures.draw(output, values, path)
  local labels = {}
  for _, set in ipairs(output.sets) do labels[set.generator] = set.label end
  local given = (output.kind == "plot2D" and curves or surfaces)(output, values, labels)
  if not given then return nil, "there is nothing that can be drawn" end
  given.file, given.title = path, output.name or output.id
  local drawn, err = plot.plot(given)
  if not drawn then return nil, err.message end
  local bytes, err = core.read_file(path, LIMIT)
  os.remove(path)
  return bytes, err and err.message
end

return pictures
