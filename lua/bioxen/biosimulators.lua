--- Results in HDF5, as reports of BioSimulators: a dataset, a row of which is a data set, with their names in its
-- attributes.

local check = require "bioxen.check"
local core = require "bioxen.core"
local decimal = require "bioxen.decimal"
local modules = require "bioxen.modules"

local biosimulators = {}

local EXACT = 2^53 -- whole numbers up to it are doubles

--- Whether a file's name says that it is in HDF5.
function biosimulators.is_path(path)
  return path and (path:lower():find "%.h5$" or path:lower():find "%.hdf5$") ~= nil
end

-- Raises where a method is called without a file's name.
local function check_path(path)
  if type(path) == "string" and not path:find "\0" then return end
  error(("bad argument 'path': a file's name expected, got %s"):format(check.shown(path)), 3)
end

-- A file that is made; nil and an error.
local function create(path)
  local hdf5, why = modules.installed "bioxen.hdf5"
  if not hdf5 then return core.fail("ESYSTEM", "files in HDF5 need libhdf5, which cannot be loaded: " .. why) end
  return hdf5.create(path)
end

-- The attributes of a report: `sets` are { label, type, count }, and `more` what else there is to say.
local function attributes_of(name, sets, more)
  local all = { _type = "SedReport", uri = name, sedmlId = name, sedmlDataSetIds = {}, sedmlDataSetNames = {},
    sedmlDataSetLabels = {}, sedmlDataSetDataTypes = {}, sedmlDataSetShapes = {} }
  for i, set in ipairs(sets) do
    all.sedmlDataSetIds[i], all.sedmlDataSetLabels[i], all.sedmlDataSetNames[i] = set[1], set[1], ""
    all.sedmlDataSetDataTypes[i], all.sedmlDataSetShapes[i] = set[2] or "float64", ("%d"):format(set[3])
  end
  for key, value in pairs(more or {}) do all[key] = value end
  return all
end

--- Write a report, and what else `more(file)` writes, to `path`. `report`: { name, sets, values, shape, attributes }.
-- True; or nil and an error.
function biosimulators.save(path, made, more)
  local file <close>, err = create(path)
  if not file then return nil, err end
  local written, err = file:write(made.name, made.values, made.shape,
    attributes_of(made.name, made.sets, made.attributes))
  if written and more then written, err = more(file) end
  if not written then return nil, err end
  return file:close()
end

local function columns_of(names, rows)
  local sets = { { "time", nil, rows } }
  for _, name in ipairs(names) do sets[#sets + 1] = { name, nil, rows } end
  return sets
end

--- The report of a trajectory of these columns, whose values may be itself or all its numbers, packed.
function biosimulators.trajectory(values, names, rows, attributes)
  local shape = type(values) == "string" and { #names + 1, rows } or nil
  return { name = "trajectory", sets = columns_of(names, rows), values = values, shape = shape,
    attributes = attributes }
end

--- What a run's numbers come from: the method, and the seed of a stochastic one.
function biosimulators.origin(run)
  return { method = run.method, seed = run.method ~= "ode" and run.seed or nil }
end

--- See types.lua.
function biosimulators.save_trajectory(trajectory, path)
  check_path(path)
  local names = trajectory:names()
  return biosimulators.save(path, biosimulators.trajectory(trajectory, names, #trajectory,
    biosimulators.origin(trajectory)))
end

--- See types.lua.
function biosimulators.save_ensemble(ensemble, path)
  check_path(path)
  local labels, values = {}, ensemble:times()
  local rows = #values
  local function add(label, column)
    labels[#labels + 1] = label
    table.move(column, 1, rows, #values + 1, values)
  end
  for _, name in ipairs(ensemble:names()) do
    for _, what in ipairs { "mean", "sd", "min", "max" } do add(name .. " " .. what, ensemble[what](ensemble, name)) end
    for _, p in ipairs(ensemble:quantiles()) do
      add(("%s %s"):format(name, decimal("%.15g", p)), ensemble:quantile(name, p))
    end
  end
  return biosimulators.save(path, { name = "ensemble", sets = columns_of(labels, rows), values = values,
    shape = { #labels + 1, rows }, attributes = { method = ensemble.method, seed = ensemble.seed,
      runs = ensemble.runs, first_run = ensemble.first_run } })
end

local types = { integer = "int64", number = "float64", boolean = "bool" }

-- The numbers of a column, one for each row, to the end of `values`: NaN where a row has none. True, or nil and an
-- error.
local function add_column(values, rows, column)
  for _, row in ipairs(rows) do
    local value = row[column.name]
    if type(value) == "boolean" then value = value and 1 or 0 end
    if math.type(value) == "integer" and (value > EXACT or value < -EXACT) then
      return core.fail("ERESULT", ("column %s, point %d: the doubles of a report do not hold %d: as CSV it is exact")
        :format(column.name, row.point, value))
    end
    values[#values + 1] = value or 0/0
  end
  return true
end

--- Columns of numbers and booleans as a report; each of texts as a dataset of its own, in the group texts.
function biosimulators.save_table(result, path)
  local values, sets, texts = {}, {}, {}
  for _, column in ipairs(result.columns) do
    if types[column.type] then
      local added, err = add_column(values, result.rows, column)
      if not added then return nil, err end
      sets[#sets + 1] = { column.name, types[column.type], #result.rows }
    else
      texts[#texts + 1] = column.name
    end
  end
  return biosimulators.save(path, { name = "sweep", sets = sets, values = values, shape = { #sets, #result.rows } },
    function(file)
      for _, name in ipairs(texts) do
        local column = {}
        for i, row in ipairs(result.rows) do column[i] = row[name] or "" end
        local written, err = file:write("texts/" .. name, column)
        if not written then return nil, err end
      end
      return true
    end)
end

return biosimulators
