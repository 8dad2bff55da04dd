/* Ordinary differential equations: CVODE with BDF, or with Adams and fixed points for what is not
 * stiff (Hindmarsh et al., "SUNDIALS", ACM TOMS 31, 2005). The state is the species that reactions
 * change. */
#ifndef BX_ENGINE_DETERMINISTIC_ODE_H
#define BX_ENGINE_DETERMINISTIC_ODE_H

#include "engine/jumps.h"
#include "engine/simulation.h"

typedef struct bx_ode bx_ode;

/* For a network, which must outlive it, as must `jumps`: stochastic reactions between which the
 * solution is continuous, or NULL. */
bx_ode *bx_ode_new(const bx_network *network, bx_jumps *jumps, bx_error *err);
void bx_ode_free(bx_ode *ode); /* NULL is fine */

/* Advance to simulation->end; a first run, or one that wants the other solver than the run before,
 * makes it. The frame stands at the time reached, also on failure. */
int bx_ode_run(bx_ode *ode, bx_simulation *simulation, bx_error *err);

/* Without jumps. */
extern const bx_engine bx_ode_engine;

#endif
