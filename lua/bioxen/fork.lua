--- vm:fork: copies of a living VM, its cell and its Lua state, while it goes on.

local check = require "bioxen.check"
local core = require "bioxen.core"
local origin = require "bioxen.vm.origin"
local restart = require "bioxen.hypervisor.restart"

local fork = {}

local schema = {
  n = { type = "number", integer = true, minimum = 1, maximum = 100000, required = true },
  id = { type = "string" },
}

local function check_id(id, level)
  if type(id) ~= "string" or not core.valid_id(id) then
    error(("bad argument 'new_id': 1 to 64 of letters, digits, '.', '_', '-' expected, got %s"):format(
      check.shown(id)), level + 1)
  end
  return id
end

-- The ids of the copies that are wanted.
local function ids_of(vm, what)
  if type(what) ~= "table" then return { check_id(what, 3) } end
  local problems = {}
  local given = check.table(what, schema, "options", problems)
  check.raise(problems, 3)
  local prefix, ids = given.id or vm:get_status().vm_id, {}
  for i = 1, given.n do ids[i] = check_id(("%s.%d"):format(prefix, i), 3) end
  return ids
end

-- None is left of copies that did not all come to be, whatever is raised meanwhile.
local undone = { __close = function(vms)
  if vms.whole then return end
  for _, vm in ipairs(vms) do vm:destroy() end
end }

--- Copies by their ids: one, or a list where several are asked for; or nil and an error, and there is none.
function fork.fork(vm, what)
  local hypervisor, ids = core.hypervisor_of(vm), ids_of(vm, what)
  local vms <close> = setmetatable({}, undone)
  for i, id in ipairs(ids) do
    local copy, err = core.enter_fork(vm, id)
    if not copy then return nil, err end
    vms[i] = copy
  end
  for i, copy in ipairs(vms) do
    local made, err = core.fork(vm, copy)
    if not made then return nil, err end
    origin.share(vm, copy)
    restart.share(hypervisor, vm, copy, ids[i])
  end
  vms.whole = true
  if type(what) == "table" then return table.move(vms, 1, #vms, 1, {}) end
  return vms[1]
end

return fork
