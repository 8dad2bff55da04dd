--- Any value as text: bounded in depth, items and width, whatever the value's metamethods do.

local text = require "bioxen.repl.text"

local printer = {}

local DEPTH, ITEMS, TOTAL, KEYS = 5, 100, 1000, 10000
local STRING, TOP_STRING = 200, 4000 -- bytes

local reserved = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
  return then true until while]]):gmatch "%a+" do
  reserved[word] = true
end

local Printer = {}
Printer.__index = Printer

function Printer:custom(value)
  local metatable = self.metatable(value)
  return type(metatable) == "table" and rawget(metatable, "__tostring") ~= nil
end

function Printer:string(value, top)
  local kept, cut = text.cut(value, top and TOP_STRING or STRING)
  return text.quote(kept) .. (cut and ("… (%s)"):format(text.counted(#value, "byte")) or "")
end

-- tostring, which may be anybody's.
function Printer:own_words(value, top)
  local good, words = self.protect(tostring, value)
  if not good then
    return ("(%s whose __tostring fails: %s)"):format(type(value),
      type(words) == "string" and text.escape((text.cut(words, STRING))) or type(words))
  end
  local kept, cut = text.cut(words, top and TOP_STRING or STRING)
  return text.escape(kept) .. (cut and "…" or "")
end

-- A class of BioXen at the top, in some lines.
function Printer:description(value)
  local good, words = self.protect(function()
    if self.describe then return self.describe(value) end
    local class = require "bioxen.repl.describe"[tostring(value):match "^(%a+)%("]
    return class and class(value)
  end)
  return good and type(words) == "string" and words or nil
end

function Printer:scalar(value, top)
  local kind = type(value)
  if kind == "string" then return self:string(value, top) end
  if kind == "number" then return value ~= value and "nan" or tostring(value) end
  if kind == "userdata" then
    return top and self:description(value) or self:own_words(value, top)
  end
  if kind == "function" then
    return self.place and self.place(value) or tostring(value)
  end
  return self:own_words(value, top)
end

local order = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local kind, other = order[type(a)] or 4, order[type(b)] or 4
  if kind ~= other then return kind < other end
  if kind <= 2 then return a < b end
  return false
end

-- The keys beyond the list 1 to `length`, sorted; and how many there are.
local function other_keys(t, length)
  local keys, count = {}, 0
  for key in next, t do
    if not (math.type(key) == "integer" and key >= 1 and key <= length) then
      count = count + 1
      if count <= KEYS then keys[count] = key end
    end
  end
  table.sort(keys, before)
  return keys, count
end

-- Of the list at the beginning, as far as one would look.
local function list_length(t)
  local length = rawlen(t)
  for i = 1, math.min(length, ITEMS) do
    if rawget(t, i) == nil then return i - 1 end
  end
  return length
end

function Printer:key(key)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and not reserved[key] and #key <= STRING then
    return key
  end
  local shown = type(key) == "table" and not self:custom(key) and tostring(key) or self:scalar(key)
  return "[" .. shown .. "]"
end

-- The entries of a table as text; how many more there are; whether all are short values of a list.
function Printer:entries(t, indent, depth)
  local entries, length = {}, list_length(t)
  local keys, count = other_keys(t, length)
  local plain = count == 0
  local function add(entry)
    entries[#entries + 1] = entry
    self.left = self.left - 1
  end
  local function room() return #entries < ITEMS and self.left > 0 end
  for i = 1, length do
    if not room() then break end
    local value = rawget(t, i)
    plain = plain and type(value) ~= "table"
    add(self:value(value, indent + 2, depth + 1))
  end
  for _, key in ipairs(keys) do
    if not room() then break end
    local name = self:key(key)
    add(name .. " = " .. self:value(rawget(t, key), indent + 2, depth + 1, #name + 3))
  end
  return entries, length + count - #entries, plain
end

-- Entries after each other, as many as fit into a line.
local function fill(entries, indent, width)
  local lines, line = {}, ""
  for _, entry in ipairs(entries) do
    if line ~= "" and indent + text.width(line) + text.width(entry) + 2 > width then
      lines[#lines + 1] = line
      line = ""
    end
    line = line .. (line ~= "" and " " or "") .. entry .. ","
  end
  lines[#lines + 1] = line
  return lines
end

function Printer:table(t, indent, depth, before_it)
  local entries, more, plain = self:entries(t, indent, depth)
  if #entries == 0 and more == 0 then return "{}" end
  local line = table.concat(entries, ", ")
  local used = indent + (before_it or 0) + text.width(line) + 5
  if more == 0 and used <= self.width and not line:find("\n", 1, true) then
    return "{ " .. line .. " }"
  end
  local lines = plain and fill(entries, indent + 2, self.width) or entries
  local margin = "\n" .. (" "):rep(indent + 2)
  local body = table.concat(lines, (plain and "" or ",") .. margin)
  if more > 0 then
    body = body .. (plain and "" or ",") .. margin .. ("-- %s more"):format(text.count(more))
  end
  return "{" .. margin .. body .. "\n" .. (" "):rep(indent) .. "}"
end

function Printer:value(value, indent, depth, before_it)
  if type(value) ~= "table" then return self:scalar(value, depth == 0) end
  if self:custom(value) then return self:own_words(value, depth == 0) end
  if self.above[value] then return "{ … } --[[ a table around this one ]]" end
  if depth >= DEPTH then return next(value) == nil and "{}" or "{ … }" end
  self.above[value] = true
  local shown = self:table(value, indent, depth, before_it)
  self.above[value] = nil
  return shown
end

--- The text of `value`. Options: width in columns; protect(f, ...), as pcall; describe(value), lines
-- for an object or nil; place(f), where a function is from; metatable(value), as getmetatable.
function printer.show(value, options)
  options = options or {}
  local self = setmetatable({ width = options.width or 80, protect = options.protect or pcall,
    describe = options.describe, place = options.place,
    metatable = options.metatable or getmetatable, above = {}, left = TOTAL }, Printer)
  return self:value(value, 0, 0)
end

--- A line or more for each value; nil without values.
function printer.results(options, ...)
  local shown = {}
  for i = 1, select("#", ...) do shown[i] = printer.show((select(i, ...)), options) end
  return #shown > 0 and table.concat(shown, "\n") or nil
end

return printer
