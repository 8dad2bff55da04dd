local serve = require "bioxen.serve"

local path = os.getenv "BIOXEN_FUZZ_SOCKET"

local server = assert(serve.open { socket = path, folder = path .. "-state", clients = 4, calls = 100,
  log_bytes = 1 << 16, quiet = true })

-- Nothing of a client may be left once it has gone; what it made is taken away, to begin alike.
local function check_empty()
  if server.client_count ~= 0 or next(server.clients) then error "a client is left" end
  for _, id in ipairs(server.hypervisor:ids()) do assert(server.hypervisor:destroy_vm(id)) end
  if next(server.vms) or next(server.numbers) then error "a VM is left" end
  if next(server.waiting) or next(server.late) then error "a call is left" end
  if next(server.states.waiters) or next(server.states.listeners) or next(server.sessions.reads) then
    error "a wait is left"
  end
end

return function(gone)
  while server:serve_one(0) do end
  if gone then check_empty() end
end
