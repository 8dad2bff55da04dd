-- Flux-balance models written and read again: SBML, and cobrapy's JSON and YAML.

local flux_vm = require "spec.support.flux_vm"

local run = flux_vm.run

local function problem_of(code, args)
  local text, kind = flux_vm.problem_of(code, args)
  assert.equal("EMODEL", kind)
  return text
end

setup(function()
  flux_vm.open()
  run [[
    function all_of(model)
      local all = { info = model:info(), groups = model:groups(), objectives = model:objectives(), parts = {} }
      all.objective, all.sense = model:objective()
      for _, list in ipairs { "reaction", "metabolite", "gene" } do
        for _, name in ipairs(model[list .. "s"](model)) do table.insert(all.parts, model[list](model, name)) end
      end
      return all
    end]]
end)
teardown(flux_vm.close)

local document = [[
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"
  xmlns:fbc="http://www.sbml.org/sbml/level3/version1/fbc/version2" fbc:required="false"
  xmlns:groups="http://www.sbml.org/sbml/level3/version1/groups/version1" groups:required="false"
  xmlns:h="http://www.w3.org/1999/xhtml">
<model id="m" name="small &amp; whole" fbc:strict="true" metaid="m1" sboTerm="SBO:0000624">
<notes><h:body><h:p>by: us &lt;3</h:p></h:body></notes>
<annotation><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:bqmodel="http://biomodels.net/model-qualifiers/"><rdf:Description rdf:about="#m1">
<bqmodel:isDescribedBy><rdf:Bag><rdf:li rdf:resource="https://identifiers.org/pubmed/1"/></rdf:Bag>
</bqmodel:isDescribedBy>
</rdf:Description></rdf:RDF></annotation>
<listOfCompartments><compartment id="c" name="cytosol" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="M_a__45__b_c" metaid="s1" name="a-b" compartment="c" hasOnlySubstanceUnits="true" boundaryCondition="false"
  constant="false" fbc:charge="-2" fbc:chemicalFormula="C6H12O6">
<annotation><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:bqbiol="http://biomodels.net/biology-qualifiers/"><rdf:Description rdf:about="#s1">
<bqbiol:is><rdf:Bag><rdf:li rdf:resource="http://identifiers.org/kegg.compound/C1"/>
<rdf:li rdf:resource="https://identifiers.org/CHEBI:5"/><rdf:li rdf:resource="urn:a&amp;b"/></rdf:Bag></bqbiol:is>
<bqbiol:isVersionOf><rdf:Bag><rdf:li rdf:resource="https://identifiers.org/kegg.compound/C2"/></rdf:Bag>
</bqbiol:isVersionOf>
</rdf:Description></rdf:RDF></annotation></species>
<species id="M_b_c" compartment="c" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>
</listOfSpecies>
<listOfParameters><parameter id="zero" value="0" constant="true"/><parameter id="ten" value="10" constant="true"/>
<parameter id="low" value="-1e-3" constant="true"/><parameter id="far" value="INF" constant="true"/></listOfParameters>
<listOfReactions>
<reaction id="R_UP" name="uptake" reversible="true" fast="false" sboTerm="SBO:0000627" fbc:lowerFluxBound="low"
 fbc:upperFluxBound="ten"><listOfProducts>
<speciesReference species="M_a__45__b_c" stoichiometry="1" constant="true"/></listOfProducts></reaction>
<reaction id="R_X" reversible="false" fast="false" fbc:lowerFluxBound="zero" fbc:upperFluxBound="far">
<notes><body xmlns="http://www.w3.org/1999/xhtml"><p>SUBSYSTEM: old</p><p>free</p></body></notes>
<listOfReactants><speciesReference species="M_a__45__b_c" stoichiometry="0.3" constant="true"/></listOfReactants>
<listOfProducts><speciesReference species="M_b_c" stoichiometry="2" constant="true"/></listOfProducts>
<fbc:geneProductAssociation><fbc:or><fbc:and><fbc:geneProductRef fbc:geneProduct="G_one"/>
<fbc:geneProductRef fbc:geneProduct="G_two"/></fbc:and><fbc:geneProductRef fbc:geneProduct="G_t3"/>
<fbc:and><fbc:geneProductRef fbc:geneProduct="G_two"/><fbc:or><fbc:geneProductRef fbc:geneProduct="G_t3"/>
<fbc:geneProductRef fbc:geneProduct="G_one"/></fbc:or></fbc:and></fbc:or></fbc:geneProductAssociation></reaction>
<reaction id="R_OUT" reversible="false" fast="false" fbc:lowerFluxBound="zero" fbc:upperFluxBound="far">
<listOfReactants><speciesReference species="M_b_c" stoichiometry="1" constant="true"/></listOfReactants></reaction>
</listOfReactions>
<fbc:listOfObjectives fbc:activeObjective="most"><fbc:objective fbc:id="least" fbc:type="minimize">
<fbc:listOfFluxObjectives><fbc:fluxObjective fbc:reaction="R_UP" fbc:coefficient="1"/>
<fbc:fluxObjective fbc:reaction="R_OUT" fbc:coefficient="-2.5"/></fbc:listOfFluxObjectives></fbc:objective>
<fbc:objective fbc:id="most" fbc:type="maximize"><fbc:listOfFluxObjectives>
<fbc:fluxObjective fbc:reaction="R_OUT" fbc:coefficient="1"/></fbc:listOfFluxObjectives></fbc:objective>
</fbc:listOfObjectives>
<fbc:listOfGeneProducts><fbc:geneProduct fbc:id="G_one" fbc:label="one" fbc:name="first"/>
<fbc:geneProduct fbc:id="G_two" fbc:label="two"/><fbc:geneProduct fbc:id="G_t3" fbc:label="t3" sboTerm="SBO:0000243"/>
<fbc:geneProduct fbc:id="G_unused" fbc:label="unused"/></fbc:listOfGeneProducts>
<groups:listOfGroups>
<groups:group groups:id="g1" groups:name="the middle" groups:kind="partonomy" sboTerm="SBO:0000633">
<groups:listOfMembers><groups:member groups:idRef="R_X"/><groups:member groups:idRef="M_b_c"/></groups:listOfMembers>
</groups:group></groups:listOfGroups>
</model></sbml>]]

