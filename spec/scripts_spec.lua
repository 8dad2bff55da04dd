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
  if script:find "cell_cycle" then return "60" end
  if script:find "syn3a_lineage" then return "1 60" end
  if script:find "syn3a_energy" then return "120" end
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

-- Runs a command line in a new folder, and gives that folder.
local function run(command)
  local scratch = lines_of "mktemp -d"[1]
  -- A preloaded sanitizer would report gnuplot's own leaks.
  local pipe = assert(io.popen(("cd %s && env -u LD_PRELOAD %s 2>&1 </dev/null"):format(scratch, command)))
  local output = pipe:read "a"
  assert.is_true(pipe:close(), output)
  return scratch, output
end

local function is_picture(path, output)
  local file = assert(io.open(path, "rb"), output)
  assert.are.equal("\137PNG\r\n\26\n", file:read(8))
  file:close()
end

local function remove(folder)
  os.execute("rm -rf -- " .. folder)
end

describe("the experiment", function()
  for _, script in ipairs(lines_of "ls scripts/[0-9][0-9]_*.lua") do
    local name = script:match "([^/]+)%.lua$"
    local program, path = lines_of("realpath " .. build .. "/bin/bioxen")[1], lines_of("realpath " .. script)[1]

    it(script .. " runs and draws its picture", function()
      local arguments, missing, leave = arguments_of(script)
      if missing then
        pending("skipped: " .. missing)
        return
      end
      local scratch, output = run(("'%s' '%s' %s"):format(program, path, arguments))
      is_picture(scratch .. "/out/" .. name .. ".png", output)
      remove(scratch)
      if leave then leave() end
    end)

    if not script:find "xcpng" then
      it(script .. " leaves all its files where bioxen run --out wants them", function()
        local scratch, output = run(("'%s' run --quiet --out results '%s' %s"):format(program, path,
          script:find "expression_noise" and "40" or arguments_of(script)))
        assert.are.same({ "results" }, lines_of("ls " .. scratch), output)
        is_picture(scratch .. "/results/" .. name .. ".png", output)
        assert.is_true(#lines_of(("ls %s/results/*.csv"):format(scratch)) > 0, output)
        remove(scratch)
      end)
    end
  end
end)
