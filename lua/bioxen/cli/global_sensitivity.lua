-- `bioxen global-sensitivity`: which parameters of a model in SBML matter over their whole ranges.

local bioxen = require "bioxen"
local csv = require "bioxen.cli.csv"
local ending = require "bioxen.ending"
local json = require "bioxen.cli.json"
local models = require "bioxen.cli.models"
local points = require "bioxen.cli.points"
local say = require "bioxen.cli.say"
local sensitivity = require "bioxen.sensitivity"
local sorted_keys = require "bioxen.sorted_keys"
local source = require "bioxen.cli.source"
local sweep = require "bioxen.cli.sweep"
local plot_options = require "bioxen.plot.options"

local SAMPLES = { sobol = 200, morris = 20 } -- where nothing else is said

-- ---- what is written ----

-- A row for each result and parameter.
local function as_csv(result)
  local head, lines = { "result", "parameter" }, {}
  for _, measure in ipairs(sensitivity.measures(result)) do
    table.move({ measure, measure .. "_low", measure .. "_high" }, 1, 3, #head + 1, head)
  end
  for _, name in ipairs(sorted_keys(result.results)) do
    for _, row in ipairs(sensitivity.rows(result, name)) do lines[#lines + 1] = csv.line { name, table.unpack(row) } end
  end
  return csv.line(head) .. table.concat(lines)
end

-- The parameters have the model's names again.
local function rename(result, names)
  for i, column in ipairs(result.parameters) do result.parameters[i] = names[column] end
  for _, about in pairs(result.results) do
    local by = {}
    for column, one in pairs(about.by) do by[names[column]] = one end
    about.by = by
  end
end

local function as_json(result)
  return json.encode { method = result.method, parameters = json.list(result.parameters), results = result.results,
    runs = result.runs, failed = result.failed, confidence = result.confidence } .. "\n"
end

local function write(result, options)
  local path = options.out
  if options.plot then
    local drawn, err = result:plot { file = options.plot }
    if not drawn then return nil, err end
  end
  if path and plot_options.format(path) then return result:plot { file = path } end
  if ending.wants_json(options) then return source.write(as_json(result), path) end
  return source.write(as_csv(result), path, ",")
end

-- ---- the command ----

local function indices(options)
  if not options.vary[1] then return nil, "missing option '--vary'" end
  if not options.duration and not options.steady then return nil, "missing option '--duration'" end
  local parameters, names = points.vary(options, true)
  if not parameters then return nil, names end
  for column, range in pairs(parameters) do
    if not range.from then return nil, ("--vary: %s=FROM:TO expected, got a list"):format(names[column]) end
  end
  local list, mistake = points.measures(options)
  if not list then return nil, mistake end
  local code, err = points.code(options, parameters, names, list, true)
  if not code then return say.failed(err) end
  local method = options.indices or "sobol"
  local given = { run = code, parameters = parameters, method = method, samples = options.samples or SAMPLES[method],
    levels = options.levels, confidence = options.confidence, reuse = true, biological_type = "empty",
    config = { memory = models.MEMORY }, setup = function(vm) return points.load(vm, options) end,
    progress = sweep.follow(options), notice = function(words) say.note("bioxen: " .. words) end }
  for _, name in ipairs { "record", "retry", "vms", "seed", "pool", "guests", "vms_per_guest" } do
    given[name] = options[name]
  end
  local good, result, err = sweep.attempt(bioxen.global_sensitivity, given)
  if not good then return nil, result end
  if not result then return say.failed(err) end
  rename(result, names)
  local written, err = write(result, options)
  if not written then return say.failed(err) end
  if result.failed == 0 then return say.DONE end
  return say.failed(("%d of %d runs failed: samples that have one are left out"):format(result.failed, result.runs))
end

local options = {
  { "--vary", "A parameter, or the initial value of a species, and its range, over which it is spread evenly: k=0:1; "
    .. "k=log:0.1:10 evenly in the logarithm. Once for each.", value = "NAME=FROM:TO", many = true },
  { "--indices", "sobol: which part of a result's variance each accounts for; morris: by how much each moves it on "
    .. "the mean, in fewer runs (default: sobol).", value = "METHOD", choices = { "sobol", "morris" } },
  { "--samples", "How many samples n: n (p + 2) runs for p parameters by sobol (default 200), n (p + 1) by morris "
    .. "(default 20).", value = "N", number = { integer = true, minimum = 2 } },
  { "--levels", "Of morris: an even number of values in each range (default 4).", value = "N",
    number = { integer = true, minimum = 2 } },
  { "--confidence", "Of the intervals (default 0.95).", value = "X", number = { above = 0 } },
}

table.move(points.options, 1, #points.options, #options + 1, options)
table.move({
  { "--out", "Write to this file; its ending, such as .json, .png, .svg and .html, says what it is to be, else CSV.",
    value = "FILE", endings = ending.any(ending.tables, "json", ending.pictures) },
  { "--json", "JSON instead of CSV." },
  { "--plot", "Draw the indices into this file (.png, .svg, .pdf or .html), a panel a result.", value = "FILE",
    endings = ending.pictures },
}, 1, 3, #options + 1, options)

local of_sweeps = { ["--record"] = true, ["--retry"] = true, ["--vms"] = true, ["--pool"] = true, ["--guests"] = true,
  ["--vms-per-guest"] = true, ["--seed"] = true, ["--quiet -q"] = true }
for _, command in ipairs(sweep.commands) do
  for _, option in ipairs(command.name == "run" and command.options or {}) do
    if of_sweeps[option[1]] then options[#options + 1] = option end
  end
end

return {
  name = "global-sensitivity",
  summary = "which parameters of a model in SBML matter over their whole ranges",
  description = "Run a model in SBML at many values of its parameters and initial values, drawn from their ranges, on "
    .. "all cores, and write for each result how much each parameter has to do with it, with an interval by "
    .. "bootstrap: Sobol's indices of first order and total, or Morris's mean effects.",
  arguments = { { "MODEL", "A file in SBML, also compressed (.gz, .bz2) or in an archive (.zip, .omex); - reads "
    .. "standard input." } },
  options = options,
  either = table.move(points.either, 1, #points.either, 2, { { "--vms", "--pool" } }),
  examples = {
    { "bioxen global-sensitivity model.xml --vary k1=0:1 --vary k2=log:0.1:10 --duration 100 --measure max:A "
      .. "--plot indices.png", "Sobol's indices, as numbers and as a picture" },
    { "bioxen global-sensitivity model.xml --vary k1=0:1 --vary k2=0:5 --steady --indices morris --json",
      "what does not matter to the steady state" },
  },
  run = indices,
}
