extern "C" {
#include "flux/integer.h"
}

#include "flux/interrupt.hpp"

#include <climits>
#include <cmath>
#include <coin/CbcEventHandler.hpp>
#include <coin/CbcHeuristicDiveCoefficient.hpp>
#include <coin/CbcModel.hpp>
#include <coin/CbcStrategy.hpp>
#include <coin/CglPreProcess.hpp>
#include <coin/OsiClpSolverInterface.hpp>
#include <new>

#define INTERRUPTED "the search for whole numbers was interrupted"

namespace
{

const double tolerance = 1e-9; /* of whole numbers, and on the scaled program */

/* Whole costs of whole numbers: a better value is better by 1, but for rounding. */
const double whole_step = 0.999;

enum { PASSES = 10 }; /* of presolving */

class StopSearch : public CbcEventHandler
{
  public:
    explicit StopSearch(const volatile sig_atomic_t *flag) : mFlag(flag) {}

    CbcAction event(CbcEvent) override
    {
        return mFlag && *mFlag ? stop : noAction;
    }

    CbcEventHandler *clone() const override
    {
        return new StopSearch(*this);
    }

  private:
    const volatile sig_atomic_t *mFlag;
};

void fill(OsiClpSolverInterface &solver, const bx_lp_problem &p, const bool *whole)
{
    StopSimplex handler(p.interrupt);
    solver.messageHandler()->setLogLevel(0);
    solver.loadProblem((int)p.columns, (int)p.rows, p.start, p.index, p.value, p.lower, p.upper,
                       p.cost, p.row_lower, p.row_upper);
    for (size_t j = 0; j < p.columns; j++)
        if (whole[j])
            solver.setInteger((int)j);
    solver.getModelPtr()->passInEventHandler(&handler);
    solver.getModelPtr()->setLogLevel(0);
    solver.setDblParam(OsiPrimalTolerance, tolerance);
    solver.setDblParam(OsiDualTolerance, tolerance);
}

bool costs_are_whole(const bx_lp_problem &p, const bool *whole)
{
    for (size_t j = 0; j < p.columns; j++)
        if (p.cost[j] != 0 && !(whole[j] && p.cost[j] == std::floor(p.cost[j])))
            return false;
    return true;
}

/* The answer of the smaller program, said of the whole one. */
int answer(CbcModel &model, CglPreProcess &smaller, OsiClpSolverInterface &solver,
           const bx_lp_problem &p, bx_lp_status *status, double *x, double *value, bx_error *err)
{
    if (p.interrupt && *p.interrupt)
        return bx_fail(err, BX_ECANCELLED, INTERRUPTED);
    if (model.isContinuousUnbounded()) {
        *status = BX_LP_UNBOUNDED;
        return 0;
    }
    if (model.isProvenInfeasible() || model.isInitialSolveProvenPrimalInfeasible()) {
        *status = BX_LP_INFEASIBLE;
        return 0;
    }
    if (!model.isProvenOptimal() || !model.bestSolution())
        return bx_fail(err, BX_ESIMULATION, "branch and bound has no answer");
    *status = BX_LP_OPTIMAL;
    *value = model.getObjValue();
    smaller.postProcess(*model.solver());
    for (size_t j = 0; j < p.columns; j++)
        x[j] = solver.getColSolution()[j];
    return 0;
}

int search(OsiSolverInterface &small, CglPreProcess &smaller, OsiClpSolverInterface &solver,
           const bx_lp_problem &p, const bool *whole, bx_lp_status *status, double *x,
           double *value, bx_error *err)
{
    CbcModel model(small);
    StopSearch stop(p.interrupt);
    CbcStrategyDefault strategy; /* cuts, heuristics, branching by what it has gained so far */
    model.passInEventHandler(&stop);
    model.setLogLevel(0);
    model.messageHandler()->setLogLevel(0);
    model.setStrategy(strategy);
    CbcHeuristicDiveCoefficient dive(model);
    model.addHeuristic(&dive);
    model.setIntegerTolerance(tolerance);
    model.setAllowableGap(tolerance);
    model.setAllowableFractionGap(0);
    if (costs_are_whole(p, whole))
        model.setDblParam(CbcModel::CbcCutoffIncrement, whole_step);
    model.initialSolve();
    if (!model.isInitialSolveProvenPrimalInfeasible())
        model.branchAndBound();
    return answer(model, smaller, solver, p, status, x, value, err);
}

} // namespace

int bx_integer_solve(const bx_lp_problem *problem, const bool *whole, bx_lp_status *status,
                     double *x, double *value, bx_error *err)
{
    try {
        OsiClpSolverInterface solver;
        fill(solver, *problem, whole);
        CglPreProcess smaller;
        smaller.messageHandler()->setLogLevel(0);
        OsiSolverInterface *small = smaller.preProcess(solver, false, PASSES);
        if (small)
            return search(*small, smaller, solver, *problem, whole, status, x, value, err);
        *status = BX_LP_INFEASIBLE;
        return problem->interrupt && *problem->interrupt ? bx_fail(err, BX_ECANCELLED, INTERRUPTED)
                                                         : 0;
    } catch (const std::bad_alloc &) {
        return bx_fail_memory(err);
    } catch (...) {
        return bx_fail(err, BX_ESIMULATION, "branch and bound gave up");
    }
}
