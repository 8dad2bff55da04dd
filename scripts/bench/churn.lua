-- Creates, calls and destroys VMs, one after another, and says what has grown: memory, descriptors, children.
-- Run: build/bin/bioxen scripts/bench/churn.lua [NUMBER, 100000 unless given] [fork: forks of one VM instead]

package.path = "./?.lua;" .. package.path
local bioxen = require "bioxen"
local processes = require "spec.support.processes"

local number = math.tointeger(tonumber(arg[1] or 100000))

local origin = arg[2] == "fork" and assert(bioxen.create_bio_vm("origin", "minimal_cell"))
if origin then assert(origin:start()) end

local function create()
  if origin then return assert(origin:fork "churn") end
  local vm = assert(bioxen.create_bio_vm("churn", "minimal_cell"))
  assert(vm:start())
  return vm
end

local function turn()
  local vm <close> = create()
  assert(vm:execute_biological_process("return 2 + 2").result == 4)
end

local function measure()
  collectgarbage()
  collectgarbage()
  local children = processes.children(processes.self())
  local zygotes = 0
  for _, child in ipairs(children) do zygotes = zygotes + #processes.children(child) end
  return { kilobytes = processes.resident(), descriptors = processes.descriptors(), children = #children,
    workers = zygotes }
end

local function say(done, m)
  print(("%8d VMs: %6d kB, %d descriptors, %d children, %d workers"):format(done, m.kilobytes, m.descriptors,
    m.children, m.workers))
end

for _ = 1, math.min(1000, number) do turn() end -- what is made once is there
local before = measure()
say(0, before)
local start, after = bioxen.clock(), nil
for i = 1, number do
  turn()
  if i % math.max(1, number//10) == 0 then
    after = measure()
    say(i, after)
  end
end
print(("%.0f VMs a second"):format(number/(bioxen.clock() - start)))
assert(after.descriptors == before.descriptors, "descriptors are left")
assert(after.children == before.children and after.workers == before.workers, "processes are left")
assert(after.kilobytes - before.kilobytes < 512, "memory has grown")
