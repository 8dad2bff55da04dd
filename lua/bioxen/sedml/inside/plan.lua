-- What a task comes to before anything runs: its simulations, its ranges, the shape of its results.

local kisao = require "sedml.kisao"
local nearest = require "bioxen.nearest"
local say = require "sedml.say"
local text = require "sedml.text"

local plan = {}

local VALUES = 10000000 -- of a task, at most

local function too_many(id, count)
  say.fail("task \"%s\" asks for %.3g values, at most %d expected", id, count, VALUES)
end

-- ---- simulations ----

local function steps_of(node)
  local steps, points = node:attribute "numberOfSteps", node:attribute "numberOfPoints"
  if steps and points then
    say.fail("line %d: <%s> has both numberOfSteps and numberOfPoints", node:line(), node:name())
  end
  local name = steps and "numberOfSteps" or "numberOfPoints"
  local count = text.finite_of(node, name)
  if count < 0 or count % 1 ~= 0 or count > 2^53 then
    say.fail("line %d: <%s> has %s=\"%s\", a whole number from 0 expected", node:line(), node:name(), name,
      node:attribute(name))
  end
  return math.tointeger(count)
end

local simulation_of = {}

function simulation_of.uniformTimeCourse(node)
  local made = { begin = text.finite_of(node, "initialTime"), from = text.finite_of(node, "outputStartTime"),
    to = text.finite_of(node, "outputEndTime"), steps = steps_of(node) }
  if made.from < made.begin or made.to < made.from then
    say.fail("line %d: <uniformTimeCourse> with initialTime %g, outputStartTime %g and outputEndTime %g runs backwards",
      node:line(), made.begin, made.from, made.to)
  end
  made.shape = { made.steps + 1 }
  return made
end

function simulation_of.oneStep(node)
  local step = text.finite_of(node, "step")
  if step <= 0 then say.fail("line %d: <oneStep> has step=\"%g\", more than 0 expected", node:line(), step) end
  return { step = step, shape = { 1 } }
end

function simulation_of.steadyState()
  return { shape = { 1 } }
end

function simulation_of.analysis()
  return { shape = { 1 } }
end

local FLUX = { fba = true, pfba = true, fva = true }
local TIMED = { ode = true, ssa = true, tau = true, hybrid = true }

-- Whether an algorithm is one for that kind of simulation.
local function check_fit(node, algorithm)
  local kind, method = node:name(), algorithm.method
  local timed = kind == "uniformTimeCourse" or kind == "oneStep"
  if timed == (TIMED[method] or false) then return end
  say.fail("simulation \"%s\": <%s> does not go with %s (%s)", node:attribute "id", kind,
    algorithm.kisao:gsub("_", ":"), algorithm.name)
end

local function leaf(document, node, way)
  local id, reference = text.of(node, "id"), text.of(node, "simulationReference")
  local simulation = document.simulations[reference]
  if not simulation then
    say.fail("task \"%s\" is of the simulation \"%s\", which is not there%s", id, reference,
      nearest(reference, document.ids "simulations"))
  end
  local read = simulation_of[simulation:name()]
  if not read then say.fail("simulation \"%s\": <%s> is not known", reference, simulation:name()) end
  local made = read(simulation)
  made.id, made.kind, made.model = id, simulation:name(), text.of(node, "modelReference")
  made.algorithm, made.options = kisao.algorithm(simulation, way.policy, made.kind == "steadyState")
  check_fit(simulation, made.algorithm)
  made.flux = FLUX[made.algorithm.method]
  if made.flux then made.shape = {} end
  made.stochastic = made.algorithm.method ~= "ode" and TIMED[made.algorithm.method]
  return made
end

-- ---- ranges ----

