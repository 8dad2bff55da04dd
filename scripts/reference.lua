-- Writes docs/reference.md from lua/bioxen/types.lua and the table of error codes. After a change of either:
-- build/bin/bioxen scripts/reference.lua
-- With "-" the page goes to standard output; the tests compare it with the file.

local bioxen = require "bioxen"

-- The order of the page. Each class of types.lua has its place here.
local chapters = {
  { "The module", "bioxen" },
  { "Work in bulk", "Map", "MapOptions", "FluxScanOptions", "SweepOptions", "SweepParameter", "SweepTable" },
  { "Sessions and their manager", "VMManager", "InteractiveSession", "SessionReader", "SessionStatus" },
  { "Virtual machines", "BiologicalVM", "BasicBiologicalVM", "XCPngBiologicalVM", "Job", "Result", "Status", "Top",
    "State" },
  { "What VMs are made and called with", "Config", "Resources", "RestartPolicy", "Limits", "Cgroup", "StartOptions",
    "StopOptions", "CallOptions", "SBMLOptions", "SBMLModel", "Warning" },
  { "Hypervisors", "BioXenHypervisor", "Change" },
  { "Shared worlds", "Medium", "MediumOptions", "WorldOptions", "WorldResult", "ChassisRequest" },
  { "Managers", "BioResourceManager", "ResourceUsage", "Monitoring", "ResourceSnapshot", "ConfigManager" },
  { "In a VM: the cell", "Cell", "Process", "Event", "ExchangeSteps", "RunOptions", "EnsembleOptions",
    "SteadyOptions", "SteadyState", "Conservation", "ControlOptions", "Control", "ContinuationOptions", "Branches",
    "Branch", "NoiseOptions", "Noise", "ModelCheck" },
  { "Fits", "FitRequest", "Fit", "FittedParameter" },
  { "In a VM: fits", "Objective", "ObjectiveDefinition", "FitParameter", "FitObservable", "FitExperiment",
    "FitMeasurement", "FitOptions", "petab" },
  { "In a VM: flux balance", "flux", "FluxModel", "FluxSolution", "FluxReaction", "FluxShare", "Convergence" },
  { "What runs leave", "Trajectory", "Ensemble", "hdf5", "Hdf5File" },
  { "Sensitivities", "SensitivityOptions", "Sensitivities", "GlobalSensitivityOptions", "GlobalSensitivity",
    "GlobalSensitivityPlot" },
  { "Charts", "PlotOptions", "TrajectoryPlot", "EnsemblePlot", "SweepPlot", "Plot", "PlotPanel", "PlotSeries", "Html",
    "TrajectoryHtml", "EnsembleHtml", "SweepHtml", "GlobalSensitivityHtml", "HtmlOptions" },
  { "Genomes", "genome", "Genome", "Gene", "ProteinDifference", "GenomeOptions" },
  { "XCP-ng pools", "XcpngConfig", "xapi", "XapiSession" },
  { "Errors", "Error", "XapiError" },
}

-- What a variable of a class is called in headings.
local variables = { BiologicalVM = "vm", XCPngBiologicalVM = "vm", Job = "job", Fit = "fit",
  Map = "work", VMManager = "manager", InteractiveSession = "session", SessionReader = "reader",
  BioXenHypervisor = "hypervisor", BioResourceManager = "manager", Medium = "medium",
  Cell = "cell", FluxModel = "model", Trajectory = "trajectory", Ensemble = "ensemble", Genome = "genome",
  XapiSession = "session", genome = "bioxen.genome", hdf5 = "hdf5", Hdf5File = "file",
  ConfigManager = "bioxen.ConfigManager", xapi = "bioxen.xapi" }

-- ---- types.lua ----

-- The type at the beginning of a text, and what follows it.
local function split_type(text)
  local depth, i = 0, 1
  while i <= #text do
    local c = text:sub(i, i)
    if c:find "[%({%[<]" then depth = depth + 1 elseif c:find "[%)}%]>]" then depth = depth - 1 end
    if c == " " and depth == 0 and not text:sub(i - 1, i - 1):find "[:,]" then break end
    i = i + 1
  end
  return text:sub(1, i - 1), text:sub(i + 1)
