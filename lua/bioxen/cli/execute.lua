--- A script, run by `bioxen run` and `bioxen rerun`: as by `bioxen script.lua`, or recorded in a folder.

local core = require "bioxen.core"
local modules = require "bioxen.modules"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"

local execute = {}

-- A "#!" line is none of Lua's.
local function compile(text, name)
  return load(text:gsub("^#[^\n]*", ""), name == "-" and "=stdin" or "@" .. name)
end

local function set_arg(path, arguments)
  local words = { [-2] = arg[-1], [-1] = "run", [0] = path }
  arg = table.move(arguments, 1, #arguments, 1, words) -- luacheck: ignore (stock lua's global)
end

--- Run the script { script, arguments, seed }: the exit status; its errors are the caller's.
function execute.plainly(run)
  local text, err = source.read(run.script)
  if not text then return say.failed(err) end
  local chunk, err = compile(text, run.script)
  if not chunk then return say.failed(err) end
  set_arg(run.script, run.arguments)
  modules.beside(run.script)
  if run.seed then math.randomseed(run.seed) end
  chunk(table.unpack(run.arguments))
  return say.DONE
end

-- ---- recorded ----

local OUTPUT_GONE = "nobody reads the output"
local INTERRUPTED = "interrupted$"

local function explain(err)
  if type(err) == "string" then
    if err:find(OUTPUT_GONE, 1, true) then return OUTPUT_GONE end
    if err:find(INTERRUPTED) then return err end -- by ^C, or another's words to the same effect
    return (debug.traceback(err, 2):gsub("\n\t%[C%]: in function 'xpcall'.*", "")) -- what follows is ours
  end
  return tostring(err)
end

local function status_of(code)
  if code == nil or code == true then return say.DONE end
  return math.tointeger(code) or say.FAILED
end

-- os.exit ends the process, but not before `finish` has been called, which gives the status.
local function guard_exit(finish)
  local exit = os.exit
  os.exit = function(code, close) -- luacheck: ignore (on purpose)
    exit(finish(status_of(code)), close)
  end
  return function() os.exit = exit end -- luacheck: ignore
end

-- The script and its folder for results, which is the user's own: nobody else leads what is written into it astray.
local function prepare(run, record)
  local text, err = run.text, nil
  if not text then text, err = source.read(run.script) end
  if not text then return nil, err end
  local chunk, err = compile(text, run.script)
  if not chunk then return nil, err end
  local made, err = core.make_folder(run.out)
  if not made then return nil, err end
  run.folder = core.real_path(run.out)
  local results, err = core.open_folder(run.folder, true)
  if not results then return nil, err end
  if not run.resumed and #core.list_folder(run.folder) > 0 then
    return nil, ("%s is not empty: name another folder, or remove it"):format(run.out)
  end
  local saved, err = results:save(record.SCRIPT, text)
  if not saved then return nil, err end
  run.results = results
  return chunk
end

--- Run the script { script, text, arguments, seed, out, quiet, after, resumed } with its results, log and manifest in
-- the folder `out`; `text` is the script's, if it is known. A manifest is there from the beginning; `resumed`: so is
-- what an earlier run left that did not end. after(status, manifest), if there, is called at the end, which a script
-- may bring about by os.exit, and gives the exit status.
function execute.recorded(run)
  local record = require "bioxen.cli.record"
  local transcript = require "bioxen.transcript"
  local chunk, err = prepare(run, record)
  if not chunk then return say.failed(err) end
  run.seed = run.seed or math.random(0)
  run.working_folder, run.started = core.real_path ".", os.date "!%Y-%m-%dT%H:%M:%SZ"
  run.path = core.real_path(run.script) or run.script
  if run.resumed then os.remove(run.folder .. "/" .. record.LOG) end
  local log, unmade = run.results:create(record.LOG)
  if not log then return say.failed(unmade) end
  run.began = select(3, core.digest_file(run.folder .. "/" .. record.LOG))
  record.begin(run)
  require "bioxen.out".folder = run.folder
  local terminal, unwritten = transcript.begin(log)
  if not terminal then return say.failed(unwritten) end
  io.stdout:setvbuf "line"
  require "bioxen.cli.progress".begin(run, terminal)
  local began = core.clock()
  local function finish(status)
    core.watch(nil)
    transcript.finish()
    run.status, run.seconds = status, core.clock() - began
    local manifest, unsaved = record.finish(run)
    if not manifest then return say.failed(unsaved) end
    return run.after and run.after(status, manifest) or status
  end
  run.status, run.seconds = record.RUNNING, 0
  local begun, unbegun = record.finish(run)
  if not begun then return say.failed(unbegun) end
  local release = guard_exit(finish)
  set_arg(run.script, run.arguments)
  modules.beside(run.script)
  math.randomseed(run.seed)
  local good, err = xpcall(chunk, explain, table.unpack(run.arguments))
  release()
  if not good and err ~= OUTPUT_GONE then say.failed(err) end
  local interrupted = not good and type(err) == "string" and err:find(INTERRUPTED)
  return finish(good and say.DONE or interrupted and say.INTERRUPTED or say.FAILED)
end

return execute
