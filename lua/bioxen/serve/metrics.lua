--- What a daemon counts and measures, as text in the format OpenMetrics (https://openmetrics.io, 1.0), which
-- Prometheus reads.

local core = require "bioxen.core"
local decimal = require "bioxen.decimal"

local metrics = {}

local states = { "created", "starting", "running", "pausing", "paused", "resuming", "stopping", "stopped", "error" }

local function number(value)
  if math.type(value) == "integer" then return ("%d"):format(value) end
  return decimal("%.17g", value)
end

-- A family: its samples are { labels, value }.
local function add(out, name, kind, unit, help, samples)
  out[#out + 1] = ("# TYPE %s %s\n"):format(name, kind)
  if unit then out[#out + 1] = ("# UNIT %s %s\n"):format(name, unit) end
  out[#out + 1] = ("# HELP %s %s\n"):format(name, help)
  for _, sample in ipairs(samples) do
    out[#out + 1] = ("%s%s%s %s\n"):format(name, kind == "counter" and "_total" or "", sample[1], number(sample[2]))
  end
end

local function of_vms(statuses, value)
  local samples = {}
  for _, status in ipairs(statuses) do
    local here = value(status)
    if here then samples[#samples + 1] = { ('{vm="%s"}'):format(status.vm_id), here } end
  end
  return samples
end

local function by_state(statuses)
  local counts, samples = {}, {}
  for _, status in ipairs(statuses) do counts[status.state] = (counts[status.state] or 0) + 1 end
  for i, state in ipairs(states) do samples[i] = { ('{state="%s"}'):format(state), counts[state] or 0 } end
  return samples
end

--- All of it.
function metrics.text(server)
  local out, statuses, counts = {}, server.hypervisor:list_vms(), server.counts
  add(out, "bioxen_uptime_seconds", "gauge", "seconds", "Time since the daemon started.",
    { { "", core.clock() - server.began } })
  add(out, "bioxen_clients", "gauge", nil, "Connections that are open.", { { "", server.client_count } })
  add(out, "bioxen_connections", "counter", nil, "Connections that have been let in.", { { "", counts.connections } })
  add(out, "bioxen_calls", "counter", nil, "Calls of code in VMs that have begun.", { { "", counts.calls } })
  add(out, "bioxen_failures", "counter", nil, "Calls of any kind that were answered by an error.",
    { { "", counts.failures } })
  add(out, "bioxen_vms", "gauge", nil, "VMs by their states.", by_state(statuses))
  add(out, "bioxen_vm_calls", "counter", nil, "Calls that a VM has finished.",
    of_vms(statuses, function(status) return status.calls end))
  add(out, "bioxen_vm_busy", "gauge", nil, "Whether a job runs in a VM.",
    of_vms(statuses, function(status) return status.busy and 1 or 0 end))
  add(out, "bioxen_vm_simulated_seconds", "gauge", "seconds", "Simulated time of a VM's cell, when last heard of.",
    of_vms(statuses, function(status) return status.sim_time end))
  add(out, "bioxen_vm_memory_limit_bytes", "gauge", "bytes", "Memory that a VM may take.",
    of_vms(statuses, function(status) return status.memory_limit end))
  add(out, "bioxen_vm_memory_bytes", "gauge", "bytes", "Memory that a VM's worker on this machine holds.",
    of_vms(statuses, function(status) return status.pid and core.resident(status.pid) end))
  add(out, "bioxen_vm_processor_seconds", "counter", "seconds", "Processor time of a VM's worker on this machine.",
    of_vms(statuses, function(status) return status.processor_seconds end))
  out[#out + 1] = "# EOF\n"
  return table.concat(out)
end

return metrics
