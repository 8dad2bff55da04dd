return { name = "other_version", title = "Its fake worker greets with another version", version = "1", sources = {} }
