#include "flux/clp.h"

#include "flux/interrupt.hpp"

#include <climits>
#include <coin/ClpSimplex.hpp>
#include <new>

namespace
{

/* On the scaled problem; CLP's own 1e-7 would show in the sixth digit of a flux. */
const double tolerance = 1e-9;

enum { PERTURBATION_OFF = 100, SCALING_AUTOMATIC = 3, SCALING_OFF = 0 };
enum { SET_UP_ANEW = 0, KEEP_ALL = 7 }; /* work areas, factorisation, initialisation */
enum { RAYS = 32 };                     /* special option: prove what is infeasible */

} // namespace

struct bx_clp {
    ClpSimplex simplex;
    bool ready = false; /* work areas and factorisation are those of the present basis */
    bool unscaled = false;
};

static void prepare(bx_clp *clp, const volatile sig_atomic_t *interrupt)
{
    StopSimplex handler(interrupt);
    clp->simplex.setLogLevel(0);
    clp->simplex.passInEventHandler(&handler);
    clp->simplex.setPrimalTolerance(tolerance);
    clp->simplex.setDualTolerance(tolerance);
    clp->simplex.setPerturbation(PERTURBATION_OFF);
    clp->simplex.scaling(SCALING_AUTOMATIC);
    clp->simplex.setSpecialOptions(clp->simplex.specialOptions() | RAYS);
    clp->simplex.setMaximumIterations(INT_MAX);
}

bx_clp *bx_clp_new(int rows, int columns, const int *start, const int *index, const double *value,
                   const double *lower, const double *upper, const double *cost,
                   const double *row_lower, const double *row_upper,
                   const volatile sig_atomic_t *interrupt)
{
    bx_clp *clp = nullptr;
    try {
        clp = new bx_clp;
        prepare(clp, interrupt);
        clp->simplex.loadProblem(columns, rows, start, index, value, lower, upper, cost, row_lower,
                                 row_upper);
        return clp;
    } catch (...) {
        delete clp;
        return nullptr;
    }
}

void bx_clp_free(bx_clp *clp)
{
    delete clp;
}

void bx_clp_set_bounds(bx_clp *clp, int column, double lower, double upper)
{
    clp->simplex.setColumnBounds(column, lower, upper);
}

void bx_clp_set_cost(bx_clp *clp, int column, double cost)
{
    clp->simplex.setObjectiveCoefficient(column, cost);
}

void bx_clp_set_row(bx_clp *clp, int row, double lower, double upper)
{
    clp->simplex.setRowBounds(row, lower, upper);
}

bx_clp_status bx_clp_solve(bx_clp *clp, bool primal)
{
    try {
        int kept = clp->ready ? KEEP_ALL : SET_UP_ANEW;
        if (primal)
            clp->simplex.primal(0, kept | 1);
        else
            clp->simplex.dual(0, kept | 1);
        if (clp->unscaled)
            clp->simplex.scaling(SCALING_AUTOMATIC);
        clp->unscaled = false;
        int status = clp->simplex.status();
        clp->ready = status == 0;
        return status >= 0 && status <= 2 ? static_cast<bx_clp_status>(status) : BX_CLP_STOPPED;
    } catch (const std::bad_alloc &) {
        clp->ready = false;
        return BX_CLP_NO_MEMORY;
    } catch (...) {
        clp->ready = false;
        return BX_CLP_STOPPED;
    }
}

void bx_clp_refresh(bx_clp *clp)
{
    clp->ready = false;
}

int bx_clp_restart(bx_clp *clp)
{
    try {
        clp->ready = false;
        clp->unscaled = true;
        clp->simplex.scaling(SCALING_OFF);
        clp->simplex.allSlackBasis(true);
        return 0;
    } catch (...) {
        return -1;
    }
}

const double *bx_clp_solution(const bx_clp *clp)
{
    return clp->simplex.primalColumnSolution();
}

double *bx_clp_ray(const bx_clp *clp)
{
    try {
        return clp->simplex.infeasibilityRay();
    } catch (...) {
        return nullptr;
    }
}

void bx_clp_free_ray(double *ray)
{
    delete[] ray;
}

const double *bx_clp_prices(const bx_clp *clp)
{
    return clp->simplex.dualRowSolution();
}

const unsigned char *bx_clp_basis(const bx_clp *clp)
{
    return clp->simplex.statusArray();
}

int bx_clp_set_basis(bx_clp *clp, const unsigned char *basis)
{
    try {
        clp->ready = false;
        clp->simplex.copyinStatus(basis);
        return 0;
    } catch (...) {
        return -1;
    }
}
