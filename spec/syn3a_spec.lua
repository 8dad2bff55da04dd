-- The organism syn3a by itself: its genome, its metabolism, the expression of its genes against the closed form of
-- its steady state, its shares and what it can be asked. Against the published tables: spec/syn3a_facts_spec.lua.

local bioxen = require "bioxen"
local kind = require "spec.support.vm_kind"

-- Slower builds simulate fewer cells.
local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1

local function start(config, id)
  local vm = assert(kind.create(id or "syn3a", "syn3a", config))
  assert(vm:start())
  return vm
end

local function run(vm, code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 60*slow })).result
end

local function in_cell(config, code, args)
  local vm <close> = start(config)
  return run(vm, code, args)
end

local function assert_within(expected, got, allowed, what)
  assert.is_true(math.abs(got - expected) <= allowed,
    ("%s: %.8g expected, got %.8g, allowed is %.3g"):format(what, expected, got, allowed))
end

local function message_of(vm, code)
  local result, err = vm:execute_biological_process(code)
  assert.is_nil(result)
  assert.equal("ESCRIPT", err.code)
  return err.message
end

describe("the genome of syn3a", function()
  local vm
  setup(function() vm = start() end)
  teardown(function() vm:destroy() end)

  it("is a circle of 543,379 bases with 496 genes under code 4", function()
    local got = run(vm, [[
      local genome = cell:genome()
      local sequence = genome:sequences()[1]
      return { length = genome:length(), circular = sequence.circular, code = sequence.code,
        genes = #genome:genes(), types = genome:categories "type", essentiality = genome:categories "essentiality",
        gc = genome:gc() }
    ]])
    assert.equal(543379, got.length)
    assert.is_true(got.circular)
    assert.equal(4, got.code)
    assert.equal(496, got.genes)
    assert.same({ CDS = 455, pseudogene = 3, tRNA = 29, rRNA = 6, ncRNA = 2, tmRNA = 1 }, got.types)
    for class, count in pairs { essential = 270, quasiessential = 113, nonessential = 72 } do
      assert.equal(count, got.essentiality[class])
    end
    assert_within(0.24, got.gc, 0.005, "G and C")
  end)

  it("has 455 proteins without a stop codon in them, made of what the rates are computed with", function()
    local wrong = run(vm, [[
      local genome, composition, wrong, checked = cell:genome(), require "syn3a.composition", {}, 0
      for _, id in ipairs(genome:genes { type = "CDS" }) do
        local protein, counts, unlike = genome:protein(id):sub(2), composition[id:match "%d+$"], 0
        for i = 1, 20 do
          local _, count = protein:gsub(("ACDEFGHIKLMNPQRSTVWY"):sub(i, i), "")
          assert(counts[5 + i] >= count, id)
          unlike = unlike + counts[5 + i] - count
        end
        if unlike ~= 1 then wrong[#wrong + 1] = id end -- the first codon counts as what it codes for within
        checked = checked + 1
      end
      for number, counts in pairs(composition) do
        local dna = genome:dna("JCVISYN3A_" .. number)
        for i, base in ipairs { "A", "C", "G", "T" } do
          local _, count = dna:gsub(base, "")
          if count ~= counts[1 + i] or dna:sub(1, 2) ~= counts[1] then wrong[#wrong + 1] = number .. base end
        end
      end
      assert(checked == 455)
      return wrong
    ]])
    assert.same({}, wrong)
  end)

  it("has operons of neighbours on one strand", function()
    local got = run(vm, [[
      local genome, most, count = cell:genome(), 0, 0
      local operons = cell:operons()
      for _, operon in ipairs(operons) do
        local before
        for _, id in ipairs(operon.genes) do
          local gene = genome:gene(id)
          assert(gene.strand == operon.strand and gene.operon == operon.id)
          assert(not before or gene.start - before.stop - 1 <= 50)
          before, count = gene, count + 1
        end
        most = math.max(most, #operon.genes)
      end
      return { operons = #operons, genes = count, most = most }
    ]])
    assert.same({ operons = 242, genes = 496, most = 17 }, got) -- 17: ribosomal proteins, secY, adk
  end)

  it("finds genes by id and by a name of their own", function()
    assert.equal(148, run(vm, "return cell:protein 'dnaA'"))
    assert.equal(148, run(vm, "return cell:protein 'JCVISYN3A_0001'"))
    assert.matches("several genes are named \"rpmG\"", message_of(vm, "return cell:mrna 'rpmG'"), 1, true)
    assert.matches("has no gene \"lacZ\"", message_of(vm, "return cell:mrna 'lacZ'"), 1, true)
    assert.matches("gene of no protein (rRNA)", message_of(vm, "return cell:mrna 'rrlA'"), 1, true)
  end)
end)

describe("the metabolism of syn3a", function()
  it("grows at 0.342225 /h", function()
    assert_within(0.342225, in_cell(nil, "return cell:metabolism():optimum()"), 1e-6, "growth")
  end)

  it("tells 114 of 142 genes that cannot be lost, and none too many", function()
    local got = in_cell(nil, [[
      local screen, whole = cell:essential_gene_screen()
      return { matrix = screen.matrix, whole = whole, first = screen[1], genes = #screen }
    ]])
    assert.same({ true_positives = 114, false_positives = 0, false_negatives = 28, true_negatives = 13 }, got.matrix)
    assert.equal(155, got.genes)
    assert_within(0.342225, got.whole, 1e-6, "growth")
    assert.matches("^JCVISYN3A_%d%d%d%d$", got.first.id)
  end)

  it("says what is wrong with the options of the screen", function()
    local vm <close> = start()
    assert.matches("^process:1: essential_gene_screen: threshold expected, got fraction",
      message_of(vm, "cell:essential_gene_screen { fraction = 0.1 }"))
    assert.matches("^process:1: essential_gene_screen: threshold: a number of 0 or more expected, got x",
      message_of(vm, "cell:essential_gene_screen { threshold = 'x' }"))
  end)

  it("counts alike for any threshold up to 0.6: what is not lethal grows at 0.63 or more of the whole", function()
    local got = in_cell(nil, "return cell:essential_gene_screen{ threshold = 0.6 }.matrix")
    assert.equal(114, got.true_positives)
    assert.equal(0, got.false_positives)
  end)

  it("eats what the medium has", function()
    local vm <close> = start()
    local got = run(vm, [[
      local rich = cell:metabolism():optimum()
      cell:set_medium { EX_glc__D_e = 7.4 }
      local glucose_alone = cell:metabolism():optimum() or 0
      local medium = {}
      for exchange, most in pairs(organism.media.default) do medium[exchange] = most end
      medium.EX_glc__D_e = 3.7
      cell:set_medium(medium)
      local half = cell:metabolism():optimum() or 0
      cell:set_medium "default"
      return { rich = rich, glucose_alone = glucose_alone, half = half, again = cell:metabolism():optimum() }
    ]])
    assert.equal(0, got.glucose_alone)
    assert.is_true(got.half < 0.8*got.rich, ("%g of %g"):format(got.half, got.rich))
    assert_within(got.rich, got.again, 1e-9, "growth")
    assert.matches("no exchange EX_beer takes", message_of(vm, "cell:set_medium { EX_beer = 1 }"), 1, true)
    assert.matches("EX_glc__D_e: 0 to 1000", message_of(vm, "cell:set_medium { EX_glc__D_e = -1 }"), 1, true)
    assert.matches('no medium "soup"', message_of(vm, "cell:set_medium 'soup'"), 1, true)
  end)

  it("grows no faster than the shares of ATP and ribosomes allow", function()
    local growth = {}
    for name, resources in pairs { half_atp = { atp_percentage = 50 }, no_atp = { atp_percentage = 0 },
      ribosomes = { ribosomes = 250 }, few_ribosomes = { ribosomes = 50 } } do
      local got = in_cell({ resources = resources }, [[
        return { growth = cell:metabolism():optimum() or 0, limit = cell:growth_limit() }
      ]])
      growth[name] = got.growth
      assert.is_true(got.growth <= got.limit + 1e-9)
    end
    assert.is_true(growth.half_atp < 0.8*0.342225, growth.half_atp)
    assert.equal(0, growth.no_atp)
    assert_within(0.47/2, growth.ribosomes, 0.001, "growth with half the ribosomes")
    assert_within(0.47/10, growth.few_ribosomes, 0.001, "growth with a tenth of the ribosomes")
  end)
end)

-- mRNA of every gene in so many cells in the steady state, `seconds` after counts were drawn; two VMs share the work.
local function population(cells, seconds)
  local code = [[
    cell:name_totals()
    cell:begin_in_steady_state()
    local record = { "translating_ribosomes", "transcribing_polymerases", "digesting_degradosomes" }
    local state = cell:steady_state_expression()
    for id, gene in pairs(state.genes) do
      if gene.mrna then record[#record + 1] = "mRNA." .. id end
    end
    table.sort(record) -- two VMs in guests have their tables in different orders
    local ensemble = cell:ensemble { duration = args.seconds, runs = args.runs, first = args.first, seed = 5,
      record = record }
    return { ensemble = ensemble, state = state }
  ]]
  local half, vms, jobs, parts = cells//2, {}, {}, {}
  for i = 1, 2 do
    vms[i] = start(nil, "syn3a_" .. i)
    jobs[i] = assert(vms[i]:submit(code, { timeout = 120*slow,
      args = { seconds = seconds, runs = i == 1 and half or cells - half, first = 1 + (i - 1)*half } }))
  end
  for i = 1, 2 do
    parts[i] = assert(jobs[i]:wait()).result
    vms[i]:destroy()
  end
  return parts[1].ensemble:merge(parts[2].ensemble), parts[1].state
end

describe("the expression of syn3a", function()
  it("has the mean mRNA of each of 455 genes in 200 cells that the closed form has", function()
    local cells = slow > 1 and 20 or 200
    local ensemble, state = population(cells, 900)
    local time, genes, square, sum, sum_variance = 900, 0, 0, 0, 0
    for id, gene in pairs(state.genes) do
      if gene.mrna then
        -- Poisson's variance, which the promoter's gaps make a little less (theory.noise): rare mRNA have no
        -- variance of their own that could be trusted
        local z = (ensemble:mean("mRNA." .. id, time) - gene.mrna)/math.sqrt(gene.mrna/cells)
        assert.is_true(math.abs(z) < 5.5, ("%s: %.1f standard errors off"):format(id, z))
        genes, square = genes + 1, square + z*z
        sum = sum + ensemble:mean("mRNA." .. id, time)
        sum_variance = sum_variance + gene.mrna
      end
    end
    assert.equal(455, genes)
    -- Chi-square of 455 has a standard deviation of 30; variances are 0.87 of Poisson's.
    assert.is_true(square > 0.86*455 - 5*30 and square < 455 + 5*30, ("chi-square %.1f"):format(square))
    assert_within(state.mrna, sum, 4*math.sqrt(sum_variance/cells), "all mRNA")
    for name, busy in pairs { translating_ribosomes = 500 - state.free_ribosomes,
      transcribing_polymerases = 93 - state.free_polymerases,
      digesting_degradosomes = 120 - state.free_degradosomes } do
      local mean, sd = ensemble:mean(name, time), ensemble:sd(name, time)
      assert_within(busy, mean, 4*sd/math.sqrt(cells) + 0.002*busy, name)
    end
  end)

  it("comes to that state from nothing, and half the ribosomes translate half as much", function()
    local vm <close> = start()
    local got = run(vm, [[
      local function made(seconds, seed)
        cell:run { duration = 4000, method = "ssa", seed = seed }
        local before = organism.metrics(cell).proteins
        local t = cell:run { duration = seconds, every = 50, method = "ssa", seed = seed + 1,
          record = { "translating_ribosomes" } }
        return (organism.metrics(cell).proteins - before)/seconds, t:mean "translating_ribosomes"
      end
      local all = { cell:steady_state_expression().translation, made(args, 1) }
      organism.allocate(cell, { ribosomes = 250 })
      local half = { cell:steady_state_expression().translation, made(args, 3) }
      return { all = all, half = half }
    ]], slow > 1 and 4000 or 20000)
    -- bursts: 20,000 s make 251,000 proteins, with a variance of 18 times that
    local off = 4*math.sqrt(18*got.all[1]/(slow > 1 and 4000 or 20000))
    assert_within(got.all[1], got.all[2], off, "proteins a second")
    assert_within(got.half[1], got.half[2], off, "proteins a second with half the ribosomes")
    assert_within(0.5, got.half[1]/got.all[1], 1e-9, "the closed form's ratio")
    assert.is_true(got.half[3] <= 250)
  end)

  it("keeps its machines and promoters: free, engaged and owed are all there are", function()
    local vm <close> = start()
    local got = run(vm, [[
      local function counts()
        local translating, transcribing, promoters = 0, 0, 0
        for _, name in ipairs(cell:species()) do
          if name:find "^translation%." then translating = translating + cell:get(name) end
          if name:find "^transcription%." then transcribing = transcribing + cell:get(name) end
          if name:find "^gene%." then promoters = promoters + cell:get(name) end
        end
        return { translating = translating, free = cell:get "ribosome", owed = cell:get "ribosome_owed",
          transcribing = transcribing, promoters = promoters, free_polymerases = cell:get "RNA_polymerase",
          by_rule = cell:get "translating_ribosomes" }
      end
      local list = {}
      local function go(seconds, seed)
        cell:run { duration = seconds, method = "ssa", seed = seed }
        list[#list + 1] = counts()
      end
      go(1500, 1)
      organism.allocate(cell, { ribosomes = 100, rna_polymerase = 20 })
      list[#list + 1] = counts()
      go(1, 2)
      go(2000, 3)
      organism.allocate(cell, {})
      list[#list + 1] = counts()
      return list
    ]])
    for i, total in ipairs { 500, 100, 100, 100, 500 } do
      local c = got[i]
      assert.equal(total, c.translating + c.free - c.owed)
      assert.equal(c.translating, c.by_rule)
      assert.equal(493, c.promoters + c.transcribing)
    end
    assert.is_true(got[2].owed > 100) -- most were bound when the share shrank
    assert.is_true(got[3].owed < got[2].owed) -- and go as they become free
    assert.equal(0, got[4].owed)
    assert.is_true(got[4].transcribing <= 20)
    assert.equal(93, got[5].free_polymerases + got[5].transcribing)
  end)

  it("uses half the ATP with half the share", function()
    local got = in_cell({ resources = { atp_percentage = 50 } }, [[
      local half = cell:steady_state_expression().energy
      local slow = cell:get "elongation"
      local constants = cell:rate_constants "dnaA"
      organism.allocate(cell, {})
      return { half = half, full = cell:steady_state_expression().energy, slow = slow, fast = cell:get "elongation",
        ratio = constants.translation/cell:rate_constants("dnaA").translation,
        unchanged = constants.ribosome_binding/cell:rate_constants("dnaA").ribosome_binding }
    ]])
    assert_within(0.5, got.half/got.full, 1e-6, "energy")
    assert.equal(1, got.fast)
    assert.is_true(got.slow > 0.4 and got.slow < 0.5)
    assert_within(got.slow, got.ratio, 1e-12, "elongation")
    assert.equal(1, got.unchanged)
  end)

  it("does not slow down for ATP that it would not use anyway", function()
    assert.equal(1, in_cell({ resources = { atp_percentage = 60, ribosomes = 100, rna_polymerase = 30 } },
      "return cell:get 'elongation'"))
  end)

  it("stands still without ATP, and goes on with it", function()
    local got = in_cell({ resources = { atp_percentage = 0 } }, [[
      cell:run { duration = 600, method = "ssa", seed = 1 }
      local none = organism.metrics(cell)
      organism.allocate(cell, { atp_percentage = 100 })
      cell:run { duration = 600, method = "ssa", seed = 1 }
      return { none = none, some = organism.metrics(cell) }
    ]])
    assert.equal(0, got.none.mrna)
    assert.equal(0, got.none.energy_use)
    assert.equal(78477, got.none.proteins)
    assert.is_true(got.some.mrna > 100 and got.some.proteins > 79000)
  end)

  it("has variances that the closed form of the noise has", function()
    local cells = slow > 1 and 40 or 150
    local got = in_cell(nil, [[
      cell:name_totals()
      cell:begin_in_steady_state()
      local noise, record, none = cell:expression_noise(200), {}, {}
      local ids = {}
      for id, gene in pairs(noise) do
        if gene.proteins > 5 then ids[#ids + 1] = id end
      end
      for i, id in ipairs(ids) do
        record[i] = "protein." .. id
        none["protein." .. id] = 0
      end
      process "count" { events = { { at = 100, set = none } } }
      local e = cell:ensemble { duration = 300, runs = args, seed = 2, record = record }
      local measured, expected = 0, 0
      for _, id in ipairs(ids) do
        measured = measured + e:sd("protein." .. id, 300)^2
        expected = expected + noise[id].proteins_cv2*noise[id].proteins^2
      end
      return { measured = measured, expected = expected, genes = #ids }
    ]], cells)
    -- a variance of so many cells is known to sqrt(2/cells), more or less; the sum over genes better by their number
    assert.is_true(got.genes > 100)
    assert_within(1, got.measured/got.expected, 6*math.sqrt(3/cells/got.genes) + 0.05, "variance of proteins")
  end)

  it("gives the same cells for the same seed", function()
    local code = [[
      cell:run { duration = 100, method = "ssa", seed = 7 }
      local m = organism.metrics(cell)
      return { m.proteins, m.mrna, m.energy_use }
    ]]
    assert.same(in_cell(nil, code), in_cell(nil, code))
  end)
end)

describe("what a VM of syn3a is asked", function()
  it("names 270 essential genes", function()
    local vm <close> = start()
    local ids = assert(vm:get_essential_genes())
    assert.equal(270, #ids)
    assert.equal("JCVISYN3A_0001", ids[1])
  end)

  it("transcribes the genes that it is told to", function()
    local vm <close> = start { organism = { transcription = 0, proteins = 0 } }
    local quiet = run(vm, "cell:run { duration = 300, method = 'ssa', seed = 1 } return organism.metrics(cell)")
    assert.equal(0, quiet.mrna)
    assert.equal(0, quiet.proteins)
    assert(vm:start_transcription { "rplB", "JCVISYN3A_0669" })
    local got = run(vm, [[
      cell:run { duration = 3000, method = "ssa", seed = 2 }
      return { mrna = organism.metrics(cell).mrna, told = cell:mrna "rplB" + cell:mrna "JCVISYN3A_0669",
        made = cell:protein "rplB", others = cell:protein "dnaA" }
    ]])
    assert.is_true(got.made > 0)
    assert.equal(0, got.others)
    assert.equal(got.mrna, got.told)
    local result, err = vm:start_transcription { "rplB", "lacZ" }
    assert.is_nil(result)
    assert.matches("lacZ", err.message)
    result, err = vm:start_transcription { "JCVISYN3A_0051" }
    assert.is_nil(result)
    assert.matches("pseudogene", err.message)
  end)

  it("represses operons, whose mRNA dies out, and activates them again", function()
    local vm <close> = start()
    local operon = run(vm, [[
      function mrna_of_operon()
        local sum = 0
        for _, operon in ipairs(cell:operons()) do
          for _, id in ipairs(operon.id == cell:genome():gene("rplB").operon and operon.genes or {}) do
            sum = sum + cell:mrna(id)
          end
        end
        return sum
      end
      cell:run { duration = 2000, method = "ssa", seed = 1 }
      return cell:genome():gene("rplB").operon
    ]])
    assert.same({ [operon] = "repressed" }, assert(vm:manage_operons({ operon }, "repress")))
    local got = run(vm, [[
      local before = mrna_of_operon()
      cell:run { duration = 6000, method = "ssa", seed = 2 }
      return { before = before, after = mrna_of_operon(), all = organism.metrics(cell).mrna,
        closed = cell:steady_state_expression().genes[cell:genome():gene("rplB").id].mrna }
    ]])
    assert.is_true(got.before > 0)
    assert.equal(0, got.after)
    assert.equal(0, got.closed)
    assert.is_true(got.all > 100)
    assert.same({ [operon] = "active" }, assert(vm:manage_operons("rplB", "activate")))
    assert.is_true(run(vm, "return cell:rate_constants('rplB').binding") > 0)
    local result, err = vm:manage_operons({ "op9999" }, "repress")
    assert.is_nil(result)
    assert.matches("op9999", err.message)
    result, err = vm:manage_operons({ operon }, "sing")
    assert.is_nil(result)
    assert.matches('"activate" or "repress"', err.message, 1, true)
  end)

  it("has no plasmids", function()
    local vm <close> = start()
    local result, err = vm:get_plasmid_count()
    assert.is_nil(result)
    assert.equal("EUNSUPPORTED", err.code)
  end)

  it("measures its expression", function()
    local vm <close> = start()
    run(vm, "cell:run { duration = 1000, method = 'ssa', seed = 1 }")
    local m = assert(vm:get_biological_metrics())
    assert.equal(1000, m.time)
    assert.equal(500, m.ribosomes)
    assert.is_true(m.ribosomes_busy > 0.3 and m.ribosomes_busy < 1)
    assert.is_true(m.amino_acids > 100*m.translation)
    assert.is_true(m.energy_use > 4*m.amino_acids)
  end)

  it("takes the shares of a chassis, also while it lives", function()
    local vm <close> = start {
      resources = { ribosomes = 400, rna_polymerase = 50, atp_percentage = 80, memory_kb = 600 },
    }
    assert.same({ 400, 50, 0.8 },
      run(vm, "return { cell:get 'ribosomes', cell:get 'RNA_polymerases', cell:get 'ATP_share' }"))
    run(vm, "cell:run { duration = 500, method = 'ssa', seed = 1 }")
    assert(vm:allocate_resources { ribosomes = 200 })
    assert.same({ 200, 50, 0.8 },
      run(vm, "return { cell:get 'ribosomes', cell:get 'RNA_polymerases', cell:get 'ATP_share' }"))
    run(vm, "cell:run { duration = 2000, method = 'ssa', seed = 1 }")
    assert.is_true(run(vm, "return cell:get 'translating_ribosomes'") <= 200)
  end)

  it("refuses less memory than its genome takes", function()
    local _, err = bioxen.create_bio_vm("small", "syn3a", "basic", { resources = { memory_kb = 500 } })
    assert.equal("ECAPACITY", err and err.code)
    assert.matches("543", err.message)
  end)
end)
