# Where does it come to rest, is that stable, and who controls it?
import basico
import numpy
basico.load_model("model.xml")
print(basico.run_steadystate(), basico.get_species()["concentration"])
print(numpy.linalg.eigvals(basico.get_jacobian_matrix()))
basico.run_sensitivities()
print(basico.get_scaled_sensitivities())
