--- What a VM was made from, for who makes another like it: its configuration, and the packages that its worker has.

local copy = require "bioxen.copy"

local origin = {}

-- By VM: { config, packages, starts }. They go with it.
local known = setmetatable({}, { __mode = "k" })

--- A VM was made with this configuration, which may be nil.
function origin.note(vm, config)
  known[vm] = { config = copy(config or {}), packages = {} }
end

--- A VM is a copy of another, which runs: it has what that has.
function origin.share(vm, copy_of_it)
  local of = known[vm]
  known[copy_of_it] = { config = copy(of.config), packages = { table.unpack(origin.packages(vm)) },
    starts = copy_of_it:get_status().starts }
end

--- A package (bioxen.vm.package_source) was put into its present worker.
function origin.note_package(vm, package)
  local of, starts = known[vm], vm:get_status().starts
  if of.starts ~= starts then of.packages = {} end
  of.starts = starts
  of.packages[#of.packages + 1] = package
end

--- A copy of the configuration.
function origin.config(vm)
  return copy(known[vm].config)
end

--- The packages in its present worker, in order.
function origin.packages(vm)
  local of = known[vm]
  return of.starts == vm:get_status().starts and of.packages or {}
end

return origin
