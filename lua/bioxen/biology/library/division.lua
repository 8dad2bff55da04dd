--- Division: a mother's molecules go to two daughters, as chance has it.

local division = {}

-- How many of n molecules go to one side, each with the chance 1/2.
local function half_of(n)
  local count = 0
  for left = n, 1, -63 do
    local bits = math.random(0) >> (left < 63 and 64 - left or 1)
    while bits ~= 0 do
      bits = bits & (bits - 1)
      count = count + 1
    end
  end
  return count
end

-- The same of a number that need not be whole: of the rest each gets half.
local function part_of(n)
  local whole = math.floor(n)
  return half_of(math.tointeger(whole)) + (n - whole)/2
end

--- As share_out, of a cell whose species are those of a cell of a constant size, which growth dilutes: when it divides
-- it is of twice the size, and has twice as much. Of numbers that are not whole all whole molecules go by chance.
function division.share_out_diluted(cell, undivided)
  local own, other, both = {}, {}, {}
  for _, name in ipairs(undivided) do both[name] = true end
  for _, name in ipairs(cell:species()) do
    local all = cell:get(name)
    own[name] = both[name] and all or part_of(2*all)
    other[name] = both[name] and all or 2*all - own[name]
  end
  cell:set(own)
  return other
end

--- The cell becomes one daughter; returns the molecules of the other, by species, as cell:set takes them. Of a species
-- with a whole number of molecules each goes to one of them, with the same chance; of others, as solvers of ODEs leave
-- them, each gets half. `undivided` lists species that both have as the mother had them, such as what is outside.
function division.share_out(cell, undivided)
  local own, other, both = {}, {}, {}
  for _, name in ipairs(undivided or {}) do both[name] = true end
  for _, name in ipairs(cell:species()) do
    local all = cell:get(name)
    local whole = math.tointeger(all)
    if both[name] then own[name] = all
    else own[name] = whole and half_of(whole) or all/2 end
    other[name] = both[name] and all or all - own[name]
  end
  cell:set(own)
  return other
end

return division
