-- `bioxen xcpng`: what is on a pool, and what couriers that died have left there.

local json = require "bioxen.cli.json"
local pool_check = require "bioxen.cli.pool_check"
local say = require "bioxen.cli.say"
local xapi = require "bioxen.xcpng.xapi"
local xcpng = require "bioxen.xcpng.config"

local LISTING, REMOVING = 300, 3600 -- seconds
local FOUND = 3 -- exit status: something is abandoned

-- ---- the pool ----

-- A function that shows on standard error what the courier has logged by now. Closed, it shows the rest, and the file
-- is gone.
local function follow(path)
  local file = assert(io.open(path))
  return setmetatable({}, {
    __call = function() io.stderr:write((file:read "a")) end,
    __close = function(self)
      self()
      file:close()
      os.remove(path)
    end,
  })
end

-- The same for whoever does not want to see it.
local NO_LOG = setmetatable({}, { __call = function() end, __close = function() end })

-- A session; or nil and an error or its words.
local function connect(config, path)
  local good, session, err = pcall(xapi.connect, config)
  if not good then return nil, ("%s is not valid: %s"):format(path, session) end
  return session, err
end

-- Do act(session, options, config, log) in a session of the pool that the options name; its exit status. Where there
-- can be none, that of refused(err, options).
local function on_pool(act, refused)
  return function(options)
    local config, err = xcpng.read_file(options.config)
    if not config then return say.failed(err) end
    if options.verbose then config.log = os.tmpname() end
    local log <close> = options.verbose and follow(config.log) or NO_LOG
    local session <close>, problem = connect(config, options.config)
    if not session then return (refused or say.failed)(problem, options) end
    return act(session, options, config, log)
  end
end

-- ---- listings ----

