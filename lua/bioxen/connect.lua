--- bioxen.connect: a hypervisor that a daemon keeps, with the methods of one that is here. What reads files reads
-- them here; all else is done over there.

local check = require "bioxen.check"
local core = require "bioxen.core"
local genome_of = require "bioxen.model.genome_source"
local media = require "bioxen.hypervisor.medium"
local place = require "bioxen.serve.place"
local saved = require "bioxen.vm.saved"
local sbml = require "bioxen.model.sbml"
require "bioxen.hypervisor"
require "bioxen.methods"

local connect = {}

local LIMIT = 60 << 20 -- bytes of a file of code, which must fit into a frame
local GREETING = 10 -- seconds

-- ---- calls ----

-- What a mistake is raised at is the caller of the method, which called one of these.
local function raise_misuse(err, method)
  if type(err) ~= "table" or not err.misuse then return end
  error(method and err.misuse:gsub("to 'submit'", ("to '%s'"):format(method)) or err.misuse, 4)
end

-- The value, or nil and the error, of a call that is waited for.
local function ask(hypervisor, operation, vm_id, ...)
  local job, err = hypervisor.link:call("value", operation, vm_id, ...)
  if not job then return nil, err end
  local value, err = job:wait()
  if err then raise_misuse(err) end
  return value, err
end

-- The job of a call, once it has begun.
local function begin(vm, kind, operation, ...)
  local link = vm.hypervisor.link
  local job, err = link:call(kind, operation, vm.id, vm.number, true, ...)
  if not job then return nil, err end
  local begun, err = link:begun(job)
  if err then raise_misuse(err) end
  return begun, err
end

-- What it comes to.
local function finish(vm, method, kind, operation, patience, ...)
  local job, err = vm.hypervisor.link:call(kind, operation, vm.id, vm.number, false, ...)
  if not job then return nil, err end
  local value, err = job:wait(patience)
  if err then raise_misuse(err, method) end
  return value, err
end

-- As methods return it: a value alone, or nil and an error.
local function outcome(value, err)
  if err then return nil, err end
  return value
end

-- ---- VMs ----

local VM = {}
local object_of

-- Methods that are one call over there.
local function forward(class, name)
  class[name] = function(self, ...)
    local value, err = ask(self.hypervisor, "method", self.id, self.number, name, ...)
    return outcome(value, err)
  end
end

-- Methods that begin a job: with wait = false it is given. How long to wait for it is reckoned here.
local function forward_job(name, patient)
  VM[name] = function(self, options)
    local sent, patience = options, nil
    if type(options) == "table" then
      sent = {}
      for key, value in pairs(options) do sent[key] = value end
      if options.wait == false then
        local job, err = begin(self, "true", name, sent)
        return outcome(job, err)
      end
      if patient and math.type(options.timeout) and options.timeout > 0 then
        sent.timeout, patience = nil, options.timeout
      end
    end
    local value, err = finish(self, name, "true", name, patience, sent)
    return outcome(value, err)
  end
end

forward_job "start"
for _, name in ipairs { "stop", "pause", "resume" } do forward_job(name, true) end

function VM:submit(code, options)
  local job, err = begin(self, "result", "execute", code, options, self.hypervisor.outlive)
  return outcome(job, err)
end

function VM:execute_biological_process(code, options)
  local result, err = finish(self, "execute_biological_process", "result", "execute", nil, code, options,
    self.hypervisor.outlive)
  return outcome(result, err)
end

VM.run = VM.execute_biological_process

-- A "#!" line is none of Lua's.
function VM:execute_file(path, options)
  local text, err = core.read_file(path, LIMIT)
  if not text then return nil, err end
  local given = {}
  for key, value in pairs(type(options) == "table" and options or {}) do given[key] = value end
  given.name = path
  local result, err = finish(self, "execute_file", "result", "execute", nil, (text:gsub("^#", "--#")), given,
    self.hypervisor.outlive)
  return outcome(result, err)
end

VM.load_sbml = sbml.load

function VM:load_genome(source, options)
  local loaded, err = genome_of(source, options)
  if not loaded then return nil, err end
  local done, err = ask(self.hypervisor, "method", self.id, self.number, "load_genome", loaded)
  if err then return nil, err end
  return done and loaded
