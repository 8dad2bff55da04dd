--- What is known of XAPI's calls and errors: what may be sent again, and when.

local calls = {}

--- Calls that change nothing.
function calls.only_reads(method)
  local name = method:match "%.(.*)$" or method
  return name:find "^get_" ~= nil or method == "event.from" or method == "event.inject"
    or method == "system.listMethods" or method == "session.logout"
end

-- Calls whose answer is a record, a set or a map, as far as their name tells.
local function gives_a_table(name)
  return name:find "^get_all_" ~= nil or name == "get_all" or name == "get_record"
    or name == "get_by_name_label"
end

local function gives_a_name(name)
  return name == "get_by_uuid" or name == "get_name_label"
end

local LONGEST_UUID = 64 -- bytes
local POWER_STATES = { Halted = true, Paused = true, Running = true, Suspended = true }

-- What else is read of a record, is looked at where it is read.
local function record_problem(class, record)
  local uuid = record.uuid
  if type(uuid) ~= "string" or #uuid > LONGEST_UUID then return "the answer has no uuid, or none of its form" end
  if class == "VM" and not POWER_STATES[record.power_state] then return "the answer has no power state" end
end

--- What is wrong with the answer to a call, as far as its name tells; or nil.
function calls.problem(method, result)
  local class, name = method:match "^(.-)%.(.*)$"
  if not class then return nil end
  if (gives_a_table(name) and type(result) ~= "table") or (gives_a_name(name) and type(result) ~= "string") then
    return "the answer is of the wrong type"
  end
  if name == "get_power_state" and not POWER_STATES[result] then return "the answer is no power state" end
  return name == "get_record" and record_problem(class, result) or nil
end

-- Calls that may be sent twice: the second time changes nothing, or fails with the error that is then no
-- failure.
local repeatable = {
  ["VM.add_tags"] = true,
  ["VM.destroy"] = "HANDLE_INVALID",
  ["VDI.destroy"] = "HANDLE_INVALID",
  ["VIF.destroy"] = "HANDLE_INVALID",
  ["task.cancel"] = "HANDLE_INVALID",
  ["task.destroy"] = "HANDLE_INVALID",
}

--- Whether a call may be sent again after its answer was lost; the error that then means success.
function calls.may_repeat(method)
  local name = method:match "%.(.*)$" or method
  if calls.only_reads(method) or name:find "^set_" or name:find "^remove_from_" then return true end
  if name:find "^add_to_" then return true, "MAP_DUPLICATE_KEY" end
  local known = repeatable[method]
  return known ~= nil, known ~= true and known or nil
end

-- Errors of a moment: the call was not begun, and may succeed soon.
local passing = {
  TOO_MANY_PENDING_TASKS = true,
  VDI_IN_USE = true,
  OTHER_OPERATION_IN_PROGRESS = true,
  HOST_STILL_BOOTING = true,
  CANNOT_CONTACT_HOST = true,
}

function calls.is_passing(code)
  return passing[code] == true
end

--- Whether trying again, as it is or after a new login, makes sense.
function calls.is_retryable(code)
  return passing[code] == true or code == "SESSION_INVALID" or code == "HOST_IS_SLAVE"
end

return calls
