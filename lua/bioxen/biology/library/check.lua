--- Arguments of organisms' functions. The errors name the argument, and point at who called the
-- function that checks.

local check = {}

--- A number of 0 or more, or an error at `level` (default: the caller of the caller).
function check.number(value, what, level)
  if type(value) ~= "number" or not (value >= 0 and value < math.huge) then
    error(("%s: a number of 0 or more expected, got %s"):format(what, tostring(value)),
      (level or 2) + 1)
  end
  return value
end

--- A list of strings, of at least one; a string alone is a list of one.
function check.names(value, what, level)
  level = (level or 2) + 1
  if type(value) == "string" then return { value } end
  if type(value) ~= "table" or #value == 0 then
    error(("%s: a list of names expected, got %s"):format(what,
      type(value) == "table" and "an empty one" or type(value)), level)
  end
  for i, name in ipairs(value) do
    if type(name) ~= "string" then
      error(("%s[%d]: a name expected, got %s"):format(what, i, type(name)), level)
    end
  end
  return value
end

--- A table without other keys than those listed, or an error.
function check.keys(value, keys, what, level)
  level = (level or 2) + 1
  if type(value) ~= "table" then
    error(("%s: { %s = … } expected, got %s"):format(what, table.concat(keys, " = …, "), type(value)),
      level)
  end
  local known = {}
  for _, key in ipairs(keys) do known[key] = true end
  for key in pairs(value) do
    if not known[key] then
      error(("%s: %s expected, got %s"):format(what, table.concat(keys, " or "), tostring(key)), level)
    end
  end
  return value
end

return check