-- The values of a uniform range: N + 1 of them.
local function uniform(node, id)
  local from, to, steps = text.finite_of(node, "start"), text.finite_of(node, "end"), steps_of(node)
  local kind, values = (node:attribute "type" or "linear"):lower(), {}
  if steps + 1 > VALUES then too_many(id, steps + 1) end
  if kind == "log10" or kind == "logarithmic" then kind = "log" end
  if kind ~= "linear" and kind ~= "log" then
    say.fail("line %d: range \"%s\" is of type \"%s\", linear or log expected", node:line(), id, kind)
  end
  if kind == "log" and (from <= 0 or to <= 0) then
    say.fail("line %d: range \"%s\" is logarithmic from %g to %g, more than 0 expected", node:line(), id, from, to)
  end
  for i = 0, steps do
    local part = steps > 0 and i/steps or 0
    values[#values + 1] = i == 0 and from or i == steps and to or kind == "linear" and from + (to - from)*part
      or from*(to/from)^part
  end
  return values
end

local range_of = {
  uniformRange = function(node, id) return { values = uniform(node, id) } end,
  vectorRange = function(node, id)
    local values = {}
    for i, value in ipairs(text.children(node, "value")) do
      values[i] = text.number(text.content(value))
      if not values[i] then say.fail("line %d: range \"%s\" has what is no number", value:line(), id) end
    end
    return { values = values }
  end,
  functionalRange = function(node) return { node = node, base = (node:attribute "range" or ""):match "^#?(.+)$" } end,
  dataRange = function(node, id, data)
    local source = text.of(node, "sourceReference"):gsub("^#", "")
    local values = data(source)
    if not values then say.fail("range \"%s\" is of the data source \"%s\", which is not there", id, source) end
    return { values = values }
  end,
}

local function ranges_of(node, data)
  local ranges = {}
  for _, holder in ipairs(text.children(node, "listOfRanges")) do
    for _, child in ipairs(holder:children()) do
      local read = range_of[child:name()]
      if read then
        local id = text.of(child, "id")
        ranges[id] = read(child, id, data)
      elseif child:name() ~= "notes" and child:name() ~= "annotation" then
        say.fail("line %d: <%s> is no range that is known", child:line(), child:name())
      end
    end
  end
  return ranges
end

-- How many values a range has; nil for a functional one of an outer task's range.
local function length_of(ranges, id)
  local range, seen = ranges[id], {}
  while range and range.base and not seen[range] do
    seen[range] = true
    range = ranges[range.base]
  end
  if range and seen[range] then say.fail("range \"%s\" is made of itself", id) end
  return range and range.values and #range.values
end

local function count_iterations(node, ranges, id)
  local master = text.of(node, "range"):gsub("^#", "")
  local count = ranges[master] and length_of(ranges, master)
  if not count then say.fail("task \"%s\" goes by the range \"%s\", which is not there", id, master) end
  if count == 0 then say.fail("task \"%s\": range \"%s\" has no values", id, master) end
  for other in pairs(ranges) do
    local length = length_of(ranges, other)
    if length and length < count then
      say.fail("task \"%s\": range \"%s\" has %d values, \"%s\" has %d: at least as many expected", id, other, length,
        master, count)
    end
  end
  return count
end

-- ---- tasks ----

local function changes_of(node)
  local list = {}
  for _, holder in ipairs(text.children(node, "listOfChanges")) do
    for _, change in ipairs(holder:children()) do
      if change:name() == "setValue" then
        list[#list + 1] = { node = change }
      elseif change:name() ~= "notes" and change:name() ~= "annotation" then
        say.fail("line %d: <%s> in a repeated task: setValue expected", change:line(), change:name())
      end
    end
  end
  return list
end

local function product(shape)
  local size = 1.0 -- no integer, which would wrap around
  for _, length in ipairs(shape) do size = size*length end
  return size
end

-- The box that all these fit in.
local function box_of(subtasks)
  local box = {}
  for _, sub in ipairs(subtasks) do
    for i, length in ipairs(sub.plan.shape) do box[i] = math.max(box[i] or 1, length) end
  end
  return box
end

-- One axis after the other, the first of the subtasks' drawn out.
local function drawn_out(made, box)
  local once = 0
  for _, sub in ipairs(made.subtasks) do once = once + (sub.plan.shape[1] or 1) end
  local shape = { once*made.iterations }
  for i = 2, #box do shape[i] = box[i] end
  return shape
end

local visit

local function subtasks_of(document, node, way)
  local list = {}
  for i, sub in ipairs(text.children(node, "listOfSubTasks", "subTask")) do
    list[i] = { plan = visit(document, text.of(sub, "task"), way), changes = changes_of(sub), at = i,
      order = text.number(sub:attribute "order") or 0 }
  end
  table.sort(list, function(a, b)
    if a.order ~= b.order then return a.order < b.order end
    return a.at < b.at
  end)
  return list
end

local function repeated(document, node, way)
  local id = text.of(node, "id")
  local made = { id = id, ranges = ranges_of(node, way.data), reset = text.truth_of(node, "resetModel"),
    concatenate = text.truth_of(node, "concatenate"), changes = changes_of(node),
    subtasks = subtasks_of(document, node, way) }
  if #made.subtasks == 0 then say.fail("task \"%s\" has no subtasks", id) end
  made.iterations = count_iterations(node, made.ranges, id)
  local box = box_of(made.subtasks)
  made.shape = made.concatenate and drawn_out(made, box)
    or table.move(box, 1, #box, 3, { made.iterations, #made.subtasks })
  if product(made.shape) > VALUES then too_many(id, product(made.shape)) end
  return made
end

local kinds_of_task = { task = leaf, repeatedTask = repeated }

function visit(document, id, way)
  local node = document.tasks[id]
  if not node then say.fail("there is no task \"%s\"%s", id, nearest(id, document.ids "tasks")) end
  for i, name in ipairs(way) do
    if name == id then
      say.fail("tasks are made of each other in a circle: %s", table.concat(way, ", ", i) .. ", " .. id)
    end
  end
  way[#way + 1] = id
  way.visits = way.visits + 1
  if way.visits > 1000 or #way > 50 then say.fail("task \"%s\" is made of too many others", way[1]) end
  local read = kinds_of_task[node:name()]
  if not read then say.fail("line %d: task \"%s\" is a <%s>, which is not run here", node:line(), id, node:name()) end
  local made = read(document, node, way)
  way[#way] = nil
  if product(made.shape) > VALUES then too_many(id, product(made.shape)) end
  return made
end

--- The plan of a task for so many variables: a tree of { id, shape, … }. data(id) gives the array of a data source.
function plan.of(document, id, reads, policy, data)
  local made = visit(document, id, { policy = policy, data = data, visits = 0 })
  local size = product(made.shape)*math.max(1, reads)
  if size > VALUES then too_many(id, size) end
  return made
end

--- Call changes(list, task) for each list of changes of a plan.
function plan.each(made, changes)
  if not made.subtasks then return end
  changes(made.changes, made)
  for _, sub in ipairs(made.subtasks) do
    changes(sub.changes, made)
    plan.each(sub.plan, changes)
  end
end

return plan
