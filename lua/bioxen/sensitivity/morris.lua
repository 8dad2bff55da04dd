--- Morris's elementary effects: by how much a result changes when a parameter alone moves through its range, on the
-- mean over many places, which finds those that do not matter at all with few runs.
--
-- Each path of d + 1 points moves one parameter after the other by the same part of its range (Morris, Technometrics
-- 33, 161, 1991); mu_star is the mean of the sizes of the effects (Campolongo, Cariboni and Saltelli, Environ. Model.
-- Softw. 22, 1509, 2007).

local numbers = require "bioxen.sensitivity.numbers"
local stream = require "bioxen.stream"

local morris = { measures = { "mu_star", "mu", "sigma" } }

local DRAWS = -3

local function step_of(given)
  return given.levels/(2*(given.levels - 1))
end

-- The order of parameters along path i, and from which level and in which direction each moves.
local function path(d, given, i, draws)
  local order, from, sign = {}, {}, {}
  for k = 1, d do
    local at = ((i - 1)*d + k)*3
    order[k] = k
    from[k] = math.floor(stream.uniform(draws, at)*given.levels/2)/(given.levels - 1)
    sign[k] = stream.uniform(draws, at + 1) < 0.5 and -1 or 1
    if sign[k] < 0 then from[k] = from[k] + step_of(given) end
  end
  for k = d, 2, -1 do
    local other = 1 + math.floor(stream.uniform(draws, ((i - 1)*d + k)*3 + 2)*k)
    order[k], order[other] = order[other], order[k]
  end
  return order, from, sign
end

function morris.points(d, given)
  local points, draws = {}, stream.seed(given.seed, DRAWS)
  for i = 1, given.samples do
    local order, at, sign = path(d, given, i, draws)
    for k = 0, d do
      local moved = order[k]
      if moved then at[moved] = at[moved] + sign[moved]*step_of(given) end
      points[#points + 1] = table.move(at, 1, d, 1, {})
    end
  end
  return points
end

function morris.group(d) return d + 1 end

-- effects[k][i]: of parameter k along path i.
local function elementary_effects(d, groups, given)
  local effects, draws = {}, stream.seed(given.seed, DRAWS)
  for k = 1, d do effects[k] = {} end
  for i, values in ipairs(groups) do
    local order, _, sign = path(d, given, groups.samples[i], draws)
    for k = 1, d do
      local moved = order[k]
      effects[moved][i] = (values[k + 1] - values[k])/(sign[moved]*step_of(given))
    end
  end
  return effects
end

local function measures(d, effects, items)
  local found = {}
  for k = 1, d do
    local list, sizes = {}, {}
    for n, i in ipairs(items) do
      list[n] = effects[k][i]
      sizes[n] = math.abs(list[n])
    end
    local mu = numbers.mean(list)
    found[3*k - 2], found[3*k - 1] = numbers.mean(sizes), mu
    found[3*k] = math.sqrt(numbers.variance(list, mu))
  end
  return found
end

--- As sobol.estimate; groups.samples[i] is which of the paths groups[i] is.
function morris.estimate(d, groups, options)
  local all, effects = {}, elementary_effects(d, groups, options)
  for i = 1, #groups do all[i] = i end
  local found = measures(d, effects, all)
  local sure = numbers.bootstrap(#groups, function(items) return measures(d, effects, items) end, options)
  local list = {}
  for k = 1, d do
    list[k] = { mu_star = found[3*k - 2], mu_star_range = sure[3*k - 2], mu = found[3*k - 1],
      mu_range = sure[3*k - 1], sigma = found[3*k], sigma_range = sure[3*k] }
  end
  return list, {}
end

return morris
