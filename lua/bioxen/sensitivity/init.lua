--- bioxen.global_sensitivity: how a result depends on parameters over their whole ranges, by a sweep.

local check = require "bioxen.check"
local core = require "bioxen.core"
local figure = require "bioxen.sensitivity.figure"
local map = require "bioxen.map"
local morris = require "bioxen.sensitivity.morris"
local fragment = require "bioxen.report.fragment"
local plot = require "bioxen.plot"
local sobol = require "bioxen.sensitivity.sobol"
local sorted_keys = require "bioxen.sorted_keys"
local sweep = require "bioxen.sweep"

local sensitivity = {}

local methods = { sobol = sobol, morris = morris }
local passed_on = { "vms", "biological_type", "config", "setup", "reuse", "retries", "timeout", "pool", "guests",
  "vms_per_guest", "notice" }

local schema = {
  method = { type = "string", default = "sobol", valid = function(value)
    return not methods[value] and '"sobol" or "morris"' or nil
  end },
  parameters = { type = "table", required = true },
  samples = { type = "number", integer = true, minimum = 2, maximum = 1e6, required = true },
  levels = { type = "number", integer = true, minimum = 2, maximum = 1000, valid = function(value)
    return value % 2 ~= 0 and "an even number" or nil
  end },
  resamples = { type = "number", integer = true, minimum = 1, maximum = 1e6, default = 500 },
  confidence = { type = "number", above = 0, below = 1, default = 0.95 },
  seed = { type = "number", integer = true, default = 0 },
  run = { types = { string = true, ["function"] = true }, required = true },
  record = { type = "string" },
  retry = { type = "boolean", default = false },
  progress = { type = "function" },
}
for _, name in ipairs(passed_on) do schema[name] = map.schema[name] end

local range_schema = {
  from = { type = "number", required = true, finite = true },
  to = { type = "number", required = true, finite = true },
  log = { type = "boolean", default = false },
}

local MOST_POINTS = 1e7
local RESAMPLES = -4 -- the stream that bootstrap draws from

-- ---- what is asked for ----

