--- Objects of the pool by the names or uuids that a configuration gives.

local failure = require "failure"

local objects = {}

local UUID = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

function objects.is_uuid(text)
  return text:find(UUID) ~= nil
end

local function by_uuid(session, class, uuid)
  local ref, err = session:call(class .. ".get_by_uuid", uuid)
  if not ref then
    local code = err.details and err.details.xapi and err.details.xapi.code
    if code == "UUID_INVALID" or code == "HANDLE_INVALID" then return {} end
    return nil, err
  end
  return { ref }
end

-- What makes an error helpful: the names that would have been right.
local function names(session, class, accept)
  local records = session:call(class .. ".get_all_records")
  local found = {}
  for _, record in pairs(type(records) == "table" and records or {}) do
    if type(record) == "table" and accept(record) then
      found[#found + 1] = ("%q"):format(tostring(record.name_label))
    end
  end
  table.sort(found)
  if #found == 0 then return "none" end
  if #found > 12 then found = table.move(found, 1, 12, 1, {}) found[13] = "…" end
  return table.concat(found, ", ")
end

local function anything()
  return true
end

--- The one object of a class with that name or uuid: its reference and record. `accept(record)` says which
-- count; `what` names it in the error where there is none, or more than one.
function objects.find(session, class, name, what, accept)
  accept = accept or anything
  local refs, err
  if objects.is_uuid(name) then
    refs, err = by_uuid(session, class, name)
  else
    refs, err = session:call(class .. ".get_by_name_label", name)
  end
  if not refs then return nil, err end
  local found, uuids = {}, {}
  for _, ref in ipairs(refs) do
    local record, err = session:call(class .. ".get_record", ref)
    if not record then return nil, err end
    if accept(record) then
      found[#found + 1] = { ref = ref, record = record }
      uuids[#uuids + 1] = tostring(record.uuid)
    end
  end
  if #found == 1 then return found[1] end
  if #found == 0 then
    return failure.of("ECONFIG", ("there is no %s %q on the pool; there is: %s"):format(what, name,
      names(session, class, accept)))
  end
  table.sort(uuids)
  return failure.of("ECONFIG", ("there are %d of the %s %q on the pool: name one by its uuid: %s"):format(
    #found, what, name, table.concat(uuids, ", ")))
end

--- Templates that guests can be made of.
function objects.is_template(record)
  return record.is_a_template == true and record.is_a_snapshot ~= true
end

return objects
