# An archive that `bioxen simulate MODEL --out FILE.omex` wrote, run by tellurium or by COPASI (python-copasi), whichever
# of the two this Python has: by how much each differs from the results in it, beside the largest value of a column.
#   python3 peer_omex.py FILE.omex
import csv
import io
import os
import sys
import tempfile
import zipfile

import numpy as np

archive = zipfile.ZipFile(sys.argv[1])
rows = list(csv.reader(io.StringIO(archive.read("results.csv").decode())))
names, ours = rows[0], np.array([[float(x) for x in row] for row in rows[1:]])
folder = tempfile.mkdtemp()
archive.extractall(folder)
document = os.path.join(folder, "simulation.sedml")


def tell(program, columns, values):
    values = np.array(values)[:, [columns.index(name) for name in names]]
    print(program, (np.abs(values - ours).max(0) / np.abs(ours).max(0)).max())


def tellurium():
    import matplotlib
    matplotlib.use("Agg")
    from tellurium.sedml import tesedml
    space = {}
    exec(tesedml.SEDMLCodeFactory(document, workingDir=folder).toPython(), space)
    task = space["task"][0]
    tell("tellurium", [name.strip("[]") for name in task.colnames], task)


def copasi():
    import COPASI
    model = COPASI.CRootContainer.addDatamodel()
    assert model.importSEDML(document), COPASI.CCopasiMessage.getAllMessageText()
    task = model.getTask("Time-Course")
    task.getProblem().setTimeSeriesRequested(True)
    assert task.initialize(COPASI.CCopasiTask.OUTPUT_UI) and task.process(True)
    series, ids = task.getTimeSeries(), {"Time": "time"}
    ids.update((m.getObjectName(), m.getSBMLId()) for m in model.getModel().getMetabolites())
    columns = range(series.getNumVariables())
    tell("COPASI", [ids.get(series.getTitle(i), series.getTitle(i)) for i in columns],
         [[series.getConcentrationData(row, i) for i in columns] for row in range(series.getRecordedSteps())])


for run in tellurium, copasi:
    try:
        run()
    except ImportError as absent:
        print(absent)
