--- What Lua adds to classes of C: every method of BiologicalVM, Trajectory and Ensemble that is not in src/.

local capabilities = require "bioxen.vm.capabilities"
local core = require "bioxen.core"
local packages = require "bioxen.vm.packages"
local fork = require "bioxen.fork"
local plot = require "bioxen.plot"
local resources = require "bioxen.hypervisor.resources"
local saved = require "bioxen.vm.saved"
require "bioxen.checkpoint"
local top = require "bioxen.hypervisor.top"
local sbml = require "bioxen.model.sbml"

local vm = core.vm_methods
vm.allocate_resources = resources.allocate
vm.fork = fork.fork
vm.get_biological_metrics = capabilities.get_biological_metrics
vm.get_essential_genes = capabilities.get_essential_genes
vm.get_plasmid_count = capabilities.get_plasmid_count
vm.get_resource_usage = capabilities.get_resource_usage
vm.install_biological_package = packages.install
vm.load_genome = resources.load_genome
vm.load_sbml = sbml.load
vm.manage_operons = capabilities.manage_operons
vm.run = vm.execute_biological_process
vm.save = saved.save
vm.top = top.top
vm.start_transcription = capabilities.start_transcription

core.trajectory_methods.plot = plot.trajectory
core.ensemble_methods.plot = plot.ensemble

-- Loaded when they are first called.
function core.trajectory_methods.html(...) return require("bioxen.report.values").Trajectory(...) end
function core.ensemble_methods.html(...) return require("bioxen.report.values").Ensemble(...) end
function core.trajectory_methods.to_hdf5(...) return require("bioxen.biosimulators").save_trajectory(...) end
function core.ensemble_methods.to_hdf5(...) return require("bioxen.biosimulators").save_ensemble(...) end
