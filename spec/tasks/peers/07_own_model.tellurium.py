# A model of one's own: a switch of two genes that repress each other.
import tellurium
model = tellurium.loada("""
  A = 50; B = 20
  -> A; 10*20^2/(20^2 + B^2)
  -> B; 10*20^2/(20^2 + A^2)
  A -> ; 0.1*A
  B -> ; 0.1*B
""")
model.simulate(0, 200, 201)
print("A %.0f, B %.0f" % (model["A"], model["B"]))
model.plot(savefig="switch.png", show=False)
