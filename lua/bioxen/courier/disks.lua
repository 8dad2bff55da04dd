--- The disks of guests: which are a guest's own, and their end.

local native = require "native"
local failure = require "failure"
local session = require "session"

local disks = {}

local IN_USE_PATIENCE = 50 -- seconds that a disk may take to be let go of

local error_code = failure.xapi_code

-- Gone already is as good as a list without it.
local function record_of(pool, class, ref)
  local record, err = pool:call(class .. ".get_record", ref)
  if record then return record end
  if error_code(err) == "HANDLE_INVALID" then return false end
  return nil, err
end

disks.record_of = record_of

local function add_owned(pool, vm, owned)
  for _, ref in ipairs(vm.VBDs) do
    local vbd, err = record_of(pool, "VBD", ref)
    if vbd == nil then return nil, err end
    if vbd and vbd.type == "Disk" and vbd.VDI ~= session.NULL and vbd.other_config.owner ~= nil then
      owned[vbd.VDI] = true
    end
  end
  if vm.suspend_VDI and vm.suspend_VDI ~= session.NULL then owned[vm.suspend_VDI] = true end
  return true
end

--- The disks of a VM record and of the given snapshots' records: a set of references. A disk that the
-- template merely lent, such as an installation image, has no `owner`.
function disks.owned(pool, vm, snapshots)
  local owned = {}
  local done, err = add_owned(pool, vm, owned)
  for _, snapshot in ipairs(done and snapshots or {}) do
    done, err = add_owned(pool, snapshot, owned)
    if not done then break end
  end
  if not done then return nil, err end
  return owned
end

-- Another VM may have been given one of them meanwhile.
local function is_shared(pool, vdi)
  for _, ref in ipairs(vdi.VBDs or {}) do
    local vbd, err = record_of(pool, "VBD", ref)
    if vbd == nil then return nil, err end
    if vbd then return true end
  end
  return false
end

local function destroy(pool, ref)
  local vdi, err = record_of(pool, "VDI", ref)
  if not vdi then return vdi == false or nil, err end
  local shared, err = is_shared(pool, vdi)
  if shared == nil then return nil, err end
  if shared then return true end
  local result, err = pool:insist_task(math.min(IN_USE_PATIENCE, native.time_left()), "VDI.destroy", ref)
  if result == nil and error_code(err) ~= "HANDLE_INVALID" then
    return failure.during(("the disk %s is left"):format(vdi.uuid), err)
  end
  return true
end

--- Destroy disks whose VM is gone, but for those that another VM uses by now. All are tried; the first
-- error is returned.
function disks.destroy(pool, set)
  local first
  for ref in pairs(set) do
    local done, err = destroy(pool, ref)
    if not done then first = first or err end
  end
  if first then return nil, first end
  return true
end

return disks
