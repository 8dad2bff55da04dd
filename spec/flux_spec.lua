-- Flux balance inside a VM, on models small enough to solve by hand.

local enzyme_model = require "spec.support.enzyme_model"
local flux_vm = require "spec.support.flux_vm"
local kind = require "spec.support.vm_kind"

local call, run, problem_of, near = flux_vm.call, flux_vm.run, flux_vm.problem_of, flux_vm.near

setup(flux_vm.open)
teardown(flux_vm.close)

-- 10 of A become B in two ways: 2 of B by R1, which needs g1 and one of g2, g3; 1 of B by R2.
local branch = [[
  model = flux.model {
    reactions = {
      { "-> A", name = "EX_A", upper = 10 },
      { "A -> 2 B", name = "R1", genes = "g1 and (g2 or g3)" },
      { "A -> B", name = "R2", genes = "g2" },
      { "B ->", name = "BIO", upper = 1000 },
    },
    objective = "BIO",
  }
]]

describe("a flux model", function()
  before_each(function() run(branch) end)

  it("has the best fluxes, reduced costs and shadow prices", function()
    assert.same({
      status = "optimal", objective = 20,
      fluxes = { EX_A = 10, R1 = 10, R2 = 0, BIO = 20 },
      reduced_costs = { EX_A = 2, R1 = 0, R2 = -1, BIO = 0 },
      shadow_prices = { A = -2, B = -1 },
    }, run "return model:optimise()")
  end)

  it("minimises too", function()
    assert.same({ 4, "minimise" }, run [[
      model:set_bounds("EX_A", 4, 10)
      model:set_objective({ R1 = 1, R2 = 1, BIO = 0 }, "minimise")
      local _, sense = model:objective()
      return { model:optimum(), sense }
    ]])
  end)

  it("tells what is infeasible and what is unbounded", function()
    assert.same({ "infeasible", "unbounded", status = { status = "infeasible" } }, run [[
      model:set_bounds("BIO", 21, 1000)
      local _, infeasible = model:optimum()
      local solution = model:optimise()
      model:set_bounds { BIO = { 0, math.huge }, EX_A = { 0, math.huge } }
      local _, unbounded = model:optimum()
      return { infeasible, unbounded, status = solution }
    ]])
    assert.same({ "infeasible", { status = "infeasible" } }, run [[
      model:set_bounds { BIO = { 21, 1000 }, EX_A = { 0, 10 } }
      local range, status = model:variability()
      assert(range == nil)
      return { status, model:parsimonious() }
    ]])
  end)

  it("has reactions that are blocked, and metabolites that lead nowhere", function()
    assert.same({ { "GONE", "NOWHERE", "BACK" }, { "C", "D", "E" }, { "B", "C", "D", "E" }, "BIO" }, run [[
      local model = flux.model { objective = "BIO", reactions = {
        { "-> A", name = "EX_A", upper = 10 }, { "A -> B", name = "R1" }, { "B ->", name = "BIO", upper = 1000 },
        { "C -> A", name = "GONE" }, { "A -> D", name = "NOWHERE" }, { "A -> E", name = "BACK", lower = -5 },
        { "B -> A", name = "LOOP", upper = 7 } } }
      local blocked, dead = model:blocked(), model:dead_ends()
      model:disable { reactions = { "R1", "EX_A", "LOOP" } }
      local all = model:dead_ends()
      return { blocked, dead, all, (next((model:objective()))) }
    ]])
  end)

  it("blocks what variability says is 0 for any objective", function()
    assert.same({ 0, true }, run [[
      local state, wrong, some = 5, 0, false
      local function draw(n) state = (state*1103515245 + 12345) % 2147483648 return state//65536 % n end
      for _ = 1, 40 do
        local rows = { { "-> m0", name = "IN", upper = 10 }, { "m4 ->", name = "OUT", upper = math.huge } }
        for i = 1, 14 do
          local back = draw(3) == 0
          rows[#rows + 1] = { ("%d m%d -> m%d"):format(1 + draw(2), draw(8), draw(8)), name = "r" .. i,
            lower = back and -1 - draw(9) or 0, upper = draw(4) > 0 and math.huge or draw(2) }
        end
        local model = flux.model { reactions = rows }
        local blocked = {}
        for _, name in ipairs(model:blocked()) do blocked[name] = true some = true end
        for name, range in pairs(model:variability()) do
          if (range.minimum >= -1e-7 and range.maximum <= 1e-7) ~= (blocked[name] or false) then wrong = wrong + 1 end
        end
      end
      return { wrong, some }
    ]])
  end)

  it("says what cannot all hold, and what has no bound", function()
    assert.same({
      { status = "infeasible", metabolites = { "A", "B" }, bounds = {
        { reaction = "EX_A", bound = "upper", value = 10 }, { reaction = "R2", bound = "lower", value = 0 },
        { reaction = "BIO", bound = "lower", value = 21 } } },
      { status = "unbounded", fluxes = { EX_A = 0.5, R1 = 0.5, BIO = 1 } },
      { status = "optimal" },
    }, run [[
      model:set_bounds("BIO", 21, 1000)
      local infeasible = model:diagnose()
      model:set_bounds { BIO = { 0, math.huge }, EX_A = { 0, math.huge } }
      local unbounded = model:diagnose()
      model:set_bounds("EX_A", 0, 10)
      return { infeasible, unbounded, model:diagnose() }
    ]])
  end)

  -- A chain in which each step may lose some; without any one of what is named it works, with all of it not.
  it("names no more than it must of what cannot all hold", function()
    assert.same({ true, 0 }, run [[
      local rows = { { "-> m1", name = "IN", upper = 3 } }
      for i = 1, 30 do
        rows[#rows + 1] = { ("m%d -> m%d"):format(i, i + 1), name = "S" .. i, lower = -5, upper = 50 }
        rows[#rows + 1] = { ("m%d ->"):format(i), name = "L" .. i, lower = i == 7 and 1 or 0, upper = 9 }
      end
      rows[#rows + 1] = { "m31 ->", name = "OUT", lower = 2.5 }
      local chain = flux.model { reactions = rows, objective = "OUT" }
      local found, wrong = chain:diagnose(), 0
      for _, b in ipairs(found.bounds) do
        local as_before <close> = chain:context()
        local lower, upper = chain:bounds(b.reaction)
        if b.bound == "lower" then lower = -math.huge else upper = math.huge end
        chain:set_bounds(b.reaction, lower, upper)
        -- other conflicts may be left: not all of what was named is in them
        local now = chain:diagnose()
        for _, other in ipairs(now.bounds or {}) do
          if other.reaction == b.reaction and other.bound == b.bound then wrong = wrong + 1 end
        end
      end
      return { #found.bounds > 3 and #found.bounds < 60, wrong }
    ]])
  end)

  it("warms up to changed bounds and objectives", function()
    assert.same({ 20, 10, 8, 20 }, run [[
      local first = model:optimum()
      model:set_bounds("EX_A", 0, 5)
      local second = model:optimum()
      model:set_bounds("EX_A", -5, 8)
      model:set_objective { R2 = 1 }
      local third = model:optimum()
      model:set_bounds("EX_A", 0, 10)
      model:set_objective "BIO"
      return { first, second, third, model:optimum() }
    ]])
  end)

  it("loses genes and reactions", function()
    assert.same({ 10, 20, 20, 10, 0, 0 }, run [[
      local function without(...) return model:knock_out { genes = { ... } }.objective end
      return { without "g1", without "g2", without "g3", model:knock_out { genes = { "g3" },
        reactions = { "R1" } }.objective, without("g2", "g3"), without("g1", "g2") }
    ]])
    assert.equal(20, run "return model:optimum()")
  end)

  it("loses them for good, in all that is computed, until they are enabled", function()
    local disabled = run [[
      model:disable { genes = { "g3" }, reactions = { "R2" } }
      local disabled = model:disabled()
      return { best = model:optimum(), disabled = disabled, without = model:knock_out { genes = { "g2" } }.objective,
        screen = model:knock_outs { genes = true }, range = model:variability().R2, bounds = { model:bounds "R2" },
        least = model:parsimonious().fluxes.R2 }
    ]]
    assert.same({ best = 20, disabled = { genes = { "g3" }, reactions = { "R2" } }, without = 0,
      screen = { { "g1", status = "optimal", objective = 0 }, { "g2", status = "optimal", objective = 0 },
        { "g3", status = "optimal", objective = 20 } },
      range = { minimum = 0, maximum = 0 }, bounds = { 0, math.huge }, least = 0 }, disabled)
    assert.same({ { genes = { "g1" }, reactions = { "R1" } }, 10, 20 }, run [[
      model:enable()
      model:disable { genes = { "g1" } }
      local one, without = model:disabled(), model:optimum()
      model:enable { genes = { "g1" } }
      return { one, without, model:optimum() }
    ]])
    assert.matches('no gene "x"', (problem_of "model:disable { genes = { 'x' } }"))
  end)

  it("stays infeasible or not as what is disabled had to run", function()
    assert.same({ "infeasible", 0, 0 }, run [[
      local forced = flux.model { objective = "OUT", reactions = { { "-> A", name = "IN", lower = 1, genes = "g" },
        { "A ->", name = "OUT", upper = 0.5 } } }
      local _, status = forced:optimum()
      forced:disable { genes = { "g" } }
      return { status, forced:optimum(), forced:knock_outs { reactions = { "IN" } }[1].objective }
    ]])
  end)

  it("is at the end of a block what it was before", function()
    assert.same({ 10, 20, { genes = {}, reactions = {} }, "maximise" }, run [[
      local inner
      do
        local as_before <close> = model:context()
        model:disable { genes = { "g1" } }
        model:set_bounds("EX_A", 0, 5)
        model:set_objective({ EX_A = -2 }, "minimise")
        inner = -model:optimum()
      end
      pcall(function()
        local as_before <close> = model:context()
        model:set_bounds("EX_A", 0, 0)
        error "left early"
      end)
      return { inner, model:optimum(), model:disabled(), select(2, model:objective()) }
    ]])
  end)

  it("screens them, alone and in pairs", function()
    assert.same({
      { "g1", status = "optimal", objective = 10 },
      { "g2", status = "optimal", objective = 20 },
      { "g3", status = "optimal", objective = 20 },
      { "g1", "g2", status = "optimal", objective = 0 },
      { "g1", "g3", status = "optimal", objective = 10 },
      { "g2", "g3", status = "optimal", objective = 0 },
    }, run "return model:knock_outs { genes = true, pairs = true }")
    assert.same({ { "R1", status = "optimal", objective = 10 } },
      run "return model:knock_outs { reactions = { 'R1' } }")
  end)

  it("knows what is essential", function()
    assert.same({ genes = {}, half = { "g1" }, reactions = { "EX_A", "BIO" } }, run [[
      return { genes = model:essential_genes(), half = model:essential_genes { fraction = 0.6 },
        reactions = model:essential_reactions() }
    ]])
  end)

  it("stops what was forced to run: that lifts a demand", function()
    assert.same({ status = "optimal", objective = 20 }, run [[
      local forced = flux.model { objective = "BIO", reactions = {
        { "-> A", name = "EX_A", upper = 10 }, { "A -> 2 B", name = "R1" },
        { "B ->", name = "BIO" }, { "B ->", name = "KEEP", lower = 30, genes = "k" } } }
      assert(forced:optimise().status == "infeasible")
      local mutant = forced:knock_outs { genes = true }[1]
      return { status = mutant.status, objective = mutant.objective }
    ]])
  end)

  -- At half the optimum of 20: R1 makes 2a, R2 b, a + b <= 10, 2a + b >= 10.
  it("varies its fluxes", function()
    local ranges = run "return model:variability { fraction = 0.5 }"
    local expected = { EX_A = { 5, 10 }, R1 = { 0, 10 }, R2 = { 0, 10 }, BIO = { 10, 20 } }
    for name, range in pairs(expected) do
      near(range[1], ranges[name].minimum)
      near(range[2], ranges[name].maximum)
    end
    assert.same({ R2 = { minimum = 0, maximum = math.huge } }, run [[
      model:set_bounds { R2 = { -math.huge, math.huge }, EX_A = { 0, math.huge },
        BIO = { 0, math.huge } }
      model:set_objective({ EX_A = 0 })
      model:set_bounds { R1 = { 0, 0 }, R2 = { 0, math.huge } }
      return model:variability { reactions = { "R2" } }
    ]])
  end)

  -- BIO >= 18 by R1 alone takes 9 + 9 + 18: 4 R1 + 3 R2 in all, and 2 R1 + R2 for BIO.
  it("varies its fluxes within so many times the least total", function()
    for factor, expected in pairs {
      [1] = { EX_A = { 9, 9 }, R1 = { 9, 9 }, R2 = { 0, 0 }, BIO = { 18, 18 } },
      [1.02] = { EX_A = { 9, 9.36 }, R1 = { 8.64, 9.18 }, R2 = { 0, 0.72 }, BIO = { 18, 18.36 } },
      [2] = { EX_A = { 9, 10 }, R1 = { 8, 10 }, R2 = { 0, 2 }, BIO = { 18, 20 } } } do
      local ranges = run("return model:variability { fraction = 0.9, pfba_factor = args }", factor)
      for name, range in pairs(expected) do
        near(range[1], ranges[name].minimum)
        near(range[2], ranges[name].maximum)
      end
    end
    assert.matches("1 or more times the least, got 0.9 times", problem_of "model:variability { pfba_factor = 0.9 }")
    assert.matches("loopless and pfba_factor cannot be together",
      problem_of "model:variability { loopless = true, pfba_factor = 2 }")
  end)

  -- BIO = 10 by R1 alone takes 5 + 5 + 10.
  it("is parsimonious", function()
    local solution = run "return model:parsimonious { fraction = 0.5 }"
    near(20, solution.total_flux)
    near(10, solution.objective)
    near(5, solution.fluxes.R1)
  end)

  it("runs backwards, and does not balance boundary metabolites", function()
    local solution = run [[
      return flux.model { boundary = { "x" }, objective = { out = 1 }, reactions = {
        { "b -> x", name = "back", lower = -7, upper = 7 },
        { stoichiometry = { b = -2, c = 0.5 }, name = "half" },
        { "c ->", name = "out" } } }:parsimonious()
    ]]
    near(1.75, solution.objective)
    near(-7, solution.fluxes.back)
    near(7 + 3.5 + 1.75, solution.total_flux)
  end)

  it("tells about itself", function()
    assert.same({ name = "R1", lower = 0, upper = math.huge, objective = 0,
      genes = "g1 and (g2 or g3)", stoichiometry = { A = -1, B = 2 } },
      run "return model:reaction 'R1'")
    assert.same({ "EX_A", "R1", "R2", "BIO" }, run "return model:reactions()")
    assert.same({ "A", "B" }, run "return model:metabolites()")
    assert.same({ "g1", "g2", "g3" }, run "return model:genes()")
    assert.equal("FluxModel(4 reactions, 2 metabolites, 3 genes)", run "return tostring(model)")
  end)

  it("reads rules as biologists write them", function()
    for rule, alive in pairs { ["(a AND b) OR c"] = true, ["a & b | c"] = true,
      ["a && (b||c)"] = false, ["b-1.2 or x"] = true, ["  "] = true, ["a"] = false } do
      assert.equal(alive and 3 or 0, run([[
        local m = flux.model { objective = "r", reactions = {
          { "-> s", name = "in", upper = 3 }, { "s ->", name = "r", genes = args },
          { "s -> t", name = "all", genes = "a" } } }
        return m:knock_out { genes = { "a" } }.objective
      ]], rule), rule)
    end
  end)
end)

-- Networks with dead ends, chains, forced and reversible reactions, whose second programs are asked for again one
-- extreme at a time: of the whole model, with its growth held and another objective.
describe("random networks", function()
  local make = [[
    math.randomseed(args)
    local count, wide = 12 + args % 20, args % 2 == 0 and 1000 or 999999
    local function pick() return "M" .. math.random(count) end
    reactions = {
      { "-> M1", name = "IN1", upper = math.random(1, 100)/7 },
      { "-> M2", name = "IN2", upper = math.random(1, 100)/7 },
      { "M1 -> M3", name = "UPKEEP", lower = 0.125, upper = 0.125 + args % 3 },
      { "M3 ->", name = "WASTE", upper = wide },
    }
    for i = 1, 2*count do
      local a, b, c, back = pick(), pick(), pick(), math.random(3) == 1
      local terms = back and { [a] = -2, [b] = 2 } or { [a] = -3, [b] = 1.5, [c] = 1 } -- matter only gets less
      if a ~= b and a ~= c then
        reactions[#reactions + 1] = { name = "R" .. i, stoichiometry = terms, upper = wide,
                                      lower = back and -wide or 0 }
      end
    end
    for i = 4, count, 4 do reactions[#reactions + 1] = { "M" .. i .. " ->", name = "EX" .. i, upper = wide } end
    reactions[#reactions + 1] = { name = "BIO", upper = wide,
                                  stoichiometry = { M3 = -1, M5 = -math.exp(3*math.random() - 4) } }
    model = flux.model { reactions = reactions, objective = "BIO" }
    best = model:optimum()
  ]]

  it("vary as the whole model does", function()
    for seed = 1, 40 do
      run(make, seed)
      local wrong = run [[
        local wrong = {}
        for _, fraction in ipairs { 1, 0.9, 0 } do
          local tolerance = fraction == 1 and 1e-3 or 1e-6 -- the search's own slack counts at the best
          model:set_objective("BIO", "maximise")
          local range = assert(model:variability { fraction = fraction })
          local lower, upper = model:bounds "BIO"
          model:set_bounds("BIO", fraction*best*(fraction < 1 and 1 or 1 - 1e-8), upper)
          for id, found in pairs(range) do
            for sense, value in pairs { minimise = found.minimum, maximise = found.maximum } do
              model:set_objective(id, sense)
              local right = model:optimum()
              if not (math.abs(value - right) <= tolerance*math.max(1, math.abs(right))) then
                wrong[#wrong + 1] = ("%s at %g: %s %.12g, not %.12g"):format(id, fraction, sense, value, right)
              end
            end
          end
          model:set_bounds("BIO", lower, upper)
        end
        return table.concat(wrong, "\n")
      ]]
      assert.equal("", wrong, "seed " .. seed)
    end
  end)

  it("are parsimonious as a model whose reactions run one way each", function()
    for seed = 1, 40 do
      run(make, seed)
      local total, right = table.unpack(run [[
        local both, weights = {}, {}
        for i, r in ipairs(reactions) do
          local forward = { name = r.name, r[1], stoichiometry = r.stoichiometry, lower = r.lower, upper = r.upper }
          both[#both + 1] = forward
          weights[r.name] = 1
          if (r.lower or 0) < 0 then
            local back = {}
            for metabolite, coefficient in pairs(r.stoichiometry) do back[metabolite] = -coefficient end
            both[#both + 1] = { name = "BACK" .. i, stoichiometry = back, upper = -r.lower }
            weights["BACK" .. i] = 1
            forward.lower = 0
          end
        end
        local parts = flux.model { reactions = both }
        local _, upper = model:bounds "BIO"
        parts:set_bounds("BIO", best*(1 - 1e-8), upper)
        parts:set_objective(weights, "minimise")
        return { model:parsimonious().total_flux, (parts:optimum()) }
      ]])
      assert.is_true(math.abs(total - right) <= 1e-5*math.max(1, right), ("seed %d: %.12g, not %.12g"):format(seed,
        total, right))
    end
  end)

  it("lose reactions as where these are bound to 0", function()
    for seed = 1, 40 do
      run(make, seed)
      assert.equal("", run [[
        local wrong, ids = {}, {}
        for i, r in ipairs(reactions) do ids[i] = r.name end
        for _, mutant in ipairs(model:knock_outs { reactions = ids }) do
          local lower, upper = model:bounds(mutant[1])
          model:set_bounds(mutant[1], 0, 0)
          local right, status = model:optimum()
          model:set_bounds(mutant[1], lower, upper)
          if mutant.status ~= (right and "optimal" or status)
            or right and math.abs(mutant.objective - right) > 1e-7*math.max(1, right) then
            wrong[#wrong + 1] = ("%s: %s %s, not %s"):format(mutant[1], mutant.status, mutant.objective,
              right or status)
          end
        end
        return table.concat(wrong, "\n")
      ]], "seed " .. seed)
    end
  end)

  -- Bounds of 999999 and coefficients over seven decades.
  it("of numbers that differ in size have second programs where they have an optimum", function()
    local failed = run [[
      local failed = {}
      for seed = 1, 60 do
        math.randomseed(seed)
        local reactions, n, large = {}, 60, 999999
        local function add(r) reactions[#reactions + 1] = r end
        for i = 1, 6 do add { "-> M" .. i, name = "IN" .. i, upper = math.random(1000)/7 } end
        for i = 1, 2*n do
          local terms = { ["M" .. math.random(n)] = math.random(4)/2, ["M" .. math.random(n)] = math.random(3) }
          terms["M" .. math.random(n)] = -math.random(3)
          add { name = "R" .. i, stoichiometry = terms, lower = math.random(2) == 1 and -large or 0, upper = large }
        end
        for i = 1, n, 3 do add { "M" .. i .. " ->", name = "EX" .. i, upper = large } end
        local growth = { name = "BIO", stoichiometry = {}, upper = large }
        for i = 2, n, 4 do growth.stoichiometry["M" .. i] = -math.exp(16*math.random() - 12) end
        add(growth)
        local m = flux.model { reactions = reactions, objective = "BIO" }
        if m:optimum() then
          if not pcall(m.parsimonious, m) then failed[#failed + 1] = "parsimonious " .. seed end
          if not pcall(m.variability, m) then failed[#failed + 1] = "variability " .. seed end
        end
      end
      return table.concat(failed, ", ")
    ]]
    assert.equal("", failed)
  end)
end)

-- The optimum and the sum of its fluxes, which are unique, by a solver of rational numbers (QSopt_ex).
describe("coefficients over more than ten decades", function()
  for seed, exact in pairs { [1] = { 24.24766364873596, 832.3126583126584 },
    [16] = { 9.055356367474216, 524.7500048287066 }, [23] = { 264.55923418488516, 12804.40801460954 } } do
    it("leave optimum, parsimonious fluxes and ranges right, of network " .. seed, function()
      local found = run([[
        model = flux.model(args)
        local least, greatest = 0, 0
        for _, range in pairs(model:variability()) do
          least, greatest = least + range.minimum, greatest + range.maximum
        end
        return { model:optimum(), model:parsimonious().total_flux, least, greatest }
      ]], enzyme_model(seed, 100))
      near(exact[1], found[1], 1e-12)
      for i = 2, 4 do near(exact[2], found[i]) end
    end)
  end

  it("make nothing feasible out of what a tolerance is worth", function()
    -- By m0, v1 is 38 times v5; so all that make m2 are 0, with v4, and m1 has none for v2.
    local found, problem = flux_vm.call([[ return flux.model(args):optimum() ]], { args = {
      objective = { v2 = 2.71, v5 = 1.7 }, reactions = {
      { "1.934e-06 m1 + 0.1775 m0 --> 3.826 m2", name = "v1", lower = -799, upper = 0.398 },
      { "m1 -->", name = "v2", lower = 1.1, upper = 216 }, { "--> m2", name = "v3" },
      { "--> 138400 m1 + 0.4701 m2", name = "v4", upper = 76.7 },
      { "--> 6.793 m0 + 5.191 m1 + 24820000 m2", name = "v5", upper = 1.24 },
    } } })
    assert.is_nil(found and found.result)
    assert.truthy(found or tostring(problem):find "differ too much in size")
  end)

  it("leave no range of fluxes that do not obey the model", function()
    local found, problem = flux_vm.call([[ return flux.model(args):variability() ]], { args = {
      objective = { v1 = 2.05, v2 = 1.83 }, reactions = {
      { "--> m0", name = "v1", upper = 0.00881 }, { "m1 -->", name = "v2", upper = 0.0571 },
      { "--> m2", name = "v3", upper = 0.08 }, { "7.388 m0 + 686.4 m3 -->", name = "v4", lower = -51, upper = 32.1 },
      { "1.082e-06 m1 --> 8.391e-05 m0", name = "v5", upper = 0.0438 },
      { "6.564 m1 --> 1.525 m3 + 6.693 m0", name = "v6", upper = 0.00465 },
      { "1.552 m0 --> 0.001027 m1 + 5.692 m3", name = "v7", upper = 16.7 },
      { "29010000 m2 --> 3.465 m1", name = "v8", lower = -151, upper = 0.156 },
      { "1.071e-06 m2 --> 42.74 m0", name = "v9", lower = 0.00395, upper = 3.84 },
    } } })
    if not found then return assert.truthy(tostring(problem):find "differ too much in size") end
    near(0.13848543123543, found.result.v4.minimum, 1e-6) -- by rational numbers
    near(0.13848543123543, found.result.v4.maximum, 1e-6)
  end)
end)

describe("a culture", function()
  -- Uptake of 10 mmol/gDW/h grows 1/h.
  local culture = [[
    model = flux.model { objective = "grow", reactions = {
      { "sugar ->", name = "EX_sugar", lower = -10, upper = 1000 },
      { "acid ->", name = "EX_acid", lower = 0, upper = 1000 },
      { stoichiometry = { sugar = -10, acid = 5 }, name = "grow" } } }
  ]]

  it("eats up its sugar exactly when it must", function()
    local t = run(culture .. [[ return model:dynamic { duration = 5, every = 0.5, step = 0.1,
      biomass = 0.1, medium = { EX_sugar = 3.14159, EX_acid = 0 } } ]])
    local stop = math.log(1 + 3.14159/(10*0.1))
    near(0.1*math.exp(1), t:at("biomass", 1))
    near(0.1*math.exp(stop), t:last "biomass")
    near(3.14159/2, t:last "acid")
    assert.equal(0, t:last "sugar")
    assert.equal(0, t:last "growth_rate")
    assert.equal(1, t:last "feasible")
    assert.same({ "biomass", "growth_rate", "feasible", "acid", "sugar" }, t:names())
    assert.equal(11, #t)
    assert.equal("dfba", t.method)
    for _, sugar in ipairs(t:column "sugar") do assert.is_true(sugar >= 0) end
  end)

  -- mu = S/(K + S), S + 10 X is conserved: with C = S0 + 10 X0, t(S) in closed form.
  it("follows Monod's law, with an error proportional to the step", function()
    local X0, S0, K = 0.05, 8, 2
    local C = S0 + 10*X0
    local function time(S)
      return (K/C + 1)*math.log((C - S)/(10*X0)) + K/C*math.log(S0/S)
    end
    local function off(step)
      local t = run(culture .. [[ return model:dynamic { duration = 2, step = args, biomass = 0.05,
        medium = { EX_sugar = { concentration = 8, maximum = 10, half = 2 } } } ]], step)
      near(C, t:last "sugar" + 10*t:last "biomass")
      return math.abs(time(t:last "sugar") - 2)
    end
    local coarse, fine = off(0.02), off(0.005)
    assert.is_true(coarse < 0.02 and fine < coarse/3.5 and fine > coarse/4.5,
      coarse .. " " .. fine)
  end)

  -- mu = S/(K + S) is D in a steady chemostat, and 10 of sugar grow 1 of biomass.
  it("comes to rest in a chemostat where Monod's law says, whatever the step", function()
    for _, step in ipairs { 0.5, 0.01 } do
      local result = run(culture .. [[ local t, death, exchanged = model:dynamic { duration = 60, step = args,
        biomass = 0.5, dilution = 0.4, medium = { EX_acid = { decay = 0.1 },
          EX_sugar = { concentration = 8, feed = 8, maximum = 10, half = 0.01 } } }
        return { t = t, exchanged = exchanged, death = death } ]], step)
      local t, S = result.t, 0.01*0.4/0.6
      near(S, t:last "sugar")
      near((8 - S)/10, t:last "biomass")
      near(0.4*5*t:last "biomass"/0.5, t:last "acid")
      near(-result.exchanged.EX_sugar/2, result.exchanged.EX_acid)
      assert.is_nil(result.death)
    end
  end)

  it("washes out, and eats up what flows in exactly when it must", function()
    local t = run(culture .. [[ return model:dynamic { duration = 2, biomass = 0.1, dilution = 3,
      medium = { EX_sugar = { concentration = 1000, feed = 1000 } } } ]])
    near(0.1*math.exp(-4), t:last "biomass")
    -- 10 X a litre and hour is taken of what falls, fed with D F: S(t) by the closed form is 0 at the end.
    local X, D = 1, 1
    local at = run(culture .. [[ return model:dynamic { duration = 1, step = 1, every = 0.001, biomass = 1,
      dilution = 1, medium = { EX_sugar = { concentration = 2, feed = 1 } } } ]])
    local function left(h) return 1 + math.exp(-D*h) - 10*X*h*math.exp(-D*h)*(math.exp(h) - 1)/h end
    local function first(low, high)
      for _ = 1, 60 do
        local middle = (low + high)/2
        if left(middle) > 0 then low = middle else high = middle end
      end
      return low
    end
    local stop = first(0, 0.5)
    assert.is_true(at:at("sugar", stop - 0.002) > 0 and at:at("sugar", stop + 0.001) < 0.02)
    for _, sugar in ipairs(at:column "sugar") do assert.is_true(sugar >= 0) end
    for options, words in pairs { ["dilution = -1, medium = {}"] = "dilution rate",
      ["medium = { EX_sugar = { feed = -1 } }"] = "feed", ["medium = { EX_sugar = { crowding = 0 } }"] = "crowding" } do
      assert.matches(words, (problem_of(("model:dynamic { duration = 1, biomass = 1, %s }"):format(options))))
    end
  end)

  it("takes uptake from functions of concentration, time and biomass", function()
    local t = run(culture .. [[ return model:dynamic { duration = 1, step = 0.01, biomass = 0.1,
      medium = { EX_sugar = { concentration = 1000, uptake = function(s, time, biomass)
        assert(s > 0 and biomass > 0)
        return time < 0.5 and 10 or 0
      end } } } ]])
    near(0.1*math.exp(0.5), t:last "biomass")
    assert.matches("boom", (problem_of [[ model:dynamic { duration = 1, biomass = 1,
      medium = { EX_sugar = { concentration = 1, uptake = function() error "boom" end } } } ]]))
    assert.matches("returns a number", (problem_of [[ model:dynamic { duration = 1, biomass = 1,
      medium = { EX_sugar = { concentration = 1, uptake = function() end } } } ]]))
    assert.same({ -10, 1000 }, run "return { model:bounds 'EX_sugar' }")
  end)

  it("is dead, and says so, where it can't maintain itself", function()
    local t = run(culture .. [[
      model:set_bounds("grow", 0.2, 1000)
      return model:dynamic { duration = 4, every = 1, step = 0.01, biomass = 1, death_rate = 0.5,
        medium = { EX_sugar = 10 } }
    ]])
    assert.same({ 1, 0, 0, 0, 0 }, t:column "feasible")
    near(2*math.exp(-0.5*(4 - math.log(2))), t:last "biomass")
    assert.equal(0, t:last "growth_rate")
  end)

  -- Sugar goes to growth, 1/h for 10 mmol, or to acid. The same exchanges as "A ->" and as "-> A".
  local function demanding(sugar, acid, medium, more)
    local function model(turned)
      local function exchange(name, metabolite, bounds)
        local low, high = bounds[1], bounds[2]
        if turned then low, high = -high, -low end
        return ("{ '%s', name = '%s', lower = %g, upper = %g }"):format(
          turned and "-> " .. metabolite or metabolite .. " ->", name, low, high)
      end
      return ([[
        local m = flux.model { objective = "grow", reactions = { %s, %s,
          { "sugar -> acid", name = "ferment", upper = 1000 }, { "10 sugar ->", name = "grow", upper = 1000 } } }
        local t, death = m:dynamic { duration = 1, step = 0.01, every = 0.1, biomass = 0.1, medium = { %s } %s }
        return { t = t, death = death, bounds = { m:bounds "EX_acid" } } ]]):format(
        exchange("EX_sugar", "sugar", sugar), exchange("EX_acid", "acid", acid), medium, more or "")
    end
    local result, turned = run(model(false)), run(model(true))
    assert.equal(result.t:to_csv(), turned.t:to_csv())
    assert.same(result.death, turned.death)
    assert.same(acid, result.bounds) -- as before
    return result.t, result.death
  end

  it("secretes what a bound demands", function()
    local t, death = demanding({ -10, 1000 }, { 2, 1000 }, "EX_sugar = 1000, EX_acid = 0")
    near(0.1*math.exp(0.8), t:last "biomass")
    near(2*0.1*(math.exp(0.8) - 1)/0.8, t:last "acid")
    assert.equal(nil, death)
    t = demanding({ -10, 1000 }, { 2, 2 }, "EX_sugar = 1000, EX_acid = { concentration = 1, maximum = 5 }")
    near(0.1*math.exp(0.8), t:last "biomass")
  end)

  it("is dead from where a demanded uptake runs out, and says when and why", function()
    local t, death = demanding({ -10, -5 }, { 0, 1000 }, "EX_sugar = 1", ", death_rate = 1")
    local stop = math.log(1 + 1/(10*0.1))
    near(0.1*math.exp(0.5), t:at("biomass", 0.5))
    assert.same({ 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0 }, t:column "feasible")
    near(0.1*math.exp(stop - (1 - stop)), t:last "biomass")
    assert.equal(0, t:last "sugar")
    near(stop, death.time)
    assert.matches('"EX_sugar" demand more uptake', death.reason)
  end)

  it("meets a demand that is its uptake's maximum but for rounding, and dies of one above it", function()
    local pool = "EX_sugar = { concentration = 1000, maximum = %s }"
    local t, death = demanding({ -10, -4.9 }, { 0, 1000 }, pool:format "4.9*(1 - 1e-15)")
    near(0.1*math.exp(0.49), t:last "biomass")
    assert.equal(nil, death)
    t, death = demanding({ -10, -5 }, { 0, 1000 }, pool:format "4.9")
    near(0.1, t:last "biomass")
    assert.equal(0, death.time)
  end)

  it("dies where its fluxes are infeasible for another reason", function()
    local _, death = demanding({ -1, 1000 }, { 2, 1000 }, "EX_sugar = 10")
    assert.same({ time = 0, reason = "no fluxes are feasible within the bounds" }, death)
  end)

  it("refuses what makes no sense", function()
    for options, message in pairs {
      ["biomass = 0"] = "biomass", ["step = 0"] = "step", ["every = -1"] = "every",
      ["duration = -1"] = "duration", ["step = 1e-12"] = "step",
      ["medium = { nothing = 1 }"] = 'no reaction "nothing"',
      ["medium = { grow = 1 }"] = "no exchange",
      ["medium = { EX_sugar = -1 }"] = "concentration",
      ["medium = { EX_sugar = { half = 1 } }"] = "half without a maximum",
      ["medium = { EX_sugar = 0/0 }"] = "finite",
      ["growth = 'nothing'"] = "nothing",
    } do
      assert.matches(message, (problem_of(culture .. [[
        local options = { duration = 1, biomass = 1, medium = {} }
        for key, value in pairs { ]] .. options .. [[ } do options[key] = value end
        model:dynamic(options)
      ]])), nil, true)
    end
  end)
end)

describe("hostile flux models", function()
  it("are refused with what is wrong", function()
    for definition, message in pairs {
      ["reactions = { { '-> A', name = 'x', lower = 0/0 } }"] = "finite",
      ["reactions = { { '-> A', name = 'x', lower = math.huge } }"] = "no flux",
      ["reactions = { { '-> A', name = 'x', lower = 2, upper = 1 } }"] = "above the upper bound",
      ["reactions = { { '-> A', name = 'x', upper = 1e300 } }"] = "at most 1e+15",
      ["reactions = { { '-> A', name = 'x' }, { '-> A', name = 'x' } }"] = 'two reactions "x"',
      ["reactions = { { '-> A' } }"] = "name",
      ["reactions = { { '-> A -> B', name = 'x' } }"] = 'reaction "x": line 1',
      ["reactions = { { name = 'x' } }"] = "neither",
      ["metabolites = { 'A' }, reactions = { { '-> B', name = 'x' } }"] = 'no metabolite "B"',
      ["metabolites = { 'A', 'A' }, reactions = {}"] = 'two metabolites "A"',
      ["reactions = { { stoichiometry = { A = 1e300 }, name = 'x' } }"] = "coefficient",
      ["reactions = { { stoichiometry = { A = 1e-300 }, name = 'x' } }"] = "coefficient",
      ["reactions = { { stoichiometry = { A = 0/0 }, name = 'x' } }"] = "finite",
      ["reactions = { { '-> A', name = 'x', genes = 'a and' } }"] = "genes: column 6",
      ["reactions = { { '-> A', name = 'x', genes = 'a b' } }"] = 'found "b"',
      ["reactions = { { '-> A', name = 'x', genes = ('('):rep(1e5) .. 'a' .. (')'):rep(1e5) } }"] =
        "deeper than 100",
      ["reactions = { { '-> A', name = 'x', genes = ('a'):rep(300) } }"] = "longer than",
      ["reactions = { { '-> A', name = 'x', genes = ('a or '):rep(1e6) .. 'a' } }"] =
        "longer than",
      ["reactions = {}, objective = 'x'"] = 'no reaction "x"',
      ["reactions = {}, sense = 'maximise'"] = "without an objective",
      ["nonsense = 1"] = "unknown key",
      ["objective = {}"] = "reactions",
    } do
      local text, code = problem_of("flux.model { " .. definition .. " }")
      assert.matches(message, text, nil, true)
      assert.equal("EMODEL", code)
    end
  end)

  it("of nothing have an optimum of 0", function()
    assert.same({ 0, {}, {} }, run [[
      local model = flux.model { reactions = {} }
      local mutants = model:knock_outs { genes = true, pairs = true }
      return { model:optimum(), model:variability(), mutants }
    ]])
  end)

  it("with numbers of very different sizes give the right answer or none", function()
    for _, size in ipairs { 1e3, 1e6, 1e9 } do
      local result, err = call([[
        local model = flux.model { objective = "out", reactions = {
          { "-> A", name = "in", upper = 1e-3 },
          { stoichiometry = { A = -1, B = args }, name = "up" },
          { stoichiometry = { B = -1, C = args }, name = "up_again" },
          { "C ->", name = "out" } } }
        return model:optimum()
      ]], { args = size })
      if result then
        assert.is_true(math.abs(result.result/(1e-3*size*size) - 1) < 1e-6, tostring(result.result))
      else
        assert.equal("ESIMULATION", err.code)
      end
    end
  end)

  it("of a long chain stay within the VM's memory", function()
    local small <close> = assert(kind.create("small", "minimal_cell", { memory = 16 << 20 }))
    assert(small:start())
    local _, err = small:execute_biological_process([[
      local reactions = {}
      for i = 1, 1e6 do
        reactions[i] = { ("s%d -> s%d"):format(i, i + 1), name = "r" .. i }
      end
      flux.model { reactions = reactions }:optimise()
    ]])
    assert.equal("EMEMORY", err.code)
    assert.equal("running", small:get_state())
  end)

  it("end at their deadline, and the VM goes on", function()
    run [[
      local reactions = { { "-> s1", name = "in", upper = 1 } }
      for i = 1, 300 do
        reactions[#reactions + 1] = { ("s%d -> s%d"):format(i, i + 1), name = "r" .. i,
          genes = ("a%d or b%d"):format(i, i) }
      end
      reactions[#reactions + 1] = { "s301 ->", name = "out" }
      model = flux.model { reactions = reactions, objective = "out" }
    ]]
    for _, code in ipairs { "while true do model:knock_outs { genes = true, pairs = true } end",
      "while true do model:variability() end", "while true do model:optimum() end",
      "model:dynamic { duration = 500, step = 1e-3, biomass = 1, growth = 'in', medium = {} }" } do
      local _, err = call(code, { timeout = 0.2 })
      assert.equal("EDEADLINE", err.code, code)
      assert.equal("running", flux_vm.vm():get_state(), code)
      assert.equal(1, run "return model:optimum()")
    end
  end)
end)
