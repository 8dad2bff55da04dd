# Which rates fit these measurements, and how well are they known?
import matplotlib.pyplot as plot
import numpy
import tellurium
from scipy.optimize import curve_fit
model = tellurium.loadSBMLModel("model.xml")
times, measured = numpy.loadtxt("measured.csv", delimiter=",", skiprows=1, unpack=True)
def protein(at, k_tx, d_p):
    model.resetAll()
    model.k_tx, model.d_p = k_tx, d_p
    return model.simulate(times=list(at), selections=["protein"])[:, 0]
found, covariance = curve_fit(protein, times, measured, p0=[0.1, 0.003], bounds=([0.01, 1e-4], [1, 0.1]))
for name, value, deviation in zip(("k_tx", "d_p"), found, numpy.sqrt(numpy.diag(covariance))):
    print(name, value, value - 1.96 * deviation, value + 1.96 * deviation)
plot.plot(times, measured, "o", times, protein(times, *found))
plot.savefig("fit.svg")
