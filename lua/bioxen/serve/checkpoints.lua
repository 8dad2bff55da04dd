--- What a daemon's VMs are, in files beside its logs: saved every so often, and taken up again by the daemon that
-- follows one that ended or was killed. VMs of pools are not: their configurations have secrets.

local core = require "bioxen.core"
local hypervisor = require "bioxen.hypervisor"
local log = require "bioxen.serve.log"
local saved = require "bioxen.vm.saved"

local checkpoints = {}

local LIMIT = 1000 -- files that are taken up

local function path_of(server, id)
  return ("%s/cells/%s.cell"):format(server.options.folder, id)
end

local function tell(server, id, event, err)
  log.of(id):write(event, { message = err and err.message })
  if err and not server.options.quiet then io.stderr:write("bioxen: VM ", id, ": ", err.message, "\n") end
end

-- Save a VM that stands still and has been called since; who calls it meanwhile waits.
local function save(server, number, vm, every)
  local status, now = vm:get_status(), core.clock()
  local last = server.saved[number] or { at = now, calls = 0 }
  server.saved[number] = last
  if status.state ~= "running" or status.busy or status.vm_type ~= "basic" or status.calls == last.calls
    or now - last.at < every then
    return
  end
  local done, err = saved.save(vm, path_of(server, status.vm_id))
  last.at, last.calls = now, vm:get_status().calls
  if not done then tell(server, status.vm_id, "not saved", err) end
end

--- Save what is due; all that can be with `every` = 0.
function checkpoints.save(server, every)
  if not every then return end
  for number, vm in pairs(server.vms) do save(server, number, vm, every) end
end

--- A VM is gone for good.
function checkpoints.forget(server, id, number)
  if not server.options.checkpoint or server.ending then return end
  server.saved[number] = nil
  os.remove(path_of(server, id))
end

--- Take up what is there: call admit(vm) for each. True; or nil and an error.
function checkpoints.take_up(server, admit)
  server.saved = {}
  if not server.options.checkpoint then return true end
  local folder = server.options.folder .. "/cells"
  local made, err = core.make_own_folder(folder)
  if not made then return nil, err end
  local taken = 0
  for _, name in ipairs(core.list_folder(folder)) do
    local id = name:match "^(.+)%.cell$"
    if id and core.valid_id(id) and taken < LIMIT then
      local path, vm = folder .. "/" .. name, nil
      local bytes, err = saved.read_file(path)
      local from
      if bytes then from, err = saved.read(bytes, path) end
      if from then
        vm, err = hypervisor.restore(server.hypervisor, bytes, path, id, nil, { memory = from.config.memory }, true)
      end
      if vm then
        taken = taken + 1
        admit(vm)
      end
      tell(server, id, vm and "taken up" or "not taken up", err)
    end
  end
  return true
end

return checkpoints
