-- `bioxen fit`: parameters from measurements.

local bioxen = require "bioxen"
local ending = require "bioxen.ending"
local json = require "bioxen.cli.json"
local progress = require "bioxen.cli.progress"
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

-- ---- estimation ----

local function shown(value)
  return value and ("%.5g"):format(value) or "-"
end

-- "k1=0.1:10,k2=log:1:5" as { k1 = "0.1:10" }; or nil and what is wrong.
local function estimates(list)
  local given = {}
  for _, item in ipairs(list) do
    local name, bounds = item:match "^([^=]+)=(.+)$"
    if not name then return nil, ("--estimate: NAME=LOW:HIGH expected, got '%s'"):format(item) end
    given[name] = bounds
  end
  return given
end

local function fit_options(options)
  local given = {
    starts = options.starts, seed = options.seed, method = options.method, jobs = options.jobs,
    evaluations = options.evaluations, first = options.nominal and "nominal" or nil, profiles = options.profiles,
    noise = options.noise, solver = options.tolerance, gradient = options.gradient,
  }
  if not options.data then
    given.problem = options.problem
    return given
  end
  local estimate, err = estimates(options.estimate or {})
  if not estimate then return nil, err end
  given.model, given.data, given.estimate = options.problem, options.data, estimate
  return given
end

-- What is to be said of a parameter.
local function remark(p, profiled)
  if p.at_bound then return "at its " .. p.at_bound .. " bound" end
  if profiled and not p.identifiable then
    local side = p.profile.low.open and p.profile.high.open and "either side" or p.profile.low.open and "low" or "high"
    return "not identifiable: open on " .. (side == "either side" and side or "the " .. side .. " side")
  end
  if not profiled and not p.standard_error then return "not told by the measurements alone" end
  return ""
end

