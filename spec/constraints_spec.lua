-- Algebraic rules and fast reactions of SBML, constraints and fast reactions of processes, against
-- solutions in closed form; what is refused; and the way back to SBML.

package.path = package.path .. ";./spec/support/?.lua"
local kind = require "spec.support.vm_kind"
local s = require "sbml"

local vm

local function run(code, args)
  local result, err = vm:execute_biological_process(code, { args = args, timeout = 60 })
  return result and result.result, err
end

-- The rows of `names` at 0, every, .. duration.
local function rows(text, names, duration, every)
  assert(run "cell:clear() return true")
  assert(vm:load_sbml(text))
  return assert(run([[
    local t = cell:run { duration = args.duration, every = args.every, record = args.names }
    local rows = {}
    for i = 1, args.duration // args.every + 1 do
      rows[i] = {}
      for _, name in ipairs(args.names) do rows[i][name] = t:column(name)[i] end
    end
    return rows]], { names = names, duration = duration, every = every }))
end

local function assert_close(expected, actual)
  assert.is_true(math.abs(actual - expected) <= 1e-6 * math.abs(expected) + 1e-9,
    ("%.12g expected, got %.12g"):format(expected, actual))
end

local function refused(text, ...)
  assert(run "cell:clear() return true")
  local model, err = vm:load_sbml(text)
  assert.is_nil(model)
  assert.equal("EMODEL", err.code, err.message)
  for _, part in ipairs { ... } do assert.truthy(err.message:find(part, 1, true), err.message) end
end

local function algebraic(value)
  return "<algebraicRule>" .. s.math(value) .. "</algebraicRule>"
end

local function species(id, amount, more)
  return s.species(id, ('initialAmount="%.17g"'):format(amount), more)
end

setup(function()
  vm = assert(kind.create("constraints", "minimal_cell"))
  assert(vm:start())
end)

teardown(function() vm:destroy() end)

