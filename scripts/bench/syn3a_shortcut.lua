-- The whole cell of syn3a with chains at the membrane at rest beside one with each of their comings and goings, as
-- published: means and standard deviations over cells of the same births, and how many standard errors lie between.
-- Run: build/bin/bioxen scripts/bench/syn3a_shortcut.lua [cells, else 20] [seconds of life, else 600]

local bioxen = require "bioxen"

local cells, seconds = tonumber(arg[1] or 20), tonumber(arg[2] or 600)

local life = [[
  cell:begin_whole_cell { seed = args.seed, exact = args.exact }
  cell:live { duration = args.seconds, seed = args.exact and 1000 + args.seed or args.seed, to_the_end = true }
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

local sides = { {}, {} }
for side, exact in ipairs { false, true } do
  for seed = 1, cells do
    local options = { args = { seed = seed, seconds = seconds, exact = exact }, timeout = 3600 }
    for name, value in pairs(assert(vm:execute_biological_process(life, options)).result) do
      sides[side][name] = sides[side][name] or {}
      sides[side][name][seed] = value
    end
  end
end

local names = {}
for name in pairs(sides[1]) do names[#names + 1] = name end
table.sort(names)
print(("%d cells, %d s: at rest, one by one, standard errors between means, ratio of deviations"):format(cells,
  seconds))
for _, name in ipairs(names) do
  local mean, variance = moments(sides[1][name])
  local other, other_variance = moments(sides[2][name])
  print(("%-20s %11.5g +- %-9.3g %11.5g +- %-9.3g %6.2f %6.2f"):format(name, mean, variance^0.5, other,
    other_variance^0.5, (mean - other)/((variance + other_variance)/cells)^0.5, (variance/other_variance)^0.5))
end
