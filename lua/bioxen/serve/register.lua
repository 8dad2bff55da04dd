--- What is alive, written down as it comes and goes, so that a daemon that follows one that was killed can say what
-- was lost. One line a change: "+ id type" and "- id".

local core = require "bioxen.core"

local register = {}

local Register = {}
Register.__index = Register

local LONGEST = 1 << 20 -- bytes of changes before the file is written anew

local function read(path)
  local alive, order = {}, {}
  local file <close> = io.open(path, "rb")
  for line in file and file:lines() or function() end do
    local sign, id, kind = line:match "^([+-]) (%S+) ?(%S*)$"
    if sign == "+" then
      alive[id] = kind
      order[#order + 1] = id
    elseif sign == "-" then
      alive[id] = nil
    end
  end
  local lost = {}
  for _, id in ipairs(order) do
    if alive[id] then lost[#lost + 1] = { vm_id = id, biological_type = alive[id] } end
    alive[id] = nil
  end
  return lost
end

-- What is alive, and nothing else.
function Register:rewrite()
  local lines = {}
  for id, kind in pairs(self.alive) do lines[#lines + 1] = ("+ %s %s\n"):format(id, kind) end
  local text = table.concat(lines)
  local saved, err = core.save_file(self.path, text)
  if not saved then return nil, err end
  if self.file then self.file:close() end
  local failure
  self.file, failure = io.open(self.path, "ab")
  if not self.file then return core.fail("EFILE", failure) end
  self.length = #text
  return true
end

--- The register at a path; `lost` is what the last one had when its daemon was killed. Or nil and an error.
function register.open(path)
  local self = setmetatable({ path = path, alive = {}, lost = read(path) }, Register)
  local written, err = self:rewrite()
  if not written then return nil, err end
  return self
end

-- On a disk that is full less is known of what was lost: no reason to serve less. Once there is room it is written
-- anew, whole.
function Register:append(line)
  if self.stale or self.length > LONGEST then
    self.stale = not self:rewrite()
    return
  end
  local written = self.file:write(line)
  self.stale = not (written and self.file:flush())
  self.length = self.length + #line
end

function Register:add(id, kind)
  self.alive[id] = kind
  self:append(("+ %s %s\n"):format(id, kind))
end

function Register:remove(id)
  if not self.alive[id] then return end
  self.alive[id] = nil
  self:append(("- %s\n"):format(id))
end

--- Nothing is alive any more, and that is no loss.
function Register:close()
  self.file:close()
  os.remove(self.path)
end

return register
