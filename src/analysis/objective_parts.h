/* The parts of an objective: what they share. */
#ifndef BX_ANALYSIS_OBJECTIVE_PARTS_H
#define BX_ANALYSIS_OBJECTIVE_PARTS_H

#include "analysis/expression.h"
#include "analysis/objective.h"
#include "core/names.h"

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

typedef struct bx_experiment {
    char *id;
    bx_period *periods;
    size_t period_count, period_capacity;
} bx_experiment;

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
    double *times, *rows, *base, *set_values;
    size_t *set_slots;
};

/* Run all experiments, and call `measured(data, i, column values, time)` for each measurement. */
int bx_objective_simulate(bx_objective *objective, const double *values, const bx_effort *effort,
                          void (*measured)(void *data, size_t measurement, const double *columns,
                                           double time),
                          void *data, bx_error *err);

#endif