describe("an algebraic rule determines", function()
  local c2 = { s.compartment("c", 2) }

  -- A -> B by 0.3 A; the species S is what is left of 5: amounts in c are twice the concentrations.
  it("a species that no reaction changes, and events leave it right", function()
    local found = rows(s.document {
      compartments = c2,
      species = { species("A", 4), species("B", 0), species("S", 1) },
      rules = { algebraic(s.apply("minus", s.apply("plus", "A", "S"), 5)) },
      reactions = { s.reaction("R", { "A" }, { "B" }, s.apply("times", "c", 0.3, "A")) },
      events = { s.event("E", s.apply("gt", "S", 4.25), { A = 3 }) },
    }, { "A", "S", "S.amount" }, 6, 1)
    local turn = math.log(2 / 0.75) / 0.3
    for i, row in ipairs(found) do
      local time = i - 1
      local a = time < turn and 2 * math.exp(-0.3 * time) or 3 * math.exp(-0.3 * (time - turn))
      assert_close(a, row.A)
      assert_close(5 - row.A, row.S)
      assert_close(2 * row.S, row["S.amount"])
    end
  end)

  -- Of y^2 = x + 1 the root that is nearest to where y begins, all along.
  it("the root where its variable begins", function()
    for _, start in ipairs { 3, -3 } do
      local found = rows(s.document {
        parameters = { s.parameter("x", 0, false), s.parameter("y", start, false) },
        rules = { s.rule("rate", "x", 2),
          algebraic(s.apply("minus", s.apply("times", "y", "y"), s.apply("plus", "x", 1))) },
      }, { "y" }, 4, 1)
      for i, row in ipairs(found) do
        assert_close((start < 0 and -1 or 1) * math.sqrt(1 + 2 * (i - 1)), row.y)
      end
    end
  end)

  it("the size of a compartment, and a stoichiometry", function()
    local found = rows(s.document {
      compartments = { s.compartment("c", 1, false) },
      species = { species("A", 8), species("B", 0) },
      parameters = { s.parameter("n", 1, false) },
      rules = { algebraic(s.apply("minus", "c", s.apply("plus", 4, s.time))),
        algebraic(s.apply("minus", s.apply("times", 2, "n"), 3)),
        s.rule("assignment", "stoichiometry", "n") },
      reactions = { s.reaction("R", { "A" },
        { 'B id="stoichiometry" stoichiometry="1" constant="false"' }, 0.5) },
    }, { "A", "B.amount", "c" }, 2, 1)
    assert_close(7 / 6, found[3].A)
    assert_close(1.5, found[3]["B.amount"])
    assert_close(6, found[3].c)
  end)

  -- p + q = 7 and p q = 10, through an assignment rule and a piecewise.
  it("variables together, through other rules", function()
    local found = rows(s.document {
      parameters = { s.parameter("p", 1, false), s.parameter("q", 9, false),
        s.parameter("sum", 0, false), s.parameter("total", 7) },
      rules = { algebraic(s.apply("minus", "sum", "total")),
        s.rule("assignment", "sum", s.apply("plus", "p", "q")),
        algebraic(s.apply("minus", s.apply("times", "p", "q"),
          "<piecewise><piece>" .. s.value(10) .. s.apply("lt", "p", "q") .. "</piece><otherwise>"
            .. s.value(12) .. "</otherwise></piecewise>")) },
    }, { "p", "q", "sum" }, 1, 1)
    assert_close(2, found[1].p)
    assert_close(5, found[2].q)
  end)

  -- Which is free is not a matter of order: a takes the second rule's, for b is in that alone.
  it("each what no other can", function()
    local found = rows(s.document {
      parameters = { s.parameter("a", 0, false), s.parameter("b", 0, false) },
      rules = { algebraic(s.apply("minus", "a", 3)),
        algebraic(s.apply("minus", s.apply("plus", "a", "b"), 10)) },
    }, { "a", "b" }, 1, 1)
    assert.same({ a = 3, b = 7 }, found[2])
    found = rows(s.document {
      parameters = { s.parameter("a", 0, false), s.parameter("b", 0, false) },
      rules = { algebraic(s.apply("minus", s.apply("plus", "a", "b"), 10)),
        algebraic(s.apply("minus", "a", 3)) },
    }, { "a", "b" }, 1, 1)
    assert.same({ a = 3, b = 7 }, found[2])
  end)

  it("nothing where all is determined, and says by what", function()
    refused(s.document { compartments = c2, species = { species("A", 4), species("B", 0) },
      parameters = { s.parameter("k", 4) },
      rules = { algebraic(s.apply("minus", s.apply("plus", "A", "B"), "k")) },
      reactions = { s.reaction("R", { "A" }, { "B" }, "A") } },
      'algebraic rule', '"A" is changed by reactions', '"k" is constant')
    refused(s.document { parameters = { s.parameter("x", 0, false) },
      rules = { algebraic(s.apply("minus", "x", 1)), algebraic(s.apply("minus", "x", 2)) } },
      '"x" is determined by another algebraic rule')
  end)

  it("what has no solution: the run ends there, and names it", function()
    assert(run "cell:clear() return true")
    assert(vm:load_sbml(s.document {
      parameters = { s.parameter("x", 0, false), s.parameter("y", 1, false) },
      rules = { s.rule("rate", "x", 1),
        algebraic(s.apply("minus", s.apply("plus", s.apply("times", "y", "y"), "x"), 2)) } }))
    local _, err = run "cell:run { duration = 3, every = 0.1 } return true"
    assert.equal("ESIMULATION", err.code)
    assert.truthy(err.message:find('"y"', 1, true), err.message)
  end)

  it("goes to SBML and back", function()
    local there = run [[
      cell:clear()
      process "p" { species = { A = 4, B = 0 }, parameters = { total = 5 },
        reactions = { { "A -> B", k = 0.5 } },
        constraints = { rest = "A + rest - total", root = { "root^2 - A", start = -1 } },
        events = { { when = "rest > 3", set = { A = 4 } } } }
      cell:run { duration = 0.5 }
      local text = cell:to_sbml()
      cell:run { duration = 2 }
      return { text = text, rest = cell:get "rest", root = cell:get "root" }]]
    assert(run "cell:clear() return true")
    assert(vm:load_sbml(there.text))
    local back = assert(run [[cell:run { duration = 2 }
      return { rest = cell:get "rest", root = cell:get "root" }]])
    assert_close(there.rest, back.rest)
    assert_close(there.root, back.root)
    assert.is_true(back.root < 0)
    local _, err = run [[
      cell:clear()
      process "p" { species = { A = 4, total = 5 }, reactions = { { "A ->", k = 1 } },
        constraints = { rest = "A + rest - total" } }
      return cell:to_sbml()]]
    assert.truthy(err.message:find('could determine "total" as well', 1, true), err.message)
  end)
end)

