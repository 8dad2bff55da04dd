--- What errors of the pool mean, in words, by their codes and parameters.

local words = {}

local function mebibytes(bytes)
  local number = tonumber(bytes)
  return number and ("%d MiB"):format(number // (1 << 20)) or "?"
end

-- ---- of any call ----

local LIMITS = "the limits of memory do not suit each other: see vm_memory, and the template's least"
local FULL = "the storage repository has too little room left"

local meanings = {
  BOOTLOADER_FAILED = "the guest does not boot: see the template's disk",
  HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN = "high availability keeps the memory that is left for guests of hosts that "
    .. "fail",
  HOST_IS_SLAVE = "this host is a member of a pool, whose master it names: see xapi_url and pool_members",
  HOST_OFFLINE = "the host does not answer the pool",
  INTERNAL_ERROR = "/var/log/xensource.log on the pool's master tells more",
  LICENCE_RESTRICTION = "the pool's licence does not cover it",
  MEMORY_CONSTRAINT_VIOLATION = LIMITS,
  MEMORY_CONSTRAINT_VIOLATION_ORDER = LIMITS,
  MESSAGE_METHOD_UNKNOWN = "the pool's toolstack has no such call",
  OPERATION_BLOCKED = "somebody has blocked this operation on it: see its blocked_operations",
  RBAC_PERMISSION_DENIED = "the user's role on the pool does not allow it",
  SESSION_AUTHENTICATION_FAILED = "the pool knows no such user with this password: see username and password",
  SESSION_AUTHORIZATION_FAILED = "this user has no role on the pool",
  SR_BACKEND_FAILURE_44 = FULL,
  SR_FULL = function(wanted, there)
    return ("%s: %s are wanted, %s are there"):format(FULL, mebibytes(wanted), mebibytes(there))
  end,
  TASK_LOST = "the pool has forgotten the task: its toolstack was restarted, or somebody destroyed it",
  VM_IS_TEMPLATE = "it is a template: perhaps somebody has made one of a guest",
}

-- Of params that are all there is to say.
local function shown(params)
  local list = {}
  for i, param in ipairs(params) do list[i] = param == "" and '""' or param end
  return table.concat(list, ", ")
end

--- The parameters of an error, as texts.
function words.params(code, params)
  if code == "VM_BAD_POWER_STATE" and #params == 3 then
    return ("%s is %s, not %s"):format(params[1], params[3], (params[2]:gsub(", ", " or ")))
  end
  return shown(params)
end

--- What an error means, or nil.
function words.meaning(code, params)
  local meaning = meanings[code]
  return type(meaning) == "function" and meaning(table.unpack(params)) or meaning
end

-- ---- of hosts that cannot run a guest ----

local reasons = {
  HOST_CANNOT_ATTACH_NETWORK = "it cannot be put on the guest's network",
  HOST_DISABLED = "it is disabled, for maintenance perhaps",
  HOST_NOT_ENOUGH_FREE_MEMORY = function(needed, free)
    return ("too little memory free: the guest needs %s, %s are there"):format(mebibytes(needed), mebibytes(free))
  end,
  HOST_NOT_ENOUGH_PCPUS = function(wanted, there)
    return ("too few processors: the guest wants %s, %s are there"):format(wanted or "?", there or "?")
  end,
  HOST_NOT_LIVE = "it does not answer",
  HOST_STILL_BOOTING = "it is still booting",
  NETWORK_SRIOV_INSUFFICIENT_CAPACITY = "its network cards have no virtual function free",
  OPERATION_NOT_ALLOWED = function(why) return "it may not: " .. (why or "?") end,
  VM_HOST_INCOMPATIBLE_VERSION = "its version is older than the guest needs",
  VM_HOST_INCOMPATIBLE_VIRTUAL_HARDWARE_PLATFORM_VERSION = "its virtual hardware is older than the guest needs",
  VM_HVM_REQUIRED = "no hardware virtualisation (HVM), which the guest needs: it is missing, or off in the firmware",
  VM_INCOMPATIBLE_WITH_THIS_HOST = function(_, _, why) return "it does not suit the guest: " .. (why or "?") end,
  VM_REQUIRES_GPU = "it lacks the graphics card that the guest needs",
  VM_REQUIRES_IOMMU = "it lacks an IOMMU, which the guest's devices need, or it is off in the firmware",
  VM_REQUIRES_NETWORK = "it is not on the guest's network",
  VM_REQUIRES_SR = "it cannot reach the guest's storage",
  VM_REQUIRES_VGPU = "it lacks the virtual graphics card that the guest needs",
}

--- Why a host cannot run a guest; nil where the code says nothing of that.
function words.reason(code, params)
  local reason = reasons[code]
  return type(reason) == "function" and reason(table.unpack(params)) or reason
end

return words
