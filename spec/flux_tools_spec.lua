-- Analyses of flux-balance models inside a VM, beside what can be worked out by hand or counted out.

local kind = require "spec.support.vm_kind"

local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1
local vm

local function call(code, options)
  options = options or {}
  options.timeout = options.timeout or 60*slow
  return vm:execute_biological_process(code, options)
end

local function run(code, args)
  return assert(call(code, { args = args })).result
end

local function problem_of(code, args)
  local result, err = call(code, { args = args })
  assert.is_nil(result, "an error expected")
  assert.equal("running", vm:get_state(), tostring(err))
  return tostring(err), err.code
end

local function near(expected, got, tolerance)
  assert.is_true(math.abs(expected - got) <= (tolerance or 1e-9)*math.max(1, math.abs(expected)),
    ("%.15g expected, got %.15g"):format(expected, got))
end

setup(function()
  vm = assert(kind.create("flux_tools", "minimal_cell"))
  assert(vm:start())
end)
teardown(function() vm:destroy() end)

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
      else
        near(row.fluxes.FROM_BC, row.minimum)
        near(row.fluxes.FROM_BC, row.maximum)
      end
    end
    assert.same({ OUT = 1 }, run "return (model:objective())")
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
