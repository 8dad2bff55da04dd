--- A session of a pool: JSON-RPC over HTTPS, logged in when it is first needed. Its tasks are in tasks.lua.

local native = require "native"
local calls = require "calls"
local failure = require "failure"
local log = require "log"
local words = require "words"

local Session = {}
Session.__index = Session

local ORIGINATOR = "bioxen"
local BODY_LIMIT = 300 * 1024  -- xapi refuses more
local LONG_POLL = 30           -- seconds that event.from waits on the server
local ANSWER_TIME = 60         -- seconds for any other answer: what takes longer is a task
local LINGER = 1               -- for that of a login that is broken off: whose session must be ended
local LONGEST_REF = 1000       -- bytes of the name of a session
local ATTEMPTS = 3             -- where the connection breaks
local RESTART = 30             -- seconds that a toolstack may take to come back, once it has been there
local FIRST_PAUSE, LAST_PAUSE = 0.1, 2 -- seconds between attempts
local NULL = "OpaqueRef:NULL"

local session = { NULL = NULL }

--- `config` is that of the host, checked there; `known` the session that a courier before this one has
-- left, or nil.
function session.new(config, known)
  return setmetatable({ config = config, ref = known, url = config.xapi_url, id = 0,
    home = config.xapi_url, member = 0, fingerprint = config.fingerprint, tasks = {} }, Session)
end

local xapi_code = failure.xapi_code

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

--- nil and the error that the pool gave.
function Session:failure(method, code, params)
  params.session = self.ref
  local shown = public(params, method)
  if code == "SESSION_INVALID" then shown = { "…" } end
  local message = ("%s: %s"):format(method, code)
  if #shown > 0 then message = ("%s (%s)"):format(message, words.params(code, shown)) end
  local meaning = words.meaning(code, shown)
  if meaning then message = ("%s; %s"):format(message, meaning) end
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
    return self:failure(method, code, params)
  end
  if answer.id ~= id then return answer_failure(method, "the answer belongs to another request") end
  if answer.result == nil then return answer_failure(method, "an answer without a result") end
  local problem = calls.problem(method, answer.result)
  if problem then return answer_failure(method, problem) end
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

