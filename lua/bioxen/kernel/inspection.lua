--- What is told of the name at the cursor: its value, and what the reference says of it.

local completion = require "bioxen.repl.completion"
local doc = require "bioxen.repl.doc"
local show = require "bioxen.repl.show"

local inspection = {}

local ENTRIES = 3 -- of the reference that are shown

-- The dotted name that the cursor, behind the byte at `place`, stands in or behind.
local function name_at(code, place)
  local first = place
  while first > 0 and code:find("^[%w_.:]", first) do first = first - 1 end
  local last = place
  while code:find("^[%w_]", last + 1) do last = last + 1 end
  local name = code:sub(first + 1, last):gsub("^[.:]+", ""):gsub("[.:]+$", "")
  if name ~= "" then return name:find "^[%a_]" and name or nil end
  -- behind a bracket: what is called
  return code:sub(1, place):match "([%a_][%w_.:]*)%s*[({][^(){}]*$"
end

local function value_of(session, name)
  if session.vm then return nil end
  local path = {}
  for part in name:gmatch "[%w_]+" do path[#path + 1] = part end
  return completion.resolve(path)
end

--- The text for the cursor behind so many bytes of a cell, or nil.
function inspection.find(session, code, place)
  local name = name_at(code, place)
  if not name then return nil end
  local parts = {}
  local value = value_of(session, name)
  if value ~= nil and type(value) ~= "function" then
    parts[1] = ("%s: %s\n%s"):format(name, type(value), show.values(session:columns(), value))
  end
  local found = doc.find(name, function(variable) return session:class_of(variable) end)
  for i = 1, math.min(ENTRIES, #found) do parts[#parts + 1] = doc.text(found[i], session:columns()) end
  if #parts == 0 and value ~= nil then parts[1] = name .. ": " .. show.values(session:columns(), value) end
  return parts[1] and table.concat(parts, "\n\n") or nil
end

return inspection
