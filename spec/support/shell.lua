--- Commands of a shell in which `bioxen` is the program, as specs of the command line use them:
---
---   local shell = require "spec.support.shell"
---   local sh = shell.open()
---   local status, out, err = sh("bioxen --version")
---   sh:close()

local shell = {}

local build = os.getenv "BIOXEN_BUILD" or "./build"

shell.slow = tonumber(os.getenv "BIOXEN_SLOW" or 1)

--- A word of a shell command.
function shell.quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

function shell.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

--- The bytes of a file; nil where there is none.
function shell.read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a"
end

local Shell = {}
Shell.__index = Shell

--- A shell with a folder, `scratch`, for files; close removes it.
function shell.open()
  local pipe <close> = assert(io.popen "mktemp -d")
  return setmetatable({ scratch = pipe:read "l",
    program = shell.quote(assert(require("bioxen.core").real_path(build .. "/bin/bioxen"))) }, Shell)
end

function Shell:close()
  os.execute("rm -rf -- " .. shell.quote(self.scratch))
end

--- Run a command: its status, what it wrote, its errors.
function Shell:__call(command)
  local script = ("bioxen() { %s \"$@\"; }; %s"):format(self.program, command)
  local out, err = self.scratch .. "/.out", self.scratch .. "/.err"
  -- A preloaded sanitizer would report bash's own leaks.
  local _, kind, status = os.execute(("env -u LD_PRELOAD bash -c %s >%s 2>%s </dev/null"):format(
    shell.quote(script), out, err))
  assert(kind == "exit", "a signal ended " .. command)
  return status, shell.read(out), shell.read(err)
end

--- Run the program in a terminal: its status, and all that it wrote there. `steps`, if there, are those of
-- spec/support/terminal.py before the end.
function Shell:in_terminal(words, given)
  local steps = self.scratch .. "/.steps"
  local list = table.move(given or {}, 1, #(given or {}), 1, {})
  list[#list + 1] = { "end" }
  shell.write(steps, require("cjson").encode(list))
  return self(("TERM=xterm BIOXEN_SLOW=%g python3 spec/support/terminal.py %s %s %s"):format(shell.slow,
    shell.quote(steps), self.program, words))
end

--- Write a file into the scratch folder: its path.
function Shell:file(name, text)
  local path = self.scratch .. "/" .. name
  shell.write(path, text)
  return path
end

return shell
