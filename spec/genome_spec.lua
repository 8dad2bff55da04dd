-- Genomes as scripts see them, on the host and inside a VM.

local bioxen = require "bioxen"
local kind = require "spec.support.vm_kind"

local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1

-- ring: 27 bases, circular; line: 8, and its bases are not known
local definition = [[{
  sequences = {
    { id = "ring", bases = "catggcttgaaaatagtttagccatac", circular = true, code = 4,
      description = "a ring" },
    { id = "line", length = 8 },
  },
  genes = {
    { id = "g4", sequence = "ring", type = "CDS", strand = "-", start = 26, stop = 4 },
    { id = "g1", sequence = "ring", type = "CDS", name = "abcA", product = "protein A", start = 2,
      stop = 16, essential = true, copies = 148, operon = "o1" },
    { id = "g2", sequence = "ring", type = "tRNA", name = "same", strand = ".", start = 17, stop = 20,
      operon = "o1" },
    { id = "g3", sequence = "ring", type = "CDS", name = "same", strand = "-",
      spans = { { 23, 25 }, { 17, 19 } } },
    { id = "g5", sequence = "line", start = 1, stop = 8, code = 11, phase = 1, incomplete = true },
  },
}]]

local function sample()
  return bioxen.genome.new(load("return " .. definition)())
end

-- one sequence
local function plain(bases, genes)
  return bioxen.genome.new { sequences = { { id = "chr", bases = bases } }, genes = genes }
end

local calls = {
  { "tostring(g)", "Genome(35 bp, 5 genes)" },
  { "g:length()", 35 }, { "g:length 'ring'", 27 }, { "g:length 'line'", 8 },
  { "g:sequences()", {
    { id = "ring", description = "a ring", length = 27, circular = true, code = 4, known = true },
    { id = "line", length = 8, circular = false, code = 11, known = false } } },
  { "g:genes()", { "g1", "g2", "g3", "g4", "g5" } },
  { "g:genes {}", { "g1", "g2", "g3", "g4", "g5" } },
  { "g:genes { type = 'CDS' }", { "g1", "g3", "g4" } },
  { "g:genes { type = 'CDS', strand = '-' }", { "g3", "g4" } },
  { "g:genes { sequence = 'line' }", { "g5" } },
  { "g:genes { operon = 'o1' }", { "g1", "g2" } },
  { "g:genes { operon = 'o1', type = 'tRNA' }", { "g2" } },
  { "g:genes { copies = 148 }", { "g1" } },
  { "g:genes { name = 'same' }", { "g2", "g3" } },
  { "g:genes { nothing = 'x' }", {} },
  { "g:genes { sequence = 'ring', from = 17, to = 19 }", { "g2", "g3" } },
  { "g:genes { sequence = 'ring', from = 20, to = 22 }", { "g2" } },
  { "g:genes { sequence = 'ring', from = 21, to = 22 }", {} },
  { "g:genes { sequence = 'ring', from = 24 }", { "g3", "g4" } },
  { "g:genes { sequence = 'ring', to = 1 }", { "g4" } },
  { "g:genes { sequence = 'ring', from = 25, to = 2 }", { "g1", "g3", "g4" } },
  { "g:gene 'g1'", { id = "g1", name = "abcA", type = "CDS", product = "protein A", sequence = "ring",
    start = 2, stop = 16, strand = "+", spans = { { 2, 16 } }, length = 15, code = 4,
    essential = "true", copies = "148", operon = "o1" } },
  { "g:gene 'g4'", { id = "g4", type = "CDS", sequence = "ring", start = 26, stop = 4, strand = "-",
    spans = { { 1, 4 }, { 26, 27 } }, length = 6, code = 4 } },
  { "g:gene 'g5'", { id = "g5", type = "gene", sequence = "line", start = 1, stop = 8, strand = "+",
    spans = { { 1, 8 } }, length = 8, code = 11, phase = 1, incomplete = true } },
  { "g:gene 'abcA'.id", "g1" },
  { "g:gene 'same' == nil and g:gene 'nothing' == nil", true },
  { "g:bases(1, 4, { sequence = 'ring' })", "CATG" },
  { "g:bases(1, 4, { sequence = 'ring', strand = '-' })", "CATG" },
  { "g:bases(26, 2, { sequence = 'ring' })", "ACCA" },
  { "g:bases(26, 2, { sequence = 'ring', strand = '-' })", "TGGT" },
  { "g:bases(nil, nil, { sequence = 'ring' })", "CATGGCTTGAAAATAGTTTAGCCATAC" },
  { "g:dna 'abcA'", "ATGGCTTGAAAATAG" }, { "g:dna 'g4'", "CATGGT" }, { "g:dna 'g3'", "ATGAAA" },
  { "g:protein 'g1'", "MAWK" }, { "g:protein 'g3'", "MK" },
  { "g:gc(1, 4, { sequence = 'ring' })", 0.5 },
  { "g:gc(26, 2, { sequence = 'ring' })", 0.5 },
  { "g:categories()", { CDS = 3, tRNA = 1, gene = 1 } },
  { "g:categories 'operon'", { o1 = 2 } }, { "g:categories 'strand'", { ["+"] = 2, ["-"] = 2, ["."] = 1 } },
  { "g:categories 'nothing'", {} },
  { "g:to_genome():match '^#[^\\n]*\\n#[^\\n]*\\n[^\\n]*'", "# start\tlength\tend\tstrand\ttype\tid\tdescription\n"
    .. "# sequence: ring length: 27 topology: circular code: 4\n2\t15\t16\t+\tCDS\tg1\tprotein A" },
  { "g:to_gff3():match 'ID=g1[^\\n]*'", "ID=g1;locus_tag=g1;Name=abcA;product=protein A;transl_table=4;"
    .. "copies=148;essential=true;operon=o1" },
  { "g.nothing == nil", true },
}

