-- bioxen.ConfigManager: configurations from defaults and files, merged, written, checked.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local shell = require "spec.support.shell"

local manager = bioxen.ConfigManager
local sh

setup(function() sh = shell.open() end)
teardown(function() sh:close() end)

local function refused(code, part, result, err)
  assert.is_nil(result)
  assert.equal(code, err.code)
  assert.truthy(err.message:find(part, 1, true), err.message)
end

local function write(name, text, mode)
  local path = sh:file(name, text)
  os.execute(("chmod %s %s"):format(mode or "600", shell.quote(path)))
  return path
end

local function complaint(call, ...)
  local given = table.pack(...)
  local ok, message = pcall(function() return (call(table.unpack(given, 1, given.n))) end)
  assert.is_false(ok)
  return message
end

describe("load_defaults", function()
  it("gives what a VM is made with that is told nothing, and where each value is from", function()
    local config, origins = assert(manager.load_defaults "minimal_cell")
    assert.is_nil(config.timeout) -- a call takes as long as it takes
    assert.equal(256 << 20, config.memory)
    assert.is_false(config.allow_unconfined)
    assert.equal(0.5, config.organism.quality)
    assert.equal("default of minimal_cell", origins["organism.quality"])
    local keys = 0
    for _ in pairs(require "bioxen.biology.organisms".manifest "minimal_cell".options) do keys = keys + 1 end
    for _ in pairs(config.organism) do keys = keys - 1 end
    assert.equal(0, keys)
  end)

  it("makes the cell that no configuration makes", function()
    local code = "return cell:run{ duration = 600, every = 60 }:to_csv()"
    for _, organism in ipairs { "minimal_cell", "ecoli" } do
      local plain <close> = assert(bioxen.create_bio_vm("plain", organism))
      local defaults = assert(manager.load_defaults(organism))
      local vm <close> = assert(bioxen.create_bio_vm("told", organism, "basic", defaults))
      assert(plain:start())
      assert(vm:start())
      assert.equal(assert(plain:execute_biological_process(code)).result,
        assert(vm:execute_biological_process(code)).result)
    end
  end)

  it("does not know organisms that are not there", function()
    refused("EORGANISM", "ecolo", manager.load_defaults "ecolo")
    assert.truthy(complaint(manager.load_defaults, 5):find "config_spec.lua.*biological_type")
  end)

  it("gives a table of the script's own", function()
    local one = assert(manager.load_defaults "minimal_cell")
    one.organism.quality = 7
    assert.equal(0.5, manager.load_defaults "minimal_cell".organism.quality)
  end)
end)

describe("load_from_file", function()
  it("reads JSON, with whole numbers whole", function()
    local path = write("a.json", '{ "timeout": 5, "organism": { "quality": 0.25 }, "seed": 9007199254740991 }')
    local config, origins = assert(manager.load_from_file(path))
    assert.same({ timeout = 5, organism = { quality = 0.25 }, seed = (1 << 53) - 1 }, config)
    assert.equal("integer", math.type(config.seed))
    assert.same({ timeout = path, ["organism.quality"] = path, seed = path }, origins)
  end)

  it("reads Lua, with all 64 bits", function()
    local path = write("a.lua", "local half = 1/2\nreturn { seed = 9007199254740993, organism = { quality = half } }")
    assert.same({ seed = 9007199254740993, organism = { quality = 0.5 } }, (manager.load_from_file(path)))
  end)

  it("refuses whole numbers that JSON's readers may get wrong, and null", function()
    refused("EFILE", "seed: whole numbers from 2^53", manager.load_from_file(write("big.json",
      '{ "seed": 9007199254740993 }')))
    refused("EFILE", "resources.ribosomes: null", manager.load_from_file(write("null.json",
      '{ "resources": { "ribosomes": null } }')))
    refused("EFILE", "is no JSON object", manager.load_from_file(write("nan.json", '{ "timeout": NaN }')))
  end)

  it("says what is wrong with a file", function()
    refused("EFILE", "nowhere.json", manager.load_from_file "/nowhere.json")
    refused("EFILE", ".json or .lua", manager.load_from_file(write("a.yaml", "timeout: 5")))
    refused("EFILE", "is no JSON object", manager.load_from_file(write("list.json", "5")))
    refused("EFILE", "is no JSON object", manager.load_from_file(write("cut.json", '{ "timeout": ')))
    refused("EFILE", "returns no table", manager.load_from_file(write("n.lua", "return 5")))
    refused("EFILE", "no data in Lua", manager.load_from_file(write("s.lua", "return {")))
    refused("EFILE", "no data in Lua", manager.load_from_file(write("f.lua", "return { f = function() end }")))
    refused("EFILE", "a.json", manager.load_from_file(sh.scratch .. "/../" .. "a.json"))
  end)

  it("runs nothing: a Lua file is data, with nothing in reach and an end", function()
    for _, code in ipairs { "os.exit(3)", "io.open '/etc/passwd'", "require 'bioxen'", "print 'x'", "while true do end",
      "local s = 'x' while true do s = s .. s end" } do
      refused("EFILE", "no data in Lua", manager.load_from_file(write("code.lua", code .. "\nreturn {}")))
    end
    refused("EFILE", "no data in Lua", manager.load_from_file(write("code.lua", string.dump(load "return {}"))))
  end)

  it("reads a password from no file that others may read", function()
    local text = '{ "xcpng_config": { "password": "sesame" } }'
    assert.equal("sesame", assert(manager.load_from_file(write("p.json", text))).xcpng_config.password)
    refused("EFILE", "chmod 600", manager.load_from_file(write("p.json", text, "644")))
    refused("EFILE", "chmod 600", manager.load_from_file(write("p.lua",
      "return { xcpng_config = { ssh_passphrase = 'x' } }", "640")))
  end)
end)

