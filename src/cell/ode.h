/* Ordinary differential equations: CVODE with BDF (Hindmarsh et al., "SUNDIALS", ACM TOMS 31,
 * 2005). The state is the species that reactions change. */
#ifndef BX_CELL_ODE_H
#define BX_CELL_ODE_H

#include "cell/simulation.h"

typedef struct bx_ode bx_ode;

/* The solver for a network, which must outlive it. */
bx_ode *bx_ode_new(const bx_network *network, bx_error *err);
void bx_ode_free(bx_ode *ode); /* NULL is fine */

/* Advance to simulation->end. The frame stands at the time reached, also on failure. */
int bx_ode_run(bx_ode *ode, bx_simulation *simulation, bx_error *err);

#endif
