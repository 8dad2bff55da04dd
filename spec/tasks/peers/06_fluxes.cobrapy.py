# Which genes can E. coli not live without on acetate, by its core metabolism?
import cobra
from cobra.flux_analysis import find_essential_genes
model = cobra.io.load_model("textbook")
medium = model.medium
medium.pop("EX_glc__D_e")
medium["EX_ac_e"] = 10
model.medium = medium
print(len(find_essential_genes(model)))
