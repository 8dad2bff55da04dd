#include "analysis/fit.h"

#include "analysis/objective_parts.h"
#include "core/random.h"

#include <crs.h>
#include <math.h>
#include <slsqp.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-10

/* What a search from a start has instead of -infinity. */
#define HOPELESS 1e100

typedef struct search {
    bx_objective *o;
    const bx_fit_ask *ask;
    size_t *free; /* the parameters that are searched */
    size_t count;
    double *values, *gradient; /* of all parameters */
    double *best, best_value;
    bx_evaluation evaluation;
    bx_fit *fit;
    int stop;
    bx_error *err;
    bool failed;
} search;

int bx_fit_start(const bx_objective *o, uint64_t seed, uint64_t number, double *values,
                 bx_error *err)
{
    bx_random random;
    bx_random_init(&random, seed, number);
    for (size_t i = 0; i < o->parameter_count; i++) {
        const bx_parameter *p = &o->parameters[i];
        double low = bx_scale_to(p->scale, p->lower), high = bx_scale_to(p->scale, p->upper);
        values[i] = p->value;
        if (!p->estimated)
            continue;
        if (!isfinite(low) || !isfinite(high))
            return bx_fail(err, BX_EMODEL,
                           "parameter \"%.64s\": a start wants bounds that are finite", p->id);
        double part = bx_random_uniform(&random);
        if (p->start.kind == BX_PRIOR_NONE)
            values[i] = bx_scale_from(p->scale, low + part * (high - low));
        else if (p->start.scaled)
            values[i] = bx_scale_from(p->scale, bx_prior_quantile(&p->start, part, low, high));
        else
            values[i] = bx_prior_quantile(&p->start, part, p->lower, p->upper);
        values[i] = fmin(fmax(values[i], p->lower), p->upper);
    }
    return 0;
}

/* ---- the function that is minimised ---- */

static bool interrupted(const search *s)
{
    return s->ask->effort.interrupt && *s->ask->effort.interrupt;
}

/* Its value at s->values, and with `slope` its derivatives by what is searched. */
static double judge(search *s, double *slope)
{
    bx_error *err = s->err;
    int result = slope
                     ? bx_objective_gradient(s->o, s->values, &s->ask->effort, &s->evaluation,
                                             s->gradient, err)
                     : bx_objective_evaluate(s->o, s->values, &s->ask->effort, &s->evaluation, err);
    s->fit->evaluations++;
    if (result < 0 && err->code != BX_ESIMULATION) {
        s->failed = err->code != BX_ECANCELLED;
        s->stop = 1;
    }
    double value = -(s->evaluation.llh + s->evaluation.log_prior);
    if (result < 0 || !isfinite(value)) {
        s->fit->failures++;
        for (size_t i = 0; slope && i < s->count; i++)
            slope[i] = 0;
        return HOPELESS;
    }
    for (size_t i = 0; slope && i < s->count; i++)
        slope[i] = -s->gradient[s->free[i]];
    return value;
}

/* What NLopt calls. */
static double evaluate(unsigned n, const double *x, double *slope, void *data)
{
    search *s = data;
    for (unsigned i = 0; i < n; i++) {
        const bx_parameter *p = &s->o->parameters[s->free[i]];
        s->values[s->free[i]] = fmin(fmax(bx_scale_from(p->scale, x[i]), p->lower), p->upper);
    }
    double value = judge(s, slope);
    if (value < s->best_value) {
        s->best_value = value;
        memcpy(s->best, s->values, s->o->parameter_count * sizeof *s->best);
    }
    if (s->ask->progress)
        s->ask->progress(s->ask->progress_data, s->fit->evaluations, -s->best_value);
    if (interrupted(s))
        s->stop = 1;
    return value;
}

/* ---- searches ---- */

static void search_by(search *s, bx_fit_method method, double *x, const double *low,
                      const double *high)
{
    double tolerance = s->ask->tolerance > 0 ? s->ask->tolerance : TOLERANCE, least;
    int evaluations = 0;
    nlopt_stopping stop = {.n = (unsigned)s->count,
                           .minf_max = -HUGE_VAL,
                           .ftol_rel = method == BX_FIT_GLOBAL ? 1e-4 : tolerance,
                           .ftol_abs = method == BX_FIT_GLOBAL ? 1e-4 : tolerance,
                           .nevals_p = &evaluations,
                           .maxeval = (int)fmin((double)s->ask->maximum_evaluations, 1e9),
                           .force_stop = &s->stop};
    nlopt_result result;
    if (method == BX_FIT_GLOBAL) {
        nlopt_init_genrand((unsigned long)s->ask->seed);
        result = crs_minimize((int)s->count, evaluate, s, low, high, x, &least, &stop, 0, 1);
    } else {
        result = nlopt_slsqp((unsigned)s->count, evaluate, s, 0, NULL, 0, NULL, low, high, x,
                             &least, &stop);
    }
    s->fit->end = s->stop                           ? BX_FIT_INTERRUPTED
                  : result == NLOPT_MAXEVAL_REACHED ? BX_FIT_EVALUATIONS
                                                    : BX_FIT_CONVERGED;
}

/* x has room for the point and the bounds. */
static void search_from(search *s, double *x)
{
    double *low = x + s->count, *high = low + s->count;
    for (size_t i = 0; i < s->count; i++) {
        const bx_parameter *p = &s->o->parameters[s->free[i]];
        low[i] = bx_scale_to(p->scale, p->lower);
        high[i] = bx_scale_to(p->scale, p->upper);
        x[i] = fmin(fmax(bx_scale_to(p->scale, s->values[s->free[i]]), low[i]), high[i]);
    }
    if (s->count == 0) {
        evaluate(0, x, NULL, s);
        return;
    }
    if (s->ask->method == BX_FIT_GLOBAL)
        search_by(s, BX_FIT_GLOBAL, x, low, high);
    for (size_t i = 0; i < s->count && s->best_value < HOPELESS; i++)
        x[i] = bx_scale_to(s->o->parameters[s->free[i]].scale, s->best[s->free[i]]);
    if (!s->stop)
        search_by(s, BX_FIT_LOCAL, x, low, high);
}

int bx_fit_run(bx_objective *o, const bx_fit_ask *ask, const bool *held, double *values,
               bx_fit *fit, bx_error *err)
{
    bx_error unused;
    size_t n = o->parameter_count;
    search s = {.o = o, .ask = ask, .best_value = HOPELESS, .fit = fit, .err = err ? err : &unused};
    double *room = calloc(6 * n + 2 * o->measurement_count + 1, sizeof *room);
    s.free = calloc(n + 1, sizeof *s.free);
    *fit = (bx_fit){.log_posterior = -INFINITY};
    o->by_differences = false; /* whatever was fitted before */
    if (!room || !s.free) {
        free(room);
        free(s.free);
        return bx_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++)
        if (o->parameters[i].estimated && !(held && held[i]))
            s.free[s.count++] = i;
    s.values = room;
    s.best = room + n;
    s.gradient = room + 2 * n;
    s.evaluation.simulations = room + 6 * n;
    s.evaluation.deviations = s.evaluation.simulations + o->measurement_count;
    memcpy(s.values, values, n * sizeof *values);
    search_from(&s, room + 3 * n);
    if (s.best_value < HOPELESS) {
        memcpy(values, s.best, n * sizeof *values);
        fit->log_posterior = -s.best_value;
    }
    free(room);
    free(s.free);
    return s.failed ? -1 : 0;
}
