-- vm:allocate_resources and vm:load_genome: what a VM holds of its chassis changes while it lives.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"

local hypervisor

local function make(id, resources, organism)
  return hypervisor:create_vm(id, organism or "sharing_cell", "basic", { resources = resources })
end

local function running(id, resources, organism)
  local vm = assert(make(id, resources, organism))
  assert(vm:start())
  return vm
end

local function free(resource)
  return hypervisor:get_system_resources()[resource].free
end

local function refused(code, part, result, err)
  assert.is_nil(result)
  assert.equal(code, err.code)
  assert.truthy(err.message:find(part, 1, true), err.message)
end

before_each(function()
  hypervisor = bioxen.BioXenHypervisor {
    chassis = "orthogonal",
    capacity = { ribosomes = 100, rna_polymerase = 10, atp_percentage = 100, memory_kb = 1000 },
  }
end)

describe("allocate_resources", function()
  it("changes what the cell has and what the ledger says, and leaves the rest", function()
    local vm = running("a", { ribosomes = 20, rna_polymerase = 4 })
    assert(vm:execute_biological_process "cell:run{ duration = 5 }")
    assert.is_true(vm:allocate_resources { ribosomes = 90 })
    local metrics = assert(vm:get_biological_metrics())
    assert.near(5, metrics.A, 1e-6) -- the state stays
    assert.equal(90, metrics.ribosomes)
    assert.equal(4, metrics.rna_polymerase)
    assert.same({ ribosomes = 90, rna_polymerase = 4 }, vm:get_status().resources)
    assert.equal(10, free "ribosomes")
    assert.is_true(vm:allocate_resources { ribosomes = false, atp_percentage = 50 })
    assert.same({ rna_polymerase = 4, atp_percentage = 50 }, vm:get_status().resources)
    assert.is_nil(assert(vm:get_biological_metrics()).ribosomes)
    assert.equal(100, free "ribosomes")
  end)

  it("holds when the cell is reset, too, until it is cleared", function()
    local vm = running "a"
    assert.is_true(vm:allocate_resources { ribosomes = 60 })
    local r = assert(vm:execute_biological_process "cell:reset() return cell:get 'given'")
    assert.equal(60, r.result)
    assert(vm:execute_biological_process "cell:clear() cell:reset()")
  end)

  it("is refused by the chassis, with the numbers, and has changed nothing then", function()
    local rival = assert(make("rival", { ribosomes = 60 }))
    local vm = running("a", { ribosomes = 30 })
    refused("ECAPACITY", "50 ribosomes: the orthogonal chassis has 100, 60 are allocated, 40 are free",
      vm:allocate_resources { ribosomes = 50 })
    assert.equal(30, vm:get_status().resources.ribosomes)
    assert.equal(30, vm:get_biological_metrics().ribosomes)
    assert.equal(10, free "ribosomes")
    rival:destroy()
    assert.is_true(vm:allocate_resources { ribosomes = 50 })
  end)

  it("is refused by the cell, and has changed nothing then", function()
    local vm = running("a", { ribosomes = 30 })
    refused("ESCRIPT", "13 ribosomes are unlucky", vm:allocate_resources { ribosomes = 13 })
    assert.equal(30, vm:get_status().resources.ribosomes)
    assert.equal(70, free "ribosomes")
    assert.equal(30, vm:get_biological_metrics().ribosomes)
  end)

  it("holds for the next start, too", function()
    local vm = assert(make("a", { ribosomes = 30 }))
    assert.is_true(vm:allocate_resources { ribosomes = 13 }) -- as the cell is built with it, not told
    assert.equal(87, free "ribosomes")
    assert(vm:start())
    assert.equal(13, vm:get_biological_metrics().ribosomes)
    assert.is_true(vm:allocate_resources { ribosomes = 40 })
    assert(vm:restart())
    assert.equal(40, vm:get_biological_metrics().ribosomes)
    assert(vm:stop())
    assert.equal(100, free "ribosomes")
    assert.is_true(vm:allocate_resources { ribosomes = 70 }) -- of a VM that holds nothing now
    assert.equal(100, free "ribosomes")
    assert(vm:start())
    assert.equal(30, free "ribosomes")
  end)

  it("waits for no call, and disturbs none", function()
    local vm = running("a", { ribosomes = 30 })
    local job = assert(vm:submit "local t = os.clock() while true do end")
    refused("EBUSY", "", vm:allocate_resources { ribosomes = 40 })
    assert.equal(70, free "ribosomes")
    job:cancel()
    job:wait()
    assert(vm:pause())
    refused("ESTATE", "paused", vm:allocate_resources { ribosomes = 40 })
    assert.equal(70, free "ribosomes")
    assert(vm:resume())
    assert.is_true(vm:allocate_resources { ribosomes = 40 })
    vm:destroy()
    refused("ESTATE", "destroyed", vm:allocate_resources { ribosomes = 50 })
    assert.equal(100, free "ribosomes")
  end)

  it("needs an organism that takes it", function()
    local vm = running("a", { ribosomes = 30 }, "plain_cell")
    refused("EUNSUPPORTED", "plain_cell has no allocate", vm:allocate_resources { ribosomes = 40 })
    assert.equal(70, free "ribosomes")
  end)

  it("raises for what makes no sense, with all mistakes", function()
    local vm = assert(make("a"))
    for wanted, part in pairs {
      [{}] = "a share to change expected",
      [{ ribosomes = -1 }] = "resources.ribosomes: at least 0 expected",
      [{ atp_percentage = 101 }] = "resources.atp_percentage: at most 100 expected",
      [{ ribosome = 1 }] = 'unknown key "ribosome"',
      [{ ribosomes = true }] = "resources.ribosomes: a number expected",
    } do
      assert.error_matches(function() vm:allocate_resources(wanted) end, part, 1, true)
    end
    assert.error_matches(function() vm:allocate_resources() end, "a table expected, got nil", 1, true)
    assert.error_matches(function() vm:allocate_resources "all" end, "a table expected", 1, true)
  end)
end)

