/* What many runs of one cell came to, at each row of a grid of times: means, standard deviations,
 * extremes and, on request, distributions, without the runs themselves. Run i draws from stream i
 * of the seed, so that it is the same run whoever computes it; parts merge to what the whole would
 * have been (moments.h, bins.h). */
#ifndef BX_RECORD_ENSEMBLE_H
#define BX_RECORD_ENSEMBLE_H

#include "core/buffer.h"
#include "core/error.h"
#include "record/bins.h"
#include "wire/budget.h"

#include <stddef.h>
#include <stdint.h>

#define BX_ENSEMBLE_BINS 1024 /* unless told otherwise */
#define BX_ENSEMBLE_BINS_MAXIMUM 65536
#define BX_ENSEMBLE_RUNS_MAXIMUM 4294967295u

typedef struct bx_ensemble bx_ensemble;

/* What it is about. Names, times and quantiles are copied. */
typedef struct bx_ensemble_plan {
    const char *const *names;
    size_t columns;
    const double *times;
    size_t rows;
    const char *method;
    uint64_t seed;
    uint64_t first;  /* the number of its first run */
    uint64_t origin; /* a digest of the state that the runs begin from */
    uint32_t bins;   /* of a distribution, 2 to BX_ENSEMBLE_BINS_MAXIMUM; 0: none are kept */
    const double *quantiles; /* 0 to 1, those that a table of it shows */
    size_t quantile_count;
} bx_ensemble_plan;

/* Without runs yet. NULL with err. */
bx_ensemble *bx_ensemble_new(const bx_ensemble_plan *plan, bx_error *err);
void bx_ensemble_free(bx_ensemble *ensemble); /* NULL is fine */

/* What it takes at most, in bytes. */
double bx_ensemble_size(size_t rows, size_t columns, uint32_t bins);

/* One row of the present run, the first or that after the last: a double a column. It counts once
 * the run is complete: the first row begins another. */
int bx_ensemble_add(bx_ensemble *ensemble, size_t row, const double *values, bx_error *err);

/* The present run is complete, of so many steps. -1 for lack of memory: the ensemble is of no use.
 */
int bx_ensemble_end_run(bx_ensemble *ensemble, uint64_t steps, bx_error *err);

/* A new ensemble of the runs of both, of which one's begin where the other's end. BX_ESIMULATION
 * names what does not fit. */
bx_ensemble *bx_ensemble_merge(const bx_ensemble *a, const bx_ensemble *b, bx_error *err);

/* The plan, with names and times as the ensemble holds them. */
const bx_ensemble_plan *bx_ensemble_plan_of(const bx_ensemble *ensemble);
uint64_t bx_ensemble_runs(const bx_ensemble *ensemble);
uint64_t bx_ensemble_steps(const bx_ensemble *ensemble); /* of all runs */

/* The column called `name`, or -1. */
ptrdiff_t bx_ensemble_find(const bx_ensemble *ensemble, const char *name);

/* Over the runs, at one row. Mean and standard deviation (with n - 1) are NaN where a value was
 * not finite; the others leave such values out and are NaN if none is left. */
double bx_ensemble_mean(const bx_ensemble *ensemble, size_t row, size_t column);
double bx_ensemble_sd(const bx_ensemble *ensemble, size_t row, size_t column);
double bx_ensemble_minimum(const bx_ensemble *ensemble, size_t row, size_t column);
double bx_ensemble_maximum(const bx_ensemble *ensemble, size_t row, size_t column);
double bx_ensemble_quantile(const bx_ensemble *ensemble, size_t row, size_t column, double p);

/* NULL if no distributions are kept. */
const bx_bins *bx_ensemble_bins(const bx_ensemble *ensemble, size_t row, size_t column);

/* As bx_trajectory_csv: for each variable its mean, sd and quantiles, as "A mean,A sd,A 0.5". */
int bx_ensemble_csv(const bx_ensemble *ensemble, bx_buffer *out, bx_error *err);

/* As bx_trajectory_json, with runs and first_run; a variable has mean, sd, min, max and quantiles.
 */
int bx_ensemble_json(const bx_ensemble *ensemble, bx_buffer *out, bx_error *err);

/* A flat form for the wire, in ensemble_wire.c. Decoding treats its bytes as hostile. */
int bx_ensemble_encode(const bx_ensemble *ensemble, bx_buffer *out, bx_error *err);
bx_ensemble *bx_ensemble_decode(const uint8_t *bytes, size_t length, bx_budget *budget,
                                bx_error *err);

#endif
