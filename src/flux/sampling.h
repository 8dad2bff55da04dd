/* Points drawn evenly from all fluxes that a model allows, by hit and run (Smith, Oper. Res.
 * 32:1296, 1984): from a point, to an even one of the line through it in a random direction. As in
 * OptGP (Megchelenbrink, Huynen & Marchiori, PLoS One 9:e86587, 2014) directions lie between points
 * that are known: at first those at which each flux is least and greatest, with others on the way
 * to bounds that these attain, and half of them between points that the chain has come to while it
 * burns in, which then stay. From there on it is a Markov chain whose points are even in the end,
 * whatever the shape. */
#ifndef BX_FLUX_SAMPLING_H
#define BX_FLUX_SAMPLING_H

#include "flux/fba.h"

#include <stdint.h>

typedef struct bx_fba_sampling {
    size_t first, chains; /* chain `first` and those behind it, from 1 on */
    size_t count;         /* points of each, */
    size_t thinning;      /* each so many steps behind the last */
    size_t burn_in;       /* steps before the first; 0: 50 for each known point */
    uint64_t seed;        /* with its number says all of a chain, whatever is drawn beside it */
    double fraction;      /* at least so much of the optimum; < 0: any objective */
} bx_fba_sampling;

/* The fluxes of `count` of the reactions: samples[(k * chains + c) * sampling->count + i]. Each
 * point is checked against the model. BX_ESIMULATION names a reaction that nothing bounds. Unless
 * *status is optimal there is nothing to draw from. */
int bx_fba_sample(bx_fba *fba, const bx_fba_sampling *sampling, const size_t *reactions,
                  size_t count, bx_fba_status *status, double *samples, bx_error *err);

/* What tells of chains of one number whether they have come to agree. */
typedef struct bx_convergence {
    double mean, deviation;
    double reduction; /* R-hat of the halves of all chains: what longer ones could still shrink the
                       * spread by (Gelman et al., Bayesian Data Analysis, 3rd edition, 11.4) */
    double size;      /* how many points drawn apart would say as much (the same, 11.5, with the
                       * initial monotone sequence of Geyer, Stat. Sci. 7:473, 1992) */
    double geweke;    /* of the chains the greatest |z| of the first tenth beside the last half
                       * (Geweke, Bayesian Statistics 4:169, 1992) */
} bx_convergence;

/* Of chains of `count` values each, 10 at least, one behind the other. Where all are the same NAN
 * stands for all but the mean and the deviation. */
bx_convergence bx_convergence_of(const double *values, size_t chains, size_t count);

#endif
