--- What a package is, wherever it comes from: one Lua file; a folder with an init.lua; an archive of such a folder; or
-- a rock, as `luarocks pack` makes it of what is installed. Nothing of it runs here.

local archive = require "bioxen.vm.archive"
local check = require "bioxen.check"
local core = require "bioxen.core"
local sorted_keys = require "bioxen.sorted_keys"
local versions = require "bioxen.vm.versions"

local source = {}

local function is_name(text)
  return text:find "^[a-z][a-z0-9_]*$" ~= nil
end

local function refuse(path, reason, ...)
  return core.fail("EFILE", ("the package %s is refused: %s"):format(path, reason:format(...)))
end

-- Of a package that another asks for: it is looked for by that.
local function is_file_name(text)
  return text:find "^[%w_][%w_.-]*$" ~= nil
end

-- ---- files ----

local binaries = { so = true, dll = true, dylib = true, a = true, o = true, obj = true }

-- The module in C among some files, or nil.
local function in_c(names)
  for _, name in ipairs(names) do
    if binaries[name:match "%.(%a+)$" or ""] then return name end
  end
end

local function refuse_c(path, name)
  return refuse(path, "%s is a module in C, and a VM loads none: its limits hold for Lua, not for machine code that "
    .. "comes with a package", name)
end

local function read_file(path)
  local text, err = core.read_file(path, archive.FILE)
  return text and { ["init.lua"] = text }, err
end

-- Every Lua file of a folder, no links.
local function read_folder(where)
  local folder, err = core.open_folder(where)
  if not folder then return core.fail("EFILE", ("cannot read %s/init.lua: %s"):format(where, err.message)) end
  local names = core.list_folder(where)
  local compiled = in_c(names)
  if compiled then return refuse_c(where, compiled) end
  local files = {}
  files["init.lua"], err = folder:read("init.lua", archive.FILE)
  if err then return nil, err end
  for _, name in ipairs(names) do
    if name:find "^[a-z0-9_]+%.lua$" and not files[name] then
      files[name], err = folder:read(name, archive.FILE)
      if err then return nil, err end
    end
  end
  return files
end

-- The files of the folder with the init.lua: at the top, or one below; and that folder's name.
local function inner_folder(all)
  if all["init.lua"] then return "" end
  local found
  for name in pairs(all) do
    local folder = name:match "^([^/]+)/init%.lua$"
    if folder and found then return nil end
    found = folder or found
  end
  return found and found .. "/"
end

