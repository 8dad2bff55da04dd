-- Models in SBML of a folder, loaded, written and loaded again: as they were loaded, and at half of a duration.
--   build/bin/bioxen scripts/bench/written.lua FOLDER OUT [DURATION] [PATTERN]
-- A line a model: by how much a run of what was written is off, beside each value, or 1e-6 of a column's largest or
-- 1e-12 of all; or why there is none. What was written goes into the folder OUT, for written.py to look at.

local bioxen = require "bioxen"
local core = require "bioxen.core"

local folder, out = arg[1], arg[2]
local duration, pattern = tonumber(arg[3] or 100), arg[4] or "%.xml"

local RUN = [[
  local t = cell:run { duration = args.duration, every = args.duration/4, record = args.names,
    tolerance = { relative = 1e-9 } }
  local columns = {}
  for i, name in ipairs(args.names) do columns[i] = t:column(name) end
  return columns]]

local number = 0
local function new_vm()
  number = number + 1
  local vm = assert(bioxen.create_bio_vm("written-" .. number, "empty", "basic", { memory = 4 << 30, timeout = 120 }))
  assert(vm:start())
  return vm
end

local function inside(vm, code, args)
  local answer, err = vm:execute_biological_process(code, { args = args })
  if not answer then error(err.message, 0) end
  return answer.result
end

local function largest(values)
  local most = 0
  for _, x in ipairs(values) do
    if math.abs(x) > most and math.abs(x) < math.huge then most = math.abs(x) end
  end
  return most
end

local function difference(columns, others)
  local worst, all = 0, 0
  for _, column in ipairs(columns) do all = math.max(all, largest(column)) end
  for i, column in ipairs(columns) do
    local floor = 1e-6*largest(column) + 1e-12*all
    for k, x in ipairs(column) do
      local same = x == others[i][k] or x ~= x and others[i][k] ~= others[i][k]
      if not same then worst = math.max(worst, math.abs(x - others[i][k])/(math.abs(x) + floor)) end
    end
  end
  return worst
end

-- Write the cell of `vm`, which stands where a run is to begin; run both.
local function compare(vm, path, names, length)
  local text = inside(vm, "return cell:to_sbml()")
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
  local other <close> = new_vm()
  inside(other, "cell:load_sbml(args) return true", text)
  local words = { names = names, duration = length }
  return ("%.2g"):format(difference(inside(vm, RUN, words), inside(other, RUN, words)))
end

local function try(name)
  local vm <close> = new_vm()
  local model, err = vm:load_sbml(folder .. "/" .. name)
  if not model then return err.message end
  local path = out .. "/" .. name:gsub("%.xml.*$", "")
  local whole = compare(vm, path .. ".loaded.xml", model.species, duration)
  inside(vm, "cell:reset() cell:run { duration = args, every = args } return true", duration/2)
  return whole, compare(vm, path .. ".later.xml", model.species, duration/2)
end

for _, name in ipairs(core.list_folder(folder)) do
  if name:find(pattern) then print(name, select(2, pcall(try, name))) end
end
