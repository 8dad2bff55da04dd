-- Files of genomes as programs write them: what is kept, what is told, and what other programs make of what is written.

local bioxen = require "bioxen"
local shell = require "spec.support.shell"

-- "reading" once on each strand, with all sorts of genes around it. Bases of the genes are what their proteins say.
local coding = "atgaaaaccgcttacatcgctaaacagtaa" -- MKTAYIAKQ
local other_strand = "ttactgtttagcgatgtaagcggttttcat"
local selenium = "atgaaatgaacctaa" -- MK, Sec, T
local spacer = "ttgacaattaatcatcggctcg"

local parts = { coding, spacer, other_strand, spacer, selenium, spacer, "gtgaaaaccc" }
local bases = table.concat(parts)

local function origin(text)
  local lines = {}
  for at = 1, #text, 60 do
    local line = text:sub(at, at + 59):gsub("..........", "%0 ")
    lines[#lines + 1] = ("%9d %s"):format(at, line)
  end
  return "ORIGIN\n" .. table.concat(lines, "\n") .. "\n//\n"
end

local function record(features, topology)
  local head = ("LOCUS       ZOO %d bp DNA %s SYN 01-JAN-2026\nDEFINITION  all sorts; of genes.\n"):format(#bases,
    topology or "circular")
  local lines = {}
  for line in features:gmatch "[^\n]+" do
    local key, location = line:match "^(%a[%w_]*) (%S+)$"
    lines[#lines + 1] = key and ("     %-15s %s\n"):format(key, location) or (" "):rep(21) .. line .. "\n"
  end
  return head .. "ACCESSION   ZOO1\nVERSION     ZOO1.1\nFEATURES             Location/Qualifiers\n"
    .. table.concat(lines) .. origin(bases)
end

local zoo = record([[
gene 1..30
/gene="abcA"
/locus_tag="T1"
CDS 1..30
/gene="abcA"
/locus_tag="T1"
/EC_number="1.1.1.1"
/codon_start=1
/transl_table=11
/product="reader of ""things"", T76I/V95M /S96L and of a great many more words than fit on a line"
/note="a=b; c,d & 50 %"
/db_xref="GeneID:1"
/db_xref="UniProt:P1"
/translation="MKTAYIAKQ"
CDS complement(53..82)
/locus_tag="T2"
/transl_table=11
/ApEinfo_fwdcolor="#baffa3"
/translation="MKTAYIAKQ"
gene 105..119
/locus_tag="T3"
CDS 105..119
/locus_tag="T3"
/transl_except=(pos:111..113,aa:Sec)
/transl_table=11
/translation="MKUT"
CDS 142..>151
/locus_tag="T4"
/transl_table=11
/translation="MKT"
tRNA complement(join(31..33,36..40))
/locus_tag="T5"
/product="tRNA-Leu"
misc_RNA join(148..151,1..4)
/locus_tag="T6"
gene 60..70
/locus_tag="T7"
/pseudo
gene 121..125
/locus_tag="T8"
/pseudogene="unprocessed"
/partial
promoter 31..52
/label="P trc"
RBS 100..103
/note="weak"
regulatory 126..130
/regulatory_class="terminator"
/label="T"
/gene="abcA"
regulatory 131..134
/regulatory_class="riboswitch"
rep_origin 90
/label="ori"
]])

local function parse(text, options)
  return assert(bioxen.genome.parse(text, options))
end

local function has(program)
  return (os.execute(program .. " >/dev/null 2>&1"))
end

describe("a genome file", function()
  it("has genes, and other features", function()
    local g = parse(zoo)
    assert.same({}, g:warnings())
    assert.same({ "T1", "T5", "T2", "T7", "T3", "T8", "T4", "T6" }, g:genes())
    assert.equal(8, #g:genes())
    assert.equal(13, #g:features())
    assert.equal(("Genome(%d bp, 8 genes)"):format(#bases), tostring(g))
    assert.same({ CDS = 4, tRNA = 1, transcript = 1, pseudogene = 2, promoter = 1, terminator = 1, riboswitch = 1,
      ribosome_entry_site = 1, origin_of_replication = 1 }, g:categories())
    assert.same({ "promoter_31_52" }, g:genes { type = "promoter" })
    assert.equal("promoter", g:gene("P trc").type)
    assert.equal("abcA", g:gene("T1").name)
    assert.same({ "T", "abcA" }, { g:gene("terminator_126_130").name, g:gene("terminator_126_130").gene })
    assert.equal("1.1.1.1", g:gene("T1").EC_number)
    assert.same({ true, "3'" }, { g:gene("T4").incomplete, g:gene("T4").missing_end })
  end)

  it("has its proteins checked against its own", function()
    local differ, compared = parse(zoo):check()
    assert.same({ {}, 4 }, { differ, compared })
    local wrong = zoo:gsub('"MKUT"', '"MKCT"'):gsub('(142..>151\n%s*)', "%1/codon_start=2\n                     ")
      :gsub("1%.%.30\n", "1..29\n")
    differ, compared = parse(wrong):check()
    assert.equal(4, compared)
    assert.same({ { id = "T1", stated = "MKTAYIAKQ", message = '"T1": 29 bases are no whole number of codons' },
      { id = "T3", stated = "MKCT", protein = "MKUT", position = 3 },
      { id = "T4", stated = "MKT", protein = "*KP", position = 1 } },
      { differ[1], differ[2], { id = differ[3].id, stated = differ[3].stated, protein = "*KP", position = 1 } })
  end)

  it("has codons to count", function()
    local g = parse(zoo)
    local one, all, count = g:codon_usage "abcA", g:codon_usage(), 0
    for _ in pairs(one) do count = count + 1 end
    assert.equal(64, count)
    assert.same({ 1, 2, 1, 0 }, { one.ATG, one.AAA, one.TAA, one.TGA })
    assert.same({ 3, 1, 1, 6 }, { all.ATG, all.TGA, all.GTG, all.AAA })
    assert.has_error(function() g:codon_usage "nothing" end)
  end)

  it("says what it was read with, or refuses that", function()
    local text = record "gene 1..9\n/locus_tag=\"a\"\nCDS join(1..9,X2.1:1..9)\n/locus_tag=\"b\"\n"
    local g = parse(text)
    assert.same({ "a" }, g:genes())
    local warnings = g:warnings()
    assert.equal(1, #warnings)
    assert.same({ "left_out" }, { warnings[1].code })
    assert.matches('^genome:8: a part of the location is on another record, "X2.1"', warnings[1].message)
    local none, err = bioxen.genome.parse(text, { strict = true })
    assert.same({ nil, "EGENOME" }, { none, err.code })
    assert.equal(warnings[1].message, err.message .. ": left out")
  end)

  it("has genes that are spliced from both strands, as rps12 of chloroplasts, in all formats", function()
    local g = parse(record([[
gene join(complement(71..82),1..5)
/gene="rps12"
/trans_splicing
CDS join(complement(71..82),1..2,4..5,31..32)
/gene="rps12"
/trans_splicing
/codon_start=1
/transl_table=11
/translation="MKTAII"
]], "linear"))
    local gene = g:gene "rps12"
    assert.same({ "CDS", "-", 1, 82, 18 }, { gene.type, gene.strand, gene.start, gene.stop, gene.length })
    assert.same({ { 71, 82 }, { 1, 2, strand = "+" }, { 4, 5, strand = "+" }, { 31, 32, strand = "+" } }, gene.spans)
    assert.equal("ATGAAAACCGCT" .. "AT" .. "AA" .. "TT", g:dna "rps12")
    assert.same({ {}, 1 }, { g:check() })
    local first = g:to_gff3()
    assert.matches("\t71\t82\t.\t%-\t0\t.*\t1\t2\t.\t%+\t0\t.*\t4\t5\t.\t%+\t1\t", first)
    local genbank = parse(first):to_genbank()
    assert.matches("CDS +join%(complement%(71..82%),1..2,4..5,", genbank)
    assert.equal(first, parse(genbank):to_gff3())
    local again = bioxen.genome.new { sequences = { { id = "ZOO1.1", bases = bases } }, genes = {
      { id = "rps12", type = "CDS", strand = "-", spans = gene.spans } } }
    assert.equal(g:dna "rps12", again:dna "rps12")
    local vm <close> = assert(bioxen.create_bio_vm("spliced", "minimal_cell"))
    assert(vm:start())
    local back = assert(vm:execute_biological_process("return args", { args = g })).result
    assert.same(gene, back:gene "rps12")
    for _, spans in ipairs { { { 1, 3, strand = "+" } }, { { 1, 3, strand = "x" } } } do
      assert.has_error(function()
        bioxen.genome.new { sequences = { { id = "s", length = 9 } },
          genes = { { id = "g", type = "CDS", strand = "-", spans = spans } } }
      end)
    end
  end)

  it("goes through GFF3 and GenBank without a loss", function()
    local first = parse(zoo):to_gff3()
    local genbank = parse(first):to_genbank()
    local second = parse(genbank):to_gff3()
    assert.equal(first, second)
    assert.equal(genbank, parse(second):to_genbank())
    local a, b = parse(zoo), parse(second)
    assert.same(a:features(), b:features())
    for _, id in ipairs(a:features()) do assert.same(a:gene(id), b:gene(id)) end
    assert.same(a:sequences(), b:sequences())
    assert.same({}, parse(genbank, { strict = true }):warnings())
  end)

  it("that is written as GFF3 is what genometools takes for GFF3", function()
    if not has "gt -version" then return pending "no gt: apt-get install genometools" end
    local path = os.tmpname()
    for _, text in ipairs { zoo, record("CDS join(140..151,1..3)\n/locus_tag=\"a\"\n"),
      record("CDS complement(join(1..3,10..12))\n/locus_tag=\"a\"\n", "linear") } do
      assert(parse(text):to_gff3(path))
      local pipe = assert(io.popen("gt gff3validator " .. path .. " 2>&1"))
      assert.equal("input is valid GFF3\n", pipe:read "a")
      pipe:close()
    end
    os.remove(path)
  end)

  it("that is written as GenBank is the same to Biopython", function()
    if not has "/usr/bin/python3 -c 'import Bio'" then return pending "no Biopython: python3-biopython has it" end
    local ours, theirs = os.tmpname(), os.tmpname()
    assert(parse(zoo):to_genbank(ours))
    local file = assert(io.open(theirs, "w"))
    file:write(zoo)
    file:close()
    local pipe = assert(io.popen(([[/usr/bin/python3 -W ignore - %s %s 2>&1 <<'EOF'
import sys
from Bio import SeqIO
def told(path):
    record = SeqIO.read(path, "genbank")
    features = []
    for f in record.features:
        if f.type not in ("CDS", "tRNA"): continue
        q = {k: v for k, v in f.qualifiers.items() if k not in ("codon_start",)}
        features.append((f.type, str(f.location), str(f.extract(record.seq)), sorted(q.items())))
    return record.id, record.description, str(record.seq), record.annotations["topology"], sorted(features)
a, b = told(sys.argv[1]), told(sys.argv[2])
for x, y in zip(a, b):
    if x != y: print(x, "\n", y)
print(len(a[4]))
EOF]]):format(ours, theirs)))
    assert.equal("5\n", pipe:read "a")
    pipe:close()
    os.remove(ours)
    os.remove(theirs)
  end)
end)

describe("bioxen genome", function()
  local sh
  setup(function() sh = shell.open() end)
  teardown(function() sh:close() end)

  it("says once what a file was read with, or refuses it", function()
    local file = sh:file("a.gb", record "gene 1..9\n/locus_tag=\"a\"\nCDS 1^2\n/locus_tag=\"b\"\n")
    for _, command in ipairs { "info", "convert --to gff3", "check" } do
      local status, _, err = sh(("bioxen genome %s %s"):format(command, file))
      assert.equal(0, status)
      assert.matches("^bioxen: warning: [^\n]*:8: [^\n]*between two bases[^\n]*: left out\n$", err)
      status, _, err = sh(("bioxen genome %s --strict %s"):format(command, file))
      assert.equal(1, status)
      assert.matches("^bioxen: [^\n]*:8: [^\n]*between two bases[^\n]*\n$", err)
    end
    local _, out, err = sh("bioxen genome info --json " .. file)
    assert.matches('"left_out"', out)
    assert.equal("", err)
  end)

  it("checks proteins, and tells genes from other features", function()
    local file = sh:file("zoo.gb", zoo)
    local _, out = sh("bioxen genome info " .. file)
    assert.matches("\nGenes:\n  CDS +4\n.*\nOther features:\n.*  promoter +1\n", out)
    local status
    status, out = sh("bioxen genome check " .. file)
    assert.same({ 0, "4 of 4 proteins are as the file has them\n" }, { status, out })
    file = sh:file("wrong.gb", (zoo:gsub('"MKUT"', '"MKC"')))
    status, out = sh("bioxen genome check " .. file)
    assert.same({ 1, "T3: residue 3 is U, and by the file C\n3 of 4 proteins are as the file has them\n" },
      { status, out })
    local edited = sh:file("edited.gb", (zoo:gsub('"MKUT"', '"MKC"\n                     /exception="RNA editing"')))
    local _, told = sh("bioxen genome check " .. edited)
    assert.matches("^T3: residue 3 is U, and by the file C %(exception: RNA editing%)\n", told)
    sh(("bioxen genome convert --to genbank --out %s.gbk %s"):format(file, file))
    local _, again = sh(("bioxen genome check %s.gbk"):format(file))
    assert.equal(out, again)
  end)
end)
