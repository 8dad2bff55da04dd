-- The books of whole cells of syn3a over a cycle: adenine, cytosine, guanine, thymine and uracil in pools, RNA and DNA,
-- less what is owed and what metabolism brought, beside what they were at birth; forms of carrier proteins beside the
-- proteins; and at each second the least of any pool, and of each debt how long it was owed at most. Run at the root
-- of the tree: build/bin/bioxen scripts/bench/syn3a_books.lua [seconds, else 7200] [cells, else 1] [first seed, else 1]

local bioxen = require "bioxen"

local seconds, cells, first = tonumber(arg[1] or 7200), tonumber(arg[2] or 1), tonumber(arg[3] or 1)

local vm <close> = assert(bioxen.create_bio_vm("books", "syn3a", "basic", { memory = 512*2^20 }))
assert(vm:start())
local function run(code, args)
  return assert(vm:execute_biological_process(code, { args = args, timeout = 36000 })).result
end

run(dofile "spec/support/syn3a_books.lua")
run [[
  local debts = { "ATP", "GTP", "CTP", "UTP", "dATP", "dTTP", "dCTP", "dGTP" }
  local record, owed_for, before = {}, {}, {}
  least, oldest = {}, {}
  function start(seed)
    books.begin { seed = seed }
    record, least = {}, { math.huge, "", 0 }
    for _, name in ipairs(cell:species()) do
      if name:find "^M_" then record[#record + 1] = name end
    end
    for i, name in ipairs(debts) do record[#record + 1], owed_for[i], oldest[name] = "debt_" .. name, 0, 0 end
    for _, base in ipairs(books.bases) do before[base] = books.held(base) end
  end
  -- What is off by then, of itself.
  function go_on(duration, seed)
    local t = cell:live { duration = duration, every = 1, seed = seed, to_the_end = true, record = record }
    for i = 2, #t.time do
      for _, name in ipairs(record) do
        if name:find "^M_" and t[name][i] < least[1] then least = { t[name][i], name, t.time[i] } end
      end
      for j, name in ipairs(debts) do
        owed_for[j] = t["debt_" .. name][i] > 0 and owed_for[j] + 1 or 0
        oldest[name] = math.max(oldest[name], owed_for[j])
      end
    end
    local off = {}
    for i, base in ipairs(books.bases) do off[i] = books.held(base)/before[base] - 1 end
    return { time = cell:time(), off = off, forms = books.forms() }
  end
]]
local step = math.min(600, seconds)
local bases = run "return books.bases"
print("What is brought, and by what:")
for seed = first, first + cells - 1 do
  run("start(args)", seed)
  if seed == first then
    for _, base in ipairs(bases) do
      print(("  %-9s %s"):format(base, table.concat(run("return books.sources[args]", base), " ")))
    end
    print("seed, time (s); off by, of itself: " .. table.concat(bases, ", ") .. "; carriers' forms, molecules")
  end
  for i = 1, seconds // step do
    local row = run("return go_on(args[1], args[2])", { step, 1000*seed + i })
    local words = {}
    for j, off in ipairs(row.off) do words[j] = ("%8.1e"):format(off) end
    print(("%4d %6d %s %8.1e"):format(seed, row.time, table.concat(words, " "), row.forms))
  end
  local got, words = run "return { least, oldest }", {}
  for name, age in pairs(got[2]) do words[#words + 1] = ("%s %d"):format(name, age) end
  table.sort(words)
  print(("%4d least of any pool: %g mM (%s, at %d s); longest owed, s: %s"):format(seed, got[1][1], got[1][2],
    got[1][3], table.concat(words, ", ")))
end
