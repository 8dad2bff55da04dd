-- Saved cells: how long it takes to save and to restore each organism, how large the file is, and megabytes a second of
-- what code holds. What is restored is held against what was saved; so is each case of spec/digests_spec.lua, which has
-- every method. Run: build/bin/bioxen scripts/bench/save.lua, in the tree

local bioxen = require "bioxen"

local now = bioxen.clock
local path = os.tmpname()
local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

local function run(vm, code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 600 })).result
end

local function median(values)
  table.sort(values)
  return values[(#values + 1)//2]
end

local function size()
  local file <close> = assert(io.open(path, "rb"))
  return file:seek "end"
end

local state = [[
  local out = { cell:time(), math.random() }
  for _, list in ipairs { cell:species(), cell:parameters() } do
    for _, name in ipairs(list) do out[#out + 1] = cell:get(name) end
  end
  for i, value in ipairs(out) do out[i] = ("%a"):format(value) end
  return table.concat(out, " ")
]]

-- Milliseconds to save, and to restore to a running VM; kilobytes. With `check` the two go on alike.
local function measure(vm, times, check)
  local saving, restoring = {}, {}
  for i = 1, times do
    local start = now()
    assert(vm:save(path))
    saving[i] = now() - start
    start = now()
    local copy <close> = assert(bioxen.restore(path, "copy"))
    restoring[i] = now() - start
    assert(not check or run(vm, check) == run(copy, check), "the restored cell went on otherwise")
  end
  return 1000*median(saving), 1000*median(restoring), size()/1000
end

local function create(organism)
  local vm = assert(bioxen.create_bio_vm("saved", organism, "basic", { seed = 1, memory = 1 << 30 }))
  assert(vm:start())
  return vm
end

print(machine)
print "| what                     |  save/ms | restore/ms |  file/kB |"
print "|--------------------------|---------:|-----------:|---------:|"
local function row(what, saving, restoring, kilobytes)
  print(("| %-24s | %8.2f | %10.2f | %8.1f |"):format(what, saving, restoring, kilobytes))
end

for _, organism in ipairs { "minimal_cell", "ecoli", "syn3a" } do
  local vm <close> = create(organism)
  run(vm, "cell:run { duration = 1, method = 'ssa' }")
  row(organism, measure(vm, 11, "cell:run { duration = 0.1, method = 'ssa' } " .. state))
end

do
  local vm <close> = create "minimal_cell"
  local megabytes = run(vm, [[
    data = {}
    for i = 1, 100000 do data[i] = { i, i*math.random(), name = "item " .. i } end
    collectgarbage()
    return collectgarbage "count"/1000
  ]])
  local saving, restoring, kilobytes = measure(vm, 5)
  row("100,000 tables", saving, restoring, kilobytes)
  print(("\n%.0f MB of Lua's: saved at %.0f MB/s, restored at %.0f MB/s."):format(megabytes, megabytes/saving*1000,
    megabytes/restoring*1000))
end

-- A value as text that shows every bit of it.
local function shown(value)
  if type(value) == "userdata" then return assert(value:to_csv()) end
  if type(value) ~= "table" then return math.type(value) == "float" and ("%a"):format(value) or tostring(value) end
  local parts = {}
  for key, item in pairs(value) do parts[#parts + 1] = tostring(key) .. "=" .. shown(item) end
  table.sort(parts)
  return table.concat(parts, "\n")
end

-- What the code of a case gives the second time, or why it gives nothing.
local function again(vm, case)
  local answer, err = vm:execute_biological_process(case.code, { args = case.args })
  return answer and shown(answer.result) or err.message
end

package.path = "./?.lua;./spec/support/organisms/?.lua;" .. package.path
local count = 0
for _, case in ipairs(require "spec.support.digest_cases") do
  local config = { seed = 42, timeout = 600 }
  for key, value in pairs(case.config or {}) do config[key] = value end
  local vm <close> = assert(bioxen.create_bio_vm("case", case.organism or "plain_cell", "basic", config))
  assert(vm:start())
  run(vm, case.code, case.args)
  assert(vm:save(path))
  local copy <close> = assert(bioxen.restore(path, "copy"))
  assert(again(vm, case) == again(copy, case), case.name .. ": the restored cell went on otherwise")
  count = count + 1
end
print(("%d cases of all methods went on alike."):format(count))
os.remove(path)
