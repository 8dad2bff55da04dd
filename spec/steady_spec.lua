-- Steady states of a cell against closed forms: what is found, how it answers to small changes, and what is said
-- where there is none.

local kind = require "spec.support.vm_kind"
package.path = package.path .. ";./spec/support/?.lua"
local s = require "sbml"

local vm

-- A steady state of a cell with one process, or nil and the error.
local function steady(process, options)
  local answer = assert(vm:execute_biological_process(([[
    cell:clear()
    process "p" { %s }
    local found, err = cell:steady_state(args)
    return { found = found, why = err and err.message, code = err and err.code, left = cell:time() }]])
    :format(process), { args = options, timeout = 60 })).result
  assert.equal(0, answer.left)
  return answer.found, answer
end

local function assert_close(expected, actual, part)
  assert.is_true(math.abs(actual - expected) <= (part or 1e-12)*math.abs(expected) + 1e-300,
    ("%.17g expected, got %.17g"):format(expected, actual))
end

local toggle = [[species = { X = 1, Y = 0 }, reactions = { { "-> X", rate = "4/(1 + Y^2)", name = "make" },
  { "-> Y", rate = "4/(1 + X^2)" }, { "X ->", k = 1 }, { "Y ->", k = 1 } }]]
local brusselator = [[species = { X = 1, Y = 1 }, parameters = { A = 1, B = 3 }, reactions = { { "-> X", rate = "A" },
  { "2 X + Y -> 3 X", k = 1 }, { "X -> Y", k = "B" }, { "X ->", k = 1 } }]]

