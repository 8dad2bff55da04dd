--- Where modules come from. A file in the working folder, or beside a script, is anybody's: a script finds it there,
-- but what BioXen itself needs of others comes only from where it is installed, or LUA_PATH says.

-- luacheck: globals package.beside
local modules = {}

--- From now on `require` finds what stands beside the script, after all that is installed (src/cli/main.c).
function modules.beside(script)
  local folder = script:match "^(.*/)" or "./"
  package.beside = folder .. "?.lua;" .. folder .. "?/init.lua"
end

--- The Lua file that `require` finds by a name; nil for what is in C, or nowhere.
function modules.find(name)
  local installed = package.searchpath(name, package.path)
  if installed or not package.beside or package.searchpath(name, package.cpath) then return installed end
  return (package.searchpath(name, package.beside))
end

-- Without Lua's own templates for the working folder.
local function elsewhere(path)
  local kept = {}
  for template in path:gmatch "[^;]+" do
    if not template:find "^%.?/?%?" then kept[#kept + 1] = template end
  end
  return table.concat(kept, ";")
end

--- A module that BioXen needs of others; or nil and why there is none.
function modules.installed(name)
  local path, cpath, beside = package.path, package.cpath, package.beside
  package.path, package.cpath, package.beside = elsewhere(path), elsewhere(cpath), nil
  local found, module = pcall(require, name)
  package.path, package.cpath, package.beside = path, cpath, beside
  if found then return module end
  return nil, module
end

--- The folders of that name which may stand on package.path.
function modules.folders(name)
  local found = {}
  for template in package.path:gmatch "[^;]+" do
    local root = template:match "^(.*)%?%.lua$"
    if root then found[#found + 1] = root .. name end
  end
  return found
end

return modules