local mistakes = {
  { "g:length 'x'", { 'no sequence "x"', "there are 2: ring, line" } },
  { "g:bases()", { "which sequence?", "ring, line" } },
  { "g:bases(0, 4, { sequence = 'ring' })", { "base 0 is outside", '"ring"', "1 to 27" } },
  { "g:bases(1, 28, { sequence = 'ring' })", { "base 28 is outside", "1 to 27" } },
  { "g:bases('x', 4, { sequence = 'ring' })", { "integer", "not string" } },
  { "g:bases(1.5, 4, { sequence = 'ring' })", { "integer", "1.5" } },
  { "g:bases(1, 4, { sequence = 5 })", { "sequence", "string expected", "number" } },
  { "g:bases(1, 4, { sequence = 'ring', strand = '.' })", { "strand", '"+" or "-"' } },
  { "g:bases(1, 4, { seq = 'ring' })", { "unknown key seq", "sequence, strand" } },
  { "g:bases(1, 4, 5)", { "table expected" } },
  { "g:bases(4, 1, { sequence = 'line' })", { '"line" is not circular' } },
  { "g:bases(1, 4, { sequence = 'line' })", { 'the bases of "line" are not known' } },
  { "g:gc()", { 'the bases of "line" are not known' } },
  { "g:dna 'x'", { 'no gene has the id "x"', "there are 5", "g1, g2, g3, g4, g5" } },
  { "g:protein 'same'", { 'no gene has the id "same"', "alone has that name" } },
  { "g:protein 'g2'", { '"g2" is a tRNA, which codes for no protein' } },
  { "g:protein()", { "string expected" } },
  { "g:dna 'g5'", { 'the bases of "line" are not known' } },
  { "g:genes 'CDS'", { "table expected" } },
  { "g:genes { 'CDS' }", { "names as keys" } },
  { "g:genes { type = {} }", { "type: string expected", "table" } },
  { "g:genes { from = 1 }", { "which sequence?" } },
  { "g:genes { from = 9, to = 12, sequence = 'line' }", { "base 9 is outside" } },
  { "g:genes { from = 5, to = 2, sequence = 'line' }", { "not circular" } },
  { "g:to_fasta()", { 'the bases of "line" are not known' } },
  { "g:to_fasta(nil, 'exons')", { "invalid option 'exons'" } },
  { "g.genes(5)", { "bioxen.Genome expected" } },
}

