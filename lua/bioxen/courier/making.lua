--- Making a guest: a copy of the template, marked and set up as the configuration says, halted.

local native = require "native"
local disks = require "disks"
local failure = require "failure"
local journal = require "journal"
local objects = require "objects"
local ownership = require "ownership"
local seed = require "seed"
local session = require "session"

local making = {}

local MIB = 1 << 20
local SUFFIX = 4 -- bytes of the key that a guest's name ends with
local TURN = 0.05 -- seconds between looks at a lock

-- Everything that the configuration names, before anything is made.
local function resolve(self)
  local config, pool, found = self.config, self.pool, {}
  local err
  found.template, err = objects.find(pool, "VM", config.template_name or config.template_uuid, "template",
    objects.is_template)
  if not found.template then return nil, err end
  if config.network_uuid then
    found.network, err = objects.find(pool, "network", config.network_uuid, "network")
    if not found.network then return nil, err end
  end
  if config.storage_repository then
    found.sr, err = objects.find(pool, "SR", config.storage_repository, "storage repository")
    if not found.sr then return nil, err end
  end
  if config.host then
    found.host, err = objects.find(pool, "host", config.host, "host")
    if not found.host then return nil, err end
  end
  return found
end

--- The repositories that the disks of a template, { record }, are on: a set. Or nil and an error.
function making.repositories(pool, template)
  local set = {}
  for _, ref in ipairs(template.record.VBDs) do
    local vbd, err = disks.record_of(pool, "VBD", ref)
    if vbd == nil then return nil, err end
    local vdi, err = false, nil
    if vbd and vbd.type == "Disk" and vbd.VDI ~= session.NULL then
      vdi, err = disks.record_of(pool, "VDI", vbd.VDI)
    end
    if vdi == nil then return nil, err end
    if vdi then set[vdi.SR] = true end
  end
  return set
end

local function wait_for_lock(path)
  while true do
    local lock, err = native.lock(path)
    if lock or err.code ~= "EBUSY" then return lock or { close = function() end } end
    native.progress(0.1, "waiting for another copy into the same repository")
    local slept, over = native.sleep(TURN)
    if not slept then return nil, over end
  end
end

