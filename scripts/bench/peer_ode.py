"""A yardstick for scripts/bench/engine.lua: a model in SBML run by libroadrunner and by COPASI, whichever are
installed. Prints a line each: seconds of the best run, and whose.
Usage: peer_ode.py model.xml seconds runs"""

import sys
import time

RELATIVE, ABSOLUTE = 3e-10, 1e-10  # as in plain_ode.c


def roadrunner(path, end):
    import roadrunner as library
    model = library.RoadRunner(path)
    model.integrator.relative_tolerance, model.integrator.absolute_tolerance = RELATIVE, ABSOLUTE

    def run():
        model.reset()
        start = time.process_time()
        model.simulate(0, end, 2)
        return time.process_time() - start
    return run


def copasi(path, end):
    import COPASI as library
    data = library.CRootContainer.addDatamodel()
    data.importSBML(path)
    task = data.getTask("Time-Course")
    task.setMethodType(library.CTaskEnum.Method_deterministic)
    problem, method = task.getProblem(), task.getMethod()
    problem.setAutomaticStepSize(False)
    problem.setStepNumber(1)
    problem.setDuration(end)
    method.getParameter("Relative Tolerance").setDblValue(RELATIVE)
    method.getParameter("Absolute Tolerance").setDblValue(ABSOLUTE)
    method.getParameter("Max Internal Steps").setUIntValue(100000000)
    task.initializeRaw(library.CCopasiTask.NO_OUTPUT)

    def run():
        start = time.process_time()
        if not task.processRaw(True):
            raise RuntimeError("COPASI could not run it")
        return time.process_time() - start
    return run


for peer in (roadrunner, copasi):
    try:
        once = peer(sys.argv[1], float(sys.argv[2]))
        print(f"{min(once() for _ in range(int(sys.argv[3]))):.6g} {peer.__name__}")
    except ImportError:
        pass
