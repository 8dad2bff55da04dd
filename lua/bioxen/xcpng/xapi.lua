--- bioxen.xapi: sessions of a pool, for scripts. A session is a courier, so that nothing of the network is
-- parsed in this process.

local check = require "bioxen.check"
local core = require "bioxen.core"
local xcpng = require "bioxen.xcpng.config"

local xapi = {}
local methods = core.session_methods

local CALL_TIMEOUT = 60  -- seconds for one answer
local POLL = 30          -- seconds of one wait for events, on the server
local SLACK = 60         -- seconds for what comes on top of either: a login, another attempt
local CLOSING = 10

--- Log in to a pool. Raises for a mistake in `config`; nil and an error where the pool cannot be reached,
-- or refuses.
function xapi.connect(config)
  if type(config) == "string" then
    local read, err = xcpng.read_file(config)
    if not read then return nil, err end
    config = read
  end
  local checked = xcpng.check_pool(config, 2)
  local session, err = core.new_session(checked)
  if not session then return nil, err end
  local connected, err = session:send("connect", true, CALL_TIMEOUT + SLACK):wait()
  if not connected then
    session:release()
    return nil, err
  end
  xapi.configurations[session] = checked
  return session
end

-- Couriers of a session that carry out its tasks, each with its newest job. Of many side by side only so many
-- are kept for others: { { session, job }, … }.
local HELPERS = 4
local helpers = setmetatable({}, { __mode = "k" })

-- What each session was made with, for the couriers of its tasks.
xapi.configurations = setmetatable({}, { __mode = "k" })

--- A list that stays one when it is empty: xapi tells empty sets from empty maps.
function xapi.array(list)
  if #list == 0 then return { ["bioxen.array"] = true } end
  return list
end

local function check_method(method, level)
  if type(method) ~= "string" or not method:find "^[%w_.]+$" then
    error(("bad argument 'method': a name such as \"VM.get_record\" expected, got %s"):format(
      check.shown(method)), level + 1)
  end
end

local function packed(...)
  local params = table.pack(...)
  for i = 1, params.n do
    if params[i] == nil then error(("bad argument: parameter %d is nil"):format(i), 3) end
  end
  params.n = nil
  return params
end

--- Call a method; the session is its first parameter by itself.
function methods:call(method, ...)
  check_method(method, 2)
  local params = packed(...)
  local job, err = self:send("call", { method = method, params = params, seconds = CALL_TIMEOUT },
    CALL_TIMEOUT + SLACK)
  if not job then return nil, err end
  return job:wait()
end

-- A courier for a task: one whose task has ended, or a new one; the number under which it is kept, if it is.
local function find_helper(session)
  local kept = helpers[session]
  if not kept then
    kept = {}
    helpers[session] = kept
  end
  for i, helper in ipairs(kept) do
    if helper.job:done() then return helper.session, i end
  end
  local helper, err = core.new_session(xapi.configurations[session])
  if not helper then return nil, err end
  return helper, #kept < HELPERS and #kept + 1 or nil
end

--- Call a method as a task: a Job with progress; cancel it, and the pool is told.
function methods:async(method, ...)
  check_method(method, 2)
  local params = packed(...)
  if not self:is_open() then error("the session is closed", 2) end
  local helper, number = find_helper(self)
  if not helper then return nil, number end
  local job, err = helper:send("async", { method = method, params = params })
  if job and number then
    helpers[self][number] = { session = helper, job = job }
  else
    helper:release() -- the job's alone: it ends with it
  end
  return job, err
end

--- Iterate over events: `for event, token in session:events{ classes = { "vm" } }`. Ends when none has
-- come for `timeout` seconds; without one, never by itself. Raises an error object where the pool fails.
function methods:events(options)
  local problems = {}
  local given = check.table(options, {
    classes = { type = "table", required = true },
    token = { type = "string", default = "" },
    timeout = { type = "number", minimum = 0 },
  }, "options", problems)
  check.raise(problems, 2)
  local classes = xapi.array(options.classes)
  local token, batch, at = given.token, {}, 0
  local silent = 0
  local function fetch()
    local wait = given.timeout and math.min(POLL, given.timeout - silent) or POLL
    local began = core.clock()
    local job = assert(self:send("events", { classes = classes, token = token, seconds = wait + 0.0 },
      wait + SLACK))
    local answer, err = job:wait()
    if not answer then error(err, 0) end
    token, batch, at = answer.token, answer.events, 0
    silent = #batch == 0 and silent + math.max(core.clock() - began, 0.001) or 0
  end
  return function()
    while at >= #batch do
      if given.timeout and silent >= given.timeout then return nil end
      fetch()
    end
    at = at + 1
    return batch[at], token
  end
end

--- Log out. Calling it again does nothing.
function methods:close()
  if not self:is_open() then return true end
  for _, helper in ipairs(helpers[self] or {}) do helper.session:release() end
  helpers[self] = nil
  local job = self:send("close", true, CLOSING)
  if job then job:wait() end
  self:release()
  return true
end

return xapi
