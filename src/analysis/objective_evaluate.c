/* The likelihood of an objective's measurements, and its derivatives. */
#include "analysis/objective_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOG_2PI 1.8378770664093454836
#define LOG_LN10 0.83403244524795594
#define LN10 2.3025850929940456840

/* Of differences: on a logarithmic scale, or relative. With errors of the solver of 3e-10 of what
 * is simulated, derivatives are right to some 1e-6 of it. */
#define STEP 5e-4

typedef struct evaluating {
    bx_objective *o;
    const double *values;
    bx_evaluation *evaluation;
    double *slopes;   /* with a gradient, a row for each measurement: the derivatives of what is
                         simulated, then of the deviation, by each parameter's value; or NULL */
    double *gradient; /* with adjoints, by the value of each parameter; or NULL */
} evaluating;

static double value_of(const evaluating *e, bx_sourced *sourced, const bx_fill *fills,
                       const bx_outcome *outcome)
{
    bx_expression *expression = sourced->expression;
    for (size_t i = 0; i < bx_expression_names(expression); i++) {
        const bx_source *source = &sourced->sources[i];
        double value = 0;
        if (source->kind == BX_FROM_CELL)
            value = outcome->columns[source->index];
        else if (source->kind == BX_FROM_PARAMETER)
            value = e->values[source->index];
        else if (fills[source->index].parameter == BX_NAME_NONE)
            value = fills[source->index].number;
        else
            value = e->values[fills[source->index].parameter];
        bx_expression_set(expression, i, value);
    }
    return bx_expression_value(expression, outcome->time);
}

/* The parameter that a value comes from; BX_NAME_NONE for what is a number, or the cell's. */
static size_t parameter_of(const bx_source *source, const bx_fill *fills)
{
    return source->kind == BX_FROM_CELL   ? BX_NAME_NONE
           : source->kind == BX_FROM_FILL ? fills[source->index].parameter
                                          : source->index;
}

/* The derivatives of what value_of gave by all parameters: without any that are followed, those of
 * what the formula names alone. */
static void differentiate(const evaluating *e, const bx_sourced *sourced, const bx_fill *fills,
                          const bx_outcome *outcome, double *out)
{
    const double *slopes = bx_expression_gradient(sourced->expression);
    const bx_following *f = outcome->following;
    memset(out, 0, e->o->parameter_count * sizeof *out);
    for (size_t i = 0; i < bx_expression_names(sourced->expression); i++) {
        const bx_source *source = &sourced->sources[i];
        size_t parameter = parameter_of(source, fills);
        if (slopes[i] == 0)
            continue;
        if (source->kind == BX_FROM_CELL)
            for (size_t j = 0; f && j < f->count; j++)
                out[f->directions[j]] += slopes[i] * outcome->slopes[source->index * f->count + j];
        else if (parameter != BX_NAME_NONE)
            out[parameter] += slopes[i];
    }
}

/* ln t'(m) */
static double log_slope(bx_scale scale, double m)
{
    if (scale == BX_SCALE_LINEAR)
        return 0;
    return -log(m) - (scale == BX_SCALE_LOG10 ? LOG_LN10 : 0);
}

/* t'(y) */
static double slope(bx_scale scale, double y)
{
    return scale == BX_SCALE_LINEAR ? 1 : scale == BX_SCALE_LOG ? 1 / y : 1 / (y * LN10);
}

/* How what a measurement adds rises with what is simulated, and with its deviation. */
static void differentiate_likelihood(const evaluating *e, size_t index, double *by_simulation,
                                     double *by_deviation)
{
    const bx_objective_measurement *m = &e->o->measurements[index];
    const bx_objective_observable *o = &e->o->observables[m->observable];
    double y = e->evaluation->simulations[index], deviation = e->evaluation->deviations[index];
    double z = (bx_scale_to(o->scale, m->value) - bx_scale_to(o->scale, y)) / deviation;
    bool normal = o->noise == BX_NOISE_NORMAL;
    *by_simulation = (normal ? z : (z > 0) - (z < 0)) * (slope(o->scale, y) / deviation);
    *by_deviation = ((normal ? z * z : fabs(z)) - 1) / deviation;
}

