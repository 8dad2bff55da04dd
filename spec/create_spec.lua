-- create_bio_vm: what it takes, and what it says of what it does not take.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local processes = require "spec.support.processes"

local create = bioxen.create_bio_vm

local function complaint(...)
  local ok, message = pcall(create, ...)
  assert.is_false(ok)
  return tostring(message)
end

local function says(message, ...)
  for _, part in ipairs { ... } do
    assert.truthy(message:find(part, 1, true), message)
  end
end

describe("create_bio_vm", function()
  local descriptors, children

  before_each(function()
    descriptors = processes.descriptors()
    children = #processes.children(processes.self())
  end)

  -- Nothing is made, nothing leaks.
  after_each(function()
    assert.equal(descriptors, processes.descriptors())
    assert.equal(children, #processes.children(processes.self()))
    assert.same({}, bioxen.hypervisor():list_vms())
  end)

  it("makes a basic VM by default", function()
    local vm <close> = assert(create("default", "plain_cell"))
    assert.equal("basic", vm:get_vm_type())
    assert.equal("plain_cell", vm:get_biological_type())
    assert.equal("created", vm:get_state())
  end)

  it("takes ids of 1 to 64 letters, digits, dots, underscores and hyphens", function()
    for _, id in ipairs { "a", "A.b_c-9", ("x"):rep(64) } do
      assert(create(id, "plain_cell")):destroy()
    end
    for _, id in ipairs { "", ("x"):rep(65), "a b", "a/b", "a\0b", "ä", "a\n", "%s" } do
      says(complaint(id, "plain_cell"), "vm_id", "1 to 64 of letters, digits")
    end
    for _, id in pairs { 1, true, {}, print } do
      says(complaint(id, "plain_cell"), "vm_id", tostring(id))
    end
    says(complaint(nil, "plain_cell"), "vm_id", "got nil")
  end)

  it("blames the line that calls it", function()
    says(complaint("a b", "plain_cell"), "create_spec.lua")
  end)

  it("names an organism that is not there, and those that are", function()
    local vm, err = create("a", "unicorn")
    assert.is_nil(vm)
    assert.equal("EORGANISM", err.code)
    says(err.message, '"unicorn"', "plain_cell", "minimal_cell")
    for _, name in ipairs { "../x", "a.b", "", "A", ("x"):rep(100) } do
      assert.equal("EORGANISM", select(2, create("a", name)).code)
    end
    says(complaint("a", 5), "biological_type", "got 5")
    says(complaint("a"), "biological_type", "got nil")
  end)

  it("says what is broken in an organism's manifest", function()
    local folder = os.tmpname()
    os.remove(folder)
    finally(function() os.execute("rm -r " .. folder) end)
    package.path = folder .. "/?.lua;" .. package.path
    for name, case in pairs {
      unread = { "return {", "manifest.lua:1: unexpected symbol near <eof>" },
      nothing = { "", "manifest.lua returns no table" },
    } do
      assert(os.execute(("mkdir -p %s/bioxen/biology/%s"):format(folder, name)))
      local file = assert(io.open(("%s/bioxen/biology/%s/manifest.lua"):format(folder, name), "w"))
      file:write(case[1])
      file:close()
      local vm, err = create("a", name)
      assert.is_nil(vm)
      assert.equal("EORGANISM", err.code)
      says(err.message, ("the organism %s is broken: "):format(name), case[2])
    end
    package.path = package.path:sub(#folder + 8)
  end)

  it("knows the organisms that are there", function()
    for _, name in ipairs { "ecoli", "empty", "minimal_cell", "syn3a" } do
      assert.is_true(bioxen.validate_biological_type(name))
    end
    assert.equal("EORGANISM", select(2, bioxen.validate_biological_type "yeast").code)
  end)

  it("names a VM type that is not there", function()
    local vm <close> = assert(create("third", "plain_cell", { memory = 32 << 20 }))
    assert.same({ "basic", 32 << 20 }, { vm:get_vm_type(), vm:get_status().memory_limit })
    says(complaint("a", "plain_cell", "docker"), "vm_type", '"docker"', "basic, xcpng")
    says(complaint("a", "plain_cell", 7), "vm_type", "7")
    assert.is_true(bioxen.validate_vm_type("basic"))
    assert.equal("ENOTFOUND", select(2, bioxen.validate_vm_type("docker")).code)
  end)

  it("lists every mistake of a configuration", function()
    local message = complaint("a", "plain_cell", "basic", {
      memory = "64M", timeout = -1, tiemout = 3, max_output = 1.5, seed = "x", [1] = 2,
      resources = { ribosomes = -4, atp_percentage = 101, genes = 3 }, organism = { nutrient = 1 },
      allow_unconfined = "yes",
    })
    says(message,
      'config.memory: an integer expected, got "64M"',
      "config.timeout: greater than 0 expected, got -1",
      "unknown key \"tiemout\"; did you mean 'timeout'?",
      "unknown key 1; it takes allow_unconfined, max_output, memory",
      "config.max_output: an integer expected, got 1.5",
      'config.seed: an integer expected, got "x"',
      "config.resources.ribosomes: at least 0 expected, got -4",
      "config.resources.atp_percentage: at most 100 expected, got 101",
      'config.resources: unknown key "genes"',
      'config.organism: unknown key "nutrient"',
      'config.allow_unconfined: a boolean expected, got "yes"')
    says(complaint("a", "plain_cell", "basic", "fast"), 'config: a table expected, got "fast"')
    says(complaint("a", "plain_cell", "basic", { memory = 1 }), "at least 4194304 expected, got 1")
    says(complaint("a", "plain_cell", "basic", { timeout = 0 / 0 }), "config.timeout")
  end)

  it("checks an organism's options against its manifest", function()
    says(complaint("a", "minimal_cell", "basic", { organism = { nutrient = "much" } }),
      'config.organism.nutrient: a number expected, got "much"')
    says(complaint("a", "minimal_cell", "basic", { organism = { nutrient = -1 } }),
      "config.organism.nutrient: at least 0 expected, got -1")
    says(complaint("a", "minimal_cell", "basic", { organism = { quality = math.huge } }),
      "config.organism.quality: a finite number expected, got inf")
    says(complaint("a", "syn3a", "basic", { organism = { proteins = 0.5 } }),
      "config.organism.proteins: an integer expected, got 0.5")
  end)

  it("refuses an id that is taken, until it is free", function()
    local vm = assert(create("taken", "plain_cell"))
    local other, err = create("taken", "plain_cell")
    assert.is_nil(other)
    assert.equal("EEXIST", err.code)
    says(err.message, '"taken"')
    vm:destroy()
    assert(create("taken", "plain_cell")):destroy()
  end)
end)
