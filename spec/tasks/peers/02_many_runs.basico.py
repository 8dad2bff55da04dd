# How much do single cells differ?
import basico
import numpy
basico.load_model("model.xml")
ends = []
for seed in range(1, 101):
    course = basico.run_time_course(duration=10000, intervals=1, method="stochastic", use_seed=True, seed=seed,
                                    use_numbers=True)
    ends.append(course["protein"].iloc[-1])
print(numpy.mean(ends), numpy.std(ends, ddof=1))
