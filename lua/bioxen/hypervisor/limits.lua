--- bioxen.limits: what holds for all VMs of this process together.

local check = require "bioxen.check"
local cgroup = require "bioxen.hypervisor.cgroup"
local core = require "bioxen.core"

local limits = {}

-- The options of a control group apart from the others; raises a mistake of the caller's caller.
local function split(given)
  if type(given) ~= "table" then
    error(("bad argument 'limits': a table expected, got %s"):format(check.shown(given)), 3)
  end
  local own, problems = {}, {}
  for key, value in pairs(given) do own[key] = value end
  local group = own.cgroup ~= nil and check.table(own.cgroup, cgroup.schema, "cgroup", problems) or nil
  own.cgroup = nil
  check.raise(problems, 3)
  return own, group
end

--- Set limits for the VMs that start from now on, all or none; all that holds now. nil and an error where no control
-- group can be made.
function limits.limits(given)
  if given ~= nil then
    local own, group = split(given)
    local before = core.limits()
    check.relay(2, core.limits, own)
    local set, err = true, nil
    if group then set, err = cgroup.set(group) end
    if not set then
      core.limits(before)
      return nil, err
    end
  end
  local now, group, used = core.limits(), cgroup.get()
  now.cgroup = group
  return now, used
end

return limits
