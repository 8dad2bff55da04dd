-- What is wrong with a project, in words, and what is doubtful.

local say = { warnings = {} }

local WARNINGS = 200 -- no more are kept

--- Raise what is wrong; the rest of the project may go on.
function say.fail(format, ...)
  error({ said = select("#", ...) > 0 and format:format(...) or format }, 0)
end

--- Keep a warning, each once.
function say.warn(format, ...)
  local text, list = format:format(...), say.warnings
  if list[text] or #list == WARNINGS then return end
  list[text], list[#list + 1] = true, text
end

--- The words of any error: one of these, the engine's, or Lua's own.
function say.words(err)
  if type(err) ~= "table" then return tostring(err) end
  return err.said or tostring(err.message):gsub("^[%w_.]+:%d+: ", "")
end

--- The warnings since the last time.
function say.take_warnings()
  local list = say.warnings
  say.warnings = {}
  return { table.unpack(list) }
end

return say
