-- bioxen.map: work for each of many inputs, shared out among VMs.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"

local function collect(...)
  local indices, answers, errors = {}, {}, {}
  for i, answer, err in ... do
    indices[#indices + 1] = i
    answers[i] = answer and answer.result
    errors[i] = err
  end
  return indices, answers, errors
end

local function numbers(n)
  local list = {}
  for i = 1, n do list[i] = i end
  return list
end

local WAIT = "local t = os.clock() while os.clock() - t < args do end return args"

describe("map", function()
  it("gives results in the order of the inputs, or as they come", function()
    local inputs = { 0.2, 0, 0.001, 0 }
    local indices, answers = collect(bioxen.map(inputs, WAIT, { vms = 2 }))
    assert.same(numbers(4), indices)
    assert.same(inputs, answers)
    indices, answers = collect(bioxen.map(inputs, WAIT, { vms = 2, ordered = false }))
    assert.equal(1, indices[4])
    assert.same(inputs, answers)
    assert.same({}, (collect(bioxen.map({}, "return 1"))))
  end)

  it("gives an error with its input in the place of a result", function()
    local _, answers, errors = collect(bioxen.map({ 1, "two", 3 }, "return args + 1", { vms = 2 }))
    assert.same({ 2, nil, 4 }, answers)
    assert.equal("ESCRIPT", errors[2].code)
    assert.equal("two", errors[2].input)
    assert.equal(2, errors[2].index)
    local _, _, raised = collect(bioxen.map({ 1, 2 }, "error { n = args }", { vms = 1 }))
    assert.same({ { n = 1 }, 1, { n = 2 }, 2 },
      { raised[1].value, raised[1].input, raised[2].value, raised[2].input })
    _, _, raised = collect(bioxen.map({ 1 }, function() return nil, { message = "mine" } end, { vms = 1 }))
    assert.same({ { message = "mine" }, "mine" }, { raised[1].value, raised[1].message })
    assert.matches("^map:1: attempt to add a 'string' with a 'number'", errors[2].message)
    _, answers, errors = collect(bioxen.map({ 0, 60, 0 }, WAIT, { vms = 1, timeout = 0.3 }))
    assert.same({ 0, nil, 0 }, answers)
    assert.equal("EDEADLINE", errors[2].code)
  end)

  it("goes on after inputs that cost a VM its worker", function()
    local inputs = {}
    local killer = [[if args % 5 == 0 then return ("a"):rep(500):find((".-"):rep(30) .. "b") end return args]]
    for i = 1, 12 do inputs[i] = i end
    for _, reuse in ipairs { true, false } do
      local indices, answers, errors = collect(bioxen.map(inputs, killer, { vms = 2, timeout = 0.3, reuse = reuse }))
      assert.equal(12, #indices)
      for i = 1, 12 do
        assert.equal(i % 5 ~= 0 and i or nil, answers[i])
        assert.equal(i % 5 == 0 and "EDEADLINE" or nil, errors[i] and errors[i].code)
      end
    end
  end)

  it("has each input find what setup left, and nothing of other inputs", function()
    local code = [[
      left, before = (left or 0) + 1, left
      cell:set("seen", cell:get "seen" + 1)
      cell:run { duration = 1 }
      return { left = left, before = before, seen = cell:get "seen", time = cell:time() }]]
    local setup = [[process "own" { parameters = { seen = 0 } } cell:run { duration = 10 }]]
    for i, answer in bioxen.map(numbers(6), code, { vms = 2, setup = setup }) do
      assert.same({ left = 1, seen = 1, time = 11 }, answer.result, i)
    end
    local most = 0
    for _, answer in bioxen.map(numbers(6), code, { vms = 1, setup = setup, reuse = true }) do
      most = math.max(most, answer.result.left)
    end
    assert.equal(6, most)
  end)

  it("gives each input random numbers of its own, by the seed, whichever VM has it", function()
    local code = "return { math.random(1 << 40), cell:run { duration = 1, method = 'ssa' }.seed }"
    local options = { vms = 1, seed = 7,
      setup = "process 'p' { species = { A = 1 }, reactions = { { 'A ->', k = 1 } } }" }
    local _, first = collect(bioxen.map(numbers(8), code, options))
    options.vms, options.ordered = 3, false
    local _, second = collect(bioxen.map(numbers(8), code, options))
    assert.same(first, second)
    local seen = {}
    for _, pair in ipairs(first) do
      assert.is_nil(seen[pair[1]])
      assert.is_nil(seen[pair[2]])
      seen[pair[1]], seen[pair[2]] = true, true
    end
    options.reuse = true
    assert.same(first, (select(2, collect(bioxen.map(numbers(8), code, options)))))
    local work = bioxen.map(numbers(1), code)
    work:close()
    assert.equal("integer", math.type(work.seed))
  end)

  it("tries again what failed, as often as it is asked to", function()
    local tries = {}
    local function flaky(vm, input)
      tries[input] = (tries[input] or 0) + 1
      return vm:submit("if args then error 'not yet' end return 'done'", { args = tries[input] < input })
    end
    local _, answers, errors = collect(bioxen.map({ 1, 2, 3, 9 }, flaky, { vms = 2, retries = 2 }))
    assert.same({ "done", "done", "done" }, answers)
    assert.equal(3, errors[4].tries)
    assert.same({ 1, 2, 3, [9] = 3 }, tries)
  end)

  it("lets a function take several steps, waiting for jobs by yielding them", function()
    local function steps(vm, input)
      local first = assert(coroutine.yield(vm:submit("x = args return x", { args = input })))
      local second, err = coroutine.yield(vm:submit "error 'no'")
      assert(second == nil and err.code == "ESCRIPT")
      return first.result + assert(coroutine.yield(vm:submit "return x")).result
    end
    local sums = {}
    for i, sum in bioxen.map(numbers(5), steps, { vms = 2 }) do sums[i] = sum end
    assert.same({ 2, 4, 6, 8, 10 }, sums)
    local _, _, errors = collect(bioxen.map({ "x" }, function() return nil, "because" end))
    assert.equal("because", errors[1].message)
    assert.error_matches(function() collect(bioxen.map({ 1 }, function() error("mine", 0) end)) end, "^mine$")
    assert.error_matches(function() collect(bioxen.map({ 1 }, function() coroutine.yield(7) end)) end,
      "must be a job, got 7")
  end)

  it("takes inputs one at a time, and no more than it may keep", function()
    local taken, most, given = 0, 0, 0
    local function inputs()
      taken = taken + 1
      most = math.max(most, taken - given)
      return taken <= 50 and taken or nil
    end
    for i, answer in bioxen.map(inputs, "return args", { vms = 2, ahead = 4, reuse = true }) do
      assert.equal(i, answer.result)
      given = given + 1
    end
    assert.equal(50, given)
    assert.is_true(most <= 5, most)
  end)

  it("tells how far it is", function()
    local told = {}
    collect(bioxen.map({ 1, "x", 3 }, "return args + 0", { vms = 1,
      progress = function(done, total, failed) told[done] = total .. " " .. failed end }))
    assert.same({ "3 0", "3 1", "3 1" }, told)
  end)

  it("works in VMs that are given, as they are, and leaves them", function()
    local vms = {}
    for i = 1, 2 do
      vms[i] = assert(bioxen.create_bio_vm("given" .. i, "plain_cell"))
      assert(vms[i]:start())
      assert(vms[i]:execute_biological_process "base = 100")
    end
    local _, answers = collect(bioxen.map({ 1, 2, 3 }, "return base + args", { vms = vms }))
    assert.same({ 101, 102, 103 }, answers)
    local pid = vms[1]:get_status().pid
    local work = bioxen.map({ 0, 60, 60 }, WAIT, { vms = vms, ordered = false })
    assert.equal(1, work())
    work:close() -- cancels what runs
    assert.is_nil(work())
    assert.is_false(vms[1]:get_status().busy)
    assert.equal(pid, vms[1]:get_status().pid)
    vms[1]:destroy()
    vms[2]:destroy()
  end)

  it("says so when all of them are gone", function()
    local vm <close> = assert(bioxen.create_bio_vm("alone", "plain_cell"))
    assert(vm:start())
    local code = [[if args == 1 then return ("a"):rep(500):find((".-"):rep(30) .. "b") end return args]]
    local _, answers, errors = collect(bioxen.map({ 1, 2 }, code, { vms = { vm }, timeout = 0.1, retries = 1 }))
    assert.same({}, answers)
    assert.equal("ESTATE", errors[1].code)
    assert.equal("ESTATE", errors[2].code)
    assert.matches("none of the VMs is running", errors[2].message)
  end)

  it("leaves nothing behind when its loop is left early or fails", function()
    local hypervisor = bioxen.hypervisor()
    local before = #hypervisor:ids()
    for i in bioxen.map(numbers(10), "return args", { vms = 2 }) do
      if i == 1 then break end
    end
    assert.equal(before, #hypervisor:ids())
    pcall(function()
      for _ in bioxen.map(numbers(10), "return args", { vms = 2 }) do error "on purpose" end
    end)
    assert.equal(before, #hypervisor:ids())
    collect(bioxen.map(numbers(10), "return args", { vms = 2 }))
    assert.equal(before, #hypervisor:ids())
  end)

  it("uses the cores that there are, and no more VMs than inputs", function()
    local seen, hypervisor = {}, bioxen.hypervisor()
    local forget = hypervisor:on("running", function(change) seen[change.vm_id] = true end)
    collect(bioxen.map(numbers(20), WAIT:gsub("args", "0.005"), { reuse = true }))
    local count = 0
    for _ in pairs(seen) do count = count + 1 end
    assert.equal(math.min(20, core.cores()), count)
    seen = {}
    collect(bioxen.map({ 1 }, "return 1", { vms = 8 }))
    forget()
    assert.is_not_nil(next(seen))
    assert.is_nil(next(seen, (next(seen))))
  end)

  it("refuses what it cannot do, all at once", function()
    assert.error_matches(function() bioxen.map(7, 8, { vms = 0, retries = -1, oops = 1 }) end,
      "inputs: a list.-options.retries: at least 0 expected, got %-1.-unknown key \"oops\"")
    local _, misused = pcall(function() bioxen.map({}, "", { vms = 0 }) end)
    assert.matches("spec/map_spec.lua:%d+: options.vms: an integer", misused)
    assert.error_matches(function() bioxen.map({}, "", { vms = {} }) end, "no VM in it")
    assert.error_matches(function() bioxen.map({}, "", { vms = { 1 } }) end, "options.vms: %[1%]: a VM expected, got 1")
    _, misused = pcall(function() bioxen.map({}, "", { config = { memry = 1 } }) end)
    assert.matches("spec/map_spec.lua:%d+: config: unknown key \"memry\"", misused)
    assert.equal("EORGANISM", select(2, bioxen.map({}, "", { biological_type = "unicorn" })).code)
    local before = #bioxen.hypervisor():ids()
    local none, err = bioxen.map({ 1, 2 }, "", { vms = 2, config = { resources = { atp_percentage = 60 } } })
    assert.is_nil(none)
    assert.equal("ECAPACITY", err.code)
    assert.equal(before, #bioxen.hypervisor():ids())
  end)
end)