/* Add `weight` times the derivatives of what value_of gave: by parameters to the gradient, by
 * columns to the seeds. */
static void go_back(const evaluating *e, const bx_sourced *sourced, const bx_fill *fills,
                    double weight, double *seeds)
{
    const double *slopes = bx_expression_gradient(sourced->expression);
    for (size_t i = 0; i < bx_expression_names(sourced->expression); i++) {
        const bx_source *source = &sourced->sources[i];
        size_t parameter = parameter_of(source, fills);
        if (slopes[i] == 0)
            continue;
        if (parameter != BX_NAME_NONE)
            e->gradient[parameter] += weight * slopes[i];
        else if (source->kind == BX_FROM_CELL && seeds)
            seeds[source->index] += weight * slopes[i];
    }
}

/* What a measurement adds. */
static void judge(void *data, size_t index, const bx_outcome *outcome)
{
    const evaluating *e = data;
    bx_evaluation *out = e->evaluation;
    const bx_objective_measurement *m = &e->o->measurements[index];
    bx_objective_observable *observable = &e->o->observables[m->observable];
    double y = value_of(e, &observable->formula, m->fills, outcome);
    double deviation = value_of(e, &observable->deviation, m->fills, outcome);
    out->simulations[index] = y;
    out->deviations[index] = deviation;
    if (e->slopes) {
        size_t n = e->o->parameter_count;
        double *row = e->slopes + 2 * n * index;
        differentiate(e, &observable->formula, m->fills, outcome, row);
        differentiate(e, &observable->deviation, m->fills, outcome, row + n);
    }
    double z =
        (bx_scale_to(observable->scale, m->value) - bx_scale_to(observable->scale, y)) / deviation;
    if (!(deviation > 0) || !isfinite(z) || !isfinite(deviation)) {
        if (out->impossible == BX_NAME_NONE || index < out->impossible)
            out->impossible = index;
        return;
    }
    if (e->gradient) {
        double by_simulation, by_deviation;
        differentiate_likelihood(e, index, &by_simulation, &by_deviation);
        go_back(e, &observable->formula, m->fills, by_simulation, outcome->seeds);
        go_back(e, &observable->deviation, m->fills, by_deviation, outcome->seeds);
    }
    out->chi2 += z * z;
    out->llh +=
        log_slope(observable->scale, m->value) +
        (observable->noise == BX_NOISE_NORMAL ? -0.5 * LOG_2PI - log(deviation) - 0.5 * z * z
                                              : -log(2 * deviation) - fabs(z));
}

/* How a value moves with its place on the scale. */
static double unscaled_slope(bx_scale scale, double value)
{
    return scale == BX_SCALE_LINEAR ? 1 : scale == BX_SCALE_LOG ? value : value * LN10;
}

static double log_prior(const bx_parameter *p, double value, double *of_scaled)
{
    double by_argument;
    double argument = p->prior.scaled ? bx_scale_to(p->scale, value) : value;
    double result = bx_prior_log(&p->prior, argument, &by_argument);
    *of_scaled = p->prior.scaled ? by_argument : by_argument * unscaled_slope(p->scale, value);
    return result;
}

static int evaluate(evaluating *e, const bx_effort *effort, bool slopes, bx_error *err)
{
    bx_objective *o = e->o;
    bx_evaluation *out = e->evaluation;
    double unused;
    out->llh = out->chi2 = out->log_prior = 0;
    out->impossible = BX_NAME_NONE;
    for (size_t i = 0; i < o->parameter_count; i++)
        if (o->parameters[i].estimated)
            out->log_prior += log_prior(&o->parameters[i], e->values[i], &unused);
    bx_measuring measuring = {judge, e, slopes, e->gradient};
    if (bx_objective_simulate(o, e->values, effort, &measuring, err) < 0)
        return -1;
    if (out->impossible != BX_NAME_NONE) {
        out->llh = -INFINITY;
        out->chi2 = INFINITY;
    }
    return 0;
}

