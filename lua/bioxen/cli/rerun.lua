-- `bioxen rerun`: a recorded run once more, and whether its numbers are the same.

local core = require "bioxen.core"
local execute = require "bioxen.cli.execute"
local record = require "bioxen.cli.record"
local say = require "bioxen.cli.say"

local LIMIT = 1 << 30 -- bytes of a file that is looked into

-- ---- before ----

-- The script's text: as it is where it was, or the copy that was kept.
local function script_of(folder, manifest)
  local was = manifest.script.path
  local text = was ~= "-" and core.read_file(was, LIMIT)
  if text and core.digest(text) == manifest.script.sha256 then return text end
  local copy, err = folder:read(record.SCRIPT, LIMIT)
  if not copy or core.digest(copy) ~= manifest.script.sha256 then
    return nil, ("neither %s nor %s/%s is the script that was run%s"):format(was, tostring(folder), record.SCRIPT,
      err and ": " .. err.message or "")
  end
  if was ~= "-" then say.note(was .. " has changed since, or is gone: the copy that was kept is run") end
  return copy
end

local function tell_changes(manifest)
  if manifest.bioxen ~= core.version then
    say.note(("this is BioXen %s, it was %s"):format(core.version, manifest.bioxen))
  end
  for _, file in ipairs(manifest.files) do
    local digest = core.digest_file(file.path)
    if digest ~= file.sha256 then
      say.note(file.path .. (digest and " has changed since" or " is gone"))
    end
  end
end

-- ---- afterwards ----

local function lines_of(folder, name)
  local text = folder:read(name, LIMIT)
  local lines = {}
  for line in ((text or "") .. "\n"):gmatch "(.-)\r?\n" do lines[#lines + 1] = line end
  return lines
end

local function cut(line)
  return #line > 60 and line:sub(1, 60) .. "..." or line
end

-- The first line that differs, of a file in both folders.
local function difference(before, after, name)
  local old, new = lines_of(before, name), lines_of(after, name)
  for i = 1, math.max(#old, #new) do
    if old[i] ~= new[i] then
      return ("line %d was '%s', is '%s'"):format(i, cut(old[i] or ""), cut(new[i] or ""))
    end
  end
end

local function is_text(name)
  return not (name:find "%.png$" or name:find "%.gz$")
end

local function differences(folder, manifest, again)
  local found, after = {}, {}
  for _, result in ipairs(again.results) do after[result.file] = result end
  for _, result in ipairs(manifest.results) do
    local now = after[result.file]
    after[result.file] = nil
    if not now then
      found[#found + 1] = result.file .. " is missing"
    elseif now.sha256 ~= result.sha256 then
      local where = is_text(result.file) and difference(folder, again.folder, result.file)
      found[#found + 1] = result.file .. " differs" .. (where and ": " .. where or "")
    end
  end
  for name in pairs(after) do found[#found + 1] = name .. " is new" end
  if again.status ~= manifest.status then
    found[#found + 1] = ("the exit status was %d, is %d"):format(manifest.status, again.status)
  end
  table.sort(found)
  return found
end

-- The numbers are those in files; where there are none, those that were printed.
local function judge(folder, manifest, again)
  local found = differences(folder, manifest, again)
  local log = difference(folder, again.folder, record.LOG)
  local files = #manifest.results
  if log and files == 0 then found[#found + 1] = "what it printed differs: " .. log end
  for _, line in ipairs(found) do say.line(line) end
  if #found > 0 then return false end
  if log then say.line("What it printed differs, as times do: " .. log) end
  print(files > 0 and ("The same: %d %s."):format(files, files == 1 and "file" or "files")
    or "The same: what it printed; it left no files.")
  return true
end

local function absolute(path)
  return path:find "^/" and path or core.real_path "." .. "/" .. path
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

local function rerun(options)
  local path, missing = core.real_path(options.dir)
  if not path then return say.failed(missing) end
  local folder, err = core.open_folder(path, true)
  if not folder then return say.failed(err) end
  local manifest, err = record.read(folder)
  if not manifest then return say.failed(err) end
  local text, lost = script_of(folder, manifest)
  if not text then return say.failed(lost) end
  tell_changes(manifest)
  local out = options.out and absolute(options.out) or temporary()
  local there, away = core.change_folder(manifest.working_folder)
  if not there then return say.failed(away) end
  local run = { script = manifest.script.name, text = text, arguments = manifest.arguments,
    seed = math.tointeger(manifest.seed), out = out, quiet = options.quiet }
  function run.after(_, again)
    again.folder = run.results
    local same = judge(folder, manifest, again)
    if same and not options.out then remove(out) end
    if not same then say.line("What it left now is in " .. out .. ".") end
    return same and say.DONE or say.FAILED
  end
  return execute.recorded(run)
end

return {
  name = "rerun",
  summary = "run again what bioxen run --out recorded, and compare",
  description = "Run a script again with the arguments, the working folder and the seed of its manifest, and say "
    .. "whether the files that it leaves are the same to the byte; of a script that leaves none, what it prints. The "
    .. "exit status is 1 where they are not.",
  arguments = { { "DIR", "The folder that bioxen run --out made." } },
  options = {
    { "--out", "Keep the new results in this folder.", value = "DIR" },
    { "--quiet -q", "No progress." },
  },
  examples = { { "bioxen rerun results", "the same numbers?" } },
  run = rerun,
}
