--- Values as notebooks show them: text and, of what has a picture or a table, the HTML that bioxen.html gives.

local core = require "bioxen.core"
local html = require "bioxen.report.html"
local values = require "bioxen.report.values"

local rich = {}

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

-- ---- what is no kind of value of its own ----

-- What ensemble:histogram gives, as bioxen.plot takes it; nil where it is something else.
local function distribution(bins)
  if type(bins) ~= "table" or type(bins[1]) ~= "table" then return nil end
  local bars = { x = {}, from = {}, to = {}, y = {}, style = "bars" }
  for i, bin in ipairs(bins) do
    if type(bin.low) ~= "number" or type(bin.high) ~= "number" or type(bin.count) ~= "number" then return nil end
    local alone = bin.low == bin.high
    bars.from[i], bars.to[i] = alone and bin.low - 0.5 or bin.low, alone and bin.high + 0.5 or bin.high
    bars.x[i], bars.y[i] = (bars.from[i] + bars.to[i])/2, bin.count
  end
  return { series = { bars }, y_label = "count", title = "Distribution" }
end

local function markup_of(value)
  local class = core.class_name(value)
  if class == "BasicBiologicalVM" or class == "XCPngBiologicalVM" then return card(value) end
  -- What a call of a VM gave, of which the result is what is looked at.
  if type(value) == "table" and rawget(value, "success") == true then value = rawget(value, "result") end
  return (values.html(distribution(value) or value))
end

-- ---- bundles ----

-- What notebooks' own style leaves to browsers.
local STYLE = "<style>.bioxen figure { margin: 0.5em 0 } .bioxen tr.hit { font-weight: bold } "
  .. ".bioxen .bar { float: left; margin: 0.2em 0.6em 0 0 }</style>"

-- A picture that stands alone, for those that show no HTML; nil where there is none, or several.
local function picture_of(markup)
  local svg, count = nil, 0
  for one in markup:gmatch '<svg class="still".-</svg>' do svg, count = one, count + 1 end
  return count == 1 and svg:gsub("^<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ') or nil
end

--- What a notebook shows of a value, by types of media. `words` is its text. What cannot be drawn is shown as text.
function rich.bundle(words, value)
  local bundle = { ["text/plain"] = words }
  local good, markup = pcall(markup_of, value)
  if good and markup then
    bundle["text/html"], bundle["image/svg+xml"] = STYLE .. markup, picture_of(markup)
  end
  return bundle
end

return rich
