# How much do single cells differ?
bioxen simulate model.xml --duration 10000 --every 10000 --runs 100 --seed 1 --record protein
