--- VMs inside an XCP-ng guest: their configuration. What is done with it is in the folder xcpng/, which a
-- courier follows.

local address = require "bioxen.courier.address"
local check = require "bioxen.check"
local core = require "bioxen.core"
local json = require "bioxen.json"

local xcpng = {}

core.set_courier(core.courier,
  assert(package.searchpath("bioxen.courier.courier", package.path)):match "^(.*)/")

-- ---- rules ----

local function text(more)
  local rule = { type = "string", valid = function(value) return value == "" and "a text that is not empty" or nil end }
  for key, value in pairs(more or {}) do rule[key] = value end
  return rule
end

local function matching(pattern, expected)
  return text { valid = function(value) return not value:find(pattern) and expected or nil end }
end

local plain_name = matching("^[%w._:][%w._:-]*$", "letters, digits, '.', '_', ':', '-' alone")
local uuid = matching("^%x+%-%x+%-%x+%-%x+%-%x+$", "a uuid")
local seconds = { type = "number", above = 0, maximum = 86400 }

local function with_default(rule, default)
  local copy = { default = default }
  for key, value in pairs(rule) do copy[key] = value end
  return copy
end

local UNITS = { [""] = 1, B = 1, KB = 1 << 10, KIB = 1 << 10, MB = 1 << 20, MIB = 1 << 20,
  GB = 1 << 30, GIB = 1 << 30, TB = 1 << 40, TIB = 1 << 40 }
local LEAST_MEMORY = 16 << 20

--- Bytes of "1GB", "512 MiB" or a number; nil for what is none. Units count by 1,024, as XCP-ng's do.
function xcpng.bytes(value)
  if type(value) == "number" then return math.tointeger(value) end
  local number, unit = tostring(value):match "^%s*(%d+%.?%d*)%s*(%a*)%s*$"
  local factor = number and UNITS[unit:upper()]
  local bytes = factor and tonumber(number) * factor
  return bytes and bytes < 2 ^ 62 and bytes // 1 | 0 or nil
end

local memory = { types = { string = true, number = true }, valid = function(value)
  local bytes = xcpng.bytes(value)
  if not bytes or bytes < LEAST_MEMORY then return 'at least 16 MiB, as "1GB" or a number of bytes,' end
end }

local cidr = text { valid = function(value)
  return not address.network(value) and 'a network as "10.0.0.0/8"' or nil
end }

local fingerprint = text { valid = function(value)
  return #value:gsub("[:%s]", "") ~= 64 and "a SHA-256 fingerprint of 64 hexadecimal digits" or nil
end }

local ssh_fingerprint = matching("^SHA256:[%w+/]+=*$", '"SHA256:…", as ssh-keygen -l shows it,')

-- "host", "host:port" or "[address]:port".
local function is_host(value)
  return value:find "^[%w._-]+:?%d*/*$" or value:find "^%[[%x:.]+%]:?%d*/*$"
end