describe("a flux model in SBML", function()
  it("has what is said of it, by either reader", function()
    local expected = {
      info = { name = "m", title = "small & whole", compartments = { c = "cytosol" }, notes = { by = "us <3" },
        annotation = { sbo = "SBO:0000624", pubmed = { { "bqm_isDescribedBy", "1" } } } },
      a = { name = "M_a__45__b_c", title = "a-b", boundary = false, charge = -2, formula = "C6H12O6", compartment = "c",
        reactions = { "R_UP", "R_X" }, annotation = { ["kegg.compound"] = { "C1", { "isVersionOf", "C2" } },
          chebi = { "CHEBI:5" }, uri = { "urn:a&b" } } },
      x = { name = "R_X", lower = 0, upper = math.huge, objective = 0,
        stoichiometry = { M_a__45__b_c = -0.3, M_b_c = 2 }, subsystem = "the middle",
        genes = "((one and two) or t3 or (two and (t3 or one)))", notes = { SUBSYSTEM = "old" } },
      genes = { "one", "two", "t3", "unused" },
      t3 = { name = "t3", reactions = { "R_X" }, annotation = { sbo = "SBO:0000243" } },
      groups = { { name = "g1", kind = "partonomy", title = "the middle", members = { "R_X", "M_b_c" },
        annotation = { sbo = "SBO:0000633" } } },
      objectives = { { name = "least", sense = "minimise", fluxes = { R_UP = 1, R_OUT = -2.5 } } },
    }
    -- the document goes another way where a value is a formula's
    local formula = '<listOfInitialAssignments><initialAssignment symbol="ten"><math xmlns='
      .. '"http://www.w3.org/1998/Math/MathML"><cn>10</cn></math></initialAssignment></listOfInitialAssignments>'
    for _, text in ipairs { document, (document:gsub("</listOfParameters>", "%0" .. formula)) } do
      assert.same(expected, run([[
        local model = flux.load_sbml(args)
        return { info = model:info(), a = model:metabolite "M_a__45__b_c", x = model:reaction "R_X",
          genes = model:genes(), t3 = model:gene "t3", groups = model:groups(),
          objectives = model:objectives() }]], text))
    end
  end)

  -- cobrapy's key "sbo" is the attribute's, and "uri" our own
  it("keeps terms that its annotations repeat", function()
    local uris = { "http://identifiers.org/sbo/SBO:0000627", "https://identifiers.org/SBO:0000185",
      "https://identifiers.org/uri/x" }
    local resources = ""
    for _, uri in ipairs(uris) do resources = resources .. ('<rdf:li rdf:resource="%s"/>'):format(uri) end
    local text = document:gsub('<reaction id="R_UP" (.-)>', '<reaction id="R_UP" metaid="r1" %1><annotation>'
      .. '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
      .. 'xmlns:bqbiol="http://biomodels.net/biology-qualifiers/">'
      .. '<rdf:Description rdf:about="#r1"><bqbiol:is><rdf:Bag>' .. resources
      .. "</rdf:Bag></bqbiol:is></rdf:Description></rdf:RDF></annotation>", 1)
    local expected <const> = { sbo = "SBO:0000627", uri = uris }
    assert.same({ expected, expected, expected }, run([[
      local model = flux.load_sbml(args)
      return { model:reaction("R_UP").annotation, flux.load_json((model:to_json())):reaction("UP").annotation,
        flux.load_sbml((model:to_sbml())):reaction("R_UP").annotation }]], text))
  end)

  it("is the same when it is written and read again", function()
    assert.is_true(run([[
      local before = flux.load_sbml(args)
      local text, losses = before:to_sbml()
      local after, objective = flux.load_sbml(text)
      same = function(a, b)
        if type(a) ~= "table" or type(b) ~= "table" then return a == b end
        for k, v in pairs(a) do if not same(v, b[k]) then return false end end
        for k in pairs(b) do if a[k] == nil then return false end end
        return true
      end
      local one, other = all_of(before), all_of(after)
      one.parts[2].genes, other.parts[2].genes = nil, nil
      return same(one, other) and #losses == 0 and #after.warnings == 0 and objective == "most"
        and before:optimum() == after:optimum() and after:to_sbml() == text and after:reaction("R_X").genes
        == "((one and two) or t3 or (two and (t3 or one)))"]], document))
  end)

  it("is written as it is computed, with ids that SBML can have", function()
    assert.same({ 5, "a.1", { "M_x", "M_2pg" }, { "R_a__45__b", "R_out" }, "odd", "constraint", true }, run [[
      local model = flux.model { objective = "out", reactions = { { "--> 2pg", name = "a-b", upper = 5, genes = "a.1" },
        { "2pg + x -->", name = "out", subsystem = "odd" } }, boundary = { "x" } }
      model:add_reactions { { "--> 2pg", name = "off" } }
      model:remove_reactions { "off" }
      model:add_constraint { name = "k", fluxes = { out = 1 }, upper = 4 }
      local text, losses = model:to_sbml()
      local again = flux.load_sbml(text)
      return { again:optimum(), again:genes()[1], again:metabolites(), again:reactions(),
        again:reaction("R_out").subsystem, losses[1].code, text:find('fbc:id="G_a__46__1"', 1, true) ~= nil }]])
    assert.same({ 0, 0, "minimise", -3 }, run [[
      local model = flux.model { objective = "out", sense = "minimise", reactions = {
        { "<=> A", name = "in", upper = 5 }, { "A <=>", name = "out", lower = -3 } } }
      local seen = {}
      model:disable { reactions = { "in" } }
      local again = flux.load_sbml((model:to_sbml()))
      seen[1], seen[2] = again:bounds "R_in"
      seen[3] = select(2, again:objective())
      model:enable()
      seen[4] = flux.load_sbml((model:to_sbml())):optimum()
      return seen]])
    assert.matches('would be called "M_a"', problem_of([[
      local model = flux.load_sbml(args)
      model:add_metabolites { "M_z" }
      model:add_reactions { { "M_z -->", name = "M_a" } }
      model:add_metabolites { "M_a" }
      model:to_sbml()]], document))
  end)
end)

