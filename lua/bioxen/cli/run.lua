-- `bioxen run`: a script, with its results in a folder if need be.

local core = require "bioxen.core"
local execute = require "bioxen.cli.execute"
local say = require "bioxen.cli.say"

local LIMIT = 1 << 30 -- bytes of a script

local own = { ["--out"] = "value", ["--resume"] = "value", ["--seed"] = "value", ["--quiet"] = "flag", ["-q"] = "flag" }

-- Our options may stand before the script and behind it, up to "--"; all else is the script's.
local function prepare(words)
  local options, script = { words[1] }, {}
  local i = 2
  while words[i] do
    local word = words[i]
    local kind = own[word:match "^%-%-?[^=]+" or ""]
    if word == "--" then
      table.move(words, i + 1, #words, #script + 1, script)
      break
    elseif kind then
      options[#options + 1] = word
      if kind == "value" and not word:find "=" then
        i = i + 1
        options[#options + 1] = words[i]
      end
    elseif script[1] == nil and word:find "^%-." then
      options[#options + 1] = word
    else
      script[#script + 1] = word
    end
    i = i + 1
  end
  options[#options + 1] = "--"
  return table.move(script, 1, #script, #options + 1, options)
end

-- A run that was interrupted, once more in its folder: calls with checkpoints go on from theirs.
local function resume(options)
  local record = require "bioxen.cli.record"
  local path, missing = core.real_path(options.resume)
  if not path then return say.failed(missing) end
  local folder, err = core.open_folder(path, true)
  if not folder then return say.failed(err) end
  local manifest, err = record.read(folder)
  if not manifest then return say.failed(err) end
  if manifest.status == say.DONE then
    return say.failed(("%s: that run has ended; bioxen rerun runs it again"):format(options.resume))
  end
  local text, err = folder:read(record.SCRIPT, LIMIT)
  if not text then return say.failed(err) end
  if core.digest(text) ~= manifest.script.sha256 then
    return say.failed(("%s/%s is not the script that was run"):format(options.resume, record.SCRIPT))
  end
  local there, away = core.change_folder(manifest.working_folder)
  if not there then return say.failed(away) end
  return execute.recorded { script = manifest.script.name, text = text, arguments = manifest.arguments,
    seed = math.tointeger(manifest.seed), out = path, quiet = options.quiet, resumed = true }
end

local function run(options)
  if options.resume and (options.script or options.out or options.seed) then
    return nil, "--resume names a run, whose script, folder and seed it has"
  elseif not options.resume and not options.script then
    return nil, "a script, or --resume DIR, is needed"
  end
  if options.resume then return resume(options) end
  local what = { script = options.script, arguments = options.arguments, seed = options.seed, out = options.out,
    quiet = options.quiet }
  if options.out then return execute.recorded(what) end
  require "bioxen.cli.progress".begin(options)
  return execute.plainly(what)
end

return {
  name = "run",
  summary = "run a script; with --out, keep its results, log and a manifest",
  description = "Run a Lua script. With --out, the folder holds what the script writes to the paths that "
    .. "bioxen.out(name) gives, what it prints (log.txt), the script (script.lua), and manifest.json: versions, "
    .. "seeds, configurations without secrets, and the SHA-256 of the script, its modules and the files that BioXen "
    .. "read for it. bioxen rerun runs it again from there. These options may stand behind the script, too; what "
    .. "follows -- is the script's alone.",
  arguments = {
    { "SCRIPT", "The script; - reads it from standard input.", args = "?" },
    { "ARGUMENTS", "The script's own.", args = "*" },
  },
  options = {
    { "--out", "A new folder, or an empty one of your own, for the results.", value = "DIR" },
    { "--resume", "Go on with a run that was interrupted, in its folder.", value = "DIR" },
    { "--seed", "Seed of math.random, from which VMs without a seed of their own get theirs.", value = "N",
      number = { integer = true } },
    { "--quiet -q", "No progress." },
  },
  examples = {
    { "bioxen run experiment.lua --out results --seed 42", "the results and how they came about" },
    { "bioxen rerun results", "the same numbers?" },
  },
  prepare = prepare,
  run = run,
}
