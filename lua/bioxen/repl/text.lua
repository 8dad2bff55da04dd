--- Text for terminals. What comes from a VM is hostile to them: control characters are made visible.
-- This file, describe.lua and printer.lua run in VMs, too.

local text = {}

-- Characters that turn the order of what is read around, or break lines.
local function turns(code)
  return code == 0x061c or code == 0x200e or code == 0x200f or (code >= 0x2028 and code <= 0x202e)
    or (code >= 0x2066 and code <= 0x2069)
end

-- The bytes of the character at `i`, which bytes that belong to none may follow; nil where it is none itself.
local function size_of(s, i)
  return utf8.len(s, i, i) and #utf8.char(utf8.codepoint(s, i))
end

--- The bytes of the printable character at `i`, or nil.
function text.printable(s, i)
  local byte = s:byte(i)
  if byte < 0x80 then return (byte >= 0x20 and byte ~= 0x7f) and 1 or nil end
  local size = size_of(s, i)
  if not size then return nil end
  local code = utf8.codepoint(s, i)
  return not (code < 0xa0 or turns(code)) and size or nil
end

-- `s` with what is not printable as `other` has it, byte by byte or, where it is UTF-8, by `whole` characters.
local function map(s, other, whole)
  local parts, start, i = {}, 1, 1
  while i <= #s do
    local size = text.printable(s, i)
    local length = size or whole and size_of(s, i) or 1
    if not size then
      parts[#parts + 1] = s:sub(start, i - 1)
      parts[#parts + 1] = other(s:sub(i, i + length - 1))
      start = i + length
    end
    i = i + length
  end
  parts[#parts + 1] = s:sub(start)
  return table.concat(parts)
end

local function visible(byte)
  if byte == "\n" or byte == "\t" then return byte end
  return ("\\x%02x"):format(byte:byte())
end

--- Control characters, but newline and tab, and what is not UTF-8 become \xNN.
function text.escape(s)
  if not s:find "[^\t\n\x20-\x7e]" then return s end
  return map(s, visible)
end

local short = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\0"] = "\\0" }

local function escaped(byte)
  return short[byte] or ("\\x%02x"):format(byte:byte())
end

--- Each character that is not printable as `other` has it.
function text.replace(s, other)
  return s:find "[^\x20-\x7e]" and map(s, other, true) or s
end

--- As Lua would read it.
function text.quote(s)
  local quoted = s:gsub('[\\"]', "\\%0")
  if quoted:find "[^\x20-\x7e]" then quoted = map(quoted, escaped) end
  -- "\0" before a digit would be another character
  quoted = quoted:gsub("\\0(%d)", "\\x00%1")
  return '"' .. quoted .. '"'
end

--- At most `bytes` of it, whole characters; and whether it was cut.
function text.cut(s, bytes)
  if #s <= bytes then return s, false end
  local last = bytes
  while last > bytes - 4 and last > 0 and (s:byte(last + 1) & 0xc0) == 0x80 do last = last - 1 end
  return s:sub(1, last), true
end

--- Columns, about.
function text.width(s)
  return utf8.len(s) or #s
end

function text.pad(s, width)
  return s .. (" "):rep(width - text.width(s))
end

--- 543379 as 543,379.
function text.count(n)
  local digits = ("%d"):format(n)
  local head = #digits % 3
  local grouped = digits:sub(1, head) .. digits:sub(head + 1):gsub("%d%d%d", ",%0")
  return (grouped:gsub("^,", ""))
end

function text.counted(n, noun)
  return ("%s %s%s"):format(text.count(n), noun, n == 1 and "" or "s")
end

--- Rows of cells in columns, each line after `indent`.
function text.columns(rows, indent)
  local widths, lines = {}, {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, text.width(cell)) end
  end
  for i, row in ipairs(rows) do
    local cells = {}
    for j, cell in ipairs(row) do cells[j] = j < #row and text.pad(cell, widths[j]) or cell end
    lines[i] = (indent or "") .. table.concat(cells, "  ")
  end
  return table.concat(lines, "\n")
end

--- A function that escapes text which comes in pieces; without an argument, what it held back.
function text.stream()
  local held = ""
  return function(piece)
    local all = held .. (piece or "")
    held = ""
    local start = all:match "()[\xc2-\xf4][\x80-\xbf]*$"
    if piece and start and #all - start < 3 and not utf8.len(all, start) then
      held = all:sub(start)
      all = all:sub(1, start - 1)
    end
    return text.escape(all)
  end
end

--- Show what a job prints, as it comes, until the job ends.
function text.write_output(job)
  local clean = text.stream()
  for piece in job:output() do
    io.stdout:write(clean(piece))
    io.stdout:flush()
  end
  io.stdout:write(clean())
end

return text
