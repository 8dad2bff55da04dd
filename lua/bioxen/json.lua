--- JSON. What is written has its keys in order, whole numbers exact, doubles that read back the same; what is not
-- finite is null. Tables with the keys 1 to n are lists; an empty one is a list if json.list made it.

local decimal = require "bioxen.decimal"
local letters = require "bioxen.repl.text"
local modules = require "bioxen.modules"

local json = {}

local List = {}

--- Mark a table as a list, also when it is empty.
function json.list(items)
  return setmetatable(items or {}, List)
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }

local function escape(character)
  return ("\\u%04x"):format(utf8.codepoint(character))
end

local function string_text(value)
  if not utf8.len(value) then error("a string that is not UTF-8", 0) end
  value = value:gsub('["\\\n\t\r]', escapes)
  return '"' .. letters.replace(value, escape) .. '"'
end

local function number_text(value)
  if math.type(value) == "integer" then return ("%d"):format(value) end
  if value ~= value or value == math.huge or value == -math.huge then return "null" end
  for digits = 15, 17 do
    local text = decimal("%." .. digits .. "g", value)
    if tonumber(text) == value then return text end
  end
end

local write

local function write_items(out, items, indent, open, close)
  if #items == 0 then
    out[#out + 1] = open .. close
    return
  end
  local inner = indent and indent .. "  "
  out[#out + 1] = open
  for i, item in ipairs(items) do
    out[#out + 1] = (i > 1 and "," or "") .. (inner and "\n" .. inner or "")
    if item.key then out[#out + 1] = string_text(item.key) .. (inner and ": " or ":") end
    write(out, item.value, inner)
  end
  out[#out + 1] = (indent and "\n" .. indent or "") .. close
end

-- A list of plain values stays on a line.
local function is_flat(list)
  for _, value in ipairs(list) do
    if type(value) == "table" then return false end
  end
  return true
end

local function write_table(out, value, indent)
  local items = {}
  if getmetatable(value) == List or #value > 0 then
    for i, item in ipairs(value) do items[i] = { value = item } end
    return write_items(out, items, not is_flat(value) and indent or nil, "[", "]")
  end
  for key, item in pairs(value) do
    if type(key) ~= "string" then error("a key that is no string: " .. tostring(key), 0) end
    items[#items + 1] = { key = key, value = item }
  end
  table.sort(items, function(a, b) return a.key < b.key end)
  return write_items(out, items, indent, "{", "}")
end

local plain = { string = string_text, number = number_text, boolean = tostring }

function write(out, value, indent)
  if type(value) == "table" then return write_table(out, value, indent) end
  if not plain[type(value)] then error("a value of type " .. type(value), 0) end
  out[#out + 1] = plain[type(value)](value)
end

--- The text of a value, with a line for each key. Raises, as text, what JSON has no word for.
function json.encode(value)
  local out = {}
  write(out, value, "")
  return table.concat(out)
end

--- The same in one line.
function json.line(value)
  local out = {}
  write(out, value)
  return table.concat(out)
end

-- The value with whole numbers as integers; raises, as text, what may not be what was written.
local function exact(value, path)
  if type(value) == "table" then
    for key, item in pairs(value) do
      value[key] = exact(item, ("%s%s%s"):format(path, path ~= "" and "." or "", key))
    end
  elseif type(value) == "userdata" then
    error(path .. ": null is no value: leave it out", 0)
  elseif math.type(value) == "float" and value % 1 == 0 then
    local size = math.abs(value)
    if size >= 2^53 and size < 2^63 then
      error(path .. ": whole numbers from 2^53 on are not read exactly: give it another way", 0)
    end
    return math.tointeger(value) or value
  end
  return value
end

--- The value of a text; or nil and what is wrong with it.
function json.decode(encoded)
  local cjson = modules.installed "cjson.safe"
  if not cjson then return nil, "lua-cjson is not installed: install it" end
  local reader = cjson.new() -- a new one knows the locale of now
  reader.decode_invalid_numbers(false)
  local value, mistake = reader.decode(encoded)
  if mistake then return nil, mistake end
  local good, result = pcall(exact, value, "")
  if good then return result end
  return nil, result
end

return json
