-- Saved cells: a VM that was put into a file goes on from it, to the same digits, in all that its code holds too.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local s = require "spec.support.sbml"
local shell = require "spec.support.shell"

local sh, made, number

local function path(name)
  return sh.scratch .. "/" .. (name or "cell")
end

local function start(organism, config)
  number = number + 1
  local vm = assert(bioxen.create_bio_vm("saved." .. number, organism or "plain_cell", "basic",
    config or { seed = 11 }))
  made[#made + 1] = vm
  assert(vm:start())
  return vm
end

local function restore(file, config)
  number = number + 1
  local vm, err = bioxen.restore(file or path(), "restored." .. number, "basic", config)
  made[#made + 1] = vm
  return vm, err
end

local function run(vm, code, args)
  local answer, err = vm:execute_biological_process(code, { args = args })
  assert(answer, tostring(err))
  return answer.result
end

-- The VM that goes on where this one is.
local function moved(vm)
  assert(vm:save(path()))
  local other = assert(restore())
  vm:destroy()
  return other
end

setup(function() sh = shell.open() end)
teardown(function() sh:close() end)
before_each(function() made, number = {}, 0 end)
after_each(function()
  for _, vm in pairs(made) do vm:destroy() end
end)

-- ---- cells ----

-- Events that wait, delays, what is set and computed, chance in events, a process that uses another's, and one that was
-- defined again.
local model = [[
  process "eventful" {
    species = { A = 40, B = 0, C = 5 },
    parameters = { k = 0.5, tries = 0, mark = 0 },
    rules = { sum = "A + B" },
    reactions = { { "A -> B", k = "k" }, { "B -> A", k = 0.2, name = "back" }, { "-> C", k = 3 }, { "C ->", k = 0.4 } },
    events = {
      { at = 2.5, set = { A = "A + 30", tries = "tries + 1" } },
      { at = "4 + k", set = { k = "k*2" }, delay = 1.25 },
      { when = "A < 20 and time > 1", set = { A = "A + 50" }, delay = "0.3 + 0.01*B", values = "trigger",
        name = "more" },
      { when = "C > 9", set = { C = "C - 4 + poisson(2)", mark = "mark + uniform(0, 1)" }, delay = 0.7,
        persistent = false },
      { when = "B > 15", set = { tries = "tries + normal(1, 0.1)" }, priority = "1" },
    },
  }
  process "late" { parameters = { lag = 1.5 }, rules = { was = "delay(sum, lag)" } }
  process "other" { species = { D = 3 }, reactions = { { "D -> 2 D", rate = "0.01*was" }, { "2 D -> D", k = 0.003 } } }
  process "late" { parameters = { lag = 1.25 }, rules = { was = "delay(sum, lag)/2" } }
  cell:set("lag", 1)
  draws = {}
  function go(duration, method)
    draws[#draws + 1] = math.random()
    cell:run { duration = duration, method = method, every = "step", max_steps = 1e6 }
  end
  function state()
    local out = { cell:time(), table.unpack(draws) }
    for _, list in ipairs { cell:species(), cell:parameters(), cell:rules() } do
      for _, name in ipairs(list) do out[#out + 1] = cell:get(name) end
    end
    for _, name in ipairs(cell:species()) do out[#out + 1] = cell:shortage(name) end
    for i, value in ipairs(out) do out[i] = ("%a"):format(value) end
    return table.concat(out, " ")
  end
]]

describe("a run that is saved between its parts", function()
  for i, method in ipairs { "ssa", "tau", "ode", "hybrid" } do
    it("ends in the same digits by " .. method, function()
      local whole, cut = start(), start()
      run(whole, model)
      run(cut, model)
      math.randomseed(i)
      for _ = 1, 25 do
        local duration = math.random()
        run(whole, "go(args[1], args[2])", { duration, method })
        cut = moved(cut)
        run(cut, "go(args[1], args[2])", { duration, method })
        assert.equal(run(whole, "return state()"), run(cut, "return state()"))
      end
    end)
  end
end)

it("processes are saved with what exchanges do", function()
  local vm = start()
  local code = [[
    cell:run { duration = 0.5, method = "hybrid", exchange = 0.1, stochastic = { "made" } }
    return ("%a %a %a"):format(cell:get "N", cell:get "pool", cell:get "exchanges")
  ]]
  run(vm, [[
    process "work" { species = { N = 9, pool = 20.5 }, parameters = { exchanges = 0 },
      reactions = { { "N ->", k = 2, name = "made" }, { "-> pool", rate = 3 } },
      exchange = { before = { { "pool", "pool + N" } }, after = { { "N", "floor(pool/2)" }, { "pool", "pool - N" },
        { "exchanges", "exchanges + 1" } } } }
  ]])
  run(vm, code)
  assert(vm:save(path()))
  local other = assert(restore())
  assert.equal(run(vm, code), run(other, code))
  assert.equal(10, run(other, "return cell:get 'exchanges'"))
end)

it("a culture that is saved between its parts ends in the same digits, by dynamic flux balance", function()
  local code = [[
    now = now or { biomass = 0.01, glucose = 10 }
    local grown = cell:grow_culture { duration = args, biomass = now.biomass,
      medium = { glc__D = now.glucose, ac = 0 } }
    local out = {}
    for _, name in ipairs(grown:names()) do out[#out + 1] = ("%s %a"):format(name, grown:last(name)) end
    now = { biomass = grown:last "biomass", glucose = grown:last "glc__D_e" }
    return table.concat(out, " ")
  ]]
  local whole, cut = start("ecoli", { seed = 1 }), start("ecoli", { seed = 1 })
  run(cut, "cell:knock_out { 'pgi' }")
  run(whole, "cell:knock_out { 'pgi' }")
  math.randomseed(9)
  for _ = 1, 12 do
    local hours = math.random()
    cut = moved(cut)
    assert.equal(run(whole, code, hours), run(cut, code, hours))
  end
end)

it("takes a model of SBML, what was changed of it since, and the cell's shares", function()
  local vm = start("minimal_cell", { seed = 3, resources = { ribosomes = 50, atp_percentage = 40 },
    memory = 64 << 20, timeout = 33, organism = { division_period = 900 } })
  assert(vm:load_genome(bioxen.genome.new { sequences = { { id = "s", length = 900 } }, genes = {} }))
  run(vm, [[ cell:load_sbml(args, { name = "model" }); cell:set("S1", 3) ]], s.document {
    compartments = { s.compartment("c", 2) },
    species = { s.species("S1", 'initialConcentration="4"'), s.species("S2", 'initialConcentration="0"') },
    reactions = { s.reaction("convert", { "S1" }, { "S2" }, s.apply("times", "c", "S1", 0.1)) },
    events = { s.event("e", s.apply("lt", "S1", 2), { S2 = 0 }, { delay = 3 }) },
  })
  local code = [[
    cell:run { duration = 4, method = "ode" }
    local out = {}
    for _, name in ipairs(cell:species()) do out[#out + 1] = ("%a"):format(cell:get(name)) end
    return table.concat(out, " ")
  ]]
  run(vm, code)
  assert(vm:save(path()))
  local other = assert(restore())
  assert.same({ ribosomes = 50, atp_percentage = 40 }, other:get_status().resources)
  assert.equal(64 << 20, other:get_status().memory_limit)
  assert.equal(0.9, other:get_status().genome_kb)
  assert.equal(4, other:get_status().sim_time)
  for _ = 1, 3 do assert.equal(run(vm, code), run(other, code)) end
  local another = assert(restore(nil, { resources = { ribosomes = 10 }, memory = 32 << 20 }))
  assert.equal(10, another:get_status().resources.ribosomes)
  assert.equal(32 << 20, another:get_status().memory_limit)
  assert(other:restart()) -- as any other that was made with those options
  assert.equal(0, run(other, "return cell:time()"))
end)

-- ---- what code holds ----

describe("of what code holds", function()
  it("all is as it was", function()
    local vm = start()
    run(vm, [[
      value = { 1, 2.5, -0.0, 1/0, 0/0, math.mininteger, "\0\255\n", ("long "):rep(50), [2^53] = "far", [-1.5] = true }
      value.self, value.list = value, { value, { value } }
      shared = { value.list }
      names = setmetatable({ [value] = "value" }, { __mode = "k" })
      counter = setmetatable({ n = 0 }, { __index = { add = function(self, n) self.n = self.n + n return self.n end },
        __call = function(self) return self:add(1) end })
      function factorial(n) if n == 0 then return 1 end return n*factorial(n - 1) end
      list = { function() return 1 end, function() return 2 end, load "return 3",
        load("return _ENV.x", "=x", "t", { x = 4 }) }
      function fails() error "boom" end
      string.shout = function(s) return s:upper() .. "!" end
      table.unpack = nil
      print_again, _G.print = print, nil
      trajectory = cell:run { duration = 3, every = 1 }
      own = genome.new { sequences = { { id = "plasmid", length = 900 } }, genes = {} }
      shown = tostring(value)
      math.randomseed(5)
      math.random()
    ]])
    local other = moved(vm)
    run(other, [[
      assert(value[1] == 1 and math.type(value[1]) == "integer" and value[2] == 2.5 and 1/value[3] < 0)
      assert(value[4] == 1/0 and value[5] ~= value[5] and value[6] == math.mininteger)
      assert(value[7] == "\0\255\n" and value[8] == ("long "):rep(50) and value[2^53] == "far" and value[-1.5])
      assert(value.self == value and value.list[1] == value and value.list[2][1] == value and shared[1] == value.list)
      assert(names[value] == "value" and getmetatable(names).__mode == "k")
      assert(counter() == 1 and counter:add(2) == 3 and factorial(10) == 3628800)
      assert(list[1]() == 1 and list[2]() == 2 and list[3]() == 3 and list[4]() == 4)
      assert(("a"):shout() == "A!" and table.unpack == nil and print == nil and type(print_again) == "function")
      assert(#trajectory == 4 and trajectory:names()[1] and own:length() == 900)
      assert(tostring(value) == shown and tostring({}) ~= shown)
      local expected = math.random()
      math.randomseed(5)
      math.random()
      assert(math.random() == expected)
    ]])
    local _, err = other:execute_biological_process "fails()"
    assert.matches("process:10: boom", err.message)
    assert(other:save(path())) -- and again
    run(assert(restore()), "assert(counter() == 4 and list[4]() == 4 and shared[1][1] == value)")
  end)

  it("functions of modules are, and what they keep; packages need not be installed again", function()
    shell.write(path "tally.lua", [[
      local tally = { seen = {} }
      local count = 0
      function tally.add(n) count = count + n; tally.seen[#tally.seen + 1] = n; return count end
      function tally.made(by) return function(n) return tally.add(n*by) end end
      function tally.install() return true end
      return tally
    ]])
    local vm = start()
    assert(vm:install_biological_package(path "tally.lua"))
    run(vm, "tally = require 'tally'; twice = tally.made(2); add = tally.add; tally.add(5)")
    local other = moved(vm)
    assert.equal(11, run(other, "assert(require 'tally' == tally and tally.add == add) return twice(3)"))
    assert.same({ 5, 6 }, run(other, "return tally.seen"))
    local _, err = other:install_biological_package(path "tally.lua")
    assert.matches("is in this VM already", err.message)
    local clone <close> = assert(bioxen.hypervisor():clone_vm(other:get_status().vm_id, "clone"))
    assert.equal(1, run(clone, "return require('tally').add(1)"))
  end)

  it("flux models are, and what was done to them", function()
    local grown = start "ecoli"
    local fluxes = [[
      cell:set_medium "m9_succinate"
      local out = {}
      for id, flux in pairs(cell:metabolism():optimise().fluxes) do out[#out + 1] = ("%s %a"):format(id, flux) end
      table.sort(out)
      return table.concat(out, "\n")
    ]]
    run(grown, fluxes)
    assert(grown:save(path()))
    assert.equal(run(grown, fluxes), run(assert(restore()), fluxes))
    local vm = start()
    local code = "local s = model:optimise() return { s.objective, model:bounds 'EX_sugar', model:disabled().genes[1] }"
    run(vm, [[
      model = flux.model { objective = "grow", reactions = {
        { "sugar ->", name = "EX_sugar", lower = -10, upper = 1000 }, { "acid ->", name = "EX_acid", lower = 0 },
        { "sugar -> 2 acid", name = "waste", genes = "a and b" },
        { stoichiometry = { sugar = -10, acid = 5 }, name = "grow", genes = "c or (d and a)" } } }
      model:set_bounds("EX_sugar", -7, 3)
      model:disable { genes = { "b" } }
      both = { model, model }
    ]])
    local before = run(vm, code)
    local other = moved(vm)
    assert.same(before, run(other, code))
    assert.is_true(run(other, "return both[1] == both[2]"))
  end)

  it("what cannot be saved is named by its path, and does no harm", function()
    local vm = start()
    for code, message in pairs {
      ["screen = { cells = { 1, 2, { callback = (function() local n = 0 return function() n = 1 end end)() } } }"] =
        '_G.screen.cells[3].callback: a function that uses the local variable "n" outside it cannot be saved',
      ["a = { ['b c'] = { [2.5] = coroutine.create(print) } }"] = '_G.a["b c"][2.5]: a coroutine cannot be saved',
      ["it = ('x'):gmatch 'y'"] = "_G.it: a function of C cannot be saved",
      ["t = setmetatable({}, { __index = coroutine.wrap(print) })"] = "_G.t, its metatable.__index: a function of C",
      ["s = flux.model { reactions = {} }:context()"] = "_G.s: an object of class bioxen.FluxContext cannot be saved",
      ["w = { [coroutine.create(print)] = 1 }"] = "_G.w, a key: a coroutine cannot be saved",
      ["local part = true; s = load(function() if part then part = nil return 'return 1' end end)"] =
        "_G.s: a function whose text is not known cannot be saved",
      ['s = load "local x = 5 -- \\1 marks"'] = "_G.s: a function whose text is not known cannot be saved",
    } do
      run(vm, code)
      local saved, err = vm:save(path "none")
      assert.is_nil(saved)
      assert.equal("ERESULT", err.code)
      assert.matches(message, err.message, 1, true)
      assert.is_nil(shell.read(path "none"))
      run(vm, "screen, a, it, t, w, s = nil")
    end
    assert(vm:save(path()))
  end)

  it("code with finalisers and weak tables runs no more than it would", function()
    local vm = start()
    run(vm, [[
      ended = 0
      mt = { __gc = function() ended = ended + 1 end }
      kept = setmetatable({}, mt)
      for _ = 1, 100 do setmetatable({}, mt) end
    ]])
    local other = moved(vm)
    run(other, [[
      assert(getmetatable(kept) == mt)
      local before = ended
      kept = nil
      collectgarbage()
      assert(ended > before)
    ]])
  end)
end)

-- ---- files ----

describe("a file", function()
  local whole

  local function try(bytes)
    shell.write(path "bad", bytes)
    local vm, err = restore(path "bad")
    assert(vm or bioxen.hypervisor():get_vm("restored." .. number) == nil)
    return vm, err and err.message, err and err.code
  end

  -- As vm.saved has it: the hash, the 57th to the 120th byte but for what is before it, is of the rest.
  local function sealed(rest)
    return ("<c8I4I8c64"):pack("BXCELL\r\n", 1, 84 + #rest, core.digest(rest)) .. rest
  end

  local function make()
    local vm = start()
    run(vm, model .. "; go(3, 'ssa'); made = { 'hello', { 1, 2, 3 }, function() return 7 end }")
    assert(vm:save(path()))
    return assert(shell.read(path()))
  end

  before_each(function() whole = make() end)

  it("that is cut, flipped, longer, newer or foreign is refused, and says what it is", function()
    for bytes, words in pairs {
      [""] = "it is no saved cell", ["#!/bin/sh"] = "it is no saved cell",
      [whole:gsub("\r\n", "\n", 1)] = "it is no saved cell",
      [whole:sub(1, 20)] = "it is cut short, to 20 bytes",
      [whole:sub(1, -2)] = ("it is cut short: it has %d of %d bytes"):format(#whole - 1, #whole),
      [whole .. "."] = ("it has %d bytes, and should have %d"):format(#whole + 1, #whole),
      [whole:sub(1, 8) .. "\2" .. whole:sub(10)] = "it is of a newer form, 2, than this BioXen knows, 1",
    } do
      local _, message, code = try(bytes)
      assert.equal("EFILE", code)
      assert.matches(words, message, 1, true)
    end
    for _ = 1, 40 do
      local at = math.random(21, #whole)
      local flipped = string.char(whole:byte(at) ~ 1 << math.random(0, 7))
      local _, message = try(whole:sub(1, at - 1) .. flipped .. whole:sub(at + 1))
      assert.matches("it is damaged: its SHA-256", message, 1, true)
    end
    local _, err = bioxen.restore(path "nowhere", "nobody")
    assert.equal("EFILE", err.code)
  end)

  it("whose seal fits, but not what is in it, does no harm", function()
    math.randomseed(1)
    for _ = 1, 60 do
      local rest = whole:sub(85)
      local at = math.random(#rest)
      rest = rest:sub(1, at - 1) .. string.char(math.random(0, 255)) .. rest:sub(at + math.random(0, 1))
      local vm, message = try(sealed(rest))
      assert(vm or message)
      if vm then vm:destroy() end
    end
    assert.equal(7, run(assert(restore()), "return made[3]()"))
  end)

  it("asks for no more than it may have", function()
    local fields = "<s1s1I8I8"
    local function asking(memory, output)
      local organism, version, _, _, at = fields:unpack(whole, 85)
      return sealed(fields:pack(organism, version, memory, output) .. whole:sub(at))
    end
    local gibibyte = 1 << 30
    assert.equal(gibibyte, (assert((try(asking(gibibyte, 0)))):get_status().memory_limit))
    for words, bytes in pairs {
      ["it asks for 1073741825 bytes of memory; say so too, with config.memory"] = asking(gibibyte + 1, 0),
      ["config.memory: at most"] = asking(1 << 41, 0), ["config.memory: at least"] = asking(0, 0),
      ["config.max_output: at most"] = asking(gibibyte, 1 << 40) } do
      local vm, message, code = try(bytes)
      assert.is_nil(vm)
      assert.equal("EFILE", code)
      assert.matches(words, message, 1, true)
    end
    shell.write(path "bad", asking(gibibyte + 1, 0))
    assert.equal(64 << 20, assert(restore(path "bad", { memory = 64 << 20 })):get_status().memory_limit)
  end)

  it("of an organism that is not here, or of other files of its own, is refused", function()
    local rest = whole:sub(85)
    local _, message, code = try(sealed((rest:gsub("plain_cell", "plane_cell", 1))))
    assert.equal("EORGANISM", code)
    assert.matches("plane_cell", message, 1, true)
    _, message, code = try(sealed("\12minimal_cell" .. rest:sub(12)))
    assert.equal("EFILE", code)
    assert.matches("is refused: it is of an organism minimal_cell with other files", message, 1, true)
  end)

  it("is written and read whatever deadline the VM's calls have", function()
    local vm = start("plain_cell", { seed = 1, timeout = 1e-3 })
    assert(vm:execute_biological_process("t = {} for i = 1, 1e5 do t[i] = { i } end", { timeout = 60 }))
    assert(vm:save(path "hasty"))
    assert.equal(1e5, assert(restore(path "hasty")):execute_biological_process("return #t", { timeout = 60 }).result)
    assert(start("plain_cell", { timeout = math.huge }):save(path "patient"))
    assert(restore(path "patient"))
  end)

  it("is not written while the VM is busy or has no cell; a paused one stays paused", function()
    local vm = start()
    local job = assert(vm:submit "while true do end")
    local _, err = vm:save(path "none")
    assert.equal("EBUSY", err.code)
    assert.matches('it is "running" and busy', err.message, 1, true)
    job:cancel()
    job:wait()
    assert(vm:pause())
    assert(vm:save(path()))
    assert.equal("paused", vm:get_state())
    assert(vm:stop())
    local _, err = vm:save(path "none")
    assert.matches('its state is "stopped", not "running" or "paused"', err.message, 1, true)
    assert.is_nil(shell.read(path "none"))
    assert.has_error(function() vm:save() end)
    for _, key in ipairs { "seed", "organism", "model" } do
      local function misuse() bioxen.restore(path(), "x", "basic", { [key] = 1 }) end
      assert.error_matches(misuse, "a saved cell has its own")
    end
  end)
end)
