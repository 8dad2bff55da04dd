--- Axes: where they begin and end, where their ticks are, and where a value stands between its ends.

local numbers = require "bioxen.plot.numbers"

local scale = {}

-- Beyond these, differences and powers would overflow.
local LARGEST, LEAST = 1e300, 1e-300

--- Whether an axis can show the value.
function scale.shows(value, logarithmic)
  if logarithmic then return value >= LEAST and value <= LARGEST end
  return value >= -LARGEST and value <= LARGEST
end

local function nice_step(rough)
  local unit = 10.0^math.floor(math.log(rough, 10))
  local part = rough/unit
  if part <= 1 + 1e-9 then return unit end
  return (part <= 2 + 1e-9 and 2 or part <= 5 + 1e-9 and 5 or 10)*unit
end

local function widen(low, high)
  local size = math.max(math.abs(low), math.abs(high))
  if size < LEAST then return 0, 1 end
  if high - low > 1e-9*size then return low, high end
  return low - 0.5*size, high + 0.5*size
end

local function linear_ticks(low, high, step)
  local ticks = {}
  local first, last = math.ceil(low/step - 1e-6), math.floor(high/step + 1e-6)
  for i = 0, math.min(last - first, 50) do ticks[#ticks + 1] = (first + i)*step end
  return ticks
end

local function with_ends(axis, low, high)
  axis.low, axis.high = low, high
  function axis.place(value) return (value - low)/(high - low) end
  return axis
end

-- Room beyond the values at the ends of an axis, so that no point stands on the frame.
local ROOM = 0.03

--- A linear axis that shows low to high; about `count` ticks; `tight`: it ends where the values end.
function scale.linear(low, high, count, tight)
  low, high = widen(low, high)
  local step = nice_step((high - low)/count)
  if not tight then
    low, high = math.floor(low/step + 1e-6)*step, math.ceil(high/step - 1e-6)*step
  end
  local axis = { ticks = linear_ticks(low, high, step), minor = {} }
  function axis.labels(plain) return numbers.linear(axis.ticks, step, plain) end
  function axis.pad(least, greatest)
    local room = ROOM*(high - low)
    return with_ends(axis, least - low < room and low ~= 0 and low - room or low,
      high - greatest < room and high ~= 0 and high + room or high)
  end
  return with_ends(axis, low, high)
end

local function with_log_ends(axis, low, high)
  axis.low, axis.high = low, high
  local origin, length = math.log(low), math.log(high) - math.log(low)
  function axis.place(value) return (math.log(value) - origin)/length end
  return axis
end

local function exponent_of(value, round)
  return round(math.log(value, 10) + (round == math.floor and 1e-9 or -1e-9))
end

-- Within a decade or so: 1, 2, 5; over many: every second, third… power.
local function logarithmic_ticks(low, high, count)
  local first, last = exponent_of(low, math.floor), exponent_of(high, math.ceil)
  local every = math.max(1, math.ceil((last - first)/(2*count)))
  local ticks, minor = {}, {}
  for exponent = first, last do
    for digit = 1, 9 do
      local value = digit*10.0^exponent
      local labelled = digit == 1 and (exponent % every == 0)
        or (last - first <= 2 and (digit == 2 or digit == 5))
      if value >= low*(1 - 1e-9) and value <= high*(1 + 1e-9) then
        if labelled then
          ticks[#ticks + 1] = value
        elseif every == 1 or digit == 1 then
          minor[#minor + 1] = value
        end
      end
    end
  end
  return ticks, minor
end

local function round_outward(low, high)
  local unit = 10.0^exponent_of(low, math.floor)
  local digits = low/unit
  low = unit*(digits >= 5 and 5 or digits >= 2 and 2 or 1)
  unit = 10.0^exponent_of(high, math.floor)
  digits = high/unit
  return low, unit*(digits <= 1 + 1e-9 and 1 or digits <= 2 and 2 or digits <= 5 and 5 or 10)
end

--- A logarithmic axis, of positive values.
function scale.logarithmic(low, high, count, tight)
  if high/low < 1 + 1e-9 then low, high = low/2, high*2 end
  if not tight then low, high = round_outward(low, high) end
  local ticks, minor = logarithmic_ticks(low, high, count)
  local axis = { log = true, ticks = ticks, minor = minor }
  function axis.labels(plain) return numbers.logarithmic(ticks, plain) end
  function axis.pad(least, greatest)
    local room = (high/low)^ROOM
    return with_log_ends(axis, least/low < room and low/room or low, high/greatest < room and high*room or high)
  end
  return with_log_ends(axis, low, high)
end

--- The axis of named things: the i-th stands at i.
function scale.categories(names)
  local axis = { ticks = {}, minor = {}, names = names }
  for i = 1, #names do axis.ticks[i] = i end
  function axis.labels() return names end
  return with_ends(axis, 0.4, #names + 0.6)
end

return scale
