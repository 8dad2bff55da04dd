--- A session of a pool: JSON-RPC over HTTPS, logged in when it is first needed.

local native = require "native"
local calls = require "calls"
local failure = require "failure"

local Session = {}
Session.__index = Session

local ORIGINATOR = "bioxen"
local BODY_LIMIT = 300 * 1024  -- xapi refuses more
local LONG_POLL = 30           -- seconds that event.from waits on the server
local ANSWER_TIME = 60         -- seconds for any other answer: what takes longer is a task
local ATTEMPTS = 3             -- where the connection breaks
local FIRST_PAUSE, LAST_PAUSE = 0.1, 2 -- seconds between attempts
local NULL = "OpaqueRef:NULL"

local session = { NULL = NULL }

--- `config` is that of the host, checked there; `known` the session that a courier before this one has
-- left, or nil.
function session.new(config, known)
  return setmetatable({ config = config, ref = known, url = config.xapi_url, id = 0,
    fingerprint = config.fingerprint, tasks = {} }, Session)
end

local function xapi_code(err)
  return err.details and err.details.xapi and err.details.xapi.code
end

-- ---- one request and its answer ----

-- Parameters of errors, without those that are secret.
local function public(params, method)
  local shown = {}
  for i, param in ipairs(params) do
    local text = tostring(param)
    if method == "session.login_with_password" and i > 1 then text = "…" end
    shown[i] = text:gsub("OpaqueRef:[%w-]+", function(ref)
      return params.session == ref and "OpaqueRef:…" or ref
    end)
  end
  return shown
end

local function xapi_failure(self, method, code, params)
  params.session = self.ref
  local shown = public(params, method)
  if code == "SESSION_INVALID" then shown = { "…" } end
  local message = ("%s: %s"):format(method, code)
  if #shown > 0 then message = ("%s (%s)"):format(message, table.concat(shown, ", ")) end
  local bx_code = code:find "^SESSION_AUTH" and "EAUTH" or "EXAPI"
  return failure.of(bx_code, message:sub(1, 600), { xapi = { code = code, params = shown,
    method = method, retryable = calls.is_retryable(code) } })
end

-- The first words of a page that should have been JSON.
local function excerpt(text)
  local plain = text:gsub("<[^>]*>", " "):gsub("[%c%s]+", " "):gsub("[^\32-\126]", "?")
  return plain:match("^ ?(.*)$"):sub(1, 120):gsub(" $", "")
end

-- An answer that says nothing of what the server did: it may have acted.
local function answer_failure(method, text, code)
  local _, err = failure.of("EXAPI", method .. ": " .. text, { xapi = { code = code or "BAD_ANSWER",
    params = {}, method = method, retryable = false } })
  err.sent = true
  return nil, err
end

local function http_failure(method, response)
  return answer_failure(method, ("the server answered HTTP %d: %s"):format(response.status,
    excerpt(response.body)), "HTTP_" .. response.status)
end

