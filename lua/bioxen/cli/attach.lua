--- A terminal, or a pipe, at the session of a VM that a daemon keeps: lines that are typed are evaluated in the VM,
-- and what comes of them is seen by all who have attached. ^C ends what is being evaluated, ^D leaves.

local connect = require "bioxen.connect"
local core = require "bioxen.core"
local say = require "bioxen.cli.say"
local terminal = require "bioxen.terminal"
local text = require "bioxen.repl.text"

local attach = {}

local Attached = {}
Attached.__index = Attached

local function ask(self, operation, ...)
  return connect.ask(self.hypervisor, operation, self.id, self.reader, ...)
end

function Attached:show(piece)
  if piece.kind == "input" then
    if piece.from == self.own then return end
    return io.stdout:write(text.escape(("[%s] %s"):format(piece.from or "?", piece.text)))
  end
  local file = piece.kind == "error" and io.stderr or io.stdout
  file:write(text.escape(piece.text))
end

-- What has been read is shown; the next read begins.
function Attached:hear()
  local batch, err = self.job:result()
  self.job = nil
  if not batch then return nil, err end
  if batch.lost then say.note(("bioxen: %d bytes came faster than they were read"):format(batch.lost)) end
  for _, piece in ipairs(batch.pieces) do self:show(piece) end
  io.stdout:flush()
  self.over = batch.closed or (self.ended and not batch.busy)
  return true
end

function Attached:begin_to_read()
  if self.job then return end
  self.job = self.hypervisor.link:call("value", "read", self.id, self.reader, self.ended)
end

-- Whole lines that were typed are sent; at the end of the input, all.
function Attached:take_input()
  local bytes = self.input:read()
  if not bytes then
    self.ended = true
    if self.job then self.job:cancel() end -- to be asked for the rest
    if self.interactive then self.over = true end
  end
  local typed = self.typed .. (bytes or "")
  local whole = bytes and typed:match "^.*\n" or typed
  self.typed = bytes and typed:sub(#whole + 1) or ""
  if whole == "" or (not bytes and not whole:find "%S") then return true end
  return ask(self, "send_input", whole, self.own)
end

-- True; or nil and an error.
function Attached:step()
  self:begin_to_read()
  if not self.job then return core.fail("EDAEMON", "the daemon has ended") end
  if self.job:done() then return self:hear() end
  if self.ended then
    core.step(1)
  elseif self.input:wait() then
    return self:take_input()
  end
  return true
end

--- Until the input ends, or the VM is gone: the exit status.
function attach.run(hypervisor, options)
  local vm, err = hypervisor:get_vm(options.vm)
  if not vm then return say.failed(err) end
  local reader, problem = connect.ask(hypervisor, "attach", vm.id, vm.number, options.all)
  if not reader then return say.failed(problem) end
  local self = setmetatable({ hypervisor = hypervisor, id = vm.id, reader = reader, typed = "", own = core.process(),
    input = core.open_input(0), interactive = terminal.is_terminal "stdin" }, Attached)
  terminal.begin(self.interactive)
  while not self.over do
    local good, done, failure = terminal.call(self.step, self)
    if good == nil then
      done, failure = ask(self, "interrupt")
    elseif not good then
      done, failure = nil, done
    end
    if not done then return say.failed(failure) end
  end
  return say.DONE
end

return attach
