-- `bioxen organisms`: what can live in a VM, by the manifests.

local bioxen = require "bioxen"
local json = require "bioxen.cli.json"
local organisms = require "bioxen.biology.organisms"
local say = require "bioxen.cli.say"
local sorted_keys = require "bioxen.sorted_keys"

-- What a manifest says, with its folder; or what is wrong with it.
local function describe(name)
  local manifest, err = organisms.manifest(name)
  if not manifest then return { name = name, folder = organisms.folder(name), problem = err } end
  return { name = name, folder = organisms.folder(name), title = manifest.title, version = manifest.version,
    genome = manifest.genome, sources = manifest.sources, options = manifest.options, functions = manifest.functions }
end

local function thousands(number)
  local whole = math.tointeger(number)
  if not whole then return tostring(number) end
  local text = ("%d"):format(whole)
  return (text:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

local function print_row(row)
  if row.problem then return say.line(("%-16s broken: %s"):format(row.name, row.problem)) end
  local genome = row.genome and ("%s bp, %s genes"):format(thousands(row.genome.length),
    thousands(row.genome.genes)) or "no genome"
  say.line(("%-16s %-8s %-26s %s"):format(row.name, row.version, genome, row.title))
end

local function bounds(option)
  local words = {}
  if option.minimum then words[#words + 1] = ("from %.15g"):format(option.minimum) end
  if option.above then words[#words + 1] = ("above %.15g"):format(option.above) end
  if option.maximum then words[#words + 1] = ("to %.15g"):format(option.maximum) end
  return words[1] and ", " .. table.concat(words, " ") or ""
end

local function shown(value)
  return type(value) == "number" and ("%.15g"):format(value) or ("%q"):format(value)
end

local function print_options(options)
  for i, key in ipairs(sorted_keys(options)) do
    local option = options[key]
    if i == 1 then print "\nOptions, as { organism = { name = value } } of a VM's configuration:" end
    local unit = option.unit and type(option.default) == "number" and " " .. option.unit or ""
    local default = option.default ~= nil and shown(option.default) .. unit or "none"
    say.line(("  %-20s %s"):format(key, option.meaning))
    say.line(("  %-20s default %s%s"):format("", default, bounds(option)))
  end
end

local WIDTH = 100

-- Words in lines, behind so many blanks.
local function print_folded(words, indent)
  local line = indent
  for word in words:gmatch "%S+" do
    if #line > #indent and #line + #word >= WIDTH then
      say.line(line)
      line = indent
    end
    line = line .. (#line > #indent and " " or "") .. word
  end
  say.line(line)
end

local function print_functions(functions)
  for i, name in ipairs(sorted_keys(functions or {})) do
    if i == 1 then print "\nFunctions of its cells, for code in a VM:" end
    local arguments = functions[name].arguments
    local call = arguments:find "^{.*}$" and name .. " " .. arguments or name .. "(" .. arguments .. ")"
    say.line("  cell:" .. call)
    print_folded(functions[name].meaning, "    ")
  end
end

-- Media are the cell's own to tell, where one can be made: manifests of others say what they like.
local function print_media(name)
  local good, vm = pcall(bioxen.create_bio_vm, "organisms-media", name)
  local _ <close> = good and vm or nil
  local answer = good and vm and vm:start() and vm:run [[
    local list = {}
    for name, medium in pairs(organism.media or {}) do
      list[#list + 1] = name .. (type(medium) == "table" and medium.title and ": " .. medium.title or "")
    end
    table.sort(list)
    return list]]
  for i, medium in ipairs(answer and answer.result or {}) do
    if i == 1 then print "\nMedia:" end
    say.line("  " .. medium)
  end
end

local function print_sources(sources)
  for i, source in ipairs(sources or {}) do
    if i == 1 then print "\nSources:" end
    local where = source.doi and "doi " .. source.doi or source.url
    say.line(("  %s"):format(source.what))
    say.line(("    %s"):format(source.citation))
    if where then say.line("    " .. where) end
    if source.licence then say.line("    licence: " .. source.licence) end
  end
end

local function print_all(row)
  print_row(row)
  if row.problem then return end
  say.line(row.folder)
  print_options(row.options or {})
  print_functions(row.functions)
  print_media(row.name)
  print_sources(row.sources)
end

local function list(as_json)
  local rows = json.list()
  for i, name in ipairs(organisms.names()) do
    rows[i] = describe(name)
    if not as_json then print_row(rows[i]) end
  end
  return as_json and json.print(rows) or say.DONE
end

local function show(name, as_json)
  local found, err = organisms.validate(name)
  if not found then return say.failed(err.message) end
  local row = describe(name)
  if as_json then return json.print(row) end
  print_all(row)
  return row.problem and say.FAILED or say.DONE
end

local function hold(name)
  if not name then return nil, "--check needs the name of an organism, which bioxen organisms lists" end
  local found, err = organisms.validate(name)
  if not found then return say.failed(err.message) end
  return require("bioxen.biology.contract").report(name) and say.DONE or say.FAILED
end

return {
  name = "organisms",
  summary = "list what can live in a VM, and describe it",
  description = "List the organisms found on package.path; or tell of one its folder, options, the functions of its "
    .. "cells, media, sources and licences.",
  arguments = { { "NAME", "The organism.", args = "?" } },
  options = {
    { "--json", "The same as JSON." },
    { "--check", "Hold it against the contract of docs/organisms.md." },
  },
  either = { { "--json", "--check" } },
  examples = {
    { "bioxen organisms", "what there is" },
    { "bioxen organisms ecoli", "what this one takes, and where it comes from" },
  },
  run = function(options)
    if options.check then return hold(options.name) end
    if options.name then return show(options.name, options.json) end
    return list(options.json)
  end,
}
