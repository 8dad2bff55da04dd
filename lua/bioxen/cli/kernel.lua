-- `bioxen kernel`: the kernel of Jupyter's notebooks, a program of its own, and where Jupyter finds it.

local core = require "bioxen.core"
local json = require "bioxen.json"
local say = require "bioxen.cli.say"

local LOGO = [[
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#0072b2"/>
<ellipse cx="32" cy="32" rx="23" ry="18" fill="none" stroke="#fff" stroke-width="4"/>
<circle cx="27" cy="33" r="7" fill="#e69f00"/><circle cx="41" cy="27" r="3" fill="#fff"/>
<circle cx="42" cy="37" r="2" fill="#fff"/></svg>
]]

-- The path of this program, beside which the kernel's stands.
local function program()
  return core.real_path "/proc/self/exe"
end

local function is_built()
  local folder = (program() or ""):match "^(.*)/"
  return folder and core.is_file(folder .. "/bioxen-kernel")
end

local NOT_BUILT = "the kernel of notebooks, bioxen-kernel, is not installed: on Debian and Ubuntu install the package "
  .. "bioxen-kernel; from source, install libzmq3-dev and build again"

-- Where Jupyter looks for what a user has installed.
local function user_folder()
  local own, home = os.getenv "JUPYTER_DATA_DIR", os.getenv "HOME"
  if own and own ~= "" then return own end
  if not home or home == "" then return nil, "--user: HOME is not set" end
  return home .. "/.local/share/jupyter"
end

local function install(options)
  local folder, mistake = options.prefix and options.prefix .. "/share/jupyter", nil
  if not folder then folder, mistake = user_folder() end
  if not folder then return say.failed(mistake) end
  folder = folder .. "/kernels/bioxen"
  local spec = json.encode { argv = json.list { program(), "kernel", "-f", "{connection_file}" },
    display_name = "BioXen (Lua)", language = "lua", interrupt_mode = "message", metadata = { debugger = false } }
  local made, err = core.make_folder(folder)
  if made then made, err = core.save_file(folder .. "/kernel.json", spec .. "\n") end
  if made then made, err = core.save_file(folder .. "/logo-svg.svg", LOGO) end
  if not made then return say.failed(err) end
  say.line(("Installed in %s; `jupyter kernelspec remove bioxen` takes it away."):format(folder))
  return say.DONE
end

local function run(options)
  if not is_built() then return say.failed(NOT_BUILT) end
  if options.action == "install" then
    if options.f then return nil, "-f goes without install" end
    return install(options)
  end
  if options.user or options.prefix then return nil, "--user and --prefix go with install" end
  if not options.f then return nil, "either install or -f CONNECTION expected" end
  local _, err = require("bioxen.terminal").execute("bioxen-kernel", "-f", options.f)
  return say.failed(err)
end

return {
  name = "kernel",
  summary = "Jupyter's notebooks: install the kernel, which Jupyter then runs",
  description = "Cells of Jupyter's notebooks, in Lua, with VMs, pictures and tables. `install` tells Jupyter of the "
    .. "kernel; Jupyter runs it by -f.",
  arguments = { { "ACTION", "install: write the kernel's specification where Jupyter looks for it.", args = "?",
    choices = { "install" } } },
  options = {
    { "--user", "For this user, the default: in $JUPYTER_DATA_DIR, or ~/.local/share/jupyter." },
    { "--prefix", "For an environment: in DIR/share/jupyter.", value = "DIR" },
    { "-f", "Serve the notebook whose connection file this is.", value = "CONNECTION" },
  },
  either = { { "--user", "--prefix" } },
  examples = {
    { "bioxen kernel install --user", "from now on Jupyter offers BioXen (Lua)" },
    { 'bioxen kernel install --prefix "$VIRTUAL_ENV"', "the same in a virtual environment of Python" },
  },
  run = run,
}
