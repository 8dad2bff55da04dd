--- A daemon for a spec, in a folder of its own:
---
---   local daemon = require "spec.support.daemon"
---   local served = daemon.start()
---   local hypervisor = assert(served:connect())
---   served:stop()

local bioxen = require "bioxen"
local core = require "bioxen.core"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

local daemon = {}

local Daemon = {}
Daemon.__index = Daemon

-- In a session of its own, as daemons are; words go to the shell before the program.
local function launch(self)
  local command = ("cd %s; %s setsid %s serve --socket %s --state %s %s >>%s 2>&1 </dev/null & echo $!"):format(
    shell.quote(core.real_path "."), self.before, self.sh.program, self.socket, self.state, self.words, self.said)
  local pipe <close> = assert(io.popen("env -u LD_PRELOAD bash -c " .. shell.quote(command)))
  self.pid = tonumber(pipe:read "l")
  assert(processes.wait_until(function()
    local hypervisor <close> = bioxen.connect(self.socket)
    return hypervisor and hypervisor.pid == self.pid
  end), shell.read(self.said))
  return self
end

--- Start one: { words = "--clients 2", before = "ulimit -f 8;" }.
function daemon.start(options)
  local sh = shell.open()
  return launch(setmetatable({ sh = sh, socket = sh.scratch .. "/run/socket", state = sh.scratch .. "/state",
    said = sh.scratch .. "/said", words = options and options.words or "", before = options and options.before or "" },
    Daemon))
end

--- Another one in its place.
function Daemon:start_again()
  return launch(self)
end

function Daemon:connect(options)
  return bioxen.connect(self.socket, options)
end

--- Run `bioxen vm` with these words: status, output, errors.
function Daemon:vm(words)
  return self.sh(("BIOXEN_SOCKET=%s bioxen vm %s"):format(self.socket, words))
end

function Daemon:signal(name)
  os.execute(("kill -%s %d 2>/dev/null"):format(name, self.pid))
end

--- End it by a signal, and wait for that: whether it ended in time.
function Daemon:ended(name)
  self:signal(name)
  return processes.wait_until(function()
    local state = processes.state(self.pid)
    return not state or state == "Z"
  end)
end

--- What it said, and its own log.
function Daemon:words_said()
  return shell.read(self.said), shell.read(self.state .. "/daemon.jsonl") or ""
end

--- End it; its folder is gone.
function Daemon:stop()
  self:ended "KILL"
  self.sh:close()
end

return daemon
