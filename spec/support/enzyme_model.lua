-- A network of so many steps whose enzymes come out of one pool, by turnover numbers of six decades: with the weights
-- of the enzymes and what growth takes, coefficients are over more than ten. The seed says which one.

local state

local function random()
  state = (state*1103515245 + 12345) % (1 << 31)
  return state/(1 << 31)
end

local function between(low, high) return low*(high/low)^random() end

local function any(n) return random()*n // 1 + 1 end

return function(seed, steps)
  state = seed
  for _ = 1, 5 do random() end
  local reactions = { { "--> m1", name = "uptake" }, { "--> pool", name = "pool", upper = 0.07 },
    { "atp --> adp", name = "maintenance", lower = 0.7, upper = 0.7 }, { "adp + m1 --> atp + m2", name = "last" } }
  local function add(equation, ...)
    reactions[#reactions + 1] = { equation:format(...), name = "r" .. #reactions }
  end
  local growth = { "10 atp" }
  for i = 1, steps do
    add("%.6g pool --> e%d", between(5, 300), i)
    local from = any(i)
    local first, second = "", ""
    if random() < 0.3 then first, second = " + adp", " + atp"
    elseif random() < 0.3 then first, second = " + atp", " + adp" end
    for _ = 1, random() < 0.4 and 2 or 1 do
      add("m%d%s + %.6g e%d --> m%d%s", from, first, between(1e-10, 1e-4), any(i), i + 1, second)
    end
    if random() < 0.3 then add("m%d + %.6g e%d --> m%d", i + 1, between(1e-10, 1e-4), i, from) end
    if random() < 0.4 then growth[#growth + 1] = ("%.6g m%d"):format(between(1e-6, 1), i + 1) end
    if random() < 0.3 then add("m%d -->", i + 1) end
  end
  reactions[#reactions + 1] = { table.concat(growth, " + ") .. " --> 10 adp", name = "growth" }
  return { reactions = reactions, objective = "growth" }
end
