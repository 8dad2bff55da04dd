-- Steady states of every model in SBML of a folder against long integrations:
--   build/bin/bioxen scripts/bench/steady.lua DIR [PATTERN]
-- A line a model: what was found and how long it took; of a state that the course comes to, by how much a run of the
-- cell that is 30 times as long, and 40 times the slowest of the state's times, ends elsewhere, beside each species'
-- value or 1e-4 of its largest in that run; of what has none, why. Then totals.

local bioxen = require "bioxen"
local core = require "bioxen.core"

local folder, pattern = arg[1], arg[2] or "%.xml"
local FAR, FLOOR = 1e-5, 1e-4

local function new_vm()
  local vm = assert(bioxen.create_bio_vm("steady-bench", "empty", "basic", { memory = 4 << 30, timeout = 120 }))
  assert(vm:start())
  return vm
end

local COMPARE = [[
  cell:reset()
  local times = { 0 }
  for k = 60, 0, -1 do times[#times + 1] = args.duration*2.0^-k end
  local t = cell:run { times = times, record = args.species }
  local worst, name, whole = 0, "", 0
  for _, s in ipairs(args.species) do
    for _, x in ipairs(t:column(s)) do whole = math.max(whole, math.abs(x)) end
  end
  for _, s in ipairs(args.species) do
    local a, b, largest = t:last(s), args.state[s], 0
    for _, x in ipairs(t:column(s)) do largest = math.max(largest, math.abs(x)) end
    local off = math.abs(a - b)/math.max(math.abs(a), math.abs(b), largest*args.floor, whole*1e-12)
    if a ~= b and not (off <= worst) then worst, name = off, s end
  end
  return { worst = worst, name = name }]]

local counts, slow = {}, {}
local function count(what, ...)
  counts[what] = (counts[what] or 0) + 1
  print(what, ...)
end

local function try(vm, path, id)
  assert(vm:execute_biological_process "cell:clear()")
  local model, err = vm:load_sbml(path)
  if not model then return count("unreadable", id, err.message:sub(1, 150)) end
  local answer, err = vm:execute_biological_process [[
    local found, err = cell:steady_state()
    if found then
      found.slowest = found.stable and found.eigenvalues[1] and -1/found.eigenvalues[1].real
      found.eigenvalues, found.fluxes, found.jacobian = #found.eigenvalues, nil, nil
    end
    return { found = found, why = err and err.message, code = err and err.code }]]
  if not answer then return count("failed", id, err.code, err.message:sub(1, 200)) end
  slow[#slow + 1] = { id = id, took = answer.elapsed }
  local found, why = answer.result.found, answer.result.why
  if not found then return count(answer.result.code == "EMODEL" and "refused" or "none", id, why:sub(1, 250)) end
  if not found.reached then return count("beside", id, found.stability, found.note:sub(1, 250)) end
  local duration = math.max((found.time or 1)*30, (found.slowest or 0)*40)
  local compared, err = vm:execute_biological_process(COMPARE,
    { args = { duration = duration, state = found.state, species = found.species, floor = FLOOR } })
  if not compared then return count("uncompared", id, found.method, err.message:sub(1, 200)) end
  local far = compared.result.worst
  count(far <= FAR and "right" or "FAR", id, found.method, found.stability, ("%.2g"):format(far), compared.result.name,
    ("%.3f s"):format(answer.elapsed), found.eigenvalues)
end

local vm = new_vm()
for _, name in ipairs(core.list_folder(folder)) do
  if name:find(pattern) then
    local done, err = pcall(try, vm, folder .. "/" .. name, name)
    if not done then count("failed", name, tostring(err):sub(1, 200)) end
    if vm:get_status().state ~= "running" then vm:destroy() vm = new_vm() end
    io.stdout:flush()
  end
end
table.sort(slow, function(a, b) return a.took > b.took end)
for i = 1, math.min(10, #slow) do print("slowest", slow[i].id, ("%.2f s"):format(slow[i].took)) end
for what, number in pairs(counts) do print("total", what, number) end
vm:destroy()
