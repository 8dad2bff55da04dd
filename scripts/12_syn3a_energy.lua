-- The energy of a cell of JCVI-syn3A by its published kinetic model: what makes its ATP and GTP, and what they are
-- spent on, from birth to division. Run it with: bioxen scripts/12_syn3a_energy.lua [seconds at most] [seed]
-- A whole cycle takes some 20 s. It leaves out/12_syn3a_energy.csv and, where gnuplot is installed, a picture.

local bioxen = require "bioxen"

local seconds, seed = tonumber(arg and arg[1]) or 9000, math.tointeger(tonumber(arg and arg[2])) or 1

local vm <close> = assert(bioxen.create_bio_vm("energy", "syn3a"))
assert(vm:start())

-- Molecules a second by purpose, a row a minute, the mean of that minute: what expression spends the cell counts by
-- itself, and turns of metabolism where it is asked to.
local budget = assert(vm:execute_biological_process([[
  local rows, counted, before = {}, {}, {}
  local purposes = { ATP_for_charging = "sum_charging", ATP_for_transcription = "sum_transcription",
    ATP_for_decay = "sum_decay", ATP_for_replication = "sum_replication", ATP_for_digestion = "sum_digestion",
    ATP_for_secretion = "sum_secretion", GTP_for_translation = "sum_translation", GTP_for_handover = "sum_handover" }
  local each = { GTP_for_translation = 2, GTP_for_handover = 2 }
  local rna = { ATP_for_RNA = "A", GTP_for_RNA = "G" } -- which comes out of it again as AMP and GMP
  local function net(r, pool)
    local n = 0
    for _, term in ipairs(r.made) do n = n + (term[1] == pool and term[2] or 0) end
    for _, term in ipairs(r.taken) do n = n - (term[1] == pool and term[2] or 0) end
    return n
  end
  local function kind(r)
    if r.name:find "^P[GY]K%d?$" then return "glycolysis" end
    if r.name == "ACKr" or r.name == "ATPase" or r.name == "PFK" then return r.name end
    if r.name:find "abc$" or r.name == "Kt6" then return "transport" end
    return "others"
  end
  local reactions = {}
  for _, r in ipairs(require("syn3a.whole_metabolism").reactions()) do
    local atp, gtp = net(r, "atp_c"), net(r, "gtp_c")
    if atp ~= 0 or gtp ~= 0 then
      counted[#counted + 1] = r.name
      reactions[#reactions + 1] = { "turned_" .. r.name, kind(r), { ATP = atp, GTP = gtp } }
    end
  end
  local function since(name)
    local sum = cell:get(name)
    local n = sum - (before[name] or 0)
    before[name] = sum
    return n/60
  end
  local function note()
    local row = { time = cell:time() }
    for purpose, name in pairs(purposes) do row[purpose] = (each[purpose] or 1)*since(name) end
    for purpose, letter in pairs(rna) do
      row[purpose] = since("sum_" .. letter .. "_in_RNA") + since("sum_" .. letter .. "_out_of_RNA")
    end
    for _, r in ipairs(reactions) do
      local turns = since(r[1])
      for base, n in pairs(r[3]) do
        local name = base .. "_by_" .. r[2]
        row[name] = n ~= 0 and (row[name] or 0) + n*turns or row[name]
      end
    end
    rows[#rows + 1] = row
  end
  cell:begin_whole_cell { seed = args.seed, counted = counted }
  local ready
  for minute = 1, args.seconds//60 do
    ready = cell:live { duration = 60, seed = 1000*args.seed + minute }.ready
    if ready then break end -- which is no whole minute
    note()
  end
  return { rows = rows, numbers = organism.metrics(cell), ready = ready }
]], { args = { seconds = seconds, seed = seed }, timeout = 7200 })).result

local rows, numbers, names = budget.rows, budget.numbers, {}
for name in pairs(rows[1]) do
  if name ~= "time" then names[#names + 1] = name end
end
table.sort(names)

local table_file = assert(bioxen.out "12_syn3a_energy.csv")
local csv = assert(io.open(table_file, "w"))
csv:write("time_s,", table.concat(names, ","), "\n")
for _, row in ipairs(rows) do
  local values = { ("%g"):format(row.time) }
  for i, name in ipairs(names) do values[i + 1] = ("%.9g"):format(row[name]) end
  csv:write(table.concat(values, ","), "\n")
end
csv:close()

print(("%.1f min of life%s; molecules a second, mean, and of all that is made or spent\n"):format(numbers.time/60,
  budget.ready and ", ready to divide" or ""))
local function mean(name)
  local sum = 0
  for _, row in ipairs(rows) do sum = sum + row[name]/#rows end
  return sum
end
for _, base in ipairs { "ATP", "GTP" } do
  local made, spent = 0, 0
  local list = {}
  for _, name in ipairs(names) do
    if name:find("^" .. base) then
      local value = name:find "_for_" and -mean(name) or mean(name)
      list[#list + 1] = { name, value }
      made, spent = made + math.max(0, value), spent + math.max(0, -value)
    end
  end
  table.sort(list, function(a, b) return a[2] > b[2] end)
  for _, row in ipairs(list) do
    print(("%-24s %12.0f %5.1f %%"):format(row[1], row[2], 100*math.abs(row[2])/(row[2] > 0 and made or spent)))
  end
  print(("%-24s %12.0f\n"):format(base .. ", all that is made", made))
end
print("The life of it:    " .. table_file)

local function over_time(name, label, sign)
  local x, y = {}, {}
  for i, row in ipairs(rows) do x[i], y[i] = row.time/60, row[name]*(sign or 1)/1000 end
  return { x = x, y = y, name = label, style = "lines" }
end

local picture = assert(bioxen.out "12_syn3a_energy.png")
local drawn, err = bioxen.plot {
  file = picture, size = { 1200, 800 }, across = 2, title = "The energy of a cell of JCVI-syn3A",
  panels = {
    { title = "ATP: metabolism", x_label = "time (min)", y_label = "made, thousands a second",
      series = { over_time("ATP_by_glycolysis", "PGK and PYK"), over_time("ATP_by_ACKr", "acetate kinase"),
        over_time("ATP_by_PFK", "PFK"), over_time("ATP_by_transport", "transport"),
        over_time("ATP_by_ATPase", "proton pump"), over_time("ATP_by_others", "others") } },
    { title = "ATP: expression", x_label = "time (min)", y_label = "spent, thousands a second",
      series = { over_time("ATP_for_charging", "charging of tRNA"), over_time("ATP_for_transcription", "transcription"),
        over_time("ATP_for_decay", "decay of mRNA"), over_time("ATP_for_RNA", "in RNA"),
        over_time("ATP_for_replication", "replication") } },
    { title = "GTP: metabolism", x_label = "time (min)", y_label = "made, thousands a second",
      series = { over_time("GTP_by_glycolysis", "PGK and PYK") } },
    { title = "GTP: expression", x_label = "time (min)", y_label = "spent, thousands a second",
      series = { over_time("GTP_for_translation", "translation"), over_time("GTP_for_RNA", "in RNA") } },
  },
}
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
