# What does this model do, as numbers and as a picture?
bioxen simulate model.xml --duration 10000 --every 100 --out course.csv
bioxen simulate model.xml --duration 10000 --out course.png
