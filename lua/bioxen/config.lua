--- bioxen.ConfigManager: configurations of VMs, as create_bio_vm takes them, from defaults and files. What a file
-- says is data: nothing in it runs with anything in reach (src/lua/data.h).

local check = require "bioxen.check"
local core = require "bioxen.core"
local create = require "bioxen.create"
local decimal = require "bioxen.decimal"
local json = require "bioxen.json"
local organisms = require "bioxen.biology.organisms"
local sorted_keys = require "bioxen.sorted_keys"
local xcpng = require "bioxen.xcpng.config"

local config = {}

local DEPTH = 100 -- of tables in tables

-- ---- origins ----

-- What each value of a configuration was when it came, and from where, by path: { ["organism.nutrient"] = { value,
-- origin } }. What a script has changed since then is the script's.
local marks = setmetatable({}, { __mode = "k" })

local function is_leaf(value)
  return type(value) ~= "table" or #value > 0 or next(value) == nil
end

-- Call take(path, value) for each value that is no table of others.
local function each_leaf(value, take, path, depth)
  if depth > DEPTH then error("a configuration of tables that are in each other", 0) end
  for key, item in pairs(value) do
    local place = (path and path .. "." or "") .. tostring(key)
    if is_leaf(item) then take(place, item) else each_leaf(item, take, place, depth + 1) end
  end
end

-- A list stays a list; all else is copied, table by table.
local function copy_of(value, depth)
  if type(value) ~= "table" then return value end
  if depth > DEPTH then error("a configuration of tables that are in each other", 0) end
  local copy = {}
  for key, item in pairs(value) do copy[key] = copy_of(item, depth + 1) end
  return copy
end

-- The configuration, and the origin of each value.
local function marked(made, origin_of)
  local mark, origins = {}, {}
  each_leaf(made, function(path, value)
    origins[path] = origin_of(path)
    mark[path] = { value = value, origin = origins[path] }
  end, nil, 1)
  marks[made] = mark
  return made, origins
end

-- Put `over` into `into`: tables key by key, lists and single values whole.
local function merge(into, over)
  for key, item in pairs(over) do
    if not is_leaf(item) and type(into[key]) == "table" and #into[key] == 0 then
      merge(into[key], item)
    elseif type(item) ~= "table" or next(item) ~= nil or is_leaf(into[key]) then
      into[key] = copy_of(item, 1)
    end
  end
end

--- Merge configurations into a new one: of what several say, the last word counts.
function config.merge_configs(...)
  local origins, merged = {}, {}
  for i, given in ipairs(table.pack(...)) do
    if type(given) ~= "table" then
      error(("bad argument #%d: a configuration expected, got %s"):format(i, check.shown(given)), 2)
    end
    local mark = marks[given] or {}
    local good, problem = pcall(each_leaf, given, function(path, value)
      local known = mark[path]
      origins[path] = known and rawequal(known.value, value) and known.origin or "argument " .. i
    end, nil, 1)
    if not good then error(("bad argument #%d: %s"):format(i, problem), 2) end
    merge(merged, given)
  end
  return marked(merged, function(path) return origins[path] end)
end

-- ---- defaults and templates ----

local function must_be_string(value, name)
  if type(value) ~= "string" then
    error(("bad argument '%s': a string expected, got %s"):format(name, check.shown(value)), 3)
  end
end

--- What a VM of this organism is made with where its configuration says nothing.
function config.load_defaults(biological_type)
  must_be_string(biological_type, "biological_type")
  local found, err = organisms.validate(biological_type)
  if not found then return nil, err end
  local made = create.examine(biological_type, "basic", {})
  return marked(made, function() return "default of " .. biological_type end)
end

--- A configuration to begin with: the defaults and, for a pool, what most pools need, to be filled in.
function config.generate_template_config(biological_type, vm_type)
  vm_type = vm_type or "basic"
  local made, err = config.load_defaults(biological_type)
  if not made then return nil, err end
  local valid, err = create.validate_vm_type(vm_type)
  if not valid then return nil, err end
  if vm_type == "xcpng" then made.xcpng_config = xcpng.template() end
  return marked(made, function(path) return path:find "^xcpng_config" and "template" or "default of "
    .. biological_type end)
end

-- ---- files ----

local readers = {}

function readers.json(path, text)
  return xcpng.decode(path, text)
end

function readers.lua(path, text)
  local value, err = core.load_data(text, "@" .. path)
  if err then return core.fail("EFILE", ("%s is no data in Lua: %s"):format(path, err.message)) end
  if type(value) == "table" then return value end
  return core.fail("EFILE", ("%s is no data in Lua: it returns no table"):format(path))
end

-- "json" or "lua", by the ending of a file's name.
local function format_of(path)
  local ending = path:match "%.([^./]*)$"
  if readers[ending] then return ending end
  return core.fail("EFILE", ("%s: a name that ends in .json or .lua expected"):format(path))
end

local function read(path)
  local format, err = format_of(path)
  if not format then return nil, err end
  return xcpng.read_guarded(path, function(text) return readers[format](path, text) end)
end

-- One of the two that a folder may have; nil where it has none, and an error where it has both.
local function file_in(folder)
  local found
  for _, ending in ipairs { "json", "lua" } do
    local path = ("%s/bioxen.%s"):format(folder, ending)
    if core.is_file(path) then
      if found then
        return core.fail("EEXIST", ("%s and %s are both there: keep one"):format(found, path))
      end
      found = path
    end
  end
  return found
end

-- In the working folder there may be anybody's file, which could name another pool for the user's password.
local function file_of_working_folder()
  if not core.is_file "bioxen.json" then return nil end
  local folder, err = core.open_folder(".", true)
  local text
  if folder then text, err = folder:read("bioxen.json", 1 << 20) end
  if text then return "./bioxen.json" end
  return core.fail(err.code, err.message .. "; name the file, and it is read all the same")
