--- What Jupyter asks of a kernel, and how it is answered: jupyter-client.readthedocs.io, "Messaging in Jupyter".

local bioxen = require "bioxen"
local cells = require "bioxen.kernel.cells"
local completion = require "bioxen.repl.completion"
local core = require "bioxen.core"
local history = require "bioxen.repl.history"
local inspection = require "bioxen.kernel.inspection"
local json = require "bioxen.json"
local magics = require "bioxen.kernel.magics"
local modules = require "bioxen.modules"
local notebook = require "bioxen.notebook"
local terminal = require "bioxen.terminal"
local text = require "bioxen.repl.text"

local requests = {}

local PROTOCOL = "5.3"
local WINDOW = 0.03 -- seconds in which cells that are sent together arrive

local list = json.list
local none = {}

local Kernel = {}
Kernel.__index = Kernel

-- ---- messages ----

function Kernel:publish(kind, content)
  notebook.send("iopub", self.request, kind, json.line(content))
end

function Kernel:reply(kind, content)
  notebook.send("reply", self.request, kind, json.line(content))
end

-- What is shown beside a result, under a name by which it can be changed.
function Kernel:send_display(kind, bundle, id)
  self:publish(kind, { data = bundle, metadata = none, transient = id and { display_id = id } or none })
end

-- ---- positions in a cell, which are counted in characters ----

local function before_cursor(code, position)
  position = math.tointeger(position)
  local byte = position and position >= 0 and utf8.offset(code, position + 1)
  return byte and code:sub(1, byte - 1) or code
end

-- ---- handlers: function(kernel, content) ----

local handlers = {}

local information = {
  status = "ok", protocol_version = PROTOCOL, implementation = "bioxen", implementation_version = bioxen._VERSION,
  language_info = { name = "lua", version = _VERSION:match "%d+%.%d+", mimetype = "text/x-lua", file_extension = ".lua",
    pygments_lexer = "lua", codemirror_mode = "lua", nbconvert_exporter = "script" },
  banner = ("bioxen %s, %s. ?name tells of a name, %%%%vm NAME runs a cell in a VM."):format(bioxen._VERSION, _VERSION),
  help_links = list(), debugger = false, supported_features = list(),
}

function handlers.kernel_info_request(kernel)
  kernel:reply("kernel_info_reply", information)
end

-- What is told of a failure, with more: `more`.
local function told(failure, more)
  more.ename, more.evalue, more.traceback = failure.ename, failure.evalue, list(failure.traceback)
  return more
end

-- The values of expressions beside a cell.
local function user_expressions(kernel, asked)
  local found = {}
  for name, expression in pairs(type(asked) == "table" and asked or {}) do
    if type(name) == "string" and type(expression) == "string" then
      local result, failure = kernel.cells:evaluate(expression)
      found[text.escape(name)] = failure and told(failure, { status = "error" })
        or { status = "ok", data = result or { ["text/plain"] = "nil" }, metadata = none }
    end
  end
  return found
end

-- A turn of the host's loop: listeners of users' run in it, too.
local function turn(timeout)
  local good, err = pcall(core.step, timeout)
  if not good then io.stderr:write(text.escape(tostring(err)), "\n") end
  io.stdout:flush()
end

