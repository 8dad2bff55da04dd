--- The figure of a trajectory.

local columns = require "bioxen.plot.columns"
local options = require "bioxen.plot.options"
local time = require "bioxen.plot.time"

--- The checked options, and what bioxen.plot takes. Raises, `level` frames above.
return function(trajectory, given, level)
  given = options.check(given, options.trajectory, "plot", level + 1)
  local function values_of(name) return trajectory:column(name) end
  local panels, remark = columns.panels(given, trajectory:names(), values_of, "the trajectory", level + 1)
  local x, x_label
  if given.x and given.x ~= "time" then
    columns.panels({ names = { given.x } }, trajectory:names(), values_of, "the trajectory", level + 1)
    x, x_label = values_of(given.x), given.x
  else
    local unit
    x, unit = time.convert(trajectory:times(), given.time_unit)
    x_label = ("time (%s)"):format(unit)
  end
  -- What was recorded by a stochastic method holds until it changes.
  local style = (trajectory.method == "ode" or x_label == given.x) and "lines" or "steps"
  for _, panel in ipairs(panels) do
    panel.series = {}
    for i, name in ipairs(panel.names) do
      panel.series[i] = { x = x, y = values_of(name), name = name, style = style }
    end
  end
  return given, columns.figure(given, panels, x_label, remark)
end
