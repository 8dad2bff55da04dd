--- Interactive sessions. What is sent to one is evaluated in its VM as at the prompt of `bioxen`: an expression gives
-- its value, statements run, globals stay, and lines that are not whole yet wait for those that follow. Inputs are
-- evaluated in the order in which they came. What they print, their values and their errors are kept in one bounded
-- stream that all readers of a session follow, each from a place of its own, so that all see the same.
--
-- Nothing waits but what says so: outputs are heard, and the next input begins, in every method of a session or of its
-- readers. A program that reads none of them calls session:advance() now and then, as when bioxen.step() has handled
-- something. Text is as it came from the VM: what shows it on a terminal has to escape it.
--
-- A session needs of its VM what any has: vm:submit and the jobs that this gives.

local check = require "bioxen.check"
local chunk = require "bioxen.repl.chunk"
local core = require "bioxen.core"
local inside = require "bioxen.repl.inside"
local ring = require "bioxen.vm.ring"

local sessions = {}

local ROUNDS = 64 -- without waiting, so that a VM which prints without end does not hold its host

local schema = {
  buffer = { type = "number", integer = true, minimum = 1, maximum = 1 << 30, default = 1 << 20 },
  max_input = { type = "number", integer = true, minimum = 1, maximum = 1 << 30, default = 64 << 20 },
  timeout = { type = "number", above = 0 },
  width = { type = "number", integer = true, minimum = 20, maximum = 10000, default = 80 },
}

local Session = { __name = "bioxen.InteractiveSession" }
Session.__index = Session

local Reader = { __name = "bioxen.SessionReader" }
Reader.__index = Reader

