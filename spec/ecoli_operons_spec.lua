-- Operons of ecoli: those that are known are whole and have their names; others are a rule's.

local bioxen = require "bioxen"

-- By hand from the textbooks, not from the organism's own table.
local textbook = {
  lacZYA = "lacZ lacY lacA", trpLEDCBA = "trpL trpE trpD trpC trpB trpA", araBAD = "araB araA araD",
  hisLGDCBHAFI = "hisL hisG hisD hisC hisB hisH hisA hisF hisI", galETKM = "galE galT galK galM",
  thrLABC = "thrL thrA thrB thrC", leuLABCD = "leuL leuA leuB leuC leuD", malEFG = "malE malF malG",
  ["rpsU-dnaG-rpoD"] = "rpsU dnaG rpoD", rrnB = "rrsB gltT rrlB rrfB",
}

describe("the operons of ecoli", function()
  local vm

  local function run(code, args)
    return assert(vm:execute_biological_process(code, { args = args })).result
  end

  setup(function()
    vm = assert(bioxen.create_bio_vm("operons", "ecoli"))
    assert(vm:start())
  end)
  teardown(function() vm:destroy() end)

  it("are whole where they are known, and have no other genes", function()
    for name, text in pairs(textbook) do
      local expected, got = {}, run([[
        local chromosome, names = require "ecoli.chromosome", {}
        for _, id in ipairs(chromosome.find_operon(args).genes) do names[#names + 1] = chromosome.find(id).name end
        return names
      ]], name)
      for gene in text:gmatch "%S+" do expected[#expected + 1] = gene end
      table.sort(expected)
      table.sort(got)
      assert.same(expected, got)
    end
  end)

  -- A misspelt gene would leave its operon to the rule; a gene can be in one alone.
  it("are all found on the chromosome, each on one strand, in its order", function()
    assert.equal(45, run [[
      local chromosome, seen, count = require "ecoli.chromosome", {}, 0
      for _, row in ipairs(require "ecoli.operons") do
        local operon = assert(chromosome.operons()[row[1] ], row[1])
        local place
        for name in row[2]:gmatch "%S+" do
          local gene = assert(chromosome.find(name))
          assert(gene.operon == row[1] and gene.strand == operon.strand and not seen[name], name)
          assert(not place or (gene.start > place) == (gene.strand == "+"), name)
          seen[name], place = true, gene.start
        end
        assert(#row[3] > 20)
        count = count + 1
      end
      return count
    ]])
  end)

  it("leave the numbers of the rule to all others, and to known ones their old number", function()
    assert.same({ "araBAD", "op0032", "op0003", "lacZYA", "thrLABC" }, run [[
      local chromosome = require "ecoli.chromosome"
      local function id(key) return chromosome.find_operon(key).id end
      return { id "araD", id "polB", id "yaaX", id "op0196", id "op0002" }
    ]])
  end)

  it("are managed by their names", function()
    assert.same({ lacZYA = "repressed" }, vm:manage_operons({ "lacZYA" }, "repress"))
    assert.same({ lacZYA = "active" }, vm:manage_operons({ "lacY" }, "activate"))
    assert.equal("trpLEDCBA", run "return cell:genome():gene('trpB').operon")
    local _, err = vm:manage_operons({ "lacXYZ" }, "repress")
    assert.matches('no gene "lacXYZ"; operons are op0001 to op%d+, and by name those that are known, such as lacZYA',
      err.message)
  end)
end)
