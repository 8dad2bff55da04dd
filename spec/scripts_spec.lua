-- Every experiment of scripts/ runs and leaves what it says it leaves.

local build = os.getenv "BIOXEN_BUILD" or "./build"

local function lines_of(command)
  local list = {}
  for line in assert(io.popen(command)):lines() do
    list[#list + 1] = line
  end
  return list
end

describe("the experiment", function()
  for _, script in ipairs(lines_of "ls scripts/[0-9][0-9]_*.lua") do
    it(script .. " runs and draws its picture", function()
      local program = lines_of("realpath " .. build .. "/bin/bioxen")[1]
      local path = lines_of("realpath " .. script)[1]
      local scratch = lines_of "mktemp -d"[1]
      -- A preloaded sanitizer would report gnuplot's own leaks.
      local command = ("cd %s && env -u LD_PRELOAD '%s' '%s' 2>&1 </dev/null"):format(scratch,
        program, path)
      local pipe = assert(io.popen(command))
      local output = pipe:read "a"
      assert.is_true(pipe:close(), output)
      local picture = scratch .. "/out/" .. script:match "([^/]+)%.lua$" .. ".png"
      local file = assert(io.open(picture, "rb"), output)
      assert.are.equal("\137PNG\r\n\26\n", file:read(8))
      file:close()
      os.execute("rm -rf -- " .. scratch)
    end)
  end
end)
