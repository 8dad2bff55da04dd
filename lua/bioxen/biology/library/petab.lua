--- PEtab problems (versions 1 and 2), from the texts of their files to what cell:objective takes. It runs in a VM, for
-- the texts come from anyone. PEtab.readthedocs.io has both specifications; Schmiester et al., PLoS Comput Biol 17,
-- e1008646 (2021).

local tables = require "library.petab_table"

local problems = {}

local fail, text_in, number_in, list, where = tables.fail, tables.text, tables.number_in, tables.list, tables.where

-- f(...), whose errors tell no place in this file.
local function called(f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  error((tostring(results[2]):gsub("^[%w_/.]+:%d+: ", "")), 0)
end

local function names_of(value, what, least)
  if type(value) == "string" then value = { value } end
  if value == nil then value = {} end
  if type(value) ~= "table" then error(("problem file: %s: a list of files expected"):format(what), 0) end
  for _, name in ipairs(value) do
    if type(name) ~= "string" then error(("problem file: %s: names of files expected"):format(what), 0) end
  end
  if #value < (least or 0) then error(("problem file: %s: no file is named"):format(what), 0) end
  return value
end

local function version_1(document)
  local several = document.problems
  if type(several) ~= "table" or type(several[1]) ~= "table" then
    error("problem file: problems: a list expected", 0)
  end
  if #several > 1 then error("problem file: more than one problem with parameters in common: not supported", 0) end
  local problem = several[1]
  local models = names_of(problem.sbml_files, "sbml_files", 1)
  if #models > 1 then error("problem file: sbml_files: one model expected, got " .. #models, 0) end
  return {
    version = 1, model = models[1],
    parameters = names_of(document.parameter_file, "parameter_file", 1),
    conditions = names_of(problem.condition_files, "condition_files", 1),
    measurements = names_of(problem.measurement_files, "measurement_files", 1),
    observables = names_of(problem.observable_files, "observable_files", 1),
    experiments = {}, mappings = {},
  }
end

local function version_2(document)
  local models = document.model_files
  if type(models) ~= "table" or not next(models) then error("problem file: model_files: a model expected", 0) end
  local id, model = next(models)
  if next(models, id) then error("problem file: model_files: more than one model: not supported", 0) end
  if type(model) ~= "table" or type(model.location) ~= "string" then
    error("problem file: model_files: a location expected", 0)
  end
  if model.language ~= "sbml" then
    error(("problem file: model_files: a model in the language %q: not supported"):format(tostring(model.language)), 0)
  end
  for name, extension in pairs(type(document.extensions) == "table" and document.extensions or {}) do
    if type(extension) == "table" and extension.required then
      error(("problem file: the extension %q is not known"):format(tostring(name)), 0)
    end
  end
  return {
    version = 2, model = model.location, model_id = id,
    parameters = names_of(document.parameter_files, "parameter_files", 1),
    conditions = names_of(document.condition_files, "condition_files"),
    experiments = names_of(document.experiment_files, "experiment_files"),
    measurements = names_of(document.measurement_files, "measurement_files", 1),
    observables = names_of(document.observable_files, "observable_files", 1),
    mappings = names_of(document.mapping_files, "mapping_files"),
  }
end

--- What a problem file names: { version, model, parameters, ... }, each a list of names of files but `model`.
function problems.files(text)
  local document = called(petab.yaml, text)
  if type(document) ~= "table" then error("problem file: it is no problem of PEtab", 0) end
  local version = tostring(document.format_version)
  if version:find "^1%.?[%d.]*$" and not version:find "^1%d" then return version_1(document) end
  if version:find "^2%.?[%d.]*$" and not version:find "^2%d" then return version_2(document) end
  error(("problem file: format_version: 1 or 2 expected, got %q"):format(version), 0)
end

-- ---- what stands in tables ----

-- The rows of some files as one table.
local function rows_of(p, files, needed)
  local rows = {}
  for _, name in ipairs(files) do tables.read(name, p.texts[name], "\t", needed, rows) end
  return rows
end

-- The names in a formula; a formula that is none fails.
local function names_in(row, column, id, text)
  local names, err = petab.names(text)
  if not names then fail(row.file, row.row, id, "%s: %s", column, err) end
  local set = {}
  for name in names:gmatch "[^\n]+" do set[name] = true end
  return set
end

local function note_names(p, names)
  for name in pairs(names) do p.used[name] = true end
end

local SCALES = { lin = "linear", log = "log", log10 = "log10" }

local PRIORS_1 = {
  uniform = "uniform", normal = "normal", laplace = "laplace", logNormal = "log-normal", logLaplace = "log-laplace",
  parameterScaleUniform = "uniform", parameterScaleNormal = "normal", parameterScaleLaplace = "laplace",
}

local PRIORS_2 = {
  uniform = 2, normal = 2, laplace = 2, ["log-normal"] = 2, ["log-laplace"] = 2, ["log-uniform"] = 2, cauchy = 2,
  gamma = 2, exponential = 1, chisquare = 1, rayleigh = 1,
}

-- A prior of `count` numbers.
local function prior_of(row, id, kind, given, count)
  local numbers = {}
  for i, text in ipairs(list(given)) do
    numbers[i] = tables.number(text)
    if not numbers[i] then fail(row.file, row.row, id, "a prior of %q", given) end
  end
  if #numbers ~= count then
    fail(row.file, row.row, id, "a prior with %d parameters expected, got %d", count, #numbers)
  end
  return { kind = kind, a = numbers[1], b = numbers[2] }
end

local function prior_1(row, id, what)
  local kind, given = row.cells[what .. "PriorType"], row.cells[what .. "PriorParameters"]
  if not kind and not given then return nil end
  kind = kind or "parameterScaleUniform"
  if not PRIORS_1[kind] then fail(row.file, row.row, id, "there is no prior %q", kind) end
  if not given then
    if kind:lower():find "uniform$" then return nil end -- over the bounds: no prior
    fail(row.file, row.row, id, "a prior without parameters")
  end
  local prior = prior_of(row, id, PRIORS_1[kind], given, 2)
  prior.scaled = kind:find "^parameterScale" ~= nil
  return prior
end

-- A column that would change numbers in version 1 and means nothing in version 2.
local function only_in_version_1(row, id, column)
  local given = row.cells[column]
  if given and given ~= "lin" then fail(row.file, row.row, id, "%s: version 2 has no such column", column) end
end

local function prior_2(row, id)
  only_in_version_1(row, id, "objectivePriorType")
  local kind = row.cells.priorDistribution
  if not kind then
    if row.cells.priorParameters then fail(row.file, row.row, id, "parameters of no prior") end
    return nil
  end
  if not PRIORS_2[kind] then fail(row.file, row.row, id, "there is no prior %q", kind) end
  local prior = prior_of(row, id, kind, row.cells.priorParameters, PRIORS_2[kind])
  prior.truncated = true
  return prior
end

local ESTIMATE = {
  { ["0"] = false, ["1"] = true, ["0.0"] = false, ["1.0"] = true },
  { ["false"] = false, ["true"] = true, False = false, True = true, ["0"] = false, ["1"] = true },
}

-- Bounds as they must be to be estimated within.
local function check_bounds(row, p)
  if p.lower > p.upper then
    fail(row.file, row.row, p.id, "the lower bound %g is above the upper, %g", p.lower, p.upper)
  end
  if p.scale ~= "linear" and p.lower <= 0 then
    fail(row.file, row.row, p.id, "the lower bound %g is not above 0, as a logarithmic scale wants it", p.lower)
  end
  if p.scale ~= "linear" and p.value and p.value < 0 then
    fail(row.file, row.row, p.id, "the nominalValue %g can't be on a logarithmic scale", p.value)
  end
end

local function read_parameter(p, row)
  local id = text_in(row, "parameterId")
  if not tables.is_id(id) then fail(row.file, row.row, id, "no id") end
  if p.parameters[id] then fail(row.file, row.row, id, "the parameter is given twice") end
  local estimated = ESTIMATE[p.version][text_in(row, "estimate")]
  if estimated == nil then fail(row.file, row.row, id, "estimate: %q", row.cells.estimate) end
  local scaled = p.version == 1 and (row.cells.parameterScale or estimated and text_in(row, "parameterScale"))
  local scale = SCALES[scaled or "lin"]
  if not scale then fail(row.file, row.row, id, "there is no scale %q", row.cells.parameterScale) end
  local parameter = {
    id = id, scale = scale, estimated = estimated,
    value = row.cells.nominalValue and number_in(row, "nominalValue", id),
    lower = number_in(row, "lowerBound", id, not estimated and -math.huge),
    upper = number_in(row, "upperBound", id, not estimated and math.huge),
  }
  if not parameter.value and not estimated then
    fail(row.file, row.row, id, "it is not estimated and has no nominalValue")
  end
  if estimated then
    check_bounds(row, parameter)
    parameter.prior = (p.version == 1 and prior_1 or prior_2)(row, id, "objective")
    parameter.start = p.version == 1 and prior_1(row, id, "initialization") or nil
  end
  if p.loaded.amount[id] then fail(row.file, row.row, id, "it is a species of the model and no parameter") end
  p.parameters[id] = row
  p.spec.parameters[#p.spec.parameters + 1] = parameter
end

-- In version 2 the others' priors are uniform if any has one.
local function complete_priors(p)
  local any = false
  for _, parameter in ipairs(p.spec.parameters) do any = any or parameter.prior ~= nil end
  for _, parameter in ipairs(p.spec.parameters) do
    if any and p.version == 2 and parameter.estimated and not parameter.prior then
      parameter.prior = { kind = "uniform", a = parameter.lower, b = parameter.upper }
    end
  end
  p.priors = any
end

local function read_parameters(p)
  local needed = { "parameterId", "estimate" }
  for _, row in ipairs(rows_of(p, p.files.parameters, needed)) do read_parameter(p, row) end
  complete_priors(p)
end

-- ---- observables ----

local MOST = 1 << 16 -- letters of a formula with other observables' formulas in it

-- A formula with those of the observables that it names in their place.
local function inline(p, row, id, text, formulas, depth)
  if depth > 20 then fail(row.file, row.row, id, "observables that name each other in a circle") end
  return (text:gsub("%f[%w_.][%a_][%w_]*", function(name)
    local other = formulas[name]
    if not other then return nil end
    local inner = "(" .. inline(p, row, id, other, formulas, depth + 1) .. ")"
    if #inner > MOST then fail(row.file, row.row, id, "the formula is too long with others in it") end
    return inner
  end))
end

-- Version 1: "observableParameter1_ID" up to the highest number that is there.
local function numbered(names, kind, id)
  local highest, placeholders = 0, {}
  for name in pairs(names) do
    local number = name:match("^" .. kind .. "Parameter(%d+)_" .. id .. "$")
    if number then highest = math.max(highest, tonumber(number)) end
  end
  if highest > 1000 then return { "" } end
  for i = 1, highest do placeholders[i] = ("%sParameter%d_%s"):format(kind, i, id) end
  return placeholders
end

local NOISE_1 = { normal = "normal", laplace = "laplace" }
local NOISE_2 = {
  normal = { "normal", "linear" }, laplace = { "laplace", "linear" },
  ["log-normal"] = { "normal", "log" }, ["log-laplace"] = { "laplace", "log" },
}

local function distribution_of(p, row, id)
  local noise = row.cells.noiseDistribution or "normal"
  if p.version == 2 then
    only_in_version_1(row, id, "observableTransformation")
    local known = NOISE_2[noise]
    if not known then fail(row.file, row.row, id, "there is no noise distribution %q", noise) end
    return known[1], known[2]
  end
  local scale = SCALES[row.cells.observableTransformation or "lin"]
  if not scale then
    fail(row.file, row.row, id, "there is no transformation %q", row.cells.observableTransformation)
  end
  if not NOISE_1[noise] then fail(row.file, row.row, id, "there is no noise distribution %q", noise) end
  return NOISE_1[noise], scale
end

local function placeholders_of(p, row, id, names, kind)
  if p.version == 1 then return numbered(names, kind, id) end
  local placeholders = list(row.cells[kind .. "Placeholders"])
  for _, name in ipairs(placeholders) do
    if not tables.is_id(name) then fail(row.file, row.row, id, "%q is no placeholder", name) end
    if p.known[name] or p.parameters[name] then
      fail(row.file, row.row, id, "the placeholder %q is the name of something else", name)
    end
  end
  return placeholders
end

-- What a formula names must be there: a placeholder, a parameter, or a part of the model.
local function check_names(p, row, id, names, placeholders)
  local set = {}
  for _, name in ipairs(placeholders) do set[name] = true end
  for name in pairs(names) do
    if not (set[name] or p.parameters[name] or p.known[name] or p.columns[name]) then
      fail(row.file, row.row, id, "%q is neither in the model nor a parameter", name)
    end
  end
end

local function read_observable(p, row, formulas)
  local id = text_in(row, "observableId")
  local formula = inline(p, row, id, text_in(row, "observableFormula"), {}, 0)
  if p.version == 1 then formula = inline(p, row, id, formula, formulas, 0) end
  local deviation = inline(p, row, id, text_in(row, "noiseFormula"), p.version == 1 and formulas
    or { [id] = formulas[id] }, 0)
  local names = names_in(row, "observableFormula", id, formula)
  local both = names_in(row, "noiseFormula", id, deviation)
  note_names(p, names)
  note_names(p, both)
  for name in pairs(names) do both[name] = true end
  local observed, noise = placeholders_of(p, row, id, both, "observable"), placeholders_of(p, row, id, both, "noise")
  local placeholders = table.move(noise, 1, #noise, #observed + 1, { table.unpack(observed) })
  local seen = {}
  for _, name in ipairs(placeholders) do
    if seen[name] then fail(row.file, row.row, id, "the placeholder %q is given twice", name) end
    seen[name] = true
  end
  check_names(p, row, id, both, placeholders)
  local distribution, scale = distribution_of(p, row, id)
  local number = tables.number(deviation)
  if number and not (number > 0 and number < math.huge) then
    fail(row.file, row.row, id, "noiseFormula: %s can't be a deviation", deviation)
  end
  p.observables[id] = { observed = #observed, noise = #noise, scale = scale, sole = deviation == noise[1] }
  p.spec.observables[#p.spec.observables + 1] = {
    id = id, formula = formula, deviation = deviation, placeholders = placeholders, noise = distribution, scale = scale,
  }
end

local function read_observables(p)
  local rows = rows_of(p, p.files.observables, { "observableId", "observableFormula", "noiseFormula" })
  local formulas = {}
  for _, row in ipairs(rows) do
    local id = text_in(row, "observableId")
    if not tables.is_id(id) then fail(row.file, row.row, id, "no id") end
    if formulas[id] then fail(row.file, row.row, id, "the observable is given twice") end
    formulas[id] = text_in(row, "observableFormula")
  end
  for _, row in ipairs(rows) do read_observable(p, row, formulas) end
end

-- ---- conditions and experiments ----

local function read_conditions_1(p)
  local rows = rows_of(p, p.files.conditions, { "conditionId" })
  for _, name in ipairs(rows.columns) do
    if name ~= "conditionId" and name ~= "conditionName" then p.columns[name] = true end
  end
  for _, row in ipairs(rows) do
    local id = text_in(row, "conditionId")
    if p.conditions[id] then fail(row.file, row.row, id, "the condition is given twice") end
    p.conditions[id] = row
  end
  p.condition_rows = rows
end

local function read_conditions_2(p)
  for _, row in ipairs(rows_of(p, p.files.conditions, { "conditionId", "targetId", "targetValue" })) do
    local id = text_in(row, "conditionId")
    p.conditions[id] = p.conditions[id] or {}
    table.insert(p.conditions[id], row)
  end
end

-- A value in a condition: a number, or a formula of parameters and of the model's parts.
local function target_value(p, row, id, column, text)
  local names = names_in(row, column, id, text)
  check_names(p, row, id, names, {})
  note_names(p, names)
  return text
end

local function check_target(p, row, id, target)
  if p.parameters[target] then
    fail(row.file, row.row, id, "%q is set by the table of parameters, too", target)
  end
  if not p.known[target] then fail(row.file, row.row, id, "there is no %q in the model to be set", target) end
end

-- Version 1: a row as changes. An empty cell is what the model has.
local function changes_1(p, row)
  local changes, id = {}, row.cells.conditionId
  for _, column in ipairs(p.condition_rows.columns) do
    if p.columns[column] then
      local text = row.cells[column]
      check_target(p, row, id, column)
      if text and not tables.number(text) and not tables.is_id(text) then
        fail(row.file, row.row, id, "%s: a number or an id expected, got %q", column, text)
      end
      changes[#changes + 1] = { column, text and target_value(p, row, id, column, text) or false }
    end
  end
  return changes
end

-- Version 2: those of all conditions of a time.
local function changes_2(p, rows)
  local changes, set = {}, {}
  for _, row in ipairs(rows) do
    local target, id = text_in(row, "targetId"), row.cells.conditionId
    check_target(p, row, id, target)
    if set[target] then fail(row.file, row.row, id, "%q is set twice at one time", target) end
    set[target] = true
    changes[#changes + 1] = { target, target_value(p, row, id, "targetValue", text_in(row, "targetValue")) }
  end
  return changes
end

local function condition_of(p, row, column)
  local id = row.cells[column]
  if not p.conditions[id] then fail(row.file, row.row, id, "there is no such condition") end
  return p.conditions[id]
end

-- Version 1: the experiment of a measurement.
local function experiment_1(p, row)
  local simulated = text_in(row, "simulationConditionId")
  local before = row.cells.preequilibrationConditionId
  local id = before and before .. ";" .. simulated or simulated
  if not p.experiments[id] then
    p.experiments[id] = { id = id, { time = 0.0, set = changes_1(p, condition_of(p, row, "simulationConditionId")) } }
    if before then
      local changes = changes_1(p, condition_of(p, row, "preequilibrationConditionId"))
      table.insert(p.experiments[id], 1, { time = -math.huge, set = changes })
    end
    table.insert(p.spec.experiments, p.experiments[id])
  end
  return id
end

local function read_experiments_2(p)
  local starts = {}
  for _, row in ipairs(rows_of(p, p.files.experiments, { "experimentId", "time", "conditionId" })) do
    local id, time = text_in(row, "experimentId"), number_in(row, "time", row.cells.experimentId)
    if time == math.huge then fail(row.file, row.row, id, "a period at time inf") end
    starts[id] = starts[id] or { rows = {} }
    if not starts[id].rows[time] then
      starts[id].rows[time] = {}
      table.insert(starts[id], time)
    end
    if row.cells.conditionId then
      local rows = starts[id].rows[time]
      table.move(condition_of(p, row, "conditionId"), 1, #condition_of(p, row, "conditionId"), #rows + 1, rows)
    end
  end
  for id, start in pairs(starts) do
    table.sort(start)
    p.experiments[id] = { id = id }
    for i, time in ipairs(start) do p.experiments[id][i] = { time = time, set = start.rows[time] } end
  end
end

-- Version 2: an empty id is the model as it is. What no measurement names is not looked at.
local function experiment_2(p, row)
  local id = row.cells.experimentId or ""
  if id == "" and not p.experiments[id] then p.experiments[id] = { id = "", { time = 0.0, set = {} } } end
  local experiment = p.experiments[id]
  if not experiment then fail(row.file, row.row, id, "there is no such experiment") end
  if not experiment.taken then
    experiment.taken = true
    local made = { id = id }
    for i, period in ipairs(experiment) do made[i] = { time = period.time, set = changes_2(p, period.set) } end
    table.insert(p.spec.experiments, made)
    experiment.first = made[1].time == -math.huge and (made[2] or {}).time or made[1].time
    if not experiment.first then fail(row.file, row.row, id, "the experiment is a steady state alone") end
  end
  if number_in(row, "time", id) < experiment.first then
    fail(row.file, row.row, id, "measured at %s, before the experiment begins at %g", row.cells.time, experiment.first)
  end
  return id
end

-- ---- measurements ----

-- What fills the placeholders: numbers and ids of parameters.
local function fills_of(p, row, observable, column, count, fills)
  local given = list(row.cells[column])
  if #given ~= count then
    fail(row.file, row.row, observable, "%s: the formula has %d, here are %d", column, count, #given)
  end
  for _, text in ipairs(given) do
    local number = tables.number(text)
    if not number and not p.parameters[text] then
      fail(row.file, row.row, observable, "%s: %q is not in the table of parameters", column, text)
    end
    p.used[text] = true
    fills[#fills + 1] = number or text
  end
end

local function read_measurement(p, row)
  local id = text_in(row, "observableId")
  local observable = p.observables[id]
  if not observable then fail(row.file, row.row, id, "there is no such observable") end
  if p.version == 2 and row.cells.modelId and row.cells.modelId ~= p.files.model_id then
    fail(row.file, row.row, row.cells.modelId, "there is no such model")
  end
  local experiment = (p.version == 1 and experiment_1 or experiment_2)(p, row)
  local fills, value, time = {}, number_in(row, "measurement", id), number_in(row, "time", id)
  if p.version == 1 and time < 0 then fail(row.file, row.row, id, "a time below 0: %g", time) end
  if math.abs(value) == math.huge or observable.scale ~= "linear" and value <= 0 then
    fail(row.file, row.row, id, "%g can't be measured%s", value, observable.scale == "linear" and ""
      or " on a logarithmic scale")
  end
  fills_of(p, row, id, "observableParameters", observable.observed, fills)
  fills_of(p, row, id, "noiseParameters", observable.noise, fills)
  local last = fills[#fills]
  if observable.sole and type(last) == "number" and not (last > 0 and last < math.huge) then
    fail(row.file, row.row, id, "noiseParameters: %g can't be a deviation", last)
  end
  table.insert(p.spec.measurements, {
    experiment = experiment, observable = id, time = time, value = value, fills = fills, where = where(row, id),
  })
  table.insert(p.rows, {
    observableId = id, time = time, measurement = value, experimentId = p.version == 2 and experiment or nil,
    simulationConditionId = row.cells.simulationConditionId,
    preequilibrationConditionId = row.cells.preequilibrationConditionId,
    datasetId = row.cells.datasetId, where = where(row, id), scale = observable.scale,
  })
end

local function read_measurements(p)
  local needed = { "observableId", "measurement", "time" }
  if p.version == 1 then needed[4] = "simulationConditionId" end
  for _, row in ipairs(rows_of(p, p.files.measurements, needed)) do read_measurement(p, row) end
  if #p.rows == 0 then fail(p.files.measurements[1], nil, nil, "nothing is measured") end
end

-- ---- the model ----

local function note_model(p)
  for _, names in ipairs { cell:species(), cell:parameters(), cell:rules() } do
    for _, name in ipairs(names) do p.known[name] = true end
  end
  for id, name in pairs(p.loaded.renamed) do
    p.known[id], p.spec.aliases[id] = true, name
  end
end

local function read_mappings(p)
  for _, row in ipairs(rows_of(p, p.files.mappings, { "petabEntityId", "modelEntityId" })) do
    local id, name = text_in(row, "petabEntityId"), row.cells.modelEntityId
    if name and name ~= id then
      if p.known[id] then fail(row.file, row.row, id, "it is the name of something else already") end
      name = p.spec.aliases[name] or name
      if not p.known[name] then fail(row.file, row.row, id, "there is no %q in the model", name) end
      p.known[id], p.spec.aliases[id] = true, name
    end
  end
end

-- Columns of conditions that only formulas of observables name become parameters of the cell.
local function add_columns(p)
  local parameters = {}
  for name in pairs(p.columns) do
    if not p.known[name] and not p.parameters[name] and p.used[name] then
      parameters[name], p.known[name] = 0, true
    end
  end
  if next(parameters) then process "petab" { parameters = parameters } end
end

-- A parameter that is named nowhere may be a mistake in writing: the model would keep its own value.
local function check_use(p)
  for id, row in pairs(p.parameters) do
    if not (p.used[id] or p.known[id]) then
      fail(row.file, row.row, id, "the parameter is nowhere in the model nor in the other tables")
    end
  end
end

--- Load a problem: `files` as problems.files gives it, and the texts by name. Its model is the cell then. An
-- objective, { rows, parameters, priors, version, warnings }, and what the objective was made of.
function problems.load(files, texts)
  local p = {
    version = files.version, files = files, texts = texts, known = {}, parameters = {}, used = {}, columns = {},
    observables = {}, conditions = {}, experiments = {}, rows = {},
    spec = { language = "petab", aliases = {}, parameters = {}, observables = {}, experiments = {}, measurements = {},
      events_afresh = files.version == 1 },
  }
  cell:clear()
  local ok, loaded = pcall(cell.load_sbml, cell, texts[files.model])
  if not ok then fail(files.model, nil, nil, "%s", tostring(loaded):gsub("^[^\n]-: load_sbml: ", "")) end
  p.loaded = loaded
  note_model(p)
  read_mappings(p)
  read_parameters(p)
  if p.version == 1 then
    read_conditions_1(p)
    read_observables(p)
    add_columns(p)
  else
    read_conditions_2(p)
    read_observables(p)
    read_experiments_2(p)
  end
  read_measurements(p)
  check_use(p)
  return called(cell.objective, cell, p.spec), {
    rows = p.rows, parameters = p.spec.parameters, priors = p.priors, version = p.version, warnings = loaded.warnings,
  }, p.spec
end

return problems
