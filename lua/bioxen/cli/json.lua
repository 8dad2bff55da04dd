--- JSON for people and programs, on standard output.

local say = require "bioxen.cli.say"
local words = require "bioxen.json"

local json = { encode = words.encode, list = words.list }

--- Print a value: the exit status, after saying what JSON has no word for.
function json.print(value)
  local encoded, text = pcall(json.encode, value)
  if not encoded then return say.failed("this cannot be said in JSON: " .. text) end
  print(text)
  return say.DONE
end

return json
