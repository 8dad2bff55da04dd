-- `bioxen vm`: what a daemon keeps, from any terminal.

local configurations = require "bioxen.config"
local connect = require "bioxen.connect"
local json = require "bioxen.cli.json"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"

-- ---- reaching it ----

-- Call f(hypervisor, options) with the daemon's: the exit status.
local function with(f)
  return function(options)
    local hypervisor <close>, err = connect.connect(options.socket, { outlive = options.detach })
    if not hypervisor then return say.failed(err) end
    return f(hypervisor, options)
  end
end

-- f(vm, options) for each VM that is named; all are tried.
local function each(f)
  return with(function(hypervisor, options)
    local status = say.DONE
    for _, id in ipairs(options.vm) do
      local vm, err = hypervisor:get_vm(id)
      local done = vm
      if vm then done, err = f(vm, options) end
      if not done then status = say.failed(err) end
    end
    return status
  end)
end

-- ---- commands ----

-- The configuration of a file, checked; nil and what is wrong.
local function read_config(options)
  local config, err = configurations.load_from_file(options.config)
  if not config then return nil, err end
  local valid, problems = configurations.validate_config(config, options.vm_type, options.type)
  if valid then return config end
  return nil, ("%s: %s"):format(options.config, table.concat(problems, "\n  "))
end

-- A VM by one of the hypervisor's methods, the configuration last; nil and the exit status.
local function make(method, hypervisor, options, ...)
  local config, wrong
  if options.config then
    config, wrong = read_config(options)
    if not config then return nil, say.failed(wrong) end
  end
  local arguments = table.pack(...)
  arguments[arguments.n + 1], arguments[arguments.n + 2] = options.vm_type, config
  local good, vm, err = pcall(hypervisor[method], hypervisor, table.unpack(arguments, 1, arguments.n + 2))
  if not good then return nil, say.misused((vm:gsub("^[^:]+:%d+: ", ""))) end
  if not vm then return nil, say.failed(err) end
  return vm
end

local function create(hypervisor, options)
  local vm, status = make("create_vm", hypervisor, options, options.vm, options.type)
  if not vm then return status end
  if options.start then
    local started, err = vm:start()
    if not started then
      vm:destroy()
      return say.failed(err)
    end
  end
  if options.json then return json.print(vm:get_status()) end
  return say.DONE
end

local function save(hypervisor, options)
  local vm, err = hypervisor:get_vm(options.vm)
  if not vm then return say.failed(err) end
  local done, err = vm:save(options.file)
  return done and say.DONE or say.failed(err)
end

local function restore(hypervisor, options)
  local vm, status = make("restore_vm", hypervisor, options, options.file, options.vm)
  if not vm then return status end
  if options.json then return json.print(vm:get_status()) end
  return say.DONE
end

local function list(hypervisor, options)
  local statuses, err = hypervisor:list_vms()
  if not statuses then return say.failed(err) end
  if options.json then return json.print(json.list(statuses)) end
  for _, status in ipairs(statuses) do
    if options.ids then print(status.vm_id) end
  end
  if options.ids then return say.DONE end
  for _, status in ipairs(statuses) do
    say.line(("%-20s %-12s %-6s %-9s %6d calls%s"):format(status.vm_id, status.biological_type, status.vm_type,
      status.state, status.calls, status.sim_time and (", %.10g s simulated"):format(status.sim_time) or ""))
  end
  return say.DONE
end

-- A number of the format, or a mark for none.
local function shown(format, value)
  return value and format:format(value) or "-"
end

