-- bioxen fba and bioxen genome.

local cjson = require "cjson"
local shell = require "spec.support.shell"

-- Glucose is taken up and becomes biomass through one of two enzymes, or a worse one.
local network = [[
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"
 xmlns:fbc="http://www.sbml.org/sbml/level3/version1/fbc/version2" fbc:required="false">
<model id="small" fbc:strict="true">
<listOfCompartments><compartment id="c" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="A" compartment="c" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>
<species id="B" compartment="c" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>
</listOfSpecies>
<listOfParameters><parameter id="zero" value="0" constant="true"/><parameter id="ten" value="10" constant="true"/>
<parameter id="four" value="4" constant="true"/></listOfParameters>
<listOfReactions>%s</listOfReactions>
<fbc:listOfObjectives fbc:activeObjective="obj"><fbc:objective fbc:id="obj" fbc:type="maximize">
<fbc:listOfFluxObjectives><fbc:fluxObjective fbc:reaction="GROWTH" fbc:coefficient="1"/></fbc:listOfFluxObjectives>
</fbc:objective></fbc:listOfObjectives>
<fbc:listOfGeneProducts>
<fbc:geneProduct fbc:id="G_one" fbc:label="one"/><fbc:geneProduct fbc:id="G_two" fbc:label="two"/>
<fbc:geneProduct fbc:id="G_up" fbc:label="up"/></fbc:listOfGeneProducts>
</model></sbml>]]

local function reaction(id, left, right, upper, gene)
  local function side(tag, species)
    return species and ('<listOf%s><speciesReference species="%s" stoichiometry="1" constant="true"/></listOf%s>')
      :format(tag, species, tag) or ""
  end
  return ('<reaction id="%s" reversible="false" fast="false" fbc:lowerFluxBound="zero" fbc:upperFluxBound="%s">%s%s%s'
    .. "</reaction>"):format(id, upper, side("Reactants", left), side("Products", right), gene and
    ('<fbc:geneProductAssociation><fbc:geneProductRef fbc:geneProduct="G_%s"/></fbc:geneProductAssociation>')
      :format(gene) or "")
end

local model = network:format(reaction("UP", nil, "A", "ten", "up") .. reaction("FIRST", "A", "B", "ten", "one")
  .. reaction("SECOND", "A", "B", "four", "two") .. reaction("GROWTH", "B", nil, "ten"))

local sh
setup(function() sh = shell.open() end)
teardown(function() sh:close() end)

local function good(words)
  local status, out, err = sh("bioxen " .. words)
  assert.are.equal(0, status, err)
  return out, err
end

local function bad(expected, part, words)
  local status, _, err = sh("bioxen " .. words)
  assert.are.equal(expected, status)
  assert.truthy(err:find(part, 1, true), err)
end

