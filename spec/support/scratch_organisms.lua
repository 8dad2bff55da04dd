--- A folder of organisms that a spec writes, found by their names as long as it is open.

local contract = require "bioxen.biology.contract"

local Scratch = {}
Scratch.__index = Scratch

--- Make one; it is to be closed.
local function open()
  local pipe <close> = assert(io.popen "mktemp -d")
  local self = setmetatable({ folder = pipe:read "l", before = package.path }, Scratch)
  package.path = self.folder .. "/?.lua;" .. self.before
  return self
end

function Scratch:close()
  package.path = self.before
  os.execute("rm -rf -- " .. self.folder)
end

--- Write the texts of its files, by their names without ".lua", in which the name that they give it becomes `name`.
function Scratch:write(name, texts, given)
  local folder = ("%s/bioxen/biology/%s"):format(self.folder, name)
  assert(os.execute("mkdir -p " .. folder))
  for file, text in pairs(texts) do
    local handle <close> = assert(io.open(folder .. "/" .. file .. ".lua", "w"))
    assert(handle:write((text:gsub(given, name))))
  end
end

--- What the checks of the contract say of an organism: { check, message } each.
local function complaints(name)
  local all = {}
  for _, row in ipairs(contract.list) do
    local well, message = pcall(row[2], name)
    if not well then all[#all + 1] = { row[1], tostring(message) } end
  end
  return all
end

return { open = open, complaints = complaints }
