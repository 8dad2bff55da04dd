--- A VM for specs of flux balance: `setup(flux_vm.open)`, `teardown(flux_vm.close)`.

local assert = require "luassert"
local kind = require "spec.support.vm_kind"

local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1
local flux_vm = {}
local vm

function flux_vm.open()
  vm = assert(kind.create("flux", "minimal_cell"))
  assert(vm:start())
end

function flux_vm.close()
  vm:destroy()
end

--- The VM itself.
function flux_vm.vm()
  return vm
end

function flux_vm.call(code, options)
  options = options or {}
  options.timeout = options.timeout or 60*slow
  return vm:execute_biological_process(code, options)
end

--- What the code returns, which has `args`.
function flux_vm.run(code, args)
  return assert(flux_vm.call(code, { args = args })).result
end

--- What the code's error says, and its code; the VM takes the next call.
function flux_vm.problem_of(code, args)
  local result, err = flux_vm.call(code, { args = args })
  assert.is_nil(result, "an error expected")
  assert.equal("running", vm:get_state(), tostring(err))
  return tostring(err), err.code
end

--- Within a part of the number, by default 1e-9.
function flux_vm.near(expected, got, tolerance)
  assert.is_true(math.abs(expected - got) <= (tolerance or 1e-9)*math.max(1, math.abs(expected)),
    ("%.15g expected, got %.15g"):format(expected, got))
end

return flux_vm
