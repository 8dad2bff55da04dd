--- A fit's picture: a panel for each observable, what was measured as points, what is simulated as lines.

local picture = {}

local function experiment_of(row)
  if row.experimentId and row.experimentId ~= "" then return row.experimentId end
  local before = row.preequilibrationConditionId
  return (before and before .. ";" or "") .. (row.simulationConditionId or "data")
end

-- A deviation on either side of what was measured.
local function bar_of(row, deviation)
  local base = row.scale == "log10" and 10 or row.scale == "log" and math.exp(1)
  if base then return row.measurement/base^deviation, row.measurement*base^deviation end
  return row.measurement - deviation, row.measurement + deviation
end

-- The panel of an observable, made when it is first met.
local function panel_of(panels, id)
  if not panels[id] then
    panels[id] = { title = id, series = {}, colours = {}, count = 0, legend = false }
    panels[#panels + 1] = panels[id]
  end
  return panels[id]
end

local function colour_of(panel, experiment)
  if not panel.colours[experiment] then
    panel.count = panel.count + 1
    panel.colours[experiment] = panel.count
  end
  return panel.colours[experiment]
end

--- What bioxen.plot takes, of a fit; options as of bioxen.plot.
function picture.figure(fit, options)
  local panels, points = {}, {}
  for _, curve in ipairs(fit.curves) do
    local panel = panel_of(panels, curve.observable)
    if #curve.times > 0 then
      table.insert(panel.series, { x = curve.times, y = curve.values, name = curve.experiment,
        colour = colour_of(panel, curve.experiment) })
    end
  end
  for i, row in ipairs(fit.problem.rows) do
    local experiment = experiment_of(row)
    local panel = panel_of(panels, row.observableId)
    local key = row.observableId .. "\0" .. experiment
    if row.time < math.huge then
      if not points[key] then
        points[key] = { x = {}, y = {}, low = {}, high = {}, style = "points", name = experiment .. ", measured",
          colour = colour_of(panel, experiment) }
        table.insert(panel.series, points[key])
      end
      local series, n = points[key], #points[key].x + 1
      series.x[n], series.y[n] = row.time, row.measurement
      series.low[n], series.high[n] = bar_of(row, fit.deviations[i])
    end
  end
  local drawn = {}
  for _, panel in ipairs(panels) do
    if #panel.series > 0 then
      drawn[#drawn + 1] = { title = panel.title, series = panel.series, legend = #panel.series <= 8 or nil }
    end
  end
  local given = { panels = drawn, x_label = "time", across = #drawn > 3 and 2 or nil }
  for key, value in pairs(options) do given[key] = value end
  return given
end

--- What a fit is shown as in HTML.
function picture.parts(fit, options)
  local rows = {}
  for i, p in ipairs(fit.parameters) do
    rows[i] = { p.id, p.value, p.low, p.high, p.standard_error,
      p.at_bound and "at its " .. p.at_bound .. " bound" or "" }
  end
  local facts = { { "Log-likelihood", fit.llh }, { "chi2", fit.chi2 }, { "Measurements", #fit.problem.rows },
    { "Starts", #fit.starts } }
  if fit.interrupted then facts[#facts + 1] = { "Interrupted", "this is the best so far" } end
  return { title = options.title or "Fit", facts = facts, figure = picture.figure(fit, options),
    tables = { { names = { "parameter", "value", "95 % from", "to", "standard error", "remark" }, rows = rows,
      label = "Parameters", open = true } } }
end

return picture
