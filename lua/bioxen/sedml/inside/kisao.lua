-- Algorithms by their KiSAO terms: what runs for each, and which of their parameters mean something here.

local say = require "sedml.say"
local text = require "sedml.text"

local kisao = {}

-- What may stand in for an algorithm that is not there, from strict to loose.
local policies = { "NONE", "SAME_METHOD", "SAME_MATH", "SIMILAR_APPROXIMATIONS", "DISTINCT_APPROXIMATIONS",
  "DISTINCT_SCALES", "SAME_VARIABLES", "SIMILAR_VARIABLES", "SAME_FRAMEWORK", "ANY" }
local rank = {}
for i, name in ipairs(policies) do rank[name] = i end

local CVODE, DIRECT, TAU, HYBRID, NEWTON = "0000019", "0000029", "0000039", "0000561", "0000409"

-- term = { method, the term of what runs, the least policy that allows it, name }
local algorithms = {}

local function add(method, runs, policy, list)
  for number, name in pairs(list) do
    algorithms[number] = { method = method, runs = runs or number, policy = policy, name = name }
  end
end

add("ode", nil, "NONE", { [CVODE] = "CVODE" })
add("ode", CVODE, "NONE", { ["0000433"] = "CVODE-like method", ["0000694"] = "ODE solver" })
add("ode", CVODE, "SIMILAR_APPROXIMATIONS", {
  ["0000088"] = "LSODA", ["0000560"] = "LSODA/LSODAR", ["0000089"] = "LSODAR", ["0000071"] = "LSODE",
  ["0000283"] = "IDA", ["0000094"] = "Livermore solver", ["0000304"] = "Radau", ["0000086"] = "Fehlberg",
  ["0000087"] = "Dormand-Prince", ["0000435"] = "embedded Runge-Kutta", ["0000321"] = "Cash-Karp",
  ["0000032"] = "Runge-Kutta 4", ["0000030"] = "Euler", ["0000031"] = "implicit Euler", ["0000033"] = "Rosenbrock",
  ["0000064"] = "Runge-Kutta", ["0000279"] = "Adams-Bashforth", ["0000280"] = "Adams-Moulton", ["0000288"] = "BDF",
  ["0000535"] = "VODE", ["0000496"] = "CVODES", ["0000301"] = "Heun" })
add("ssa", nil, "NONE", { [DIRECT] = "direct method" })
add("ssa", DIRECT, "NONE", { ["0000241"] = "Gillespie-like method" })
add("ssa", DIRECT, "SAME_MATH", { ["0000027"] = "next reaction method",
  ["0000038"] = "sorting direct method" })
add("tau", nil, "NONE", { [TAU] = "tau-leaping" })
add("tau", TAU, "NONE", { ["0000621"] = "leaping method" })
add("tau", TAU, "SIMILAR_APPROXIMATIONS", { ["0000045"] = "implicit tau-leaping",
  ["0000040"] = "Poisson tau-leaping", ["0000048"] = "adaptive explicit-implicit tau-leaping" })
add("hybrid", nil, "NONE", { [HYBRID] = "hybrid method" })
add("hybrid", HYBRID, "NONE", { ["0000352"] = "hybrid method" })
add("hybrid", HYBRID, "SIMILAR_APPROXIMATIONS", { ["0000231"] = "Pahle's hybrid method",
  ["0000562"] = "hybrid method, LSODA", ["0000563"] = "hybrid method, Runge-Kutta",
  ["0000575"] = "hybrid tau-leaping" })
add("steady", nil, "NONE", { [NEWTON] = "Newton's method" })
add("steady", NEWTON, "NONE", { ["0000407"] = "steady state by root-finding", ["0000408"] = "Newton-type method",
  ["0000411"] = "Newton-like method" })
add("steady", NEWTON, "SIMILAR_APPROXIMATIONS", { ["0000282"] = "KINSOL", ["0000630"] = "steady state",
  ["0000568"] = "NLEQ1", ["0000569"] = "NLEQ2",
  ["0000099"] = "steady state, as old documents have it" })
add("fba", nil, "NONE", { ["0000437"] = "flux balance analysis" })
add("pfba", nil, "NONE", { ["0000528"] = "parsimonious flux balance analysis" })
add("fva", nil, "NONE", { ["0000526"] = "flux variability analysis" })

