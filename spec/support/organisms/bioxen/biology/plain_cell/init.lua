local plain_cell = { functions = {} }

function plain_cell.build(_, process)
  process "decay" {
    species = { A = 100 },
    parameters = { k = 0.1 },
    reactions = { { "A ->", k = "k", name = "decay" } },
  }
end

function plain_cell.metrics(cell)
  return { A = cell:get "A" }
end

function plain_cell.functions.doubled(cell, name)
  return 2 * cell:get(name)
end

return plain_cell
