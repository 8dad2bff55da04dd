# Keep a run with all that it needs, and get its numbers again, elsewhere.
bioxen run 07_own_model.lua --out record --seed 1
bioxen rerun record
