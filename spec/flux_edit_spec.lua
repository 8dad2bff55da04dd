-- Flux-balance models changed in a VM: parts added, changed and removed, constraints of one's own, and all undone.

local flux_vm = require "spec.support.flux_vm"

local call, run = flux_vm.call, flux_vm.run

local function problem_of(code)
  local text, kind = flux_vm.problem_of(code)
  assert.equal("EMODEL", kind)
  return text
end

setup(flux_vm.open)
teardown(flux_vm.close)

-- 10 of A become 20 of B by R1, for which there are genes, or 10 by R2.
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

describe("a flux model that is changed", function()
  before_each(function() run(branch) end)

  it("has reactions added, changed and removed, until the block ends", function()
    assert.same({ 20, 30, 40, 20, 10, 0, 20, { "EX_A", "R1", "R2", "BIO" }, { "A", "B" }, { "g1", "g2", "g3" } }, run [[
      local seen = { model:optimum() }
      do
        local as_before <close> = model:context()
        model:add_reactions { { "A --> 3 B + 2pg_c", name = "R3", genes = "g9" }, { "2pg_c -->", name = "EX_P" } }
        seen[2] = model:optimum()
        model:set_reaction("R3", { "A -> 4 B + 2pg_c" })
        seen[3] = model:optimum()
        model:remove_reactions { "R3" }
        seen[4] = model:optimum()
        do
          local inner <close> = model:context()
          model:remove_genes { "g1" }
          seen[5] = model:optimum()
          model:set_reaction("R2", { upper = 0 })
          seen[6] = model:optimum()
        end
        seen[7] = model:optimum()
        model:remove_reactions({ "R1", "EX_P" }, { orphans = true })
      end
      table.move({ model:reactions(), model:metabolites(), model:genes() }, 1, 3, 8, seen)
      return seen
    ]])
  end)

  it("comes back in any order, to what each block began with", function()
    assert.same({ { "EX_A", "R1", "R2", "BIO", "X" }, { "EX_A", "R1", "R2", "BIO" }, 20 }, run [[
      local outer = model:context()
      model:add_reactions { { "A ->", name = "X" } }
      local inner = model:context()
      model:remove_reactions { "R1", "EX_A" }
      local close = function(context) local c <close> = context end
      close(inner)
      local then_ = model:reactions()
      inner = model:context()
      model:remove_metabolites { "B" }
      close(outer)
      inner = nil
      collectgarbage()
      return { then_, model:reactions(), model:optimum() }
    ]])
  end)

  it("keeps what is said of its parts", function()
    assert.same({
      { name = "R3", lower = -math.huge, upper = 5, objective = 0, genes = "g1 or g7",
        stoichiometry = { A = -1, B = 2.5 }, title = "third", subsystem = "middle", notes = { a = "1 < 2 & so" },
        annotation = { sbo = "SBO:0000176", ["kegg.reaction"] = { "R1", { "isVersionOf", "R2" } }, uri = { "urn:x" },
          chebi = { "CHEBI:1" } } },
      "A <=> 2.5 B",
      { name = "C", boundary = true, reactions = {}, formula = "C6H12", charge = -2, compartment = "c", title = "see" },
      { name = "g7", reactions = { "R3" }, title = "seven" },
      { name = "m", title = "a model", compartments = { c = "cytosol" }, notes = { by = "us" } },
    }, run [[
      model:add_reactions { { "A <=> 2.5 B", name = "R3", upper = 5, genes = "g1 or g7", title = "x",
        subsystem = "middle", annotation = { sbo = "SBO:0000176",
        ["kegg.reaction"] = { "R1", { "isVersionOf", "R2" } }, uri = "urn:x", chebi = "CHEBI:1" } } }
      model:set_reaction("R3", { title = "third", notes = { a = "1 < 2 & so" } })
      model:add_metabolites { { name = "C", formula = "C6", charge = -2, compartment = "c" } }
      model:set_metabolite("C", { formula = "C6H12", title = "see", boundary = true })
      model:set_gene("g7", { title = "seven" })
      model:set_info { name = "m", title = "a model", compartments = { c = "cytosol" }, notes = { by = "us" } }
      return { model:reaction "R3", model:equation "R3", model:metabolite "C", model:gene "g7", model:info() }
    ]])
  end)

  it("reads ids that look like the end of a number", function()
    assert.same({ "2 A --> e1", "E + 3 e2 --> -e", { e1 = 1, A = -2 } }, run [[
      model:add_reactions { { "2 A --> e1", name = "F" }, { "E + 3 e2 --> -e", name = "G" } }
      return { model:equation "F", model:equation "G", model:reaction("F").stoichiometry }
    ]])
  end)

  it("reads what an arrow says, and refuses what the bounds do not allow", function()
    assert.same({ { 0, math.huge }, { -math.huge, 0 }, { -3, math.huge }, { 0, math.huge }, 1, 4 }, run [[
      model:add_reactions { { "A ==> B", name = "F" }, { "a-1 <-- (2) b+", name = "G" },
        { "A <-> B", name = "H", lower = -3 }, { "2B -> A", name = "I" } }
      local bounds = {}
      for i, name in ipairs { "F", "G", "H", "I" } do bounds[i] = { model:bounds(name) } end
      bounds[5] = -model:reaction("G").stoichiometry["a-1"]
      bounds[6] = model:reaction("G").stoichiometry["b+"] - model:reaction("I").stoichiometry.B
      return bounds
    ]])
    assert.matches("its bounds 0 and inf are not what the arrow says",
      problem_of [[model:set_reaction("R1", { "A <=> B" })]])
    assert.matches("a metabolite expected", problem_of [[model:add_reactions { { "A + --> B", name = "X" } }]])
    assert.matches('"%+" expected', problem_of [[model:add_reactions { { "A B --> B", name = "X" } }]])
    assert.matches("a coefficient above 0", problem_of [[model:add_reactions { { "-1 A --> B", name = "X" } }]])
  end)

  it("is as it was where something cannot be changed", function()
    assert.matches("two reactions \"R1\"", problem_of [[
      model:add_reactions { { "A -> Z", name = "NEW" }, { "A -> B", name = "R1" } }]])
    assert.matches("title: a string expected",
      problem_of [[model:add_reactions { { "A -> Y", name = "NEW", title = 3 } }]])
    assert.matches("is above the upper bound",
      problem_of [[model:add_reactions { { "A -> Y", name = "NEW", lower = 2, upper = 1 } }]])
    assert.matches("no metabolite \"X\"", problem_of [[model:set_metabolite("X", {})]])
    assert.matches('no reaction "R_R1" in the model; it has "R1" ', problem_of [[model:bounds "R_R1"]])
    assert.matches("no gene \"X\"", problem_of [[model:remove_genes { "X" }]])
    assert.same({ { "EX_A", "R1", "R2", "BIO" }, { "A", "B" } },
      run "return { model:reactions(), model:metabolites() }")
  end)

  it("does without genes and metabolites that are removed", function()
    assert.same({ "g1 and g3", { "EX_A", "R1", "BIO" }, { "g1", "g3" }, "g2", "", { "g2" }, { "B" }, { B = 2 },
      { "R2" } }, run [[
      local seen = {}
      do
        local as_before <close> = model:context()
        model:remove_genes { "g2" }
        seen = { model:reaction("R1").genes, model:reactions(), model:genes() }
      end
      do
        local as_before <close> = model:context()
        model:set_reaction("R1", { genes = "(g1 and g3) or g2" })
        model:remove_genes({ "g1" })
        seen[4] = model:reaction("R1").genes
        model:set_reaction("R2", { genes = "g3" })
        model:remove_genes({ "g3" }, { remove_reactions = false })
        seen[5], seen[6] = model:reaction("R2").genes, model:genes()
        model:remove_metabolites { "A" }
        seen[7], seen[8] = model:metabolites(), model:reaction("R1").stoichiometry
      end
      model:remove_metabolites({ "A" }, { destructive = true })
      model:add_reactions { { "B -> D", name = "R2" } }
      model:remove_reactions { "BIO" }
      seen[9] = model:reactions()
      return seen
    ]])
  end)
end)