int bx_objective_evaluate(bx_objective *o, const double *values, const bx_effort *effort,
                          bx_evaluation *out, bx_error *err)
{
    evaluating e = {.o = o, .values = values, .evaluation = out};
    return evaluate(&e, effort, false, err);
}

/* ---- derivatives ---- */

/* A parameter moves what cells do, not only what is made of that. */
static bool moves_cells(const bx_objective *o, size_t parameter)
{
    if (o->parameter_slots[parameter] != BX_NAME_NONE)
        return true;
    for (size_t i = 0; i < o->experiment_count; i++)
        if (bx_experiment_names(&o->experiments[i], parameter))
            return true;
    return false;
}

/* The place of a parameter on its scale moved by so much, as a value within its bounds. */
static double shifted(const bx_parameter *p, double value, double by)
{
    double moved = bx_scale_from(p->scale, bx_scale_to(p->scale, value) + by);
    return fmin(fmax(moved, p->lower), p->upper);
}

/* A column of slopes by central differences, one-sided at a bound. `sides` has room for two
 * evaluations. */
static int difference(const evaluating *e, size_t parameter, const bx_effort *effort,
                      double *values, double *sides, bx_error *err)
{
    bx_objective *o = e->o;
    size_t n = o->parameter_count, count = o->measurement_count;
    double value = values[parameter], at[2];
    const bx_parameter *p = &o->parameters[parameter];
    double step = STEP * (p->scale == BX_SCALE_LINEAR && value != 0 ? fabs(value) : 1);
    for (int side = 0; side < 2; side++) {
        bx_evaluation out = {.simulations = sides + 2 * (size_t)side * count,
                             .deviations = sides + (2 * (size_t)side + 1) * count};
        at[side] = values[parameter] = shifted(p, value, side ? step : -step);
        int result = bx_objective_evaluate(o, values, effort, &out, err);
        values[parameter] = value;
        if (result < 0)
            return -1;
    }
    for (size_t i = 0; i < count && at[1] > at[0]; i++) {
        double *row = e->slopes + 2 * n * i + parameter;
        row[0] = (sides[2 * count + i] - sides[i]) / (at[1] - at[0]);
        row[n] = (sides[3 * count + i] - sides[count + i]) / (at[1] - at[0]);
    }
    return 0;
}

/* Where derivatives can't be followed. */
static int evaluate_by_differences(evaluating *e, const bx_effort *effort, bx_error *err)
{
    bx_objective *o = e->o;
    size_t n = o->parameter_count;
    int result = evaluate(e, effort, false, err);
    if (result < 0 || !isfinite(e->evaluation->llh))
        return result;
    double *room = calloc(n + 4 * o->measurement_count + 1, sizeof *room);
    if (!room)
        return bx_fail_memory(err);
    memcpy(room, e->values, n * sizeof *room);
    for (size_t i = 0; i < n && result == 0; i++)
        if (o->parameters[i].estimated && moves_cells(o, i))
            result = difference(e, i, effort, room, room + n, err);
    free(room);
    return result;
}

/* Sum up what slopes do to the likelihood, by the values of parameters. */
static void sum_up(const evaluating *e, double *gradient)
{
    bx_evaluation *out = e->evaluation;
    size_t n = e->o->parameter_count;
    for (size_t m = 0; m < e->o->measurement_count; m++) {
        const bx_objective_observable *o = &e->o->observables[e->o->measurements[m].observable];
        const double *of_y = e->slopes + 2 * n * m, *of_deviation = of_y + n;
        double deviation = out->deviations[m], by_y, by_deviation;
        double rise = slope(o->scale, out->simulations[m]) / deviation;
        double twice = (o->noise == BX_NOISE_NORMAL ? 2 : 1) / (deviation * deviation);
        differentiate_likelihood(e, m, &by_y, &by_deviation);
        for (size_t i = 0; i < n; i++) {
            if (of_y[i] == 0 && of_deviation[i] == 0)
                continue;
            gradient[i] += by_y * of_y[i] + by_deviation * of_deviation[i];
            for (size_t j = 0; out->information && j < n; j++)
                out->information[i * n + j] +=
                    rise * rise * of_y[i] * of_y[j] + twice * of_deviation[i] * of_deviation[j];
        }
    }
}