end

local function new_comment()
  return { lines = {}, parameters = {}, returns = {}, fields = {} }
end

local function named(text)
  local name, rest = text:match "^(%S+)%s+(.*)$"
  local kind, words = split_type(rest)
  local optional = kind:find "%?$" ~= nil or name:find "%?$" ~= nil
  return { name = name:gsub("%?$", ""), kind = kind:gsub("%?$", ""), optional = optional, words = words }
end

local function take_tag(comment, tag, rest)
  if tag == "class" then
    comment.class = rest:match "^bioxen%.([%w_]+)" or "bioxen"
    comment.parent = rest:match ":%s*bioxen%.([%w_]+)"
  elseif tag == "alias" then
    comment.class, comment.alias = rest:match "^bioxen%.([%w_]+)%s+(.*)$"
  elseif tag == "field" then
    table.insert(comment.fields, named(rest))
  elseif tag == "param" then
    table.insert(comment.parameters, named(rest))
  elseif tag == "return" then
    local kind, words = split_type(rest)
    table.insert(comment.returns, { kind = kind, words = words })
  end
end

-- Classes by name: { lines, fields, parent, members }, where a member is a function or a remark among them.
local function read_types(path)
  local classes, comment, current = {}, new_comment(), nil
  local function finish()
    if comment.class then
      current = comment.class
      comment.members = {}
      classes[current] = comment
    elseif #comment.lines > 0 and current then
      table.insert(classes[current].members, { remark = comment.lines })
    end
    comment = new_comment()
  end
  for line in io.lines(path) do
    local tag, rest = line:match "^%-%-%-@(%a+)%s*(.*)$"
    local class, mark, method, arguments = line:match "^function ([%w_]+)([:.])([%w_]+)%((.*)%) end"
    if tag == "class" and comment.class then finish() end
    if tag and tag ~= "meta" then
      take_tag(comment, tag, rest)
    elseif line:find "^%-%-%-" and not tag then
      table.insert(comment.lines, line:match "^%-%-%-(.*)$")
    elseif class then
      comment.title = (variables[class] or class) .. mark .. method .. "(" .. arguments .. ")"
      table.insert(classes[class].members, comment)
      comment = new_comment()
    elseif not line:find "^%-%-" then
      finish()
    end
  end
  finish()
  return classes
end

-- ---- the page ----

local page = {}

