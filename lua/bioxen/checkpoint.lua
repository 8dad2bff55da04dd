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

-- Wait for a VM that has failed to be started again by its policy: whether it has been.
local function comes_back(vm)
  while restart.is_due(vm) and vm:get_state() ~= "running" do core.step(0.1) end
  return vm:get_state() == "running" and not vm:get_status().busy
end

-- Save a VM that has done so many steps of a call; true, or nil and an error.
local function save(vm, call)
  call.saved_at = core.clock()
  local bytes, err = saved.bytes(vm, call.digest, call.steps)
  if not bytes or call.failed then return nil, err or call.failed end
  return core.save_file(call.path, bytes)
end

-- One step of a call, and its file if that is due; true, or nil and an error. A VM that failed and was started again
-- by its policy meanwhile has done no step: it is another cell.
local function step(vm, code, rest, call)
  local answer, err = vm:execute_biological_process(code, rest)
  if not answer or call.failed then return nil, err or call.failed end
  call.steps = call.steps + 1
  call.printed[call.steps], call.elapsed = answer.stdout, call.elapsed + answer.elapsed
  if answer.result ~= nil then
    call.answer = answer
  elseif core.clock() - call.saved_at >= call.every then
    return save(vm, call)
  end
  return true
end

-- Be told when a VM fails, until the value that this gives is closed: call.failed is an error then.
local function watch(vm, call)
  local vm_id = vm:get_status().vm_id
  return setmetatable({}, { __close = core.hypervisor_of(vm):on("error", function(change)
    if change.vm_id ~= vm_id then return end
    call.failed = select(2, core.fail("EKILLED", ("VM %q failed between two steps: %s"):format(vm_id,
      tostring(change.reason)), vm_id))
  end) })
end

-- A VM whose worker is gone refuses calls as busy, without a job, until it is told of that end.
local function hear_of_end(vm, call, err)
  local patience = core.clock() + 10
  while err.code == "EBUSY" and not call.failed and not vm:get_status().busy and core.clock() < patience do
    core.step(0.01)
  end
end

-- After a step that failed: go on from the file, where the VM's policy starts it again; true, or nil and an error.
local function go_on(vm, call, err)
  hear_of_end(vm, call, err)
  local failed = call.failed or restart.is_due(vm)
  if not (failed and core.is_file(call.path) and comes_back(vm)) then return nil, err end
  call.failed = nil
  call.steps, err = take_up(vm, call.path, call.digest)
  return call.steps and true, err
end

--- As vm:execute_biological_process: see types.lua.
function checkpoint.execute(vm, code, options)
  local own, rest = split(options)
  local call = { path = own.checkpoint, every = own.every, digest = digest_of(code, rest.args), printed = {},
    elapsed = 0 }
  local first, err = take_up(vm, call.path, call.digest)
  if not first then return nil, err end
  call.steps, call.saved_at = first, core.clock()
  local _ <close> = watch(vm, call)
  while not call.answer do
    local done, err = step(vm, code, rest, call)
    if not done then done, err = go_on(vm, call, err) end
    if not done then return nil, err end
  end
  os.remove(call.path)
  call.answer.stdout, call.answer.elapsed = table.concat(call.printed, "", first + 1, call.steps), call.elapsed
  call.answer.steps = call.steps
  return call.answer
end

core.set_checkpoint(checkpoint.execute)

return checkpoint
