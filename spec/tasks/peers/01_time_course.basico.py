# What does this model do, as numbers and as a picture?
import basico
basico.load_model("model.xml")
course = basico.run_time_course(duration=10000, intervals=100)
course.to_csv("course.csv")
course.plot().figure.savefig("course.png")
