--- What a run was: written down as manifest.json, from which it can be run again. The files that it read through
-- BioXen, the VMs that it made with their seeds, the files that it left. No secrets.

local check = require "bioxen.check"
local core = require "bioxen.core"
local json = require "bioxen.cli.json"
local inputs = require "bioxen.cli.inputs"
local modules = require "bioxen.modules"

local record = {}

record.RUNNING = -1 -- the status of a run that has not ended
record.MANIFEST, record.LOG, record.SCRIPT = "manifest.json", "log.txt", "script.lua"

-- What is no result.
local own = { [record.MANIFEST] = true, [record.LOG] = true, [record.SCRIPT] = true, [inputs.FOLDER] = true }

local LONG = 200 -- bytes of a string that is written down; of longer ones the digest

-- ---- while it runs ----

local vms = json.list()

local function plain(value)
  if type(value) == "string" and #value > LONG then return "sha256:" .. core.digest(value) end
  if type(value) ~= "table" then
    return (type(value) == "string" or type(value) == "number" or type(value) == "boolean") and value or nil
  end
  local copy = {}
  for key, item in pairs(value) do copy[tostring(key)] = plain(item) end
  return copy
end

-- What is no secret of a configuration for a pool.
local function public(pool)
  local fields, copy = require "bioxen.xcpng.config".schema.fields, {}
  for key, value in pairs(pool) do
    local rule = fields[key]
    if rule and not rule.secret then copy[key] = rule.public and rule.public(value) or value end
  end
  return plain(copy)
end

local function note_vm(id, biological_type, options)
  local manifest = require "bioxen.biology.organisms".manifest(biological_type)
  vms[#vms + 1] = {
    vm_id = id, biological_type = biological_type, organism_version = manifest.version,
    vm_type = (options.pool or options.guest) and "xcpng" or "basic", seed = tostring(options.seed),
    config = {
      memory = options.memory, max_output = options.output, timeout = options.timeout ~= math.huge
        and options.timeout or nil, organism = options.organism and plain(options.organism) or nil,
      resources = options.resources and plain(options.resources),
      allow_unconfined = options.unconfined or nil, xcpng_config = options.pool and public(options.pool) or nil,
    },
  }
end

--- From now on: note what the run (see execute.recorded) reads and makes. Before the module bioxen is loaded.
function record.begin(run)
  inputs.begin { folder = run.folder, results = run.results, base = run.base or run.working_folder, began = run.began,
    copies = run.copies, templates = run.templates }
  local enter = core.hypervisor_methods.enter
  function core.hypervisor_methods:enter(id, biological_type, options)
    note_vm(id, biological_type, options)
    inputs.note_organism(options.folder)
    return enter(self, id, biological_type, options)
  end
end

-- ---- afterwards ----