describe("genome memory", function()
  it("must hold the organism's genome", function()
    refused("ECAPACITY", "needs 500 kb of genome memory for the genome of sharing_cell, and is to hold 499.5",
      make("a", { memory_kb = 499.5 }))
    local vm = running("a", { memory_kb = 500 })
    refused("ECAPACITY", "is to hold 499", vm:allocate_resources { memory_kb = 499 })
    assert.is_true(vm:allocate_resources { memory_kb = 1000 })
    assert.equal(0, free "memory_kb")
    hypervisor = bioxen.BioXenHypervisor {
      chassis = "orthogonal",
      capacity = { ribosomes = 1, rna_polymerase = 1, atp_percentage = 1, memory_kb = 499 },
    }
    refused("ECAPACITY", "its chassis has 499", make "b")
  end)

  local function genome_of(length)
    return bioxen.genome.new {
      sequences = { { id = "chromosome", length = length, circular = true, code = 11 } },
      genes = { { id = "g1", name = "one", type = "CDS", start = 1, stop = 300, strand = "+" } },
    }
  end

  it("is taken by a genome that is loaded, and refused where there is too little", function()
    local vm = running("a")
    local loaded = assert(vm:load_genome(genome_of(700500)))
    assert.equal("Genome", bioxen.type(loaded))
    assert.equal(700.5, vm:get_status().genome_kb)
    assert.is_nil(vm:get_status().resources.memory_kb) -- the cell is not capped by it
    assert.equal(299.5, free "memory_kb")
    assert.equal(700500, assert(vm:execute_biological_process "return cell:genome():length()").result)
    local other = running("b")
    refused("ECAPACITY", "299.5 are free", other:load_genome(genome_of(400000)))
    assert.is_nil(other:get_status().genome_kb)
    refused("EUNSUPPORTED", "no genome",
      other:execute_biological_process "return cell:genome():length()")
  end)

  it("of a loaded genome is free again once the worker has ended", function()
    local vm = running("a")
    assert(vm:load_genome(genome_of(900000)))
    assert(vm:restart())
    assert.equal(1000, free "memory_kb")
    assert.is_nil(vm:get_status().genome_kb)
    assert(vm:load_genome(genome_of(300000)))
    assert.is_true(vm:allocate_resources { ribosomes = 50 }) -- what is loaded is in the organism's place
    assert.is_true(vm:allocate_resources { memory_kb = 400 })
    assert.equal(600, free "memory_kb")
    refused("ECAPACITY", "for the genome that is loaded, and is to hold 299",
      vm:allocate_resources { memory_kb = 299 })
    assert.is_true(vm:allocate_resources { memory_kb = false })
    assert.equal(700, free "memory_kb")
    vm:destroy()
    assert.equal(1000, free "memory_kb")
  end)

  it("that the VM holds must be enough", function()
    local vm = running("a", { memory_kb = 600 })
    refused("ECAPACITY", "holds 600: allocate_resources{ memory_kb = 700 } first",
      vm:load_genome(genome_of(700000)))
    assert.is_true(vm:allocate_resources { memory_kb = 700 })
    assert(vm:load_genome(genome_of(700000)))
    assert.equal(700, vm:get_status().resources.memory_kb)
    assert(vm:load_genome(genome_of(600000))) -- in its place
    assert.equal(700, vm:get_status().resources.memory_kb)
  end)

  it("is read from a file, of which nothing is left where it has a mistake", function()
    local vm = running("a")
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    assert(file:write(">plasmid\nACGTACGTAC\nGTACGTXXXX\n"))
    assert(file:close())
    local result, err = vm:load_genome(path)
    os.remove(path)
    refused("EGENOME", path .. ":3:", result, err)
    assert.is_nil(vm:get_status().genome_kb)
    refused("EFILE", path, vm:load_genome(path))
    assert.error_matches(function() vm:load_genome(17) end, "a path or a Genome expected", 1, true)
  end)

  it("can be loaded by a running VM alone", function()
    local vm = assert(make "a")
    refused("ESTATE", "created", vm:load_genome(genome_of(1000)))
    assert.equal(1000, free "memory_kb")
  end)
end)
