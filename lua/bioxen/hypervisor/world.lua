--- hypervisor:run: all running VMs advance together in quanta. docs/worlds.md has the method.

local answers = require "bioxen.hypervisor.answers"
local check = require "bioxen.check"
local competition = require "bioxen.hypervisor.competition"
local copy = require "bioxen.copy"
local core = require "bioxen.core"
local medium = require "bioxen.hypervisor.medium"
local organisms = require "bioxen.biology.organisms"
local population = require "bioxen.hypervisor.population"
local resources = require "bioxen.hypervisor.resources"
local sorted_keys = require "bioxen.sorted_keys"

local world = {}

local positive = { type = "number", above = 0, finite = true }

local schema = {
  duration = { type = "number", above = 0, finite = true, required = true },
  quantum = positive,
  every = { type = "number", integer = true, minimum = 1, default = 1 },
  workers = { type = "number", integer = true, minimum = 1 },
  timeout = { type = "number", above = 0 },
  priorities = { type = "table" },
  policy = { types = { ["function"] = true, boolean = true }, default = true },
  code = { type = "string" },
  population = { types = { boolean = true, table = true } },
  method = { type = "string" },
  tolerance = positive,
  progress = { type = "function" },
}

local MOST_QUANTA = 1e7

-- ---- messages ----

-- By VM, until its next quantum: { { from, value }, … }.
local boxes = setmetatable({}, { __mode = "k" })

