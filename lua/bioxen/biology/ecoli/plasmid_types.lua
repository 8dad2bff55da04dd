--- Plasmids by name: kilobases, and copies in a cell. All but pSC101 have a control of ColE1's kind.
--
-- Copies: the middle of what Sambrook & Russell give (Molecular Cloning, 3rd ed., 2001, table 1-1):
-- pUC 500 to 700, pBR322 15 to 20, pACYC184 10 to 12, pSC101 about 5. Others measured more: 39 to 55
-- pBR322 in a cell (Lin-Chao & Bremer, Mol Gen Genet 203:143, 1986).
-- Lengths: GenBank L09137 (pUC19), J01749, X06403, X01654.

return {
  pUC = { kb = 2.686, copies = 600 },
  pBR322 = { kb = 4.361, copies = 17.5 },
  pACYC184 = { kb = 4.245, copies = 11 },
  pSC101 = { kb = 9.263, copies = 5 },
}
