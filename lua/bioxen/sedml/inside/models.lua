-- The models of a document: their sources, their changes, and what an XPath in them means.

local archive = require "sedml.archive"
local exchange = require "exchange"
local mathml = require "sedml.mathml"
local nearest = require "bioxen.nearest"
local say = require "sedml.say"
local text = require "sedml.text"

local models = {}

local PATIENCE = 60 -- seconds of all XPaths
local spent = 0

-- ---- XPath ----

-- The path of an element, and the attribute at its end without a prefix, or nil.
local function split(target)
  local path, attribute = target:match "^(.-)/@([%w_.:-]+)%s*$"
  return path or target, attribute and attribute:match "[^:]+$"
end

-- Prefixes that a path uses, outside of texts in quotes.
local function prefixes_in(path)
  local used = {}
  local bare = path:gsub("'[^']*'", ""):gsub('"[^"]*"', "")
  for prefix, behind in bare:gmatch "([%a_][%w_.-]*):(.)" do
    if behind ~= ":" then used[prefix] = true end
  end
  return used
end

-- What the prefixes of a path mean: as the document says, where it does not as the model does.
local function namespaces(model, node, path)
  local declared, known, root = node:prefixes(), {}, model.document:root()
  local of_model = root:prefixes()
  for prefix in pairs(prefixes_in(path)) do
    known[prefix] = declared[prefix] or of_model[prefix] or prefix == "sbml" and root:uri() or nil
    if not known[prefix] then
      say.fail("line %d: the prefix \"%s\" of %s is not declared", node:line(), prefix, path)
    elseif not declared[prefix] then
      say.warn("the prefix \"%s\" is not declared in the document: it is taken for the model's \"%s\"", prefix,
        known[prefix])
    end
  end
  return known
end

