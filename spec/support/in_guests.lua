--- Run specs once more with VMs of type xcpng, in guests of the emulator: a guest's VM is no less a VM.

local kind = require "spec.support.vm_kind"

-- Where a checker slows everything down, the first of a list is enough.
local FEW = os.getenv "BIOXEN_SLOW" ~= nil

--- `names` are those of the spec files; `env` is the spec's environment.
return function(env, names)
  env.describe("VMs in guests:", function()
    local missing = kind.xcpng_missing()
    if missing then
      env.pending("skipped: " .. missing)
      return
    end
    kind.use_xcpng()
    env.teardown(kind.leave_xcpng)
    for i = 1, FEW and 1 or #names do
      local name = names[i]
      env.describe(name, assert(loadfile("spec/" .. name .. "_spec.lua", "t", env)))
    end
  end)
end
