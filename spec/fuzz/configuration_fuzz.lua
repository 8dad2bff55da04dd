local source = package.path:match "^(.-)/lua/"
local said = dofile(source .. "/spec/fuzz/said.lua")
local command = require "bioxen.cli.config"
local check = require "bioxen.check"
local xcpng = require "bioxen.xcpng.config"

local path = os.tmpname()
local commands = {}
for _, inner in ipairs(command.commands) do commands[inner.name] = inner.run end

-- The pool alone, as scripts give it: mistakes are raised as text.
local function connect(config)
  local good, message = pcall(xcpng.check_pool, config, 0)
  if not good and not tostring(message):find "config" then error(message) end
end

return function(bytes)
  local file <close> = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
  said(commands.validate, { file = path })
  said(commands.validate, { file = path, json = true })
  said(commands.show, { file = path })
  local config = xcpng.read_file(path)
  if not config then return end
  connect(config)
  local problems = {}
  local checked = check.table(config, xcpng.schema.fields, "config", problems)
  xcpng.problems(config, "config", problems)
  if #problems == 0 then xcpng.for_courier(checked) end
end