-- Why nothing was found, as the end of a message.
local function why_nothing(model, path, known)
  local uri = model.document:root():uri() or ""
  for prefix, meant in pairs(known) do
    local level = meant:match "^http://www%.sbml%.org/sbml/level%d(.*)$" -- of no package
    if meant ~= uri and level and (level == "" or level:find "^/version%d$" or level:find "/core$") then
      return ("; its prefix \"%s\" means \"%s\", the model is \"%s\""):format(prefix, meant, uri)
    end
  end
  if not next(known) and not path:find "%*" then return "; names without a prefix are in no namespace" end
  local id = path:match "%[@[%w_]+%s*=%s*['\"]([^'\"]*)['\"]%s*%]%s*$"
  if not id then return "" end
  local ids = {}
  for i, node in ipairs(model.document:select("//*[@id]", {})) do ids[i] = node:attribute "id" end
  table.sort(ids)
  return nearest(id, ids, "; the model has " .. table.concat(ids, ", ", 1, math.min(#ids, 12)))
end

--- The one element that a target means in a model, and the attribute at its end or nil. `node` is where the target
-- stands, `what` whose it is.
function models.locate(model, node, target, what)
  local path, attribute = split(target)
  local known = namespaces(model, node, path)
  if spent > PATIENCE then say.fail("the XPaths of the project take more than %d seconds", PATIENCE) end
  local begun = os.clock()
  local good, found = pcall(model.document.select, model.document, path, known)
  spent = spent + os.clock() - begun
  if not good then say.fail("%s: the target %s: %s", what, target, say.words(found)) end
  if #found == 1 then return found[1], attribute end
  if #found > 1 then
    say.fail("%s: the target %s finds %d elements in model \"%s\", one expected", what, target, #found, model.id)
  end
  say.fail("%s: the target %s finds nothing in model \"%s\"%s", what, target, model.id,
    why_nothing(model, path, known))
end

-- ---- what elements mean ----

function models.id_of(element)
  return element:attribute "id" or element:attribute "name"
end

local function reaction_of(element)
  local at = element:parent()
  while at and at:name() ~= "reaction" do at = at:parent() end
  return at
end

-- The attribute that holds the value of an element, where none is named.
local function main_attribute(element)
  local kind = element:name()
  if kind == "species" then
    return element:attribute "initialAmount" and "initialAmount" or "initialConcentration"
  end
  local attributes = { parameter = "value", localParameter = "value", speciesReference = "stoichiometry",
    compartment = element:attribute "volume" and "volume" or "size" }
  return attributes[kind]
end

--- Whether a formula says what the value of an element is at the beginning.
function models.is_computed(model, element)
  local id = models.id_of(element)
  for _, node in ipairs(model.document:select("//*[@symbol or @variable]", {})) do
    if (node:name() == "initialAssignment" and node:attribute "symbol" == id)
      or (node:name() == "assignmentRule" and node:attribute "variable" == id) then return true end
  end
  return false
end

--- What a variable or a setValue asks for by its symbol: "time", "amount", "concentration", or nil.
function models.symbol_of(node)
  for _, second in ipairs { "target2", "symbol2" } do
    if (node:attribute(second) or "") ~= "" then
      say.fail("line %d: what is of two values, by %s, is not known", node:line(), second)
    end
  end
  local symbol = node:attribute "symbol" or node:attribute "term"
  if not symbol or symbol == "" then return nil end
  local number = symbol:match "^KISAO[:_](%d+)$"
  if symbol == "urn:sedml:symbol:time" or number == "0000832" then return "time" end
  if number == "0000836" then return "amount" end
  if number == "0000838" then return "concentration" end
  say.fail("line %d: the symbol %s is not known", node:line(), symbol)
end

-- Attributes that hold values which change in time.
local VALUES = { value = true, size = true, volume = true, stoichiometry = true, initialAmount = true,
  initialConcentration = true, flux = true }

--- What a target means to a cell that has loaded the model: { name, rate = it is the rate of a reaction }.
-- `symbol` may ask for an amount or a concentration.
function models.meaning(loaded, element, attribute, symbol, what)
  local kind, id = element:name(), models.id_of(element)
  if attribute and not VALUES[attribute] then say.fail("%s: the %s of <%s> is no value", what, attribute, kind) end
  local function named(list) return loaded[list][id] or id end
  if kind == "species" then
    if symbol == "amount" or attribute == "initialAmount" then return { name = named "amount" } end
    if symbol == "concentration" or attribute == "initialConcentration" then return { name = named "concentration" } end
    return { name = named "renamed" }
  elseif kind == "reaction" then
    return { name = named "renamed", rate = true }
  elseif (kind == "parameter" or kind == "localParameter") and reaction_of(element) then
    return { name = models.id_of(reaction_of(element)) .. "." .. id }
  elseif kind == "parameter" or kind == "compartment" or kind == "speciesReference" and id then
    return { name = named "renamed" }
  end
  say.fail("%s: <%s>%s has no value that changes in time", what, kind, id and " " .. id or " without an id")
end

-- ---- changes ----

local function target_of(model, change)
  local what = ("model \"%s\", <%s>"):format(model.id, change:name())
  return models.locate(model, change, text.of(change, "target"), what)
end

-- The elements of newXML, of which there may be none.
local function new_nodes(change)
  local nodes, holders = {}, text.children(change, "newXML")
  if #holders == 0 then say.fail("line %d: <%s> has no newXML", change:line(), change:name()) end
  for _, holder in ipairs(holders) do
    for _, node in ipairs(holder:children()) do nodes[#nodes + 1] = node end
  end
  return nodes
end

-- The namespace of a new element that is SED-ML's by oversight, for it is an element of the model; "" for none.
local function foreign(node)
  local uri = node:uri() or ""
  return (uri == "" or uri:find "sed%-ml") and uri or nil
end

local change_of = {}

function change_of.changeAttribute(model, change)
  local element, attribute = target_of(model, change)
  attribute = attribute or main_attribute(element)
  if not attribute then say.fail("line %d: the target of changeAttribute ends in no /@attribute", change:line()) end
  local value = change:attribute "newValue"
  if not value then say.fail("line %d: changeAttribute has no newValue", change:line()) end
  if attribute == main_attribute(element) and models.is_computed(model, element) then
    say.warn("model \"%s\": a formula in the model gives %s its value, %s does not count", model.id,
      models.id_of(element) or element:name(), attribute)
  end
  element:set(attribute, value)
end

function change_of.addXML(model, change)
  local element, attribute = target_of(model, change)
  if attribute then say.fail("line %d: addXML adds to an element, not to an attribute", change:line()) end
  for _, node in ipairs(new_nodes(change)) do element:graft(node, foreign(node)) end
end

function change_of.changeXML(model, change)
  local element, attribute = target_of(model, change)
  if attribute then say.fail("line %d: changeXML replaces an element, not an attribute", change:line()) end
  for _, node in ipairs(new_nodes(change)) do element:graft_before(node, foreign(node)) end
  element:remove()
end

function change_of.removeXML(model, change)
  local element, attribute = target_of(model, change)
  if attribute then say.fail("line %d: removeXML removes an element, not an attribute", change:line()) end
  element:remove()
end

-- The value of an element of a model before anything runs.
local function initial_value(model, element, attribute, symbol, what)
  local name = attribute or main_attribute(element)
  local number = name and text.number(element:attribute(name))
  if number and not symbol and (attribute or not models.is_computed(model, element)) then return number end
  if not name then say.fail("%s: <%s> has no value", what, element:name()) end
  return models.with_cell(model, function(loaded)
    return cell:get(models.meaning(loaded, element, attribute, symbol, what).name)
  end)
end

--- What the names of a computation mean that is done before tasks: parameters, and variables of models or data.
-- build(id) gives a model, data(id) an array or nil.
function models.constants(node, build, data, default)
  local values = mathml.parameters(node)
  for _, variable in ipairs(text.children(node, "listOfVariables", "variable")) do
    local id, symbol = text.of(variable, "id"), models.symbol_of(variable)
    local what = ("variable \"%s\""):format(id)
    if symbol == "time" then say.fail("%s: before tasks there is no time", what) end
    local target = text.of(variable, "target")
    local source = target:match "^#(.+)$"
    if source then
      local array = data(source)
      if not array or #array ~= 1 then say.fail("%s: #%s is no data source of one value", what, source) end
      values[id] = array[1]
    else
      local of = variable:attribute "modelReference"
      local model = (of and of ~= default.id) and build(of) or default
      local element, attribute = models.locate(model, variable, target, what)
      values[id] = initial_value(model, element, attribute, symbol, what)
    end
  end
  return function(name) return values[name] end
end

local function compute_change(model, change, build, data)
  local element, attribute = target_of(model, change)
  local value = mathml.number(change, models.constants(change, build, data, model))
  local name = attribute or main_attribute(element)
  if not name then say.fail("line %d: <%s> has no value to be set", change:line(), element:name()) end
  if not attribute and models.is_computed(model, element) then
    say.fail("model \"%s\": a formula in the model gives %s its value: computeChange can't set it", model.id,
      models.id_of(element))
  end
  element:set(name, value == math.huge and "INF" or value == -math.huge and "-INF" or value ~= value and "NaN"
    or ("%.17g"):format(value))
end

local function apply_changes(model, node, build, data)
  for _, list in ipairs(text.children(node, "listOfChanges")) do
    for _, change in ipairs(list:children()) do
      local kind = change:name()
      if kind == "computeChange" then
        compute_change(model, change, build, data)
      elseif change_of[kind] then
        change_of[kind](model, change)
      elseif kind ~= "notes" and kind ~= "annotation" then
        say.fail("line %d: <%s> is no change that is known", change:line(), kind)
      end
      model.text = nil
    end
  end
end

-- ---- sources ----

local function check_language(node, id)
  local language = node:attribute "language"
  if not language or language == "" then
    say.warn("model \"%s\" has no language: it is taken for SBML", id)
  elseif not language:find "^urn:sedml:language:sbml" then
    say.fail("model \"%s\" is in %s: models in SBML alone are read (urn:sedml:language:sbml)", id, language)
  end
end

-- The id of the model that a source names; nil where it names a file.
local function base_of(document, source)
  local id = source:match "^#(.+)$"
  if id then return id end
  return document.models[source] and source or nil
end

--- A function that builds models by their ids, each once: { id, text, document, path }.
function models.builder(document, data)
  local built, under_way = {}, {}
  local function build(id)
    local node = document.models[id]
    if not node then say.fail("there is no model \"%s\"%s", id, nearest(id, document.ids "models")) end
    if built[id] then return built[id] end
    for i, name in ipairs(under_way) do
      if name == id then
        say.fail("models are made of each other in a circle: %s", table.concat(under_way, ", ", i) .. ", " .. id)
      end
    end
    under_way[#under_way + 1] = id
    check_language(node, id)
    local source = text.of(node, "source")
    local base = base_of(document, source)
    local model = { id = id }
    if base then
      local other = build(base)
      model.path, model.text = other.path, models.text_of(other)
    else
      model.path = archive.resolve(document.path, source, ("model \"%s\""):format(id))
      model.text = archive.read(model.path)
    end
    local good, parsed = pcall(exchange.parse, model.text)
    if not good then say.fail("model \"%s\" (%s): %s", id, model.path, say.words(parsed)) end
    model.document = parsed
    apply_changes(model, node, build, data)
    under_way[#under_way] = nil
    built[id] = model
    return model
  end
  return function(id)
    under_way = {}
    return build(id)
  end
end

function models.text_of(model)
  model.text = model.text or model.document:text()
  return model.text
end

-- ---- cells ----

-- Files beside a model that its external definitions name.
local function externals_of(model)
  local names = {}
  for element in models.text_of(model):gmatch "externalModelDefinition%s[^>]*" do
    local _, source = element:match "[%s:]source%s*=%s*([\"'])(.-)%1"
    names[#names + 1] = source and source:gsub("^file:", ""):gsub("^%./", "") or nil
  end
  return #names > 0 and archive.beside(model.path, names) or nil
end

local idle = {} -- cells that nothing uses now

--- Another cell, made or used again.
function models.take_cell()
  return table.remove(idle) or exchange.cell()
end

function models.give_cell(other)
  idle[#idle + 1] = other
end

--- Load a model into the VM's cell of the moment.
function models.load(model, stochastic)
  cell:clear()
  local good, loaded = pcall(cell.load_sbml, cell, models.text_of(model),
    { stochastic = stochastic, externals = externals_of(model) })
  if not good then say.fail("model \"%s\": %s", model.id, say.words(loaded)) end
  for _, warning in ipairs(loaded.warnings) do say.warn("model \"%s\": %s", model.id, warning.message) end
  return loaded
end

--- f(loaded) while a cell of its own has the model.
function models.with_cell(model, f)
  local other = models.take_cell()
  other:swap()
  local good, value = pcall(function() return f(models.load(model)) end)
  other:swap()
  models.give_cell(other)
  if not good then error(value, 0) end
  return value
end

return models
