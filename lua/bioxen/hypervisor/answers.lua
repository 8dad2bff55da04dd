--- What VMs and policies answer in a shared world is not believed before it is looked at.

local answers = {}

-- At most so many messages of a VM in a quantum, so many that wait for one, and so many bytes in one.
answers.MOST_POSTED, answers.MOST_WAITING, answers.MOST_BYTES = 256, 1024, 1 << 16

local ROUNDING = 1e-9
local MOST = 1e100 -- of growth in a quantum, gDW, L/h: what sums and products of many are numbers with

local function is_amount(value)
  return type(value) == "number" and value >= 0 and value < math.huge
end

-- Bytes of a plain value, roughly; nil for one that is too large or not plain.
local function size_of(value, left)
  local kind = type(value)
  if kind == "nil" or kind == "boolean" or kind == "number" then return 8 end
  if kind == "string" then return #value + 8 end
  if kind ~= "table" or getmetatable(value) then return nil end
  local size = 16
  for key, item in pairs(value) do
    local of_key, of_item = size_of(key, left - size), size_of(item, left - size)
    if not of_key or not of_item then return nil end
    size = size + of_key + of_item
    if size > left then return nil end
  end
  return size
end

--- What is wrong with a value that is to be a message, or nil.
function answers.problem_with_value(value)
  local size = size_of(value, answers.MOST_BYTES)
  if size and size <= answers.MOST_BYTES then return nil end
  return ("plain values of at most %d bytes expected"):format(answers.MOST_BYTES)
end

local function problem_with_amounts(amounts, what, part, lowest)
  if type(amounts) ~= "table" then return what .. " is no table" end
  for name, amount in pairs(amounts) do
    if not (part and part.concentrations[name]) then
      return ("%s: there is no pool %q"):format(what, tostring(name))
    elseif type(amount) ~= "number" or not (amount >= lowest(name) and amount < math.huge) then
      return ("%s: %s of %s, of which its part has %g mmol"):format(what, tostring(amount), name, -lowest(name))
    end
  end
end

-- What a part of a medium has of a pool, and is fed, in mmol, negative.
local function most_taken(part)
  return function(name)
    local fed = part.dilution*part.feed[name]*part.duration/3600
    return -(part.concentrations[name] + fed)*part.volumes[name]*(1 + ROUNDING)
  end
end

local function problem_with_posted(posted)
  if type(posted) ~= "table" or #posted > answers.MOST_POSTED then return "too many messages" end
  for i = 1, #posted do
    local message = posted[i]
    if type(message) ~= "table" or type(message.to) ~= "string" then return "a message to nobody" end
    local problem = answers.problem_with_value(message.value)
    if problem then return "a message to " .. message.to .. ": " .. problem end
  end
end

local function none() return 0 end

--- What is wrong with what a VM answers to a task, or nil.
function answers.problem_with(told, task)
  if type(told) ~= "table" then return "no answer" end
  local problem = problem_with_amounts(told.given, "exchange", task.part, task.part and most_taken(task.part))
    or problem_with_amounts(told.sent, "send", task.part, none)
    or problem_with_amounts(told.clears, "what it clears", task.part, none)
    or problem_with_posted(told.posted)
  if problem then return problem end
  if not is_amount(told.growth) or told.growth == 0 or told.growth > MOST then
    return ("its growth is no number above 0, of at most %g"):format(MOST)
  end
  if task.part and task.part.biomass*told.growth > MOST then
    return ("it has grown to more than %g gDW"):format(MOST)
  end
  for name, litres in pairs(told.clears) do
    if litres*math.max(1, told.growth) > MOST then return ("it clears more than %g L/h of %s"):format(MOST, name) end
  end
  if told.rate ~= nil and not (type(told.rate) == "number" and math.abs(told.rate) < math.huge) then
    return "its growth rate is no number"
  end
  if type(told.usage) ~= "table" then return "its usage is no table" end
  for name, used in pairs(told.usage) do
    if not is_amount(used) then return ("its usage of %s is no amount"):format(tostring(name)) end
  end
end

--- What is wrong with the shares of a policy, or nil.
function answers.problem_with_shares(shares, requests, capacity)
  if type(shares) ~= "table" then return "a table of shares expected, got a " .. type(shares) end
  local total = {}
  for _, request in ipairs(requests) do
    local of = shares[request.vm_id] or {}
    if type(of) ~= "table" then return ("shares of %q: a table expected, got a %s"):format(request.vm_id, type(of)) end
    for name, share in pairs(of) do
      if not capacity[name] or not is_amount(share) then
        return ("%s of %q: an amount of a resource expected, got %s"):format(tostring(name), request.vm_id,
          tostring(share))
      end
      total[name] = (total[name] or 0) + share
      if total[name] > capacity[name]*(1 + ROUNDING) then
        return ("%.15g of %s are given, where there are %.15g"):format(total[name], name, capacity[name])
      end
    end
  end
end

return answers
