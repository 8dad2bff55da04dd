-- Every experiment of scripts/ runs and leaves what it says it leaves.

local build = os.getenv "BIOXEN_BUILD" or "./build"

local function lines_of(command)
  local list = {}
  for line in assert(io.popen(command)):lines() do
    list[#list + 1] = line
  end
  return list
end

-- What a script needs after its name: slower builds simulate fewer cells, and the experiments with a pool get
-- an emulated one.
local function arguments_of(script)
  if script:find "expression_noise" then return (tonumber(os.getenv "BIOXEN_SLOW") or 1) > 1 and "40" or "" end
  if not script:find "xcpng" then return "" end
  local kind = require "spec.support.vm_kind"
  if kind.xcpng_missing() then return nil, kind.xcpng_missing() end
  local pool = kind.use_xcpng()
  local path = pool.state .. "/pool.json"
  local file = assert(io.open(path, "w"))
  file:write(require "cjson".encode { xcpng_config = pool:config { journal = pool.state .. "/journal" } })
  file:close()
  assert(os.execute("chmod 600 " .. path))
  return path, nil, kind.leave_xcpng
end

describe("the experiment", function()
  for _, script in ipairs(lines_of "ls scripts/[0-9][0-9]_*.lua") do
    it(script .. " runs and draws its picture", function()
      local arguments, missing, leave = arguments_of(script)
      if missing then
        pending("skipped: " .. missing)
        return
      end
      local program = lines_of("realpath " .. build .. "/bin/bioxen")[1]
      local path = lines_of("realpath " .. script)[1]
      local scratch = lines_of "mktemp -d"[1]
      -- A preloaded sanitizer would report gnuplot's own leaks.
      local command = ("cd %s && env -u LD_PRELOAD '%s' '%s' %s 2>&1 </dev/null"):format(scratch,
        program, path, arguments)
      local pipe = assert(io.popen(command))
      local output = pipe:read "a"
      assert.is_true(pipe:close(), output)
      local picture = scratch .. "/out/" .. script:match "([^/]+)%.lua$" .. ".png"
      local file = assert(io.open(picture, "rb"), output)
      assert.are.equal("\137PNG\r\n\26\n", file:read(8))
      file:close()
      os.execute("rm -rf -- " .. scratch)
      if leave then leave() end
    end)
  end
end)
