/* Stochastic reactions inside of an ODE: their hazard, the sum of their propensities, is integrated
 * along with the continuous state, and one fires when the integral reaches an exponential number
 * with mean 1. So jumps come at the right times for rates that change with the continuous species
 * and with time, to the solver's tolerance (Haseltine and Rawlings, J. Chem. Phys. 117, 6959, 2002,
 * eqs. 38 to 41; Gillespie, Markov Processes, 1992, eq. 4.1-18).
 *
 * A stochastic reaction that needs more of a continuous species than there is waits for it. */
#ifndef BX_ENGINE_JUMPS_H
#define BX_ENGINE_JUMPS_H

#include "core/random.h"
#include "model/network.h"

typedef struct bx_jumps bx_jumps;

/* For the reactions of `network`, drawing from `random`. `continuous` tells the species that an ODE
 * changes; the others are whole numbers. All three must outlive it. */
bx_jumps *bx_jumps_new(const bx_network *network, const bool *continuous, bx_random *random,
                       bx_error *err);
void bx_jumps_free(bx_jumps *jumps); /* NULL is fine */

/* The network that it was made for. */
const bx_network *bx_jumps_network(const bx_jumps *jumps);

/* Check the state, and draw the next target of the integral, which starts at 0. The present need
 * not be after a jump: what is left of an exponential time is exponential again. */
int bx_jumps_begin(bx_jumps *jumps, double *frame, bx_error *err);
double bx_jumps_target(const bx_jumps *jumps);

/* The hazard per second. Rules in `frame` are up to date, here and below. */
double bx_jumps_hazard(bx_jumps *jumps, double *frame);

/* Choose a reaction by the propensities and let it fire. */
int bx_jumps_fire(bx_jumps *jumps, double *frame, bx_error *err);

#endif
