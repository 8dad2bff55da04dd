--- Constants of gene expression in JCVI-syn3A and the pools that its rates are computed with. Sources
-- are in manifest.lua; what stands here is the published network's at time 0.
--
-- Rates of binding. The published program measures each by E. coli: so many events a minute of one
-- molecule with one of so many partners in a cell of 1 fL, here restated for the volume of syn3A.
-- The table that was published with it gives ten times as much for ribosomes and for degradosomes
-- (8.9e5 and 1.4e5 /M/s); with that the published means of free mRNA (28 a cell) would be 2. The
-- program's own numbers, which are what is used, give 20 in a cell that does not grow, and a half-life of 3.1 min.

local constants = {
  avogadro = 6.022e23,              -- 1/mol
  volume = 4/3*math.pi*2e-6^3, -- L: a sphere of 200 nm (2e-6 dm), 3.351e-17 L
  ecoli_volume = 1e-15,             -- L

  -- A promoter is as strong as its protein is abundant: of 10 to 765 molecules.
  fewest_proteins = 10, most_proteins = 765,
  reference_proteins = 180, -- of a promoter of strength 1

  -- RNA polymerase and a promoter: E. coli starts 10 transcripts a minute at the strongest of genes
  -- of protein and tRNA, with 11,400 polymerases; at rRNA genes so many times that.
  polymerase_binding = 10/60/11400, -- 1/s of one polymerase in 1 fL
  rrna_strength = { rrfA = 2, rrfB = 2, rrsA = 6, rrsB = 6, rrlA = 9, rrlB = 9 },
  -- A ribosome and an mRNA: 60 starts a minute, with 6,800 ribosomes.
  ribosome_binding = 60/60/6800,
  -- A degradosome and an mRNA: 11 cleavages a minute of one RNase E, with 7,800 mRNA.
  degradosome_binding = 11/60/7800,

  -- Elongation: what one machine makes where nothing is scarce, and the pool at which it is half as
  -- fast (mM).
  transcription = 20,                                   -- nt/s at strength 1, within:
  slowest_transcription = 10, fastest_transcription = 85, -- nt/s; rRNA and tRNA get the fastest
  ntp_half = 0.1,
  translation = 12, trna_half = 0.001,                  -- aa/s
  digestion = 88,                                       -- nt/s

  -- mM, held; by the base that they stand for in DNA.
  ntp = { A = 3.6540148807606, C = 0.340096263947615, G = 0.68019252789523, T = 0.68019252789523 },
  charged_trna = 160, free_trna = 40, -- molecules of each isoform

  polymerases = 93, ribosomes = 500, degradosomes = 120, -- molecules

  -- ATP or the like, as phosphoanhydride bonds. Transcription: 1 ATP a nucleotide beside the NTP,
  -- which loses two bonds. Translation: 2 GTP an amino acid, and ATP to AMP for its tRNA. Decay of
  -- mRNA: 1 ATP a nucleotide.
  transcription_cost = 3, translation_cost = 4, digestion_cost = 1,
}

--- Molecules in the cell at 1 mM.
constants.molecules_per_mm = constants.avogadro*constants.volume*1e-3

return constants
