-- Writes a page for each organism that comes with BioXen, docs/organism_NAME.md, of its manifest and its media; with
-- "-" and a name, to standard output. Run from the project's folder: build/bin/bioxen scripts/organism_pages.lua

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

if arg[1] == "-" then
  io.write(page_of(arg[2]))
else
  for _, name in ipairs { "ecoli", "empty", "minimal_cell", "syn3a" } do
    local path = ("docs/organism_%s.md"):format(name)
    local file <close> = assert(io.open(path, "w"))
    assert(file:write(page_of(name)))
    print(path)
  end
end
