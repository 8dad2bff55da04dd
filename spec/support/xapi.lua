--- The emulated XCP-ng pool of spec/support/xapi, as specs use it:
---
---   local xapi = require "spec.support.xapi"
---   local pool <close> = xapi.start{ https = true, delays = { ["VM.start"] = 0.1 } }
---   bioxen.create_bio_vm("vm", "minimal_cell", "xcpng", { xcpng_config = pool:config() })
---
--- The emulator runs in a process of its own, which ends with this one. Commands go to it as lines of
--- JSON through two FIFOs; spec/support/xapi/control.py lists them. It writes to standard error when
--- something is wrong with itself.

local cjson = require "cjson"

local xapi = {}

local Pool = {}
Pool.__index = Pool

local FOLDER = "spec/support/xapi"

local function quote(text)
  return "'" .. tostring(text):gsub("'", [['\'']]) .. "'"
end

--- A word of a shell command.
xapi.quote = quote

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read("a")
  file:close()
  return text
end

--- A decoded value without nulls, and with integers where lua-cjson made floats.
local function tidy(value)
  if value == cjson.null then return nil end
  if type(value) == "number" then return math.tointeger(value) or value end
  if type(value) == "table" then
    for key, item in pairs(value) do value[key] = tidy(item) end
  end
  return value
end

local function decode(line)
  return tidy(cjson.decode(line))
end

--- Why the emulator cannot run on this machine, or nil.
function xapi.missing()
  for _, program in ipairs { "/usr/bin/python3", "/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/bin/openssl" } do
    local file = io.open(program, "rb")
    if not file then return program .. " is not installed" end
    file:close()
  end
end

local function command_line(options, scratch)
  local build = os.getenv "BIOXEN_BUILD" or "./build"
  local compiled = output_of("realpath -m " .. quote(build)) .. "/pycache"
  local words = {
    "exec env -u PYTHONDONTWRITEBYTECODE -u LD_PRELOAD PYTHONPYCACHEPREFIX=" .. quote(compiled),
    "/usr/bin/python3 " .. FOLDER, "--until-eof --scratch " .. quote(scratch),
    "--parent " .. read_file("/proc/self/stat"):match("^%d+"),
    "--hosts " .. (options.hosts or 1),
  }
  if options.https then words[#words + 1] = "--https" end
  if options.delays then words[#words + 1] = "--delays " .. quote(cjson.encode(options.delays)) end
  for _, name in ipairs { "template", "username", "password" } do
    if options[name] then words[#words + 1] = ("--%s=%s"):format(name, quote(options[name])) end
  end
  return table.concat(words, " ")
end

--- Start an emulator. Options: https, hosts, delays, template, username, password. The result
--- has what the emulator says of itself: url, https_url, slave_url, fingerprint, ca_file, username,
--- password, template, template_uuid, template_home, pool_uuid, network_uuid, sr_uuid, ssh_user,
--- ssh_key, ssh_port, known_hosts, host_key_fingerprint, control_url, token, state, pid.
function xapi.start(options)
  options = options or {}
  local folder = output_of("mktemp -d")
  local fifos = ("%s/in %s/out"):format(quote(folder), quote(folder))
  assert(os.execute("mkfifo -m 600 " .. fifos))
  local redirect = ("<%s/in >%s/out"):format(quote(folder), quote(folder))
  assert(os.execute(("( %s ) %s &"):format(command_line(options, folder), redirect)))
  local pool = setmetatable({ folder = folder }, Pool)
  pool.input = assert(io.open(folder .. "/in", "w"))
  pool.output = assert(io.open(folder .. "/out", "r"))
  pool.input:setvbuf("line")
  local ready = pool.output:read("l")
  if not ready then
    pool:stop()
    error("the emulator did not start", 2)
  end
  pool:learn(decode(ready))
  pool.https = options.https
  return pool
end

function Pool:learn(facts)
  for name, value in pairs(facts) do self[name] = value end
  self.control_url, self.control = facts.control, nil -- the name of a method
end

--- Send a control command, such as "guests" or { command = "delays", boot = 1 }; its answer.
function Pool:control(order)
  if type(order) == "string" then order = { command = order } end
  assert(self.input, "the emulator has been stopped")
  self.input:write(cjson.encode(order), "\n")
  local line = self.output:read("l")
  if not line then error("the emulator ended", 2) end
  local answer = decode(line)
  if answer.error then error(answer.error, 2) end
  return answer.ok
end

--- A copy of `options` with the name of a command.
local function order_of(command, options)
  local order = { command = command }
  for name, value in pairs(options or {}) do order[name] = value end
  return order
end

--- Add a fault: spec/support/xapi/faults.py and control.py describe them.
function Pool:fault(options) return self:control(order_of("fault", options)) end

--- No faults any more.
function Pool:clear_faults() return self:control("clear_faults") end

--- How often each fault struck.
function Pool:faults() return self:control("faults") end

--- How many objects there are: by class, and `vms`, `templates`, `snapshots`, `guests`.
function Pool:counts() return self:control("counts") end

--- The number of the last request, for requests{ since = mark }.
function Pool:mark() return self:control("mark") end

--- The requests so far: { n, time, host, tls, agent, method, params, outcome, seconds }. Options: since, method.
function Pool:requests(options) return self:control(order_of("requests", options)) end

--- The guests that run: { vm, uuid, name, address, home, supervisor, sshd, pids }.
function Pool:guests() return self:control("guests") end

--- How guests behave from their next boot on: spec/support/xapi/agent.py. `vm` limits it to a VM or
--- a template and what is cloned from it.
function Pool:agent(options) return self:control(order_of("agent", options)) end

--- Something happens inside a guest: { vm = , action = , after = }.
function Pool:guest(options) return self:control(order_of("guest", options)) end

--- Set delays in seconds, by method or "boot", "agent", "event_batch".
function Pool:delays(options) return self:control(order_of("delays", options)) end

--- Everything as at the start; the uuids are new.
function Pool:reset() self:learn(self:control("reset")) end

--- Call an XAPI method as root, without HTTP and without faults.
function Pool:call(method, ...)
  return self:control { command = "call", method = method, params = { ... } }
end

--- An xcpng_config for BioXen.
function Pool:config(overrides)
  local config = {
    xapi_url = self.https and self.https_url or self.url,
    username = self.username,
    password = self.password,
    template_name = self.template,
    ssh_user = self.ssh_user,
    ssh_key_path = self.ssh_key,
    ssh_port = self.ssh_port,
    ssh_known_hosts = self.known_hosts,
  }
  if self.https then config.ca_file = self.ca_file else config.allow_http = true end
  for name, value in pairs(overrides or {}) do config[name] = value end
  return config
end

--- End the emulator and all its guests; returns when they are gone. At the end of the program its
--- files may have been closed before, which ends it too.
function Pool:stop()
  local input, output, folder = self.input, self.output, self.folder
  self.input, self.output, self.folder = nil, nil, nil
  if input then
    pcall(function()
      input:write('{"command":"stop"}\n')
      while output:read("l") do end
    end)
    pcall(input.close, input)
    pcall(output.close, output)
  end
  if folder then os.execute("rm -rf -- " .. quote(folder)) end
end

Pool.__close = Pool.stop
Pool.__gc = Pool.stop

return xapi
