return { name = "fake_cell", title = "Lives in the fake worker", version = "1", sources = {} }
