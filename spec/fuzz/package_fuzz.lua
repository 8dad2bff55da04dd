local core = require "bioxen.core"

local path = os.tmpname()
os.remove(path)
assert(core.make_folder(path .. "/package"))

-- What would go to a VM.
local sent
core.ask = function(_, _, _, name, files) -- luacheck: ignore
  sent = { name = name, files = files }
end
local packages = require "bioxen.vm.packages"
local origin = require "bioxen.vm.origin"
origin.note_package = function() end -- luacheck: ignore
origin.packages = function() return {} end -- luacheck: ignore

-- Words that have the text in another place than the package's init.lua.
local places = { ["package/manifest"] = "package/manifest.lua", ["package.zip"] = "package.zip",
  ["package.tar"] = "package.tar", ["package.rock"] = "package.rock" }

return function(bytes)
  local word, text = bytes:match "^([^\n]*)\n?(.*)$"
  local place = places[word]
  local file <close> = assert(io.open(path .. "/" .. (place or "package/init.lua"), "wb"))
  file:write(text)
  file:close()
  local ours = word == "package/"
  word = place == "package/manifest.lua" and path .. "/package" or place and path .. "/" .. place
    or word:gsub("^package/", path .. "/%0")
  sent = nil
  local good, installed, err = pcall(packages.install, {}, word)
  if not good then
    if word == "" or word:find "\0" then return end -- a mistake of the caller's
    error(installed)
  end
  if installed and not sent or not installed and not err.code then error "neither sent nor refused" end
  if place == "package/manifest.lua" then os.remove(path .. "/" .. place) end
  if not sent then return end
  if not sent.name:find "^[a-z][a-z0-9_]*$" then error("a package of the name " .. sent.name) end
  for name, content in pairs(sent.files) do
    if not name:find "^[a-z0-9_]+%.lua$" or type(content) ~= "string" then error("a file of the name " .. name) end
  end
  local as_it_is = ours and text:sub(1, 2) ~= "\31\139" -- not what gzip has made
  if as_it_is and sent.files["init.lua"] ~= text then error "another text" end
end