local function write(...)
  for _, text in ipairs { ... } do page[#page + 1] = text end
  page[#page + 1] = "\n"
end

-- Words as they stand in Markdown: what looks like a tag or emphasis is code's.
local function words_of(text)
  local plain = text:gsub("`[^`]*`", function(code) return code:gsub("[<*]", { ["<"] = "\1", ["*"] = "\2" }) end)
  plain = plain:gsub("[<*]", { ["<"] = "&lt;", ["*"] = "\\*" })
  return (plain:gsub("[\1\2]", { ["\1"] = "<", ["\2"] = "*" }))
end

-- Paragraphs of a comment, whose lines are joined.
local function paragraphs(lines)
  for paragraph in (table.concat(lines, "\n") .. "\n\n"):gmatch "(.-)\n\n+" do
    if paragraph:find "%S" then write(words_of(paragraph:gsub("\n", " ")), "\n") end
  end
end

-- Modules by their whole names: "genome" and "Genome" would be one anchor.
local function heading_of(name)
  return (name == "genome" or name == "xapi") and variables[name] or name
end

local function link(name)
  local heading = heading_of(name)
  return ("[%s](#%s)"):format(heading, heading:lower():gsub("%.", ""))
end

local function type_of(kind)
  local name, list = kind:match "^bioxen%.([%w_]+)(%[?%]?)$"
  if name then return link(name) .. (list == "[]" and " list" or "") end
  return "`" .. kind:gsub("bioxen%.", ""):gsub("^%((.*)%)$", "%1") .. "`"
end

local function row(part)
  local words = part.words ~= "" and ": " .. words_of(part.words) or ""
  write(("- `%s` %s%s%s"):format(part.name, type_of(part.kind), part.optional and ", optional" or "", words))
end

-- "X: words, Y"; where the last one is an error, "X, or nil and an Error".
local function write_returns(returns)
  if #returns == 0 then return end
  local parts, count = {}, #returns
  local fails = returns[count].kind == "bioxen.Error?"
  if fails then count = count - 1 end
  for i = 1, count do
    local kind, words = returns[i].kind, words_of(returns[i].words)
    local optional = kind:find "%?$" ~= nil and not fails
    parts[i] = type_of((kind:gsub("%?$", ""):gsub(fails and "|nil$" or "^$", ""))) .. (optional and " or nil" or "")
      .. (words ~= "" and " (" .. words .. ")" or "")
  end
  local text = "Returns " .. table.concat(parts, ", then ")
  if fails then
    local words = words_of(returns[#returns].words)
    text = text .. "; or nil and an " .. link "Error" .. (words ~= "" and " (" .. words .. ")" or "")
  end
  write(text, ".\n")
end

local function write_function(member)
  write("#### `", member.title, "`\n")
  paragraphs(member.lines)
  for _, parameter in ipairs(member.parameters) do row(parameter) end
  if #member.parameters > 0 then write "" end
  write_returns(member.returns)
end

local function write_class(name, class)
  write("### ", heading_of(name), "\n")
  if class.parent then write("Has all that ", link(class.parent), " has.\n") end
  if class.alias then write("One of `", class.alias:gsub("|", "`, `"), "`.\n") end
  paragraphs(class.lines)
  for _, field in ipairs(class.fields) do row(field) end
  if #class.fields > 0 then write "" end
  for _, member in ipairs(class.members) do
    if member.remark then paragraphs(member.remark) else write_function(member) end
  end
end

local function write_codes()
  local codes, names = bioxen.error_codes(), {}
  for name in pairs(codes) do names[#names + 1] = name end
  table.sort(names)
  write "### Error codes\n\nA VM that is not usable after an error takes another call once it was restarted.\n"
  write "| code | class | meaning | VM usable |\n|---|---|---|---|"
  for _, name in ipairs(names) do
    local code = codes[name]
    write(("| `%s` | %s | %s | %s |"):format(name, code.class, code.meaning, code.usable and "yes" or "no"))
  end
end

local function write_contents()
  for _, chapter in ipairs(chapters) do
    local anchor = chapter[1]:lower():gsub("[^%w %-]", ""):gsub(" ", "-")
    local names = {}
    for i = 2, #chapter do names[#names + 1] = link(chapter[i]) end
    write(("- [%s](#%s): %s"):format(chapter[1], anchor, table.concat(names, ", ")))
  end
  write ""
end

local function make_page()
  local classes, placed = read_types "lua/bioxen/types.lua", {}
  write "# Reference\n"
  write "<!-- Made by scripts/reference.lua from lua/bioxen/types.lua: change that, and run it again. -->\n"
  write [[
Times are in seconds, simulated or real as stated. What depends on the machine, a file or a VM's state returns
nil and an [Error](#error) where it fails; wrong arguments raise.
At the prompt of `bioxen`, `.doc NAME` shows the same texts.
]]
  write_contents()
  for _, chapter in ipairs(chapters) do
    write("## ", chapter[1], "\n")
    for i = 2, #chapter do
      local name = chapter[i]
      write_class(name, assert(classes[name], "types.lua has no class " .. name))
      placed[name] = true
    end
  end
  write_codes()
  for name in pairs(classes) do assert(placed[name], "scripts/reference.lua: no chapter has " .. name) end
  return (table.concat(page):gsub("\n\n\n+", "\n\n"))
end

local text = make_page()
if arg[1] == "-" then
  io.write(text)
else
  local file <close> = assert(io.open("docs/reference.md", "w"))
  assert(file:write(text))
  print "docs/reference.md"
end
