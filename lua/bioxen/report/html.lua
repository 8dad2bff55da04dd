--- HTML from texts that may hold anything: what is not known to be markup is escaped.

local core = require "bioxen.core"
local json = require "bioxen.json"
local text = require "bioxen.repl.text"

local html = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

--- A text for between tags and in quoted attributes; what is not printable shows as \xNN.
function html.escape(value)
  return (text.escape(tostring(value)):gsub("[&<>\"']", entities))
end

--- A template, in which each %s is an escaped text, and each %m markup that is made already.
function html.fill(template, ...)
  local given, i = table.pack(...), 0
  return (template:gsub("%%([sm%%])", function(kind)
    if kind == "%" then return "%" end
    i = i + 1
    return kind == "m" and given[i] or html.escape(given[i])
  end))
end

--- A value as JSON that may stand in a script element, which no text of it ends.
function html.json(value)
  return (json.line(value):gsub("[<>&]", function(mark) return ("\\u%04x"):format(mark:byte()) end))
end

--- A path as a link: of what is no letter, digit or one of "-._/", the bytes in hexadecimal.
function html.link(path)
  return (path:gsub("[^%w%-%._/]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function letter(number) return letters:sub(number + 1, number + 1) end

--- Bytes in base64 (RFC 4648).
function html.base64(bytes)
  local encoded = bytes:gsub("..?.?", function(group)
    local a, b, c = group:byte(1, 3)
    local number = a << 16 | (b or 0) << 8 | (c or 0)
    return letter(number >> 18) .. letter(number >> 12 & 63) .. (b and letter(number >> 6 & 63) or "=")
      .. (c and letter(number & 63) or "=")
  end)
  return encoded
end

--- The source that a Content-Security-Policy names an inline script or style by.
function html.policy_hash(content)
  local digest = core.digest(content):gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end)
  return "'sha256-" .. html.base64(digest) .. "'"
end

return html
