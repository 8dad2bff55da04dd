#include "record/ensemble.h"

#include "record/ensemble_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static size_t items(const bx_ensemble *e)
{
    return e->plan.rows * e->plan.columns;
}

static size_t item(const bx_ensemble *e, size_t row, size_t column)
{
    return row * e->plan.columns + column;
}

static double *copy_doubles(const double *values, size_t count)
{
    double *copy = malloc((count + 1) * sizeof *copy);
    if (copy && count > 0)
        memcpy(copy, values, count * sizeof *copy);
    return copy;
}

static int copy_names(bx_ensemble *e, const bx_ensemble_plan *plan)
{
    e->names = calloc(plan->columns + 1, sizeof *e->names);
    for (size_t i = 0; e->names && i < plan->columns; i++) {
        e->names[i] = strdup(plan->names[i]);
        if (!e->names[i] || bx_names_add(&e->index, e->names[i], i) < 0)
            return -1;
    }
    return e->names ? 0 : -1;
}

static int fill(bx_ensemble *e, const bx_ensemble_plan *plan)
{
    size_t count;
    e->plan = *plan;
    e->times = copy_doubles(plan->times, plan->rows);
    e->quantiles = copy_doubles(plan->quantiles, plan->quantile_count);
    strncpy(e->method, plan->method, BX_ENSEMBLE_METHOD_LENGTH);
    if (copy_names(e, plan) < 0 || !e->times || !e->quantiles ||
        __builtin_mul_overflow(plan->rows, plan->columns, &count) || count == SIZE_MAX)
        return -1;
    e->plan.names = (const char *const *)e->names;
    e->plan.times = e->times;
    e->plan.quantiles = e->quantiles;
    e->plan.method = e->method;
    e->moments = calloc(count + 1, sizeof *e->moments);
    e->bins = plan->bins ? calloc(count + 1, sizeof *e->bins) : NULL;
    if (!e->moments || (plan->bins && !e->bins))
        return -1;
    for (size_t i = 0; i < count; i++) {
        e->moments[i].minimum = INFINITY;
        e->moments[i].maximum = -INFINITY;
    }
    return 0;
}

bx_ensemble *bx_ensemble_new(const bx_ensemble_plan *plan, bx_error *err)
{
    bx_ensemble *e = calloc(1, sizeof *e);
    if (e && fill(e, plan) == 0)
        return e;
    bx_ensemble_free(e);
    bx_fail_memory(err);
    return NULL;
}

void bx_ensemble_free(bx_ensemble *e)
{
    if (!e)
        return;
    for (size_t i = 0; e->names && i < e->plan.columns; i++)
        free(e->names[i]);
    for (size_t i = 0; e->bins && i < items(e); i++)
        bx_bins_free(&e->bins[i]);
    free(e->names);
    bx_names_free(&e->index);
    free(e->times);
    free(e->quantiles);
    free(e->moments);
    free(e->present);
    free(e->bins);
    free(e);
}

double bx_ensemble_size(size_t rows, size_t columns, uint32_t bins)
{
    double one = sizeof(bx_moments) + sizeof(double) + (bins ? sizeof(bx_bins) + 4.0 * bins : 0);
    return (double)rows * ((double)columns * one + sizeof(double));
}

int bx_ensemble_add(bx_ensemble *e, size_t row, const double *values, bx_error *err)
{
    if (!e->present && !(e->present = malloc((items(e) + 1) * sizeof *e->present)))
        return bx_fail_memory(err);
    if (e->plan.columns > 0)
        memcpy(e->present + item(e, row, 0), values, e->plan.columns * sizeof *values);
    e->present_rows = row + 1;
    return 0;
}

static int count_row(bx_ensemble *e, size_t row, const double *values, bx_error *err)
{
    bx_moments *moments = e->moments + item(e, row, 0);
    for (size_t i = 0; i < e->plan.columns; i++)
        bx_moments_add(&moments[i], values[i]);
    if (!e->bins)
        return 0;
    bx_bins *bins = e->bins + item(e, row, 0);
    for (size_t i = 0; i < e->plan.columns; i++)
        if (isfinite(values[i]) && bx_bins_add(&bins[i], values[i], moments[i].minimum,
                                               moments[i].maximum, e->plan.bins) < 0)
            return bx_fail_memory(err);
    return 0;
}

int bx_ensemble_end_run(bx_ensemble *e, uint64_t steps, bx_error *err)
{
    for (size_t row = 0; row < e->present_rows; row++)
        if (count_row(e, row, e->present + item(e, row, 0), err) < 0)
            return -1;
    e->present_rows = 0;
    e->runs++;
    e->steps += steps;
    return 0;
}

/* ---- merging ---- */

