-- `bioxen organisms NAME --check` finds each way to break a good organism: copies of spec/support/template, which is
-- docs/template as it was when they were listed, each changed in one place.

local organisms = require "bioxen.biology.organisms"
local scratch_organisms = require "spec.support.scratch_organisms"

-- What is broken, in which file, what text is replaced wherever it stands and by what, and what the check says. "^" in
-- place of a text is the beginning of the file; without a text the file is missing. Perhaps a second replacement.
local mutations = {
  { "a name that is not the folder's", "manifest", 'name = "my_cell",', 'name = "other",',
    'name: "my_cell" expected, as the folder, got "other"' },
  { "no sources", "manifest", "sources = {", "sauces = {", "manifest.sources: missing" },
  { "a manifest that is no Lua", "manifest", 'version = "1.0.0",', "version = = 1",
    "manifest.lua:7: unexpected symbol" },
  { "a manifest that returns nothing", "manifest", "return {", "local _ = {", "manifest.lua returns no table" },
  { "a default above the maximum", "manifest", "default = 1, minimum", "default = 5, minimum",
    "options.inducer.default: at most 1 expected, got 5" },
  { "an option without a meaning", "manifest", 'meaning = "how much', 'mean = "how much',
    "options.inducer.meaning: missing" },
  { "a manifest without end", "manifest", "^", "while true do end ", "it takes too long" },
  { "another number of genes", "manifest", "genes = 2 }", "genes = 7 }", "genes: 2, and 7 in the manifest" },
  { "another length of the genome", "manifest", "length = 2337", "length = 999",
    "2337 bases, and 999 in the manifest" },
  { "a module that is no Lua", "init", "local function build(", "local function build((",
    "my_cell/init.lua:75: <name>" },
  { "a module that prints", "init", "^", "print 'x' ", "init.lua:1: an organism that is being loaded cannot print" },
  { "a module that takes too much memory", "init", "^", "local much = ('x'):rep(1 << 30) ",
    "cannot load the organism my_cell: it takes more than 1024 MiB of memory" },
  { "no build", "init", "  build = build,", "", "has a function build" },
  { "build that fails", "init", "local parameters = limits(resources)", 'error "boom"', "my_cell/init.lua:77: boom" },
  { "an exchange that does nothing", "init", "  build = build,", "%0 exchange = { knows = function() end },",
    "exchange: knows and live expected" },
  { "no allocate", "init", "  allocate = allocate,", "", "allocate: missing" },
  { "allocate that changes the cell's state", "init", "cell:set(limits(resources))",
    '%0 cell:set("protein_lacY", 0)', "protein_lacY is 0, where 1.681" },
  { "allocate without effect", "init", "cell:set(limits(resources))", "local _ = cell, resources",
    "atp_percentage: binds a cell that is built with it, and not one that is given it" },
  { "ribosomes without limit", "init", "ribosomes = resources.ribosomes or NO_LIMIT", "ribosomes = NO_LIMIT",
    "ribosomes: does not bind: with 0.001 of it" },
  { "polymerases without limit", "init", "polymerases = resources.rna_polymerase or NO_LIMIT",
    "polymerases = NO_LIMIT", "rna_polymerase: does not bind: with 0.001 of it" },
  { "a limit that metrics alone have", "init", '("transcription_scale*promoter_%s")', '("promoter_%s")',
    "rna_polymerase: does not bind: with 0.001 of it" },
  { "energy for nothing", "init", "energy = (resources.atp_percentage or 100)/100", "energy = 1",
    "let build and allocate use resources.atp_percentage" },
  { "a share given back that leaves a trace", "init", "resources.rna_polymerase or NO_LIMIT",
    "resources.rna_polymerase or kept or NO_LIMIT",
    "rna_polymerase, held and given back: polymerases is 0.001, where 1e+12 was expected",
    "resources = resources or {}", "%0 kept = resources.rna_polymerase or kept" },
  { "a metric that is text", "init", "time = cell:time()", 'time = "now"', "metrics: time = now, at the start" },
  { "a metric that is no number", "init", "all.ribosomes = ", "all.ribosomes = 0/0*", "metrics: ribosomes is" },
  { "no metrics in the table", "init", "  return all\nend\n\nlocal function start", "end\n\nlocal function start",
    "metrics: a table expected, got a nil" },
  { "a process that is not defined", "init", '{ name = "expression"', '{ name = "division"',
    "processes: build defines no division" },
  { "a species that there is not", "init", '{ mRNA .. " ->", k', '{ mRNA .. " -> ghost", k',
    '"ghost" is not declared as a species' },
  { "a parameter that there is not", "init", "transcription_scale*promoter_%s", "transcription_scale*promotor_%s",
    'found "promotor_lacI"' },
  { "essentiality that means nothing", "init", 'essentiality = "nonessential" }', 'essentiality = "maybe" }',
    "b0343: essentiality maybe" },
  { "an essential gene that is none", "init", "function() return {} end", 'function() return { "b9999" } end',
    "b9999 is none of the genes" },
  { "an essential gene that is not told of", "init", 'product = gene.product,\n      essentiality = "nonessential" }',
    'product = gene.product,\n      essentiality = "essential" }',
    "get_essential_genes: b0343 is missing, and essential" },
  { "an operon that there is not", "init", "if #found == before then error", "if false then error",
    "manage_operons of an unknown operon: an error expected" },
  { "operons without effect", "init", 'cell:set("on_" .. gene.name, action == "activate" and 1 or 0)', "",
    "to repress all operons changes nothing" },
  { "an operon in one state", "init", '"active" or "repressed"', '"active" or "active"',
    'manage_operons: lacI is "active" after repress and after activate' },
  { "media without set_medium", "init", "  functions = { set_medium = set_medium },", "",
    "functions.set_medium: missing" },
  { "a medium that there is not", "init", 'if type(chosen) ~= "table" then error',
    'if type(chosen) ~= "table" then return end if false then error', "took a medium that there is not" },
  { "media without effect", "init", 'cell:set("inducer", check.number(chosen.inducer, "set_medium: inducer"))', "",
    "the cell does the same in all its media (glucose, iptg)" },
  { "files", "init", "^", 'local _ = io.open "/etc/passwd" ',
    "my_cell/init.lua:1: attempt to index a nil value (global 'io')" },
  { "chance that no seed determines", "init", "definition.species[protein] = 0, 0",
    "definition.species[protein] = os.clock(), 0", "build gives another cell each time" },
  { "two genes of one id", "init", 'id = gene.id, name = gene.name, type = "CDS", sequence',
    'id = "b1", name = gene.name, type = "CDS", sequence', 'two genes are called "b1"' },
  { "a negative constant", "init", "protein = 0.2*", "protein = -0.2*",
    'reaction "protein_lacY ->": k is -0.00333333' },
  { "a negative formula", "init", "translation = 30*", "translation = -30*",
    "molecules of protein_lacY after a minute: " .. '"-> protein_lacY" has a rate of -0.2' },
  { "an option that is ignored", "init", "parameters.inducer = options.inducer", "parameters.inducer = 1",
    "options.inducer: with 0.5 the cell does the same for a day as with 1" },
  { "an option that acts on nothing", "init", "inducer*%.17g", "1*%.17g",
    "options.inducer: with 0.5 the cell does the same for a day as with 1" },
  { "transcription that tells nothing", "init", "  return true", "  return nil",
    "start_transcription: true expected, got nil" },
  { "transcription that is not started", "init", 'do cell:set("on_" .. gene.name, 1) end', "do local _ = gene end",
    "start_transcription: of a gene whose operon is repressed it changes nothing" },
  { "no module", "init", nil, nil, "no module 'my_cell' in this VM" },
}

