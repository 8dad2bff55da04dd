--- Points of a series made ready for drawing: thinned to what can be seen, steps as corners, gaps as
-- separate pieces.

local scale = require "bioxen.plot.scale"

local shape = {}

-- Buckets along x; of each, what is first, last, least and greatest is kept.
local BUCKETS = 2000

local function increases(x)
  for i = 2, #x do
    if x[i] < x[i - 1] then return false end
  end
  return x[1] == x[1] and x[#x] == x[#x]
end

local function note_extremes(kept, bucket, i, y, low, high)
  local function extreme(key, value, less)
    local best = bucket[key]
    if value == value and (not best or less(value, best.value)) then bucket[key] = { value = value, i = i } end
  end
  local function less(a, b) return a < b end
  local function more(a, b) return a > b end
  extreme("least", low or y, less)
  extreme("greatest", high or y, more)
  if y ~= y and not bucket.gap then
    bucket.gap = true
    kept[i] = true
  end
end

local function close_bucket(kept, bucket, last)
  kept[bucket.first], kept[last] = true, true
  if bucket.least then kept[bucket.least.i], kept[bucket.greatest.i] = true, true end
end

local function kept_of(s, place, buckets)
  local kept, bucket, number = {}, nil, nil
  for i = 1, #s.x do
    local here = math.floor(buckets*place(s.x[i]))
    if here ~= number then
      if bucket then close_bucket(kept, bucket, i - 1) end
      bucket, number = { first = i }, here
    end
    note_extremes(kept, bucket, i, s.y[i], s.low and s.low[i], s.high and s.high[i])
  end
  close_bucket(kept, bucket, #s.x)
  return kept
end

--- A series with no more points than show in so many buckets (default 2000); those of a trajectory may be millions.
function shape.thin(s, x_axis, buckets)
  buckets = buckets or BUCKETS
  if #s.x <= 4*buckets or not increases(s.x) or not scale.shows(s.x[1], x_axis.log) then return s end
  local kept = kept_of(s, x_axis.place, buckets)
  local thin = { x = {}, y = {}, low = s.low and {}, high = s.high and {} }
  for i = 1, #s.x do
    if kept[i] then
      local n = #thin.x + 1
      thin.x[n], thin.y[n] = s.x[i], s.y[i]
      if s.low then thin.low[n], thin.high[n] = s.low[i], s.high[i] end
    end
  end
  return setmetatable(thin, { __index = s })
end

-- Of what a rounding error takes beyond an axis' end, the end.
local function snap(value, axis)
  local place = axis.place(value)
  return place < 0 and place > -1e-6 and axis.low or place > 1 and place < 1 + 1e-6 and axis.high or value
end

--- Pieces of the line through the points, lists of { x, y }; `steps`: each value holds until the next.
function shape.pieces(s, x_axis, y_axis)
  local pieces, piece = {}, nil
  for i = 1, #s.x do
    local x, y = s.x[i], s.y[i]
    if scale.shows(x, x_axis.log) and scale.shows(y, y_axis.log) then
      if not piece then
        piece = {}
        pieces[#pieces + 1] = piece
      elseif s.style == "steps" and piece[#piece][2] ~= y then
        piece[#piece + 1] = { x, piece[#piece][2] }
      end
      piece[#piece + 1] = { snap(x, x_axis), snap(y, y_axis) }
    else
      piece = nil
    end
  end
  return pieces
end

--- Pieces of the band between low and high, lists of { x, low, high }. On a logarithmic axis a band that
-- goes to zero goes to the axis' end.
function shape.bands(s, x_axis, y_axis)
  local pieces, piece = {}, nil
  for i = 1, s.low and #s.x or 0 do
    local x, low, high = (s.middle or s.x)[i], s.low[i], s.high[i]
    if y_axis.log and low == low and low < y_axis.low then low = y_axis.low end
    if scale.shows(x, x_axis.log) and scale.shows(low, y_axis.log) and scale.shows(high, y_axis.log) then
      if not piece then
        piece = {}
        pieces[#pieces + 1] = piece
      end
      piece[#piece + 1] = { x, low, high }
    else
      piece = nil
    end
  end
  return pieces
end

return shape
