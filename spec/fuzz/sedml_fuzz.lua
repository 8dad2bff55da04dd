-- Runs projects as the host does, in little: few values, few and short simulations.

local source, crc32 = ...
local host = setmetatable({ require = function() return { crc32 = crc32 } end }, { __index = _G })
local zip = load(source "lua/bioxen/sedml/zip.lua", "=zip", "t", host)()

local real, runs = cell, 0

-- A cell whose runs are short.
local short = setmetatable({}, { __index = function(_, name)
  return function(_, ...) return real[name](real, ...) end
end })

function short:run(options)
  runs = runs + 1
  if runs > 5 then error { said = "enough" } end
  options.max_steps = 500
  return real:run(options)
end

function short:steady_state(options)
  options.max_steps = 500
  return real:steady_state(options)
end

local loaded, environment = {}, nil
local function need(name)
  local path = name:find "^sedml%." and "lua/bioxen/sedml/inside/" .. name:sub(7) .. ".lua"
    or name:find "^library%." and "lua/bioxen/biology/library/" .. name:sub(9) .. ".lua"
    or name == "bioxen.nearest" and "lua/bioxen/nearest.lua"
  if not path then return require(name) end
  if not loaded[name] then
    local text = source(path):gsub("VALUES = 10000000", "VALUES = 200"):gsub("cell%.load_sbml, cell", "load_sbml, real")
    loaded[name] = assert(load(text, "=" .. name, "t", environment))()
  end
  return loaded[name]
end
environment = setmetatable({ require = need, cell = short, real = real, load_sbml = real.load_sbml,
  progress = function() end }, { __index = _G })
local project = need "sedml.project"

local function packed(bytes)
  local files = {}
  for name, text in bytes:gmatch "\1([^\n]*)\n([^\1]*)" do files[#files + 1] = { name, text } end
  return zip.pack(files)
end

-- An answer, which has words where there is a fault.
local function good(answer)
  local fault = answer.fault
  if fault and (type(fault) ~= "string" or fault == "" or fault:find "attempt to " or fault:find "bad argument") then
    error("a fault in the interpreter: " .. tostring(fault), 0)
  end
  return not fault
end

return function(bytes)
  runs = 0
  local opened = project.open { bytes = bytes:find "^PK" and bytes or packed(bytes), policy = "ANY" }
  if not good(opened) then return end
  for _, path in ipairs(opened.documents) do
    local document = project.read(path)
    if good(document) then
      for _, task in ipairs(document.tasks) do good(project.run(task.id)) end
      for _, output in ipairs(document.outputs) do
        for _, set in ipairs(output.sets) do
          if good(project.generate(set.generator)) then project.values(set.generator, 1, 1000) end
        end
      end
      project.forget()
    end
  end
end
