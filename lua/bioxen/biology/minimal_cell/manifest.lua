--- What the host knows of this organism: plain data, read before a VM is started.

return {
  name = "minimal_cell",
  title = "A coarse-grained bacterium: energy, ribosomes and growth (Weiße et al. 2015)",
  version = "1.0.0",
  sources = {
    {
      what = "the model, its parameters and its start state",
      citation = "Weiße AY, Oyarzún DA, Danos V, Swain PS. Mechanistic links between cellular "
        .. "trade-offs, gene expression, and growth. PNAS 112:E1038-E1047 (2015)",
      doi = "10.1073/pnas.1416533112",
    },
    {
      what = "the clock of DNA replication",
      citation = "Cooper S, Helmstetter CE. Chromosome replication and the division cycle of "
        .. "Escherichia coli B/r. J Mol Biol 31:519-540 (1968)",
      doi = "10.1016/0022-2836(68)90425-7",
    },
    {
      what = "the growth laws that the model reproduces",
      citation = "Scott M, Gunderson CW, Mateescu EM, Zhang Z, Hwa T. Interdependence of cell "
        .. "growth and gene expression: origins and consequences. Science 330:1099-1102 (2010)",
      doi = "10.1126/science.1192588",
    },
    {
      what = "the speed of RNA polymerases, which the share of them is counted by",
      citation = "Bremer H, Dennis PP. Modulation of chemical composition and other parameters of the cell by "
        .. "growth rate. In Neidhardt FC (ed.), Escherichia coli and Salmonella, 2nd ed., 1553-1569. ASM Press (1996); "
        .. "the DOI is that of its revision, EcoSal Plus 3(1) (2008), which has somewhat different numbers",
      doi = "10.1128/ecosal.5.2.3",
    },
    {
      what = "the genome's length, which the share of genome memory is counted by",
      citation = "Blattner FR et al. The complete genome sequence of Escherichia coli K-12. "
        .. "Science 277:1453-1462 (1997); NC_000913.3",
      doi = "10.1126/science.277.5331.1453",
    },
  },
  -- The model has no genome of its own; it was fitted to E. coli, and this is how long that one is.
  genome = { length = 4641652, genes = 5 },
  options = {
    nutrient = {
      default = 1e4, minimum = 0, unit = "molecules",
      meaning = "nutrient outside the cell, held constant",
    },
    quality = {
      default = 0.5, minimum = 0, unit = "molecules of energy per molecule of nutrient",
      meaning = "what the medium is worth; a stochastic run takes at most 4",
    },
    antibiotic = {
      default = 0, minimum = 0, unit = "µM",
      meaning = "chloramphenicol, which binds translating ribosomes",
    },
    heterologous = {
      default = 0, minimum = 0, unit = "mRNA per minute",
      meaning = "highest transcription rate of a gene that is of no use to the cell",
    },
    replication_period = {
      default = 40, minimum = 1, unit = "minutes",
      meaning = "C: from the start of a round of replication to its end",
    },
    division_period = {
      default = 20, minimum = 0, unit = "minutes",
      meaning = "D: from the end of a round of replication to the division it allows",
    },
  },
  functions = {
    protein_synthesis = { arguments = "",
      meaning = "Protein made, in amino acids per second: total, per translating ribosome, by class." },
    energy_production = { arguments = "",
      meaning = "Import and catabolism in molecules of nutrient per second, supply and use of energy in molecules per "
        .. "second, energy held." },
    dna_replication = { arguments = "",
      meaning = "The replication clock: age from 0 to 1, divisions, origins, termini, forks, genome equivalents, and "
        .. "their means in a population." },
    set_antibiotic = { arguments = "concentration: number", meaning = "Chloramphenicol, in µM." },
    express_heterologous = { arguments = "rate: number",
      meaning = "Transcribe a gene that is of no use to the cell at up to this rate, in mRNA per minute." },
    steady_state = { arguments = "{ tolerance: number?, limit: number? }",
      meaning = "Grow by differential equations until no species changes by more than tolerance (1e-6) of itself in "
        .. "ten doubling times, for at most limit seconds (1e9); the metrics." },
    set_medium = { arguments = "medium: string|table",
      meaning = "A medium by its name, or { nutrient = molecules, quality = molecules of energy per molecule }." },
  },
}
