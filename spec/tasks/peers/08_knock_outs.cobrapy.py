# What does the loss of a gene do to growth, and which are lethal?
import cobra
from cobra.flux_analysis import single_gene_deletion
model = cobra.io.load_model("textbook")
normal = model.slim_optimize()
screen = single_gene_deletion(model)
print(screen[screen["growth"].fillna(0) < 0.01 * normal])
