-- `bioxen steady`: the steady states of a model in SBML, and what they answer to, without writing Lua.

local bioxen = require "bioxen"
local ending = require "bioxen.ending"
local json = require "bioxen.cli.json"
local models = require "bioxen.cli.models"
local plot_options = require "bioxen.plot.options"
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

-- ---- branches ----

-- "k=0,10"
local function parse_range(text)
  local name, from, to = text:match "^(.+)=([^,]+),([^,]+)$"
  from, to = tonumber(from), tonumber(to)
  if from and to and from < to then return { parameter = name, from = from, to = to } end
  return nil, ("--along: NAME=FROM,TO expected, got '%s'"):format(text)
end

-- A line a point: the branch, the parameter, whether it is stable, what point it is, then the species.
local function table_of_branches(result, names)
  local lines = { table.concat({ "branch", result.parameter, "stable", "point", table.unpack(names) }, ",") }
  for number, branch in ipairs(result.branches) do
    local kinds = {}
    for _, point in ipairs(branch.points) do kinds[point.index] = point.kind end
    for i, parameter in ipairs(branch.parameter) do
      local cells = { number, ("%.12g"):format(parameter), branch.stable[i] and 1 or 0, kinds[i] or "" }
      for _, name in ipairs(names) do cells[#cells + 1] = ("%.12g"):format(branch.state[name][i]) end
      lines[#lines + 1] = table.concat(cells, ",")
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function tell_points(result)
  for number, branch in ipairs(result.branches) do
    say.note(("branch %d: %d points; ends: %s; %s"):format(number, #branch.parameter, branch.ends[1], branch.ends[2]))
    for _, point in ipairs(branch.points) do
      local period = point.period and (", period %.6g"):format(point.period) or ""
      say.note(("  %s at %s = %.9g%s"):format(point.kind, result.parameter, point.parameter, period))
    end
  end
end

local function write_branches(result, loaded, vm, options)
  local wanted, err = models.recorded(vm, loaded, options.record, "--record")
  if err then return nil, err end
  wanted = wanted or sorted_keys(result.branches[1].state)
  if not options.quiet then tell_points(result) end
  local path = options.out
  if options.plot or path and plot_options.format(path) then
    return bioxen.plot { branches = result, names = wanted, file = path }
  end
  if ending.wants_json(options) then return source.write(json.encode(result) .. "\n", path) end
  return source.write(table_of_branches(result, wanted), path, ",")
end

-- ---- the command ----

-- The method of the cell that answers, and its options.
local function question(vm, loaded, options)
  local search = { method = options.method, tolerance = options.tolerance, horizon = options.horizon,
    max_steps = options.max_steps, seed = options.seed }
  if options.laws then return "conservation", nil end
  if options.response then
    local names, err = models.recorded(vm, loaded, options.response, "--response")
    if not names then return nil, err end
    search.parameters = names
  end
  if options.control or options.response then return "control", search end
  search.starts = options.starts
  if options.along then
    local range, err = parse_range(options.along)
    if not range then return nil, err end
    search.parameter = models.cell_name(loaded, range.parameter)
    search.from, search.to = range.from, range.to
    return "continuation", search
  end
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
  if method == "continuation" then
    local written, err = write_branches(result, loaded, vm, options)
    return written and say.DONE or say.failed(err)
  end
  local text, mark
  if ending.wants_json(options) then
    result.warnings = json.list(loaded.warnings)
    json.list(result.laws or result.others or {})
    text = json.encode(result) .. "\n"
  else
    text, mark = as_text(result, loaded, options), "\t"
    if not options.laws then tell(result.steady_state or result, options.quiet) end
  end
  local written, err = source.write(text, options.out, mark)
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
    { "--along", "Branches of steady states along a parameter instead, as in k=0,10: folds, Hopf points and branch "
      .. "points go to standard error.", value = "RANGE" },
    { "--record", "There: what to write or draw, with commas between (default: the model's species).", value = "NAMES",
      list = true },
    { "--plot", "There: a chart; --out with .png, .svg, .pdf or .html is one." },
    { "--json", "All of it, in JSON." },
    { "--strict", "What the reader would warn of is an error." },
    { "--out", "Write to this file; .json says what it is to be.", value = "FILE",
      endings = ending.any(ending.tables, "json", ending.pictures) },
    { "--quiet -q", "No progress, and the numbers alone." },
  },
  either = { { "--fluxes", "--laws", "--control", "--response", "--along" }, { "--json", "--plot" },
    { "--starts", "--control" },
    { "--starts", "--response" }, { "--starts", "--laws" } },
  examples = {
    { "bioxen steady model.xml", "where the model comes to rest" },
    { "bioxen steady model.xml --starts 100 --json", "all states that a hundred starts find, with their Jacobians" },
    { "bioxen steady model.xml --along k=0,10 --record S --out branches.svg", "a bifurcation diagram" },
    { "bioxen steady model.xml.gz --control", "which reaction controls which flux" },
  },
  run = function(options)
    if not options.along and (options.record or options.plot) then
      return nil, "options '--record' and '--plot' are for '--along'"
    end
    if not options.along and options.out and plot_options.format(options.out) then
      return nil, ("--out: a picture, as %s, is of '--along'"):format(options.out)
    end
    return steady(options)
  end,
}
