--- What is to be drawn, as bioxen.plot takes it: of its own options, and of trajectories, ensembles and sweeps.

local branches = require "bioxen.plot.branches"
local ensemble_figure = require "bioxen.plot.ensemble"
local options = require "bioxen.plot.options"
local trajectory_figure = require "bioxen.plot.trajectory"
local world = require "bioxen.plot.world"

local describe = {}

-- Series of branches of steady states.
local function with_branches(described, level)
  if described.series or described.panels or not described.names then
    options.mistake(level + 1, "plot: branches and names expected, without series or panels")
  end
  described.series = branches.figure(described.branches, described.names, level + 1)
  described.x_label = described.x_label or described.branches.parameter
  described.branches, described.names = nil, nil
  return described
end

--- What bioxen.plot is given, with the panels of a world, and then of its lineages, in the place of series and panels.
-- Raises, `level` frames above.
function describe.given(given, level)
  local described = options.check(given, options.general, "plot", level + 1)
  if described.branches then return with_branches(described, level + 1) end
  if described.names then options.mistake(level + 1, "plot.names: is for branches") end
  if not (described.world or described.lineage) then return given end
  if described.series or described.panels then
    options.mistake(level + 1, "plot: either world and lineage, or series or panels expected")
  end
  local panels = described.world and world.figure(described.world, level + 1) or {}
  for _, panel in ipairs(described.lineage and world.lineage(described.lineage, level + 1) or {}) do
    panels[#panels + 1] = panel
  end
  described.world, described.lineage, described.panels = nil, nil, panels
  return described
end

--- What gives their figures: the checked options, and what bioxen.plot takes. Raises, `level` frames above.
describe.figures = { Trajectory = trajectory_figure, Ensemble = ensemble_figure,
  SweepTable = function(...) return require "bioxen.plot.sweep"(...) end }

return describe
