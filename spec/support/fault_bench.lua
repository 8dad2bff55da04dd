--- A pool for specs of faults: VMs on it, and what must be left of them whatever happened, which is nothing.

local bioxen = require "bioxen"
local core = require "bioxen.core"
local processes = require "spec.support.processes"
local xapi = require "spec.support.xapi"

local bench = {}

local Bench = { pace = 5 } -- seconds that a start takes, until it is known
Bench.__index = Bench

local ORGANISM = "plain_cell"
local BUILD = os.getenv "BIOXEN_BUILD" or "./build"

--- Why there can be no pool on this machine; nil where there can.
bench.missing = xapi.missing

function bench.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "a" or ""
  if file then file:close() end
  return text
end

-- A worker in the template, so that nothing has to be installed.
local function provide_worker(home)
  local folder = xapi.quote(home .. "/.cache/bioxen")
  assert(os.execute(("mkdir -p %s && strip -o %s/worker-%s %s"):format(folder, folder, core.version,
    xapi.quote(core.worker))))
end

--- Start a pool. Options: those of xapi.start.
function bench.open(options)
  local all = { https = true }
  for name, value in pairs(options or {}) do all[name] = value end
  local pool = xapi.start(all)
  provide_worker(pool.template_home)
  local self = setmetatable({ pool = pool, journal = pool.state .. "/journal", number = 0 }, Bench)
  self.turner = assert(bioxen.create_bio_vm("turner", ORGANISM)) -- to hear of couriers that end
  do
    local first <close> = self:create() -- so that everything has been done once
    local began = core.clock()
    assert(first:start())
    self.pace = core.clock() - began
  end
  self:wait_for_couriers()
  self.before = self:state()
  return self
end

function Bench:close()
  self:wait_for_couriers()
  self.turner:destroy()
  self.turner = nil
  self.pool:stop()
end

--- A configuration for the pool.
function Bench:config(overrides)
  local all = { journal = self.journal, connect_timeout = self:seconds(2) }
  for name, value in pairs(overrides or {}) do all[name] = value end
  return self.pool:config(all)
end

--- Seconds as a deadline that is to pass late in a start: more of them where others have most of the machine.
function Bench:seconds(few)
  return math.max(few, 4*self.pace)
end

--- A VM that has not started.
function Bench:create(overrides)
  self.number = self.number + 1
  return assert(bioxen.create_bio_vm("vm" .. self.number, ORGANISM, "xcpng",
    { xcpng_config = self:config(overrides) }))
end

--- A session of the pool, with the journal of its VMs.
function Bench:session(overrides)
  return bioxen.xapi.connect(self:config(overrides))
end

--- The couriers that are children of a process; without one, of this.
function bench.couriers(of)
  local found = {}
  for _, child in ipairs(processes.children(of or processes.self())) do
    if bench.read(("/proc/%d/comm"):format(child)):find "^bioxen%-courier" then
      found[#found + 1] = child
    end
  end
  return found
end

--- Whether a process is dead, be it that nobody has asked for its end yet.
function bench.is_dead(pid)
  return ("ZX"):find(processes.state(pid) or "X", 1, true) ~= nil
end

local function signal(name, pids)
  assert(os.execute(("kill -%s %s"):format(name, table.concat(pids, " "))))
end

--- Kill processes; returns when they are dead. None of them sees another's end.
function bench.kill(...)
  local pids = { ... }
  signal("STOP", pids)
  signal("KILL", pids)
  for _, pid in ipairs(pids) do
    assert(processes.wait_until(function() return bench.is_dead(pid) end))
  end
end

local HOST = [[
  package.path = "./spec/support/organisms/?.lua;./lua/?.lua;./lua/?/init.lua;" .. package.path
  package.cpath = %q .. package.cpath
  local bioxen = require "bioxen"
  local config = { xcpng_config = { %s } }
  local function create(id) return assert(bioxen.create_bio_vm(id, "plain_cell", "xcpng", config)) end
]]

--- A host in a process of its own, which shares this one's journal: { handle, pid }. It can `create(id)` VMs.
function Bench:spawn_host(code)
  local fields = {}
  for name, value in pairs(self:config { vm_memory = "64MB" }) do
    fields[#fields + 1] = ("%s = %q"):format(name, value)
  end
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(HOST:format(BUILD .. "/lib/lua/5.4/?.so;", table.concat(fields, ", ")), code)
  file:close()
  os.execute("chmod 600 " .. script)
  local handle = assert(io.popen(("echo $$; exec lua5.4 %s 2>&1"):format(xapi.quote(script))))
  return { handle = handle, pid = handle:read "n", script = script }
end

--- Wait for a host's end.
function bench.end_host(host)
  host.handle:read "a"
  host.handle:close()
  os.remove(host.script)
end

--- Ask until it holds, as processes.wait_until. What couriers say is heard, and the pool given time.
function Bench:wait_until(holds)
  return processes.wait_until(function()
    self.turner:get_state()
    if holds() then return true end
    self.pool:mark()
  end)
end

function Bench:wait_for_couriers()
  collectgarbage()
  collectgarbage()
  return self:wait_until(function() return #bench.couriers() == 0 end)
end

--- The names of the journal's files.
function Bench:entries()
  return core.list_folder(self.journal) or {}
end

--- All that VMs must leave as it was.
function Bench:state()
  local state = self.pool:counts()
  state.children = #processes.children(processes.self())
  state.descriptors = processes.descriptors()
  state.entries = #self:entries()
  return state
end

-- What differs between two tables of numbers.
local function differences(before, after)
  local found = {}
  for name, value in pairs(after) do
    if before[name] ~= value then
      found[#found + 1] = ("%s: %s, was %s"):format(name, value, before[name])
    end
  end
  table.sort(found)
  return table.concat(found, "; ")
end

--- Wait until nothing is left of what began since the bench was opened: "", or what is. Nothing may refer to
-- a VM or a session any more.
function Bench:leftovers()
  self:wait_for_couriers()
  local left
  self:wait_until(function()
    left = differences(self.before, self:state())
    return left == ""
  end)
  return left
end

--- Wait until the faults have struck so many times.
function Bench:wait_for_faults(times)
  return self:wait_until(function()
    local struck = 0
    for _, rule in ipairs(self.pool:faults()) do struck = struck + rule.fired end
    return struck >= (times or 1)
  end)
end

-- References of the sessions that were used since a mark.
local function session_refs(self)
  local refs = {}
  for _, request in ipairs(self.pool:requests { since = self.mark or 0 }) do
    local first = request.params[1]
    if request.method ~= "session.login_with_password" and type(first) == "string" then
      refs[first] = true
    end
  end
  return refs
end

--- Whether a text has a secret in it: which, or nil.
function Bench:secret_in(text)
  if text:find(self.pool.password, 1, true) then return "the password" end
  for ref in pairs(session_refs(self)) do
    if text:find(ref, 1, true) then return "a session" end
  end
end

--- An error with everything in it, as text.
function bench.dump(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts = { tostring(value) }
  for key, item in pairs(value) do parts[#parts + 1] = bench.dump(key) .. "=" .. bench.dump(item) end
  return table.concat(parts, " ")
end

--- A test after which nothing may be left; `given` is called with the bench.
function Bench:clean(given)
  return function()
    self.mark = self.pool:mark()
    local done, problem = pcall(given, self)
    self.pool:clear_faults()
    local left = self:leftovers()
    if left ~= "" then self.before = self:state() end -- one failure is enough
    if not done then error(problem, 0) end
    assert(left == "", "left behind: " .. left)
  end
end

return bench
