-- The whole cell of syn3a with its shortcuts beside cells without one of them: chains at the membrane at rest at each
-- exchange, beside each of their comings and goings; and the solver's tolerance, beside one that is a hundred times
-- tighter. Means and standard deviations over cells of the same births, and how many standard errors lie between.
-- Run: build/bin/bioxen scripts/bench/syn3a_shortcut.lua [cells, else 20] [seconds of life, else 600]

local bioxen = require "bioxen"

local cells, seconds = tonumber(arg[1] or 20), tonumber(arg[2] or 600)

local life = [[
  cell:begin_whole_cell { seed = args.seed, exact = args.exact }
  cell:live { duration = args.seconds, seed = args.from + args.seed, to_the_end = true, tolerance = args.tolerance }
  local all, wanted = organism.metrics(cell), {}
  for _, name in ipairs { "area", "protein_area", "lipid_area", "proteins_made", "transcripts", "decays", "mRNA",
    "ribosomes_active", "polymerases_active", "gene_copies", "charged_tRNA", "failures", "ATP", "GTP", "CTP", "UTP",
    "dATP", "ATP_for_charging", "GTP_for_translation" } do wanted[name] = all[name] end
  for name in pairs { P_0621 = 1, rnsBACD = 1, aaABC = 1, Degradosome = 1, P_0420 = 1, P_0642 = 1, ATPSynthase = 1 } do
    wanted[name] = cell:get(name)
  end
  return wanted ]]

local vm <close> = assert(bioxen.create_bio_vm("shortcut", "syn3a"))
assert(vm:start())

local function moments(values)
  local mean, square = 0, 0
  for _, value in ipairs(values) do mean = mean + value/#values end
  for _, value in ipairs(values) do square = square + (value - mean)^2/(#values - 1) end
  return mean, square
end

-- Values over cells by quantity; seeds of their lives begin after `from`.
local function live_all(from, exact, tolerance)
  local values = {}
  for seed = 1, cells do
    local options = { args = { seed = seed, seconds = seconds, exact = exact, tolerance = tolerance, from = from },
      timeout = 3600 }
    for name, value in pairs(assert(vm:execute_biological_process(life, options)).result) do
      values[name] = values[name] or {}
      values[name][seed] = value
    end
  end
  return values
end

local usual = live_all(0)
local names = {}
for name in pairs(usual) do names[#names + 1] = name end
table.sort(names)

local function compare(title, others)
  print(("%s, %d cells, %d s: as usual, without, standard errors between means, ratio of deviations"):format(title,
    cells, seconds))
  for _, name in ipairs(names) do
    local mean, variance = moments(usual[name])
    local other, other_variance = moments(others[name])
    print(("%-20s %11.5g +- %-9.3g %11.5g +- %-9.3g %6.2f %6.2f"):format(name, mean, variance^0.5, other,
      other_variance^0.5, (mean - other)/((variance + other_variance)/cells)^0.5, (variance/other_variance)^0.5))
  end
end

compare("chains at the membrane", live_all(1000, true))
compare("tolerance", live_all(2000, nil, { relative = 1e-8, absolute = 1e-12 }))
