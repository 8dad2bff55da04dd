--- vm:install_biological_package: Lua modules that a VM's code can require, and that add to its cell.
-- A package is a folder with an init.lua, or one Lua file, which returns { install = function(cell,
-- process) … end }. docs/organisms.md tells more.

local check = require "bioxen.check"
local core = require "bioxen.core"
local origin = require "bioxen.vm.origin"

local packages = {}

local LIMIT = 16 << 20 -- bytes of a file

-- The path of the package, and its name.
local function find(what)
  if what:find "^[a-z][a-z0-9_]*$" then
    local name = "bioxen.packages." .. what
    local found = package.searchpath(name, package.path) or package.searchpath(name .. ".init", package.path)
    if found then return found, what end
    return core.fail("ENOTFOUND", ("there is no package %q: a path, or the name of one in a folder "
      .. "bioxen/packages on package.path, expected"):format(what))
  end
  local path = what:gsub("/+$", ""):gsub("/init%.lua$", "")
  local name = path:match "([^/]*)$":gsub("%.lua$", "")
  if not name:find "^[a-z][a-z0-9_]*$" then
    return core.fail("EFILE", ("%s: a package is called by letters, digits and '_', in lower case"):format(what))
  end
  return path:find "%.lua$" and path or path .. "/init.lua", name
end

-- Every Lua file of a folder with an init.lua, no links; or a package of one file.
local function read(path)
  local where = path:match "^(.*)/init%.lua$"
  if not where then
    local text, err = core.read_file(path, LIMIT)
    return text and { ["init.lua"] = text }, err
  end
  local folder, err = core.open_folder(where)
  if not folder then return core.fail("EFILE", ("cannot read %s: %s"):format(path, err.message)) end
  local files = {}
  files["init.lua"], err = folder:read("init.lua", LIMIT)
  if err then return nil, err end
  for _, name in ipairs(core.list_folder(where)) do
    if name:find "^[a-z0-9_]+%.lua$" and not files[name] then
      files[name], err = folder:read(name, LIMIT)
      if err then return nil, err end
    end
  end
  return files
end

function packages.install(vm, package_name)
  if type(package_name) ~= "string" or package_name == "" then
    error(("bad argument 'package_name': a name or a path expected, got %s"):format(
      check.shown(package_name)), 2)
  end
  local path, name = find(package_name)
  if not path then return nil, name end
  local files, err = read(path)
  if not files then return nil, err end
  local result, err = core.ask(vm, "install", nil, name, files)
  if err then return nil, err end
  origin.note_package(vm, name, files)
  return result == nil and true or result
end

return packages
