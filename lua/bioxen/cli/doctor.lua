-- `bioxen doctor`: what holds on this machine. The truth about the jail is read from a worker that
-- really runs.

local core = require "bioxen.core"
local json = require "bioxen.cli.json"
local modules = require "bioxen.modules"
local say = require "bioxen.cli.say"

local function read_file(path)
  local file <close> = io.open(path)
  return file and file:read "a"
end

local function first_line_of(command)
  local pipe <close> = io.popen(command .. " 2>/dev/null </dev/null")
  return pipe and pipe:read "l"
end

-- The name of a user id, if the machine has one for it.
local function user_name(uid)
  for line in (read_file "/etc/passwd" or ""):gmatch "[^\n]+" do
    local name, id = line:match "^([^:]*):[^:]*:(%d+):"
    if id == uid then
      return name
    end
  end
end

-- A report gathers lines and remembers whether something needed is missing.
local Report = {}
Report.__index = Report

function Report:line(word, subject, text)
  self.lines[#self.lines + 1] = { state = word, subject = subject, text = text }
  if not self.silent then say.line(("%-8s %-22s %s"):format(word, subject, text)) end
end

function Report:ok(subject, text)
  self:line("ok", subject, text)
end

function Report:missing(subject, advice)
  self.good = false
  self:line("missing", subject, advice)
end

-- `value` is shown when it is there; without it BioXen works, but for what `advice` says.
function Report:optional(subject, value, advice)
  self:line(value and "ok" or "without", subject, value or advice)
end

function Report:check(condition, subject, text, advice)
  if condition then
    self:ok(subject, text)
  else
    self:missing(subject, text .. ": " .. advice)
  end
end

local function check_versions(report)
  local cjson = modules.installed "cjson"
  report:ok("bioxen", core.version)
  report:ok("Lua", _VERSION)
  for _, name in ipairs { "SUNDIALS", "libseccomp" } do
    report:ok(name, core.versions[name] .. ", in the worker")
  end
  report:optional("lua-cjson", cjson and tostring(cjson._VERSION),
    "configuration files cannot be read: install lua-cjson")
  local hdf5, why = modules.installed "bioxen.hdf5"
  report:optional("HDF5", hdf5 and hdf5.version, "results are not written in HDF5: " .. tostring(why))
  report:optional("gnuplot", first_line_of "gnuplot --version",
    "the experiments draw no pictures: install gnuplot-nox")
end

local function check_kernel(report)
  local release = read_file "/proc/sys/kernel/osrelease"
  if not release then
    return report:missing("kernel", "/proc is not mounted: mount it")
  end
  local major, minor = release:match "^(%d+)%.(%d+)"
  local recent = tonumber(major) * 1000 + tonumber(minor) >= 5004
  report:check(recent, "kernel", "Linux " .. release:gsub("%s+$", ""), "5.4 or later is needed")
  local missing = table.concat(core.missing_calls(), ", ")
  report:check(missing == "", "system calls", missing == "" and "all that VMs need" or missing,
    "refused: it takes Linux 5.4 or later, and a container whose filter knows them")
  local actions = read_file "/proc/sys/kernel/seccomp/actions_avail" or ""
  report:check(actions:find "kill_process" ~= nil, "seccomp", "filters, kill_process",
    "this kernel or container has none; without it a VM starts only with allow_unconfined = true")
end

-- What bounds all VMs together by what they use.
local function check_groups(report)
  local folder, err = require("bioxen.hypervisor.cgroup").examine()
  report:optional("cgroups v2", folder and "VMs can be bounded together, below " .. folder, err and err.message)
end

local function check_worker_program(report)
  local there = core.is_file(core.worker)
  report:check(there, "bioxen-worker", core.worker, "not there; build it, or name it in BIOXEN_WORKER")
  return there
end

-- Needed by VMs of type xcpng alone.
local function check_courier(report)
  local version = first_line_of(("'%s' --version"):format(core.courier:gsub("'", "'\\''")))
  report:optional("bioxen-courier", version and core.courier,
    "VMs of type xcpng cannot be made: build it, or name it in BIOXEN_COURIER")
end

local function check_status(report, pid)
  local status = read_file(("/proc/%d/status"):format(pid))
  if not status then
    return report:missing("worker's status", "/proc hides it: mount /proc without hidepid")
  end
  local function field(name)
    return status:match("\n" .. name .. ":%s*([^\n]*)") or "?"
  end
  local uid = field "Uid":match "%d+"
  local user = ("%s (%s)"):format(uid, user_name(uid) or "no name")
  report:check(field "Seccomp" == "2", "worker: seccomp", "Seccomp: " .. field "Seccomp",
    "2, a filter, was expected; report this")
  report:check(field "NoNewPrivs" == "1", "worker: no_new_privs",
    "NoNewPrivs: " .. field "NoNewPrivs", "1 was expected; report this")
  report:check(uid ~= "0", "worker: user", user, "a worker must not be root; report this")
  report:check(not field "CapEff":find "[1-9a-f]", "worker: capabilities",
    "CapEff: " .. field "CapEff", "none was expected; report this")
end

local function check_limits(report, pid)
  local limits = read_file(("/proc/%d/limits"):format(pid)) or ""
  local expected = {
    { "Max core file size", 0 }, { "Max file size", 0 }, { "Max open files", 4 },
    { "Max locked memory", 0 },
  }
  for _, row in ipairs(expected) do
    local name, most = row[1], row[2]
    local soft = tonumber(limits:match(name .. "%s+(%d+)"))
    report:check(soft and soft <= most, "worker: " .. name:gsub("^Max ", ""),
      soft and tostring(soft) or "unlimited", ("at most %d was expected; report this"):format(most))
  end
end

-- Where the kernel holds copies of a worker at its zygote's gate, the filter sees to processes; else a limit does.
local function check_forks(report, vm)
  local copy, why = core.enter_fork(vm, "doctor-fork")
  if copy then copy:destroy() end
  local fork <close>, err = vm:fork "doctor-fork"
  report:check(fork, "forks", copy and "VMs are copied by the kernel, at their zygote's word"
    or "VMs are copied by saving and restoring them: " .. why.message, tostring(err))
  if not copy then
    local limits = read_file(("/proc/%d/limits"):format(vm:get_status().pid)) or ""
    local most = limits:match "Max processes%s+(%w+)"
    report:check(most == "0", "worker: processes", tostring(most), "0 was expected; report this")
  end
end

-- A VM that lives for a moment.
local function check_probe(report)
  local bioxen = require "bioxen"
  local vm <close>, err = bioxen.create_bio_vm("doctor-probe", "minimal_cell")
  if not vm then
    return report:missing("probe VM", tostring(err))
  end
  local started, err = vm:start()
  if not started then
    return report:missing("probe VM", tostring(err))
  end
  local answer, err = vm:execute_biological_process "return 6 * 7"
  report:check(answer and answer.result == 42, "probe VM", "minimal_cell",
    tostring(err or "a wrong answer"))
  local pid = vm:get_status().pid
  if pid then
    check_status(report, pid)
    check_limits(report, pid)
    check_forks(report, vm)
  end
end

local function examine(options)
  local report = setmetatable({ good = true, silent = options.json, lines = json.list() }, Report)
  check_versions(report)
  check_kernel(report)
  check_courier(report)
  check_groups(report)
  if check_worker_program(report) then check_probe(report) end
  if options.json then
    json.print { good = report.good, checks = report.lines }
  else
    print(report.good and "A VM runs here, jailed." or "Something that BioXen needs is missing.")
  end
  return report.good and say.DONE or say.FAILED
end

return {
  name = "doctor",
  summary = "say what works on this machine",
  description = "Say what works on this machine: versions, the kernel, and what a worker's jail really holds. The exit "
    .. "status is 1 where something that BioXen needs is missing.",
  options = { { "--json", "The same as JSON." } },
  run = examine,
}
