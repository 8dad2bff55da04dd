--- Charts as plain text, for terminals. Series are told apart by digits on their lines (in ASCII, lines of
-- digits), and by colour only besides.

local bars = require "bioxen.plot.bars"
local canvas = require "bioxen.plot.canvas"
local colours = require "bioxen.plot.colours"
local numbers = require "bioxen.plot.numbers"
local scale = require "bioxen.plot.scale"
local shape = require "bioxen.plot.shape"
local words = require "bioxen.plot.words"

local chart = {}

local SIGNS = "123456789abcdefghijklmnopqrstuvwxyz"
local FILLS = { unicode = { "█", "▒", "░", "▓" }, plain = { "#", "=", "o", "%" } }
local EIGHTHS = { "▁", "▂", "▃", "▄", "▅", "▆", "▇" }
local HEAT = { unicode = { "·", "░", "▒", "▓", "█" }, plain = { ".", ":", "-", "=", "+", "*", "#", "%", "@" } }
local FRAME = {
  unicode = { tick = "┤", side = "│", corner = "└", foot = "─", foot_tick = "┬", shade = "░", point = "•" },
  plain = { tick = "+", side = "|", corner = "+", foot = "-", foot_tick = "+", shade = ":", point = "*" },
}

local function paint(text, colour)
  return ("\27[38;5;%dm%s\27[0m"):format(colour.terminal, text)
end

