-- `bioxen steady`: the steady states of a model in SBML, and what they answer to, without writing Lua.

local json = require "bioxen.cli.json"
local models = require "bioxen.cli.model"
local progress = require "bioxen.cli.progress"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"
local sorted_keys = require "bioxen.sorted_keys"

-- Runs in the VM: { result } or { why }.
local in_the_vm = [[
  local result, err = cell[args.method](cell, args.options)
  return result and { result = result } or { why = err.message }]]

local function ask(vm, method, options)
  local answer, err = vm:execute_biological_process(in_the_vm,
    { args = { method = method, options = options }, name = "steady" })
  if not answer then return nil, err end
  return answer.result.result, answer.result.why
end

local function table_of(rows, names, columns)
  local lines = { "\t" .. table.concat(columns, "\t") }
  for _, name in ipairs(names) do
    local cells = { name }
    for i, column in ipairs(columns) do
      local number = rows[name][column]
      cells[i + 1] = number and ("%.9g"):format(number) or ""
    end
    lines[#lines + 1] = table.concat(cells, "\t")
  end
  return table.concat(lines, "\n") .. "\n"
end

-- ---- states ----

local function states_of(found)
  local states = { found }
  for i, other in ipairs(found.others or {}) do states[i + 1] = other end
  return states
end

-- A line a species or reaction, a column a state.
local function table_of_states(found, names, field)
  local lines = {}
  for i, name in ipairs(names) do
    local cells = { name }
    for k, state in ipairs(states_of(found)) do cells[k + 1] = ("%.12g"):format(state[field][name]) end
    lines[i] = table.concat(cells, "\t")
  end
  return table.concat(lines, "\n") .. "\n"
end

local function tell(found, quiet)
  for i, state in ipairs(states_of(found)) do
    local first = state.eigenvalues[1]
    local largest = not first and "" or first.imaginary == 0 and (", largest eigenvalue %.4g"):format(first.real)
      or (", largest eigenvalues %.4g ± %.4g i"):format(first.real, math.abs(first.imaginary))
    if not quiet then
      say.note(("state %d: %s%s; by %s, residual %.2g")
        :format(i, state.stability, largest, state.method, state.residual))
    end
    if state.note then say.note("bioxen: warning: " .. state.note) end
  end
end

local function as_text(result, loaded, options)
  if options.laws then
    local lines = {}
    for i, law in ipairs(result.laws) do
      local terms = {}
      for _, name in ipairs(sorted_keys(law.species)) do
        local coefficient = law.species[name]
        terms[#terms + 1] = coefficient == 1 and name or ("%.9g %s"):format(coefficient, name)
      end
      lines[i] = ("%s = %.12g\n"):format(table.concat(terms, " + "):gsub("%+ %-", "- "), law.total)
    end
    return table.concat(lines)
  end
  if options.control then return table_of(result.flux_control, result.reactions, result.reactions) end
  if options.response then
    return table_of(result.concentration_response, result.species, result.parameters)
      .. table_of(result.flux_response, result.reactions, result.parameters)
  end
  if options.fluxes then return table_of_states(result, sorted_keys(result.fluxes), "fluxes") end
  return table_of_states(result, #loaded.species > 0 and loaded.species or result.species, "state")
end

-- ---- the command ----

-- The method of the cell that answers, and its options.
local function question(vm, loaded, options)
  local search = { method = options.method, tolerance = options.tolerance, horizon = options.horizon,
    max_steps = options.max_steps, seed = options.seed }
  if options.laws then return "conservation", nil end
  if options.response then
    local names, err = models.cell_names(vm, loaded, options.response)
    if not names then return nil, err end
    search.parameters = names
  end
  if options.control or options.response then return "control", search end
  search.starts = options.starts
  return "steady_state", search
end

local function steady(options)
  progress.begin(options)
  local vm <close>, loaded = models.open("steady", options)
  if not vm then return say.failed(loaded) end
  local method, how = question(vm, loaded, options)
  if not method then return say.failed(how) end
  local result, why = ask(vm, method, how)
  if not result then return say.failed(why) end
  local text
  if options.json then
    result.warnings = json.list(loaded.warnings)
    json.list(result.laws or result.others or {})
    text = json.encode(result) .. "\n"
  else
    text = as_text(result, loaded, options)
    if not options.laws then tell(result.steady_state or result, options.quiet) end
  end
  local written, err = source.write(text, options.out)
  return written and say.DONE or say.failed(err)
end

return {
  name = "steady",
  summary = "steady states of a model in SBML, and what they answer to",
  description = "Find where a model in SBML comes to rest, and write the value of each species there, a line each, "
    .. "name and number apart by a tab. Whether the state is stable goes to standard error, and what the model does "
    .. "instead where it does not come to it.",
  arguments = { { "MODEL", "A file in SBML, also compressed (.gz, .bz2) or in an archive (.zip, .omex); - reads "
    .. "standard input." } },
  options = {
    { "--set", "Values before, as in k=0.2,S=10.", value = "LIST", list = true },
    { "--method", "Newton's method from the initial state alone, or the course alone (default: along the course until "
      .. "Newton's method takes over).", value = "METHOD", choices = { "newton", "integration" } },
    { "--starts", "Search from so many states, the others random with the same conserved totals: a column a state "
      .. "that is found.", value = "N", number = { integer = true, minimum = 1 } },
    { "--seed", "Of these.", value = "N", number = { integer = true, minimum = 0 } },
    { "--tolerance", "The largest net change of a species beside its turnover (default 1e-9).", value = "X",
      number = { above = 0 } },
    { "--horizon", "Time that the course may take.", value = "TIME", number = { above = 0 } },
    { "--max-steps", "Of the solver while the course gets a thousand times as long.", value = "N",
      number = { integer = true, minimum = 1 } },
    { "--fluxes", "The flux of each reaction instead." },
    { "--laws", "The conservation laws instead, with their totals." },
    { "--control", "Flux control coefficients instead: of the flux of each row by the reaction of each column. --json "
      .. "has elasticities and concentrations too." },
    { "--response", "How species and fluxes answer to these parameters instead, scaled.", value = "NAMES",
      list = true },
    { "--json", "All of it, in JSON." },
    { "--strict", "What the reader would warn of is an error." },
    { "--out", "Write to this file.", value = "FILE" },
    { "--quiet -q", "No progress, and the numbers alone." },
  },
  either = { { "--fluxes", "--laws", "--control", "--response" }, { "--starts", "--control" },
    { "--starts", "--response" }, { "--starts", "--laws" } },
  examples = {
    { "bioxen steady model.xml", "where the model comes to rest" },
    { "bioxen steady model.xml --starts 100 --json", "all states that a hundred starts find, with their Jacobians" },
    { "bioxen steady model.xml.gz --control", "which reaction controls which flux" },
  },
  run = steady,
}
