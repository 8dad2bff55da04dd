-- VMManager, and each defect of the library that its names are from.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local kind = require "spec.support.vm_kind"
local processes = require "spec.support.processes"

local ORGANISM = "plain_cell"

describe("VMManager", function()
  local manager, hypervisor

  before_each(function()
    hypervisor = bioxen.BioXenHypervisor()
    manager = bioxen.VMManager { hypervisor = hypervisor }
  end)
  after_each(function()
    for _, id in ipairs(hypervisor:ids()) do assert(manager:remove_vm(id)) end
  end)

  local function interactive(id, config)
    return assert(manager:create_interactive_vm(id, ORGANISM, "basic", config))
  end

  local function answer(id, text)
    assert(manager:send_input(id, text))
    return (manager:read_output(id))
  end

  it("creates VMs that run, lists, describes and removes them", function()
    assert.equal("VMManager", bioxen.type(manager))
    local vm = assert(manager:create_vm("a", ORGANISM))
    assert.equal("running", vm:get_state())
    assert.equal(vm, manager:get_vm "a")
    assert(manager:create_vm("b", ORGANISM, "basic", { memory = 32 << 20 }))
    assert.same({ "a", "b" }, manager:list_vms())
    local info = assert(manager:get_vm_info "b")
    assert.equal(32 << 20, info.memory_limit)
    assert.is_nil(info.session)
    assert.is_true(manager:remove_vm "a")
    assert.same({ "b" }, manager:list_vms())
    for _, method in ipairs { "get_vm", "get_vm_info", "remove_vm", "attach_to_vm", "execute_vm_sync", "send_input",
      "execute_vm_async", "read_output", "detach_from_vm", "terminate_vm_session" } do
      local done, err = manager[method](manager, "a", "1")
      assert.is_nil(done)
      assert.equal("ENOTFOUND", err.code, method)
    end
    assert.equal("EEXIST", select(2, manager:create_vm("b", ORGANISM)).code)
    assert.equal("EORGANISM", select(2, manager:create_vm("c", "unicorn")).code)
  end)

  it("blames mistakes on who made them", function()
    for name, call in pairs {
      create_vm = function() manager:create_vm("a b", ORGANISM) end,
      create_interactive_vm = function() manager:create_interactive_vm("a", ORGANISM, "basic", { x = 1 }) end,
      bulk = function() manager:bulk_create_interactive_cluster("a b", 2, ORGANISM) end,
      count = function() manager:bulk_create_interactive_cluster("a", 0, ORGANISM) end,
      code = function() interactive "mistaken" manager:execute_vm_sync("mistaken", {}) end,
      async = function() manager:execute_vm_async("mistaken", {}) end,
      input = function() manager:send_input("mistaken", 7) end,
      clone = function() manager:clone_vm_session("mistaken", "a b") end,
      new = function() bioxen.VMManager { hypervisors = 1 } end,
    } do
      if name == "async" or name == "input" or name == "clone" then
        if not hypervisor:get_vm "mistaken" then interactive "mistaken" end
      elseif name == "code" and hypervisor:get_vm "mistaken" then
        manager:remove_vm "mistaken"
      end
      local good, err = pcall(call)
      assert.is_false(good)
      assert.matches("manager_spec.lua:%d+: ", err, 1, false, name)
    end
  end)

  it("runs code: `return 2+2` gives 4, and state is kept between calls", function()
    assert(manager:create_vm("runs", ORGANISM))
    assert.equal(4, assert(manager:execute_vm_sync("runs", "return 2+2")).result)
    assert(manager:execute_vm_sync("runs", "kept = 5"))
    local job = assert(manager:execute_vm_async("runs", "print 'out' return kept + args", { args = 1 }))
    local result = assert(job:wait())
    assert.equal(6, result.result)
    assert.equal("out\n", result.stdout)
    assert.equal("ESCRIPT", select(2, manager:execute_vm_sync("runs", "error 'no'")).code)
  end)

  it("takes 20 MB of code, NUL and what is not UTF-8", function()
    assert(manager:create_vm("large", ORGANISM))
    local code = "local s = '" .. ("x"):rep(20 << 20) .. "' return #s"
    assert.equal(20 << 20, assert(manager:execute_vm_sync("large", code)).result)
    assert.equal("a\0\xff", assert(manager:execute_vm_sync("large", "return 'a\0\xff'")).result)
    assert(manager:attach_to_vm "large")
    assert.equal("a\0\xff\27\n", answer("large", "print 'a\0\xff\27'"))
    assert.equal((20 << 20) .. "\n", answer("large", code))
  end)

  it("has a session with a VM: state kept, outputs whole however long they take", function()
    local session = interactive "talks"
    assert.equal("InteractiveSession", bioxen.type(session))
    assert.equal("4\n", answer("talks", "return 2+2"))
    assert.equal("", answer("talks", "x = 1"))
    assert.equal("1\n", answer("talks", "x"))
    assert.equal("begin\nend\n", answer("talks",
      "print 'begin' local t = os.clock() while os.clock() - t < 0.25 do end print 'end'"))
    assert.same({ "talks" }, manager:list_vms())
    assert(manager:create_vm("silent", ORGANISM))
    local all = manager:list_sessions()
    assert.is_nil(all.silent)
    assert.is_true(all.talks.attached and all.talks.running)
    assert.is_false(all.talks.busy)
    assert.is_true(manager:get_vm_info("talks").session.attached)
  end)

  it("attaches and detaches, the second time with an error value", function()
    local first = interactive "attached"
    assert(manager:send_input("attached", "print 'unread'"))
    assert.is_true(manager:detach_from_vm "attached")
    local again, err = manager:detach_from_vm "attached"
    assert.is_nil(again)
    assert.equal("ESTATE", err.code)
    assert.equal("ESTATE", select(2, manager:read_output "attached").code)
    assert(manager:send_input("attached", "y = 2 print 'nobody reads'"))
    assert.is_false(manager:list_sessions().attached.attached)
    assert.is_true(first:advance(math.huge))
    assert.equal(first, manager:attach_to_vm "attached")
    assert.equal(first, manager:attach_to_vm "attached")
    assert.equal("2\n", answer("attached", "y"))
  end)

  it("cancels and removes in the middle of a run, at once", function()
    interactive "endless"
    assert(manager:send_input("endless", "while true do end"))
    assert(manager:create_vm("running", ORGANISM))
    local job = assert(manager:execute_vm_async("running", "while true do end"))
    local started = bioxen.clock()
    job:cancel()
    assert.equal("ECANCELLED", select(2, job:wait()).code)
    job = assert(manager:execute_vm_async("running", "while true do end"))
    assert.is_true(manager:remove_vm "running")
    assert.is_true(manager:remove_vm "endless")
    assert.is_true(bioxen.clock() - started < 30)
    assert.equal("EDESTROYED", select(2, job:wait()).code)
    assert.same({}, manager:list_sessions())
    interactive "endless" -- of the same id, with nothing of the one before
    assert.equal("1\n", answer("endless", "1"))
  end)

  it("ends a session and stops its VM, which can be started and attached to again", function()
    local session = interactive "ended"
    assert(manager:send_input("ended", "while true do end"))
    assert.is_true(manager:terminate_vm_session "ended")
    assert.equal("stopped", manager:get_vm "ended":get_state())
    assert.equal("ESTATE", select(2, session:send_input "1").code)
    assert.equal("ENOTFOUND", select(2, manager:send_input("ended", "1")).code)
    assert(hypervisor:start_vm "ended")
    assert(manager:attach_to_vm "ended")
    assert.equal("nil\n", answer("ended", "x"))
  end)

  it("clones organism, configuration, packages and shares", function()
    local folder = os.tmpname()
    os.remove(folder)
    local file = assert(io.open(folder .. "_kit.lua", "w"))
    file:write "return { install = function() end, word = 'installed' }"
    file:close()
    finally(function() os.remove(folder .. "_kit.lua") end)
    local name = (folder:match "[^/]*$" .. "_kit"):lower()
    local path = folder:match "^.*/" .. name .. ".lua"
    os.rename(folder .. "_kit.lua", path)
    finally(function() os.remove(path) end)
    local config = { memory = 40 << 20, seed = 11, resources = { ribosomes = 5 } }
    assert(manager:create_interactive_vm("source", "minimal_cell", "basic", config))
    config.memory = 1 -- it was copied
    local source = manager:get_vm "source"
    assert(source:install_biological_package(path))
    assert(source:allocate_resources { ribosomes = 7, atp_percentage = 10 })
    answer("source", "state = 1")
    local session = assert(manager:clone_vm_session("source", "target"))
    assert.equal("InteractiveSession", bioxen.type(session))
    local status = hypervisor:get_vm_status "target"
    assert.equal("minimal_cell", status.biological_type)
    assert.equal(40 << 20, status.memory_limit)
    assert.same({ ribosomes = 7, atp_percentage = 10 }, status.resources)
    assert.equal('"installed"\n', answer("target", ("require(%q).word"):format(name)))
    assert.equal("nil\n", answer("target", "state"))
    assert.equal(manager:execute_vm_sync("source", "return math.random(1 << 50)").result,
      manager:execute_vm_sync("target", "return math.random(1 << 50)").result) -- the same seed
    assert(manager:clone_vm_session("target", "third"))
    assert.equal('"installed"\n', answer("third", ("require(%q).word"):format(name)))
    assert(source:restart())
    assert(manager:clone_vm_session("source", "fourth")) -- its packages went with its worker
    assert.matches("no module", answer("fourth", ("require %q"):format(name)))
    local clone, err = manager:clone_vm_session("source", "target")
    assert.is_nil(clone)
    assert.equal("EEXIST", err.code)
    assert.equal("ECAPACITY", select(2, (function()
      assert(source:allocate_resources { atp_percentage = 60 })
      return manager:clone_vm_session("source", "fifth")
    end)()).code)
    assert.equal("ENOTFOUND", select(2, manager:clone_vm_session("nobody", "sixth")).code)
  end)

  it("has a cluster of 50 sessions at once, and speaks to all of them in parallel", function()
    local cluster = assert(manager:bulk_create_interactive_cluster("many", kind.some, ORGANISM))
    local count = 0
    for id, session in pairs(cluster) do
      count = count + 1
      assert.equal(id, session:get_status().vm_id)
    end
    assert.equal(kind.some, count)
    assert.is_not_nil(cluster.many_000)
    assert(manager:broadcast_to_interactive_sessions("many_*", "n = 0"))
    for i = 1, 3 do
      local results = assert(manager:broadcast_to_interactive_sessions("many_*", "n = n + 1 print(n)"))
      for id in pairs(cluster) do assert.equal(i .. "\n", results[id]) end
    end
    local results = assert(manager:broadcast_to_interactive_sessions("many_00[1-3]", "n"))
    assert.same({ many_001 = "3\n", many_002 = "3\n", many_003 = "3\n" }, results)
    results = assert(manager:broadcast_to_interactive_sessions("many_0?[!1-9]", "n"))
    assert.equal("3\n", results.many_040)
    assert.is_nil(results.many_041)
    assert.equal("ENOTFOUND", select(2, manager:broadcast_to_interactive_sessions("few*", "n")).code)
    assert.equal("1\n2\n3\n3\n", manager:read_output "many_001") -- who reads by itself sees it, too
  end)

  it("says of a broadcast who is not done in time, and who failed", function()
    assert(manager:bulk_create_interactive_cluster("late", 2, ORGANISM))
    local results = assert(manager:broadcast_to_interactive_sessions("*_00*",
      "if late then while true do end end late = true", 60))
    assert.same({ late_000 = "", late_001 = "" }, results)
    manager:send_input("late_001", "late = false")
    results = assert(manager:broadcast_to_interactive_sessions("late_*", "if late then while true do end end", 0.3))
    assert.equal("ETIMEOUT", results.late_000.code)
    assert.equal("", results.late_001)
  end)

  it("makes a cluster whole, or not at all", function()
    assert(manager:create_vm("half_002", ORGANISM))
    local cluster, err = manager:bulk_create_interactive_cluster("half", 4, ORGANISM)
    assert.is_nil(cluster)
    assert.equal("EEXIST", err.code)
    assert.same({ "half_002" }, manager:list_vms())
  end)

  it("leaves no process behind", function()
    collectgarbage()
    collectgarbage()
    local before = kind.vm_processes()
    assert(manager:bulk_create_interactive_cluster("gone", 5, ORGANISM))
    assert.equal(before + 5, kind.vm_processes())
    for _, id in ipairs(manager:list_vms()) do assert(manager:remove_vm(id)) end
    assert.is_true(processes.wait_until(function() return kind.vm_processes() == before end))
  end)
end)
