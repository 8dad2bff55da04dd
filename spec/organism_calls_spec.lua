-- What a VM's organism can be asked, and packages that are put into a VM.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local core = require "bioxen.core"
local kind = require "spec.support.vm_kind"

-- Slower builds take longer.
local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1
local scratch

local function start(organism, config)
  local vm = assert(kind.create("calls", organism or "minimal_cell", config))
  assert(vm:start())
  return vm
end

local function run(vm, code)
  return assert(vm:execute_biological_process(code)).result
end

local function says(message, ...)
  for _, part in ipairs { ... } do assert.truthy(message:find(part, 1, true), message) end
end

local function refused(code, parts, result, err)
  assert.is_nil(result)
  assert.equal(code, err and err.code, tostring(err))
  says(err.message, table.unpack(parts))
end

-- Write files by name; the path of their folder.
local function write(folder, files)
  local path = scratch .. "/" .. folder
  assert(os.execute("mkdir -p " .. path))
  for name, text in pairs(files) do
    local file <close> = assert(io.open(path .. "/" .. name, "w"))
    assert(file:write(text))
  end
  return path
end

setup(function()
  local pipe <close> = assert(io.popen "mktemp -d")
  scratch = pipe:read "l"
end)

teardown(function()
  os.execute("rm -rf -- " .. scratch)
end)

describe("capabilities", function()
  it("are asked by ids, of which one may be alone", function()
    local vm <close> = start()
    assert.same({ "ribosomal", "transporter", "enzyme" }, vm:get_essential_genes())
    assert.same({ enzyme = "repressed" }, vm:manage_operons("enzyme", "repress"))
    assert.equal(0, run(vm, "return cell:get 'on_m'"))
    vm:start_transcription { "enzyme", "heterologous" }
    assert.equal(1, run(vm, "return cell:get 'on_m'"))
    assert.is_number(vm:get_biological_metrics().growth_rate)
  end)

  it("are asked with any number of arguments", function()
    local vm <close> = start()
    local arguments = { { "enzyme" } }
    for i = 2, 5000 do arguments[i] = i end
    local _, err = core.ask(vm, "capability", nil, "start_transcription", arguments)
    assert.is_nil(err)
    assert.equal(1, run(vm, "return cell:get 'on_m'"))
  end)

  it("tell an unknown id, and where", function()
    local vm <close> = start()
    refused("ESCRIPT", { "start_transcription", '"unicorn"', "ribosomal" },
      vm:start_transcription { "enzyme", "unicorn" })
    refused("ESCRIPT", { "manage_operons", '"unicorn"' }, vm:manage_operons("unicorn", "repress"))
    refused("ESCRIPT", { "manage_operons", "tickle" }, vm:manage_operons("enzyme", "tickle"))
  end)

  it("raise for arguments that make no sense", function()
    local vm <close> = start()
    for part, ids in pairs { ["got 5"] = 5, ["no id in it"] = {}, ["[2]: an id expected, got 7"] = { "a", 7 } } do
      assert.error_matches(function() vm:start_transcription(ids) end, part, 1, true)
      assert.error_matches(function() vm:manage_operons(ids, "repress") end, part, 1, true)
    end
    assert.error_matches(function() vm:start_transcription() end, "gene_ids.*got nil")
    assert.error_matches(function() vm:manage_operons { "enzyme" } end, "'action': a string expected, got nil")
  end)

  it("that an organism lacks are unsupported, and those it has are named", function()
    local vm <close> = start()
    refused("EUNSUPPORTED", { "minimal_cell has no get_plasmid_count",
      "get_essential_genes, manage_operons, start_transcription" }, vm:get_plasmid_count())
    local plain <close> = assert(kind.create("plain", "plain_cell"))
    assert(plain:start())
    refused("EUNSUPPORTED", { "plain_cell has no get_essential_genes; it has none" }, plain:get_essential_genes())
    refused("EUNSUPPORTED", { "plain_cell has no genome" }, plain:execute_biological_process "cell:genome()")
    assert.same({ A = 100 }, plain:get_biological_metrics())
  end)

  it("need a VM that runs", function()
    local vm <close> = assert(kind.create("calls", "minimal_cell"))
    refused("ESTATE", { "created" }, vm:get_essential_genes())
  end)

  it("stand on a library that is there for all code", function()
    local vm <close> = start "plain_cell"
    assert.equal("function", run(vm, [[return type(require("library.options").complete)]]))
    refused("ESCRIPT", { "no module 'library.unicorn'" }, vm:execute_biological_process "require 'library.unicorn'")
  end)
end)

