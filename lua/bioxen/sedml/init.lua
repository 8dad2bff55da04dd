--- COMBINE archives: their experiments in SED-ML, run in a VM. The host reads the file's bytes and writes what comes
-- out; all that is in them is read in the VM.

local core = require "bioxen.core"
local interpreter = require "bioxen.sedml.interpreter"
local log = require "bioxen.sedml.log"
local pictures = require "bioxen.sedml.pictures"
local reports = require "bioxen.sedml.reports"
local zip = require "bioxen.sedml.zip"

local sedml = {}

sedml.LIMIT = 60 << 20 -- bytes of an archive, which must fit into a frame

local WARNINGS = 10 -- that are said, and no more
local PIECE = 1 << 20 -- values that come from the VM at once

-- ---- a run ----

local run_methods = {}
run_methods.__index = run_methods

-- A step of the interpreter: its answer; or nil and words.
function run_methods:ask(step, argument, name)
  local answer, err = self.vm:execute_biological_process(("return project.%s(args)"):format(step),
    { args = argument, name = name or step })
  if not answer then return nil, err.message or tostring(err) end
  self.noted = answer.result.warnings
  for _, warning in ipairs(self.noted) do self:tell(warning) end
  if answer.result.fault then return nil, answer.result.fault end
  return answer.result
end

-- Say what is doubtful, of which the log has all.
function run_methods:tell(warning)
  self.told = self.told + 1
  if self.told <= WARNINGS then self.warn(warning) end
  if self.told == WARNINGS + 1 then self.warn "and more, which the log has" end
end

function run_methods:save_log()
  if not self.log_path then return end
  self.archive.duration = core.clock() - self.begun
  local saved, err = core.save_file(self.log_path, log.text(self.archive))
  if not saved then self.lost = err end
end

-- What a step warned of, for the log.
function run_methods:note(entry)
  if #self.noted > 0 then entry.output = table.concat(self.noted, "\n") end
end

function run_methods:failed(entry, words)
  log.fail(entry, words)
  self.bad = true
  self.complain(words)
end

