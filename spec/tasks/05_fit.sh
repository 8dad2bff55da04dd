# Which rates fit these measurements, and how well are they known?
bioxen fit model.xml --data measured.csv --estimate k_tx=0.01:1,d_p=1e-4:0.1 --out fit.svg
