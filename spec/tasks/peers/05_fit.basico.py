# Which rates fit these measurements, and how well are they known?
import basico
import pandas
basico.load_model("model.xml")
data = pandas.read_csv("measured.csv").rename(columns={"time": "Time", "protein": "[protein]"})
basico.add_experiment("measured", data)
basico.set_fit_parameters([
    {"name": "Values[k_tx]", "lower": 0.01, "upper": 1, "start": 0.1},
    {"name": "Values[d_p]", "lower": 1e-4, "upper": 0.1, "start": 0.003}])
basico.set_task_settings(basico.T.PARAMETER_ESTIMATION, {"method": {"name": basico.PE.LEVENBERG_MARQUARDT}})
print(basico.run_parameter_estimation(update_model=True))
print(basico.get_fit_statistic(include_parameters=True)["parameters"])
basico.plot_per_experiment()[0][0].savefig("fit.svg")
