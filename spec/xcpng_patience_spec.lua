-- What a pool's habits ask for: a toolstack that restarts, a master that is gone, events that are none, guests
-- that do not do as they are told, templates with habits of their own.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local fault_bench = require "spec.support.fault_bench"
local processes = require "spec.support.processes"

describe("with a pool that", function()
  local missing = fault_bench.missing()
  if missing then
    pending("skipped: " .. missing)
    return
  end
  local bench = fault_bench.open { hosts = 2 }
  local pool = bench.pool
  teardown(function() bench:close() end)

  local function copy_template(name)
    return pool:call("VM.clone", pool:call("VM.get_by_name_label", pool.template)[1], name)
  end

  local network = pool:control { command = "add_network", name = "another" }
  local storage = pool:control { command = "add_sr", name = "fast", size = 1 << 40 }
  -- A template with habits: its disk is nobody's, and what is made of it starts by itself.
  local odd = copy_template "odd"
  pool:call("VBD.remove_from_other_config", pool:call("VM.get_VBDs", odd)[1], "owner")
  pool:call("VM.add_to_other_config", odd, "auto_poweron", "true")
  pool:call("VM.set_ha_restart_priority", odd, "restart")
  -- Both hosts' certificates.
  local authorities = pool.state .. "/authorities.pem"
  local file = assert(io.open(authorities, "w"))
  file:write(fault_bench.read(pool.ca_file), fault_bench.read((pool.ca_file:gsub("1%.pem$", "2.pem"))))
  file:close()
  bench.before = bench:state()

  local function clean_it(name, given)
    it(name, bench:clean(given))
  end

  local function assert_says(err, ...)
    for _, words in ipairs { ... } do
      assert(err.message:find(words, 1, true), ("%q does not say %q"):format(err.message, words))
    end
  end

  local function assert_works(vm)
    assert.equal("running", vm:get_state())
    assert.equal(7, assert(vm:execute_biological_process "return 7").result)
  end

  local function running(overrides)
    local vm = bench:create(overrides)
    assert(vm:start { timeout = 60 })
    return vm, pool:call("VM.get_by_uuid", vm:get_status().uuid)
  end

  -- A start that stands still where a fault says so.
  local function standing(fault, overrides)
    pool:fault(fault)
    local vm = bench:create(overrides)
    local job = assert(vm:start { wait = false, timeout = 60 })
    assert(bench:wait_for_faults())
    return vm, job
  end

  local copies = 0
  before_each(function() copies = #pool:control "copies" end)

  local function requests(method)
    return #pool:requests { since = bench.mark, method = method }
  end

  -- ---- a toolstack that restarts ----

  for _, method in ipairs { "VM.get_by_name_label", "VM.set_name_description" } do
    clean_it("restarts its toolstack, a start succeeds: at " .. method, function()
      local vm <close>, job = standing { fault = "hang", method = method }
      pool:control { command = "crash", seconds = 2 }
      assert(job:wait())
      assert_works(vm)
      assert.equal(1, requests "Async.VM.clone")
    end)
  end

  local function hears_of_guest()
    for _, request in ipairs(pool:requests { since = bench.mark, method = "event.from" }) do
      if request.outcome == "pending" and request.params[2][1]:find "^vm/" then return true end
    end
  end

  clean_it("restarts its toolstack, a start succeeds: while the guest boots", function()
    pool:agent { vm = pool.template, tools = false } -- it tells nothing before it is told to
    local vm <close> = bench:create()
    local job = assert(vm:start { wait = false, timeout = 60 })
    assert(bench:wait_until(hears_of_guest))
    pool:agent { vm = pool.template, tools = true }
    pool:control { command = "crash", seconds = 2 }
    pool:guest { vm = pool:guests()[1].uuid, action = "networks", networks = { ["0/ip"] = "{ip}" } }
    assert(job:wait())
    assert_works(vm)
  end)

  -- From beside this process, for a destruction blocks.
  local function crash_when_struck()
    local ask = ("/usr/bin/python3 spec/support/xapi/control.py %s %s"):format(pool.control_url, pool.token)
    assert(os.execute(([[( until %s '{"command":"faults"}' | grep -q '"fired": 1'; do :; done
      %s '{"command":"crash","seconds":2}' ) >/dev/null 2>&1 &]]):format(ask, ask)))
  end

  clean_it("restarts its toolstack, a destruction succeeds", function()
    local vm <close> = running()
    pool:fault { fault = "hang", method = "VBD.get_record" }
    crash_when_struck()
    assert(vm:destroy())
    assert.equal(bench.before.VM, pool:counts().VM)
    assert.same({}, bench:entries())
  end)

  clean_it("has restarted its toolstack just now, a destruction waits for it", function()
    local vm <close> = running()
    pool:control { command = "crash", seconds = 1 }
    assert(vm:destroy())
    assert.same({}, bench:entries())
  end)

  for _, fault in ipairs { { fault = "error", at_once = true, code = "HOST_STILL_BOOTING" },
    { fault = "error_array", code = "HOST_STILL_BOOTING" } } do
    clean_it("is still booting at the login, " .. fault.fault, function()
      fault.method, fault.times = "session.login_with_password", 2
      pool:fault(fault)
      local vm <close> = running()
      assert.equal(2, pool:faults()[1].fired)
      assert_works(vm)
      if fault.fault == "error_array" then -- though it has logged in, twice
        assert(vm:destroy())
        bench:wait_for_couriers()
        pool:control "end_sessions"
      end
    end)
  end

  -- ---- a master that is gone ----

  clean_it("has had another master, which is gone: the configured member knows the new one", function()
    pool:control { command = "master", host = 2 }
    local session <close> = assert(bench:session { ca_file = authorities })
    local vm <close> = running { ca_file = authorities }
    assert.equal(pool.slave_https_url, vm:get_status().pool)
    pool:control { command = "master", host = 1 }
    pool:fault { fault = "refuse", host = 2 }
    assert(#assert(session:call "VM.get_all") > 0)
    assert(#assert(session:call "VM.get_all") > 0)
    assert(vm:pause())
    assert.equal(pool.https_url, vm:get_status().pool)
    assert(vm:resume())
    assert_works(vm)
    assert(vm:destroy())
  end)

  clean_it("has lost the member that is configured: another knows the master", function()
    local config = { ca_file = authorities, pool_members = { "127.0.0.9", "127.0.0.2" } }
    local vm <close> = running(config)
    pool:control { command = "master", host = 2 }
    pool:fault { fault = "refuse", host = 1 }
    assert(vm:pause()) -- in the middle of its life
    assert.equal(pool.slave_https_url, vm:get_status().pool)
    local session <close> = assert(bench:session(config)) -- and from the first
    assert(#assert(session:call "VM.get_all") > 0)
    assert(vm:resume())
    assert(vm:destroy())
    session:close()
    bench:wait_for_couriers()
    pool:control { command = "master", host = 1 }
  end)

  -- ---- events ----

  clean_it("knows a token no more: events from the beginning", function()
    pool:fault { fault = "error", code = "EVENT_FROM_TOKEN_PARSE_FAILURE", params = { "1,2" }, method = "event.from",
      nth = 2 }
    local vm <close>, job = standing { fault = "hang", method = "VM.clone" }
    assert(bench:wait_for_faults(2))
    pool:control "go_on"
    assert(job:wait())
    assert_works(vm)
  end)

  -- The courier hears something of its task, and asks again: until it has come to something, for it may have
  -- asked in between. A task that has gone meanwhile is no mistake.
  local function stir_tasks_until(done)
    local progress = 0
    return processes.wait_until(function()
      progress = (progress + 0.001) % 1 -- what stays as it is, is no event
      for _, ref in ipairs(pool:call "task.get_all") do
        pcall(pool.control, pool, { command = "set", cls = "task", ref = ref, progress = progress })
      end
      return done()
    end)
  end

  local function answer(result)
    return { fault = "body", text = ('{"jsonrpc":"2.0","id":{id},"result":%s}'):format(result),
      says = "no batch of events" }
  end
  local NO_EVENTS = {
    garbage = { fault = "garbage", says = "no JSON" },
    ["half an answer"] = { fault = "cut", says = "no JSON" },
    ["HTTP 500"] = { fault = "http", code = "HTTP_500", says = "HTTP 500" },
    ["a number"] = answer "7",
    ["no events"] = answer '{"token":"1,2"}',
    ["no token"] = answer '{"events":[]}',
  }
  local function assert_cancelled(method, fault, ask)
    local vm <close>, job = standing { fault = "hang", method = method }
    pool:fault { fault = fault.fault, method = "event.from", text = fault.text }
    if ask then ask() end
    stir_tasks_until(function() return job:done() end)
    local started, err = job:wait()
    assert.is_nil(started)
    assert.equal(fault.code or "BAD_ANSWER", err.xapi.code)
    assert_says(err, "event.from", fault.says)
    assert.is_nil(err.left)
    assert.equal(bench.before.VM, pool:counts().VM)
    assert.equal(0, pool:counts().task)
    assert(vm:start())
  end

  for _, method in ipairs { "VM.clone", "VM.provision", "VM.start" } do
    for name, fault in pairs(NO_EVENTS) do
      clean_it(("tells %s of a task (%s): it is cancelled, and nothing is left"):format(name, method), function()
        assert_cancelled(method, fault)
      end)
    end
    clean_it(("tells garbage of a task of a session that ended (%s): it is cancelled all the same"):format(method),
      function()
        assert_cancelled(method, NO_EVENTS.garbage, function() pool:control "end_sessions" end)
      end)
  end

  -- ---- what takes its time ----

  clean_it("lets go of things late, and tells so in a task", function()
    local vm <close>, ref = running()
    assert(vm:snapshot "before")
    assert.truthy(ref)
    pool:fault { fault = "vdi_in_use", method = "VDI.destroy", times = 3 }
    pool:fault { fault = "error", code = "OTHER_OPERATION_IN_PROGRESS", method = "VM.destroy", times = 2 }
    assert(vm:destroy())
    assert.equal(3, pool:faults()[1].fired)
    assert.equal(2, pool:faults()[2].fired)
    -- As tasks, for such a call may take longer than an answer.
    for _, method in ipairs { "VM.destroy", "VDI.destroy" } do
      assert.equal(0, requests(method))
      assert(requests("Async." .. method) >= 4)
    end
  end)

  clean_it("has a guest that does not shut down: hard, after its grace", function()
    pool:agent { vm = pool.template, shutdown = "never" }
    local vm <close>, ref = running { shutdown_grace = 0.5 }
    pool:agent { vm = pool.template, shutdown = "" }
    assert(vm:stop())
    assert.equal("stopped", vm:get_state())
    assert.equal("Halted", pool:call("VM.get_power_state", ref))
    assert.equal(1, requests "Async.VM.clean_shutdown")
    assert.equal(1, requests "Async.VM.hard_shutdown")
    assert.equal(0, pool:counts().task)
  end)

  clean_it("has a guest of which the toolstack alone tells: it has no tools", function()
    pool:agent { vm = pool.template, tools = false }
    local vm <close> = bench:create { guest_tools_timeout = 1 }
    local job = assert(vm:start { wait = false, timeout = 60 })
    local others
    assert(bench:wait_until(function()
      for _, metrics in pairs(pool:call "VM_guest_metrics.get_all_records") do
        if next(metrics.other) and not next(metrics.networks) then others = metrics.other end
      end
      return others
    end))
    assert.truthy(others["platform-feature-xs_reset_watches"])
    local started, err = job:wait()
    pool:agent { vm = pool.template, tools = true }
    assert.is_nil(started)
    assert.equal("EGUEST", err.code)
    assert_says(err, "guest tools", "xe-guest-utilities")
  end)

  -- ---- templates ----

  clean_it("has a template whose disk is nobody's: it is copied to the repository all the same", function()
    local vm <close>, ref = running { template_name = "odd", storage_repository = "fast" }
    local disk = pool:call("VBD.get_VDI", pool:call("VM.get_VBDs", ref)[1])
    assert.equal(storage.ref, pool:call("VDI.get_SR", disk))
    assert.equal(0, requests "Async.VM.clone")
    assert_works(vm)
  end)

  clean_it("has a template whose copies start by themselves: ours do not", function()
    assert.equal("restart", pool:call("VM.get_ha_restart_priority", odd))
    local _ <close>, ref = running { template_name = "odd" }
    assert.is_nil(pool:call("VM.get_other_config", ref).auto_poweron)
    assert.equal("", pool:call("VM.get_ha_restart_priority", ref))
    assert.equal("true", pool:call("VM.get_other_config", odd).auto_poweron)
  end)

  clean_it("does not let a plain user change priorities: the guest is made all the same", function()
    pool:fault { fault = "error", code = "RBAC_PERMISSION_DENIED", method = "VM.set_ha_restart_priority",
      params = { "vm.set_ha_restart_priority", "no permission" } }
    assert_works((running { template_name = "odd" }))
  end)

  -- ---- copies ----

  clean_it("restarts its toolstack, and knows nothing of a copy: it is made once more", function()
    local vm <close>, job = standing { fault = "hang", method = "VM.clone" }
    pool:control { command = "crash", seconds = 0.2, keep_sessions = false }
    assert(job:wait())
    assert_works(vm)
    assert.equal(2, requests "Async.VM.clone")
    assert.equal(1, pool:faults()[1].fired)
  end)

  clean_it("goes on with a copy that was cancelled: it is removed when it has come", function()
    pool:delays { ["VM.clone"] = 30 }
    local vm <close> = bench:create()
    local job = assert(vm:start { wait = false, timeout = 60 })
    local function is_asked_to_end()
      for _, task in pairs(pool:call "task.get_all_records") do
        if next(task.current_operations) then return true end
      end
    end
    assert(bench:wait_until(function() return requests "Async.VM.clone" == 1 end))
    job:cancel()
    assert(bench:wait_until(is_asked_to_end))
    pool:delays { ["VM.clone"] = 0 }
    pool:control "go_on"
    local started, err = job:wait()
    assert.is_nil(started)
    assert.equal("ECANCELLED", err.code)
    assert.is_nil(err.left)
    assert.equal(1, #pool:control "copies" - copies)
    assert.equal(bench.before.VM, pool:counts().VM)
  end)

  clean_it("lets copies into one repository wait for each other: eight starts side by side never do", function()
    pool:delays { ["VM.clone"] = 0.02, copy_pause = 60 }
    local vms, jobs = {}, {}
    for i = 1, 8 do
      vms[i] = bench:create()
      jobs[i] = assert(vms[i]:start { wait = false, timeout = 50 })
    end
    for _, job in ipairs(jobs) do assert(job:wait()) end
    for _, vm in ipairs(vms) do assert(vm:destroy()) end
    pool:delays { ["VM.clone"] = 0, copy_pause = 0.1 }
    local waits = table.move(pool:control "copies", copies + 1, copies + 8, 1, {})
    assert.same({ 0, 0, 0, 0, 0, 0, 0, 0 }, waits)
  end)

  -- ---- hosts ----

  clean_it("has no host for a guest: a few of them say why", function()
    local hosts = pool:call "host.get_all"
    pool:control { command = "set", cls = "host", ref = hosts[2], capabilities = { "xen-3.0-x86_64" } }
    local vm <close> = bench:create { vm_vcpus = 8 }
    pool:control { command = "set", cls = "host", ref = hosts[1], cpu_info = { cpu_count = "4" } }
    local started, err = vm:start { timeout = 60 }
    assert.is_nil(started)
    assert.equal("NO_HOSTS_AVAILABLE", err.xapi.code)
    assert_says(err, "no host of the pool can run the guest",
      "host1: too few processors: the guest wants 8, 4 are there", "host2: no hardware virtualisation (HVM)")
    for _, host in ipairs(hosts) do
      pool:control { command = "set", cls = "host", ref = host, capabilities = { "hvm-3.0-x86_64" },
        cpu_info = { cpu_count = "16" } }
    end
    vm:destroy()
    local large <close> = bench:create { vm_memory = "1 TB" }
    started, err = large:start { timeout = 60 }
    assert.is_nil(started)
    assert_says(err, "too little memory free: the guest needs 1048582 MiB, ")
    local reasons = { VM_REQUIRES_IOMMU = "it lacks an IOMMU", HOST_STILL_BOOTING = "it is still booting",
      VM_INCOMPATIBLE_WITH_THIS_HOST = "it does not suit the guest: its CPU",
      OF_ANOTHER_VERSION = "OF_ANOTHER_VERSION" }
    for code, words in pairs(reasons) do
      pool:fault { fault = "no_hosts", method = "VM.start" }
      pool:fault { fault = "error", code = code, params = { "a", "b", "its CPU" }, method = "VM.assert_can_boot_here" }
      local unwanted <close> = bench:create()
      started, err = unwanted:start { timeout = 60 }
      assert.is_nil(started)
      assert_says(err, "host1: " .. words)
      pool:clear_faults()
    end
  end)

  clean_it("has a template without the user's key: a drive tells cloud-init of it, and goes with the guest", function()
    pool:agent { vm = pool.template, cloud_init = true }
    local vm <close> = bench:create()
    local started, err = vm:start { timeout = 60 }
    assert.is_nil(started)
    assert.equal("EAUTH", err.code)
    pool:fault { fault = "reset_after", method = "VDI.create" }
    pool:fault { fault = "reset_after", method = "VBD.create" }
    pool:fault { fault = "reset_before", method = "import_raw_vdi" }
    local seeded <close>, ref = running { cloud_init = true }
    assert_works(seeded)
    assert.equal(3, requests "VDI.create" + requests "VBD.create" + requests "import_raw_vdi" - 1)
    local disks = pool:call("VM.get_VBDs", ref)
    assert.equal(2, #disks)
    local record = pool:call("VDI.get_record", pool:call("VBD.get_VDI", disks[2]))
    assert.equal(record.uuid, record.other_config.bioxen_uuid)
    pool:clear_faults()
    pool:fault { fault = "error", code = "VDI_TOO_SMALL", params = { "x", "y" }, method = "VBD.create" }
    local other <close> = bench:create { cloud_init = true }
    started, err = other:start { timeout = 60 }
    assert.is_nil(started)
    assert_says(err, "making the seed drive", "VBD.create", "VDI_TOO_SMALL")
    pool:agent { vm = pool.template, cloud_init = false }
  end)

  -- ---- others, who use it too ----

  local PAUSED = {
    ["shuts down"] = { "the guest is Halted, not paused", function(ref) pool:call("VM.hard_shutdown", ref) end },
    ["removes"] = { "the guest is gone, not paused", function(ref)
      local disk = pool:call("VBD.get_VDI", pool:call("VM.get_VBDs", ref)[1])
      pool:call("VM.hard_shutdown", ref)
      pool:call("VM.destroy", ref)
      pool:call("VDI.destroy", disk)
    end },
  }
  for what, case in pairs(PAUSED) do
    clean_it(("has somebody who %s a paused guest: it is not resumed, and can be destroyed"):format(what), function()
      local vm <close>, ref = running()
      assert(vm:pause())
      case[2](ref)
      local resumed, err = vm:resume()
      assert.is_nil(resumed)
      assert.equal("EGUEST", err.code)
      assert_says(err, case[1], "somebody")
      assert.not_equal("running", vm:get_state())
      assert(vm:destroy())
      assert.same({}, bench:entries())
    end)
  end

  for _, loses in ipairs { false, true } do
    clean_it(("has somebody who takes the device of the guest's interface%s: an error"):format(
      loses and ", and the answer is lost" or ""), function()
      if loses then pool:fault { fault = "reset_after", method = "VIF.create" } end
      local vm <close>, job = standing({ fault = "hang", method = "VIF.create" }, { network_uuid = network.uuid })
      if loses then assert(bench:wait_for_faults(2)) end
      local guest
      for ref, record in pairs(pool:call "VM.get_all_records") do
        if record.other_config.bioxen_uuid == record.uuid then guest = ref end
      end
      pool:call("VIF.create", { device = "0", network = pool:call("network.get_by_uuid", pool.network_uuid),
        VM = guest, MAC = "", MTU = 1500, other_config = { plain = "" }, qos_algorithm_type = "",
        qos_algorithm_params = { plain = "" } })
      pool:control "go_on"
      local started, err = job:wait()
      assert.is_nil(started)
      assert.equal("DEVICE_ALREADY_EXISTS", err.xapi.code)
      assert_says(err, "connecting the guest", "VIF.create")
      assert.equal(loses and 2 or 1, requests "VIF.create")
      assert.equal("created", vm:get_state())
    end)
  end

  -- ---- what scripts get ----

  clean_it("writes results in XML: they are read as they were", function()
    local session <close> = assert(bench:session())
    local host = session:call("host.get_all")[1]
    for _, text in ipairs { "", " ", "plain", "a < b && c > d", "&lt;&amp;amp;", "<value>x</value>",
      "<string>x</string>", "two\nlines", '"quoted" \'twice\'', "Zellkern: größer" } do
      assert.equal(text, assert(session:async("host.call_plugin", host, "echo", "say", { text = text }):wait()))
    end
    local result, err = session:async("host.call_plugin", host, "none", "say", { text = "" }):wait()
    assert.is_nil(result)
    assert.equal("XENAPI_MISSING_PLUGIN", err.code)
    assert.same({ "none" }, err.params)
  end)

  it("has keys of its own in what guests are told: they are refused in xenstore_data", function()
    for _, key in ipairs { "vm-data/greeting", "bioxen/key", "bioxen/" } do
      local made, message = pcall(bioxen.create_bio_vm, "vm", "plain_cell", "xcpng",
        { xcpng_config = bench:config { xenstore_data = { [key] = "x" } } })
      assert.is_false(made)
      assert(tostring(message):find('xenstore_data: no key that begins with "vm-data/" or "bioxen/"', 1, true), message)
    end
    local vm <close> = bench:create { xenstore_data = { bioxen = "x", ["lab/vm-data/x"] = "y" } }
    assert.equal("created", vm:get_state())
  end)
end)
