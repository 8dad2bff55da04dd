-- Flux-balance models from SBML: fbc versions 1 and 2, and what came before it.

local kind = require "spec.support.vm_kind"
package.path = "./spec/support/?.lua;" .. package.path
local flux_tables = require "flux_tables"
local flux_document = require "flux_document"

local vm

local function run(code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 300 })).result
end

local function problem_of(text)
  local result, err = vm:execute_biological_process("flux.load_sbml(args)", { args = text })
  assert.is_nil(result)
  assert.equal("EMODEL", err.code)
  return tostring(err)
end

setup(function()
  vm = assert(kind.create("flux", "minimal_cell"))
  assert(vm:start())
end)
teardown(function() vm:destroy() end)

local load_and_solve = [[
  local model, objective = flux.load_sbml(args)
  return { objective = objective, genes = model:genes(), reaction = model:reaction "R",
    solution = model:optimise() }
]]

-- x is not balanced; R makes 2 B of an A. The parts in capitals vary.
local document = [[
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"
  xmlns:fbc="http://www.sbml.org/sbml/level3/version1/fbc/versionVERSION" fbc:required="false">
  <model id="m" MODEL>
    <listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>
    <listOfSpecies>
      <species id="x" compartment="c" boundaryCondition="true" constant="false"
        hasOnlySubstanceUnits="false"/>
      <species id="A" compartment="c" boundaryCondition="false" constant="false"
        hasOnlySubstanceUnits="false"/>
      <species id="B" compartment="c" boundaryCondition="false" constant="false"
        hasOnlySubstanceUnits="false"/>
    </listOfSpecies>
    <listOfParameters>
      <parameter id="zero" value="0" constant="true"/>
      <parameter id="ten" value="10" constant="true"/>
      <parameter id="far" value="INF" constant="true"/>
      PARAMETERS
    </listOfParameters>
    FORMULAS
    <listOfReactions>
      <reaction id="I" reversible="false" fast="false" BOUNDS_I>
        <listOfReactants>
          <speciesReference species="x" stoichiometry="1" constant="true"/>
        </listOfReactants>
        <listOfProducts>
          <speciesReference species="A" stoichiometry="1" constant="true"/>
        </listOfProducts>
      </reaction>
      <reaction id="R" reversible="false" fast="false" BOUNDS>
        <listOfReactants>
          <speciesReference species="A" stoichiometry="1" constant="true"/>
        </listOfReactants>
        <listOfProducts>
          <speciesReference id="two" species="B" STOICHIOMETRY constant="true"/>
        </listOfProducts>
        RULE
      </reaction>
      <reaction id="O" reversible="false" fast="false" BOUNDS>
        <listOfReactants>
          <speciesReference species="B" stoichiometry="1" constant="true"/>
        </listOfReactants>
      </reaction>
    </listOfReactions>
    FBC
  </model>
</sbml>
]]

local objectives = [[
  <fbc:listOfObjectives fbc:activeObjective="most">
    <fbc:objective fbc:id="least" fbc:type="minimize"><fbc:listOfFluxObjectives>
      <fbc:fluxObjective fbc:reaction="O" fbc:coefficient="1"/>
    </fbc:listOfFluxObjectives></fbc:objective>
    <fbc:objective fbc:id="most" fbc:type="maximize"><fbc:listOfFluxObjectives>
      <fbc:fluxObjective fbc:reaction="O" fbc:coefficient="0.5"/>
    </fbc:listOfFluxObjectives></fbc:objective>
  </fbc:listOfObjectives>
]]

local function make(parts)
  local text = document:gsub("%f[%u_]([%u_]+)%f[^%u_]", function(word)
    return parts[word] or ({ PARAMETERS = "", FORMULAS = "", RULE = "", MODEL = "",
      STOICHIOMETRY = 'stoichiometry="2"' })[word]
  end)
  return (text:gsub("versionVERSION", "version" .. parts.VERSION))
