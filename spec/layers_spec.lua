-- The order of the rooms, which scripts/layers.lua has in two tables.
local layers = dofile "scripts/layers.lua"

describe("the house", function()
  it("has no arrow that points up", function()
    assert.same({}, layers.faults("."))
  end)

  it("stores no pointer through void **: only a void * may be what that points to", function()
    local pipe = assert(io.popen "grep -rn '(void \\*\\*)' src")
    local found = pipe:read "a"
    pipe:close()
    assert.are.equal("", found)
  end)

  it("is read whole", function()
    local uses = table.concat(layers.uses("."), "\n")
    for _, pair in ipairs { "src/lua %-> src/vm", "src/values %-> lua%.h",
      "lua/bioxen/cli %-> lua/bioxen/init%.lua" } do
      assert.matches("%d  " .. pair, uses)
    end
  end)

  local function exists(path)
    local file <close> = io.open(path)
    return file ~= nil
  end

  it("is as the map of CONTRIBUTING.md says, which has every room of src/", function()
    local file <close> = assert(io.open "CONTRIBUTING.md")
    local text = file:read("a"):match "\n## The map\n(.-)\nWhere to put it:"
    local seen = {}
    for left, right in text:gmatch "\n| ([^\n|]+) | ([^\n]+) |" do
      local folder
      for path in left:gmatch "`([^`]+)/`" do
        folder = exists(path) and path or "lua/bioxen/" .. path -- of those that stand behind "…"
        assert.is_true(exists(folder), path)
        seen[folder] = true
      end
      for name in right:gmatch "`([%w_/]+%.%w+)`" do
        assert.is_true(exists(folder .. "/" .. name) or exists("lua/bioxen/biology/" .. name) or exists(name), name)
      end
    end
    for _, row in ipairs(layers.rooms) do
      for _, room in ipairs(row) do assert.truthy(seen[room] or seen[room:match "^(.*)/"], room) end
    end
  end)

  it("names both files of an arrow that points up", function()
    local root = os.tmpname()
    os.remove(root)
    assert(os.execute(("mkdir -p %s/src/core %s/lua/bioxen/plot"):format(root, root)))
    local function write(path, text)
      local file = assert(io.open(root .. "/" .. path, "w"))
      file:write(text)
      file:close()
    end
    finally(function() os.execute("rm -r " .. root) end)
    write("src/core/clock.c", '#include "vm/vm.h"\n#include <lua.h>\n')
    write("lua/bioxen/plot/init.lua", 'local face = require "bioxen"\n')
    write("lua/bioxen/init.lua", "")
    assert.same({
      "src/core/clock.c:1 uses src/vm/vm.h: the arrow points up",
      "src/core/clock.c:2 uses lua.h: src/core knows no Lua",
      "lua/bioxen/plot/init.lua:1 uses lua/bioxen/init.lua: the arrow points up",
    }, layers.faults(root))
  end)
end)
