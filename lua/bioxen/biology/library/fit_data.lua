--- Measurements as a table: a column `time`, and one for each variable that was measured, called as that is; or, with
-- ".sd" behind it, of the standard deviations. Commas or tabs stand between them. It runs in a VM, for the text comes
-- from anyone.

local tables = require "library.petab_table"

local fit_data = {}

local function columns_of(rows, file)
  local measured, deviations = {}, {}
  for _, name in ipairs(rows.columns) do
    local base = name:match "^(.+)%.sd$"
    if base then
      deviations[base] = name
    elseif name ~= "time" then
      measured[#measured + 1] = name
    end
  end
  for base in pairs(deviations) do
    local found = false
    for _, name in ipairs(measured) do found = found or name == base end
    if not found then tables.fail(file, 1, base .. ".sd", "deviations of what is not measured") end
  end
  if #measured == 0 then tables.fail(file, 1, nil, "no column beside time") end
  return measured, deviations
end

-- A deviation that is to be estimated: of about the size of what was measured.
local function add_deviation(spec, name, rows, log)
  local largest = 0
  for _, row in ipairs(rows) do largest = math.max(largest, math.abs(tables.number(row.cells[name]) or 0)) end
  if largest == 0 or log then largest = 1 end
  local id = "sd_" .. name:gsub("%W", "_")
  table.insert(spec.parameters, {
    id = id, scale = "log10", lower = 1e-5*largest, upper = 10*largest, value = 0.1*largest, estimated = true,
  })
  return id
end

--- What cell:objective takes: of the text of a file, and what is estimated, a list of parameters. `noise` is "normal",
-- "laplace", "log-normal" or "log-laplace".
function fit_data.spec(file, text, estimated, noise)
  local rows = tables.read(file, text, nil, { "time" }, {})
  local measured, deviations = columns_of(rows, file)
  local log, kind = noise:match "^(log%-)(.*)$"
  local spec = { parameters = estimated, observables = {}, measurements = {},
    experiments = { { id = "data", { time = 0.0, set = {} } } } }
  for _, name in ipairs(measured) do
    spec.observables[#spec.observables + 1] = {
      id = name, formula = name, noise = kind or noise, scale = log and "log" or "linear",
      deviation = deviations[name] and "deviation" or add_deviation(spec, name, rows, log),
      placeholders = deviations[name] and { "deviation" } or {},
    }
    for _, row in ipairs(rows) do
      if row.cells[name] then
        local fills = deviations[name] and { tables.number_in(row, deviations[name], name) } or {}
        table.insert(spec.measurements, {
          experiment = "data", observable = name, time = tables.number_in(row, "time", name),
          value = tables.number_in(row, name, name), fills = fills, where = tables.where(row, name),
        })
      end
    end
  end
  return spec
end

return fit_data