end

local function version_2(changes)
  local bounds = 'fbc:lowerFluxBound="zero" fbc:upperFluxBound="far"'
  local parts = { VERSION = "2", MODEL = 'fbc:strict="true"', FBC = objectives, BOUNDS = bounds,
    BOUNDS_I = 'fbc:lowerFluxBound="zero" fbc:upperFluxBound="ten"' }
  for key, value in pairs(changes or {}) do parts[key] = value end
  return make(parts)
end

describe("a flux model in SBML", function()
  it("of fbc version 2", function()
    local got = run(load_and_solve, version_2 {
      RULE = [[<fbc:geneProductAssociation><fbc:or>
        <fbc:and><fbc:geneProductRef fbc:geneProduct="g1"/>
          <fbc:geneProductRef fbc:geneProduct="g2"/></fbc:and>
        <fbc:geneProductRef fbc:geneProduct="g3"/>
      </fbc:or></fbc:geneProductAssociation>]],
      FBC = objectives .. [[<fbc:listOfGeneProducts>
        <fbc:geneProduct fbc:id="g1" fbc:label="b0001"/>
        <fbc:geneProduct fbc:id="g2" fbc:label="b0002"/>
        <fbc:geneProduct fbc:id="g3" fbc:label="b 3 and"/>
      </fbc:listOfGeneProducts>]] })
    assert.equal("most", got.objective)
    assert.equal(10, got.solution.objective)
    assert.same({ I = 10, R = 10, O = 20 }, got.solution.fluxes)
    assert.same({ "b0001", "b0002", "g3" }, got.genes)
    assert.same({ name = "R", lower = 0, upper = math.huge, objective = 0,
      genes = "((b0001 and b0002) or g3)", stoichiometry = { A = -1, B = 2 } }, got.reaction)
  end)

  it("with a chemical formula that is none, which nobody reads", function()
    local text = version_2():gsub('<species id="A"', '%0 fbc:chemicalFormula="C4charge2"')
    assert.equal(10, run(load_and_solve, text).solution.objective)
  end)

  it("with another objective than the active one", function()
    assert.same({ 0, "least", "minimise" }, run([[
      local model, objective = flux.load_sbml(args, { objective = "least" })
      local _, sense = model:objective()
      return { model:optimum(), objective, sense }
    ]], version_2()))
  end)

  it("with values that formulas give", function()
    local got = run(load_and_solve, version_2 { MODEL = 'fbc:strict="false"',
      STOICHIOMETRY = "",
      PARAMETERS = '<parameter id="top" constant="true"/><parameter id="half" constant="true"/>',
      BOUNDS_I = 'fbc:lowerFluxBound="zero" fbc:upperFluxBound="top"',
      FORMULAS = [[<listOfInitialAssignments>
        <initialAssignment symbol="top"><math xmlns="http://www.w3.org/1998/Math/MathML">
          <apply><times/><ci>half</ci><ci>two</ci></apply></math></initialAssignment>
        <initialAssignment symbol="two"><math xmlns="http://www.w3.org/1998/Math/MathML">
          <cn>3</cn></math></initialAssignment>
        <initialAssignment symbol="half"><math xmlns="http://www.w3.org/1998/Math/MathML">
          <apply><divide/><ci>ten</ci><cn>4</cn></apply></math></initialAssignment>
      </listOfInitialAssignments>]] })
    assert.equal(0.5*3*7.5, got.solution.objective)
  end)

  it("of fbc version 1", function()
    local got = run(load_and_solve, make { VERSION = "1", BOUNDS = "", BOUNDS_I = "",
      RULE = "", FBC = [[<fbc:listOfFluxBounds>
        <fbc:fluxBound fbc:reaction="I" fbc:operation="lessEqual" fbc:value="6"/>
        <fbc:fluxBound fbc:reaction="I" fbc:operation="greaterEqual" fbc:value="1"/>
        <fbc:fluxBound fbc:reaction="R" fbc:operation="equal" fbc:value="4"/>
      </fbc:listOfFluxBounds>]] .. objectives })
    assert.same({ I = 4, R = 4, O = 8 }, got.solution.fluxes)
    assert.equal(4, got.solution.objective)
  end)

  it("from before fbc", function()
    local function reaction(id, sides, lower, upper, coefficient)
      return ([[<reaction id="%s"><notes><body xmlns="http://www.w3.org/1999/xhtml">
        <p>GENE_ASSOCIATION: b1 or b2</p></body></notes>%s<kineticLaw>
        <math xmlns="http://www.w3.org/1998/Math/MathML"><ci>FLUX_VALUE</ci></math>
        <listOfParameters><parameter id="LOWER_BOUND" value="%g"/>
        <parameter id="UPPER_BOUND" value="%g"/><parameter id="OBJECTIVE_COEFFICIENT" value="%g"/>
        <parameter id="FLUX_VALUE" value="0"/></listOfParameters></kineticLaw></reaction>]]):format(
        id, sides, lower, upper, coefficient)
    end
    local got = run(load_and_solve, [[<?xml version="1.0" encoding="UTF-8"?>
      <sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="m">
      <listOfCompartments><compartment id="c"/></listOfCompartments>
      <listOfSpecies><species id="A" compartment="c"/></listOfSpecies><listOfReactions>]] ..
      reaction("I", '<listOfProducts><speciesReference species="A"/></listOfProducts>', 0, 3, 0) ..
      reaction("R", [[<listOfReactants><speciesReference species="A" stoichiometry="1.5"/>
        </listOfReactants>]], 0, 999, 1) .. "</listOfReactions></model></sbml>")
    assert.equal(2, got.solution.objective)
    assert.same({ "b1", "b2" }, got.genes)
  end)

  -- One warning, of this code and about this element, and what the model comes to.
  local function warned(code, element, text)
    local got = run([[
      local model = flux.load_sbml(args)
      local strict, err = pcall(flux.load_sbml, args, { strict = true })
      local solution = model:optimise()
      return { warnings = model.warnings, strict = strict, err = tostring(err), best = solution.objective,
        fluxes = solution.fluxes, rule = model:reaction("R").genes }
    ]], text)
    assert.equal(1, #got.warnings)
    assert.equal(code, got.warnings[1].code)
    assert.equal(element, got.warnings[1].element)
    assert.is_false(got.strict)
    assert.matches(got.warnings[1].message, got.err, nil, true)
    return got
  end

  it("without the one gene rule that is none", function()
    local notes = '<notes><body xmlns="http://www.w3.org/1999/xhtml"><p>GENE_ASSOCIATION: (b1 and</p></body></notes>'
    local text = make { VERSION = "1", BOUNDS = "", BOUNDS_I = "", FBC = [[<fbc:listOfFluxBounds>
      <fbc:fluxBound fbc:reaction="I" fbc:operation="lessEqual" fbc:value="6"/></fbc:listOfFluxBounds>]]
      .. objectives }
    local got = warned("gene_rule", "R", (text:gsub('<reaction id="R".->', "%0" .. notes)))
    assert.same({ 6, "" }, { got.best, got.rule })
  end)

  it("without objective coefficients that are errors of rounding, and with all others", function()
    local function with(coefficient)
      return version_2 { FBC = (objectives:gsub('fbc:reaction="O" fbc:coefficient="0.5"/>', '%0' ..
        '<fbc:fluxObjective fbc:reaction="R" fbc:coefficient="' .. coefficient .. '"/>')) }
    end
    local got = warned("rounding", "R", with "-3e-16")
    assert.equal(10, got.best)
    assert.same({}, run("return flux.load_sbml(args).warnings", with "-3e-6"))
    assert.matches("coefficient", problem_of((with("0"):gsub('"0.5"', '"3e-16"'))))
  end)

  it("with an exchange that limits nothing, as what it exchanges is not balanced", function()
    local exchange = [[<reaction id="E" reversible="false" fast="false"
      fbc:lowerFluxBound="zero" fbc:upperFluxBound="zero"><listOfProducts>
        <speciesReference species="x" stoichiometry="1" constant="true"/></listOfProducts></reaction>]]
    local got = warned("boundary", "E", (version_2():gsub("<listOfReactions>", "%0" .. exchange)))
    assert.equal(10, got.best)
  end)

  it("with an empty list of flux objectives, and then without an objective", function()
    local got = warned("form", nil, version_2 { FBC = (objectives:gsub("<fbc:fluxObjective [^>]*/>", "")) })
    assert.equal(0, got.best)
    -- and where it lacks what libSBML would refuse beside that
    local text = flux_document:gsub("<fbc:listOfFluxObjectives>.-</fbc:listOfFluxObjectives>", "")
      :gsub(' boundaryCondition="false"', "")
    assert.same({ 0, "it is empty" }, run([[
      local model = flux.load_sbml(args)
      local said
      for _, warning in ipairs(model.warnings) do said = said or warning.message:match "it is empty" end
      return { model:optimum(), said }]], text))
  end)

  it("with one objective that nothing says is active", function()
    local one = objectives:gsub(' fbc:activeObjective="most"', "")
      :gsub('<fbc:objective fbc:id="least".-</fbc:objective>', "")
    local text = version_2 { FBC = one }
    local got = run([[
      local model, objective = flux.load_sbml(args)
      return { objective, model:optimum(), model.warnings[#model.warnings].code }]], text)
    assert.same({ "most", 10, "objective" }, got)
  end)

  it("with ids that are no SId", function()
    local text = version_2():gsub('"A"', '"ala-L_c"'):gsub('"R"', '"R.1"')
    local got = run([[
      local model = flux.load_sbml(args)
      return { model:optimum(), model.warnings[1].code, model:reaction("R.1").stoichiometry["ala-L_c"] }]], text)
    assert.same({ 10, "form", -1 }, got)
  end)

  it("is refused with what is wrong", function()
    for message, changes in pairs {
      ["strict"] = { BOUNDS_I = 'fbc:lowerFluxBound="zero"' },
      ["no value"] = { PARAMETERS = '<parameter id="nothing" constant="true"/>',
        MODEL = 'fbc:strict="false"', BOUNDS_I = 'fbc:upperFluxBound="nothing"' },
      ['the stoichiometry of "B" has no value'] = { STOICHIOMETRY = "" },
    } do
      assert.matches(message, problem_of(version_2(changes)), nil, true)
    end
    assert.matches("SBML", problem_of "no XML at all")
    assert.matches("SBML", problem_of(version_2():sub(1, 2000)))
    local _, err = vm:execute_biological_process(
      "flux.load_sbml(args, { objective = 'none' })", { args = version_2() })
    assert.matches('objective "none"', tostring(err))
  end)

  -- What programs of the field write is read in a stream, and all else by libSBML. An attribute that it passes and
  -- the stream leaves to it brings a text there.
  local function by_libsbml(text) return (text:gsub("<model ", '<model conversionFactor="zero" ', 1)) end

  local all_of_it = [[
    local model, objective = flux.load_sbml(args, { strict = true })
    local all = { objective, (select(2, model:objective())), model:metabolites(), model:genes(), model:reactions(),
      model:optimise() }
    for i, name in ipairs(model:reactions()) do all[6 + i] = model:reaction(name) end
    return all
  ]]

  it("is the same by the stream and by libSBML", function()
    local got = run(all_of_it, flux_document)
    assert.same({ "obj", "maximise", { "M_a_e", "M_a_c", "M_b_c", "M_b_b" }, { "b1", "G_b2", "b.3" } },
      { table.unpack(got, 1, 4) })
    assert.equal(7.875, got[6].objective)
    assert.equal("((b1 and G_b2) or b.3)", got[8].genes)
    assert.same(run(all_of_it, by_libsbml(flux_document)), got)
    local again = flux_document:gsub("<fbc:listOfObjectives", -- as ModelPolisher writes it
      '%0 xmlns:fbc="http://www.sbml.org/sbml/level3/version1/fbc/version2"')
    assert.same(got, run(all_of_it, again))
    assert.same({ -5.25, "minimise" }, run([[
      local model = flux.load_sbml(args, { objective = "other" })
      return { model:optimum(), (select(2, model:objective())) }]], flux_document))
  end)

  -- libSBML takes them for the rule, and crashes where they stand behind it.
  it("may have notes and annotations within gene rules", function()
    local wanted = run(all_of_it, flux_document)
    local notes = '<notes><p xmlns="http://www.w3.org/1999/xhtml">b2</p></notes>'
    for _, aside in ipairs { '<annotation><a xmlns="urn:a"/></annotation>', notes, notes .. "<annotation/>" } do
      for _, text in ipairs { (flux_document:gsub("<fbc:geneProductAssociation>", "%0" .. aside)),
        (flux_document:gsub("</fbc:geneProductAssociation>", aside .. "%0")) } do
        assert.not_equal(flux_document, text)
        assert.same(wanted, run(all_of_it, by_libsbml(text)))
        assert.same(wanted, run(all_of_it, text))
      end
    end
    for _, wrong in ipairs { "<fbc:rule/>", "<rule/>", "<listOfRules/>", "<fbc:geneProductAssociation/>", "<math/>" } do
      assert.matches("has no place in a geneProductAssociation", problem_of((flux_document:gsub(
        "</fbc:geneProductAssociation>", wrong .. "%0"))), nil, true)
    end
  end)

  it("may be compressed", function()
    local name = os.tmpname()
    local file = assert(io.popen("gzip -c > " .. name, "w"))
    file:write(flux_document)
    file:close()
    file = assert(io.open(name, "rb"))
    local compressed = file:read "a"
    file:close()
    os.remove(name)
    assert.same(run(all_of_it, flux_document), run(all_of_it, compressed))
  end)

  -- { what is changed, into what, what a warning is about, its code }
  local odd = {
    { ' boundaryCondition="false"', "", "boundaryCondition is missing: false is taken" },
    { ' constant="false"', "", "constant is missing" },
    { ' hasOnlySubstanceUnits="false"', "", "hasOnlySubstanceUnits is missing" },
    { ' compartment="c"', "", "compartment is missing" },
    { ' reversible="%a+"', "", "reversible is missing: true is taken" },
    { ' fast="false"', "", "fast is missing" },
    { ' fbc:strict="true"', "", "strict is missing: false is taken" },
    { ' fbc:required="false"', "", "required is missing" },
    { ' fbc:required="false"', ' fbc:required="true"', "required is not of the form" },
    { ' fbc:label="b%.3"', "", "label is missing: its id is taken" },
    { 'fbc:charge="%-2"', 'fbc:charge="-1.5"', "charge is not of the form" },
    { 'id="small"', 'id="e.coli-core 1"', "id is no SId" },
    { '"M_a_c"', '"M_a-2_c"', "id is no SId" },
    { 'metaid="G_b3"', 'metaid="3 x"', "metaid is not of the form" },
    { 'id="R_t"', 'id="R_t" subsystem="transport"', "subsystem is not of the form" },
    { "</listOfReactants></reaction>", "</listOfReactants><listOfProducts/></reaction>", "it is empty" },
    { "<notes><body xmlns=[^>]*>", "<notes><body>", "not in XHTML's namespace" },
    { '(<fbc:geneProductRef fbc:geneProduct="G_b1"/>)(</fbc:geneP)', "%1%1%2", "several parts", "gene_rule" },
    { '(<fbc:geneProductRef fbc:geneProduct="G_b1"/>)(</fbc:geneP)', "<fbc:and/>%2", "nothing to", "gene_rule" },
  }
  for _, case in ipairs(odd) do
    it("is read all the same with " .. case[1] .. " as '" .. case[2] .. "'", function()
      local text = flux_document:gsub(case[1], case[2])
      assert.not_equal(flux_document, text)
      local got = run([[
        local model = flux.load_sbml(args)
        local ok, err = pcall(flux.load_sbml, args, { strict = true })
        return { model:optimum(), model.warnings[1], #model.warnings, ok, tostring(err) }]], text)
      assert.equal(case[4] or "form", got[2].code)
      assert.matches(case[3], got[2].message, nil, true)
      assert.is_true(got[3] <= 2)
      assert.is_false(got[4])
      assert.matches(case[3], got[5], nil, true)
      assert.equal(7.875, got[1])
    end)
  end

  it("has no needless words where it has an empty value, or an empty rule", function()
    local text = flux_document:gsub('fbc:charge="%-2"', 'fbc:charge=""'):gsub('id="small"', 'id=""')
      :gsub("<fbc:geneProductAssociation><fbc:geneProductRef.-</fbc:geneProductAssociation>",
        "<fbc:geneProductAssociation/>")
    assert.same({ {}, "" }, run([[
      local model = flux.load_sbml(args)
      return { model.warnings, model:reaction("R_x").genes }]], (text:gsub('id=""', 'id="m"', 1))))
  end)

  it("of fbc version 3 where its objective is linear", function()
    local text = flux_document:gsub("fbc/version2", "fbc/version3")
      :gsub('fbc:coefficient="[^"]*"', '%0 fbc:variableType="linear"')
    assert.same(run(all_of_it, flux_document), run(all_of_it, text))
    assert.matches("SBML", problem_of((text:gsub('"linear"', '"quadratic"'))))
  end)

  it("is refused where a value that has a part in fluxes is none", function()
    for _, case in ipairs {
      { 'boundaryCondition="false"', 'boundaryCondition="False"' }, { 'reversible="true"', 'reversible="TRUE"' },
      { 'value="1E3"', 'value="1,000"' }, { 'value="1E3"', 'value="NaN"' }, { 'value="1E3"', 'value="1e999"' },
      { 'stoichiometry="2"', 'stoichiometry="two"' }, { ' stoichiometry="2"', "" }, { "maximize", "maximise" },
      { 'fbc:lowerFluxBound="low"', "" }, { 'fbc:lowerFluxBound="low"', 'fbc:lowerFluxBound="-5"' },
      { 'fbc:lowerFluxBound="low"', 'lowerFluxBound="low"' }, { 'activeObjective="obj"', 'activeObjective="none"' },
      { 'species id="M_b_c"', 'species id="M_a_c"' }, { "</model>", "</modle>" },
      { "<listOfUnitDefinitions>", "<!DOCTYPE x><listOfUnitDefinitions>" },
    } do
      local text = flux_document:gsub(case[1], case[2])
      assert.not_equal(flux_document, text)
      problem_of(text)
    end
  end)

  it("gives E. coli core's optimum", function()
    if not flux_tables.present() then return pending("../shared/facts is not there") end
    local got = run([[
      local model, objective = flux.load_sbml(args)
      return { model:optimum(), objective, #model:genes(), #model:knock_outs { genes = true },
        model:knock_out { genes = { "b0351", "b1241" } }.status, model:parsimonious().total_flux }
    ]], flux_tables.read "e_coli_core.xml")
    assert.is_true(math.abs(got[1] - 0.8739215069684307) < 1e-6)
    assert.is_true(math.abs(got[6] - 518.4220855176085) < 1e-6)
    assert.same({ "obj", 137, 137, "optimal" }, { table.unpack(got, 2, 5) })
  end)
end)
