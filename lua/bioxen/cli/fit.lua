-- `bioxen fit`: parameters from measurements.

local bioxen = require "bioxen"
local json = require "bioxen.cli.json"
local petab = require "bioxen.fit.petab"
local say = require "bioxen.cli.say"

local MEMORY = 4 << 30 -- bytes that the VM may take; it takes what it needs

local function start_vm()
  local vm, err = bioxen.create_bio_vm("fit", "minimal_cell", "basic", { memory = MEMORY, timeout = math.huge })
  if not vm then return nil, err end
  local started, err = vm:start()
  if not started then return nil, err end
  return vm
end

-- What JSON has no number for is a word.
local function number(value)
  if value ~= value then return "nan" end
  if value == math.huge then return "inf" end
  return value == -math.huge and "-inf" or value
end

local function simulations(problem, result)
  local rows = {}
  for i, row in ipairs(problem.rows) do
    rows[i] = {
      observableId = row.observableId, simulationConditionId = row.simulationConditionId,
      preequilibrationConditionId = row.preequilibrationConditionId, experimentId = row.experimentId,
      time = number(row.time), simulation = number(result.simulations[i]),
    }
  end
  return json.list(rows)
end

local function print_json(problem, result)
  return json.print {
    chi2 = number(result.chi2), llh = number(result.llh),
    log_prior = problem.priors and number(result.log_prior) or nil,
    simulations = simulations(problem, result),
  }
end

local function print_text(problem, result)
  print(("log-likelihood  %.10g\nchi2            %.10g"):format(result.llh, result.chi2))
  if problem.priors then print(("log-prior       %.10g"):format(result.log_prior)) end
  print(("measurements    %d"):format(#problem.rows))
  return say.DONE
end

local function evaluate(options)
  local vm <close>, err = start_vm()
  if not vm then return say.failed(err) end
  local files, err = petab.read(vm, options.problem)
  if not files then return say.failed(err) end
  local problem, err = petab.load(vm, files)
  if not problem then return say.failed(err) end
  say.warnings(problem.warnings)
  local answer, err = vm:execute_biological_process("return objective:evaluate()", { name = "fit" })
  if not answer then return say.failed(err) end
  local result = answer.result
  if result.impossible then
    say.note(("bioxen: warning: %s: impossible where %g is simulated with the deviation %g"):format(
      problem.rows[result.impossible].where, result.simulations[result.impossible],
      result.deviations[result.impossible]))
  end
  return (options.json and print_json or print_text)(problem, result)
end

return {
  name = "fit",
  summary = "parameters of a model from measurements: problems of PEtab",
  description = "Evaluate a parameter estimation problem of PEtab, version 1 or 2: the log-likelihood of its "
    .. "measurements at the nominal values of its parameters, with what is simulated for each.",
  arguments = { { "PROBLEM", "The problem's file, as problem.yaml; what it names lies beside or below it." } },
  options = {
    { "--evaluate", "At the nominal values." },
    { "--json", "JSON: chi2, llh, log_prior where there are priors, and simulations in the order of the "
      .. "measurements." },
  },
  examples = {
    { "bioxen fit problem.yaml --evaluate", "how likely the measurements are" },
  },
  run = function(options)
    if not options.evaluate then return nil, "missing option '--evaluate'" end
    return evaluate(options)
  end,
}
