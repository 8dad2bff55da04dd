--- A VM with a model in SBML, for commands that ask questions of it.

local bioxen = require "bioxen"
local sbml = require "bioxen.model.sbml"
local source = require "bioxen.cli.source"
local say = require "bioxen.cli.say"
local nearest = require "bioxen.nearest"

local model = {}

local MEMORY = 4 << 30 -- bytes that the VM may take; it takes what it needs

local function start_vm(name)
  local vm, err = bioxen.create_bio_vm(name, "minimal_cell", "basic", { memory = MEMORY, timeout = math.huge })
  if not vm then return nil, err end
  local started, err = vm:start()
  if started then started, err = vm:execute_biological_process "cell:clear()" end
  if started then return vm end
  vm:destroy()
  return nil, err
end

local function load(vm, path, how)
  if path ~= "-" then return vm:load_sbml(path, how) end
  local text, err = source.read "-"
  if not text then return nil, err end
  return sbml.load_text(vm, text, how)
end

--- The cell's name for "S", "S.amount", "S.concentration".
function model.cell_name(loaded, name)
  local id, what = name:match "^(.+)%.(%a+)$"
  local of = (what == "amount" or what == "concentration") and loaded[what][id]
  return of or loaded.renamed[name] or name
end

--- The cell's names for a list of them; or nil and which of them it does not have.
function model.cell_names(vm, loaded, list)
  local answer, err = vm:execute_biological_process [[
    local names = {}
    for _, some in ipairs { cell:species(), cell:parameters(), cell:rules() } do
      table.move(some, 1, #some, #names + 1, names)
    end
    return names]]
  if not answer then return nil, err end
  local known, names = {}, {}
  for _, name in ipairs(answer.result) do known[name] = true end
  for i, name in ipairs(list) do
    names[i] = model.cell_name(loaded, name)
    if not known[names[i]] then
      return nil, ("the model has no '%s'%s"):format(name, nearest(name, answer.result, ""))
    end
  end
  return names
end

local function set_values(vm, loaded, list)
  local values = {}
  for _, item in ipairs(list or {}) do
    local name, value = item:match "^(.-)=(.*)$"
    value = tonumber(value)
    if not value then return nil, ("--set: NAME=NUMBER expected, got '%s'"):format(item) end
    values[model.cell_name(loaded, name)] = value
  end
  return vm:execute_biological_process("cell:set(args)", { args = values, name = "set" })
end

--- A VM whose cell is the model of options.model, with the values of options.set; and what loading it told. nil and an
-- error. The VM is the caller's to destroy.
function model.open(name, options, how)
  local vm, err = start_vm(name)
  if not vm then return nil, err end
  local loaded, err = load(vm, options.model, { strict = options.strict, stochastic = how and how.stochastic })
  local set
  if loaded then
    if not options.json then say.warnings(loaded.warnings) end
    set, err = set_values(vm, loaded, options.set)
  end
  if set then return vm, loaded end
  vm:destroy()
  return nil, err
end

return model
