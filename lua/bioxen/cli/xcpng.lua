-- `bioxen xcpng`: what is on a pool, and what couriers that died have left there.

local json = require "bioxen.cli.json"
local say = require "bioxen.cli.say"
local xapi = require "bioxen.xcpng.xapi"

local LISTING, REMOVING = 300, 3600 -- seconds

-- A session of the pool, that of a configuration file. nil and the exit status, after saying why.
local function connect(options)
  local good, session, err = pcall(xapi.connect, options.config)
  if not good then
    return nil, say.failed(("%s is not valid: %s"):format(options.config, session))
  elseif not session then
    return nil, say.failed(err)
  end
  return session
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
  return function(options)
    local session <close>, status = connect(options)
    if not session then return status end
    local found, err = records(session, table.unpack(listing))
    if not found then return say.failed(err) end
    local rows = json.list()
    for i, record in ipairs(found) do rows[i] = listing.row(record) end
    if options.json then return json.print(rows) end
    for _, row in ipairs(rows) do listing.print(row) end
    return say.DONE
  end
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
    if not options.json then
      say.line(("%-8s %-36s %-36s %s"):format(row.kind, row.uuid, row.name, row.verdict))
    end
    if not (row.alive or row.expected or row.here) then elsewhere = elsewhere + 1 end
    if row.verdict == "abandoned" then
      abandoned = abandoned + 1
      keys[#keys + 1] = row.key
    end
  end
  if elsewhere > 0 and not options.json and not options.without_journal then
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

local function collect(options)
  local session <close>, status = connect(options)
  if not session then return status end
  local rows, err = session:send("list", true, LISTING):wait()
  if not rows then return say.failed(err) end
  local keys, abandoned = print_rows(rows, options)
  local answer
  if abandoned > 0 and options.yes then
    answer, err = remove(session, keys)
    if not answer then return say.failed(err) end
  end
  print_outcome(rows, abandoned, answer, options)
  return answer and #answer.failed > 0 and say.FAILED or say.DONE
end

local config = { "CONFIG", "A JSON file with the keys that reach the pool (bioxen config template writes one)." }
local as_json = { "--json", "The same as JSON." }

return {
  name = "xcpng",
  summary = "what is on an XCP-ng pool, and what is left there",
  commands = {
    {
      name = "templates",
      summary = "the templates of a pool, which guests are made from",
      arguments = { config },
      options = { as_json },
      run = list "templates",
    },
    {
      name = "hosts",
      summary = "the hosts of a pool",
      arguments = { config },
      options = { as_json },
      run = list "hosts",
    },
    {
      name = "gc",
      summary = "list what crashes have left on a pool, and remove it",
      description = "List what couriers that died have left on a pool: VMs, disks and snapshots that carry BioXen's "
        .. "marks and that no journal here knows to be in use.",
      arguments = { config },
      options = {
        { "--yes", "Remove what is listed as abandoned, VMs with their disks." },
        { "--without-journal", "Count as abandoned what no journal here knows of, too: other machines, users and "
          .. "journal folders have made that, and whether it is in use cannot be seen here." },
        as_json,
      },
      run = collect,
    },
  },
}
