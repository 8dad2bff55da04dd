--- The end of a guest: its machine, its snapshots, the disks that are its own, and nothing else.

local native = require "native"
local disks = require "disks"
local failure = require "failure"
local ownership = require "ownership"
local power = require "power"

local removal = {}

local PATIENCE = 30     -- seconds with a pool that is busy
local COPY_PATIENCE = 3 -- and with a copy that could not be cancelled: it may take hours

local xapi_code = failure.xapi_code

-- A start whose answer was lost may take effect meanwhile: then once more.
local function destroy_vm(pool, ref, record)
  local state = record.power_state
  for left = 2, 0, -1 do
    if state ~= "Halted" and record.is_a_snapshot ~= true then
      local halted, err = power.halt(pool, ref)
      if not halted then return nil, err end
    end
    local done, err = pool:insist_task(PATIENCE, "VM.destroy", ref)
    if done or xapi_code(err) == "HANDLE_INVALID" then return true end
    if xapi_code(err) ~= "VM_BAD_POWER_STATE" or left == 0 then return nil, err end
    state, err = pool:call("VM.get_power_state", ref)
    if not state then return nil, err end
  end
end

-- The snapshots that are still there, by reference, and their records.
local function snapshots_of(pool, record)
  local refs, records = {}, {}
  for _, ref in ipairs(record.snapshots or {}) do
    local snapshot, err = disks.record_of(pool, "VM", ref)
    if snapshot == nil then return nil, err end
    if snapshot then
      refs[#refs + 1] = ref
      records[#records + 1] = snapshot
    end
  end
  return refs, records
end

--- Destroy a VM of the pool with its snapshots and the disks that are its own. The snapshots go first: what
-- failed can be found again as long as the VM is there. `remember(set)`, which may be nil, is told the disks
-- before anything goes, and gives those that are to go.
function removal.destroy_machine(pool, ref, record, remember)
  local refs, records = snapshots_of(pool, record)
  if not refs then return nil, records end
  local owned, err = disks.owned(pool, record, records)
  if not owned then return nil, err end
  if remember then owned = remember(owned) end
  for i, snapshot in ipairs(refs) do
    local done, err = destroy_vm(pool, snapshot, records[i])
    if not done then return nil, err end
  end
  local done, err = destroy_vm(pool, ref, record)
  if not done then return nil, err end
  return disks.destroy(pool, owned)
end

-- Nobody here knows all disks that were its own: those that bear its mark.
local function destroy_marked_disks(self)
  local records, err = self.pool:call "VDI.get_all_records"
  if not records then return nil, err end
  local set = {}
  for ref, record in pairs(records) do
    if type(record) == "table" and ownership.key(record) == self.key then set[ref] = true end
  end
  return disks.destroy(self.pool, set)
end

-- Where the answer to a request was lost, there may be two copies, or one that nobody has seen.
local function destroy_namesakes(self)
  local found, err = self:namesakes()
  if not found then return nil, err end
  for ref, record in pairs(found) do
    local done, err = removal.destroy_machine(self.pool, ref, record)
    if not done then return nil, err end
  end
  return true
end

-- A copy appears on the pool when it is complete: wait, if one may still be in the making.
local function wait_for_copies(self)
  local over, err = self.pool:wait_for_copies(math.min(COPY_PATIENCE, native.time_left() / 2))
  if over == false then
    return failure.of("EGUEST", "the pool goes on with the copy, which nothing stops: it will be there once it is "
      .. "complete, and bioxen xcpng gc removes it then")
  end
  return over, err
end

-- Snapshots that an attempt before this one has removed have left it their disks.
local function remember_disks(self, set)
  self.disks = self.disks or {}
  for ref in pairs(set) do self.disks[ref] = true end
  return self.disks
end

local function destroy_machine_and_disks(self)
  local record, err = self:record()
  if record == nil then return nil, err end
  local done, err = true, nil
  if record then
    done, err = removal.destroy_machine(self.pool, self.ref, record, function(set)
      return remember_disks(self, set)
    end)
  elseif self.disks then
    done, err = disks.destroy(self.pool, self.disks)
  end
  if not done then return nil, err end
  if self.uuid and (self.inherited or not self.disks) then return destroy_marked_disks(self) end
  return true
end

local function destroy_all(self)
  local quiet = self.pool:cancel_tasks(math.min(5, native.time_left() / 4))
  if (not quiet or self.pool.unsure) and not self.uuid then
    local done, err = wait_for_copies(self)
    if not done then return nil, err end
  end
  local done, err = destroy_machine_and_disks(self)
  if not done then return nil, err end
  return destroy_namesakes(self)
end

--- Destroy the guest, whatever there is of it. Where that fails the error names what is left, the journal
-- keeps it, and `bioxen xcpng gc` finds it.
function removal.destroy(self)
  if not self:exists() then return true end
  local done, err = destroy_all(self)
  if done then
    self:forget()
    return true
  end
  err.message = ("the guest %s is left on the pool (%s): %s"):format(self.name, self.uuid or "?", err.message)
  err.details = err.details or {}
  err.details.left = { name = self.name, uuid = self.uuid, key = self.key }
  return nil, err
end

return removal
