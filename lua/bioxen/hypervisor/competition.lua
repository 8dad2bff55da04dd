--- How VMs that compete for a chassis share it in a quantum of hypervisor:run.

local competition = {}

--- What is shared out anew each quantum. Genome memory is held, whether a cell is busy or not.
competition.resources = { "ribosomes", "rna_polymerase", "atp_percentage" }

local whole = { ribosomes = true, rna_polymerase = true } -- molecules

-- A VM that uses this part of what it holds may want any amount more; others some more than they use.
local FULL, HEADROOM = 0.95, 1.25

--- What a VM wants, of what it held and used.
function competition.demand(held, used)
  if not used or not held or used >= FULL*held then return math.huge end
  return used*HEADROOM
end

-- Weighted max-min fairness: who wants less than its part has what it wants, and the others share the rest by weight
-- (progressive filling: Bertsekas & Gallager, Data Networks, 2nd ed., Prentice Hall 1992, 6.5.2). What nobody wants is
-- given by weight, too, so that a VM whose demand grows has it at once.
local function fill(requests, name, capacity)
  local shares, open, left, weights = {}, {}, capacity, 0
  for _, request in ipairs(requests) do
    if request.demand[name] then
      open[#open + 1] = request
      weights = weights + request.priority
    end
  end
  local all, total = open, weights
  -- By how much each wants for its weight: who comes first is full first.
  open = table.move(open, 1, #open, 1, {})
  table.sort(open, function(a, b)
    local of_a, of_b = a.demand[name]/a.priority, b.demand[name]/b.priority
    return of_a < of_b or of_a == of_b and a.vm_id < b.vm_id
  end)
  for _, request in ipairs(open) do
    local share = math.min(request.demand[name], left*request.priority/weights)
    shares[request.vm_id] = share
    left, weights = math.max(0, left - share), weights - request.priority
    if weights <= 0 then break end
  end
  for _, request in ipairs(all) do
    shares[request.vm_id] = (shares[request.vm_id] or 0) + left*request.priority/total
  end
  return shares
end

--- The default policy: requests = { { vm_id, priority, demand = { resource = amount }, … }, … } and a capacity by
-- resource give { vm_id = { resource = share } }. A resource that a VM's demand lacks it does not take part in.
function competition.policy(requests, capacity)
  local shares = {}
  for _, request in ipairs(requests) do shares[request.vm_id] = {} end
  for _, name in ipairs(competition.resources) do
    for vm_id, share in pairs(fill(requests, name, capacity[name])) do
      shares[vm_id][name] = whole[name] and math.floor(share) or share
    end
  end
  return shares
end

return competition
