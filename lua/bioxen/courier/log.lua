--- What a courier does, line by line, in the file that the configuration names: requests of the host, calls of the
-- pool, connections to guests. No secret is in it: of calls only the name and what came of them.

local native = require "native"
local failure = require "failure"

local log = {}

local file, name

--- Open the log of a configuration that has one. True; or nil and an error.
function log.open(path)
  local err
  file, err = io.open(path, "a")
  if not file then return failure.of("EFILE", ("cannot write the log: %s"):format(err)) end
  file:setvbuf "line"
  name = native.random_hex(2)
  return true
end

--- Write a line, if there is a log.
function log.line(words, ...)
  if not file then return end
  local text = words:format(...):gsub("[%c%s]+", " ")
  file:write(("%s %s %s\n"):format(os.date "!%Y-%m-%dT%H:%M:%SZ", name, text))
end

--- Do something, act(…), of which the log has a line: what, what came of it, and how long it took.
function log.during(what, act, ...)
  local began = native.clock()
  local result, err = act(...)
  local outcome = result == nil and err and ("%s: %s"):format(err.code, err.message) or "ok"
  log.line("%s (%.3f s): %s", what, native.clock() - began, outcome)
  return result, err
end

return log
