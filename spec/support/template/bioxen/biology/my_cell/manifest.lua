--- What the host knows of this organism: plain data, read before a VM is started.
-- Copy this folder, call it by your organism's name, and change both files.

return {
  name = "my_cell", -- as the folder
  title = "Two genes of E. coli that make their proteins: lacI and lacY",
  version = "1.0.0",
  sources = { -- one for every model and every table
    {
      what = "the rates of expression, and the cell's volume",
      citation = "Stamatakis M, Mantzaris NV. Comparison of deterministic and stochastic models of "
        .. "the lac operon genetic network. Biophys J 96:887-906 (2009)",
      doi = "10.1016/j.bpj.2008.10.028",
    },
    {
      what = "the genes and their lengths",
      citation = "Escherichia coli K-12 MG1655, complete genome, NC_000913.3",
      url = "https://www.ncbi.nlm.nih.gov/nuccore/NC_000913.3",
      licence = "NCBI places no restrictions on the use of its data",
    },
    {
      what = "that neither gene is essential",
      citation = "Baba T et al. Construction of Escherichia coli K-12 in-frame, single-gene knockout "
        .. "mutants: the Keio collection. Mol Syst Biol 2:2006.0008 (2006)",
      doi = "10.1038/msb4100050",
    },
    {
      what = "the speeds of RNA polymerases and ribosomes, which shares of them are counted by",
      citation = "Bremer H, Dennis PP. Modulation of chemical composition and other parameters of the cell by "
        .. "growth rate. In Neidhardt FC (ed.), Escherichia coli and Salmonella, 2nd ed., 1553-1569. ASM Press (1996); "
        .. "the DOI is that of its revision, EcoSal Plus 3(1) (2008), which has somewhat different numbers",
      doi = "10.1128/ecosal.5.2.3",
    },
  },
  genome = { length = 2337, genes = 2 }, -- bp; leave it out where there is none
  options = {
    inducer = {
      default = 1, minimum = 0, maximum = 1, unit = "part of the time",
      meaning = "how much of the time the inducer keeps the repressor off lacY's promoter",
    },
  },
  functions = {
    set_medium = { arguments = "medium: string|table",
      meaning = "A medium by its name, or { inducer = part of the time, from 0 to 1 }." },
  },
}
