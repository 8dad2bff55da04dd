--- What is typed is run, here or in a VM, and its values are shown. Who shows them otherwise than as text inherits from
-- the class: prompt.lua, and the kernel of notebooks.

local bioxen = require "bioxen"
local chunk = require "bioxen.repl.chunk"
local colour = require "bioxen.repl.colour"
local commands = require "bioxen.repl.commands"
local doc = require "bioxen.repl.doc"
local inside = require "bioxen.repl.inside"
local show = require "bioxen.repl.show"
local terminal = require "bioxen.terminal"
local text = require "bioxen.repl.text"

local session = {}

local Session = {}
Session.__index = Session

session.TOO_LONG = ("at most %d bytes expected in what belongs together: the rest of the input is not read"):format(
  commands.LIMIT)

-- ---- what it says ----

function Session:say(words)
  io.stdout:write(words, "\n")
  io.stdout:flush()
end

function Session:say_values(words)
  self:say(self.colours and colour.values(words) or words)
end

-- Problems go to standard error, after what was printed before.
function Session:complain(words)
  io.stdout:flush()
  io.stderr:write(self.red and "\27[31m" or "", words, self.red and "\27[0m" or "", "\n")
end

function Session:hint(words)
  if self.interactive then self:complain("(" .. words .. ")") end
end

-- Of an error that was raised or returned.
function Session:fail(err, traceback)
  self:complain(show.error(err, traceback))
end

-- On a new line: the terminal shows the ^C.
function Session:say_interrupted()
  if self.interactive then io.stdout:write "\n" end
  if not terminal.output_gone() then self:complain "interrupted" end
  self.interrupted = true
end

function Session:columns()
  return self.interactive and terminal.columns() or 80
end

--- The class of a global variable of the session, or nil.
function Session:class_of(name)
  local value = rawget(_G, name)
  return type(value) == "userdata" and bioxen.type(value) or nil
end

-- ---- running ----

-- What is shown of values, or nil.
function Session:render(...)
  return show.values(self:columns(), ...)
end

-- What shows values may call their metamethods: it is interrupted like any chunk.
function Session:show_values(values)
  local failure = values[1] == nil and show.is_error(values[2])
  local good, words = terminal.call(self.render, self, table.unpack(values, 1, failure and 1 or values.n))
  if good then
    if words then self:say_values(words) end
    if failure then self:complain(show.error(values[2])) end
  elseif good == nil then
    self:say_interrupted()
  else
    self:complain("the values cannot be shown: " .. show.error(words))
  end
end

-- A call that ^C took its Job from goes on in its VM: end it.
function Session:cancel_orphans()
  terminal.call(collectgarbage)
  for _, id in ipairs(self.hypervisor:ids()) do
    local vm = self.hypervisor:get_vm(id)
    if vm and not self.busy_before[id] and terminal.cancel_orphan(vm) then
      self:hint(("VM %s: what it ran has ended; it is %s"):format(id, vm:get_state()))
    end
  end
end

function Session:note_busy()
  self.busy_before = {}
  for _, status in ipairs(self.hypervisor:list_vms()) do
    self.busy_before[status.vm_id] = status.busy or nil
  end
end

--- Call f, and show its values or its error. Whether all went well.
function Session:call(f, ...)
  self:note_busy()
  local values = table.pack(terminal.call(f, ...))
  io.stdout:flush()
  local good = values[1]
  self.value = good and values[2]
  if good then
    self:show_values { n = values.n - 1, table.unpack(values, 2, values.n) }
    return true
  end
  if good == nil then
    self:say_interrupted()
    self:cancel_orphans()
  else
    self:fail(values[2], values[3])
  end
  return false
end

-- What a VM prints, as it comes.
Session.write_output = text.write_output

function Session:say_vm_result(result)
  self:say_values(text.escape(tostring(result)))
end

function Session:call_in_vm(piece)
  local job, err = inside.submit(self.vm, piece, { width = self:columns(), name = self.chunk_name, values = self.rich })
  if not job then
    self:fail(err)
    return false
  end
  if terminal.call(self.write_output, job) == nil then job:cancel() end
  local _, result, err = terminal.call(job.wait, job)
  if result then
    if result.result ~= nil then self:say_vm_result(result.result) end
    return true
  end
  if err and err.code ~= "ECANCELLED" then
    self:fail(err)
  else
    self:say_interrupted()
  end
  return false
end

-- Simulated seconds by VM.
function Session:simulated()
  local times = {}
  for _, status in ipairs(self.hypervisor:list_vms()) do times[status.vm_id] = status.sim_time or 0 end
  return times
end

