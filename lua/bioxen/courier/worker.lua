--- The worker in a guest: SSH to it, the program installed where it is missing, one relay for each VM.

local native = require "native"
local failure = require "failure"

local worker = {}

-- Constant: what differs between VMs travels in frames. A worker that BioXen has installed comes first,
-- then one that the guest brings itself.
local FILE = '"$HOME"/.cache/bioxen/worker-' .. native.version
local START = "exec sh -c 'if [ -x " .. FILE .. " ]; then exec " .. FILE ..
  " --stdio; else exec bioxen-worker --stdio; fi'"
-- The new file takes its place once it is whole and runs here.
local INSTALL = "exec sh -c 'umask 077; mkdir -p \"$HOME\"/.cache/bioxen && f=" .. FILE .. ".$$ && " ..
  "trap \"rm -f $f\" EXIT && cat >\"$f\" && chmod 700 \"$f\" && \"$f\" --version && mv \"$f\" " .. FILE .. "'"

-- The Lua files of the organism, or of the library, which the guest does not have.
local function read_folder(folder)
  local files = {}
  for _, name in ipairs(native.list_folder(folder) or {}) do
    if name:find "^[a-z0-9_]+%.lua$" then
      local text, err = native.read_file(folder, name)
      if not text then return nil, err end
      files[name] = text
    end
  end
  return files
end

local function spawn_frame(request)
  local files, err = read_folder(request.organism)
  if not files then return nil, err end
  local library, err = read_folder(request.library)
  if not library then return nil, err end
  return native.spawn_frame(request.memory, request.output, request.unconfined,
    request.organism:match "([^/]+)/*$", files, library)
end

--- Connect to `address`. `fingerprint` is what the guest itself has published of its host key, or nil.
function worker.connect(config, address, fingerprint)
  local passphrase = config.ssh_passphrase
  if config.ssh_passphrase_file then
    local err
    passphrase, err = native.read_secret(config.ssh_passphrase_file)
    if not passphrase then return nil, err end
  end
  return native.ssh { address = address, port = config.ssh_port, user = config.ssh_user,
    known_hosts = config.ssh_known_hosts, host_name = config.ssh_host_name,
    fingerprint = config.ssh_fingerprint or fingerprint, key_path = config.ssh_key_path,
    passphrase = passphrase, agent = config.ssh_agent }
end

local function install(ssh, path)
  native.progress(0.9, "copying the worker into the guest")
  local done, err = ssh:run(INSTALL, path)
  if not done then return nil, err end
  local expected = "bioxen-worker " .. native.version
  if done.status ~= 0 or done.stdout:gsub("%s+$", "") ~= expected then
    return failure.of("EGUEST", ("the worker could not be installed in the guest (status %d): %s"):format(
      done.status, (done.stderr .. done.stdout):gsub("[%c%s]+", " "):gsub("[^\32-\126]", "?"):sub(1, 300)))
  end
  return true
end

-- An attempt spends a descriptor.
local function attempt(ssh, config, request, frame, descriptor)
  return ssh:worker(START, native.copy_descriptor(descriptor), frame, config.keepalive, request.vm)
end

--- Start the worker of `request` = { vm, organism, library, memory, output, unconfined, worker } over `ssh` and relay
-- its frames from `descriptor`, which stays the caller's to close. Gives the relay; EBUSY where the server takes
-- no further session on this connection.
function worker.start(ssh, config, request, descriptor)
  local frame, err = spawn_frame(request)
  if not frame then return nil, err end
  local relay, err = attempt(ssh, config, request, frame, descriptor)
  local unfit = not relay and (err.absent or err.code == "EVERSION")
  if not unfit then return relay, err end
  if not config.install_worker then
    err.message = ("%s; put bioxen-worker %s into the template, or set install_worker = true"):format(
      err.message, native.version)
    return nil, err
  end
  local installed, err = install(ssh, request.worker)
  if not installed then return nil, err end
  return attempt(ssh, config, request, frame, descriptor)
end

return worker
