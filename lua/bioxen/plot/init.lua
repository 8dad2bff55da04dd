--- Pictures and text charts of results: bioxen.plot, and the methods plot of trajectories, ensembles and sweeps.

local chart = require "bioxen.plot.chart"
local core = require "bioxen.core"
local describe = require "bioxen.plot.describe"
local figure = require "bioxen.plot.figure"
local gnuplot = require "bioxen.plot.gnuplot"
local options = require "bioxen.plot.options"
local page = require "bioxen.plot.page"

local plot = {}

local WIDTH, MOST_ROWS, LEAST_ROWS = 80, 30, 8

-- Whether the locale's characters are UTF-8.
local function speaks_unicode()
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    local value = os.getenv(name)
    if value and value ~= "" then return value:lower():find "utf%-?8" ~= nil end
  end
  return false
end

local function wants_colour(given, terminal)
  local none = os.getenv "NO_COLOR"
  return terminal and not given.text and not (none and none ~= "") and os.getenv "TERM" ~= "dumb"
end

-- The height of a frame: a fifth of the width; less where several are stacked.
local function rows_of(made, width)
  if made.size then return math.max(3, made.size[2]//#made.panels) end
  local rows = math.max(LEAST_ROWS, math.min(MOST_ROWS, width//5))
  return #made.panels > 1 and math.max(LEAST_ROWS, rows*2//3) or rows
end

local function draw_text(made, given)
  local terminal = core.terminal()
  local width = math.floor(made.size and made.size[1] or (not given.text and terminal) or WIDTH)
  local rows = math.floor(rows_of(made, width))
  local plain = given.ascii
  if plain == nil then plain = not speaks_unicode() end
  local text = chart.draw(made, figure.lay_out_all(made, chart.ticks(width, rows)),
    { width = width, rows = rows, plain = plain, colour = wants_colour(given, terminal) })
  if given.text then return text end
  io.stdout:write(text)
  return true
end

local function draw_picture(made, given)
  local format = options.format(given.file)
  local layouts = figure.lay_out_all(made, page.ticks(made))
  local bytes, err = gnuplot.draw(made, layouts, format)
  if not bytes then return nil, err end
  return core.save_file(given.file, bytes)
end

--- What shows the charts that go to no file, in the place of text; or nil. screen(described), of what bioxen.plot
-- takes, gives true where it has shown it.
plot.screen = nil

-- `given`: file, text, ascii; `described`: what bioxen.plot takes.
local function draw(given, described, level)
  local made = figure.new(described, "plot", level + 1)
  if given.file and given.text then options.mistake(level + 1, "plot: either file or text expected") end
  if given.file then return draw_picture(made, given) end
  if plot.screen and not given.text and plot.screen(described) then return true end
  return draw_text(made, given)
end

--- Whether the picture is to be a page of HTML, which is not drawn by gnuplot.
function plot.is_page(given)
  return type(given) == "table" and type(given.file) == "string" and options.format(given.file) == "html"
end

--- Series of numbers, or a shared world.
function plot.plot(given)
  -- No tail call: errors name the line that called this function.
  local described = describe.given(given, 2)
  if plot.is_page(described) then
    local done, err = require("bioxen.report.values").page(described, 2)
    return done, err
  end
  local done, err = draw(options.check(described, options.general, "plot", 2), described, 2)
  if not done then return nil, err end
  return done
end

local function method(class)
  return function(object, given)
    if core.class_name(object) ~= class then
      error(("bad argument #1 to 'plot' (%s expected, got %s)"):format(class, core.class_name(object)), 2)
    end
    if plot.is_page(given) then return object:html(given) end
    local checked, described = describe.figures[class](object, given, 2)
    local done, err = draw(checked, described, 2)
    if not done then return nil, err end
    return done
  end
end

--- Their methods `plot`.
plot.trajectory, plot.ensemble, plot.sweep = method "Trajectory", method "Ensemble", method "SweepTable"

return plot
