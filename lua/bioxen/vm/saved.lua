--- Saved cells: a file holds all of a VM. What its worker holds is opaque here: the host looks at the head alone, a
-- form of fixed fields, and only a worker reads the rest. docs/saved_cells.md tells of both.

local core = require "bioxen.core"
local origin = require "bioxen.vm.origin"

local saved = {}

-- Magic, version, bytes of the whole file, SHA-256 of what follows; then the fields, and the worker's bytes. Whoever
-- changes a part of the form, the worker's too (src/inside/saved.c), counts up its version.
local MAGIC, VERSION = "BXCELL\r\n", 1
local HEAD = "<c8I4I8c64"
local FIELDS = "<s1s1I8I8ddddddds1I8"
local LIMIT = 64 << 20 -- bytes: no frame has more
local PATIENCE = 60 -- seconds for a worker to save or restore, whatever deadline its calls have

local names = { "ribosomes", "rna_polymerase", "atp_percentage", "memory_kb" }

-- ---- writing ----

-- The fields as the format has them; a number that is not there is 0. The last are of a checkpoint: the digest of the
-- call's code, and how many steps of it are done.
local function pack_fields(vm, call, steps)
  local status, config = vm:get_status(), origin.config(vm)
  local shares = {}
  for i, name in ipairs(names) do shares[i] = status.resources[name] or 0 end
  return FIELDS:pack(status.biological_type, core.version, status.memory_limit,
    math.tointeger(config.max_output) or 0, config.timeout ~= math.huge and config.timeout or 0,
    status.genome_kb or 0, status.sim_time or 0,
    shares[1], shares[2], shares[3], shares[4], call or "", steps or 0)
end

-- The whole file of a worker's bytes.
local function pack(vm, bytes, call, steps)
  local rest = pack_fields(vm, call, steps) .. bytes
  return HEAD:pack(MAGIC, VERSION, HEAD:packsize() + #rest, core.digest(rest)) .. rest
end

local function refuse(vm)
  local status = vm:get_status()
  if status.state ~= "running" and status.state ~= "paused" then
    return core.fail("ESTATE", ('cannot save VM "%s": its state is "%s", not "running" or "paused"'):format(
      status.vm_id, status.state), status.vm_id)
  elseif status.busy then
    return core.fail("EBUSY", ('cannot save VM "%s": it is "%s" and busy, and a cell is saved between calls: wait for '
      .. 'its job, or cancel it'):format(status.vm_id, status.state), status.vm_id)
  end
  return true
end

--- The bytes of a saved VM; nil and an error. A paused one is awake meanwhile. `call` and `steps` are a checkpoint's.
function saved.bytes(vm, call, steps)
  local can, err = refuse(vm)
  if not can then return nil, err end
  local paused = vm:get_state() == "paused"
  if paused then
    local resumed, err = vm:resume()
    if not resumed then return nil, err end
  end
  local bytes, problem = core.ask(vm, "save", PATIENCE)
  if paused then
    local again, err = vm:pause()
    if not again then return nil, err end
  end
  if not bytes then return nil, problem end
  if type(bytes) ~= "string" then return core.fail("EPROTOCOL", "the worker's answer is no saved cell") end
  return pack(vm, bytes, call, steps)
end

--- Raise, at the caller `level` frames above, unless it is a path.
function saved.check_path(path, level)
  if type(path) == "string" and path ~= "" then return end
  error(("bad argument 'path': the path of a file expected, got %s"):format(tostring(path)), level + 1)
end

--- Save a VM to a file: see types.lua.
function saved.save(vm, path)
  saved.check_path(path, 2)
  local bytes, err = saved.bytes(vm)
  if not bytes then return nil, err end
  return core.save_file(path, bytes)
end

-- ---- reading ----

local function damaged(what, reason, ...)
  return core.fail("EFILE", ("%s is refused: %s"):format(what, reason:format(...)))
end

local function check_head(bytes, what)
  if bytes:sub(1, #MAGIC) ~= MAGIC then return damaged(what, "it is no saved cell") end
  if #bytes < HEAD:packsize() then return damaged(what, "it is cut short, to %d bytes", #bytes) end
  local _, version, size, digest = HEAD:unpack(bytes)
  if version > VERSION then
    return damaged(what, "it is of a newer form, %d, than this BioXen knows, %d", version, VERSION)
  elseif version < 1 then
    return damaged(what, "it is of a form, %d, that there never was", version)
  elseif #bytes < size then
    return damaged(what, "it is cut short: it has %d of %d bytes", #bytes, size)
  elseif #bytes ~= size then
    return damaged(what, "it has %d bytes, and should have %d", #bytes, size)
  elseif core.digest(bytes:sub(HEAD:packsize() + 1)) ~= digest then
    return damaged(what, "it is damaged: its SHA-256 is not what it should be")
  end
  return true
end

local function is_amount(value)
  return value >= 0 and value < math.huge
end

-- What a VM is to be made with, by the fields; nil where they cannot be.
local function read_config(memory, max_output, timeout, shares)
  local resources = {}
  for i, name in ipairs(names) do
    if not is_amount(shares[i]) then return nil end
    if shares[i] > 0 then resources[name] = shares[i] end
  end
  if not is_amount(timeout) or memory < 0 or max_output < 0 then return nil end
  return { memory = memory, max_output = max_output > 0 and max_output or nil, timeout = timeout > 0 and timeout or nil,
    resources = next(resources) and resources or nil }
end

--- What a file's bytes say, `what` being how messages call it: { biological_type, config, genome_kb, call, steps,
-- bytes }, the last for a worker. nil and an error.
function saved.read(bytes, what)
  local good, err = check_head(bytes, what)
  if not good then return nil, err end
  local all = table.pack(pcall(string.unpack, FIELDS, bytes, HEAD:packsize() + 1))
  if not all[1] then return damaged(what, "its head is in a wrong form") end
  local _, biological_type, _, memory, max_output, timeout, genome_kb = table.unpack(all)
  local config = read_config(memory, max_output, timeout, { table.unpack(all, 9, 12) })
  if not config or not is_amount(genome_kb) or not biological_type:find "^[a-z0-9_]+$" then
    return damaged(what, "its head is in a wrong form")
  end
  return { biological_type = biological_type, config = config, genome_kb = genome_kb, call = all[13], steps = all[14],
    bytes = bytes:sub(all[15]) }
end

-- What the worker does not take is no fault of a script.
local function refused(what, err)
  if err.class ~= "script" or err.code == "EMEMORY" then return nil, err end
  return damaged(what, "%s", err.message)
end

--- Have a VM's new worker, which has built no cell, become what was read: what it answers, { options, packages } with
-- packages as origin keeps them; or nil and an error.
function saved.fill(vm, from, what)
  local answer, err = core.ask(vm, "restore", PATIENCE, from.bytes)
  if err then return refused(what, err) end
  if type(answer) ~= "table" or type(answer.packages) ~= "table" then
    return core.fail("EPROTOCOL", "the worker's answer tells of no restored cell")
  end
  for _, package in ipairs(answer.packages) do package.name, package.library = package.group, true end
  return answer
end

--- The bytes of a file; nil and an error.
function saved.read_file(path)
  saved.check_path(path, 3)
  return core.read_file(path, LIMIT)
end

return saved
