-- Which genes can E. coli not live without on acetate, by its core metabolism?
local bioxen = require "bioxen"
local vm <close> = assert(bioxen.create_bio_vm("coli", "ecoli"))
assert(vm:start())
print(#assert(vm:run [[ cell:set_medium "m9_acetate" return cell:metabolism():essential_genes() ]]).result)
