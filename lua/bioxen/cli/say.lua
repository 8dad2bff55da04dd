--- What commands say when something went wrong: one line on standard error, and an exit status.

local text = require "bioxen.repl.text"

local say = {}

say.DONE, say.FAILED, say.USAGE, say.INTERRUPTED = 0, 1, 2, 130

-- An error's own words, without where in the command's code they came up.
local function words_of(err)
  local message = type(err) == "table" and err.message
  return message and message:gsub("^[%l_]+:%d+: ", "") or tostring(err)
end

--- A line "bioxen: …" of an error or a text; the exit status of a failure.
function say.failed(err)
  io.stderr:write("bioxen: ", text.escape(words_of(err)), "\n")
  return say.FAILED
end

--- The same for a mistake in the words of the command.
function say.misused(err)
  say.failed(err)
  return say.USAGE
end

--- A remark that is no failure.
function say.note(words)
  io.stderr:write(text.escape(words), "\n")
end

--- A line on standard output: text of a VM, a pool or a file may hold anything, which must not steer the terminal.
function say.line(words)
  print((text.escape(words):gsub("\n", "\\n")))
end

local WARNINGS = 10 -- lines of them

--- What a reader warned of.
function say.warnings(list)
  for i = 1, math.min(#list, WARNINGS) do say.note("bioxen: warning: " .. list[i].message) end
  if #list > WARNINGS then say.note(("bioxen: warning: and %d more (--json has all)"):format(#list - WARNINGS)) end
end

return say