-- a definition of a genome, and what the error must hold
local definitions = {
  { "5", { "table expected" } },
  { "{}", { "sequences", "at least one" } },
  { "{ sequence = {} }", { "unknown key sequence", "sequences, genes" } },
  { "{ sequences = 'x' }", { "sequences", "table expected", "string" } },
  { "{ sequences = { 'x' } }", { "sequences[1]", "table expected", "string" } },
  { "{ sequences = { {} } }", { "sequences[1]", "id", "missing" } },
  { "{ sequences = { { id = 5 } } }", { "sequences[1].id", "string expected", "number" } },
  { "{ sequences = { { id = 'a b' } } }", { "sequences[1]", "space" } },
  { "{ sequences = { { id = 'a\\0b' } } }", { "sequences[1].id", "zero byte" } },
  { "{ sequences = { { id = 'a' } } }", { '"a" has no bases' } },
  { "{ sequences = { { id = 'a', size = 5 } } }", { "unknown key size" } },
  { "{ sequences = { { id = 'a', bases = 'AC-' } } }", { "sequences[1]", '"a": base 3 is "-"' } },
  { "{ sequences = { { id = 'a', bases = 'A\\0' } } }", { "base 2 is byte 0" } },
  { "{ sequences = { { id = 'a', bases = 'AC', length = 3 } } }", { '"a" has 2 bases, not 3' } },
  { "{ sequences = { { id = 'a', length = -1 } } }", { "sequences[1].length", "-1", "range" } },
  { "{ sequences = { { id = 'a', length = 2^40 } } }", { "sequences[1].length", "range" } },
  { "{ sequences = { { id = 'a', length = 1.5 } } }", { "sequences[1].length", "integer" } },
  { "{ sequences = { { id = 'a', length = 5, code = 7 } } }", { "no genetic code 7" } },
  { "{ sequences = { { id = 'a', length = 5, circular = 1 } } }", { "circular", "boolean" } },
  { "{ sequences = { { id = 'a', length = 5 }, { id = 'a', length = 5 } } }",
    { "sequences[2]", 'two sequences "a"' } },
}

-- a gene on { id = "chr", bases = "ACGTACGTAC" }
local genes = {
  { "5", { "genes[1]", "table expected" } },
  { "{}", { "genes[1]", "start and stop" } },
  { "{ start = 1, stop = 3 }", { "genes[1]", "id", "missing" } },
  { "{ id = 'a', start = 1, stop = '3' }", { "genes[1].stop", "integer expected", "string" } },
  { "{ id = 'a', start = 0, stop = 3 }", { "genes[1]", "start and stop" } },
  { "{ id = 'a', start = 8, stop = 11 }", { '"a": base 11 is outside "chr"', "10 bases" } },
  { "{ id = 'a', start = 8, stop = 3 }", { "genes[1]", "start > stop", "not circular" } },
  { "{ id = 'a', start = 1, stop = 3, strand = 'plus' }", { "genes[1]", "strand" } },
  { "{ id = 'a', start = 1, stop = 3, length = 4 }", { "genes[1]", "length" } },
  { "{ id = 'a', start = 1, stop = 3, phase = 3 }", { "genes[1].phase", "range" } },
  { "{ id = 'a', start = 1, stop = 3, code = 7 }", { "genes[1]", "no genetic code 7" } },
  { "{ id = 'a', start = 1, stop = 3, sequence = 'x' }", { "genes[1]", 'no sequence "x"' } },
  { "{ id = 'a', start = 1, stop = 3, note = {} }", { "genes[1].note", "string expected" } },
  { "{ id = 'a', start = 1, stop = 3, [7] = 'x' }", { "genes[1]", "names as keys" } },
  { "{ id = 'a', spans = {} }", { "genes[1].spans", "start, stop" } },
  { "{ id = 'a', spans = { { 3, 1 } } }", { "genes[1]", "start <= stop" } },
  { "{ id = 'a', spans = { 5 } }", { "genes[1].spans", "start, stop" } },
  { "{ id = 'a', name = 'x\\n', start = 1, stop = 2 }", { "name", "control character" } },
}

local function check_message(message, parts)
  for _, part in ipairs(parts) do
    assert.is_truthy(tostring(message):find(part, 1, true), message)
  end
end

