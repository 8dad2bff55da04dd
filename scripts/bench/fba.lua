-- Times of flux balance on E. coli core, beside cobrapy's in the same run if it is installed
-- (Debian: python3-cobra). The model is e_coli_core.xml of ../shared/facts; BIOXEN_FACTS names
-- another folder.
-- Run: build/bin/bioxen scripts/bench/fba.lua

local bioxen = require "bioxen"

local path = (os.getenv "BIOXEN_FACTS" or "../shared/facts") .. "/e_coli_core.xml"

local function read(name)
  local file = io.open(name, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

local model = read(path)
if not model then
  print("No model at " .. path)
  os.exit(0)
end

local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

local vm <close> = assert(bioxen.create_bio_vm("bench", "minimal_cell"))
assert(vm:start())
assert(vm:execute_biological_process("text = args; model = flux.load_sbml(text)", { args = model }))

-- Seconds a run of `code` in the VM: the median of 7 calls of `n` runs each.
local function time(code, n)
  local times = {}
  code = ("for i = 1, %d do %s end"):format(n, code)
  assert(vm:execute_biological_process(code))
  for i = 1, 7 do
    local start = bioxen.clock()
    assert(vm:execute_biological_process(code))
    times[i] = (bioxen.clock() - start)/n
  end
  table.sort(times)
  return times[4]
end

local cobra = [[
import logging, sys, time
logging.disable(logging.CRITICAL)
import cobra
from cobra.flux_analysis import single_gene_deletion
model = cobra.io.read_sbml_model(sys.argv[1])
def median(run, n):
    times = []
    run()
    for _ in range(7):
        start = time.perf_counter()
        for _ in range(n):
            run()
        times.append((time.perf_counter() - start)/n)
    return sorted(times)[3]
print("cobra", cobra.__version__,
      median(lambda: single_gene_deletion(model), 1),
      median(lambda: single_gene_deletion(model, processes=1), 1),
      median(lambda: model.slim_optimize(), 200))
]]

-- version, seconds of 137 knock-outs as called plainly, in one process, and of a re-solve.
local function time_cobra()
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(cobra)
  file:close()
  local out = ""
  for _, python in ipairs { "/usr/bin/python3", "python3" } do
    local pipe = assert(io.popen(("%s %s '%s' 2>/dev/null"):format(python, script, path)))
    out = pipe:read "a"
    pipe:close()
    if out:find "cobra" then break end
  end
  os.remove(script)
  local version, plain, alone, solve = out:match "cobra (%S+) (%S+) (%S+) (%S+)"
  return version, tonumber(plain), tonumber(alone), tonumber(solve)
end

local function row(what, seconds, bar)
  print(("| %-52s | %10.4f | %-8s |"):format(what, seconds*1e3, bar or ""))
end

print("Machine: " .. machine)
print(("| %-52s | %10s | %-8s |"):format("E. coli core (95 reactions, 137 genes)", "ms", "bar"))
print("|" .. ("-"):rep(54) .. "|" .. ("-"):rep(12) .. "|" .. ("-"):rep(10) .. "|")
row("load from SBML", time("flux.load_sbml(text)", 1))
row("warm re-solve", time("model:optimum()", 2000), "<= 0.1")
row("warm re-solve, another bound each time",
  time("model:set_bounds('R_EX_glc__D_e', -10 + i % 9, 1000) model:optimum()", 2000), "<= 0.1")
row("with fluxes, reduced costs and shadow prices", time("model:optimise()", 500))
local genes = time("model:knock_outs { genes = true }", 20)
row("all 137 single-gene knock-outs", genes)
row("all 9,316 double-gene knock-outs", time("model:knock_outs { genes = true, pairs = true }", 1))
row("flux variability", time("model:variability()", 5))
row("parsimonious flux balance", time("model:parsimonious()", 20))
local version, plain, alone, solve = time_cobra()
if version then
  row(("cobrapy %s: re-solve"):format(version), solve)
  row("cobrapy: the 137 knock-outs, as called plainly", plain)
  row("cobrapy: the same in one process (processes=1)", alone)
  print(("knock-outs: %.0f times as fast as cobrapy (bar 20), %.0f times as its one process"):format(
    plain/genes, alone/genes))
else
  print("cobrapy is not installed.")
end
