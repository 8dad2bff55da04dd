-- What a command does at each of many points of a model's parameters: `bioxen scan`, `bioxen global-sensitivity`.

local core = require "bioxen.core"
local models = require "bioxen.cli.models"
local say = require "bioxen.cli.say"
local sorted_keys = require "bioxen.sorted_keys"

local points = {}

local ROWS = 100       -- of a run, where nothing else is said

local reserved = { point = true, replicate = true, error = true }

-- A name that a sweep takes for one of a model, which may be "S.amount".
local function column_name(name)
  name = name:gsub("[^%w_]", "_"):gsub("^%d", "_%0")
  return reserved[name] and name .. "_" or name
end

-- ---- words ----

-- "0:1:20", "log:0.1:10:9", "0:1" for designs that draw, or "1,2,5": what bioxen.sweep takes; or nil.
local function parse_values(text, draws)
  local list = {}
  local log, rest = text:match "^(log):(.*)$"
  for part in ((rest or text) .. (text:find ":" and ":" or ",")):gmatch "([^:,]*)[:,]" do
    list[#list + 1] = tonumber(part)
    if not list[#list] or list[#list] ~= list[#list] then return nil end
  end
  local colons = select(2, (rest or text):gsub(":", ""))
  if not log and colons == 0 and not text:find ":" then return list[1] and list end
  if text:find "," or colons ~= (draws and 1 or 2) or #list ~= colons + 1 then return nil end
  return { from = list[1], to = list[2], count = list[3], log = log ~= nil }
end

--- The parameters of --vary, and the names that the model has for them, as they were written; nil and what is wrong.
-- With `draws` all are ranges to draw from.
function points.vary(options, draws)
  local parameters, names = {}, {}
  for _, item in ipairs(options.vary) do
    local name, text = item:match "^(.-)=(.*)$"
    local values = name and name ~= "" and parse_values(text, draws)
    if not values then
      return nil, ("--vary: NAME=%s, with log: before it if need be, or NAME=A,B,C expected, got '%s'"):format(
        draws and "FROM:TO" or "FROM:TO:COUNT", item)
    end
    local column = column_name(name)
    if parameters[column] then return nil, ("--vary: %s is there twice"):format(name) end
    parameters[column], names[column] = values, name
  end
  return parameters, names
end

-- Of a run, and of a steady state.
local of_run = { last = true, mean = true, min = true, max = true, time_of_max = true }
local of_state = { last = true, flux = true }

--- What is measured: { of, name } each; nil and what is wrong.
function points.measures(options)
  local parsed, measures = {}, options.steady and of_state or of_run
  for i, item in ipairs(options.measure or {}) do
    local of, name = item:match "^([%a_]+):(.+)$"
    if of and not measures[of] then
      return nil, ("--measure: %s: before a name expected, got '%s'"):format(
        table.concat(sorted_keys(measures), ":, "), item)
    end
    parsed[i] = { of = of or "last", name = name or item }
  end
  return parsed
end

-- ---- the code of a point ----

-- A value as Lua has it.
local function literal(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local parts = {}
  if value[1] ~= nil then
    for i, item in ipairs(value) do parts[i] = literal(item) end
  else
    for i, key in ipairs(sorted_keys(value)) do parts[i] = ("[%q] = %s"):format(key, literal(value[key])) end
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- All that results follow from stands in it: the record of a sweep is known by its code.
local POINT = [[
-- of the model %s
cell:reset()
cell:set(%s)
local values = {}
for column, name in pairs(%s) do values[name] = args[column] end
cell:set(values)
]]

local RUN = POINT .. [[
local t, results = cell:run(%s), {}
for column, what in pairs(%s) do
  local of, name = what[1], what[2]
  if of == "last" or of == "mean" then
    results[column] = t[of](t, name)
  else
    local list, at = t:column(name), 1
    for i, value in ipairs(list) do
      if of == "min" and value < list[at] or of ~= "min" and value > list[at] then at = i end
    end
    results[column] = of == "time_of_max" and t:times()[at] or list[at]
  end
end
return results]]

local STEADY = POINT .. [[
local found, err = cell:steady_state(%s)
if not found then error(err.message, 0) end
local results = %s
for column, what in pairs(%s) do
  local of, name = what[1] == "flux" and found.fluxes or found.state, what[2]
  results[column] = of[name] or error("the steady state has no " .. name, 0)
end
return results]]

-- The measures by the columns that they become; nil and what is wrong.
local function columns_of(list, parameters, steady)
  local columns, taken = {}, { stability = steady, reached = steady }
  for _, measure in ipairs(list) do
    local plain = column_name(measure.name)
    local column = measure.of == "last" and plain or measure.of .. "_" .. plain
    if parameters[column] then column = "last_" .. plain end
    if taken[column] then return nil, ("--measure: two columns would have the name %s"):format(column) end
    taken[column], columns[column] = true, { measure.of, measure.cell_name }
  end
  return columns
end

local function run_of(options, list, absolute)
  local record, seen, only_last = {}, {}, true
  for _, measure in ipairs(list) do
    if not seen[measure.cell_name] then record[#record + 1] = measure.cell_name end
    seen[measure.cell_name] = true
    only_last = only_last and measure.of == "last"
  end
  local every = options.every or (only_last and options.duration or options.duration/ROWS)
  return { duration = options.duration, every = every, record = record, method = options.method or "ode",
    max_steps = options.max_steps, tolerance = { relative = options.tolerance, absolute = absolute } }
end

-- ---- the model ----

--- Load it: what load_sbml gives; nil and an error.
function points.load(vm, options)
  return models.load(vm, options, options.method or "ode")
end

-- The cell's names of what is varied, each of which can be set; nil and an error.
local function find_varied(vm, loaded, parameters, names, constants)
  local found = {}
  for _, column in ipairs(sorted_keys(names)) do
    local there, err = models.recorded(vm, loaded, { names[column] }, "--vary")
    if not there then return nil, err end
    if constants[there[1]] then return nil, ("--vary: %s has a value by --set"):format(names[column]) end
    local set, err = vm:execute_biological_process("cell:set { [args.name] = args.value }", { name = "set",
      args = { name = there[1], value = parameters[column][1] or parameters[column].from } })
    if not set then return nil, err end
    found[column] = there[1]
  end
  return found
end

-- The cell's names for what is measured, which are put into the list: all species into an empty one. True; or nil and
-- an error.
local function find_measured(vm, loaded, list)
  for i, name in ipairs(#list == 0 and loaded.species or {}) do list[i] = { of = "last", name = name } end
  if #list == 0 then return nil, "--measure: the model has no species: name what to measure" end
  for _, measure in ipairs(list) do
    local there, err = { measure.name }, nil
    if measure.of ~= "flux" then there, err = models.recorded(vm, loaded, there, "--measure") end
    if not there then return nil, err end
    measure.cell_name = there[1]
  end
  return true
end

--- Look at the model: the code of a point, whose results are the measures of `list` and, of a steady state, words about
-- it unless they are to be numbers; nil and an error.
function points.code(options, parameters, names, list, numbers)
  local vm <close>, err = models.start "points"
  if not vm then return nil, err end
  local loaded, err = points.load(vm, options)
  if not loaded then return nil, err end
  say.warnings(loaded.warnings)
  local constants, err = models.set(vm, loaded, options.set)
  if not constants then return nil, err end
  local varied, err = find_varied(vm, loaded, parameters, names, constants)
  if not varied then return nil, err end
  local measured, err = find_measured(vm, loaded, list)
  if not measured then return nil, err end
  local absolute, err = models.absolute_tolerance(loaded, options.absolute_tolerance)
  if err then return nil, err end
  local columns, mistake = columns_of(list, parameters, options.steady and not numbers)
  if not columns then return nil, mistake end
  local digest = options.text and core.digest(options.text) or core.digest_file(options.model)
  if options.steady then
    return STEADY:format(digest, literal(constants), literal(varied), "{}",
      numbers and "{}" or "{ stability = found.stability, reached = found.reached }", literal(columns))
  end
  return RUN:format(digest, literal(constants), literal(varied), literal(run_of(options, list, absolute)),
    literal(columns))
end

--- Options of what is done at a point.
points.options = {
  { "--duration", "How long a run is, in simulated time.", value = "TIME", number = { above = 0 } },
  { "--steady", "In place of a run, the steady state that each point comes to: see bioxen steady." },
  { "--measure", "What of a run is kept, with commas between: A (its value at the end), mean:A, min:A, max:A, "
    .. "time_of_max:A (default: all species at the end); of a steady state A and flux:R.", value = "LIST",
    list = true },
  { "--every", "Time between rows, of which mean, min and max are (default: a hundredth of the duration).",
    value = "TIME", number = { above = 0 } },
  { "--method", "As of bioxen simulate (default: ode).", value = "METHOD",
    choices = { "ode", "ssa", "tau", "hybrid" } },
  { "--set", "Values before the runs, as in k=0.2,S=10.", value = "LIST", list = true },
  { "--tolerance", "Relative tolerance of the solver (default 3e-10).", value = "X", number = { above = 0 } },
  { "--absolute-tolerance", "As of bioxen simulate.", value = "X", list = true },
  { "--max-steps", "Stop a run after so many steps of the solver, reactions or leaps.", value = "N",
    number = { integer = true, minimum = 1 } },
  { "--strict", "What the reader would warn of is an error." },
}

points.either = { { "--steady", "--duration" }, { "--steady", "--every" }, { "--steady", "--method" },
  { "--steady", "--tolerance" }, { "--steady", "--absolute-tolerance" }, { "--steady", "--max-steps" } }

return points
