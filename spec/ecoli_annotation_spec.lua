-- ecoli with the genes of a newer annotation of its chromosome, from a file.

local bioxen = require "bioxen"

describe("an annotation of ecoli from a file", function()
  local path, vm

  local function run(code, args)
    return vm:execute_biological_process(code, { args = args })
  end

  -- GFF3 as RefSeq has it, with the genes that the organism has, but for: b0002 begins later, b0004 is gone, b9001 is
  -- new.
  local function write_gff3(genes, length)
    local file <close> = assert(io.open(path, "w"))
    file:write("##gff-version 3\n##sequence-region NC_000913.3 1 ", length, "\n")
    local function line(id, name, start, stop, strand, type)
      local place = ("\t%d\t%d\t.\t%s\t"):format(start, stop, strand)
      file:write("NC_000913.3\tRefSeq\tgene", place, (".\tID=gene-%s;Name=%s;gene=%s;locus_tag=%s\n")
        :format(id, name, name, id))
      if type == "CDS" or type == "tRNA" then
        file:write("NC_000913.3\tRefSeq\t", type, place, (type == "CDS" and "0" or "."),
          ("\tID=product-%s;Parent=gene-%s;gene=%s;locus_tag=%s\n"):format(id, id, name, id))
      end
    end
    for _, gene in ipairs(genes) do
      if gene.id ~= "b0004" then
        line(gene.id, gene.name, gene.id == "b0002" and 340 or gene.start, gene.stop, gene.strand, gene.type)
      end
      if gene.id == "b0010" then line("b9001", "newA", 10500, 10600, "+", "CDS") end
    end
  end

  before_each(function()
    path = os.tmpname() .. ".gff3"
    vm = assert(bioxen.create_bio_vm("annotation", "ecoli"))
    assert(vm:start())
    write_gff3(assert(run "return require('ecoli.chromosome').genes()").result, 4641652)
  end)

  after_each(function()
    vm:destroy()
    os.remove(path)
  end)

  it("takes the place of the table, and tells what differs", function()
    assert(vm:load_genome(path))
    assert.same({ new = { "b9001" }, missing = { "b0004" }, moved = { "b0002" } }, assert(run [[
      return cell:use_genome()
    ]]).result)
    assert.same({ 4498, 340, "CDS", "op0002", "essential", "tRNA" }, assert(run [[
      local chromosome = require "ecoli.chromosome"
      local thrA = chromosome.find "thrA"
      return { #organism.genes(cell), thrA.start, thrA.type, thrA.operon, chromosome.find("dnaA").essentiality,
        chromosome.find("alaT").type }
    ]]).result) -- thrC is not there: what is known of thrLABC does not hold, and the rule does
    assert.equal(299, #assert(vm:get_essential_genes()))
    assert(vm:start_transcription { "newA" })
    local _, err = vm:start_transcription { "thrC" }
    assert.matches('no gene "thrC"', err.message)
    assert.same({ lacZYA = "repressed" }, vm:manage_operons({ "lacZ" }, "repress"))
  end)

  it("is refused where genes of the old one are in use", function()
    assert(vm:load_genome(path))
    assert(vm:manage_operons({ "lacZ" }, "repress"))
    local _, err = run "cell:use_genome()"
    assert.matches("use_genome: genes of this cell are knocked out, repressed or followed", err.message)
  end)

  it("is refused where it is of another chromosome, or has other ids", function()
    write_gff3({ { id = "b0001", name = "thrL", start = 190, stop = 255, strand = "+", type = "CDS" } }, 4639675)
    assert(vm:load_genome(path))
    local _, err = run "cell:use_genome()"
    assert.matches("a sequence of 4641652 bases expected, NC_000913.3", err.message, nil, true)
    write_gff3({ { id = "b0001", name = "thrL", start = 190, stop = 255, strand = "+", type = "CDS" } }, 4641652)
    assert(vm:load_genome(path))
    _, err = run "cell:use_genome()"
    assert.matches("use_genome: 4497 of 4498 genes are not in it by their ids, such as b0002", err.message, nil, true)
  end)
end)
