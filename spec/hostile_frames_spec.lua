-- A worker that breaks the protocol ends its own VM, with an error that names the cause, and
-- nothing else. The worker is spec/support/fake_worker.c: the code of a call names what it does.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local processes = require "spec.support.processes"

local REAL_WORKER = core.worker
local FAKE_WORKER = (os.getenv "BIOXEN_BUILD" or "./build") .. "/spec/fake-worker"

-- trick = the code of the error, and a part of its message
local broken = {
  oversized = { "EPROTOCOL", "4294967295 bytes" },
  unknown_type = { "EPROTOCOL", "unknown type 77" },
  wrong_id = { "EPROTOCOL", "a frame of call 3, the open call is 2" },
  second_hello = { "EPROTOCOL", "unexpected greeting" },
  host_frame = { "EPROTOCOL", "a worker does not send" },
  floods = { "EPROTOCOL", "more output than the limit" },
  bad_value = { "EPROTOCOL", "unknown value tag 0xc1" },
  trailing = { "EPROTOCOL", "1 bytes after the last value" },
  huge_array = { "EPROTOCOL", "cut short" },
  deep = { "EPROTOCOL", "deeper than 100 tables" },
  many_tables = { "EPROTOCOL", "more than 1048576 values" },
  nan_key = { "EPROTOCOL", "a map key is of type float" },
  bad_trajectory = { "EPROTOCOL", "trajectory" },
  unknown_extension = { "EPROTOCOL", "unknown extension type 9" },
  colliding_integers = { "EPROTOCOL", "numbers, collide" },
  colliding_floats = { "EPROTOCOL", "numbers, collide" },
  many_names = { "EPROTOCOL", "trajectory: more parts" },
  many_sequences = { "EPROTOCOL", "genome: more parts" },
  many_objects = { "EPROTOCOL", "more than 1048576 values" },
  raises_badly = { "EPROTOCOL", "unknown extension type 9" },
  cut = { "EDIED", "the worker exited (0)" },
  exits = { "EDIED", "the worker exited (0)" },
  closes = { "EDIED", "closed its connection" },
  dies = { "EKILLED", "signal 9, SIGKILL" },
  segfaults = { "ECRASHED", "signal 11, SIGSEGV" },
  breaks_jail = { "EDENIED", "signal 31, SIGSYS" },
}

-- What says nothing more is ended at the deadline.
local silent = { "cut_and_wait", "stops", "drips" }

local function settle(vm)
  return processes.wait_until(function() return vm:get_state() ~= "running" end)
end

