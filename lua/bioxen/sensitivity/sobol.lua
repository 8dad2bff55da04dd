--- Sobol's indices: which part of a result's variance a parameter accounts for, alone (first order) and with all its
-- interactions (total).
--
-- Two samples A and B of n points, and for each parameter A with that parameter's column from B (Saltelli et al.,
-- Comput. Phys. Commun. 181, 259, 2010): n (d + 2) points. First order by their equation (b), with the mean taken from
-- the results, total by Jansen (Comput. Phys. Commun. 117, 35, 1999).

local numbers = require "bioxen.sensitivity.numbers"
local stream = require "bioxen.stream"

local sobol = { measures = { "first", "total" } }

local DRAWS = -2 -- the stream that samples are drawn from

-- One point in each of n strata of each of d columns (McKay, Beckman and Conover, Technometrics 21, 239, 1979).
local function latin_hypercube(n, d, draws)
  local columns = {}
  for k = 1, d do
    local order = {}
    for i = 1, n do order[i] = i - 1 end
    for i = n, 2, -1 do
      local other = 1 + math.floor(stream.uniform(draws, (2*k - 1)*n + i)*i)
      order[i], order[other] = order[other], order[i]
    end
    for i = 1, n do order[i] = (order[i] + stream.uniform(draws, 2*k*n + i))/n end
    columns[k] = order
  end
  return columns
end

--- The points, as fractions of each parameter's range: of sample i those of A, of B, and of A with each column of B.
function sobol.points(d, given)
  local n, points = given.samples, {}
  local columns = latin_hypercube(n, 2*d, stream.seed(given.seed, DRAWS))
  for i = 1, n do
    for which = 0, d + 1 do
      local point = {}
      for k = 1, d do
        local from_b = which == 1 or which == k + 1
        point[k] = columns[from_b and d + k or k][i]
      end
      points[#points + 1] = point
    end
  end
  return points
end

--- How many points belong together.
function sobol.group(d) return d + 2 end

local function indices(d, groups, items)
  local both = {}
  for _, i in ipairs(items) do
    both[#both + 1] = groups[i][1]
    both[#both + 1] = groups[i][2]
  end
  local mean = numbers.mean(both)
  local variance = numbers.variance(both, mean)
  local found = {}
  for k = 1, d do
    local first, total = 0, 0
    for _, i in ipairs(items) do
      local a, b, mixed = groups[i][1], groups[i][2], groups[i][k + 2]
      first = first + (b - mean)*(mixed - a)
      total = total + (a - mixed)^2
    end
    found[2*k - 1] = variance > 0 and first/#items/variance or 0/0
    found[2*k] = variance > 0 and total/(2*#items)/variance or 0/0
  end
  return found, mean, variance
end

--- The indices of one result, where groups[i] has its values at the points of sample i: a table for each parameter, and
-- the result's mean and variance.
function sobol.estimate(d, groups, options)
  local all = {}
  for i = 1, #groups do all[i] = i end
  local found, mean, variance = indices(d, groups, all)
  local sure = numbers.bootstrap(#groups, function(items) return (indices(d, groups, items)) end, options)
  local list = {}
  for k = 1, d do
    list[k] = { first = found[2*k - 1], first_range = sure[2*k - 1], total = found[2*k], total_range = sure[2*k] }
  end
  return list, { mean = mean, variance = variance }
end

return sobol
