-- `bioxen fba`: flux balance of a model in SBML, or in cobrapy's JSON or YAML, without writing Lua.

local bioxen = require "bioxen"
local ending = require "bioxen.ending"
local json = require "bioxen.cli.json"
local models = require "bioxen.cli.models"
local progress = require "bioxen.cli.progress"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"
local sbml = require "bioxen.model.sbml"
local nearest = require "bioxen.nearest"
local sorted_keys = require "bioxen.sorted_keys"

-- Runs in the VM. A name that the model does not have comes back as { unknown = "reaction 'X'", word = "X",
-- of = { … } }.
local in_the_vm = [[
local model, objective = flux["load_" .. args.form](args.text, { objective = args.objective, strict = args.strict })
local all = model:reactions()

-- A function that gives the id that a name stands for, which may be without the prefix that SBML wants of it, or nil.
local function ids_of(list, prefix)
  local there = {}
  for _, name in ipairs(list) do there[name] = name end
  return function(name) return there[name] or there[prefix .. name] end
end
local reaction_of, gene_of = ids_of(all, "R_"), ids_of(model:genes(), "G_")

local function unknown(kind, name, names)
  return { unknown = ("%s '%s'"):format(kind, name), word = name, of = names }
end

if args.reaction then
  objective = reaction_of(args.reaction)
  if not objective then return unknown("reaction", args.reaction, all) end
  model:set_objective(objective, args.sense)
elseif args.sense then
  model:set_objective(model:objective(), args.sense)
end
for _, bound in ipairs(args.bounds) do
  local reaction = reaction_of(bound.reaction)
  if not reaction then return unknown("reaction", bound.reaction, all) end
  model:set_bounds(reaction, bound.lower, bound.upper)
end

local without = { genes = {}, reactions = {} }
for _, name in ipairs(args.without) do
  local gene, reaction = gene_of(name), reaction_of(name)
  if not gene and not reaction then
    return unknown("gene or reaction", name, table.move(model:genes(), 1, #model:genes(), #all + 1, all))
  end
  table.insert(gene and without.genes or without.reactions, gene or reaction)
end

local answer = { objective = objective, genes = #model:genes(), reactions = #all, warnings = model.warnings }
if args.medium then
  answer.status, answer.medium = "optimal", model:medium()
  return answer
end
if args.write then
  model:disable(without)
  answer.text, answer.losses = model["to_" .. args.write](model)
  answer.metabolites = #model:metabolites()
  return answer
end
if next((model:objective())) == nil and not args.variability then return answer end

local near = args.moma and model.moma or args.room and model.room
local reference
if near then
  reference = model:parsimonious().fluxes -- before anything is knocked out
  if not reference then near = nil end
end
model:disable(without)
local solution
if near then solution = near(model, { reference = reference, linear = args.linear })
elseif args.loopless and not args.variability then solution = model:loopless()
elseif args.parsimonious then solution = model:parsimonious()
else solution = model:optimise() end
answer.status, answer.value = solution.status, solution.objective
if solution.status ~= "optimal" then
  local told, why = pcall(model.diagnose, model)
  answer.why = told and why or nil
  return answer
end
if args.essential then
  answer.essential = model:essential_genes { fraction = args.fraction }
elseif args.variability then
  answer.ranges = model:variability { fraction = args.fraction, loopless = args.loopless,
    pfba_factor = args.pfba_factor }
elseif args.minimal_medium then
  answer.minimal, answer.status = model:minimal_medium { min_objective_value = args.reach or solution.objective,
    minimise_components = args.components }
  answer.status = answer.status or "optimal"
elseif args.summary then
  answer.summary = model:summary { fraction = args.fraction }
elseif args.metabolite then
  local metabolites = model:metabolites()
  local metabolite = ids_of(metabolites, "M_")(args.metabolite)
  if not metabolite then return unknown("metabolite", args.metabolite, metabolites) end
  answer.summary = model:metabolite_summary(metabolite)
elseif args.envelope then
  local along = {}
  for i, name in ipairs(args.envelope) do
    along[i] = reaction_of(name)
    if not along[i] then return unknown("reaction", name, all) end
  end
  answer.along = along
  answer.envelope = model:production_envelope { reactions = along, points = args.points }
else
  answer.fluxes, answer.total_flux = solution.fluxes, solution.total_flux
  answer.distance, answer.changes = solution.distance, solution.changes
  answer.shadow_prices, answer.reduced_costs = solution.shadow_prices, solution.reduced_costs
end
return answer]]

-- "R=-10,1000", "R=0"
local function parse_bound(text)
  local name, lower, upper = text:match "^(.+)=([^,]+),([^,]+)$"
  if not name then
    name, lower = text:match "^(.+)=([^,]+)$"
    upper = lower
  end
  lower, upper = tonumber(lower), tonumber(upper)
  if not (lower and upper) then return nil end
  return { reaction = name, lower = lower, upper = upper }
end

-- The form of a file by its name, or nil.
local function form_of(path)
  local name = path:lower():gsub("%.gz$", ""):gsub("%.bz2$", "")
  if name:find "%.json$" then return "json"
  elseif name:find "%.ya?ml$" then return "yaml"
  elseif name:find "%.xml$" or name:find "%.sbml$" then return "sbml" end
end

-- What asks for more than the model itself.
local solved = { "pfba", "variability", "essential", "medium", "minimal_medium", "summary", "metabolite", "envelope",
  "moma", "room", "loopless", "shadow_prices", "reduced_costs", "json", "out" }

local function arguments(options, text)
  local form = form_of(options.model) or "sbml"
  if form ~= "sbml" and options.objective then
    return nil, "--objective: a model in JSON or YAML has one objective alone"
  end
  local args = { form = form, write = options.write and form_of(options.write), text = text,
    reaction = options.maximise or options.minimise, objective = options.objective,
    sense = options.maximise and "maximise" or options.minimise and "minimise" or nil, bounds = {},
    without = options.knock_out or {}, essential = options.essential, variability = options.variability,
    parsimonious = options.pfba, fraction = options.fraction, pfba_factor = options.pfba_factor,
    strict = options.strict, medium = options.medium,
    minimal_medium = options.minimal_medium, components = options.components, reach = options.reach,
    summary = options.summary, metabolite = options.metabolite, envelope = options.envelope, points = options.points,
    moma = options.moma, room = options.room, linear = options.linear, loopless = options.loopless }
  if options.write and (not args.write or options.write:lower():find "%.[gb]z2?$") then
    return nil, ("--write: a name that ends with .xml, .sbml, .json, .yml or .yaml expected, got '%s'")
      :format(options.write)
  end
  for _, name in ipairs(options.write and solved or {}) do
    if options[name] then
      return nil, ("--write: nothing is solved: no --%s with it"):format((name:gsub("_", "-")))
    end
  end
  for i, bound in ipairs(options.bound) do
    args.bounds[i] = parse_bound(bound)
    if not args.bounds[i] then return nil, ("--bound: REACTION=LOWER,UPPER expected, got '%s'"):format(bound) end
  end
  return args
end

-- ---- output ----

local function table_of_ranges(answer)
  local lines = {}
  for _, name in ipairs(sorted_keys(answer.ranges)) do
    local range = answer.ranges[name]
    lines[#lines + 1] = ("%s\t%.9g\t%.9g"):format(name, range.minimum, range.maximum)
  end
  return lines
end

local function table_of_numbers(numbers, all)
  local lines = {}
  for _, name in ipairs(sorted_keys(numbers)) do
    if all or math.abs(numbers[name]) > 1e-9 then lines[#lines + 1] = ("%s\t%.9g"):format(name, numbers[name]) end
  end
  return lines
end

-- "uptake", a reaction, its metabolite or its part in percent, its flux, and its range if that is there.
local function table_of_shares(summary)
  local lines = {}
  for _, kind in ipairs { "uptake", "secretion", "producing", "consuming" } do
    for _, share in ipairs(summary[kind] or {}) do
      local what = share.metabolite or ("%.4g %%"):format(share.percent)
      lines[#lines + 1] = ("%s\t%s\t%s\t%.9g"):format(kind, share.reaction, what, share.flux)
        .. (share.minimum and ("\t%.9g\t%.9g"):format(share.minimum, share.maximum) or "")
    end
  end
  return lines
end

local function table_of_envelope(answer, options)
  local lines = { table.concat(options.envelope, "\t") .. "\tminimum\tmaximum" }
  for _, row in ipairs(answer.envelope) do
    local cells = {}
    for i, name in ipairs(options.envelope) do cells[i] = ("%.9g"):format(row.fluxes[name]) end
    for _, key in ipairs { "minimum", "maximum" } do
      cells[#cells + 1] = row[key] and ("%.9g"):format(row[key]) or ""
    end
    lines[#lines + 1] = table.concat(cells, "\t")
  end
  return lines
end

local function as_text(answer, options)
  local lines
  if options.essential then lines = answer.essential
  elseif options.variability then lines = table_of_ranges(answer)
  elseif options.medium then lines = table_of_numbers(answer.medium)
  elseif options.minimal_medium then lines = table_of_numbers(answer.minimal.medium)
  elseif answer.summary then lines = table_of_shares(answer.summary)
  elseif answer.envelope then lines = table_of_envelope(answer, options)
  elseif options.shadow_prices then lines = table_of_numbers(answer.shadow_prices, options.all)
  elseif options.reduced_costs then lines = table_of_numbers(answer.reduced_costs, options.all)
  else lines = table_of_numbers(answer.fluxes, options.all) end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

-- The greatest and the least objective along the first reaction: a line each, or one for each flux of the others.
local function draw_envelope(answer, options)
  local first, series, of = options.envelope[1], {}, {}
  for _, row in ipairs(answer.envelope) do
    local others = {}
    for i = 2, #options.envelope do
      others[#others + 1] = ("%s %.4g"):format(options.envelope[i], row.fluxes[options.envelope[i]])
    end
    local name = #others > 0 and table.concat(others, ", ")
    for _, key in ipairs(name and { "maximum" } or { "maximum", "minimum" }) do
      local line = of[name or key]
      if not line then
        line = { name = name or key, x = {}, y = {} }
        of[name or key] = line
        series[#series + 1] = line
      end
      if row[key] then
        line.x[#line.x + 1], line.y[#line.y + 1] = row.fluxes[first], row[key]
      end
    end
  end
  local drawn = {}
  for _, line in ipairs(series) do
    if #line.x > 0 then drawn[#drawn + 1] = line end
  end
  return bioxen.plot { series = drawn, file = options.plot, x_label = first, y_label = answer.objective or "objective",
    legend = #drawn <= 10 }
end

local function as_json(answer)
  json.list(answer.warnings)
  if answer.essential then json.list(answer.essential) end
  for _, kind in ipairs { "uptake", "secretion", "producing", "consuming" } do
    if answer.summary and answer.summary[kind] then json.list(answer.summary[kind]) end
  end
  return json.encode(answer) .. "\n"
end

local function is_page(options) return options.out and ending.of(options.out) == "html" end

-- As what the file's name says.
local function write(answer, options)
  if is_page(options) then
    return bioxen.html({ status = answer.status, objective = answer.value, fluxes = answer.fluxes,
      reduced_costs = answer.reduced_costs, total_flux = answer.total_flux },
      { file = options.out, title = "Fluxes of " .. options.model:match "[^/]*$" })
  end
  if ending.wants_json(options) then return source.write(as_json(answer), options.out) end
  return source.write(as_text(answer, options), options.out, "\t")
end

local function summary(answer, options)
  local text = ("%s = %.9g"):format(answer.objective or "objective", answer.value)
  if options.essential then
    text = ("%s; %d of %d genes are essential"):format(text, #answer.essential, answer.genes)
  end
  if answer.distance then text = ("%s; distance %.9g"):format(text, answer.distance) end
  if answer.changes then text = ("%s; %.9g changes"):format(text, answer.changes) end
  if answer.minimal then
    text = ("%s; %d components, total %.9g"):format(text, answer.minimal.components, answer.minimal.total)
  end
  if answer.total_flux then text = ("%s; sum of fluxes %.9g"):format(text, answer.total_flux) end
  return text
end

local most_named = 8

local function list(items)
  local more = #items - most_named
  local named = table.concat(items, ", ", 1, math.min(#items, most_named))
  return more > 0 and ("%s and %d more"):format(named, more) or named
end

-- Why there is no optimum, as far as it is known.
local function reason(answer)
  local why, names = answer.why or {}, {}
  if why.fluxes then
    return list(sorted_keys(why.fluxes)) .. " can run without an end: bound one of them, as with --bound"
  elseif not why.bounds then
    return "bound what it takes up, and see what it must do, as with --bound"
  end
  table.sort(why.bounds, function(a, b) return math.abs(a.value) > math.abs(b.value) end) -- demands before zeros
  for i, b in ipairs(why.bounds) do
    names[i] = ("%s %s %.9g"):format(b.reaction, b.bound == "lower" and ">=" or "<=", b.value)
  end
  if #why.metabolites > 0 then names[#names + 1] = "the balance of " .. list(why.metabolites) end
  return list(names) .. " cannot all hold"
end

local function report(answer, options)
  if answer.unknown then
    return say.failed(("the model has no %s%s"):format(answer.unknown,
      nearest(answer.word, answer.of,
      answer.unknown:find "reaction" and " (--json lists its reactions)" or "")))
  end
  if not ending.wants_json(options) then say.warnings(answer.warnings) end
  if answer.along then options.envelope, answer.along = answer.along, nil end
  if options.write then
    say.warnings(answer.losses)
    local written, err = source.write(answer.text, options.write)
    if not written then return say.failed(err) end
    if not options.quiet then
      say.note(("%s: %d reactions, %d metabolites, %d genes"):format(options.write, answer.reactions,
        answer.metabolites, answer.genes))
    end
    return say.DONE
  end
  if not answer.status then
    return say.failed("the model has no objective: --maximise=REACTION or --minimise=REACTION gives it one "
      .. "(bioxen simulate runs a kinetic model)")
  end
  if options.minimal_medium and not answer.minimal and answer.value then
    return say.failed(("no medium lets the objective reach %.9g"):format(options.reach))
  end
  if answer.status ~= "optimal" then
    if options.json then io.write(as_json(answer)) end
    return say.failed(("the model is %s: %s"):format(answer.status, reason(answer)))
  end
  local written, err = write(answer, options)
  if not written then return say.failed(err) end
  if options.plot then
    local drawn, err = draw_envelope(answer, options)
    if not drawn then return say.failed(err) end
  end
  if answer.value and not ending.wants_json(options) and not options.quiet then say.note(summary(answer, options)) end
  return say.DONE
end

local answers = { "pfba", "variability", "essential", "medium", "minimal_medium", "summary", "metabolite", "envelope",
  "moma", "room", "shadow_prices", "reduced_costs" }

-- What one option needs: another, or one of two.
local needs = { components = { "minimal_medium" }, reach = { "minimal_medium" }, points = { "envelope" },
  plot = { "envelope" }, linear = { "moma", "room" }, pfba_factor = { "variability" } }

local function flag(name) return "--" .. name:gsub("_", "-") end

local function find_clash(options)
  local taken
  for _, name in ipairs(answers) do
    if options[name] and taken then return ("%s and %s can not be used together"):format(flag(taken), flag(name)) end
    taken = options[name] and name or taken
  end
  for _, name in ipairs { "components", "reach", "points", "plot", "linear", "pfba_factor" } do
    local needed = needs[name]
    if options[name] and not (options[needed[1]] or options[needed[2]]) then
      return ("%s is for %s"):format(flag(name), flag(needed[1]) .. (needed[2] and " or " .. flag(needed[2]) or ""))
    end
  end
  if is_page(options) and (options.json or taken and not (taken == "pfba" or needs.linear[1] == taken
    or needs.linear[2] == taken)) then
    return ("--out: a page (.html) is of fluxes: not with %s"):format(options.json and "--json" or flag(taken))
  end
  if options.loopless and taken and taken ~= "variability" then
    return ("--loopless and %s can not be used together"):format(flag(taken))
  end
end

local function balance(options)
  local text, err = source.read(options.model)
  if not text then return say.failed(err) end
  local args, err = arguments(options, text)
  if not args then return nil, err end
  local clash = find_clash(options)
  if clash then return nil, clash end
  progress.begin(options)
  local vm <close>, err = models.start "fba"
  if not vm then return say.failed(err) end
  local answer, err = vm:execute_biological_process(in_the_vm, { args = args, name = "fba" })
  if not answer then return say.failed(sbml.in_file(options.model, err)) end
  return report(answer.result, options)
end

return {
  name = "fba",
  summary = "flux balance of a model in SBML",
  description = "Find the fluxes of a model in SBML (package fbc, or the older kinetic laws), or in cobrapy's JSON or "
    .. "YAML, that make its objective "
    .. "greatest. Fluxes are written a line each, names and numbers apart by a tab; what is zero is left out. The "
    .. "objective's value goes to standard error. Ids may be given without SBML's R_, M_ and G_.",
  arguments = { { "MODEL", "A file in SBML, in JSON (.json) or in YAML (.yml, .yaml), also compressed (.gz, .bz2), "
    .. "SBML also in an archive (.zip, .omex); - reads SBML from standard input." } },
  options = {
    { "--objective", "The objective of the model by its id (default: the active one).", value = "ID" },
    { "--maximise", "Maximise the flux of this reaction instead.", value = "REACTION" },
    { "--minimise", "Minimise it.", value = "REACTION" },
    { "--bound", "Bounds of a reaction, REACTION=LOWER,UPPER; one number fixes its flux. May be repeated.",
      value = "BOUND", many = true },
    { "--knock-out", "Without these genes or reactions, with commas between them.", value = "NAMES", list = true },
    { "--pfba", "Of the best solutions the one with the least sum of fluxes." },
    { "--variability", "The least and the greatest flux of each reaction among the best solutions." },
    { "--essential", "The genes without which the objective falls below a hundredth." },
    { "--loopless", "Without loops inside the system: of the best fluxes, or of --variability." },
    { "--medium", "What the exchanges may take up." },
    { "--minimal-medium", "The least that must be taken up, in total." },
    { "--components", "There the least number of exchanges instead (whole numbers: may take long)." },
    { "--reach", "The objective that it must reach (default: the best).", value = "X", number = {} },
    { "--summary", "What is taken up and given off at the parsimonious optimum, the greatest first; with --fraction "
      .. "also ranges." },
    { "--metabolite", "Which reactions make and use it there.", value = "NAME" },
    { "--envelope", "The least and the greatest objective along the fluxes of one to three reactions, with commas "
      .. "between them.", value = "REACTIONS", list = true },
    { "--points", "Values of each reaction (default 20).", value = "N", number = { integer = true, minimum = 2 } },
    { "--plot", "Draw the envelope into this file (.png, .svg, .pdf or .html).", value = "FILE",
      endings = ending.pictures },
    { "--moma", "Fluxes without what is knocked out that are nearest to the whole model's parsimonious ones, by "
      .. "squares." },
    { "--room", "The same by how few of them change (whole numbers: may take long)." },
    { "--linear", "Of --moma: by absolute differences. Of --room: relaxed." },
    { "--shadow-prices", "Of the metabolites, instead of fluxes: the objective's change per unit made." },
    { "--reduced-costs", "Of the reactions: the objective's change per unit of flux forced." },
    { "--fraction", "Of the optimum: what --variability keeps (default 1), --summary takes for ranges, or "
      .. "--essential asks for (default 0.01).", value = "X", number = { minimum = 0, maximum = 1 } },
    { "--pfba-factor", "Of --variability: absolute fluxes add up to at most so many times the least sum.", value = "X",
      number = { minimum = 1 } },
    { "--write", "Write the model to this file, in SBML (.xml, .sbml), JSON (.json) or YAML (.yml, .yaml), with the "
      .. "objective, bounds and knock-outs that are asked for, and solve nothing.", value = "FILE" },
    { "--strict", "What the reader would warn of is an error." },
    { "--all", "Also fluxes that are zero." },
    { "--json", "JSON instead of lines." },
    { "--out", "Write to this file; .json says what it is to be, .html is a page of the fluxes.", value = "FILE",
      endings = ending.any(ending.tables, "json", "html") },
    { "--quiet -q", "No progress, and the numbers alone." },
  },
  either = { { "--objective", "--maximise", "--minimise" },
    { "--pfba", "--variability", "--essential" }, { "--essential", "--knock-out" } },
  examples = {
    { "bioxen fba e_coli_core.xml.gz", "growth on its medium" },
    { "bioxen fba e_coli_core.xml.gz --bound=EX_o2_e=0,1000 --knock-out b0118", "without air and a gene" },
    { "bioxen fba e_coli_core.xml.gz --write e_coli_core.json", "the same model as cobrapy has it" },
    { "bioxen fba e_coli_core.xml.gz --essential", "a line for each essential gene" },
    { "bioxen fba e_coli_core.xml.gz --envelope EX_o2_e --plot oxygen.png", "growth against oxygen" },
  },
  run = balance,
}
