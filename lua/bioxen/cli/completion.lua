-- `bioxen completion`: scripts that complete the command line, from what the parser knows.

local parser = require "bioxen.cli.parser"
local say = require "bioxen.cli.say"

local function write(options)
  local root, err = parser.build(require "bioxen.cli".spec())
  if not root then return say.failed(err) end
  io.write(root["get_" .. options.shell .. "_complete"](root))
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
