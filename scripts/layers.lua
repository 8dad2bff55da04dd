-- The house and its order: each room may use itself and those below it, and no other. Run as
-- `lua5.4 scripts/layers.lua` it prints who includes whom; spec/layers_spec.lua fails on an arrow that points up.

local layers = {}

-- From the top down. Rooms on one line stand side by side and may not use each other.
layers.rooms = {
  { "src/kernel" },
  { "src/cli" },
  { "src/lua" },
  { "src/worker", "src/courier" },
  { "src/inside" },
  { "src/hypervisor" },
  { "src/vm" },
  { "src/values", "src/interrupt" },
  { "src/exchange" },
  { "src/analysis" },
  { "src/cell" },
  { "src/sbml" },
  { "src/engine/hybrid" },
  { "src/engine/deterministic", "src/engine/stochastic" },
  { "src/engine" },
  { "src/flux" },
  { "src/model" },
  { "src/record/hdf5" },
  { "src/record" },
  { "src/medium" },
  { "src/genome" },
  { "src/wire" },
  { "src/core" },
}

-- Of Lua, on the host. What organisms require of each other inside a VM, and the courier's steps of each other, have
-- short names and stay in their room: only names that begin with "bioxen." are looked at.
layers.modules = {
  { "lua/bioxen/kernel" },
  { "lua/bioxen/cli" },
  { "lua/bioxen/repl" },
  { "lua/bioxen/biology/contract.lua" },
  { "lua/bioxen/init.lua" },
  { "lua/bioxen/connect.lua" },
  { "lua/bioxen/serve" },
  { "lua/bioxen/sensitivity" },
  { "lua/bioxen/fit", "lua/bioxen/flux_scan.lua", "lua/bioxen/sweep" },
  { "lua/bioxen/methods.lua", "lua/bioxen/map.lua", "lua/bioxen/manager.lua" },
  { "lua/bioxen/fork.lua", "lua/bioxen/guests.lua" },
  { "lua/bioxen/hypervisor/init.lua", "lua/bioxen/config.lua" },
  { "lua/bioxen/create.lua", "lua/bioxen/checkpoint.lua" },
  { "lua/bioxen/hypervisor", "lua/bioxen/xcpng", "lua/bioxen/vm" },
  { "lua/bioxen/repl/chunk.lua", "lua/bioxen/repl/inside.lua" }, -- how lines are read and run in a VM
  { "lua/bioxen/repl/printer.lua" },
  { "lua/bioxen/repl/describe.lua" },
  { "lua/bioxen/sedml" },
  { "lua/bioxen/plot/init.lua" },
  { "lua/bioxen/report" },
  { "lua/bioxen/model", "lua/bioxen/plot", "lua/bioxen/biosimulators.lua", "lua/bioxen/read_table.lua",
    "lua/bioxen/courier" },
  { "lua/bioxen/biology" },
  { "lua/bioxen/out.lua", "lua/bioxen/json.lua" },
  { "lua/bioxen/check.lua" },
  { "lua/bioxen/nearest.lua", "lua/bioxen/sorted_keys.lua", "lua/bioxen/decimal.lua", "lua/bioxen/modules.lua",
    "lua/bioxen/stream.lua", "lua/bioxen/copy.lua", "lua/bioxen/ending.lua", "lua/bioxen/repl/text.lua" },
}

-- Who may include lua.h.
layers.know_lua = { "src/kernel", "src/cli", "src/lua", "src/worker", "src/inside", "src/values", "src/interrupt",
  "src/courier" }

-- The room of a file, the longest that fits, and its height from the bottom.
local function room_of(path, rooms)
  local found, height
  for i, row in ipairs(rooms) do
    for _, room in ipairs(row) do
      local fits = path == room or path:sub(1, #room + 1) == room .. "/"
      if fits and (not found or #room > #found) then found, height = room, #rooms - i end
    end
  end
  return found, height
end

local function files(root, folder, pattern)
  local list = {}
  local pipe = assert(io.popen(("find '%s/%s' -type f | sort"):format(root, folder)))
  for path in pipe:lines() do
    if path:find(pattern) then list[#list + 1] = path:sub(#root + 2) end
  end
  pipe:close()
  return list
end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

local function module_file(root, name)
  local path = "lua/" .. name:gsub("%.", "/")
  for _, candidate in ipairs { path .. ".lua", path .. "/init.lua" } do
    if exists(root .. "/" .. candidate) then return candidate end
  end
end

-- Call use(file, line, used) for each include of a file of ours, and each require of a module of ours.
local function each_use(root, use)
  for _, file in ipairs(files(root, "src", "%.[chp]+$")) do
    local number = 0
    for line in io.lines(root .. "/" .. file) do
      number = number + 1
      local name = line:match '^%s*#%s*include "([^"]+)"'
      if name then use(file, number, "src/" .. name) end
      local header = line:match "^%s*#%s*include <(l[%w_]+%.h)>"
      if header == "lua.h" or header == "lauxlib.h" or header == "lualib.h" then use(file, number, "lua.h") end
    end
  end
  for _, file in ipairs(files(root, "lua/bioxen", "%.lua$")) do
    local number = 0
    for line in io.lines(root .. "/" .. file) do
      number = number + 1
      local name = not line:find "^%s*%-%-" and line:match "require%s*%(?%s*[\"'](bioxen[%w_.]*)[\"']"
      local used = name and module_file(root, name)
      if used then use(file, number, used) end
    end
  end
end

local function knows_lua(room)
  for _, other in ipairs(layers.know_lua) do
    if room == other then return true end
  end
  return false
end

-- Why `file` must not use `used`; nil if it may.
local function fault(file, used)
  local rooms = file:find "^src/" and layers.rooms or layers.modules
  local room, height = room_of(file, rooms)
  if not room then return "stands in no room of scripts/layers.lua" end
  if used == "lua.h" then
    return not knows_lua(room) and room .. " knows no Lua" or nil
  end
  local other, below = room_of(used, rooms)
  if not other then return "uses what stands in no room of scripts/layers.lua" end
  if room == other or below < height then return nil end
  return below == height and "the two stand side by side" or "the arrow points up"
end

--- Every use that breaks the order, as text: both files, the line, and why.
function layers.faults(root)
  local faults = {}
  each_use(root, function(file, line, used)
    local why = fault(file, used)
    if why then faults[#faults + 1] = ("%s:%d uses %s: %s"):format(file, line, used, why) end
  end)
  return faults
end

--- How often each room uses each other, as lines of text.
function layers.uses(root)
  local counts, names = {}, {}
  each_use(root, function(file, _, used)
    local rooms = file:find "^src/" and layers.rooms or layers.modules
    local from, to = room_of(file, rooms), used == "lua.h" and used or room_of(used, rooms)
    local pair = ("%s -> %s"):format(from, to)
    if not counts[pair] then names[#names + 1] = pair end
    counts[pair] = (counts[pair] or 0) + 1
  end)
  table.sort(names)
  for i, pair in ipairs(names) do names[i] = ("%5d  %s"):format(counts[pair], pair) end
  return names
end

if arg and arg[0] and arg[0]:find "layers%.lua$" then
  local root = arg[1] or "."
  for _, line in ipairs(layers.uses(root)) do print(line) end
  local faults = layers.faults(root)
  for _, line in ipairs(faults) do print(line) end
  os.exit(#faults == 0)
end

return layers
