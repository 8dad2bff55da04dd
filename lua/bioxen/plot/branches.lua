--- Branches of steady states, as cell:continuation gives them: stable parts as lines, others dashed, special points.

local options = require "bioxen.plot.options"

local branches = {}

local NAN = 0/0
local DASHED = 7 -- colours from here on are the same, dashed
local KINDS = { "fold", "hopf", "branch" }
local WORDS = { fold = "fold", hopf = "Hopf point", branch = "branch point" }

-- The part of a branch that is stable, or not, with a point on to where it changes, and gaps between.
local function part(branch, values, stable)
  local x, y = {}, {}
  for i, value in ipairs(values) do
    local seen = branch.stable[i] == stable or (not stable and branch.stable[i] ~= branch.stable[i + 1])
      or (not stable and i > 1 and branch.stable[i - 1] == stable)
    x[i], y[i] = branch.parameter[i], seen and value or NAN
  end
  return x, y
end

local function has_number(list)
  for _, value in ipairs(list) do
    if value == value then return true end
  end
  return false
end

local function add_lines(series, branch, name, index, told)
  for _, stable in ipairs { true, false } do
    local x, y = part(branch, branch.state[name], stable)
    local word = ("%s, %s"):format(name, stable and "stable" or "unstable")
    if has_number(y) then
      series[#series + 1] = { x = x, y = y, colour = index + (stable and 0 or DASHED),
        name = not told[word] and word or nil }
      told[word] = true
    end
  end
end

local function add_points(series, result, name, told)
  for mark, kind in ipairs(KINDS) do
    local x, y = {}, {}
    for _, branch in ipairs(result.branches) do
      for _, point in ipairs(branch.points) do
        if point.kind == kind then x[#x + 1], y[#y + 1] = point.parameter, point.state[name] end
      end
    end
    if x[1] then
      series[#series + 1] = { x = x, y = y, style = "points", colour = 4 + mark,
        name = not told[kind] and WORDS[kind] or nil }
      told[kind] = true
    end
  end
end

--- The series that bioxen.plot takes, of the species or rules that are named.
function branches.figure(result, names, level)
  if type(result.branches) ~= "table" then
    options.mistake(level + 1, "plot.branches: what cell:continuation gives expected")
  end
  local series, told = {}, {}
  for index, name in ipairs(names) do
    for _, branch in ipairs(result.branches) do
      if not branch.state[name] then
        options.mistake(level + 1, ("plot.names: there is no '%s' in the branches"):format(name))
      end
      add_lines(series, branch, name, (index - 1) % 4 + 1, told)
    end
  end
  for _, name in ipairs(names) do add_points(series, result, name, told) end
  return series
end

return branches
