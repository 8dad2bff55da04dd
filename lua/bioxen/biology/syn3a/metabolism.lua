--- iMB155, the flux-balance model of JCVI-syn3A: 339 reactions, a line each.
--
--   name  [lower .. upper]  equation  [: rule of genes]        (lines that begin with spaces go on)
--
-- "<->": fluxes from -1000 to 1000; "->": from 0 to 1000; others are stated. Fluxes are in
-- mmol/gDW/h, that of BIOMASS in 1/h. _c is in the cell, _e outside. Rules name genes by their
-- numbers, as genes.lua. Sources are in manifest.lua.
return [[
PGI g6p_c <-> f6p_c : 0445
PFK atp_c + f6p_c -> adp_c + fdp_c + h_c : 0220
FBA fdp_c <-> dhap_c + g3p_c : 0131
TPI dhap_c <-> g3p_c : 0727
GAPD g3p_c + nad_c + pi_c <-> 13dpg_c + h_c + nadh_c : 0607
GAPDP g3p_c + h2o_c + nadp_c -> 3pg_c + 2 h_c + nadph_c : 0451
PGK 13dpg_c + adp_c <-> 3pg_c + atp_c : 0606
PGM 3pg_c <-> 2pg_c : 0729
ENO 2pg_c <-> h2o_c + pep_c : 0213
PYK adp_c + h_c + pep_c -> atp_c + pyr_c : 0221
AMANK acmana_c + atp_c -> acmanap_c + adp_c + h_c : 0495
AMANPEr acmanap_c <-> acgam6p_c : 0494
AGDC acgam6p_c + h2o_c -> ac_c + gam6p_c : 0493
G6PDA gam6p_c + h2o_c <-> f6p_c + h_c + nh3_c : 0726
MAN6PI man6p_c <-> f6p_c : 0435
LDH_L h_c + nadh_c + pyr_c <-> lac__L_c + nad_c : 0475
PDH_E1 h_c + lipoyl_PdhC_c + pyr_c -> S_acetyldihydrolipoyl_PdhC_c + co2_c
PDH_E2 S_acetyldihydrolipoyl_PdhC_c + coa_c -> accoa_c + dihydrolipoyl_PdhC_c : 0227
PDH_acald acald_c + coa_c + lipoyl_PdhC_c -> accoa_c + dihydrolipoyl_PdhC_c : 0227
PDH_E3 dihydrolipoyl_PdhC_c + nad_c -> h_c + lipoyl_PdhC_c + nadh_c : 0228
PTAr accoa_c + pi_c <-> actp_c + coa_c : 0229
ACKr actp_c + adp_c <-> ac_c + atp_c : 0230
NOX 2 h_c + 2 nadh_c + o2_c -> 2 h2o_c + 2 nad_c
TALA e4p_c + f6p_c <-> g3p_c + s7p_c
TKT1 g3p_c + s7p_c <-> r5p_c + xu5p__D_c : 0316
TKT2 f6p_c + g3p_c <-> e4p_c + xu5p__D_c : 0316
RPE xu5p__D_c <-> ru5p__D_c : 0262
RPI ru5p__D_c <-> r5p_c : 0800
PRPPS atp_c + r5p_c <-> amp_c + h_c + prpp_c : 0831
PPM r1p_c <-> r5p_c : 0733
PPM2 2dr1p_c <-> 2dr5p_c : 0733
DRPA 2dr5p_c <-> acald_c + g3p_c : 0732
ADPT ade_c + prpp_c -> amp_c + ppi_c : 0413
PUNP1 adn_c + pi_c <-> ade_c + r1p_c : 0747
ADK1 amp_c + atp_c <-> 2 adp_c : 0651
RNDR1 adp_c + trdrd_c -> dadp_c + h2o_c + trdox_c : 0771 and 0772 and 0773
TRDR h_c + nadph_c + trdox_c -> nadp_c + trdrd_c : 0819 and 0065
PPA h2o_c + ppi_c -> h_c + 2 pi_c : 0344
PUNP2 dad_2_c + pi_c <-> 2dr1p_c + ade_c : 0747
DADNK atp_c + dad_2_c -> adp_c + damp_c + h_c : 0330 or 0382
DADK atp_c + damp_c <-> adp_c + dadp_c : 0651
PYK5 dadp_c + h_c + pep_c -> datp_c + pyr_c : 0221
PGK2 13dpg_c + dadp_c <-> 3pg_c + datp_c : 0606
GUAPRT gua_c + prpp_c -> gmp_c + ppi_c : 0216
PUNP3 gsn_c + pi_c <-> gua_c + r1p_c : 0747
GK1 atp_c + gmp_c <-> adp_c + gdp_c : 0203
RNDR2 gdp_c + trdrd_c -> dgdp_c + h2o_c + trdox_c : 0771 and 0772 and 0773
PYK3 gdp_c + h_c + pep_c -> gtp_c + pyr_c : 0221
PGK3 13dpg_c + gdp_c <-> 3pg_c + gtp_c : 0606
PUNP4 dgsn_c + pi_c <-> 2dr1p_c + gua_c : 0747
DGSNK atp_c + dgsn_c -> adp_c + dgmp_c + h_c : 0330 or 0382
DGK1 atp_c + dgmp_c <-> adp_c + dgdp_c : 0203
PYK6 dgdp_c + h_c + pep_c -> dgtp_c + pyr_c : 0221
PGK4 13dpg_c + dgdp_c <-> 3pg_c + dgtp_c : 0606
UPPRT prpp_c + ura_c -> ppi_c + ump_c : 0798
UMPK atp_c + ump_c <-> adp_c + udp_c : 0537
PYK2 h_c + pep_c + udp_c -> pyr_c + utp_c : 0221
RNDR4 trdrd_c + udp_c -> dudp_c + h2o_c + trdox_c : 0771 and 0772 and 0773
CYTK1 atp_c + cmp_c <-> adp_c + cdp_c : 0347
PYK4 cdp_c + h_c + pep_c -> ctp_c + pyr_c : 0221
RNDR3 cdp_c + trdrd_c -> dcdp_c + h2o_c + trdox_c : 0771 and 0772 and 0773
DCYTK atp_c + dcyt_c -> adp_c + dcmp_c + h_c : 0330 or 0382
CYTK2 atp_c + dcmp_c <-> adp_c + dcdp_c : 0347
PYK7 dcdp_c + h_c + pep_c -> dctp_c + pyr_c : 0221
DURIK1 atp_c + duri_c -> adp_c + dump_c + h_c : 0140
TMDK1 atp_c + thymd_c -> adp_c + dtmp_c + h_c : 0140
TMPK atp_c + dtmp_c <-> adp_c + dtdp_c : 0045
PYK8 dtdp_c + h_c + pep_c -> dttp_c + pyr_c : 0221
PYK9 dudp_c + h_c + pep_c -> dutp_c + pyr_c : 0221
CTPS2 atp_c + gln__L_c + h2o_c + utp_c -> adp_c + ctp_c + glu__L_c + 2 h_c + pi_c : 0129
CTPSDUMP atp_c + dump_c + gln__L_c + h2o_c -> adp_c + dcmp_c + glu__L_c + 2 h_c + pi_c : 0129
DCMPDA dcmp_c + h2o_c -> dump_c + nh3_c : 0515
DUTPDP dutp_c + h2o_c -> dump_c + h_c + ppi_c : 0447
DCTPDP dctp_c + h2o_c -> dcmp_c + h_c + ppi_c
DCTPMP dctp_c + h2o_c -> dcdp_c + h_c + pi_c
DCDPMP dcdp_c + h2o_c -> dcmp_c + h_c + pi_c
CTPDP ctp_c + h2o_c -> cmp_c + h_c + ppi_c
NTD5 dtmp_c + h2o_c -> pi_c + thymd_c
NTD1 dump_c + h2o_c -> duri_c + pi_c
NTD8 dgmp_c + h2o_c -> dgsn_c + pi_c
NTD6 damp_c + h2o_c -> dad_2_c + pi_c
NTD9 gmp_c + h2o_c -> gsn_c + pi_c
GLYK atp_c + glyc_c -> adp_c + glyc3p_c + h_c : 0218
ACPS apoACP_c + coa_c -> ACP_c + h_c + pap_c : 0513 and 0621
BPNT h2o_c + pap_c -> amp_c + pi_c : 0139
FAKr atp_c + fatty_acid_c <-> acyl_phosphate_c + adp_c : 0420 and 0616 and 0617
ACPPAT ACP_c + acyl_phosphate_c <-> ACP_R_c + pi_c : 0419
APG3PAT acyl_phosphate_c + glyc3p_c -> 1_acyl_glycerol_3_phosphate_c + pi_c : 0117
AGPAT 1_acyl_glycerol_3_phosphate_c + ACP_R_c -> ACP_c + phosphatidic_acid_c : 0512
DASYN ctp_c + h_c + phosphatidic_acid_c -> CDP_diacylglycerol_c + ppi_c : 0304
PGSA CDP_diacylglycerol_c + glyc3p_c -> cmp_c + h_c + phosphatidylglycerol_3_phosphate_c : 0875
PGPP h2o_c + phosphatidylglycerol_3_phosphate_c -> phosphatidylglycerol_c + pi_c : 0214
CLPNS 2 phosphatidylglycerol_c -> cardiolipin_c + glyc_c : 0147
PAPA h2o_c + phosphatidic_acid_c -> 1_2_diacylglycerol_c + pi_c
PGMT g6p_c <-> g1p_c : 0733
GALU g1p_c + h_c + utp_c <-> UDP_glucose_c + ppi_c : 0115
UDPG4E UDP_glucose_c <-> UDP_galactose_c : 0813
UDPGALM UDP_galactose_c <-> UDP_galactofuranose_c : 0814
DAGGALT 1_2_diacylglycerol_c + UDP_galactofuranose_c -> Gal_DAG_c + h_c + udp_c : 0114 or 0697
PSSYN 88 UDP_galactofuranose_c -> UDP_galactan_c + 87 h_c + 87 udp_c : 0113
DAGPST 1_2_diacylglycerol_c + UDP_galactan_c -> h_c + lipogalactan_c + udp_c : 0114
ARG4P Tetra_L_arginine_c + 3 h2o_c -> 4 arg__L_c : 0133 or 0305 or 0444 or 0479
ASP4P Tetra_L_aspartate_c + 3 h2o_c -> 4 asp__L_c : 0133 or 0305 or 0444 or 0479
GLU4P Tetra_L_glutamate_c + 3 h2o_c -> 4 glu__L_c : 0133 or 0305 or 0444 or 0479
GLY4P Tetra_glycine_c + 3 h2o_c -> 4 gly_c : 0133 or 0305 or 0444 or 0479
ISO4P Tetra_L_isoleucine_c + 3 h2o_c -> 4 ile__L_c : 0133 or 0305 or 0444 or 0479
ALA4P Tetra_L_alanine_c + 3 h2o_c -> 4 ala__L_c : 0133 or 0305 or 0444 or 0479
ASN4P Tetra_L_asparagine_c + 3 h2o_c -> 4 asn__L_c : 0133 or 0305 or 0444 or 0479
LEU4P Tetra_L_leucine_c + 3 h2o_c -> 4 leu__L_c : 0133 or 0305 or 0444 or 0479
GLN4P Tetra_L_glutamine_c + 3 h2o_c -> 4 gln__L_c : 0133 or 0305 or 0444 or 0479
HIS4P Tetra_L_histidine_c + 3 h2o_c -> 4 his__L_c : 0133 or 0305 or 0444 or 0479
LYS4P Tetra_L_lysine_c + 3 h2o_c -> 4 lys__L_c : 0133 or 0305 or 0444 or 0479
PRO4P Tetra_L_proline_c + 3 h2o_c -> 4 pro__L_c : 0133 or 0305 or 0444 or 0479
PHE4P Tetra_L_phenylalanine_c + 3 h2o_c -> 4 phe__L_c : 0133 or 0305 or 0444 or 0479
THR4P Tetra_L_threonine_c + 3 h2o_c -> 4 thr__L_c : 0133 or 0305 or 0444 or 0479
TRP4P Tetra_L_tryptophan_c + 3 h2o_c -> 4 trp__L_c : 0133 or 0305 or 0444 or 0479
TYR4P Tetra_L_tyrosine_c + 3 h2o_c -> 4 tyr__L_c : 0133 or 0305 or 0444 or 0479
VAL4P Tetra_L_valine_c + 3 h2o_c -> 4 val__L_c : 0133 or 0305 or 0444 or 0479
SER4P Tetra_L_serine_c + 3 h2o_c -> 4 ser__L_c : 0133 or 0305 or 0444 or 0479
MET4P Tetra_L_methionine_c + 3 h2o_c -> 4 met__L_c : 0133 or 0305 or 0444 or 0479
MAT atp_c + h2o_c + met__L_c -> amet_c + pi_c + ppi_c : 0432
AHCi ahcys_c + h2o_c -> adn_c + hcys__L_c : 0381
GLNTRAT L_glutamyl_tRNA_Gln__c + atp_c + gln__L_c + h2o_c -> adp_c + glntrna_c + glu__L_c + h_c + pi_c : 0687
  and 0688 and 0689
GLNTRAT2 L_glutamyl_tRNA_Gln__c + asn__L_c + atp_c + h2o_c -> adp_c + asp__L_c + glntrna_c + h_c + pi_c : 0687
  and 0688 and 0689
METTRS atp_c + met__L_c + trnamet_c -> L_methionyl_tRNA_Met__c + amp_c + ppi_c : 0012
ILETRS atp_c + ile__L_c + trnaile_c -> amp_c + iletrna_c + ppi_c : 0519
VALTRS atp_c + trnaval_c + val__L_c -> amp_c + ppi_c + valtrna_c : 0260
LEUTRS atp_c + leu__L_c + trnaleu_c -> amp_c + leutrna_c + ppi_c : 0634
CYSTRS atp_c + cys__L_c + trnacys_c -> amp_c + cystrna_c + ppi_c : 0837
GLUTRS atp_c + glu__L_c + tRNA_Glu__c -> amp_c + glutrna_c + ppi_c : 0126
GLUTRS_Gln atp_c + glu__L_c + trnagln_c -> L_glutamyl_tRNA_Gln__c + amp_c + ppi_c : 0126
ARGTRS arg__L_c + atp_c + trnaarg_c -> amp_c + argtrna_c + ppi_c : 0535
TYRTRS atp_c + trnatyr_c + tyr__L_c -> amp_c + ppi_c + tyrtrna_c : 0613
TRPTRS atp_c + trnatrp_c + trp__L_c -> amp_c + ppi_c + trptrna_c : 0308
SERTRS atp_c + ser__L_c + trnaser_c -> amp_c + ppi_c + sertrna_c : 0061
THRTRS atp_c + thr__L_c + trnathr_c -> amp_c + ppi_c + thrtrna_c : 0222
PROTRS atp_c + pro__L_c + trnapro_c -> amp_c + ppi_c + protrna_c : 0282
ASPTRS asp__L_c + atp_c + trnaasp_c -> amp_c + asptrna_c + ppi_c : 0287
ASNTRS asn__L_c + atp_c + trnaasn_c -> amp_c + asntrna_c + ppi_c : 0076
LYSTRS atp_c + lys__L_c + trnalys_c -> L_lysyl_tRNA_Lys__c + amp_c + ppi_c : 0064
HISTRS atp_c + his__L_c + trnahis_c -> amp_c + histrna_c + ppi_c : 0288
PHETRS atp_c + phe__L_c + trnaphe_c -> amp_c + phetrna_c + ppi_c : 0528 and 0529
ALATRS ala__L_c + atp_c + trnaala_c -> alatrna_c + amp_c + ppi_c : 0163
GLYTRS atp_c + gly_c + trnagly_c -> amp_c + glytrna_c + ppi_c : 0405
NCTPPRT h_c + nac_c + prpp_c -> nicrnt_c + ppi_c : 0614
NNATr atp_c + h_c + nicrnt_c -> dnad_c + ppi_c : 0380
NADS atp_c + dnad_c + nh3_c -> amp_c + nad_c + ppi_c : 0378
NADK atp_c + nad_c -> adp_c + h_c + nadp_c : 0259
NADHK atp_c + nadh_c -> adp_c + h_c + nadph_c : 0259
RBFK atp_c + ribflv_c -> adp_c + fmn_c + h_c : 0291
FMNAT atp_c + fmn_c + h_c -> fad_c + ppi_c : 0291
5FTHFPGS 5fthf_c + 2 atp_c + 2 glu__L_c -> 5_formyltetrahydrofolate_tri_L_glutamate_c + 2 adp_c + 2 h_c + 2
  pi_c : 0823
MTHFC 5_10_methenyltetrahydrofolate_tri_L_glutamate_c + h2o_c <-> 10_formyltetrahydrofolate_tri_L_glutamate_c
  + h_c : 0684
FMETTRS 10_formyltetrahydrofolate_tri_L_glutamate_c + L_methionyl_tRNA_Met__c -> N_formylmethionyl_tRNA_Met__c
  + h_c + tetrahydrofolate_tri_L_glutamate_c : 0390
GHMT ser__L_c + tetrahydrofolate_tri_L_glutamate_c <-> 5_10_methylenetetrahydrofolate_tri_L_glutamate_c +
  gly_c + h2o_c : 0799
MTHFD 5_10_methylenetetrahydrofolate_tri_L_glutamate_c + nadp_c <->
  5_10_methenyltetrahydrofolate_tri_L_glutamate_c + nadph_c : 0684
FTHFCL 5_formyltetrahydrofolate_tri_L_glutamate_c + atp_c -> 5_10_methenyltetrahydrofolate_tri_L_glutamate_c +
  adp_c + pi_c : 0443
GHMT2 0.01 .. 1000 5_10_methenyltetrahydrofolate_tri_L_glutamate_c + h2o_c ->
  5_formyltetrahydrofolate_tri_L_glutamate_c + h_c : 0799
Protein_transl 39 L_lysyl_tRNA_Lys__c + 7 L_methionyl_tRNA_Met__c + N_formylmethionyl_tRNA_Met__c + 23
  alatrna_c + 12 argtrna_c + 27 asntrna_c + 23 asptrna_c + 898 atp_c + 2 cystrna_c + 15 glntrna_c + 27
  glutrna_c + 21 glytrna_c + 900 h2o_c + 5 histrna_c + 36 iletrna_c + 36 leutrna_c + 16 phetrna_c + 11
  protrna_c + 23 sertrna_c + 22 thrtrna_c + 3 trptrna_c + 13 tyrtrna_c + 24 valtrna_c -> 898 adp_c + for_c +
  1284 h_c + met__L_c + 898 pi_c + protein_c + 27 tRNA_Glu__c + 23 trnaala_c + 12 trnaarg_c + 27 trnaasn_c +
  23 trnaasp_c + 2 trnacys_c + 15 trnagln_c + 21 trnagly_c + 5 trnahis_c + 36 trnaile_c + 36 trnaleu_c + 39
  trnalys_c + 8 trnamet_c + 16 trnaphe_c + 11 trnapro_c + 23 trnaser_c + 22 trnathr_c + 3 trnatrp_c + 13
  trnatyr_c + 24 trnaval_c : 0201 and 0650
ACP_transl 7 L_lysyl_tRNA_Lys__c + 2 L_methionyl_tRNA_Met__c + N_formylmethionyl_tRNA_Met__c + 2 alatrna_c + 3
  argtrna_c + 3 asntrna_c + 8 asptrna_c + 169 atp_c + 3 glntrna_c + 6 glutrna_c + 3 glytrna_c + 171 h2o_c + 7
  iletrna_c + 13 leutrna_c + phetrna_c + 6 sertrna_c + 3 thrtrna_c + tyrtrna_c + 4 valtrna_c -> 169 adp_c +
  apoACP_c + for_c + 241 h_c + met__L_c + 169 pi_c + 6 tRNA_Glu__c + 2 trnaala_c + 3 trnaarg_c + 3 trnaasn_c +
  8 trnaasp_c + 3 trnagln_c + 3 trnagly_c + 7 trnaile_c + 13 trnaleu_c + 7 trnalys_c + 3 trnamet_c + trnaphe_c
  + 6 trnaser_c + 3 trnathr_c + trnatyr_c + 4 trnaval_c : 0201 and 0621 and 0650
PdhC_transl 35 L_lysyl_tRNA_Lys__c + 13 L_methionyl_tRNA_Met__c + N_formylmethionyl_tRNA_Met__c + 50 alatrna_c
  + 11 argtrna_c + 20 asntrna_c + 22 asptrna_c + 1023 atp_c + cystrna_c + 12 glntrna_c + 26 glutrna_c + 27
  glytrna_c + 1024 h2o_c + 7 histrna_c + 36 iletrna_c + 28 leutrna_c + 13 phetrna_c + 27 protrna_c + 30
  sertrna_c + 32 thrtrna_c + trptrna_c + 6 tyrtrna_c + 43 valtrna_c -> PdhC_c + 1023 adp_c + for_c + 1463 h_c
  + 1023 pi_c + 26 tRNA_Glu__c + 50 trnaala_c + 11 trnaarg_c + 20 trnaasn_c + 22 trnaasp_c + trnacys_c + 12
  trnagln_c + 27 trnagly_c + 7 trnahis_c + 36 trnaile_c + 28 trnaleu_c + 35 trnalys_c + 14 trnamet_c + 13
  trnaphe_c + 27 trnapro_c + 30 trnaser_c + 32 trnathr_c + trnatrp_c + 6 trnatyr_c + 43 trnaval_c : 0201 and
  0227
dUTPase_transl 15 L_lysyl_tRNA_Lys__c + N_formylmethionyl_tRNA_Met__c + 4 alatrna_c + 2 argtrna_c + 28
  asntrna_c + 9 asptrna_c + 387 atp_c + 2 cystrna_c + 9 glntrna_c + 13 glutrna_c + 3 glytrna_c + 388 h2o_c +
  histrna_c + 22 iletrna_c + 16 leutrna_c + 12 phetrna_c + protrna_c + 9 sertrna_c + 5 thrtrna_c + 3 trptrna_c
  + 10 tyrtrna_c + 2 valtrna_c -> 387 adp_c + dUTPase_c + for_c + 553 h_c + 387 pi_c + 13 tRNA_Glu__c + 4
  trnaala_c + 2 trnaarg_c + 28 trnaasn_c + 9 trnaasp_c + 2 trnacys_c + 9 trnagln_c + 3 trnagly_c + trnahis_c +
  22 trnaile_c + 16 trnaleu_c + 15 trnalys_c + trnamet_c + 12 trnaphe_c + trnapro_c + 9 trnaser_c + 5
  trnathr_c + 3 trnatrp_c + 10 trnatyr_c + 2 trnaval_c : 0201 and 0447
Protein_degrad 0.00035 .. 1000 225 atp_c + 610 h2o_c + protein_c -> 225 adp_c + 23 ala__L_c + 12 arg__L_c + 27
  asn__L_c + 23 asp__L_c + 2 cys__L_c + 15 gln__L_c + 27 glu__L_c + 21 gly_c + 225 h_c + 5 his__L_c + 36
  ile__L_c + 36 leu__L_c + 39 lys__L_c + 7 met__L_c + 16 phe__L_c + 225 pi_c + 11 pro__L_c + 23 ser__L_c + 22
  thr__L_c + 3 trp__L_c + 13 tyr__L_c + 24 val__L_c : 0394
RNAP 68 atp_c + 20 ctp_c + 25 gtp_c + 41 h2o_c + 28 utp_c -> RNA_c + 41 adp_c + 41 h_c + 41 pi_c + 100 ppi_c
RNA_degrad 0.0077 .. 1000 RNA_c + 100 h2o_c -> 27 amp_c + 20 cmp_c + 25 gmp_c + 100 h_c + 28 ump_c
DNAP 137 atp_c + 38 datp_c + 12 dctp_c + 12 dgtp_c + 38 dttp_c + 137 h2o_c -> DNA_c + 137 adp_c + 137 h_c +
  137 pi_c + 100 ppi_c
BIOMASS 0.022954 1_2_diacylglycerol_c + 0.00021 5_10_methenyltetrahydrofolate_tri_L_glutamate_c + 2.1e-05
  ACP_c + 0.001776 DNA_c + 0.017299 Gal_DAG_c + 0.005039 RNA_c + 0.008658 ala__L_c + 0.002484 arg__L_c +
  0.006266 asn__L_c + 0.005442 asp__L_c + 0.003285 atp_c + 0.004658 ca2_c + 0.02097 cardiolipin_c + 0.039664
  cholesterol_c + 0.055853 cl_c + 0.000158 coa_c + 0.001095 ctp_c + 0.000621 cys__L_c + 1e-06 dUTPase_c +
  5.7e-05 datp_c + 3.8e-05 dctp_c + 2.2e-05 dgtp_c + 6.8e-05 dttp_c + 0.00021 fad_c + 0.020433 fatty_acid_c +
  0.003283 gln__L_c + 0.005754 glu__L_c + 0.009022 gly_c + 0.00219 gtp_c + 0.001213 his__L_c + 0.008749
  ile__L_c + 0.84016 k_c + 0.008533 leu__L_c + 0.004288 lipogalactan_c + 0.009073 lys__L_c + 0.001765 met__L_c
  + 0.007763 mg2_c + 0.057153 na1_c + 0.000105 nadp_c + 0.002961 phe__L_c + 0.039359 phosphatidylglycerol_c +
  0.039073 pi_c + 0.003023 pro__L_c + 0.012567 protein_c + 0.00021 pyridoxal_phosphate_c + 0.006713 ser__L_c +
  0.006344 spermine_c + 0.00021 thiamin_diphosphate_c + 0.006002 thr__L_c + 0.006481 triacylglycerol_c +
  0.000415 trp__L_c + 0.002284 tyr__L_c + 0.00219 utp_c + 0.007066 val__L_c -> biomass_c
GAM 25 atp_c + biomass_c + 25 h2o_c -> 25 adp_c + biomass_e + 25 h_c + 25 pi_c
ATPase -1000 .. -0.574850047039787 adp_c + 4 h_e + pi_c <-> atp_c + h2o_c + 3 h_c : 0789 and 0790 and 0791 and
  0792 and 0793 and 0794 and 0795 and 0796
GLCpts glc__D_e + pep_c -> g6p_c + pyr_c : 0233 and 0694 and 0234 and 0779
GAMpts gam_e + pep_c -> gam6p_c + pyr_c : 0233 and 0694 and 0234 and 0779
MANpts man_e + pep_c -> man6p_c + pyr_c : 0233 and 0694 and 0234 and 0779
AMANabc acmana_e + atp_c + h2o_c -> acmana_c + adp_c + h_c + pi_c
L_LACt2r h_c + lac__L_c <-> h_e + lac__L_e
PYRt2r h_c + pyr_c <-> h_e + pyr_e
ACt ac_c + h_c <-> ac_e + h_e
GLYCt glyc_e <-> glyc_c
FAt fatty_acid_e <-> fatty_acid_c
CHOLt cholesterol_e <-> cholesterol_c
TAGt triacylglycerol_e <-> triacylglycerol_c
ACALDt acald_c <-> acald_e
FORt for_e <-> for_c
RIBFLVabc atp_c + h2o_c + riboflavin_e -> adp_c + h_c + pi_c + ribflv_c : 0641 and 0642 and 0643 and 0877
P5Pabc atp_c + h2o_c + pyridoxal_phosphate_e -> adp_c + h_c + pi_c + pyridoxal_phosphate_c : 0641 and 0642 and
  0643 and 0345
5FTHFabc 5_formyltetrahydrofolate_e + atp_c + h2o_c -> 5fthf_c + adp_c + h_c + pi_c : 0641 and 0642 and 0643
  and 0822
NACabc atp_c + h2o_c + nac_e -> adp_c + h_c + nac_c + pi_c : 0641 and 0642 and 0643 and 0314
COAabc atp_c + coa_e + h2o_c -> adp_c + coa_c + h_c + pi_c : 0641 and 0642 and 0643 and 0836
THMPPabc atp_c + h2o_c + thiamin_diphosphate_e -> adp_c + h_c + pi_c + thiamin_diphosphate_c : 0706 and 0707
  and 0708
SPRMabc atp_c + h2o_c + spermine_e -> adp_c + h_c + pi_c + spermine_c : 0195 and 0196 and 0197
LIPTA PdhC_c + atp_c + h2o_c + lipoyllysine_e -> adp_c + h_c + lipoyl_PdhC_c + lys__L_c + pi_c : 0401
CYTDabc atp_c + cytd_e + h2o_c -> adp_c + cytd_c + h_c + pi_c : 0008 and 0009 and 0010 and 0011
DCYTabc atp_c + dcyt_e + h2o_c -> adp_c + dcyt_c + h_c + pi_c : 0008 and 0009 and 0010 and 0011
URIabc atp_c + h2o_c + uri_e -> adp_c + h_c + pi_c + uri_c : 0008 and 0009 and 0010 and 0011
DURIabc atp_c + duri_e + h2o_c -> adp_c + duri_c + h_c + pi_c : 0008 and 0009 and 0010 and 0011
THMDabc atp_c + h2o_c + thymd_e -> adp_c + h_c + pi_c + thymd_c : 0008 and 0009 and 0010 and 0011
ADNabc adn_e + atp_c + h2o_c -> adn_c + adp_c + h_c + pi_c : 0008 and 0009 and 0010 and 0011
DADNabc atp_c + dad_2_e + h2o_c -> adp_c + dad_2_c + h_c + pi_c : 0008 and 0009 and 0010 and 0011
GSNabc atp_c + gsn_e + h2o_c -> adp_c + gsn_c + h_c + pi_c : 0008 and 0009 and 0010 and 0011
DGSNabc atp_c + dgsn_e + h2o_c -> adp_c + dgsn_c + h_c + pi_c : 0008 and 0009 and 0010 and 0011
URAt2 h_e + ura_e -> h_c + ura_c
GUAt2 gua_e + h_e -> gua_c + h_c
ADEt2 ade_e + h_e -> ade_c + h_c
NAt na1_e -> na1_c
Kt6 atp_c + h2o_c + k_e + na1_c -> adp_c + h_c + k_c + na1_e + pi_c : 0685 and 0686
NAt3 h_e + na1_c -> h_c + na1_e
MG2abc atp_c + h2o_c + mg2_e -> adp_c + h_c + mg2_c + pi_c : 0787
CA2abc atp_c + ca2_e + h2o_c -> adp_c + ca2_c + h_c + pi_c : 0879
CLt cl_e <-> cl_c
Ht h_e -> h_c
PIabc atp_c + h2o_c + pi_e -> adp_c + h_c + 2 pi_c : 0425 and 0426 and 0427
ARG4abc Tetra_L_arginine_e + atp_c + h2o_c -> Tetra_L_arginine_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167
  and 0168 and 0169
ASP4abc Tetra_L_aspartate_e + atp_c + h2o_c -> Tetra_L_aspartate_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
GLU4abc Tetra_L_glutamate_e + atp_c + h2o_c -> Tetra_L_glutamate_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
GLY4abc Tetra_glycine_e + atp_c + h2o_c -> Tetra_glycine_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167 and
  0168 and 0169
ISO4abc Tetra_L_isoleucine_e + atp_c + h2o_c -> Tetra_L_isoleucine_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
ALA4abc Tetra_L_alanine_e + atp_c + h2o_c -> Tetra_L_alanine_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167
  and 0168 and 0169
ASN4abc Tetra_L_asparagine_e + atp_c + h2o_c -> Tetra_L_asparagine_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
LEU4abc Tetra_L_leucine_e + atp_c + h2o_c -> Tetra_L_leucine_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167
  and 0168 and 0169
GLN4abc Tetra_L_glutamine_e + atp_c + h2o_c -> Tetra_L_glutamine_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
HIS4abc Tetra_L_histidine_e + atp_c + h2o_c -> Tetra_L_histidine_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
LYS4abc Tetra_L_lysine_e + atp_c + h2o_c -> Tetra_L_lysine_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167 and
  0168 and 0169
PRO4abc Tetra_L_proline_e + atp_c + h2o_c -> Tetra_L_proline_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167
  and 0168 and 0169
PHE4abc Tetra_L_phenylalanine_e + atp_c + h2o_c -> Tetra_L_phenylalanine_c + adp_c + h_c + pi_c : 0165 and
  0166 and 0167 and 0168 and 0169
THR4abc Tetra_L_threonine_e + atp_c + h2o_c -> Tetra_L_threonine_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
TRP4abc Tetra_L_tryptophan_e + atp_c + h2o_c -> Tetra_L_tryptophan_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
TYR4abc Tetra_L_tyrosine_e + atp_c + h2o_c -> Tetra_L_tyrosine_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167
  and 0168 and 0169
VAL4abc Tetra_L_valine_e + atp_c + h2o_c -> Tetra_L_valine_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167 and
  0168 and 0169
SER4abc Tetra_L_serine_e + atp_c + h2o_c -> Tetra_L_serine_c + adp_c + h_c + pi_c : 0165 and 0166 and 0167 and
  0168 and 0169
MET4abc Tetra_L_methionine_e + atp_c + h2o_c -> Tetra_L_methionine_c + adp_c + h_c + pi_c : 0165 and 0166 and
  0167 and 0168 and 0169
ARGt2r arg__L_e + h_e -> arg__L_c + h_c : 0876 or 0878
ASPt2pr asp__L_e + 2 h_e -> asp__L_c + 2 h_c : 0886
CYSt2r cys__L_e + h_e -> cys__L_c + h_c : 0876 or 0878
GLUt2pr glu__L_e + 2 h_e -> glu__L_c + 2 h_c : 0886
GLYt2r gly_e + h_e -> gly_c + h_c : 0876 or 0878
ISOt2r h_e + ile__L_e -> h_c + ile__L_c : 0876 or 0878
ALAt2r ala__L_e + h_e -> ala__L_c + h_c : 0876 or 0878
ASNt2r asn__L_e + h_e -> asn__L_c + h_c : 0876 or 0878
LEUt2r h_e + leu__L_e -> h_c + leu__L_c : 0876 or 0878
GLNt2r gln__L_e + h_e -> gln__L_c + h_c : 0876 or 0878
HISt2r h_e + his__L_e -> h_c + his__L_c : 0876 or 0878
LYSt2r h_e + lys__L_e -> h_c + lys__L_c : 0876 or 0878
PROt2r h_e + pro__L_e -> h_c + pro__L_c : 0876 or 0878
PHEt2r h_e + phe__L_e -> h_c + phe__L_c : 0876 or 0878
THRt2r h_e + thr__L_e -> h_c + thr__L_c : 0876 or 0878
TRPt2r h_e + trp__L_e -> h_c + trp__L_c : 0876 or 0878
TYRt2r h_e + tyr__L_e -> h_c + tyr__L_c : 0876 or 0878
VALt2r h_e + val__L_e -> h_c + val__L_c : 0876 or 0878
SERt2r h_e + ser__L_e -> h_c + ser__L_c : 0876 or 0878
METt2r h_e + met__L_e -> h_c + met__L_c : 0876 or 0878
O2t o2_e <-> o2_c
CO2t co2_e <-> co2_c
H2Ot h2o_e <-> h2o_c
NH3t nh3_e <-> nh3_c
HCYSt hcys__L_c -> L_homocysteine_e
EX_lac__L_e lac__L_e ->
EX_pyr_e pyr_e ->
EX_ac_e -1000 .. 6.9 ac_e <->
EX_ade_e ade_e <->
EX_biomass_e biomass_e ->
EX_co2_e co2_e <->
EX_Tetra_L_arginine_e Tetra_L_arginine_e <->
EX_Tetra_L_aspartate_e Tetra_L_aspartate_e <->
EX_Tetra_L_glutamate_e Tetra_L_glutamate_e <->
EX_Tetra_glycine_e Tetra_glycine_e <->
EX_Tetra_L_isoleucine_e Tetra_L_isoleucine_e <->
EX_Tetra_L_alanine_e Tetra_L_alanine_e <->
EX_Tetra_L_asparagine_e Tetra_L_asparagine_e <->
EX_Tetra_L_leucine_e Tetra_L_leucine_e <->
EX_Tetra_L_glutamine_e Tetra_L_glutamine_e <->
EX_Tetra_L_histidine_e Tetra_L_histidine_e <->
EX_Tetra_L_lysine_e Tetra_L_lysine_e <->
EX_Tetra_L_proline_e Tetra_L_proline_e <->
EX_Tetra_L_phenylalanine_e Tetra_L_phenylalanine_e <->
EX_Tetra_L_threonine_e Tetra_L_threonine_e <->
EX_Tetra_L_tryptophan_e Tetra_L_tryptophan_e <->
EX_Tetra_L_tyrosine_e Tetra_L_tyrosine_e <->
EX_Tetra_L_valine_e Tetra_L_valine_e <->
EX_Tetra_L_serine_e Tetra_L_serine_e <->
EX_Tetra_L_methionine_e Tetra_L_methionine_e <->
EX_gly_e gly_e <->
EX_ala__L_e ala__L_e <->
EX_arg__L_e arg__L_e <->
EX_asn__L_e asn__L_e <->
EX_asp__L_e asp__L_e <->
EX_cys__L_e cys__L_e <->
EX_glu__L_e glu__L_e <->
EX_gln__L_e gln__L_e <->
EX_his__L_e his__L_e <->
EX_hcys__L_e L_homocysteine_e <->
EX_ile__L_e ile__L_e <->
EX_leu__L_e leu__L_e <->
EX_lys__L_e lys__L_e <->
EX_met__L_e met__L_e <->
EX_phe__L_e phe__L_e <->
EX_pro__L_e pro__L_e <->
EX_ser__L_e ser__L_e <->
EX_thr__L_e thr__L_e <->
EX_trp__L_e trp__L_e <->
EX_tyr__L_e tyr__L_e <->
EX_val__L_e val__L_e <->
EX_nh3_e nh3_e <->
EX_cytd_e cytd_e <->
EX_dcyt_e dcyt_e <->
EX_fa_e fatty_acid_e <->
EX_5fthf_e 5_formyltetrahydrofolate_e <->
EX_glc__D_e -7.4 .. 1000 glc__D_e <->
EX_gam_e gam_e ->
EX_man_e man_e ->
EX_acmana_e acmana_e ->
EX_glyc_e -0.193386306686866 .. 1000 glyc_e <->
EX_gua_e gua_e <->
EX_h_e h_e <->
EX_nac_e nac_e <->
EX_pi_e pi_e <->
EX_o2_e o2_e <->
EX_ribflv_e riboflavin_e <->
EX_ura_e ura_e <->
EX_h2o_e h2o_e <->
EX_uri_e uri_e <->
EX_duri_e duri_e <->
EX_thymd_e thymd_e <->
EX_adn_e adn_e <->
EX_dad_2_e dad_2_e <->
EX_gsn_e gsn_e <->
EX_dgsn_e dgsn_e <->
EX_coa_e coa_e <->
EX_pydx5p_e pyridoxal_phosphate_e <->
EX_thmpp_e thiamin_diphosphate_e <->
EX_chsterol_e cholesterol_e <->
EX_tag_e triacylglycerol_e <->
EX_acald_e acald_e ->
EX_na1_e na1_e <->
EX_k_e k_e <->
EX_mg2_e mg2_e <->
EX_ca2_e ca2_e <->
EX_cl_e cl_e <->
EX_sprm_e spermine_e <->
EX_for_e for_e <->
EX_lplys__L_e lipoyllysine_e <->
]]