describe("bioxen fba", function()
  local path
  setup(function() path = sh:file("small.xml", model) end)

  it("writes the model in other forms, as it was changed", function()
    for _, name in ipairs { "out.json", "out.yml", "out.xml" } do
      local file = sh:file(name, "")
      local _, err = good(("fba %s --bound=UP=0,7 --knock-out=two --write %s"):format(path, file))
      assert.matches("4 reactions, 2 metabolites, 3 genes", err)
      assert.matches("FIRST\t7\nGROWTH\t7\nUP\t7\n", (good("fba " .. file)))
    end
    bad(2, "a name that ends with .xml", "fba --write x.txt " .. path)
    bad(2, "nothing is solved", "fba --pfba --write x.json " .. path)
    bad(2, "one objective alone", "fba --objective a " .. sh:file("a.json", "{}"))
    bad(1, "JSON: line 1", "fba " .. sh:file("bad.json", "{"))
  end)

  it("writes fluxes, and the objective beside them", function()
    local out, err = good("fba " .. path .. " --pfba")
    assert.matches("^FIRST\t%d+\nGROWTH\t10\n", out)
    assert.matches("^obj = 10; sum of fluxes 30\n$", err)
    assert.are.equal("", (select(2, good("fba --quiet " .. path))))
  end)

  it("as JSON, from standard input, to a file", function()
    local answer = cjson.decode((good("fba - --json <" .. path)))
    assert.are.same({ "optimal", 10, "obj", 3, 4 }, { answer.status, answer.value, answer.objective, answer.genes,
      answer.reactions })
    assert.are.equal(10, answer.fluxes.GROWTH)
    local file = sh.scratch .. "/answer.json"
    assert.are.equal("", (good(("fba %s --json --out %s"):format(path, file))))
    assert.are.equal(10, cjson.decode(shell.read(file)).value)
  end)

  it("without genes and reactions, within other bounds, for another objective", function()
    assert.matches("\nobj = 4\n", "\n" .. select(2, good("fba --knock-out one " .. path)))
    assert.matches("\nobj = 4\n", "\n" .. select(2, good("fba --knock-out FIRST " .. path)))
    assert.matches("\nobj = 0\n", "\n" .. select(2, good("fba --knock-out one,two " .. path)))
    assert.matches("\nobj = 3\n", "\n" .. select(2, good("fba --bound=UP=0,3 " .. path)))
    assert.matches("SECOND\t4\n", (good("fba --maximise SECOND " .. path)))
    assert.matches("FIRST\t0\n", (good("fba --minimise FIRST --all " .. path)))
  end)

  it("screens for essential genes", function()
    local out, err = good("fba --essential " .. path)
    assert.are.same({ "up\n", "obj = 10; 1 of 3 genes are essential\n" }, { out, err })
    assert.are.same({ "up" }, cjson.decode((good("fba --essential --json " .. path))).essential)
    assert.are.equal("one\nup\n", table.concat((function()
      local names = {}
      for name in good("fba --essential --fraction 0.5 " .. path):gmatch "%a+" do names[#names + 1] = name end
      table.sort(names)
      return names
    end)(), "\n") .. "\n")
  end)

  it("gives ranges", function()
    assert.matches("^FIRST\t6\t10\nGROWTH\t10\t10\nSECOND\t0\t4\n", (good("fba --variability " .. path)))
  end)

  it("tells of media, metabolites and envelopes", function()
    assert.are.equal("UP\t10\n", (good("fba --medium " .. path)))
    assert.are.same({ "UP\t4\n", "obj = 10; 1 components, total 4\n" },
      { good("fba --minimal-medium --components --reach 4 " .. path) })
    assert.are.same({ "uptake\tUP\tA\t10\t9\t10\nsecretion\tGROWTH\tB\t10\t9\t10\n", "obj = 10\n" },
      { good("fba --summary --fraction 0.9 " .. path) })
    assert.are.equal(10, cjson.decode((good("fba --summary --json " .. path))).summary.secretion[1].flux)
    assert.matches("^producing\tUP\t100 %%\t10\nconsuming\tFIRST\t", (good("fba --metabolite A " .. path)))
    assert.are.equal("UP\tminimum\tmaximum\n0\t0\t0\n5\t5\t5\n10\t10\t10\n",
      (good("fba --envelope UP --points 3 " .. path)))
    bad(1, "no medium lets the objective reach 11", "fba --minimal-medium --reach 11 " .. path)
    bad(2, "--reach is for --minimal-medium", "fba --reach 1 " .. path)
    bad(1, "no reaction 'PU'", "fba --envelope PU " .. path)
    bad(1, "no reaction 'R_UP'", "fba --maximise R_UP " .. path)
    bad(1, "no metabolite 'AA'", "fba --metabolite AA " .. path)
  end)

  it("takes ids without the R_, M_ and G_ that SBML may have in front of them", function()
    local text = model
    for _, id in ipairs { "UP", "FIRST", "SECOND", "GROWTH" } do
      text = text:gsub('"' .. id .. '"', '"R_' .. id .. '"')
    end
    local long = sh:file("long.xml", (text:gsub('"([AB])"', '"M_%1"')))
    for words, short in pairs { ["--bound=R_UP=0,3"] = "--bound=UP=0,3", ["--knock-out R_FIRST"] = "--knock-out FIRST",
      ["--maximise R_SECOND"] = "--maximise SECOND", ["--metabolite M_A"] = "--metabolite A",
      ["--envelope R_UP --points 3"] = "--envelope UP --points 3" } do
      local out, err = good(("fba %s %s"):format(words, long))
      assert.are.same({ out, err }, { good(("fba %s %s"):format(short, long)) })
    end
  end)

  it("finds fluxes near others, or without loops, and prices", function()
    assert.matches("\nGROWTH\t[%d.]+\n", "\n" .. good("fba --moma --knock-out FIRST " .. path))
    assert.matches("^obj = 4; distance %d+\n$", (select(2, good("fba --moma --linear --knock-out FIRST " .. path))))
    assert.matches("; %d changes\n$", (select(2, good("fba --room --knock-out FIRST " .. path))))
    assert.matches("GROWTH\t10\n", (good("fba --loopless " .. path)))
    assert.are.equal((good("fba --variability " .. path)), (good("fba --variability --loopless " .. path)))
    assert.are.equal("A\t-1\nB\t-1\n", (good("fba --bound=UP=0,3 --shadow-prices " .. path)))
    assert.are.equal("UP\t1\n", (good("fba --bound=UP=0,3 --reduced-costs " .. path)))
    bad(2, "--linear is for --moma or --room", "fba --linear " .. path)
    assert.matches("UP\t9\t9\n", (good("fba --variability --fraction 0.9 --pfba-factor 1 " .. path)))
    bad(2, "--pfba-factor is for --variability", "fba --pfba-factor 2 " .. path)
    local page = sh.scratch .. "/fluxes.html"
    good("fba " .. path .. " --out " .. page)
    assert.matches('<td>GROWTH</td><td class="number"><svg class="bar".-</svg> 10</td>', shell.read(page))
    bad(2, "--out: a page (.html) is of fluxes: not with --variability", "fba --variability --out x.html " .. path)
  end)

  it("says what is wrong, and what to do", function()
    bad(1, "torn.xml: the text can't be read: line ", "fba " .. sh:file("torn.xml", "<sbml><model></sbml>"))
    bad(1, "no gene or reaction 'ONE_'; did you mean 'one'?", "fba --knock-out ONE_ " .. path)
    bad(1, "no gene or reaction 'FRIST'; did you mean 'FIRST'?", "fba --knock-out FRIST " .. path)
    bad(1, "no gene or reaction 'xyzzy' (--json lists its reactions)", "fba --knock-out xyzzy " .. path)
    bad(1, "no reaction 'FRIST'; did you mean 'FIRST'?", "fba --bound=FRIST=1,2 " .. path)
    bad(1, "no reaction 'GROWHT'; did you mean 'GROWTH'?", "fba --maximise GROWHT " .. path)
    bad(1, "no reaction 'secnd'; did you mean 'SECOND'?", "fba --minimise secnd " .. path)
    bad(2, "--bound: REACTION=LOWER,UPPER expected, got 'x'", "fba --bound x " .. path)
    bad(1, "is infeasible", "fba --bound=GROWTH=11,12 " .. path)
    bad(1, "cannot read /nowhere", "fba /nowhere")
    bad(2, "can not be used together", "fba --pfba --essential " .. path)
    bad(1, 'objective "other": the model has none of that id; it has obj', "fba --objective other " .. path)
  end)

  it("prints the reader's warnings once, or has them in JSON; --strict makes them errors", function()
    local odd = sh:file("odd.xml", (model:gsub('id="A"', 'id="A-1"'):gsub('species="A"', 'species="A-1"')))
    local out, err = good("fba " .. odd)
    assert.are.equal("", out:match "warning" or "")
    assert.are.equal(1, select(2, err:gsub("bioxen: warning: ", "")))
    local answer = cjson.decode((good("fba --json " .. odd)))
    assert.are.equal("form", answer.warnings[1].code)
    assert.are.same({}, cjson.decode((good("fba --json " .. path))).warnings)
    bad(1, "warnings are errors", "fba --strict " .. odd)
    good("fba --strict " .. path)
  end)

  it("says that a model has no objective, and how to give it one", function()
    local aimless = sh:file("aimless.xml", (model:gsub("<fbc:listOfObjectives.-</fbc:listOfObjectives>", "")))
    bad(1, "the model has no objective: --maximise=REACTION", "fba " .. aimless)
    bad(1, "(bioxen simulate runs a kinetic model)", "fba " .. aimless)
    bad(1, "no objective", "fba --essential " .. aimless)
    assert.matches("SECOND\t4\n", (good("fba --maximise SECOND " .. aimless)))
    assert.matches("FIRST\t0\t10\n", (good("fba --variability " .. aimless)))
  end)

  it("of the E. coli core model", function()
    local core = "../shared/facts/e_coli_core.xml"
    if not shell.read(core) then return pending(core .. " is not here") end
    assert.matches("obj = 0%.8739215", (select(2, good("fba " .. core))))
    assert.matches("; 7 of 137 genes are essential\n$", (select(2, good("fba --essential " .. core))))
  end)
end)

describe("bioxen genome", function()
  local fasta, gff
  setup(function()
    fasta = sh:file("small.fa", ">chr a chromosome\nATGAAATAACCGGTTAACC\n")
    gff = sh:file("small.gff", "##gff-version 3\nchr\tx\tCDS\t1\t9\t.\t+\t0\tID=cds1;locus_tag=g1;gene=first\n"
      .. "##FASTA\n>chr\nATGAAATAACCGGTTAACC\n")
  end)

  it("tells what is in a file", function()
    local out = good("genome info " .. gff)
    assert.matches("^19 base pairs, 1 genes, 36%.84 %% G and C\n", out)
    assert.matches("\n  chr +19 linear", out)
    assert.matches("\n  CDS +1\n", out)
    local facts = cjson.decode((good("genome info --json " .. gff)))
    assert.are.same({ 19, 1, 1, "chr" }, { facts.length, facts.genes, facts.types.CDS, facts.sequences[1].id })
    assert.are.equal(out, (good("genome info - <" .. gff)))
  end)

  it("converts it", function()
    assert.matches("^>chr.*\nATGAAATAACCGGTTAACC\n$", (good("genome convert --to fasta " .. gff)))
    assert.matches("^>%S+.*\nMK%*?\n$", (good("genome convert --to proteins " .. gff)))
    assert.matches("\nATGAAATAA\n$", (good("genome convert --to genes " .. gff)))
    local file = sh.scratch .. "/again.gff"
    good(("genome convert --to gff3 --out %s %s"):format(file, gff))
    assert.are.equal(good("genome info " .. gff), (good("genome info " .. file)))
    assert.matches("\n1\t9\t9\t%+\tCDS\tg1\t", (good("genome convert --to genome " .. gff)))
  end)

  it("says what is wrong, and what to do", function()
    bad(1, "/nowhere: No such file", "genome info /nowhere")
    bad(2, "--to", "genome convert " .. fasta)
    bad(2, "must be one of", "genome convert --to excel " .. fasta)
    bad(2, "did you mean 'info'?", "genome inof " .. fasta)
    bad(2, "a command is required", "genome")
    bad(1, sh.scratch, "genome info " .. sh:file("broken.gff", "##gff-version 3\nchr\tx\n"))
    local bare = sh:file("bare.gff", "##gff-version 3\nchr\tx\tCDS\t1\t9\t.\t+\t0\tID=cds1\n")
    bad(1, "--fasta names a file with the bases", "genome convert --to proteins " .. bare)
    local bases = sh:file("bases.fa", ">a\nACGT\n")
    bad(1, "bases.fa: there are no proteins in it", "genome convert --to proteins " .. bases)
  end)
end)
