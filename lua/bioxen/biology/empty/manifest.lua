--- What the host knows of this organism: plain data, read before a VM is started.

return {
  name = "empty",
  title = "Nothing yet: a cell for a model of your own",
  version = "1.0.0",
  sources = {}, -- what is put into it brings its own
  ignores = {
    ribosomes = "it has none", rna_polymerase = "it has none", atp_percentage = "nothing in it costs any",
  },
}
