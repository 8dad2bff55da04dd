--- The session whose lines are cells: what the prompt's session does, with results, errors and progress as messages.

local chunk = require "bioxen.repl.chunk"
local core = require "bioxen.core"
local magics = require "bioxen.kernel.magics"
local plot = require "bioxen.plot"
local progress = require "bioxen.cli.progress"
local rich = require "bioxen.kernel.rich"
local session = require "bioxen.repl.session"
local show = require "bioxen.repl.show"
local terminal = require "bioxen.terminal"
local text = require "bioxen.repl.text"

local cells = {}

local COLUMNS = 100

local Cells = setmetatable({}, { __index = session.class })
Cells.__index = Cells

Cells.read = chunk.read_cell
Cells.rich = true

function Cells.columns()
  return COLUMNS
end

-- What it prints goes to the cell by itself.
function Cells.write_output(job)
  job:wait()
end

-- ---- results ----

-- That a chart has been drawn is seen.
function Cells:render(...)
  if self.charts and select("#", ...) == 1 and (...) == true then return nil end
  local words = show.values(COLUMNS, ...)
  return words and rich.bundle(words, (...))
end

function Cells:say_values(bundle)
  self.result = bundle
end

-- Hostile, as all that comes from a VM.
function Cells:say_vm_result(result)
  if type(result) ~= "table" or type(result.text) ~= "string" then return end
  local good, bundle = terminal.call(rich.bundle, text.escape(result.text), result.value)
  if good then
    self.result = bundle
  else
    self:say_interrupted()
  end
end

-- ---- failures ----

-- `words`: all that is shown, in lines.
local function failure(name, words)
  local lines = {}
  for line in (words .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return { ename = name, evalue = lines[1], traceback = lines }
end

function Cells:fail(err, traceback)
  local code = show.is_error(err) and rawget(err, "code")
  self.failure = failure(type(code) == "string" and text.escape(code) or "Error", show.error(err, traceback))
end

function Cells:fail_command(words)
  self.failure = failure("Error", words)
end

function Cells:say_interrupted()
  self.interrupted = true
  self.failure = failure("Interrupted", "interrupted")
end

-- ---- progress ----

-- Told of jobs that are waited for, a few times a second: one display, which changes.
function Cells:tell_progress(jobs)
  local line = progress.line(jobs, COLUMNS)
  if not line then return nil end
  self.displays = self.shown and self.displays or self.displays + 1
  self.send_display(self.shown and "update_display_data" or "display_data", { ["text/plain"] = line },
    ("progress-%d"):format(self.displays))
  self.shown = { name = line:match "^(.-)  " or line, began = self.shown and self.shown.began
    or core.clock() - jobs[1].elapsed }
  return nil
end

-- The last word of it.
function Cells:end_progress()
  if not self.shown then return end
  local words = ("%s: %s"):format(self.shown.name, show.duration(core.clock() - self.shown.began))
  self.send_display("update_display_data", { ["text/plain"] = words }, ("progress-%d"):format(self.displays))
  self.shown = nil
end

-- ---- cells ----

-- "?name" and "name?" as the session has them.
local function asked_name(code)
  return code:match "^%s*%?+%s*([%w_.:]*)%s*$" or code:match "^%s*([%a_][%w_.:]*)%s*%?+%s*$"
end

--- Whether a cell is whole: "complete"; "incomplete", and how deep the next line stands; or "invalid".
function cells.completeness(code)
  local word, _, rest = magics.split(code)
  if word == "sbml" or word == "process" then return code:find "\n%s*\n$" and "complete" or "incomplete", "" end
  if asked_name(code) or chunk.is_command(code) and not code:find "\n" then return "complete" end
  local piece, err = chunk.read_cell(word and rest or code)
  if piece then return "complete" end
  if err and not (code:find "\n" and chunk.split(code)) then return "invalid" end
  return err and "complete" or "incomplete", "  "
end

function Cells:run_text(code)
  local name = asked_name(code)
  if name then return self:run_command(".doc " .. name) end
  local word, argument, rest = magics.split(code)
  if word then return magics.run(self, word, argument, rest) end
  self:feed(code)
end

-- A chunk that is not whole: Lua's own words on what it misses.
function Cells:fail_unfinished()
  local _, err = load(self.pending, "=" .. self.chunk_name, "t")
  self.pending = nil
  self:fail(err or "the cell ends before its last lines are whole")
end

--- Run a cell: what it gives as a bundle, or nil; and what it failed by, { ename, evalue, traceback }, or nil.
function Cells:run_cell(code, name)
  self.chunk_name = name
  self.result, self.failure, self.interrupted, self.pending, self.charts = nil, nil, false, nil, nil
  plot.screen = self.screen
  self:run_text(code)
  if self.pending and not self.failure then self:fail_unfinished() end
  self:end_progress()
  return not self.failure and self.result or nil, self.failure
end

--- The value of an expression beside a cell, as of a cell.
function Cells:evaluate(expression)
  self.result, self.failure = nil, nil
  local piece, err = chunk.read(expression, "expression")
  if not piece then
    self:fail(err or "an expression that is not whole")
  else
    self:call(load(piece.code, "=expression", "t"))
  end
  return self.result, self.failure
end

--- Show a value beside the cell's result.
function Cells:display(value)
  local good, bundle = terminal.call(self.render, self, value)
  if good then self.send_display("display_data", bundle) end
end

-- Charts that go to no file are shown beside the result.
local function screen_of(self)
  return function(described)
    local bundle = rich.bundle(text.escape(described.title or "Chart"), described)
    if not bundle["text/html"] then return nil end
    self.charts = true
    self.send_display("display_data", bundle)
    return true
  end
end

--- A session whose displays go to send_display(type, bundle, id or nil).
function cells.new(send_display)
  local self = session.new(Cells, { send_display = send_display, displays = 0, models = {} })
  self.screen = screen_of(self)
  core.watch(function(jobs) return self:tell_progress(jobs) end)
  return self
end

return cells
