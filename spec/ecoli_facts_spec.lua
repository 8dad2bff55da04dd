-- ecoli against the tables it was written from (../shared/facts): its genes and operons (NC_000913.3, Keio), and
-- E. coli core with the optima that GLPK found (Orth, Fleming & Palsson, EcoSal Plus 4, 2010), through the organism.

local bioxen = require "bioxen"
local flux_tables = require "spec.support.flux_tables"

if not flux_tables.present() then
  describe("ecoli and its sources", function()
    pending("skipped: ../shared/facts is not there")
  end)
  return
end

local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1
local vm

local function run(code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 60*slow })).result
end

setup(function()
  vm = assert(bioxen.create_bio_vm("facts", "ecoli"))
  assert(vm:start())
end)
teardown(function() vm:destroy() end)

local biotypes = { protein_coding = "CDS", other = "RNA" } -- others have the same name

describe("the chromosome of ecoli", function()
  local genes, rows, pieces
  setup(function()
    genes = run "return require('ecoli.chromosome').genes()"
    rows, pieces = {}, {}
    for _, row in ipairs(flux_tables.rows "ecoli_k12_mg1655_genes.tsv") do
      pieces[row.locus_tag] = (pieces[row.locus_tag] or 0) + 1
      if pieces[row.locus_tag] == 1 then rows[#rows + 1] = row end
    end
  end)

  it("has each gene once", function()
    assert.equal(4498, #genes)
    assert.equal(#rows, #genes)
    assert.equal(4498, require("bioxen.biology.ecoli.manifest").genome.genes)
  end)

  it("has them where they are", function()
    for i, row in ipairs(rows) do
      local gene = genes[i]
      local type = biotypes[row.biotype] or row.biotype
      local essentiality = row.keio_essential == "1" and "essential" or type == "CDS" and "nonessential" or nil
      local several = pieces[row.locus_tag] > 1 and tostring(pieces[row.locus_tag]) or nil
      assert.same({ id = row.locus_tag, name = row.gene, start = tonumber(row.start), stop = tonumber(row["end"]),
        strand = row.strand, type = type, essentiality = essentiality, pieces = several,
        incomplete = several and true, spans = row.gene == "prfB" and gene.spans or nil,
        operon = gene.operon:match "^op%d+$" and row.predicted_operon or gene.operon }, gene)
    end
  end)

  -- The table counts rows: a pseudogene in pieces alone is an operon of several in it. Of what is known the rule is
  -- not asked (ecoli_operons_spec.lua).
  it("has the operons of the rule", function()
    local compared, known = 0, {}
    for _, gene in ipairs(genes) do known[gene.id] = not gene.operon:match "^op%d+$" end
    local operons = run "return require('ecoli.chromosome').operons()"
    for _, row in ipairs(flux_tables.rows "ecoli_predicted_operons_gap80.tsv") do
      local list, seen = {}, {}
      for id in row.genes:gmatch "[^,]+" do
        if not seen[id] and not known[id] then list[#list + 1] = id end
        seen[id] = true
      end
      local got = operons[row.operon].genes
      table.sort(list)
      table.sort(got)
      if list[1] then
        assert.same(list, got)
        compared = compared + 1
      end
    end
    assert.equal(887, compared)
  end)

  it("is a genome", function()
    assert.same({ 4641652, 4498, "thrA", "thrLABC", "essential", 1098, true }, run [[
      local genome = organism.genome()
      local thrA, prfB = genome:gene "b0002", genome:gene "prfB"
      local coding = 0
      for _, span in ipairs(prfB.spans) do coding = coding + span[2] - span[1] + 1 end
      return { genome:length(), #genome:genes(), thrA.name, thrA.operon, genome:gene("dnaA").essentiality, coding,
        genome:gene("crl").incomplete }
    ]])
  end)

  it("has the essential genes of Keio", function()
    local expected = {}
    for _, row in ipairs(rows) do
      if row.keio_essential == "1" then expected[#expected + 1] = row.locus_tag end
    end
    assert.equal(299, #expected)
    assert.same(expected, vm:get_essential_genes())
  end)
end)

describe("E. coli core in ecoli", function()
  local function assert_near(expected, got, what, tolerance)
    assert.is_true(math.abs(expected - got) <= (tolerance or 1e-6),
      ("%s: %.10g expected, got %.10g"):format(what, expected, got))
  end

  local function reference(test)
    local values, count = {}, 0
    for _, row in ipairs(flux_tables.rows "e_coli_core_fba_reference.tsv") do
      if row.test == test then
        values[row.condition:gsub("|$", "")] = row.value
        count = count + 1
      end
    end
    assert(count > 0, "no rows of " .. test)
    return values, count
  end

  local function compare(test, got)
    local values, count = reference(test)
    for key, value in pairs(values) do
      assert_near(tonumber(value), assert(got[key], key), test .. " " .. key)
    end
    return count
  end

  local media = { aerobic = "m9_glucose", anaerobic = "m9_glucose_anaerobic" }

  it("is that model", function()
    for _, row in ipairs(flux_tables.rows "e_coli_core_reactions.tsv") do
      local reaction = run("return cell:metabolism():reaction(args)", row.id)
      local stoichiometry = {}
      for coefficient, metabolite in row.stoichiometry:gmatch("(%S-)%*(%S+)") do
        stoichiometry[metabolite] = tonumber(coefficient)
      end
      assert.same(stoichiometry, reaction.stoichiometry)
      assert.equal(row.gpr, reaction.genes)
      assert.equal(tonumber(row.lb), reaction.lower, row.id)
      assert.equal(tonumber(row.ub), reaction.upper, row.id)
      assert.equal(tonumber(row.objective), reaction.objective)
    end
  end)

  it("grows with oxygen and without", function()
    local got = {}
    for name, medium in pairs(media) do
      got[name .. "_glc10"] = run("cell:set_medium(args) return cell:metabolism():optimum()", medium)
    end
    assert.equal(2, compare("growth", got))
  end)

  it("grows on each source", function()
    local sources = {}
    for condition in pairs((reference "growth_src20")) do sources[#sources + 1] = condition end
    assert.equal(26, compare("growth_src20", run([[
      local got = {}
      for _, condition in ipairs(args) do
        local source, oxygen = condition:match "^(.-)_e_(%a+)$"
        cell:set_medium { [source] = 20, o2 = oxygen == "aer" and 1000 or 0 }
        got[condition] = cell:metabolism():optimum() or 0
      end
      cell:set_medium()
      return got
    ]], sources)))
  end)

  for name, medium in pairs(media) do
    it("grows or not without each of 137 genes, " .. name, function()
      local got = run([[
        cell:set_medium(args)
        local got = {}
        for _, row in ipairs(cell:knock_out_screen()) do got[row.id] = row.growth_rate end
        return got
      ]], medium)
      assert.equal(137, compare("gene_ko_" .. name, got))
    end)

    it("grows or not without each of 95 reactions, " .. name, function()
      local got = run([[
        cell:set_medium(args)
        local got = {}
        for _, mutant in ipairs(cell:metabolism():knock_outs { reactions = true }) do
          got[mutant[1] ] = mutant.objective or 0
        end
        return got
      ]], medium)
      assert.equal(95, compare("rxn_ko_" .. name, got))
    end)
  end

  it("has the published ranges and parsimonious fluxes", function()
    local ranges, least = table.unpack(run [[
      cell:set_medium()
      return { cell:metabolism():variability(), cell:metabolism():parsimonious() }
    ]])
    for id, text in pairs((reference "fva_aerobic")) do
      local minimum, maximum = text:match("(%S+) (%S+)")
      assert_near(tonumber(minimum), ranges[id].minimum, id, 6e-6)
      assert_near(tonumber(maximum), ranges[id].maximum, id, 6e-6)
    end
    assert_near(tonumber(reference("pfba_total_flux").aerobic), least.total_flux, "total")
    for id, value in pairs((reference "pfba_flux")) do
      assert_near(tonumber(value), least.fluxes[id], id, 6e-6)
    end
  end)

  it("makes the most ATP of a glucose", function()
    local got = run [[
      local model, got = cell:metabolism(), {}
      local objective = model:objective()
      model:set_bounds("ATPM", 0, 1000)
      model:set_objective "ATPM"
      for name, oxygen in pairs { aerobic = 1000, anaerobic = 0 } do
        cell:set_medium { glc__D = 1, o2 = oxygen }
        got[name] = cell:metabolism():optimum()
      end
      model:set_bounds("ATPM", 8.39, 1000)
      model:set_objective(objective)
      cell:set_medium()
      return got
    ]]
    assert.equal(2, compare("max_ATPM_per_glc", got))
  end)
end)
