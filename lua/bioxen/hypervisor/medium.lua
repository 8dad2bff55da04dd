--- hypervisor:medium: what VMs of a hypervisor live in together. The numbers are src/medium's; here are the names, the
-- members, and what each may have. docs/worlds.md has the method.

local check = require "bioxen.check"
local core = require "bioxen.core"
local sorted_keys = require "bioxen.sorted_keys"

local Medium = { __name = "bioxen.Medium" }
Medium.__index = {}
local methods = Medium.__index

local medium = {}

--- Dry mass of a cell, g: E. coli B/r that doubles in 40 minutes (Neidhardt, Ingraham & Schaechter, Physiology of the
-- Bacterial Cell, Sinauer 1990, chapter 1).
medium.CELL = 2.8e-13

--- What is less than this, a millionth of a cell, is none.
medium.NONE = 1e-6*medium.CELL

local amount = { type = "number", minimum = 0, finite = true }
local pool_schema = { concentration = amount, feed = amount, decay = amount }
local flow_schema = { volume = { type = "number", above = 0, finite = true, default = 1 },
  inflow = { type = "number", minimum = 0, finite = true, default = 0 },
  outflow = { type = "number", minimum = 0, finite = true, default = 0 } }
local MOST_POOLS = 1000
local SPARE = 1e-3 -- of a pool, for those who have taken none of it

-- By VM: the medium that it is in.
local places = setmetatable({}, { __mode = "k" })

