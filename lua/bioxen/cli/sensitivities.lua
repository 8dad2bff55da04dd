-- `bioxen sensitivities`: how a run of a model in SBML changes with its parameters, without writing Lua.

local core = require "bioxen.core"
local csv = require "bioxen.cli.csv"
local ending = require "bioxen.ending"
local json = require "bioxen.cli.json"
local models = require "bioxen.cli.models"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"
local plot = require "bioxen.plot"
local plot_options = require "bioxen.plot.options"

local ROWS = 100   -- where nothing else is said
local PANELS = 6   -- of a picture at most, and so many lines in each
local FINITE = math.huge

local function parameters_of(vm, loaded, wanted)
  if wanted then return models.recorded(vm, loaded, wanted, "--parameters") end
  local answer, err = vm:execute_biological_process "return cell:parameters()"
  if not answer then return nil, err end
  if #answer.result > 0 then return answer.result end
  return core.fail("EMODEL", "the model has no parameters; --parameters takes species, too, for their initial values")
end

local function run_options(options, record, parameters, absolute)
  return {
    duration = options.duration, times = options.times, start = options.start, record = record,
    every = not options.times and (options.every or math.max(0, options.duration - (options.start or 0))/ROWS) or nil,
    max_steps = options.max_steps, parameters = parameters, scaled = options.scaled,
    tolerance = { relative = options.tolerance, absolute = absolute },
  }
end

-- ---- as numbers ----

