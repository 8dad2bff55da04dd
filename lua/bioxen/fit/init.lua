--- bioxen.fit: the parameters of a model from measurements, by many starts that are shared out among VMs.

local check = require "bioxen.check"
local core = require "bioxen.core"
local create = require "bioxen.create"
local hypervisor = require "bioxen.hypervisor"
local fragment = require "bioxen.report.fragment"
local map = require "bioxen.map"
local petab = require "bioxen.fit.petab"
local picture = require "bioxen.fit.picture"
local plot = require "bioxen.plot"
local sbml = require "bioxen.model.sbml"

local fit = {}

local MEMORY = 4 << 30 -- bytes that a VM may take; it takes what it needs
local LIMIT = 60 << 20 -- bytes of measurements
local SOLVER = 1e-8    -- relative tolerance while parameters are sought
local QUANTILE = 1.959963984540054 -- of the normal distribution, for 95 %

local schema = {
  problem = { type = "string" },
  model = { type = "string" },
  data = { type = "string" },
  estimate = { type = "table" },
  noise = { type = "string", choices = { "normal", "laplace", "log-normal", "log-laplace" }, default = "normal" },
  starts = { type = "number", integer = true, minimum = 1, default = 10 },
  first = { type = "string", choices = { "random", "nominal" }, default = "random" },
  method = { type = "string", choices = { "local", "global" }, default = "local" },
  gradient = { type = "string", choices = { "forward", "adjoint", "differences" } },
  seed = { type = "number", integer = true, minimum = 0, default = 1 },
  jobs = { type = "number", integer = true, minimum = 1 },
  evaluations = { type = "number", integer = true, minimum = 1, default = 2000 },
  solver = { type = "number", above = 0, maximum = 0.1, default = SOLVER },
  tolerance = { type = "number", above = 0 },
  profiles = { type = "boolean", default = false },
  progress = { type = "function" },
}

-- ---- VMs ----

local function start_vm(number)
  local vm, err = create.create(hypervisor.default(), "fit-" .. number, "minimal_cell", "basic",
    { memory = MEMORY, timeout = math.huge }, false)
  if not vm then return nil, err end
  local started, err = vm:start()
  if not started then return nil, err end
  return vm
end

local LOAD_DATA = [[
  local fit_data = require "library.fit_data"
  spec = fit_data.spec(args.file, args.text, args.estimated, args.noise)
  for _, p in ipairs(spec.parameters) do p.value = p.value or cell:get(p.id) end
  objective = cell:objective(spec)
  problem = { rows = {}, parameters = spec.parameters, priors = false, warnings = {} }
  for i, m in ipairs(spec.measurements) do
    problem.rows[i] = { observableId = m.observable, time = m.time, measurement = m.value, where = m.where,
      scale = spec.observables[1].scale }
  end
  return problem]]

-- "0.1:10", "log:0.1:10", "linear:0:5", or a table { lower, upper, scale }: as cell:objective has it.
local function parameter_of(name, given)
  if type(given) == "table" then
    return { id = name, lower = given.lower or given[1], upper = given.upper or given[2],
      scale = given.scale or "log10", value = given.value, prior = given.prior, estimated = true }
  end
  local scale, bounds = tostring(given):match "^(%a[%w]*):(.*)$"
  local low, high = (bounds or tostring(given)):match "^([^:]+):([^:]+)$"
  return { id = name, lower = tonumber(low), upper = tonumber(high), scale = scale or "log10", estimated = true }
end

local scales = { linear = true, log = true, log10 = true }

-- What is to be estimated, by name, so that the order is always one.
local function estimated_of(given)
  local list, names = {}, {}
  for name in pairs(given) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local p = parameter_of(name, given[name])
    if not p.lower or not p.upper or not scales[p.scale] then
      return nil, ("estimate: %s: LOW:HIGH expected, with log:, log10: or linear: before it"):format(name)
    end
    list[i] = p
  end
  return list
end

-- What makes a VM ready: a function of it that gives the problem; or nil and an error.
local function loader_of(options, vm)
  if options.problem then
    local files, err = petab.read(vm, options.problem)
    if not files then return nil, err end
    return function(each) return petab.load(each, files) end
  end
  local text, problem = core.read_file(options.data, LIMIT)
  if not text then return nil, problem end
  local estimated, why = estimated_of(options.estimate)
  if not estimated then return core.fail("ESCRIPT", why) end
  local args = { file = options.data:match "[^/]*$", text = text, estimated = estimated, noise = options.noise }
  return function(each)
    local cleared, err = each:execute_biological_process "cell:clear()"
    if not cleared then return nil, err end
    local model, err = sbml.load(each, options.model, {})
    if not model then return nil, err end
    local answer, err = each:execute_biological_process(LOAD_DATA, { args = args, name = "fit" })
    if not answer then return nil, err end
    answer.result.warnings = model.warnings
    return answer.result
  end
