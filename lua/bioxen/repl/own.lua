--- Loads modules for a session. What is typed may change any global, `type = "basic"` for one: BioXen's own files have
-- theirs to themselves here.

local own = {}
for name, value in next, _G do
  own[name] = value
  if type(value) == "table" and value ~= _G then
    own[name] = {}
    for key, item in next, value do own[name][key] = item end
  end
end

local stock, load_file, package = require, loadfile, package

-- As require, for them.
function own.require(name)
  local path = name:find "^bioxen%f[.\0]" and not package.loaded[name] and not package.preload[name]
    and package.searchpath(name, package.path)
  if not path then return stock(name) end
  local result = assert(load_file(path, "t", own))(name, path)
  package.loaded[name] = result == nil and true or result
  return package.loaded[name]
end

return own.require
