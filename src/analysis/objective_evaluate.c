/* The likelihood of an objective's measurements. */
#include "analysis/objective_parts.h"

#include <math.h>

#define LOG_2PI 1.8378770664093454836
#define LOG_LN10 0.83403244524795594

typedef struct evaluating {
    bx_objective *o;
    const double *values;
    bx_evaluation *evaluation;
} evaluating;

static double value_of(const evaluating *e, bx_sourced *sourced, const bx_fill *fills,
                       const double *columns, double time)
{
    bx_expression *expression = sourced->expression;
    for (size_t i = 0; i < bx_expression_names(expression); i++) {
        const bx_source *source = &sourced->sources[i];
        double value = 0;
        if (source->kind == BX_FROM_CELL)
            value = columns[source->index];
        else if (source->kind == BX_FROM_PARAMETER)
            value = e->values[source->index];
        else if (fills[source->index].parameter == BX_NAME_NONE)
            value = fills[source->index].number;
        else
            value = e->values[fills[source->index].parameter];
        bx_expression_set(expression, i, value);
    }
    return bx_expression_value(expression, time);
}

/* ln t'(m) */
static double log_slope(bx_scale scale, double m)
{
    if (scale == BX_SCALE_LINEAR)
        return 0;
    return -log(m) - (scale == BX_SCALE_LOG10 ? LOG_LN10 : 0);
}

/* What a measurement adds. */
static void judge(void *data, size_t index, const double *columns, double time)
{
    const evaluating *e = data;
    bx_evaluation *out = e->evaluation;
    const bx_objective_measurement *m = &e->o->measurements[index];
    bx_objective_observable *observable = &e->o->observables[m->observable];
    double y = value_of(e, &observable->formula, m->fills, columns, time);
    double deviation = value_of(e, &observable->deviation, m->fills, columns, time);
    out->simulations[index] = y;
    if (out->deviations)
        out->deviations[index] = deviation;
    double z =
        (bx_scale_to(observable->scale, m->value) - bx_scale_to(observable->scale, y)) / deviation;
    if (!(deviation > 0) || !isfinite(z) || !isfinite(deviation)) {
        if (out->impossible == BX_NAME_NONE || index < out->impossible)
            out->impossible = index;
        return;
    }
    out->chi2 += z * z;
    out->llh +=
        log_slope(observable->scale, m->value) +
        (observable->noise == BX_NOISE_NORMAL ? -0.5 * LOG_2PI - log(deviation) - 0.5 * z * z
                                              : -log(2 * deviation) - fabs(z));
}

static double log_priors(const bx_objective *o, const double *values)
{
    double sum = 0;
    for (size_t i = 0; i < o->parameter_count; i++) {
        const bx_parameter *p = &o->parameters[i];
        if (p->estimated)
            sum += bx_prior_log(
                &p->prior, p->prior.scaled ? bx_scale_to(p->scale, values[i]) : values[i], NULL);
    }
    return sum;
}

int bx_objective_evaluate(bx_objective *o, const double *values, const bx_effort *effort,
                          bx_evaluation *out, bx_error *err)
{
    evaluating e = {o, values, out};
    out->llh = out->chi2 = 0;
    out->impossible = BX_NAME_NONE;
    out->log_prior = log_priors(o, values);
    if (bx_objective_simulate(o, values, effort, judge, &e, err) < 0)
        return -1;
    if (out->impossible != BX_NAME_NONE) {
        out->llh = -INFINITY;
        out->chi2 = INFINITY;
    }
    return 0;
}
