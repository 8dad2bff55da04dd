--- The figure of global sensitivities: bars with error bars.

local sorted_keys = require "bioxen.sorted_keys"

local MOST = 20 -- parameters in a picture: those that matter most

local PANELS = 6

-- What is drawn of a method's measures; bars are in the order of one.
local DRAWN = { sobol = { "first", "total", order = "total" }, morris = { "mu_star", "sigma", order = "mu_star" } }

-- Which results are meant, and words where there are more. Raises, `level` frames above.
local function find_results(result, name, level)
  local names = sorted_keys(result.results)
  if name and not result.results[name] then
    error(("plot.result: one of %s expected, got %s"):format(table.concat(names, ", "), tostring(name)), level + 1)
  end
  if name then return { name }, "" end
  return table.move(names, 1, math.min(PANELS, #names), 1, {}),
    #names > PANELS and ("; %d of %d results"):format(PANELS, #names) or ""
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

-- The bars of one result, and how many parameters they are of.
local function series_of(result, name)
  local by, measures = result.results[name].by, DRAWN[result.method]
  local names = weightiest(result, by, measures.order)
  local series = {}
  for i, measure in ipairs(measures) do
    local one = { x = names, y = {}, low = {}, high = {}, name = (measure:gsub("_", " ")), style = "bars" }
    for k, parameter in ipairs(names) do
      local range = by[parameter][measure .. "_range"]
      one.y[k], one.low[k], one.high[k] = by[parameter][measure], range[1], range[2]
    end
    series[i] = one
  end
  return series, #names
end

--- What bioxen.plot takes, and the names of the results that it shows.
return function(result, options, level)
  local given, names, more = {}, find_results(result, options.result, level + 1)
  local title, shown = result.method == "sobol" and "Sobol indices of %s" or "elementary effects of %s", nil
  for key, value in pairs(options) do if key ~= "result" then given[key] = value end end
  if #names == 1 then
    given.series, shown = series_of(result, names[1])
    given.title = given.title or title:format(names[1])
  else
    given.panels, given.across = {}, given.file and 2 or 1
    for i, name in ipairs(names) do
      local panel = { title = title:format(name), legend = i == 1 }
      panel.series, shown = series_of(result, name)
      given.panels[i] = panel
    end
    given.size = given.size or given.file and { 1000, 330*((#names + 1)//2) } or nil
  end
  given.remark = given.remark or ("bars: %g %% by bootstrap; %d runs%s%s"):format(100*result.confidence, result.runs,
    shown < #result.parameters and ("; the %d of %d parameters that matter most"):format(shown, #result.parameters)
    or "", more)
  return given, names
end
