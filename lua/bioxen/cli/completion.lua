-- `bioxen completion`: scripts that complete the command line, from what the parser knows.

local parser = require "bioxen.cli.parser"
local say = require "bioxen.cli.say"

-- The names of commands of `bioxen vm` that take ids.
local function takers()
  local names = {}
  for _, command in ipairs(require "bioxen.cli.vm".commands) do
    local first = command.arguments[1]
    if first and first.complete then names[#names + 1] = command.name end
  end
  return names
end

-- What the ids that a daemon has add.
local ids = {}

function ids.bash()
  return ([[

_bioxen_ids() {
    _bioxen "$@"
    [ "${COMP_WORDS[1]}" = vm ] && [ "$COMP_CWORD" -gt 2 ] && [ "${#COMPREPLY[@]}" -eq 0 ] || return 0
    case "${COMP_WORDS[2]}" in
        %s) COMPREPLY=($(compgen -W "$(bioxen vm list --ids 2>/dev/null)" -- "$2")) ;;
    esac
}

complete -F _bioxen_ids -o bashdefault -o default bioxen
]]):format(table.concat(takers(), "|"))
end

function ids.fish()
  local lines = {}
  for i, name in ipairs(takers()) do
    lines[i] = ("complete -c bioxen -n '__fish_bioxen_seen_command vm %s' -xa '(bioxen vm list --ids 2>/dev/null)'\n")
      :format(name)
  end
  return table.concat(lines)
end

local function write(options)
  local root, err = parser.build(require "bioxen.cli".spec())
  if not root then return say.failed(err) end
  io.write(root["get_" .. options.shell .. "_complete"](root))
  if ids[options.shell] then io.write(ids[options.shell]()) end
  return say.DONE
end

return {
  name = "completion",
  summary = "write a script that completes the command line",
  arguments = { { "SHELL", "Whose language it is to be in.", choices = { "bash", "zsh", "fish" } } },
  examples = {
    { "bioxen completion bash > ~/.local/share/bash-completion/completions/bioxen", "from the next shell on" },
    { "bioxen completion fish > ~/.config/fish/completions/bioxen.fish", "the same for fish" },
  },
  run = write,
}
