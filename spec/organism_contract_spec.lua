-- Every organism on package.path keeps the contract of docs/organisms.md, and so does the template.

package.path = "./docs/template/?.lua;" .. package.path
local bioxen = require "bioxen"
local contract = require "bioxen.biology.contract"
local organisms = require "bioxen.biology.organisms"
local scratch_organisms = require "spec.support.scratch_organisms"

-- Other specs have put theirs on package.path, which are made to lack things.
local function is_real(name)
  return not organisms.folder(name):find("/spec/support/", 1, true)
end

for _, name in ipairs(bioxen.get_supported_biological_types()) do
  if is_real(name) then
    describe("the organism " .. name .. ":", function()
      for _, row in ipairs(contract.list) do
        it(row[1], function() row[2](name) end)
      end
    end)
  end
end

describe("the template", function()
  -- Molecules and what is at work after ten hours, with this share.
  local function after_hours(resources)
    local vm <close> = assert(bioxen.create_bio_vm("template", "my_cell", "basic", { resources = resources }))
    assert(vm:start())
    assert(vm:execute_biological_process "cell:run{ duration = 36000 }")
    return vm:get_biological_metrics()
  end

  it("makes what its rates come to", function()
    local cell = after_hours()
    assert.near(0.5/0.462, cell.mRNA_lacY, 1e-6) -- made per minute, over lost per minute
    assert.near(0.5/0.462*30/0.2, cell.protein_lacY, 1e-4)
    local lacI = 0.23*8e-16*6.02214076e23*1e-9/0.462
    assert.near(lacI, cell.mRNA_lacI, 1e-6)
    assert.near(lacI*15/0.2, cell.protein_lacI, 1e-4)
  end)

  it("is bound by its shares", function()
    local free = after_hours()
    local few = after_hours { ribosomes = free.ribosomes/2 }
    assert.near(free.ribosomes/2, few.ribosomes, 1e-6)
    assert.near(free.protein_lacY/2, few.protein_lacY, 1e-4)
    local scarce = after_hours { rna_polymerase = free.polymerases/4 }
    assert.near(free.mRNA_lacI/4, scarce.mRNA_lacI, 1e-6)
    assert.near(free.protein_lacI/10, after_hours { atp_percentage = 10 }.protein_lacI, 1e-4)
  end)
end)

-- ---- the checks themselves: each mistake is found, and said ----

local manifest = [[
return {
  name = "flawed", title = "A cell with a flaw", version = "1",
  sources = { { what = "all", citation = "none", url = "https://example.org" } },
  genome = { length = 30, genes = 1 }, ignores = { rna_polymerase = "none in it", atp_percentage = "free of cost" },
  options = { rate = { default = 1, minimum = 0, maximum = 2, unit = "1/s", meaning = "how fast" } },
  functions = { set_medium = { arguments = "medium: string|table", meaning = "the only one" } },
}]]

local init = [[
local flawed = { functions = {}, capabilities = {}, media = { water = { x = 1 } },
  essentiality = "known from this very spec" }
function flawed.build(cell, process, options, resources)
  options = require("library.options").complete(require "flawed.manifest", options)
  process "growth" { species = { A = 10, B = 3 },
    parameters = { room = 1e-15, k = options.rate, cap = (resources or {}).ribosomes or 99, on = 1 },
    reactions = { { "-> A", rate = "on*min(k, cap/50)" } } }
end
function flawed.allocate(cell, resources) cell:set("cap", resources.ribosomes or 99) end
flawed.compartments = { { name = "inner", litres = "room", species = { "A" }, inside = "outer" },
  { name = "outer", litres = 2 } }
flawed.undivided = { "B" }
function flawed.divide(cell)
  local all = cell:get "A"
  local own = all == all//1 and math.random(0, math.tointeger(all)) or all/2
  cell:set("A", own)
  return { A = all - own, B = cell:get "B" }
end
function flawed.metrics(cell) return { A = cell:get "A" } end
flawed.processes = { { name = "growth", meaning = "A grows" } }
function flawed.genome()
  return genome.new { sequences = { { id = "s", length = 30 } },
    genes = { { id = "g", type = "CDS", start = 1, stop = 9 } } }
end
function flawed.genes() return { { id = "g", type = "CDS", essentiality = "essential" } } end
function flawed.functions.set_medium(cell, name) if not flawed.media[name] then error("no medium " .. name) end end
local function find(id) if id ~= "g" then error("no gene " .. id) end end
function flawed.capabilities.start_transcription(cell, ids)
  for _, id in ipairs(ids) do find(id) end
  cell:set("on", 1)
  return true
end
function flawed.capabilities.get_essential_genes() return { "g" } end
function flawed.capabilities.manage_operons(cell, ids, action)
  for _, id in ipairs(ids) do find(id) end
  if action ~= "activate" and action ~= "repress" then error("no action " .. action) end
  cell:set("on", action == "activate" and 1 or 0)
  return { g = action }
end
return flawed]]

