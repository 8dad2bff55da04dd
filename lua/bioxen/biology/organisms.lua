--- Organisms are folders bioxen/biology/NAME with a manifest.lua and an init.lua, anywhere on
-- package.path. The manifest is read here, on the host; the rest runs in the VM.

local core = require "bioxen.core"
local nearest = require "bioxen.nearest"

local organisms = {}

-- What organisms share: library/NAME.lua is `require "library.NAME"` in a VM.
local options = package.searchpath("bioxen.biology.library.options", package.path)
local library = options and core.real_path(options)
if library then core.set_library(library:match "^(.*)/[^/]*$") end

local function is_name(text)
  return text:match("^[a-z][a-z0-9_]*$") ~= nil and #text <= 64
end

--- The names of all organisms found, sorted.
function organisms.names()
  local seen, names = {}, {}
  for template in package.path:gmatch("[^;]+") do
    local root = template:match("^(.*)%?%.lua$")
    local folder = root and root .. "bioxen/biology"
    for _, name in ipairs(folder and core.list_folder(folder) or {}) do
      if not seen[name] and is_name(name) and organisms.folder(name) then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return names
end

local folders = {} -- by name, once found

--- The folder of an organism, absolute; nil if there is none.
function organisms.folder(name)
  if folders[name] or not is_name(name) then return folders[name] end
  local manifest = package.searchpath("bioxen.biology." .. name .. ".manifest", package.path)
  local folder = manifest and core.real_path(manifest)
  folders[name] = folder and folder:match("^(.*)/[^/]*$")
  return folders[name]
end

-- Why the manifest of an organism that is there can't be used; nil if it can.
local function fault(name)
  local read, manifest = pcall(organisms.manifest, name)
  if not read then return tostring(manifest) end
  return type(manifest) ~= "table" and "manifest.lua returns no table" or nil
end

--- true, or nil and an error that says what is broken, or lists what there is.
function organisms.validate(name)
  if type(name) == "string" and organisms.folder(name) then
    local broken = fault(name)
    if not broken then return true end
    return core.fail("EORGANISM", ("the organism %s is broken: %s"):format(name, broken))
  end
  local known = organisms.names()
  return core.fail("EORGANISM", ("there is no organism %q here%s"):format(tostring(name),
    nearest(tostring(name), known, "; there is: " .. (#known > 0 and table.concat(known, ", ") or "none"))))
end

--- The manifest of an organism that validate has found.
function organisms.manifest(name)
  return require("bioxen.biology." .. name .. ".manifest")
end

return organisms
