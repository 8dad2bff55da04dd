return { name = "sharing_cell", title = "A cell that tells what it holds of its chassis", version = "1",
  sources = {}, genome = { length = 500000, genes = 0 } }