describe("merge_configs", function()
  it("takes tables key by key, lists and values whole, and says where each is from", function()
    local defaults = assert(manager.load_defaults "minimal_cell")
    local file = write("m.json", '{ "timeout": 5, "xcpng_config": { "tags": ["a", "b"], "username": "root" } }')
    local merged, origins = manager.merge_configs(defaults, assert(manager.load_from_file(file)),
      { organism = { quality = 3 }, xcpng_config = { tags = { "c" } }, resources = {} })
    assert.equal(5, merged.timeout)
    assert.equal(3, merged.organism.quality)
    assert.equal(1e4, merged.organism.nutrient)
    assert.same({ "c" }, merged.xcpng_config.tags)
    assert.equal("root", merged.xcpng_config.username)
    assert.same({ file, "argument 3", "default of minimal_cell", "argument 3", file },
      { origins.timeout, origins["organism.quality"], origins["organism.nutrient"], origins["xcpng_config.tags"],
        origins["xcpng_config.username"] })
  end)

  it("changes none of them, and shares nothing with them", function()
    local base, over = { resources = { ribosomes = 1 } }, { resources = { rna_polymerase = 2 } }
    local merged = manager.merge_configs(base, over)
    merged.resources.ribosomes = 9
    assert.same({ resources = { ribosomes = 1 } }, base)
    assert.same({ resources = { rna_polymerase = 2 } }, over)
    assert.same({}, (manager.merge_configs()))
  end)

  it("remembers origins through many merges, but not of what the script has changed", function()
    local config = assert(manager.load_defaults "minimal_cell")
    config.timeout = 7
    local merged = manager.merge_configs(config, { seed = 1 })
    local _, origins = manager.merge_configs({ max_output = 5 }, merged)
    assert.equal("default of minimal_cell", origins.memory)
    assert.equal("argument 1", origins.timeout) -- as the first merge had it
    assert.equal("argument 2", origins.seed)
    merged.seed = 2
    _, origins = manager.merge_configs(merged, { memory = 1 << 30 })
    assert.equal("argument 1", origins.seed)
    assert.equal("argument 2", origins.memory)
  end)

  it("names origins of values alone, not of what a value or a table has replaced", function()
    local merged, origins = manager.merge_configs({ xcpng_config = "pool.json" }, { xcpng_config = { ssh_port = 1 } })
    assert.same({ xcpng_config = { ssh_port = 1 } }, merged)
    assert.same({ ["xcpng_config.ssh_port"] = "argument 2" }, origins)
    merged, origins = manager.merge_configs({ xcpng_config = { ssh_port = 1 } }, { xcpng_config = "pool.json" })
    assert.same({ xcpng_config = "pool.json" }, merged)
    assert.same({ xcpng_config = "argument 2" }, origins)
  end)

  it("takes tables alone, that have an end", function()
    assert.truthy(complaint(manager.merge_configs, {}, 5):find("bad argument #2", 1, true))
    local round = {}
    round.round = round
    assert.truthy(complaint(manager.merge_configs, round):find("in each other", 1, true))
  end)
end)

