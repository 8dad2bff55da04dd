-- What XML says in attributes: numbers, names, truth.

local say = require "sedml.say"

local text = {}

local special = { INF = math.huge, ["-INF"] = -math.huge, NaN = 0/0, inf = math.huge, ["-inf"] = -math.huge,
  nan = 0/0 }

function text.trim(given)
  return (given:match "^%s*(.-)%s*$")
end

--- A number as XML writes it; nil for anything else.
function text.number(given)
  local trimmed = text.trim(given or "")
  if special[trimmed] then return special[trimmed] end
  if not trimmed:find "^[+-]?%.?%d[%d.]*[eE]?[+-]?%d*$" then return nil end
  local number = tonumber((trimmed:gsub("^%+", "")))
  return number and number + 0.0
end

--- An attribute that is a number, which must be there unless there is a usual one.
function text.number_of(node, name, usual)
  local given = node:attribute(name)
  if not given and usual then return usual end
  local number = text.number(given)
  if number then return number end
  say.fail("line %d: <%s> has %s where a number belongs", node:line(), node:name(),
    given and ("%s=\"%.40s\""):format(name, given) or "no " .. name)
end

--- The same of a number that is finite.
function text.finite_of(node, name, usual)
  local number = text.number_of(node, name, usual)
  if number - number == 0 then return number end
  say.fail("line %d: <%s> has %s=\"%s\", a finite number expected", node:line(), node:name(), name,
    node:attribute(name))
end

function text.truth_of(node, name)
  local given = (node:attribute(name) or ""):lower()
  return given == "true" or given == "1"
end

--- An attribute that must be there.
function text.of(node, name)
  local given = node:attribute(name)
  if given and given ~= "" then return given end
  say.fail("line %d: <%s> has no %s", node:line(), node:name(), name)
end

--- The children of that name, in all lists of the name `list` where one is given.
function text.children(node, list, name)
  local found = {}
  for _, child in ipairs(node:children()) do
    if child:name() == list then
      local inner = name and text.children(child, name) or { child }
      table.move(inner, 1, #inner, #found + 1, found)
    end
  end
  return found
end

--- The child of that name, or nil.
function text.child(node, name)
  return text.children(node, name)[1]
end

--- What stands in an element.
function text.content(node)
  return text.trim(table.concat(node:pieces()))
end

return text
