--- What is known of XAPI's calls and errors: what may be sent again, and when.

local calls = {}

--- Calls that change nothing.
function calls.only_reads(method)
  local name = method:match "%.(.*)$" or method
  return name:find "^get_" ~= nil or method == "event.from" or method == "event.inject"
    or method == "system.listMethods" or method == "session.logout"
end

--- Calls whose answer is a record, a set or a map, as far as their name tells.
function calls.gives_a_table(method)
  local name = method:match "%.(.*)$" or method
  return name:find "^get_all_" ~= nil or name == "get_all" or name == "get_record"
    or name == "get_by_name_label"
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
