/* How far a leap of tau-leaping may go: Cao, Gillespie and Petzold, "Efficient step size selection
 * for the tau-leaping simulation method", J. Chem. Phys. 124, 044109 (2006), called CGP06 here, and
 * "Adaptive explicit-implicit tau-leaping method with automatic tau selection", J. Chem. Phys. 126,
 * 224101 (2007), called CGP07. */
#ifndef BX_ENGINE_STOCHASTIC_LEAP_H
#define BX_ENGINE_STOCHASTIC_LEAP_H

#include "model/network.h"

typedef struct bx_leap {
    const bx_network *network;
    double *order;     /* by species: the highest order of a reaction that depends on it */
    double *own;       /* and how many molecules of it that reaction takes */
    bool *input;       /* species -> some propensity depends on it */
    uint32_t *reverse; /* reaction -> the one that undoes it, or BX_SLOT_NONE */
    uint32_t *sole;    /* reaction of first order -> the reactant that it alone consumes, or none */

    /* of the present state */
    double *propensity;
    bool *critical;        /* reaction -> within 10 firings of running out of a reactant */
    bool *balanced;        /* reaction -> in equilibrium with its reverse */
    double *drift, *noise; /* by species: mean and variance of its change per second */
    double total, total_critical;
    double explicit_, implicit; /* the longest leaps of both kinds */
} bx_leap;

int bx_leap_init(bx_leap *leap, const bx_network *network, bx_error *err);
void bx_leap_free(bx_leap *leap);

/* Propensities of the frame. */
int bx_leap_propensities(bx_leap *leap, double *frame, bx_error *err);

/* All else of the present state. `stiff`: look for the implicit leap too. */
void bx_leap_select(bx_leap *leap, const double *frame, double epsilon, bool stiff);

#endif