local function post(vm, from, value)
  local box = boxes[vm] or {}
  boxes[vm] = box
  box[#box + 1] = { from = from, value = value }
  if #box > answers.MOST_WAITING then table.remove(box, 1) end
end

local function take_messages(vm)
  local box = boxes[vm] or {}
  boxes[vm] = nil
  return box
end

--- Send a value to a VM, which its cell:messages() gives from its next quantum on. True; or nil and an error.
function world.send(hypervisor, vm_id, value)
  if type(vm_id) ~= "string" then
    error(("bad argument 'vm_id': a string expected, got %s"):format(check.shown(vm_id)), 2)
  end
  local vm, err = hypervisor:get_vm(vm_id)
  if not vm then return nil, err end
  local problem = answers.problem_with_value(value)
  if problem then error("bad argument 'value': " .. problem, 2) end
  post(vm, nil, value)
  return true
end

-- ---- one run ----

local Run = {}
Run.__index = Run

-- The VMs that run now, sorted by id, so that nothing depends on the order in which they were made.
function Run:find_vms()
  local ids, vms = {}, {}
  for _, vm_id in ipairs(self.hypervisor:ids()) do
    local vm = self.hypervisor:get_vm(vm_id)
    if vm and vm:get_state() == "running" then
      ids[#ids + 1] = vm_id
      vms[vm_id] = vm
    end
  end
  table.sort(ids)
  self.ids, self.vms = ids, vms
end

-- The media of the run, each once one of these VMs has lived in it, and who lives there now.
function Run:find_media()
  self.members = {}
  for _, place in ipairs(self.media) do self.members[place] = {} end
  for _, vm_id in ipairs(self.ids) do
    local place = medium.of(self.vms[vm_id])
    if place and not self.members[place] then
      self.members[place] = {}
      table.insert(self.media, place)
    end
    if place then table.insert(self.members[place], vm_id) end
  end
end

-- ---- competition ----

local function ignored_by(vm)
  return organisms.manifest(vm:get_biological_type()).ignores or {}
end

-- Who is in a medium is a cell by itself; the others are genomes of one chassis.
function Run:requests()
  local requests = {}
  for _, vm_id in ipairs(self.ids) do
    if not medium.of(self.vms[vm_id]) then
      local vm = self.vms[vm_id]
      local held, used, demand, ignored = vm:get_status().resources, self.usage[vm_id] or {}, {}, ignored_by(vm)
      for _, name in ipairs(competition.resources) do
        if not ignored[name] then
          demand[name] = competition.demand(self.held_before[vm_id] and held[name], used[name])
        end
      end
      requests[#requests + 1] = { vm_id = vm_id, priority = self.options.priorities[vm_id] or 1, demand = demand,
        held = held, used = used }
    end
  end
  return requests
end

-- What the VMs that compete may have in all.
function Run:capacity(requests)
  local capacity, system = {}, self.hypervisor:get_system_resources()
  for _, name in ipairs(competition.resources) do
    local all = system[name].free
    for _, request in ipairs(requests) do all = all + (request.held[name] or 0) end
    capacity[name] = all*(1 - 1e-12) -- room for the rounding of sums
  end
  return capacity
end

local CHANGE = 0.01 -- of a share that is worth telling the cells

local function is_worth_it(requests, shares)
  for _, request in ipairs(requests) do
    for name, share in pairs(shares[request.vm_id] or {}) do
      local has = request.held[name] or 0
      if math.abs(share - has) > CHANGE*has then return true end
    end
  end
  return false
end

-- What is to grow, or not, of what a VM holds.
local function changes(shares, held, grows)
  local wanted
  for name, share in pairs(shares) do
    local has = held[name] or 0
    if share ~= has and grows == (share > has) then
      wanted = wanted or {}
      wanted[name] = share
    end
  end
  return wanted
end

-- Less first, then more, so that the ledger always has room.
function Run:allocate(requests, shares)
  for _, grows in ipairs { false, true } do
    for _, request in ipairs(requests) do
      local vm_id = request.vm_id
      local wanted = changes(shares[vm_id] or {}, request.held, grows)
      if wanted then
        if not self.held_before[vm_id] then self.held_before[vm_id] = request.held end
        local done, err = resources.allocate(self.vms[vm_id], wanted)
        if not done then return nil, err end
      end
    end
  end
  return true
end

function Run:share_out()
  if not self.policy then return true end
  local requests = self:requests()
  if #requests == 0 then return true end
  local capacity = self:capacity(requests)
  local shares = self.policy(copy(requests), copy(capacity)) -- it may write into what it is given
  local problem = answers.problem_with_shares(shares, requests, capacity)
  if problem then error("run: policy: " .. problem, 0) end
  return not is_worth_it(requests, shares) or self:allocate(requests, shares)
end

-- At the end all hold what they held before.
function Run:give_back()
  for _, grows in ipairs { false, true } do
    for _, vm_id in ipairs(sorted_keys(self.held_before)) do
      local vm, wanted = self.vms[vm_id], nil
      local held = vm and vm:get_state() == "running" and vm:get_status().resources or {}
      for name, has in pairs(held) do
        local before = self.held_before[vm_id][name]
        if before ~= has and (before or 0) > has == grows then
          wanted = wanted or {}
          wanted[name] = before or false
        end
      end
      if wanted then resources.allocate(vm, wanted) end
    end
  end
end

-- ---- a quantum ----

function Run:tasks(duration)
  local tasks = {}
  for _, vm_id in ipairs(self.ids) do
    tasks[vm_id] = { duration = duration, run = self.run_options, code = self.options.code,
      messages = take_messages(self.vms[vm_id]),
      wants_usage = self.policy and not medium.of(self.vms[vm_id]) }
  end
  for _, place in ipairs(self.media) do
    for vm_id, part in pairs(medium.parts(place, self.members[place], duration)) do
      tasks[vm_id].part, tasks[vm_id].divides = part, part.divides
    end
  end
  return tasks
end

-- What is left of jobs is ended, whatever is raised, so that the cells can be told of their shares again.
local ended = { __close = function(jobs)
  for _, job in pairs(jobs) do
    if not job:done() then job:cancel() end
  end
  for _, job in pairs(jobs) do job:wait() end
end }

-- Let all VMs do their tasks, so many at a time. Their answers by id; nil and an error.
function Run:ask(tasks)
  local told, most = {}, math.min(self.options.workers or #self.ids, #self.ids)
  local jobs <close> = setmetatable({}, ended)
  for i = 1, #self.ids + most do
    local done, vm_id = i - most, self.ids[i]
    if done > 0 and jobs[done] then
      local answer, err = jobs[done]:wait()
      if not answer then return nil, err end
      told[self.ids[done]] = answer.result
    end
    if vm_id then
      local job, err = core.request(self.vms[vm_id], "world", self.options.timeout, "live", tasks[vm_id])
      if not job then return nil, err end
      jobs[i] = job
    end
  end
  return told
end

function Run:settle_medium(place, told, duration)
  local stays, err = medium.step(place, self.members[place], told, duration)
  if not stays then return nil, err end
  local cells = self.population
  if cells then cells:take_in(self.members[place], place, self.time) end
  for _, vm_id in ipairs(self.members[place]) do
    local member, answer = place.member_of[vm_id], told[vm_id]
    local is_cell = cells and cells:has(vm_id)
    if member then
      member.biomass = member.biomass*answer.growth*(is_cell and population.is_one(member) and 1 or stays)
      if member.biomass < medium.NONE then member.biomass = 0 end
    end
    self.growth[vm_id] = answer.rate or math.log(answer.growth)/duration*3600
    if is_cell then cells:note(vm_id, self.growth[vm_id], duration) end
  end
  return not cells or cells:settle(place, told, stays, self.time + duration)
end

function Run:settle(told, tasks, duration)
  for _, vm_id in ipairs(self.ids) do
    local problem = answers.problem_with(told[vm_id], tasks[vm_id])
    if problem then
      return core.fail("EPROTOCOL", ("VM %q, in the quantum from %g s: %s"):format(vm_id, self.time, problem), vm_id)
    end
  end
  for _, place in ipairs(self.media) do
    local done, err = self:settle_medium(place, told, duration)
    if not done then return nil, err end
  end
  for _, vm_id in ipairs(self.ids) do
    self.usage[vm_id] = told[vm_id].usage
    for _, message in ipairs(told[vm_id].posted) do
      local receiver = self.vms[message.to]
      if receiver then post(receiver, vm_id, message.value) end
    end
  end
  return true
end

function Run:quantum(duration)
  self:find_vms()
  self:find_media()
  local shared, err = self:share_out()
  if not shared then return nil, err end
  local tasks = self:tasks(duration)
  local told, err = self:ask(tasks)
  if not told then return nil, err end
  return self:settle(told, tasks, duration)
end

-- ---- what is recorded ----

local function put(series, key, row, value)
  series[key] = series[key] or {}
  for i = #series[key] + 1, row - 1 do series[key][i] = 0/0 end
  series[key][row] = value
end

-- Of a population the sums: its members come and go. A newborn has no rate yet.
function Run:record_population(i, place, row)
  local ids, all, known, rates = self.population:members(place), 0, 0, 0
  for _, vm_id in ipairs(ids) do
    local biomass, rate = place.member_of[vm_id].biomass, self.growth[vm_id]
    all = all + biomass
    if rate then known, rates = known + biomass, rates + biomass*rate end
  end
  local of = self.result.populations[i] or {}
  self.result.populations[i] = of
  put(of, "number", row, #ids)
  put(of, "biomass", row, all)
  put(of, "growth_rate", row, rates/known)
end

function Run:record()
  local result = self.result
  local row = #result.time + 1
  result.time[row] = self.time
  for i, place in ipairs(self.media) do
    result.media[i] = result.media[i] or { volume = {}, pools = {} }
    put(result.media[i], "volume", row, place:flow().volume)
    for name, value in pairs(place:concentrations()) do put(result.media[i].pools, name, row, value) end
    if self.population then self:record_population(i, place, row) end
    for vm_id, member in pairs(place:members()) do
      if not (self.population and self.population:has(vm_id)) then
        put(result.biomass, vm_id, row, member.biomass)
        put(result.growth_rate, vm_id, row, self.growth[vm_id] or 0/0)
      end
    end
  end
  for vm_id in pairs(self.held_before) do
    local vm = self.vms[vm_id]
    if vm then
      result.shares[vm_id] = result.shares[vm_id] or {}
      for name, held in pairs(vm:get_status().resources) do put(result.shares[vm_id], name, row, held) end
    end
  end
end

function Run:all()
  local count, every = self.count, self.options.every
  self:find_vms()
  self:find_media()
  for _, place in ipairs(self.population and self.media or {}) do
    self.population:take_in(self.members[place], place, self.time)
  end
  self:record()
  for i = 1, count do
    local done, err = self:quantum(self.options.duration/count)
    if not done then
      err.time, err.world = self.time, self.result
      return nil, err
    end
    self.time = self.options.duration*i/count
    if i % every == 0 or i == count then self:record() end
    if self.options.progress and self.options.progress(self.time, self.options.duration) == false then break end
  end
  local cells = self.population
  if cells then self.result.lineage, self.result.seed = cells:lineage(), cells.seed end
  return self.result
end

local function check_priorities(given, problems)
  for vm_id, weight in pairs(given) do
    if type(vm_id) ~= "string" or type(weight) ~= "number" or not (weight > 0 and weight < math.huge) then
      problems[#problems + 1] = ("options.priorities[%s]: a number above 0 expected, got %s"):format(
        check.shown(vm_id), check.shown(weight))
    end
  end
end

-- Hypervisors whose world goes on: a daemon's clients, or what is called back, may ask for another run meanwhile.
local under_way = setmetatable({}, { __mode = "k" })

--- See types.lua.
function world.run(hypervisor, options)
  local problems = {}
  local given = check.table(options, schema, "options", problems)
  check.raise(problems, 2)
  given.priorities = given.priorities or {}
  check_priorities(given.priorities, problems)
  local count = math.ceil(given.duration/(given.quantum or given.duration)*(1 - 1e-12))
  if count > MOST_QUANTA then
    problems[#problems + 1] = ("options.quantum: at most %.0f quanta expected, got %.0f"):format(MOST_QUANTA, count)
  end
  local cells = population.examine(given.population, problems)
  check.raise(problems, 2)
  local policy = given.policy
  if policy == true then policy = competition.policy end
  local self = setmetatable({ hypervisor = hypervisor, options = given, policy = policy, usage = {}, held_before = {},
    media = {}, growth = {}, time = 0, count = math.max(1, math.tointeger(count)),
    run_options = { method = given.method, tolerance = given.tolerance },
    population = cells and population.new(cells, given.method or "ode"),
    result = { time = {}, media = {}, biomass = {}, growth_rate = {}, shares = {}, populations = cells and {} } }, Run)
  if under_way[hypervisor] then return core.fail("EBUSY", "hypervisor:run is under way already") end
  under_way[hypervisor] = true
  local well, result, err = pcall(self.all, self)
  under_way[hypervisor] = nil
  self:give_back()
  if not well then error(result, 0) end
  return result, err
end

return world
