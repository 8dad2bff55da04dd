--- A copy of plain data: tables with all that is in them, which are in no circle.

local function copy(value)
  if type(value) ~= "table" then return value end
  local all = {}
  for key, item in pairs(value) do all[key] = copy(item) end
  return all
end

return copy