end

function VM:install_biological_package(package_name, options)
  if type(package_name) == "string" and package_name:find "[/.]" then
    local path, err = core.real_path(package_name)
    if not path then return nil, err end
    package_name = path
  end
  local value, err = ask(self.hypervisor, "method", self.id, self.number, "install_biological_package", package_name,
    options)
  return outcome(value, err)
end

function VM:save(path)
  saved.check_path(path, 2)
  local bytes, err = ask(self.hypervisor, "save", self.id, self.number)
  if not bytes then return nil, err end
  return core.save_file(path, bytes)
end

function VM:get_vm_type() return self.vm_type end

function VM:get_biological_type() return self.biological_type end

function VM:fork(what)
  local told, err = ask(self.hypervisor, "fork", self.id, self.number, what)
  if not told then return nil, err end
  if type(what) ~= "table" then return object_of(self.hypervisor, told[1]) end
  local vms = {}
  for i, one in ipairs(told) do
    vms[i], err = object_of(self.hypervisor, one)
    if not vms[i] then return nil, err end
  end
  return vms
end

-- All others that a VM has.
for name in pairs(core.vm_methods) do
  if not VM[name] then forward(VM, name) end
end

local function vm_text(vm)
  return ("%sBiologicalVM(%s, %s, %s)"):format(vm.vm_type == "xcpng" and "XCPng" or "Basic", vm.id, vm.biological_type,
    vm:get_state() or "not connected")
end

local XCPngVM = setmetatable({}, { __index = VM })
forward(XCPngVM, "snapshot")
forward(XCPngVM, "revert")

local function class_of(name, methods)
  return { __name = "bioxen." .. name, __index = methods, __tostring = vm_text,
    __close = function(vm) vm:destroy() end }
end
local classes = { basic = class_of("BasicBiologicalVM", VM), xcpng = class_of("XCPngBiologicalVM", XCPngVM) }

local function is_vm(value)
  local class = getmetatable(value)
  return class == classes.basic or class == classes.xcpng
end

-- One object a VM, as long as somebody holds it.
function object_of(hypervisor, told)
  if type(told) ~= "table" or math.type(told.number) ~= "integer" or not classes[told.vm_type] then
    return core.fail("EDAEMON", "the daemon's answer is no VM")
  end
  local vm = hypervisor.vms[told.number]
  if vm then return vm end
  vm = setmetatable({ hypervisor = hypervisor, id = told.vm_id, number = told.number, vm_type = told.vm_type,
    biological_type = told.biological_type }, classes[told.vm_type])
  hypervisor.vms[told.number] = vm
  return vm
end

-- ---- the hypervisor ----

local Hypervisor = {}

-- Paths are this process's.
local function here(path)
  return type(path) == "string" and core.real_path(path) or path
end

-- A configuration as it is sent, and the number of the VM whose guest it names.
local function to_send(config)
  if type(config) ~= "table" then return config end
  local copy = {}
  for key, value in pairs(config) do copy[key] = value end
  copy.model, copy.xcpng_config = here(copy.model), here(copy.xcpng_config)
  local guest = core.class_name(copy.guest) == "XCPngBiologicalVM" and copy.guest.number
  if guest then copy.guest = nil end
  return copy, guest
end

function Hypervisor:create_vm(vm_id, biological_type, vm_type, config)
  local guest
  config, guest = to_send(config)
  local told, err = ask(self, "create", type(vm_id) == "string" and vm_id or nil, vm_id, biological_type, vm_type,
    config, guest)
  if not told then return nil, err end
  return object_of(self, told)
end

function Hypervisor:get_vm(vm_id)
  local told, err = ask(self, "get", type(vm_id) == "string" and vm_id or nil, vm_id)
  if not told then return nil, err end
  return object_of(self, told)
end

function Hypervisor:clone_vm(vm_id, new_id)
  local told, err = ask(self, "clone", type(new_id) == "string" and new_id or nil, vm_id, new_id)
  if not told then return nil, err end
  return object_of(self, told)
end

