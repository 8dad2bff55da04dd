/* How well a cell with given parameters agrees with measurements: experiments are run, observables
 * computed from what the cell does, and the likelihood of what was measured from these.
 *
 * An experiment is a sequence of periods, each from its time to the next one's, at the beginning of
 * which values are set. That of the first come before the cell begins: initial values that formulas
 * give follow. A first period at -infinity lasts until nothing changes any more, and the clock then
 * is the next one's. A measurement at the time of a period comes after what it sets; one at
 * infinity is of the steady state that the last period leads to.
 *
 * For measurement m, simulation y and deviation s, with t the logarithm, that to base 10, or
 * neither: normal noise has the log-likelihood -ln(2 pi s^2)/2 - ((t(m) - t(y))/s)^2/2 + ln t'(m),
 * Laplace noise -ln(2 s) - |t(m) - t(y)|/s + ln t'(m). chi2 is the sum of ((t(m) - t(y))/s)^2. */
#ifndef BX_ANALYSIS_OBJECTIVE_H
#define BX_ANALYSIS_OBJECTIVE_H

#include "analysis/prior.h"
#include "cell/cell.h"
#include "model/formula.h"

#include <signal.h>

typedef struct bx_objective bx_objective;

typedef enum bx_scale { BX_SCALE_LINEAR, BX_SCALE_LOG, BX_SCALE_LOG10 } bx_scale;
typedef enum bx_noise { BX_NOISE_NORMAL, BX_NOISE_LAPLACE } bx_noise;

/* A value on a scale, and back. */
double bx_scale_to(bx_scale scale, double value);
double bx_scale_from(bx_scale scale, double scaled);

typedef struct bx_parameter {
    const char *id;
    double value, lower, upper; /* as they are, whatever the scale */
    bx_scale scale;             /* on which it is estimated */
    bool estimated;
    bx_prior prior;
    bx_prior start; /* where fits start; none: anywhere within the bounds, on the scale */
} bx_parameter;

typedef struct bx_observable {
    const char *id;
    bx_formula *formula, *deviation; /* taken over, also on failure */
    bx_scale scale;
    bx_noise noise;
    const char *const *placeholders; /* names that each measurement fills */
    size_t placeholder_count;
} bx_observable;

/* What fills a placeholder: a parameter, or a number where that is BX_NAME_NONE. */
typedef struct bx_fill {
    size_t parameter;
    double number;
} bx_fill;

typedef struct bx_measurement {
    size_t experiment, observable;
    double time, value;
    const bx_fill *fills; /* as many as the observable has placeholders */
} bx_measurement;

/* Of the cell as it is, at time 0; it must outlive the objective, and its processes stay. */
bx_objective *bx_objective_new(bx_cell *cell, bx_error *err);
void bx_objective_free(bx_objective *objective); /* NULL is fine; the cell is as it was */

/* ---- what it is made of; -1 with BX_EMODEL or BX_EMEMORY. All text is copied. ---- */

/* `id` in formulas means the cell's `name`. Before what names it. */
int bx_objective_alias(bx_objective *objective, const char *id, const char *name, bx_error *err);

/* A parameter that the cell has too is set there. */
int bx_objective_add_parameter(bx_objective *objective, const bx_parameter *parameter,
                               bx_error *err);
int bx_objective_add_observable(bx_objective *objective, const bx_observable *observable,
                                bx_error *err);
int bx_objective_add_experiment(bx_objective *objective, const char *id, bx_error *err);

/* A period of the experiment that was added last, later than those that it has. */
int bx_objective_add_period(bx_objective *objective, double time, bx_error *err);

/* What it sets: `value` is taken over, also on failure; NULL: what the cell had at the beginning,
 * unless the target changes by itself. */
int bx_objective_add_change(bx_objective *objective, const char *target, bx_formula *value,
                            bx_error *err);
int bx_objective_add_measurement(bx_objective *objective, const bx_measurement *measurement,
                                 bx_error *err);

/* Events forget what they were when an experiment's clock is set after a steady state. */
void bx_objective_start_events_afresh(bx_objective *objective);

/* ---- what it has ---- */

size_t bx_objective_parameters(const bx_objective *objective);
const bx_parameter *bx_objective_parameter(const bx_objective *objective, size_t i);
size_t bx_objective_parameter_named(const bx_objective *objective, const char *id);
size_t bx_objective_observable_named(const bx_objective *objective, const char *id);
size_t bx_objective_experiment_named(const bx_objective *objective, const char *id);
size_t bx_objective_placeholders(const bx_objective *objective, size_t observable);
size_t bx_objective_measurements(const bx_objective *objective);

/* ---- evaluation ---- */

/* How derivatives are computed: along with experiments, for all parameters; back along each, whose
 * cost hardly grows with their number; by central differences. Where one way is not possible the
 * next is taken: adjoints, along, differences. */
typedef enum bx_gradient {
    BX_GRADIENT_FORWARD,
    BX_GRADIENT_ADJOINT,
    BX_GRADIENT_DIFFERENCES
} bx_gradient;

typedef struct bx_evaluation {
    double llh, chi2;
    double log_prior;    /* 0 without priors */
    double *simulations; /* by measurement; the caller's, as are these: */
    double *deviations;
    double *information; /* with a gradient: Fisher's, of the measurements, by pairs of parameters
                            on their scales, which adjoints do not tell; or NULL */
    bx_gradient by;      /* with a gradient: how it was computed */
    size_t impossible;   /* the first measurement that can't be, or has no value: then llh is
                            -infinity; else BX_NAME_NONE */
} bx_evaluation;

typedef struct bx_effort {
    double relative_tolerance; /* of the solver; 0: the usual */
    size_t maximum_steps;      /* of each run; 0: no bound */
    bx_gradient gradient;
    const volatile sig_atomic_t *interrupt;
} bx_effort;

/* With `values` of all parameters, as they are. -1 with BX_ESIMULATION where an experiment can't be
 * run, which the message names, BX_ECANCELLED or BX_EMEMORY. */
int bx_objective_evaluate(bx_objective *objective, const double *values, const bx_effort *effort,
                          bx_evaluation *evaluation, bx_error *err);

/* The same, and the derivatives of llh + log_prior by each estimated parameter on its scale; those
 * of others are 0. */
int bx_objective_gradient(bx_objective *objective, const double *values, const bx_effort *effort,
                          bx_evaluation *evaluation, double *gradient, bx_error *err);

#endif
