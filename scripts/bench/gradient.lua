-- Gradients of likelihoods by adjoints and along, with how far they are apart and how long they take:
--   build/bin/bioxen scripts/bench/gradient.lua
-- of cascades with more and more parameters; or
--   build/bin/bioxen scripts/bench/gradient.lua DIR [IDS]
-- of a folder of models in SBML with index.tsv, as ../shared/biomodels, by all their parameters and initial values. Each
-- time is that of one gradient or evaluation, of a processor; measured are all species at ten times.

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

local function measure(prepare, duration)
  local vm <close> = assert(bioxen.create_bio_vm("gradient", "empty", "basic", { memory = 4 << 30, timeout = 120 }))
  assert(vm:start())
  local ready, err = prepare(vm)
  if not ready then return nil, err end
  local answer, err = vm:execute_biological_process(INSIDE, { args = { duration = duration }, name = "gradient" })
  return answer and answer.result, err
end

local function line_of(name, r)
  local t = r.time
  return ("%s\t%d\t%s\t%.3g\t%.3g\t%.3g\t%.1e\t%s"):format(name, r.parameters, r.by, 1e3*t.evaluation,
    1e3*t.adjoint, 1e3*(t.forward or 0/0), r.apart, r.where)
end

print "model\tparameters\tby\tevaluation, ms\tadjoint, ms\tforward, ms\tapart\tworst"

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

if not arg[1] then
  for _, length in ipairs { 2, 5, 10, 20, 50, 100 } do
    local code = cascade(length)
    print(line_of("cascade " .. length,
      assert(measure(function(vm) return vm:execute_biological_process(code) end, 20))))
  end
  return
end

local dir, only = arg[1], arg[2]
local header, counts, limits = nil, {}, { 1e-7, 1e-6, 1e-5, 1e-4, 1e-3 }
for line in io.lines(dir .. "/index.tsv") do
  local fields = {}
  for field in (line .. "\t"):gmatch "([^\t]*)\t" do fields[#fields + 1] = field end
  if not header then
    header = {}
    for i, name in ipairs(fields) do header[name] = i end
  elseif not only or ("," .. only .. ","):find("," .. fields[header.id]:match "0*(%d+)$" .. ",", 1, true) then
    local id, duration = fields[header.id], tonumber(fields[header.duration])
    local r, err
    if duration then
      r, err = measure(function(vm) return vm:load_sbml(("%s/%s.xml.gz"):format(dir, id)) end, duration)
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