local function read(file)
  local handle <close> = assert(io.open("spec/support/template/bioxen/biology/my_cell/" .. file .. ".lua"))
  return handle:read "a"
end

-- Plain text by plain text, wherever it stands; "%0" is what is replaced.
local function replaced(text, old, new)
  if old == "^" then return new .. text end
  local count
  local replacement = new:gsub("%%0", function() return old end)
  text, count = text:gsub(old:gsub("%p", "%%%0"), function() return replacement end)
  assert(count > 0, old)
  return text
end

describe("the check of an organism", function()
  local scratch

  -- All that it says of the template with these texts.
  local function complaints(name, texts)
    scratch:write(name, texts, "my_cell")
    local _, broken = organisms.validate(name)
    if broken then return broken.message end
    local all = {}
    for i, complaint in ipairs(scratch_organisms.complaints(name)) do all[i] = complaint[2] end
    return (table.concat(all, "\n"):gsub(name, "my_cell"))
  end

  setup(function() scratch = scratch_organisms.open() end)
  teardown(function() scratch:close() end)

  it("has nothing against what is not broken", function()
    assert.equal("", complaints("unbroken", { manifest = read "manifest", init = read "init" }))
  end)

  for i, row in ipairs(mutations) do
    it("finds " .. row[1], function()
      local texts = { manifest = read "manifest", init = read "init" }
      texts[row[2]] = row[3] and replaced(texts[row[2]], row[3], row[4])
      if row[6] then texts[row[2]] = replaced(texts[row[2]], row[6], row[7]) end
      local said = complaints("mutant_" .. i, texts)
      assert.truthy(said:find(row[5], 1, true), said)
    end)
  end
end)
