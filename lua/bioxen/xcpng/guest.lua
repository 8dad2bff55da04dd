--- One guest: a virtual machine of the pool, from the template to its end.

local native = require "native"
local address = require "address"
local disks = require "disks"
local failure = require "failure"
local journal = require "journal"
local objects = require "objects"
local ownership = require "ownership"
local session = require "session"

local Guest = {}
Guest.__index = Guest

local guest = {}

local MIB = 1 << 20
local SUFFIX = 4 -- bytes of the key that a guest's name ends with
local BOOTED = 0.8 -- of the way, when the address is known

--- `pool` is its session. `known` are the notes of a courier before this one: { key, uuid, … }, or {}.
function guest.new(config, pool, known)
  return setmetatable({ config = config, pool = pool, key = known[".key"], uuid = known.uuid,
    name = known.name }, Guest)
end

local function xapi_code(err)
  return err.details and err.details.xapi and err.details.xapi.code
end

-- ---- what the host is told ----

local function note_name(self, name)
  self.name = name
  native.note("name", name)
end

local function note_uuid(self, uuid)
  self.uuid = uuid
  native.note("uuid", uuid)
end

function Guest:forget()
  for _, name in ipairs { "uuid", "name", "address", "host", "power_state", ".key" } do
    native.note(name, nil)
  end
  self.key, self.uuid, self.name, self.ref, self.metrics = nil, nil, nil, nil, nil
end

--- Whether anything of it may be on the pool.
function Guest:exists()
  return self.key ~= nil
end

-- ---- find ----

-- By its uuid, once that is known: somebody may have given it another name.
function Guest:look_up_uuid()
  local ref, err = self.pool:call("VM.get_by_uuid", self.uuid)
  if not ref and xapi_code(err) == "UUID_INVALID" then return false end
  self.ref = ref or nil
  return ref, err
end

--- The reference of a guest that a courier before this one has made; false if it is gone.
function Guest:look_up()
  if self.ref then return self.ref end
  if self.uuid then return self:look_up_uuid() end
  local refs, err = self.pool:call("VM.get_by_name_label", self.name)
  if not refs then return nil, err end
  for _, ref in ipairs(refs) do
    local record = disks.record_of(self.pool, "VM", ref)
    if record and record.is_a_snapshot ~= true then
      self.ref = ref
      note_uuid(self, record.uuid)
      return ref
    end
  end
  return false
end

function Guest:record()
  local ref, err = self:look_up()
  if not ref then return ref, err end
  return disks.record_of(self.pool, "VM", ref)
end

-- ---- make ----

-- Everything that the configuration names, before anything is made.
function Guest:resolve()
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

-- A copy on write stays where the template is; another repository needs a full copy.
local function needs_copy(pool, found)
  if not found.sr then return false end
  local owned, err = disks.owned(pool, found.template.record, {})
  if not owned then return nil, err end
  for ref in pairs(owned) do
    local vdi, problem = disks.record_of(pool, "VDI", ref)
    if vdi == nil then return nil, problem end
    if vdi and vdi.SR ~= found.sr.ref then return true end
  end
  return false
end

function Guest:copy_template(found)
  native.progress(0.1, "copying the template")
  local copy, err = needs_copy(self.pool, found)
  if copy == nil then return nil, err end
  local function look() return self:look_up() end
  local function progress(fraction) native.progress(0.1 + 0.2 * fraction, "copying the template") end
  local ref, problem
  if copy or self.config.full_copy then
    ref, problem = self.pool:task_once("VM.copy", look, progress, found.template.ref, self.name,
      found.sr and found.sr.ref or session.NULL)
  else
    ref, problem = self.pool:task_once("VM.clone", look, progress, found.template.ref, self.name)
  end
  if not ref then return nil, problem end
  self.ref = ref
  return self:record()
end

function Guest:mark(record)
  note_uuid(self, record.uuid)
  local marked, err = ownership.mark(self.pool, "VM", self.ref, record, self.key)
  if not marked then return nil, err end
  local owned, problem = disks.owned(self.pool, record, {})
  if not owned then return nil, problem end
  for ref in pairs(owned) do
    local vdi, trouble = self.pool:call("VDI.get_record", ref)
    if vdi then marked, trouble = ownership.mark(self.pool, "VDI", ref, vdi, self.key) end
    if not vdi or not marked then return nil, trouble end
  end
  return true
end

-- Calls one after the other: { method, … } after the VM's reference.
function Guest:set(settings)
  for _, setting in ipairs(settings) do
    local done, err = self.pool:insist(30, setting[1], self.ref, table.unpack(setting, 2))
    if done == nil then return nil, err end
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