-- How text is drawn: its width, its characters, its colours.
local function new_look(options)
  local kind = options.plain and "plain" or "unicode"
  local look = { width = math.max(32, options.width), plain = options.plain, colour = options.colour,
    frame = FRAME[kind], paint = paint }
  function look.sign(index) return SIGNS:sub((index - 1) % #SIGNS + 1, (index - 1) % #SIGNS + 1) end
  -- The character, and the colour, of a part of the range from least to greatest.
  function look.heat(part)
    local steps = look.colour and colours.heat or HEAT[kind]
    local step = steps[math.min(#steps, 1 + math.floor(part*#steps))]
    if look.colour then return "█", step end
    return step, false
  end
  function look.fill(index) return FILLS[kind][(index - 1) % #FILLS[kind] + 1] end
  return look
end

-- ---- series ----

local function draw_band(sheet, s, layout, look, ink)
  for _, piece in ipairs(shape.bands(s, layout.x, layout.y)) do
    local i = 1
    for column = 0, sheet.columns - 1 do
      local x = (column + 0.5)/sheet.columns
      while i < #piece and layout.x.place(piece[i + 1][1]) <= x do i = i + 1 end
      local here, following = piece[i], piece[i + 1] or piece[i]
      local from, to = layout.x.place(here[1]), layout.x.place(following[1])
      local part = to > from and (x - from)/(to - from) or 0
      if part >= 0 and part <= 1 and #piece > 1 then
        local function between(k)
          local a, b = layout.y.place(here[k]), layout.y.place(following[k])
          return a + part*(b - a)
        end
        sheet:shade(column, between(2), between(3), look.frame.shade, ink)
      end
    end
  end
end

local function draw_error_bars(sheet, s, layout, ink)
  for _, piece in ipairs(shape.bands(s, layout.x, layout.y)) do
    for _, row in ipairs(piece) do
      local x = layout.x.place(row[1])
      sheet:line(x, layout.y.place(row[2]), x, layout.y.place(row[3]), { index = ink.index, sign = "|" })
    end
  end
end

-- The digit of a series along its line, about every sixth of the width; another place for each series.
local function mark(sheet, s, places, ink, several)
  if not several or sheet.plain then return end
  local every = sheet.columns//6
  local offset = (ink.index*5) % every
  local next_at = offset
  for _, place in ipairs(places) do
    local column = place[1]*sheet.columns
    if column >= next_at then
      sheet:put(place[1], place[2], s.sign, ink)
      next_at = (column//every + 1)*every + offset
    end
  end
end

-- Places along a line, close enough to put a digit at any column.
local function walk(sheet, points)
  local places = {}
  for i, point in ipairs(points) do
    local next_point = points[i + 1]
    places[#places + 1] = point
    if next_point then
      local columns = math.floor(math.abs(next_point[1] - point[1])*sheet.columns)
      for k = 1, math.min(columns, sheet.columns) - 1 do
        local part = k/columns
        places[#places + 1] = { point[1] + part*(next_point[1] - point[1]), point[2] + part*(next_point[2] - point[2]) }
      end
    end
  end
  return places
end

local function placed(piece, layout)
  local points = {}
  for i, point in ipairs(piece) do points[i] = { layout.x.place(point[1]), layout.y.place(point[2]) } end
  return points
end

local draw = {}

function draw.lines(sheet, s, layout, ink, several)
  for _, piece in ipairs(shape.pieces(s, layout.x, layout.y)) do
    local points = placed(piece, layout)
    for i = 1, #points do
      local a, b = points[i], points[math.min(i + 1, #points)]
      sheet:line(a[1], a[2], b[1], b[2], ink)
    end
    mark(sheet, s, walk(sheet, points), ink, several)
  end
end

draw.steps = draw.lines

function draw.points(sheet, s, layout, ink, several, look)
  for _, piece in ipairs(shape.pieces(s, layout.x, layout.y)) do
    for _, point in ipairs(placed(piece, layout)) do
      sheet:put(point[1], point[2], several and s.sign or look.frame.point, ink)
    end
  end
end

-- Where the ends of the bars are, in each column of characters: the farthest from zero.
local function heights_of(sheet, s, layout)
  local heights, base = {}, layout.y.log and 0 or layout.y.place(0)
  for i, y in ipairs(s.y) do
    if scale.shows(s.from[i], layout.x.log) and scale.shows(y, layout.y.log) then
      local from, to = layout.x.place(s.from[i])*sheet.columns, layout.x.place(s.to[i])*sheet.columns
      local first = math.floor(from + 0.5)
      for column = math.max(0, first), math.min(sheet.columns, math.max(first + 1, math.floor(to + 0.5))) - 1 do
        local height = layout.y.place(y)
        if math.abs(height - base) >= math.abs((heights[column] or base) - base) then heights[column] = height end
      end
    end
  end
  return heights, base
end

-- Upwards by eighths of a character, downwards by whole ones.
local function draw_bar(sheet, column, base, height, fill, ink)
  local function clamped(part) return math.max(0, math.min(1, part)) end
  local eighths = math.floor(8*sheet.rows*clamped(math.max(base, height)) + 0.5)
  local bottom = math.floor(sheet.rows*clamped(math.min(base, height)) + 0.5)
  for row = bottom, sheet.rows - 1 do
    local part = eighths - 8*row
    local sign = part >= 8 and fill or (part > 0 and fill == "█" and EIGHTHS[part]) or (part >= 4 and fill)
    if sign then sheet:put((column + 0.5)/sheet.columns, (row + 0.5)/sheet.rows, sign, ink) end
  end
end

function draw.bars(sheet, s, layout, ink, _, look)
  local heights, base = heights_of(sheet, s, layout)
  for column, height in pairs(heights) do
    draw_bar(sheet, column, base, height, look.fill(s.index), ink)
  end
end

-- Whichever cell a character stands in the middle of.
function draw.heat(sheet, s, layout, _, _, look)
  local function span(axis, from, to, size)
    return math.max(0, math.ceil(axis.place(from)*size - 0.5)), math.min(size, math.ceil(axis.place(to)*size - 0.5)) - 1
  end
  for i, z in ipairs(s.z) do
    local left, right = span(layout.x, s.from[i], s.to[i], sheet.columns)
    local bottom, top = span(layout.y, s.low[i], s.high[i], sheet.rows)
    local sign, ink = look.heat(math.max(0, math.min(1, layout.z.place(z))))
    for row = bottom, top do
      for column = left, right do
        sheet:put((column + 0.5)/sheet.columns, (row + 0.5)/sheet.rows, sign, { index = ink })
      end
    end
  end
end

local function draw_series(layout, look, columns, rows)
  local sheet = canvas.new(columns, rows, look.plain)
  local several = #layout.series > 1
  for _, s in ipairs(layout.series) do
    local ink = { index = s.index, sign = several and look.sign(s.index) or "*" }
    local line = s.style == "lines" or s.style == "steps"
    if s.low and not line and s.style ~= "heat" then draw_error_bars(sheet, s, layout, ink) end
    draw[s.style](sheet, setmetatable({ sign = look.sign(s.index) }, { __index = s }), layout, ink, several, look)
  end
  for _, s in ipairs(layout.series) do
    if s.low and (s.style == "lines" or s.style == "steps") then
      draw_band(sheet, s, layout, look, { index = s.index })
    end
  end
  return sheet
end

-- ---- frame and words ----

local function centred(text, width)
  return (" "):rep(math.max(0, (width - words.width(text))//2)) .. text
end

-- Texts at columns of one line, without those that would touch one before.
local function set_in_line(texts, places, width)
  local line, used = {}, 0
  for i, text in ipairs(texts) do
    local size = words.width(text)
    local start = math.max(0, math.min(width - size, places[i] - size//2))
    if start >= used and size > 0 then
      line[#line + 1] = (" "):rep(start - (line.column or 0)) .. text
      line.column = start + size
      used = start + size + 1
    end
  end
  return table.concat(line)
end

local function row_text(cells, look)
  local text = {}
  for i, cell in ipairs(cells) do
    local sign, owner = cell[1], cell[2]
    if type(owner) == "number" then owner = colours.of(owner) end
    text[i] = look.colour and owner and sign ~= " " and paint(sign, owner) or sign
  end
  return (table.concat(text):gsub(" +$", ""))
end

local function ticks_by_row(axis, rows, labels)
  local by_row = {}
  for i, value in ipairs(axis.ticks) do
    local place = axis.place(value)
    if place > -0.01 and place < 1.01 then by_row[math.floor((1 - place)*(rows - 1) + 0.5)] = labels[i] end
  end
  return by_row
end

local function add_frame(lines, sheet, layout, look, gutter)
  local frame = look.frame
  local labels = ticks_by_row(layout.y, sheet.rows, layout.y.labels(look.plain))
  for i, cells in ipairs(sheet:read()) do
    local label = labels[i - 1]
    lines[#lines + 1] = (" "):rep(gutter - words.width(label or "")) .. (label or "") .. " " ..
      (label and frame.tick or frame.side) .. row_text(cells, look)
  end
  local foot, places = {}, {}
  for i = 1, sheet.columns do foot[i] = frame.foot end
  for i, value in ipairs(layout.x.ticks) do
    places[i] = math.floor(layout.x.place(value)*(sheet.columns - 1) + 0.5)
    if places[i] >= 0 and places[i] < sheet.columns then foot[places[i] + 1] = frame.foot_tick end
  end
  lines[#lines + 1] = (" "):rep(gutter + 1) .. frame.corner .. table.concat(foot)
  if layout.shared then return end
  local indent = (" "):rep(gutter + 2)
  lines[#lines + 1] = indent .. set_in_line(layout.x.labels(look.plain), places, sheet.columns)
end

local function add_words(lines, text, look, limit)
  for _, line in ipairs(words.wrap(words.clean(text, look.plain), look.width, limit, look.plain)) do
    lines[#lines + 1] = centred(line, look.width)
  end
end

local function sample(s, layout, look)
  if s.style == "bars" then return look.fill(s.index) end
  return #layout.series > 1 and look.sign(s.index) or (look.plain and "*" or look.frame.point)
end

-- The names, as many a line as fit.
local function add_legend(lines, layout, look)
  local line
  for _, s in ipairs(layout.series) do
    if s.name then
      local sign = sample(s, layout, look)
      local name = sign .. " " .. words.fit(words.clean(s.name, look.plain), look.width - 6, look.plain)
      if line and words.width(line) + words.width(name) + 3 > look.width then
        lines[#lines + 1], line = line, nil
      end
      line = line and line .. "   " .. name or "  " .. name
    end
  end
  lines[#lines + 1] = line
end

-- What the characters of a heat map mean.
local function add_scale(lines, layout, look)
  local steps = {}
  for i = 1, 9 do
    local sign, colour = look.heat((i - 0.5)/9)
    steps[i] = colour and paint(sign, colour) or sign
  end
  local line = ("%s %s %s"):format(numbers.single(layout.z.low), table.concat(steps), numbers.single(layout.z.high))
  local name = words.clean(layout.panel.z_label or "", look.plain)
  local room = look.width - 34 -- beside the longest of these
  lines[#lines + 1] = "  " .. (name ~= "" and room > 0 and words.fit(name, room, look.plain) .. "  " or "") .. line
end

local function gutter_of(layouts, look)
  local gutter = 3
  for _, layout in ipairs(layouts) do
    if not layout.x.names then
      for _, label in ipairs(layout.y.labels(look.plain)) do gutter = math.max(gutter, words.width(label) + 1) end
    end
  end
  return gutter
end

local function add_panel(lines, layout, look, gutter, rows)
  local panel = layout.panel
  if panel.title then add_words(lines, panel.title, look, 2) end
  if panel.y_label and not layout.x.names then
    lines[#lines + 1] = " " .. words.fit(words.clean(panel.y_label, look.plain), look.width - 1, look.plain)
  end
  if layout.x.names then
    table.move(bars(layout, look), 1, 1000, #lines + 1, lines)
  else
    local columns = look.width - gutter - 3
    add_frame(lines, draw_series(layout, look, columns, rows), layout, look, gutter)
  end
  if panel.x_label and not layout.shared and not layout.x.names then
    lines[#lines + 1] = centred(words.fit(words.clean(panel.x_label, look.plain), look.width, look.plain),
      look.width + gutter)
  end
  if layout.z then add_scale(lines, layout, look) end
  if layout.legend then add_legend(lines, layout, look) end
end

--- How many ticks a chart of that width has along x, and a panel of that height along y.
function chart.ticks(width, rows)
  return math.max(2, width//14), math.max(2, rows//4)
end

--- The text of a figure, lines that end in "\n". `options`: width in columns, rows of a panel's frame, plain
-- (ASCII), colour. The layouts are figure.lay_out_all's.
function chart.draw(made, layouts, options)
  local look, lines = new_look(options), {}
  local gutter = gutter_of(layouts, look)
  if made.title then add_words(lines, made.title, look, 3) end
  if made.remark then add_words(lines, made.remark, look, 2) end
  for i, layout in ipairs(layouts) do
    if i > 1 then lines[#lines + 1] = "" end
    add_panel(lines, layout, look, gutter, options.rows)
  end
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

return chart
