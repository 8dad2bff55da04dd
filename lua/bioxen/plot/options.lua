--- What plot functions take, checked: a mistake raises, and all mistakes are named.

local check = require "bioxen.check"

local options = {}

local function pair(value, what, least)
  if #value ~= 2 or type(value[1]) ~= "number" or type(value[2]) ~= "number" then return what end
  if value[1] ~= value[1] or value[2] ~= value[2] then return what end
  if least and (value[1] < least or value[2] < least) then return what end
  return nil
end

local function valid_range(value)
  local expected = "{ low, high }"
  return pair(value, expected) or (value[1] >= value[2] and expected) or nil
end

local function valid_size(value)
  return pair(value, "{ width, height }", 1)
    or ((value[1] > 20000 or value[2] > 20000) and "{ width, height } of at most 20000") or nil
end

local function valid_file(value)
  if value:find "%z" then return "a path without zero bytes" end
  return not options.format(value) and "a name that ends in .png, .svg, .pdf or .html" or nil
end

local function one_of(...)
  local known = { ... }
  return function(value)
    for _, each in ipairs(known) do
      if value == each then return nil end
    end
    return '"' .. table.concat(known, '", "') .. '"'
  end
end

--- "png", "svg", "pdf", "html" or nil, by the ending of a file's name.
function options.format(path)
  local ending = path:match "%.(%a+)$"
  ending = ending and ending:lower()
  return (ending == "png" or ending == "svg" or ending == "pdf" or ending == "html") and ending or nil
end

local function join(...)
  local schema = {}
  for _, part in ipairs { ... } do
    for key, rule in pairs(part) do schema[key] = rule end
  end
  return schema
end

local drawing = {
  file = { type = "string", valid = valid_file },
  text = { type = "boolean" },
  ascii = { type = "boolean" },
  size = { type = "table", valid = valid_size },
}

local panel = {
  title = { type = "string" },
  x_label = { type = "string" },
  y_label = { type = "string" },
  log = { type = "string", valid = one_of("x", "y", "xy") },
  x_range = { type = "table", valid = valid_range },
  y_range = { type = "table", valid = valid_range },
  legend = { type = "boolean" },
}

-- What may be a heat map.
local surface = join(panel, {
  z_label = { type = "string" },
  z_range = { type = "table", valid = valid_range },
  log = { type = "string", valid = one_of("x", "y", "xy", "z", "xz", "yz", "xyz") },
})

local result = join(drawing, panel, {
  names = { type = "table" },
  panels = { type = "table" },
  time_unit = { type = "string", valid = one_of("s", "min", "h", "d") },
})

options.general = join(drawing, surface, {
  series = { type = "table" },
  panels = { type = "table" },
  world = { type = "table" },
  lineage = { type = "table" },
  branches = { type = "table" },
  names = { type = "table" },
  remark = { type = "string" },
  across = { type = "number", integer = true, minimum = 1, maximum = 10 },
})

options.surface = surface

options.panel = join(surface, { series = { type = "table", required = true } })

-- A panel of a trajectory or an ensemble lists names; it shares the time below.
options.named_panel = panel

options.series = {
  x = { type = "table" },
  y = { type = "table", required = true },
  z = { type = "table" },
  low = { type = "table" },
  high = { type = "table" },
  from = { type = "table" },
  to = { type = "table" },
  name = { type = "string" },
  style = { type = "string", valid = one_of("lines", "points", "steps", "bars", "heat") },
  colour = { type = "number", integer = true, minimum = 1 },
}

options.trajectory = join(result, { x = { type = "string" } })

options.sweep = join(drawing, surface, {
  names = { type = "table" },
  x = { type = "string" },
})

options.ensemble = join(result, {
  band = { types = { boolean = true, string = true, table = true }, valid = function(value)
    if type(value) == "table" then
      return valid_range(value) or ((value[1] < 0 or value[2] > 1) and "{ low, high } within 0 to 1") or nil
    end
    return type(value) == "string" and one_of("sd", "range", "quantiles")(value)
      or value == true and "false" or nil
  end },
  histogram = { type = "string" },
  time = { type = "number" },
})

--- A checked copy. Raises, `level` frames above this function.
function options.check(given, schema, path, level)
  local problems = {}
  local checked = check.table(given, schema, path, problems)
  check.raise(problems, level + 1)
  return checked
end

--- Raise a mistake that a schema can't see.
function options.mistake(level, format, ...)
  error(format:format(...), level + 1)
end

return options
