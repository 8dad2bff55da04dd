-- Reports as BioSimulators has them: reports.h5, and CSV where it is asked for.

local core = require "bioxen.core"
local decimal = require "bioxen.decimal"
local zip = require "bioxen.sedml.zip"

local reports = {}

local VALUES = 30000000 -- of an output, filled up, at most
local TYPES = { report = "SedReport", plot2D = "SedPlot2D", plot3D = "SedPlot3D" }

local methods = {}
methods.__index = methods

--- A collection that is written to files by close(), in HDF5 if there is a path.
function reports.new(path)
  local file, err
  if path then
    file, err = require "bioxen.hdf5".create(path)
    if not file then return nil, err end
  end
  return setmetatable({ file = file, groups = {}, csv = {} }, methods)
end

-- The box that all arrays fit in.
local function box_of(sets)
  local box = {}
  for _, set in ipairs(sets) do
    for i, length in ipairs(set.shape or {}) do box[i] = math.max(box[i] or 1, length) end
  end
  return box
end

-- Append an array to a flat list, filled up to the box.
local function append(flat, set, box)
  local values, shape, size = set.values or {}, set.shape, 1
  for _, length in ipairs(box) do size = size*length end
  local base = #flat
  for i = 1, size do flat[base + i] = 0/0 end
  if not shape then return end
  for i, x in ipairs(values) do
    local at, left, stride = 0, i - 1, 1
    local digits = {}
    for j = #shape, 1, -1 do
      digits[j] = left % shape[j]
      left = left//shape[j]
    end
    for j = #box, 1, -1 do
      at = at + (digits[j] or 0)*stride
      stride = stride*box[j]
    end
    flat[base + at + 1] = x
  end
end

local function attributes_of(location, output)
  local made = { _type = TYPES[output.kind], uri = location .. "/" .. output.id, sedmlId = output.id,
    sedmlName = output.name, sedmlDataSetIds = {}, sedmlDataSetNames = {}, sedmlDataSetLabels = {},
    sedmlDataSetDataTypes = {}, sedmlDataSetShapes = {} }
  for i, set in ipairs(output.sets) do
    made.sedmlDataSetIds[i], made.sedmlDataSetNames[i], made.sedmlDataSetLabels[i] = set.id, set.name, set.label
    made.sedmlDataSetDataTypes[i] = set.shape and "float64" or "__None__"
    made.sedmlDataSetShapes[i] = table.concat(set.shape or {}, ",")
  end
  return made
end

--- Add an output of a document, whose sets have shape and values, or neither where they failed.
function methods:add(location, output)
  local box, flat, size = box_of(output.sets), {}, #output.sets + 0.0 -- no integer, which would wrap around
  for _, length in ipairs(box) do size = size*length end
  if size > VALUES then
    return core.fail("ERESULT", ("output \"%s\": %.3g values, filled up to one size, at most %d expected")
      :format(output.id, size, VALUES))
  end
  for _, set in ipairs(output.sets) do append(flat, set, box) end
  if not self.groups[location] then
    local done, err = self.file:attributes(location, { uri = location, combineArchiveLocation = location })
    if not done then return nil, err end
    self.groups[location] = true
  end
  local shape = table.move(box, 1, #box, 2, { #output.sets })
  return self.file:write(location .. "/" .. output.id, flat, shape, attributes_of(location, output))
end

local function quoted(text)
  return text:find '[",\r\n]' and '"' .. text:gsub('"', '""') .. '"' or text
end

--- Add an output as CSV: a row a data set, its label first. nil where there are more than two dimensions.
function methods:add_csv(location, output)
  if #box_of(output.sets) > 1 then return nil end
  local lines = {}
  for i, set in ipairs(output.sets) do
    local cells = { quoted(set.label) }
    for j, x in ipairs(set.values or {}) do cells[j + 1] = x ~= x and "nan" or decimal("%.17g", x) end
    lines[i] = table.concat(cells, ",") .. "\n"
  end
  self.csv[#self.csv + 1] = { ("%s/%s.csv"):format(location, output.id), table.concat(lines) }
  return true
end

--- Write what there is: true, or nil and an error.
function methods:close(csv_path)
  local done, err = true, nil
  if self.file then done, err = self.file:close() end
  if done and csv_path and #self.csv > 0 then done, err = core.save_file(csv_path, zip.pack(self.csv)) end
  return done, err
end

return reports
