/* The parts of an objective: what they share. */
#ifndef BX_ANALYSIS_OBJECTIVE_PARTS_H
#define BX_ANALYSIS_OBJECTIVE_PARTS_H

#include "analysis/expression.h"
#include "analysis/objective.h"
#include "core/names.h"
#include "engine/deterministic/path.h"
#include "engine/tangent.h"

/* Where a name of a formula has its value from. */
typedef struct bx_source {
    enum { BX_FROM_PARAMETER, BX_FROM_FILL, BX_FROM_CELL } kind;
    size_t index; /* of a parameter; of a placeholder; a column, or in what is set a slot */
} bx_source;

typedef struct bx_sourced {
    bx_expression *expression;
    bx_source *sources; /* by name */
} bx_sourced;

typedef struct bx_objective_observable {
    char *id;
    bx_sourced formula, deviation;
    bx_scale scale;
    bx_noise noise;
    char **placeholders;
    size_t placeholder_count;
} bx_objective_observable;

typedef struct bx_change {
    size_t slot;
    bx_sourced value; /* expression NULL: what the cell had at the beginning */
} bx_change;

typedef struct bx_period {
    double time;
    bx_change *changes;
    size_t change_count, change_capacity;
} bx_period;

/* Derivatives of an experiment by the parameters that move it. */
typedef struct bx_following {
    size_t *directions; /* the parameters */
    size_t count;
    const char **names;
    bx_tangent *tangent;
    double *rows;  /* of the cell's species and parameters at present, by slot */
    double *base;  /* and at the beginning */
    double *value; /* one row */
} bx_following;

typedef struct bx_experiment {
    char *id;
    bx_period *periods;
    size_t period_count, period_capacity;
    bx_following *following; /* made when derivatives are first wanted */
} bx_experiment;

/* Whether what it sets is computed from a parameter. */
bool bx_experiment_names(const bx_experiment *experiment, size_t parameter);

/* NULL without memory, or with BX_EMODEL where the cell has what can't be followed. */
bx_following *bx_following_new(const bx_objective *objective, const bx_experiment *experiment,
                               bx_error *err);
void bx_following_free(bx_following *following); /* NULL is fine */

/* Along with what is set: at the beginning, the parameters alone and then what the first period
 * sets; and at later periods. `before` are the values before it was set. */
int bx_following_begin(bx_objective *objective, bx_following *following, bx_error *err);
int bx_following_set(bx_objective *objective, bx_following *following, const bx_period *period,
                     bool first, const double *before, bx_error *err);

/* The derivatives of the columns, `count` numbers each, at the cell's present state. */
void bx_following_columns(bx_objective *objective, bx_following *following, double *out);

/* By so many numbers, the last of which are of all parameters. NULL as bx_following_new. */
bx_following *bx_following_wide(const bx_objective *objective, size_t columns, bx_error *err);

/* In place of derivatives along an experiment, adjoints of what it gives, back along its path. */
typedef struct bx_returning {
    bx_path *path;
    size_t columns;
    uint32_t *slots;     /* that observables read */
    bx_following *along; /* by columns and parameters; made when a later period sets something */
    double *seeds;       /* by row of the path and slot */
    size_t seed_capacity;
    double *adjoint, *row; /* by column */
} bx_returning;

bx_returning *bx_returning_new(const bx_objective *objective, bx_error *err);
void bx_returning_free(bx_returning *returning); /* NULL is fine */

/* The cell is as an experiment begins, and `following` has its derivatives there. Then along with
 * what later periods set. */
int bx_returning_begin(const bx_objective *objective, bx_returning *returning,
                       const bx_following *following, bx_error *err);
int bx_returning_set(bx_objective *objective, bx_returning *returning,
                     const bx_following *following, const bx_period *period, const double *before,
                     bx_error *err);

/* The derivatives by the columns of a row of the path, 0 at first, to add to; they last until the
 * next call. NULL without memory. */
double *bx_returning_seeds(const bx_objective *objective, bx_returning *returning, size_t row);

/* Go back, and add to the gradient by the values of all parameters. */
int bx_returning_end(const bx_objective *objective, bx_returning *returning,
                     const bx_following *following, const bx_effort *effort, double *gradient,
                     bx_error *err);

typedef struct bx_objective_measurement {
    size_t experiment, observable;
    double time, value;
    bx_fill *fills;
} bx_objective_measurement;

struct bx_objective {
    bx_cell *cell;
    bx_state *begin; /* the cell's */
    uint64_t generation;
    bool afresh;

    bx_parameter *parameters; /* their ids are ours */
    size_t *parameter_slots;  /* in the cell, or BX_NAME_NONE */
    bx_objective_observable *observables;
    bx_experiment *experiments;
    bx_objective_measurement *measurements;
    size_t parameter_count, observable_count, experiment_count, measurement_count;
    size_t parameter_capacity, slot_capacity, observable_capacity, experiment_capacity,
        measurement_capacity;
    bx_names parameter_index, observable_index, experiment_index;

    char **aliases; /* pairs: id, name */
    size_t alias_count, alias_capacity;
    bx_names alias_index;

    size_t *columns; /* slots of the cell that formulas of observables read */
    const char **column_names;
    size_t column_count, column_capacity, name_capacity;

    /* as an evaluation needs it, made at the first */
    size_t *order; /* the measurements by experiment and time */
    double *times, *rows, *base, *before, *set_values;
    size_t longest; /* how many measurements an experiment has at most */
    double *slopes; /* beside rows */
    size_t slope_capacity;
    size_t *set_slots;
    bx_returning *returning; /* made when adjoints are first wanted */
};

/* What a measurement is of: the columns' values; with derivatives also these, of each column by the
 * parameters of `following`; or where to add how much each column moves what is sought. */
typedef struct bx_outcome {
    const double *columns;
    double time;
    const bx_following *following; /* or NULL */
    const double *slopes;
    double *seeds; /* or NULL */
} bx_outcome;

/* What is done with all experiments. */
typedef struct bx_measuring {
    void (*measured)(void *data, size_t measurement, const bx_outcome *outcome);
    void *data;
    bool slopes;      /* with derivatives */
    double *gradient; /* or with seeds: what these come to, by parameters, is added; or NULL */
} bx_measuring;

/* Run all experiments, and call `measured` for each measurement. */
int bx_objective_simulate(bx_objective *objective, const double *values, const bx_effort *effort,
                          const bx_measuring *measuring, bx_error *err);

#endif
