--- Versions of packages: numbers with dots between them, "1.10.2", and perhaps a revision as LuaRocks has it, "-3".
-- What one package asks of another: ">= 1.2, < 2", "== 1.4", "~> 1.2" (1.2 and what begins so), or "" for any.

local versions = {}

--- The numbers of a version; nil for what is none.
function versions.parse(text)
  local body, revision = text:match "^v?([%d.]+)%-?(%d*)$"
  if not body or text:find "%-$" or body:find "%.%." or body:find "^%." or body:find "%.$" then return nil end
  local numbers = { revision = tonumber(revision) or 0 }
  for digits in body:gmatch "%d+" do numbers[#numbers + 1] = tonumber(digits) end
  return numbers
end

-- -1, 0 or 1. What is missing at the end is 0. The revision counts last, and only where both bear one.
local function compare(a, b)
  for i = 1, math.max(#a, #b) do
    local x, y = a[i] or 0, b[i] or 0
    if x ~= y then return x < y and -1 or 1 end
  end
  if a.revision == b.revision or a.revision == 0 or b.revision == 0 then return 0 end
  return a.revision < b.revision and -1 or 1
end

--- Whether version `a` comes before `b`, both texts.
function versions.before(a, b)
  return compare(versions.parse(a), versions.parse(b)) < 0
end

local function begins(version, with)
  for i, number in ipairs(with) do
    if (version[i] or 0) ~= number then return false end
  end
  return true
end

local tests = {
  ["=="] = function(order) return order == 0 end,
  ["~="] = function(order) return order ~= 0 end,
  [">="] = function(order) return order >= 0 end,
  ["<="] = function(order) return order <= 0 end,
  [">"] = function(order) return order > 0 end,
  ["<"] = function(order) return order < 0 end,
  ["~>"] = function(_, version, wanted) return begins(version, wanted) end,
}

--- What a text asks for, as a list of { operator, version }; nil and the part that says nothing.
function versions.constraints(text)
  local list = {}
  for part in text:gmatch "[^,]+" do
    local operator, version = part:match "^%s*([=~<>]*)%s*(%S+)%s*$"
    operator = operator == "" and "==" or operator
    local numbers = version and versions.parse(version)
    if not tests[operator] or not numbers then return nil, part end
    list[#list + 1] = { operator, numbers }
  end
  return list
end

--- Whether a version, nil where none is known, is what a text that says something asks for.
function versions.satisfies(version, text)
  local wanted = versions.constraints(text)
  if #wanted == 0 then return true end
  local numbers = version and versions.parse(version)
  for _, one in ipairs(wanted) do
    if not numbers or not tests[one[1]](compare(numbers, one[2]), numbers, one[2]) then return false end
  end
  return true
end

return versions
