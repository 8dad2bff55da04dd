-- Analyses of flux-balance models inside a VM, beside what can be worked out by hand or counted out.

local flux_vm = require "spec.support.flux_vm"

local call, run, problem_of, near = flux_vm.call, flux_vm.run, flux_vm.problem_of, flux_vm.near

setup(flux_vm.open)
teardown(flux_vm.close)

-- P is made of 3 A, or of a B and a C; D, which nobody uses, can be taken up as well.
local kitchen = [[
  model = flux.model {
    reactions = {
      { "A ->", name = "EX_A", lower = -30 },
      { "B ->", name = "EX_B", lower = -20 },
      { "-> C", name = "EX_C", upper = 20 },
      { "D ->", name = "EX_D", lower = -20 },
      { "3 A -> P", name = "FROM_A" },
      { "B + C -> P", name = "FROM_BC" },
      { "P ->", name = "OUT" },
    },
    objective = "OUT",
  }
]]

describe("a medium", function()
  it("is what exchanges may take up, which are told by where their metabolite is", function()
    assert.same({ { exchanges = { "one", "two" }, sinks = { "sink" }, demands = { "demand" }, outside = "e" },
      { one = 10, two = 10 } }, run [[
        local model = flux.model { boundary = { "B_out" }, reactions = {
          { "A_e ->", name = "one", lower = -10 }, { "B_out -> B_e", name = "two", upper = 10 },
          { "A_e -> A", name = "move", lower = -10 },
          { "A ->", name = "sink", lower = -10 }, { "A ->", name = "demand" } } }
        for id, place in pairs { A_e = "e", B_e = "e", B_out = "e", A = "c" } do
          model:set_metabolite(id, { compartment = place })
        end
        return { model:boundaries(), model:medium() }
      ]])
  end)

  it("is set as a whole, or not at all", function()
    run(kitchen)
    assert.same({ { EX_A = 30, EX_B = 20, EX_C = 20, EX_D = 20 }, { EX_A = 6, EX_C = 1 }, 2, -6 }, run [[
      local before = model:medium()
      model:set_medium { EX_A = 6, EX_C = 1 }
      return { before, model:medium(), model:optimum(), (model:bounds "EX_A") }
    ]])
    assert.matches('"OUT" is no exchange', problem_of [[
      local inside = flux.model { reactions = { { "A -> B", name = "OUT" }, { "-> A", name = "IN" } } }
      inside:set_medium { OUT = 1 }]])
    assert.matches('exchange "EX_A": an uptake of 0 or more expected, got %-1',
      problem_of "model:set_medium { EX_B = 3, EX_A = -1 }")
    assert.matches('no reaction "EX_Z"', problem_of "model:set_medium { EX_Z = 1 }")
    assert.matches("got a list", problem_of 'model:set_medium { "EX_A" }')
    assert.same({ EX_A = 6, EX_C = 1 }, run "return model:medium()")
  end)

  it("has a least total and a least number of components", function()
    run(kitchen)
    assert.same({ { medium = { EX_B = 4, EX_C = 4 }, total = 8, components = 2 },
      { medium = { EX_A = 12 }, total = 12, components = 1 },
      { medium = { EX_B = 4, EX_C = 4, OUT = -4 }, total = 8, components = 2 } }, run [[
        return { (model:minimal_medium { min_objective_value = 4 }),
          (model:minimal_medium { min_objective_value = 4, minimise_components = true }),
          (model:minimal_medium { min_objective_value = 4, exports = true }) }
      ]])
    assert.same({ 2, 3, "infeasible", "infeasible", 30 }, run [[
      local most = model:minimal_medium { min_objective_value = 20, minimise_components = true }
      local more = model:minimal_medium { min_objective_value = 21, minimise_components = true }
      local _, one = model:minimal_medium { min_objective_value = 31 }
      local _, other = model:minimal_medium { min_objective_value = 31, minimise_components = true }
      return { most.components, more.components, one, other, model:medium().EX_A }
    ]])
    assert.same({ 1, 93 }, run [[
      model:set_bounds("EX_A", 0, 1000)
      local m = model:minimal_medium { min_objective_value = 31, minimise_components = true, open_exchanges = 100 }
      return { m.components, m.total }
    ]])
  end)

  it("with fewest components agrees with trying all of them", function()
    -- 8 exchanges feed 6 needs of a product; which sets are enough is tried for all 256.
    local found = run [[
      local state = 7
      local function draw(n) state = (state*1103515245 + 12345) % 2147483648 return state//65536 % n end
      local answers = {}
      for case = 1, 4 do
        local reactions = { { "N1 + N2 + N3 + N4 + N5 + N6 -> P", name = "MAKE" }, { "P ->", name = "OUT" } }
        for e = 1, 8 do
          reactions[#reactions + 1] = { ("-> S%d"):format(e), name = "EX" .. e, upper = 10 + draw(5) }
          for n = 1, 6 do
            if draw(3) == 0 then
              reactions[#reactions + 1] = { ("S%d -> N%d"):format(e, n), name = ("R%d_%d"):format(e, n) }
            end
          end
        end
        for n = 1, 6 do reactions[#reactions + 1] = { ("S%d -> N%d"):format(n, n), name = "OWN" .. n } end
        local model = flux.model { reactions = reactions, objective = "OUT" }
        local least = 9
        for set = 0, 255 do
          do
            local as_before <close> = model:context()
            local size = 0
            for e = 1, 8 do
              if set >> (e - 1) & 1 == 1 then size = size + 1 else model:set_bounds("EX" .. e, 0, 0) end
            end
            if size < least and (model:optimum() or 0) >= 4 - 1e-9 then least = size end
          end
        end
        local got = model:minimal_medium { min_objective_value = 4, minimise_components = true }
        answers[case] = { least, got and got.components or 9 }
      end
      return answers
    ]]
    for _, answer in ipairs(found) do assert.equal(answer[1], answer[2]) end
  end)
end)

describe("a summary", function()
  it("sorts what is taken up and given off, with ranges when asked", function()
    run(kitchen)
    assert.same({ status = "optimal", objective = 30,
      uptake = { { reaction = "EX_A", metabolite = "A", flux = 30 }, { reaction = "EX_B", metabolite = "B", flux = 20 },
        { reaction = "EX_C", metabolite = "C", flux = 20 } },
      secretion = { { reaction = "OUT", metabolite = "P", flux = 30 } } }, run "return model:summary()")
    local ranged = run "return model:summary { fraction = 0.5 }"
    assert.same({ reaction = "EX_A", metabolite = "A", flux = 30, minimum = 0, maximum = 30 }, ranged.uptake[1])
    assert.same({ reaction = "OUT", metabolite = "P", flux = 30, minimum = 15, maximum = 30 }, ranged.secretion[1])
    assert.same({ status = "optimal", objective = 1, uptake = { { reaction = "EX_A", metabolite = "A", flux = 3 } },
      secretion = { { reaction = "OUT", metabolite = "P", flux = 1 } } },
      run "return model:summary { fluxes = { EX_A = -3, FROM_A = 1, OUT = 1 } }")
    assert.matches('no reaction "X"', problem_of "model:summary { fluxes = { X = 1 } }")
  end)

  it("tells who makes and who uses a metabolite", function()
    assert.same({ status = "optimal", objective = 30,
      producing = { { reaction = "FROM_BC", flux = 20, percent = 100*20/30 },
        { reaction = "FROM_A", flux = 10, percent = 100*10/30 } },
      consuming = { { reaction = "OUT", flux = 30, percent = 100 } } }, run 'return model:metabolite_summary "P"')
    assert.matches('no metabolite "Z"', problem_of 'model:metabolite_summary "Z"')
    assert.same({ status = "infeasible" },
      run 'model:set_bounds("OUT", 100, 200) return model:metabolite_summary "P"')
  end)
end)

describe("a production envelope", function()
  it("gives the least and the greatest objective along fluxes", function()
    run(kitchen)
    local rows = run 'return model:production_envelope { reactions = { "FROM_A" }, points = 5 }'
    for i, row in ipairs(rows) do
      near(2.5*(i - 1), row.fluxes.FROM_A)
      near(2.5*(i - 1), row.minimum)
      near(2.5*(i - 1) + 20, row.maximum)
      if i > 1 and i < 5 then near(1, row.shadow_prices.FROM_A) end -- at an edge it is none of the two sides'
    end
    assert.equal(5, #rows)
    local plane = run [[
      model:set_bounds("OUT", 0, 25)
      return model:production_envelope { reactions = { "FROM_A", "FROM_BC" }, points = 3, objective = "EX_C" }]]
    assert.equal(9, #plane)
    for _, row in ipairs(plane) do
      if row.fluxes.FROM_A + row.fluxes.FROM_BC > 25 + 1e-9 then
        assert.is_nil(row.maximum)
        assert.is_nil(row.minimum)
        assert.same({}, row.shadow_prices)
      else
        near(row.fluxes.FROM_BC, row.minimum)
        near(row.fluxes.FROM_BC, row.maximum)
      end
    end
    assert.same({ OUT = 1 }, run "return (model:objective())")
  end)

  it("has phases with shadow prices of their own", function()
    -- P is limited by A and by B: the lesser of both
    local rows = run [[
      local model = flux.model { objective = "OUT", reactions = { { "-> A", name = "A", upper = 8 },
        { "-> B", name = "B", upper = 4 }, { "A -> A2", name = "move", upper = 100 },
        { "A2 + 2 B -> P", name = "make", upper = 50 }, { "A ->", name = "lose_A", upper = 50 },
        { "B ->", name = "lose_B", upper = 50 }, { "P ->", name = "OUT", upper = 50 } } }
      return model:production_envelope { reactions = { "A", "B" }, points = 6 }]]
    for _, row in ipairs(rows) do
      local by_a, by_b = row.fluxes.A, row.fluxes.B/2
      near(math.min(by_a, by_b), row.maximum)
      if by_a ~= by_b then
        near(by_a < by_b and 1 or 0, row.shadow_prices.A)
        near(by_a < by_b and 0 or 0.5, row.shadow_prices.B)
      end
    end
  end)

  it("refuses what has no grid", function()
    assert.matches('nothing bounds the flux of reaction "OUT"', problem_of [[
      model:set_bounds("EX_A", -math.huge, 0) model:set_bounds("OUT", 0, math.huge)
      model:production_envelope { reactions = { "OUT" } }]])
    assert.matches("one to 3 expected, got 0", problem_of "model:production_envelope { reactions = {} }")
    assert.matches("points: a whole number of 2 or more", problem_of [[
      model:production_envelope { reactions = { "OUT" }, points = 1 }]])
    assert.matches("of 1e%+06 in all at most", problem_of [[
      model:production_envelope { reactions = { "OUT", "EX_A" }, points = 1001 }]])
    assert.matches('"OUT" is there twice', problem_of [[
      model:production_envelope { reactions = { "OUT", "OUT" } }]])
  end)
end)

-- 10 of A become B by R1, or by R2 that is idle in the reference.
local routes = [[
  model = flux.model {
    reactions = {
      { "-> A", name = "IN", upper = 10 },
      { "A -> B", name = "R1", upper = 1000 },
      { "A -> B", name = "R2", upper = 1000 },
      { "B ->", name = "OUT", upper = 1000 },
    },
    objective = "OUT",
  }
  reference = { IN = 10, R1 = 10, OUT = 10 }
]]

describe("the geometric optimum", function()
  -- Three ways of one length share alike, and a longer one has no part in it.
  it("is in the middle of all that are shortest", function()
    local fluxes = run [[
      local model = flux.model { objective = "OUT", reactions = {
        { "-> A", name = "IN", upper = 1 }, { "A -> B", name = "R1" }, { "A -> B", name = "R2" },
        { "B <=> A", name = "R3" }, { "A -> C", name = "L1" }, { "C -> B", name = "L2" }, { "B ->", name = "OUT" } } }
      return model:geometric().fluxes
    ]]
    near(0, fluxes.L1 + fluxes.L2, 1e-6)
    for name, flux in pairs { IN = 1, OUT = 1, R1 = 1/3, R2 = 1/3, R3 = -1/3 } do near(flux, fluxes[name], 1e-6) end
  end)

  it("obeys bounds and constraints, and leaves the model as it was", function()
    assert.same({ "infeasible", true }, run [[
      local model = flux.model { objective = "OUT", reactions = {
        { "-> A", name = "IN", upper = 4 }, { "A -> B", name = "a", upper = 1 }, { "A -> B", name = "b" },
        { "A -> B", name = "c" }, { "B ->", name = "OUT" } } }
      model:add_constraint { name = "less", fluxes = { c = 1, a = -1 }, upper = 0 }
      local before = model:to_json()
      local fluxes = model:geometric().fluxes
      assert(fluxes.a >= 0 and fluxes.a <= 1 and fluxes.c <= fluxes.a + 1e-9, "out of bounds")
      assert(math.abs(fluxes.a + fluxes.b + fluxes.c - 4) < 1e-9, "not the optimum")
      local unchanged = before == model:to_json()
      model:set_bounds("OUT", 9, 10)
      return { model:geometric().status, unchanged }
    ]])
  end)
end)

describe("objectives in order", function()
  it("are each the best that those before leave", function()
    run(kitchen)
    -- OUT is at most 30, by 30 A and 20 of B and C each; D, which nobody uses, cannot run; all of A has to
    assert.same({ status = "optimal", objectives = { 30, 0, 30 } }, run [[
      local s = model:lexicographic { "OUT", { fluxes = { EX_D = -1 } },
        { fluxes = { EX_A = -1 }, sense = "minimise" } }
      s.fluxes = nil
      return s]])
    assert.same({ { 4, 4, 0, 0 }, { EX_A = 0, EX_D = 0, FROM_BC = 4 }, 30 }, run [[
      local as_before <close> = model:context()
      model:set_bounds("OUT", 0, 4)
      local s = model:lexicographic { "OUT", "FROM_BC", { fluxes = { EX_A = -1 } },
        { fluxes = { EX_D = -1 }, sense = "minimise" } }
      local f = s.fluxes
      return { s.objectives, { EX_A = f.EX_A, EX_D = f.EX_D, FROM_BC = f.FROM_BC },
        select(2, model:bounds "OUT") == 4 and 30 }]])
    near(30, run "return model:optimum()")
  end)

  it("agree with bounds that hold those before, on networks that are drawn", function()
    assert.same({}, run [[
      local state, wrong = 5, {}
      local function draw(n) state = (state*1103515245 + 12345) % 2147483648 return state//65536 % n end
      for round = 1, 20 do
        local reactions = {}
        for i = 1, 4 do reactions[i] = { ("-> M%d"):format(i), name = "IN" .. i, lower = -10, upper = 10 } end
        for i = 1, 6 do
          reactions[#reactions + 1] = {
            ("%d M%d -> %d M%d"):format(1 + draw(2), 1 + i % 4, 1 + draw(3), 1 + i*2 % 4),
            name = "R" .. i, lower = -draw(3)*5, upper = 5 + draw(5) }
        end
        local model, goals = flux.model { reactions = reactions }, {}
        for k = 1, 3 do
          local fluxes = {}
          for _, name in ipairs(model:reactions()) do if draw(3) == 0 then fluxes[name] = draw(9) - 4 end end
          goals[k] = { fluxes = fluxes, sense = draw(2) == 0 and "maximise" or "minimise" }
        end
        local got = model:lexicographic(goals)
        local as_before <close> = model:context()
        for k, goal in ipairs(goals) do
          model:set_objective(goal.fluxes, goal.sense)
          local best, value = model:optimum(), 0
          for name, c in pairs(goal.fluxes) do value = value + c*got.fluxes[name] end
          local off = math.max(math.abs(best - got.objectives[k]), math.abs(value - best))
          if off > 1e-6 then wrong[#wrong + 1] = round end
          if next(goal.fluxes) then
            model:add_constraint { name = "g" .. k, fluxes = goal.fluxes, lower = best - 1e-9, upper = best + 1e-9 }
          end
        end
      end
      return wrong
    ]])
  end)

  it("end where one has no best, and are refused where they are none", function()
    run(kitchen)
    assert.same({ { status = "unbounded", objectives = { 0 } }, { status = "infeasible", objectives = {} } }, run [[
      local as_before <close> = model:context()
      model:add_reactions { { "A --> A2", name = "more" }, { "A2 --> A", name = "less" } }
      local one = model:lexicographic { { fluxes = { OUT = 1 }, sense = "minimise" }, "more" }
      model:set_bounds("OUT", 99, 99)
      return { one, model:lexicographic { "OUT" } }]])
    assert.matches("1 to 1000 objectives expected, got 0", problem_of "model:lexicographic {}")
    assert.matches('objective 2: no reaction "NO"', problem_of 'model:lexicographic { "OUT", "NO" }')
    assert.matches("objective 1.sense: a string expected",
      problem_of 'model:lexicographic { { fluxes = { OUT = 1 }, sense = 1 } }')
  end)
end)

describe("fluxes near a reference", function()
  before_each(function() run(routes) end)

  it("by squares, by differences, and by how many change", function()
    local s = run 'return model:moma { reference = reference, reactions = { "R1" } }'
    near(20/3, s.objective)
    near(20/3, s.fluxes.R2)
    near(100 + 600/9, s.distance)
    local l = run 'return model:moma { reference = reference, reactions = { "R1" }, linear = true }'
    near(20, l.distance)
    local r = run 'return model:room { reference = reference, reactions = { "R1" } }'
    assert.equal(2, r.changes)
    assert.is_true(r.fluxes.IN >= 10 - 0.301 - 1e-6)
    near(1 + 10/1000, run('return model:room { reference = reference, reactions = { "R1" }, linear = true }').changes)
    near(0, run('return model:moma { reference = reference }').distance)
    assert.equal(0, run('return model:room { reference = reference }').changes)
    -- a small distance beside great fluxes: R2 has to run by 0.001
    near(5/3, 1e6*run([[
      model:set_bounds { R2 = { 0.001, 1e6 }, R1 = { 0, 1e6 }, IN = { 0, 1e6 }, OUT = { 0, 1e6 } }
      return model:moma { reference = { IN = 1e4, R1 = 1e4, OUT = 1e4 } }]]).distance, 1e-7)
  end)

  it("leave the model as it was, and say what is wrong", function()
    assert.same({ 10, {} }, run [[
      model:moma { reference = reference, reactions = { "R1" } }
      return { model:optimum(), model:disabled().reactions }]])
    assert.same({ status = "infeasible" }, run [[
      local as_before <close> = model:context()
      model:set_bounds("OUT", 5, 1000)
      return model:moma { reference = reference, reactions = { "R1", "R2" } }]])
    assert.matches('no reaction "R9"', problem_of 'model:moma { reference = { R9 = 1 } }')
    assert.matches("linear: a boolean expected", problem_of 'model:moma { linear = 1 }')
    assert.matches('ROOM: reaction "R2" has no bound', problem_of [[
      model:set_bounds("R2", 0, math.huge)
      model:room { reference = reference, reactions = { "R1" }, linear = true }]])
    assert.equal(2, run('return model:room { reference = reference, reactions = { "R1" } }').changes)
  end)

  it("by how many change are the same as by trying all sets of reactions that may", function()
    assert.same({}, run [[
      local wrong = {}
      local function least(model, reference, gone)
        local names, ranges = model:reactions(), {}
        for i, name in ipairs(names) do
          local at, width = reference[name], 0.03*math.abs(reference[name]) + 0.001
          local lower, upper = model:bounds(name)
          if name == gone then lower, upper = 0, 0 end
          ranges[i] = { lower, upper, math.max(lower, at - width), math.min(upper, at + width) }
        end
        local fewest = math.huge
        for set = 0, 2^#names - 1 do
          local count, possible = 0, true
          for i, r in ipairs(ranges) do
            local free = set & 1 << i - 1 > 0
            count = count + (free and 1 or 0)
            possible = possible and (free or r[3] <= r[4])
          end
          if possible and count < fewest then
            local as_before <close> = model:context()
            for i, r in ipairs(ranges) do
              local free = set & 1 << i - 1 > 0
              model:set_bounds(names[i], free and r[1] or r[3], free and r[2] or r[4])
            end
            if model:optimum() then fewest = count end
          end
        end
        return fewest
      end
      for seed = 1, 12 do
        math.randomseed(seed)
        local function some() return math.random(1, 3) end
        local model = flux.model { objective = "OUT", reactions = {
          { "-> A", name = "IN", upper = 10 }, { ("A -> %d B"):format(some()), name = "AB" },
          { ("%d B -> %d C"):format(some(), some()), name = "BC", lower = -50 },
          { ("C -> %d D"):format(some()), name = "CD" }, { ("%d A -> D"):format(some()), name = "AD" },
          { ("%d A -> E"):format(some()), name = "AE" }, { ("E -> %d C"):format(some()), name = "EC" },
          { "D ->", name = "OUT" }, { "E ->", name = "EX" } } }
        local reference, names = model:optimise().fluxes, model:reactions()
        for _, name in ipairs(names) do -- no longer balanced, in half of them
          if seed % 2 == 0 then reference[name] = reference[name]*(0.9 + 0.2*math.random()) end
        end
        local gone = names[math.random(2, 7)]
        local expected = least(model, reference, gone)
        local changes = model:room { reference = reference, reactions = { gone } }.changes
        if changes ~= expected then wrong[#wrong + 1] = ("%d: %g, not %g"):format(seed, changes, expected) end
      end
      return wrong
    ]])
  end)

  it("by squares are the same as by Lagrange's conditions, whatever bounds hold", function()
    -- A network of 12 reactions: the point is checked by the conditions of Karush, Kuhn and Tucker.
    run [[
      local state = 11
      function draw(n) state = (state*1103515245 + 12345) % 2147483648 return state//65536 % n end
      local reactions = {}
      for i = 1, 5 do reactions[i] = { ("-> M%d"):format(i), name = "IN" .. i, lower = -20, upper = 20 } end
      for i = 1, 7 do
        reactions[#reactions + 1] = { ("%d M%d -> %d M%d"):format(1 + draw(2), 1 + i % 5, 1 + draw(3), 1 + i*2 % 5),
          name = "R" .. i, lower = -draw(3)*5, upper = 10 }
      end
      model = flux.model { reactions = reactions, objective = "IN1" }
      w = {}
      for _, name in ipairs(model:reactions()) do w[name] = draw(60) - 30 end
    ]]
    local s = run "return model:moma { reference = w }"
    -- No other point that the model allows is nearer: along the way to many of them the distance grows.
    local worst = run([[
      local v, worst = args.fluxes, math.huge
      for case = 1, 40 do
        local objective = {}
        for _, name in ipairs(model:reactions()) do objective[name] = draw(21) - 10 end
        model:set_objective(objective)
        local other, slope = model:optimise().fluxes, 0
        for name, flux in pairs(v) do slope = slope + 2*(flux - w[name])*(other[name] - flux) end
        worst = math.min(worst, slope)
      end
      return worst]], s)
    assert.is_true(worst >= -1e-6, tostring(worst))
  end)
end)

-- Two loops that share R1: R1 R2 R3, and R1 R4 R5; uptake of A and C, secretion of A, B and C.
local looped = [[
  model = flux.model {
    reactions = {
      { "-> A", name = "IN_A", upper = 10 },
      { "C ->", name = "EX_C", lower = -4, upper = 7 },
      { "B ->", name = "OUT_B", upper = 100 },
      { "A -> B", name = "R1", lower = -50, upper = 50 },
      { "B -> C", name = "R2", lower = -50, upper = 50 },
      { "C -> A", name = "R3", upper = 60 },
      { "B -> 2 D", name = "R4", upper = 40 },
      { "2 D -> A", name = "R5", lower = -50, upper = 50 },
    },
    objective = "OUT_B",
  }
]]

describe("fluxes without loops", function()
  -- Directions of the internal reactions in each loop that there can be.
  local ranges = looped .. [[
    local names = { "R1", "R2", "R3", "R4", "R5" }
    local loops = { { R1 = 1, R2 = 1, R3 = 1 }, { R1 = 1, R4 = 1, R5 = 1 }, { R2 = -1, R3 = -1, R4 = 1, R5 = 1 } }
    local ways = {}
    for i = 0, 31 do
      local way = {}
      for k, name in ipairs(names) do way[name] = i >> (k - 1) & 1 == 1 and 1 or -1 end
      local has_loop = false
      for _, loop in ipairs(loops) do
        for _, sign in ipairs { 1, -1 } do
          local all = true
          for name, way_of in pairs(loop) do all = all and way[name] == sign*way_of end
          has_loop = has_loop or all
        end
      end
      if not has_loop then ways[#ways + 1] = way end
    end
    -- The best of all signs that no loop has.
    function counted(objective, sense)
      local best
      for _, way in ipairs(ways) do
        local as_before <close> = model:context()
        model:set_objective(objective, sense)
        local empty = false
        for name, sign in pairs(way) do
          local lower, upper = model:bounds(name)
          lower, upper = sign > 0 and math.max(lower, 0) or lower, sign < 0 and math.min(upper, 0) or upper
          if lower > upper then empty = true else model:set_bounds(name, lower, upper) end
        end
        local value = not empty and model:optimum()
        if value and (not best or (sense == "maximise" and value > best) or (sense == "minimise" and value < best)) then
          best = value
        end
      end
      return best
    end
  ]]

  it("vary as enumeration says", function()
    local rows = run(ranges .. [[
      local got = model:variability { fraction = 0, loopless = true }
      local rows = {}
      for _, name in ipairs(model:reactions()) do
        rows[#rows + 1] = { counted(name, "minimise"), got[name].minimum, counted(name, "maximise"), got[name].maximum }
      end
      return rows]])
    for _, row in ipairs(rows) do
      near(row[1], row[2])
      near(row[3], row[4])
    end
    assert.equal(50, run(looped .. "return model:variability { fraction = 0 }.R1.maximum"))
  end)

  it("have an optimum, also where the objective is in a loop", function()
    local found = run(ranges .. [[
      local answer = {}
      for _, name in ipairs { "OUT_B", "R1", "R3", "R5" } do
        model:set_objective(name, "maximise")
        local s = model:loopless()
        answer[#answer + 1] = { s.status, s.objective, counted(name, "maximise") }
      end
      return answer]])
    for _, row in ipairs(found) do
      assert.equal("optimal", row[1])
      near(row[3], row[2])
    end
  end)

  it("are found from others with the same exchanges", function()
    run(looped)
    assert.same({ status = "optimal", objective = 10,
      fluxes = { IN_A = 10, EX_C = 0, OUT_B = 10, R1 = 10, R2 = 0, R3 = 0, R4 = 0, R5 = 0 } }, run [[
        return model:loopless { fluxes = { IN_A = 10, OUT_B = 10, R1 = 40, R2 = 20, R3 = 20, R4 = 10, R5 = 10 } }]])
    assert.matches("do not obey the model", problem_of "model:loopless { fluxes = { IN_A = 10 } }")
    assert.matches("bounds force to run", problem_of [[
      model:set_bounds { R1 = { 20, 50 } }
      model:loopless()]])
    assert.same({ status = "infeasible" }, run [[
      model:set_bounds("OUT_B", 90, 100)
      return model:loopless()]])
  end)
end)

-- The greatest distance between the distribution of samples and the cumulative one that they should have.
local function distance(samples, cumulative)
  local all = {}
  for _, chain in ipairs(samples) do table.move(chain, 1, #chain, #all + 1, all) end
  table.sort(all)
  local worst = 0
  for i, x in ipairs(all) do
    local p = cumulative(x)
    worst = math.max(worst, math.abs(p - i/#all), math.abs(p - (i - 1)/#all))
  end
  return worst*(#all)^0.5
end

describe("samples of fluxes", function()
  -- Of a simplex the marginals are Beta(1, 3), and Beta(3, 1) of the sum; X and Y, of other sizes, are even.
  local shapes = [[
    model = flux.model {
      reactions = {
        { "-> A", name = "SUM", upper = 1 },
        { "A ->", name = "O1", upper = 5 }, { "A ->", name = "O2", upper = 5 }, { "A ->", name = "O3", upper = 5 },
        { "-> B", name = "X", lower = -0.001, upper = 0.003 }, { "B ->", name = "X_OUT", lower = -9, upper = 9 },
        { "-> C", name = "Y", lower = 5, upper = 1000 }, { "2 C -> D", name = "HALF" }, { "D ->", name = "D_OUT" },
        { "-> E", name = "STILL", lower = 2, upper = 2 }, { "E ->", name = "E_OUT" },
      },
      objective = "SUM",
    }
  ]]

  it("are even over shapes whose marginals are known", function()
    local s = run(shapes .. "return model:sample { n = 500, chains = 4, thinning = 20, seed = 3 }")
    assert.equal("optimal", s.status)
    local function even(low, high) return function(x) return (x - low)/(high - low) end end
    local expected = { SUM = function(x) return x^3 end, X = even(-0.001, 0.003), X_OUT = even(-0.001, 0.003),
      Y = even(5, 1000), HALF = even(2.5, 500), D_OUT = even(2.5, 500) }
    for i = 1, 3 do expected["O" .. i] = function(x) return 1 - (1 - x)^3 end end
    for name, cumulative in pairs(expected) do
      local far = distance(s.samples[name], cumulative)
      assert.is_true(far < 1.63, name .. " " .. far) -- a hundredth of even samples would be further
      local d = s.diagnostics[name]
      assert.is_true(d.r_hat < 1.02 and d.effective_size > 500 and d.geweke < 4, name .. " " .. d.r_hat)
    end
    assert.is_nil(s.diagnostics.STILL.r_hat)
    near(2, s.diagnostics.STILL.mean)
    near(0.25, s.diagnostics.O1.mean, 0.03)
    near((3/80)^0.5, s.diagnostics.O1.deviation, 0.03)
  end)

  it("of a chain are the same whatever is drawn beside it", function()
    local parts = run(shapes .. [[
      local all = model:sample { n = 12, chains = 3, thinning = 5, seed = 9 }
      local put = { samples = {} }
      for chain = 1, 3 do
        local one = model:sample { n = 12, chains = 1, first_chain = chain, thinning = 5, seed = 9 }
        for name, chains in pairs(one.samples) do
          put.samples[name] = put.samples[name] or {}
          put.samples[name][chain] = chains[1]
        end
      end
      local other = model:sample { n = 12, chains = 1, thinning = 5, seed = 10 }
      return { all.samples, put.samples, all.diagnostics, flux.sample_diagnostics(put.samples), other.samples }
    ]])
    assert.same(parts[1], parts[2])
    assert.same(parts[3], parts[4])
    assert.is_false(parts[1].O1[1][1] == parts[5].O1[1][1])
    assert.is_false(parts[1].O1[1][1] == parts[1].O1[2][1])
  end)

  it("near the optimum are of its part alone, and of the reactions that are asked for", function()
    local s = run(shapes .. 'return model:sample { n = 200, chains = 2, fraction = 0.9, reactions = { "SUM", "O1" } }')
    assert.is_nil(s.samples.X)
    assert.is_true(distance(s.samples.SUM, function(x) return (x^3 - 0.9^3)/(1 - 0.9^3) end) < 1.63)
    local best = run(shapes .. "return model:sample { n = 20, chains = 1, fraction = 1 }")
    for _, x in ipairs(best.samples.SUM[1]) do near(1, x) end
    assert.same({ status = "infeasible" }, run(shapes .. [[
      model:set_bounds("E_OUT", 3, 4)
      return model:sample()]]))
  end)

  it("are refused where there is no even draw, and end when time is up", function()
    assert.matches('nothing bounds the flux of reaction "Z', problem_of [[
      local open = flux.model { reactions = { { "-> A", name = "Z1" }, { "A ->", name = "Z2" } }, objective = "Z1" }
      open:sample()]])
    assert.matches("n: a whole number of 1 to", problem_of "model:sample { n = 0 }")
    assert.matches("seed: a whole number", problem_of "model:sample { seed = 0.5 }")
    assert.matches("fraction: 0 to 1", problem_of "model:sample { fraction = 2 }")
    assert.matches("too many at once", problem_of "model:sample { n = 1e8, chains = 1e3 }")
    assert.matches("chains of one length", problem_of [[
      flux.sample_diagnostics { A = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, { 1 } } }]])
    local result, err = call(shapes .. "return model:sample { n = 1, chains = 1, thinning = 1e9 }", { timeout = 0.5 })
    assert.is_nil(result)
    assert.equal("EDEADLINE", err.code)
  end)
end)

describe("multiple knock-outs", function()
  it("are as each set disabled, in the order of the sets", function()
    local found = run(looped .. [[
      local gened = flux.model { reactions = {
        { "-> A", name = "IN", upper = 10 }, { "A -> B", name = "R1", upper = 5, genes = "a and b" },
        { "A -> B", name = "R2", upper = 3, genes = "c or d" }, { "A -> B", name = "R3", upper = 1, genes = "e" },
        { "B ->", name = "OUT" } }, objective = "OUT" }
      local sets = { { "R1", "R4", "R2" }, {}, { "IN_A", "EX_C" }, { "R1" } }
      local one = model:knock_outs { reactions = true, sets = sets }
      local other = gened:knock_outs { genes = true, sets = { { "a", "c", "d" }, { "c" }, { "e", "b", "a" } } }
      local values = {}
      for _, m in ipairs(one) do values[#values + 1] = m.objective end
      for _, m in ipairs(other) do values[#values + 1] = m.objective end
      model:disable { reactions = { "R1", "R4", "R2" } }
      values[#values + 1] = model:optimum()
      return { values, one[1], #one[2] }
    ]])
    assert.same({ 0, 14, 0, 4, 1, 9, 3, 0 }, (function()
      local whole = {}
      for i, v in ipairs(found[1]) do whole[i] = math.floor(v + 0.5) end
      return whole
    end)())
    assert.same({ "R1", "R4", "R2", status = "optimal", objective = found[1][8] }, found[2])
    assert.equal(0, found[3])
    assert.matches("with sets, genes = true", problem_of 'model:knock_outs { reactions = { "R1" }, sets = {} }')
    assert.matches('no reaction "R9"', problem_of 'model:knock_outs { reactions = true, sets = { { "R9" } } }')
  end)
end)
