-- Tasks, run: the values of their variables as arrays.

local exchange = require "exchange"
local fluxes = require "sedml.flux"
local mathml = require "sedml.mathml"
local models = require "sedml.models"
local plan = require "sedml.plan"
local say = require "sedml.say"
local text = require "sedml.text"

local tasks = {}

local OWN_TOLERANCE = 3e-10 -- relative, of the solver
local OWN_STEADINESS = 1e-9 -- net changes beside turnover

-- ---- models at work ----

-- The model that the VM's cell of the moment is.
local function activate(run, entry)
  if run.active == entry then return end
  if run.active and run.active.other then run.active.other:swap() end
  if entry and entry.other then entry.other:swap() end
  run.active = entry
end

local function load_entry(run, id, kinds)
  local entry = { id = id, model = run.build(id), flux = kinds.flux }
  run.entries[id] = entry
  run.entries[#run.entries + 1] = entry
  if entry.flux then
    if kinds.timed then say.fail("model \"%s\": flux analysis and time courses of one model in one task", id) end
    entry.document = exchange.parse(models.text_of(entry.model))
    return
  end
  entry.other = models.take_cell()
  activate(run, entry)
  entry.loaded = models.load(entry.model, kinds.stochastic)
  entry.start = exchange.state()
end

local function reset(run, entry)
  if entry.set then
    say.warn("task \"%s\": what was set in model \"%s\" (%s) is undone by a reset before it was used", run.id, entry.id,
      entry.set)
    entry.set = nil
  end
  if entry.flux then
    entry.document = exchange.parse(models.text_of(entry.model))
  else
    activate(run, entry)
    exchange.set_state(entry.start)
  end
end

-- ---- values of the moment ----

-- How a variable is read from a model: a function to be called while the model is active.
local function reader(entry, node)
  local symbol, target = models.symbol_of(node), node:attribute "target"
  local what = ("variable \"%s\""):format(text.of(node, "id"))
  if symbol == "time" then return function() return cell:time() end end
  if not target or target == "" then say.fail("%s has neither target nor symbol", what) end
  if entry.flux then
    return function()
      local copy = { id = entry.id, document = entry.document }
      local element, attribute = models.locate(copy, node, target, what)
      return fluxes.value(entry.solution or {}, element, attribute, what)
    end
  end
  local element, attribute = models.locate(entry.model, node, target, what)
  local meaning = models.meaning(entry.loaded, element, attribute, symbol, what)
  return function() return cell:get(meaning.name) end
end

-- f(...); nil where a variable can't be read, which fails its generators and leaves the task whole.
local function attempt(read, f, ...)
  local good, value = pcall(f, ...)
  if good then return value end
  if type(value) ~= "table" or not value.said then error(value, 0) end
  read.fault = read.fault or value.said
  return nil
end

local function cached(read, entry)
  if not read.readers[entry] then
    local get = attempt(read, reader, entry, read.node)
    local looks_up = not get or entry.flux -- what has a target that is looked up now
    read.readers[entry] = looks_up and function() return get and attempt(read, get) or 0/0 end or get
  end
  return read.readers[entry]
end

-- The model that a modelReference means; without one, the only one of the task.
local function entry_of(run, node, what)
  local id = node:attribute "modelReference"
  if id and id ~= "" then return run.entries[id] or say.fail("%s: there is no model \"%s\" in this task", what, id) end
  if #run.entries == 1 then return run.entries[1] end
  say.fail("%s has no modelReference, and the task has several models", what)
end

-- The variables of a change or a functional range, as { id, range } or { id, entry, read }.
local function variables_of(run, node)
  local list = {}
  for i, variable in ipairs(text.children(node, "listOfVariables", "variable")) do
    local id = text.of(variable, "id")
    local source = (variable:attribute "target" or ""):match "^#(.+)$"
    if source then
      list[i] = { id = id, source = source }
    else
      local entry = entry_of(run, variable, ("variable \"%s\""):format(id))
      list[i] = { id = id, entry = entry, read = reader(entry, variable) }
    end
  end
  return list
end

local function value_of(run, variable, scope)
  if variable.source then
    local value = scope(variable.source)
    if value then return value end
    local array = run.data(variable.source)
    if array and #array == 1 then return array[1] end
    say.fail("variable \"%s\": #%s is no range, nor a data source of one value", variable.id, variable.source)
  end
  activate(run, variable.entry)
  return variable.read()
end

-- ---- changes ----

local function prepare_change(run, change)
  local node = change.node
  local what = ("setValue at line %d"):format(node:line())
  change.entry = entry_of(run, node, what)
  change.parameters = mathml.parameters(node)
  change.variables = variables_of(run, node)
  change.target = text.of(node, "target")
  local entry = change.entry
  if entry.flux then return end
  local element, attribute = models.locate(entry.model, node, change.target, what)
  local meaning = models.meaning(entry.loaded, element, attribute, models.symbol_of(node), what)
  if meaning.rate then say.fail("%s: the rate of a reaction can't be set", what) end
  if element:name() == "speciesReference" then
    say.fail("%s: the stoichiometry of \"%s\" can't be set in a repeated task; a change of the model can", what,
      models.id_of(element))
  end
  change.name = meaning.name
end

local function set_in_document(change, value)
  local entry = change.entry
  local copy = { id = entry.id, document = entry.document }
  local element, attribute = models.locate(copy, change.node, change.target, "setValue")
  element:set(attribute or "value", ("%.17g"):format(value))
end

local function set_value(run, change, scope)
  local values = {}
  for _, variable in ipairs(change.variables) do values[variable.id] = value_of(run, variable, scope) end
  local value = mathml.number(change.node, function(name)
    return values[name] or change.parameters[name] or scope(name)
  end)
  local entry = change.entry
  entry.set = change.target
  if entry.flux then return set_in_document(change, value) end
  activate(run, entry)
  cell:set(change.name, value)
end

-- ---- simulations ----

-- What of a simulation is read, a function each.
local function getters(run, entry)
  local list = {}
  for i, read in ipairs(run.reads) do
    local of = read.entry or entry
    if of == entry then
      list[i] = cached(read, entry)
    else
      activate(run, of)
      local value = cached(read, of)()
      list[i] = function() return value end
    end
  end
  return list
end

-- A function that writes row `i`, from 0 on, of all variables.
local function writer(run, entry, base, stride)
  local list, results = getters(run, entry), run.results
  return function(i)
    local at = base + i*stride + 1
    for j, get in ipairs(list) do results[j][at] = get() end
  end
end

local function run_options(run, task)
  local given, method = task.options, task.algorithm.method
  run.count, run.seed = run.count + 1, given.seed or run.seed
  local options = { method = method, record = {}, seed = run.seed, run = run.count, epsilon = given.epsilon,
    solver = given.integration, tolerance = {} }
  if given.relative and given.relative < OWN_TOLERANCE then options.tolerance.relative = given.relative end
  if given.steps then options.max_steps = given.steps*math.max(1, task.steps or 1) end
  return options
end

local function time_course(run, task, write)
  exchange.set_time(task.begin)
  local rows = task.steps + 1
  local options, row = run_options(run, task), 0
  if task.to == task.from then -- all at one time
    options.duration = task.to - task.begin
    if options.duration > 0 then cell:run(options) end
    for i = 0, rows - 1 do write(i) end
    return
  end
  options.times = {}
  for i = 0, task.steps do
    local part = task.steps > 0 and i/task.steps or 0
    options.times[i + 1] = i == task.steps and task.steps > 0 and task.to or task.from + (task.to - task.from)*part
  end
  if task.steps == 0 then options.duration = task.to - task.begin end
  function options.stream()
    if row < rows then write(row) end
    row = row + 1
  end
  cell:run(options)
  if row < rows then say.fail("task \"%s\": %d of %d rows came", task.id, row, rows) end
end

local function one_step(run, task, write)
  local options = run_options(run, task)
  options.duration = task.step
  cell:run(options)
  write(0)
end

local function steady_state(_, task, write)
  local relative = task.options.relative
  local state, err = cell:steady_state { set = true, jacobian = false,
    tolerance = relative and relative < OWN_STEADINESS and relative or nil }
  if not state then say.fail("task \"%s\": %s", task.id, say.words(err)) end
  if not state.reached then say.warn("task \"%s\": %s", task.id, state.note or "the state is not come to by itself") end
  write(0)
end

local by_kind = { uniformTimeCourse = time_course, oneStep = one_step, steadyState = steady_state,
  analysis = steady_state }

local function simulate(run, task, base, strides)
  local entry = run.entries[task.model]
  if entry.flux then
    entry.solution = fluxes.run(entry, task)
    writer(run, entry, base, 0)(0)
  else
    local write = writer(run, entry, base, strides[1] or 0)
    activate(run, entry)
    by_kind[task.kind](run, task, write)
  end
  entry.set = nil
end

-- ---- repeated tasks ----

-- The value of a range in iteration `i`.
local function range_value(run, task, id, i, scope, depth)
  local range = task.ranges[id]
  if not range then return scope(id) end
  if range.values then return range.values[i] end
  if depth > 50 then say.fail("range \"%s\" is made of itself", id) end
  local function other(name) return range_value(run, task, name, i, scope, depth + 1) end
  return mathml.number(range.node, function(name)
    for _, variable in ipairs(range.variables) do
      if variable.id == name then return variable.source and other(variable.source) or variable.value end
    end
    return range.parameters[name] or other(name)
  end)
end

local simulate_any

local function iterate(run, task, i, base, strides, outer)
  local known = {}
  local function scope(name)
    if known[name] == nil and task.ranges[name] then known[name] = range_value(run, task, name, i, outer, 0) end
    return known[name] or outer(name)
  end
  if task.reset then
    for _, entry in ipairs(run.entries) do
      if task.models[entry.id] then reset(run, entry) end
    end
  end
  for _, change in ipairs(task.changes) do set_value(run, change, scope) end
  for j, sub in ipairs(task.subtasks) do
    for _, change in ipairs(sub.changes) do set_value(run, change, scope) end
    if task.concatenate then
      simulate_any(run, sub.plan, base + task.at*strides[1], strides, scope)
      task.at = task.at + (sub.plan.shape[1] or 1)
    else
      simulate_any(run, sub.plan, base + (i - 1)*strides[1] + (j - 1)*strides[2], { table.unpack(strides, 3) }, scope)
    end
  end
end

function simulate_any(run, task, base, strides, scope)
  if not task.subtasks then return simulate(run, task, base, strides) end
  task.at = 0
  for i = 1, task.iterations do
    iterate(run, task, i, base, strides, scope)
    if task.id == run.id then progress(i/task.iterations, ("%s: %d of %d"):format(task.id, i, task.iterations)) end
  end
end

-- ---- a whole task ----

local function strides_of(shape)
  local strides, size = {}, 1
  for i = #shape, 1, -1 do
    strides[i] = size
    size = size*shape[i]
  end
  return strides, size
end

-- The modelReferences of an element that has a list of variables, and its own.
local function references(node, note)
  local own = node:attribute "modelReference"
  if own and own ~= "" then note(own) end
  for _, variable in ipairs(text.children(node, "listOfVariables", "variable")) do
    local id = variable:attribute "modelReference"
    if id and id ~= "" then note(id) end
  end
end

-- Note the models of a plan in `kinds` { id = what it is used for } and in `order`; a repeated task has its own in
-- `models`.
local function note_models(document, made, kinds, order)
  local function note(id)
    if not document.models[id] then
      say.fail("task \"%s\" is of the model \"%s\", which is not there%s", made.id, id,
        require "bioxen.nearest"(id, document.ids "models"))
    end
    if not kinds[id] then order[#order + 1], kinds[id] = id, {} end
    if made.models then made.models[id] = true end
    return kinds[id]
  end
  if not made.subtasks then
    local kind = note(made.model)
    kind.flux = kind.flux or made.flux
    kind.timed = kind.timed or not made.flux
    kind.stochastic = kind.stochastic or made.stochastic
    return { [made.model] = true }
  end
  made.models = {}
  for _, change in ipairs(made.changes) do references(change.node, note) end
  for _, range in pairs(made.ranges) do
    if range.node then references(range.node, note) end
  end
  for _, sub in ipairs(made.subtasks) do
    for _, change in ipairs(sub.changes) do references(change.node, note) end
    for id in pairs(note_models(document, sub.plan, kinds, order)) do made.models[id] = true end
  end
  return made.models
end

-- Look up all that changes and ranges name, in models as they are before the task.
local function prepare(run, made)
  plan.each(made, function(list, task)
    for _, change in ipairs(list) do prepare_change(run, change) end
    for _, range in pairs(task.ranges) do
      if range.node and not range.variables then
        range.parameters = mathml.parameters(range.node)
        range.variables = variables_of(run, range.node)
        for _, variable in ipairs(range.variables) do
          if not variable.source then variable.value = value_of(run, variable) end
        end
      end
    end
  end)
  for _, read in ipairs(run.reads) do
    local id = read.node:attribute "modelReference"
    if id and id ~= "" and models.symbol_of(read.node) ~= "time" then
      read.entry = run.entries[id]
      if not read.entry then
        say.warn("variable \"%s\": model \"%s\" is not of task \"%s\", whose own is taken",
          read.node:attribute "id", id, run.id)
      end
    end
    read.readers = {}
  end
end

local function empty_results(count, size)
  local results = {}
  for i = 1, count do
    local array = {}
    for j = 1, size do array[j] = 0/0 end
    results[i] = array
  end
  return results
end

local function finish(run)
  activate(run, nil)
  for _, entry in ipairs(run.entries) do
    if entry.other then models.give_cell(entry.other) end
  end
end

--- Run a task for the variables `nodes` of data generators: { array, … } in their order, each with words as `fault` if
-- it can't be read, and the plan. `context` has build, data and policy.
function tasks.run(document, id, nodes, context)
  local made = plan.of(document, id, #nodes, context.policy, context.data)
  local run = { id = id, build = context.build, data = context.data, entries = {}, reads = {}, count = 0,
    seed = math.random(0) >> 1 }
  for i, node in ipairs(nodes) do run.reads[i] = { node = node } end
  local good, err = pcall(function()
    local order, kinds = {}, {}
    note_models(document, made, kinds, order)
    for _, model in ipairs(order) do load_entry(run, model, kinds[model]) end
    prepare(run, made)
    local strides, size = strides_of(made.shape)
    run.results = empty_results(#nodes, size)
    simulate_any(run, made, 0, strides, function() return nil end)
  end)
  finish(run)
  if not good then error(err, 0) end
  for i, array in ipairs(run.results) do array.shape, array.fault = made.shape, run.reads[i].fault end
  return run.results, made
end

return tasks
