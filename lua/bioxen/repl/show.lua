--- How the session shows values, errors and durations, on the host.

local bioxen = require "bioxen"
local describe = require "bioxen.repl.describe"
local inside = require "bioxen.repl.inside"
local printer = require "bioxen.repl.printer"
local text = require "bioxen.repl.text"

local show = {}

local BUDGET = 50000000 -- instructions that a metamethod may take

-- pcall with an end: a __tostring may loop.
local function protect(f, ...)
  local co = coroutine.create(f)
  local function stop()
    debug.sethook(co, stop, "", 1) -- what catches this meets it again
    error("it takes too long", 0)
  end
  debug.sethook(co, stop, "", BUDGET)
  local good, result = coroutine.resume(co, ...)
  if good and coroutine.status(co) ~= "dead" then return false, "it yields" end
  return good, result
end

local function describe_vm(vm)
  local status = vm:get_status()
  local words = { status.vm_type, status.biological_type, status.state }
  if status.busy then words[#words + 1] = "busy" end
  if status.sim_time then words[#words + 1] = ("%.10g s simulated"):format(status.sim_time) end
  if status.reason then words[#words + 1] = text.escape(status.reason) end
  return ("VM %s: %s"):format(status.vm_id, table.concat(words, ", "))
end

local function describe_hypervisor(hypervisor)
  local rows = {}
  for name, r in pairs(hypervisor:get_system_resources()) do
    rows[#rows + 1] = { name, ("%.10g of %.10g free"):format(r.free, r.capacity) }
  end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return ("%s, %s\n%s"):format(tostring(hypervisor), text.counted(#hypervisor:ids(), "VM"),
    text.columns(rows, "  "))
end

local others = { BasicBiologicalVM = describe_vm, XCPngBiologicalVM = describe_vm,
  BioXenHypervisor = describe_hypervisor }

local function describe_object(value)
  local class = bioxen.type(value)
  local function_ = describe[class] or others[class]
  return function_ and function_(value)
end

local function place(f)
  local info = debug.getinfo(f, "S")
  if info.what == "C" then return tostring(f) end
  return ("function (%s:%d)"):format(text.escape(info.short_src), info.linedefined)
end

--- A line or more for each value; nil without values.
function show.values(width, ...)
  return printer.results({ width = width, protect = protect, describe = describe_object, place = place,
    metatable = debug.getmetatable }, ...)
end

--- Whether it is an error of BioXen.
function show.is_error(value)
  local metatable = debug.getmetatable(value)
  return type(value) == "table" and type(metatable) == "table"
    and rawget(metatable, "__name") == "bioxen.Error"
end

-- The part of a traceback that is the user's, if that is more than the place that the message names.
local function own_traceback(traceback)
  local lines, places = {}, 0
  for line in traceback:gmatch "[^\n]+" do
    if line:find "in function 'bioxen%.terminal%.call'" or line:find "bioxen/repl[^:]*%.lua:" then break end
    lines[#lines + 1] = line
    if #lines > 1 and not line:find "^%s*%[C%]" and not line:find "^%s*%(%.%.%." then places = places + 1 end
  end
  while lines[#lines] and lines[#lines]:find "^%s*%[C%]" do lines[#lines] = nil end
  return places > 1 and table.concat(lines, "\n") or nil
end

-- What to do about an error of a VM.
local function advice(err)
  local id = rawget(err, "vm_id")
  if not id or rawget(err, "usable") ~= false then return nil end
  return ("VM %s takes no more calls; restart it: hypervisor:get_vm(%q):restart()"):format(tostring(id),
    tostring(id))
end

--- The text of an error that was raised or returned.
function show.error(err, traceback)
  local words, trace
  if type(err) == "string" then
    words = text.escape(err)
    trace = type(traceback) == "string" and own_traceback(traceback)
  elseif type(err) == "table" or type(err) == "userdata" then
    words = printer.show(err, { protect = protect })
  else
    words = printer.show(err)
  end
  local lines = { words }
  if show.is_error(err) then
    table.move(inside.details(err), 1, 3, 2, lines)
    lines[#lines + 1] = advice(err)
  end
  if trace then lines[#lines + 1] = text.escape(trace) end
  return table.concat(lines, "\n")
end

--- 0.0123 as 12.3 ms.
function show.duration(seconds)
  if seconds < 1e-3 then return ("%.0f µs"):format(seconds * 1e6) end
  if seconds < 1 then return ("%.3g ms"):format(seconds * 1e3) end
  return ("%.3f s"):format(seconds)
end

return show
