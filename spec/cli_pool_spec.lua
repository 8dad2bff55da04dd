-- bioxen config and bioxen xcpng: the configuration file, and a pool, which is emulated.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local cjson = require "cjson"
local fault_bench = require "spec.support.fault_bench"
local sbml = require "spec.support.sbml"
local shell = require "spec.support.shell"
local xapi = require "spec.support.xapi"

local sh
setup(function() sh = shell.open() end)
teardown(function() sh:close() end)

local function config(name, values, mode)
  local path = sh:file(name, cjson.encode(values))
  assert(os.execute(("chmod %s %s"):format(mode or "600", path)))
  return path
end

local function valid(changes)
  local values = { xapi_url = "https://pool.example", username = "root", password = "sesame-open",
    template_name = "worker", ssh_user = "bioxen", ssh_key_path = sh:file("key", "no key, but a file"),
    xenstore_data = { token = "very-secret" } }
  for key, value in pairs(changes or {}) do values[key] = value end
  return values
end

-- The commands below `command` that take --json, as "config validate".
local function taking_json(command, above, list)
  list = list or {}
  for _, option in ipairs(command.options or {}) do
    if option[1] == "--json" then list[#list + 1] = above end
  end
  for _, inner in ipairs(command.commands or {}) do
    taking_json(inner, above == "" and inner.name or above .. " " .. inner.name, list)
  end
  return list
end

describe("bioxen config", function()
  it("shows no secret, wherever one stands and whatever is wrong with it", function()
    local leaks = {
      { xapi_url = "https://root:SECRET@pool.example" },
      { xapi_url = "https://root:SE/CR@ET:SECRET@pool.example:443/" },
      { xapi_url = "https://pool.example/?password=SECRET" }, { xapi_url = "root:SECRET@pool.example" },
      { xapi_url = "https://pool.example/SECRET" },
      { proxy = "http://user:SECRET@proxy.example:3128" }, { proxy = "user:SECRET@proxy.example" },
      { proxy = "http://proxy.example:3128/?SECRET" }, { proxy = "none://user:SECRET@proxy.example" },
      { proxy = "http://user:SECRET@" }, { proxy = "http://user:SECRET@proxy.example:99999" },
      { proxy = "http://us er:SECRET@proxy example" }, { proxy = "socks5://user:SECRET@127.0.0.1:1" },
      { xenstore_data = "SECRET" },
      { xenstore_data = { "SECRET" } }, { password = { "SECRET" } }, { password = "SECRET" },
      { ssh_passphrase = "SECRET" }, { ssh_passphrase = { x = "SECRET" } },
    }
    for _, changes in ipairs(leaks) do
      local path = config("leak.json", valid(changes))
      for _, words in ipairs { "config validate", "config validate --json", "config show", "xcpng templates" } do
        local _, out, err = sh(("bioxen %s %s"):format(words, path))
        assert.is_nil((out .. err):find("SECRET", 1, true), words .. ": " .. out .. err)
      end
    end
    local path = config("shown.json", valid { proxy = "http://user:SECRET@proxy.example:3128" })
    local _, shown = sh("bioxen config show " .. path)
    assert.are.equal("http://(hidden)@proxy.example:3128", cjson.decode(shown).proxy)
  end)

  it("tells text that is none without a traceback", function()
    local path = config("bytes.json", valid { username = "\xff" })
    local status, out, err = sh("bioxen config show " .. path)
    assert.are.same({ 1, "" }, { status, out })
    assert.matches("^bioxen: this cannot be said in JSON", err)
  end)

  it("writes a template whose keys are all known", function()
    local status, out = sh "bioxen config template"
    assert.are.equal(0, status)
    local fields = require("bioxen.xcpng.config").schema.fields
    for key in pairs(cjson.decode(out)) do assert.truthy(fields[key], key) end
    local file = sh.scratch .. "/t.json"
    assert.are.equal(0, (sh("bioxen config template --all --out " .. file)))
    assert.are.equal(10, cjson.decode(shell.read(file)).connect_timeout)
  end)

  it("finds a good one good", function()
    local path = config("good.json", valid())
    assert.are.same({ 0, path .. " is valid.\n", "" }, { sh("bioxen config validate " .. path) })
    local _, out = sh("bioxen config validate --json " .. path)
    assert.are.same({ valid = true, problems = {} }, cjson.decode(out))
  end)

  it("lists every mistake of a bad one", function()
    local path = config("bad.json", valid { xapi_url = "ftp://x", ssh_port = 70000, colour = "red",
      usernam = "x" })
    local status, out, err = sh("bioxen config validate " .. path)
    assert.are.same({ 1, "" }, { status, out })
    for _, part in ipairs { "config.xapi_url: ", "config.ssh_port: at most 65535", 'unknown key "colour"; it takes ',
      "unknown key \"usernam\"; did you mean 'username'?" } do
      assert.truthy(err:find(part, 1, true), err)
    end
    status, out = sh("bioxen config validate --json " .. path)
    assert.are.equal(1, status)
    assert.are.equal(4, #cjson.decode(out).problems)
  end)

  it("shows what it comes to, without secrets", function()
    local status, out, err = sh("bioxen config show " .. config("good.json", valid()))
    assert.are.same({ 0, "" }, { status, err })
    local shown = cjson.decode(out)
    assert.are.same({ "(hidden)", 22, "worker" }, { shown.password, shown.ssh_port, shown.template_name })
    assert.is_nil(out:find "sesame" or out:find "very%-secret")
  end)

  it("refuses what is no configuration, and files that others can read", function()
    assert.are.equal(1, (sh "bioxen config validate /nowhere"))
    assert.are.equal(1, (sh("bioxen config validate " .. sh:file("x", "no json"))))
    local status, out, err = sh("bioxen config show " .. config("open.json", valid(), "644"))
    assert.are.same({ 1, "" }, { status, out })
    assert.is_nil(err:find "sesame")
  end)
end)

describe("bioxen xcpng", function()
  local pool, path, bench
  local missing = xapi.missing()

  setup(function()
    if missing then return end
    pool = xapi.start { https = true, hosts = 2 }
    path = config("pool.json", { xapi_url = pool.https_url, username = pool.username, password = pool.password,
      ca_file = pool.ca_file, journal = sh.scratch .. "/journal" })
    bench = fault_bench.open()
  end)
  teardown(function()
    if pool then pool:stop() end
    if bench then bench:close() end
  end)

  local function on_pool(name, body)
    it(name, function()
      if missing then return pending(missing) end
      body()
    end)
  end

  on_pool("lists templates", function()
    local status, out, err = sh("bioxen xcpng templates " .. path)
    assert.are.same({ 0, "" }, { status, err })
    assert.truthy(out:find(pool.template_uuid, 1, true), out)
    local _, json = sh("bioxen xcpng templates --json " .. path)
    local rows = cjson.decode(json)
    local found
    for _, row in ipairs(rows) do found = found or row.uuid == pool.template_uuid and row end
    assert.are.equal(pool.template, found.name)
  end)

  on_pool("lists hosts", function()
    local status, out, err = sh("bioxen xcpng hosts " .. path)
    assert.are.same({ 0, "" }, { status, err })
    assert.are.equal(2, select(2, out:gsub("\n", "\n")))
    local _, json = sh("bioxen xcpng hosts --json " .. path)
    assert.are.equal(2, #cjson.decode(json))
  end)

  on_pool("checks all that a guest needs, a line each, and leaves nothing", function()
    bench:clean(function()
      local function check(name, overrides, words)
        return sh(("bioxen xcpng check %s %s"):format(words or "", config(name, bench:config(overrides))))
      end
      local status, out, err = check("check.json", {}, "--verbose")
      assert.are.equal(0, status, out .. err)
      local steps = {}
      for line in out:gmatch "[^\n]+" do steps[#steps + 1] = line:match "^ok      (%l+ ?%l+)  " end
      assert.are.same({ "login", "role", "template", "network", "storage", "host", "guest", "guest tools", "key",
        "worker", "removal" }, steps)
      assert.matches("Async.VM.clone %(%d+%.%d+ s%): ok\n", err)
      assert.matches(" request start of VM %d+ %(%d+%.%d+ s%): ok\n", err)
      assert.is_nil(bench:secret_in(err))

      status, out = check("none.json", { template_name = "nosuch" })
      assert.are.equal(1, status)
      assert.matches("\nFAILED  template       there is no template \"nosuch\"", out)
      assert.is_nil(out:find "\nok +guest")
      bench.pool:agent { tools = false }
      status, out = check("silent.json", { guest_tools_timeout = 0.2 })
      bench.pool:agent { tools = true }
      assert.are.equal(1, status)
      assert.matches("\nok      guest          it was made and has booted\nFAILED  guest tools    .*no guest tools.*"
        .. "\nok      removal ", out)
      status, out = check("key.json", { ssh_fingerprint = "SHA256:" .. ("a"):rep(43) })
      assert.are.equal(1, status)
      assert.matches("\nok      guest tools    they tell an address\nFAILED  key            ", out)
      status, out = check("login.json", { password = "wrong" }, "--json")
      assert.are.equal(1, status)
      local rows = cjson.decode(out)
      assert.are.same({ 1, "login", false }, { #rows, rows[1].step, rows[1].ok })
    end)()
  end)

  on_pool("says what the user's role lacks", function()
    local function role(name)
      if name then
        pool:fault { fault = "body", method = "session.get_is_local_superuser",
          text = '{"jsonrpc":"2.0","result":false,"id":{id}}' }
      else
        pool:fault { fault = "error", method = "session.get_is_local_superuser", code = "RBAC_PERMISSION_DENIED",
          params = { "session.get_is_local_superuser", "" } }
      end
      pool:fault { fault = "body", method = "subject.get_roles",
        text = '{"jsonrpc":"2.0","result":["OpaqueRef:1"],"id":{id}}' }
      pool:fault { fault = "body", method = "role.get_name_label",
        text = ('{"jsonrpc":"2.0","result":"%s","id":{id}}'):format(name or "") }
      local given = config("role.json", pool:config { journal = sh.scratch .. "/journal", template_name = "nosuch",
        vm_memory = "64MB" })
      local _, out = sh("bioxen xcpng check " .. given)
      pool:clear_faults()
      return out
    end
    assert.matches("\nFAILED  role +vm%-admin, but this configuration needs vm%-power%-admin\n", role "vm-admin")
    assert.matches("\nok      role           pool%-admin\n", role "pool-admin")
    assert.matches("\nok      role           own: whether that suffices will be seen\n", role "own")
    assert.matches("\nok      role           not told to this user: whether it suffices will be seen\n", role())
  end)

  on_pool("lists guests; what is abandoned has an exit status of its own", function()
    local guests = config("guests.json", bench:config())
    do
      local vm <close> = bench:create()
      assert(vm:start())
      local status, out = sh("bioxen xcpng list " .. guests)
      assert.are.equal(0, status)
      assert.matches("^bioxen%-vm%d+%-%x+ +%x+%-[%x-]+  Running   in use\n$", out)
      assert.are.same({ 0, "", "" }, { sh("bioxen xcpng gc --quiet " .. guests) })
      local record = bench.pool:call("VM.get_by_uuid", vm:get_status().uuid)
      local journal = bench.journal .. "/" .. bench:entries()[1]
      assert(os.execute(("cp %s %s.kept && rm %s"):format(journal, journal, journal)))
      bench.pool:call("VM.set_name_label", record, "somebody's")
      status, out = sh("bioxen xcpng gc --quiet --without-journal " .. guests)
      assert.are.equal(3, status)
      assert.matches("^VM .* somebody's +abandoned\n1 abandoned: %-%-yes removes them.\n$", out)
      os.remove(journal .. ".kept")
    end
  end)

  on_pool("keeps a log of couriers, and refuses what is empty", function()
    local log = sh.scratch .. "/courier.log"
    assert.are.equal(0, (sh("bioxen xcpng hosts " .. config("log.json", pool:config { log = log }))))
    assert.matches("^%d+%-%d+%-%d+T[%d:]+Z %x+ request open .*: ok\n.*host.get_all_records .*: ok\n", shell.read(log))
    local status, _, err = sh("bioxen xcpng hosts " .. config("log.json", pool:config { log = "/nowhere/log" }))
    assert.are.equal(1, status)
    assert.matches("cannot write the log: /nowhere/log", err)
    for _, key in ipairs { "username", "password", "template_name", "log", "ssh_key_path", "proxy", "xapi_url" } do
      status, _, err = sh("bioxen xcpng hosts " .. config("empty.json", pool:config { [key] = "" }))
      assert.are.equal(1, status)
      assert.matches("config." .. key .. ": .* expected, got ", err)
    end
  end)

  on_pool("finds nothing left", function()
    assert.are.same({ 0, "Nothing is abandoned.\n", "" }, { sh("bioxen xcpng gc " .. path) })
    local _, json = sh("bioxen xcpng gc --json " .. path)
    assert.are.same({ objects = {}, abandoned = 0, removed = 0 }, cjson.decode(json))
  end)

  on_pool("writes one document and one line's end, like all that takes --json", function()
    local model = sh:file("model.xml", sbml.document { compartments = { sbml.compartment("c", 1) },
      species = { sbml.species("A", 'initialAmount="1"') }, reactions = { sbml.reaction("R", {}, { "A" }, 1) } })
    local resting = sh:file("resting.xml", sbml.document { compartments = { sbml.compartment("c", 1) },
      species = { sbml.species("A", 'initialAmount="0"') }, reactions = { sbml.reaction("R", { "A" }, {}, "A") } })
    local genome, good = sh:file("genome.fa", ">chr\nATGAAATAA\n"), config("good.json", valid())
    local cases = {
      simulate = { model .. " --duration 1", model .. " --duration 1 --runs 2" }, fba = { model .. " --maximise R" },
      organisms = { "", "ecoli" }, ["genome info"] = { genome },
      ["genome check"] = { genome }, ["config validate"] = { good }, doctor = { "" },
      ["xcpng templates"] = { path }, ["xcpng list"] = { path },
      ["xcpng check"] = { config("full.json", bench:config()) }, ["xcpng hosts"] = { path },
      ["xcpng gc"] = { path }, steady = { resting }, sensitivities = { resting .. " --duration 1 --parameters A" },
      check = { model }, fit = {}, ["global-sensitivity"] = {}, -- their own specs have one
    }
    for _, command in ipairs(taking_json(require "bioxen.cli".spec(), "")) do
      local of_daemon = command:find "^vm " and {} -- serve_spec.lua has one
      for _, words in ipairs(of_daemon or assert(cases[command], command)) do
        local status, out, err = sh(("bioxen %s --json %s"):format(command, words))
        assert.are.equal(0, status, err)
        assert.matches("[^\n]\n$", out)
        assert.is_table(cjson.decode(out))
      end
    end
  end)

  on_pool("ends with 1 where the pool refuses, and shows no secret", function()
    local wrong = config("wrong.json", { xapi_url = pool.https_url, username = pool.username, password = "wrong-one",
      ca_file = pool.ca_file })
    local status, out, err = sh("bioxen xcpng hosts " .. wrong)
    assert.are.same({ 1, "" }, { status, out })
    assert.matches("^bioxen: .*\n$", err)
    assert.is_nil(err:find "wrong%-one")
    status, out, err = sh("bioxen xcpng hosts " .. config("none.json", { username = "x" }))
    assert.are.same({ 1, "" }, { status, out })
    assert.matches("config%.xapi_url: missing", err)
    assert.are.equal(0, pool:counts().sessions or 0)
  end)
end)

describe("an example for operators,", function()
  local function has(program)
    return (sh("command -v " .. program)) == 0
  end

  it("the script that sets up a template,", function()
    local bin, root = sh.scratch .. "/bin", sh.scratch .. "/root"
    assert(os.execute(("mkdir -p %s %s/etc/ssh %s/var/lib/dbus"):format(bin, root, root)))
    -- What takes root is noted; programs of the other root are noted or done by these.
    shell.write(bin .. "/chroot", ([[#!/bin/sh
      shift
      echo "$*" >>%s/calls
      case $* in
        *ssh-keygen\ -lf*) echo "256 SHA256:abc root (ED25519)" ;;
        id*) exit 1 ;;
      esac
    ]]):format(sh.scratch))
    assert(os.execute("chmod 755 " .. bin .. "/chroot"))
    local key = sh:file("template.pub", "ssh-ed25519 AAAA me\n")
    local command = "PATH=%s:$PATH ROOT=%s sh docs/pool/template.sh %s"
    assert.are.same({ 0, "ssh_fingerprint: SHA256:abc\n", "" }, { sh(command:format(bin, root, key)) })
    local calls = shell.read(sh.scratch .. "/calls")
    for _, call in ipairs { "apt%-get install [^\n]*openssh%-server", "apt%-get install [^\n]*xe%-guest%-utilities",
      "useradd %-%-create%-home %-%-shell /bin/sh bioxen", "chown %-R bioxen:bioxen", "ssh%-keygen %-A" } do
      assert.matches(call, calls)
    end
    assert.are.equal("ssh-ed25519 AAAA me\n", shell.read(root .. "/home/bioxen/.ssh/authorized_keys"))
    assert.matches("\n%-rw%-%-%-%-%-%-%-", (select(2, sh("ls -l " .. root .. "/home/bioxen/.ssh"))))
    assert.matches("^PasswordAuthentication no\n", shell.read(root .. "/etc/ssh/sshd_config.d/bioxen.conf"))
    assert.are.equal("", shell.read(root .. "/etc/machine-id"))
    local status, _, err = sh(command:format(bin, root, sh:file("private", "-----BEGIN OPENSSH PRIVATE KEY-----\n")))
    assert.are.equal(1, status)
    assert.matches("this is no public key", err)
  end)

  it("the units of systemd, are good", function()
    if not has "systemd-analyze" then return pending "skipped: there is no systemd-analyze" end
    local units = sh.scratch .. "/units"
    assert(os.execute(("mkdir -p %s && cp docs/pool/bioxen-gc@.* %s"):format(units, units)))
    -- Where BioXen is not installed its program is that of the build.
    local build = require "bioxen.core".real_path(os.getenv "BIOXEN_BUILD" or "./build")
    assert(os.execute(("sed -i s,/usr/bin/bioxen,%s/bin/bioxen, %s/*.service"):format(build, units)))
    local _, out, err = sh(("systemd-analyze verify --man=no %s/bioxen-gc@pool.service %s/bioxen-gc@pool.timer")
      :format(units, units))
    assert.is_nil((out .. err):find "bioxen%-gc", out .. err)
  end)

  it("the playbook, and what cloud-init is told, are read", function()
    local status, _, err = sh("cd docs/pool && for f in *.yaml; do python3 -c "
      .. "'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' $f || exit 1; done")
    if err:find "No module" then return pending "skipped: there is no python3-yaml" end
    assert.are.equal(0, status, err)
    if not has "ansible-playbook" then return pending "skipped: there is no Ansible" end
    status, _, err = sh "ansible-playbook --syntax-check -i localhost, docs/pool/playbook.yaml"
    assert.are.equal(0, status, err)
  end)
end)