local function read_ranges(given, problems)
  local ranges, names = {}, sorted_keys(given.parameters)
  for _, name in ipairs(names) do
    local path = "global_sensitivity.parameters." .. tostring(name)
    local range = check.table(given.parameters[name], range_schema, path, problems)
    if range.from and range.to and range.from >= range.to then
      problems[#problems + 1] = path .. ": from below to expected"
    elseif range.log and range.from and range.from <= 0 then
      problems[#problems + 1] = path .. ": from above 0 expected with log"
    end
    ranges[name] = range
  end
  if #names == 0 then problems[#problems + 1] = "global_sensitivity.parameters: one at least expected" end
  return names, ranges
end

local function read(options)
  local problems = {}
  local given = check.table(options, schema, "global_sensitivity", problems)
  local names, ranges
  if #problems == 0 then names, ranges = read_ranges(given, problems) end
  if given.levels and given.method ~= "morris" then
    problems[#problems + 1] = "global_sensitivity.levels: goes with morris alone"
  end
  if #problems == 0 and given.samples*methods[given.method].group(#names) > MOST_POINTS then
    problems[#problems + 1] = ("global_sensitivity.samples: at most %d runs expected in all"):format(MOST_POINTS)
  end
  check.raise(problems, 3)
  given.levels = given.levels or 4
  return given, names, ranges
end

local function value_of(range, fraction)
  if range.log then return range.from*(range.to/range.from)^fraction end
  return range.from + (range.to - range.from)*fraction
end

local function rows_of(points, names, ranges)
  local rows = {}
  for i, point in ipairs(points) do
    local row = {}
    for k, name in ipairs(names) do row[name] = value_of(ranges[name], point[k]) end
    rows[i] = row
  end
  return rows
end

local function sweep_options(given, rows)
  local options = { rows = rows, run = given.run, seed = given.seed, record = given.record, retry = given.retry,
    progress = given.progress }
  for _, name in ipairs(passed_on) do options[name] = given[name] end
  return options
end

-- ---- what comes of it ----

local Table = {}
Table.__index = Table

-- The columns that are results.
local function outputs_of(swept, names)
  local parameters, outputs = { point = true, replicate = true, error = true }, {}
  for _, name in ipairs(names) do parameters[name] = true end
  for _, column in ipairs(swept.columns) do
    if not parameters[column.name] then outputs[#outputs + 1] = column end
  end
  return outputs
end

-- The values of a result by sample; those with a point that failed, or came to no finite number, are left out.
local function groups_of(swept, output, size, samples)
  local by_point, groups = {}, { samples = {} }
  for _, row in ipairs(swept.rows) do by_point[row.point] = row[output] end
  for i = 1, samples do
    local values = {}
    for k = 1, size do
      local value = by_point[(i - 1)*size + k]
      if value and value - value == 0 then values[#values + 1] = value end
    end
    if #values == size then
      groups[#groups + 1] = values
      groups.samples[#groups] = i
    end
  end
  return groups
end

local function estimate(given, names, swept, output)
  local method = methods[given.method]
  if output.type ~= "number" and output.type ~= "integer" then
    return core.fail("ERESULT", ("the result '%s' is no number"):format(output.name))
  end
  local groups = groups_of(swept, output.name, method.group(#names), given.samples)
  if #groups < 2 then
    return core.fail("ERESULT", ("the result '%s': %d of %d samples are whole, the others have points that failed or "
      .. "came to no finite number"):format(output.name, #groups, given.samples))
  end
  local list, about = method.estimate(#names, groups,
    { seed = given.seed, stream = RESAMPLES, resamples = given.resamples, confidence = given.confidence,
      levels = given.levels })
  about.samples, about.by = #groups, {}
  for k, name in ipairs(names) do about.by[name] = list[k] end
  return about
end

--- See types.lua. Raises for a mistake.
function sensitivity.global_sensitivity(options)
  local given, names, ranges = read(options)
  local rows = rows_of(methods[given.method].points(#names, given), names, ranges)
  local swept, err = check.relay(3, sweep.sweep, sweep_options(given, rows))
  if not swept then return nil, err end
  local result = setmetatable({ method = given.method, parameters = names, results = {}, runs = #rows,
    failed = swept.failed, confidence = given.confidence }, Table)
  for _, output in ipairs(outputs_of(swept, names)) do
    local about, err = estimate(given, names, swept, output)
    if not about then return nil, err end
    result.results[output.name] = about
  end
  if next(result.results) == nil then
    return core.fail("ERESULT", ("all %d runs failed: %s"):format(#rows,
      swept.rows[1] and tostring(swept.rows[1].error) or "no VM was left"))
  end
  return result
end

--- A chart of one result. See types.lua.
function Table:plot(options)
  if options and plot.is_page(options) then return self:html(options) end
  return check.relay(3, plot.plot, figure(self, options or {}, 3))
end

--- What the method of a table measures.
function sensitivity.measures(result)
  return methods[result.method].measures
end

--- A row for each parameter: it, and of each measure of one result the value and its range.
function sensitivity.rows(result, name)
  local rows = {}
  for i, parameter in ipairs(result.parameters) do
    rows[i] = { parameter }
    for _, measure in ipairs(sensitivity.measures(result)) do
      local by = result.results[name].by[parameter]
      table.move({ by[measure], by[measure .. "_range"][1], by[measure .. "_range"][2] }, 1, 3, #rows[i] + 1, rows[i])
    end
  end
  return rows
end

-- The measures of one result, by parameter.
local function table_of(self, name)
  local names, rows = { "parameter" }, sensitivity.rows(self, name)
  for _, measure in ipairs(sensitivity.measures(self)) do
    table.move({ (measure:gsub("_", " ")), "from", "to" }, 1, 3, #names + 1, names)
  end
  return { names = names, rows = rows, label = "Indices of " .. name, open = true }
end

--- The same with its numbers, in HTML. See types.lua.
function Table:html(options)
  local mine, rest = fragment.options(options, 2)
  local described, names = check.relay(2, figure, self, rest, 3)
  local tables = {}
  for i, name in ipairs(names) do tables[i] = table_of(self, name) end
  local title = described.title or "Global sensitivities"
  local given, err = fragment.give({ title = title, figure = described, tables = tables }, mine, 2)
  return given, err
end

return sensitivity
