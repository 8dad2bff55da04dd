-- What reads and runs SED-ML in a VM: its modules, which the host sends.

local interpreter = {}

local modules = { "archive", "data", "document", "flux", "kisao", "mathml", "models", "outputs", "plan", "project",
  "say", "tasks", "text", "write" }

-- Loads the modules when they are first required.
local loader = [[
  local sources, loaded, find = args, {}, require
  args = nil
  local environment
  local function need(name)
    if not sources[name] then return find(name) end
    loaded[name] = loaded[name] or load(sources[name], "=" .. name, "t", environment)()
    return loaded[name]
  end
  environment = setmetatable({ require = need }, { __index = _G })
  project = need "sedml.project"]]

local function source_of(module)
  local file <close> = assert(io.open(assert(package.searchpath(module, package.path)), "rb"))
  return file:read "a"
end

--- Set the global `project` in a VM, see inside/project.lua; or nil and an error.
function interpreter.load(vm)
  local sources = { ["bioxen.nearest"] = source_of "bioxen.nearest" }
  for _, name in ipairs(modules) do sources["sedml." .. name] = source_of("bioxen.sedml.inside." .. name) end
  return vm:execute_biological_process(loader, { args = sources, name = "sedml" })
end

return interpreter
