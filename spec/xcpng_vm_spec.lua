-- The specs of VMs, for VMs of type xcpng: a guest of the emulator is no less a VM.

local kind = require "spec.support.vm_kind"

local SPECS = { "vm", "process", "ensemble", "sbml", "flux", "flux_sbml", "minimal_cell", "sandbox" }

describe("VMs in guests:", function()
  local missing = kind.xcpng_missing()
  if missing then
    pending("skipped: " .. missing)
    return
  end
  kind.use_xcpng()
  teardown(kind.leave_xcpng)
  for _, name in ipairs(os.getenv "ONLY" and { os.getenv "ONLY" } or SPECS) do
    describe(name, assert(loadfile("spec/" .. name .. "_spec.lua", "t", _ENV)))
  end
end)
