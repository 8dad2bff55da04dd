--- What Tab offers. Nothing is called for it on the host: tables and the tables behind them are read.

local core = require "bioxen.core"
local organisms = require "bioxen.biology.organisms"
local terminal = require "bioxen.terminal"
local text = require "bioxen.repl.text"

local completion = {}

local SHOWN = 200
local PATIENCE = 1 -- seconds that a VM may take to answer

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
  return then true until while]]):gmatch "%a+" do
  keywords[word] = true
end

-- ---- values ----

-- The table that a value's fields are in, or nil.
local function fields_behind(value)
  local metatable = debug.getmetatable(value)
  local index = type(metatable) == "table" and rawget(metatable, "__index")
  if type(index) == "table" then return index end
  if type(index) ~= "function" then return nil end
  -- The methods of a trajectory, an ensemble or a genome are an upvalue of a C function.
  local name, methods = debug.getupvalue(index, 1)
  return name == "" and type(methods) == "table" and methods or nil
end

-- Each table of fields, the value's own first.
local function each_table(value)
  local current, left = value, 20
  if type(value) ~= "table" then current = fields_behind(value) end
  return function()
    local found = current
    left = left - 1
    if not found or left < 0 then return nil end
    current = fields_behind(found)
    return found
  end
end

local function field(value, name)
  for t in each_table(value) do
    local found = rawget(t, name)
    if found ~= nil then return found end
  end
end

local function add_fields(found, value, functions_only)
  for t in each_table(value) do
    for name, item in next, t do
      if type(name) == "string" and name:find "^[%a_][%w_]*$"
        and not (functions_only and type(item) ~= "function") then
        found[name] = true
      end
    end
  end
end

-- The value of `path`, a list of names from the globals on.
local function resolve(path)
  local value = _G
  for _, name in ipairs(path) do
    value = field(value, name)
    if value == nil then return nil end
  end
  return value
end

-- ---- what stands before the cursor ----

-- The part of an open string at the end of `before`, or nil; and what it is an argument of.
local function open_string(before)
  local quote, start
  local i = 1
  while i <= #before do
    local c = before:sub(i, i)
    if quote then
      if c == "\\" then
        i = i + 1
      elseif c == quote then
        quote = nil
      end
    elseif c == "'" or c == '"' then
      quote, start = c, i
    elseif before:find("^%-%-", i) then
      return nil
    end
    i = i + 1
  end
  return quote and before:sub(start + 1) or nil
end

