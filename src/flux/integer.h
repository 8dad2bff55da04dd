/* Programs in which some columns are whole numbers, by CBC's branch and bound. What it answers is
 * to be checked: it takes a number for whole that is so within 1e-9, and bounds for kept that are
 * within 1e-9 of its own scale; that no better answer exists rests on CBC. */
#ifndef BX_FLUX_INTEGER_H
#define BX_FLUX_INTEGER_H

#include "flux/lp.h"

/* The best x with whole[j] a whole number, and its value; both are there where *status is optimal.
 * BX_ECANCELLED when interrupted; BX_ESIMULATION where CBC gives up. */
int bx_integer_solve(const bx_lp_problem *problem, const bool *whole, bx_lp_status *status,
                     double *x, double *value, bx_error *err);

/* The same of a linear program: what the search finds whole is fixed at that, for good, and the
 * rest is solved again, whose answer is checked: the value must be the same. */
int bx_lp_solve_whole(bx_lp *lp, const bool *whole, bx_lp_status *status, bx_error *err);

#endif
