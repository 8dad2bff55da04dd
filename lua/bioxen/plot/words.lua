--- Text from users and from VMs: made harmless for terminals and XML, measured, cut, wrapped.

local words = {}

-- Control characters, line and paragraph separators, what turns the direction of text, and what XML
-- can't hold.
local function harmless(code)
  return not (code < 0x20 or (code >= 0x7F and code <= 0x9F) or (code >= 0x2028 and code <= 0x202E)
    or (code >= 0x2066 and code <= 0x2069) or code == 0x061C or (code >= 0x200B and code <= 0x200F) or code == 0xFEFF
    or code == 0xFFFE or code == 0xFFFF)
end

-- The end of the valid UTF-8 character at `i`, or nil.
local function character_end(text, i)
  return utf8.len(text, i, i) and i + #utf8.char(utf8.codepoint(text, i)) - 1
end

--- Printable UTF-8 on one line; `plain`: ASCII. What is not becomes a question mark.
function words.clean(text, plain)
  local out, i = {}, 1
  text = text:gsub("[\t\r\n]+", " ")
  while i <= #text do
    local last = character_end(text, i)
    local code = last and utf8.codepoint(text, i)
    out[#out + 1] = code and harmless(code) and not (plain and code > 0x7E) and text:sub(i, last) or "?"
    i = (last or i) + 1
  end
  return table.concat(out)
end

local function columns_of(code)
  if code >= 0x300 and code <= 0x36F then return 0 end
  local wide = (code >= 0x1100 and code <= 0x115F) or (code >= 0x2E80 and code <= 0xA4CF)
    or (code >= 0xAC00 and code <= 0xD7A3) or (code >= 0xF900 and code <= 0xFAFF)
    or (code >= 0xFE30 and code <= 0xFE6F) or (code >= 0xFF00 and code <= 0xFF60)
    or (code >= 0xFFE0 and code <= 0xFFE6) or (code >= 0x1F300 and code <= 0x1FAFF)
    or (code >= 0x20000 and code <= 0x3FFFD)
  return wide and 2 or 1
end

--- The columns that clean text takes.
function words.width(text)
  local width = 0
  for _, code in utf8.codes(text) do width = width + columns_of(code) end
  return width
end

--- Clean text in at most so many columns: "a long na…", or "a long n..." in ASCII.
function words.fit(text, columns, plain)
  if words.width(text) <= columns then return text end
  local mark = plain and "..." or "…"
  local width, kept = words.width(mark), {}
  if columns < width then return "" end
  for _, code in utf8.codes(text) do
    width = width + columns_of(code)
    if width > columns then break end
    kept[#kept + 1] = utf8.char(code)
  end
  return table.concat(kept) .. mark
end

--- Lines of at most so many columns, broken at spaces; the last of `limit` lines is cut.
function words.wrap(text, columns, limit, plain)
  local lines, line = {}, nil
  for word in text:gmatch "%S+" do
    if line and #lines + 1 < limit and words.width(line .. " " .. word) > columns then
      lines[#lines + 1], line = words.fit(line, columns, plain), word
    else
      line = line and line .. " " .. word or word
    end
  end
  lines[#lines + 1] = line and words.fit(line, columns, plain)
  return lines
end

function words.pad(text, columns)
  return text .. (" "):rep(columns - words.width(text))
end

return words
