-- What README.md and docs/*.md show, runs: each page's blocks in their order (spec/support/pages.lua says how).

local contract = require "bioxen.biology.contract"
local core = require "bioxen.core"
local organisms = require "bioxen.biology.organisms"
local pages = require "spec.support.pages"

-- Why the emulated pool of scripts/xcpng_sandbox.sh cannot run, or nil.
local missing = require "spec.support.xapi".missing()

local paths = { "README.md", "CONTRIBUTING.md" }
for _, name in ipairs(core.list_folder "docs") do
  if name:find "%.md$" then paths[#paths + 1] = "docs/" .. name end
end

local function check_run(page, block)
  local status, out, err = page:run(block)
  assert.are.equal(0, status, out .. err)
  if block.output and not (pages.is_shown(block.output, out) or pages.is_shown(block.output, out .. err)) then
    assert.are.equal(block.output, out .. err) -- says how they differ
  end
end

for _, path in ipairs(paths) do
  describe(path, function()
    local blocks = pages.blocks(path)
    local page
    local needs_pool = false

    setup(function() page = pages.open() end)
    teardown(function() page:close() end)

    for _, block in ipairs(blocks) do
      needs_pool = needs_pool or block.info == "in the background"
      local skipped = needs_pool and missing
      it(("line %d: %s"):format(block.line, block.language == "lua" and block[2] or block[1]), function()
        if skipped then
          pending("skipped: " .. skipped)
        elseif block.file then
          assert(load(block.text, "@" .. path .. ":" .. block.line, "t"))
          page:run(block)
        elseif block.info == "in the background" then
          page:start(block.text)
        else
          check_run(page, block)
        end
      end)
    end

    it("shows organisms that keep the contract", function()
      local before = package.path
      package.path = page.folder .. "/?.lua;" .. before
      for _, name in ipairs(organisms.names()) do
        if organisms.folder(name):find(page.folder, 1, true) then
          for _, row in ipairs(contract.list) do row[2](name) end
        end
      end
      package.path = before
    end)

    it("links to what is there", function()
      local folder = path:match "^(.*/)" or ""
      for target in pages.read(path):gmatch "%]%(([^)#%s]+)[^)]*%)" do
        if not target:find "^%a+:" then
          assert.is_truthy(core.real_path(folder .. target), "there is no " .. folder .. target)
        end
      end
    end)
  end)
end

describe("a picture", function()
  it("is made by a block above it, those of the first page by one of another page", function()
    local named = {} -- by name the page and the line of a block that names it
    for _, path in ipairs(paths) do
      local blocks = pages.blocks(path)
      for _, picture in ipairs(path == "README.md" and {} or pages.pictures(path)) do
        local made = false
        for _, block in ipairs(blocks) do
          made = made or block.line < picture.line and block.text:find(picture.name, 1, true)
        end
        assert.truthy(made, ("%s:%d: no block above names %s"):format(path, picture.line, picture.name))
        named[picture.name] = true
      end
    end
    for _, picture in ipairs(pages.pictures "README.md") do assert.is_true(named[picture.name], picture.name) end
  end)
end)

describe("a block of Lua", function()
  it("says whether it is a file, a script or for a VM", function()
    local page = pages.open()
    page:shell "printf '```lua\\n-- a script\\nprint(1)\\n```\\n\\n```lua not run: why\\nprint(1)\\n```\\n' >page.md"
    local good, err = pcall(pages.blocks, page.folder .. "/page.md")
    page:close()
    assert.is_false(good)
    assert.matches("/page%.md:6: a block begins with '%-%- a script', '%-%- in a VM of NAME' or '%-%- NAME%.lua'$", err)
  end)
end)

describe("docs/reference.md", function()
  it("is what scripts/reference.lua makes of types.lua", function()
    local page = pages.open()
    local status, out, err = page:shell "bioxen scripts/reference.lua -"
    page:close()
    assert.are.equal(0, status, err)
    assert.is_true(out == pages.read "docs/reference.md", "run build/bin/bioxen scripts/reference.lua")
  end)

  it("has an anchor for each of its links", function()
    local text, anchors = pages.read "docs/reference.md", {}
    for heading in text:gmatch "\n##+ ([^\n]+)" do
      anchors[heading:lower():gsub("[^%w %-_]", ""):gsub(" ", "-")] = true
    end
    for anchor in text:gmatch "%]%(#([^)]+)%)" do assert.is_true(anchors[anchor], anchor) end
  end)
end)

describe("the page of the organism", function()
  for _, name in ipairs { "ecoli", "empty", "minimal_cell", "syn3a" } do
    it(name .. " is what scripts/organism_pages.lua makes of its manifest", function()
      local page = pages.open()
      local status, out, err = page:shell("bioxen scripts/organism_pages.lua - " .. name)
      page:close()
      assert.are.equal(0, status, err)
      assert.is_true(out == pages.read(("docs/organism_%s.md"):format(name)),
        "run build/bin/bioxen scripts/organism_pages.lua")
    end)
  end
end)

describe("what editors know of organisms", function()
  it("is what scripts/organism_pages.lua makes of their manifests, and is Lua", function()
    local page = pages.open()
    local status, out, err = page:shell "bioxen scripts/organism_pages.lua - types"
    page:close()
    assert.are.equal(0, status, err)
    assert.is_true(out == pages.read "lua/bioxen/biology/types.lua", "run build/bin/bioxen scripts/organism_pages.lua")
    assert(load(out))
    assert.matches("%-%-%-@class bioxen.Cell.ecoli: bioxen.Cell\n", out)
    assert.matches("\n%-%-%-@param options { name: string, copies%?: number, .-}\nfunction ecoli:add_plasmid%(", out)
    assert.matches("\n%-%-%-@param genes%? string|string%[%]\nfunction ecoli:restore%(genes%) end\n", out)
    assert.matches("^%-%-%-@meta bioxen\n", pages.read "lua/bioxen/types.lua") -- what require "bioxen" gives in editors
  end)
end)

describe("the version", function()
  it("is in CHANGELOG.md", function()
    assert.is_truthy(pages.read "CHANGELOG.md":find("## [" .. core.version .. "]", 1, true))
  end)
end)
