#include "analysis/sensitivity.h"

#include <stdlib.h>

typedef struct collector {
    bx_trajectory **derivatives;
    size_t count, columns;
    const double *scales; /* values of what the derivatives are by; NULL: not scaled */
    double *row;
    bx_error err;
} collector;

/* A bx_run's derivatives. */
static int collect(void *data, double time, const double *values, const double *derivatives)
{
    collector *c = data;
    for (size_t j = 0; j < c->count; j++) {
        for (size_t i = 0; i < c->columns; i++) {
            c->row[i] = derivatives[i * c->count + j];
            if (c->scales)
                c->row[i] *= c->scales[j] / values[i];
        }
        if (bx_trajectory_append(c->derivatives[j], time, c->row, &c->err) < 0)
            return -1;
    }
    return 0;
}

/* What a run records that names nothing: NULL without memory. */
static const char **usual_names(const bx_cell *cell, size_t *count)
{
    size_t all = bx_cell_variables(cell);
    const char **names = malloc((all + 1) * sizeof *names);
    *count = 0;
    for (size_t i = 0; names && i < all; i++) {
        bx_variable_kind kind;
        const char *name = bx_cell_variable(cell, i, &kind);
        if (kind != BX_VARIABLE_PARAMETER)
            names[(*count)++] = name;
    }
    return names;
}

static int prepare(bx_cell *cell, const bx_run *run, collector *c, double *scales, bx_error *err)
{
    for (size_t j = 0; j < c->count; j++) {
        c->derivatives[j] = bx_trajectory_new(run->record, c->columns, "ode", 0, err);
        if (!c->derivatives[j])
            return -1;
        if (bx_cell_get(cell, run->by[j], &scales[j]) < 0)
            return bx_fail(err, BX_ESIMULATION,
                           "parameters: expected a parameter, a species or a concentration, got "
                           "\"%.64s\"",
                           run->by[j]);
    }
    return 0;
}

/* The run has its names to record. */
static int run_collecting(bx_cell *cell, const bx_run *asked, bool scaled,
                          bx_trajectory **trajectory, bx_trajectory **derivatives, bx_error *err)
{
    bx_run run = *asked;
    collector c = {derivatives, run.by_count, run.record_count, .err = {.code = BX_OK}};
    double *numbers = malloc((c.columns + c.count + 1) * sizeof *numbers);
    if (!numbers)
        return bx_fail_memory(err);
    c.row = numbers + c.count;
    c.scales = scaled ? numbers : NULL;
    run.derivatives = collect;
    run.derivatives_data = &c;
    int result = prepare(cell, &run, &c, numbers, err);
    if (result == 0)
        result = bx_cell_run(cell, &run, trajectory, err);
    if (result < 0 && c.err.code != BX_OK && err)
        *err = c.err;
    free(numbers);
    return result;
}

int bx_sensitivity_run(bx_cell *cell, const bx_run *asked, bool scaled, bx_trajectory **trajectory,
                       bx_trajectory **derivatives, bx_error *err)
{
    bx_run run = *asked;
    *trajectory = NULL;
    for (size_t j = 0; j < run.by_count; j++)
        derivatives[j] = NULL;
    if (run.by_count == 0)
        return bx_fail(err, BX_ESIMULATION, "parameters: expected one at least");
    if (run.every_step)
        return bx_fail(err, BX_ESIMULATION, "every: the rows of sensitivities are by time");
    run.maximum_bytes /= run.by_count + 1;
    const char **names = run.record ? NULL : usual_names(cell, &run.record_count);
    if (!run.record && !names)
        return bx_fail_memory(err);
    run.record = run.record ? run.record : names;
    int result = run_collecting(cell, &run, scaled, trajectory, derivatives, err);
    free(names);
    for (size_t j = 0; result < 0 && j < run.by_count; j++) {
        bx_trajectory_free(derivatives[j]);
        derivatives[j] = NULL;
    }
    return result;
}