describe("parts of a flux model under other ids", function()
  it("are the same parts, in rules, groups, sums and what is written", function()
    assert.same({ { "IN", "AB", "Q" }, { "b", "a" }, "G9 and G2", { "G9", "G2" }, { fluxes = { Q = 1, AB = -1 } },
      5, 3, "2 b <=> a", { "Q" } }, run [[
      local model = flux.model { reactions = { { "--> a", name = "IN", upper = 5 },
        { "2 a <=> b", name = "AB", genes = "(G1 and G2)" }, { "b -->", name = "OUT" } }, objective = "OUT" }
      model:add_constraint { name = "c", fluxes = { OUT = 1, AB = -1 }, lower = 0 }
      do
        local as_before <close> = model:context()
        model:rename { reactions = { OUT = "P" }, metabolites = { a = "z" } }
      end
      model:rename { reactions = { OUT = "Q" }, metabolites = { a = "b", b = "a" }, genes = { G1 = "G9" } }
      model:disable { genes = { "G9" } }
      local disabled, stopped = model:disabled(), model:optimum()
      model:enable()
      model:set_bounds("Q", 0, 1.5)
      local sum = model:constraints()[1]
      local names = {}
      for name in pairs(model:optimise().fluxes) do names[#names + 1] = name end
      assert(#names == 3 and stopped == 0 and #disabled.reactions == 1)
      local rule = model:reaction("AB").genes
      return { model:reactions(), model:metabolites(), rule, model:genes(), { fluxes = sum.fluxes },
        select(2, model:bounds "IN"), 2*model:optimum(), (model:equation "AB"),
        { (next((model:objective()))) } }
    ]])
    -- members of a group of a file in SBML
    assert.equal("R_new M_a", run([[
      local model = flux.load_json(args)
      local again = flux.load_sbml((model:to_sbml()))
      again:rename { reactions = { R_in = "R_new" } }
      return table.concat(again:groups()[1].members, " ") .. " " .. again:metabolites()[1]
    ]], [[{"metabolites":[{"id":"a","name":"","compartment":"c"}],"genes":[],"id":"m","version":"1",
      "compartments":{"c":""},"reactions":[{"id":"in","name":"","metabolites":{"a":1.0},"lower_bound":0.0,
      "upper_bound":5.0,"gene_reaction_rule":"","subsystem":"s"}]}]]))
  end)

  it("are refused where two would be the same, or none can be called so", function()
    run [[
      model = flux.model { reactions = { { "--> a", name = "IN", genes = "G1 or G2" }, { "a -->", name = "OUT" } } }]]
    for code, problem in pairs {
      ["reactions = { IN = 'OUT' }"] = 'there would be two reactions "OUT"',
      ["metabolites = { a = '' }"] = "a metabolite's id has 1 to 255 bytes, got 0",
      ["metabolites = { a = ('a'):rep(256) }"] = "got 256",
      ["genes = { G1 = 'G 1' }"] = 'no rule can have a gene "G 1"',
      ["genes = { G1 = 'or' }"] = 'no rule can have a gene "or"',
      ["genes = { G3 = 'G4' }"] = 'no gene "G3"',
      ["reactions = { 'OUT' }"] = "got a list",
      ["species = { a = 'b' }"] = "species",
      ["metabolites = { a = 'b' }, genes = { G1 = 'G2' }"] = 'two genes "G2"',
    } do assert.matches(problem, problem_of("model:rename { " .. code .. " }"), 1, true) end
    assert.same({ "IN", "OUT", "a", "G1", "G2" }, run [[
      return { model:reactions()[1], model:reactions()[2], model:metabolites()[1], table.unpack(model:genes()) }]])
  end)
end)

describe("constraints of one's own", function()
  before_each(function() run(branch) end)

  it("hold in all that is computed", function()
    -- R1 - R2 <= 4 and EX_A = 10: R1 = 7, R2 = 3, and one unit more of the limit gains 0.5
    assert.same({ 17, { minimum = 7, maximum = 7 }, { minimum = 5.5, maximum = 7 }, { 7, 3, 27 + 10 }, 10, 20 }, run [[
      model:add_constraint { name = "near", fluxes = { R1 = 1, R2 = -1 }, upper = 4 }
      local seen = { model:optimum(), model:variability().R1 }
      model:set_bounds("EX_A", 10, 10)
      seen[3] = model:variability({ fraction = 15.5/17 }).R1
      local least = model:parsimonious()
      seen[4] = { least.fluxes.R1, least.fluxes.R2, least.total_flux }
      model:set_bounds("EX_A", 0, 10)
      seen[5] = model:knock_outs({ reactions = { "R1" } })[1].objective
      model:remove_constraint "near"
      seen[6] = model:optimum()
      return seen
    ]])
  end)

  it("are named where they cannot hold, and undone", function()
    assert.same({ { status = "infeasible", bounds = {}, metabolites = {}, constraints = { "near", "far" } },
      { { name = "near", fluxes = { R1 = 1, R2 = -1 }, lower = -math.huge, upper = 4 } }, 17, 20 }, run [[
      local seen = {}
      do
        local as_before <close> = model:context()
        model:add_constraint { name = "near", fluxes = { R1 = 1, R2 = -1, BIO = 0 }, upper = 4 }
        model:add_constraint { name = "far", fluxes = { R1 = 2, R2 = -2 }, lower = 9 }
        seen[1] = model:diagnose()
        model:remove_reactions { "BIO" }
        model:remove_constraint "far"
        seen[2] = model:constraints()
        model:add_reactions { { "B ->", name = "BIO", objective = 1 } }
        seen[3] = model:optimum()
      end
      seen[4] = model:optimum()
      return seen
    ]])
    assert.matches("no reaction \"X\"", problem_of [[model:add_constraint { name = "k", fluxes = { X = 1 } }]])
    assert.matches("lower bound 2 is above",
      problem_of [[model:add_constraint { name = "k", fluxes = {}, lower = 2, upper = 1 }]])
    assert.matches("no constraint \"k\"", problem_of [[model:remove_constraint "k"]])
  end)

  it("leave rays that they allow", function()
    assert.same({ status = "unbounded", fluxes = { EX_A = 0.75, R1 = 0.25, R2 = 0.5, BIO = 1 } }, run [[
      model:set_bounds { EX_A = { 0, math.huge }, BIO = { 0, math.huge } }
      model:add_constraint { name = "half", fluxes = { R1 = -2, R2 = 1 }, lower = 0 }
      return model:diagnose()
    ]])
  end)
end)

describe("variables of one's own", function()
  -- two ways from A to B: R1, and R2, which is open only at a price
  local ways = [[
    model = flux.model { objective = "OUT", reactions = { { "-> A", name = "IN", upper = 10 },
      { "A -> B", name = "R1", upper = 4 }, { "A -> B", name = "R2", upper = 100 }, { "B ->", name = "OUT" } } }
    model:add_variable { name = "open", kind = "binary" }
    model:add_constraint { name = "needs", fluxes = { R2 = 1, open = -6 }, upper = 0 }
    model:set_objective { OUT = 1, open = -5 }
  ]]

  it("are in constraints and objectives, whole or not", function()
    run(ways)
    assert.same({ { 5, 1, 6 }, { OUT = 1, open = -5 }, { "open", "binary", 0, 1 }, { R2 = 1, open = -6 }, 4, true, 10 },
      run [[
      local s = model:optimise()
      local v, c = model:variables()[1], model:constraints()[1]
      model:set_objective { OUT = 1, open = -7 }
      local closed = model:optimum()
      model:set_bounds("open", 1, 1)
      assert(model:optimum() == 3 and select(2, model:bounds "open") == 1)
      model:set_bounds("open", 0, 1)
      model:set_objective("open", "maximise")
      assert(model:optimum() == 1)
      model:set_objective("OUT", "maximise")
      return { { s.objective, s.variables.open, s.fluxes.R2 }, { OUT = 1, open = -5 },
        { v.name, v.kind, v.lower, v.upper }, c.fluxes, closed,
        s.reduced_costs == nil and s.shadow_prices == nil, model:optimum() }]])
    -- |R1 - R2| by a continuous one: the objective's price of it makes both alike
    assert.same({ 8, 0, 4, 0 }, run [[
      local model = flux.model { objective = "OUT", reactions = { { "-> A", name = "IN", upper = 10 },
        { "A -> B", name = "R1", upper = 4 }, { "A -> B", name = "R2", upper = 100 }, { "B ->", name = "OUT" } } }
      model:add_variable { name = "off", lower = 0 }
      model:add_constraint { name = "up", fluxes = { R1 = 1, R2 = -1, off = -1 }, upper = 0 }
      model:add_constraint { name = "down", fluxes = { R2 = 1, R1 = -1, off = -1 }, upper = 0 }
      model:set_objective { OUT = 1, off = -3 }
      local range = model:variability { reactions = { "R1" } }.R1
      local s, p = model:optimise(), model:parsimonious()
      local l = model:lexicographic { { fluxes = { off = 1 }, sense = "minimise" }, "OUT" }
      assert(s.reduced_costs and p.variables.off == 0 and p.total_flux == 24 and l.objectives[2] == 8)
      assert(l.variables.off == 0 and model:knock_outs { reactions = { "R1" } }[1].objective == 0)
      return { s.objective, s.variables.off, range.minimum, range.maximum - 4 }]])
    -- whole numbers of packets of 2.5
    assert.same({ 7.5, 3 }, run [[
      local model = flux.model { objective = "OUT", reactions = { { "-> B", name = "IN", upper = 9.9 },
        { "B ->", name = "OUT" } } }
      model:add_variable { name = "packets", kind = "integer", lower = 0, upper = 10 }
      model:add_constraint { name = "c", fluxes = { OUT = 1, packets = -2.5 }, lower = 0, upper = 0 }
      local s = model:optimise()
      return { s.objective, s.variables.packets }]])
  end)

  it("agree with trying all values, and mutants too", function()
    assert.same({}, run [[
      local state, wrong = 3, {}
      local function draw(n) state = (state*1103515245 + 12345) % 2147483648 return state//65536 % n end
      for round = 1, 8 do
        local model = flux.model { objective = "OUT", reactions = { { "-> A", name = "IN", upper = 40 },
          { "A ->", name = "OUT" }, { "-> A", name = "MORE", upper = draw(9) } } }
        local goal, switches = { OUT = 1 }, {}
        for i = 1, 4 do
          local name, binary = "y" .. i, i < 3
          switches[i], goal[name] = name, draw(7) - 3
          model:add_variable { name = name, kind = binary and "binary" or "integer", lower = 0,
            upper = binary and 1 or 2 }
        end
        for k = 1, 3 do
          local fluxes = { OUT = draw(3) - 1, IN = draw(3) }
          for _, name in ipairs(switches) do fluxes[name] = draw(11) - 5 end
          model:add_constraint { name = "c" .. k, fluxes = fluxes, upper = 5 + draw(20) }
        end
        model:set_objective(goal)
        local found, mutant = model:optimum(), model:knock_outs { reactions = { "MORE" } }[1].objective
        local function best_of_all()
          local as_before <close> = model:context()
          local best = -math.huge
          for a = 0, 1 do for b = 0, 1 do for c = 0, 2 do for d = 0, 2 do
            model:set_bounds { y1 = { a, a }, y2 = { b, b }, y3 = { c, c }, y4 = { d, d } }
            best = math.max(best, model:optimum() or best)
          end end end end
          return best
        end
        local best = best_of_all()
        model:set_bounds("MORE", 0, 0)
        local without = best_of_all()
        if math.abs((found or -math.huge) - best) > 1e-7 or math.abs((mutant or -math.huge) - without) > 1e-7 then
          wrong[#wrong + 1] = { round, found, best, mutant, without }
        end
      end
      return wrong
    ]])
  end)

  it("come back with their block, and are saved, copied and removed", function()
    run(ways)
    local values = { 5, 1, { "needs", "big" }, { OUT = 1, open = -6 } }
    local code = [[
      local s, names = model:optimise(), {}
      for i, c in ipairs(model:constraints()) do names[i] = c.name end
      return { s.objective, s.variables.open, names, model:objectives()[1].fluxes }]]
    run [[
      model:add_constraint { name = "big", fluxes = { open = 1 }, upper = 1 }
      model:add_objective { name = "other", fluxes = { OUT = 1, open = -6 } }
      do
        local as_before <close> = model:context()
        model:set_objective "open"
        model:set_bounds("open", 0, 0)
        model:add_variable { name = "z", kind = "integer" }
        model:remove_variable "open"
        assert(#model:variables() == 1 and model:constraints()[2].fluxes.open == nil)
      end]]
    assert.same(values, run(code))
    local path = os.tmpname()
    assert(flux_vm.vm():save(path))
    local again <close> = assert(require "bioxen".restore(path, "flux-again"))
    os.remove(path)
    assert.same(values, assert(again:execute_biological_process(code)).result)
    assert.same({ { "open" }, { "open" } }, run [[
      local kinds = { {}, {} }
      for i, form in ipairs { "to_sbml", "to_json" } do
        for _, loss in ipairs(select(2, model[form](model))) do
          kinds[i][#kinds[i] + 1] = tostring(loss.text or loss.message or loss):match "variable" and "open"
        end
      end
      return kinds]])
    assert.same({ 10, 0 }, run [[
      model:remove_variable "open"
      model:remove_constraint "needs"
      return { model:optimum(), #model:variables() }]])
  end)

  it("are refused by name where they cannot be taken, or make no sense", function()
    run(ways)
    for method, arguments in pairs { moma = "", room = "", sample = "{ n = 2 }", loopless = "", geometric = "",
      minimal_medium = "", summary = "", metabolite_summary = "'A'", dynamic = "{}", consistency = "", blocked = "",
      diagnose = "", gapfill = "model", variability = "", parsimonious = "", lexicographic = "{ 'OUT' }",
      production_envelope = "{ reactions = { 'IN' } }" } do
      assert.matches(method .. ': .*"open"', problem_of(("model:%s(%s)"):format(method, arguments)))
    end
    assert.matches('loopless variability: .*"off"', problem_of [[
      local model = flux.model { reactions = { { "-> A", name = "IN" } } }
      model:add_variable { name = "off" }
      model:variability { loopless = true }]])
    for given, problem in pairs {
      ["name = 'IN'"] = "a reaction is called so", ["name = 'open'"] = "there are two variables",
      ["name = 'z', kind = 'real'"] = '"integer" or "binary" expected, got "real"', ["kind = 'binary'"] = "name",
      ["name = 'z', kind = 'binary', upper = 2"] = "within 0 and 1", ["name = 'z', lower = 2, upper = 1"] = "above",
      ["name = ''"] = "1 to 255 bytes",
    } do assert.matches(problem, problem_of("model:add_variable { " .. given .. " }"), 1, true) end
    assert.matches("a variable is called so", problem_of 'model:add_reactions { { "A -->", name = "open" } }')
    assert.matches("a variable is called so", problem_of 'model:rename { reactions = { OUT = "open" } }')
    assert.matches("within 0 and 1", problem_of 'model:set_bounds("open", 0, 3)')
    assert.matches('no variable "z"', problem_of 'model:remove_variable "z"')
    assert.matches("no bound", flux_vm.problem_of [[
      model:add_variable { name = "free", kind = "integer" }
      model:set_objective "free"
      model:optimum()]])
  end)
end)

describe("the consistency of a flux model", function()
  it("is of mass and charge, exactly, and says what it cannot tell", function()
    assert.same({
      { BAD = { H = -2, charge = 2 }, HALF = { C = 0.5 }, REST = { R = 1 } },
      { NONE = 'metabolite "x" has no formula', ODD = 'the formula "(CH2)n" of metabolite "y" is not known',
        CHARGE = 'metabolite "b" has no charge' },
      { r1 = { "R" }, r2 = { "R" } },
    }, run [[
      local model = flux.model { metabolites = {
        { name = "h2o", formula = "H2O", charge = 0 }, { name = "h", formula = "H", charge = 1 },
        { name = "oh", formula = "OH", charge = -1 }, { name = "iron", formula = "Fe2(SO4)3", charge = 0 },
        { name = "so4", formula = "SO4", charge = -2 }, { name = "fe", formula = "Fe", charge = 3 },
        { name = "c1", formula = "CH1.5", charge = 0 }, { name = "c2", formula = "C1.5H1.5", charge = 0 },
        { name = "b", formula = "O" }, { name = "x" }, { name = "y", formula = "(CH2)n", charge = 0 },
        { name = "r1", formula = "RCo", charge = 0 }, { name = "r2", formula = "R2Co", charge = 0 },
        { name = "o", formula = "O", charge = 2 } },
        reactions = { { "h2o --> h + oh", name = "GOOD" }, { "1.1 h2o --> 1.1 h + 1.1 oh", name = "GOOD2" },
        { "iron --> 3 so4 + 2 fe", name = "IRON" }, { "b + 2 h --> h2o", name = "CHARGE" },
        { "h2o --> o", name = "BAD" }, { "c1 --> c2", name = "HALF" }, { "h --> x", name = "NONE" },
        { "h2o --> y", name = "ODD" }, { "r1 --> r2", name = "REST" }, { "h2o -->", name = "OUT" },
        { "h2o --> oh", name = "BIO", annotation = { sbo = "SBO:0000629" } } } }
      return { model:check_mass_balance() }
    ]])
  end)

  it("is of what leads nowhere, and of what runs of itself", function()
    assert.same({ orphans = { metabolites = { "lost" }, reactions = { "none" }, genes = { "old" } },
      dead_ends = { "lost" },
      loops = { R1 = { minimum = 0, maximum = 7 }, R2 = { minimum = -7, maximum = 0 } } }, run [[
      local model = flux.model { objective = "OUT", reactions = { { "--> A", name = "IN", lower = 1, upper = 10 },
        { "A --> B", name = "R1", upper = 7 }, { "A <=> B", name = "R2", lower = -8, upper = 20 },
        { "B -->", name = "OUT" } } }
      model:add_metabolites { "lost" }
      model:set_reaction("OUT", { genes = "old" })
      model:set_reaction("OUT", { genes = "" })
      model:add_reactions { { stoichiometry = {}, name = "none" } }
      local found = model:consistency()
      assert(model:bounds "IN" == 1 and model:optimum() == 10)
      return found
    ]])
  end)
end)

describe("gap filling", function()
  it("finds the cheapest reactions that are missing, and leaves the model", function()
    assert.same({
      { reactions = { "AB" }, objective = 10, penalty = 1 },
      { reactions = { "AC", "CB" }, objective = 5, penalty = 2 },
      { reactions = { "AB" }, objective = 10, penalty = 3 },
      { reactions = { "AB" }, objective = 10, penalty = 1 },
      { reactions = { "AB" }, objective = 10, penalty = 1,
        alternatives = { { reactions = { "AC", "CB" }, objective = 5, penalty = 2 } } },
      "infeasible", { "IN", "OUT" }, { "A", "B" },
    }, run [[
      local model = flux.model { objective = "OUT", reactions = { { "--> A", name = "IN", upper = 10 },
        { "B -->", name = "OUT" } } }
      local universal = flux.model { reactions = { { "A --> B", name = "AB" }, { "A --> C", name = "AC" },
        { "C --> B", name = "CB", upper = 5 }, { "A <=> D", name = "AD" }, { "--> A", name = "IN", upper = 99 } } }
      return { model:gapfill(universal), model:gapfill(universal, { penalties = { AB = 3 } }),
        model:gapfill(universal, { penalties = { AB = 3 }, objective = 8 }),
        model:gapfill(universal, { relaxed = true }), model:gapfill(universal, { alternatives = 3 }),
        select(2, model:gapfill(universal, { objective = 11 })), model:reactions(), model:metabolites() }
    ]])
    run [[
      model = flux.model { objective = "OUT", reactions = { { "--> A", name = "IN", upper = 10 },
        { "B -->", name = "OUT" } } }
      universal = flux.model { reactions = { { "A --> B", name = "AB", lower = 1 } } }]]
    for _, case in ipairs { { "model:gapfill(universal)", "has to run", "ESIMULATION" },
      { "model:gapfill(universal, { objective = 0 })", "above 0 expected", "ESIMULATION" },
      { "model:gapfill(universal, { penalties = { IN = 2 } })", "in the model already", "EMODEL" },
      { "model:gapfill(universal, { alternatives = -1 })", "0 to 1000 expected", "EMODEL" },
      { "model:gapfill(universal, { alternatives = 1, relaxed = true })", "one answer", "EMODEL" },
      { "model:gapfill {}", "FluxModel", "ESCRIPT" } } do
      local _, err = call(case[1])
      assert.matches(case[2], tostring(err))
      assert.equal(case[3], err.code)
    end
    assert.same({ "IN", "OUT" }, run "return model:reactions()")
  end)

  it("finds as few as there must be", function()
    -- each set of candidates is tried: the fewest with which the objective is reached
    -- and of alternatives, all sets that reach it and of which no part does
    assert.same({ 0, 0, 0 }, run [[
      local function reaches(model, candidates, set)
        local as_before <close> = model:context()
        for i = 1, 7 do if set >> (i - 1) & 1 == 1 then model:add_reactions { candidates[i] } end end
        return (model:optimum() or 0) >= 2
      end
      local function count_alternatives(model, universal, candidates)
        local wanted, got, last = {}, {}, 0
        for set = 0, 127 do
          local least = reaches(model, candidates, set)
          for i = 0, 6 do
            least = least and (set >> i & 1 == 0 or not reaches(model, candidates, set & ~(1 << i)))
          end
          if least then wanted[set] = true end
        end
        local found = model:gapfill(universal, { objective = 2, alternatives = 100 })
        local all = found and { found, table.unpack(found.alternatives) } or {}
        local wrong = 0
        for _, answer in ipairs(all) do
          local set = 0
          for _, name in ipairs(answer.reactions) do set = set | 1 << (tonumber(name:sub(2)) - 1) end
          if not wanted[set] or answer.penalty < last then wrong = wrong + 1 end
          wanted[set], last = nil, answer.penalty
        end
        return wrong + (next(wanted) and 1 or 0)
      end
      local function chance(state) return (state*1103515245 + 12345) % 2147483648 end
      local wrong, state = { 0, 0, 0 }, 7
      for round = 1, 6 do
        local candidates = {}
        for i = 1, 7 do
          state = chance(state)
          local from = state >> 8 & 3
          state = chance(state)
          local to = from + 1 + (state >> 8) % (4 - from)
          candidates[i] = { ("m%d --> m%d"):format(from, to), name = "c" .. i, upper = 9 }
        end
        local model = flux.model { objective = "OUT", reactions = { { "--> m0", name = "IN", upper = 10 },
          { "m4 -->", name = "OUT" } } }
        local universal = flux.model { reactions = candidates }
        local least
        for set = 0, 127 do
          local chosen = {}
          for i = 1, 7 do if set >> (i - 1) & 1 == 1 then chosen[#chosen + 1] = candidates[i] end end
          local as_before <close> = model:context()
          model:add_reactions(chosen)
          if (model:optimum() or 0) >= 2 and (not least or #chosen < least) then least = #chosen end
        end
        local found = model:gapfill(universal, { objective = 2 })
        if (found and #found.reactions) ~= least then wrong[1] = wrong[1] + 1 end
        local relaxed = model:gapfill(universal, { objective = 2, relaxed = true })
        if (relaxed == nil) ~= (least == nil) then wrong[2] = wrong[2] + 1 end
        wrong[3] = wrong[3] + count_alternatives(model, universal, candidates)
      end
      return wrong
    ]])
  end)
end)

describe("a scan of a flux model", function()
  it("is the same for any number of VMs, and as in one", function()
    local bioxen = require "bioxen"
    run(branch .. [[ model:set_bounds("EX_A", 1, 10) ]])
    local expected = run [[
      local singles, both, reactions = {}, {}, {}
      for _, m in ipairs(model:knock_outs { genes = true, pairs = true }) do
        if m[2] then both[m[1] .. m[2] ] = m.objective else singles[m[1] ] = m.objective end
      end
      return { singles, both, model:variability { fraction = 0.5 } }]]
    for vms = 1, 2 do
      local found = { {}, {}, {}, {} }
      for name, mutant in bioxen.flux_scan(flux_vm.vm(), { genes = true, vms = vms }) do
        found[1][name] = mutant.objective
      end
      for pair, mutant in bioxen.flux_scan(flux_vm.vm(), { genes = true, pairs = true, vms = vms }) do
        found[2][pair[1] .. pair[2]] = mutant.objective
      end
      for name, range in bioxen.flux_scan(flux_vm.vm(), { variability = true, fraction = 0.5, vms = vms }) do
        found[3][name] = range
      end
      local mutants = { { genes = { "g1" }, reactions = { "R2" } } }
      for what, mutant in bioxen.flux_scan(flux_vm.vm(), { mutants = mutants, vms = vms }) do
        found[4] = { what.reactions[1], mutant.status }
      end
      assert.same({ expected[1], expected[2], expected[3], { "R2", "infeasible" } }, found)
    end
    assert.equal(20, run "return model:optimum()")
    assert.has_error(function() bioxen.flux_scan(flux_vm.vm(), { genes = true, variability = true }) end)
  end)
end)
