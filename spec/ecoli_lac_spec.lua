-- The lac operon of ecoli against Stamatakis & Mantzaris, Biophys J 96:887 (2009): a switch with a memory, of
-- which single cells take one side or the other.

local kind = require "spec.support.vm_kind"

local function in_cell(code, args)
  local vm <close> = assert(kind.create("spec", "ecoli"))
  assert(vm:start())
  return assert(vm:execute_biological_process(code, { args = args, timeout = 300 })).result
end

describe("the lac operon, as ODE", function()
  it("keeps operators and repressors, and rests where its rates balance", function()
    local result = in_cell [[
      cell:lac_operon { inducer = 0 }
      cell:run { duration = 100*3600, record = {} }
      return { operators = cell:get "lac_O" + cell:get "lac_R2O", mRNA = cell:get "lac_MY",
        permease = cell:get "lac_permease", free = cell:get "lac_O", repressor = cell:get "lac_MR" }
    ]]
    assert.near(1, result.operators, 1e-9)
    assert.near((0.01*(1 - result.free) + 0.5*result.free)/0.462, result.mRNA, 1e-6)
    assert.near(30*result.mRNA/0.2, result.permease, 1e-4)
    assert.near(0.23*8e-16*6.02214076e14/0.462, result.repressor, 1e-6) -- nM in 0.8 fL, as molecules
  end)

  -- Permease in molecules after 200 hours at each concentration, one after the other.
  local sweep = [[
    cell:lac_operon { inducer = args[1], induced = args.induced }
    local permease = {}
    for i, inducer in ipairs(args) do
      cell:set("lac_inducer", inducer)
      cell:run { duration = 200*3600, record = {} }
      permease[i] = cell:get "lac_permease"
    end
    return permease
  ]]
  it("switches at one concentration of inducer on the way up, and at another down", function()
    local up = in_cell(sweep, { 0.01, 0.02, 0.0235, 0.028, 0.031, 0.036, 0.1 })
    local down = in_cell(sweep, { 0.1, 0.036, 0.031, 0.028, 0.0235, 0.02, 0.01, induced = true })
    for i = 1, 5 do assert.is_true(up[i] < 12, up[i]) end
    for i = 6, 7 do assert.is_true(up[i] > 130, up[i]) end
    for i = 1, 4 do assert.is_true(down[i] > 100, down[i]) end
    for i = 5, 7 do assert.is_true(down[i] < 6, down[i]) end
    assert.near(up[1], down[7], 1e-3) -- the same states outside of the window
    assert.near(up[7], down[1], 1e-2)
    assert.is_true(down[4]/up[4] > 15) -- and two at 28 µM
  end)
end)

describe("the lac operon, stochastic", function()
  -- How much more inducer is inside than outside, of cells that were never induced, after some hours.
  local population = [[
    local discrete = { "lac_MR", "lac_R", "lac_R2", "lac_O", "lac_R2O", "lac_I2R2", "lac_MY" }
    cell:clear() -- the circuit alone
    local ratios = {}
    for i = 1, args.cells do
      cell:lac_operon { inducer = args.inducer }
      cell:run { duration = args.hours*3600, method = "hybrid", stochastic = discrete, exchange = 1, seed = i,
        record = {} }
      ratios[i] = cell:get "lac_I"/cell:get "lac_outside"
    end
    return ratios
  ]]
  local function sides(inducer, cells, hours)
    local low, high = 0, 0
    for _, ratio in ipairs(in_cell(population, { inducer = inducer, cells = cells, hours = hours })) do
      if ratio < 2 then low = low + 1 elseif ratio > 5 then high = high + 1 end
    end
    return low, high
  end

  it("is all or none: at 40 µM some cells are induced, the others not, and hardly any in between", function()
    local cells = 12
    local low, high = sides(0.04, cells, 3)
    assert.is_true(low >= 3 and high >= 3 and low + high >= cells - 2, ("%d low, %d high"):format(low, high))
  end)

  it("leaves cells uninduced at little inducer, and induces them at much", function()
    assert.is_true(sides(0.002, 8, 3) >= 6)
    local _, high = sides(0.2, 3, 2)
    assert.equal(3, high)
  end)

  it("has one operator and whole molecules in each row of an exact run", function()
    local t = in_cell [[
      cell:clear()
      cell:lac_operon { inducer = 0.005 }
      return cell:run { duration = 600, every = 1, method = "ssa", seed = 2, record = { "lac_O", "lac_R2O",
        "lac_I", "lac_R2", "lac_I2R2", "lac_R" } }
    ]]
    for _, row in t:rows() do
      assert.equal(1, row.lac_O + row.lac_R2O)
      for _, count in pairs(row) do assert.equal(0, count % 1) end
    end
    -- Inside as outside: 0.005 mM in 0.8 fL is 2,409 molecules.
    assert.near(2409, t:mean "lac_I", 200)
  end)

  it("says what is wrong", function()
    local vm <close> = assert(kind.create("spec", "ecoli"))
    assert(vm:start())
    for code, message in pairs {
      ["cell:lac_operon { lactose = 1 }"] = "inducer or induced expected, got lactose",
      ["cell:lac_operon { inducer = -1 }"] = "inducer: a number of 0 or more expected, got %-1",
      ["cell:lac_operon { induced = 1 }"] = "induced: true or false expected, got 1",
    } do
      local _, err = vm:execute_biological_process(code)
      assert.matches(message, tostring(err))
      assert.matches("^process:1: ", err.message)
    end
  end)
end)
