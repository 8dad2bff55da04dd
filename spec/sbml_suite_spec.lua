-- The SBML Test Suite, where it lies beside the project: scripts/sbml_suite.lua over its cases. All
-- semantic cases; some of the stochastic ones, or all with BIOXEN_SBML_STOCHASTIC set.

local suite = "../shared/sbml-test-suite"
local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1

local function run(arguments)
  local program = (os.getenv "BIOXEN_BUILD" or "./build") .. "/bin/bioxen"
  local pipe = assert(io.popen(("'%s' scripts/sbml_suite.lua %s 2>&1 </dev/null"):format(program,
    arguments)))
  local output = pipe:read "a"
  local good, _, status = pipe:close()
  local pass, fail, refused = output:match "all cases +(%d+) +(%d+) +(%d+)"
  return good and 0 or status, output, tonumber(pass), tonumber(fail), tonumber(refused)
end

local function is_there(folder)
  local file = io.open(suite .. "/" .. folder .. "/00001/00001-model.m")
  return file and file:close()
end

describe("the SBML test suite", function()
  it("of semantic cases: none fails, one in thirty is refused", function()
    if not is_there "semantic" then return pending(suite .. "/semantic is not here") end
    local status, output, pass, fail, refused = run(suite .. "/semantic --quiet"
      .. (slow > 1 and " --every 10" or ""))
    assert.are.equal(0, status, output)
    assert.are.equal(0, fail, output)
    if slow <= 1 then assert.is_true(refused <= (pass + refused)/30, output) end -- of all of them
    for line in output:gmatch "%d+ refused: [^\n]+" do
      assert.truthy(line:find "flux balance", line)
    end
  end)

  it("of stochastic cases: at most one miss each", function()
    if not is_there "stochastic" then return pending(suite .. "/stochastic is not here") end
    local all = os.getenv "BIOXEN_SBML_STOCHASTIC"
    if slow > 1 then return pending "a slow build" end
    local status, output = run(suite .. "/stochastic"
      .. (all and "" or " --cases 00001,00006,00023,00035,00040,00075"))
    assert.are.equal(0, status, output)
  end)

  it("the runner tells a wrong call", function()
    assert.are.equal(2, (run "--what"))
    assert.are.equal(2, (run "/nowhere"))
  end)
end)
