--- Tasks of a session: what takes long is begun, followed by events, and cancelled where nobody waits for it
-- any more. These are methods of session.lua's class.

local native = require "native"
local failure = require "failure"

local tasks = {}

local ON_ITS_WAY = 0.3     -- seconds that a request without an answer may take to arrive
local COPYING = { "VM.clone", "VM.copy" }

local xapi_code = failure.xapi_code

local ENTITIES = { lt = "<", gt = ">", quot = '"', apos = "'", amp = "&" }

-- The text of a result, which is XML: <value>…</value>.
local function plain(result)
  local text = tostring(result or "")
  if text:find "^%s*<value%s*/>%s*$" then return "" end
  local value = text:match "^%s*<value>(.-)</value>%s*$" or text
  value = value:match "^<string>(.-)</string>$" or value:gsub("^<string%s*/>$", "")
  return (value:gsub("&(%a+);", ENTITIES))
end

-- What a task that ended came to: its value, or nil and an error.
local function outcome(self, method, task)
  if task.status == "success" then return plain(task.result) end
  if task.status == "cancelled" then return self:failure(method, "TASK_CANCELLED", {}) end
  local info = type(task.error_info) == "table" and task.error_info or {}
  return self:failure(method, tostring(info[1] or "INTERNAL_ERROR"), table.move(info, 2, #info, 1, {}))
end

local function is_pending(task)
  return task.status == "pending" or task.status == "cancelling"
end

-- It has ended, and is of no use any more.
local function drop(self, ref)
  local done, err = self:call("task.destroy", ref)
  if done or xapi_code(err) == "HANDLE_INVALID" then self.tasks[ref] = nil end
end

-- What the events, or the lack of any, tell of a task: what it came to, or nil while it is pending.
local function hear(self, method, ref, events, progress)
  local task
  for _, event in ipairs(events) do
    if event.ref == ref and event.operation == "del" then return self:failure(method, "TASK_LOST", {}) end
    if event.ref == ref and type(event.snapshot) == "table" then task = event.snapshot end
  end
  if #events == 0 then
    -- A restarted toolstack forgets tasks, and a change of master events, without a word.
    local err
    task, err = self:call("task.get_record", ref)
    if not task and xapi_code(err) == "HANDLE_INVALID" then return self:failure(method, "TASK_LOST", {}) end
  end
  if not task then return nil end
  if not is_pending(task) then
    drop(self, ref)
    return outcome(self, method, task)
  end
  if progress and type(task.progress) == "number" then progress(task.progress) end
  return nil
end

--- Wait for a task. `progress(fraction)` may be nil. What is still pending when this fails is remembered.
function tasks:follow(method, ref, progress)
  local class = "task/" .. ref
  local result, err = self:wait_for(function() return { class } end, function(events)
    return hear(self, method, ref, events, progress)
  end)
  if result == nil and xapi_code(err) == "TASK_LOST" then self.tasks[ref] = nil end
  return result, err
end

-- The task of this session that it was never told of, for the answer was lost: its reference, or false. Of
-- other methods such tasks are its own from then on, too.
function tasks:adopt_tasks(method)
  if not self.ref then return false end -- and so nothing was begun in it
  local refs, err = self:call("session.get_tasks", self.ref)
  if not refs and xapi_code(err) then return false end -- another session by now, or not allowed
  if not refs then return nil, err end
  local found = false
  for _, ref in ipairs(refs) do
    local label = not self.tasks[ref] and self:call("task.get_name_label", ref)
    if label then self.tasks[ref] = label end
    if label and method and label == "Async." .. method then found = ref end
  end
  return found
end

-- Begin a task. Where the answer was lost it is looked for, twice: the request may be on its way still.
function tasks:begin(method, ...)
  local ref, err = self:insist(60, "Async." .. method, ...)
  self.unsure = self.unsure or (not ref and err.sent)
  for _ = 1, 2 do
    if ref or not err.sent or failure.is_over(err) then break end
    local found, problem = self:adopt_tasks(method)
    if found == nil then return nil, problem end
    ref = found
    if not ref then
      local slept, over = native.sleep(ON_ITS_WAY)
      if not slept then return failure.after(over, err) end
    end
  end
  if not ref then return nil, err end
  self.tasks[ref] = method
  return ref
end

--- Call a method that takes long as a task, and wait for it: its result, "" where it has none.
function tasks:task(method, progress, ...)
  local ref, err = self:begin(method, ...)
  if not ref then return nil, err end
  return self:follow(method, ref, progress)
end

--- A task that must not be done twice, nor fail for what was lost, an answer or with a toolstack the task:
-- `look()` tells what is there (a value), that nothing is (false), or nil and an error. Where nothing is it is
-- begun once more.
function tasks:task_once(method, look, progress, ...)
  for left = 1, 0, -1 do
    local result
    local ref, err = self:begin(method, ...)
    local lost = not ref and err.sent and not failure.is_over(err)
    if ref then
      result, err = self:follow(method, ref, progress)
      lost = xapi_code(err or {}) == "TASK_LOST"
    end
    if not lost then return result, err end
    local found, problem = look()
    if found ~= false then return found, problem end
    if left == 0 then return nil, err end
  end
end

--- Wait until no copy of a VM is under way; false where one still is after so many seconds, nil and an error.
function tasks:wait_for_copies(seconds)
  local until_, token = native.clock() + seconds, ""
  while true do
    local busy, err = self:is_copying()
    if not busy then return busy == false or nil, err end
    local left = until_ - native.clock()
    if left <= 0 then return false end
    local batch, err = self:events({ "task" }, token, left)
    if not batch then return nil, err end
    token = batch.token
  end
end

--- Whether anybody's copy of a VM is under way, which appears on the pool when it is complete; nil and an error.
function tasks:is_copying()
  local records, err = self:call "task.get_all_records"
  if not records then return nil, err end
  for _, task in pairs(records) do
    for _, method in ipairs(COPYING) do
      local label = type(task) == "table" and is_pending(task) and tostring(task.name_label) or ""
      if label == method or label == "Async." .. method then return true end
    end
  end
  return false
end

-- What events tell of a task: its record, false when it is gone, or what was known of it before.
local function newest(ref, events, task)
  for _, event in ipairs(events) do
    if event.ref == ref and event.operation == "del" then return false end
    if event.ref == ref and type(event.snapshot) == "table" then task = event.snapshot end
  end
  return task
end

-- Whether a task ends in the time there is.
local function ends(self, ref, until_)
  local task, err = self:call("task.get_record", ref)
  if not task then return xapi_code(err) == "HANDLE_INVALID" end
  local token = ""
  while task and is_pending(task) do
    local left = until_ - native.clock()
    local batch = left > 0 and self:events({ "task/" .. ref }, token, left)
    if not batch then return false end
    token, task = batch.token, newest(ref, batch.events, task)
  end
  return true
end

--- End the tasks that were begun and not heard of again. Whether all have ended; they are given a moment. One
-- that does not, for not all can be cancelled, stays remembered; the pool is told to forget it once it has ended.
function tasks:cancel_tasks(seconds)
  local until_, all = native.clock() + seconds, true
  self:adopt_tasks()
  if self.unsure and native.sleep(ON_ITS_WAY) then self:adopt_tasks() end
  for ref in pairs(self.tasks) do
    self:call("task.cancel", ref)
    if ends(self, ref, until_) then
      drop(self, ref)
    else
      all = false
      self:call("task.destroy", ref)
    end
  end
  return all
end

return tasks