-- Errors before dispatch come as a bare array, whatever was asked.
local function error_parts(err)
  if type(err) ~= "table" then return nil end
  if err[1] ~= nil then return err[1], table.move(err, 2, #err, 1, {}) end
  local params = {}
  if type(err.data) == "table" then table.move(err.data, 1, #err.data, 1, params) end
  return err.message, params
end

function Session:read_answer(method, id, response)
  if response.status ~= 200 then return http_failure(method, response) end
  local answer, err = native.decode(response.body)
  if not answer then return answer_failure(method, "the answer is no JSON: " .. err.message) end
  if type(answer) ~= "table" then return answer_failure(method, "the answer is no object") end
  if answer.error ~= nil and answer.error ~= native.null then
    local code, params = error_parts(answer.error)
    if type(code) ~= "string" or #code > 128 then
      return answer_failure(method, "an error without a code")
    end
    self.thumbprint = response.thumbprint
    return xapi_failure(self, method, code, params)
  end
  if answer.id ~= id then return answer_failure(method, "the answer belongs to another request") end
  if answer.result == nil then return answer_failure(method, "an answer without a result") end
  if calls.gives_a_table(method) and type(answer.result) ~= "table" then
    return answer_failure(method, "the answer is of the wrong type")
  end
  self.followed = false
  return answer.result
end

function Session:open_http()
  if self.http then return true end
  local config = self.config
  local http, err = native.http { url = self.url, ca_file = config.ca_file,
    fingerprint = self.fingerprint, insecure = config.insecure, allow_http = config.allow_http,
    proxy = config.proxy, response_limit = config.max_response,
    connect_timeout = config.connect_timeout }
  if not http then return nil, err end
  self.http = http
  return true
end

--- Send one request and read its answer. In an error, `sent` tells that the server may have acted
-- although no answer came.
function Session:exchange(method, params, seconds)
  local open, problem = self:open_http()
  if not open then return nil, problem end
  self.id = self.id + 1
  local body, unfit = native.encode { jsonrpc = "2.0", method = method, id = self.id,
    params = native.array(params) }
  if not body then return failure.of("ERESULT", method .. ": " .. unfit.message) end
  if #body > BODY_LIMIT then
    return failure.of("ERESULT", ("%s: %d bytes of parameters, xapi takes at most %d"):format(method,
      #body, BODY_LIMIT))
  end
  local response, err = self.http:post("/jsonrpc", "application/json", body, seconds)
  if not response and err.code == "EPROTOCOL" then return answer_failure(method, err.message) end
  if not response then
    err.message = method .. ": " .. err.message
    if err.code == "EDEADLINE" and native.time_left() > 0 then err.code = "ECONNECT" end -- only this call's
    return nil, err
  end
  return self:read_answer(method, self.id, response)
end

-- ---- login ----

-- "host" or "host:port" in the URL's place.
local function replace_host(url, address)
  local scheme = url:match "^(%a+)://"
  local port = url:match "(:%d+)/*$" or ""
  if address:find("^%[?[%x:]+%]?$") and select(2, address:gsub(":", "")) > 1 then
    address = "[" .. address:gsub("[%[%]]", "") .. "]"
  elseif address:find ":" then
    port = ""
  end
  return scheme .. "://" .. address .. port
end

local function is_listed(address, members)
  for _, member in ipairs(members or { address }) do
    if member == address or member == address:gsub(":%d+$", "") then return true end
  end
  return false
end

-- The master is trusted as the member that named it: by the same authority, or by the fingerprint that
-- the member, itself verified, sent along.
function Session:follow_master(err)
  local address = err.details.xapi.params[1] or ""
  local url = address:find "^[%w%.:%[%]-]+$" and #address < 256 and replace_host(self.url, address)
  if not url or self.followed or not is_listed(address, self.config.pool_members) then return nil, err end
  self.followed = true
  self.url = url
  native.note("pool", url)
  if self.fingerprint and self.thumbprint and self.thumbprint ~= "" then
    self.fingerprint = self.thumbprint:gsub("^sha%-256:", "")
  end
  self.http:close()
  self.http = nil
  return true
end

function Session:send_login()
  local config = self.config
  local password = config.password
  if config.password_file then
    local text, err = native.read_secret(config.password_file)
    if not text then return nil, err end
    password = text
  end
  return self:exchange("session.login_with_password",
    { config.username, password, "1.0", ORIGINATOR }, ANSWER_TIME)
end

-- Sleep after `err`. Where the errand is over instead, the error still says what it had been waiting for.
local function sleep_after(err, seconds)
  local slept, over = native.sleep(seconds)
  if slept then return true end
  over.message = ("%s, after: %s"):format(over.message, err.message)
  over.details, over.sent = err.details, err.sent
  return nil, over
end

-- Attempts, with growing pauses, while the connection cannot be made.
local function patiently(attempt, may_try_again)
  local pause = FIRST_PAUSE
  for left = ATTEMPTS - 1, 0, -1 do
    local result, err = attempt()
    if result ~= nil or left == 0 or not may_try_again(err) then return result, err end
    local slept, over = sleep_after(err, pause)
    if not slept then return nil, over end
    pause = math.min(2 * pause, LAST_PAUSE)
  end
end

-- A login may be sent again: at worst a session stays until it expires.
local function is_unreachable(err)
  return err.code == "ECONNECT"
end

--- The pool is the one that the configuration names.
function Session:check_pool()
  local pools, err = self:exchange("pool.get_all_records", { self.ref }, ANSWER_TIME)
  if not pools then return nil, err end
  local _, pool = next(pools)
  local uuid = type(pool) == "table" and pool.uuid or "?"
  if self.config.pool_uuid and self.config.pool_uuid ~= uuid then
    self:logout()
    return failure.of("ECONFIG", ("%s is the pool %s, not %s as pool_uuid says"):format(self.url,
      tostring(uuid), self.config.pool_uuid))
  end
  self.pool_uuid = uuid
  return true
end

function Session:login()
  local function attempt() return self:send_login() end
  local ref, err = patiently(attempt, is_unreachable)
  if not ref and xapi_code(err) == "HOST_IS_SLAVE" and self:follow_master(err) then
    ref, err = patiently(attempt, is_unreachable)
  end
  if not ref then return nil, err end
  if type(ref) ~= "string" then return answer_failure("session.login_with_password", "no session") end
  self.ref = ref
  native.note(".session", ref)
  native.note("pool", self.url)
  return self:check_pool()
end

function Session:forget()
  self.ref = nil
  native.note(".session", nil)
end

--- End the session; errors do not matter any more.
function Session:logout()
  if not self.ref then return end
  self:exchange("session.logout", { self.ref }, 5)
  self:forget()
end

function Session:close()
  self:logout()
  if self.http then self.http:close() end
  self.http = nil
end

-- ---- calls ----

function Session:attempt(method, seconds, ...)
  if not self.ref then
    local done, err = self:login()
    if not done then return nil, err end
  end
  return self:exchange(method, { self.ref, ... }, seconds)
end

-- Once more where that is right: after a new login, and at the master.
function Session:attempt_again(method, seconds, ...)
  local renewed = false
  while true do
    local result, err = self:attempt(method, seconds, ...)
    if result ~= nil then return result end
    local code = xapi_code(err)
    if code == "SESSION_INVALID" and not renewed then
      renewed = true
      self:forget()
      if not calls.may_repeat(method) then
        err.sent = true -- it may have ended in the middle of the call
        return nil, err
      end
    elseif code ~= "HOST_IS_SLAVE" or not self:follow_master(err) then
      return nil, err
    end
  end
end

--- Call a method with the session as its first parameter. Where the connection cannot be made it is tried
-- again; where it broke, only what may be repeated. Otherwise the error says `sent`.
function Session:call_within(seconds, method, ...)
  local params = table.pack(...)
  local may_repeat, done_already = calls.may_repeat(method)
  local again = false
  local result, err = patiently(function()
    local result, err = self:attempt_again(method, seconds, table.unpack(params, 1, params.n))
    if result == nil and again and done_already and xapi_code(err) == done_already then return "" end
    return result, err
  end, function(err)
    again = again or err.sent
    return is_unreachable(err) and (may_repeat or not err.sent)
  end)
  return result, err
end

function Session:call(method, ...)
  return self:call_within(ANSWER_TIME, method, ...)
end

--- The same, waiting out errors of a moment for at most `patience` seconds.
function Session:insist(patience, method, ...)
  local until_ = native.clock() + patience
  local pause = FIRST_PAUSE
  while true do
    local result, err = self:call(method, ...)
    if result ~= nil or not calls.is_passing(xapi_code(err) or "") or native.clock() >= until_ then
      return result, err
    end
    local slept, over = sleep_after(err, pause)
    if not slept then return nil, over end
    pause = math.min(2 * pause, LAST_PAUSE)
  end
end

-- ---- events ----

--- One batch of events: { events, token, valid_ref_counts }. Waits on the server for `seconds`, 30 at
-- most.
function Session:events(classes, token, seconds)
  local wait = math.max(0, math.min(seconds or LONG_POLL, LONG_POLL, native.time_left()))
  local batch, err = self:call_within(wait + ANSWER_TIME / 4, "event.from", native.array(classes), token,
    wait + 0.0)
  if not batch then return nil, err end
  if type(batch) ~= "table" or type(batch.events) ~= "table" or type(batch.token) ~= "string" then
    return answer_failure("event.from", "no batch of events")
  end
  return batch
end

--- Read `look()` now and after each change of the objects; a value other than nil ends the wait.
-- `look(events)` gives a value, or nil and perhaps an error. `classes()` names what to hear of. `patience()`,
-- if there is one, gives the seconds after which `look` wants to be asked again, whatever happens.
function Session:wait_for(classes, look, patience)
  local token, heard = "", nil
  while true do
    local present = classes()
    local key = table.concat(present, " ")
    if key ~= heard then token, heard = "", key end
    local wait = patience and patience()
    local batch, err = self:events(present, token, wait and wait > 0 and wait or nil)
    if not batch then return nil, err end
    token = batch.token
    local found, problem = look(batch.events)
    if found ~= nil or problem then return found, problem end
  end
end

-- ---- tasks ----

-- What a task that ended came to: its value, or nil and an error.
local function outcome(self, method, task)
  if task.status == "success" then
    local value = tostring(task.result or ""):match "^%s*<value>(.-)</value>%s*$" or task.result or ""
    value = value:gsub("^<string>(.-)</string>$", "%1")
    return value
  end
  local code, params = error_parts(task.error_info)
  if task.status == "cancelled" then code, params = "TASK_CANCELLED", {} end
  return xapi_failure(self, method, tostring(code or "INTERNAL_ERROR"), params or {})
end

local function is_pending(task)
  return task.status == "pending" or task.status == "cancelling"
end

--- Wait for a task. `progress(fraction)` may be nil.
function Session:follow(method, ref, progress)
  local class = "task/" .. ref
  local result, err = self:wait_for(function() return { class } end, function(events)
    for _, event in ipairs(events) do
      local task = event.snapshot
      if event.ref == ref and event.operation == "del" then
        return xapi_failure(self, method, "TASK_LOST", {})
      elseif event.ref == ref and type(task) == "table" then
        if not is_pending(task) then return outcome(self, method, task) end
        if progress and type(task.progress) == "number" then progress(task.progress) end
      end
    end
    if #events == 0 then
      -- A restarted toolstack has forgotten it without a word.
      local task, problem = self:call("task.get_record", ref)
      if not task and xapi_code(problem) == "HANDLE_INVALID" then
        return xapi_failure(self, method, "TASK_LOST", {})
      end
    end
    return nil
  end)
  if result ~= nil then
    self:call("task.destroy", ref)
    self.tasks[ref] = nil
  elseif xapi_code(err) == "TASK_LOST" then
    self.tasks[ref] = nil
  elseif not failure.is_over(err) and err.code ~= "ECONNECT" then
    self:call("task.destroy", ref)
    self.tasks[ref] = nil
  end
  return result, err
end

-- The task of this session that it was never told of, for the answer was lost: its reference, or false. Of
-- other methods such tasks are its own from then on, too.
function Session:adopt_tasks(method)
  if not self.ref then return false end -- and so nothing was begun in it
  local refs, err = self:call("session.get_tasks", self.ref)
  if not refs and xapi_code(err) == "HANDLE_INVALID" then return false end
  if not refs then return nil, err end
  local found = false
  for _, ref in ipairs(refs) do
    local label = not self.tasks[ref] and self:call("task.get_name_label", ref)
    if label then self.tasks[ref] = label end
    if label and method and label:find(method, 1, true) then found = ref end
  end
  return found
end

-- Begin a task. Where the answer was lost it is looked for, twice: the request may be on its way still.
function Session:begin(method, ...)
  local ref, err = self:insist(60, "Async." .. method, ...)
  for _ = 1, 2 do
    if ref or not err.sent or failure.is_over(err) then break end
    local found, problem = self:adopt_tasks(method)
    if found == nil then return nil, problem end
    ref = found
    if not ref then
      local slept, over = sleep_after(err, FIRST_PAUSE)
      if not slept then return nil, over end
    end
  end
  if not ref then return nil, err end
  self.tasks[ref] = method
  return ref
end

--- Call a method that takes long as a task, and wait for it: its result, "" where it has none.
function Session:task(method, progress, ...)
  local ref, err = self:begin(method, ...)
  if not ref then return nil, err end
  return self:follow(method, ref, progress)
end

-- Where the server has forgotten a task, what it was to do may be done all the same.
local function or_look(look, result, err)
  if result ~= nil or xapi_code(err) ~= "TASK_LOST" then return result, err end
  local found, problem = look()
  if found == false then return nil, err end
  return found, problem
end

--- A task that must not be done twice, nor fail for an answer that was lost: `look()` tells what is there (a
-- value), that nothing is (false), or nil and an error.
function Session:task_once(method, look, progress, ...)
  local ref, err = self:begin(method, ...)
  if not ref and err.sent and not failure.is_over(err) then
    local found, problem = look()
    if found ~= false then return found, problem end
    ref, err = self:begin(method, ...)
  end
  if not ref then return nil, err end
  return or_look(look, self:follow(method, ref, progress))
end

-- Whether a task ends in the time there is.
function Session:ends(ref, until_)
  while true do
    local task, err = self:call("task.get_record", ref)
    if not task then return xapi_code(err) == "HANDLE_INVALID" end
    if not is_pending(task) then return true end
    if native.clock() >= until_ or not native.sleep(FIRST_PAUSE / 2) then return false end
  end
end

--- End the tasks that were begun and not heard of again. Whether all have ended; they are given a moment.
function Session:cancel_tasks(seconds)
  local until_, ended = native.clock() + seconds, true
  self:adopt_tasks()
  for ref in pairs(self.tasks) do
    self:call("task.cancel", ref)
    ended = self:ends(ref, until_) and ended
    self:call("task.destroy", ref)
    self.tasks[ref] = nil
  end
  return ended
end

return session