describe("a flux model in cobrapy's JSON and YAML", function()
  local in_json = [=[{"metabolites":[
    {"id":"a.1","name":"A","compartment":"c","charge":-1,"formula":"C2H4","_bound":0.0,
      "annotation":{"kegg.compound":"C1","chebi":["CHEBI:1",["isVersionOf","CHEBI:2"]],"sbo":"SBO:0000247"}},
    {"id":"2b","name":"","compartment":"e","charge":null,"notes":{"why":"x < y","list":["p","q"]}}],
    "reactions":[
    {"id":"UP","name":"up","metabolites":{"a.1":1},"lower_bound":0,"upper_bound":8.5,"gene_reaction_rule":""},
    {"id":"X-y","name":"","metabolites":{"a.1":-1.0,"2b":0.5},"lower_bound":"-inf","upper_bound":"inf",
      "gene_reaction_rule":"(b.1 and b2) or b3","subsystem":"mid","odd":1},
    {"id":"OUT","name":"","metabolites":{"2b":-1},"lower_bound":0.0,"upper_bound":1000.0,
      "gene_reaction_rule":"b2 xor b3","objective_coefficient":1.0}],
    "genes":[{"id":"b.1","name":""},{"id":"b2","name":"two"},{"id":"b3","name":""},{"id":"b4","name":"none"}],
    "id":"m","name":"mini","compartments":{"c":"cytosol","e":""},"version":"1"}]=]

  it("is read, and the same when it is written and read again", function()
    local answer = run([[
      local model = flux.load_json(args)
      local codes = {}
      for i, warning in ipairs(model.warnings) do codes[i] = warning.code end
      local json, losses = model:to_json()
      local yaml = model:to_yaml()
      local third = flux.load_yaml(yaml)
      local ids = flux.load_json((flux.load_sbml((model:to_sbml())):to_json()))
      return { all = all_of(model), json = all_of(flux.load_json(json)), yaml = all_of(third), codes = codes,
        same = { json == flux.load_json(json):to_json(), yaml == third:to_yaml(), json == third:to_json() },
        optima = { model:optimum(), third:optimum(), ids:optimum() }, losses = losses, sbml = all_of(ids) }]], in_json)
    assert.same({ "gene_rule", "field" }, answer.codes)
    assert.same({ true, true, true }, answer.same)
    assert.same({ 4.25, 4.25, 4.25 }, answer.optima)
    assert.same({}, answer.losses)
    local parts = answer.all.parts
    assert.same({ name = "X-y", lower = -math.huge, upper = math.huge, objective = 0, genes = "(b.1 and b2) or b3",
      stoichiometry = { ["a.1"] = -1, ["2b"] = 0.5 }, subsystem = "mid" }, parts[2])
    assert.same({ name = "a.1", title = "A", boundary = false, charge = -1, formula = "C2H4", compartment = "c",
      reactions = { "UP", "X-y" }, annotation = { sbo = "SBO:0000247", ["kegg.compound"] = { "C1" },
        chebi = { "CHEBI:1", { "isVersionOf", "CHEBI:2" } } } }, parts[4])
    assert.same({ why = "x < y", list = '["p", "q"]' }, parts[5].notes)
    assert.same({ name = "b4", title = "none", reactions = {} }, parts[9])
    assert.same(answer.all, answer.json)
    assert.same(answer.all, answer.yaml)
    answer.all.parts[2].genes, answer.sbml.parts[2].genes = nil, nil
    assert.same(answer.all.parts, answer.sbml.parts)
  end)

  it("is read as cobrapy writes it in YAML", function()
    assert.same({ 3, "x: y", "1e3", { "yes" }, -1 }, run([[
      local model = flux.load_yaml(args)
      return { model:optimum(), model:metabolite("yes").title, model:metabolite("1e3").name,
        model:metabolite("yes").annotation.k, model:metabolite("yes").charge }]], [=[
!!omap
- metabolites:
  - !!omap
    - id: yes
    - name: 'x: y'
    - compartment: c
    - charge: -1
    - annotation: !!omap
      - k: &anchor yes
  - !!omap
    - id: '1e3'
    - name: ''
- reactions:
  - !!omap
    - id: UP
    - metabolites: !!omap
      - yes: 1.0
    - lower_bound: 0.0
    - upper_bound: 1e1
    - gene_reaction_rule: ''
  - !!omap
    - id: X
    - metabolites: {yes: -1.0, '1e3': 1}
    - lower_bound: 0
    - upper_bound: .inf
    - gene_reaction_rule: a or b
  - {id: OUT, metabolites: {'1e3': -1.0}, lower_bound: 0, upper_bound: 3, objective_coefficient: 1.0}
- genes:
  - !!omap
    - id: a
- id: m
]=]))
  end)

  it("is refused where it is no model, or hostile", function()
    local cases = {
      { "json", "[]", 'a list "metabolites" expected' },
      { "json", '{"metabolites":[],"reactions":[{}]}', "reaction 1 has no id" },
      { "json", '{"metabolites":[{"id":1}],"reactions":[]}', "metabolite 1 has no id" },
      { "json", '{"metabolites":[],"reactions":[{"id":"a","metabolites":{"x":1}}]}', 'no metabolite "x"' },
      { "json", '{"metabolites":[],"reactions":[{"id":"a","lower_bound":"x"}]}', "a bound is no number" },
      { "json", '{"a":1,"a":2}', "duplicate" },
      { "json", ("["):rep(100000), "JSON:" },
      { "json", '{"metabolites":[],"reactions":[],"notes":{"a":' .. ("["):rep(200) .. ("]"):rep(200) .. "}}",
        "100 deep" },
      { "json", "\31\139\8\0broken", "compressed is damaged" },
      { "yaml", "a: &x 1\nb: *x\n", "line 2: an alias" },
      { "yaml", "a: [1, 2", "line 2" },
      { "yaml", "a: 1\n---\nb: 2\n", "a second document" },
      { "yaml", "a: 1\na: 2\n", "a key that comes twice" },
      { "yaml", "a: !!binary x\n", "a tag" },
      { "yaml", ("["):rep(200), "it nests too deep" },
      { "yaml", "", "nothing in it" },
      { "yaml", "? [a]\n: 1\n", "a key that is no text" },
    }
    for _, case in ipairs(cases) do
      local problem = problem_of("flux['load_' .. args[1]](args[2])", case)
      assert.truthy(problem:find(case[3], 1, true), case[2]:sub(1, 60) .. ": " .. problem)
    end
    assert.matches("warnings are errors", problem_of(
      [[flux.load_json('{"metabolites":[],"reactions":[{"id":"a"}]}', { strict = true })]]))
  end)
end)
