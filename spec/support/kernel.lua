--- A kernel of notebooks, and a client of it, for specs:
---
---   local kernel = require "spec.support.kernel"
---   local k = kernel.start()
---   local told = k:execute "1 + 1"
---   k:stop()

local cjson = require "cjson"
local core = require "bioxen.core"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

local build = os.getenv "BIOXEN_BUILD" or "./build"

local kernel = {}

--- Whether there is one to be tested.
kernel.is_built = core.is_file(build .. "/bin/bioxen-kernel") and core.is_file(build .. "/spec/zmq_client.so")

local client = kernel.is_built and assert(package.loadlib(build .. "/spec/zmq_client.so", "luaopen_zmq_client"))()
kernel.free_ports = client and client.free_ports

local PATIENCE = 60*shell.slow

local Kernel = {}
Kernel.__index = Kernel

local channels = { shell = 1, control = 2, stdin = 3, iopub = 4, hb = 5 }

--- The text of a connection file; `changes` go over it.
function kernel.connection(sh, changes)
  local connection = { transport = "ipc", ip = sh.scratch .. "/k", key = "a key of a test",
    signature_scheme = "hmac-sha256" }
  for name, number in pairs(channels) do connection[name .. "_port"] = number end
  for name, value in pairs(changes or {}) do connection[name] = value end
  return connection
end

function Kernel:endpoint(name)
  local c = self.connection
  return (c.transport == "ipc" and "ipc://%s-%d" or "tcp://%s:%d"):format(c.ip, c[name .. "_port"])
end

function Kernel:connect()
  for name in pairs(channels) do
    local kind = name == "iopub" and "subscriber" or name == "hb" and "requester" or "dealer"
    self[name] = client.connect(kind, self:endpoint(name), kind == "dealer" and "client" .. self.number or nil)
  end
end

-- In the background, of a shell that ends, or goes on with `behind`.
local function launch(self, options)
  local command = ("cd %s; %s setsid %s kernel -f %s/connection >%s/said 2>&1 </dev/null & echo $! $$; %s"):format(
    shell.quote(core.real_path "."), options.before or "", self.sh.program, self.sh.scratch, self.sh.scratch,
    options.behind or "")
  local pids = self.sh.scratch .. "/pids"
  os.execute(("env -u LD_PRELOAD HOME=%s bash -c %s >%s 2>&1 </dev/null &"):format(self.sh.scratch,
    shell.quote(command), pids))
  assert(processes.wait_until(function()
    local pid, parent = (shell.read(pids) or ""):match "^(%d+) (%d+)\n"
    self.pid, self.parent = tonumber(pid), tonumber(parent)
    return self.pid ~= nil
  end))
end

--- Start one: { connection = changes, before, behind = "words of the shell around the program" }.
function kernel.start(options)
  options = options or {}
  local self = setmetatable({ sh = shell.open(), number = 1, sent = 0, busy = {}, other = {} }, Kernel)
  self.connection = kernel.connection(self.sh, options.connection)
  self.sh:file("connection", cjson.encode(self.connection))
  os.execute("chmod 600 " .. self.sh.scratch .. "/connection")
  launch(self, options)
  self:connect()
  self:await_subscription()
  return self
end

-- ---- messages ----

--- The frames of a message, signed with a key.
function kernel.frames(key, header, parent, metadata, content)
  local parts = { header, parent, metadata, content }
  return { "<IDS|MSG>", client.sign(key, table.concat(parts)), table.unpack(parts) }
end

--- Send a message: its id.
function Kernel:send(channel, kind, content)
  self.sent = self.sent + 1
  local id = ("message-%d"):format(self.sent)
  local header = cjson.encode { msg_id = id, msg_type = kind, session = "test", username = "test", version = "5.3",
    date = "2026-01-01T00:00:00Z" }
  local body = next(content) == nil and "{}" or cjson.encode(content)
  self[channel]:send(kernel.frames(self.connection.key, header, "{}", "{}", body))
  return id
end

