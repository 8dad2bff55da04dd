-- What of ecoli grows: the growth core and its laws, plasmids and their burden, single genes. The lac operon
-- has ecoli_lac_spec.lua.

local fit_line = require "spec.support.fit_line"
local kind = require "spec.support.vm_kind"

local function in_cell(options, code, args, resources)
  local vm <close> = assert(kind.create("spec", "ecoli", { organism = options, resources = resources }))
  assert(vm:start())
  return assert(vm:execute_biological_process(code, { args = args })).result
end

describe("ecoli's growth", function()
  it("begins in balance, as the published cell", function()
    local result = in_cell(nil, [[
      local born = organism.metrics(cell)
      return { born = born, settled = cell:steady_state() }
    ]])
    assert.near(1.4468720, result.settled.growth_rate, 1e-6) -- minimal_cell's
    assert.near(1, result.born.growth_rate/result.settled.growth_rate, 0.02)
    assert.near(1e8, result.born.protein_mass, 1e5)
    assert.equal(0, result.born.plasmid_copies)
  end)

  it("has both laws of Scott et al. 2010", function()
    local points = in_cell(nil, [[
      local medium, drug = {}, {}
      for i, quality in ipairs { 0.1, 0.2, 0.35, 0.5, 0.75, 1 } do
        cell:set_nutrient { quality = quality }
        local m = cell:steady_state()
        medium[i] = { m.growth_rate, m.ribosomal_mass_fraction }
      end
      cell:set_nutrient { quality = 0.5 }
      for i, dose in ipairs { 0, 2, 4, 6, 8 } do
        cell:set_antibiotic(dose)
        local m = cell:steady_state()
        drug[i] = { m.growth_rate, m.ribosomal_mass_fraction }
      end
      return { medium = medium, drug = drug }
    ]])
    local slope, offset, correlation = fit_line(points.medium)
    assert.is_true(slope > 0.05 and slope < 0.1 and offset > 0.08 and correlation > 0.99)
    slope, offset, correlation = fit_line(points.drug)
    assert.is_true(slope < 0 and offset > 0.45 and offset < 0.6 and correlation < -0.99)
  end)
end)

