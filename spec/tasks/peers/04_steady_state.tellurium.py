# Where does it come to rest, is that stable, and who controls it?
import tellurium
model = tellurium.loadSBMLModel("model.xml")
model.steadyState()
print(model["mRNA"], model["protein"], model.getFullEigenValues())
for species in "mRNA", "protein":
    print(species, [model.getCC(species, parameter) for parameter in ("k_tx", "d_p")])
