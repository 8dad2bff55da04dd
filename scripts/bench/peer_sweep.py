"""A yardstick for scripts/bench/sweep.lua: the same points by libroadrunner, by COPASI and by GillesPy2, whichever are
installed, one after another in one process. Prints a line each: seconds, the sum of the results, and whose.
Usage: peer_sweep.py ode model.xml end species parameter from to points
       peer_sweep.py ssa end birth death-from death-to points"""

import sys
import time

RELATIVE, ABSOLUTE = 3e-10, 1e-10


def grid(low, high, points):
    return [low + (high - low)*i/(points - 1) for i in range(points)]


def roadrunner(path, end, species, parameter, values):
    import roadrunner as library
    model = library.RoadRunner(path)
    model.integrator.relative_tolerance, model.integrator.absolute_tolerance = RELATIVE, ABSOLUTE
    model.timeCourseSelections = [species]
    for value in values:
        model.reset()
        model[parameter] = value
        yield model.simulate(0, end, 2)[-1][0]


def copasi(path, end, species, parameter, values):
    import COPASI as library
    data = library.CRootContainer.addDatamodel()
    data.importSBML(path)
    model, task = data.getModel(), data.getTask("Time-Course")
    task.setMethodType(library.CTaskEnum.Method_deterministic)
    problem, method = task.getProblem(), task.getMethod()
    problem.setAutomaticStepSize(False)
    problem.setStepNumber(1)
    problem.setDuration(end)
    method.getParameter("Relative Tolerance").setDblValue(RELATIVE)
    method.getParameter("Absolute Tolerance").setDblValue(ABSOLUTE)
    varied, measured = model.getModelValue(parameter), model.getMetabolite(species)
    changed = library.ObjectStdVector()
    changed.append(varied.getInitialValueReference())
    for value in values:
        varied.setInitialValue(value)
        model.updateInitialValues(changed)
        task.initializeRaw(library.CCopasiTask.NO_OUTPUT)
        if not task.processRaw(True):
            raise RuntimeError("COPASI could not run it")
        yield measured.getConcentration()


def gillespy2(end, birth, values):
    import gillespy2 as library
    for i, value in enumerate(values):
        model = library.Model(name="birth_and_death")
        a = library.Species(name="A", initial_value=0)
        model.add_species([a])
        k, d = library.Parameter(name="k", expression=birth), library.Parameter(name="d", expression=value)
        model.add_parameter([k, d])
        model.add_reaction([library.Reaction(name="birth", reactants={}, products={a: 1}, rate=k),
                            library.Reaction(name="death", reactants={a: 1}, products={}, rate=d)])
        model.timespan(library.TimeSpan([0, end]))
        yield model.run(solver=library.NumPySSASolver, seed=i + 1)["A"][-1]


def report(peer, *arguments):
    try:
        start = time.perf_counter()
        total = sum(peer(*arguments))
        print(f"{time.perf_counter() - start:.6g} {total:.12g} {peer.__name__}")
    except ImportError:
        pass


if sys.argv[1] == "ode":
    path, end, species, parameter, low, high, points = sys.argv[2:]
    for peer in (roadrunner, copasi):
        report(peer, path, float(end), species, parameter, grid(float(low), float(high), int(points)))
else:
    end, birth, low, high, points = sys.argv[2:]
    report(gillespy2, float(end), float(birth), grid(float(low), float(high), int(points)))
