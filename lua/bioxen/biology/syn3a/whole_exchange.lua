--- What the whole cell does once a second, between its stochastic part and its metabolism and after that: it pays for
-- what it made, takes back what it broke down, sets the levels of enzymes, grows, and sets the next second's rates.
--
-- Pools are mM, and real numbers that are never below 0; of the 23 that the stochastic part changes too it has whole
-- molecules, N_, and what it made of them goes back into the pool. What cannot be paid is owed: debt_ATP and so on, in
-- molecules, first of all to be paid. Sums over the cell's life, in molecules: sum_…, by purpose.

local complexes = require "syn3a.complexes"
local constants = require "syn3a.constants"
local expression = require "syn3a.whole_expression"
local metabolism = require "syn3a.whole_metabolism"
local whole_genes = require "syn3a.whole_genes"

local exchange = {}

local V0 = constants.volume
local largest_radius = 252 -- nm: with it a sphere has 2 V0, and from there on the cell constricts
local outer_leaflet = 0.513 -- of the lipids' heads
local newborn_area = 4*math.pi*200^2 -- nm²

-- What is owed, with its pool.
local nucleotides = { ATP = "atp_c", GTP = "gtp_c", CTP = "ctp_c", UTP = "utp_c", dATP = "datp_c", dTTP = "dttp_c",
  dCTP = "dctp_c", dGTP = "dgtp_c" }
local debts = { "ATP", "GTP", "CTP", "UTP", "dATP", "dTTP", "dCTP", "dGTP" }

local in_rna = "(spent_A + spent_C + spent_G + spent_T)"
local out_of_rna = "(freed_A + freed_C + freed_G + freed_T)"
local in_dna = "(copied_AT + copied_CG)"

-- Molecules that turn into NDP and Pi, and that are built in.
local energy = {
  ATP = ("%s + %s + %s + digested + secreted"):format(in_rna, out_of_rna, in_dna),
  GTP = "2*translated + 2*handovers",
}
local built_in = { ATP = "spent_A", GTP = "spent_G", CTP = "spent_C", UTP = "spent_T", dATP = "copied_AT",
  dTTP = "copied_AT", dCTP = "copied_CG", dGTP = "copied_CG" }

-- What adds up over a life.
local sums = {
  { "sum_transcription", in_rna }, { "sum_decay", out_of_rna }, { "sum_replication", in_dna },
  { "sum_translation", "translated" }, { "sum_handover", "handovers" }, { "sum_secretion", "secreted" },
  { "sum_digestion", "digested" },
  { "sum_A_in_RNA", "spent_A - freed_A" }, { "sum_C_in_RNA", "spent_C - freed_C" },
  { "sum_G_in_RNA", "spent_G - freed_G" }, { "sum_U_in_RNA", "spent_T - freed_T" },
  { "sum_A_out_of_RNA", "freed_A" }, { "sum_C_out_of_RNA", "freed_C" },
  { "sum_G_out_of_RNA", "freed_G" }, { "sum_U_out_of_RNA", "freed_T" },
  { "sum_AT_in_DNA", "copied_AT" }, { "sum_CG_in_DNA", "copied_CG" },
}

local counted = { "spent_A", "spent_C", "spent_G", "spent_T", "freed_A", "freed_C", "freed_G", "freed_T", "copied_AT",
  "copied_CG", "translated", "handovers", "secreted", "digested" }