-- Parameters that mean something: key, and what a value may be.
local positive = function(x) return x > 0 and x < math.huge end
local fraction = function(x) return x > 0 and x <= 1 end
local at_least_one = function(x) return x >= 1 and x < math.huge end
local whole = function(x) return x % 1 == 0 and x > -2^53 and x < 2^53 end
local parameters = {
  ["0000209"] = { key = "relative", valid = positive, of = { "ode", "hybrid", "steady" }, name = "relative tolerance" },
  ["0000211"] = { key = "absolute", valid = positive, of = { "ode", "hybrid", "steady" }, name = "absolute tolerance" },
  ["0000415"] = { key = "steps", valid = positive, of = { "ode" }, name = "most steps" },
  ["0000488"] = { key = "seed", valid = whole, of = { "ssa", "tau", "hybrid" }, name = "seed" },
  ["0000228"] = { key = "epsilon", valid = fraction, of = { "tau", "hybrid" }, name = "epsilon" },
  ["0000475"] = { key = "integration", of = { "ode" }, name = "BDF or Adams" },
  ["0000531"] = { key = "fraction", valid = fraction, of = { "fva", "pfba" }, name = "fraction of the optimum" },
  ["0000532"] = { key = "loopless", of = { "fva" }, name = "loopless" },
  ["0000533"] = { key = "pfba_factor", valid = at_least_one, of = { "fva" }, name = "most of the least total flux" },
}
-- Parameters that have no meaning here.
local idle = { ["0000467"] = "longest step", ["0000485"] = "shortest step", ["0000559"] = "first step",
  ["0000220"] = "order of BDF", ["0000219"] = "order of Adams", ["0000483"] = "step size",
  ["0000230"] = "least reactions a leap", ["0000486"] = "iterations", ["0000553"] = "solver" }

local function number_of(node)
  local given = text.of(node, "kisaoID")
  local number = given:match "KISAO[:_](%d%d%d%d%d%d%d)$"
  if not number then say.fail("line %d: \"%s\" is no KiSAO term, as KISAO:0000019 is", node:line(), given) end
  return number
end

-- Of those that are there, the ones that run as themselves.
local function available()
  local list = {}
  for number, a in pairs(algorithms) do
    if a.runs == number then list[#list + 1] = ("KISAO:%s (%s)"):format(number, a.name) end
  end
  table.sort(list)
  return table.concat(list, ", ")
end

local function is_among(method, list)
  for _, name in ipairs(list) do
    if name == method then return true end
  end
  return false
end

local function truth(given)
  return given == "true" or given == "1"
end

-- The value of a parameter; nil where it is none.
local function value_of(rule, given)
  if rule.key == "loopless" then return truth(given) end
  if rule.key == "integration" then return (given == "BDF" or given == "Adams") and given:lower() or nil end
  local number = text.number(given)
  return number and rule.valid(number) and number or nil
end

local function read_parameters(node, found, strict)
  local complain = strict and say.fail or say.warn
  local values = {}
  for _, parameter in ipairs(text.children(node, "listOfAlgorithmParameters", "algorithmParameter")) do
    local number, given = number_of(parameter), parameter:attribute "value" or ""
    local rule = parameters[number]
    if not rule or not is_among(found.method, rule.of) then
      local name = idle[number] or rule and rule.name
      complain("the parameter KISAO:%s%s has no meaning for %s here", number, name and (" (%s)"):format(name) or "",
        found.name)
    else
      local value = value_of(rule, given)
      if value == nil then complain("the parameter KISAO:%s (%s) can't be \"%.40s\"", number, rule.name, given) end
      values[rule.key] = value
    end
  end
  return values
end

--- What runs for an <algorithm>: { method, kisao = "KISAO_…", name } and the values of its parameters. `steady`: a
-- steady state is wanted, to which solvers of differential equations lead, too.
function kisao.algorithm(simulation, policy, steady)
  if not rank[policy] then
    say.fail("the policy of substitution \"%s\" is not known, there are: %s", policy, table.concat(policies, ", "))
  end
  local node = text.child(simulation, "algorithm")
  if not node then say.fail("line %d: <%s> has no algorithm", simulation:line(), simulation:name()) end
  local number = number_of(node)
  local found = algorithms[number]
  if not found then
    local other = parameters[number] and parameters[number].name or idle[number]
    say.fail("KISAO:%s is %s; there are: %s", number,
      other and ("no algorithm but the term of a parameter (%s)"):format(other) or "no algorithm that is known here",
      available())
  end
  if rank[policy] < rank[found.policy] then
    say.fail("KISAO:%s (%s) is not here, and the policy %s lets nothing stand in for it; there are: %s", number,
      found.name, policy, available())
  end
  if steady and found.method == "ode" and rank[policy] >= rank.SIMILAR_VARIABLES then
    found = { method = "steady", runs = NEWTON, name = found.name }
  end
  if found.runs ~= number then
    say.warn("KISAO:%s (%s): KISAO:%s (%s) runs for it", number, found.name, found.runs, algorithms[found.runs].name)
  end
  return { method = found.method, kisao = "KISAO_" .. found.runs, name = algorithms[found.runs].name },
    read_parameters(node, found, policy == "NONE")
end

return kisao
