--- What a run left, as parts of its page: plots, tables and pictures, as long as the page has room for them.

local core = require "bioxen.core"
local delimited = require "bioxen.biology.library.delimited"
local figures = require "bioxen.report.figures"
local html = require "bioxen.report.html"
local series = require "bioxen.report.series"
local tables = require "bioxen.report.tables"

local results = {}

local ROOM = 1500 << 10  -- bytes of a page that its results may take
local LARGEST = 32 << 20 -- bytes of a table that is read
local CURVES = 14        -- of a plot
local ROWS = 1000        -- of a table that are shown

local images = { png = "image/png", svg = "image/svg+xml" }

-- ---- tables ----

local function table_part(made, name)
  local shown = { names = made.names, rows = made.rows }
  local thing, number, flag = tables.ranking(made)
  if thing then shown = tables.sorted(made, number, flag) end
  return tables.draw(shown, { label = "Table " .. name, most = ROWS, bars = number, marked = flag })
end

local function left_out(whole)
  if whole.left_out == 0 then return "" end
  return html.fill('<p class="faint">The first %s columns of %s are drawn.</p>', #whole.names,
    #whole.names + whole.left_out)
end

local function plot_part(whole, name, range)
  local described = { series = {}, x_label = whole.label, y_range = range }
  for i, column in ipairs(whole.columns) do
    described.series[i] = { x = whole.times, y = column, name = whole.names[i] }
  end
  return figures.draw(described, { live = true, name = name }, 1) .. left_out(whole)
end

-- ---- files ----

-- A table in a file: { made, whole }, the second where it goes over time; or nil and why not.
local function read_table(run, result)
  if result.bytes and result.bytes > LARGEST then return nil, "It is too large to be shown here." end
  local bytes, err = run.read(result.file, LARGEST)
  if not bytes then return nil, "It cannot be read: " .. err.message end
  local good, made = pcall(delimited.read, bytes)
  if not good then return nil, "It is no table: " .. made end
  return { made = made, whole = series.of(made, CURVES), changed = core.digest(bytes) ~= result.sha256 }
end

local CHANGED = '<p class="bad">This file is no longer what the run left.</p>'

-- The name of a result among those of all runs of the page.
local function name_of(run, result)
  return result.file .. (run.letter and " of " .. run.letter or "")
end

local function show_table(run, result, range)
  local read, why = read_table(run, result)
  if not read then return html.fill('<p class="faint">%s</p>', why) end
  local shown = table_part(read.made, name_of(run, result))
  local plot = read.whole and plot_part(read.whole, name_of(run, result), range)
  if plot then shown = plot .. "<details><summary>The first rows as a table</summary>" .. shown .. "</details>" end
  return (read.changed and CHANGED or "") .. shown
end

local function show_image(run, result, kind)
  local bytes, err = run.read(result.file, ROOM)
  if not bytes then return html.fill('<p class="faint">It is not shown here: %s</p>', err.message) end
  return (core.digest(bytes) ~= result.sha256 and CHANGED or "")
    .. html.fill('<figure><img alt="%s" src="data:%s;base64,%m"></figure>', "Picture " .. name_of(run, result),
    images[kind], html.base64(bytes))
end

--- What there is to see of a result { file, sha256, bytes }, with a heading and a link; nil where that is nothing, or
-- the page has no room left. `room`: what results.room gave; `range`: of the values of a plot.
function results.show(run, result, room, range)
  local kind = result.file:lower():match "%.(%w+)$"
  local shown
  if kind == "csv" or kind == "tsv" then
    shown = show_table(run, result, range)
  elseif images[kind] then
    shown = show_image(run, result, kind)
  else
    return nil
  end
  if #shown > room.left then
    room.full = true
    return nil
  end
  room.left = room.left - #shown
  return html.fill('<h3><a href="%s">%s</a>%s</h3>%m', run.link(result.file), result.file,
    run.letter and (" of " .. run.letter) or "", shown)
end

--- The room that a page has for results.
function results.room()
  return { left = ROOM, full = false }
end

--- The range of the values of a table over time; nil where it is none.
function results.range(run, result)
  if not result.file:lower():find "%.[ct]sv$" then return nil end
  local read = read_table(run, result)
  if read and read.whole then return series.range(read.whole) end
end

return results
