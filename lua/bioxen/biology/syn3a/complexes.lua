--- Complexes of JCVI-syn3A: what they are made of, how, and how many a newborn cell has. Genes by their numbers in
-- genes.lua. Sources are in manifest.lua.

local complexes = {}

--- In the order in which their parts are taken out of the proteins that were counted: { name, molecules in a newborn
-- cell, parts as numbers and stoichiometries }. Parts of a ribosome are in `small_subunit` and `large_subunit`.
complexes.list = {
  { "KtrCD", 38, "0685 2 0686 8" },
  { "TopoIV", 78, "0453 2 0452 2" },
  { "Gyrase", 122, "0007 2 0006 2" },
  { "ExoVII", 10, "0105 4 0106 24" }, -- never made anew
  { "RNDR", 50, "0771 2 0773 2 0772 1" },
  { "ECF", 25, "0641 1 0642 1 0643 1" },
  { "ribflECF", 10, "0877 1 0641 1 0642 1 0643 1" },
  { "p5pECF", 10, "0345 1 0641 1 0642 1 0643 1" },
  { "fthfECF", 10, "0822 1 0641 1 0642 1 0643 1" },
  { "nacECF", 150, "0314 1 0641 1 0642 1 0643 1" },
  { "coaECF", 10, "0836 1 0641 1 0642 1 0643 1" },
  { "piABC", 123, "0426 1 0427 2 0425 1" },
  { "thmppABC", 20, "0706 1 0707 2 0708 1" },
  { "rnsBACD", 145, "0008 1 0009 1 0010 1 0011 1" },
  { "aaABC", 241, "0165 1 0166 1 0167 1 0168 1 0169 1" },
  { "sprmABC", 104, "0195 1 0196 1 0197 2" },
  { "RNAP", 93, "0645 2 0804 1 0803 1 0407 1" },
  { "SecYEGDF", 66, "0652 1 0839 1 0774 1 0412 1" },
  { "Ribosome", 500, nil },
  { "ATPSynthase", 108, "0789 1 0790 3 0791 1 0792 3 0793 1 0794 2 0795 10 0796 1" },
  { "SMC", 101, "0415 2 0327 1 0328 2" },
  { "Degradosome", 120, "0359 1 0600 1 0257 1 0437 1" },
  { "Fak1", 103, "0420 1 0616 1" },
  { "Fak2", 103, "0420 1 0617 1" },
}

--- Ribosomal proteins, of which 500 are in ribosomes and 25 or more free: all of the published list, with S2, S18 and
-- S21 (0540, 0482, 0025), which the assembly below leaves out as the published model does.
complexes.ribosomal = [[
0025 0027 0082 0137 0148 0149 0198 0199 0238 0294 0362 0365 0422 0482 0499 0501 0930 0932 0526 0540 0637 0638 0644 0646
0647 0648 0653 0654 0655 0656 0657 0658 0659 0660 0661 0662 0663 0664 0665 0666 0667 0668 0669 0670 0671 0672 0806 0807
0809 0810 0833 0910
]]
complexes.ribosomal_in_ribosomes, complexes.ribosomal_free = 500, 25

--- Steps of the small subunit, in order: protein, numbers of its genes, per µM and second. Steps between braces come in
-- either order.
complexes.small_rna = "0069 0534" -- genes of 16S rRNA
complexes.small_subunit = [[
S4 0238 1.69, S15 0294 0.99, S6 0027 31.44, S17 0662 0.48, S8 0657 0.42, S20 0082 0.30, S16 0362 14.29, { S5 0654 0.05,
S11 0646 0.06 }, S7 0149 0.04, S9 0637 0.80, S13 0647 0.53, S10 0672 0.47, S3 0665 0.88, S19 0667 0.24, S14 0658 1.75,
S12 0148 0.02
]]

complexes.large_rna = "0068 0533" -- genes of 23S rRNA; those of 5S rRNA are a part like others
complexes.large_subunit = [[
L24 0660 1, L20 0198 1, L21 0501 1, L22 0666 1, L17 0644 1, L23 0669 1, L1 0809 1, L3 0671 1, L13 0638 1, L4 0670 1,
L15 0653 1, L18 0655 1, L29 0663 1, L5 0659 0.01, L34 0910 0.01, L2 0668 1, 5S 0067 0532 0.01, L32 0526 0.01,
L19 0365 0.01, L14 0661 0.01, L6 0656 0.01, L11 0810 0.01, L28 0422 1, L33 0930 0932 1, L9 0833 1, L16 0664 1,
L10 0807 1, L27 0499 1, L31 0137 0.01, L35 0199 0.01, L36 0648 0.01, L7 0806 0.01
]]

--- Transmembrane proteins that YidC inserts; the others go by the signal recognition particle.
complexes.by_yidc = "0116 0235 0264 0317 0346 0379 0774 0778 0795 0830 0839 0852"

