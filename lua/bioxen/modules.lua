--- Where modules come from. A file in the working folder, or beside a script, is anybody's: a script finds it there,
-- but what BioXen itself needs of others comes only from where it is installed, or LUA_PATH says.

local modules = {}

local for_bioxen = false -- whom `require` looks for

--- Where modules beside a script stand; without one, in the working folder. In the form of package.path.
function modules.templates_beside(script)
  local folder = script and script:match "^(.*/)" or "./"
  return folder .. "?.lua;" .. folder .. "?/init.lua"
end

--- From now on `require` finds what stands beside the script, after all that is installed.
function modules.beside(script)
  local templates = modules.templates_beside(script)
  package.searchers[#package.searchers + 1] = function(name)
    if for_bioxen then return nil end
    local path, tried = package.searchpath(name, templates)
    if not path then return tried end
    return assert(loadfile(path)), path
  end
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
  local path, cpath = package.path, package.cpath
  package.path, package.cpath, for_bioxen = elsewhere(path), elsewhere(cpath), true
  local found, module = pcall(require, name)
  package.path, package.cpath, for_bioxen = path, cpath, false
  if found then return module end
  return nil, module
end

return modules
