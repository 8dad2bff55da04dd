/* An optimum of CLP's to rounding. Its tolerances are absolute and of a program that it scales as
 * it sees fit; where coefficients differ by ten decades and more, what they allow is worth
 * something. What is still missed is made a program of its own, enlarged, over the same matrix and
 * from the same basis, and its solution is added (Gleixner, Steffy & Wolter, INFORMS J. Comput.
 * 28:449, 2016). */
#ifndef BX_FLUX_REFINE_H
#define BX_FLUX_REFINE_H

#include "flux/clp.h"
#include "flux/lp.h"

/* Refine x and the prices of the rows, which `clp` has come to, once; its costs and bounds are as
 * before when this ends, its basis is that of the refined ones. What CLP says of what is missed:
 * unless that is optimal, x and prices are as before; where nothing makes up for it there is no
 * solution. */
bx_clp_status bx_refine(bx_clp *clp, const bx_lp_problem *problem, double *x, double *prices);

#endif