describe("a genome", function()
  local vm

  setup(function()
    vm = assert(kind.create("genome", "minimal_cell"))
    assert(vm:start())
    assert(vm:execute_biological_process("g = genome.new" .. definition))
  end)

  teardown(function() vm:destroy() end)

  for _, call in ipairs(calls) do
    it("answers alike in the VM and outside: " .. call[1], function()
      local answer = assert(vm:execute_biological_process("return " .. call[1]))
      assert.same(call[2], answer.result)
      assert.same(call[2], load("local g = ... return " .. call[1])(sample()))
    end)
  end

  for _, call in ipairs(mistakes) do
    it("names a mistake: " .. call[1], function()
      local answer, err = vm:execute_biological_process(call[1])
      assert.is_nil(answer)
      check_message(err.message, call[2])
      local ok, message = pcall(load("local g = ... return " .. call[1]), sample())
      assert.is_false(ok)
      check_message(message, call[2])
    end)
  end

  for _, case in ipairs(definitions) do
    it("is not made from " .. case[1], function()
      local ok, message = pcall(bioxen.genome.new, load("return " .. case[1])())
      assert.is_false(ok)
      check_message(message, case[2])
      local answer, err = vm:execute_biological_process("genome.new(" .. case[1] .. ")")
      assert.is_nil(answer)
      check_message(err.message, case[2])
    end)
  end

  for _, case in ipairs(genes) do
    it("is not made with the gene " .. case[1], function()
      local ok, message = pcall(plain, "ACGTACGTAC", { load("return " .. case[1])() })
      assert.is_false(ok)
      check_message(message, case[2])
    end)
  end

  it("is of a class", function()
    assert.equal("Genome", bioxen.type(sample()))
  end)

  it("travels, within tables too", function()
    local answer = assert(vm:execute_biological_process("return { a = args.a, b = { g } }",
      { args = { a = sample() } })).result
    assert.equal(sample():to_gff3(), answer.a:to_gff3())
    assert.equal(sample():to_gff3(), answer.b[1]:to_gff3())
  end)

  it("is made again from what it tells", function()
    local g = sample()
    local again = { sequences = g:sequences(), genes = {} }
    again.sequences[1].bases = g:bases(nil, nil, { sequence = "ring" })
    for i, id in ipairs(g:genes()) do again.genes[i] = g:gene(id) end
    local made = bioxen.genome.new(again)
    for i, id in ipairs(g:genes()) do assert.same(again.genes[i], made:gene(id)) end
    assert.same(g:sequences(), made:sequences())
  end)

  it("runs no metamethods of the table that it is made of", function()
    local trap = setmetatable({}, { __index = function() error "run" end,
      __len = function() error "run" end, __pairs = function() error "run" end })
    assert.has_error(function() bioxen.genome.new(trap) end)
    local _, message = pcall(bioxen.genome.new, { sequences = setmetatable({}, getmetatable(trap)) })
    check_message(message, { "at least one" })
  end)

  -- More than fit on Lua's stack.
  it("is not made with a gene of a great many attributes", function()
    local code = [[
      local gene = { id = "a", start = 1, stop = 3 }
      for i = 1, args do gene["k" .. i] = i end
      return genome.new { sequences = { { id = "chr", length = 9 } }, genes = { gene } }:gene "a"]]
    for _, count in ipairs { 5000, 140000 } do
      local made, message = pcall(load(code, "=code", "t", { genome = bioxen.genome, args = count }))
      assert.is_false(made)
      check_message(message, { "more than 4096 attributes" })
      local answer, err = vm:execute_biological_process(code, { args = count })
      assert.is_nil(answer)
      check_message(err.message, { "more than 4096 attributes" })
    end
    assert.equal("4000", load(code, "=code", "t", { genome = bioxen.genome, args = 4000 })().k4000)
  end)

  it("needs no name for its only sequence", function()
    local g = plain("GATTACA", { { id = "a", start = 2, stop = 4 } })
    assert.equal("GATTACA", g:bases())
    assert.equal("TTACA", g:bases(3))
    assert.equal("GAT", g:bases(1, 3))
    assert.equal("ATC", g:bases(1, 3, { strand = "-" }))
    assert.equal(2 / 7, g:gc())
    assert.equal(1 / 3, g:gc(1, 3))
    assert.same({ "a" }, g:genes { from = 4, to = 7 })
    assert.equal(">chr\nGATTACA\n", g:to_fasta())
    assert.equal(">a\nATT\n", g:to_fasta(nil, "genes"))
  end)

  it("that has no known base has no GC content", function()
    local gc = plain("NNN"):gc()
    assert.is_true(gc ~= gc)
  end)

  it("finds a lot of genes in no time", function()
    local many = {}
    for i = 1, 20000 do many[i] = { id = "g" .. i, start = 10 * i, stop = 10 * i + 8 } end
    local g = bioxen.genome.new { sequences = { { id = "chr", length = 200010 } }, genes = many }
    local before = os.clock()
    for i = 1, 20000 do assert(g:gene("g" .. i).start == 10 * i) end
    assert.is_true(os.clock() - before < 2*slow)
  end)

  it("reads back what it writes", function()
    local g = bioxen.genome.new { sequences = { { id = "ring", bases = "ATGGCTTGAAAATAGTTTAGCCATAC",
      circular = true, code = 4, description = "a; ring" } }, genes = {
      { id = "a", name = "abcA", product = "x = y", type = "CDS", start = 1, stop = 15, key = "a,b;c" },
      { id = "b", type = "tRNA", strand = "-", start = 20, stop = 3 } } }
    local back = assert(bioxen.genome.parse(g:to_gff3()))
    for _, id in ipairs(g:genes()) do assert.same(g:gene(id), back:gene(id)) end
    assert.same(g:sequences(), back:sequences())
    assert.equal(g:bases(), back:bases())
    local listed = assert(bioxen.genome.parse(g:to_genome()))
    assert.equal(g:to_genome(), listed:to_genome())
    assert.same({ 20, 3, "-" }, { listed:gene "b".start, listed:gene "b".stop, listed:gene "b".strand })
    assert.same(g:sequences(), assert(bioxen.genome.parse(g:to_fasta())):sequences())
  end)

  it("is written to files on the host", function()
    local g = plain("GATTACA", { { id = "a", start = 2, stop = 4 } })
    for _, method in ipairs { "to_fasta", "to_gff3", "to_genbank", "to_genome" } do
      local path = os.tmpname()
      assert.is_true(g[method](g, path))
      local file = assert(io.open(path, "rb"))
      assert.equal(g[method](g), file:read "a")
      file:close()
      local back = assert(bioxen.genome.load(path))
      assert.equal(method == "to_fasta" and 0 or 1, #back:genes())
      os.remove(path)
      local done, err = g[method](g, "/nowhere/at/all")
      assert.is_nil(done)
      assert.equal("EFILE", err.code)
      check_message(err, { "/nowhere/at/all" })
    end
  end)

  it("that could not be written whole is not left under its name", function()
    local path = os.tmpname()
    os.remove(path)
    local code = ([[ulimit -f 1; trap '' XFSZ; lua5.4 -e 'package.path, package.cpath = %q, %q
      local g = require "bioxen".genome.new { sequences = { { id = "a", bases = ("ACGT"):rep(1 << 18) } } }
      local done, problem = g:to_fasta %q
      os.exit(not done and problem.code == "EFILE")']]):format(package.path, package.cpath, path)
    assert.is_true(os.execute(code))
    assert.is_nil(io.open(path))
  end)

  it("says so once it is closed", function()
    local g = sample()
    do local _ <close> = g end
    assert.equal("Genome(closed)", tostring(g))
    assert.has_error(function() g:length() end, "the genome is closed")
  end)

  it("is closed to scripts in a VM, which has no files", function()
    for _, method in ipairs { "to_fasta", "to_gff3", "to_genbank", "to_genome" } do
      local _, err = vm:execute_biological_process(("g:%s '/tmp/x'"):format(method))
      check_message(err.message, { method .. "(path): a VM has no files" })
    end
    assert.equal(">g1", assert(vm:execute_biological_process [[
      local ring = genome.new { sequences = { { id = "ring", bases = "ATGAAATAA" } },
        genes = { { id = "g1", type = "CDS", start = 1, stop = 9 } } }
      return ring:to_fasta(nil, "proteins"):sub(1, 3)]]).result)
    assert.same({ false, false, true }, assert(vm:execute_biological_process [[
      return { getmetatable(g), pcall(setmetatable, g, {}), genome.load == nil }]]).result)
  end)

  it("is parsed inside a VM", function()
    assert.same({ "Genome(4 bp, 0 genes)", 4 }, assert(vm:execute_biological_process [[
      local g = genome.parse(">chr\nACGT\n", { code = 4 })
      return { tostring(g), g:sequences()[1].code }]]).result)
    local _, err = vm:execute_biological_process [[genome.parse ">chr\nAC!T\n"]]
    assert.equal("EGENOME", err.code)
    check_message(err.message, { "genome:2:", "!" })
    _, err = vm:execute_biological_process [[genome.parse(">a\nA", { fasta = "/etc/passwd" })]]
    check_message(err.message, { "a VM has no files" })
  end)
end)

describe("bioxen.genome", function()
  it("translates DNA and RNA", function()
    local translate = bioxen.genome.translate
    assert.equal("MA*", translate "ATGGCCTGA")
    assert.equal("MAW", translate("auggccugaC", 4))
    assert.equal("LX", translate "CTNNNN")
    assert.equal("", translate "")
    assert.has_error(function() translate("ATG", 7) end)
    assert.has_error(function() translate("ATG", 4.5) end)
    assert.has_error(function() translate("AT-") end)
  end)

  it("returns an error for a file with a mistake, and raises for wrong arguments", function()
    local none, err = bioxen.genome.parse ">chr\nAC!T\n"
    assert.is_nil(none)
    assert.equal("EGENOME", err.code)
    none, err = bioxen.genome.load "/nowhere/at/all.fasta"
    assert.is_nil(none)
    assert.equal("EFILE", err.code)
    for _, options in ipairs { 5, { format = "abi" }, { format = 1 }, { code = 7 }, { code = "4" },
      { circular = 1 }, { fasta = 1 }, { kode = 4 } } do
      assert.has_error(function() bioxen.genome.parse(">chr\nACGT\n", options) end)
    end
    assert.has_error(function() bioxen.genome.load() end)
  end)
end)

describe("the genome of JCVI-syn3A", function()
  local folder = os.getenv "BIOXEN_FACTS" or "../shared/facts"

  -- rows by column
  local function rows(name)
    local columns, found = nil, {}
    for line in io.lines(folder .. "/" .. name) do
      local row, values = {}, {}
      for value in (line .. "\t"):gmatch "([^\t]*)\t" do values[#values + 1] = value end
      columns = columns or values
      for i, column in ipairs(columns) do row[column] = values[i] end
      found[#found + 1] = row
    end
    table.remove(found, 1)
    return found
  end

  it("gives proteins of the published lengths", function()
    if not io.open(folder .. "/syn3a_genes.tsv") then return pending("../shared/facts is not there") end
    local fasta = assert(bioxen.genome.load(folder .. "/syn3a_genome.fasta"))
    local listed = {}
    for i, row in ipairs(rows "syn3a_genes.tsv") do
      listed[i] = { id = row.locus_tag, name = row.gene ~= "" and row.gene or nil, strand = row.strand,
        type = row.pseudo == "1" and "pseudogene" or row.type, product = row.product,
        start = tonumber(row.start), stop = tonumber(row["end"]), published = row.length_aa,
        essentiality = row.essentiality }
    end
    local bases = fasta:bases()
    local before = os.clock()
    local g = bioxen.genome.new { genes = listed,
      sequences = { { id = "CP016816.2", bases = bases, circular = true, code = 4 } } }
    assert.is_true(os.clock() - before < 0.1*slow)
    assert.equal("Genome(543379 bp, 496 genes)", tostring(g))
    assert.equal(455, #g:genes { type = "CDS" })
    for _, id in ipairs(g:genes { type = "CDS" }) do
      local protein = g:protein(id)
      assert.equal(tonumber(g:gene(id).published), #protein)
      assert.equal("M", protein:sub(1, 1))
    end
    assert.equal(270, g:categories "essentiality".Essential)
    assert.same({ CDS = 455, pseudogene = 3, tRNA = 29, rRNA = 6, ncRNA = 2, tmRNA = 1 }, g:categories())
    local back = assert(bioxen.genome.parse(g:to_gff3()))
    for _, id in ipairs(g:genes()) do assert.same(g:gene(id), back:gene(id)) end
    assert.equal(g:to_genome(), assert(bioxen.genome.parse(g:to_genome())):to_genome())
  end)
end)