static const char *difference(const bx_ensemble *a, const bx_ensemble *b)
{
    const bx_ensemble_plan *p = &a->plan, *q = &b->plan;
    if (strcmp(p->method, q->method) != 0)
        return "their methods differ";
    if (p->seed != q->seed)
        return "their seeds differ";
    if (p->rows != q->rows || memcmp(p->times, q->times, p->rows * sizeof *p->times) != 0)
        return "their times differ";
    if (p->columns != q->columns)
        return "they recorded different variables";
    for (size_t i = 0; i < p->columns; i++)
        if (strcmp(p->names[i], q->names[i]) != 0)
            return "they recorded different variables";
    if (p->bins != q->bins)
        return "their numbers of bins differ";
    return p->origin != q->origin ? "their cells began from different states" : NULL;
}

static int check_ranges(const bx_ensemble *a, const bx_ensemble *b, bx_error *err)
{
    uint64_t first = a->plan.first, second = b->plan.first;
    if (second != first + a->runs)
        return bx_fail(err, BX_ESIMULATION,
                       "can't merge: runs %" PRIu64 " to %" PRIu64 " and %" PRIu64 " to %" PRIu64
                       " do not follow each other",
                       first, first + a->runs - 1, second, second + b->runs - 1);
    if (a->runs + b->runs > BX_ENSEMBLE_RUNS_MAXIMUM)
        return bx_fail(err, BX_ESIMULATION, "can't merge: more than %u runs",
                       BX_ENSEMBLE_RUNS_MAXIMUM);
    return 0;
}

static int merge_item(bx_ensemble *e, const bx_ensemble *from, size_t i)
{
    bx_moments_merge(&e->moments[i], &from->moments[i]);
    if (!e->bins)
        return 0;
    return bx_bins_merge(&e->bins[i], &from->bins[i], e->moments[i].minimum, e->moments[i].maximum,
                         e->plan.bins);
}

static int take(bx_ensemble *e, const bx_ensemble *from)
{
    e->runs += from->runs;
    e->steps += from->steps;
    for (size_t i = 0; i < items(e); i++)
        if (merge_item(e, from, i) < 0)
            return -1;
    return 0;
}

bx_ensemble *bx_ensemble_merge(const bx_ensemble *a, const bx_ensemble *b, bx_error *err)
{
    if (b->plan.first < a->plan.first) {
        const bx_ensemble *later = a;
        a = b;
        b = later;
    }
    const char *why = difference(a, b);
    if (why) {
        bx_fail(err, BX_ESIMULATION, "can't merge: %s", why);
        return NULL;
    }
    if (check_ranges(a, b, err) < 0)
        return NULL;
    bx_ensemble *both = bx_ensemble_new(&a->plan, err);
    if (both && (take(both, a) < 0 || take(both, b) < 0)) {
        bx_ensemble_free(both);
        bx_fail_memory(err);
        return NULL;
    }
    return both;
}

/* ---- what is asked of it ---- */

const bx_ensemble_plan *bx_ensemble_plan_of(const bx_ensemble *e)
{
    return &e->plan;
}

uint64_t bx_ensemble_runs(const bx_ensemble *e)
{
    return e->runs;
}

uint64_t bx_ensemble_steps(const bx_ensemble *e)
{
    return e->steps;
}

ptrdiff_t bx_ensemble_find(const bx_ensemble *e, const char *name)
{
    size_t index = bx_names_find(&e->index, name);
    return index == BX_NAME_NONE ? -1 : (ptrdiff_t)index;
}

static const bx_moments *moments_of(const bx_ensemble *e, size_t row, size_t column)
{
    return &e->moments[item(e, row, column)];
}

double bx_ensemble_mean(const bx_ensemble *e, size_t row, size_t column)
{
    return e->runs ? bx_moments_mean(moments_of(e, row, column), e->runs) : NAN;
}

double bx_ensemble_sd(const bx_ensemble *e, size_t row, size_t column)
{
    return sqrt(bx_moments_variance(moments_of(e, row, column), e->runs));
}

double bx_ensemble_minimum(const bx_ensemble *e, size_t row, size_t column)
{
    double value = moments_of(e, row, column)->minimum;
    return isfinite(value) ? value : NAN;
}

double bx_ensemble_maximum(const bx_ensemble *e, size_t row, size_t column)
{
    double value = moments_of(e, row, column)->maximum;
    return isfinite(value) ? value : NAN;
}

double bx_ensemble_quantile(const bx_ensemble *e, size_t row, size_t column, double p)
{
    const bx_moments *m = moments_of(e, row, column);
    return e->bins ? bx_bins_quantile(&e->bins[item(e, row, column)], p, m->minimum, m->maximum)
                   : NAN;
}

const bx_bins *bx_ensemble_bins(const bx_ensemble *e, size_t row, size_t column)
{
    return e->bins ? &e->bins[item(e, row, column)] : NULL;
}
