-- bioxen steady and bioxen check: what they write of a model, and what they say of their words. What they find is held
-- against closed forms in steady_spec.lua.

local cjson = require "cjson"
local sbml = require "spec.support.sbml"
local shell = require "spec.support.shell"

local function assert_close(expected, actual)
  assert.is_true(math.abs(actual - expected) <= 1e-9, ("%.17g expected, got %.17g"):format(expected, actual))
end

describe("bioxen steady", function()
  local sh, path
  setup(function()
    sh = shell.open()
    path = sh:file("there_and_back.xml", sbml.document {
      compartments = { sbml.compartment("c", 2) },
      species = { sbml.species("A", 'initialConcentration="3"'), sbml.species("B", 'initialConcentration="1"') },
      parameters = { sbml.parameter("k", 2), sbml.parameter("d", 0.5) },
      reactions = { sbml.reaction("forth", { "A" }, { "B" }, sbml.apply("times", "c", "k", "A")),
        sbml.reaction("back", { "B" }, { "A" }, sbml.apply("times", "c", "d", "B")) },
    })
  end)
  teardown(function() sh:close() end)

  it("writes states, fluxes, laws and control", function()
    assert.same({ 0, "A\t0.8\nB\t3.2\n", "" }, { sh("bioxen steady --quiet " .. path) })
    assert.same({ 0, "A\t0.4\nB\t3.6\n", "" }, { sh("bioxen steady --quiet --set k=4.5 " .. path) })
    local _, out, err = sh("bioxen steady --fluxes " .. path)
    assert.equal("back\t3.2\nforth\t3.2\n", out)
    assert.truthy(err:find("stable, largest eigenvalue -2.5", 1, true), err)
    assert.same({ 0, "A.amount + B.amount = 8\n", "" }, { sh("bioxen steady --laws " .. path) })
    _, out = sh("bioxen steady --json --response k,d " .. path)
    local all = cjson.decode(out)
    assert_close(0.2, all.flux_response.forth.k)
    assert_close(0.8, all.flux_control.back.back)
    assert.same({}, cjson.decode((select(2, sh("bioxen steady --json " .. path)))).others)
  end)

  it("follows branches", function()
    local _, out, err = sh("bioxen steady --along k=1,3 --record B " .. path)
    assert.truthy(err:find("branch 1: ", 1, true), err)
    local head, first = out:match "^([^\n]*)\n([^\n]*)\n"
    assert.equal("branch,k,stable,point,B", head)
    assert.equal("1,1,1,,2.66666666667", first)
  end)

  it("says what is wrong", function()
    assert.equal(2, (sh("bioxen steady --record A " .. path)))
    assert.equal(1, (sh("bioxen steady --along k=3,1 " .. path)))
    local status, out, err = sh("bioxen steady --response q " .. path)
    assert.same({ 1, "" }, { status, out })
    assert.truthy(err:find("the model has no 'q'", 1, true), err)
    assert.equal(2, (sh("bioxen steady --control --fluxes " .. path)))
  end)
end)

describe("bioxen check", function()
  local sh, path
  setup(function()
    sh = shell.open()
    path = sh:file("checked.xml", sbml.document {
      compartments = { sbml.compartment("c", 2) },
      species = { sbml.species("A", 'initialConcentration="3"'), sbml.species("B", 'initialConcentration="0"'),
        sbml.species("C", 'initialConcentration="0"'), sbml.species("D", 'initialConcentration="0"') },
      parameters = { sbml.parameter("k", 2), sbml.parameter("off", 0), sbml.parameter("spare", 1) },
      reactions = { sbml.reaction("R1", { "A" }, { "B" }, sbml.apply("times", "c", "k", "A")),
        sbml.reaction("R2", { "B" }, {}, sbml.apply("times", "c", "off", "B")),
        sbml.reaction("R3", { "C" }, { "D" }, sbml.apply("times", "c", "k", "C")) },
    })
  end)
  teardown(function() sh:close() end)

  it("says what is not there, does not happen or is not read", function()
    local status, out, err = sh("bioxen check " .. path)
    assert.same({ 0, "" }, { status, err })
    for _, line in ipairs { "\nreaction R2: its rate is 0: off is 0\n", "\nreaction R3: never happens: ",
      "\nparameter spare: nothing reads it\n", "\nspecies D.amount: it is 0, and nothing makes it\n" } do
      assert.truthy(out:find(line, 1, true), out)
    end
    for _, word in ipairs { "reaction R1", "parameter k", "species B" } do assert.is_nil(out:find(word, 1, true)) end
  end)

  it("says who depends on what, and units", function()
    local _, out = sh("bioxen check --depends " .. path)
    assert.equal("-1 A.amount +1 B.amount\tc k A", out:match "^R1\t([^\n]*)\n")
    local all = cjson.decode((select(2, sh("bioxen check --json " .. path))))
    assert.equal(0, #all.warnings)
    _, out = sh("bioxen check --units " .. path)
    assert.truthy(out:find("species\tA\tnot said\n", 1, true), out)
  end)
end)