-- What is wrong, in which file, by what it differs from the right one, and what is said of it; a second difference.
local mistakes = {
  { "a source without an address", "manifest", ', url = "https://example.org"', "",
    "sources[1]: a doi or a url expected" },
  { "a number as version", "manifest", '"1"', "1", "manifest.version: a string expected, got 1" },
  { "an option's default out of bounds", "manifest", "default = 1", "default = 3",
    "options.rate.default: at most 2 expected" },
  { "an option without a unit", "manifest", 'unit = "1/s", ', "", "options.rate.unit: missing" },
  { "an option that does not build", "init", "process \"growth\"", "if options.rate ~= 1 then error 'one' end %0",
    "one" },
  { "a part that there is not", "init", "return flawed$", "flawed.function_ = {} return flawed", "no such part" },
  { "no metrics", "init", "return flawed$", "flawed.metrics = nil return flawed", "metrics: missing" },
  { "a function in a method's place", "init", "return flawed$", "flawed.functions.run = print return flawed",
    "functions.run: every cell has a method" },
  { "a function that the manifest does not tell of", "init", "return flawed$",
    "flawed.functions.fly = print return flawed", "functions.fly: the manifest does not tell of it" },
  { "a function that is only told of", "manifest", "functions = { ",
    "functions = { fly = { arguments = '', meaning = 'up' }, ", "functions.fly: only the manifest has it" },
  { "an argument without a type", "manifest", "medium: string|table", "medium",
    "functions.set_medium.arguments: arguments with their types" },
  { "an argument of a type that there is not", "manifest", "string|table", "name",
    "functions.set_medium.arguments: arguments with their types" },
  { "a capability that the host lacks", "init", "return flawed$", "flawed.capabilities.fly = print return flawed",
    "capabilities.fly: the host has no method" },
  { "allocate that fails", "init", "cell:set%(\"cap\", ", "%0cell + ", "attempt to perform arithmetic" },
  { "a share that binds when it is given alone", "init", "%(resources or {}%).ribosomes or 99", "99",
    "ribosomes: binds a cell that is given it, and not one that is built with it" },
  { "allocate that starts afresh", "init", "cell:set%(\"cap\"", "cell:reset() %0",
    "the time is 0 s, where 30 s was expected" },
  { "a share that is kept", "init", "resources.ribosomes or 99%) end", "resources.ribosomes or cell:get 'cap') end",
    "ribosomes, held and given back: cap is 0.001, where 99 was expected" },
  { "a share that is remembered", "init", "flawed.allocate%b()", "%0 kept = kept or resources.ribosomes",
    "goes on differently", "A = cell:get \"A\" }", "A = cell:get \"A\" - (kept or 0) }" },
  { "a share that is said to be ignored and is not", "manifest", "rna_polymerase = ", "ribosomes = ",
    "ribosomes: binds: take it out of ignores" },
  { "a share that is ignored, and it is not said", "manifest", 'rna_polymerase = "none in it", ', "",
    "rna_polymerase: does not bind: with 0.001 of it" },
  { "a share that only metrics know", "init", "min%(k, cap/50%)", "k", "ribosomes: does not bind",
    "A = cell:get \"A\" }", "A = cell:get \"A\", at_work = math.min(cell:get \"cap\", 50) }" },
  { "a genome of another length", "manifest", "length = 30", "length = 31", "30 bases, and 31 in the manifest" },
  { "another gene on the genome", "init", 'id = "g", type = "CDS", start', 'id = "h", type = "CDS", start',
    "h is on the genome and not among them" },
  { "essentiality that means nothing", "init", '= "essential"', '= "very"', "g: essentiality very" },
  { "essentiality from nowhere", "init", "known from this very spec", "?", "its source expected" },
  { "a process that is not named", "init", 'name = "growth"', 'name = "grow"', "growth is defined and not named" },
  { "a medium that nobody knows", "init", "if not flawed.media%[name%]", "if false",
    "took a medium that there is not" },
  { "a compartment without a volume", "init", "litres = 2", "litres = 0", "compartments[2].litres: a volume above 0" },
  { "a volume that there is not", "init", 'litres = "room"', 'litres = "size"',
    "compartments[1].litres: the cell has no size" },
  { "a volume that ends", "init", "room = 1e%-15", "room = 0",
    "compartments[1].litres: a volume above 0, or the name of one, expected, got 0.0 at the start" },
  { "a species in no compartment", "init", '{ name = "outer", litres = 2 }',
    '{ name = "outer", litres = 2, species = {} }', "compartments: B is in none of them" },
  { "a species in two compartments", "init", '{ name = "outer", litres = 2 }',
    '{ name = "outer", litres = 2, species = { "A", "B" } }', "compartments[2]: A is in inner, too" },
  { "a compartment of what there is not", "init", '{ "A" }, inside', '{ "A", "C" }, inside',
    "the cell has no species C" },
  { "two compartments of the rest", "init", ', species = { "A" }', "", "two have no species listed" },
  { "a compartment in none that there is", "init", 'inside = "outer"', 'inside = "outside"',
    "compartments[1].inside: there is no compartment outside" },
  { "compartments in a circle", "init", "litres = 2 }", 'litres = 2, inside = "inner" }', "inner lies in itself" },
  { "molecules that a division loses", "init", "A = all %- own", "A = 0", "are not the mother's" },
  { "molecules that both daughters have", "init", 'cell:set%("A", own%)', "",
    "share them out, or list it in undivided" },
  { "a species that a daughter lacks", "init", ', B = cell:get "B"', "",
    "divide: molecules of B for the other daughter expected, got nil" },
  { "what is undivided, divided", "init", 'undivided = { "B" }', 'undivided = { "A", "B" }', "A is undivided, and" },
  { "halves of molecules", "init", "all == all//1 and [^\n]+ or all/2", "all/2", "whole molecules",
    "A = 10, B", "A = 11, B" },
  { "daughters that no seed determines", "init", "math.random%b()", "math.tointeger(os.clock()*1e6//1) %% all",
    "of the same seed: take what is random from math.random", "A = 10, B", "A = 1000000000, B" },
  { "a division that starts afresh", "init", "return { A = all", "cell:reset() %0", "divide: the time is 0 s" },
  { "undivided without a division", "init", "return flawed$", "flawed.divide = nil return flawed",
    "undivided: there is no divide" },
  { "undivided what there is not", "init", 'undivided = { "B" }', 'undivided = { "B", "C" }',
    "undivided: the cell has no species C" },
  { "a metric that is no number", "init", 'A = cell:get "A" }', "A = 0/0 }", "metrics: A is" },
  { "an operon that is not there", "init", 'if id ~= "g" then', "if false then",
    "manage_operons of an unknown operon" },
  { "an essential gene that is none", "init", 'return { "g" }', 'return { "x" }', "x is none of the genes" },
  { "an action that nobody knows", "init", "if action ~= [^\n]+", "", "manage_operons with an unknown action" },
  { "no state of an operon", "init", "return { g = action }", "", "{ id = state } expected" },
}

