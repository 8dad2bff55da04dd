-- CSV, as commands write it.

local decimal = require "bioxen.decimal"

local csv = {}

local function cell(value)
  if type(value) == "number" then return decimal("%.17g", value) end
  return value:find '[",\r\n]' and '"' .. value:gsub('"', '""') .. '"' or value
end

--- A line of numbers and texts, with its end.
function csv.line(values)
  local cells = {}
  for i, value in ipairs(values) do cells[i] = cell(value) end
  return table.concat(cells, ",") .. "\n"
end

return csv
