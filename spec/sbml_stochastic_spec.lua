-- Stochastic runs of models as people have them: amounts in moles, concentrations, laws of mass action for
-- concentrations, reversible laws. What is assumed stands in warnings.

local kind = require "spec.support.vm_kind"
local s = require "spec.support.sbml"

local AVOGADRO = 6.02214076e23
local FEMTOLITRE = 1e-15
local stochastic = { stochastic = true }

local amount_only = 'hasOnlySubstanceUnits="true"'
local vm

local function load(text, options)
  assert(vm:execute_biological_process "cell:clear()")
  return vm:load_sbml(text, options or stochastic)
end

local function run(code, args)
  return vm:execute_biological_process(code, { args = args })
end

local function codes(model)
  local list = {}
  for i, warning in ipairs(model.warnings) do list[i] = warning.code end
  return list
end

-- Of `runs` runs, mean and standard deviation of what is named, at the end.
local function ensemble(name, duration, runs, method)
  local both = assert(run([[
    local e = cell:ensemble { runs = args.runs, duration = args.duration, every = args.duration, method = args.method,
      seed = 1, record = { args.name } }
    return { e:mean(args.name)[2], e:sd(args.name)[2] }]],
    { name = name, duration = duration, runs = runs or 1000, method = method or "ssa" })).result
  return both[1], both[2]
end

local function near(expected, got, allowed)
  assert.is_true(math.abs(expected - got) <= allowed, ("%.17g for %.17g"):format(got, expected))
end

local function refused(err, ...)
  for _, part in ipairs { ... } do assert.truthy(err.message:find(part, 1, true), err.message) end
end

-- A decays to B in a femtolitre, by a law for concentrations. parts: what to change.
local function decay(parts)
  local document = {
    substance = "mole",
    compartments = { s.compartment("c", FEMTOLITRE) },
    species = { s.species("A", 'initialConcentration="1e-6"'), s.species("B", 'initialConcentration="0"') },
    parameters = { s.parameter("k", 0.05) },
    reactions = { s.reaction("r", { "A" }, { "B" }, s.apply("times", "c", "k", "A")) },
  }
  for key, value in pairs(parts or {}) do document[key] = value end
  return s.document(document)
end

-- A decays in a model of level 1 or 2, which has units of its own accord.
local function old(level, units, initial)
  local id = level == 1 and "name" or "id"
  local law = level == 1 and '<kineticLaw formula="c*A"/>'
    or "<kineticLaw>" .. s.math(s.apply("times", "c", "A")) .. "</kineticLaw>"
  return ([[<?xml version="1.0"?>
    <sbml xmlns="http://www.sbml.org/sbml/level@%s" level="@" version="%d"><model #="m">
    <listOfUnitDefinitions>%s</listOfUnitDefinitions>
    <listOfCompartments><compartment #="c" %s="1e-15"/></listOfCompartments>
    <listOfSpecies><species #="A" compartment="c" %s/></listOfSpecies>
    <listOfReactions><reaction #="r"><listOfReactants><speciesReference species="A"/></listOfReactants>
    %s</reaction></listOfReactions></model></sbml>]])
    :format(level == 1 and "" or "/version4", level == 1 and 2 or 4, units, level == 1 and "volume" or "size",
      initial, law):gsub("@", level):gsub("#", id)
end

local decayed = math.exp(-0.5)
local one = 1 / (AVOGADRO * FEMTOLITRE) -- a molecule in a femtolitre, in mol/l
local deviation = math.sqrt(602 * decayed * (1 - decayed)) -- of A after 10 s

-- The mean of X after `time` where n molecules react as 2 X -> at c n (n - 1): the master equation, in small steps.
local function pairs_left(n, c, time)
  local chance, steps = { [n] = 1 }, 20000
  for _ = 1, steps do
    local next_chance = {}
    for i, p in pairs(chance) do
      local gone = p * c * i * (i - 1) * time / steps
      next_chance[i] = (next_chance[i] or 0) + p - gone
      if i > 1 then next_chance[i - 2] = (next_chance[i - 2] or 0) + gone end
    end
    chance = next_chance
  end
  local mean = 0
  for i, p in pairs(chance) do mean = mean + i * p end
  return mean
end