-- What may be shown of a URL: no password, which stands before the host or among parameters, and may be there in other
-- ways where the host is none.
local function public_url(value)
  if type(value) ~= "string" or value == "" then return value end
  local scheme = value:match "^%a[%w+.-]*://" or ""
  local secret, rest = value:sub(#scheme + 1):match "^(.*@)(.*)$"
  rest = rest or value:sub(#scheme + 1)
  local host = rest:match "^[^/?#;]*/*"
  if not is_host(host) then return scheme .. "(hidden)" end
  return scheme .. (secret and "(hidden)@" or "") .. host .. (#host < #rest and "(hidden)" or "")
end

local proxies = { http = true, https = true, socks4 = true, socks4a = true, socks5 = true, socks5h = true }

local proxy = text { public = public_url, valid = function(value)
  local scheme = value:match "^(%a[%w+.-]*)://" or "http"
  local host = value:gsub("^%a[%w+.-]*://", ""):gsub("^.*@", "")
  return not (proxies[scheme] and is_host(host))
    and '"host:port", "http://host:port" or another scheme that curl knows,' or nil
end }

local url = text { public = public_url, valid = function(value)
  if value:find "@" then return "a URL without a user name or a password" end
  local host = value:match "^https?://(.*)$"
  return not (host and is_host(host)) and '"https://host" or "https://host:port"' or nil
end }

local function list_of_texts(pattern, expected)
  return { type = "table", valid = function(value)
    for key, item in pairs(value) do
      if math.type(key) ~= "integer" or type(item) ~= "string" or not item:find(pattern) then return expected end
    end
  end }
end

local guest_data = { type = "table", secret = true, valid = function(value)
  for key, item in pairs(value) do
    if type(key) ~= "string" or type(item) ~= "string" then return "a table of strings by strings" end
    if key:find "^vm%-data/" or key:find "^bioxen/" then return 'no key that begins with "vm-data/" or "bioxen/"' end
  end
end }

local secret = text { secret = true }
local file = text { valid = function(value)
  return (value == "" or value:find "\0") and "a path without a zero byte" or nil
end }

local function required(rule)
  local copy = { required = true }
  for key, value in pairs(rule) do copy[key] = value end
  return copy
end

-- What reaches the pool.
local pool = {
  xapi_url = required(url),
  username = required(text()),
  password = secret,
  password_file = file,
  password_env = text(),
  ca_file = file,
  fingerprint = fingerprint,
  insecure = { type = "boolean", default = false },
  allow_http = { type = "boolean", default = false },
  proxy = proxy,
  pool_uuid = uuid,
  pool_members = list_of_texts("^[%w.:%[%]-]+$", 'a list of addresses, as "10.0.0.2" or "host:port"'),
  connect_timeout = with_default(seconds, 10),
  max_response = { type = "number", integer = true, minimum = 1 << 16, maximum = 1 << 30 },
  journal = file,
  log = file,
}

-- What makes and reaches a guest.
local guest = {
  template_name = text(),
  template_uuid = uuid,
  vm_name_prefix = with_default(matching("^[^%c]*$", "no control characters"), "bioxen-"),
  network_uuid = text(),
  storage_repository = text(),
  host = text(),
  full_copy = { type = "boolean", default = false },
  vm_memory = memory,
  vm_vcpus = { type = "number", integer = true, minimum = 1, maximum = 1024 },
  tags = list_of_texts(".", "a list of strings that are not empty"),
  xenstore_data = guest_data,
  network_device = { type = "number", integer = true, minimum = 0, maximum = 255 },
  address_family = text { valid = function(value)
    return value ~= "ipv4" and value ~= "ipv6" and '"ipv4" or "ipv6"' or nil
  end },
  address_cidr = cidr,
  guest_tools_timeout = with_default(seconds, 120),
  shutdown_grace = with_default(seconds, 60),
  ssh_user = required(plain_name),
  ssh_port = { type = "number", integer = true, minimum = 1, maximum = 65535, default = 22 },
  ssh_key_path = file,
  ssh_agent = { type = "boolean", default = false },
  ssh_passphrase = { types = { string = true, ["function"] = true }, secret = true },
  ssh_passphrase_file = file,
  ssh_passphrase_env = text(),
  ssh_known_hosts = file,
  ssh_host_name = plain_name,
  ssh_fingerprint = ssh_fingerprint,
  ssh_fingerprint_from_guest = { type = "boolean", default = false },
  install_worker = { type = "boolean", default = false },
  cloud_init = { type = "boolean", default = false },
  keepalive = with_default(seconds, 5),
}

local all = {}
for _, part in ipairs { pool, guest } do
  for key, rule in pairs(part) do all[key] = rule end
end

-- ---- what no rule of one key can say ----

local function add(problems, path, key, message)
  problems[#problems + 1] = ("%s.%s: %s"):format(path, key, message)
end

-- Of the ways to give one secret, at most one; a file that nobody else can read.
local function check_secret(config, name, path, problems)
  local given = {}
  for _, way in ipairs { "", "_file", "_env" } do
    if config[name .. way] ~= nil then given[#given + 1] = name .. way end
  end
  if #given > 1 then
    add(problems, path, name, "give one of " .. table.concat(given, ", "))
  end
  local named, variable = config[name .. "_file"], config[name .. "_env"]
  if type(named) == "string" and not named:find "\0" then
    local readable, err = core.read_secret(named)
    if not readable then add(problems, path, name .. "_file", err.message) end
  end
  if type(variable) == "string" and not os.getenv(variable) then
    add(problems, path, name .. "_env", ("the environment has no variable %s"):format(
      check.shown(variable)))
  end
  return #given > 0
end

local function check_pool(config, path, problems)
  if not check_secret(config, "password", path, problems) then
    add(problems, path, "password", "missing; or give password_file or password_env")
  end
  local given = {}
  for _, key in ipairs { "ca_file", "fingerprint" } do
    if config[key] then given[#given + 1] = key end
  end
  if config.insecure == true and #given > 0 then
    add(problems, path, "insecure", "goes with no " .. table.concat(given, " and no "))
  end
  if type(config.xapi_url) == "string" and config.xapi_url:find "^http:" and config.allow_http ~= true then
    add(problems, path, "xapi_url", "https is needed; allow_http = true allows http on this machine alone")
  end
end

local function check_guest(config, path, problems)
  if (config.template_name == nil) == (config.template_uuid == nil) then
    add(problems, path, "template_name", config.template_name and "give it or template_uuid, not both"
      or "missing; or give template_uuid")
  end
  check_secret(config, "ssh_passphrase", path, problems)
  if config.cloud_init == true and not config.ssh_key_path then
    add(problems, path, "cloud_init", "goes with ssh_key_path, whose key it lets in")
  end
  if config.ssh_key_path == nil and config.ssh_agent ~= true then
    add(problems, path, "ssh_key_path", "missing; or set ssh_agent = true")
  end
  for _, key in ipairs { "ssh_key_path", "ssh_known_hosts", "ca_file" } do
    local named = config[key]
    if type(named) == "string" and not core.is_file(named) and named ~= "/dev/null" then -- which has an end, at once
      add(problems, path, key, ("cannot read %s"):format(check.shown(named)))
    end
  end
end

--- Add what is wrong with a configuration beyond its keys, each by itself.
function xcpng.problems(config, path, problems)
  if type(config) ~= "table" then return end
  check_pool(config, path, problems)
  check_guest(config, path, problems)
end

-- ---- what a courier is told ----

local function state_folder()
  local base = os.getenv "XDG_STATE_HOME"
  if not base or base == "" then base = (os.getenv "HOME" or "") .. "/.local/state" end
  return base .. "/bioxen/xcpng"
end

local function take_secret(config, name)
  local value = config[name]
  if type(value) == "function" then value = value() end
  local variable = config[name .. "_env"]
  if variable then value = os.getenv(variable) end
  if value ~= nil and type(value) ~= "string" then
    error(("config.xcpng_config.%s: a function that gives a string expected"):format(name), 0)
  end
  return value
end

-- Bytes of one answer: what a VM asks for is small, what a script asks for may be a whole pool.
local SMALL_ANSWER, LARGE_ANSWER = 16 << 20, 64 << 20

local function copy_of(checked, max_response)
  local copy = { max_response = max_response }
  for key, value in pairs(checked) do copy[key] = value end
  copy.journal = checked.journal or state_folder()
  copy.password = take_secret(checked, "password")
  copy.password_env = nil
  for _, key in ipairs { "connect_timeout", "guest_tools_timeout", "shutdown_grace", "keepalive" } do
    copy[key] = copy[key] and copy[key] + 0.0
  end
  return copy
end

local function known_hosts()
  local usual = (os.getenv "HOME" or "") .. "/.ssh/known_hosts"
  return core.is_file(usual) and usual or nil
end

--- The checked configuration of a VM as its courier takes it.
function xcpng.for_courier(checked)
  local config = copy_of(checked, SMALL_ANSWER)
  config.ssh_passphrase = take_secret(checked, "ssh_passphrase")
  config.ssh_passphrase_env = nil
  if not (config.ssh_known_hosts or config.ssh_fingerprint or config.ssh_fingerprint_from_guest) then
    config.ssh_known_hosts = known_hosts()
  end
  config.memory_bytes = config.vm_memory and xcpng.bytes(config.vm_memory)
  config.vm_memory = nil
  config.vm_vcpus = math.tointeger(config.vm_vcpus)
  return config
end

-- ---- configurations as tables and files ----

xcpng.schema = { type = "table", fields = all, required = true }

local function holds_secret(config)
  local own = type(config.xcpng_config) == "table" and config.xcpng_config or config
  return own.password ~= nil or own.ssh_passphrase ~= nil
end

local LIMIT = 1 << 20 -- bytes of a configuration

local guarded = {} -- real paths of files with a password in them, which were read

--- What decode(text) makes of a file: a table, or nil and an error. A file with a password in it must be nobody
-- else's to read, and only what was read after a look at that counts.
function xcpng.read_guarded(path, decode)
  local bytes, err = core.read_file(path, LIMIT)
  if not bytes then return nil, err end
  local config, err = decode(bytes)
  if not config or not holds_secret(config) then return config, err end
  guarded[core.real_path(path) or path] = true
  bytes, err = core.read_secret(path)
  if not bytes then return nil, err end
  return decode(bytes)
end

--- Whether this file was read, and holds a password: it is not for others.
function xcpng.is_guarded(path)
  return guarded[core.real_path(path) or path] == true
end

--- The object in a JSON text that stands at `path`; or nil and an error.
function xcpng.decode(path, encoded)
  local config, mistake = json.decode(encoded)
  if type(config) == "table" then return config end
  return core.fail("EFILE", ("%s is no JSON object: %s"):format(path, mistake or "another value"))
end

--- A configuration from a JSON file. Its keys may stand in an object "xcpng_config". nil and an error for a file
-- that is none.
function xcpng.read_file(path)
  local config, err = xcpng.read_guarded(path, function(bytes) return xcpng.decode(path, bytes) end)
  if not config then return nil, err end
  return type(config.xcpng_config) == "table" and config.xcpng_config or config
end

--- What most pools need, to be filled in.
function xcpng.template()
  return {
    xapi_url = "https://pool.example",
    username = "root",
    password_file = "/path/to/a/file/with/the/password",
    fingerprint = "SHA-256 of the pool's certificate, or leave it out and trust the system's authorities",
    template_name = "name of the template that guests are made from",
    ssh_user = "bioxen",
    ssh_key_path = "/path/to/the/private/key",
    ssh_known_hosts = "/path/to/known_hosts",
    install_worker = true,
    vm_memory = "1GB",
    vm_vcpus = 1,
  }
end

--- The part that reaches the pool, checked, for sessions. Raises, `level` frames above, a mistake.
function xcpng.check_pool(config, level)
  local problems, rules = {}, {}
  for key, rule in pairs(all) do
    local copy = { required = pool[key] and rule.required or nil }
    for name, value in pairs(rule) do
      if name ~= "required" then copy[name] = value end
    end
    rules[key] = copy
  end
  local checked = check.table(config, rules, "config", problems)
  if type(config) == "table" then check_pool(config, "config", problems) end
  check.raise(problems, level + 1)
  return copy_of(checked, LARGE_ANSWER)
end

return xcpng
