-- A model of one's own: a switch of two genes that repress each other.
local bioxen = require "bioxen"
local vm <close> = assert(bioxen.create_bio_vm("switch", "empty"))
assert(vm:start())
local t = assert(vm:run [[
  process "switch" { species = { A = 50, B = 20 }, reactions = {
    { "-> A", rate = "10*hill(20, B, 2)" }, { "A ->", k = 0.1 },
    { "-> B", rate = "10*hill(20, A, 2)" }, { "B ->", k = 0.1 } } }
  return cell:run { duration = 200, every = 1 }]]).result
print(("A %.0f, B %.0f"):format(t:last "A", t:last "B"))
assert(t:plot { file = bioxen.out "switch.png", names = { "A", "B" } })
