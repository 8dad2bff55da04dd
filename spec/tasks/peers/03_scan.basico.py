# How does the end depend on a parameter?
import basico
import numpy
import pandas
basico.load_model("model.xml")
rates, ends = numpy.linspace(0, 1, 5), []
for rate in rates:
    basico.set_parameters("k_tx", initial_value=rate)
    ends.append(basico.run_time_course(duration=10000, intervals=1)["protein"].iloc[-1])
table = pandas.DataFrame({"k_tx": rates, "protein": ends})
print(table)
table.plot(x="k_tx", y="protein").figure.savefig("scan.svg")
