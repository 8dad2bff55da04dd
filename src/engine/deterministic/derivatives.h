/* The right-hand side of the ODE, laid out for speed: code that need not run again between events
 * is left out, a rate that is just a variable is read where it stands, and each species adds up
 * what changes it. */
#ifndef BX_ENGINE_DETERMINISTIC_DERIVATIVES_H
#define BX_ENGINE_DETERMINISTIC_DERIVATIVES_H

#include "model/network.h"

typedef struct bx_derivatives bx_derivatives;

/* position[s] is the place of species s in the state of `size`, if a reaction changes it. */
bx_derivatives *bx_derivatives_new(const bx_network *network, const uint32_t *position, size_t size,
                                   bx_error *err);
void bx_derivatives_free(bx_derivatives *flux); /* NULL is fine */

/* The derivatives of the state in `frame`, in which species and time are set. What depends on
 * parameters alone is up to date (bx_network_rates). Rules are up to date afterwards. */
void bx_derivatives_evaluate(const bx_derivatives *flux, double *frame, double *derivatives);

#endif
