--- The figure of an ensemble: means with bands, or the distribution of one column.

local columns = require "bioxen.plot.columns"
local decimal = require "bioxen.decimal"
local options = require "bioxen.plot.options"
local time = require "bioxen.plot.time"

-- Bars of a histogram at most. Few runs get fewer: the square root of their number.
local BARS = 60

local function bars_for(count)
  return math.min(BARS, math.max(5, math.ceil(count^0.5)))
end

-- The band that was asked for, or that the ensemble was run for: "sd", "range" or { low, high }.
local function band_of(ensemble, given, level)
  local kept = ensemble:quantiles()
  local outermost = #kept >= 2 and { math.min(table.unpack(kept)), math.max(table.unpack(kept)) }
  if given == "quantiles" and not outermost then
    options.mistake(level + 1, "plot.band: the ensemble has no quantiles: run it with quantiles = { 0.05, 0.95 }")
  end
  if given == nil then return outermost or "sd" end
  return given == "quantiles" and outermost or given
end

local function percent(part)
  return decimal("%.4g", 100*part) .. " %"
end

local function heading(ensemble, band)
  local of = ("of %d runs"):format(ensemble.runs)
  if not band then return "mean " .. of end
  if band == "sd" then return "mean and standard deviation " .. of end
  if band == "range" then return "mean, min to max " .. of end
  return ("mean, %s to %s %s"):format(percent(band[1]), percent(band[2]), of)
end

local function edges(ensemble, name, band)
  if not band then return nil, nil end
  if band == "range" then return ensemble:min(name), ensemble:max(name) end
  if band ~= "sd" then return ensemble:quantile(name, band[1]), ensemble:quantile(name, band[2]) end
  -- Within what was seen: counts do not fall below 0 in a picture.
  local low, high, sd, least, greatest = {}, {}, ensemble:sd(name), ensemble:min(name), ensemble:max(name)
  for i, mean in ipairs(ensemble:mean(name)) do
    low[i], high[i] = math.max(mean - sd[i], least[i]), math.min(mean + sd[i], greatest[i])
  end
  return low, high
end

local function means(ensemble, given, level)
  local function values_of(name) return ensemble:mean(name) end
  local panels, remark = columns.panels(given, ensemble:names(), values_of, "the ensemble", level + 1)
  local band = band_of(ensemble, given.band, level + 1)
  local x, unit = time.convert(ensemble:times(), given.time_unit)
  for _, panel in ipairs(panels) do
    panel.series = {}
    for i, name in ipairs(panel.names) do
      local low, high = edges(ensemble, name, band)
      panel.series[i] = { x = x, y = values_of(name), low = low, high = high, name = name }
    end
  end
  local made = columns.figure(given, panels, ("time (%s)"):format(unit))
  made.remark = heading(ensemble, band) .. (remark and "; " .. remark or "")
  return made
end

-- Values that are known one by one, gathered into bars of one width; those of whole numbers are centred at one.
local function gather(bins, runs)
  local exact, whole = true, true
  for _, bin in ipairs(bins) do
    exact, whole = exact and bin.low == bin.high, whole and bin.low == math.floor(bin.low)
  end
  if not exact or #bins <= 1 then return bins end
  local first, last = bins[1].low, bins[#bins].low
  local width = (last - first)/bars_for(runs)
  if whole then width = math.max(1, math.ceil((last - first + 1)/bars_for(runs))) end
  local shift = whole and 0.5 or 0
  local bars, by_place = {}, {}
  for _, bin in ipairs(bins) do
    local place = (bin.low - first)//width
    if not whole and bin.low == last then place = bars_for(runs) - 1 end
    local bar = by_place[place]
    if not bar then
      bar = { low = first + place*width - shift, high = first + (place + 1)*width - shift, count = 0 }
      by_place[place] = bar
      bars[#bars + 1] = bar
    end
    bar.count = bar.count + bin.count
  end
  return bars
end

-- A value alone has no width: it gets that of the least distance to another.
local function give_widths(bars)
  local gap = math.huge
  for i = 2, #bars do gap = math.min(gap, bars[i].low - bars[i - 1].low) end
  if gap == math.huge then gap = 1 end
  for _, bar in ipairs(bars) do
    if bar.low == bar.high then bar.low, bar.high = bar.low - gap/2, bar.high + gap/2 end
  end
end

local function distribution(ensemble, given, level)
  local name = given.histogram
  columns.panels({ names = { name } }, ensemble:names(), nil, "the ensemble", level + 1)
  if given.names or given.panels then
    options.mistake(level + 1, "plot.histogram: of one column; names and panels are for means")
  end
  local times = ensemble:times()
  local bars = gather(ensemble:histogram(name, given.time), ensemble.runs)
  give_widths(bars)
  local s = { x = {}, y = {}, from = {}, to = {}, style = "bars", name = name }
  for i, bar in ipairs(bars) do
    s.x[i], s.y[i], s.from[i], s.to[i] = (bar.low + bar.high)/2, bar.count, bar.low, bar.high
  end
  local at = given.time or times[#times]
  local unit = given.time_unit or time.unit(at)
  local panel = { names = { name }, series = { s }, words = { x_label = given.x_label or name,
    y_label = given.y_label or "runs", legend = given.legend or false } }
  local made = columns.figure(given, { panel })
  made.remark = ("%d runs at %s"):format(ensemble.runs, time.text(at, unit))
  return made
end

--- The checked options, and what bioxen.plot takes. Raises, `level` frames above.
return function(ensemble, given, level)
  given = options.check(given, options.ensemble, "plot", level + 1)
  if given.time and not given.histogram then
    options.mistake(level + 1, "plot.time: the time of a histogram; name its column: histogram = …")
  end
  return given, (given.histogram and distribution or means)(ensemble, given, level + 1)
end
