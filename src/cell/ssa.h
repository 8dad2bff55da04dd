/* Exact stochastic simulation (Gillespie, J. Phys. Chem. 81, 1977). */
#ifndef BX_CELL_SSA_H
#define BX_CELL_SSA_H

#include "cell/simulation.h"

typedef struct bx_ssa bx_ssa;

/* The dependencies of a network, which must outlive it. BX_EMODEL names what does not allow
 * stochastic simulation: a coefficient that is not whole, a rate that depends on time. */
bx_ssa *bx_ssa_new(const bx_network *network, bx_error *err);
void bx_ssa_free(bx_ssa *ssa); /* NULL is fine */

/* Advance to simulation->end. The frame stands at the time reached, also on failure. */
int bx_ssa_run(bx_ssa *ssa, bx_simulation *simulation, bx_error *err);

/* Fails unless the counts that reactions change are whole numbers. */
int bx_ssa_check_counts(const bx_network *network, const double *frame, bx_error *err);

#endif
