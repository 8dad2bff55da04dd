--- What fits need in a VM beside the objective itself: profiles of the likelihood, and curves between measurements.

local tools = {}

local CUT = 1.9207294103470 -- half of the quantile 0.95 of chi-square with one degree of freedom
local MOST_STEPS = 60

local to = {
  linear = function(x) return x end, log = function(x) return math.log(x) end,
  log10 = function(x) return math.log(x, 10) end,
}
local from = {
  linear = function(x) return x end, log = function(x) return math.exp(x) end,
  log10 = function(x) return 10^x end,
}

-- A copy of values with one of them another.
local function with(values, id, value)
  local copy = {}
  for name, old in pairs(values) do copy[name] = old end
  copy[id] = value
  return copy
end

--- The profile of a parameter on one side of the best fit, `sign` -1 or 1: where the best that others can do has
-- fallen so far that the value is outside the 95 % confidence interval (Raue et al., Bioinformatics 25, 1923, 2009).
-- { limit, open, points = { { value, log_posterior } ... }, better }: open, there is none up to the bound.
function tools.profile(objective, best, log_posterior, parameter, sign, first, options)
  local scale = parameter.scale or "linear"
  local x, bound = to[scale](best[parameter.id]), to[scale](sign < 0 and parameter.lower or parameter.upper)
  local before, values, step = log_posterior, best, first
  local points, top = {}, log_posterior
  for _ = 1, MOST_STEPS do
    local next_x = sign < 0 and math.max(bound, x - step) or math.min(bound, x + step)
    local fitted = objective:fit { values = with(values, parameter.id, from[scale](next_x)), held = { parameter.id },
      solver = options.solver, evaluations = options.evaluations, tolerance = options.tolerance,
      gradient = options.gradient }
    local now = fitted.log_posterior
    top = math.max(top, now)
    points[#points + 1] = { from[scale](next_x), now }
    if log_posterior - now >= CUT then
      local part = (before - log_posterior + CUT)/(before - now)
      return { limit = from[scale](x + part*(next_x - x)), points = points, better = top - log_posterior }
    end
    if next_x == bound then break end
    local fall = before - now
    step = fall < 0.1 and 2*step or fall > 0.6 and 0.6*step or step
    x, before, values = next_x, now, fitted.values
  end
  return { limit = from[scale](bound), open = true, points = points, better = top - log_posterior }
end

--- What is simulated at times between the measurements: of each experiment, observable and filling { experiment,
-- observable, times, values }.
function tools.curves(spec, values, count)
  local groups, order = {}, {}
  for _, m in ipairs(spec.measurements) do
    local key = table.concat({ m.experiment, m.observable, table.unpack(m.fills or {}) }, "\0")
    local group = groups[key]
    if not group then
      group = { experiment = m.experiment, observable = m.observable, fills = m.fills, low = m.time, high = m.time }
      groups[key], order[#order + 1] = group, group
    end
    if m.time < math.huge then
      group.low, group.high = math.min(group.low, m.time), math.max(group.high, m.time)
    end
  end
  local measurements = {}
  for _, group in ipairs(order) do
    local points = group.high > group.low and group.high < math.huge and count or 0
    group.first, group.times = #measurements + 1, {}
    for i = 0, points - 1 do
      local time = group.low + (group.high - group.low)*i/(points - 1)
      group.times[i + 1] = time
      measurements[#measurements + 1] = { experiment = group.experiment, observable = group.observable, time = time,
        value = 1, fills = group.fills }
    end
  end
  if #measurements == 0 then return {} end
  local dense = {}
  for key, value in pairs(spec) do dense[key] = value end
  dense.measurements = measurements
  local simulations = cell:objective(dense):evaluate(values).simulations
  for _, group in ipairs(order) do
    group.values = table.move(simulations, group.first, group.first + #group.times - 1, 1, {})
  end
  return order
end

return tools
