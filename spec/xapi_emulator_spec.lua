-- The emulated XCP-ng pool of spec/support/xapi is what it says: it passes its own checks, answers as
-- a real pool was recorded to answer, and serves clients that others wrote.

local xapi = require "spec.support.xapi"

local CLIENTS = "spec/support/xapi/clients"
local CHECKS = "spec/support/xapi/checks"
local RECORDED = "../shared/reference/xapi-recorded.jsonl"
local SAMPLES = "../shared/reference/xapi-recorded-2.jsonl"

local missing = xapi.missing()

local function there(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- Run a command; it has to succeed.
local function run(command, ...)
  local quoted = { command }
  for _, word in ipairs { ... } do quoted[#quoted + 1] = xapi.quote(word) end
  local pipe = assert(io.popen("env -u LD_PRELOAD " .. table.concat(quoted, " ") .. " 2>&1 </dev/null"))
  local output = pipe:read("a")
  assert.is_true(pipe:close(), output)
  return output
end

local function found(program)
  return (os.execute("command -v " .. program .. " >/dev/null 2>&1"))
end

describe("the emulated pool", function()
  for _, group in ipairs { "Transport", "Calls", "Sessions", "Events", "Tasks", "LifeCycle", "Guests",
    "Faults", "End" } do
    it("passes its checks of " .. group, function()
      if missing then return pending(missing) end
      run("/usr/bin/python3 -B", CHECKS, group)
    end)
  end

  it("answers as a real pool did", function()
    if missing then return pending(missing) end
    if not there(RECORDED) then return pending("there are no recorded requests and replies here") end
    local pool <close> = xapi.start { template = "sim-template", delays = { ["VM.hard_shutdown"] = 0.1 } }
    local output = run("/usr/bin/python3 -B", CLIENTS .. "/replay.py", RECORDED, pool.url, pool.password)
    assert.are.equal('{"pairs": 65, "differences": 0}\n', output)
  end)

  it("answers as a real pool did at other times of its life", function()
    if missing then return pending(missing) end
    if not there(SAMPLES) then return pending("there are no recorded requests and replies here") end
    local pool <close> = xapi.start()
    local output = run("/usr/bin/python3 -B", CLIENTS .. "/samples.py", SAMPLES, pool.url, pool.password,
      pool.control_url, pool.token)
    assert.are.equal('{"pairs": 116, "differences": 0}\n', output)
  end)
end)

describe("a client that others wrote", function()
  local pool

  before_each(function()
    if not missing then pool = xapi.start { delays = { boot = 0.05 } } end
  end)

  after_each(function()
    if pool then pool:stop() end
    pool = nil
  end)

  it("xen-api of Xen Orchestra follows a VM through its life", function()
    if missing then return pending(missing) end
    local folder
    for _, build in ipairs { os.getenv "BIOXEN_BUILD" or "./build", "./build" } do
      if there(build .. "/xapi-clients/node_modules/xen-api/index.mjs") then
        folder = build .. "/xapi-clients"
      end
    end
    if not folder or not found "node" then
      return pending("no xen-api: scripts/xapi_clients.sh installs it")
    end
    folder = run("realpath", folder):match("[^\n]+")
    local output = run("node", CLIENTS .. "/xen_api.mjs", folder, pool.url, pool.username,
      pool.password, pool.template)
    assert.are.equal("ok\n", output)
    assert.are.equal(0, pool:counts().vms)
    assert.are.equal(0, pool:counts().session)
  end)

  it("fence_xenapi switches a VM off and on", function()
    if missing then return pending(missing) end
    if not found "fence_xenapi" then
      return pending("no fence_xenapi: scripts/xapi_clients.sh installs it")
    end
    local vm = pool:call("VM.clone", pool:call("VM.get_by_uuid", pool.template_uuid), "fenced")
    pool:call("VM.provision", vm)
    pool:call("VM.start", vm, false, false)
    local output = run(CLIENTS .. "/fence.sh", pool.url, pool.username, pool.password, "fenced")
    assert.matches("ok\n$", output)
    assert.are.equal("Running", pool:call("VM.get_power_state", vm))
  end)

  it("Ansible's xenserver_guest makes a guest and removes it", function()
    if missing then return pending(missing) end
    if not found "ansible-playbook" or not there "/usr/share/fence/XenAPI.py" then
      return pending("no Ansible, or no XenAPI.py: scripts/xapi_clients.sh installs them")
    end
    local settings = { "-e", "ansible_python_interpreter=/usr/bin/python3" }
    for name, value in pairs { url = pool.url, user = pool.username, password = pool.password,
      template = pool.template } do
      settings[#settings + 1] = "-e"
      settings[#settings + 1] = name .. "=" .. value
    end
    settings[#settings + 1] = CLIENTS .. "/guest.yml"
    local home = pool.state .. "/ansible"
    run(("env PYTHONPATH=/usr/share/fence ANSIBLE_HOME=%s ANSIBLE_LOCAL_TEMP=%s ansible-playbook")
      :format(home, home), table.unpack(settings))
    local counts = pool:counts()
    assert.are.same({ 0, 1, 1, 0 }, { counts.vms, counts.VDI, counts.VIF, counts.guests })
  end)
end)
