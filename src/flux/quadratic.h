/* Quadratic programs with a diagonal: minimise sum of diagonal x^2 / 2 + cost x subject to the rows
 * and bounds of a linear program, by Mehrotra's predictor-corrector interior point method (SIAM J.
 * Optim. 2:575, 1992; for convex quadratic programs Nocedal & Wright, Numerical Optimization, 16.6,
 * 2006), whose answer is then made exact on the bounds that it is at. */
#ifndef BX_FLUX_QUADRATIC_H
#define BX_FLUX_QUADRATIC_H

#include "flux/lp.h"

/* Of a program that has a solution, with diagonal[j] > 0 for all columns: x, and the value, without
 * `rest`, which is 0 or more and no x changes. It is checked by a bound from below that its own
 * prices give: BX_ESIMULATION where the two differ by more than a millionth of value and rest, and
 * 1e-9 beside that. BX_ECANCELLED when interrupted. */
int bx_quadratic_solve(const bx_lp_problem *problem, const double *diagonal, double rest, double *x,
                       double *value, bx_error *err);

#endif
