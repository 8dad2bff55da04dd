--- Files that commands take: a path, or "-" for standard input.

local core = require "bioxen.core"
local sbml = require "bioxen.model.sbml"

local source = {}

--- The text of a model in SBML, decompressed if need be; or nil and an error.
function source.read(path)
  if path ~= "-" then return sbml.read(path) end
  local text = io.read "a" or ""
  if text:find "^\x1f\x8b" then
    return core.fail("EFILE", "what comes by standard input is compressed: zcat it first")
  end
  return text
end

--- Write text to a file, or to standard output where there is none. True, or nil and an error.
function source.write(text, path)
  if path and path ~= "-" then return core.save_file(path, text) end
  io.write(text)
  return true
end

return source
