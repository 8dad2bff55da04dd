-- The organism syn3a against the published tables: genes, bases, the rate constants of the stochastic network at
-- time 0, copies of proteins, and the mutants of iMB155.

local kind = require "spec.support.vm_kind"
package.path = "./spec/support/?.lua;" .. package.path
local tables = require "flux_tables"

if not tables.present() then
  describe("syn3a against the published tables", function()
    pending("../shared/facts is not there")
  end)
  return
end

local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1

describe("syn3a against the published tables", function()
  local vm
  setup(function()
    vm = assert(kind.create("facts", "syn3a"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  local function run(code, args)
    return assert(vm:execute_biological_process(code, { args = args, timeout = 60*slow })).result
  end

  it("has their bases", function()
    local bases = tables.read("syn3a_genome.fasta"):gsub("^>[^\n]*\n", ""):gsub("%s", "")
    assert.equal(543379, #bases)
    assert.is_true(bases == run "return cell:genome():bases()")
  end)

  it("has their genes", function()
    local genes = run [[
      local genome, list = cell:genome(), {}
      for i, gene in ipairs(require("syn3a.chromosome").genes()) do
        local found = genome:gene(gene.id)
        list[i] = { id = gene.id, name = gene.name, type = gene.type, start = found.start, stop = found.stop,
          strand = found.strand, product = found.product, essentiality = found.essentiality or "",
          category = found.category or "", localisation = found.localisation or "", synonyms = gene.synonyms,
          proteins = gene.proteins }
      end
      return list
    ]]
    local rows = tables.rows "syn3a_genes.tsv"
    assert.equal(496, #rows)
    assert.equal(496, #genes)
    for i, row in ipairs(rows) do
      local gene = genes[i]
      assert.equal(row.locus_tag, gene.id)
      assert.equal(row.pseudo == "1" and "pseudogene" or row.type, gene.type)
      assert.equal(math.tointeger(row.start), gene.start)
      assert.equal(math.tointeger(row["end"]), gene.stop)
      assert.equal(row.strand, gene.strand)
      assert.equal(row.product:gsub(" ", ""), ((gene.product or ""):gsub(" ", "")))
      assert.equal(row.essentiality:lower(), gene.essentiality)
      assert.equal(row.primary_function:lower(), gene.category)
      assert.equal(row.localization, gene.localisation)
      assert.equal(math.tointeger(row.sim_init_protein_count), gene.proteins)
      assert.equal(row.gene:match "%w", (gene.name or ""):match "%w" or row.gene:match "%w")
    end
  end)

  -- Which of our steps a reaction of the published network is, and of which gene. Translation of a membrane protein
  -- ends at the translocon there.
  local steps = {
    { "^G_(%d+) %+ RNAP$", "binding" },
    { "^RNAP_G_(%d+)$", "transcription" },
    { "^R_(%d+) %+ Ribosome$", "ribosome_binding" },
    { "^RNC_(%d+)$", "translation", "Produced_" },
    { "^SecYEGDF_RNC_(%d+)$", "translation", "Produced_" },
    { "^SecYEGDF_SecA_RNC_(%d+)$", "translation", "Produced_" },
    { "^R_(%d+) %+ Degradosome$", "degradosome_binding" },
    { "^Degradosome_mRNA_(%d+)$", "digestion" },
  }

  local function step_of(row)
    for _, step in ipairs(steps) do
      local number = row.reactants:match(step[1])
      if number and (not step[3] or row.products:find(step[3], 1, true)) then return step[2], number end
    end
  end

  it("has the rate constants of their network at time 0", function()
    local got = run [[
      local all = {}
      for _, transcript in ipairs(require("syn3a.kinetics").transcripts()) do
        all[transcript.gene.number] = cell:rate_constants(transcript.id)
      end
      return all
    ]]
    local counts, worst = {}, 0
    for _, row in ipairs(tables.rows "syn3a_cme_network_t0.tsv") do
      local step, number = step_of(row)
      if step then
        local expected, k = tonumber(row.k_stochastic_per_s_t0), got[number][step]
        local off = math.abs(k/expected - 1)
        -- it counts whole molecules of each nucleotide, where we have the pool's concentration
        assert.is_true(off < 3e-6, ("%s of %s: %.10g expected, got %.10g"):format(step, number, expected, k))
        counts[step], worst = (counts[step] or 0) + 1, math.max(worst, off)
      end
    end
    assert.same({ binding = 493, transcription = 493, ribosome_binding = 455, translation = 455,
      degradosome_binding = 455, digestion = 455 }, counts)
  end)

  it("begins with their machines", function()
    local counts = {}
    for _, row in ipairs(tables.rows "syn3a_cme_initial_counts_t0.tsv") do counts[row.species] = tonumber(row.count) end
    local got = run [[ return { RNAP = cell:get "RNA_polymerase", Ribosome = cell:get "ribosome",
      Degradosome = cell:get "degradosome", P_0001 = cell:protein "dnaA" } ]]
    for name, count in pairs(got) do assert.equal(counts[name], count) end
  end)

  it("grows without each of 155 genes as GLPK found, and sees the classes that they have", function()
    local rows = run "return (cell:essential_gene_screen())"
    local got, count = {}, 0
    for _, row in ipairs(rows) do got[row.id:match "%d+$"] = row end
    for _, row in ipairs(tables.rows "iMB155_knockouts.tsv") do
      local mine = got[row.locus]
      assert.is_true(math.abs(mine.growth - tonumber(row.fba_growth_per_h)) <= 1e-6, row.locus)
      assert.equal(row.transposon_class:lower(), mine.observed)
      count = count + 1
    end
    assert.equal(155, count)
  end)

  it("has the reactions and bounds of iMB155", function()
    local got = run [[
      local model, all = cell:metabolism(), {}
      for _, name in ipairs(model:reactions()) do all[name] = model:reaction(name) end
      return all
    ]]
    local rows = tables.rows "iMB155_reactions.tsv"
    assert.equal(339, #rows)
    for _, row in ipairs(rows) do
      local mine, stoichiometry = got[row.id], {}
      for coefficient, metabolite in row.stoichiometry:gmatch "(%S-)%*(%S+)" do
        stoichiometry[metabolite] = tonumber(coefficient)
      end
      assert.same(stoichiometry, mine.stoichiometry)
      assert.equal(tonumber(row.lb), mine.lower)
      if row.id ~= "BIOMASS" then assert.equal(tonumber(row.ub), mine.upper) end -- growth has the limit of expression
      assert.equal(row.gpr:gsub("MMSYN1_", "JCVISYN3A_"):gsub("[()]", ""), (mine.genes:gsub("[()]", "")))
    end
  end)
end)