local decay = [[
  return { install = function(cell, process)
    process "label" { species = { label = %d }, reactions = { { "label ->", k = 0.1 } } }
    return { labels = cell:get "label" }
  end }]]

describe("a package", function()
  it("is a folder: its install adds to the cell, its files can be required", function()
    local path = write("dye", {
      ["init.lua"] = [[
        local colours = require "dye.colours"
        local media = require "minimal_cell.media"
        return {
          colour = function() return colours[1] end,
          install = function(cell, process)
            process "dye" { species = { dye = colours.amount } }
            cell:set("s0", media.scarce.nutrient)
          end,
        }]],
      ["colours.lua"] = "return { 'red', amount = 7 }",
      ["notes.txt"] = "no Lua",
    })
    local vm <close> = start()
    assert.is_true(vm:install_biological_package(path .. "/"))
    assert.equal(7, run(vm, "return cell:get 'dye'"))
    assert.equal(100, run(vm, "return cell:get 's0'"))
    assert.equal("red", run(vm, "return require('dye').colour()"))
    assert.equal("red", run(vm, "return require('dye.colours')[1]"))
  end)

  it("is one file: what install returns comes back", function()
    local path = write("single", { ["label.lua"] = decay:format(12), ["other.lua"] = "return 1" })
    local vm <close> = start()
    assert.same({ labels = 12 }, vm:install_biological_package(path .. "/label.lua"))
    refused("ESCRIPT", { "label.other" }, vm:execute_biological_process "require 'label.other'")
  end)

  it("is found by its name on package.path, as a file and as a folder", function()
    local before = package.path
    package.path = scratch .. "/path/?.lua;" .. before
    finally(function() package.path = before end)
    write("path/bioxen/packages", { ["flat.lua"] = decay:format(1) })
    write("path/bioxen/packages/deep", { ["init.lua"] = "return { install = function() return 2 end }" })
    local vm <close> = start()
    assert.same({ labels = 1 }, vm:install_biological_package "flat")
    assert.equal(2, vm:install_biological_package "deep")
    refused("ENOTFOUND", { '"unicorn"', "bioxen/packages" }, vm:install_biological_package "unicorn")
  end)

  it("is gone with the worker", function()
    local path = write("gone", { ["init.lua"] = decay:format(1) })
    local vm <close> = start()
    assert(vm:install_biological_package(path))
    assert(vm:restart())
    refused("ESCRIPT", { "no module 'gone'" }, vm:execute_biological_process "require 'gone'")
    assert(vm:install_biological_package(path))
  end)

  it("that is not there, or is called strangely, is refused before the VM hears of it", function()
    local vm <close> = start()
    refused("EFILE", { "/no/such/init.lua" }, vm:install_biological_package "/no/such")
    refused("EFILE", { "/no/such.lua" }, vm:install_biological_package "/no/such.lua")
    refused("EFILE", { "such.txt/init.lua" }, vm:install_biological_package "/no/such.txt/init.lua/")
    for _, path in ipairs { ".", "..", "/", "a/../..", "x/A", "x/a-b", "x/1a", "x/a b.lua", "x/ä", "x/.lua" } do
      refused("EFILE", { path, "lower case" }, vm:install_biological_package(path))
    end
    for _, what in pairs { 5, {}, "" } do
      assert.error_matches(function() vm:install_biological_package(what) end, "'package_name'", 1, true)
    end
    assert.error_matches(function() vm:install_biological_package() end, "got nil", 1, true)
    assert.equal(42, run(vm, "return 42"))
  end)

  it("cannot stand in the place of what is there", function()
    local vm <close> = start()
    for _, name in ipairs { "minimal_cell", "library", "string" } do
      local path = write("taken/" .. name, { ["init.lua"] = decay:format(1) })
      refused("ESCRIPT", { name, "already" }, vm:install_biological_package(path))
    end
    local path = write("twice", { ["init.lua"] = decay:format(1) })
    assert(vm:install_biological_package(path))
    refused("ESCRIPT", { "twice", "already" }, vm:install_biological_package(path))
    assert.equal("table", run(vm, "return type(require 'twice')"))
    assert.equal("x", run(vm, "return require('string').rep('x', 1)"))
    assert.equal("function", run(vm, "return type(require('library.options').complete)"))
    refused("ESCRIPT", { "no name" }, vm:install_biological_package(write(("x"):rep(70),
      { ["init.lua"] = "" })))
  end)
end)

