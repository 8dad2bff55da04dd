/* The right-hand side of the ODE, laid out for speed: rules and rates are evaluated together, what
 * parameters alone decide is left out, and each species adds up what changes it. */
#ifndef BX_ENGINE_DETERMINISTIC_DERIVATIVES_H
#define BX_ENGINE_DETERMINISTIC_DERIVATIVES_H

#include "model/network.h"

typedef struct bx_derivatives bx_derivatives;

/* position[s] is the place of species s in the state of `size`, if a reaction changes it. */
bx_derivatives *bx_derivatives_new(const bx_network *network, const uint32_t *position, size_t size,
                                   bx_error *err);
void bx_derivatives_free(bx_derivatives *flux); /* NULL is fine */

/* Take the parameters, and species that do not change, from the frame: before the first evaluation,
 * and when they have changed. */
void bx_derivatives_prepare(bx_derivatives *flux, const double *frame);

/* The derivatives of the state in `frame`, in which species and time are set. */
void bx_derivatives_evaluate(bx_derivatives *flux, double *frame, double *derivatives);

#endif
