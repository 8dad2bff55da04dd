--- Requests held against ../shared/reference/xapi-methods.tsv: names, numbers and types of parameters.

local function read_methods()
  local methods = {}
  for line in io.lines("../shared/reference/xapi-methods.tsv") do
    local name, async, with_session, params = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)")
    local types, optional = {}, 0
    for param in (params or ""):gmatch("[^,]+") do
      types[#types + 1] = param:match("^%s*(.-)%s+[%w_]+%??%s*$")
      if param:find("%?%s*$") then optional = optional + 1 end
    end
    methods[name] = { async = async == "1", session = with_session == "1", types = types,
      optional = optional }
  end
  return methods
end

local function fits(value, wanted)
  if wanted == "bool" then return type(value) == "boolean" end
  if wanted == "int" then return type(value) == "number" and value == math.floor(value) end
  if wanted == "float" then return type(value) == "number" end
  if wanted:find(" set$") then return type(value) == "table" and (next(value) == nil or value[1] ~= nil) end
  if wanted:find(" map$") or wanted:find(" record$") then
    return type(value) == "table" and value[1] == nil
  end
  return type(value) == "string" -- strings, references, enumerations, dates
end

--- Of requests { method, params }, params with the session: a list of mistakes, and the number of different
--- methods seen.
return function(requests)
  local methods, mistakes, seen, count = read_methods(), {}, {}, 0
  for _, request in ipairs(requests) do
    local plain, async = request.method:gsub("^Async%.", "")
    local known = methods[plain]
    if not seen[request.method] then count = count + 1 end
    seen[request.method] = true
    local function mistake(text) mistakes[#mistakes + 1] = request.method .. ": " .. text end
    if not known then
      mistake("no such method")
    elseif async > 0 and not known.async then
      mistake("not as a task")
    else
      local params = request.params
      local first = known.session and 2 or 1
      local given = #params - first + 1
      if given > #known.types or given < #known.types - known.optional then
        mistake(("%d parameters, %d expected"):format(given, #known.types))
      end
      for i, wanted in ipairs(known.types) do
        local value = params[first + i - 1]
        if value ~= nil and not fits(value, wanted) then
          mistake(("parameter %d is %s, %s expected"):format(i, type(value), wanted))
        end
      end
    end
  end
  return mistakes, count
end
