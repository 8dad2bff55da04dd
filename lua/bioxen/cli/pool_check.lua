-- `bioxen xcpng check`: all that a VM in a guest needs, step by step.

local core = require "bioxen.core"
local create = require "bioxen.create"
local hypervisor = require "bioxen.hypervisor"
local json = require "bioxen.cli.json"
local say = require "bioxen.cli.say"

local pool_check = {}

local ON_POOL = { "login", "role", "template", "network", "storage", "host" }
local IN_GUEST = { "guest", "guest tools", "key", "worker" }
local A_STEP, A_GUEST = 60, 300 -- seconds

local Report = {}
Report.__index = Report

-- What came of a step: words, or nil and an error.
function Report:add(step, words, err)
  local why = type(err) == "table" and err.message or tostring(err)
  local row = { step = step, ok = words ~= nil, words = words or (why:gsub("\n%s*", " ")) }
  self.rows[#self.rows + 1] = row
  self.failed = self.failed or not row.ok
  if not self.as_json then say.line(("%-6s  %-13s  %s"):format(row.ok and "ok" or "FAILED", step, row.words)) end
  self.log()
  return row.ok
end

-- ---- the guest ----

-- Which of IN_GUEST a start that failed had come to.
local function step_of(err, fraction)
  if err.step == "starting the worker" or fraction >= 0.9 then return 4 end
  return fraction >= 0.8 and 3 or fraction >= 0.5 and 2 or 1
end

local function describe(vm, seconds)
  local status = vm:get_status()
  return { ("%s, %s, made and booted on %s in %.1f s"):format(status.name, status.uuid, status.host or "?", seconds),
    "they tell the address " .. status.address, "it opens the guest's SSH server" }
end

local SHORT = { "it was made and has booted", "they tell an address", "it opens the guest's SSH server" }

-- Its steps up to one that failed, if one did.
local function report_start(report, vm, started, problem, job, seconds)
  local last = started and #IN_GUEST or step_of(problem, job and job:progress() or 0)
  local words = started and describe(vm, seconds) or SHORT
  for i = 1, last - 1 do report:add(IN_GUEST[i], words[i]) end
  if not started then return report:add(IN_GUEST[last], nil, problem) end
  local answer, err = vm:execute_biological_process "return _VERSION"
  report:add("worker", answer and "bioxen-worker " .. core.version .. " answers", err)
end

local function try_guest(report, config, timeout)
  local good, vm, err = pcall(create.create, hypervisor.default(), "check", "minimal_cell", "xcpng",
    { xcpng_config = config }, false)
  if not good or not vm then return report:add("guest", nil, good and err or vm) end
  local began = core.clock()
  local job, done
  job, err = vm:start { wait = false, timeout = timeout }
  if job then done, err = job:wait() end
  report_start(report, vm, done, err, job, core.clock() - began)
  done, err = vm:destroy()
  report:add("removal", done and "nothing of it is left on the pool", err)
end

-- ---- all of it ----

local function new_report(options, log)
  return setmetatable({ rows = json.list(), as_json = options.json, log = log }, Report)
end

local function finish(report)
  if report.as_json then json.print(report.rows) end
  return report.failed and say.FAILED or say.DONE
end

--- Its exit status. `session` is one of the pool, log() shows what has been logged by now, if it is to be shown.
function pool_check.run(session, options, config, log)
  local report = new_report(options, log)
  for _, step in ipairs(ON_POOL) do report:add(step, session:send("examine", step, A_STEP):wait()) end
  if not report.failed then try_guest(report, config, options.timeout or A_GUEST) end
  return finish(report)
end

--- The same where there is no session, for this reason.
function pool_check.refuse(err, options)
  local report = new_report(options, function() end)
  report:add("login", nil, err)
  return finish(report)
end

return pool_check
