--- The whole cell as the organism offers it. Its modules are read when it is first asked for: other cells do without.

local whole = {}

local function from(module, name)
  return function(...) return require(module)[name](...) end
end

--- Whether the cell is the whole one.
function whole.is_here(cell)
  return (pcall(cell.get, cell, "per_mM"))
end

local answers = {
  metrics = from("syn3a.whole_cell", "metrics"),
  usage = from("syn3a.whole_cell", "usage"),
  allocate = from("syn3a.whole_changes", "allocate"),
  set_medium = from("syn3a.whole_changes", "set_medium"),
}

--- The function `name` for cells that are whole, `otherwise` for others.
function whole.choose(name, otherwise)
  return function(cell, ...)
    return (whole.is_here(cell) and answers[name] or otherwise)(cell, ...)
  end
end

--- The function `name` for cells that are not whole, and an error for those that are.
function whole.refuse(name, otherwise)
  return function(cell, ...)
    if whole.is_here(cell) then
      error(name .. ": this is of the model of expression alone; in a whole cell see docs/syn3a.md", 2)
    end
    return otherwise(cell, ...)
  end
end

whole.switch = from("syn3a.whole_changes", "switch")

--- What scripts call as methods of the cell.
whole.functions = {
  begin_whole_cell = from("syn3a.whole_cell", "begin"),
  live = from("syn3a.whole_cell", "live"),
  set_promoters = from("syn3a.whole_changes", "set_promoters"),
  knock_out = from("syn3a.whole_changes", "knock_out"),
  add_gene = from("syn3a.whole_changes", "add_gene"),
  gene_role = from("syn3a.whole_roles", "role"),
  divide_whole_cell = from("syn3a.whole_changes", "divide"),
}

return whole
