-- `bioxen serve`: the daemon.

local core = require "bioxen.core"
local limits = require "bioxen.hypervisor.limits"
local place = require "bioxen.serve.place"
local say = require "bioxen.cli.say"

-- The socket that a supervisor has opened already, by systemd's protocol (sd_listen_fds(3)).
local function inherited()
  if tonumber(os.getenv "LISTEN_PID") ~= core.process() then return nil end
  if os.getenv "LISTEN_FDS" ~= "1" then return nil, "one socket was expected from the supervisor" end
  return 3
end

local MIB = 1 << 20

-- What bounds all VMs of the daemon together: true, or nil and an error.
local function set_limits(options)
  local group = (options.use_memory or options.use_processors) and
    { memory = options.use_memory and options.use_memory*MIB, processors = options.use_processors } or nil
  return limits.limits { vms = options.vms, memory = options.memory and options.memory*MIB, cgroup = group }
end

local function serve(options)
  local descriptor, mistake = inherited()
  if mistake then return say.failed(mistake) end
  local limited, err = set_limits(options)
  if not limited then return say.failed(err) end
  local socket = options.socket or place.socket()
  local ended, err = require("bioxen.serve").run {
    socket = not descriptor and socket or nil, descriptor = descriptor, folder = options.state or place.folder(socket),
    clients = options.clients or 64, calls = options.calls or 1000, log_bytes = options.log_size or 1 << 20,
    chassis = options.chassis, quiet = options.quiet, checkpoint = options.checkpoint }
  return ended and say.DONE or say.failed(err)
end

local whole = { integer = true, minimum = 1, maximum = 1 << 30 }

return {
  name = "serve",
  summary = "keep VMs alive behind a socket, for bioxen vm and bioxen.connect",
  description = "Keep VMs alive behind a Unix socket of this user alone. They outlive the scripts and terminals that "
    .. "use them, and end with the daemon, which SIGTERM or ^C ends.",
  options = {
    { "--socket", "Where to listen (default: $BIOXEN_SOCKET, or the user's own).", value = "PATH" },
    { "--state", "Folder of the logs, and of what is alive.", value = "DIR" },
    { "--chassis", "Whose resources the VMs share (default: ecoli).", value = "NAME", choices = { "ecoli", "yeast" } },
    { "--checkpoint", "Save VMs of this machine every so often, and at the end; take up those that are there.",
      value = "SECONDS", number = { above = 0 } },
    { "--clients", "How many may be connected (default: 64).", value = "N", number = whole },
    { "--calls", "How many calls of each may be open (default: 1000).", value = "N", number = whole },
    { "--log-size", "Bytes of a VM's log; one older file is kept (default: 1048576).", value = "N",
      number = { integer = true, minimum = 65536 } },
    { "--vms", "How many VMs may run at once (default: any).", value = "N", number = whole },
    { "--memory", "MiB that the memory limits of all of them may come to (default: any).", value = "N",
      number = whole },
    { "--use-memory", "MiB that they may use, in a control group (bioxen doctor tells whether there can be one).",
      value = "N", number = whole },
    { "--use-processors", "Processors that they may use together, in a control group.", value = "N",
      number = { above = 0 } },
    { "--quiet", "Say nothing on standard error." },
  },
  examples = {
    { "bioxen serve &", "from now on `bioxen vm list` lists what is alive" },
    { "systemctl --user enable --now bioxen.socket", "the same by systemd, which starts it when it is called" },
  },
  run = serve,
}
