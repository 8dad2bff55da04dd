--- Where a guest is: what it and the pool report of it, and the wait for its address.

local native = require "native"
local address = require "address"
local disks = require "disks"
local failure = require "failure"
local session = require "session"

local presence = {}

local BOOTED = 0.8 -- of the way of a start, when the address is known

-- What only guest tools write. Not `other`: the toolstack's own keys are among those, tools or not.
local function has_tools(metrics)
  for _, field in ipairs { "networks", "os_version" } do
    if type(metrics[field]) == "table" and next(metrics[field]) then return true end
  end
  return (metrics.PV_drivers_version or {}).major ~= nil
end

--- What the guest reports of itself now: { address, fingerprint, tools }. Never by a reference of before
-- the start: xapi deletes that object, and a copy has its template's.
function presence.report(self)
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
  local metrics, err = disks.record_of(self.pool, "VM_guest_metrics", self.metrics)
  if metrics == nil then return nil, err end
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
function presence.wait_for_address(self)
  native.progress(0.5, "waiting for the guest's address")
  local last
  local patience = native.clock() + self.config.guest_tools_timeout
  local function classes()
    local list = { "vm/" .. self.ref }
    if self.metrics then list[2] = "vm_guest_metrics/" .. self.metrics end
    return list
  end
  local report, err = self.pool:wait_for(classes, function()
    local now, err = presence.report(self)
    if not now then return nil, err end
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
  presence.note_address(report)
  native.progress(BOOTED, "the guest is at " .. report.address)
  return report
end

--- Tell the host where it is.
function presence.note_address(report)
  native.note("address", report.address)
end

--- And where it runs.
function presence.note_host(self)
  if not self.resident_on or self.resident_on == session.NULL then return end
  local name = self.pool:call("host.get_name_label", self.resident_on)
  if name then native.note("host", name:sub(1, 200)) end
end

return presence
