--- Lua in colours, for terminals: the same characters, with codes for keywords, constants, strings and comments
-- between them. Text that is not whole yet is coloured as far as it goes.

local colour = {}

local codes = { keyword = "\27[35m", constant = "\27[36m", string = "\27[32m", comment = "\27[90m" }
local OFF = "\27[0m"
local LONGEST = 20000 -- bytes of earlier lines that are looked at

local words = {}
for word in ([[and break do else elseif end for function goto if in local not or repeat return then until while]])
  :gmatch "%a+" do
  words[word] = "keyword"
end
for word in ("nil true false inf nan"):gmatch "%a+" do words[word] = "constant" end

-- The end of a long bracket of this level, or of the text.
local function long_end(text, from, level)
  return select(2, text:find("]" .. level .. "]", from, true)) or #text
end

local function quoted_end(text, at)
  local quote, i = text:sub(at, at), at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == quote then return i end
    if c == "\n" then return i - 1 end
    i = i + (c == "\\" and 2 or 1)
  end
  return #text
end

local function number_end(text, at)
  local _, last = text:find("^0[xX][%x.]*", at)
  if last then return select(2, text:find("^[pP][+-]?%d*", last + 1)) or last end
  _, last = text:find("^%d*%.?%d*", at)
  return select(2, text:find("^[eE][+-]?%d+", last + 1)) or last
end

-- The kind of what stands at `at`, and its end.
local function token(text, at)
  local c = text:sub(at, at)
  local _, last, level = text:find("^%-?%-?%[(=*)%[", at)
  if level and (c == "[" or text:sub(at + 1, at + 1) == "-") then
    return c == "[" and "string" or "comment", long_end(text, last + 1, level)
  end
  if text:find("^%-%-", at) then return "comment", (text:find("\n", at, true) or #text + 1) - 1 end
  if c == '"' or c == "'" then return "string", quoted_end(text, at) end
  if text:find("^%.?%d", at) then return "constant", number_end(text, at) end
  _, last = text:find("^[%a_][%w_]*", at)
  if last then return words[text:sub(at, last)], last end
  return nil, at
end

--- `text` in colours, where `before` are the lines above that it belongs to.
function colour.lua(text, before)
  local start = 1
  if before and #before < LONGEST then
    start = #before + 2
    text = before .. "\n" .. text
  end
  local parts, at = {}, 1
  while at <= #text do
    local kind, last = token(text, at)
    local shown = text:sub(math.max(at, start), last)
    parts[#parts + 1] = kind and shown ~= "" and codes[kind] .. shown .. OFF or shown
    at = last + 1
  end
  return table.concat(parts)
end

--- What shows values, in colours where these are as Lua writes them: not the words of an object.
function colour.values(text)
  local plain = text:find "^[{\"%d-]" or words[text:match "^%a+$" or text:match "^(%a+)\n"] == "constant"
  return plain and colour.lua(text) or text
end

return colour
