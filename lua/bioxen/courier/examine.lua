--- What a configuration needs of a pool, looked at step by step; nothing is made.

local disks = require "disks"
local failure = require "failure"
local making = require "making"
local objects = require "objects"

local examine = {}

local steps = {}

-- The text of a field, for words.
local function field(record, name)
  return tostring(record[name] or "?")
end

local function named(record)
  return ("%q"):format(field(record, "name_label"))
end

-- ---- the session ----

function steps.login(config, pool)
  local open, err = pool:open()
  if not open then return nil, err end
  local pools, err = pool:call "pool.get_all_records"
  if not pools then return nil, err end
  local _, record = next(pools)
  local host, err = pool:call("host.get_record", record.master)
  if not host then return nil, err end
  local version = host.software_version or {}
  return ("%s at %s, pool %s, %s %s"):format(config.username, pool.url, named(record),
    field(version, "product_brand"), field(version, "product_version"))
end

local RANKS = { ["read-only"] = 1, ["vm-operator"] = 2, ["vm-admin"] = 3, ["vm-power-admin"] = 4,
  ["pool-operator"] = 5, ["pool-admin"] = 6 }

-- The names of the session's roles; nil and an error.
local function role_names(pool)
  local subject, err = pool:call("session.get_subject", pool.ref)
  if not subject then return nil, err end
  local roles, err = pool:call("subject.get_roles", subject)
  if not roles then return nil, err end
  local names = {}
  for i, role in ipairs(roles) do
    names[i], err = pool:call("role.get_name_label", role)
    if not names[i] then return nil, err end
  end
  table.sort(names)
  return names
end

local function look_at_role(config, pool)
  local is_root, err = pool:call("session.get_is_local_superuser", pool.ref)
  if is_root == nil then return nil, err end
  if is_root == true then return "root of the pool, who may do everything" end
  local names, err = role_names(pool)
  if not names then return nil, err end
  local rank = 0
  for _, name in ipairs(names) do rank = math.max(rank, RANKS[name] or 0) end
  local needed = (config.vm_memory or config.host) and "vm-power-admin" or "vm-admin"
  local shown = #names > 0 and table.concat(names, ", ") or "none"
  if rank > 0 and rank < RANKS[needed] then
    return failure.of("ECONFIG", ("%s, but this configuration needs %s"):format(shown, needed))
  end
  return rank > 0 and shown or shown .. ": whether that suffices will be seen"
end

function steps.role(config, pool)
  local words, err = look_at_role(config, pool)
  if not words and failure.xapi_code(err) == "RBAC_PERMISSION_DENIED" then
    return "not told to this user: whether it suffices will be seen"
  end
  return words, err
end

-- ---- what guests are made of ----

local function find_template(config, pool)
  return objects.find(pool, "VM", config.template_name or config.template_uuid, "template", objects.is_template)
end

function steps.template(config, pool)
  local found, err = find_template(config, pool)
  if not found then return nil, err end
  local record = found.record
  return ("%s, %s, %s vCPUs, %d MiB"):format(named(record), field(record, "uuid"), field(record, "VCPUs_max"),
    (tonumber(record.memory_static_max) or 0) // (1 << 20))
end

function steps.network(config, pool)
  if config.network_uuid then
    local found, err = objects.find(pool, "network", config.network_uuid, "network")
    return found and named(found.record), err
  end
  local found, err = find_template(config, pool)
  if not found then return nil, err end
  local names = {}
  for _, ref in ipairs(found.record.VIFs) do
    local vif, err = disks.record_of(pool, "VIF", ref)
    if vif == nil then return nil, err end
    if vif then
      local name, err = pool:call("network.get_name_label", vif.network)
      if not name then return nil, err end
      names[#names + 1] = ("%q"):format(name)
    end
  end
  if #names == 0 then
    return failure.of("ECONFIG", "the template is on no network: give network_uuid, or its guests have no address")
  end
  return table.concat(names, ", ") .. ", the template's"
end

-- The repositories that guests' disks go to: a set.
local function find_repositories(config, pool)
  if config.storage_repository then
    local found, err = objects.find(pool, "SR", config.storage_repository, "storage repository")
    return found and { [found.ref] = true }, err
  end
  local found, err = find_template(config, pool)
  if not found then return nil, err end
  return making.repositories(pool, found)
end

function steps.storage(config, pool)
  local set, err = find_repositories(config, pool)
  if not set then return nil, err end
  local shown = {}
  for ref in pairs(set) do
    local record, err = pool:call("SR.get_record", ref)
    if not record then return nil, err end
    local free = (tonumber(record.physical_size) or 0) - (tonumber(record.physical_utilisation) or 0)
    shown[#shown + 1] = ("%s, %d MiB free"):format(named(record), free // (1 << 20))
  end
  table.sort(shown)
  return #shown > 0 and table.concat(shown, "; ") or "the template has no disk"
end

function steps.host(config, pool)
  if config.host then
    local found, err = objects.find(pool, "host", config.host, "host")
    if not found then return nil, err end
    if found.record.enabled ~= true then
      return failure.of("ECONFIG", named(found.record) .. " is disabled, for maintenance perhaps")
    end
    return named(found.record)
  end
  local records, err = pool:call "host.get_all_records"
  if not records then return nil, err end
  local all, enabled = 0, 0
  for _, record in pairs(records) do
    all, enabled = all + 1, enabled + (record.enabled == true and 1 or 0)
  end
  if enabled == 0 then return failure.of("ECONFIG", ("none of the %d hosts is enabled"):format(all)) end
  return ("any of %d enabled"):format(enabled)
end

--- Words on what is there; or nil and an error.
function examine.step(config, pool, name)
  return steps[name](config, pool)
end

return examine