local function print_fit(fit, options)
  print(("log-likelihood  %.10g\nchi2            %.10g"):format(fit.llh, fit.chi2))
  if fit.problem.priors then print(("log-prior       %.10g"):format(fit.log_prior)) end
  local near = 0
  for _, start in ipairs(fit.starts) do
    if fit.starts[1].log_posterior - start.log_posterior < 0.1 then near = near + 1 end
  end
  print(("starts          %d, of which %d came within 0.1 of the best"):format(#fit.starts, near))
  local width = 9
  for _, p in ipairs(fit.parameters) do width = math.max(width, #p.id) end
  local line = "%-" .. width .. "s  %-12s %-12s %-12s %s"
  print((line:format("parameter", "value", "95 % from", "to", "")):match "^(.-)%s*$")
  for _, p in ipairs(fit.parameters) do
    local words = line:format(p.id, shown(p.value), shown(p.low), shown(p.high), remark(p, options.profiles))
    say.line(words:match "^(.-)%s*$")
  end
end

local function json_of(fit, options)
  local parameters, starts = {}, {}
  for i, p in ipairs(fit.parameters) do
    parameters[i] = { id = p.id, value = number(p.value), low = p.low and number(p.low),
      high = p.high and number(p.high), scale = p.scale, at_bound = p.at_bound, identifiable = p.identifiable }
  end
  for i, start in ipairs(fit.starts) do
    starts[i] = { number = start.number, log_posterior = number(start.log_posterior), evaluations = start.evaluations,
      stopped = start.stopped }
  end
  return {
    llh = number(fit.llh), chi2 = number(fit.chi2), log_prior = fit.problem.priors and number(fit.log_prior) or nil,
    parameters = json.list(parameters), starts = json.list(starts), seed = options.seed or 1,
    interrupted = fit.interrupted, simulations = simulations(fit.problem, fit),
  }
end

local function finish(fit, options)
  if fit.interrupted then say.note "bioxen: interrupted: this is the best so far" end
  if fit.better then
    say.note(("bioxen: warning: a profile found a log-likelihood that is %.3g higher: more starts may find it"):format(
      fit.better))
  end
  local drawn, err = true, nil
  if options.plot or options.out then drawn, err = fit:plot { file = options.out } end
  if not drawn then return say.failed(err) end
  local status = say.DONE
  if options.json then
    status = json.print(json_of(fit, options))
  elseif not options.plot then
    print_fit(fit, options)
  end
  return fit.interrupted and say.INTERRUPTED or status
end

local function estimate(options)
  local given, misused = fit_options(options)
  if not given then return nil, misused end
  progress.begin { quiet = true }
  local began = 0
  if not options.quiet then
    given.progress = function(done, all, best)
      if bioxen.clock() - began < 1 and done < all then return end
      began = bioxen.clock()
      say.note(("bioxen: %d of %d starts, the best %.8g"):format(done, all, best))
    end
  end
  local fit, err = bioxen.fit(given)
  if not fit then return say.failed(err) end
  say.warnings(fit.problem.warnings)
  return finish(fit, options)
end

return {
  name = "fit",
  summary = "parameters of a model from measurements: problems of PEtab, or a model and a table",
  description = "Find the parameters at which measurements are likeliest, from many starts, with confidence intervals: "
    .. "of a problem of PEtab, version 1 or 2, or of a model in SBML and a table with a column of times and one for "
    .. "each variable that was measured.",
  arguments = { { "PROBLEM", "The file of a problem of PEtab, as problem.yaml; what it names lies beside or below "
    .. "it. Or, with --data, a model in SBML." } },
  options = {
    { "--evaluate", "Only evaluate a problem of PEtab, at the nominal values of its parameters." },
    { "--data", "A table of measurements, CSV or TSV: time, A, B and so on; A.sd has the standard deviations of A, "
      .. "which are estimated where they are not given.", value = "FILE" },
    { "--estimate", "With --data: parameters and bounds, as in k1=0.1:10,k2=linear:0:5.", value = "LIST", list = true },
    { "--noise", "With --data: its distribution (default: normal).", value = "KIND",
      choices = { "normal", "laplace", "log-normal", "log-laplace" } },
    { "--starts", "How many starts (default 10).", value = "N", number = { integer = true, minimum = 1 } },
    { "--nominal", "The first start is at the values that the problem, or the model, has." },
    { "--method", "From each start downhill, or controlled random search before that (default: local).",
      value = "METHOD", choices = { "local", "global" } },
    { "--gradient", "Derivatives carried along experiments, with Fisher's scoring; adjoints, whose cost hardly grows "
      .. "with the number of parameters; or differences (default: forward up to 50 parameters).", value = "WAY",
      choices = { "forward", "adjoint", "differences" } },
    { "--profiles", "Confidence intervals by profiles of the likelihood, which tell what can't be identified; else by "
      .. "its curvature at the best." },
    { "--seed", "Of the starts: the same seed gives the same fit (default 1).", value = "N",
      number = { integer = true, minimum = 0 } },
    { "--evaluations", "The most of a search (default 2000).", value = "N", number = { integer = true, minimum = 1 } },
    { "--tolerance", "Relative tolerance of the solver while parameters are sought (default 1e-8).", value = "X",
      number = { above = 0 } },
    { "--jobs", "VMs that share the starts (default: as many as there are cores). The result is the same.",
      value = "N", number = { integer = true, minimum = 1 } },
    { "--out", "Draw measurements and simulations into this file, .png, .svg, .pdf or .html.", value = "FILE",
      endings = ending.pictures },
    { "--plot", "A chart instead of numbers." },
    { "--json", "JSON: chi2, llh, log_prior where there are priors, and simulations in the order of the "
      .. "measurements; of a fit also parameters and starts." },
    { "--quiet -q", "No progress." },
  },
  either = { { "--evaluate", "--data" }, { "--evaluate", "--starts" }, { "--evaluate", "--profiles" },
    { "--evaluate", "--plot" }, { "--evaluate", "--out" }, { "--json", "--plot" } },
  examples = {
    { "bioxen fit problem.yaml --evaluate", "how likely the measurements are" },
    { "bioxen fit problem.yaml --starts 50 --out fit.png", "the best of 50 starts, with a picture" },
    { "bioxen fit model.xml --data seen.csv --estimate k1=0.01:10,k2=0.1:1 --profiles",
      "a model of one's own, with confidence intervals" },
  },
  run = function(options)
    if options.evaluate then return evaluate(options) end
    if options.estimate and not options.data then return nil, "option '--estimate' goes with '--data'" end
    if options.data and not options.estimate then return nil, "missing option '--estimate'" end
    return estimate(options)
  end,
}
