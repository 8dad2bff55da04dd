--- The power of a guest: booted, paused, shut down.

local native = require "native"
local failure = require "failure"
local words = require "words"

local power = {}

local FOR_A_HARD_END = 20 -- seconds
local FEW_HOSTS = 4
local FOR_REASONS = 5     -- seconds that a few hosts may take to say why not

local xapi_code = failure.xapi_code

-- One change of power as a task; that it is there already is fine.
local function change(pool, ref, method, wanted, progress, ...)
  local function look()
    local state, err = pool:call("VM.get_power_state", ref)
    if not state then return nil, err end
    return state == wanted and ""
  end
  local done, err = pool:task_once(method, look, progress, ref, ...)
  if not done and xapi_code(err) == "VM_BAD_POWER_STATE" then
    local there, err = look()
    if there ~= false then return there, err end
  end
  return done, err
end

-- The same of a guest, of which the host is told.
local function change_guest(self, method, wanted, progress, ...)
  local done, err = change(self.pool, self.ref, method, wanted, progress, ...)
  if not done then return nil, err end
  native.note("power_state", wanted)
  return true
end

-- Why not there: words for an error, or its code.
local function reason(err)
  local code = xapi_code(err)
  return code and (words.reason(code, err.details.xapi.params) or code)
end

-- Why no host takes the guest, as a few of them say.
local function ask_hosts(self)
  local answers = {}
  for i, host in ipairs(self.pool:call "host.get_all" or {}) do
    if i > FEW_HOSTS then
      answers[i] = "…"
      break
    end
    local done, err = self.pool:call("VM.assert_can_boot_here", self.ref, host)
    local why = done and "it could by now" or reason(err) or err.message
    answers[i] = ("%s: %s"):format(self.pool:call("host.get_name_label", host) or host, why)
  end
  return #answers > 0 and table.concat(answers, "; ") or "none could be asked why"
end

local function start(self, host)
  local function progress(fraction) native.progress(0.4 + 0.1 * fraction, "starting the guest") end
  local done, err
  if host then
    done, err = change_guest(self, "VM.start_on", "Running", progress, host, false, false)
  else
    done, err = change_guest(self, "VM.start", "Running", progress, false, false)
  end
  if done then return done end
  local code = xapi_code(err)
  local why = code and words.reason(code, err.details.xapi.params)
  if why then why = "the host that was chosen cannot run the guest: " .. why end
  if code == "NO_HOSTS_AVAILABLE" then
    why = "no host of the pool can run the guest: " .. power.within(FOR_REASONS, function()
      return ask_hosts(self)
    end)
  end
  if why then err.message = err.message .. "; " .. why end
  return nil, err
end

--- Boot the guest, whose power state is `state`. `host` may be nil.
function power.boot(self, state, host)
  native.progress(0.4, "starting the guest")
  if state == "Running" then return true end
  if state == "Paused" then return power.unpause(self) end
  if state == "Suspended" then
    return change_guest(self, "VM.resume", "Running", nil, false, false)
  end
  return start(self, host)
end

function power.pause(self)
  return change_guest(self, "VM.pause", "Paused")
end

function power.unpause(self)
  return change_guest(self, "VM.unpause", "Running")
end

--- Halt any VM of the pool, hard.
function power.halt(pool, ref)
  return change(pool, ref, "VM.hard_shutdown", "Halted")
end

function power.halt_guest(self)
  return change_guest(self, "VM.hard_shutdown", "Halted")
end

--- Act within this much of the time that is left.
function power.within(seconds, act)
  local left = native.time_left()
  native.set_time_left(math.min(left, seconds))
  local began = native.clock()
  local result, err = act()
  native.set_time_left(left - (native.clock() - began))
  return result, err
end

--- Shut the guest down, cleanly if it does so within its grace, hard otherwise, for which some time is kept.
function power.shut_down(self)
  local state, err = self:power_state()
  if not state then return nil, err end
  if state == "Halted" then return true end
  if state == "Running" then
    local grace = math.min(self.config.shutdown_grace, math.max(1, native.time_left() - FOR_A_HARD_END))
    local done = power.within(grace, function()
      return change_guest(self, "VM.clean_shutdown", "Halted")
    end)
    if done then return true end
    self.pool:cancel_tasks(1)
  end
  return power.halt_guest(self)
end

return power
