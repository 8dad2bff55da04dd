--- What values are shown as in HTML: bioxen.html, and the methods html of trajectories, ensembles and sweeps.

local check = require "bioxen.check"
local core = require "bioxen.core"
local describe = require "bioxen.plot.describe"
local fragment = require "bioxen.report.fragment"
local sorted_keys = require "bioxen.sorted_keys"
local tables = require "bioxen.report.tables"

local values = {}

-- Rows that are made when they are asked for.
local function lazy(count, row)
  return setmetatable({}, { __len = function() return count end,
    __index = function(_, i) return math.type(i) == "integer" and i >= 1 and i <= count and row(i) or nil end })
end

-- A table of columns of one length.
local function of_columns(names, columns, label)
  return { names = names, label = label, ends = true, rows = lazy(#(columns[1] or {}), function(i)
    local row = {}
    for j, column in ipairs(columns) do row[j] = column[i] end
    return row
  end) }
end

-- ---- what runs give ----

local function trajectory(value, given, level)
  local _, described = describe.figures.Trajectory(value, given, level + 1)
  local names, columns = { "time" }, { value:times() }
  for i, name in ipairs(value:names()) do
    names[i + 1], columns[i + 1] = name, i < tables.COLUMNS and value:column(name) or nil
  end
  return { title = given.title or "Trajectory", figure = described, tables = { of_columns(names, columns, "Table") } }
end

