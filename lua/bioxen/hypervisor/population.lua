--- A population in hypervisor:run: cells that divide become two VMs, some are washed out, and of too many some are
-- left out. docs/worlds.md has what is kept by that.

local check = require "bioxen.check"
local core = require "bioxen.core"
local medium = require "bioxen.hypervisor.medium"
local stream = require "bioxen.stream"

local population = {}

local schema = {
  most = { type = "number", integer = true, minimum = 1, maximum = 100000, default = 1000 },
  seed = { type = "number", integer = true },
  on_division = { type = "function" },
}

--- What options.population says, checked: true is all defaults. Mistakes are appended to `problems`.
function population.examine(given, problems)
  if given == nil or given == false then return nil end
  if given == true then given = {} end
  return check.table(given, schema, "options.population", problems)
end

local Population = {}
Population.__index = Population

--- One for a run; `method` is that by which cells are run.
function population.new(options, method)
  return setmetatable({ most = options.most, seed = math.tointeger(options.seed) or math.random(0),
    on_division = options.on_division, method = method, drawn = 0, cells = {}, cell_of = {}, last_number = {},
    root_of = {} }, Population)
end

-- A number from 0 to below 1 of a sequence of its own.
function Population:draw()
  self.drawn = self.drawn + 1
  return stream.uniform(self.seed, self.drawn)
end

-- ---- lineages ----

function Population:is_born(vm_id, time, mother)
  self.cells[#self.cells + 1] = { vm_id = vm_id, born = time, mother = mother, grown = 0, lived = 0 }
  self.cell_of[vm_id] = #self.cells
end

function Population:ends(vm_id, time, fate)
  local cell = self.cells[self.cell_of[vm_id]]
  cell.ended, cell.fate = time, fate
  self.cell_of[vm_id] = nil
end

--- The members of a medium that divide are cells of the population from now on.
function Population:take_in(vm_ids, place, time)
  for _, vm_id in ipairs(vm_ids) do
    if place.member_of[vm_id].divides and not self.cell_of[vm_id] then self:is_born(vm_id, time) end
  end
end

--- A cell has grown at a rate, 1/h, for so many seconds.
function Population:note(vm_id, rate, duration)
  local cell = self.cells[self.cell_of[vm_id] or 0]
  if not cell then return end
  cell.grown, cell.lived = cell.grown + rate*duration, cell.lived + duration
end

--- The tree: of each cell its VM, mother (the number of another), when it was born and ended, in seconds, why (nil: it
-- lives), and its mean growth rate, 1/h.
function Population:lineage()
  local list = {}
  for i, cell in ipairs(self.cells) do
    list[i] = { vm_id = cell.vm_id, mother = cell.mother, born = cell.born, ended = cell.ended, fate = cell.fate,
      growth_rate = cell.lived > 0 and cell.grown/cell.lived or nil }
  end
  return list
end

-- ---- births ----

local LONGEST = 54 -- of an id, 64, that leaves room for a number

-- An id that is free: that of the first of its line, or its beginning, and a number.
function Population:new_id(hypervisor, vm_id)
  local root = self.root_of[vm_id] or vm_id:sub(1, LONGEST)
  local number = self.last_number[root] or 1
  local id
  repeat
    number = number + 1
    id = ("%s.%d"):format(root, number)
  until not hypervisor:get_vm(id)
  self.last_number[root], self.root_of[id] = number, root
  return id
end

-- The cell of a VM divides: the VM has one daughter, and a copy of it the other. True; or nil and an error.
function Population:divide(place, vm, vm_id, time)
  local other, err = core.ask(vm, "world", nil, "split", self.method)
  if not other then return nil, err end
  local id = self:new_id(place.hypervisor, vm_id)
  local daughter, err = vm:fork(id)
  if not daughter then return nil, err end
  local _, err = core.ask(daughter, "world", nil, "become", other)
  if err then
    daughter:destroy()
    return nil, err
  end
  local member = place.member_of[vm_id]
  medium.enter(place, daughter, { biomass = member.biomass, divides = true, death_rate = member.death_rate,
    clears = medium.scaled(member.clears, 1) })
  local mother = self.cell_of[vm_id]
  self:ends(vm_id, time, "divided")
  self:is_born(vm_id, time, mother)
  self:is_born(id, time, mother)
  if self.on_division then self.on_division(vm, daughter, time) end
  return true
end

-- ---- ends ----

function Population:remove(place, vm_id, time, fate)
  local vm = place.member_of[vm_id].vm
  self:ends(vm_id, time, fate)
  place:remove(vm)
  return vm:destroy()
end

--- The ids of those in a medium, sorted.
function Population:members(place)
  local ids = {}
  for vm_id in pairs(place:members()) do
    if self.cell_of[vm_id] then ids[#ids + 1] = vm_id end
  end
  table.sort(ids)
  return ids
end

local function biomass_of(place, ids)
  local sum = 0
  for _, vm_id in ipairs(ids) do sum = sum + place.member_of[vm_id].biomass end
  return sum
end

-- Of more than `most` cells any are left out by chance, and those that stay stand for so many more.
function Population:bound(place, time)
  local ids = self:members(place)
  if #ids <= self.most then return true end
  local before = biomass_of(place, ids)
  while #ids > self.most do
    local vm_id = table.remove(ids, 1 + math.floor(self:draw()*#ids))
    local removed, err = self:remove(place, vm_id, time, "left out")
    if not removed then return nil, err end
  end
  local factor = before/biomass_of(place, ids)
  for _, vm_id in ipairs(ids) do
    local member = place.member_of[vm_id]
    member.biomass = member.biomass*factor
    member.clears = medium.scaled(member.clears, factor)
  end
  return true
end

--- Whether a member stands for one cell, which is washed out or not; of many a part is.
function population.is_one(member)
  return member.biomass < 1.5*medium.CELL
end

--- Whether a VM is a cell of it.
function Population:has(vm_id)
  return self.cell_of[vm_id] ~= nil
end

-- What becomes of one in a quantum. True; or nil and an error.
function Population:settle_one(place, vm_id, answer, leaves, time)
  local member = place.member_of[vm_id]
  if not member then return true end -- on_division has taken it out
  if answer and answer.dies then return self:remove(place, vm_id, time, "died") end
  if leaves and population.is_one(member) then return self:remove(place, vm_id, time, "washed out") end
  if answer and answer.divide then return self:divide(place, member.vm, vm_id, time) end
  return true
end

--- At the end of a quantum, in which `stays` of what is suspended has not flowed out: deaths, wash-out, divisions, and
-- the bound. True; or nil and an error.
function Population:settle(place, told, stays, time)
  for _, vm_id in ipairs(self:members(place)) do
    local done, err = self:settle_one(place, vm_id, told[vm_id], self:draw() >= stays, time)
    if not done then return nil, err end
  end
  return self:bound(place, time)
end

return population
