--- Snapshots of a guest's disks.

local disks = require "disks"
local failure = require "failure"
local making = require "making"
local power = require "power"

local snapshots = {}

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
function snapshots.take(self, name)
  local function look() return find_snapshot(self, name) end
  local before, err = look()
  if before == nil then return nil, err end
  if before then return failure.of("ECONFIG", ("there is a snapshot %q already"):format(name)) end
  local ref, err = self.pool:task_once("VM.snapshot", look, nil, self.ref, name)
  if not ref then return nil, err end
  local record, err = self.pool:call("VM.get_record", ref)
  if not record then return nil, err end
  local marked, err = making.mark_disks(self, record) -- for when the snapshot is gone and they are not
  if not marked then return nil, err end
  return record.uuid
end

--- Put the disks back to what they were; the guest is halted by it.
function snapshots.revert(self, name)
  local ref, err = find_snapshot(self, name)
  if ref == nil then return nil, err end
  if not ref then return failure.of("ECONFIG", ("the guest has no snapshot %q"):format(name)) end
  local state, err = self:power_state()
  if not state then return nil, err end
  if state ~= "Halted" then
    local halted, err = power.halt_guest(self)
    if not halted then return nil, err end
  end
  local done, err = self.pool:task("VM.revert", nil, ref)
  if not done then return nil, err end
  self:power_state()
  return making.mark_disks(self) -- they are others now
end

return snapshots
