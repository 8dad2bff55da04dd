"""Runs notebooks in the kernel by nbclient, as nbconvert and the sites that show notebooks do."""

import sys

import nbformat
from nbclient import NotebookClient


def run(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=300, kernel_name="bioxen").execute()
    kinds = [kind for cell in notebook.cells for output in cell.get("outputs", []) for kind in output.get("data", {})]
    if "image/svg+xml" not in kinds:
        sys.exit(f"{path} shows no picture")
    print(f"{path}: {len(notebook.cells)} cells, {kinds.count('image/svg+xml')} pictures")


for path in sys.argv[1:]:
    run(path)