end

-- ---- starts ----

local START = "return objective:fit(args)"

local function searches(options)
  local list = {}
  for i = 1, options.starts do
    local start = options.first == "nominal" and i - 1 or i
    list[i] = { start = start, seed = options.seed, method = options.method, evaluations = options.evaluations,
      solver = options.solver, tolerance = options.tolerance, gradient = options.gradient }
  end
  return list
end

-- What a start came to, noted; the best comes first, of equals the one that was before.
local function note(self, index, answer, err)
  local found = answer and answer.result or { log_posterior = -math.huge, failure = tostring(err) }
  found.number = index
  table.insert(self.starts, found)
  table.sort(self.starts, function(a, b)
    if a.log_posterior ~= b.log_posterior then return a.log_posterior > b.log_posterior end
    return a.number < b.number
  end)
end

-- What VMs whose search was interrupted had by then.
local function note_interrupted(self)
  for _, vm in ipairs(self.vms) do
    local answer = vm:get_state() == "running"
      and vm:execute_biological_process("return objective:last()", { timeout = 5 })
    if answer and answer.result and answer.result.stopped == "interrupted" then note(self, 0, answer) end
  end
end

local function search(self, options)
  local good, err = pcall(function()
    local work = function(vm, args) return vm:submit(START, { args = args, name = "fit" }) end
    local how = { vms = self.vms, ordered = false, seed = options.seed }
    for index, answer, err in map.map(searches(options), work, how) do
      note(self, index, answer, err)
      if options.progress then options.progress(#self.starts, options.starts, self.starts[1].log_posterior) end
    end
  end)
  if good then return end
  if not tostring(err):find "interrupted" then error(err, 0) end
  self.interrupted = true
  note_interrupted(self)
end

-- ---- what is known of the best ----

local RIDGE, VAST = 1e-9, 1e5

-- The diagonal of the inverse of a symmetric matrix with ones on its diagonal, by rows: vast where the matrix says
-- nothing, for a little is added to its own.
local function inverse_diagonal(a)
  local n, l, diagonal = #a, {}, {}
  for i = 1, n do
    l[i] = {}
    for j = 1, i do
      local sum = a[i][j] + (i == j and RIDGE or 0)
      for k = 1, j - 1 do sum = sum - l[i][k]*l[j][k] end
      l[i][j] = i == j and math.sqrt(math.max(sum, RIDGE)) or sum/l[j][j]
    end
  end
  for c = 1, n do
    local x = {}
    for i = c, n do
      local sum = i == c and 1 or 0
      for k = c, i - 1 do sum = sum - l[i][k]*x[k] end
      x[i] = sum/l[i][i]
      diagonal[c] = (diagonal[c] or 0) + x[i]^2
    end
  end
  return diagonal
end

-- Standard errors on the parameters' scales, by Fisher's information of those that are not at a bound; nil for what the
-- measurements do not tell by themselves.
local function standard_errors(information, list)
  local n, a = #list, {}
  for i = 1, n do
    a[i] = {}
    for j = 1, n do
      local scale = math.sqrt(information[list[i].id][list[i].id]*information[list[j].id][list[j].id])
      a[i][j] = scale > 0 and information[list[i].id][list[j].id]/scale or i == j and 1 or 0
    end
  end
  local diagonal = inverse_diagonal(a)
  for i, p in ipairs(list) do
    local own = information[p.id][p.id]
    p.standard_error = own > 0 and diagonal[i] < VAST and math.sqrt(diagonal[i]/own) or nil
  end
end

local function scaled(p, value)
  return p.scale == "log10" and math.log(value, 10) or p.scale == "log" and math.log(value) or value
end

local function unscaled(p, x)
  return p.scale == "log10" and 10^x or p.scale == "log" and math.exp(x) or x
end

-- Values, bounds that they are at, and intervals by the curvature at the best.
local function describe(self, information)
  local inner = {}
  for _, p in ipairs(self.parameters) do
    p.value = self.values[p.id]
    local width = scaled(p, p.upper) - scaled(p, p.lower)
    local low, high = scaled(p, p.value) - scaled(p, p.lower), scaled(p, p.upper) - scaled(p, p.value)
    p.at_bound = width > 0 and (low < 1e-4*width and "lower" or high < 1e-4*width and "upper") or nil
    if not p.at_bound then inner[#inner + 1] = p end
  end
  standard_errors(information, inner)
  for _, p in ipairs(inner) do
    local e = p.standard_error
    if e and e < 50 then
      p.low, p.high = unscaled(p, scaled(p, p.value) - QUANTILE*e), unscaled(p, scaled(p, p.value) + QUANTILE*e)
    end
  end
end

local AT_BEST = [[
  local e, g = objective:evaluate(args), objective:gradient(args)
  e.information = g.information
  e.curves = require("library.fit_tools").curves(spec, args, 101)
  return e]]

-- In the first VM, exactly.
local function look_at_best(self)
  local best = self.starts[1]
  if not best or best.log_posterior == -math.huge then
    local why = best and best.failure or "no start came to an end"
    return core.fail("ESIMULATION", "no parameters were found: " .. why)
  end
  self.values = best.values
  local answer, err = self.vms[1]:execute_biological_process(AT_BEST, { args = self.values, name = "fit" })
  if not answer then return nil, err end
  local e = answer.result
  self.llh, self.chi2, self.log_prior = e.llh, e.chi2, e.log_prior
  self.simulations, self.deviations, self.curves = e.simulations, e.deviations, e.curves
  describe(self, e.information)
  return self
end

-- ---- profiles ----

local PROFILE = [[
  local tools = require "library.fit_tools"
  return tools.profile(objective, args.values, args.log_posterior, args.parameter, args.sign, args.step, args)]]

local function profiles(self, options)
  local items = {}
  for _, p in ipairs(self.parameters) do
    for _, sign in ipairs { -1, 1 } do
      local e = p.standard_error
      items[#items + 1] = { parameter = p, sign = sign, values = self.values, solver = options.solver,
        step = e and math.min(math.max(e/2, 1e-4), 0.5) or 0.1, log_posterior = self.starts[1].log_posterior,
        evaluations = options.evaluations, tolerance = options.tolerance, gradient = options.gradient }
    end
  end
  local work = function(vm, args) return vm:submit(PROFILE, { args = args, name = "profile" }) end
  for index, answer, err in map.map(items, work, { vms = self.vms }) do
    if not answer then return nil, err end
    local p, side = items[index].parameter, items[index].sign < 0 and "low" or "high"
    p.profile = p.profile or {}
    p.profile[side] = answer.result
    p[side] = not answer.result.open and answer.result.limit or nil
    if answer.result.better > 0.01 then self.better = math.max(self.better or 0, answer.result.better) end
  end
  for _, p in ipairs(self.parameters) do
    p.identifiable = not (p.profile.low.open or p.profile.high.open)
  end
  return self
end

-- ---- the whole ----

local Fit = { __name = "bioxen.Fit" }
Fit.__index = Fit

--- Draw measurements and what is simulated: a panel for each observable.
function Fit:plot(options)
  if options and plot.is_page(options) then return self:html(options) end
  return plot.plot(picture.figure(self, options or {}))
end

--- The same with its numbers, in HTML. See types.lua.
function Fit:html(options)
  local mine, rest = fragment.options(options, 2)
  local given, err = fragment.give(picture.parts(self, rest), mine, 2)
  return given, err
end

local function close(self)
  for _, vm in ipairs(self.vms) do vm:destroy() end
  self.vms = nil
end

local function prepare(self, options)
  local jobs = math.min(options.jobs or core.cores(), options.starts)
  local first, err = start_vm(1)
  if not first then return nil, err end
  self.vms[1] = first
  local load, err = loader_of(options, first)
  if not load then return nil, err end
  for i = 1, jobs do
    local vm, err = self.vms[i], nil
    if not vm then vm, err = start_vm(i) end
    if not vm then return nil, err end
    self.vms[i] = vm
    local problem, err = load(vm)
    if not problem then return nil, err end
    self.problem = self.problem or problem
  end
  self.parameters = {}
  for _, p in ipairs(self.problem.parameters) do
    if p.estimated then
      table.insert(self.parameters, { id = p.id, scale = p.scale or "linear", lower = p.lower, upper = p.upper })
    end
  end
  if #self.parameters == 0 then return core.fail("EMODEL", "nothing is to be estimated") end
  return self
end

--- Fit: a bioxen.Fit; or nil and an error.
function fit.fit(given)
  local wrong = {}
  local options = check.table(given, schema, "fit", wrong)
  if (options.problem == nil) == (options.model == nil) then
    wrong[#wrong + 1] = "fit: either problem expected, or model, data and estimate"
  elseif options.model and not (options.data and options.estimate and next(options.estimate)) then
    wrong[#wrong + 1] = "fit: data and estimate expected beside model"
  end
  check.raise(wrong, 2)
  local self = setmetatable({ vms = {}, starts = {} }, Fit)
  local made, err = prepare(self, options)
  if made then
    search(self, options)
    made, err = look_at_best(self)
  end
  if made and options.profiles and not self.interrupted then made, err = profiles(self, options) end
  close(self)
  return made, err
end

return fit