-- What all checks say of an organism, in one text.
local function complaints_of(name)
  local all = {}
  for i, complaint in ipairs(scratch_organisms.complaints(name)) do all[i] = table.concat(complaint, ": ") end
  return table.concat(all, "\n")
end

describe("the contract", function()
  local scratch

  local function write(name, manifest_text, init_text)
    scratch:write(name, { manifest = manifest_text, init = init_text }, "flawed")
  end

  setup(function() scratch = scratch_organisms.open() end)
  teardown(function() scratch:close() end)

  it("has nothing against a good organism", function()
    write("flawless", manifest, init)
    assert.equal("", complaints_of "flawless")
  end)

  for i, row in ipairs(mistakes) do
    it("finds " .. row[1], function()
      local texts = { manifest = manifest, init = init }
      local changed
      texts[row[2]], changed = texts[row[2]]:gsub(row[3], row[4])
      assert.is_true(changed > 0)
      if row[6] then texts[row[2]] = texts[row[2]]:gsub(row[6], row[7]) end
      write("flaw" .. i, texts.manifest, texts.init)
      local message = complaints_of("flaw" .. i)
      assert.truthy(message:find(row[5], 1, true), message)
    end)
  end

  it("tells why an organism does not load, each time", function()
    write("stillborn", manifest, "error 'on purpose'")
    for _ = 1, 50 do
      local vm <close> = assert(bioxen.create_bio_vm("stillborn", "stillborn"))
      local _, err = vm:start()
      assert.equal("EORGANISM", err.code)
      assert.truthy(err.message:find("stillborn/init.lua:1: on purpose", 1, true), err.message)
    end
  end)
end)
