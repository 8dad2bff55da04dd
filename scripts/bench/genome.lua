-- Megabytes a second of each reader of genomes, beside Biopython in the same run if it is installed (Debian:
-- python3-biopython, which reads neither GFF3 nor GTF), and the memory that a chromosome of 200 MB takes. The genomes
-- are made up: genes of 999 bases, one after the other.
-- Run: build/bin/bioxen scripts/bench/genome.lua

local bioxen = require "bioxen"

local machine = dofile(arg[0]:gsub("[^/]*$", "") .. "machine.lua")

local GENE, GAP = 999, 111
local stretch = GENE + GAP
local folder = io.popen("mktemp -d"):read "l"

-- Bases that are no repeats: a gene of codons without stops, and a gap.
local function make_bases(genes)
  local codons, random, parts = { "gct", "aaa", "ctg", "gaa", "acc", "gtt", "cgt", "ttc" }, 1, {}
  for i = 1, genes do
    local gene = { "atg" }
    for j = 2, GENE//3 - 1 do
      random = (random*1103515245 + 12345) % 2147483648
      gene[j] = codons[random//65536 % 8 + 1]
    end
    gene[GENE//3] = "taa"
    parts[i] = table.concat(gene) .. ("ttgacaattaatcatcggctcgtataatgtgtggaa"):rep(4):sub(1, GAP)
  end
  return table.concat(parts)
end

local function write(name, text)
  local file <close> = assert(io.open(folder .. "/" .. name, "w"))
  assert(file:write(text))
  return folder .. "/" .. name
end

local function lines_of(bases, width, form)
  local list = {}
  for at = 1, #bases, width do list[#list + 1] = form(bases:sub(at, at + width - 1), at) end
  return table.concat(list)
end

local function make_genome(genes)
  local bases, list = make_bases(genes), {}
  for i = 1, genes do
    local start = (i - 1)*stretch + 1
    list[i] = { id = ("g%06d"):format(i), name = "abc" .. i, type = "CDS", start = start, stop = start + GENE - 1,
      product = "protein of unknown function " .. i, db_xref = "GeneID:" .. i }
  end
  return bioxen.genome.new { sequences = { { id = "chr", bases = bases, code = 11, circular = true } }, genes = list }
end

-- EMBL and GTF, which are not written by the library, from what it writes.
local function to_embl(genome)
  local bases = genome:bases()
  local table_ = genome:to_genbank():match "FEATURES[^\n]*\n(.-)ORIGIN"
  local features = table_:gsub("[^\n]*\n", function(line) return "FT" .. line:sub(3) end)
  local sequence = lines_of(bases:lower(), 60, function(line, at)
    return ("     %-66s%9d\n"):format(line:gsub("..........", "%0 "), at + #line - 1)
  end)
  return ("ID   chr; SV 1; circular; genomic DNA; STD; PRO; %d BP.\nXX\nAC   chr;\n%sSQ   Sequence\n%s//\n"):format(
    #bases, features, sequence)
end

local function to_gtf(genome)
  local rows = {}
  for i, id in ipairs(genome:genes()) do
    local gene = genome:gene(id)
    rows[i] = ("chr\tx\tCDS\t%d\t%d\t.\t+\t0\t"):format(gene.start, gene.stop)
      .. ('gene_id "%s"; transcript_id "t%s"; gene_name "%s"; product "%s";\n'):format(id, id, gene.name, gene.product)
  end
  return "#gtf-version 2.2\n" .. table.concat(rows)
end

-- Seconds: the best of 5.
local function time(run)
  local best = math.huge
  for _ = 1, 5 do
    local start = bioxen.clock()
    run()
    best = math.min(best, bioxen.clock() - start)
  end
  return best
end

local biopython = [[
import sys, time
import Bio
from Bio import SeqIO
best = 1e9
for _ in range(3):
    start = time.perf_counter()
    for record in SeqIO.parse(sys.argv[1], sys.argv[2]): len(record.seq), len(record.features)
    best = min(best, time.perf_counter() - start)
print("biopython", Bio.__version__, best)
]]

local function time_biopython(path, format)
  if format == "gff3" or format == "gtf" then return nil end
  local script = write("bench.py", biopython)
  local pipe <close> = assert(io.popen(("/usr/bin/python3 -W ignore %s %s %s 2>&1"):format(script, path, format)))
  local version, seconds = pipe:read("a"):match "biopython (%S+) (%S+)"
  return tonumber(seconds), version
end

local function size_of(path)
  local file <close> = assert(io.open(path))
  return file:seek "end"/1e6
end

local function bench(format, path)
  local size, seconds = size_of(path), time(function() assert(bioxen.genome.load(path, { format = format })) end)
  local theirs, version = time_biopython(path, format)
  print(("| %-8s | %6.1f | %8.0f | %9s | %6s |"):format(format, size, size/seconds,
    theirs and ("%.0f"):format(size/theirs) or "-", theirs and ("%.1f"):format(theirs/seconds) or "-"))
  return version
end

-- The most memory that reading took, in a program of its own.
local function peak_memory(path)
  local program = arg[-1] or "build/bin/bioxen"
  local code = [[local g = assert(require "bioxen".genome.load(arg[1]))
    for line in io.lines "/proc/self/status" do
      if line:find "^VmHWM" then print(g:length(), line:match "%d+") end
    end]]
  local pipe <close> = assert(io.popen(("%s %s %s"):format(program, write("peak.lua", code), path)))
  local length, kilobytes = pipe:read("a"):match "(%d+)%s+(%d+)"
  return tonumber(length), tonumber(kilobytes)/1e3
end

local function bench_chromosome()
  local path = folder .. "/large.fa"
  local file <close> = assert(io.open(path, "w"))
  local line = make_bases(1):sub(1, 60)
  file:write ">chr\n"
  local block = (line .. "\n"):rep(10000)
  for _ = 1, 200e6//(60*10000) do file:write(block) end
  file:close()
  local length, megabytes = peak_memory(path)
  print(("a chromosome of %.0f MB: at most %.0f MB of memory (bar: twice its bases)"):format(length/1e6, megabytes))
end

print("Machine: " .. machine)
local genome = make_genome(20000)
print "| format   |     MB | MB/s     | Biopython | times  |"
print "|----------|--------|----------|-----------|--------|"
local version
for _, format in ipairs { "fasta", "genbank", "embl", "gff3", "gtf" } do
  local text = ({ fasta = genome.to_fasta, genbank = genome.to_genbank, embl = to_embl, gff3 = genome.to_gff3,
    gtf = to_gtf })[format](genome)
  version = bench(format, write("a." .. format, text)) or version
end
print(version and "Biopython " .. version or "Biopython is not installed.")
bench_chromosome()
os.execute("rm -rf " .. folder)
