-- Checkpoints: long work that goes on after a crash, a failed VM, an interrupted script; and VMs of a daemon, which it
-- saves and takes up again.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

local sh, made, number

local function path(name)
  return sh.scratch .. "/" .. (name or "cell")
end

local function start(organism, config)
  number = number + 1
  local vm = assert(bioxen.create_bio_vm("stepping." .. number, organism or "plain_cell", "basic",
    config or { seed = 11 }))
  made[#made + 1] = vm
  assert(vm:start())
  return vm
end

local function run(vm, code, args)
  local answer, err = vm:execute_biological_process(code, { args = args })
  assert(answer, tostring(err))
  return answer.result
end

setup(function() sh = shell.open() end)
teardown(function() sh:close() end)
before_each(function() made, number = {}, 0 end)
after_each(function()
  for _, vm in pairs(made) do vm:destroy() end
end)

describe("a call with a checkpoint", function()
  -- Each step is a run, and the last gives all of them; the one of the number `args` takes long.
  local code = [[
    steps, found = (steps or 0) + 1, found or {}
    print("step " .. steps)
    if steps == args then for _ = 1, 1e8 do end end
    cell:run { duration = 1, method = "ssa" }
    found[steps] = cell:get(cell:species()[1]) + math.random()
    if steps == 12 then return found end
  ]]
  local slow = code:gsub("1e8", "3e8")

  local function lines(answer)
    return select(2, answer.stdout:gsub("step", ""))
  end

  it("is saved between its steps, and goes on from there when it is made again", function()
    local expected = assert(start():execute_biological_process(code, { checkpoint = path "whole", every = 1e9 }))
    assert.equal(12, expected.steps)
    assert.equal(12, lines(expected))
    assert.is_nil(shell.read(path "whole"))
    local vm = start()
    local cut, err = vm:execute_biological_process(slow, { checkpoint = path "point", every = 0, args = 8,
      timeout = 0.2 })
    assert.equal("EDEADLINE", not cut and err.code)
    assert.is_truthy(shell.read(path "point"))
    for _, other in ipairs { { "return 1", 8 }, { slow, 9 }, { slow }, { slow, { 8 } } } do
      cut, err = vm:execute_biological_process(other[1], { checkpoint = path "point", args = other[2] })
      assert.equal("EFILE", not cut and err.code)
      assert.matches("it is the checkpoint of another call", err.message, 1, true)
    end
    local another = start("plain_cell", { seed = 99 }) -- as after a crash of the host
    local answer = assert(another:execute_biological_process(slow, { checkpoint = path "point", args = 8 }))
    assert.same(expected.result, answer.result)
    assert.equal(12, answer.steps)
    assert.equal(5, lines(answer))
    assert.is_nil(shell.read(path "point"))
    assert.same(expected.result, run(another, "return found"))
    assert.error_matches(function() vm:execute_biological_process("", { checkpoint = 3 }) end, "checkpoint")
    assert.error_matches(function() vm:submit("", { checkpoint = "x" }) end, "checkpoint")
  end)

  it("goes on from the last one where its policy starts the VM again", function()
    local expected = assert(start():execute_biological_process(code, { checkpoint = path "whole" }))
    local vm = start("plain_cell", { seed = 11, restart = { limit = 3 } })
    local failures = 0
    local unlisten = bioxen.hypervisor():on("error", function() failures = failures + 1 end)
    local pid = vm:get_status().pid
    local timer = core.every(0.01, function()
      if failures == 0 and shell.read(path "kept") then os.execute("kill -9 " .. pid .. " 2>/dev/null") end
    end)
    local answer, err = vm:execute_biological_process(code, { checkpoint = path "kept", every = 0, args = 8 })
    timer:stop()
    unlisten()
    assert.equal(1, failures)
    assert.same(expected.result, assert(answer, tostring(err)).result)
  end)

  it("takes no step of a new cell for its own, where the VM fails between two", function()
    local expected = assert(start():execute_biological_process(code, { checkpoint = path "whole" }))
    local vm = start("plain_cell", { seed = 11, restart = { limit = 3 } })
    local pid, save_file = vm:get_status().pid, core.save_file
    finally(function() core.save_file = save_file end)
    core.save_file = function(...)
      core.save_file = save_file
      local done, err = save_file(...)
      os.execute("kill -9 " .. pid)
      while vm:get_state() ~= "running" or vm:get_status().pid == pid do core.step(1) end
      return done, err
    end
    local answer = assert(vm:execute_biological_process(code, { checkpoint = path "between", every = 0 }))
    assert.same(expected.result, answer.result)
    assert.equal(12, answer.steps)
    assert.equal(12, lines(answer))
  end)

  it("of a script that was killed goes on by bioxen run --resume", function()
    shell.write(path "long.lua", ([[
      local bioxen = require "bioxen"
      local vm <close> = assert(bioxen.create_bio_vm("long", "plain_cell"))
      assert(vm:start())
      local answer = assert(vm:execute_biological_process(%q, { checkpoint = assert(bioxen.out "cell"), every = 0,
        args = 8 }))
      local file <close> = assert(io.open(assert(bioxen.out "found.txt"), "w"))
      for _, value in ipairs(answer.result) do file:write(("%%a\\n"):format(value)) end
    ]]):format(slow))
    local there = ("export LUA_PATH='%s/spec/support/organisms/?.lua;;'; cd %s; "):format(core.real_path ".",
      sh.scratch)
    assert.equal(0, (sh(there .. "bioxen run long.lua --out whole --seed 5")))
    sh(there .. sh.program .. " run long.lua --out cut --seed 5 >said 2>&1 & "
      .. "until [ -f cut/cell ]; do sleep 0.01; done; kill -9 $!; wait")
    assert.is_nil(shell.read(path "cut/found.txt"))
    local status, _, errors = sh(there .. "bioxen run --resume cut")
    assert.equal("", status == 0 and "" or errors)
    assert.equal(shell.read(path "whole/found.txt"), shell.read(path "cut/found.txt"))
    status, _, errors = sh(there .. "bioxen run --resume cut")
    assert.equal(1, status)
    assert.matches("that run has ended", errors, 1, true)
  end)
end)

it("a daemon's VMs are saved to files of whoever asks, and restored from them", function()
  local served = require("spec.support.daemon").start()
  finally(function() served:stop() end)
  local hypervisor = assert(served:connect())
  local vm = assert(hypervisor:create_vm("one", "minimal_cell", "basic", { seed = 5 }))
  assert(vm:start())
  run(vm, "x = { 3, function() return 4 end }; cell:run { duration = 5 }")
  assert(vm:save(path()))
  local again = assert(hypervisor:restore_vm(path(), "two"))
  assert.equal("BasicBiologicalVM", bioxen.type(again))
  assert.same({ 3, 4, 5 }, run(again, "return { x[1], x[2](), cell:time() }"))
  local refused, err = hypervisor:restore_vm(path(), "two")
  assert.equal("EEXIST", not refused and err.code)
  assert.error_matches(function() hypervisor:restore_vm(path(), "x", "basic", { seed = 1 }) end, "has its own")
  assert.equal(0, (served:vm("save two " .. path "by_command")))
  local status, out = served:vm("restore " .. path "by_command" .. " three --json")
  assert.equal(0, status)
  assert.matches('"sim_time": ?5', out)
  shell.write(path "bad", "no")
  local failed, _, errors = served:vm("restore " .. path "bad" .. " four")
  assert.equal(1, failed)
  assert.matches("it is no saved cell", errors, 1, true)
  hypervisor:destroy_vm "three"
end)

it("a daemon takes its VMs up again, where it was killed or ended", function()
  local served = require("spec.support.daemon").start { words = "--checkpoint 0.01" }
  finally(function() served:stop() end)
  local hypervisor = assert(served:connect())
  for _, id in ipairs { "kept", "gone" } do
    local vm = assert(hypervisor:create_vm(id, "minimal_cell", "basic", { seed = 5, memory = 64 << 20 }))
    assert(vm:start())
    run(vm, "cell:run { duration = 5, method = 'ssa' }; x = args", id)
  end
  local file = served.state .. "/cells/%s.cell"
  local function comes(id) return processes.wait_until(function() return shell.read(file:format(id)) end) end
  assert.is_truthy(comes "kept")
  assert.is_truthy(comes "gone")
  hypervisor:destroy_vm "gone"
  assert.is_nil(shell.read(file:format "gone"))
  for turn, signal in ipairs { "KILL", "TERM" } do
    assert.is_true(served:ended(signal))
    served:start_again()
    hypervisor = assert(served:connect())
    local vm = assert(hypervisor:get_vm "kept")
    assert.equal(1, #hypervisor:list_vms())
    assert.equal(64 << 20, vm:get_status().memory_limit)
    assert.same({ 5*turn, "kept" }, run(vm, "return { cell:time(), x }"))
    run(vm, "cell:run { duration = 5, method = 'ssa' }")
  end
end)
