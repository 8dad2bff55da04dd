--- What a run left, as parts of its page: plots, tables and pictures, as long as the page has room for them.

local core = require "bioxen.core"
local decimal = require "bioxen.decimal"
local delimited = require "bioxen.biology.library.delimited"
local html = require "bioxen.report.html"
local picture = require "bioxen.report.picture"
local series = require "bioxen.report.series"
local text = require "bioxen.repl.text"

local results = {}

local ROOM = 1500 << 10      -- bytes of a page that its results may take
local LARGEST = 32 << 20     -- bytes of a table that is read
local CURVES = 14            -- of a plot
local NUMBERS = 20000        -- of a plot that can be looked into
local ROWS, COLUMNS = 20, 12 -- of a table that are shown
local CELL = 200             -- bytes of a cell

local images = { png = "image/png", svg = "image/svg+xml" }

-- ---- tables ----

local function cells(out, row, kind, count)
  for i = 1, count do
    local cell, cut = text.cut(row[i] or "", CELL)
    local class = kind == "td" and tonumber(cell) and ' class="number"' or ""
    out[#out + 1] = ("<%s%s>"):format(kind == "th" and 'th scope="col"' or kind, class) .. html.escape(cell)
      .. (cut and "…" or "") .. ("</%s>"):format(kind)
  end
end

local function table_part(made, name)
  local rows, columns, out = math.min(#made.rows, ROWS), math.min(#made.names, COLUMNS), {}
  cells(out, made.names, "th", columns)
  out[#out + 1] = "</tr></thead><tbody>"
  for i = 1, rows do
    out[#out + 1] = "<tr>"
    cells(out, made.rows[i], "td", columns)
    out[#out + 1] = "</tr>"
  end
  return html.fill('<div class="scroll" role="region" tabindex="0" aria-label="%s"><table><thead><tr>%m</tbody></table>'
    .. '</div><p class="faint">%s.</p>', "Table " .. name, table.concat(out), ("%d of %s, %d of %s"):format(rows,
    text.counted(#made.rows, "row"), columns, text.counted(#made.names, "column")))
end

-- ---- plots ----

local function rounded(column)
  local out = {}
  for i, value in ipairs(column) do out[i] = value == value and tonumber(decimal("%.7g", value)) or value end
  return out
end

local function legend(names)
  local items = {}
  for i, name in ipairs(names) do
    items[i] = html.fill('<li><svg viewBox="0 0 26 10" aria-hidden="true"><path class="line %s" d="M1 5H25"/></svg>'
      .. "<span>%s</span></li>", picture.class(i), name)
  end
  return '<ul class="legend">' .. table.concat(items) .. "</ul>"
end

local function remarks(whole, thin)
  local said = {}
  if thin.thinned then
    said[1] = ("%s of %s rows are drawn, each curve's extremes among them."):format(text.count(#thin.times),
      text.count(thin.thinned))
  end
  if whole.left_out > 0 then
    said[#said + 1] = ("The first %d columns of %d are drawn."):format(#whole.names, #whole.names + whole.left_out)
  end
  return table.concat(said, " ")
end

local function plot_part(whole, name, range)
  local low, high = series.range(whole)
  if range then low, high = range[1], range[2] end
  local still = picture.draw(whole, name, low, high)
  if not still then return nil end
  local thin = series.thin(whole, NUMBERS//(#whole.columns + 1))
  local data = { times = thin.times, names = whole.names, columns = {}, range = range }
  for i, column in ipairs(thin.columns) do data.columns[i] = rounded(column) end
  return html.fill('<figure class="plot">%m%m<script type="application/json">%m</script><figcaption>%s</figcaption>'
    .. "</figure>", still, legend(whole.names), html.json(data), remarks(whole, thin))
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
