-- What does the loss of a gene do to growth, and which are lethal?
local bioxen = require "bioxen"
local vm <close> = assert(bioxen.create_bio_vm("coli", "ecoli"))
assert(vm:start())
local screen = assert(vm:run "return cell:knock_out_screen()").result
for _, row in ipairs(screen) do if row.lethal then print(row.id, row.name, row.growth_rate) end end
