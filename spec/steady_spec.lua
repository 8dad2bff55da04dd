-- Steady states of a cell against closed forms: what is found, how it answers to small changes, and what is said
-- where there is none.

local kind = require "spec.support.vm_kind"

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
    vm = assert(kind.create("steady", "minimal_cell"))
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
    local made = [[species = { X = 0 }, parameters = { k = 1 }, reactions = { { "-> X", rate = "k" }, { "X ->", k = 1 } },
      ]]
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