function Session:timed(f, ...)
  if not self.timing then return f(self, ...) end
  local before, began = self:simulated(), bioxen.clock()
  local good = f(self, ...)
  local words = { show.duration(bioxen.clock() - began) }
  for _, status in ipairs(self.hypervisor:list_vms()) do
    local time, earlier = status.sim_time or 0, before[status.vm_id] or 0
    if time ~= earlier then
      words[#words + 1] = ("%s %+.10g s to %.10g s simulated"):format(status.vm_id, time - earlier, time)
    end
  end
  self:say("(" .. table.concat(words, ", ") .. ")")
  return good
end

-- What words of other programs mean here.
local foreign = { exit = "ends by .quit or ^D", quit = "ends by .quit or ^D",
  help = "explains itself by .help" }

function Session:run_chunk(piece, typed)
  if self.vm then return self:timed(self.call_in_vm, piece) end
  local word = typed:match "^%s*(%a+)%(?%)?%s*$"
  if foreign[word] and rawget(_G, word) == nil then
    self:say("The session " .. foreign[word] .. ".")
    return true
  end
  local good = self:timed(self.call, load(piece.code, "=" .. self.chunk_name, "t"))
  if good and piece.expression and self.value ~= nil then rawset(_G, "_", self.value) end
  local name = good and not typed:find "\n" and typed:match "^%s*local%s+([%a_][%w_]*)"
  if name and name ~= "function" then
    self:hint(("a local ends with its line; without `local`, %s stays"):format(name))
  end
  return good
end

--- Run the text of a whole file.
function Session:run_script(content, path, ...)
  local f, err = load((content:gsub("^#[^\n]*", "")), "@" .. path, "t")
  if not f then return nil, err end
  if self.vm then
    return self:timed(self.call_in_vm, { code = (content:gsub("^#[^\n]*", "")) })
  end
  return self:timed(self.call, f, ...)
end

-- ---- lines ----

-- How a text becomes a chunk.
Session.read = chunk.read

function Session:keep(typed)
  if self.replaying then return end
  self.input[#self.input + 1] = typed
end

function Session:note(good)
  if not good then self.failed = true end
  return good
end

Session.fail_command = Session.complain

function Session:run_command(line)
  local good, err = commands.run(self, line)
  if err then self:fail_command(err) end
  if not line:find "^%s*%.save" and not line:find "^%s*%.quit" then self:keep(line) end
  return self:note(good)
end

-- A text of several lines that is no chunk may be several of them.
function Session:run_pieces(typed, err)
  local pieces = typed:find "\n" and chunk.split(typed, self.chunk_name)
  if not pieces then
    self:fail(err)
    self:keep(typed)
    return self:note(false)
  end
  local good = true
  for _, piece in ipairs(pieces) do
    good = self:feed(piece) and good
    if self.interrupted or self.ended then break end
  end
  return good
end

-- Take a line, or several. Whether it went well, or is not whole yet; then `pending` holds it.
function Session:take(line)
  self.interrupted = false
  if not self.pending and chunk.is_command(line) and not line:find "\n" then
    return self:run_command(line)
  end
  local typed = self.pending and self.pending .. "\n" .. line or line
  if #typed > commands.LIMIT then
    self.pending, self.ended = nil, true
    self:complain(session.TOO_LONG)
    return self:note(false)
  end
  if not typed:find "%S" then return true end
  local piece, err = self.read(typed, self.chunk_name)
  self.pending = not piece and not err and typed or nil
  if self.pending then return true end
  if err then return self:run_pieces(typed, err) end
  self:keep(typed)
  return self:note(self:run_chunk(piece, typed))
end

--- The same, whatever happens: what was typed may have broken what the session stands on.
function Session:feed(line)
  local stands, good = pcall(self.take, self, line)
  if stands then return good end
  self.pending = nil
  self:complain("the session stumbled: " .. text.escape(tostring(good)))
  return self:note(false)
end

--- Lines of a saved session. False once one was interrupted.
function Session:replay(lines)
  self.replaying = true
  for line in (lines .. "\n"):gmatch "(.-)\n" do
    self:feed(line)
    if self.interrupted or self.ended then break end
  end
  local whole = not self.pending
  self.pending, self.replaying = nil, nil
  if not whole then return nil, "the file ends before its last lines are whole" end
  return not self.interrupted
end

local function set_globals(self)
  for name, value in pairs { bioxen = bioxen, hypervisor = self.hypervisor } do
    if rawget(_G, name) == nil then rawset(_G, name, value) end
  end
end

session.class = Session

--- A session of that class, which inherits from session.class, with fields of its own.
function session.new(class, fields)
  local self = { chunk_name = chunk.name, input = {}, busy_before = {}, hypervisor = bioxen.hypervisor(),
    commands = commands, doc = doc }
  for name, value in pairs(fields) do self[name] = value end
  set_globals(self)
  return setmetatable(self, class)
end

return session
