/* The equations of an implicit leap, solved by Newton's method. */
#ifndef BX_ENGINE_STOCHASTIC_TAU_IMPLICIT_H
#define BX_ENGINE_STOCHASTIC_TAU_IMPLICIT_H

#include "engine/stochastic/leap.h"

typedef struct bx_implicit bx_implicit;

/* *implicit is NULL, without an error, if the network is too large for it. */
int bx_implicit_new(const bx_network *network, bx_implicit **implicit, bx_error *err);
void bx_implicit_free(bx_implicit *implicit); /* NULL is fine */

/* Rathinam, Petzold, Cao and Gillespie, "Stiffness in stochastic chemically reacting systems: the
 * implicit tau-leaping method", J. Chem. Phys. 119, 12784 (2003), eqs. 14 and 15: from P_j, a
 * Poisson number with mean tau a_j(x), find X = x + sum_j v_j (P_j - tau a_j(x) + tau a_j(X)), and
 * turn firings[j] from P_j into the number of firings in brackets, rounded. Reactions that
 * are critical stay out. `frame` is as before afterwards. False if there is no solution nearby. */
bool bx_implicit_solve(bx_implicit *implicit, const bx_leap *leap, double tau, double *frame,
                       double *firings);

#endif
