--- Flux models and their reference values from the tables in ../shared/facts, as plain tables that
--- a VM takes as arguments. BIOXEN_FACTS names another folder.

local flux_tables = {}

local folder = os.getenv "BIOXEN_FACTS" or "../shared/facts"

--- Whether the tables are there.
function flux_tables.present()
  local file = io.open(folder .. "/e_coli_core_reactions.tsv")
  if file then file:close() end
  return file ~= nil
end

--- The text of a file of that folder.
function flux_tables.read(name)
  local file = assert(io.open(folder .. "/" .. name, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

--- The rows of a table, by the names in its first line.
function flux_tables.rows(name)
  local rows, names = {}, nil
  for line in flux_tables.read(name):gmatch("[^\n]+") do
    local row, i = {}, 0
    for value in (line .. "\t"):gmatch("(.-)\t") do
      i = i + 1
      row[names and names[i] or i] = value
    end
    if names then rows[#rows + 1] = row else names = row end
  end
  return rows
end

--- The argument of flux.model for a table of reactions; `objective` is a reaction.
function flux_tables.model(name, objective)
  local reactions = {}
  for i, row in ipairs(flux_tables.rows(name)) do
    local stoichiometry = {}
    for coefficient, metabolite in row.stoichiometry:gmatch("(%S-)%*(%S+)") do
      stoichiometry[metabolite] = tonumber(coefficient)
    end
    reactions[i] = { name = row.id, stoichiometry = stoichiometry, genes = row.gpr,
      lower = tonumber(row.lb), upper = tonumber(row.ub) }
  end
  return { reactions = reactions, objective = objective }
end

return flux_tables
