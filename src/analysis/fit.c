#include "analysis/fit.h"

#include "analysis/objective_parts.h"
#include "analysis/scoring.h"
#include "core/random.h"

#include <crs.h>
#include <math.h>
#include <slsqp.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-9

/* So many parameters are few enough for derivatives along experiments. */
#define MANY 50

/* Scoring ends after so many steps in a row that take off less than this; and where its box is so
 * small. */
#define SLOW_STEPS 4
#define SLOW 1e-2
#define SMALLEST_BOX 1e-9

/* Of the random search, before it goes downhill. */
#define COARSE 1e-4

/* What a search from a start has instead of -infinity. */
#define HOPELESS 1e100

typedef struct search {
    bx_objective *o;
    const bx_fit_ask *ask;
    bx_effort effort; /* where only differences were possible once, they are taken from then on */
    size_t *free;     /* the parameters that are searched */
    size_t count;
    double *values, *gradient; /* of all parameters */
    double *best, best_value;
    bx_evaluation evaluation;
    bx_fit *fit;
    int stop;
    bx_error *err;
    bool failed, flat;
} search;

bx_gradient bx_fit_gradient(const bx_objective *o)
{
    size_t count = 0;
    for (size_t i = 0; i < o->parameter_count; i++)
        count += o->parameters[i].estimated;
    return count > MANY ? BX_GRADIENT_ADJOINT : BX_GRADIENT_FORWARD;
}

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
    int result =
        slope ? bx_objective_gradient(s->o, s->values, &s->effort, &s->evaluation, s->gradient, err)
              : bx_objective_evaluate(s->o, s->values, &s->effort, &s->evaluation, err);
    s->fit->evaluations++;
    if (slope && result == 0 && s->evaluation.by == BX_GRADIENT_DIFFERENCES)
        s->effort.gradient = BX_GRADIENT_DIFFERENCES;
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

/* A function that rises where the value does, and so slowly that a search that learns about
 * curvature from steps can bear values of 1e12 at its start. */
static double flatten(const search *s, double value, double *slope)
{
    double scale = (double)s->o->measurement_count, part = value / scale;
    for (size_t i = 0; slope && i < s->count; i++)
        slope[i] /= scale * sqrt(1 + part * part);
    return asinh(part);
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
    return s->flat && value < HOPELESS ? flatten(s, value, slope) : value;
}

/* ---- searches ---- */

/* The point that is best so far, on the scales. */
static void place_best(const search *s, double *x)
{
    for (size_t i = 0; i < s->count && s->best_value < HOPELESS; i++)
        x[i] = bx_scale_to(s->o->parameters[s->free[i]].scale, s->best[s->free[i]]);
}

/* How far a variable may go in a box of size 1: a decade, or about its own size. */
static double unit_of(const bx_parameter *p, double x)
{
    double span = p->upper - p->lower;
    if (p->scale != BX_SCALE_LINEAR)
        return bx_scale_to(p->scale, 10);
    return fabs(x) + (isfinite(span) ? 0.1 * span : 1);
}

static bool used_up(const search *s)
{
    return s->stop ||
           (s->ask->maximum_evaluations > 0 && s->fit->evaluations >= s->ask->maximum_evaluations);
}

/* A step that takes something off: whether there is one. *value is of the point, and goes down. */
static bool step_down(search *s, bx_scoring *c, double *value)
{
    double tolerance = s->ask->tolerance > 0 ? s->ask->tolerance : TOLERANCE;
    for (size_t i = 0; i < c->n; i++) {
        c->unit[i] = unit_of(&s->o->parameters[s->free[i]], c->x[i]);
        for (size_t j = 0; j < c->n; j++)
            c->curvature[i * c->n + j] =
                s->evaluation.information[s->free[i] * s->o->parameter_count + s->free[j]];
    }
    while (c->box > SMALLEST_BOX && !used_up(s)) {
        double hoped = bx_scoring_step(c);
        if (!(hoped > tolerance * (1 + fabs(*value))))
            return false;
        for (size_t i = 0; i < c->n; i++)
            c->trial[i] = c->x[i] + c->step[i];
        double gained = *value - evaluate((unsigned)c->n, c->trial, NULL, s);
        bx_scoring_judge(c, hoped, gained);
        if (gained > 0) {
            *value -= gained;
            memcpy(c->x, c->trial, c->n * sizeof *c->x);
            return true;
        }
    }
    return false;
}

