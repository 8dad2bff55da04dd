--- The files in an archive: zip (APPNOTE 6.3, but no encryption and nothing beyond 4 GB), or tar (POSIX.1-2017, pax),
-- which gzip may have compressed. All is read into memory and nothing written. What an archive says of itself is
-- believed as far as it is true: names that lead elsewhere, links, devices, wrong sizes and bombs are refused.

local core = require "bioxen.core"

local archive = {}

archive.FILE = 16 << 20 -- bytes of a file
local TOTAL, ENTRIES, NAME = 64 << 20, 2000, 1000

local function refuse(reason, ...)
  error(reason:format(...), 0)
end

-- ---- what may be in one ----

-- A collection of files that refuses what does not belong into one.
local function collection()
  local all = { files = {}, bytes = 0, count = 0 }

  -- Raises unless there may be an entry of this name and size.
  function all.expect(name, size)
    all.count = all.count + 1
    if all.count > ENTRIES then refuse("more than %d files", ENTRIES) end
    if #name > NAME then refuse("a name of more than %d bytes", NAME) end
    if name == "" or name:find "[%c\\]" or name:find "^/" or name:find "^%a:" then
      refuse("%q is no name of a file in an archive", name)
    end
    for part in (name .. "/"):gmatch "([^/]*)/" do
      if part == ".." or part == "" and name:sub(-1) ~= "/" then refuse("%q leads out of the archive", name) end
    end
    if size > archive.FILE then refuse("%s: %d bytes, and a file has at most %d", name, size, archive.FILE) end
    all.bytes = all.bytes + size
    if all.bytes > TOTAL then refuse("its files have more than %d bytes together", TOTAL) end
  end

  function all.add(name, bytes)
    name = name:gsub("^%./", "")
    if all.files[name] then refuse("%s is there twice", name) end
    all.files[name] = bytes
  end

  return all
end

-- ---- zip ----

local END, CENTRAL, LOCAL = "PK\5\6", "PK\1\2", "PK\3\4"
local KIND, FILE, FOLDER = 0xf000, 0x8000, 0x4000 -- of a file's mode

-- The last record, behind which there may be a comment.
local function find_end(bytes)
  for at = #bytes - 21, math.max(1, #bytes - 21 - 65535), -1 do
    if bytes:sub(at, at + 3) == END and at + 21 + ("<I2"):unpack(bytes, at + 20) == #bytes then return at end
  end
  refuse "it is cut, or no archive"
end

local function take(format, bytes, at)
  if at < 1 or at + format:packsize() - 1 > #bytes then refuse "it is cut" end
  return format:unpack(bytes, at)
end

-- An entry of the directory at `at`: { name, size, packed, method, crc, flags, mode, offset }, and where the next is.
local function directory_entry(bytes, at)
  if bytes:sub(at, at + 3) ~= CENTRAL then refuse "its directory is damaged" end
  local made_by, _, flags, method, _, _, crc, packed, size, name_length, extra, comment, disk, _, mode, offset =
    take("<I2I2I2I2I2I2I4I4I4I2I2I2I2I2I4I4", bytes, at + 4)
  local name = bytes:sub(at + 46, at + 45 + name_length)
  if #name < name_length then refuse "it is cut" end
  if size == 0xffffffff or packed == 0xffffffff or offset == 0xffffffff then refuse("%q: larger than 4 GB", name) end
  if disk ~= 0 then refuse "it is of several parts" end
  if flags & 0x2041 ~= 0 then refuse("%q is encrypted", name) end
  return { name = name, size = size, packed = packed, method = method, crc = crc, offset = offset,
    mode = made_by >> 8 == 3 and mode >> 16 or 0 }, at + 46 + name_length + extra + comment
end

