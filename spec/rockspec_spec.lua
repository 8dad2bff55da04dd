-- The two ways to install: LuaRocks without a network, and cmake --install.

local function run(command)
  local pipe = assert(io.popen("( " .. command .. " ) 2>&1 </dev/null"))
  local output = pipe:read "a"
  local good, _, status = pipe:close()
  return good and 0 or status, output
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function must(command)
  local status, output = run(command)
  assert.are.equal(0, status, command .. "\n" .. output)
  return output
end

local start_a_vm = [[
  local bioxen = require "bioxen"
  local vm <close> = assert(bioxen.create_bio_vm("installed", "minimal_cell"))
  assert(vm:start())
  io.write("answer ", assert(vm:execute_biological_process "return 6 * 7").result)]]

describe("an installation", function()
  local build = os.getenv "BIOXEN_BUILD" or "./build"
  local scratch

  setup(function()
    scratch = must("mktemp -d"):gsub("%s+$", "")
  end)

  teardown(function()
    must("rm -rf -- " .. quote(scratch))
  end)

  -- Stock lua with the module of `prefix`, the program there, and nothing of this tree.
  local function works_from(prefix)
    local environment = ("cd / && env -u LUA_PATH_5_4 -u LUA_CPATH_5_4 LUA_PATH=%s LUA_CPATH=%s ")
      :format(quote(prefix .. "/share/lua/5.4/?.lua;" .. prefix .. "/share/lua/5.4/?/init.lua;;"),
        quote(prefix .. "/lib/lua/5.4/?.so;;"))
    assert.are.equal("answer 42", must(environment .. "lua5.4 -e " .. quote(start_a_vm)))
    assert.are.equal("answer 42", must("cd / && " .. quote(prefix .. "/bin/bioxen") .. " -e "
      .. quote(start_a_vm)))
  end

  it("by luarocks make, with no server to ask, starts a VM", function()
    if run "command -v luarocks && luarocks --lua-version 5.4 config" ~= 0 then
      return pending "needs luarocks"
    end
    must("cp -R CMakeLists.txt LICENSE src lua bioxen-scm-1.rockspec " .. quote(scratch))
    local config = assert(io.open(scratch .. "/rocks.lua", "w"))
    -- Debian's lua-cjson is no rock.
    config:write('rocks_servers = {} rocks_provided = { ["lua-cjson"] = "2.1.0-1" }\n')
    config:close()
    must(("cd %s && HOME=$PWD LUAROCKS_CONFIG=$PWD/rocks.lua CMAKE_BUILD_PARALLEL_LEVEL=$(nproc) "
      .. "luarocks --lua-version 5.4 make --tree $PWD/tree bioxen-scm-1.rockspec")
      :format(quote(scratch)))
    works_from(scratch .. "/tree")
  end)

  it("by cmake --install under a prefix starts a VM", function()
    must(("cmake --install %s --prefix %s"):format(quote(build), quote(scratch .. "/prefix")))
    works_from(scratch .. "/prefix")
  end)
end)