-- Act while no other courier of this user's copies into any of these repositories. The pool itself would have
-- such copies look for each other's end with pauses that grow.
local function in_turn(self, set, act)
  local refs, locks = {}, {}
  for ref in pairs(set) do refs[#refs + 1] = ref:match "[%w-]+$" end
  table.sort(refs) -- in one order, or two might wait for each other
  local result, err = true, nil
  for _, ref in ipairs(refs) do
    locks[#locks + 1], err = wait_for_lock(("%s/.copy-%s"):format(self.config.journal, ref))
    if err then break end
  end
  if not err then result, err = act() end
  for _, lock in ipairs(locks) do lock:close() end
  if err then return nil, err end
  return result
end

local function make_copy(self, found, full)
  native.progress(0.1, "copying the template")
  local function look() return self:look_up() end
  local function progress(fraction) native.progress(0.1 + 0.2 * fraction, "copying the template") end
  local ref, err
  if full then
    ref, err = self.pool:task_once("VM.copy", look, progress, found.template.ref, self.name,
      found.sr and found.sr.ref or session.NULL)
  else
    ref, err = self.pool:task_once("VM.clone", look, progress, found.template.ref, self.name)
  end
  if not ref then return nil, err end
  self.ref = ref
  return self:record()
end

-- A copy on write stays where the template is; another repository needs a full copy.
local function copy_template(self, found)
  local from, err = making.repositories(self.pool, found.template)
  if not from then return nil, err end
  local copy, into = self.config.full_copy, from
  if found.sr then
    for ref in pairs(from) do copy = copy or ref ~= found.sr.ref end
    into = { [found.sr.ref] = true }
  end
  return in_turn(self, into, function() return make_copy(self, found, copy) end)
end

local function mark(self, record)
  self:note_uuid(record.uuid)
  local marked, err = ownership.mark(self.pool, "VM", self.ref, record, self.key)
  if not marked then return nil, err end
  return making.mark_disks(self, record)
end

--- Mark the disks of a record, the guest's or a snapshot's; without one, those that the guest has by now.
function making.mark_disks(self, record)
  local err
  if not record then record, err = self:record() end
  if not record then return nil, err end
  local owned, err = disks.owned(self.pool, record, {})
  if not owned then return nil, err end
  for ref in pairs(owned) do
    local vdi, err = self.pool:call("VDI.get_record", ref)
    local marked = false
    if vdi then marked, err = ownership.mark(self.pool, "VDI", ref, vdi, self.key) end
    if not marked then return nil, err end
  end
  return true
end

-- Calls one after the other: { method, … } after the VM's reference. One that is `wanted` alone may be more than
-- the user's role on the pool allows.
local function set(self, settings)
  for _, setting in ipairs(settings) do
    local done, err = self.pool:insist(30, setting[1], self.ref, table.unpack(setting, 2))
    local spared = done == nil and setting.wanted and failure.xapi_code(err) == "RBAC_PERMISSION_DENIED"
    if done == nil and not spared then return nil, err end
  end
  return true
end

-- Pairs of a map that the copy may have from the template.
local function add_pairs(settings, record, map, property, prefix)
  local names = {}
  for name in pairs(map or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    if (record[property] or {})[prefix .. name] ~= nil then
      settings[#settings + 1] = { "VM.remove_from_" .. property, prefix .. name }
    end
    settings[#settings + 1] = { "VM.add_to_" .. property, prefix .. name, map[name] }
  end
end

local function add_sizes(settings, config, record)
  local bytes = config.memory_bytes
  if bytes then
    local least = math.min(bytes, record.memory_static_min or 16 * MIB)
    settings[#settings + 1] = { "VM.set_memory_limits", least, bytes, bytes, bytes }
  end
  local count = config.vm_vcpus
  if count then
    -- Never more at the start than at the most, in between either.
    local most = { "VM.set_VCPUs_max", count }
    local now = { "VM.set_VCPUs_at_startup", count }
    local raise = count >= (record.VCPUs_max or 1)
    settings[#settings + 1] = raise and most or now
    settings[#settings + 1] = raise and now or most
  end
end

-- A default template asks for disks that are still to be made, on a repository that it does not name.
local function add_default_disks(settings, record, found)
  local plan = record.other_config and record.other_config.disks
  if not plan then return end
  settings[#settings + 1] = { "VM.remove_from_other_config", "disks" }
  if found.sr then
    local filled = plan:gsub('sr=""', ('sr="%s"'):format(found.sr.record.uuid))
    settings[#settings + 1] = { "VM.add_to_other_config", "disks", filled }
  end
end

-- What is left when everything here has died must not be started again by the pool.
local function add_quiet(settings, record)
  if (record.other_config or {}).auto_poweron then
    settings[#settings + 1] = { "VM.remove_from_other_config", "auto_poweron" }
  end
  if (record.ha_restart_priority or "") ~= "" then
    settings[#settings + 1] = { "VM.set_ha_restart_priority", "", wanted = true }
  end
end

local function describe(self, record, found)
  local config = self.config
  local settings = { { "VM.set_name_description",
    ("BioXen VM %s, made from %s"):format(self.vm_id, found.template.record.name_label) } }
  for _, tag in ipairs(config.tags or {}) do settings[#settings + 1] = { "VM.add_tags", tag } end
  settings[#settings + 1] = { "VM.add_tags", "bioxen" }
  add_sizes(settings, config, record)
  add_quiet(settings, record)
  add_default_disks(settings, record, found)
  add_pairs(settings, record, config.xenstore_data, "xenstore_data", "vm-data/")
  add_pairs(settings, record, { vm = self.vm_id, key = self.key }, "xenstore_data", "vm-data/bioxen/")
  return set(self, settings)
end

-- Whether the interface that is there is that of an attempt whose answer was lost.
local function is_plugged(self, device, network)
  local refs, err = self.pool:call("VM.get_VIFs", self.ref)
  if not refs then return nil, err end
  for _, ref in ipairs(refs) do
    local vif = disks.record_of(self.pool, "VIF", ref)
    if vif and vif.device == device and vif.network == network then return true end
  end
  return false
end

-- A new interface.
local function plug(self, device, network)
  local record = { device = device, network = network, VM = self.ref, MAC = "", MTU = 1500,
    other_config = {}, qos_algorithm_type = "", qos_algorithm_params = {} }
  local vif, err = self.pool:call("VIF.create", record)
  if vif or not err.sent then return vif, err end
  local plugged, err = is_plugged(self, device, network)
  if plugged ~= false then return plugged, err end
  return self.pool:call("VIF.create", record)
end

-- The first interface is to be on the network that the configuration names.
local function connect(self, record, found)
  if not found.network then return true end
  local device
  for _, ref in ipairs(record.VIFs) do
    local vif, err = self.pool:call("VIF.get_record", ref)
    if not vif then return nil, err end
    if vif.network == found.network.ref then return true end
    if not device or tonumber(vif.device) < tonumber(device.number) then
      device = { number = vif.device, ref = ref }
    end
  end
  if device then
    local done, err = self.pool:call("VIF.destroy", device.ref)
    if done == nil then return nil, err end
  else
    local free, err = self.pool:call("VM.get_allowed_VIF_devices", self.ref)
    if not free then return nil, err end
    device = { number = free[1] or "0" }
  end
  return plug(self, device.number, found.network.ref)
end

local function provision(self)
  native.progress(0.35, "provisioning the guest")
  local function is_done()
    local template, err = self.pool:call("VM.get_is_a_template", self.ref)
    if template == nil then return nil, err end
    return template == false and ""
  end
  local done, err = self.pool:task_once("VM.provision", is_done, nil, self.ref)
  if not done then return nil, err end
  return making.mark_disks(self) -- a default template's were made only now
end

--- Make the guest: a copy of the template, marked and set up, halted.
function making.create(self, vm_id)
  self.vm_id = vm_id
  native.progress(0.05, "looking for the template")
  local found, err = resolve(self)
  if not found then return nil, err end
  local key = native.random_hex(16)
  local name = ("%s%s-%s"):format(self.config.vm_name_prefix, vm_id, key:sub(1, 2 * SUFFIX))
  self.journal, err = journal.begin(self.config.journal, { key = key, name = name,
    pool = self.pool.pool_uuid, url = self.pool.url, vm = vm_id })
  if not self.journal then return nil, err end
  self:note_key(key, name)
  local record
  local steps = {
    { "copying the template", function()
      record, err = copy_template(self, found)
      return record, err or { code = "EGUEST", message = "the copy has vanished" }
    end },
    { "marking the guest", function() return mark(self, record) end },
    { "setting the guest up", function() return describe(self, record, found) end },
    { "connecting the guest", function() return connect(self, record, found) end },
    { "provisioning the guest", function() return provision(self) end },
    { "making the seed drive", function()
      if not self.config.cloud_init then return true end
      return seed.add(self, found.sr and found.sr.ref)
    end },
  }
  for _, step in ipairs(steps) do
    local done, err = step[2]()
    if not done then return failure.during(step[1], err) end
  end
  return found
end

return making
