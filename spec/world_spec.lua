-- VMs that advance together: hypervisor:run, hypervisor:medium. docs/worlds.md has the method.

local bioxen = require "bioxen"
local competition = require "bioxen.hypervisor.competition"
local core = require "bioxen.core"

local function near(expected, got, tolerance)
  assert.is_true(math.abs(got - expected) <= (tolerance or 1e-9)*math.abs(expected),
    ("%.12g expected, got %.12g"):format(expected, got))
end

-- VMs of an organism, each with the same seed and setup.
local function start(chassis, ids, organism, setup)
  local vms = {}
  for i, id in ipairs(ids) do
    vms[i] = assert(chassis:create_vm(id, organism, "basic", { seed = 7 }))
    assert(vms[i]:start())
    if setup then assert(vms[i]:execute_biological_process(setup, { args = i })) end
  end
  return table.unpack(vms)
end

local function check_books(medium)
  for name in pairs(medium:concentrations()) do
    local b = medium:balance(name)
    assert.is_true(math.abs(b.began + b.entered + b.given - b.taken - b.left - b.decayed - b.now)
      <= 1e-9*(b.began + b.entered + b.given), name)
  end
end

describe("a chemostat", function()
  local D, F, K, MOST = 0.3, 10, 0.015, 10

  -- The least uptake of glucose that growth at a rate D needs, by the flux model alone.
  local function needed(vm)
    return assert(vm:execute_biological_process([[
      cell:set_medium { glc__D = 10, o2 = 15 }
      local model = cell:metabolism()
      local growth = next((model:objective()))
      model:set_bounds(growth, args, args)
      model:set_objective "EX_glc__D_e"
      return -model:optimise().fluxes.EX_glc__D_e ]], { args = D })).result
  end

  it("holds one species at the closed form, however many VMs it is and whatever the quantum", function()
    local ends = {}
    for i, ids in ipairs { { "a" }, { "z", "b", "a" } } do
      local chassis <close> = bioxen.BioXenHypervisor()
      local vms = { start(chassis, ids, "ecoli") }
      local medium = chassis:medium { volume = 2, glucose = F, inflow = 2*D, outflow = 2*D }
      for _, vm in ipairs(vms) do assert.same({ "glucose" }, medium:add(vm, { biomass = 1.8/#ids })) end
      local result = assert(chassis:run { duration = 24*3600, quantum = 1800, every = 48 })
      check_books(medium)
      local biomass = 0
      for _, member in pairs(medium:members()) do biomass = biomass + member.biomass end
      ends[i] = { medium:concentration "glucose", biomass/2 }
      near(D, result.growth_rate.a[2], 1e-3)
      local v = needed(vms[1])
      near(K*D/D*v/(MOST - v), ends[i][1], 1e-2)
      near(D*(F - ends[i][1])/v, ends[i][2], 1e-2)
    end
    near(ends[1][1], ends[2][1], 1e-9)
    near(ends[1][2], ends[2][2], 1e-9)
  end)

  it("keeps the species that lives on least (R*), and loses the other", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local wild, mutant = start(chassis, { "wild", "mutant" }, "ecoli")
    assert(mutant:execute_biological_process "cell:set_uptake('glucose', { maximum = 10, half = 0.005 })")
    local medium = chassis:medium { glucose = F, inflow = D, outflow = D }
    assert(medium:add(wild, { biomass = 0.75 }))
    assert(medium:add(mutant, { biomass = 0.1 }))
    local result = assert(chassis:run { duration = 60*3600, quantum = 1200, every = 60 })
    check_books(medium)
    local v = needed(mutant)
    local members = medium:members()
    assert.is_true(members.wild.biomass < 1e-3*members.mutant.biomass)
    near(0.005*v/(MOST - v), medium:concentration "glucose", 1e-2)
    local last, first = #result.time, 1
    assert.is_true(result.growth_rate.wild[last] < D and result.biomass.mutant[last] > result.biomass.mutant[first])
  end)

  it("feeds the growth core, which grows at the rate of dilution", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local vm = start(chassis, { "m" }, "minimal_cell", "cell:steady_state()")
    local medium = chassis:medium { nutrient = 0.05, inflow = 1, outflow = 1 }
    assert.same({ "nutrient" }, medium:add(vm, { cells = 1.3e11 }))
    local result = assert(chassis:run { duration = 15*3600, quantum = 600, every = 90 })
    check_books(medium)
    near(1, result.growth_rate.m[2], 1e-3)
    -- By itself it goes on with what it saw last: as a cell in that much, all the time.
    local rate = assert(vm:execute_biological_process "return cell:steady_state().growth_rate").result
    near(1, rate, 1e-3)
  end)
end)

describe("a batch", function()
  it("is eaten up, and no more than that", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local vm = start(chassis, { "m" }, "minimal_cell", "cell:steady_state()")
    local medium = chassis:medium { volume = 1e-6, nutrient = 0.02 }
    assert(medium:add(vm, { cells = 1e6 }))
    assert(chassis:run { duration = 3600, quantum = 600 })
    check_books(medium)
    assert.is_true(medium:concentration "nutrient" < 1e-6)
    near(medium:balance("nutrient").began, medium:balance("nutrient").taken, 1e-4)
  end)

  it("feeds who lives on what another lets out", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local maker, eater = start(chassis, { "maker", "eater" }, "ecoli")
    assert(maker:execute_biological_process "cell:set_uptake('acetate', { maximum = 0 })")
    assert(eater:execute_biological_process [[
      cell:set_uptake("glucose", { maximum = 0 })
      cell:set_uptake("acetate", { maximum = 10, half = 0.1 }) ]])
    local medium = chassis:medium { glucose = 10, acetate = 0 }
    assert(medium:add(maker, { biomass = 0.1 }))
    assert(medium:add(eater, { biomass = 0.1 }))
    local result = assert(chassis:run { duration = 8*3600, quantum = 1200 })
    check_books(medium)
    local books = medium:balance "acetate"
    assert.is_true(books.given > 3 and books.taken > 1, ("%g %g"):format(books.given, books.taken))
    assert.is_true(result.biomass.eater[#result.time] > 0.12, result.biomass.eater[#result.time])
  end)
end)

describe("competition for a chassis", function()
  it("slows two VMs down to what half a chassis gives", function()
    local function rates(ids, options)
      local chassis <close> = bioxen.BioXenHypervisor()
      local vms = { start(chassis, ids, "minimal_cell", "cell:steady_state()") }
      options.duration, options.quantum = 5*3600, 1800
      local result = assert(chassis:run(options))
      local all = {}
      for i, vm in ipairs(vms) do
        all[i] = vm:get_biological_metrics().growth_rate
        assert.is_nil(next(vm:get_status().resources))
      end
      return all, result
    end
    local alone = rates({ "a" }, {})
    local both, result = rates({ "a", "b" }, {})
    near(50, result.shares.a.atp_percentage[3], 1e-9)
    near(both[1], both[2])
    assert.is_true(both[1] < 0.8*alone[1])
    local half <close> = bioxen.BioXenHypervisor()
    local vm = start(half, { "h" }, "minimal_cell", "cell:steady_state()")
    assert(vm:allocate_resources { atp_percentage = 50, ribosomes = 36000, rna_polymerase = 5700 })
    assert(half:run { duration = 5*3600, quantum = 1800, policy = false })
    near(vm:get_biological_metrics().growth_rate, both[1], 1e-4)
    local favoured = rates({ "a", "b" }, { priorities = { a = 3 } })
    assert.is_true(favoured[1] > both[1] and favoured[2] < both[2])
    local own = rates({ "a", "b" }, { policy = function(requests)
      return { [requests[2].vm_id] = { atp_percentage = 10 } }
    end })
    near(alone[1], own[1], 1e-3)
    assert.is_true(own[2] < both[2])
  end)

  it("moves a little from who has much to who has little", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    start(chassis, { "a", "b" }, "minimal_cell")
    local quantum = 0
    local result = assert(chassis:run { duration = 3, quantum = 1, policy = function(_, capacity)
      quantum = quantum + 1
      local all, part = capacity.atp_percentage, quantum == 1 and 0.99 or quantum == 2 and 0.988 or 0.987
      return { a = { atp_percentage = part*all }, b = { atp_percentage = (1 - part)*all } }
    end })
    near(98.8, result.shares.a.atp_percentage[3], 1e-9)
    near(1.3, result.shares.b.atp_percentage[4], 1e-9)
  end)

  it("gives by weight what is wanted, and all of it", function()
    local function request(id, priority, demand)
      return { vm_id = id, priority = priority,
        demand = { ribosomes = demand, rna_polymerase = demand, atp_percentage = demand } }
    end
    local function shares(requests)
      local all = {}
      for id, share in pairs(competition.policy(requests, { ribosomes = 1000, rna_polymerase = 1000,
        atp_percentage = 100 })) do all[id] = share.atp_percentage end
      return all
    end
    assert.same({ a = 50, b = 50 }, shares { request("a", 1, math.huge), request("b", 1, math.huge) })
    assert.same({ a = 75, b = 25 }, shares { request("a", 3, math.huge), request("b", 1, math.huge) })
    assert.same({ a = 10, b = 60, c = 30 },
      shares { request("a", 1, 10), request("b", 2, math.huge), request("c", 1, math.huge) })
    assert.same({ a = 45, b = 55 }, shares { request("a", 1, 10), request("b", 1, 20) })
  end)

  it("ends with an interrupt, after which all is as it was", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local vms = { start(chassis, { "a", "b" }, "minimal_cell") }
    local timer
    timer = core.every(0.05, function()
      timer:stop() -- once is enough: what it ends has an end to come to
      error "interrupted"
    end)
    local well, problem = pcall(chassis.run, chassis, { duration = 60, code = "while true do end" })
    timer:stop()
    assert.is_false(well)
    assert.matches("interrupted", tostring(problem))
    for _, vm in ipairs(vms) do
      assert.is_nil(next(vm:get_status().resources))
      assert(vm:execute_biological_process "return 1")
    end
    assert(chassis:run { duration = 1 })
  end)

  it("refuses what a policy must not give", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    start(chassis, { "a" }, "minimal_cell")
    for words, policy in pairs {
      ["where there are"] = function() return { a = { atp_percentage = 101 } } end,
      ["an amount of a resource"] = function() return { a = { sugar = 1 } } end,
      ["101 of atp_percentage are given"] = function(_, capacity)
        capacity.atp_percentage = 1e9
        return { a = { atp_percentage = 101 } }
      end,
      ["a table of shares"] = function() end } do
      local well, problem = pcall(chassis.run, chassis, { duration = 60, policy = policy })
      assert.is_false(well)
      assert.matches(words, problem)
    end
  end)
end)

describe("signals and messages", function()
  -- Each cell makes k mmol/h of a signal, which decays: N cells hold it at N k/(V decay).
  local k, decay, V = 1e-15, 5, 1e-3
  local THRESHOLD = 1e-3 -- mM

  local function lights(factor)
    local chassis <close> = bioxen.BioXenHypervisor()
    local vms = { start(chassis, { "a", "b" }, "minimal_cell") }
    local medium = chassis:medium { volume = V, signal = { decay = decay } }
    local cells = factor*THRESHOLD*V*decay/k
    for _, vm in ipairs(vms) do assert(medium:add(vm, { cells = cells/2, divides = true })) end
    assert(chassis:run { duration = 3*3600, quantum = 120, every = 90, code = ([[
      cell:send("signal", %g*cell:cells()*120/3600)
      on = cell:medium "signal" > %g
    ]]):format(k, THRESHOLD) })
    check_books(medium)
    near(factor*THRESHOLD, medium:concentration "signal", 1e-6)
    return assert(vms[1]:execute_biological_process "return on").result
  end

  it("switch at the density that the closed form gives", function()
    assert.is_false(lights(0.99))
    assert.is_true(lights(1.01))
  end)

  it("reach other VMs as values, in order, and no more than there is room for", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local a, b = start(chassis, { "a", "b" }, "minimal_cell")
    assert(a:execute_biological_process "said = 'a'")
    assert(b:execute_biological_process "said = 'b'")
    assert(chassis:send_message("a", { 1, "two", { three = 3.5 } }))
    local talk = [[
      got = got or {}
      for _, m in ipairs(cell:messages()) do got[#got + 1] = m end
      cell:post(said == "a" and "b" or "a", said .. #got)
      cell:post("nobody", 1)
    ]]
    assert(chassis:run { duration = 3, quantum = 1, code = talk })
    assert.same({ { value = { 1, "two", { three = 3.5 } } }, { from = "b", value = "b0" },
      { from = "b", value = "b1" } },
      a:execute_biological_process "return got".result)
    assert.same({ { from = "a", value = "a1" }, { from = "a", value = "a2" } },
      b:execute_biological_process "return got".result)
    assert.has_error(function() chassis:send_message("a", ("x"):rep(1 << 17)) end)
    assert.has_error(function() chassis:send_message("a", print) end)
    local _, err = chassis:send_message("c", 1)
    assert.equal("ENOTFOUND", err.code)
    for i = 1, 1100 do assert(chassis:send_message("a", i)) end
    assert(chassis:run { duration = 1, code = "if said == 'a' then n, first = #cell:messages(), 1 end" })
    assert.equal(1024, a:execute_biological_process "return n".result)
    local failed, problem = chassis:run { duration = 1, code = "for i = 1, 300 do cell:post('b', i) end" }
    assert.is_nil(failed)
    assert.matches("256 messages", problem.message)
    assert.matches("no medium", select(2, chassis:run { duration = 1, code = "cell:send('x', 1)" }).message)
  end)
end)

describe("a world", function()
  it("is the same whatever the number of workers and the order of the VMs", function()
    local all
    for _, case in ipairs { { 1, { "a", "b", "c" } }, { 2, { "c", "a", "b" } }, { 8, { "b", "c", "a" } } } do
      local chassis <close> = bioxen.BioXenHypervisor()
      local medium = chassis:medium { volume = 1e-12, nutrient = 0.02 }
      for i, id in ipairs(case[2]) do
        local vm = start(chassis, { id }, "minimal_cell", "cell:set_antibiotic(args)")
        assert(i and vm:execute_biological_process("cell:set_antibiotic(args)", { args = id:byte() - 96 }))
        assert(medium:add(vm, { cells = 1 }))
      end
      local result = assert(chassis:run { duration = 1200, quantum = 300, workers = case[1] })
      result.growth_rate.a[1], result.growth_rate.b[1], result.growth_rate.c[1] = 0, 0, 0
      all = all or result
      assert.same(all, result)
    end
  end)

  it("believes no VM that takes more than its part has", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local honest, hostile = start(chassis, { "honest", "hostile" }, "minimal_cell")
    local medium = chassis:medium { volume = 1, nutrient = 1, other = 0 }
    assert(medium:add(honest, { cells = 1 }))
    assert(medium:add(hostile, { cells = 1 }))
    for answer, words in pairs {
      ["{ given = { nutrient = -0.6 } }"] = "its part has 0.5 mmol",
      ["{ given = { nutrient = 0/0 } }"] = "nan of nutrient",
      ["{ given = { sugar = 1 } }"] = "no pool \"sugar\"", ["{ given = 1 }"] = "no table",
      ["{ growth = 0 }"] = "no number above 0", ["{ growth = 1/0 }"] = "no number above 0",
      ["{ growth = 'x' }"] = "no number above 0", ["{ growth = 1e99, clears = { nutrient = 1e99 } }"] = "clears more",
      ["{ growth = 1e101 }"] = "at most 1e+100" } do
      assert(hostile:execute_biological_process("organism.exchange.live = function() return " .. answer .. " end"))
      local result, err = chassis:run { duration = 1 }
      assert.is_nil(result)
      assert.equal("EPROTOCOL", err.code)
      assert.equal("hostile", err.vm_id)
      assert.matches(words, err.message, 1, true)
      assert.equal(1, medium:concentration "nutrient")
    end
    assert(hostile:execute_biological_process "organism.exchange.live = function() error 'no' end")
    local _, err = chassis:run { duration = 1 }
    assert.equal("ESCRIPT", err.code)
    assert.same({ 0 }, err.world.time)
    hostile:destroy()
    assert.same({ "honest" }, { next(medium:members()) and next(medium:members()) })
    assert(chassis:run { duration = 1 })
  end)

  it("refuses what makes no sense", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local other <close> = bioxen.BioXenHypervisor()
    local vm = start(chassis, { "a" }, "minimal_cell")
    local medium = chassis:medium { volume = 1, nutrient = 1, outflow = 0.9 }
    for words, f in pairs {
      ["medium.volume: greater than 0"] = function() chassis:medium { volume = 0 } end,
      ["medium.x.concentration: at least 0"] = function() chassis:medium { x = -1 } end,
      ["unknown key \"feeds\""] = function() chassis:medium { x = { feeds = 1 } } end,
      ["either biomass"] = function() medium:add(vm) end,
      ["a VM expected"] = function() medium:add(1, { cells = 1 }) end,
      ["of another hypervisor"] = function() other:medium { x = 1 }:add(vm, { cells = 1 }) end,
      ["has no pool \"y\"; it has: nutrient"] = function() medium:concentration "y" end,
      ["options.duration: missing"] = function() chassis:run {} end,
      ["options.priorities"] = function() chassis:run { duration = 1, priorities = { a = 0 } } end,
      ["at most 10000000 quanta"] = function() chassis:run { duration = 1, quantum = 1e-9 } end } do
      local well, problem = pcall(f)
      assert.is_false(well, words)
      assert.is_truthy(tostring(problem):find(words, 1, true), problem)
    end
    assert(medium:add(vm, { cells = 1 }))
    assert.equal("EEXIST", select(2, medium:add(vm, { cells = 1 })).code)
    local result, err = chassis:run { duration = 7200, quantum = 600 }
    assert.is_nil(result)
    assert.matches("runs dry", err.message)
    assert.equal(3600, err.time)
    assert.is_true(medium:remove(vm))
    assert.is_false(medium:remove(vm))
  end)
end)

describe("a population", function()
  -- One founder in balanced growth, just before it divides.
  local function founder(chassis, medium_options)
    local vm = start(chassis, { "cell" }, "minimal_cell",
      "cell:steady_state() cell:set('polymerised', math.ceil(cell:get 'generations' + 0.5)*cell:get 'M'*math.log(2))")
    local medium = chassis:medium(medium_options or { nutrient = 0.0166 })
    assert(medium:add(vm, { cells = 1, divides = true }))
    return vm, medium
  end

  it("is the same for the same seed, whatever the number of workers", function()
    local all
    for _, workers in ipairs { 1, 2, 8 } do
      local chassis <close> = bioxen.BioXenHypervisor()
      founder(chassis)
      local divisions = 0
      local world = assert(chassis:run { duration = 3*1800, quantum = 600, workers = workers, population = {
        most = 3, seed = 11, on_division = function() divisions = divisions + 1 end } })
      local divided = 0
      for i, cell in ipairs(world.lineage) do
        if cell.mother then
          assert.is_true(cell.mother < i)
          assert.equal(cell.born, world.lineage[cell.mother].ended)
          assert.equal("divided", world.lineage[cell.mother].fate)
        end
        if cell.fate == "divided" then divided = divided + 1 end
      end
      assert.equal(divisions, divided)
      assert.equal(1 + 2*divided, #world.lineage)
      assert.is_true(divided >= 5)
      local number = world.populations[1].number
      assert.equal(3, number[#number])
      assert.equal(3, #chassis:list_vms())
      for _, list in ipairs { world.populations[1].growth_rate } do list[1] = 0 end
      all = all or world
      assert.same(all, world)
    end
  end)

  it("keeps its law when it is bounded: the biomass grows as cells do", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local vm = founder(chassis)
    local rate = vm:get_biological_metrics().growth_rate
    local world = assert(chassis:run { duration = 6*1800, quantum = 300, population = { most = 4, seed = 2 } })
    local biomass = world.populations[1].biomass
    near(rate*3, math.log(biomass[#biomass]/biomass[1]), 0.2)
  end)

  it("shares each molecule out among daughters", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local vm = founder(chassis)
    local before = assert(vm:execute_biological_process [[
      before = {} for _, name in ipairs(cell:species()) do before[name] = cell:get(name) end return before ]]).result
    local daughters
    assert(chassis:run { duration = 1e-3, code = "cell:divide()", policy = false, population = {
      on_division = function(mother, daughter) daughters = { mother, daughter } end } })
    local has = {}
    for i, daughter in ipairs(daughters) do
      has[i] = assert(daughter:execute_biological_process [[
        local all = {} for _, name in ipairs(cell:species()) do all[name] = cell:get(name) end return all ]]).result
    end
    assert.equal("cell.2", daughters[2]:get_status().vm_id)
    for name, amount in pairs(before) do
      if name ~= "polymerised" then near(2*math.max(amount, 1), has[1][name] + has[2][name]
        + (amount < 1 and 2*(1 - amount) or 0), 1e-3) end
    end
    assert.is_true(has[1].q ~= has[2].q)
  end)

  it("is washed out faster than it grows, and dies when it is told to", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local _, medium = founder(chassis, { nutrient = 0.0166, inflow = 20, outflow = 20 })
    local world = assert(chassis:run { duration = 4*3600, quantum = 600, population = { seed = 1 } })
    local number = world.populations[1].number
    assert.equal(0, number[#number])
    assert.equal("washed out", world.lineage[#world.lineage].fate)
    assert.same({}, chassis:list_vms())
    assert.is_nil(next(medium:members()))
    local other <close> = bioxen.BioXenHypervisor()
    founder(other)
    local ended = assert(other:run { duration = 60, quantum = 30, code = "cell:die()", population = true })
    assert.same({ 30, "died" }, { ended.lineage[1].ended, ended.lineage[1].fate })
  end)

  it("loses a part of what stands for many", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local vm = start(chassis, { "many" }, "minimal_cell")
    local medium = chassis:medium { inflow = 10, outflow = 10 }
    assert(medium:add(vm, { cells = 1000, divides = true }))
    assert(chassis:run { duration = 360, quantum = 60, population = { seed = 1 } })
    near(1000*math.exp(-1), medium:members().many.cells)
  end)

  it("has ids for daughters of a cell whose own is as long as can be", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local long = ("x"):rep(64)
    local vm = start(chassis, { long }, "minimal_cell", "cell:steady_state()")
    assert(chassis:medium { nutrient = 0.0166 }:add(vm, { cells = 1, divides = true }))
    local world = assert(chassis:run { duration = 600, population = true, code = "cell:divide()" })
    assert.equal(long:sub(1, 54) .. ".2", world.lineage[3].vm_id)
  end)

  it("is one of a run at a time, in which VMs come and go as on_division says", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local vm, medium = founder(chassis)
    local refused
    local world = assert(chassis:run { duration = 3600, quantum = 600, workers = 2^52, population = { seed = 1,
      on_division = function()
        refused = select(2, chassis:run { duration = 1 })
        for _, other in ipairs(chassis:list_vms()) do medium:remove(chassis:get_vm(other.vm_id)) end
      end } })
    assert.equal("EBUSY", refused.code)
    assert.equal(3, #world.lineage)
    assert.same({}, medium:members())
    assert(vm:destroy())
  end)

  it("is of organisms that divide", function()
    local chassis <close> = bioxen.BioXenHypervisor()
    local vm = start(chassis, { "a" }, "ecoli")
    local _, err = chassis:medium { glucose = 1 }:add(vm, { cells = 1, divides = true })
    assert.equal("EUNSUPPORTED", err.code)
    local well, problem = pcall(chassis.run, chassis, { duration = 1, population = { most = 0 } })
    assert.is_false(well)
    assert.matches("population.most: at least 1", problem)
  end)
end)
