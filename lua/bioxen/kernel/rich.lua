--- Values as notebooks show them: text, and of what can be drawn or laid out in rows a picture and a table.

local core = require "bioxen.core"
local html = require "bioxen.report.html"
local plot = require "bioxen.plot"
local sorted_keys = require "bioxen.sorted_keys"
local text = require "bioxen.repl.text"

local rich = {}

local ROWS, COLUMNS = 20, 12 -- of a table that are shown
local LARGEST_SVG = 300000   -- bytes; more becomes a PNG
local BARS = 20              -- fluxes that are drawn
local NAMES = 6              -- species of branches that are drawn
local SIZE = { 760, 440 }    -- pixels of a picture

-- ---- pictures ----

local types = { svg = "image/svg+xml", png = "image/png" }

--- The picture { format, bytes } of what draw(format) draws, as an SVG if that is not large; or nil and an error.
function rich.draw(draw)
  local bytes, err = draw("svg", SIZE)
  if not bytes then return nil, err end
  if #bytes <= LARGEST_SVG then return { format = "svg", bytes = bytes } end
  bytes, err = draw("png", SIZE)
  return bytes and { format = "png", bytes = bytes }, err
end

-- What plot_it() would show, or nil. Where that is interrupted, who began the cell puts the screen right.
local function caught(plot_it)
  local made
  local before = plot.screen
  plot.screen = function(draw)
    made = rich.draw(draw)
    return true
  end
  pcall(plot_it)
  plot.screen = before
  return made
end

local function image(picture, name)
  return html.fill('<img alt="%s" style="width: 100%%; max-width: %spx; height: auto; background: #fff; '
    .. 'border-radius: 6px" src="data:%s;base64,%m">', name, SIZE[1], types[picture.format], html.base64(picture.bytes))
end

local function add_picture(bundle, picture)
  bundle[types[picture.format]] = picture.format == "svg" and picture.bytes or html.base64(picture.bytes)
end

--- A bundle of a picture alone.
function rich.picture_bundle(picture, name)
  local bundle = { ["text/plain"] = name, ["text/html"] = image(picture, name) }
  add_picture(bundle, picture)
  return bundle
end

-- ---- tables ----

local function cell(value)
  if math.type(value) == "float" then return ("%.6g"):format(value) end
  return value == nil and "" or text.cut(tostring(value), 100)
end