describe("a plasmid in ecoli", function()
  local cases = { pUC = 600, pBR322 = 17.5, pACYC184 = 11, pSC101 = 5 }
  for name, copies in pairs(cases) do
    it("has the copies that are published: " .. name, function()
      local result = in_cell({ plasmid = name }, [[
        local rate = cell:steady_state().growth_rate
        local at_rest = cell:plasmids()[args].copies
        cell:set("plasmid_" .. args, 1)
        cell:run { duration = 24*3600 }
        return { rate = rate, at_rest = at_rest, grown = cell:plasmids()[args].copies,
          count = organism.capabilities.get_plasmid_count(cell) }
      ]], name)
      assert.near(copies, result.at_rest, 1e-4*copies)
      assert.near(copies, result.grown, 1e-4*copies) -- from a single one, too
      assert.equal(math.floor(copies + 0.5), result.count)
      assert.near(1.4468720, result.rate, 1e-6) -- without a gene it costs nothing here
    end)
  end

  it("has the copies that are asked for, and a count for the host", function()
    local vm <close> = assert(kind.create("spec", "ecoli", { organism = { plasmid_copies = 40 } }))
    assert(vm:start())
    assert.equal(40, assert(vm:get_plasmid_count()))
    assert.near(40, vm:get_biological_metrics().plasmid_copies, 1e-9)
    assert(vm:execute_biological_process [[ cell:add_plasmid { name = "pSC101" } ]])
    assert.equal(45, assert(vm:get_plasmid_count()))
    assert(vm:execute_biological_process [[ cell:remove_plasmid "plasmid" ]])
    assert.equal(5, assert(vm:get_plasmid_count()))
    assert(vm:execute_biological_process [[ cell:remove_plasmid "pSC101" ]])
    assert.equal(0, assert(vm:get_plasmid_count()))
    assert(vm:execute_biological_process [[ cell:add_plasmid { name = "rare", copies = 0.4, length_kb = 100 } ]])
    assert.equal(1, assert(vm:get_plasmid_count())) -- of none there would never be any
    assert.near(0.4, assert(vm:execute_biological_process [[
      cell:steady_state()
      return cell:plasmids().rare.copies
    ]]).result, 1e-6)
  end)

  it("is in inverse proportion to growth, as Lin-Chao & Bremer measured per mass", function()
    local result = in_cell({ plasmid = "pBR322" }, [[
      local list = {}
      for i, quality in ipairs { 0.1, 1 } do
        cell:set_nutrient { quality = quality }
        local m = cell:steady_state()
        list[i] = { m.growth_rate, cell:plasmids().pBR322.copies }
      end
      return list
    ]])
    local growth, copies = result[2][1]/result[1][1], result[1][2]/result[2][2]
    assert.is_true(growth > 5 and math.abs(copies/growth - 1) < 0.1)
  end)

  it("has these copies as the mean of stochastic cells, with the noise of the control", function()
    local result = in_cell({ plasmid = "pBR322", plasmid_copies = 20 }, [[
      local t = cell:run { duration = 150*3600, every = 600, method = "hybrid", stochastic = { "plasmids" },
        exchange = 30, seed = 5, record = { "plasmid_pBR322" } }
      local sum, squares, n = 0, 0, 0
      for _, copies in ipairs(t:column "plasmid_pBR322") do
        sum, squares, n = sum + copies, squares + copies^2, n + 1
      end
      return { mean = sum/n, variance = squares/n - (sum/n)^2 }
    ]])
    assert.near(20, result.mean, 1)
    -- Hyperbolic control: nearly Poisson, as its rate hardly depends on the number of copies near balance.
    assert.is_true(result.variance/result.mean > 0.7 and result.variance/result.mean < 1.6,
      result.variance/result.mean)
  end)

  it("takes genome memory: a share that it fills lowers transcription", function()
    local code = [[
      local dna = organism.metrics(cell).dna_kb
      local before = cell:rate "transcription_r"
      organism.allocate(cell, { memory_kb = args })
      return { dna = dna, part = cell:rate "transcription_r"/before }
    ]]
    local without = in_cell(nil, code, 13000)
    local with = in_cell({ plasmid = "pUC" }, code, 13000)
    assert.near(600*2.686, with.dna - without.dna, 1e-6)
    assert.equal(1, without.part)
    assert.near(13000/with.dna, with.part, 1e-9)
  end)

  it("says what is wrong", function()
    local vm <close> = assert(kind.create("spec", "ecoli", { organism = { plasmid = "pUC" } }))
    assert(vm:start())
    for code, message in pairs {
      ["cell:add_plasmid { name = 'pUC' }"] = "the cell holds pUC already",
      ["cell:add_plasmid { name = 'mine', copies = 3 }"] = "length_kb: a number of 0 or more expected, got nil",
      ["cell:add_plasmid { name = 'mine', length_kb = 3 }"] = "copies: a number of 0 or more expected, got nil",
      ["cell:add_plasmid { name = '2x', copies = 3, length_kb = 3 }"] = "name: a letter, then .* got 2x",
      ["cell:add_plasmid { name = 'a', copies = 3, length_kb = 3, gene = { size = 3 } }"] =
        "gene: length_aa or transcription expected, got size",
      ["cell:add_plasmid { name = 'copies', copies = 3, length_kb = 3 }"] = "name: .* is taken by the cell's own",
      ["cell:remove_plasmid 'other'"] = "the cell holds no other",
      ["cell:set_nutrient 'rich'"] = "set_nutrient: .* expected, got string",
    } do
      local _, err = vm:execute_biological_process(code)
      assert.matches(message, tostring(err))
      assert.matches("^process:1: ", err.message)
    end
    local wrong = assert(kind.create("wrong", "ecoli", { organism = { plasmid = "pXYZ" } }))
    local _, err = wrong:start()
    assert.matches("pXYZ", tostring(err))
    wrong:destroy()
  end)
end)

