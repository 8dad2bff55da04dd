--- vm:install_biological_package: Lua modules that a VM's code can require, and that add to its cell, with what they
-- depend on. docs/organisms.md tells what a package is.

local check = require "bioxen.check"
local core = require "bioxen.core"
local modules = require "bioxen.modules"
local origin = require "bioxen.vm.origin"
local source = require "bioxen.vm.package_source"
local versions = require "bioxen.vm.versions"

local packages = {}

-- ---- what a VM has ----

local function find_installed(vm, name)
  for _, package in ipairs(origin.packages(vm)) do
    if package.name == name or package.group == name then return package end
  end
end

-- ---- where packages are ----

local function find(what)
  if what:find "^[a-z][a-z0-9_]*$" then
    for _, folder in ipairs(modules.folders "bioxen/packages") do
      local path = source.find(folder, what, "")
      if path then return path end
    end
    return core.fail("ENOTFOUND", ("there is no package %q: a path, or the name of one in a folder "
      .. "bioxen/packages on package.path, expected"):format(what))
  end
  local path = what:gsub("/+$", ""):gsub("/init%.lua$", "")
  return path == "" and what or path
end

-- ---- what one needs ----

local function fail_version(by, name, wanted, there)
  return core.fail("EFILE", ("%s needs %s: %s"):format(by.name, wanted == "" and name or name .. " " .. wanted, there))
end

-- The package that another needs: beside it, or on package.path.
local function find_dependency(by, name, wanted)
  local folders = { by.path:match "^(.*)/[^/]*$" or "." }
  for _, folder in ipairs(modules.folders "bioxen/packages") do folders[#folders + 1] = folder end
  for _, folder in ipairs(folders) do
    local path = source.find(folder, name, wanted)
    if path then return path end
  end
  return fail_version(by, name, wanted, "there is none beside it, nor in a folder bioxen/packages on package.path")
end

local plan

-- Put what a package needs before it in the order; true, or nil and an error.
local function plan_dependency(vm, by, name, order, wanted)
  if name == "bioxen" then
    if versions.satisfies(core.version, wanted) then return true end
    return fail_version(by, name, wanted, "this is " .. core.version)
  end
  local there = order[name] or find_installed(vm, name)
  if not there then
    local path, err = find_dependency(by, name, wanted)
    if not path then return nil, err end
    there, err = plan(vm, path, order)
    if not there then return nil, err end
    if there.name ~= name then return fail_version(by, name, wanted, ("%s is called %s"):format(path, there.name)) end
  end
  if there.planning then return fail_version(by, name, wanted, "which needs it in turn") end
  if versions.satisfies(there.version, wanted) then return true end
  return fail_version(by, name, wanted, ("%s is %s"):format(there.path, there.version or "without a version"))
end

-- Read a package, and put what it needs and then itself at the end of `order`, which has them by name, too.
function plan(vm, path, order)
  local package, err = source.read(path)
  if not package then return nil, err end
  order[package.name], package.planning = package, true
  local names = {}
  for name in pairs(package.dependencies) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local planned, err = plan_dependency(vm, package, name, order, package.dependencies[name])
    if not planned then return nil, err end
  end
  package.planning = nil
  order[#order + 1] = package
  return package
end

-- ---- installing ----

--- Put a package that was read into a VM; what its install returns, or true. nil and an error.
function packages.put(vm, package)
  local result, err = core.ask(vm, "install", nil, package.group, package.files, package.library or false)
  if err then return nil, err end
  origin.note_package(vm, package)
  return result == nil and true or result
end

-- Whether a package has this hash: of an archive or a file its own, of a folder that of its manifest, which then has to
-- have those of all its files.
local function check_pin(package, pin)
  local digest, err
  if package.packed then
    digest, err = core.digest_file(package.path, true)
    if not digest then return nil, err end
  elseif package.path:find "%.lua$" then
    digest = core.digest(package.files["init.lua"])
  elseif package.hashed then
    digest = core.digest(package.files["manifest.lua"])
  else
    return core.fail("EFILE", ("%s has no manifest.lua with hashes of its files"):format(package.path))
  end
  if digest == pin:lower() then return true end
  return core.fail("EFILE", ("%s is not what was expected: its SHA-256 is %s"):format(package.path, digest))
end

local options_schema = {
  sha256 = { type = "string", valid = function(value)
    return (#value ~= 64 or value:find "%X") and "64 hexadecimal digits" or nil
  end },
}

function packages.install(vm, package_name, options)
  if type(package_name) ~= "string" or package_name == "" then
    error(("bad argument 'package_name': a name or a path expected, got %s"):format(
      check.shown(package_name)), 2)
  end
  local problems = {}
  local given = check.table(options, options_schema, "options", problems)
  check.raise(problems, 2)
  local path, err = find(package_name)
  if not path then return nil, err end
  local order = {}
  local package, err = plan(vm, path, order)
  if not package then return nil, err end
  local pinned, err = true, nil
  if given.sha256 then pinned, err = check_pin(package, given.sha256) end
  if not pinned then return nil, err end
  local result
  for _, one in ipairs(order) do
    result, err = packages.put(vm, one)
    if result == nil then return nil, err end
  end
  return result
end

return packages
