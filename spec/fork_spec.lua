-- vm:fork: copies of a living VM, and what is left where one does not come to be.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local daemon = require "spec.support.daemon"
local processes = require "spec.support.processes"

local BUILD = os.getenv "BIOXEN_BUILD" or "./build"

local DRAWS = [[
  process "birth" { species = { N = 0 }, reactions = { { "-> N", k = "5" } } }
  local t = cell:run { duration = 10, every = 1, method = "ssa" }
  return { t:last "N", t.seed, math.random(0) }
]]

local hypervisor, cell

local function make(id, config)
  config = config or {}
  config.seed = config.seed or 11
  local vm = assert(hypervisor:create_vm(id, "plain_cell", "basic", config))
  assert(vm:start())
  return vm
end

local function run(vm, code, options)
  return assert(vm:execute_biological_process(code, options)).result
end

local function ids()
  local all = {}
  for i, status in ipairs(hypervisor:list_vms()) do all[i] = status.vm_id end
  return all
end

local function zygote_of(vm)
  local file <close> = assert(io.open(("/proc/%d/status"):format(vm:get_status().pid)))
  return tonumber(file:read "a":match "PPid:%s(%d+)")
end

local function signal(name, ...)
  assert(os.execute(("kill -%s %s"):format(name, table.concat({ ... }, " "))))
end

before_each(function()
  hypervisor = bioxen.BioXenHypervisor { chassis = "orthogonal",
    capacity = { ribosomes = 100, rna_polymerase = 10, atp_percentage = 100, memory_kb = 1000 } }
  cell = make "cell"
end)
after_each(function()
  for _, id in ipairs(ids()) do assert(hypervisor:destroy_vm(id)) end
end)

