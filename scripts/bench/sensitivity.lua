-- Time of forward sensitivities by all parameters of models in SBML, beside a run alone, and beside libRoadRunner's
-- where a Python that has it is given:
--   build/bin/bioxen scripts/bench/sensitivity.lua [--python PYTHON] MODEL DURATION [MODEL DURATION]...
-- By default tolerance, 3e-10; libRoadRunner at 1e-9 and 1e-12. Best of three.

local bioxen = require "bioxen"

local words = { table.unpack(arg) }
local python
if words[1] == "--python" then
  python = words[2]
  words = table.move(words, 3, #words, 1, {})
end

local INSIDE = [[
local run = { duration = args, every = args/20 }
local function best(f)
  local least = math.huge
  for _ = 1, 3 do
    cell:reset()
    local began = os.clock()
    f()
    least = math.min(least, os.clock() - began)
  end
  return least
end
local plain = best(function() for _ = 1, 20 do cell:reset() cell:run(run) end end)/20
local parameters = {}
for _, name in ipairs(cell:parameters()) do
  if cell:get(name) == cell:get(name) then parameters[#parameters + 1] = name end
end
run.parameters = parameters
local all = best(function() cell:sensitivities(run) end)
return { plain = plain, all = all, parameters = #parameters, species = #cell:species() }]]

local PEER = [[
import gzip, sys, time
import roadrunner
path, duration = sys.argv[1], float(sys.argv[2])
read = gzip.open if path.endswith(".gz") else open
best = 1e9
for _ in range(3):
    model = roadrunner.RoadRunner(read(path, "rb").read().decode())
    parameters = []
    for name in model.model.getGlobalParameterIds():
        try:
            model[name] = model[name]
            parameters.append(name)
        except RuntimeError:
            pass  # a rule sets it
    solver = model.getSensitivitySolver()
    for name, value in (("relative_tolerance", 1e-9), ("absolute_tolerance", 1e-12)):
        if name in solver.getSettings():
            solver.setValue(name, value)
    began = time.process_time()
    model.timeSeriesSensitivities(0, duration, 21, parameters)
    best = min(best, time.process_time() - began)
print("%.4g s by %d global parameters" % (best, len(parameters)))
]]

local function peer(path, duration)
  if not python then return "" end
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(PEER)
  file:close()
  local pipe = assert(io.popen(("timeout 120 %s %s %s %s 2>&1 | tail -1"):format(python, script, path, duration)))
  local line = pipe:read "a"
  pipe:close()
  os.remove(script)
  return "; libRoadRunner " .. line:gsub("%s+$", "")
end

for i = 1, #words, 2 do
  local path, duration = words[i], assert(tonumber(words[i + 1]), "MODEL DURATION expected")
  local vm <close> = assert(bioxen.create_bio_vm("sensitivity", "empty", "basic", { memory = 4 << 30, timeout = 600 }))
  assert(vm:start())
  assert(vm:load_sbml(path))
  local answer, err = vm:execute_biological_process(INSIDE, { args = duration })
  if answer then
    local r = answer.result
    print(("%s: %d species, %d parameters; a run %.4g s, sensitivities %.4g s, %.2f runs a parameter%s"):format(
      path:match "[^/]*$", r.species, r.parameters, r.plain, r.all, r.all/r.plain/(r.parameters + 1),
      peer(path, duration)))
  else
    print(path, err.message)
  end
end
