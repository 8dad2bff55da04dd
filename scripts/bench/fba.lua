-- Times of flux balance, beside cobrapy's over GLPK and over HiGHS in the same run where they are installed (Debian:
-- python3-cobra; PyPI: cobra, highspy). Models: e_coli_core.xml of ../shared/facts (BIOXEN_FACTS names another folder),
-- iJO1366 and salmonella of the package cobra, or those that are named. Seconds of processor, one process each.
-- Run: build/bin/bioxen scripts/bench/fba.lua [--python=PYTHON] [MODEL.xml ...]

local bioxen = require "bioxen"

local python, paths = "python3", {}
for _, word in ipairs(arg) do
  local program = word:match "^%-%-python=(.+)$"
  if program then python = program else paths[#paths + 1] = word end
end

local function output_of(command)
  local pipe = assert(io.popen(command .. " 2>/dev/null"))
  local out = pipe:read "a"
  pipe:close()
  return out
end

local function read(name)
  local file = io.open(name, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

local cobra_data = output_of(python .. [[ -c "import cobra, os; print(os.path.dirname(cobra.__file__) + '/data')"]])
  :match "(%S+)%s*$"
if #paths == 0 then
  paths[1] = (os.getenv "BIOXEN_FACTS" or "../shared/facts") .. "/e_coli_core.xml"
  if cobra_data then
    paths[2], paths[3] = cobra_data .. "/iJO1366.xml.gz", cobra_data .. "/salmonella.xml.gz"
  end
end

-- { row, its code in the VM, its code in Python, what part of cobrapy's time it may take }
local rows = {
  { "load", "model = flux.load_sbml(args)", "model = cobra.io.read_sbml_model(path)", 1/4 },
  { "first solve", "model:optimum()", "model.solver = solver; model.slim_optimize()", 1/2 },
  { "100 bounds of uptake", [[
    local name for _, r in ipairs(model:reactions()) do if r:find "EX_glc__D_e$" then name = r end end
    if name then
      for i = 1, 100 do model:set_bounds(name, -10 + i % 9, 1000) model:optimum() end
      model:set_bounds(name, -10, 1000)
    end]], [[
for r in [r for r in model.reactions if r.id.endswith("EX_glc__D_e")]:
    for i in range(100):
        r.bounds = (-10 + i % 9, 1000); model.slim_optimize()
    r.bounds = (-10, 1000)]], 1 },
  { "100 reactions stopped in turn", [[
    local all = model:reactions()
    for i = 1, 100 do
      local name = all[i*7 % #all + 1]
      local lower, upper = model:bounds(name)
      model:set_bounds(name, 0, 0) model:optimum() model:set_bounds(name, lower, upper)
    end]], [[
for i in range(1, 101):
    r = model.reactions[i*7 % len(model.reactions)]
    b = r.bounds; r.bounds = (0, 0); model.slim_optimize(); r.bounds = b]], 1 },
  { "parsimonious", "model:parsimonious()", "pfba(model)", 1 },
  { "variability at the optimum", "model:variability()", "fva(model, fraction_of_optimum=1, processes=1)", 1/50 },
  { "variability at 0.9 of it", "model:variability { fraction = 0.9 }",
    "fva(model, fraction_of_optimum=0.9, processes=1)", 1/10 },
  { "single genes", "model:knock_outs { genes = true }", "single_gene_deletion(model, processes=1)", 1/20 },
  { "single reactions", "model:knock_outs { reactions = true }", "single_reaction_deletion(model, processes=1)", 1 },
  { "pairs of 40 genes", [[
    local genes = model:genes()
    table.sort(genes)
    model:knock_outs { genes = table.move(genes, 1, 40, 1, {}), pairs = true }]],
    "double_gene_deletion(model, sorted(model.genes, key=lambda g: g.id)[:40], processes=1)", 1 },
  { "nearest by differences (MOMA)", "model:moma { linear = true, reactions = { model:reactions()[20] } }", [[
with model:
    reference = pfba(model)
    model.reactions[19].bounds = (0, 0)
    moma(model, reference, linear=True)]], 1 },
  { "least medium by total", "model:minimal_medium()", "minimal_medium(model)", 1 },
  { "100 samples, 100 steps apart", "model:sample { n = 100, chains = 1 }",
    "OptGPSampler(model, thinning=100, processes=1, seed=1).sample(100)", 1 },
}

local function time_bioxen(path)
  local vm <close> = assert(bioxen.create_bio_vm("bench", "minimal_cell", "basic",
    { memory = 4 << 30, timeout = math.huge }))
  assert(vm:start())
  local times, text = {}, read(path)
  for i, row in ipairs(rows) do
    local r = assert(vm:execute_biological_process("local start = os.clock() do " .. row[2]
      .. " end return os.clock() - start", { args = i == 1 and text or nil }))
    times[i] = r.result
  end
  return times
end

-- Empty where cobrapy, or the solver, is not there.
local function time_cobra(path, solver)
  local lines = { [[
import logging, sys, time
logging.disable(logging.CRITICAL)
import cobra
from cobra.flux_analysis import *
from cobra.flux_analysis import flux_variability_analysis as fva
from cobra.medium import minimal_medium
from cobra.sampling import OptGPSampler
path, solver = sys.argv[1:]
cobra.Configuration().solver = solver]] }
  for _, row in ipairs(rows) do
    lines[#lines + 1] = "start = time.process_time()\n" .. row[3]
      .. "\nprint('took', time.process_time() - start, flush=True)"
  end
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(table.concat(lines, "\n"))
  file:close()
  local times = {}
  for number in output_of(("%s %s '%s' %s"):format(python, script, path, solver)):gmatch "took ([%d.e-]+)" do
    times[#times + 1] = tonumber(number)
  end
  os.remove(script)
  return times
end

print("Machine: " .. dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua"))
for _, path in ipairs(paths) do
  if read(path) then
    local ours, glpk, highs = time_bioxen(path), time_cobra(path, "glpk"), time_cobra(path, "hybrid")
    print(("\n| %-30s | %9s | %9s | %9s | %9s | %5s |"):format(path:match "[^/]*$", "BioXen s", "GLPK s", "HiGHS s",
      "times", "bar"))
    print("|" .. ("-"):rep(32) .. ("|" .. ("-"):rep(11)):rep(4) .. "|" .. ("-"):rep(7) .. "|")
    for i, row in ipairs(rows) do
      local best = math.min(glpk[i] or math.huge, highs[i] or math.huge)
      local function cell(number, format) return number and number < math.huge and format:format(number) or "-" end
      print(("| %-30s | %9.4f | %9s | %9s | %9s | %5.0f |"):format(row[1], ours[i], cell(glpk[i], "%.4f"),
        cell(highs[i], "%.4f"), cell(best/ours[i], "%.1f"), 1/row[4]))
    end
  else
    print("No model at " .. path)
  end
end
if not cobra_data then print "cobrapy is not installed." end
