-- The books of syn3a's whole cell, as code for a VM: books.begin { … as begin_whole_cell … } begins a cell that counts
-- the reactions of metabolism whose two sides have not as much of a base; books.held(base) is what there is of it,
-- molecules: pools, what synthetases hold, RNA and DNA made, less what is owed and what was brought. It never changes.
-- books.sources are names of those reactions by base, with - what takes of it; books.brought(base) is what they
-- brought; books.gtp() is what there is of GTP and what was spent of it, less what was owed and made: it never changes;
-- books.forms() is how far forms of carrier proteins are from the protein's count, molecules at most.
return [[
  books = { sources = {}, bases = { "adenine", "cytosine", "guanine", "thymine", "uracil" } }
  local metabolism = require "syn3a.whole_metabolism"

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

  function books.begin(options)
    local seen = {}
    options.counted = { "PGK3", "PYK3" }
    for base, row in pairs(bases) do
      books.sources[base] = {}
      for _, r in ipairs(metabolism.reactions()) do
        local n = brings(r, words(row[1]))
        if n ~= 0 then
          table.insert(books.sources[base], n > 0 and r.name or "-" .. r.name)
          if not seen[r.name] then table.insert(options.counted, r.name) end
          seen[r.name] = true
        end
      end
    end
    table.sort(options.counted)
    cell:begin_whole_cell(options)
  end

  function books.brought(base)
    local sum, pools = 0, words(bases[base][1])
    for _, r in ipairs(metabolism.reactions()) do
      local n = brings(r, pools)
      if n ~= 0 then sum = sum + n*cell:get("turned_" .. r.name) end
    end
    return sum
  end

  function books.held(base)
    local pools, owed, built = table.unpack(bases[base])
    local sum = 0
    for name in pairs(words(pools)) do sum = sum + cell:get("M_" .. name .. "_c") end
    sum = sum*cell:get "per_mM" - books.brought(base)
    for name in pairs(words(owed)) do sum = sum - cell:get("debt_" .. name) end
    for name in pairs(words(built)) do sum = sum + cell:get(name) end
    for _, name in ipairs(base == "adenine" and cell:species() or {}) do
      if name:find "^P_%d+_atp" then sum = sum + cell:get(name) end
    end
    return sum
  end

  function books.gtp()
    return cell:get "M_gtp_c"*cell:get "per_mM" - cell:get "debt_GTP" + cell:get "sum_G_in_RNA"
      + cell:get "sum_G_out_of_RNA" + 2*cell:get "sum_translation" + 2*cell:get "sum_handover"
      - cell:get "turned_PGK3" - cell:get "turned_PYK3"
  end

  function books.forms()
    local most = 0
    for _, carrier in ipairs(require("syn3a.complexes").carriers) do
      local sum, count = cell:get("M_" .. carrier[2]), 0
      for form in pairs(carrier[3]) do sum = sum + cell:get("M_" .. form) end
      for name in metabolism.molecules(carrier[1]):gmatch "[%w_]+" do count = count + cell:get(name) end
      most = math.max(most, math.abs(sum*cell:get "per_mM" - count))
    end
    return most
  end
]]
