--- The published cell of the growth core in balanced growth, in whole molecules (doubling in 28.7
-- minutes; Weiße et al. 2015): where a cell of E. coli begins. minimal_cell:steady_state() gives it.

return {
  r = 24, et = 7307, em = 7307, q = 238481,
  m_r = 35, m_t = 10, m_m = 10, m_q = 333,
  c_r = 762, c_t = 69, c_m = 69, c_q = 2264,
  si = 128, a = 11,
}