function Hypervisor:restore_vm(path, new_id, vm_type, config)
  local bytes, err = saved.read_file(path)
  if not bytes then return nil, err end
  local sent, guest = to_send(config)
  local told, problem = ask(self, "restore", type(new_id) == "string" and new_id or nil, bytes, path, new_id, vm_type,
    sent, guest)
  if not told then return nil, problem end
  return object_of(self, told)
end

local by_id = { start_vm = "start", pause_vm = "pause", resume_vm = "resume", destroy_vm = "destroy",
  get_vm_status = "get_status" }
for name, method in pairs(by_id) do
  Hypervisor[name] = function(self, vm_id, ...)
    local vm, err = self:get_vm(vm_id)
    if not vm then return nil, err end
    return vm[method](vm, ...)
  end
end

-- The changes of states come in batches, each asked for from where the last one ended. They are told between turns
-- of the loop, as those of VMs that are here.
local function listen_on(self)
  local job = self.link:call("value", "listen", nil, self.cursor)
  if not job then return end
  core.when_ready(job, function()
    local batch, err = job:result()
    if err and err.code == "ETIMEOUT" or not self.told then return end
    if type(batch) ~= "table" or type(batch.changes) ~= "table" then return end -- the connection has ended
    self.cursor = batch.cursor
    listen_on(self)
    for _, change in ipairs(batch.changes) do
      if self.told then self.told(change.vm_id, change.from, change.to, change.reason) end
    end
  end)
end

function Hypervisor:listen(f)
  local begun = self.told ~= nil
  self.told = f
  if not f or begun then return end
  local batch = ask(self, "listen", nil, nil)
  if type(batch) ~= "table" then return end
  self.cursor = batch.cursor
  listen_on(self)
end

-- A medium is over there, as long as this connection is open or VMs live in it.
local Medium = { __name = "bioxen.Medium", __index = {},
  __tostring = function(medium) return ("Medium(%s)"):format(medium.hypervisor.path) end }

for name in pairs(media.methods) do
  Medium.__index[name] = function(self, first, ...)
    if is_vm(first) then first = { vm = first.number } end
    local value, err = ask(self.hypervisor, "in_medium", nil, self.number, name, first, ...)
    return outcome(value, err)
  end
end

function Hypervisor:medium(options)
  local number, err = ask(self, "medium", nil, options)
  if not number then return nil, err end
  return setmetatable({ hypervisor = self, number = number }, Medium)
end

Hypervisor.on = core.hypervisor_methods.on

-- All others that a hypervisor has, but for those that its own Lua alone uses.
local private = { enter = true, ids = true }
for name in pairs(core.hypervisor_methods) do
  if not Hypervisor[name] and not private[name] then
    Hypervisor[name] = function(self, ...)
      local value, err = ask(self, "hypervisor", nil, name, ...)
      return outcome(value, err)
    end
  end
end

local function close(hypervisor)
  hypervisor.link:close()
end

-- Lost, it closes once its jobs have ended: they keep the link.
local class = { __name = "bioxen.BioXenHypervisor", __index = Hypervisor, __close = close,
  __tostring = function(hypervisor) return ("BioXenHypervisor(%s)"):format(hypervisor.path) end }

--- Connect to the daemon whose socket is at `path` (default: this user's).
function connect.connect(path, options)
  local problems = {}
  check.table({ path = path }, { path = { type = "string" } }, "connect", problems)
  local given = check.table(options, { outlive = { type = "boolean", default = false } }, "options", problems)
  check.raise(problems, 2)
  path = path or place.socket()
  local link, err = core.open_link(path)
  if not link then return nil, err end
  local job, err = link:call("value", "describe", nil)
  local described
  if job then described, err = job:wait(GREETING) end
  if err and err.code == "ETIMEOUT" then
    return core.fail("EDAEMON", ("the daemon at %s has not answered for %d s"):format(path, GREETING))
  end
  if not described then return nil, err end
  if type(described) ~= "table" then return core.fail("EDAEMON", "the daemon's answer says nothing of itself") end
  return setmetatable({ link = link, path = path, outlive = given.outlive, vms = setmetatable({}, { __mode = "v" }),
    pid = described.pid }, class)
end

connect.ask = ask

return connect