describe("a fork", function()
  it("has the cell and the Lua state, and goes its own way", function()
    run(cell, [[
      cell:run { duration = 7, every = 1 }
      local hidden = 5
      kept, count = { a = { b = "\0x" } }, function() hidden = hidden + 1 return hidden end
      kept.itself, waiting = kept, coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end)
      return waiting()
    ]])
    local before = run(cell, "return { cell:time(), cell:get 'A' }")
    local copy = assert(cell:fork "copy")
    assert.equal("running", copy:get_state())
    assert.equal(0, copy:top().rate) -- it has not lived the seconds of its origin
    assert.same(before, run(copy, "return { cell:time(), cell:get 'A' }"))
    assert.same({ "\0x", true, 6, 2 }, run(copy, "return { kept.a.b, kept.itself == kept, count(), waiting() }"))
    assert.same({ 6, 2 }, run(cell, "return { count(), waiting() }"))
    run(copy, "cell:set('A', 1) kept.a.b = 'other'")
    assert.same({ before[2], "\0x" }, run(cell, "return { cell:get 'A', kept.a.b }"))
    assert.same(run(cell, "return cell:run { duration = 5, every = 1 }:last 'A'"),
      run(copy, ("cell:set('A', %.17g) return cell:run { duration = 5, every = 1 }:last 'A'"):format(before[2])))
  end)

  it("is a VM like others, and outlives its origin", function()
    local told = {}
    local unlisten = hypervisor:on("state", function(change) told[#told + 1] = change.vm_id .. " " .. change.to end)
    local copy = assert(cell:fork "copy")
    assert.same({ "cell", "copy" }, ids())
    assert.equal(copy, hypervisor:get_vm "copy")
    assert.equal("BasicBiologicalVM", bioxen.type(copy))
    assert(cell:destroy())
    assert.equal(3, run(copy, "return 1 + 2"))
    local grandchild = assert(copy:fork "grandchild")
    assert(copy:pause())
    assert(copy:resume())
    assert(copy:stop())
    assert.equal(4, run(grandchild, "return 2 + 2"))
    bioxen.step(0)
    unlisten()
    assert.same({ "copy starting", "copy running" }, { told[1], told[2] })
    assert(copy:start()) -- a cell of its own, from the beginning
    assert.equal(0, run(copy, "return cell:time()"))
    assert.equal(2, copy:get_status().starts)
  end)

  it("keeps deadlines, limits, packages and what a clone is made from", function()
    local vm = make("limited", { memory = 8 << 20, max_output = 100, timeout = 0.2, restart = {} })
    local copy = assert(vm:fork "copy")
    assert.equal(8 << 20, copy:get_status().memory_limit)
    assert.equal("EDEADLINE", select(2, copy:execute_biological_process "while true do end").code)
    local patient = { timeout = 60 }
    assert.equal("EOUTPUT", select(2, copy:execute_biological_process("print(('x'):rep(1000))", patient)).code)
    assert.equal("EMEMORY", select(2, copy:execute_biological_process("x = ('x'):rep(1 << 23)", patient)).code)
    assert.equal("running", copy:get_state())
    assert.equal(8 << 20, assert(hypervisor:clone_vm("copy", "clone")):get_status().memory_limit)
    signal("KILL", copy:get_status().pid) -- and its restart policy
    assert.is_true(processes.wait_until(function()
      bioxen.step(0.01)
      return copy:get_status().starts == 2 and copy:get_state() == "running"
    end))
  end)

  it("takes a share that has to fit, with the numbers", function()
    local holder = make("holder", { resources = { ribosomes = 40 } })
    local copy = assert(holder:fork "copy")
    assert.same({ ribosomes = 40 }, copy:get_status().resources)
    local third, err = holder:fork "third"
    assert.is_nil(third)
    assert.equal("ECAPACITY", err.code)
    for _, part in ipairs { '"third"', "40 ribosomes", "has 100", "80 are allocated", "20 are free" } do
      assert.truthy(err.message:find(part, 1, true), err.message)
    end
    assert(copy:destroy())
    assert.equal(60, hypervisor:get_system_resources().ribosomes.free)
    assert.equal("ECAPACITY", select(2, holder:fork { n = 2 }).code)
    assert.same({ "cell", "holder" }, ids())
  end)

  it("counts as a VM of this machine", function()
    bioxen.limits { vms = 3 }
    local made, err = cell:fork { n = 3, id = "x" }
    bioxen.limits { vms = 0 }
    assert.is_nil(made)
    assert.equal("ECAPACITY", err.code)
    assert.same({ "cell" }, ids())
    assert.equal(1, run(cell, "return 1"))
  end)

  it("is refused by what the VM is or does", function()
    local function refused(code, part, vm, what)
      local made, err = (vm or cell):fork(what or "new")
      assert.is_nil(made)
      assert.equal(code, err.code)
      assert.truthy(err.message:find(part, 1, true), err.message)
    end
    refused("EEXIST", '"cell"', cell, "cell")
    local job = assert(cell:submit "while true do end")
    refused("EBUSY", "is busy")
    job:cancel()
    job:wait()
    assert(cell:pause())
    refused("ESTATE", 'cannot fork VM "cell": its state is "paused", not "running"')
    assert(cell:resume())
    assert(cell:stop())
    refused("ESTATE", 'its state is "stopped", not "running"')
    refused("ESTATE", 'its state is "created", not "running"', assert(hypervisor:create_vm("raw", "plain_cell")))
    local vm = make "killed"
    signal("KILL", vm:get_status().pid)
    assert.is_true(processes.wait_until(function() return vm:get_state() == "error" end))
    refused("ESTATE", 'its state is "error"', vm)
    for _, wrong in ipairs { "a b", ("x"):rep(65), 7, {}, { n = 0 }, { n = 1.5 }, { n = 1, id = "a b" },
      { n = 1, ids = "a" } } do
      assert.is_false(pcall(cell.fork, cell, wrong), wrong)
    end
    assert.same({ "cell", "raw", "killed" }, ids())
  end)
end)

describe("the random numbers of forks", function()
  it("are each one's own, by its id, in whatever order they are made", function()
    run(cell, "math.random(0)")
    local first = {}
    for i, vm in ipairs(assert(cell:fork { n = 3 })) do
      assert.equal("cell." .. i, vm:get_status().vm_id)
      first[i] = run(vm, DRAWS)
      for j = 1, i - 1 do assert.are_not.same(first[i], first[j]) end
    end
    local grandchild = run(assert(hypervisor:get_vm "cell.2":fork "deep"), DRAWS)
    for _, id in ipairs { "cell.1", "cell.2", "cell.3", "deep" } do assert(hypervisor:destroy_vm(id)) end
    for i = 3, 1, -1 do assert.same(first[i], run(assert(cell:fork("cell." .. i)), DRAWS)) end
    assert.same(grandchild, run(assert(hypervisor:get_vm "cell.2":fork "deep"), DRAWS))
    local own = run(cell, DRAWS)
    local like = make("like")
    run(like, "math.random(0)")
    assert.same(own, run(like, DRAWS)) -- as if there had been no forks
    for i = 1, 3 do assert.are_not.same(own, first[i]) end
  end)

  it("are those that their definition gives", function()
    -- SplitMix64, and the name that it is given: words of eight bytes, and the length.
    local function mixed(z)
      z = z + 0x9e3779b97f4a7c15
      z = (z ~ (z >> 30))*0xbf58476d1ce4e5b9
      z = (z ~ (z >> 27))*0x94d049bb133111eb
      return z ~ (z >> 31)
    end
    local name = "a-name-of-more-than-eight-bytes"
    local number, padded = mixed(11) >> 1, name .. ("\0"):rep(-#name % 8)
    for at = 1, #padded, 8 do number = mixed(number ~ string.unpack("<i8", padded, at)) end
    local seed = mixed(mixed(number ~ #name)) >> 1
    assert.equal(seed, run(assert(cell:fork(name)), "return cell:run { duration = 1, every = 1, method = 'ssa' }.seed"))
  end)
end)

describe("a fork that does not come to be", function()
  -- Call f once, a moment after vm:fork has asked the zygote, which has been stopped; what fork said.
  local function interrupted(stopped, f)
    local zygote = zygote_of(cell)
    signal("STOP", stopped == "zygote" and zygote or cell:get_status().pid)
    local timer
    timer = core.every(0.05, function()
      timer:stop()
      f(zygote, cell:get_status().pid)
    end)
    local made, err = cell:fork "half"
    assert.is_nil(made)
    assert.same({ "cell" }, ids())
    return err, zygote
  end

  local function gone(pid)
    return processes.wait_until(function()
      local state = processes.state(pid)
      return state == nil or state == "Z"
    end)
  end

  it("because its origin is killed before it is heard", function()
    local err, zygote = interrupted("zygote", function(zygote, worker)
      if worker then signal("KILL", worker) end
      signal("CONT", zygote)
    end)
    assert.equal("ESTART", err.code)
    assert.equal("error", cell:get_state())
    assert.same({}, processes.children(zygote))
  end)

  it("because its origin is killed before it has begun", function()
    local err, zygote = interrupted("worker", function(_, worker)
      if worker then signal("KILL", worker) end
    end)
    assert.equal("ESTART", err.code)
    assert.truthy(err.message:find("ended", 1, true), err.message)
    assert.same({}, processes.children(zygote))
  end)

  it("because the zygote is killed", function()
    local worker = cell:get_status().pid
    local err, zygote = interrupted("zygote", function(zygote) signal("KILL", zygote) end)
    assert.equal("ESTART", err.code)
    assert.is_true(gone(zygote) and gone(worker))
    assert(cell:restart())
    assert(assert(cell:fork "whole"):destroy())
  end)

  it("because who waits for it is interrupted", function()
    local zygote = zygote_of(cell)
    signal("STOP", zygote)
    local timer
    timer = core.every(0.02, function()
      timer:stop() -- once is enough: what it ends has an end to come to
      error "interrupted"
    end)
    local good, err = pcall(cell.fork, cell, "half")
    timer:stop()
    assert.is_false(good)
    assert.truthy(tostring(err):find("interrupted", 1, true))
    assert.same({ "cell" }, ids())
    assert.equal("EBUSY", select(2, cell:fork "early").code)
    signal("CONT", zygote)
    assert.is_true(processes.wait_until(function() return not cell:get_status().busy end))
    assert.is_true(processes.wait_until(function()
      bioxen.step(0.001)
      return #processes.children(zygote) == 1
    end))
    assert(assert(cell:fork "half"):destroy())
  end)

  it("because the host is killed", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(core.make_folder(folder))
    local script, told = folder .. "/host.lua", folder .. "/told"
    local file = assert(io.open(script, "w"))
    file:write(([[
      local bioxen = require "bioxen"
      local vm = assert(bioxen.create_bio_vm("cell", "plain_cell"))
      assert(vm:start())
      local worker, copy = vm:get_status().pid, assert(vm:fork "copy"):get_status().pid
      local zygote = io.open("/proc/" .. worker .. "/status"):read "a":match "PPid:%%s(%%d+)"
      assert(copy ~= worker and os.execute("kill -STOP " .. zygote))
      local timer = require "bioxen.core".every(0.02, function() -- while it waits for the fork
        local file = assert(io.open(%q, "w"))
        file:write(zygote, " ", worker, " ", copy, "\n")
        file:close()
      end)
      vm:fork "half"
    ]]):format(told))
    file:close()
    local command = "exec env BIOXEN_WORKER=%s LUA_PATH='./spec/support/organisms/?.lua;;' %s/bin/bioxen %s & echo $!"
    local pipe = assert(io.popen(command:format(core.worker, BUILD, script)))
    local host, pids = pipe:read "n", nil
    assert.is_true(processes.wait_until(function()
      local list <close> = io.open(told)
      pids = list and { list:read("n", "n", "n") }
      return pids and #pids == 3
    end))
    signal("KILL", host)
    signal("CONT", pids[1])
    pipe:close()
    for _, pid in ipairs(pids) do assert.is_true(gone(pid), pid) end
    os.remove(script)
    os.remove(told)
    os.remove(folder)
  end)

  it("because this process has no descriptor left", function()
    local held = {}
    local before, copies = processes.descriptors(), 0
    repeat
      local file = io.open "/dev/null"
      held[#held + 1] = file
    until not file
    local made, err = cell:fork "half"
    for _, file in ipairs(held) do file:close() end
    assert.is_nil(made)
    assert.equal("ESYSTEM", err.code)
    assert.equal(before, processes.descriptors())
    assert.equal(copies, #processes.children(cell:get_status().pid))
    assert(assert(cell:fork "whole"):destroy())
  end)
end)

describe("where the kernel copies no worker a fork", function()
  local LIVED = [[
    x = { 1, { 2 } }
    function double(n) return 2*n end
    math.random(0)
    cell:run { duration = 7, method = "ssa" }
  ]]
  local LOOK = "return { cell:time(), cell:get 'A', x[2][1], double(4) }"

  -- That of a copy by the kernel: state and numbers; and of its origin.
  local function expected()
    run(cell, LIVED)
    local copy = assert(cell:fork "one")
    local seen = { run(copy, LOOK), run(copy, DRAWS), run(cell, DRAWS) }
    assert(copy:destroy())
    return seen
  end

  local function check(vm, wanted)
    run(vm, LIVED)
    local one = assert(vm:fork "one")
    assert.equal(0, one:top().rate)
    assert.same(wanted, { run(one, LOOK), run(one, DRAWS), run(vm, DRAWS) })
    assert.equal(vm:get_vm_type(), one:get_vm_type())
    local pair = assert(vm:fork { n = 2, id = "pair" })
    assert.equal("pair.2", pair[2]:get_status().vm_id)
    run(vm, "x[3] = coroutine.create(print)")
    local made, err = vm:fork { n = 2, id = "no" }
    assert.is_nil(made)
    assert.truthy(err.message:find("x[3]", 1, true), err.message)
    assert.is_nil((hypervisor:get_vm "no.1"))
    assert(vm:pause())
    assert.equal("ESTATE", select(2, vm:fork "no").code)
    for _, id in ipairs { "one", "pair.1", "pair.2", vm:get_status().vm_id } do assert(hypervisor:destroy_vm(id)) end
  end

  it("is made by saving and restoring, to the same numbers", function()
    local wanted = expected()
    local worker = core.worker
    assert(core.set_worker(BUILD .. "/spec/worker-without-listeners"))
    local vm = make("elsewhere", { memory = 16 << 20, resources = { ribosomes = 20 } })
    core.set_worker(worker)
    assert.equal("EUNSUPPORTED", select(2, core.enter_fork(vm, "copy")).code)
    check(vm, wanted)
  end)
end)

describe("many forks", function()
  it("leave nothing when they have gone", function()
    assert(assert(cell:fork "first"):destroy())
    local descriptors, zygote = processes.descriptors(), zygote_of(cell)
    local children = #processes.children(zygote)
    for _ = 1, 200 do assert(assert(cell:fork "next"):destroy()) end
    assert.equal(descriptors, processes.descriptors())
    assert.equal(children, #processes.children(zygote))
    local file <close> = assert(io.open(("/proc/%d/limits"):format(cell:get_status().pid)))
    assert.truthy(file:read "a":find "Max open files%s+4 ")
  end)
end)

describe("a daemon's VM", function()
  it("is forked by whoever is connected, and by bioxen vm fork", function()
    local served = daemon.start()
    local connected = assert(served:connect())
    local vm = assert(connected:create_vm("cell", "minimal_cell"))
    assert(vm:start())
    run(vm, "x = 7")
    local copy = assert(vm:fork "copy")
    assert.equal(copy, connected:get_vm "copy")
    assert.equal(7, run(copy, "return x"))
    assert.equal(2, #assert(vm:fork { n = 2 }))
    local _, err = vm:fork "copy"
    assert.equal("EEXIST", err.code)
    assert.is_false(pcall(vm.fork, vm, "a b"))
    assert.equal(0, (served:vm "fork copy twin"))
    assert.equal(0, (served:vm "fork copy many --copies 2"))
    assert.equal(7, run(assert(connected:get_vm "many.2"), "return x"))
    local status, _, said = served:vm "fork copy twin"
    assert.equal(1, status)
    assert.truthy(said:find('"twin"', 1, true), said)
    local _, listed = served:vm "list --ids"
    assert.equal("cell\ncopy\ncell.1\ncell.2\ntwin\nmany.1\nmany.2\n", listed)
    served:stop()
  end)
end)
