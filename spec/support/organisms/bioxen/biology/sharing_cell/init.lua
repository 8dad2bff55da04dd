local sharing_cell = {}

local held

function sharing_cell.build(_, process, _, resources)
  held = resources or {}
  process "growth" { species = { A = 0 }, parameters = { given = 0 }, reactions = { { "-> A", k = 1 } } }
end

function sharing_cell.allocate(cell, resources)
  if resources.ribosomes == 13 then error "13 ribosomes are unlucky" end
  held = resources
  cell:set("given", resources.ribosomes or 0)
end

function sharing_cell.metrics(cell)
  local all = { A = cell:get "A" }
  for name, value in pairs(held) do all[name] = value end
  return all
end

-- It keeps as many ribosomes busy as it has A, as far as there are.
function sharing_cell.usage(cell)
  return { ribosomes = math.min(cell:get "A", held.ribosomes or math.huge), memory_kb = 500 }
end

return sharing_cell
