-- A model that a command is given, loaded into a VM, and what its words say of it.

local bioxen = require "bioxen"
local ending = require "bioxen.ending"
local nearest = require "bioxen.nearest"
local say = require "bioxen.cli.say"
local sbml = require "bioxen.model.sbml"
local source = require "bioxen.cli.source"

local models = {}

models.MEMORY = 4 << 30 -- bytes that a VM may take; it takes what it needs

--- A VM with nothing in it that runs; nil and an error.
function models.start(name, seed, memory)
  local vm, err = bioxen.create_bio_vm(name, "empty", "basic", { memory = memory or models.MEMORY, seed = seed })
  if not vm then return nil, err end
  local started, err = vm:start()
  if started then return vm end
  return nil, err
end

--- Load options.model, a path or "-", to be run by that method: what load_sbml gives; nil and an error.
function models.load(vm, options, method)
  local how = { strict = options.strict, stochastic = method ~= "ode" }
  if options.model ~= "-" then return vm:load_sbml(options.model, how) end
  options.text = options.text or source.read "-"
  return sbml.load_text(vm, options.text, how)
end

-- ---- names ----

--- The cell's name for "S", "S.amount", "S.concentration".
function models.cell_name(loaded, name)
  local id, what = name:match "^(.+)%.(%a+)$"
  local of = (what == "amount" or what == "concentration") and loaded[what][id]
  return of or loaded.renamed[name] or name
end

local function names_in(vm)
  local answer, err = vm:execute_biological_process [[
    local names = {}
    for _, list in ipairs { cell:species(), cell:parameters(), cell:rules() } do
      table.move(list, 1, #list, #names + 1, names)
    end
    return names]]
  return answer and answer.result, err
end

--- The names of the cell for those that were asked for by an option; without any the model's species, nil where it has
-- none.
function models.recorded(vm, loaded, wanted, option)
  wanted = wanted or loaded.species
  if #wanted == 0 then return nil end
  local there, err = names_in(vm)
  if not there then return nil, err end
  local known, names = {}, {}
  for _, name in ipairs(there) do known[name] = true end
  for i, name in ipairs(wanted) do
    names[i] = models.cell_name(loaded, name)
    if not known[names[i]] then
      local some = table.concat(there, ", ", 1, math.min(#there, 12)) .. (#there > 12 and ", …" or "")
      return nil, ("%s: the model has no '%s'%s"):format(option, name, nearest(name, there, ", it has " .. some))
    end
  end
  return names
end

-- ---- values ----

-- "A=5,B=1e-9", by the cell's names; or nil and the item that is something else.
local function values_by_name(loaded, list)
  local values = {}
  for _, item in ipairs(list) do
    local name, value = item:match "^(.-)=(.*)$"
    value = tonumber(value)
    if not value then return nil, item end
    values[models.cell_name(loaded, name)] = value
  end
  return values
end

--- "1e-12" or "A=1e-12,B=1e-9": a number, or numbers by the cell's names; nil, and an error where it is neither.
function models.absolute_tolerance(loaded, list)
  if not list then return nil end
  if #list == 1 and tonumber(list[1]) then return tonumber(list[1]) end
  local absolute, odd = values_by_name(loaded, list)
  for name, value in pairs(absolute or {}) do
    if value <= 0 then absolute, odd = nil, name .. "=" .. value end
  end
  if absolute then return absolute end
  return nil, ("--absolute-tolerance: a number above 0, or NAME=NUMBER expected, got '%s'"):format(odd)
end

--- Set what "--set" asks for; these values by the cell's names, or nil and an error.
function models.set(vm, loaded, list)
  local values, odd = values_by_name(loaded, list or {})
  if not values then return nil, ("--set: NAME=NUMBER expected, got '%s'"):format(odd) end
  local set, err = vm:execute_biological_process("cell:set(args)", { args = values, name = "set" })
  return set and values, err
end

--- A VM whose cell is the model of options.model, with the values of options.set; and what loading it told. nil and an
-- error. The VM is the caller's to destroy.
function models.open(name, options)
  local vm, err = models.start(name)
  if not vm then return nil, err end
  local loaded, err = models.load(vm, options, "ode")
  local set
  if loaded then
    if not ending.wants_json(options) then say.warnings(loaded.warnings) end
    set, err = models.set(vm, loaded, options.set)
  end
  if set then return vm, loaded end
  vm:destroy()
  return nil, err
end

return models