local function sorted(of, key)
  local list = json.list()
  for _, item in pairs(of) do list[#list + 1] = item end
  table.sort(list, function(a, b) return a[key] < b[key] end)
  return list
end

--- The files in and below a folder, each { file, sha256, bytes }, where no link leads out of it; but for what has one
-- of the names `but` at its top.
function record.files(folder, but, below, into)
  below, into = below or "", into or {}
  for _, name in ipairs(core.list_folder(folder, true)) do
    local path, file = folder .. "/" .. name, below .. name
    if not (but and but[file]) then
      local digest, bytes = core.digest_file(path, true)
      if digest then into[#into + 1] = { file = file, sha256 = digest, bytes = bytes }
      else record.files(path, but, file .. "/", into) end
    end
  end
  return into
end

local function first_match(path, pattern)
  local file <close> = io.open(path)
  return file and (file:read "a" or ""):match(pattern)
end

local function machine()
  local kib = tonumber(first_match("/proc/meminfo", "MemTotal:%s*(%d+)"))
  return {
    host = first_match("/proc/sys/kernel/hostname", "[^\n]+"),
    kernel = first_match("/proc/sys/kernel/osrelease", "[^\n]+"),
    system = first_match("/etc/os-release", 'PRETTY_NAME="([^"]*)"'),
    processor = first_match("/proc/cpuinfo", "model name%s*:%s*([^\n]+)"),
    cores = core.cores(), memory_bytes = kib and kib*1024,
  }
end

--- Write the manifest of a run { folder, results, script, path, arguments, seed, status, started, seconds,
-- working_folder } into its folder, `results` once it is open: what it says, or nil and an error.
function record.finish(run)
  local script = core.digest_file(run.folder .. "/" .. record.SCRIPT)
  local manifest = {
    format = 1, bioxen = core.version, lua = _VERSION, libraries = core.versions, machine = machine(),
    script = { name = run.script, path = run.path, sha256 = script }, arguments = json.list(run.arguments),
    working_folder = run.working_folder, seed = tostring(run.seed), status = run.status, started = run.started,
    seconds = run.seconds, vms = vms, module_path = json.list(inputs.templates()),
    files = json.list(inputs.files(run.status ~= record.RUNNING)),
    results = sorted(record.files(run.folder, own), "file"),
  }
  local encoded, text = pcall(json.encode, manifest)
  if not encoded then return core.fail("EFILE", "the manifest cannot be written: " .. text) end
  local saved, err = run.results:save(record.MANIFEST, text .. "\n")
  if not saved then return nil, err end
  return manifest
end

local LIMIT = 64 << 20 -- bytes of a manifest

local text = { type = "string", required = true }
local path = { type = "string", required = true, valid = function(value)
  return value:find "\0" and "a path without a zero byte" or nil
end }
local digest = { type = "string", required = true, valid = function(value)
  return not value:find "^%x+$" and "a digest" or nil
end }
local list = { type = "table", required = true }

-- What is relied on when a run is repeated; there may be more in it.
local schema = {
  bioxen = text, arguments = list, working_folder = path, module_path = list, files = list,
  results = list,
  seed = { type = "string", required = true, valid = function(value)
    return not math.tointeger(tonumber(value)) and "an integer as text" or nil
  end },
  status = { type = "number", integer = true, required = true },
  script = { type = "table", required = true, fields = { name = path, path = path, sha256 = digest } },
}
local file_schema = { path = path, sha256 = digest, bytes = { type = "number" }, kept = { type = "string" } }
local result_schema = { file = path, sha256 = digest, bytes = { type = "number" } }

local function check_list(given, place, problems, valid)
  local count = 0
  for _ in pairs(given) do count = count + 1 end
  if count ~= #given then problems[#problems + 1] = place .. ": a list expected" end
  for i, item in ipairs(given) do valid(item, ("%s[%d]"):format(place, i)) end
end

-- What is wrong with a manifest, the first of it; nil if it can be relied on.
local function fault(manifest)
  if type(manifest) ~= "table" or manifest.format ~= 1 then return "no format 1" end
  local problems, known = {}, {}
  for key in pairs(schema) do known[key] = manifest[key] end
  check.table(known, schema, "manifest", problems)
  if problems[1] then return problems[1] end
  check_list(manifest.files, "files", problems, function(item, place)
    check.table(item, file_schema, place, problems)
  end)
  check_list(manifest.results, "results", problems, function(item, place)
    check.table(item, result_schema, place, problems)
  end)
  for _, key in ipairs { "arguments", "module_path" } do
    check_list(manifest[key], key, problems, function(item, place)
      if type(item) ~= "string" then problems[#problems + 1] = place .. ": a string expected" end
    end)
  end
  return problems[1]
end

--- The manifest in an open folder; or nil and an error.
function record.read(folder)
  local cjson = modules.installed "cjson.safe"
  if not cjson then return core.fail("EFILE", "lua-cjson is not installed: install it") end
  local encoded, err = folder:read(record.MANIFEST, LIMIT)
  if not encoded then return nil, err end
  local manifest, err = cjson.new().decode(encoded) -- a new one knows the locale of now
  local problem = err or fault(manifest)
  if not problem then return manifest end
  return core.fail("EFILE", ("%s/%s is no manifest of a run: %s"):format(tostring(folder), record.MANIFEST, problem))
end

return record
