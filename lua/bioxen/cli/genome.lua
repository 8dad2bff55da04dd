-- `bioxen genome`: files of genomes, described and converted.

local bioxen = require "bioxen"
local ending = require "bioxen.ending"
local json = require "bioxen.cli.json"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"

local function load(options)
  local how = { format = options.from, code = options.code, fasta = options.fasta, strict = options.strict }
  if options.file == "-" then
    local text, err = source.read "-"
    if not text then return nil, err end
    return bioxen.genome.parse(text, how)
  end
  return bioxen.genome.load(options.file, how)
end

local function sorted_keys(of)
  local keys = {}
  for key in pairs(of) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return of[a] ~= of[b] and of[a] > of[b] or of[a] == of[b] and a < b end)
  return keys
end

local function known(genome)
  for _, sequence in ipairs(genome:sequences()) do
    if not sequence.known then return false end
  end
  return true
end

-- How many features there are of each type: of genes, and of what is none.
local function count_types(genome)
  local genes, others, is_gene = {}, {}, {}
  for _, id in ipairs(genome:genes()) do is_gene[id] = true end
  for _, id in ipairs(genome:features()) do
    local counts, kind = is_gene[id] and genes or others, genome:gene(id).type
    counts[kind] = (counts[kind] or 0) + 1
  end
  return genes, others
end

local function describe(genome)
  local sequences = json.list()
  for i, sequence in ipairs(genome:sequences()) do sequences[i] = sequence end
  return { warnings = json.list(genome:warnings()), length = genome:length(), sequences = sequences,
    genes = #genome:genes(), types = genome:categories(),
    gc = known(genome) and genome:length() > 0 and genome:gc() or nil }
end

local function print_info(facts)
  print(("%d base pairs, %d genes%s"):format(facts.length, facts.genes,
    facts.gc and (", %.2f %% G and C"):format(100*facts.gc) or ", bases not known"))
  print "\nSequences:"
  for _, sequence in ipairs(facts.sequences) do
    say.line(("  %-20s %9d %-9s genetic code %d%s"):format(sequence.id, sequence.length,
      sequence.circular and "circular" or "linear", sequence.code,
      sequence.description and ", " .. sequence.description or ""))
  end
end

local function print_types(title, counts)
  if next(counts) then print("\n" .. title) end
  for _, kind in ipairs(sorted_keys(counts)) do say.line(("  %-20s %9d"):format(kind, counts[kind])) end
end

local function info(options)
  local genome, err = load(options)
  if not genome then return say.failed(err) end
  local facts = describe(genome)
  if options.json then return json.print(facts) end
  say.warnings(facts.warnings)
  print_info(facts)
  local genes, others = count_types(genome)
  print_types("Genes:", genes)
  print_types("Other features:", others)
  return say.DONE
end

-- Why a protein is not what the file has, and what the file says of it, such as "RNA editing".
local function difference(genome, found)
  local exception = genome:gene(found.id).exception
  local said = exception and (" (exception: %s)"):format(exception) or ""
  if found.message then return found.message .. said end
  return ("%s: residue %d is %s, and by the file %s%s"):format(found.id, found.position,
    found.protein:sub(found.position, found.position):gsub("^$", "missing"),
    found.stated:sub(found.position, found.position):gsub("^$", "missing"), said)
end

local function check(options)
  local genome, err = load(options)
  if not genome then return say.failed(err) end
  local differ, compared = genome:check()
  if options.json then
    json.print { compared = compared, differ = json.list(differ), warnings = json.list(genome:warnings()) }
  else
    say.warnings(genome:warnings())
    for _, found in ipairs(differ) do say.line(difference(genome, found)) end
    print(("%d of %d proteins are as the file has them"):format(compared - #differ, compared))
  end
  return #differ == 0 and say.DONE or say.FAILED
end

local writers = {
  fasta = function(genome) return genome:to_fasta() end,
  genes = function(genome) return genome:to_fasta(nil, "genes") end,
  proteins = function(genome) return genome:to_fasta(nil, "proteins") end,
  gff3 = function(genome) return genome:to_gff3() end,
  genbank = function(genome) return genome:to_genbank() end,
  genome = function(genome) return genome:to_genome() end,
}

local FASTA = { "", "fasta", "fa", "fna", "ffn", "faa", "txt" }

local endings = { fasta = FASTA, genes = FASTA, proteins = FASTA, gff3 = { "", "gff3", "gff", "txt" },
  genbank = { "", "genbank", "gbk", "gb", "gbff", "txt" }, genome = { "", "genome", "txt" } }

local function convert(options)
  local fits, mistake = ending.check("--out", endings[options.to], options.out or "")
  if not fits then return nil, mistake end
  local genome, err = load(options)
  if not genome then return say.failed(err) end
  say.warnings(genome:warnings())
  local wrote, text, err = pcall(writers[options.to], genome)
  if not wrote then
    return say.failed(("%s: %s; --fasta names a file with the bases"):format(options.file, text))
  end
  if not text then return say.failed(err) end
  if text == "" then return say.failed(("%s: there are no %s in it"):format(options.file, options.to)) end
  local written, err = source.write(text, options.out)
  return written and say.DONE or say.failed(err)
end

local file = { "FILE", "FASTA, GenBank, EMBL, GFF3, GTF or .genome, by gzip or not; - reads standard input." }
local reading = {
  { "--from", "What the file is (default: told from the text).", value = "FORMAT",
    choices = { "fasta", "genbank", "embl", "gff3", "gtf", "genome" } },
  { "--strict", "Refuse what would be a warning." },
  { "--fasta", "The bases, where a GFF3, GTF or .genome file has none.", value = "FILE" },
  { "--code", "Genetic code, by NCBI's numbers (default: as the file says, else 11).", value = "N",
    number = { integer = true, minimum = 1 } },
}

local function with_reading(options)
  return table.move(reading, 1, #reading, #options + 1, options)
end

return {
  name = "genome",
  summary = "describe and convert files of genomes",
  commands = {
    {
      name = "info",
      summary = "sequences, bases and genes of a genome",
      arguments = { file },
      options = with_reading { { "--json", "The same as JSON." } },
      examples = { { "bioxen genome info NC_000913.gbk.gz", "what is in it" } },
      run = info,
    },
    {
      name = "check",
      summary = "proteins, against those that the file has",
      arguments = { file },
      options = with_reading { { "--json", "The same as JSON." } },
      examples = { { "bioxen genome check NC_000913.gbk.gz", "those that differ" } },
      run = check,
    },
    {
      name = "convert",
      summary = "write a genome in another format",
      arguments = { file },
      options = with_reading {
        { "--to", "The format to write: sequences, genes or proteins as FASTA; GenBank; GFF3; or a .genome table.",
          value = "FORMAT", required = true, choices = { "fasta", "genbank", "gff3", "genome", "proteins", "genes" } },
        { "--out", "Write to this file (default: standard output).", value = "FILE" },
      },
      examples = { { "bioxen genome convert ecoli.gbk --to proteins --out ecoli.faa", "its proteins" } },
      run = convert,
    },
  },
}
