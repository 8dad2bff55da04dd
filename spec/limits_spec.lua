-- bioxen.limits: what holds for all VMs together. What needs a control group runs where one can be made: in a delegated
-- subtree of cgroup v2, or in a kernel of its own by `scripts/in_uml.sh busted spec/limits_spec.lua`.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local cgroup = require "bioxen.hypervisor.cgroup"
local core = require "bioxen.core"
local processes = require "spec.support.processes"
local shell = require "spec.support.shell"

local function start(id, config)
  local vm = assert(bioxen.create_bio_vm(id, "plain_cell", "basic", config))
  local started, err = vm:start()
  if not started then vm:destroy() end
  return started and vm, err
end

local function destroy(vms)
  for _, vm in ipairs(vms) do vm:destroy() end
end

describe("the number of VMs", function()
  local before = bioxen.limits()
  after_each(function() bioxen.limits(before) end)

  it("is bounded, among those that have a worker", function()
    assert.equal(0, before.vms)
    assert.equal(2, bioxen.limits { vms = 2 }.vms)
    local a, b = assert(start "a"), assert(start "b")
    local none, err = start "c"
    assert.falsy(none)
    assert.equal("ECAPACITY", err.code)
    assert.truthy(err.message:find("2 run on this machine, and 2 may", 1, true), err.message)
    a:stop()
    local c = assert(start "c")
    none, err = a:start()
    assert.is_nil(none)
    assert.equal("ECAPACITY", err.code)
    os.execute("kill -9 " .. c:get_status().pid)
    assert(processes.wait_until(function() return c:get_state() == "error" end))
    assert.is_true(a:start())
    destroy { a, b, c }
  end)

  it("comes back whole from a thousand starts of hostile VMs, which the host outlives", function()
    bioxen.limits { vms = 8, memory = 8*(16 << 20) }
    local vms, refused, jobs = {}, 0, {}
    for i = 1, 1000 do
      local vm = assert(bioxen.create_bio_vm("h" .. i, "plain_cell", "basic", { memory = 16 << 20 }))
      local started, err = vm:start()
      if started then
        vms[#vms + 1] = vm
        jobs[#jobs + 1] = vm:submit("local t = {} while true do t[#t + 1] = ('x'):rep(1 << 16) end", { timeout = 1 })
      else
        assert.equal("ECAPACITY", err.code)
        refused = refused + 1
        vm:destroy()
      end
    end
    assert.same({ 8, 992 }, { #vms, refused })
    bioxen.wait_all(jobs)
    destroy(vms)
    vms = {}
    for i = 1, 8 do vms[i] = assert(start("after" .. i, { memory = 16 << 20 })) end
    destroy(vms)
  end)

  it("is checked as the others are", function()
    assert.has_error(function() bioxen.limits { vms = -1 } end)
    assert.has_error(function() bioxen.limits { vms = 1.5 } end)
    assert.has_error(function() bioxen.limits(5) end)
    assert.has_error(function() bioxen.limits { cgroup = { memory = 5 } } end)
    assert.has_error(function() bioxen.limits { cgroup = { luck = 5 } } end)
    assert.same(before, bioxen.limits())
  end)
end)

describe("the processor", function()
  it("is shared out evenly to VMs that all want it", function()
    local sh = shell.open()
    local path = sh:file("fair.lua", [[
      package.path = "./spec/support/organisms/?.lua;" .. package.path
      local bioxen = require "bioxen"
      local vms, jobs, before = {}, {}, {}
      for i = 1, 4 do
        vms[i] = assert(bioxen.create_bio_vm("fair" .. i, "plain_cell"))
        assert(vms[i]:start())
        jobs[i] = vms[i]:submit "while true do end"
      end
      local function had(i) return vms[i]:top().processor_seconds - (before[i] or 0) end
      local function have_had(seconds)
        for i = 1, 4 do
          while had(i) < seconds do jobs[i]:wait(0.01) end
        end
      end
      have_had(0.02) -- all have begun
      for i = 1, 4 do before[i] = had(i) end
      have_had(0.1)
      print(math.min(had(1), had(2), had(3), had(4))/math.max(had(1), had(2), had(3), had(4)))
      for i = 1, 4 do jobs[i]:cancel() end
    ]])
    local status, out, err = sh(("taskset -c 0 %s run %s"):format(sh.program, path))
    sh:close()
    assert.equal(0, status, err)
    assert.truthy(tonumber(out) > 0.5, out)
  end)
end)

describe("a control group", function()
  local folder, unfit = cgroup.examine()

  it("is refused with the reason where none can be made, and leaves all as it was", function()
    local before = bioxen.limits()
    local made, err = bioxen.limits { vms = 3, cgroup = { folder = "/nowhere/group", memory = 1 << 30 } }
    assert.is_nil(made)
    assert.equal("ESYSTEM", err.code)
    assert.truthy(err.message:find "/nowhere/group has no controller memory: run under `systemd%-run", err.message)
    assert.same(before, bioxen.limits())
    if not folder then assert.truthy(unfit.message:find("Delegate=yes", 1, true), unfit.message) end
  end)

  local function real(title, check)
    it(title, function()
      if not folder then return pending("no delegated cgroup v2 subtree here") end
      check()
    end)
  end

  real("holds all workers, and bounds what they use", function()
    local early = assert(start "early") -- its zygote is there already
    local limits, used = assert(bioxen.limits { cgroup = { memory = 64 << 20, processors = 0.5, weight = 50 } })
    assert.same({ folder = folder, memory = 64 << 20, processors = 0.5, weight = 50 }, limits.cgroup)
    local vms, jobs = {}, {}
    for i = 1, 6 do
      vms[i] = assert(start("vm" .. i))
      assert.truthy(shell.read(("/proc/%d/cgroup"):format(vms[i]:get_status().pid)):find(used.path:match "[^/]*$", 1,
        true))
      jobs[i] = vms[i]:submit "kept = {} for i = 1, 30 do kept[i] = ('x'):rep(1 << 20) end return #kept"
    end
    bioxen.wait_all(jobs)
    local lost = 0
    for _, job in ipairs(jobs) do lost = lost + (job:result() and 0 or 1) end
    limits, used = bioxen.limits()
    assert.truthy(lost > 0 and lost < 6, lost)
    assert.truthy(used.killed > 0 and used.memory <= 64 << 20)
    assert.equal("running", early:get_state())
    destroy(vms)
    vms, jobs = {}, {}
    for i = 1, 2 do
      vms[i] = assert(start("spinner" .. i))
      jobs[i] = vms[i]:submit("while true do end", { timeout = 30 })
    end
    local before, begun = select(2, bioxen.limits()).processor_seconds, core.clock()
    jobs[1]:wait(2)
    local share = (select(2, bioxen.limits()).processor_seconds - before)/(core.clock() - begun)
    assert.truthy(share > 0.2 and share < 0.7, share)
    destroy(vms)
    early:destroy()
    assert.equal(1 << 30, bioxen.limits { cgroup = { memory = 1 << 30 } }.cgroup.memory)
    assert.equal("ESTATE", select(2, bioxen.limits { cgroup = { folder = "/elsewhere" } }).code)
    assert.truthy(limits.cgroup)
  end)

  real("goes with its host, and one that a killed host left is swept away", function()
    local sh = shell.open()
    local path = sh:file("group.lua", [[
      local bioxen = require "bioxen"
      assert(bioxen.limits { cgroup = { folder = arg[1], memory = 1 << 30 } })
      local vm = assert(bioxen.create_bio_vm("grouped", "minimal_cell"))
      assert(vm:start())
      print((select(2, bioxen.limits()).path))
      io.stdout:flush()
      if arg[2] then os.execute "kill -9 $PPID" end
    ]])
    local status, out = sh(("bioxen run %s %s"):format(path, folder))
    assert.equal(0, status)
    local left = out:match "[^\n]+"
    assert.falsy(shell.read(left .. "/cgroup.procs"))
    out = select(2, sh(("(bioxen run %s %s kill; true)"):format(path, folder)))
    left = out:match "[^\n]+"
    assert.truthy(shell.read(left .. "/cgroup.procs"))
    assert(processes.wait_until(function() return shell.read(left .. "/cgroup.procs") == "" end))
    sh(("bioxen run %s %s"):format(path, folder))
    sh:close()
    assert.falsy(shell.read(left .. "/cgroup.procs"))
  end)
end)
