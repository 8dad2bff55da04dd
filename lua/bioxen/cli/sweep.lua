-- `bioxen sweep`: a function of parameters at many points, in one go, in pieces, or from where it was left.

local core = require "bioxen.core"
local ending = require "bioxen.ending"
local modules = require "bioxen.modules"
local plot_options = require "bioxen.plot.options"
local progress = require "bioxen.cli.progress"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"
local slurm = require "bioxen.sweep.slurm"
local sweep = require "bioxen.sweep"

local commands = { run = true, merge = true, submit = true, status = true, resubmit = true, cancel = true,
  collect = true }

-- "run" may be left out before a file.
local function prepare(words)
  local first = words[2]
  if not first or commands[first] or first:find "^%-%-?h" then return words end
  return { words[1], "run", table.unpack(words, 2) }
end

-- The table that a file gives; nil and an error.
local function read(path)
  local text, err = source.read(path)
  if not text then return nil, err end
  local chunk, mistake = load(text:gsub("^#[^\n]*", ""), path == "-" and "=stdin" or "@" .. path)
  if not chunk then return core.fail("ESCRIPT", mistake) end
  modules.beside(path)
  local options = chunk()
  if type(options) ~= "table" then
    return core.fail("ESCRIPT", path .. ": a file that returns a table, the options of bioxen.sweep, expected")
  end
  return options
end

-- Show how far the sweep is, as the other commands do.
local function follow(options)
  if options.quiet then return nil end
  progress.begin(options)
  local before
  return function(done, total)
    if not before then progress.share("sweep", total, "points") end
    progress.advance(done - (before or 0))
    before = done
  end
end

-- Nothing to draw is a failure, not a mistake in these words.
local function draw(result, path)
  local good, drawn, err = pcall(result.plot, result, { file = path })
  if good then return drawn, err end
  if type(drawn) ~= "string" then error(drawn, 0) end
  return core.fail("ERESULT", (drawn:gsub("^[^\n]-:%d+: ", "", 1)))
end

-- As what the file's name says.
local function write(result, path)
  if path and plot_options.format(path) then return draw(result, path) end
  if path and path ~= "-" then return result:save(path) end
  return source.write(result:csv())
end

local function finish(result, options)
  local written, err = write(result, options.out)
  if written and options.plot then written, err = draw(result, options.plot) end
  if not written then return say.failed(err) end
  if result.interrupted then
    say.failed(("interrupted; %d of %d points are kept%s"):format(#result.rows, #result.rows + result.missing,
      options.record and ", and the same command goes on" or ""))
    return say.INTERRUPTED
  end
  if result.missing > 0 then
    say.note(("bioxen: %d of %d points are done%s"):format(#result.rows, #result.rows + result.missing,
      result.out_of_time and ", and time is over" .. (options.record and ": the same command goes on" or "") or ""))
  end
  if result.failed == 0 then return result.out_of_time and say.FAILED or say.DONE end
  return say.failed(("%d of %d points failed: their errors are in the table%s"):format(result.failed, #result.rows,
    options.record and ", and --retry tries them again" or ""))
end

-- What a function of sweeps gives. A mistake in the file is one in these words: nil and its text.
local function attempt(f, ...)
  local good, result, err = pcall(f, ...)
  if good then return true, result, err end
  if type(result) ~= "string" or result:find "interrupted$" then error(result, 0) end
  return nil, (result:gsub("^[^\n]-:%d+: ", "", 1))
end

-- Do the sweep of options of bioxen.sweep, and of the words, which say where its VMs are if either does.
local function go(given, options)
  if options.pool then given.vms = nil end
  if options.vms then given.pool, given.guests, given.vms_per_guest = nil, nil, nil end
  for _, name in ipairs { "record", "shard", "vms", "seed", "pool", "guests", "vms_per_guest", "budget" } do
    if options[name] then given[name] = options[name] end
  end
  given.retry = options.retry or given.retry
  given.notice = given.notice or function(words) say.note("bioxen: " .. words) end
  given.progress = given.progress or follow(options)
  local good, result, err = attempt(sweep.sweep, given, true)
  if not good then return nil, result end
  if not result then return say.failed(err) end
  return finish(result, { out = options.out, plot = options.plot, record = given.record })
end

local function run(options)
  local given, err = read(options.file)
  if not given then return say.failed(err) end
  return go(given, options)
end

local function merge(options)
  local result, err = sweep.merge(options.record, options.shards)
  if not result then return say.failed(err) end
  return finish(result, { out = options.out, plot = options.plot })
end

-- ---- Slurm ----