local function split(options, problems)
  local flow, pools = {}, {}
  for key, value in pairs(options) do
    if flow_schema[key] then flow[key] = value
    elseif type(key) ~= "string" or key == "" or #key > 64 then
      problems[#problems + 1] = "medium: the name of a pool expected, got " .. check.shown(key)
    elseif type(value) == "table" then pools[key] = check.table(value, pool_schema, "medium." .. key, problems)
    else pools[key] = check.table({ concentration = value }, pool_schema, "medium." .. key, problems) end
  end
  return check.table(flow, flow_schema, "medium", problems), pools
end

--- See types.lua.
function medium.new(hypervisor, options)
  local problems = {}
  if type(options) ~= "table" then
    problems[1] = "medium: { volume = litres, NAME = mM, … } expected, got " .. check.shown(options)
    check.raise(problems, 2)
  end
  local flow, pools = split(options, problems)
  local names, list = sorted_keys(pools), {}
  if #names > MOST_POOLS then problems[#problems + 1] = ("medium: at most %d pools expected"):format(MOST_POOLS) end
  check.raise(problems, 2)
  local self = setmetatable({ hypervisor = hypervisor, names = names, index = {}, decays = {}, feeds = {}, began = {},
    member_of = {} }, Medium)
  for i, name in ipairs(names) do
    local pool = pools[name]
    local concentration = pool.concentration or 0
    self.index[name], self.decays[name], self.feeds[name] = i, pool.decay or 0, pool.feed or concentration
    self.began[name] = concentration*flow.volume
    list[i] = { self.began[name], self.feeds[name], self.decays[name] }
  end
  self.state = core.new_medium(flow.volume, flow.inflow, flow.outflow, list)
  return self
end

function Medium:__tostring()
  local volume = self.state:flow()
  return ("Medium(%.4g L, %s)"):format(volume, table.concat(self.names, ", "))
end

-- ---- what is in it ----

local function index_of(self, name, level)
  local i = self.index[name]
  if i then return i end
  error(("the medium has no pool %s; it has: %s"):format(check.shown(name), table.concat(self.names, ", ")),
    (level or 2) + 1)
end

--- { volume in litres, inflow and outflow in L/h }.
function methods:flow()
  local volume, inflow, outflow = self.state:flow()
  return { volume = volume, inflow = inflow, outflow = outflow }
end

--- mM, of a pool.
function methods:concentration(name)
  local volume = self.state:flow()
  return (self.state:pool(index_of(self, name)))/volume
end

--- mM, by name.
function methods:concentrations()
  local all, volume = {}, self.state:flow()
  for i, name in ipairs(self.names) do all[name] = self.state:pool(i)/volume end
  return all
end

--- The books of a pool.
function methods:balance(name)
  local now, entered, given, taken, left, decayed = self.state:pool(index_of(self, name))
  return { began = self.began[name], now = now, entered = entered, given = given, taken = taken, left = left,
    decayed = decayed }
end

--- Put in so many mmol.
function methods:dose(name, millimoles)
  local i = index_of(self, name)
  if type(millimoles) ~= "number" or not (millimoles >= 0 and millimoles < math.huge) then
    error(("bad argument 'amount': a number of 0 or more expected, got %s"):format(check.shown(millimoles)), 2)
  end
  self.state:add(i, millimoles)
end

--- Let it flow otherwise from now on: { inflow, outflow, feed = { name = mM } }; what is absent stays.
function methods:set_flow(options)
  local problems = {}
  local given = check.table(options, { inflow = amount, outflow = amount, feed = { type = "table" } }, "flow", problems)
  for name, value in pairs(type(given.feed) == "table" and given.feed or {}) do
    check.table({ feed = value }, pool_schema, "flow.feed." .. tostring(name), problems)
    if not self.index[name] then problems[#problems + 1] = "flow.feed: no pool " .. check.shown(name) end
  end
  check.raise(problems, 2)
  local _, inflow, outflow = self.state:flow()
  self.state:set_flow(given.inflow or inflow, given.outflow or outflow)
  for name, value in pairs(given.feed or {}) do
    self.feeds[name] = value
    self.state:feed(self.index[name], value)
  end
end

-- ---- who is in it ----

local member_schema = {
  biomass = amount,
  cells = amount,
  divides = { type = "boolean", default = false },
  death_rate = { type = "number", minimum = 0, finite = true, default = 0 },
}

--- The medium that a VM is in, or nil.
function medium.of(vm)
  return places[vm]
end

function medium.is_vm(vm)
  return (core.class_name(vm):find "BiologicalVM$") ~= nil
end

--- Enter a member, which is in no medium.
function medium.enter(self, vm, member)
  places[vm] = self
  member.vm = vm
  self.member_of[vm:get_status().vm_id] = member
end

--- Let a VM live in it. The names of the pools that it exchanges; nil and an error.
function methods:add(vm, options)
  local problems = {}
  local given = check.table(options, member_schema, "member", problems)
  if not medium.is_vm(vm) then
    problems[#problems + 1] = "vm: a VM expected, got " .. check.shown(vm)
  elseif core.hypervisor_of(vm) ~= self.hypervisor then
    problems[#problems + 1] = "vm: it is of another hypervisor than the medium"
  end
  if (given.biomass == nil) == (given.cells == nil) then
    problems[#problems + 1] = "member: either biomass, in gDW, or cells expected"
  end
  check.raise(problems, 2)
  local vm_id = vm:get_status().vm_id
  if places[vm] then
    return core.fail("EEXIST", ("VM %q lives in a medium already"):format(vm_id), vm_id)
  end
  local known, err = core.ask(vm, "world", nil, "exchanged", self.names)
  if not known then return nil, err end
  if given.divides and not known.divides then
    return core.fail("EUNSUPPORTED", ("the organism %s does not divide: it has no function divide"):format(
      vm:get_biological_type()), vm_id)
  end
  medium.enter(self, vm, { biomass = given.biomass or given.cells*medium.CELL, divides = given.divides,
    death_rate = given.death_rate })
  return known.names
end

--- Take a VM out of it; whether it was in it.
function methods:remove(vm)
  if places[vm] ~= self then return false end
  places[vm] = nil
  self.member_of[vm:get_status().vm_id] = nil
  return true
end

--- By id: { biomass in gDW, cells }.
function methods:members()
  local all = {}
  for vm_id, member in pairs(self.member_of) do
    if member.vm:get_state() == "destroyed" then self.member_of[vm_id] = nil
    else all[vm_id] = { biomass = member.biomass, cells = member.biomass/medium.CELL } end
  end
  return all
end

-- ---- a quantum ----

-- What each member clears of a pool, L/h, by id, and in all. Who is new clears for its biomass what the others do.
local function clearances(self, vm_ids, name)
  local known, mass, all, total = 0, 0, {}, 0
  for _, vm_id in ipairs(vm_ids) do
    local member = self.member_of[vm_id]
    if member.clears then known, mass = known + (member.clears[name] or 0), mass + member.biomass end
  end
  for _, vm_id in ipairs(vm_ids) do
    local member = self.member_of[vm_id]
    all[vm_id] = member.clears and (member.clears[name] or 0) or mass > 0 and known*member.biomass/mass or 0
    total = total + all[vm_id]
  end
  return all, total
end

-- The volume of a pool that each member may take from, by id: in proportion to what it clears. With such parts all see
-- the same concentration at the end of the quantum, as they do in one flask. Who took none has a little, to begin with.
local function volumes_of(self, vm_ids, name, volume, biomass)
  local clears, total = clearances(self, vm_ids, name)
  local spare, volumes = total > 0 and SPARE or 1, {}
  for _, vm_id in ipairs(vm_ids) do
    local share = biomass > 0 and spare*self.member_of[vm_id].biomass/biomass or 0
    if total > 0 then share = share + (1 - spare)*clears[vm_id]/total end
    volumes[vm_id] = volume*share
  end
  return volumes
end

--- The parts that the members among these ids live in for a quantum: each with all concentrations as they are, of a
-- volume as of biomass, and for each pool of one as they compete for it.
function medium.parts(self, vm_ids, duration)
  local total, parts = 0, {}
  for _, vm_id in ipairs(vm_ids) do total = total + self.member_of[vm_id].biomass end
  local volume, inflow = self.state:flow()
  local concentrations = self:concentrations()
  for _, vm_id in ipairs(vm_ids) do
    local member = self.member_of[vm_id]
    parts[vm_id] = { duration = duration, volume = total > 0 and volume*member.biomass/total or volume, volumes = {},
      biomass = member.biomass, cells = member.biomass/medium.CELL, divides = member.divides,
      death_rate = member.death_rate, dilution = inflow/volume, concentrations = concentrations,
      feed = self.feeds, decay = self.decays }
  end
  for _, name in ipairs(self.names) do
    for vm_id, own in pairs(volumes_of(self, vm_ids, name, volume, total)) do parts[vm_id].volumes[name] = own end
  end
  return parts
end

--- What is cleared, by so many times as much; nil where it is not known.
function medium.scaled(clears, factor)
  if not clears then return nil end
  local all = {}
  for name, litres in pairs(clears) do all[name] = litres*factor end
  return all
end

--- Let the quantum pass, in which its members gave (by id and name, negative what they took). The part of them that
-- has not flowed out; nil and an error.
function medium.step(self, vm_ids, answers, duration)
  local given = {}
  for i, name in ipairs(self.names) do
    given[i] = 0
    for _, vm_id in ipairs(vm_ids) do
      local answer = answers[vm_id]
      given[i] = given[i] + (answer.given[name] or 0) + (answer.sent[name] or 0)
    end
  end
  for _, vm_id in ipairs(vm_ids) do
    local member = self.member_of[vm_id] -- nil: it was taken out meanwhile
    if member then member.clears = medium.scaled(answers[vm_id].clears, answers[vm_id].growth) end
  end
  return self.state:step(duration/3600, given)
end

medium.methods = methods

return medium
