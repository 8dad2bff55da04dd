# A model of one's own: a switch of two genes that repress each other.
import basico
basico.new_model(name="switch")
basico.add_function("repressed", "10*20^2/(20^2 + R^2)", "irreversible", {"R": "modifier"})
basico.add_species("A", initial_concentration=50)
basico.add_species("B", initial_concentration=20)
basico.add_reaction("make_A", " -> A; B", function="repressed", mapping={"R": "B"})
basico.add_reaction("make_B", " -> B; A", function="repressed", mapping={"R": "A"})
for name in "A", "B":
    basico.add_reaction("lose_" + name, name + " -> ")
    basico.set_reaction_parameters("(lose_%s).k1" % name, value=0.1)
course = basico.run_time_course(duration=200, intervals=200)
print("A %.0f, B %.0f" % tuple(course.iloc[-1]))
course.plot().figure.savefig("switch.png")
