-- A document in SED-ML: its elements by their ids. What they say is looked at when it is needed, so that what is wrong
-- with one task leaves the others whole.

local archive = require "sedml.archive"
local exchange = require "exchange"
local say = require "sedml.say"
local text = require "sedml.text"

local document = {}

local LISTS = { models = "listOfModels", simulations = "listOfSimulations", tasks = "listOfTasks",
  generators = "listOfDataGenerators" }

-- The elements of a list by their ids, each id once in the document.
local function collect(root, list, seen, order)
  local found = {}
  for _, holder in ipairs(text.children(root, list)) do
    for _, node in ipairs(holder:children()) do
      if node:name() ~= "notes" and node:name() ~= "annotation" then
        local id = text.of(node, "id")
        -- they name what is written, in archives too
        if id:find "[/\\%c]" or id:find "^%.+$" then say.fail("line %d: %q is no id", node:line(), id) end
        if found[id] then say.fail("line %d: the id \"%s\" is there twice", node:line(), id) end
        if seen[id] then say.warn("line %d: the id \"%s\" is one of another element, too", node:line(), id) end
        seen[id], found[id], order[#order + 1] = true, node, id
      end
    end
  end
  return found
end

-- Data sources by their ids, with the description that they are of.
local function collect_data(root)
  local found = {}
  for _, description in ipairs(text.children(root, "listOfDataDescriptions", "dataDescription")) do
    for _, node in ipairs(text.children(description, "listOfDataSources", "dataSource")) do
      local id = text.of(node, "id")
      if found[id] then say.fail("line %d: the id \"%s\" is there twice", node:line(), id) end
      found[id] = { node = node, description = description }
    end
  end
  return found
end

--- Read the document at a path: { path, version, models, simulations, tasks, generators, outputs, data, order }.
function document.read(path)
  local good, parsed = pcall(exchange.parse, archive.read(path))
  if not good then say.fail("%s: %s", path, say.words(parsed)) end
  local root = parsed:root()
  if root:name():lower() ~= "sedml" or not (root:uri() or ""):find "^http://sed%-ml%.org/" then
    say.fail("%s is no document in SED-ML: it begins with <%s> of the namespace \"%s\"", path, root:name(),
      root:uri() or "")
  end
  local made, seen = { path = path, version = root:attribute "version", order = {}, ids_of = {} }, {}
  for key, list in pairs(LISTS) do
    made.order[key] = {}
    made[key] = collect(root, list, seen, made.order[key])
  end
  made.order.outputs = {}
  made.outputs = collect(root, "listOfOutputs", seen, made.order.outputs)
  made.data = collect_data(root)
  function made.ids(key) return made.order[key] end
  return made
end

return document
