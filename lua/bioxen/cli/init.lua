--- The command line: `bioxen COMMAND …`. Each command is a file of this folder, which parser.lua describes;
-- help, man page and completions come from the same tables.

local core = require "bioxen.core"
local parser = require "bioxen.cli.parser"
local say = require "bioxen.cli.say"
local nearest = require "bioxen.nearest"

local cli = {}

-- In the order of the help.
local names = { "run", "rerun", "report", "pack", "sweep", "simulate", "scan", "steady", "sensitivities",
  "global-sensitivity", "check", "fit", "fba", "organisms", "genome", "config", "xcpng", "serve", "vm", "kernel",
  "doctor", "man", "completion" }

local known = {}
for _, name in ipairs(names) do known[name] = true end

local usage = [[
usage: bioxen script.lua [arguments]  run a script (- reads standard input)
       bioxen                         a session: lines run as typed, or piped in
       bioxen -i script.lua           the same after a script, with its globals
       bioxen -e code                 run the code; a script may follow
       bioxen command [arguments]     as below; command --help tells more]]

local exit_status = [[
Exit status: 0 for success, 1 for what failed, 2 for a mistake in these words.]]

local function load_command(name)
  return require("bioxen.cli." .. name:gsub("-", "_"))
end

local function root(commands)
  return {
    name = "bioxen",
    target = "command",
    usage = usage,
    summary = "a host for biological virtual machines",
    description = "Biological virtual machines, scripted in Lua: each holds a living, simulated cell, walled off "
      .. "from its host and its neighbours.",
    options = {
      { "-e", "Run this Lua code. Before a script, as often as need be.", value = "CODE", many = true },
      { "-i", "A session after the script." },
      { "--version -v", "Tell the version." },
    },
    commands = commands,
    epilog = exit_status,
  }
end

--- All commands, as the tables that parser.lua takes.
function cli.spec()
  local commands = {}
  for i, name in ipairs(names) do commands[i] = load_command(name) end
  return root(commands)
end

local function unknown(word)
  return say.misused(("there is no command '%s', and no script of that name%s (bioxen --help lists the commands)")
    :format(word, nearest(word, names)))
end

local function run(spec, words)
  local options, command, misused = parser.parse(spec, words)
  if not options then return command end
  if options.e[1] or options.i then return misused "-e and -i go with a script, not with a command" end
  local status, err = command.run(options)
  return status or misused(err)
end

--- Do what the words behind `bioxen` say: the exit status. nil where the first is no command but a script's name.
function cli.main(...)
  local words = { ... }
  if words[1] == "help" and not core.is_file "help" then
    if words[2] and not known[words[2]] then return unknown(words[2]) end
    words = { words[2] or "--help", words[2] and "--help" }
  end
  local word = words[1]
  if word == "--help" or word == "-h" then return run(cli.spec(), words) end
  if not known[word] then
    if core.is_file(word) then return nil end
    return unknown(word)
  end
  local command = load_command(word)
  if command.prepare then words = command.prepare(words) end
  return run(root { command }, words)
end

return cli