local function top(hypervisor, options)
  local statuses, err = hypervisor:list_vms()
  if not statuses then return say.failed(err) end
  local rows = json.list()
  for _, status in ipairs(statuses) do
    local vm = hypervisor:get_vm(status.vm_id) -- it may have gone by now
    rows[#rows + 1] = vm and vm:top()
  end
  if options.json then return json.print(rows) end
  say.line(("%-20s %-9s %8s %6s %9s %13s %11s"):format("VM", "state", "time/s", "cpu/%", "memory/MB", "simulated/s",
    "per second"))
  for _, row in ipairs(rows) do
    say.line(("%-20s %-9s %8s %6s %9s %13s %11s"):format(row.vm_id, row.state, shown("%.2f", row.processor_seconds),
      shown("%.0f", row.processor and row.processor*100), shown("%.1f", row.memory and row.memory/1e6),
      shown("%.6g", row.sim_time), shown("%.4g", row.rate)))
  end
  return say.DONE
end

local function code_of(options)
  if options.code and not options.file then return options.code, "exec" end
  if options.file and not options.code then
    local text, err = source.read(options.file)
    return text and text:gsub("^#", "--#"), text and options.file or err
  end
  return nil, "the code itself, or --file, is needed"
end

local function show_result(result, options)
  if options.json then return json.print(result) end
  if result.result ~= nil then say.line(tostring(result.result)) end
  return say.DONE
end

local function execute(hypervisor, options)
  local code, name = code_of(options)
  if not code then return say.failed(name) end
  local vm, err = hypervisor:get_vm(options.vm)
  if not vm then return say.failed(err) end
  local job, err = vm:submit(code, { name = name, timeout = options.timeout })
  if not job then return say.failed(err) end
  if options.detach then return say.DONE end
  if not options.json then require("bioxen.repl.text").write_output(job) end
  local result, err = job:wait()
  if not result then return say.failed(err) end
  return show_result(result, options)
end

local function logs(hypervisor, options)
  local text, err = connect.ask(hypervisor, "logs", nil, options.vm, options.lines)
  if not text then return say.failed(err) end
  io.stdout:write(text)
  return say.DONE
end

local function metrics(hypervisor)
  local text, err = connect.ask(hypervisor, "metrics", nil)
  if not text then return say.failed(err) end
  io.stdout:write(text)
  return say.DONE
end

local function fork(hypervisor, options)
  local vm, err = hypervisor:get_vm(options.vm)
  if not vm then return say.failed(err) end
  local what = options.new
  if options.copies then what = { n = options.copies, id = options.new } end
  local good, made, problem = pcall(vm.fork, vm, what)
  if not good then return say.misused((made:gsub("^[^:]+:%d+: ", ""))) end
  if not made then return say.failed(problem) end
  if not options.json then return say.DONE end
  if not options.copies then return json.print(made:get_status()) end
  local statuses = {}
  for i, one in ipairs(made) do statuses[i] = one:get_status() end
  return json.print(json.list(statuses))
end

-- ---- words ----

local socket = { "--socket", "The daemon's (default: $BIOXEN_SOCKET, or this user's own).", value = "PATH" }
local as_json = { "--json", "The same as JSON." }
local new, one = { "VM", "The VM's id." }, { "VM", "The VM's id.", complete = "vm" }
local many = { "VM", "The ids of VMs.", args = "+", complete = "vm" }

local function plain(name, summary)
  return { name = name, summary = summary, arguments = { many }, options = { socket },
    run = each(function(vm) return vm[name](vm) end) }
end

local function command(name, summary, arguments, options, f)
  options[#options + 1] = socket
  return { name = name, summary = summary, arguments = arguments, options = options, run = with(f) }
end

return {
  name = "vm",
  summary = "what a daemon keeps (bioxen serve): create, call and end VMs",
  commands = {
    command("create", "make a VM", { new, { "TYPE", "What lives in it: bioxen organisms lists them." } },
      { { "--config", "Its configuration: a file of JSON, or of Lua that is data.", value = "FILE" },
        { "--vm-type", "Where it runs (default: basic).", value = "KIND", choices = { "basic", "xcpng" } },
        { "--start", "Start it, too." }, as_json }, create),
    command("list", "the VMs and their states", {}, { { "--ids", "Their ids alone." }, as_json }, list),
    plain("start", "start VMs"),
    command("exec", "run code in a VM and show what it prints and returns",
      { one, { "CODE", "The Lua code.", args = "?" } },
      { { "--file", "Take the code from a file (- is standard input).", value = "FILE" },
        { "--timeout", "How long it may take.", value = "SECONDS", number = { above = 0 } },
        { "--detach", "Leave once it runs; what it comes to goes into the VM's log." }, as_json }, execute),
    command("attach", "a session with a VM, shared with all who have attached: lines are run in it, ^D leaves",
      { one },
      { { "--all", "Begin with what is kept of the session, not from here on." } },
      function(...) return require("bioxen.cli.attach").run(...) end),
    command("fork", "copy a VM with its cell as it is now; it goes on",
      { one, { "NEW", "The copy's id; with --copies what all ids begin with." } },
      { { "--copies", "Make so many, NEW.1 to NEW.N.", value = "N", number = { integer = true, minimum = 1 } },
        as_json }, fork),
    plain("pause", "halt VMs, which use no processor then"),
    plain("resume", "let them go on"),
    command("save", "put all of a VM, its cell and what its code holds, into a file", { one, { "FILE", "The file." } },
      {}, save),
    command("restore", "make a VM from such a file: it goes on where that one was",
      { { "FILE", "The file." }, new },
      { { "--config", "What is to be otherwise: a file of JSON, or of Lua that is data.", value = "FILE" },
        { "--vm-type", "Where it runs (default: basic).", value = "KIND", choices = { "basic", "xcpng" } }, as_json },
      restore),
    plain("stop", "end their workers; their cells are gone"),
    plain("destroy", "end VMs for good"),
    command("top", "what VMs take of the machine, and how fast their cells live, since the last look", {}, { as_json },
      top),
    command("logs", "what has happened to a VM, or without one to the daemon",
      { { "VM", "The VM's id.", args = "?", complete = "vm" } },
      { { "--lines", "The last so many alone.", value = "N", number = { integer = true, minimum = 1 } } }, logs),
    command("metrics", "what the daemon counts and measures, in the format OpenMetrics", {}, {}, metrics),
  },
}