local function submit(options)
  local at = core.real_path(options.file)
  if options.file == "-" or not at then return nil, options.file .. ": a file expected, which the nodes see, too" end
  local given, err = read(at)
  if not given then return say.failed(err) end
  if given.pool then return nil, "pool: a sweep that Slurm runs has its VMs on the cluster's nodes" end
  local vms = options.vms or 1
  local words = { at, "--vms", ("%d"):format(vms) }
  if options.seed then
    given.seed = options.seed
    words[#words + 1] = ("--seed=%d"):format(options.seed)
  end
  local more = { ("--cpus-per-task=%d"):format(vms) }
  if options.partition then more[2] = "--partition=" .. options.partition end
  table.move(options.sbatch, 1, #options.sbatch, #more + 1, more)
  if not options.tasks then say.note "bioxen: a few points are done here, to see how long they take" end
  local good, array, job = attempt(slurm.submit, given, { folder = options.folder, words = words, vms = vms,
    tasks = options.tasks, seconds = options.seconds or 600, options = more })
  if not good then return nil, array end
  if not array then return say.failed(job) end
  say.line(("job %s: %d points in %d task%s"):format(job, array.total, array.tasks, array.tasks == 1 and "" or "s"))
  return say.DONE
end

-- A command of an array that was submitted: f(array, options) in it.
local function of_array(f)
  return function(options)
    local array, err = slurm.open(options.folder)
    if not array then return say.failed(err) end
    return f(array, options)
  end
end

local function status(array)
  local all, err = array:status()
  if not all then return say.failed(err) end
  local counts = { waiting = 0, running = 0, done = 0, stopped = 0 }
  for _, one in ipairs(all.tasks) do counts[one.state] = counts[one.state] + 1 end
  say.line(("points: %d of %d done, %d of them failed"):format(all.done, all.total, all.failed))
  say.line(("tasks: %d done, %d running, %d waiting, %d stopped"):format(counts.done, counts.running, counts.waiting,
    counts.stopped))
  for task, one in ipairs(all.tasks) do
    if one.state == "stopped" then
      say.line(("task %d %s: %d of %d points done%s%s"):format(task, one.words, one.done, one.points,
        one.failed > 0 and (", %d failed"):format(one.failed) or "", one.log and "; see " .. one.log or ""))
    end
  end
  return say.DONE
end

local function resubmit(array, options)
  local job, tasks = array:resubmit(options.retry)
  if not job and tasks ~= 0 then return say.failed(tasks) end
  say.line(job and ("job %s: %d task%s"):format(job, tasks, tasks == 1 and "" or "s") or "there is nothing to do again")
  return say.DONE
end

local function cancel(array)
  local cancelled, err = array:cancel()
  return cancelled and say.DONE or say.failed(err)
end

local function collect(array, options)
  local path = options.record or array.folder .. "/all.jsonl"
  local result, err = array:collect(path)
  if not result then return say.failed(err) end
  local ended = finish(result, { out = options.out, plot = options.plot, record = path })
  return result.missing > 0 and say.FAILED or ended
end

local folder = { "FOLDER", "That of bioxen sweep submit." }

local out = { "--out", "The table goes to this file; .json, .h5 (HDF5), .png, .svg, .pdf and .html say what it is to "
  .. "be, else CSV (default: standard output).", value = "FILE",
  endings = ending.any(ending.tables, "json", "h5", "hdf5", ending.pictures) }

local plot = { "--plot", "Draw the results into this file (.png, .svg, .pdf or .html): lines along one parameter, a "
  .. "heat map over two, points where there are more.", value = "FILE", endings = ending.pictures }

return {
  name = "sweep",
  go = go, follow = follow, attempt = attempt, -- for what is done by sweeps
  summary = "run code at many points of its parameters, in one go or in pieces",
  description = "Run code at many points of its parameters: bioxen sweep FILE.lua.",
  prepare = prepare,
  commands = {
    {
      name = "run",
      summary = "run a sweep, or go on with one",
      description = "Run the sweep that a Lua file describes: it returns the options of bioxen.sweep. With --record, "
        .. "results are written to that file as they come; run again with the same file, only what is missing is done. "
        .. "With --pool, guests are made for it and removed at its end; what was in a guest that is lost is done in "
        .. "others. "
        .. "Shards need files of their own, which bioxen sweep merge makes one. The exit status is 1 where points "
        .. "failed, or time was over.",
      arguments = { { "FILE", "The Lua file; - reads it from standard input." } },
      options = {
        out,
        plot,
        { "--record", "Keep results in this file, and go on from what is in it.", value = "FILE" },
        { "--shard", "Do the I-th of N parts.", value = "I/N" },
        { "--retry", "Try points that failed again." },
        { "--vms", "How many VMs (default: as many as cores).", value = "N", number = { integer = true, minimum = 1 } },
        { "--pool", "Make guests on the XCP-ng pool of this configuration, and work in them.", value = "CONFIG" },
        { "--guests", "How many guests (default: 1).", value = "N", number = { integer = true, minimum = 1 } },
        { "--vms-per-guest", "How many VMs in each (default: 1).", value = "N",
          number = { integer = true, minimum = 1 } },
        { "--budget", "Begin no point after so many seconds.", value = "SECONDS", number = { above = 0 } },
        { "--seed", "Seed of the points' random numbers.", value = "N", number = { integer = true } },
        { "--quiet -q", "No progress." },
      },
      either = { { "--vms", "--pool" } },
      examples = {
        { "bioxen sweep scan.lua --record scan.jsonl --out scan.csv", "all points; once more after a crash: the rest" },
        { "bioxen sweep scan.lua --record scan.jsonl --out scan.h5 --plot scan.svg", "as HDF5, and as a picture" },
        { "bioxen sweep scan.lua --record scan.jsonl --pool pool.json --guests 8 --vms-per-guest 4 --budget 3600",
          "32 VMs in 8 guests of a pool, for an hour" },
        { "parallel bioxen sweep scan.lua --shard {}/4 --record {}.jsonl --out {}.csv ::: 1 2 3 4",
          "in pieces, by GNU parallel" },
      },
      run = run,
    },
    {
      name = "merge",
      summary = "make the records of shards one",
      description = "Make the records of shards one, the same to the byte as that of the whole sweep.",
      arguments = {
        { "RECORD", "The record to write." },
        { "SHARDS", "Records of shards.", args = "+" },
      },
      options = { out, plot },
      examples = { { "bioxen sweep merge all.jsonl 1.jsonl 2.jsonl --out all.csv", "two shards as one" } },
      run = merge,
    },
    {
      name = "submit",
      summary = "hand a sweep to a cluster's Slurm",
      description = "Submit a sweep to Slurm as an array of tasks. FOLDER is made, for records, logs and the script of "
        .. "a task; every node has to see it, FILE and this program under the same names. Unless --tasks says how "
        .. "many tasks, a few points are done at once, for some 5 s, to tell.",
      arguments = { { "FILE", "The Lua file, as of bioxen sweep run." }, { "FOLDER", "Where all of it goes." } },
      options = {
        { "--slurm", "The scheduler; there is no other.", required = true },
        { "--partition", "Slurm's partition.", value = "NAME" },
        { "--tasks", "How many tasks.", value = "N", number = { integer = true, minimum = 1, maximum = 1 << 22 } },
        { "--seconds", "What a task shall take (default: 600).", value = "N", number = { above = 0 } },
        { "--vms", "VMs, and processors, of a task (default: 1).", value = "N",
          number = { integer = true, minimum = 1 } },
        { "--seed", "Seed of the points' random numbers.", value = "N", number = { integer = true } },
        { "--sbatch", "One more option of sbatch, as --sbatch=--time=60. As often as need be.", value = "OPTION",
          many = true },
      },
      either = { { "--tasks", "--seconds" } },
      examples = {
        { "bioxen sweep submit --slurm --partition short scan.lua scan", "an array of tasks of 10 minutes" },
      },
      run = submit,
    },
    {
      name = "status",
      summary = "tell how far a sweep is that was submitted",
      description = "Tell how far a sweep is: what tasks have written, and what Slurm still knows of them.",
      arguments = { folder },
      examples = { { "bioxen sweep status scan", "points and tasks done, and what stopped tasks" } },
      run = of_array(status),
    },
    {
      name = "resubmit",
      summary = "submit again what failed, was killed or preempted",
      description = "Submit the tasks again that have stopped before all their points were done. They go on from what "
        .. "they have written, and try again what failed in them.",
      arguments = { folder },
      options = { { "--retry", "Tasks that are done, too, where points failed." } },
      examples = { { "bioxen sweep resubmit scan", "once more, what is missing" } },
      run = of_array(resubmit),
    },
    {
      name = "cancel",
      summary = "take back what waits or runs of a sweep",
      description = "Take back all tasks of a sweep that wait or run. What they have written stays.",
      arguments = { folder },
      examples = { { "bioxen sweep cancel scan", "bioxen sweep resubmit goes on with it" } },
      run = of_array(cancel),
    },
    {
      name = "collect",
      summary = "gather the results of a sweep that was submitted",
      description = "Make the records of tasks one, the same to the byte as that of a run on one machine. The exit "
        .. "status is 1 where points failed or are missing.",
      arguments = { folder },
      options = { out, plot, { "--record", "The record to write (default: all.jsonl in FOLDER).", value = "FILE" } },
      examples = { { "bioxen sweep collect scan --out scan.csv", "the table of all tasks" } },
      run = of_array(collect),
    },
  },
}
