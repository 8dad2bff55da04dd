-- The whole cell of syn3a: its network, metabolism and exchanges, what can be done to it; then against the published
-- tables and the deterministic exchanges in ../shared/facts.

local kind = require "spec.support.vm_kind"
package.path = "./spec/support/?.lua;" .. package.path
local tables = require "flux_tables"

local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1
local vm

local function begin()
  vm = assert(kind.create("whole", "syn3a", { memory = 512*2^20 }))
  assert(vm:start())
end

setup(begin)

teardown(function() vm:destroy() end)

local function execute(code, args)
  return vm:execute_biological_process(code, { args = args, timeout = 300*slow })
end

local function run(code, args)
  local result, err = execute(code, args)
  if not result then error(err.message, 2) end
  return result.result
end

describe("the whole cell", function()
  it("has a reaction for each step, and spends what a step makes", function()
    local got = run [[
      local net = require("syn3a.whole_expression").network()
      local wrong, count, genes = {}, {}, require("syn3a.whole_genes").all()
      for _, reaction in ipairs(net.reactions) do
        local left, right = reaction[1]:match "^(.-) %-> (.*)$"
        local made, spent, id = 0, 0, right:match "R_(%d+) %+ transcripts"
        for n, name in (" + " .. right):gmatch "%+ (%d*) ?([%w_]+)" do
          n = tonumber(n) or 1
          if name:find "_unpaid$" then made = made + n elseif name == "translated" then made = made - n end
          if name:find "^spent_" then spent = spent + n end
        end
        if made ~= 0 or (id and spent ~= genes.by_id[id].nucleotides) then wrong[#wrong + 1] = reaction[1] end
        local kind = left:gsub("%d%d%d%d", "X")
        count[kind] = (count[kind] or 0) + 1
      end
      return { #net.reactions, wrong, count["G_X + RNAP"], count["R_X + Ribosome"], count["fork_X"],
        count["SR_SRP_RNC_X + SecYEGDF"] }
    ]]
    assert.same({ 4555, {}, 493, 455, 491, 72 }, got)
  end)

  it("is born as it was measured", function()
    local got = run [[
      cell:begin_whole_cell { seed = 1 }
      local mrna, proteins = 0, 0
      for _, row in ipairs(require("syn3a.whole_genes").all().rows) do
        if row.chain then mrna, proteins = mrna + cell:get("R_" .. row.id), proteins + row.total end
      end
      return { ribosomes = cell:get "Ribosome", atp = cell:get "N_atp_c", mrna = mrna, proteins = proteins,
        volume = cell:get "volume", charged = cell:get "R_0070_ch", metrics = organism.metrics(cell) } ]]
    assert.equal(500.0, got.ribosomes)
    assert.equal(73738.0, got.atp)
    assert.equal(94732, got.proteins)
    assert.near(375, got.mrna, 80) -- four standard deviations
    assert.near(3.35103e-17, got.volume, 1e-22)
    assert.equal(160.0, got.charged)
    local m = got.metrics
    assert.same({ 500.0, 93.0, 493.0, 232599.0, 502654.0 },
      { m.ribosomes, m.polymerases, m.gene_copies, m.lipid_area, m.area })
    assert.equal(got.mrna, m.mRNA)
  end)

  it("keeps its books: bases, carriers, debts, pools", function()
    run(dofile "spec/support/syn3a_books.lua")
    local got = run [[
      books.begin { seed = 2 }
      local before, record, least, owed = {}, {}, math.huge, 0
      for _, base in ipairs(books.bases) do before[base] = books.held(base) end
      local gtp = books.gtp()
      for _, name in ipairs(cell:species()) do
        if name:find "^M_" then record[#record + 1] = name end
      end
      record[#record + 1] = "debt_GTP"
      record[#record + 1] = "area"
      local t = cell:live { duration = 60, every = 20, seed = 1, record = record }
      for _, name in ipairs(record) do
        for _, value in ipairs(t[name]) do least = math.min(least, value) end
      end
      for _, name in ipairs(cell:species()) do least = math.min(least, cell:get(name)) end
      local off, brought = {}, {}
      for _, base in ipairs(books.bases) do
        off[base], brought[base] = books.held(base)/before[base] - 1, books.brought(base)
      end
      local kept = books
      books = nil -- its functions could not be saved
      return { off = off, brought = brought, sources = kept.sources, forms = kept.forms(), times = t.time,
        gtp = (kept.gtp() - gtp)/cell:get "turned_PGK3",
        least = least, metrics = organism.metrics(cell), spent = cell:get "translated" + cell:get "spent_A",
        area = t.area, ready = t.ready } ]]
    assert.same({ adenine = { "COAabc", "ADNabc", "DADNabc" }, guanine = { "GSNabc", "DGSNabc" },
      cytosine = { "CTPS2", "CTPSDUMP", "-DCMPDA", "DCYTabc" }, thymine = { "THMDabc" },
      uracil = { "-CTPS2", "-CTPSDUMP", "DCMPDA", "URIabc" } }, got.sources)
    for base, off in pairs(got.off) do
      assert.near(0, off, 1e-11, base)
      assert.is_true(got.brought[base] > 300, base)
    end
    assert.near(0, got.gtp, 1e-11)
    assert.near(0, got.forms, 1e-9) -- carriers' forms are their proteins
    assert.same({ 0.0, 20.0, 40.0, 60.0 }, got.times)
    assert.is_true(got.least >= 0)
    assert.is_false(got.ready)
    assert.equal(0.0, got.spent) -- each exchange takes what was made since the last
    assert.is_true(got.area[4] > got.area[2])
    local m = got.metrics
    assert.equal(60.0, m.time)
    assert.is_true(m.ribosomes == 500 and m.ribosomes_active > 250 and m.polymerases >= 90 and m.mRNA > 250)
    assert.is_true(m.ATP_for_charging > 1e5 and m.GTP_for_translation > 2e5 and m.ATP_for_transcription > 3e4)
    for name, value in pairs(m) do assert.is_true(value == value and math.abs(value) < math.huge, name) end
  end)

  it("is the same for the same seeds, and another for others", function()
    local lives = [[
      local function life(born, seed)
        cell:begin_whole_cell { seed = born }
        cell:live { duration = 8, seed = seed }
        return ("%.17g %.17g %d %d"):format(cell:get "M_atp_c", cell:get "area", cell:get "proteins_made",
          cell:get "CP_0621")
      end
      return { life(1, 1), life(2, 1), life(1, 2) } ]]
    local got = run(lives)
    assert.not_equal(got[1], got[2])
    assert.not_equal(got[1], got[3])
    local other <close> = assert(kind.create("other", "syn3a", { memory = 512*2^20, seed = 99 }))
    assert(other:start())
    assert.same(got, assert(other:execute_biological_process(lives, { timeout = 300*slow })).result)
  end)

  it("is the same in a guest", function()
    local missing = kind.xcpng_missing()
    if missing then
      pending("skipped: " .. missing)
      return
    end
    local life = [[
      cell:begin_whole_cell { seed = 1 }
      cell:live { duration = 5, seed = 1 }
      local state = {}
      for i, name in ipairs(cell:species()) do state[i] = ("%s %.17g"):format(name, cell:get(name)) end
      return table.concat(state, "\n") ]]
    local expected = run(life)
    vm:destroy() -- the pool is gone when no VM is left
    kind.use_xcpng()
    begin()
    local got = run(life)
    vm:destroy()
    kind.leave_xcpng()
    begin()
    assert.is_true(expected == got)
  end)

  it("goes on from where it stands, whether chains at the membrane are at rest or not", function()
    local got = run [[
      cell:begin_whole_cell { seed = 1, exact = true }
      cell:live { duration = 15, seed = 4 }
      local middle = cell:time()
      cell:live { duration = 15, seed = 5, to_the_end = true }
      return { middle, cell:time(), cell:get "CP_0621"/(cell:get "CP_0621" + cell:get "P_0621") } ]]
    assert.same({ 15.0, 30.0 }, { got[1], got[2] })
    assert.near(1/11, got[3], 0.05)
  end)

  it("is the same cell when it was saved, or copied, in the middle", function()
    local bioxen, path = require "bioxen", os.tmpname()
    run "cell:begin_whole_cell { seed = 3 } cell:live { duration = 10, seed = 6 }"
    assert(vm:save(path))
    local copy = kind.name == "basic" and assert(vm:fork "copy") or nil
    local restored <close> = assert(bioxen.restore(path, "restored"))
    os.remove(path)
    local on = [[
      cell:live { duration = 10, seed = 7 }
      local state = {}
      for i, name in ipairs(cell:species()) do state[i] = ("%s %.17g"):format(name, cell:get(name)) end
      return table.concat(state, "\n") ]]
    local expected = run(on)
    assert.is_true(expected == assert(restored:execute_biological_process(on, { timeout = 300*slow })).result)
    if copy then
      assert.is_true(expected == assert(copy:execute_biological_process(on, { timeout = 300*slow })).result)
      assert(copy:destroy())
    end
  end)

  it("does without what was taken from it", function()
    local got = run [[
      local function life(change)
        cell:begin_whole_cell { seed = 1 }
        change()
        cell:live { duration = 25, seed = 1 }
        return organism.metrics(cell)
      end
      local all = {
        none = life(function() end),
        polymerase = life(function() cell:knock_out { "rpoB" } end),
        promoters = life(function() organism.capabilities.manage_operons(cell, { "JCVISYN3A_0445" }, "repress") end),
        capped = life(function()
          organism.allocate(cell, { ribosomes = 100, rna_polymerase = 20, atp_percentage = 40 })
        end),
        drug = life(function() cell:set("speed_translation", 0) end),
        starved = life(function() cell:set_medium { glc__D = 0 } end),
        dnaA = life(function() cell:knock_out "dnaA" end),
      }
      all.strength, all.uptake = cell:get "promoter_0001", cell:get "speed_uptake"
      return all ]]
    assert.is_true(got.none.transcripts > 25 and got.none.proteins_made > 100)
    assert.equal(0.0, got.polymerase.transcripts)
    assert.equal(0.0, got.polymerase.polymerases)
    assert.is_true(got.promoters.proteins_made > 100)
    assert.is_true(got.capped.ribosomes_active <= 101 and got.capped.polymerases_active <= 21)
    assert.equal(500.0, got.capped.ribosomes)
    assert.is_true(got.drug.proteins_made < 10) -- what was made in the first second
    assert.equal(0.0, got.dnaA.initiated_at)
    assert.is_true(got.starved.ATP < 0.7*got.none.ATP)
    assert.same({ 0.0, 1.0 }, { got.strength, got.uptake })
  end)

  it("loses a gene's RNA and product at any time, and what works without them is free", function()
    local got = run [[
      cell:begin_whole_cell { seed = 1 }
      cell:live { duration = 20, seed = 1 }
      local function total(pattern)
        local sum = 0
        for _, name in ipairs(cell:species()) do
          if name:find(pattern) then sum = sum + cell:get(name) end
        end
        return sum
      end
      local function state()
        return { genes = total "^G_" + total "^RNAP_G_", ribosomes = cell:get "Ribosome" + total "RNC_",
          messages = cell:get "mRNA", sigma = cell:get "P_0407",
          atp = cell:get "N_atp_c" + total "^P_%d+_atp$" + total "_atp_aa",
          lysine = cell:get "N_lys__L_c" + total "^P_0064_atp_aa" }
      end
      local before, busy = state(), { total "^RNAP_G_", total "^Degradosome_mRNA_", total "^P_0064_atp",
        total "SecYEGDF_", total "^SR_SRP_RNC_" }
      cell:knock_out { "rpoB", "JCVISYN3A_0359", "JCVISYN3A_0064", "JCVISYN3A_0652", "dnaA" }
      local after, left = state(), { total "^RNAP_G_", total "^Degradosome_mRNA_", total "^P_0064_atp",
        total "SecYEGDF_", cell:get "SecYEGDF", cell:get "RNAP", cell:get "P_0001", cell:get "High_Affinity_Bound" }
      local free = cell:get "High_Affinity_Site"
      cell:live { duration = 1, seed = 2 }
      after.messages = cell:get "mRNA"
      return { before = before, after = after, busy = busy, left = left, free = free,
        ribosomes = cell:get "ribosomes", transcripts = cell:get "polymerases_active",
        promoter = cell:get "promoter_0804" } ]]
    for _, n in ipairs(got.busy) do assert.is_true(n > 0) end
    assert.same({ 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0 }, got.left)
    for _, what in ipairs { "genes", "ribosomes", "sigma", "atp", "lysine" } do
      assert.equal(got.before[what], got.after[what], what)
    end
    assert.is_true(got.after.messages < got.before.messages and got.after.messages > got.before.messages - 40)
    assert.equal(16.0, got.free)
    assert.same({ 500.0, 0.0, 0.0 }, { got.ribosomes, got.transcripts, got.promoter })
  end)

  it("has a gene more when it is given one, at the costs of the others", function()
    local got = run [[
      local net = require("syn3a.whole_expression").added(require("syn3a.whole_genes").row("x", "ATGAAATGGTAA", 180))
      local steps = {}
      for i, reaction in ipairs(net.reactions) do steps[i] = reaction[1] end
      cell:begin_whole_cell { seed = 1 }
      cell:live { duration = 5, seed = 1 }
      local middle = cell:time()
      local dna = "ATG" .. ("AAAGGTTGAACTGCT"):rep(30) .. "TAA"
      cell:add_gene { id = "gfp", dna = dna, promoter = 765, beside = "dnaN" }
      local there = { cell:time(), cell:get "G_gfp" }
      cell:set { R_gfp = 20, G_0002 = 2, initiated_at = 1 }
      local copied, before = cell:get "sum_AT_in_DNA", cell:get "proteins_made"
      cell:live { duration = 30, seed = 2 }
      local made = cell:get "made_gfp"
      local after = { cell:get "G_gfp" + cell:get "RNAP_G_gfp", cell:get "sum_AT_in_DNA" - copied,
        cell:get "P_gfp" - made, cell:get "ribosomes", cell:get "gene_copies" }
      local counted = cell:get "proteins_made" - before > made and made > 0
      cell:set { area_doubled_at = 1, replicated_at = 1, chromosome_C = 2, chromosome_CC = 2, Initiator_C = 0 }
      local other = cell:divide_whole_cell(1)
      local shared = { cell:get "G_gfp" + cell:get "RNAP_G_gfp", other.G_gfp + other.RNAP_G_gfp,
        cell:get "P_gfp" + other.P_gfp - made, cell:get "ribosomes" + other.ribosomes }
      cell:set_promoters("gfp", 0.5)
      local promoter = cell:get "promoter_gfp"
      cell:knock_out "gfp"
      local left = cell:get "R_gfp" + cell:get "RNC_gfp" + cell:get "P_gfp" + cell:get "promoter_gfp"
      local messages = {}
      for i, gene in ipairs { { id = "gfp", dna = dna }, { id = "y", dna = "ATGTAATAA" }, { id = "y", dna = "ATGC" },
        { id = "0y", dna = dna }, { id = "y", dna = dna, beside = "beer" }, { id = "y", dna = "AAAAAATAA" },
        { id = "y", dna = dna, beside = "gfp" } } do
        messages[i] = tostring(select(2, pcall(cell.add_gene, cell, gene)))
      end
      return { steps = steps, there = there, after = after, counted = counted, shared = shared, promoter = promoter,
        left = left, middle = middle, messages = messages } ]]
    assert.same({ "G_x + RNAP -> RNAP_G_x + P_0407",
      "RNAP_G_x -> RNAP_core + G_x + R_x + transcripts + 6 spent_A + 3 spent_G + 3 spent_T",
      "R_x + Ribosome -> RNC_x",
      "RNC_x -> R_x + Ribosome + P_x + made_x + LYS_unpaid + MET_unpaid + TRP_unpaid + 3 translated",
      "R_x + Degradosome -> Degradosome_mRNA_x",
      "Degradosome_mRNA_x -> Degradosome + decays + 6 freed_A + 3 freed_G + 3 freed_T" }, got.steps)
    assert.same({ got.middle, 1.0 }, got.there)
    assert.same({ 2.0, 275.0, 0.0, 500.0, 496.0 }, got.after)
    assert.is_true(got.counted)
    assert.same({ 1.0, 1.0, 0.0, 500.0 }, got.shared)
    assert.same({ 0.5, 0.0 }, { got.promoter, got.left })
    for i, part in ipairs { "there is a gene gfp", "one stop codon", "whole codons", "a letter", "beer",
      "a start codon", "of the chromosome" } do
      assert.is_truthy(got.messages[i]:find(part, 1, true), got.messages[i])
    end
  end)

  it("has second rounds and repairs when it is asked for them", function()
    local got = run [[
      cell:begin_whole_cell { seed = 1 }
      local uptake = {}
      uptake[3] = cell:rate "Kt6"
      cell:set("M_k_c", 20)
      uptake[4] = cell:rate "Kt6"
      cell:begin_whole_cell { seed = 1, second_rounds = "thornburg2022", repairs = { potassium = 20, rrna = 2 } }
      local ends
      for _, reaction in ipairs(require("syn3a.whole_expression").network(true).reactions) do
        if reaction[1]:find "^fork_0422 " then ends = reaction[1]:match "chromosome_CC .*oriC2" end
      end
      uptake[1] = cell:rate "Kt6"
      cell:set("M_k_c", 20)
      uptake[2] = cell:rate "Kt6"
      local rrna = { cell:get "promoter_0068", cell:get "promoter_0069", cell:get "promoter_0070" }
      local function dnaA()
        local sum = cell:get "P_0001"
        for _, name in ipairs(cell:species()) do
          sum = sum + (name:find "_Affinity_Bound" and 1 or tonumber(name:match "^ssD?[dN][nA]A?%w+_(%d+)") or 0)
            *cell:get(name)
        end
        return sum - cell:get "made_0001"
      end
      cell:set { High_Affinity_Site_oriC2 = 2, High_Affinity_Site_oriC = 0, P_0001 = 3000, chromosome_C = 2,
        chromosome_CC = 2 }
      local before, messages = { dnaA(), cell:get "P_0044" }, {}
      cell:live { duration = 45, seed = 1 }
      local after = { dnaA(), cell:get "P_0044" - cell:get "made_0044" }
      cell:set { area_doubled_at = 1, replicated_at = 1 }
      for i, code in ipairs { "cell:divide_whole_cell(1)", "cell:begin_whole_cell { second_rounds = true }",
        "cell:begin_whole_cell { repairs = { potassium = 0 } }", "cell:begin_whole_cell { repairs = { iron = 1 } }",
        "cell:live { duration = 1, tolerance = { relative = -1 } }" } do
        messages[i] = tostring(select(2, pcall(load(code))))
      end
      return { ends = ends, uptake = uptake, rrna = rrna, before = before, after = after, messages = messages,
        copies = cell:get "gene_copies", begun = cell:get "initiated_at" } ]]
    assert.equal("chromosome_CC + 2 P_0044 + 16 High_Affinity_Site + 2 High_Affinity_Site_oriC2", got.ends)
    assert.near(1/(1 + (10.003/20)^4), got.uptake[1]/got.uptake[3], 1e-4)
    assert.near(0.5, got.uptake[2]/got.uptake[4], 1e-12)
    assert.same({ 2.0, 2.0, 1.0 }, got.rrna)
    assert.equal(got.before[1], got.after[1])
    assert.equal(got.before[2] - 4, got.after[2]) -- two rounds, of two forks each
    assert.is_true(got.copies > 493 and got.begun > 0)
    for i, part in ipairs { "second round", "thornburg2022", "more than 0", "iron", "tolerance" } do
      assert.is_truthy(got.messages[i]:find(part, 1, true), got.messages[i])
    end
  end)

  it("divides into two that hold what it held", function()
    local got = run [[
      cell:begin_whole_cell { seed = 1 }
      cell:live { duration = 5, seed = 1 }
      local _, early = pcall(cell.divide_whole_cell, cell, 1)
      cell:set { area_doubled_at = 1, replicated_at = 1, debt_GTP = 10, chromosome_C = 2, chromosome_CC = 2 }
      local before, wrong = {}, {}
      for _, name in ipairs(cell:species()) do before[name] = cell:get(name) end
      local atp = cell:get "M_atp_c"*cell:get "per_mM"
      local other = cell:divide_whole_cell(7)
      for name, n in pairs(before) do
        local sum = cell:get(name) + other[name]
        if name:find "^RNAP_G" or name:find "^P_" and name ~= "P_0001" or name:find "^RNC" then
          if sum ~= n then wrong[#wrong + 1] = name end
        end
      end
      local sides = { cell:get "Ribosome", other.Ribosome, cell:get "G_0001" + cell:get "RNAP_G_0001",
        other.G_0001 + other.RNAP_G_0001 }
      local told = { cell:get "ribosomes" + other.ribosomes, cell:get "area" + other.area, cell:get "gene_copies",
        cell:get "proteins_made" }
      local forms = (cell:get "M_ptsi" + cell:get "M_ptsi_P")*cell:get "per_mM" - cell:get "P_0233"
      local half = cell:get "M_atp_c"*cell:get "per_mM"/atp
      cell:live { duration = 3, seed = 1 }
      local one = cell:get "gene_copies"
      cell:set(other)
      cell:live { duration = 3, seed = 1 }
      return { early = tostring(early), wrong = wrong, sides = sides, half = half, forms = forms, told = told,
        debt = other.debt_GTP, copies = { one, cell:get "gene_copies" } } ]]
    assert.is_truthy(got.early:find("not ready", 1, true))
    assert.same({}, got.wrong)
    assert.same({ 1.0, 1.0 }, { got.sides[3], got.sides[4] })
    assert.is_true(got.sides[1] > 20 and got.sides[2] > 20)
    assert.near(0.5, got.half, 1e-12)
    assert.near(0, got.forms, 1e-9)
    assert.equal(500.0, got.told[1])
    assert.near(503000, got.told[2], 1500)
    assert.same({ 493.0, 0.0 }, { got.told[3], got.told[4] })
    assert.equal(5.0, got.debt)
    assert.same({ 493.0, 493.0 }, got.copies)
  end)

  it("knows what a gene does in it, and that many do nothing", function()
    local got = run [[
      local count, essential = {}, {}
      local all = require("syn3a.whole_roles").all()
      for _, row in ipairs(require("syn3a.whole_genes").all().rows) do
        local class = all[row.id].class
        count[class] = (count[class] or 0) + 1
        if row.gene.essentiality == "essential" then essential[class] = (essential[class] or 0) + 1 end
      end
      local class, reactions = cell:gene_role "JCVISYN3A_0747"
      return { count, essential.none, essential["membrane area"], class, table.concat(reactions, " "),
        (cell:gene_role "gyrA") } ]]
    assert.same({ none = 206, metabolism = 117, translation = 104, ["membrane area"] = 44, translocation = 12,
      ["mRNA decay"] = 4, transcription = 4, replication = 2 }, got[1])
    assert.same({ 93, 18, "metabolism", "PUNP1 PUNP2 PUNP3 PUNP4 PUNP5", "none" }, { table.unpack(got, 2) })
  end)

  it("says what it can't do", function()
    local cases = {
      ["cell:live { duration = 1, recrd = {} }"] = "recrd",
      ["cell:live { duration = 1, record = { 'beer' } }"] = "beer",
      ["cell:live { duration = 1, every = 0.5 }"] = "whole seconds",
      ["cell:knock_out 'beer'"] = "beer",
      ["cell:knock_out 'JCVISYN3A_0051'"] = "pseudogene",
      ["cell:set_promoters('JCVISYN3A_0001', -1)"] = "0 or more",
      ["cell:run { duration = 1 }"] = "says what exchanges do",
      ["cell:set_medium { beer = 1 }"] = "no beer",
      ["cell:set_medium 'beer'"] = "no beer",
      ["cell:set_medium { glc__D = -1 }"] = "0 or more",
      ["cell:protein 'dnaA'"] = "expression alone",
      ["cell:growth_limit()"] = "expression alone",
      ["cell:begin_whole_cell { sed = 1 }"] = "sed",
      ["cell:begin_whole_cell { counted = { 'beer' } }"] = "no reaction beer",
    }
    local got = run([[
      cell:begin_whole_cell {}
      local messages = {}
      for code in pairs(args) do
        local _, problem = pcall(load(code))
        messages[code] = tostring(problem)
      end
      cell:clear()
      local _, problem = pcall(cell.live, cell, { duration = 1 })
      messages.clear = tostring(problem)
      return messages ]], cases)
    cases.clear = "begin_whole_cell comes first"
    for code, part in pairs(cases) do assert.is_truthy(got[code]:find(part, 1, true), got[code]) end
  end)
end)

if not tables.present() then
  describe("the whole cell against the published tables", function()
    pending("../shared/facts is not there")
  end)
  return
end

-- Names of the published network that are others here; what it only counts is left out.
local function ours(name)
  if name:find "^Produced_" or name:find "^Degradated_" or name:find "^RNC_Handover" or name:find "^Failed_"
    or name == "RepInitCheck" or name:find "^%u%u%u_cost$" then return nil end
  return (name:gsub("^JCVISYN3A_(%d+)_inter$", "fork_%1"):gsub("^M_", "N_"):gsub("_cost_unpaid$", "_unpaid")
    :gsub("^5fthfECF", "fthfECF"))
end

local function side(text, translate)
  local names = {}
  for term in (text .. " + "):gmatch "(.-) %+ " do
    local n, name = term:match "^(%d+) (.+)$"
    name = translate(name or term)
    if name and name ~= "" then names[#names + 1] = (n or "1") .. " " .. name end
  end
  table.sort(names)
  return table.concat(names, " + ")
end

local costs = { "^spent_", "^freed_", "^copied_", "^back_", "^made_", "^translated$", "^handovers$", "^secreted$",
  "^digested$", "^transcripts$", "^decays$", "^failures$" }

local function no_cost(name)
  for _, pattern in ipairs(costs) do
    if name:find(pattern) then return nil end
  end
  return name
end

-- Our network as { equation without costs = { k, … } }, in a cell as it is now. The published program's first minute
-- has one isoform of tRNA in the first term of translation, not their sum as from then on: `one_isoform` asks for that.
local function our_rates(one_isoform)
  local list = run([[
    local known = setmetatable({}, { __index = function(_, name) return cell:get(name) end })
    local isoforms, list = {}, {}
    for _, a in ipairs(require("syn3a.whole_expression").acids()) do isoforms["w_" .. a.acid] = #a.isoforms end
    for i, reaction in ipairs(require("syn3a.whole_expression").network().reactions) do
      local k = reaction.k
      if type(k) == "string" then
        if args then
          k = k:gsub("%((w_%a+)%*(w_%a+) ", function(a, b)
            return ("(%d*%s*%s "):format((isoforms[a] or 1)*(isoforms[b] or 1), a, b)
          end)
        end
        k = load("return " .. k, "k", "t", known)()
      end
      list[i] = { reaction[1], k }
    end
    return list ]], one_isoform)
  local rates = {}
  for _, reaction in ipairs(list) do
    local left, right = reaction[1]:match "^(.-) %-> (.*)$"
    local key = side(left, no_cost) .. " > " .. side(right, no_cost)
    rates[key] = rates[key] or {}
    table.insert(rates[key], left:find "^2 " and 2*reaction[2] or reaction[2]) -- theirs is k a (a - 1)/2
  end
  return rates
end

local function key_of(row)
  return side(row.reactants, ours) .. " > " .. side(row.products, ours)
end

describe("the whole cell against the published tables", function()
  it("has their network at time 0, reaction for reaction and rate for rate", function()
    run "cell:begin_whole_cell { seed = 1, exact = true }"
    local rates, count = our_rates(true), 0
    for _, row in ipairs(tables.rows "syn3a_cme_network_t0.tsv") do
      local k = table.remove(rates[key_of(row)] or {})
      assert.is_truthy(k, row.reactants)
      assert.is_true(math.abs(k/tonumber(row.k_stochastic_per_s_t0) - 1) < 1e-6, row.reactants)
      count = count + 1
    end
    assert.equal(4555, count)
    for key, left in pairs(rates) do assert.equal(0, #left, key) end
  end)

  it("has the rates of a grown cell", function()
    local counts, expected, shape = {}, {}, {}
    for _, row in ipairs(tables.rows "syn3a_oracle_rates_c2_6300s.tsv") do
      if row.kind == "count" then counts[row.id] = tonumber(row.value)
      elseif row.kind == "rate_per_s_of_row" then expected[tonumber(row.id)] = tonumber(row.value)
      else shape[row.id] = tonumber(row.value) end
    end
    run([[
      cell:begin_whole_cell { seed = 1, exact = true }
      local set = { volume = args.volume, per_mM = 6.022e20*args.volume }
      for _, name in ipairs(cell:species()) do
        if args.counts[name] then set[name] = args.counts[name]/(name:find "^M_" and set.per_mM or 1) end
      end
      cell:set(set) ]], { volume = shape.volume_L, counts = counts })
    local rates, rows, count = our_rates(false), tables.rows "syn3a_cme_network_t0.tsv", 0
    for number, k in pairs(expected) do
      local row = rows[number]
      local mine = rates[key_of(row)]
      assert.is_true(mine ~= nil and math.abs(mine[1]/k - 1) < 1e-6, row.reactants)
      count = count + 1
    end
    assert.equal(1624, count)
  end)

  it("has their metabolism, and its course over a minute", function()
    local got = run [[
      local metabolism = require "syn3a.whole_metabolism"
      local per_mM = require("syn3a.constants").molecules_per_mm
      local definition, net = metabolism.definition(per_mM, true), require("syn3a.whole_expression").network()
      cell:clear()
      for _, enzyme in ipairs(metabolism.enzymes()) do
        definition.parameters["E_" .. metabolism.level(enzyme)] =
          load("return " .. metabolism.molecules(enzyme), "E", "t", net.species)()/per_mM
      end
      definition.parameters.speed_uptake = 1
      process "metabolism" (definition)
      local got = {}
      local function note(i)
        local function put(name, value)
          got[name] = got[name] or {}
          got[name][i] = value
        end
        for _, r in ipairs(definition.reactions) do put(r.name, cell:rate(r.name)) end
        for name in pairs(definition.species) do put(name, cell:get(name)) end
      end
      note(1)
      cell:run { duration = 60, tolerance = { relative = 1e-10, absolute = 1e-13 } }
      note(2)
      return got ]]
    local count = 0
    for _, row in ipairs(tables.rows "syn3a_ode_reference.tsv") do
      local mine = got[row.id] or got["M_" .. row.id]
      if row.id ~= "M_o2_c" then
        local before, after = tonumber(row.t0), tonumber(row.t60s_metabolism_only)
        assert.is_true(math.abs(mine[1] - before) <= 1e-9*math.abs(before) + 1e-15, row.id)
        assert.is_true(math.abs(mine[2] - after) <= 1e-6*math.abs(after) + 1e-9, row.id)
        count = count + 1
      end
    end
    assert.equal(322, count) -- 147 pools, 175 fluxes; oxygen does not change
  end)

  for _, case in ipairs { "paid", "short" } do
    it("pays and grows as one exchange of theirs, " .. case, function()
      local given = {}
      for _, row in ipairs(tables.rows("syn3a_oracle_exchange_" .. case .. ".tsv")) do
        given[row.stage] = given[row.stage] or {}
        given[row.stage][row.id] = tonumber(row.value)
      end
      local got = run([[
        cell:begin_whole_cell { seed = 1, exact = true }
        process "genes" { species = { nothing = 0 }, reactions = { { "-> nothing", k = 0 } } }
        local cost, energy, back, count = args.cost, args.cost_energy, args.recycled, args.count_after_stochastic
        local set = { spent_A = cost.ATP - energy.ATP, spent_C = cost.CTP, spent_G = cost.GTP - energy.GTP,
          spent_T = cost.UTP, copied_AT = cost.dATP, copied_CG = cost.dCTP, freed_A = back.AMP, freed_C = back.CMP,
          freed_G = back.GMP, freed_T = back.UMP, back_Lys = back.lysine }
        local used = 0
        for name, n in pairs(set) do
          if not name:find "^back_" then used = used + n end
        end
        set.digested, set.translated = energy.ATP - used, energy.GTP/2
        for pool, n in pairs(count) do
          local name = pool:gsub("^M_", "")
          if pcall(cell.get, cell, "N_" .. name) then set["N_" .. name] = n
          elseif pool ~= "M_o2_c" then set["M_" .. name] = n/cell:get "per_mM" end
        end
        cell:set(set)
        cell:live { duration = 1, seed = 1 }
        local got = { lipid_area = cell:get "lipid_area", protein_area = cell:get "protein_area",
          volume = cell:get "volume", debt = cell:get "debt_GTP" }
        for pool in pairs(count) do got[pool] = cell:get("M_" .. pool:gsub("^M_", ""))*cell:get "per_mM" end
        return got ]], given)
      -- theirs are whole molecules, rounded, and 1 is left where all was taken
      for pool, n in pairs(given.count_at_end) do assert.near(n, got[pool], 1.1 + 2e-6*n, pool) end
      assert.equal(given.shape.lipid_area_nm2, got.lipid_area)
      assert.equal(given.shape.protein_area_nm2, got.protein_area)
      assert.near(1, got.volume/given.shape.volume_L, 1e-9)
      assert.near(given.debt_after_second_payment.GTP, got.debt, 1.1)
    end)
  end
end)