describe("save_to_file", function()
  local config = { timeout = 0.1, seed = 12, memory = 1 << 30, organism = { quality = 1/3, medium = 'a "b"\n\0' },
    xcpng_config = { tags = { "x", "y" }, password_file = "/p" } }

  it("writes what load_from_file reads, in both formats", function()
    for _, name in ipairs { "w.json", "w.lua" } do
      local path = sh.scratch .. "/new/folder/" .. name
      assert.is_true(manager.save_to_file(config, path))
      assert.same(config, (manager.load_from_file(path)))
    end
  end)

  it("writes every number of Lua to Lua", function()
    local numbers = { timeout = math.huge, seed = math.mininteger, organism = { a = -math.huge, b = 5e-324, c = 1e300,
      d = math.maxinteger, e = -0.0 } }
    local path = sh.scratch .. "/n.lua"
    assert.is_true(manager.save_to_file(numbers, path, "lua"))
    assert.same(numbers, (manager.load_from_file(path)))
  end)

  it("writes nothing that would not be read back, and no secrets", function()
    local path = sh.scratch .. "/never.json"
    local function never(part, given)
      refused("EFILE", part, manager.save_to_file(given, path))
      assert.is_nil(shell.read(path))
    end
    never("timeout: JSON has no word for inf", { timeout = math.huge })
    never("seed: JSON has no whole numbers", { seed = math.maxinteger })
    never("xcpng_config.password: it may be a secret", { xcpng_config = { password = "sesame" } })
    never("xcpng_config.ssh_passphrase: it may be", { xcpng_config = { ssh_passphrase = function() end } })
    never("xcpng_config.xenstore_data", { xcpng_config = { xenstore_data = { key = "sesame" } } })
    never("guest: a userdata", { guest = io.stdout })
    never("UTF-8", { model = "\xff" })
    refused("EFILE", "ends in .json", manager.save_to_file({}, sh.scratch .. "/never.yaml"))
    refused("EFILE", "ends in .lua", manager.save_to_file({}, path, "lua"))
    refused("EFILE", "cannot", manager.save_to_file({}, "/proc/never/x.json"))
    assert.truthy(complaint(manager.save_to_file, {}, path, "yaml"):find "config_spec.lua.*'format'")
    assert.truthy(complaint(manager.save_to_file, 5, path):find "config_spec.lua.*'config'")
  end)
end)