--- The next message of a channel: { type, parent, content }, or nil. Its signature must be right.
function Kernel:receive(channel, seconds)
  local frames = self[channel]:receive(seconds or PATIENCE)
  if not frames then return nil end
  local at = 1
  while frames[at] ~= "<IDS|MSG>" do at = at + 1 end
  local signature, header, parent, metadata, content = table.unpack(frames, at + 1)
  assert(signature == client.sign(self.connection.key, header .. parent .. metadata .. content))
  return { type = cjson.decode(header).msg_type, parent = cjson.decode(parent).msg_id, content = cjson.decode(content),
    raw = content }
end

--- A subscription takes a moment: the kernel is asked until it is heard, and all of its answers are taken in.
function Kernel:await_subscription()
  local before = self.sent
  assert(processes.wait_until(function()
    self:send("shell", "kernel_info_request", {})
    return self:receive("iopub", 0.05) ~= nil
  end), shell.read(self.sh.scratch .. "/said"))
  local last = self:send("shell", "kernel_info_request", {})
  for _ = before + 1, self.sent do assert(self:receive "shell") end
  repeat
    local message = assert(self:receive "iopub")
  until message.parent == last and message.content.execution_state == "idle"
end

-- The next of what is published: the message, and its state where it is of one. Of other parents than `id` it is kept
-- in `other`.
function Kernel:next_published(id)
  local message = assert(self:receive "iopub", "nothing is published")
  local state = message.type == "status" and message.content.execution_state or nil
  if state == "busy" then self.busy[message.parent] = true end
  if not state and message.parent ~= id then table.insert(self.other, message) end
  return message, state
end

--- The answer to a message, and what was published between its busy and its idle.
function Kernel:answer(id, channel)
  local published = {}
  local message, state, reply
  repeat
    message, state = self:next_published(id)
    if message.parent == id and not state then published[#published + 1] = message end
  until message.parent == id and state == "idle"
  assert(self.busy[id])
  repeat reply = self:receive(channel or "shell") until not reply or reply.parent == id
  return reply, published
end

function Kernel:ask(kind, content, channel)
  return self:answer(self:send(channel or "shell", kind, content or {}), channel)
end

--- What a cell came to: { reply, status, count, stdout, stderr, result, error, displays }.
function Kernel:told(id)
  local reply, published = self:answer(id)
  local told = { reply = reply.content, status = reply.content.status, count = reply.content.execution_count,
    stdout = "", stderr = "", displays = {}, order = {} }
  for _, message in ipairs(published) do
    local content = message.content
    told.order[#told.order + 1] = message.type
    if message.type == "stream" then
      told[content.name] = told[content.name] .. content.text
    elseif message.type == "execute_result" then
      told.result = content.data
    elseif message.type == "error" then
      told.error = content
    elseif message.type:find "display_data" then
      table.insert(told.displays, content)
    end
  end
  return told
end

function Kernel:begin(code, more)
  local content = { code = code, silent = false, store_history = true, allow_stdin = false, stop_on_error = true }
  for key, value in pairs(more or {}) do content[key] = value end
  return self:send("shell", "execute_request", content)
end

function Kernel:execute(code, more)
  return self:told(self:begin(code, more))
end

--- Wait for a text of a cell's.
function Kernel:hear(id, pattern)
  local heard = ""
  repeat
    local message = self:next_published(id)
    if message.type == "stream" and message.parent == id then heard = heard .. message.content.text end
  until heard:find(pattern)
end

function Kernel:beats()
  self.hb:send { "beat" }
  local answer = self.hb:receive(PATIENCE)
  return answer ~= nil and answer[1] == "beat"
end

function Kernel:signal(name)
  os.execute(("kill -%s %d 2>/dev/null"):format(name, self.pid))
end

function Kernel:said()
  return shell.read(self.sh.scratch .. "/said")
end

function Kernel:has_ended()
  return processes.wait_until(function()
    local state = processes.state(self.pid)
    return not state or state == "Z"
  end)
end

--- End it, at once; its folder is gone.
function Kernel:stop()
  for name in pairs(channels) do self[name]:close() end
  self:signal "KILL"
  self.sh:close()
end

Kernel.__close = Kernel.stop

return kernel
