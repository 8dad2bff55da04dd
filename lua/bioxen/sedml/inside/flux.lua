-- Flux balance as tasks ask for it: a model is its XML, in which values are set, and is read anew for each run.

local models = require "sedml.models"
local say = require "sedml.say"
local text = require "sedml.text"

local fluxes = {}

local function solve(model, task)
  local method, options = task.algorithm.method, task.options
  if method == "fva" then
    local ranges, status = model:variability { fraction = options.fraction, loopless = options.loopless,
      pfba_factor = options.pfba_factor }
    if not ranges then return nil, status end
    return { ranges = ranges, objective = model:optimum() }
  end
  local solution = method == "fba" and model:optimise() or model:parsimonious { fraction = options.fraction }
  if solution.status ~= "optimal" then return nil, solution.status end
  return solution
end

--- Run a task on a document: what targets are looked up in.
function fluxes.run(entry, task)
  local model, objective = flux.load_sbml(entry.document:text())
  for _, warning in ipairs(model.warnings) do say.warn("model \"%s\": %s", entry.id, warning.message) end
  local solution, status = solve(model, task)
  if not solution then say.fail("task \"%s\": the model has no optimum: %s", task.id, status) end
  solution.active = objective
  return solution
end

local function listed(list, id, what)
  local value = list and list[id]
  if value then return value end
  say.fail("%s: there is no such value of \"%s\" in this kind of flux analysis", what, id)
end

local function objective_value(solution, id, attribute, what)
  if attribute and attribute ~= "value" then say.fail("%s: an objective has no %s", what, attribute) end
  if solution.active and id ~= solution.active then
    say.fail("%s: the objective \"%s\" is not the active one, which is \"%s\"", what, id, solution.active)
  end
  return solution.objective
end

--- What a target has come to.
function fluxes.value(solution, element, attribute, what)
  local kind, id = element:name(), models.id_of(element)
  if kind == "objective" then return objective_value(solution, id, attribute, what) end
  if kind == "reaction" then
    if attribute == "reducedCost" then return listed(solution.reduced_costs, id, what) end
    if attribute == "minFlux" then return listed(solution.ranges, id, what).minimum end
    if attribute == "maxFlux" then return listed(solution.ranges, id, what).maximum end
    if not attribute or attribute == "flux" then return listed(solution.fluxes, id, what) end
  end
  if kind == "species" and attribute == "shadowPrice" then return listed(solution.shadow_prices, id, what) end
  local number = text.number(element:attribute(attribute or "value"))
  if number then return number end
  say.fail("%s: <%s> %s has no value in flux analysis", what, kind, id or "")
end

return fluxes