--- Peripheral by their place, but made and counted as cytosolic: the machines that carry others.
complexes.carriers_of_chains = "0095 0360"

--- ABC transporters: transmembrane, nucleotide-binding and substrate-binding proteins. One transmembrane protein is of
-- two fused domains. One nucleotide-binding protein is there twice; but for rnsBACD, whose one has both domains.
complexes.abc = {
  { "piABC", tmd = "0426", nbd = "0427 0427", sbp = "0425" },
  { "thmppABC", tmd = "0706", nbd = "0707 0707", sbp = "0708" },
  { "rnsBACD", tmd = "0008 0009", nbd = "0010", sbp = "0011" },
  { "aaABC", tmd = "0165 0166", nbd = "0167 0168", sbp = "0169" },
  { "sprmABC", tmd = "0195 0196", nbd = "0197 0197" },
}

--- S subunits of the ECF transporters.
complexes.ecf = { { "ribflECF", "0877" }, { "p5pECF", "0345" }, { "fthfECF", "0822" }, { "nacECF", "0314" },
  { "coaECF", "0836" } }

--- Synthetases and amino acids of tRNA: three letters, pool, gene of the synthetase.
complexes.synthetases = [[
Ala ala__L_c 0163, Arg arg__L_c 0535, Asn asn__L_c 0076, Asp asp__L_c 0287, Cys cys__L_c 0837, Gln gln__L_c 0689,
Glu glu__L_c 0126, Gly gly_c 0405, His his__L_c 0288, Ile ile__L_c 0519, Leu leu__L_c 0634, Lys lys__L_c 0064,
Met met__L_c 0012, Phe phe__L_c 0529, Pro pro__L_c 0282, Ser ser__L_c 0061, Thr thr__L_c 0222, Trp trp__L_c 0308,
Tyr tyr__L_c 0613, Val val__L_c 0260
]]

--- Proteins whose forms are pools: the gene, the form that is new, and the others with their molecules to begin with.
complexes.carriers = {
  { "0621", "apoACP_c", { ACP_c = 10, ACP_R_c = 504 } },
  { "0065", "trdox_c", { trdrd_c = 19 } },
  { "0227", "lpl_PdhC_c", { dhlpl_PdhC_c = 91 } },
  { "0233", "ptsi", { ptsi_P = 0 } },
  { "0694", "ptsh", { ptsh_P = 0 } },
  { "0234", "crr", { crr_P = 0 } },
  { "0779", "ptsg", { ptsg_P = 0 } },
}

--- nm² of a membrane that one molecule of a lipid takes.
complexes.lipids = { clpn_c = 0.4, chsterol_c = 0.35, sm_c = 0.45, pc_c = 0.55, pg_c = 0.6, galfur12dgr_c = 0.6,
  ["12dgr_c"] = 0.5, pa_c = 0.5, cdpdag_c = 0.5 }

--- Transmembrane chains of what is not one transmembrane protein.
complexes.chains = [[
KtrCD 2, ECF 1, ribflECF 2, p5pECF 2, fthfECF 2, nacECF 2, coaECF 2, piABC 2, thmppABC 1, rnsBACD 2, aaABC 2, sprmABC 2,
SecYEGDF 4, ATPSynthase 13, Degradosome 1, KtrCD_A2 2, KtrCD_A2B2 2, KtrCD_A2B4 2, KtrCD_A2B6 2, ECF_TA 1, ECF_TAp 1,
piABC_T1T2 1, piABC_T1T2N1 1, piABC_T1T2N2 1, piABC_T1T2N1N2 1, thmppABC_T1T2 1, thmppABC_T1T2N1 1, thmppABC_T1T2N2 1,
thmppABC_T1T2N1N2 1, rnsBACD_T1T2 2, rnsBACD_T1T2N1N2 2, aaABC_T1T2 2, aaABC_T1T2N1 2, aaABC_T1T2N2 2,
aaABC_T1T2N1N2 2, sprmABC_T1T2 2, sprmABC_T1T2N1 2, sprmABC_T1T2N2 2, sprmABC_T1T2N1N2 2, SecYE 2, SecYEG 3,
ATPSynthase_B2 2, ATPSynthase_AB2 3, ATPSynthase_C2 2, ATPSynthase_C3 3, ATPSynthase_C4 4, ATPSynthase_C5 5,
ATPSynthase_C6 6, ATPSynthase_C7 7, ATPSynthase_C8 8, ATPSynthase_C9 9, ATPSynthase_C10 10, ATPSynthase_a3b3geC10 10,
ATPSynthase_a3b3gdeC10 10, ATPSynthase_dAB2 3, Degradosome_YJ1J2 1
]]

return complexes
