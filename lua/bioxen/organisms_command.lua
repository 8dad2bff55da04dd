-- `bioxen organisms`: what can live in a VM, by the manifests.

local organisms = require "bioxen.organisms"

local command = {}

local usage = [[
usage: bioxen organisms [--json]         list the organisms found on package.path
       bioxen organisms NAME [--json]    its sources, licences and options
       bioxen organisms NAME --check     hold it against the contract of docs/organisms.md]]

local function parse(words)
  local options = {}
  for _, word in ipairs(words) do
    if word == "--json" then options.json = true
    elseif word == "--check" then options.check = true
    elseif word:find "^%-" or options.name then return nil
    else options.name = word end
  end
  local sensible = not options.check or (options.name and not options.json)
  return sensible and options
end

-- What a manifest says, with its folder; or what is wrong with it, as a manifest is Lua that somebody wrote.
local function describe(name)
  local read, manifest = pcall(organisms.manifest, name)
  if not read or type(manifest) ~= "table" then
    return { name = name, folder = organisms.folder(name), problem = read and "manifest.lua returns no table"
      or tostring(manifest) }
  end
  return { name = name, folder = organisms.folder(name), title = manifest.title, version = manifest.version,
    genome = manifest.genome, sources = manifest.sources, options = manifest.options }
end

local function thousands(number)
  local whole = math.tointeger(number)
  if not whole then return tostring(number) end
  local text = ("%d"):format(whole)
  return (text:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

local function print_row(row)
  if row.problem then return print(("%-16s broken: %s"):format(row.name, row.problem)) end
  local genome = row.genome and ("%s bp, %s genes"):format(thousands(row.genome.length),
    thousands(row.genome.genes)) or "no genome"
  print(("%-16s %-8s %-26s %s"):format(row.name, row.version, genome, row.title))
end

local function sorted_keys(of)
  local keys = {}
  for key in pairs(of or {}) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
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
    print(("  %-20s %s\n  %-20s default %s%s"):format(key, option.meaning, "", default, bounds(option)))
  end
end

local function print_sources(sources)
  for i, source in ipairs(sources or {}) do
    if i == 1 then print "\nSources:" end
    local where = source.doi and "doi " .. source.doi or source.url
    print(("  %s\n    %s%s%s"):format(source.what, source.citation,
      where and "\n    " .. where or "", source.licence and "\n    licence: " .. source.licence or ""))
  end
end

local function print_all(row)
  print_row(row)
  if row.problem then return end
  print(row.folder)
  print_options(row.options)
  print_sources(row.sources)
end

local function complain(text)
  io.stderr:write("bioxen: ", text, "\n")
  return 1
end

local function print_json(value)
  local found, cjson = pcall(require, "cjson")
  if not found then return complain "--json needs lua-cjson, which is not installed" end
  local encoded, text = pcall(cjson.encode, value)
  if not encoded then return complain("a manifest that is no JSON: " .. text) end
  print(text)
  return 0
end

local function list(options)
  local rows = {}
  for i, name in ipairs(organisms.names()) do
    rows[i] = describe(name)
    if not options.json then print_row(rows[i]) end
  end
  return options.json and print_json(rows) or 0
end

local function show(options)
  local found, problem = organisms.validate(options.name)
  if not found then return complain(problem.message) end
  local row = describe(options.name)
  if options.json then return print_json(row) end
  print_all(row)
  return row.problem and 1 or 0
end

local function hold(name)
  local found, problem = organisms.validate(name)
  if not found then return complain(problem.message) end
  return require("bioxen.organism_check").report(name) and 0 or 1
end

--- Do what the words behind `bioxen organisms` say: the exit status.
function command.main(...)
  local options = parse { ... }
  if not options then
    io.stderr:write(usage, "\n")
    return 2
  end
  if options.check then return hold(options.name) end
  return options.name and show(options) or list(options)
end

return command
