--- The figure of global sensitivities: bars with error bars.

local sorted_keys = require "bioxen.sorted_keys"

local MOST = 20 -- parameters in a picture: those that matter most

-- Which result is meant. Raises, `level` frames above.
local function find_result(result, name, level)
  if not name and next(result.results, (next(result.results))) == nil then name = next(result.results) end
  if name and result.results[name] then return name end
  error(("plot.result: one of %s expected, got %s"):format(table.concat(sorted_keys(result.results), ", "),
    tostring(name)), level + 1)
end

-- The parameters by falling weight, as many as fit.
local function weightiest(result, by, measure)
  local names = table.move(result.parameters, 1, #result.parameters, 1, {})
  table.sort(names, function(a, b)
    local one, other = by[a][measure], by[b][measure]
    return one > other or one == other and a < b
  end)
  return table.move(names, 1, math.min(MOST, #names), 1, {})
end

--- What bioxen.plot takes, and the name of the result. `measures` are those of the method.
return function(result, measures, options, level)
  local name = find_result(result, options.result, level + 1)
  local by = result.results[name].by
  local sobol = result.method == "sobol"
  local names = weightiest(result, by, sobol and "total" or "mu_star")
  local series = {}
  for i, measure in ipairs(sobol and measures or { "mu_star", "sigma" }) do
    local one = { x = names, y = {}, low = {}, high = {}, name = (measure:gsub("_", " ")), style = "bars" }
    for k, parameter in ipairs(names) do
      local range = by[parameter][measure .. "_range"]
      one.y[k], one.low[k], one.high[k] = by[parameter][measure], range[1], range[2]
    end
    series[i] = one
  end
  local given = {}
  for key, value in pairs(options) do if key ~= "result" then given[key] = value end end
  given.series = series
  given.title = given.title or ("%s of %s"):format(sobol and "Sobol indices" or "elementary effects", name)
  given.remark = given.remark or ("bars: %g %% by bootstrap; %d runs%s"):format(100*result.confidence, result.runs,
    #names < #result.parameters and ("; the %d of %d parameters that matter most"):format(#names, #result.parameters)
    or "")
  return given, name
end
