-- Data generators and what is put out of them.

local mathml = require "sedml.mathml"
local nearest = require "bioxen.nearest"
local say = require "sedml.say"
local text = require "sedml.text"

local outputs = {}

-- ---- which generators and tasks an output needs ----

-- What each kind of plot refers to: attributes of its curves.
local REFERENCES = { "xDataReference", "yDataReference", "zDataReference", "xErrorUpper", "xErrorLower", "yErrorUpper",
  "yErrorLower", "yDataReferenceFrom", "yDataReferenceTo" }

local function curves_of(node)
  local list = {}
  for _, holder in ipairs(node:children()) do
    if holder:name() == "listOfCurves" or holder:name() == "listOfSurfaces" then
      for _, curve in ipairs(holder:children()) do
        if curve:attribute "xDataReference" then list[#list + 1] = curve end
      end
    end
  end
  return list
end

-- The data sets of a report: { id, name, label, generator } in order, ids as they are.
local function sets_of_report(node)
  local list, seen = {}, {}
  for i, set in ipairs(text.children(node, "listOfDataSets", "dataSet")) do
    local id = text.of(set, "id")
    if seen[id] then say.warn("report \"%s\" has two data sets of the id \"%s\"", node:attribute "id", id) end
    seen[id] = true
    list[i] = { id = id, name = set:attribute "name" or "", label = set:attribute "label" or id,
      generator = text.of(set, "dataReference") }
  end
  return list
end

-- Of a plot its generators, each once, sorted by id.
local function sets_of_plot(document, node)
  local list, seen = {}, {}
  for _, curve in ipairs(curves_of(node)) do
    for _, attribute in ipairs(REFERENCES) do
      local id = curve:attribute(attribute)
      if id and not seen[id] then
        seen[id] = { id = id, name = "", label = id, generator = id }
        list[#list + 1] = seen[id]
        local generator = document.generators[id]
        seen[id].label = generator and generator:attribute "name" or id
      end
      local name = curve:attribute "name"
      if id and attribute == "yDataReference" and name then seen[id].label = name end
    end
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

local KINDS = { report = "report", plot2D = "plot2D", plot3D = "plot3D" }

-- Tasks that a generator needs, itself and by others.
local function tasks_of(document, id, found, way)
  local node = document.generators[id]
  if not node or way[id] then return end
  way[id] = true
  for _, variable in ipairs(text.children(node, "listOfVariables", "variable")) do
    local task, other = variable:attribute "taskReference", (variable:attribute "target" or ""):match "^#(.+)$"
    if other then
      tasks_of(document, other, found, way)
    elseif task and task ~= "" then
      found[task] = true
    end
  end
end

--- What an output is: { id, kind, name, sets, curves, tasks = set of ids }; nil for one that holds no data. The
-- generators that it needs are noted in the set `needed`.
function outputs.describe(document, id, needed)
  local node = document.outputs[id]
  local kind = KINDS[node:name()]
  if not kind then
    say.warn("output \"%s\" is a <%s>, which is not made here", id, node:name())
    return nil
  end
  local made = { id = id, kind = kind, name = node:attribute "name", tasks = {}, curves = {} }
  made.sets = kind == "report" and sets_of_report(node) or sets_of_plot(document, node)
  local way = {}
  for _, set in ipairs(made.sets) do tasks_of(document, set.generator, made.tasks, way) end
  for generator in pairs(way) do needed[generator] = true end
  for i, curve in ipairs(curves_of(node)) do
    made.curves[i] = { id = curve:attribute "id" or tostring(i), x = curve:attribute "xDataReference",
      y = curve:attribute "yDataReference", z = curve:attribute "zDataReference",
      name = curve:attribute "name" }
  end
  local function is_log(axis)
    local element = text.child(node, axis .. "Axis")
    local curve = curves_of(node)[1]
    if element then return element:attribute "type" == "log10" or element:attribute "type" == "log" end
    return curve ~= nil and text.truth_of(curve, "log" .. axis:upper())
  end
  made.log = { x = is_log "x", y = is_log "y", z = is_log "z" }
  return made
end

--- The variables that needed generators take of tasks: { task = list of nodes }, and { generator = { variable =
-- place } }.
function outputs.variables(document, needed)
  local nodes, places = {}, {}
  for _, id in ipairs(document.order.generators) do
    places[id] = {}
    local node = needed[id] and document.generators[id]
    for _, variable in ipairs(node and text.children(node, "listOfVariables", "variable") or {}) do
      local task = variable:attribute "taskReference"
      if task and task ~= "" and not (variable:attribute "target" or ""):find "^#" then
        nodes[task] = nodes[task] or {}
        table.insert(nodes[task], variable)
        places[id][variable:attribute "id" or ""] = #nodes[task]
      end
    end
  end
  return nodes, places
end

-- ---- reductions ----

-- Of numbers without what is none.
local reductions = {
  ["0000825"] = function(list) -- mean
    local sum = 0
    for _, x in ipairs(list) do sum = sum + x end
    return sum/#list
  end,
}

reductions["0000826"] = function(list) -- standard deviation of all that there are
  local mean, sum = reductions["0000825"](list), 0
  for _, x in ipairs(list) do sum = sum + (x - mean)^2 end
  return math.sqrt(sum/#list)
end

local function extreme(list, better)
  local best = list[1] or 0/0
  for _, x in ipairs(list) do
    if better(x, best) then best = x end
  end
  return best
end

reductions["0000828"] = function(list) return extreme(list, function(a, b) return a > b end) end
reductions["0000829"] = function(list) return extreme(list, function(a, b) return a < b end) end

-- The array without some of its axes, over which f goes.
local function reduce(array, gone, f)
  local shape, strides, size = {}, {}, 1
  for i = #array.shape, 1, -1 do
    strides[i] = gone[i] and 0 or size
    if not gone[i] then
      table.insert(shape, 1, array.shape[i])
      size = size*array.shape[i]
    end
  end
  local lists, result = {}, { shape = shape }
  for i = 1, size do lists[i] = {} end
  for i, x in ipairs(array) do
    local at, left = 0, i - 1
    for j = #array.shape, 1, -1 do
      at = at + left % array.shape[j]*strides[j]
      left = left//array.shape[j]
    end
    if x == x then table.insert(lists[at + 1], x) end
  end
  for i, list in ipairs(lists) do result[i] = f(list) end
  return result
end

-- The axis of a task in another's results: of its iterations, or of its rows.
local function axis_of(made, id, depth, what)
  depth = depth or 0
  if made.concatenate then say.fail("%s: the results of task \"%s\" have one axis", what, made.id) end
  if made.id == id then return made.subtasks and depth + 1 or depth + #made.shape end
  for _, sub in ipairs(made.subtasks or {}) do
    local axis = axis_of(sub.plan, id, depth + 2, what)
    if axis then return axis end
  end
  return nil
end

local function applied_axes(variable, array, made, what)
  local gone = {}
  local list = text.children(variable, "listOfAppliedDimensions", "appliedDimension")
  for _, dimension in ipairs(list) do
    local id = text.of(dimension, "target")
    local axis = made and axis_of(made, id, 0, what)
    if not axis then say.fail("%s: there is no dimension \"%s\"", what, id) end
    gone[axis] = true
  end
  for i = 1, #list == 0 and #array.shape or 0 do gone[i] = true end
  return gone
end

local function reduced(variable, array, made)
  local term, what = variable:attribute "dimensionTerm", ("variable \"%s\""):format(variable:attribute "id" or "")
  if not term or term == "" then return array end
  local f = reductions[term:match "^KISAO[:_](%d+)$" or ""]
  if not f then say.fail("%s: the dimensionTerm %s is not known", what, term) end
  return reduce(array, applied_axes(variable, array, made, what), f)
end

-- ---- generators ----

--- The value of a generator. `state` has document, places, results { task = { arrays, plan } }, failures, data, values.
function outputs.generate(state, id, way)
  way = way or {}
  local document = state.document
  local node = document.generators[id]
  if not node then say.fail("there is no data generator \"%s\"%s", id, nearest(id, document.ids "generators")) end
  if state.values[id] then return state.values[id] end
  if way[id] then say.fail("data generator \"%s\" is made of itself", id) end
  way[id] = true
  local values = mathml.parameters(node)
  for _, variable in ipairs(text.children(node, "listOfVariables", "variable")) do
    local name, task = text.of(variable, "id"), variable:attribute "taskReference"
    local other = (variable:attribute "target" or ""):match "^#(.+)$"
    if other then
      local array = document.generators[other] and outputs.generate(state, other, way) or state.data(other)
      if not array then say.fail("variable \"%s\": there is no data source or generator \"%s\"", name, other) end
      values[name] = reduced(variable, array)
    elseif task and task ~= "" then
      local result = state.results[task]
      if not result then say.fail("task \"%s\" has failed", task) end
      local array = result.arrays[state.places[id][name]]
      if array.fault then say.fail(array.fault) end
      values[name] = reduced(variable, array, result.plan)
    else
      say.fail("data generator \"%s\": variable \"%s\" is of no task and no data", id, name)
    end
  end
  local value = mathml.value(node, function(name) return values[name] end)
  way[id] = nil
  state.values[id] = type(value) == "table" and value or { shape = {}, value }
  return state.values[id]
end

return outputs
