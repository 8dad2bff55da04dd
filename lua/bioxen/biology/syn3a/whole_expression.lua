--- The stochastic part of the whole cell, reaction by reaction: replication, transcription, translation and the ways
-- into the membrane, decay, charging of tRNA, assembly. Names are those of the published model: G_0001 a gene's copies,
-- R_ its free RNA (R_0070_ch a charged tRNA), P_ its free protein, CP_ a chain that is not yet, or never will be, in
-- its place, RNC_ a ribosome on its mRNA, N_atp_c molecules of a pool.
--
-- Rate constants follow parameters that each exchange sets: dilution (V0/V), and waits: W_A = Kd/[ATP] of transcription
-- and so on, w_dA of replication, w_Ala of all charged tRNA of an amino acid; and promoter_0001, 1 unless somebody
-- turned a promoter down. A polymer of n_i residues is made in one
-- step, k = kcat/(w1 w2 + sum of n_i w_i + L - 1) (Hofmeyr, Gqwaka & Rohwer 2013), w1 and w2 of the first two.
--
-- What a step costs, it adds up: spent_A … molecules of NTP in RNA, freed_A … of NMP out of it, copied_AT and copied_CG
-- base pairs of DNA, translated residues, handovers, secreted (ATP of SecA), digested residues and back_Ala … what they
-- were. Each exchange takes these and begins at 0 again.

local complexes = require "syn3a.complexes"
local constants = require "syn3a.constants"
local whole_genes = require "syn3a.whole_genes"

local expression = {}

-- Per molecule and second at V0, from /M/s.
local per_molar = 1/(constants.avogadro*constants.volume)

local letters = { A = "Ala", C = "Cys", D = "Asp", E = "Glu", F = "Phe", G = "Gly", H = "His", I = "Ile", K = "Lys",
  L = "Leu", M = "Met", N = "Asn", P = "Pro", Q = "Gln", R = "Arg", S = "Ser", T = "Thr", V = "Val", W = "Trp",
  Y = "Tyr" }
local residues = { "A", "C", "D", "E", "F", "G", "H", "I", "K", "L", "M", "N", "P", "Q", "R", "S", "T", "V", "W", "Y" }
local bases = { "A", "C", "G", "T" }

-- A network in the making: species with what they begin with, and reactions.
local function network()
  return { species = {}, reactions = {} }
end