-- Records of a class, by name.
local function records(session, method, ...)
  local found, err = session:call(method, ...)
  if not found then return nil, err end
  local list = json.list()
  for _, record in pairs(found) do list[#list + 1] = record end
  table.sort(list, function(a, b)
    local left, right = tostring(a.name_label), tostring(b.name_label)
    return left < right or left == right and tostring(a.uuid) < tostring(b.uuid)
  end)
  return list
end

local GIB = 1 << 30

local function template_row(record)
  return { name = record.name_label, uuid = record.uuid, description = record.name_description,
    memory_bytes = tonumber(record.memory_static_max), vcpus = math.tointeger(record.VCPUs_max) }
end

local function print_template(row)
  say.line(("%-40s %s  %2d vCPUs  %6.1f GiB  %s"):format(row.name, row.uuid, row.vcpus or 0,
    (row.memory_bytes or 0)/GIB, tostring(row.description or ""):gsub("%s+", " ")))
end

local function host_row(record)
  local cpus = type(record.cpu_info) == "table" and record.cpu_info or {}
  return { name = record.name_label, uuid = record.uuid, address = record.address, enabled = record.enabled,
    cpus = tonumber(cpus.cpu_count), version = type(record.software_version) == "table"
      and record.software_version.product_version or nil }
end

local function print_host(row)
  say.line(("%-24s %s  %-16s %3s CPUs  %-10s %s"):format(row.name, row.uuid, row.address or "?", row.cpus or "?",
    row.version or "", row.enabled and "enabled" or "disabled"))
end

local listings = {
  templates = { "VM.get_all_records_where", 'field "is_a_template" = "true"', row = template_row,
    print = print_template },
  hosts = { "host.get_all_records", row = host_row, print = print_host },
}

local function list(what)
  local listing = listings[what]
  return on_pool(function(session, options)
    local found, err = records(session, table.unpack(listing))
    if not found then return say.failed(err) end
    local rows = json.list()
    for i, record in ipairs(found) do rows[i] = listing.row(record) end
    if options.json then return json.print(rows) end
    for _, row in ipairs(rows) do listing.print(row) end
    return say.DONE
  end)
end

-- ---- what is left ----

local function verdict(row, options)
  if row.alive then return "in use" end
  if row.expected then return "may still appear" end
  if not row.here and not options.without_journal then return "not in this journal, made by " .. row.machine end
  return "abandoned"
end

local function print_rows(rows, options)
  local keys, abandoned, elsewhere = {}, 0, 0
  for _, row in ipairs(rows) do
    row.verdict = verdict(row, options)
    if not options.json and not (options.quiet and row.verdict ~= "abandoned") then
      say.line(("%-8s %-36s %-36s %s"):format(row.kind, row.uuid, row.name, row.verdict))
    end
    if not (row.alive or row.expected or row.here) then elsewhere = elsewhere + 1 end
    if row.verdict == "abandoned" then
      abandoned = abandoned + 1
      keys[#keys + 1] = row.key
    end
  end
  if elsewhere > 0 and not (options.json or options.quiet or options.without_journal) then
    say.line(("%d made by others, or with another journal: --without-journal counts them as abandoned, too.")
      :format(elsewhere))
  end
  return keys, abandoned
end

-- What was removed, and what is left; nil and an error.
local function remove(session, keys)
  local answer, err = session:send("collect", { keys = keys }, REMOVING):wait()
  if not answer then return nil, err end
  for _, failed in ipairs(answer.failed) do
    say.failed(("%s (%s) is left: %s"):format(failed.name, failed.uuid, failed.message))
  end
  return answer
end

local function print_outcome(rows, abandoned, answer, options)
  if options.quiet and abandoned == 0 then return end
  if options.json then
    local shown = json.list()
    for i, row in ipairs(rows) do
      shown[i] = { kind = row.kind, uuid = row.uuid, name = row.name, machine = row.machine, verdict = row.verdict }
    end
    json.print { objects = shown, abandoned = abandoned, removed = answer and answer.removed or 0 }
  elseif abandoned == 0 then
    print "Nothing is abandoned."
  elseif answer then
    print(("%d removed, %d left."):format(answer.removed, #answer.failed))
  else
    print(("%d abandoned: --yes removes them."):format(abandoned))
  end
end

local function collect(session, options)
  local rows, err = session:send("list", true, LISTING):wait()
  if not rows then return say.failed(err) end
  local keys, abandoned = print_rows(rows, options)
  local answer
  if abandoned > 0 and options.yes then
    answer, err = remove(session, keys)
    if not answer then return say.failed(err) end
  end
  print_outcome(rows, abandoned, answer, options)
  if answer then return #answer.failed > 0 and say.FAILED or say.DONE end
  return abandoned > 0 and FOUND or say.DONE
end

-- ---- guests ----

local function list_guests(session, options)
  local rows, err = session:send("list", true, LISTING):wait()
  if not rows then return say.failed(err) end
  local shown = json.list()
  for _, row in ipairs(rows) do
    if row.kind == "VM" then
      shown[#shown + 1] = { name = row.name, uuid = row.uuid, power_state = row.power_state, machine = row.machine,
        verdict = verdict(row, options) }
    end
  end
  if options.json then return json.print(shown) end
  for _, row in ipairs(shown) do
    say.line(("%-40s %s  %-9s %s"):format(row.name, row.uuid, row.power_state, row.verdict))
  end
  return say.DONE
end

local config = { "CONFIG", "A JSON file with the keys that reach the pool (bioxen config template writes one)." }
local as_json = { "--json", "The same as JSON." }
local verbose = { "--verbose", "Show on standard error what is asked of the pool, and what came of it." }

return {
  name = "xcpng",
  summary = "what is on an XCP-ng pool, whether it suits, and what is left there",
  commands = {
    {
      name = "check",
      summary = "try a configuration: the pool, what guests need of it, and a guest",
      description = "Go through all that a VM in a guest needs, a line each: the configuration, the login, the user's "
        .. "role, the template, its network, storage and hosts; then make a guest, wait for what its tools tell, log "
        .. "in with the key, and start a worker. The guest is removed whatever comes of it. The exit status is 1 "
        .. "where a step failed.",
      arguments = { config },
      options = {
        { "--timeout", "How long the guest may take (default: 300).", value = "SECONDS", number = { above = 0 } },
        verbose, as_json,
      },
      examples = { { "bioxen xcpng check pool.json", "before the first VM, and after changes of the template" } },
      run = on_pool(pool_check.run, pool_check.refuse),
    },
    {
      name = "list",
      summary = "BioXen's guests on a pool",
      description = "List the guests that BioXen has made on a pool, those of other machines and users, too, and "
        .. "whether a journal here knows them to be in use.",
      arguments = { config },
      options = { verbose, as_json },
      run = on_pool(list_guests),
    },
    {
      name = "templates",
      summary = "the templates of a pool, which guests are made from",
      arguments = { config },
      options = { verbose, as_json },
      run = list "templates",
    },
    {
      name = "hosts",
      summary = "the hosts of a pool",
      arguments = { config },
      options = { verbose, as_json },
      run = list "hosts",
    },
    {
      name = "gc",
      summary = "list what crashes have left on a pool, and remove it",
      description = "List what couriers that died have left on a pool: VMs, disks and snapshots that carry BioXen's "
        .. "marks and that no journal here knows to be in use. The exit status is 0 where nothing is abandoned any "
        .. "more, 3 where something is that --yes would remove, 1 where something could not be removed, or the pool "
        .. "not be asked.",
      arguments = { config },
      options = {
        { "--yes", "Remove what is listed as abandoned, VMs with their disks." },
        { "--without-journal", "Count as abandoned what no journal here knows of, too: other machines, users and "
          .. "journal folders have made that, and whether it is in use cannot be seen here." },
        { "--quiet -q", "Say nothing of what is not abandoned, as for cron." },
        verbose, as_json,
      },
      run = on_pool(collect),
    },
  },
}
