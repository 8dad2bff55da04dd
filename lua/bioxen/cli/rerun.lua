-- `bioxen rerun`: a recorded run once more, and whether its numbers are the same.

local compare = require "bioxen.cli.compare"
local core = require "bioxen.core"
local execute = require "bioxen.cli.execute"
local inputs = require "bioxen.cli.inputs"
local record = require "bioxen.cli.record"
local say = require "bioxen.cli.say"
local archive = require "bioxen.vm.archive"

local LIMIT = 1 << 30 -- bytes of a file that is looked into

-- ---- before ----

-- The script's text: the copy that was kept, or what is where it was.
local function script_of(folder, manifest)
  local copy, err = folder:read(record.SCRIPT, LIMIT)
  local was = manifest.script.path
  if copy and core.digest(copy) == manifest.script.sha256 then
    local digest = was ~= "-" and core.digest_file(was)
    if digest and digest ~= manifest.script.sha256 then say.note(was .. " has changed since: its copy is run") end
    return copy
  end
  local text = was ~= "-" and core.read_file(was, LIMIT)
  if text and core.digest(text) == manifest.script.sha256 then return text end
  return nil, ("neither %s/%s nor %s is the script that was run%s"):format(tostring(folder), record.SCRIPT, was,
    err and ": " .. err.message or "")
end

-- What is not as it was: of files without a copy what is there now is read.
local function tell_changes(folder, manifest, path)
  for _, result in ipairs(manifest.results) do
    local now = folder:read(result.file, LIMIT)
    if now and core.digest(now) ~= result.sha256 then
      say.note(("%s has been changed since the run left it: what it left then is compared"):format(result.file))
    end
  end
  if manifest.bioxen ~= core.version then
    say.note(("this is BioXen %s, it was %s"):format(core.version, manifest.bioxen))
  end
  for _, file in ipairs(manifest.files) do
    local copied = core.digest_file(path .. "/" .. inputs.FOLDER .. inputs.absolute(file.path, "/"))
    local digest = core.digest_file(file.path)
    if copied and copied ~= file.sha256 then
      say.note(("the copy of %s is not what was read"):format(file.path))
    elseif digest and digest ~= file.sha256 then
      say.note(file.path .. " has changed since" .. (copied and ": its copy is read" or ""))
    elseif not digest and not copied then
      say.note(file.path .. " is gone")
    end
  end
end

-- ---- afterwards ----

-- The numbers are those in files; where there are none, those that were printed.
local function judge(folder, manifest, again)
  local found = compare.results(folder, manifest, again.folder, again)
  local log = compare.file(folder, again.folder, record.LOG)
  local files = #manifest.results
  if log and files == 0 then found[#found + 1] = "what it printed differs: " .. log end
  for _, line in ipairs(found) do say.line(line) end
  if #found > 0 then return false end
  if log then say.line("What it printed differs, as times do: " .. log) end
  print(files > 0 and ("The same: %d %s."):format(files, files == 1 and "file" or "files")
    or "The same: what it printed; it left no files.")
  return true
end

local function temporary()
  local path = os.tmpname()
  os.remove(path)
  return path
end

-- A link goes, and not what it leads to.
local function remove(path)
  if os.remove(path) then return end
  for _, name in ipairs(core.list_folder(path, true)) do remove(path .. "/" .. name) end
  os.remove(path)
end

-- The working folder of the run, or a new one where that is not there: its path then, which is to be removed.
local function go_to(working_folder)
  if core.change_folder(working_folder) then return nil end
  say.note(working_folder .. ", where it ran, is not here: it runs in an empty folder, with what was kept")
  local elsewhere = temporary()
  local made, err = core.make_folder(elsewhere)
  if made then made, err = core.change_folder(elsewhere) end
  return elsewhere, not made and err or nil
end

-- The run in a folder; `copy`, if there is one, goes at the end, which may be the script's own os.exit.
local function rerun_folder(dir, options, copy)
  local path, missing = core.real_path(dir)
  if not path then return say.failed(missing) end
  local folder, err = core.open_folder(path, true)
  if not folder then return say.failed(err) end
  local manifest, err = record.read(folder)
  if not manifest then return say.failed(err) end
  local text, lost = script_of(folder, manifest)
  if not text then return say.failed(lost) end
  tell_changes(folder, manifest, path)
  local out = options.out and inputs.absolute(options.out, core.real_path ".") or temporary()
  local elsewhere, away = go_to(manifest.working_folder)
  if away then return say.failed(away) end
  local copies = path .. "/" .. inputs.FOLDER
  local run = { script = manifest.script.name, text = text, arguments = manifest.arguments,
    seed = math.tointeger(manifest.seed), out = out, quiet = options.quiet, base = manifest.working_folder,
    copies = #core.list_folder(copies) > 0 and copies or nil, templates = manifest.module_path }
  function run.after(_, again)
    again.folder = run.results
    local same = judge(folder, manifest, again)
    if same and not options.out then remove(out) end
    if elsewhere then remove(elsewhere) end
    if copy then remove(copy) end
    if not same then say.line("What it left now is in " .. out .. ".") end
    return same and say.DONE or say.FAILED
  end
  return execute.recorded(run)
end

-- What bioxen pack made, in a new folder: its path; or nil and an error.
local function unpacked(path)
  local files, err = archive.read(path)
  if not files then return nil, err end
  local to = temporary()
  local made, err = core.make_folder(to)
  if not made then return nil, err end
  local folder, err = core.open_folder(to, true)
  if not folder then return nil, err end
  for name, bytes in pairs(files) do
    local below, saved = name:match "^(.*)/", true
    if below then saved, err = core.make_folder(to, below) end
    if saved then saved, err = folder:save(name, bytes) end
    if not saved then
      remove(to)
      return nil, err
    end
  end
  return to
end

local function rerun(options)
  if not core.is_file(options.dir) then return rerun_folder(options.dir, options) end
  local folder, err = unpacked(options.dir)
  if not folder then return say.failed(err) end
  local status = rerun_folder(folder, options, folder)
  remove(folder)
  return status
end

return {
  name = "rerun",
  summary = "run again what bioxen run --out recorded, and compare",
  description = "Run a script again with the arguments, the working folder and the seed of its manifest, on the copies "
    .. "of the files that it read, which the folder holds: it may be on another machine. Say whether the files that it "
    .. "leaves are the same to the byte, and by which number they differ first; of a script that leaves none, what it "
    .. "prints. The exit status is 1 where they are not.",
  arguments = { { "DIR", "The folder that bioxen run --out made, or the file that bioxen pack made of it." } },
  options = {
    { "--out", "Keep the new results in this folder.", value = "DIR" },
    { "--quiet -q", "No progress." },
  },
  examples = {
    { "bioxen rerun results", "the same numbers?" },
    { "bioxen rerun results.zip", "those that came by mail?" },
  },
  run = rerun,
}