-- Every name in an equation is a species, of none at first.
local function add(net, equation, k)
  for name in equation:gmatch "[%a_][%w_]*" do net.species[name] = net.species[name] or 0 end
  net.reactions[#net.reactions + 1] = { equation, k = k }
end

-- A rate constant that scales with 1/V; x is /M/s.
local function bimolecular(x)
  return ("%.17g*dilution"):format(x*per_molar)
end

local function times(n, name)
  return n == 1 and name or ("%d %s"):format(n, name)
end

-- "… + 3 spent_A + spent_C": what is more than 0 of counts by letter, with names of a prefix.
local function and_all(counts, order, prefix, names)
  local text = {}
  for _, letter in ipairs(order) do
    local n = counts[letter] or 0
    if n > 0 then text[#text + 1] = " + " .. times(n, prefix .. (names and names[letter] or letter)) end
  end
  return table.concat(text)
end

-- The law of polymerisation as a formula. waits: the names' prefix; factor: what it is multiplied by, or "".
local function polymerisation(factor, kcat, first, counts, order, prefix, names, rest)
  local function wait(letter) return prefix .. (names and names[letter] or letter) end
  local terms = { ("%s*%s"):format(wait(first[1]), wait(first[2])) }
  for _, letter in ipairs(order) do
    local n = counts[letter] or 0
    if n > 0 then terms[#terms + 1] = ("%d*%s"):format(n, wait(letter)) end
  end
  return ("%s%.17g/(%s + %d)"):format(factor, kcat, table.concat(terms, " + "), rest)
end

-- ---- replication

local high, low = bimolecular(7.8e6), bimolecular(3.5e4)

-- DnaA opens an origin: a box at oriC, then two of low affinity. `which`: "", or "2" of origins of later rounds.
local function add_origin(net, which)
  add(net, ("High_Affinity_Site_oriC%s + P_0001 -> High_Affinity_Bound_oriC%s + Low_Affinity_Site%s_1"):format(which,
    which, which), high)
  add(net, ("Low_Affinity_Site%s_1 + P_0001 -> Low_Affinity_Bound%s_1 + Low_Affinity_Site%s_2"):format(which, which,
    which), low)
  add(net, ("Low_Affinity_Site%s_2 + P_0001 -> Low_Affinity_Bound%s_2 + ssdnaAFila%s_0"):format(which, which, which),
    low)
end

-- Then a filament grows, beside 16 boxes elsewhere, until two replisomes can bind.
local function add_initiation(net)
  add(net, "High_Affinity_Site + P_0001 -> High_Affinity_Bound", high)
  add_origin(net, "")
  for n = 0, 29 do
    add(net, ("ssdnaAFila_%d + P_0001 -> ssdnaAFila_%d"):format(n, n + 1), bimolecular(1.4e5))
    add(net, ("ssdnaAFila_%d -> ssdnaAFila_%d + P_0001"):format(n + 1, n), 0.42)
    add(net, ("ssDNA_Unbinding_%d -> ssDNA_Unbinding_%d + P_0001"):format(n + 1, n), 600)
  end
  for n = 20, 30 do
    add(net, ("ssdnaAFila_%d + P_0044 -> ssdnaAFila_%d_replisome"):format(n, n), bimolecular(1e6))
    add(net, ("ssdnaAFila_%d_replisome + P_0044 -> ssDNA_Unbinding_%d + Initiator_C + Initiator_CC"):format(n, n),
      bimolecular(1e6))
  end
  local species = net.species
  species.High_Affinity_Site, species.High_Affinity_Site_oriC = 16, 1
  species.chromosome_C, species.chromosome_CC = 1, 1
end

-- Origins of later rounds, by the rule of 2022: filaments grow half as fast as the first did there, lose DnaA faster,
-- and only the longest opens the origin. Forks take their P_0044 as in the first round.
local function add_later_initiation(net)
  add_origin(net, "2")
  for n = 0, 29 do
    add(net, ("ssdnaAFila2_%d + P_0001 -> ssdnaAFila2_%d"):format(n, n + 1), bimolecular(0.5e5))
    add(net, ("ssdnaAFila2_%d -> ssdnaAFila2_%d + P_0001"):format(n + 1, n), 0.55)
  end
  add(net, "ssdnaAFila2_30 + P_0044 -> ssdnaAFila2_30_replisome", bimolecular(1e6))
  add(net, "ssdnaAFila2_30_replisome + P_0044 -> ssDNA_Unbinding_30 + Initiator_C + Initiator_CC", bimolecular(1e6))
end

-- Each step finishes a segment: its gene has one copy more. The last but one of the longer arm ends replication.
local function add_arm(net, rows, start, last_but_one, and_then)
  local from = start
  for i, row in ipairs(rows) do
    local s = row.segment
    local ended = i == last_but_one and " + 2 chromosome_C + 2 chromosome_CC + 2 P_0044" .. and_then or ""
    add(net, ("%s -> G_%s + fork_%s%s%s%s"):format(from, row.id, row.id, ended,
      and_all({ A = s.A + s.T }, { "A" }, "copied_AT", { A = "" }),
      and_all({ A = s.C + s.G }, { "A" }, "copied_CG", { A = "" })),
      polymerisation("copying*", 100, { "A", "T" }, s, bases, "w_d", nil, s.A + s.C + s.G + s.T - 1))
    from = "fork_" .. row.id
  end
end

local function add_replication(net, genes, second_rounds)
  add_initiation(net)
  if second_rounds then add_later_initiation(net) end
  add_arm(net, genes.up, "chromosome_C + Initiator_C")
  add_arm(net, genes.down, "chromosome_CC + Initiator_CC", #genes.down - 1,
    second_rounds and " + 16 High_Affinity_Site + 2 High_Affinity_Site_oriC2" or "")
  for _, row in ipairs(genes.rows) do net.species["G_" .. row.id] = 1 end
end

-- ---- RNA

local function add_transcription(net, genes)
  for _, row in ipairs(genes.rows) do
    local share = row.strength/constants.most_proteins
    add(net, ("G_%s + RNAP -> RNAP_G_%s + P_0407"):format(row.id, row.id),
      ("%.17g*dilution*promoter_%s"):format(share*constants.polymerase_binding*constants.ecoli_volume/constants.volume,
        row.id))
  end
  for _, row in ipairs(genes.rows) do
    local speed = constants.transcription*row.strength/constants.reference_proteins
    speed = math.max(constants.slowest_transcription, math.min(constants.fastest_transcription, speed))
    add(net, ("RNAP_G_%s -> RNAP_core + G_%s + R_%s + transcripts%s"):format(row.id, row.id, row.id,
      and_all(row.bases, bases, "spent_")),
      polymerisation("transcribing*", speed, row.first, row.bases, bases, "W_", nil, row.nucleotides - 1))
  end
end

local function add_holoenzyme(net)
  add(net, "RNAP_core + P_0407 -> RNAP", bimolecular(1e5))
end

local function add_decay(net, genes)
  local binding = constants.degradosome_binding*constants.ecoli_volume/constants.volume
  for _, row in ipairs(genes.rows) do
    if row.chain then
      add(net, ("R_%s + Degradosome -> Degradosome_mRNA_%s"):format(row.id, row.id), ("%.17g*dilution"):format(binding))
    end
  end
  for _, row in ipairs(genes.rows) do
    if row.chain then
      add(net, ("Degradosome_mRNA_%s -> Degradosome + decays%s"):format(row.id,
        and_all(row.bases, bases, "freed_")), ("%.17g*digesting"):format(constants.digestion/row.nucleotides))
    end
  end
end

-- ---- proteins

local function unpaid_names()
  local names = {}
  for letter, acid in pairs(letters) do names[letter] = acid:upper() .. "_unpaid" end
  return names
end
local unpaid = unpaid_names()

-- The residues of a piece that was just made, and its rate; `stop`: 1 if it ends with the stop codon.
local function made(piece)
  return and_all(piece.counts, residues, "", unpaid) .. " + " .. times(piece.length, "translated")
end

local function elongation(piece, stop)
  return polymerisation("translating*", constants.translation, piece.first, piece.counts, residues, "w_", letters,
    piece.length + stop - 1)
end

local function add_failures(net, row)
  local id = row.id
  add(net, ("RNC_%s -> RNC_Long_%s + failures%s"):format(id, id, made(row.piece)), elongation(row.piece, 0))
  add(net, ("RNC_Long_%s -> CP_%s + Ribosome + R_%s%s"):format(id, id, id, made(row.rest)), elongation(row.rest, 1))
end

local function add_digestion(net, row)
  local id = row.id
  add(net, ("CP_%s + P_0039 -> FtsH_CP_%s"):format(id, id), bimolecular(1e5))
  add(net, ("FtsH_CP_%s -> P_0039 + %s%s"):format(id, times(row.chain.length, "digested"),
    and_all(row.chain.counts, residues, "back_", letters)), 0.22/60)
end

-- By the ways that chains go: RNC_ is there, and the mRNA and the ribosome are set free when it is finished.
local ways = {}

function ways.cytosol(net, row)
  local id = row.id
  add(net, ("RNC_%s -> R_%s + Ribosome + P_%s + made_%s%s"):format(id, id, id, id, made(row.chain)),
    elongation(row.chain, 1))
end

function ways.peripheral(net, row)
  local id = row.id
  add(net, ("RNC_%s -> R_%s + Ribosome + CP_%s + made_%s%s"):format(id, id, id, id, made(row.chain)),
    elongation(row.chain, 1))
  add(net, ("CP_%s -> P_%s"):format(id, id), "10*exchanging")
  add(net, ("P_%s -> CP_%s"):format(id, id), "1*exchanging")
end

function ways.YidC(net, row)
  local id = row.id
  add(net, ("RNC_%s -> R_%s + Ribosome + CP_%s%s"):format(id, id, id, made(row.chain)), elongation(row.chain, 1))
  add(net, ("CP_%s + P_0908 -> YidC_CP_%s"):format(id, id), bimolecular(1e5))
  add(net, ("YidC_CP_%s -> P_0908 + P_%s + made_%s"):format(id, id, id), 1)
end

function ways.SRP(net, row)
  local id = row.id
  add(net, ("RNC_%s + P_0360 -> SRP_RNC_%s"):format(id, id), bimolecular(1e5))
  add(net, ("SRP_RNC_%s + P_0429 -> SR_SRP_RNC_%s"):format(id, id), bimolecular(1e6))
  add(net, ("SR_SRP_RNC_%s + SecYEGDF -> SecYEGDF_SR_SRP_RNC_%s"):format(id, id), bimolecular(1e5))
  add(net, ("SecYEGDF_SR_SRP_RNC_%s -> SecYEGDF_RNC_%s + P_0360 + P_0429 + handovers"):format(id, id), 0.95)
  add(net, ("SecYEGDF_RNC_%s -> R_%s + Ribosome + P_%s + made_%s + SecYEGDF%s"):format(id, id, id, id,
    made(row.chain)), elongation(row.chain, 1))
  if row.piece then add_failures(net, row) end
  add_digestion(net, row)
end

local function by_secA(net, row, product)
  local id = row.id
  add(net, ("P_0095 + RNC_%s -> SecA_RNC_%s"):format(id, id), bimolecular(1e5))
  add(net, ("SecA_RNC_%s + SecYEGDF -> SecYEGDF_SecA_RNC_%s"):format(id, id), bimolecular(1e5))
  add(net, ("SecYEGDF_SecA_RNC_%s -> R_%s + Ribosome + %s + SecYEGDF + P_0095 + %s%s"):format(id, id, product,
    times(row.chain.length//10, "secreted"), made(row.chain)), elongation(row.chain, 1))
end

function ways.secreted(net, row)
  by_secA(net, row, ("P_%s + made_%s"):format(row.id, row.id))
end

function ways.lipoprotein(net, row)
  local id = row.id
  by_secA(net, row, "PreP_" .. id)
  add(net, ("RNC_%s -> R_%s + Ribosome + CP_%s%s"):format(id, id, id, made(row.chain)), elongation(row.chain, 1))
  add_failures(net, row)
  add_digestion(net, row)
  for i, transferase in ipairs { "0818", "0820" } do
    add(net, ("PreP_%s + P_%s -> Lgt%d_PreP_%s"):format(id, transferase, i, id), bimolecular(1e5))
    add(net, ("Lgt%d_PreP_%s -> P_%s + ProP_%s"):format(i, id, transferase, id), 0.0134)
  end
  add(net, ("ProP_%s + P_0518 -> Lsp_ProP_%s"):format(id, id), bimolecular(1e5))
  add(net, ("Lsp_ProP_%s -> P_%s + P_0518 + made_%s"):format(id, id, id), 0.033)
end

local function add_translation(net, genes)
  local binding = constants.ribosome_binding*constants.ecoli_volume/constants.volume
  for _, row in ipairs(genes.rows) do
    if row.chain then
      add(net, ("R_%s + Ribosome -> RNC_%s"):format(row.id, row.id), ("%.17g*dilution"):format(binding))
    end
  end
  for _, row in ipairs(genes.rows) do
    if row.chain then ways[row.path](net, row) end
  end
end

--- Three letters, pool and synthetase of each amino acid, in order, with the genes of its tRNA: { acid, pool, gene,
-- isoforms }.
function expression.acids()
  local acids = {}
  for acid, pool, gene in complexes.synthetases:gmatch "(%a+) ([%w_]+) (%d+)" do
    local isoforms = {}
    for _, row in ipairs(whole_genes.all().rows) do
      if row.acid == acid then isoforms[#isoforms + 1] = row.id end
    end
    acids[#acids + 1] = { acid = acid, pool = pool, gene = gene, isoforms = isoforms }
  end
  return acids
end

-- Constants of charging are of pairs of molecules, whatever the volume. A residue is paid by any charged isoform.
local function add_charging(net)
  for _, a in ipairs(expression.acids()) do
    local enzyme = "P_" .. a.gene
    add(net, ("%s + N_atp_c -> %s_atp"):format(enzyme, enzyme), 0.01)
    add(net, ("%s_atp + N_%s -> %s_atp_aa"):format(enzyme, a.pool, enzyme), 0.01)
    for _, trna in ipairs(a.isoforms) do
      add(net, ("%s_atp_aa + R_%s -> %s_atp_aa_R_%s"):format(enzyme, trna, enzyme, trna), 0.1)
      add(net, ("%s_atp_aa_R_%s -> N_amp_c + N_ppi_c + %s + R_%s_ch"):format(enzyme, trna, enzyme, trna), 30)
      add(net, ("%s_unpaid + R_%s_ch -> R_%s"):format(a.acid:upper(), trna, trna), 1e5)
    end
  end
end

-- ---- assembly

local function join(net, left, right, product, k)
  add(net, ("%s + %s -> %s"):format(left, right, product), k or bimolecular(1e5))
end

-- Two of the same: k a (a - 1)/2 with the published k, which is k a (a - 1) here.
local function pair(net, one, product)
  add(net, ("2 %s -> %s"):format(one, product), bimolecular(1e5/2))
end

-- "Rs4s6s15", of the parts that are there: 5S first, then by number.
local function intermediate(there)
  local parts = {}
  for part in pairs(there) do parts[#parts + 1] = part end
  local function rank(part) return part == "5S" and 0 or tonumber(part:match "%d+") end
  table.sort(parts, function(a, b) return rank(a) < rank(b) end)
  return "R" .. table.concat(parts)
end

local function add_part(net, there, part, genes, k)
  local before = intermediate(there)
  there[part] = true
  for gene in genes:gmatch "%d+" do
    join(net, (part == "5S" and "R_" or "P_") .. gene, before, intermediate(there), k)
  end
end

-- The first protein binds the RNA of either gene.
local function add_subunit(net, steps, rna, small)
  local there, alternatives = {}, nil
  for step in (steps:gsub("%s+", " ") .. ","):gmatch " ?([^,]+)," do
    local opens, part, genes, rate, closes = step:match "^({? ?)(%w+) ([%d ]+) ([%d.]+)( ?}?)$"
    local k = bimolecular(tonumber(rate)*1e6)
    if small then part = part:lower() end
    if opens:find "{" then
      alternatives = { part, genes, k }
    elseif closes:find "}" then -- either first
      local other = {}
      for name in pairs(there) do other[name] = true end
      add_part(net, there, alternatives[1], alternatives[2], alternatives[3])
      add_part(net, other, part, genes, k)
      add_part(net, there, part, genes, k)
      add_part(net, other, alternatives[1], alternatives[2], alternatives[3])
    elseif not next(there) then
      there[part] = true
      for gene in rna:gmatch "%d+" do join(net, "R_" .. gene, "P_" .. genes, intermediate(there), k) end
    else
      add_part(net, there, part, genes, k)
    end
  end
  return intermediate(there)
end

local function add_ribosomes(net)
  local small = add_subunit(net, complexes.small_subunit, complexes.small_rna, true)
  local large = add_subunit(net, complexes.large_subunit, complexes.large_rna, false)
  join(net, large, small, "Ribosome", bimolecular(1e8))
end

local function add_pairs_of_pairs(net)
  pair(net, "P_0685", "KtrCD_A2")
  pair(net, "P_0686", "KtrCD_B2")
  local before = "KtrCD_A2"
  for _, after in ipairs { "KtrCD_A2B2", "KtrCD_A2B4", "KtrCD_A2B6", "KtrCD" } do
    join(net, before, "KtrCD_B2", after)
    before = after
  end
  for _, complex in ipairs { { "TopoIV", "P_0453", "P_0452" }, { "Gyrase", "P_0007", "P_0006" } } do
    local name, a, b = table.unpack(complex)
    pair(net, a, name .. "_A2")
    join(net, name .. "_A2", b, name .. "_A2B")
    join(net, name .. "_A2B", b, name)
  end
  pair(net, "P_0771", "RNDR_A2")
  pair(net, "P_0773", "RNDR_B2")
  join(net, "RNDR_A2", "RNDR_B2", "RNDR_A2B2")
  join(net, "RNDR_A2B2", "P_0772", "RNDR")
  pair(net, "P_0415", "SMC_S2")
  join(net, "SMC_S2", "P_0327", "SMC_S2A")
  pair(net, "P_0328", "SMC_B2")
  join(net, "SMC_S2A", "SMC_B2", "SMC")
end

-- S subunits come and go; the published constant of their going is one of pairs, kept as a number at V0.
local function add_ecf(net)
  join(net, "P_0641", "P_0642", "ECF_TA")
  join(net, "P_0641", "P_0643", "ECF_TAp")
  join(net, "ECF_TA", "P_0643", "ECF")
  join(net, "ECF_TAp", "P_0642", "ECF")
  for _, s in ipairs(complexes.ecf) do
    join(net, "ECF", "P_" .. s[2], s[1])
    add(net, ("%s -> ECF + P_%s"):format(s[1], s[2]), 1e4*per_molar)
  end
end

-- The two transmembrane domains, then the nucleotide-binding ones in either order, then what binds the substrate.
local function add_abc(net, t)
  local tmd1, tmd2 = t.tmd:match "(%d+) ?(%d*)"
  local nbd1, nbd2 = t.nbd:match "(%d+) ?(%d*)"
  local base, whole = t[1] .. "_T1T2", t[1] .. "_T1T2N1N2"
  if tmd2 == "" then add(net, ("P_%s -> %s"):format(tmd1, base), 10)
  else join(net, "P_" .. tmd1, "P_" .. tmd2, base) end
  if nbd2 == "" then
    join(net, base, "P_" .. nbd1, whole)
  else
    join(net, base, "P_" .. nbd1, base .. "N1")
    join(net, base, "P_" .. nbd2, base .. "N2")
    join(net, base .. "N1", "P_" .. nbd2, whole)
    join(net, base .. "N2", "P_" .. nbd1, whole)
  end
  if t.sbp then join(net, whole, "P_" .. t.sbp, t[1])
  else add(net, ("%s -> %s"):format(whole, t[1]), 1e5*per_molar) end -- as of a pair, at V0
end

local function add_machines(net)
  pair(net, "P_0645", "RNAP_A2")
  join(net, "RNAP_A2", "P_0804", "RNAP_A2B")
  join(net, "RNAP_A2", "P_0803", "RNAP_A2Bp")
  join(net, "RNAP_A2B", "P_0803", "RNAP_core")
  join(net, "RNAP_A2Bp", "P_0804", "RNAP_core")
  join(net, "P_0652", "P_0839", "SecYE")
  join(net, "SecYE", "P_0774", "SecYEG")
  join(net, "SecYEG", "P_0412", "SecYEGDF")
  join(net, "P_0600", "P_0257", "Degradosome_J1J2")
  join(net, "P_0359", "Degradosome_J1J2", "Degradosome_YJ1J2")
  join(net, "Degradosome_YJ1J2", "P_0437", "Degradosome")
  join(net, "P_0420", "P_0616", "Fak1")
  join(net, "P_0420", "P_0617", "Fak2")
end

-- The ring of ten c from any pieces that fit.
local function add_ring(net)
  local function ring(n) return n == 1 and "P_0795" or "ATPSynthase_C" .. n end
  for a = 1, 5 do
    for b = a, 10 - a do
      if a == b then pair(net, ring(a), ring(2*a))
      else join(net, ring(a), ring(b), ring(a + b)) end
    end
  end
end

local function add_atp_synthase(net)
  local s = "ATPSynthase_"
  add_ring(net)
  pair(net, "P_0794", s .. "B2")
  join(net, s .. "B2", "P_0796", s .. "AB2")
  join(net, "P_0791", "P_0789", s .. "ge")
  join(net, "P_0792", "P_0790", s .. "a1b1")
  pair(net, s .. "a1b1", s .. "a2b2")
  join(net, s .. "a2b2", s .. "a1b1", s .. "a3b3")
  join(net, s .. "ge", s .. "a3b3", s .. "a3b3ge")
  join(net, s .. "a3b3ge", s .. "C10", s .. "a3b3geC10")
  join(net, s .. "a3b3geC10", "P_0793", s .. "a3b3gdeC10")
  join(net, s .. "a3b3gdeC10", s .. "AB2", "ATPSynthase")
  join(net, s .. "AB2", "P_0793", s .. "dAB2")
  join(net, s .. "dAB2", s .. "a3b3geC10", "ATPSynthase")
end

local function add_complexes(net)
  add_pairs_of_pairs(net)
  add_ecf(net)
  for _, t in ipairs(complexes.abc) do add_abc(net, t) end
  add_machines(net)
  add_atp_synthase(net)
end

-- ---- the whole

local function begin(net, genes)
  net.species.parked_Ribosome, net.species.parked_RNAP = 0, 0 -- beyond what somebody capped
  for _, complex in ipairs(complexes.list) do net.species[complex[1]] = complex[2] end
  for _, row in ipairs(genes.rows) do
    if row.chain then net.species["P_" .. row.id] = row.free
    elseif row.acid then
      net.species["R_" .. row.id], net.species["R_" .. row.id .. "_ch"] = constants.free_trna, constants.charged_trna
    else
      net.species["R_" .. row.id] = 1
    end
  end
end

--- { species = what each begins with (mRNA with none), reactions = a list for process; ribosomes, complexes = numbers
-- of the first by which they are put together }. With `second_rounds` ends of replication make origins for the next.
function expression.network(second_rounds)
  local net, genes = network(), whole_genes.all()
  add_replication(net, genes, second_rounds)
  add_transcription(net, genes)
  add_holoenzyme(net)
  add_translation(net, genes)
  add_decay(net, genes)
  add_charging(net)
  net.ribosomes = #net.reactions + 1
  add_ribosomes(net)
  net.complexes = #net.reactions + 1
  add_complexes(net)
  begin(net, genes)
  return net
end

--- Reactions of a gene that somebody adds: as network(), of the row of a gene alone.
function expression.added(row)
  local net, genes = network(), { rows = { row } }
  add_transcription(net, genes)
  add_translation(net, genes)
  add_decay(net, genes)
  net.species["G_" .. row.id] = 1
  return net
end

return expression