describe("a plasmid's map in ecoli", function()
  -- 3,000 bases: P1 reads a and b up to a terminator; c has no promoter; P2 and P3 read d the other way
  local map = [[
    local function map(origin, extra)
      local genes = {
        { id = "P1", type = "promoter", start = 1, stop = 30 },
        { id = "g1", name = "a", type = "CDS", start = 101, stop = 400 },
        { id = "g2", name = "b-2", type = "CDS", start = 451, stop = 1050 },
        { id = "tag", type = "CDS", start = 481, stop = 510 },
        { id = "shifted", type = "CDS", start = 482, stop = 541 },
        { id = "T", type = "terminator", start = 1101, stop = 1130 },
        { id = "g3", name = "c", type = "CDS", start = 1201, stop = 1500 },
        { id = "g4", name = "d", type = "CDS", start = 1601, stop = 1900, strand = "-" },
        { id = "P2", type = "promoter", start = 1921, stop = 1950, strand = "-" },
        { id = "P3", name = "strong", type = "promoter", start = 1961, stop = 1990, strand = "-" },
        { id = "O", type = "origin_of_replication", name = origin, start = 2101, stop = 2200 },
        extra,
      }
      return genome.new { sequences = { { id = "p/X 1", length = 3000, circular = true } }, genes = genes }
    end
  ]]
  map = map:gsub('"p/X 1"', '"p/X.1"')

  it("has genes, read by the promoters ahead of which they lie", function()
    local made = in_cell(nil, map .. [[return cell:add_plasmid(map "p15A ori", { promoters = { strong = 3 } })]])
    assert.same({ "p_X_1", 11, 3 }, { made.name, made.copies, made.length_kb })
    local mean = made.genes[1].transcription
    assert.near(0.2155, mean, 1e-4)
    local expected = { { "a", 99, { "P1" }, mean }, { "b_2", 199, { "P1" }, mean }, { "shifted", 19, { "P1" }, mean },
      { "c", 99, {}, mean }, { "d", 99, { "P2", "strong" }, 4*mean } }
    assert.equal(#expected, #made.genes)
    for i, gene in ipairs(made.genes) do
      assert.same({ expected[i][1], expected[i][2], expected[i][3] }, { gene.name, gene.length_aa, gene.promoters })
      assert.near(expected[i][4], gene.transcription, 1e-12)
    end
    assert.same({ "tag" }, made.left_out)
  end)

  it("has the strengths that it says of its promoters, unless the caller does", function()
    local made = in_cell(nil, [[
      local function plasmid(options)
        return cell:add_plasmid(genome.new { sequences = { { id = "p", length = 3000, circular = true } }, genes = {
          { id = "P1", type = "promoter", start = 1, stop = 30, note = "strong: 0.05 PoPS, by Kelly et al." },
          { id = "a", type = "CDS", start = 101, stop = 400 },
          { id = "T1", type = "terminator", start = 411, stop = 430 },
          { id = "P2", type = "promoter", start = 501, stop = 530, strength = "1.5e0 mRNA/min" },
          { id = "b", type = "CDS", start = 601, stop = 900 },
          { id = "T2", type = "terminator", start = 911, stop = 930 },
          { id = "P3", type = "promoter", start = 1001, stop = 1030, note = "relative strength 0.7" },
          { id = "c", type = "CDS", start = 1101, stop = 1400 },
          { id = "T3", type = "terminator", start = 1411, stop = 1430 } } }, options)
      end
      return { plasmid { name = "x", copies = 5 }, plasmid { name = "y", copies = 5, promoters = { P1 = 2 } } }]])
    local mean = made[1].genes[3].transcription -- where energy does not limit
    assert.near(3/0.15295, made[1].strengths.P1, 0.01)
    assert.near(1.5/0.15295, made[1].strengths.P2, 0.01)
    assert.is_nil(made[1].strengths.P3)
    assert.near(made[1].strengths.P1*mean, made[1].genes[1].transcription, 1e-9)
    assert.near(made[1].strengths.P2*mean, made[1].genes[2].transcription, 1e-9)
    assert.near(2*mean, made[2].genes[1].transcription, 1e-9)
  end)

  it("reads across the origin of its numbers, and without a terminator all around", function()
    local made = in_cell(nil, [[
      return cell:add_plasmid(genome.new { sequences = { { id = "p", length = 900, circular = true } }, genes = {
        { id = "P", type = "promoter", start = 851, stop = 880 },
        { id = "x", type = "CDS", start = 11, stop = 310 },
        { id = "y", type = "CDS", start = 891, stop = 5 } } }, { copies = 7 })]])
    assert.same({ { "P" }, { "P" } }, { made.genes[1].promoters, made.genes[2].promoters })
    assert.equal(7, made.copies)
  end)

  it("has the copies of its origin", function()
    local list = in_cell(nil, map .. [[
      local list = {}
      for i, origin in ipairs { "pUC ori", "high-copy-number ColE1/pMB1/pBR322/pUC origin", "ColE1", "pSC101 ori" } do
        list[i] = cell:add_plasmid(map(origin), { name = "n" .. i }).copies
      end
      list[5] = cell:add_plasmid(map("pUC ori", { id = "r", name = "rop", type = "CDS", start = 2301, stop = 2492 }),
        { name = "n5" }).copies
      return list]])
    assert.same({ 600, 600, 17.5, 5, 600 }, list)
  end)

  it("of pUC with bla leaves the cell the copies that are known, and most of its growth", function()
    local result = in_cell(nil, [[
      cell:add_plasmid(genome.new { sequences = { { id = "pUC", length = 2686, circular = true } }, genes = {
        { id = "bla", type = "CDS", start = 1, stop = 861 },
        { id = "ori", name = "pUC ori", type = "origin_of_replication", start = 1001, stop = 1589 } } })
      return { cell:steady_state().growth_rate, cell:plasmids().pUC.copies, cell:plasmids().pUC.mass_fraction }]])
    assert.is_true(result[2] > 500 and result[2] < 700, result[2])
    assert.is_true(result[3] > 0.03 and result[3] < 0.06, result[3])
    -- Scott et al. 2010: growth falls in proportion, to none at 0.48 of the protein; the core's own slope
    assert.is_true(result[1]/1.4468720 > 0.85 and result[1]/1.4468720 < 0.95, result[1])
  end)

  it("makes its proteins, and goes", function()
    local result = in_cell(nil, map .. [[
      cell:add_plasmid(map "p15A", { name = "px" })
      cell:run { duration = 7200 }
      local px = cell:plasmids().px
      local count = cell:get "protein_px_a"
      cell:remove_plasmid "px"
      return { px = px, count = count, species = #cell:species() }]])
    assert.equal(result.count, result.px.genes.a.protein)
    assert.is_true(result.count > 10 and result.px.genes.d.protein > 1.5*result.count) -- of two promoters
    local sum = 0
    for _, gene in pairs(result.px.genes) do sum = sum + gene.mass_fraction end
    assert.near(result.px.mass_fraction, sum, 1e-15)
    assert.equal(23, result.species)
  end)

  it("says what it lacks", function()
    local vm <close> = assert(kind.create("spec", "ecoli"))
    assert(vm:start())
    for code, message in pairs {
      ['cell:add_plasmid(map "R6K")'] = "the map names no origin .* give copies",
      ['cell:add_plasmid(map "p15A", { promoters = { P9 = 1 } })'] = 'no promoter "P9"; it has: P1, P2, strong',
      ['cell:add_plasmid(map "p15A", { promoters = { P1 = "x" } })'] = 'promoters%["P1"%]: a number',
      ['cell:add_plasmid(map "p15A", { copy = 1 })'] = "name or copies or start or promoters expected, got copy",
      ["cell:add_plasmid(genome.new { sequences = { { id = 'a', length = 9 }, { id = 'b', length = 9 } } })"] =
        "a genome of one sequence expected, got 2",
    } do
      local _, err = vm:execute_biological_process(map .. code)
      assert.matches(message, tostring(err))
      assert.matches("^process:%d+: add_plasmid: ", err.message)
    end
  end)
end)

describe("the burden of a plasmid's gene", function()
  it("lowers growth nearly in proportion to the protein it makes, as in Scott et al. 2010", function()
    local points = in_cell(nil, [[
      cell:add_plasmid { name = "pBR322", gene = { length_aa = 300, transcription = 0 } }
      local list = {}
      for i, rate in ipairs { 0, 8, 16, 24, 32, 40 } do
        cell:set("w_pBR322", rate/60)
        local m = cell:steady_state()
        list[i] = { cell:plasmids().pBR322.mass_fraction, m.growth_rate, m.ribosomal_mass_fraction,
          m.protein_mass }
      end
      return list
    ]])
    local slope, intercept, correlation = fit_line(points)
    local most = -intercept/slope -- of the protein: where growth would end
    assert.is_true(correlation < -0.99, correlation)
    assert.is_true(most > 0.35 and most < 0.55, most) -- Scott et al.: 0.48
    assert.is_true(points[6][1] > 0.15)
    for i = 2, #points do
      assert.is_true(points[i][3] < points[i - 1][3]) -- fewer ribosomes
      assert.near(1e8, points[i][4], 10) -- and no more protein than before
    end
  end)

  it("runs away with no promoter: pUC keeps its copies, and growth the line of Scott et al. 2010", function()
    local points = in_cell(nil, [[
      cell:add_plasmid { name = "pUC", gene = { length_aa = 286, transcription = 0 } }
      local list = {}
      for i, rate in ipairs { 0.2, 0.5, 1, 2, 3, 10, 200 } do
        cell:set("w_pUC", rate/60)
        local m = cell:steady_state()
        list[i] = { cell:plasmids().pUC.copies, cell:plasmids().pUC.mass_fraction, m.growth_rate }
      end
      return list
    ]])
    for i, point in ipairs(points) do
      local copies, foreign, growth = table.unpack(point)
      if i <= 5 then assert.is_true(copies > 500 and copies < 700, copies) end -- Sambrook & Russell, with bla on it
      assert.is_true(foreign < 0.48, foreign)
      if i <= 5 then assert.near(1 - foreign/0.48, growth/1.4468720, 0.06) end
      assert.is_true(i == 1 or foreign > points[i - 1][2] and growth < points[i - 1][3])
    end
    assert.is_true(points[7][1] < 100)
  end)

  it("is what a gene's part of all transcripts makes of it", function()
    local part, foreign = table.unpack(in_cell(nil, [[
      cell:add_plasmid { name = "p", copies = 20, length_kb = 4, gene = { length_aa = 300, transcription = 2 } }
      cell:steady_state()
      local own, all = cell:rate "transcription_p_gene", 0
      for _, class in ipairs { "t", "m", "q" } do all = all + cell:rate("transcription_" .. class) end
      local proteins = cell:get "et" + cell:get "em" + cell:get "q"
      return { own/(18.7e5*0.878/900/124.5)/all, cell:get "protein_p"/proteins }
    ]]))
    assert.near(part, foreign, 1e-4*part)
  end)

  it("is the same for twice the copies and half the promoter", function()
    local code = [[
      cell:add_plasmid { name = "p", copies = args.copies, length_kb = 4,
        gene = { length_aa = 500, transcription = args.rate } }
      return cell:steady_state().growth_rate
    ]]
    assert.near(in_cell(nil, code, { copies = 20, rate = 0.5 }), in_cell(nil, code, { copies = 40, rate = 0.25 }), 1e-8)
  end)

  it("ends when the plasmid goes", function()
    local result = in_cell(nil, [[
      cell:add_plasmid { name = "pUC", gene = { length_aa = 300, transcription = 1 } }
      local loaded = cell:steady_state().growth_rate
      cell:remove_plasmid "pUC"
      return { loaded = loaded, free = cell:steady_state().growth_rate, species = cell:species() }
    ]])
    assert.is_true(result.loaded < 1)
    assert.near(1.4468720, result.free, 1e-6)
    assert.equal(23, #result.species)
  end)
end)

describe("a gene of ecoli's chromosome", function()
  it("is transcribed and translated, at the mean gene's rates and its own place and length", function()
    local result = in_cell(nil, [[
      organism.capabilities.start_transcription(cell, { "lacZ", "b3741" }) -- b3741: mnmG, beside oriC
      local m = cell:steady_state()
      return { growth = m.growth_rate, tau = m.doubling_time, energy = m.energy,
        lac = { cell:get "copies_b0344", cell:rate "transcription_b0344", cell:get "length_b0344",
          cell:get "protein_b0344", cell:rate "completion_b0344" },
        origin = cell:get "copies_b3741", mean_origins = cell:get "mean_origins" }
    ]])
    local copies, rate, length, protein, completion = table.unpack(result.lac)
    assert.equal(1024, length) -- β-galactosidase
    assert.near(0.153*copies/60, rate, 0.01*rate)
    assert.near(protein*math.log(2)/60/result.tau, completion, 1e-6*completion) -- diluted as fast as made
    assert.near(1, result.origin/result.mean_origins, 0.01)
    assert.is_true(copies < result.origin and copies > 2)
    assert.is_true(result.growth < 1.4468 and result.growth > 1.40) -- it is a load
  end)

  it("is stopped, and started again", function()
    local result = in_cell(nil, [[
      local start = organism.capabilities.start_transcription
      start(cell, { "b0344" })
      local function rate() return cell:rate "transcription_b0344" end
      local list = { rate() }
      cell:stop_transcription { "lacZ", "b0001" }
      list[2] = rate()
      start(cell, { "b0344" })
      list[3] = rate()
      return list
    ]])
    assert.is_true(result[1] > 0)
    assert.same({ result[1], 0, result[1] }, result)
  end)

  it("is for a hundred genes at most, and starts none of too many", function()
    local vm <close> = assert(kind.create("many", "ecoli"))
    assert(vm:start())
    local ids = table.move(assert(vm:get_essential_genes()), 1, 101, 1, {})
    local result, err = vm:start_transcription(ids)
    assert.is_nil(result)
    assert.truthy(err.message:find("at most 100 genes", 1, true), err.message)
    ids[101] = ids[1]
    assert.is_true(vm:start_transcription(ids))
  end)

  it("varies from cell to cell", function()
    local result = in_cell(nil, [[
      organism.capabilities.start_transcription(cell, { "b0344" })
      cell:steady_state()
      local mean = cell:get "protein_b0344"
      cell:whole_molecules()
      local t = cell:run { duration = 20*3600, every = 600, method = "hybrid", stochastic = { "expression" },
        exchange = 10, seed = 3, record = { "protein_b0344", "m_b0344", "c_b0344" } }
      local mrna = {}
      for i, m in ipairs(t:column "m_b0344") do mrna[i] = m + t:column("c_b0344")[i] end
      return { mean = mean, t = t, mrna = mrna }
    ]])
    local sum, squares, values = 0, 0, result.t:column "protein_b0344"
    for _, value in ipairs(values) do sum, squares = sum + value, squares + value^2 end
    local mean = sum/#values
    local variance = squares/#values - mean^2
    assert.near(result.mean, mean, 0.15*mean)
    assert.is_true(variance/mean > 3, variance/mean) -- bursts: more than Poisson
    for _, m in ipairs(result.mrna) do assert.equal(m, m//1) end
  end)

  it("takes its part of a share of ribosomes and polymerases", function()
    local result = in_cell(nil, [[
      cell:add_plasmid { name = "pUC", gene = { length_aa = 300, transcription = 0.02 } }
      organism.capabilities.start_transcription(cell, { "lacZ", "rrsA", "b0001" })
      local free = cell:steady_state()
      organism.allocate(cell, { ribosomes = 1500, rna_polymerase = 200 })
      local capped = cell:steady_state()
      organism.allocate(cell, {})
      return { free = free, capped = capped, again = cell:steady_state() }
    ]])
    assert.is_true(result.capped.translating_ribosomes <= 1500*(1 + 1e-9))
    assert.is_true(result.capped.engaged_rna_polymerases <= 200*(1 + 1e-9))
    assert.is_true(result.capped.growth_rate < result.free.growth_rate)
    assert.near(result.free.growth_rate, result.again.growth_rate, 1e-6)
    assert.near(result.free.engaged_rna_polymerases, result.again.engaged_rna_polymerases, 1e-3)
  end)
end)