-- Where the bytes of an entry begin and end. Each stands in one place alone: a bomb has many in one.
local function place_of(bytes, entry, taken)
  if bytes:sub(entry.offset + 1, entry.offset + 4) ~= LOCAL then refuse("%q is not where it should be", entry.name) end
  local name_length, extra = take("<I2I2", bytes, entry.offset + 27)
  if bytes:sub(entry.offset + 31, entry.offset + 30 + name_length) ~= entry.name then
    refuse("%q has another name in another place", entry.name)
  end
  local first = entry.offset + 31 + name_length + extra
  local last = first + entry.packed - 1
  if last > #bytes then refuse "it is cut" end
  for _, other in ipairs(taken) do
    if entry.offset + 1 <= other[2] and other[1] <= last then refuse("%q is in the place of another", entry.name) end
  end
  taken[#taken + 1] = { entry.offset + 1, last }
  return first, last
end

local function unzip(bytes)
  local at = find_end(bytes)
  local _, _, _, count, _, offset = take("<I2I2I2I2I4I4", bytes, at + 4)
  local all, taken = collection(), {}
  at = offset + 1
  for _ = 1, count do
    local entry
    entry, at = directory_entry(bytes, at)
    all.expect(entry.name, entry.size)
    local kind = entry.mode & KIND
    if kind ~= 0 and kind ~= FILE and kind ~= FOLDER then refuse("%s is a link, or no file", entry.name) end
    local first, last = place_of(bytes, entry, taken)
    if entry.name:sub(-1) ~= "/" then
      if entry.method ~= 0 and entry.method ~= 8 then
        refuse("%s is compressed by method %d: deflate, 8, expected", entry.name, entry.method)
      end
      local text = bytes:sub(first, last)
      if entry.method == 8 then text = core.inflate(text, entry.size) end
      if not text or #text ~= entry.size or core.crc32(text) ~= entry.crc then refuse("%s is damaged", entry.name) end
      all.add(entry.name, text)
    end
  end
  return all.files
end

-- ---- tar ----

local function octal(header, first, last)
  local digits = header:sub(first, last):match "^[ ]*([0-7]*)[ %z]*$"
  if not digits then refuse "a number in it is none" end
  return tonumber(digits == "" and "0" or digits, 8)
end

local function check_sum(header)
  local sum = 0
  for i = 1, 512 do sum = sum + (i > 148 and i <= 156 and 32 or header:byte(i)) end
  if sum ~= octal(header, 149, 156) then refuse "it is damaged, or no archive" end
end

local function text_field(header, first, last)
  return header:sub(first, last):match "^[^%z]*"
end

local function name_of(header)
  local name, prefix = text_field(header, 1, 100), text_field(header, 346, 500)
  if header:sub(258, 263) == "ustar\0" and prefix ~= "" then return prefix .. "/" .. name end
  return name
end

-- What a header in pax's words says of the next file: lines "LENGTH KEY=VALUE".
local function extended(text)
  local said, at = {}, 1
  while at <= #text do
    local digits = text:match("^(%d+) ", at)
    local length = tonumber(digits)
    if not length or length <= #digits + 1 or length > #text - at + 1 then refuse "a header of it is damaged" end
    local key, value = text:sub(at + #digits + 1, at + length - 2):match "^([^=]*)=(.*)$"
    if not key then refuse "a header of it is damaged" end
    said[key] = value
    at = at + length
  end
  return said
end

local function untar(bytes)
  local all, at, said = collection(), 1, {}
  while at + 511 <= #bytes and bytes:byte(at) ~= 0 do
    local header = bytes:sub(at, at + 511)
    check_sum(header)
    local kind = header:sub(157, 157)
    local size = said.size and (tonumber(said.size:match "^%d+$") or refuse "a number in it is none")
      or octal(header, 125, 136)
    local name = said.path or name_of(header)
    local special = kind == "x" or kind == "g" or kind == "L"
    all.expect(special and "header" or name, size)
    if at + 511 + size > #bytes then refuse "it is cut" end
    local text = bytes:sub(at + 512, at + 511 + size)
    if kind == "x" then
      said = extended(text)
    elseif kind == "L" then
      said = { path = text:match "^[^%z]*" }
    elseif kind == "0" or kind == "\0" then
      if name:sub(-1) ~= "/" then all.add(name, text) end
    elseif kind ~= "5" and kind ~= "g" then
      refuse("%s is a link, or no file", name)
    end
    if not special then said = {} end
    at = at + 512 + (size + 511)//512*512
  end
  if at == 1 then refuse "it is empty, or no archive" end
  return all.files
end

--- Whether a path names an archive.
function archive.is_name(path)
  return path:find "%.zip$" ~= nil or path:find "%.rock$" ~= nil or path:find "%.tar$" ~= nil
    or path:find "%.tar%.gz$" ~= nil or path:find "%.tgz$" ~= nil
end

--- The files in it, by name; or nil and an error.
function archive.read(path)
  local bytes, err = core.read_file(path, TOTAL + (8 << 20))
  if not bytes then return nil, err end
  local good, files = pcall(bytes:sub(1, 2) == "PK" and unzip or untar, bytes)
  if good then return files end
  return core.fail("EFILE", ("%s is refused: %s"):format(path, files))
end

return archive
