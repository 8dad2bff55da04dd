-- The books of syn3a's whole cell, as code for a VM: a cell with counters of what metabolism brings of each base, by
-- reactions whose two sides have not as much of it. books.begin { … as begin_whole_cell … } begins one;
-- books.held(base) is what there is of it, molecules: pools, what synthetases hold, RNA and DNA made, less what is owed
-- and what was brought. It never changes. books.sources are names of those reactions by base; books.forms() is how far
-- forms of carrier proteins are from the protein's count, molecules at most.
return [[
  books = { sources = {} }
  local metabolism = require "syn3a.whole_metabolism"
  local per_mM = require("syn3a.constants").molecules_per_mm

  -- pools, what may be owed, and what counts RNA and DNA
  local bases = {
    adenine = { "atp adp amp datp dadp damp ade adn dad_2 nad nadh nadp nadph dnad coa accoa pap fad", "ATP dATP",
      "sum_A_in_RNA sum_AT_in_DNA" },
    guanine = { "gtp gdp gmp dgtp dgdp dgmp gua gsn dgsn", "GTP dGTP", "sum_G_in_RNA sum_CG_in_DNA" },
    cytosine = { "ctp cdp cmp dctp dcdp dcmp dcyt cdpdag", "CTP dCTP", "sum_C_in_RNA sum_CG_in_DNA" },
    uracil = { "utp udp ump ura uri dutp dudp dump duri udpg udpgal udpgalfur", "UTP", "sum_U_in_RNA" },
    thymine = { "dttp dtdp dtmp thymd", "dTTP", "sum_AT_in_DNA" },
  }

  local function words(text)
    local set = {}
    for word in text:gmatch "%S+" do set[word] = true end
    return set
  end

  -- What a reaction makes of a base more than it takes.
  local function brings(r, pools)
    local n = 0
    for _, term in ipairs(r.made) do if pools[term[1]:gsub("_c$", "")] then n = n + term[2] end end
    for _, term in ipairs(r.taken) do if pools[term[1]:gsub("_c$", "")] then n = n - term[2] end end
    return n
  end

  local function counted(definition)
    for base, row in pairs(bases) do
      local pools = words(row[1])
      books.sources[base] = {}
      for i, r in ipairs(metabolism.reactions()) do
        local n = brings(r, pools)
        if n ~= 0 then
          table.insert(books.sources[base], r.name)
          definition.reactions[i][1] = ("%s + %d %s_%s"):format(definition.reactions[i][1], math.abs(n),
            n > 0 and "into" or "out_of", base)
        end
      end
      table.sort(books.sources[base])
      definition.species["into_" .. base], definition.species["out_of_" .. base] = 0, 0
      definition.parameters["brought_" .. base] = 0
    end
    return definition
  end

  function books.begin(options)
    cell:begin_whole_cell(options)
    local born, set = {}, {}
    for _, name in ipairs(cell:species()) do born[name] = cell:get(name) end
    local steps = require("syn3a.whole_exchange").steps(require("syn3a.whole_expression").network().species, per_mM,
      not options.exact)
    for base in pairs(bases) do
      local formula = ("brought_%s + (into_%s - out_of_%s)*per_mM"):format(base, base, base)
      table.insert(steps.after, 1, { "brought_" .. base, formula })
      table.insert(steps.after, 2, { "into_" .. base, "0" })
      table.insert(steps.after, 3, { "out_of_" .. base, "0" })
    end
    process "metabolism" (counted(metabolism.definition(per_mM)))
    process "exchange" { exchange = steps }
    for _, name in ipairs(cell:species()) do set[name] = born[name] end
    cell:set(set)
  end

  function books.held(base)
    local pools, owed, built = table.unpack(bases[base])
    local sum = 0
    for name in pairs(words(pools)) do sum = sum + cell:get("M_" .. name .. "_c") end
    sum = sum*cell:get "per_mM" - cell:get("brought_" .. base)
    for name in pairs(words(owed)) do sum = sum - cell:get("debt_" .. name) end
    for name in pairs(words(built)) do sum = sum + cell:get(name) end
    for _, name in ipairs(base == "adenine" and cell:species() or {}) do
      if name:find "^P_%d+_atp" then sum = sum + cell:get(name) end
    end
    return sum
  end

  function books.forms()
    local most = 0
    for _, carrier in ipairs(require("syn3a.complexes").carriers) do
      local sum = cell:get("M_" .. carrier[2])
      for form in pairs(carrier[3]) do sum = sum + cell:get("M_" .. form) end
      local names = metabolism.molecules(carrier[1])
      local count = 0
      for name in names:gmatch "[%w_]+" do count = count + cell:get(name) end
      most = math.max(most, math.abs(sum*cell:get "per_mM" - count))
    end
    return most
  end
  books.bases = { "adenine", "cytosine", "guanine", "thymine", "uracil" }
]]
