--- A cell in a shared world, as the VM has it: `live` is called by the host for each quantum, the others are methods of
-- the cell. docs/worlds.md says what they are for.

local check = require "library.check"

local world = {}

-- At most so many messages a quantum are sent, and so many wait to be read.
world.MOST_POSTED, world.MOST_WAITING = 256, 1024

-- What the host said of the medium, nil without one; what was sent and posted in this quantum; what came, and how much
-- was lost of it; whether the cell is to divide.
local now = { sent = {}, posted = {}, inbox = {}, lost = 0 }

local chunks = setmetatable({}, { __mode = "v" })

--- The concentrations in the medium at the beginning of the quantum, in mM, by name; of one name that one. nil for a
-- cell in no medium.
function world.medium(_, _, name)
  if not now.part then return nil end
  if name ~= nil then return now.part.concentrations[name] end
  local all = {}
  for key, value in pairs(now.part.concentrations) do all[key] = value end
  return all
end

--- How many cells the VM stands for in its medium; nil for one in no medium.
function world.cells()
  return now.part and now.part.cells
end

--- Give `amount` mmol of a pool of the medium, in this quantum.
function world.send(_, _, name, amount)
  check.number(amount, "send: amount", 3)
  if not (now.part and now.part.concentrations[name]) then
    error(("send: the cell is in no medium with a pool %q"):format(tostring(name)), 3)
  end
  now.sent[name] = (now.sent[name] or 0) + amount
end

--- Send a value to another VM, which has it from the next quantum on.
function world.post(_, _, vm_id, value)
  if type(vm_id) ~= "string" then error("post: the id of a VM expected, got " .. type(vm_id), 3) end
  if #now.posted >= world.MOST_POSTED then
    error(("post: %d messages were sent in this quantum"):format(world.MOST_POSTED), 3)
  end
  now.posted[#now.posted + 1] = { to = vm_id, value = value }
end

--- What has come, { { from = id, value = … }, … } in order; they are gone then. Of too many the oldest are lost.
function world.messages()
  local all = now.inbox
  now.inbox = {}
  return all
end

--- Divide at the end of this quantum, where the run has a population.
function world.divide(organism)
  if not organism.divide then error("divide: the organism has no function divide", 3) end
  now.due = true
end

--- Die at the end of this quantum, where the run has a population.
function world.die()
  now.dies = true
end

local function receive(messages)
  for _, message in ipairs(messages) do now.inbox[#now.inbox + 1] = message end
  local surplus = #now.inbox - world.MOST_WAITING
  if surplus <= 0 then return end
  table.move(now.inbox, surplus + 1, #now.inbox, 1)
  for i = #now.inbox, world.MOST_WAITING + 1, -1 do now.inbox[i] = nil end
end

local function run_code(code)
  if not chunks[code] then chunks[code] = assert(load(code, "=world", "t")) end
  chunks[code]()
end

-- The function that lets the cell's own time go on by the quantum, once.
local function clock_of(cell, task)
  local done = false
  return function()
    if done then return end
    done = true
    local options = { duration = task.duration, record = {} }
    for key, value in pairs(task.run) do options[key] = value end
    cell:run(options)
  end
end

--- Live for task.duration seconds in task.part of the medium. Answers { given = mmol by name, negative what was taken;
-- clears = how many litres of each pool it clears an hour; growth = by what factor there are more cells; sent;
-- posted; divide, dies = whether it does now; rate = how fast it grew, 1/h; usage of the chassis }.
function world.live(organism, cell, task)
  now.part, now.sent, now.posted, now.due, now.dies = task.part, {}, {}, false, false
  receive(task.messages)
  local before = task.divides and organism.divisions and organism.divisions(cell)
  local advance, told = clock_of(cell, task), {}
  if task.part and task.part.biomass > 0 and organism.exchange then
    told = organism.exchange.live(cell, task.part, advance)
  end
  advance()
  if task.code then run_code(task.code) end
  local due = now.due or before and organism.divisions(cell) > before
  return { given = told.given or {}, clears = told.clears or {}, growth = told.growth or 1, sent = now.sent,
    posted = now.posted, rate = told.rate, dies = now.dies, divide = task.divides and due,
    usage = task.wants_usage and organism.usage and organism.usage(cell) or {} }
end

--- The cell divides: it is one daughter now, and what the other has is the answer.
function world.split(organism, cell, method)
  return organism.divide(cell, method)
end

--- The cell is the other daughter, which has this.
function world.become(_, cell, molecules)
  cell:set(molecules)
end

--- Which of these pools it takes or gives.
function world.exchanged(organism, cell, names)
  local found = {}
  for _, name in ipairs(names) do
    if organism.exchange and organism.exchange.knows(cell, name) then found[#found + 1] = name end
  end
  return { names = found, divides = organism.divide ~= nil }
end

return world