local function read_archive(path, all)
  local inside = inner_folder(all)
  if not inside then return refuse(path, "an init.lua at its top, or in one folder of it, expected") end
  local files = {}
  for name, text in pairs(all) do
    local short = name:sub(1, #inside) == inside and name:sub(#inside + 1)
    if short and short:find "^[a-z0-9_]+%.lua$" then files[short] = text end
  end
  return files, inside:sub(1, -2)
end

-- ---- manifests ----

local schema = {
  name = { type = "string", required = true, valid = function(value)
    return not is_name(value) and "letters, digits and '_', in lower case," or nil
  end },
  version = { type = "string", required = true, valid = function(value)
    return not versions.parse(value) and 'a version as "1.2.0"' or nil
  end },
  title = { type = "string" },
  licence = { type = "string" },
  library = { type = "boolean" },
  dependencies = { type = "table" },
  files = { type = "table" },
}

local function check_dependencies(list, problems)
  for name, wanted in pairs(list) do
    if type(name) ~= "string" or not is_file_name(name) or type(wanted) ~= "string" then
      problems[#problems + 1] = "manifest.dependencies: versions by name, as { reporter = \">= 1.2\" }, expected"
    elseif not versions.constraints(wanted) then
      problems[#problems + 1] = ('manifest.dependencies.%s: a version as ">= 1.2, < 2" expected, got %s'):format(name,
        check.shown(wanted))
    end
  end
end

-- Each Lua file but the manifest has its hash there, and the right one.
local function check_hashes(hashes, files, problems)
  for _, name in ipairs(sorted_keys(files)) do
    local wanted = hashes[name]
    if name == "manifest.lua" then goto continue end
    if type(wanted) ~= "string" then
      problems[#problems + 1] = ("manifest.files: no SHA-256 of %s"):format(name)
    elseif wanted:lower() ~= core.digest(files[name]) then
      problems[#problems + 1] = ("manifest.files: %s is another file than the manifest was written for: its SHA-256 is "
        .. "%s"):format(name, core.digest(files[name]))
    end
    ::continue::
  end
  for _, name in ipairs(sorted_keys(hashes)) do
    if not files[name] then problems[#problems + 1] = ("manifest.files: there is no %s"):format(check.shown(name)) end
  end
end

-- Add what the manifest says to the package. True; or nil and an error.
local function apply_manifest(package)
  local text = package.files["manifest.lua"]
  if not text then return true end
  local manifest, err = core.load_data(text, "@manifest.lua")
  if err then return refuse(package.path, "its manifest.lua is no data: %s", err.message) end
  local problems = {}
  local checked = check.table(manifest == nil and "nothing" or manifest, schema, "manifest", problems)
  if #problems == 0 then
    check_dependencies(checked.dependencies or {}, problems)
    if checked.files then check_hashes(checked.files, package.files, problems) end
  end
  if #problems > 0 then
    table.sort(problems)
    return refuse(package.path, "%s", table.concat(problems, "\n  "))
  end
  package.hashed = checked.files ~= nil
  package.name, package.group, package.version = checked.name, checked.name, checked.version
  package.dependencies, package.library = checked.dependencies or {}, checked.library
  return true
end

-- ---- rocks ----

-- What a rockspec says: assignments, which end up in an empty state.
local function read_rockspec(text)
  return core.load_data(text .. "\nreturn { package = package, version = version, dependencies = dependencies }",
    "@rockspec")
end

-- What a rock asks for, but Lua itself, which a VM has.
local function rock_dependencies(list)
  local wanted = {}
  for _, line in ipairs(type(list) == "table" and list or {}) do
    local name, constraint = tostring(line):match "^%s*([%w_.-]+)%s*(.-)%s*$"
    if not name or not is_file_name(name) or not versions.constraints(constraint) then return nil, tostring(line) end
    if name ~= "lua" then
      wanted[name] = constraint
    elseif not versions.satisfies("5.4", constraint) then
      return nil, "Lua " .. constraint .. ", and a VM's is 5.4"
    end
  end
  return wanted
end

-- The modules in a rock's folder lua/, all of one name: its files as a package has them, and the name.
local function rock_modules(path, all)
  local files, group = {}, nil
  for name, text in pairs(all) do
    local inside = name:match "^lua/(.*)$"
    if inside then
      local first, rest = inside:match "^([^/.]+)(.*)$"
      local short = rest == ".lua" and "init.lua" or (rest or ""):match "^/([a-z0-9_]+%.lua)$"
      if not short or not is_name(first) then
        return refuse(path, "a VM takes modules called NAME or NAME.PART, in lower case, and not %s", inside)
      end
      if group and group ~= first then
        return refuse(path, "it has modules of two names, %s and %s, and a package has one", group, first)
      end
      if files[short] then return refuse(path, "its module %s is there twice", first) end
      group, files[short] = first, text
    end
  end
  if not files["init.lua"] then return refuse(path, "there is no module of its own name in its folder lua") end
  return files, group
end

local function read_rock(path, all)
  local rockspec
  for name in pairs(all) do
    if name:find "^[^/]+%.rockspec$" then rockspec = name end
    if name:find "^lib/" then return refuse_c(path, name) end
  end
  if not rockspec then return refuse(path, "there is no rockspec in it") end
  if path:find "%.src%.rock$" then
    return refuse(path, "it is a source rock, which has to be built: `luarocks pack` makes one of what is installed")
  end
  local facts, err = read_rockspec(all[rockspec])
  if err then return refuse(path, "its rockspec is no data: %s", err.message) end
  local version = type(facts.version) == "string" and versions.parse(facts.version)
  if type(facts.package) ~= "string" or not version then
    return refuse(path, "its rockspec says no package or version")
  end
  local dependencies, bad = rock_dependencies(facts.dependencies)
  if not dependencies then return refuse(path, "it asks for %s", bad) end
  local files, group = rock_modules(path, all)
  if not files then return nil, group end
  return { path = path, name = facts.package, group = group, version = facts.version, dependencies = dependencies,
    files = files, library = true, packed = true }
end

-- ---- all of them ----

-- The name that a path, or a folder in an archive, gives a package without a manifest.
local function stem(path)
  return (path:match "([^/]*)$":gsub("%.tar%.gz$", ""):gsub("%.%a+$", ""):gsub("%-v?[%d.]+%-?%d*$", ""))
end

local function name_by(path, folder)
  for _, name in ipairs { stem(folder or path), stem(path) } do
    if is_name(name) then return name end
  end
  return core.fail("EFILE", ("%s: a package is called by letters, digits and '_', in lower case"):format(path))
end

-- From an archive that is no rock.
local function packed(path, all)
  local compiled = in_c(sorted_keys(all))
  if compiled then return refuse_c(path, compiled) end
  local files, folder = read_archive(path, all)
  if not files then return nil, folder end
  return { path = path, files = files, dependencies = {}, packed = true }, folder
end

--- The package at a path: { path, name, group, version, dependencies, files, library, hashed, packed }. `group` is what
-- code requires it by. Without a manifest it has no version. nil and an error.
function source.read(path)
  local package, folder, err
  if archive.is_name(path) and core.is_file(path) then
    local all, err = archive.read(path)
    if not all then return nil, err end
    if path:find "%.rock$" then return read_rock(path, all) end
    package, folder = packed(path, all)
    if not package then return nil, folder end
  else
    if not core.is_file(path .. "/manifest.lua") then
      local named, err = name_by(path)
      if not named then return nil, err end
    end
    local files
    if path:find "%.lua$" then files, err = read_file(path) else files, err = read_folder(path) end
    if not files then return nil, err end
    package = { path = path, files = files, dependencies = {} }
  end
  local good, err = apply_manifest(package)
  if not good then return nil, err end
  if not package.name then
    package.name, err = name_by(path, folder)
    if err then return nil, err end
    package.group = package.name
  end
  return package
end

-- ---- finding ----

local endings = { zip = true, rock = true, tar = true, tgz = true, ["tar.gz"] = true }

-- The version in the name of an archive of a package, "" where there is none; nil where it is another's.
local function version_in(file, name)
  if file:sub(1, #name) ~= name then return nil end
  local rest = file:sub(#name + 1)
  local version, ending = rest:match "^%-(v?[%d.]+%-?%d*)%.(%a[%a.]*)$"
  if not version then version, ending = "", rest:match "^%.(%a[%a.]*)$" end
  ending = ending and ending:gsub("^all%.rock$", "rock")
  return endings[ending or ""] and (version == "" or versions.parse(version)) and version or nil
end

--- The path of a package of this name in a folder: a folder, a Lua file, or the archive of the highest version that is
-- what `wanted` asks for. nil where there is none.
function source.find(folder, name, wanted)
  if core.is_file(("%s/%s/init.lua"):format(folder, name)) then return ("%s/%s"):format(folder, name) end
  if core.is_file(("%s/%s.lua"):format(folder, name)) then return ("%s/%s.lua"):format(folder, name) end
  local best, highest
  for _, file in ipairs(core.list_folder(folder)) do
    local version = version_in(file, name)
    if version and (version == "" or versions.satisfies(version, wanted))
      and (not best or highest == "" or version ~= "" and versions.before(highest, version)) then
      best, highest = file, version
    end
  end
  return best and ("%s/%s"):format(folder, best)
end

return source