-- Each column at the end of all runs.
local function at_the_end(ensemble)
  local times, quantiles = ensemble:times(), ensemble:quantiles()
  local last, names = times[#times], { "name", "mean", "sd", "min", "max" }
  for _, p in ipairs(quantiles) do names[#names + 1] = ("quantile %s"):format(tables.word(p)) end
  local rows = {}
  for i, name in ipairs(ensemble:names()) do
    rows[i] = { name, ensemble:mean(name, last), ensemble:sd(name, last), ensemble:min(name, last),
      ensemble:max(name, last) }
    for _, p in ipairs(quantiles) do table.insert(rows[i], ensemble:quantile(name, p, last)) end
  end
  return { names = names, rows = rows, label = ("At time %s"):format(tables.word(last)) }
end

local function bins(ensemble, name, time)
  local rows = {}
  for i, bin in ipairs(ensemble:histogram(name, time)) do rows[i] = { bin.low, bin.high, bin.count } end
  return { names = { "low", "high", "runs" }, rows = rows, label = "Bins of " .. name }
end

local function ensemble(value, given, level)
  local checked, described = describe.figures.Ensemble(value, given, level + 1)
  return { title = given.title or ("Ensemble of %d runs"):format(value.runs), figure = described,
    tables = { checked.histogram and bins(value, checked.histogram, checked.time) or at_the_end(value) } }
end

local function sweep(value, given, level)
  local _, described = describe.figures.SweepTable(value, given, level + 1)
  local names = {}
  for i, column in ipairs(value.columns) do names[i] = column.name end
  local rows = lazy(#value.rows, function(i)
    local row = {}
    for j, name in ipairs(names) do row[j] = value.rows[i][name] end
    return row
  end)
  return { title = given.title or "Sweep", figure = described,
    tables = { { names = names, rows = rows, label = "Table", ends = true } } }
end

-- ---- what is a table of Lua ----

local title_alone = { title = { type = "string" } }

-- A solution's fluxes, the largest first.
local function solution(value, given, level)
  local problems = {}
  check.table(given, title_alone, "html", problems)
  check.raise(problems, level + 1)
  local made, used = { names = { "reaction", "flux" }, rows = {} }, 0
  if value.reduced_costs then made.names[3] = "reduced cost" end
  for _, name in ipairs(sorted_keys(value.fluxes)) do
    local flux = value.fluxes[name]
    if flux ~= 0 then used = used + 1 end
    table.insert(made.rows, { name, flux, (value.reduced_costs or {})[name] })
  end
  local total = #made.rows
  made = tables.sorted(made, 2)
  made.rows = table.move(made.rows, 1, used, 1, {}) -- those that run
  made.bars, made.label = 2, "Fluxes"
  local facts = { { "Status", value.status }, value.objective and { "Objective", value.objective } }
  if value.total_flux then facts[#facts + 1] = { "Sum of absolute fluxes", value.total_flux } end
  if value.fluxes then facts[#facts + 1] = { "Reactions that run", ("%d of %d"):format(used, total) } end
  return { title = given.title or "Flux solution", facts = facts, tables = { value.fluxes and made } }
end

local function lineage_table(lineage)
  local rows = {}
  for i, cell in ipairs(lineage) do
    rows[i] = { i, cell.vm_id, cell.mother, cell.born, cell.ended, cell.fate or "lives", cell.growth_rate }
  end
  return { names = { "cell", "VM", "mother", "born (s)", "ended (s)", "fate", "growth rate (1/h)" }, rows = rows,
    label = "Cells" }
end

-- A described figure's options, with what is drawn.
local function with(given, key, value)
  local described = { [key] = value }
  for name, option in pairs(given) do described[name] = option end
  return described
end

local function lineage(value, given, level)
  return { title = given.title or "Lineage", figure = describe.given(with(given, "lineage", value), level + 1),
    tables = { lineage_table(value) } }
end

-- First and last values of a world's columns.
local function beginning_and_end(world)
  local rows = {}
  local function add(what, unit, column)
    rows[#rows + 1] = { what, unit, column[1], column[#world.time] }
  end
  for i, medium in ipairs(world.media) do
    for _, name in ipairs(sorted_keys(medium.pools)) do
      add(#world.media > 1 and ("%s in medium %d"):format(name, i) or name, "mM", medium.pools[name])
    end
  end
  for _, id in ipairs(sorted_keys(world.biomass)) do add("biomass of " .. id, "gDW", world.biomass[id]) end
  for _, id in ipairs(sorted_keys(world.growth_rate)) do add("growth of " .. id, "1/h", world.growth_rate[id]) end
  return { names = { "what", "unit", "in the beginning", "at the end" }, rows = rows, label = "Beginning and end" }
end

local function world(value, given, level)
  local described = with(given, "world", value)
  described.lineage = value.lineage and value.lineage[1] and value.lineage or nil
  local shown = { beginning_and_end(value) }
  if described.lineage then shown[2] = lineage_table(value.lineage) end
  return { title = given.title or "Shared world", figure = describe.given(described, level + 1), tables = shown }
end

local function branches(value, given, level)
  local described, rows = with(given, "branches", value), {}
  if not described.names then
    described.names = {}
    for _, name in ipairs(sorted_keys((value.branches[1] or {}).state)) do
      if #described.names < 6 then table.insert(described.names, name) end
    end
  end
  local names = { "point", value.parameter or "parameter", table.unpack(described.names) }
  for _, branch in ipairs(value.branches) do
    for _, point in ipairs(branch.points) do
      rows[#rows + 1] = { point.kind, point.parameter }
      for _, name in ipairs(described.names) do table.insert(rows[#rows], point.state[name]) end
    end
  end
  return { title = given.title or "Steady states", figure = describe.given(described, level + 1),
    tables = { { names = names, rows = rows, label = "Special points" } } }
end

-- ---- rows and columns ----

local first_names = { id = 1, name = 2, gene = 3, reaction = 4 }

local function in_order(names)
  table.sort(names, function(a, b)
    local one, other = first_names[a] or 9, first_names[b] or 9
    return one < other or one == other and a < b
  end)
  return names
end

-- Rows by the names of their columns as lists.
local function listed(rows)
  local names, seen, out = {}, {}, {}
  for _, row in ipairs(rows) do
    for name in pairs(row) do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  in_order(names)
  for i, row in ipairs(rows) do
    out[i] = {}
    for j, name in ipairs(names) do out[i][j] = row[name] end
  end
  return { names = names, rows = out }
end

local function place_of(names, name, key, level)
  if name == nil then return nil end
  for j, each in ipairs(names) do
    if each == name then return j end
  end
  error(("html.%s: one of %s expected, got %s"):format(key, table.concat(names, ", "), check.shown(name)), level + 1)
end

local of_rows = { title = { type = "string" }, by = { type = "string" },
  hits = { types = { string = true, table = true } } }

-- Rows of named things by a number, as of a screen. `hits`: the column that marks rows, or the names of the marked.
local function rows(value, given, level)
  local problems = {}
  check.table(given, of_rows, "html", problems)
  check.raise(problems, level + 1)
  local made = listed(value)
  local name, number, flag = tables.ranking(made)
  number = place_of(made.names, given.by, "by", level + 1) or number
  if type(given.hits) == "table" then
    local hit = {}
    for _, id in ipairs(given.hits) do hit[id] = true end
    table.insert(made.names, "hit")
    flag = #made.names
    for _, row in ipairs(made.rows) do row[flag] = hit[row[name or 1]] or false end
  else
    flag = place_of(made.names, given.hits, "hits", level + 1) or flag
  end
  if number then made = tables.sorted(made, number, flag) end
  made.bars, made.marked, made.label = number, flag, given.title or "Table"
  return { title = given.title or "Table", tables = { made } }
end

-- Columns by name; of those over time a figure, too.
local function columns(value, given, level)
  local names, lists, numbers = {}, {}, {}
  for _, name in ipairs(in_order(sorted_keys(value))) do
    if name ~= "time" then names[#names + 1] = name end
  end
  for i, name in ipairs(names) do
    lists[i] = value[name]
    if type(lists[i][1]) == "number" then numbers[#numbers + 1] = { x = value.time, y = lists[i], name = name } end
  end
  local described
  if value.time and numbers[1] then
    table.insert(names, 1, "time")
    table.insert(lists, 1, value.time)
    described = describe.given(with(given, "series", table.move(numbers, 1, math.min(14, #numbers), 1, {})), level + 1)
    described.x_label = described.x_label or "time"
  end
  return { title = given.title or "Table", figure = described, tables = { of_columns(names, lists, "Table") } }
end

local function described(value, given, level)
  local both = {}
  for _, from in ipairs { value, given } do
    for key, option in pairs(from) do both[key] = option end
  end
  return { title = both.title or "Chart", figure = describe.given(both, level + 1) }
end

-- ---- which is it ----

local function is_list(value) return type(value) == "table" and value[1] ~= nil end

local function is_numbers(value)
  return type(value) == "table" and (value[1] == nil and next(value) == nil or type(value[1]) == "number")
end

local function is_rows(value)
  if not is_list(value) then return false end
  for i = 1, #value do
    if type(value[i]) ~= "table" then return false end
    for name, cell in pairs(value[i]) do
      if type(name) ~= "string" or type(cell) == "table" or type(cell) == "function" then return false end
    end
  end
  return true
end

local function is_columns(value)
  local length
  for name, column in pairs(value) do
    if type(name) ~= "string" or not is_list(column) then return false end
    if length and #column ~= length then return false end
    length = #column
    for i = 1, length do
      if type(column[i]) ~= "number" and type(column[i]) ~= "string" then return false end
    end
  end
  return length ~= nil
end

local statuses = { optimal = true, infeasible = true, unbounded = true }

local shapes = {
  { function(v) return statuses[v.status] and (type(v.fluxes) == "table" or v.status ~= "optimal") end, solution },
  { function(v) return is_numbers(v.time) and is_list(v.media) and type(v.biomass) == "table" end, world },
  { function(v) return is_list(v.branches) and type(v.branches[1]) == "table" and is_list(v.branches[1].stable) end,
    branches },
  { function(v) return is_list(v) and type(v[1]) == "table" and type(v[1].born) == "number" and v[1].vm_id end,
    lineage },
  { function(v) return is_list(v.series) or is_list(v.panels) end, described },
  { is_rows, rows },
  { is_columns, columns },
}

local kinds = { Trajectory = trajectory, Ensemble = ensemble, SweepTable = sweep }

--- A value in HTML; see types.lua.
function values.html(value, options)
  local of = kinds[core.class_name(value)]
  if not of and type(value) == "table" then
    if type(value.html) == "function" then return value:html(options) end
    for _, shape in ipairs(shapes) do
      if shape[1](value) then
        of = shape[2]
        break
      end
    end
  end
  if not of then return nil end
  local mine, rest = fragment.options(options, 2)
  local given, err = fragment.give(of(value, rest, 2), mine, 2)
  return given, err
end

local function method(class)
  return function(object, options)
    if core.class_name(object) ~= class then
      error(("bad argument #1 to 'html' (%s expected, got %s)"):format(class, core.class_name(object)), 2)
    end
    local mine, rest = fragment.options(options, 2)
    local given, err = fragment.give(kinds[class](object, rest, 2), mine, 2)
    return given, err
  end
end

--- Their methods `html`.
values.Trajectory, values.Ensemble, values.SweepTable = method "Trajectory", method "Ensemble", method "SweepTable"

--- The page of what describe.given gives, written to its file. Raises, `level` frames above.
function values.page(given, level)
  local mine, rest = fragment.options(given, level + 1)
  local done, err = fragment.give({ title = rest.title or "Chart", figure = rest }, mine, level + 1)
  return done, err
end

return values
