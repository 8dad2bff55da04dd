--- A panel of a figure as SVG in HTML: what there is without scripts, in notebooks and on paper. It brings its colours
-- as attributes, which are seen on light and on dark, and classes, by which a page's style has others.

local colours = require "bioxen.plot.colours"
local decimal = require "bioxen.decimal"
local html = require "bioxen.report.html"
local scale = require "bioxen.plot.scale"
local shape = require "bioxen.plot.shape"
local words = require "bioxen.plot.words"

local picture = {}

local WIDTH, HEIGHT = 640, 320
local FONT, CHARACTER, LINE = 13, 7.2, 19 -- the font, its characters' width, lines of names
local NAMES, LONGEST = 14, 40             -- of series that are told, and characters of one
local POINTS = 6000                       -- of all lines, about
local SHADES = 64                         -- of a heat map
local LARGEST = 512 << 10                 -- bytes
local TOLD = 2000                         -- bars or cells whose values are told where one points at them

local function at(number)
  return decimal("%.1f", math.max(-9999, math.min(9999, number))) -- beyond what is shown
end

local function add(out, template, ...) out[#out + 1] = html.fill(template, ...) end

-- ---- colours ----

--- The class of a series' colour, and of its dashes.
function picture.class(index)
  return ("s%d"):format((index - 1) % colours.count + 1) .. (index > colours.count and " dashed" or "")
end

-- Black is the colour of the text around.
local function colour(index)
  local rgb = colours.of(index).rgb
  return rgb == "#000000" and "currentColor" or rgb
end

local function stroke(index)
  return html.fill('class="line %s" fill="none" stroke="%s" stroke-width="1.8" stroke-linejoin="round"%m',
    picture.class(index), colour(index), index > colours.count and ' stroke-dasharray="6 4"' or "")
end

-- Of the second round of colours, squares.
local function dots(index, size)
  return html.fill('class="line %s" fill="none" stroke="%s" stroke-width="%s" stroke-linecap="%s"',
    picture.class(index):match "^%w+", colour(index), size, index > colours.count and "square" or "round")
end

-- Between the colours of a heat map, part from 0 to 1.
local function shade(part)
  local place = part*(#colours.heat - 1)
  local i = math.min(#colours.heat - 1, math.floor(place) + 1)
  local out = {}
  for k = 1, 3 do
    local one, other = (tonumber(colours.heat[i].rgb:sub(2*k, 2*k + 1), 16)),
      (tonumber(colours.heat[i + 1].rgb:sub(2*k, 2*k + 1), 16))
    out[k] = math.floor(one + (other - one)*(place - i + 1) + 0.5)
  end
  return ("#%02x%02x%02x"):format(table.unpack(out))
end

-- ---- where things stand ----

local function widest(texts)
  local most = 0
  for _, text in ipairs(texts or {}) do most = math.max(most, words.width(text)) end
  return most*CHARACTER
end

local function clean(texts)
  local out = {}
  for i, text in ipairs(texts) do out[i] = words.fit(words.clean(text), LONGEST) end
  return out
end

-- The names of series in lines above the frame, each { index, text, x, line }; and how many lines.
local function place_names(layout, width)
  local placed, x, line = {}, 0, 1
  if not layout.legend then return placed, 0 end
  local named = {}
  for _, s in ipairs(layout.series) do
    if s.name then named[#named + 1] = s end
  end
  for i = 1, math.min(#named, NAMES) do
    local text = words.fit(words.clean(named[i].name), LONGEST)
    local needs = 26 + words.width(text)*CHARACTER + 12
    if x > 0 and x + needs > width then x, line = 0, line + 1 end
    placed[i] = { series = named[i], text = text, x = x, line = line }
    x = x + needs
  end
  if #named > NAMES then
    placed[#placed + 1] = { text = ("and %d more"):format(#named - NAMES), x = 0, line = line + 1 }
    line = line + 1
  end
  return placed, #placed > 0 and line or 0
end

-- Names below the axis stand upright where they would not fit.
local function bottom_of(layout, width)
  local names = layout.x.names
  layout.upright = names and (widest(layout.x_texts) + 12)*#names > width
  return 24 + (layout.upright and math.min(150, widest(layout.x_texts)) or 0) + (layout.panel.x_label and 20 or 0)
end

-- What places values in the picture: across(x), down(y).
local function frame(layout, size)
  layout.x_texts, layout.y_texts = clean(layout.x.labels()), clean(layout.y.labels())
  layout.z_texts = layout.z and clean(layout.z.labels())
  local made = { width = size and size[1] or WIDTH, height = size and size[2] or HEIGHT }
  made.left = 14 + widest(layout.y_texts) + (layout.panel.y_label and 20 or 0)
  made.right = made.width - (layout.z and 44 + widest(layout.z_texts) + (layout.panel.z_label and 20 or 0) or 16)
  made.names, made.lines = place_names(layout, made.right - made.left)
  made.top = 12 + (layout.panel.title and 22 or 0) + made.lines*LINE
  made.bottom = math.max(made.top + 40, made.height - bottom_of(layout, made.right - made.left))
  made.height = math.max(made.height, made.bottom + 24)
  function made.across(x) return made.left + layout.x.place(x)*(made.right - made.left) end
  function made.down(y) return made.bottom - layout.y.place(y)*(made.bottom - made.top) end
  return made
end

-- ---- axes and words ----

local GRID = 'class="grid" stroke="currentColor" stroke-opacity="0.15"'

local function y_axis(out, layout, made)
  for i, tick in ipairs(layout.y.ticks) do
    local y = at(made.down(tick))
    add(out, '<line %m x1="%s" x2="%s" y1="%s" y2="%s"/><text x="%s" y="%s" text-anchor="end" dy="0.35em">%s</text>',
      GRID, at(made.left), at(made.right), y, y, at(made.left - 7), y, layout.y_texts[i])
  end
end

local function x_axis(out, layout, made)
  local room = (made.right - made.left)/(layout.upright and 16 or 1)
  local every = layout.x.names and math.ceil(#layout.x.names/room) or 1
  for i = 1, #layout.x.ticks, every do
    local x = at(made.across(layout.x.ticks[i]))
    if not layout.x.names then
      add(out, '<line %m x1="%s" x2="%s" y1="%s" y2="%s"/>', GRID, x, x, at(made.top), at(made.bottom))
    end
    if layout.upright then
      add(out, '<text transform="translate(%s %s) rotate(-90)" text-anchor="end" dy="0.35em">%s</text>', x,
        at(made.bottom + 8), words.fit(layout.x_texts[i], 20))
    else
      add(out, '<text x="%s" y="%s" text-anchor="middle">%s</text>', x, at(made.bottom + 18), layout.x_texts[i])
    end
  end
end

local function upright(out, text, x, made)
  add(out, '<text transform="translate(%s %s) rotate(-90)" text-anchor="middle">%s</text>', at(x),
    at((made.top + made.bottom)/2), words.fit(words.clean(text), (made.bottom - made.top + 40)//CHARACTER))
end

local function words_around(out, layout, made)
  local panel, middle = layout.panel, at((made.left + made.right)/2)
  if panel.x_label then
    add(out, '<text x="%s" y="%s" text-anchor="middle">%s</text>', middle, at(made.height - 6),
      words.fit(words.clean(panel.x_label), (made.right - made.left + 80)//CHARACTER))
  end
  if panel.y_label then upright(out, panel.y_label, 14, made) end
  if panel.title then
    add(out, '<text x="%s" y="18" text-anchor="middle" font-weight="600">%s</text>', middle,
      words.fit(words.clean(panel.title), (made.width - 40)//CHARACTER))
  end
  for _, name in ipairs(made.names) do
    local x, y = made.left + name.x, made.top - 14 - (made.lines - name.line)*LINE
    if name.series and name.series.style == "points" then
      add(out, '<path %m d="M%s %sh0"/>', dots(name.series.index, 6), at(x + 10), at(y))
    elseif name.series then
      add(out, '<path %m d="M%s %sh20"/>', stroke(name.series.index), at(x), at(y))
    end
    add(out, '<text x="%s" y="%s" dy="0.35em">%s</text>', at(name.series and x + 26 or x), at(y), name.text)
  end
end

-- ---- series ----

local draw = {}

-- "M1 2L3 4"; of points that fall on one place, one.
local function path_of(piece, made)
  local out, before = {}, nil
  for i, point in ipairs(piece) do
    local place = at(made.across(point[1])) .. " " .. at(made.down(point[2]))
    if place ~= before then out[#out + 1] = (i == 1 and "M" or "L") .. place end
    before = place
  end
  return table.concat(out) .. (#out == 1 and "h0" or "")
end

function draw.lines(out, s, layout, made)
  local paths = {}
  for i, piece in ipairs(shape.pieces(s, layout.x, layout.y)) do paths[i] = path_of(piece, made) end
  if paths[1] then add(out, '<path %m d="%m"/>', stroke(s.index), table.concat(paths)) end
end

draw.steps = draw.lines

function draw.points(out, s, layout, made)
  local paths, seen = {}, {}
  for i, x in ipairs(s.x) do
    if scale.shows(x, layout.x.log) and scale.shows(s.y[i], layout.y.log) then
      local place = "M" .. at(made.across(x)) .. " " .. at(made.down(s.y[i])) .. "h0"
      if not seen[place] then paths[#paths + 1] = place end
      seen[place] = true
    end
  end
  if paths[1] then
    add(out, '<path %m d="%m"/>', dots(s.index, #paths > 200 and 4 or 6), table.concat(paths))
  end
end

-- Shapes of one look, { path, words } each: with their words, which browsers show where one points, or as one path.
local function filled(out, look, shapes, told)
  local paths = {}
  for i, each in ipairs(shapes) do
    paths[i] = told and html.fill('<path d="%m"><title>%s</title></path>', each[1], each[2]) or each[1]
  end
  if not paths[1] then return end
  add(out, told and "<g %m>%m</g>" or '<path %m d="%m"/>', look, table.concat(paths))
end

local function value(number) return decimal("%.6g", number) end

function draw.bars(out, s, layout, made)
  local shapes, base, names = {}, made.down(layout.y.log and layout.y.low or 0), layout.x.names
  for i, y in ipairs(s.y) do
    if scale.shows(y, layout.y.log) then
      local from, to, top = made.across(s.from[i]), made.across(s.to[i]), made.down(y)
      shapes[#shapes + 1] = { ("M%s %sh%sv%sH%sz"):format(at(from), at(base), at(to - from), at(top - base), at(from)),
        ("%s%s: %s"):format(s.name and s.name .. ", " or "", names and names[s.x[i]] or value(s.x[i]), value(y)) }
    end
  end
  filled(out, html.fill('class="fill %s" fill="%s" fill-opacity="0.85"', picture.class(s.index), colour(s.index)),
    shapes, #s.y <= TOLD)
end

-- Cells by their shades.
function draw.heat(out, s, layout, made)
  local shapes = {}
  for i, z in ipairs(s.z) do
    local k = math.floor(math.max(0, math.min(1, layout.z.place(z)))*(SHADES - 1) + 0.5)
    shapes[k] = shapes[k] or {}
    local left, right, top = made.across(s.from[i]), made.across(s.to[i]), made.down(s.high[i])
    table.insert(shapes[k], { ("M%s %sh%sv%sH%sz"):format(at(left), at(top), at(right - left),
      at(made.down(s.low[i]) - top), at(left)), ("%s, %s: %s"):format(value(s.x[i]), value(s.y[i]), value(z)) })
  end
  for k = 0, SHADES - 1 do
    local fill = shade(k/(SHADES - 1))
    filled(out, html.fill('fill="%s" stroke="%s" stroke-width="0.5"', fill, fill), shapes[k] or {}, #s.z <= TOLD)
  end
end

local function colour_scale(out, layout, made)
  local x, each = made.right + 16, (made.bottom - made.top)/SHADES
  for k = 0, SHADES - 1 do
    add(out, '<rect x="%s" y="%s" width="16" height="%s" fill="%s"/>', at(x), at(made.bottom - (k + 1)*each),
      at(each + 0.5), shade(k/(SHADES - 1)))
  end
  for i, tick in ipairs(layout.z.ticks) do
    add(out, '<text x="%s" y="%s" dy="0.35em">%s</text>', at(x + 22),
      at(made.bottom - layout.z.place(tick)*(made.bottom - made.top)), layout.z_texts[i])
  end
  if layout.panel.z_label then upright(out, layout.panel.z_label, made.width - 6, made) end
end

-- Under lines a band; at points and bars, error bars.
local function uncertainty(out, s, layout, made)
  local line = s.style == "lines" or s.style == "steps"
  local paths = {}
  for _, piece in ipairs(s.style ~= "heat" and shape.bands(s, layout.x, layout.y) or {}) do
    local back = {}
    for i, row in ipairs(piece) do
      local x, low, high = at(made.across(row[1])), at(made.down(row[2])), at(made.down(row[3]))
      if line then
        paths[#paths + 1] = ("%s%s %s"):format(i == 1 and "M" or "L", x, high)
        back[#piece - i + 1] = ("L%s %s"):format(x, low)
      else
        paths[#paths + 1] = ("M%s %sV%sm-3 0h6M%s %sm-3 0h6"):format(x, low, high, x, low)
      end
    end
    if line then paths[#paths + 1] = table.concat(back) .. "z" end
  end
  if not paths[1] then return end
  if line then
    add(out, '<path class="fill %s" fill="%s" fill-opacity="0.2" d="%m"/>', picture.class(s.index), colour(s.index),
      table.concat(paths))
  else
    add(out, '<path class="error" fill="none" stroke="currentColor" stroke-opacity="0.7" d="%m"/>', table.concat(paths))
  end
end

-- ---- the picture ----

local function thinned(s, axis, buckets)
  return (s.style == "lines" or s.style == "steps") and shape.thin(s, axis, buckets) or s
end

local function label_of(layout, name)
  local panel, names = layout.panel, {}
  for _, s in ipairs(layout.series) do
    if s.name and #names < NAMES then names[#names + 1] = s.name end
  end
  local said = panel.title or #names > 0 and table.concat(names, ", ") or panel.y_label or panel.z_label or "values"
  return (panel.x_label and ("%s over %s"):format(said, panel.x_label) or said) .. (name and ", of " .. name or "")
end

--- The SVG of a layout, as figure.lay_out_all gives it, or nil where it would be too large. `how`: size, { width,
-- height }; name, of what it is a picture; style, an attribute's text.
function picture.draw(layout, how)
  local made, out, buckets = frame(layout, how.size), {}, math.max(10, POINTS//(4*#layout.series))
  y_axis(out, layout, made)
  x_axis(out, layout, made)
  words_around(out, layout, made)
  if layout.z then colour_scale(out, layout, made) end
  local x, y, width, height = at(made.left - 2), at(made.top - 2), at(made.right - made.left + 4),
    at(made.bottom - made.top + 4)
  add(out, '<svg x="%s" y="%s" width="%s" height="%s" viewBox="%s %s %s %s">', x, y, width, height, x, y, width, height)
  local series = {}
  for i, s in ipairs(layout.series) do series[i] = thinned(s, layout.x, buckets) end
  for _, s in ipairs(series) do
    if s.style == "lines" or s.style == "steps" then uncertainty(out, s, layout, made) end
  end
  for _, s in ipairs(series) do draw[s.style](out, s, layout, made) end
  for _, s in ipairs(series) do
    if s.style == "points" or s.style == "bars" then uncertainty(out, s, layout, made) end
  end
  out[#out + 1] = "</svg>"
  local drawn = table.concat(out)
  if #drawn > LARGEST then return nil end
  return html.fill('<svg class="still" viewBox="0 0 %s %s" width="%s" height="%s" font-family="sans-serif" '
    .. 'font-size="%s" fill="currentColor" role="img" aria-label="%s"%m>%m</svg>', at(made.width), at(made.height),
    at(made.width), at(made.height), FONT, label_of(layout, how.name),
    how.style and html.fill(' style="%s"', how.style) or "", drawn)
end

return picture
