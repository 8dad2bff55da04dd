--- Long work in steps: execute_biological_process with a checkpoint calls its code again and again, saves the VM every
-- so often between two steps, and takes up the file that an interrupted one left. docs/saved_cells.md tells more.

local check = require "bioxen.check"
local core = require "bioxen.core"
local origin = require "bioxen.vm.origin"
local restart = require "bioxen.hypervisor.restart"
local saved = require "bioxen.vm.saved"

local checkpoint = {}

local schema = {
  checkpoint = { type = "string", required = true },
  every = { type = "number", minimum = 0, default = 60 },
}

-- What of the options is this file's, checked, and the rest.
local function split(options)
  local own, rest, problems = {}, {}, {}
  for key, value in pairs(options) do (schema[key] and own or rest)[key] = value end
  own = check.table(own, schema, "options", problems)
  check.raise(problems, 4)
  return own, rest
end

-- What a value is, as text that does not depend on the order of fields. Objects are all alike.
local function described(value)
  if type(value) == "userdata" or type(value) == "function" then return type(value) end
  if type(value) ~= "table" then return ("%q"):format(value) end
  local items = {}
  for key, item in pairs(value) do items[#items + 1] = described(key) .. "=" .. described(item) end
  table.sort(items)
  return "{" .. table.concat(items, ",") .. "}"
end

-- Which call it is: with other arguments the steps that were done would be another's.
local function digest_of(code, args)
  return core.digest(code .. "\0" .. described(args))
end

-- Have a VM's worker be a new one that is as the file says; true, or nil and an error.
local function become(vm, from, what)
  local before, err = core.set_setup(vm, false, math.random(0))
  if not before then return nil, err end
  local started, failure = vm:restart()
  local set, err = core.set_setup(vm, before)
  if not started then return nil, failure end
  if not set then return nil, err end
  local answer, err = saved.fill(vm, from, what)
  if not answer then
    vm:stop() -- what is left is no cell
    return nil, err
  end
  for _, package in ipairs(answer.packages) do origin.note_package(vm, package) end
  return true
end

-- Go on where the file says that this call was, if there is one: the steps that were done; or nil and an error.
local function take_up(vm, path, call)
  if not core.is_file(path) then return 0 end
  local bytes, err = saved.read_file(path)
  if not bytes then return nil, err end
  local from, err = saved.read(bytes, path)
  if not from then return nil, err end
  if from.call ~= call or from.biological_type ~= vm:get_biological_type() then
    return core.fail("EFILE", ("%s is refused: it is the checkpoint of another call; remove it to begin anew"):format(
      path))
  end
  local done, err = become(vm, from, path)
  if not done then return nil, err end
  return from.steps
end

-- Whether an error may tell of the end of a worker. One that has just ended seems busy until that is known, and a VM
-- may be starting again by then.
local function is_loss(err)
  return err.class == "vm" and (not err.usable or err.code == "EBUSY" or err.code == "ESTATE")
end

local PATIENCE = 2 -- seconds until it is known what became of a VM

-- Wait for a VM that has failed to be started again by its policy: whether it has been, by now.
local function comes_back(vm, starts)
  local last = core.clock() + PATIENCE
  while true do
    local due, status = restart.is_due(vm), vm:get_status()
    if due == nil then return false end
    if status.state == "running" and status.starts > starts then return true end
    if not due and core.clock() > last then return false end
    core.step(0.05)
  end
end

-- What comes from another worker than the one that had the steps before says nothing: it is as if the VM had failed.
local function is_same(vm, call)
  if vm:get_status().starts == call.starts then return true end
  return core.fail("EDIED", "the worker ended between two steps, and the VM was started again", call.vm_id)
end

-- Write the file, if that is due.
local function save(vm, call)
  if core.clock() - call.saved_at < call.every then return true end
  local bytes, err = saved.bytes(vm, call.digest, call.steps)
  if not bytes then return nil, err end
  local same, err = is_same(vm, call)
  if not same then return nil, err end
  call.saved_at = core.clock()
  return core.save_file(call.path, bytes)
end

-- One step of a call; true, or nil and an error.
local function step(vm, code, rest, call)
  local same, err = is_same(vm, call)
  if not same then return nil, err end
  local answer, err = vm:execute_biological_process(code, rest)
  if not answer then return nil, err end
  same, err = is_same(vm, call)
  if not same then return nil, err end
  call.steps = call.steps + 1
  call.printed[call.steps], call.elapsed = answer.stdout, call.elapsed + answer.elapsed
  if answer.result == nil then return save(vm, call) end
  call.answer = answer
  return true
end

-- From the file, or from the beginning where there is none.
local function begin(vm, call)
  local steps, err = take_up(vm, call.path, call.digest)
  if not steps then return nil, err end
  call.steps, call.starts, call.saved_at = steps, vm:get_status().starts, core.clock()
  return true
end

--- As vm:execute_biological_process: see types.lua.
function checkpoint.execute(vm, code, options)
  local own, rest = split(options)
  local call = { path = own.checkpoint, every = own.every, digest = digest_of(code, rest.args), printed = {},
    elapsed = 0, vm_id = vm:get_status().vm_id }
  local begun, err = begin(vm, call)
  if not begun then return nil, err end
  local first = call.steps + 1
  while not call.answer do
    local done, err = step(vm, code, rest, call)
    if not done then
      if not is_loss(err) or not comes_back(vm, call.starts) or not core.is_file(call.path) then return nil, err end
      begun, err = begin(vm, call)
      if not begun then return nil, err end
    end
  end
  os.remove(call.path)
  call.answer.stdout, call.answer.elapsed = table.concat(call.printed, "", first, call.steps), call.elapsed
  call.answer.steps = call.steps
  return call.answer
end

core.set_checkpoint(checkpoint.execute)

return checkpoint
