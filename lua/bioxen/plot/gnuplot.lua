--- Pictures, drawn by gnuplot. It is started without a shell and given one script on its standard input;
-- all words in it are escaped byte by byte, and the picture comes back on its standard output, so that no
-- text of a user or a VM is a command, a format or a file's name.

local core = require "bioxen.core"
local colours = require "bioxen.plot.colours"
local decimal = require "bioxen.decimal"
local spell = require "bioxen.plot.fonts"
local page = require "bioxen.plot.page"
local shape = require "bioxen.plot.shape"
local words = require "bioxen.plot.words"

-- The program, without the user's own settings. Specs put others here.
local gnuplot = { command = { "gnuplot", "-d" }, timeout = 120 }

-- More points than this are drawn smaller.
local MANY = 200

local POINTS = { 7, 5, 9, 13, 11, 6, 4, 8, 12, 10 }

local terminals = {
  png = [[
terminal = strstrt(GPVAL_TERMINALS, "pngcairo") ? "pngcairo" : "png"
set terminal @terminal size %d,%d font "Sans,12" noenhanced background rgb "#FFFFFF"
]],
  svg = [[
set terminal svg size %d,%d dynamic font "Sans,14" noenhanced background rgb "#FFFFFF"
]],
  pdf = [[
set terminal pdfcairo size %d/72.0,%d/72.0 font "Sans,12" linewidth 2 noenhanced background rgb "#FFFFFF"
]],
}

local function quoted(text)
  return '"' .. text:gsub("[^%w ,.:()+=%%/-]", function(byte) return ("\\%03o"):format(byte:byte()) end) .. '"'
end

local function number(value)
  return decimal("%.12g", value)
end

-- Of the sheet.
local function part(value)
  return decimal("%.5f", value)
end

