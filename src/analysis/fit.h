/* Fits: parameters at which an objective's likelihood, times its priors' density, is highest. All
 * is computed on the parameters' scales. */
#ifndef BX_ANALYSIS_FIT_H
#define BX_ANALYSIS_FIT_H

#include "analysis/objective.h"

typedef enum bx_fit_method {
    BX_FIT_LOCAL, /* from a start downhill: by Fisher's scoring (scoring.h), which adjoints have no
                     curvature for, and where that gains little by sequential quadratic
                     programming (Kraft, ACM TOMS 20, 262, 1994, by NLopt), which learns curvature
                     that scoring leaves out */
    BX_FIT_GLOBAL /* controlled random search with local mutation (Kaelo and Ali, J. Optim. Theory
                     Appl. 130, 253, 2006, by NLopt), then from its best point downhill */
} bx_fit_method;

typedef struct bx_fit_ask {
    bx_fit_method method;
    size_t maximum_evaluations; /* of each search, about; 0: no bound */
    uint64_t seed;              /* of the random search */
    double tolerance;           /* the search ends where a step changes the logarithm by less than
                                   this part of it, or of 1; 0: the usual */
    bx_effort effort;
    /* Called after each evaluation, with the best so far; or NULL. */
    void (*progress)(void *data, size_t evaluations, double best);
    void *progress_data;
} bx_fit_ask;

typedef enum bx_fit_end { BX_FIT_CONVERGED, BX_FIT_EVALUATIONS, BX_FIT_INTERRUPTED } bx_fit_end;

typedef struct bx_fit {
    double log_posterior;         /* -infinity: nothing was possible */
    size_t evaluations, failures; /* of these */
    bx_fit_end end;
    bx_gradient by; /* the derivatives that were asked for, or differences in their place */
} bx_fit;

/* The derivatives that a search takes less time with, by experience: adjoints, in place of those
 * along experiments, for more than 50 parameters. */
bx_gradient bx_fit_gradient(const bx_objective *objective);

/* A point to start at, of this number, within the bounds of what is estimated: the same for a seed
 * and a number. Fails where a bound is infinite. */
int bx_fit_start(const bx_objective *objective, uint64_t seed, uint64_t number, double *values,
                 bx_error *err);

/* From `values`, of all parameters, which become the best ones; those that are held (held[i], or
 * held is NULL) and those that are not estimated stay. An interruption leaves the best so far. */
int bx_fit_run(bx_objective *objective, const bx_fit_ask *ask, const bool *held, double *values,
               bx_fit *fit, bx_error *err);

#endif
