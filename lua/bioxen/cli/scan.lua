-- `bioxen scan`: a model in SBML, run at many values of its parameters: a short form of `bioxen sweep`.

local models = require "bioxen.cli.models"
local points = require "bioxen.cli.points"
local say = require "bioxen.cli.say"
local sweep = require "bioxen.cli.sweep"

local function scan(options)
  if not options.vary[1] then return nil, "missing option '--vary'" end
  if not options.duration and not options.steady then return nil, "missing option '--duration'" end
  local parameters, names = points.vary(options, options.random or options.latin)
  if not parameters then return nil, names end
  local list, mistake = points.measures(options)
  if not list then return nil, mistake end
  local code, err = points.code(options, parameters, names, list)
  if not code then return say.failed(err) end
  return sweep.go({
    parameters = parameters, design = options.random and "random" or options.latin and "latin_hypercube" or nil,
    points = options.random or options.latin, replicates = options.replicates, run = code, reuse = true,
    biological_type = "empty", config = { memory = models.MEMORY },
    setup = function(vm) return points.load(vm, options) end,
  }, options)
end

local all_options = {
  { "--vary", "A parameter, or the initial value of a species, and its values: k=0:1:20 for 20 from 0 to 1, "
    .. "k=log:0.1:10:9 for 9 spaced evenly in the logarithm, k=1,2,5 for these. May be repeated: all combinations.",
    value = "NAME=VALUES", many = true },
  { "--random", "So many points at random, between FROM and TO of --vary k=FROM:TO.", value = "N",
    number = { integer = true, minimum = 1 } },
  { "--latin", "The same as a Latin hypercube: one point in each of N parts of each parameter.", value = "N",
    number = { integer = true, minimum = 1 } },
  { "--replicates", "Runs at each point (default 1), of stochastic methods.", value = "N",
    number = { integer = true, minimum = 1 } },
}

table.move(points.options, 1, #points.options, #all_options + 1, all_options)

-- What bioxen sweep run takes.
for _, command in ipairs(sweep.commands) do
  if command.name == "run" then table.move(command.options, 1, #command.options, #all_options + 1, all_options) end
end

return {
  name = "scan",
  summary = "run a model in SBML at many values of its parameters",
  description = "Run a model in SBML at many values of its parameters and initial values, on all cores, and write a "
    .. "table of what came of each. A short form of bioxen sweep, whose options it has.",
  arguments = { { "MODEL", "A file in SBML, also compressed (.gz, .bz2) or in an archive (.zip, .omex); - reads "
    .. "standard input." } },
  options = all_options,
  either = table.move(points.either, 1, #points.either, 4, { { "--random", "--latin" }, { "--vms", "--pool" },
    { "--steady", "--replicates" } }),
  examples = {
    { "bioxen scan model.xml --vary Km=0:1:20 --duration 100 --plot km.png", "all species at the end, along Km" },
    { "bioxen scan model.xml --vary k1=0:1:20 --vary k2=log:0.1:10:9 --duration 100 --measure max:A --plot map.svg",
      "a heat map" },
    { "bioxen scan model.xml --vary k1=0:1:20 --steady --plot steady.png", "steady states" },
    { "bioxen scan model.xml --vary k1=0:1 --vary k2=log:0.1:10 --latin 500 --duration 100 --out scan.h5",
      "500 points of a Latin hypercube" },
  },
  run = scan,
}
