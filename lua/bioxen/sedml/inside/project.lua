-- A project, step by step, as the host asks. Each step gives { fault = words } where it cannot be done, and warnings.

local archive = require "sedml.archive"
local data = require "sedml.data"
local document = require "sedml.document"
local models = require "sedml.models"
local outputs = require "sedml.outputs"
local say = require "sedml.say"
local tasks = require "sedml.tasks"
local write = require "sedml.write"

local project = {}

local state -- of the document that is at work
local policy

local function step(f)
  return function(...)
    local good, answer = pcall(f, ...)
    if not good then answer = { fault = say.words(answer) } end
    answer.warnings = say.take_warnings()
    return answer
  end
end

--- The archive's documents, as { documents = list of paths }.
project.open = step(function(given)
  policy = given.policy
  archive.open(given.bytes)
  return { documents = archive.documents(given.old) }
end)

-- The tasks that some output needs.
local function needed_tasks(described)
  local needed = {}
  for _, output in ipairs(described) do
    for id in pairs(output.tasks) do needed[id] = true end
  end
  return needed
end

--- Take up a document: { tasks = list of { id, needed }, outputs = list of what they are }.
project.read = step(function(path)
  local made = document.read(path)
  local sources = data.sources(made)
  state = { document = made, data = sources, build = models.builder(made, sources), results = {}, values = {} }
  local described, list, wanted = {}, {}, {}
  for _, id in ipairs(made.order.outputs) do described[#described + 1] = outputs.describe(made, id, wanted) end
  state.nodes, state.places = outputs.variables(made, wanted)
  if #described == 0 then say.fail("%s has no report and no plot", path) end
  local needed = needed_tasks(described)
  for i, id in ipairs(made.order.tasks) do list[i] = { id = id, needed = needed[id] or false } end
  for id in pairs(needed) do
    if not made.tasks[id] then say.warn("a data generator is of the task \"%s\", which is not there", id) end
  end
  return { tasks = list, outputs = described }
end)

-- The first simulation of a plan.
local function first_leaf(plan)
  while plan.subtasks do plan = plan.subtasks[1].plan end
  return plan
end

--- Run a task: { algorithm = KISAO_…, method }.
project.run = step(function(id)
  local arrays, plan = tasks.run(state.document, id, state.nodes[id] or {},
    { build = state.build, data = state.data, policy = policy })
  state.results[id] = { arrays = arrays, plan = plan }
  local algorithm = first_leaf(plan).algorithm
  return { algorithm = algorithm.kisao, method = algorithm.name }
end)

--- The shape of a data generator's value.
project.generate = step(function(id)
  return { shape = outputs.generate(state, id).shape }
end)

--- Forget what generators came to, once an output has it.
project.forget = step(function()
  state.values = {}
  return {}
end)

--- A run as a document: { sedml = text }.
project.write = step(function(given)
  return { sedml = write.document(given.text, given.record, given.set, given.run) }
end)

--- A piece of its values.
function project.values(id, from, to)
  return table.move(state.values[id], from, math.min(to, #state.values[id]), 1, {})
end

return project
