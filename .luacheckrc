std = "lua54"
self = false
max_line_length = 120
cache = false
ignore = { "411/err", "421/err" } -- each call has an error of its own
exclude_files = { "build*/**", "out/**" }

files["spec"] = { std = "+busted" }

-- Inside a VM these stand beside the standard library.
local inside_a_vm = { "args", "cell", "flux", "genome", "organism", "petab", "process", "progress" }
for _, place in ipairs { "lua/bioxen/biology", "lua/bioxen/sedml/inside", "docs/template", "spec/support/template" } do
  files[place] = { globals = inside_a_vm }
end

files["spec/fuzz/sedml_fuzz.lua"] = { globals = inside_a_vm } -- runs in a worker

-- A file of declarations for editors: it assigns and never runs.
files["lua/bioxen/types.lua"] = { ignore = { "1", "2", "3" }, max_line_length = false }
files["lua/bioxen/biology/types.lua"] = { ignore = { "2" }, max_line_length = false }
