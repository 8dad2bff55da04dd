-- Forward sensitivities of a folder of models in SBML beside finite differences of runs:
--   build/bin/bioxen scripts/bench/sensitivity_check.lua DIR [IDS]
-- DIR has BIOMD*.xml.gz and index.tsv with a duration for each, as ../shared/biomodels. Of each model up to LIMIT
-- parameters and species are taken, evenly from all. A line for each model: how far derivatives are off at most, beside
-- the largest of their column, where differences with two steps agree; then how many models agree to what.

local bioxen = require "bioxen"

local LIMIT = 4

local INSIDE = [[
local limit, duration = args.limit, args.duration
local run = { duration = duration, every = duration/20, tolerance = { relative = 1e-10 } }
local function values(name, x)
  cell:reset()
  cell:set { [name] = x }
  return cell:run(run)
end
local all, chosen = cell:parameters(), {}
for _, name in ipairs(cell:species()) do all[#all + 1] = name end
cell:reset()
local start = {}
for _, name in ipairs(all) do start[name] = cell:get(name) end
local step = math.max(1, #all // limit)
for i = 1, #all, step do
  if #chosen < limit and start[all[i] ] == start[all[i] ] then chosen[#chosen + 1] = all[i] end
end
if #chosen == 0 then return { worst = 0, count = 0, parameters = 0 } end
local clock = os.clock()
local plain = cell:run(run)
local plain_time = os.clock() - clock
cell:reset()
run.parameters = chosen
clock = os.clock()
local s = cell:sensitivities(run)
local time = os.clock() - clock
run.parameters = nil
local function largest_of(list)
  local largest = 0
  for _, v in ipairs(list) do largest = math.max(largest, math.abs(v)) end
  return largest
end
local function apart(a, b)
  local most = 0
  for i = 1, #a do most = math.max(most, math.abs(a[i] - b[i])) end
  return most
end
local function differences(name, x, h)
  local runs = {}
  for i, d in ipairs { h, -h, 2*h, -2*h } do
    local good, t = pcall(values, name, x + d)
    if not good then return nil end
    runs[i] = t
  end
  local by = {}
  for _, column in ipairs(runs[1]:names()) do
    local a, b, c, d = runs[1]:column(column), runs[2]:column(column), runs[3]:column(column), runs[4]:column(column)
    local list = {}
    for i = 1, #a do list[i] = (8*(a[i] - b[i]) - (c[i] - d[i]))/(12*h) end
    by[column] = list
  end
  return by
end
local worst, where, count, told = 0, "", 0, 0
for _, p in ipairs(chosen) do
  local x, tries, known = start[p], {}, {}
  for _, name in ipairs(s.trajectory:names()) do known[name] = true end
  local size = math.abs(x)
  if known[p] then size = math.max(size, 1e-3*largest_of(s.trajectory:column(p))) end
  if size == 0 then size = 1 end
  for _, part in ipairs { 1e-2, 1e-3, 1e-4, 1e-5, 1e-6 } do tries[#tries + 1] = differences(p, x, part*size) end
  for _, name in ipairs(s.trajectory:names()) do
    local exact = s.by[p]:column(name)
    local unsure, off = math.huge, math.huge
    for i = 2, #tries do -- what two steps agree on is what differences can tell
      local spread = apart(tries[i][name], tries[i - 1][name])
      if spread < unsure then
        unsure, off = spread, math.min(apart(tries[i][name], exact), apart(tries[i - 1][name], exact))
      end
    end
    local scale = largest_of(exact)
    count = count + 1
    -- what two steps agree on and rounding does not hide
    local tells = unsure < 1e-4*scale and scale*size > 1e-6*largest_of(s.trajectory:column(name))
    told = told + (tells and 1 or 0)
    off = off/scale
    if tells and off > worst then
      worst, where = off, ("d %s / d %s, differences to %.1g"):format(name, p, unsure/scale)
    end
  end
  cell:reset()
  cell:set { [p] = x }
end
return { worst = worst, where = where, count = count, told = told, parameters = #chosen, time = time,
  plain = plain_time }
]]

local dir, only = arg[1], arg[2]
local index = assert(bioxen.read_table(dir .. "/index.tsv"))
local durations, ids = {}, {}
for i, id in ipairs(index.id) do
  durations[id] = index.duration[i] > 0 and index.duration[i] or nil
  if not only or ("," .. only .. ","):find("," .. id:match "0*(%d+)$" .. ",", 1, true) then ids[#ids + 1] = id end
end

local limits, counts, refused, failed = { 1e-6, 1e-5, 1e-4, 1e-3, 1e-2 }, {}, 0, 0
local models = 0
for _, id in ipairs(ids) do
  local vm <close> = assert(bioxen.create_bio_vm("check", "empty", "basic", { memory = 2 << 30, timeout = 60 }))
  assert(vm:start())
  local model = durations[id] and vm:load_sbml(dir .. "/" .. id .. ".xml.gz")
  if model then
    local answer, err = vm:execute_biological_process(INSIDE,
      { args = { duration = durations[id], limit = LIMIT }, name = "check" })
    if answer then
      local r = answer.result
      models = models + 1
      for _, limit in ipairs(limits) do counts[limit] = (counts[limit] or 0) + (r.worst <= limit and 1 or 0) end
      print(("%s %.2g of %d columns, %d to be told, by %d parameters; %.3g s, plain %.3g s %s"):format(id, r.worst,
        r.count, r.told or 0, r.parameters, r.time or 0, r.plain or 0, r.worst > 1e-5 and r.where or ""))
    else
      if err.message:find "sensitivities:" then refused = refused + 1 else failed = failed + 1 end
      print(id, "refused: " .. err.message)
    end
    io.stdout:flush()
  end
end
print(("%d models, %d refused for their derivatives, %d failed otherwise"):format(models, refused, failed))
for _, limit in ipairs(limits) do print(("to %g: %d"):format(limit, counts[limit] or 0)) end