-- A column for each value, and behind these one for each derivative.
local function as_csv(result, parameters)
  local names, times, values = result.trajectory:names(), result.trajectory:times(), { result.trajectory }
  local head, columns = { "time" }, { times }
  local form = result.scaled and "dlog(%s)/dlog(%s)" or "d(%s)/d(%s)"
  for i, name in ipairs(parameters) do values[i + 1] = result.by[name] end
  for i, trajectory in ipairs(values) do
    for _, name in ipairs(names) do
      head[#head + 1] = i == 1 and name or form:format(name, parameters[i - 1])
      columns[#columns + 1] = trajectory:column(name)
    end
  end
  local lines = { csv.line(head) }
  for row = 1, #times do
    local cells = {}
    for i, column in ipairs(columns) do cells[i] = column[row] end
    lines[row + 1] = csv.line(cells)
  end
  return table.concat(lines)
end

-- The columns of a trajectory; numbers that JSON has no word for are null, as in a trajectory's own.
local function columns_text(trajectory)
  return trajectory:to_json():match '"columns":(.*)}%s*$'
end

local function as_json(result, parameters, warnings)
  local each = {}
  for i, name in ipairs(parameters) do
    each[i] = ("%s:%s"):format(json.encode(name), columns_text(result.by[name]))
  end
  return ('{"scaled":%s,"warnings":%s,"time":%s,\n"columns":%s,\n"by":{%s}}\n'):format(tostring(result.scaled),
    json.encode(json.list(warnings)), json.encode(result.trajectory:times()), columns_text(result.trajectory),
    table.concat(each, ",\n"))
end

-- ---- as a picture ----

local function largest(column)
  local most = 0
  for _, value in ipairs(column) do
    if math.abs(value) < FINITE and math.abs(value) > most then most = math.abs(value) end
  end
  return most
end

-- How much of a value's largest a parameter's own size would change it, at most.
local function weight(result, parameter, name, size)
  local value = largest(result.trajectory:column(name))
  local by = largest(result.by[parameter]:column(name))
  if result.scaled then return by end
  return value > 0 and by*math.abs(size)/value or 0
end

-- The first of a list by their weights, in the list's order.
local function heaviest(list, weights)
  local order, chosen = {}, {}
  for i in ipairs(list) do order[i] = i end
  table.sort(order, function(a, b) return weights[a] > weights[b] or weights[a] == weights[b] and a < b end)
  for i = 1, math.min(PANELS, #order) do chosen[i] = order[i] end
  table.sort(chosen)
  for i, k in ipairs(chosen) do chosen[i] = list[k] end
  return chosen
end

local function draw(result, parameters, sizes, options)
  local names, times, of_parameter, of_name, panels = result.trajectory:names(), result.trajectory:times(), {}, {}, {}
  for i, parameter in ipairs(parameters) do
    for k, name in ipairs(names) do
      local much = weight(result, parameter, name, sizes[i])
      of_parameter[i], of_name[k] = math.max(of_parameter[i] or 0, much), math.max(of_name[k] or 0, much)
    end
  end
  local lines = heaviest(names, of_name)
  for i, parameter in ipairs(heaviest(parameters, of_parameter)) do
    local series = {}
    for k, name in ipairs(lines) do series[k] = { x = times, y = result.by[parameter]:column(name), name = name } end
    panels[i] = { series = series, title = "by " .. parameter, x_label = "time", legend = i == 1 }
  end
  local left = (#parameters > PANELS and ("; the %d of %d parameters that matter most"):format(PANELS, #parameters)
    or "") .. (#names > PANELS and ("; %d of %d columns"):format(PANELS, #names) or "")
  return plot.plot { panels = panels, file = options.out, across = options.out and #panels > 1 and 2 or 1,
    title = result.scaled and "d log / d log" or "derivatives", remark = left ~= "" and left:sub(3) or nil,
    size = options.out and { 1000, 330*((#panels + 1)//2) } or nil }
end

-- ---- the command ----

local CODE = [[
  local sizes = {}
  for i, name in ipairs(args.parameters) do sizes[i] = cell:get(name) end
  return { result = cell:sensitivities(args), sizes = sizes }]]

local function write(answer, parameters, options, warnings)
  local result, path = answer.result, options.out
  if options.plot or path and plot_options.format(path) then
    return draw(result, parameters, answer.sizes, options)
  end
  if ending.wants_json(options) then return source.write(as_json(result, parameters, warnings), path) end
  return source.write(as_csv(result, parameters), path, ",")
end

local function sensitivities(options)
  local vm <close>, loaded = models.open("sensitivities", options)
  if not vm then return say.failed(loaded) end
  local parameters, err = parameters_of(vm, loaded, options.parameters)
  if not parameters then return say.failed(err) end
  local record, err = models.recorded(vm, loaded, options.record, "--record")
  if err then return say.failed(err) end
  local absolute, err = models.absolute_tolerance(loaded, options.absolute_tolerance)
  if err then return say.failed(err) end
  local answer, err = vm:execute_biological_process(CODE,
    { args = run_options(options, record, parameters, absolute), name = "sensitivities" })
  if not answer then return say.failed(err) end
  local written, err = write(answer.result, parameters, options, loaded.warnings)
  return written and say.DONE or say.failed(err)
end

return {
  name = "sensitivities",
  summary = "how a run of a model in SBML changes with its parameters",
  description = "Run a model in SBML by differential equations, and write how each species changes with each parameter "
    .. "over time: the values, and behind them a column d(S)/d(k) for each two. Derivatives are exact, with their "
    .. "jumps at events; where there are none, the run is refused with a reason.",
  arguments = { { "MODEL", "A file in SBML, also compressed (.gz, .bz2) or in an archive (.zip, .omex); - reads "
    .. "standard input." } },
  options = {
    { "--duration", "How long, in simulated time (default: until the last of --times).", value = "TIME",
      number = { above = 0 } },
    { "--every", "Time between rows (default: a hundredth of the duration).", value = "TIME",
      number = { above = 0 } },
    { "--start", "Time of the first row (default: 0).", value = "TIME", number = { minimum = 0 } },
    { "--times", "Of the rows, ascending, with commas between them.", value = "LIST", list = true,
      number = { minimum = 0 } },
    { "--parameters", "What derivatives are by: parameters, compartments, and species for their initial values, with "
      .. "commas between them (default: all parameters).", value = "NAMES", list = true },
    { "--record", "What is derived: ids with commas between them; S.amount and S.concentration tell which is meant "
      .. "(default: the model's species).", value = "NAMES", list = true },
    { "--scaled", "dlog(S)/dlog(k) in place of d(S)/d(k)." },
    { "--set", "Values before the run, as in k=0.2,S=10.", value = "LIST", list = true },
    { "--tolerance", "Relative tolerance of the solver (default 3e-10).", value = "X", number = { above = 0 } },
    { "--absolute-tolerance", "Absolute tolerance of values, in the unit of what is written: a number, or some by name "
      .. "as in A=1e-12,B=1e-9 (default: by the scale of each species).", value = "X", list = true },
    { "--max-steps", "Stop after so many steps of the solver.", value = "N", number = { integer = true, minimum = 1 } },
    { "--strict", "What the reader would warn of is an error." },
    { "--out", "Write to this file; its ending, such as .json, .svg or .html, says what it is to be.", value = "FILE",
      endings = ending.any(ending.tables, "json", ending.pictures) },
    { "--json", "JSON instead of CSV." },
    { "--plot", "A chart instead of numbers: a panel a parameter." },
  },
  either = { { "--json", "--plot" }, { "--times", "--every" }, { "--times", "--start" } },
  examples = {
    { "bioxen sensitivities model.xml --duration 100 --scaled --plot", "which parameters matter, and when" },
    { "bioxen sensitivities model.xml --duration 60 --parameters k1,S --record P --out p.csv",
      "of P by a rate and by an initial value" },
  },
  run = function(options)
    if not (options.duration or options.times) then return nil, "missing option '--duration'" end
    return sensitivities(options)
  end,
}
