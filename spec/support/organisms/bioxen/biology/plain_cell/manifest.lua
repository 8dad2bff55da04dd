return { name = "plain_cell", title = "Hardly a cell: one decaying species", version = "1", sources = {} }
