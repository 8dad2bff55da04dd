--- Bars of named things, as text: a line each, from the left.

local colours = require "bioxen.plot.colours"
local numbers = require "bioxen.plot.numbers"
local scale = require "bioxen.plot.scale"
local words = require "bioxen.plot.words"

local LONGEST_NAME, MOST_LINES = 24, 40
local EIGHTHS = { "▏", "▎", "▍", "▌", "▋", "▊", "▉" }

-- From column `from` to `to`, parts of characters; `fill` tells series apart.
local function bar(from, to, fill, look)
  local text = (" "):rep(math.floor(from + 0.5))
  if look.plain or fill ~= "█" or from > 0.5 then
    return text .. fill:rep(math.floor(to + 0.5) - math.floor(from + 0.5))
  end
  local eighths = math.floor(8*to + 0.5)
  return fill:rep(eighths//8) .. (EIGHTHS[eighths % 8] or "")
end

local function value_text(value, low, high)
  if not (low and low == low and high == high) then return " " .. numbers.single(value) end
  return (" %s (%s to %s)"):format(numbers.single(value), numbers.single(low), numbers.single(high))
end

local function line(name, s, i, layout, look, room)
  local axis, value = layout.y, s.y[i]
  local told = value_text(value, s.low and s.low[i], s.high and s.high[i])
  local text = name .. (look.plain and " |" or " │")
  if not scale.shows(value, axis.log) then return text .. told end
  local function column(v) return room*math.min(1, math.max(0, axis.place(v))) end
  local base = axis.log and 0 or column(0)
  local to = column(value)
  local drawn = bar(math.min(base, to), math.max(base, to), look.fill(s.index), look)
  if look.colour then drawn = look.paint(drawn, colours.of(s.index)) end
  return text .. drawn .. told
end

-- Which value of a series stands at each name.
local function indices_of(s)
  local indices = {}
  for i, place in ipairs(s.x) do indices[place] = i end
  return indices
end

local function has_ranges(layout)
  for _, s in ipairs(layout.series) do
    if s.low then return true end
  end
  return false
end

-- What the names are, and what the bars.
local function heading(panel, widest, look)
  local x_label = words.fit(words.clean(panel.x_label or "", look.plain), widest, look.plain)
  local y_label = words.fit(words.clean(panel.y_label or "", look.plain), look.width - widest - 4, look.plain)
  if x_label == "" and y_label == "" then return nil end
  return (" "):rep(1 + widest - words.width(x_label)) .. x_label .. "   " .. y_label
end

--- The lines of a panel whose x axis has names.
return function(layout, look)
  local names, widest, lines, indices = {}, 0, {}, {}
  for i, name in ipairs(layout.x.names) do
    names[i] = words.fit(words.clean(name, look.plain), LONGEST_NAME, look.plain)
    widest = math.max(widest, words.width(names[i]))
  end
  widest = math.max(widest, math.min(LONGEST_NAME, words.width(words.clean(layout.panel.x_label or "", look.plain))))
  for k, s in ipairs(layout.series) do indices[k] = indices_of(s) end
  lines[1] = heading(layout.panel, widest, look)
  local room = math.max(8, look.width - widest - (has_ranges(layout) and 30 or 13))
  local shown = math.min(#names, math.max(1, MOST_LINES//#layout.series))
  for i = 1, shown do
    for k, s in ipairs(layout.series) do
      local name = (" "):rep(1 + widest - words.width(names[i])) .. names[i]
      if k > 1 then name = (" "):rep(1 + widest) end
      if indices[k][i] then lines[#lines + 1] = line(name, s, indices[k][i], layout, look, room) end
    end
  end
  if shown < #names then lines[#lines + 1] = (" and %d more"):format(#names - shown) end
  return lines
end
