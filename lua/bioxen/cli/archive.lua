-- COMBINE archives for `bioxen simulate`: run, as BioSimulators' programs run them, and written.

local core = require "bioxen.core"
local models = require "bioxen.cli.models"
local pack = require "bioxen.sedml.pack"
local progress = require "bioxen.cli.progress"
local say = require "bioxen.cli.say"
local sedml = require "bioxen.sedml"

local archive = {}

local MEMORY = 900 << 20 -- bytes that a VM may take that reads one

-- ---- written ----

-- How many steps lie between the rows of a run; or nil and what is wrong with it.
local function steps_of(run, options)
  if options.runs > 1 or options.steps or options.times then
    return nil, "--out FILE.omex: one run with --duration and --every expected"
  end
  local steps = (run.duration - (run.start or 0))/run.every
  if math.abs(steps - math.floor(steps + 0.5)) < 1e-9*steps then return math.floor(steps + 0.5) end
  return nil, "--out FILE.omex: --every that divides the time between the first row and the last expected"
end

--- Write the model, the run that was made of it and the results as a COMBINE archive, options.out. True, or nil and an
-- error.
function archive.write(vm, model, run, options, result)
  local steps, odd = steps_of(run, options)
  if not steps then return core.fail("EMODEL", odd) end
  local text, err = options.text, nil
  if not text then text, err = core.read_file(options.model, sedml.LIMIT) end
  if not text then return nil, err end
  if not text:find "^[%s\xEF\xBB\xBF]*<" then
    return core.fail("EMODEL", "--out FILE.omex: a model that is not compressed expected")
  end
  local set, tolerance = {}, run.tolerance
  for i, item in ipairs(options.set or {}) do
    local name, value = item:match "^(.-)=(.*)$"
    set[i] = { name, tonumber(value) }
  end
  if type(tolerance.absolute) == "table" then
    return core.fail("EMODEL", "--out FILE.omex: one absolute tolerance for all expected")
  end
  local results, err = result:to_csv()
  if not results then return nil, err end
  return pack(vm, options.out, text, options.record or model.species, set, { start = run.start or 0,
    duration = run.duration, rows = steps, method = run.method, seed = run.method ~= "ode" and run.seed or nil,
    relative = tolerance.relative, absolute = tolerance.absolute }, results)
end

-- ---- run ----

local TRUE = { ["1"] = true, ["true"] = true, ["yes"] = true }

-- A name of a file in the folder, from the environment.
local function file_name(variable, usual)
  local name = os.getenv(variable) or usual
  if name ~= "" and not name:find "[/%z]" and name ~= "." and name ~= ".." then return name end
  return nil, ("%s: the name of a file expected, got '%s'"):format(variable, name)
end

-- What is written, by the variable that names it.
local FILES = { h5 = { "H5_REPORTS_PATH", "reports.h5" }, csv = { "REPORTS_PATH", "reports.zip" },
  plots = { "PLOTS_PATH", "plots.zip" }, log = { "LOG_PATH", "log.yml" } }

local function is_on(variable, usual)
  local value = os.getenv(variable)
  return TRUE[(value or usual):lower()] or false
end

-- The words of a variable, each of which is known; or nil and the one that is not.
local function words_of(variable, usual, known)
  local list, there = {}, {}
  for _, word in ipairs(known) do there[word] = true end
  for word in (os.getenv(variable) or usual):gmatch "[^,%s]+" do
    if not there[word] then
      return nil, ("%s: %s expected, got '%s'"):format(variable, table.concat(known, " or "), word)
    end
    list[#list + 1] = word
  end
  return list
end

-- What BioSimulators' environment asks for; or nil and what is wrong with it.
local function asked_of_archives(options)
  local made = { archive = options.archive or options.model, folder = options.out_dir or ".",
    policy = os.getenv "ALGORITHM_SUBSTITUTION_POLICY" or "SIMILAR_VARIABLES",
    plot_data = is_on("SAVE_PLOT_DATA", "1"), log = is_on("LOG", "1"), plots = true }
  local reports, err = words_of("REPORT_FORMATS", "h5", { "h5", "csv" })
  if not reports then return nil, err end
  for _, format in ipairs(reports) do made[format] = true end
  made.pictures, err = words_of("VIZ_FORMATS", "", { "pdf", "png", "svg" })
  if err then return nil, err end
  for what, file in pairs(FILES) do
    if made[what] then
      made[what], err = file_name(table.unpack(file))
      if err then return nil, err end
    end
  end
  return made
end

--- Run the experiments of an archive, options.archive or options.model, into the folder options.out_dir: the exit
-- status.
function archive.run(options)
  local asked, err = asked_of_archives(options)
  if not asked then return say.misused(err) end
  progress.begin(options)
  local made, err = core.make_folder(asked.folder)
  if not made then return say.failed(err) end
  local vm <close>, err = models.start("simulate", options.seed or math.random(0), MEMORY)
  if not vm then return say.failed(err) end
  function asked.warn(words)
    if not options.quiet then say.note("bioxen: warning: " .. words) end
  end
  function asked.complain(words) say.failed(words) end
  return sedml.run(vm, asked) and say.DONE or say.FAILED
end

return archive