-- Fetch the values of a generator, piece by piece; or nil and words.
function run_methods:fetch(id)
  local made, words = self:ask("generate", id)
  if not made then return nil, words end
  local size, values = 1, {}
  for _, length in ipairs(made.shape) do size = size*length end
  for from = 1, size, PIECE do
    local piece, err = self.vm:execute_biological_process("return project.values(args[1], args[2], args[3])",
      { args = { id, from, from + PIECE - 1 }, name = "values" })
    if not piece then return nil, err.message end
    table.move(piece.result, 1, #piece.result, from, values)
  end
  return { shape = made.shape, values = values }
end

local INNER = { report = "dataSets", plot2D = "curves", plot3D = "surfaces" }

-- The entries of an output's sets in the log, by generator.
local function mark_sets(entry, output, failed)
  for i, inner in ipairs(entry[INNER[output.kind]]) do
    local bad
    if output.kind == "report" then
      bad = failed[output.sets[i].generator]
    else
      local curve = output.curves[i]
      bad = failed[curve.x] or failed[curve.y] or failed[curve.z or ""]
    end
    inner.status = bad and "FAILED" or "SUCCEEDED"
  end
end

-- Draw a plot for plots.zip, in each format that is asked for.
function run_methods:draw(location, output, values)
  if output.kind == "report" then return end
  for _, format in ipairs(self.picture_formats) do
    local bytes, words = pictures.draw(output, values, self.pictures_path .. "." .. format)
    if bytes then
      self.pictures[#self.pictures + 1] = { ("%s/%s.%s"):format(location, output.id, format), bytes }
    else
      return self:tell(("output \"%s\": %s"):format(output.id, words))
    end
  end
end

-- Make an output whose tasks are done, and write it.
function run_methods:make_output(location, output, entry)
  local failed, values, begun, first = {}, {}, core.clock(), nil
  entry.status = "RUNNING"
  for _, set in ipairs(output.sets) do
    local id = set.generator
    if not values[id] and not failed[id] then
      local words
      values[id], words = self:fetch(id)
      if not values[id] then
        failed[id], first = words, first or ("output \"%s\": %s"):format(output.id, words)
      end
    end
    local made = values[id] or {}
    set.shape, set.values = made.shape, made.values
  end
  mark_sets(entry, output, failed)
  if next(values) or not first then
    local added, err, numbers = true, nil, output.kind == "report" or self.plot_data
    if self.formats.h5 and numbers then
      added, err = self.reports:add(location, output)
    end
    if self.formats.csv and numbers and not self.reports:add_csv(location, output) then
      self:tell(("output \"%s\" has more than two dimensions: it is not written as CSV"):format(output.id))
    end
    if not added then first = first or err.message end
    self:draw(location, output, values)
  end
  for _, set in ipairs(output.sets) do set.values = nil end
  self:ask("forget")
  entry.duration = core.clock() - begun
  if first then self:failed(entry, first) else entry.status = "SUCCEEDED" end
end

-- Make what waits for no task any more.
function run_methods:make_outputs(location, outputs, entries, done)
  for i, output in ipairs(outputs) do
    local ready = entries[i].status == "QUEUED"
    for id in pairs(output.tasks) do ready = ready and done[id] end
    if ready then
      self:make_output(location, output, entries[i])
      self:save_log()
    end
  end
end

function run_methods:run_task(task, entry)
  local begun = core.clock()
  entry.status = "RUNNING"
  self:save_log()
  local answer, words = self:ask("run", task.id, task.id)
  entry.duration = core.clock() - begun
  if not answer then return self:failed(entry, words) end
  self:note(entry)
  entry.status, entry.algorithm = "SUCCEEDED", answer.algorithm
  entry.simulatorDetails = { { kind = "detail", key = "method", value = answer.method } }
end

-- The entries of a document's tasks and outputs.
local function open_entries(entry, document)
  entry.tasks, entry.outputs = {}, {}
  for i, task in ipairs(document.tasks) do entry.tasks[i] = log.entry("task", { id = task.id }) end
  for i, output in ipairs(document.outputs) do
    local inner = {}
    for j, part in ipairs(output.kind == "report" and output.sets or output.curves) do
      inner[j] = log.entry("set", { id = part.id })
    end
    entry.outputs[i] = log.entry(output.kind, { id = output.id, [INNER[output.kind]] = inner })
  end
end

function run_methods:run_document(location, entry)
  local begun = core.clock()
  entry.status = "RUNNING"
  self:save_log()
  local document, words = self:ask("read", location)
  if not document then return self:failed(entry, words) end
  self:note(entry)
  open_entries(entry, document)
  local done, before = {}, self.bad
  self.bad = false
  for i, task in ipairs(document.tasks) do
    if task.needed then
      self:run_task(task, entry.tasks[i])
    else
      log.skip(entry.tasks[i], "no output needs it")
    end
    done[task.id] = true
    self:make_outputs(location, document.outputs, entry.outputs, done)
  end
  local all = setmetatable({}, { __index = function() return true end }) -- tasks that are not there, too
  self:make_outputs(location, document.outputs, entry.outputs, all)
  entry.status, entry.duration = self.bad and "FAILED" or "SUCCEEDED", core.clock() - begun
  self.bad = self.bad or before
end

function run_methods:run_archive(bytes, old, policy)
  local loaded, err = interpreter.load(self.vm)
  if not loaded then return nil, err.message end
  local opened, words = self:ask("open", { bytes = bytes, old = old, policy = policy })
  if not opened then return nil, words end
  self:note(self.archive)
  self.archive.sedDocuments = {}
  for i, location in ipairs(opened.documents) do
    self.archive.sedDocuments[i] = log.entry("document", { location = location })
  end
  for _, entry in ipairs(self.archive.sedDocuments) do self:run_document(entry.location, entry) end
  local closed, err = self.reports:close(self.csv_path)
  if closed and #self.pictures > 0 then
    closed, err = core.save_file(self.pictures_path, zip.pack(self.pictures))
  end
  return closed, err
end

--- Run the archive at `options.archive` in a VM whose cell is empty. options: folder (of what is written, which is
-- there), log, h5, csv (names of files in it; nil or false: not written), pictures (a list of "pdf", "png", "svg") and
-- plots (the name of the file that they go to), plot_data, policy; warn(words) and complain(words) are told. True if
-- all succeeded.
function sedml.run(vm, options)
  local run = setmetatable({ vm = vm, begun = core.clock(), bad = false, noted = {}, told = 0,
    warn = options.warn, complain = options.complain,
    archive = log.entry("archive", {}), log_path = options.log and options.folder .. "/" .. options.log,
    csv_path = options.csv and options.folder .. "/" .. options.csv, plot_data = options.plot_data,
    pictures = {}, picture_formats = options.pictures, pictures_path = options.folder .. "/" .. options.plots,
    formats = { h5 = options.h5 ~= nil, csv = options.csv ~= nil } }, run_methods)
  run.archive.status = "RUNNING"
  run:save_log()
  local done, words
  local bytes, err = core.read_file(options.archive, sedml.LIMIT)
  if bytes and not run.lost then run.reports, err = reports.new(options.h5 and options.folder .. "/" .. options.h5) end
  if run.reports then
    done, words = run:run_archive(bytes, options.archive:find "%.sedx$" ~= nil, options.policy)
  else
    words = (err or run.lost).message
  end
  if not done then
    words = type(words) == "table" and words.message or words
    run:failed(run.archive, words)
  end
  run.archive.status = run.bad and "FAILED" or "SUCCEEDED"
  log.close(run.archive)
  run:save_log()
  if run.lost then run.complain(run.lost.message) end
  return not run.bad and not run.lost
end

return sedml