/* From derivatives by values to those by places on scales, with the priors'; 0 for what is not
 * estimated. */
static void put_on_scales(const evaluating *e, double *gradient)
{
    size_t n = e->o->parameter_count;
    for (size_t i = 0; i < n; i++) {
        const bx_parameter *p = &e->o->parameters[i];
        double of_prior, factor = p->estimated ? unscaled_slope(p->scale, e->values[i]) : 0;
        log_prior(p, e->values[i], &of_prior);
        gradient[i] = p->estimated ? gradient[i] * factor + of_prior : 0;
        for (size_t j = 0; e->evaluation->information && j < n; j++) {
            e->evaluation->information[i * n + j] *= factor;
            e->evaluation->information[j * n + i] *= factor;
        }
    }
}

static int evaluate_with_slopes(evaluating *e, const bx_effort *effort, bx_error *err)
{
    if (e->evaluation->by == BX_GRADIENT_FORWARD) {
        int result = evaluate(e, effort, true, err);
        if (result == 0 || (err->code != BX_ESIMULATION && err->code != BX_EMODEL))
            return result;
        e->evaluation->by = BX_GRADIENT_DIFFERENCES;
    }
    return evaluate_by_differences(e, effort, err);
}

/* 1 where adjoints can't be carried back. */
static int evaluate_by_adjoints(evaluating *e, const bx_effort *effort, double *gradient,
                                bx_error *err)
{
    size_t n = e->o->parameter_count;
    e->gradient = gradient;
    int result = evaluate(e, effort, false, err);
    e->gradient = NULL;
    if (result == 0 && isfinite(e->evaluation->llh))
        put_on_scales(e, gradient);
    if (result == 0 || (err->code != BX_ESIMULATION && err->code != BX_EMODEL))
        return result;
    memset(gradient, 0, n * sizeof *gradient);
    e->evaluation->by = BX_GRADIENT_FORWARD;
    return 1;
}

static int evaluate_by_slopes(evaluating *e, const bx_effort *effort, double *gradient,
                              bx_error *err)
{
    size_t n = e->o->parameter_count;
    e->slopes = calloc(2 * n * e->o->measurement_count + 1, sizeof *e->slopes);
    if (!e->slopes)
        return bx_fail_memory(err);
    if (e->evaluation->information)
        memset(e->evaluation->information, 0, n * n * sizeof *e->evaluation->information);
    int result = evaluate_with_slopes(e, effort, err);
    if (result == 0 && isfinite(e->evaluation->llh)) {
        sum_up(e, gradient);
        put_on_scales(e, gradient);
    }
    free(e->slopes);
    return result;
}

int bx_objective_gradient(bx_objective *o, const double *values, const bx_effort *effort,
                          bx_evaluation *out, double *gradient, bx_error *err)
{
    evaluating e = {.o = o, .values = values, .evaluation = out};
    bx_error inner;
    int result = 1;
    memset(gradient, 0, o->parameter_count * sizeof *gradient);
    out->by = effort->gradient;
    if (out->information && out->by == BX_GRADIENT_ADJOINT)
        out->by = BX_GRADIENT_FORWARD;
    if (out->by == BX_GRADIENT_ADJOINT)
        result = evaluate_by_adjoints(&e, effort, gradient, &inner);
    if (result == 1)
        result = evaluate_by_slopes(&e, effort, gradient, &inner);
    if (result < 0 && err)
        *err = inner;
    return result;
}
