--- Files that commands take: a path, or "-" for standard input.

local core = require "bioxen.core"
local ending = require "bioxen.ending"
local sbml = require "bioxen.model.sbml"
local text = require "bioxen.repl.text"

local source = {}

--- What is in a file, or comes by standard input; or nil and an error.
function source.read(path)
  if path ~= "-" then return core.read_file(path, sbml.LIMIT) end
  local all = io.read(sbml.LIMIT + 1) or ""
  if #all <= sbml.LIMIT then return all end
  return core.fail("EFILE", ("standard input: at most %d bytes expected"):format(sbml.LIMIT))
end

--- Write what is asked for to a file, or to standard output where there is none; to a terminal nothing that would
-- steer it. Of a table `mark`, "," or "\t", stands between its fields. True, or nil and an error.
function source.write(what, path, mark)
  if path and path ~= "-" then return core.save_file(path, mark and ending.separated(what, mark, path) or what) end
  io.write(core.terminal() and text.escape((what:gsub("\r\n", "\n"))) or what)
  return true
end

return source
