--- Which points a sweep has. Any point is worked out from its number alone, so that shards and a sweep that is begun
-- again have the same.

local check = require "bioxen.check"
local sorted_keys = require "bioxen.sorted_keys"
local stream = require "bioxen.stream"

local design = {}

local Design = {}
Design.__index = Design

local RESERVED = { point = true, replicate = true, error = true }
local DRAWS = -1 -- the stream that values are drawn from: those of points are 1 on
local SCALARS = { number = true, string = true, boolean = true }

local range_schema = {
  from = { type = "number", required = true, finite = true },
  to = { type = "number", required = true, finite = true },
  count = { type = "number", integer = true, minimum = 2 },
  log = { type = "boolean", default = false },
  integer = { type = "boolean", default = false },
}

-- ---- reading ----

local function check_name(name, path, problems)
  if type(name) ~= "string" or not name:find "^[%a_][%w_]*$" or RESERVED[name] then
    problems[#problems + 1] = ("%s: a name of letters, digits and '_', not point, replicate or error, expected, got %s")
      :format(path, check.shown(name))
  end
end

local function check_values(list, path, problems)
  for i, value in ipairs(list) do
    if not SCALARS[type(value)] or value ~= value then
      problems[#problems + 1] = ("%s[%d]: a number, a text or a boolean expected, got %s"):format(path, i,
        check.shown(value))
    end
  end
  return list
end

-- A list of values; or a range { from, to, … }, of which a grid needs the count.
local function read_parameter(given, path, is_grid, problems)
  if type(given) == "table" and given[1] ~= nil then return { list = check_values(given, path, problems) } end
  local range = check.table(given, range_schema, path, problems)
  if range.from and range.to and range.log and (range.from <= 0 or range.to <= 0) then
    problems[#problems + 1] = path .. ": from and to above 0 expected with log"
  end
  if range.integer and (range.log or math.tointeger(range.from) == nil or math.tointeger(range.to) == nil) then
    problems[#problems + 1] = path .. ": whole numbers from and to, and no log, expected with integer"
  end
  if is_grid and range.integer then
    problems[#problems + 1] = path .. ": a list of whole numbers expected in a grid"
  end
  if is_grid and not range.count then problems[#problems + 1] = path .. ".count: missing" end
  if not is_grid and range.count then problems[#problems + 1] = path .. ".count: goes with a grid alone" end
  return { range = range }
end

local function read_rows(rows, problems)
  local names = sorted_keys(rows[1])
  for _, name in ipairs(names) do check_name(name, "sweep.rows[1]", problems) end
  for i, row in ipairs(rows) do
    local same = type(row) == "table" and table.concat(sorted_keys(row), " ") == table.concat(names, " ")
    if not same then problems[#problems + 1] = ("sweep.rows[%d]: the names of row 1 expected"):format(i) end
    for _, name in ipairs(same and names or {}) do
      check_values({ row[name] }, ("sweep.rows[%d].%s"):format(i, name), problems)
    end
  end
  return names
end

-- ---- values ----

-- Of a range, at a fraction of its length.
local function between(range, fraction)
  if range.integer then
    local from, to = math.tointeger(range.from), math.tointeger(range.to)
    return from + math.floor(fraction*(to - from + 1))
  end
  if fraction == 1 then return range.to + 0.0 end
  if range.log then return range.from*(range.to/range.from)^fraction end
  return range.from + (range.to - range.from)*fraction
end

-- Of a parameter, from a fraction in [0, 1).
local function pick(parameter, fraction)
  if parameter.list then return parameter.list[1 + math.floor(fraction*#parameter.list)] end
  return between(parameter.range, fraction)
end

local function size(parameter)
  return parameter.list and #parameter.list or math.tointeger(parameter.range.count)
end

-- The last name changes fastest.
local function grid_values(self, number)
  local values, rest = {}, number - 1
  for i = #self.names, 1, -1 do
    local name = self.names[i]
    local parameter = self.parameters[name]
    local count = size(parameter)
    local at = rest % count
    rest = rest//count
    values[name] = parameter.list and parameter.list[at + 1] or between(parameter.range, at/(count - 1))
  end
  return values
end

local function random_values(self, number)
  local values = {}
  for i, name in ipairs(self.names) do
    values[name] = pick(self.parameters[name], stream.uniform(self.draws, (number - 1)*#self.names + i))
  end
  return values
end

-- Which of the n strata each point has, in dimension i: shuffled (Fisher and Yates), by draws behind those of points.
local function strata(self, i)
  local order, n = {}, self.points
  for k = 1, n do order[k] = k - 1 end
  for k = n, 2, -1 do
    local other = 1 + math.floor(stream.uniform(self.draws, n*#self.names + i*n + k)*k)
    order[k], order[other] = order[other], order[k]
  end
  return order
end

-- One point in each stratum of each parameter (McKay, Beckman and Conover, Technometrics 1979).
local function latin_values(self, number)
  local values = {}
  for i, name in ipairs(self.names) do
    self.strata[i] = self.strata[i] or strata(self, i)
    local within = stream.uniform(self.draws, (number - 1)*#self.names + i)
    values[name] = pick(self.parameters[name], (self.strata[i][number] + within)/self.points)
  end
  return values
end

local function row_values(self, number)
  local values = {}
  for name, value in pairs(self.rows[number]) do values[name] = value end
  return values
end

local kinds = { grid = grid_values, random = random_values, latin_hypercube = latin_values }

-- ---- a design ----

local function count_points(self, given, problems)
  if self.rows then return #self.rows end
  if given.design ~= "grid" then
    if not given.points then problems[#problems + 1] = "sweep.points: missing" end
    return math.tointeger(given.points) or 1
  end
  if given.points then problems[#problems + 1] = "sweep.points: goes with random or latin_hypercube alone" end
  local points = 1
  for _, name in ipairs(self.names) do points = points*(size(self.parameters[name]) or 1) end
  return points
end

--- The design of a sweep's checked options { parameters, rows, design, points, replicates, seed }. Mistakes are
-- appended to `problems`. It has names, sorted, and total, with replicates.
function design.new(given, problems)
  local self = setmetatable({ parameters = {}, strata = {}, replicates = math.tointeger(given.replicates),
    draws = stream.seed(given.seed, DRAWS) }, Design)
  if (given.parameters == nil) == (given.rows == nil) then
    problems[#problems + 1] = "sweep.parameters: give either these or rows"
    return nil
  end
  if given.rows then
    self.rows, self.values = given.rows, row_values
    if type(given.rows[1]) ~= "table" then
      problems[#problems + 1] = "sweep.rows: a list of tables expected"
      return nil
    end
    self.names = read_rows(given.rows, problems)
  else
    self.names, self.values = sorted_keys(given.parameters), kinds[given.design]
    for _, name in ipairs(self.names) do
      local path = "sweep.parameters." .. tostring(name)
      check_name(name, path, problems)
      self.parameters[name] = read_parameter(given.parameters[name], path, given.design == "grid", problems)
    end
  end
  if #problems > 0 then return nil end
  self.points = count_points(self, given, problems)
  self.total = self.points*self.replicates
  return self
end

--- The values of point `number` of 1 to total, by name; the replicates of one combination stand together.
function Design:point(number)
  local values = self:values((number - 1)//self.replicates + 1)
  values.replicate = (number - 1) % self.replicates + 1
  return values
end

return design
