--- bioxen.out: where a script's files go. `bioxen run --out DIR` makes it DIR; else it is out/ in the working
-- folder.

local core = require "bioxen.core"

local out = { folder = "out" }

--- The path of a file in the folder of results, which is made if need be. nil and an error where it cannot.
function out.path(name)
  if type(name) ~= "string" or name == "" or name:find "^/" or name:find "\0"
    or ("/" .. name .. "/"):find("/../", 1, true) then
    error(("bad argument 'name': a file's name, below the folder of results, expected, got %s"):format(
      require("bioxen.check").shown(name)), 2)
  end
  local made, err = core.make_folder(out.folder, name:match "^(.*)/")
  if not made then return nil, err end
  return out.folder .. "/" .. name
end

return out
