--- Guests of bioxen.map: virtual machines of a pool, with some VMs in each, which share its courier and connection.
-- One VM more holds each guest. It does no work, so that the guest stays while those that work begin afresh, and what
-- it answers tells whether the guest is there still.

local check = require "bioxen.check"
local core = require "bioxen.core"
local create = require "bioxen.create"
local hypervisor = require "bioxen.hypervisor"

local guests = {}

local Guest = {}
Guest.__index = Guest

local MOST_FAILURES = 3 -- in a row, without a piece of work that was done between them

-- Of a start: what may go better the next time.
local PASSING = { ECONNECT = true, EDIED = true, EGUEST = true }

-- ---- making ----

local function make_vm(level, id, biological_type, config)
  return check.relay(level, create.create, hypervisor.default(), id, biological_type, "xcpng", config, false)
end

local function make(options, prefix, number, level)
  local id = ("%s-guest-%d"):format(prefix, number)
  local holder, err = make_vm(level, id, "minimal_cell", { xcpng_config = options.pool })
  if not holder then return nil, err end
  local self = setmetatable({ number = number, holder = holder, vms = { holder }, failures = 0, life = 0, jobs = {},
    notice = options.notice or function() end }, Guest)
  local config = { guest = holder }
  for name, value in pairs(options.config or {}) do config[name] = value end
  for i = 1, math.tointeger(options.vms_per_guest) do
    local vm, err = make_vm(level, ("%s-%d"):format(id, i), options.biological_type, config)
    if not vm then
      guests.close { self }
      return nil, err
    end
    self.vms[i + 1] = vm
  end
  return self
end

--- `count` guests that have not begun, by the options of a map: their VMs are there. Raises for a mistake in those,
-- `level` frames above; nil and an error where VMs cannot be made.
function guests.new(options, prefix, count, level)
  local all = {}
  for number = 1, count do
    local guest, err = make(options, prefix, number, level + 2)
    if not guest then
      guests.close(all)
      return nil, err
    end
    all[number] = guest
  end
  return all
end

-- ---- a guest's life ----

function Guest:tell(words, ...)
  self.notice(("guest %d %s"):format(self.number, words:format(...)))
end

--- Whether work may be given to its VMs.
function Guest:is_up()
  return self.state == "up"
end

--- Whether it is not up, and will not be any more.
function Guest:is_given_up()
  return self.state == "given up"
end

function Guest:begin()
  self.life = self.life + 1
  self.state = "starting"
  local job, err = self.holder:start { wait = false }
  if not job then return self:fall("could not be made", err) end
  self.jobs = { job }
end

-- Append the jobs that end VMs.
local function end_all(vms, jobs)
  for _, vm in ipairs(vms) do jobs[#jobs + 1] = core.end_vm(vm) end
  return jobs
end

-- It is of no use any more: what is left of it is removed from the pool.
function Guest:fall(words, err)
  if self.state ~= "up" and self.state ~= "starting" then return end
  self.failures, self.err, self.was_up = self.failures + 1, err, self.state == "up"
  self:tell("%s: %s", words, err)
  self.state, self.jobs = "ending", end_all(self.vms, {})
end

--- It has been found out to be lost, for this reason: a VM that is busy, though nobody has it, is about to end.
function Guest:lose(err)
  if err.code == "EBUSY" then err = select(2, core.fail("EGUEST", "its workers have ended")) end
  self:fall("was lost", err)
end

-- Its VMs have ended.
function Guest:rest()
  local good = self.failures < MOST_FAILURES and (self.was_up or PASSING[self.err.code])
  for _, job in ipairs(self.jobs) do
    if not job:result() then good = false end -- a part of it is left on the pool, and told of at the end
  end
  self.state, self.jobs = good and "waiting" or "given up", {}
  if not good then self:tell "is given up" end
end

local function all_done(jobs)
  for _, job in ipairs(jobs) do
    if not job:done() then return false end
  end
  return true
end

--- Go on with what it does. `wanted` tells that there is work to begin.
function Guest:turn(wanted)
  if self.state == "starting" and all_done(self.jobs) then
    local started, err = self.jobs[1]:result()
    if started then
      self.state, self.jobs = "up", {}
    else
      self:fall("could not be made", err)
    end
  end
  if self.state == "up" and self.holder:get_state() ~= "running" then
    self:lose(select(2, core.fail("EGUEST", self.holder:get_status().reason or "its VM has ended")))
  end
  if self.state == "ending" and all_done(self.jobs) then self:rest() end
  if wanted and (not self.state or self.state == "waiting") then self:begin() end
end

--- A job that tells whether it is there: those who ask at once share it. Or nil and an error.
function Guest:ask()
  if self.question and not self.question:done() then return self.question end
  local err
  self.question, err = self.holder:submit "return true"
  return self.question, err
end

--- A piece of work was done in it.
function Guest:has_worked()
  self.failures = 0
end

--- Remove guests, all at once, and their VMs.
function guests.close(all)
  local jobs = {}
  for _, guest in ipairs(all) do end_all(guest.vms, jobs) end
  core.wait_all(jobs)
  for _, guest in ipairs(all) do
    for _, vm in ipairs(guest.vms) do
      local destroyed, err = vm:destroy()
      if not destroyed then guest:tell("could not be removed: %s", err) end
    end
  end
end

return guests
