-- Gradients of likelihoods by adjoints and along, with how far they are apart and how long they take:
--   build/bin/bioxen scripts/bench/gradient.lua
-- of cascades with more and more parameters;
--   build/bin/bioxen scripts/bench/gradient.lua fits
-- three fits of each cascade;
--   build/bin/bioxen scripts/bench/gradient.lua DIR [IDS]
-- of a folder of models in SBML with index.tsv, as ../shared/biomodels, by all their parameters and initial values.
-- Measured are all species at ten times. Times are of a processor.

local bioxen = require "bioxen"

local INSIDE = [[
local duration, columns = args.duration, cell:species()
local run = cell:run { duration = duration, every = duration/10 }
cell:reset()
local spec = { parameters = {}, aliases = {}, observables = {}, measurements = {},
  experiments = { { id = "e", { time = 0, set = {} } } } }
for ending, list in pairs { [""] = cell:parameters(), _at_0 = columns } do
  for _, name in ipairs(list) do
    local value = cell:get(name)
    if value == value and math.abs(value) < math.huge then
      table.insert(spec.parameters, { id = name .. ending, value = value, estimated = true })
      if ending ~= "" then spec.aliases[name .. ending] = name end
    end
  end
end
local function largest_of(values)
  local largest = 0
  for _, v in ipairs(values) do largest = math.max(largest, math.abs(v)) end
  return largest
end
local all = 0
for _, name in ipairs(columns) do all = math.max(all, largest_of(run:column(name))) end
for i, name in ipairs(columns) do
  local values = run:column(name)
  local largest = largest_of(values)
  if largest > 1e-9*all and largest < math.huge then -- less may be rounding
    table.insert(spec.observables, { id = "o" .. i, formula = name, deviation = ("%.17g"):format(0.1*largest) })
    for j, time in ipairs(run:times()) do
      local value = values[j]*(1 + 0.1*((i + j) % 3 - 1))
      table.insert(spec.measurements, { experiment = "e", observable = "o" .. i, time = time, value = value })
    end
  end
end
local objective = cell:objective(spec)
local function timed(f)
  local began, count, result = os.clock(), 0, nil
  repeat result, count = f(), count + 1 until os.clock() - began > 0.05
  return (os.clock() - began)/count, result
end
local found, time = {}, {}
time.evaluation = timed(function() objective:evaluate() end)
for _, by in ipairs { "adjoint", "forward" } do
  time[by], found[by] = timed(function() return objective:gradient(nil, { by = by }) end)
  if found[by].by == "differences" then break end
end
-- by how much each parameter moves the likelihood, of itself or of the largest of its kind
local apart, where, largest = 0, "", 0
if found.forward and found.forward.by == "forward" then
  for _, p in ipairs(spec.parameters) do
    largest = math.max(largest, math.abs(found.forward.gradient[p.id]*p.value))
  end
  for _, p in ipairs(spec.parameters) do
    local g = found.forward.gradient[p.id]
    local off = math.abs(g - found.adjoint.gradient[p.id])/(math.abs(g) + largest/(math.abs(p.value) + 1e-100))
    if off > apart then apart, where = off, p.id end
  end
end
return { apart = apart, where = where, time = time, parameters = #spec.parameters, by = found.adjoint.by,
  forward = found.forward and found.forward.by }]]

