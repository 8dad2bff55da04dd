-- What VMs do, for VMs of type xcpng.

require "spec.support.in_guests" (_ENV, { "vm", "process", "ensemble", "sbml", "flux", "flux_sbml",
  "minimal_cell", "organism_calls" })
