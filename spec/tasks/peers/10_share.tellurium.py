# Keep a run with all that it needs, and get its numbers again, elsewhere.
import tellurium
model = """
model toggle
  A = 50; B = 20
  -> A; 10*20^2/(20^2 + B^2)
  -> B; 10*20^2/(20^2 + A^2)
  A -> ; 0.1*A
  B -> ; 0.1*B
end
"""
experiment = """
  model1 = model "toggle.xml"
  simulation1 = simulate uniform(0, 200, 200)
  task1 = run simulation1 on model1
  report task1.time, task1.A, task1.B
"""
tellurium.exportInlineOmex(model + experiment, "record.omex")
tellurium.executeCombineArchive("record.omex")
