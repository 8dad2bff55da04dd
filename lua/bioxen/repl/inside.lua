--- Lines that run inside a VM. Their results become text there, by the same printer as here, so that
-- values that cannot travel are shown, too.

local printer = require "bioxen.repl.printer"
local text = require "bioxen.repl.text"

local inside = {}

local modules = { "text", "describe", "printer" }

-- Runs in the VM; takes what was typed as a function. The printer takes ten times as long as a short line to load, so
-- that what is as plain as a number is shown without it, in the same way. What a line sets as a global, `type` say, is
-- the user's: the printer has the functions that were there at the first line, under a key that is no name. The value
-- of a line is `_` for the next.
local loader = [[
  local globals, given = _ENV, args
  local _ENV = globals[" bioxen"]
  if not _ENV then
    local function copy(of)
      local own = {}
      for key, value in globals.next, of do own[key] = value end
      return own
    end
    local own = copy(globals)
    for _, name in globals.ipairs { "string", "table", "math", "utf8" } do own[name] = copy(globals[name]) end
    globals[" bioxen"], _ENV = own, own
  end
  globals.args = nil
  local loaded = {}
  local function need(name)
    if not loaded[name] then
      local environment = setmetatable({ require = need }, { __index = _ENV })
      loaded[name] = load(given.modules[name], "=bioxen", "t", environment)()
    end
    return loaded[name]
  end
  local function plain(value)
    local kind = type(value)
    if kind == "string" then return #value <= 200 and not value:find "[^]-~ !#-[]" and '"' .. value .. '"' end
    if kind == "number" then return value ~= value and "nan" or tostring(value) end
    return (kind == "boolean" or kind == "nil") and tostring(value)
  end
  local function shown(...)
    local lines = {}
    for i = 1, select("#", ...) do
      lines[i] = plain((select(i, ...)))
      if not lines[i] then return need "bioxen.repl.printer".results({ width = given.width }, ...) end
    end
    return #lines > 0 and table.concat(lines, "\n") or nil
  end
  local f, is_expression = ...
  local values = table.pack(f())
  local first = values[1]
  if is_expression and first ~= nil then globals._ = first end
  local words = shown(table.unpack(values, 1, values.n))
  if not given.values then return words end
  local function travels()
    if type(first) == "table" then return type(rawget(first, "fluxes")) == "table" end
    local class = type(first) == "userdata" and tostring(first):match "^(%a+)%("
    return class == "Trajectory" or class == "Ensemble"
  end
  return { text = words, value = travels() and first or nil }
]]

local sources

local function read_sources()
  sources = {}
  for _, name in ipairs(modules) do
    local module = "bioxen.repl." .. name
    local file <close> = assert(io.open(assert(package.searchpath(module, package.path)), "rb"))
    sources[module] = file:read "a"
  end
end

--- Begin to run a chunk: a job, whose result is text or nil; or nil and an error. Options: width in columns; name, of
-- the chunk in messages; timeout (default: the VM's); values = true: the result is { text, value }, with the first
-- value where it is a trajectory, an ensemble or a flux solution.
function inside.submit(vm, chunk, options)
  if not sources then read_sources() end
  local code = ('return (_ENV[" bioxen"] or _ENV).load(args.loader, "=bioxen", "t", _ENV)(function(...) %s\nend, %s)')
    :format(chunk.code, chunk.expression == true)
  return vm:submit(code, { name = options.name or "stdin", timeout = options.timeout,
    args = { loader = loader, modules = sources, width = options.width, values = options.values } })
end

-- A traceback without our own part in it; nil where it says no more than the message does.
local function own_traceback(traceback)
  local lines = {}
  for line in traceback:gmatch "[^\n]+" do
    if not line:find "^%s*bioxen:" then lines[#lines + 1] = line end
  end
  if (lines[#lines] or ""):find "^%s*%(%.%.%.tail calls%.%.%.%)$" then lines[#lines] = nil end
  local last = lines[#lines] or "" -- the typed text itself
  if last:find "in local 'f'$" or last:find "in function <[^<>]+:1>$" then lines[#lines] = nil end
  return #lines > 2 and table.concat(lines, "\n") or nil
end

--- What an error of a VM says beside its message, a line or more each: the table that was raised, what was finished.
function inside.details(err)
  local lines = {}
  local value, finished, traceback = rawget(err, "value"), rawget(err, "finished"), rawget(err, "traceback")
  if type(value) == "table" then lines[1] = printer.show(value) end
  if finished ~= nil then lines[#lines + 1] = "finished until then: " .. text.escape(tostring(finished)) end
  local trace = type(traceback) == "string" and own_traceback(traceback)
  if trace then lines[#lines + 1] = text.escape(trace) end
  return lines
end

--- What the prompt says of a VM.
function inside.label(vm)
  local status = vm:get_status()
  local time = status.sim_time and (" %.10g s"):format(status.sim_time) or ""
  return ("%s %s%s"):format(status.vm_id, status.state, time)
end

return inside
