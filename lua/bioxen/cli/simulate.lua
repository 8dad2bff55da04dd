-- `bioxen simulate`: a model in SBML, run without writing Lua.

local archive = require "bioxen.cli.archive"
local bioxen = require "bioxen"
local core = require "bioxen.core"
local ending = require "bioxen.ending"
local ensemble_record = require "bioxen.cli.ensemble_record"
local json = require "bioxen.cli.json"
local models = require "bioxen.cli.models"
local plot_options = require "bioxen.plot.options"
local progress = require "bioxen.cli.progress"
local biosimulators = require "bioxen.biosimulators"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"

local ROWS = 100       -- where nothing else is said
local TOLERANCE = 3e-10 -- relative, where nothing else is said
local ACCURATE = 1e-3  -- what changes less with the tolerance is as the model has it
local PIECE = 32 << 20 -- bytes that a VM sends at once, half of what it could

-- Runs of an ensemble are shared out in so many parts whatever the machine, so that sums come out the same.
local PARTS = 16

local function start_vm(number, seed)
  return models.start("simulate" .. (number > 1 and "-" .. number or ""), seed)
end

local function method_of(options)
  return options.method or (options.runs > 1 and "ssa" or "ode")
end

local function run_options(options, record, absolute)
  local run = {
    duration = options.duration, times = options.times, start = options.start, record = record,
    method = method_of(options), seed = options.seed,
    max_steps = options.max_steps,
  }
  if options.steps then
    run.every = "step"
  elseif not options.times then
    run.every = options.every or math.max(0, options.duration - (options.start or 0))/ROWS
  end
  run.tolerance = { relative = options.tolerance, absolute = absolute }
  return run
end

