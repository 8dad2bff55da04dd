/* Exact stochastic simulation (Gillespie, J. Phys. Chem. 81, 1977). */
#ifndef BX_ENGINE_STOCHASTIC_SSA_H
#define BX_ENGINE_STOCHASTIC_SSA_H

#include "engine/simulation.h"

typedef struct bx_ssa bx_ssa;

/* The dependencies of a network, which must outlive it. BX_EMODEL names what does not allow
 * stochastic simulation: a coefficient that is not whole, a rate that depends on time, unless it
 * only changes at known times (roots.h). */
bx_ssa *bx_ssa_new(const bx_network *network, bx_error *err);
void bx_ssa_free(bx_ssa *ssa); /* NULL is fine */

/* Forget what earlier runs left behind, which would have a part in what chance chooses. Call it
 * before each run, but not before each part of one. */
void bx_ssa_forget(bx_ssa *ssa);

/* Advance to simulation->end. The frame stands at the time reached, also on failure. */
int bx_ssa_run(bx_ssa *ssa, bx_simulation *simulation, bx_error *err);

/* Whether something depends on delayed values, or on time in another way than these: a rate that
 * changes at known times alone, a condition that compares the time with a constant. Such networks
 * are for the hybrid method, with all reactions stochastic. */
bool bx_ssa_needs_hazard(const bx_network *network);

extern const bx_engine bx_ssa_engine;

#endif
