local source = package.path:match "^(.-)/lua/"
local said = dofile(source .. "/spec/fuzz/said.lua")
local core = require "bioxen.core"

local folder = os.tmpname()
os.remove(folder)
assert(core.make_folder(folder .. "/bioxen/biology/fuzzed"))
package.path = folder .. "/?.lua;" .. package.path

-- What an organism once said is remembered.
local function afresh(name)
  package.loaded[name] = nil
  return require(name)
end

return function(bytes)
  local file <close> = assert(io.open(folder .. "/bioxen/biology/fuzzed/manifest.lua", "wb"))
  file:write(bytes)
  file:close()
  local organisms = afresh "bioxen.biology.organisms"
  local command, create = afresh "bioxen.cli.organisms", afresh "bioxen.create"
  said(command.run, { name = "fuzzed" })
  said(command.run, { name = "fuzzed", json = true })
  local valid, err = organisms.validate "fuzzed"
  if not valid and err.code ~= "EORGANISM" then error(err) end
  local hypervisor = require "bioxen.hypervisor".new()
  local vm, refused = create.create(hypervisor, "x", "fuzzed")
  if vm then vm:destroy() elseif not refused.code then error(refused) end
  collectgarbage "step"
end
