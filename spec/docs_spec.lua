-- The Lua in docs/*.md runs. A block that begins with "-- some/file.lua" is that file, in a folder that is on
-- package.path; "-- in a VM of NAME" runs in such a VM; any other is a script.

local bioxen = require "bioxen"
local core = require "bioxen.core"
local organisms = require "bioxen.organisms"
local organism_check = require "bioxen.organism_check"

local function read_blocks(path)
  local blocks, block, number = {}, nil, 0
  for line in io.lines(path) do
    number = number + 1
    if line == "```lua" then
      block = { line = number }
    elseif line == "```" and block then
      block.text = table.concat(block, "\n")
      block.file = block[1]:match "^%-%- (%S+%.lua)$"
      block.organism = block[1]:match "^%-%- in a VM of (%S+)$"
      blocks[#blocks + 1], block = block, nil
    elseif block then
      block[#block + 1] = line
    end
  end
  return blocks
end

local function write(path, text)
  assert(os.execute("mkdir -p " .. path:match "^(.*)/"))
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text, "\n"))
end

local function run_in_vm(organism, code)
  local vm <close> = assert(bioxen.create_bio_vm("docs", organism))
  assert(vm:start())
  assert(vm:execute_biological_process(code))
end

-- A script of a page prints; the tests' own output stays as it is.
local function run_script(code, name)
  local environment = setmetatable({ print = function() end }, { __index = _G })
  assert(load(code, name, "t", environment))()
end

for _, page in ipairs(core.list_folder "docs") do
  if page:find "%.md$" then
    describe("docs/" .. page, function()
      local blocks = read_blocks("docs/" .. page)
      local scratch, before

      setup(function()
        local pipe <close> = assert(io.popen "mktemp -d")
        scratch, before = pipe:read "l", package.path
        package.path = scratch .. "/?.lua;" .. before
        for _, block in ipairs(blocks) do
          if block.file then write(scratch .. "/" .. block.file, block.text) end
        end
      end)

      teardown(function()
        package.path = before
        os.execute("rm -rf -- " .. scratch)
      end)

      for _, block in ipairs(blocks) do
        it(("line %d: %s"):format(block.line, block[1]), function()
          local name = ("@docs/%s:%d"):format(page, block.line)
          if block.file then assert(load(block.text, name, "t"))
          elseif block.organism then run_in_vm(block.organism, block.text)
          else run_script(block.text, name) end
        end)
      end

      it("shows organisms that keep the contract", function()
        for _, name in ipairs(organisms.names()) do
          if organisms.folder(name):find(scratch, 1, true) then
            for _, row in ipairs(organism_check.list) do row[2](name) end
          end
        end
      end)
    end)
  end
end