-- The requests that wait. They are looked for before a failure is told: who knows of it may ask anew. Those that were
-- sent with a cell which failed at once may still be on their way.
local function take_waiting(began)
  local waiting = {}
  while core.clock() < began + WINDOW do turn(began + WINDOW - core.clock()) end
  local request, kind, content = notebook.take()
  while request do
    waiting[#waiting + 1] = { request, kind, content }
    request, kind, content = notebook.take()
  end
  return waiting
end

-- Cells that waited are not run once one before them failed; what else waited is answered.
local function answer_waiting(kernel, waiting)
  for _, one in ipairs(waiting) do
    local request, kind, content = table.unpack(one)
    if kind == "execute_request" then
      kernel:serve(request, function()
        kernel:reply("execute_reply", { status = "aborted", execution_count = kernel.count })
      end)
    else
      kernel:handle(request, kind, content)
    end
  end
end

local function answer_failure(kernel, failure)
  kernel:publish("error", told(failure, {}))
  kernel:reply("execute_reply", told(failure, { status = "error", execution_count = kernel.count, payload = list(),
    user_expressions = none }))
end

function handlers.execute_request(kernel, content)
  local code = type(content.code) == "string" and content.code or ""
  local silent = content.silent == true
  local store = not silent and content.store_history ~= false
  if store then kernel.count = kernel.count + 1 end
  if not silent then kernel:publish("execute_input", { code = code, execution_count = kernel.count }) end
  notebook.set_cell(kernel.request)
  kernel.may_ask = content.allow_stdin == true
  local began = core.clock()
  local result, failure = kernel.cells:run_cell(code, ("In [%d]"):format(kernel.count))
  if store then kernel:remember(code) end
  if failure and content.stop_on_error ~= false then kernel.waiting = take_waiting(began) end
  if failure then return answer_failure(kernel, failure) end
  if result and not silent then
    kernel:publish("execute_result", { data = result, metadata = none, execution_count = kernel.count })
  end
  local expressions = user_expressions(kernel, content.user_expressions)
  local payload = list()
  if kernel.cells.ended then
    payload[1], kernel.cells.ended = { source = "ask_exit", keepkernel = false }, nil
  end
  kernel:reply("execute_reply", { status = "ok", execution_count = kernel.count, payload = payload,
    user_expressions = expressions })
end

-- A cell, or the beginning of one, as its session sees it: in a VM where its first line says so.
local function view(kernel, code)
  local word, argument, rest = magics.split(code)
  local vm = word == "vm" and rest:find "\n" and kernel.cells.hypervisor:get_vm(argument)
  if not vm or vm:get_state() ~= "running" then return kernel.cells, code end
  return setmetatable({ vm = vm }, { __index = kernel.cells }), rest
end

function handlers.complete_request(kernel, content)
  local code = type(content.code) == "string" and content.code or ""
  local before = before_cursor(code, content.cursor_pos)
  local session, part = view(kernel, before)
  local good, found, prefix = terminal.call(completion.find, session, part)
  if not good then found, prefix = {}, "" end
  local stop = utf8.len(before)
  kernel:reply("complete_reply", { status = "ok", matches = list(found), cursor_start = stop - utf8.len(prefix),
    cursor_end = stop, metadata = none })
end

function handlers.inspect_request(kernel, content)
  local code = type(content.code) == "string" and content.code or ""
  local good, words = terminal.call(inspection.find, kernel.cells, code, #before_cursor(code, content.cursor_pos))
  local found = good and words ~= nil
  kernel:reply("inspect_reply", { status = "ok", found = found, data = found and { ["text/plain"] = words } or none,
    metadata = none })
end

function handlers.is_complete_request(kernel, content)
  local status, indent = cells.completeness(type(content.code) == "string" and content.code or "")
  kernel:reply("is_complete_reply", { status = status, indent = status == "incomplete" and indent or nil })
end

function handlers.comm_info_request(kernel)
  kernel:reply("comm_info_reply", { status = "ok", comms = none })
end

-- There is nothing here to open one with.
function handlers.comm_open(kernel, content)
  if type(content.comm_id) == "string" then kernel:publish("comm_close", { comm_id = content.comm_id, data = none }) end
end

-- ---- what was typed ----

local EARLIER, NOW = 1, 2 -- numbers of sessions: what the history had at the start, and this one

function Kernel:remember(code)
  if code:find "%S" then self.entries[#self.entries + 1] = { NOW, self.count, code } end
  self.history:add((code:gsub("%s+$", "")))
end

local function open_history(self)
  self.entries = {}
  local earlier = 0
  self.history = history.open(function(entry)
    if self.history then return end
    earlier = earlier + 1
    self.entries[earlier] = { EARLIER, earlier, entry }
  end)
end

-- "*" and "?" as in names of files.
local function matcher(glob)
  local pattern = glob:gsub("[^%w]", "%%%0"):gsub("%%%*", ".*"):gsub("%%%?", ".")
  return function(entry) return entry[3]:find("^" .. pattern .. "$") ~= nil end
end

local function unique(entries)
  local seen, kept = {}, {}
  for i = #entries, 1, -1 do
    if not seen[entries[i][3]] then table.insert(kept, 1, entries[i]) end
    seen[entries[i][3]] = true
  end
  return kept
end

local function selected(entries, content)
  local kept = {}
  local fits = function() return true end
  if content.hist_access_type == "search" then
    fits = matcher(type(content.pattern) == "string" and content.pattern or "*")
  elseif content.hist_access_type == "range" then
    local session = math.tointeger(content.session) or 0
    session = session > 0 and session or NOW + session
    local first, last = math.tointeger(content.start) or 1, math.tointeger(content.stop) or math.huge
    fits = function(entry) return entry[1] == session and entry[2] >= first and entry[2] < last end
  end
  for _, entry in ipairs(entries) do
    if fits(entry) then kept[#kept + 1] = entry end
  end
  if content.unique == true then kept = unique(kept) end
  local most = content.hist_access_type ~= "range" and math.tointeger(content.n) or #kept
  return table.move(kept, math.max(1, #kept - most + 1), #kept, 1, {})
end

function handlers.history_request(kernel, content)
  local found = selected(kernel.entries, content)
  for i, entry in ipairs(found) do
    local code = text.escape(entry[3])
    found[i] = list { entry[1], entry[2], content.output == true and list { code, "" } or code }
  end
  kernel:reply("history_reply", { status = "ok", history = list(found) })
end

-- ---- input of cells ----

-- A line that the frontend's user types.
local function ask(kernel)
  if not kernel.may_ask then error("this frontend does not ask for input", 0) end
  io.stdout:flush()
  notebook.forget_input()
  notebook.send("stdin", kernel.request, "input_request", json.line { prompt = "", password = false })
  local content
  repeat
    content = notebook.take_input(core.fd())
    if content == nil then error("the kernel ends", 0) end
    if content == false then core.step(0) end
  until content
  local value = (kernel.decode(content) or {}).value
  return type(value) == "string" and value or nil
end

local readers = { l = function(line) return line end, L = function(line) return line .. "\n" end, n = tonumber,
  a = function(line) return line end }

-- io.read and io.lines without a file ask for lines.
local function offer_input(kernel)
  local lines_of_files = _G.io.lines
  local function read(format, ...)
    local kind = type(format) == "string" and format:match "^%*?([nalL])" or "l"
    local line = ask(kernel)
    local value = line and (math.type(format) and line:sub(1, format) or readers[kind](line))
    if select("#", ...) == 0 or not line then return value end
    return value, read(...)
  end
  _G.io.read = read
  _G.io.lines = function(path, ...)
    if path ~= nil then return lines_of_files(path, ...) end
    local format = ...
    return function() return read(format) end
  end
end

-- ---- requests, one after another ----

--- Answer a request by f, between the words that the kernel is busy and that it is idle.
function Kernel:serve(request, f, ...)
  self.request = request
  self:publish("status", { execution_state = "busy" })
  local good, err = pcall(f, ...)
  if not good then io.stderr:write("the kernel stumbled: ", text.escape(tostring(err)), "\n") end
  io.stdout:flush()
  self:publish("status", { execution_state = "idle" })
  return good
end

local function explain(kernel, kind)
  local answer = kind:match "^(.*)_request$"
  if not answer then return end
  kernel:reply(answer .. "_reply", { status = "error", ename = "Error", evalue = "it could not be answered",
    traceback = list() })
end

function Kernel:handle(request, kind, content)
  local handler = handlers[kind]
  local decoded = self.decode(content)
  local function answer()
    if handler and decoded then
      handler(self, decoded)
    else
      explain(self, kind)
    end
  end
  if not self:serve(request, answer) then pcall(explain, self, kind) end
  local waiting = self.waiting
  self.waiting = nil
  if waiting then answer_waiting(self, waiting) end
end

local function new()
  local reader = assert(modules.installed "cjson.safe").new()
  local self = setmetatable({ count = 0, decode = reader.decode }, Kernel)
  self.cells = cells.new(function(...) self:send_display(...) end)
  open_history(self)
  offer_input(self)
  rawset(_G, "display", function(value) self.cells:display(value) end)
  return self
end

--- Answer until the kernel is to end.
function requests.main()
  local kernel = new()
  notebook.stream_calls()
  notebook.set_information(json.line(information))
  kernel:publish("status", { execution_state = "starting" })
  while true do
    local request, kind, content = notebook.take(core.fd())
    if request == nil then return end
    if request then
      kernel:handle(request, kind, content)
    else
      turn(0)
    end
  end
end

return requests