end

local function user_folder()
  local base = os.getenv "XDG_CONFIG_HOME"
  if not base or base:sub(1, 1) ~= "/" then base = (os.getenv "HOME" or "") .. "/.config" end
  return base .. "/bioxen"
end

--- The file that says most about the present place, and all that there are, the nearest first; or nil and an error.
function config.auto_discover_config()
  local places, found = { ".", user_folder(), "/etc/bioxen" }, {}
  for i, place in ipairs(places) do
    local path, err
    if i == 1 then path, err = file_of_working_folder() else path, err = file_in(place) end
    if err then return nil, err end
    found[#found + 1] = path
  end
  if found[1] then return found[1], found end
  return core.fail("ENOTFOUND", ("no configuration is there: neither ./bioxen.json nor a bioxen.json or bioxen.lua "
    .. "in %s or %s"):format(places[2], places[3]))
end

local function read_marked(path)
  local made, err = read(path)
  if not made then return nil, err end
  return marked(made, function() return path end)
end

--- What a file says; without a path, what all that are found say, of which the nearest has the last word.
function config.load_from_file(path)
  if path ~= nil then
    must_be_string(path, "path")
    return read_marked(path)
  end
  local nearest, paths = config.auto_discover_config()
  if not nearest then return nil, paths end
  local all = {}
  for i, found in ipairs(paths) do
    local made, err = read_marked(found)
    if not made then return nil, err end
    all[#paths + 1 - i] = made
  end
  return config.merge_configs(table.unpack(all))
end

-- ---- writing ----

local function number_in_lua(value)
  for digits = 15, 17 do
    local text = decimal("%." .. digits .. "g", value)
    if tonumber(text) == value then return text end
  end
  return ("%q"):format(value) -- no number that has digits
end

local function write_lua(out, value, indent)
  if type(value) ~= "table" then
    out[#out + 1] = math.type(value) == "float" and number_in_lua(value) or ("%q"):format(value)
    return
  end
  local inner = indent .. "  "
  out[#out + 1] = "{\n"
  for _, key in ipairs(sorted_keys(value)) do
    out[#out + 1] = ("%s[%q] = "):format(inner, key)
    write_lua(out, value[key], inner)
    out[#out + 1] = ",\n"
  end
  out[#out + 1] = indent .. "}"
end

local writers = { json = json.encode }

function writers.lua(value)
  local out = { "return " }
  write_lua(out, value, "")
  return table.concat(out)
end

local function is_secret(path)
  local key = path:match "^xcpng_config%.([^.]*)"
  local rule = xcpng.schema.fields[key]
  return rule and rule.secret
end

-- What no file, or none of this format, can say; nil where it can say all.
local function unwritable(made, format)
  local problem
  local function say(path, why)
    if not problem or path < problem.path then problem = { path = path, why = why } end
  end
  each_leaf(made, function(path, value)
    local kind = type(value)
    if is_secret(path) then
      say(path, "it may be a secret, which is written to no file: name a file or a variable that has it, or write it "
        .. "by hand into a file of mode 0600")
    elseif kind == "userdata" or kind == "function" or kind == "thread" then
      say(path, ("a %s is not written to files"):format(kind))
    elseif format == "json" and kind == "number" and (value ~= value or math.abs(value) == math.huge) then
      say(path, ("JSON has no word for %s: leave it out, or save it as Lua"):format(tostring(value)))
    elseif format == "json" and math.type(value) == "integer" and (value >= 1 << 53 or value <= -1 << 53) then
      say(path, "JSON has no whole numbers from 2^53 on that all readers take: save it as Lua")
    end
  end, nil, 1)
  return problem and ("%s: %s"):format(problem.path, problem.why)
end

--- Write a configuration, whole or not at all, with the folder where there is none.
function config.save_to_file(given, path, format)
  if type(given) ~= "table" then
    error(("bad argument 'config': a table expected, got %s"):format(check.shown(given)), 2)
  end
  must_be_string(path, "path")
  if format ~= nil and not writers[format] then
    error(('bad argument \'format\': "json" or "lua" expected, got %s'):format(check.shown(format)), 2)
  end
  local by_name, err = format_of(path)
  if not by_name then return nil, err end
  if format and format ~= by_name then
    return core.fail("EFILE", ("%s: a name that ends in .%s expected"):format(path, format))
  end
  local walked, problem = pcall(unwritable, given, by_name)
  if not walked then error("bad argument 'config': " .. problem, 2) end
  if problem then return core.fail("EFILE", ("cannot write %s: %s"):format(path, problem)) end
  local good, text = pcall(writers[by_name], given)
  if not good then return core.fail("EFILE", ("cannot write %s: %s"):format(path, text)) end
  local folder = path:match "^(.+)/[^/]*$"
  if folder then
    local made, err = core.make_folder(folder)
    if not made then return nil, err end
  end
  return core.save_file(path, text .. "\n")
end

-- ---- validation ----

--- Whether create_bio_vm would take it, and what is wrong with it: each mistake, with its path.
function config.validate_config(given, vm_type, biological_type)
  if type(given) ~= "table" then return false, { "config: a table expected, got " .. check.shown(given) } end
  local known, err = create.validate_vm_type(vm_type or "basic")
  if not known then return false, { "vm_type: " .. err.message } end
  known, err = biological_type == nil, nil
  if not known then known, err = organisms.validate(biological_type) end
  if not known then return false, { "biological_type: " .. err.message } end
  local _, problems, err, place = create.examine(biological_type, vm_type or "basic", given)
  if err then problems[#problems + 1] = ("%s: %s"):format(place, err.message) end
  table.sort(problems)
  return #problems == 0, problems
end

return config
