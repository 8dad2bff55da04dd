--- What a recorded run reads, by any way that a script has: noted, kept in the folder of the run, and given back from
-- there when it is run again. Paths are as the script names them, made absolute; no link is resolved, so that a later
-- run finds them by the same words.

local core = require "bioxen.core"
local modules = require "bioxen.modules"
local xcpng = require "bioxen.xcpng.config"

-- luacheck: globals package.beside
local inputs = {}

inputs.FOLDER = "inputs" -- below the folder of the run; what was /data/x.csv is inputs/data/x.csv

local LIMIT = 256 << 20 -- bytes of a file that is kept; of larger ones the digest is

-- As they are without a record.
local is_file, list_folder, real_path, open = core.is_file, core.list_folder, core.real_path, io.open

local noted = {}         -- by path: { path, sha256, bytes }
local run                -- the run that is recorded
local ours = package.searchpath("bioxen.create", package.path)
ours = ours and core.real_path(ours):match "^(.*)/" .. "/"

local function begins(path, folder) return path:sub(1, #folder) == folder end

--- The path with all that leads to it, "." and ".." worked out by its text.
function inputs.absolute(path, base)
  local parts = {}
  for part in (begins(path, "/") and path or base .. "/" .. path):gmatch "[^/]+" do
    if part == ".." then parts[#parts] = nil elseif part ~= "." then parts[#parts + 1] = part end
  end
  return "/" .. table.concat(parts, "/")
end

-- BioXen's own files go with its version, the system's with the system; what the run makes is no input.
local function is_foreign(path)
  local real = real_path(path)
  if not real or ours and begins(real, ours) or begins(real, run.folder .. "/") then return false end
  for _, system in ipairs { "/usr/", "/proc/", "/sys/", "/dev/" } do
    if begins(real, system) then return false end
  end
  return true
end

-- The state of a file when it was first read. A name of no file, as of a folder, is none.
local function note(path, from)
  if noted[path] ~= nil or not is_foreign(from) then return end
  local digest, bytes, changed = core.digest_file(from)
  noted[path] = digest and changed < run.began and { path = path, sha256 = digest, bytes = bytes, from = from } or false
end

-- The copy of what is at `path`, a file or a folder; the path where there is none.
local function copy_of(path)
  if type(path) ~= "string" or path:find "\0" or not run.copies then return path end
  local copy = run.copies .. inputs.absolute(path, run.base)
  return (is_file(copy) or #list_folder(copy) > 0) and copy or path
end

-- The same for a file that is read: it is noted.
local function read_from(path)
  local from = copy_of(path)
  if type(path) == "string" and not path:find "\0" then note(inputs.absolute(path, run.base), from) end
  return from
end

-- From now on the path that a function is given goes through another.
local function lead(of, name, argument, through)
  local call = of[name]
  of[name] = function(...)
    local given = table.pack(...)
    given[argument] = through(given[argument])
    return call(table.unpack(given, 1, given.n))
  end
end

local function watch_io()
  io.open = function(path, mode) -- luacheck: ignore (on purpose)
    return open((mode == nil or mode == "r" or mode == "rb") and read_from(path) or path, mode)
  end
  lead(io, "lines", 1, read_from)
  lead(io, "input", 1, read_from)
  lead(_G, "loadfile", 1, read_from)
  lead(_G, "dofile", 1, read_from)
end

local function watch_core()
  lead(core, "read_file", 1, read_from)
  lead(core, "genome_load", 1, read_from)
  lead(core.vm_methods, "execute_file", 2, read_from)
  for _, name in ipairs { "is_file", "real_path", "list_folder", "open_folder" } do lead(core, name, 1, copy_of) end
  local read = core.folder_methods.read
  function core.folder_methods:read(name, limit)
    local bytes, err = read(self, name, limit)
    local path = tostring(self) .. "/" .. name
    if bytes and run.copies and begins(path, run.copies) then path = path:sub(#run.copies + 1) end
    if bytes and name ~= "bioxen.json" then read_from(path) end -- that may hold passwords
    return bytes, err
  end
end

-- Modules are looked for among the copies first.
local function look_among_copies(templates)
  local places = {}
  for _, template in ipairs(templates) do places[#places + 1] = run.copies .. inputs.absolute(template, "/") end
  places[#places + 1] = package.path
  package.path = table.concat(places, ";")
end

--- Begin: `of` is { folder, base: the working folder of the run, began: nothing younger is an input, copies: the
-- folder with those of an earlier run, templates: that run's package.path }.
function inputs.begin(of)
  run, noted = of, {}
  watch_core()
  watch_io()
  if of.copies then look_among_copies(of.templates) end
end

--- An organism's folder, which the zygote reads.
function inputs.note_organism(folder)
  if folder and is_foreign(folder .. "/init.lua") then
    for _, name in ipairs(list_folder(folder)) do read_from(folder .. "/" .. name) end
  end
end

-- Modules that the script brought along.
local function note_modules()
  for name, value in pairs(package.loaded) do
    local found = value and modules.find(name)
    if found then read_from(found) end
  end
end

--- Where modules were looked for, as absolute templates.
function inputs.templates()
  local list = {}
  for _, path in ipairs { package.path, package.beside or "" } do
    for template in path:gmatch "[^;]+" do list[#list + 1] = inputs.absolute(template, run.base) end
  end
  return list
end

-- A file as it was when it was read; where it has changed since then, or holds a password, none is kept.
local function keep(file)
  if file.bytes > LIMIT or xcpng.is_guarded(file.path) then return end
  local handle <close> = open(file.from, "rb")
  local bytes = handle and handle:read "a"
  if not bytes or core.digest(bytes) ~= file.sha256 then return end
  local name = inputs.FOLDER .. file.path
  if not core.make_folder(run.folder, name:match "^(.*)/") or not run.results:save(name, bytes) then return end
  file.kept = name
end

--- The files that were read so far, sorted, each { path, sha256, bytes, kept }; with `at_the_end` they are copied.
function inputs.files(at_the_end)
  note_modules()
  local list = {}
  for _, file in pairs(noted) do list[#list + 1] = file or nil end
  table.sort(list, function(a, b) return a.path < b.path end)
  for i, file in ipairs(list) do
    if at_the_end then keep(file) end
    list[i] = { path = file.path, sha256 = file.sha256, bytes = file.bytes, kept = file.kept }
  end
  return list
end

return inputs
