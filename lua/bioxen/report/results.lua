--- What a run left, as parts of its page: plots, tables and pictures, as long as the page has room for them.

local core = require "bioxen.core"
local delimited = require "bioxen.biology.library.delimited"
local figures = require "bioxen.report.figures"
local html = require "bioxen.report.html"
local known = require "bioxen.report.known"
local series = require "bioxen.report.series"
local tables = require "bioxen.report.tables"

local results = {}

results.LARGEST = 32 << 20 -- bytes of a table that is read

local ROOM = 1500 << 10  -- bytes of a page that its results may take
local CURVES = 14        -- of a plot
local ROWS = 1000        -- of a table that are shown
local PANELS = 4         -- of a table over time
local APART = 30         -- how many times as large are numbers that get a panel of their own

local images = { png = "image/png", svg = "image/svg+xml" }

-- ---- tables ----

local function table_part(made, name)
  local shown = { names = made.names, rows = made.rows }
  local thing, number, flag, ranked = tables.ranking(made)
  if thing and not ranked then shown = tables.sorted(made, number, flag) end
  return tables.draw(shown, { label = "Table " .. name, most = ROWS, bars = number, marked = flag })
end

-- ---- figures ----

-- The range of the values of each series by its name, as an axis has to show it; of heat maps and bars none.
local function ranges_of(described)
  local ranges = {}
  for _, panel in ipairs(described.panels or { described }) do
    for _, s in ipairs(panel.series) do
      local low, high = series.range { columns = { s.y, s.low, s.high } }
      if s.style ~= "heat" and s.style ~= "bars" and low <= high then ranges[s.name or ""] = { low, high } end
    end
  end
  return ranges
end

local function size_of(range) return range and math.max(math.abs(range[1]), math.abs(range[2])) or 0 end

-- A panel for each size of numbers: what is less than a thirtieth of others would not be seen beside them.
local function panels_by_size(described, ranges)
  local order, panels, most = {}, {}, nil
  for i, s in ipairs(described.series) do order[i] = { s = s, size = size_of(ranges[s.name]), i = i } end
  table.sort(order, function(a, b) return a.size > b.size or a.size == b.size and a.i < b.i end)
  for _, each in ipairs(order) do
    if not most or #panels < PANELS and each.size > 0 and each.size*APART < most then
      panels[#panels + 1], most = { series = {}, x_label = described.x_label }, each.size
    end
    each.panel = #panels
  end
  table.sort(order, function(a, b) return a.i < b.i end)
  for _, each in ipairs(order) do table.insert(panels[each.panel].series, each.s) end
  return { panels = panels, across = #panels > 1 and 2 or 1, remark = described.remark }
end

-- Axes that show all of these ranges.
local function set_ranges(described, ranges)
  for _, panel in ipairs(described.panels or { described }) do
    local low, high = math.huge, -math.huge
    for _, s in ipairs(panel.series) do
      local range = ranges[s.name or ""]
      if range then low, high = math.min(low, range[1]), math.max(high, range[2]) end
    end
    local beyond = 0.03*(high - low)
    if beyond > 0 and beyond < math.huge then panel.y_range = { low - beyond, high + beyond } end
  end
end

local function over_time(whole)
  local described = { series = {}, x_label = whole.label }
  for i, column in ipairs(whole.columns) do
    described.series[i] = { x = whole.times, y = column, name = whole.names[i] }
  end
  if whole.left_out > 0 then
    described.remark = ("the first %d columns of %d"):format(#whole.names, #whole.names + whole.left_out)
  end
  return described
end

-- What bioxen.plot takes, of a table { made, whole }; nil where it is neither known nor over time. `ranges`: those of
-- another beside it, too.
local function figure_of(read, ranges)
  local described = known.figure(read.made)
  if not described and read.whole then
    described = over_time(read.whole)
    described = panels_by_size(described, ranges or ranges_of(described))
  end
  if described and ranges then set_ranges(described, ranges) end
  return described
end

-- ---- files ----

-- A table in a file: { made, whole }, the second where it goes over time; or nil and why not.
local function read_table(run, result)
  if result.bytes and result.bytes > results.LARGEST then return nil, "It is too large to be shown here." end
  local bytes, err = run.read(result.file, results.LARGEST)
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

local function show_table(run, result, ranges)
  local read, why = read_table(run, result)
  if not read then return html.fill('<p class="faint">%s</p>', why) end
  local shown = table_part(read.made, name_of(run, result))
  local described = figure_of(read, ranges)
  if described then
    local drawn = figures.draw(described, { live = true, name = name_of(run, result) }, 1)
    shown = drawn .. "<details><summary>The first rows as a table</summary>" .. shown .. "</details>"
  end
  return (read.changed and CHANGED or "") .. shown
end

local function show_image(run, result, kind)
  local bytes, err = run.read(result.file, ROOM)
  if not bytes then return html.fill('<p class="faint">It is not shown here: %s</p>', err.message) end
  return (core.digest(bytes) ~= result.sha256 and CHANGED or "")
    .. html.fill('<figure><img alt="%s" src="data:%s;base64,%m"></figure>', "Picture " .. name_of(run, result),
    images[kind], html.base64(bytes))
end

--- The kind of a file by its name, where there is something to see of it.
function results.shows(name)
  local kind = name:lower():match "%.(%w+)$"
  return (kind == "csv" or kind == "tsv" or images[kind]) and kind or nil
end

--- What there is to see of a result { file, sha256, bytes }, with a heading and a link; nil where that is nothing, or
-- the page has no room left. `room`: what results.room gave; `ranges`: of series by name.
function results.show(run, result, room, ranges)
  local kind = results.shows(result.file)
  local shown
  if kind == "csv" or kind == "tsv" then
    shown = show_table(run, result, ranges)
  elseif kind then
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

--- The ranges of a table's series, by name, where it has a figure.
function results.ranges(run, result)
  if not result.file:lower():find "%.[ct]sv$" then return {} end
  local read = read_table(run, result)
  local described = read and figure_of(read)
  return described and ranges_of(described) or {}
end

return results
