--- What the host knows of this organism: plain data, read before a VM is started.

return {
  name = "syn3a",
  title = "JCVI-syn3A: genome, flux balance (iMB155) and the stochastic expression of every gene",
  version = "1.0.0",
  sources = {
    {
      what = "the sequence, its genes, their names and products",
      citation = "GenBank CP016816.2; Breuer M et al. Essential metabolism for a minimal cell. eLife 8:e36842 (2019)",
      url = "https://www.ncbi.nlm.nih.gov/nuccore/CP016816.2",
      licence = "none is stated; NCBI places no restrictions on the use or distribution of GenBank's data",
    },
    {
      what = "iMB155: reactions, bounds and gene rules; the essentiality classes, by transposon mutagenesis",
      citation = "Breuer M, Earnest EE, Merryman C, Wise KS, Sun L, Lynott MR, Hutchison CA, Smith HO, Lapek JD, "
        .. "Gonzalez DJ, de Crécy-Lagard V, Haas D, Hanson AD, Labhsetwar P, Glass JI, Luthey-Schulten Z. "
        .. "Essential metabolism for a minimal cell. eLife 8:e36842 (2019)",
      doi = "10.7554/eLife.36842",
      licence = "CC BY 4.0",
    },
    {
      what = "the kinetics of transcription, translation and mRNA decay, the pools, and how it all was put together",
      citation = "Thornburg ZR, Bianchi DM, Brier TA, Gilbert BR, Earnest EE, Melo MCR, Safronova N, Sáenz JP, "
        .. "Cook AT, Wise KS, Hutchison CA, Smith HO, Glass JI, Luthey-Schulten Z. Fundamental behaviors emerge "
        .. "from simulations of a living minimal cell. Cell 185:345-360 (2022)",
      doi = "10.1016/j.cell.2021.12.025",
      licence = "facts restated; no code or file carried over",
    },
    {
      what = "copies of proteins, complexes and their assembly, primary functions, localisation; the constants as they "
        .. "are used here; the whole cell: kinetics of metabolism, pools, medium, charging of tRNA, ways into the "
        .. "membrane, mean mRNA, costs, growth",
      citation = "Luthey-Schulten group, Minimal_Cell_ComplexFormation, commit 50f960bb",
      url = "https://github.com/Luthey-Schulten-Lab/Minimal_Cell_ComplexFormation",
      licence = "facts restated; no code of it is used",
    },
    {
      what = "the rate law of enzymes that bind everything at random",
      citation = "Liebermeister W, Uhlendorf J, Klipp E. Modular rate laws for enzymatic reactions: thermodynamics, "
        .. "elasticities and implementation. Bioinformatics 26:1528-1534 (2010)",
      doi = "10.1093/bioinformatics/btq141",
    },
    {
      what = "the rate law of polymerisation on a template",
      citation = "Hofmeyr JS, Gqwaka OPC, Rohwer JM. A generic rate equation for catalysed, template-directed "
        .. "polymerisation. FEBS Lett 587:2868-2875 (2013)",
      doi = "10.1016/j.febslet.2013.07.011",
    },
    {
      what = "the noise of proteins that are made in bursts",
      citation = "Thattai M, van Oudenaarden A. Intrinsic noise in gene regulatory networks. PNAS 98:8614-8619 (2001)",
      doi = "10.1073/pnas.151588598",
    },
    {
      what = "genes at most 50 bases apart on one strand taken for an operon",
      citation = "Salgado H, Moreno-Hagelsieb G, Smith TF, Collado-Vides J. Operons in Escherichia coli: genomic "
        .. "analyses and predictions. PNAS 97:6652-6657 (2000)",
      doi = "10.1073/pnas.110147297",
    },
  },
  genome = { length = 543379, genes = 496 },
  options = {
    transcription = {
      default = 1, minimum = 0, maximum = 1, integer = true, unit = "0 or 1",
      meaning = "0: all promoters begin repressed, until start_transcription or manage_operons",
    },
    proteins = {
      default = 1, minimum = 0, maximum = 1, integer = true, unit = "0 or 1",
      meaning = "0: the cell begins without proteins, so that what is counted was made since",
    },
  },
  functions = {
    metabolism = { arguments = "",
      meaning = "The flux model iMB155 in the cell's medium and with its shares, fluxes in mmol/gDW/h: a copy." },
    set_medium = { arguments = "medium: string|table",
      meaning = "A medium by its name, or { exchange = greatest uptake in mmol/gDW/h }; of a whole cell { metabolite "
        .. "= mM }, or \"default\"." },
    growth_limit = { arguments = "",
      meaning = "The fastest growth, in 1/h, that expression allows in its steady state." },
    essential_gene_screen = { arguments = "{ threshold: number? }",
      meaning = "Each gene of iMB155 knocked out, against transposon mutagenesis: rows { id, name, growth, fraction, "
        .. "predicted, observed } and a matrix; second the growth of all." },
    protein = { arguments = "gene: string", meaning = "Molecules of a gene's protein, by id or name." },
    mrna = { arguments = "gene: string",
      meaning = "Molecules of a gene's mRNA; second { free, translated, digested }." },
    name_totals = { arguments = "",
      meaning = "Name the total of each mRNA mRNA.JCVISYN3A_…, so that runs can record it." },
    rate_constants = { arguments = "gene: string", meaning = "Rate constants of a gene's expression, per second." },
    steady_state_expression = { arguments = "",
      meaning = "The steady state that expression tends to, in closed form." },
    expression_noise = { arguments = "seconds: number",
      meaning = "The noise of expression in the steady state, in closed form, by gene: means and squared coefficients "
        .. "of variation." },
    begin_in_steady_state = { arguments = "", meaning = "Begin with the mRNA and machines of the steady state." },
    operons = { arguments = "", meaning = "The operons along the chromosome: { id, strand, genes }." },
    begin_whole_cell = {
      arguments = "{ seed: integer?, exact: boolean?, second_rounds: string?, counted: string[]?, repairs: table? }",
      meaning = "Put the whole cell, newborn, in place of what the cell was: docs/syn3a.md." },
    live = { arguments = "{ duration: number, every: integer?, seed: integer?, record: string[]?, "
        .. "processes: string[]?, to_the_end: boolean?, tolerance: table? }",
      meaning = "Let the whole cell live on, in seconds: columns by name, and ready, whether it can divide." },
    divide_whole_cell = { arguments = "seed: integer?",
      meaning = "A whole cell that is ready becomes one of its daughters; the other, as cell:set takes it." },
    set_promoters = { arguments = "genes: string|string[], factor: number",
      meaning = "Promoters of a whole cell's genes so strong beside their own; 0 knocks out the gene alone." },
    knock_out = { arguments = "genes: string|string[]",
      meaning = "Null knock-outs in a whole cell: promoters, RNA and products are gone." },
    add_gene = { arguments = "{ id: string, dna: string, promoter: number?, beside: string? }",
      meaning = "A gene more in a whole cell." },
    gene_role = { arguments = "gene: string", meaning = "What a gene does in the whole cell." },
  },
}
