/* A well-mixed medium: what is dissolved in a volume, what flows in and out of it, and what decays.
 * Cultures by dynamic flux balance (flux/dynamic.h) and shared worlds stand on it.
 *
 * With D = outflow / volume, the decay rate k and the feed F, each pool's amount n follows
 *
 *   dn/dt = inflow F - (D + k) n + s(t),   s what cells give, negative what they take,
 *
 * which is solved exactly where inflow and outflow are equal (a chemostat: Novick & Szilard, PNAS
 * 36:708, 1950; or neither, a batch). Where the volume changes, D is that of the middle of the
 * step: the error is of second order in the step, and of amounts nothing is lost. Hours, litres,
 * mmol; so concentrations are in mM. */
#ifndef BX_MEDIUM_MEDIUM_H
#define BX_MEDIUM_MEDIUM_H

#include "core/error.h"

#include <stddef.h>

/* What is dissolved. The last five are what has become of it since the beginning:
 * amount = amount at the beginning + entered + given - taken - left - decayed. */
typedef struct bx_pool {
    double amount;                               /* mmol */
    double feed;                                 /* mM, in what flows in */
    double decay;                                /* 1/h */
    double entered, given, taken, left, decayed; /* mmol */
} bx_pool;

typedef struct bx_medium {
    double volume;          /* L, > 0 */
    double inflow, outflow; /* L/h */
    bx_pool *pools;         /* the owner's */
    size_t pool_count;
} bx_medium;

/* The integral of exp(rate t) over h. */
double bx_medium_integral(double rate, double h);

double bx_medium_concentration(const bx_medium *medium, size_t pool);

/* The part of a pool that flows out or decays, 1/h; pool_count stands for cells, which only flow
 * out. */
double bx_medium_loss(const bx_medium *medium, size_t pool);

/* What is there after h hours of what is there now and flows in, without cells. */
double bx_medium_kept(const bx_medium *medium, size_t pool, double h);

/* What is there after h hours of a source that begins as 1 mmol/h and changes as exp(growth t):
 * in hours. */
double bx_medium_response(const bx_medium *medium, size_t pool, double growth, double h);

/* Let h hours pass in which cells give given[pool] mmol, negative what they take, at a steady rate
 * (NULL: nothing). What is lost is the rest of the balance, shared by outflow and decay as they are
 * fast: so the books are exact, and where more was taken early than a steady rate could have taken,
 * less has left. *stays is the part of what is suspended, such as cells, that has not flowed out.
 * BX_ESIMULATION, with nothing changed: the volume runs dry, a number is not finite, or more was
 * taken than there was. */
int bx_medium_step(bx_medium *medium, double h, const double *given, double *stays, bx_error *err);

#endif
