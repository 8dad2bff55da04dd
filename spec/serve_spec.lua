-- The daemon: bioxen serve, bioxen.connect and bioxen vm.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local daemon = require "spec.support.daemon"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

describe("a daemon", function()
  local served, hypervisor

  setup(function() served = daemon.start() end)
  teardown(function() served:stop() end)
  before_each(function() hypervisor = assert(served:connect()) end)
  after_each(function()
    for _, status in ipairs(hypervisor:list_vms()) do assert(hypervisor:destroy_vm(status.vm_id)) end
  end)

  local function running(id)
    local vm = assert(hypervisor:create_vm(id, "minimal_cell"))
    assert(vm:start())
    return vm
  end

  it("gives the hypervisor and the VMs that a script has", function()
    local vm = running "a"
    assert.equal("BioXenHypervisor", bioxen.type(hypervisor))
    assert.equal("BasicBiologicalVM", bioxen.type(vm))
    assert.equal("BasicBiologicalVM(a, minimal_cell, running)", tostring(vm))
    assert.equal("running", vm:get_state())
    assert.equal("a", vm:get_status().vm_id)
    assert.equal(vm, hypervisor:get_vm "a")
    assert.is_true(hypervisor:pause_vm "a")
    assert.equal("paused", hypervisor:get_vm_status "a".state)
    assert.is_true(vm:resume())
    assert.is_true(vm:restart())
    assert.is_true(vm:stop())
    assert.is_true(vm:destroy())
    assert.is_true(vm:destroy())
    assert.equal("destroyed", vm:get_state())
    assert.same(bioxen.hypervisor():get_chassis_info(), hypervisor:get_chassis_info())
  end)

  it("has every method of both classes", function()
    local vm = running "a"
    for name in pairs(core.vm_methods) do assert.is_function(vm[name], name) end
    local private = { enter = true, ids = true, listen = true }
    for name in pairs(core.hypervisor_methods) do
      if not private[name] then assert.is_function(hypervisor[name], name) end
    end
  end)

  it("calls as a VM that is here does", function()
    local far, near <close> = running "a", assert(bioxen.create_bio_vm("a", "minimal_cell", nil, { seed = 1 }))
    assert(near:start())
    local codes = { "return 2 + 2", "print 'hello' return { 1, { a = 1.5 }, 'x\\0\\xff' }", "return nil", "error 'no'",
      "error { 1 }", "return print", "syntax error", "while true do end", "x = (x or 0) + 1 return x",
      "return args", "return math.maxinteger, 0/0" }
    for _, code in ipairs(codes) do
      local options = { args = { 1, "\0", { b = true } }, timeout = 0.2, name = "named" }
      local one, wrong = near:execute_biological_process(code, options)
      local other, mistake = far:execute_biological_process(code, options)
      for _, outcome in pairs { one, other, wrong, mistake } do outcome.elapsed = nil end
      if one and one.result ~= one.result then one.result, other.result = nil, nil end
      assert.same(one, other, code)
      assert.same(wrong, mistake, code)
      assert.equal(getmetatable(wrong), getmetatable(mistake))
    end
  end)

  it("carries 20 MB of code, trajectories and large results", function()
    local vm = running "a"
    local filler = ("-"):rep(20 << 20)
    assert.equal(4, assert(vm:execute_biological_process("--" .. filler .. "\nreturn 2 + 2")).result)
    assert.equal(10 << 20, #assert(vm:execute_biological_process "return ('x'):rep(10 << 20)").result)
    local run = assert(vm:execute_biological_process "return cell:run { duration = 10, every = 1 }").result
    assert.equal("Trajectory", bioxen.type(run))
    assert.equal(11, #run:times())
  end)

  it("raises mistakes where the call stands", function()
    local vm = running "a"
    local function mistake(f, ...) return select(2, pcall(f, ...)) end
    assert.matches("serve_spec.lua:%d+: bad argument #1 to 'execute_biological_process'",
      mistake(function() local r = vm:execute_biological_process({}) return r end))
    assert.matches("serve_spec.lua:%d+: .*unknown option 'tmeout'",
      mistake(function() local r = vm:start { tmeout = 1 } return r end))
    assert.matches("serve_spec.lua:%d+: bad argument 'vm_id'",
      mistake(function() local r = hypervisor:create_vm("a b", "minimal_cell") return r end))
    assert.matches("serve_spec.lua:%d+: bad argument 'action'",
      mistake(function() local r = vm:manage_operons("lac", 1) return r end))
  end)

  it("gives errors as they are", function()
    local vm = running "a"
    local _, err = hypervisor:create_vm("a", "minimal_cell")
    assert.equal("EEXIST", err.code)
    assert.equal("a", err.vm_id)
    assert.equal("ENOTFOUND", select(2, hypervisor:get_vm "nobody").code)
    assert.equal("EORGANISM", select(2, hypervisor:create_vm("b", "no_organism")).code)
    assert.equal("EUNSUPPORTED", select(2, vm:get_plasmid_count()).code)
    assert.equal("ESTATE", select(2, vm:start()).code)
    local job = assert(vm:submit "while true do end")
    assert.equal("EBUSY", select(2, vm:submit "return 1").code)
    job:cancel()
    assert.equal("ECANCELLED", select(2, job:wait()).code)
  end)

  it("lets jobs be waited for together, read and timed out", function()
    local one, two = running "a", running "b"
    local slow, quick = assert(one:submit "while true do end"), assert(two:submit "print 'x' return 1")
    local first = assert(bioxen.wait_any { slow, quick })
    assert.equal(quick, first)
    assert.equal("x\n", quick:output()(quick))
    assert.equal("ETIMEOUT", select(2, slow:wait(0.01)).code)
    slow:cancel()
    assert(bioxen.wait_all { slow, quick })
    local told = assert(one:submit "progress(0.5, 'half') print 'so far' while true do end")
    assert.equal("so far\n", told:output()(told))
    assert.equal(0.5, told:progress())
    told:cancel()
    assert.equal("ETIMEOUT", select(2, one:wait_for("paused", 0.01)).code)
  end)

  it("shows two who are connected the same", function()
    local other = assert(served:connect())
    local mine = running "a"
    local theirs = assert(other:get_vm "a")
    assert(mine:execute_biological_process "x = 'mine'")
    assert.equal("mine", assert(theirs:execute_biological_process "return x").result)
    assert(theirs:destroy())
    assert.equal("destroyed", mine:get_state())
    assert.equal("ESTATE", select(2, mine:execute_biological_process "return 1").code)
    local again = running "a"
    assert.equal("destroyed", mine:get_state())
    assert.equal("running", again:get_state())
    assert.not_equal(mine, hypervisor:get_vm "a")
  end)

  it("tells changes of states, also those that others make", function()
    local other, told = assert(served:connect()), {}
    local stop = hypervisor:on("state", function(change) told[#told + 1] = change.vm_id .. " " .. change.to end)
    assert(assert(other:create_vm("a", "minimal_cell")):start())
    assert(other:destroy_vm "a")
    assert(processes.wait_until(function() return bioxen.step(0.01) and told[#told] == "a destroyed" end))
    assert.same({ "a starting", "a running" }, { told[1], told[2] })
    stop()
    running "b"
    assert.equal("a destroyed", told[#told])
  end)

  it("serves others while one waits", function()
    local busy, free = running "busy", running "free"
    local jobs = { assert(busy:submit "while true do end") }
    local other = assert(served:connect())
    local waiting = assert(assert(other:get_vm "busy"):stop { wait = false })
    assert.equal(1, assert(free:execute_biological_process "return 1").result)
    assert(waiting:wait())
    assert.equal("EDESTROYED", select(2, jobs[1]:wait()).code)
  end)

  it("reads files here", function()
    local vm = running "a"
    local path = os.tmpname()
    shell.write(path, "#!/usr/bin/env bioxen\nerror 'no'")
    assert.equal(path .. ":2: no", select(2, vm:execute_file(path)).message)
    shell.write(path, "#!/usr/bin/env bioxen\nreturn 6*7")
    assert.equal(42, assert(vm:execute_file(path)).result)
    shell.write(path, ">one\nACGT\n")
    assert.equal(4, assert(vm:load_genome(path)):length())
    os.remove(path)
  end)

  describe("whose client is killed in mid-call", function()
    -- A program that connects and calls, and is killed once the call runs.
    local function kill_in_call(outlive)
      local path = os.tmpname()
      shell.write(path, ([[
        local bioxen = require "bioxen"
        local hypervisor = assert(bioxen.connect(%q, { outlive = %s }))
        local job = assert(hypervisor:get_vm "a":submit "x = 1 while not done do end")
        io.stdout:write(require "bioxen.core".process(), "\n")
        io.stdout:flush()
        job:wait()
      ]]):format(served.socket, outlive))
      local pipe <close> = assert(io.popen(("exec %s %s"):format(served.sh.program, path)))
      local pid = pipe:read "n"
      assert(hypervisor:get_vm_status "a".busy)
      os.execute("kill -9 " .. pid)
      os.remove(path)
    end

    it("ends the call, and the VM keeps its state", function()
      local vm = running "a"
      kill_in_call(false)
      assert(processes.wait_until(function() return not vm:get_status().busy end))
      assert.equal(1, assert(vm:execute_biological_process "return x").result)
    end)

    it("lets it go on, if that was asked", function()
      local vm = running "a"
      kill_in_call(true)
      assert.is_true(vm:get_status().busy)
      assert(vm:stop())
    end)
  end)
end)
