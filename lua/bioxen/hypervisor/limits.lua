--- bioxen.limits: what holds for all VMs of this process together.

local check = require "bioxen.check"
local cgroup = require "bioxen.hypervisor.cgroup"
local core = require "bioxen.core"

local limits = {}

--- Set limits for the VMs that start from now on, all or none; all that holds now. nil and an error where no control
-- group can be made.
function limits.limits(given)
  local before = core.limits()
  if given ~= nil then
    local own, wanted = {}, nil
    if type(given) ~= "table" then
      error(("bad argument 'limits': a table expected, got %s"):format(check.shown(given)), 2)
    end
    for key, value in pairs(given) do own[key] = value end
    if given.cgroup ~= nil then
      local problems = {}
      wanted, own.cgroup = check.table(given.cgroup, cgroup.schema, "cgroup", problems), nil
      check.raise(problems, 2)
    end
    local good, problem = pcall(core.limits, own)
    if not good then error(problem, 2) end
    local set, err = true, nil
    if wanted then set, err = cgroup.set(wanted) end
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
