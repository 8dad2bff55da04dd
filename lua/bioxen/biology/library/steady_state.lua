--- Growth until nothing changes any more.

local check = require "library.check"
local growth_metrics = require "library.growth_metrics"

local function largest_change(cell, before)
  local change = 0
  for name, old in pairs(before) do
    local new = cell:get(name)
    change = math.max(change, math.abs(new - old)/math.max(math.abs(new), 1))
  end
  return change
end

local function snapshot(cell)
  local state = {}
  for _, name in ipairs(cell:species()) do
    if name ~= "polymerised" and name ~= "imported" then state[name] = cell:get(name) end
  end
  return state
end

--- Grow, as ODE, in stretches each twice as long as the last, until no species changes by more than
-- `tolerance` (1e-6) of itself, or of one molecule, in ten doubling times. Give up after `limit`
-- seconds (1e9), or where the state still changes after a thousand doubling times: some cells, such
-- as those with few RNA polymerases, go in cycles for ever. Returns the metrics.
local function steady_state(cell, options)
  options = check.keys(options or {}, { "tolerance", "limit" }, "steady_state")
  local tolerance = check.number(options.tolerance or 1e-6, "steady_state: tolerance")
  local limit = check.number(options.limit or 1e9, "steady_state: limit")
  local start, stretch = cell:time(), 3600
  while cell:time() + stretch - start <= limit do
    local before = snapshot(cell)
    cell:run { duration = stretch, record = {} }
    local doubling_time = math.log(2)/math.max(cell:get "lambda", 0)
    local settled = largest_change(cell, before) <= tolerance
    if settled and stretch >= 10*doubling_time then return growth_metrics.metrics(cell) end
    if not settled and stretch >= 1000*doubling_time then
      error(("steady_state: there is none in reach: the cell still changes after %.0f h"):format(
        (cell:time() - start)/3600), 2)
    end
    stretch = 2*stretch
  end
  error(("steady_state: not reached within %g s"):format(limit), 2)
end

return { steady_state = steady_state }
