--- Numbers as axes show them.

local decimal = require "bioxen.decimal"

local numbers = {}

local raised = { ["0"] = "⁰", ["1"] = "¹", ["2"] = "²", ["3"] = "³", ["4"] = "⁴", ["5"] = "⁵", ["6"] = "⁶",
  ["7"] = "⁷", ["8"] = "⁸", ["9"] = "⁹", ["-"] = "⁻" }

local function power(exponent, plain)
  if plain then return "e" .. exponent end
  return "×10" .. tostring(exponent):gsub(".", raised)
end

local function with_commas(text)
  local sign, whole, rest = text:match "^(%-?)(%d+)(.*)$"
  if #whole < 5 then return text end
  whole = whole:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return sign .. whole .. rest
end

-- How many decimals show every multiple of the step.
local function decimals_of(step)
  for decimals = 0, 12 do
    local scaled = step*10.0^decimals
    if math.abs(scaled - math.floor(scaled + 0.5)) < 1e-6*scaled then return decimals end
  end
  return 12
end

local function fixed(value, decimals)
  local text = decimal("%." .. decimals .. "f", value)
  if tonumber(text) == 0 then text = text:gsub("^%-", "") end
  return with_commas(text)
end

--- Labels of values on a linear axis that are multiples of `step`; `plain`: in ASCII.
function numbers.linear(values, step, plain)
  local largest, labels = 0, {}
  for _, value in ipairs(values) do largest = math.max(largest, math.abs(value)) end
  local exponent = largest > 0 and math.floor(math.log(largest, 10) + 1e-9) or 0
  local factored = exponent >= 6 or exponent < -3
  if factored and exponent > -300 then exponent = exponent - exponent % 3 end
  local unit = factored and 10.0^exponent or 1
  if factored and exponent < 12 and decimals_of(step/unit) > 4 then
    factored, unit = false, 1
  end
  local decimals = decimals_of(step/unit)
  for i, value in ipairs(values) do
    labels[i] = fixed(value/unit, decimals)
    if factored then labels[i] = labels[i] .. power(exponent, plain) end
    if value == 0 then labels[i] = "0" end
  end
  return labels
end

--- Labels of values on a logarithmic axis: 0.01, 1, 100, or, where they go far, 10⁻⁶.
function numbers.logarithmic(values, plain)
  local labels, far = {}, false
  for _, value in ipairs(values) do far = far or value > 1.5e5 or value < 0.9e-3 end
  for i, value in ipairs(values) do
    local exponent = math.floor(math.log(value, 10) + 1e-9)
    local digit = math.floor(value/10.0^exponent + 0.5)
    if not far then
      labels[i] = fixed(value, math.max(0, -exponent))
    elseif digit == 1 and not plain then
      labels[i] = power(exponent):sub(#"×" + 1)
    else
      labels[i] = digit .. power(exponent, plain)
    end
  end
  return labels
end

--- A value by itself, with three digits or so.
function numbers.single(value)
  if value ~= value then return "nan" end
  if value == math.huge or value == -math.huge then return tostring(value) end
  if value == 0 then return "0" end
  local size = math.abs(value)
  if size >= 1e6 or size < 1e-3 then return (decimal("%.2e", value):gsub("e([+-])0*", "e%1"):gsub("e%+", "e")) end
  if value == math.floor(value) then return with_commas(("%d"):format(value)) end
  local decimals = math.max(0, 2 - math.floor(math.log(size, 10)))
  return with_commas((decimal("%." .. decimals .. "f", value):gsub("(%.%d-)0+$", "%1"):gsub("%.$", "")))
end

return numbers