local function say(script, format, ...)
  script[#script + 1] = format:format(...)
end

local function cut(text, pixels)
  return quoted(words.fit(words.clean(text), math.max(8, pixels//page.CHARACTER)))
end

-- ---- data ----

local function block(script, pieces)
  script.blocks = script.blocks + 1
  local name = "$data" .. script.blocks
  say(script, "%s << END", name)
  for i, piece in ipairs(pieces) do
    if i > 1 then script[#script + 1] = "" end
    for _, row in ipairs(piece) do
      local cells = {}
      for j, value in ipairs(row) do cells[j] = number(value) end
      script[#script + 1] = table.concat(cells, " ")
    end
  end
  script[#script + 1] = "END"
  return name
end

local function colour(s)
  return ('rgb "%s"'):format(colours.of(s.index).rgb)
end

local function title_of(s, legend)
  if not (legend and s.name) then return "notitle" end
  return "title " .. quoted(words.fit(words.clean(s.name), page.LONGEST_NAME)) .. " noenhanced"
end

local draw = {}

function draw.lines(script, plots, s, layout)
  local dash = 1 + (s.index - 1)//colours.count
  local pieces = shape.pieces(s, layout.x, layout.y)
  if #pieces == 0 then return false end
  plots[#plots + 1] = ("%s using 1:2 with lines linewidth 2.5 dashtype %d linecolor %s %s"):format(
    block(script, pieces), dash, colour(s), title_of(s, layout.legend))
  return true
end

draw.steps = draw.lines

function draw.points(script, plots, s, layout)
  local pieces = shape.pieces(s, layout.x, layout.y)
  if #pieces == 0 then return false end
  plots[#plots + 1] = ("%s using 1:2 with points pointtype %d pointsize %s linecolor %s %s"):format(
    block(script, pieces), POINTS[(s.index - 1) % #POINTS + 1], #s.x <= MANY and "1.1" or "0.6", colour(s),
    title_of(s, layout.legend))
  return true
end

function draw.bars(script, plots, s, layout)
  local rows, base = {}, layout.y.log and layout.y.low or 0
  for i = 1, #s.x do
    local y = s.y[i]
    local seen = #shape.pieces({ x = { s.from[i] }, y = { y } }, layout.x, layout.y) > 0
    if seen then rows[#rows + 1] = { s.x[i], y, s.from[i], s.to[i], math.min(base, y), math.max(base, y) } end
  end
  if #rows == 0 then return false end
  plots[#plots + 1] =
    ("%s using 1:2:3:4:5:6 with boxxyerror fillstyle solid 0.85 noborder linecolor %s %s"):format(
      block(script, { rows }), colour(s), title_of(s, layout.legend))
  return true
end

-- Cells, each with a border of its own colour: no seam shows between them.
function draw.heat(script, plots, s)
  local rows = {}
  for i, z in ipairs(s.z) do rows[i] = { s.x[i], s.y[i], s.from[i], s.to[i], s.low[i], s.high[i], z } end
  if #rows == 0 then return false end
  plots[#plots + 1] =
    ("%s using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid 1 border linewidth 1 linecolor palette notitle"):format(
      block(script, { rows }))
  return true
end

-- Beneath lines a band; at points and bars, error bars on top of all.
local function draw_uncertainty(script, under, over, s, layout)
  local pieces = shape.bands(s, layout.x, layout.y)
  if #pieces == 0 or s.style == "heat" then return end
  local name = block(script, pieces)
  if s.style == "lines" or s.style == "steps" then
    under[#under + 1] =
      ("%s using 1:2:3 with filledcurves fillstyle transparent solid 0.22 noborder linecolor %s notitle"):format(
        name, colour(s))
  else
    over[#over + 1] =
      ('%s using 1:2:(0):($3-$2) with vectors heads size screen 0.004,90 linewidth 1.5 linecolor rgb "#333333" notitle')
      :format(name)
  end
end

-- ---- axes and words ----

local function ticks(script, letter, axis, texts, rotate)
  local list = {}
  -- a tick's text is a format
  for i, value in ipairs(axis.ticks) do
    list[#list + 1] = quoted((texts[i]:gsub("%%", "%%%%"))) .. " " .. number(value)
  end
  for _, value in ipairs(axis.minor) do list[#list + 1] = '"" ' .. number(value) .. " 1" end
  if axis.log then say(script, "set logscale %s", letter) else say(script, "unset logscale %s", letter) end
  say(script, "set %srange [%s:%s]", letter, number(axis.low), number(axis.high))
  say(script, "set %stics nomirror out scale 0.7,0.4 %s noenhanced (%s)", letter,
    rotate and "rotate by 90 right" or "norotate", table.concat(list, ", "))
end

local function x_texts(layout)
  if not layout.shared then return layout.x_texts end
  local none = {}
  for i = 1, #layout.x_texts do none[i] = "" end
  return none
end

-- More names than there is room for: every second, third… is shown.
local function thin_names(layout)
  local room = (layout.right - layout.left)/(layout.upright and 18 or 1)
  local every = layout.x.names and math.ceil(#layout.x.names/room) or 1
  if every == 1 then return layout.x, x_texts(layout) end
  local axis, texts = { low = layout.x.low, high = layout.x.high, ticks = {}, minor = {} }, {}
  for i = 1, #layout.x.ticks, every do
    axis.ticks[#axis.ticks + 1], texts[#texts + 1] = layout.x.ticks[i], layout.x_texts[i]
  end
  return axis, texts
end

local function label(script, letter, text, pixels)
  if text then
    say(script, "set %slabel %s noenhanced", letter, cut(text, pixels))
  else
    say(script, "unset %slabel", letter)
  end
end

-- The names, beside the frame or in columns above it.
local function legend(script, layout, sheet)
  local columns = layout.legend_columns
  local x, y = layout.right + 12, layout.top - 6
  if columns then x, y = layout.left + 4, layout.top - 4 end
  say(script, "set key at screen %s, screen %s left %s Left reverse samplen 1.5 spacing 1.2 noenhanced",
    part(x/sheet.width), part(1 - y/sheet.height),
    columns and "bottom horizontal maxcols " .. columns or "top vertical")
end

local function words_around(script, layout, sheet)
  local panel, width, height = layout.panel, layout.right - layout.left, layout.bottom - layout.top
  say(script, "set lmargin at screen %s", part(layout.left/sheet.width))
  say(script, "set rmargin at screen %s", part(layout.right/sheet.width))
  say(script, "set tmargin at screen %s", part(1 - layout.top/sheet.height))
  say(script, "set bmargin at screen %s", part(1 - layout.bottom/sheet.height))
  local axis, texts = thin_names(layout)
  ticks(script, "x", axis, texts, layout.upright)
  ticks(script, "y", layout.y, layout.y_texts)
  label(script, "x", not layout.shared and panel.x_label or nil, width + 80)
  label(script, "y", panel.y_label, height + 40)
  if panel.title then
    say(script, "set title %s noenhanced offset screen 0, screen %s", cut(panel.title, width + 60),
      part((layout.legend_height or 0)/sheet.height))
  else
    script[#script + 1] = "unset title"
  end
  legend(script, layout, sheet)
end

-- What the colours of a heat map mean, beside its frame.
local function colour_scale(script, layout, sheet)
  local stops = {}
  for i, each in ipairs(colours.heat) do stops[i] = ('%s "%s"'):format(part((i - 1)/(#colours.heat - 1)), each.rgb) end
  say(script, "set palette defined (%s)", table.concat(stops, ", "))
  say(script, "set colorbox vertical user origin screen %s, screen %s size screen %s, screen %s border 2",
    part((layout.right + page.SCALE_GAP)/sheet.width), part(1 - layout.bottom/sheet.height),
    part(page.SCALE/sheet.width), part((layout.bottom - layout.top)/sheet.height))
  ticks(script, "cb", layout.z, layout.z_texts)
  if not layout.panel.z_label then return end
  -- gnuplot's own label would stand on wide ticks
  say(script, "set label 99 %s at screen %s, screen %s center rotate by 90 noenhanced",
    cut(layout.panel.z_label, layout.bottom - layout.top + 40),
    part((layout.right + page.scale_room(layout))/sheet.width), part(1 - (layout.top + layout.bottom)/2/sheet.height))
end

local function draw_panel(script, layout, sheet)
  local under, plots, over = {}, {}, {}
  words_around(script, layout, sheet)
  if layout.z then colour_scale(script, layout, sheet) end
  say(script, "set grid %s ytics", layout.x.names and "noxtics" or "xtics")
  for _, s in ipairs(layout.series) do
    draw_uncertainty(script, under, over, s, layout)
    if not draw[s.style](script, plots, s, layout) then
      plots[#plots + 1] = ("NaN with lines linecolor %s %s"):format(colour(s), title_of(s, layout.legend))
    end
  end
  table.move(plots, 1, #plots, #under + 1, under)
  table.move(over, 1, #over, #under + 1, under)
  say(script, "plot %s", table.concat(under, ", "))
end

local function set_title(script, sheet)
  local function line(text, place, size)
    say(script, 'set label %s at screen 0.5, screen %s center font ",%d" noenhanced', quoted(text),
      part(1 - place/sheet.height), size)
  end
  for i, text in ipairs(sheet.title) do line(text, 8 + (i - 0.5)*sheet.title_line, sheet.font + 3) end
  for i, text in ipairs(sheet.remark) do
    line(text, 8 + #sheet.title*sheet.title_line + (i - 0.5)*page.LINE, sheet.font)
  end
end

local function script_of(made, layouts, format)
  local sheet = page.arrange(made, layouts)
  local script = { blocks = 0, "set encoding utf8" }
  sheet.font = format == "svg" and 14 or 12
  say(script, terminals[format], sheet.width, sheet.height)
  script[#script + 1] = [[
set border 3 linecolor rgb "#555555"
set tics textcolor rgb "#000000"
set grid linetype 1 linewidth 0.5 linecolor rgb "#DDDDDD"
set style line 1 linetype 1
set style line 2 linecolor rgb "#555555"
set multiplot]]
  set_title(script, sheet)
  for _, layout in ipairs(layouts) do
    draw_panel(script, layout, sheet)
    script[#script + 1] = "unset label"
  end
  script[#script + 1] = "unset multiplot\n"
  return table.concat(script, "\n")
end

-- ---- the program ----

local function complete(bytes, format)
  if format == "png" then return bytes:sub(1, 8) == "\137PNG\r\n\26\n" and bytes:sub(-8, -5) == "IEND" end
  if format == "pdf" then return bytes:sub(1, 5) == "%PDF-" and bytes:find "%%%%EOF%s*$" end
  return bytes:sub(1, 5) == "<?xml" and bytes:find "</svg>%s*$"
end

-- The first line of what it complained of.
local function complaint(errors)
  for line in errors:gmatch "[^\n]+" do
    if line:find "%w" and not line:find "^gnuplot>" then return words.clean((line:gsub("^%s*line %d+:%s*", ""))) end
  end
  return "it gave no reason"
end

-- The same picture is the same file, whenever it is drawn; but from 1.17.6 on, cairo packs the date of a PDF.
local function undated(pdf)
  return (pdf:gsub("/CreationDate %b()", function(date) return "/CreationDate (" .. (" "):rep(#date - 16) .. ")" end))
end

-- What a browser shows for the picture, and reads aloud: the figure's title in the place of gnuplot's name.
local function named(svg, title)
  local clean = words.clean(title or "Chart"):gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" })
  return (svg:gsub("<title>Gnuplot</title>", function() return "<title>" .. clean .. "</title>" end, 1))
end

local function not_installed()
  return core.fail("ESYSTEM", "pictures are drawn by gnuplot, which is not installed (on Debian: " ..
    "apt-get install gnuplot-nox); without file = … the chart is drawn as text")
end

--- The bytes of a picture, or nil and an error. The layouts are figure.lay_out_all's.
function gnuplot.draw(made, layouts, format)
  if format == "png" then spell(made, layouts) end
  local script = script_of(made, layouts, format)
  local bytes, errors, status = core.run_program(gnuplot.command, script, gnuplot.timeout)
  if not bytes then
    local err, absent = errors, status
    if absent then return not_installed() end
    return nil, err
  end
  -- Under valgrind, a program that is not there ends like this.
  if status == 127 and errors == "" then return not_installed() end
  if status ~= 0 or not complete(bytes, format) then
    return core.fail("ESYSTEM", ("gnuplot drew no picture (status %d): %s"):format(status, complaint(errors)))
  end
  if format == "pdf" then bytes = undated(bytes) end
  if format == "svg" then bytes = named(bytes, made.title) end
  return bytes
end

return gnuplot
