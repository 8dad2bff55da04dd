--- bioxen.sweep: a function of parameters, at the points of a design, by bioxen.map.

local check = require "bioxen.check"
local columns = require "bioxen.sweep.columns"
local core = require "bioxen.core"
local decimal = require "bioxen.decimal"
local design = require "bioxen.sweep.design"
local json = require "bioxen.json"
local map = require "bioxen.map"
local record = require "bioxen.sweep.record"

local sweep = {}

local designs = { grid = true, random = true, latin_hypercube = true }
local passed_on = { "vms", "biological_type", "config", "setup", "reuse", "retries", "timeout", "budget", "pool",
  "guests", "vms_per_guest", "notice" }

local schema = {
  parameters = { type = "table" },
  rows = { type = "table" },
  design = { type = "string", default = "grid", valid = function(value)
    return not designs[value] and '"grid", "random" or "latin_hypercube"' or nil
  end },
  points = { type = "number", integer = true, minimum = 1, maximum = 1e9 },
  replicates = { type = "number", integer = true, minimum = 1, maximum = 1e9, default = 1 },
  seed = { type = "number", integer = true, default = 0 },
  run = { types = { string = true, ["function"] = true }, required = true },
  record = { type = "string" },
  retry = { type = "boolean", default = false },
  shard = { type = "string", valid = function(value)
    local part, all = value:match "^(%d+)/(%d+)$"
    part, all = math.tointeger(part), math.tointeger(all)
    return not (part and part >= 1 and part <= all) and '"I/N", I of 1 to N,' or nil
  end },
  progress = { type = "function" },
}
for _, name in ipairs(passed_on) do schema[name] = map.schema[name] end

-- ---- which sweep it is ----

-- What a value is, as text. Of functions only the code is known.
local function described(value)
  if type(value) == "function" then return { code = core.digest(string.dump(value, true)) } end
  if math.type(value) == "float" then return decimal("%a", value) end
  if type(value) ~= "table" then return tostring(value) end
  local copy = {}
  for key, item in pairs(value) do copy[tostring(key)] = described(item) end
  return copy
end

-- What results follow from: a file of other results is none of this sweep's. How many VMs there are, and where, and how
-- often a point is tried, changes none.
local function digest_of(given)
  local parts = { biological_type = given.biological_type, reuse = described(given.reuse or false) }
  for _, name in ipairs { "parameters", "rows", "design", "points", "replicates", "seed", "run", "config", "setup",
    "timeout" } do parts[name] = described(given[name]) end
  return core.digest(json.line(parts))
end

-- ---- results ----

local scalars = { number = true, string = true, boolean = true }

local function check_result(name, value, at)
  local taken = at[name] ~= nil or name == "point" or name == "error"
  if type(name) ~= "string" or not name:find "^[%a_][%w_]*$" or taken then
    return ("the result has the name %s: a name that no parameter has expected"):format(check.shown(name))
  end
  if not scalars[type(value)] or type(value) == "string" and not utf8.len(value) then
    return ("the result %s is no number, text or boolean"):format(name)
  end
end

-- Whether a function has given what a job came to.
local function is_result(answer)
  return type(answer) == "table" and answer.success == true and answer.stdout and answer.elapsed and answer.sim_time
end

-- What a point came to, by name; nil and an error.
local function values_of(answer, at)
  local value = answer
  if is_result(answer) then value = answer.result end
  local values = type(value) == "table" and value or { value = value }
  if next(values) == nil then return core.fail("ERESULT", "there is no result") end
  for name, item in pairs(values) do
    local problem = check_result(name, item, at)
    if problem then return core.fail("ERESULT", problem) end
  end
  return values
end

-- ---- the sweep ----

-- The points that are to be done, in their order: at(), which gives the next one's values, and numbers, which has the
-- number of each that was given.
local function points_to_do(given, plan, kept)
  local part, parts = (given.shard or "1/1"):match "(%d+)/(%d+)"
  local number, numbers = part - parts, {}
  return function()
    while true do
      number = number + math.tointeger(parts)
      if number > plan.total then return nil end
      local entry = kept.entries[number]
      if not entry or entry.error and given.retry then
        local at = plan:point(number)
        numbers[at] = number
        return at
      end
    end
  end, numbers
end

local function options_of_map(given)
  local options = { seed = given.seed, ordered = false }
  for _, name in ipairs(passed_on) do options[name] = given[name] end
  return options
end

-- Do what is to be done, and note it. True; or nil and an error.
local function run(given, plan, kept)
  local next_point, numbers = points_to_do(given, plan, kept)
  local inputs = {} -- by their index in map
  local function take()
    local at = next_point()
    inputs[#inputs + 1] = at
    return at
  end
  local work <close>, err = check.relay(4, map.map, take, given.run, options_of_map(given),
    function(item) return numbers[item.input] end)
  if not work then return nil, err end
  for index, answer, err in work do
    if err and err.tries == 0 then return nil, err end -- no VM is left to do it
    local at, values = inputs[index], nil
    if not err then values, err = values_of(answer, at) end
    local added, problem = kept:add(numbers[at], at, values, err)
    if not added then return nil, problem end
    inputs[index], numbers[at] = false, nil
    if given.progress then given.progress(plan.total - kept:missing(), plan.total, kept.failed) end
  end
  return true
end

-- The checked options, and the design. Raises for a mistake of whoever called what calls this.
local function planned(options)
  local problems = {}
  local given = check.table(options, schema, "sweep", problems)
  local plan = #problems == 0 and design.new(given, problems)
  check.raise(problems, 3)
  return given, plan
end

--- What a sweep of these options is: { total, digest }. Raises for a mistake.
function sweep.outline(options)
  local given, plan = planned(options)
  return { total = plan.total, digest = digest_of(given) }
end

--- See types.lua. Raises for a mistake; and where it is interrupted, unless what is done then is to be kept: the result
-- of this has `interrupted`.
function sweep.sweep(options, keep)
  local given, plan = planned(options)
  local kept, err = record.open(given.record, plan.names, plan.total, digest_of(given))
  if not kept then return nil, err end
  local good, done, err = pcall(run, given, plan, kept)
  kept:close()
  local interrupted = not good and keep and type(done) == "string" and done:find "interrupted$" ~= nil
  if not good and not interrupted then error(done, 0) end
  if not done then return nil, err end
  if given.record and kept.added and kept:missing() == 0 then
    local saved, err = kept:save(given.record)
    if not saved then return nil, err end
  end
  local result, err = columns.new(kept)
  if not result then return nil, err end
  result.interrupted = interrupted or nil
  if not interrupted and points_to_do({ shard = given.shard }, plan, kept)() then result.out_of_time = true end
  return result
end

--- The records of shards as one, which is written to `path`, and their table. nil and an error.
function sweep.merge(path, shards)
  local kept, err = record.merge(shards)
  if not kept then return nil, err end
  local saved, err = kept:save(path)
  if not saved then return nil, err end
  return columns.new(kept)
end

return sweep
