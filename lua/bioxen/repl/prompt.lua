--- Where the session's lines come from: a terminal, or a pipe, which is read in the same way without prompts.

local bioxen = require "bioxen"
local chunk = require "bioxen.repl.chunk"
local colour = require "bioxen.repl.colour"
local commands = require "bioxen.repl.commands"
local completion = require "bioxen.repl.completion"
local history = require "bioxen.repl.history"
local inside = require "bioxen.repl.inside"
local session = require "bioxen.repl.session"
local terminal = require "bioxen.terminal"
local text = require "bioxen.repl.text"

local prompt = {}

local Prompt = setmetatable({}, { __index = session.class })
Prompt.__index = Prompt

function Prompt:prompt()
  if self.pending then return ".. " end
  if self.vm then
    if self.vm:get_state() ~= "destroyed" then return inside.label(self.vm) .. "> " end
    self:hint "the VM is gone; lines run here again"
    self.vm = nil
  end
  local own = rawget(_G, "_PROMPT")
  return type(own) == "string" and own or "> "
end

-- Lines that belong together are one entry of the history.
function Prompt:remember(line, entry)
  entry = entry and entry .. "\n" .. line or line
  if self.pending then return entry end
  local kept, err = self.history:add((entry:gsub("%s+$", "")))
  if not kept then self:hint("the history is not kept: " .. tostring(err)) end
  return nil
end

function Prompt:read_terminal()
  local function complete(before) return completion.complete(self, before) end
  local function paint(before, behind)
    local line = before .. behind
    return not self.pending and chunk.is_command(line) and line or colour.lua(line, self.pending)
  end
  local editor = terminal.line_editor(complete, self.colours and paint or nil)
  self.history = history.open(function(entry) editor:remember(entry) end)
  self:say(("bioxen %s, %s. .help lists commands, ^D ends."):format(bioxen._VERSION, _VERSION))
  local entry
  while not self.ended do
    local line = editor:read(self:prompt(), not self.pending)
    if line then
      self:feed(line)
      entry = self:remember(line, entry)
    elseif line == nil and not self.pending then
      break
    else
      self.pending, entry = nil, nil
    end
  end
  editor:close()
end

function Prompt:read_pipe()
  local line = terminal.read_line(commands.LIMIT)
  if line and line:find "^#!" then line = "" end
  while line do
    self:feed(line)
    if self.ended or self.interrupted or terminal.output_gone() then break end
    line = terminal.read_line(commands.LIMIT)
  end
  if line == false then
    self.pending = nil
    self:complain(session.TOO_LONG)
    self.failed = true
  end
  if self.pending and not self.interrupted then
    self:complain "the input ends before its last lines are whole"
    self.failed = true
  end
end

local function has_colours(stream)
  local kind, without = os.getenv "TERM", os.getenv "NO_COLOR"
  return terminal.is_terminal(stream) and (without or "") == "" and kind ~= nil and kind ~= "dumb"
end

local function run_first(self, path, ...)
  local content, err = commands.read(path)
  local good = false
  if content then good, err = self:run_script(content, path, ...) end
  if err then self:complain(text.escape(err)) end
  self:note(good)
end

--- The session; after the script at `path`, if there is one. The exit status: of a terminal's 0; of a
-- pipe's 1 if any line, or the script, failed.
function prompt.main(path, ...)
  local interactive = terminal.is_terminal "stdin" and terminal.is_terminal "stdout"
  local self = session.new(Prompt, { interactive = interactive, red = has_colours "stderr",
    colours = interactive and has_colours "stdout" })
  terminal.begin(self.interactive)
  if path then run_first(self, path, ...) end
  if self.interactive then
    self:read_terminal()
    return 0
  end
  if not self.interrupted then self:read_pipe() end
  return (self.failed or self.interrupted) and 1 or 0
end

return prompt