/* Go downhill from c->x, as long as that goes well. */
static void score(search *s, bx_scoring *c)
{
    double value = evaluate((unsigned)c->n, c->x, c->slope, s);
    for (int slow = 0; slow < SLOW_STEPS && value < HOPELESS && !used_up(s);) {
        double before = value;
        if (!step_down(s, c, &value))
            return;
        slow = before - value < SLOW ? slow + 1 : 0;
        if (!s->stop)
            value = evaluate((unsigned)c->n, c->x, c->slope, s);
    }
}

/* By NLopt. */
static void search_by(search *s, bx_fit_method method, double *x, const double *low,
                      const double *high)
{
    size_t left = s->ask->maximum_evaluations;
    if (method == BX_FIT_LOCAL && left > 0)
        left -= left > s->fit->evaluations ? s->fit->evaluations : left - 1;
    double tolerance = s->ask->tolerance > 0 ? s->ask->tolerance : TOLERANCE, least;
    int evaluations = 0;
    nlopt_stopping stop = {.n = (unsigned)s->count,
                           .minf_max = -HUGE_VAL,
                           .ftol_rel = method == BX_FIT_GLOBAL ? COARSE : tolerance,
                           .ftol_abs = method == BX_FIT_GLOBAL ? COARSE : tolerance,
                           .nevals_p = &evaluations,
                           .maxeval = (int)fmin((double)left, 1e9),
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

static void search_from(search *s, bx_scoring *c)
{
    for (size_t i = 0; i < s->count; i++) {
        const bx_parameter *p = &s->o->parameters[s->free[i]];
        c->low[i] = bx_scale_to(p->scale, p->lower);
        c->high[i] = bx_scale_to(p->scale, p->upper);
        c->x[i] = fmin(fmax(bx_scale_to(p->scale, s->values[s->free[i]]), c->low[i]), c->high[i]);
    }
    if (s->count == 0) {
        evaluate(0, c->x, NULL, s);
        return;
    }
    if (s->ask->method == BX_FIT_GLOBAL)
        search_by(s, BX_FIT_GLOBAL, c->x, c->low, c->high);
    place_best(s, c->x);
    if (!s->stop && s->ask->effort.gradient == BX_GRADIENT_ADJOINT)
        evaluate((unsigned)s->count, c->x, NULL, s);
    else if (!s->stop)
        score(s, c);
    s->evaluation.information = NULL; /* from here on it is not needed */
    place_best(s, c->x);
    s->flat = true;
    if (!used_up(s) && s->best_value < HOPELESS)
        search_by(s, BX_FIT_LOCAL, c->x, c->low, c->high);
    if (s->stop)
        s->fit->end = BX_FIT_INTERRUPTED;
    else if (used_up(s))
        s->fit->end = BX_FIT_EVALUATIONS;
}

int bx_fit_run(bx_objective *o, const bx_fit_ask *ask, const bool *held, double *values,
               bx_fit *fit, bx_error *err)
{
    bx_error unused = {.code = BX_OK};
    size_t n = o->parameter_count;
    search s = {.o = o,
                .ask = ask,
                .effort = ask->effort,
                .best_value = HOPELESS,
                .fit = fit,
                .err = err ? err : &unused};
    double *room = calloc(3 * n + 2 * o->measurement_count + n * n + 1, sizeof *room);
    bx_scoring *scoring = NULL;
    s.free = calloc(n + 1, sizeof *s.free);
    *fit = (bx_fit){.log_posterior = -INFINITY};
    for (size_t i = 0; s.free && i < n; i++)
        if (o->parameters[i].estimated && !(held && held[i]))
            s.free[s.count++] = i;
    if (room && s.free)
        scoring = bx_scoring_new(s.count);
    if (scoring) {
        s.values = room;
        s.best = room + n;
        s.gradient = room + 2 * n;
        s.evaluation.information = room + 3 * n;
        s.evaluation.simulations = s.evaluation.information + n * n;
        s.evaluation.deviations = s.evaluation.simulations + o->measurement_count;
        memcpy(s.values, values, n * sizeof *values);
        search_from(&s, scoring);
    } else {
        s.failed = true;
        bx_fail_memory(s.err);
    }
    fit->by = s.effort.gradient;
    if (scoring && s.best_value < HOPELESS) {
        memcpy(values, s.best, n * sizeof *values);
        fit->log_posterior = -s.best_value;
    }
    bx_scoring_free(scoring);
    free(room);
    free(s.free);
    return s.failed ? -1 : 0;
}