-- "a.b:c" at the end as { "a", "b" }, "c" and ":".
local function open_path(before)
  local chain = before:match "[%a_][%w_%.:]*$" or ""
  local path, rest = {}, chain
  local mark
  while true do
    local name, sign, tail = rest:match "^([%a_][%w_]*)([.:])(.*)$"
    if not name then break end
    path[#path + 1], mark, rest = name, sign, tail
  end
  if not rest:find "^[%w_]*$" then return nil end
  if #chain == 0 and before:find "[.:]$" then return nil end
  return path, rest, mark
end

-- ---- sources of candidates ----

local function add_all(found, list)
  for _, name in ipairs(list) do found[name] = true end
end

local function expand_home(path)
  return (path:gsub("^~/", function() return (os.getenv "HOME" or "~") .. "/" end))
end

local function add_files(found, prefix)
  local folder = prefix:match "^(.*/)[^/]*$" or ""
  local place = folder == "" and "." or expand_home(folder)
  for _, name in ipairs(core.list_folder(place)) do
    local path = (folder == "" and "" or place) .. name
    found[folder .. name .. (core.real_path(path .. "/.") and "/" or "")] = true
  end
end

-- Answers with names; runs in the VM. Its own objects hide their metatables, so names are tried.
local lister = [[
  local given, found, count = args, {}, 0
  args = nil
  local function add(name)
    if type(name) ~= "string" or name:sub(1, #given.prefix) ~= given.prefix then return end
    if count == given.most then
      found.cut = true
      return
    end
    count = count + 1
    found[count] = name
  end
  if given.strings then
    local good, genes = pcall(function() return cell:genome():genes() end)
    for _, name in ipairs(good and genes or {}) do add(name) end
    for _, list in ipairs(given.of ~= "gene" and { cell:species(), cell:rules(), cell:parameters() } or {}) do
      for _, name in ipairs(list) do add(name) end
    end
    return found
  end
  local value = _G
  for _, name in ipairs(given.path) do
    local good, next_value = pcall(function() return value[name] end)
    value = good and next_value or nil
  end
  if type(value) == "table" then
    for name, item in next, value do
      if not given.method or type(item) == "function" then add(name) end
    end
    local metatable = getmetatable(value)
    local index = type(metatable) == "table" and rawget(metatable, "__index")
    for name in next, type(index) == "table" and index or {} do add(name) end
  elseif value ~= nil then
    for _, name in ipairs(given.known) do
      local good, item = pcall(function() return value[name] end)
      if good and type(item) == "function" then add(name) end
    end
  end
  return found
]]

-- Methods of what only VMs have, and types.lua does not list whole.
local known_methods = { "get", "parameters", "rate", "reset", "rules", "run", "set", "shortage",
  "species", "time" }

local function known_names(session)
  local known = { table.unpack(known_methods) }
  for _, name in ipairs(session.doc.names()) do
    known[#known + 1] = name:match ":([%w_]+)$"
  end
  return known
end

local function add_from_vm(found, session, question)
  local vm = session.vm
  if vm:get_status().busy then return end
  question.most = SHOWN
  question.known = known_names(session)
  local job = vm:submit(lister, { args = question, timeout = PATIENCE, name = "completion" })
  local result = job and job:wait(2 * PATIENCE)
  local names = result and type(result.result) == "table" and result.result or {}
  for _, name in ipairs(names) do
    if type(name) == "string" then found[name] = true end
  end
  return names.cut == true
end

-- ---- the parts of a line ----

local function complete_command(session, before)
  local found = {}
  local word = before:match "^%s*(%.%a*)$"
  if word then
    for _, name in ipairs(session.commands.names) do found["." .. name .. " "] = true end
    return found, word
  end
  local name, argument = before:match "^%s*%.(%a+)%s+(.*)$"
  local what = name and session.commands[name] and session.commands[name].takes
  if what == "vm" then add_all(found, session.hypervisor:ids()) end
  if what == "file" then add_files(found, argument) end
  if what == "doc" then add_all(found, session.doc.names()) end
  return found, argument or ""
end

-- Columns of the trajectory or ensemble whose method the string is an argument of.
local function add_columns(found, before)
  local variable = before:match "([%a_][%w_]*):[%a_][%w_]*%s*[({]*%s*[\"'][^\"']*$"
  local value = variable and rawget(_G, variable)
  local class = core.class_name(value)
  if class == "Trajectory" or class == "Ensemble" then add_all(found, value:names()) end
end

local function complete_string(session, prefix, before)
  local found, cut = {}, false
  if session.vm then
    local of = before:match "([%a_][%w_]*)%s*[({]*%s*[\"'][^\"']*$"
    cut = add_from_vm(found, session, { strings = true, prefix = prefix, of = of })
  else
    add_columns(found, before)
    add_all(found, session.hypervisor:ids())
    add_all(found, organisms.names())
    if prefix:find("/", 1, true) then add_files(found, prefix) end
  end
  return found, prefix, cut
end

-- The name that is called with the table which is open at the end: "run" of "cell:run{ duration = 1, ".
local function open_call(before)
  local depth = 0
  for i = #before, 1, -1 do
    local c = before:sub(i, i)
    if c == "}" or c == ")" then depth = depth + 1 end
    if c == "{" and depth == 0 then
      return before:sub(1, i - 1):gsub("%([^()]*$", ""):match "([%a_][%w_]*)%s*$" -- it may be a later argument
    end
    if c == "{" or c == "(" then depth = depth - 1 end
  end
end

local function add_options(found, session, before)
  local called = before:find "[{,;]%s*[%w_]*$" and open_call(before)
  for _, name in ipairs(called and session.doc.options(called) or {}) do found[name .. " = "] = true end
end

local function complete_name(session, before)
  local found = {}
  local path, prefix, mark = open_path(before)
  if not path then return found, "" end
  local cut = false
  if session.vm then
    cut = add_from_vm(found, session, { path = path, prefix = prefix, method = mark == ":" })
  else
    local value = resolve(path)
    if value ~= nil then add_fields(found, value, mark == ":") end
  end
  if #path == 0 then
    for word in pairs(keywords) do found[word] = true end
    add_options(found, session, before)
  end
  return found, prefix, cut
end

local function candidates(session, before)
  if before:find "^%s*%.%a*%s*" and not session.pending and before:find "^%s*%.%a?" then
    return complete_command(session, before)
  end
  local string = open_string(before:match "[^\n]*$")
  if string then return complete_string(session, string, before) end
  return complete_name(session, before)
end

-- ---- the answer ----

-- The beginning that all have, in whole characters.
local function common(list)
  local first, last = list[1], list[#list] -- sorted: what these share, all share
  local length = 0
  while length < #first and first:byte(length + 1) == last:byte(length + 1) do length = length + 1 end
  while length > 0 and not utf8.len(first:sub(1, length)) do length = length - 1 end
  return first:sub(1, length)
end

local function listing(list)
  local widest, shown = 0, {}
  for i = 1, math.min(#list, SHOWN) do
    shown[i] = text.escape(list[i])
    widest = math.max(widest, terminal.width(shown[i]))
  end
  local across = math.max(1, (terminal.columns() + 1) // (widest + 2))
  local down = (#shown + across - 1) // across
  local lines = {}
  for row = 1, down do
    local cells = {}
    for i = row, #shown, down do
      cells[#cells + 1] = shown[i] .. (" "):rep(widest - terminal.width(shown[i]))
    end
    lines[row] = table.concat(cells, "  "):gsub("%s+$", "")
  end
  if #list > #shown then lines[#lines + 1] = ("… %d more"):format(#list - #shown) end
  return table.concat(lines, "\n")
end

--- What may stand at the cursor, in order; the beginning of it that is there already; and whether there is more.
function completion.find(session, before)
  local found, prefix, cut = candidates(session, before)
  local list = {}
  for name in pairs(found) do
    if name:sub(1, #prefix) == prefix and utf8.len(name) then list[#list + 1] = name end
  end
  table.sort(list)
  return list, prefix, cut
end

--- The value of a path of names from the globals on, { "vm", "start" }, without a call; or nil.
completion.resolve = resolve

--- What to insert at the cursor, and what to list; nil for either.
function completion.complete(session, before)
  if not before:match "[^\n]*$":find "%S" then return "\t" end
  local list, prefix, cut = completion.find(session, before)
  if #list == 0 then return nil end
  local shared = common(list)
  if #shared > #prefix and not cut then return text.escape(shared:sub(#prefix + 1)) end
  return nil, #list > 1 and listing(list) or nil
end

return completion
