--- Figures of shared worlds: what hypervisor:run gives, and the lineages of its population.

local options = require "bioxen.plot.options"
local time = require "bioxen.plot.time"

local world = {}

local NAN = 0/0
local FEW = 12 -- lines in a panel

local function sorted(columns)
  local names = {}
  for name in pairs(columns) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- Columns may be shorter than time: what came later or left.
local function filled(column, length)
  local list = {}
  for i = 1, length do list[i] = column[i] or NAN end
  return list
end

-- A panel of columns by name, or nothing where there are none.
local function add_panel(panels, times, columns, words)
  local series = {}
  for i, name in ipairs(sorted(columns)) do
    if i <= FEW then series[i] = { x = times, y = filled(columns[name], #times), name = name } end
  end
  if not series[1] then return end
  words.series = series
  panels[#panels + 1] = words
end

local function is_list(value)
  return type(value) == "table"
end

--- What bioxen.plot takes, of a result of hypervisor:run: its media, members, population and shares over time.
function world.figure(result, level)
  if not (is_list(result.time) and is_list(result.media) and is_list(result.biomass)) then
    options.mistake(level + 1, "plot.world: what hypervisor:run gives expected")
  end
  local times, unit = time.convert(result.time)
  local panels, label = {}, ("time (%s)"):format(unit)
  for i, place in ipairs(result.media) do
    local of = result.media[2] and (" %d"):format(i) or ""
    add_panel(panels, times, place.pools, { title = "Medium" .. of, x_label = label, y_label = "mM" })
    local cells = (result.populations or {})[i]
    if cells and cells.number then
      add_panel(panels, times, { VMs = cells.number }, { title = "Population" .. of, x_label = label, y_label = "VMs" })
      add_panel(panels, times, { biomass = cells.biomass },
        { title = "Its biomass" .. of, x_label = label, y_label = "gDW", log = "y" })
      add_panel(panels, times, { ["growth rate"] = cells.growth_rate },
        { title = "Its growth" .. of, x_label = label, y_label = "1/h" })
    end
  end
  add_panel(panels, times, result.biomass, { title = "Members", x_label = label, y_label = "biomass (gDW)" })
  add_panel(panels, times, result.growth_rate, { title = "Their growth", x_label = label, y_label = "1/h" })
  local atp = {}
  for vm_id, shares in pairs(result.shares or {}) do atp[vm_id] = shares.atp_percentage end
  add_panel(panels, times, atp, { title = "Shares of the chassis", x_label = label, y_label = "ATP (%)" })
  if not panels[1] then options.mistake(level + 1, "plot.world: nothing was recorded") end
  return panels
end

-- ---- lineages ----

-- Places of cells across the tree: cells without daughters one after another, a mother between her daughters.
local function place_cells(lineage, daughters, roots)
  local places, next_place = {}, 0
  local stack = {}
  for i = #roots, 1, -1 do stack[#stack + 1] = roots[i] end
  while stack[1] do
    local cell = stack[#stack]
    local below = daughters[cell]
    if not below then
      next_place = next_place + 1
      places[cell] = next_place
      stack[#stack] = nil
    elseif places[below[1]] then
      places[cell] = (places[below[1]] + places[below[#below]])/2
      stack[#stack] = nil
    else
      for i = #below, 1, -1 do stack[#stack + 1] = below[i] end
    end
  end
  assert(#lineage == 0 or next_place > 0)
  return places
end

local function check_cell(lineage, i, level)
  local cell = lineage[i]
  local mother = type(cell) == "table" and cell.mother
  if type(cell) ~= "table" or type(cell.born) ~= "number" or cell.ended ~= nil and type(cell.ended) ~= "number"
    or mother and not (math.type(mother) == "integer" and mother >= 1 and mother < i) then
    options.mistake(level + 1, "plot.lineage[%d]: { vm_id =, mother =, born =, ended = } expected, with a mother that "
      .. "stands before it", i)
  end
end

local function add(line, x, y)
  line.x[#line.x + 1], line.y[#line.y + 1] = x, y
end

local ends = { ["washed out"] = 2, died = 6, ["left out"] = 8 }

--- What bioxen.plot takes, of the lineage that a result of hypervisor:run has: a line a cell, along time; those that
-- live end at the last time that there is.
function world.lineage(lineage, level)
  local daughters, roots, last = {}, {}, 0
  for i = 1, #lineage do
    check_cell(lineage, i, level + 1)
    local cell = lineage[i]
    last = math.max(last, cell.born, cell.ended or 0)
    if not cell.mother then roots[#roots + 1] = i
    else
      daughters[cell.mother] = daughters[cell.mother] or {}
      table.insert(daughters[cell.mother], i)
    end
  end
  if not roots[1] then options.mistake(level + 1, "plot.lineage: a cell at least expected") end
  local places, unit = place_cells(lineage, daughters, roots), time.unit(last)
  local tree, marks = { x = {}, y = {}, name = "cells", colour = 1 }, {}
  local function at(t) return time.convert({ t }, unit)[1] end
  for i, cell in ipairs(lineage) do
    add(tree, at(cell.born), places[i])
    add(tree, at(cell.ended or last), places[i])
    add(tree, NAN, NAN)
    local below = daughters[i]
    if below then
      add(tree, at(cell.ended or last), places[below[1]])
      add(tree, at(cell.ended or last), places[below[#below]])
      add(tree, NAN, NAN)
    end
    if ends[cell.fate] then
      marks[cell.fate] = marks[cell.fate]
        or { x = {}, y = {}, name = cell.fate, style = "points", colour = ends[cell.fate] }
      add(marks[cell.fate], at(cell.ended), places[i])
    end
  end
  local series = { tree }
  for _, fate in ipairs(sorted(marks)) do series[#series + 1] = marks[fate] end
  return { { title = "Lineages", x_label = ("time (%s)"):format(unit), y_label = "cells", series = series } }
end

return world
