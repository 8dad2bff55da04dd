--- bioxen.map: one piece of work for each of many inputs, shared out among VMs.

local check = require "bioxen.check"
local core = require "bioxen.core"
local create = require "bioxen.create"
local guests = require "bioxen.guests"
local hypervisor = require "bioxen.hypervisor"
local stream = require "bioxen.stream"

local map = {}

local Map = { __name = "bioxen.Map" }
Map.__index = Map

local AHEAD = 16 -- results that may wait, for each VM
local IN_GUEST = 60 -- seconds for a worker to start in a guest that is up: one that hangs is not waited for longer
local MOST_LOSSES = 3 -- guests, or workers in them, that may be lost with a piece of work, which may be why

map.schema = {
  vms = { types = { number = true, table = true } },
  biological_type = { type = "string", default = "minimal_cell" },
  config = { type = "table" },
  setup = { types = { string = true, ["function"] = true } },
  reuse = { type = "boolean" },
  ordered = { type = "boolean", default = true },
  ahead = { type = "number", integer = true, minimum = 1 },
  retries = { type = "number", integer = true, minimum = 0, default = 0 },
  timeout = { type = "number", above = 0 },
  seed = { type = "number", integer = true },
  progress = { type = "function" },
  budget = { type = "number", above = 0 },
  pool = { types = { string = true, table = true } },
  guests = { type = "number", integer = true, minimum = 1, maximum = 4096 },
  vms_per_guest = { type = "number", integer = true, minimum = 1, maximum = 4096 },
  notice = { type = "function" },
}

-- ---- in the coroutine of a VM ----

-- What a job comes to. The loop goes on meanwhile.
local function await(job, err)
  if not job then return nil, err end
  return coroutine.yield(job)
end

-- What code, or a function of a VM, comes to, from this seed on.
function Map:work(what, vm, seed, input)
  if type(what) == "string" then
    return await(core.request(vm, "seeded", self.options.timeout, seed, what, "=map", input))
  end
  local seeded, problem = await(core.request(vm, "seed", nil, seed))
  if not seeded then return nil, problem end
  local answer, err = what(vm, input)
  if core.class_name(answer) == "Job" then return await(answer) end
  return answer, err
end

-- A worker afresh. True; or nil and an error.
local function start_afresh(slot)
  local vm = slot.vm
  local state = vm:get_state()
  if state ~= "created" and state ~= "stopped" then
    local stopped, err = await(vm:stop { wait = false })
    if not stopped then return nil, err end
  end
  return await(vm:start { wait = false, timeout = slot.guest and IN_GUEST })
end

-- A VM is made ready for an input: one of map's own by a worker afresh. True; or nil and an error.
function Map:prepare(slot)
  local vm, done, err = slot.vm, true, nil
  if slot.own then done, err = start_afresh(slot) end
  if done and self.options.setup then
    done, err = self:work(self.options.setup, vm, self.seed)
    done = done ~= nil or err == nil
  end
  slot.ready = done
  return done, err
end

function Map:attempt(slot, item)
  if not slot.ready or slot.vm:get_state() ~= "running" then
    local prepared, err = self:prepare(slot)
    if not prepared then return nil, err end
  end
  slot.ready = self.reuse
  -- Streams of their own, whichever VM has them.
  return self:work(self.what, slot.vm, stream.seed(self.seed, self.number_of(item)), item.input)
end

-- Whether a piece of work, which came to an error or to none, has cost a VM its worker, perhaps with the guest: one
-- that shuts down ends its processes first. A VM that nobody else has is busy while its worker's end is awaited.
local function is_loss(vm, err)
  if not err then return vm:get_state() ~= "running" end
  local code = core.class_name(err) == "Error" and err.code
  return code == "EDIED" or code == "ECONNECT" or code == "EGUEST" or code == "EBUSY"
end

-- The same in a guest; then what was lost meanwhile, whatever came of it: the guest, or the worker alone.
function Map:attempt_in_guest(slot, item)
  local guest, life = slot.guest, slot.guest.life
  local answer, err = self:attempt(slot, item)
  local lost = is_loss(slot.vm, err) and "worker"
  if lost and guest.life == life and guest:is_up() then
    local there, problem = await(guest:ask())
    if not there and guest.life == life then guest:lose(err or problem) end
  end
  if guest.life ~= life or not guest:is_up() then return answer, err, "guest" end
  if not lost then guest:has_worked() end
  return answer, err, err and lost
end

-- ---- inputs and results ----

-- Whether there is something to begin, and time for it.
function Map:is_wanted()
  if self.ends and core.clock() >= self.ends then self.again, self.exhausted = {}, true end
  return self.again[1] ~= nil or not self.exhausted
end

