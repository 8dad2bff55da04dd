-- Growth, then an antibiotic: how fast does it grow before and after?
local bioxen = require "bioxen"
local vm <close> = assert(bioxen.create_bio_vm("treated", "minimal_cell"))
assert(vm:start())
local before, after = table.unpack(assert(vm:run [[
  local before = cell:steady_state().growth_rate
  cell:set_antibiotic(5)
  return { before, cell:steady_state().growth_rate }]]).result)
print(("%.2f, %.2f per hour"):format(before, after))