--- A session with a VM. Options: `buffer`, bytes that are kept for readers (default 1 MiB); `max_input`, bytes of input
-- that may wait (default 64 MiB); `timeout`, seconds that one input may take (default: the VM's); `width`, columns that
-- tables are shown in (default 80). Nothing runs yet: the VM may be started later.
function sessions.open(vm, options)
  local problems = {}
  local given = check.table(options, schema, "options", problems)
  check.raise(problems, 2)
  return setmetatable({ vm = vm, vm_id = vm:get_status().vm_id, options = given, stream = ring.new(given.buffer),
    queue = {}, first = 1, last = 0, waiting = 0, readers = 0 }, Session)
end

function Session:fail(code, message)
  return core.fail(code, ("the session with VM %q %s"):format(self.vm_id, message), self.vm_id)
end

-- ---- what is evaluated ----

-- `item` is a chunk, or { wrong = message }.
function Session:enqueue(item, size)
  item.size = size
  self.waiting = self.waiting + size
  self.last = self.last + 1
  self.queue[self.last] = item
end

-- Text that is whole: one chunk, or several lines that are chunks each.
function Session:enqueue_text(text, piece, err)
  if piece then return self:enqueue(piece, #text) end
  local pieces = text:find "\n" and chunk.split(text)
  if not pieces then return self:enqueue({ wrong = err }, #text) end
  for _, one in ipairs(pieces) do
    local read, mistake = chunk.read(one)
    self:enqueue(read or { wrong = mistake }, #one)
  end
end

function Session:complain(err)
  local lines = { type(err) == "string" and err or err.message }
  if type(err) == "table" then table.move(inside.details(err), 1, 3, 2, lines) end
  self.stream:add("error", table.concat(lines, "\n") .. "\n")
end

local function take(self)
  local item = self.queue[self.first]
  self.queue[self.first] = nil
  self.first = self.first + 1
  self.waiting = self.waiting - item.size
end

-- Begin with the next input. False where the VM is doing something else, for somebody else.
function Session:begin()
  local item = self.queue[self.first]
  if item.wrong then
    take(self)
    self:complain(item.wrong)
    return true
  end
  local job, err = inside.submit(self.vm, item, { width = self.options.width, timeout = self.options.timeout })
  if not job and err.code == "EBUSY" then return false end
  take(self)
  self.job = job
  if not job then self:complain(err) end
  return true
end

function Session:finish(job)
  self.job = nil
  local result, err = job:result()
  if not result then
    self:complain(err)
  elseif result.result ~= nil then
    self.stream:add("result", tostring(result.result) .. "\n")
  end
end

-- Hear what the job has to say, waiting for it. Whether there may be more at once.
function Session:hear(timeout)
  local job = self.job
  local piece = job:read(timeout)
  if self.job ~= job then return true end -- a listener has read it
  if not piece then
    self:finish(job)
  else
    self.stream:add("output", piece)
  end
  return piece ~= ""
end

--- Hear what has come, and begin what can be begun, until all input has been evaluated; at most `timeout` seconds
-- (default 0: what can be done without waiting; math.huge: as long as it takes). Whether all has been evaluated.
function Session:advance(timeout)
  local deadline, rounds = core.clock() + (timeout or 0), 0
  while self:is_busy() and rounds < ROUNDS do
    local left = math.max(0, deadline - core.clock())
    local more = self[self.job and "hear" or "begin"](self, left)
    if left == 0 then rounds = more and rounds + 1 or ROUNDS end
    if not more and not self.job and left > 0 then core.step(left) end
  end
  return not self:is_busy()
end

--- Whether an input is being evaluated, or waits for that.
function Session:is_busy()
  return self.job ~= nil or self.first <= self.last
end

--- Whether the last line is the beginning of something that more lines must follow.
function Session:is_incomplete()
  return self.pending ~= nil
end

--- Send a line, or several. `from`, a number or a string, is who types: readers of pieces are told. True; or nil and an
-- error where the session is closed (ESTATE) or too much input waits (ECAPACITY).
function Session:send_input(text, from)
  if type(text) ~= "string" then
    error(("bad argument 'text': a string expected, got %s"):format(check.shown(text)), 2)
  end
  if self.closed then return self:fail("ESTATE", "is closed") end
  local typed = text:gsub("\n$", "")
  if self.waiting + #(self.pending or "") + #typed > self.options.max_input then
    return self:fail("ECAPACITY", ("keeps at most %d bytes of input, of which %d wait"):format(self.options.max_input,
      self.waiting + #(self.pending or "")))
  end
  self.active = core.clock()
  self.stream:add("input", typed .. "\n", from)
  typed = self.pending and self.pending .. "\n" .. typed or typed
  self.pending = nil
  if typed:find "%S" then
    local piece, err = chunk.read(typed)
    if piece or err then self:enqueue_text(typed, piece, err) else self.pending = typed end
  end
  self:advance()
  return true
end

--- End what is being evaluated, and forget the inputs that wait. The VM keeps its state.
function Session:interrupt()
  self.pending = nil
  self.queue, self.first, self.last, self.waiting = {}, 1, 0, 0
  if self.job then self.job:cancel() end
end

--- End the session, not the VM. Readers can still read what there is.
function Session:close()
  self:interrupt()
  self.closed = true
end

--- What there is to say of it: seconds of bioxen.clock() at the last input, or nil.
function Session:get_status()
  self:advance()
  return { vm_id = self.vm_id, busy = self:is_busy(), incomplete = self:is_incomplete(), closed = self.closed or false,
    waiting = self.waiting, readers = self.readers, last_activity = self.active }
end

-- ---- who reads ----

function Reader:fail()
  local vm_id = self.session.vm_id
  return core.fail("ESTATE", ("this reader of the session with VM %q is detached"):format(vm_id), vm_id)
end

--- A reader, from here on; with `everything`, from the first byte that is kept.
function Session:attach(everything)
  self:advance()
  self.readers = self.readers + 1
  return setmetatable({ session = self, place = everything and 0 or self.stream.length }, Reader)
end

--- Whether something has come since the last time.
function Reader:has_news()
  return self.session.stream.length > self.place
end

--- What has come since the last time, in order, as a list of { kind = "input", "output", "result" or "error", text,
-- from }; and, if any were lost because they came faster than they were read, how many bytes. Waits until all input has
-- been evaluated, at most `timeout` seconds (default: as long as it takes; 0 does not wait). nil and an error once
-- detached.
function Reader:pieces(timeout)
  if self.detached then return self:fail() end
  self.session:advance(timeout or math.huge)
  local pieces, lost = self.session.stream:since(self.place)
  self.place = self.session.stream.length
  if lost > 0 then return pieces, lost end
  return pieces
end

--- The same as one text, without the inputs.
function Reader:read(timeout)
  local pieces, lost = self:pieces(timeout)
  if not pieces then return nil, lost end
  local texts = {}
  for _, piece in ipairs(pieces) do
    if piece.kind ~= "input" then texts[#texts + 1] = piece.text end
  end
  if lost then return table.concat(texts), lost end
  return table.concat(texts)
end

--- Read no more. True; nil and an error the second time.
function Reader:detach()
  if self.detached then return self:fail() end
  self.detached = true
  self.session.readers = self.session.readers - 1
  return true
end

return sessions
