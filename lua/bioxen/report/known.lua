--- Tables in files that are known by their columns: what ensembles, sweeps and lineages are written as. Each becomes
-- what bioxen.plot takes.

local describe = require "bioxen.plot.describe"

local known = {}

local MOST = 14 -- means in a picture

local function column_of(made, name)
  for j, each in ipairs(made.names) do
    if each == name then return j end
  end
end

local function numbers_in(made, j)
  local out = {}
  for i, row in ipairs(made.rows) do out[i] = tonumber(row[j]) or 0/0 end
  return out
end

-- ---- ensembles ----

-- The columns of an ensemble's variables, { name, mean, sd, quantiles = { { p, column } } } each; nil where there are
-- others.
local function variables_in(made)
  local list, by_name = {}, {}
  for j, column in ipairs(made.names) do
    local name, what = column:match "^(.+) (%S+)$"
    local p = tonumber(what)
    if j > 1 and not name then return nil end
    if what == "mean" then
      list[#list + 1] = { name = name, mean = j, quantiles = {} }
      by_name[name] = list[#list]
    elseif what == "sd" and by_name[name] then by_name[name].sd = j
    elseif p and p >= 0 and p <= 1 and by_name[name] then table.insert(by_name[name].quantiles, { p, j })
    elseif j > 1 then return nil end
  end
  return list
end

local function band_of(made, variable, mean)
  local quantiles = variable.quantiles
  table.sort(quantiles, function(a, b) return a[1] < b[1] end)
  if #quantiles >= 2 then return numbers_in(made, quantiles[1][2]), numbers_in(made, quantiles[#quantiles][2]) end
  local low, high, sd = {}, {}, numbers_in(made, variable.sd)
  for i, value in ipairs(mean) do low[i], high[i] = value - sd[i], value + sd[i] end
  return low, high
end

local function ensemble(made)
  local variables = made.names[1] == "time" and variables_in(made)
  if not variables or not variables[1] then return nil end
  local described = { series = {}, x_label = "time (s)" }
  for i = 1, math.min(MOST, #variables) do
    local variable = variables[i]
    if not variable.sd then return nil end
    local mean = numbers_in(made, variable.mean)
    local low, high = band_of(made, variable, mean)
    described.series[i] = { x = numbers_in(made, 1), y = mean, low = low, high = high, name = variable.name }
  end
  local outermost = variables[1].quantiles
  described.remark = #outermost >= 2
    and ("mean, %g %% to %g %% of the runs"):format(100*outermost[1][1], 100*outermost[#outermost][1])
    or "mean and standard deviation of the runs"
  if #variables > MOST then described.remark = described.remark .. ("; the first %d of %d"):format(MOST, #variables) end
  return described
end

-- ---- sweeps ----

local function value_of(text)
  if text == "" or text == nil then return nil end
  if text == "true" or text == "false" then return text == "true" end
  return tonumber(text) or text
end

local function type_in(rows, name)
  local kind
  for _, row in ipairs(rows) do
    local now = row[name] ~= nil and type(row[name]) or kind
    if kind and now ~= kind then return "string" end
    kind = now
  end
  return kind or "number"
end

local function sweep(made)
  local replicate = column_of(made, "replicate")
  if made.names[1] ~= "point" or not replicate or not made.rows[1] then return nil end
  local result = { parameters = table.move(made.names, 2, replicate - 1, 1, {}), columns = {}, rows = {}, failed = 0 }
  for i, texts in ipairs(made.rows) do
    result.rows[i] = {}
    for j, name in ipairs(made.names) do result.rows[i][name] = value_of(texts[j]) end
    if result.rows[i].error then result.failed = result.failed + 1 end
  end
  for j, name in ipairs(made.names) do result.columns[j] = { name = name, type = type_in(result.rows, name) } end
  local _, described = describe.figures.SweepTable(result, {}, 1)
  return described
end

-- ---- lineages ----

local function lineage(made)
  local born, ended = column_of(made, "born_s") or column_of(made, "born (s)"),
    column_of(made, "ended_s") or column_of(made, "ended (s)")
  local mother, cell, fate = column_of(made, "mother"), column_of(made, "cell"), column_of(made, "fate")
  if not (born and ended and mother and cell) then return nil end
  local cells, places = {}, {}
  for i, row in ipairs(made.rows) do
    places[row[cell]] = i
    cells[i] = { vm_id = row[cell], mother = row[mother] ~= "" and assert(places[row[mother]]) or nil,
      born = tonumber(row[born]), ended = tonumber(row[ended]), fate = fate and row[fate] or nil }
  end
  return describe.given({ lineage = cells }, 1)
end

--- What bioxen.plot takes, of a table as delimited.read gives it; nil where it is none of these.
function known.figure(made)
  for _, kind in ipairs { ensemble, sweep, lineage } do
    local good, described = pcall(kind, made) -- it may only look like one
    if good and described then return described end
  end
end

return known
