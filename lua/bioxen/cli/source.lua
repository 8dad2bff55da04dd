--- Files that commands take: a path, or "-" for standard input.

local core = require "bioxen.core"
local sbml = require "bioxen.model.sbml"

local source = {}

--- What is in a file, or comes by standard input; or nil and an error.
function source.read(path)
  if path ~= "-" then return core.read_file(path, sbml.LIMIT) end
  return io.read "a" or ""
end

--- Write text to a file, or to standard output where there is none. True, or nil and an error.
function source.write(text, path)
  if path and path ~= "-" then return core.save_file(path, text) end
  io.write(text)
  return true
end

return source