local function send(self, method, params, seconds, linger)
  local open, err = self:open_http()
  if not open then return nil, err end
  self.id = self.id + 1
  local body, err = native.encode { jsonrpc = "2.0", method = method, id = self.id,
    params = native.array(params) }
  if not body then return failure.of("ERESULT", method .. ": " .. err.message) end
  if #body > BODY_LIMIT then
    return failure.of("ERESULT", ("%s: %d bytes of parameters, xapi takes at most %d"):format(method,
      #body, BODY_LIMIT))
  end
  local response, err = self.http:post("/jsonrpc", "application/json", body, seconds, linger)
  if not response and err.code == "EPROTOCOL" then return answer_failure(method, err.message) end
  if not response then
    err.message = method .. ": " .. err.message
    if err.code == "EDEADLINE" and native.time_left() > 0 then err.code = "ECONNECT" end -- only this call's
    return nil, err
  end
  return self:read_answer(method, self.id, response)
end

--- Send one request and read its answer, which is waited for `linger` seconds though the present request is
-- over. In an error, `sent` tells that the server may have acted although no answer came.
function Session:exchange(method, params, seconds, linger)
  return log.during(method, send, self, method, params, seconds, linger)
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

function Session:move_to(url, fingerprint)
  self.url, self.fingerprint, self.pool_uuid = url, fingerprint, nil
  native.note("pool", url)
  if self.http then self.http:close() end
  self.http = nil
end

-- The master is trusted as the member that named it: by the same authority, or by the fingerprint that
-- the member, itself verified, sent along.
function Session:follow_master(err)
  local address = err.details.xapi.params[1] or ""
  local url = address:find "^[%w%.:%[%]-]+$" and #address < 256 and replace_host(self.url, address)
  if not url or self.followed or not is_listed(address, self.config.pool_members) then return nil, err end
  self.followed = true
  local fingerprint = self.fingerprint
  if fingerprint and self.thumbprint and self.thumbprint ~= "" then
    fingerprint = self.thumbprint:gsub("^sha%-256:", "")
  end
  self:move_to(url, fingerprint)
  return true
end

-- Whom it was connected to is gone. Where that was a master which was followed, the member that named it knows
-- another by now; where it was a member itself, the next of those that the configuration names may.
function Session:try_another()
  local members = self.config.pool_members or {}
  if self.url == self.home then
    self.member = (self.member + 1) % (#members + 1)
    local member = members[self.member]
    self.home = member and replace_host(self.config.xapi_url, member) or self.config.xapi_url
  end
  if self.url == self.home then return end
  self.followed = false
  self:move_to(self.home, self.config.fingerprint)
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
    { config.username, password, "1.0", ORIGINATOR }, ANSWER_TIME, LINGER)
end

-- A pool that was there will be there again: its toolstack may be restarting.
function Session:patience()
  return self.reached and RESTART or 0
end

-- Attempts, with growing pauses, as long as `may_try_again(err)`: some at least, more while there is patience.
function Session:patiently(attempt, may_try_again)
  local pause, left = FIRST_PAUSE, math.max(ATTEMPTS, 2 * #(self.config.pool_members or {}))
  local began, most = native.clock(), native.time_left() / 2
  while true do
    local result, err = attempt()
    left = left - 1
    if result ~= nil or not may_try_again(err) then return result, err end
    if left <= 0 and native.clock() >= began + math.min(self:patience(), most) then return nil, err end
    local slept, over = native.sleep(pause)
    if not slept then return failure.after(over, err) end
    pause = math.min(2 * pause, LAST_PAUSE)
  end
end

-- A login may be sent again: at worst a session stays until it expires.
local function is_unreachable(err)
  return err.code == "ECONNECT" or calls.is_passing(xapi_code(err) or "")
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

-- There, or at its master.
function Session:attempt_login()
  local ref, err = self:send_login()
  if not ref and xapi_code(err) == "HOST_IS_SLAVE" and self:follow_master(err) then return self:send_login() end
  return ref, err
end

function Session:login()
  local ref, err = self:patiently(function() return self:attempt_login() end, function(err)
    if not is_unreachable(err) then return false end
    if err.code == "ECONNECT" and not err.sent then self:try_another() end
    return true
  end)
  if not ref then return nil, err end
  if type(ref) ~= "string" or #ref > LONGEST_REF then
    return answer_failure("session.login_with_password", "no session")
  end
  self.ref, self.reached = ref, true
  native.note(".session", ref)
  native.note("pool", self.url)
  return true
end

-- Be logged in, to the right pool.
function Session:ready()
  if not self.ref then
    local done, err = self:login()
    if not done then return nil, err end
  end
  if self.pool_uuid then return true end
  return self:check_pool()
end

--- The same, where no call leads there.
function Session:open()
  self.followed = false
  return self:ready()
end

function Session:forget()
  self.ref, self.pool_uuid = nil, nil
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
  local open, err = self:ready()
  if not open then return nil, err end
  return self:exchange(method, { self.ref, ... }, seconds)
end

-- Nobody waits for events once more: what they were to tell of may have gone with the toolstack that knew it.
local function do_not_wait(method, params)
  if method == "event.from" then params[3] = 0.0 end
end

-- Once more where that is right: after a new login, and at the master.
function Session:attempt_again(method, seconds, params)
  local renewed = false
  while true do
    local result, err = self:attempt(method, seconds, table.unpack(params, 1, params.n))
    if result ~= nil then return result end
    do_not_wait(method, params)
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
  self.followed = false -- in one call at most one master is followed
  return self:patiently(function()
    local result, err = self:attempt_again(method, seconds, params)
    if result == nil and again and done_already and xapi_code(err) == done_already then return "" end
    return result, err
  end, function(err)
    again = again or err.sent
    if err.code == "ECONNECT" and not err.sent then self:try_another() end
    return err.code == "ECONNECT" and (may_repeat or not err.sent)
  end)
end

function Session:call(method, ...)
  return self:call_within(ANSWER_TIME, method, ...)
end

-- Again and again while errors of a moment come, for at most `patience` seconds.
local function insist(patience, attempt)
  local until_ = native.clock() + patience
  local pause = FIRST_PAUSE
  while true do
    local result, err = attempt()
    if result ~= nil or not calls.is_passing(xapi_code(err) or "") or native.clock() >= until_ then
      return result, err
    end
    local slept, over = native.sleep(pause)
    if not slept then return failure.after(over, err) end
    pause = math.min(2 * pause, LAST_PAUSE)
  end
end

--- Call a method, waiting out errors of a moment for at most `patience` seconds.
function Session:insist(patience, method, ...)
  local params = table.pack(...)
  return insist(patience, function() return self:call(method, table.unpack(params, 1, params.n)) end)
end

--- The same as a task, which may meet such an error on its way.
function Session:insist_task(patience, method, ...)
  local params = table.pack(...)
  return insist(patience, function() return self:task(method, nil, table.unpack(params, 1, params.n)) end)
end

-- ---- bytes of disks ----

--- Write a disk's first bytes, over HTTP, as a task that tells what came of it. They may be written twice.
function Session:upload(disk, bytes, seconds)
  local method = "import_raw_vdi"
  local task, err = self:call("task.create", method, "")
  if not task then return nil, err end
  self.tasks[task] = method
  local response, err = self:patiently(function()
    local open, problem = self:open_http()
    if not open then return nil, problem end
    local path = ("/%s?session_id=%s&vdi=%s&format=raw&task_id=%s"):format(method, self.ref, disk, task)
    return self.http:put(path, "application/octet-stream", bytes, seconds)
  end, function(problem) return problem.code == "ECONNECT" end)
  if not response then
    err.message = method .. ": " .. err.message
    return nil, err
  end
  if response.status ~= 200 then return http_failure(method, response) end
  return self:follow(method, task)
end

-- ---- events ----

--- One batch of events: { events, token, valid_ref_counts }. Waits on the server for `seconds`, 30 at
-- most.
function Session:events(classes, token, seconds)
  local wait = math.max(0, math.min(seconds or LONG_POLL, LONG_POLL, native.time_left()))
  wait = math.floor(wait * 1000) / 1000
  local batch, err = self:call_within(wait + ANSWER_TIME / 4, "event.from", native.array(classes), token, wait)
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
    if batch then
      token = batch.token
      local found, err = look(batch.events)
      if found ~= nil or err then return found, err end
    elseif xapi_code(err) == "EVENT_FROM_TOKEN_PARSE_FAILURE" and token ~= "" then
      token = "" -- of another server, or of before its restart
    else
      return nil, err
    end
  end
end

for name, method in pairs(require "tasks") do Session[name] = method end

return session
