-- Derivatives of runs by parameters and initial values, beside closed forms: of linear systems, across events and
-- conditions, through rules; and what has none.

local bioxen = require "bioxen"

local vm

local function run(code, args)
  local answer, err = vm:execute_biological_process("cell:clear()\n" .. code, { args = args })
  if not answer then error(err.message, 2) end
  return answer.result
end

local function near(expected, found, what)
  local off = math.abs(found - expected)
  if off ~= off or off > 1e-7*math.max(1, math.abs(expected)) then
    error(("%s: %.12g expected, got %.12g"):format(what, expected, found), 2)
  end
end

-- Every derivative of a result at its times beside forms[parameter][column](t).
local function compare(s, forms)
  local times = s.trajectory:times()
  for parameter, columns in pairs(forms) do
    for column, form in pairs(columns) do
      local values = s.by[parameter]:column(column)
      for i, t in ipairs(times) do
        near(form(t), values[i], ("d %s / d %s at %g"):format(column, parameter, t))
      end
    end
  end
end

local exp = math.exp
local function zero() return 0 end

before_each(function()
  vm = assert(bioxen.create_bio_vm("sensitivities", "minimal_cell"))
  assert(vm:start())
end)
after_each(function() vm:destroy() end)

describe("cell:sensitivities", function()
  it("is exact for a linear chain, by rates, amounts, and through rules", function()
    local s = run [[
      process "chain" { species = { A = 10, B = 1 }, parameters = { k = 0.5, d = 0.2, c = 3 },
        rules = { total = "c*(A + B)", half = "c/2" },
        reactions = { { "A -> B", k = "k" }, { "B ->", rate = "d*B" } } }
      return cell:sensitivities { duration = 4, every = 0.5, parameters = { "k", "d", "A", "B", "c" } } ]]
    local k, d, A0, B0, c = 0.5, 0.2, 10, 1, 3
    local function A(t) return A0*exp(-k*t) end
    local function B(t) return B0*exp(-d*t) + A0*k/(d - k)*(exp(-k*t) - exp(-d*t)) end
    local function B_k(t)
      return A0*d/(d - k)^2*(exp(-k*t) - exp(-d*t)) - A0*k/(d - k)*t*exp(-k*t)
    end
    compare(s, {
      k = { A = function(t) return -t*A(t) end, B = B_k, half = zero,
        total = function(t) return c*(B_k(t) - t*A(t)) end },
      d = { A = zero, B = function(t)
        return -B0*t*exp(-d*t) - A0*k/(d - k)^2*(exp(-k*t) - exp(-d*t)) + A0*k/(d - k)*t*exp(-d*t)
      end },
      A = { A = function(t) return exp(-k*t) end, B = function(t) return k/(d - k)*(exp(-k*t) - exp(-d*t)) end },
      B = { A = zero, B = function(t) return exp(-d*t) end },
      c = { A = zero, total = function(t) return A(t) + B(t) end, half = function() return 0.5 end },
    })
    assert.is_false(s.scaled)
    near(B(4), s.trajectory:last "B", "B")
  end)

  it("is scaled where that is asked for, and NaN where it is not defined", function()
    local s = run [[
      process "decay" { species = { A = 10, B = 0 }, parameters = { k = 0.5 }, reactions = { { "A -> B", k = "k" } } }
      return cell:sensitivities { times = { 0, 1, 2 }, parameters = { "k", "A" }, scaled = true } ]]
    compare(s, { k = { A = function(t) return -0.5*t end }, A = { A = function() return 1 end } })
    local first = s.by.k:column "B"[1]
    assert.is_true(s.scaled and first ~= first)
  end)

  it("follows initial values, but of what was set, and takes a later state as given", function()
    local s = run [[
      process "p" { species = { A = 0, B = 0 }, parameters = { a = 3, V = 2, k = 0.5 },
        initial = { A = "a*V", B = "A^2" }, reactions = { { "A ->", k = "k" } } }
      return { before = cell:sensitivities { duration = 2, every = 1, parameters = { "a", "V", "A" } },
        after = cell:sensitivities { duration = 2, every = 1, parameters = { "a", "A" } } } ]]
    compare(s.before, {
      a = { A = function(t) return 2*exp(-t/2) end, B = function() return 24 end },
      V = { A = function(t) return 3*exp(-t/2) end, B = function() return 36 end },
      A = { A = function(t) return exp(-t/2) end, B = function() return 12 end },
    })
    compare(s.after, { a = { A = zero, B = zero }, A = { A = function(t) return exp(-(t - 2)/2) end, B = zero } })
  end)

  it("jumps at an event on the state, by its threshold and what it sets", function()
    local s = run [[
      process "p" { species = { A = 10 }, parameters = { k = 0.5, L = 4, g = 2, n = 0 },
        reactions = { { "A ->", k = "k" } },
        events = { { when = "A < L", set = { A = "g*A + time", n = "n + g*time" } } } }
      return cell:sensitivities { times = { 1, 2, 3 }, parameters = { "k", "L", "g", "A" } } ]]
    local k, L, g, A0 = 0.5, 4, 2, 10
    local T = math.log(A0/L)/k -- and after it A = (g L + T) exp(-k (t - T))
    local function after(T_p, start_p, k_p)
      return function(t)
        return (start_p + T_p)*exp(-k*(t - T)) + (g*L + T)*exp(-k*(t - T))*(k*T_p - k_p*(t - T))
      end
    end
    local function form(before, past) return function(t) return (t < T and before or past)(t) end end
    compare(s, {
      k = { A = form(function(t) return -t*A0*exp(-k*t) end, after(-T/k, 0, 1)) },
      L = { A = form(zero, after(-1/(k*L), g, 0)) },
      g = { A = form(zero, after(0, L, 0)) },
      A = { A = form(function(t) return exp(-k*t) end, after(1/(k*A0), 0, 0)) },
    })
  end)

  it("jumps at events by time, with delays, with values of the trigger, and where one sets off another", function()
    local s = run [[
      process "p" { species = { A = 10, B = 0, C = 0, D = 0 }, parameters = { k = 0.5, T = 1.5, w = 0.7, n = 0 },
        reactions = { { "A ->", k = "k" }, { "-> D", k = "k" } },
        events = {
          { at = "2*T/3", set = { n = 1 } },
          { when = "n > 0", delay = "w*T", set = { B = "A" } },
          { when = "n > 0.5", delay = "w", values = "trigger", set = { C = "A*w", D = "0" } },
        } }
      return cell:sensitivities { times = { 0.5, 1.3, 1.9, 2.6 }, parameters = { "k", "T", "w" } } ]]
    local k, T, w = 0.5, 1.5, 0.7
    local first, second, third = 2*T/3, 2*T/3 + w*T, 2*T/3 + w
    local function from(when, value) return function(t) return t < when and 0 or value end end
    local A1, A2 = 10*exp(-k*first), 10*exp(-k*second)
    compare(s, {
      k = { B = from(second, -second*A2), C = from(third, -first*A1*w),
        D = function(t) return t < third and t or t - third end },
      T = { B = from(second, -k*A2*(2/3 + w)), C = from(third, -k*A1*w*2/3), D = from(third, -k*2/3) },
      w = { B = from(second, -k*A2*T), C = from(third, A1), D = from(third, -k) },
    })
  end)

  it("jumps where a rate does, by the state and by the time", function()
    local s = run [[
      process "p" { species = { A = 10, B = 0, C = 0 }, parameters = { k = 0.5, L = 4, T = 1.2, w = 0.3, g = 3 },
        reactions = {
          { "A ->", rate = "if(A < L, 1, k*A)" },
          { "-> B", rate = "if(time < T, k, g)" },
          { "-> C", rate = "if(time - T*floor(time/T) < w, g, 0)" },
        } }
      return cell:sensitivities { times = { 1, 2, 2.7, 3.5 }, parameters = { "k", "L", "T", "w", "g" } } ]]
    local k, L, A0, T, w, g = 0.5, 4, 10, 1.2, 0.3, 3
    local S = math.log(A0/L)/k -- and after it A = L - (t - S)
    local function at(when, before, after) return function(t) return t < when and before(t) or after end end
    compare(s, {
      k = { A = at(S, function(t) return -t*A0*exp(-k*t) end, -S/k),
        B = function(t) return t < T and t or T end, C = zero },
      L = { A = at(S, zero, 1 - 1/(k*L)), B = zero },
      T = { A = zero, B = at(T, zero, k - g), C = zero },
      w = { C = function(t) return g*(1 + t//T) end },
      g = { B = function(t) return math.max(0, t - T) end, C = function(t) return w*(1 + t//T) end },
    })
  end)

  -- The solver's steps become short before such a point, and one of them may begin at it to the last digit.
  it("meets a condition whatever the tolerance", function()
    for _, tolerance in ipairs { 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12 } do
      local s = run([[
        process "p" { species = { Y = 0, Z = 0 }, parameters = { L = 0.5, g = 1 },
          reactions = { { "-> Y", rate = "1 - Y" }, { "-> Z", rate = "if(Y >= L, g, 0)" }, { "Z ->", k = "1" } } }
        return cell:sensitivities { times = { 0.6, 0.7, 2 }, parameters = { "L", "g" }, record = { "Z" },
          tolerance = { relative = args } } ]], tolerance)
      local T = math.log(2)
      for i, t in ipairs { 0.6, 0.7, 2 } do
        local off = math.abs(s.by.L:column "Z"[i] - (t < T and 0 or -2*exp(T - t)))
          + math.abs(s.by.g:column "Z"[i] - (t < T and 0 or 1 - exp(T - t)))
        assert.is_true(off < 1e-7 + 100*tolerance, ("%g at %g: off by %g"):format(tolerance, t, off))
      end
    end
  end)

  it("solves what stands in a rule as an equation, and takes sizes of compartments with it", function()
    local s = assert(vm:execute_biological_process([[
      cell:clear()
      cell:load_sbml(args)
      return cell:sensitivities { duration = 2, every = 1, parameters = { "V", "k", "q" }, record = { "S", "x" } } ]],
      { args = [[<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
  <listOfCompartments><compartment id="V" size="2" spatialDimensions="3" constant="true"/></listOfCompartments>
  <listOfSpecies><species id="S" compartment="V" initialConcentration="3" hasOnlySubstanceUnits="false"
    boundaryCondition="false" constant="false"/></listOfSpecies>
  <listOfParameters><parameter id="k" value="0.5" constant="true"/><parameter id="q" value="4" constant="true"/>
    <parameter id="x" value="1" constant="false"/></listOfParameters>
  <listOfRules><algebraicRule><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/>
    <apply><times/><ci>x</ci><ci>x</ci></apply><apply><times/><ci>q</ci><ci>S</ci></apply></apply></math>
  </algebraicRule></listOfRules>
  <listOfReactions><reaction id="r" reversible="false" fast="false"><listOfReactants>
    <speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants><kineticLaw>
    <math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>k</ci><ci>S</ci></apply></math>
  </kineticLaw></reaction></listOfReactions>
</model></sbml>]] })).result
    -- S = 3 exp(-k t/V), for its rate is an amount; x = sqrt(q S)
    local function S(t) return 3*exp(-t/4) end
    compare(s, {
      V = { S = function(t) return S(t)*t/8 end, x = function(t) return math.sqrt(4*S(t))/2*t/8 end },
      k = { S = function(t) return -S(t)*t/2 end },
      q = { S = zero, x = function(t) return math.sqrt(4*S(t))/8 end },
    })
  end)

  it("is no number where an equation does not tell how its unknown moves", function()
    local s = assert(vm:execute_biological_process([[
      cell:clear()
      cell:load_sbml(args)
      return cell:sensitivities { duration = 1, parameters = { "q" }, record = { "x" } } ]],
      { args = [[<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
  <listOfParameters><parameter id="q" value="0" constant="true"/><parameter id="x" value="0" constant="false"/>
  </listOfParameters>
  <listOfRules><algebraicRule><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/>
    <apply><times/><ci>x</ci><ci>x</ci></apply><ci>q</ci></apply></math></algebraicRule></listOfRules>
</model></sbml>]] })).result
    local value = s.by.q:last "x"
    assert.is_true(value ~= value)
  end)

  -- K cancels as long as I is 0: its derivatives are 0 but for rounding, which no short step makes smooth.
  it("does not follow what is rounding alone", function()
    local s = run [[
      process "p" { species = { R = 1, Rp = 0, A = 1, Ap = 0, B = 1, Bp = 0 },
        parameters = { n = 1e-5, K = 1.5, I = 0, k2 = 1.2, k3 = 770, k4 = 2.9, k5 = 580, k6 = 3.6 },
        rules = { input = "0.026 - 163*exp(-time/0.021)*(exp(-time/0.24) - 1)" },
        reactions = {
          { "R -> Rp", rate = "n*R*input/(n + Bp)" }, { "Rp -> R", k = "k2" },
          { "A -> Ap", rate = "K*A*k3*Rp/(K + I)" }, { "Ap -> A", k = "k4" },
          { "B -> Bp", rate = "k5*B*Ap" }, { "Bp -> B", k = "k6" },
        } }
      return cell:sensitivities { duration = 10, parameters = { "K", "k3" }, tolerance = { relative = 1e-8 },
        max_steps = 20000 } ]]
    for _, name in ipairs(s.trajectory:names()) do assert.is_true(math.abs(s.by.K:last(name)) < 1e-12, name) end
    assert.is_true(math.abs(s.by.k3:last "Bp" - 5.668e-5) < 1e-8)
  end)

  it("is right where values are 0, and by the Adams solver", function()
    local s = run [[
      process "p" { species = { A = 0, B = 0, C = 0 }, parameters = { k = 2, n = 1 },
        reactions = { { "A -> A + B", rate = "k*hill(A, 4, 1)" }, { "B -> C", rate = "B^n" } } }
      return cell:sensitivities { duration = 2, every = 1, parameters = { "A", "k", "n" }, solver = "adams" } ]]
    compare(s, {
      A = { A = function() return 1 end, B = function(t) return (1 - exp(-t))/2 end,
        C = function(t) return (t - 1 + exp(-t))/2 end },
      k = { A = zero, B = zero, C = zero },
    })
  end)
end)

describe("cell:sensitivities refuses", function()
  local decay = [[ process "decay" { species = { A = 10 }, parameters = { k = 0.5, t0 = 1 },
    rules = { twice = "2*A" }, reactions = { { "A ->", k = "k" } } } ]]
  local refusals = {
    { decay .. "return cell:sensitivities { duration = 1, parameters = {} }", { "parameters", "one at least" } },
    { decay .. "return cell:sensitivities { duration = 1, parameters = { 'q' } }", { "parameters", "\"q\"" } },
    { decay .. "return cell:sensitivities { duration = 1, parameters = { 'k', 'k' } }", { "named twice" } },
    { decay .. "return cell:sensitivities { duration = 1, parameters = { 'twice' } }", { "\"twice\" is a rule" } },
    { decay .. "return cell:sensitivities { duration = 1, every = 'step', parameters = { 'k' } }", { "by time" } },
    { decay .. "return cell:sensitivities { duration = 1, method = 'ssa', parameters = { 'k' } }", { "method" } },
    { [[ process "p" { species = { A = 1 }, parameters = { k = 1 },
        reactions = { { "-> A", rate = "k*delay(A, 1)" } } }
      return cell:sensitivities { duration = 1, parameters = { "k" } } ]], { "\"A\" is delayed" } },
    { [[ process "p" { species = { A = 1 }, parameters = { k = 1 }, reactions = { { "A ->", k = "k" } },
        events = { { at = "1", set = { A = "uniform(0, k)" } } } }
      return cell:sensitivities { duration = 2, parameters = { "k" } } ]], { "random" } },
    { [[ process "p" { species = { A = 0 }, parameters = { k = 1 }, reactions = { { "-> A", rate = "k + A^0.5" } } }
      return cell:sensitivities { duration = 2, parameters = { "A" } } ]], { "by \"A\" is not finite" } },
    { [[ process "p" { species = { A = 0, B = 0 }, parameters = { k = 1, m = 1 },
        reactions = { { "-> A", k = "k" }, { "-> B", k = "m" } },
        events = { { when = "A > 1 and B > 1", set = { B = "0" } } } }
      return cell:sensitivities { duration = 2, parameters = { "k" } } ]], { "do not move together" } },
  }
  for i, case in ipairs(refusals) do
    it(("with a reason: %d, %s"):format(i, case[2][1]), function()
      local answer, err = vm:execute_biological_process("cell:clear()\n" .. case[1])
      assert.is_nil(answer)
      for _, words in ipairs(case[2]) do assert.truthy(err.message:find(words, 1, true), err.message) end
    end)
  end
end)

describe("bioxen sensitivities", function()
  local build = os.getenv "BIOXEN_BUILD" or "build"
  local model = os.tmpname()
  local function command(words)
    local pipe <close> = io.popen(("%s/bin/bioxen sensitivities %s %s 2>&1"):format(build, model, words))
    return pipe:read "a"
  end
  setup(function()
    local file <close> = io.open(model, "w")
    file:write [[<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
  <listOfCompartments><compartment id="V" size="2" spatialDimensions="3" constant="true"/></listOfCompartments>
  <listOfSpecies><species id="S" compartment="V" initialConcentration="3" hasOnlySubstanceUnits="false"
    boundaryCondition="false" constant="false"/></listOfSpecies>
  <listOfParameters><parameter id="k" value="0.5" constant="true"/></listOfParameters>
  <listOfReactions><reaction id="r" reversible="false" fast="false"><listOfReactants>
    <speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants><kineticLaw>
    <math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>k</ci><ci>S</ci></apply></math>
  </kineticLaw></reaction></listOfReactions>
</model></sbml>]]
  end)
  teardown(function() os.remove(model) end)

  it("writes values and derivatives as CSV, JSON or a chart", function()
    local head, row = command("--times 2 --parameters k,S"):match "^(.-)\n(.-)\n$"
    assert.equal("time,S,d(S)/d(k),d(S)/d(S)", head)
    local _, S, by_k, by_S = row:match "^(.-),(.-),(.-),(.-)$"
    near(3*exp(-0.5), tonumber(S), "S")
    near(-3*exp(-0.5), tonumber(by_k), "by k")
    near(exp(-0.5), tonumber(by_S), "by S")
    local json = require "bioxen.json".decode(command "--duration 2 --every 2 --scaled --set k=1 --json")
    near(-1, json.by.k.S[2], "scaled")
    assert.same({ 0, 2 }, json.time)
    assert.truthy(command("--duration 2 --parameters k --plot"):find "by k")
  end)

  it("says what is wrong", function()
    assert.truthy(command("--duration 2 --parameters q"):find "the model has no 'q'")
    assert.truthy(command(""):find("missing option '--duration'", 1, true))
  end)
end)
