--- PEtab problems: the host reads the files, a VM parses them.

local core = require "bioxen.core"

local petab = {}

local LIMIT = 60 << 20 -- bytes of all files, which must fit into a frame

-- Each name's file of the folder, below it and reached by no link.
local function read_files(folder, names)
  local texts, left = {}, LIMIT
  for _, name in ipairs(names) do
    local text, err = folder:read((name:gsub("^%./", "")), math.max(left, 1))
    if not text then return nil, err end
    texts[name], left = text, left - #text
  end
  return texts
end

local function names_of(files)
  local names = { files.model }
  for _, kind in ipairs { "parameters", "conditions", "experiments", "measurements", "observables", "mappings" } do
    table.move(files[kind], 1, #files[kind], #names + 1, names)
  end
  return names
end

--- The problem of a file: { files, texts }, read in a VM that has started; or nil and an error.
function petab.read(vm, path)
  local text, err = core.read_file(path, LIMIT)
  if not text then return nil, err end
  local answer, err = vm:execute_biological_process("return require('library.petab').files(args)",
    { args = text, name = "petab" })
  if not answer then return nil, err end
  local folder, err = core.open_folder(path:match "^(.*)/[^/]*$" or ".")
  if not folder then return nil, err end
  local texts, err = read_files(folder, names_of(answer.result))
  if not texts then return nil, err end
  return { files = answer.result, texts = texts }
end

local LOAD = [[
  objective, problem, spec = require("library.petab").load(args.files, args.texts)
  return problem]]

--- Have a VM be ready for it: { rows, parameters, priors, version, warnings }; or nil and an error.
function petab.load(vm, problem)
  local answer, err = vm:execute_biological_process(LOAD, { args = problem, name = "petab" })
  if not answer then return nil, err end
  return answer.result
end

return petab
