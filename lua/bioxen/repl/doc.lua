--- The reference, from the comments of types.lua.

local organisms = require "bioxen.biology.organisms"
local sorted_keys = require "bioxen.sorted_keys"

local doc = {}

-- What a variable of a name usually is.
local usual = { vm = "BiologicalVM", cell = "Cell", job = "Job", hypervisor = "BioXenHypervisor",
  t = "Trajectory", session = "XapiSession", model = "FluxModel", process = "Process", e = "Error",
  r = "Result" }

local names, entries -- in order; by name: { title, lines, fields or parts, parent }

local function add(name, entry)
  if not entries[name] then names[#names + 1] = name end
  entries[name] = entry
end

-- What a comment gathers until the line that it is about.
local function new_comment()
  return { lines = {}, parts = {} }
end

local function take_tag(comment, tag, rest)
  if tag == "class" then
    local name, parent = rest:match "^bioxen%.([%w_]+):?%s*b?i?o?x?e?n?%.?([%w_]*)"
    comment.class, comment.parent = name or rest:match "^[%w_]+", parent ~= "" and parent or nil
  elseif tag == "field" or tag == "param" or tag == "return" then
    local name, what = rest:match "^(%S+)%s*(.*)$"
    if tag == "return" then name, what = "→", rest end
    comment.parts[#comment.parts + 1] = { name, what }
  elseif tag == "alias" then
    local name, what = rest:match "^bioxen%.([%w_]+)%s+(.*)$"
    if name then add(name, { title = name .. ": " .. what, lines = {}, parts = {} }) end
  end
end

local function take_function(comment, class, mark, method, arguments)
  local name = class .. mark .. method
  add(name, { title = name .. "(" .. arguments .. ")", lines = comment.lines, parts = comment.parts })
end

local function finish(comment)
  if not comment.class then return end
  local entry = entries[comment.class] or { lines = {}, parts = {} }
  entry.title = comment.class .. (comment.parent and ": a " .. comment.parent or "")
  entry.parent = comment.parent
  for _, line in ipairs(comment.lines) do entry.lines[#entry.lines + 1] = line end
  for _, part in ipairs(comment.parts) do entry.parts[#entry.parts + 1] = part end
  add(comment.class, entry)
end

local function parse(file)
  local comment = new_comment()
  for line in file:lines() do
    local tag, rest = line:match "^%-%-%-@(%a+)%s*(.*)$"
    local class, mark, method, arguments = line:match "^function ([%w_]+)([:.])([%w_]+)%((.*)%) end"
    if tag then
      if tag == "class" and comment.class then -- the next one, without a line between
        finish(comment)
        comment = new_comment()
      end
      take_tag(comment, tag, rest)
    elseif line:find "^%-%-%-" then
      comment.lines[#comment.lines + 1] = line:match "^%-%-%-(.*)$"
    elseif class then
      take_function(comment, class, mark, method, arguments)
      comment = new_comment()
    elseif not line:find "^%-%-" then
      finish(comment)
      comment = new_comment()
    end
  end
  finish(comment)
end

-- What organisms tell of the functions of their cells, as NAME:function.
local function add_organisms()
  for _, organism in ipairs(organisms.names()) do
    local manifest = organisms.manifest(organism) or {}
    add(organism, { title = organism .. ": " .. tostring(manifest.title), lines = {}, parts = {} })
    for _, name in ipairs(sorted_keys(manifest.functions or {})) do
      local told = manifest.functions[name]
      add(organism .. ":" .. name, { title = ("cell:%s(%s) of %s"):format(name, told.arguments, organism),
        lines = { told.meaning }, parts = {} })
    end
  end
end

local function load_types()
  if entries then return end
  names, entries = {}, {}
  local file <close> = io.open(package.searchpath("bioxen.types", package.path) or "", "r")
  if file then parse(file) end
  add_organisms()
end

--- All names, in the order of types.lua.
function doc.names()
  load_types()
  return names
end

-- The class of a variable, and those it inherits from, joined with the method.
local function find_method(variable, method, class_of)
  local class = class_of(variable) or usual[variable]
  if not class then
    for _, name in ipairs(names) do
      if name:lower() == variable:lower() then class = name end
    end
  end
  while class do
    for _, mark in ipairs { ":", "." } do
      if entries[class .. mark .. method] then return class .. mark .. method end
    end
    class = entries[class] and entries[class].parent
  end
end

local function ending_with(method)
  local found = {}
  for _, name in ipairs(names) do
    if name:match "[:.]([%w_]+)$" == method then found[#found + 1] = name end
  end
  return found
end

local function mentioning(name)
  for _, entry_name in ipairs(names) do
    for _, line in ipairs(entries[entry_name].lines) do
      if line:find("`" .. name .. "`", 1, true) then return entry_name end
    end
  end
end

--- The names of the options that functions of this name take.
function doc.options(called)
  load_types()
  local found = {}
  for _, name in ipairs(ending_with(called)) do
    for _, part in ipairs(entries[name].parts) do
      local class = part[2]:match "^bioxen%.([%w_]+)"
      if part[1] ~= "→" and class and entries[class] then
        for _, option in ipairs(entries[class].parts) do found[#found + 1] = option[1]:match "^[%w_]+" end
      end
    end
  end
  return found
end

--- The names that `query` may stand for: one, several, or none. class_of(variable) tells the class of
-- a variable of the session.
function doc.find(query, class_of)
  load_types()
  local name = query:gsub("%s*%(.*$", "")
  local short = name:gsub("^bioxen%.", "")
  if entries[name] then return { name } end
  if entries[short] then return { short } end
  local variable, method = short:match "([%w_]+)[:.]([%w_]+)$"
  local found = variable and find_method(variable, method, class_of)
    or mentioning(name)
    or not variable and class_of(name)
    or not variable and usual[name]
  if found and entries[found] then return { found } end
  if variable == "cell" then return ending_with(method) end -- an organism's own
  return variable and {} or ending_with(name)
end

-- Fold at `width` columns; `hang` comes before later lines, too.
local function fold(lines, words, indent, width, hang)
  local line = indent
  for word in words:gmatch "%S+" do
    if #line + #word + 1 > width and line:find "%S" then
      lines[#lines + 1] = line
      line = indent .. (hang or "")
    end
    line = line .. (line:find "%S" and " " or "") .. word
  end
  lines[#lines + 1] = line
end

--- Words as lines of at most `width` columns.
function doc.folded(words, width)
  local lines = {}
  fold(lines, words, "", width, "  ")
  return table.concat(lines, "\n")
end

local function methods_of(name)
  local found = {}
  for _, other in ipairs(names) do
    local class, method = other:match "^(.-)[:.]([%w_]+)$"
    if class == name then found[#found + 1] = method end
  end
  return found
end

--- The text on a name that doc.find gave.
function doc.text(name, width)
  local entry = entries[name]
  local lines = {}
  fold(lines, entry.title, "", width, "  ")
  if #entry.lines > 0 then fold(lines, table.concat(entry.lines, " "), "  ", width) end
  for _, part in ipairs(entry.parts) do
    fold(lines, part[1] .. "  " .. part[2], "    ", width, "  ")
  end
  local methods = methods_of(name)
  if #methods > 0 then fold(lines, "has " .. table.concat(methods, ", "), "  ", width) end
  if entry.parent then lines[#lines + 1] = "  and what a " .. entry.parent .. " has: .doc " .. entry.parent end
  return table.concat(lines, "\n")
end

return doc
