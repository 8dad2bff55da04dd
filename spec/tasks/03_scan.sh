# How does the end depend on a parameter?
bioxen scan model.xml --vary k_tx=0:1:5 --duration 10000 --measure last:protein --plot scan.svg
