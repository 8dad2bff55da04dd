-- What hostile code can't do, for VMs of type xcpng. By itself: it looks at the host's memory.

require "spec.support.in_guests" (_ENV, { "sandbox" })
