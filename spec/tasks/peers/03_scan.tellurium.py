# How does the end depend on a parameter?
import matplotlib.pyplot as plot
import numpy
import tellurium
model = tellurium.loadSBMLModel("model.xml")
rates, ends = numpy.linspace(0, 1, 5), []
for rate in rates:
    model.resetAll()
    model.k_tx = rate
    model.simulate(0, 10000, 2)
    ends.append(model["protein"])
    print(rate, ends[-1])
plot.plot(rates, ends)
plot.xlabel("k_tx")
plot.ylabel("protein")
plot.savefig("scan.svg")
