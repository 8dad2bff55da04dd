/* The right-hand side of the ODE, laid out for speed: code that need not run again between events
 * is left out, a rate that is just a variable is read where it stands, and each species adds up
 * what changes it. */
#ifndef BX_CELL_FLUX_H
#define BX_CELL_FLUX_H

#include "cell/network.h"

typedef struct bx_flux bx_flux;

/* position[s] is the place of species s in the state of `size`, if a reaction changes it. */
bx_flux *bx_flux_new(const bx_network *network, const uint32_t *position, size_t size,
                     bx_error *err);
void bx_flux_free(bx_flux *flux); /* NULL is fine */

/* The derivatives of the state in `frame`, in which species and time are set. What depends on
 * parameters alone is up to date (bx_network_rates). Rules are up to date afterwards. */
void bx_flux_evaluate(const bx_flux *flux, double *frame, double *derivatives);

#endif