-- The next input: one that is to be tried again, else a new one; nil where there is none, or where too many results
-- would wait.
function Map:take()
  if not self:is_wanted() then return nil end
  if self.again[1] then return table.remove(self.again, 1) end
  if self.exhausted or self.taken - self.given >= self.ahead then return nil end
  local input
  if self.total then
    if self.taken < self.total then input = self.inputs[self.taken + 1] end
  else
    input = self.inputs()
  end
  self.exhausted = input == nil
  if input == nil then return nil end
  self.taken = self.taken + 1
  self.exhausted = self.taken == self.total
  return { index = self.taken, input = input, tries = 0, losses = 0 }
end

local function as_error(err, item)
  if core.class_name(err) ~= "Error" then
    local value = err
    err = select(2, core.fail("ESCRIPT", tostring(type(value) == "table" and value.message or value)))
    if type(value) ~= "string" then err.value = value end
  end
  err.input, err.index, err.tries = item.input, item.index, item.tries
  return err
end

function Map:finish(item, answer, err, lost)
  item.losses = item.losses + (lost and 1 or 0)
  if lost and item.losses < MOST_LOSSES then
    self.again[#self.again + 1] = item
    return
  end
  if lost == "guest" then
    answer, err = nil, select(2, core.fail("EGUEST", ("its guest was lost %d times"):format(item.losses)))
  end
  local failed = answer == nil and err ~= nil
  item.tries = item.tries + 1
  if failed and item.tries <= self.options.retries then
    self.again[#self.again + 1] = item
    return
  end
  self:settle(item, answer, failed and err)
end

function Map:settle(item, answer, err)
  self.done = self.done + 1
  if err then self.failed = self.failed + 1 end
  local result = { index = item.index, answer = answer, err = err and as_error(err, item) or nil }
  self.results[self.options.ordered and item.index or self.done] = result
  if self.options.progress then self.options.progress(self.done, self.total, self.failed) end
end

-- ---- the loop ----

-- Go on with what a slot does, with what its job came to, until it waits for another.
function Map:go_on(slot, ...)
  local good, job, err, lost = coroutine.resume(slot.thread, ...)
  if not good then error(job, 0) end
  if coroutine.status(slot.thread) ~= "dead" then
    if core.class_name(job) ~= "Job" then
      error("bioxen.map: what a function yields must be a job, got " .. check.shown(job), 0)
    end
    slot.job = job
    return
  end
  local item = slot.item
  slot.job, slot.item, slot.thread = nil, nil, nil
  if slot.own and (lost or job == nil and err ~= nil) then slot.ready = false end
  self:finish(item, job, err, lost)
end

-- Whether new work may be given to it now; and whether it may at another time.
local function is_open(slot)
  if slot.guest then return slot.guest:is_up(), not slot.guest:is_given_up() end
  local is_running = slot.own or slot.vm:get_state() == "running"
  return is_running, is_running
end

-- Whether it has, or can be given, something to do.
function Map:feed(slot)
  while slot.job and slot.job:done() do self:go_on(slot, slot.job:result()) end
  while not slot.job do
    local now, later = is_open(slot)
    local item = now and self:take()
    if not item then return later end
    slot.item, slot.thread = item, coroutine.create(slot.guest and self.attempt_in_guest or self.attempt)
    self:go_on(slot, self, slot, item)
  end
  return true
end

-- An input that no VM is left for.
function Map:give_up(item)
  local _, err = core.fail("ESTATE", "none of the VMs is running any more")
  if self.guests[1] then
    local why = self.guests[1].err
    _, err = core.fail(why.code, "no guest is left: " .. why.message)
  end
  item.tries = 0
  self:settle(item, nil, err)
end

-- Give every VM something to do. The jobs that run, and whether any of them is work.
function Map:feed_all()
  local jobs, alive = {}, false
  for _, guest in ipairs(self.guests) do guest:turn(self:is_wanted()) end
  for _, slot in ipairs(self.slots) do
    if self:feed(slot) then alive = true end
    jobs[#jobs + 1] = slot.job
  end
  local working = #jobs > 0
  for _, guest in ipairs(self.guests) do table.move(guest.jobs, 1, #guest.jobs, #jobs + 1, jobs) end
  local item = not alive and self:take()
  if item then self:give_up(item) end
  return jobs, working
end

-- The next result that may be given, off the list.
function Map:next_result()
  local result = self.results[self.given + 1]
  if not result then return nil end
  self.results[self.given + 1] = nil
  self.given = self.given + 1
  return result
end

function Map:__call()
  while not self.closed do
    local jobs, working = self:feed_all()
    local result = self:next_result()
    if result then return result.index, result.answer, result.err end
    if working then
      core.wait_any(jobs)
    elseif self:is_wanted() then
      if #jobs > 0 then core.wait_any(jobs, self.ends and math.max(0.001, self.ends - core.clock())) end
    elseif self.given < self.taken then
      self.given = self.given + 1 -- it was to be tried again when time was over
    else
      break
    end
  end
  self:close()
  return nil
end

--- End it: VMs of its own are destroyed, what runs in others is cancelled.
function Map:close()
  if self.closed then return end
  self.closed = true
  guests.close(self.guests)
  for _, slot in ipairs(self.slots) do
    if slot.own and not slot.guest then
      slot.vm:destroy()
    elseif slot.job and not slot.own then
      slot.job:cancel()
      slot.job:wait()
    end
  end
end

Map.__close = Map.close

-- ---- its beginning ----

local count = 0

-- VMs of its own, which are started when they are needed; nil and an error.
local function make_slots(self, wanted)
  count = count + 1
  for i = 1, wanted do
    local vm, err = check.relay(3, create.create, hypervisor.default(), ("map-%d-%d"):format(count, i),
      self.options.biological_type, "basic", self.options.config, false)
    if not vm then return nil, err end
    self.slots[i] = { vm = vm, own = true }
  end
  return true
end

-- The same in guests, no more than there are inputs for.
local function make_guests(self)
  count = count + 1
  local given = self.options
  local wanted = math.tointeger(given.guests)
  local enough = self.total and math.max(1, -(-self.total//math.tointeger(given.vms_per_guest))) or wanted
  local made, err = guests.new(given, "map-" .. count, math.min(wanted, enough), 3)
  if not made then return nil, err end
  self.guests = made
  for _, guest in ipairs(self.guests) do
    for i = 2, #guest.vms do self.slots[#self.slots + 1] = { vm = guest.vms[i], own = true, guest = guest } end
  end
  return true
end

local function take_slots(self, vms, problems)
  for i, vm in ipairs(vms) do
    if not tostring(core.class_name(vm)):find "BiologicalVM$" then
      problems[#problems + 1] = ("options.vms: [%d]: a VM expected, got %s"):format(i, check.shown(vm))
    end
    self.slots[i] = { vm = vm, ready = not self.options.setup }
  end
  if #vms == 0 then problems[#problems + 1] = "options.vms: no VM in it" end
  if self.options.reuse == false then
    problems[#problems + 1] = "options.reuse: VMs that are given are used as they are: true expected, got false"
  end
end

-- The options of guests, with their defaults.
local function check_pool(given, problems)
  for _, name in ipairs { "guests", "vms_per_guest" } do
    if given[name] and not given.pool then
      problems[#problems + 1] = ("options.%s: goes with pool alone"):format(name)
    end
    given[name] = given[name] or 1
  end
  if given.pool and given.vms ~= nil then
    problems[#problems + 1] = "options.vms: goes with no pool, where there are guests and vms_per_guest"
  end
  for _, name in ipairs(given.pool and { "xcpng_config", "guest" } or {}) do
    if given.config and given.config[name] ~= nil then
      problems[#problems + 1] = ("options.config.%s: goes with no pool, which says where VMs are"):format(name)
    end
  end
end

local function index_of(item)
  return item.index
end

-- The VMs that are not given; nil and an error.
local function make_own(self, wanted)
  if self.options.pool then return make_guests(self) end
  return make_slots(self, math.max(1, math.min(wanted, self.total or wanted)))
end

--- See types.lua. Raises for a mistake; nil and an error where the VMs cannot be made. number_of(item), which may be
-- nil, gives the number of an input's stream of random numbers, { index, input }, in place of its index.
function map.map(inputs, what, options, number_of)
  local problems = {}
  local given = check.table(options, map.schema, "options", problems)
  if type(inputs) ~= "table" and type(inputs) ~= "function" then
    problems[#problems + 1] = "inputs: a list or a function that gives one at a time expected, got "
      .. check.shown(inputs)
  end
  if type(what) ~= "string" and type(what) ~= "function" then
    problems[#problems + 1] = "work: code or a function expected, got " .. check.shown(what)
  end
  local self = setmetatable({ inputs = inputs, what = what, options = given, slots = {}, guests = {}, again = {},
    results = {}, taken = 0, given = 0, done = 0, failed = 0, total = type(inputs) == "table" and #inputs or nil,
    seed = math.tointeger(given.seed) or math.random(0), number_of = number_of or index_of,
    ends = given.budget and core.clock() + given.budget }, Map)
  local wanted = type(given.vms) == "number" and given.vms or core.cores()
  if type(given.vms) == "table" then
    take_slots(self, given.vms, problems)
  elseif not math.tointeger(wanted) or wanted < 1 then
    problems[#problems + 1] = "options.vms: an integer, at least 1, expected, got " .. check.shown(wanted)
  end
  check_pool(given, problems)
  check.raise(problems, 2)
  self.reuse = given.reuse or type(given.vms) == "table"
  if type(given.vms) ~= "table" then
    local made, err = make_own(self, wanted)
    if not made then
      self:close()
      return nil, err
    end
  end
  self.ahead = math.max(#self.slots, math.tointeger(given.ahead) or AHEAD*#self.slots)
  return self, nil, nil, self
end

return map
