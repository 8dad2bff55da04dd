--- BioXen: a host for biological virtual machines.
-- Public functions are described, with types, in bioxen/types.lua.

local core = assert(require "bioxen.modules".installed "bioxen.core")
local check = require "bioxen.check"
local config_manager = require "bioxen.config"
local create = require "bioxen.create"
local genome = require "bioxen.model.genome"
local hypervisor = require "bioxen.hypervisor"
require "bioxen.methods"
local connect = require "bioxen.connect"
local limits = require "bioxen.hypervisor.limits"
local manager = require "bioxen.manager"
local flux_scan = require "bioxen.flux_scan"
local map = require "bioxen.map"
local organisms = require "bioxen.biology.organisms"
local out = require "bioxen.out"
local plot = require "bioxen.plot"
local resource_manager = require "bioxen.hypervisor.manager"
local saved = require "bioxen.vm.saved"
local sweep = require "bioxen.sweep"
local xapi = require "bioxen.xcpng.xapi"

local bioxen = {
  _VERSION = core.version,
  BioResourceManager = resource_manager.new,
  BioXenHypervisor = hypervisor.new,
  ConfigManager = config_manager,
  VMManager = manager.new,
  clock = core.clock,
  connect = connect.connect,
  error_codes = core.error_codes,
  fd = core.fd,
  genome = genome,
  get_supported_biological_types = organisms.names,
  get_supported_vm_types = create.vm_types,
  hypervisor = hypervisor.default,
  limits = limits.limits,
  flux_scan = flux_scan.scan,
  map = map.map,
  out = out.path,
  plot = plot.plot,
  step = core.step,
  sweep = sweep.sweep,
  merge_sweeps = sweep.merge,
  type = core.class_name,
  validate_biological_type = organisms.validate,
  validate_vm_type = create.validate_vm_type,
  wait_all = core.wait_all,
  wait_any = core.wait_any,
  xapi = { connect = xapi.connect, array = xapi.array },
}

-- Loaded when they are first called.
function bioxen.fit(...) return require("bioxen.fit").fit(...) end
function bioxen.global_sensitivity(...) return require("bioxen.sensitivity").global_sensitivity(...) end
function bioxen.html(...) return require("bioxen.report.values").html(...) end
function bioxen.read_table(...) return require "bioxen.read_table"(...) end

function bioxen.BiologicalVM()
  error("BiologicalVM is abstract: use create_bio_vm", 2)
end

--- Make a VM on the default hypervisor. It lives as long as the script holds it.
function bioxen.create_bio_vm(vm_id, biological_type, vm_type, config)
  return create.create(hypervisor.default(), vm_id, biological_type, vm_type, config, false)
end

--- A VM on the default hypervisor from a file that vm:save wrote.
function bioxen.restore(path, new_id, vm_type, config)
  local bytes, err = saved.read_file(path)
  if not bytes then return nil, err end
  return check.relay(2, hypervisor.restore, hypervisor.default(), bytes, path, new_id, vm_type, config, false)
end

return bioxen