function Guest:describe(record, found)
  local config = self.config
  local settings = { { "VM.set_name_description",
    ("BioXen VM %s, made from %s"):format(self.vm_id, found.template.record.name_label) } }
  for _, tag in ipairs(config.tags or {}) do settings[#settings + 1] = { "VM.add_tags", tag } end
  settings[#settings + 1] = { "VM.add_tags", "bioxen" }
  add_sizes(settings, config, record)
  add_default_disks(settings, record, found)
  add_pairs(settings, record, config.xenstore_data, "xenstore_data", "vm-data/")
  add_pairs(settings, record, { vm = self.vm_id, key = self.key }, "xenstore_data", "vm-data/bioxen/")
  return self:set(settings)
end

-- A new interface. One that is there already is that of an attempt whose answer was lost.
function Guest:plug(device, network)
  local record = { device = device, network = network, VM = self.ref, MAC = "", MTU = 1500,
    other_config = {}, qos_algorithm_type = "", qos_algorithm_params = {} }
  local vif, err = self.pool:call("VIF.create", record)
  if not vif and err.sent then vif, err = self.pool:call("VIF.create", record) end
  if not vif and xapi_code(err) ~= "DEVICE_ALREADY_EXISTS" then return nil, err end
  return true
end

-- The first interface is to be on the network that the configuration names.
function Guest:connect(record, found)
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
  return self:plug(device.number, found.network.ref)
end

function Guest:provision()
  native.progress(0.35, "provisioning the guest")
  local function is_done()
    local template, err = self.pool:call("VM.get_is_a_template", self.ref)
    if template == nil then return nil, err end
    return template == false and ""
  end
  return self.pool:task_once("VM.provision", is_done, nil, self.ref)
end

--- Make the guest: a copy of the template, marked and set up, halted.
function Guest:create(vm_id)
  self.vm_id = vm_id
  native.progress(0.05, "looking for the template")
  local found, err = self:resolve()
  if not found then return nil, err end
  self.key = native.random_hex(16)
  self.name = ("%s%s-%s"):format(self.config.vm_name_prefix, vm_id, self.key:sub(1, 2 * SUFFIX))
  self.journal, err = journal.begin(self.config.journal, { key = self.key, name = self.name,
    pool = self.pool.pool_uuid, url = self.pool.url, vm = vm_id })
  if not self.journal then
    self.key = nil
    return nil, err
  end
  native.note(".key", self.key)
  note_name(self, self.name)
  local record
  local steps = {
    { "copying the template", function()
      record, err = self:copy_template(found)
      return record, err or { code = "EGUEST", message = "the copy has vanished" }
    end },
    { "marking the guest", function() return self:mark(record) end },
    { "setting the guest up", function() return self:describe(record, found) end },
    { "connecting the guest", function() return self:connect(record, found) end },
    { "provisioning the guest", function() return self:provision() end },
  }
  for _, step in ipairs(steps) do
    local done, problem = step[2]()
    if not done then return failure.during(step[1], problem) end
  end
  return found
end

-- ---- power ----

function Guest:power_state()
  local state, err = self.pool:call("VM.get_power_state", self.ref)
  if state then native.note("power_state", state) end
  return state, err
end

local function changed_to(self, wanted)
  return function()
    local state, err = self:power_state()
    if not state then return nil, err end
    return state == wanted and ""
  end
end

-- One change of power as a task; that it is there already is fine.
function Guest:change_power(method, wanted, progress, ...)
  local look = changed_to(self, wanted)
  local done, err = self.pool:task_once(method, look, progress, self.ref, ...)
  if not done and xapi_code(err) == "VM_BAD_POWER_STATE" then
    local there, problem = look()
    if there then return there end
    if there == nil then return nil, problem end
  end
  if not done then return nil, err end
  native.note("power_state", wanted)
  return done
end

local function add_start_advice(err)
  local advice = {
    NO_HOSTS_AVAILABLE = "no host of the pool can run the guest: give it less memory, or make room",
    HOST_NOT_ENOUGH_FREE_MEMORY = "the host has too little memory free: give the guest less",
    VM_REQUIRES_SR = "the host cannot reach the guest's storage: choose another host or repository",
    VM_REQUIRES_NETWORK = "the host is not on the guest's network: choose another",
  }
  local words = advice[xapi_code(err)]
  if words then err.message = err.message .. "; " .. words end
  return nil, err
end

--- Boot the guest, whose power state is `state`. `host` may be nil.
function Guest:boot(state, host)
  native.progress(0.4, "starting the guest")
  if state == "Running" then return true end
  if state == "Paused" then return self:change_power("VM.unpause", "Running") end
  if state == "Suspended" then return self:change_power("VM.resume", "Running", nil, false, false) end
  local function progress(fraction) native.progress(0.4 + 0.1 * fraction, "starting the guest") end
  local done, problem
  if host then
    done, problem = self:change_power("VM.start_on", "Running", progress, host, false, false)
  else
    done, problem = self:change_power("VM.start", "Running", progress, false, false)
  end
  if not done then return add_start_advice(problem) end
  return true
end

-- ---- its address ----

local function has_tools(metrics)
  for _, field in ipairs { "networks", "os_version", "other" } do
    if type(metrics[field]) == "table" and next(metrics[field]) then return true end
  end
  return false
end

-- What the guest reports of itself now: { address, fingerprint, tools }. Never by a reference of before
-- the start: xapi deletes that object, and a copy has its template's.
function Guest:report()
  local vm, err = disks.record_of(self.pool, "VM", self.ref)
  if not vm then return nil, err or { code = "EGUEST", message = "the guest is gone from the pool" } end
  native.note("power_state", vm.power_state)
  self.resident_on = vm.resident_on
  if vm.power_state ~= "Running" then
    return failure.of("EGUEST", ("the guest is %s: it stopped by itself, or somebody stopped it")
      :format(vm.power_state))
  end
  local report = {}
  self.metrics = vm.guest_metrics ~= session.NULL and vm.guest_metrics or nil
  if not self.metrics then return report end
  local metrics, problem = disks.record_of(self.pool, "VM_guest_metrics", self.metrics)
  if metrics == nil then return nil, problem end
  if not metrics then return report end -- another boot has another
  report.tools = has_tools(metrics)
  report.address = address.pick(metrics.networks or {}, address.wanted(self.config))
  report.networks = metrics.networks
  report.fingerprint = (metrics.services or {})["ssh/fingerprint"]
  return report
end

local function describe_networks(report)
  local shown = {}
  for key, text in pairs(report and report.networks or {}) do
    shown[#shown + 1] = ("%s %s"):format(key, tostring(text):sub(1, 60))
  end
  table.sort(shown)
  return #shown > 0 and table.concat(shown, ", ", 1, math.min(#shown, 8)) or "none"
end

-- Why there is no address, as far as the last report tells.
local function explain_no_address(self, report)
  if not report or not report.tools then
    return "the guest tells nothing of itself: it has no guest tools, or they have not started; "
      .. "install xe-guest-utilities in the template"
  end
  local config = self.config
  if config.network_device or config.address_family or config.address_cidr then
    return "none of the guest's addresses is what network_device, address_family and address_cidr ask "
      .. "for: " .. describe_networks(report)
  end
  return "the guest has no address yet: " .. describe_networks(report)
end

--- Wait, by events, for the guest's address. Gives the report.
function Guest:wait_for_address()
  native.progress(0.5, "waiting for the guest's address")
  local last
  local patience = native.clock() + self.config.guest_tools_timeout
  local function classes()
    local list = { "vm/" .. self.ref }
    if self.metrics then list[2] = "vm_guest_metrics/" .. self.metrics end
    return list
  end
  local report, err = self.pool:wait_for(classes, function()
    local now, problem = self:report()
    if not now then return nil, problem end
    last = now
    if now.address then return now end
    if not now.tools and native.clock() > patience then
      return failure.of("EGUEST", explain_no_address(self, now))
    end
    return nil
  end, function() return patience - native.clock() end)
  if not report then
    if err.code == "EDEADLINE" then err.message = explain_no_address(self, last) end
    return failure.during("waiting for the guest's address", err)
  end
  self:note_address(report)
  native.progress(BOOTED, "the guest is at " .. report.address)
  return report
end

--- Tell the host where it is.
function Guest:note_address(report)
  native.note("address", report.address)
end

--- And where it runs.
function Guest:note_host()
  if not self.resident_on or self.resident_on == session.NULL then return end
  local name = self.pool:call("host.get_name_label", self.resident_on)
  if name then native.note("host", name:sub(1, 200)) end
end

-- ---- pause, stop ----

function Guest:pause()
  return self:change_power("VM.pause", "Paused")
end

function Guest:unpause()
  return self:change_power("VM.unpause", "Running")
end

--- Act within this much of the time that is left.
function guest.within(seconds, act)
  local left = native.time_left()
  native.set_time_left(math.min(left, seconds))
  local began = native.clock()
  local result, err = act()
  native.set_time_left(left - (native.clock() - began))
  return result, err
end

function Guest:halt()
  return self:change_power("VM.hard_shutdown", "Halted")
end

--- Shut the guest down, cleanly if it does so within its grace, hard otherwise.
function Guest:shut_down()
  local state, err = self:power_state()
  if not state then return nil, err end
  if state == "Halted" then return true end
  if state == "Running" then
    local done = guest.within(self.config.shutdown_grace, function()
      return self:change_power("VM.clean_shutdown", "Halted")
    end)
    if done then return true end
    self.pool:cancel_tasks(1)
  end
  return self:halt()
end

-- ---- snapshots ----

local function find_snapshot(self, name)
  local record, err = self:record()
  if not record then return nil, err end
  local found
  for _, ref in ipairs(record.snapshots) do
    local snapshot = disks.record_of(self.pool, "VM", ref)
    if snapshot and (snapshot.uuid == name or snapshot.name_label == name) then
      if found then
        return failure.of("ECONFIG", ("there is more than one snapshot %q: name it by its uuid"):format(name))
      end
      found = ref
    end
  end
  return found or false
end

--- Snapshot the guest's disks: the uuid.
function Guest:snapshot(name)
  local function look() return find_snapshot(self, name) end
  local before, err = look()
  if before == nil then return nil, err end
  if before then return failure.of("ECONFIG", ("there is a snapshot %q already"):format(name)) end
  local ref, problem = self.pool:task_once("VM.snapshot", look, nil, self.ref, name)
  if not ref then return nil, problem end
  return self.pool:call("VM.get_uuid", ref)
end

--- Put the disks back to what they were; the guest is halted by it.
function Guest:revert(name)
  local ref, err = find_snapshot(self, name)
  if ref == nil then return nil, err end
  if not ref then return failure.of("ECONFIG", ("the guest has no snapshot %q"):format(name)) end
  local state, problem = self:power_state()
  if not state then return nil, problem end
  if state ~= "Halted" then
    local halted, trouble = self:halt()
    if not halted then return nil, trouble end
  end
  local done, trouble = self.pool:task("VM.revert", nil, ref)
  if not done then return nil, trouble end
  self:power_state()
  return true
end

-- ---- the end ----

-- A start whose answer was lost may take effect meanwhile: then once more.
local function destroy_vm(self, ref, record)
  local state = record.power_state
  for left = 2, 0, -1 do
    if state ~= "Halted" and record.is_a_snapshot ~= true then
      self.ref = ref
      local halted, err = self:halt()
      if not halted then return nil, err end
    end
    local done, err = self.pool:insist(30, "VM.destroy", ref)
    if done or xapi_code(err) == "HANDLE_INVALID" then return true end
    if xapi_code(err) ~= "VM_BAD_POWER_STATE" or left == 0 then return nil, err end
    state, err = self.pool:call("VM.get_power_state", ref)
    if not state then return nil, err end
  end
end

-- The snapshots that are still there, by reference, and their records.
local function snapshots_of(self, record)
  local refs, records = {}, {}
  for _, ref in ipairs(record.snapshots or {}) do
    local snapshot, err = disks.record_of(self.pool, "VM", ref)
    if snapshot == nil then return nil, err end
    if snapshot then
      refs[#refs + 1] = ref
      records[#records + 1] = snapshot
    end
  end
  return refs, records
end

--- Destroy a VM of the pool with its snapshots and the disks that are its own.
function Guest:destroy_machine(ref, record)
  local refs, records = snapshots_of(self, record)
  if not refs then return nil, records end
  local owned, err = disks.owned(self.pool, record, records)
  if not owned then return nil, err end
  local done, problem = destroy_vm(self, ref, record)
  for i = 1, done and #refs or 0 do
    done, problem = destroy_vm(self, refs[i], records[i])
    if not done then break end
  end
  if not done then return nil, problem end
  return disks.destroy(self.pool, owned)
end

-- Its machine is gone; its disks may not be.
function Guest:destroy_orphans()
  local records, err = self.pool:call "VDI.get_all_records"
  if not records then return nil, err end
  local set = {}
  for ref, record in pairs(records) do
    if type(record) == "table" and ownership.key(record) == self.key then set[ref] = true end
  end
  return disks.destroy(self.pool, set)
end

--- Destroy the guest, whatever there is of it. Where that fails the error names what is left, the journal
-- keeps it, and `bioxen xcpng gc` finds it.
function Guest:destroy()
  if not self:exists() then return true end
  local quiet = self.pool:cancel_tasks(math.min(5, native.time_left() / 4))
  local record, err = self:record()
  local done = record == false and quiet
  if record then
    done, err = self:destroy_machine(self.ref, record)
  elseif record == false and quiet and self.uuid then
    done, err = self:destroy_orphans()
  elseif record == false and not quiet then
    err = { code = "EGUEST", message = "the pool is still at work on it, and cannot be stopped" }
  end
  if not done then
    err.message = ("the guest %s is left on the pool (%s): %s"):format(self.name, self.uuid or "?",
      err.message)
    err.details = err.details or {}
    err.details.left = { name = self.name, uuid = self.uuid, key = self.key }
    return nil, err
  end
  self.journal = self.journal or journal.take_over(self.config.journal, self.key)
  if self.journal then self.journal:remove() end
  self.journal = nil
  self:forget()
  return true
end

return guest