-- The first rows, and the last where there are more than are shown.
local function shown_rows(count)
  local rows = {}
  local head = count <= ROWS and count or ROWS//2
  for i = 1, head do rows[i] = i end
  if count > ROWS then
    rows[#rows + 1] = false
    for i = count - ROWS//2 + 1, count do rows[#rows + 1] = i end
  end
  return rows
end

local RIGHT = ' style="text-align: right"'

-- names, and value(row, column) of so many rows.
local function rows_table(names, count, value)
  local columns, out = math.min(#names, COLUMNS), { "<table><thead><tr>" }
  for i = 1, columns do out[#out + 1] = html.fill("<th%m>%s</th>", i > 1 and RIGHT or "", names[i]) end
  out[#out + 1] = "</tr></thead><tbody>"
  for _, row in ipairs(shown_rows(count)) do
    out[#out + 1] = "<tr>"
    for i = 1, columns do
      local one = row and value(row, i)
      out[#out + 1] = html.fill("<td%m>%s</td>", type(one) == "number" and RIGHT or "", row and cell(one) or "…")
    end
    out[#out + 1] = "</tr>"
  end
  out[#out + 1] = "</tbody></table>"
  return { markup = table.concat(out), title = ("%s × %s%s"):format(text.counted(count, "row"),
    text.counted(#names, "column"), #names > columns and (", the first %d"):format(columns) or "") }
end

local function columns_table(names, columns)
  return rows_table(names, #columns[1], function(row, i) return columns[i][row] end)
end

-- ---- what there is of each kind: a name, a function that plots it, a table ----

local kinds = {}

function kinds.Trajectory(t)
  local names, columns = { "time" }, { t:times() }
  for i, name in ipairs(t:names()) do
    if i < COLUMNS then columns[i + 1] = t:column(name) end
    names[i + 1] = name
  end
  return { name = "Trajectory", plot = #t > 1 and function() t:plot() end, table = columns_table(names, columns) }
end

function kinds.Ensemble(e)
  local names, columns = { "time" }, { e:times() }
  for i, name in ipairs(e:names()) do
    if #columns < COLUMNS then
      columns[#columns + 1], columns[#columns + 2] = e:mean(name), e:sd(name)
    end
    names[2*i], names[2*i + 1] = name .. " mean", name .. " sd"
  end
  return { name = ("Ensemble of %d runs"):format(e.runs), plot = #columns[1] > 1 and function() e:plot() end,
    table = columns_table(names, columns) }
end

function kinds.SweepTable(s)
  local names = {}
  for i, column in ipairs(s.columns) do names[i] = column.name end
  return { name = "Sweep", plot = function() s:plot() end,
    table = rows_table(names, #s.rows, function(row, i) return s.rows[row][names[i]] end) }
end

function kinds.Fit(fit)
  local rows = fit.parameters
  return { name = "Fit", plot = function() fit:plot() end, table = rows_table({ "parameter", "value", "low", "high" },
    #rows, function(row, i) return rows[row][({ "id", "value", "low", "high" })[i]] end) }
end

function kinds.GlobalSensitivity(result)
  return { name = "Global sensitivity", plot = function() result:plot() end }
end

-- The greatest fluxes as bars, all of them by size in the table.
local function fluxes(solution)
  local names = {}
  for name, value in pairs(solution.fluxes) do
    if type(name) ~= "string" or type(value) ~= "number" then return nil end
    names[#names + 1] = name
  end
  if #names == 0 then return nil end
  local function size(name) return math.abs(solution.fluxes[name]) end
  table.sort(names, function(a, b)
    return size(a) > size(b) or size(a) == size(b) and a < b
  end)
  local x, y = {}, {}
  for i = 1, math.min(BARS, #names) do x[i], y[i] = names[i], solution.fluxes[names[i]] end
  local title = type(solution.objective) == "number" and ("objective %.6g"):format(solution.objective) or nil
  return { name = "Fluxes", table = rows_table({ "reaction", "flux" }, #names, function(row, i)
    return i == 1 and names[row] or solution.fluxes[names[row]]
  end), plot = function()
    plot.plot { series = { { x = x, y = y, style = "bars" } }, y_label = "flux", title = title }
  end }
end

-- What ensemble:histogram gives.
local function distribution(bins)
  local from, to, y = {}, {}, {}
  for i, bin in ipairs(bins) do
    if type(bin.low) ~= "number" or type(bin.high) ~= "number" or type(bin.count) ~= "number" then return nil end
    local alone = bin.low == bin.high
    from[i], to[i], y[i] = alone and bin.low - 0.5 or bin.low, alone and bin.high + 0.5 or bin.high, bin.count
  end
  return { name = "Distribution", plot = function()
    local x = {}
    for i = 1, #y do x[i] = (from[i] + to[i])/2 end
    plot.plot { series = { { x = x, from = from, to = to, y = y, style = "bars" } }, y_label = "count" }
  end, table = rows_table({ "low", "high", "count" }, #bins, function(row, i)
    return bins[row][({ "low", "high", "count" })[i]]
  end) }
end

local function lineage(cells)
  local names = { "vm_id", "mother", "born", "ended", "fate", "growth_rate" }
  return { name = "Lineage", plot = function() plot.plot { lineage = cells } end,
    table = rows_table(names, #cells, function(row, i) return cells[row][names[i]] end) }
end

local function branches(found)
  local names = sorted_keys(found.branches[1].state)
  names = table.move(names, 1, math.min(NAMES, #names), 1, {})
  return { name = "Branches", plot = function() plot.plot { branches = found, names = names } end }
end

local function is_list_of(value, key)
  return type(value) == "table" and type(value[1]) == "table" and value[1][key] ~= nil
end

-- Tables that are told by what they have.
local function kind_of_table(value)
  if type(value.fluxes) == "table" then return fluxes(value) end
  if is_list_of(value, "count") and value[1].low then return distribution(value) end
  if is_list_of(value, "born") then return lineage(value) end
  if is_list_of(value.branches, "state") then return branches(value) end
  if is_list_of(value.media, "pools") then
    return { name = "World", plot = function() plot.plot { world = value, lineage = value.lineage } end }
  end
end

-- ---- VMs ----

local function card(vm)
  local status = vm:get_status()
  local rows = { { "kind", status.vm_type .. ", " .. status.biological_type },
    { "state", status.state .. (status.busy and ", busy" or "") .. (status.reason and ": " .. status.reason or "") } }
  local function add(name, format, value)
    if value then rows[#rows + 1] = { name, format:format(value) } end
  end
  add("simulated", "%.10g s", status.sim_time)
  add("up", "%.0f s", status.uptime_seconds)
  add("processor", "%.3g s", status.processor_seconds)
  add("memory", "at most %.0f MiB", status.memory_limit and status.memory_limit/2^20)
  add("guest", "%s", status.name)
  add("address", "%s", status.address)
  local out = {}
  for i, row in ipairs(rows) do
    out[i] = html.fill('<tr><th scope="row" style="text-align: left">%s</th><td style="text-align: left">%s</td></tr>',
      row[1], row[2])
  end
  return html.fill('<table><caption style="text-align: left">VM %s</caption><tbody>%m</tbody></table>', status.vm_id,
    table.concat(out))
end

-- ---- bundles ----

local function described(value)
  local class = core.class_name(value)
  if kinds[class] then return kinds[class](value) end
  if type(value) ~= "table" then return nil end
  return kind_of_table(value)
end

local function markup_of(value)
  local class = core.class_name(value)
  if class == "BasicBiologicalVM" or class == "XCPngBiologicalVM" then return card(value) end
  -- What a call of a VM gave, of which the result is what is looked at.
  if type(value) == "table" and rawget(value, "success") == true then value = rawget(value, "result") end
  local found = described(value)
  if not found then return nil end
  local picture = found.plot and caught(found.plot)
  local parts = { picture and image(picture, found.name) }
  if found.table then
    parts[#parts + 1] = html.fill('<details%m><summary>%s</summary><div style="overflow-x: auto">%m</div></details>',
      picture and "" or " open", found.name .. ": " .. found.table.title, found.table.markup)
  end
  return parts[1] and table.concat(parts) or nil, picture
end

--- What a notebook shows of a value, by types of media. `words` is its text. What cannot be drawn is shown as text.
function rich.bundle(words, value)
  local bundle = { ["text/plain"] = words }
  local good, markup, picture = pcall(markup_of, value)
  if not good then return bundle end
  bundle["text/html"] = markup
  if picture then add_picture(bundle, picture) end
  return bundle
end

return rich
