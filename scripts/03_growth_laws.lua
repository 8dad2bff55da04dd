-- The growth laws of bacteria (Scott et al., Science 330:1099, 2010) in a whole-cell model that does not have
-- them in it: they follow from energy, ribosomes and protein being finite. Run it with:
-- bioxen scripts/03_growth_laws.lua. It leaves out/03_growth_laws.csv and, where gnuplot is installed,
-- out/03_growth_laws.png.

local bioxen = require "bioxen"

local vm <close> = assert(bioxen.create_bio_vm("laws", "minimal_cell"))
assert(vm:start())

-- The cell is taken through conditions, and grows in each until nothing changes any more: media of more and
-- less worth, doses of chloramphenicol (µM), which stalls ribosomes, and a gene of no use (mRNA a minute).
local series = assert(vm:execute_biological_process [[
  local function grow()
    local m = cell:steady_state()
    return { growth = m.growth_rate, ribosomal = m.ribosomal_mass_fraction,
      useless = 300*cell:get "p"/m.protein_mass, quality = cell:get "ns", dose = cell:get "cl",
      transcripts = 60*cell:get "wp" }
  end
  local series = { media = {}, useless = {} }
  for i, quality in ipairs { 0.1, 0.15, 0.2, 0.35, 0.5, 0.75, 1 } do
    cell:set_medium { quality = quality }
    series.media[i] = grow()
  end
  for _, quality in ipairs { 0.25, 0.5, 1 } do
    cell:set_medium { quality = quality }
    local doses = {}
    for i, dose in ipairs { 0, 2, 4, 6, 8 } do
      cell:set_antibiotic(dose)
      doses[i] = grow()
    end
    cell:set_antibiotic(0)
    series[#series + 1] = doses
  end
  cell:set_medium "standard"
  for i, transcripts in ipairs { 0, 10, 20, 40, 60, 80, 100 } do
    cell:express_heterologous(transcripts)
    series.useless[i] = grow()
  end
  return series
]]).result

-- Least squares: slope, value at 0, correlation.
local function line(points, x, y)
  local n, sx, sy, sxx, sxy, syy = #points, 0, 0, 0, 0, 0
  for _, point in ipairs(points) do
    local a, b = point[x], point[y]
    sx, sy, sxx, sxy, syy = sx + a, sy + b, sxx + a*a, sxy + a*b, syy + b*b
  end
  local slope = (n*sxy - sx*sy)/(n*sxx - sx*sx)
  return slope, (sy - slope*sx)/n, (n*sxy - sx*sy)/math.sqrt((n*sxx - sx*sx)*(n*syy - sy*sy))
end

print "First law: the better the medium, the more of the protein is ribosomes, in proportion to growth\n"
print "quality of the medium   growth, 1/h   ribosomes, % of protein"
for _, point in ipairs(series.media) do
  print(("%21.2f %13.3f %25.1f"):format(point.quality, point.growth, 100*point.ribosomal))
end
local slope, start, correlation = line(series.media, "growth", "ribosomal")
print(("  a line: %.1f %% at no growth, %.1f %% more for each 1/h, correlation %.4f\n"):format(100*start,
  100*slope, correlation))

print "Second law: the more translation is slowed, the more ribosomes, in proportion to growth lost\n"
print "quality of the medium   at no growth, %   correlation"
for _, doses in ipairs(series) do
  local _, most, fit = line(doses, "growth", "ribosomal")
  print(("%21.2f %17.1f %13.4f"):format(doses[1].quality, 100*most, fit))
end
print "  the lines meet where growth would end (measured: 55 % of the protein)\n"

print "Third: protein of no use takes its part of growth\n"
print "transcripts a minute   useless, % of protein   growth, 1/h"
for _, point in ipairs(series.useless) do
  print(("%20.0f %23.1f %13.3f"):format(point.transcripts, 100*math.max(0, point.useless), point.growth))
end
local loss, free = line(series.useless, "useless", "growth")
print(("  a line: growth would end at %.0f %% (measured: 48 %%)"):format(-100*free/loss))

local table_file, picture = assert(bioxen.out "03_growth_laws.csv"), assert(bioxen.out "03_growth_laws.png")
local file = assert(io.open(table_file, "w"))
file:write "quality,chloramphenicol_uM,transcripts_per_minute,growth_per_h,ribosomal_fraction,useless_fraction\n"
for _, points in ipairs { series.media, series.useless, table.unpack(series) } do
  for _, point in ipairs(points) do
    file:write(("%g,%g,%g,%.9g,%.9g,%.9g\n"):format(point.quality, point.dose, point.transcripts, point.growth,
      point.ribosomal, point.useless))
  end
end
file:close()
print("\nAll of it:         " .. table_file)

local function column(points, key, factor)
  local values = {}
  for i, point in ipairs(points) do values[i] = (factor or 1)*point[key] end
  return values
end

-- Points, and lines from one to the next.
local function add(panel, colour, points, x, y, name)
  local xs, ys = column(points, x, x == "useless" and 100), column(points, y, y == "ribosomal" and 100)
  panel.series[#panel.series + 1] = { x = xs, y = ys, style = "points", colour = colour }
  panel.series[#panel.series + 1] = { x = xs, y = ys, name = name, colour = colour }
end

local laws = { title = "Two laws of ribosomes", x_label = "growth rate (1/h)", y_label = "ribosomes (% of protein)",
  x_range = { 0, 2.4 }, y_range = { 0, 60 }, legend = true, series = {} }
add(laws, 1, series.media, "growth", "ribosomal", "better media")
for i, doses in ipairs(series) do
  add(laws, 1 + i, doses, "growth", "ribosomal", ("drug, quality %g"):format(doses[1].quality))
end
local cost = { title = "The cost of a useless protein", x_label = "useless protein (% of protein)",
  y_label = "growth rate (1/h)", x_range = { 0, 50 }, y_range = { 0, 1.6 }, legend = true, series = {} }
add(cost, 1, series.useless, "useless", "growth", "more transcripts")
cost.series[3] = { x = { 0, -100*free/loss }, y = { free, 0 }, name = "the line through them", colour = 14 }

local drawn, err = bioxen.plot { file = picture, size = { 1200, 560 }, across = 2,
  title = "Growth laws of a minimal cell (Weiße et al. 2015)", panels = { laws, cost } }
print(drawn and "The picture of it: " .. picture or "No picture: " .. err.message)
