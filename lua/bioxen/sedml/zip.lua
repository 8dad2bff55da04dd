-- Archives of type ZIP, as bytes: what is in them is not compressed.

local core = require "bioxen.core"

local zip = {}

local UTF8 = 0x800 -- flag: names are in it
local DATE = 33    -- the first of January 1980: the same files, the same bytes

--- { { name, bytes }, … } as an archive.
function zip.pack(files)
  local parts, directory, at = {}, {}, 0
  for _, file in ipairs(files) do
    local name, bytes = file[1], file[2]
    local middle = ("<I2I2I2I2I4I4I4I2I2"):pack(UTF8, 0, 0, DATE, core.crc32(bytes), #bytes, #bytes, #name, 0)
    parts[#parts + 1] = "PK\3\4" .. ("<I2"):pack(20) .. middle .. name .. bytes
    directory[#directory + 1] = "PK\1\2" .. ("<I2I2"):pack(20, 20) .. middle
      .. ("<I2I2I2I4I4"):pack(0, 0, 0, 0, at) .. name
    at = at + #parts[#parts]
  end
  local list = table.concat(directory)
  parts[#parts + 1] = list .. "PK\5\6"
    .. ("<I2I2I2I2I4I4I2"):pack(0, 0, #directory, #directory, #list, at, 0)
  return table.concat(parts)
end

return zip
