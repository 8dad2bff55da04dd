-- The configuration of xcpng VMs and of sessions: every mistake is listed, secrets are not, and nothing is
-- contacted.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local xcpng = require "bioxen.xcpng.config"

local folder

local function write(name, text, mode)
  local path = folder .. "/" .. name
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  assert(os.execute(("chmod %s %s"):format(mode or "600", path)))
  return path
end

local function valid(changes)
  local config = {
    xapi_url = "https://pool.example", username = "root", password = "sesame",
    template_name = "worker", ssh_user = "bioxen", ssh_key_path = folder .. "/key",
  }
  for key, value in pairs(changes or {}) do
    if value == "none" then config[key] = nil else config[key] = value end
  end
  return config
end

local function create(changes)
  return bioxen.create_bio_vm("a", "plain_cell", "xcpng", { xcpng_config = valid(changes) })
end

local function complaint(changes)
  local ok, message = pcall(create, changes)
  assert.is_false(ok)
  return tostring(message)
end

local function says(message, ...)
  for _, part in ipairs { ... } do
    assert.truthy(message:find(part, 1, true), message)
  end
end

describe("a configuration of type xcpng", function()
  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir -m 700 " .. folder))
    write("key", "no key, but a file")
  end)
  teardown(function() os.execute("rm -r " .. folder) end)

  it("makes a VM without contacting anything", function()
    local vm <close> = assert(create())
    assert.equal("created", vm:get_state())
    assert.equal("xcpng", vm:get_vm_type())
    assert.equal("XCPngBiologicalVM", bioxen.type(vm))
    assert.is_nil(vm:get_status().uuid)
    assert.is_true(vm:destroy())
    assert.is_nil(vm:get_status().uuid)
  end)

  it("is required, and what is missing is listed", function()
    local ok, message = pcall(bioxen.create_bio_vm, "a", "plain_cell", "xcpng")
    assert.is_false(ok)
    says(message, "config.xcpng_config.xapi_url: missing", "config.xcpng_config.ssh_user: missing",
      "config.xcpng_config.username: missing")
  end)

  it("lists every mistake", function()
    says(complaint {
      xapi_url = "ftp://x", username = 5, password = 1234567, template_uuid = "x", template_name = "none",
      ssh_user = "-x", ssh_key_path = "/nowhere/key", ssh_port = 70000, vm_memory = "much", vm_vcpus = 0.5,
      address_cidr = "10.0.0.0/33", address_family = "ipx", fingerprint = "AB", tags = { 1 },
      pool_members = { "10.0.0.2", "a b" },
      xenstore_data = { "x" }, ssh_fingerprint = "MD5:aa", insecure = true, pool_uuid = "p",
      template = "x", ssh_passphrase = true,
    },
      'config.xcpng_config.xapi_url: "https://host" or "https://host:port" expected, got "ftp://x"',
      "config.xcpng_config.username: a string expected, got 5",
      "config.xcpng_config.password: a string expected, got something else",
      'config.xcpng_config.template_uuid: a uuid expected, got "x"',
      "config.xcpng_config.ssh_user: letters, digits",
      'config.xcpng_config.ssh_key_path: cannot read "/nowhere/key"',
      "config.xcpng_config.ssh_port: at most 65535 expected, got 70000",
      'config.xcpng_config.vm_memory: at least 16 MiB, as "1GB" or a number of bytes, expected, got "much"',
      "config.xcpng_config.vm_vcpus: an integer expected, got 0.5",
      "config.xcpng_config.address_cidr: a network",
      'config.xcpng_config.address_family: "ipv4" or "ipv6" expected',
      "config.xcpng_config.fingerprint: a SHA-256 fingerprint",
      "config.xcpng_config.tags: a list of strings that are not empty expected",
      'config.xcpng_config.pool_members: a list of addresses, as "10.0.0.2" or "host:port" expected',
      "config.xcpng_config.xenstore_data: a table of strings by strings expected",
      'config.xcpng_config.ssh_fingerprint: "SHA256:',
      "config.xcpng_config.insecure: goes with no fingerprint",
      "config.xcpng_config.pool_uuid: a uuid expected",
      "config.xcpng_config.ssh_passphrase: a function or a string expected",
      'config.xcpng_config: unknown key "template"')
  end)

  it("wants the key that cloud_init is to let in", function()
    says(complaint { cloud_init = true, ssh_key_path = false, ssh_agent = true }, "cloud_init: goes with ssh_key_path")
  end)

  it("takes memory in the words of its users", function()
    assert.equal(1 << 30, xcpng.bytes "1GB")
    assert.equal(1 << 30, xcpng.bytes "1 GiB")
    assert.equal(1 << 29, xcpng.bytes "0.5gb")
    assert.equal(512 << 20, xcpng.bytes "512MB")
    assert.equal(123456789, xcpng.bytes(123456789))
    assert.equal(123456789, xcpng.bytes "123456789")
    for _, text in ipairs { "", "GB", "1 XB", "-1GB", "1GB2", "1e9" } do assert.is_nil(xcpng.bytes(text)) end
  end)

  it("wants a password, one way, and a template, one way", function()
    says(complaint { password = "none" }, "password: missing; or give password_file or password_env")
    says(complaint { password_env = "HOME" }, "password: give one of password, password_env")
    says(complaint { password = "none", password_env = "BIOXEN_NO_SUCH" },
      'password_env: the environment has no variable "BIOXEN_NO_SUCH"')
    says(complaint { template_name = "none" }, "template_name: missing; or give template_uuid")
    says(complaint { template_uuid = "12345678-1234-1234-1234-123456789abc" }, "not both")
    says(complaint { ssh_key_path = "none" }, "ssh_key_path: missing; or set ssh_agent = true")
    assert(create { ssh_key_path = "none", ssh_agent = true }):destroy()
  end)

  it("refuses a file with a secret that others may read", function()
    local open = write("open", "sesame\n", "644")
    says(complaint { password = "none", password_file = open }, "password_file: the secret file",
      "others may read or write it: chmod 600 it")
    says(complaint { password = "none", password_file = folder .. "/nowhere" }, "No such file")
    says(complaint { password = "none", password_file = folder }, "it is not a regular file")
    assert(create { password = "none", password_file = write("shut", "sesame\n") }):destroy()
    local json = write("open.json", '{ "xcpng_config": { "password": "sesame" } }', "640")
    local vm, err = bioxen.create_bio_vm("a", "plain_cell", "xcpng", { xcpng_config = json })
    assert.is_nil(vm)
    says(err.message, "others may read or write it")
  end)

  it("never shows a secret", function()
    local message = complaint { password = { "sesame" }, ssh_passphrase = { "sesame" }, ssh_port = 0 }
    assert.falsy(message:find("sesame", 1, true))
    says(complaint { xapi_url = "https://root:sesame@pool" }, "a URL without a user name or a password")
    for _, url in ipairs { "https://root:sesame@pool:x", "https://root%3Asesame%40pool", "https://root:sesame",
      "root:sesame@", "https://pool/?p=sesame", "https://pool;sesame", "https://[::1]:sesame" } do
      for _, key in ipairs { "xapi_url", "proxy" } do
        local complained = complaint { [key] = url }
        says(complained, "config.xcpng_config." .. key)
        assert.falsy(complained:find("sesame", 1, true), complained)
      end
    end
  end)

  it("may be a JSON file, as the Python project's", function()
    local json = write("xcpng_config.json", ([[{
      "xapi_url": "https://pool.example", "username": "root", "password": "sesame",
      "pool_uuid": "12345678-1234-1234-1234-123456789abc", "template_name": "worker",
      "vm_name_prefix": "bio-", "network_uuid": "n", "storage_repository": "s",
      "ssh_user": "root", "ssh_key_path": %q, "vm_memory": "1GB", "vm_vcpus": 2 }]]):format(folder .. "/key"))
    local vm <close> = assert(bioxen.create_bio_vm("a", "plain_cell", "xcpng", { xcpng_config = json }))
    assert.equal("created", vm:get_state())
    local none, err = bioxen.create_bio_vm("b", "plain_cell", "xcpng",
      { xcpng_config = write("bad.json", "{ no") })
    assert.is_nil(none)
    assert.equal("EFILE", err.code)
    says(err.message, "bad.json is no JSON object")
  end)

  it("reaches http on this machine alone, and only when told", function()
    says(complaint { xapi_url = "http://127.0.0.1" }, "https is needed")
    local session, err = bioxen.xapi.connect { xapi_url = "http://192.0.2.1", username = "root",
      password = "sesame", allow_http = true }
    assert.is_nil(session)
    assert.equal("ECONFIG", err.code)
  end)

  it("shares another VM's guest, which has a configuration already", function()
    local first <close> = assert(create())
    local second <close> = assert(bioxen.create_bio_vm("b", "plain_cell", "xcpng", { guest = first }))
    assert.equal("xcpng", second:get_vm_type())
    local basic <close> = assert(bioxen.create_bio_vm("c", "plain_cell"))
    for _, guest in ipairs { basic, { }, 5 } do
      local ok, message = pcall(bioxen.create_bio_vm, "d", "plain_cell", "xcpng", { guest = guest })
      assert.is_false(ok)
      says(message, "config.guest")
    end
    says(select(2, pcall(bioxen.create_bio_vm, "d", "plain_cell", "xcpng",
      { guest = first, xcpng_config = valid() })), "has one already")
  end)

  it("of a session needs only what reaches the pool", function()
    local ok, message = pcall(bioxen.xapi.connect, { username = "root" })
    assert.is_false(ok)
    says(message, "config.xapi_url: missing", "config.password: missing")
    assert.falsy(message:find("ssh_user", 1, true))
  end)
