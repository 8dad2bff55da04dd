--- What the host knows of this organism: plain data, read before a VM is started.

return {
  name = "ecoli",
  title = "Escherichia coli K-12 MG1655: genes, metabolism, growth, plasmids, the lac operon",
  version = "1.0.0",
  genome = { length = 4641652, genes = 4498 },
  sources = {
    {
      what = "the chromosome's genes: ids, names, coordinates, types; of a release before that of 2022, which has 151 "
        .. "more and other coordinates for 146 (cell:use_genome takes them from a file)",
      citation = "Blattner FR, Plunkett G, Bloch CA et al. The complete genome sequence of Escherichia coli "
        .. "K-12. Science 277:1453-1462 (1997); annotation of NC_000913.3 by NCBI RefSeq",
      doi = "10.1126/science.277.5331.1453",
      url = "https://www.ncbi.nlm.nih.gov/nuccore/NC_000913.3",
      licence = "facts, restated; NCBI places no restrictions on the use of its data",
    },
    {
      what = "essentiality of genes: those that could not be deleted on rich medium",
      citation = "Baba T, Ara T, Hasegawa M et al. Construction of Escherichia coli K-12 in-frame, single-gene "
        .. "knockout mutants: the Keio collection. Mol Syst Biol 2:2006.0008 (2006)",
      doi = "10.1038/msb4100050",
      licence = "facts, restated",
    },
    {
      what = "operons that are known: the first of them; operons.lua has the source of each",
      citation = "Jacob F, Monod J. Genetic regulatory mechanisms in the synthesis of proteins. J Mol Biol 3:318-356 "
        .. "(1961)",
      doi = "10.1016/S0022-2836(61)80072-7",
      licence = "facts, restated",
    },
    {
      what = "that neighbours on one strand make an operon where none is known, here up to a gap of 80 bases",
      citation = "Salgado H, Moreno-Hagelsieb G, Smith TF, Collado-Vides J. Operons in Escherichia coli: genomic "
        .. "analyses and predictions. PNAS 97:6652-6657 (2000)",
      doi = "10.1073/pnas.110147297",
    },
    {
      what = "the core of metabolism",
      citation = "Orth JD, Fleming RMT, Palsson BØ. Reconstruction and use of microbial metabolic networks: the "
        .. "core Escherichia coli metabolic model as an educational guide. EcoSal Plus 4 (2010)",
      doi = "10.1128/ecosalplus.10.2.1",
      licence = "facts, restated in this project's schema; BiGG's own files are (c) 2015 The Regents of the "
        .. "University of California, free for educational, research and non-profit purposes",
    },
    {
      what = "greatest uptake of glucose and of oxygen",
      citation = "Varma A, Palsson BØ. Stoichiometric flux balance models quantitatively predict growth and "
        .. "metabolic by-product secretion in wild-type Escherichia coli W3110. Appl Environ Microbiol "
        .. "60:3724-3731 (1994)",
      doi = "10.1128/aem.60.10.3724-3731.1994",
    },
    {
      what = "dynamic flux balance, and half-saturation of the uptake of glucose",
      citation = "Mahadevan R, Edwards JS, Doyle FJ. Dynamic flux balance analysis of diauxic growth in "
        .. "Escherichia coli. Biophys J 83:1331-1340 (2002)",
      doi = "10.1016/S0006-3495(02)73903-9",
    },
    {
      what = "that respiration has one limit whatever is burnt, acetate too",
      citation = "Paalme T, Elken R, Kahru A, Vanatalu K, Vilu R. The growth rate control in Escherichia coli at "
        .. "near to maximum growth rates: the A-stat approach. Antonie van Leeuwenhoek 71:217-230 (1997)",
      url = "https://link.springer.com/journal/10482/volumes-and-issues/71-3",
    },
    {
      what = "the salts and trace elements of a minimal medium",
      citation = "Orth JD, Conrad TM, Na J et al. A comprehensive genome-scale reconstruction of Escherichia coli "
        .. "metabolism - 2011. Mol Syst Biol 7:535 (2011)",
      doi = "10.1038/msb.2011.65",
    },
    {
      what = "what ribosomes and energy are to growth: the growth core",
      citation = "Weiße AY, Oyarzún DA, Danos V, Swain PS. Mechanistic links between cellular trade-offs, gene "
        .. "expression, and growth. PNAS 112:E1038-E1047 (2015)",
      doi = "10.1073/pnas.1416533112",
    },
    {
      what = "the clock of DNA replication",
      citation = "Cooper S, Helmstetter CE. Chromosome replication and the division cycle of Escherichia coli "
        .. "B/r. J Mol Biol 31:519-540 (1968)",
      doi = "10.1016/0022-2836(68)90425-7",
    },
    {
      what = "copies of a gene by its place on the chromosome",
      citation = "Bremer H, Churchward G. An examination of the Cooper-Helmstetter theory of DNA replication in "
        .. "bacteria and its underlying assumptions. J Theor Biol 69:645-654 (1977)",
      doi = "10.1016/0022-5193(77)90373-3",
    },
    {
      what = "the rate of transcription of the mean gene",
      citation = "Bremer H, Dennis PP. Modulation of chemical composition and other parameters of the cell by "
        .. "growth rate. In Neidhardt FC (ed.), Escherichia coli and Salmonella, 2nd ed., 1553-1569. ASM Press (1996); "
        .. "the DOI is that of its revision, EcoSal Plus 3(1) (2008), which has somewhat different numbers",
      doi = "10.1128/ecosal.5.2.3",
    },
    {
      what = "copies of plasmids",
      citation = "Sambrook J, Russell DW. Molecular Cloning: a laboratory manual, 3rd ed., table 1-1. Cold Spring "
        .. "Harbor Laboratory Press (2001)",
      url = "https://www.molecularcloning.com",
    },
    {
      what = "how plasmids of ColE1's kind hold their number",
      citation = "Paulsson J, Ehrenberg M. Trade-off between segregational stability and metabolic burden: a "
        .. "mathematical model of plasmid ColE1 replication control. J Mol Biol 279:73-88 (1998)",
      doi = "10.1006/jmbi.1998.1751",
    },
    {
      what = "RNA I: how much there is, and how long it lives",
      citation = "Brenner M, Tomizawa J. Quantitation of ColE1-encoded replication elements. PNAS 88:405-409 (1991)",
      doi = "10.1073/pnas.88.2.405",
    },
    {
      what = "RNA II beside RNA I",
      citation = "Lin-Chao S, Bremer H. Effect of the bacterial growth rate on replication control of plasmid "
        .. "pBR322 in Escherichia coli. Mol Gen Genet 203:143-149 (1986)",
      doi = "10.1007/BF00330395",
    },
    {
      what = "how foreign protein slows growth, and by assumption the replication of plasmids: to none at 0.48 of all",
      citation = "Scott M, Gunderson CW, Mateescu EM, Zhang Z, Hwa T. Interdependence of cell growth and gene "
        .. "expression: origins and consequences. Science 330:1099-1102 (2010)",
      doi = "10.1126/science.1192588",
    },
    {
      what = "that slower media give more copies, and the burden of ColE1-like plasmids with a resistance",
      citation = "Seo JH, Bailey JE. Effects of recombinant plasmid content on growth properties and cloned gene "
        .. "product formation in Escherichia coli. Biotechnol Bioeng 27:1668-1674 (1985)",
      doi = "10.1002/bit.260271207",
    },
    {
      what = "the lac operon",
      citation = "Stamatakis M, Mantzaris NV. Comparison of deterministic and stochastic models of the lac operon "
        .. "genetic network. Biophys J 96:887-906 (2009)",
      doi = "10.1016/j.bpj.2008.10.028",
    },
  },
  options = {
    model = {
      default = "", type = "string", unit = "SBML",
      meaning = "text of a flux-balance model in the place of the core; config.model names its file",
    },
    medium = {
      default = "", type = "string", unit = "name",
      meaning = "medium of the flux model, such as m9_glucose; \"\": the model's own, for the core glucose",
    },
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
    plasmid = {
      default = "", type = "string", unit = "name",
      meaning = "plasmid that the cell holds from the start: pUC, pBR322, pACYC184, pSC101, or \"\" for none",
    },
    plasmid_copies = {
      default = 0, minimum = 0, unit = "copies per cell",
      meaning = "copies at which the plasmid's control settles, 0: the published number; without a name, of one "
        .. "that is as long as pBR322",
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
    set_nutrient = { arguments = "{ nutrient: number?, quality: number? }",
      meaning = "The medium of the growth core: molecules of nutrient, and of energy per molecule of it." },
    set_medium = { arguments = "medium: string|table?",
      meaning = "The medium of the flux model: by its name, or { metabolite = greatest uptake in mmol/gDW/h }; "
        .. "without one, the model's own." },
    metabolism = { arguments = "",
      meaning = "The flux model of the cell, in its medium, with its shares, and without what was knocked out." },
    knock_out = { arguments = "genes: string|string[]",
      meaning = "Delete genes, by ids or names, until they are restored; the reactions that do not run now." },
    restore = { arguments = "genes: string|string[]?",
      meaning = "Put genes back, or all of them; the reactions that do not run now." },
    knocked_out = { arguments = "", meaning = "Ids of the genes that are knocked out." },
    knock_out_screen = { arguments = "{ genes: string[]?, fraction: number? }",
      meaning = "Each gene of the flux model knocked out alone: rows { id, name, growth_rate (1/h), relative, lethal "
        .. "(below fraction, 0.01), essentiality }." },
    use_genome = { arguments = "",
      meaning = "Take genes and operons from the genome that the VM has loaded; ids by how it differs: { new, "
        .. "missing, moved }." },
    grow_culture = {
      arguments = "{ medium: table?, duration: number?, biomass: number?, oxygen: number?, dilution: number?, "
        .. "step: number?, every: number?, death_rate: number? }",
      meaning = "A culture in a closed volume, or with dilution a chemostat, in hours, mM and gDW/L: a trajectory, "
        .. "and of a culture that died { time, reason }." },
    set_uptake = { arguments = "metabolite: string, { maximum: number, half: number? }",
      meaning = "Take up a metabolite like this from now on: mmol/gDW/h and mM." },
    add_plasmid = { arguments = "{ name: string, copies: number?, length_kb: number?, start: number?, gene: table? }",
      meaning = "Give the cell a plasmid: pUC, pBR322, pACYC184, pSC101, or any other by copies and kilobases; gene = "
        .. "{ length_aa, transcription } in mRNA per minute and copy. Or a genome, as of a plasmid's file, and "
        .. "perhaps { name, copies, start, promoters }." },
    remove_plasmid = { arguments = "name: string", meaning = "Take a plasmid out of the cell." },
    plasmids = { arguments = "",
      meaning = "Plasmids by name: copies now, copies that their control is made for, kilobases, and the protein of "
        .. "those with genes in molecules and as part of all." },
    stop_transcription = { arguments = "genes: string|string[]",
      meaning = "Transcribe these genes no longer; what there is of mRNA and protein goes as it does." },
    lac_operon = { arguments = "{ inducer: number?, induced: boolean? }",
      meaning = "Give the cell the lac operon, or set it anew: inducer outside in mM (0), induced = true for a cell "
        .. "that has been induced before." },
  },
}
