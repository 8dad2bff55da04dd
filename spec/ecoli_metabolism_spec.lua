-- The flux model of ecoli: media, cultures, knock-outs, operons, shares of the chassis, models of the user's own.

local kind = require "spec.support.vm_kind"

local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1
local vm

local function call(code, args, on)
  return (on or vm):execute_biological_process(code, { args = args, timeout = 60*slow })
end

local function run(code, args, on)
  return assert(call(code, args, on)).result
end

-- What the code's error says; the VM takes the next call.
local function problem_of(code, args)
  local result, err = call(code, args)
  assert.is_nil(result, "an error expected")
  assert.equal("running", vm:get_state(), tostring(err))
  return err.message
end

local function near(expected, got, tolerance)
  assert.is_true(math.abs(expected - got) <= (tolerance or 1e-6),
    ("%.12g expected, got %.12g"):format(expected, got))
end

local function start(id, config)
  local new = assert(kind.create(id, "ecoli", config))
  assert(new:start { timeout = 60*slow })
  return new
end

setup(function() vm = start "ecoli" end)
teardown(function() vm:destroy() end)

describe("the metabolism of ecoli", function()
  before_each(function() run [[
    cell:restore()
    cell:set_medium()
    cell:metabolism():set_objective "BIOMASS_Ecoli_core_w_GAM"
  ]] end)

  it("is one flux model, made once", function()
    assert.same({ true, "FluxModel(95 reactions, 72 metabolites, 137 genes)" }, run [[
      return { rawequal(cell:metabolism(), cell:metabolism()), tostring(cell:metabolism()) }
    ]])
  end)

  it("is in a new medium, or under new shares, at once", function()
    near(0.211662950, run [[
      local model = cell:metabolism()
      cell:set_medium "m9_glucose_anaerobic"
      return model:optimum()
    ]])
    near(500*0.000756, run [[
      local model = cell:metabolism()
      cell:set_medium "m9_glucose"
      organism.allocate(cell, { ribosomes = 500 })
      local growth = model:optimum()
      organism.allocate(cell, {})
      return growth
    ]])
  end)

  -- Paalme et al. 1997 measured 0.22 /h on acetate, as fast as their cells respired.
  it("grows in every medium that it has carbon for", function()
    local growth = run [[
      local growth = {}
      for _, name in ipairs { "m9_glucose", "m9_glucose_anaerobic", "m9_glucose_respired", "m9_acetate",
        "m9_succinate" } do
        cell:set_medium(name)
        growth[name] = cell:metabolism():optimum()
      end
      return growth
    ]]
    near(0.873921507, growth.m9_glucose)
    near(0.211662950, growth.m9_glucose_anaerobic)
    near(0.22, growth.m9_acetate, 0.01)
    assert.is_true(growth.m9_glucose_respired < growth.m9_glucose)
    assert.is_true(growth.m9_succinate > growth.m9_acetate)
  end)

  it("lets acetate overflow where it cannot respire all its glucose", function()
    local acetate = run [[
      local acetate = {}
      for _, oxygen in ipairs { 15, 20, 22, 1000 } do
        cell:set_medium { glc__D = 10, o2 = oxygen }
        acetate[#acetate + 1] = cell:metabolism():optimise().fluxes.EX_ac_e
      end
      return acetate
    ]]
    assert.is_true(acetate[1] > 6 and acetate[2] > 1 and acetate[1] > acetate[2])
    near(0, acetate[3])
    near(0, acetate[4])
  end)

  it("takes media by metabolites and by exchange reactions, salts too", function()
    local by_name, by_reaction, starved, own = table.unpack(run [[
      local growth = {}
      for i, medium in ipairs { { glc__D = 5, o2 = 1000 }, { EX_glc__D_e = 5, EX_o2_e = 1000 },
        { glc__D = 10, o2 = 1000, nh4 = 2 }, "m9_glucose" } do
        cell:set_medium(medium)
        growth[i] = cell:metabolism():optimum()
      end
      return growth
    ]])
    near(by_name, by_reaction)
    near(2/5.4528, starved) -- nitrogen per gram: 2 of 0.2557 gln and 1 of 4.9414 glu
    near(0.873921507, own)
  end)

  it("says what is wrong with a medium", function()
    for code, message in pairs {
      ["cell:set_medium 'm8'"] = "there is: m9_acetate",
      ["cell:set_medium { lcts = 5, o2 = 1000 }"] = 'no exchange reaction of "lcts"',
      ["cell:set_medium { glc__D = -1 }"] = "set_medium.glc__D: a number of 0 or more",
      ["cell:set_medium { ATPM = 1 }"] = 'no exchange reaction of "ATPM"',
      ["cell:set_medium(5)"] = "a medium's name",
    } do
      assert.matches(message, problem_of(code), nil, true)
    end
    near(0.873921507, run "return cell:metabolism():optimum()") -- nothing half done
  end)

  it("finds exchanges however a model spells them", function()
    assert.same({}, run [[
      local exchanges, wrong = require "ecoli.exchanges", {}
      for _, spelling in ipairs { "EX_glc__D_e", "R_EX_glc__D_e", "EX_glc_e", "EX_glc_D_e", "EX_glc_D_e_",
        "EX_glc_LPAREN_e_RPAREN_", "R_EX_glc_DASH_D_LPAREN_e_RPAREN_", "EX_glc(e)", "EX_glc-D[e]",
        "EX_glc__D_e0" } do
        local model = flux.model { reactions = { { "x ->", name = spelling }, { "o ->", name = "EX_o2_e" } } }
        if exchanges.find(exchanges.of(model), "glc__D") ~= spelling then wrong[#wrong + 1] = spelling end
      end
      return wrong
    ]])
  end)

  it("loses what its genes make, until they are restored", function()
    local result = run [[
      local function growth() return cell:metabolism():optimum() end
      local alone = cell:metabolism():knock_out { genes = { "b2276", "b0726" } }.objective
      local stopped = cell:knock_out { "sucA", "b2276" }
      local both = growth()
      cell:set_medium "m9_glucose_anaerobic"
      cell:set_medium "m9_glucose"
      local again = growth()
      local left = cell:restore "nuoN"
      local names = cell:knocked_out()
      cell:restore()
      return { stopped = stopped, alone = alone, both = both, again = again, left = left, names = names,
        whole = growth() }
    ]]
    assert.same({ "AKGDH", "NADH16" }, result.stopped)
    near(result.alone, result.both)
    near(result.alone, result.again)
    assert.same({ "AKGDH" }, result.left)
    assert.same({ "b0726" }, result.names)
    near(0.873921507, result.whole)
    assert.matches('knock_out: genes[2]: E. coli MG1655 has no gene "foo"',
      problem_of "cell:knock_out { 'sucA', 'foo' }", nil, true)
  end)

  it("evaluates gene rules as the flux model does", function()
    assert.same({}, run [[
      local wrong, model = {}, cell:metabolism()
      for _, gene in ipairs(model:genes()) do
        if gene:find "^b" then
          local expected = model:knock_out { genes = { gene } }.objective or 0
          cell:knock_out { gene }
          if math.abs((model:optimum() or 0) - expected) > 1e-9 then wrong[#wrong + 1] = gene end
          cell:restore { gene }
        end
      end
      return wrong
    ]])
  end)

  it("is screened for lethal knock-outs, with what Keio found", function()
    local lethal, one = table.unpack(run [[
      local lethal = {}
      for _, row in ipairs(cell:knock_out_screen()) do
        if row.lethal then lethal[#lethal + 1] = row.name end
      end
      table.sort(lethal)
      return { lethal, cell:knock_out_screen { genes = { "eno" } } }
    ]])
    assert.same({ "eno", "gapA", "gltA", "icd", "pgk", "ptsH", "ptsI" }, lethal)
    near(0, one[1].growth_rate)
    near(0, one[1].relative)
    one[1].growth_rate, one[1].relative = nil, nil
    assert.same({ { id = "b2779", name = "eno", essentiality = "essential", lethal = true } }, one)
    assert.matches('the model, FluxModel(95 reactions, 72 metabolites, 137 genes), has no gene "lacZ"',
      problem_of "cell:knock_out_screen { genes = { 'lacZ' } }", nil, true)
  end)
end)

describe("a culture of ecoli", function()
  before_each(function() run "cell:restore() cell:set_medium()" end)

  -- Carbon per gram of biomass, mmol: the biomass reaction of the core and the carbons of its 16 precursors.
  local carbon = 42.5555

  it("burns glucose, lets acetate out, then grows on that: a diauxie with its carbon balanced", function()
    local t = run [[
      return cell:grow_culture { duration = 9, medium = { glc__D = 10, ac = 0, co2 = 0, ["for"] = 0, etoh = 0 } }
    ]]
    local glucose, acetate, growth, biomass = t:column "glc__D_e", t:column "ac_e", t:column "growth_rate",
      t:column "biomass"
    local carbon_dioxide, switch, most = t:column "co2_e", nil, 0
    for i in ipairs(growth) do
      if not switch and glucose[i] < 1e-6 then switch = i end
      most = math.max(most, acetate[i])
      near(60, 6*glucose[i] + 2*acetate[i] + carbon_dioxide[i] + t:column "for_e"[i] + 2*t:column "etoh_e"[i]
        + carbon*(biomass[i] - 0.01), 1e-5)
    end
    near(0.7178, growth[1], 1e-3)           -- glucose, as much as oxygen allows
    near(0.2260, growth[switch + 1], 1e-3)  -- acetate
    assert.is_true(most > 6 and most < 7, most)
    assert.equal(0, t:last "growth_rate")
    assert.equal(0, t:last "feasible")
    near(0, t:last "ac_e")
    assert.is_true(switch > 50 and switch < 62, switch) -- tenths of hours
    assert.is_true(t:last "biomass" - biomass[switch] > 0.1)
  end)

  it("ferments without oxygen, and is dead where it cannot", function()
    local t = run [[
      return cell:grow_culture { duration = 2, every = 1, oxygen = 0, medium = { glc__D = 10, ac = 0,
        ["for"] = 0, etoh = 0 } }
    ]]
    near(0.2117, t:first "growth_rate", 1e-3)
    assert.is_true(t:last "for_e" > t:last "ac_e" and t:last "ac_e" > 0 and t:last "etoh_e" > 0)
    local dead = run "return cell:grow_culture { duration = 1, every = 1, oxygen = 0, medium = { ac = 10 } }"
    assert.same({ 0, 0 }, dead:column "feasible")
    near(10, dead:last "ac_e")
  end)

  it("leaves the cell's own medium as it was, also when it fails or is stopped", function()
    run "cell:set_medium 'm9_glucose_anaerobic' cell:grow_culture { duration = 1 }"
    near(0.211662950, run "return cell:metabolism():optimum()")
    assert.matches("boom", problem_of [[ cell:grow_culture { medium = { glc__D = { concentration = 1,
      uptake = function() error "boom" end } } } ]])
    near(0.211662950, run "return cell:metabolism():optimum()")
    local _, err = vm:execute_biological_process("while true do cell:grow_culture { duration = 50 } end",
      { timeout = 0.3*slow })
    assert.equal("EDEADLINE", err.code)
    near(0.211662950, run "return cell:metabolism():optimum()")
  end)

  it("is one of mutants where genes are missing", function()
    assert.is_true(run [[
      local whole = cell:grow_culture { duration = 4 }:last "biomass"
      cell:knock_out { "pfkA", "pfkB" }
      return cell:grow_culture { duration = 4 }:last "biomass" < 0.99*whole
    ]])
  end)

  it("says what is wrong with its options", function()
    for options, message in pairs {
      ["medium = { fru = 5 }"] = "medium.fru: how it is taken up is not known here",
      ["medium = { lcts = 5 }"] = 'no exchange reaction of "lcts"',
      ["medium = { glc__D = -5 }"] = "a number of 0 or more",
      ["medium = 5"] = "concentration",
      ["oxygen = 'much'"] = "oxygen",
      ["hours = 3"] = "grow_culture: duration or biomass",
    } do
      assert.matches(message, problem_of("cell:grow_culture { " .. options .. " }"), nil, true)
    end
  end)
end)

describe("operons of ecoli", function()
  before_each(function() run "cell:restore() cell:set_medium()" end)

  it("are repressed and activated, knocked out and restored", function()
    local operon = run "return require('ecoli.chromosome').find_operon('sdhA').id"
    local whole = run "return cell:metabolism():optimum()"
    local function growth() return run "return cell:metabolism():optimum()" end
    assert.same({ [operon] = "repressed" }, vm:manage_operons({ "sdhC" }, "repress"))
    local repressed = growth()
    assert.is_true(repressed < 0.99*whole)
    assert.same({ [operon] = "repressed" }, vm:manage_operons({ operon }, "repress"))
    assert.same({ [operon] = "active" }, vm:manage_operons({ "b0723" }, "activate"))
    near(whole, growth())
    assert.same({ [operon] = "knocked out" }, vm:manage_operons({ "sdhC", "sdhD" }, "knock_out"))
    near(repressed, growth())
    local _, err = vm:manage_operons({ operon }, "activate")
    assert.matches("is knocked out: restore it first", err.message)
    assert.same({ [operon] = "active" }, vm:manage_operons({ operon }, "restore"))
    near(whole, growth())
  end)

  it("are transcribed from when they are activated until they are repressed or knocked out", function()
    assert(vm:manage_operons({ "lacZ" }, "activate"))
    assert.same({ 1, 1 }, run "return { cell:get 'on_b0344', cell:get 'on_b0343' }")
    assert(vm:manage_operons({ "lacZ" }, "repress"))
    assert.same({ 0, 0 }, run "return { cell:get 'on_b0344', cell:get 'on_b0343' }")
    assert(vm:manage_operons({ "lacZ" }, "activate"))
    run "cell:knock_out 'lacY'"
    assert.same({ 1, 0 }, run "return { cell:get 'on_b0344', cell:get 'on_b0343' }")
    run "cell:restore()"
  end)

  it("are told apart from what is none", function()
    for key, message in pairs { op9999 = 'no gene "op9999"', insA = 'several genes are named "insA"' } do
      local _, err = vm:manage_operons({ key }, "repress")
      assert.matches(message, err.message, nil, true)
    end
    local _, err = vm:manage_operons({ "lacZ" }, "explode")
    assert.matches("activate, repress, knock_out or restore expected, got explode", err.message, nil, true)
  end)

  it("change all or, where one cannot be activated, none", function()
    local whole = run "return cell:metabolism():optimum()"
    run "cell:knock_out 'pgi'"
    assert(vm:manage_operons({ "sdhC" }, "repress"))
    local before = run "return cell:metabolism():optimum()"
    local _, err = vm:manage_operons({ "sdhC", "pgi" }, "activate")
    assert.matches("b4025 of operon op%d+ is knocked out: restore it first", err.message)
    _, err = vm:start_transcription { "sdhC" }
    assert.matches("b0721 is repressed", err.message, nil, true)
    near(before, run "return cell:metabolism():optimum()")
    run "cell:restore()"
    assert(vm:manage_operons({ "sdhC" }, "activate"))
    near(whole, run "return cell:metabolism():optimum()")
  end)

  it("keep repressed and missing genes from being transcribed", function()
    assert(vm:manage_operons({ "lacZ" }, "repress"))
    local _, err = vm:start_transcription { "lacZ" }
    assert.matches("b0344 is repressed", err.message, nil, true)
    assert(vm:manage_operons({ "lacZ" }, "restore"))
    run "cell:knock_out 'galK'"
    _, err = vm:start_transcription { "galK" }
    assert.matches("b0757 is knocked out", err.message, nil, true)
    _, err = vm:start_transcription { "b9999" }
    assert.matches('no gene "b9999"', err.message, nil, true)
  end)
end)

describe("shares of ecoli", function()
  it("scale its uptake and cap its growth, and let go again", function()
    local held <close> = start("held", { resources = { ribosomes = 1000, atp_percentage = 50 } })
    local function growth() return run("return cell:metabolism():optimum()", nil, held) end
    local function expected(part) -- the published model at this part of its glucose
      return run("cell:set_medium { glc__D = 10*args, o2 = 1000 } return cell:metabolism():optimum()", part)
    end
    near(expected(0.5), growth())
    assert(held:allocate_resources { atp_percentage = 100 })
    near(1000*60*1260/1e8, growth()) -- 0.756
    assert(held:allocate_resources { ribosomes = 500 })
    near(0.378, growth())
    near(0.378, run("return cell:grow_culture { duration = 1 }", nil, held):first "growth_rate")
    assert(held:allocate_resources { ribosomes = false, atp_percentage = 25 })
    near(expected(0.25), growth())
    near(2.5, -run("return cell:metabolism():optimise().fluxes.EX_glc__D_e", nil, held))
    assert(held:allocate_resources { atp_percentage = 0 })
    assert.equal("infeasible", run("return select(2, cell:metabolism():optimum())", nil, held))
    assert(held:allocate_resources { atp_percentage = false })
    near(0.873921507, growth())
  end)
end)

describe("genome-scale metabolism in ecoli", function()
  local path = "/usr/lib/python3/dist-packages/cobra/data/iJO1366.xml.gz"
  local file = io.open(path)
  if not file then
    pending("skipped: " .. path .. " is not there (Debian's python3-cobra)")
    return
  end
  file:close()

  it("is the user's own model, iJO1366, with the same media and screens", function()
    local big <close> = start("big", { model = path })
    local growth = run([[
      local growth = { own = cell:metabolism():optimum() }
      for _, name in ipairs { "m9_glucose_anaerobic", "m9_glucose" } do
        cell:set_medium(name)
        growth[name] = cell:metabolism():optimum()
      end
      cell:set_medium { lcts = 5, o2 = 1000 }
      growth.lactose = cell:metabolism():optimum()
      cell:set_medium()
      return growth
    ]], nil, big)
    near(0.982371813, growth.own)
    near(0.982371813, growth.m9_glucose)
    near(0.241502, growth.m9_glucose_anaerobic)
    assert.is_true(growth.lactose > 0.95 and growth.lactose < growth.own)
    local before = os.time()
    assert.equal(208, run([[
      local lethal = 0
      for _, row in ipairs(cell:knock_out_screen()) do lethal = lethal + (row.lethal and 1 or 0) end
      return lethal
    ]], nil, big))
    assert.is_true(os.time() - before < 60*slow)
    assert.is_true(run("cell:knock_out 'pgi' return cell:metabolism():optimum()", nil, big) < 0.98)
    assert.is_nil(big:get_biological_metrics().flux_growth_rate)
  end)
end)

describe("a model that is none", function()
  it("ends the start with what is wrong with it", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write "<sbml>nonsense</sbml>"
    file:close()
    local broken <close> = assert(kind.create("broken", "ecoli", { model = path }))
    local started, err = broken:start()
    os.remove(path)
    assert.is_nil(started)
    assert.equal("EMODEL", err.code)
    local _, err = assert(kind.create("unknown", "ecoli", { organism = { medium = "m8" } })):start()
    assert.matches('no medium "m8"', err.message, nil, true)
  end)
end)
