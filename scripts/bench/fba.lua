-- Times of flux balance beside cobrapy's, over GLPK and over HiGHS, and straindesign's, in the same run, where they are
-- installed (PyPI: cobra, highspy, osqp, straindesign). Seconds of processor, below 0.1 s the mean of nine; as that
-- comes in ticks of 4 ms where a process is watched, below 5 ms the least of nine by the clock. Every row of every
-- program is a process of its own, begins with the model as it was loaded, and ends at the limit; whether its answer is
-- BioXen's is said too. A line for each on standard error as they come, then tables.
-- Models: textbook and iJO1366 of the package cobra, yeast-GEM of ../shared/cases (BIOXEN_CASES names another folder),
-- or those that are named.
-- Run: build/bin/bioxen scripts/bench/fba.lua [--python=PYTHON] [--limit=SECONDS] [--rows=WORDS] [MODEL.xml ...]

local bioxen = require "bioxen"

local options, paths = { python = "python3", limit = "120", rows = "" }, {}
for _, word in ipairs(arg) do
  local name, value = word:match "^%-%-(%l+)=(.*)$"
  if options[name] then options[name] = value else paths[#paths + 1] = word end
end
local limit <const> = tonumber(options.limit)

local SHORT <const>, TINY <const>, ROUNDS <const> = 0.1, 0.005, 9 -- seconds, seconds, times

--- @class row
--- @field [1] string
--- @field bar number? what part of cobrapy's time it may take, where that was said
--- @field lua string code in the VM, where `model` is, or in the first row `args` is its text; gives `answer`
--- @field cobra string code where `model` is, or in the first row `path`
--- @field straindesign string? the same
local rows = {
  { "load", bar = 1/4, lua = "model = flux.load_sbml(args) answer = #model:reactions()",
    cobra = "model = cobra.io.read_sbml_model(path); answer = len(model.reactions)" },
  { "first answer", bar = 1/2, lua = "answer = model:optimum()", cobra = "answer = model.slim_optimize()",
    straindesign = "answer = sd.fba(model, solver='glpk').objective_value" },
  { "100 bounds changed", lua = [[
    local all = model:reactions()
    for i = 1, 100 do
      local name = all[i*7 % #all + 1]
      local lower, upper = model:bounds(name)
      model:set_bounds(name, lower/2, upper/2)
      answer = answer + (model:optimum() or 0)
      model:set_bounds(name, lower, upper)
    end]], cobra = [[
for i in range(1, 101):
    r = model.reactions[i*7 % len(model.reactions)]
    before = r.bounds; r.bounds = (before[0]/2, before[1]/2)
    answer += model.slim_optimize(error_value=0); r.bounds = before]] },
  { "parsimonious", lua = "answer = model:parsimonious().total_flux",
    cobra = "answer = abs(pfba(model).fluxes).sum()",
    straindesign = "answer = sum(map(abs, sd.fba(model, solver='glpk', pfba=1).fluxes.values()))" },
  { "variability at the optimum", bar = 1/50, lua = "answer = width(model:variability())",
    cobra = "answer = width(fva(model, fraction_of_optimum=1, processes=1))", straindesign = "answer = sd_fva(1)" },
  { "variability at 0.9 of it", bar = 1/10, lua = "answer = width(model:variability { fraction = 0.9 })",
    cobra = "answer = width(fva(model, fraction_of_optimum=0.9, processes=1))", straindesign = "answer = sd_fva(0.9)" },
  { "every gene", bar = 1/20, lua = "answer = total(model:knock_outs { genes = true })",
    cobra = "answer = total(single_gene_deletion(model, processes=1))" },
  { "every reaction", lua = "answer = total(model:knock_outs { reactions = true })",
    cobra = "answer = total(single_reaction_deletion(model, processes=1))" },
  { "780 pairs of 40 genes", lua = [[
    local genes = model:genes()
    table.sort(genes)
    for _, mutant in ipairs(model:knock_outs { genes = table.move(genes, 1, 40, 1, {}), pairs = true }) do
      if mutant[2] then answer = answer + (mutant.objective or 0) end
    end]], cobra = [=[
some = sorted(model.genes, key=lambda g: g.id)[:40]
found = double_gene_deletion(model, some, processes=1)
answer = total(found[[len(ids) == 2 for ids in found.ids]])]=] },
  { "nearest by differences (MOMA)", lua = [[
    local reference = model:parsimonious().fluxes
    answer = model:moma { linear = true, reactions = { model:reactions()[20] }, reference = reference }.distance]],
    cobra = [[
reference = pfba(model)
with model:
    model.reactions[19].bounds = (0, 0)
    answer = moma(model, reference, linear=True).objective_value]] },
  { "least medium by total", lua = "answer = model:minimal_medium { min_objective_value = 0.05 }.total",
    cobra = "answer = minimal_medium(model, 0.05).sum()" },
  { "100 samples, 100 steps apart", lua = "model:sample { n = 100, chains = 1 }",
    cobra = "OptGPSampler(model, thinning=100, processes=1, seed=1).sample(100)" },
}

local before_lua <const> = [[
answer = 0
local function width(ranges)
  local sum = 0
  for _, range in pairs(ranges) do
    sum = sum + math.min(math.abs(range.maximum), 1e4) + math.min(math.abs(range.minimum), 1e4)
  end
  return sum
end
local function total(mutants)
  local sum = 0
  for _, mutant in ipairs(mutants) do sum = sum + (mutant.objective or 0) end
  return sum
end
local start = os.clock()
do ]]

-- Each row runs in a fork of the process that has the model.
local before_python <const> = [=[
import logging, os, signal, sys, time, warnings
logging.disable(logging.CRITICAL)
warnings.simplefilter('ignore')
import cobra
from cobra.flux_analysis import *
from cobra.flux_analysis import flux_variability_analysis as fva
from cobra.medium import minimal_medium
from cobra.sampling import OptGPSampler
path, solver, limit = sys.argv[1], sys.argv[2], float(sys.argv[3])
cobra.Configuration().solver = 'glpk' if solver == 'straindesign' else solver
cobra.Configuration().processes = 1
if solver == 'straindesign':
    import straindesign as sd

def width(table):
    return sum(min(abs(x), 1e4) for name in ('minimum', 'maximum') for x in table[name])

def total(table):
    return sum(x for x in table['growth'] if x == x)

def sd_fva(fraction):
    best = sd.fba(model, solver='glpk').objective_value
    cost = {r.id: r.objective_coefficient for r in model.reactions if r.objective_coefficient}
    return width(sd.fva(model, solver='glpk', constraints=[[cost, '>=', fraction*best]]))

def once(code, write):
    signal.setitimer(signal.ITIMER_PROF, limit)
    names = dict(globals(), answer=0)
    wall, start = time.perf_counter(), time.process_time()
    exec(code, names)
    start, wall = time.process_time() - start, time.perf_counter() - wall
    os.write(write, f"{start} {wall} {names['answer']}".encode())
    os._exit(0)

def run(row, code):
    times = []
    while len(times) < ROUNDS and (not times or times[-1][0] < SHORT):
        read, write = os.pipe()
        if os.fork() == 0:
            once(code, write)
        os.close(write)
        with os.fdopen(read) as pipe:
            said = pipe.read().split()
        if os.wait()[1] == signal.SIGPROF:
            print('row', row, limit, 'limit', flush=True)
        if not said:
            return
        times.append((float(said[0]), float(said[1])))
    processor, wall = sum(t[0] for t in times)/len(times), min(t[1] for t in times)
    print('row', row, wall if wall < TINY else processor, said[2], flush=True)

model = cobra.io.read_sbml_model(path)
]=]

local function output_of(command)
  local pipe = assert(io.popen(command))
  local out = pipe:read "a"
  pipe:close()
  return out
end

local function read(name)
  local file <close> = io.open(name, "rb")
  return file and file:read "a"
end

-- Seconds of processor, the answer, and seconds on the wall; `limit` alone where it takes longer, and nothing where it
-- cannot be had.
local function time_once(row, text)
  local vm <close> = assert(bioxen.create_bio_vm("bench", "minimal_cell", "basic",
    { memory = 4 << 30, timeout = 20*limit }))
  local is_load = row == rows[1]
  assert(vm:start())
  if not is_load then assert(vm:execute_biological_process("model = flux.load_sbml(args)", { args = text })) end
  local code = before_lua .. row.lua .. " end return { os.clock() - start, answer }"
  local start = bioxen.clock()
  local result, err = vm:execute_biological_process(code, { args = is_load and text or nil })
  if result then return result.result[1], result.result[2], bioxen.clock() - start end
  if err.code == "EDEADLINE" then return limit end -- others may hold the processor
  print("BioXen, " .. row[1] .. ": " .. tostring(err))
end

local function time_bioxen(row, text)
  local sum, least = 0, math.huge
  for count = 1, ROUNDS do
    local seconds, answer, wall = time_once(row, text)
    if not answer then return seconds end
    sum, least = sum + seconds, math.min(least, wall)
    if count == ROUNDS or seconds >= SHORT then return least < TINY and least or sum/count, answer end
  end
end

local function say(program, row, seconds, answer)
  io.stderr:write(("%s, %s: %s s%s\n"):format(program, row[1], seconds, answer and "" or " and more"))
end

-- { row = { seconds, answer } } of the rows that the program has.
local function time_python(path, wanted, solver)
  local script <const>, found = os.tmpname(), {}
  local file = assert(io.open(script, "w"))
  file:write(("SHORT, TINY, ROUNDS = %g, %g, %d\n"):format(SHORT, TINY, ROUNDS), before_python)
  for i, row in ipairs(wanted) do
    local code = row[solver] or (solver ~= "straindesign" and row.cobra)
    if code then file:write(("run(%d, r'''%s''')\n"):format(i, code)) end
  end
  file:close()
  local pipe = assert(io.popen(("OMP_NUM_THREADS=1 %s %s '%s' %s %g 2>/dev/null"):format(options.python, script, path,
    solver, limit)))
  for line in pipe:lines() do
    local row, seconds, answer = line:match "^row (%d+) (%S+) (%S+)"
    if row then
      row, seconds, answer = wanted[tonumber(row)], tonumber(seconds), tonumber(answer)
      found[row] = { seconds, answer }
      say(solver, row, seconds, answer)
    end
  end
  pipe:close()
  os.remove(script)
  return found
end

local function default_paths()
  local found = output_of(options.python
    .. [[ -c "import cobra, os; print(os.path.dirname(cobra.__file__) + '/data/')" 2>/dev/null]])
    :match "(%S+)%s*$"
  local package = found or "the package cobra, which is not there: "
  return { package .. "textbook.xml.gz", package .. "iJO1366.xml.gz",
    (os.getenv "BIOXEN_CASES" or "../shared/cases") .. "/fba/models/yeast-GEM.xml.gz" }
end

local programs <const> = { { "glpk", "cobrapy, GLPK" }, { "hybrid", "cobrapy, HiGHS" },
  { "straindesign", "straindesign" } }

local function cell(seconds, answer, differs)
  if not seconds then return "-" end
  return answer and ("%.4f%s"):format(seconds, differs and "*" or "") or (">%g"):format(seconds)
end

local function write_row(row, ours, theirs)
  local best, words = nil, { ("%-30s"):format(row[1]), ("%9s"):format(cell(ours[1], ours[2])) }
  for i in ipairs(programs) do
    local seconds, answer = table.unpack(theirs[i][row] or {})
    local differs = answer and ours[2] and math.abs(answer - ours[2]) > 1e-5*math.max(1, math.abs(ours[2]))
    words[#words + 1] = ("%14s"):format(cell(seconds, answer, differs))
    if differs then
      io.stderr:write(("%s, %s: %.10g, BioXen %.10g\n"):format(row[1], programs[i][2], answer, ours[2]))
    end
    if seconds and (not best or seconds < best) then best = seconds end
  end
  words[#words + 1] = ("%7s"):format(best and ours[2] and ("%.1f"):format(best/ours[1]) or "-")
  words[#words + 1] = ("%3.0f"):format(1/(row.bar or 1))
  print("| " .. table.concat(words, " | ") .. " |")
end

local function measure(path, text, wanted)
  local ours, theirs = {}, {}
  for i, row in ipairs(wanted) do
    ours[i] = { time_bioxen(row, text) }
    if ours[i][1] then say("BioXen", row, table.unpack(ours[i])) end
  end
  for i, program in ipairs(programs) do theirs[i] = time_python(path, wanted, program[1]) end
  print(("\n| %-30s | %9s | %14s | %14s | %14s | %7s | bar |"):format(path:match "[^/]*$", "BioXen",
    programs[1][2], programs[2][2], programs[3][2], "times"))
  print("|" .. ("-"):rep(32) .. "|" .. ("-"):rep(11) .. ("|" .. ("-"):rep(16)):rep(3) .. "|" .. ("-"):rep(9)
    .. "|-----|")
  for i, row in ipairs(wanted) do write_row(row, ours[i], theirs) end
  io.stdout:flush()
end

print("Machine: " .. dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua"))
print("Seconds of processor; times: the best of the others over BioXen's; >: ended at the limit; *: another answer, by"
  .. " more than 1e-5 of it")
local wanted = {}
for _, row in ipairs(rows) do
  if row[1]:find(options.rows) then wanted[#wanted + 1] = row end
end
for _, path in ipairs(#paths > 0 and paths or default_paths()) do
  local text = read(path)
  if text then measure(path, text, wanted) else print("No model at " .. path) end
end
