-- Plots of a document as pictures.

local core = require "bioxen.core"
local plot = require "bioxen.plot"

local pictures = {}

local LINES = 200 -- of a picture, at most
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

local function add_curve(series, curve, values, log, labels)
  local x, y = values[curve.x], values[curve.y]
  if not (x and y) then return end
  local across, up = lines_of(x), lines_of(y)
  for i, line in ipairs(up) do
    if #series == LINES then return end
    local xs, ys = drawable(across[math.min(i, #across)], line, log)
    if #xs > 0 then
      series[#series + 1] = { x = xs, y = ys, name = i == 1 and (curve.name or labels[curve.y]) or nil,
        style = #xs == 1 and "points" or "lines" }
    end
  end
end

--- The bytes of a 2D plot as PDF, drawn by way of a file `path` that is removed; or nil and words. `values` are the
-- arrays of its generators.
function pictures.draw(output, values, path)
  local series, labels = {}, {}
  for _, set in ipairs(output.sets) do labels[set.generator] = set.label end
  for _, curve in ipairs(output.curves) do add_curve(series, curve, values, output.log, labels) end
  if #series == 0 then return nil, "there is nothing that can be drawn" end
  local log = (output.log.x and "x" or "") .. (output.log.y and "y" or "")
  local first = output.curves[1]
  local drawn, err = plot.plot { file = path, title = output.name or output.id, series = series,
    log = log ~= "" and log or nil, x_label = first and labels[first.x] }
  if not drawn then return nil, err.message end
  local bytes, err = core.read_file(path, LIMIT)
  os.remove(path)
  return bytes, err and err.message
end

return pictures