describe("a fast reaction", function()
  local function document(parts)
    parts.version = 1
    parts.compartments = { s.compartment("c", 2) }
    return s.document(parts)
  end
  local fast = 'fast="true"'

  -- A <-> B at once, B = 2 A by amount; B ->; concentrations are half the amounts.
  it("is at rest from the start, and slow ones go on", function()
    local found = rows(document {
      species = { species("A", 9), species("B", 0) },
      reactions = {
        s.reaction("quick", { "A" }, { "B" }, s.apply("minus", s.apply("times", 2, "A"), "B"), nil, fast),
        s.reaction("slow", { "B" }, {}, s.apply("times", "c", 0.3, "B"), nil, 'fast="false"') },
    }, { "A", "B.amount" }, 6, 2)
    for i, row in ipairs(found) do
      local left = 9 * math.exp(-0.2 * 2 * (i - 1))
      assert_close(left / 3 / 2, row.A)
      assert_close(left * 2 / 3, row["B.amount"])
    end
  end)

  it("ends with its reactant, and an event starts it again", function()
    local found = rows(document {
      species = { species("A", 4), species("B", 6) },
      reactions = { s.reaction("quick", { "2 A", "B" }, {}, s.apply("times", "A", "B"), nil, fast),
        s.reaction("slow", { "B" }, {}, 1, nil, 'fast="false"') },
      events = { s.event("E", s.apply("geq", s.time, 1.5), { A = 1 }) },
    }, { "A", "B.amount" }, 3, 1)
    assert_close(0, found[1].A)
    assert_close(4, found[1]["B.amount"])
    assert_close(3, found[2]["B.amount"])
    assert_close(1, found[3]["B.amount"])
    assert_close(0, found[3].A)
  end)

  it("is no matter for stochastic simulation, and for SBML but as it was read", function()
    assert(run "cell:clear() return true")
    local model = assert(vm:load_sbml(document { species = { species("A", 9) },
      reactions = { s.reaction("quick", { "A" }, {}, "A", nil, fast) } }))
    assert.equal("fast", model.warnings[1].code) -- for nothing else moves
    for _, method in ipairs { "ssa", "tau", "hybrid" } do
      local _, err = run("cell:run { duration = 1, method = args } return true", method)
      assert.equal("EMODEL", err.code)
      assert.truthy(err.message:find('"quick.extent"', 1, true), err.message)
    end
    local text = assert(run "return cell:to_sbml()")
    assert.truthy(text:find('fast="true"', 1, true), text)
    local _, err = run 'process "more" { parameters = { p = 1 } } return cell:to_sbml()'
    assert.truthy(err.message:find('"quick" is fast', 1, true), err.message)
  end)

  it("of a process shares its species with others", function()
    local found = assert(run [[
      cell:clear()
      process "quick" { species = { A = 9, B = 0 }, initial = { A = "6 + 3" }, reactions = {
        { "A -> B", k = 2, fast = true, name = "there" }, { "B -> A", k = 1, fast = true },
        { "A -> B", k = 5, fast = false } } }
      process "slow" { species = { C = 0 }, reactions = { { "B -> C", k = 0.3 } },
        events = { { at = 2, set = { A = "A + 3" } } }, rules = { sum = "A + B" } }
      local t = cell:run { duration = 4, every = 2 }
      return { t:column "sum", t:column "A", t:column "B", t:column "C" }]])
    local late = 9 * math.exp(-0.4) + 3
    assert_close(late, found[1][2])
    assert_close(late * math.exp(-0.4), found[1][3])
    assert_close(late / 3, found[2][2])
    assert_close(late * 2 / 3, found[3][2])
    assert_close(12 - found[1][3], found[4][3])
  end)
end)

describe("a mistake in a constraint or a fast reaction", function()
  for code, parts in pairs {
    ["constraints = { 'A - 1' }"] = { "constraints", "name = value" },
    ["constraints = { x = { 'x - 1', begin = 2 } }"] = { "constraints.x", '"begin"', "start" },
    ["constraints = { x = { 'x - 1', 'x - 2' } }"] = { "constraints.x", "one formula" },
    ["constraints = { x = 'x -' }"] = { 'constraint "x"', "line 1" },
    ["constraints = { x = 'A - 1' }"] = { 'constraint on "x"', "does not depend on it" },
    ["constraints = { A = 'A - 1' }"] = { 'constraint "A" is declared already' },
    ["reactions = { { 'A -> B', k = 1, fast = true } }"] = { '"B"', "fast", "same process" },
    ["reactions = { { 'A ->', rate = 3, fast = true } }"] = { '"A.extent"', "does not depend" },
    ["reactions = { { 'A ->', rate = 3, fast = 1 } }"] = { "reactions[1]", "fast", "boolean" },
  } do
    it(code, function()
      local _, err = run("cell:clear() process 'p' { species = { A = 1 }, " .. code .. " }")
      assert.equal("EMODEL", err.code, err.message)
      for _, part in ipairs(parts) do assert.truthy(err.message:find(part, 1, true), err.message) end
    end)
  end
end)
