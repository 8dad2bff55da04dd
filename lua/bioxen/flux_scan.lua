--- bioxen.flux_scan: flux variability, or mutants, of a model that is loaded in a VM, shared out among copies of it.
-- Each piece of work has a copy of its own, and begins where the VM stands: which other pieces there are, and when they
-- are done, has no part in the digits.

local check = require "bioxen.check"
local core = require "bioxen.core"

local flux_scan = {}

local CHUNK, CHUNK_OF_PAIRS = 256, 8 -- items that are one piece of work

local choice = { types = { boolean = true, table = true } }
local schema = {
  model = { type = "string", default = "model" },
  variability = choice,
  genes = choice,
  reactions = choice,
  mutants = { type = "table" },
  pairs = { type = "boolean" },
  fraction = { type = "number", minimum = 0, maximum = 1 },
  vms = { type = "number", integer = true, minimum = 1 },
}

local begin = "local model <const> = _ENV[args.model]\n"

-- Each runs in a copy.
local work = {
  variability = begin .. [[
    local ranges, status = model:variability { reactions = args.items, fraction = args.fraction }
    local found = {}
    for i, name in ipairs(args.items) do found[i] = { name, ranges and ranges[name] or { status = status } } end
    return found]],
  mutants = begin .. [[
    local found = {}
    for i, what in ipairs(args.items) do
      local solution = model:knock_out(what)
      found[i] = { what, { status = solution.status, objective = solution.objective } }
    end
    return found]],
  alone = begin .. [[
    local found = {}
    for i, mutant in ipairs(model:knock_outs { [args.kind] = args.items }) do
      found[i] = { mutant[1], { status = mutant.status, objective = mutant.objective } }
    end
    return found]],
  pairs = begin .. [[
    local found = {}
    for k, one in ipairs(args.items) do
      local inner <close> = model:context()
      model:disable { [args.kind] = { one } }
      local others = table.move(args.all, args.first + k, #args.all, 1, {})
      for _, mutant in ipairs(model:knock_outs { [args.kind] = others }) do
        found[#found + 1] = { { one, mutant[1] }, { status = mutant.status, objective = mutant.objective } }
      end
    end
    return found]],
}

-- What is asked for: the work, the kind of the items, and the items or true for all.
local function choose(given, problems)
  local kinds = {}
  for _, kind in ipairs { "variability", "genes", "reactions", "mutants" } do
    if given[kind] then kinds[#kinds + 1] = kind end
  end
  local kind = kinds[1]
  if #kinds ~= 1 then
    problems[#problems + 1] = "options: one of variability, genes, reactions and mutants expected, got " .. #kinds
  elseif given.pairs and kind ~= "genes" and kind ~= "reactions" then
    problems[#problems + 1] = "options.pairs: it goes with genes or reactions"
  end
  local what = (kind == "genes" or kind == "reactions") and (given.pairs and "pairs" or "alone") or kind
  return what, kind, given[kind]
end

-- All names, from the VM, where they are not given; and the optimum, that the copies need not look for it again.
local function list_items(vm, model, kind, items)
  local result, err = vm:execute_biological_process([[
    local model = _ENV[args[1] ]
    model:optimum()
    return model[args[2] ](model)]], { args = { model, kind == "genes" and "genes" or "reactions" } })
  if not result then return nil, err end
  return items == true and result.result or items
end

local function make_inputs(what, kind, items, given)
  local inputs, size = {}, what == "pairs" and CHUNK_OF_PAIRS or CHUNK
  for first = 1, #items, size do
    local chunk = table.move(items, first, math.min(first + size - 1, #items), 1, {})
    inputs[#inputs + 1] = { model = given.model, kind = kind, fraction = given.fraction, first = first, items = chunk,
      all = what == "pairs" and items or nil }
  end
  return inputs
end

-- ---- the loop ----

local Scan = {}
Scan.__index = Scan

local count = 0

-- A copy at work on the next piece; the VM itself where it cannot be copied, once it is free.
function Scan:begin_next()
  local input = self.inputs[self.next]
  count = count + 1
  local vm, err = self.vm:fork(("%s.scan-%d"):format(self.vm.vm_id, count))
  if not vm and err.code == "EUNSUPPORTED" then vm, self.wanted = self.vm, 1 end
  if not vm then error(err, 0) end
  local job, err = vm:submit(self.code, { args = input, timeout = math.huge })
  if not job then error(err, 0) end
  self.next = self.next + 1
  self.jobs[#self.jobs + 1], self.copies[#self.copies + 1] = job, vm
end

-- What the first of the pieces that run comes to.
function Scan:wait()
  local job, index = core.wait_any(self.jobs)
  if not job then error(index, 0) end
  local answer, err = job:result()
  table.remove(self.jobs, index)
  self:release(table.remove(self.copies, index))
  if not answer then error(err, 0) end
  return answer.result
end

function Scan:release(copy)
  if copy ~= self.vm then copy:destroy() end
end

function Scan:close()
  for i, copy in ipairs(self.copies) do
    if copy == self.vm then
      self.jobs[i]:cancel()
      self.jobs[i]:wait()
    end
    self:release(copy)
  end
  self.jobs, self.copies, self.next = {}, {}, #self.inputs + 1
end

Scan.__close = Scan.close

function Scan:next_item()
  while self.at == #self.found do
    while self.next <= #self.inputs and #self.jobs < self.wanted do self:begin_next() end
    if #self.jobs == 0 then return nil end
    self.found, self.at = self:wait(), 0
  end
  self.at = self.at + 1
  return self.found[self.at][1], self.found[self.at][2]
end

--- See types.lua. Raises for a mistake; nil and an error where the VM cannot be asked.
function flux_scan.scan(vm, options)
  local problems = {}
  local given = check.table(options, schema, "options", problems)
  if not tostring(core.class_name(vm)):find "BiologicalVM$" then
    problems[#problems + 1] = "vm: a VM expected, got " .. check.shown(vm)
  end
  local what, kind, items = choose(given, problems)
  check.raise(problems, 2)
  local list, err = list_items(vm, given.model, kind, items)
  if not list then return nil, err end
  local scan = setmetatable({ vm = vm, code = work[what], inputs = make_inputs(what, kind, list, given), next = 1,
    wanted = given.vms or core.cores(), jobs = {}, copies = {}, found = {}, at = 0 }, Scan)
  return Scan.next_item, scan, nil, scan
end

return flux_scan
