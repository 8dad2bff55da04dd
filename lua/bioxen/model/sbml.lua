--- vm:load_sbml: the host reads the files, the worker parses them.

local check = require "bioxen.check"
local core = require "bioxen.core"

local sbml = {}

sbml.LIMIT = 60 << 20 -- bytes of a model, which must fit into a frame

-- The files that a text's external model definitions name, without a folder: only those beside it
-- are for it to use.
local function sources(text)
  local names = {}
  for element in text:gmatch "externalModelDefinition%s[^>]*" do
    local _, source = element:match "[%s:]source%s*=%s*([\"'])(.-)%1"
    source = source and source:gsub("^file:", ""):gsub("^%./", "")
    if source and not source:find "[/\\%c]" and source ~= "" and source ~= ".." then
      names[#names + 1] = source
    end
  end
  return names
end

-- Read what `text` refers to, and what that refers to. A file that is missing is left for the
-- worker to complain about, which knows where it was wanted; a link, which may lead anywhere, is an error.
local function read_externals(folder, there, text, externals)
  for _, name in ipairs(sources(text)) do
    if there[name] and not externals[name] then
      local external, err = folder:read(name, sbml.LIMIT)
      if not external then return nil, err end
      externals[name] = external
      local read, err = read_externals(folder, there, external, externals)
      if not read then return nil, err end
    end
  end
  return externals
end

-- What a model in the folder `where` refers to, by name; nil and an error.
local function externals_of(where, text)
  if not sources(text)[1] then return {} end
  local folder, err = core.open_folder(where)
  if not folder then return nil, err end
  local there = {}
  for _, name in ipairs(core.list_folder(where)) do there[name] = true end
  return read_externals(folder, there, text, {})
end

local in_the_vm = "return cell:load_sbml(args.text, args.options)"

--- Load a model from its text.
function sbml.load_text(vm, text, options)
  local result, err = vm:execute_biological_process(in_the_vm, {
    args = { text = text, options = { name = options.name, share = options.share, strict = options.strict,
      stochastic = options.stochastic, externals = options.externals } },
    timeout = options.timeout, name = "load_sbml" })
  if not result then return nil, err end
  return result.result
end

--- Load a model from a file, or from text, which begins with "<".
function sbml.load(vm, model, options)
  local problems = {}
  check.table({ model = model }, { model = { type = "string", required = true } }, "load_sbml",
    problems)
  local given = check.table(options, {
    name = { type = "string" },
    share = { type = "boolean" },
    strict = { type = "boolean" },
    stochastic = { type = "boolean" },
    externals = { type = "table" },
    timeout = { type = "number", minimum = 0 },
  }, "options", problems)
  check.raise(problems, 2)
  if model:find "^[%s\xEF\xBB\xBF\xFE\xFF\0]*<" then return sbml.load_text(vm, model, given) end
  local text, err = core.read_file(model, sbml.LIMIT)
  if not text then return nil, err end
  if not given.externals then
    given.externals, err = externals_of(model:match "^(.*/)" or ".", text)
    if not given.externals then return nil, err end
  end
  local loaded, err = sbml.load_text(vm, text, given)
  if not loaded then return nil, sbml.in_file(model, err) end
  return loaded
end

--- The error of a text, which came from this file.
function sbml.in_file(path, err)
  if path ~= "-" and err.code == "EMODEL" then
    err.message = path .. ": " .. err.message:gsub("^[%l_]+:%d+: ", ""):gsub("^SBML: ", "")
  end
  return err
end

return sbml
