-- bioxen fit: problems of PEtab, against what closed forms say of small models.

local bioxen = require "bioxen"
local cjson = require "cjson"
local petab = require "bioxen.fit.petab"
local sbml = require "spec.support.sbml"
local shell = require "spec.support.shell"

local LOG_2PI = math.log(2*math.pi)

-- Columns and cells with blanks between them; "-" is an empty cell.
local function tsv(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do
    local cells = {}
    for cell in line:gmatch "%S+" do cells[#cells + 1] = cell == "-" and "" or cell end
    if #cells > 0 then lines[#lines + 1] = table.concat(cells, "\t") end
  end
  return table.concat(lines, "\n") .. "\n"
end

-- A -> with constant k from a0, in a compartment of size 2; A means its concentration.
local function decay(more)
  more = more or {}
  return sbml.document {
    compartments = { sbml.compartment("c", 2) },
    species = { sbml.species("A", "") },
    parameters = { sbml.parameter("k", 1), sbml.parameter("a0", 3), table.unpack(more.parameters or {}) },
    initial = { sbml.initial("A", "a0") }, rules = more.rules, events = more.events,
    reactions = { sbml.reaction("R", { "A" }, {}, sbml.apply("times", "c", "k", "A")),
      table.unpack(more.reactions or {}) },
  }
end

-- A source into A beside it: A comes to rest at s/k.
local function turnover(more)
  more = more or {}
  return decay {
    parameters = { sbml.parameter("s", 1), table.unpack(more.parameters or {}) }, events = more.events,
    reactions = { sbml.reaction("S", {}, { "A" }, sbml.apply("times", "c", "s")) },
  }
end

local YAML = {
  [[
format_version: 1
parameter_file: parameters.tsv
problems:
- sbml_files: [model.xml]
  condition_files: [conditions.tsv]
  measurement_files: [measurements.tsv]
  observable_files: [observables.tsv]
]], [[
format_version: 2.0.0
parameter_files: [parameters.tsv]
model_files: {m: {location: model.xml, language: sbml}}
condition_files: [conditions.tsv]
experiment_files: [experiments.tsv]
measurement_files: [measurements.tsv]
observable_files: [observables.tsv]
]] }

-- One that is right, to be changed in parts.
local function version_1(changes)
  local problem = {
    yaml = YAML[1], model = decay(),
    parameters = "parameterId parameterScale lowerBound upperBound nominalValue estimate\nk log10 0.01 10 0.5 1",
    conditions = "conditionId a0\nc1 4\nc2 8",
    observables = "observableId observableFormula noiseFormula\no A 0.5",
    measurements = "observableId simulationConditionId time measurement\no c1 2 1\no c2 0 7",
  }
  for key, value in pairs(changes or {}) do problem[key] = value end
  return problem
end

local function version_2(changes)
  local problem = {
    yaml = YAML[2], model = decay(),
    parameters = "parameterId lowerBound upperBound nominalValue estimate\nk 0.01 10 0.5 true",
    conditions = "conditionId targetId targetValue\nc1 a0 4\nc2 A A+6/k\nc2 c c*3",
    experiments = "experimentId time conditionId\ne 1 c1\ne 3 c2",
    observables = "observableId observableFormula noiseFormula\no A 0.5\nn A*c 1",
    measurements = "observableId experimentId time measurement\no e 1 1\no e 2 1\no e 3 1\nn e 3 1\no e 4 1",
  }
  for key, value in pairs(changes or {}) do problem[key] = value end
  return problem
end

describe("bioxen fit", function()
  local sh, vm
  setup(function()
    sh = shell.open()
    vm = assert(bioxen.create_bio_vm("fitted", "minimal_cell"))
    assert(vm:start())
  end)
  teardown(function()
    vm:destroy()
    sh:close()
  end)

  local function written(problem)
    for key, text in pairs(problem) do
      if key == "yaml" then
        sh:file("problem.yaml", text)
      else
        sh:file(key == "model" and "model.xml" or key .. ".tsv", key == "model" and text or tsv(text))
      end
    end
    return sh.scratch .. "/problem.yaml"
  end

  -- What its evaluation gives; or nil and the message.
  local function evaluated(problem)
    local path = written(problem)
    local files, err = petab.read(vm, path)
    if not files then return nil, tostring(err) end
    local loaded, err = petab.load(vm, files)
    if not loaded then return nil, tostring(err) end
    return assert(vm:execute_biological_process("return objective:evaluate(args)", { args = {} })).result
  end

  local function near(expected, got, tolerance)
    assert.truthy(math.abs(expected - got) <= (tolerance or 1e-7)*math.max(1, math.abs(expected)),
      ("%.15g expected, got %.15g"):format(expected, got))
  end

  local function refused(problem, ...)
    local result, message = evaluated(problem)
    assert.is_nil(result)
    for _, part in ipairs { ... } do assert.truthy(message:find(part, 1, true), message) end
    assert.falsy(message:find "%.lua:%d", message)
  end

  it("gives the likelihood of a problem as JSON, rows in the order of the measurements", function()
    local status, out, err = sh("bioxen fit " .. written(version_1()) .. " --evaluate --json")
    assert.equal(0, status, err)
    local got = cjson.decode(out)
    local y = 4*math.exp(-1)
    near((1 - y)^2/0.25 + 4, got.chi2)
    near(-LOG_2PI - 2*math.log(0.5) - 0.5*got.chi2, got.llh)
    assert.is_nil(got.log_prior)
    assert.same({ "c1", 2 }, { got.simulations[1].simulationConditionId, got.simulations[1].time })
    near(y, got.simulations[1].simulation)
    near(8, got.simulations[2].simulation)
  end)

  it("knows noise on logarithmic scales and of Laplace, with overrides by row", function()
    local got = assert(evaluated(version_1 {
      parameters = [[parameterId parameterScale lowerBound upperBound nominalValue estimate
        k log10 0.01 10 0.5 1
        scale lin 0 10 3 1
        sd lin 0 10 0.2 0]],
      observables = [[observableId observableFormula observableTransformation noiseFormula noiseDistribution
        o observableParameter1_o*A log10 noiseParameter1_o normal
        l A log noiseParameter1_l*2 laplace
        m A lin 0.1+0.3*l laplace]],
      measurements = [[observableId simulationConditionId time measurement observableParameters noiseParameters
        o c1 2 2 scale sd
        o c1 2 3 0.5 0.1
        l c1 0 5 - 0.25
        m c2 0 9 - -]],
    }))
    local y = 4*math.exp(-1)
    local z1, z2 = (math.log(2, 10) - math.log(3*y, 10))/0.2, (math.log(3, 10) - math.log(0.5*y, 10))/0.1
    local z3, z4 = math.log(5/4)/0.5, 1/(0.1 + 0.3*8)
    near(z1^2 + z2^2 + z3^2 + z4^2, got.chi2)
    near(-LOG_2PI - math.log(0.2*2*math.log(10)) - math.log(0.1*3*math.log(10)) - z1^2/2 - z2^2/2
      - math.log(2*0.5*5) - z3 - math.log(2*2.5) - z4, got.llh)
  end)

  it("keeps what is settled before, but for what the condition sets", function()
    local got = assert(evaluated(version_1 {
      model = turnover(),
      conditions = "conditionId s A\npre 2 -\nsim 6 -\nset 6 1",
      measurements = [[observableId preequilibrationConditionId simulationConditionId time measurement
        o pre sim 0 1
        o pre sim 2 1
        o pre set 0 1
        o - sim 0 1
        o - sim inf 1]],
    }))
    local e = math.exp(-1)
    for i, y in ipairs { 4, 12 - 8*e, 1, 3, 12 } do near(y, got.simulations[i], 1e-6) end
  end)

  it("sets at a change from the values before, and species keep their own meaning", function()
    local got = assert(evaluated(version_2()))
    local e = math.exp(-0.5)
    local after = 4*e^2 + 12
    for i, y in ipairs { 4, 4*e, after, after*6, after*e } do near(y, got.simulations[i]) end
  end)

  it("has events of a change's time come after it", function()
    local at_three = sbml.event("E", sbml.apply("geq", sbml.time, 3), { A = sbml.apply("plus", "A", 1) })
    local got = assert(evaluated(version_2 { model = decay { events = { at_three } } }))
    near(4*math.exp(-1) + 13, got.simulations[3])
  end)

  it("remembers what triggers were at the end of a steady state in version 2", function()
    local above = sbml.event("E", sbml.apply("gt", "A", 3.5), { f = 1 })
    local model = turnover { parameters = { sbml.parameter("f", 0, false) }, events = { above } }
    local changes = {
      model = model, conditions = "conditionId targetId targetValue\nhigh s 2\nset f 0",
      experiments = "experimentId time conditionId\ne -inf high\ne 0 set",
      observables = "observableId observableFormula noiseFormula\no f 1",
      measurements = "observableId experimentId time measurement\no e 0 1",
    }
    near(0, assert(evaluated(version_2(changes))).simulations[1])
  end)

  it("truncates priors of version 2, and none of version 1", function()
    local parameters = "parameterId lowerBound upperBound nominalValue estimate priorDistribution priorParameters\n"
      .. "k 0 1 0.5 true exponential 0.7\ns 1 3 2 true - -"
    local got = assert(evaluated(version_2 { model = turnover(), parameters = parameters }))
    near(-math.log(0.7) - 0.5/0.7 - math.log(1 - math.exp(-1/0.7)) - math.log(2), got.log_prior)
    parameters = parameters:gsub("k 0 1", "k 0 0.4") -- the nominal value lies outside
    assert.equal(-math.huge, evaluated(version_2 { model = turnover(), parameters = parameters }).log_prior)
    parameters = "parameterId parameterScale lowerBound upperBound nominalValue estimate objectivePriorType "
      .. "objectivePriorParameters\nk log10 0.01 10 0.1 1 parameterScaleNormal 0;2"
    got = assert(evaluated(version_1 { parameters = parameters }))
    near(-LOG_2PI/2 - math.log(2) - 0.125, got.log_prior)
  end)

  it("has PEtab's grammar of formulas", function()
    for formula, value in pairs {
      ["-2^2*0+true||false&&false"] = 0, ["9*3^-2"] = 1, ["2^2^3"] = 256, ["log(100,10)"] = 2, ["log2(8)"] = 3,
      ["piecewise(1,false,2,true,3)"] = 2, ["sign(-k)"] = -1, ["arccot(1)"] = math.pi/4, ["!!2"] = 1,
      ["-inf"] = -math.huge,
    } do
      local parameters = "parameterId parameterScale lowerBound upperBound nominalValue estimate\nk log10 0.01 10 0.5 1"
      local got = assert(evaluated(version_1 { parameters = parameters,
        observables = "observableId observableFormula noiseFormula\no " .. formula .. " 1" }))
      assert.equal(value, got.simulations[1], formula)
    end
  end)

  it("finds what parameters are best, with their derivatives exact", function()
    local data = { "observableId simulationConditionId time measurement" }
    for i, noise in ipairs { 0.1, -0.2, 0.15, -0.05, 0.1, -0.1 } do
      data[i + 1] = ("o c1 %d %.10g"):format(i, 4*math.exp(-0.3*i) + noise)
    end
    assert(evaluated(version_1 { measurements = table.concat(data, "\n"),
      parameters = [[parameterId parameterScale lowerBound upperBound nominalValue estimate
        k log10 0.01 10 2 1
        sd log10 0.001 10 1 1]],
      observables = "observableId observableFormula noiseFormula\no A sd" }))
    local got = assert(vm:execute_biological_process [[
      local g, h = objective:gradient(), 1e-4
      local e = objective:evaluate { k = 2*10^h }.llh - objective:evaluate { k = 2*10^-h }.llh
      local fits = {}
      for start = 0, 3 do fits[#fits + 1] = objective:fit { start = start, seed = 5 } end
      local best = fits[1].values
      local there = objective:gradient(best)
      return { slope = g.gradient.k, difference = e/(2*h), fits = fits, there = there.gradient,
        residuals = objective:evaluate(best), again = objective:fit { start = 2, seed = 5 } }]]).result
    near(got.difference, got.slope, 1e-6)
    for _, fit in ipairs(got.fits) do near(got.fits[1].log_posterior, fit.log_posterior, 1e-8) end
    assert.truthy(math.abs(got.there.k) < 1e-2 and math.abs(got.there.sd) < 1e-2)
    near(math.sqrt(got.residuals.chi2/6), 1, 1e-4) -- the deviation is that of the residuals
    assert.same(got.fits[3], got.again)
  end)

  local function fitted(words)
    local status, out, err = sh("bioxen fit " .. words .. " --quiet --json")
    assert.equal(0, status, err)
    return out, cjson.decode(out)
  end

  it("fits a model to a table, the same for any number of VMs", function()
    sh:file("model.xml", decay())
    sh:file("seen.csv", "time,A\r\n0.5,\"2.1\"\n1,1.5\n2,0.7\n3,0.4\n")
    local words = ("%s/model.xml --data %s/seen.csv --estimate k=0.01:10,a0=linear:0:10 --starts 3 --seed 4"):format(
      sh.scratch, sh.scratch)
    local one, got = fitted(words .. " --jobs 1 --profiles")
    local two = fitted(words .. " --jobs 2 --profiles")
    assert.equal(one, two)
    near(4, got.chi2, 1e-3) -- with the deviation that is likeliest
    for _, p in ipairs(got.parameters) do
      assert.truthy(p.identifiable and p.low < p.value and p.value < p.high, p.id)
    end
    near(2.95, got.parameters[1].value, 0.02)
    local page = sh.scratch .. "/fit.html"
    assert.equal(0, (sh(("bioxen fit %s --jobs 1 --quiet --out %s"):format(words, page))))
    local text = shell.read(page)
    for _, shown in ipairs { "<td>a0</td>", "Log-likelihood", "measured", '"low":2' } do
      assert.truthy(text:find(shown, 1, true), shown)
    end
  end)

  it("says what can't be identified", function()
    -- only the product of scale and a0 is seen
    local path = written(version_1 {
      parameters = [[parameterId parameterScale lowerBound upperBound nominalValue estimate
        k log10 0.01 10 0.5 1
        scale log10 0.1 10 1 1
        first log10 0.1 10 1 1]],
      conditions = "conditionId a0\nc1 first",
      observables = "observableId observableFormula noiseFormula\no scale*A 0.1",
      measurements = "observableId simulationConditionId time measurement\no c1 0 1\no c1 1 0.6\no c1 3 0.25" })
    local _, got = fitted(path .. " --starts 2 --profiles")
    local told = {}
    for _, p in ipairs(got.parameters) do told[p.id] = p.identifiable end
    assert.same({ k = true, scale = false, first = false }, told)
  end)

  it("names the row where a measurement can't be", function()
    local problem = version_1 {
      observables = "observableId observableFormula observableTransformation noiseFormula\no A-A log10 0.5" }
    local status, out, err = sh("bioxen fit " .. written(problem) .. " --evaluate --json")
    assert.equal(0, status)
    assert.equal("-inf", cjson.decode(out).llh)
    assert.truthy(err:find('measurements.tsv, row 2, "o"', 1, true), err)
  end)

  it("names file, row and id of what is wrong", function()
    local bounded = "parameterId lowerBound upperBound nominalValue estimate priorDistribution priorParameters\n"
    local rows, observed = "observableId simulationConditionId time measurement", "observableId observableFormula"
    local table_1 = "parameterId parameterScale lowerBound upperBound nominalValue estimate\n"
    for _, case in ipairs {
      { { measurements = rows .. "\no c3 0 1" }, "measurements.tsv, row 2", "c3", "no such condition" },
      { { measurements = rows .. "\no c1 0 1\nq c1 0 1" }, "measurements.tsv, row 3", "q", "no such observable" },
      { { measurements = rows .. " noiseParameters\no c1 0 1 0.1" }, "row 2", "the formula has 0, here are 1" },
      { { observables = observed .. " noiseFormula\no A 0" }, "observables.tsv, row 2", "0 can't be a deviation" },
      { { measurements = rows .. "\no c1 early 1" }, "row 2", "time: a number expected" },
      { { measurements = rows .. "\no c1 0 1 2" }, "row 2", "5 values where the table has 4 columns" },
      { { observables = observed .. " noiseFormula\no A*) 1" }, "observables.tsv, row 2", "column 3" },
      { { observables = observed .. " noiseFormula\no A+B 1" }, "observables.tsv, row 2", "B" },
      { { observables = observed .. "\no A" }, "observables.tsv, row 1", "noiseFormula" },
      { { parameters = table_1 .. "k log10 0.01 10 0.5 1\nq lin 0 1 0.5 1" }, "parameters.tsv, row 3", "q", "nowhere" },
      { { parameters = table_1 .. "k log10 10 1 2 1" }, "parameters.tsv, row 2", "above the upper" },
      { { parameters = table_1 .. "k log 0 1 0.5 1" }, "row 2", "not above 0" },
      { { parameters = table_1 .. "k ln 0.1 1 0.5 1" }, "row 2", 'no scale "ln"' },
      { { parameters = table_1 .. "k lin 0.1 1 0.5 1\nk lin 0.1 1 0.5 1" }, "row 3", "given twice" },
      { { parameters = "parameterId lowerBound upperBound nominalValue estimate\nk 0.1 1 0.5 1" }, "row 2",
        "parameterScale" },
      { { parameters = table_1 .. "k log10 0.01 1 -0.5 1" }, "row 2", "can't be on a logarithmic scale" },
      { { parameters = table_1 .. "k lin 0.1 1 0.5 1\nA lin 0 9 5 1" }, "parameters.tsv, row 3", "A", "no parameter" },
      { { observables = observed .. " noiseFormula\no A 0" }, "observables.tsv, row 2", "can't be a deviation" },
      { { observables = observed .. " noiseFormula\no A noiseParameter1_o",
        measurements = rows .. " noiseParameters\no c1 0 1 -0.1" }, "measurements.tsv, row 2", "can't be a deviation" },
      { { conditions = "conditionId a0 b0\nc1 4 1\nc2 8 1" }, "conditions.tsv, row 2", "b0" },
      { { conditions = "conditionId a0\nc1 first\nc2 8" }, "conditions.tsv, row 2", "first" },
      { { conditions = "conditionId k\nc1 1\nc2 8" }, "conditions.tsv, row 2", "table of parameters" },
      { { yaml = YAML[1]:gsub("n: 1", "n: 3") }, "format_version" },
      { { yaml = "a: [" }, "YAML: line" },
      { { yaml = YAML[1]:gsub("model.xml", "../model.xml") }, "model.xml" },
      { { model = "<sbml" }, "model.xml" },
    } do
      refused(version_1(case[1]), table.unpack(case, 2))
    end
    for _, case in ipairs {
      { { experiments = "experimentId time conditionId\ne 1 c4" }, "experiments.tsv, row 2", "c4" },
      { { measurements = "observableId experimentId time measurement\no e 0.5 1" }, "row 2", "before the experiment" },
      { { parameters = bounded .. "k 20 30 25 true exponential 0.1" }, "k", "no weight within its bounds" },
      { { observables = observed .. " noiseFormula observablePlaceholders noisePlaceholders\no A*x x x x" },
        "observables.tsv, row 2", "given twice" },
      { { observables = observed .. " noiseFormula observableTransformation\no A 1 log10" }, "row 2",
        "version 2 has no" },
      { { yaml = YAML[2] .. "mapping_files: [mapping.tsv]\n", mapping = "petabEntityId modelEntityId\nb A\nb k" },
        "mapping.tsv, row 3", "already" },
      { { conditions = "conditionId targetId targetValue\nc1 a0 4\nc2 a0 3\nc2 a0 2" }, "row 4", "set twice" },
    } do
      refused(version_2(case[1]), table.unpack(case, 2))
    end
  end)
end)