local function list()
  local steps = {}
  return steps, function(name, formula, ...) steps[#steps + 1] = { name, formula:format(...) } end
end

--- Pools whose molecules the stochastic part has.
function exchange.shared()
  local names = { "atp_c", "amp_c", "ppi_c" }
  for _, a in ipairs(expression.acids()) do names[#names + 1] = a.pool end
  return names
end

local function add_back(set)
  set("M_amp_c", "M_amp_c + freed_A/per_mM")
  set("M_cmp_c", "M_cmp_c + freed_C/per_mM")
  set("M_gmp_c", "M_gmp_c + freed_G/per_mM")
  set("M_ump_c", "M_ump_c + freed_T/per_mM")
  for _, a in ipairs(expression.acids()) do set("M_" .. a.pool, "M_%s + back_%s/per_mM", a.pool, a.acid) end
end

-- Energy's remains and pyrophosphate are there at once, paid or not.
local function add_payment(set)
  set("M_adp_c", "M_adp_c + (%s)/per_mM", energy.ATP)
  set("M_gdp_c", "M_gdp_c + (%s)/per_mM", energy.GTP)
  set("M_pi_c", "M_pi_c + (%s + %s)/per_mM", energy.ATP, energy.GTP)
  set("M_ppi_c", "M_ppi_c + (%s + 2*%s)/per_mM", in_rna, in_dna)
  for _, name in ipairs(debts) do
    local pool = "M_" .. nucleotides[name]
    set("due", "debt_%s + %s%s", name, built_in[name], energy[name] and " + " .. energy[name] or "")
    set("there", "%s*per_mM", pool)
    set(pool, "max(0, there - due)/per_mM")
    set("debt_" .. name, "max(0, due - there)")
  end
end

-- New protein is of the form that is new.
local function add_carriers(set)
  for _, carrier in ipairs(complexes.carriers) do
    local others = {}
    for form in pairs(carrier[3]) do others[#others + 1] = " - M_" .. form end
    table.sort(others)
    set("M_" .. carrier[2], "max(0, (%s)/per_mM%s)", metabolism.molecules(carrier[1]), table.concat(others))
  end
end

-- Genes that somebody added are copied with what they stand beside, and paid for as that.
local function add_copies(set, added)
  for _, gene in ipairs(added) do
    local id = gene.id
    set("there", "max(0, G_%s + RNAP_G_%s - G_%s - RNAP_G_%s)", gene.beside, gene.beside, id, id)
    set("copied_AT", "copied_AT + %d*there", gene.AT)
    set("copied_CG", "copied_CG + %d*there", gene.CG)
    set("G_" .. id, "G_%s + there", id)
  end
end

local function before(added)
  local steps, set = list()
  add_copies(set, added)
  for _, pool in ipairs(exchange.shared()) do
    set("M_" .. pool, "max(0, M_%s + (N_%s - had_%s)/per_mM)", pool, pool, pool)
  end
  set("sum_charging", "sum_charging + had_atp_c - N_atp_c")
  for _, sum in ipairs(sums) do set(sum[1], "%s + %s", sum[1], sum[2]) end
  add_back(set)
  add_payment(set)
  for _, name in ipairs(counted) do set(name, "0") end
  for _, a in ipairs(expression.acids()) do set("back_" .. a.acid, "0") end
  add_carriers(set)
  for _, enzyme in ipairs(metabolism.enzymes()) do
    set("E_" .. metabolism.level(enzyme), "(%s)/per_mM", metabolism.molecules(enzyme))
  end
  return steps
end

local function add_second_payment(set)
  for _, name in ipairs(debts) do
    local pool = "M_" .. nucleotides[name]
    set("there", "%s*per_mM", pool)
    set(pool, "max(0, there - debt_%s)/per_mM", name)
    set("debt_" .. name, "max(0, debt_%s - there)", name)
  end
end

-- Transmembrane chains: of proteins in their place, of what they are in on the way there, of complexes.
local chains_of = { SRP = { "P_%s", "4 SecYEGDF_RNC_%s", "4 SecYEGDF_SR_SRP_RNC_%s", "FtsH_CP_%s" },
  YidC = { "P_%s", "YidC_CP_%s" }, secreted = { "4 SecYEGDF_SecA_RNC_%s" },
  lipoprotein = { "4 SecYEGDF_SecA_RNC_%s", "FtsH_CP_%s", "Lgt1_PreP_%s", "Lgt2_PreP_%s", "Lsp_ProP_%s" } }

local function chain_terms()
  local terms = {}
  for _, row in ipairs(whole_genes.all().rows) do
    for _, form in ipairs(chains_of[row.path] or {}) do
      local n, name = form:match "^(%d+) (.+)$"
      terms[#terms + 1] = { (name or form):format(row.id), tonumber(n or 1) }
    end
    if row.chain then terms[#terms + 1] = { "Degradosome_mRNA_" .. row.id, 1 } end
  end
  for name, n in complexes.chains:gmatch "([%w_]+) (%d+)" do terms[#terms + 1] = { name, tonumber(n) } end
  return terms
end

local function lipid_heads()
  local names, terms = {}, {}
  for name in pairs(complexes.lipids) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do terms[i] = ("%.17g*M_%s"):format(complexes.lipids[name], name) end
  return table.concat(terms, " + ")
end

-- One chain's nm², such that a newborn cell with these species has its area.
local function area_of_chain(species, per_mM)
  local chains = 0
  for _, term in ipairs(chain_terms()) do chains = chains + term[2]*species[term[1]] end
  local heads = lipid_heads():gsub("%*M_", "*")
  local pools = {}
  for _, pool in ipairs(metabolism.pools()) do pools[pool[1]] = math.floor(pool[2]*per_mM + 0.5)/per_mM end
  local sum = 0
  for factor, name in heads:gmatch "([%d.]+)%*([%w_]+)" do sum = sum + tonumber(factor)*pools[name] end
  return (newborn_area - math.floor(outer_leaflet*sum*per_mM))/chains
end

local function add_areas(set, chain_area)
  local terms = {}
  for i, term in ipairs(chain_terms()) do terms[i] = term[2] == 1 and term[1] or ("%d*%s"):format(term[2], term[1]) end
  set("lipid_area", "floor(%.17g*per_mM*(%s))", outer_leaflet, lipid_heads())
  set("protein_area", "floor(%.17g*(%s))", chain_area, table.concat(terms, " + "))
  set("area", "lipid_area + protein_area")
end

-- Area, volume, and what follows from it: a sphere until it has twice its first volume, which then stays.
local function add_growth(set, chain_area)
  add_areas(set, chain_area)
  set("there", "per_mM")
  set("volume", "%.17g*min(sqrt(area/(4*pi)), %d)^3", 4/3*math.pi*1e-24, largest_radius)
  set("per_mM", "%.17g*volume", constants.avogadro*1e-3)
  -- what the solver leaves below 0, within its error, is 0
  for _, pool in ipairs(metabolism.pools()) do set("M_" .. pool[1], "max(0, M_%s*there/per_mM)", pool[1]) end
  for _, carrier in ipairs(complexes.carriers) do
    if carrier[2]:find "^pts" or carrier[2] == "crr" then
      for _, form in ipairs { carrier[2], (next(carrier[3])) } do
        set("M_" .. form, "max(0, M_%s*there/per_mM)", form)
      end
    end
  end
end

-- Species by what their names begin with, or hold.
local function names_with(species, pattern)
  local names = {}
  for name in pairs(species) do
    if name:find(pattern) then names[#names + 1] = name end
  end
  table.sort(names)
  return table.concat(names, " + ")
end

-- Machines that somebody capped are parked as far as they are free.
local function add_caps(set)
  for _, machine in ipairs { { "Ribosome", "ribosomes" }, { "RNAP", "polymerases" } } do
    local free, total = table.unpack(machine)
    set("there", "%s + parked_%s", free, free)
    set(free, "floor(min(there, max(0, cap_%s - %s_active)))", total, total)
    set("parked_" .. free, "there - %s", free)
  end
end

local function add_active(set, species)
  set("ribosomes_active", "%s", names_with(species, "RNC_"))
  set("polymerases_active", "%s", names_with(species, "^RNAP_G_"))
end

-- What the cell tells of itself.
local function add_totals(set, species)
  set("ribosomes", "Ribosome + parked_Ribosome + ribosomes_active")
  set("polymerases", "RNAP + parked_RNAP + RNAP_core + polymerases_active")
  set("degradosomes_active", "%s", names_with(species, "^Degradosome_mRNA_"))
  set("mRNA_free", "%s", (names_with(species, "^made_"):gsub("made_", "R_")))
  set("mRNA", "mRNA_free + ribosomes_active + degradosomes_active")
  set("proteins_made", "%s", names_with(species, "^made_"))
  set("gene_copies", "%s + polymerases_active", names_with(species, "^G_"))
  set("charged_tRNA", "%s", names_with(species, "_ch$"))
end

-- When it came to what.
local function add_milestones(set, species)
  local _, genes = names_with(species, "^G_"):gsub("G_", "")
  local function note(when, condition) set(when, "if(%s > 0 or not (%s), %s, time)", when, condition, when) end
  note("initiated_at", ("gene_copies > %d"):format(genes))
  note("replicated_at", "chromosome_C > 1.5")
  note("volume_doubled_at", ("area >= %.17g"):format(4*math.pi*largest_radius^2))
  note("area_doubled_at", ("area >= %.17g"):format(2*newborn_area))
end

local totals = { "ribosomes_active", "polymerases_active", "ribosomes", "polymerases", "degradosomes_active",
  "mRNA_free", "mRNA", "proteins_made", "gene_copies", "charged_tRNA", "initiated_at", "replicated_at",
  "volume_doubled_at", "area_doubled_at" }

local never = "1e300" -- a wait for what there is none of

local function wait(half, pool)
  return ("if(M_%s > 0, %s/M_%s, %s)"):format(pool, half, pool, never)
end

-- Formulas of the parameters that rates follow. Polymerisation needs GTP or ATP, too; and nothing is made of nothing.
function exchange.rates()
  local rates, set = list()
  set("dilution", "%.17g/volume", V0)
  set("copying", "speed_replication*(M_atp_c > 0)")
  set("transcribing", "speed_transcription")
  set("digesting", "M_atp_c > 0")
  set("translating", "speed_translation*(M_gtp_c > 0)")
  for letter, pool in pairs { A = "atp_c", C = "ctp_c", G = "gtp_c", T = "utp_c" } do
    set("W_" .. letter, "%s", wait("0.1", pool))
  end
  for letter, pool in pairs { A = "datp_c", C = "dctp_c", G = "dgtp_c", T = "dttp_c" } do
    set("w_d" .. letter, "%s", wait("0.001", pool))
  end
  for _, a in ipairs(expression.acids()) do
    local charged = {}
    for i, trna in ipairs(a.isoforms) do charged[i] = "R_" .. trna .. "_ch" end
    local sum = table.concat(charged, " + ")
    set("w_" .. a.acid, "if(%s > 0, 0.001*per_mM/(%s), %s)", sum, sum, never)
  end
  return rates
end

-- Turns of reactions that somebody wants counted, in molecules since birth.
local function add_turns(set, species)
  for turn in names_with(species, "^turn_"):gmatch "turn_([%w_]+)" do
    set("turned_" .. turn, "turned_%s + turn_%s*per_mM", turn, turn)
    set("turn_" .. turn, "0")
  end
end

local function after(species, chain_area, fast)
  local steps, set = list()
  add_turns(set, species)
  add_second_payment(set)
  add_growth(set, chain_area)
  for _, pool in ipairs(exchange.shared()) do
    set("N_" .. pool, "floor(M_%s*per_mM + 1e-6)", pool)
    set("had_" .. pool, "N_%s", pool)
  end
  for _, row in ipairs(whole_genes.all().rows) do
    if fast and row.path == "peripheral" then -- at rest, ten to one
      set("there", "P_%s + CP_%s", row.id, row.id)
      set("P_" .. row.id, "binomial(there, %.17g)", 10/11)
      set("CP_" .. row.id, "there - P_%s", row.id)
    end
  end
  for _, rate in ipairs(exchange.rates()) do set(rate[1], "%s", rate[2]) end
  add_active(set, species)
  add_caps(set)
  add_totals(set, species)
  add_milestones(set, species)
  return steps
end

--- What follows from a cell's species and per_mM at once, { name, formula } in order: areas and totals.
function exchange.told(species, per_mM)
  local told, set = list()
  add_areas(set, area_of_chain(species, per_mM))
  add_active(set, species)
  add_totals(set, species)
  return told
end

-- What a newborn cell has of parameters.
local function parameters(per_mM, fast)
  local values = { volume = V0, per_mM = per_mM, area = math.floor(newborn_area), lipid_area = 0, protein_area = 0,
    due = 0, there = 0, sum_charging = 0, exchanging = fast and 0 or 1, cap_ribosomes = 1e9, cap_polymerases = 1e9,
    speed_replication = 1, speed_transcription = 1, speed_translation = 1, speed_uptake = 1 }
  for _, name in ipairs(totals) do values[name] = 0 end
  for _, row in ipairs(whole_genes.all().rows) do values["promoter_" .. row.id] = 1 end
  for _, name in ipairs(debts) do values["debt_" .. name] = 0 end
  for _, sum in ipairs(sums) do values[sum[1]] = 0 end
  for _, pool in ipairs(exchange.shared()) do values["had_" .. pool] = 0 end
  for _, rate in ipairs(exchange.rates()) do values[rate[1]] = 0 end
  return values
end

--- Parameters of a newborn cell with so many molecules in 1 mM, and formulas of what else it begins with.
exchange.parameters = parameters

function exchange.initial(species, per_mM)
  local initial = {}
  for _, told in ipairs(exchange.told(species, per_mM)) do initial[told[1]] = told[2] end
  for _, rate in ipairs(exchange.rates()) do initial[rate[1]] = rate[2] end
  for _, enzyme in ipairs(metabolism.enzymes()) do
    initial["E_" .. metabolism.level(enzyme)] = ("(%s)/per_mM"):format(metabolism.molecules(enzyme))
  end
  for _, pool in ipairs(exchange.shared()) do
    initial["N_" .. pool] = ("floor(M_%s*per_mM + 1e-6)"):format(pool)
    initial["had_" .. pool] = initial["N_" .. pool]
  end
  return initial
end

--- Species of a cell with what a newborn has of them; of what somebody added it has none.
function exchange.species_of(cell)
  local species = expression.network().species
  for _, name in ipairs(cell:species()) do species[name] = species[name] or 0 end
  return species
end

--- What exchanges do, in a cell that is born with these species. `fast`: chains at the membrane come and go so often
-- that they are at rest at each exchange, and have no reactions. added: genes that somebody added, { id, beside, AT, CG
-- (base pairs) }.
function exchange.steps(species, per_mM, fast, added)
  return { before = before(added or {}), after = after(species, area_of_chain(species, per_mM), fast) }
end

return exchange