describe("a hostile worker", function()
  local bystander

  setup(function()
    assert(core.set_worker(FAKE_WORKER))
    bystander = assert(bioxen.create_bio_vm("bystander", "fake_cell"))
    assert(bystander:start())
  end)

  teardown(function()
    bystander:destroy()
    core.set_worker(REAL_WORKER)
  end)

  local function start()
    local vm = assert(bioxen.create_bio_vm("hostile", "fake_cell"))
    assert(vm:start())
    return vm
  end

  local function check_aftermath(vm, descriptors)
    assert.is_true(settle(vm))
    assert.equal("error", vm:get_state())
    vm:destroy()
    assert.equal(1, assert(bystander:execute_biological_process("reply")).result)
    assert.equal(descriptors, processes.descriptors())
  end

  for trick, expected in pairs(broken) do
    it("that plays '" .. trick .. "' ends alone, and is named", function()
      local descriptors = processes.descriptors()
      local vm <close> = start()
      local result, err = vm:execute_biological_process(trick, { timeout = 60 })
      assert.is_nil(result)
      assert.equal(expected[1], err.code)
      assert.truthy(err.message:find(expected[2], 1, true), err.message)
      assert.is_false(err.usable)
      assert.equal("hostile", err.vm_id)
      assert.truthy(err.elapsed < 60, "took " .. err.elapsed) -- not at its deadline
      check_aftermath(vm, descriptors)
    end)
  end

  for _, trick in ipairs(silent) do
    it("that plays '" .. trick .. "' is killed at the deadline", function()
      local descriptors = processes.descriptors()
      local vm <close> = start()
      local result, err = vm:execute_biological_process(trick, { timeout = 0.2 })
      assert.is_nil(result)
      assert.equal("EDEADLINE", err.code)
      assert.truthy(err.message:find("0.2 s", 1, true), err.message)
      assert.truthy(err.elapsed >= 0.2)
      check_aftermath(vm, descriptors)
    end)
  end

  for _, trick in ipairs { "twice", "unsolicited" } do
    it("that plays '" .. trick .. "' is killed for the reply that nobody asked for", function()
      local descriptors = processes.descriptors()
      local vm <close> = start()
      assert.equal(1, assert(vm:execute_biological_process(trick)).result)
      assert.is_true(settle(vm))
      assert.truthy(vm:get_status().reason:find("the open call is 0", 1, true))
      check_aftermath(vm, descriptors)
    end)
  end

  it("that says more of an error than it may is not heard", function()
    local vm <close> = start()
    local result, err = vm:execute_biological_process "poses"
    assert.is_nil(result)
    assert.same({ "ESCRIPT", "raised", true, 7 }, { err.code, err.message, err.usable, err.value })
    assert.is_nil(err.traceback)
  end)

  it("is in error as soon as its result has not decoded, whatever is asked next", function()
    for _, trick in ipairs { "many_names", "unknown_extension" } do
      local vm <close> = start()
      assert.equal("EPROTOCOL", select(2, vm:execute_biological_process(trick)).code)
      assert.equal("error", vm:get_state())
      assert.truthy(vm:get_status().reason:find("broke the protocol", 1, true))
      local result, err = vm:execute_biological_process "reply"
      assert.is_nil(result)
      assert.equal("ESTATE", err.code)
      assert.truthy(err.message:find("broke the protocol", 1, true), err.message)
      assert.is_true(vm:restart())
      assert.equal(1, assert(vm:execute_biological_process "reply").result)
    end
  end)

  it("that says that it is forked, and is not, ends with that", function()
    local descriptors = processes.descriptors()
    local vm <close> = start()
    local copy, err = vm:fork "copy"
    assert.is_nil(copy)
    assert.equal("ESTART", err.code)
    assert.truthy(vm:get_status().reason:find("it has not been forked", 1, true), vm:get_status().reason)
    assert.is_nil((bioxen.hypervisor():get_vm "copy"))
    check_aftermath(vm, descriptors)
  end)

  it("can be restarted", function()
    local vm <close> = start()
    vm:execute_biological_process("exits")
    local result, err = vm:execute_biological_process("reply")
    assert.is_nil(result)
    assert.equal("ESTATE", err.code)
    assert.truthy(err.message:find("the worker exited (0)", 1, true))
    assert(vm:restart())
    assert.equal(1, assert(vm:execute_biological_process("reply")).result)
  end)
end)

describe("a worker program", function()
  teardown(function() core.set_worker(REAL_WORKER) end)

  local function failed_start(worker, organism)
    core.set_worker(worker)
    local vm <close> = assert(bioxen.create_bio_vm("failing", organism or "fake_cell"))
    vm:start() -- a zygote that is fine stays
    local descriptors = processes.descriptors()
    local started, err = vm:start()
    assert.is_nil(started)
    assert.equal("created", vm:get_state())
    assert.equal(descriptors, processes.descriptors())
    return err
  end

  it("of another version is refused, and both versions are named", function()
    local err = failed_start(FAKE_WORKER, "other_version")
    assert.equal("EVERSION", err.code)
    assert.truthy(err.message:find("bioxen-0 0.0.0", 1, true))
    assert.truthy(err.message:find(bioxen._VERSION, 1, true))
  end)

  it("that is missing is named", function()
    local err = failed_start("/nonexistent/worker")
    assert.equal("ESTART", err.code)
    assert.truthy(err.message:find("/nonexistent/worker", 1, true))
  end)

  it("that is no worker is named", function()
    local err = failed_start("/bin/true")
    assert.equal("ESTART", err.code)
    assert.truthy(err.message:find("/bin/true", 1, true))
  end)
end)