describe("validate_config", function()
  it("lists every mistake with its path", function()
    local valid, problems = manager.validate_config({ timeout = -1, memry = 5, resources = { ribosomes = "many" },
      organism = { quality = 0/0, colour = 1 }, model = "x.xml" }, "basic", "minimal_cell")
    assert.is_false(valid)
    assert.equal(6, #problems)
    for i, start in ipairs { 'config.model: ', "config.organism.quality: ", 'config.organism: unknown key "colour"',
      "config.resources.ribosomes: ", "config.timeout: ", 'config: unknown key "memry"' } do
      assert.equal(start, problems[i]:sub(1, #start))
    end
  end)

  it("finds what create_bio_vm would, files that are named too", function()
    local good = assert(manager.load_defaults "minimal_cell")
    assert.same({ true, {} }, { manager.validate_config(good, "basic", "minimal_cell") })
    assert.same({ true, {} }, { manager.validate_config({}, nil, "minimal_cell") })
    local valid, problems = manager.validate_config({ xcpng_config = "/nowhere.json", timeout = 0 }, "xcpng", "ecoli")
    assert.is_false(valid)
    assert.equal("config.timeout: greater than 0 expected, got 0", problems[1])
    assert.truthy(problems[2]:find "^config.xcpng_config: cannot read /nowhere.json")
    problems = select(2, manager.validate_config({ model = "/nowhere.xml", seed = "x" }, "basic", "ecoli"))
    assert.equal(2, #problems)
    problems = select(2, manager.validate_config({ xcpng_config = { xapi_url = "https://p" } }, "xcpng", "ecoli"))
    assert.truthy(#problems >= 5)
  end)

  it("looks at no organism where none is named, and says what it does not know", function()
    assert.same({ true, {} }, { manager.validate_config({ organism = { anything = 1 } }, "basic") })
    assert.same({ false, { "config: a table expected, got nil" } }, { manager.validate_config(nil, "basic") })
    assert.truthy(select(2, manager.validate_config({}, "cloud"))[1]:find "^vm_type: ")
    assert.truthy(select(2, manager.validate_config({}, "basic", "ecolo"))[1]:find "^biological_type: ")
  end)
end)

describe("generate_template_config", function()
  it("is valid at once for a basic VM, and for a pool once it is filled in", function()
    local basic = assert(manager.generate_template_config("ecoli", "basic"))
    assert.is_true(manager.validate_config(basic, "basic", "ecoli"))
    local config, origins = assert(manager.generate_template_config("minimal_cell", "xcpng"))
    assert.equal("template", origins["xcpng_config.xapi_url"])
    assert.equal("default of minimal_cell", origins.memory)
    assert.is_false(manager.validate_config(config, "xcpng", "minimal_cell"))
    local pool, file = config.xcpng_config, write("secret", "sesame")
    pool.fingerprint, pool.password_file, pool.ssh_key_path, pool.ssh_known_hosts = nil, file, file, file
    assert.same({ true, {} }, { manager.validate_config(config, "xcpng", "minimal_cell") })
    refused("ENOTFOUND", "cloud", manager.generate_template_config("ecoli", "cloud"))
  end)
end)

describe("auto_discover_config", function()
  local script = [[
    local manager = require "bioxen".ConfigManager
    local path, all = manager.auto_discover_config()
    print(path, path and #all or all)
    local config, origins = manager.load_from_file()
    if config then
      for _, key in ipairs { "timeout", "seed", "memory" } do print(key, config[key], origins[key]) end
    end
  ]]

  local function found(prefix)
    sh:file("discover.lua", script)
    local status, out, err = sh(("cd %s/work && XDG_CONFIG_HOME=%s/user %s bioxen run ../discover.lua"):format(
      sh.scratch, sh.scratch, prefix or ""))
    assert.equal(0, status, err)
    return (out:gsub(sh.scratch, ""))
  end

  before_each(function()
    os.execute(("rm -rf %s/work %s/user; mkdir -p %s/work %s/user/bioxen"):format(sh.scratch, sh.scratch, sh.scratch,
      sh.scratch))
  end)

  it("looks in the working folder, the user's and the machine's, and merges what is there", function()
    assert.truthy(found():find "^nil%s.*neither %./bioxen%.json.*/user/bioxen or /etc/bioxen %[ENOTFOUND%]")
    write("user/bioxen/bioxen.lua", "return { timeout = 5, seed = 7 }")
    assert.equal("/user/bioxen/bioxen.lua\t1\ntimeout\t5\t/user/bioxen/bioxen.lua\nseed\t7\t/user/bioxen/bioxen.lua\n"
      .. "memory\tnil\tnil\n", found())
    write("work/bioxen.json", '{ "timeout": 9, "memory": 8000000 }')
    assert.equal("./bioxen.json\t2\ntimeout\t9\t./bioxen.json\nseed\t7\t/user/bioxen/bioxen.lua\n"
      .. "memory\t8000000\t./bioxen.json\n", found())
  end)

  it("refuses two in one folder, and a link or another user's file in the working folder", function()
    write("user/bioxen/bioxen.lua", "return {}")
    write("user/bioxen/bioxen.json", "{}")
    assert.truthy(found():find "^nil%s.*both there.*EEXIST")
    os.remove(sh.scratch .. "/user/bioxen/bioxen.json")
    os.execute(("ln -s %s/user/bioxen/bioxen.lua %s/work/bioxen.json"):format(sh.scratch, sh.scratch))
    assert.truthy(found():find "^nil%s.*link.*EFILE")
    os.remove(sh.scratch .. "/work/bioxen.json")
    write("work/bioxen.json", "{}")
    if os.execute(("chown 65534 %s/work/bioxen.json 2>/dev/null"):format(sh.scratch)) then
      assert.truthy(found():find "^nil%s.*another user.*EFILE")
    end
  end)

  it("does not take a Lua file of the working folder", function()
    write("work/bioxen.lua", "return { timeout = 5 }")
    assert.truthy(found():find "^nil%s.*ENOTFOUND")
  end)
end)
