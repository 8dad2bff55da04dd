# How much do single cells differ?
import numpy
import tellurium
model = tellurium.loadSBMLModel("model.xml")
model.integrator = "gillespie"
model.integrator.seed = 1
ends = []
for _ in range(100):
    model.reset()
    ends.append(model.simulate(0, 10000, 2, ["protein"])[-1, 0])
print(numpy.mean(ends), numpy.std(ends, ddof=1))
