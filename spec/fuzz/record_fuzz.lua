local core = require "bioxen.core"
local record = require "bioxen.cli.record"

local path = os.tmpname()
os.remove(path)
assert(core.make_folder(path))
local folder = assert(core.open_folder(path, true))

local function must(condition, what)
  if not condition then error(what .. " was let through") end
end

local function is_path(text)
  return type(text) == "string" and not text:find "\0"
end

return function(bytes)
  local file <close> = assert(io.open(path .. "/" .. record.MANIFEST, "wb"))
  file:write(bytes)
  file:close()
  local manifest, err = record.read(folder)
  if not manifest then return must(err.code == "EFILE", "an error") end
  must(is_path(manifest.script.path) and is_path(manifest.script.name) and is_path(manifest.working_folder), "a path")
  must(math.tointeger(tonumber(manifest.seed)) and math.tointeger(manifest.status), "a number")
  for _, item in ipairs(manifest.files) do must(is_path(item.path) and item.sha256:find "^%x+$", "a file") end
  for _, item in ipairs(manifest.results) do must(is_path(item.file) and item.sha256:find "^%x+$", "a result") end
  for _, word in ipairs(manifest.arguments) do must(type(word) == "string", "an argument") end
end