-- The text that code gives in the VM, fetched piece by piece.
local function fetch(vm, code)
  local length, err = vm:execute_biological_process(("text = (function() %s end)() return #text"):format(code))
  if not length then return nil, err end
  local pieces = {}
  for from = 1, length.result, PIECE do
    local piece, err = vm:execute_biological_process("return text:sub(args.from, args.to)",
      { args = { from = from, to = from + PIECE - 1 } })
    if not piece then return nil, err end
    pieces[#pieces + 1] = piece.result
  end
  return table.concat(pieces)
end

-- Of the trajectory that stayed: its names, how many rows it has, and all its numbers, packed.
local PACK = [[
  local parts, FEW = {}, 128
  local function pack(list)
    for i = 1, #list, FEW do
      local last = math.min(#list, i + FEW - 1)
      parts[#parts + 1] = string.pack(("d"):rep(last - i + 1), table.unpack(list, i, last))
    end
  end
  pack(kept:times())
  for _, name in ipairs(kept:names()) do pack(kept:column(name)) end
  packed = table.concat(parts)
  return { names = kept:names(), rows = #kept, method = kept.method, seed = kept.seed }]]

local function save_large(vm, path)
  local about, err = vm:execute_biological_process(PACK, { name = "pack" })
  if not about then return nil, err end
  local packed, err = fetch(vm, "return packed")
  if not packed then return nil, err end
  local made = about.result
  return biosimulators.save(path, biosimulators.trajectory(packed, made.names, made.rows, biosimulators.origin(made)))
end

-- A run in a VM. What is `large` stays there; events that fire are noted where they are asked for.
local RUN = [[
  local run, fired = args.run, args.events and {}
  if fired then run.events = function(time, name) fired[#fired + 1] = { time = time, name = name } end end
  kept = cell:run(run)
  return { trajectory = not args.large and kept or nil, fired = fired or nil }]]

-- The trajectory, and the events that fired. One that is too large to travel at once comes as text all the same.
local function one_run(vm, run, options, picture)
  local rows = options.steps and 0 or run.times and #run.times or run.duration/run.every + 2
  local large = run.record and 8*rows*(#run.record + 1) > PIECE or options.steps and not picture
  if large and picture then
    return core.fail("ERESULT", ("a picture of %.0f rows and %d columns wants more than the %d MB that it may: --every "
      .. "makes the rows fewer, --record the columns"):format(rows, #run.record, PIECE >> 20))
  end
  local answer, err = vm:execute_biological_process(RUN,
    { args = { run = run, large = large, events = options.events ~= nil }, name = "simulate" })
  if not answer then return nil, err end
  local whole = {
    to_csv = function() return fetch(vm, "return kept:to_csv()") end,
    to_json = function() return fetch(vm, "return kept:to_json()") end,
    to_hdf5 = function(_, path) return save_large(vm, path) end,
  }
  return answer.result.trajectory or whole, answer.result.fired
end

-- Again, with a tenth of the tolerance: by which part of its largest value each column differs most, and when.
local CHECK = [[
  local run, tolerance, off = args.run, args.run.tolerance, {}
  tolerance.relative = (tolerance.relative or args.usual)/10
  if type(tolerance.absolute) == "number" then
    tolerance.absolute = tolerance.absolute/10
  elseif tolerance.absolute then
    for name, value in pairs(tolerance.absolute) do tolerance.absolute[name] = value/10 end
  end
  cell:reset()
  cell:set(args.values)
  local finer, times = cell:run(run), kept:times()
  for _, name in ipairs(kept:names()) do
    local a, b, largest, most, when = kept:column(name), finer:column(name), 0, 0, 0
    for i, x in ipairs(b) do
      local difference = math.abs(a[i] - x)
      largest = math.max(largest, math.abs(x))
      if difference > most then most, when = difference, times[i] end
    end
    off[#off + 1] = most > 0 and { name = name, part = most/largest, time = when } or nil
  end
  table.sort(off, function(a, b) return a.part > b.part end)
  return off]]

-- What of a run depends on the solver's tolerance, as a warning; true, or nil and an error.
local function check(vm, run, values)
  local answer, err = vm:execute_biological_process(CHECK,
    { args = { run = run, values = values or {}, usual = TOLERANCE }, name = "check" })
  if not answer then return nil, err end
  local off = answer.result
  local words = {}
  for i = 1, math.min(#off, 5) do
    if off[i].part > ACCURATE then
      words[#words + 1] = ("%s by %.2g of its largest value, at %.6g"):format(off[i].name, off[i].part, off[i].time)
    end
  end
  if #words > 0 then
    say.note("bioxen: warning: a tenth of the tolerance changes " .. table.concat(words, "; "))
  else
    say.note(("bioxen: a tenth of the tolerance changes nothing by more than %.2g of its largest value")
      :format(off[1] and off[1].part or 0))
  end
  return true
end

local function events_text(fired)
  local lines = { "time,event\n" }
  for i, event in ipairs(fired) do
    local name = event.name:find '[",\r\n]' and '"' .. event.name:gsub('"', '""') .. '"' or event.name
    lines[i + 1] = ("%s,%s\n"):format(json.encode(event.time), name)
  end
  return table.concat(lines)
end

local function copy_of(run)
  local copy = {}
  for key, value in pairs(run) do copy[key] = value end
  return copy
end

-- The runs of each part: { first, runs }.
local function parts_of(runs)
  local parts, count = {}, math.min(PARTS, runs)
  for i = 1, count do
    local first = (i - 1)*runs // count + 1
    parts[i] = { first = first, runs = i*runs // count + 1 - first }
  end
  return parts
end

-- What each part in `todo` came to, into `results`, and into the record if there is one. True, or nil and an error.
local function share_out(vms, parts, todo, run, results, record)
  local function work(vm, number)
    local args = copy_of(run)
    args.first, args.runs = parts[number].first, parts[number].runs
    return vm:submit("return cell:ensemble(args)", { args = args, name = "simulate" })
  end
  for i, answer, err in bioxen.map(todo, work, { vms = vms, ordered = false }) do
    if not answer then return nil, err end
    local number = todo[i]
    results[number] = answer.result
    if record then
      local added, unkept = record:add(number, answer.result)
      if not added then return nil, unkept end
    end
    progress.advance(parts[number].runs)
  end
  return true
end

-- What an ensemble follows from, but for its seed.
local function digest_of(options)
  local parts = { version = core.version, model = options.text and core.digest(options.text)
    or core.digest_file(options.model) }
  for _, name in ipairs { "duration", "every", "start", "times", "method", "runs", "set", "record", "quantiles",
    "tolerance", "absolute_tolerance", "max_steps" } do parts[name] = options[name] end
  return core.digest(json.encode(parts))
end

-- The runs that were finished, from the first on without a gap; nil without any.
local function together(results)
  local whole = results[1]
  for i = 2, whole and math.huge or 1 do
    if not results[i] then break end
    whole = whole:merge(results[i])
  end
  return whole
end

local function many_runs(vm, options, run, record)
  local parts, vms, todo, results = parts_of(options.runs), { vm }, {}, record and record.results or {}
  for number in ipairs(parts) do
    if not results[number] then todo[#todo + 1] = number end
  end
  for i = 2, math.min(options.jobs or core.cores(), #todo) do
    local another, err = start_vm(i, 0)
    local model
    if another then model, err = models.load(another, options, method_of(options)) end
    local set
    if model then set, err = models.set(another, model, options.set) end
    if not set then return nil, err end
    vms[i] = another
  end
  run.quantiles = options.quantiles
  progress.share("simulate", options.runs, "runs")
  local good, done, err = pcall(share_out, vms, parts, todo, run, results, record)
  local whole = together(results)
  if good and done then return whole end
  local why = good and err or done
  local interrupted = type(why) == "string" and why:find "interrupted$"
  if not whole or not (good or interrupted) then
    if not good then error(why, 0) end
    return nil, why
  end
  local words = interrupted and "interrupted" or why.message:gsub("^[%l_]+:%d+: ", "")
  say.failed(("%s; the first %d of %d runs are kept%s"):format(words, whole.runs, options.runs,
    record and ", and the same command goes on" or ""))
  return whole, nil, interrupted and say.INTERRUPTED or say.FAILED
end

-- ---- output ----

local function draw(result, options)
  local plot = options.out and { file = options.out } or {}
  return result:plot(plot)
end

-- As JSON or CSV; or nil and an error.
local function text_of(result, as_json, warnings)
  if not as_json then return result:to_csv() end
  local text, err = result:to_json()
  if not text then return nil, err end
  return ('{"warnings":%s,\n%s'):format(json.encode(json.list(warnings)), text:sub(2))
end

local function wants_picture(options)
  local path = options.out
  return options.plot or path and plot_options.format(path) ~= nil
end

local function write(result, options, warnings)
  if wants_picture(options) then return draw(result, options) end
  if biosimulators.is_path(options.out) then return result:to_hdf5(options.out) end
  local as_json = ending.wants_json(options)
  local text, err = text_of(result, as_json, warnings)
  if not text then return nil, err end
  return source.write(text, options.out, not as_json and "," or nil)
end

local function stochastic(run)
  return run.method ~= "ode"
end

local function wants_archive(options)
  return options.out and ending.of(options.out) == "omex"
end

local function simulate(options)
  options.runs = options.runs or 1
  progress.begin(options)
  local seed = options.seed or math.random(0)
  local vm <close>, err = start_vm(1, seed)
  if not vm then return say.failed(err) end
  local model, err = models.load(vm, options, method_of(options))
  if not model then return say.failed(err) end
  if not ending.wants_json(options) then say.warnings(model.warnings) end
  local record, err = models.recorded(vm, model, options.record, "--record")
  if err then return say.failed(err) end
  local absolute, err = models.absolute_tolerance(model, options.absolute_tolerance)
  if err then return say.failed(err) end
  local set, err = models.set(vm, model, options.set)
  if not set then return say.failed(err) end
  local kept
  if options.resume then
    kept, err = ensemble_record.open(options.resume, digest_of(options), options.seed)
    if not kept then return say.failed(err) end
    seed = kept.seed
  end
  local run = run_options(options, record, absolute)
  if stochastic(run) then run.seed = seed end
  local result, reason, status
  if options.runs == 1 then
    result, reason = one_run(vm, run, options, wants_picture(options))
  else
    result, reason, status = many_runs(vm, options, run, kept)
  end
  if not result then return say.failed(reason) end
  local written, err
  if wants_archive(options) then
    written, err = archive.write(vm, model, run, options, result)
  else
    written, err = write(result, options, model.warnings)
  end
  if written and options.events then written, err = source.write(events_text(reason), options.events, ",") end
  if written and options.check then written, err = check(vm, run, set) end
  if not written then return say.failed(err) end
  if stochastic(run) and not options.seed and not options.quiet then
    say.note(("seed: --seed=%d repeats this"):format(seed))
  end
  return status or say.DONE
end

-- What does not go with --scan.
local of_one_run = { "times", "start", "steps", "quantiles", "check", "events", "json", "plot" }

-- `bioxen scan`, in the words of this command.
local function scan(options)
  for _, name in ipairs(of_one_run) do
    if options[name] then return nil, ("--scan and --%s can not be used together"):format(name) end
  end
  options.vary, options.measure, options.replicates, options.vms =
    options.scan, options.record, options.runs, options.jobs
  options.record = options.resume
  return require("bioxen.cli.scan").run(options)
end

return {
  name = "simulate",
  summary = "run a model in SBML: numbers as CSV, JSON or a picture",
  description = "Run a model in SBML and write what it does as CSV, a column for each species. Many runs give "
    .. "means, standard deviations and quantiles. All is in the model's units, by every method; what stochastic "
    .. "methods assume of a model is printed.",
  arguments = { { "MODEL", "A file in SBML, also compressed (.gz, .bz2) or in an archive (.zip, .omex); - reads "
    .. "standard input. With --out-dir an archive of experiments.", args = "?" } },
  options = {
    { "--duration", "How long, in simulated time (default: until the last of --times).", value = "TIME",
      number = { above = 0 } },
    { "--every", "Time between rows (default: a hundredth of the duration).", value = "TIME",
      number = { above = 0 } },
    { "--start", "Time of the first row (default: 0).", value = "TIME", number = { minimum = 0 } },
    { "--steps", "A row at each step of the solver, reaction or leap." },
    { "--times", "Of the rows, ascending, with commas between them.", value = "LIST", list = true,
      number = { minimum = 0 } },
    { "--method", "Solver of differential equations, exact stochastic simulation, tau-leaping, or both kinds at "
      .. "once (default: ode, for many runs ssa).", value = "METHOD", choices = { "ode", "ssa", "tau", "hybrid" } },
    { "--runs", "How many runs (default 1).", value = "N", number = { integer = true, minimum = 1 } },
    { "--seed", "Of random numbers: the same seed gives the same runs.", value = "N", number = { integer = true } },
    { "--set", "Values before the run, as in k=0.2,S=10, in the unit of what is written; initial values that formulas "
      .. "give follow.", value = "LIST", list = true },
    { "--initial", "The same, of what species begin from, as in S=5.", value = "LIST", list = true },
    { "--record", "What to record: ids with commas between them; S.amount and S.concentration tell which is meant, "
      .. "S.molecules is the count of amounts in moles.",
      value = "NAMES", list = true },
    { "--scan", "Run the model at many values, as in k=0:1:20, and write a table of the values of --record at the end "
      .. "of each run, as bioxen scan does.", value = "NAME=VALUES", many = true },
    { "--quantiles", "Of many runs, such as 0.05,0.5,0.95.", value = "LIST", list = true,
      number = { minimum = 0, maximum = 1 } },
    { "--tolerance", "Relative tolerance of the solver (default 3e-10).", value = "X", number = { above = 0 } },
    { "--absolute-tolerance", "Absolute tolerance, in the unit of what is written: a number, or some by name as in "
      .. "A=1e-12,B=1e-9 (default: by the scale of each species).", value = "X", list = true },
    { "--check", "Run again with a tenth of the tolerance, and say what differs by more than a thousandth: a sensitive "
      .. "model, in which small errors grow." },
    { "--max-steps", "Stop after so many steps of the solver, reactions or leaps.", value = "N",
      number = { integer = true, minimum = 1 } },
    { "--strict", "What the reader would warn of is an error." },
    { "--jobs", "VMs that share many runs (default: as many as there are cores). The result is the same.",
      value = "N", number = { integer = true, minimum = 1 } },
    { "--out", "Write to this file; .json, .h5 (HDF5), .png, .svg, .pdf and .html say what it is to be, .omex an "
      .. "archive of the model, this run in SED-ML and its results.", value = "FILE",
      endings = ending.any(ending.tables, "json", "h5", "hdf5", ending.pictures, "omex") },
    { "--resume", "Keep what is done of many runs, or of --scan, in this file, and go on from what is in it: after ^C "
      .. "or a crash the same command comes to the same numbers.", value = "FILE" },
    { "--events", "Write to this file, as CSV, when which event fires in the run.", value = "FILE",
      endings = ending.tables },
    { "--json", "JSON instead of CSV." },
    { "--plot", "A chart instead of numbers." },
    { "--out-dir -o", "Run the experiments of a COMBINE archive (SED-ML), and write reports.h5 and log.yml into this "
      .. "folder, as BioSimulators does.", value = "DIR" },
    { "--archive -i", "The archive, in place of MODEL; without --out-dir files are written here.", value = "FILE" },
    { "--debug -d", "For BioSimulators' sake: there is nothing more to tell." },
    { "--quiet -q", "No progress, and of archives no warnings." },
  },
  either = { { "--json", "--plot" }, { "--times", "--every" }, { "--times", "--start" },
    { "--events", "--runs" }, { "--steps", "--every" }, { "--steps", "--times" }, { "--steps", "--start" },
    { "--steps", "--runs" },
    { "--check", "--runs" }, { "--check", "--steps" } },
  examples = {
    { "bioxen simulate model.xml --duration 3600 --every 10 --out model.csv", "an hour, by differential equations" },
    { "bioxen simulate model.xml.gz --duration 60 --runs 1000 --seed 42 --record A,B",
      "means and deviations of a thousand runs" },
    { "bioxen simulate model.xml --duration 100 --plot", "a look at it" },
    { "bioxen simulate project.omex -o results", "the experiments of an archive" },
  },
  run = function(options)
    if options.initial then -- the same to the cell
      options.set = table.move(options.initial, 1, #options.initial, #(options.set or {}) + 1, options.set or {})
    end
    if options.archive or options.out_dir then
      if options.archive and options.model then return nil, "either MODEL or '--archive' expected" end
      if not (options.archive or options.model) then return nil, "missing argument 'MODEL'" end
      return archive.run(options)
    end
    if not options.model then return nil, "missing argument 'MODEL'" end
    if not (options.duration or options.times) then return nil, "missing option '--duration'" end
    if options.scan[1] then return scan(options) end
    if options.resume and (options.runs or 1) == 1 then return nil, "option '--resume' goes with '--runs'" end
    if options.check and (options.method or "ode") ~= "ode" then
      return nil, "option '--check' is for the method 'ode' alone"
    end
    return simulate(options)
  end,
}
