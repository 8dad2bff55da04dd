-- Writes a page for each organism that comes with BioXen, docs/organism_NAME.md, of its manifest and its media, and
-- what editors know of the functions of its cells, lua/bioxen/biology/types.lua; with "-" and a name, or "types", to
-- standard output. Run from the project's folder: build/bin/bioxen scripts/organism_pages.lua

local bioxen = require "bioxen"
local organisms = require "bioxen.biology.organisms"
local sorted_keys = require "bioxen.sorted_keys"

local function media_of(name)
  local vm <close> = assert(bioxen.create_bio_vm("page", name))
  assert(vm:start())
  return assert(vm:run [[
    local list = {}
    for key, medium in pairs(organism.media or {}) do list[key] = type(medium) == "table" and medium.title or "" end
    return list]]).result
end

local function options_of(out, manifest)
  if not manifest.options then return end
  out "## Options\n\nAs `{ organism = { name = value } }` of a VM's configuration.\n"
  out "| name | default | unit | meaning |\n|---|---|---|---|"
  for _, name in ipairs(sorted_keys(manifest.options)) do
    local option = manifest.options[name]
    local default = option.default
    default = type(default) == "number" and ("%.15g"):format(default) or ("%q"):format(default)
    out(("| `%s` | `%s` | %s | %s |"):format(name, default, option.unit or "", option.meaning))
  end
  out ""
end

local function functions_of(out, manifest)
  if not manifest.functions then return end
  out "## Functions of its cells\n\nFor code in a VM, beside [what every cell has](reference.md#cell).\n"
  for _, name in ipairs(sorted_keys(manifest.functions)) do
    local told = manifest.functions[name]
    out(("- `cell:%s(%s)`: %s"):format(name, told.arguments, told.meaning))
  end
  out ""
end

local function sources_of(out, manifest)
  if not manifest.sources[1] then return end
  out "## Sources\n"
  for _, source in ipairs(manifest.sources) do
    local where = source.doi and ("[doi %s](https://doi.org/%s)"):format(source.doi, source.doi) or source.url
    out(("- %s: %s%s%s"):format(source.what, source.citation, where and ". " .. where or "",
      source.licence and "; " .. source.licence or ""))
  end
  out ""
end

local function page_of(name)
  local manifest, lines = assert(organisms.manifest(name)), {}
  local function out(text) lines[#lines + 1] = text end
  out(("# %s\n"):format(name))
  out "<!-- Made by scripts/organism_pages.lua of the organism's manifest: change that, and run it again. -->\n"
  out(manifest.title .. ".\n")
  if manifest.genome then
    out(("Genome: %d base pairs, %d genes.\n"):format(manifest.genome.length, manifest.genome.genes))
  end
  options_of(out, manifest)
  functions_of(out, manifest)
  local media = media_of(name)
  for i, medium in ipairs(sorted_keys(media)) do
    if i == 1 then out "## Media\n" end
    out(("- `%s`%s"):format(medium, media[medium] ~= "" and ": " .. media[medium] or ""))
  end
  if next(media) then out "" end
  sources_of(out, manifest)
  return (table.concat(lines, "\n"):gsub("\n+$", "")) .. "\n"
end

-- ---- for editors ----

-- The names of a function's parameters, and lines that tell of them.
local function parameters_of(arguments)
  local list, options = organisms.arguments(arguments)
  local names, lines = {}, {}
  for i, one in ipairs(list) do
    names[i] = one.name
    lines[i] = ("---@param %s%s %s"):format(one.name, one.optional and "?" or "", one.type)
  end
  if options then
    local fields, optional = {}, "?"
    for i, field in ipairs(options) do
      fields[i] = ("%s%s: %s"):format(field.name, field.optional and "?" or "", field.type)
      if not field.optional then optional = "" end
    end
    names[#names + 1] = "options"
    lines[#lines + 1] = ("---@param options%s { %s }"):format(optional, table.concat(fields, ", "))
  end
  return names, lines
end

-- Words in lines of comments.
local function folded(words)
  local lines, line = {}, ""
  for word in words:gmatch "%S+" do
    if #line + #word > 110 then lines[#lines + 1], line = line, "" end
    line = line == "" and word or line .. " " .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n---")
end

local function types_of(names)
  local lines = { "---@meta",
    "-- Made by scripts/organism_pages.lua of the manifests of organisms: the functions of their cells, for editors." }
  for _, name in ipairs(names) do
    local functions = organisms.manifest(name).functions or {}
    lines[#lines + 1] = ("\n---A cell of %s.\n---@class bioxen.Cell.%s: bioxen.Cell\nlocal %s = {}"):format(name, name,
      name)
    for _, key in ipairs(sorted_keys(functions)) do
      local parameters, told = parameters_of(functions[key].arguments)
      lines[#lines + 1] = "\n---" .. folded(functions[key].meaning)
      table.move(told, 1, #told, #lines + 1, lines)
      lines[#lines + 1] = ("function %s:%s(%s) end"):format(name, key, table.concat(parameters, ", "))
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local names = { "ecoli", "empty", "minimal_cell", "syn3a" }

local function write(path, words)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(words))
  print(path)
end

if arg[1] == "-" then
  io.write(arg[2] == "types" and types_of(names) or page_of(arg[2]))
else
  for _, name in ipairs(names) do write(("docs/organism_%s.md"):format(name), page_of(name)) end
  write("lua/bioxen/biology/types.lua", types_of(names))
end
