-- Data in CSV and NuML: the arrays of a document's data sources.

local archive = require "sedml.archive"
local delimited = require "library.delimited"
local exchange = require "exchange"
local say = require "sedml.say"
local text = require "sedml.text"

local data = {}

local MISSING = { [""] = true, na = true, nan = true, ["n/a"] = true, null = true }

-- A value of a file; what is missing is no number.
local function value_of(given)
  local number = text.number(given)
  if not number and given and not MISSING[text.trim(given):lower()] then
    say.warn("data: \"%.40s\" is no number", given)
  end
  return number or 0/0
end

-- ---- CSV ----

-- { names = list, rows = list of lists of texts }; lines that begin with "#" are comments.
local function read_csv(bytes)
  local table_of, rows = delimited.read(bytes), {}
  for _, row in ipairs(table_of.rows) do
    if not row[1]:find "^#" then rows[#rows + 1] = row end
  end
  return { names = table_of.names, rows = rows }
end

local function csv_column(table_of, name)
  for i, other in ipairs(table_of.names) do
    if other == name then
      local column = { shape = { #table_of.rows } }
      for j, row in ipairs(table_of.rows) do column[j] = value_of(row[i]) end
      return column
    end
  end
  say.fail("the data have no column \"%s\", there are: %s", name, table.concat(table_of.names, ", "))
end

-- ---- NuML ----

-- The names of the nested descriptions, from the outside.
local function levels_of(node, levels)
  levels = levels or {}
  for _, child in ipairs(node:children()) do
    if child:name() == "compositeDescription" or child:name() == "tupleDescription" then
      levels[#levels + 1] = { id = child:attribute "id", name = child:attribute "name" }
      return levels_of(child, levels)
    end
  end
  return levels
end

local function level_named(levels, name)
  for i, level in ipairs(levels) do
    if level.id == name or level.name == name then return i end
  end
  say.fail("the data have no dimension \"%s\"", name)
end

-- Call take(values, number) for each atomicValue, where values are the index values from the outside.
local function each_value(node, indices, take)
  for _, child in ipairs(node:children()) do
    if child:name() == "compositeValue" then
      indices[#indices + 1] = child:attribute "indexValue" or ""
      each_value(child, indices, take)
      indices[#indices] = nil
    elseif child:name() == "atomicValue" then
      take(indices, value_of(text.content(child)))
    elseif child:name():find "^tuple" then
      say.fail "tuples in NuML are not read"
    end
  end
end

local function read_numl(bytes)
  local root = exchange.parse(bytes):root()
  if root:name() ~= "numl" then say.fail("<numl> expected, got <%s>", root:name()) end
  local component = text.children(root, "resultComponents", "resultComponent")[1] or text.child(root, "resultComponent")
  local description = component and text.child(component, "dimensionDescription")
  local dimension = component and text.child(component, "dimension")
  if not dimension then say.fail "the NuML has no resultComponent with a dimension" end
  return { levels = description and levels_of(description) or {}, dimension = dimension }
end

local function same_index(given, wanted)
  local number = text.number(given)
  return given == wanted or number ~= nil and number == text.number(wanted)
end

-- The values that fit the slices { level = index value }.
local function numl_values(numl, wanted)
  local column = {}
  each_value(numl.dimension, {}, function(indices, number)
    for level, value in pairs(wanted) do
      if not same_index(indices[level], value) then return end
    end
    column[#column + 1] = number
  end)
  if #column == 0 then say.fail "the slices fit no value" end
  column.shape = { #column }
  return column
end

-- The index values of a level, each once, in order.
local function numl_indices(numl, level)
  local column, seen = {}, {}
  each_value(numl.dimension, {}, function(indices)
    local value = indices[level]
    if value and not seen[value] then
      seen[value], column[#column + 1] = true, value_of(value)
    end
  end)
  column.shape = { #column }
  return column
end

-- ---- sources ----

-- What the description of the data in the document calls its dimensions.
local function described_levels(description, own)
  local node = text.child(description, "dimensionDescription")
  local levels = node and levels_of(node) or {}
  return #levels > 0 and levels or own
end

-- What a slice picks; parts of a dimension are not taken.
local function picked_by(slice)
  for _, name in ipairs { "index", "startIndex", "endIndex" } do
    if slice:attribute(name) then say.fail("line %d: <slice> with %s is not supported", slice:line(), name) end
  end
  return text.of(slice, "value")
end

local function numl_source(node, description, numl)
  local levels, set = described_levels(description, numl.levels), node:attribute "indexSet"
  if set and set ~= "" then return numl_indices(numl, level_named(levels, set)) end
  local wanted = {}
  for _, slice in ipairs(text.children(node, "listOfSlices", "slice")) do
    wanted[level_named(levels, text.of(slice, "reference"))] = picked_by(slice)
  end
  return numl_values(numl, wanted)
end

local function is_named(table_of, name)
  for _, other in ipairs(table_of.names) do
    if other == name then return true end
  end
  return false
end

local function csv_source(node, table_of)
  local set = node:attribute "indexSet"
  if set and set ~= "" then
    local column = { shape = { #table_of.rows } }
    for i = 1, #table_of.rows do column[i] = i - 1.0 end
    return column
  end
  local slices = text.children(node, "listOfSlices", "slice")
  if #slices == 0 then
    if #table_of.names == 1 then return csv_column(table_of, table_of.names[1]) end
    say.fail("data source \"%s\" has no slice that picks a column", text.of(node, "id"))
  end
  local column, row
  for _, slice in ipairs(slices) do
    local name, number = picked_by(slice), nil
    if (slice:attribute "reference" or ""):lower() == "index" or #slices > 1 and not is_named(table_of, name) then
      number = text.number(name)
    end
    if (number and row) or (not number and column) then
      say.fail("the slices pick two %s", number and "rows" or "columns")
    end
    if number then row = number else column = csv_column(table_of, name) end
  end
  if not row then return column end
  if not (column and column[row + 1]) then say.fail("the data have no row %g of a column", row) end
  return { shape = { 1 }, column[row + 1] }
end

local function source_of(node, description, document, read)
  local id, what = text.of(node, "id"), ("data \"%s\""):format(text.of(description, "id"))
  local path = archive.resolve(document.path, text.of(description, "source"), what)
  local format = description:attribute "format" or ""
  local is_csv = format:find "csv" or format == "" and path:find "%.[ct]sv$"
  if not is_csv and format ~= "" and not format:find "numl" then
    say.fail("%s is of the format %s: CSV and NuML are read", what, format)
  end
  local good, value = pcall(function()
    read[path] = read[path] or (is_csv and read_csv or read_numl)(archive.read(path))
    return is_csv and csv_source(node, read[path]) or numl_source(node, description, read[path])
  end)
  if not good then say.fail("data source \"%s\" (%s): %s", id, path, say.words(value)) end
  return value
end

--- A function that gives the array of a data source by its id; nil where there is none of that id.
function data.sources(document)
  local known, read = {}, {}
  return function(id)
    local source = document.data[id]
    if not source then return nil end
    known[id] = known[id] or source_of(source.node, source.description, document, read)
    return known[id]
  end
end

return data