describe("stochastic runs of SBML", function()
  setup(function()
    vm = assert(kind.create("stochastic", "minimal_cell"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  describe("amounts in moles", function()
    it("are counted in molecules, and shown in the model's units", function()
      local model = assert(load(decay()))
      assert.same({ "units", "rounding" }, codes(model))
      assert.equal("mole", model.warnings[1].element)
      refused(model.warnings[1], '"mole"', "6.02214076e+23", '"A.molecules"')
      assert.equal("A", model.warnings[2].element)
      local first = assert(run [[
        local t = cell:run { duration = 1, method = "ssa", seed = 1 }
        return { t:first "A", t:first "A.amount", t:first "A.molecules" }]]).result
      assert.equal(602, first[3])
      near(602 / AVOGADRO, first[2], 1e-35)
      near(602 * one, first[1], 1e-20)
    end)

    it("decay as they should, by every method", function()
      for _, method in ipairs { "ssa", "hybrid" } do
        assert(load(decay()))
        local mean, sd = ensemble("A", 10, 1000, method)
        near(602 * decayed * one, mean, 4 * deviation * one / math.sqrt(1000))
        if method == "ssa" then near(deviation * one, sd, 0.1 * deviation * one) end
      end
      assert(load(decay()))
      near(602 * decayed * one, (ensemble("A", 10, 200, "tau")), 0.02 * 602 * one)
      local ode = assert(run [[return cell:run { duration = 10 }:last "A"]]).result
      near(1e-6 * decayed, ode, 1e-12)
    end)

    it("have their unit by many ways", function()
      local nano, milli = s.unit("nano", "mole", 1e-9), s.unit("milli", "mole", 1e-3)
      local function count(parts)
        assert(load(type(parts) == "string" and parts or decay(parts)))
        return assert(run [[return cell:get "A.molecules"]]).result
      end
      near(602.214076, count { substance = "nano", units = { nano },
        species = { s.species("A", 'initialConcentration="1e3"'), s.species("B", 'initialAmount="0"') } }, 1e-9)
      near(602.214076, count { substance = "nano", units = { nano, milli }, species = {
        s.species("A", 'initialAmount="1e-18" substanceUnits="milli"'),
        s.species("B", 'initialAmount="0" substanceUnits="milli"') } }, 1e-9)
      near(602.214076, count { substance = "nano", units = { nano },
        species = { s.species("A", 'initialAmount="1e-12"', amount_only), s.species("B", 'initialAmount="0"') } },
        1e-9)
      near(602.214076, count { species = { s.species("A", ""), s.species("B", 'initialAmount="0"') },
        initial = { s.initial("A", s.apply("divide", 2e-6, 2)) } }, 1e-9)
      near(500, count { substance = "dozens", units = { s.unit("dozens", "item", 12.5) },
        species = { s.species("A", 'initialAmount="40"'), s.species("B", 'initialAmount="0"') } }, 1e-9)
      near(602.214076, count(old(2, "", 'initialAmount="1e-21"')), 1e-9)
      near(602.214076, count(old(2, s.unit("substance", "mole", 1e-6), 'initialConcentration="1"')), 1e-9)
      near(602.214076, count(old(1, '<unitDefinition name="m"><listOfUnits><unit kind="mole" scale="-3"/></listOfUnits>'
        .. "</unitDefinition>", 'initialAmount="1e-18" units="m"')), 1e-9)
    end)

    it("are refused where the unit counts nothing", function()
      local none, err = load(decay { substance = "mass", units = { s.unit("mass", "gram") } })
      assert.is_nil(none)
      refused(err, 'species "A"', '"mass"', "no number of molecules")
      assert.equal(0, #assert(load(decay { substance = "mass", units = { s.unit("mass", "gram") } }, {})).warnings)
    end)

    it("are refused where there are more than can be counted", function()
      assert(load(decay { compartments = { s.compartment("c", 1) } }))
      for _, method in ipairs { "ssa", "tau" } do
        local _, err = run("cell:run { duration = 1, method = args, seed = 1 }", method)
        refused(err, '"A.molecules" is 6.02214e+17', "2^53", "smaller compartment")
      end
      local mean = assert(run [[return cell:run { duration = 10, method = "hybrid", seed = 1 }:last "A"]]).result
      near(1e-6 * decayed, mean, 1e-12)
      assert(run [[cell:reset() cell:set("c", 1e-15)]])
      assert.equal(602, assert(run [[
        return cell:run { duration = 1, method = "ssa", seed = 1 }:first "A.molecules"]]).result)
    end)

    it("have few molecules beside a great many in a hybrid run", function()
      local few = s.species("A", ('initialAmount="%.17g"'):format(40 / AVOGADRO))
      assert(load(decay { compartments = { s.compartment("c", 1) },
        species = { few, s.species("B", 'initialConcentration="1e-3"') } }))
      local last = assert(run [[
        local t = cell:run { duration = 10, method = "hybrid", seed = 1 }
        return { t:last "A.molecules", t:last "B" }]]).result
      assert.is_true(last[1] == math.floor(last[1]) and last[1] > 10 and last[1] < 40)
      assert.equal(1e-3, last[2])
    end)

    it("below one molecule are rounded, and each is named", function()
      local model = assert(load(decay {
        species = { s.species("A", 'initialConcentration="1e-6"'), s.species("B", 'initialConcentration="3e-10"') } }))
      assert.same({ "units", "rounding", "rounding" }, codes(model))
      assert.equal("B", model.warnings[2].element)
      refused(model.warnings[2], '"B" begins with 0.180664223 molecules: 0 are taken')
    end)

    it("stay as they are for the solver of differential equations", function()
      local model = assert(load(decay(), {}))
      assert.equal(0, #model.warnings)
      near(1e-21, assert(run [[return cell:get "A.amount"]]).result, 1e-36)
    end)
  end)

  describe("amounts in no declared unit", function()
    local function species(initial)
      return { s.species("A", initial), s.species("B", 'initialAmount="0"') }
    end

    it("are molecules if they are whole numbers", function()
      local model = assert(load(decay { substance = false, compartments = { s.compartment("c", 10) },
        species = species 'initialConcentration="10"' }))
      assert.same({ "units" }, codes(model))
      refused(model.warnings[1], "no unit of substance is declared", "numbers of molecules")
      local mean, sd = ensemble("A", 10, 2000)
      near(10 * decayed, mean, 4 * 0.4885 / math.sqrt(2000))
      near(0.4885, sd, 0.04)
    end)

    it("are moles if they are not, and can be", function()
      local model = assert(load(decay { substance = false }))
      assert.same({ "units", "rounding" }, codes(model))
      refused(model.warnings[1], "no unit of substance is declared", "moles")
      assert.equal(602, assert(run [[
        return cell:run { duration = 1, method = "ssa", seed = 1 }:first "A.molecules"]]).result)
    end)

    it("are refused by the run if they can be neither", function()
      assert(load(decay { substance = false, compartments = { s.compartment("c", 1) },
        species = species 'initialConcentration="0.5"' }))
      local _, err = run [[cell:run { duration = 1, method = "ssa", seed = 1 }]]
      refused(err, '"A.amount" is 0.5', "whole numbers")
    end)

    it("are named where the unit has no dimension, and are certain in items", function()
      local whole = { compartments = { s.compartment("c", 1) }, species = species 'initialAmount="7"' }
      whole.substance = "dimensionless"
      local model = assert(load(decay(whole)))
      assert.same({ "units" }, codes(model))
      refused(model.warnings[1], '"dimensionless"', "no dimension")
      whole.substance = "item"
      assert.same({}, codes(assert(load(decay(whole), { stochastic = true, strict = true }))))
    end)

    it("are rounded, with a warning, where that loses next to nothing", function()
      local parts = { substance = "item", compartments = { s.compartment("c", 100) } }
      for initial, count in pairs { ["0.29"] = 29, ["681.902"] = 68190 } do
        parts.species = species(('initialConcentration="%s"'):format(initial))
        local model = assert(load(decay(parts)))
        assert.same({ "rounding" }, codes(model))
        assert.equal("A", model.warnings[1].element)
        assert.equal(count, assert(run [[
          return cell:run { duration = 1e-9, method = "ssa", seed = 1 }:first "A.amount"]]).result)
        local none, err = load(decay(parts), { stochastic = true, strict = true })
        assert.is_nil(none)
        refused(err, "warnings are errors")
      end
      parts.species = species 'initialAmount="1.5"'
      assert.same({}, codes(assert(load(decay(parts)))))
      local _, err = run [[cell:run { duration = 1, method = "ssa", seed = 1 }]]
      refused(err, '"A.amount" is 1.5')
    end)
  end)

  describe("mass action", function()
    local square = s.apply("power", "X", 2)
    local pair_laws = {
      s.apply("times", "c", "k", "X", "X"),
      s.apply("times", "k", square, "c"),
      s.apply("divide", s.apply("times", "k", s.apply("times", "c", "X"), s.apply("times", "c", "X")), "c"),
      s.apply("<ci>rate</ci>", "X", s.apply("times", "c", "k")),
    }
    local rate = '<functionDefinition id="rate">' .. s.math("<lambda><bvar><ci>x</ci></bvar><bvar><ci>y</ci></bvar>"
      .. s.apply("times", "y", "x", "x") .. "</lambda>") .. "</functionDefinition>"

    local function dimers(law, more)
      local document = {
        substance = "mole",
        functions = { rate },
        compartments = { s.compartment("c", FEMTOLITRE) },
        species = { s.species("X", ('initialConcentration="%.17g"'):format(9 * one)),
          s.species("Y", 'initialAmount="0"') },
        parameters = { s.parameter("k", 0.05 / one) },
        reactions = { s.reaction("r", { "2 X" }, { "Y" }, law) },
      }
      for key, value in pairs(more or {}) do document[key] = value end
      return s.document(document)
    end

    it("has n (n - 1) pairs of one species, however the law is written", function()
      local expected = pairs_left(9, 0.05, 2)
      for _, law in ipairs(pair_laws) do
        local model = assert(load(dimers(law)))
        assert.same({ "units", "mass_action" }, codes(model))
        assert.equal("r", model.warnings[2].element)
        local mean, sd = ensemble("X.molecules", 2, 2000)
        near(expected, mean, 4 * sd / math.sqrt(2000))
      end
    end)

    it("is the same where the law has amounts, and beside a species that nothing changes", function()
      local each = AVOGADRO * 1e-21
      local fixed = s.species("F", 'initialAmount="2.5"', amount_only):gsub('boundaryCondition="false"',
        'boundaryCondition="true"')
      local model = assert(load(dimers(s.apply("times", "k", "F", "X", "X", "F"), {
        substance = "zepto", units = { s.unit("zepto", "mole", 1e-21) },
        species = { s.species("X", ('initialAmount="%.17g"'):format(9 / each), amount_only),
          s.species("Y", 'initialAmount="0"', amount_only), fixed },
        reactions = { s.reaction("r", { "2 X", "2 F" }, { "Y" }, s.apply("times", "k", "F", "X", "X", "F")) },
        parameters = { s.parameter("k", 0.05 * each / 2.5^2) } })))
      assert.same({ "units", "mass_action" }, codes(model))
      local mean, sd = ensemble("X.molecules", 2, 2000)
      near(pairs_left(9, 0.05, 2), mean, 4 * sd / math.sqrt(2000))
    end)

    it("never takes a molecule that is not there", function()
      assert(load(dimers(pair_laws[1])))
      local last = assert(run [[
        local t = cell:run { duration = 1e4, every = 0, method = "ssa", seed = 3 }
        return { t:last "X.molecules", t:last "Y.molecules" }]]).result
      assert.same({ 1, 4 }, last)
    end)

    it("counts threes, and species of two compartments", function()
      local model = assert(load(s.document {
        substance = "item", compartments = { s.compartment("c", 2), s.compartment("d", 5) },
        species = { s.species("X", 'initialAmount="4"'), (s.species("Z", 'initialAmount="1"'):gsub('"c"', '"d"')) },
        parameters = { s.parameter("k", 1) },
        reactions = { s.reaction("r", { "3 X", "Z" }, {}, s.apply("times", "k", s.apply("power", "X", 3), "Z")) } }))
      assert.same({ "mass_action" }, codes(model))
      local fired = 1 - math.exp(-24 / 8 / 5)
      near(4 - 3*fired, (ensemble("X.amount", 1, 2000)), 4 * 3 * math.sqrt(fired * (1 - fired) / 2000))
    end)

    it("is nothing else: other laws are rates as they are written", function()
      local michaelis = s.apply("divide", s.apply("times", "k", "X"), s.apply("plus", 1, "X"))
      local item = { substance = "item", compartments = { s.compartment("c", 1) },
        species = { s.species("X", 'initialAmount="30"'), s.species("Y", 'initialAmount="0"') },
        parameters = { s.parameter("k", 1) } }
      for _, law in ipairs { michaelis, s.apply("times", "k", "X", s.apply("minus", "X", 1)), square } do
        item.reactions = { s.reaction("r", { law == square and "X" or "2 X" }, { "Y" }, law) }
        assert.same({}, codes(assert(load(dimers(law, item)))))
      end
    end)

    it("of a modifier squares it", function()
      assert(load(s.document {
        substance = "item", compartments = { s.compartment("c", 1) },
        species = { s.species("X", 'initialAmount="3"'), s.species("Y", 'initialAmount="0"') },
        parameters = { s.parameter("k", 1) },
        reactions = { s.reaction("r", {}, { "Y" }, s.apply("times", "k", square)),
          s.reaction("q", { "X" }, {}, s.apply("times", 0, "X")) } }))
      local mean = ensemble("Y", 10, 1000)
      near(90, mean, 4 * math.sqrt(90 / 1000))
    end)
  end)

  describe("a reversible law", function()
    local function exchange(law, more)
      local document = {
        substance = "mole",
        compartments = { s.compartment("c", FEMTOLITRE), s.compartment("d", 3 * FEMTOLITRE) },
        species = { s.species("A", 'initialConcentration="1e-6"'),
          (s.species("B", 'initialConcentration="0"'):gsub('"c"', '"d"')) },
        parameters = { s.parameter("k", 1e-15) },
        reactions = { (s.reaction("r", { "A" }, { "B" }, law):gsub('reversible="false"', 'reversible="true"')) },
      }
      for key, value in pairs(more or {}) do document[key] = value end
      return s.document(document)
    end

    local net = '<functionDefinition id="net">' .. s.math("<lambda><bvar><ci>a</ci></bvar><bvar><ci>b</ci></bvar>"
      .. s.apply("minus", "a", "b") .. "</lambda>") .. "</functionDefinition>"
    local less = s.apply("minus", "B")
    local laws = {
      s.apply("times", "k", s.apply("minus", "A", "B")),
      s.apply("plus", s.apply("times", less, "k"), s.apply("times", "k", "A")),
      s.apply("plus", s.apply("times", -1, "k", "B"), s.apply("times", "k", "A")),
      s.apply("minus", s.apply("times", "k", "A"), s.apply("times", "k", "B")),
      s.apply("plus", s.apply("minus", s.apply("times", "k", "B")), s.apply("times", "k", "A")),
      s.apply("times", "k", s.apply("<ci>net</ci>", "A", "B")),
      s.apply("divide", s.apply("times", "k", s.apply("minus", "A", "B")), s.apply("plus", 1, "A", "B")),
    }

    it("is one whether the reaction says so or not, where it takes and makes something", function()
      assert.same({ "units", "rounding", "reversible" },
        codes(assert(load((exchange(laws[1]):gsub('reversible="true"', 'reversible="false"'))))))
      local limited = s.apply("times", "k", s.apply("minus", 1e-6, "B"))
      local model = assert(load(decay { reactions = { s.reaction("r", {}, { "B" }, limited) } }))
      assert.same({ "units" }, codes(model))
    end)

    -- Both have one concentration in the end, so that a quarter of the molecules are in A.
    it("is taken for two reactions, however it is written", function()
      for i, law in ipairs(laws) do
        local model = assert(load(exchange(law, { functions = { net } })))
        assert.same({ "units", "rounding", "reversible" }, codes(model), "law " .. i)
        local mean, sd = ensemble("A.molecules", 20, 500)
        near(602 / 4, mean, 4 * sd / math.sqrt(500))
        near(math.sqrt(602 * 3 / 16), sd, 1.5)
      end
    end)
  end)

  describe("the rest of a model", function()
    it("sets concentrations by events, to whole molecules", function()
      assert(load(decay { events = {
        s.event("e", s.apply("geq", s.time, 5), { A = 2e-6, c = 2 * FEMTOLITRE }) } }))
      local t = assert(run [[
        local t = cell:run { duration = 5.0001, every = 0.0001, method = "ssa", seed = 1 }
        return { t:last "A.molecules", t:last "A" }]]).result
      assert.is_true(t[1] == math.floor(t[1]) and t[1] > 1200 and t[1] <= 1204)
      near(t[1] * one / 2, t[2], 1e-12)
      local set = assert(run [[
        cell:reset() cell:set("A", 1.5e-6)
        return cell:run { duration = 1e-9, method = "ssa", seed = 1 }:first "A.molecules"]]).result
      assert.equal(903, set)
    end)

    it("sets numbers of molecules by events that halve them, if they are whole", function()
      assert(load(decay { substance = "item", compartments = { s.compartment("c", 1) },
        species = { s.species("A", 'initialAmount="7"'), s.species("B", 'initialAmount="0"') },
        parameters = { s.parameter("k", 0) },
        events = { s.event("e", s.apply("geq", s.time, 1), { A = s.apply("divide", "A", 2) }) } }))
      local _, err = run [[cell:run { duration = 2, method = "ssa", seed = 1 }]]
      refused(err, '"A.amount" is 3.5')
    end)

    it("dilutes in a compartment that grows", function()
      assert(load(decay { compartments = { s.compartment("c", FEMTOLITRE, false) },
        rules = { s.rule("assignment", "c", s.apply("times", FEMTOLITRE, s.apply("plus", 1, s.time))) } }))
      local t = assert(run [[
        local t = cell:run { duration = 1, every = 1, method = "ssa", seed = 1 }
        return { t:last "A", t:last "A.molecules" }]]).result
      near(t[2] * one / 2, t[1], 1e-18)
    end)

    it("leaves what no reaction changes in the model's units", function()
      local fixed = s.species("F", 'initialConcentration="2.5e-7"'):gsub('boundaryCondition="false"',
        'boundaryCondition="true"')
      local model = assert(load(decay {
        species = { fixed, s.species("B", 'initialAmount="0"') },
        reactions = { s.reaction("r", { "F" }, { "B" }, s.apply("times", "c", "k", "F")) } }))
      assert.same({ "units" }, codes(model))
      near(2.5e-22, assert(run [[return cell:get "F.amount"]]).result, 1e-36)
      assert.is_false(assert(run [[return pcall(cell.get, cell, "F.molecules")]]).result)
      local mean = ensemble("B.molecules", 100, 500)
      local expected = 0.05 * 100 * 2.5e-7 / one
      near(expected, mean, 4 * math.sqrt(expected / 500))
    end)

    it("has units that differ only with a conversion factor", function()
      local parts = { units = { s.unit("pieces", "item") }, species = { s.species("A", 'initialConcentration="1e-6"'),
        s.species("B", 'initialAmount="0" substanceUnits="pieces"') } }
      local none, err = load(decay(parts))
      assert.is_nil(none)
      refused(err, 'reaction "r"', '"A" and "B" differ')
      parts.species[2] = s.species("B", 'initialAmount="0" substanceUnits="pieces" conversionFactor="f"', amount_only)
      parts.parameters = { s.parameter("k", 0.05), s.parameter("f", 6.022e23) }
      assert(load(decay(parts)))
      local mean = ensemble("B", 10, 1000)
      near(602 * (1 - decayed), mean, 4 * deviation / math.sqrt(1000))
    end)

    it("has stoichiometries that vary, by the solver", function()
      local text = decay {
        parameters = { s.parameter("k", 0.05), s.parameter("n", 0, false) },
        rules = { s.rule("assignment", "n", s.time) },
        species = { s.species("A", 'initialConcentration="1e-6"'), s.species("B", 'initialConcentration="0"') },
        reactions = { s.reaction("r", {}, { 'B id="n" constant="false"' }, s.apply("times", "c", 1e-6)) },
      }
      text = text:gsub('<parameter id="n"[^>]*>', "")
      assert(load(text))
      near(2e-6, assert(run [[return cell:run { duration = 2, method = "hybrid", seed = 1 }:last "B"]]).result, 1e-10)
      local _, err = run [[cell:run { duration = 2, method = "ssa", seed = 1 }]]
      refused(err, "not made of molecules")
    end)

    it("is written in its own units, and read again as the same", function()
      assert(load(decay()))
      local text = assert(run [[return cell:to_sbml()]]).result
      local model = assert(load(text))
      assert.same({ "units", "rounding" }, codes(model))
      near(1e-6 * decayed, assert(run [[return cell:run { duration = 10 }:last "A"]]).result, 1e-12)
      assert(run "cell:reset()")
      local mean = ensemble("A", 10, 1000)
      near(602 * decayed * one, mean, 4 * deviation * one / math.sqrt(1000))
    end)
  end)
end)
