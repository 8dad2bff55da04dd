--- What the first line of a cell may say of the rest: %%vm NAME, %%sbml NAME, %%process NAME; and ?name.

local bioxen = require "bioxen"
local nearest = require "bioxen.nearest"

local magics = { names = { "vm", "sbml", "process" } }

--- The word behind %% in the first line, what follows it there, and the rest of the cell, whose lines keep their
-- numbers; nil where there is none.
function magics.split(code)
  local word, argument, rest = code:match "^%s*%%%%(%a*)[ \t]*([^\r\n]*)\r?(\n?.*)$"
  if not word then return nil end
  return word, argument:match "^(.-)%s*$", rest
end

-- A VM of that name, made empty and started if there is none.
local function vm_for_models(session, id)
  local vm = session.hypervisor:get_vm(id)
  if vm then return vm end
  local made, err = bioxen.create_bio_vm(id, "empty")
  if not made then return nil, err end
  local started, why = made:start()
  if not started then
    made:destroy()
    return nil, why
  end
  session.models[id] = made -- a VM that nobody holds is collected
  session:say(("VM %s: empty, started."):format(id))
  return made
end

local run = {}

function run.vm(session, id, code)
  local before = session.vm
  if not session:run_command(".use " .. id) then return end
  session:feed(code)
  session.vm = before
end

function run.sbml(session, id, code)
  local sbml = code:match "^%s*(.*)$"
  session:call(function()
    local vm, err = vm_for_models(session, id)
    local loaded
    if vm then loaded, err = vm:load_sbml(sbml) end
    return loaded or error(err, 0)
  end)
end

-- The fields of a process, of the VM's name where it has none of its own.
function run.process(session, argument, code)
  local id, name = argument:match "^(%S+)%s+(%S.*)$"
  id, name = id or argument, name or argument
  local made
  session:call(function()
    local vm, err = vm_for_models(session, id)
    made = vm ~= nil or error(err, 0)
  end)
  if made then run.vm(session, id, ("process(%q) {%s\n}"):format(name, code)) end
end

--- Run such a cell in a session.
function magics.run(session, word, argument, code)
  if not run[word] then
    return session:fail(("there is no %%%%%s%s"):format(word,
      nearest(word, magics.names, "; there are %%vm, %%sbml and %%process")))
  end
  if argument == "" then return session:fail(("which VM? %%%%%s NAME"):format(word)) end
  run[word](session, argument, code)
end

return magics
