--- The unit in which times are shown.

local decimal = require "bioxen.decimal"

local time = {}

local seconds = { s = 1, min = 60, h = 3600, d = 86400 }

--- "s", "min", "h" or "d" for times that span so many seconds.
function time.unit(span)
  if span <= 180 then return "s" end
  if span < 3*3600 then return "min" end
  return span <= 120*3600 and "h" or "d"
end

--- Times in a unit, chosen if it is nil; and the unit.
function time.convert(times, unit)
  unit = unit or time.unit(#times > 0 and times[#times] - times[1] or 0)
  local converted = {}
  for i, t in ipairs(times) do converted[i] = t/seconds[unit] end
  return converted, unit
end

--- One time, as in "at 2.5 h".
function time.text(t, unit)
  return decimal("%.4g", t/seconds[unit]) .. " " .. unit
end

return time
