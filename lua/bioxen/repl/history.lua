--- What was typed in earlier sessions: a file of one entry a line, which sessions append to.

local core = require "bioxen.core"
local terminal = require "bioxen.terminal"

local history = {}

local ENTRIES, ENTRY, FILE = 1000, 65536, 4 << 20 -- entries kept; bytes of one, and read of the file

local function folder()
  local state, home = os.getenv "XDG_STATE_HOME", os.getenv "HOME"
  if state and state:find "^/" then return state .. "/bioxen" end
  return home and home:find "^/" and home .. "/.local/state/bioxen" or nil
end

local function encode(entry)
  return (entry:gsub("[\\\n]", { ["\\"] = "\\\\", ["\n"] = "\\n" })) .. "\n"
end

local function decode(line)
  return (line:gsub("\\(.)", { ["\\"] = "\\", n = "\n" }))
end

local function is_entry(text)
  return text:find "%S" ~= nil and not text:find "[\0-\8\11-\31\127]" and #text <= ENTRY
end

-- The last entries of the file, and whether there are so many that it should be written anew.
local function read(path)
  local file <close> = core.is_file(path) and io.open(path, "rb") or nil
  local size = file and file:seek "end"
  if not size or size == math.maxinteger then return {}, false end
  file:seek("set", math.max(0, size - FILE))
  local lines = {}
  for line in file:lines() do
    local entry = decode(line)
    if is_entry(entry) then lines[#lines + 1] = entry end
  end
  local kept = table.move(lines, math.max(1, #lines - ENTRIES + 1), #lines, 1, {})
  return kept, #lines > 2 * ENTRIES or size > FILE
end

local function rewrite(path, entries)
  local lines = {}
  for i, entry in ipairs(entries) do lines[i] = encode(entry) end
  local new = ("%s.%x"):format(path, math.random(0))
  if terminal.create_private(new, table.concat(lines)) and not os.rename(new, path) then os.remove(new) end
end

local History = {}
History.__index = History

--- Open it, and give `remember` each entry of before, the oldest first.
function history.open(remember)
  local self = setmetatable({ remember = remember }, History)
  local where = folder()
  if not where then return self end
  self.path = where .. "/history"
  local entries, much = read(self.path)
  for _, entry in ipairs(entries) do remember(entry) end
  self.last = entries[#entries]
  if much then rewrite(self.path, entries) end
  return self
end

--- Keep an entry, unless it begins with a space. True; or nil and an error, the first time that the
-- file cannot be written.
function History:add(entry)
  if not is_entry(entry) or entry == self.last or entry:find "^ " then return true end
  self.last = entry
  self.remember(entry)
  if not self.path or self.failed then return true end
  local made, err = terminal.make_folder(self.path:match "^(.*)/")
  if made then made, err = terminal.append_private(self.path, encode(entry)) end
  if made then return true end
  self.failed = true
  return nil, err
end

return history