local FITS = [[
local run, random = cell:run { duration = 20, every = 2 }, 1
cell:reset()
local spec = { parameters = {}, observables = {}, measurements = {},
  experiments = { { id = "e", { time = 0, set = {} } } } }
local function noise() -- about normal
  local sum = -6
  for _ = 1, 12 do
    random = random*16807 % 2147483647
    sum = sum + random/2147483647
  end
  return 0.1*sum
end
for i, name in ipairs(cell:parameters()) do
  local value = cell:get(name)
  spec.parameters[i] = { id = name, value = value, lower = value/10, upper = value*10, scale = "log10",
    estimated = true }
end
for i, name in ipairs(cell:species()) do
  spec.observables[i] = { id = "o" .. i, formula = name, deviation = "0.1" }
  for j, time in ipairs(run:times()) do
    table.insert(spec.measurements,
      { experiment = "e", observable = "o" .. i, time = time, value = run:column(name)[j] + noise() })
  end
end
local objective, found = cell:objective(spec), { parameters = #spec.parameters }
for _, by in ipairs { "adjoint", "forward" } do
  local began, best, evaluations = os.clock(), {}, 0
  for start = 1, 3 do
    local fit = objective:fit { start = start, seed = 3, gradient = by, solver = 1e-8, evaluations = 2000 }
    best[start], evaluations = ("%.3f"):format(fit.log_posterior), evaluations + fit.evaluations
  end
  found[by] = { seconds = os.clock() - began, best = table.concat(best, ", "), evaluations = evaluations }
end
return found]]

local function measure(prepare, args, code)
  local vm <close> = assert(bioxen.create_bio_vm("gradient", "empty", "basic", { memory = 4 << 30, timeout = 600 }))
  assert(vm:start())
  local ready, err = prepare(vm)
  if not ready then return nil, err end
  local answer, err = vm:execute_biological_process(code or INSIDE, { args = args, name = "gradient" })
  return answer and answer.result, err
end

local function line_of(name, r)
  local t = r.time
  return ("%s\t%d\t%s\t%.3g\t%.3g\t%.3g\t%.1e\t%s"):format(name, r.parameters, r.by, 1e3*t.evaluation,
    1e3*t.adjoint, 1e3*(t.forward or 0/0), r.apart, r.where)
end

local HEAD = "model\tparameters\tby\tevaluation, ms\tadjoint, ms\tforward, ms\tapart\tworst"

-- Each protein of a cascade activates the next, with constants of its own.
local function cascade(length)
  local lines = { [[process "cascade" { species = { S0 = 1]] }
  for i = 1, length do lines[#lines + 1] = (", S%d = 0"):format(i) end
  lines[#lines + 1] = " }, parameters = { d0 = 0.05"
  for i = 1, length do lines[#lines + 1] = (", k%d = %g, d%d = %g"):format(i, 1 + 0.1*(i % 3), i, 0.3 + 0.1*(i % 4)) end
  lines[#lines + 1] = " }, reactions = { { \"S0 ->\", k = \"d0\" }"
  for i = 1, length do
    lines[#lines + 1] = (", { \"-> S%d\", rate = \"k%d*S%d/(0.5 + S%d)\" }, { \"S%d ->\", k = \"d%d\" }"):format(i, i,
      i - 1, i - 1, i, i)
  end
  lines[#lines + 1] = " } }"
  return table.concat(lines)
end

local function of_cascade(length, code)
  local process = cascade(length)
  return assert(measure(function(vm) return vm:execute_biological_process(process) end, { duration = 20 }, code))
end

if arg[1] == "fits" then
  print "cascade\tparameters\tgradient\tseconds\tevaluations\tbest"
  for _, length in ipairs { 4, 8, 16, 32 } do
    local found = of_cascade(length, FITS)
    for _, by in ipairs { "adjoint", "forward" } do
      local f = found[by]
      print(("%d\t%d\t%s\t%.2f\t%d\t%s"):format(length, found.parameters, by, f.seconds, f.evaluations, f.best))
    end
  end
  return
end

print(HEAD)
if not arg[1] then
  for _, length in ipairs { 2, 5, 10, 20, 50 } do print(line_of("cascade " .. length, of_cascade(length))) end
  return
end

local dir, only = arg[1], arg[2]
local counts, limits = {}, { 1e-7, 1e-6, 1e-5, 1e-4, 1e-3 }
local index = assert(bioxen.read_table(dir .. "/index.tsv"))
for i, id in ipairs(index.id) do
  if not only or ("," .. only .. ","):find("," .. id:match "0*(%d+)$" .. ",", 1, true) then
    local duration = index.duration[i]
    local r, err
    if duration > 0 then
      r, err = measure(function(vm) return vm:load_sbml(("%s/%s.xml.gz"):format(dir, id)) end, { duration = duration })
    end
    if r then
      local way = r.by == "adjoint" and "both" or tostring(r.forward)
      counts[way] = (counts[way] or 0) + 1
      for _, limit in ipairs(limits) do
        counts[limit] = (counts[limit] or 0) + (way == "both" and r.apart <= limit and 1 or 0)
      end
      print(line_of(id, r))
    elseif err then
      print(id, err.message)
    end
    io.stdout:flush()
  end
end
print(("adjoints %d, derivatives along alone %d, neither %d"):format(counts.both or 0, counts.forward or 0,
  (counts["nil"] or 0) + (counts.differences or 0)))
for _, limit in ipairs(limits) do print(("apart by no more than %g: %d"):format(limit, counts[limit] or 0)) end
