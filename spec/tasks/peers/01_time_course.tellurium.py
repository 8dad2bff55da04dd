# What does this model do, as numbers and as a picture?
import numpy
import tellurium
model = tellurium.loadSBMLModel("model.xml")
course = model.simulate(0, 10000, 101)
numpy.savetxt("course.csv", course, delimiter=",", header=",".join(course.colnames), comments="")
model.plot(savefig="course.png", show=False)
