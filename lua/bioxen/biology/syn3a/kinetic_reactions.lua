--- The kinetics of metabolism in JCVI-syn3A, a line for each of 175 reactions (one that begins with spaces goes on):
--
--   name equation : enzyme : forward backward : K of what is taken | K of what is made
--
-- Random binding of everything (the common modular law of Liebermeister, Uhlendorf & Klipp 2010): turnovers per second
-- and Michaelis constants in mM, in the order of the equation. Enzymes are proteins, by their genes' numbers,
-- or complexes of complexes.lua; "or" adds them up, and "default" is 0.001 mM. _c is in the cell, _e outside. H+ and
-- water are left out. Other laws stand in place of an enzyme: "mass action" (forward and backward constants, of mM and
-- s), "passive" (a permeability, m/s, through the membrane of a sphere of 200 nm), "uptake" (mM/s, of nothing else).
-- Sources are in manifest.lua.
return [[
PGI g6p_c <-> f6p_c : 0445 : 804.3384 650 : 0.28 | 0.15
PFK atp_c + f6p_c <-> adp_c + fdp_c : 0220 : 111 0.3438 : 0.117 0.2133 | 0.1062 0.1062
FBA fdp_c <-> dhap_c + g3p_c : 0131 : 64.5 12.6 : 0.12 | 0.095 0.052
TPI dhap_c <-> g3p_c : 0727 : 759.6105 67 : 0.077 | 0.084
GAPD g3p_c + nad_c + pi_c <-> 13dpg_c + nadh_c : 0607 : 442 73.6 : 0.0171 1.3 6.5826 | 0.47 0.061
GAPDP g3p_c + nadp_c <-> 3pg_c + nadph_c : 0451 : 2.8 0 : 0.052 0.385 | 0.1924 0.202
PGK 13dpg_c + adp_c <-> 3pg_c + atp_c : 0606 : 385 3.4 : 0.01 0.5273 | 0.1 0.368
PGM 3pg_c <-> 2pg_c : 0729 : 868 14 : 3.6 | 0.2
ENO 2pg_c <-> pep_c : 0213 : 62.1825 23.453 : 0.246 | 0.2874
PYK adp_c + pep_c <-> atp_c + pyr_c : 0221 : 2136 0.0021 : 0.2814 0.075 | 0.121 0.0585
LDH_L nadh_c + pyr_c <-> lac__L_c + nad_c : 0475 : 388.468 400.2106 : 0.0381 0.9649 | 59.656 32.972
PDH_acald acald_c + coa_c + lpl_PdhC_c <-> accoa_c + dhlpl_PdhC_c : 0227 : 38.1501 2.6212 : 0.1 0.1 0.1 | 0.1 0.1
PDH_E3 dhlpl_PdhC_c + nad_c <-> lpl_PdhC_c + nadh_c : 0228 : 110 448 : 0.1003 0.14 | 0.0997 2.9919
PTAr accoa_c + pi_c <-> actp_c + coa_c : 0229 : 895.9342 1509.0778 : 0.5535 5.291 | 0.2373 0.022
ACKr actp_c + adp_c <-> ac_c + atp_c : 0230 : 1452.2498 655.0835 : 0.9669 0.6657 | 55.7644 1.6092
NOX 2 nadh_c + o2_c <-> 2 nad_c : default : 1520.2025 0.0693 : 0.0268 0.0204 | 0.0993
TALA e4p_c + f6p_c <-> g3p_c + s7p_c : default : 22.3 0.54 : 0.0401 0.6688 | 1.9 0.285
TKT1 g3p_c + s7p_c <-> r5p_c + xu5p__D_c : 0316 : 20.58 0.8 : 0.743 3.7298 | 0.4717 0.134
TKT2 f6p_c + g3p_c <-> e4p_c + xu5p__D_c : 0316 : 26.87 1.4 : 0.25 0.743 | 0.0227 0.134
RPE xu5p__D_c <-> ru5p__D_c : 0262 : 1337.133 1301.6531 : 2.9022 | 1.9567
RPI ru5p__D_c <-> r5p_c : 0800 : 10 1 : 2.1524 | 3.3617
PRPPS atp_c + r5p_c <-> amp_c + prpp_c : 0831 : 30.2215 10.9581 : 0.0749 0.0676 | 0.0453 0.0141
PPM r1p_c <-> r5p_c : 0733 : 7.8902 0.0822 : 0.073 | 0.0854
PPM2 2dr1p_c <-> 2dr5p_c : 0733 : 173 10.201 : 0.013 | 1.2
DRPA 2dr5p_c <-> acald_c + g3p_c : 0732 : 521 34 : 0.2456 | 0.267 0.2
ADPT ade_c + prpp_c <-> amp_c + ppi_c : 0413 : 6.5832 0.895 : 0.0044 0.0085 | 0.0319 0.1586
PUNP1 adn_c + pi_c <-> ade_c + r1p_c : 0747 : 26.2772 109.8453 : 0.7652 2.1387 | 4.0132 0.0142
ADK1 amp_c + atp_c <-> 2 adp_c : 0651 : 319.1556 783.2866 : 0.096 0.1426 | 0.2669
RNDR1 adp_c + trdrd_c <-> dadp_c + trdox_c : RNDR : 4.3833 0 : 0.0206 0.0389 | 0.2569 0.2569
TRDR nadph_c + trdox_c <-> nadp_c + trdrd_c : 0819 : 19.0309 139.1897 : 0.0468 0.0129 | 0.7737 0.7737
PPA ppi_c <-> 2 pi_c : 0344 : 646.7271 0.1874 : 0.0024 | 0.0976
PUNP2 dad_2_c + pi_c <-> 2dr1p_c + ade_c : 0747 : 3.3 109.8439 : 0.7005 2.1382 | 0.0143 0.41
DADNK atp_c + dad_2_c <-> adp_c + damp_c : 0330 or 0382 : 3.7 0.4533 : 0.15 0.012 | 0.1435 0.1435
DADK atp_c + damp_c <-> adp_c + dadp_c : 0651 : 2.9129 3.43299 : 0.1 0.1 | 1 0.1
PYK5 dadp_c + pep_c <-> datp_c + pyr_c : 0221 : 384.48 0.02 : 0.2814 0.075 | 0.1168 0.0553
PGK2 13dpg_c + dadp_c <-> 3pg_c + datp_c : 0606 : 65.45 0.07699573353053 : 0.0057 0.5357 | 0.7375 0.0902
GUAPRT gua_c + prpp_c <-> gmp_c + ppi_c : 0216 : 14.4958 5.2464 : 0.0005 0.009 | 0.3931 0.4352
PUNP3 gsn_c + pi_c <-> gua_c + r1p_c : 0747 : 26.2373 109.8576 : 1.2701 2.1432 | 1.8086 0.0132
GK1 atp_c + gmp_c <-> adp_c + gdp_c : 0203 : 410.2268 127.921 : 0.1501 0.0259 | 0.0676 0.0236
RNDR2 gdp_c + trdrd_c <-> dgdp_c + trdox_c : RNDR : 4.1518 0 : 0.24 0.0429 | 0.2331 0.2331
PYK3 gdp_c + pep_c <-> gtp_c + pyr_c : 0221 : 448.56 0.0014 : 0.2814 0.075 | 0.1376 0.0589
PGK3 13dpg_c + gdp_c <-> 3pg_c + gtp_c : 0606 : 246.4 0.030214276516037 : 0.0032 0.5357 | 0.7944 0.2033
PUNP4 dgsn_c + pi_c <-> 2dr1p_c + gua_c : 0747 : 5.1 110.0264 : 0.183 2.2063 | 0.0049 0.8
DGSNK atp_c + dgsn_c <-> adp_c + dgmp_c : 0330 or 0382 : 2.25 0.4437 : 0.0698 0.0061 | 0.1484 0.1484
DGK1 atp_c + dgmp_c <-> adp_c + dgdp_c : 0203 : 410.1815 831.9981 : 0.1549 0.0441 | 0.0601 0.0601
PYK6 dgdp_c + pep_c <-> dgtp_c + pyr_c : 0221 : 555.36 0.02 : 0.2814 0.075 | 0.1168 0.0553
PGK4 13dpg_c + dgdp_c <-> 3pg_c + dgtp_c : 0606 : 61.6 0.072466572734617 : 0.0057 0.5357 | 0.7375 0.0902
UPPRT prpp_c + ura_c <-> ppi_c + ump_c : 0798 : 5.1 0.0035 : 0.084 0.00407 | 1 0.0138
UMPK atp_c + ump_c <-> adp_c + udp_c : 0537 : 263.7845 0.7058 : 2.3428 0.2951 | 0.0962 0.0962
PYK2 pep_c + udp_c <-> pyr_c + utp_c : 0221 : 234.96 0.0004 : 0.075 0.2814 | 0.0608 0.1491
RNDR4 trdrd_c + udp_c <-> dudp_c + trdox_c : RNDR : 0.29 0 : 0.0395 1.2 | 0.253 0.253
CYTK1 atp_c + cmp_c <-> adp_c + cdp_c : 0347 : 18.464 5.416 : 0.1 0.1 | 0.1 0.1
PYK4 cdp_c + pep_c <-> ctp_c + pyr_c : 0221 : 363.12 0.0001 : 0.2814 0.075 | 0.1611 0.0627
RNDR3 cdp_c + trdrd_c <-> dcdp_c + trdox_c : RNDR : 4.1273 0 : 0.057 0.0433 | 0.2307 0.2307
DCYTK atp_c + dcyt_c <-> adp_c + dcmp_c : 0330 or 0382 : 1.8 0.0058 : 0.0136 0.0023 | 0.2097 0.2097
CYTK2 atp_c + dcmp_c <-> adp_c + dcdp_c : 0347 : 18.566 5.3862 : 0.1 0.1 | 0.1 0.1
PYK7 dcdp_c + pep_c <-> dctp_c + pyr_c : 0221 : 277.68 0.0308 : 0.2814 0.075 | 0.1137 0.0547
DURIK1 atp_c + duri_c <-> adp_c + dump_c : 0140 : 19.3256 0.1482 : 0.4221 0.0283 | 0.1249 0.1249
TMDK1 atp_c + thymd_c <-> adp_c + dtmp_c : 0140 : 19.2637 0.2901 : 0.4246 0.0061 | 0.1198 0.1198
TMPK atp_c + dtmp_c <-> adp_c + dtdp_c : 0045 : 4.7572 41.5553 : 0.0524 0.0168 | 0.0958 0.0958
PYK8 dtdp_c + pep_c <-> dttp_c + pyr_c : 0221 : 106.8 0.0184 : 0.2814 0.075 | 0.1174 0.0554
PYK9 dudp_c + pep_c <-> dutp_c + pyr_c : 0221 : 21.36 0.0126 : 0.2814 0.075 | 0.1202 0.0559
CTPS2 atp_c + gln__L_c + utp_c <-> adp_c + ctp_c + glu__L_c + pi_c : 0129 : 2.2 0.027698870056497
  : 0.0164 0.354 0.071 | 0.1326 0.1326 0.1326 0.1326
CTPSDUMP atp_c + dump_c + gln__L_c <-> adp_c + dcmp_c + glu__L_c + pi_c : 0129 : 4.9027 0.027698870056497
  : 0.0164 0.0351 0.0667 | 0.1326 0.1326 0.1326 0.1326
DCMPDA dcmp_c <-> dump_c + nh3_c : 0515 : 69 0.0041 : 1 | 0.1259 0.1259
DUTPDP dutp_c <-> dump_c + ppi_c : 0447 : 12.4805 0 : 0.0055 | 0.2224 0.2224
NTD5 dtmp_c <-> pi_c + thymd_c : 0066 : 1.1 0.2985 : 0.23 | 0.1 0.1
NTD1 dump_c <-> duri_c + pi_c : 0066 : 0.23 0.2027 : 0.2 | 0.1 0.1
NTD8 dgmp_c <-> dgsn_c + pi_c : 0066 : 1.2 0.0056 : 0.18 | 0.1574 0.1574
NTD6 damp_c <-> dad_2_c + pi_c : 0066 : 1 0.0158 : 0.32 | 0.1341 0.1341
PUNP5 pi_c + uri_c <-> ura_c + r1p_c : 0747 : 26.123325 109.8933 : 2.1566 0.115 | 2.8972 0.0137
GLYK atp_c + glyc_c <-> adp_c + glyc3p_c : 0218 : 3280.3273 93.0643 : 0.3337 0.1345 | 0.1719 3.9462
ACPS apoACP_c + coa_c <-> ACP_c + pap_c : 0513 : 0.7524 0.0482 : 0.0041 0.0161 | 0.6226 0.6226
BPNT pap_c <-> amp_c + pi_c : 0139 : 7.1703 0.3301 : 0.025 | 0.2965 0.2965
FAKr atp_c + fa_c <-> adp_c + ap_c : Fak1 or Fak2 : 74.8817 228.2947 : 1.4528 0.3014 | 0.0332 0.0332
ACPPAT ACP_c + ap_c <-> ACP_R_c + pi_c : 0419 : 20.7 0.0494 : 0.0179 0.0179 | 0.5602 0.5602
APG3PAT ap_c + glyc3p_c <-> 1ag3p_c + pi_c : 0117 : 8.4989 0.0658 : 0.0206 0.0206 | 0.4856 0.4856
AGPAT 1ag3p_c + ACP_R_c <-> ACP_c + pa_c : 0512 : 144.4 0 : 0.0064 0.0247 | 0.4044 0.4044
DASYN ctp_c + pa_c <-> cdpdag_c + ppi_c : 0304 : 6.4829 3.3541 : 0.164 0.0758 | 0.1446 0.1446
PGSA cdpdag_c + glyc3p_c <-> cmp_c + pg3p_c : 0875 : 4.0472 0 : 0.0324 0.0509 | 0.0416 0.0536
PGPP pg3p_c <-> pg_c + pi_c : 0214 : 26.212 0 : 0.0011 | 46.068 46.068
CLPNS 2 pg_c <-> clpn_c + glyc_c : 0147 : 120.0193 0.0005 : 2.9902 | 1.8783 1.8783
PAPA pa_c <-> 12dgr_c + pi_c : default : 44.3467 0.1399 : 0.052 | 0.3459 0.3459
PGMT g6p_c <-> g1p_c : 0733 : 0.668 4.5294 : 2.8402 | 6.6039
GALU g1p_c + utp_c <-> ppi_c + udpg_c : 0115 : 36.5547 5.8538 : 0.1659 0.0903 | 0.0377 0.0459
UDPG4E udpg_c <-> udpgal_c : 0813 : 449.458 243.4781 : 29.0953 | 0.1181
UDPGALM udpgal_c <-> udpgalfur_c : 0814 : 27 1.5 : 0.3042 | 0.45
DAGGALT 12dgr_c + udpgalfur_c <-> galfur12dgr_c + udp_c : 0114 or 0697 : 0.4457 0 : 0.5305 0.0589 | 0.1699 0.1699
NCTPPRT nac_c + prpp_c <-> nicrnt_c + ppi_c : 0614 : 0.0433 0 : 0.00806 0.0038 | 0.0346 0.18
NNATr atp_c + nicrnt_c <-> dnad_c + ppi_c : 0380 : 3.6682 0.0022 : 0.1837 0.0554 | 0.1804 1.0287
NADS atp_c + dnad_c + nh3_c <-> amp_c + nad_c + ppi_c : 0378 : 0.0454 0.0104
  : 0.0278 0.0465 0.0871 | 0.2152 0.2152 0.2152
NADK atp_c + nad_c <-> adp_c + nadp_c : 0259 : 1.36 104.4259 : 0.4312 2 | 4.5824 0.18
NADHK atp_c + nadh_c <-> adp_c + nadph_c : 0259 : 31.3405 104.2685 : 0.4054 2 | 4.624 0.3
RBFK atp_c + ribflv_c <-> adp_c + fmn_c : 0291 : 1.2796 0.4249 : 0.1681 0.0094 | 0.1385 0.1385
FMNAT atp_c + fmn_c <-> fad_c + ppi_c : 0291 : 0.0027 0 : 0.0173 0.0294 | 0.0027 0.0281
5FTHFPGS 5fthf_c + 2 atp_c + 2 glu__L_c <-> 5fthfglu3_c + 2 adp_c + 2 pi_c : 0823 : 2 0
  : 0.0999 0.23 0.3 | 0.1001 0.1001 0.1001
MTHFC methfglu3_c <-> 10fthfglu3_c : 0684 : 185 15.1817 : 0.1207 | 0.0829
FMETTRS 10fthfglu3_c + mettrna_c <-> fmettrna_c + thfglu3_c : 0390 : 0.45 0 : 0.011 0.01 | 0.001 0.1
GHMT ser__L_c + thfglu3_c <-> gly_c + mlthfglu3_c : 0799 : 640 23.173 : 2.3312 0.0684 | 0.1463 0.1463
MTHFD mlthfglu3_c + nadp_c <-> methfglu3_c + nadph_c : 0684 : 19.4491 3.2 : 0.1738 0.0303 | 0.0575 0.0575
FTHFCL 5fthfglu3_c + atp_c <-> adp_c + methfglu3_c + pi_c : 0443 : 3.0655 0 : 0.0191 0.0164 | 0.5231 0.5231 0.5231
GHMT2 methfglu3_c <-> 5fthfglu3_c : 0799 : 0 0 : 0.0684 | 0.1463
ATPase adp_c + pi_c <-> atp_c : ATPSynthase : 20 72.3333333333333 : 0.1 4.2 | 0.6
RIBFLVabc atp_c + ribflv_e <-> adp_c + pi_c + ribflv_c : ribflECF : 1.66 0 : 0.1 0.0019 | 0.1 0.1 0.0019
P5Pabc atp_c + pydx5p_e <-> adp_c + pi_c + pydx5p_c : p5pECF : 1.66 0 : 0.1 0.0019 | 0.1 0.1 0.0019
5FTHFabc 5fthf_e + atp_c <-> 5fthf_c + adp_c + pi_c : fthfECF : 1.66 0 : 0.0019 0.1 | 0.0019 0.1 0.1
NACabc atp_c + nac_e <-> adp_c + nac_c + pi_c : nacECF : 1.66 0 : 0.1 0.0019 | 0.1 0.0019 0.1
COAabc atp_c + coa_e <-> adp_c + coa_c + pi_c : coaECF : 1.66 0 : 0.1 0.0019 | 0.1 0.0019 0.1
THMPPabc atp_c + thmpp_e <-> adp_c + pi_c + thmpp_c : thmppABC : 1.66 0 : 0.1 0.0019 | 0.1 0.1 0.0019
SPRMabc atp_c + sprm_e <-> adp_c + pi_c + sprm_c : sprmABC : 3 0 : 0.1 2 | 0.1 0.1 2
DCYTabc atp_c + dcyt_e <-> adp_c + dcyt_c + pi_c : rnsBACD : 0.5 0 : 0.023 0.0011 | 2.8 0.02 10
URIabc atp_c + uri_e <-> adp_c + pi_c + uri_c : rnsBACD : 1.5 0 : 0.023 0.0017 | 2.8 10 0.02
THMDabc atp_c + thymd_e <-> adp_c + pi_c + thymd_c : rnsBACD : 1 0 : 0.023 0.0017 | 2.8 10 0.02
ADNabc adn_e + atp_c <-> adn_c + adp_c + pi_c : rnsBACD : 1.5 0 : 0.0019 0.023 | 0.02 2.8 10
DADNabc atp_c + dad_2_e <-> adp_c + dad_2_c + pi_c : rnsBACD : 1 0 : 0.023 0.0019 | 2.8 0.02 10
GSNabc atp_c + gsn_e <-> adp_c + gsn_c + pi_c : rnsBACD : 0.5 0 : 0.023 0.0019 | 2.8 0.02 10
DGSNabc atp_c + dgsn_e <-> adp_c + dgsn_c + pi_c : rnsBACD : 0.5 0 : 0.023 0.0019 | 2.8 0.02 10
Kt6 atp_c + k_e + na1_c <-> adp_c + k_c + na1_e + pi_c : KtrCD : 24 0 : 0.03 0.46 7.47 | 1.5 1.9 12.7 10
MG2abc atp_c + mg2_e <-> adp_c + mg2_c + pi_c : 0787 : 22 0 : 0.1 0.05 | 2.8 0.05 10
CA2abc atp_c + ca2_e <-> adp_c + ca2_c + pi_c : 0879 : 9.5 0 : 0.075 0.0075 | 0.1 0.0075 10
PIabc atp_c + pi_e <-> adp_c + 2 pi_c : piABC : 30 0 : 0.023 0.0031 | 0.654 0.385
ARGabc arg__L_e + atp_c <-> arg__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
ASPabc asp__L_e + atp_c <-> asp__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
GLUabc glu__L_e + atp_c <-> glu__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
GLYabc gly_e + atp_c <-> gly_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
ILEabc ile__L_e + atp_c <-> ile__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
ALAabc ala__L_e + atp_c <-> ala__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
ASNabc asn__L_e + atp_c <-> asn__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
LEUabc leu__L_e + atp_c <-> leu__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
GLNabc gln__L_e + atp_c <-> gln__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
HISabc his__L_e + atp_c <-> his__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
LYSabc lys__L_e + atp_c <-> lys__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
PROabc pro__L_e + atp_c <-> pro__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
PHEabc phe__L_e + atp_c <-> phe__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
THRabc thr__L_e + atp_c <-> thr__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
TRPabc trp__L_e + atp_c <-> trp__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
TYRabc tyr__L_e + atp_c <-> tyr__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
VALabc val__L_e + atp_c <-> val__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
SERabc ser__L_e + atp_c <-> ser__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
METabc met__L_e + atp_c <-> met__L_c + adp_c + pi_c : aaABC : 0.2 0 : 0.03 2.8 | 0.03 2.8 10
ARGt2r arg__L_e <-> arg__L_c : 0876 or 0878 : 3.4 0 : 0.03 | 0.03
ASPt2pr asp__L_e <-> asp__L_c : 0876 or 0878 : 9.1 0 : 0.03 | 0.03
CYSt2r cys__L_e <-> cys__L_c : 0876 or 0878 : 3.4 0 : 0.03 | 0.03
GLUt2pr glu__L_e <-> glu__L_c : 0886 : 3.4 0 : 0.03 | 0.03
GLYt2r gly_e <-> gly_c : 0876 or 0878 : 5.1 0 : 0.03 | 0.03
ISOt2r ile__L_e <-> ile__L_c : 0876 or 0878 : 9.1 0 : 0.03 | 0.03
ALAt2r ala__L_e <-> ala__L_c : 0876 or 0878 : 5.1 0 : 0.03 | 0.03
ASNt2r asn__L_e <-> asn__L_c : 0876 or 0878 : 6.1 0 : 0.03 | 0.03
LEUt2r leu__L_e <-> leu__L_c : 0876 or 0878 : 9.1 0 : 0.03 | 0.03
GLNt2r gln__L_e <-> gln__L_c : 0876 or 0878 : 7.1 0 : 0.03 | 0.03
HISt2r his__L_e <-> his__L_c : 0876 or 0878 : 3.4 0 : 0.03 | 0.03
LYSt2r lys__L_e <-> lys__L_c : 0876 or 0878 : 9.1 0 : 0.03 | 0.03
PROt2r pro__L_e <-> pro__L_c : 0876 or 0878 : 3.4 0 : 0.03 | 0.03
PHEt2r phe__L_e <-> phe__L_c : 0876 or 0878 : 3.4 0 : 0.03 | 0.03
THRt2r thr__L_e <-> thr__L_c : 0876 or 0878 : 5.1 0 : 0.03 | 0.03
TRPt2r trp__L_e <-> trp__L_c : 0876 or 0878 : 3.4 0 : 0.03 | 0.03
TYRt2r tyr__L_e <-> tyr__L_c : 0876 or 0878 : 3.4 0 : 0.03 | 0.03
VALt2r val__L_e <-> val__L_c : 0876 or 0878 : 5.1 0 : 0.03 | 0.03
SERt2r ser__L_e <-> ser__L_c : 0876 or 0878 : 6.1 0 : 0.03 | 0.03
METt2r met__L_e <-> met__L_c : 0876 or 0878 : 3.4 0 : 0.03 | 0.03
GLCpts0 ptsi + pep_c <-> ptsi_P + pyr_c : mass action : 10000 4000
GLCpts1 ptsh + ptsi_P <-> ptsh_P + ptsi : mass action : 200000 8000
GLCpts2 crr + ptsh_P <-> crr_P + ptsh : mass action : 61000 47000
GLCpts3 ptsg + crr_P <-> ptsg_P + crr : mass action : 3900 310
GLCpts4 glc__D_e + ptsg_P <-> g6p_c + ptsg : mass action : 1.29 1e-05
L_LACt2r lac__L_c <-> lac__L_e : passive : 5e-09
PYRt2r pyr_c <-> pyr_e : passive : 5e-09
ACt ac_c <-> ac_e : passive : 5e-09
SMt -> sm_c : uptake : 0.0011
PCt -> pc_c : uptake : 0.00014
TAGt -> tag_c : uptake : 0.00031
CHOLt -> chsterol_c : uptake : 0.00291
FAt -> fa_c : uptake : 0.0051
GLYCt -> glyc_c : uptake : 0.00333
NAt -> na1_c : uptake : 0.02
]]
