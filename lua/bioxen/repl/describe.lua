--- What a trajectory, an ensemble or a genome is, in a few lines.

local text = require "bioxen.repl.text"

local describe = {}

local SHOWN = 10

local function number(value)
  return ("%.6g"):format(value)
end

-- Names with two values each, as a table below `heads`.
local function values(names, heads, pair)
  local rows = { heads }
  for i = 1, math.min(#names, SHOWN) do
    local a, b = pair(names[i])
    rows[#rows + 1] = { text.escape(names[i]), a, b }
  end
  local lines = text.columns(rows, "  ")
  if #names > SHOWN then
    lines = lines .. ("\n  … %s more, in names()"):format(text.count(#names - SHOWN))
  end
  return lines
end

local function how(method, seed)
  return text.escape(method) .. (seed and method ~= "ode" and (", seed %d"):format(seed) or "")
end

function describe.Trajectory(t)
  local names, rows = t:names(), #t
  local head = ("Trajectory: %s × %s"):format(text.counted(rows, "row"), text.counted(#names, "column"))
  if rows == 0 then return head end
  head = ("%s, time %s to %s, %s"):format(head, number(t:first "time"), number(t:last "time"),
    how(t.method, t.seed))
  if #names == 0 then return head end
  return head .. "\n" .. values(names, { "", "first", "last" }, function(name)
    return number(t:first(name)), number(t:last(name))
  end)
end

function describe.Ensemble(e)
  local names, times = e:names(), e:times()
  local last = times[#times]
  local head = ("Ensemble: %s, %s × %s"):format(text.counted(e.runs, "run"),
    text.counted(#times, "row"), text.counted(#names, "column"))
  if not last then return head end
  head = ("%s, time %s to %s, %s"):format(head, number(times[1]), number(last), how(e.method, e.seed))
  if #names == 0 then return head end
  return head .. "\n" .. values(names, { "at the end", "mean", "sd" }, function(name)
    return number(e:mean(name, last)), number(e:sd(name, last))
  end)
end

function describe.Genome(g)
  local sequences = g:sequences()
  local rows, names, categories = {}, {}, g:categories()
  for i = 1, math.min(#sequences, SHOWN) do
    local one = sequences[i]
    rows[i] = { text.escape(one.id), text.count(one.length) .. " bp",
      one.circular and "circular" or "linear", text.escape(one.description or "") }
  end
  local head = ("Genome: %s bp in %s, %s"):format(text.count(g:length()),
    text.counted(#sequences, "sequence"), text.counted(#g:genes(), "gene"))
  for name in pairs(categories) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    names[i] = text.count(categories[name]) .. " " .. text.escape(name)
  end
  local lines = { head, text.columns(rows, "  ") }
  if #names > 0 then lines[#lines + 1] = "  " .. table.concat(names, ", ", 1, math.min(#names, SHOWN)) end
  return table.concat(lines, "\n")
end

return describe
