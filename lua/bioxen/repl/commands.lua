--- The session's own commands, which begin with a dot.

local core = require "bioxen.core"
local ending = require "bioxen.ending"
local nearest = require "bioxen.nearest"
local doc = require "bioxen.repl.doc"
local show = require "bioxen.repl.show"
local terminal = require "bioxen.terminal"
local text = require "bioxen.repl.text"

local commands = { names = { "help", "vms", "use", "take", "plot", "csv", "load", "save", "time", "doc", "quit" } }

--- The first line of what .save writes: .load runs the rest line by line.
local MARK = "-- a session of bioxen: .load runs it line by line, as typed"

--- Bytes of a script, and of what is typed or piped as one.
commands.LIMIT = 64 << 20

--- The text of a script; nil and what is wrong, as text.
function commands.read(path)
  local content, err = core.read_file(path, commands.LIMIT)
  return content, err and text.escape(err.message)
end

local function path_of(argument)
  return (argument:gsub("^~/", function() return (os.getenv "HOME" or "~") .. "/" end))
end

commands.help = { usage = ".help", summary = "this list" }

function commands.help.run(session)
  local rows = {}
  for _, name in ipairs(commands.names) do
    rows[#rows + 1] = { commands[name].usage, commands[name].summary }
  end
  session:say(text.columns(rows))
  session:say [[

A line is an expression, whose values are shown, or statements; `_` is the value
of the last. Lines that are not whole are continued; ^C or ^D drops them. ^C
stops what runs, and keeps the session. Tab completes, ^R searches what was
typed. A line that begins with a space is not kept in the history. A first cell:

  vm = bioxen.create_bio_vm("a", "minimal_cell")
  vm:start()
  .use a
  cell:run{ duration = 3600, every = 60 }]]
end

commands.vms = { usage = ".vms", summary = "the VMs there are" }

function commands.vms.run(session)
  local rows = { { "id", "type", "organism", "state", "simulated", "up" } }
  for _, status in ipairs(session.hypervisor:list_vms()) do
    rows[#rows + 1] = { status.vm_id, status.vm_type, status.biological_type,
      status.state .. (status.busy and ", busy" or ""),
      status.sim_time and ("%.10g s"):format(status.sim_time) or "",
      status.uptime_seconds and ("%.0f s"):format(status.uptime_seconds) or "" }
  end
  if #rows == 1 then
    session:say 'There are none. Make one: vm = bioxen.create_bio_vm("a", "minimal_cell")'
  else
    session:say(text.columns(rows))
  end
end

commands.use = { usage = ".use VM", takes = "vm",
  summary = "run the lines that follow in that VM; without one: here again" }

local advice = { created = "start it: vm:start()", stopped = "start it: vm:start()",
  paused = "resume it: vm:resume()", error = "restart it: vm:restart()" }

function commands.use.run(session, id)
  if id == "" then
    session.vm = nil
    return true
  end
  local vm = session.hypervisor:get_vm(id)
  if not vm then
    local ids = session.hypervisor:ids()
    return nil, ("no VM is called %s; there is: %s"):format(text.quote(id),
      #ids > 0 and table.concat(ids, ", ") or "none, make one with bioxen.create_bio_vm")
  end
  local state = vm:get_state()
  if state ~= "running" then
    return nil, ("VM %s is %s; %s"):format(id, state, advice[state] or "wait until it is running")
  end
  session.vm = vm
  return true
end

-- ---- values ----

-- What an expression is: in the VM whose prompt this is, else here. nil, and an error's text or, interrupted, nothing.
local function value_of(session, expression)
  local code = "return " .. expression
  local here, mistake = load(code, "=stdin", "t")
  if not here then return nil, text.escape(mistake) end
  local good, value, err
  if session.vm then
    good, value, err = terminal.call(session.vm.run, session.vm, code, { name = "stdin" })
    value = good and value and value.result
  else
    good, value, err = terminal.call(here)
  end
  if good == nil then return nil end
  if value ~= nil and good then return value end
  return nil, show.error(not good and value or err or expression .. " is nil")
end

commands.take = { usage = ".take NAME", summary = "bring a value of the VM here, under that name; .take NAME = VALUE" }

function commands.take.run(session, argument)
  local name, expression = argument:match "^([%a_][%w_]*)%s*=%s*(.+)$"
  name = name or argument:match "^[%a_][%w_]*$"
  if not name then return nil, "which value? .take t, or .take t = cell:run{ duration = 60, every = 1 }" end
  local value, err = value_of(session, expression or name)
  if value == nil then return nil, err end
  rawset(_G, name, value)
  return true
end

-- "EXPRESSION > FILE": both; without a file the whole.
local function split(argument)
  local expression, file = argument:match "^(.-)%s*>%s*(%S+%.%a+)$"
  return expression or argument, file and path_of(file)
end

-- Call a method of what the expression is, with a file's path or nil.
local function apply(session, argument, name, call)
  local expression, file = split(argument)
  if expression == "" then return nil, ("of what? .%s VALUE, or .%s VALUE > FILE"):format(name, name) end
  local value, err = value_of(session, expression)
  if value == nil then return nil, err end
  local class = core.class_name(value)
  if class ~= "Trajectory" and class ~= "Ensemble" then
    return nil, text.escape(expression) .. " is no trajectory and no ensemble"
  end
  local good, done, err = terminal.call(call, value, file)
  if good == nil then return nil end
  if not good or not done then return nil, show.error(not good and done or err) end
  return true
end

commands.plot = { usage = ".plot VALUE", summary = "draw a trajectory or ensemble; .plot VALUE > FILE.png" }

function commands.plot.run(session, argument)
  return apply(session, argument, "plot", function(value, file) return value:plot(file and { file = file }) end)
end

commands.csv = { usage = ".csv VALUE", summary = "show a trajectory or ensemble as CSV; .csv VALUE > FILE.csv" }

function commands.csv.run(session, argument)
  return apply(session, argument, "csv", function(value, file)
    if file then
      local fits, mistake = ending.check(".csv", ending.tables, file)
      if not fits then error(mistake, 0) end
      return core.save_file(file, ending.separated(value:to_csv(), ",", file))
    end
    session:say((value:to_csv():gsub("\r?\n$", "")))
    return true
  end)
end

commands.load = { usage = ".load FILE", takes = "file", summary = "run a file: a script, or a saved session" }

function commands.load.run(session, argument)
  if argument == "" then return nil, "which file? .load FILE" end
  local path = path_of(argument)
  local content, err = commands.read(path)
  if not content then return nil, err end
  local rest = content:match "^[^\n]*\n?()"
  if content:sub(1, #MARK) == MARK then
    return session:replay(content:sub(rest))
  end
  return session:run_script(content, path)
end

commands.save = { usage = ".save FILE", takes = "file", summary = "write what was typed so far to a file" }

function commands.save.run(session, argument)
  if argument == "" then return nil, "to which file? .save FILE" end
  local path = path_of(argument)
  local former = core.real_path(path) and (core.read_file(path, commands.LIMIT) or "unreadable") or ""
  if former ~= "" and former:sub(1, #MARK) ~= MARK then
    return nil, ("%s is there already, and is no saved session; name another file"):format(argument)
  end
  local lines = table.concat(session.input, "\n")
  local saved, err = core.save_file(path, MARK .. "\n" .. lines .. (#lines > 0 and "\n" or ""))
  if not saved then return nil, text.escape(err.message) end
  session:say(("%s written to %s"):format(text.counted(#session.input, "entry"):gsub("entrys$", "entries"),
    argument))
  return true
end

commands.time = { usage = ".time", summary = "show, or no longer, what each line takes: real and simulated time" }

function commands.time.run(session)
  session.timing = not session.timing
  session:say(session.timing and "Times are shown." or "Times are not shown.")
end

commands.doc = { usage = ".doc NAME", takes = "doc",
  summary = "the reference, as of vm:start; alone: what there is" }

local function list_names(session)
  local modules, classes = {}, {}
  for _, name in ipairs(doc.names()) do
    if name:find "^%l[%w_]*%." then
      modules[#modules + 1] = name
    elseif not name:find "[:.]" then
      classes[#classes + 1] = name
    end
  end
  session:say(doc.folded("Functions: " .. table.concat(modules, ", "), session:columns()))
  session:say(doc.folded("Classes and tables: " .. table.concat(classes, ", "), session:columns()))
end

function commands.doc.run(session, name)
  if name == "" then return list_names(session) end
  local found = doc.find(name, function(variable) return session:class_of(variable) end)
  if #found == 0 then
    return nil, ("nothing is written about %s; .doc lists what there is"):format(text.escape(name))
  end
  if #found > 1 then
    session:say(".doc " .. table.concat(found, "\n.doc "))
  else
    session:say(doc.text(found[1], session:columns()))
  end
end

commands.quit = { usage = ".quit", summary = "end the session, and its VMs; so do .exit and ^D" }

function commands.quit.run(session)
  session.ended = true
end

--- Run a line. True; or nil and what is wrong.
function commands.run(session, line)
  local name, argument = line:match "^%s*%.(%a*)%s*(.-)%s*$"
  if name == "exit" then name = "quit" end
  if name == "" or name == "names" or name == "run" or not commands[name] then
    return nil, ("there is no command .%s%s"):format(name, nearest(name, commands.names, "; .help lists them"))
  end
  local good, err = commands[name].run(session, argument)
  if err then return nil, err end
  return good ~= false
end

return commands
