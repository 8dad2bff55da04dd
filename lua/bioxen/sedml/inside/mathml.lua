-- MathML over numbers and arrays: { shape, v1, v2, … } with the last axis fastest. Numbers spread over arrays.

local exchange = require "exchange"
local say = require "sedml.say"
local text = require "sedml.text"

local mathml = {}

local evaluate

-- ---- element by element ----

local function is_array(x)
  return type(x) == "table"
end

local function same_shape(a, b)
  if #a.shape ~= #b.shape then return false end
  for i, length in ipairs(a.shape) do
    if b.shape[i] ~= length then return false end
  end
  return true
end

local function shape_text(array)
  return #array.shape > 0 and table.concat(array.shape, " x ") or "1"
end

-- The array whose shape the result has; nil where all are numbers. An array of one value is taken for a number beside
-- larger ones.
local function leader(values)
  local first
  for i, value in ipairs(values) do
    if is_array(value) then
      if not first or #first == 1 and #value > 1 then
        first = value
      elseif #value > 1 and not same_shape(first, value) then
        say.fail("arrays of different shapes, %s and %s, meet in a formula", shape_text(first), shape_text(values[i]))
      end
    end
  end
  return first
end

--- f of each element of some values.
function mathml.map(f, values)
  local first = leader(values)
  if not first then return f(table.unpack(values)) end
  local result, one = { shape = first.shape }, {}
  for i = 1, #first do
    for j, value in ipairs(values) do one[j] = is_array(value) and (value[i] or value[1]) or value end
    result[i] = f(table.unpack(one, 1, #values))
  end
  return result
end

local map = mathml.map

-- ---- functions ----

local function number(truth)
  return truth and 1.0 or 0.0
end

local function power(x, y)
  return x^y
end

local function root(x, degree)
  if degree == 2 then return math.sqrt(x) end
  if x < 0 and degree % 2 == 1 then return -(-x)^(1/degree) end
  return x^(1/degree)
end

local function logarithm(x, base)
  return base == 10 and math.log(x, 10) or math.log(x)/math.log(base)
end

local function factorial(n)
  if n ~= n or n < 0 or n % 1 ~= 0 then return 0/0 end
  local product = 1.0
  for i = 2, math.min(n, 171) do product = product*i end
  return product
end

local function truncate(x)
  return x < 0 and math.ceil(x) + 0.0 or math.floor(x) + 0.0
end

local function whole(f)
  return function(x) return x - x == 0 and f(x) + 0.0 or x end
end

local function sinh(x) return (math.exp(x) - math.exp(-x))/2 end
local function cosh(x) return (math.exp(x) + math.exp(-x))/2 end
local function tanh(x)
  if x > 20 then return 1.0 elseif x < -20 then return -1.0 end
  return sinh(x)/cosh(x)
end
local function arcsinh(x) return x < 0 and -math.log(-x + math.sqrt(x*x + 1)) or math.log(x + math.sqrt(x*x + 1)) end
local function arccosh(x) return math.log(x + math.sqrt(x*x - 1)) end
local function arctanh(x) return math.log((1 + x)/(1 - x))/2 end

local function inverse(f)
  return function(x) return 1/f(x) end
end

local function of_inverse(f)
  return function(x) return f(1/x) end
end

-- Of one argument.
local functions = {
  abs = math.abs, exp = math.exp, ln = math.log, factorial = factorial,
  floor = whole(math.floor), ceiling = whole(math.ceil),
  sin = math.sin, cos = math.cos, tan = math.tan, sinh = sinh, cosh = cosh, tanh = tanh,
  sec = inverse(math.cos), csc = inverse(math.sin), cot = inverse(math.tan),
  sech = inverse(cosh), csch = inverse(sinh), coth = inverse(tanh),
  arcsin = math.asin, arccos = math.acos, arctan = math.atan,
  arcsinh = arcsinh, arccosh = arccosh, arctanh = arctanh,
  arcsec = of_inverse(math.acos), arccsc = of_inverse(math.asin), arccot = of_inverse(math.atan),
  arcsech = of_inverse(arccosh), arccsch = of_inverse(arcsinh), arccoth = of_inverse(arctanh),
  ["not"] = function(x) return number(x == 0) end,
}

-- Of two arguments.
local pairs_of = {
  divide = function(x, y) return x/y end,
  power = power,
  quotient = function(x, y) return truncate(x/y) end,
  rem = function(x, y) return y == 0 and 0/0 or math.fmod(x, y) end,
  neq = function(x, y) return number(x ~= y) end,
  implies = function(x, y) return number(x == 0 or y ~= 0) end,
}

local function least(x, y) return (x ~= x or x < y) and x or y end
local function greatest(x, y) return (x ~= x or x > y) and x or y end

-- Of any number of arguments, one after the other, beginning with the second value.
local folds = {
  plus = { function(x, y) return x + y end, 0.0 },
  times = { function(x, y) return x*y end, 1.0 },
  min = { least },
  max = { greatest },
  ["and"] = { function(x, y) return number(x ~= 0 and y ~= 0) end, 1.0 },
  ["or"] = { function(x, y) return number(x ~= 0 or y ~= 0) end, 0.0 },
  xor = { function(x, y) return number((x ~= 0) ~= (y ~= 0)) end, 0.0 },
}

-- Each with the next.
local relations = {
  eq = function(x, y) return x == y end,
  lt = function(x, y) return x < y end,
  gt = function(x, y) return x > y end,
  leq = function(x, y) return x <= y end,
  geq = function(x, y) return x >= y end,
}

-- Of a whole array, without what is not a number.
local wholes = {
  min = { least },
  max = { greatest },
  sum = { function(x, y) return x + y end, 0.0 },
  product = { function(x, y) return x*y end, 1.0 },
}

local constants = { pi = math.pi, exponentiale = math.exp(1), infinity = math.huge, notanumber = 0/0,
  ["true"] = 1.0, ["false"] = 0.0 }

-- ---- nodes ----

local function arguments_of(nodes, names)
  local values = {}
  for i = 2, #nodes do
    local name = nodes[i]:name()
    if name ~= "degree" and name ~= "logbase" then values[#values + 1] = evaluate(nodes[i], names) end
  end
  return values
end

-- <degree> or <logbase>, where it is given.
local function qualifier(nodes, wanted, usual, names)
  for _, node in ipairs(nodes) do
    if node:name() == wanted then return evaluate(node:children()[1] or node, names) end
  end
  return usual
end

local function expect(values, least_count, most, what)
  if #values < least_count or #values > most then
    say.fail("MathML: <%s> has %d arguments", what, #values)
  end
end

-- A random number, of the run's seed: one of numbers, of arrays one for each element.
local function draw(name, values)
  return map(function(...)
    local drawn, mistake = exchange.draw(name, math.random(), ...)
    if not drawn then say.fail("MathML: %s", mistake) end
    return drawn
  end, values)
end

local function symbol(node, values)
  local url = node:attribute "definitionURL" or ""
  local distribution = url:match "^http://www%.sbml%.org/sbml/symbols/distrib/(%a+)$"
  if distribution then return draw(distribution, values) end
  local name = url:match "sed%-ml%.org/#(%a+)$"
  local rule = wholes[name or ""]
  if not rule then
    say.fail("MathML: the csymbol \"%s\" (%s) is not known; there are #min, #max, #sum and #product of sed-ml.org, "
      .. "and the distributions of http://www.sbml.org/sbml/symbols/distrib/", text.content(node), url)
  end
  expect(values, 1, 1, name)
  local result
  for _, x in ipairs(is_array(values[1]) and values[1] or values) do
    if x == x then result = result and rule[1](result, x) or x end
  end
  return result or rule[2] or 0/0
end

local function fold(rule, values, what)
  expect(values, rule[2] and 0 or 1, math.huge, what)
  local result = values[1] or rule[2]
  if #values == 1 and rule[2] and what ~= "plus" and what ~= "times" then return map(rule[1], { rule[2], result }) end
  for i = 2, #values do result = map(rule[1], { result, values[i] }) end
  return result
end

local function relate(relation, values, what)
  expect(values, 2, math.huge, what)
  return map(function(...)
    local list = { ... }
    for i = 2, #list do
      if not relation(list[i - 1], list[i]) then return 0.0 end
    end
    return 1.0
  end, values)
end

local function apply(node, names)
  local nodes = node:children()
  if #nodes == 0 then say.fail "MathML: <apply> is empty" end
  local what, values = nodes[1]:name(), arguments_of(nodes, names)
  if what == "csymbol" then return symbol(nodes[1], values) end
  if what == "minus" then
    expect(values, 1, 2, what)
    if #values == 1 then return map(function(x) return -x end, values) end
    return map(function(x, y) return x - y end, values)
  elseif what == "root" or what == "log" then
    expect(values, 1, 1, what)
    local second = what == "root" and qualifier(nodes, "degree", 2.0, names)
      or qualifier(nodes, "logbase", 10.0, names)
    return map(what == "root" and root or logarithm, { values[1], second })
  elseif functions[what] then
    expect(values, 1, 1, what)
    return map(functions[what], values)
  elseif pairs_of[what] then
    expect(values, 2, 2, what)
    return map(pairs_of[what], values)
  elseif folds[what] then
    return fold(folds[what], values, what)
  elseif relations[what] then
    return relate(relations[what], values, what)
  end
  say.fail("MathML: <%s> is not known", what)
end

-- value, condition, …, otherwise
local function piecewise(node, names)
  local values, otherwise = {}, 0/0
  for _, piece in ipairs(node:children()) do
    local inner = piece:children()
    if piece:name() == "piece" and #inner == 2 then
      values[#values + 1] = evaluate(inner[1], names)
      values[#values + 1] = evaluate(inner[2], names)
    elseif piece:name() == "otherwise" and #inner == 1 then
      otherwise = evaluate(inner[1], names)
    else
      say.fail "MathML: <piecewise> has <piece> of value and condition, and <otherwise>"
    end
  end
  values[#values + 1] = otherwise
  return map(function(...)
    local list = { ... }
    for i = 2, #list, 2 do
      if list[i] ~= 0 then return list[i - 1] end
    end
    return list[#list]
  end, values)
end

local function literal(node)
  local pieces, kind = node:pieces(), node:attribute "type" or "real"
  local a, b = text.number(pieces[1]), pieces[2] and text.number(pieces[2])
  if kind == "e-notation" and a and b then
    return tonumber(("%se%s"):format(text.trim(pieces[1]), text.trim(pieces[2]))) or a*10^b
  elseif kind == "rational" and a and b then
    return a/b
  elseif (kind == "real" or kind == "integer" or kind == "double") and a and not b then
    return a
  end
  say.fail("MathML: line %d: \"%s\" is no number", node:line(), table.concat(pieces, " "))
end

--- The value of a node: a number or an array; names(id) tells what a name means, or nil.
function evaluate(node, names)
  local what = node:name()
  if what == "cn" then return literal(node) end
  if what == "ci" then
    local name = text.content(node)
    local value = names(name)
    if value == nil then say.fail("MathML: line %d: \"%s\" is no variable or parameter here", node:line(), name) end
    return value
  end
  if what == "apply" then return apply(node, names) end
  if what == "piecewise" then return piecewise(node, names) end
  if constants[what] then return constants[what] end
  local first = node:children()[1]
  if (what == "math" or what == "semantics") and first then return evaluate(first, names) end
  say.fail("MathML: line %d: <%s> is not known", node:line(), what)
end

--- The value of the <math> in an element.
function mathml.value(node, names)
  local math_node = text.child(node, "math")
  if not math_node then say.fail("line %d: <%s> has no <math>", node:line(), node:name()) end
  return evaluate(math_node, names)
end

--- One number.
function mathml.number(node, names)
  local value = mathml.value(node, names)
  if is_array(value) then
    if #value ~= 1 then say.fail("line %d: <%s> gives %d values, one expected", node:line(), node:name(), #value) end
    return value[1]
  end
  return value
end

--- The parameters of an element by their ids.
function mathml.parameters(node)
  local values = {}
  for _, parameter in ipairs(text.children(node, "listOfParameters", "parameter")) do
    values[text.of(parameter, "id")] = text.number_of(parameter, "value")
  end
  return values
end

return mathml
