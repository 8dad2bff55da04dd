--- What methods take for a genome: a Genome, or the path of a file.

local check = require "bioxen.check"
local core = require "bioxen.core"
local genome = require "bioxen.model.genome"

--- The Genome; or nil and an error. What is neither raises, at the line of who called the method.
return function(source, options)
  if core.class_name(source) == "Genome" then return source end
  if type(source) ~= "string" then
    error(("bad argument 'source': a path or a Genome expected, got %s"):format(check.shown(source)), 3)
  end
  local loaded, err = genome.load(source, options) -- no tail call: its messages name it
  return loaded, err
end
