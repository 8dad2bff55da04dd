-- `bioxen run`: a script, with its results in a folder if need be.

local execute = require "bioxen.cli.execute"

local own = { ["--out"] = "value", ["--seed"] = "value", ["--quiet"] = "flag", ["-q"] = "flag" }

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

local function run(options)
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
    { "SCRIPT", "The script; - reads it from standard input." },
    { "ARGUMENTS", "The script's own.", args = "*" },
  },
  options = {
    { "--out", "A new folder, or an empty one of your own, for the results.", value = "DIR" },
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
