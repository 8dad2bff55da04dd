-- How fits of PEtab problems come out:
--   build/bin/bioxen scripts/bench/fit.lua STARTS [forward|adjoint] PROBLEM.yaml...
-- gives, for each, the logarithm of likelihood and priors at the nominal parameters and at the best of so many starts,
-- how many of these came within 0.1 of it, and of the nominal one, and how long it took on all cores.

local bioxen = require "bioxen"
local petab = require "bioxen.fit.petab"

local function nominal_of(path)
  local vm <close> = assert(bioxen.create_bio_vm("nominal", "minimal_cell", "basic",
    { memory = 4 << 30, timeout = math.huge }))
  assert(vm:start())
  assert(petab.load(vm, assert(petab.read(vm, path))))
  local e = assert(vm:execute_biological_process "return objective:evaluate()").result
  return e.llh + e.log_prior
end

local starts = assert(tonumber((...)), "how many starts?")
local gradient = (arg[2] == "forward" or arg[2] == "adjoint") and arg[2] or nil
print("problem\tparameters\tnominal\tbest\tnear the best\tnear the nominal\tevaluations\tseconds")
for i = gradient and 3 or 2, #arg do
  local path = arg[i]
  local nominal, began = nominal_of(path), bioxen.clock()
  local fit = assert(bioxen.fit { problem = path, starts = starts, gradient = gradient })
  local seconds, near, as_nominal, evaluations = bioxen.clock() - began, 0, 0, 0
  for _, start in ipairs(fit.starts) do
    if start.log_posterior > fit.starts[1].log_posterior - 0.1 then near = near + 1 end
    if start.log_posterior > nominal - 0.1 then as_nominal = as_nominal + 1 end
    evaluations = evaluations + (start.evaluations or 0)
  end
  print(("%s\t%d\t%.4f\t%.4f\t%d\t%d\t%.0f\t%.1f"):format(path:match "([^/]+)/[^/]*$", #fit.parameters, nominal,
    fit.llh + fit.log_prior, near, as_nominal, evaluations, seconds))
end