end)

describe("the address of a guest", function()
  local address = require "bioxen.courier.address"

  local function pick(networks, config)
    return address.pick(networks, address.wanted(config or {}))
  end

  it("is that of the lowest device, IPv4 first, whatever its index", function()
    assert.equal("10.0.0.5", pick { ["0/ip"] = "10.0.0.5", ["1/ip"] = "10.0.0.6" })
    assert.equal("10.0.0.6", pick { ["1/ipv4/3"] = "10.0.0.6" })
    assert.equal("10.0.0.5", pick { ["10/ip"] = "10.0.0.9", ["2/ip"] = "10.0.0.5" })
    assert.equal("10.0.0.5", pick { ["0/ipv6/0"] = "2001:db8::1", ["0/ipv4/0"] = "10.0.0.5" })
    assert.equal("2001:db8::1", pick { ["0/ipv6/0"] = "fe80::1", ["0/ipv6/1"] = "2001:db8::1" })
  end)

  it("is what device, family and network ask for", function()
    local networks = { ["0/ip"] = "10.0.0.5", ["1/ip"] = "192.168.7.9", ["1/ipv6/0"] = "2001:db8:0:1::9" }
    assert.equal("192.168.7.9", pick(networks, { network_device = 1 }))
    assert.equal("2001:db8:0:1::9", pick(networks, { address_family = "ipv6" }))
    assert.equal("192.168.7.9", pick(networks, { address_cidr = "192.168.0.0/16" }))
    assert.equal("2001:db8:0:1::9", pick(networks, { address_cidr = "2001:db8::/32" }))
    assert.is_nil(pick(networks, { address_cidr = "192.168.8.0/23", network_device = 0 }))
    assert.equal("169.254.1.1", pick({ ["0/ip"] = "169.254.1.1" }, { address_cidr = "169.254.0.0/16" }))
  end)

  it("is none of what is no address", function()
    for _, text in ipairs { "", "10.0.0", "10.0.0.256", "10.0.0.1.2", "::1::", "1:2:3:4:5:6:7:8:9", "g::1",
      "; rm -rf /", "-oProxyCommand=x", "169.254.3.4", "1:2:3:4:5:6:7::8" } do
      assert.is_nil(pick { ["0/ip"] = text }, text)
    end
    assert.is_nil(pick { ["x/ip"] = "10.0.0.5", ["0/ipx"] = "10.0.0.5", ["0/ip/x/y"] = "10.0.0.5" })
  end)
end)
