--- Sums over samples, and how sure they are.

local stream = require "bioxen.stream"

local numbers = {}

function numbers.mean(list)
  local sum = 0
  for _, value in ipairs(list) do sum = sum + value end
  return sum/#list
end

--- Around a mean; of a sample, so that its expected value is that of what it is drawn from.
function numbers.variance(list, mean)
  local sum = 0
  for _, value in ipairs(list) do sum = sum + (value - mean)^2 end
  return sum/(#list - 1)
end

-- Between the two that are nearest (Hyndman and Fan, The American Statistician 50, 361, 1996, definition 7).
local function quantile(sorted, part)
  local place = 1 + part*(#sorted - 1)
  local low = math.floor(place)
  return sorted[low] + (place - low)*((sorted[low + 1] or sorted[low]) - sorted[low])
end

--- Percentile intervals by bootstrap (Efron, Ann. Statist. 7, 1, 1979): `estimate`, which gives a list of numbers of
-- a list of which of `count` items there are, is asked again for `resamples` samples of them. { low, high } for each.
function numbers.bootstrap(count, estimate, options)
  local draws, all = stream.seed(options.seed, options.stream), {}
  for sample = 1, options.resamples do
    local items = {}
    for i = 1, count do items[i] = 1 + math.floor(stream.uniform(draws, sample*count + i)*count) end
    for k, value in ipairs(estimate(items)) do
      all[k] = all[k] or {}
      if value == value then all[k][#all[k] + 1] = value end
    end
  end
  local tail = (1 - options.confidence)/2
  for k, list in ipairs(all) do
    table.sort(list)
    all[k] = #list > 0 and { quantile(list, tail), quantile(list, 1 - tail) } or { 0/0, 0/0 }
  end
  return all
end

return numbers