describe("a package that fails", function()
  local broken = {
    ["a mistake in the syntax"] = { "return {", "broken/init.lua:1" },
    ["an error in a file"] = { "require 'broken.part'", "broken/part.lua:1: on purpose" },
    ["an error in install"] = {
      "return { install = function(_, process) process 'half' { species = { half = 1 } } error 'no good' end }",
      "broken/init.lua:1: no good" },
    ["no install"] = { "return {}", "returns no table with a function install" },
    ["no table"] = { "return 5", "returns no table with a function install" },
    ["a module that is not there"] = { "require 'broken.unicorn'", "no module 'broken.unicorn'" },
  }
  for what, case in pairs(broken) do
    it("for " .. what .. " can be mended and installed", function()
      local path = write("broken", { ["init.lua"] = case[1], ["part.lua"] = "error 'on purpose'" })
      local vm <close> = start()
      refused("ESCRIPT", { case[2] }, vm:install_biological_package(path))
      refused("ESCRIPT", { "no module 'broken'" }, vm:execute_biological_process "require 'broken'")
      write("broken", { ["init.lua"] = "require 'broken.part'\n" .. decay:format(3), ["part.lua"] = "" })
      assert.same({ labels = 3 }, vm:install_biological_package(path))
    end)
  end

  it("at its deadline can be installed when it is faster", function()
    local path = write("slow", { ["init.lua"] = "while true do end" })
    local vm <close> = start(nil, { timeout = 0.3*slow })
    refused("EDEADLINE", {}, vm:install_biological_package(path))
    write("slow", { ["init.lua"] = decay:format(4) })
    assert.same({ labels = 4 }, vm:install_biological_package(path))
  end)

  it("leaves what it did to the cell by then, which the next replaces", function()
    local path = write("half", { ["init.lua"] = decay:format(5):gsub("return { labels", "error 'late' %0") })
    local vm <close> = start()
    refused("ESCRIPT", { "late" }, vm:install_biological_package(path))
    assert.equal(5, run(vm, "return cell:get 'label'"))
    write("half", { ["init.lua"] = decay:format(6) })
    assert(vm:install_biological_package(path))
  end)

  it("for its size leaves nothing", function()
    local vm <close> = start()
    local large = ("-"):rep((16 << 20) + 1)
    local path = write("large", { ["init.lua"] = decay:format(1), ["data.lua"] = large })
    refused("EFILE", { "data.lua" }, vm:install_biological_package(path))
    large = large:sub(1, 15 << 20)
    for i = 1, 5 do write("large", { ["data.lua"] = "", ["data" .. i .. ".lua"] = large }) end
    local result, err = vm:install_biological_package(path)
    refused("ERESULT", { "too large" }, result, err)
    for i = 1, 5 do write("large", { ["data" .. i .. ".lua"] = "" }) end
    assert.same({ labels = 1 }, vm:install_biological_package(path))
  end)

  it("for the number of its files can be installed with fewer", function()
    local files = { ["init.lua"] = decay:format(8) }
    for i = 1, 200 do files["f" .. i .. ".lua"] = "" end
    local path = write("many", files)
    local vm <close> = start()
    refused("ESCRIPT", { "no more than" }, vm:install_biological_package(path))
    assert(os.execute("rm " .. path .. "/f*.lua"))
    assert.same({ labels = 8 }, vm:install_biological_package(path))
  end)
end)
