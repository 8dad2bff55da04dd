--- vm:fork: copies of a living VM, its cell and its Lua state, while it goes on.

local check = require "bioxen.check"
local core = require "bioxen.core"
local hypervisor = require "bioxen.hypervisor"
local origin = require "bioxen.vm.origin"
local restart = require "bioxen.hypervisor.restart"
local saved = require "bioxen.vm.saved"
local top = require "bioxen.hypervisor.top"

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

-- By the kernel. True; or nil and an error.
local function copy(vm, ids, vms)
  for i, id in ipairs(ids) do
    local one, err = core.enter_fork(vm, id)
    if not one then return nil, err end
    vms[i] = one
  end
  for i, one in ipairs(vms) do
    local made, err = core.fork(vm, one)
    if not made then return nil, err end
    origin.share(vm, one)
    restart.share(core.hypervisor_of(vm), vm, one, ids[i])
    top.begin(one)
  end
  return true
end

-- What a saved cell has, and what is said of its place.
local not_given = { "seed", "organism", "model", "resources", "xcpng_config", "guest" }

-- Where the kernel has no way: all from one saved cell; those of a VM in a guest beside it.
local function copy_by_saving(vm, ids, vms)
  local bytes, err = saved.bytes(vm)
  if not bytes then return nil, err end
  local status, config, keep = vm:get_status(), origin.config(vm), core.is_kept(vm)
  for _, key in ipairs(not_given) do config[key] = nil end
  if status.vm_type == "xcpng" then config.guest = vm end
  local what = ("the saved cell of VM %q"):format(status.vm_id)
  for i, id in ipairs(ids) do
    local one, err = hypervisor.restore(core.hypervisor_of(vm), bytes, what, id, status.vm_type, config, keep)
    if not one then return nil, err end
    vms[i] = one
    local _, problem = core.ask(one, "branch", nil, id)
    if problem then return nil, problem end
  end
  return true
end

--- Copies by their ids: one, or a list where several are asked for; or nil and an error, and there is none.
function fork.fork(vm, what)
  local ids = ids_of(vm, what)
  local vms <close> = setmetatable({}, undone)
  local made, err = copy(vm, ids, vms)
  if err and err.code == "EUNSUPPORTED" then made, err = copy_by_saving(vm, ids, vms) end
  if not made then return nil, err end
  vms.whole = true
  if type(what) == "table" then return table.move(vms, 1, #vms, 1, {}) end
  return vms[1]
end

return fork
