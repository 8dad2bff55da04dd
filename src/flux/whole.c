#include "flux/integer.h"

#include <math.h>
#include <stdlib.h>

/* By how much the values of branch and bound and of the linear program may differ, relative. */
#define AGREES 1e-6

/* Fix the whole numbers at what branch and bound says. */
static int fix_whole(bx_lp *lp, const bool *whole, bx_lp_status *status, double *value,
                     bx_error *err)
{
    const bx_lp_problem *problem = bx_lp_problem_of(lp);
    double *x = calloc(problem->columns + 1, sizeof *x);
    if (!x)
        return bx_fail_memory(err);
    int result = bx_integer_solve(problem, whole, status, x, value, err);
    for (size_t j = 0; j < problem->columns && result == 0 && *status == BX_LP_OPTIMAL; j++)
        if (whole[j])
            bx_lp_set_bounds(lp, j, round(x[j]), round(x[j]));
    free(x);
    return result;
}

int bx_lp_solve_whole(bx_lp *lp, const bool *whole, bx_lp_status *status, bx_error *err)
{
    double found = 0;
    if (fix_whole(lp, whole, status, &found, err) < 0)
        return -1;
    if (*status != BX_LP_OPTIMAL)
        return 0;
    if (bx_lp_solve(lp, status, err) < 0)
        return -1;
    if (*status == BX_LP_OPTIMAL && fabs(bx_lp_objective(lp) - found) <= AGREES * (1 + fabs(found)))
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "branch and bound found an answer, but with its whole numbers fixed the linear "
                   "program is %s: the model's numbers differ too much in size; look for extreme "
                   "bounds",
                   *status == BX_LP_OPTIMAL ? "another" : "infeasible");
}