describe("a steady state", function()
  setup(function()
    vm = assert(kind.create("steady", "empty"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  it("has what conservation leaves, small beside large", function()
    local found = steady [[species = { A = 3, B = 1, C = 0, idle = 7 },
      reactions = { { "A -> B", k = 2 }, { "B -> A", k = 0.5 }, { "B -> C", k = 1 }, { "C -> B", k = 1e-6 } }]]
    local whole = 0.25 + 1 + 1e6
    assert_close(4*0.25/whole, found.state.A)
    assert_close(4/whole, found.state.B)
    assert_close(4e6/whole, found.state.C)
    assert.equal(7, found.state.idle)
    assert.equal(2, #found.eigenvalues)
    assert.equal("stable", found.stability)
    assert.is_true(found.stable and found.reached and found.residual <= 1e-14)
    assert_close(found.fluxes["A -> B"], found.fluxes["B -> A"])
  end)

  it("is where the course leads, and others are found from other starts", function()
    local found = steady(toggle, { starts = 20 })
    assert_close(2 + 3^0.5, found.state.X)
    assert_close(2 - 3^0.5, found.state.Y)
    assert_close(found.state.X, found.fluxes.make)
    assert_close(-0.5, found.eigenvalues[1].real)
    assert_close(-1.5, found.eigenvalues[2].real)
    assert.same({ "X", "Y" }, found.species)
    assert_close(-8*found.state.Y/(1 + found.state.Y^2)^2, found.jacobian[1][2])
    assert.equal(2, #found.others)
    local by = { [found.others[1].stability] = found.others[1], [found.others[2].stability] = found.others[2] }
    assert_close(2 - 3^0.5, by.stable.state.X)
    local x = by.unstable.state.X
    assert_close(4, x*(1 + x^2))
    assert_close(x, by.unstable.state.Y)
    assert.is_false(by.unstable.reached)
  end)

  it("is found from other starts with the same total, though the present state is at an end of it", function()
    local found = steady([[species = { X = 10, Y = 0 }, reactions = {
      { "X -> Y", rate = "X*(0.01 + Y^2/(9 + Y^2))" }, { "Y -> X", k = 0.8 } }]], { starts = 30 })
    local states = { found, table.unpack(found.others) }
    table.sort(states, function(a, b) return a.state.Y < b.state.Y end)
    assert.equal(3, #states)
    for i, one in ipairs(states) do
      local y = one.state.Y
      assert.is_true(math.abs((10 - y)*(0.01 + y^2/(9 + y^2)) - 0.8*y) <= 1e-12)
      assert_close(10, one.state.X + y)
      assert.equal(i ~= 2, one.stable)
    end
    assert.equal(found, states[1])
  end)

  it("is found beside a cycle, which is said", function()
    local found = steady(brusselator)
    assert_close(1, found.state.X)
    assert_close(3, found.state.Y)
    assert_close(0.5, found.eigenvalues[1].real, 1e-10)
    assert_close(0.75^0.5, found.eigenvalues[1].imaginary, 1e-10)
    assert.is_false(found.stable or found.reached)
    assert.truthy(found.note:find("cycling, with a period of about 7.1", 1, true), found.note)
  end)

  it("is neutral where it depends on the way", function()
    local found = steady [[species = { A = 3, B = 0, C = 0 }, reactions = { { "A -> B", k = 1 }, { "A -> C", k = 2 } }]]
    assert_close(1, found.state.B, 1e-8)
    assert_close(2, found.state.C, 1e-8)
    assert.equal("neutral", found.stability)
    assert.is_false(found.stable)
  end)

  it("comes after events, and after what the time changes", function()
    local made = [[species = { X = 0 }, parameters = { k = 1 },
      reactions = { { "-> X", rate = "k" }, { "X ->", k = 1 } }, ]]
    assert_close(3, steady(made .. [[events = { { when = "time > 50", set = { k = 3 } } }]]).state.X)
    assert_close(5, steady(made .. [[events = { { when = "X > 0.9", set = { k = 5 } } }]]).state.X)
    local late = steady [[species = { X = 1 }, reactions = { { "-> X", rate = "1 + exp(-time)" }, { "X ->", k = 1 } }]]
    assert_close(1, late.state.X)
  end)

  it("is not made up where there is none", function()
    local found, answer = steady [[species = { X = 1 }, reactions = { { "-> X", k = 0.1 } }]]
    assert.is_nil(found)
    assert.equal("ESIMULATION", answer.code)
    assert.truthy(answer.why:find('grows without end: "X"', 1, true), answer.why)
    found, answer = steady [[species = { X = 1 },
      reactions = { { "-> X", rate = "1 + sin(time)" }, { "X ->", k = 1 } }]]
    assert.is_nil(found)
    assert.truthy(answer.why:find("cycling, with a period of about 6.28", 1, true), answer.why)
    found, answer = steady([[species = { X = 1 }, reactions = { { "-> X", rate = "delay(X, 1)" }, { "X ->", k = 2 } }]])
    assert.is_nil(found)
    assert.equal("EMODEL", answer.code)
    assert.truthy(answer.why:find("delays", 1, true), answer.why)
    found, answer = steady(brusselator, { method = "integration", max_steps = 5000 })
    assert.is_nil(found)
    assert.truthy(answer.why:find("cycling", 1, true), answer.why)
  end)

  it("is where the cell goes on from, if that is asked for", function()
    local answer = assert(vm:execute_biological_process([[
      cell:clear()
      process "p" { species = { S = 0 }, parameters = { k = 2 },
        reactions = { { "-> S", rate = "k" }, { "S ->", k = 0.5 } } }
      cell:steady_state { set = true }
      local before = cell:get "S"
      cell:set("k", 4)
      local after = cell:get "S"
      cell:run { duration = 200 }
      return { before, after, cell:get "S" }]])).result
    assert_close(4, answer[1])
    assert_close(4, answer[2])
    assert_close(8, answer[3], 1e-8)
  end)
end)

-- What a method of the cell gives for a process.
local function ask(process, code)
  return assert(vm:execute_biological_process(("cell:clear() process 'p' { %s } %s"):format(process, code),
    { timeout = 60 })).result
end

local chain = [[species = { S0 = 10, S1 = 0, S2 = 0, S3 = 1 },
  parameters = { k1 = 2, k2 = 0.5, k3 = 3, q1 = 4, q2 = 1.5, q3 = 2, unused = 1 },
  reactions = { { "-> S1", rate = "k1*(S0 - S1/q1)", name = "v1" },
    { "S1 -> S2", rate = "k2*(S1 - S2/q2)", name = "v2" }, { "S2 ->", rate = "k3*(S2 - S3/q3)", name = "v3" } }]]

-- ATP and ADP have a sum; so have E and ES, and 2 ES counts in one of the laws.
local moieties = [[species = { G = 1, P = 0.5, T = 3, D = 1, E = 0.7, ES = 0 }, parameters = { v = 1.3, K = 0.4 },
  reactions = { { "-> G", rate = "0.8*v/(1 + G)", name = "supply" },
    { "G + T -> P + D", rate = "v*G*T/(K + G)/(1 + T)", name = "use" },
    { "P + D -> T", rate = "0.9*P*D/(K + P)", name = "make" }, { "P ->", rate = "0.05*P", name = "lose" },
    { "D -> T", rate = "0.3*D - 0.1*T", name = "rest" },
    { "E + G -> ES", rate = "2*E*G - 0.3*ES", name = "bind" }, { "ES -> E + P", rate = "0.2*ES", name = "turn" } }]]

describe("conservation laws", function()
  setup(function()
    vm = assert(kind.create("laws", "empty"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  it("are found in whole numbers, with what depends on what", function()
    local c = ask(moieties, "return cell:conservation()")
    assert.is_true(c.exact)
    assert.same({ { E = 1, ES = 1 }, { D = 1, T = 1 } }, { c.laws[1].species, c.laws[2].species })
    assert.same({ 0.7, 4 }, { c.laws[1].total, c.laws[2].total })
    assert.same({ "ES", "T" }, c.dependent)
    assert.same({ D = -1 }, c.link.T)
    assert.same({ use = 1, make = -1, rest = -1 }, c.reduced.D)
    assert.is_nil(c.reduced.T)
    assert.same({ use = -1, make = 1, rest = 1 }, c.stoichiometry.T)
  end)

  it("are sums of what is passed on as a whole", function()
    local c = ask([[species = { E = 1, ES = 0, S = 10, P = 0 }, reactions = { { "E + S -> ES", k = 1 },
      { "ES -> E + S", k = 1 }, { "ES -> E + P", k = 0.1 } }]], "return cell:conservation()")
    assert.same({ { species = { E = 1, ES = 1 }, total = 1 }, { species = { ES = 1, P = 1, S = 1 }, total = 10 } },
      c.laws)
  end)

  it("count atoms, fractions too, and nothing that a rate of change moves", function()
    local c = ask([[species = { A = 3, B = 0, C = 1, W = 1 }, rates = { W = "1" },
      reactions = { { "3 A -> 2 B", k = 1 }, { "0.5 B -> C", k = 1 }, { "C -> 0.5 B", k = 1 } }]],
      "return cell:conservation()")
    assert.equal(1, #c.laws)
    local law = c.laws[1].species
    assert.same({ A = 4, B = 6, C = 3 }, law)
  end)
end)

describe("control", function()
  setup(function()
    vm = assert(kind.create("control", "empty"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  it("of a chain is as in closed form", function()
    local c = ask(chain, "return cell:control()")
    local weight, sum, product = {}, 0, 1
    for i, p in ipairs { { 2, 4 }, { 0.5, 1.5 }, { 3, 2 } } do
      weight[i] = 1/(p[1]*product)
      sum, product = sum + weight[i], product*p[2]
    end
    local flux = (10 - 1/product)/sum
    assert_close(flux, c.steady_state.fluxes.v2)
    for i = 1, 3 do
      local name = "v" .. i
      for _, of in ipairs { "v1", "v2", "v3" } do assert_close(weight[i]/sum, c.flux_control[of][name], 1e-12) end
      assert_close(weight[i]/sum, c.flux_response.v1["k" .. i], 1e-12)
    end
    assert.equal(0, c.flux_response.v1.unused)
    assert_close(-2/4, c.unscaled.elasticities.v1.S1)
    assert_close(10 - c.steady_state.state.S1/4, c.unscaled.parameter_elasticities.v1.k1)
  end)

  it("fulfils the theorems of summation and connectivity", function()
    local c = ask(moieties, "local c = cell:control() c.link = cell:conservation().link return c")
    local raw = c.unscaled
    for _, flux in ipairs(c.reactions) do
      local sum = 0
      for _, by in ipairs(c.reactions) do sum = sum + c.flux_control[flux][by] end
      assert_close(1, sum, 1e-9)
    end
    for _, species in ipairs(c.species) do
      local sum = 0
      for _, by in ipairs(c.reactions) do sum = sum + c.concentration_control[species][by] end
      assert.is_true(math.abs(sum) <= 1e-9, sum)
    end
    -- the change of species (or fluxes) by rates, of what rates do when independent species are moved
    local function product(control, independent)
      local sum = 0
      for _, by in ipairs(c.reactions) do
        for _, species in ipairs(c.species) do
          sum = sum + control[by]*(raw.elasticities[by][species] or 0)*(c.link[species][independent] or 0)
        end
      end
      return sum
    end
    for _, independent in ipairs { "G", "P", "D", "E" } do
      for _, flux in ipairs(c.reactions) do
        assert.is_true(math.abs(product(raw.flux_control[flux], independent)) <= 1e-9)
      end
      for _, species in ipairs(c.species) do
        local expected = -(c.link[species][independent] or 0)
        assert.is_true(math.abs(product(raw.concentration_control[species], independent) - expected) <= 1e-9)
      end
    end
  end)

  it("answers to parameters as the state found again does", function()
    local answer = ask(moieties, [[
      local c, off = cell:control { parameters = { "v", "K" } }, 0
      for _, p in ipairs(c.parameters) do
        local value, step = cell:get(p), 1e-4
        cell:set(p, value*(1 + step))
        local above = cell:steady_state()
        cell:set(p, value*(1 - step))
        local below = cell:steady_state()
        cell:set(p, value)
        for _, s in ipairs(c.species) do
          local slope = (above.state[s] - below.state[s])/(2*step*value)
          off = math.max(off, math.abs(slope - c.unscaled.concentration_response[s][p]))
        end
        for _, r in ipairs(c.reactions) do
          local slope = (above.fluxes[r] - below.fluxes[r])/(2*step*value)
          off = math.max(off, math.abs(slope - c.unscaled.flux_response[r][p]))
        end
      end
      return off]])
    assert.is_true(answer <= 1e-6, answer)
  end)

  it("has no coefficient of a flux that is 0 but for rounding", function()
    local c = ask([[species = { A = 0, B = 0, C = 0 }, reactions = { { "-> A", rate = "0.3", name = "in" },
      { "A -> B", rate = "0.7*A", name = "on" }, { "B ->", rate = "0.1*B", name = "out" },
      { "B -> C", rate = "3.1*B - 0.7*C", name = "aside" } }]], "return cell:control()")
    assert.is_true(math.abs(c.steady_state.fluxes.aside) < 1e-12)
    assert.same({}, c.flux_control.aside)
    assert_close(1, c.flux_control.out["in"])
    assert_close(0.0, c.unscaled.flux_control.aside.on)
  end)

  it("is refused where the state depends on the way", function()
    local answer = ask([[species = { A = 3, B = 0, C = 0 }, reactions = { { "A -> B", k = 1 }, { "A -> C", k = 2 } }]],
      "local c, err = cell:control() return err.message")
    assert.truthy(answer:find("continuum", 1, true), answer)
  end)
end)

-- x' = p + 6 x^2 - x^3 - 9 x turns where 12 x - 3 x^2 - 9 = 0: at x = 1, p = 4, and at x = 3, p = 0.
local folds = [[species = { x = 0.1 }, parameters = { p = 0.1 },
  reactions = { { "-> x", rate = "p + 6*x^2" }, { "x ->", rate = "x^3 + 9*x" } }]]

describe("a branch of steady states", function()
  setup(function()
    vm = assert(kind.create("branches", "empty"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  it("has folds where they are in closed form", function()
    local found = ask(folds, "return cell:continuation { parameter = 'p', from = -1, to = 10, step = 0.05 }")
    assert.equal("p", found.parameter)
    local branch = found.branches[1]
    assert.equal(2, #branch.points)
    assert.same({ "fold", "fold" }, { branch.points[1].kind, branch.points[2].kind })
    assert_close(4, branch.points[1].parameter, 1e-10)
    assert_close(1, branch.points[1].state.x, 1e-5)
    assert.is_true(math.abs(branch.points[2].parameter) <= 1e-9)
    assert_close(3, branch.points[2].state.x, 1e-5)
    assert.equal(10, branch.parameter[#branch.parameter])
    for i, x in ipairs(branch.state.x) do
      assert.is_true(math.abs(branch.parameter[i] + 6*x^2 - x^3 - 9*x) <= 1e-9)
      if math.abs(x - 1) > 1e-3 and math.abs(x - 3) > 1e-3 then assert.equal(x < 1 or x > 3, branch.stable[i]) end
    end
  end)

  it("has a Hopf point where it is in closed form, and a period", function()
    local found = ask(brusselator, "return cell:continuation { parameter = 'B', from = 0.5, to = 4, step = 0.05 }")
    assert.equal(1, #found.branches)
    local points = found.branches[1].points
    assert.equal(1, #points)
    assert.equal("hopf", points[1].kind)
    assert_close(2, points[1].parameter, 1e-9)
    assert_close(2*math.pi, points[1].period, 1e-9)
    assert_close(2, points[1].state.Y, 1e-9)
  end)

  it("is drawn, and crosses another at a branch point", function()
    local found = ask(toggle:gsub("4/", "a/") .. ", parameters = { a = 4 }",
      "return cell:continuation { parameter = 'a', from = 1, to = 5, starts = 20, step = 0.05 }")
    assert.equal(2, #found.branches)
    local symmetric
    for _, branch in ipairs(found.branches) do
      if math.abs(branch.state.X[1] - branch.state.Y[1]) < 1e-9 then symmetric = branch end
    end
    assert.equal("branch", symmetric.points[1].kind)
    assert_close(2, symmetric.points[1].parameter, 1e-4)
    local text = require("bioxen").plot { branches = found, names = { "X" }, text = true, ascii = true }
    for _, word in ipairs { "X, stable", "X, unstable", "branch point" } do
      assert.truthy(text:find(word, 1, true), text)
    end
  end)

  it("is refused where the time has a part", function()
    local why = ask([[species = { X = 1 }, parameters = { k = 1 }, reactions = { { "-> X", rate = "k + exp(-time)" },
      { "X ->", k = 1 } }]],
      "local found, err = cell:continuation { parameter = 'k', from = 0, to = 1 } return err.message")
    assert.truthy(why:find("follow the time", 1, true), why)
  end)
end)

describe("noise", function()
  setup(function()
    vm = assert(kind.create("noise", "empty"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  local expression = [[species = { mRNA = 0, protein = 0 }, parameters = { on = 2, off = 0.5, make = 3, lose = 0.1 },
    reactions = { { "-> mRNA", rate = "on" }, { "mRNA ->", k = "off" }, { "mRNA -> mRNA + protein", k = "make" },
    { "protein ->", k = "lose" } }]]

  it("of a gene's expression is as in closed form", function()
    local found = ask(expression, "return cell:noise()")
    local mean = 4*3/0.1
    assert_close(mean, found.steady_state.state.protein)
    assert_close(4, found.covariance.mRNA.mRNA)
    assert_close(4*3/0.6, found.covariance.mRNA.protein)
    assert_close(mean*(1 + 3/0.6), found.covariance.protein.protein)
    assert.same(found.covariance.mRNA.protein, found.covariance.protein.mRNA)
  end)

  it("in time is that of a Poisson distribution that grows, and of what is left", function()
    local found = ask([[species = { A = 0, B = 50 }, reactions = { { "-> A", rate = "2" }, { "A ->", k = 0.5 },
      { "B ->", k = 0.3 } }]], "return cell:noise { times = { 0, 1, 7 } }")
    assert.same({ 0, 1, 7 }, found.times)
    for i, t in ipairs(found.times) do
      local mean, left = 4*(1 - math.exp(-0.5*t)), math.exp(-0.3*t)
      assert.is_true(math.abs(found.mean.A[i] - mean) <= 1e-6)
      assert.is_true(math.abs(found.covariance.A.A[i] - mean) <= 1e-6)
      assert.is_true(math.abs(found.covariance.B.B[i] - 50*left*(1 - left)) <= 1e-5)
      assert.is_true(math.abs(found.covariance.A.B[i]) <= 1e-9)
    end
  end)

  it("keeps conservation laws, and comes close to an ensemble", function()
    local found = ask([[species = { A = 300, B = 0 },
      reactions = { { "2 A -> B", k = 0.0005 }, { "B -> 2 A", k = 0.1 } }]],
      [[local noise = cell:noise()
      local many = cell:ensemble { duration = 100, every = 100, runs = 600, seed = 5 }
      return { noise = noise, mean = many:mean("A", 100), sd = many:sd("A", 100) }]])
    local c = found.noise.covariance
    assert_close(c.A.A, 4*c.B.B, 1e-10)
    assert_close(-c.A.A, 2*c.A.B, 1e-10)
    assert_close(found.noise.steady_state.state.A, found.mean, 0.01)
    assert_close(c.A.A^0.5, found.sd, 0.1)
  end)

  it("of a model in moles is that of its molecules, if it was loaded so", function()
    local unit = s.unit("amount", "mole", 1e-21)
    local model = s.document { units = { unit }, substance = "amount", attributes = ' extentUnits="amount"',
      compartments = { s.compartment("c", 3) },
      species = { s.species("A", 'initialConcentration="0"') }, reactions = {
        s.reaction("make", {}, { "A" }, 0.5), s.reaction("lose", { "A" }, {}, s.apply("times", 0.1, "A", "c")) } }
    assert(vm:execute_biological_process "cell:clear()")
    assert(vm:load_sbml(model, { stochastic = true }))
    local noise = assert(vm:execute_biological_process "return cell:noise()").result
    local molecules = 5*602.214076
    assert_close(molecules, noise.steady_state.state["A.molecules"])
    assert_close(molecules, noise.covariance["A.molecules"]["A.molecules"])
    assert(vm:execute_biological_process "cell:clear()")
    assert(vm:load_sbml(model))
    for _, options in ipairs { "", "{ times = { 0, 1 } }" } do
      local why = assert(vm:execute_biological_process(
        "local found, err = cell:noise(" .. options .. ") return err.message")).result
      assert.truthy(why:find("{ stochastic = true }", 1, true), why)
    end
    assert(vm:execute_biological_process "cell:clear()")
  end)

  it("is refused where it does not fade, and of rates that go both ways", function()
    local why = ask(brusselator, "local found, err = cell:noise() return err.message")
    assert.truthy(why:find("not stable", 1, true), why)
    why = ask([[species = { A = 1, B = 0 }, reactions = { { "A -> B", rate = "A - B" }, { "B -> A", rate = "B - 2" },
      { "-> A", k = 1 }, { "A ->", k = 1 } }]], "local found, err = cell:noise() return err and err.message")
    assert.truthy(why and why:find("happens one way", 1, true), why)
  end)
end)

describe("a check", function()
  setup(function()
    vm = assert(kind.create("check", "empty"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  it("finds what is not there, does not happen or is not read, and who depends on what", function()
    local found = ask([[species = { A = 3, B = 0, C = 0, D = 0 }, parameters = { k = 2, off = 0, spare = 1, s = 0 },
      rules = { v = "k*A*s + off" }, reactions = { { "A -> B", rate = "k*A", name = "R1" }, { "B ->", k = "off" },
      { "C -> D", k = "k" }, { "A ->", rate = "v", name = "R4" } }]], "return cell:check()")
    assert.same({ "C", "D" }, found.unreachable)
    assert.same({ "spare" }, found.unused)
    local by = {}
    for _, reaction in ipairs(found.reactions) do by[reaction.name] = reaction end
    assert.same({ name = "R1", changes = { A = -1, B = 1 }, depends = { "k", "A" }, never = false, rate = 6,
      zero = false }, by.R1)
    assert.equal("off", by["B ->"].because)
    assert.is_true(by["C -> D"].never and by.R4.zero)
    assert.same({ "k", "A", "s", "off" }, found.rules.v)
    assert.equal(0.5, found.fastest)
    assert.is_nil(found.units)
  end)

  it("has units in words, and where they disagree", function()
    local text = [[<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4">
      <model id="m"><listOfUnitDefinitions><unitDefinition id="substance"><listOfUnits><unit kind="mole" scale="-3"/>
      </listOfUnits></unitDefinition><unitDefinition id="rate"><listOfUnits><unit kind="mole" scale="-3"/>
      <unit kind="second" multiplier="60" exponent="-1"/></listOfUnits></unitDefinition></listOfUnitDefinitions>
      <listOfCompartments><compartment id="c" size="1"/></listOfCompartments><listOfSpecies><species id="S"
      compartment="c" initialConcentration="1"/></listOfSpecies><listOfParameters><parameter id="v" value="1"
      units="rate"/></listOfParameters><listOfReactions><reaction id="R" reversible="false"><listOfProducts>
      <speciesReference species="S"/></listOfProducts><kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">
      <ci>v</ci></math></kineticLaw></reaction></listOfReactions></model></sbml>]]
    local found = assert(vm:execute_biological_process(
      "cell:clear() cell:load_sbml(args) return cell:check(args)", { args = text })).result
    local words, faults = {}, 0
    for _, unit in ipairs(found.units) do
      if unit.kind == "fault" then faults = faults + 1 else words[unit.kind .. " " .. unit.id] = unit.words end
    end
    assert.equal("millimole per litre", words["species S"])
    assert.equal("millimole per minute", words["parameter v"])
    assert.equal("millimole", words["model substance"])
    assert.equal(1, faults)
  end)
end)
