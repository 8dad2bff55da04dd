--- Organisms are folders bioxen/biology/NAME with a manifest.lua and an init.lua, anywhere on
-- package.path. The manifest is read here, on the host; the rest runs in the VM.

local core = require "bioxen.core"
local modules = require "bioxen.modules"
local nearest = require "bioxen.nearest"
local sorted_keys = require "bioxen.sorted_keys"

local organisms = {}

-- What organisms share: library/NAME.lua is `require "library.NAME"` in a VM.
local options = package.searchpath("bioxen.biology.library.options", package.path)
local library = options and core.real_path(options)
if library then core.set_library(library:match "^(.*)/[^/]*$") end

local function is_name(text)
  return text:match("^[a-z][a-z0-9_]*$") ~= nil and #text <= 64
end

local folders = {} -- by name, once found

--- The folder of an organism, absolute; nil if there is none.
function organisms.folder(name)
  if folders[name] or not is_name(name) then return folders[name] end
  for _, place in ipairs(modules.folders "bioxen/biology/") do
    local manifest = place .. name .. "/manifest.lua"
    if core.is_file(manifest) then
      folders[name] = core.real_path(manifest):match "^(.*)/[^/]*$"
      return folders[name]
    end
  end
end

--- The names of all organisms found, sorted.
function organisms.names()
  local seen, names = {}, {}
  for _, place in ipairs(modules.folders "bioxen/biology/") do
    for _, name in ipairs(core.list_folder(place)) do
      if not seen[name] and organisms.folder(name) then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return names
end

-- ---- manifests ----

local LIMIT = 1 << 20 -- bytes of one

local kinds = {
  manifest = { options = "table", functions = "table", genome = "table", sources = "table", ignores = "table" },
  genome = { length = "number", genes = "number" },
  told = { arguments = "string", meaning = "string" },
  option = { type = "string", unit = "string", meaning = "string", minimum = "number", maximum = "number",
    above = "number", integer = "boolean" },
  source = { what = "string", citation = "string", doi = "string", url = "string", licence = "string" },
}

local function check_kinds(value, of, place)
  if type(value) ~= "table" then error(("%s: a table expected"):format(place), 0) end
  for _, key in ipairs(sorted_keys(of)) do
    local kind = value[key] ~= nil and type(value[key])
    if kind and kind ~= of[key] then
      error(("%s.%s: a %s expected, got a %s"):format(place, key, of[key], kind), 0)
    end
  end
end

-- Raise, as text, what those who read a manifest would stumble over; contract.lua asks for more.
local function check_manifest(manifest)
  if type(manifest) ~= "table" then error("manifest.lua returns no table", 0) end
  check_kinds(manifest, kinds.manifest, "manifest")
  check_kinds(manifest.genome or {}, kinds.genome, "genome")
  for i, source in pairs(manifest.sources or {}) do check_kinds(source, kinds.source, ("sources[%s]"):format(i)) end
  for name, told in pairs(manifest.functions or {}) do
    if type(name) ~= "string" then error(("functions: %s is no name"):format(name), 0) end
    check_kinds(told, kinds.told, "functions." .. name)
  end
  for name, option in pairs(manifest.options or {}) do
    if type(name) ~= "string" then error(("options: %s is no name"):format(name), 0) end
    check_kinds(option, kinds.option, "options." .. name)
    if type(option.default) == "table" then error(("options.%s.default: a table"):format(name), 0) end
  end
end

local types = { number = true, integer = true, string = true, boolean = true, table = true }

-- "name: type, other: string[]?": lists of { name, type, optional }; nil where it is not of that form.
local function typed(text)
  local list = {}
  for item in (text == "" and "" or text .. ", "):gmatch "(.-),%s+" do
    local name, type_name, optional = item:match "^([%a_][%w_]*): ([%a%[%]|]+)(%??)$"
    if not name then return nil end
    for word in type_name:gmatch "[^|]+" do
      if not types[word:match "^(%a+)%[?%]?$"] then return nil end
    end
    list[#list + 1] = { name = name, type = type_name, optional = optional == "?" }
  end
  return list
end

--- What a manifest says that a function of cells takes, as "gene: string, { copies: number?, start: integer }": a
-- list of { name, type, optional }, and of the table that comes last another, or nil; nil alone where it is not of
-- that form.
-- Types are number, integer, string, boolean and table, X[] a list of them, X|Y either.
function organisms.arguments(text)
  local plain, fields = text:match "^(.-),? ?{ (.*) }$"
  local list, last = typed(plain or text), fields and typed(fields)
  if not list or (fields and not last) then return nil end
  return list, last
end

-- A manifest is data: it runs in a state with nothing in it.
local function read(name)
  local path = organisms.folder(name) .. "/manifest.lua"
  local text, err = core.read_file(path, LIMIT)
  if not text then return nil, err.message end
  local manifest, err = core.load_data(text, "@" .. path)
  if err then return nil, err.message end
  local good, problem = pcall(check_manifest, manifest)
  return good and manifest or nil, problem
end

local manifests = {} -- by name, once read

--- The manifest of an organism that is there; nil and what is wrong with it.
function organisms.manifest(name)
  local broken
  if not manifests[name] then manifests[name], broken = read(name) end
  return manifests[name], broken
end

--- true, or nil and an error that says what is broken, or lists what there is.
function organisms.validate(name)
  if type(name) == "string" and organisms.folder(name) then
    local manifest, broken = organisms.manifest(name)
    if manifest then return true end
    return core.fail("EORGANISM", ("the organism %s is broken: %s"):format(name, broken))
  end
  local known = organisms.names()
  return core.fail("EORGANISM", ("there is no organism %q here%s"):format(tostring(name),
    nearest(tostring(name), known, "; there is: " .. (#known > 0 and table.concat(known, ", ") or "none"))))
end

return organisms
