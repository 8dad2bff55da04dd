-- lua/bioxen/types.lua is the API's source: it names exactly what the classes have.

local bioxen = require "bioxen"

local function declared()
  local classes = {}
  for line in io.lines("lua/bioxen/types.lua") do
    local class, method = line:match("^function ([%w_]+)[:.]([%w_]+)%(")
    if class then
      classes[class] = classes[class] or {}
      classes[class][method] = true
    end
  end
  return classes
end

-- The methods of a metatable, its parents' too, but for what is private to bioxen's own Lua.
local private = { enter = true, ids = true, listen = true, send = true, release = true }

local function methods_of(name)
  local found = {}
  local methods = debug.getregistry()["bioxen." .. name].__index
  while methods do
    for method in pairs(methods) do
      if not private[method] then found[method] = true end
    end
    methods = getmetatable(methods) and getmetatable(methods).__index
  end
  return found
end

describe("types.lua", function()
  local types = declared()

  require "bioxen.hdf5"
  for _, class in ipairs { "BiologicalVM", "Job", "BioXenHypervisor", "XapiSession", "Hdf5File" } do
    it("names exactly the methods of " .. class, function()
      assert.same(methods_of(class), types[class])
    end)
  end

  for _, class in ipairs { "Trajectory", "Ensemble", "Genome" } do
    it("names exactly the methods of " .. class, function()
      local _, methods = debug.getupvalue(debug.getregistry()["bioxen." .. class].__index, 1)
      local found = {}
      for method in pairs(methods) do found[method] = true end
      assert.same(found, types[class])
    end)
  end

  it("names no method that a class of Lua lacks", function()
    local vm <close> = assert(bioxen.create_bio_vm("typed", "minimal_cell"))
    assert(vm:start())
    local session = assert(bioxen.VMManager():attach_to_vm("typed"))
    for class, object in pairs { VMManager = bioxen.VMManager(), InteractiveSession = session,
      SessionReader = session:attach(), Map = bioxen.map({}, ""), Medium = bioxen.hypervisor():medium { x = 1 },
      SweepTable = bioxen.sweep { rows = { { a = 1 } }, run = "return 1" } } do
      assert.equal(class, bioxen.type(object))
      local lacking = {}
      for name in pairs(types[class]) do
        if type(object[name]) ~= "function" then lacking[#lacking + 1] = name end
      end
      assert.same({}, lacking, class)
    end
  end)

  it("names the methods of simulation that there are, as does the command line", function()
    local vm <close> = assert(bioxen.create_bio_vm("methods", "minimal_cell"))
    assert(vm:start())
    local _, err = vm:execute_biological_process "cell:run { duration = 1, method = '?' }"
    local there, typed = {}, {}
    for name in err.message:match("run.method: (.*) expected"):gmatch '"(%w+)"' do there[#there + 1] = name end
    for line in io.lines "lua/bioxen/types.lua" do
      for name in (line:match "^%-%-%-@field method (%b())%? solver" or ""):gmatch '"(%w+)"' do
        typed[#typed + 1] = name
      end
    end
    assert.same(there, typed)
    for _, option in ipairs(require("bioxen.cli.simulate").options) do
      if option[1] == "--method" then assert.same(there, option.choices) end
    end
  end)

  it("names what a flux model has in a VM", function()
    local vm <close> = assert(bioxen.create_bio_vm("types", "minimal_cell"))
    assert(vm:start())
    local missing = assert(vm:execute_biological_process([[
      local model, missing = flux.model { reactions = {} }, {}
      for name in pairs(args.FluxModel) do
        if type(model[name]) ~= "function" then missing[#missing + 1] = name end
      end
      for name in pairs(flux) do
        if not args.flux[name] then missing[#missing + 1] = name end
      end
      return missing
    ]], { args = types })).result
    assert.same({}, missing)
  end)

  it("names exactly the functions of the module", function()
    local found = {}
    for name, value in pairs(bioxen) do
      if type(value) == "function" then found[name] = true end
    end
    assert.same(found, types.bioxen)
  end)

  it("names exactly the methods of BioResourceManager", function()
    local vm <close> = assert(bioxen.create_bio_vm("managed", "minimal_cell"))
    local found = {}
    for name in pairs(getmetatable(bioxen.BioResourceManager(vm)).__index) do found[name] = true end
    assert.same(found, types.BioResourceManager)
  end)

  for _, group in ipairs { "genome", "xapi", "ConfigManager" } do
    it("names exactly the functions of bioxen." .. group, function()
      local found = {}
      for name in pairs(bioxen[group]) do found[name] = true end
      assert.same(found, types[group])
    end)
  end

  it("names what an XCPngBiologicalVM has beyond any VM", function()
    local own = methods_of("XCPngBiologicalVM")
    for name in pairs(methods_of("BiologicalVM")) do own[name] = nil end
    assert.same(own, types.XCPngBiologicalVM)
  end)

  it("names every key of xcpng_config", function()
    local declared_keys, inside = {}, false
    for line in io.lines("lua/bioxen/types.lua") do
      inside = line:find("@class bioxen.XcpngConfig", 1, true) ~= nil or
        (inside and line:find("^%-%-%-@field") ~= nil)
      local key = inside and line:match("@field ([%w_]+)")
      if key then declared_keys[key] = true end
    end
    local keys = {}
    for key in pairs(require("bioxen.xcpng.config").schema.fields) do keys[key] = true end
    assert.same(keys, declared_keys)
  end)

  it("is valid Lua", function()
    assert.is_function(loadfile("lua/bioxen/types.lua"))
  end)

  it("a BasicBiologicalVM answers every method of a BiologicalVM", function()
    assert.same(methods_of("BiologicalVM"), methods_of("BasicBiologicalVM"))
  end)
end)
