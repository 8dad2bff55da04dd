-- Guests on the emulator: what a configuration makes of them, snapshots, VMs that share one, what is left
-- and collected, and that a cell does not notice where it lives.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local kind = require "spec.support.vm_kind"
local processes = require "spec.support.processes"

local BUILD = os.getenv "BIOXEN_BUILD" or "./build"
local missing = kind.xcpng_missing()

describe("a guest", function()
  if missing then
    pending("skipped: " .. missing)
    return
  end

  local pool, journal
  setup(function()
    pool = kind.use_xcpng()
    journal = pool.state .. "/journal"
  end)
  teardown(kind.leave_xcpng)

  local function create(id, changes, organism)
    local config = pool:config { journal = journal }
    for key, value in pairs(changes or {}) do
      if value == "none" then config[key] = nil else config[key] = value end
    end
    return assert(bioxen.create_bio_vm(id, organism or "plain_cell", "xcpng", { xcpng_config = config,
      seed = 7 }))
  end

  local function start(id, changes)
    local vm = create(id, changes)
    assert(vm:start { timeout = 60 })
    return vm
  end

  local function run(vm, code)
    return assert(vm:execute_biological_process(code)).result
  end

  local function record_of(vm)
    local ref = pool:call("VM.get_by_uuid", vm:get_status().uuid)
    return pool:call("VM.get_record", ref), ref
  end

  local function entries()
    local names = require("bioxen.core").list_folder(journal)
    table.sort(names)
    return names
  end

  it("is told of in the status", function()
    local vm <close> = start("told")
    local guest = vm:get_status()
    assert.truthy(guest.name:find("^bioxen%-told%-%x+$"), guest.name)
    assert.truthy(guest.uuid:find("^%x+%-%x+%-"))
    assert.truthy(guest.address:find("^127%."))
    assert.equal("Running", guest.power_state)
    assert.truthy(guest.host)
    for name in pairs(guest) do assert.falsy(name:find("^%."), name) end
    assert(vm:pause())
    assert.equal("Paused", vm:get_status().power_state)
    assert.equal("Paused", record_of(vm).power_state)
    assert(vm:resume())
    assert(vm:stop())
    assert.equal("Halted", record_of(vm).power_state)
    assert(vm:start())
    assert.equal("Running", record_of(vm).power_state)
  end)

  it("takes a saved cell from this machine, and gives it back", function()
    local path = pool.state .. "/cell"
    local here <close> = assert(bioxen.create_bio_vm("here", "plain_cell", "basic", { seed = 7 }))
    assert(here:start())
    run(here, [[
      draws = {}
      function go()
        cell:run { duration = 1, method = "ssa" }
        draws[#draws + 1] = math.random() + cell:get "A"
        return table.concat(draws, " ")
      end
      go()
    ]])
    assert(here:save(path))
    local there <close> = assert(bioxen.restore(path, "there", "xcpng",
      { xcpng_config = pool:config { journal = journal } }))
    assert.equal("xcpng", there:get_vm_type())
    assert.equal(run(here, "return go()"), run(there, "return go()"))
    assert(there:save(path))
    local back <close> = assert(bioxen.restore(path, "back"))
    assert.equal(run(here, "return go()"), run(back, "return go()"))
  end)

  it("has VMs that are forked beside their origin, to the same numbers as here", function()
    local draws = [[
      cell:run { duration = 3, method = "ssa" }
      x = (x or 0) + 1
      return { cell:get "A", x, math.random(0) }
    ]]
    local here <close> = assert(bioxen.create_bio_vm("here", "plain_cell", "basic", { seed = 7 }))
    assert(here:start())
    local there <close> = start("there")
    assert.same(run(here, draws), run(there, draws))
    local one <close> = assert(here:fork "copy")
    local wanted = run(one, draws)
    assert(one:destroy())
    local other <close> = assert(there:fork "copy")
    assert.equal(there:get_status().uuid, other:get_status().uuid)
    assert.same(wanted, run(other, draws))
    assert(there:destroy())
    local third <close> = assert(other:fork "third")
    assert.equal(3, run(third, "return x + 1"))
    local copies = assert(other:fork { n = 2 })
    assert.equal("copy.2", copies[2]:get_status().vm_id)
    run(other, "thread = coroutine.create(print)")
    local made, err = other:fork "none"
    assert.is_nil(made)
    assert.truthy(err.message:find("thread", 1, true), err.message)
    for _, copy in ipairs(copies) do assert(copy:destroy()) end
  end)

  it("is made as the configuration says", function()
    local network = pool:control { command = "add_network", name = "lab" }
    local before = pool:counts()
    local vm = start("made", { vm_name_prefix = "lab ", vm_memory = "1GB", vm_vcpus = 3,
      tags = { "virtual cells" }, xenstore_data = { greeting = "hello" }, network_uuid = "lab" })
    local record, ref = record_of(vm)
    assert.truthy(record.name_label:find("^lab made%-%x+$"), record.name_label)
    assert.equal(1 << 30, math.tointeger(record.memory_static_max))
    assert.equal(1 << 30, math.tointeger(record.memory_dynamic_min))
    assert.equal(3, math.tointeger(record.VCPUs_max))
    assert.equal(3, math.tointeger(record.VCPUs_at_startup))
    table.sort(record.tags)
    assert.same({ "bioxen", "virtual cells" }, record.tags)
    assert.equal("hello", record.xenstore_data["vm-data/greeting"])
    assert.equal("made", record.xenstore_data["vm-data/bioxen/vm"])
    assert.is_false(record.is_a_template)
    assert.equal(record.uuid, record.other_config.bioxen_uuid)
    assert.equal(1, #record.VIFs)
    assert.truthy(network)
    local vif = pool:call("VIF.get_record", record.VIFs[1])
    assert.equal("lab", pool:call("network.get_name_label", vif.network))
    assert.truthy(ref)
    assert.equal(1, #entries())
    assert(vm:destroy())
    assert.same({}, entries())
    local after = pool:counts()
    for _, class in ipairs { "vms", "VDI", "VBD", "VIF", "session", "task" } do
      assert.equal(before[class], after[class], class)
    end
  end)

  it("comes of one template, named or by its uuid; the error lists what there is", function()
    local vm = create("none", { template_name = "no such" })
    local _, err = vm:start()
    assert.equal("ECONFIG", err.code)
    assert.truthy(err.message:find('there is no template "no such" on the pool; there is: ', 1, true))
    assert.truthy(err.message:find('"bioxen-template"', 1, true), err.message)
    assert.equal("created", vm:get_state())
    vm:destroy()
    pool:control { command = "add_template", name = "twin" }
    pool:control { command = "add_template", name = "twin" }
    vm = create("twins", { template_name = "twin" })
    _, err = vm:start()
    assert.truthy(err.message:find('there are 2 of the template "twin"', 1, true), err.message)
    assert.truthy(err.message:find("%x+%-%x+%-%x+%-%x+%-%x+"))
    vm:destroy()
    local other <close> = start("uuid", { template_name = "none", template_uuid = pool.template_uuid })
    assert.equal(1, run(other, "return 1"))
  end)

  it("names what else is not there before anything is made", function()
    local before = pool:counts().vms
    for key, what in pairs { network_uuid = "network", storage_repository = "storage repository",
      host = "host" } do
      local vm = create("lacks", { [key] = "nowhere" })
      local _, err = vm:start()
      assert.equal("ECONFIG", err.code)
      assert.truthy(err.message:find(('there is no %s "nowhere"'):format(what), 1, true), err.message)
      vm:destroy()
    end
    assert.equal(before, pool:counts().vms)
  end)

  it("has its disks copied to another repository when asked", function()
    pool:control { command = "add_sr", name = "fast", size = 1 << 40 }
    local vm <close> = start("copied", { storage_repository = "fast" })
    local record = record_of(vm)
    local vbd = pool:call("VBD.get_record", record.VBDs[1])
    local sr = pool:call("VDI.get_SR", vbd.VDI)
    assert.equal("fast", pool:call("SR.get_name_label", sr))
  end)

  it("gets the worker where it has none", function()
    local vm = create("bare", { template_name = "bare", install_worker = false })
    pool:control { command = "add_template", name = "bare" }
    local _, err = vm:start()
    assert.equal("EVERSION", err.code)
    assert.truthy(err.message:find("install_worker", 1, true), err.message)
    assert.equal("created", vm:get_state())
    vm:destroy()
    local other <close> = start("bare", { template_name = "bare", install_worker = true })
    assert.equal(6, run(other, "return 2 * 3"))
  end)

  it("is trusted by a fingerprint, given or published, and by nothing less", function()
    local given <close> = start("given", { ssh_known_hosts = "none",
      ssh_fingerprint = pool.host_key_fingerprint })
    assert.equal(1, run(given, "return 1"))
    local unknown = create("unknown", { ssh_known_hosts = "/dev/null" })
    local _, err = unknown:start()
    assert.equal("ETRUST", err.code)
    assert.truthy(err.message:find(pool.host_key_fingerprint, 1, true), err.message)
    unknown:destroy()
    pool:agent { vm = pool.template, services = { ["ssh/fingerprint"] = "{fingerprint}" } }
    local published <close> = start("published", { ssh_known_hosts = "none",
      ssh_fingerprint_from_guest = true })
    assert.equal(1, run(published, "return 1"))
  end)

  it("has snapshots, and returns to them", function()
    local vm = start("snaps")
    local before = pool:counts()
    local home
    for _, guest in ipairs(pool:guests()) do
      if guest.uuid == vm:get_status().uuid then home = guest.home end
    end
    assert(os.execute("echo first > " .. home .. "/note"))
    local uuid = assert(vm:snapshot("before"))
    assert.truthy(uuid:find("^%x+%-"))
    local _, err = vm:snapshot("before")
    assert.equal("ECONFIG", err.code)
    assert(os.execute("echo second > " .. home .. "/note"))
    assert.equal(1, run(vm, "kept = 1 return kept"))
    assert(vm:revert("before"))
    assert.equal("stopped", vm:get_state())
    assert.equal("Halted", vm:get_status().power_state)
    local _, err = vm:revert("never")
    assert.equal("ECONFIG", err.code)
    assert(vm:start())
    for _, guest in ipairs(pool:guests()) do
      if guest.uuid == vm:get_status().uuid then home = guest.home end
    end
    assert.equal("first", io.open(home .. "/note"):read("l"))
    assert.is_nil(run(vm, "return kept"))
    assert(vm:destroy())
    local after = pool:counts()
    assert.equal(0, after.snapshots)
    assert.equal(before.VDI - 1, after.VDI)
    local _, gone = vm:snapshot("late")
    assert.equal("ESTATE", gone.code)
  end)

  it("is shared by several VMs, over one connection", function()
    local before = pool:counts()
    local first = start("first")
    local second = assert(bioxen.create_bio_vm("second", "minimal_cell", "xcpng", { guest = first }))
    local third = assert(bioxen.create_bio_vm("third", "plain_cell", "xcpng", { guest = first }))
    assert(second:start())
    assert(third:start())
    assert.equal(before.vms + 1, pool:counts().vms)
    assert.equal(first:get_status().uuid, second:get_status().uuid)
    run(first, "name = 'first'")
    run(second, "name = 'second'")
    assert.equal("first", run(first, "return name"))
    assert.equal("second", run(second, "return name"))
    -- Each pauses for itself; the guest does once all have.
    assert(first:pause())
    assert.equal("Running", record_of(first).power_state)
    assert.equal("second", run(second, "return name"))
    assert(second:pause())
    assert(third:pause())
    assert.equal("Paused", record_of(first).power_state)
    assert(second:resume())
    assert.equal("second", run(second, "return name"))
    assert.equal("paused", first:get_state())
    assert(first:resume())
    assert.equal("first", run(first, "return name"))
    -- Code that does not stop costs its own VM alone.
    local _, err = second:execute_biological_process([[
      local t = setmetatable({}, { __gc = function() while true do end end }) t = nil collectgarbage()]],
      { timeout = 0.1 })
    assert.equal("EDEADLINE", err.code)
    assert.equal("first", run(first, "return name"))
    assert(second:restart())
    assert.is_nil(run(second, "return name"))
    -- The guest stays as long as any needs it.
    assert(first:destroy())
    assert.equal(before.vms + 1, pool:counts().vms)
    assert.is_nil(run(second, "return name"))
    assert(third:destroy())
    assert(second:stop())
    assert.equal("Halted", record_of(second).power_state)
    assert(second:start())
    assert(second:destroy())
    assert.equal(before.vms, pool:counts().vms)
    assert.equal(before.VDI, pool:counts().VDI)
  end)

  -- More than an SSH server takes on one connection, and than poll once was asked to look at.
  it("is shared by many", function()
    local before = pool:counts()
    local first = start("many")
    local vms, jobs = { first }, {}
    for i = 2, 70 do
      vms[i] = assert(bioxen.create_bio_vm("many" .. i, "plain_cell", "xcpng", { guest = first }))
      jobs[#jobs + 1] = assert(vms[i]:start { wait = false })
    end
    assert(bioxen.wait_all(jobs, 300))
    for i, vm in ipairs(vms) do
      jobs[i] = assert(vm:submit("return args", { args = i }))
    end
    for i, job in ipairs(jobs) do assert.equal(i, assert(job:wait()).result) end
    assert.equal(before.vms + 1, pool:counts().vms)
    for _, vm in ipairs(vms) do assert(vm:destroy()) end
    assert.equal(before.vms, pool:counts().vms)
  end)

  it("is woken for a VM that comes while all others are paused", function()
    local first <close> = start("sleeper")
    assert(first:pause())
    local second <close> = assert(bioxen.create_bio_vm("riser", "plain_cell", "xcpng", { guest = first }))
    assert(second:start())
    assert.equal(1, run(second, "return 1"))
    assert.equal("paused", first:get_state())
    assert(first:resume())
    assert.equal(1, run(first, "return 1"))
  end)

  it("goes with its own disks, and never another's", function()
    local vm = start("disks")
    local record = record_of(vm)
    local vbd = pool:call("VBD.get_record", record.VBDs[1])
    -- Somebody has given this disk to another VM meanwhile.
    local other = pool:call("VM.clone", pool:call("VM.get_by_name_label", pool.template)[1], "somebody's")
    vbd.VM, vbd.device, vbd.userdevice, vbd.other_config, vbd.mode = other, "", "5", { none = "" }, "RO"
    pool:call("VBD.create", vbd)
    assert(vm:destroy())
    assert.truthy(pool:call("VDI.get_uuid", vbd.VDI))
    pool:call("VM.destroy", other)
    pool:call("VDI.destroy", vbd.VDI)
  end)

  it("gives the same trajectory as a basic VM, to the last bit", function()
    local code = [[
      local ssa = cell:run { duration = 5, every = 0.25, method = "ssa", seed = 3 }
      return { ssa = ssa, ode = cell:run { duration = 600, every = 20 } }]]
    local here <close> = assert(bioxen.create_bio_vm("here", "minimal_cell", "basic", { seed = 7 }))
    assert(here:start())
    local there <close> = create("there", nil, "minimal_cell")
    assert(there:start())
    local a, b = run(here, code), run(there, code)
    for _, method in ipairs { "ode", "ssa" } do
      assert.same(a[method]:names(), b[method]:names())
      for _, name in ipairs(a[method]:names()) do
        local left, right = a[method]:column(name), b[method]:column(name)
        assert.is_true(#left > 10)
        for i = 1, #left do assert.equal(left[i], right[i], method .. " " .. name) end
      end
    end
  end)

  it("that nobody owns any more is found, and removed when told", function()
    local before = pool:counts()
    local vm <close> = start("owned")
    local file = assert(io.open(pool.state .. "/gc.json", "w"))
    file:write(require("cjson").encode { xapi_url = pool.https_url, username = pool.username,
      password = pool.password, ca_file = pool.ca_file, journal = journal })
    file:close()
    assert(os.execute("chmod 600 " .. pool.state .. "/gc.json"))
    -- A host and its courier die in the same moment.
    local orphan = assert(io.popen(([[exec %s/bin/bioxen - <<'END'
      package.path = "./?.lua;./spec/support/organisms/?.lua;" .. package.path
      local bioxen = require "bioxen"
      local processes = require "spec.support.processes"
      local cjson = require "cjson"
      local config = cjson.decode(%q)
      config.ssh_port = math.tointeger(config.ssh_port)
      local vm = assert(bioxen.create_bio_vm("orphan", "plain_cell", "xcpng", { xcpng_config = config }))
      assert(vm:start())
      local pids = { processes.self() }
      for _, pid in ipairs(processes.descendants(processes.self())) do table.insert(pids, 1, pid) end
      os.execute("kill -9 " .. table.concat(pids, " "))
END]]):format(BUILD, require("cjson").encode(pool:config { journal = journal }))))
    orphan:read("a")
    orphan:close()
    assert.equal(before.vms + 2, pool:counts().vms)
    local function gc(...)
      local pipe = assert(io.popen(table.concat({ BUILD .. "/bin/bioxen xcpng gc",
        pool.state .. "/gc.json", ... }, " ") .. " 2>&1"))
      local text = pipe:read("a")
      local _, _, status = pipe:close()
      return text, status
    end
    local text, status = gc()
    assert.equal(3, status)
    assert.truthy(text:find("bioxen%-orphan%-%x+ +abandoned"), text)
    assert.truthy(text:find("bioxen%-owned%-%x+ +in use"), text)
    assert.truthy(text:find("1 abandoned: --yes removes them", 1, true), text)
    assert.equal(before.vms + 2, pool:counts().vms)
    text, status = gc("--yes")
    assert.equal(0, status, text)
    assert.truthy(text:find("1 removed, 0 left", 1, true), text)
    assert.equal(before.vms + 1, pool:counts().vms)
    assert.equal(1, #entries())
    assert.equal(1, run(vm, "return 1"))
    assert.truthy(gc():find("Nothing is abandoned", 1, true))
  end)

  it("is asked for by methods, counts and types that XAPI has", function()
    local table_of = io.open("../shared/reference/xapi-methods.tsv")
    if not table_of then
      pending("skipped: ../shared is not here")
      return
    end
    table_of:close()
    local mistakes, seen = require "spec.support.xapi_methods" (pool:requests())
    assert.same({}, mistakes)
    assert.is_true(seen > 30, seen)
  end)

  it("leaves nothing behind, whoever made it", function()
    collectgarbage()
    collectgarbage()
    local onlooker <close> = assert(bioxen.create_bio_vm("watch", "plain_cell"))
    assert.is_true(processes.wait_until(function()
      onlooker:get_state()
      return kind.vm_processes() == 0 and #entries() == 0
    end))
    local counts = pool:counts()
    assert.equal(0, counts.vms)
    assert.equal(0, counts.task)
  end)
end)
