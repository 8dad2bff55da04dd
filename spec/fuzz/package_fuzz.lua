local core = require "bioxen.core"

local path = os.tmpname()
os.remove(path)
assert(core.make_folder(path .. "/package"))

-- What would go to a VM.
local sent
core.ask = function(_, _, _, name, files) -- luacheck: ignore
  sent = { name = name, files = files }
end
local origin = require "bioxen.vm.origin"
local packages = require "bioxen.vm.packages"
local vm = { get_status = function() return { starts = 1 } end }

-- The first line says what is installed; the rest is in a folder "package", or an archive.
local function is_archive(word)
  return word == "package.zip" or word == "package.tar" or word == "package.rock"
end

return function(bytes)
  local word, text = bytes:match "^([^\n]*)\n?(.*)$"
  local file <close> = assert(io.open(path .. (is_archive(word) and "/" .. word or "/package/init.lua"), "wb"))
  file:write(text)
  file:close()
  local ours = word == "package/"
  word = (ours or is_archive(word)) and path .. "/" .. word or word
  sent = nil
  origin.note(vm)
  local good, installed, err = pcall(packages.install, vm, word)
  if not good then
    if word == "" or word:find "\0" then return end -- a mistake of the caller's
    error(installed)
  end
  if installed and not sent or not installed and not err.code then error "neither sent nor refused" end
  if not sent then return end
  if not sent.name:find "^[a-z][a-z0-9_]*$" then error("a package of the name " .. sent.name) end
  for name, content in pairs(sent.files) do
    if not name:find "^[a-z0-9_]+%.lua$" or type(content) ~= "string" then error("a file of the name " .. name) end
  end
  local as_it_is = ours and text:sub(1, 2) ~= "\31\139" -- not what gzip has made
  if as_it_is and sent.files["init.lua"] ~= text then error "another text" end
end
