-- Null knock-outs of the whole cell of syn3a, each from the same birth as the wild type: gene, RNA, product and its
-- complexes gone. Beside the wild type: chains and transcripts finished and lipid area gained in the second half, and
-- gene copies gained in all. Where ../shared/facts is, beside single cells of an independent program of the model, too.
-- Run: build/bin/bioxen scripts/bench/syn3a_knock_outs.lua [seconds, else 600] [first, else 1] [last] [genes' numbers]

local bioxen = require "bioxen"

local seconds, first, last = tonumber(arg[1] or 600), tonumber(arg[2] or 1), tonumber(arg[3] or 1e9)

local known, loci = {}, {}
local file = io.open "../shared/facts/syn3a_oracle_knockouts_null_600s.tsv"
if file then
  file:read()
  for line in file:lines() do
    local row = {}
    for value in (line .. "\t"):gmatch "(.-)\t" do row[#row + 1] = value end
    known[row[1]] = { tonumber(row[5]), tonumber(row[6]), tonumber(row[7]), tonumber(row[9]), row[#row] }
    loci[#loci + 1] = row[1]
  end
  file:close()
end
if arg[4] or not file then loci = table.move(arg, 4, #arg, 1, {}) end

local life = [[
  local function chains() return cell:get "proteins_made" + cell:get "failures" end
  cell:begin_whole_cell { seed = 1 }
  if args.locus then cell:knock_out("JCVISYN3A_" .. args.locus) end
  cell:live { duration = args.seconds//2, seed = 1 }
  local chains_half, transcripts_half, lipids_half = chains(), cell:get "transcripts", cell:get "lipid_area"
  cell:live { duration = args.seconds - args.seconds//2, seed = 2, to_the_end = true }
  return { chains() - chains_half, cell:get "transcripts" - transcripts_half, cell:get "lipid_area" - lipids_half,
    cell:get "gene_copies" - 493, cell:get "M_atp_c" } ]]

local vm <close> = assert(bioxen.create_bio_vm("screen", "syn3a"))
assert(vm:start())
local function run(locus)
  local options = { args = { locus = locus, seconds = seconds }, timeout = 3600 }
  return assert(vm:execute_biological_process(life, options)).result
end

local function verdict(r)
  local words = {}
  if r[1] < 0.25 then words[1] = "stops expression"
  elseif r[1] < 0.75 then words[1] = "slows expression" end
  if r[4] < 0.1 then words[#words + 1] = "no replication" end
  if r[3] < 0.8 then words[#words + 1] = "slows lipids" end
  return #words > 0 and table.concat(words, "; ") or "nothing to be seen"
end

local wild = run()
print("locus\tchains\ttranscripts\tlipid area\tgenes\tATP mM\tverdict"
  .. "\ttheirs: chains, transcripts, lipid area, genes, verdict")
for i = first, math.min(last, #loci) do
  local r, theirs = run(loci[i]), known[loci[i]] or {}
  for j = 1, 4 do r[j] = r[j]/wild[j] end
  print(("%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.2f\t%s\t%s"):format(loci[i], r[1], r[2], r[3], r[4], r[5], verdict(r),
    table.concat(theirs, ", ")))
end
