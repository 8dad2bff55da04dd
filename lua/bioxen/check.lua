--- Checks of configuration tables. All mistakes are found, not only the first.

local nearest = require "bioxen.nearest"
local sorted_keys = require "bioxen.sorted_keys"

local check = {}

local function shown(value)
  if type(value) ~= "string" then return tostring(value) end
  return ("%q"):format(#value > 40 and value:sub(1, 40) .. "..." or value)
end

local function problem_with(value, rule)
  local kind = type(value)
  if rule.integer and math.type(value) ~= "integer" and
    not (kind == "number" and math.tointeger(value)) then
    return "an integer"
  end
  if rule.types then
    if not rule.types[kind] then
      local kinds = {}
      for name in pairs(rule.types) do kinds[#kinds + 1] = "a " .. name end
      table.sort(kinds)
      return table.concat(kinds, " or ")
    end
  elseif kind ~= rule.type then
    return "a " .. rule.type
  end
  if rule.valid then return rule.valid(value) end
  if kind ~= "number" then return nil end
  if value ~= value then return "a number" end
  if rule.finite and math.abs(value) == math.huge then return "a finite number" end
  if rule.minimum and value < rule.minimum then return "at least " .. rule.minimum end
  if rule.above and value <= rule.above then return "greater than " .. rule.above end
  if rule.maximum and value > rule.maximum then return "at most " .. rule.maximum end
  return nil
end

--- Check `value`, a table or nil, against `schema`, { key = { type or types, minimum, maximum, above,
-- integer, finite, valid, required, default, fields, secret, public } }; valid(value) gives what was expected instead,
-- or nil; public(value) what may be shown of it. Mistakes are appended to `problems`. Returns a copy with
-- the defaults filled in.
function check.table(value, schema, path, problems)
  if value == nil then value = {} end
  if type(value) ~= "table" then
    problems[#problems + 1] = ("%s: a table expected, got %s"):format(path, shown(value))
    return {}
  end
  local checked = {}
  local known = sorted_keys(schema)
  for key in pairs(value) do
    if schema[key] == nil then
      local all = "; it takes " .. (#known > 0 and table.concat(known, ", ") or "none")
      problems[#problems + 1] = ("%s: unknown key %s%s"):format(path, shown(key), nearest(tostring(key), known, all))
    end
  end
  for _, key in ipairs(known) do
    local rule, given = schema[key], value[key]
    if rule.fields then
      if given ~= nil or rule.required then
        checked[key] = check.table(given, rule.fields, path .. "." .. key, problems)
      end
    elseif given == nil then
      checked[key] = rule.default
      if rule.required then problems[#problems + 1] = ("%s.%s: missing"):format(path, key) end
    else
      local expected = problem_with(given, rule)
      if expected then
        local got = rule.secret and "something else" or shown(rule.public and rule.public(given) or given)
        problems[#problems + 1] = ("%s.%s: %s expected, got %s"):format(path, key, expected, got)
      end
      checked[key] = given
    end
  end
  return checked
end

--- Raise a mistake of the caller's caller, `level` frames above this function, listing them all.
function check.raise(problems, level)
  if #problems == 0 then return end
  table.sort(problems)
  error(table.concat(problems, "\n  "), level + 1)
end

--- Call f. A mistake that it raises is that of the function `level` frames above this one.
function check.relay(level, f, ...)
  local values = table.pack(pcall(f, ...))
  if values[1] then return table.unpack(values, 2, values.n) end
  error(type(values[2]) == "string" and values[2]:gsub("^[^\n]-:%d+: ", "", 1) or values[2], level + 1)
end

check.shown = shown

return check
