--- Where a daemon listens, and where it keeps what it writes down.

local core = require "bioxen.core"

local place = {}

local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- The socket of this user's daemon: $BIOXEN_SOCKET, or in the folder of what runs, or for root /run/bioxen.
function place.socket()
  local named, running = variable "BIOXEN_SOCKET", variable "XDG_RUNTIME_DIR"
  if named then return named end
  if running then return running .. "/bioxen/bioxen.sock" end
  if select(2, core.process()) == 0 then return "/run/bioxen/bioxen.sock" end
  return place.home() .. "/bioxen.sock"
end

--- The folder of BioXen's state: that which systemd gives a unit, or this user's.
function place.home()
  local given, state, home = variable "STATE_DIRECTORY", variable "XDG_STATE_HOME", variable "HOME"
  if given then return (given:match "^[^:]*") end
  return (state or (home or "/root") .. "/.local/state") .. "/bioxen"
end

--- The folder of the daemon of a socket.
function place.folder(socket)
  return place.home() .. "/serve/" .. socket:gsub("^/", ""):gsub("[^%w._-]", "_")
end

return place
